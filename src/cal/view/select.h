/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file select.h
 * Partial retrieval (RFC 4791 9.6.1 to 9.6.4) and leaving out time zones (RFC 7809 3.1.4), on text:
 * what is kept is kept as it was written.
 */
#ifndef XC_CAL_SELECT_H
#define XC_CAL_SELECT_H

#include "cal/view.h"

/**
 * @param select NULL = everything
 * @param strip_zones leave out VTIMEZONEs whose TZID is in the IANA database
 * @return the remaining text; lives on the pool
 */
const char *xc_select_text(const char *text, apr_size_t len, const xc_comp_sel_t *select, int strip_zones, apr_pool_t *pool);

#endif
