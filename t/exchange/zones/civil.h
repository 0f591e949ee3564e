/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file civil.h
 * Dates and wall clocks without a zone, and the xs:date, xs:dateTime, xs:time and
 * xs:duration texts that Exchange Web Services uses (XML Schema part 2,
 * sections 3.2.6-3.2.9).
 *
 * Everything here is pure: no allocation but on the given pool, no global state, safe
 * from any thread. The calendar is the proleptic Gregorian one, years 1 to 9999.
 */
#ifndef LAB_CIVIL_H
#define LAB_CIVIL_H

#include <apr_pools.h>
#include <apr_time.h>

/** A day of the calendar, in no zone. month 1..12, day 1..31. */
typedef struct lab_date_t {
    int year;
    int month;
    int day;
} lab_date_t;

/** What a clock on a wall shows: a day and the seconds since its midnight, 0..86399. */
typedef struct lab_wall_t {
    lab_date_t date;
    int sec;
} lab_wall_t;

/** What an xs:dateTime text said about its zone. */
typedef enum lab_datetime_zone_t {
    LAB_DATETIME_LOCAL, /**< neither Z nor offset */
    LAB_DATETIME_OFFSET /**< Z or an offset */
} lab_datetime_zone_t;

/** The last day that Exchange's calendar can hold (4500-08-31). */
extern const lab_date_t lab_date_last;

/** 1 when year is 1..9999, month and day exist; else 0. */
int lab_date_is_valid(lab_date_t date);

/** Days since 1970-01-01, negative before. date must be valid. */
int lab_date_to_days(lab_date_t date);

/** The date of a number of days since 1970-01-01; the inverse of lab_date_to_days(). */
lab_date_t lab_date_from_days(int days);

/** date moved by days, which may be negative. */
lab_date_t lab_date_add_days(lab_date_t date, int days);

/** 28..31. month must be 1..12. */
int lab_date_days_in_month(int year, int month);

/** 0 Sunday .. 6 Saturday. */
int lab_date_weekday(lab_date_t date);

/** Less than, equal to or greater than zero, as a is before, the same as or after b. */
int lab_date_compare(lab_date_t a, lab_date_t b);

/** Like lab_date_compare() for wall clocks. */
int lab_wall_compare(lab_wall_t a, lab_wall_t b);

/** wall moved by seconds on the wall clock (no zone is asked), which may be negative. */
lab_wall_t lab_wall_add_sec(lab_wall_t wall, apr_int64_t seconds);

/** Seconds on the wall clock from a to b; negative when b is earlier. */
apr_int64_t lab_wall_diff_sec(lab_wall_t a, lab_wall_t b);

/** The wall clock of an instant at a fixed offset east of UTC, in seconds. Cuts
 * fractions. */
lab_wall_t lab_wall_from_time(apr_time_t when, int offset_sec);

/** The instant at which a clock with a fixed offset east of UTC shows wall. */
apr_time_t lab_wall_to_time(lab_wall_t wall, int offset_sec);

/**
 * Read an xs:date. A trailing Z or offset is allowed and ignored, as Exchange does.
 * @return APR_SUCCESS, or APR_EINVAL (malformed, no such day); *out is set only on
 * success
 */
apr_status_t lab_date_parse(const char *text, lab_date_t *out);

/**
 * Read an xs:dateTime. Fractions of a second are cut. 24:00:00 is the next day's
 * midnight. White space around the text is ignored.
 * @param out        the wall clock as written
 * @param zone       whether a zone was written
 * @param offset_sec seconds east of UTC when a zone was written, else 0
 * @return APR_SUCCESS, or APR_EINVAL; the outputs are set only on success
 */
apr_status_t lab_datetime_parse(const char *text, lab_wall_t *out,
                                lab_datetime_zone_t *zone, int *offset_sec);

/**
 * Read an xs:time ("03:00:00"); a zone is allowed and ignored.
 * @param sec seconds since midnight, 0..86399; 86400 for 24:00 and for 23:59:59.999 and
 * later
 * @return APR_SUCCESS or APR_EINVAL
 */
apr_status_t lab_time_of_day_parse(const char *text, int *sec);

/**
 * Read an xs:duration of days, hours, minutes and seconds ("-PT60M", "P0D"); years and
 * months are refused, since they have no fixed length.
 * @param ms milliseconds, with sign
 * @return APR_SUCCESS or APR_EINVAL
 */
apr_status_t lab_duration_parse(const char *text, apr_int64_t *ms);

/** "2024-05-06", on pool. */
const char *lab_date_format(lab_date_t date, apr_pool_t *pool);

/** "2024-05-06T09:00:00" without zone, on pool. */
const char *lab_wall_format(lab_wall_t wall, apr_pool_t *pool);

/** "2024-05-06T07:00:00Z", on pool. */
const char *lab_time_format_utc(apr_time_t when, apr_pool_t *pool);

/** "2024-05-06T09:00:00+02:00" (or Z when offset_sec is 0), on pool. */
const char *lab_time_format_offset(apr_time_t when, int offset_sec, apr_pool_t *pool);

/** "+02:00", or "Z" for 0, on pool. offset_sec is rounded to minutes. */
const char *lab_offset_format(int offset_sec, apr_pool_t *pool);

/** The xs:duration that .NET writes for a span of seconds: "PT1H", "P1D", "PT1H30M",
 * "PT0S". */
const char *lab_duration_format(apr_int64_t seconds, apr_pool_t *pool);

/** "Sunday" .. "Saturday" for 0..6; NULL otherwise. Static. */
const char *lab_weekday_name(int weekday);

/** 0..6 for an English weekday name as EWS writes it (exact case); -1 otherwise. */
int lab_weekday_parse(const char *name);

/** "January" .. "December" for 1..12; NULL otherwise. Static. */
const char *lab_month_name(int month);

/** 1..12 for an English month name as EWS writes it (exact case); -1 otherwise. */
int lab_month_parse(const char *name);

#endif
