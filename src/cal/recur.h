/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file recur.h
 * A recurrence as Exchange can express it (six patterns, three ranges), its arithmetic, and the
 * way to it from RRULE and back. Dates are local dates of the series' zone.
 */
#ifndef XC_CAL_RECUR_H
#define XC_CAL_RECUR_H

#include <apr_pools.h>

#include "base/error.h"
#include "cal/zone.h"

typedef enum xc_recur_kind_e {
    XC_RECUR_DAILY, XC_RECUR_WEEKLY,
    XC_RECUR_MONTHLY_DAY,  /* AbsoluteMonthly: day_of_month, the last day in shorter months */
    XC_RECUR_MONTHLY_NTH,  /* RelativeMonthly: days + index */
    XC_RECUR_YEARLY_DAY,   /* AbsoluteYearly: month + day_of_month */
    XC_RECUR_YEARLY_NTH    /* RelativeYearly: month + days + index */
} xc_recur_kind_e;

#define XC_DAYS_ALL      0x7f
#define XC_DAYS_WEEKDAY  0x3e /* Monday .. Friday; bit 0 = Sunday */
#define XC_DAYS_WEEKEND  0x41

typedef struct xc_recur_t {
    xc_recur_kind_e kind;
    int interval;          /* 1.. ; 1 for yearly kinds (longer ones are monthly * 12) */
    unsigned days;         /* bit set, bit 0 = Sunday; *_NTH: one day, or XC_DAYS_ALL/WEEKDAY/WEEKEND */
    int index;             /* *_NTH: 1..4, 5 = last */
    int day_of_month;      /* 1..31 */
    int month;             /* 1..12, yearly kinds */
    int week_start;        /* 0 = Sunday; matters for weekly with interval > 1 */
    int start_year, start_month, start_day;  /* first date of the range */
    enum { XC_RANGE_FOREVER, XC_RANGE_COUNT, XC_RANGE_UNTIL } range;
    int count;             /* XC_RANGE_COUNT: 1..999 */
    int until_year, until_month, until_day;  /* XC_RANGE_UNTIL: last possible local date */
} xc_recur_t;

/**
 * RRULE value -> pattern (mapping 6). The first occurrence must be the start itself.
 * @param rrule   the value ("FREQ=WEEKLY;BYDAY=MO")
 * @param start   wall clock of DTSTART in `zone`
 * @param zone    zone of the series (for UNTIL, which is UTC); NULL for all-day and floating
 * @param all_day DTSTART is a DATE
 * @return recurrence-exchange-can-express with a sentence that names the part that Exchange has no
 *         place for; valid-calendar-data when it is no RRULE
 */
xc_error_t *xc_recur_from_rrule(xc_recur_t **out, const char *rrule, const xc_wall_t *start, const xc_zone_t *zone,
                                int all_day, apr_pool_t *pool);
/** The exact RRULE value of a pattern (day 31 -> BYMONTHDAY=-1, 30 -> BYMONTHDAY=28,29,30;BYSETPOS=-1 …). UNTIL as UTC of start's time, or DATE. */
const char *xc_recur_to_rrule(const xc_recur_t *recur, const xc_wall_t *start, const xc_zone_t *zone, int all_day, apr_pool_t *pool);

/** The one form of patterns that mean the same: UNTIL on the last occurrence, twelve months as a year, WKST where it matters. */
void xc_recur_canonical(xc_recur_t *out, const xc_recur_t *recur);
/** Same series of dates, written alike? */
int xc_recur_equal(const xc_recur_t *a, const xc_recur_t *b);

/** 1-based index of a local date (days since 1970) in the unmodified pattern; 0 = not an occurrence. */
int xc_recur_index_of(const xc_recur_t *recur, int days);
/** The date of the n-th occurrence; -1 in *days and 0 returned when there is none. */
int xc_recur_date_of(const xc_recur_t *recur, int index, int *days);
/** First occurrence on or after `days`; returns its 1-based index, 0 when none is left. */
int xc_recur_next(const xc_recur_t *recur, int days, int *found_days);
/** Last occurrence; returns 0 for a series without end. */
int xc_recur_last(const xc_recur_t *recur, int *days);
/** Does the pattern give the same dates with weeks that begin on another day? (0 = Sunday) */
int xc_recur_fits_week_start(const xc_recur_t *recur, int week_start);
/** A lower bound of the days between two occurrences: Exchange wants none to last longer. */
int xc_recur_min_gap(const xc_recur_t *recur);

#endif
