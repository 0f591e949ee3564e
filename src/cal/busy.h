/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file busy.h
 * Other people's time: what is known of it, the iTIP question for it (RFC 5546 3.3.2) and its answer
 * (3.3.3), and working hours as a VAVAILABILITY (RFC 7953).
 */
#ifndef XC_CAL_BUSY_H
#define XC_CAL_BUSY_H

#include <apr_tables.h>

#include "base/error.h"
#include "cal/event.h"

/** How much somebody shows of their time, least first. */
typedef enum xc_busy_level_e {
    XC_BUSY_LEVEL_NONE,     /* nothing */
    XC_BUSY_LEVEL_MERGED,   /* slots of time only (a distribution list) */
    XC_BUSY_LEVEL_EVENTS,   /* each event's time */
    XC_BUSY_LEVEL_DETAILED  /* subject and place too */
} xc_busy_level_e;

/** A part of somebody's time that is not simply free. */
typedef struct xc_busy_span_t {
    apr_time_t start, end;
    xc_busy_e kind;         /* TENTATIVE, BUSY, OOF, ELSEWHERE; XC_BUSY_UNSET: nobody knows. Never FREE. */
    const char *summary, *location; /* NULL = not shown */
    int is_private;         /* shown to be private: summary and location are NULL */
    int is_meeting;
} xc_busy_span_t;

/** Days of the week, bits: 1 << 0 is Sunday. Minutes of the day, of the zone's wall clock. */
typedef struct xc_working_period_t {
    unsigned days;
    int from_min, to_min;   /* 0 <= from < 1440, from < to <= 2880: past midnight it is the next day */
} xc_working_period_t;

typedef struct xc_working_hours_t {
    const xc_zone_t *zone;       /* never NULL */
    apr_array_header_t *periods; /* xc_working_period_t; empty = never at work */
} xc_working_hours_t;

/** What is known of somebody's time in a window. */
typedef struct xc_busy_view_t {
    xc_busy_level_e level;
    apr_array_header_t *spans;        /* xc_busy_span_t, by start; they may overlap and reach over the window */
    const xc_working_hours_t *hours;  /* NULL = not told */
} xc_busy_view_t;

/* ---- the question ---- */

/** Somebody who is asked for, as the request names them. */
typedef struct xc_busy_asked_t {
    const char *value;      /* the calendar user address as written: "mailto:bob@contoso.example" */
    const char *address;    /* SMTP address, lower case; NULL = the value is no mail address */
    const char *line;       /* the whole ATTENDEE property, unfolded: it stands in the answer as it came */
} xc_busy_asked_t;

typedef struct xc_busy_request_t {
    const char *uid;
    const char *organizer;         /* value of ORGANIZER */
    const char *organizer_address; /* NULL = no mail address */
    const char *organizer_line;
    apr_array_header_t *asked;     /* xc_busy_asked_t, each once, in order */
    apr_time_t start, end;         /* start < end */
    int extended;                  /* X-CALENDARSERVER-EXTENDED-FREEBUSY: events beside the periods are understood */
} xc_busy_request_t;

/** Longest window of one request. */
#define XC_BUSY_MAX_WINDOW apr_time_from_sec(400 * 86400)

/** The METHOD (upper case, "" when there is none) and component of an iTIP message. @return valid-calendar-data, supported-calendar-data */
xc_error_t *xc_itip_kind(const char **method, const char **component, const char *text, apr_size_t len, apr_pool_t *pool);

/**
 * Read a VFREEBUSY REQUEST: one VFREEBUSY with UID, ORGANIZER, one ATTENDEE at least, DTSTART and DTEND (or DURATION).
 * @param max_asked most ATTENDEEs, 0 = none
 * @return valid-calendar-data, valid-scheduling-message, max-attendees-per-instance
 */
xc_error_t *xc_busy_request_parse(xc_busy_request_t **out, const char *text, apr_size_t len, int max_asked, apr_pool_t *pool);

/** A "mailto:" value (any case, percent-escapes) or a bare address as an SMTP address in lower case; NULL when it is none. */
const char *xc_mailto_address(const char *value, apr_pool_t *pool);

/* ---- the answer ---- */

/**
 * The REPLY for one who was asked: a VFREEBUSY of the window, CRLF and folded. Spans without details are
 * merged, the graver class staying; those with details stand alone, with X-SUMMARY and X-LOCATION.
 *
 * FBTYPE: BUSY, BUSY-TENTATIVE, BUSY-UNAVAILABLE (out of office). Working elsewhere is FREE with
 * X-MICROSOFT-CDO-BUSYSTATUS=WORKINGELSEWHERE (for Exchange too it takes no time that could be booked);
 * what nobody knows is X-NO-DATA, which RFC 5545 3.2.9 makes busy for clients that do not know it.
 * When the request is `extended`, spans with details are repeated as VEVENTs.
 */
const char *xc_busy_reply_text(const xc_busy_request_t *request, const xc_busy_asked_t *who, const xc_busy_view_t *view, apr_pool_t *pool);

/** A view as the answer of a free-busy-query (RFC 4791 7.10): no METHOD, nobody named. */
const char *xc_busy_view_text(const xc_busy_view_t *view, apr_time_t start, apr_time_t end, apr_pool_t *pool);

/**
 * Working hours as a VCALENDAR with one VAVAILABILITY and its zone: outside the weekly AVAILABLE
 * periods the time is BUSY-UNAVAILABLE. Equal hours give equal text.
 * @param address whose; part of the UID
 */
const char *xc_working_hours_text(const xc_working_hours_t *hours, const char *address, apr_pool_t *pool);

#endif
