/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file version.h
 * The generations of Exchange Web Services, as RequestServerVersion names them.
 */
#ifndef LAB_VERSION_H
#define LAB_VERSION_H

/** Ordered: a later generation compares greater. */
typedef enum lab_version_t {
    LAB_EXCHANGE_2007,
    LAB_EXCHANGE_2007_SP1,
    LAB_EXCHANGE_2010,
    LAB_EXCHANGE_2010_SP1,
    LAB_EXCHANGE_2010_SP2,
    LAB_EXCHANGE_2013,
    LAB_EXCHANGE_2013_SP1,
    LAB_EXCHANGE_2016, /**< "Exchange2015", "Exchange2016" and the dated names of 15.1 */
    LAB_EXCHANGE_2019  /**< the dated names of 15.2, as V2017_07_11 */
} lab_version_t;

/**
 * Read a RequestServerVersion/@Version value ("Exchange2010_SP2", "V2017_07_11" ...).
 * @param text    may be NULL
 * @param version set only on success
 * @return 1, or 0 for a name that no server knows
 */
int lab_version_parse(const char *text, lab_version_t *version);

/** The name that servers print in ServerVersionInfo/@Version. Static, never NULL. */
const char *lab_version_name(lab_version_t version);

#endif
