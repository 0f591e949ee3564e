/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/attachment.h"

/* a whole item's rows have the day NULL; an exception has its own */
#define WHERE " FROM attachments WHERE item=? AND day IS ?"

static sqlite3_stmt *bind_day(sqlite3_stmt *st, const lab_view_t *view)
{
    if (st && view->day == LAB_NO_DAY)
        sqlite3_bind_null(st, 2);
    else if (st)
        sqlite3_bind_int(st, 2, view->day);
    return st;
}

int lab_attachments_count(lab_call_t *call, const lab_view_t *view)
{
    sqlite3_stmt *st = bind_day(
        lab_db_query(call->db, "SELECT COUNT(*)" WHERE, "i", view->item->id), view);
    int count = lab_db_step(call->db, st) ? sqlite3_column_int(st, 0) : 0;
    lab_db_done(st);
    return count;
}

static void put_one(lab_call_t *call, lab_buf_t *out, const lab_view_t *view,
                    sqlite3_stmt *st)
{
    lab_id_t id = {.kind = view->day == LAB_NO_DAY ? LAB_ID_ITEM : LAB_ID_OCCURRENCE,
                   .mailbox = view->item->mailbox,
                   .number = view->item->id,
                   .day = view->day == LAB_NO_DAY ? 0 : view->day,
                   .attachment = sqlite3_column_int64(st, 0)};
    lab_buf_printf(out, "<t:FileAttachment><t:AttachmentId Id=\"%s\"/>",
                   lab_id_text(call->pool, &id));
    lab_buf_elem(out, "t:Name", lab_db_text(call->pool, st, 1));
    lab_buf_elem(out, "t:ContentType", lab_db_text(call->pool, st, 2));
    lab_buf_elem(out, "t:ContentId", lab_db_text(call->pool, st, 3));
    lab_buf_elem(out, "t:ContentLocation", lab_db_text(call->pool, st, 4));
    if (call->version >= LAB_EXCHANGE_2010) {
        lab_buf_int(out, "t:Size", sqlite3_column_int64(st, 7));
        lab_put_time(call, out, "t:LastModifiedTime", sqlite3_column_int64(st, 6));
        lab_buf_bool(out, "t:IsInline", sqlite3_column_int(st, 5));
    }
    lab_buf_puts(out, "</t:FileAttachment>");
}

void lab_attachments_put(lab_call_t *call, lab_buf_t *out, const lab_view_t *view)
{
    bool open = false;
    sqlite3_stmt *st =
        bind_day(lab_db_query(call->db,
                              "SELECT id, name, type, cid, location, inline, modified, "
                              "length(content)" WHERE " ORDER BY id",
                              "i", view->item->id),
                 view);
    while (lab_db_step(call->db, st)) {
        if (!open)
            lab_buf_puts(out, "<t:Attachments>");
        open = true;
        put_one(call, out, view, st);
    }
    if (open)
        lab_buf_puts(out, "</t:Attachments>");
}
