/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file lmdb.h
 * Inside the LMDB provider.
 *
 * Files in the directory: data.mdb and lock.mdb (LMDB's), "boot" (the boot during which the data
 * was last found good), "clean" (present while everything committed is on the disk) and "guard"
 * (locked while files are judged or moved).
 *
 * Why commits are not synced, and why that is safe. Almost every request writes something small
 * (when Exchange was asked, a lease), and an fdatasync each would cost milliseconds under the one
 * write lock. LMDB without sync survives the death of any process, because the pages are in the
 * kernel's cache and the map is read-only (no MDB_WRITEMAP, so that a full disk is an error and not
 * a SIGBUS); what it does not survive is the machine's crash, which can leave pages of several
 * commits mixed, and a mixed tree could silently lack a change: a wrong answer. So after a boot the
 * data is used only when "clean" is there. That file is made, under the write lock and after a
 * sync, when a process closes and at each sweep; the first commit after it removes it durably
 * before anything is written. An orderly reboot, or a crash of an idle machine, keeps every
 * sync-token; a crash in the middle of work costs a new epoch. Where the system has no name for its
 * boots, commits are synced instead.
 *
 * Databases:
 *     calendar  digest(16)                      -> head of the log
 *     log       digest(16) 'I' no(8)            -> item
 *               digest(16) 'H' digest(href)(16) -> no(8)      live items
 *               digest(16) 'D' digest(id)(16)   -> no(8)      newest record of that id
 *               digest(16) 'U' digest(uid)(16) no(8) -> ""    live items
 *               digest(16) 'S' changed_seq(8) no(8)  -> ""    live items and tombstones
 *               digest(16) 'T' changed_seq(8) no(8)  -> ""    tombstones
 *     body      digest(16)                      -> body
 *     use       'K' digest(16)                  -> when last used, seconds / USE_UNIT_SEC (4)
 *               'T' when(4) digest(16)          -> ""
 *     small     digest(16)                      -> small record
 *     expiry    seconds(8) digest(16)           -> ""
 *     lease     digest(16)                      -> lease
 * Digests find, the full value inside the record decides.
 */
#ifndef XC_STORE_LMDB_H
#define XC_STORE_LMDB_H

#include <apr_thread_rwlock.h>
#include <lmdb.h>
#include <sys/types.h>

#include "store/store_provider.h"

typedef enum xc_db_e {
    XC_DB_CALENDAR,
    XC_DB_LOG,
    XC_DB_BODY,
    XC_DB_USE,
    XC_DB_SMALL,
    XC_DB_EXPIRY,
    XC_DB_LEASE,
    XC_DB_COUNT
} xc_db_e;

/** What this process keeps in memory while LMDB fails: lmdb_store.c. */
typedef struct xc_lmdb_memory_t xc_lmdb_memory_t;

typedef struct xc_lmdb_t {
    xc_store_t *store;
    xc_lmdb_memory_t *memory;
    const char *dir;
    apr_size_t map_bytes;
    const xc_log_t *log;
    apr_pool_t *pool;
    apr_thread_rwlock_t *lock;   /* read: a transaction lives; write: the environment changes */
    MDB_env *env;                /* NULL: not open at the moment */
    MDB_dbi dbi[XC_DB_COUNT];
    int synced;                  /* each commit is synced: no boot name, "clean" has no meaning */
    dev_t dev;                   /* of data.mdb as opened */
    ino_t ino;
    volatile apr_uint32_t looked_sec; /* when the file was last seen to be still there */
    volatile apr_uint32_t tried_sec;  /* when opening last failed */
    volatile apr_uint32_t room_sec;   /* when the fill was last looked at */
    unsigned char swept_to[XC_DIGEST_BYTES]; /* the calendar after which the sweep goes on; under the write lock */
} xc_lmdb_t;

/* what a transaction's function may answer beside LMDB's codes */
#define XC_LMDB_ABORT  1  /* nothing to write: abort, and that is success */
#define XC_LMDB_GONE  -1  /* (of xc_lmdb_once) the files are not open or not there any more */

/** Work in a transaction. @return 0 = commit, XC_LMDB_ABORT, or LMDB's code */
typedef int (*xc_lmdbfn_t)(void *ctx, MDB_txn *txn, xc_lmdb_t *lm);

/**
 * Run fn in a transaction, again after room was made (MDB_MAP_FULL), after broken files were moved
 * aside, after removed files were made anew. @return 0, or -1 after a warning (once a minute)
 */
int xc_lmdb_run(xc_lmdb_t *lm, int write, xc_lmdbfn_t fn, void *ctx);

/** The same, once and without repairs. @return 0, XC_LMDB_GONE, or LMDB's / errno's code */
int xc_lmdb_once(xc_lmdb_t *lm, int write, xc_lmdbfn_t fn, void *ctx);

/** Open the environment; lm->dir, map_bytes, log, pool are set. @return 0 or LMDB's / errno's code */
int xc_lmdb_env_open(xc_lmdb_t *lm);
/** Sync, mark clean, close. */
void xc_lmdb_env_close(xc_lmdb_t *lm);
/** Make everything committed durable and say so in "clean". */
void xc_lmdb_checkpoint(xc_lmdb_t *lm);

/* plain helpers; all return LMDB's code */
int xc_lmdb_get(MDB_txn *txn, MDB_dbi dbi, const void *key, apr_size_t key_len, MDB_val *value);
int xc_lmdb_put(MDB_txn *txn, MDB_dbi dbi, const void *key, apr_size_t key_len, const void *value, apr_size_t len);
/** Absent is success. */
int xc_lmdb_del(MDB_txn *txn, MDB_dbi dbi, const void *key, apr_size_t key_len);

/* the slots of the provider */
int xc_lmdb_log_run(xc_store_t *store, const xc_calid_t *cal, int write, xc_logfn_t fn, void *ctx, apr_pool_t *pool);
void xc_lmdb_bodies_get(xc_body_t **found, xc_store_t *store, const unsigned char *owner, const xc_item_t *const *items, int n, apr_pool_t *pool);
int xc_lmdb_bodies_put(xc_store_t *store, const unsigned char *owner, const xc_body_t *bodies, int n, apr_pool_t *pool);
int xc_lmdb_small_get(xc_smallrec_t *out, xc_store_t *store, const unsigned char *digest, apr_pool_t *pool);
int xc_lmdb_small_set(xc_store_t *store, const unsigned char *digest, const xc_smallrec_t *rec, apr_pool_t *pool);
int xc_lmdb_small_del(xc_store_t *store, const unsigned char *digest, apr_pool_t *pool);
int xc_lmdb_lease_take(xc_lease_t *seen, xc_store_t *store, const unsigned char *digest, const xc_lease_t *mine, apr_time_t now, apr_pool_t *pool);
int xc_lmdb_lease_look(xc_lease_t *out, xc_store_t *store, const unsigned char *digest, apr_pool_t *pool);
void xc_lmdb_lease_give(xc_store_t *store, const unsigned char *digest, const xc_lease_t *mine, apr_pool_t *pool);
void xc_lmdb_stats(xc_store_stats_t *out, xc_store_t *store, apr_pool_t *pool);
void xc_lmdb_sweep(xc_store_t *store, apr_time_t now, apr_pool_t *pool);

/** Remove one body and its marks. */
int xc_lmdb_drop_body(MDB_txn *txn, xc_lmdb_t *lm, const unsigned char *digest, apr_uint32_t used);
/** Remove all that the log of a calendar holds, head included. */
int xc_lmdb_drop_log(MDB_txn *txn, xc_lmdb_t *lm, const unsigned char *digest);
/** Bytes in use, without free pages. Read transactions only. */
apr_uint64_t xc_lmdb_used(MDB_txn *txn, xc_lmdb_t *lm);
/** Drop old tombstones of the log whose head is given, at most max. @return LMDB's code; *dropped how many */
int xc_lmdb_log_sweep(int *dropped, MDB_txn *txn, xc_lmdb_t *lm, const xc_metarec_t *meta, apr_time_t now, int max);
/** Remove the least recently used until at most `fill` per mille are used; bounded. Called without a transaction. */
void xc_lmdb_make_room(xc_lmdb_t *lm, int fill);
/** Called after bodies were written: make room in time, at most once a second. */
void xc_lmdb_room_check(xc_lmdb_t *lm);

/** Last use of a body is kept in steps of this: reads stay reads. */
#define XC_LMDB_USE_SEC 600

#endif
