/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file schedule.h
 * RFC 6638 as far as it is logic alone: who the mailbox owner is in a meeting, whom a change of the organizer's
 * concerns, what an organizer may not do, and what of the text is a scheduling server's. Asks nobody anything.
 */
#ifndef XC_CAL_SCHEDULE_H
#define XC_CAL_SCHEDULE_H

#include "base/error.h"
#include "cal/event.h"

/** What the mailbox owner is in an object. */
typedef enum xc_schedule_role_e {
    XC_SCHEDULE_NO_ROLE,    /* no meeting, or one that its ORGANIZER wants no server to schedule (SCHEDULE-AGENT) */
    XC_SCHEDULE_ORGANIZER,
    XC_SCHEDULE_ATTENDEE
} xc_schedule_role_e;

xc_schedule_role_e xc_schedule_role(const xc_event_t *event);

/* ---- whom a change concerns ---- */

/** In order: more concerns everybody whom less concerns. */
typedef enum xc_notice_e {
    XC_NOTICE_NONE,         /* nobody: alarms, transparency, categories, class, what only the gateway keeps */
    XC_NOTICE_CHANGED,      /* those who are added or taken away */
    XC_NOTICE_ALL           /* everybody: time, place, rule, words */
} xc_notice_e;

/**
 * Whom the organizer's change of one component (master, or event without series) concerns.
 * @param before NULL = it is new. Both normalised
 */
xc_notice_e xc_schedule_notice(const xc_event_t *before, const xc_event_t *now);

/**
 * The same for one occurrence of a series. Who comes to the whole series, or leaves it, hears of that and not of
 * the occurrence.
 * @param series_before NULL = the series is new
 * @param before the occurrence as it was, by the series alone where it was not changed
 */
xc_notice_e xc_schedule_notice_occurrence(const xc_event_t *series_before, const xc_event_t *series, const xc_event_t *before,
                                          const xc_event_t *now);

/** Are the same addresses invited, in whatever role? */
int xc_schedule_same_people(const xc_event_t *a, const xc_event_t *b);
/** Is somebody invited to both of these occurrences who is not invited to the series? */
int xc_schedule_has_guests(const xc_event_t *series, const xc_event_t *before, const xc_event_t *now);
/** Is anybody invited, to the series or to one of its occurrences? event may be NULL. */
int xc_schedule_has_people(const xc_event_t *event);

/* ---- what is not allowed ---- */

/**
 * RFC 6638 3.2.4.2, 3.2.4.3: one organizer in all components; the organizer of a meeting stays.
 * @param before NULL = it is new
 * @return same-organizer-in-all-components, allowed-organizer-scheduling-object-change
 */
xc_error_t *xc_schedule_check(const xc_event_t *before, const xc_event_t *now, apr_pool_t *pool);

/** Can mail be sent to this address, by its form? An attendee with another is kept, and told the organizer as 3.7. */
int xc_schedule_can_mail(const char *address);

/* ---- text ---- */

/**
 * A client's text without what no server keeps: SCHEDULE-FORCE-SEND (RFC 6638 7.2), and the SCHEDULE-STATUS of
 * attendees in the owner's own meeting, which is made anew for each answer. The text itself when there is none.
 */
const char *xc_schedule_clean(apr_size_t *out_len, const char *text, apr_size_t len, apr_pool_t *pool);

/**
 * CALDAV:schedule-tag (RFC 6638 3.2.10) of a text, without quotes: another one after everything that organizer or
 * attendee change, the same when merely others have answered or Exchange has stamped it.
 * @param me   the mailbox owner's addresses, NULL-terminated: the owner's own answer does count
 * @return NULL when it is no scheduling object
 */
const char *xc_schedule_tag(const char *text, apr_size_t len, const char *const *me, apr_pool_t *pool);

/** Does an If-Schedule-Tag-Match (a quoted tag; a list and a star are borne) name this tag? tag NULL: no */
int xc_schedule_tag_matches(const char *header, const char *tag);

#endif
