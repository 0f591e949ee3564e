/* SPDX-License-Identifier: Apache-2.0 */
/* ResolveNames, ExpandDL, GetRoomLists, GetRooms (ews.md 13). */
#include <string.h>

#include "ews/dispatch.h"
#include "ews/people.h"

#define MAX_CANDIDATES 100

/* <name>Name, EmailAddress, RoutingType, MailboxType</name> */
static void put_entry(lab_call_t *call, const char *name, const char *display,
                      const char *address, const char *type)
{
    lab_buf_printf(&call->out, "<%s>", name);
    lab_buf_elem(&call->out, "t:Name", display);
    lab_buf_elem(&call->out, "t:EmailAddress", address);
    lab_buf_elem(&call->out, "t:RoutingType", "SMTP");
    lab_buf_elem(&call->out, "t:MailboxType", type);
    lab_buf_printf(&call->out, "</%s>", name);
}

static void put_text(lab_call_t *call, const char *name, const char *text)
{
    if (*text)
        lab_buf_elem(&call->out, name, text);
}

/* what ReturnFullContactData adds, in the order of the schema */
static void put_contact(lab_call_t *call, const lab_dir_entry_t *who)
{
    lab_buf_puts(&call->out, "<t:Contact>");
    lab_buf_elem(&call->out, "t:Culture", "en-US");
    lab_buf_elem(&call->out, "t:DisplayName", who->display_name);
    put_text(call, "t:GivenName", who->given_name);
    lab_buf_elem(&call->out, "t:CompanyName", "Contoso");
    lab_buf_puts(&call->out, "<t:EmailAddresses><t:Entry Key=\"EmailAddress1\">SMTP:");
    lab_buf_escape(&call->out, who->smtp);
    lab_buf_puts(&call->out, "</t:Entry></t:EmailAddresses>");
    if (*who->phone) {
        lab_buf_puts(&call->out, "<t:PhoneNumbers><t:Entry Key=\"BusinessPhone\">");
        lab_buf_escape(&call->out, who->phone);
        lab_buf_puts(&call->out, "</t:Entry></t:PhoneNumbers>");
    }
    lab_buf_elem(&call->out, "t:ContactSource", "ActiveDirectory");
    put_text(call, "t:Department", who->department);
    put_text(call, "t:OfficeLocation", who->office);
    put_text(call, "t:Surname", who->surname);
    lab_buf_puts(&call->out, "</t:Contact>");
}

void lab_op_resolve_names(lab_call_t *call)
{
    static const char name[] = "ResolveNames";
    const lab_dir_entry_t *found[MAX_CANDIDATES];
    const char *text = lab_xml_child_text(call->pool, call->request, "UnresolvedEntry");
    const char *scope = lab_xml_attr(call->pool, call->request, "SearchScope");
    bool full = lab_xml_bool(
        lab_xml_attr(call->pool, call->request, "ReturnFullContactData"), false);
    /* the mailboxes have no contacts of their own: that scope finds nobody */
    int total = scope && !strcmp(scope, "Contacts")
                    ? 0
                    : lab_dir_resolve(text, found, MAX_CANDIDATES);
    int shown = total < MAX_CANDIDATES ? total : MAX_CANDIDATES;
    if (!total) {
        lab_answer_only_fail(call, name, lab_fail(call, "ErrorNameResolutionNoResults"),
                             NULL);
        return;
    }
    lab_answer_open(call, name);
    if (total == 1)
        lab_answer_ok(call, name);
    else
        lab_answer_warning(call, name,
                           lab_fail(call, "ErrorNameResolutionMultipleResults"));
    lab_buf_printf(
        &call->out,
        "<m:ResolutionSet TotalItemsInView=\"%d\" IncludesLastItemInRange=\"%s\">", shown,
        shown == total ? "true" : "false");
    for (int i = 0; i < shown; i++) {
        lab_buf_puts(&call->out, "<t:Resolution>");
        put_entry(call, "t:Mailbox", found[i]->display_name, found[i]->smtp, "Mailbox");
        if (full)
            put_contact(call, found[i]);
        lab_buf_puts(&call->out, "</t:Resolution>");
    }
    lab_buf_puts(&call->out, "</m:ResolutionSet>");
    lab_answer_end(call, name);
    lab_answer_close(call, name);
}

/* the only list there is: that of the rooms */
void lab_op_expand_dl(lab_call_t *call)
{
    static const char name[] = "ExpandDL";
    xmlNodePtr box = lab_xml_child(call->request, "Mailbox");
    if (!lab_dir_is_room_list(lab_xml_child_text(call->pool, box, "EmailAddress"))) {
        lab_answer_only_fail(call, name, lab_fail(call, "ErrorNameResolutionNoResults"),
                             NULL);
        return;
    }
    int rooms = 0;
    for (int i = 0; i < lab_dir_count(); i++)
        rooms += lab_dir_at(i)->kind == LAB_DIR_ROOM;
    lab_answer_open(call, name);
    lab_answer_ok(call, name);
    lab_buf_printf(
        &call->out,
        "<m:DLExpansion TotalItemsInView=\"%d\" IncludesLastItemInRange=\"true\">",
        rooms);
    for (int i = 0; i < lab_dir_count(); i++)
        if (lab_dir_at(i)->kind == LAB_DIR_ROOM)
            put_entry(call, "t:Mailbox", lab_dir_at(i)->display_name, lab_dir_at(i)->smtp,
                      "Mailbox");
    lab_buf_puts(&call->out, "</m:DLExpansion>");
    lab_answer_end(call, name);
    lab_answer_close(call, name);
}

/* these two answer without a list of response messages */
void lab_op_get_room_lists(lab_call_t *call)
{
    lab_buf_puts(&call->out, "<m:GetRoomListsResponse ResponseClass=\"Success\">"
                             "<m:ResponseCode>NoError</m:ResponseCode><m:RoomLists>");
    put_entry(call, "t:Address", "Rooms", LAB_DIR_ROOM_LIST, "PublicDL");
    lab_buf_puts(&call->out, "</m:RoomLists></m:GetRoomListsResponse>");
}

void lab_op_get_rooms(lab_call_t *call)
{
    xmlNodePtr list = lab_xml_child(call->request, "RoomList");
    if (!lab_dir_is_room_list(lab_xml_child_text(call->pool, list, "EmailAddress"))) {
        const lab_fail_t *fail = lab_fail(call, "ErrorNameResolutionNoResults");
        lab_buf_puts(&call->out, "<m:GetRoomsResponse ResponseClass=\"Error\">");
        lab_buf_elem(&call->out, "m:MessageText", fail->text);
        lab_buf_elem(&call->out, "m:ResponseCode", fail->code);
        lab_buf_puts(&call->out, "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>"
                                 "</m:GetRoomsResponse>");
        return;
    }
    lab_buf_puts(&call->out, "<m:GetRoomsResponse ResponseClass=\"Success\">"
                             "<m:ResponseCode>NoError</m:ResponseCode><m:Rooms>");
    for (int i = 0; i < lab_dir_count(); i++) {
        const lab_dir_entry_t *room = lab_dir_at(i);
        if (room->kind != LAB_DIR_ROOM)
            continue;
        lab_buf_puts(&call->out, "<t:Room>");
        put_entry(call, "t:Id", room->display_name, room->smtp, "Mailbox");
        lab_buf_puts(&call->out, "</t:Room>");
    }
    lab_buf_puts(&call->out, "</m:Rooms></m:GetRoomsResponse>");
}
