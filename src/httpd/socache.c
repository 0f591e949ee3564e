/* SPDX-License-Identifier: Apache-2.0 */
/* xc_kv_t over any ap_socache provider (redis, memcache, shmcb, dbm …). */
#include "httpd/glue.h"

#include <ap_provider.h>
#include <ap_socache.h>
#include <apr_global_mutex.h>
#include <apr_strings.h>
#include <string.h>
#include <util_mutex.h>

#include "base/crypt.h"

enum { KEY_BYTES = 20, MAX_VALUE_BYTES = 60000 };

#define MUTEX_TYPE "excal-cache"

struct xc_socache_t {
    const ap_socache_provider_t *provider;
    ap_socache_instance_t *instance;
    apr_global_mutex_t *mutex; /* for providers that cannot stand two users at once; NULL = none needed */
    server_rec *server;
};

static apr_status_t destroy(void *p)
{
    xc_socache_t *c = p;
    c->provider->destroy(c->instance, c->server);
    return APR_SUCCESS;
}

apr_status_t xc_socache_prepare(xc_socache_t **out, const char *spec, server_rec *s, apr_pool_t *pconf, apr_pool_t *ptemp)
{
    static const struct ap_socache_hints hints = {KEY_BYTES, 4096, apr_time_from_sec(86400)};
    xc_socache_t *c = apr_pcalloc(pconf, sizeof(*c));
    char *name = apr_pstrdup(ptemp, spec), *args = strchr(name, ':');
    const char *error;
    apr_status_t rv;

    if (args)
        *args++ = '\0';
    c->server = s;
    c->provider = ap_lookup_provider(AP_SOCACHE_PROVIDER_GROUP, name, AP_SOCACHE_PROVIDER_VERSION);
    if (!c->provider) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, s, "ExcalCache: there is no provider '%s'; is mod_socache_%s loaded?", name, name);
        return APR_EGENERAL;
    }
    if ((error = c->provider->create(&c->instance, args, ptemp, pconf)) != NULL) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, s, "ExcalCache: socache:%s: %s", name, error);
        return APR_EGENERAL;
    }
    if (c->provider->flags & AP_SOCACHE_FLAG_NOTMPSAFE) {
        rv = ap_global_mutex_create(&c->mutex, NULL, MUTEX_TYPE, NULL, s, pconf, 0);
        if (rv != APR_SUCCESS)
            return rv;
    }
    rv = c->provider->init(c->instance, "mod_excal", &hints, s, pconf);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, rv, s, "ExcalCache: socache:%s cannot be used", name);
        return rv;
    }
    apr_pool_cleanup_register(pconf, c, destroy, apr_pool_cleanup_null);
    *out = c;
    return APR_SUCCESS;
}

apr_status_t xc_socache_child_init(xc_socache_t *c, apr_pool_t *pchild)
{
    return c->mutex ? apr_global_mutex_child_init(&c->mutex, apr_global_mutex_lockfile(c->mutex), pchild) : APR_SUCCESS;
}

static int lock(const xc_socache_t *c)
{
    return !c->mutex || apr_global_mutex_lock(c->mutex) == APR_SUCCESS;
}

static void unlock(const xc_socache_t *c)
{
    if (c->mutex)
        apr_global_mutex_unlock(c->mutex);
}

/* Providers bound the key: a hash of ours fits all. */
static void short_key(unsigned char *out, const char *key)
{
    unsigned char sum[XC_SHA256_BYTES];

    xc_crypt_sha256(sum, key, strlen(key));
    memcpy(out, sum, KEY_BYTES);
}

static int kv_get(void *ctx, const char *key, unsigned char **value, apr_size_t *len, apr_pool_t *pool)
{
    const xc_socache_t *c = ctx;
    unsigned char id[KEY_BYTES], *buf;
    unsigned int n = MAX_VALUE_BYTES;
    apr_status_t rv;
    apr_pool_t *sub;

    *value = NULL;
    *len = 0;
    short_key(id, key);
    if (apr_pool_create(&sub, pool) != APR_SUCCESS)
        return -1;
    buf = apr_palloc(sub, MAX_VALUE_BYTES);
    rv = APR_EGENERAL;
    if (lock(c)) {
        rv = c->provider->retrieve(c->instance, c->server, id, KEY_BYTES, buf, &n, sub);
        unlock(c);
    }
    if (rv == APR_SUCCESS && n <= MAX_VALUE_BYTES) {
        *value = apr_pmemdup(pool, buf, n);
        *len = n;
    }
    apr_pool_destroy(sub);
    return *value ? 0 : -1;
}

static int kv_set(void *ctx, const char *key, const unsigned char *value, apr_size_t len, apr_time_t expiry)
{
    const xc_socache_t *c = ctx;
    unsigned char id[KEY_BYTES], *copy;
    apr_status_t rv = APR_EGENERAL;
    apr_pool_t *pool;

    if (len > MAX_VALUE_BYTES || apr_pool_create(&pool, NULL) != APR_SUCCESS)
        return -1;
    short_key(id, key);
    copy = apr_pmemdup(pool, value, len);
    if (lock(c)) {
        rv = c->provider->store(c->instance, c->server, id, KEY_BYTES, expiry, copy, (unsigned int)len, pool);
        unlock(c);
    }
    apr_pool_destroy(pool);
    return rv == APR_SUCCESS ? 0 : -1;
}

static int kv_del(void *ctx, const char *key)
{
    const xc_socache_t *c = ctx;
    unsigned char id[KEY_BYTES];
    apr_status_t rv = APR_EGENERAL;
    apr_pool_t *pool;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS)
        return -1;
    short_key(id, key);
    if (lock(c)) {
        rv = c->provider->remove(c->instance, c->server, id, KEY_BYTES, pool);
        unlock(c);
    }
    apr_pool_destroy(pool);
    return rv == APR_SUCCESS ? 0 : -1;
}

void xc_socache_kv(xc_kv_t *out, xc_socache_t *cache)
{
    out->ctx = cache;
    out->get = kv_get;
    out->set = kv_set;
    out->del = kv_del;
    /* shmcb holds no object larger than one of its sub-caches; the others take more than this */
    out->max_value_bytes = strcmp(cache->provider->name, "shmcb") == 0 ? 8000 : MAX_VALUE_BYTES;
}
