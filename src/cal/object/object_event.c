/* SPDX-License-Identifier: Apache-2.0 */
/* iCalendar -> the neutral model (calendar mapping, sections 2 to 4 and 6). */
#include <apr_lib.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "cal/object/address.h"
#include "cal/object/html.h"
#include "cal/object/object_priv.h"
#include "cal/schedule.h"
#include "cal/task/task_priv.h"
#include "cal/zone/zone_priv.h"

#define MAX_REMINDER 2629800 /* minutes: five years, Exchange's bound */

static xc_error_t *cannot(apr_pool_t *pool, xc_cond_e cond, const char *what)
{
    return xc_error_make(pool, 0, cond, "%s", what);
}

/* ---- texts and tables ---- */

static const char *lf_only(const char *s, apr_pool_t *pool)
{
    if (!s || !strchr(s, '\r'))
        return s;
    char *out = apr_pstrdup(pool, s), *w = out;
    for (const char *p = s; *p; p++) {
        if (*p == '\r' && p[1] == '\n')
            continue;
        *w++ = *p == '\r' ? '\n' : *p;
    }
    *w = '\0';
    return out;
}

static const char *text_of(icalcomponent *comp, icalproperty_kind kind, apr_pool_t *pool)
{
    const char *s = lf_only(xc_comp_text(comp, kind, NULL, pool), pool);
    return s && *s ? s : NULL;
}

static const char *x_text(icalcomponent *comp, const char *name, apr_pool_t *pool)
{
    return xc_comp_text(comp, ICAL_X_PROPERTY, name, pool);
}

/* X-ALT-DESC;FMTTYPE=text/html */
static const char *html_of(icalcomponent *comp, apr_pool_t *pool)
{
    for (icalproperty *p = xc_comp_prop(comp, ICAL_X_PROPERTY); p; p = icalcomponent_get_next_property(comp, ICAL_X_PROPERTY)) {
        const char *name = icalproperty_get_x_name(p), *type;
        if (!name || strcasecmp(name, "X-ALT-DESC") != 0)
            continue;
        type = xc_prop_param(p, "FMTTYPE", pool);
        const icalvalue *v = icalproperty_get_value(p);
        const char *value = v && icalvalue_isa(v) == ICAL_X_VALUE ? icalvalue_get_x(v) : v && icalvalue_isa(v) == ICAL_TEXT_VALUE ? icalvalue_get_text(v) : NULL;
        if (type && strcasecmp(type, "text/html") == 0 && value && *value)
            return lf_only(apr_pstrdup(pool, value), pool);
    }
    return NULL;
}

static apr_array_header_t *categories_of(icalcomponent *comp, apr_pool_t *pool)
{
    apr_array_header_t *list = NULL;

    for (icalproperty *p = xc_comp_prop(comp, ICAL_CATEGORIES_PROPERTY); p; p = icalcomponent_get_next_property(comp, ICAL_CATEGORIES_PROPERTY)) {
        const icalvalue *v = icalproperty_get_value(p);
        const char *s = v && icalvalue_isa(v) == ICAL_TEXT_VALUE ? icalvalue_get_text(v) : NULL;
        if (!s || !*s)
            continue;
        if (!list)
            list = apr_array_make(pool, 4, sizeof(const char *));
        APR_ARRAY_PUSH(list, const char *) = apr_pstrdup(pool, s);
    }
    return list;
}

static int int_of(icalcomponent *comp, icalproperty_kind kind, int otherwise)
{
    icalproperty *p = xc_comp_prop(comp, kind);
    const icalvalue *v = p ? icalproperty_get_value(p) : NULL;
    return v && icalvalue_isa(v) == ICAL_INTEGER_VALUE ? icalvalue_get_integer(v) : otherwise;
}

static void read_class(xc_event_t *e, icalcomponent *comp, apr_pool_t *pool)
{
    icalproperty *p = xc_comp_prop(comp, ICAL_CLASS_PROPERTY);
    const char *s = p ? xc_prop_value(p, pool) : "";

    if (!*s || strcasecmp(s, "PUBLIC") == 0)
        e->klass = XC_CLASS_PUBLIC;
    else if (strcasecmp(s, "CONFIDENTIAL") == 0)
        e->klass = XC_CLASS_CONFIDENTIAL;
    else if (strcasecmp(s, "X-PERSONAL") == 0)
        e->klass = XC_CLASS_PERSONAL;
    else
        e->klass = XC_CLASS_PRIVATE; /* an unknown class is to be taken as private (RFC 5545 3.8.1.3) */
}

static void read_importance(xc_event_t *e, icalcomponent *comp)
{
    int n = int_of(comp, ICAL_PRIORITY_PROPERTY, 0);
    e->importance = n >= 1 && n <= 4 ? XC_IMPORTANCE_HIGH : n >= 6 && n <= 9 ? XC_IMPORTANCE_LOW : XC_IMPORTANCE_NORMAL;
}

static void read_busy(xc_event_t *e, icalcomponent *comp, apr_pool_t *pool)
{
    static const char *const names[] = {"FREE", "TENTATIVE", "BUSY", "OOF", "WORKINGELSEWHERE"};
    icalproperty *p = xc_comp_prop(comp, ICAL_TRANSP_PROPERTY);
    const char *transp = p ? xc_prop_value(p, pool) : NULL;
    const char *status = xc_prop_value(xc_comp_prop(comp, ICAL_STATUS_PROPERTY), pool);
    const char *said = x_text(comp, "X-MICROSOFT-CDO-BUSYSTATUS", pool);

    e->transparent = transp && strcasecmp(transp, "TRANSPARENT") == 0;
    e->cancelled = strcasecmp(status, "CANCELLED") == 0;
    e->tentative = strcasecmp(status, "TENTATIVE") == 0;
    e->busy = XC_BUSY_UNSET;
    e->busy_implied = 1;
    for (int i = 0; said && i < 5; i++) {
        if (strcasecmp(said, names[i]) == 0) {
            /* a client that changed TRANSP alone meant it: its copy of our X- property is old */
            if (transp && (i == XC_BUSY_FREE || i == XC_BUSY_ELSEWHERE) != e->transparent)
                break;
            e->busy = (xc_busy_e)i;
            e->busy_implied = 0;
        }
    }
    if (e->busy == XC_BUSY_UNSET && transp)
        e->busy = e->transparent ? XC_BUSY_FREE : e->tentative ? XC_BUSY_TENTATIVE : XC_BUSY_BUSY;
}

/* ---- people ---- */

static int is_one_of(const char *address, const char *const *list)
{
    for (; address && list && *list; list++) {
        if (strcasecmp(*list, address) == 0)
            return 1;
    }
    return 0;
}

static const char *person_address(icalproperty *p, apr_pool_t *pool)
{
    return xc_address_of(xc_prop_value(p, pool), xc_prop_param(p, "EMAIL", pool), pool);
}

static xc_attendee_kind_e attendee_kind(const char *role, const char *cutype)
{
    if ((cutype && (strcasecmp(cutype, "RESOURCE") == 0 || strcasecmp(cutype, "ROOM") == 0)) ||
        (role && strcasecmp(role, "NON-PARTICIPANT") == 0))
        return XC_ATTENDEE_RESOURCE;
    return role && strcasecmp(role, "OPT-PARTICIPANT") == 0 ? XC_ATTENDEE_OPTIONAL : XC_ATTENDEE_REQUIRED;
}

static xc_partstat_e partstat_of(const char *s)
{
    static const char *const names[] = {"NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED", "DELEGATED"};
    for (int i = 0; s && i < 5; i++) {
        if (strcasecmp(s, names[i]) == 0)
            return (xc_partstat_e)i;
    }
    return XC_PARTSTAT_NEEDS_ACTION;
}

/* SCHEDULE-AGENT: somebody else than the server, or nobody, tells this person (RFC 6638 7.1). */
static int is_left_to_others(icalproperty *p, apr_pool_t *pool)
{
    const char *agent = xc_prop_param(p, "SCHEDULE-AGENT", pool);
    return agent && (strcasecmp(agent, "CLIENT") == 0 || strcasecmp(agent, "NONE") == 0);
}

/* What a text says of the sending, of the owner's own meeting. @return 0: the attendee is none of Exchange's */
static int read_sending(xc_event_t *e, icalproperty *p, const char *address, apr_pool_t *pool)
{
    const char *status = xc_prop_param(p, "SCHEDULE-STATUS", pool), *force = xc_prop_param(p, "SCHEDULE-FORCE-SEND", pool);

    if (is_left_to_others(p, pool) || !xc_schedule_can_mail(address))
        return 0;
    if (status && (status[0] == '1' || status[0] == '2') && status[1] == '.')
        e->invited = 1;
    if (force && strcasecmp(force, "REQUEST") == 0)
        e->force_send = 1;
    return 1;
}

/* What goes along with the owner's answer, by the names that clients have for it. */
static void read_reply(xc_event_t *e, icalcomponent *comp, icalproperty *own, apr_pool_t *pool)
{
    static const char *const names[] = {"X-CALENDARSERVER-PRIVATE-COMMENT", "X-CALENDARSERVER-ATTENDEE-COMMENT", NULL};
    const char *force = xc_prop_param(own, "SCHEDULE-FORCE-SEND", pool), *text = xc_prop_param(own, "X-RESPONSE-COMMENT", pool);

    e->force_reply = force && strcasecmp(force, "REPLY") == 0;
    for (int i = 0; !text && names[i]; i++)
        text = x_text(comp, names[i], pool);
    if (!text)
        text = xc_comp_text(comp, ICAL_COMMENT_PROPERTY, NULL, pool);
    e->reply_comment = text && *text ? lf_only(text, pool) : NULL;
}

/* @param master an override: who organizes it where it does not say */
static void read_people(xc_event_t *e, icalcomponent *comp, const xc_event_t *master, const char *const *me, apr_pool_t *pool)
{
    icalproperty *p = xc_comp_prop(comp, ICAL_ORGANIZER_PROPERTY), *own = NULL;

    e->is_organizer = 1;
    if (p) {
        e->organizer.address = person_address(p, pool);
        e->organizer.name = xc_prop_param(p, "CN", pool);
        e->unscheduled = is_left_to_others(p, pool);
        e->is_organizer = is_one_of(e->organizer.address, me);
    } else if (master) {
        e->organizer = master->organizer;
        e->unscheduled = master->unscheduled;
        e->is_organizer = master->is_organizer;
    }
    for (p = xc_comp_prop(comp, ICAL_ATTENDEE_PROPERTY); p; p = icalcomponent_get_next_property(comp, ICAL_ATTENDEE_PROPERTY)) {
        const char *address = person_address(p, pool);
        xc_attendee_t a = {.answered_at = 0};
        if (!address)
            continue;
        a.who.address = address;
        a.who.name = xc_prop_param(p, "CN", pool);
        a.kind = attendee_kind(xc_prop_param(p, "ROLE", pool), xc_prop_param(p, "CUTYPE", pool));
        a.partstat = partstat_of(xc_prop_param(p, "PARTSTAT", pool));
        const char *rsvp = xc_prop_param(p, "RSVP", pool);
        a.rsvp = rsvp && strcasecmp(rsvp, "TRUE") == 0;
        if (e->organizer.address && strcasecmp(address, e->organizer.address) == 0)
            continue;
        if (e->is_organizer && !read_sending(e, p, address, pool))
            continue;
        if (!e->attendees)
            e->attendees = apr_array_make(pool, 4, sizeof(xc_attendee_t));
        APR_ARRAY_PUSH(e->attendees, xc_attendee_t) = a;
        if (!e->my_address && is_one_of(address, me)) {
            e->my_address = address;
            e->my_partstat = a.partstat;
            own = p;
        }
    }
    if (!xc_comp_prop(comp, ICAL_ORGANIZER_PROPERTY) && !(master && master->is_meeting)) {
        /* nobody calls for it, so nobody is invited (RFC 6638 3.1): a list of names that is kept beside */
        e->attendees = NULL;
        e->my_address = NULL;
        own = NULL;
    }
    if (own)
        read_reply(e, comp, own, pool);
    e->is_meeting = e->attendees != NULL || (e->organizer.address && !is_one_of(e->organizer.address, me));
    if (!e->organizer.address && xc_comp_prop(comp, ICAL_ORGANIZER_PROPERTY) && !e->attendees)
        e->is_organizer = 1; /* an organizer without an address and nobody invited: the owner's own note */
    if (e->is_organizer) {
        e->my_address = NULL;
        e->my_partstat = XC_PARTSTAT_NEEDS_ACTION;
    }
}

/* ---- reminder (mapping 3.7) ---- */

/* Minutes before the start at which an alarm rings; 0 when it rings later. @return 0 when it has no usable trigger */
static int alarm_minutes(const xc_object_t *obj, icalcomponent *alarm, const xc_when_t *start, const xc_when_t *end, const xc_zone_t *zone,
                         int *minutes, int *is_relative)
{
    icalproperty *p = xc_comp_prop(alarm, ICAL_TRIGGER_PROPERTY);
    const icalvalue *v = p ? icalproperty_get_value(p) : NULL;
    apr_int64_t sec;
    xc_when_t at;

    if (!v)
        return 0;
    struct icaltriggertype t = icaltriggertype_from_int(0);
    if (icalvalue_isa(v) == ICAL_TRIGGER_VALUE)
        t = icalvalue_get_trigger(v);
    else if (icalvalue_isa(v) == ICAL_DURATION_VALUE)
        t.duration = icalvalue_get_duration(v);
    else if (icalvalue_isa(v) == ICAL_DATETIME_VALUE)
        t.time = icalvalue_get_datetime(v);
    else
        return 0;
    *is_relative = icaltime_is_null_time(t.time);
    if (*is_relative) {
        const char *related = xc_prop_param(p, "RELATED", obj->pool);
        const xc_when_t *base = related && strcasecmp(related, "END") == 0 ? end : start;
        xc_when_add(&at, base, t.duration, zone);
        if (base->kind == XC_WHEN_DATE) { /* a date has no hours to take away from */
            apr_int64_t d = ((apr_int64_t)t.duration.weeks * 7 + t.duration.days) * 86400 + (apr_int64_t)t.duration.hours * 3600 +
                            (apr_int64_t)t.duration.minutes * 60 + t.duration.seconds;
            sec = xc_civil_to_sec(&start->wall) - xc_civil_to_sec(&base->wall) - (t.duration.is_neg ? -d : d);
            *minutes = sec <= 0 ? 0 : sec / 60 > MAX_REMINDER ? MAX_REMINDER : (int)(sec / 60);
            return 1;
        }
    } else if (!xc_prop_when(obj, p, &at)) {
        return 0;
    }
    sec = (xc_when_to_utc(start, zone) - xc_when_to_utc(&at, zone)) / APR_USEC_PER_SEC;
    *minutes = sec <= 0 ? 0 : sec / 60 > MAX_REMINDER ? MAX_REMINDER : (int)(sec / 60);
    return 1;
}

int xc_comp_can_remind(icalcomponent *alarm, apr_pool_t *pool)
{
    const char *action = xc_prop_value(xc_comp_prop(alarm, ICAL_ACTION_PROPERTY), pool);

    if (xc_comp_text(alarm, ICAL_X_PROPERTY, "X-APPLE-PROXIMITY", pool)) /* PROXIMITY too: xc_object_scan() */
        return 0;
    return !*action || strcasecmp(action, "DISPLAY") == 0 || strcasecmp(action, "AUDIO") == 0;
}

int xc_comp_reminder(const xc_object_t *obj, icalcomponent *comp, const xc_when_t *start, const xc_when_t *end,
                     const xc_zone_t *zone, int *minutes)
{
    int chosen = -1, n = 0, best = 3;

    *minutes = -1;
    for (icalcomponent *a = icalcomponent_get_first_component(comp, ICAL_VALARM_COMPONENT); a;
         a = icalcomponent_get_next_component(comp, ICAL_VALARM_COMPONENT), n++) {
        int m, relative, rank;
        if (!xc_comp_can_remind(a, obj->pool) || !alarm_minutes(obj, a, start, end, zone, &m, &relative))
            continue;
        rank = relative ? 1 : 2;
        if (rank < best) {
            best = rank;
            chosen = n;
            *minutes = m;
        }
    }
    return chosen;
}

/* ---- times ---- */

/* A floating time is the mailbox's local time: Exchange has no other. */
static void settle(xc_when_t *w, const xc_zone_t *floating_zone)
{
    if (w->kind == XC_WHEN_FLOATING) {
        w->kind = floating_zone && floating_zone != xc_zone_utc() ? XC_WHEN_ZONED : XC_WHEN_UTC;
        w->zone = w->kind == XC_WHEN_ZONED ? floating_zone : NULL;
        w->tzid = NULL;
    }
}

static xc_error_t *read_times(xc_event_t *e, const xc_object_t *obj, icalcomponent *comp, const xc_zone_t *zone, apr_pool_t *pool)
{
    xc_when_t written;

    if (!xc_comp_times(obj, comp, &e->start, &e->end))
        return cannot(pool, XC_COND_VALID_CALENDAR_DATA, "An event has no DTSTART.");
    int has_end = xc_comp_when(obj, comp, ICAL_DTEND_PROPERTY, &written);
    e->all_day = e->start.kind == XC_WHEN_DATE;
    if (has_end && (written.kind == XC_WHEN_DATE) != e->all_day)
        return cannot(pool, XC_COND_VALID_CALENDAR_DATA, "DTSTART and DTEND must both be dates or both be date-times.");
    settle(&e->start, zone);
    settle(&e->end, zone);
    settle(&written, zone);
    if (has_end && xc_when_to_utc(&written, zone) < xc_when_to_utc(&e->start, zone))
        return cannot(pool, XC_COND_VALID_CALENDAR_DATA, "DTEND lies before DTSTART.");
    if (e->end.kind != e->start.kind)
        xc_when_from_utc(&e->end, xc_when_to_utc(&e->end, zone), &e->start, zone);
    return NULL;
}

static apr_time_t stamp_of(const xc_object_t *obj, icalcomponent *comp, icalproperty_kind kind)
{
    xc_when_t w;
    return xc_comp_when(obj, comp, kind, &w) ? xc_when_to_utc(&w, NULL) : 0;
}

void xc_event_read_common(xc_event_t *e, const xc_object_t *obj, icalcomponent *comp, apr_pool_t *pool)
{
    e->uid = apr_pstrdup(pool, obj->uid);
    e->summary = text_of(comp, ICAL_SUMMARY_PROPERTY, pool);
    e->text = text_of(comp, ICAL_DESCRIPTION_PROPERTY, pool);
    e->html = html_of(comp, pool);
    if (e->html && e->text && strcmp(xc_text_bare(xc_html_to_text(e->html, pool), pool), xc_text_bare(e->text, pool)) != 0)
        e->html = NULL; /* the client changed DESCRIPTION and carried an old X-ALT-DESC along */
    e->categories = categories_of(comp, pool);
    read_class(e, comp, pool);
    read_importance(e, comp);
    e->sequence = int_of(comp, ICAL_SEQUENCE_PROPERTY, 0);
    if (e->sequence < 0)
        e->sequence = 0;
    e->created = stamp_of(obj, comp, ICAL_CREATED_PROPERTY);
    e->last_modified = stamp_of(obj, comp, ICAL_LASTMODIFIED_PROPERTY);
    e->dtstamp = stamp_of(obj, comp, ICAL_DTSTAMP_PROPERTY);
}

xc_error_t *xc_event_from_component(xc_event_t **out, const xc_object_t *obj, icalcomponent *comp, const xc_event_t *master,
                                    const char *const *me, const xc_zone_t *zone, apr_pool_t *pool)
{
    xc_event_t *e = xc_event_make(pool);
    int has_people;

    *out = NULL;
    XC_TRY(read_times(e, obj, comp, zone, pool));
    xc_event_read_common(e, obj, comp, pool);
    e->location = text_of(comp, ICAL_LOCATION_PROPERTY, pool);
    read_busy(e, comp, pool);
    xc_comp_reminder(obj, comp, &e->start, &e->end, zone, &e->reminder_minutes);
    read_people(e, comp, master, me, pool);
    xc_comp_files(e, comp, pool);
    if (e->cancelled && e->is_organizer && !xc_comp_prop(comp, ICAL_RECURRENCEID_PROPERTY)) {
        /* Exchange cancels by taking everybody's invitation back; whom it was is kept beside */
        e->attendees = NULL;
        e->is_meeting = 0;
    }
    if (xc_comp_when(obj, comp, ICAL_RECURRENCEID_PROPERTY, &e->recurrence_id))
        settle(&e->recurrence_id, zone);
    has_people = xc_comp_prop(comp, ICAL_ORGANIZER_PROPERTY) || xc_comp_prop(comp, ICAL_ATTENDEE_PROPERTY);
    if (master) { /* some clients write of an occurrence only what is not the series' */
        if (!xc_comp_prop(comp, ICAL_SUMMARY_PROPERTY))
            e->summary = master->summary;
        if (!has_people) {
            e->organizer = master->organizer;
            e->attendees = master->attendees;
            e->is_meeting = master->is_meeting;
            e->is_organizer = master->is_organizer;
            e->my_address = master->my_address;
            e->my_partstat = master->my_partstat;
        }
    }
    *out = e;
    return NULL;
}

/* ---- series ---- */

static const xc_zone_t *series_zone(const xc_event_t *e)
{
    return e->all_day ? NULL : e->start.kind == XC_WHEN_ZONED ? e->start.zone : xc_zone_utc();
}

/* The occurrence that a RECURRENCE-ID or EXDATE means, as the start it would have had; 0 = none of the series. */
static int find_occurrence(const xc_event_t *e, const xc_when_t *id, xc_when_t *out)
{
    xc_wall_t wall = id->wall;
    int days;

    if (id->kind != XC_WHEN_DATE && !e->all_day)
        xc_zone_to_wall(series_zone(e), xc_when_to_utc(id, series_zone(e)), &wall);
    days = xc_date_to_days(wall.year, wall.month, wall.day);
    if (!xc_recur_index_of(e->recur, days))
        return 0;
    *out = e->start;
    xc_date_from_days(days, &out->wall.year, &out->wall.month, &out->wall.day);
    /* a date alone means the occurrence of that day; a time must be the occurrence's own */
    return id->kind == XC_WHEN_DATE || e->all_day || xc_when_to_utc(out, NULL) == xc_when_to_utc(id, series_zone(e));
}

static int is_skipped(const xc_when_t *w)
{
    xc_wall_t shown;

    xc_zone_to_wall(w->zone, xc_when_to_utc(w, NULL), &shown);
    return xc_civil_to_sec(&shown) != xc_civil_to_sec(&w->wall);
}

/*
 * Of a series Exchange keeps the clock's times of begin and end. A length that the client wrote in another way (DURATION, an
 * end in another zone) is counted on that clock, so that a first occurrence on the day of a change does not spoil the others.
 */
static xc_error_t *settle_length(xc_event_t *e, const xc_object_t *obj, icalcomponent *comp, apr_pool_t *pool)
{
    icalproperty *p = xc_comp_prop(comp, ICAL_DURATION_PROPERTY);
    xc_when_t written;

    if (e->start.kind != XC_WHEN_ZONED || e->end.kind != XC_WHEN_ZONED)
        return NULL;
    if (p) {
        xc_civil_from_sec(&e->end.wall, xc_civil_to_sec(&e->start.wall) + icaldurationtype_as_int(icalproperty_get_duration(p)));
        e->end.zone = e->start.zone;
    } else if (xc_comp_when(obj, comp, ICAL_DTEND_PROPERTY, &written) &&
               (written.kind == XC_WHEN_UTC || (written.kind == XC_WHEN_ZONED && !xc_zone_same_windows(e->start.zone, written.zone)))) {
        apr_time_t length = xc_when_to_utc(&e->end, NULL) - xc_when_to_utc(&e->start, NULL);
        e->end = e->start;
        xc_civil_from_sec(&e->end.wall, xc_civil_to_sec(&e->start.wall) + apr_time_sec(length));
    }
    if (is_skipped(&e->start) || is_skipped(&e->end))
        return cannot(pool, XC_COND_UNSUPPORTED_RECURRENCE,
                      "Exchange cannot keep this recurrence: its first occurrence begins or ends in the hour that the clock skips on that day.");
    return NULL;
}

static xc_error_t *read_rule(xc_event_t *e, const xc_object_t *obj, icalcomponent *comp, apr_pool_t *pool)
{
    icalproperty *rule = xc_comp_prop(comp, ICAL_RRULE_PROPERTY), *p;
    xc_when_t at, end;

    if (xc_comp_prop(comp, ICAL_EXRULE_PROPERTY))
        return cannot(pool, XC_COND_UNSUPPORTED_RECURRENCE, "Exchange cannot keep this recurrence: EXRULE.");
    if (!rule) {
        for (p = xc_comp_prop(comp, ICAL_RDATE_PROPERTY); p; p = icalcomponent_get_next_property(comp, ICAL_RDATE_PROPERTY)) {
            if (!xc_prop_when(obj, p, &at) || xc_when_to_utc(&at, NULL) != xc_when_to_utc(&e->start, NULL))
                return cannot(pool, XC_COND_UNSUPPORTED_RECURRENCE, "Exchange cannot keep this recurrence: RDATE (single added dates).");
        }
        return NULL;
    }
    if (icalcomponent_count_properties(comp, ICAL_RRULE_PROPERTY) > 1)
        return cannot(pool, XC_COND_UNSUPPORTED_RECURRENCE, "Exchange cannot keep this recurrence: more than one RRULE.");
    XC_TRY(xc_recur_from_rrule(&e->recur, xc_prop_value(rule, pool), &e->start.wall, series_zone(e), e->all_day, pool));
    xc_zone_change_t rules[2];
    if (!e->all_day && e->start.kind == XC_WHEN_ZONED && !xc_zone_windows_id(e->start.zone) &&
        !xc_zone_yearly(e->start.zone, xc_when_to_utc(&e->start, NULL), rules))
        return xc_error_make(pool, 0, XC_COND_UNSUPPORTED_TIMEZONE,
                             "Exchange has no time zone with the rules of \"%.80s\", so the series would move.", xc_zone_id(e->start.zone));
    XC_TRY(settle_length(e, obj, comp, pool));
    end = e->end;
    if (xc_civil_to_sec(&end.wall) - xc_civil_to_sec(&e->start.wall) > 86400LL * xc_recur_min_gap(e->recur))
        return cannot(pool, XC_COND_UNSUPPORTED_RECURRENCE, "Exchange cannot keep this recurrence: an occurrence lasts into the next one.");
    for (p = xc_comp_prop(comp, ICAL_RDATE_PROPERTY); p; p = icalcomponent_get_next_property(comp, ICAL_RDATE_PROPERTY)) {
        xc_when_t found;
        if (!xc_prop_when(obj, p, &at) || !find_occurrence(e, &at, &found))
            return cannot(pool, XC_COND_UNSUPPORTED_RECURRENCE, "Exchange cannot keep this recurrence: RDATE (single added dates).");
    }
    return NULL;
}

static int by_start(const void *a, const void *b)
{
    apr_time_t x = xc_when_to_utc(a, NULL), y = xc_when_to_utc(b, NULL);
    return x < y ? -1 : x > y;
}

/* Deleted occurrences, each once, in order; dates that are none of the series say nothing. */
static void read_exdates(xc_event_t *e, const xc_object_t *obj, icalcomponent *comp, const xc_zone_t *zone, apr_pool_t *pool)
{
    apr_array_header_t *list = apr_array_make(pool, 8, sizeof(xc_when_t)), *once;

    for (icalproperty *p = xc_comp_prop(comp, ICAL_EXDATE_PROPERTY); p; p = icalcomponent_get_next_property(comp, ICAL_EXDATE_PROPERTY)) {
        xc_when_t at, found;
        if (!xc_prop_when(obj, p, &at))
            continue;
        settle(&at, zone);
        if (find_occurrence(e, &at, &found))
            APR_ARRAY_PUSH(list, xc_when_t) = found;
    }
    if (!list->nelts)
        return;
    qsort(list->elts, (apr_size_t)list->nelts, sizeof(xc_when_t), by_start);
    once = apr_array_make(pool, list->nelts, sizeof(xc_when_t));
    for (int i = 0; i < list->nelts; i++) {
        const xc_when_t *w = &APR_ARRAY_IDX(list, i, xc_when_t);
        if (i == 0 || by_start(w, w - 1) != 0)
            APR_ARRAY_PUSH(once, xc_when_t) = *w;
    }
    e->exdates = once;
}

/* An override wins over an EXDATE of the same occurrence: it is there to be seen. */
static void drop_exdate(xc_event_t *e, const xc_when_t *at)
{
    for (int i = 0; e->exdates && i < e->exdates->nelts; i++) {
        xc_when_t *w = &APR_ARRAY_IDX(e->exdates, i, xc_when_t);
        if (by_start(w, at) == 0) {
            memmove(w, w + 1, sizeof(*w) * (apr_size_t)(e->exdates->nelts - i - 1));
            e->exdates->nelts--;
            i--;
        }
    }
    if (e->exdates && !e->exdates->nelts)
        e->exdates = NULL;
}

static int by_recurrence_id(const void *a, const void *b)
{
    const xc_event_t *const *x = a, *const *y = b;
    return by_start(&(*x)->recurrence_id, &(*y)->recurrence_id);
}

static xc_error_t *read_override(xc_event_t *e, const xc_object_t *obj, icalcomponent *comp, const char *const *me, const xc_zone_t *zone, apr_pool_t *pool)
{
    icalproperty *p = xc_comp_prop(comp, ICAL_RECURRENCEID_PROPERTY);
    xc_event_t *o;
    xc_when_t found;

    if (xc_prop_param(p, "RANGE", pool))
        return cannot(pool, XC_COND_UNSUPPORTED_RECURRENCE,
                      "Exchange cannot keep a change of \"this and the following\" occurrences (RANGE=THISANDFUTURE): split the series in two.");
    XC_TRY(xc_event_from_component(&o, obj, comp, e, me, zone, pool));
    if (!e->recur)
        return cannot(pool, XC_COND_UNSUPPORTED_RECURRENCE, "The event does not recur, yet an occurrence of it is changed.");
    if (xc_comp_prop(comp, ICAL_RRULE_PROPERTY) || xc_comp_prop(comp, ICAL_RDATE_PROPERTY))
        return cannot(pool, XC_COND_UNSUPPORTED_RECURRENCE, "A changed occurrence cannot recur itself.");
    if (!find_occurrence(e, &o->recurrence_id, &found))
        return xc_error_make(pool, 0, XC_COND_UNSUPPORTED_RECURRENCE, "The changed occurrence %.20s is none of the series.", xc_prop_value(p, pool));
    o->recurrence_id = found;
    e->invited |= o->invited;
    e->force_send |= o->force_send;
    drop_exdate(e, &found);
    if (o->cancelled && o->is_organizer) { /* Exchange knows a cancelled occurrence as a deleted one only */
        if (!e->exdates)
            e->exdates = apr_array_make(pool, 4, sizeof(xc_when_t));
        APR_ARRAY_PUSH(e->exdates, xc_when_t) = found;
        qsort(e->exdates->elts, (apr_size_t)e->exdates->nelts, sizeof(xc_when_t), by_start);
        return NULL;
    }
    APR_ARRAY_PUSH(e->overrides, xc_event_t *) = o;
    return NULL;
}

xc_error_t *xc_object_to_event(xc_event_t **out, const xc_object_t *obj, const char *const *me, const xc_zone_t *floating_zone, apr_pool_t *pool)
{
    xc_event_t *e;

    *out = NULL;
    if (obj->kind == XC_COMP_VTODO)
        return xc_task_from_object(out, obj, floating_zone, pool);
    if (obj->kind != XC_COMP_VEVENT)
        return cannot(pool, XC_COND_SUPPORTED_CALENDAR_COMPONENT, "Only events (VEVENT) and tasks (VTODO) can be kept here.");
    if (!obj->master) { /* invited to single occurrences of a series that is not ours */
        if (obj->comps->nelts > 1)
            return cannot(pool, XC_COND_UNSUPPORTED_RECURRENCE, "Exchange cannot keep several occurrences without their series in one object.");
        icalcomponent *only = APR_ARRAY_IDX(obj->comps, 0, icalcomponent *);
        if (xc_prop_param(xc_comp_prop(only, ICAL_RECURRENCEID_PROPERTY), "RANGE", pool) || xc_comp_prop(only, ICAL_RRULE_PROPERTY) ||
            xc_comp_prop(only, ICAL_RDATE_PROPERTY))
            return cannot(pool, XC_COND_UNSUPPORTED_RECURRENCE, "A changed occurrence cannot recur itself.");
        return xc_event_from_component(out, obj, only, NULL, me, floating_zone, pool);
    }
    XC_TRY(xc_event_from_component(&e, obj, obj->master, NULL, me, floating_zone, pool));
    XC_TRY(read_rule(e, obj, obj->master, pool));
    if (e->recur)
        read_exdates(e, obj, obj->master, floating_zone, pool);
    for (int i = 0; i < obj->comps->nelts; i++) {
        icalcomponent *c = APR_ARRAY_IDX(obj->comps, i, icalcomponent *);
        if (c == obj->master)
            continue;
        if (!e->overrides)
            e->overrides = apr_array_make(pool, obj->comps->nelts, sizeof(xc_event_t *));
        if (!xc_comp_prop(c, ICAL_RECURRENCEID_PROPERTY))
            continue;
        XC_TRY(read_override(e, obj, c, me, floating_zone, pool));
    }
    if (e->overrides)
        qsort(e->overrides->elts, (apr_size_t)e->overrides->nelts, sizeof(xc_event_t *), by_recurrence_id);
    *out = e;
    return NULL;
}
