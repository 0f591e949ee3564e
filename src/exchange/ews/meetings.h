/* SPDX-License-Identifier: Apache-2.0 */
/** @file meetings.h  The slots of exchange/meetings.h, as Exchange Web Services fill them. */
#ifndef XC_EWS_MEETINGS_H
#define XC_EWS_MEETINGS_H

#include "exchange/ews/ews.h"
#include "exchange/meetings.h"

/* meetings.c */
xc_error_t *xc_ews_meeting_answer(xc_item_ref_t *out, xc_session_t *s, const xc_answer_t *answer, apr_pool_t *pool);
xc_error_t *xc_ews_meeting_remove(xc_session_t *s, const xc_meeting_t *meeting, apr_pool_t *pool);
/* meetings_inbox.c */
xc_error_t *xc_ews_message_list(apr_array_header_t **out, xc_session_t *s, const char *mailbox, apr_pool_t *pool);
xc_error_t *xc_ews_message_fetch(xc_message_t **out, xc_session_t *s, const char *const *ids, int n, apr_pool_t *pool);
xc_error_t *xc_ews_message_discard(xc_session_t *s, const char *id, apr_pool_t *pool);

#endif
