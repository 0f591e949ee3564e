/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/attachment.h"

#include <string.h>

#define COLUMNS "id, name, type, cid, location, inline, modified, length(content), class"
#define OWN     "OwnAttachments" /* in an exception's bag: it has a list for itself */

static lab_attachment_t read_row(apr_pool_t *pool, sqlite3_stmt *st)
{
    lab_attachment_t a = {.number = sqlite3_column_int64(st, 0),
                          .name = lab_db_text(pool, st, 1),
                          .type = lab_db_text(pool, st, 2),
                          .cid = lab_db_text(pool, st, 3),
                          .location = lab_db_text(pool, st, 4),
                          .flags = (unsigned)sqlite3_column_int(st, 5),
                          .modified = sqlite3_column_int64(st, 6),
                          .size = sqlite3_column_int64(st, 7),
                          .class_name = lab_db_text(pool, st, 8)};
    return a;
}

/* a whole item's rows have the day NULL; an exception with a list for itself has its own */
static sqlite3_stmt *open_list(lab_call_t *call, const lab_view_t *view)
{
    bool own = view->over && lab_bag_bool(view->over, OWN, false);
    sqlite3_stmt *st = lab_db_query(call->db,
                                    "SELECT " COLUMNS " FROM attachments"
                                    " WHERE item=? AND day IS ? ORDER BY id",
                                    "i", view->item->id);
    if (st && own)
        sqlite3_bind_int(st, 2, view->day);
    else if (st)
        sqlite3_bind_null(st, 2);
    return st;
}

apr_array_header_t *lab_attachments(lab_call_t *call, const lab_view_t *view)
{
    apr_array_header_t *list = apr_array_make(call->pool, 4, sizeof(lab_attachment_t));
    sqlite3_stmt *st = view->cut ? NULL : open_list(call, view);
    while (st && lab_db_step(call->db, st))
        APR_ARRAY_PUSH(list, lab_attachment_t) = read_row(call->pool, st);
    return list;
}

bool lab_attachments_any(lab_call_t *call, const lab_view_t *view)
{
    bool any = false;
    sqlite3_stmt *st = view->cut ? NULL : open_list(call, view);
    while (st && lab_db_step(call->db, st))
        any = any || !(sqlite3_column_int(st, 5) & LAB_ATTACHMENT_INLINE);
    return any;
}

const char *lab_attachment_id(lab_call_t *call, const lab_item_t *item, int day,
                              apr_int64_t number)
{
    lab_id_t id = {.kind = day == LAB_NO_DAY ? LAB_ID_ITEM : LAB_ID_OCCURRENCE,
                   .mailbox = item->mailbox,
                   .number = item->id,
                   .day = day == LAB_NO_DAY ? 0 : day,
                   .attachment = number};
    return lab_id_text(call->pool, &id);
}

void lab_attachment_open(lab_call_t *call, lab_buf_t *out, const lab_attachment_t *a,
                         const char *id, bool details)
{
    lab_buf_printf(out, "<t:%s><t:AttachmentId Id=\"%s\"/>",
                   a->class_name ? "ItemAttachment" : "FileAttachment", id);
    lab_buf_elem(out, "t:Name", a->name);
    lab_buf_elem(out, "t:ContentType", a->type);
    lab_buf_elem(out, "t:ContentId", a->cid);
    lab_buf_elem(out, "t:ContentLocation", a->location);
    if (!details || call->version < LAB_EXCHANGE_2010)
        return;
    lab_buf_int(out, "t:Size", a->size);
    lab_put_time(call, out, "t:LastModifiedTime", a->modified);
    lab_buf_bool(out, "t:IsInline", a->flags & LAB_ATTACHMENT_INLINE);
    if (!a->class_name)
        lab_buf_bool(out, "t:IsContactPhoto", a->flags & LAB_ATTACHMENT_PHOTO);
}

void lab_attachment_close(lab_buf_t *out, const lab_attachment_t *a)
{
    lab_buf_puts(out, a->class_name ? "</t:ItemAttachment>" : "</t:FileAttachment>");
}

void lab_attachments_put(lab_call_t *call, lab_buf_t *out, const lab_view_t *view)
{
    apr_array_header_t *list = lab_attachments(call, view);
    if (!list->nelts)
        return;
    lab_buf_puts(out, "<t:Attachments>");
    for (int i = 0; i < list->nelts; i++) {
        const lab_attachment_t *a = &APR_ARRAY_IDX(list, i, lab_attachment_t);
        const char *id = lab_attachment_id(call, view->item, view->day, a->number);
        lab_attachment_open(call, out, a, id, true);
        lab_attachment_close(out, a);
    }
    lab_buf_puts(out, "</t:Attachments>");
}

lab_attachment_t *lab_attachment_get(lab_call_t *call, apr_int64_t item,
                                     apr_int64_t number, const void **content)
{
    sqlite3_stmt *st = lab_db_query(call->db,
                                    "SELECT " COLUMNS ", content FROM attachments"
                                    " WHERE item=? AND id=?",
                                    "ii", item, number);
    if (!lab_db_step(call->db, st))
        return NULL;
    lab_attachment_t *a = apr_palloc(call->pool, sizeof *a);
    *a = read_row(call->pool, st);
    *content = a->size ? apr_pmemdup(call->pool, sqlite3_column_blob(st, 9),
                                     (apr_size_t)a->size)
                       : "";
    lab_db_done(st);
    return a;
}

apr_int64_t lab_attachment_add(lab_call_t *call, apr_int64_t item, int day,
                               const lab_attachment_t *a, const void *content)
{
    apr_int64_t number =
        lab_db_number(call->db, 0,
                      "INSERT INTO attachments(item, name, type, cid, location, inline,"
                      " modified, class, content) VALUES(?,?,?,?,?,?,?,?,?) RETURNING id",
                      "ittttditb", item, a->name ? a->name : "", a->type, a->cid,
                      a->location, (int)a->flags, call->now, a->class_name, content,
                      (int)a->size);
    if (day != LAB_NO_DAY)
        lab_db_exec(call->db, "UPDATE attachments SET day=? WHERE id=?", "di", day,
                    number);
    return number;
}

void lab_attachments_own(lab_call_t *call, const lab_item_t *item, int day,
                         apr_int64_t *number)
{
    const lab_exception_t *was =
        lab_series_exception(lab_series_load(call, item), day);
    lab_exception_t x = {.day = day};
    if (was && was->bag && lab_bag_bool(was->bag, OWN, false))
        return;
    lab_view_t view;
    lab_view_make(call, item, day, &view);
    apr_array_header_t *list = lab_attachments(call, &view);
    for (int i = 0; i < list->nelts; i++) {
        const void *content;
        apr_int64_t old = APR_ARRAY_IDX(list, i, lab_attachment_t).number;
        const lab_attachment_t *a = lab_attachment_get(call, item->id, old, &content);
        apr_int64_t copy = a ? lab_attachment_add(call, item->id, day, a, content) : 0;
        if (old == *number)
            *number = copy;
    }
    x.bag = was && was->bag ? lab_bag_copy(call->pool, was->bag) : lab_bag_new(call->pool);
    lab_bag_set(x.bag, OWN, "true");
    lab_exception_save(call->db, call->pool, item->id, &x);
}
