/* SPDX-License-Identifier: Apache-2.0 */
/* The neutral model -> VTODO. */
#include <apr_strings.h>

#include "cal/task/task_priv.h"

#define SHARED (XC_FIELD_SUMMARY | XC_FIELD_BODY | XC_FIELD_CATEGORIES | XC_FIELD_CLASS | XC_FIELD_IMPORTANCE)

void xc_render_task_instant(xc_render_t *r, const char *name, apr_time_t t)
{
    xc_when_t w = {.kind = XC_WHEN_UTC};

    if (!t)
        return;
    xc_zone_to_wall(xc_zone_utc(), t, &w.wall);
    xc_render_when(r, name, &w);
}

static void render_day(xc_render_t *r, const char *name, const xc_when_t *written, int day)
{
    xc_when_t w = {.kind = XC_WHEN_DATE};

    if (written->kind != XC_WHEN_NONE) {
        xc_render_when(r, name, written);
    } else if (day != XC_NO_DAY) {
        xc_date_from_days(day, &w.wall.year, &w.wall.month, &w.wall.day);
        xc_render_when(r, name, &w);
    }
}

/* Exchange knows the day: its midnight where the user is. */
static void render_completed(xc_render_t *r, const xc_task_t *t)
{
    xc_wall_t wall = {0};

    if (t->completed_day == XC_NO_DAY)
        return;
    xc_date_from_days(t->completed_day, &wall.year, &wall.month, &wall.day);
    xc_render_task_instant(r, "COMPLETED", xc_zone_to_utc(t->zone, &wall));
}

static void render_rule(xc_render_t *r, const xc_event_t *e)
{
    static const char *const units[] = {"", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
    const xc_when_t *from = e->start.kind != XC_WHEN_NONE ? &e->start : &e->end;
    xc_when_t day = {.kind = XC_WHEN_DATE};

    /* a name of our own: RFC 5545 has no recurrence that counts from completion */
    if (e->task->regen)
        xc_render_line(r, apr_psprintf(r->pool, "X-EXCAL-REGENERATION:FREQ=%s;INTERVAL=%d", units[e->task->regen], e->task->regen_interval));
    if (!e->recur)
        return;
    if (from->kind == XC_WHEN_NONE && xc_task_anchor(e->task) != XC_NO_DAY) {
        xc_date_from_days(xc_task_anchor(e->task), &day.wall.year, &day.wall.month, &day.wall.day);
        from = &day;
    }
    int all_day = from->kind == XC_WHEN_DATE;
    const xc_zone_t *zone = all_day ? NULL : from->kind == XC_WHEN_ZONED ? from->zone : from->kind == XC_WHEN_UTC ? xc_zone_utc() : e->task->zone;
    xc_render_line(r, apr_pstrcat(r->pool, "RRULE:", xc_recur_to_rrule(e->recur, &from->wall, zone, all_day, r->pool), NULL));
}

void xc_render_task_fields(xc_render_t *r, const xc_event_t *e, unsigned fields)
{
    const xc_task_t *t = e->task;

    /* a rule counts from DTSTART (RFC 5545 3.8.2.4), which Exchange need not have */
    if (fields & XC_FIELD_START)
        render_day(r, "DTSTART", &e->start, e->recur && e->end.kind == XC_WHEN_NONE ? xc_task_anchor(t) : t->start_day);
    if (fields & XC_FIELD_END)
        render_day(r, "DUE", &e->end, t->due_day);
    xc_render_fields(r, e, fields & SHARED);
    if (fields & XC_FIELD_STATUS) {
        xc_render_line(r, apr_pstrcat(r->pool, "STATUS:", xc_task_status_name(e), NULL));
        if (t->percent)
            xc_render_line(r, apr_psprintf(r->pool, "PERCENT-COMPLETE:%d", t->percent));
        render_completed(r, t);
    }
    if (fields & XC_FIELD_RECUR)
        render_rule(r, e);
}

void xc_render_task_alarm(xc_render_t *r, const xc_event_t *e)
{
    if (!e->task->remind_at)
        return;
    xc_render_line(r, "BEGIN:VALARM");
    xc_render_line(r, "ACTION:DISPLAY");
    xc_render_text(r, "DESCRIPTION", e->summary ? e->summary : "Reminder");
    xc_render_task_instant(r, "TRIGGER;VALUE=DATE-TIME", e->task->remind_at);
    xc_render_line(r, "END:VALARM");
}

void xc_render_vtodo(xc_render_t *r, const xc_event_t *e)
{
    apr_time_t stamp = e->last_modified ? e->last_modified : e->created;

    xc_render_line(r, "BEGIN:VTODO");
    xc_render_text(r, "UID", e->uid);
    xc_render_task_instant(r, "DTSTAMP", stamp ? stamp : apr_time_from_sec(1));
    xc_render_task_instant(r, "CREATED", e->created);
    xc_render_task_instant(r, "LAST-MODIFIED", e->last_modified);
    xc_render_task_fields(r, e, XC_FIELD_ALL);
    xc_render_task_alarm(r, e);
    xc_render_line(r, "END:VTODO");
}
