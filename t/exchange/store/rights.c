/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rights.h"

apr_array_header_t *lab_permissions(lab_db_t *db, apr_pool_t *pool, apr_int64_t folder)
{
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(lab_permission_t));
    lab_permission_t always[2] = {{LAB_WHO_DEFAULT, 0}, {LAB_WHO_ANONYMOUS, 0}};
    APR_ARRAY_PUSH(list, lab_permission_t) = always[0];
    APR_ARRAY_PUSH(list, lab_permission_t) = always[1];
    sqlite3_stmt *st =
        lab_db_query(db, "SELECT who, rights FROM permissions WHERE folder=? ORDER BY id",
                     "i", folder);
    while (lab_db_step(db, st)) {
        lab_permission_t p = {sqlite3_column_int(st, 0),
                              (unsigned)sqlite3_column_int(st, 1)};
        if (p.who < 0)
            APR_ARRAY_IDX(list, -1 - p.who, lab_permission_t) = p;
        else
            APR_ARRAY_PUSH(list, lab_permission_t) = p;
    }
    return list;
}

unsigned lab_permission_of(lab_db_t *db, apr_int64_t folder, int who)
{
    /* the member's own row, else Default's: -1 is below every member */
    return (unsigned)lab_db_number(
        db, 0,
        "SELECT rights FROM permissions WHERE folder=?1 AND who IN (?2, -1)"
        " ORDER BY who=?2 DESC LIMIT 1",
        "id", folder, who);
}

void lab_permission_set(lab_db_t *db, apr_int64_t folder, int who, unsigned rights)
{
    lab_db_exec(db,
                "INSERT INTO permissions(folder, who, rights) VALUES(?,?,?)"
                " ON CONFLICT(folder, who) DO UPDATE SET rights=excluded.rights",
                "idd", folder, who, (int)rights);
}

void lab_permission_drop(lab_db_t *db, apr_int64_t folder, int who)
{
    lab_db_exec(db, "DELETE FROM permissions WHERE folder=? AND who=?", "id", folder,
                who);
}

void lab_permissions_clear(lab_db_t *db, apr_int64_t folder)
{
    lab_db_exec(db, "DELETE FROM permissions WHERE folder=?", "i", folder);
}

void lab_permissions_inherit(lab_db_t *db, apr_int64_t from, apr_int64_t to)
{
    lab_db_exec(db,
                "INSERT OR IGNORE INTO permissions(folder, who, rights)"
                " SELECT ?, who, rights FROM permissions WHERE folder=? ORDER BY id",
                "ii", to, from);
}

bool lab_full_access(lab_db_t *db, int owner, int who)
{
    return lab_db_number(db, 0, "SELECT 1 FROM full_access WHERE owner=? AND who=?", "dd",
                         owner, who) != 0;
}

void lab_full_access_set(lab_db_t *db, int owner, int who, bool on)
{
    if (on)
        lab_db_exec(db, "INSERT OR IGNORE INTO full_access(owner, who) VALUES(?,?)", "dd",
                    owner, who);
    else
        lab_db_exec(db, "DELETE FROM full_access WHERE owner=? AND who=?", "dd", owner,
                    who);
}

apr_array_header_t *lab_full_access_of(lab_db_t *db, apr_pool_t *pool, int who)
{
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(int));
    sqlite3_stmt *st = lab_db_query(
        db, "SELECT owner FROM full_access WHERE who=? ORDER BY owner", "d", who);
    while (lab_db_step(db, st))
        APR_ARRAY_PUSH(list, int) = sqlite3_column_int(st, 0);
    return list;
}

apr_array_header_t *lab_delegates(lab_db_t *db, apr_pool_t *pool, int mailbox)
{
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(lab_delegate_t));
    sqlite3_stmt *st = lab_db_query(
        db, "SELECT who, copies, private FROM delegates WHERE mailbox=? ORDER BY id", "d",
        mailbox);
    while (lab_db_step(db, st)) {
        lab_delegate_t d = {sqlite3_column_int(st, 0), sqlite3_column_int(st, 1) != 0,
                            sqlite3_column_int(st, 2) != 0};
        APR_ARRAY_PUSH(list, lab_delegate_t) = d;
    }
    return list;
}

bool lab_delegate_get(lab_db_t *db, int mailbox, int who, lab_delegate_t *d)
{
    sqlite3_stmt *st = lab_db_query(
        db, "SELECT copies, private FROM delegates WHERE mailbox=? AND who=?", "dd",
        mailbox, who);
    if (!lab_db_step(db, st))
        return false;
    d->who = who;
    d->copies = sqlite3_column_int(st, 0) != 0;
    d->view_private = sqlite3_column_int(st, 1) != 0;
    lab_db_done(st);
    return true;
}

void lab_delegate_set(lab_db_t *db, int mailbox, const lab_delegate_t *d)
{
    lab_db_exec(db,
                "INSERT INTO delegates(mailbox, who, copies, private) VALUES(?,?,?,?)"
                " ON CONFLICT(mailbox, who) DO UPDATE SET copies=excluded.copies,"
                " private=excluded.private",
                "dddd", mailbox, d->who, (int)d->copies, (int)d->view_private);
}

void lab_delegate_drop(lab_db_t *db, int mailbox, int who)
{
    lab_db_exec(db, "DELETE FROM delegates WHERE mailbox=? AND who=?", "dd", mailbox,
                who);
}

lab_deliver_t lab_deliver_get(lab_db_t *db, int mailbox)
{
    return (lab_deliver_t)lab_db_number(
        db, LAB_DELIVER_BOTH, "SELECT deliver FROM mailboxes WHERE id=?", "d", mailbox);
}

void lab_deliver_set(lab_db_t *db, int mailbox, lab_deliver_t deliver)
{
    lab_db_exec(db, "UPDATE mailboxes SET deliver=? WHERE id=?", "dd", (int)deliver,
                mailbox);
}
