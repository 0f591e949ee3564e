/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies, small records and leases in a key-value cache; opening. */
#include <apr_strings.h>
#include <string.h>

#include "store/kv.h"

#define BODY_TTL   apr_time_from_sec(30 * 86400)
#define LEASE_KEPT apr_time_from_sec(600)

/* ---- bodies: they expire body_ttl after they were stored, used or not ---- */

static void bodies_get(xc_body_t **found, xc_store_t *store, const unsigned char *owner, const xc_item_t *const *items,
                       int n, apr_pool_t *pool)
{
    apr_pool_t *scratch;
    int i;

    if (apr_pool_create(&scratch, pool) != APR_SUCCESS)
        return;
    for (i = 0; i < n; i++) {
        unsigned char digest[XC_DIGEST_BYTES], *data;
        xc_bodyrec_t rec;
        apr_size_t len;

        found[i] = NULL;
        if (!items[i]->id || !items[i]->change_key)
            continue;
        apr_pool_clear(scratch);
        xc_store_body_digest(digest, owner, items[i]->id, items[i]->change_key, scratch);
        if (xc_kv_get_blob(&data, &len, store->impl, xc_kv_key('b', digest, scratch), scratch) == 0 &&
            xc_record_decode_body(&rec, data, len) == 0 && xc_store_body_is(&rec, owner, items[i]->id, items[i]->change_key))
            found[i] = xc_store_copy_body(&rec.body, pool);
    }
    apr_pool_destroy(scratch);
}

static int bodies_put(xc_store_t *store, const unsigned char *owner, const xc_body_t *bodies, int n, apr_pool_t *pool)
{
    apr_time_t expiry = apr_time_now() + (store->cfg.body_ttl > 0 ? store->cfg.body_ttl : BODY_TTL);
    apr_pool_t *scratch;
    int i, failed = 0;

    if (apr_pool_create(&scratch, pool) != APR_SUCCESS)
        return -1;
    for (i = 0; i < n; i++) {
        unsigned char digest[XC_DIGEST_BYTES];
        xc_bodyrec_t rec;
        xc_bytes_t bytes;

        if (!bodies[i].id || !bodies[i].change_key || bodies[i].len > XC_RECORD_STRING_MAX)
            continue;
        apr_pool_clear(scratch);
        xc_store_body_digest(digest, owner, bodies[i].id, bodies[i].change_key, scratch);
        memcpy(rec.owner, owner, XC_DIGEST_BYTES);
        rec.body = bodies[i];
        xc_record_encode_body(&bytes, &rec, scratch);
        if (xc_kv_put_blob(store->impl, xc_kv_key('b', digest, scratch), bytes.data, bytes.len, expiry, scratch) != 0)
            failed = -1;
    }
    apr_pool_destroy(scratch);
    return failed;
}

/* ---- small records ---- */

static int small_get(xc_smallrec_t *out, xc_store_t *store, const unsigned char *digest, apr_pool_t *pool)
{
    unsigned char *data;
    apr_size_t len;

    return xc_kv_get_blob(&data, &len, store->impl, xc_kv_key('s', digest, pool), pool) == 0 &&
           xc_record_decode_small(out, data, len) == 0;
}

static int small_set(xc_store_t *store, const unsigned char *digest, const xc_smallrec_t *rec, apr_pool_t *pool)
{
    xc_bytes_t bytes;

    xc_record_encode_small(&bytes, rec, pool);
    return xc_kv_put_blob(store->impl, xc_kv_key('s', digest, pool), bytes.data, bytes.len, rec->expires_at, pool);
}

static int small_del(xc_store_t *store, const unsigned char *digest, apr_pool_t *pool)
{
    xc_kvstore_t *ks = store->impl;
    const char *key = xc_kv_key('s', digest, pool);
    unsigned char *data;
    apr_size_t len;

    /* caches differ in what they say to the removal of what is absent: only what stays is a failure */
    if (xc_kv_del_blob(ks, key, pool) == 0)
        return 0;
    return ks->kv.get(ks->kv.ctx, key, &data, &len, pool) == 0 ? -1 : 0;
}

/* ---- leases ---- */

int xc_kv_lease_look(xc_lease_t *out, xc_store_t *store, const unsigned char *digest, apr_pool_t *pool)
{
    unsigned char *data;
    apr_size_t len;

    memset(out, 0, sizeof(*out));
    if (xc_kv_get_blob(&data, &len, store->impl, xc_kv_key('l', digest, pool), pool) != 0 ||
        xc_record_decode_lease(out, data, len) != 0) {
        memset(out, 0, sizeof(*out));
        return 0;
    }
    return 1;
}

static int put_lease(xc_store_t *store, const unsigned char *digest, const xc_lease_t *lease, apr_pool_t *pool)
{
    xc_bytes_t bytes;

    xc_record_encode_lease(&bytes, lease, pool);
    return xc_kv_put_blob(store->impl, xc_kv_key('l', digest, pool), bytes.data, bytes.len, lease->expires_at + LEASE_KEPT, pool);
}

int xc_kv_lease_take(xc_lease_t *seen, xc_store_t *store, const unsigned char *digest, const xc_lease_t *mine, apr_time_t now,
                     apr_pool_t *pool)
{
    xc_lease_t lease = *mine, after;

    if (xc_kv_lease_look(seen, store, digest, pool) && !xc_lease_free(seen, now))
        return 0;
    lease.generation = seen->generation;
    if (put_lease(store, digest, &lease, pool) != 0)
        return -1;
    /* the last of several writers has it */
    if (!xc_kv_lease_look(&after, store, digest, pool))
        return -1;
    if (after.holder == mine->holder)
        return 1;
    *seen = after;
    return 0;
}

void xc_kv_lease_give(xc_store_t *store, const unsigned char *digest, const xc_lease_t *mine, apr_pool_t *pool)
{
    xc_lease_t seen, free_now;

    if (!xc_kv_lease_look(&seen, store, digest, pool) || seen.holder != mine->holder)
        return;
    memset(&free_now, 0, sizeof(free_now));
    free_now.what = seen.what;
    free_now.generation = seen.generation + 1;
    free_now.expires_at = apr_time_now();
    (void)put_lease(store, digest, &free_now, pool);
}

/* ---- upkeep is the cache's own, and it does not tell ---- */

static void stats(xc_store_stats_t *out, xc_store_t *store, apr_pool_t *pool)
{
    (void)store;
    (void)pool;
    out->size_bytes = 0;
}

static void sweep(xc_store_t *store, apr_time_t now, apr_pool_t *pool)
{
    (void)store;
    (void)now;
    (void)pool;
}

static const xc_provider_t provider = {
    "key-value cache",
    xc_kv_log_run,
    bodies_get,
    bodies_put,
    small_get,
    small_set,
    small_del,
    xc_kv_lease_take,
    xc_kv_lease_look,
    xc_kv_lease_give,
    stats,
    sweep,
};

static apr_status_t unload_at_cleanup(void *data)
{
    xc_kv_unload(data);
    return APR_SUCCESS;
}

xc_error_t *xc_store_open_kv(xc_store_t **out, const xc_kv_t *kv, const xc_store_config_t *cfg, const xc_log_t *log,
                             apr_pool_t *pool)
{
    xc_kvstore_t *ks = apr_pcalloc(pool, sizeof(*ks));
    apr_status_t rv = apr_thread_mutex_create(&ks->loaded_mutex, APR_THREAD_MUTEX_DEFAULT, pool);
    int i;

    *out = NULL;
    for (i = 0; i < XC_KV_STRIPES && rv == APR_SUCCESS; i++)
        rv = apr_thread_mutex_create(&ks->stripes[i], APR_THREAD_MUTEX_DEFAULT, pool);
    if (rv != APR_SUCCESS)
        return xc_error_make(pool, 500, XC_COND_NONE, "The store cannot be opened.");
    ks->kv = *kv;
    XC_TRY(xc_store_make(&ks->store, &provider, ks, cfg, log, pool));
    apr_pool_cleanup_register(pool, ks, unload_at_cleanup, apr_pool_cleanup_null);
    *out = ks->store;
    return NULL;
}
