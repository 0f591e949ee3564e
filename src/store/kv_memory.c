/* SPDX-License-Identifier: Apache-2.0 */
/* A key-value cache in this process's memory, bounded; the oldest values go first. */
#include "store/kv_memory.h"

#include <apr_hash.h>
#include <apr_ring.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <string.h>

/* what a value costs beside its bytes: a pool of its own */
#define OVERHEAD_BYTES 8192

typedef struct entry_t entry_t;
struct entry_t {
    APR_RING_ENTRY(entry_t) link;
    apr_pool_t *pool;
    const char *key;
    const unsigned char *value;
    apr_size_t len;
    apr_time_t expiry;
};

typedef struct memory_t {
    apr_thread_mutex_t *mutex;
    apr_pool_t *pool;
    apr_hash_t *entries;
    APR_RING_HEAD(ring_t, entry_t) oldest_first;
    apr_size_t bytes, max_bytes;
} memory_t;

static void drop(memory_t *m, entry_t *e)
{
    apr_hash_set(m->entries, e->key, APR_HASH_KEY_STRING, NULL);
    APR_RING_REMOVE(e, link);
    m->bytes -= e->len + OVERHEAD_BYTES;
    apr_pool_destroy(e->pool);
}

static int memory_get(void *ctx, const char *key, unsigned char **value, apr_size_t *len, apr_pool_t *pool)
{
    memory_t *m = ctx;
    entry_t *e;
    int found;

    apr_thread_mutex_lock(m->mutex);
    e = apr_hash_get(m->entries, key, APR_HASH_KEY_STRING);
    if (e && e->expiry <= apr_time_now()) {
        drop(m, e);
        e = NULL;
    }
    found = e != NULL;
    if (found) {
        *value = apr_pmemdup(pool, e->value, e->len);
        *len = e->len;
    }
    apr_thread_mutex_unlock(m->mutex);
    return found ? 0 : -1;
}

static int memory_del(void *ctx, const char *key)
{
    memory_t *m = ctx;
    entry_t *e;

    apr_thread_mutex_lock(m->mutex);
    e = apr_hash_get(m->entries, key, APR_HASH_KEY_STRING);
    if (e)
        drop(m, e);
    apr_thread_mutex_unlock(m->mutex);
    return 0;
}

static int memory_set(void *ctx, const char *key, const unsigned char *value, apr_size_t len, apr_time_t expiry)
{
    memory_t *m = ctx;
    apr_pool_t *pool;
    entry_t *e;

    if (len > m->max_bytes / 4)
        return -1;
    apr_thread_mutex_lock(m->mutex);
    e = apr_hash_get(m->entries, key, APR_HASH_KEY_STRING);
    if (e)
        drop(m, e);
    while (m->bytes + len + OVERHEAD_BYTES > m->max_bytes && !APR_RING_EMPTY(&m->oldest_first, entry_t, link))
        drop(m, APR_RING_FIRST(&m->oldest_first));
    if (apr_pool_create(&pool, m->pool) != APR_SUCCESS) {
        apr_thread_mutex_unlock(m->mutex);
        return -1;
    }
    e = apr_pcalloc(pool, sizeof(*e));
    e->pool = pool;
    e->key = apr_pstrdup(pool, key);
    e->value = apr_pmemdup(pool, value, len);
    e->len = len;
    e->expiry = expiry;
    APR_RING_ELEM_INIT(e, link);
    APR_RING_INSERT_TAIL(&m->oldest_first, e, entry_t, link);
    apr_hash_set(m->entries, e->key, APR_HASH_KEY_STRING, e);
    m->bytes += len + OVERHEAD_BYTES;
    apr_thread_mutex_unlock(m->mutex);
    return 0;
}

xc_error_t *xc_kv_memory_make(xc_kv_t *out, apr_size_t max_bytes, apr_pool_t *pool)
{
    memory_t *m = apr_pcalloc(pool, sizeof(*m));
    apr_allocator_t *allocator;

    /* an allocator of its own: the caller's need not be safe for threads */
    if (apr_thread_mutex_create(&m->mutex, APR_THREAD_MUTEX_DEFAULT, pool) != APR_SUCCESS ||
        apr_allocator_create(&allocator) != APR_SUCCESS)
        return xc_error_make(pool, 500, XC_COND_NONE, "The store cannot be opened.");
    apr_allocator_max_free_set(allocator, 1024 * 1024);
    if (apr_pool_create_ex(&m->pool, pool, NULL, allocator) != APR_SUCCESS) {
        apr_allocator_destroy(allocator);
        return xc_error_make(pool, 500, XC_COND_NONE, "The store cannot be opened.");
    }
    apr_allocator_owner_set(allocator, m->pool);
    m->entries = apr_hash_make(m->pool);
    APR_RING_INIT(&m->oldest_first, entry_t, link);
    m->max_bytes = max_bytes;
    memset(out, 0, sizeof(*out));
    out->ctx = m;
    out->get = memory_get;
    out->set = memory_set;
    out->del = memory_del;
    out->max_value_bytes = max_bytes / 8;
    return NULL;
}
