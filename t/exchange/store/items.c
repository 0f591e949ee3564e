/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include <apr_strings.h>

lab_item_t *lab_item_row(apr_pool_t *pool, sqlite3_stmt *st)
{
    lab_item_t *item = apr_pcalloc(pool, sizeof *item);
    item->id = sqlite3_column_int64(st, 0);
    item->mailbox = sqlite3_column_int(st, 1);
    item->folder = sqlite3_column_int64(st, 2);
    item->class_name = lab_db_text(pool, st, 3);
    item->cn = sqlite3_column_int64(st, 4);
    item->created_cn = sqlite3_column_int64(st, 5);
    item->start = sqlite3_column_int64(st, 6);
    item->end = sqlite3_column_int64(st, 7);
    item->recurring = sqlite3_column_int(st, 8) != 0;
    item->uid = lab_db_text(pool, st, 9);
    int len = sqlite3_column_bytes(st, 10);
    item->bag = lab_bag_unpack(
        pool, apr_pmemdup(pool, sqlite3_column_blob(st, 10), (apr_size_t)len), len);
    return item;
}

lab_item_t *lab_item_get(lab_db_t *db, apr_pool_t *pool, apr_int64_t id)
{
    sqlite3_stmt *st =
        lab_db_query(db, "SELECT " LAB_ITEM_COLUMNS " FROM items WHERE id=?", "i", id);
    if (!lab_db_step(db, st))
        return NULL;
    lab_item_t *item = lab_item_row(pool, st);
    lab_db_done(st);
    return item;
}

/* associated items are beside those that a folder counts */
static int counts(const lab_item_t *item)
{
    return lab_bag_bool(item->bag, "IsAssociated", false) ? 0 : 1;
}

/* the time of the last commit is shown in milliseconds and must differ after each change
 */
static void count_folder(lab_db_t *db, apr_int64_t folder, int more)
{
    lab_db_exec(
        db,
        "UPDATE folders SET total=total+?, committed=MAX(committed+1000,?) WHERE id=?",
        "dii", more, apr_time_now(), folder);
}

void lab_item_save(lab_db_t *db, apr_pool_t *pool, lab_item_t *item)
{
    int len;
    const void *bytes = lab_bag_pack(pool, item->bag, &len);
    item->cn = lab_store_next_cn(db, item->mailbox);
    bool born = item->id == 0;
    if (born) {
        item->created_cn = item->cn;
        item->id =
            lab_db_number(db, 0,
                          "INSERT INTO items(mailbox, folder, class, cn, created_cn,"
                          " start, end, recurring, uid, props)"
                          " VALUES(?,?,?,?,?,?,?,?,?,?) RETURNING id",
                          "ditiiiidtb", item->mailbox, item->folder, item->class_name,
                          item->cn, item->cn, item->start, item->end,
                          (int)item->recurring, item->uid, bytes, len);
    } else {
        lab_db_exec(
            db,
            "UPDATE items SET class=?, cn=?, start=?, end=?, recurring=?, uid=?, props=?"
            " WHERE id=?",
            "tiiidtbi", item->class_name, item->cn, item->start, item->end,
            (int)item->recurring, item->uid, bytes, len, item->id);
    }
    count_folder(db, item->folder, born ? counts(item) : 0);
}

static void bury(lab_db_t *db, const lab_item_t *item)
{
    apr_int64_t cn = lab_store_next_cn(db, item->mailbox);
    lab_db_exec(db, "INSERT INTO tombs(id, folder, cn, created_cn) VALUES(?,?,?,?)",
                "iiii", item->id, item->folder, cn, item->created_cn);
    count_folder(db, item->folder, -counts(item));
}

void lab_item_drop(lab_db_t *db, const lab_item_t *item)
{
    lab_db_exec(db, "DELETE FROM items WHERE id=?", "i", item->id);
    lab_db_exec(db, "DELETE FROM exceptions WHERE item=?", "i", item->id);
    lab_db_exec(db, "DELETE FROM attachments WHERE item=?", "i", item->id);
    bury(db, item);
}

void lab_item_copy_attachments(lab_db_t *db, apr_int64_t from, apr_int64_t to)
{
    lab_db_exec(
        db,
        "INSERT INTO attachments(item, day, name, type, cid, location, inline, modified,"
        " content, class) SELECT ?, day, name, type, cid, location, inline, modified,"
        " content, class FROM attachments WHERE item=?",
        "ii", to, from);
}

void lab_item_copy_parts(lab_db_t *db, apr_int64_t from, apr_int64_t to)
{
    lab_db_exec(db,
                "INSERT INTO exceptions(item, day, deleted, props)"
                " SELECT ?, day, deleted, props FROM exceptions WHERE item=?",
                "ii", to, from);
    lab_item_copy_attachments(db, from, to);
}

void lab_item_move(lab_db_t *db, apr_pool_t *pool, lab_item_t *item,
                   const lab_folder_t *to)
{
    lab_item_t old = *item;
    item->id = 0;
    item->folder = to->id;
    item->mailbox = to->mailbox;
    lab_item_save(db, pool, item);
    lab_item_copy_parts(db, old.id, item->id);
    lab_item_drop(db, &old);
}

apr_array_header_t *lab_item_exceptions(lab_db_t *db, apr_pool_t *pool, apr_int64_t item)
{
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(lab_exception_t *));
    sqlite3_stmt *st = lab_db_query(
        db, "SELECT day, deleted, props FROM exceptions WHERE item=? ORDER BY day", "i",
        item);
    while (lab_db_step(db, st)) {
        lab_exception_t *x = apr_pcalloc(pool, sizeof *x);
        x->day = sqlite3_column_int(st, 0);
        x->deleted = sqlite3_column_int(st, 1) != 0;
        int len = sqlite3_column_bytes(st, 2);
        if (!x->deleted)
            x->bag = lab_bag_unpack(
                pool, apr_pmemdup(pool, sqlite3_column_blob(st, 2), (apr_size_t)len),
                len);
        APR_ARRAY_PUSH(list, lab_exception_t *) = x;
    }
    return list;
}

void lab_exception_save(lab_db_t *db, apr_pool_t *pool, apr_int64_t item,
                        const lab_exception_t *x)
{
    int len = 0;
    const void *bytes = x->bag && !x->deleted ? lab_bag_pack(pool, x->bag, &len) : NULL;
    lab_db_exec(
        db,
        "INSERT OR REPLACE INTO exceptions(item, day, deleted, props) VALUES(?,?,?,?)",
        "iddb", item, x->day, (int)x->deleted, bytes, len);
    if (x->deleted)
        lab_db_exec(db, "DELETE FROM attachments WHERE item=? AND day=?", "id", item,
                    x->day);
}

void lab_exceptions_clear(lab_db_t *db, apr_int64_t item)
{
    lab_db_exec(db, "DELETE FROM exceptions WHERE item=?", "i", item);
    lab_db_exec(db, "DELETE FROM attachments WHERE item=? AND day IS NOT NULL", "i",
                item);
}
