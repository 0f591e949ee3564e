/* SPDX-License-Identifier: Apache-2.0 */
/* cal/rrule: rules of RFC 5545, random rules beside libical's own iterator, and the budget. */
#include <apr_general.h>
#include <apr_strings.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cal/object/object_priv.h"
#include "cal/recur/rrule.h"
#include "cal/zone/zone_priv.h"

static apr_pool_t *pool;

static void setup(void)
{
    apr_pool_create(&pool, NULL);
    xc_ical_init();
}

static void teardown(void)
{
    apr_pool_destroy(pool);
}

static xc_wall_t wall_of(const char *text)
{
    xc_wall_t w;
    xc_wall_from_ical(&w, icaltime_from_string(text));
    return w;
}

/* The first `max` occurrences as "20070101T090000 …"; ends in "END" or "FAR". */
static const char *occurrences(const char *rule_text, const char *start, const char *from, int max)
{
    struct icalrecurrencetype rule = icalrecurrencetype_from_string(rule_text);
    xc_wall_t w = wall_of(start), at = { 0 };
    apr_int64_t from_sec = APR_INT64_MIN;
    const char *out = "";
    if (from) {
        at = wall_of(from);
        from_sec = xc_civil_to_sec(&at);
    }
    xc_rrule_t *it = xc_rrule_open(&rule, &w, strlen(start) == 8, from_sec, pool);
    ck_assert_ptr_nonnull(it);
    for (int i = 0; i < max; i++) {
        xc_rrule_step_e step = xc_rrule_next(it, &at);
        if (step != XC_RRULE_ONE)
            return apr_pstrcat(pool, out, step == XC_RRULE_END ? "END" : "FAR", NULL);
        out = apr_psprintf(pool, "%s%04d%02d%02dT%02d%02d ", out, at.year, at.month, at.day, at.hour, at.minute);
    }
    return out;
}

static const struct {
    const char *rule, *start, *from, *want;
} examples[] = {
    { "FREQ=DAILY;COUNT=3", "19970902T090000", NULL, "19970902T0900 19970903T0900 19970904T0900 END" },
    { "FREQ=DAILY;INTERVAL=10;COUNT=3", "19970902T090000", NULL, "19970902T0900 19970912T0900 19970922T0900 END" },
    { "FREQ=YEARLY;BYMONTH=1;BYDAY=FR", "19980102T090000", NULL, "19980102T0900 19980109T0900 19980116T0900 19980123T0900 19980130T0900 19990101T0900 " },
    { "FREQ=WEEKLY;INTERVAL=2;COUNT=4;WKST=SU;BYDAY=TU,SU", "19970805T090000", NULL, "19970805T0900 19970817T0900 19970819T0900 19970831T0900 END" },
    { "FREQ=WEEKLY;INTERVAL=2;COUNT=4;WKST=MO;BYDAY=TU,SU", "19970805T090000", NULL, "19970805T0900 19970810T0900 19970819T0900 19970824T0900 END" },
    { "FREQ=MONTHLY;COUNT=3;BYDAY=1FR", "19970905T090000", NULL, "19970905T0900 19971003T0900 19971107T0900 END" },
    { "FREQ=MONTHLY;INTERVAL=2;COUNT=4;BYDAY=1SU,-1SU", "19970907T090000", NULL, "19970907T0900 19970928T0900 19971102T0900 19971130T0900 END" },
    { "FREQ=MONTHLY;COUNT=3;BYMONTHDAY=-3", "19970928T090000", NULL, "19970928T0900 19971029T0900 19971128T0900 END" },
    { "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=4", "20070131T090000", NULL, "20070131T0900 20070331T0900 20070531T0900 20070731T0900 END" },
    { "FREQ=YEARLY;INTERVAL=3;COUNT=4;BYYEARDAY=1,100,200", "19970101T090000", NULL, "19970101T0900 19970410T0900 19970719T0900 20000101T0900 END" },
    { "FREQ=YEARLY;BYDAY=20MO;COUNT=3", "19970519T090000", NULL, "19970519T0900 19980518T0900 19990517T0900 END" },
    { "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3", "19970512T090000", NULL, "19970512T0900 19980511T0900 19990517T0900 END" },
    { "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3", "19980213T090000", NULL, "19980213T0900 19980313T0900 19981113T0900 END" },
    { "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3", "19961105T090000", NULL, "19961105T0900 20001107T0900 20041102T0900 END" },
    { "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "19970904T090000", NULL, "19970904T0900 19971007T0900 19971106T0900 END" },
    { "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=3", "19970929T090000", NULL, "19970929T0900 19971030T0900 19971127T0900 END" },
    { "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1;COUNT=3", "20070130T090000", NULL, "20070130T0900 20070228T0900 20070330T0900 END" },
    { "FREQ=HOURLY;INTERVAL=3;COUNT=3", "19970902T220000", NULL, "19970902T2200 19970903T0100 19970903T0400 END" },
    { "FREQ=MINUTELY;INTERVAL=90;COUNT=3", "19970902T090000", NULL, "19970902T0900 19970902T1030 19970902T1200 END" },
    { "FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,30;COUNT=5", "19970902T090000", NULL, "19970902T0900 19970902T0930 19970902T1000 19970902T1030 19970903T0900 END" },
    { "FREQ=YEARLY;COUNT=2", "20080229", NULL, "20080229T0000 20120229T0000 END" },
    /* the start counts though it does not fit the rule */
    { "FREQ=WEEKLY;BYDAY=MO;COUNT=3", "20260106T090000", NULL, "20260106T0900 20260112T0900 20260119T0900 END" },
    /* a later beginning does not change what is found, and COUNT is still counted from the start */
    { "FREQ=DAILY", "19970902T090000", "20260101T000000", "20260101T0900 20260102T0900 " },
    { "FREQ=DAILY;COUNT=10", "19970902T090000", "19970910T000000", "19970910T0900 19970911T0900 END" },
    { "FREQ=DAILY;COUNT=10", "19970902T090000", "20260101T000000", "END" },
    { "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=6", "20260105T090000", "20260113T000000", "20260114T0900 20260119T0900 20260121T0900 END" },
    { "FREQ=SECONDLY", "19700101T000000", "20260101T000000", "20260101T0000 20260101T0000 " },
    { "FREQ=YEARLY;INTERVAL=3;BYMONTH=5", "19970519T090000", "20260101T000000", "20270519T0900 20300519T0900 " },
};

START_TEST(rules_of_the_rfc)
{
    int spaces = 0;
    for (const char *c = examples[_i].want; *c; c++)
        spaces += *c == ' ';
    int max = spaces + (strstr(examples[_i].want, "END") != NULL);
    ck_assert_str_eq(occurrences(examples[_i].rule, examples[_i].start, examples[_i].from, max), examples[_i].want);
}
END_TEST

/* ---- beside libical. Left out is what 3.0.16 does otherwise than RFC 5545 says: days counted from the
   month's end and places in a set in rules shorter than a month or with hours, BYMONTHDAY of a year without months. ---- */

static unsigned long long state = 42;
static int roll(int n)
{
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (int)((state >> 33) % (unsigned)n);
}

static const char *random_rule(void)
{
    static const char *const days[] = { "SU", "MO", "TU", "WE", "TH", "FR", "SA" };
    static const char *const freqs[] = { "YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY" };
    int freq = roll(5);
    const char *r = apr_psprintf(pool, "FREQ=%s;INTERVAL=%d", freqs[freq], 1 + roll(freq == 4 ? 30 : 4));
    if (roll(3) == 0)
        r = apr_psprintf(pool, "%s;BYMONTH=%d,%d", r, 1 + roll(6), 7 + roll(6));
    if (freq != 2 && (freq || strstr(r, "BYMONTH")) && roll(3) == 0)
        r = apr_psprintf(pool, "%s;BYMONTHDAY=%d,%d", r, 1 + roll(31), freq < 2 && roll(2) ? -1 - roll(10) : 1 + roll(31));
    if (roll(2) == 0 && freq < 2)
        r = apr_psprintf(pool, "%s;BYDAY=%d%s,%d%s", r, 1 + roll(4), days[roll(7)], -1 - roll(4), days[roll(7)]);
    else if (roll(2) == 0)
        r = apr_psprintf(pool, "%s;BYDAY=%s,%s", r, days[roll(4)], days[4 + roll(3)]);
    if (freq < 4 && roll(4) == 0)
        r = apr_psprintf(pool, "%s;BYHOUR=%d,%d", r, roll(12), 12 + roll(12));
    if (freq < 2 && roll(5) == 0 && strstr(r, "BYDAY") && !strstr(r, "BYHOUR"))
        r = apr_psprintf(pool, "%s;BYSETPOS=%d", r, roll(2) ? 1 + roll(3) : -1 - roll(2));
    if (roll(3) == 0)
        r = apr_psprintf(pool, "%s;WKST=SU", r);
    return r;
}

/* Ours are asked first, and theirs only as often: libical searches 500 years for what never comes. */
static int compare_with_libical(const char *text, const xc_wall_t *start)
{
    struct icalrecurrencetype rule = icalrecurrencetype_from_string(text);
    struct icaltimetype tt = { .year = start->year, .month = start->month, .day = start->day, .hour = start->hour, .minute = start->minute };
    xc_rrule_t *it = xc_rrule_open(&rule, start, 0, APR_INT64_MIN, pool);
    icalrecur_iterator *theirs = icalrecur_iterator_new(rule, tt);
    int compared = 0;
    xc_wall_t ours;
    ck_assert_ptr_nonnull(it);
    ck_assert_int_eq(xc_rrule_next(it, &ours), XC_RRULE_ONE); /* the start: libical leaves it out when it does not fit */
    while (theirs && compared < 15 && xc_rrule_next(it, &ours) == XC_RRULE_ONE && ours.year < start->year + 10) {
        struct icaltimetype want = icalrecur_iterator_next(theirs);
        if (compared == 0 && icaltime_compare(want, tt) == 0)
            want = icalrecur_iterator_next(theirs);
        ck_assert_msg(ours.year == want.year && ours.month == want.month && ours.day == want.day && ours.hour == want.hour && ours.minute == want.minute,
                      "%s from %04d%02d%02dT%02d%02d: ours %04d%02d%02dT%02d%02d, libical %04d%02d%02dT%02d%02d", text, start->year, start->month,
                      start->day, start->hour, start->minute, ours.year, ours.month, ours.day, ours.hour, ours.minute, want.year, want.month, want.day,
                      want.hour, want.minute);
        compared++;
    }
    icalrecur_iterator_free(theirs);
    return compared;
}

START_TEST(random_rules_agree_with_libical)
{
    int compared = 0;
    for (int n = 0; n < 300; n++) {
        xc_wall_t start = { 1990 + roll(40), 1 + roll(12), 1 + roll(28), roll(24), roll(60), 0 };
        compared += compare_with_libical(random_rule(), &start);
        if (n % 100 == 0)
            apr_pool_clear(pool);
    }
    ck_assert_int_gt(compared, 1500);
}
END_TEST

START_TEST(seeking_gives_the_tail)
{
    for (int n = 0; n < 1000; n++) {
        const char *text = roll(3) ? random_rule() : apr_psprintf(pool, "FREQ=%s;INTERVAL=%d;COUNT=%d", roll(2) ? "DAILY" : "WEEKLY", 1 + roll(9), 1 + roll(200));
        struct icalrecurrencetype rule = icalrecurrencetype_from_string(text);
        xc_wall_t start = { 1990 + roll(40), 1 + roll(12), 1 + roll(28), roll(24), roll(60), 0 }, a, b;
        apr_int64_t from = xc_civil_to_sec(&start) + (apr_int64_t)roll(3000) * 86400 + roll(86400);
        xc_rrule_t *whole = xc_rrule_open(&rule, &start, 0, APR_INT64_MIN, pool), *tail = xc_rrule_open(&rule, &start, 0, from, pool);
        xc_rrule_step_e step;
        do
            step = xc_rrule_next(whole, &a);
        while (step == XC_RRULE_ONE && xc_civil_to_sec(&a) < from);
        for (int k = 0; k < 10 && step == XC_RRULE_ONE; k++, step = xc_rrule_next(whole, &a)) {
            ck_assert_msg(xc_rrule_next(tail, &b) == XC_RRULE_ONE, "%s: the tail ends early", text);
            ck_assert_msg(xc_civil_to_sec(&a) == xc_civil_to_sec(&b), "%s: %d-%d-%d, the tail has %d-%d-%d", text, a.year, a.month, a.day, b.year, b.month, b.day);
        }
        if (step == XC_RRULE_END)
            ck_assert_int_eq(xc_rrule_next(tail, &b), XC_RRULE_END);
    }
}
END_TEST

/* ---- hostile rules ---- */

START_TEST(rules_that_never_fit_end)
{
    static const char *const rules[] = { "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
                                         "FREQ=DAILY;BYMONTH=4;BYMONTHDAY=31", "FREQ=MINUTELY;INTERVAL=2;BYMINUTE=1", "FREQ=YEARLY;BYWEEKNO=53;BYYEARDAY=180",
                                         "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=366", "FREQ=HOURLY;INTERVAL=24;BYHOUR=5" };
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        apr_time_t begun = apr_time_now();
        const char *got = occurrences(rules[i], "20260101T000000", NULL, 3);
        ck_assert_msg(strcmp(got, "20260101T0000 END") == 0 || strcmp(got, "20260101T0000 FAR") == 0, "%s: %s", rules[i], got);
        ck_assert_msg(apr_time_now() - begun < apr_time_from_sec(2), "%s takes too long", rules[i]);
    }
}
END_TEST

START_TEST(long_counts_use_up_the_budget)
{
    ck_assert_str_eq(occurrences("FREQ=MONTHLY;BYHOUR=1,2;COUNT=2000000000", "00010101T010000", "20260101T000000", 3), "FAR");
}
END_TEST

START_TEST(what_cannot_be_iterated_is_refused)
{
    struct icalrecurrencetype rule = icalrecurrencetype_from_string("FREQ=HOURLY");
    xc_wall_t start = { 2026, 1, 1, 0, 0, 0 };
    ck_assert_ptr_null(xc_rrule_open(&rule, &start, 1, APR_INT64_MIN, pool));
    rule.freq = ICAL_NO_RECURRENCE;
    ck_assert_ptr_null(xc_rrule_open(&rule, &start, 0, APR_INT64_MIN, pool));
}
END_TEST

int main(void)
{
    apr_initialize();
    Suite *s = suite_create("rrule");
    TCase *t = tcase_create("rrule");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, rules_of_the_rfc, 0, (int)(sizeof(examples) / sizeof(examples[0])));
    tcase_add_test(t, random_rules_agree_with_libical);
    tcase_add_test(t, seeking_gives_the_tail);
    tcase_add_test(t, rules_that_never_fit_end);
    tcase_add_test(t, long_counts_use_up_the_budget);
    tcase_add_test(t, what_cannot_be_iterated_is_refused);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
