/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view.h
 * What reports ask of calendar data: filters (RFC 4791 9.7, 9.9), expansion (9.6.5),
 * limit-recurrence-set (9.6.6), partial retrieval (9.6.1-9.6.4), free/busy (7.10), and a whole
 * calendar as one text. All expansion is bounded.
 */
#ifndef XC_CAL_VIEW_H
#define XC_CAL_VIEW_H

#include <apr_tables.h>

#include "cal/object.h"

#define XC_TIME_MIN ((apr_time_t)APR_INT64_MIN)
#define XC_TIME_MAX ((apr_time_t)APR_INT64_MAX)

typedef struct xc_range_t {
    int set;
    apr_time_t start, end;   /* [start, end): open ends are XC_TIME_MIN, XC_TIME_MAX */
} xc_range_t;

typedef enum xc_collation_e { XC_COLLATION_ASCII_CASEMAP, XC_COLLATION_OCTET, XC_COLLATION_UNICODE_CASEMAP } xc_collation_e;
/** A collation by its registry name ("i;ascii-casemap", "i;octet", "i;unicode-casemap", "default"); 0 = known. */
int xc_collation_parse(const char *name, xc_collation_e *out);

typedef struct xc_text_match_t {
    const char *text;        /* NULL = no text-match */
    xc_collation_e collation;
    int negate;
} xc_text_match_t;

typedef struct xc_param_filter_t {
    const char *name;
    int is_not_defined;
    xc_text_match_t match;
} xc_param_filter_t;

typedef struct xc_prop_filter_t {
    const char *name;
    int is_not_defined;
    xc_range_t range;
    xc_text_match_t match;
    apr_array_header_t *params;   /* xc_param_filter_t */
} xc_prop_filter_t;

typedef struct xc_comp_filter_t {
    const char *name;
    int is_not_defined;
    xc_range_t range;
    apr_array_header_t *props;    /* xc_prop_filter_t */
    apr_array_header_t *comps;    /* xc_comp_filter_t */
} xc_comp_filter_t;

/**
 * Does the object match? The root filter's name is VCALENDAR. All components of RFC 4791 9.9 know
 * their time-range (VEVENT, VTODO's nine cases, VJOURNAL, VFREEBUSY, VALARM with repetitions).
 * @param zone zone of floating times (the request's CALDAV:timezone, else the calendar's), NULL = UTC
 * @return valid-filter or supported-filter for a filter that makes no sense (unknown component for
 *         time-range, reversed range); max-instances when the bound was hit before an answer
 */
xc_error_t *xc_filter_match(int *matches, const xc_comp_filter_t *filter, const xc_object_t *obj, const xc_zone_t *zone, apr_pool_t *pool);
/**
 * The time-range that every match must overlap (of a VEVENT or VJOURNAL comp-filter directly below
 * VCALENDAR), so that a caller can leave out objects by their span: those with last < start or
 * first > end (an event without length may start at the range's start). unset = no bound.
 */
xc_range_t xc_filter_range(const xc_comp_filter_t *filter);
/** Checks that need no object (names, ranges): valid-filter, supported-filter. */
xc_error_t *xc_filter_check(const xc_comp_filter_t *filter, apr_pool_t *pool);
/** Bit set of xc_comp_e that can match at all. */
int xc_filter_components(const xc_comp_filter_t *filter);

/** CALDAV:comp / CALDAV:prop of calendar-data. */
typedef struct xc_comp_sel_t xc_comp_sel_t;
struct xc_comp_sel_t {
    const char *name;
    int all_props, all_comps;
    apr_array_header_t *props;    /* xc_prop_sel_t; NULL = none listed */
    apr_array_header_t *comps;    /* xc_comp_sel_t */
};
typedef struct xc_prop_sel_t {
    const char *name;
    int no_value;                 /* novalue="yes" */
} xc_prop_sel_t;

/** How calendar data is to be given. */
typedef struct xc_data_view_t {
    xc_range_t expand, limit_recurrence, limit_freebusy; /* at most one of the first two is set */
    const xc_comp_sel_t *select;  /* NULL = everything */
    int strip_zones;              /* RFC 7809: leave out VTIMEZONEs with standard TZIDs (CalDAV-Timezones: F) */
    const xc_zone_t *zone;        /* of floating times, NULL = UTC */
} xc_data_view_t;

/**
 * The object's text under a view; the text that was parsed when the view asks for nothing. Where
 * nothing lies in the range of expand, a VCALENDAR without components. What does not recur is never
 * left out by expand.
 * @return max-instances when the series has more than XC_VIEW_MAX_INSTANCES in the range
 */
xc_error_t *xc_view_text(const char **out, const xc_object_t *obj, const xc_data_view_t *view, apr_pool_t *pool);

/** Most occurrences that any one expansion makes. */
#define XC_VIEW_MAX_INSTANCES 3000

typedef struct xc_busy_period_t {
    apr_time_t start, end;
    xc_busy_e kind;          /* never XC_BUSY_FREE */
} xc_busy_period_t;

/** Add the object's busy periods in [start, end) to `periods` (xc_busy_period_t): opaque, not cancelled, not declined. */
xc_error_t *xc_freebusy_add(apr_array_header_t *periods, const xc_object_t *obj, apr_time_t start, apr_time_t end, const xc_zone_t *zone, apr_pool_t *pool);
/** The same, less what one of `me` (SMTP addresses, NULL-terminated; NULL = nobody) has declined. */
xc_error_t *xc_freebusy_add_for(apr_array_header_t *periods, const xc_object_t *obj, const char *const *me, apr_time_t start, apr_time_t end,
                                const xc_zone_t *zone, apr_pool_t *pool);
/** Sort and merge in place: no two periods overlap afterwards; where they did the graver class stays (away, busy, tentative, unknown, elsewhere). */
void xc_freebusy_merge(apr_array_header_t *periods, apr_pool_t *pool);
/** VCALENDAR with one VFREEBUSY (RFC 4791 7.10; RFC 5545 3.6.4), periods merged and sorted, UTC. */
const char *xc_freebusy_text(apr_array_header_t *periods, apr_time_t start, apr_time_t end, apr_pool_t *pool);

/**
 * A whole calendar as one text/calendar: each zone once (two rules under one TZID: the second gets
 * another name). Equal objects in equal order give equal text.
 */
typedef struct xc_export_t xc_export_t;
/** @param display_name X-WR-CALNAME and NAME, NULL = none */
xc_export_t *xc_export_make(const char *display_name, apr_pool_t *pool);
/** Add one object's text; it is copied. @return valid-calendar-data when it is no VCALENDAR: nothing of it was added */
xc_error_t *xc_export_add(xc_export_t *ex, const char *text, apr_size_t len);
/** Finish; lives on the export's pool. Nothing may be added afterwards. */
const char *xc_export_text(xc_export_t *ex, apr_size_t *len);

#endif
