/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file rrule.h
 * The occurrences of an RRULE (RFC 5545 3.3.10) by wall clock, one after another, with a budget.
 *
 * libical's own iterator walks second by second through a rule that never fits, and cannot be told
 * to start later; this one jumps over what cannot match and gives up after a fixed number of steps.
 * Gregorian rules only.
 */
#ifndef XC_CAL_RRULE_H
#define XC_CAL_RRULE_H

#include <libical/ical.h>

#include "cal/zone.h"

typedef struct xc_rrule_t xc_rrule_t;

typedef enum xc_rrule_step_e {
    XC_RRULE_ONE,     /* *out is an occurrence */
    XC_RRULE_END,     /* none is left */
    XC_RRULE_TOO_FAR  /* the budget is used up before the next was found */
} xc_rrule_step_e;

/** Steps (days or smaller units looked at) that one iteration may take. */
#define XC_RRULE_BUDGET 400000
/** No occurrence after this year is looked for. */
#define XC_RRULE_LAST_YEAR 2500

/**
 * Begin. The start itself is the first occurrence whether it fits the rule or not, and counts
 * in COUNT (RFC 5545 3.8.5.3). UNTIL is the caller's affair: it may be an instant.
 * @param rule    parsed RRULE; kept by reference
 * @param start   wall clock of DTSTART
 * @param is_date DTSTART is a DATE: BYHOUR, BYMINUTE, BYSECOND are ignored
 * @param from_sec wall clock in seconds since 1970: occurrences before it need not be given (they are counted when they must be)
 * @return NULL for a rule that cannot be iterated (RSCALE other than Gregorian, no FREQ)
 */
xc_rrule_t *xc_rrule_open(const struct icalrecurrencetype *rule, const xc_wall_t *start, int is_date,
                          apr_int64_t from_sec, apr_pool_t *pool);
/** The next occurrence, in ascending order. */
xc_rrule_step_e xc_rrule_next(xc_rrule_t *it, xc_wall_t *out);

#endif
