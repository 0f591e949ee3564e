/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file recur.h
 * Recurrence as Exchange computes it: six patterns, three ranges, on local dates only.
 *
 * The unmodified pattern is a sequence of dates with indices from 1 (InstanceIndex of an
 * OccurrenceItemId); deleted and changed occurrences keep their index and are the
 * caller's data. Every function costs O(1) or O(days of a month) per date, never a walk
 * from the start.
 *
 * What differs from iCalendar:
 *  - days 29, 30 and 31 fall on the last day of shorter months instead of skipping them;
 *  - a start date that does not match is not an occurrence: the first match on or after
 * it is index 1;
 *  - intervals count from the week, month or year of the start date, whether or not that
 * one has an occurrence; weeks begin on first_day (2010 SP1; Sunday before);
 *  - nothing recurs after 4500-08-31.
 *
 * Structures are plain values: no pool unless a function names one. Thread-safe.
 */
#ifndef LAB_RECUR_H
#define LAB_RECUR_H

#include <apr_pools.h>
#include <libxml/tree.h>
#include <libxml/xmlwriter.h>

#include "zones/civil.h"
#include "zones/zone.h"

typedef enum lab_recur_kind_t {
    LAB_RECUR_DAILY,
    LAB_RECUR_WEEKLY,
    LAB_RECUR_ABSOLUTE_MONTHLY,
    LAB_RECUR_RELATIVE_MONTHLY,
    LAB_RECUR_ABSOLUTE_YEARLY,
    LAB_RECUR_RELATIVE_YEARLY
} lab_recur_kind_t;

typedef enum lab_recur_range_t {
    LAB_RECUR_NO_END,
    LAB_RECUR_END_DATE,
    LAB_RECUR_NUMBERED
} lab_recur_range_t;

/** Masks of weekdays: bit 0 Sunday .. bit 6 Saturday. */
#define LAB_RECUR_DAY        0x7fu /**< "Day" */
#define LAB_RECUR_WEEKDAY    0x3eu /**< "Weekday" */
#define LAB_RECUR_WEEKENDDAY 0x41u /**< "WeekendDay" */

/** A recurrence. Fields that the kind does not use are 0. */
typedef struct lab_recur_t {
    lab_recur_kind_t kind;
    int interval;     /**< days, weeks or months; 1 for the yearly kinds */
    unsigned days;    /**< mask of weekdays: weekly and relative kinds */
    int first_day;    /**< 0..6, first day of the week; weekly only; 0 when not said */
    int week;         /**< 1..4, 5 = Last; relative kinds */
    int day_of_month; /**< 1..31; absolute kinds */
    int month;        /**< 1..12; yearly kinds */
    lab_recur_range_t range;
    lab_date_t start; /**< StartDate as given; need not match the pattern */
    lab_date_t end;   /**< LAB_RECUR_END_DATE: last date that may be an occurrence */
    int count;        /**< LAB_RECUR_NUMBERED: how many, 1..999 */
} lab_recur_t;

/** An EWS error: a response code and its text, both static; NULLs mean no error. */
typedef struct lab_recur_error_t {
    const char *code;
    const char *text;
} lab_recur_error_t;

/** A changed or deleted occurrence of a series, as the store keeps it. */
typedef struct lab_recur_exception_t {
    int index;        /**< 1-based index in the pattern */
    int is_deleted;   /**< 1: deleted; start and end are not used */
    lab_wall_t start; /**< present start on the clock of the series' zone */
    lab_wall_t end;
} lab_recur_exception_t;

/**
 * Read a t:Recurrence element (pattern and range).
 * @param element     the t:Recurrence element
 * @param out         filled on success
 * @param error       filled on failure: ErrorCalendarInvalidRecurrence or
 *                    ErrorCalendarInvalidDayForWeeklyRecurrence (Day, Weekday or
 * WeekendDay in a weekly pattern)
 * @return APR_SUCCESS or APR_EINVAL. The result has been checked with
 * lab_recur_validate().
 */
apr_status_t lab_recur_from_xml(xmlNodePtr element, lab_recur_t *out,
                                lab_recur_error_t *error);

/**
 * Write pattern and range into the t:Recurrence element that the caller has opened,
 * prefix "t". StartDate is the date of the first occurrence, as Exchange answers; EndDate
 * the stored end.
 * @param with_first_day write FirstDayOfWeek in weekly patterns (schema 2010 SP1 and
 * later)
 * @param zone           dates get the zone's offset of that day's midnight
 * ("2024-05-06+02:00"); NULL: no offset
 * @return 0, or -1 when the writer failed
 */
int lab_recur_write(xmlTextWriterPtr writer, const lab_recur_t *recur, int with_first_day,
                    const lab_zone_t *zone);

/**
 * Check all values: intervals (1..999 days, 1..99 weeks or months), masks, days, months,
 * counts, dates, and that there is at least one occurrence.
 * @return APR_SUCCESS, or APR_EINVAL with error filled: ErrorCalendarInvalidRecurrence,
 *         ErrorRecurrenceEndDateTooBig (end after 4500-08-31),
 * ErrorRecurrenceHasNoOccurrence (end before the first occurrence)
 */
apr_status_t lab_recur_validate(const lab_recur_t *recur, lab_recur_error_t *error);

/**
 * Check that an occurrence of that length fits between neighbours of the pattern.
 * @param span_sec length of one occurrence on the wall clock
 * @return APR_SUCCESS, or APR_EINVAL with ErrorOccurrenceTimeSpanTooBig
 */
apr_status_t lab_recur_check_span(const lab_recur_t *recur, apr_int64_t span_sec,
                                  lab_recur_error_t *error);

/** How many occurrences the pattern has, deleted ones included; 0 when it never ends
 * (LAB_RECUR_NO_END). recur must be valid here and below. */
int lab_recur_count(const lab_recur_t *recur);

/** The date of occurrence index (1-based). @return 1 and *out set; 0 when there is none
 */
int lab_recur_date(const lab_recur_t *recur, int index, lab_date_t *out);

/** The index of the occurrence on date; 0 when the pattern has none that day. */
int lab_recur_index(const lab_recur_t *recur, lab_date_t date);

/** The index of the first occurrence on or after date; 0 when there is none. */
int lab_recur_index_from(const lab_recur_t *recur, lab_date_t date);

/** The index of the last occurrence on or before date; 0 when there is none. */
int lab_recur_index_until(const lab_recur_t *recur, lab_date_t date);

/** The date of the first occurrence (which always exists in a valid recurrence). */
lab_date_t lab_recur_first(const lab_recur_t *recur);

/** The date of the last occurrence. @return 1 and *out set; 0 when it never ends */
int lab_recur_last(const lab_recur_t *recur, lab_date_t *out);

/**
 * List the occurrences from one date to another, both included.
 * @param first_index  index of the first date written (1-based); 0 when none
 * @param out          room for max dates
 * @return how many dates were written, at most max; when it equals max there may be more
 */
int lab_recur_window(const lab_recur_t *recur, lab_date_t from, lab_date_t to,
                     int *first_index, lab_date_t *out, int max);

/**
 * The smallest number of days between two neighbouring occurrences; 0 when there is only
 * one. Looks at the first 48 dates of monthly and yearly patterns.
 */
int lab_recur_min_gap_days(const lab_recur_t *recur);

/**
 * May an occurrence be moved? It may not start on the day of, or beyond, its neighbours,
 * nor overlap them, where neighbours are taken as they are now: changed ones at their new
 * time, deleted ones skipped.
 * @param start_sec   wall seconds since midnight at which unmodified occurrences start
 * @param span_sec    length of unmodified occurrences on the wall clock
 * @param exceptions  all changed and deleted occurrences of the series, in any order; the
 * moved one may be among them and is ignored
 * @param nexceptions how many; may be 0 (then exceptions may be NULL)
 * @param index       the occurrence to move
 * @param start,end   its new time on the clock of the series' zone
 * @return APR_SUCCESS, or APR_EINVAL with ErrorOccurrenceCrossingBoundary,
 *         ErrorCalendarEndDateIsEarlierThanStartDate or
 *         ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange
 */
apr_status_t lab_recur_check_move(const lab_recur_t *recur, int start_sec,
                                  apr_int64_t span_sec,
                                  const lab_recur_exception_t *exceptions,
                                  int nexceptions, int index, lab_wall_t start,
                                  lab_wall_t end, lab_recur_error_t *error);

/**
 * The instant at which occurrence index starts: its date at start_sec on the zone's
 * clock.
 * @return 1 and *out set; 0 when there is no such occurrence
 */
int lab_recur_instant(const lab_recur_t *recur, const lab_zone_t *zone, int index,
                      int start_sec, apr_time_t *out);

/** One line of text to keep with an item, on pool; read back by lab_recur_from_text(). */
const char *lab_recur_to_text(const lab_recur_t *recur, apr_pool_t *pool);

/** @return APR_SUCCESS, or APR_EINVAL for a text that lab_recur_to_text() did not write
 */
apr_status_t lab_recur_from_text(const char *text, lab_recur_t *out);

#endif
