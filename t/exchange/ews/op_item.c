/* SPDX-License-Identifier: Apache-2.0 */
/* GetItem, DeleteItem, MoveItem, CopyItem. */
#include <string.h>

#include "ews/dispatch.h"
#include "ews/events.h"
#include "ews/remove.h"
#include "ews/rights.h"
#include "ews/shape.h"
#include "ews/task.h"
#include "meeting/meeting.h"

void lab_op_get_item(lab_call_t *call)
{
    lab_shape_t shape;
    const lab_fail_t *bad =
        lab_shape_read(call, lab_xml_child(call->request, "ItemShape"), false, &shape);
    xmlNodePtr ids = lab_xml_child(call->request, "ItemIds");
    lab_answer_open(call, "GetItem");
    for (xmlNodePtr id = lab_xml_first(ids); id; id = lab_xml_next(id)) {
        lab_item_t *item;
        lab_view_t view;
        int day;
        apr_int64_t key;
        const lab_fail_t *fail =
            bad ? bad : lab_target_item(call, id, LAB_RIGHT_READ, &item, &day, &key);
        if (fail) {
            lab_answer_fail(call, "GetItem", fail, "<m:Items/>");
            continue;
        }
        lab_view_make(call, item, day, &view);
        lab_answer_ok(call, "GetItem");
        lab_buf_puts(&call->out, "<m:Items>");
        lab_shape_put(call, &view, &shape);
        lab_buf_puts(&call->out, "</m:Items>");
        lab_answer_end(call, "GetItem");
    }
    lab_answer_close(call, "GetItem");
}

/* the current occurrence of a recurring task, which moves on */
static const lab_fail_t *delete_occurrence(lab_call_t *call, lab_item_t *item)
{
    const lab_fail_t *fail = lab_task_skip(call, item);
    if (fail)
        return fail;
    lab_bag_set_int(item->bag, "LastModifiedTime", call->now);
    lab_bag_set(item->bag, "LastModifiedName", call->caller->display_name);
    lab_item_save(call->db, call->pool, item);
    lab_event_item(call, LAB_EVENT_MODIFIED, item);
    return NULL;
}

static const lab_fail_t *delete_one(lab_call_t *call, xmlNodePtr id, bool to_trash,
                                    const char *cancellations)
{
    lab_item_t *item;
    int day;
    apr_int64_t key;
    const lab_fail_t *fail =
        lab_target_item(call, id, LAB_RIGHT_DELETE, &item, &day, &key);
    if (fail)
        return fail;
    if (lab_kind_of_class(item->class_name) == LAB_KIND_CALENDAR && !cancellations)
        return lab_fail(call, "ErrorSendMeetingCancellationsRequired");
    if (lab_kind_of_class(item->class_name) == LAB_KIND_TASK) {
        const char *which =
            lab_xml_attr(call->pool, call->request, "AffectedTaskOccurrences");
        if (!which)
            return lab_fail(call, "ErrorAffectedTaskOccurrencesRequired");
        if (!strcmp(which, "SpecifiedOccurrenceOnly"))
            return delete_occurrence(call, item);
    }
    /* public folders have no trash; before 2013 only the owner of a mailbox has one here: a
     * delegate is to use MoveItem */
    bool older = call->profile->schema < LAB_EXCHANGE_2013;
    if (to_trash && day == LAB_NO_DAY && !lab_owns(call, item->mailbox) &&
        (older || item->mailbox == lab_dir_public()))
        return lab_fail(call, "ErrorCannotDeleteObject");
    lab_sending_t sending = lab_sending_read(cancellations);
    if (lab_kind_of_class(item->class_name) == LAB_KIND_CALENDAR)
        fail = lab_meeting_cancel(call, item, day, &sending, NULL, NULL, NULL);
    return fail ? fail : lab_remove_item(call, item, day, to_trash);
}

void lab_op_delete_item(lab_call_t *call)
{
    const char *type = lab_xml_attr(call->pool, call->request, "DeleteType");
    const char *cancel =
        lab_xml_attr(call->pool, call->request, "SendMeetingCancellations");
    bool to_trash = type && !strcmp(type, "MoveToDeletedItems");
    xmlNodePtr ids = lab_xml_child(call->request, "ItemIds");
    lab_answer_open(call, "DeleteItem");
    for (xmlNodePtr id = lab_xml_first(ids); id; id = lab_xml_next(id)) {
        int events = lab_events_mark(call);
        lab_db_mark(call->db);
        const lab_fail_t *fail = delete_one(call, id, to_trash, cancel);
        lab_db_unmark(call->db, !fail);
        if (fail)
            lab_events_cut(call, events);
        if (fail) {
            lab_answer_fail(call, "DeleteItem", fail, NULL);
            continue;
        }
        lab_answer_ok(call, "DeleteItem");
        lab_answer_end(call, "DeleteItem");
    }
    lab_answer_close(call, "DeleteItem");
}

static const lab_fail_t *transfer_one(lab_call_t *call, xmlNodePtr id,
                                      const lab_folder_t *to, bool copy,
                                      lab_item_t **item)
{
    int day;
    apr_int64_t key;
    const lab_fail_t *fail = lab_target_item(
        call, id, copy ? LAB_RIGHT_READ : LAB_RIGHT_DELETE, item, &day, &key);
    if (fail)
        return fail;
    if (day != LAB_NO_DAY)
        return lab_fail(call, "ErrorCalendarCannotMoveOrCopyOccurrence");
    lab_view_t view;
    lab_view_item(call, *item, &view);
    if (lab_is_hidden(call, &view))
        return lab_fail(call, "ErrorAccessDenied");
    if (lab_view_bool(&view, "IsAssociated", false))
        return lab_fail(call, "ErrorInvalidOperation");
    return copy ? lab_copy_item(call, *item, to) : lab_move_item(call, *item, to);
}

static void transfer(lab_call_t *call, const char *name, bool copy)
{
    lab_folder_t *to;
    const lab_fail_t *bad = lab_target_folder_in(
        call, lab_xml_child(call->request, "ToFolderId"), LAB_RIGHT_WRITE, &to);
    const char *want = lab_xml_child_text(call->pool, call->request, "ReturnNewItemIds");
    xmlNodePtr ids = lab_xml_child(call->request, "ItemIds");
    lab_answer_open(call, name);
    for (xmlNodePtr id = lab_xml_first(ids); id; id = lab_xml_next(id)) {
        lab_item_t *item;
        lab_db_mark(call->db);
        const lab_fail_t *fail = bad ? bad : transfer_one(call, id, to, copy, &item);
        lab_db_unmark(call->db, !fail);
        if (fail) {
            lab_answer_fail(call, name, fail, "<m:Items/>");
            continue;
        }
        const char *element = lab_kind_element(lab_kind_of_class(item->class_name));
        lab_answer_ok(call, name);
        lab_buf_puts(&call->out, "<m:Items>");
        /* from one mailbox to another the new id is not told */
        lab_id_t from;
        bool same = !lab_id_parse(lab_xml_attr(call->pool, id, "Id"), &from) ||
                    from.mailbox == item->mailbox;
        if (same && lab_xml_bool(want, true)) {
            lab_buf_printf(&call->out, "<t:%s>", element);
            lab_put_item_id(call, &call->out, "t:ItemId", item, LAB_NO_DAY);
            lab_buf_printf(&call->out, "</t:%s>", element);
        }
        lab_buf_puts(&call->out, "</m:Items>");
        lab_answer_end(call, name);
    }
    lab_answer_close(call, name);
}

void lab_op_move_item(lab_call_t *call)
{
    transfer(call, "MoveItem", false);
}

void lab_op_copy_item(lab_call_t *call)
{
    transfer(call, "CopyItem", true);
}
