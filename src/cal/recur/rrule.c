/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cal/recur/rrule.h"
#include "cal/zone/zone_priv.h"

#define DAY_SEC 86400
#define MAX_NTH 64

struct xc_rrule_t {
    const struct icalrecurrencetype *rule;
    apr_pool_t *pool;
    icalrecurrencetype_frequency freq;
    int interval;
    xc_wall_t start;
    apr_int64_t start_sec, from_sec;
    int start_days, week_start;

    /* what a day must be; 0 or empty = any */
    unsigned months;                   /* bit 1..12 */
    unsigned month_days, month_days_neg; /* bit 1..31, from the front and from the back */
    unsigned weekdays;                 /* bit 0 = Sunday, in any week */
    struct { signed char weekday; short n; } nth[MAX_NTH]; /* n-th weekday of the month or year */
    int nth_count;
    enum { NTH_MONTH, NTH_YEAR, NTH_IGNORED } nth_scope;
    int use_weekno;

    /* what a time must be */
    unsigned hours;                    /* bit 0..23 */
    apr_uint64_t minutes, seconds;     /* bit 0..59 */
    int *times;                        /* seconds added to a candidate's base, ascending */
    int time_count;

    int begun;
    apr_int64_t period;                /* number of the next period to fill */
    long count_left;                   /* -1 = no COUNT */
    long budget;

    /* the candidates of the current period: days x times, or those of BYSETPOS */
    int days[366];
    int day_count;
    apr_int64_t base_sec;              /* sub-daily: the period's start; else 0 */
    apr_int64_t picks[ICAL_BY_SETPOS_SIZE];
    int pick_count;                    /* -1 = all */
    apr_int64_t pos;
};

static apr_int64_t floor_div(apr_int64_t a, apr_int64_t b)
{
    apr_int64_t q = a / b;
    return a % b < 0 ? q - 1 : q;
}

static int is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const signed char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static int is_listed(const short *list, int value)
{
    for (; *list != ICAL_RECURRENCE_ARRAY_MAX; list++) {
        if (*list == value)
            return 1;
    }
    return 0;
}

static int has(const short *list)
{
    return list[0] != ICAL_RECURRENCE_ARRAY_MAX;
}

static apr_uint64_t bits(const short *list, int lowest, int highest)
{
    apr_uint64_t mask = 0;
    for (; *list != ICAL_RECURRENCE_ARRAY_MAX; list++) {
        if (*list >= lowest && *list <= highest)
            mask |= (apr_uint64_t)1 << *list;
    }
    return mask;
}

/* Number of the week that a day is in, and how many weeks the week's year has (RFC 5545: week 1 has four days). */
static void week_number(int days, int week_start, int *number, int *weeks)
{
    int week = days - (xc_date_weekday(days) - week_start + 7) % 7; /* first day of the week */
    int year, month, day;
    xc_date_from_days(week + 3, &year, &month, &day); /* the fourth day decides the year */
    int jan4 = xc_date_to_days(year, 1, 4), next4 = xc_date_to_days(year + 1, 1, 4);
    int first = jan4 - (xc_date_weekday(jan4) - week_start + 7) % 7;
    int last = next4 - (xc_date_weekday(next4) - week_start + 7) % 7;
    *number = (week - first) / 7 + 1;
    *weeks = (last - first) / 7;
}

static int nth_fits(const xc_rrule_t *it, int days, int year, int month, int day)
{
    int weekday = xc_date_weekday(days), at, len;
    if (it->nth_scope == NTH_YEAR) {
        at = days - xc_date_to_days(year, 1, 1);
        len = is_leap(year) ? 366 : 365;
    }
    else {
        at = day - 1;
        len = days_in_month(year, month);
    }
    for (int i = 0; i < it->nth_count; i++) {
        if (it->nth[i].weekday != weekday)
            continue;
        if (it->nth_scope == NTH_IGNORED || it->nth[i].n == at / 7 + 1 || it->nth[i].n == -((len - 1 - at) / 7 + 1))
            return 1;
    }
    return 0;
}

static int day_fits(const xc_rrule_t *it, int days, int year, int month, int day)
{
    if (it->months && !(it->months & 1u << month))
        return 0;
    if (it->month_days || it->month_days_neg) {
        int from_end = days_in_month(year, month) - day + 1;
        if (!(it->month_days & 1u << day) && !(it->month_days_neg & 1u << from_end))
            return 0;
    }
    if (has(it->rule->by_year_day)) {
        int at = days - xc_date_to_days(year, 1, 1) + 1;
        if (!is_listed(it->rule->by_year_day, at) && !is_listed(it->rule->by_year_day, at - 1 - (is_leap(year) ? 366 : 365)))
            return 0;
    }
    if (it->use_weekno) {
        int number, weeks;
        week_number(days, it->week_start, &number, &weeks);
        if (!is_listed(it->rule->by_week_no, number) && !is_listed(it->rule->by_week_no, number - 1 - weeks))
            return 0;
    }
    if (it->weekdays || it->nth_count)
        return (it->weekdays & 1u << xc_date_weekday(days)) || nth_fits(it, days, year, month, day);
    return 1;
}

static void add_day(xc_rrule_t *it, int days)
{
    int year, month, day;
    xc_date_from_days(days, &year, &month, &day);
    it->budget--;
    if (it->day_count < 366 && day_fits(it, days, year, month, day))
        it->days[it->day_count++] = days;
}

static void add_month(xc_rrule_t *it, int year, int month)
{
    int first = xc_date_to_days(year, month, 1), len = days_in_month(year, month);
    it->budget--;
    if (it->months && !(it->months & 1u << month))
        return;
    for (int day = 1; day <= len; day++) {
        it->budget--;
        if (it->day_count < 366 && day_fits(it, first + day - 1, year, month, day))
            it->days[it->day_count++] = first + day - 1;
    }
}

static int unit_sec(icalrecurrencetype_frequency freq)
{
    switch (freq) {
    case ICAL_SECONDLY_RECURRENCE: return 1;
    case ICAL_MINUTELY_RECURRENCE: return 60;
    case ICAL_HOURLY_RECURRENCE: return 3600;
    case ICAL_DAILY_RECURRENCE: return DAY_SEC;
    case ICAL_WEEKLY_RECURRENCE: return 7 * DAY_SEC;
    default: return 0;
    }
}

/* The next period of a rule smaller than a day; jumps over days, hours and minutes that cannot match. */
static xc_rrule_step_e fill_sub_daily(xc_rrule_t *it)
{
    apr_int64_t unit = unit_sec(it->freq), step = unit * it->interval;
    apr_int64_t origin = floor_div(it->start_sec, unit) * unit;
    for (;;) {
        apr_int64_t base = origin + it->period * step, next;
        xc_wall_t w;
        xc_civil_from_sec(&w, base);
        if (w.year > XC_RRULE_LAST_YEAR)
            return XC_RRULE_END;
        if (--it->budget < 0)
            return XC_RRULE_TOO_FAR;
        int days = (int)floor_div(base, DAY_SEC);
        if (!day_fits(it, days, w.year, w.month, w.day))
            next = ((apr_int64_t)days + 1) * DAY_SEC;
        else if (!(it->hours & 1u << w.hour))
            next = (floor_div(base, 3600) + 1) * 3600;
        else if (unit < 3600 && !(it->minutes & (apr_uint64_t)1 << w.minute))
            next = (floor_div(base, 60) + 1) * 60;
        else if (unit < 60 && !(it->seconds & (apr_uint64_t)1 << w.second))
            next = base + 1;
        else {
            it->base_sec = base;
            it->days[0] = 0;
            it->day_count = 1;
            it->period++;
            return XC_RRULE_ONE;
        }
        it->period = floor_div(next - origin + step - 1, step);
    }
}

static void pick_positions(xc_rrule_t *it);

static xc_rrule_step_e fill_period(xc_rrule_t *it)
{
    apr_int64_t k = it->period;
    it->day_count = 0;
    it->pos = 0;
    switch (it->freq) {
    case ICAL_YEARLY_RECURRENCE: {
        apr_int64_t year = it->start.year + k * it->interval;
        if (year > XC_RRULE_LAST_YEAR)
            return XC_RRULE_END;
        for (int month = 1; month <= 12; month++)
            add_month(it, (int)year, month);
        break;
    }
    case ICAL_MONTHLY_RECURRENCE: {
        apr_int64_t month = (apr_int64_t)it->start.year * 12 + it->start.month - 1 + k * it->interval;
        if (month / 12 > XC_RRULE_LAST_YEAR)
            return XC_RRULE_END;
        add_month(it, (int)(month / 12), (int)(month % 12) + 1);
        break;
    }
    case ICAL_WEEKLY_RECURRENCE:
    case ICAL_DAILY_RECURRENCE: {
        int weekly = it->freq == ICAL_WEEKLY_RECURRENCE;
        apr_int64_t first = it->start_days + k * it->interval * (weekly ? 7 : 1);
        if (weekly)
            first -= (xc_date_weekday(it->start_days) - it->week_start + 7) % 7;
        if (first > (apr_int64_t)xc_date_to_days(XC_RRULE_LAST_YEAR, 12, 31))
            return XC_RRULE_END;
        for (int i = 0; i < (weekly ? 7 : 1); i++)
            add_day(it, (int)first + i);
        break;
    }
    default: {
        xc_rrule_step_e step = fill_sub_daily(it);
        if (step == XC_RRULE_ONE)
            pick_positions(it);
        return step;
    }
    }
    it->period++;
    pick_positions(it);
    return it->budget < 0 ? XC_RRULE_TOO_FAR : XC_RRULE_ONE;
}

static int compare_positions(const void *a, const void *b)
{
    apr_int64_t x = *(const apr_int64_t *)a, y = *(const apr_int64_t *)b;
    return x < y ? -1 : x > y;
}

/* BYSETPOS: places in the period's set, ascending and each once. */
static void pick_positions(xc_rrule_t *it)
{
    const short *list = it->rule->by_set_pos;
    apr_int64_t total = (apr_int64_t)it->day_count * it->time_count;
    if (!has(list)) {
        it->pick_count = -1;
        return;
    }
    int n = 0, unique = 0;
    for (int i = 0; i < ICAL_BY_SETPOS_SIZE && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
        apr_int64_t at = list[i] > 0 ? list[i] - 1 : total + list[i];
        if (list[i] != 0 && at >= 0 && at < total)
            it->picks[n++] = at;
    }
    qsort(it->picks, (size_t)n, sizeof(it->picks[0]), compare_positions);
    for (int i = 0; i < n; i++) {
        if (unique == 0 || it->picks[unique - 1] != it->picks[i])
            it->picks[unique++] = it->picks[i];
    }
    it->pick_count = unique;
}

/* The next candidate of the current period, in order. */
static int next_candidate(xc_rrule_t *it, apr_int64_t *sec)
{
    apr_int64_t total = it->pick_count >= 0 ? it->pick_count : (apr_int64_t)it->day_count * it->time_count;
    if (it->pos >= total)
        return 0;
    apr_int64_t at = it->pick_count >= 0 ? it->picks[it->pos] : it->pos;
    it->pos++;
    *sec = it->base_sec + (apr_int64_t)it->days[at / it->time_count] * DAY_SEC + it->times[at % it->time_count];
    return 1;
}

/* The times of day (or of the hour, of the minute) that each period has. */
static void make_times(xc_rrule_t *it, int is_date)
{
    const struct icalrecurrencetype *r = it->rule;
    int unit = unit_sec(it->freq);
    it->hours = has(r->by_hour) ? (unsigned)bits(r->by_hour, 0, 23) : unit && unit <= 3600 ? 0xffffff : 1u << it->start.hour;
    it->minutes = has(r->by_minute)     ? bits(r->by_minute, 0, 59)
                  : unit && unit <= 60  ? ((apr_uint64_t)1 << 60) - 1
                                        : (apr_uint64_t)1 << it->start.minute;
    it->seconds = has(r->by_second)    ? bits(r->by_second, 0, 59)
                  : unit == 1          ? ((apr_uint64_t)1 << 60) - 1
                                       : (apr_uint64_t)1 << it->start.second;
    int hours = __builtin_popcount(it->hours), minutes = __builtin_popcountll(it->minutes), seconds = __builtin_popcountll(it->seconds);
    int below_hour = unit == 0 || unit > 3600, below_minute = unit == 0 || unit > 60, below_second = unit != 1;
    if (is_date) {
        it->times = apr_pcalloc(it->pool, sizeof(int));
        it->time_count = 1;
        return;
    }
    int size = (below_hour ? hours : 1) * (below_minute ? minutes : 1) * (below_second ? seconds : 1);
    it->times = apr_pcalloc(it->pool, sizeof(int) * (apr_size_t)(size ? size : 1));
    for (int h = 0; h < (below_hour ? 24 : 1); h++) {
        if (below_hour && !(it->hours & 1u << h))
            continue;
        for (int m = 0; m < (below_minute ? 60 : 1); m++) {
            if (below_minute && !(it->minutes & (apr_uint64_t)1 << m))
                continue;
            for (int s = 0; s < (below_second ? 60 : 1); s++) {
                if (!below_second || (it->seconds & (apr_uint64_t)1 << s))
                    it->times[it->time_count++] = h * 3600 + m * 60 + s;
            }
        }
    }
}

/* What a day must be, with the parts that RFC 5545 takes from DTSTART. */
static void make_day_rules(xc_rrule_t *it)
{
    const struct icalrecurrencetype *r = it->rule;
    int yearly = it->freq == ICAL_YEARLY_RECURRENCE, monthly = it->freq == ICAL_MONTHLY_RECURRENCE;
    it->months = (unsigned)bits(r->by_month, 1, 12);
    it->month_days = (unsigned)bits(r->by_month_day, 1, 31);
    for (const short *d = r->by_month_day; *d != ICAL_RECURRENCE_ARRAY_MAX; d++) {
        if (*d >= -31 && *d <= -1)
            it->month_days_neg |= 1u << -*d;
    }
    it->use_weekno = yearly && has(r->by_week_no);
    it->nth_scope = monthly || (yearly && it->months) ? NTH_MONTH : yearly && !it->use_weekno ? NTH_YEAR : NTH_IGNORED;
    for (const short *d = r->by_day; *d != ICAL_RECURRENCE_ARRAY_MAX; d++) {
        int weekday = (int)icalrecurrencetype_day_day_of_week(*d) - 1, n = icalrecurrencetype_day_position(*d);
        if (weekday < 0 || weekday > 6)
            continue;
        if (n == 0 || it->nth_count == MAX_NTH)
            it->weekdays |= 1u << weekday;
        else {
            it->nth[it->nth_count].weekday = (signed char)weekday;
            it->nth[it->nth_count++].n = (short)n;
        }
    }
    if (has(r->by_day) || has(r->by_month_day) || has(r->by_year_day))
        return;
    if (it->freq == ICAL_WEEKLY_RECURRENCE || it->use_weekno)
        it->weekdays = 1u << xc_date_weekday(it->start_days);
    else if (yearly || monthly) {
        it->month_days = 1u << it->start.day;
        if (yearly && !it->months)
            it->months = 1u << it->start.month;
    }
}

static int has_by_parts(const struct icalrecurrencetype *r)
{
    return has(r->by_second) || has(r->by_minute) || has(r->by_hour) || has(r->by_day) || has(r->by_month_day)
           || has(r->by_year_day) || has(r->by_week_no) || has(r->by_month) || has(r->by_set_pos);
}

/* Go to the period that holds `from`, where what lies before need not be counted one by one. */
static void seek(xc_rrule_t *it)
{
    xc_wall_t from;
    apr_int64_t k;
    if (it->from_sec <= it->start_sec)
        return;
    if (it->from_sec > (apr_int64_t)DAY_SEC * 366 * XC_RRULE_LAST_YEAR)
        it->from_sec = (apr_int64_t)DAY_SEC * 366 * XC_RRULE_LAST_YEAR;
    xc_civil_from_sec(&from, it->from_sec);
    int unit = unit_sec(it->freq);
    if (unit)
        k = (it->from_sec - it->start_sec) / ((apr_int64_t)unit * it->interval);
    else if (it->freq == ICAL_MONTHLY_RECURRENCE)
        k = ((from.year - it->start.year) * 12 + from.month - it->start.month) / it->interval;
    else
        k = (from.year - it->start.year) / it->interval;
    if (it->count_left < 0)
        it->period = k;
    else if (unit && !has_by_parts(it->rule)) { /* one occurrence in each period: counted by number */
        it->period = k;
        it->count_left = k > 0 ? it->count_left - (k - 1) : it->count_left;
        it->count_left = it->count_left < 0 ? 0 : it->count_left;
    }
}

xc_rrule_t *xc_rrule_open(const struct icalrecurrencetype *rule, const xc_wall_t *start, int is_date,
                          apr_int64_t from_sec, apr_pool_t *pool)
{
    if (rule->freq < ICAL_SECONDLY_RECURRENCE || rule->freq > ICAL_YEARLY_RECURRENCE)
        return NULL;
    if ((rule->rscale && strcasecmp(rule->rscale, "GREGORIAN") != 0) || rule->skip == ICAL_SKIP_BACKWARD || rule->skip == ICAL_SKIP_FORWARD)
        return NULL;
    if ((is_date && rule->freq < ICAL_DAILY_RECURRENCE) || start->year < 1 || start->year > XC_RRULE_LAST_YEAR)
        return NULL;
    xc_rrule_t *it = apr_pcalloc(pool, sizeof(*it));
    it->rule = rule;
    it->pool = pool;
    it->freq = rule->freq;
    it->interval = rule->interval > 0 ? rule->interval : 1;
    it->start = *start;
    it->start_sec = xc_civil_to_sec(start);
    it->start_days = xc_date_to_days(start->year, start->month, start->day);
    it->from_sec = from_sec;
    it->week_start = rule->week_start == ICAL_NO_WEEKDAY ? 1 : (int)rule->week_start - 1;
    it->count_left = rule->count > 0 ? rule->count : -1;
    it->budget = XC_RRULE_BUDGET;
    make_day_rules(it);
    make_times(it, is_date);
    return it;
}

xc_rrule_step_e xc_rrule_next(xc_rrule_t *it, xc_wall_t *out)
{
    apr_int64_t sec;
    if (!it->begun) {
        it->begun = 1;
        if (it->count_left > 0)
            it->count_left--;
        seek(it);
        if (it->start_sec >= it->from_sec) {
            *out = it->start;
            return XC_RRULE_ONE;
        }
    }
    if (it->time_count == 0)
        return XC_RRULE_END;
    while (it->count_left != 0) {
        while (next_candidate(it, &sec)) {
            if (--it->budget < 0)
                return XC_RRULE_TOO_FAR;
            if (sec <= it->start_sec)
                continue;
            if (it->count_left > 0)
                it->count_left--;
            if (sec >= it->from_sec) {
                xc_civil_from_sec(out, sec);
                return XC_RRULE_ONE;
            }
            if (it->count_left == 0)
                return XC_RRULE_END;
        }
        xc_rrule_step_e step = fill_period(it);
        if (step != XC_RRULE_ONE)
            return step;
    }
    return XC_RRULE_END;
}
