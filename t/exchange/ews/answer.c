/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/ews.h"

#include <apr_strings.h>
#include <string.h>

#include "ews/fault.h"

const lab_fail_t *lab_fail(lab_call_t *call, const char *code)
{
    return lab_fail_text(call, code, lab_error_text(code));
}

const lab_fail_t *lab_fail_text(lab_call_t *call, const char *code, const char *text)
{
    lab_fail_t *fail = apr_palloc(call->pool, sizeof *fail);
    fail->code = code;
    fail->text = text;
    return fail;
}

void lab_call_fault(lab_call_t *call, const char *code, const char *text)
{
    call->fault = lab_fault_text(call->pool, code, text);
}

void lab_answer_open(lab_call_t *call, const char *name)
{
    lab_buf_printf(&call->out, "<m:%sResponse><m:ResponseMessages>", name);
}

void lab_answer_close(lab_call_t *call, const char *name)
{
    lab_buf_printf(&call->out, "</m:ResponseMessages></m:%sResponse>", name);
}

void lab_answer_ok(lab_call_t *call, const char *name)
{
    lab_buf_printf(&call->out,
                   "<m:%sResponseMessage ResponseClass=\"Success\">"
                   "<m:ResponseCode>NoError</m:ResponseCode>",
                   name);
}

void lab_answer_end(lab_call_t *call, const char *name)
{
    lab_buf_printf(&call->out, "</m:%sResponseMessage>", name);
}

static void head(lab_call_t *call, const char *name, const char *class_name,
                 const lab_fail_t *fail)
{
    lab_buf_printf(&call->out, "<m:%sResponseMessage ResponseClass=\"%s\">", name,
                   class_name);
    lab_buf_elem(&call->out, "m:MessageText", fail->text);
    lab_buf_elem(&call->out, "m:ResponseCode", fail->code);
    lab_buf_puts(&call->out, "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>");
}

void lab_answer_fail(lab_call_t *call, const char *name, const lab_fail_t *fail,
                     const char *payload)
{
    head(call, name, "Error", fail);
    lab_buf_puts(&call->out, payload);
    lab_answer_end(call, name);
}

void lab_answer_warning(lab_call_t *call, const char *name, const lab_fail_t *fail)
{
    head(call, name, "Warning", fail);
}

void lab_answer_only_fail(lab_call_t *call, const char *name, const lab_fail_t *fail,
                          const char *payload)
{
    lab_answer_open(call, name);
    lab_answer_fail(call, name, fail, payload);
    lab_answer_close(call, name);
}

void lab_answer_bare_fail(lab_call_t *call, const char *name, const lab_fail_t *fail)
{
    lab_buf_printf(&call->out, "<m:%sResponse ResponseClass=\"Error\">", name);
    lab_buf_elem(&call->out, "m:MessageText", fail->text);
    lab_buf_elem(&call->out, "m:ResponseCode", fail->code);
    lab_buf_printf(&call->out,
                   "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey></m:%sResponse>", name);
}

const char *lab_folder_id(lab_call_t *call, const lab_folder_t *folder)
{
    lab_id_t id = {
        .kind = LAB_ID_FOLDER, .mailbox = folder->mailbox, .number = folder->id};
    return lab_id_text(call->pool, &id);
}

const char *lab_folder_key(lab_call_t *call, const lab_folder_t *folder)
{
    lab_key_kind_t kind = LAB_KEY_FOLDER;
    if (!strncmp(folder->class_name, "IPF.Appointment", 15))
        kind = LAB_KEY_CALENDAR_FOLDER;
    else if (!strncmp(folder->class_name, "IPF.Contact", 11))
        kind = LAB_KEY_CONTACTS_FOLDER;
    else if (!strncmp(folder->class_name, "IPF.Task", 8))
        kind = LAB_KEY_TASKS_FOLDER;
    return lab_change_key(call->pool, kind, folder->mailbox, folder->cn);
}

const char *lab_item_id(lab_call_t *call, const lab_item_t *item, int day)
{
    lab_id_t id = {.kind = day == LAB_NO_DAY ? LAB_ID_ITEM : LAB_ID_OCCURRENCE,
                   .mailbox = item->mailbox,
                   .number = item->id,
                   .day = day == LAB_NO_DAY ? 0 : day};
    return lab_id_text(call->pool, &id);
}

const char *lab_item_key(lab_call_t *call, const lab_item_t *item)
{
    static const struct {
        lab_kind_t kind;
        lab_key_kind_t key;
    } keys[] = {{LAB_KIND_CALENDAR, LAB_KEY_CALENDAR_ITEM},
                {LAB_KIND_MESSAGE, LAB_KEY_MESSAGE},
                {LAB_KIND_CONTACT, LAB_KEY_CONTACT},
                {LAB_KIND_TASK, LAB_KEY_TASK},
                {LAB_KIND_REQUEST, LAB_KEY_MEETING_REQUEST},
                {LAB_KIND_RESPONSE, LAB_KEY_MEETING_REQUEST},
                {LAB_KIND_CANCELLATION, LAB_KEY_MEETING_REQUEST}};
    lab_key_kind_t key = LAB_KEY_ITEM;
    lab_kind_t kind = lab_kind_of_class(item->class_name);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].kind == kind)
            key = keys[i].key;
    return lab_change_key(call->pool, key, item->mailbox, item->cn);
}

void lab_put_folder_id(lab_call_t *call, lab_buf_t *out, const char *name,
                       const lab_folder_t *folder)
{
    lab_buf_printf(out, "<%s Id=\"%s\" ChangeKey=\"%s\"/>", name,
                   lab_folder_id(call, folder), lab_folder_key(call, folder));
}

void lab_put_item_id(lab_call_t *call, lab_buf_t *out, const char *name,
                     const lab_item_t *item, int day)
{
    lab_buf_printf(out, "<%s Id=\"%s\" ChangeKey=\"%s\"/>", name,
                   lab_item_id(call, item, day), lab_item_key(call, item));
}

const char *lab_call_time(lab_call_t *call, apr_time_t when)
{
    int offset = call->zone ? lab_zone_offset_at(call->zone, when) : 0;
    return lab_time_format_offset(when, offset, call->pool);
}

void lab_put_time(lab_call_t *call, lab_buf_t *out, const char *name, apr_time_t when)
{
    lab_buf_printf(out, "<%s>%s</%s>", name, lab_call_time(call, when), name);
}

bool lab_call_read_time(lab_call_t *call, const char *text, apr_time_t *when)
{
    lab_wall_t wall;
    lab_datetime_zone_t form;
    int offset;
    if (!text || lab_datetime_parse(text, &wall, &form, &offset) != APR_SUCCESS)
        return false;
    if (form == LAB_DATETIME_OFFSET)
        *when = lab_wall_to_time(wall, offset);
    else
        *when = lab_zone_instant(call->zone ? call->zone : lab_zone_utc(), wall);
    return true;
}

lab_kind_t lab_kind_of_class(const char *class_name)
{
    static const struct {
        const char *prefix;
        lab_kind_t kind;
    } kinds[] = {{"IPM.Appointment", LAB_KIND_CALENDAR},
                 {"IPM.Note", LAB_KIND_MESSAGE},
                 {"IPM.Contact", LAB_KIND_CONTACT},
                 {"IPM.Task", LAB_KIND_TASK},
                 {"IPM.Microsoft", LAB_KIND_MESSAGE},
                 {"IPM.Schedule.Meeting.Request", LAB_KIND_REQUEST},
                 {"IPM.Schedule.Meeting.Resp", LAB_KIND_RESPONSE},
                 {"IPM.Schedule.Meeting.Canceled", LAB_KIND_CANCELLATION},
                 {"REPORT.IPM.Note", LAB_KIND_MESSAGE}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t n = strlen(kinds[i].prefix);
        if (!strncasecmp(class_name, kinds[i].prefix, n) &&
            (class_name[n] == '\0' || class_name[n] == '.'))
            return kinds[i].kind;
    }
    return LAB_KIND_ITEM;
}

const char *lab_kind_element(lab_kind_t kind)
{
    switch (kind) {
    case LAB_KIND_CALENDAR: return "CalendarItem";
    case LAB_KIND_MESSAGE: return "Message";
    case LAB_KIND_CONTACT: return "Contact";
    case LAB_KIND_TASK: return "Task";
    case LAB_KIND_REQUEST: return "MeetingRequest";
    case LAB_KIND_RESPONSE: return "MeetingResponse";
    case LAB_KIND_CANCELLATION: return "MeetingCancellation";
    case LAB_KIND_ITEM: break;
    }
    return "Item";
}
