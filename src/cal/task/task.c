/* SPDX-License-Identifier: Apache-2.0 */
/* A task as Exchange keeps it: brought to that form, compared, fingerprinted. */
#include "cal/task/task_priv.h"

#include <stdlib.h>
#include <string.h>

xc_event_t *xc_task_make(const xc_zone_t *zone, apr_pool_t *pool)
{
    xc_event_t *e = xc_event_make(pool);

    e->task = apr_pcalloc(pool, sizeof(*e->task));
    e->task->start_day = e->task->due_day = e->task->completed_day = XC_NO_DAY;
    e->task->zone = zone ? zone : xc_zone_utc();
    return e;
}

int xc_task_day(const xc_when_t *when, const xc_zone_t *zone)
{
    xc_wall_t wall = when->wall;

    if (when->kind == XC_WHEN_NONE)
        return XC_NO_DAY;
    if (when->kind == XC_WHEN_UTC)
        xc_zone_to_wall(zone, xc_when_to_utc(when, NULL), &wall);
    return xc_date_to_days(wall.year, wall.month, wall.day);
}

int xc_task_anchor(const xc_task_t *task)
{
    return task->start_day != XC_NO_DAY ? task->start_day : task->due_day;
}

const char *xc_task_status_name(const xc_event_t *e)
{
    switch (e->task->status) {
    case XC_TASK_COMPLETED: return "COMPLETED";
    case XC_TASK_NOT_STARTED: return "NEEDS-ACTION";
    case XC_TASK_IN_PROGRESS: return "IN-PROCESS";
    case XC_TASK_WAITING:
    case XC_TASK_DEFERRED: break;
    }
    return e->cancelled ? "CANCELLED" : e->task->percent > 0 ? "IN-PROCESS" : "NEEDS-ACTION";
}

void xc_task_normalize(xc_event_t *e)
{
    xc_task_t *t = e->task;

    e->location = NULL;
    e->attendees = NULL;
    e->organizer.address = e->organizer.name = NULL;
    e->is_meeting = 0;
    e->is_organizer = 1;
    e->reminder_minutes = -1;
    e->busy = XC_BUSY_UNSET;
    e->overrides = e->exdates = NULL;
    if (t->status == XC_TASK_COMPLETED) {
        t->percent = 100;
    } else { /* Exchange takes a hundred for completed, and anything for begun */
        t->percent = t->percent < 0 ? 0 : t->percent > 99 ? 99 : t->percent;
        t->completed_day = XC_NO_DAY;
        if (t->status == XC_TASK_NOT_STARTED && t->percent > 0)
            t->status = XC_TASK_IN_PROGRESS;
    }
    if (t->status != XC_TASK_DEFERRED)
        e->cancelled = 0;
    /* a task that starts is due: on the day itself where nothing else is said */
    if (t->due_day == XC_NO_DAY || (t->start_day != XC_NO_DAY && t->due_day < t->start_day))
        t->due_day = t->start_day;
    t->remind_at -= t->remind_at % APR_USEC_PER_SEC;
}

/* A series whose first day is said, and one that is merely due on it, are the same to Exchange. */
static int same_start(const xc_event_t *a, const xc_event_t *b)
{
    if (a->task->start_day == b->task->start_day)
        return 1;
    return a->recur && b->recur && xc_task_anchor(a->task) == xc_task_anchor(b->task) && a->task->due_day == b->task->due_day &&
           (a->task->start_day == XC_NO_DAY || b->task->start_day == XC_NO_DAY);
}

int xc_task_completed_alike(const xc_event_t *a, const xc_event_t *b)
{
    int x = a->task->completed_day, y = b->task->completed_day;
    return x == y || x == XC_NO_DAY || y == XC_NO_DAY || abs(x - y) == 1;
}

unsigned xc_task_diff(const xc_event_t *a, const xc_event_t *b)
{
    unsigned d = 0;

    if (strcmp(xc_task_status_name(a), xc_task_status_name(b)) != 0 || a->task->percent != b->task->percent || !xc_task_completed_alike(a, b))
        d |= XC_FIELD_STATUS;
    d |= same_start(a, b) ? 0 : XC_FIELD_START;
    d |= a->task->due_day != b->task->due_day ? XC_FIELD_END : 0;
    d |= a->task->remind_at != b->task->remind_at ? XC_FIELD_REMINDER : 0;
    return d;
}

void xc_task_fingerprint(xc_buf_t *buf, const xc_event_t *e)
{
    const xc_task_t *t = e->task;

    /* of one that is only due the start of the series stands for nothing */
    xc_buf_printf(buf, "task=%d %d start=%d due=%d", t->status, t->percent, e->recur ? xc_task_anchor(t) : t->start_day, t->due_day);
    xc_buf_printf(buf, " reminder=%" APR_INT64_T_FMT "\n", t->remind_at / APR_USEC_PER_SEC);
}

static apr_time_t instant(int day, const xc_when_t *when, const xc_zone_t *zone)
{
    xc_wall_t wall = {0};

    if (when->kind != XC_WHEN_NONE)
        return xc_when_to_utc(when, zone);
    xc_date_from_days(day, &wall.year, &wall.month, &wall.day);
    return xc_zone_to_utc(zone ? zone : xc_zone_utc(), &wall);
}

void xc_task_span(const xc_event_t *e, const xc_zone_t *zone, apr_time_t *first, apr_time_t *last)
{
    int from = xc_task_anchor(e->task), days;

    if (from == XC_NO_DAY) { /* a task without dates belongs to every time */
        *first = APR_INT64_MIN;
        *last = APR_INT64_MAX;
        return;
    }
    /* one that is only due begins there */
    *first = e->start.kind == XC_WHEN_NONE && from == e->task->due_day ? instant(from, &e->end, zone) : instant(from, &e->start, zone);
    *last = instant(e->task->due_day, &e->end, zone);
    if (*first > *last)
        *first = *last;
    if (e->recur)
        *last = xc_recur_last(e->recur, &days) ? *last + apr_time_from_sec((apr_int64_t)(days - from + 1) * 86400) : APR_INT64_MAX;
}
