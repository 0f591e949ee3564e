/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Saving tasks. A recurring task whose current occurrence is completed, or whose dates or
 * pattern are changed, leaves that occurrence behind as a task of its own and becomes the next
 * one (MS-OXOTASK 3.1.4.6; "UpdateItem operation (task)" in Microsoft's reference).
 */
#include <string.h>

#include "ews/task.h"
#include "ews/task_recur.h"

#define MORNING_SEC (8 * 3600)

static const lab_zone_t *zone_of(const lab_call_t *call)
{
    return call->zone ? call->zone : lab_zone_utc();
}

static bool is_done(const lab_bag_t *bag)
{
    const char *status = lab_bag_get(bag, "Status");
    return status && !strcmp(status, "Completed");
}

static bool same(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

/* the pattern says where the task starts; without a start, when it is due */
static int anchor(const lab_bag_t *bag, const lab_task_recur_t *r)
{
    apr_int64_t day = lab_bag_int(bag, "StartDate", LAB_NO_DAY);
    if (day == LAB_NO_DAY)
        day = lab_bag_int(bag, "DueDate", LAB_NO_DAY);
    return day == LAB_NO_DAY ? lab_task_recur_first(r) : (int)day;
}

/* the reminder keeps its distance in days and its time of day */
static void move_reminder(lab_call_t *call, lab_bag_t *bag, bool was_set, int days)
{
    apr_int64_t due = lab_bag_int(bag, "ReminderDueBy", 0);
    if (!due)
        return;
    lab_wall_t wall = lab_zone_wall(zone_of(call), due);
    wall.date = lab_date_add_days(wall.date, days);
    due = lab_zone_instant(zone_of(call), wall);
    lab_bag_set_int(bag, "ReminderDueBy", due);
    lab_bag_set(bag, "ReminderIsSet", was_set && due > call->now ? "true" : "false");
}

/* puts a task on the day of its next occurrence; `before` has the dates of this one */
static void move_on(lab_call_t *call, lab_bag_t *bag, const lab_bag_t *before,
                    lab_task_recur_t *r, int next)
{
    apr_int64_t start = lab_bag_int(before, "StartDate", LAB_NO_DAY);
    apr_int64_t due = lab_bag_int(before, "DueDate", LAB_NO_DAY);
    int from = anchor(before, r);
    bool reminds = lab_bag_bool(before, "ReminderIsSet", false);
    if (start != LAB_NO_DAY)
        lab_bag_set_int(bag, "StartDate", next);
    else
        lab_bag_remove(bag, "StartDate");
    lab_bag_set_int(bag, "DueDate",
                    start != LAB_NO_DAY && due != LAB_NO_DAY ? next + due - start : next);
    if (r->recur.range == LAB_RECUR_NUMBERED)
        r->recur.count--;
    if (r->regen)
        r->recur.start = lab_date_from_days(next);
    lab_bag_set(bag, "Recurrence", lab_task_recur_text(call->pool, r));
    lab_bag_set(bag, "Status", "NotStarted");
    lab_bag_set(bag, "PercentComplete", "0");
    lab_bag_remove(bag, "CompleteDate");
    move_reminder(call, bag, reminds, next - from);
    lab_bag_set_int(bag, "ChangeCount", lab_bag_int(bag, "ChangeCount", 1) + 1);
}

static void keep_done(lab_draft_t *d)
{
    lab_call_t *call = d->call;
    lab_item_t *done = apr_pmemdup(call->pool, d->item, sizeof *done);
    done->id = 0;
    done->bag = lab_bag_copy(call->pool, d->item->bag);
    lab_bag_remove(done->bag, "Recurrence");
    lab_bag_set(done->bag, "LeftBehind", "true");
    if (is_done(done->bag))
        lab_bag_set(done->bag, "ReminderIsSet", "false");
    lab_bag_set_int(done->bag, "DateTimeCreated", call->now);
    d->done = done;
}

/* a change of what was a recurring task before */
static void settle_recurring(lab_draft_t *d, const lab_task_recur_t *old)
{
    lab_bag_t *bag = d->item->bag;
    const lab_bag_t *before = d->before;
    lab_task_recur_t now;
    int next;
    if (!lab_task_recur_parse(lab_bag_get(bag, "Recurrence"), &now))
        return;
    bool completed = is_done(bag) && !is_done(before);
    bool fixed = !old->regen && !now.regen;
    bool other_rule =
        fixed && !same(lab_bag_get(bag, "Recurrence"), lab_bag_get(before, "Recurrence"));
    bool other_day =
        fixed &&
        (!same(lab_bag_get(bag, "StartDate"), lab_bag_get(before, "StartDate")) ||
         !same(lab_bag_get(bag, "DueDate"), lab_bag_get(before, "DueDate")));
    if (!completed && !other_rule && !other_day)
        return;
    int completed_on = (int)lab_bag_int(bag, "CompleteDate", anchor(before, old));
    /* what is left behind keeps to the pattern that it came from */
    if (!lab_task_recur_next(other_rule ? old : &now, anchor(before, old), completed_on,
                             &next))
        return;
    keep_done(d);
    move_on(d->call, bag, before, &now, next);
}

static void settle_dates(lab_draft_t *d)
{
    lab_bag_t *bag = d->item->bag;
    lab_task_recur_t r;
    if (!lab_bag_get(bag, "DueDate")) {
        apr_int64_t start = lab_bag_int(bag, "StartDate", LAB_NO_DAY);
        if (start != LAB_NO_DAY)
            lab_bag_set_int(bag, "DueDate", start);
        else if (lab_task_recur_parse(lab_bag_get(bag, "Recurrence"), &r))
            lab_bag_set_int(bag, "DueDate", lab_task_recur_first(&r));
    }
}

/* a reminder without a time is on the morning of the day the task is due */
static void settle_reminder(lab_draft_t *d)
{
    lab_bag_t *bag = d->item->bag;
    if (!lab_bag_bool(bag, "ReminderIsSet", false) || lab_bag_get(bag, "ReminderDueBy"))
        return;
    lab_date_t today = lab_zone_wall(zone_of(d->call), d->call->now).date;
    apr_int64_t day = lab_bag_int(bag, "DueDate", lab_date_to_days(today));
    lab_wall_t wall = {lab_date_from_days((int)day), MORNING_SEC};
    lab_bag_set_int(bag, "ReminderDueBy", lab_zone_instant(zone_of(d->call), wall));
}

const lab_fail_t *lab_task_settle(lab_draft_t *d)
{
    lab_bag_t *bag = d->item->bag;
    lab_task_recur_t old;
    if (d->created) {
        lab_bag_set(bag, "ChangeCount", "1");
        lab_bag_set(bag, "Owner", lab_dir_at(d->item->mailbox)->display_name);
    }
    settle_dates(d);
    settle_reminder(d);
    if (d->before && lab_task_recur_parse(lab_bag_get(d->before, "Recurrence"), &old))
        settle_recurring(d, &old);
    return NULL;
}

const lab_fail_t *lab_task_skip(lab_call_t *call, lab_item_t *item)
{
    lab_task_recur_t r;
    int next, today = lab_date_to_days(lab_zone_wall(zone_of(call), call->now).date);
    if (!lab_task_recur_parse(lab_bag_get(item->bag, "Recurrence"), &r) ||
        !lab_task_recur_next(&r, anchor(item->bag, &r), today, &next))
        return lab_fail(call, "ErrorCannotDeleteTaskOccurrence");
    move_on(call, item->bag, lab_bag_copy(call->pool, item->bag), &r, next);
    return NULL;
}
