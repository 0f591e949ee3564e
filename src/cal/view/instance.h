/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file instance.h
 * The occurrences of an object in a window of time: of its master (RRULE, RDATE, EXDATE, less those
 * that an override replaces), of its overrides, and of what does not recur. Bounded.
 */
#ifndef XC_CAL_INSTANCE_H
#define XC_CAL_INSTANCE_H

#include "cal/object/object_priv.h"
#include "cal/view.h"

/** When a component takes place. `end` is DTEND or DUE, whether written or counted from DURATION. */
typedef struct xc_timing_t {
    int has_start, has_end, has_due; /* has_end: DTEND or DUE was written */
    int has_duration;                /* DURATION was written */
    struct icaldurationtype duration;
    xc_when_t start, end;            /* end: of kind NONE when neither end nor start is known */
    apr_time_t start_utc, end_utc;
} xc_timing_t;

/** The same component at another start. `out` may be `base`. */
void xc_timing_move(xc_timing_t *out, const xc_timing_t *base, const xc_when_t *start, const xc_zone_t *zone);

typedef struct xc_instance_t {
    icalcomponent *comp;   /* the component that describes it */
    int recurs;            /* one of a series: `id` is its original start */
    xc_when_t id;
    xc_timing_t at;
} xc_instance_t;

/** Timing of a component as it is written. A component without any date has has_start = has_end = 0. */
void xc_timing_read(xc_timing_t *out, const xc_object_t *obj, icalcomponent *comp, const xc_zone_t *zone);

/** Called for each instance; sets *stop to end the walk. */
typedef xc_error_t *(*xc_instance_fn)(void *ctx, const xc_instance_t *instance, int *stop);

/**
 * Walk the instances of one component that touch [from, to] (both ends inclusive: the caller tests
 * its own way). A component that does not recur is given whatever the window. Those of the rule
 * come in ascending order, then those of RDATE.
 * @param comp a master, an override or a component that does not recur
 * @param zone of floating times, NULL = UTC
 * @return the callback's error; max-instances when more than XC_VIEW_MAX_INSTANCES were given or
 *         the rule's budget was used up
 */
xc_error_t *xc_instances_walk(const xc_object_t *obj, icalcomponent *comp, const xc_zone_t *zone,
                              apr_time_t from, apr_time_t to, xc_instance_fn fn, void *ctx, apr_pool_t *pool);

/** `t` plus or minus, stopping at XC_TIME_MIN and XC_TIME_MAX. */
apr_time_t xc_time_add(apr_time_t t, apr_time_t delta);
/** A duration in µs, days as 24 hours. */
apr_time_t xc_duration_usec(struct icaldurationtype d);

#endif
