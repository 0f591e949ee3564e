/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event.h
 * The neutral model of one calendar object: what both sides can hold. Back ends map it to and
 * from their protocol; cal/object.h maps it to and from iCalendar. Plain data on a pool, no
 * library types. Strings are UTF-8 with LF line ends; NULL = absent.
 */
#ifndef XC_CAL_EVENT_H
#define XC_CAL_EVENT_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <apr_time.h>

#include "cal/recur.h"
#include "cal/zone.h"

/** A DTSTART, DTEND, RECURRENCE-ID or EXDATE value. */
typedef enum xc_when_kind_e { XC_WHEN_NONE, XC_WHEN_DATE, XC_WHEN_FLOATING, XC_WHEN_UTC, XC_WHEN_ZONED } xc_when_kind_e;
typedef struct xc_when_t {
    xc_when_kind_e kind;
    xc_wall_t wall;         /* as written; UTC wall clock for XC_WHEN_UTC; 00:00:00 for a DATE */
    const xc_zone_t *zone;  /* XC_WHEN_ZONED only */
    const char *tzid;       /* XC_WHEN_ZONED: the name the client used; NULL = the zone's own */
} xc_when_t;

/** The instant; floating and DATE are taken in `floating_zone` (NULL = UTC). 0 for XC_WHEN_NONE. */
apr_time_t xc_when_to_utc(const xc_when_t *w, const xc_zone_t *floating_zone);

typedef enum xc_busy_e { XC_BUSY_UNSET = -1, XC_BUSY_FREE, XC_BUSY_TENTATIVE, XC_BUSY_BUSY, XC_BUSY_OOF, XC_BUSY_ELSEWHERE } xc_busy_e;
typedef enum xc_class_e { XC_CLASS_PUBLIC, XC_CLASS_PERSONAL, XC_CLASS_PRIVATE, XC_CLASS_CONFIDENTIAL } xc_class_e;
typedef enum xc_importance_e { XC_IMPORTANCE_LOW, XC_IMPORTANCE_NORMAL, XC_IMPORTANCE_HIGH } xc_importance_e;
typedef enum xc_partstat_e { XC_PARTSTAT_NEEDS_ACTION, XC_PARTSTAT_ACCEPTED, XC_PARTSTAT_TENTATIVE, XC_PARTSTAT_DECLINED, XC_PARTSTAT_DELEGATED } xc_partstat_e;
typedef enum xc_attendee_kind_e { XC_ATTENDEE_REQUIRED, XC_ATTENDEE_OPTIONAL, XC_ATTENDEE_RESOURCE } xc_attendee_kind_e;

typedef struct xc_person_t {
    const char *address;    /* SMTP address without "mailto:", as written; NULL if not a mailto */
    const char *name;       /* CN, may be NULL */
} xc_person_t;

typedef struct xc_attendee_t {
    xc_person_t who;
    xc_attendee_kind_e kind;
    xc_partstat_e partstat;
    int rsvp;
    apr_time_t answered_at;        /* 0 = never, or not told */
} xc_attendee_t;

/** A file that is attached (cal/files.h). */
typedef struct xc_file_t {
    const char *key;        /* how texts name it */
    const char *id;         /* the back end's; NULL when read from a text */
    const char *name, *type;/* NULL = unknown */
    apr_int64_t size_bytes; /* -1 = unknown */
} xc_file_t;

typedef struct xc_task_t xc_task_t;
typedef struct xc_event_t xc_event_t;
struct xc_event_t {
    const char *uid;
    const char *summary, *location;
    const char *text;              /* DESCRIPTION */
    const char *html;              /* X-ALT-DESC;FMTTYPE=text/html */
    apr_array_header_t *categories;/* const char *, in order; NULL = none */
    xc_class_e klass;
    xc_importance_e importance;
    xc_busy_e busy;                /* XC_BUSY_UNSET: the client said neither TRANSP nor BUSYSTATUS */
    int busy_implied;              /* not said by a BUSYSTATUS: a stored OOF or ELSEWHERE of equal TRANSP stays as it is */
    int coarse_free;               /* the server has no "working elsewhere": its FREE may mean that */
    int transparent;               /* TRANSP:TRANSPARENT */
    int cancelled;                 /* STATUS:CANCELLED */
    int tentative;                 /* STATUS:TENTATIVE */
    xc_when_t start, end;          /* end always set, exclusive; same kind as start, maybe another zone */
    int all_day;                   /* start.kind == XC_WHEN_DATE */
    int zone_guessed;              /* the server tells no zone of this event: start's is only the mailbox's */
    int reminder_minutes;          /* before start; -1 = no reminder */

    int is_meeting;                /* has attendees */
    int is_organizer;              /* the mailbox owner organises it (or there is no organizer) */
    xc_person_t organizer;         /* address NULL = none */
    apr_array_header_t *attendees; /* xc_attendee_t, without the organizer; NULL = none */
    xc_partstat_e my_partstat;     /* of the mailbox owner, when not the organizer */
    int invited;                   /* the owner's own meeting: Exchange has sent the invitations */
    int unscheduled;               /* its ORGANIZER wants no server to schedule it (RFC 6638 7.1) */
    int force_send;                /* the client wants it sent to attendees whatever changed (RFC 6638 7.2) */
    const char *my_address;        /* the attendee who is the mailbox owner; NULL = unknown or none */
    const char *reply_comment;     /* what the owner says to the organizer with an answer; NULL = nothing */
    int force_reply;               /* the client wants the owner's answer sent again (RFC 6638 7.2) */
    int no_reply;                  /* the organizer asks for no answer: it is given without mail */

    int sequence;
    apr_time_t created, last_modified, dtstamp; /* 0 = unknown; set by Exchange */

    xc_recur_t *recur;             /* NULL = not a series; always NULL in an override */
    apr_array_header_t *exdates;   /* xc_when_t: original starts that were deleted; NULL = none */
    apr_array_header_t *overrides; /* xc_event_t *: changed occurrences by recurrence_id; NULL = none */
    xc_when_t recurrence_id;       /* an override: the original start; else XC_WHEN_NONE */

    apr_array_header_t *files;     /* xc_file_t; of an override all that are its own or the master's as far as known; NULL = none */
    struct xc_task_t *task;        /* set: a task, what else it has (cal/task.h); NULL = an event */

    const char *kept;              /* what was kept beside the item (cal/object.h), NULL = nothing */
};

/** A new event with every field at its "absent" value. */
xc_event_t *xc_event_make(apr_pool_t *pool);

/**
 * The instants that the event covers, with its series and overrides, as xc_object_span() tells them of its
 * text, without making and parsing one. zone: of dates, NULL = UTC. *last = APR_INT64_MAX without end.
 */
void xc_event_span(const xc_event_t *event, const xc_zone_t *zone, apr_time_t *first, apr_time_t *last);

/** Which groups of fields differ; bits for xc_event_diff(). */
typedef enum xc_event_field_e {
    XC_FIELD_SUMMARY = 1 << 0, XC_FIELD_LOCATION = 1 << 1, XC_FIELD_BODY = 1 << 2,
    XC_FIELD_CATEGORIES = 1 << 3, XC_FIELD_CLASS = 1 << 4, XC_FIELD_IMPORTANCE = 1 << 5,
    XC_FIELD_BUSY = 1 << 6, XC_FIELD_START = 1 << 7, XC_FIELD_END = 1 << 8, XC_FIELD_ALL_DAY = 1 << 9,
    XC_FIELD_REMINDER = 1 << 10, XC_FIELD_ATTENDEES = 1 << 11, XC_FIELD_RECUR = 1 << 12,
    XC_FIELD_STATUS = 1 << 13, XC_FIELD_ZONE = 1 << 14, XC_FIELD_ALL = (1 << 15) - 1
} xc_event_field_e;

/**
 * The fields of one component (master or override) in which two events differ as Exchange stores
 * them (after xc_event_normalize of both). Overrides and exdates are not compared. `a` is what is
 * there, `b` what is to be: a busy status of b that was only implied (busy_implied) leaves an OOF or
 * ELSEWHERE of equal TRANSP as it is, and a plain text with the words of a's HTML leaves the HTML.
 */
unsigned xc_event_diff(const xc_event_t *a, const xc_event_t *b);

/** Does a change from `before` to `now` leave something in place (see above) that `now` does not say? Overrides count. */
int xc_event_leaves(const xc_event_t *before, const xc_event_t *now);

/**
 * Bring an event to the form in which Exchange gives it back: lengths (subject, location: 255
 * characters), line ends, busy from TRANSP/STATUS (mapping 3.1), importance classes, whole minutes
 * of the reminder, attendee order, duplicate attendees and the organizer removed from the list,
 * DTEND present. Changes `event` and its overrides in place.
 */
void xc_event_normalize(xc_event_t *event, apr_pool_t *pool);

/**
 * SHA-256 (hex, 32 characters used) of every field that Exchange stores, of the normalised master,
 * its overrides and exdates: equal fingerprints = Exchange holds what the client wrote.
 * Server-made fields (created, last_modified, dtstamp, sequence, partstat of others) do not count.
 */
const char *xc_event_fingerprint(const xc_event_t *event, apr_pool_t *pool);

#endif
