/* SPDX-License-Identifier: Apache-2.0 */
#include "control/outbox.h"

json_t *lab_outbox_json(lab_store_t *store, apr_pool_t *pool)
{
    lab_db_t *db = lab_db_begin(store, false);
    if (!db)
        return NULL;
    json_t *list = json_array();
    sqlite3_stmt *st = lab_db_query(db, "SELECT text FROM mails ORDER BY id", "");
    while (lab_db_step(db, st)) {
        json_t *mail = json_loads(lab_db_text(pool, st, 0), 0, NULL);
        if (mail)
            json_array_append_new(list, mail);
    }
    lab_db_end(db, true);
    return list;
}

bool lab_outbox_clear(lab_store_t *store)
{
    lab_db_t *db = lab_db_begin(store, true);
    if (!db)
        return false;
    lab_db_exec(db, "DELETE FROM mails", "");
    return lab_db_end(db, true);
}
