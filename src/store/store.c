/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public functions: keys become digests, arguments are checked, the provider does the rest.
 * Reads that fail are "absent". Writes of what can be had again (bodies, small records, spans) fail
 * silently; a fold that fails is an error, because an answer would be made from it.
 */
#include "store/store.h"

#include <apr_atomic.h>
#include <apr_escape.h>
#include <apr_strings.h>
#include <stdarg.h>
#include <string.h>

#include "base/crypt.h"
#include "store/log.h"
#include "store/store_provider.h"

#define WARN_EVERY_SEC 60

/* ---- common helpers ---- */

void xc_store_digest(unsigned char *out, apr_pool_t *pool, ...)
{
    unsigned char sum[XC_SHA256_BYTES];
    apr_size_t len = 0;
    char small[512], *text = small, *p;
    const char *s;
    va_list ap;

    va_start(ap, pool);
    while ((s = va_arg(ap, const char *)) != NULL)
        len += strlen(s) + 1;
    va_end(ap);
    if (len > sizeof(small))
        text = apr_palloc(pool, len);
    p = text;
    va_start(ap, pool);
    while ((s = va_arg(ap, const char *)) != NULL) {
        apr_size_t n = strlen(s) + 1;

        memcpy(p, s, n);
        p += n;
    }
    va_end(ap);
    xc_crypt_sha256(sum, text, len);
    memcpy(out, sum, XC_DIGEST_BYTES);
}

static const char *copy(const char *s, apr_pool_t *pool)
{
    return s ? apr_pstrdup(pool, s) : NULL;
}

void xc_store_copy_item_into(xc_item_t *to, const xc_item_t *item, apr_pool_t *pool)
{
    *to = *item;
    to->href = copy(item->href, pool);
    to->id = copy(item->id, pool);
    to->change_key = copy(item->change_key, pool);
    to->uid = copy(item->uid, pool);
    to->etag = copy(item->etag, pool);
}

xc_item_t *xc_store_copy_item(const xc_item_t *item, apr_pool_t *pool)
{
    xc_item_t *to = apr_palloc(pool, sizeof(*to));

    xc_store_copy_item_into(to, item, pool);
    return to;
}

xc_body_t *xc_store_copy_body(const xc_body_t *body, apr_pool_t *pool)
{
    xc_body_t *to = apr_palloc(pool, sizeof(*to));

    to->id = copy(body->id, pool);
    to->change_key = copy(body->change_key, pool);
    to->note = copy(body->note, pool);
    to->extra = copy(body->extra, pool);
    to->text = body->text ? apr_pstrmemdup(pool, body->text, body->len) : NULL;
    to->len = body->text ? body->len : 0;
    return to;
}

int xc_store_may_warn(xc_store_t *store)
{
    apr_uint32_t now = (apr_uint32_t)apr_time_sec(apr_time_now());
    apr_uint32_t last = apr_atomic_read32(&store->warned_sec);

    return now - last >= WARN_EVERY_SEC && apr_atomic_cas32(&store->warned_sec, now, last) == last;
}

xc_error_t *xc_store_make(xc_store_t **out, const xc_provider_t *provider, void *impl, const xc_store_config_t *cfg,
                          const xc_log_t *log, apr_pool_t *pool)
{
    xc_store_t *store = apr_pcalloc(pool, sizeof(*store));

    *out = NULL;
    store->provider = provider;
    store->impl = impl;
    store->cfg = *cfg;
    store->log = log;
    XC_TRY(xc_flights_make(&store->flights, pool));
    *out = store;
    return NULL;
}

static xc_error_t *unavailable(apr_pool_t *pool)
{
    xc_error_t *err = xc_error_make(pool, 503, XC_COND_NONE, "The gateway cannot keep what it knows of this calendar at the moment.");

    return xc_error_code(xc_error_retry(err, 30), pool, "store-unavailable");
}

static const char *text(const char *s)
{
    return s ? s : "";
}

typedef struct call_t {
    xc_calid_t cal;
    xc_calkey_t key;
} call_t;

static const xc_calid_t *identify(call_t *c, const xc_calkey_t *key, apr_pool_t *pool)
{
    c->key.origin = text(key->origin);
    c->key.account = text(key->account);
    c->key.mailbox = text(key->mailbox);
    c->key.folder = text(key->folder);
    c->cal.key = &c->key;
    xc_store_digest(c->cal.digest, pool, c->key.origin, c->key.account, c->key.mailbox, c->key.folder, NULL);
    return &c->cal;
}

static int run(xc_store_t *store, const xc_calkey_t *key, int write, xc_logfn_t fn, void *ctx, apr_pool_t *pool)
{
    call_t c;

    return store->provider->log_run(store, identify(&c, key, pool), write, fn, ctx, pool);
}

/* ---- the log ---- */

xc_error_t *xc_store_calendar(xc_calinfo_t **out, xc_store_t *store, const xc_calkey_t *key, apr_pool_t *pool)
{
    xc_reading_t r = {.pool = pool};

    *out = run(store, key, 0, xc_log_info, &r, pool) == 0 ? r.info : NULL;
    return NULL;
}

xc_error_t *xc_store_fold(int *stale, xc_store_t *store, const xc_calkey_t *key, const char *base_state,
                          const char *new_state, const xc_change_t *changes, int n, int last_page,
                          apr_time_t asked_at, apr_pool_t *pool)
{
    xc_fold_t f = {.base_state = base_state, .new_state = new_state, .changes = changes, .n = n,
                   .last_page = last_page, .asked_at = asked_at};

    *stale = 0;
    if (run(store, key, 1, xc_log_fold, &f, pool) != 0)
        return unavailable(pool);
    *stale = f.stale;
    return NULL;
}

xc_error_t *xc_store_replace(xc_store_t *store, const xc_calkey_t *key, const char *new_state, const xc_item_t *items,
                             int n, apr_time_t asked_at, apr_pool_t *pool)
{
    xc_fold_t f = {.new_state = new_state, .items = items, .n = n, .last_page = 1, .asked_at = asked_at};

    return run(store, key, 1, xc_log_replace, &f, pool) == 0 ? NULL : unavailable(pool);
}

xc_error_t *xc_store_forget(xc_store_t *store, const xc_calkey_t *key, apr_pool_t *pool)
{
    return run(store, key, 1, xc_log_forget, NULL, pool) == 0 ? NULL : unavailable(pool);
}

xc_error_t *xc_store_expire(xc_store_t *store, const xc_calkey_t *key, apr_pool_t *pool)
{
    return run(store, key, 1, xc_log_expire, NULL, pool) == 0 ? NULL : unavailable(pool);
}

static xc_error_t *find(xc_item_t **out, xc_store_t *store, const xc_calkey_t *key, xc_index_e index, const char *value,
                        apr_pool_t *pool)
{
    xc_reading_t r = {.pool = pool, .index = index, .value = value};

    *out = NULL;
    if (value && run(store, key, 0, xc_log_find, &r, pool) == 0)
        *out = r.item;
    return NULL;
}

xc_error_t *xc_store_by_href(xc_item_t **out, xc_store_t *store, const xc_calkey_t *key, const char *href, apr_pool_t *pool)
{
    return find(out, store, key, XC_INDEX_HREF, href, pool);
}

xc_error_t *xc_store_by_uid(xc_item_t **out, xc_store_t *store, const xc_calkey_t *key, const char *uid, apr_pool_t *pool)
{
    return find(out, store, key, XC_INDEX_UID, uid, pool);
}

xc_error_t *xc_store_by_id(xc_item_t **out, xc_store_t *store, const xc_calkey_t *key, const char *id, apr_pool_t *pool)
{
    return find(out, store, key, XC_INDEX_ID, id, pool);
}

xc_error_t *xc_store_list(apr_array_header_t **items, xc_calinfo_t **info, xc_store_t *store, const xc_calkey_t *key,
                          apr_pool_t *pool)
{
    xc_reading_t r = {.pool = pool};
    int done = run(store, key, 0, xc_log_list, &r, pool) == 0;

    *items = done ? r.items : apr_array_make(pool, 0, sizeof(xc_item_t));
    *info = done ? r.info : NULL;
    return NULL;
}

xc_error_t *xc_store_since(apr_array_header_t **items, xc_calinfo_t **info, int *more, xc_store_t *store,
                           const xc_calkey_t *key, apr_uint64_t seq, int limit, apr_pool_t *pool)
{
    xc_reading_t r = {.pool = pool, .seq = seq, .limit = limit};
    int done = run(store, key, 0, xc_log_since, &r, pool) == 0;

    *items = done ? r.items : apr_array_make(pool, 0, sizeof(xc_item_t));
    *info = done ? r.info : NULL;
    *more = done ? r.more : 0;
    return NULL;
}

xc_error_t *xc_store_set_spans(xc_store_t *store, const xc_calkey_t *key, const xc_span_t *spans, int n, apr_pool_t *pool)
{
    xc_spans_t s = {spans, n};

    if (n > 0)
        (void)run(store, key, 1, xc_log_set_spans, &s, pool);
    return NULL;
}

xc_error_t *xc_store_set_span(xc_store_t *store, const xc_calkey_t *key, const char *id, const char *change_key,
                              apr_time_t first, apr_time_t last, apr_pool_t *pool)
{
    xc_span_t span = {id, change_key, first, last};

    return xc_store_set_spans(store, key, &span, 1, pool);
}

/* ---- bodies ---- */

static void owner_of(unsigned char *owner, const xc_calkey_t *key, apr_pool_t *pool)
{
    xc_store_digest(owner, pool, "body", text(key->origin), text(key->account), NULL);
}

void xc_store_body_digest(unsigned char *out, const unsigned char *owner, const char *id, const char *change_key,
                          apr_pool_t *pool)
{
    xc_store_digest(out, pool, apr_pescape_hex(pool, owner, XC_DIGEST_BYTES, 0), id, change_key, NULL);
}

int xc_store_body_is(const xc_bodyrec_t *rec, const unsigned char *owner, const char *id, const char *change_key)
{
    return memcmp(rec->owner, owner, XC_DIGEST_BYTES) == 0 && strcmp(rec->body.id, id) == 0 &&
           strcmp(rec->body.change_key, change_key) == 0;
}

xc_error_t *xc_store_bodies(xc_body_t **found, xc_store_t *store, const xc_calkey_t *key, const xc_item_t *const *items,
                            int n, apr_pool_t *pool)
{
    unsigned char owner[XC_DIGEST_BYTES];
    int i;

    for (i = 0; i < n; i++)
        found[i] = NULL;
    owner_of(owner, key, pool);
    if (n > 0)
        store->provider->bodies_get(found, store, owner, items, n, pool);
    return NULL;
}

xc_error_t *xc_store_put_bodies(xc_store_t *store, const xc_calkey_t *key, const xc_body_t *bodies, int n, apr_pool_t *pool)
{
    unsigned char owner[XC_DIGEST_BYTES];

    owner_of(owner, key, pool);
    if (n > 0)
        (void)store->provider->bodies_put(store, owner, bodies, n, pool);
    return NULL;
}

/* ---- small records ---- */

xc_error_t *xc_store_get(unsigned char **value, apr_size_t *len, xc_store_t *store, const char *space, const char *key,
                         apr_pool_t *pool)
{
    unsigned char digest[XC_DIGEST_BYTES];
    xc_smallrec_t rec;

    *value = NULL;
    *len = 0;
    xc_store_digest(digest, pool, "small", space, key, NULL);
    if (store->provider->small_get(&rec, store, digest, pool) && strcmp(rec.space, space) == 0 &&
        strcmp(rec.key, key) == 0 && rec.expires_at > apr_time_now()) {
        *value = apr_pmemdup(pool, rec.value, rec.len + 1);
        *len = rec.len;
    }
    return NULL;
}

xc_error_t *xc_store_set(xc_store_t *store, const char *space, const char *key, const void *value, apr_size_t len,
                         apr_interval_time_t ttl, apr_pool_t *pool)
{
    unsigned char digest[XC_DIGEST_BYTES];
    xc_smallrec_t rec = {space, key, apr_time_now() + ttl, value, len};

    if (ttl <= 0 || len > XC_RECORD_STRING_MAX)
        return xc_store_delete(store, space, key, pool);
    xc_store_digest(digest, pool, "small", space, key, NULL);
    (void)store->provider->small_set(store, digest, &rec, pool);
    return NULL;
}

xc_error_t *xc_store_delete(xc_store_t *store, const char *space, const char *key, apr_pool_t *pool)
{
    unsigned char digest[XC_DIGEST_BYTES];

    xc_store_digest(digest, pool, "small", space, key, NULL);
    if (store->provider->small_del(store, digest, pool) != 0)
        return unavailable(pool);
    return NULL;
}

/* ---- upkeep ---- */

xc_error_t *xc_store_stats(xc_store_stats_t *out, xc_store_t *store, apr_pool_t *pool)
{
    memset(out, 0, sizeof(*out));
    out->provider = store->provider->name;
    out->size_bytes = store->cfg.size_bytes;
    store->provider->stats(out, store, pool);
    return NULL;
}

xc_error_t *xc_store_sweep(xc_store_t *store, apr_time_t now, apr_pool_t *pool)
{
    store->provider->sweep(store, now, pool);
    return NULL;
}
