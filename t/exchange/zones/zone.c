/* SPDX-License-Identifier: Apache-2.0 */
/* Instants and wall clocks of a zone. */
#include <limits.h>

#include "zones/zone_table.h"

lab_date_t lab_zone_change_date(const lab_zone_change_t *change, int year)
{
    lab_date_t date = {year, change->month, 1};
    int length = lab_date_days_in_month(year, change->month);
    int first;

    if (change->weekday < 0) {
        date.day = change->day > length ? length : change->day;
        return date;
    }
    first = 1 + (change->weekday - lab_date_weekday(date) + 7) % 7;
    if (change->occurrence > 0) {
        date.day = first + (change->occurrence - 1) * 7;
    } else {
        date.day = first + (length - first) / 7 * 7;
    }
    return date;
}

static apr_int64_t wall_sec(lab_wall_t wall)
{
    return (apr_int64_t)lab_date_to_days(wall.date) * 86400 + wall.sec;
}

/* Seconds on the wall clock before the change, since 1970. */
static apr_int64_t change_wall(const lab_zone_change_t *change, int year)
{
    return (apr_int64_t)lab_date_to_days(lab_zone_change_date(change, year)) * 86400 +
           change->wall_sec;
}

static int period_offset(const lab_zone_t *zone, int period)
{
    return zone->periods[period].offset_sec;
}

/* The offset in an era that recurs without bound. */
static int recurring_offset(const lab_zone_t *zone, const lab_zone_era_t *era,
                            apr_int64_t sec)
{
    int year, y, i, before, offset;

    if (era->nchanges == 0) {
        return period_offset(zone, era->fixed_period);
    }
    before = offset = period_offset(zone, era->changes[era->nchanges - 1].period);
    year = lab_wall_from_time(apr_time_from_sec(sec), 0).date.year;
    for (y = year - 1; y <= year + 1; y++) {
        for (i = 0; i < era->nchanges; i++) {
            if (change_wall(&era->changes[i], y) - before > sec) {
                return offset;
            }
            before = offset = period_offset(zone, era->changes[i].period);
        }
    }
    return offset;
}

/* What the rules of an era make of the moment at which it begins: the last change of that
 * year before it, else the last one of the year before. */
static int offset_at_start(const lab_zone_t *zone, const lab_zone_era_t *era)
{
    apr_int64_t from = wall_sec(era->from);
    int i;

    if (era->nchanges == 0) {
        return period_offset(zone, era->fixed_period);
    }
    for (i = era->nchanges - 1; i >= 0; i--) {
        if (change_wall(&era->changes[i], era->from.date.year) <= from) {
            return period_offset(zone, era->changes[i].period);
        }
    }
    return period_offset(zone, era->changes[era->nchanges - 1].period);
}

typedef struct builder_t {
    lab_zone_step_t *steps;
    int n, max, offset;
} builder_t;

static void add_step(builder_t *b, apr_int64_t from_sec, int offset_sec)
{
    if ((b->n > 0 && offset_sec == b->offset) || b->n >= b->max) {
        return;
    }
    b->steps[b->n].from_sec = from_sec;
    b->steps[b->n++].offset_sec = offset_sec;
    b->offset = offset_sec;
}

static void add_era_steps(builder_t *b, const lab_zone_t *zone, const lab_zone_era_t *era,
                          int last_year, apr_int64_t until_wall)
{
    int year, i;

    for (year = era->from.date.year; year <= last_year; year++) {
        for (i = 0; i < era->nchanges; i++) {
            apr_int64_t at = change_wall(&era->changes[i], year);

            if (at > wall_sec(era->from) && at < until_wall) {
                add_step(b, at - b->offset, period_offset(zone, era->changes[i].period));
            }
        }
    }
}

void lab_zone_flatten(lab_zone_t *zone, apr_pool_t *pool)
{
    struct lab_zone_flat_t *flat = apr_pcalloc(pool, sizeof(*flat));
    builder_t b = {0};
    int e;

    zone->flat = flat;
    flat->until_sec = INT64_MIN;
    if (zone->neras < 2) {
        return;
    }
    for (e = 1; e < zone->neras; e++) {
        int last = e + 1 < zone->neras ? zone->eras[e + 1].from.date.year
                                       : zone->eras[e].from.date.year + 1;

        b.max += 1 + zone->eras[e].nchanges * (last - zone->eras[e].from.date.year + 1);
    }
    b.steps = apr_palloc(pool, sizeof(*b.steps) * b.max);
    b.offset = recurring_offset(zone, &zone->eras[0],
                                wall_sec(zone->eras[1].from) - period_offset(zone, 0));
    for (e = 1; e < zone->neras; e++) {
        const lab_zone_era_t *era = &zone->eras[e];
        int is_last = e + 1 == zone->neras;
        int last_year = is_last ? era->from.date.year + 1 : era[1].from.date.year;
        apr_int64_t from = wall_sec(era->from) - b.offset;

        if (is_last) {
            lab_wall_t until = era->from;

            until.date.year = last_year;
            until.date.month = 7;
            until.date.day = 1;
            flat->until_sec = wall_sec(until);
        }
        add_step(&b, from, offset_at_start(zone, era));
        add_era_steps(&b, zone, era, last_year,
                      is_last ? flat->until_sec : wall_sec(era[1].from));
    }
    flat->steps = b.steps;
    flat->nsteps = b.n;
}

static int offset_at_sec(const lab_zone_t *zone, apr_int64_t sec)
{
    const struct lab_zone_flat_t *flat = zone->flat;
    int low = 0, high = flat->nsteps - 1;

    if (flat->nsteps == 0 || sec < flat->steps[0].from_sec) {
        return recurring_offset(zone, &zone->eras[0], sec);
    }
    if (sec >= flat->until_sec) {
        return recurring_offset(zone, &zone->eras[zone->neras - 1], sec);
    }
    while (low < high) {
        int mid = (low + high + 1) / 2;

        if (flat->steps[mid].from_sec <= sec) {
            low = mid;
        } else {
            high = mid - 1;
        }
    }
    return flat->steps[low].offset_sec;
}

int lab_zone_offset_at(const lab_zone_t *zone, apr_time_t when)
{
    apr_int64_t sec = when / APR_USEC_PER_SEC;

    return offset_at_sec(zone, when % APR_USEC_PER_SEC < 0 ? sec - 1 : sec);
}

lab_wall_t lab_zone_wall(const lab_zone_t *zone, apr_time_t when)
{
    return lab_wall_from_time(when, lab_zone_offset_at(zone, when));
}

apr_time_t lab_zone_instant(const lab_zone_t *zone, lab_wall_t wall)
{
    /* further than any offset and any skipped day, nearer than the next change */
    const int around_sec = 36 * 3600;
    apr_int64_t naive = wall_sec(wall);
    int before = offset_at_sec(zone, naive - around_sec);
    int after = offset_at_sec(zone, naive + around_sec);

    /* in an overlap both offsets show that clock: the later one is asked first */
    if (offset_at_sec(zone, naive - after) == after) {
        return apr_time_from_sec(naive - after);
    }
    return apr_time_from_sec(naive - before);
}

int lab_zone_is_equal(const lab_zone_t *a, const lab_zone_t *b)
{
    lab_date_t from = {LAB_ZONE_FIRST_YEAR, 1, 1}, to = {LAB_ZONE_LAST_YEAR + 1, 1, 1};
    apr_int64_t sec = (apr_int64_t)lab_date_to_days(from) * 86400;
    apr_int64_t end = (apr_int64_t)lab_date_to_days(to) * 86400;

    /* changes are whole quarters of an hour apart, but days are enough to see that rules
     * differ; the hours of a day are looked at only where its ends disagree */
    for (; a != b && sec < end; sec += 86400) {
        int a_offset = offset_at_sec(a, sec), b_offset = offset_at_sec(b, sec);

        if (a_offset != b_offset) {
            return 0;
        }
        if (a_offset != offset_at_sec(a, sec + 86400)) {
            apr_int64_t s;

            for (s = sec; s < sec + 86400; s += 900) {
                if (offset_at_sec(a, s) != offset_at_sec(b, s)) {
                    return 0;
                }
            }
        }
    }
    return 1;
}
