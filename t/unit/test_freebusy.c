/* SPDX-License-Identifier: Apache-2.0 */
/* cal/view/freebusy: busy periods of objects and their VFREEBUSY (RFC 4791 7.10). */
#include "view_fixture.h"

#define EVENT(rest) "BEGIN:VEVENT\nUID:u\nDTSTAMP:20060101T000000Z\n" rest "END:VEVENT\n"
#define HOUR "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\n"

static const char *const me[] = { "alice@contoso.example", "a.smith@contoso.example", NULL };

static const char *clock_text(apr_time_t t)
{
    xc_wall_t w;
    xc_zone_to_wall(xc_zone_utc(), t, &w);
    return apr_psprintf(pool, "%02d%02dT%02d%02d", w.month, w.day, w.hour, w.minute);
}

/* "0102T1200/0102T1300b": start, end and class of each, in order. */
static const char *periods_text(apr_array_header_t *periods)
{
    const char *out = "";
    for (int i = 0; i < periods->nelts; i++) {
        xc_busy_period_t *p = &APR_ARRAY_IDX(periods, i, xc_busy_period_t);
        out = apr_psprintf(pool, "%s%s%s/%s%c", out, i ? " " : "", clock_text(p->start), clock_text(p->end),
                           p->kind == XC_BUSY_TENTATIVE ? 't' : p->kind == XC_BUSY_BUSY ? 'b' : p->kind == XC_BUSY_OOF ? 'o' : p->kind == XC_BUSY_ELSEWHERE ? 'e' : '?');
    }
    return out;
}

static const struct {
    const char *object, *want, *zone;
} cases[] = {
    { EVENT(HOUR), "0102T1200/0102T1300b", NULL },
    { EVENT(HOUR "TRANSP:TRANSPARENT\n"), "", NULL },
    { EVENT(HOUR "STATUS:CANCELLED\n"), "", NULL },
    { EVENT(HOUR "STATUS:TENTATIVE\n"), "0102T1200/0102T1300t", NULL },
    { EVENT(HOUR "X-MICROSOFT-CDO-BUSYSTATUS:OOF\n"), "0102T1200/0102T1300o", NULL },
    { EVENT(HOUR "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\n"), "0102T1200/0102T1300t", NULL },
    { EVENT(HOUR "X-MICROSOFT-CDO-BUSYSTATUS:BUSY\nSTATUS:TENTATIVE\n"), "0102T1200/0102T1300b", NULL },
    { EVENT(HOUR "X-MICROSOFT-CDO-BUSYSTATUS:FREE\n"), "", NULL },
    { EVENT(HOUR "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE\nTRANSP:OPAQUE\n"), "0102T1200/0102T1300e", NULL },
    { EVENT(HOUR "X-MICROSOFT-CDO-BUSYSTATUS:NOVEL\n"), "0102T1200/0102T1300b", NULL },
    { EVENT(HOUR "ATTENDEE;PARTSTAT=DECLINED:mailto:A.Smith@contoso.example\n"), "", NULL },
    { EVENT(HOUR "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@contoso.example\n"), "0102T1200/0102T1300b", NULL },
    { EVENT("DTSTART:20060102T120000Z\n"), "", NULL }, /* a moment takes no time */
    { EVENT("DTSTART;VALUE=DATE:20060102\n"), "0102T0000/0103T0000b", NULL },
    { EVENT("DTSTART;VALUE=DATE:20060102\n"), "0101T2300/0102T2300b", "Europe/Berlin" },
    { EVENT("DTSTART:20060102T120000\nDURATION:PT1H\n"), "0102T1700/0102T1800b", "America/New_York" },
    { EVENT(HOUR "RRULE:FREQ=DAILY\nEXDATE:20060103T120000Z\n"), "0102T1200/0102T1300b 0104T1200/0104T1300b 0105T1200/0105T1300b", NULL },
    /* an override may be free, or moved, or the master's rest may be */
    { EVENT(HOUR "RRULE:FREQ=DAILY;COUNT=3\n") EVENT("RECURRENCE-ID:20060103T120000Z\nDTSTART:20060103T150000Z\nDTEND:20060103T160000Z\n")
          EVENT("RECURRENCE-ID:20060104T120000Z\nDTSTART:20060104T120000Z\nDTEND:20060104T130000Z\nTRANSP:TRANSPARENT\n"),
      "0102T1200/0102T1300b 0103T1500/0103T1600b", NULL },
    { EVENT("DTSTART:20051231T120000Z\nDTEND:20060110T130000Z\n"), "0101T0000/0106T0000b", NULL }, /* cut to the range */
    { EVENT("DTSTART:20051231T120000Z\nDTEND:20060101T000000Z\n"), "", NULL },
    { "BEGIN:VTODO\nUID:t\nDTSTAMP:20060101T000000Z\n" HOUR "END:VTODO\n", "", NULL },
    { "BEGIN:VFREEBUSY\nUID:b\nDTSTAMP:20060101T000000Z\nDTSTART:20060101T000000Z\nDTEND:20060108T000000Z\n"
      "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20060102T100000Z/PT2H\nFREEBUSY;FBTYPE=FREE:20060103T100000Z/PT2H\nFREEBUSY:20060104T100000Z/PT2H\nEND:VFREEBUSY\n",
      "0102T1000/0102T1200o 0104T1000/0104T1200b", NULL },
};

START_TEST(objects_give_periods)
{
    apr_array_header_t *periods = apr_array_make(pool, 4, sizeof(xc_busy_period_t));
    xc_error_t *err = xc_freebusy_add_for(periods, object_of(cases[_i].object), me, instant("20060101T000000Z"), instant("20060106T000000Z"),
                                          cases[_i].zone ? xc_zone_find(cases[_i].zone) : NULL, pool);
    ck_assert_msg(!err, "%s", err ? err->message : "");
    ck_assert_msg(strcmp(periods_text(periods), cases[_i].want) == 0, "%s for\n%s", periods_text(periods), cases[_i].object);
}
END_TEST

START_TEST(without_an_owner_nothing_is_declined)
{
    apr_array_header_t *periods = apr_array_make(pool, 4, sizeof(xc_busy_period_t));
    ck_assert_ptr_null(xc_freebusy_add(periods, object_of(EVENT(HOUR "ATTENDEE;PARTSTAT=DECLINED:mailto:alice@contoso.example\n")),
                                       instant("20060101T000000Z"), instant("20060106T000000Z"), NULL, pool));
    ck_assert_int_eq(periods->nelts, 1);
}
END_TEST

START_TEST(endless_ranges_are_bounded)
{
    apr_array_header_t *periods = apr_array_make(pool, 4, sizeof(xc_busy_period_t));
    xc_error_t *err = xc_freebusy_add(periods, object_of(EVENT(HOUR "RRULE:FREQ=DAILY\n")), instant("20060101T000000Z"), XC_TIME_MAX, NULL, pool);
    ck_assert(err && err->cond == XC_COND_MAX_INSTANCES);
}
END_TEST

static void add(apr_array_header_t *periods, const char *start, const char *end, xc_busy_e kind)
{
    xc_busy_period_t p = { instant(start), instant(end), kind };
    APR_ARRAY_PUSH(periods, xc_busy_period_t) = p;
}

START_TEST(merging_leaves_no_overlap)
{
    apr_array_header_t *p = apr_array_make(pool, 4, sizeof(xc_busy_period_t));
    xc_freebusy_merge(p, pool);
    ck_assert_int_eq(p->nelts, 0);
    add(p, "20060103T100000Z", "20060103T110000Z", XC_BUSY_BUSY);
    add(p, "20060102T100000Z", "20060102T120000Z", XC_BUSY_BUSY);
    add(p, "20060102T110000Z", "20060102T130000Z", XC_BUSY_BUSY); /* overlaps */
    add(p, "20060102T130000Z", "20060102T140000Z", XC_BUSY_BUSY); /* touches */
    add(p, "20060102T090000Z", "20060102T200000Z", XC_BUSY_TENTATIVE);
    add(p, "20060102T113000Z", "20060102T120000Z", XC_BUSY_OOF);
    add(p, "20060103T100000Z", "20060103T110000Z", XC_BUSY_BUSY); /* twice the same */
    xc_freebusy_merge(p, pool);
    ck_assert_str_eq(periods_text(p), "0102T0900/0102T1000t 0102T1000/0102T1130b 0102T1130/0102T1200o 0102T1200/0102T1400b 0102T1400/0102T2000t 0103T1000/0103T1100b");
}
END_TEST

START_TEST(text_is_one_vfreebusy)
{
    apr_array_header_t *p = apr_array_make(pool, 4, sizeof(xc_busy_period_t));
    add(p, "20060103T100000Z", "20060103T110000Z", XC_BUSY_OOF);
    add(p, "20060102T100000Z", "20060102T120000Z", XC_BUSY_BUSY);
    add(p, "20060102T140000Z", "20060102T150000Z", XC_BUSY_TENTATIVE);
    const char *text = xc_freebusy_text(p, instant("20060101T000000Z"), instant("20060108T000000Z"), pool);
    ck_assert_ptr_nonnull(strstr(text, "BEGIN:VFREEBUSY\r\nDTSTAMP:20"));
    ck_assert_ptr_nonnull(strstr(text, "\r\nDTSTART:20060101T000000Z\r\nDTEND:20060108T000000Z\r\n"
                                       "FREEBUSY;FBTYPE=BUSY:20060102T100000Z/20060102T120000Z\r\n"
                                       "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20060102T140000Z/20060102T150000Z\r\n"
                                       "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20060103T100000Z/20060103T110000Z\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"));
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        ck_assert_int_le(strchr(line, '\r') - line, 75);
    const char *empty = xc_freebusy_text(apr_array_make(pool, 1, sizeof(xc_busy_period_t)), instant("20060101T000000Z"), XC_TIME_MAX, pool);
    ck_assert_ptr_null(strstr(empty, "FREEBUSY;"));
    ck_assert_ptr_null(strstr(empty, "DTEND"));
}
END_TEST

int main(void)
{
    view_init();
    Suite *s = suite_create("freebusy");
    TCase *t = tcase_create("freebusy");
    tcase_add_checked_fixture(t, view_setup, view_teardown);
    tcase_add_loop_test(t, objects_give_periods, 0, (int)(sizeof(cases) / sizeof(cases[0])));
    tcase_add_test(t, without_an_owner_nothing_is_declined);
    tcase_add_test(t, endless_ranges_are_bounded);
    tcase_add_test(t, merging_leaves_no_overlap);
    tcase_add_test(t, text_is_one_vfreebusy);
    suite_add_tcase(s, t);
    return run_suite(s);
}
