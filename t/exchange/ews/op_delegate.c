/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GetDelegate, AddDelegate, UpdateDelegate, RemoveDelegate (ews.md 15.3). A delegate has
 * permissions on the owner's folders like anybody else, and beside them may send in his
 * name, and perhaps see private items and get copies of meeting messages.
 */
#include <string.h>

#include "ews/dispatch.h"
#include "ews/permission.h"
#include "ews/rights.h"
#include "ews/userid.h"

static const char *const delivers[] = {"DelegatesAndMe", "DelegatesOnly",
                                       "DelegatesAndSendInformationToMe"};

/* the folders that a delegation is about, in the order of the schema */
static const struct {
    const char *dist, *element;
} folders[] = {
    {"calendar", "t:CalendarFolderPermissionLevel"},
    {"tasks", "t:TasksFolderPermissionLevel"},
    {"inbox", "t:InboxFolderPermissionLevel"},
    {"contacts", "t:ContactsFolderPermissionLevel"},
    {"notes", "t:NotesFolderPermissionLevel"},
    {"journal", "t:JournalFolderPermissionLevel"},
};
#define NFOLDERS (sizeof folders / sizeof *folders)

/* whose delegates these are; others may neither see nor change them */
static const lab_fail_t *principal(lab_call_t *call, int *mailbox)
{
    xmlNodePtr box = lab_xml_child(call->request, "Mailbox");
    const char *address = lab_xml_child_text(call->pool, box, "EmailAddress");
    const lab_dir_entry_t *who = address ? lab_dir_by_any(address) : NULL;
    if (!who)
        return lab_fail(call, "ErrorNonExistentMailbox");
    *mailbox = lab_mailbox_index(who);
    return lab_owns(call, *mailbox) ? NULL : lab_fail(call, "ErrorAccessDenied");
}

static const lab_fail_t *read_delegate(lab_call_t *call, xmlNodePtr user, int *who)
{
    const lab_fail_t *fail = lab_user_read(call, user, "ErrorDelegateNoUser", who);
    if (!fail && *who < 0)
        fail = lab_fail(call, "ErrorDistinguishedUserNotSupported");
    return fail;
}

/* ---- permissions ---- */

static const char *level_word(unsigned rights, bool calendar)
{
    static const char *const words[] = {"None", "Reviewer", "Author", "Editor"};
    const char *level = lab_level_of(rights, calendar);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i], level))
            return level;
    return "Custom";
}

/* what the list says of him by name */
static unsigned named_rights(lab_call_t *call, const lab_folder_t *folder, int who)
{
    apr_array_header_t *list = lab_permissions(call->db, call->pool, folder->id);
    for (int i = 0; i < list->nelts; i++)
        if (APR_ARRAY_IDX(list, i, lab_permission_t).who == who)
            return APR_ARRAY_IDX(list, i, lab_permission_t).rights;
    return 0;
}

static void put_permissions(lab_call_t *call, int mailbox, int who)
{
    lab_buf_puts(&call->out, "<t:DelegatePermissions>");
    for (size_t i = 0; i < NFOLDERS; i++) {
        lab_folder_t *folder =
            lab_folder_distinguished(call->db, call->pool, mailbox, folders[i].dist);
        if (folder)
            lab_buf_elem(&call->out, folders[i].element,
                         level_word(named_rights(call, folder, who),
                                    lab_folder_is_calendar(folder)));
    }
    lab_buf_puts(&call->out, "</t:DelegatePermissions>");
}

static const lab_fail_t *set_permissions(lab_call_t *call, int mailbox, int who,
                                         xmlNodePtr levels)
{
    for (size_t i = 0; i < NFOLDERS; i++) {
        const char *word = lab_xml_child_text(call->pool, levels, folders[i].element + 2);
        lab_folder_t *folder =
            lab_folder_distinguished(call->db, call->pool, mailbox, folders[i].dist);
        unsigned rights;
        if (!word || !folder)
            continue;
        if (!lab_level_rights(word, lab_folder_is_calendar(folder), &rights))
            return lab_fail(call, "ErrorInvalidDelegatePermission");
        if (rights)
            lab_permission_set(call->db, folder->id, who, rights);
        else
            lab_permission_drop(call->db, folder->id, who);
        lab_folder_save(call->db, folder);
    }
    return NULL;
}

/* ---- answers ---- */

static void open_answer(lab_call_t *call, const char *name)
{
    lab_buf_printf(&call->out,
                   "<m:%sResponse ResponseClass=\"Success\">"
                   "<m:ResponseCode>NoError</m:ResponseCode>",
                   name);
}

static void put_user(lab_call_t *call, int mailbox, const lab_delegate_t *d,
                     bool permissions)
{
    lab_buf_t *out = &call->out;
    lab_buf_puts(out, "<m:DelegateUserResponseMessageType ResponseClass=\"Success\">"
                      "<m:ResponseCode>NoError</m:ResponseCode><m:DelegateUser>");
    lab_user_put(out, d->who);
    if (permissions)
        put_permissions(call, mailbox, d->who);
    lab_buf_bool(out, "t:ReceiveCopiesOfMeetingMessages", d->copies);
    lab_buf_bool(out, "t:ViewPrivateItems", d->view_private);
    lab_buf_puts(out, "</m:DelegateUser></m:DelegateUserResponseMessageType>");
}

static void put_fail(lab_call_t *call, const lab_fail_t *fail)
{
    lab_buf_puts(&call->out,
                 "<m:DelegateUserResponseMessageType ResponseClass=\"Error\">");
    lab_buf_elem(&call->out, "m:MessageText", fail->text);
    lab_buf_elem(&call->out, "m:ResponseCode", fail->code);
    lab_buf_puts(&call->out, "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>"
                             "</m:DelegateUserResponseMessageType>");
}

/* ---- operations ---- */

static void get_named(lab_call_t *call, int mailbox, xmlNodePtr ids, bool permissions)
{
    for (xmlNodePtr n = lab_xml_first(ids); n; n = lab_xml_next(n)) {
        lab_delegate_t d = {0};
        const lab_fail_t *fail = read_delegate(call, n, &d.who);
        if (!fail && !lab_delegate_get(call->db, mailbox, d.who, &d))
            fail = lab_fail(call, "ErrorNotDelegate");
        if (fail)
            put_fail(call, fail);
        else
            put_user(call, mailbox, &d, permissions);
    }
}

void lab_op_get_delegate(lab_call_t *call)
{
    int mailbox = 0;
    const lab_fail_t *fail = principal(call, &mailbox);
    if (fail) {
        lab_answer_bare_fail(call, "GetDelegate", fail);
        return;
    }
    bool permissions = lab_xml_bool(
        lab_xml_attr(call->pool, call->request, "IncludePermissions"), false);
    xmlNodePtr ids = lab_xml_child(call->request, "UserIds");
    apr_array_header_t *all = lab_delegates(call->db, call->pool, mailbox);
    open_answer(call, "GetDelegate");
    /* the schema has no empty list of messages: without delegates there is none */
    if (ids || all->nelts) {
        lab_buf_puts(&call->out, "<m:ResponseMessages>");
        if (ids)
            get_named(call, mailbox, ids, permissions);
        for (int i = 0; i < all->nelts && !ids; i++)
            put_user(call, mailbox, &APR_ARRAY_IDX(all, i, lab_delegate_t), permissions);
        lab_buf_puts(&call->out, "</m:ResponseMessages>");
    }
    lab_buf_elem(&call->out, "m:DeliverMeetingRequests",
                 delivers[lab_deliver_get(call->db, mailbox)]);
    lab_buf_puts(&call->out, "</m:GetDelegateResponse>");
}

/* a delegate as the request wants him; `adding` says whether he is one yet */
static const lab_fail_t *write_one(lab_call_t *call, int mailbox, xmlNodePtr user,
                                   bool adding, lab_delegate_t *d)
{
    const char *copies =
        lab_xml_child_text(call->pool, user, "ReceiveCopiesOfMeetingMessages");
    const char *view_private = lab_xml_child_text(call->pool, user, "ViewPrivateItems");
    memset(d, 0, sizeof *d);
    const lab_fail_t *fail = read_delegate(call, lab_xml_child(user, "UserId"), &d->who);
    if (fail)
        return fail;
    if (d->who == mailbox)
        return lab_fail(call,
                        adding ? "ErrorDelegateCannotAddOwner" : "ErrorNotDelegate");
    bool is = lab_delegate_get(call->db, mailbox, d->who, d);
    if (is == adding)
        return lab_fail(call, adding ? "ErrorDelegateAlreadyExists" : "ErrorNotDelegate");
    d->copies = lab_xml_bool(copies, d->copies);
    d->view_private = lab_xml_bool(view_private, d->view_private);
    lab_delegate_set(call->db, mailbox, d);
    return set_permissions(call, mailbox, d->who,
                           lab_xml_child(user, "DelegatePermissions"));
}

static void write_delegates(lab_call_t *call, const char *name, bool adding)
{
    int mailbox = 0;
    const lab_fail_t *fail = principal(call, &mailbox);
    if (fail) {
        lab_answer_bare_fail(call, name, fail);
        return;
    }
    const char *deliver =
        lab_xml_child_text(call->pool, call->request, "DeliverMeetingRequests");
    for (size_t i = 0; deliver && i < sizeof delivers / sizeof *delivers; i++)
        if (!strcmp(delivers[i], deliver))
            lab_deliver_set(call->db, mailbox, (lab_deliver_t)i);
    open_answer(call, name);
    xmlNodePtr users = lab_xml_first(lab_xml_child(call->request, "DelegateUsers"));
    if (users)
        lab_buf_puts(&call->out, "<m:ResponseMessages>");
    for (xmlNodePtr n = users; n; n = lab_xml_next(n)) {
        lab_delegate_t d;
        lab_db_mark(call->db);
        fail = write_one(call, mailbox, n, adding, &d);
        lab_db_unmark(call->db, !fail);
        if (fail)
            put_fail(call, fail);
        else
            put_user(call, mailbox, &d, false);
    }
    if (users)
        lab_buf_puts(&call->out, "</m:ResponseMessages>");
    lab_buf_printf(&call->out, "</m:%sResponse>", name);
}

void lab_op_add_delegate(lab_call_t *call)
{
    write_delegates(call, "AddDelegate", true);
}

void lab_op_update_delegate(lab_call_t *call)
{
    write_delegates(call, "UpdateDelegate", false);
}

static const lab_fail_t *remove_one(lab_call_t *call, int mailbox, xmlNodePtr user)
{
    lab_delegate_t d;
    int who;
    const lab_fail_t *fail = read_delegate(call, user, &who);
    if (!fail && !lab_delegate_get(call->db, mailbox, who, &d))
        fail = lab_fail(call, "ErrorNotDelegate");
    if (fail)
        return fail;
    lab_delegate_drop(call->db, mailbox, who);
    for (size_t i = 0; i < NFOLDERS; i++) {
        lab_folder_t *folder =
            lab_folder_distinguished(call->db, call->pool, mailbox, folders[i].dist);
        if (!folder || !named_rights(call, folder, who))
            continue;
        lab_permission_drop(call->db, folder->id, who);
        lab_folder_save(call->db, folder);
    }
    return NULL;
}

void lab_op_remove_delegate(lab_call_t *call)
{
    int mailbox = 0;
    const lab_fail_t *fail = principal(call, &mailbox);
    if (fail) {
        lab_answer_bare_fail(call, "RemoveDelegate", fail);
        return;
    }
    open_answer(call, "RemoveDelegate");
    lab_buf_puts(&call->out, "<m:ResponseMessages>");
    xmlNodePtr ids = lab_xml_child(call->request, "UserIds");
    for (xmlNodePtr n = lab_xml_first(ids); n; n = lab_xml_next(n)) {
        fail = remove_one(call, mailbox, n);
        if (fail)
            put_fail(call, fail);
        else
            lab_buf_puts(&call->out,
                         "<m:DelegateUserResponseMessageType ResponseClass=\"Success\">"
                         "<m:ResponseCode>NoError</m:ResponseCode>"
                         "</m:DelegateUserResponseMessageType>");
    }
    lab_buf_puts(&call->out, "</m:ResponseMessages></m:RemoveDelegateResponse>");
}
