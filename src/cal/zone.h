/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file zone.h
 * Time zones: IANA rules (the system's tzdata through libical), Windows names (ICU), custom
 * VTIMEZONEs. A zone table is made once per process; zones of the IANA database are loaded on
 * first use under a lock and are immutable afterwards. Client TZIDs are looked up in the table of
 * known names, never joined into a path.
 */
#ifndef XC_CAL_ZONE_H
#define XC_CAL_ZONE_H

#include <apr_pools.h>
#include <apr_time.h>

#include "base/error.h"

typedef struct xc_zone_t xc_zone_t; /* immutable, thread-safe */

/** A wall-clock moment; no zone in it. month 1..12. */
typedef struct xc_wall_t {
    int year, month, day, hour, minute, second;
} xc_wall_t;

/** Once per process (child_init; unit tests): the names known to tzdata and ICU. */
xc_error_t *xc_zone_init(apr_pool_t *process_pool);

/** UTC. Never NULL after xc_zone_init(). */
const xc_zone_t *xc_zone_utc(void);
/**
 * A zone by what clients write as TZID: an IANA name or alias, with or without a known prefix
 * (/freeassociation.sourceforge.net/Tzfile/…, /mozilla.org/20050126_1/…, …), a Windows id, a CDO
 * display string "(GMT+01.00) …" or "(UTC+01:00) …" of the table in timezones 4/5, Etc/GMT±n.
 * @return NULL when unknown
 */
const xc_zone_t *xc_zone_find(const char *tzid);
/** A zone by Windows id (case-insensitive), NULL when unknown. territory: ISO code or NULL ("001"). */
const xc_zone_t *xc_zone_from_windows(const char *windows_id, const char *territory);
/**
 * A zone made from a custom rule set (VTIMEZONE text): same-rule Windows zones are found by
 * comparing offsets and change rules around `when`.
 * @param out lives on the pool; equals a table zone when its rules do
 * @return valid-calendar-data when the VTIMEZONE is not usable
 */
xc_error_t *xc_zone_from_vtimezone(const xc_zone_t **out, const char *vtimezone, apr_time_t when, apr_pool_t *pool);

/** IANA id ("Europe/Berlin", "Etc/UTC"); for a custom zone its own TZID. */
const char *xc_zone_id(const xc_zone_t *zone);
/** The Windows id of the zone, NULL when no Windows zone has its rules. */
const char *xc_zone_windows_id(const xc_zone_t *zone);
/** Do both have the same Windows id, or neither one and the same rules for ever? Then Exchange cannot tell them apart. */
int xc_zone_same_windows(const xc_zone_t *a, const xc_zone_t *b);

/** A yearly change of the clock as Exchange describes one. */
typedef struct xc_zone_change_t {
    int offset_sec;          /* east of UTC, from then on */
    int time_sec;            /* the wall clock before it, since midnight, less than a day */
    int month, weekday, nth; /* 1..12; 0 = Sunday; 1..4, -1 = the month's last */
} xc_zone_change_t;
/**
 * The rules of a zone from an instant on for ever, where Exchange has words for them.
 * @return 1: one offset, of which only out[0].offset_sec is told; 2: two changes a year, in the year's order; 0: other rules
 */
int xc_zone_yearly(const xc_zone_t *zone, apr_time_t from, xc_zone_change_t out[2]);

/** Wall clock to instant; in a gap the time before the change counts (RFC 5545 3.3.5), in an overlap the first. */
apr_time_t xc_zone_to_utc(const xc_zone_t *zone, const xc_wall_t *wall);
/** Instant to wall clock. */
void xc_zone_to_wall(const xc_zone_t *zone, apr_time_t t, xc_wall_t *wall);
/** Offset east of UTC in seconds at an instant. */
int xc_zone_offset_sec(const xc_zone_t *zone, apr_time_t t);

/**
 * The VTIMEZONE of the zone with the given TZID, CRLF lines; standard rules as RRULEs where they
 * are regular, enough history to be right from `from` on.
 * @param tzid the name that the calendar data uses, NULL = the zone's own
 */
const char *xc_zone_vtimezone(const xc_zone_t *zone, const char *tzid, apr_time_t from, apr_pool_t *pool);

/** Days since 1970-01-01 of a date (proleptic Gregorian), and back; weekday 0 = Sunday. */
int xc_date_to_days(int year, int month, int day);
void xc_date_from_days(int days, int *year, int *month, int *day);
int xc_date_weekday(int days);

#endif
