/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GetUserConfiguration: the options that Outlook on the Web keeps on the mailbox's root. Clients
 * read the user's own time zone there; other configurations do not exist.
 */
#include <string.h>

#include "ews/dispatch.h"

static void put_text(lab_call_t *call, const char *element, const char *text)
{
    lab_buf_printf(&call->out, "<t:%s><t:Type>String</t:Type>", element);
    lab_buf_elem(&call->out, "t:Value", text);
    lab_buf_printf(&call->out, "</t:%s>", element);
}

static void put_options(lab_call_t *call, const lab_folder_t *folder, const char *zone)
{
    lab_answer_ok(call, "GetUserConfiguration");
    lab_buf_puts(&call->out, "<m:UserConfiguration><t:UserConfigurationName Name=\"OWA.UserOptions\">");
    lab_put_folder_id(call, &call->out, "t:FolderId", folder);
    lab_buf_puts(&call->out, "</t:UserConfigurationName><t:Dictionary><t:DictionaryEntry>");
    put_text(call, "DictionaryKey", "timezone");
    put_text(call, "DictionaryValue", zone);
    lab_buf_puts(&call->out, "</t:DictionaryEntry></t:Dictionary></m:UserConfiguration>");
    lab_answer_end(call, "GetUserConfiguration");
}

void lab_op_get_user_configuration(lab_call_t *call)
{
    xmlNodePtr name = lab_xml_child(call->request, "UserConfigurationName");
    const char *which = lab_xml_attr(call->pool, name, "Name");
    lab_folder_t *folder;
    const lab_fail_t *fail = lab_target_folder_in(call, name, LAB_RIGHT_READ, &folder);
    if (!fail && (!which || strcmp(which, "OWA.UserOptions") || !folder->dist || strcmp(folder->dist, "root")))
        fail = lab_fail(call, "ErrorItemNotFound");
    if (fail) {
        lab_answer_only_fail(call, "GetUserConfiguration", fail, NULL);
        return;
    }
    lab_answer_open(call, "GetUserConfiguration");
    put_options(call, folder, lab_dir_at(folder->mailbox)->zone);
    lab_answer_close(call, "GetUserConfiguration");
}
