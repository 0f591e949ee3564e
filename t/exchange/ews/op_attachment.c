/* SPDX-License-Identifier: Apache-2.0 */
/* CreateAttachment, GetAttachment, DeleteAttachment (ews.md 15.2). */
#include <apr_encode.h>
#include <apr_strings.h>
#include <string.h>

#include "control/settings.h"
#include "ews/attachment.h"
#include "ews/dispatch.h"
#include "ews/embedded.h"
#include "ews/events.h"
#include "ews/rights.h"

/* an attachment changes its item */
static void touch(lab_call_t *call, lab_item_t *item)
{
    lab_bag_set_int(item->bag, "LastModifiedTime", call->now);
    lab_item_save(call->db, call->pool, item);
    lab_event_item(call, LAB_EVENT_MODIFIED, item);
}

static bool says(lab_call_t *call, xmlNodePtr element, const char *name)
{
    return lab_xml_bool(lab_xml_child_text(call->pool, element, name), false);
}

static const lab_fail_t *read_file(lab_call_t *call, xmlNodePtr element,
                                   const void **content, int *len)
{
    const char *text = lab_xml_child_text(call->pool, element, "Content");
    apr_size_t n = 0;
    *content = apr_pdecode_base64_binary(call->pool, text ? text : "", APR_ENCODE_STRING,
                                         APR_ENCODE_NONE, &n);
    if (!*content && text && *text)
        return lab_fail(call, "ErrorInvalidRequest");
    if (!*content)
        *content = "";
    *len = (int)n;
    return NULL;
}

/* the embedded item follows what all attachments have */
static const lab_fail_t *read_item(lab_call_t *call, const lab_item_t *parent,
                                   xmlNodePtr element, const void **content, int *len,
                                   const char **class_name)
{
    xmlNodePtr inner = lab_xml_first(element);
    static const char *const common[] = {"Name",
                                         "ContentType",
                                         "ContentId",
                                         "ContentLocation",
                                         "AttachmentOriginalUrl",
                                         "AttachmentId",
                                         "Size",
                                         "LastModifiedTime",
                                         "IsInline"};
    for (; inner; inner = lab_xml_next(inner)) {
        bool is_common = false;
        for (size_t i = 0; i < sizeof common / sizeof *common; i++)
            is_common = is_common || lab_xml_is(inner, common[i]);
        if (!is_common)
            return lab_embedded_read(call, parent, inner, content, len, class_name);
    }
    return lab_fail(call, "ErrorMissingItemForCreateItemAttachment");
}

/* the sum of all attachments may not be over the size of a message */
static const lab_fail_t *check_size(lab_call_t *call, const lab_item_t *item, int day,
                                    apr_int64_t size)
{
    lab_view_t view;
    apr_int64_t most = lab_settings_max_attachment(call->lab->settings);
    if (most && size > most)
        return lab_fail(call, "ErrorAttachmentSizeLimitExceeded");
    most = lab_settings_max_message(call->lab->settings);
    lab_view_make(call, item, day, &view);
    apr_array_header_t *list = lab_attachments(call, &view);
    for (int i = 0; i < list->nelts; i++)
        size += APR_ARRAY_IDX(list, i, lab_attachment_t).size;
    return most && size > most ? lab_fail(call, "ErrorMessageSizeExceeded") : NULL;
}

static const lab_fail_t *add_one(lab_call_t *call, lab_item_t *item, int day,
                                 xmlNodePtr element, lab_attachment_t *a)
{
    const void *content = "";
    int len = 0;
    apr_int64_t none = 0;
    const lab_fail_t *fail;
    memset(a, 0, sizeof *a);
    a->name = lab_xml_child_text(call->pool, element, "Name");
    a->type = lab_xml_child_text(call->pool, element, "ContentType");
    a->cid = lab_xml_child_text(call->pool, element, "ContentId");
    a->location = lab_xml_child_text(call->pool, element, "ContentLocation");
    a->flags = (says(call, element, "IsInline") ? LAB_ATTACHMENT_INLINE : 0u) |
               (says(call, element, "IsContactPhoto") ? LAB_ATTACHMENT_PHOTO : 0u);
    if (lab_xml_is(element, "FileAttachment"))
        fail = read_file(call, element, &content, &len);
    else if (lab_xml_is(element, "ItemAttachment"))
        fail = read_item(call, item, element, &content, &len, &a->class_name);
    else
        fail = lab_fail(call, "ErrorInvalidRequest");
    if (!fail)
        fail = check_size(call, item, day, len);
    if (fail)
        return fail;
    a->size = len;
    if (day != LAB_NO_DAY)
        lab_attachments_own(call, item, day, &none);
    a->number = lab_attachment_add(call, item->id, day, a, content);
    return NULL;
}

void lab_op_create_attachment(lab_call_t *call)
{
    static const char name[] = "CreateAttachment";
    lab_item_t *item;
    int day;
    apr_int64_t key;
    xmlNodePtr parent = lab_xml_child(call->request, "ParentItemId");
    xmlNodePtr list = lab_xml_child(call->request, "Attachments");
    const lab_fail_t *bad =
        lab_target_item(call, parent, LAB_RIGHT_WRITE, &item, &day, &key);
    if (!bad && key && key != item->cn)
        bad = lab_fail(call, "ErrorIrresolvableConflict");
    lab_answer_open(call, name);
    for (xmlNodePtr n = lab_xml_first(list); n; n = lab_xml_next(n)) {
        lab_attachment_t a;
        lab_db_mark(call->db);
        const lab_fail_t *fail = bad ? bad : add_one(call, item, day, n, &a);
        if (!fail)
            touch(call, item);
        lab_db_unmark(call->db, !fail);
        if (fail) {
            lab_answer_fail(call, name, fail, "<m:Attachments/>");
            continue;
        }
        lab_answer_ok(call, name);
        const char *element = a.class_name ? "ItemAttachment" : "FileAttachment";
        lab_buf_printf(&call->out,
                       "<m:Attachments><t:%s><t:AttachmentId Id=\"%s\" RootItemId=\"%s\""
                       " RootItemChangeKey=\"%s\"/></t:%s></m:Attachments>",
                       element, lab_attachment_id(call, item, day, a.number),
                       lab_item_id(call, item, day), lab_item_key(call, item), element);
        lab_answer_end(call, name);
    }
    lab_answer_close(call, name);
}

/* the item and the number of the attachment that an AttachmentId names */
static const lab_fail_t *find(lab_call_t *call, xmlNodePtr element, lab_right_t right,
                              lab_item_t **item, lab_id_t *id)
{
    const char *text = lab_xml_attr(call->pool, element, "Id");
    if (!text || !*text)
        return lab_fail(call, "ErrorInvalidIdEmpty");
    if (!lab_id_parse(text, id) || !id->attachment)
        return lab_fail(call, "ErrorInvalidAttachmentId");
    *item = lab_item_get(call->db, call->pool, id->number);
    if (!*item || lab_db_number(call->db, 0, "SELECT item FROM attachments WHERE id=?",
                                "i", id->attachment) != id->number)
        return lab_fail(call, "ErrorItemNotFound");
    lab_view_t view;
    const lab_fail_t *fail = lab_may_item(call, *item, right);
    lab_view_make(call, *item, id->kind == LAB_ID_OCCURRENCE ? id->day : LAB_NO_DAY, &view);
    if (!fail && lab_is_hidden(call, &view))
        fail = lab_fail(call, "ErrorItemNotFound");
    return fail;
}

/* m:AttachmentShape says how embedded items look; they come with all they have */
static const lab_fail_t *read_shape(lab_call_t *call, lab_shape_t *shape)
{
    const lab_fail_t *fail = lab_shape_read(
        call, lab_xml_child(call->request, "AttachmentShape"), false, shape);
    shape->base = LAB_SHAPE_ALL;
    return fail;
}

static void put_whole(lab_call_t *call, xmlNodePtr element, const lab_item_t *item,
                      apr_int64_t number, const lab_shape_t *shape)
{
    const void *content;
    lab_buf_t *out = &call->out;
    const lab_attachment_t *a = lab_attachment_get(call, item->id, number, &content);
    if (!a)
        return;
    lab_attachment_open(call, out, a, lab_xml_attr(call->pool, element, "Id"), false);
    if (a->class_name) {
        lab_embedded_put(call, item, a->class_name, content, (int)a->size, shape);
    } else {
        const char *text = apr_pencode_base64_binary(
            call->pool, content, (apr_ssize_t)a->size, APR_ENCODE_NONE, NULL);
        lab_buf_elem(out, "t:Content", text ? text : "");
    }
    lab_attachment_close(out, a);
}

void lab_op_get_attachment(lab_call_t *call)
{
    static const char name[] = "GetAttachment";
    lab_shape_t shape;
    const lab_fail_t *bad = read_shape(call, &shape);
    xmlNodePtr ids = lab_xml_child(call->request, "AttachmentIds");
    lab_answer_open(call, name);
    for (xmlNodePtr n = lab_xml_first(ids); n; n = lab_xml_next(n)) {
        lab_item_t *item;
        lab_id_t id;
        const lab_fail_t *fail = bad ? bad : find(call, n, LAB_RIGHT_READ, &item, &id);
        if (fail) {
            lab_answer_fail(call, name, fail, "<m:Attachments/>");
            continue;
        }
        lab_answer_ok(call, name);
        lab_buf_puts(&call->out, "<m:Attachments>");
        put_whole(call, n, item, id.attachment, &shape);
        lab_buf_puts(&call->out, "</m:Attachments>");
        lab_answer_end(call, name);
    }
    lab_answer_close(call, name);
}

void lab_op_delete_attachment(lab_call_t *call)
{
    static const char name[] = "DeleteAttachment";
    xmlNodePtr ids = lab_xml_child(call->request, "AttachmentIds");
    lab_answer_open(call, name);
    for (xmlNodePtr n = lab_xml_first(ids); n; n = lab_xml_next(n)) {
        lab_item_t *item;
        lab_id_t id;
        const lab_fail_t *fail = find(call, n, LAB_RIGHT_WRITE, &item, &id);
        if (fail) {
            lab_answer_fail(call, name, fail, NULL);
            continue;
        }
        int day = id.kind == LAB_ID_OCCURRENCE ? id.day : LAB_NO_DAY;
        if (day != LAB_NO_DAY)
            lab_attachments_own(call, item, day, &id.attachment);
        lab_db_exec(call->db, "DELETE FROM attachments WHERE id=?", "i", id.attachment);
        touch(call, item);
        lab_answer_ok(call, name);
        lab_buf_printf(&call->out,
                       "<m:RootItemId RootItemId=\"%s\" RootItemChangeKey=\"%s\"/>",
                       lab_item_id(call, item, day), lab_item_key(call, item));
        lab_answer_end(call, name);
    }
    lab_answer_close(call, name);
}
