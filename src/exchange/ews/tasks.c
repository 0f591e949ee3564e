/* SPDX-License-Identifier: Apache-2.0 */
/* The map between the model of a task and <t:Task>: one row a field, in the order of the schema. */
#include "exchange/ews/tasks.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"

#define DAY_SEC 86400

typedef struct task_writer_t {
    xc_xmlw_t *w;
    const xc_event_t *e;
    const xc_ews_version_t *v;
    apr_pool_t *pool;
} task_writer_t;

typedef struct task_field_t {
    unsigned bits;                          /* XC_FIELD_*: when the field is written by an update */
    const char *uri;
    int (*present)(const task_writer_t *x); /* absent: not created */
    void (*write)(const task_writer_t *x);
    int follows;                            /* absent: another field says so, it is not deleted */
} task_field_t;

static int always(const task_writer_t *x)
{
    (void)x;
    return 1;
}

/* Days are midnight in UTC, the zone of requests that name none. */
static void write_day(const task_writer_t *x, const char *name, int day)
{
    xc_xmlw_element(x->w, XC_NS_T, name, xc_ews_format_utc(apr_time_from_sec((apr_int64_t)day * DAY_SEC), x->pool));
}

static int has_reminder(const task_writer_t *x)
{
    return x->e->task->remind_at != 0;
}
static void write_reminder(const task_writer_t *x)
{
    xc_xmlw_element(x->w, XC_NS_T, "ReminderDueBy", xc_ews_format_utc(x->e->task->remind_at, x->pool));
}
static void write_reminder_set(const task_writer_t *x)
{
    xc_xmlw_element(x->w, XC_NS_T, "ReminderIsSet", has_reminder(x) ? "true" : "false");
}

/* A day that begins only now where the user is has not begun yet where Exchange counts: it takes its own today. */
static int has_completed(const task_writer_t *x)
{
    const xc_task_t *t = x->e->task;
    return t->status == XC_TASK_COMPLETED && t->completed_day != XC_NO_DAY && t->completed_day <= (int)(apr_time_sec(apr_time_now()) / DAY_SEC);
}
static void write_completed(const task_writer_t *x)
{
    write_day(x, "CompleteDate", x->e->task->completed_day);
}

static int has_due(const task_writer_t *x)
{
    return x->e->task->due_day != XC_NO_DAY;
}
static void write_due(const task_writer_t *x)
{
    write_day(x, "DueDate", x->e->task->due_day);
}
static int has_start(const task_writer_t *x)
{
    return x->e->task->start_day != XC_NO_DAY;
}
static void write_start(const task_writer_t *x)
{
    write_day(x, "StartDate", x->e->task->start_day);
}

static void write_percent(const task_writer_t *x)
{
    xc_xmlw_element(x->w, XC_NS_T, "PercentComplete", apr_itoa(x->pool, x->e->task->percent));
}

static int has_recur(const task_writer_t *x)
{
    return x->e->recur != NULL;
}
static void write_recur(const task_writer_t *x)
{
    xc_ews_write_recurrence(x->w, x->e->recur, x->v);
}

static const char *const statuses[] = {"NotStarted", "InProgress", "Completed", "WaitingOnOthers", "Deferred"};
static void write_status(const task_writer_t *x)
{
    xc_xmlw_element(x->w, XC_NS_T, "Status", statuses[x->e->task->status]);
}

/* The last of CompleteDate, PercentComplete and Status counts in Exchange; DueDate goes before StartDate. */
static const task_field_t fields[] = {
    {XC_FIELD_REMINDER, "item:ReminderDueBy", has_reminder, write_reminder, 1},
    {XC_FIELD_REMINDER, "item:ReminderIsSet", always, write_reminder_set, 0},
    {XC_FIELD_STATUS, "task:CompleteDate", has_completed, write_completed, 1},
    {XC_FIELD_END, "task:DueDate", has_due, write_due, 0},
    {XC_FIELD_STATUS, "task:PercentComplete", always, write_percent, 0},
    {XC_FIELD_RECUR, "task:Recurrence", has_recur, write_recur, 0},
    {XC_FIELD_START, "task:StartDate", has_start, write_start, 0},
    {XC_FIELD_STATUS, "task:Status", always, write_status, 0},
};
#define N_FIELDS (sizeof fields / sizeof *fields)

/* ---- writing ---- */

void xc_ews_write_task(xc_xmlw_t *w, const xc_write_t *write, const xc_session_t *s, const xc_ews_version_t *v, apr_pool_t *pool)
{
    task_writer_t x = {.w = w, .e = write->event, .v = v, .pool = pool};
    xc_xmlw_start(w, XC_NS_T, "Task");
    xc_ews_write_shared(w, NULL, write->event, XC_FIELD_ALL, NULL, s, v, pool);
    for (apr_size_t i = 0; i < N_FIELDS; i++) {
        if (fields[i].write == write_completed) {
            /* the schema has these between the item's and the task's part */
            if (write->href)
                xc_ews_write_named_value(w, XC_EWS_PROP_HREF, write->href);
            if (write->kept)
                xc_ews_write_named_value(w, XC_EWS_PROP_KEPT, write->kept);
            xc_ews_write_named_value(w, XC_EWS_PROP_UID, write->event->uid);
        }
        if (fields[i].present(&x))
            fields[i].write(&x);
    }
    xc_xmlw_end(w);
}

static void write_uri(xc_xmlw_t *w, const char *uri)
{
    xc_xmlw_start(w, XC_NS_T, "FieldURI");
    xc_xmlw_attr(w, "FieldURI", uri);
    xc_xmlw_end(w);
}

int xc_ews_write_task_updates(xc_xmlw_t *w, const xc_event_t *before, const xc_event_t *now, unsigned changed, const xc_session_t *s,
                              const xc_ews_version_t *v, apr_pool_t *pool)
{
    task_writer_t x = {.w = w, .e = now, .v = v, .pool = pool}, old = {.w = w, .e = before, .v = v, .pool = pool};
    int n = xc_ews_write_shared(w, before, now, changed, "Task", s, v, pool);
    for (apr_size_t i = 0; i < N_FIELDS; i++) {
        const task_field_t *f = &fields[i];
        int set = f->present(&x);
        if (!(f->bits & changed) || (!set && (f->follows || (before && !f->present(&old)))))
            continue;
        xc_xmlw_start(w, XC_NS_T, set ? "SetItemField" : "DeleteItemField");
        write_uri(w, f->uri);
        if (set) {
            xc_xmlw_start(w, XC_NS_T, "Task");
            f->write(&x);
            xc_xmlw_end(w);
        }
        xc_xmlw_end(w);
        n++;
    }
    return n;
}

/* ---- reading ---- */

/* PidLidTaskDeadOccurrence and PidLidTaskFRecurring */
static const char *const marks[] = {"33033", "33062"};

void xc_ews_write_task_marks(xc_xmlw_t *w)
{
    for (int i = 0; i < 2; i++) {
        xc_xmlw_start(w, XC_NS_T, "ExtendedFieldURI");
        xc_xmlw_attr(w, "DistinguishedPropertySetId", "Task");
        xc_xmlw_attr(w, "PropertyId", marks[i]);
        xc_xmlw_attr(w, "PropertyType", "Boolean");
        xc_xmlw_end(w);
    }
}

static int mark(const xmlNode *item, const char *id, apr_pool_t *pool)
{
    for (xmlNode *p = xc_xml_child(item, NULL, "ExtendedProperty"); p; p = xc_xml_next(p, NULL, "ExtendedProperty")) {
        const char *number = xc_xml_attr(xc_xml_child(p, NULL, "ExtendedFieldURI"), "PropertyId", pool);
        if (number && strcmp(number, id) == 0)
            return xc_ews_is_true(xc_xml_child_text(p, NULL, "Value", pool));
    }
    return 0;
}

int xc_ews_task_left_behind(const xmlNode *item, apr_pool_t *pool)
{
    return mark(item, marks[0], pool) && !mark(item, marks[1], pool);
}

const char *xc_ews_task_uid_made(const char *item_id, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "task-", xc_crypt_hex(pool, 16, item_id ? item_id : "", NULL), NULL);
}

void xc_ews_write_task_shape(xc_xmlw_t *w, const xc_ews_version_t *v)
{
    xc_xmlw_start(w, XC_NS_M, "ItemShape");
    xc_xmlw_element(w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_element(w, XC_NS_T, "BodyType", "Best");
    xc_xmlw_start(w, XC_NS_T, "AdditionalProperties");
    xc_ews_write_shared_uris(w, v);
    for (apr_size_t i = 0; i < N_FIELDS; i++)
        write_uri(w, fields[i].uri);
    xc_ews_write_named(w, XC_EWS_PROP_KEPT);
    xc_ews_write_named(w, XC_EWS_PROP_PROPS);
    xc_ews_write_named(w, XC_EWS_PROP_UID);
    xc_ews_write_task_marks(w);
    xc_xmlw_end(w);
    xc_xmlw_end(w);
}

/* The nearest midnight: a server that answers in a zone of its own is at most half a day off. */
static int read_day(const xmlNode *item, const char *name, apr_pool_t *pool)
{
    apr_time_t t;
    if (!xc_ews_parse_time(&t, xc_xml_child_text(item, NULL, name, pool)))
        return XC_NO_DAY;
    apr_int64_t sec = apr_time_sec(t) + DAY_SEC / 2;
    return (int)((sec - (sec % DAY_SEC + DAY_SEC) % DAY_SEC) / DAY_SEC);
}

static int read_percent(const xmlNode *item, apr_pool_t *pool)
{
    const char *text = xc_xml_child_text(item, NULL, "PercentComplete", pool);
    double percent = text ? strtod(text, NULL) : 0;
    return percent >= 0 && percent <= 100 ? (int)(percent + 0.5) : 0;
}

static void read_regeneration(xc_task_t *t, const xmlNode *pattern, apr_pool_t *pool)
{
    static const char *const names[] = {"", "DailyRegeneration", "WeeklyRegeneration", "MonthlyRegeneration", "YearlyRegeneration"};
    for (int i = XC_REGEN_DAILY; i <= XC_REGEN_YEARLY; i++)
        if (xc_xml_is(pattern, NULL, names[i]))
            t->regen = (xc_regen_e)i;
    t->regen_interval = xc_ews_int(xc_xml_child_text(pattern, NULL, "Interval", pool), 1, 999, 1);
}

/* The rule counts from the occurrence that the task is now. */
static xc_error_t *read_recurrence(xc_event_t *e, const xmlNode *item, apr_pool_t *pool)
{
    xmlNode *recurrence = xc_xml_child(item, NULL, "Recurrence");
    int anchor = xc_task_anchor(e->task);
    if (!recurrence)
        return NULL;
    read_regeneration(e->task, xc_xml_child(recurrence, NULL, NULL), pool);
    if (e->task->regen)
        return NULL;
    XC_TRY(xc_ews_read_recurrence(&e->recur, recurrence, pool));
    if (anchor != XC_NO_DAY)
        xc_date_from_days(anchor, &e->recur->start_year, &e->recur->start_month, &e->recur->start_day);
    return NULL;
}

xc_error_t *xc_ews_read_task(xc_event_t **out, const xmlNode *item, const xc_session_t *s, apr_pool_t *pool)
{
    xc_event_t *e = xc_task_make(s->zone, pool);
    xc_task_t *t = e->task;
    *out = NULL;
    xc_ews_read_shared(e, item, pool);
    const char *status = xc_xml_child_text(item, NULL, "Status", pool);
    for (int i = 0; status && i < (int)(sizeof statuses / sizeof *statuses); i++)
        if (strcmp(status, statuses[i]) == 0)
            t->status = (xc_task_status_e)i;
    t->percent = read_percent(item, pool);
    t->start_day = read_day(item, "StartDate", pool);
    t->due_day = read_day(item, "DueDate", pool);
    t->completed_day = read_day(item, "CompleteDate", pool);
    if (xc_ews_is_true(xc_xml_child_text(item, NULL, "ReminderIsSet", pool)))
        t->remind_at = xc_ews_time(xc_xml_child_text(item, NULL, "ReminderDueBy", pool));
    XC_TRY(read_recurrence(e, item, pool));
    e->uid = xc_ews_task_left_behind(item, pool) ? NULL : xc_ews_named(item, XC_EWS_PROP_UID, pool);
    if (!e->uid || !*e->uid)
        e->uid = xc_ews_task_uid_made(xc_xml_attr(xc_xml_child(item, NULL, "ItemId"), "Id", pool), pool);
    e->kept = xc_ews_named(item, XC_EWS_PROP_KEPT, pool);
    *out = e;
    return NULL;
}
