/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may do what in whose mailbox: the rows of folders' access lists, full access to
 * mailboxes, delegates. What a caller may do is decided in ews/rights.c; here is only
 * what is kept.
 */
#ifndef LAB_STORE_RIGHTS_H
#define LAB_STORE_RIGHTS_H

#include <apr_tables.h>

#include "store/db.h"

/* The rights of one member on one folder, as PidTagMemberRights writes them ([MS-OXCPERM]
 * 2.2.7). */
enum {
    LAB_CAN_READ = 0x0001,
    LAB_CAN_CREATE = 0x0002,
    LAB_CAN_EDIT_OWN = 0x0008,
    LAB_CAN_DELETE_OWN = 0x0010,
    LAB_CAN_EDIT_ANY = 0x0020,
    LAB_CAN_DELETE_ANY = 0x0040,
    LAB_CAN_MAKE_FOLDERS = 0x0080,
    LAB_IS_OWNER = 0x0100,
    LAB_IS_CONTACT = 0x0200,
    LAB_CAN_SEE = 0x0400,      /* the folder itself is visible */
    LAB_BUSY_TIME = 0x0800,    /* availability: when */
    LAB_BUSY_DETAILS = 0x1000, /* availability: subject and place too */
    LAB_CAN_ALL = 0x1dfb       /* everything but being named as a contact */
};

/* Members that are nobody's mailbox; others are positions in the directory. */
#define LAB_WHO_DEFAULT   (-1)
#define LAB_WHO_ANONYMOUS (-2)

typedef struct lab_permission {
    int who;
    unsigned rights;
} lab_permission_t;

typedef struct lab_delegate {
    int who;
    bool copies;       /* of meeting messages go to him */
    bool view_private; /* sees private items */
} lab_delegate_t;

/* To whom meeting requests go when there are delegates (DeliverMeetingRequestsType). */
typedef enum lab_deliver {
    LAB_DELIVER_BOTH,      /* DelegatesAndMe */
    LAB_DELIVER_DELEGATES, /* DelegatesOnly */
    LAB_DELIVER_INFORM     /* DelegatesAndSendInformationToMe */
} lab_deliver_t;

/* A folder's access list: Default and Anonymous first (always there), then the others in
 * the order they were named. Array of lab_permission_t. */
apr_array_header_t *lab_permissions(lab_db_t *db, apr_pool_t *pool, apr_int64_t folder);
/* What the list gives a member; Default's when he is not on it. */
unsigned lab_permission_of(lab_db_t *db, apr_int64_t folder, int who);
/* Puts a member on the list, or changes his rights. */
void lab_permission_set(lab_db_t *db, apr_int64_t folder, int who, unsigned rights);
/* Takes one member off the list. */
void lab_permission_drop(lab_db_t *db, apr_int64_t folder, int who);
/* Takes all members off; Default and Anonymous have nothing then. */
void lab_permissions_clear(lab_db_t *db, apr_int64_t folder);
/* A new folder has the list of the folder it is made in. */
void lab_permissions_inherit(lab_db_t *db, apr_int64_t from, apr_int64_t to);

/* Full access to a mailbox (Add-MailboxPermission): beside the access lists. */
bool lab_full_access(lab_db_t *db, int owner, int who);
void lab_full_access_set(lab_db_t *db, int owner, int who, bool on);
/* The mailboxes that somebody has full access to, array of int. */
apr_array_header_t *lab_full_access_of(lab_db_t *db, apr_pool_t *pool, int who);

/* The delegates of a mailbox in the order they were added, array of lab_delegate_t. */
apr_array_header_t *lab_delegates(lab_db_t *db, apr_pool_t *pool, int mailbox);
/* False when he is none. */
bool lab_delegate_get(lab_db_t *db, int mailbox, int who, lab_delegate_t *delegate);
void lab_delegate_set(lab_db_t *db, int mailbox, const lab_delegate_t *delegate);
void lab_delegate_drop(lab_db_t *db, int mailbox, int who);
lab_deliver_t lab_deliver_get(lab_db_t *db, int mailbox);
void lab_deliver_set(lab_db_t *db, int mailbox, lab_deliver_t deliver);

#endif
