/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file zone.h
 * Time zones as Windows and Exchange know them.
 *
 * A zone is a list of eras. In an era the same changes recur every year (or there is
 * none): the form of the Windows registry ("dynamic DST") and of EWS's Periods,
 * TransitionsGroups and Transitions. The rules of the Windows zones are derived from the
 * system's time zone database (not from ICU, whose data is years older on Debian 12) at
 * first use, once per process: years 2000 to 2037, the first era reaching back and the
 * last one forward without bound, as Windows does it.
 *
 * Zones are immutable and may be used from any thread. Zones of the table live until the
 * pool of lab_zone_init() is destroyed; custom zones live on the pool they were read
 * with.
 *
 * Sign: Microsoft's Bias is UTC minus local time (Berlin in winter: -60 minutes); offsets
 * here are local minus UTC (Berlin: +3600 seconds) and say `offset`.
 */
#ifndef LAB_ZONE_H
#define LAB_ZONE_H

#include <apr_pools.h>
#include <libxml/tree.h>
#include <libxml/xmlwriter.h>

#include "zones/civil.h"

struct lab_zone_flat_t;

/** One offset from UTC that a zone uses at some time. */
typedef struct lab_zone_period_t {
    const char
        *id; /**< "trule:Microsoft/Registry/<Windows id>/<year>-Standard" or a client's */
    const char *name; /**< "Standard", "Daylight" or a client's own */
    int offset_sec;   /**< seconds east of UTC */
} lab_zone_period_t;

/** One change of the clock that recurs each year of an era. */
typedef struct lab_zone_change_t {
    int month;      /**< 1..12 */
    int weekday;    /**< 0 Sunday .. 6 Saturday; -1: `day` is a fixed date */
    int occurrence; /**< 1..4, or -1 for the last of the month; 0 when weekday is -1 */
    int day;        /**< 1..31 when weekday is -1, else 0 */
    int wall_sec;   /**< seconds since midnight on the clock before the change, 0..86400;
                         86400 is 24:00, which EWS writes as PT23H59M59.999S */
    int period;     /**< index into lab_zone_t.periods of what is valid afterwards */
} lab_zone_change_t;

/** A span of time with one set of rules. */
typedef struct lab_zone_era_t {
    lab_wall_t from;  /**< wall clock, standard time; unused in the first era */
    int fixed_period; /**< index of the only period when nchanges is 0 */
    int nchanges;     /**< 0, or how many changes each year has (usually 2) */
    const lab_zone_change_t *changes; /**< ordered by date within the year */
} lab_zone_era_t;

/** A time zone. Read-only for everybody but this module. */
typedef struct lab_zone_t {
    const char *id; /**< Windows id in Microsoft's spelling, or the Id of a custom zone */
    const char
        *name;     /**< display name, "(UTC+01:00) Amsterdam, Berlin, ..."; never NULL */
    int is_custom; /**< 0: from the table; 1: defined by a client */
    int nperiods;
    const lab_zone_period_t *periods;
    int neras; /**< at least 1 */
    const lab_zone_era_t *eras;
    const struct lab_zone_flat_t *flat; /**< private: the same, ready for look-ups */
} lab_zone_t;

/** One half of a SerializableTimeZone. */
typedef struct lab_zone_serial_change_t {
    int bias_min;  /**< added to the zone's bias */
    int wall_sec;  /**< 0..86400 */
    int day_order; /**< 1..4, 5 = last */
    int month;     /**< 1..12; */
    int weekday;   /**< 0..6 */
    int year;      /**< 0: every year; else day_order is the day of month in that year */
} lab_zone_serial_change_t;

/** The zone form of GetUserAvailability: UTC = local + bias + change's bias, in minutes.
 */
typedef struct lab_zone_serial_t {
    int bias_min;
    lab_zone_serial_change_t standard;
    lab_zone_serial_change_t daylight;
} lab_zone_serial_t;

/**
 * Prepare the table. Call once per process before threads start (child_init); a further
 * call is harmless. No other function of this header may be called before, civil.h's may.
 * @param pool lives as long as the process: rules derived later are kept on a sub-pool of
 * it
 * @return APR_SUCCESS, the error of creating the lock, or that of reading the database's
 * UTC (a machine without tzdata)
 */
apr_status_t lab_zone_init(apr_pool_t *pool);

/** How many Windows zones the table has. */
int lab_zone_count(void);

/** The zone at position i of the table (west to east, as Windows lists them), 0 <= i <
 * count. */
const lab_zone_t *lab_zone_at(int i);

/** The Windows zone of that id, in any case of letters; NULL when unknown (or id is
 * NULL). */
const lab_zone_t *lab_zone_find(const char *id);

/** The zone "UTC". Never NULL. */
const lab_zone_t *lab_zone_utc(void);

/** Seconds east of UTC at an instant. */
int lab_zone_offset_at(const lab_zone_t *zone, apr_time_t when);

/** What the clock shows at an instant. Fractions of seconds are cut. */
lab_wall_t lab_zone_wall(const lab_zone_t *zone, apr_time_t when);

/**
 * The instant at which the clock shows wall. In the gap of a change forwards, the offset
 * before the change is taken (02:30 becomes what is 03:30 after it). In the overlap of a
 * change backwards, the second passing is taken: standard time, as Windows and .NET do.
 */
apr_time_t lab_zone_instant(const lab_zone_t *zone, lab_wall_t wall);

/** 1 when both zones have the same offsets at all times from 2000 to 2037; names do not
 * count. */
int lab_zone_is_equal(const lab_zone_t *a, const lab_zone_t *b);

/**
 * Read a t:TimeZoneDefinition, t:StartTimeZone or t:EndTimeZone ([MS-OXWSTZ] style
 * definitions, Exchange 2010 and later). With an Id alone it must be a zone of the table;
 * with Periods, TransitionsGroups and Transitions a custom zone is built, whatever its
 * Id.
 * @param element the element; it has passed the grammar, but nothing is assumed of it
 * @param out     the zone, on pool when custom; NULL on failure
 * @param error   EWS response code: "ErrorTimeZone" (unknown id) or
 *                "ErrorCalendarInvalidTimeZone" (a definition that makes no sense); NULL
 * on success
 * @return APR_SUCCESS, or APR_EINVAL
 */
apr_status_t lab_zone_from_definition(xmlNodePtr element, const lab_zone_t **out,
                                      const char **error, apr_pool_t *pool);

/**
 * Read a t:MeetingTimeZone (Exchange 2007). The name alone must be a zone of the table;
 * with BaseOffset (and Standard and Daylight) a custom zone is built. Both or neither of
 * Standard and Daylight are given.
 * @return as lab_zone_from_definition()
 */
apr_status_t lab_zone_from_meeting_zone(xmlNodePtr element, const lab_zone_t **out,
                                        const char **error, apr_pool_t *pool);

/**
 * Read a t:TimeZone of GetUserAvailability (SerializableTimeZone).
 * @return APR_SUCCESS; APR_EINVAL with *error = "ErrorInvalidTimeZone"-like code
 *         "ErrorCalendarInvalidTimeZone" when values are out of range or both changes are
 * the same moment with different biases
 */
apr_status_t lab_zone_from_serializable(xmlNodePtr element, const lab_zone_t **out,
                                        const char **error, apr_pool_t *pool);

/** The rules valid in a year as SerializableTimeZone (for WorkingHours). Always succeeds:
 * a zone or year without changes gives biases 0 and two different dates. */
void lab_zone_to_serializable(const lab_zone_t *zone, int year, lab_zone_serial_t *out);

/**
 * Write the attributes Id and Name and, when full, the children Periods,
 * TransitionsGroups and Transitions into the element that the caller has opened
 * (t:TimeZoneDefinition, t:StartTimeZone, t:EndTimeZone). Elements get the prefix "t",
 * which the caller has declared.
 * @return 0, or -1 when the writer failed
 */
int lab_zone_write_definition(xmlTextWriterPtr writer, const lab_zone_t *zone, int full);

/**
 * Write the attribute TimeZoneName and the children BaseOffset, Standard and Daylight
 * (rules of the year of `when`) into the t:MeetingTimeZone element that the caller has
 * opened.
 * @return 0, or -1 when the writer failed
 */
int lab_zone_write_meeting_zone(xmlTextWriterPtr writer, const lab_zone_t *zone,
                                apr_time_t when);

/**
 * Write the children Bias, StandardTime and DaylightTime of a t:TimeZone
 * (GetUserAvailability's WorkingHours) into the element that the caller has opened.
 * @return 0, or -1 when the writer failed
 */
int lab_zone_write_serializable(xmlTextWriterPtr writer, const lab_zone_t *zone,
                                int year);

/**
 * A text to keep with an item: the Windows id, or for a custom zone its definition as XML
 * (begins with '<'). On pool; NULL only when memory or the writer fails.
 */
const char *lab_zone_to_text(const lab_zone_t *zone, apr_pool_t *pool);

/**
 * Read what lab_zone_to_text() wrote. The texts are remembered per process: asking the
 * same custom text again costs a hash lookup, and the zone lives as long as the table.
 * @return the zone, or NULL for an unknown id or a malformed text
 */
const lab_zone_t *lab_zone_from_text(const char *text);

#endif
