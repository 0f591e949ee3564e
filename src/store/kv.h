/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file kv.h
 * Inside the provider on a foreign key-value cache (get, set, delete, expiry; values of bounded
 * size; no transactions, no enumeration; anything can vanish at any time).
 *
 * Keys, all beginning with "excal:":
 *     c:<calendar>        head: stamp, which items, the head of the log
 *     i:<calendar>:<gen>  items of the log, compressed when large; never changed, a new generation instead
 *     b:<body>  s:<small record>  l:<lease>
 * A value larger than the cache allows is split: the key holds a directory, <key>:<random>:<n> the parts.
 *
 * A log is changed by reading head and items, storing a new generation of items and then the head
 * that names it: readers see the old or the new log, never a mixture. The generation before stays
 * for readers that are under way. Two writers are kept apart by a mutex within a process and by a
 * lease between processes; that the head's stamp is still the one read is checked just before it is
 * replaced. A cache without compare-and-set leaves a gap of one round trip there, which needs a
 * lost lease too to be reached.
 *
 * What the cache evicts or loses is absent: a log without its head or its items is unknown, and
 * begins anew with a new epoch. Expiry and room are the cache's own: sweep has nothing to do.
 */
#ifndef XC_STORE_KV_H
#define XC_STORE_KV_H

#include <apr_thread_mutex.h>

#include "store/store_provider.h"

#define XC_KV_STRIPES 16   /* writers of one process are kept apart by calendar */
#define XC_KV_LOADED  64   /* decoded logs kept per process */

typedef struct xc_kvlog_t xc_kvlog_t;

typedef struct xc_kvstore_t {
    xc_store_t *store;
    xc_kv_t kv;
    apr_thread_mutex_t *stripes[XC_KV_STRIPES];
    apr_thread_mutex_t *loaded_mutex;
    xc_kvlog_t *loaded[XC_KV_LOADED];
} xc_kvstore_t;

/** "excal:<kind>:<hex of digest>" */
const char *xc_kv_key(char kind, const unsigned char *digest, apr_pool_t *pool);

/** Store a value of any size. @return 0 = all of it is stored */
int xc_kv_put_blob(xc_kvstore_t *ks, const char *key, const unsigned char *data, apr_size_t len, apr_time_t expiry, apr_pool_t *pool);
/** Whole and checked, on the pool. @return 0 = found */
int xc_kv_get_blob(unsigned char **data, apr_size_t *len, xc_kvstore_t *ks, const char *key, apr_pool_t *pool);
/** With its parts. @return 0, or what the cache said */
int xc_kv_del_blob(xc_kvstore_t *ks, const char *key, apr_pool_t *pool);

int xc_kv_log_run(xc_store_t *store, const xc_calid_t *cal, int write, xc_logfn_t fn, void *ctx, apr_pool_t *pool);
/** Forget all decoded logs. */
void xc_kv_unload(xc_kvstore_t *ks);

int xc_kv_lease_take(xc_lease_t *seen, xc_store_t *store, const unsigned char *digest, const xc_lease_t *mine, apr_time_t now, apr_pool_t *pool);
int xc_kv_lease_look(xc_lease_t *out, xc_store_t *store, const unsigned char *digest, apr_pool_t *pool);
void xc_kv_lease_give(xc_store_t *store, const unsigned char *digest, const xc_lease_t *mine, apr_pool_t *pool);

/* ---- the decoded form of a log: kv_table.c ---- */

/** Items with their indexes. Read by many threads when shared, changed only by its maker. */
typedef struct xc_kvtable_t xc_kvtable_t;

xc_kvtable_t *xc_kv_table_make(apr_pool_t *pool);
/** NULL when the bytes are not such a table. Strings point into `data`. */
xc_kvtable_t *xc_kv_table_decode(const unsigned char *data, apr_size_t len, apr_pool_t *pool);
/** Compressed when that is worth it. */
void xc_kv_table_encode(xc_bytes_t *out, const xc_kvtable_t *table, apr_pool_t *pool);
/** NULL when absent. */
const xc_itemrec_t *xc_kv_table_find(const xc_kvtable_t *table, xc_index_e index, const char *value);
/** rec is copied to the table's pool. */
void xc_kv_table_put(xc_kvtable_t *table, const xc_itemrec_t *rec);
void xc_kv_table_drop(xc_kvtable_t *table, apr_uint64_t no);
/** const xc_itemrec_t *, in the order asked for, tombstones only if so. */
apr_array_header_t *xc_kv_table_select(const xc_kvtable_t *table, xc_walk_e what, apr_uint64_t after_seq, int tombstones_only, apr_pool_t *pool);

#endif
