/* SPDX-License-Identifier: Apache-2.0 */
/* The dates of a recurrence: which one has an index, which index has a date. */
#include <string.h>

#include "recur/recur_inside.h"

#define SAMPLES   48
#define LAST_WEEK 5

static int popcount(unsigned mask)
{
    int n = 0;

    for (; mask != 0; mask &= mask - 1) {
        n++;
    }
    return n;
}

static int is_weekly(const lab_recur_t *r)
{
    return r->kind == LAB_RECUR_WEEKLY;
}

static int is_daily(const lab_recur_t *r)
{
    return r->kind == LAB_RECUR_DAILY;
}

/* --- weeks --- */

/* How far into a week that begins on first_day a weekday lies, 0..6. */
static int place_in_week(const lab_recur_t *r, int weekday)
{
    return (weekday - r->first_day + 7) % 7;
}

/* First day of the start date's week, as days since 1970. */
static int first_week(const lab_recur_t *r)
{
    return lab_date_to_days(r->start) - place_in_week(r, lab_date_weekday(r->start));
}

/* How many days of the mask lie at places 0..place of the week. */
static int days_until_place(const lab_recur_t *r, int place)
{
    int i, n = 0;

    for (i = 0; i <= place && i < 7; i++) {
        n += (r->days >> ((r->first_day + i) % 7) & 1u) != 0;
    }
    return n;
}

/* The place in the week of the mask's day number n (0-based). */
static int place_of_day(const lab_recur_t *r, int n)
{
    int place = 0;

    while (days_until_place(r, place) <= n) {
        place++;
    }
    return place;
}

/* --- months --- */

static lab_date_t nth_of_month(const lab_recur_t *r, int year, int month)
{
    int length = lab_date_days_in_month(year, month), seen = 0, day;
    lab_date_t date = {year, month, 1};
    int weekday = lab_date_weekday(date);

    for (day = 1; day <= length; day++, weekday = (weekday + 1) % 7) {
        if ((r->days >> weekday & 1u) != 0) {
            date.day = day;
            if (++seen == r->week && r->week != LAST_WEEK) {
                break;
            }
        }
    }
    return date; /* the last one seen */
}

static lab_date_t date_of_month(const lab_recur_t *r, int month_number)
{
    int year = month_number / 12, month = month_number % 12 + 1, length;
    lab_date_t date = {year, month, r->day_of_month};

    if (r->kind == LAB_RECUR_RELATIVE_MONTHLY || r->kind == LAB_RECUR_RELATIVE_YEARLY) {
        return nth_of_month(r, year, month);
    }
    length = lab_date_days_in_month(year, month);
    if (date.day > length) {
        date.day = length;
    }
    return date;
}

static int is_yearly(const lab_recur_t *r)
{
    return r->kind == LAB_RECUR_ABSOLUTE_YEARLY || r->kind == LAB_RECUR_RELATIVE_YEARLY;
}

static int month_step(const lab_recur_t *r)
{
    return is_yearly(r) ? 12 * r->interval : r->interval;
}

/* Months since year 0 of the pattern's first month. */
static int first_month(const lab_recur_t *r)
{
    return r->start.year * 12 + (is_yearly(r) ? r->month : r->start.month) - 1;
}

/* --- the pattern without its end --- */

/* How many dates of the first week or month lie before the start date and do not count.
 */
static int skipped(const lab_recur_t *r)
{
    if (is_daily(r)) {
        return 0;
    }
    if (is_weekly(r)) {
        return days_until_place(r, place_in_week(r, lab_date_weekday(r->start)) - 1);
    }
    return lab_date_compare(date_of_month(r, first_month(r)), r->start) < 0;
}

/* index is 1-based and known to lie before the end of time */
static lab_date_t date_of_index(const lab_recur_t *r, int index)
{
    int k = index - 1 + skipped(r);

    if (is_daily(r)) {
        return lab_date_add_days(r->start, k * r->interval);
    }
    if (is_weekly(r)) {
        int per_week = popcount(r->days);

        return lab_date_from_days(first_week(r) + k / per_week * r->interval * 7 +
                                  place_of_day(r, k % per_week));
    }
    return date_of_month(r, first_month(r) + k * month_step(r));
}

/* How many dates of the pattern lie on or before date, its end not regarded. */
static int count_until(const lab_recur_t *r, lab_date_t date)
{
    int n;

    if (lab_date_compare(date, r->start) < 0) {
        return 0;
    }
    if (is_daily(r)) {
        return (lab_date_to_days(date) - lab_date_to_days(r->start)) / r->interval + 1;
    }
    if (is_weekly(r)) {
        int days = lab_date_to_days(date) - first_week(r);
        int period = 7 * r->interval;

        n = days / period * popcount(r->days) + days_until_place(r, days % period);
    } else {
        int months = date.year * 12 + date.month - 1 - first_month(r);

        if (months < 0) {
            return 0;
        }
        n = months / month_step(r) + 1;
        if (months % month_step(r) == 0 &&
            lab_date_compare(date_of_month(r, first_month(r) + months), date) > 0) {
            n--;
        }
    }
    n -= skipped(r);
    return n > 0 ? n : 0;
}

/* --- with its end --- */

/* The last index there is; a pattern without end stops with Exchange's calendar. */
static int last_index(const lab_recur_t *r)
{
    if (r->range == LAB_RECUR_NUMBERED) {
        return r->count;
    }
    if (r->range == LAB_RECUR_END_DATE && lab_date_compare(r->end, lab_date_last) < 0) {
        return count_until(r, r->end);
    }
    return count_until(r, lab_date_last);
}

int lab_recur_inside_reaches(const lab_recur_t *r, int count)
{
    return count_until(r, lab_date_last) >= count;
}

int lab_recur_count(const lab_recur_t *recur)
{
    return recur->range == LAB_RECUR_NO_END ? 0 : last_index(recur);
}

int lab_recur_date(const lab_recur_t *recur, int index, lab_date_t *out)
{
    if (index < 1 || index > last_index(recur)) {
        return 0;
    }
    *out = date_of_index(recur, index);
    return 1;
}

int lab_recur_index_until(const lab_recur_t *recur, lab_date_t date)
{
    int n = count_until(recur, date), last = last_index(recur);

    return n > last ? last : n;
}

int lab_recur_index(const lab_recur_t *recur, lab_date_t date)
{
    int n = count_until(recur, date);

    if (n == 0 || n > last_index(recur) ||
        lab_date_compare(date_of_index(recur, n), date) != 0) {
        return 0;
    }
    return n;
}

int lab_recur_index_from(const lab_recur_t *recur, lab_date_t date)
{
    int n = count_until(recur, lab_date_add_days(date, -1)) + 1;

    return n > last_index(recur) ? 0 : n;
}

lab_date_t lab_recur_first(const lab_recur_t *recur)
{
    return date_of_index(recur, 1);
}

int lab_recur_last(const lab_recur_t *recur, lab_date_t *out)
{
    if (recur->range == LAB_RECUR_NO_END) {
        return 0;
    }
    return lab_recur_date(recur, last_index(recur), out);
}

int lab_recur_window(const lab_recur_t *recur, lab_date_t from, lab_date_t to,
                     int *first_index, lab_date_t *out, int max)
{
    int index = lab_recur_index_from(recur, from),
        last = lab_recur_index_until(recur, to);
    int n = 0;

    *first_index = index != 0 && index <= last ? index : 0;
    for (; *first_index != 0 && index <= last && n < max; index++) {
        out[n++] = date_of_index(recur, index);
    }
    return n;
}

static int weekly_gap(const lab_recur_t *r)
{
    int per_week = popcount(r->days), i, gap, smallest;

    smallest = 7 * r->interval - place_of_day(r, per_week - 1) + place_of_day(r, 0);
    for (i = 1; i < per_week; i++) {
        gap = place_of_day(r, i) - place_of_day(r, i - 1);
        if (gap < smallest) {
            smallest = gap;
        }
    }
    return smallest;
}

int lab_recur_min_gap_days(const lab_recur_t *recur)
{
    int last = last_index(recur), smallest = 0, i, before, day;

    if (last < 2) {
        return 0;
    }
    if (is_daily(recur)) {
        return recur->interval;
    }
    if (is_weekly(recur) && last > 7) {
        return weekly_gap(recur);
    }
    before = lab_date_to_days(date_of_index(recur, 1));
    for (i = 2; i <= last && i <= SAMPLES; i++, before = day) {
        day = lab_date_to_days(date_of_index(recur, i));
        if (smallest == 0 || day - before < smallest) {
            smallest = day - before;
        }
    }
    return smallest;
}

int lab_recur_instant(const lab_recur_t *recur, const lab_zone_t *zone, int index,
                      int start_sec, apr_time_t *out)
{
    lab_wall_t wall;

    if (!lab_recur_date(recur, index, &wall.date)) {
        return 0;
    }
    wall.sec = start_sec;
    *out = lab_zone_instant(zone, wall);
    return 1;
}
