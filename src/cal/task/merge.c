/* SPDX-License-Identifier: Apache-2.0 */
/* A client's own VTODO brought up to date: lines whose meaning changed are written anew, all others stay byte for byte. */
#include <apr_strings.h>
#include <string.h>

#include "cal/task/task_priv.h"

static const struct {
    const char *name;
    unsigned fields; /* the property goes when one of them changed */
} owners[] = {
    {"SUMMARY", XC_FIELD_SUMMARY},
    {"DESCRIPTION", XC_FIELD_BODY},
    {"X-ALT-DESC", XC_FIELD_BODY},
    {"CATEGORIES", XC_FIELD_CATEGORIES},
    {"CLASS", XC_FIELD_CLASS},
    {"PRIORITY", XC_FIELD_IMPORTANCE},
    {"STATUS", XC_FIELD_STATUS},
    {"PERCENT-COMPLETE", XC_FIELD_STATUS},
    {"COMPLETED", XC_FIELD_STATUS},
    {"DTSTART", XC_FIELD_START},
    {"DUE", XC_FIELD_END},
    {"DURATION", XC_FIELD_START | XC_FIELD_END},
    {"RRULE", XC_FIELD_RECUR},
    {"X-EXCAL-REGENERATION", XC_FIELD_RECUR},
};

static unsigned owner_of(const char *name)
{
    for (apr_size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++)
        if (strcmp(owners[i].name, name) == 0)
            return owners[i].fields;
    return 0;
}

static unsigned changes(const xc_event_t *kept, const xc_event_t *now, apr_pool_t *pool)
{
    unsigned d = xc_event_diff(now, kept) & ~(unsigned)XC_FIELD_BODY;

    d |= xc_event_bodies_differ(kept, now, pool) ? XC_FIELD_BODY : 0;
    /* what became of one that the client had cancelled is not told from what he meant, unless its status is another one */
    if (kept->cancelled && now->task->status == XC_TASK_DEFERRED && kept->task->percent == now->task->percent)
        d &= ~(unsigned)XC_FIELD_STATUS;
    return d;
}

/* Another day at the time that the client wrote. */
static xc_when_t on_day(const xc_when_t *old, int day, const xc_zone_t *zone)
{
    xc_when_t out = *old;

    if (day == XC_NO_DAY) {
        memset(&out, 0, sizeof(out));
    } else if (old->kind == XC_WHEN_NONE || old->kind == XC_WHEN_DATE) {
        memset(&out, 0, sizeof(out));
        out.kind = XC_WHEN_DATE;
        xc_date_from_days(day, &out.wall.year, &out.wall.month, &out.wall.day);
    } else {
        if (old->kind == XC_WHEN_UTC)
            xc_zone_to_wall(zone, xc_when_to_utc(old, NULL), &out.wall);
        xc_date_from_days(day, &out.wall.year, &out.wall.month, &out.wall.day);
        if (old->kind == XC_WHEN_UTC)
            xc_when_from_utc(&out, xc_zone_to_utc(zone, &out.wall), old, zone);
    }
    return out;
}

/* The values that DTSTART and DUE get: those of before where the day is the same. */
static void new_times(xc_event_t *e, const xc_event_t *kept, const xc_event_t *now, unsigned d)
{
    e->start = d & XC_FIELD_START ? on_day(&kept->start, now->task->start_day, now->task->zone) : kept->start;
    e->end = d & XC_FIELD_END ? on_day(&kept->end, now->task->due_day, now->task->zone) : kept->end;
    /* one of two times of day alone would be no valid pair (RFC 5545 3.8.2.3) */
    if (kept->end.kind == XC_WHEN_NONE && (d & XC_FIELD_END) && e->start.kind != XC_WHEN_NONE && e->start.kind != XC_WHEN_DATE)
        e->end = on_day(&e->start, now->task->due_day, now->task->zone);
    if (kept->start.kind == XC_WHEN_NONE && (d & XC_FIELD_START) && e->end.kind != XC_WHEN_NONE && e->end.kind != XC_WHEN_DATE)
        e->start = on_day(&e->end, now->task->start_day, now->task->zone);
    /* Exchange has no times: equal days may leave the start after the end */
    if (e->start.kind != XC_WHEN_NONE && e->end.kind != XC_WHEN_NONE && (d & (XC_FIELD_START | XC_FIELD_END)) &&
        xc_when_to_utc(&e->start, now->task->zone) > xc_when_to_utc(&e->end, now->task->zone))
        e->start = e->end;
}

static void move_alarm(xc_render_t *r, const xc_node_t *alarm, apr_time_t at)
{
    xc_buf_puts(r->buf, "BEGIN:VALARM\r\n");
    xc_render_task_instant(r, "TRIGGER;VALUE=DATE-TIME", at);
    for (int i = 0; i < alarm->children->nelts; i++) {
        const xc_child_t *c = &APR_ARRAY_IDX(alarm->children, i, xc_child_t);
        if (c->node)
            xc_tree_copy(r, c->node);
        else if (strcmp(c->line.name, "TRIGGER") != 0)
            xc_tree_copy_line(r, &c->line);
    }
    xc_buf_puts(r->buf, "END:VALARM\r\n");
}

/* Alarms stay; the one that is Exchange's reminder rings when Exchange says, whatever it counted from. */
static void merge_alarms(xc_render_t *r, const xc_object_t *obj, const xc_node_t *n, icalcomponent *comp, const xc_event_t *now,
                         const xc_event_t *times)
{
    apr_time_t at, wanted = now->task->remind_at;
    int chosen = xc_task_alarm(&at, obj, comp, &times->start, &times->end, now->task->zone), number = 0;
    int same = at - at % APR_USEC_PER_SEC == wanted;

    for (int i = 0; i < n->children->nelts; i++) {
        const xc_node_t *sub = APR_ARRAY_IDX(n->children, i, xc_child_t).node;
        if (!sub)
            continue;
        if (strcasecmp(sub->name, "VALARM") != 0 || same) {
            xc_tree_copy(r, sub);
            continue;
        }
        if (!wanted) { /* switched off: no other may ring in its place */
            if (!xc_tree_can_remind(sub, r->pool))
                xc_tree_copy(r, sub);
        } else if (number == chosen) {
            move_alarm(r, sub, wanted);
        } else {
            xc_tree_copy(r, sub);
        }
        number++;
    }
    if (!same && chosen < 0)
        xc_render_task_alarm(r, now);
}

void xc_task_merge(xc_render_t *r, const xc_object_t *obj, const xc_node_t *n, icalcomponent *comp, const xc_event_t *kept, const xc_event_t *now)
{
    unsigned d = changes(kept, now, r->pool);
    xc_event_t e = *now;

    new_times(&e, kept, now, d);
    if (d & XC_FIELD_START) /* COUNT and UNTIL go with the first day */
        d |= XC_FIELD_RECUR;
    if ((d & XC_FIELD_START) && xc_comp_prop(comp, ICAL_DURATION_PROPERTY)) {
        d |= XC_FIELD_END;
        e.end = on_day(&kept->end, now->task->due_day, now->task->zone);
    }
    xc_buf_puts(r->buf, "BEGIN:VTODO\r\n");
    for (int i = 0; i < n->children->nelts; i++) {
        const xc_child_t *c = &APR_ARRAY_IDX(n->children, i, xc_child_t);
        if (c->node || (owner_of(c->line.name) & d))
            continue;
        if (now->last_modified && (strcmp(c->line.name, "DTSTAMP") == 0 || strcmp(c->line.name, "LAST-MODIFIED") == 0))
            continue;
        xc_tree_copy_line(r, &c->line);
    }
    xc_render_task_fields(r, &e, d);
    xc_render_task_instant(r, "DTSTAMP", now->last_modified);
    xc_render_task_instant(r, "LAST-MODIFIED", now->last_modified);
    merge_alarms(r, obj, n, comp, now, &e);
    xc_buf_puts(r->buf, "END:VTODO\r\n");
}
