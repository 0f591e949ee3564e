/* SPDX-License-Identifier: Apache-2.0 */
/** @file sharing.h  The slots of the sharing table, and what its files share. Nothing here is seen outside src/exchange/ews. */
#ifndef XC_EWS_SHARING_H
#define XC_EWS_SHARING_H

#include "exchange/ews/ews.h"
#include "exchange/sharing.h"

extern const xc_sharing_ops_t xc_ews_sharing;

/** An address of an answer in lower case, NULL when it is none. */
const char *xc_ews_smtp(const xmlNode *parent, const char *name, apr_pool_t *pool);

/** sharing.c */
xc_error_t *xc_ews_permissions(apr_array_header_t **out, xc_session_t *s, const char *folder_id, apr_pool_t *pool);
xc_error_t *xc_ews_set_permissions(xc_session_t *s, const char *folder_id, const apr_array_header_t *permissions, apr_pool_t *pool);
/** sharing_delegates.c */
xc_error_t *xc_ews_delegates(apr_array_header_t **out, xc_session_t *s, const char *mailbox, apr_pool_t *pool);
xc_error_t *xc_ews_add_delegates(xc_session_t *s, const char *mailbox, const apr_array_header_t *addresses, const apr_array_header_t *known, apr_pool_t *pool);
xc_error_t *xc_ews_remove_delegates(xc_session_t *s, const char *mailbox, const apr_array_header_t *addresses, apr_pool_t *pool);
/** sharing_find.c */
xc_error_t *xc_ews_shared(apr_array_header_t **out, xc_session_t *s, apr_pool_t *pool);
xc_error_t *xc_ews_calendars_of(xc_folder_t **folders, xc_session_t *s, const char *const *mailboxes, int n, apr_pool_t *pool);
/** sharing_public.c */
xc_error_t *xc_ews_public_calendars(apr_array_header_t **out, xc_session_t *s, apr_pool_t *pool);
xc_error_t *xc_ews_list_items(xc_item_page_t **out, xc_session_t *s, const char *folder_id, const char *state, apr_pool_t *pool);

#endif
