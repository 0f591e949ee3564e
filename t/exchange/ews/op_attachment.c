/* SPDX-License-Identifier: Apache-2.0 */
/* CreateAttachment, GetAttachment, DeleteAttachment: file attachments (ews.md 15.2). */
#include <apr_encode.h>
#include <apr_strings.h>
#include <string.h>

#include "ews/attachment.h"
#include "ews/dispatch.h"
#include "ews/events.h"

#define MAX_SIZE (32 * 1024 * 1024)

static const char *id_text(lab_call_t *call, const lab_item_t *item, int day,
                           apr_int64_t number)
{
    lab_id_t id = {.kind = day == LAB_NO_DAY ? LAB_ID_ITEM : LAB_ID_OCCURRENCE,
                   .mailbox = item->mailbox,
                   .number = item->id,
                   .day = day == LAB_NO_DAY ? 0 : day,
                   .attachment = number};
    return lab_id_text(call->pool, &id);
}

/* an attachment changes its item */
static void touch(lab_call_t *call, lab_item_t *item)
{
    lab_bag_set_int(item->bag, "LastModifiedTime", call->now);
    lab_item_save(call->db, call->pool, item);
    lab_event_item(call, LAB_EVENT_MODIFIED, item);
}

static const lab_fail_t *add_one(lab_call_t *call, lab_item_t *item, int day,
                                 xmlNodePtr element, apr_int64_t *number)
{
    const char *name = lab_xml_child_text(call->pool, element, "Name");
    const char *text = lab_xml_child_text(call->pool, element, "Content");
    const char *is_inline = lab_xml_child_text(call->pool, element, "IsInline");
    apr_size_t len = 0;
    if (!lab_xml_is(element, "FileAttachment"))
        return lab_fail(call, "ErrorInvalidRequest");
    const void *content = apr_pdecode_base64_binary(
        call->pool, text ? text : "", APR_ENCODE_STRING, APR_ENCODE_NONE, &len);
    if (!content && text && *text)
        return lab_fail(call, "ErrorInvalidRequest");
    if (len > MAX_SIZE)
        return lab_fail(call, "ErrorAttachmentSizeLimitExceeded");
    if (day != LAB_NO_DAY && !lab_series_exception(lab_series_load(call, item), day)) {
        /* only an exception can have attachments of its own: the occurrence becomes one
         */
        lab_exception_t x = {.day = day, .bag = lab_bag_new(call->pool)};
        lab_exception_save(call->db, call->pool, item->id, &x);
    }
    *number = lab_db_number(
        call->db, 0,
        "INSERT INTO attachments(item, name, type, cid, location, inline,"
        " modified, content) VALUES(?,?,?,?,?,?,?,?) RETURNING id",
        "ittttdib", item->id, name ? name : "",
        lab_xml_child_text(call->pool, element, "ContentType"),
        lab_xml_child_text(call->pool, element, "ContentId"),
        lab_xml_child_text(call->pool, element, "ContentLocation"),
        (int)lab_xml_bool(is_inline, false), call->now, content ? content : "", (int)len);
    if (day != LAB_NO_DAY)
        lab_db_exec(call->db, "UPDATE attachments SET day=? WHERE id=?", "di", day,
                    *number);
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
        apr_int64_t number = 0;
        lab_db_mark(call->db);
        const lab_fail_t *fail = bad ? bad : add_one(call, item, day, n, &number);
        if (!fail)
            touch(call, item);
        lab_db_unmark(call->db, !fail);
        if (fail) {
            lab_answer_fail(call, name, fail, "<m:Attachments/>");
            continue;
        }
        lab_answer_ok(call, name);
        lab_buf_printf(
            &call->out,
            "<m:Attachments><t:FileAttachment><t:AttachmentId Id=\"%s\" RootItemId=\"%s\""
            " RootItemChangeKey=\"%s\"/></t:FileAttachment></m:Attachments>",
            id_text(call, item, day, number), lab_item_id(call, item, day),
            lab_item_key(call, item));
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
    if (!lab_may(call, id->mailbox, right))
        return lab_fail(call, "ErrorAccessDenied");
    *item = lab_item_get(call->db, call->pool, id->number);
    if (!*item || lab_db_number(call->db, 0, "SELECT item FROM attachments WHERE id=?",
                                "i", id->attachment) != id->number)
        return lab_fail(call, "ErrorItemNotFound");
    return NULL;
}

static void put_whole(lab_call_t *call, xmlNodePtr element, apr_int64_t number)
{
    sqlite3_stmt *st = lab_db_query(
        call->db, "SELECT name, type, cid, location, content FROM attachments WHERE id=?",
        "i", number);
    lab_buf_t *out = &call->out;
    if (!lab_db_step(call->db, st))
        return;
    lab_buf_puts(out, "<t:FileAttachment><t:AttachmentId");
    lab_buf_attr(out, "Id", lab_xml_attr(call->pool, element, "Id"));
    lab_buf_puts(out, "/>");
    lab_buf_elem(out, "t:Name", lab_db_text(call->pool, st, 0));
    lab_buf_elem(out, "t:ContentType", lab_db_text(call->pool, st, 1));
    lab_buf_elem(out, "t:ContentId", lab_db_text(call->pool, st, 2));
    lab_buf_elem(out, "t:ContentLocation", lab_db_text(call->pool, st, 3));
    const void *content = sqlite3_column_blob(st, 4);
    const char *text =
        apr_pencode_base64_binary(call->pool, content ? content : (const void *)"",
                                  sqlite3_column_bytes(st, 4), APR_ENCODE_NONE, NULL);
    lab_buf_elem(out, "t:Content", text ? text : "");
    lab_buf_puts(out, "</t:FileAttachment>");
    lab_db_done(st);
}

void lab_op_get_attachment(lab_call_t *call)
{
    static const char name[] = "GetAttachment";
    xmlNodePtr ids = lab_xml_child(call->request, "AttachmentIds");
    lab_answer_open(call, name);
    for (xmlNodePtr n = lab_xml_first(ids); n; n = lab_xml_next(n)) {
        lab_item_t *item;
        lab_id_t id;
        const lab_fail_t *fail = find(call, n, LAB_RIGHT_READ, &item, &id);
        if (fail) {
            lab_answer_fail(call, name, fail, "<m:Attachments/>");
            continue;
        }
        lab_answer_ok(call, name);
        lab_buf_puts(&call->out, "<m:Attachments>");
        put_whole(call, n, id.attachment);
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
        lab_db_exec(call->db, "DELETE FROM attachments WHERE id=?", "i", id.attachment);
        touch(call, item);
        int day = id.kind == LAB_ID_OCCURRENCE ? id.day : LAB_NO_DAY;
        lab_answer_ok(call, name);
        lab_buf_printf(&call->out,
                       "<m:RootItemId RootItemId=\"%s\" RootItemChangeKey=\"%s\"/>",
                       lab_item_id(call, item, day), lab_item_key(call, item));
        lab_answer_end(call, name);
    }
    lab_answer_close(call, name);
}
