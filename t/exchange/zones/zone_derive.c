/* SPDX-License-Identifier: Apache-2.0 */
/* From the history of a zone to eras of yearly rules, as the Windows registry keeps them.
 */
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "zones/zone_table.h"

#define MAX_CHANGES 8
#define FORMS       2
#define WEEK_LAST   (1u << 5)

/** One way to say on which day a change falls; occurrences is a mask (bit 1..4,
 * WEEK_LAST). */
typedef struct form_t {
    int month, weekday, wall_sec;
    unsigned occurrences; /* 0: this form does not fit */
} form_t;

typedef struct year_change_t {
    apr_int64_t at_sec;        /* UTC */
    int before_sec, after_sec; /* offsets */
    form_t forms[FORMS];
} year_change_t;

/** The rules of one year, and then of all the years of an era that share them. */
typedef struct year_rule_t {
    int first_year;
    int start_offset; /* when n is 0 */
    int n;
    year_change_t changes[MAX_CHANGES];
} year_rule_t;

static form_t form_of_day(lab_date_t date, int wall_sec)
{
    form_t form;

    form.month = date.month;
    form.weekday = lab_date_weekday(date);
    form.wall_sec = wall_sec;
    form.occurrences = date.day <= 28 ? 1u << ((date.day - 1) / 7 + 1) : 0;
    if (date.day + 7 > lab_date_days_in_month(date.year, date.month)) {
        form.occurrences |= WEEK_LAST;
    }
    return form;
}

/* The wall clock before the change; midnight may also be the day before at 24:00. */
static void set_forms(year_change_t *change)
{
    lab_wall_t wall =
        lab_wall_from_time(apr_time_from_sec(change->at_sec), change->before_sec);

    change->forms[0] = form_of_day(wall.date, wall.sec);
    if (wall.sec == 0 && !(wall.date.month == 1 && wall.date.day == 1)) {
        change->forms[1] = form_of_day(lab_date_add_days(wall.date, -1), 86400);
    } else {
        change->forms[1].occurrences = 0;
    }
}

/* More than two changes in a year (a summer time that pauses for Ramadan) do not fit into
 * the registry: the shortest pause goes. */
static void drop_pauses(year_rule_t *rule)
{
    while (rule->n > 2) {
        int i, best = -1;
        apr_int64_t shortest = 0;

        for (i = 0; i + 1 < rule->n; i++) {
            apr_int64_t span = rule->changes[i + 1].at_sec - rule->changes[i].at_sec;

            if (rule->changes[i].before_sec == rule->changes[i + 1].after_sec &&
                (best < 0 || span < shortest)) {
                best = i;
                shortest = span;
            }
        }
        if (best < 0) {
            return;
        }
        memmove(&rule->changes[best], &rule->changes[best + 2],
                sizeof(rule->changes[0]) * (rule->n - best - 2));
        rule->n -= 2;
    }
}

static int offset_at(const lab_zone_step_t *steps, int nsteps, apr_int64_t sec)
{
    int i = nsteps - 1;

    while (i > 0 && steps[i].from_sec > sec) {
        i--;
    }
    return steps[i].offset_sec;
}

static void year_rule(const lab_zone_step_t *steps, int nsteps, int year,
                      year_rule_t *rule)
{
    lab_date_t jan1 = {year, 1, 1};
    apr_int64_t from = (apr_int64_t)lab_date_to_days(jan1) * 86400;
    int i;

    memset(rule, 0, sizeof(*rule));
    rule->first_year = year;
    rule->start_offset = offset_at(steps, nsteps, from - offset_at(steps, nsteps, from));
    for (i = 1; i < nsteps && rule->n < MAX_CHANGES - 1; i++) {
        int before = steps[i - 1].offset_sec;
        lab_wall_t wall;

        if (before == steps[i].offset_sec || steps[i].from_sec < from - 86400 ||
            steps[i].from_sec > from + 367 * 86400) {
            continue;
        }
        wall = lab_wall_from_time(apr_time_from_sec(steps[i].from_sec), before);
        if (wall.date.year == year &&
            !(wall.date.month == 1 && wall.date.day == 1 && wall.sec == 0)) {
            year_change_t *change = &rule->changes[rule->n++];

            change->at_sec = steps[i].from_sec;
            change->before_sec = before;
            change->after_sec = steps[i].offset_sec;
            set_forms(change);
        } else if (wall.date.year == year) {
            rule->start_offset = steps[i].offset_sec;
        }
    }
    drop_pauses(rule);
    if (rule->n > 0 && rule->changes[rule->n - 1].after_sec != rule->start_offset) {
        /* the year does not end as it began: as Windows does, a change at its first
         * moment makes the rules of the year recur in themselves */
        year_change_t *change = &rule->changes[0];

        memmove(change + 1, change, sizeof(*change) * rule->n);
        change->at_sec = from - rule->start_offset;
        change->before_sec = change->after_sec = rule->start_offset;
        set_forms(change);
        rule->n++;
    }
}

/* Can one set of rules say both years? Then rule is narrowed to what fits both. */
static int merge(year_rule_t *rule, const year_rule_t *next)
{
    year_rule_t both = *rule;
    int i, f;

    if (rule->n != next->n ||
        (rule->n == 0 && rule->start_offset != next->start_offset)) {
        return 0;
    }
    for (i = 0; i < rule->n; i++) {
        unsigned fits = 0;

        if (rule->changes[i].after_sec != next->changes[i].after_sec) {
            return 0;
        }
        for (f = 0; f < FORMS; f++) {
            form_t *a = &both.changes[i].forms[f];
            const form_t *b = &next->changes[i].forms[f];

            if (a->month != b->month || a->weekday != b->weekday ||
                a->wall_sec != b->wall_sec) {
                a->occurrences = 0;
            }
            a->occurrences &= b->occurrences;
            fits |= a->occurrences;
        }
        if (fits == 0) {
            return 0;
        }
    }
    *rule = both;
    return 1;
}

static int add_period(apr_array_header_t *periods, const char *id, int year, int offset,
                      int standard, apr_pool_t *pool)
{
    lab_zone_period_t *period;
    const char *prefix = apr_psprintf(pool, "trule:Microsoft/Registry/%s/%d-", id, year);
    int i, same = 0;

    for (i = 0; i < periods->nelts; i++) {
        period = &APR_ARRAY_IDX(periods, i, lab_zone_period_t);
        if (strncmp(period->id, prefix, strlen(prefix)) == 0) {
            if (period->offset_sec == offset) {
                return i;
            }
            same += strcmp(period->name, "Daylight") == 0;
        }
    }
    period = apr_array_push(periods);
    period->name = offset == standard ? "Standard" : "Daylight";
    period->id = apr_pstrcat(
        pool, prefix, period->name,
        same > 0 && offset != standard ? apr_psprintf(pool, "-%d", same + 1) : "", NULL);
    period->offset_sec = offset;
    return periods->nelts - 1;
}

static void set_change(lab_zone_change_t *out, const year_change_t *change)
{
    const form_t *form = &change->forms[change->forms[0].occurrences != 0 ? 0 : 1];
    int week;

    memset(out, 0, sizeof(*out));
    out->month = form->month;
    out->weekday = form->weekday;
    out->wall_sec = form->wall_sec;
    if ((form->occurrences & WEEK_LAST) != 0) {
        out->occurrence = -1;
        return;
    }
    for (week = 1; week < 4 && (form->occurrences & 1u << week) == 0; week++) {
        continue;
    }
    out->occurrence = week;
}

static void add_era(lab_zone_t *zone, apr_array_header_t *eras,
                    apr_array_header_t *periods, const year_rule_t *rule,
                    apr_pool_t *pool)
{
    lab_zone_era_t *era = apr_array_push(eras);
    lab_zone_change_t *changes;
    int year = eras->nelts == 1 ? 1 : rule->first_year;
    int i, standard = rule->start_offset;

    memset(era, 0, sizeof(*era));
    era->from.date.year = rule->first_year;
    era->from.date.month = era->from.date.day = 1;
    for (i = 0; i < rule->n; i++) {
        if (rule->changes[i].after_sec < standard) {
            standard = rule->changes[i].after_sec;
        }
    }
    era->fixed_period = add_period(periods, zone->id, year, standard, standard, pool);
    changes = rule->n == 0 ? NULL : apr_palloc(pool, sizeof(*changes) * rule->n);
    for (i = 0; i < rule->n; i++) {
        set_change(&changes[i], &rule->changes[i]);
        changes[i].period = add_period(periods, zone->id, year,
                                       rule->changes[i].after_sec, standard, pool);
    }
    era->nchanges = rule->n;
    era->changes = changes;
}

void lab_zone_derive(lab_zone_t *zone, const lab_zone_step_t *steps, int nsteps,
                     apr_pool_t *pool)
{
    apr_array_header_t *eras = apr_array_make(pool, 4, sizeof(lab_zone_era_t));
    apr_array_header_t *periods = apr_array_make(pool, 4, sizeof(lab_zone_period_t));
    year_rule_t rule, next;
    int year;

    year_rule(steps, nsteps, LAB_ZONE_FIRST_YEAR, &rule);
    for (year = LAB_ZONE_FIRST_YEAR + 1; year <= LAB_ZONE_LAST_YEAR; year++) {
        year_rule(steps, nsteps, year, &next);
        if (!merge(&rule, &next)) {
            add_era(zone, eras, periods, &rule, pool);
            rule = next;
        }
    }
    add_era(zone, eras, periods, &rule, pool);
    zone->neras = eras->nelts;
    zone->eras = (const lab_zone_era_t *)eras->elts;
    zone->nperiods = periods->nelts;
    zone->periods = (const lab_zone_period_t *)periods->elts;
}
