/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file collation.h
 * Substring search under the collations of RFC 4790 (i;ascii-casemap, i;octet) and RFC 5051
 * (i;unicode-casemap), as CALDAV:text-match wants it.
 */
#ifndef XC_CAL_COLLATION_H
#define XC_CAL_COLLATION_H

#include "cal/view.h"

/**
 * Does `haystack` contain `needle` under a collation? An empty needle is in everything.
 * @param haystack,needle UTF-8, not NULL; text that is no UTF-8 is compared by octets
 * @param pool for scratch memory of i;unicode-casemap
 */
int xc_collation_contains(xc_collation_e collation, const char *haystack, const char *needle, apr_pool_t *pool);

#endif
