/* SPDX-License-Identifier: Apache-2.0 */
/* cal/view/export, cal/object/lines: a whole calendar as one text. */
#include <stdio.h>

#include <libical/ical.h>

#include "cal/object/lines.h"
#include "view_fixture.h"

#define ZONE(name, since, from, to)                                                                       \
    "BEGIN:VTIMEZONE\nTZID:" name "\nBEGIN:STANDARD\nDTSTART:" since "\nTZOFFSETFROM:" from "\nTZOFFSETTO:" to "\nEND:STANDARD\nEND:VTIMEZONE\n"
#define BERLIN_FROM(year)                                                                                           \
    "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:DAYLIGHT\nDTSTART:" year "0328T020000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\n" \
    "TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\nBEGIN:STANDARD\nDTSTART:" year "1031T030000\n"                \
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"
#define EVENT(uid, rest) "BEGIN:VEVENT\nUID:" uid "\nDTSTAMP:20060101T000000Z\n" rest "END:VEVENT\n"

static void add(xc_export_t *ex, const char *components)
{
    const char *text = calendar_text(components);
    xc_error_t *err = xc_export_add(ex, text, strlen(text));
    ck_assert_msg(!err, "%s", err ? err->message : "");
}

static const char *finish(xc_export_t *ex)
{
    apr_size_t len;
    const char *text = xc_export_text(ex, &len);
    ck_assert_uint_eq(len, strlen(text));
    return text;
}

static int count(const char *text, const char *what)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
        n++;
    return n;
}

#define has(text, what) ck_assert_msg(strstr(text, what) != NULL, "no \"%s\" in\n%s", what, text)

START_TEST(empty_calendar)
{
    const char *text = finish(xc_export_make(NULL, pool));
    ck_assert_ptr_nonnull(strstr(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"));
    ck_assert_ptr_null(strstr(text, "X-WR-CALNAME"));
    ck_assert_str_eq(text + strlen(text) - 15, "END:VCALENDAR\r\n");
}
END_TEST

START_TEST(objects_become_one_calendar)
{
    xc_export_t *ex = xc_export_make("Work; home, and\n\\more", pool);
    add(ex, BERLIN_FROM("1999") EVENT("a", "DTSTART;TZID=Europe/Berlin:20260102T120000\nSUMMARY:A fol\n ded line\nBEGIN:VALARM\nACTION:AUDIO\nTRIGGER:-PT1M\nEND:VALARM\n"));
    add(ex, BERLIN_FROM("1999") EVENT("b", "DTSTART;TZID=Europe/Berlin:20260103T120000\n") EVENT("b", "RECURRENCE-ID:20260104T120000Z\nDTSTART:20260104T120000Z\n"));
    add(ex, "METHOD:REQUEST\nX-WR-CALNAME:Other\n" EVENT("c", "DTSTART:20260104T120000Z\n"));
    const char *text = finish(ex);
    ck_assert_int_eq(count(text, "BEGIN:VCALENDAR"), 1);
    ck_assert_int_eq(count(text, "BEGIN:VTIMEZONE"), 1);
    ck_assert_int_eq(count(text, "BEGIN:VEVENT"), 4);
    ck_assert_int_eq(count(text, "END:VEVENT"), 4);
    ck_assert_int_eq(count(text, "BEGIN:VALARM"), 1);
    ck_assert_int_eq(count(text, "X-WR-CALNAME:"), 1);
    has(text, "X-WR-CALNAME:Work\\; home\\, and\\n\\\\more\r\n");
    has(text, "SUMMARY:A fol\r\n ded line\r\n");
    ck_assert_ptr_null(strstr(text, "METHOD"));
    ck_assert(strstr(text, "END:VTIMEZONE") < strstr(text, "BEGIN:VEVENT"));
    icalcomponent *parsed = icalparser_parse_string(text);
    ck_assert_ptr_nonnull(parsed);
    ck_assert_int_eq(icalcomponent_count_components(parsed, ICAL_VEVENT_COMPONENT), 4);
    ck_assert_int_eq(icalcomponent_count_errors(parsed), 0);
    icalcomponent_free(parsed);
}
END_TEST

START_TEST(one_zone_of_two_spans_is_defined_once)
{
    xc_export_t *ex = xc_export_make(NULL, pool);
    add(ex, BERLIN_FROM("2010") EVENT("a", "DTSTART;TZID=Europe/Berlin:20260102T120000\n"));
    add(ex, BERLIN_FROM("1999") EVENT("b", "DTSTART;TZID=Europe/Berlin:20020102T120000\n"));
    add(ex, BERLIN_FROM("2010") EVENT("c", "DTSTART;TZID=Europe/Berlin:20260102T120000\n"));
    const char *text = finish(ex);
    ck_assert_int_eq(count(text, "BEGIN:VTIMEZONE"), 1);
    ck_assert_int_eq(count(text, "TZID=Europe/Berlin"), 3);
    has(text, "DTSTART:19990328T020000"); /* the one that covers both */
}
END_TEST

START_TEST(two_rules_of_one_name_get_two_names)
{
    xc_export_t *ex = xc_export_make(NULL, pool);
    add(ex, ZONE("Custom", "19700101T000000", "+0100", "+0100") EVENT("a", "DTSTART;TZID=Custom:20260102T120000\n"));
    add(ex, ZONE("Custom", "19700101T000000", "+0500", "+0500") EVENT("b", "DTSTART;X-A=\"1;TZID=no\";TZID=\"Custom\":20260102T120000\nEXDATE;tzid=Custom:20260103T120000\nSUMMARY:TZID=Custom\n"));
    add(ex, ZONE("Custom", "19700101T000000", "+0700", "+0700") EVENT("c", "DTSTART;TZID=Custom;X-B=2:20260102T120000\n"));
    add(ex, ZONE("Custom", "19700101T000000", "+0500", "+0500") EVENT("d", "DTSTART;TZID=Custom:20260102T120000\n"));
    const char *text = finish(ex);
    ck_assert_int_eq(count(text, "BEGIN:VTIMEZONE"), 3);
    has(text, "UID:a\r\nDTSTAMP:20060101T000000Z\r\nDTSTART;TZID=Custom:2026");
    has(text, "DTSTART;X-A=\"1;TZID=no\";TZID=\"Custom-2\":2026");
    has(text, "EXDATE;tzid=Custom-2:2026");
    has(text, "SUMMARY:TZID=Custom\r\n");
    has(text, "DTSTART;TZID=Custom-3;X-B=2:2026");
    has(text, "UID:d\r\nDTSTAMP:20060101T000000Z\r\nDTSTART;TZID=Custom-2:2026");
    has(text, "TZID:Custom-2\r\n");
    has(text, "TZID:Custom-3\r\n");
}
END_TEST

/* Clients of RFC 7809 send names of zones without definitions; what the export uses it defines. */
START_TEST(zones_that_were_only_named_are_defined)
{
    xc_export_t *ex = xc_export_make(NULL, pool);
    add(ex, EVENT("a", "DTSTART;TZID=Europe/Berlin:20260102T120000\nDTEND;TZID=Europe/Berlin:20260102T130000\n"));
    add(ex, EVENT("b", "DTSTART;TZID=\"Europe/Berlin\":20260103T120000\n"));
    add(ex, EVENT("c", "DTSTART;TZID=Nobody/Knows:20260103T120000\n"));
    add(ex, EVENT("d", "DTSTART;TZID=America/New_York:20260103T120000\n"));
    const char *text = finish(ex);
    ck_assert_int_eq(count(text, "BEGIN:VTIMEZONE"), 2);
    ck_assert_int_eq(count(text, "TZID:Europe/Berlin"), 1);
    ck_assert_int_eq(count(text, "TZID:America/New_York"), 1);
}
END_TEST

START_TEST(a_named_zone_beside_another_definition)
{
    xc_export_t *ex = xc_export_make(NULL, pool);
    add(ex, ZONE("Europe/Berlin", "19700101T000000", "+0500", "+0500") EVENT("own", "DTSTART;TZID=Europe/Berlin:20260102T120000\n"));
    add(ex, EVENT("named", "DTSTART;TZID=Europe/Berlin:20260102T120000\nDTEND;TZID=Europe/Berlin:20260102T130000\n"));
    const char *text = finish(ex);
    ck_assert_int_eq(count(text, "BEGIN:VTIMEZONE"), 2);
    has(text, "DTSTART;TZID=Europe/Berlin-2:20260102T120000");
    has(text, "DTEND;TZID=Europe/Berlin-2:20260102T130000");
    has(text, "TZID:Europe/Berlin-2");
}
END_TEST

START_TEST(what_is_no_calendar_is_refused)
{
    static const char *const broken[] = { "", "BEGIN:VEVENT\r\nEND:VEVENT\r\n", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n",
                                          "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VCALENDAR\r\n", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nEND:VCALENDAR\r\n",
                                          "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "hello" };
    xc_export_t *ex = xc_export_make(NULL, pool);
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        xc_error_t *err = xc_export_add(ex, broken[i], strlen(broken[i]));
        ck_assert_msg(err && err->cond == XC_COND_VALID_CALENDAR_DATA, "%zu", i);
    }
    ck_assert_ptr_null(strstr(finish(ex), "VEVENT"));
}
END_TEST

START_TEST(lines_end_and_fold_in_both_ways)
{
    const char *text = "A;X=\"q:\";Y=1:one\r\n two\r\nb:\n\tthree\nLA\r\n ST:x:y";
    xc_line_t line;
    apr_size_t pos = 0, len = strlen(text);
    ck_assert(xc_line_next(text, len, &pos, &line));
    ck_assert_str_eq(line.name, "A");
    ck_assert_str_eq(xc_line_value(&line, pool), "onetwo");
    ck_assert(xc_line_next(text, len, &pos, &line));
    ck_assert_str_eq(line.name, "B");
    ck_assert_str_eq(xc_line_value(&line, pool), "three");
    ck_assert(xc_line_next(text, len, &pos, &line));
    ck_assert_str_eq(line.name, "LAST");
    ck_assert_str_eq(xc_line_value(&line, pool), "x:y");
    ck_assert(!xc_line_next(text, len, &pos, &line));
}
END_TEST

START_TEST(long_names_are_folded)
{
    char name[300];
    for (int i = 0; i < 149; i++)
        memcpy(name + i * 2, "\xc3\xa4", 2);
    name[298] = '\0';
    const char *text = finish(xc_export_make(name, pool));
    xc_line_t line;
    int seen = 0;
    for (const char *at = text; *at; at = strchr(at, '\n') + 1) {
        ck_assert_int_le(strchr(at, '\r') - at, 75);
        ck_assert_msg(at[0] != ' ' || ((unsigned char)at[1] & 0xc0) != 0x80, "a character is torn apart");
    }
    for (apr_size_t pos = 0; xc_line_next(text, strlen(text), &pos, &line);)
        seen += strcmp(line.name, "X-WR-CALNAME") == 0 && strcmp(xc_line_value(&line, pool), name) == 0;
    ck_assert_int_eq(seen, 1);
}
END_TEST

START_TEST(ten_thousand_events_and_the_same_text_twice)
{
    const char *first = NULL;
    for (int run = 0; run < 2; run++) {
        xc_export_t *ex = xc_export_make("Big", pool);
        apr_pool_t *each;
        apr_time_t begun = apr_time_now();
        apr_pool_create(&each, pool);
        apr_pool_t *outer = pool;
        for (int i = 0; i < 10000; i++) {
            pool = each;
            add(ex, apr_psprintf(each, BERLIN_FROM("1999") "BEGIN:VEVENT\nUID:u%d\nDTSTAMP:20200101T000000Z\nDTSTART;TZID=Europe/Berlin:20260102T120000\nSUMMARY:Event %d\nEND:VEVENT\n", i, i));
            apr_pool_clear(each);
        }
        pool = outer;
        const char *text = finish(ex);
        if (run == 0)
            printf("export of 10,000 events: %.0f ms\n", (double)(apr_time_now() - begun) / 1000);
        ck_assert_int_eq(count(text, "BEGIN:VEVENT"), 10000);
        ck_assert_int_eq(count(text, "BEGIN:VTIMEZONE"), 1);
        if (first)
            ck_assert(strcmp(first, text) == 0);
        first = text;
    }
}
END_TEST

int main(void)
{
    view_init();
    Suite *s = suite_create("export");
    TCase *t = tcase_create("export");
    tcase_add_checked_fixture(t, view_setup, view_teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, empty_calendar);
    tcase_add_test(t, objects_become_one_calendar);
    tcase_add_test(t, one_zone_of_two_spans_is_defined_once);
    tcase_add_test(t, two_rules_of_one_name_get_two_names);
    tcase_add_test(t, zones_that_were_only_named_are_defined);
    tcase_add_test(t, a_named_zone_beside_another_definition);
    tcase_add_test(t, what_is_no_calendar_is_refused);
    tcase_add_test(t, lines_end_and_fold_in_both_ways);
    tcase_add_test(t, long_names_are_folded);
    tcase_add_test(t, ten_thousand_events_and_the_same_text_twice);
    suite_add_tcase(s, t);
    return run_suite(s);
}
