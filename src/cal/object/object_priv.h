/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file object_priv.h
 * What the files of src/cal/ share behind xc_object_t. The only header with libical's types;
 * nothing outside src/cal/ includes it.
 *
 * Rules for using libical here: values are read with icalproperty_get_value() and the helpers
 * below, never with getters that look a TZID up by themselves (icalcomponent_get_dtstart,
 * icalproperty_get_datetime_with_component, icaltime with a zone …); wall clocks are counted with
 * icaltimetype without a zone and turned into instants by xc_when_to_utc(); strings come from the
 * `_r` functions.
 */
#ifndef XC_CAL_OBJECT_PRIV_H
#define XC_CAL_OBJECT_PRIV_H

#include <apr_hash.h>
#include <libical/ical.h>

#include "cal/object.h"

/** Who wrote the calendar data that we make ourselves. */
#define XC_PRODID "-//mod_excal//mod_excal 1.0//EN"

struct xc_object_t {
    apr_pool_t *pool;
    icalcomponent *vcalendar;       /* freed by a cleanup of the pool */
    apr_array_header_t *comps;      /* icalcomponent *: all below VCALENDAR but VTIMEZONEs, as written */
    icalcomponent *master;          /* the one without RECURRENCE-ID, NULL when there is none */
    const char *uid;
    xc_comp_e kind;
    const char *text;               /* as it was given, NUL-terminated; NULL = only the components */
    apr_hash_t *zones;              /* TZID as written -> const xc_zone_t * */
};

/**
 * Check a text's lines before libical sees them: UTF-8, content lines, BEGIN and END in pairs, one
 * VCALENDAR, bounds of size and depth. Gives a copy in which what libical misreads is written so
 * that it reads it: empty properties left out, COUNT=0 as COUNT=1, long lists in several lines, long lines folded.
 */
xc_error_t *xc_object_scan(const char **clean, const char *text, apr_size_t len, apr_pool_t *pool);

/**
 * One VEVENT as an event, without its series' parts (recur, exdates, overrides).
 * @param master  an override: what it inherits, else NULL
 */
xc_error_t *xc_event_from_component(xc_event_t **out, const xc_object_t *obj, icalcomponent *comp, const xc_event_t *master,
                                    const char *const *me, const xc_zone_t *floating_zone, apr_pool_t *pool);
/** What events and tasks share, of one component: texts, categories, class, importance, UID, stamps. */
void xc_event_read_common(xc_event_t *e, const xc_object_t *obj, icalcomponent *comp, apr_pool_t *pool);
/** Can Exchange's reminder stand for this VALARM? For one that is shown or sounds, and not at a place (RFC 9074 8.1). */
int xc_comp_can_remind(icalcomponent *alarm, apr_pool_t *pool);
/**
 * Number among the component's VALARMs of the one that Exchange's reminder stands for, -1 = none.
 * @param minutes  its minutes before the start, -1 = none
 */
int xc_comp_reminder(const xc_object_t *obj, icalcomponent *comp, const xc_when_t *start, const xc_when_t *end,
                     const xc_zone_t *floating_zone, int *minutes);

/** Once per process, from xc_zone_init(): libical never aborts and keeps unknown parts. */
void xc_ical_init(void);

/** xc_zone_from_vtimezone() of a parsed VTIMEZONE. */
xc_error_t *xc_zone_from_component(const xc_zone_t **out, icalcomponent *vtimezone, apr_time_t when, apr_pool_t *pool);

/** The zone of a TZID as the object means it; NULL when it cannot be resolved. */
const xc_zone_t *xc_object_zone(const xc_object_t *obj, const char *tzid);
/** The VTIMEZONE component of a TZID; NULL when the object has none. */
icalcomponent *xc_object_vtimezone(const xc_object_t *obj, const char *tzid);

/**
 * The value of a DATE or DATE-TIME property (DTSTART, DTEND, DUE, RECURRENCE-ID, EXDATE, RDATE: of a
 * PERIOD its start, COMPLETED, CREATED, TRIGGER …).
 * @return 0 and XC_WHEN_NONE when it is none (a duration, text, an impossible date)
 */
int xc_prop_when(const xc_object_t *obj, icalproperty *prop, xc_when_t *out);
/** A PERIOD value (RDATE, FREEBUSY) as two instants. @return 0 when it is none */
int xc_prop_period(const xc_object_t *obj, icalproperty *prop, const xc_zone_t *floating_zone, apr_time_t *start, apr_time_t *end);
/** The first property of a kind; NULL-safe. */
icalproperty *xc_comp_prop(icalcomponent *comp, icalproperty_kind kind);
/** xc_prop_when() of the first property of a kind. @return 0 when there is none */
int xc_comp_when(const xc_object_t *obj, icalcomponent *comp, icalproperty_kind kind, xc_when_t *out);
/**
 * Start and end (exclusive) of a VEVENT by RFC 5545 3.6.1: DTEND, else DTSTART + DURATION, else the
 * next day (DATE) or the start itself. An end before the start counts as the start.
 * @return 0 when it has no DTSTART
 */
int xc_comp_times(const xc_object_t *obj, icalcomponent *comp, xc_when_t *start, xc_when_t *end);
/** Value text of the first property of a kind or X- name (upper case), unescaped, on the pool; NULL when absent. */
const char *xc_comp_text(icalcomponent *comp, icalproperty_kind kind, const char *x_name, apr_pool_t *pool);
/** Value of any property as written in iCalendar (escaped), on the pool; "" when empty. */
const char *xc_prop_value(icalproperty *prop, apr_pool_t *pool);
/** Value of a parameter by name (any case; unquoted), on the pool; NULL when absent. */
const char *xc_prop_param(icalproperty *prop, const char *name, apr_pool_t *pool);

/** `w` plus a duration: weeks and days on the wall clock, the rest in exact time (RFC 5545 3.3.6). */
void xc_when_add(xc_when_t *out, const xc_when_t *w, struct icaldurationtype d, const xc_zone_t *floating_zone);
/** The instant `t` written in the same way as `like` (kind, zone, TZID). */
void xc_when_from_utc(xc_when_t *out, apr_time_t t, const xc_when_t *like, const xc_zone_t *floating_zone);
/** Wall clock <-> libical's, without zone (is_date by kind). */
struct icaltimetype xc_when_to_ical(const xc_when_t *w);
void xc_wall_from_ical(xc_wall_t *wall, struct icaltimetype t);

/** A component (with all below) as text on the pool, CRLF and folded. */
const char *xc_ical_text(icalcomponent *comp, apr_pool_t *pool);
/** Free a component with the pool. */
void xc_ical_own(icalcomponent *comp, apr_pool_t *pool);

/** The files that a component names by their keys: e->files. */
void xc_comp_files(xc_event_t *e, icalcomponent *comp, apr_pool_t *pool);

#endif
