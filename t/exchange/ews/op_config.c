/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GetUserConfiguration: settings that clients keep in hidden items of folders. There are
 * two: the options of Outlook on the Web in the mailbox's root, where clients read the
 * user's own time zone, and the working hours in the calendar.
 */
#include <apr_encode.h>
#include <string.h>

#include "ews/dispatch.h"
#include "ews/work_hours.h"

typedef void put_fn(lab_call_t *call, const lab_folder_t *folder, const char *wanted);

/* UserConfigurationProperties is a list of names */
static bool wants(const char *wanted, const char *what)
{
    return strstr(wanted, "All") || strstr(wanted, what);
}

static void put_text(lab_call_t *call, const char *element, const char *text)
{
    lab_buf_printf(&call->out, "<t:%s><t:Type>String</t:Type>", element);
    lab_buf_elem(&call->out, "t:Value", text);
    lab_buf_printf(&call->out, "</t:%s>", element);
}

static void put_options(lab_call_t *call, const lab_folder_t *folder, const char *wanted)
{
    if (!wants(wanted, "Dictionary"))
        return;
    lab_buf_puts(&call->out, "<t:Dictionary><t:DictionaryEntry>");
    put_text(call, "DictionaryKey", "timezone");
    put_text(call, "DictionaryValue", lab_dir_at(folder->mailbox)->zone);
    lab_buf_puts(&call->out, "</t:DictionaryEntry></t:Dictionary>");
}

static void put_hours(lab_call_t *call, const lab_folder_t *folder, const char *wanted)
{
    if (wants(wanted, "XmlData"))
        lab_buf_elem(
            &call->out, "t:XmlData",
            apr_pencode_base64(call->pool,
                               lab_work_hours_xml(call, lab_dir_at(folder->mailbox)),
                               APR_ENCODE_STRING, APR_ENCODE_NONE, NULL));
}

static const struct {
    const char *name, *folder;
    put_fn *put;
} configurations[] = {{"OWA.UserOptions", "root", put_options},
                      {"WorkHours", "calendar", put_hours}};

static put_fn *find(const char *name, const lab_folder_t *folder)
{
    for (size_t i = 0; name && i < sizeof configurations / sizeof *configurations; i++)
        if (!strcmp(configurations[i].name, name) && folder->dist &&
            !strcmp(configurations[i].folder, folder->dist))
            return configurations[i].put;
    return NULL;
}

void lab_op_get_user_configuration(lab_call_t *call)
{
    static const char operation[] = "GetUserConfiguration";
    xmlNodePtr name = lab_xml_child(call->request, "UserConfigurationName");
    const char *which = lab_xml_attr(call->pool, name, "Name");
    const char *wanted =
        lab_xml_child_text(call->pool, call->request, "UserConfigurationProperties");
    lab_folder_t *folder;
    put_fn *put = NULL;
    const lab_fail_t *fail = lab_target_folder_in(call, name, LAB_RIGHT_READ, &folder);
    if (!fail && !(put = find(which, folder)))
        fail = lab_fail(call, "ErrorItemNotFound");
    if (fail) {
        lab_answer_only_fail(call, operation, fail, NULL);
        return;
    }
    lab_answer_open(call, operation);
    lab_answer_ok(call, operation);
    lab_buf_printf(&call->out,
                   "<m:UserConfiguration><t:UserConfigurationName Name=\"%s\">", which);
    lab_put_folder_id(call, &call->out, "t:FolderId", folder);
    lab_buf_puts(&call->out, "</t:UserConfigurationName>");
    put(call, folder, wanted ? wanted : "All");
    lab_buf_puts(&call->out, "</m:UserConfiguration>");
    lab_answer_end(call, operation);
    lab_answer_close(call, operation);
}
