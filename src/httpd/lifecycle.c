/* SPDX-License-Identifier: Apache-2.0 */
/* From configuration to children and back: what is made when, and on which pool. */
#include "httpd/glue.h"

#include <apr_atomic.h>
#include <apr_strings.h>
#include <ap_mpm.h>
#include <ap_socache.h>
#include <http_core.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <mod_watchdog.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unixd.h>
#include <unistd.h>
#include <util_mutex.h>

#include "base/xml.h"
#include "cal/zone.h"

enum { SWEEP_EVERY_SEC = 60, HEAPS_PER_CHILD = 4 };

/* What one child has. Set once in child_init, before any request. */
static struct {
    apr_pool_t *pool;
    apr_thread_mutex_t *lock; /* of nets */
    apr_hash_t *nets;         /* settings as text -> xc_net_t */
    xc_store_t *store;
    xc_log_t log;
    int threaded;             /* the MPM's children have many threads */
    volatile apr_uint32_t busy; /* calls between xc_child_enter() and xc_child_leave() */
} child;

static xc_socache_t *socache; /* of this generation's configuration; NULL with LMDB */

static const xc_server_config_t *server_config(server_rec *s)
{
    return ap_get_module_config(s->module_config, &excal_module);
}

/* ---- parent ---- */

int xc_pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    (void)plog;
    (void)ptemp;
    return ap_mutex_register(pconf, "excal-cache", NULL, APR_LOCK_DEFAULT, 0) == APR_SUCCESS ? OK : HTTP_INTERNAL_SERVER_ERROR;
}

#define PRIVATE (APR_FPROT_UREAD | APR_FPROT_UWRITE | APR_FPROT_UEXECUTE)

/* The directory belongs to the children's user, and to nobody else. */
static apr_status_t make_cache_dir(const char *dir, server_rec *s, apr_pool_t *pool)
{
    const char *parent;
    apr_finfo_t info;
    apr_status_t rv;

    if (apr_stat(&info, dir, APR_FINFO_TYPE, pool) == APR_SUCCESS)
        return APR_SUCCESS; /* as the administrator made it; the child says when it cannot write there */
    parent = apr_pstrndup(pool, dir, (apr_size_t)(strrchr(dir, '/') - dir));
    if (*parent) /* on the way to it, the children must pass */
        apr_dir_make_recursive(parent, PRIVATE | APR_FPROT_GREAD | APR_FPROT_GEXECUTE | APR_FPROT_WREAD | APR_FPROT_WEXECUTE, pool);
    rv = apr_dir_make(dir, PRIVATE, pool);
    if (rv == APR_SUCCESS && geteuid() == 0 && chown(dir, ap_unixd_config.user_id, ap_unixd_config.group_id) != 0)
        rv = errno;
    if (rv != APR_SUCCESS)
        ap_log_error(APLOG_MARK, APLOG_CRIT, rv, s, "ExcalCache: the directory %s cannot be made", dir);
    return rv;
}

/* What cannot work is said at the start and not only to the first user. */
static void check_locations(server_rec *s)
{
    for (; s; s = s->next) {
        core_server_config *core = ap_get_core_module_config(s->module_config);
        const xc_dir_config_t *outer = ap_get_module_config(s->lookup_defaults, &excal_module);
        int i;
        for (i = 0; core->sec_url && i < core->sec_url->nelts; i++) {
            const xc_dir_config_t *c = ap_get_module_config(APR_ARRAY_IDX(core->sec_url, i, ap_conf_vector_t *), &excal_module);
            c = c ? xc_dir_config_merge(outer, c, s->process->pconf) : outer;
            if (!c->gateway)
                continue;
            if (!c->url && !c->mail_domain && !c->autodiscover_url)
                ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s, "ExchangeGateway is On without ExchangeURL or ExchangeMailDomain: no Exchange can be found");
            if (c->impersonation && !c->service)
                ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s, "ExchangeImpersonation is On without ExchangeServiceAccount");
            if (!c->tls_verify)
                ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s, "ExchangeTLSVerify is Off: passwords can be read by whoever stands between");
        }
    }
}

static apr_status_t on_watchdog(int state, void *data, apr_pool_t *pool)
{
    (void)data;
    if (state == AP_WATCHDOG_STATE_RUNNING)
        xc_child_sweep(pool);
    return APR_SUCCESS;
}

/* A sweep also when nobody asks anything; without mod_watchdog requests do it alone. */
static void start_watchdog(server_rec *s, apr_pool_t *pconf)
{
    APR_OPTIONAL_FN_TYPE(ap_watchdog_get_instance) *get = APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_get_instance);
    APR_OPTIONAL_FN_TYPE(ap_watchdog_register_callback) *add = APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_register_callback);
    ap_watchdog_t *watchdog = NULL;

    int threaded = 0;

    /* a prefork child has one thread and dies in a signal handler: a second one would be torn by it */
    if (!get || !add || ap_mpm_query(AP_MPMQ_IS_THREADED, &threaded) != APR_SUCCESS || !threaded)
        return;
    if (get(&watchdog, "_excal_", 0, 0, pconf) != APR_SUCCESS ||
        add(watchdog, apr_time_from_sec(SWEEP_EVERY_SEC), NULL, on_watchdog) != APR_SUCCESS)
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s, "no watchdog: the cache is swept on requests only");
}

int xc_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    const xc_server_config_t *cfg = server_config(s);
    xc_error_t *err;
    apr_status_t rv;

    (void)plog;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG)
        return OK; /* the first of two passes: all that would be made is thrown away */
    if ((rv = xc_shared_prepare(s, ptemp)) != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, rv, s, "no shared memory for counters and circuit breaker");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    xc_xml_init();
    if ((err = xc_net_init(pconf)) != NULL) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, s, "%s", err->message);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    socache = NULL;
    rv = strncmp(cfg->cache, "lmdb:", 5) == 0 ? make_cache_dir(cfg->cache + 5, s, ptemp)
                                              : xc_socache_prepare(&socache, cfg->cache + strlen("socache:"), s, pconf, ptemp);
    if (rv != APR_SUCCESS)
        return HTTP_INTERNAL_SERVER_ERROR;
    check_locations(s);
    start_watchdog(s, pconf);
    return OK;
}

/* ---- child ---- */

static void open_store(server_rec *s)
{
    const xc_server_config_t *cfg = server_config(s);
    xc_store_config_t sc = {.size_bytes = cfg->cache_bytes, .body_ttl = cfg->body_age, .tombstone_ttl = cfg->tombstone_age};
    xc_error_t *err;
    xc_kv_t kv;

    if (socache) {
        xc_socache_child_init(socache, child.pool);
        xc_socache_kv(&kv, socache);
        err = xc_store_open_kv(&child.store, apr_pmemdup(child.pool, &kv, sizeof(kv)), &sc, &child.log, child.pool);
    } else {
        sc.dir = cfg->cache + strlen("lmdb:");
        err = xc_store_open_lmdb(&child.store, &sc, &child.log, child.pool);
    }
    if (err) {
        child.store = NULL;
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, s, "ExcalCache %s cannot be used, requests are refused: %s%s%s", cfg->cache, err->message,
                     err->detail ? ": " : "", err->detail ? err->detail : "");
    }
}

/* With a request still under way (a child that is told to die at once) nothing may be taken from under it. */
static apr_status_t end_child(void *unused)
{
    (void)unused;
    if (apr_atomic_read32(&child.busy) == 0)
        apr_pool_destroy(child.pool);
    return APR_SUCCESS;
}

/*
 * A prefork child ends inside its handler of SIGTERM or SIGHUP, wherever it stands. Not in the middle of
 * an allocation or a transaction, please: the signal waits until the call is over, which has a deadline.
 */
static void hold_signals(int how)
{
    sigset_t set;

    if (child.threaded)
        return;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(how, &set, NULL);
}

void xc_child_enter(void)
{
    if (apr_atomic_inc32(&child.busy) == 0)
        hold_signals(SIG_BLOCK);
}

void xc_child_leave(void)
{
    if (apr_atomic_dec32(&child.busy) == 0)
        hold_signals(SIG_UNBLOCK);
}

void xc_child_init(apr_pool_t *pchild, server_rec *s)
{
    apr_allocator_t *allocator;
    apr_thread_mutex_t *mutex;
    xc_error_t *err;

#if defined(__GLIBC__) && defined(M_ARENA_MAX)
    /* Parsing a large answer takes megabytes for a moment; with a heap for every thread each thread keeps its own
     * megabytes for ever. An administrator who knows better has said so in the environment. */
    if (!getenv("MALLOC_ARENA_MAX"))
        mallopt(M_ARENA_MAX, HEAPS_PER_CHILD);
#endif
    /* sub-pools are made and ended by many threads: an allocator of our own with a lock of its own */
    memset(&child, 0, sizeof(child));
    ap_mpm_query(AP_MPMQ_IS_THREADED, &child.threaded);
    apr_allocator_create(&allocator);
    apr_pool_create_unmanaged_ex(&child.pool, NULL, allocator);
    apr_allocator_owner_set(allocator, child.pool);
    apr_pool_pre_cleanup_register(pchild, NULL, end_child);
    apr_thread_mutex_create(&mutex, APR_THREAD_MUTEX_DEFAULT, child.pool);
    apr_allocator_mutex_set(allocator, mutex);
    apr_thread_mutex_create(&child.lock, APR_THREAD_MUTEX_DEFAULT, child.pool);
    child.nets = apr_hash_make(child.pool);
    xc_log_for_server(&child.log, s);
    if ((err = xc_zone_init(child.pool)) != NULL) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, s, "time zones: %s; requests are refused", err->message);
        return;
    }
    open_store(s);
}

xc_store_t *xc_child_store(void)
{
    return child.store;
}

xc_error_t *xc_child_net(xc_net_t **out, const xc_dir_config_t *cfg, apr_pool_t *pool)
{
    const char *key = apr_psprintf(pool, "%d %" APR_TIME_T_FMT " %" APR_TIME_T_FMT " %" APR_SIZE_T_FMT " %d %s", cfg->connections, cfg->connect_timeout,
                                   cfg->idle_timeout, cfg->max_answer_bytes, cfg->tls_verify, cfg->ca_file ? cfg->ca_file : "");
    xc_net_config_t nc = {.max_leases = cfg->connections,
                          .connect_timeout = cfg->connect_timeout,
                          .idle_timeout = cfg->idle_timeout,
                          .max_response_bytes = cfg->max_answer_bytes,
                          .tls_verify = cfg->tls_verify,
                          .ca_file = cfg->ca_file,
                          .user_agent = "mod_excal",
                          .observe = xc_shared_observe};
    xc_error_t *err = NULL;

    apr_thread_mutex_lock(child.lock);
    *out = apr_hash_get(child.nets, key, APR_HASH_KEY_STRING);
    if (!*out) {
        err = xc_net_make(out, &nc, xc_shared_breaker(), child.pool);
        if (!err)
            apr_hash_set(child.nets, apr_pstrdup(child.pool, key), APR_HASH_KEY_STRING, *out);
    }
    apr_thread_mutex_unlock(child.lock);
    return err;
}

void xc_child_sweep(apr_pool_t *parent)
{
    xc_shared_t *sh = xc_shared();
    apr_uint32_t now = (apr_uint32_t)apr_time_sec(apr_time_now()), due;
    apr_pool_t *pool;
    xc_error_t *err;

    if (!child.store || !sh)
        return;
    due = apr_atomic_read32(&sh->next_sweep_sec);
    if (due > now || apr_atomic_cas32(&sh->next_sweep_sec, now + SWEEP_EVERY_SEC, due) != due)
        return;
    if (apr_pool_create(&pool, parent) != APR_SUCCESS)
        return;
    xc_child_enter();
    if ((err = xc_store_sweep(child.store, apr_time_now(), pool)) != NULL)
        xc_log(&child.log, XC_LOG_WARNING, "the cache cannot be swept: %s", err->detail ? err->detail : err->message);
    apr_pool_destroy(pool);
    xc_child_leave();
}
