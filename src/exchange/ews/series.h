/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file series.h
 * The occurrences of a series as Exchange writes them: by InstanceIndex, which is computed and
 * never searched; all deletions in one call, all changes in another.
 */
#ifndef XC_EWS_SERIES_H
#define XC_EWS_SERIES_H

#include "cal/schedule.h"
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
    xc_notice_e notice;           /* whom it concerns (xc_ews_plan_telling) */
    int own;                      /* written in the last call of all, which tells of these occurrences alone */
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

/** Delete the plan's occurrences on the master `id`: one call, whose answer tells no change key. */
xc_error_t *xc_ews_series_delete(const xc_ews_series_t *plan, xc_notice_e notice, xc_session_t *s, const xc_ews_state_t *es,
                                 const char *id, apr_pool_t *pool);
/** Write its changes, those that are `own` or the others, of these the fields `only`: one call. The new change key comes back where Exchange says it, else NULL. */
xc_error_t *xc_ews_series_change(const char **change_key, const xc_ews_series_t *plan, int own, unsigned only, xc_notice_e notice,
                                 xc_session_t *s, const xc_ews_state_t *es, const char *id, apr_pool_t *pool);

/**
 * Who mails what: everything is written silently first, and the last call sends, so that what fails midway can
 * be taken back before anybody has heard of it; and attendees get one message for a series, not one for each occurrence.
 */
typedef struct xc_ews_telling_t {
    xc_notice_e master;           /* of the series, or the event that is none */
    int last;                     /* it is said by a further call on the master, after the silent ones; it brings the attendees too */
    int silent;                   /* changes of occurrences that are written silently */
    xc_notice_e deletes;          /* of the call that deletes occurrences */
    int early;                    /* changes with people of their own that everybody in the series hears of: written silently too, but for the people */
    xc_notice_e own;              /* of the call for the occurrences that are told of alone; NONE = there is none */
} xc_ews_telling_t;

/**
 * before NULL = it is new. Marks the plan's changes.
 * @param files attachments are added or removed: by calls of their own that tell nobody
 */
void xc_ews_plan_telling(xc_ews_telling_t *out, xc_ews_series_t *plan, const xc_event_t *before, const xc_write_t *w, int files);
/** SendMeetingInvitations of CreateItem; SendMeetingCancellations of DeleteItem. */
const char *xc_ews_invitations(xc_notice_e notice);
/** SendMeetingInvitationsOrCancellations of UpdateItem. */
const char *xc_ews_updates(xc_notice_e notice);

#endif
