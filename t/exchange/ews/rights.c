/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/rights.h"

#include <string.h>

bool lab_owns(lab_call_t *call, int mailbox)
{
    return mailbox == call->mailbox || lab_full_access(call->db, mailbox, call->mailbox);
}

unsigned lab_rights(lab_call_t *call, int mailbox, apr_int64_t folder)
{
    if (mailbox == call->mailbox)
        return LAB_CAN_ALL;
    if (!call->rights)
        call->rights = apr_hash_make(call->pool);
    unsigned *known = apr_hash_get(call->rights, &folder, sizeof folder);
    if (known)
        return *known;
    apr_int64_t *key = apr_pmemdup(call->pool, &folder, sizeof folder);
    known = apr_palloc(call->pool, sizeof *known);
    *known = lab_owns(call, mailbox) ? LAB_CAN_ALL
                                     : lab_permission_of(call->db, folder, call->mailbox);
    apr_hash_set(call->rights, key, sizeof *key, known);
    return *known;
}

void lab_rights_changed(lab_call_t *call)
{
    call->rights = NULL;
}

const lab_fail_t *lab_may_folder(lab_call_t *call, const lab_folder_t *folder,
                                 lab_right_t right)
{
    static const struct {
        unsigned bit;
        const char *code;
    } needs[] = {
        [LAB_RIGHT_SEE] = {LAB_CAN_SEE, "ErrorFolderNotFound"},
        [LAB_RIGHT_READ] = {LAB_CAN_READ, "ErrorAccessDenied"},
        [LAB_RIGHT_WRITE] = {LAB_CAN_CREATE, "ErrorCreateItemAccessDenied"},
        [LAB_RIGHT_DELETE] = {LAB_IS_OWNER, "ErrorAccessDenied"},
        [LAB_RIGHT_MAKE_FOLDERS] = {LAB_CAN_MAKE_FOLDERS,
                                    "ErrorCreateSubfolderAccessDenied"},
        [LAB_RIGHT_OWN] = {LAB_IS_OWNER, "ErrorAccessDenied"},
    };
    unsigned rights = lab_rights(call, folder->mailbox, folder->id);
    if (!(rights & LAB_CAN_SEE))
        return lab_fail(call, "ErrorFolderNotFound");
    return rights & needs[right].bit ? NULL : lab_fail(call, needs[right].code);
}

bool lab_sees(lab_call_t *call, const lab_folder_t *folder)
{
    return (lab_rights(call, folder->mailbox, folder->id) & LAB_CAN_SEE) != 0;
}

/* an item without a creator was made by the mailbox itself */
static bool made_by_caller(lab_call_t *call, const lab_item_t *item)
{
    return lab_bag_int(item->bag, "Creator", item->mailbox) == call->mailbox;
}

static bool may_change(lab_call_t *call, const lab_item_t *item, unsigned any,
                       unsigned own)
{
    lab_view_t whole;
    unsigned rights = lab_rights(call, item->mailbox, item->folder);
    lab_view_item(call, item, &whole);
    if (lab_is_hidden(call, &whole))
        return false;
    return (rights & any) || ((rights & own) && made_by_caller(call, item));
}

bool lab_may_edit(lab_call_t *call, const lab_item_t *item)
{
    return may_change(call, item, LAB_CAN_EDIT_ANY, LAB_CAN_EDIT_OWN);
}

bool lab_may_delete(lab_call_t *call, const lab_item_t *item)
{
    return may_change(call, item, LAB_CAN_DELETE_ANY, LAB_CAN_DELETE_OWN);
}

const lab_fail_t *lab_may_item(lab_call_t *call, const lab_item_t *item,
                               lab_right_t right)
{
    unsigned rights = lab_rights(call, item->mailbox, item->folder);
    if (!(rights & LAB_CAN_SEE))
        return lab_fail(call, "ErrorItemNotFound");
    if (right == LAB_RIGHT_WRITE)
        return lab_may_edit(call, item) ? NULL : lab_fail(call, "ErrorAccessDenied");
    if (right == LAB_RIGHT_DELETE)
        return lab_may_delete(call, item) ? NULL
                                          : lab_fail(call, "ErrorCannotDeleteObject");
    return rights & LAB_CAN_READ ? NULL : lab_fail(call, "ErrorAccessDenied");
}

bool lab_sees_private(lab_call_t *call, int mailbox)
{
    lab_delegate_t delegate;
    /* in public folders nothing is private */
    if (mailbox == lab_dir_public() || lab_owns(call, mailbox))
        return true;
    return lab_delegate_get(call->db, mailbox, call->mailbox, &delegate) &&
           delegate.view_private;
}

bool lab_may_send_for(lab_call_t *call, int mailbox)
{
    lab_delegate_t delegate;
    return lab_owns(call, mailbox) ||
           lab_delegate_get(call->db, mailbox, call->mailbox, &delegate);
}
