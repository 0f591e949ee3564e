/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the store's tests share: a store of either provider in a directory of its own, a key-value
 * cache in memory, and short ways to say what is folded and what is expected.
 */
#ifndef T_UNIT_STORE_FIXTURE_H
#define T_UNIT_STORE_FIXTURE_H

#include <apr_file_io.h>
#include <apr_general.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store.h"

enum { FIX_LMDB, FIX_KV, FIX_PROVIDERS };

/* ---- a key-value cache in this process's memory ---- */

typedef struct fix_kv_t {
    apr_pool_t *pool;
    apr_thread_mutex_t *mutex;
    apr_hash_t *values;
    xc_kv_t kv;
    int broken;            /* every call fails */
    apr_uint64_t gets, sets;
} fix_kv_t;

typedef struct fix_value_t {
    apr_size_t len;
    apr_time_t expiry;
    unsigned char bytes[];
} fix_value_t;

static inline int fix_kv_get(void *ctx, const char *key, unsigned char **value, apr_size_t *len, apr_pool_t *pool)
{
    fix_kv_t *k = ctx;
    fix_value_t *v;
    int rc = -1;

    apr_thread_mutex_lock(k->mutex);
    k->gets++;
    v = k->broken ? NULL : apr_hash_get(k->values, key, APR_HASH_KEY_STRING);
    if (v && v->expiry > apr_time_now()) {
        *value = apr_pmemdup(pool, v->bytes, v->len);
        *len = v->len;
        rc = 0;
    }
    apr_thread_mutex_unlock(k->mutex);
    return rc;
}

static inline int fix_kv_del(void *ctx, const char *key)
{
    fix_kv_t *k = ctx;
    fix_value_t *v;

    apr_thread_mutex_lock(k->mutex);
    v = k->broken ? NULL : apr_hash_get(k->values, key, APR_HASH_KEY_STRING);
    if (v) {
        /* the key's memory stays in the pool: tests are short */
        apr_hash_set(k->values, key, APR_HASH_KEY_STRING, NULL);
        free(v);
    }
    apr_thread_mutex_unlock(k->mutex);
    return k->broken ? -1 : 0;
}

static inline int fix_kv_set(void *ctx, const char *key, const unsigned char *value, apr_size_t len, apr_time_t expiry)
{
    fix_kv_t *k = ctx;
    fix_value_t *v, *old;

    if (k->broken || len > k->kv.max_value_bytes)
        return -1;
    v = malloc(sizeof(*v) + len);
    v->len = len;
    v->expiry = expiry;
    memcpy(v->bytes, value, len);
    apr_thread_mutex_lock(k->mutex);
    k->sets++;
    old = apr_hash_get(k->values, key, APR_HASH_KEY_STRING);
    apr_hash_set(k->values, old ? key : apr_pstrdup(k->pool, key), APR_HASH_KEY_STRING, v);
    free(old);
    apr_thread_mutex_unlock(k->mutex);
    return 0;
}

static inline apr_status_t fix_kv_free(void *data)
{
    fix_kv_t *k = data;
    apr_hash_index_t *hi;

    for (hi = apr_hash_first(k->pool, k->values); hi; hi = apr_hash_next(hi))
        free(apr_hash_this_val(hi));
    return APR_SUCCESS;
}

static inline fix_kv_t *fix_kv_make(apr_pool_t *pool, apr_size_t max_value_bytes)
{
    fix_kv_t *k = apr_pcalloc(pool, sizeof(*k));

    k->pool = pool;
    apr_thread_mutex_create(&k->mutex, APR_THREAD_MUTEX_NESTED, pool);
    k->values = apr_hash_make(pool);
    k->kv.ctx = k;
    k->kv.get = fix_kv_get;
    k->kv.set = fix_kv_set;
    k->kv.del = fix_kv_del;
    k->kv.max_value_bytes = max_value_bytes;
    apr_pool_cleanup_register(pool, k, fix_kv_free, apr_pool_cleanup_null);
    return k;
}

/* ---- a store ---- */

typedef struct fix_t {
    apr_pool_t *pool;      /* of the test */
    apr_pool_t *store_pool;
    int provider;
    const char *dir;
    fix_kv_t *kv;
    xc_store_config_t cfg;
    xc_store_t *store;
    xc_calkey_t key;
    int errors, warnings;  /* spoken in the log */
    xc_log_t log;
} fix_t;

static inline void fix_log(void *ctx, xc_log_level_e level, const char *file, int line, const char *text)
{
    fix_t *f = ctx;

    if (level == XC_LOG_ERROR)
        f->errors++;
    if (level == XC_LOG_WARNING)
        f->warnings++;
    if (getenv("STORE_TEST_LOG"))
        fprintf(stderr, "%s:%d: %s\n", file, line, text);
}

static inline void fix_remove_dir(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    char path[1024];

    while (d && (e = readdir(d)) != NULL) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
        unlink(path);
    }
    if (d)
        closedir(d);
    rmdir(dir);
}

static inline void fix_open(fix_t *f)
{
    xc_error_t *err;

    apr_pool_create(&f->store_pool, f->pool);
    if (f->provider == FIX_LMDB)
        err = xc_store_open_lmdb(&f->store, &f->cfg, &f->log, f->store_pool);
    else
        err = xc_store_open_kv(&f->store, &f->kv->kv, &f->cfg, &f->log, f->store_pool);
    ck_assert_msg(err == NULL, "%s %s", err ? err->message : "", err && err->detail ? err->detail : "");
}

static inline void fix_close(fix_t *f)
{
    apr_pool_destroy(f->store_pool);
    f->store = NULL;
}

static inline fix_t *fix_make(int provider)
{
    apr_pool_t *pool;
    fix_t *f;
    char *dir;

    apr_pool_create(&pool, NULL);
    f = apr_pcalloc(pool, sizeof(*f));
    f->pool = pool;
    f->provider = provider;
    dir = apr_pstrdup(pool, "/tmp/excal-store-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    f->dir = dir;
    f->cfg.dir = apr_pstrcat(pool, dir, "/cache", NULL);
    f->cfg.size_bytes = 64 * 1024 * 1024;
    f->cfg.body_ttl = apr_time_from_sec(30 * 86400);
    f->cfg.tombstone_ttl = apr_time_from_sec(60 * 86400);
    f->log.level = XC_LOG_TRACE;
    f->log.write = fix_log;
    f->log.ctx = f;
    f->kv = fix_kv_make(pool, 60000);
    f->key.origin = "https://mail.contoso.example";
    f->key.account = "alice@contoso.example";
    f->key.mailbox = "alice@contoso.example";
    f->key.folder = "AAMkAGcalendar";
    fix_open(f);
    return f;
}

static inline void fix_free(fix_t *f)
{
    fix_close(f);
    fix_remove_dir(f->cfg.dir);
    rmdir(f->dir);
    apr_pool_destroy(f->pool);
}

/* ---- saying things ---- */

static inline xc_change_t fix_upsert(const char *id, const char *change_key, const char *href, const char *uid)
{
    xc_change_t c;

    memset(&c, 0, sizeof(c));
    c.kind = XC_CHANGE_UPSERT;
    c.item.id = id;
    c.item.change_key = change_key;
    c.item.href = href;
    c.item.uid = uid;
    c.item.etag = change_key;
    return c;
}

static inline xc_change_t fix_delete(const char *id)
{
    xc_change_t c;

    memset(&c, 0, sizeof(c));
    c.kind = XC_CHANGE_DELETE;
    c.item.id = id;
    return c;
}

/** Fold; fails the test on an error. @return stale */
static inline int fix_fold(fix_t *f, const char *base, const char *next, const xc_change_t *changes, int n, int last)
{
    int stale = -1;
    xc_error_t *err = xc_store_fold(&stale, f->store, &f->key, base, next, changes, n, last, apr_time_now(), f->pool);

    ck_assert_msg(err == NULL, "fold: %s", err ? err->message : "");
    return stale;
}

/** A local write. */
static inline void fix_local(fix_t *f, xc_change_t change)
{
    ck_assert_int_eq(fix_fold(f, NULL, NULL, &change, 1, 0), 0);
}

static inline xc_calinfo_t *fix_info(fix_t *f)
{
    xc_calinfo_t *info = NULL;

    ck_assert_ptr_null(xc_store_calendar(&info, f->store, &f->key, f->pool));
    return info;
}

static inline xc_item_t *fix_href(fix_t *f, const char *href)
{
    xc_item_t *item = NULL;

    ck_assert_ptr_null(xc_store_by_href(&item, f->store, &f->key, href, f->pool));
    return item;
}

static inline xc_item_t *fix_id(fix_t *f, const char *id)
{
    xc_item_t *item = NULL;

    ck_assert_ptr_null(xc_store_by_id(&item, f->store, &f->key, id, f->pool));
    return item;
}

static inline xc_item_t *fix_uid(fix_t *f, const char *uid)
{
    xc_item_t *item = NULL;

    ck_assert_ptr_null(xc_store_by_uid(&item, f->store, &f->key, uid, f->pool));
    return item;
}

/** "a.ics b.ics" */
static inline const char *fix_list(fix_t *f)
{
    apr_array_header_t *items;
    xc_calinfo_t *info;
    const char *out = "";
    int i;

    ck_assert_ptr_null(xc_store_list(&items, &info, f->store, &f->key, f->pool));
    if (info)
        ck_assert_int_eq(info->count, items->nelts);
    for (i = 0; i < items->nelts; i++)
        out = apr_pstrcat(f->pool, out, i ? " " : "", APR_ARRAY_IDX(items, i, xc_item_t).href, NULL);
    return out;
}

/** "+a.ics@3 -b.ics@4", a final "..." when there is more */
static inline const char *fix_since(fix_t *f, apr_uint64_t seq, int limit)
{
    apr_array_header_t *items;
    xc_calinfo_t *info;
    const char *out = "";
    int i, more;

    ck_assert_ptr_null(xc_store_since(&items, &info, &more, f->store, &f->key, seq, limit, f->pool));
    for (i = 0; i < items->nelts; i++) {
        const xc_item_t *item = &APR_ARRAY_IDX(items, i, xc_item_t);

        out = apr_psprintf(f->pool, "%s%s%c%s@%" APR_UINT64_T_FMT, out, i ? " " : "", item->deleted ? '-' : '+', item->href,
                           item->changed_seq);
    }
    return more ? apr_pstrcat(f->pool, out, " ...", NULL) : out;
}

static inline int fix_run(Suite *suite)
{
    SRunner *runner;
    int failed;

    apr_initialize();
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    apr_terminate();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
