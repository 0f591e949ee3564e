/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_general.h>
#include <check.h>
#include <libxml/parser.h>

#include "recur/recur.h"

static apr_pool_t *pool;

static void set_up(void)
{
    apr_pool_create(&pool, NULL);
    ck_assert_int_eq(lab_zone_init(pool), APR_SUCCESS);
}

static void tear_down(void)
{
    apr_pool_destroy(pool);
}

/* --- reading --- */

static apr_status_t read_xml(const char *inner, lab_recur_t *r, lab_recur_error_t *error)
{
    const char *xml = apr_pstrcat(pool, "<t:Recurrence xmlns:t=\"urn:t\">", inner,
                                  "</t:Recurrence>", NULL);
    xmlDocPtr doc = xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, 0);
    apr_status_t rv;

    ck_assert_ptr_nonnull(doc);
    error->code = NULL;
    rv = lab_recur_from_xml(xmlDocGetRootElement(doc), r, error);
    xmlFreeDoc(doc);
    return rv;
}

static lab_recur_t recur(const char *inner)
{
    lab_recur_error_t error;
    lab_recur_t r;

    ck_assert_msg(read_xml(inner, &r, &error) == APR_SUCCESS, "%s: %s", inner,
                  error.code);
    return r;
}

static const char *refused(const char *inner)
{
    lab_recur_error_t error;
    lab_recur_t r;

    ck_assert_int_eq(read_xml(inner, &r, &error), APR_EINVAL);
    return error.code;
}

#define NOEND(date)                                                                      \
    "<t:NoEndRecurrence><t:StartDate>" date "</t:StartDate></t:NoEndRecurrence>"
#define NUMBERED(date, n)                                                                \
    "<t:NumberedRecurrence><t:StartDate>" date "</t:StartDate><t:NumberOfOccurrences>" n \
    "</t:NumberOfOccurrences></t:NumberedRecurrence>"
#define UNTIL(date, end)                                                                 \
    "<t:EndDateRecurrence><t:StartDate>" date "</t:StartDate><t:EndDate>" end            \
    "</t:EndDate></t:EndDateRecurrence>"
#define DAILY(n) "<t:DailyRecurrence><t:Interval>" n "</t:Interval></t:DailyRecurrence>"
#define WEEKLY(n, days)                                                                  \
    "<t:WeeklyRecurrence><t:Interval>" n "</t:Interval><t:DaysOfWeek>" days              \
    "</t:DaysOfWeek></t:WeeklyRecurrence>"
#define WEEKLY_FROM(n, days, first)                                                      \
    "<t:WeeklyRecurrence><t:Interval>" n "</t:Interval><t:DaysOfWeek>" days              \
    "</t:DaysOfWeek><t:FirstDayOfWeek>" first "</t:FirstDayOfWeek></t:WeeklyRecurrence>"
#define MONTHLY(n, day)                                                                  \
    "<t:AbsoluteMonthlyRecurrence><t:Interval>" n "</t:Interval><t:DayOfMonth>" day      \
    "</t:DayOfMonth></t:AbsoluteMonthlyRecurrence>"
#define NTH(n, day, week)                                                                \
    "<t:RelativeMonthlyRecurrence><t:Interval>" n "</t:Interval><t:DaysOfWeek>" day      \
    "</t:DaysOfWeek><t:DayOfWeekIndex>" week                                             \
    "</t:DayOfWeekIndex></t:RelativeMonthlyRecurrence>"
#define YEARLY(day, month)                                                               \
    "<t:AbsoluteYearlyRecurrence><t:DayOfMonth>" day "</t:DayOfMonth><t:Month>" month    \
    "</t:Month></t:AbsoluteYearlyRecurrence>"
#define YEARLY_NTH(day, week, month)                                                     \
    "<t:RelativeYearlyRecurrence><t:DaysOfWeek>" day                                     \
    "</t:DaysOfWeek><t:DayOfWeekIndex>" week "</t:DayOfWeekIndex><t:Month>" month        \
    "</t:Month></t:RelativeYearlyRecurrence>"

/* --- dates --- */

/* The first dates of a recurrence, separated by spaces. */
static void check_dates(const char *inner, const char *expected)
{
    lab_recur_t r = recur(inner);
    const char *got = "";
    lab_date_t date;
    char *copy = apr_pstrdup(pool, expected), *state, *word;
    int i = 1;

    for (word = apr_strtok(copy, " ", &state); word != NULL;
         word = apr_strtok(NULL, " ", &state), i++) {
        ck_assert_msg(lab_recur_date(&r, i, &date), "%s: no index %d", inner, i);
        got = apr_pstrcat(pool, got, i > 1 ? " " : "", lab_date_format(date, pool), NULL);
        ck_assert_int_eq(lab_recur_index(&r, date), i);
    }
    ck_assert_str_eq(got, expected);
}

START_TEST(patterns_give_the_dates_that_exchange_gives)
{
    check_dates(DAILY("2") NOEND("2024-05-06"), "2024-05-06 2024-05-08 2024-05-10");
    check_dates(WEEKLY("1", "Monday Wednesday") NOEND("2024-05-06"),
                "2024-05-06 2024-05-08 2024-05-13 2024-05-15");
    check_dates(MONTHLY("3", "15") NUMBERED("2024-05-15", "4"),
                "2024-05-15 2024-08-15 2024-11-15 2025-02-15");
    check_dates(NTH("1", "Friday", "Last") NOEND("2024-05-31"),
                "2024-05-31 2024-06-28 2024-07-26 2024-08-30");
    check_dates(YEARLY("24", "December") NOEND("2024-12-24"), "2024-12-24 2025-12-24");
    check_dates(
        YEARLY_NTH("Sunday", "Second", "May") UNTIL("2024-05-12", "2030-05-12"),
        "2024-05-12 2025-05-11 2026-05-10 2027-05-09 2028-05-14 2029-05-13 2030-05-12");
    check_dates(NTH("1", "Weekday", "First") NOEND("2024-05-01"),
                "2024-05-01 2024-06-03 2024-07-01 2024-08-01");
    check_dates(NTH("1", "Weekday", "Last") NOEND("2024-05-31"),
                "2024-05-31 2024-06-28 2024-07-31 2024-08-30");
    check_dates(NTH("1", "WeekendDay", "Second") NOEND("2024-06-01"),
                "2024-06-02 2024-07-07 2024-08-04");
    check_dates(NTH("1", "Day", "Last") NOEND("2024-01-31"),
                "2024-01-31 2024-02-29 2024-03-31 2024-04-30");
    check_dates(NTH("2", "Day", "Third") NOEND("2024-01-03"),
                "2024-01-03 2024-03-03 2024-05-03");
}
END_TEST

START_TEST(days_past_the_end_of_a_month_fall_on_its_last_day)
{
    check_dates(MONTHLY("1", "31") NOEND("2024-01-31"),
                "2024-01-31 2024-02-29 2024-03-31 2024-04-30 2024-05-31");
    check_dates(MONTHLY("1", "30") NOEND("2025-01-30"),
                "2025-01-30 2025-02-28 2025-03-30");
    check_dates(MONTHLY("12", "29") NOEND("2024-02-29"),
                "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29");
    check_dates(YEARLY("29", "February") NOEND("2024-02-29"),
                "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29");
}
END_TEST

START_TEST(a_start_off_the_pattern_is_not_an_occurrence)
{
    check_dates(WEEKLY("1", "Monday") NOEND("2024-05-08"), "2024-05-13 2024-05-20");
    check_dates(MONTHLY("1", "15") NOEND("2024-05-20"), "2024-06-15 2024-07-15");
    check_dates(MONTHLY("1", "25") NOEND("2024-05-20"), "2024-05-25 2024-06-25");
    check_dates(YEARLY("1", "March") NOEND("2024-05-20"), "2025-03-01 2026-03-01");
    check_dates(YEARLY("1", "July") NOEND("2024-05-20"), "2024-07-01 2025-07-01");
    check_dates(NTH("1", "Monday", "First") NOEND("2024-05-07"), "2024-06-03 2024-07-01");
    /* the number counts occurrences, not the start */
    check_dates(WEEKLY("1", "Monday") NUMBERED("2024-05-08", "2"),
                "2024-05-13 2024-05-20");
}
END_TEST

START_TEST(the_first_day_of_the_week_decides_every_other_week)
{
    /* Sunday belongs to the week before or after */
    check_dates(WEEKLY_FROM("2", "Sunday Monday", "Monday") NOEND("2024-05-06"),
                "2024-05-06 2024-05-12 2024-05-20 2024-05-26");
    check_dates(WEEKLY_FROM("2", "Sunday Monday", "Sunday") NOEND("2024-05-06"),
                "2024-05-06 2024-05-19 2024-05-20 2024-06-02");
    check_dates(WEEKLY("2", "Sunday Monday") NOEND("2024-05-06"),
                "2024-05-06 2024-05-19 2024-05-20 2024-06-02");
    check_dates(WEEKLY_FROM("3", "Tuesday Saturday", "Wednesday") NOEND("2024-05-04"),
                "2024-05-04 2024-05-07 2024-05-25 2024-05-28");
}
END_TEST

START_TEST(ranges_end_where_they_say)
{
    lab_recur_t r = recur(DAILY("1") NUMBERED("2024-05-06", "10"));
    lab_date_t date;

    ck_assert_int_eq(lab_recur_count(&r), 10);
    ck_assert_int_eq(lab_recur_last(&r, &date), 1);
    ck_assert_str_eq(lab_date_format(date, pool), "2024-05-15");
    ck_assert_int_eq(lab_recur_date(&r, 11, &date), 0);
    ck_assert_int_eq(lab_recur_date(&r, 0, &date), 0);
    ck_assert_int_eq(lab_recur_index(&r, (lab_date_t){2024, 5, 16}), 0);
    r = recur(WEEKLY("1", "Monday") UNTIL("2024-05-06", "2024-05-26"));
    ck_assert_int_eq(lab_recur_count(&r), 3);
    r = recur(WEEKLY("1", "Monday") UNTIL("2024-05-06", "2024-05-27+02:00"));
    ck_assert_int_eq(lab_recur_count(&r), 4);
    r = recur(WEEKLY("1", "Monday") NOEND("2024-05-06"));
    ck_assert_int_eq(lab_recur_count(&r), 0);
    ck_assert_int_eq(lab_recur_last(&r, &date), 0);
    ck_assert_int_eq(lab_recur_date(&r, 2000000000, &date), 0);
    ck_assert_int_gt(lab_recur_index(&r, (lab_date_t){4500, 8, 30}), 100000);
    ck_assert_int_eq(lab_recur_index_from(&r, (lab_date_t){4500, 8, 31}), 0);
}
END_TEST

START_TEST(windows_are_cut_at_both_ends_and_at_the_limit)
{
    lab_recur_t r = recur(DAILY("3") NUMBERED("2024-05-06", "5"));
    lab_date_t out[10];
    int first;

    ck_assert_int_eq(lab_recur_window(&r, (lab_date_t){2024, 5, 9},
                                      (lab_date_t){2024, 5, 15}, &first, out, 10),
                     3);
    ck_assert_int_eq(first, 2);
    ck_assert_str_eq(lab_date_format(out[2], pool), "2024-05-15");
    ck_assert_int_eq(lab_recur_window(&r, (lab_date_t){2024, 5, 9},
                                      (lab_date_t){2024, 5, 15}, &first, out, 2),
                     2);
    ck_assert_int_eq(lab_recur_window(&r, (lab_date_t){2024, 5, 7},
                                      (lab_date_t){2024, 5, 8}, &first, out, 10),
                     0);
    ck_assert_int_eq(first, 0);
    ck_assert_int_eq(lab_recur_window(&r, (lab_date_t){2025, 1, 1},
                                      (lab_date_t){2026, 1, 1}, &first, out, 10),
                     0);
    ck_assert_int_eq(lab_recur_window(&r, (lab_date_t){2000, 1, 1},
                                      (lab_date_t){2026, 1, 1}, &first, out, 10),
                     5);
    ck_assert_int_eq(first, 1);
}
END_TEST

/* --- against a walk, day by day --- */

static int nth_in_month(const lab_recur_t *r, lab_date_t date)
{
    int day, seen = 0, total = 0, mine = 0;

    for (day = 1; day <= lab_date_days_in_month(date.year, date.month); day++) {
        lab_date_t d = {date.year, date.month, day};

        if ((r->days >> lab_date_weekday(d) & 1u) != 0) {
            total++;
            if (day <= date.day) {
                seen++;
            }
            mine |= day == date.day;
        }
    }
    return mine && (r->week == 5 ? seen == total : seen == r->week);
}

/* Does the pattern name that day? Written from the words of the rules, not from their
 * formulas. */
static int is_named(const lab_recur_t *r, lab_date_t date)
{
    int length = lab_date_days_in_month(date.year, date.month);
    int day = r->day_of_month > length ? length : r->day_of_month;
    int months = (date.year - r->start.year) * 12 + date.month - r->start.month;
    int days = lab_date_to_days(date) - lab_date_to_days(r->start);
    lab_date_t a = r->start, b = date;

    switch (r->kind) {
    case LAB_RECUR_DAILY: return days % r->interval == 0;
    case LAB_RECUR_WEEKLY:
        while (lab_date_weekday(a) != r->first_day) {
            a = lab_date_add_days(a, -1);
        }
        while (lab_date_weekday(b) != r->first_day) {
            b = lab_date_add_days(b, -1);
        }
        return (r->days >> lab_date_weekday(date) & 1u) != 0 &&
               (lab_date_to_days(b) - lab_date_to_days(a)) / 7 % r->interval == 0;
    case LAB_RECUR_ABSOLUTE_MONTHLY: return months % r->interval == 0 && date.day == day;
    case LAB_RECUR_RELATIVE_MONTHLY:
        return months % r->interval == 0 && nth_in_month(r, date);
    case LAB_RECUR_ABSOLUTE_YEARLY: return date.month == r->month && date.day == day;
    case LAB_RECUR_RELATIVE_YEARLY:
        return date.month == r->month && nth_in_month(r, date);
    }
    return 0;
}

static void make_random(lab_recur_t *r)
{
    static const unsigned sets[] = {LAB_RECUR_DAY, LAB_RECUR_WEEKDAY,
                                    LAB_RECUR_WEEKENDDAY};

    memset(r, 0, sizeof(*r));
    r->kind = (lab_recur_kind_t)(rand() % 6);
    r->interval = r->kind >= LAB_RECUR_ABSOLUTE_YEARLY ? 1 : 1 + rand() % 7;
    r->start = lab_date_add_days((lab_date_t){2019, 1, 1}, rand() % 1500);
    if (r->kind == LAB_RECUR_WEEKLY) {
        r->days = 1 + rand() % 127;
        r->first_day = rand() % 7;
    } else if (r->kind == LAB_RECUR_RELATIVE_MONTHLY ||
               r->kind == LAB_RECUR_RELATIVE_YEARLY) {
        r->days = rand() % 3 == 0 ? sets[rand() % 3] : 1u << rand() % 7;
        r->week = 1 + rand() % 5;
    } else if (r->kind != LAB_RECUR_DAILY) {
        r->day_of_month = 1 + rand() % 31;
    }
    if (r->kind >= LAB_RECUR_ABSOLUTE_YEARLY) {
        r->month = 1 + rand() % 12;
    }
    r->range = (lab_recur_range_t)(rand() % 3);
    r->count = r->range == LAB_RECUR_NUMBERED ? 1 + rand() % 40 : 0;
    if (r->range == LAB_RECUR_END_DATE) {
        r->end = lab_date_add_days(r->start, rand() % 3000);
    }
}

START_TEST(formulas_agree_with_a_walk_day_by_day)
{
    lab_date_t end = {2031, 1, 1}, date, got;
    int round;

    srand(20240506);
    for (round = 0; round < 3000; round++) {
        lab_recur_t r;
        int index = 0;

        make_random(&r);
        if (lab_recur_validate(&r, NULL) != APR_SUCCESS) {
            continue;
        }
        for (date = r.start; lab_date_compare(date, end) < 0;
             date = lab_date_add_days(date, 1)) {
            int beyond =
                (r.range == LAB_RECUR_NUMBERED && index >= r.count) ||
                (r.range == LAB_RECUR_END_DATE && lab_date_compare(date, r.end) > 0);

            int named = !beyond && is_named(&r, date);

            index += named;
            /* an assertion costs more than all this: only what is wrong gets one */
            if (lab_recur_index(&r, date) != (named ? index : 0) ||
                lab_recur_index_until(&r, date) != index ||
                (named &&
                 (!lab_recur_date(&r, index, &got) || lab_date_compare(got, date) != 0 ||
                  lab_recur_index_from(&r, date) != index))) {
                ck_abort_msg("round %d: %s is wrong at %s", round,
                             lab_recur_to_text(&r, pool), lab_date_format(date, pool));
            }
        }
    }
}
END_TEST

/* --- what is refused --- */

START_TEST(impossible_rules_are_refused_with_their_codes)
{
    ck_assert_str_eq(refused(WEEKLY("1", "Monday Weekday") NOEND("2024-05-06")),
                     "ErrorCalendarInvalidDayForWeeklyRecurrence");
    ck_assert_str_eq(refused(WEEKLY("1", "Day") NOEND("2024-05-06")),
                     "ErrorCalendarInvalidDayForWeeklyRecurrence");
    ck_assert_str_eq(refused(DAILY("0") NOEND("2024-05-06")),
                     "ErrorCalendarInvalidRecurrence");
    ck_assert_str_eq(refused(DAILY("1000") NOEND("2024-05-06")),
                     "ErrorCalendarInvalidRecurrence");
    ck_assert_str_eq(refused(WEEKLY("100", "Monday") NOEND("2024-05-06")),
                     "ErrorCalendarInvalidRecurrence");
    ck_assert_str_eq(refused(MONTHLY("1", "32") NOEND("2024-05-06")),
                     "ErrorCalendarInvalidRecurrence");
    ck_assert_str_eq(refused(NTH("1", "Monday Tuesday", "First") NOEND("2024-05-06")),
                     "ErrorCalendarInvalidRecurrence");
    ck_assert_str_eq(refused(DAILY("1") NUMBERED("2024-05-06", "0")),
                     "ErrorCalendarInvalidRecurrence");
    ck_assert_str_eq(refused(DAILY("1") NUMBERED("2024-05-06", "1000")),
                     "ErrorCalendarInvalidRecurrence");
    ck_assert_str_eq(refused(DAILY("1") NOEND("2024-02-30")),
                     "ErrorCalendarInvalidRecurrence");
    ck_assert_str_eq(refused(DAILY("1") UNTIL("2024-05-06", "4500-09-01")),
                     "ErrorRecurrenceEndDateTooBig");
    ck_assert_str_eq(refused(YEARLY("1", "May") NUMBERED("4400-05-01", "200")),
                     "ErrorRecurrenceEndDateTooBig");
    ck_assert_str_eq(refused(DAILY("1") UNTIL("2024-05-06", "2024-05-05")),
                     "ErrorRecurrenceHasNoOccurrence");
    ck_assert_str_eq(refused(WEEKLY("1", "Sunday") UNTIL("2024-05-06", "2024-05-11")),
                     "ErrorRecurrenceHasNoOccurrence");
    ck_assert_str_eq(refused(DAILY("1")), "ErrorCalendarInvalidRecurrence");
    ck_assert_str_eq(refused(NOEND("2024-05-06")), "ErrorCalendarInvalidRecurrence");
}
END_TEST

START_TEST(occurrences_longer_than_the_period_are_refused)
{
    lab_recur_t daily = recur(DAILY("1") NOEND("2024-05-06"));
    lab_recur_t days = recur(WEEKLY("1", "Monday Wednesday") NOEND("2024-05-06"));
    lab_recur_t monthly = recur(MONTHLY("1", "31") NOEND("2024-05-31"));
    lab_recur_t once = recur(DAILY("1") NUMBERED("2024-05-06", "1"));
    lab_recur_error_t error = {NULL, NULL};

    ck_assert_int_eq(lab_recur_check_span(&daily, 86400, &error), APR_SUCCESS);
    ck_assert_int_eq(lab_recur_check_span(&daily, 86401, &error), APR_EINVAL);
    ck_assert_str_eq(error.code, "ErrorOccurrenceTimeSpanTooBig");
    ck_assert_int_eq(lab_recur_check_span(&days, 2 * 86400, &error), APR_SUCCESS);
    ck_assert_int_eq(lab_recur_check_span(&days, 2 * 86400 + 1, &error), APR_EINVAL);
    ck_assert_int_eq(lab_recur_min_gap_days(&monthly), 28);
    ck_assert_int_eq(lab_recur_check_span(&once, 100 * 86400, &error), APR_SUCCESS);
}
END_TEST

static lab_wall_t at(int month, int day, int hour)
{
    lab_wall_t wall = {{2024, month, day}, hour * 3600};

    return wall;
}

START_TEST(an_exception_stays_between_its_neighbours)
{
    /* Mondays at nine for an hour; 2 is moved to Wednesday, 4 is deleted */
    lab_recur_t r = recur(WEEKLY("1", "Monday") NUMBERED("2024-05-06", "6"));
    lab_recur_exception_t ex[] = {{2, 0, {{0}, 0}, {{0}, 0}}, {4, 1, {{0}, 0}, {{0}, 0}}};
    lab_recur_error_t error = {NULL, NULL};

#define MOVE(index, from, to)                                                            \
    lab_recur_check_move(&r, 9 * 3600, 3600, ex, 2, index, from, to, &error)
    ex[0].start = at(5, 15, 9);
    ex[0].end = at(5, 15, 10);
    ck_assert_int_eq(MOVE(1, at(5, 14, 9), at(5, 14, 10)), APR_SUCCESS);
    ck_assert_int_eq(MOVE(1, at(5, 15, 7), at(5, 15, 8)), APR_EINVAL);
    ck_assert_str_eq(error.code, "ErrorOccurrenceCrossingBoundary");
    ck_assert_int_eq(MOVE(1, at(5, 16, 9), at(5, 16, 10)), APR_EINVAL);
    ck_assert_int_eq(MOVE(1, at(1, 1, 9), at(1, 1, 10)), APR_SUCCESS);
    ck_assert_int_eq(MOVE(2, at(5, 13, 9), at(5, 13, 10)), APR_SUCCESS);
    ck_assert_int_eq(MOVE(2, at(5, 6, 20), at(5, 6, 21)), APR_EINVAL);
    ck_assert_int_eq(MOVE(2, at(5, 7, 0), at(5, 7, 1)), APR_SUCCESS);
    ck_assert_int_eq(MOVE(3, at(5, 15, 12), at(5, 15, 13)), APR_EINVAL);
    ck_assert_int_eq(MOVE(3, at(5, 16, 12), at(5, 16, 13)), APR_SUCCESS);
    /* the deleted fourth (27 May) is no neighbour, the fifth (3 June) is */
    ck_assert_int_eq(MOVE(3, at(5, 30, 9), at(5, 30, 10)), APR_SUCCESS);
    ck_assert_int_eq(MOVE(3, at(6, 3, 7), at(6, 3, 8)), APR_EINVAL);
    /* it may begin the day before, but not reach into the next one */
    ck_assert_int_eq(MOVE(3, at(6, 2, 9), at(6, 3, 9)), APR_SUCCESS);
    ck_assert_int_eq(MOVE(3, at(6, 2, 9), at(6, 3, 10)), APR_EINVAL);
    ck_assert_int_eq(MOVE(6, at(12, 24, 9), at(12, 24, 10)), APR_SUCCESS);
    ck_assert_int_eq(MOVE(7, at(12, 24, 9), at(12, 24, 10)), APR_EINVAL);
    ck_assert_str_eq(error.code, "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange");
    ck_assert_int_eq(MOVE(6, at(12, 24, 9), at(12, 24, 8)), APR_EINVAL);
    ck_assert_str_eq(error.code, "ErrorCalendarEndDateIsEarlierThanStartDate");
}
END_TEST

/* --- zones and texts --- */

START_TEST(the_wall_clock_stays_when_the_zone_changes)
{
    lab_recur_t r = recur(WEEKLY("1", "Monday") NUMBERED("2024-03-25", "2"));
    const lab_zone_t *berlin = lab_zone_find("W. Europe Standard Time");
    apr_time_t when;

    ck_assert_int_eq(lab_recur_instant(&r, berlin, 1, 9 * 3600, &when), 1);
    ck_assert_str_eq(lab_time_format_utc(when, pool), "2024-03-25T08:00:00Z");
    ck_assert_int_eq(lab_recur_instant(&r, berlin, 2, 9 * 3600, &when), 1);
    ck_assert_str_eq(lab_time_format_utc(when, pool), "2024-04-01T07:00:00Z");
    ck_assert_int_eq(lab_recur_instant(&r, berlin, 3, 9 * 3600, &when), 0);
}
END_TEST

static const char *written(const lab_recur_t *r, int with_first_day,
                           const lab_zone_t *zone)
{
    xmlBufferPtr buf = xmlBufferCreate();
    xmlTextWriterPtr w = xmlNewTextWriterMemory(buf, 0);
    const char *text;

    ck_assert_int_eq(lab_recur_write(w, r, with_first_day, zone), 0);
    xmlTextWriterFlush(w);
    text = apr_pstrdup(pool, (const char *)xmlBufferContent(buf));
    xmlFreeTextWriter(w);
    xmlBufferFree(buf);
    return text;
}

START_TEST(what_is_written_reads_back_as_the_same)
{
    static const char *const all[] = {
        DAILY("2") NOEND("2024-05-06"),
        WEEKLY_FROM("2", "Sunday Monday", "Monday") NUMBERED("2024-05-06", "9"),
        MONTHLY("1", "31") UNTIL("2024-05-31", "2025-01-01"),
        NTH("1", "WeekendDay", "Last") NOEND("2024-05-26"),
        YEARLY("24", "December") NOEND("2024-12-24"),
        YEARLY_NTH("Weekday", "Third", "May") NUMBERED("2024-05-03", "3")};
    size_t i;

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        lab_recur_t r = recur(all[i]), back;

        ck_assert_str_eq(written(&r, 1, NULL), all[i]);
        back = recur(written(&r, 1, lab_zone_find("India Standard Time")));
        ck_assert_str_eq(lab_recur_to_text(&back, pool), lab_recur_to_text(&r, pool));
        ck_assert_int_eq(lab_recur_from_text(lab_recur_to_text(&r, pool), &back),
                         APR_SUCCESS);
        ck_assert_str_eq(lab_recur_to_text(&back, pool), lab_recur_to_text(&r, pool));
    }
}
END_TEST

START_TEST(answers_begin_at_the_first_occurrence_in_the_zone)
{
    lab_recur_t r = recur(WEEKLY("1", "Monday") NOEND("2024-05-08"));
    const char *text = written(&r, 0, lab_zone_find("w. europe standard time"));

    ck_assert_ptr_nonnull(strstr(text, "<t:StartDate>2024-05-13+02:00</t:StartDate>"));
    ck_assert_ptr_null(strstr(text, "FirstDayOfWeek"));
    ck_assert_ptr_nonnull(strstr(written(&r, 0, lab_zone_utc()), "2024-05-13Z<"));
}
END_TEST

START_TEST(broken_texts_of_the_store_are_refused)
{
    static const char *const bad[] = {"",
                                      "1",
                                      "9 1 0 0 0 0 0 0 19000 0 0",
                                      "0 1 0 0 0 0 0 3 19000 0 0",
                                      "0 0 0 0 0 0 0 0 19000 0 0",
                                      "0 1 0 0 0 0 0 0 19000 0 0 ",
                                      "0 1 0 0 0 0 0 0 x 0 0"};
    lab_recur_t r;
    size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_int_eq(lab_recur_from_text(bad[i], &r), APR_EINVAL);
    }
    ck_assert_int_eq(lab_recur_from_text(NULL, &r), APR_EINVAL);
    ck_assert_int_eq(lab_recur_from_text("0 1 0 0 0 0 0 0 19000 0 0", &r), APR_SUCCESS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("recurrence");
    TCase *tc = tcase_create("all");
    SRunner *runner;
    int failed;

    apr_initialize();
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, patterns_give_the_dates_that_exchange_gives);
    tcase_add_test(tc, days_past_the_end_of_a_month_fall_on_its_last_day);
    tcase_add_test(tc, a_start_off_the_pattern_is_not_an_occurrence);
    tcase_add_test(tc, the_first_day_of_the_week_decides_every_other_week);
    tcase_add_test(tc, ranges_end_where_they_say);
    tcase_add_test(tc, windows_are_cut_at_both_ends_and_at_the_limit);
    tcase_add_test(tc, formulas_agree_with_a_walk_day_by_day);
    tcase_add_test(tc, impossible_rules_are_refused_with_their_codes);
    tcase_add_test(tc, occurrences_longer_than_the_period_are_refused);
    tcase_add_test(tc, an_exception_stays_between_its_neighbours);
    tcase_add_test(tc, the_wall_clock_stays_when_the_zone_changes);
    tcase_add_test(tc, what_is_written_reads_back_as_the_same);
    tcase_add_test(tc, answers_begin_at_the_first_occurrence_in_the_zone);
    tcase_add_test(tc, broken_texts_of_the_store_are_refused);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
