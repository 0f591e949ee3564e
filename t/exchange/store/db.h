/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite under the simulator: one file in WAL mode, a small pool of connections with
 * cached statements, one writer at a time.
 *
 * A connection is borrowed for one request. A reader sees one snapshot from begin to end;
 * a writer holds the store's only write lock until it ends. Errors of SQLite are logged
 * once and remembered in the connection (`failed`), so that callers check once, at the
 * end.
 */
#ifndef LAB_DB_H
#define LAB_DB_H

#include <apr_pools.h>
#include <sqlite3.h>
#include <stdbool.h>

typedef struct lab_store lab_store_t;

typedef struct lab_db {
    sqlite3 *sql;
    lab_store_t *store;
    bool writing;
    bool failed; /* something went wrong since begin */
    void *cache; /* prepared statements by the address of their text */
    struct lab_db *next;
} lab_db_t;

/* Opens or creates DIR/lab.sqlite; `pool` must outlive all use. The cause of a failure is
 * logged. A file of another layout is emptied. */
apr_status_t lab_store_open(lab_store_t **store, const char *dir, apr_pool_t *pool);
/* Borrows a connection and begins a transaction. NULL when SQLite refuses. */
lab_db_t *lab_db_begin(lab_store_t *store, bool write);
/* Ends the transaction: commits when `keep` and nothing failed, else rolls back. Returns
 * false when the work of a writer was not kept. */
bool lab_db_end(lab_db_t *db, bool keep);
/* Savepoints inside a writer, for one item of a batch. */
void lab_db_mark(lab_db_t *db);
void lab_db_unmark(lab_db_t *db, bool keep);

/* A cached statement with its parameters bound. `text` must be a literal: its address is
 * the key of the cache. `format` has a letter a parameter: i apr_int64_t, d int, t text
 * (NULL allowed), b blob (pointer, int length). Bound texts must live until the statement
 * is done. */
sqlite3_stmt *lab_db_query(lab_db_t *db, const char *text, const char *format, ...);
/* Next row? At the end the statement is reset. */
bool lab_db_step(lab_db_t *db, sqlite3_stmt *st);
/* Resets a statement that was left before its end. */
void lab_db_done(sqlite3_stmt *st);
/* Runs a statement that returns no row; parameters as lab_db_query. */
void lab_db_exec(lab_db_t *db, const char *text, const char *format, ...);
/* The first column of the first row, or `otherwise`. */
apr_int64_t lab_db_number(lab_db_t *db, apr_int64_t otherwise, const char *text,
                          const char *format, ...);
/* A text column copied to `pool`; NULL for NULL. */
const char *lab_db_text(apr_pool_t *pool, sqlite3_stmt *st, int column);

#endif
