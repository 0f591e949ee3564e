/* SPDX-License-Identifier: Apache-2.0 */
#include "store/db.h"

#include "base/pool.h"

#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <httpd.h>
#include <http_log.h>

APLOG_USE_MODULE(lab);

/* one row for each layout of the file: another number means another layout */
#define LAYOUT 6
#define SLOTS  256

struct lab_store {
    const char *path;
    apr_pool_t *pool;
    apr_thread_mutex_t *write_lock;
    apr_thread_mutex_t *idle_lock;
    lab_db_t *idle;
};

typedef struct slot {
    const char *text;
    sqlite3_stmt *st;
} slot_t;

static const char layout_sql[] =
    "CREATE TABLE mailboxes(id INTEGER PRIMARY KEY, cn INTEGER NOT NULL,"
    " deliver INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE folders(id INTEGER PRIMARY KEY AUTOINCREMENT, mailbox INTEGER NOT NULL,"
    " parent INTEGER NOT NULL, dist TEXT, class TEXT NOT NULL, name TEXT NOT NULL,"
    " cn INTEGER NOT NULL, created_cn INTEGER NOT NULL, total INTEGER NOT NULL DEFAULT 0,"
    " committed INTEGER NOT NULL, created INTEGER NOT NULL, props BLOB);"
    "CREATE UNIQUE INDEX folders_name ON folders(parent, name COLLATE NOCASE);"
    "CREATE INDEX folders_dist ON folders(mailbox, dist);"
    "CREATE TABLE folder_tombs(id INTEGER PRIMARY KEY, mailbox INTEGER NOT NULL,"
    " cn INTEGER NOT NULL, created_cn INTEGER NOT NULL);"
    "CREATE INDEX folder_tombs_cn ON folder_tombs(mailbox, cn);"
    "CREATE TABLE items(id INTEGER PRIMARY KEY AUTOINCREMENT, mailbox INTEGER NOT NULL,"
    " folder INTEGER NOT NULL, class TEXT NOT NULL, cn INTEGER NOT NULL,"
    " created_cn INTEGER NOT NULL, start INTEGER, end INTEGER, recurring INTEGER NOT "
    "NULL,"
    " uid TEXT, props BLOB NOT NULL);"
    "CREATE INDEX items_cn ON items(folder, cn);"
    "CREATE INDEX items_start ON items(folder, start);"
    "CREATE INDEX items_uid ON items(folder, uid);"
    "CREATE TABLE tombs(id INTEGER PRIMARY KEY, folder INTEGER NOT NULL, cn INTEGER NOT "
    "NULL,"
    " created_cn INTEGER NOT NULL);"
    "CREATE INDEX tombs_cn ON tombs(folder, cn);"
    "CREATE TABLE exceptions(item INTEGER NOT NULL, day INTEGER NOT NULL,"
    " deleted INTEGER NOT NULL, props BLOB, PRIMARY KEY(item, day)) WITHOUT ROWID;"
    "CREATE TABLE attachments(id INTEGER PRIMARY KEY AUTOINCREMENT, item INTEGER NOT "
    "NULL,"
    " day INTEGER, name TEXT NOT NULL, type TEXT, cid TEXT, location TEXT,"
    " inline INTEGER NOT NULL, modified INTEGER NOT NULL, content BLOB NOT NULL,"
    " class TEXT);"
    "CREATE INDEX attachments_item ON attachments(item);"
    "CREATE TABLE permissions(id INTEGER PRIMARY KEY AUTOINCREMENT, folder INTEGER NOT "
    "NULL,"
    " who INTEGER NOT NULL, rights INTEGER NOT NULL, UNIQUE(folder, who));"
    "CREATE TABLE full_access(owner INTEGER NOT NULL, who INTEGER NOT NULL,"
    " PRIMARY KEY(owner, who)) WITHOUT ROWID;"
    "CREATE TABLE delegates(id INTEGER PRIMARY KEY AUTOINCREMENT, mailbox INTEGER NOT "
    "NULL,"
    " who INTEGER NOT NULL, copies INTEGER NOT NULL, private INTEGER NOT NULL,"
    " UNIQUE(mailbox, who));"
    "CREATE TABLE mails(id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL);";

static void complain(sqlite3 *sql, const char *what)
{
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, NULL, "lab store: %s: %s", what,
                 sql ? sqlite3_errmsg(sql) : "out of memory");
}

static lab_db_t *connect_db(lab_store_t *store)
{
    sqlite3 *sql = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(store->path, &sql, flags, NULL) != SQLITE_OK) {
        complain(sql, store->path);
        sqlite3_close(sql);
        return NULL;
    }
    sqlite3_busy_timeout(sql, 10000);
    sqlite3_exec(sql,
                 "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
                 "PRAGMA cache_size=-4000; PRAGMA mmap_size=268435456;",
                 NULL, NULL, NULL);
    apr_thread_mutex_lock(store->idle_lock);
    lab_db_t *db = apr_pcalloc(store->pool, sizeof *db);
    db->cache = apr_pcalloc(store->pool, SLOTS * sizeof(slot_t));
    apr_thread_mutex_unlock(store->idle_lock);
    db->sql = sql;
    db->store = store;
    return db;
}

static apr_status_t close_all(void *data)
{
    lab_store_t *store = data;
    for (lab_db_t *db = store->idle; db; db = db->next) {
        slot_t *slots = db->cache;
        for (int i = 0; i < SLOTS; i++)
            sqlite3_finalize(slots[i].st);
        sqlite3_close(db->sql);
    }
    store->idle = NULL;
    return APR_SUCCESS;
}

/* creates the tables in a new file; drops everything in a file of another layout */
static bool prepare_layout(lab_db_t *db)
{
    int version = (int)lab_db_number(db, 0, "PRAGMA user_version", "");
    if (version == LAYOUT)
        return true;
    if (version != 0) {
        static const char *const tables[] = {"mailboxes",   "folders",     "folder_tombs",
                                             "items",       "tombs",       "exceptions",
                                             "attachments", "permissions", "full_access",
                                             "delegates",   "mails"};
        for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
            char *text = sqlite3_mprintf("DROP TABLE IF EXISTS %s", tables[i]);
            sqlite3_exec(db->sql, text, NULL, NULL, NULL);
            sqlite3_free(text);
        }
    }
    char *stamp = sqlite3_mprintf("PRAGMA user_version=%d", LAYOUT);
    bool good = sqlite3_exec(db->sql, layout_sql, NULL, NULL, NULL) == SQLITE_OK &&
                sqlite3_exec(db->sql, stamp, NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_free(stamp);
    if (!good)
        complain(db->sql, "creating the tables");
    return good;
}

apr_status_t lab_store_open(lab_store_t **out, const char *dir, apr_pool_t *pool)
{
    *out = NULL;
    lab_store_t *store = apr_pcalloc(pool, sizeof *store);
    store->path = apr_pstrcat(pool, dir, "/lab.sqlite", NULL);
    store->pool = lab_pool_own(pool);
    apr_thread_mutex_create(&store->write_lock, APR_THREAD_MUTEX_DEFAULT, pool);
    apr_thread_mutex_create(&store->idle_lock, APR_THREAD_MUTEX_DEFAULT, pool);
    lab_db_t *db = connect_db(store);
    if (!db)
        return APR_EGENERAL;
    bool good = prepare_layout(db);
    db->next = NULL;
    store->idle = db;
    apr_pool_cleanup_register(store->pool, store, close_all, apr_pool_cleanup_null);
    *out = good ? store : NULL;
    return good ? APR_SUCCESS : APR_EGENERAL;
}

lab_db_t *lab_db_begin(lab_store_t *store, bool write)
{
    if (write)
        apr_thread_mutex_lock(store->write_lock);
    apr_thread_mutex_lock(store->idle_lock);
    lab_db_t *db = store->idle;
    if (db)
        store->idle = db->next;
    apr_thread_mutex_unlock(store->idle_lock);
    if (!db)
        db = connect_db(store);
    if (!db) {
        if (write)
            apr_thread_mutex_unlock(store->write_lock);
        return NULL;
    }
    db->failed = false;
    db->writing = write;
    if (write)
        lab_db_exec(db, "BEGIN IMMEDIATE", "");
    else
        lab_db_exec(db, "BEGIN", "");
    return db;
}

bool lab_db_end(lab_db_t *db, bool keep)
{
    lab_store_t *store = db->store;
    bool good = keep && !db->failed;
    if (good)
        lab_db_exec(db, "COMMIT", "");
    if (!good || db->failed) {
        good = false;
        if (!sqlite3_get_autocommit(db->sql))
            sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
    }
    bool wrote = db->writing;
    apr_thread_mutex_lock(store->idle_lock);
    db->next = store->idle;
    store->idle = db;
    apr_thread_mutex_unlock(store->idle_lock);
    if (wrote)
        apr_thread_mutex_unlock(store->write_lock);
    return good;
}

void lab_db_mark(lab_db_t *db)
{
    lab_db_exec(db, "SAVEPOINT item", "");
}

void lab_db_unmark(lab_db_t *db, bool keep)
{
    if (!keep)
        lab_db_exec(db, "ROLLBACK TO item", "");
    lab_db_exec(db, "RELEASE item", "");
}

static sqlite3_stmt *prepared(lab_db_t *db, const char *text)
{
    slot_t *slots = db->cache;
    size_t h = ((uintptr_t)text >> 3) % SLOTS;
    for (size_t i = 0; i < SLOTS; i++, h = (h + 1) % SLOTS) {
        if (slots[h].text == text)
            return slots[h].st;
        if (slots[h].text)
            continue;
        sqlite3_stmt *st = NULL;
        if (sqlite3_prepare_v3(db->sql, text, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) !=
            SQLITE_OK) {
            complain(db->sql, text);
            db->failed = true;
            return NULL;
        }
        slots[h].text = text;
        slots[h].st = st;
        return st;
    }
    db->failed = true;
    return NULL;
}

static sqlite3_stmt *bind_all(lab_db_t *db, const char *text, const char *format,
                              va_list ap)
{
    sqlite3_stmt *st = prepared(db, text);
    for (int i = 1; st && *format; format++, i++) {
        if (*format == 'i') {
            sqlite3_bind_int64(st, i, va_arg(ap, apr_int64_t));
        } else if (*format == 'd') {
            sqlite3_bind_int(st, i, va_arg(ap, int));
        } else if (*format == 't') {
            const char *value = va_arg(ap, const char *);
            if (value)
                sqlite3_bind_text(st, i, value, -1, SQLITE_STATIC);
            else
                sqlite3_bind_null(st, i);
        } else {
            const void *bytes = va_arg(ap, const void *);
            int len = va_arg(ap, int);
            if (bytes)
                sqlite3_bind_blob(st, i, bytes, len, SQLITE_STATIC);
            else
                sqlite3_bind_null(st, i);
        }
    }
    return st;
}

sqlite3_stmt *lab_db_query(lab_db_t *db, const char *text, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    sqlite3_stmt *st = bind_all(db, text, format, ap);
    va_end(ap);
    return st;
}

bool lab_db_step(lab_db_t *db, sqlite3_stmt *st)
{
    if (!st)
        return false;
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        return true;
    if (rc != SQLITE_DONE) {
        complain(db->sql, sqlite3_sql(st));
        db->failed = true;
    }
    sqlite3_reset(st);
    return false;
}

void lab_db_done(sqlite3_stmt *st)
{
    if (st)
        sqlite3_reset(st);
}

void lab_db_exec(lab_db_t *db, const char *text, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    sqlite3_stmt *st = bind_all(db, text, format, ap);
    va_end(ap);
    if (lab_db_step(db, st))
        lab_db_done(st);
}

apr_int64_t lab_db_number(lab_db_t *db, apr_int64_t otherwise, const char *text,
                          const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    sqlite3_stmt *st = bind_all(db, text, format, ap);
    va_end(ap);
    apr_int64_t value = otherwise;
    if (lab_db_step(db, st)) {
        if (sqlite3_column_type(st, 0) != SQLITE_NULL)
            value = sqlite3_column_int64(st, 0);
        lab_db_done(st);
    }
    return value;
}

const char *lab_db_text(apr_pool_t *pool, sqlite3_stmt *st, int column)
{
    const char *text = (const char *)sqlite3_column_text(st, column);
    return text ? apr_pstrmemdup(pool, text, (apr_size_t)sqlite3_column_bytes(st, column))
                : NULL;
}
