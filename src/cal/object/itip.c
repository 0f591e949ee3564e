/* SPDX-License-Identifier: Apache-2.0 */
#include "cal/itip.h"

#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "cal/object/event_priv.h"
#include "cal/object/text_tree.h"

static const char *const methods[] = {"REQUEST", "CANCEL", "REPLY", "COUNTER"};

/* A proposal is told in the zone of the meeting. */
static void proposed(xc_when_t *out, const xc_itip_t *m, apr_time_t t)
{
    const xc_event_t *e = m->event;
    const xc_zone_t *zone = m->zone ? m->zone : e->start.kind == XC_WHEN_ZONED ? e->start.zone : e->recurrence_id.zone;
    memset(out, 0, sizeof *out);
    out->kind = zone && zone != xc_zone_utc() ? XC_WHEN_ZONED : XC_WHEN_UTC;
    out->zone = out->kind == XC_WHEN_ZONED ? zone : NULL;
    xc_zone_to_wall(out->zone ? zone : xc_zone_utc(), t, &out->wall);
}

/* The one attendee of an answer, or whom a cancellation reached. */
static void render_person(xc_render_t *r, const xc_itip_t *m)
{
    xc_event_t told = *m->event;
    xc_attendee_t one = {.who = m->attendee, .kind = XC_ATTENDEE_REQUIRED};
    for (int i = 0; told.attendees && i < told.attendees->nelts; i++) {
        const xc_attendee_t *a = &APR_ARRAY_IDX(told.attendees, i, xc_attendee_t);
        if (a->who.address && strcasecmp(a->who.address, m->attendee.address) == 0) {
            one.kind = a->kind;
            one.who.name = one.who.name ? one.who.name : a->who.name;
        }
    }
    told.is_organizer = 0;
    told.my_address = m->attendee.address;
    told.my_partstat = m->method == XC_ITIP_CANCEL ? told.my_partstat : m->partstat;
    xc_render_attendee(r, &told, &one);
}

/* REPLY, COUNTER and CANCEL: what RFC 5546 3.2 wants of them, and what helps to tell what they are about. */
static void render_short(xc_render_t *r, const xc_itip_t *m)
{
    const xc_event_t *e = m->event;
    xc_event_t stamp = *xc_event_make(r->pool);
    xc_when_t when;
    stamp.dtstamp = e->dtstamp ? e->dtstamp : m->sent ? m->sent : e->last_modified;
    xc_render_line(r, "BEGIN:VEVENT");
    xc_render_text(r, "UID", e->uid);
    xc_render_when(r, "RECURRENCE-ID", &e->recurrence_id);
    xc_zone_to_wall(xc_zone_utc(), stamp.dtstamp, &when.wall);
    when.kind = XC_WHEN_UTC;
    xc_render_when(r, "DTSTAMP", &when);
    xc_render_line(r, apr_psprintf(r->pool, "SEQUENCE:%d", e->sequence));
    if (m->method == XC_ITIP_COUNTER) {
        proposed(&when, m, m->start);
        xc_render_when(r, "DTSTART", &when);
        proposed(&when, m, m->end);
        xc_render_when(r, "DTEND", &when);
    } else if (e->start.kind != XC_WHEN_NONE) {
        xc_render_when(r, "DTSTART", &e->start);
        xc_render_when(r, "DTEND", &e->end);
        if (e->recurrence_id.kind == XC_WHEN_NONE)
            xc_render_rule(r, e);
    }
    xc_render_text(r, "SUMMARY", e->summary);
    xc_render_text(r, "LOCATION", e->location);
    xc_render_organizer(r, e);
    render_person(r, m);
    if (m->method == XC_ITIP_CANCEL)
        xc_render_line(r, "STATUS:CANCELLED");
    xc_render_text(r, "COMMENT", e->text);
    if (m->method == XC_ITIP_REPLY)
        xc_render_line(r, "REQUEST-STATUS:2.0;Success");
    xc_render_line(r, "END:VEVENT");
}

/* An invitation names whom it invites: who got it by way of a list is not among them otherwise. */
static const xc_event_t *with_me(const xc_itip_t *m, apr_pool_t *pool)
{
    xc_event_t *e = apr_pmemdup(pool, m->event, sizeof *e);
    e->reminder_minutes = -1;
    if (e->my_address)
        return e;
    xc_attendee_t me = {.who = m->attendee, .kind = XC_ATTENDEE_REQUIRED, .partstat = e->my_partstat, .rsvp = !e->no_reply};
    e->attendees = e->attendees ? apr_array_copy(pool, e->attendees) : apr_array_make(pool, 1, sizeof(xc_attendee_t));
    APR_ARRAY_PUSH(e->attendees, xc_attendee_t) = me;
    e->my_address = m->attendee.address;
    return e;
}

const char *xc_itip_text(const xc_itip_t *m, apr_pool_t *pool)
{
    xc_render_t r = {xc_buf_make(pool, 0), apr_hash_make(pool), pool};
    xc_buf_t *out = xc_buf_make(pool, 0);
    const xc_event_t *e = m->event;
    apr_time_t from = e->start.kind != XC_WHEN_NONE ? xc_event_earliest(e) : xc_when_to_utc(&e->recurrence_id, NULL);
    if (m->method == XC_ITIP_REQUEST)
        xc_render_vevent(&r, with_me(m, pool), NULL);
    else
        render_short(&r, m);
    xc_buf_puts(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:" XC_EVENT_PRODID "\r\n");
    xc_buf_printf(out, "METHOD:%s\r\n", methods[m->method]);
    xc_buf_puts(out, xc_render_zones(&r, NULL, from));
    xc_buf_append(out, r.buf->data, r.buf->len);
    xc_buf_puts(out, "END:VCALENDAR\r\n");
    return out->data;
}
