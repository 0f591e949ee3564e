/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sharing.h
 * Who may do what in whose calendars: the permissions of a folder, the delegates of a mailbox, where somebody's
 * calendars are to be found that are not his own, public folders. In Exchange's own terms, so that what a client did
 * not mention can be left as it is.
 */
#ifndef XC_EXCHANGE_SHARING_H
#define XC_EXCHANGE_SHARING_H

#include "exchange/backend.h"

/** Whom a permission is for. Default: everybody of the organisation who is not named; anonymous: everybody else. */
typedef enum xc_grantee_e { XC_GRANTEE_USER, XC_GRANTEE_DEFAULT, XC_GRANTEE_ANONYMOUS } xc_grantee_e;
/** Which items may be changed or deleted. */
typedef enum xc_extent_e { XC_EXTENT_NONE, XC_EXTENT_OWNED, XC_EXTENT_ALL } xc_extent_e;
/** How much of them may be seen. */
typedef enum xc_sees_e { XC_SEES_NOTHING, XC_SEES_TIME, XC_SEES_TIME_AND_SUBJECT, XC_SEES_ALL } xc_sees_e;

/** What a level comes down to. */
typedef struct xc_grants_t {
    int create_items, create_folders, is_owner, is_visible;
    xc_extent_e edit, remove;
    xc_sees_e sees;
} xc_grants_t;

/** One row of a calendar's CalendarPermissions. */
typedef struct xc_permission_t {
    xc_grantee_e who;
    const char *address;        /* lower case; NULL unless of a user whom the directory knows */
    const char *sid;            /* NULL = not told */
    const char *name;           /* display name, NULL = not told */
    const char *level;          /* CalendarPermissionLevel, "Custom" included; never NULL */
    int is_contact;             /* written with "Custom" as it was */
    xc_grants_t grants;
} xc_permission_t;

/** What a level grants. @return 0 when there is none of that name ("Custom") */
int xc_sharing_level_grants(xc_grants_t *out, const char *level);
/** The level that grants just this; "Custom" when none does. */
const char *xc_sharing_level_of(const xc_grants_t *grants);

/** Somebody who acts for the owner of a mailbox. */
typedef struct xc_delegate_t {
    const char *address;        /* lower case */
    const char *name;           /* NULL = not told */
    xc_extent_e calendar;       /* XC_EXTENT_ALL: Editor; XC_EXTENT_OWNED: Author; XC_EXTENT_NONE: Reviewer or less */
    int sees;                   /* may read the calendar at all */
} xc_delegate_t;

/** A mailbox of somebody else whose calendar belongs to what a user works with. */
typedef struct xc_shared_t {
    const char *address;        /* lower case */
    const char *name;           /* as it is called there, NULL = not told */
} xc_shared_t;

struct xc_sharing_ops_t {
    /**
     * The permissions of a calendar folder, in Exchange's order (xc_permission_t).
     * @return 403 need-privileges when the account may not know them
     */
    xc_error_t *(*permissions)(apr_array_header_t **out, xc_session_t *s, const char *folder_id, apr_pool_t *pool);
    /**
     * Put this list in the place of the present one. "Custom" is written with its single rights, others as their level.
     * @return 403 recognized-principal when Exchange does not know somebody
     */
    xc_error_t *(*set_permissions)(xc_session_t *s, const char *folder_id, const apr_array_header_t *permissions, apr_pool_t *pool);
    /** The delegates of a mailbox (xc_delegate_t); none is an empty array. One call. */
    xc_error_t *(*delegates)(apr_array_header_t **out, xc_session_t *s, const char *mailbox, apr_pool_t *pool);
    /**
     * Make each of `addresses` (const char *) a delegate who may edit the calendar: all or none of them.
     * @param known those of them who are delegates already and get that right now
     * @return 403 recognized-principal
     */
    xc_error_t *(*add_delegates)(xc_session_t *s, const char *mailbox, const apr_array_header_t *addresses, const apr_array_header_t *known, apr_pool_t *pool);
    /** Who is none is passed over. */
    xc_error_t *(*remove_delegates)(xc_session_t *s, const char *mailbox, const apr_array_header_t *addresses, apr_pool_t *pool);
    /** Other people's calendars that the user has opened in Outlook, and mailboxes that the server names to him (xc_shared_t). */
    xc_error_t *(*shared)(apr_array_header_t **out, xc_session_t *s, apr_pool_t *pool);
    /**
     * The default calendars of n mailboxes with the account's rights on them: one call. folders[i] is NULL where there is
     * nothing to be seen; arrays of n given by the caller.
     */
    xc_error_t *(*calendars_of)(xc_folder_t **folders, xc_session_t *s, const char *const *mailboxes, int n, apr_pool_t *pool);
    /** The calendars among the public folders (xc_folder_t), named by their path ("Team/Holidays"); bounded. */
    xc_error_t *(*public_calendars)(apr_array_header_t **out, xc_session_t *s, apr_pool_t *pool);
    /** All items of a folder that cannot be synchronised, one page: state NULL = from the beginning. */
    xc_error_t *(*list_items)(xc_item_page_t **out, xc_session_t *s, const char *folder_id, const char *state, apr_pool_t *pool);
};

#endif
