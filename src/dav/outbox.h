/* SPDX-License-Identifier: Apache-2.0 */
/** @file outbox.h  What the handlers of messages to the scheduling outbox share (RFC 6638 5). Private to src/dav. */
#ifndef XC_DAV_OUTBOX_H
#define XC_DAV_OUTBOX_H

#include "dav/dav.h"

/** Answers a message of its kind; the text has been parsed once. */
typedef xc_error_t *(*xc_outbox_fn)(xc_dav_t *d, const char *text, apr_size_t len);

/** VFREEBUSY, METHOD:REQUEST (outbox_busy.c). */
xc_error_t *xc_outbox_free_busy(xc_dav_t *d, const char *text, apr_size_t len);
/** VEVENT, METHOD:COUNTER (outbox_counter.c). */
xc_error_t *xc_outbox_counter(xc_dav_t *d, const char *text, apr_size_t len);

/** The SMTP address of a calendar user address (mailto:, a principal's URL), lower case; NULL when it has none. */
const char *xc_outbox_address(xc_dav_t *d, const char *value);
/** Is this ORGANIZER the account? @return organizer-allowed */
xc_error_t *xc_outbox_check_organizer(xc_dav_t *d, const char *value);

/** A CALDAV:schedule-response; to be ended by xc_ms_end(). */
xc_ms_t *xc_outbox_answer(xc_dav_t *d);
/** One recipient's CALDAV:response. status: "2.0;Success"; data NULL = none. */
void xc_outbox_respond(xc_ms_t *ms, const char *recipient, const char *status, const char *data);

#endif
