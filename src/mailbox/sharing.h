/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sharing.h
 * Who may see and change the account's calendars, and whose calendars the account may see and change.
 */
#ifndef XC_MAILBOX_SHARING_H
#define XC_MAILBOX_SHARING_H

#include "exchange/sharing.h"
#include "mailbox/mailbox.h"

/**
 * What Exchange's access list of a calendar says (xc_permission_t). One call.
 * @return need-privileges when the account may not know it; 501 when this Exchange tells no such thing
 */
xc_error_t *xc_calendar_permissions(apr_array_header_t **out, xc_calendar_t *cal, apr_pool_t *pool);
/**
 * Put another list in its place.
 * @return recognized-principal, need-privileges
 */
xc_error_t *xc_calendar_set_permissions(xc_calendar_t *cal, const apr_array_header_t *permissions, apr_pool_t *pool);

#endif
