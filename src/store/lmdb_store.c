/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The provider: LMDB, and the process's own memory where LMDB fails (disk full, directory not
 * writable, a log larger than the map), so that the gateway goes on answering.
 *
 * A calendar whose log could not be written lives in memory for FALLBACK_SEC, with an epoch of its
 * own; then LMDB is tried again. Leaving memory marks LMDB's log as not fresh, because what was
 * written meanwhile is not in it; Exchange tells it again. Other processes know nothing of this
 * memory: a client that meets another process has a token of another epoch and syncs wholly, which
 * is dear but never wrong.
 */
#include <apr_atomic.h>
#include <apr_strings.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "store/kv_memory.h"
#include "store/lmdb.h"
#include "store/log.h"

#define MIN_MAP_BYTES   (1024 * 1024)
#define FALLBACK_SEC    60
#define FALLBACK_SLOTS  256
#define FALLBACK_BYTES  (64 * 1024 * 1024)

typedef struct slot_t {
    unsigned char digest[XC_DIGEST_BYTES];
    apr_time_t until;            /* 0 = not in memory */
} slot_t;

struct xc_lmdb_memory_t {
    xc_store_t *store;           /* a key-value store in memory */
    apr_thread_mutex_t *mutex;   /* of the slots */
    slot_t slots[FALLBACK_SLOTS];
    volatile apr_uint32_t used;  /* something has been put into memory */
};

static slot_t *slot_of(xc_lmdb_memory_t *mem, const unsigned char *digest)
{
    return &mem->slots[digest[XC_DIGEST_BYTES - 1] % FALLBACK_SLOTS];
}

/** When this calendar's time in memory ends; 0 = it is not there. */
static apr_time_t memory_until(xc_lmdb_memory_t *mem, const unsigned char *digest)
{
    slot_t *slot = slot_of(mem, digest);
    apr_time_t until = 0;

    if (!apr_atomic_read32(&mem->used))
        return 0;
    apr_thread_mutex_lock(mem->mutex);
    if (memcmp(slot->digest, digest, XC_DIGEST_BYTES) == 0)
        until = slot->until;
    apr_thread_mutex_unlock(mem->mutex);
    return until;
}

static void set_memory_until(xc_lmdb_memory_t *mem, const unsigned char *digest, apr_time_t until)
{
    slot_t *slot = slot_of(mem, digest);

    apr_atomic_set32(&mem->used, 1);
    apr_thread_mutex_lock(mem->mutex);
    memcpy(slot->digest, digest, XC_DIGEST_BYTES);
    slot->until = until;
    apr_thread_mutex_unlock(mem->mutex);
}

static int log_run(xc_store_t *store, const xc_calid_t *cal, int write, xc_logfn_t fn, void *ctx, apr_pool_t *pool)
{
    xc_lmdb_t *lm = store->impl;
    xc_lmdb_memory_t *mem = lm->memory;
    apr_time_t now, until = memory_until(mem, cal->digest);

    if (until) {
        now = apr_time_now();
        if (now >= until) {
            if (xc_lmdb_log_run(store, cal, 1, xc_log_expire, NULL, pool) == 0)
                until = 0;
            set_memory_until(mem, cal->digest, until ? now + apr_time_from_sec(FALLBACK_SEC) : 0);
        }
    }
    if (!until) {
        if (xc_lmdb_log_run(store, cal, write, fn, ctx, pool) == 0)
            return 0;
        set_memory_until(mem, cal->digest, apr_time_now() + apr_time_from_sec(FALLBACK_SEC));
    }
    return mem->store->provider->log_run(mem->store, cal, write, fn, ctx, pool);
}

static void bodies_get(xc_body_t **found, xc_store_t *store, const unsigned char *owner, const xc_item_t *const *items, int n,
                       apr_pool_t *pool)
{
    xc_lmdb_memory_t *mem = ((xc_lmdb_t *)store->impl)->memory;
    int i;

    xc_lmdb_bodies_get(found, store, owner, items, n, pool);
    for (i = 0; i < n && apr_atomic_read32(&mem->used); i++) {
        if (!found[i])
            mem->store->provider->bodies_get(&found[i], mem->store, owner, &items[i], 1, pool);
    }
}

static int bodies_put(xc_store_t *store, const unsigned char *owner, const xc_body_t *bodies, int n, apr_pool_t *pool)
{
    xc_lmdb_memory_t *mem = ((xc_lmdb_t *)store->impl)->memory;

    if (xc_lmdb_bodies_put(store, owner, bodies, n, pool) == 0)
        return 0;
    apr_atomic_set32(&mem->used, 1);
    return mem->store->provider->bodies_put(mem->store, owner, bodies, n, pool);
}

static int small_get(xc_smallrec_t *out, xc_store_t *store, const unsigned char *digest, apr_pool_t *pool)
{
    xc_lmdb_memory_t *mem = ((xc_lmdb_t *)store->impl)->memory;

    /* what is in memory is newer: it came there because LMDB did not take it, and goes when LMDB takes its successor */
    return (apr_atomic_read32(&mem->used) && mem->store->provider->small_get(out, mem->store, digest, pool)) ||
           xc_lmdb_small_get(out, store, digest, pool);
}

static int small_del(xc_store_t *store, const unsigned char *digest, apr_pool_t *pool)
{
    xc_lmdb_memory_t *mem = ((xc_lmdb_t *)store->impl)->memory;

    if (apr_atomic_read32(&mem->used))
        (void)mem->store->provider->small_del(mem->store, digest, pool);
    return xc_lmdb_small_del(store, digest, pool);
}

static int small_set(xc_store_t *store, const unsigned char *digest, const xc_smallrec_t *rec, apr_pool_t *pool)
{
    xc_lmdb_memory_t *mem = ((xc_lmdb_t *)store->impl)->memory;

    if (xc_lmdb_small_set(store, digest, rec, pool) == 0) {
        if (apr_atomic_read32(&mem->used))
            (void)mem->store->provider->small_del(mem->store, digest, pool);
        return 0;
    }
    apr_atomic_set32(&mem->used, 1);
    return mem->store->provider->small_set(mem->store, digest, rec, pool);
}

/** Calendars whose time in memory is over by then ask LMDB again at their next use. */
static void sweep(xc_store_t *store, apr_time_t now, apr_pool_t *pool)
{
    xc_lmdb_memory_t *mem = ((xc_lmdb_t *)store->impl)->memory;
    int i;

    xc_lmdb_sweep(store, now, pool);
    apr_thread_mutex_lock(mem->mutex);
    for (i = 0; i < FALLBACK_SLOTS; i++) {
        if (mem->slots[i].until && mem->slots[i].until <= now)
            mem->slots[i].until = 1;
    }
    apr_thread_mutex_unlock(mem->mutex);
}

static const xc_provider_t provider = {
    "lmdb",
    log_run,
    bodies_get,
    bodies_put,
    small_get,
    small_set,
    small_del,
    xc_lmdb_lease_take,
    xc_lmdb_lease_look,
    xc_lmdb_lease_give,
    xc_lmdb_stats,
    sweep,
};

static xc_error_t *make_memory(xc_lmdb_memory_t **out, const xc_store_config_t *cfg, const xc_log_t *log, apr_pool_t *pool)
{
    xc_lmdb_memory_t *mem = apr_pcalloc(pool, sizeof(*mem));
    xc_kv_t kv;

    XC_TRY(xc_kv_memory_make(&kv, FALLBACK_BYTES, pool));
    XC_TRY(xc_store_open_kv(&mem->store, &kv, cfg, log, pool));
    if (apr_thread_mutex_create(&mem->mutex, APR_THREAD_MUTEX_DEFAULT, pool) != APR_SUCCESS)
        return xc_error_make(pool, 500, XC_COND_NONE, "The store cannot be opened.");
    *out = mem;
    return NULL;
}

static apr_status_t close_at_cleanup(void *data)
{
    xc_lmdb_t *lm = data;

    apr_thread_rwlock_wrlock(lm->lock);
    xc_lmdb_env_close(lm);
    apr_thread_rwlock_unlock(lm->lock);
    return APR_SUCCESS;
}

xc_error_t *xc_store_open_lmdb(xc_store_t **out, const xc_store_config_t *cfg, const xc_log_t *log, apr_pool_t *pool)
{
    xc_lmdb_t *lm = apr_pcalloc(pool, sizeof(*lm));
    apr_size_t page = (apr_size_t)sysconf(_SC_PAGESIZE);
    apr_size_t size = cfg->size_bytes > MIN_MAP_BYTES ? cfg->size_bytes : MIN_MAP_BYTES;
    int rc;

    *out = NULL;
    lm->dir = apr_pstrdup(pool, cfg->dir);
    lm->map_bytes = (size + page - 1) / page * page;
    lm->log = log;
    if (apr_thread_rwlock_create(&lm->lock, pool) != APR_SUCCESS || apr_pool_create(&lm->pool, pool) != APR_SUCCESS)
        return xc_error_make(pool, 500, XC_COND_NONE, "The store cannot be opened.");
    XC_TRY(make_memory(&lm->memory, cfg, log, pool));
    XC_TRY(xc_store_make(&lm->store, &provider, lm, cfg, log, pool));
    lm->store->cfg.size_bytes = lm->map_bytes;
    lm->store->cfg.dir = lm->dir;
    rc = xc_lmdb_env_open(lm);
    if (rc == EBUSY) {
        return xc_error_context(xc_error_make(pool, 500, XC_COND_NONE, "The store cannot be opened."), pool,
                                "%s is open in this process already", lm->dir);
    }
    if (rc) {
        apr_uint32_t now = (apr_uint32_t)apr_time_sec(apr_time_now());

        apr_atomic_set32(&lm->tried_sec, now);
        apr_atomic_set32(&lm->store->warned_sec, now);
        xc_log(log, XC_LOG_ERROR, "store: %s cannot be opened (%s): each process keeps what it can in memory", lm->dir, mdb_strerror(rc));
    }
    apr_pool_cleanup_register(pool, lm, close_at_cleanup, apr_pool_cleanup_null);
    *out = lm->store;
    return NULL;
}
