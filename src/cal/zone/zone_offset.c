/* SPDX-License-Identifier: Apache-2.0 */
/* Dates, offsets and instants: the arithmetic of zones whose rules are at hand. */
#include "cal/zone/zone_priv.h"

#define DAY_SEC 86400
#define LAST_YEAR 2500 /* where looking for a next change gives up */

/* days since 1970-01-01 counted in eras of 400 years that begin on 1 March */
int xc_date_to_days(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

void xc_date_from_days(int days, int *year, int *month, int *day)
{
    int z = days + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;

    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2);
}

int xc_date_weekday(int days)
{
    int w = (days + 4) % 7; /* 1970-01-01 was a Thursday */
    return w < 0 ? w + 7 : w;
}

apr_int64_t xc_civil_to_sec(const xc_wall_t *wall)
{
    return (apr_int64_t)xc_date_to_days(wall->year, wall->month, wall->day) * DAY_SEC + wall->hour * 3600 +
           wall->minute * 60 + wall->second;
}

void xc_civil_from_sec(xc_wall_t *wall, apr_int64_t sec)
{
    apr_int64_t days = sec / DAY_SEC;
    int rest = (int)(sec % DAY_SEC);

    if (rest < 0) {
        rest += DAY_SEC;
        days--;
    }
    xc_date_from_days((int)days, &wall->year, &wall->month, &wall->day);
    wall->hour = rest / 3600;
    wall->minute = rest / 60 % 60;
    wall->second = rest % 60;
}

static int is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

apr_int64_t xc_onset_at(const xc_onset_t *onset, int year, int offset_sec)
{
    int days = 0;

    switch (onset->form) {
    case XC_ONSET_NTH_DAY: {
        int first = xc_date_to_days(year, onset->month, 1);
        int next = onset->month == 12 ? xc_date_to_days(year + 1, 1, 1) : xc_date_to_days(year, onset->month + 1, 1);
        days = first + (onset->weekday - xc_date_weekday(first) + 7) % 7 + 7 * (onset->week - 1);
        while (days >= next)
            days -= 7;
        break;
    }
    case XC_ONSET_JULIAN:
        days = xc_date_to_days(year, 1, 1) + onset->day - 1 + (is_leap(year) && onset->day >= 60);
        break;
    case XC_ONSET_YEAR_DAY:
        days = xc_date_to_days(year, 1, 1) + onset->day;
        break;
    }
    return (apr_int64_t)days * DAY_SEC + onset->time_sec - offset_sec;
}

/* The two changes of a year in order of time; dst_first tells which is which. */
static void rule_changes(const xc_rule_t *rule, int year, apr_int64_t at[2], int *dst_first)
{
    apr_int64_t to_dst = xc_onset_at(&rule->to_dst, year, rule->std_sec);
    apr_int64_t to_std = xc_onset_at(&rule->to_std, year, rule->dst_sec);

    *dst_first = to_dst < to_std;
    at[0] = *dst_first ? to_dst : to_std;
    at[1] = *dst_first ? to_std : to_dst;
}

static int rule_offset(const xc_rule_t *rule, apr_int64_t sec, int *is_dst, const char **name)
{
    int dst = 0;

    if (rule->has_dst) {
        xc_wall_t wall;
        apr_int64_t at[2];
        int dst_first;
        xc_civil_from_sec(&wall, sec + rule->std_sec);
        rule_changes(rule, wall.year, at, &dst_first);
        dst = sec >= at[0] && sec < at[1] ? dst_first : !dst_first;
    }
    if (is_dst)
        *is_dst = dst;
    if (name)
        *name = dst ? rule->dst_name : rule->std_name;
    return dst ? rule->dst_sec : rule->std_sec;
}

int xc_zone_offset_at(const xc_zone_t *zone, apr_int64_t sec, int *is_dst, const char **name)
{
    int lo = 0, hi = zone->n;

    if (zone->rule.set && sec >= zone->rule_from)
        return rule_offset(&zone->rule, sec, is_dst, name);
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (zone->t[mid].at <= sec)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (is_dst)
        *is_dst = lo > 0 && zone->t[lo - 1].is_dst;
    if (name)
        *name = lo > 0 ? zone->t[lo - 1].name : zone->first_name;
    return lo > 0 ? zone->t[lo - 1].offset_sec : zone->first_offset_sec;
}

int xc_zone_next_change(const xc_zone_t *zone, apr_int64_t sec, apr_int64_t *at)
{
    xc_wall_t wall;
    int now = xc_zone_offset_at(zone, sec, NULL, NULL);

    for (int i = 0; i < zone->n; i++) {
        if (zone->t[i].at > sec && zone->t[i].offset_sec != now) {
            *at = zone->t[i].at;
            return 1;
        }
    }
    if (!zone->rule.set || !zone->rule.has_dst)
        return 0;
    xc_civil_from_sec(&wall, zone->rule_from > sec ? zone->rule_from : sec);
    for (int year = wall.year - 1; year <= LAST_YEAR; year++) {
        apr_int64_t change[2];
        int dst_first;
        rule_changes(&zone->rule, year, change, &dst_first);
        for (int k = 0; k < 2; k++) {
            if (change[k] > sec && change[k] >= zone->rule_from) {
                *at = change[k];
                return 1;
            }
        }
    }
    return 0;
}

int xc_zone_same_rules(const xc_zone_t *a, const xc_zone_t *b, apr_int64_t from, apr_int64_t to)
{
    for (apr_int64_t sec = from; sec < to;) {
        apr_int64_t na, nb;
        if (xc_zone_offset_at(a, sec, NULL, NULL) != xc_zone_offset_at(b, sec, NULL, NULL))
            return 0;
        if (!xc_zone_next_change(a, sec, &na) || na > to)
            na = to;
        if (!xc_zone_next_change(b, sec, &nb) || nb > to)
            nb = to;
        if (na != nb)
            return 0;
        sec = na;
    }
    return 1;
}

int xc_zone_offset_sec(const xc_zone_t *zone, apr_time_t t)
{
    apr_int64_t sec = t / APR_USEC_PER_SEC;
    if (t % APR_USEC_PER_SEC < 0)
        sec--;
    return xc_zone_offset_at(zone, sec, NULL, NULL);
}

void xc_zone_to_wall(const xc_zone_t *zone, apr_time_t t, xc_wall_t *wall)
{
    apr_int64_t sec = t / APR_USEC_PER_SEC;
    if (t % APR_USEC_PER_SEC < 0)
        sec--;
    xc_civil_from_sec(wall, sec + xc_zone_offset_at(zone, sec, NULL, NULL));
}

apr_time_t xc_zone_to_utc(const xc_zone_t *zone, const xc_wall_t *wall)
{
    apr_int64_t local = xc_civil_to_sec(wall), best = 0;
    /* offsets are below 16 hours, so the offset in force is one of these */
    int offset[3] = {xc_zone_offset_at(zone, local - 16 * 3600, NULL, NULL), xc_zone_offset_at(zone, local, NULL, NULL),
                     xc_zone_offset_at(zone, local + 16 * 3600, NULL, NULL)};
    int found = 0;

    for (int i = 0; i < 3; i++) {
        apr_int64_t sec = local - offset[i];
        if (xc_zone_offset_at(zone, sec, NULL, NULL) == offset[i] && (!found || sec < best)) {
            best = sec;
            found = 1;
        }
    }
    if (!found) /* a time that the clock skips: read with the offset before the gap */
        best = local - offset[0];
    return best * APR_USEC_PER_SEC;
}
