/* SPDX-License-Identifier: Apache-2.0 */
/** @file event_priv.h  What rendering, keeping and merging of events share; inside src/cal/ only. */
#ifndef XC_CAL_EVENT_PRIV_H
#define XC_CAL_EVENT_PRIV_H

#include <apr_hash.h>

#include "base/buf.h"
#include "cal/event.h"
#include "cal/files.h"

/**
 * xc_event_fingerprint() with a choice.
 * @param no_zone  leave the zone of a single event out: what a server tells that keeps none
 */
const char *xc_event_fingerprint_of(const xc_event_t *event, int no_zone, apr_pool_t *pool);

/** A normalised copy; overrides and exdates are copied, strings are shared. */
xc_event_t *xc_event_normal_copy(const xc_event_t *event, apr_pool_t *pool);
/** Do two bodies differ in more than the markup around their words? */
int xc_event_bodies_differ(const xc_event_t *a, const xc_event_t *b, apr_pool_t *pool);
/** The occurrence at `id` as the series has it, before any change. Shares the master's data. */
xc_event_t *xc_event_occurrence(const xc_event_t *master, const xc_when_t *id, apr_pool_t *pool);
/** Does the override say anything that its series does not? */
int xc_event_is_changed(const xc_event_t *master, const xc_event_t *override, apr_pool_t *pool);

/** PRODID of the texts that are made here. */
#define XC_EVENT_PRODID "-//mod_excal//Exchange calendar//EN"

/** The zones that a text names: TZID -> const xc_zone_t *. */
typedef struct xc_render_t {
    xc_buf_t *buf;
    apr_hash_t *zones;
    apr_pool_t *pool;
} xc_render_t;

/** One content line, folded at 75 bytes between characters, CRLF. */
void xc_render_line(xc_render_t *r, const char *line);
/** "NAME:" + TEXT-escaped value. */
void xc_render_text(xc_render_t *r, const char *name, const char *value);
/** "NAME;…:" + date value; notes the zone. */
void xc_render_when(xc_render_t *r, const char *name, const xc_when_t *when);
/** The lines of some field groups (xc_event_field_e) of one component. `master` NULL: it is the master itself. */
void xc_render_fields(xc_render_t *r, const xc_event_t *event, unsigned fields);
/** A reminder's VALARM; nothing when there is none. */
void xc_render_alarm(xc_render_t *r, const xc_event_t *event);
/** One ATTENDEE or ORGANIZER line. */
void xc_render_organizer(xc_render_t *r, const xc_event_t *event);
void xc_render_organizer_attendee(xc_render_t *r, const xc_event_t *event);
void xc_render_attendee(xc_render_t *r, const xc_event_t *event, const xc_attendee_t *attendee);
/** SCHEDULE-STATUS of an attendee whom nothing can be sent (RFC 6638 3.2.9). */
#define XC_STATUS_NO_ADDRESS "3.7"
/** The unfolded line of an attendee with what the organizer is told of it: sent or answered, and when. Else the line itself. */
const char *xc_render_tracking(const char *line, const xc_event_t *event, const xc_attendee_t *attendee, apr_pool_t *pool);
const char *xc_partstat_name(xc_partstat_e partstat);
/** PARTSTAT that the client sees of an attendee: of the mailbox owner the owner's own answer. */
xc_partstat_e xc_attendee_partstat(const xc_event_t *event, const xc_attendee_t *attendee);
/** RRULE and EXDATE lines. */
void xc_render_rule(xc_render_t *r, const xc_event_t *event);
void xc_render_exdates(xc_render_t *r, const xc_event_t *event);
/** A whole VEVENT. */
void xc_render_vevent(xc_render_t *r, const xc_event_t *event, const xc_event_t *master);
/** VTIMEZONEs of all zones noted whose TZID is not in `known` (NULL = none), right from `from` on. */
const char *xc_render_zones(const xc_render_t *r, apr_hash_t *known, apr_time_t from);
/** Earliest start of the event and its overrides. */
apr_time_t xc_event_earliest(const xc_event_t *event);

/** The key in a URI of an ATTACH of ours, else NULL. */
const char *xc_file_key_of(const char *uri);
/** Does a property belong to a series, or to the times of one component, so that an occurrence made of it has its own or none? */
int xc_line_is_of_times(const char *name);
/** An ATTACH line for a new file; `head` is "ATTACH:" with the parameters to keep. */
const char *xc_file_line(const char *head, const xc_newfile_t *file, apr_pool_t *pool);

/** What xc_object_keep() packed. */
typedef struct xc_kept_t {
    const char *fingerprint, *fingerprint_no_zone;
    int stripped;                /* without DESCRIPTION and X-ALT-DESC */
    const char *foreign;         /* somebody else's meeting: the owner's address among its attendees ("" = none); else NULL */
    const char *text;
} xc_kept_t;

/** Unpack it. @return 0 when it is damaged or of another version */
int xc_kept_unpack(xc_kept_t *out, const char *kept, apr_pool_t *pool);
/**
 * The kept text with Exchange's values; NULL when it cannot be used.
 * @param answers_only  nothing else than answers and their sending is new: stamps and SEQUENCE stay the client's
 */
const char *xc_kept_merge(const char *kept_text, const xc_event_t *event, int answers_only, apr_pool_t *pool);
/** Have attendees answered since? Then a kept text says too little although nothing else changed. */
int xc_kept_answers_differ(const char *kept_text, const xc_event_t *event, apr_pool_t *pool);
/**
 * Somebody else's meeting that a client wrote lies in Exchange as a plain appointment, since Exchange
 * would make the mailbox owner its organizer. The event with its people from the kept text; NULL when
 * that cannot be used.
 * @param owner the owner's address among them, "" = none
 */
const xc_event_t *xc_kept_with_people(const char *kept_text, const char *owner, const xc_event_t *event, apr_pool_t *pool);
/**
 * The event of a server that tells "working elsewhere" as FREE (xc_event_t.coarse_free), with what the kept text says where
 * it is free. The event itself when there is nothing to say.
 */
const xc_event_t *xc_kept_with_elsewhere(const char *kept_text, const xc_event_t *event, apr_pool_t *pool);

#endif
