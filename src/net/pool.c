/* SPDX-License-Identifier: Apache-2.0 */
/* What a child keeps between requests: engines (connections), the share, origins and their leases. */
#include "net/private.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "base/crypt.h"

static apr_status_t global_cleanup(void *unused)
{
    (void)unused;
    curl_global_cleanup();
    return APR_SUCCESS;
}

xc_error_t *xc_net_init(apr_pool_t *pool)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return xc_error_make(pool, 500, XC_COND_NONE, "libcurl cannot be initialised.");
    apr_pool_cleanup_register(pool, NULL, global_cleanup, apr_pool_cleanup_null);
    return NULL;
}

static void share_lock(CURL *easy, curl_lock_data kind, curl_lock_access access, void *ctx)
{
    xc_net_t *net = ctx;
    (void)easy;
    (void)access;
    apr_thread_mutex_lock(net->share_lock[kind]);
}

static void share_unlock(CURL *easy, curl_lock_data kind, void *ctx)
{
    xc_net_t *net = ctx;
    (void)easy;
    apr_thread_mutex_unlock(net->share_lock[kind]);
}

/* Close the connections; the struct stays for another. */
static void engine_close(xc_engine_t *e)
{
    while (e->spares > 0)
        curl_easy_cleanup(e->spare[--e->spares]);
    if (e->multi)
        curl_multi_cleanup(e->multi);
    e->multi = NULL;
}

static apr_status_t net_cleanup(void *p)
{
    xc_net_t *net = p;

    while (net->idle) {
        xc_engine_t *e = net->idle;
        net->idle = e->next;
        engine_close(e);
    }
    if (net->share)
        curl_share_cleanup(net->share);
    net->share = NULL;
    return APR_SUCCESS;
}

static int make_share(xc_net_t *net)
{
    int i;

    for (i = 0; i < CURL_LOCK_DATA_LAST; i++) {
        if (apr_thread_mutex_create(&net->share_lock[i], APR_THREAD_MUTEX_DEFAULT, net->pool))
            return 0;
    }
    if (!(net->share = curl_share_init()))
        return 0;
    return curl_share_setopt(net->share, CURLSHOPT_LOCKFUNC, share_lock) == CURLSHE_OK &&
           curl_share_setopt(net->share, CURLSHOPT_UNLOCKFUNC, share_unlock) == CURLSHE_OK &&
           curl_share_setopt(net->share, CURLSHOPT_USERDATA, net) == CURLSHE_OK &&
           curl_share_setopt(net->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS) == CURLSHE_OK &&
           curl_share_setopt(net->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) == CURLSHE_OK;
}

xc_error_t *xc_net_make(xc_net_t **out, const xc_net_config_t *cfg, xc_breaker_t *breaker,
                        apr_pool_t *parent)
{
    apr_pool_t *pool;
    xc_net_t *net;

    *out = NULL;
    apr_pool_create(&pool, parent);
    net = apr_pcalloc(pool, sizeof(*net));
    net->cfg = *cfg;
    net->breaker = breaker;
    net->pool = pool;
    net->origins = apr_hash_make(pool);
    net->salt = xc_crypt_random_hex(pool, 16);
    if (net->cfg.max_leases < 1)
        net->cfg.max_leases = 1;
    apr_pool_pre_cleanup_register(pool, net, net_cleanup); /* while the mutexes are still there */
    if (apr_thread_mutex_create(&net->lock, APR_THREAD_MUTEX_DEFAULT, pool) ||
        apr_thread_cond_create(&net->lease_freed, pool) || !make_share(net)) {
        apr_pool_destroy(pool);
        return xc_error_make(parent, 500, XC_COND_NONE, "The connection pool cannot be made.");
    }
    *out = net;
    return NULL;
}

const char *xc_net_origin(const char *url, apr_pool_t *pool)
{
    const char *rest, *end;
    char *origin, *p;
    apr_size_t len;

    if (!url)
        return NULL;
    if (strncasecmp(url, "https://", 8) == 0)
        rest = url + 8;
    else if (strncasecmp(url, "http://", 7) == 0)
        rest = url + 7;
    else
        return NULL;
    end = rest + strcspn(rest, "/?#");
    if (end == rest || memchr(rest, '@', (apr_size_t)(end - rest)))
        return NULL;
    for (; rest < end; rest++) {
        if (!apr_isalnum(*rest) && !strchr("-._:[]%", *rest))
            return NULL;
    }
    origin = apr_pstrmemdup(pool, url, (apr_size_t)(end - url));
    for (p = origin; *p; p++)
        *p = (char)apr_tolower(*p);
    len = strlen(origin);
    if (origin[4] == 's' && len > 4 && strcmp(origin + len - 4, ":443") == 0)
        origin[len - 4] = '\0';
    else if (origin[4] != 's' && len > 3 && strcmp(origin + len - 3, ":80") == 0)
        origin[len - 3] = '\0';
    return origin;
}

xc_origin_t *xc_net_origin_of(xc_net_t *net, const char *url, apr_pool_t *pool)
{
    const char *name = xc_net_origin(url, pool);
    xc_origin_t *o;

    if (!name)
        return NULL;
    apr_thread_mutex_lock(net->lock);
    o = apr_hash_get(net->origins, name, APR_HASH_KEY_STRING);
    if (!o) {
        o = apr_pcalloc(net->pool, sizeof(*o));
        o->name = apr_pstrdup(net->pool, name);
        apr_hash_set(net->origins, o->name, APR_HASH_KEY_STRING, o);
    }
    apr_thread_mutex_unlock(net->lock);
    return o;
}

const char *xc_net_engine_key(const xc_net_t *net, const xc_credential_t *cred, apr_pool_t *pool)
{
    if (!cred)
        return "";
    switch (cred->scheme) {
    case XC_AUTH_NTLM:
    case XC_AUTH_NEGOTIATE:
    case XC_AUTH_ANY:
        if (cred->fingerprint && *cred->fingerprint)
            return xc_crypt_hex(pool, XC_SHA256_BYTES, cred->fingerprint, NULL);
        return xc_crypt_hex(pool, XC_SHA256_BYTES, net->salt, cred->user ? cred->user : "", cred->secret ? cred->secret : "", NULL);
    case XC_AUTH_NONE:
    case XC_AUTH_BASIC:
    case XC_AUTH_BEARER:
        break;
    }
    return "";
}

/* Unlink what has waited too long, or is one too many. The caller closes it outside the lock. */
static xc_engine_t *take_stale(xc_net_t *net, apr_time_t now)
{
    xc_engine_t **at = &net->idle, *stale;
    int n = 0;

    while (*at && n < XC_NET_IDLE_ENGINES && now - (*at)->last_used < net->cfg.idle_timeout) {
        at = &(*at)->next;
        n++;
    }
    stale = *at; /* the list is in order of use: all behind are older */
    *at = NULL;
    return stale;
}

static void close_all(xc_net_t *net, xc_engine_t *e)
{
    while (e) {
        xc_engine_t *next = e->next;
        engine_close(e);
        apr_thread_mutex_lock(net->lock);
        e->next = net->empty;
        net->empty = e;
        apr_thread_mutex_unlock(net->lock);
        e = next;
    }
}

xc_engine_t *xc_net_engine_make(xc_net_t *net, const char *key)
{
    xc_engine_t *e;

    apr_thread_mutex_lock(net->lock);
    e = net->empty;
    if (e)
        net->empty = e->next;
    else
        e = apr_pcalloc(net->pool, sizeof(*e)); /* as many as requests were ever under way at once */
    apr_thread_mutex_unlock(net->lock);
    e->next = NULL;
    apr_cpystrn(e->key, key, sizeof(e->key));
    e->multi = curl_multi_init();
    if (!e->multi) {
        close_all(net, e);
        return NULL;
    }
    curl_multi_setopt(e->multi, CURLMOPT_MAXCONNECTS, (long)net->cfg.max_leases);
    return e;
}

xc_engine_t *xc_net_engine_take(xc_net_t *net, const char *key)
{
    xc_engine_t **at, *found = NULL, *stale;

    apr_thread_mutex_lock(net->lock);
    stale = take_stale(net, apr_time_now());
    for (at = &net->idle; *at; at = &(*at)->next) {
        if (strcmp((*at)->key, key) == 0) {
            found = *at;
            *at = found->next;
            found->next = NULL;
            break;
        }
    }
    apr_thread_mutex_unlock(net->lock);
    close_all(net, stale);
    return found ? found : xc_net_engine_make(net, key);
}

void xc_net_engine_give(xc_net_t *net, xc_engine_t *engine)
{
    xc_engine_t *stale;

    engine->last_used = apr_time_now();
    apr_thread_mutex_lock(net->lock);
    engine->next = net->idle;
    net->idle = engine;
    stale = take_stale(net, engine->last_used);
    apr_thread_mutex_unlock(net->lock);
    close_all(net, stale);
}

int xc_net_lease_try(xc_net_t *net, xc_origin_t *origin)
{
    int got;

    apr_thread_mutex_lock(net->lock);
    got = origin->leases < net->cfg.max_leases;
    if (got)
        origin->leases++;
    apr_thread_mutex_unlock(net->lock);
    return got;
}

void xc_net_lease_drop(xc_net_t *net, xc_origin_t *origin)
{
    apr_thread_mutex_lock(net->lock);
    origin->leases--;
    apr_thread_cond_broadcast(net->lease_freed);
    apr_thread_mutex_unlock(net->lock);
}

void xc_net_lease_wait(xc_net_t *net, const xc_origin_t *origin, apr_time_t deadline)
{
    apr_interval_time_t left = deadline - apr_time_now();

    if (left <= 0)
        return;
    apr_thread_mutex_lock(net->lock);
    if (origin->leases >= net->cfg.max_leases)
        apr_thread_cond_timedwait(net->lease_freed, net->lock, left);
    apr_thread_mutex_unlock(net->lock);
}
