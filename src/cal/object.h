/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file object.h
 * One calendar object resource (RFC 4791 4.1) as iCalendar text and as a parsed object. Wraps
 * libical: its types stop here. An object belongs to one thread.
 */
#ifndef XC_CAL_OBJECT_H
#define XC_CAL_OBJECT_H

#include <apr_pools.h>

#include "base/error.h"
#include "cal/event.h"

typedef struct xc_object_t xc_object_t;

typedef enum xc_comp_e { XC_COMP_VEVENT = 1, XC_COMP_VTODO = 2, XC_COMP_VJOURNAL = 4, XC_COMP_VFREEBUSY = 8, XC_COMP_VAVAILABILITY = 16 } xc_comp_e;

typedef struct xc_object_limits_t {
    apr_size_t max_bytes;       /* 0 = none */
    int max_attendees;
    int max_components;         /* master and overrides together */
    apr_time_t min_date, max_date; /* 0 = none; every DTSTART, DTEND and RECURRENCE-ID must lie between */
} xc_object_limits_t;

/**
 * Parse one object resource as a client sends it and check it as RFC 4791 5.3.2.1 demands: one
 * VCALENDAR, no METHOD, one UID, one component type, overrides with distinct RECURRENCE-ID, a
 * master or only overrides, resolvable TZIDs, DTSTART present, valid UTF-8 (a broken value is an
 * error, not a dropped property).
 * @param limits NULL = none
 * @return valid-calendar-data, valid-calendar-object-resource, max-resource-size, max-attendees…,
 *         min-/max-date-time, each with a sentence that names the place
 */
xc_error_t *xc_object_parse(xc_object_t **out, const char *text, apr_size_t len, const xc_object_limits_t *limits, apr_pool_t *pool);

/**
 * Parse text of our own making or keeping (from the store): same, but forgiving (METHOD allowed).
 */
xc_error_t *xc_object_parse_stored(xc_object_t **out, const char *text, apr_size_t len, apr_pool_t *pool);

/** Lives as long as the object. */
const char *xc_object_uid(const xc_object_t *obj);
xc_comp_e xc_object_component(const xc_object_t *obj);

/**
 * The instants that the object covers: first start to last end, *last = APR_INT64_MAX without end.
 * Floating times in `zone` (NULL = UTC).
 */
void xc_object_span(const xc_object_t *obj, const xc_zone_t *zone, apr_time_t *first, apr_time_t *last);

/**
 * iCalendar -> neutral model. `me` are the SMTP addresses of the mailbox owner (const char *,
 * NULL-terminated), to tell the organizer's copy from an attendee's.
 * @param floating_zone zone for floating times (the mailbox's), NULL = UTC
 * @return a precondition (recurrence-exchange-can-express, time-zone-exchange-can-express,
 *         property-exchange-can-store) with its reason when it cannot be stored truthfully
 */
xc_error_t *xc_object_to_event(xc_event_t **out, const xc_object_t *obj, const char *const *me, const xc_zone_t *floating_zone, apr_pool_t *pool);

/**
 * Neutral model -> iCalendar text (CRLF, folded, VTIMEZONEs once each, PRODID of ours).
 * Deterministic: equal events give equal text.
 */
const char *xc_event_to_text(const xc_event_t *event, apr_pool_t *pool);

/**
 * The text a client gets for what Exchange holds now: the client's own text when `event->kept`
 * says that nothing Exchange-visible changed since; else the new values merged with the kept parts
 * (X- properties and parameters, further alarms, …); else xc_event_to_text().
 */
const char *xc_object_text_for(const xc_event_t *event, apr_pool_t *pool);

/**
 * What to keep beside the item (one string, at most `max_bytes`): the client's text, compressed,
 * with the fingerprint of `event`. A text too large is first stripped of what Exchange holds itself
 * (DESCRIPTION, X-ALT-DESC); still too large: max-resource-size.
 */
xc_error_t *xc_object_keep(const char **out, const xc_object_t *obj, const char *text, apr_size_t len,
                           const xc_event_t *event, apr_size_t max_bytes, apr_pool_t *pool);

/**
 * The text without the X-ALT-DESC that an earlier text of the object has too: for a client that wrote a
 * new DESCRIPTION and carried the old formatting along.
 */
const char *xc_object_without_old_html(apr_size_t *out_len, const char *text, apr_size_t len, const char *before, apr_size_t before_len,
                                       apr_pool_t *pool);

#endif
