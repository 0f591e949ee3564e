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

/* distribution lists by the same text; an address finds those that names do not */
static apr_array_header_t *find_lists(lab_call_t *call, const char *scope,
                                      const char *text)
{
    apr_array_header_t *found =
        apr_array_make(call->pool, 2, sizeof(const lab_dir_list_t *));
    const lab_dir_list_t *exact = lab_dir_list_by_smtp(text);
    if (scope && !strcmp(scope, "Contacts"))
        return found;
    for (int i = 0; text && i < lab_dir_list_count(); i++) {
        const lab_dir_list_t *list = lab_dir_list_at(i);
        if (exact ? list == exact : lab_dir_list_matches(list, text))
            APR_ARRAY_PUSH(found, const lab_dir_list_t *) = list;
    }
    return found;
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
    apr_array_header_t *lists = find_lists(call, scope, text);
    int shown_lists =
        lists->nelts < MAX_CANDIDATES - shown ? lists->nelts : MAX_CANDIDATES - shown;
    total += lists->nelts;
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
        "<m:ResolutionSet TotalItemsInView=\"%d\" IncludesLastItemInRange=\"%s\">",
        shown + shown_lists, shown + shown_lists == total ? "true" : "false");
    for (int i = 0; i < shown; i++) {
        lab_buf_puts(&call->out, "<t:Resolution>");
        put_entry(call, "t:Mailbox", found[i]->display_name, found[i]->smtp, "Mailbox");
        if (full)
            put_contact(call, found[i]);
        lab_buf_puts(&call->out, "</t:Resolution>");
    }
    for (int i = 0; i < shown_lists; i++) {
        const lab_dir_list_t *l = APR_ARRAY_IDX(lists, i, const lab_dir_list_t *);
        lab_buf_puts(&call->out, "<t:Resolution>");
        put_entry(call, "t:Mailbox", l->display_name, l->smtp, "PublicDL");
        lab_buf_puts(&call->out, "</t:Resolution>");
    }
    lab_buf_puts(&call->out, "</m:ResolutionSet>");
    lab_answer_end(call, name);
    lab_answer_close(call, name);
}

static void put_members(lab_call_t *call, const lab_dir_list_t *list, const char *around,
                        const char *element)
{
    for (const char *const *m = list->members; *m; m++) {
        const lab_dir_entry_t *who = lab_dir_by_alias(*m);
        if (around)
            lab_buf_printf(&call->out, "<%s>", around);
        put_entry(call, element, who->display_name, who->smtp, "Mailbox");
        if (around)
            lab_buf_printf(&call->out, "</%s>", around);
    }
}

void lab_op_expand_dl(lab_call_t *call)
{
    static const char name[] = "ExpandDL";
    xmlNodePtr box = lab_xml_child(call->request, "Mailbox");
    const lab_dir_list_t *list =
        lab_dir_list_by_smtp(lab_xml_child_text(call->pool, box, "EmailAddress"));
    if (!list) {
        lab_answer_only_fail(call, name, lab_fail(call, "ErrorNameResolutionNoResults"),
                             NULL);
        return;
    }
    int count = 0;
    while (list->members[count])
        count++;
    lab_answer_open(call, name);
    lab_answer_ok(call, name);
    lab_buf_printf(
        &call->out,
        "<m:DLExpansion TotalItemsInView=\"%d\" IncludesLastItemInRange=\"true\">",
        count);
    put_members(call, list, NULL, "t:Mailbox");
    lab_buf_puts(&call->out, "</m:DLExpansion>");
    lab_answer_end(call, name);
    lab_answer_close(call, name);
}

/* these two answer without a list of response messages */
void lab_op_get_room_lists(lab_call_t *call)
{
    lab_buf_puts(&call->out, "<m:GetRoomListsResponse ResponseClass=\"Success\">"
                             "<m:ResponseCode>NoError</m:ResponseCode><m:RoomLists>");
    for (int i = 0; i < lab_dir_list_count(); i++) {
        const lab_dir_list_t *list = lab_dir_list_at(i);
        if (list->is_rooms)
            put_entry(call, "t:Address", list->display_name, list->smtp, "PublicDL");
    }
    lab_buf_puts(&call->out, "</m:RoomLists></m:GetRoomListsResponse>");
}

void lab_op_get_rooms(lab_call_t *call)
{
    xmlNodePtr named = lab_xml_child(call->request, "RoomList");
    const lab_dir_list_t *list =
        lab_dir_list_by_smtp(lab_xml_child_text(call->pool, named, "EmailAddress"));
    if (!list || !list->is_rooms) {
        lab_answer_bare_fail(call, "GetRooms",
                             lab_fail(call, "ErrorNameResolutionNoResults"));
        return;
    }
    lab_buf_puts(&call->out, "<m:GetRoomsResponse ResponseClass=\"Success\">"
                             "<m:ResponseCode>NoError</m:ResponseCode><m:Rooms>");
    put_members(call, list, "t:Room", "t:Id");
    lab_buf_puts(&call->out, "</m:Rooms></m:GetRoomsResponse>");
}
