/* SPDX-License-Identifier: Apache-2.0 */
/* A calendar's log in a key-value cache: see kv.h. */
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"
#include "store/kv.h"

#define HEAD_BYTES    40
#define ATTEMPTS      6
#define LOCK_LEASE    apr_time_from_sec(2)
#define LOCK_WAIT     apr_time_from_sec(3)
#define LOG_TTL       apr_time_from_sec(60 * 86400)
#define LOG_TTL_LEAST apr_time_from_sec(86400)
#define TOMBS_PER_FOLD 500

/** A decoded table that readers share. */
struct xc_kvlog_t {
    apr_pool_t *pool;
    int refs;                  /* under loaded_mutex; the place in the array counts as one */
    unsigned char digest[XC_DIGEST_BYTES];
    apr_uint64_t gen;
    xc_kvtable_t *table;
};

typedef struct head_t {
    apr_uint64_t stamp;        /* grows with every change of the head */
    apr_uint64_t gen, prev_gen; /* items now and before, 0 = none */
    apr_time_t items_expiry;
} head_t;

typedef struct kvtx_t {
    xc_logtx_t base;
    xc_kvstore_t *ks;
    int write, known;          /* a head was there */
    int lost;                  /* items named by the head are not there */
    int head_changed, items_changed, cleared;
    head_t head;
    xc_metarec_t meta;
    xc_kvlog_t *log;           /* NULL until items are needed */
} kvtx_t;

/** A log lives on as long as it is used within the time that tombstones are kept. */
static apr_interval_time_t log_ttl(const xc_kvstore_t *ks)
{
    apr_interval_time_t ttl = ks->store->cfg.tombstone_ttl;

    if (ttl <= 0)
        return LOG_TTL;
    return ttl > LOG_TTL_LEAST ? ttl : LOG_TTL_LEAST;
}

static const char *items_key(const kvtx_t *tx, apr_uint64_t gen)
{
    return apr_psprintf(tx->base.pool, "%s:%016" APR_UINT64_T_HEX_FMT, xc_kv_key('i', tx->base.cal->digest, tx->base.pool), gen);
}

/* ---- tables shared by the readers of a process ---- */

static void release(xc_kvstore_t *ks, xc_kvlog_t *log)
{
    int last;

    if (!log)
        return;
    apr_thread_mutex_lock(ks->loaded_mutex);
    last = --log->refs == 0;
    apr_thread_mutex_unlock(ks->loaded_mutex);
    if (last)
        apr_pool_destroy(log->pool);
}

static xc_kvlog_t **slot_of(xc_kvstore_t *ks, const unsigned char *digest)
{
    return &ks->loaded[digest[XC_DIGEST_BYTES - 1] % XC_KV_LOADED];
}

static xc_kvlog_t *find_loaded(xc_kvstore_t *ks, const unsigned char *digest, apr_uint64_t gen)
{
    xc_kvlog_t *log;

    apr_thread_mutex_lock(ks->loaded_mutex);
    log = *slot_of(ks, digest);
    if (log && log->gen == gen && memcmp(log->digest, digest, XC_DIGEST_BYTES) == 0)
        log->refs++;
    else
        log = NULL;
    apr_thread_mutex_unlock(ks->loaded_mutex);
    return log;
}

static void share_loaded(xc_kvstore_t *ks, xc_kvlog_t *log)
{
    xc_kvlog_t **slot = slot_of(ks, log->digest), *old;

    apr_thread_mutex_lock(ks->loaded_mutex);
    old = *slot;
    *slot = log;
    log->refs++;
    apr_thread_mutex_unlock(ks->loaded_mutex);
    release(ks, old);
}

void xc_kv_unload(xc_kvstore_t *ks)
{
    int i;

    for (i = 0; i < XC_KV_LOADED; i++) {
        release(ks, ks->loaded[i]);
        ks->loaded[i] = NULL;
    }
}

static xc_kvlog_t *new_log(const kvtx_t *tx, apr_uint64_t gen)
{
    apr_pool_t *pool;
    xc_kvlog_t *log;

    /* not below the caller's pool: readers in other threads share it for longer */
    if (apr_pool_create(&pool, NULL) != APR_SUCCESS)
        return NULL;
    log = apr_pcalloc(pool, sizeof(*log));
    log->pool = pool;
    log->refs = 1;
    log->gen = gen;
    memcpy(log->digest, tx->base.cal->digest, XC_DIGEST_BYTES);
    return log;
}

/* ---- reading ---- */

static int load_head(kvtx_t *tx)
{
    unsigned char *data;
    apr_size_t len;

    if (xc_kv_get_blob(&data, &len, tx->ks, xc_kv_key('c', tx->base.cal->digest, tx->base.pool), tx->base.pool) != 0)
        return 0;
    if (len < HEAD_BYTES || memcmp(data, "XKH1", 4) != 0 || xc_record_decode_meta(&tx->meta, data + HEAD_BYTES, len - HEAD_BYTES) != 0 ||
        !xc_log_meta_is(&tx->meta, tx->base.cal->key))
        return 0;
    tx->head.stamp = xc_record_get_u64(data + 8);
    tx->head.gen = xc_record_get_u64(data + 16);
    tx->head.prev_gen = xc_record_get_u64(data + 24);
    tx->head.items_expiry = (apr_time_t)xc_record_get_u64(data + 32);
    return 1;
}

static void load_items(kvtx_t *tx)
{
    unsigned char *data;
    apr_size_t len;
    apr_uint64_t gen = tx->base.meta ? tx->head.gen : 0;

    if (tx->log || tx->lost)
        return;
    if (!tx->write && gen)
        tx->log = find_loaded(tx->ks, tx->base.cal->digest, gen);
    if (tx->log)
        return;
    tx->log = new_log(tx, gen);
    if (!tx->log) {
        tx->lost = 1;
        return;
    }
    if (!gen)
        tx->log->table = xc_kv_table_make(tx->log->pool);
    else if (xc_kv_get_blob(&data, &len, tx->ks, items_key(tx, gen), tx->log->pool) == 0)
        tx->log->table = xc_kv_table_decode(data, len, tx->log->pool);
    if (!tx->log->table) {
        tx->lost = 1;
        tx->log->table = xc_kv_table_make(tx->log->pool);
    }
    else if (!tx->write && gen) {
        share_loaded(tx->ks, tx->log);
    }
}

static int kv_find(xc_itemrec_t *out, xc_logtx_t *base, xc_index_e index, const char *value)
{
    kvtx_t *tx = (kvtx_t *)base;
    const xc_itemrec_t *rec;

    load_items(tx);
    rec = tx->lost ? NULL : xc_kv_table_find(tx->log->table, index, value);
    if (rec)
        *out = *rec;
    return rec != NULL;
}

static void kv_walk(xc_logtx_t *base, xc_walk_e what, apr_uint64_t after_seq, xc_walkfn_t fn, void *ctx)
{
    kvtx_t *tx = (kvtx_t *)base;
    apr_array_header_t *found;
    int i;

    load_items(tx);
    if (tx->lost)
        return;
    found = xc_kv_table_select(tx->log->table, what, after_seq, 0, base->pool);
    for (i = 0; i < found->nelts && fn(ctx, APR_ARRAY_IDX(found, i, xc_itemrec_t *)) == 0; i++)
        ;
}

static apr_array_header_t *kv_tombstones(xc_logtx_t *base, int max)
{
    kvtx_t *tx = (kvtx_t *)base;
    apr_array_header_t *out = apr_array_make(base->pool, 16, sizeof(xc_itemrec_t)), *found;
    int i;

    load_items(tx);
    if (tx->lost)
        return out;
    found = xc_kv_table_select(tx->log->table, XC_WALK_SINCE, 0, 1, base->pool);
    for (i = 0; i < found->nelts && i < max; i++)
        *(xc_itemrec_t *)apr_array_push(out) = *APR_ARRAY_IDX(found, i, xc_itemrec_t *);
    return out;
}

/* ---- changing ---- */

static void kv_put_meta(xc_logtx_t *base, xc_metarec_t *meta)
{
    kvtx_t *tx = (kvtx_t *)base;

    tx->meta = *meta;
    base->meta = &tx->meta;
    tx->head_changed = 1;
}

static void kv_put_item(xc_logtx_t *base, const xc_itemrec_t *old, const xc_itemrec_t *rec)
{
    kvtx_t *tx = (kvtx_t *)base;

    (void)old;
    load_items(tx);
    if (!tx->log)
        return;
    xc_kv_table_put(tx->log->table, rec);
    tx->items_changed = 1;
}

static void kv_drop_item(xc_logtx_t *base, const xc_itemrec_t *old)
{
    kvtx_t *tx = (kvtx_t *)base;

    load_items(tx);
    if (!tx->log)
        return;
    xc_kv_table_drop(tx->log->table, old->no);
    tx->items_changed = 1;
}

static void kv_clear(xc_logtx_t *base)
{
    kvtx_t *tx = (kvtx_t *)base;

    base->meta = NULL;
    tx->cleared = 1;
}

static const xc_logops_t ops = {kv_put_meta, kv_find, kv_put_item, kv_drop_item, kv_walk, kv_tombstones, kv_clear};

/* ---- the transaction ---- */

typedef enum outcome_e { DONE, AGAIN, FAILED } outcome_e;

static void remove_log(kvtx_t *tx)
{
    apr_pool_t *pool = tx->base.pool;

    (void)xc_kv_del_blob(tx->ks, xc_kv_key('c', tx->base.cal->digest, pool), pool);
    if (tx->head.gen)
        (void)xc_kv_del_blob(tx->ks, items_key(tx, tx->head.gen), pool);
    if (tx->head.prev_gen)
        (void)xc_kv_del_blob(tx->ks, items_key(tx, tx->head.prev_gen), pool);
}

/** Is the head in the cache still the one this transaction began with? */
static int unraced(const kvtx_t *tx)
{
    kvtx_t now;

    memset(&now, 0, sizeof(now));
    now.base = tx->base;
    now.ks = tx->ks;
    return load_head(&now) == tx->known && (!tx->known || now.head.stamp == tx->head.stamp);
}

static int store_items(kvtx_t *tx, head_t *head)
{
    xc_bytes_t bytes;

    load_items(tx);
    if (tx->lost)
        return -1;
    head->prev_gen = tx->head.gen;
    head->gen = strtoull(xc_crypt_random_hex(tx->base.pool, 8), NULL, 16) | 1;
    head->items_expiry = apr_time_now() + log_ttl(tx->ks);
    xc_kv_table_encode(&bytes, tx->log->table, tx->base.pool);
    return xc_kv_put_blob(tx->ks, items_key(tx, head->gen), bytes.data, bytes.len, head->items_expiry, tx->base.pool);
}

static int store_head(kvtx_t *tx, const head_t *head)
{
    xc_bytes_t meta;
    unsigned char *data;

    xc_record_encode_meta(&meta, tx->base.meta, tx->base.pool);
    data = apr_pcalloc(tx->base.pool, HEAD_BYTES + meta.len);
    memcpy(data, "XKH1", 4);
    xc_record_put_u64(data + 8, head->stamp);
    xc_record_put_u64(data + 16, head->gen);
    xc_record_put_u64(data + 24, head->prev_gen);
    xc_record_put_u64(data + 32, (apr_uint64_t)head->items_expiry);
    memcpy(data + HEAD_BYTES, meta.data, meta.len);
    return xc_kv_put_blob(tx->ks, xc_kv_key('c', tx->base.cal->digest, tx->base.pool), data, HEAD_BYTES + meta.len,
                          apr_time_now() + log_ttl(tx->ks), tx->base.pool);
}

static outcome_e commit(kvtx_t *tx)
{
    head_t head = tx->head;
    int fresh_items;

    if (tx->cleared && !tx->base.meta) {
        remove_log(tx);
        return DONE;
    }
    if (!tx->base.meta || (!tx->head_changed && !tx->items_changed))
        return DONE;
    if (tx->items_changed) {
        xc_metarec_t meta = *tx->base.meta;

        if (xc_log_drop_tombstones(&tx->base, &meta, apr_time_now(), TOMBS_PER_FOLD))
            kv_put_meta(&tx->base, &meta);
    }
    /* items of a calendar that rarely changes must not expire under its head */
    fresh_items = tx->items_changed || (head.gen && head.items_expiry - apr_time_now() < log_ttl(tx->ks) / 2);
    if (fresh_items && store_items(tx, &head) != 0)
        return tx->lost ? AGAIN : FAILED;
    if (!unraced(tx)) {
        if (fresh_items)
            (void)xc_kv_del_blob(tx->ks, items_key(tx, head.gen), tx->base.pool);
        return AGAIN;
    }
    head.stamp = tx->head.stamp + 1;
    if (store_head(tx, &head) != 0)
        return FAILED;
    if (fresh_items && tx->head.prev_gen)
        (void)xc_kv_del_blob(tx->ks, items_key(tx, tx->head.prev_gen), tx->base.pool);
    if (fresh_items) {
        tx->log->gen = head.gen;
        share_loaded(tx->ks, tx->log);
    }
    return DONE;
}

/** Items named by a head are gone: evicted, unless the head is an old one whose items were replaced meanwhile. */
static void drop_if_lost(kvtx_t *tx)
{
    if (!unraced(tx))
        return;
    xc_log(tx->ks->store->log, XC_LOG_WARNING, "store: the cache has lost the log of a calendar of %s: its clients sync anew",
           tx->base.cal->key->account);
    remove_log(tx);
}

static outcome_e run_once(xc_kvstore_t *ks, const xc_calid_t *cal, int write, xc_logfn_t fn, void *ctx, apr_pool_t *pool)
{
    kvtx_t tx;
    outcome_e outcome = DONE;
    int rc;

    memset(&tx, 0, sizeof(tx));
    tx.base.ops = &ops;
    tx.base.store = ks->store;
    tx.base.cal = cal;
    tx.base.pool = pool;
    tx.ks = ks;
    tx.write = write;
    tx.known = load_head(&tx);
    tx.base.meta = tx.known ? &tx.meta : NULL;
    rc = fn(ctx, &tx.base);
    if (tx.lost || tx.base.damaged) {
        drop_if_lost(&tx);
        outcome = AGAIN;
    }
    else if (write && rc == 0) {
        outcome = commit(&tx);
    }
    release(ks, tx.log);
    return outcome;
}

static int run_repeatedly(xc_kvstore_t *ks, const xc_calid_t *cal, int write, xc_logfn_t fn, void *ctx, apr_pool_t *pool)
{
    outcome_e outcome = AGAIN;
    int i;

    for (i = 0; i < ATTEMPTS && outcome == AGAIN; i++) {
        apr_pool_t *scratch;

        if (apr_pool_create(&scratch, pool) != APR_SUCCESS)
            return -1;
        outcome = run_once(ks, cal, write, fn, ctx, scratch);
        apr_pool_destroy(scratch);
    }
    if (outcome == DONE)
        return 0;
    if (xc_store_may_warn(ks->store))
        xc_log(ks->store->log, XC_LOG_WARNING, "store: the cache does not take the log of a calendar; going on without storing");
    return -1;
}

/** Keep writers of other processes out; after LOCK_WAIT one goes on without: the stamp is still compared. */
static int lock_log(xc_lease_t *mine, unsigned char *digest, xc_kvstore_t *ks, const xc_calid_t *cal, apr_pool_t *pool)
{
    apr_time_t deadline = apr_time_now() + LOCK_WAIT;
    apr_interval_time_t pause = 1000;
    xc_lease_t seen;

    xc_store_digest(digest, pool, "log", xc_kv_key('c', cal->digest, pool), NULL);
    xc_lease_self(mine, pool);
    mine->what = "log";
    while (apr_time_now() < deadline) {
        apr_time_t now = apr_time_now();

        mine->expires_at = now + LOCK_LEASE;
        switch (xc_kv_lease_take(&seen, ks->store, digest, mine, now, pool)) {
        case 1: return 1;
        case -1: return 0;
        default: break;
        }
        apr_sleep(pause);
        pause = pause < 20000 ? pause * 3 / 2 : pause;
    }
    return 0;
}

int xc_kv_log_run(xc_store_t *store, const xc_calid_t *cal, int write, xc_logfn_t fn, void *ctx, apr_pool_t *pool)
{
    xc_kvstore_t *ks = store->impl;
    apr_thread_mutex_t *stripe = ks->stripes[cal->digest[0] % XC_KV_STRIPES];
    unsigned char digest[XC_DIGEST_BYTES];
    apr_pool_t *scratch;
    xc_lease_t mine;
    int rc, locked;

    if (!write)
        return run_repeatedly(ks, cal, 0, fn, ctx, pool);
    if (apr_pool_create(&scratch, pool) != APR_SUCCESS)
        return -1;
    apr_thread_mutex_lock(stripe);
    locked = lock_log(&mine, digest, ks, cal, scratch);
    rc = run_repeatedly(ks, cal, 1, fn, ctx, scratch);
    if (locked)
        xc_kv_lease_give(store, digest, &mine, scratch);
    apr_thread_mutex_unlock(stripe);
    apr_pool_destroy(scratch);
    return rc;
}
