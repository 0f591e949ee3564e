/* SPDX-License-Identifier: Apache-2.0 */
/* Series of all kinds, with changed and deleted occurrences. */
#include <string.h>

#include "seed/seed_inside.h"

#define MAX_EXCEPTIONS 4
#define LAST_WEEK      5

static void set_weekly(lab_chance_t *chance, lab_recur_t *r)
{
    static const unsigned several[] = {0x0a, 0x14, 0x2a, 0x3e, 0x24};

    r->kind = LAB_RECUR_WEEKLY;
    r->interval = lab_chance_percent(chance, 70) ? 1 : lab_chance_between(chance, 2, 4);
    r->days = lab_chance_percent(chance, 65) ? 1u << lab_date_weekday(r->start)
                                             : several[lab_chance_between(chance, 0, 4)];
    r->first_day = lab_chance_percent(chance, 60) ? 1 : 0;
}

static void set_monthly(lab_chance_t *chance, lab_recur_t *r)
{
    static const unsigned sets[] = {LAB_RECUR_DAY, LAB_RECUR_WEEKDAY,
                                    LAB_RECUR_WEEKENDDAY};

    r->interval = lab_chance_percent(chance, 70) ? 1 : lab_chance_between(chance, 2, 6);
    if (lab_chance_percent(chance, 45)) {
        r->kind = LAB_RECUR_ABSOLUTE_MONTHLY;
        r->day_of_month = lab_chance_percent(chance, 25)
                              ? lab_chance_between(chance, 29, 31)
                              : r->start.day;
        return;
    }
    r->kind = LAB_RECUR_RELATIVE_MONTHLY;
    r->days = lab_chance_percent(chance, 75) ? 1u << lab_chance_between(chance, 1, 5)
                                             : sets[lab_chance_between(chance, 0, 2)];
    r->week = lab_chance_between(chance, 1, LAST_WEEK);
}

static void set_yearly(lab_chance_t *chance, lab_recur_t *r)
{
    r->interval = 1;
    r->month = r->start.month;
    if (lab_chance_percent(chance, 70)) {
        r->kind = LAB_RECUR_ABSOLUTE_YEARLY;
        r->day_of_month = r->start.day;
        return;
    }
    r->kind = LAB_RECUR_RELATIVE_YEARLY;
    r->days = 1u << lab_date_weekday(r->start);
    r->week = lab_chance_between(chance, 1, LAST_WEEK);
}

/* The pattern is complete but for its end. */
static void set_range(lab_chance_t *chance, lab_recur_t *r)
{
    int dice = lab_chance_between(chance, 0, 99);
    int is_yearly =
        r->kind == LAB_RECUR_ABSOLUTE_YEARLY || r->kind == LAB_RECUR_RELATIVE_YEARLY;

    /* the start is the first occurrence, as clients write it */
    r->range = LAB_RECUR_NO_END;
    r->start = lab_recur_first(r);
    if (dice < (is_yearly ? 70 : 25)) {
        return;
    }
    if (dice < 65) {
        r->range = LAB_RECUR_END_DATE;
        r->end = lab_date_add_days(
            r->start, lab_chance_between(chance, 20, is_yearly ? 3000 : 500));
        return;
    }
    r->range = LAB_RECUR_NUMBERED;
    r->count = lab_chance_between(chance, 2, is_yearly ? 10 : 40);
}

void lab_seed_series(lab_chance_t *chance, const lab_zone_t *zone, lab_date_t today,
                     lab_seed_event_t *e)
{
    int dice = lab_chance_between(chance, 0, 99);
    lab_recur_t *r = &e->recur;

    e->is_recurring = 1;
    r->start = lab_seed_day(chance, today, -547, 60);
    if (dice < 15) {
        r->kind = LAB_RECUR_DAILY;
        r->interval =
            lab_chance_percent(chance, 60) ? 1 : lab_chance_between(chance, 2, 10);
    } else if (dice < 60) {
        set_weekly(chance, r);
    } else if (dice < 85) {
        set_monthly(chance, r);
    } else {
        set_yearly(chance, r);
    }
    set_range(chance, r);
    if (dice >= 85 || lab_chance_percent(chance, 10)) {
        e->subject = dice >= 85 ? lab_chance_word(chance, lab_seed_birthday_names)
                                : lab_chance_word(chance, lab_seed_allday_subjects);
        lab_seed_whole_days(zone, r->start, 1, e);
        e->busy = 0;
    } else {
        e->subject = lab_chance_word(chance, lab_seed_series_subjects);
        lab_seed_hours(chance, zone, r->start, e);
    }
}

/** A series and its exceptions while they are made. */
typedef struct changes_t {
    lab_seed_event_t *e;
    lab_seed_exception_t *list;                  /* what the caller gets */
    lab_recur_exception_t walls[MAX_EXCEPTIONS]; /* the same on the wall clock */
    int n;
    int start_sec;
    apr_int64_t span_sec;
} changes_t;

/* Try a new time; 0 when it would cross a neighbour. */
static int move(changes_t *c, int index, apr_int64_t by_sec)
{
    lab_seed_exception_t *x = &c->list[c->n];
    lab_recur_exception_t *w = &c->walls[c->n];

    if (!lab_recur_date(&c->e->recur, index, &w->start.date)) {
        return 0;
    }
    w->start.sec = c->start_sec;
    w->start = lab_wall_add_sec(w->start, by_sec);
    w->end = lab_wall_add_sec(w->start, c->span_sec);
    if (by_sec != 0 &&
        lab_recur_check_move(&c->e->recur, c->start_sec, c->span_sec, c->walls, c->n,
                             index, w->start, w->end, NULL) != APR_SUCCESS) {
        return 0;
    }
    x->start = lab_zone_instant(c->e->zone, w->start);
    x->end = lab_zone_instant(c->e->zone, w->end);
    return 1;
}

static void add_exception(lab_chance_t *chance, changes_t *c, int index)
{
    static const int hours[] = {-2, -1, 1, 2, 3, 24, 48};
    lab_seed_exception_t *x = &c->list[c->n];
    lab_recur_exception_t *w = &c->walls[c->n];

    memset(x, 0, sizeof(*x));
    memset(w, 0, sizeof(*w));
    x->index = w->index = index;
    x->busy = -1;
    if (lab_chance_percent(chance, 40)) {
        x->is_deleted = w->is_deleted = 1;
        c->n++;
        return;
    }
    if (c->e->is_all_day ||
        !move(c, index, hours[lab_chance_between(chance, 0, 6)] * 3600)) {
        if (!move(c, index, 0)) {
            return;
        }
        x->subject = "Changed: bring the new plan";
    }
    if (lab_chance_percent(chance, 30)) {
        x->subject = "Special edition (with guests)";
    }
    if (lab_chance_percent(chance, 30)) {
        x->location = lab_chance_word(chance, lab_seed_locations);
    }
    if (lab_chance_percent(chance, 15)) {
        x->body = "This time somewhere else.\r\n";
    }
    if (lab_chance_percent(chance, 10)) {
        x->busy = 1;
    }
    c->n++;
}

void lab_seed_exceptions(lab_chance_t *chance, lab_seed_event_t *e, apr_pool_t *pool)
{
    int wanted = lab_chance_between(chance, 1, MAX_EXCEPTIONS), i, index = 0;
    int last = lab_recur_count(&e->recur);
    lab_wall_t start = lab_zone_wall(e->zone, e->start),
               end = lab_zone_wall(e->zone, e->end);
    changes_t c;

    memset(&c, 0, sizeof(c));
    c.e = e;
    c.list = apr_pcalloc(pool, sizeof(*c.list) * MAX_EXCEPTIONS);
    c.start_sec = start.sec;
    c.span_sec = lab_wall_diff_sec(start, end);
    for (i = 0; i < wanted; i++) {
        index += lab_chance_between(chance, 1, 4);
        if (last != 0 && index >= last) {
            break; /* the last one stays */
        }
        add_exception(chance, &c, index);
    }
    e->exceptions = c.list;
    e->nexceptions = c.n;
}
