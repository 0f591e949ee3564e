/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "ews/emit.h"
#include "ews/ical.h"
#include "ews/people.h"

static const char *const days[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

/* one content line, folded after 74 octets but not inside a character */
static void line(lab_buf_t *b, const char *text)
{
    size_t left = strlen(text), room = 74;
    while (left > room) {
        size_t n = room;
        while (n > 1 && ((unsigned char)text[n] & 0xc0) == 0x80)
            n--;
        lab_buf_add(b, text, n);
        lab_buf_puts(b, "\r\n ");
        text += n;
        left -= n;
        room = 73;
    }
    lab_buf_puts(b, text);
    lab_buf_puts(b, "\r\n");
}

static void lines(lab_buf_t *b, const char *name, const char *value)
{
    line(b, apr_pstrcat(b->pool, name, ":", value, NULL));
}

/* a TEXT value (RFC 5545 3.3.11) */
static const char *escaped(apr_pool_t *pool, const char *text)
{
    lab_buf_t b;
    lab_buf_init(&b, pool, strlen(text) + 16);
    for (const char *s = text; *s; s++) {
        if (*s == '\r')
            continue;
        if (*s == '\n')
            lab_buf_puts(&b, "\\n");
        else if (strchr("\\;,", *s))
            lab_buf_printf(&b, "\\%c", *s);
        else
            lab_buf_add(&b, s, 1);
    }
    return b.data;
}

static void text_line(lab_buf_t *b, const char *name, const char *text)
{
    if (text)
        lines(b, apr_pstrcat(b->pool, name, ";LANGUAGE=en-US", NULL),
              escaped(b->pool, text));
}

static const char *stamp(apr_pool_t *pool, lab_wall_t w, const char *suffix)
{
    return apr_psprintf(pool, "%04d%02d%02dT%02d%02d%02d%s", w.date.year, w.date.month,
                        w.date.day, w.sec / 3600, w.sec / 60 % 60, w.sec % 60, suffix);
}

static const char *offset(apr_pool_t *pool, int sec)
{
    int a = sec < 0 ? -sec : sec;
    return apr_psprintf(pool, "%c%02d%02d", sec < 0 ? '-' : '+', a / 3600, a / 60 % 60);
}

static void put_observance(lab_buf_t *b, const lab_zone_t *zone,
                           const lab_zone_change_t *to, const lab_zone_change_t *from,
                           bool daylight)
{
    const char *name = daylight ? "DAYLIGHT" : "STANDARD";
    int now = zone->periods[to->period].offset_sec,
        before = zone->periods[from->period].offset_sec;
    int sec = to->wall_sec == 86400 ? 86399 : to->wall_sec;
    lab_wall_t start = {{1601, 1, 1}, sec};
    lines(b, "BEGIN", name);
    lines(b, "DTSTART", stamp(b->pool, start, ""));
    lines(b, "TZOFFSETFROM", offset(b->pool, before));
    lines(b, "TZOFFSETTO", offset(b->pool, now));
    if (to->weekday >= 0)
        lines(b, "RRULE",
              apr_psprintf(b->pool, "FREQ=YEARLY;INTERVAL=1;BYDAY=%d%s;BYMONTH=%d",
                           to->occurrence, days[to->weekday], to->month));
    else
        lines(b, "RRULE",
              apr_psprintf(b->pool, "FREQ=YEARLY;INTERVAL=1;BYMONTHDAY=%d;BYMONTH=%d",
                           to->day, to->month));
    lines(b, "END", name);
}

/* the rules valid when the event starts */
static void put_zone(lab_buf_t *b, const lab_zone_t *zone, apr_time_t when)
{
    lab_wall_t wall = lab_zone_wall(zone, when);
    const lab_zone_era_t *era = &zone->eras[0];
    for (int i = 1; i < zone->neras; i++)
        if (lab_wall_compare(zone->eras[i].from, wall) <= 0)
            era = &zone->eras[i];
    lines(b, "BEGIN", "VTIMEZONE");
    lines(b, "TZID", zone->id);
    if (era->nchanges >= 2) {
        const lab_zone_change_t *x = &era->changes[0], *y = &era->changes[1];
        bool first =
            zone->periods[x->period].offset_sec < zone->periods[y->period].offset_sec;
        const lab_zone_change_t *standard = first ? x : y, *daylight = first ? y : x;
        put_observance(b, zone, standard, daylight, false);
        put_observance(b, zone, daylight, standard, true);
    } else {
        int fixed = zone->periods[era->fixed_period].offset_sec;
        lines(b, "BEGIN", "STANDARD");
        lines(b, "DTSTART", "16010101T000000");
        lines(b, "TZOFFSETFROM", offset(b->pool, fixed));
        lines(b, "TZOFFSETTO", offset(b->pool, fixed));
        lines(b, "END", "STANDARD");
    }
    lines(b, "END", "VTIMEZONE");
}

static const char *by_day(apr_pool_t *pool, unsigned mask)
{
    const char *list = "";
    for (int i = 0; i < 7; i++)
        if (mask & 1u << i)
            list = apr_pstrcat(pool, list, *list ? "," : "", days[i], NULL);
    return list;
}

/* days that short months have not are their last day (calendar-mapping.md 6) */
static const char *by_month_day(apr_pool_t *pool, int day)
{
    if (day == 31)
        return ";BYMONTHDAY=-1";
    if (day == 30)
        return ";BYMONTHDAY=28,29,30;BYSETPOS=-1";
    if (day == 29)
        return ";BYMONTHDAY=28,29;BYSETPOS=-1";
    return apr_psprintf(pool, ";BYMONTHDAY=%d", day);
}

static const char *rrule(apr_pool_t *pool, const lab_series_t *s, bool all_day)
{
    static const char *const frequencies[] = {"DAILY",   "WEEKLY", "MONTHLY",
                                              "MONTHLY", "YEARLY", "YEARLY"};
    const lab_recur_t *r = &s->recur;
    const char *rule = apr_psprintf(pool, "FREQ=%s", frequencies[r->kind]);
    lab_date_t last;
    if (r->range == LAB_RECUR_NUMBERED)
        rule = apr_psprintf(pool, "%s;COUNT=%d", rule, r->count);
    else if (r->range == LAB_RECUR_END_DATE && lab_recur_last(r, &last))
        rule = apr_psprintf(
            pool, "%s;UNTIL=%s", rule,
            all_day ? apr_psprintf(pool, "%04d%02d%02d", last.year, last.month, last.day)
                    : stamp(pool,
                            lab_wall_from_time(
                                lab_series_start(s, lab_date_to_days(last)), 0),
                            "Z"));
    rule = apr_psprintf(pool, "%s;INTERVAL=%d", rule, r->interval);
    if (r->kind == LAB_RECUR_WEEKLY)
        rule = apr_psprintf(pool, "%s;BYDAY=%s;WKST=%s", rule, by_day(pool, r->days),
                            days[r->first_day]);
    if (r->kind == LAB_RECUR_RELATIVE_MONTHLY || r->kind == LAB_RECUR_RELATIVE_YEARLY)
        rule = apr_psprintf(pool, "%s;BYDAY=%s;BYSETPOS=%d", rule, by_day(pool, r->days),
                            r->week == 5 ? -1 : r->week);
    if (r->kind == LAB_RECUR_ABSOLUTE_MONTHLY || r->kind == LAB_RECUR_ABSOLUTE_YEARLY)
        rule = apr_pstrcat(pool, rule, by_month_day(pool, r->day_of_month), NULL);
    if (r->kind == LAB_RECUR_ABSOLUTE_YEARLY || r->kind == LAB_RECUR_RELATIVE_YEARLY)
        rule = apr_psprintf(pool, "%s;BYMONTH=%d", rule, r->month);
    return rule;
}

/* a parameter's value, in quotes when it must be */
static const char *quoted(apr_pool_t *pool, const char *value)
{
    return strpbrk(value, ":;,") ? apr_pstrcat(pool, "\"", value, "\"", NULL) : value;
}

/* a time with the item's zone, or a date */
static void put_when(lab_buf_t *b, const char *name, const lab_zone_t *zone,
                     apr_time_t when, bool all_day)
{
    lab_wall_t w = lab_zone_wall(zone, when);
    if (all_day)
        lines(
            b, apr_pstrcat(b->pool, name, ";VALUE=DATE", NULL),
            apr_psprintf(b->pool, "%04d%02d%02d", w.date.year, w.date.month, w.date.day));
    else
        lines(b, apr_pstrcat(b->pool, name, ";TZID=", quoted(b->pool, zone->id), NULL),
              stamp(b->pool, w, ""));
}

static void put_person(lab_buf_t *b, const char *name, const lab_person_t *p)
{
    /* a quoted parameter has no place for quotation marks */
    char *shown = apr_pstrdup(b->pool, p->name);
    for (char *c = shown; *c; c++)
        if (*c == '"' || (unsigned char)*c < 0x20)
            *c = '\'';
    line(b, apr_psprintf(b->pool, "%s;CN=\"%s\":MAILTO:%s", name, shown, p->address));
}

/* who answers, and what */
static void put_answer(lab_call_t *call, lab_buf_t *b, const lab_view_t *view)
{
    const char *response = lab_view_get(view, "ResponseType");
    apr_array_header_t *people =
        lab_people_unpack(call->pool, lab_view_get(view, "From"));
    const char *status = !response                      ? "NEEDS-ACTION"
                         : !strcmp(response, "Accept")  ? "ACCEPTED"
                         : !strcmp(response, "Decline") ? "DECLINED"
                                                        : "TENTATIVE";
    if (people->nelts)
        put_person(b, apr_pstrcat(call->pool, "ATTENDEE;PARTSTAT=", status, NULL),
                   &APR_ARRAY_IDX(people, 0, lab_person_t));
}

/* what is published names its organizer alone (RFC 5546 3.2.1); DavMail counts on it
   and adds the attendees from the properties */
static void put_people(lab_call_t *call, lab_buf_t *b, const lab_view_t *view,
                       bool published)
{
    static const char *const lists[][2] = {
        {"RequiredAttendees",
         "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"},
        {"OptionalAttendees",
         "ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"},
        {"Resources", "ATTENDEE;CUTYPE=RESOURCE;ROLE=NON-PARTICIPANT;RSVP=TRUE"}};
    if (!lab_view_is_meeting(view) && view->kind != LAB_KIND_RESPONSE)
        return;
    apr_array_header_t *people =
        lab_people_unpack(call->pool, lab_view_get(view, "Organizer"));
    lab_person_t owner = lab_person_of(lab_item_owner(view->item));
    put_person(b, "ORGANIZER",
               people->nelts ? &APR_ARRAY_IDX(people, 0, lab_person_t) : &owner);
    if (view->kind == LAB_KIND_RESPONSE)
        put_answer(call, b, view);
    for (int i = 0; i < 3 && !published; i++) {
        people = lab_people_unpack(call->pool, lab_view_get(view, lists[i][0]));
        for (int k = 0; k < people->nelts; k++)
            put_person(b, lists[i][1], &APR_ARRAY_IDX(people, k, lab_person_t));
    }
}

static const char *one_of(const char *text, const char *otherwise,
                          const char *const (*pairs)[2])
{
    for (int i = 0; text && pairs[i][0]; i++)
        if (!strcmp(pairs[i][0], text))
            return pairs[i][1];
    return otherwise;
}

static void put_marks(lab_buf_t *b, const lab_view_t *view, bool all_day)
{
    static const char *const classes[][2] = {{"Private", "PRIVATE"},
                                             {"Personal", "PRIVATE"},
                                             {"Confidential", "CONFIDENTIAL"},
                                             {NULL, NULL}};
    static const char *const priorities[][2] = {
        {"High", "1"}, {"Low", "9"}, {NULL, NULL}};
    static const char *const busies[][2] = {{"Free", "FREE"},
                                            {"Tentative", "TENTATIVE"},
                                            {"OOF", "OOF"},
                                            {"WorkingElsewhere", "WORKINGELSEWHERE"},
                                            {NULL, NULL}};
    const char *busy = lab_view_get(view, "LegacyFreeBusyStatus");
    apr_int64_t state = lab_view_int(view, "AppointmentState", 0);
    lines(b, "CLASS", one_of(lab_view_get(view, "Sensitivity"), "PUBLIC", classes));
    lines(b, "PRIORITY", one_of(lab_view_get(view, "Importance"), "5", priorities));
    lines(b, "DTSTAMP",
          stamp(b->pool, lab_wall_from_time(lab_view_int(view, "DateTimeStamp", 0), 0),
                "Z"));
    lines(b, "TRANSP", busy && !strcmp(busy, "Free") ? "TRANSPARENT" : "OPAQUE");
    lines(b, "STATUS",
          state & 4                            ? "CANCELLED"
          : busy && !strcmp(busy, "Tentative") ? "TENTATIVE"
                                               : "CONFIRMED");
    lines(b, "SEQUENCE",
          apr_psprintf(b->pool, "%" APR_INT64_T_FMT,
                       lab_view_int(view, "AppointmentSequenceNumber", 0)));
    text_line(b, "LOCATION", lab_view_get(view, "Location"));
    lines(b, "X-MICROSOFT-CDO-BUSYSTATUS", one_of(busy, "BUSY", busies));
    lines(b, "X-MICROSOFT-CDO-ALLDAYEVENT", all_day ? "TRUE" : "FALSE");
    lines(b, "X-MICROSOFT-CDO-INSTTYPE",
          view->type == LAB_VIEW_SINGLE   ? "0"
          : view->type == LAB_VIEW_MASTER ? "1"
                                          : "3");
}

static void put_categories(lab_buf_t *b, const char *text)
{
    if (!text || !*text)
        return;
    char *list = apr_pstrdup(b->pool, ""), *state, *copy = apr_pstrdup(b->pool, text);
    for (char *t = apr_strtok(copy, "\n", &state); t; t = apr_strtok(NULL, "\n", &state))
        list = apr_pstrcat(b->pool, list, *list ? "," : "", escaped(b->pool, t), NULL);
    lines(b, "CATEGORIES", list);
}

static void put_event(lab_call_t *call, lab_buf_t *b, const lab_view_t *view,
                      const lab_zone_t *zone, bool published)
{
    bool all_day = lab_view_bool(view, "IsAllDayEvent", false);
    lines(b, "BEGIN", "VEVENT");
    put_people(call, b, view, published);
    text_line(b, "DESCRIPTION", lab_body_as(call, view, "Text"));
    lines(b, "UID", escaped(b->pool, view->item->uid ? view->item->uid : ""));
    if (view->type == LAB_VIEW_MASTER && view->series) {
        lines(b, "RRULE", rrule(b->pool, view->series, all_day));
        for (int i = 0; i < view->series->exceptions->nelts; i++) {
            const lab_exception_t *x =
                APR_ARRAY_IDX(view->series->exceptions, i, lab_exception_t *);
            if (x->deleted)
                put_when(b, "EXDATE", zone, lab_series_start(view->series, x->day),
                         all_day);
        }
    }
    if (view->original)
        put_when(b, "RECURRENCE-ID", zone, view->original, all_day);
    const char *subject = lab_view_get(view, "Subject");
    text_line(b, "SUMMARY", subject ? subject : "");
    bool counter = lab_view_get(view, "ProposedStart") != NULL;
    put_when(b, "DTSTART", zone,
             counter ? lab_view_int(view, "ProposedStart", 0) : view->start, all_day);
    put_when(b, "DTEND", zone, counter ? lab_view_int(view, "ProposedEnd", 0) : view->end,
             all_day);
    put_categories(b, lab_view_get(view, "Categories"));
    put_marks(b, view, all_day);
    if (lab_view_bool(view, "ReminderIsSet", false)) {
        lines(b, "BEGIN", "VALARM");
        lines(b, "DESCRIPTION", "REMINDER");
        lines(b, "TRIGGER;RELATED=START",
              apr_psprintf(b->pool, "-PT%" APR_INT64_T_FMT "M",
                           lab_view_int(view, "ReminderMinutesBeforeStart", 15)));
        lines(b, "ACTION", "DISPLAY");
        lines(b, "END", "VALARM");
    }
    lines(b, "END", "VEVENT");
}

const char *lab_ical_write(lab_call_t *call, const lab_view_t *view)
{
    return lab_ical_write_message(call, view, "PUBLISH");
}

const char *lab_ical_write_message(lab_call_t *call, const lab_view_t *view,
                                   const char *method)
{
    const lab_zone_t *zone = lab_view_zone(view, false);
    bool published = !strcmp(method, "PUBLISH");
    lab_buf_t b;
    lab_buf_init(&b, call->pool, 2048);
    if (!zone)
        zone = lab_zone_utc();
    lines(&b, "BEGIN", "VCALENDAR");
    lines(&b, "METHOD", method);
    lines(&b, "PRODID", "Microsoft Exchange Server 2010");
    lines(&b, "VERSION", "2.0");
    put_zone(&b, zone, view->start);
    put_event(call, &b, view, zone, published);
    for (int i = 0; view->type == LAB_VIEW_MASTER && view->series &&
                    i < view->series->exceptions->nelts;
         i++) {
        const lab_exception_t *x =
            APR_ARRAY_IDX(view->series->exceptions, i, lab_exception_t *);
        lab_view_t one;
        if (x->deleted)
            continue;
        lab_view_occurrence(view->item, view->series, x->day, &one);
        put_event(call, &b, &one, zone, published);
    }
    lines(&b, "END", "VCALENDAR");
    return b.data;
}
