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

/** A calendar of somebody else that the account works with. */
typedef struct xc_sharedcal_t {
    const char *address;        /* whose, lower case */
    const char *name;           /* what he is called, NULL = not told */
    int visited;                /* known only because his home was visited here */
    xc_folder_t folder;         /* his default calendar with the account's rights on it */
} xc_sharedcal_t;

/**
 * Other people's calendars (xc_sharedcal_t) that the account may see: those opened in Outlook, of mailboxes that
 * Autodiscover names, and of homes that were visited here before. Kept like the list of calendars; finding them anew costs
 * a few calls, whatever their number.
 */
xc_error_t *xc_mailbox_shared(apr_array_header_t **out, xc_mailbox_t *m, apr_pool_t *pool);

/** Who acts for the owner of a mailbox (const char *: addresses, lower case). Nobody is in both. */
typedef struct xc_proxies_t {
    apr_array_header_t *readers; /* may see the default calendar */
    apr_array_header_t *writers; /* delegates, and others who may change it */
} xc_proxies_t;

/**
 * Out of the delegates of the mailbox and the permissions of its default calendar: two calls, kept like the list of calendars.
 * @return need-privileges for other people's mailboxes
 */
xc_error_t *xc_mailbox_proxies(xc_proxies_t **out, xc_mailbox_t *m, apr_pool_t *pool);
/**
 * Let just these be the readers or writers. A writer becomes a delegate in Exchange, a reader gets the permission Reviewer;
 * who was the other becomes this. Who goes is neither then.
 * @return recognized-principal, need-privileges
 */
xc_error_t *xc_mailbox_set_proxies(xc_mailbox_t *m, int writers, const apr_array_header_t *addresses, apr_pool_t *pool);

#endif
