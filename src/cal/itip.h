/* SPDX-License-Identifier: Apache-2.0 */
/** @file itip.h  Scheduling messages as text (RFC 5546): what a client finds in its inbox. */
#ifndef XC_CAL_ITIP_H
#define XC_CAL_ITIP_H

#include "cal/event.h"

typedef enum xc_itip_method_e { XC_ITIP_REQUEST, XC_ITIP_CANCEL, XC_ITIP_REPLY, XC_ITIP_COUNTER } xc_itip_method_e;

typedef struct xc_itip_t {
    xc_itip_method_e method;
    /**
     * What it is about. Only a REQUEST needs times and people; the others are complete with uid, organizer and, when
     * it is about one occurrence, recurrence_id. text: what the sender wrote (a COMMENT, but of a REQUEST).
     */
    const xc_event_t *event;
    xc_person_t attendee;      /* REPLY, COUNTER: who answers; REQUEST, CANCEL: who got it. address never NULL */
    xc_partstat_e partstat;    /* REPLY, COUNTER */
    apr_time_t start, end;     /* COUNTER: the time proposed, */
    const xc_zone_t *zone;     /* told in this zone; NULL = the event's */
    apr_time_t sent;           /* DTSTAMP where the event has none; 0 = unknown */
} xc_itip_t;

/** The message as iCalendar text. Deterministic. On the pool. */
const char *xc_itip_text(const xc_itip_t *message, apr_pool_t *pool);

#endif
