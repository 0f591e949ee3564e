/* SPDX-License-Identifier: Apache-2.0 */
/* The neutral event: normal form, differences, fingerprints, its text. */
#include "caltest.h"

#include "base/crypt.h"

static xc_event_t *normal(const char *lines)
{
    xc_event_t *e = event(lines);
    xc_event_normalize(e, pool);
    return e;
}

static const char *print(const char *lines)
{
    return xc_event_fingerprint(event(lines), pool);
}

#define BASE "DTSTART;TZID=Europe/Berlin:20240506T090000|DTEND;TZID=Europe/Berlin:20240506T100000"
#define MEET BASE "|ORGANIZER:mailto:alice@contoso.example|ATTENDEE:mailto:bob@contoso.example|ATTENDEE;ROLE=OPT-PARTICIPANT:mailto:carol@contoso.example"
#define SERIES BASE "|RRULE:FREQ=WEEKLY;COUNT=10"

/* What Exchange does not keep, or keeps in its own way, does not count. */
START_TEST(equal_to_exchange)
{
    static const char *const pairs[][2] = {
        {BASE "|SUMMARY:Lunch", BASE "|SUMMARY:  Lunch "},
        {BASE "|SUMMARY:a\\nb", BASE "|SUMMARY:a b"},
        {BASE "|DESCRIPTION:x\\ny\\n\\n", BASE "|DESCRIPTION:x\\ny"},
        {BASE "|DESCRIPTION:", BASE},
        {BASE "|CATEGORIES:A,B", BASE "|CATEGORIES:B|CATEGORIES:A"},
        {BASE "|CATEGORIES:A,A", BASE "|CATEGORIES:A"},
        {BASE "|PRIORITY:5", BASE},
        {BASE "|PRIORITY:2", BASE "|PRIORITY:1"},
        {BASE "|CLASS:PUBLIC", BASE},
        {BASE "|CLASS:X-PERSONAL", BASE "|CLASS:PRIVATE"},
        {BASE "|TRANSP:OPAQUE|STATUS:CONFIRMED", BASE},
        {BASE "|STATUS:TENTATIVE", BASE "|X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"},
        {BASE "|X-FOO:bar|SEQUENCE:3|CREATED:20200101T000000Z|URL:http://x.example/", BASE},
        {BASE, "DTSTART;TZID=Europe/Vienna:20240506T090000|DTEND;TZID=W. Europe Standard Time:20240506T100000"},
        {BASE, "DTSTART:20240506T090000|DURATION:PT1H"},
        {"DTSTART:20240506T090000Z", "DTSTART;TZID=UTC:20240506T090000"},
        {"DTSTART;VALUE=DATE:20240506", "DTSTART;VALUE=DATE:20240506|DTEND;VALUE=DATE:20240507|X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"},
        {MEET, BASE "|ORGANIZER;CN=A:mailto:a.smith@contoso.example|ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED;CN=C:MAILTO:Carol@contoso.example|ATTENDEE;CN=Bob:mailto:BOB@contoso.example"},
        {MEET, MEET "|ATTENDEE;ROLE=CHAIR;PARTSTAT=ACCEPTED:mailto:alice@contoso.example|ATTENDEE:mailto:bob@contoso.example"},
        {BASE "|ORGANIZER:mailto:alice@contoso.example", BASE},
        {BASE "|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT15M|END:VALARM", BASE "|BEGIN:VALARM|ACTION:AUDIO|TRIGGER:-PT15M30S|END:VALARM|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT5M|END:VALARM"},
        {SERIES, BASE "|RRULE:COUNT=10;FREQ=WEEKLY;BYDAY=MO;WKST=SU;INTERVAL=1"},
        {BASE "|RRULE:FREQ=WEEKLY;UNTIL=20240531T235959Z", BASE "|RRULE:FREQ=WEEKLY;UNTIL=20240527T070000Z"},
        {SERIES "|EXDATE;TZID=Europe/Berlin:20240513T090000,20240520T090000", SERIES "|EXDATE:20240520T070000Z|EXDATE:20240513T070000Z|EXDATE:20240514T070000Z"},
        {SERIES, SERIES "^RECURRENCE-ID:20240513T070000Z|DTSTART:20240513T070000Z|DTEND:20240513T080000Z|X-NOTE:nothing that Exchange keeps"},
        {BASE "|DESCRIPTION:Hello you|X-ALT-DESC;FMTTYPE=text/html:<p>Hello <b>you</b></p>", BASE "|DESCRIPTION:Hello you|X-ALT-DESC;FMTTYPE=text/html:<html><head><title>x</title></head><body>Hello&nbsp\\;you</body></html>"},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        ck_assert_msg(strcmp(print(pairs[i][0]), print(pairs[i][1])) == 0, "differ:\n%s\n%s", pairs[i][0], pairs[i][1]);
    char *a = apr_pcalloc(pool, 400), *b = apr_pcalloc(pool, 400);
    memset(a, 'x', 300);
    memset(b, 'x', 255);
    ck_assert_str_eq(print(apr_pstrcat(pool, BASE "|SUMMARY:", a, NULL)), print(apr_pstrcat(pool, BASE "|SUMMARY:", b, NULL)));
}
END_TEST

START_TEST(not_equal)
{
    static const char *const pairs[][2] = {
        {BASE, BASE "|SUMMARY:x"}, {BASE, BASE "|LOCATION:x"}, {BASE, BASE "|DESCRIPTION:x"}, {BASE "|DESCRIPTION:x y", BASE "|DESCRIPTION:x\\ny"},
        {BASE, BASE "|CATEGORIES:x"}, {BASE "|CATEGORIES:A,B", BASE "|CATEGORIES:A|CATEGORIES:C"}, {BASE, BASE "|CLASS:PRIVATE"}, {BASE, BASE "|PRIORITY:1"},
        {BASE, BASE "|TRANSP:TRANSPARENT"}, {BASE, BASE "|X-MICROSOFT-CDO-BUSYSTATUS:OOF"},
        {BASE, "DTSTART;TZID=Europe/Berlin:20240506T090001|DTEND;TZID=Europe/Berlin:20240506T100000"},
        {BASE, "DTSTART;TZID=Europe/Berlin:20240506T090000|DTEND;TZID=Europe/Berlin:20240506T100100"},
        {BASE, "DTSTART;TZID=Europe/Paris:20240506T090000|DTEND;TZID=Europe/Paris:20240506T100000"},
        {"DTSTART;TZID=Europe/Berlin:20240506T000000|DTEND;TZID=Europe/Berlin:20240507T000000", "DTSTART;VALUE=DATE:20240506"},
        {BASE, BASE "|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:PT0S|END:VALARM"},
        {MEET, MEET "|ATTENDEE:mailto:dave@contoso.example"}, {MEET, BASE},
        {MEET, BASE "|ORGANIZER:mailto:alice@contoso.example|ATTENDEE:mailto:bob@contoso.example|ATTENDEE:mailto:carol@contoso.example"},
        {BASE, SERIES}, {SERIES, BASE "|RRULE:FREQ=WEEKLY;COUNT=9"}, {SERIES, SERIES "|EXDATE:20240513T070000Z"},
        {SERIES, SERIES "^RECURRENCE-ID:20240513T070000Z|DTSTART:20240513T070000Z|DTEND:20240513T090000Z"},
        {SERIES, SERIES "^RECURRENCE-ID:20240513T070000Z|DTSTART:20240513T070000Z|DTEND:20240513T080000Z|SUMMARY:other"},
        {BASE "|ORGANIZER:mailto:bob@contoso.example|ATTENDEE;PARTSTAT=ACCEPTED:mailto:alice@contoso.example", BASE "|ORGANIZER:mailto:bob@contoso.example|ATTENDEE:mailto:alice@contoso.example"},
        /* the boundary of one field is not that of the next */
        {BASE "|SUMMARY:a|LOCATION:b", BASE "|SUMMARY:ab"},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        ck_assert_msg(strcmp(print(pairs[i][0]), print(pairs[i][1])) != 0, "equal:\n%s\n%s", pairs[i][0], pairs[i][1]);
    ck_assert_int_eq((int)strlen(print(BASE)), 32);
}
END_TEST

START_TEST(differences)
{
    static const struct { const char *a, *b; unsigned d; } rows[] = {
        {BASE, BASE, 0},
        {BASE, BASE "|SUMMARY:x", XC_FIELD_SUMMARY},
        {BASE, BASE "|LOCATION:x|DESCRIPTION:y", XC_FIELD_LOCATION | XC_FIELD_BODY},
        {BASE, BASE "|CATEGORIES:x|CLASS:PRIVATE|PRIORITY:9", XC_FIELD_CATEGORIES | XC_FIELD_CLASS | XC_FIELD_IMPORTANCE},
        {BASE, BASE "|TRANSP:TRANSPARENT", XC_FIELD_BUSY},
        {BASE "|X-MICROSOFT-CDO-BUSYSTATUS:OOF", BASE "|TRANSP:OPAQUE", 0},
        {BASE "|TRANSP:OPAQUE", BASE "|TRANSP:OPAQUE|LOCATION:x", XC_FIELD_LOCATION},
        {BASE "|X-MICROSOFT-CDO-BUSYSTATUS:OOF", BASE "|TRANSP:TRANSPARENT", XC_FIELD_BUSY},
        {BASE "|X-MICROSOFT-CDO-BUSYSTATUS:OOF", BASE "|X-MICROSOFT-CDO-BUSYSTATUS:BUSY", XC_FIELD_BUSY},
        {BASE "|X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", BASE "|TRANSP:TRANSPARENT", 0},
        {BASE, "DTSTART;TZID=Europe/Berlin:20240506T093000|DTEND;TZID=Europe/Berlin:20240506T100000", XC_FIELD_START},
        {BASE, "DTSTART:20240506T070000Z|DTEND:20240506T080000Z", XC_FIELD_ZONE},
        {BASE, "DTSTART;VALUE=DATE:20240506", XC_FIELD_START | XC_FIELD_END | XC_FIELD_ALL_DAY},
        {BASE, BASE "|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT5M|END:VALARM", XC_FIELD_REMINDER},
        {MEET, BASE "|ORGANIZER:mailto:alice@contoso.example|ATTENDEE:mailto:bob@contoso.example", XC_FIELD_ATTENDEES},
        {BASE, SERIES, XC_FIELD_RECUR},
        {MEET, MEET "|STATUS:CANCELLED", XC_FIELD_BUSY | XC_FIELD_ATTENDEES},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned d = xc_event_diff(normal(rows[i].a), normal(rows[i].b));
        ck_assert_msg(d == rows[i].d, "%s | %s: %x, not %x", rows[i].a, rows[i].b, d, rows[i].d);
        if (d) /* the way back is one too, but for an OOF that a TRANSP alone leaves */
            ck_assert_int_eq((int)xc_event_diff(normal(rows[i].b), normal(rows[i].a)), (int)d);
    }
}
END_TEST

/* What is there and what is to be are not the same to an implied status. */
START_TEST(said_after_implied)
{
    ck_assert_int_eq((int)xc_event_diff(normal(BASE "|TRANSP:OPAQUE"), normal(BASE "|X-MICROSOFT-CDO-BUSYSTATUS:OOF")), XC_FIELD_BUSY);
    ck_assert_int_eq((int)xc_event_diff(normal(BASE "|TRANSP:TRANSPARENT"), normal(BASE "|X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE")), XC_FIELD_BUSY);
}
END_TEST

/* A client that knows DESCRIPTION alone leaves the formatting as long as the words are the same. */
START_TEST(words_leave_formatting)
{
    const char *html = BASE "|DESCRIPTION:One bold word|X-ALT-DESC;FMTTYPE=text/html:<p>One <b>bold</b>\\n word</p>";
    const xc_event_t *there = normal(html), *same = normal(BASE "|DESCRIPTION:One  bold\\nword"), *other = normal(BASE "|DESCRIPTION:One bold words"),
                     *none = normal(BASE);
    ck_assert_ptr_nonnull(there->html);
    ck_assert_int_eq((int)xc_event_diff(there, same), 0);
    ck_assert_int_eq((int)xc_event_diff(there, other), XC_FIELD_BODY);
    ck_assert_int_eq((int)xc_event_diff(there, none), XC_FIELD_BODY);
    ck_assert_int_eq((int)xc_event_diff(same, there), XC_FIELD_BODY);
    ck_assert(xc_event_leaves(there, same) && !xc_event_leaves(there, other) && !xc_event_leaves(there, there));
    ck_assert(xc_event_leaves(normal(BASE "|X-MICROSOFT-CDO-BUSYSTATUS:OOF"), normal(BASE "|TRANSP:OPAQUE")));
}
END_TEST

START_TEST(normal_form)
{
    char *emoji = apr_pstrdup(pool, "");
    for (int i = 0; i < 200; i++)
        emoji = apr_pstrcat(pool, emoji, "\xf0\x9f\x8e\x82", NULL);
    /* 255 UTF-16 units hold 127 characters outside the BMP, and none is cut in two */
    ck_assert_int_eq((int)strlen(normal(apr_pstrcat(pool, BASE "|SUMMARY:", emoji, NULL))->summary), 127 * 4);
    ck_assert_ptr_null(normal(BASE "|SUMMARY: ")->summary);
    xc_event_t *e = normal("DTSTART;TZID=Antarctica/Troll:20240506T090000|DTEND;TZID=Antarctica/Troll:20240506T100000");
    ck_assert_int_eq(e->start.kind, XC_WHEN_UTC); /* no Windows zone has its rules: the instant is kept */
    ck_assert_int_eq(e->start.wall.hour, 7);
    ck_assert_int_eq(e->end.wall.hour, 8);
    e = normal("DTSTART;TZID=Europe/Berlin:20240506T090000|DTEND;TZID=Antarctica/Troll:20240506T100000");
    ck_assert(e->start.kind == XC_WHEN_ZONED && e->end.kind == XC_WHEN_ZONED && e->end.zone == e->start.zone && e->end.wall.hour == 10);
    ck_assert_ptr_null(event(BASE "|DESCRIPTION:new words|X-ALT-DESC;FMTTYPE=text/html:<p>old words</p>")->html);
    ck_assert_ptr_nonnull(event(BASE "|DESCRIPTION:same\\nwords|X-ALT-DESC;FMTTYPE=text/html:<p>same</p><p>words</p>")->html);
    e = xc_event_make(pool);
    ck_assert(e->reminder_minutes == -1 && e->is_organizer && e->busy == XC_BUSY_UNSET && e->importance == XC_IMPORTANCE_NORMAL);
}
END_TEST

START_TEST(text)
{
    const char *t = xc_event_to_text(normal(MEET "|SUMMARY:a\\, b\\; c\\\\d|CATEGORIES:x\\, y,z|CLASS:CONFIDENTIAL|PRIORITY:3|X-MICROSOFT-CDO-BUSYSTATUS:OOF|"
                                            "RRULE:FREQ=WEEKLY;COUNT=10|EXDATE:20240513T070000Z,20240520T070000Z|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-P1D|END:VALARM^"
                                            "RECURRENCE-ID:20240527T070000Z|DTSTART;TZID=America/New_York:20240527T090000|DTEND;TZID=America/New_York:20240527T100000"), pool);
    static const char *const want[] = {
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:", "\r\nSUMMARY:a\\, b\\; c\\\\d\r\n", "\r\nCATEGORIES:x\\, y,z\r\n", "\r\nCLASS:CONFIDENTIAL\r\n", "\r\nPRIORITY:1\r\n",
        "\r\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\r\n", "\r\nTRANSP:OPAQUE\r\n", "\r\nDTSTART;TZID=Europe/Berlin:20240506T090000\r\n", "\r\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=10\r\n",
        "\r\nEXDATE;TZID=Europe/Berlin:20240513T090000\r\nEXDATE;TZID=Europe/Berlin:20240520T090000\r\n", "\r\nRECURRENCE-ID;TZID=Europe/Berlin:20240527T090000\r\n",
        "\r\nDTSTART;TZID=America/New_York:20240527T090000\r\n", "\r\nTZID:Europe/Berlin\r\n", "\r\nTZID:America/New_York\r\n", "\r\nTRIGGER;RELATED=START:-PT1440M\r\n",
        "ATTENDEE;ROLE=CHAIR;PARTSTAT=ACCEPTED:mailto:alice@contoso.example\r\n", "\r\nORGANIZER:mailto:alice@contoso.example\r\n",
        "\r\nATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=NEEDS-ACTION:mailto:carol@contoso.ex\r\n ample\r\n"};
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
        expect(t, want[i]);
    for (const char *line = t; *line; line = strchr(line, '\n') + 1)
        ck_assert_msg(strcspn(line, "\n") <= 76 && line[strcspn(line, "\n") - 1] == '\r', "line is too long or lacks CR: %.100s", line);
    t = xc_event_to_text(normal("DTSTART;VALUE=DATE:20240506|RRULE:FREQ=DAILY;UNTIL=20240510|EXDATE;VALUE=DATE:20240508^RECURRENCE-ID;VALUE=DATE:20240509|DTSTART;VALUE=DATE:20240511"), pool);
    expect(t, "\r\nEXDATE;VALUE=DATE:20240508\r\n");
    expect(t, "\r\nRECURRENCE-ID;VALUE=DATE:20240509\r\n");
    expect(t, "\r\nRRULE:FREQ=DAILY;UNTIL=20240510\r\n");
    expect_not(t, "VTIMEZONE");
    xc_event_t *e = normal(BASE);
    e->html = "<p>One</p><p>Two &amp; three</p>";
    e->organizer.name = "In\"ject\r\nX-EVIL:1";
    e->organizer.address = "x@y.example\r\nX-EVIL:2";
    e->is_meeting = 1;
    e->summary = "line\r\nX-EVIL:3";
    e->uid = "u\r\nX-EVIL:4";
    t = xc_event_to_text(e, pool);
    expect(t, "\r\nDESCRIPTION:One\\nTwo & three\r\n");
    expect_not(t, "\nX-EVIL");
    expect(xc_event_to_text(normal(BASE "|ORGANIZER;CN=Zed:invalid:x|ATTENDEE:mailto:bob@contoso.example"), pool), "\r\nORGANIZER;CN=Zed:invalid:nomail\r\n");
    e = normal(MEET);
    e->is_organizer = 0;
    e->my_address = "Carol@contoso.example";
    e->my_partstat = XC_PARTSTAT_DECLINED;
    expect(xc_event_to_text(e, pool), "PARTSTAT=DECLINED:mailto:carol@");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {equal_to_exchange, not_equal, differences, said_after_implied, words_leave_formatting, normal_form, text, NULL};
    return run_suite("event", tests);
}
