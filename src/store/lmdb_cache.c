/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies, small records and leases in LMDB. */
#include <apr_strings.h>
#include <string.h>

#include "store/lmdb.h"

#define BODIES_PER_TXN 64

/* ---- bodies ---- */

static apr_uint32_t use_now(void)
{
    return (apr_uint32_t)(apr_time_sec(apr_time_now()) / XC_LMDB_USE_SEC);
}

static void use_keys(unsigned char by_body[1 + XC_DIGEST_BYTES], unsigned char by_time[5 + XC_DIGEST_BYTES],
                     const unsigned char *digest, apr_uint32_t when)
{
    by_body[0] = 'K';
    memcpy(by_body + 1, digest, XC_DIGEST_BYTES);
    by_time[0] = 'T';
    xc_record_put_u32(by_time + 1, when);
    memcpy(by_time + 5, digest, XC_DIGEST_BYTES);
}

/** @return 1 = known and *when set */
static int last_use(apr_uint32_t *when, MDB_txn *txn, xc_lmdb_t *lm, const unsigned char *digest)
{
    unsigned char by_body[1 + XC_DIGEST_BYTES], by_time[5 + XC_DIGEST_BYTES];
    MDB_val v;

    use_keys(by_body, by_time, digest, 0);
    if (xc_lmdb_get(txn, lm->dbi[XC_DB_USE], by_body, sizeof(by_body), &v) != 0 || v.mv_size != 4)
        return 0;
    *when = xc_record_get_u32(v.mv_data);
    return 1;
}

static int mark_use(MDB_txn *txn, xc_lmdb_t *lm, const unsigned char *digest, apr_uint32_t when)
{
    unsigned char by_body[1 + XC_DIGEST_BYTES], by_time[5 + XC_DIGEST_BYTES], value[4];
    MDB_dbi dbi = lm->dbi[XC_DB_USE];
    apr_uint32_t before;
    int rc = 0;

    if (last_use(&before, txn, lm, digest)) {
        if (before == when)
            return 0;
        use_keys(by_body, by_time, digest, before);
        rc = xc_lmdb_del(txn, dbi, by_time, sizeof(by_time));
    }
    use_keys(by_body, by_time, digest, when);
    xc_record_put_u32(value, when);
    if (!rc)
        rc = xc_lmdb_put(txn, dbi, by_body, sizeof(by_body), value, sizeof(value));
    if (!rc)
        rc = xc_lmdb_put(txn, dbi, by_time, sizeof(by_time), "", 0);
    return rc;
}

int xc_lmdb_drop_body(MDB_txn *txn, xc_lmdb_t *lm, const unsigned char *digest, apr_uint32_t used)
{
    unsigned char by_body[1 + XC_DIGEST_BYTES], by_time[5 + XC_DIGEST_BYTES];
    MDB_dbi dbi = lm->dbi[XC_DB_USE];
    apr_uint32_t latest;
    int rc = 0;

    use_keys(by_body, by_time, digest, used);
    /* a mark left over from an earlier use says nothing about the body */
    if (!last_use(&latest, txn, lm, digest) || latest == used) {
        rc = xc_lmdb_del(txn, lm->dbi[XC_DB_BODY], digest, XC_DIGEST_BYTES);
        if (!rc)
            rc = xc_lmdb_del(txn, dbi, by_body, sizeof(by_body));
    }
    return rc ? rc : xc_lmdb_del(txn, dbi, by_time, sizeof(by_time));
}

typedef struct bodies_t {
    const unsigned char *owner;
    const xc_item_t *const *items;
    int n;
    unsigned char *digests;     /* n of them */
    xc_bytes_t *bytes;          /* to be written */
    unsigned char *touch;       /* to be marked as used: per item */
    int touches;
    xc_body_t **found;
    apr_pool_t *pool;
} bodies_t;

static int read_bodies(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    bodies_t *b = ctx;
    apr_uint32_t now = use_now(), when;
    int i;

    b->touches = 0;
    for (i = 0; i < b->n; i++) {
        const unsigned char *digest = b->digests + (apr_size_t)i * XC_DIGEST_BYTES;
        const xc_item_t *item = b->items[i];
        xc_bodyrec_t rec;
        MDB_val v;
        int rc;

        b->found[i] = NULL;
        b->touch[i] = 0;
        if (!item->id || !item->change_key)
            continue;
        rc = xc_lmdb_get(txn, lm->dbi[XC_DB_BODY], digest, XC_DIGEST_BYTES, &v);
        if (rc == MDB_NOTFOUND)
            continue;
        if (rc)
            return rc;
        if (xc_record_decode_body(&rec, v.mv_data, v.mv_size) != 0 ||
            !xc_store_body_is(&rec, b->owner, item->id, item->change_key))
            continue;
        b->found[i] = xc_store_copy_body(&rec.body, b->pool);
        if (!last_use(&when, txn, lm, digest) || when != now) {
            b->touch[i] = 1;
            b->touches++;
        }
    }
    return XC_LMDB_ABORT;
}

static int touch_bodies(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    bodies_t *b = ctx;
    apr_uint32_t now = use_now();
    int i, rc = 0;

    for (i = 0; i < b->n && !rc; i++) {
        if (b->touch[i])
            rc = mark_use(txn, lm, b->digests + (apr_size_t)i * XC_DIGEST_BYTES, now);
    }
    return rc;
}

static int write_bodies(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    bodies_t *b = ctx;
    apr_uint32_t now = use_now();
    int i, rc = 0;

    for (i = 0; i < b->n && !rc; i++) {
        const unsigned char *digest = b->digests + (apr_size_t)i * XC_DIGEST_BYTES;

        if (!b->bytes[i].data)
            continue;
        rc = xc_lmdb_put(txn, lm->dbi[XC_DB_BODY], digest, XC_DIGEST_BYTES, b->bytes[i].data, b->bytes[i].len);
        if (!rc)
            rc = mark_use(txn, lm, digest, now);
    }
    return rc;
}

void xc_lmdb_bodies_get(xc_body_t **found, xc_store_t *store, const unsigned char *owner, const xc_item_t *const *items,
                        int n, apr_pool_t *pool)
{
    bodies_t b = {.owner = owner, .items = items, .n = n, .found = found, .pool = pool};
    apr_pool_t *scratch;
    int i;

    if (apr_pool_create(&scratch, pool) != APR_SUCCESS)
        return;
    b.digests = apr_pcalloc(scratch, (apr_size_t)n * XC_DIGEST_BYTES);
    b.touch = apr_pcalloc(scratch, (apr_size_t)n);
    for (i = 0; i < n; i++) {
        if (items[i]->id && items[i]->change_key)
            xc_store_body_digest(b.digests + (apr_size_t)i * XC_DIGEST_BYTES, owner, items[i]->id, items[i]->change_key, scratch);
    }
    if (xc_lmdb_run(store->impl, 0, read_bodies, &b) != 0)
        memset(found, 0, (apr_size_t)n * sizeof(*found));
    else if (b.touches)
        (void)xc_lmdb_run(store->impl, 1, touch_bodies, &b);
    apr_pool_destroy(scratch);
}

int xc_lmdb_bodies_put(xc_store_t *store, const unsigned char *owner, const xc_body_t *bodies, int n, apr_pool_t *pool)
{
    xc_lmdb_t *lm = store->impl;
    unsigned char digests[BODIES_PER_TXN * XC_DIGEST_BYTES];
    xc_bytes_t bytes[BODIES_PER_TXN];
    bodies_t b = {.owner = owner, .digests = digests, .bytes = bytes};
    apr_pool_t *scratch;
    int at, i, failed = 0;

    if (apr_pool_create(&scratch, pool) != APR_SUCCESS)
        return -1;
    for (at = 0; at < n && !failed; at += BODIES_PER_TXN) {
        apr_pool_clear(scratch);
        b.n = n - at < BODIES_PER_TXN ? n - at : BODIES_PER_TXN;
        for (i = 0; i < b.n; i++) {
            const xc_body_t *body = &bodies[at + i];
            xc_bodyrec_t rec;

            bytes[i].data = NULL;
            /* one body must not push out all the others */
            if (!body->id || !body->change_key || body->len > lm->map_bytes / 16)
                continue;
            memcpy(rec.owner, owner, XC_DIGEST_BYTES);
            rec.body = *body;
            xc_record_encode_body(&bytes[i], &rec, scratch);
            xc_store_body_digest(digests + (apr_size_t)i * XC_DIGEST_BYTES, owner, body->id, body->change_key, scratch);
        }
        failed = xc_lmdb_run(lm, 1, write_bodies, &b);
    }
    apr_pool_destroy(scratch);
    xc_lmdb_room_check(lm);
    return failed;
}

/* ---- small records ---- */

typedef struct small_t {
    const unsigned char *digest;
    xc_bytes_t bytes;
    apr_time_t expires_at;
    xc_smallrec_t *out;
    int found;
    apr_pool_t *pool;
} small_t;

static int read_small(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    small_t *s = ctx;
    MDB_val v;
    int rc = xc_lmdb_get(txn, lm->dbi[XC_DB_SMALL], s->digest, XC_DIGEST_BYTES, &v);

    s->found = 0;
    if (rc)
        return rc == MDB_NOTFOUND ? XC_LMDB_ABORT : rc;
    if (xc_record_decode_small(s->out, v.mv_data, v.mv_size) == 0) {
        s->out->space = apr_pstrdup(s->pool, s->out->space);
        s->out->key = apr_pstrdup(s->pool, s->out->key);
        s->out->value = apr_pmemdup(s->pool, s->out->value, s->out->len + 1);
        s->found = 1;
    }
    return XC_LMDB_ABORT;
}

static void expiry_key(unsigned char key[8 + XC_DIGEST_BYTES], apr_time_t at, const unsigned char *digest)
{
    xc_record_put_u64(key, (apr_uint64_t)apr_time_sec(at));
    memcpy(key + 8, digest, XC_DIGEST_BYTES);
}

static int drop_small(MDB_txn *txn, xc_lmdb_t *lm, const unsigned char *digest)
{
    unsigned char key[8 + XC_DIGEST_BYTES];
    xc_smallrec_t old;
    MDB_val v;
    int rc = xc_lmdb_get(txn, lm->dbi[XC_DB_SMALL], digest, XC_DIGEST_BYTES, &v);

    if (rc)
        return rc == MDB_NOTFOUND ? 0 : rc;
    if (xc_record_decode_small(&old, v.mv_data, v.mv_size) == 0) {
        expiry_key(key, old.expires_at, digest);
        rc = xc_lmdb_del(txn, lm->dbi[XC_DB_EXPIRY], key, sizeof(key));
    }
    return rc ? rc : xc_lmdb_del(txn, lm->dbi[XC_DB_SMALL], digest, XC_DIGEST_BYTES);
}

static int write_small(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    small_t *s = ctx;
    unsigned char key[8 + XC_DIGEST_BYTES];
    int rc = drop_small(txn, lm, s->digest);

    expiry_key(key, s->expires_at, s->digest);
    if (!rc)
        rc = xc_lmdb_put(txn, lm->dbi[XC_DB_SMALL], s->digest, XC_DIGEST_BYTES, s->bytes.data, s->bytes.len);
    if (!rc)
        rc = xc_lmdb_put(txn, lm->dbi[XC_DB_EXPIRY], key, sizeof(key), "", 0);
    return rc;
}

static int delete_small(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    small_t *s = ctx;

    return drop_small(txn, lm, s->digest);
}

int xc_lmdb_small_get(xc_smallrec_t *out, xc_store_t *store, const unsigned char *digest, apr_pool_t *pool)
{
    small_t s = {.digest = digest, .out = out, .pool = pool};

    return xc_lmdb_run(store->impl, 0, read_small, &s) == 0 && s.found;
}

int xc_lmdb_small_set(xc_store_t *store, const unsigned char *digest, const xc_smallrec_t *rec, apr_pool_t *pool)
{
    small_t s = {.digest = digest, .expires_at = rec->expires_at};

    xc_record_encode_small(&s.bytes, rec, pool);
    return xc_lmdb_run(store->impl, 1, write_small, &s);
}

int xc_lmdb_small_del(xc_store_t *store, const unsigned char *digest, apr_pool_t *pool)
{
    small_t s = {.digest = digest, .pool = pool};

    return xc_lmdb_run(store->impl, 1, delete_small, &s);
}

/* ---- leases ---- */

typedef struct leasing_t {
    const unsigned char *digest;
    const xc_lease_t *mine;
    xc_lease_t *seen;
    apr_time_t now;
    int result;
    apr_pool_t *pool;
} leasing_t;

/** @return LMDB's code; seen->what NULL when there is none or not a whole one */
static int load_lease(leasing_t *l, MDB_txn *txn, xc_lmdb_t *lm)
{
    MDB_val v;
    int rc = xc_lmdb_get(txn, lm->dbi[XC_DB_LEASE], l->digest, XC_DIGEST_BYTES, &v);

    memset(l->seen, 0, sizeof(*l->seen));
    if (rc)
        return rc == MDB_NOTFOUND ? 0 : rc;
    if (xc_record_decode_lease(l->seen, v.mv_data, v.mv_size) != 0)
        memset(l->seen, 0, sizeof(*l->seen));
    else
        l->seen->what = apr_pstrdup(l->pool, l->seen->what);
    return 0;
}

static int store_lease(leasing_t *l, MDB_txn *txn, xc_lmdb_t *lm, const xc_lease_t *lease)
{
    xc_bytes_t bytes;

    xc_record_encode_lease(&bytes, lease, l->pool);
    return xc_lmdb_put(txn, lm->dbi[XC_DB_LEASE], l->digest, XC_DIGEST_BYTES, bytes.data, bytes.len);
}

static int take_lease(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    leasing_t *l = ctx;
    xc_lease_t mine = *l->mine;
    int rc = load_lease(l, txn, lm);

    l->result = 0;
    if (rc)
        return rc;
    if (l->seen->what && !xc_lease_free(l->seen, l->now))
        return XC_LMDB_ABORT;
    mine.generation = l->seen->generation;
    l->result = 1;
    return store_lease(l, txn, lm, &mine);
}

static int look_lease(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    int rc = load_lease(ctx, txn, lm);

    return rc ? rc : XC_LMDB_ABORT;
}

static int give_lease(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    leasing_t *l = ctx;
    xc_lease_t free_now;
    int rc = load_lease(l, txn, lm);

    if (rc)
        return rc;
    if (!l->seen->what || l->seen->holder != l->mine->holder)
        return XC_LMDB_ABORT;
    memset(&free_now, 0, sizeof(free_now));
    free_now.what = l->seen->what;
    free_now.generation = l->seen->generation + 1;
    free_now.expires_at = apr_time_now();
    return store_lease(l, txn, lm, &free_now);
}

int xc_lmdb_lease_take(xc_lease_t *seen, xc_store_t *store, const unsigned char *digest, const xc_lease_t *mine,
                       apr_time_t now, apr_pool_t *pool)
{
    leasing_t l = {digest, mine, seen, now, 0, pool};

    return xc_lmdb_run(store->impl, 1, take_lease, &l) == 0 ? l.result : -1;
}

int xc_lmdb_lease_look(xc_lease_t *out, xc_store_t *store, const unsigned char *digest, apr_pool_t *pool)
{
    leasing_t l = {digest, NULL, out, 0, 0, pool};

    return xc_lmdb_run(store->impl, 0, look_lease, &l) == 0 && out->what;
}

void xc_lmdb_lease_give(xc_store_t *store, const unsigned char *digest, const xc_lease_t *mine, apr_pool_t *pool)
{
    xc_lease_t seen;
    leasing_t l = {digest, mine, &seen, 0, 0, pool};

    (void)xc_lmdb_run(store->impl, 1, give_lease, &l);
}
