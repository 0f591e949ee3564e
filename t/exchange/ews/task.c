/* SPDX-License-Identifier: Apache-2.0 */
/* Properties of tasks: setters and emitters for the rows of props.c. */
#include "ews/task.h"

#include <stdlib.h>
#include <string.h>

#include "ews/task_recur.h"

static const char *const statuses[] = {"NotStarted", "InProgress", "Completed",
                                       "WaitingOnOthers", "Deferred"};
static const char *const status_texts[] = {"Not Started", "In Progress", "Completed",
                                           "Waiting on someone else", "Deferred"};

#define DONE "Completed"

static const lab_zone_t *zone_of(const lab_call_t *call)
{
    return call->zone ? call->zone : lab_zone_utc();
}

static int day_of(const lab_call_t *call, apr_time_t when)
{
    return lab_date_to_days(lab_zone_wall(zone_of(call), when).date);
}

/* ---- days ---- */

void lab_emit_task_day(const lab_emit_t *e, const lab_prop_t *p)
{
    apr_int64_t day = lab_view_int(e->view, p->key, LAB_NO_DAY);
    if (day == LAB_NO_DAY)
        return;
    lab_wall_t midnight = {lab_date_from_days((int)day), 0};
    lab_put_time(e->call, e->out, p->element,
                 lab_zone_instant(zone_of(e->call), midnight));
}

static const lab_fail_t *read_day(const lab_draft_t *d, xmlNodePtr value, int *day)
{
    apr_time_t when;
    if (!lab_call_read_time(d->call, lab_xml_text(d->call->pool, value), &when))
        return lab_fail(d->call, "ErrorInvalidValueForProperty");
    lab_date_t date = lab_zone_wall(zone_of(d->call), when).date;
    if (date.year < 1601 || lab_date_compare(date, lab_date_last) > 0)
        return lab_fail(d->call, "ErrorInvalidValueForProperty");
    *day = lab_date_to_days(date);
    return NULL;
}

/* a task is not due before it starts: the date that comes last pulls the other along */
const lab_fail_t *lab_set_task_day(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    int day;
    const lab_fail_t *fail = read_day(d, value, &day);
    if (fail)
        return fail;
    bool is_start = *p->key == 'S';
    apr_int64_t start = is_start ? day : lab_bag_int(d->bag, "StartDate", LAB_NO_DAY);
    apr_int64_t due = is_start ? lab_bag_int(d->bag, "DueDate", LAB_NO_DAY) : day;
    lab_bag_set_int(d->bag, p->key, day);
    if (start != LAB_NO_DAY && due != LAB_NO_DAY && due < start)
        lab_bag_set_int(d->bag, is_start ? "DueDate" : "StartDate", day);
    return NULL;
}

/* ---- status, percentage and date of completion ---- */

static bool is_done(const lab_bag_t *bag)
{
    const char *status = lab_bag_get(bag, "Status");
    return status && !strcmp(status, DONE);
}

static void complete(lab_draft_t *d, int day)
{
    lab_bag_set(d->bag, "Status", DONE);
    lab_bag_set(d->bag, "PercentComplete", "100");
    lab_bag_set_int(d->bag, "CompleteDate", day);
}

/* the status of a task that is not, or no longer, completed */
static void set_open(lab_draft_t *d, const char *status)
{
    if (is_done(d->bag) || !strcmp(status, "NotStarted"))
        lab_bag_set(d->bag, "PercentComplete", "0");
    lab_bag_remove(d->bag, "CompleteDate");
    lab_bag_set(d->bag, "Status", status);
}

const lab_fail_t *lab_set_task_status(lab_draft_t *d, const lab_prop_t *p,
                                      xmlNodePtr value)
{
    (void)p;
    const char *status = lab_xml_text(d->call->pool, value);
    if (strcmp(status, DONE))
        set_open(d, status);
    else if (!is_done(d->bag))
        complete(d, day_of(d->call, d->call->now));
    return NULL;
}

const lab_fail_t *lab_set_task_percent(lab_draft_t *d, const lab_prop_t *p,
                                       xmlNodePtr value)
{
    const char *text = lab_xml_text(d->call->pool, value);
    const char *status = lab_bag_get(d->bag, "Status");
    double percent = strtod(text, NULL);
    if (!(percent >= 0 && percent <= 100))
        return lab_fail(d->call, "ErrorInvalidPercentCompleteValue");
    if (percent >= 100) {
        if (!is_done(d->bag))
            complete(d, day_of(d->call, d->call->now));
        return NULL;
    }
    bool waits =
        status && (!strcmp(status, "WaitingOnOthers") || !strcmp(status, "Deferred"));
    if (!waits)
        set_open(d, percent > 0 ? "InProgress" : "NotStarted");
    lab_bag_set(d->bag, p->key, apr_psprintf(d->call->pool, "%.15g", percent));
    return NULL;
}

const lab_fail_t *lab_set_task_complete_date(lab_draft_t *d, const lab_prop_t *p,
                                             xmlNodePtr value)
{
    (void)p;
    int day;
    const lab_fail_t *fail = read_day(d, value, &day);
    if (!fail && day > day_of(d->call, d->call->now))
        fail = lab_fail(d->call, "ErrorInvalidCompleteDate");
    if (!fail)
        complete(d, day);
    return fail;
}

bool lab_task_clear(lab_draft_t *d, const lab_prop_t *p)
{
    if (p->set != lab_set_task_complete_date && p->set != lab_set_task_status &&
        p->set != lab_set_task_percent)
        return false;
    set_open(d, "NotStarted");
    return true;
}

/* what follows from the status: IsComplete, and whether the task recurs */
void lab_emit_task_state(const lab_emit_t *e, const lab_prop_t *p)
{
    const lab_bag_t *bag = e->view->item->bag;
    lab_buf_bool(e->out, p->element,
                 !strcmp(p->key, "IsComplete") ? is_done(bag)
                                               : lab_bag_get(bag, "Recurrence") != NULL);
}

void lab_emit_task_status_text(const lab_emit_t *e, const lab_prop_t *p)
{
    const char *status = lab_view_get(e->view, "Status");
    size_t at = 0;
    for (size_t i = 0; status && i < sizeof statuses / sizeof *statuses; i++)
        if (!strcmp(status, statuses[i]))
            at = i;
    lab_buf_elem(e->out, p->element, status_texts[at]);
}

/* ---- recurrence ---- */

const lab_fail_t *lab_set_task_recurrence(lab_draft_t *d, const lab_prop_t *p,
                                          xmlNodePtr value)
{
    lab_task_recur_t r;
    const lab_fail_t *fail = lab_task_recur_read(d->call, value, &r);
    if (!fail)
        lab_bag_set(d->bag, p->key, lab_task_recur_text(d->call->pool, &r));
    return fail;
}

void lab_emit_task_recurrence(const lab_emit_t *e, const lab_prop_t *p)
{
    lab_task_recur_t r;
    if (lab_task_recur_parse(lab_view_get(e->view, p->key), &r))
        lab_task_recur_put(e->call, e->out, p->element, &r);
}

/* ---- lists and reminders ---- */

const lab_fail_t *lab_set_strings(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    lab_buf_t b;
    lab_buf_init(&b, d->call->pool, 64);
    for (xmlNodePtr s = lab_xml_first(value); s; s = lab_xml_next(s)) {
        lab_buf_puts(&b, lab_xml_text(d->call->pool, s));
        lab_buf_puts(&b, "\x1f");
    }
    lab_bag_set(d->bag, p->key, b.data);
    return NULL;
}

void lab_emit_strings(const lab_emit_t *e, const lab_prop_t *p)
{
    const char *text = lab_view_get(e->view, p->key);
    if (!text || !*text)
        return;
    char *copy = apr_pstrdup(e->call->pool, text);
    lab_buf_printf(e->out, "<%s>", p->element);
    for (char *end; (end = strchr(copy, '\x1f')); copy = end + 1) {
        *end = '\0';
        lab_buf_elem(e->out, "t:String", copy);
    }
    lab_buf_printf(e->out, "</%s>", p->element);
}

/* calendar items have their reminder by the start, whatever is written here */
const lab_fail_t *lab_set_reminder_due(lab_draft_t *d, const lab_prop_t *p,
                                       xmlNodePtr value)
{
    apr_time_t when;
    if (d->kind == LAB_KIND_CALENDAR)
        return NULL;
    if (!lab_call_read_time(d->call, lab_xml_text(d->call->pool, value), &when))
        return lab_fail(d->call, "ErrorInvalidValueForProperty");
    lab_bag_set_int(d->bag, p->key, when);
    return NULL;
}
