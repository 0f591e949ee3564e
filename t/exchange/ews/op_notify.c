/* SPDX-License-Identifier: Apache-2.0 */
/* Subscribe, GetEvents, Unsubscribe: pull notifications (ews.md 14.1). */
#include <apr_strings.h>
#include <string.h>

#include "ews/dispatch.h"
#include "ews/events.h"
#include "ews/rights.h"

#define PAGE 50

static const char *const type_names[LAB_EVENT_TYPES] = {"CreatedEvent", "ModifiedEvent",
                                                        "DeletedEvent", "MovedEvent",
                                                        "CopiedEvent",  "NewMailEvent"};

static unsigned read_types(lab_call_t *call, xmlNodePtr list)
{
    unsigned types = 0;
    for (xmlNodePtr n = lab_xml_first(list); n; n = lab_xml_next(n))
        for (int i = 0; i < LAB_EVENT_TYPES; i++)
            if (!strcmp(type_names[i], lab_xml_text(call->pool, n)))
                types |= 1u << i;
    return types;
}

static const lab_fail_t *read_watch(lab_call_t *call, xmlNodePtr request,
                                    lab_watch_t *watch)
{
    const char *timeout = lab_xml_child_text(call->pool, request, "Timeout");
    const char *all = lab_xml_attr(call->pool, request, "SubscribeToAllFolders");
    xmlNodePtr ids = lab_xml_child(request, "FolderIds");
    apr_array_header_t *folders = apr_array_make(call->pool, 4, sizeof(apr_int64_t));
    memset(watch, 0, sizeof *watch);
    watch->mailbox = call->mailbox;
    watch->all = lab_xml_bool(all, false);
    watch->types = read_types(call, lab_xml_child(request, "EventTypes"));
    watch->timeout_min = timeout ? (int)apr_strtoi64(timeout, NULL, 10) : 30;
    for (xmlNodePtr n = lab_xml_first(ids); n; n = lab_xml_next(n)) {
        lab_folder_t *folder;
        const lab_fail_t *fail = lab_target_folder(call, n, LAB_RIGHT_READ, &folder);
        /* the older servers watch no folder of another mailbox */
        bool is_public = !fail && folder->mailbox == lab_dir_public();
        if (!fail && call->profile->schema < LAB_EXCHANGE_2013 && !is_public &&
            !lab_owns(call, folder->mailbox))
            fail = lab_fail(call, "ErrorSubscriptionDelegateAccessNotSupported");
        /* one mailbox, or one public folder, for each subscription */
        if (!fail && folders->nelts && (is_public || folder->mailbox != watch->mailbox))
            fail = lab_fail(call, "ErrorInvalidSubscriptionRequest");
        if (fail)
            return fail;
        watch->mailbox = folder->mailbox;
        APR_ARRAY_PUSH(folders, apr_int64_t) = folder->id;
    }
    watch->folders = (apr_int64_t *)(void *)folders->elts;
    watch->count = folders->nelts;
    return watch->count || watch->all ? NULL
                                      : lab_fail(call, "ErrorInvalidSubscriptionRequest");
}

void lab_op_subscribe(lab_call_t *call)
{
    static const char name[] = "Subscribe";
    lab_watch_t watch;
    const char *watermark, *id = NULL;
    xmlNodePtr request = lab_xml_child(call->request, "PullSubscriptionRequest");
    const lab_fail_t *fail = request ? read_watch(call, request, &watch)
                                     : lab_fail(call, "ErrorInvalidSubscriptionRequest");
    if (!fail) {
        id = lab_subscribe(call, &watch, &watermark);
        if (!id)
            fail = lab_fail(call, "ErrorExceededSubscriptionCount");
    }
    if (fail) {
        lab_answer_only_fail(call, name, fail, NULL);
        return;
    }
    lab_answer_open(call, name);
    lab_answer_ok(call, name);
    lab_buf_elem(&call->out, "m:SubscriptionId", id);
    lab_buf_elem(&call->out, "m:Watermark", watermark);
    lab_answer_end(call, name);
    lab_answer_close(call, name);
}

static void put_parent(lab_call_t *call, const char *element, apr_int64_t id, int mailbox)
{
    lab_folder_t *folder = lab_folder_get(call->db, call->pool, id);
    lab_id_t gone = {.kind = LAB_ID_FOLDER, .mailbox = mailbox, .number = id};
    if (folder)
        lab_put_folder_id(call, &call->out, element, folder);
    else
        lab_buf_printf(&call->out, "<%s Id=\"%s\"/>", element,
                       lab_id_text(call->pool, &gone));
}

static void put_object(lab_call_t *call, const lab_event_t *e, bool old)
{
    apr_int64_t id = old ? e->old_id : e->id;
    if (e->folder) {
        put_parent(call, old ? "t:OldFolderId" : "t:FolderId", id, e->mailbox);
        return;
    }
    lab_item_t item = {.id = id,
                       .mailbox = e->mailbox,
                       .cn = old ? e->old_cn : e->cn,
                       .class_name = e->kind == LAB_KIND_CALENDAR ? "IPM.Appointment"
                                     : e->kind == LAB_KIND_TASK   ? "IPM.Task"
                                     : (e->kind & LAB_KIND_MEETING) != 0
                                         ? "IPM.Schedule.Meeting.Request"
                                         : "IPM.Note"};
    lab_put_item_id(call, &call->out, old ? "t:OldItemId" : "t:ItemId", &item,
                    LAB_NO_DAY);
}

static void put_event(lab_call_t *call, const lab_event_t *e)
{
    lab_buf_printf(&call->out, "<t:%s>", type_names[e->type]);
    lab_buf_elem(&call->out, "t:Watermark", lab_watermark(call, e->number));
    lab_put_time(call, &call->out, "t:TimeStamp", e->when);
    put_object(call, e, false);
    put_parent(call, "t:ParentFolderId", e->parent, e->mailbox);
    if (e->type == LAB_EVENT_MOVED || e->type == LAB_EVENT_COPIED) {
        put_object(call, e, true);
        put_parent(call, "t:OldParentFolderId", e->old_parent, e->mailbox);
    }
    if (e->type == LAB_EVENT_MODIFIED && e->folder)
        lab_buf_int(&call->out, "t:UnreadCount", lab_folder_unread(call->db, e->id));
    lab_buf_printf(&call->out, "</t:%s>", type_names[e->type]);
}

void lab_op_get_events(lab_call_t *call)
{
    static const char name[] = "GetEvents";
    const char *id = lab_xml_child_text(call->pool, call->request, "SubscriptionId");
    const char *watermark = lab_xml_child_text(call->pool, call->request, "Watermark");
    apr_array_header_t *events;
    bool more;
    const char *code = lab_subscription_read(call, id, watermark, PAGE, &events, &more);
    if (code) {
        lab_answer_only_fail(call, name, lab_fail(call, code), NULL);
        return;
    }
    lab_answer_open(call, name);
    lab_answer_ok(call, name);
    lab_buf_puts(&call->out, "<m:Notification>");
    lab_buf_elem(&call->out, "t:SubscriptionId", id);
    lab_buf_elem(&call->out, "t:PreviousWatermark", watermark);
    lab_buf_bool(&call->out, "t:MoreEvents", more);
    for (int i = 0; i < events->nelts; i++)
        put_event(call, &APR_ARRAY_IDX(events, i, lab_event_t));
    if (!events->nelts) {
        lab_buf_puts(&call->out, "<t:StatusEvent>");
        lab_buf_elem(&call->out, "t:Watermark", watermark);
        lab_buf_puts(&call->out, "</t:StatusEvent>");
    }
    lab_buf_puts(&call->out, "</m:Notification>");
    lab_answer_end(call, name);
    lab_answer_close(call, name);
}

void lab_op_unsubscribe(lab_call_t *call)
{
    static const char name[] = "Unsubscribe";
    const char *id = lab_xml_child_text(call->pool, call->request, "SubscriptionId");
    const char *code = lab_unsubscribe(call, id);
    if (code) {
        lab_answer_only_fail(call, name, lab_fail(call, code), NULL);
        return;
    }
    lab_answer_open(call, name);
    lab_answer_ok(call, name);
    lab_answer_end(call, name);
    lab_answer_close(call, name);
}
