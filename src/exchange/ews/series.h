/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file series.h
 * The occurrences of a series as Exchange writes them: by InstanceIndex, which is computed and
 * never searched; all deletions in one call, all changes in another.
 */
#ifndef XC_EWS_SERIES_H
#define XC_EWS_SERIES_H

#include "exchange/ews/ews.h"

/** What is to be done to the occurrences of one series. */
typedef struct xc_ews_series_t {
    apr_array_header_t *deletes;  /* int: 1-based indexes */
    apr_array_header_t *changes;  /* xc_ews_change_t */
    int reset;                    /* the recurrence must be written again: something comes back */
} xc_ews_series_t;

typedef struct xc_ews_change_t {
    int index;
    const xc_event_t *before;     /* the occurrence as it is now */
    const xc_event_t *now;
    unsigned also;                /* XC_FIELD_* to be written although they do not differ */
} xc_ews_change_t;

/**
 * Plan the way from `before` (NULL = a new series) to `now`. Nothing is sent.
 * @param fresh the recurrence is written anew in any case: every exception has to be made again
 * @return recurrence-exchange-can-express when an override or a deletion names no occurrence
 */
xc_error_t *xc_ews_series_plan(xc_ews_series_t *out, const xc_event_t *before, const xc_event_t *now, int fresh, apr_pool_t *pool);

/** InstanceIndex of the occurrence at an original start (1-based); 0 when the series makes none there. */
int xc_ews_series_index(const xc_event_t *master, const xc_when_t *when);

/** <t:OccurrenceItemId/> of a master's occurrence. */
void xc_ews_write_occurrence_id(xc_xmlw_t *w, const char *id, int index, apr_pool_t *pool);

/**
 * Carry the plan out on the master `id`. The new change key comes back where Exchange says it,
 * NULL where it has to be asked for.
 */
xc_error_t *xc_ews_series_write(const char **change_key, const xc_ews_series_t *plan, xc_session_t *s, const xc_ews_state_t *es,
                                const char *id, apr_pool_t *pool);

#endif
