/* SPDX-License-Identifier: Apache-2.0 */
/* cal/expand, cal/select: calendar data as a report wants it (RFC 4791 9.6, RFC 7809). */
#include "view_fixture.h"

#define NEW_YORK                                                                                                  \
    "BEGIN:VTIMEZONE\nTZID:America/New_York\nBEGIN:STANDARD\nDTSTART:20001026T020000\n"                            \
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nTZNAME:EST\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nEND:STANDARD\n"    \
    "BEGIN:DAYLIGHT\nDTSTART:20000404T020000\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4\nTZNAME:EDT\n"                  \
    "TZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
#define EVENT(rest) "BEGIN:VEVENT\nUID:u\nDTSTAMP:20060101T000000Z\n" rest "END:VEVENT\n"
/* five days at noon; the third moved to two o'clock, the fourth moved to February */
#define FIVE NEW_YORK                                                                                              \
    EVENT("DTSTART;TZID=America/New_York:20060102T120000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5\nSUMMARY:Stand-up\n") \
    EVENT("RECURRENCE-ID;TZID=America/New_York:20060104T120000\nDTSTART;TZID=America/New_York:20060104T140000\nDURATION:PT1H\nSUMMARY:Late\n") \
    EVENT("RECURRENCE-ID;TZID=America/New_York:20060105T120000\nDTSTART;TZID=America/New_York:20060205T120000\nDURATION:PT1H\nSUMMARY:Next month\n")

static xc_data_view_t view;

static void setup(void)
{
    view_setup();
    memset(&view, 0, sizeof(view));
}

static xc_range_t range(const char *start, const char *end)
{
    xc_range_t r = { 1, start ? instant(start) : XC_TIME_MIN, end ? instant(end) : XC_TIME_MAX };
    return r;
}

static const char *view_of(const char *components)
{
    const char *out = NULL;
    xc_error_t *err = xc_view_text(&out, object_of(components), &view, pool);
    ck_assert_msg(!err, "%s", err ? err->message : "");
    return out;
}

static int count(const char *text, const char *what)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
        n++;
    return n;
}

#define has(text, what)   ck_assert_msg(strstr(text, what) != NULL, "no \"%s\" in\n%s", what, text)
#define lacks(text, what) ck_assert_msg(strstr(text, what) == NULL, "\"%s\" in\n%s", what, text)

/* ---- expand ---- */

START_TEST(expand_gives_instances_in_utc)
{
    view.expand = range("20060103T000000Z", "20060105T000000Z");
    const char *text = view_of(FIVE);
    ck_assert_int_eq(count(text, "BEGIN:VEVENT"), 2);
    has(text, "DTSTART:20060103T170000Z\r\n");
    has(text, "RECURRENCE-ID:20060103T170000Z\r\n");
    has(text, "DTSTART:20060104T190000Z\r\n");       /* moved within the range */
    has(text, "RECURRENCE-ID:20060104T170000Z\r\n"); /* its own start as it was */
    has(text, "SUMMARY:Late\r\n");
    has(text, "DURATION:PT1H\r\n");
    lacks(text, "RRULE");
    lacks(text, "TZID");
    lacks(text, "VTIMEZONE");
    has(text, "PRODID:-//test//EN\r\n");
    ck_assert(strstr(text, "20060103T170000Z") < strstr(text, "20060104T190000Z"));
}
END_TEST

START_TEST(expand_follows_what_was_moved_out_and_in)
{
    view.expand = range("20060105T000000Z", "20060106T000000Z");
    ck_assert_int_eq(count(view_of(FIVE), "BEGIN:VEVENT"), 0);
    view.expand = range("20060205T000000Z", "20060206T000000Z");
    const char *text = view_of(FIVE);
    ck_assert_int_eq(count(text, "BEGIN:VEVENT"), 1);
    has(text, "RECURRENCE-ID:20060105T170000Z\r\n");
}
END_TEST

START_TEST(expand_keeps_noon_through_a_change)
{
    view.expand = range("20060401T000000Z", "20060404T000000Z");
    const char *text = view_of(NEW_YORK EVENT("DTSTART;TZID=America/New_York:20060102T120000\nDTEND;TZID=America/New_York:20060102T130000\nRRULE:FREQ=DAILY\n"));
    has(text, "DTSTART:20060401T170000Z\r\n");
    has(text, "DTSTART:20060402T160000Z\r\n");
    has(text, "DTEND:20060402T170000Z\r\n");
}
END_TEST

START_TEST(expand_keeps_dates)
{
    view.expand = range("20060109T000000Z", "20060110T000000Z");
    view.zone = xc_zone_find("Europe/Berlin");
    const char *text = view_of(EVENT("DTSTART;VALUE=DATE:20060102\nDTEND;VALUE=DATE:20060104\nRRULE:FREQ=WEEKLY\nEXDATE;VALUE=DATE:20060116\n"));
    ck_assert_int_eq(count(text, "BEGIN:VEVENT"), 1);
    has(text, "DTSTART;VALUE=DATE:20060109\r\n");
    has(text, "DTEND;VALUE=DATE:20060111\r\n");
    has(text, "RECURRENCE-ID;VALUE=DATE:20060109\r\n");
    lacks(text, "EXDATE");
}
END_TEST

START_TEST(expand_resolves_floating_times)
{
    view.expand = range("20060101T000000Z", "20060201T000000Z");
    view.zone = xc_zone_find("America/New_York");
    const char *text = view_of(EVENT("DTSTART:20060102T120000\nDTEND:20060102T130000\n"));
    has(text, "DTSTART:20060102T170000Z\r\n");
    has(text, "DTEND:20060102T180000Z\r\n");
    lacks(text, "RECURRENCE-ID");
}
END_TEST

START_TEST(expand_counts_days_of_a_zone_right)
{
    /* a nominal day over the change is 23 hours */
    view.expand = range("20060401T000000Z", "20060402T000000Z");
    const char *text = view_of(NEW_YORK EVENT("DTSTART;TZID=America/New_York:20060331T180000\nDURATION:P1D\nRRULE:FREQ=DAILY;COUNT=3\n"));
    has(text, "DTSTART:20060401T230000Z\r\n");
    has(text, "DTEND:20060402T220000Z\r\n");
    lacks(text, "DURATION");
}
END_TEST

START_TEST(expand_of_tasks_and_dates_added)
{
    view.expand = range("20060103T000000Z", "20060104T000000Z");
    const char *text = view_of("BEGIN:VTODO\nUID:t\nDTSTAMP:20060101T000000Z\nDTSTART:20060102T120000Z\nDUE:20060102T130000Z\nRRULE:FREQ=DAILY;COUNT=9\nEND:VTODO\n");
    has(text, "DTSTART:20060103T120000Z\r\n");
    has(text, "DUE:20060103T130000Z\r\n");
    view.expand = range("20060110T000000Z", "20060111T000000Z");
    text = view_of(EVENT("DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nRDATE;VALUE=PERIOD:20060110T080000Z/PT5H\n"));
    ck_assert_int_eq(count(text, "BEGIN:VEVENT"), 1);
    has(text, "DTSTART:20060110T080000Z\r\n");
    has(text, "DTEND:20060110T130000Z\r\n");
    lacks(text, "RDATE");
}
END_TEST

START_TEST(expand_is_bounded)
{
    const char *out = "x";
    view.expand = range("20060101T000000Z", NULL);
    xc_error_t *err = xc_view_text(&out, object_of(EVENT("DTSTART:20060102T120000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY\n")), &view, pool);
    ck_assert(err && err->cond == XC_COND_MAX_INSTANCES);
    ck_assert_ptr_null(out);
    view.expand = range("20060102T120000Z", "20060102T123000Z");
    ck_assert_int_eq(count(view_of(EVENT("DTSTART:20060102T120000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY\n")), "BEGIN:VEVENT"), 1800);
}
END_TEST

/* ---- limits ---- */

START_TEST(limited_overrides)
{
    view.limit_recurrence = range("20060104T150000Z", "20060104T175000Z"); /* where the third was; it is not there now */
    const char *text = view_of(FIVE);
    ck_assert_int_eq(count(text, "BEGIN:VEVENT"), 2);
    has(text, "RRULE:FREQ=DAILY;COUNT=5\r\n");
    has(text, "SUMMARY:Late\r\n");
    has(text, "BEGIN:VTIMEZONE");
    view.limit_recurrence = range("20060205T000000Z", "20060206T000000Z"); /* where the fourth is now */
    text = view_of(FIVE);
    has(text, "Next month");
    lacks(text, "Late");
    view.limit_recurrence = range("20060301T000000Z", NULL);
    ck_assert_int_eq(count(view_of(FIVE), "BEGIN:VEVENT"), 1);
}
END_TEST

START_TEST(limited_freebusy)
{
    view.limit_freebusy = range("20060102T000000Z", "20060103T000000Z");
    const char *text = view_of("BEGIN:VFREEBUSY\nUID:b\nDTSTAMP:20060101T000000Z\nDTSTART:20060101T000000Z\nDTEND:20060108T000000Z\n"
                               "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20060102T100000Z/20060102T120000Z,20060104T100000Z/PT2H\nFREEBUSY:20060105T100000Z/PT2H\nEND:VFREEBUSY\n");
    has(text, "20060102T100000Z/20060102T120000Z");
    lacks(text, "20060104T100000Z");
    lacks(text, "20060105T100000Z");
}
END_TEST

/* ---- partial retrieval ---- */

static xc_comp_sel_t *sel(const char *name, const char *const *props, apr_array_header_t *comps)
{
    xc_comp_sel_t *s = apr_pcalloc(pool, sizeof(*s));
    s->name = name;
    s->comps = comps;
    for (; props && *props; props++) {
        if (!s->props)
            s->props = apr_array_make(pool, 4, sizeof(xc_prop_sel_t));
        xc_prop_sel_t p = { *props, 0 };
        if (**props == '-')
            p = (xc_prop_sel_t){ *props + 1, 1 };
        APR_ARRAY_PUSH(s->props, xc_prop_sel_t) = p;
    }
    return s;
}

#define PROPS(...) (const char *const[]){ __VA_ARGS__, NULL }

START_TEST(parts_of_an_object)
{
    apr_array_header_t *comps = apr_array_make(pool, 2, sizeof(xc_comp_sel_t));
    APR_ARRAY_PUSH(comps, xc_comp_sel_t) = *sel("VEVENT", PROPS("SUMMARY", "uid", "-DTSTART", "X-LONG"), NULL);
    APR_ARRAY_PUSH(comps, xc_comp_sel_t) = *sel("VTIMEZONE", NULL, NULL);
    view.select = sel("VCALENDAR", PROPS("VERSION"), comps);
    const char *text = view_of(NEW_YORK EVENT("DTSTART;TZID=America/New_York:20060102T120000\nDURATION:PT1H\nSUMMARY:One,\n  and more\nX-LONG;A=\"b:c\":v\n"
                                              "BEGIN:VALARM\nACTION:AUDIO\nTRIGGER:-PT1M\nEND:VALARM\n"));
    has(text, "VERSION:2.0\r\n");
    lacks(text, "PRODID");
    has(text, "TZOFFSETFROM:-0500\r\n"); /* an empty C:comp is the whole component */
    has(text, "SUMMARY:One,\r\n  and more\r\n");
    has(text, "X-LONG;A=\"b:c\":v\r\n");
    has(text, "UID:u\r\n");
    has(text, "DTSTART;TZID=America/New_York:\r\n"); /* novalue */
    lacks(text, "DURATION");
    lacks(text, "VALARM");
    has(text, "END:VEVENT\r\nEND:VCALENDAR\r\n");
}
END_TEST

START_TEST(parts_by_all_and_of_expanded_data)
{
    xc_comp_sel_t *all = sel("VCALENDAR", NULL, NULL);
    all->all_comps = 1;
    view.select = all;
    const char *text = view_of(EVENT("DTSTART:20060102T120000Z\nSUMMARY:One\n"));
    lacks(text, "PRODID");
    has(text, "SUMMARY:One\r\n");
    apr_array_header_t *comps = apr_array_make(pool, 2, sizeof(xc_comp_sel_t));
    APR_ARRAY_PUSH(comps, xc_comp_sel_t) = *sel("VEVENT", PROPS("DTSTART"), NULL);
    all = sel("VCALENDAR", NULL, comps);
    all->all_props = 1;
    view.select = all;
    view.expand = range("20060101T000000Z", "20060104T000000Z");
    text = view_of(FIVE);
    has(text, "PRODID");
    ck_assert_int_eq(count(text, "DTSTART:"), 2);
    lacks(text, "SUMMARY");
}
END_TEST

START_TEST(nothing_asked_is_the_text_itself)
{
    const char *odd = EVENT("DTSTART:20060102T120000Z\nSUMMARY;X-Z=1;LANGUAGE=de:A \\,  b\nX-ODD;B=2:  spaces \n");
    ck_assert_str_eq(view_of(odd), calendar_text(odd));
}
END_TEST

START_TEST(standard_zones_can_be_left_out)
{
    view.strip_zones = 1;
    const char *text = view_of(NEW_YORK "BEGIN:VTIMEZONE\nTZID:My own\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0123\nEND:STANDARD\nEND:VTIMEZONE\n"
                               EVENT("DTSTART;TZID=America/New_York:20060102T120000\nDTEND;TZID=My own:20060102T220000\n"));
    has(text, "DTSTART;TZID=America/New_York:20060102T120000\r\n");
    lacks(text, "TZID:America/New_York");
    has(text, "TZID:My own\r\n");
    ck_assert_int_eq(count(text, "BEGIN:VTIMEZONE"), 1);
}
END_TEST

int main(void)
{
    view_init();
    Suite *s = suite_create("expand");
    TCase *t = tcase_create("expand");
    tcase_add_checked_fixture(t, setup, view_teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, expand_gives_instances_in_utc);
    tcase_add_test(t, expand_follows_what_was_moved_out_and_in);
    tcase_add_test(t, expand_keeps_noon_through_a_change);
    tcase_add_test(t, expand_keeps_dates);
    tcase_add_test(t, expand_resolves_floating_times);
    tcase_add_test(t, expand_counts_days_of_a_zone_right);
    tcase_add_test(t, expand_of_tasks_and_dates_added);
    tcase_add_test(t, expand_is_bounded);
    tcase_add_test(t, limited_overrides);
    tcase_add_test(t, limited_freebusy);
    tcase_add_test(t, parts_of_an_object);
    tcase_add_test(t, parts_by_all_and_of_expanded_data);
    tcase_add_test(t, nothing_asked_is_the_text_itself);
    tcase_add_test(t, standard_zones_can_be_left_out);
    suite_add_tcase(s, t);
    return run_suite(s);
}
