/* SPDX-License-Identifier: Apache-2.0 */
/** @file write.h  The steps of writing an item that events and tasks share (write.c); inside src/exchange/ews only. */
#ifndef XC_EWS_WRITE_H
#define XC_EWS_WRITE_H

#include "exchange/ews/series.h"

/** Id and change key of the first item in a ResponseMessage; NULLs where there is none. */
void xc_ews_ref_from(xc_item_ref_t *out, const xmlNode *message, apr_pool_t *pool);
/** Id and change key, as they are now, of an item (index 0) or of a series' occurrence (1-based InstanceIndex). */
xc_error_t *xc_ews_ask_ref(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const char *id, int index, apr_pool_t *pool);
/** The change key as it is now, when the last write did not say it. */
xc_error_t *xc_ews_ask_change_key(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const char *id, apr_pool_t *pool);
/** A little time of its own for what follows a failure. @return the deadline to be put back */
apr_time_t xc_ews_extend_deadline(xc_session_t *s);
/** UpdateItem of one item, open for its SetItemFields. */
void xc_ews_begin_update(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const xc_item_ref_t *ref, const char *resolution,
                         xc_notice_e notice, apr_pool_t *pool);
xc_error_t *xc_ews_end_update(xc_item_ref_t *out, xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, apr_pool_t *pool);
/** Set a named property, NULL or "" deletes it. `element`: "CalendarItem" or "Task". */
void xc_ews_write_named_update(xc_xmlw_t *w, const char *element, const char *name, const char *value);
/** An update whose answer never came: out->id NULL = it was not made. */
xc_error_t *xc_ews_find_updated(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const xc_item_ref_t *ref, const char *kept,
                                apr_pool_t *pool);

#endif
