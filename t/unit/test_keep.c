/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept beside an item: given back byte for byte, merged when Exchange's values changed, never trusted. */
#include "caltest.h"

#include <apr_base64.h>
#include <zlib.h>

#define BASE "DTSTART;TZID=Europe/Vienna:20240506T090000|DTEND;TZID=Europe/Vienna:20240506T100000|SUMMARY;LANGUAGE=en:Old"
#define RICH BASE "|LOCATION:Here|GEO:48.2;16.3|X-APPLE-STRUCTURED-LOCATION;VALUE=URI:geo:48.2,16.3|DESCRIPTION:Words|URL:https://x.example/|X-FOO;BAR=\"a;b:c\":d\\,e|" \
             "COLOR:red|CATEGORIES:A,B|BEGIN:VALARM|ACTION:DISPLAY|DESCRIPTION:mine|TRIGGER:-PT15M|X-WR-ALARMUID:1|END:VALARM|" \
             "BEGIN:VALARM|ACTION:EMAIL|TRIGGER:-P1D|SUMMARY:s|DESCRIPTION:d|ATTENDEE:mailto:a@b.example|END:VALARM|" \
             "BEGIN:VALARM|ACTION:DISPLAY|DESCRIPTION:two|TRIGGER:-PT5M|END:VALARM"

/* As it comes back from Exchange: the model, the zone by its Windows id, and what was kept. */
static xc_event_t *stored(const char *text)
{
    xc_object_t *obj = object(text);
    xc_event_t *e;
    const char *kept;

    ck_assert_ptr_null(xc_object_to_event(&e, obj, me, xc_zone_find("Europe/Berlin"), pool));
    xc_event_normalize(e, pool);
    xc_error_t *err = xc_object_keep(&kept, obj, text, strlen(text), e, 0, pool);
    ck_assert_msg(!err, "%s", err ? err->message : "");
    e->kept = kept;
    e->invited = 0; /* what Exchange says, not the text */
    xc_when_t *times[] = {&e->start, &e->end};
    for (int i = 0; i < 2; i++) {
        if (times[i]->kind == XC_WHEN_ZONED) {
            times[i]->zone = xc_zone_from_windows(xc_zone_windows_id(times[i]->zone), NULL);
            times[i]->tzid = NULL;
        }
    }
    return e;
}

/* The text now, which must say to Exchange what the event says. */
static const char *now(const xc_event_t *e)
{
    const char *text = xc_object_text_for(e, pool);
    xc_event_t *again;
    xc_error_t *err = xc_object_to_event(&again, object(text), me, xc_zone_find("Europe/Berlin"), pool);
    ck_assert_msg(!err, "%s\n%s", err ? err->message : "", text);
    ck_assert_msg(strcmp(xc_event_fingerprint(e, pool), xc_event_fingerprint(again, pool)) == 0, "the text says something else:\n%s", text);
    return text;
}

START_TEST(verbatim)
{
    static const char *const rows[] = {RICH, BASE "|RRULE:FREQ=WEEKLY;COUNT=0", "DTSTART:20240506T090000|DTEND:20240506T100000|SUMMARY:floating",
                                       BASE "|STATUS:CANCELLED", BASE "|CLASS:X-SECRET|PRIORITY:3", "DTSTART;VALUE=DATE:20240506|SUMMARY:day",
                                       BASE "|RRULE:FREQ=DAILY|EXDATE:20240507T070000Z^RECURRENCE-ID:20240508T070000Z|DTSTART:20240508T080000Z|DTEND:20240508T090000Z"};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_str_eq(now(stored(vevent(rows[i]))), vevent(rows[i]));
    /* what Exchange alters in its own way is no change */
    xc_event_t *e = stored(vevent(RICH));
    e->text = "Words\r\n";
    e->last_modified = e->created = 1;
    e->sequence = 9;
    ck_assert_str_eq(now(e), vevent(RICH));
    /* a server that tells no zone of a single event */
    e = stored(vevent(RICH));
    apr_time_t t = xc_when_to_utc(&e->start, NULL);
    e->start.kind = e->end.kind = XC_WHEN_UTC;
    xc_zone_to_wall(xc_zone_utc(), t, &e->start.wall);
    xc_zone_to_wall(xc_zone_utc(), t + apr_time_from_sec(3600), &e->end.wall);
    ck_assert_str_eq(xc_object_text_for(e, pool), vevent(RICH));
    /* or one whose zone is only taken from the mailbox */
    static const char far[] = "DTSTART;TZID=America/New_York:20240506T030000|DTEND;TZID=America/New_York:20240506T040000|SUMMARY:x";
    e = stored(vevent(far));
    e->start.zone = e->end.zone = xc_zone_find("Europe/Berlin");
    e->start.wall.hour = 9;
    e->end.wall.hour = 10;
    expect(xc_object_text_for(e, pool), "DTSTART;TZID=Europe/Berlin:20240506T090000"); /* moved there by somebody */
    e->zone_guessed = 1;
    ck_assert_str_eq(xc_object_text_for(e, pool), vevent(far));
    e->start.wall.hour = 8;
    expect(xc_object_text_for(e, pool), "DTSTART;TZID=America/New_York:20240506T020000");
}
END_TEST

START_TEST(merged_fields)
{
    xc_event_t *e = stored(vevent(RICH));
    e->summary = "New, from Outlook";
    e->last_modified = apr_time_from_sec(1717000000);
    const char *t = now(e);
    static const char *const same[] = {"\r\nLOCATION:Here\r\n", "\r\nX-FOO;BAR=\"a;b:c\":d\\,e\r\n", "\r\nCOLOR:red\r\n", "\r\nURL:https://x.example/\r\n", "\r\nCATEGORIES:A,B\r\n",
                                       "\r\nDTSTART;TZID=Europe/Vienna:20240506T090000\r\n", "\r\nX-WR-ALARMUID:1\r\n", "\r\nTRIGGER:-PT5M\r\n", "\r\nACTION:EMAIL\r\n", "\r\nGEO:48.2;16.3\r\n"};
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
        expect(t, same[i]);
    expect(t, "\r\nSUMMARY:New\\, from Outlook\r\n");
    expect(t, "\r\nLAST-MODIFIED:20240529T");
    expect_not(t, "Old");
    expect_not(t, "20240101T000000Z");
    ck_assert_str_eq(t, now(e)); /* the same again */

    e = stored(vevent(RICH));
    e->location = "There";
    t = now(e);
    expect(t, "\r\nLOCATION:There\r\n");
    expect_not(t, "GEO"); /* it was that of the old place */
    expect_not(t, "X-APPLE-STRUCTURED-LOCATION");
    e->location = NULL;
    expect_not(now(e), "LOCATION");

    e = stored(vevent(RICH));
    e->text = "Other words";
    e->categories = NULL;
    e->klass = XC_CLASS_PRIVATE;
    e->importance = XC_IMPORTANCE_HIGH;
    e->busy = XC_BUSY_OOF;
    t = now(e);
    expect(t, "\r\nDESCRIPTION:Other words\r\n");
    expect(t, "\r\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\r\n");
    expect(t, "\r\nCLASS:PRIVATE\r\n");
    expect(t, "\r\nPRIORITY:1\r\n");
    expect_not(t, "CATEGORIES");
    expect(t, "\r\nSUMMARY;LANGUAGE=en:Old\r\n");
}
END_TEST

START_TEST(merged_times)
{
    xc_event_t *e = stored(vevent(RICH));
    e->start.wall.hour = 14;
    e->end.wall.hour = 15;
    const char *t = now(e);
    expect(t, "\r\nDTSTART;TZID=Europe/Vienna:20240506T140000\r\n"); /* the client's own name of the zone */
    expect(t, "\r\nDTEND;TZID=Europe/Vienna:20240506T150000\r\n");
    e->start.zone = e->end.zone = xc_zone_find("America/New_York");
    t = now(e);
    expect(t, "\r\nDTSTART;TZID=America/New_York:20240506T140000\r\n");
    expect(t, "\r\nTZID:America/New_York\r\n");
    expect_not(t, "Vienna");
    e->start.kind = e->end.kind = XC_WHEN_DATE;
    e->start.wall = (xc_wall_t){2024, 5, 7, 0, 0, 0};
    e->end.wall = (xc_wall_t){2024, 5, 9, 0, 0, 0};
    e->all_day = 1;
    t = now(e);
    expect(t, "\r\nDTSTART;VALUE=DATE:20240507\r\n");
    expect(t, "\r\nDTEND;VALUE=DATE:20240509\r\n");
    /* a duration becomes an end, and only when it changed */
    e = stored(vevent("DTSTART;TZID=Europe/Vienna:20240506T090000|DURATION:PT1H|SUMMARY:x"));
    e->summary = "y";
    expect(now(e), "\r\nDURATION:PT1H\r\n");
    e->end.wall.hour = 12;
    t = now(e);
    expect_not(t, "DURATION");
    expect(t, "\r\nDTEND;TZID=Europe/Vienna:20240506T120000\r\n");
    /* floating stays floating */
    e = stored(vevent("DTSTART:20240506T090000|DTEND:20240506T100000|SUMMARY:x"));
    e->summary = "y";
    expect(now(e), "\r\nDTSTART:20240506T090000\r\n");
    e->start.wall.hour = 8;
    expect(now(e), "\r\nDTSTART:20240506T080000\r\n");
    /* a zone that only the client knows */
    static const char custom[] = "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Mine\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0345\r\nTZOFFSETTO:+0345\r\nEND:STANDARD\r\n"
                                 "END:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Mine:20240506T090000\r\nDTEND;TZID=Mine:20240506T100000\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    e = stored(custom);
    ck_assert_int_eq(e->start.kind, XC_WHEN_UTC);
    ck_assert_int_eq(e->start.wall.minute, 15);
    ck_assert_str_eq(now(e), custom);
    e->start.wall.hour -= 1;
    t = now(e);
    expect(t, "\r\nTZID:Mine\r\n");
    expect(t, "\r\nDTSTART;TZID=Mine:20240506T080000\r\n");
    expect(t, "\r\nDTEND;TZID=Mine:20240506T100000\r\n");
}
END_TEST

START_TEST(merged_alarms)
{
    xc_event_t *e = stored(vevent(RICH));
    e->reminder_minutes = 60;
    const char *t = now(e);
    expect(t, "TRIGGER;RELATED=START:-PT60M\r\n");
    expect(t, "X-WR-ALARMUID:1");
    expect(t, "TRIGGER:-PT5M");
    expect(t, "ACTION:EMAIL");
    expect_not(t, "TRIGGER:-PT15M");
    e->reminder_minutes = -1;
    t = now(e);
    expect(t, "ACTION:EMAIL");
    expect_not(t, "ACTION:DISPLAY");
    e = stored(vevent(BASE));
    e->reminder_minutes = 0;
    expect(now(e), "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Old\r\nTRIGGER;RELATED=START:PT0M\r\nEND:VALARM\r\n");
}
END_TEST

#define MEET BASE "|ORGANIZER;CN=Alice;SENT-BY=\"mailto:dave@contoso.example\":mailto:alice@contoso.example|ATTENDEE;PARTSTAT=ACCEPTED;ROLE=CHAIR:mailto:alice@contoso.example|" \
             "ATTENDEE;CN=\"B:ob\";PARTSTAT=NEEDS-ACTION;RSVP=TRUE;X-NUM-GUESTS=2:mailto:bob@contoso.example|ATTENDEE;SCHEDULE-STATUS=\"1.1\":mailto:carol@contoso.example|ATTENDEE;CN=No mail:invalid:x"

static xc_attendee_t *attendee(xc_event_t *e, int i)
{
    return &APR_ARRAY_IDX(e->attendees, i, xc_attendee_t);
}

START_TEST(merged_people)
{
    xc_event_t *e = stored(vevent(MEET));
    ck_assert_str_eq(now(e), vevent(MEET));
    /* an answer came: nothing else is different, and yet it must be seen */
    attendee(e, 0)->partstat = XC_PARTSTAT_ACCEPTED;
    const char *t = now(e);
    expect(t, "\r\nATTENDEE;CN=\"B:ob\";PARTSTAT=ACCEPTED;RSVP=TRUE;X-NUM-GUESTS=2:mailto:bob@co\r\n ntoso.example\r\n");
    expect(t, "\r\nATTENDEE;SCHEDULE-STATUS=\"1.1\":mailto:carol@contoso.example\r\n");
    expect(t, "ROLE=CHAIR:mailto:alice@contoso.example");
    expect(t, "invalid:x");
    attendee(e, 1)->partstat = XC_PARTSTAT_DECLINED;
    expect(now(e), "\r\nATTENDEE;PARTSTAT=DECLINED;SCHEDULE-STATUS=\"1.1\":mailto:carol@contoso.examp\r\n le\r\n");
    /* one is gone, one is new, one is optional now */
    e = stored(vevent(MEET));
    xc_attendee_t dave = {{"dave@contoso.example", "Dave"}, XC_ATTENDEE_REQUIRED, XC_PARTSTAT_NEEDS_ACTION, 0, 0};
    *attendee(e, 1) = dave;
    attendee(e, 0)->kind = XC_ATTENDEE_OPTIONAL;
    t = now(e);
    expect_not(t, "carol");
    expect(t, "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;CN=Dave:mailto:dave@");
    expect(t, "ATTENDEE;ROLE=OPT-PARTICIPANT;CN=\"B:ob\"");
    expect(t, "SENT-BY=\"mailto:dave@contoso.example\":mailto:alice@contoso.example");
    e->attendees = NULL;
    e->is_meeting = 0;
    t = now(e);
    expect_not(t, "mailto");
    /* the owner's own answer to somebody else's meeting, given in Outlook */
    e = stored(vevent(BASE "|ORGANIZER:mailto:bob@contoso.example|ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:alice@contoso.example|ATTENDEE:mailto:carol@contoso.example"));
    e->my_partstat = XC_PARTSTAT_ACCEPTED;
    t = now(e);
    expect(t, "\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:alice@contoso.example\r\n");
    expect(t, "\r\nATTENDEE:mailto:carol@contoso.example\r\n");
    e->cancelled = 1;
    expect(now(e), "\r\nSTATUS:CANCELLED\r\n");
    /* somebody else's meeting that the client wrote: an appointment to Exchange, its people only here */
    static const char foreign[] = BASE "|RRULE:FREQ=WEEKLY|ORGANIZER:mailto:zed@elsewhere.example|ATTENDEE;PARTSTAT=ACCEPTED:mailto:A.Smith@contoso.example|ATTENDEE:mailto:carol@contoso.example^"
                                  "RECURRENCE-ID:20240513T070000Z|DTSTART:20240513T080000Z|DTEND:20240513T090000Z|SUMMARY:Other|ORGANIZER:mailto:zed@elsewhere.example|"
                                  "ATTENDEE;PARTSTAT=DECLINED:mailto:A.Smith@contoso.example";
    e = stored(vevent(foreign));
    for (int i = 0; i < 2; i++) {
        xc_event_t *x = i ? APR_ARRAY_IDX(e->overrides, 0, xc_event_t *) : e;
        x->attendees = NULL;
        x->is_meeting = 0;
        x->is_organizer = 1;
        x->organizer.address = x->my_address = NULL;
        x->my_partstat = XC_PARTSTAT_NEEDS_ACTION;
    }
    ck_assert_str_eq(xc_object_text_for(e, pool), vevent(foreign));
    e->location = "Room 5";
    t = xc_object_text_for(e, pool);
    expect(t, "\r\nLOCATION:Room 5\r\n");
    expect(t, "\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:A.Smith@contoso.example\r\n");
    expect(t, "\r\nATTENDEE;PARTSTAT=DECLINED:mailto:A.Smith@contoso.example\r\n");
    expect(t, "\r\nORGANIZER:mailto:zed@elsewhere.example\r\n");
}
END_TEST

static const char *flat(const char *text)
{
    char *out = apr_pstrdup(pool, text), *w = out;
    for (; *text; text++) {
        if (strncmp(text, "\r\n ", 3) == 0)
            text += 2;
        else
            *w++ = *text;
    }
    *w = '\0';
    return out;
}

/* The owner's own meeting whose invitations went out: who was sent what, and every answer, are Exchange's to say. */
START_TEST(tracked)
{
    static const char meet[] = BASE "|LAST-MODIFIED:20240102T000000Z|SEQUENCE:2|ORGANIZER;CN=Alice:mailto:alice@contoso.example|ATTENDEE;PARTSTAT=ACCEPTED;ROLE=CHAIR:mailto:alice@contoso.example|"
                               "ATTENDEE;PARTSTAT=TENTATIVE;X-A=1:mailto:bob@contoso.example|ATTENDEE;SCHEDULE-AGENT=CLIENT;PARTSTAT=DECLINED:mailto:carol@contoso.example|"
                               "ATTENDEE:tel:123|ATTENDEE:mailto:dave@@contoso.example|ATTENDEE;CUTYPE=ROOM:mailto:room1@contoso.example";
    xc_event_t *e = stored(vevent(meet));
    e->last_modified = e->dtstamp = apr_time_from_sec(1800000000);
    e->sequence = 7;
    ck_assert_str_eq(now(e), vevent(meet)); /* not sent yet */
    e->invited = 1;
    attendee(e, 0)->partstat = XC_PARTSTAT_TENTATIVE;
    const char *t = now(e);
    expect(flat(t), "\r\nATTENDEE;SCHEDULE-STATUS=1.2;PARTSTAT=TENTATIVE;X-A=1:mailto:bob@contoso.example\r\n");
    expect(flat(t), "\r\nATTENDEE;SCHEDULE-AGENT=CLIENT;PARTSTAT=DECLINED:mailto:carol@contoso.example\r\n");
    expect(flat(t), "\r\nATTENDEE;SCHEDULE-STATUS=3.7:tel:123\r\n");
    expect(flat(t), "\r\nATTENDEE;SCHEDULE-STATUS=3.7:mailto:dave@@contoso.example\r\n");
    expect(flat(t), "\r\nATTENDEE;SCHEDULE-STATUS=1.1;CUTYPE=ROOM:mailto:room1@contoso.example\r\n");
    expect(flat(t), "\r\nATTENDEE;PARTSTAT=ACCEPTED;ROLE=CHAIR:mailto:alice@contoso.example\r\n");
    expect(flat(t), "\r\nLAST-MODIFIED:20240102T000000Z\r\nSEQUENCE:2\r\n"); /* nobody has answered: nothing is newer */
    /* bob's answer of the client's copy is older than the new time that Exchange asks him about */
    attendee(e, 0)->partstat = XC_PARTSTAT_NEEDS_ACTION;
    attendee(e, 1)->partstat = XC_PARTSTAT_ACCEPTED;
    attendee(e, 1)->answered_at = apr_time_from_sec(1800000000);
    t = now(e);
    expect(flat(t), "\r\nATTENDEE;SCHEDULE-STATUS=1.1;PARTSTAT=NEEDS-ACTION;X-A=1:mailto:bob@contoso.example\r\n");
    expect(flat(t), "\r\nATTENDEE;SCHEDULE-STATUS=1.2;X-MS-OLK-RESPTIME=20270115T080000Z;PARTSTAT=ACCEPTED;CUTYPE=ROOM:mailto:room1@contoso.example\r\n");
    expect(flat(t), "\r\nSEQUENCE:7\r\n");
    expect_not(t, "LAST-MODIFIED:20240102");
    /* what comes back from the client in this form is the same meeting, and rendered the same */
    e->kept = NULL;
    xc_object_t *obj = object(t);
    const char *kept;
    ck_assert_ptr_null(xc_object_keep(&kept, obj, t, strlen(t), e, 0, pool));
    e->kept = kept;
    ck_assert_str_eq(now(e), t);
    /* an occurrence has answers of its own */
    e = stored(vevent(BASE "|RRULE:FREQ=WEEKLY|ORGANIZER:mailto:alice@contoso.example|ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@contoso.example^RECURRENCE-ID:20240513T070000Z|"
                           "DTSTART:20240513T080000Z|DTEND:20240513T090000Z|SUMMARY:Other|ORGANIZER:mailto:alice@contoso.example|ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@contoso.example"));
    xc_event_t *o = APR_ARRAY_IDX(e->overrides, 0, xc_event_t *);
    e->invited = o->invited = 1;
    attendee(o, 0)->partstat = XC_PARTSTAT_DECLINED;
    t = now(e);
    expect(flat(t), "\r\nATTENDEE;SCHEDULE-STATUS=1.2;PARTSTAT=ACCEPTED:mailto:bob@contoso.example\r\n");
    expect(flat(t), "\r\nATTENDEE;SCHEDULE-STATUS=1.2;PARTSTAT=DECLINED:mailto:bob@contoso.example\r\n");
    /* born in Outlook */
    e = event(BASE "|ORGANIZER:mailto:alice@contoso.example|ATTENDEE:mailto:bob@contoso.example");
    expect_not(xc_event_to_text(e, pool), "SCHEDULE-STATUS");
    e->invited = 1;
    expect(flat(xc_event_to_text(e, pool)), "ATTENDEE;SCHEDULE-STATUS=1.1;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION:mailto:bob");
}
END_TEST

#define SERIES BASE "|RRULE:FREQ=WEEKLY;UNTIL=20240701T070000Z|X-MASTER:1|EXDATE;TZID=Europe/Vienna:20240513T090000|EXDATE:20240521T070000Z^" \
               "RECURRENCE-ID;TZID=Europe/Vienna:20240527T090000|DTSTART;TZID=Europe/Vienna:20240527T110000|DTEND;TZID=Europe/Vienna:20240527T120000|SUMMARY:First|X-FIRST:1^" \
               "RECURRENCE-ID:20240603T070000Z|DTSTART;TZID=Europe/Vienna:20240603T130000|DTEND;TZID=Europe/Vienna:20240603T140000|SUMMARY:Second|X-SECOND:1^" \
               "RECURRENCE-ID:20240610T070000Z|DTSTART;TZID=Europe/Vienna:20240610T090000|DTEND;TZID=Europe/Vienna:20240610T100000|SUMMARY;LANGUAGE=en:Old|X-NOTHING:1"

static xc_event_t *override(xc_event_t *e, int i)
{
    return APR_ARRAY_IDX(e->overrides, i, xc_event_t *);
}

START_TEST(merged_series)
{
    xc_event_t *e = stored(vevent(SERIES));
    ck_assert_str_eq(now(e), vevent(SERIES));
    /* an override that changes nothing for Exchange is not known to it */
    e->overrides->nelts = 2;
    ck_assert_str_eq(now(e), vevent(SERIES));
    override(e, 0)->summary = "Changed";
    const char *t = now(e);
    expect(t, "\r\nX-FIRST:1\r\n");
    expect(t, "\r\nSUMMARY:Changed\r\n");
    expect(t, "\r\nX-SECOND:1\r\n");
    expect(t, "\r\nX-NOTHING:1\r\n");
    expect(t, "\r\nRRULE:FREQ=WEEKLY;UNTIL=20240701T070000Z\r\n");
    expect(t, "\r\nEXDATE:20240521T070000Z\r\n"); /* no occurrence: it stays as it was */
    /* Outlook deleted one that the client had changed */
    xc_when_t gone = override(e, 1)->recurrence_id;
    e->overrides->nelts = 1;
    APR_ARRAY_PUSH(e->exdates, xc_when_t) = gone;
    t = now(e);
    expect_not(t, "X-SECOND");
    expect(t, "\r\nEXDATE;TZID=Europe/Vienna:20240513T090000\r\nEXDATE;TZID=Europe/Vienna:20240603T090000\r\n");
    /* and changed another */
    e = stored(vevent(SERIES));
    xc_event_t *o = apr_pmemdup(pool, override(e, 0), sizeof(*o));
    o->recurrence_id.wall.month = 6;
    o->recurrence_id.wall.day = 17;
    o->start.wall.month = o->end.wall.month = 6;
    o->start.wall.day = o->end.wall.day = 17;
    o->summary = "Fresh";
    APR_ARRAY_PUSH(e->overrides, xc_event_t *) = o;
    t = now(e);
    expect(t, "\r\nRECURRENCE-ID;TZID=Europe/Vienna:20240617T090000\r\n");
    expect(t, "\r\nSUMMARY:Fresh\r\n");
    expect(t, "\r\nX-MASTER:1\r\n");
    /* the whole series at another time: every RECURRENCE-ID and UNTIL with it */
    e = stored(vevent(SERIES));
    e->start.wall.hour = 8;
    e->end.wall.hour = 9;
    for (int i = 0; i < e->exdates->nelts; i++)
        APR_ARRAY_IDX(e->exdates, i, xc_when_t).wall.hour = 8;
    for (int i = 0; i < e->overrides->nelts; i++)
        override(e, i)->recurrence_id.wall.hour = 8;
    t = now(e);
    expect(t, "\r\nRECURRENCE-ID;TZID=Europe/Vienna:20240527T080000\r\n");
    expect(t, "UNTIL=20240701T060000Z\r\n");
    expect(t, "\r\nX-FIRST:1\r\n");
    /* no series any more */
    e->recur = NULL;
    e->exdates = e->overrides = NULL;
    t = now(e);
    expect_not(t, "RRULE:FREQ=WEEKLY");
    expect_not(t, "EXDATE");
    expect_not(t, "RECURRENCE-ID");
    expect(t, "\r\nX-MASTER:1\r\n");
    /* an occurrence that the client shows as cancelled is a deleted one to Exchange */
    static const char cancelled[] = BASE "|RRULE:FREQ=WEEKLY^RECURRENCE-ID:20240513T070000Z|DTSTART:20240513T070000Z|STATUS:CANCELLED|X-WHY:rain";
    e = stored(vevent(cancelled));
    ck_assert_int_eq(e->exdates->nelts, 1);
    ck_assert_str_eq(now(e), vevent(cancelled));
    e->location = "New";
    expect(now(e), "\r\nX-WHY:rain\r\n");
}
END_TEST

START_TEST(bounds)
{
    xc_object_t *obj;
    const char *kept;
    char *noise = apr_palloc(pool, 30001);
    srand(1);
    for (int i = 0; i < 30000; i++)
        noise[i] = (char)('a' + rand() % 26);
    noise[30000] = '\0';
    /* a long description is Exchange's to hold */
    const char *text = vevent(apr_pstrcat(pool, BASE "|X-FOO:1|DESCRIPTION:", noise, NULL));
    obj = object(text);
    xc_event_t *e = event_of(text);
    xc_event_normalize(e, pool);
    ck_assert_ptr_null(xc_object_keep(&kept, obj, text, strlen(text), e, 4000, pool));
    ck_assert_uint_le(strlen(kept), 4000);
    e->kept = kept;
    const char *t = now(e);
    expect(t, "\r\nX-FOO:1\r\n");
    xc_event_t *again = event_of(t);
    ck_assert_str_eq(again->text, noise);
    /* what only the client knows must fit */
    text = vevent(apr_pstrcat(pool, BASE "|X-FOO:", noise, NULL));
    xc_error_t *err = xc_object_keep(&kept, object(text), text, strlen(text), event_of(text), 4000, pool);
    ck_assert(err && err->cond == XC_COND_MAX_RESOURCE_SIZE && !kept);
}
END_TEST

static const char *packed(const char *raw_len, const char *data, apr_size_t len)
{
    uLongf n = compressBound(len);
    unsigned char *z = apr_palloc(pool, n);
    compress2(z, &n, (const unsigned char *)data, len, 9);
    char *b64 = apr_palloc(pool, (apr_size_t)apr_base64_encode_len((int)n));
    apr_base64_encode_binary(b64, z, (int)n);
    return apr_psprintf(pool, "xc1 0123456789abcdef0123456789abcdef 0123456789abcdef0123456789abcdef - %s %s", raw_len, b64);
}

START_TEST(never_trusted)
{
    xc_event_t *e = stored(vevent(RICH));
    const char *good = e->kept, *plain, *junk = vevent(BASE "|RRULE:FREQ=HOURLY");
    apr_size_t big = 64 << 20;
    char *bomb = apr_pcalloc(pool, big);
    memset(bomb, 'A', big);
    const char *rows[] = {"", "x", "xc1", "xc1 ", "xc2 abc", apr_pstrndup(pool, good, 50), apr_pstrndup(pool, good, strlen(good) - 40), apr_pstrcat(pool, good, "AAAA", NULL),
                          packed("67108864", bomb, big), packed("100", bomb, big), packed("8000000", bomb, 100), packed("-1", bomb, 100), packed("0", bomb, 0),
                          packed("99999999999999999999", bomb, 100), packed("5", "BEGIN", 5), packed("5", "a\0b\0c", 5), packed(apr_itoa(pool, (int)strlen(junk)), junk, strlen(junk))};
    e->kept = NULL;
    plain = xc_object_text_for(e, pool);
    expect(plain, "SUMMARY:Old");
    expect_not(plain, "X-FOO");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        e->kept = rows[i];
        const char *text = xc_object_text_for(e, pool);
        if (strncmp(rows[i], good, strlen(good)) == 0)
            continue;
        ck_assert_msg(strcmp(text, plain) == 0, "row %zu", i);
    }
    srand(5);
    for (int i = 0; i < 300; i++) {
        char *damaged = apr_pstrdup(pool, good);
        for (int k = 0; k < 3; k++)
            damaged[(apr_size_t)rand() % strlen(good)] = "AZaz09+/= -s"[rand() % 12];
        e->kept = damaged;
        xc_object_t *obj;
        const char *text = xc_object_text_for(e, pool);
        ck_assert_ptr_null(xc_object_parse_stored(&obj, text, strlen(text), pool));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {verbatim, merged_fields, merged_times, merged_alarms, merged_people, tracked, merged_series, bounds, never_trusted, NULL};
    return run_suite("keep", tests);
}
