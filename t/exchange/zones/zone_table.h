/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file zone_table.h
 * Inside of the zones module: the table of Windows zones and how its rules come about.
 */
#ifndef LAB_ZONE_TABLE_H
#define LAB_ZONE_TABLE_H

#include <apr_pools.h>

#include "zones/zone.h"

/** The years for which rules are derived from the time zone database. */
#define LAB_ZONE_FIRST_YEAR 2000
#define LAB_ZONE_LAST_YEAR  2037

/** One Windows zone. */
typedef struct lab_zone_row_t {
    const char *id;   /**< Windows id */
    const char *iana; /**< name in the time zone database */
    const char *name; /**< display name */
} lab_zone_row_t;

extern const lab_zone_row_t lab_zone_rows[];
extern const int lab_zone_row_count;

/** From an instant on, a zone has an offset. */
typedef struct lab_zone_step_t {
    apr_int64_t from_sec; /**< UTC, seconds since 1970 */
    int offset_sec;       /**< east of UTC */
} lab_zone_step_t;

/** The steps between eras[1].from and the last era's start; what lies before and after
 * recurs. */
struct lab_zone_flat_t {
    int nsteps;
    const lab_zone_step_t *steps; /**< ordered; the first covers eras[1].from */
    apr_int64_t until_sec;        /**< the last era recurs undisturbed from here on */
};

/**
 * Read the history of a zone from the system's time zone database (TZif, RFC 8536;
 * directory from the environment's TZDIR, else /usr/share/zoneinfo) up to
 * LAB_ZONE_LAST_YEAR + 1.
 * @param steps  ordered; the first one holds from the beginning of time (from_sec is
 * INT64_MIN)
 * @param nsteps at least 1
 * @return APR_SUCCESS, APR_ENOENT and the like when there is no such file, APR_EGENERAL
 * when it is not TZif
 */
apr_status_t lab_tzif_read(const char *iana, const lab_zone_step_t **steps, int *nsteps,
                           apr_pool_t *pool);

/** Turn a history into eras as the Windows registry would hold them. Never fails. */
void lab_zone_derive(lab_zone_t *zone, const lab_zone_step_t *steps, int nsteps,
                     apr_pool_t *pool);

/** Compute zone->flat from the eras; to be called once for each zone, last. */
void lab_zone_flatten(lab_zone_t *zone, apr_pool_t *pool);

/** The day on which a change falls in a year. */
lab_date_t lab_zone_change_date(const lab_zone_change_t *change, int year);

#endif
