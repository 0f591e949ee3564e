/* SPDX-License-Identifier: Apache-2.0 */
/** @file busy_lines.h  FREEBUSY lines of merged periods, for the texts of free/busy; inside src/cal/ only. */
#ifndef XC_CAL_BUSY_LINES_H
#define XC_CAL_BUSY_LINES_H

#include "base/buf.h"
#include "cal/view.h"

/** "FREEBUSY;FBTYPE=…:" for each period, one class after the other; xc_freebusy_merge() has been at them. */
void xc_busy_put_periods(xc_buf_t *out, const apr_array_header_t *periods, apr_pool_t *pool);
/** FBTYPE and what goes with it ("FBTYPE=BUSY"), as a line's parameters. */
const char *xc_busy_params(xc_busy_e kind);
/** "20270302T100000Z" */
const char *xc_busy_utc(apr_time_t t, apr_pool_t *pool);

#endif
