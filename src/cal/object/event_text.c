/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The neutral model -> iCalendar text. Content lines are written here, not by libical, which leaves
 * commas of CATEGORIES and X- properties unescaped.
 */
#include <apr_lib.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "cal/object/event_priv.h"
#include "cal/object/html.h"
#include "cal/task/task_priv.h"
#include "cal/object.h"
#include "cal/object/text_tree.h"

#define FOLD 75


void xc_render_line(xc_render_t *r, const char *line)
{
    apr_size_t room = FOLD;

    while (*line) {
        apr_size_t n = strlen(line);
        if (n > room) {
            n = room;
            while (n > 1 && ((unsigned char)line[n] & 0xc0) == 0x80)
                n--;
        }
        xc_buf_append(r->buf, line, n);
        xc_buf_puts(r->buf, "\r\n");
        line += n;
        if (*line)
            xc_buf_putc(r->buf, ' ');
        room = FOLD - 1;
    }
}

/* TEXT (RFC 5545 3.3.11); control characters have no place in it. */
static const char *escape(const char *s, apr_pool_t *pool)
{
    char *out = apr_palloc(pool, strlen(s) * 2 + 1), *w = out;

    for (; *s; s++) {
        if (*s == '\n') {
            *w++ = '\\';
            *w++ = 'n';
        } else if (*s == '\t' || !apr_iscntrl(*s)) {
            if (strchr("\\;,", *s))
                *w++ = '\\';
            *w++ = *s;
        }
    }
    *w = '\0';
    return out;
}

/* A parameter's value, always quoted: no double quotes or control characters (RFC 6868 is not for all clients). */
static const char *quoted(const char *s, apr_pool_t *pool)
{
    char *out = apr_palloc(pool, strlen(s) + 3), *w = out;
    int plain = 1;

    for (const char *p = s; *p; p++)
        plain &= apr_isalnum(*p) || strchr("-_./+ ", *p) != NULL || (*p & 0x80);
    if (!plain || !*s)
        *w++ = '"';
    for (; *s; s++) {
        if (*s == '"')
            *w++ = '\'';
        else if (!apr_iscntrl(*s))
            *w++ = *s;
    }
    if (!plain || w == out)
        *w++ = '"';
    *w = '\0';
    return out;
}

void xc_render_text(xc_render_t *r, const char *name, const char *value)
{
    if (value && *value)
        xc_render_line(r, apr_pstrcat(r->pool, name, ":", escape(value, r->pool), NULL));
}

static const char *date_time(const xc_wall_t *w, const char *suffix, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%04d%02d%02dT%02d%02d%02d%s", w->year, w->month, w->day, w->hour, w->minute, w->second, suffix);
}

void xc_render_when(xc_render_t *r, const char *name, const xc_when_t *w)
{
    const char *tzid;

    switch (w->kind) {
    case XC_WHEN_NONE:
        break;
    case XC_WHEN_DATE:
        xc_render_line(r, apr_psprintf(r->pool, "%s;VALUE=DATE:%04d%02d%02d", name, w->wall.year, w->wall.month, w->wall.day));
        break;
    case XC_WHEN_FLOATING:
        xc_render_line(r, apr_pstrcat(r->pool, name, ":", date_time(&w->wall, "", r->pool), NULL));
        break;
    case XC_WHEN_UTC:
        xc_render_line(r, apr_pstrcat(r->pool, name, ":", date_time(&w->wall, "Z", r->pool), NULL));
        break;
    case XC_WHEN_ZONED:
        tzid = w->tzid ? w->tzid : xc_zone_id(w->zone);
        apr_hash_set(r->zones, tzid, APR_HASH_KEY_STRING, w->zone);
        xc_render_line(r, apr_pstrcat(r->pool, name, ";TZID=", quoted(tzid, r->pool), ":", date_time(&w->wall, "", r->pool), NULL));
        break;
    }
}

static void render_instant(xc_render_t *r, const char *name, apr_time_t t)
{
    xc_wall_t w;

    if (!t)
        return;
    xc_zone_to_wall(xc_zone_utc(), t, &w);
    xc_render_line(r, apr_pstrcat(r->pool, name, ":", date_time(&w, "Z", r->pool), NULL));
}

/* ---- people ---- */

const char *xc_partstat_name(xc_partstat_e partstat)
{
    static const char *const names[] = {"NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED", "DELEGATED"};
    return names[partstat];
}

xc_partstat_e xc_attendee_partstat(const xc_event_t *e, const xc_attendee_t *a)
{
    return !e->is_organizer && e->my_address && strcasecmp(e->my_address, a->who.address) == 0 ? e->my_partstat : a->partstat;
}

static const char *mailto(const xc_person_t *who, apr_pool_t *pool)
{
    char *out = apr_pstrdup(pool, who->address), *w = out;
    for (const char *p = who->address; *p; p++) {
        if (!apr_iscntrl(*p) && *p != ' ')
            *w++ = *p;
    }
    *w = '\0';
    return apr_pstrcat(pool, ":mailto:", out, NULL);
}

static const char *cn(const xc_person_t *who, apr_pool_t *pool)
{
    return who->name && *who->name ? apr_pstrcat(pool, ";CN=", quoted(who->name, pool), NULL) : "";
}

void xc_render_organizer(xc_render_t *r, const xc_event_t *e)
{
    if (e->organizer.address && e->is_meeting)
        xc_render_line(r, apr_pstrcat(r->pool, "ORGANIZER", cn(&e->organizer, r->pool), mailto(&e->organizer, r->pool), NULL));
    else if (e->is_meeting && !e->is_organizer) /* somebody without an address that a client could use, but not the owner */
        xc_render_line(r, apr_pstrcat(r->pool, "ORGANIZER", cn(&e->organizer, r->pool), ":invalid:nomail", NULL));
}

/* Many clients look for the organizer among the attendees. */
void xc_render_organizer_attendee(xc_render_t *r, const xc_event_t *e)
{
    if (e->organizer.address && e->is_meeting && e->attendees)
        xc_render_line(r, apr_pstrcat(r->pool, "ATTENDEE;ROLE=CHAIR;PARTSTAT=ACCEPTED", cn(&e->organizer, r->pool), mailto(&e->organizer, r->pool), NULL));
}

void xc_render_attendee(xc_render_t *r, const xc_event_t *e, const xc_attendee_t *a)
{
    static const char *const kinds[] = {";ROLE=REQ-PARTICIPANT", ";ROLE=OPT-PARTICIPANT", ";CUTYPE=RESOURCE;ROLE=NON-PARTICIPANT"};
    xc_partstat_e partstat = xc_attendee_partstat(e, a);

    if (a->who.address) {
        const char *line = apr_pstrcat(r->pool, "ATTENDEE", kinds[a->kind], ";PARTSTAT=", xc_partstat_name(partstat),
                                       a->rsvp && partstat == XC_PARTSTAT_NEEDS_ACTION ? ";RSVP=TRUE" : "", cn(&a->who, r->pool), mailto(&a->who, r->pool), NULL);
        xc_render_line(r, xc_render_tracking(line, e, a, r->pool));
    }
}

const char *xc_render_tracking(const char *line, const xc_event_t *e, const xc_attendee_t *a, apr_pool_t *pool)
{
    xc_wall_t when;

    if (!e->is_organizer || !e->invited)
        return line;
    if (a->answered_at) {
        xc_zone_to_wall(xc_zone_utc(), a->answered_at, &when);
        line = xc_tree_set_param(line, "X-MS-OLK-RESPTIME", date_time(&when, "Z", pool), pool);
    }
    /* who has answered has received it */
    return xc_tree_set_param(line, "SCHEDULE-STATUS", a->answered_at || a->partstat != XC_PARTSTAT_NEEDS_ACTION ? "1.2" : "1.1", pool);
}

/* ---- fields ---- */

static void render_body(xc_render_t *r, const xc_event_t *e)
{
    const char *text = e->text && *e->text ? e->text : e->html ? xc_html_to_text(e->html, r->pool) : NULL;

    xc_render_text(r, "DESCRIPTION", text);
    xc_render_text(r, "X-ALT-DESC;FMTTYPE=text/html", e->html);
}

static void render_categories(xc_render_t *r, const xc_event_t *e)
{
    xc_buf_t *line = xc_buf_make(r->pool, 0);

    if (!e->categories || !e->categories->nelts)
        return;
    xc_buf_puts(line, "CATEGORIES:");
    for (int i = 0; i < e->categories->nelts; i++)
        xc_buf_printf(line, "%s%s", i ? "," : "", escape(APR_ARRAY_IDX(e->categories, i, const char *), r->pool));
    xc_render_line(r, line->data);
}

static void render_status(xc_render_t *r, const xc_event_t *e)
{
    if (e->cancelled)
        xc_render_line(r, "STATUS:CANCELLED");
    else if (e->busy == XC_BUSY_TENTATIVE || e->tentative)
        xc_render_line(r, "STATUS:TENTATIVE");
    else if (e->is_meeting)
        xc_render_line(r, "STATUS:CONFIRMED");
}

static void render_busy(xc_render_t *r, const xc_event_t *e)
{
    static const char *const names[] = {"FREE", "TENTATIVE", "BUSY", "OOF", "WORKINGELSEWHERE"};
    int free = e->busy == XC_BUSY_FREE || e->busy == XC_BUSY_ELSEWHERE || (e->busy == XC_BUSY_UNSET && e->transparent);

    xc_render_line(r, free ? "TRANSP:TRANSPARENT" : "TRANSP:OPAQUE");
    if (e->busy != XC_BUSY_UNSET && !(e->busy_implied && e->busy <= XC_BUSY_BUSY))
        xc_render_line(r, apr_pstrcat(r->pool, "X-MICROSOFT-CDO-BUSYSTATUS:", names[e->busy], NULL));
}

void xc_render_fields(xc_render_t *r, const xc_event_t *e, unsigned fields)
{
    if (fields & (XC_FIELD_START | XC_FIELD_ALL_DAY | XC_FIELD_ZONE))
        xc_render_when(r, "DTSTART", &e->start);
    if (fields & (XC_FIELD_START | XC_FIELD_END | XC_FIELD_ALL_DAY | XC_FIELD_ZONE))
        xc_render_when(r, "DTEND", &e->end);
    if ((fields & XC_FIELD_SUMMARY) && !e->summary && e->recurrence_id.kind != XC_WHEN_NONE)
        xc_render_line(r, "SUMMARY:"); /* said, for readers who would take the series' */
    else if (fields & XC_FIELD_SUMMARY)
        xc_render_text(r, "SUMMARY", e->summary);
    if (fields & XC_FIELD_LOCATION)
        xc_render_text(r, "LOCATION", e->location);
    if (fields & XC_FIELD_BODY)
        render_body(r, e);
    if (fields & XC_FIELD_CATEGORIES)
        render_categories(r, e);
    if ((fields & XC_FIELD_CLASS) && e->klass != XC_CLASS_PUBLIC)
        xc_render_line(r, e->klass == XC_CLASS_CONFIDENTIAL ? "CLASS:CONFIDENTIAL" : "CLASS:PRIVATE");
    if ((fields & XC_FIELD_IMPORTANCE) && e->importance != XC_IMPORTANCE_NORMAL)
        xc_render_line(r, e->importance == XC_IMPORTANCE_HIGH ? "PRIORITY:1" : "PRIORITY:9");
    if (fields & XC_FIELD_BUSY)
        render_busy(r, e);
    if (fields & (XC_FIELD_BUSY | XC_FIELD_STATUS))
        render_status(r, e);
    if ((fields & XC_FIELD_ALL_DAY) && e->all_day)
        xc_render_line(r, "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE");
}

void xc_render_alarm(xc_render_t *r, const xc_event_t *e)
{
    if (e->reminder_minutes < 0)
        return;
    xc_render_line(r, "BEGIN:VALARM");
    xc_render_line(r, "ACTION:DISPLAY");
    xc_render_text(r, "DESCRIPTION", e->summary ? e->summary : "Reminder");
    xc_render_line(r, apr_psprintf(r->pool, "TRIGGER;RELATED=START:%sPT%dM", e->reminder_minutes ? "-" : "", e->reminder_minutes));
    xc_render_line(r, "END:VALARM");
}

void xc_render_rule(xc_render_t *r, const xc_event_t *e)
{
    const xc_zone_t *zone = e->all_day ? NULL : e->start.kind == XC_WHEN_ZONED ? e->start.zone : xc_zone_utc();

    if (e->recur)
        xc_render_line(r, apr_pstrcat(r->pool, "RRULE:", xc_recur_to_rrule(e->recur, &e->start.wall, zone, e->all_day, r->pool), NULL));
}

void xc_render_exdates(xc_render_t *r, const xc_event_t *e)
{
    for (int i = 0; e->exdates && i < e->exdates->nelts; i++) {
        xc_when_t w = APR_ARRAY_IDX(e->exdates, i, xc_when_t);
        if (w.kind == XC_WHEN_ZONED && e->start.kind == XC_WHEN_ZONED && w.zone == e->start.zone)
            w.tzid = e->start.tzid;
        xc_render_when(r, "EXDATE", &w);
    }
}

void xc_render_vevent(xc_render_t *r, const xc_event_t *e, const xc_event_t *master)
{
    xc_when_t id = e->recurrence_id;

    xc_render_line(r, "BEGIN:VEVENT");
    xc_render_text(r, "UID", e->uid ? e->uid : master ? master->uid : "");
    if (id.kind == XC_WHEN_ZONED && master && master->start.kind == XC_WHEN_ZONED && id.zone == master->start.zone)
        id.tzid = master->start.tzid;
    xc_render_when(r, "RECURRENCE-ID", &id);
    render_instant(r, "DTSTAMP", e->dtstamp ? e->dtstamp : e->last_modified ? e->last_modified : e->created ? e->created : xc_when_to_utc(&e->start, NULL));
    render_instant(r, "CREATED", e->created);
    render_instant(r, "LAST-MODIFIED", e->last_modified);
    xc_render_line(r, apr_psprintf(r->pool, "SEQUENCE:%d", e->sequence));
    xc_render_fields(r, e, XC_FIELD_ALL);
    xc_render_rule(r, e);
    xc_render_exdates(r, e);
    xc_render_organizer(r, e);
    xc_render_organizer_attendee(r, e);
    for (int i = 0; e->is_meeting && e->attendees && i < e->attendees->nelts; i++)
        xc_render_attendee(r, e, &APR_ARRAY_IDX(e->attendees, i, xc_attendee_t));
    xc_render_alarm(r, e);
    xc_render_line(r, "END:VEVENT");
}

/* ---- whole objects ---- */

apr_time_t xc_event_earliest(const xc_event_t *e)
{
    apr_time_t first = xc_when_to_utc(&e->start, NULL);

    for (int i = 0; e->overrides && i < e->overrides->nelts; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(e->overrides, i, const xc_event_t *);
        apr_time_t t = xc_when_to_utc(&o->start, NULL), id = xc_when_to_utc(&o->recurrence_id, NULL);
        first = t < first ? t : first;
        first = id < first ? id : first;
    }
    return first;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *xc_render_zones(const xc_render_t *r, apr_hash_t *known, apr_time_t from)
{
    apr_array_header_t *names = apr_array_make(r->pool, 4, sizeof(const char *));
    xc_buf_t *out = xc_buf_make(r->pool, 0);

    for (apr_hash_index_t *hi = apr_hash_first(r->pool, r->zones); hi; hi = apr_hash_next(hi)) {
        if (!known || !apr_hash_get(known, apr_hash_this_key(hi), APR_HASH_KEY_STRING))
            APR_ARRAY_PUSH(names, const char *) = apr_hash_this_key(hi);
    }
    qsort(names->elts, (apr_size_t)names->nelts, sizeof(const char *), by_name);
    for (int i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        xc_buf_puts(out, xc_zone_vtimezone(apr_hash_get(r->zones, name, APR_HASH_KEY_STRING), name, from, r->pool));
    }
    return out->data;
}

const char *xc_event_to_text(const xc_event_t *e, apr_pool_t *pool)
{
    apr_pool_t *tmp;
    xc_buf_t *out;
    const char *text;

    apr_pool_create(&tmp, pool);
    xc_render_t r = {xc_buf_make(tmp, 0), apr_hash_make(tmp), tmp};
    if (e->task)
        xc_render_vtodo(&r, e);
    else
        xc_render_vevent(&r, e, NULL);
    for (int i = 0; e->overrides && i < e->overrides->nelts; i++)
        xc_render_vevent(&r, APR_ARRAY_IDX(e->overrides, i, const xc_event_t *), e);
    out = xc_buf_make(tmp, 0);
    xc_buf_puts(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:" XC_EVENT_PRODID "\r\n");
    xc_buf_puts(out, xc_render_zones(&r, NULL, xc_event_earliest(e)));
    xc_buf_append(out, r.buf->data, r.buf->len);
    xc_buf_puts(out, "END:VCALENDAR\r\n");
    text = apr_pstrmemdup(pool, out->data, out->len);
    apr_pool_destroy(tmp);
    return text;
}
