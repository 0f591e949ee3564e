/* SPDX-License-Identifier: Apache-2.0 */
/* Objects: what is refused and why, what an event becomes, the corpora there and back. */
#include <apr_file_info.h>
#include <apr_file_io.h>

#include <time.h>

#include "caltest.h"

static xc_error_t *parse_error(const char *text)
{
    xc_object_t *obj;
    xc_error_t *err = xc_object_parse(&obj, text, strlen(text), NULL, pool);
    ck_assert_msg(!err == (obj != NULL), "error and object");
    return err;
}

static void refused(const char *text, xc_cond_e cond, const char *word)
{
    xc_error_t *err = parse_error(text);
    ck_assert_msg(err != NULL, "accepted:\n%s", text);
    ck_assert_msg(err->cond == cond && err->status == 403, "%s: %s", xc_cond_name(err->cond), err->message);
    ck_assert_msg(strstr(err->message, word) != NULL, "\"%s\" does not say \"%s\"", err->message, word);
}

START_TEST(invalid_data)
{
    refused("", XC_COND_VALID_CALENDAR_DATA, "no calendar data");
    refused("hello", XC_COND_VALID_CALENDAR_DATA, "line 1");
    refused("BEGIN:VCARD\r\nEND:VCARD\r\n", XC_COND_VALID_CALENDAR_DATA, "VCALENDAR");
    refused("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", XC_COND_VALID_CALENDAR_DATA, "END");
    refused("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\nEND:VEVENT\r\n", XC_COND_VALID_CALENDAR_DATA, "line 3");
    refused("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", XC_COND_VALID_CALENDAR_DATA, "more than one");
    refused("END:VCALENDAR\r\n", XC_COND_VALID_CALENDAR_DATA, "END without");
    refused(vevent("DTSTART:20240506T090000Z|rubbish"), XC_COND_VALID_CALENDAR_DATA, "line 8");
    refused(vevent("DTSTART:20240506T090000Z|SUMMARY:\xff\xfe"), XC_COND_VALID_CALENDAR_DATA, "UTF-8");
    refused(vevent("DTSTART:20240506T090000Z|SUMMARY:\x01"), XC_COND_VALID_CALENDAR_DATA, "control");
    refused(vevent("DTSTART:20241306T090000Z"), XC_COND_VALID_CALENDAR_DATA, "DTSTART");
    refused(vevent("DTSTART:20240230T090000Z"), XC_COND_VALID_CALENDAR_DATA, "DTSTART");
    refused(vevent("DTSTART:20240506T250000Z"), XC_COND_VALID_CALENDAR_DATA, "DTSTART");
    refused(vevent("DTSTART:soon"), XC_COND_VALID_CALENDAR_DATA, "DTSTART");
    refused(vevent("UID:u2|DTSTART:20240506T090000Z"), XC_COND_VALID_CALENDAR_DATA, "UID twice");
    refused(vevent("DTSTART:20240506T090000Z|DTSTART:20240507T090000Z"), XC_COND_VALID_CALENDAR_DATA, "DTSTART twice");
    refused(vevent("SUMMARY:x"), XC_COND_VALID_CALENDAR_DATA, "DTSTART");
    refused(vevent("DTSTART:"), XC_COND_VALID_CALENDAR_DATA, "DTSTART");
    refused(vevent("DTSTART:20240506T090000Z|DURATION:1 hour"), XC_COND_VALID_CALENDAR_DATA, "DURATION");
    refused(vevent("DTSTART:20240506T090000Z|RRULE:FREQ=SOMETIMES"), XC_COND_VALID_CALENDAR_DATA, "RRULE");
    refused(vevent("DTSTART;TZID=Nowhere/City:20240506T090000"), XC_COND_VALID_CALENDAR_DATA, "Nowhere/City");
    refused(vevent("DTSTART;TZID=../../../etc/passwd:20240506T090000"), XC_COND_VALID_CALENDAR_DATA, "time zone");
    refused("BEGIN:VCALENDAR\r\nVERSION:1.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20240506T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", XC_COND_VALID_CALENDAR_DATA, "VERSION");
    char *deep = apr_pstrdup(pool, "");
    for (int i = 0; i < 2000; i++)
        deep = apr_pstrcat(pool, deep, i ? "BEGIN:VEVENT\r\n" : "BEGIN:VCALENDAR\r\n", NULL);
    refused(deep, XC_COND_VALID_CALENDAR_DATA, "deep");
}
END_TEST

START_TEST(invalid_objects)
{
    refused("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", XC_COND_VALID_CALENDAR_OBJECT, "no event");
    refused("BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20240506T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", XC_COND_VALID_CALENDAR_OBJECT, "METHOD");
    refused("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20240506T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", XC_COND_VALID_CALENDAR_OBJECT, "no UID");
    refused("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20240506T090000Z\r\nEND:VEVENT\r\nBEGIN:VTODO\r\nUID:1\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
            XC_COND_VALID_CALENDAR_OBJECT, "kinds");
    refused("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20240506T090000Z\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTART:20240506T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            XC_COND_VALID_CALENDAR_OBJECT, "UIDs");
    refused(vevent("DTSTART:20240506T090000Z^DTSTART:20240506T090000Z"), XC_COND_VALID_CALENDAR_OBJECT, "RECURRENCE-ID");
    refused(vevent("DTSTART:20240506T090000Z|RRULE:FREQ=DAILY^DTSTART:20240507T090000Z|RECURRENCE-ID:20240507T090000Z^"
                   "DTSTART:20240507T100000Z|RECURRENCE-ID;TZID=Europe/Berlin:20240507T110000"), XC_COND_VALID_CALENDAR_OBJECT, "same RECURRENCE-ID");
}
END_TEST

START_TEST(limits)
{
    xc_object_limits_t bounds = {.max_bytes = 2000, .max_attendees = 2, .max_components = 2, .min_date = apr_time_from_sec(946684800), .max_date = apr_time_from_sec(4102444800LL)};
    static const struct { const char *lines; xc_cond_e cond; } rows[] = {
        {"DTSTART:20240506T090000Z", XC_COND_NONE},
        {"DTSTART:20240506T090000Z|ATTENDEE:mailto:a@x.example|ATTENDEE:mailto:b@x.example|ATTENDEE:mailto:c@x.example", XC_COND_MAX_ATTENDEES},
        {"DTSTART:19990506T090000Z", XC_COND_MIN_DATE_TIME},
        {"DTSTART:21990506T090000Z", XC_COND_MAX_DATE_TIME},
        {"DTSTART:20240506T090000Z|RRULE:FREQ=DAILY^DTSTART:20240506T090000Z|RECURRENCE-ID:19990507T090000Z", XC_COND_MIN_DATE_TIME},
        {"DTSTART:20240506T090000Z|RRULE:FREQ=DAILY^DTSTART:20240506T090000Z|RECURRENCE-ID:20240507T090000Z^DTSTART:20240506T090000Z|RECURRENCE-ID:20240508T090000Z", XC_COND_MAX_INSTANCES},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        xc_object_t *obj;
        const char *text = vevent(rows[i].lines);
        xc_error_t *err = xc_object_parse(&obj, text, strlen(text), &bounds, pool);
        ck_assert_msg((err ? err->cond : XC_COND_NONE) == rows[i].cond, "%s: %s", rows[i].lines, err ? err->message : "accepted");
    }
    xc_object_t *obj;
    char *big = apr_pcalloc(pool, 3000);
    memset(big, 'x', 2999);
    const char *text = vevent(apr_pstrcat(pool, "DTSTART:20240506T090000Z|SUMMARY:", big, NULL));
    ck_assert_int_eq(xc_object_parse(&obj, text, strlen(text), &bounds, pool)->cond, XC_COND_MAX_RESOURCE_SIZE);
}
END_TEST

static void cannot(const char *lines, xc_cond_e cond, const char *word)
{
    xc_event_t *e;
    xc_error_t *err = xc_object_to_event(&e, object(vevent(lines)), me, xc_zone_find("Europe/Berlin"), pool);
    ck_assert_msg(err && err->cond == cond && err->status == 403, "%s: %s", lines, err ? err->message : "accepted");
    ck_assert_msg(strstr(err->message, word) != NULL, "\"%s\" does not say \"%s\"", err->message, word);
    ck_assert_ptr_null(e);
}

START_TEST(cannot_be_stored)
{
    cannot("DTSTART:20240506T090000Z|RRULE:FREQ=DAILY|RDATE:20240509T120000Z", XC_COND_UNSUPPORTED_RECURRENCE, "RDATE");
    cannot("DTSTART:20240506T090000Z|RDATE:20240509T120000Z", XC_COND_UNSUPPORTED_RECURRENCE, "RDATE");
    cannot("DTSTART:20240506T090000Z|RRULE:FREQ=DAILY|EXRULE:FREQ=WEEKLY", XC_COND_UNSUPPORTED_RECURRENCE, "EXRULE");
    cannot("DTSTART:20240506T090000Z|RRULE:FREQ=DAILY|RRULE:FREQ=WEEKLY", XC_COND_UNSUPPORTED_RECURRENCE, "more than one RRULE");
    cannot("DTSTART:20240506T090000Z|RRULE:FREQ=HOURLY", XC_COND_UNSUPPORTED_RECURRENCE, "HOURLY");
    cannot("DTSTART:20240506T090000Z|DTEND:20240508T090000Z|RRULE:FREQ=DAILY", XC_COND_UNSUPPORTED_RECURRENCE, "lasts");
    cannot("DTSTART:20240506T090000Z|RRULE:FREQ=DAILY^DTSTART:20240507T100000Z|RECURRENCE-ID;RANGE=THISANDFUTURE:20240507T090000Z", XC_COND_UNSUPPORTED_RECURRENCE, "THISANDFUTURE");
    cannot("DTSTART:20240506T090000Z|RRULE:FREQ=DAILY;COUNT=3^DTSTART:20240510T100000Z|RECURRENCE-ID:20240510T090000Z", XC_COND_UNSUPPORTED_RECURRENCE, "none of the series");
    cannot("DTSTART:20240506T090000Z|RRULE:FREQ=DAILY^DTSTART:20240507T100000Z|RECURRENCE-ID:20240507T093000Z", XC_COND_UNSUPPORTED_RECURRENCE, "none of the series");
    cannot("DTSTART:20240506T090000Z^DTSTART:20240507T100000Z|RECURRENCE-ID:20240507T093000Z", XC_COND_UNSUPPORTED_RECURRENCE, "does not recur");
    cannot("DTSTART:20240506T090000Z|RECURRENCE-ID:20240506T090000Z^DTSTART:20240507T100000Z|RECURRENCE-ID:20240507T090000Z", XC_COND_UNSUPPORTED_RECURRENCE, "several");
    cannot("DTSTART:20240506T090000Z|DTEND:20240506T080000Z", XC_COND_VALID_CALENDAR_DATA, "DTEND");
    cannot("DTSTART:20240506T090000Z|DTEND;VALUE=DATE:20240507", XC_COND_VALID_CALENDAR_DATA, "both");
    cannot("DTSTART;TZID=Antarctica/Troll:20240506T090000|RRULE:FREQ=DAILY", XC_COND_UNSUPPORTED_TIMEZONE, "Troll");
    xc_event_t *e;
    xc_error_t *err = xc_object_to_event(&e, object("BEGIN:VCALENDAR\r\nBEGIN:VJOURNAL\r\nUID:1\r\nEND:VJOURNAL\r\nEND:VCALENDAR\r\n"), me, NULL, pool);
    ck_assert_int_eq(err->cond, XC_COND_SUPPORTED_CALENDAR_COMPONENT);
}
END_TEST

static apr_time_t utc(int y, int mo, int d, int h, int mi)
{
    xc_wall_t w = {y, mo, d, h, mi, 0};
    return xc_zone_to_utc(xc_zone_utc(), &w);
}

START_TEST(times)
{
    static const struct { const char *lines; int all_day; int sd, sh, sm, ed, eh, em; } rows[] = {
        {"DTSTART:20240506T090000Z|DTEND:20240506T100000Z", 0, 6, 9, 0, 6, 10, 0},
        {"DTSTART:20240506T090000Z", 0, 6, 9, 0, 6, 9, 0},
        {"DTSTART:20240506T090000Z|DURATION:PT90M", 0, 6, 9, 0, 6, 10, 30},
        {"DTSTART;TZID=Europe/Berlin:20240506T090000|DTEND;TZID=America/New_York:20240506T090000", 0, 6, 7, 0, 6, 13, 0},
        {"DTSTART;TZID=Europe/Berlin:20240506T090000|DTEND:20240506T080000Z", 0, 6, 7, 0, 6, 8, 0},
        {"DTSTART:20240506T090000|DTEND:20240506T100000", 0, 6, 7, 0, 6, 8, 0},
        {"DTSTART;TZID=Europe/Berlin:20240506T000000|DTEND;TZID=Europe/Berlin:20240507T000000", 0, 5, 22, 0, 6, 22, 0},
        {"DTSTART;VALUE=DATE:20240506|DTEND;VALUE=DATE:20240508", 1, 6, 0, 0, 8, 0, 0},
        {"DTSTART;VALUE=DATE:20240506", 1, 6, 0, 0, 7, 0, 0},
        {"DTSTART;VALUE=DATE:20240506|DTEND;VALUE=DATE:20240506", 1, 6, 0, 0, 7, 0, 0},
        {"DTSTART;VALUE=DATE:20240506|DURATION:P3D", 1, 6, 0, 0, 9, 0, 0},
        {"DTSTART;TZID=Europe/Berlin:20240506T090000Z|DTEND:20240506T100000Z", 0, 6, 9, 0, 6, 10, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        xc_event_t *e = event(rows[i].lines);
        ck_assert_int_eq(e->all_day, rows[i].all_day);
        ck_assert_msg(xc_when_to_utc(&e->start, NULL) == utc(2024, 5, rows[i].sd, rows[i].sh, rows[i].sm), "start of %s", rows[i].lines);
        ck_assert_msg(xc_when_to_utc(&e->end, NULL) == utc(2024, 5, rows[i].ed, rows[i].eh, rows[i].em), "end of %s", rows[i].lines);
        ck_assert_msg(e->start.kind == e->end.kind && e->start.kind != XC_WHEN_FLOATING, "kinds of %s", rows[i].lines);
    }
    /* a day of 23 hours: P1D is a day, PT24H is not */
    xc_event_t *d = event("DTSTART;TZID=Europe/Berlin:20240330T120000|DURATION:P1D"), *h = event("DTSTART;TZID=Europe/Berlin:20240330T120000|DURATION:PT24H");
    ck_assert_int_eq(d->end.wall.hour, 12);
    ck_assert_int_eq(h->end.wall.hour, 13);
    ck_assert_int_eq(event("DTSTART:00010101T000000Z")->start.wall.year, 1);
    ck_assert_int_eq(event("DTSTART:99991231T235959Z|DURATION:P1D")->end.wall.year, 9999);
}
END_TEST

START_TEST(reminders)
{
    static const struct { const char *alarms; int minutes; } rows[] = {
        {"", -1},
        {"BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT15M|END:VALARM|", 15},
        {"BEGIN:VALARM|ACTION:AUDIO|TRIGGER:-PT1H30M|END:VALARM|", 90},
        {"BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-P1DT2H|END:VALARM|", 1560},
        {"BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-P1W|END:VALARM|", 10080},
        {"BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:PT0S|END:VALARM|", 0},
        {"BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:PT10M|END:VALARM|", 0},
        {"BEGIN:VALARM|ACTION:DISPLAY|TRIGGER;RELATED=END:-PT90M|END:VALARM|", 30},
        {"BEGIN:VALARM|ACTION:DISPLAY|TRIGGER;VALUE=DATE-TIME:20240506T083000Z|END:VALARM|", 30},
        {"BEGIN:VALARM|ACTION:EMAIL|TRIGGER:-PT15M|SUMMARY:x|DESCRIPTION:y|ATTENDEE:mailto:a@b.example|END:VALARM|", -1},
        {"BEGIN:VALARM|ACTION:EMAIL|TRIGGER:-PT5M|SUMMARY:x|DESCRIPTION:y|END:VALARM|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT20M|END:VALARM|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT40M|END:VALARM|", 20},
        {"BEGIN:VALARM|ACTION:NONE|TRIGGER;VALUE=DATE-TIME:19760401T005545Z|END:VALARM|", -1},
        {"BEGIN:VALARM|ACTION:DISPLAY|TRIGGER;VALUE=DATE-TIME:20240506T083000Z|END:VALARM|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT5M|END:VALARM|", 5},
        /* those that ring at a place */
        {"BEGIN:VALARM|ACTION:DISPLAY|PROXIMITY:ARRIVE|TRIGGER;VALUE=DATE-TIME:19760401T005545Z|END:VALARM|", -1},
        {"BEGIN:VALARM|ACTION:DISPLAY|X-APPLE-PROXIMITY:DEPART|TRIGGER:-PT5M|END:VALARM|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT40M|END:VALARM|", 40},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        xc_event_t *e = event(apr_pstrcat(pool, rows[i].alarms, "DTSTART:20240506T090000Z|DTEND:20240506T100000Z", NULL));
        ck_assert_msg(e->reminder_minutes == rows[i].minutes, "%s: %d", rows[i].alarms, e->reminder_minutes);
    }
    ck_assert_int_eq(event("DTSTART;VALUE=DATE:20240506|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT15H|END:VALARM")->reminder_minutes, 900);
    ck_assert_int_eq(event("DTSTART;VALUE=DATE:20240506|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:PT9H|END:VALARM")->reminder_minutes, 0);
}
END_TEST

START_TEST(values)
{
    static const struct { const char *lines; xc_busy_e busy; } busy[] = {
        {"", XC_BUSY_BUSY},
        {"|TRANSP:TRANSPARENT", XC_BUSY_FREE},
        {"|TRANSP:OPAQUE", XC_BUSY_BUSY},
        {"|STATUS:TENTATIVE", XC_BUSY_TENTATIVE},
        {"|STATUS:TENTATIVE|TRANSP:TRANSPARENT", XC_BUSY_FREE},
        {"|TRANSP:OPAQUE|X-MICROSOFT-CDO-BUSYSTATUS:OOF", XC_BUSY_OOF},
        {"|X-MICROSOFT-CDO-BUSYSTATUS:FREE", XC_BUSY_FREE},
        {"|TRANSP:TRANSPARENT|X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", XC_BUSY_ELSEWHERE},
        {"|TRANSP:TRANSPARENT|X-MICROSOFT-CDO-BUSYSTATUS:BUSY", XC_BUSY_FREE},
        {"|STATUS:CANCELLED", XC_BUSY_FREE},
    };
    static const struct { const char *value; xc_class_e klass; } classes[] = {
        {"PUBLIC", XC_CLASS_PUBLIC}, {"PRIVATE", XC_CLASS_PRIVATE}, {"CONFIDENTIAL", XC_CLASS_CONFIDENTIAL}, {"X-OTHER", XC_CLASS_PRIVATE}, {"X-PERSONAL", XC_CLASS_PERSONAL}};
    static const xc_importance_e importance[10] = {1, 2, 2, 2, 2, 1, 0, 0, 0, 0};

    for (size_t i = 0; i < sizeof(busy) / sizeof(busy[0]); i++) {
        xc_event_t *e = event(apr_pstrcat(pool, "DTSTART:20240506T090000Z", busy[i].lines, NULL));
        xc_event_normalize(e, pool);
        ck_assert_msg(e->busy == busy[i].busy, "%s: %d", busy[i].lines, e->busy);
    }
    for (size_t i = 0; i < 5; i++)
        ck_assert_int_eq(event(apr_pstrcat(pool, "DTSTART:20240506T090000Z|CLASS:", classes[i].value, NULL))->klass, classes[i].klass);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(event(apr_psprintf(pool, "DTSTART:20240506T090000Z|PRIORITY:%d", i))->importance, importance[i]);
    xc_event_t *e = event("DTSTART:20240506T090000Z|CATEGORIES:Work,Red\\, dark|CATEGORIES:Home|DESCRIPTION:a\\nb\\, c|X-ALT-DESC;FMTTYPE=text/html:<b>a</b><br>b\\, c");
    ck_assert_int_eq(e->categories->nelts, 3);
    ck_assert_str_eq(APR_ARRAY_IDX(e->categories, 1, const char *), "Red, dark");
    ck_assert_str_eq(e->text, "a\nb, c");
    ck_assert_str_eq(e->html, "<b>a</b><br>b, c");
}
END_TEST

START_TEST(people)
{
    xc_event_t *e = event("DTSTART:20240506T090000Z|ORGANIZER;CN=Alice:MAILTO:Alice@Contoso.example|ATTENDEE;ROLE=CHAIR;PARTSTAT=ACCEPTED:mailto:alice@contoso.example|"
                          "ATTENDEE:mailto:bob@contoso.example|ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=DECLINED;CN=\"Carol, C.\":mailto:carol@contoso.example|"
                          "ATTENDEE;CUTYPE=ROOM:mailto:room1@contoso.example|ATTENDEE;ROLE=NON-PARTICIPANT:mailto:dave@contoso.example|"
                          "ATTENDEE:invalid:nomail|ATTENDEE;EMAIL=erin@contoso.example:/principals/erin/|ATTENDEE;RSVP=TRUE:mailto:BOB@contoso.example");
    ck_assert_int_eq(e->is_meeting, 1);
    ck_assert_int_eq(e->is_organizer, 1);
    xc_event_normalize(e, pool);
    static const struct { const char *address; xc_attendee_kind_e kind; xc_partstat_e partstat; } want[] = {
        {"bob@contoso.example", XC_ATTENDEE_REQUIRED, XC_PARTSTAT_NEEDS_ACTION},    {"erin@contoso.example", XC_ATTENDEE_REQUIRED, XC_PARTSTAT_NEEDS_ACTION},
        {"carol@contoso.example", XC_ATTENDEE_OPTIONAL, XC_PARTSTAT_DECLINED},      {"dave@contoso.example", XC_ATTENDEE_RESOURCE, XC_PARTSTAT_NEEDS_ACTION},
        {"room1@contoso.example", XC_ATTENDEE_RESOURCE, XC_PARTSTAT_NEEDS_ACTION},
    };
    ck_assert_int_eq(e->attendees->nelts, 5);
    for (int i = 0; i < 5; i++) {
        const xc_attendee_t *a = &APR_ARRAY_IDX(e->attendees, i, xc_attendee_t);
        ck_assert_str_eq(a->who.address, want[i].address);
        ck_assert_int_eq(a->kind, want[i].kind);
        ck_assert_int_eq(a->partstat, want[i].partstat);
    }
    ck_assert_str_eq(APR_ARRAY_IDX(e->attendees, 2, xc_attendee_t).who.name, "Carol, C.");

    e = event("DTSTART:20240506T090000Z|ORGANIZER:mailto:bob@contoso.example|ATTENDEE;PARTSTAT=TENTATIVE:mailto:A.Smith@contoso.example|ATTENDEE:mailto:carol@contoso.example");
    ck_assert_int_eq(e->is_organizer, 0);
    ck_assert_int_eq(e->attendees->nelts, 2);
    ck_assert_int_eq(e->my_partstat, XC_PARTSTAT_TENTATIVE);
    ck_assert_str_eq(e->my_address, "A.Smith@contoso.example");
    e = event("DTSTART:20240506T090000Z|ORGANIZER:mailto:alice@contoso.example");
    xc_event_normalize(e, pool);
    ck_assert(!e->is_meeting && e->is_organizer && !e->organizer.address);
}
END_TEST

START_TEST(series)
{
    xc_event_t *e = event("DTSTART;TZID=Europe/Berlin:20240318T090000|DTEND;TZID=Europe/Berlin:20240318T100000|SUMMARY:Week|RRULE:FREQ=WEEKLY;COUNT=10|"
                          "EXDATE;TZID=Europe/Berlin:20240325T090000|EXDATE:20240408T070000Z,20240408T070000Z|EXDATE;VALUE=DATE:20240415|EXDATE:20240416T070000Z|"
                          "ATTENDEE:mailto:bob@contoso.example|ORGANIZER:mailto:alice@contoso.example^"
                          "RECURRENCE-ID:20240401T070000Z|DTSTART;TZID=Europe/Berlin:20240401T110000|DTEND;TZID=Europe/Berlin:20240401T120000^"
                          "RECURRENCE-ID;VALUE=DATE:20240422|DTSTART;TZID=Europe/Berlin:20240423T090000|SUMMARY:Moved|EXDATE:20240101T000000Z");
    ck_assert_int_eq(e->recur->count, 10);
    ck_assert_int_eq(e->exdates->nelts, 3);
    ck_assert(xc_when_to_utc(&APR_ARRAY_IDX(e->exdates, 0, xc_when_t), NULL) == utc(2024, 3, 25, 8, 0));
    ck_assert(xc_when_to_utc(&APR_ARRAY_IDX(e->exdates, 1, xc_when_t), NULL) == utc(2024, 4, 8, 7, 0));
    ck_assert(xc_when_to_utc(&APR_ARRAY_IDX(e->exdates, 2, xc_when_t), NULL) == utc(2024, 4, 15, 7, 0));
    ck_assert_int_eq(e->overrides->nelts, 2);
    const xc_event_t *o = APR_ARRAY_IDX(e->overrides, 0, xc_event_t *);
    ck_assert_str_eq(o->summary, "Week");          /* not said: as the series */
    ck_assert_int_eq(o->attendees->nelts, 1);
    ck_assert(xc_when_to_utc(&o->recurrence_id, NULL) == utc(2024, 4, 1, 7, 0));
    ck_assert(xc_when_to_utc(&o->start, NULL) == utc(2024, 4, 1, 9, 0));
    ck_assert_ptr_null(o->recur);
    o = APR_ARRAY_IDX(e->overrides, 1, xc_event_t *);
    ck_assert(xc_when_to_utc(&o->recurrence_id, NULL) == utc(2024, 4, 22, 7, 0));
    ck_assert_str_eq(o->summary, "Moved");
    /* all-day, EXDATE as a date-time as some clients write it */
    e = event("DTSTART;VALUE=DATE:20240506|RRULE:FREQ=DAILY;COUNT=5|EXDATE;VALUE=DATE:20240507|EXDATE:20240508T000000");
    ck_assert_int_eq(e->exdates->nelts, 2);
    ck_assert_int_eq(APR_ARRAY_IDX(e->exdates, 1, xc_when_t).kind, XC_WHEN_DATE);
    /* the occurrence in the hour that the clock repeats, and the one it skips */
    e = event("DTSTART;TZID=Europe/Berlin:20241020T023000|RRULE:FREQ=DAILY;COUNT=20|EXDATE;TZID=Europe/Berlin:20241027T023000");
    ck_assert(xc_when_to_utc(&APR_ARRAY_IDX(e->exdates, 0, xc_when_t), NULL) == utc(2024, 10, 27, 0, 30));
    e = event("DTSTART;TZID=Europe/Berlin:20240329T023000|RRULE:FREQ=DAILY;COUNT=20|EXDATE;TZID=Europe/Berlin:20240331T023000");
    ck_assert_int_eq(e->exdates->nelts, 1);
    /* an occurrence alone, of a series organised by somebody else */
    e = event("RECURRENCE-ID:20240401T070000Z|DTSTART:20240401T070000Z|ORGANIZER:mailto:bob@contoso.example|ATTENDEE:mailto:alice@contoso.example");
    ck_assert_int_eq(e->recurrence_id.kind, XC_WHEN_UTC);
    ck_assert_ptr_null(e->recur);
}
END_TEST

START_TEST(spans)
{
    static const struct { const char *lines; int first_day, last_day; } rows[] = {
        {"DTSTART:20240506T000000Z|DTEND:20240507T000000Z", 6, 7},
        {"DTSTART:20240506T000000Z|DTEND:20240507T000000Z|RRULE:FREQ=DAILY;COUNT=3", 6, 9},
        {"DTSTART;VALUE=DATE:20240506|RRULE:FREQ=DAILY;UNTIL=20240510", 6, 11},
        {"DTSTART:20240506T000000Z|RRULE:FREQ=DAILY", 6, 0},
        {"DTSTART:20240506T000000Z|RRULE:FREQ=DAILY;COUNT=3^RECURRENCE-ID:20240507T000000Z|DTSTART:20240501T000000Z|DTEND:20240520T000000Z", 1, 20},
        {"DTSTART:20240506T000000Z|RDATE:20240510T000000Z,20240512T000000Z", 6, 12},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        apr_time_t first, last;
        xc_object_span(object(vevent(rows[i].lines)), NULL, &first, &last);
        ck_assert_msg(first == utc(2024, 5, rows[i].first_day, 0, 0), "first of %s", rows[i].lines);
        ck_assert_msg(last == (rows[i].last_day ? utc(2024, 5, rows[i].last_day, 0, 0) : APR_INT64_MAX), "last of %s", rows[i].lines);
    }
}
END_TEST

START_TEST(repaired)
{
    /* an empty property, COUNT=0, a byte order mark, LF line ends, a character folded in two */
    xc_event_t *e = event_of("\xef\xbb\xbf" "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20240506T090000Z\nLOCATION:\nSUMMARY:K\xc3\n \xa4se\nRRULE:FREQ=DAILY;COUNT=0;\nEND:VEVENT\nEND:VCALENDAR\n");
    ck_assert_str_eq(e->summary, "K\xc3\xa4se");
    ck_assert_ptr_null(e->location);
    ck_assert_int_eq(e->recur->count, 1);
    char *list = apr_pstrdup(pool, "DTSTART:20200101T090000Z|RRULE:FREQ=DAILY|EXDATE:20200101T090000Z");
    int y, m, d;
    for (int i = 1; i < 900; i++) {
        xc_date_from_days(18262 + i, &y, &m, &d);
        list = apr_psprintf(pool, "%s,%04d%02d%02dT090000Z", list, y, m, d);
    }
    ck_assert_int_eq(event(list)->exdates->nelts, 900);
    ck_assert_str_eq(event("DTSTART:20240506T090000Z|SUBCALENDAR-ID:7|COLOR:red|CONFERENCE;VALUE=URI:tel:1|SUMMARY:x")->summary, "x");
}
END_TEST

/* ---- the corpora ---- */

static char *slurp(const char *path, apr_size_t *len)
{
    apr_file_t *f;
    apr_finfo_t info;
    ck_assert_int_eq(apr_file_open(&f, path, APR_FOPEN_READ, 0, pool), APR_SUCCESS);
    apr_file_info_get(&info, APR_FINFO_SIZE, f);
    *len = (apr_size_t)info.size;
    char *data = apr_pcalloc(pool, *len + 1);
    apr_file_read_full(f, data, *len, NULL);
    apr_file_close(f);
    return data;
}

/* parse -> event -> text -> parse -> event: the same to Exchange. @return 1 when it was an event */
static int there_and_back(const char *path, int must)
{
    apr_size_t len;
    char *data = slurp(path, &len);
    xc_object_t *obj, *again;
    xc_event_t *e, *f;
    apr_time_t first, last;
    xc_error_t *err = xc_object_parse(&obj, data, len, NULL, pool);

    if (!err)
        err = xc_object_to_event(&e, obj, me, xc_zone_find("Europe/Berlin"), pool);
    if (err) {
        ck_assert_msg(!must, "%s: %s", path, err->message);
        if (!xc_object_parse_stored(&obj, data, len, pool))
            xc_object_span(obj, NULL, &first, &last);
        return 0;
    }
    xc_object_span(obj, NULL, &first, &last);
    ck_assert_msg(first <= last, "%s: span", path);
    /* the model covers the same time */
    apr_time_t event_first, event_last;
    const xc_zone_t *berlin = xc_zone_find("Europe/Berlin");
    xc_object_span(obj, berlin, &first, &last);
    xc_event_span(e, berlin, &event_first, &event_last);
    ck_assert_msg(first == event_first && last == event_last, "%s: the event's span is another", path);
    const char *text = xc_event_to_text(e, pool);
    ck_assert_str_eq(text, xc_event_to_text(e, pool));
    err = xc_object_parse(&again, text, strlen(text), NULL, pool);
    ck_assert_msg(!err, "%s: %s\n%s", path, err ? err->message : "", text);
    err = xc_object_to_event(&f, again, me, xc_zone_find("Europe/Berlin"), pool);
    ck_assert_msg(!err, "%s: %s\n%s", path, err ? err->message : "", text);
    ck_assert_msg(strcmp(xc_event_fingerprint(e, pool), xc_event_fingerprint(f, pool)) == 0, "%s: fingerprints differ\n%s", path, text);
    /* kept, and given back as it was */
    const char *kept;
    err = xc_object_keep(&kept, obj, data, len, e, 0, pool);
    ck_assert_msg(!err, "%s: %s", path, err ? err->message : "");
    f->kept = kept;
    ck_assert_msg(strcmp(xc_object_text_for(f, pool), data) == 0, "%s is not given back as it was", path);
    f->summary = "Changed by Outlook";
    f->reminder_minutes = 7;
    const char *merged = xc_object_text_for(f, pool);
    err = xc_object_parse(&again, merged, strlen(merged), NULL, pool);
    ck_assert_msg(!err, "%s: %s\n%s", path, err ? err->message : "", merged);
    err = xc_object_to_event(&e, again, me, xc_zone_find("Europe/Berlin"), pool);
    ck_assert_msg(!err, "%s: %s\n%s", path, err ? err->message : "", merged);
    ck_assert_msg(strcmp(xc_event_fingerprint(e, pool), xc_event_fingerprint(f, pool)) == 0, "%s: merged text differs\n%s", path, merged);
    return 1;
}

static int corpus(const char *dir, int must, int *events)
{
    apr_dir_t *d;
    apr_finfo_t info;
    int n = 0;

    *events = 0;
    if (!dir || apr_dir_open(&d, dir, pool) != APR_SUCCESS)
        return 0;
    while (apr_dir_read(&info, APR_FINFO_NAME, d) == APR_SUCCESS) {
        apr_size_t len = strlen(info.name);
        if (len < 5 || strcmp(info.name + len - 4, ".ics") != 0)
            continue;
        n++;
        *events += there_and_back(apr_pstrcat(pool, dir, "/", info.name, NULL), must);
    }
    apr_dir_close(d);
    return n;
}

START_TEST(own_corpus)
{
    int events, n = corpus("t/unit/corpus", 1, &events);
    ck_assert_int_ge(n, 8);
    ck_assert_int_eq(n, events);
}
END_TEST

START_TEST(shared_corpus)
{
    const char *shared = getenv("EXCAL_SHARED");
    int events, n = corpus(apr_pstrcat(pool, shared ? shared : "../shared", "/corpus", NULL), 0, &events);
    if (!n)
        printf("skipped: no corpus under EXCAL_SHARED\n");
    else
        ck_assert_msg(events >= 50, "only %d of %d files are events", events, n); /* most are fragments or broken */
}
END_TEST

/* CPU seconds for an event with n repeats of `what` in one line; the description is as it was. */
static double long_line(const char *what, int n)
{
    apr_size_t len = strlen(what);
    char *value = apr_palloc(pool, len * (apr_size_t)n + 1);
    for (int i = 0; i < n; i++)
        memcpy(value + len * (apr_size_t)i, what, len);
    value[len * (apr_size_t)n] = '\0';
    const char *text = apr_pstrcat(pool, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20240101T000000Z\r\n"
                                   "DTSTART:20240506T090000Z\r\nDESCRIPTION;X-P=", value, ":", value, "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", NULL);
    clock_t begun = clock();
    xc_event_t *e = event_of(text);
    double spent = (double)(clock() - begun) / CLOCKS_PER_SEC;
    ck_assert_str_eq(e->text, value);
    return spent;
}

START_TEST(long_lines)
{
    long_line("\xc3\xa4 \xe2\x82\xac  \xf0\x9f\x8e\x89", 500); /* no character is torn, no space lost */
    double small = long_line("q", 300000), large = long_line("q", 2400000);
    ck_assert_msg(large < 24 * small + 0.2, "8 times as long takes %.2f s instead of %.2f s", large, small);
}
END_TEST

/* Texts damaged at random: an error or an object, never a crash. */
START_TEST(damaged)
{
    apr_size_t len;
    char *data = slurp("t/unit/corpus/outlook-series.ics", &len);
    srand(3);
    for (int i = 0; i < 1500; i++) {
        apr_pool_t *p;
        xc_object_t *obj;
        xc_event_t *e;
        apr_time_t first, last;
        apr_pool_create(&p, pool);
        apr_size_t n = len;
        char *copy = apr_pmemdup(p, data, len + 1);
        for (int k = rand() % 6; k >= 0; k--) {
            apr_size_t at = (apr_size_t)rand() % n;
            static const char bytes[] = "\n:;,=\"\\TZ0123459-PRBE ";
            if (rand() % 3)
                copy[at] = bytes[(apr_size_t)rand() % (sizeof(bytes) - 1)];
            else {
                apr_size_t cut = (apr_size_t)rand() % 30;
                cut = cut > n - at - 1 ? n - at - 1 : cut;
                memmove(copy + at, copy + at + cut, n - at - cut);
                n -= cut;
            }
        }
        if (!(rand() % 2 ? xc_object_parse(&obj, copy, n, NULL, p) : xc_object_parse_stored(&obj, copy, n, p))) {
            xc_object_span(obj, NULL, &first, &last);
            if (!xc_object_to_event(&e, obj, me, NULL, p)) {
                const char *text = xc_event_to_text(e, p);
                xc_object_t *again;
                xc_error_t *err = xc_object_parse_stored(&again, text, strlen(text), p);
                ck_assert_msg(!err, "%s\n%s", err ? err->message : "", text);
            }
        }
        apr_pool_destroy(p);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {invalid_data, invalid_objects, limits, cannot_be_stored, times, reminders, values, people,
                                         series, spans, repaired, own_corpus, shared_corpus, long_lines, damaged, NULL};
    return run_suite("object", tests);
}
