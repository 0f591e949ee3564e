/* SPDX-License-Identifier: Apache-2.0 */
/* RRULE <-> Exchange's patterns. What is accepted is compared with libical's own expansion of the rule. */
#include <apr_general.h>
#include <apr_strings.h>
#include <check.h>
#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "cal/recur.h"

static apr_pool_t *pool;

static xc_wall_t wall(const char *s) /* "20240506T0900" */
{
    char part[5] = "";
    xc_wall_t w = {0, 0, 0, 0, 0, 0};
    int *const field[5] = {&w.year, &w.month, &w.day, &w.hour, &w.minute};
    static const int at[5] = {0, 4, 6, 9, 11}, len[5] = {4, 2, 2, 2, 2};
    for (int i = 0; i < 5 && (size_t)at[i] < strlen(s); i++) {
        memset(part, 0, sizeof(part));
        memcpy(part, s + at[i], (size_t)len[i]);
        *field[i] = (int)strtol(part, NULL, 10);
    }
    return w;
}

/* The dates of the pattern are those of libical, as far as `n`. */
static void same_dates(const char *rrule, const char *dtstart, const xc_recur_t *r, const char *said)
{
    xc_wall_t s = wall(dtstart);
    struct icaltimetype start = icaltime_null_time(), t;
    struct icalrecurrencetype rule = icalrecurrencetype_from_string(rrule);
    icalrecur_iterator *it;
    int days, n;

    start.year = s.year;
    start.month = s.month;
    start.day = s.day;
    start.hour = s.hour;
    start.minute = s.minute;
    if (!icaltime_is_null_time(rule.until)) /* the bound is this file's matter, not libical's */
        rule.until = icaltime_null_time();
    it = icalrecur_iterator_new(rule, start);
    ck_assert_ptr_nonnull(it);
    for (n = 1; n <= 80; n++) {
        if (!xc_recur_date_of(r, n, &days))
            break;
        t = icalrecur_iterator_next(it);
        ck_assert_msg(!icaltime_is_null_time(t), "%s: no %d-th occurrence (%s)", rrule, n, said);
        ck_assert_msg(xc_date_to_days(t.year, t.month, t.day) == days, "%s: occurrence %d is %04d-%02d-%02d (%s)", rrule, n, t.year, t.month, t.day, said);
        ck_assert_int_eq(xc_recur_index_of(r, days), n);
    }
    if (r->range == XC_RANGE_COUNT && n <= 80)
        ck_assert_int_eq(n, r->count + 1);
    icalrecur_iterator_free(it);
    free(rule.rscale);
}

typedef struct row_t {
    const char *dtstart, *rrule;
    const char *back;      /* the RRULE that comes back, NULL = the same */
} row_t;

static const row_t good[] = {
    {"20240506T0900", "FREQ=DAILY", NULL},
    {"20240506T0900", "FREQ=DAILY;INTERVAL=3;COUNT=5", NULL},
    {"20240506T0900", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"},
    {"20240506T0900", "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO"},
    {"20240506T0900", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR", NULL},
    {"20240506T0900", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU", NULL},
    {"20240508T0900", "FREQ=WEEKLY;INTERVAL=3;BYDAY=WE,MO,SU;WKST=TU", "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,WE,SU;WKST=TU"},
    {"20240506T0900", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR;WKST=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR"},
    {"20240430T0900", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=-1", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=30"},
    {"20240508T0900", "FREQ=WEEKLY;WKST=SU;BYDAY=WE", "FREQ=WEEKLY;BYDAY=WE"},
    {"20240512T0900", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;COUNT=7", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;COUNT=7"},
    {"20240506T0900", "FREQ=MONTHLY;BYMONTHDAY=6", NULL},
    {"20240506T0900", "FREQ=MONTHLY;INTERVAL=3", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=6"},
    {"20240531T0900", "FREQ=MONTHLY;BYMONTHDAY=-1", NULL},
    {"20240530T0900", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", NULL},
    {"20240229T0900", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", NULL},
    {"20240529T0900", "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1", NULL},
    {"20240531T0900", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "FREQ=MONTHLY;BYMONTHDAY=-1"},
    {"20240514T0900", "FREQ=MONTHLY;BYDAY=2TU", NULL},
    {"20240514T0900", "FREQ=MONTHLY;BYDAY=+2TU", "FREQ=MONTHLY;BYDAY=2TU"},
    {"20240514T0900", "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "FREQ=MONTHLY;BYDAY=2TU"},
    {"20240514T0900", "FREQ=MONTHLY;BYDAY=TU;BYMONTHDAY=8,9,10,11,12,13,14", "FREQ=MONTHLY;BYDAY=2TU"},
    {"20240531T0900", "FREQ=MONTHLY;BYDAY=-1FR", NULL},
    {"20240531T0900", "FREQ=MONTHLY;BYDAY=SU,MO,TU,WE,TH,FR,SA;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-1"},
    {"20240531T0900", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", NULL},
    {"20240501T0900", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", NULL},
    {"20240505T0900", "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=2", NULL},
    {"20240506T0900", "FREQ=MONTHLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO"},
    {"20240506T0900", "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=6"},
    {"20240506T0900", "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=6;COUNT=10", NULL},
    {"20240310T0900", "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", NULL},
    {"20240310T0900", "FREQ=MONTHLY;BYMONTH=3;BYDAY=2SU", "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"},
    {"20240331T0900", "FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYSETPOS=-1", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"},
    {"20240506T0900", "FREQ=YEARLY;INTERVAL=2", "FREQ=YEARLY;INTERVAL=2;BYMONTH=5;BYMONTHDAY=6"},
    {"20240310T0900", "FREQ=YEARLY;INTERVAL=4;BYMONTH=3;BYDAY=2SU", NULL},
    {"20240531T0900", "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=31"},
    {"20240131T0900", "FREQ=MONTHLY;INTERVAL=12", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31"},
    {"20240229T0900", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", NULL},
    {"20240229T0900", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"},
    {"20240430T0900", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=30", NULL},
    {"20240531T0900", "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=1", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=1"},
    {"20240531T0900", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=31;COUNT=2", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1;COUNT=2"},
    {"20240101T0900", "FREQ=YEARLY;BYDAY=1MO", "FREQ=YEARLY;BYMONTH=1;BYDAY=1MO"},
    {"20240506T0900", "freq=weekly;byday=mo;interval=1", "FREQ=WEEKLY;BYDAY=MO"},
    {"20240506T0900", "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0;BYSECOND=0", "FREQ=WEEKLY;BYDAY=MO"},
    {"20240506T0900", "FREQ=MONTHLY;BYMONTHDAY=6;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12", "FREQ=MONTHLY;BYMONTHDAY=6"},
    {"20240506T0900", "RSCALE=GREGORIAN;FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO"},
    {"20240506T0900", "FREQ=DAILY;COUNT=999", NULL},
    {"20240506T0900", "FREQ=DAILY;INTERVAL=999", NULL},
};

START_TEST(expressible)
{
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        const row_t *g = &good[i];
        xc_wall_t s = wall(g->dtstart);
        xc_recur_t *r, *again;
        xc_error_t *err = xc_recur_from_rrule(&r, g->rrule, &s, xc_zone_find("Europe/Berlin"), 0, pool);
        ck_assert_msg(err == NULL, "%s: %s", g->rrule, err ? err->message : "");
        const char *back = xc_recur_to_rrule(r, &s, xc_zone_find("Europe/Berlin"), 0, pool);
        same_dates(g->rrule, g->dtstart, r, "as written");
        same_dates(back, g->dtstart, r, "as given back");
        ck_assert_str_eq(back, g->back ? g->back : g->rrule);
        ck_assert_ptr_null(xc_recur_from_rrule(&again, back, &s, xc_zone_find("Europe/Berlin"), 0, pool));
        ck_assert_msg(xc_recur_equal(r, again), "%s is not %s", g->rrule, back);
    }
}
END_TEST

START_TEST(refused_by_name)
{
    static const char *const rows[][3] = {
        {"20240506T0900", "FREQ=HOURLY", "HOURLY"},
        {"20240506T0900", "FREQ=SECONDLY;COUNT=3", "SECONDLY"},
        {"20240506T0900", "FREQ=MINUTELY;INTERVAL=30", "MINUTELY"},
        {"20240506T0900", "FREQ=DAILY;BYHOUR=9,12", "BYHOUR"},
        {"20240506T0900", "FREQ=DAILY;BYMINUTE=30", "BYMINUTE"},
        {"20240506T0900", "FREQ=DAILY;BYSECOND=30", "BYSECOND"},
        {"20240506T0900", "FREQ=YEARLY;BYYEARDAY=127", "BYYEARDAY"},
        {"20240506T0900", "FREQ=YEARLY;BYWEEKNO=19", "BYWEEKNO"},
        {"20240506T0900", "FREQ=YEARLY;BYMONTH=5,6", "BYMONTH"},
        {"20240506T0900", "FREQ=MONTHLY;BYMONTHDAY=6,20", "BYMONTHDAY"},
        {"20240530T0900", "FREQ=MONTHLY;BYMONTHDAY=-2", "BYMONTHDAY"},
        {"20240531T0900", "FREQ=MONTHLY;BYMONTHDAY=31", "31st"},
        {"20240530T0900", "FREQ=MONTHLY", "30th"},
        {"20240529T0900", "FREQ=MONTHLY;BYMONTHDAY=29", "29th"},
        {"20240229T0900", "FREQ=YEARLY", "29th"},
        {"20240506T0900", "FREQ=MONTHLY;BYDAY=1MO,3MO", "BYDAY"},
        {"20240530T0900", "FREQ=MONTHLY;BYDAY=5TH", "BYDAY"},
        {"20240524T0900", "FREQ=MONTHLY;BYDAY=-2FR", "BYDAY"},
        {"20240506T0900", "FREQ=DAILY;BYMONTH=5", "BYMONTH"},
        {"20240506T0900", "FREQ=WEEKLY;BYMONTH=5", "BYMONTH"},
        {"20240506T0900", "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO", "BYDAY"},
        {"20240913T0900", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "BYMONTHDAY"},
        {"20240506T0900", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", "BYSETPOS"},
        {"20240506T0900", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1,2", "BYSETPOS"},
        {"20240506T0900", "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1", "BYSETPOS"},
        {"20240506T0900", "FREQ=DAILY;COUNT=1000", "COUNT"},
        {"20240506T0900", "FREQ=DAILY;INTERVAL=1000", "INTERVAL"},
        {"20240506T0900", "FREQ=WEEKLY;INTERVAL=100", "INTERVAL"},
        {"20240506T0900", "FREQ=YEARLY;INTERVAL=9", "INTERVAL"},
        {"20240506T0900", "FREQ=DAILY;INTERVAL=2;BYDAY=MO", "BYDAY"},
        {"20240506T0900", "FREQ=YEARLY;BYDAY=19MO", "BYDAY"},
        {"20240506T0900", "FREQ=YEARLY;BYMONTH=5;BYDAY=MO", "BYDAY"},
        {"20240507T0900", "FREQ=WEEKLY;BYDAY=MO", "DTSTART"},
        {"20240506T0900", "FREQ=MONTHLY;BYMONTHDAY=7", "DTSTART"},
        {"20240506T0900", "FREQ=WEEKLY;BYDAY=MO;UNTIL=20240501T000000Z", "UNTIL"},
        {"20240506T0900", "FREQ=DAILY;UNTIL=50000101T000000Z", "UNTIL"},
        {"20240506T0900", "RSCALE=CHINESE;FREQ=YEARLY", "RSCALE"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        xc_wall_t s = wall(rows[i][0]);
        xc_recur_t *r;
        xc_error_t *err = xc_recur_from_rrule(&r, rows[i][1], &s, xc_zone_utc(), 0, pool);
        ck_assert_msg(err && err->cond == XC_COND_UNSUPPORTED_RECURRENCE && err->status == 403, "%s: %s", rows[i][1], err ? err->message : "accepted");
        ck_assert_msg(strstr(err->message, rows[i][2]) != NULL, "%s: \"%s\" does not name %s", rows[i][1], err->message, rows[i][2]);
        ck_assert_ptr_null(r);
    }
}
END_TEST

START_TEST(not_rules)
{
    static const char *const rows[] = {"", ";", "FREQ", "FREQ=", "INTERVAL=2", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=x", "FREQ=DAILY;COUNT=-1",
                                       "FREQ=DAILY;COUNT=5;UNTIL=20250101", "FREQ=DAILY;FREQ=DAILY", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=0MO",
                                       "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=DAILY;UNTIL=tomorrow", "FREQ=DAILY;UNTIL=20241301",
                                       "FREQ=DAILY;WKST=1", "FREQ=YEARLY;BYMONTH=13", "FREQ=MONTHLY;BYMONTHDAY=99999999999999999999"};
    xc_wall_t s = wall("20240506T0900");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        xc_recur_t *r;
        xc_error_t *err = xc_recur_from_rrule(&r, rows[i], &s, NULL, 0, pool);
        ck_assert_msg(err && err->cond == XC_COND_VALID_CALENDAR_DATA, "%s: %s", rows[i], err ? err->message : "accepted");
    }
    char *big = apr_pcalloc(pool, 100000);
    memset(big, 'A', 99999);
    xc_recur_t *r;
    ck_assert_ptr_nonnull(xc_recur_from_rrule(&r, big, &s, NULL, 0, pool));
}
END_TEST

START_TEST(week_starts)
{
    xc_wall_t s = wall("20240506T0900");
    xc_recur_t *a, *b;
    ck_assert_ptr_null(xc_recur_from_rrule(&a, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=MO", &s, NULL, 0, pool));
    ck_assert_ptr_null(xc_recur_from_rrule(&b, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=SU", &s, NULL, 0, pool));
    ck_assert(xc_recur_equal(a, b)); /* the same dates: a server that knows no week start keeps them */
    ck_assert(xc_recur_fits_week_start(a, 0) && !xc_recur_fits_week_start(a, 3));
    ck_assert_ptr_null(xc_recur_from_rrule(&a, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=MO", &s, NULL, 0, pool));
    ck_assert_ptr_null(xc_recur_from_rrule(&b, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU", &s, NULL, 0, pool));
    ck_assert(!xc_recur_equal(a, b) && !xc_recur_fits_week_start(a, 0));
}
END_TEST

START_TEST(count_of_zero)
{
    xc_wall_t s = wall("20240506T0900");
    xc_recur_t *r;
    int last;
    ck_assert_ptr_null(xc_recur_from_rrule(&r, "FREQ=WEEKLY;COUNT=0", &s, NULL, 0, pool));
    ck_assert_int_eq(r->count, 1);
    ck_assert_int_eq(xc_recur_last(r, &last), 1);
    ck_assert_int_eq(last, xc_date_to_days(2024, 5, 6));
}
END_TEST

START_TEST(until_bounds)
{
    static const struct { const char *dtstart, *zone, *until; int all_day, y, m, d; const char *back; } rows[] = {
        /* exactly the last occurrence, on the other side of midnight in UTC */
        {"20240506T2300", "America/New_York", "20240511T030000Z", 0, 2024, 5, 10, "20240511T030000Z"},
        {"20240506T2300", "America/New_York", "20240511T025959Z", 0, 2024, 5, 9, "20240510T030000Z"},
        {"20240506T0030", "Europe/Berlin", "20240509T223000Z", 0, 2024, 5, 10, "20240509T223000Z"},
        {"20240506T0030", "Europe/Berlin", "20240509T222959Z", 0, 2024, 5, 9, "20240508T223000Z"},
        {"20240506T0900", "Europe/Berlin", "20240510", 0, 2024, 5, 10, "20240510T070000Z"},
        {"20240506T0900", "Europe/Berlin", "20240510T090000", 0, 2024, 5, 10, "20240510T070000Z"},
        {"20241020T0900", "Europe/Berlin", "20241030T080000Z", 0, 2024, 10, 30, "20241030T080000Z"},
        {"20240506", NULL, "20240510", 1, 2024, 5, 10, "20240510"},
        {"20240506", NULL, "20240510T220000Z", 1, 2024, 5, 10, "20240510"},
        {"20240506T0900", NULL, "20240510T080000", 0, 2024, 5, 9, "20240509T090000"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        xc_wall_t s = wall(rows[i].dtstart);
        const xc_zone_t *z = rows[i].zone ? xc_zone_find(rows[i].zone) : NULL;
        xc_recur_t *r;
        xc_error_t *err = xc_recur_from_rrule(&r, apr_pstrcat(pool, "FREQ=DAILY;UNTIL=", rows[i].until, NULL), &s, z, rows[i].all_day, pool);
        ck_assert_msg(!err, "%s: %s", rows[i].until, err ? err->message : "");
        ck_assert_msg(r->until_year == rows[i].y && r->until_month == rows[i].m && r->until_day == rows[i].d, "row %zu: %d-%d-%d", i, r->until_year, r->until_month, r->until_day);
        ck_assert_str_eq(xc_recur_to_rrule(r, &s, z, rows[i].all_day, pool), apr_pstrcat(pool, "FREQ=DAILY;UNTIL=", rows[i].back, NULL));
    }
    /* the bound is the last occurrence, not the day that happens to be named */
    xc_wall_t s = wall("20240506T0900");
    xc_recur_t *a, *b;
    ck_assert_ptr_null(xc_recur_from_rrule(&a, "FREQ=WEEKLY;UNTIL=20240531T220000Z", &s, xc_zone_utc(), 0, pool));
    ck_assert_ptr_null(xc_recur_from_rrule(&b, "FREQ=WEEKLY;UNTIL=20240527T090000Z", &s, xc_zone_utc(), 0, pool));
    ck_assert(xc_recur_equal(a, b));
    b->until_day = 29; /* as Exchange might say it */
    ck_assert(xc_recur_equal(a, b));
    b->until_day = 20;
    ck_assert(!xc_recur_equal(a, b));
}
END_TEST

/* Every pattern against a plain walk through the days. */
static int is_occurrence(const xc_recur_t *r, int day)
{
    int y, m, d, start = xc_date_to_days(r->start_year, r->start_month, r->start_day);
    if (day < start)
        return 0;
    xc_date_from_days(day, &y, &m, &d);
    int next_month = m == 12 ? xc_date_to_days(y + 1, 1, 1) : xc_date_to_days(y, m + 1, 1), len = next_month - xc_date_to_days(y, m, 1);
    int months = (y - r->start_year) * 12 + m - r->start_month, wd = xc_date_weekday(day);
    switch (r->kind) {
    case XC_RECUR_DAILY: return (day - start) % r->interval == 0;
    case XC_RECUR_WEEKLY: {
        int w0 = start - (xc_date_weekday(start) - r->week_start + 7) % 7;
        return ((r->days >> wd) & 1) && (day - w0) / 7 % r->interval == 0;
    }
    case XC_RECUR_YEARLY_DAY:
    case XC_RECUR_YEARLY_NTH:
        if (m != r->month)
            return 0;
        break;
    default:
        if (months % r->interval)
            return 0;
    }
    if (r->kind == XC_RECUR_MONTHLY_DAY || r->kind == XC_RECUR_YEARLY_DAY)
        return d == (r->day_of_month > len ? len : r->day_of_month);
    if (!((r->days >> wd) & 1))
        return 0;
    int n = 0, after = 0;
    for (int k = 1; k <= len; k++) {
        if ((r->days >> xc_date_weekday(day - d + k)) & 1) {
            n += k <= d;
            after += k > d;
        }
    }
    return r->index == 5 ? after == 0 : n == r->index;
}

START_TEST(arithmetic_by_walking)
{
    srand(7);
    for (int i = 0; i < 600; i++) {
        xc_recur_t r = {0};
        static const unsigned classes[] = {1, 2, 4, 8, 16, 32, 64, XC_DAYS_ALL, XC_DAYS_WEEKDAY, XC_DAYS_WEEKEND};
        r.kind = (xc_recur_kind_e)(i % 6);
        r.interval = r.kind >= XC_RECUR_YEARLY_DAY ? 1 : 1 + rand() % 5;
        r.days = r.kind == XC_RECUR_WEEKLY ? 1u + (unsigned)rand() % 127 : classes[rand() % 10];
        r.index = 1 + rand() % 5;
        r.day_of_month = 1 + rand() % 31;
        r.month = 1 + rand() % 12;
        r.week_start = rand() % 7;
        xc_date_from_days(18000 + rand() % 3000, &r.start_year, &r.start_month, &r.start_day);
        int start = xc_date_to_days(r.start_year, r.start_month, r.start_day), index = 0, found, last = -1;
        r.range = i % 3 == 0 ? XC_RANGE_COUNT : i % 3 == 1 ? XC_RANGE_UNTIL : XC_RANGE_FOREVER;
        r.count = 1 + rand() % 40;
        xc_date_from_days(start + rand() % 3000, &r.until_year, &r.until_month, &r.until_day);
        int until = xc_date_to_days(r.until_year, r.until_month, r.until_day), prev = -1;
        for (int day = start - 40; day < start + 3000; day++) {
            int is = is_occurrence(&r, day) && !(r.range == XC_RANGE_COUNT && index >= r.count) && !(r.range == XC_RANGE_UNTIL && day > until);
            if (is) {
                index++;
                last = day;
                ck_assert_msg(xc_recur_date_of(&r, index, &found) && found == day, "pattern %d: date of %d", i, index);
                if (prev >= 0)
                    ck_assert_msg(day - prev >= xc_recur_min_gap(&r), "pattern %d: gap %d", i, day - prev);
                prev = day;
            }
            ck_assert_msg(xc_recur_index_of(&r, day) == (is ? index : 0), "pattern %d kind %d day %d: %d", i, r.kind, day - start, xc_recur_index_of(&r, day));
            int n = xc_recur_next(&r, day, &found);
            if (is)
                ck_assert(n == index && found == day);
            else if (n)
                ck_assert_msg(n == index + 1 && found > day, "pattern %d kind %d day %d: next %d", i, r.kind, day - start, n);
        }
        if (r.range == XC_RANGE_FOREVER)
            ck_assert_int_eq(xc_recur_last(&r, &found), 0);
        else if (r.range == XC_RANGE_UNTIL) {
            ck_assert_int_eq(xc_recur_last(&r, &found), index > 0);
            if (index)
                ck_assert_int_eq(found, last);
        }
    }
    xc_recur_t far = {.kind = XC_RECUR_DAILY, .interval = 1, .start_year = 4500, .start_month = 12, .start_day = 30};
    int d;
    ck_assert_int_eq(xc_recur_date_of(&far, 2, &d), 1);
    ck_assert_int_eq(xc_recur_date_of(&far, 3, &d), 0);
    ck_assert_int_eq(xc_recur_date_of(&far, 2000000000, &d), 0);
}
END_TEST

static void set_up(void)
{
    apr_pool_create(&pool, NULL);
}

static void tear_down(void)
{
    apr_pool_destroy(pool);
}

int main(void)
{
    apr_pool_t *process;
    Suite *s = suite_create("recur");
    TCase *tc = tcase_create("recur");
    SRunner *sr;
    int failed;

    apr_initialize();
    apr_pool_create(&process, NULL);
    if (xc_zone_init(process))
        return 1;
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, expressible);
    tcase_add_test(tc, refused_by_name);
    tcase_add_test(tc, not_rules);
    tcase_add_test(tc, week_starts);
    tcase_add_test(tc, count_of_zero);
    tcase_add_test(tc, until_bounds);
    tcase_add_test(tc, arithmetic_by_walking);
    suite_add_tcase(s, tc);
    sr = srunner_create(s);
    srunner_run_all(sr, CK_NORMAL);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    apr_pool_destroy(process);
    return failed != 0;
}
