/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the caller may do in other people's mailboxes. The owner (or the service account
 * that impersonates him) and those with full access may do everything; everybody else
 * what the access list of the folder gives him ([MS-OXCPERM]). What he may not even see
 * is "not found", as Microsoft's handling of delegation errors says; what he sees and may
 * not do is "access denied".
 */
#ifndef LAB_RIGHTS_H
#define LAB_RIGHTS_H

#include "ews/view.h"
#include "store/rights.h"

/* Is it the caller's own mailbox, or has he full access? */
bool lab_owns(lab_call_t *call, int mailbox);
/* The caller's rights on a folder, LAB_CAN_ bits. */
unsigned lab_rights(lab_call_t *call, int mailbox, apr_int64_t folder);
/* Forgets what lab_rights() remembers of this call; after a change. */
void lab_rights_changed(lab_call_t *call);
/* NULL, or why the caller may not do that. */
const lab_fail_t *lab_may_folder(lab_call_t *call, const lab_folder_t *folder,
                                 lab_right_t right);
const lab_fail_t *lab_may_item(lab_call_t *call, const lab_item_t *item,
                               lab_right_t right);
/* May he see the folder? */
bool lab_sees(lab_call_t *call, const lab_folder_t *folder);
/* May he change, or delete, this item? */
bool lab_may_edit(lab_call_t *call, const lab_item_t *item);
bool lab_may_delete(lab_call_t *call, const lab_item_t *item);
/* Do private items of that mailbox show themselves to him? */
bool lab_sees_private(lab_call_t *call, int mailbox);
/* May he send in the name of the mailbox's owner? The permission of a folder does not
 * suffice, being a delegate does. */
bool lab_may_send_for(lab_call_t *call, int mailbox);

/* Is what the view shows private, and not for him? */
bool lab_is_hidden(lab_call_t *call, const lab_view_t *view);
/* Makes a view what the caller may see of it: of a private item its times, under the
 * subject "Private Appointment". */
void lab_view_cut(lab_call_t *call, lab_view_t *view);

#endif
