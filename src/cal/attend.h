/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file attend.h
 * What an attendee's change of a scheduling object means (RFC 6638 3.2.2): which answers it gives, what of it is the
 * attendee's own view (alarms, transparency, categories, what only the gateway keeps), and what belongs to the
 * organizer and may not be changed. Logic alone: asks nobody anything.
 */
#ifndef XC_CAL_ATTEND_H
#define XC_CAL_ATTEND_H

#include "base/error.h"
#include "cal/event.h"

/** One answer that the change gives. */
typedef struct xc_attend_answer_t {
    const xc_when_t *occurrence;  /* original start, as the changed object has it; NULL = the whole meeting */
    xc_partstat_e partstat;       /* ACCEPTED, TENTATIVE, DECLINED */
    const char *comment;          /* for the organizer; NULL = none */
    int cancelled;                /* the organizer cancelled this occurrence before: it is put away, nobody is told */
} xc_attend_answer_t;

typedef struct xc_attend_t {
    apr_array_header_t *answers;  /* xc_attend_answer_t, the whole meeting's first */
    int declined;                 /* the whole meeting is: nothing else of the change counts */
    xc_event_t *own;              /* the object as Exchange is to hold it apart from the answers; normalised */
    xc_event_t *result;           /* the same with the answers, and what Exchange makes of them */
    int busy_again;               /* an answer sets the busy status in another way than the client wants: write `result` after it */
} xc_attend_t;

/**
 * What leads from `before` to `now`, both normalised, `before` being somebody else's meeting.
 * @return allowed-attendee-scheduling-object-change, with the property that is the organizer's
 */
xc_error_t *xc_attend_plan(xc_attend_t *out, const xc_event_t *before, const xc_event_t *now, apr_pool_t *pool);

#endif
