/* SPDX-License-Identifier: Apache-2.0 */
/* The change log in LMDB: items by number, and the indexes that find them. Keys: see lmdb.h. */
#include <apr_strings.h>
#include <string.h>

#include "base/crypt.h"
#include "store/lmdb.h"

#define KEY_MAX (XC_DIGEST_BYTES + 1 + XC_DIGEST_BYTES + 8)

enum { K_ITEM = 'I', K_HREF = 'H', K_ID = 'D', K_UID = 'U', K_SEQ = 'S', K_TOMB = 'T' };

typedef struct lmtx_t {
    xc_logtx_t base;
    xc_lmdb_t *lm;
    MDB_txn *txn;
    int write;
    int rc;              /* the first failure of the medium */
    xc_metarec_t meta;
} lmtx_t;

int xc_lmdb_get(MDB_txn *txn, MDB_dbi dbi, const void *key, apr_size_t key_len, MDB_val *value)
{
    MDB_val k = {key_len, (void *)(apr_uintptr_t)key};

    return mdb_get(txn, dbi, &k, value);
}

int xc_lmdb_put(MDB_txn *txn, MDB_dbi dbi, const void *key, apr_size_t key_len, const void *value, apr_size_t len)
{
    MDB_val k = {key_len, (void *)(apr_uintptr_t)key}, v = {len, (void *)(apr_uintptr_t)value};

    return mdb_put(txn, dbi, &k, &v, 0);
}

int xc_lmdb_del(MDB_txn *txn, MDB_dbi dbi, const void *key, apr_size_t key_len)
{
    MDB_val k = {key_len, (void *)(apr_uintptr_t)key};
    int rc = mdb_del(txn, dbi, &k, NULL);

    return rc == MDB_NOTFOUND ? 0 : rc;
}

/* ---- keys ---- */

static apr_size_t key_start(unsigned char *key, const lmtx_t *tx, int kind)
{
    memcpy(key, tx->base.cal->digest, XC_DIGEST_BYTES);
    key[XC_DIGEST_BYTES] = (unsigned char)kind;
    return XC_DIGEST_BYTES + 1;
}

static apr_size_t key_no(unsigned char *key, const lmtx_t *tx, apr_uint64_t no)
{
    apr_size_t n = key_start(key, tx, K_ITEM);

    xc_record_put_u64(key + n, no);
    return n + 8;
}

static apr_size_t key_text(unsigned char *key, const lmtx_t *tx, int kind, const char *text)
{
    unsigned char sum[XC_SHA256_BYTES];
    apr_size_t n = key_start(key, tx, kind);

    xc_crypt_sha256(sum, text, strlen(text));
    memcpy(key + n, sum, XC_DIGEST_BYTES);
    return n + XC_DIGEST_BYTES;
}

static apr_size_t key_uid(unsigned char *key, const lmtx_t *tx, const char *uid, apr_uint64_t no)
{
    apr_size_t n = key_text(key, tx, K_UID, uid);

    xc_record_put_u64(key + n, no);
    return n + 8;
}

static apr_size_t key_seq(unsigned char *key, const lmtx_t *tx, int kind, apr_uint64_t seq, apr_uint64_t no)
{
    apr_size_t n = key_start(key, tx, kind);

    xc_record_put_u64(key + n, seq);
    xc_record_put_u64(key + n + 8, no);
    return n + 16;
}

static void keep(lmtx_t *tx, int rc)
{
    if (rc && !tx->rc)
        tx->rc = rc;
}

static void put_key(lmtx_t *tx, const unsigned char *key, apr_size_t len, const void *value, apr_size_t value_len)
{
    if (!tx->rc)
        keep(tx, xc_lmdb_put(tx->txn, tx->lm->dbi[XC_DB_LOG], key, len, value, value_len));
}

static void del_key(lmtx_t *tx, const unsigned char *key, apr_size_t len)
{
    if (!tx->rc)
        keep(tx, xc_lmdb_del(tx->txn, tx->lm->dbi[XC_DB_LOG], key, len));
}

/* ---- reading ---- */

/** @return 1 = found and whole; anything else that was referred to is damage */
static int load(xc_itemrec_t *out, lmtx_t *tx, apr_uint64_t no)
{
    unsigned char key[KEY_MAX];
    MDB_val v;
    int rc = xc_lmdb_get(tx->txn, tx->lm->dbi[XC_DB_LOG], key, key_no(key, tx, no), &v);

    if (rc && rc != MDB_NOTFOUND) {
        keep(tx, rc);
        return 0;
    }
    if (rc || xc_record_decode_item(out, v.mv_data, v.mv_size) != 0 || out->no != no) {
        tx->base.damaged = 1;
        return 0;
    }
    return 1;
}

static int load_indexed(xc_itemrec_t *out, lmtx_t *tx, int kind, const char *value)
{
    unsigned char key[KEY_MAX];
    MDB_val v;
    int rc = xc_lmdb_get(tx->txn, tx->lm->dbi[XC_DB_LOG], key, key_text(key, tx, kind, value), &v);

    if (rc) {
        if (rc != MDB_NOTFOUND)
            keep(tx, rc);
        return 0;
    }
    if (v.mv_size != 8) {
        tx->base.damaged = 1;
        return 0;
    }
    if (!load(out, tx, xc_record_get_u64(v.mv_data)))
        return 0;
    if (kind == K_HREF ? !XC_LIVE(out) || strcmp(out->item.href, value) != 0 : strcmp(out->item.id, value) != 0) {
        tx->base.damaged = 1;
        return 0;
    }
    return 1;
}

static int load_uid(xc_itemrec_t *out, lmtx_t *tx, const char *uid)
{
    unsigned char key[KEY_MAX];
    apr_size_t len = key_text(key, tx, K_UID, uid);
    MDB_val k = {len, key}, v;
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(tx->txn, tx->lm->dbi[XC_DB_LOG], &cursor), found = 0;

    if (rc) {
        keep(tx, rc);
        return 0;
    }
    rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
    if (rc == 0 && k.mv_size == len + 8 && memcmp(k.mv_data, key, len) == 0 &&
        load(out, tx, xc_record_get_u64((unsigned char *)k.mv_data + len))) {
        found = XC_LIVE(out) && out->item.uid && strcmp(out->item.uid, uid) == 0;
        if (!found)
            tx->base.damaged = 1;
    }
    if (rc && rc != MDB_NOTFOUND)
        keep(tx, rc);
    mdb_cursor_close(cursor);
    return found;
}

static int lm_find(xc_itemrec_t *out, xc_logtx_t *base, xc_index_e index, const char *value)
{
    lmtx_t *tx = (lmtx_t *)base;
    int found;

    if (tx->rc || base->damaged)
        return 0;
    if (index == XC_INDEX_UID)
        found = load_uid(out, tx, value);
    else
        found = load_indexed(out, tx, index == XC_INDEX_HREF ? K_HREF : K_ID, value);
    /* what is in the map moves with the next write */
    if (found && tx->write)
        xc_store_copy_item_into(&out->item, &out->item, base->pool);
    return found;
}

static void lm_walk(xc_logtx_t *base, xc_walk_e what, apr_uint64_t after_seq, xc_walkfn_t fn, void *ctx)
{
    lmtx_t *tx = (lmtx_t *)base;
    int kind = what == XC_WALK_ALL ? K_ITEM : K_SEQ;
    apr_size_t key_len = XC_DIGEST_BYTES + 1 + (what == XC_WALK_ALL ? 8 : 16);
    unsigned char key[KEY_MAX];
    MDB_val k, v;
    MDB_cursor *cursor;
    xc_itemrec_t rec;
    int rc;

    if (tx->rc || base->damaged)
        return;
    k.mv_size = what == XC_WALK_ALL ? key_start(key, tx, kind) : key_seq(key, tx, kind, after_seq + 1, 0);
    k.mv_data = key;
    rc = mdb_cursor_open(tx->txn, tx->lm->dbi[XC_DB_LOG], &cursor);
    if (rc) {
        keep(tx, rc);
        return;
    }
    for (rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE); rc == 0; rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT)) {
        const unsigned char *p = k.mv_data;

        if (k.mv_size != key_len || memcmp(p, key, XC_DIGEST_BYTES + 1) != 0)
            break;
        if (what == XC_WALK_ALL) {
            if (xc_record_decode_item(&rec, v.mv_data, v.mv_size) != 0 || rec.no != xc_record_get_u64(p + XC_DIGEST_BYTES + 1))
                base->damaged = 1;
        }
        else if (load(&rec, tx, xc_record_get_u64(p + XC_DIGEST_BYTES + 9)) &&
                 rec.item.changed_seq != xc_record_get_u64(p + XC_DIGEST_BYTES + 1)) {
            base->damaged = 1;
        }
        if (tx->rc || base->damaged || fn(ctx, &rec))
            break;
    }
    if (rc && rc != MDB_NOTFOUND)
        keep(tx, rc);
    mdb_cursor_close(cursor);
}

static apr_array_header_t *lm_tombstones(xc_logtx_t *base, int max)
{
    lmtx_t *tx = (lmtx_t *)base;
    apr_array_header_t *out = apr_array_make(base->pool, 16, sizeof(xc_itemrec_t));
    unsigned char key[KEY_MAX];
    MDB_val k = {key_start(key, tx, K_TOMB), key}, v;
    MDB_cursor *cursor;
    xc_itemrec_t rec;
    int rc;

    if (tx->rc || base->damaged || (rc = mdb_cursor_open(tx->txn, tx->lm->dbi[XC_DB_LOG], &cursor)) != 0)
        return out;
    for (rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE); rc == 0 && out->nelts < max;
         rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT)) {
        const unsigned char *p = k.mv_data;

        if (k.mv_size != XC_DIGEST_BYTES + 17 || memcmp(p, key, XC_DIGEST_BYTES + 1) != 0 ||
            !load(&rec, tx, xc_record_get_u64(p + XC_DIGEST_BYTES + 9)))
            break;
        xc_store_copy_item_into(&rec.item, &rec.item, base->pool);
        *(xc_itemrec_t *)apr_array_push(out) = rec;
    }
    mdb_cursor_close(cursor);
    return out;
}

/* ---- writing ---- */

static void unindex(lmtx_t *tx, const xc_itemrec_t *rec)
{
    unsigned char key[KEY_MAX];

    if (rec->item.hidden)
        return;
    del_key(tx, key, key_seq(key, tx, K_SEQ, rec->item.changed_seq, rec->no));
    if (rec->item.deleted) {
        del_key(tx, key, key_seq(key, tx, K_TOMB, rec->item.changed_seq, rec->no));
        return;
    }
    del_key(tx, key, key_text(key, tx, K_HREF, rec->item.href));
    if (rec->item.uid)
        del_key(tx, key, key_uid(key, tx, rec->item.uid, rec->no));
}

static void index_item(lmtx_t *tx, const xc_itemrec_t *rec)
{
    unsigned char key[KEY_MAX], no[8];

    xc_record_put_u64(no, rec->no);
    if (rec->item.hidden)
        return;
    put_key(tx, key, key_seq(key, tx, K_SEQ, rec->item.changed_seq, rec->no), "", 0);
    if (rec->item.deleted) {
        put_key(tx, key, key_seq(key, tx, K_TOMB, rec->item.changed_seq, rec->no), "", 0);
        return;
    }
    put_key(tx, key, key_text(key, tx, K_HREF, rec->item.href), no, 8);
    if (rec->item.uid)
        put_key(tx, key, key_uid(key, tx, rec->item.uid, rec->no), "", 0);
}

static int same_indexes(const xc_itemrec_t *a, const xc_itemrec_t *b)
{
    return a->item.hidden == b->item.hidden && a->item.deleted == b->item.deleted &&
           a->item.changed_seq == b->item.changed_seq && strcmp(a->item.href ? a->item.href : "", b->item.href ? b->item.href : "") == 0 &&
           strcmp(a->item.uid ? a->item.uid : "", b->item.uid ? b->item.uid : "") == 0 && !a->item.uid == !b->item.uid;
}

static void lm_put_item(xc_logtx_t *base, const xc_itemrec_t *old, const xc_itemrec_t *rec)
{
    lmtx_t *tx = (lmtx_t *)base;
    unsigned char key[KEY_MAX], no[8];
    xc_bytes_t bytes;

    xc_record_encode_item(&bytes, rec, base->pool);
    put_key(tx, key, key_no(key, tx, rec->no), bytes.data, bytes.len);
    if (old && same_indexes(old, rec))
        return;
    if (old)
        unindex(tx, old);
    index_item(tx, rec);
    if (!old) {
        xc_record_put_u64(no, rec->no);
        put_key(tx, key, key_text(key, tx, K_ID, rec->item.id), no, 8);
    }
}

static void lm_drop_item(xc_logtx_t *base, const xc_itemrec_t *old)
{
    lmtx_t *tx = (lmtx_t *)base;
    unsigned char key[KEY_MAX];
    apr_size_t len;
    MDB_val v;

    del_key(tx, key, key_no(key, tx, old->no));
    unindex(tx, old);
    len = key_text(key, tx, K_ID, old->item.id);
    if (xc_lmdb_get(tx->txn, tx->lm->dbi[XC_DB_LOG], key, len, &v) == 0 && v.mv_size == 8 && xc_record_get_u64(v.mv_data) == old->no)
        del_key(tx, key, len);
}

int xc_lmdb_drop_log(MDB_txn *txn, xc_lmdb_t *lm, const unsigned char *digest)
{
    MDB_val k = {XC_DIGEST_BYTES, (void *)(apr_uintptr_t)digest}, v;
    MDB_cursor *cursor;
    int rc = xc_lmdb_del(txn, lm->dbi[XC_DB_CALENDAR], digest, XC_DIGEST_BYTES);

    if (rc || (rc = mdb_cursor_open(txn, lm->dbi[XC_DB_LOG], &cursor)) != 0)
        return rc;
    while ((rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE)) == 0) {
        if (k.mv_size < XC_DIGEST_BYTES || memcmp(k.mv_data, digest, XC_DIGEST_BYTES) != 0)
            break;
        rc = mdb_cursor_del(cursor, 0);
        if (rc)
            break;
        k.mv_size = XC_DIGEST_BYTES;
        k.mv_data = (void *)(apr_uintptr_t)digest;
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static void lm_clear(xc_logtx_t *base)
{
    lmtx_t *tx = (lmtx_t *)base;

    keep(tx, xc_lmdb_drop_log(tx->txn, tx->lm, base->cal->digest));
    base->meta = NULL;
}

static void lm_put_meta(xc_logtx_t *base, xc_metarec_t *meta)
{
    lmtx_t *tx = (lmtx_t *)base;
    xc_bytes_t bytes;

    if (!base->meta)
        lm_clear(base);
    xc_record_encode_meta(&bytes, meta, base->pool);
    if (!tx->rc)
        keep(tx, xc_lmdb_put(tx->txn, tx->lm->dbi[XC_DB_CALENDAR], base->cal->digest, XC_DIGEST_BYTES, bytes.data, bytes.len));
    tx->meta = *meta;
    base->meta = &tx->meta;
}

/* ---- the transaction ---- */

static const xc_logops_t ops = {lm_put_meta, lm_find, lm_put_item, lm_drop_item, lm_walk, lm_tombstones, lm_clear};

static const char *copy(const char *s, apr_pool_t *pool)
{
    return s ? apr_pstrdup(pool, s) : NULL;
}

static void load_meta(lmtx_t *tx)
{
    MDB_val v;
    int rc = xc_lmdb_get(tx->txn, tx->lm->dbi[XC_DB_CALENDAR], tx->base.cal->digest, XC_DIGEST_BYTES, &v);

    if (rc && rc != MDB_NOTFOUND)
        keep(tx, rc);
    if (rc || xc_record_decode_meta(&tx->meta, v.mv_data, v.mv_size) != 0 || !xc_log_meta_is(&tx->meta, tx->base.cal->key))
        return;
    tx->base.meta = &tx->meta;
    tx->meta.origin = tx->base.cal->key->origin;
    tx->meta.account = tx->base.cal->key->account;
    tx->meta.mailbox = tx->base.cal->key->mailbox;
    tx->meta.folder = tx->base.cal->key->folder;
    if (tx->write)
        tx->meta.sync_state = copy(tx->meta.sync_state, tx->base.pool);
}

static void tx_begin(lmtx_t *tx, MDB_txn *txn, xc_lmdb_t *lm, const xc_calid_t *cal, int write, apr_pool_t *pool)
{
    memset(tx, 0, sizeof(*tx));
    tx->base.ops = &ops;
    tx->base.store = lm->store;
    tx->base.cal = cal;
    tx->base.pool = pool;
    tx->lm = lm;
    tx->txn = txn;
    tx->write = write;
    load_meta(tx);
}

typedef struct run_t {
    const xc_calid_t *cal;
    int write, damaged;
    xc_logfn_t fn;
    void *ctx;
    apr_pool_t *pool;
} run_t;

static int run_in_txn(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    run_t *r = ctx;
    lmtx_t tx;
    int rc;

    tx_begin(&tx, txn, lm, r->cal, r->write, r->pool);
    rc = tx.rc ? 0 : r->fn(r->ctx, &tx.base);
    r->damaged = tx.base.damaged;
    if (tx.rc)
        return tx.rc;
    return rc || r->damaged ? XC_LMDB_ABORT : 0;
}

static int drop_in_txn(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    run_t *r = ctx;

    return xc_lmdb_drop_log(txn, lm, r->cal->digest);
}

int xc_lmdb_log_run(xc_store_t *store, const xc_calid_t *cal, int write, xc_logfn_t fn, void *ctx, apr_pool_t *pool)
{
    xc_lmdb_t *lm = store->impl;
    run_t r = {cal, write, 0, fn, ctx, pool};
    int tries;

    for (tries = 0; tries < 2; tries++) {
        apr_pool_t *scratch;
        int failed;

        if (apr_pool_create(&scratch, pool) != APR_SUCCESS)
            return -1;
        r.pool = scratch;
        failed = xc_lmdb_run(lm, write, run_in_txn, &r);
        apr_pool_destroy(scratch);
        if (failed || !r.damaged)
            return failed;
        xc_log(store->log, XC_LOG_ERROR, "store: the log of a calendar of %s is damaged: dropped, its clients sync anew",
               cal->key->account);
        if (xc_lmdb_run(lm, 1, drop_in_txn, &r) != 0)
            return -1;
    }
    return -1;
}

int xc_lmdb_log_sweep(int *dropped, MDB_txn *txn, xc_lmdb_t *lm, const xc_metarec_t *meta, apr_time_t now, int max)
{
    xc_calkey_t key = {meta->origin, meta->account, meta->mailbox, meta->folder};
    xc_calid_t cal;
    xc_metarec_t head;
    apr_pool_t *scratch;
    lmtx_t tx;
    int rc = 0;

    *dropped = 0;
    if (apr_pool_create(&scratch, NULL) != APR_SUCCESS)
        return 0;
    key.origin = copy(key.origin, scratch);
    key.account = copy(key.account, scratch);
    key.mailbox = copy(key.mailbox, scratch);
    key.folder = copy(key.folder, scratch);
    cal.key = &key;
    xc_store_digest(cal.digest, scratch, key.origin, key.account, key.mailbox, key.folder, NULL);
    tx_begin(&tx, txn, lm, &cal, 1, scratch);
    if (tx.base.meta && !tx.rc) {
        head = *tx.base.meta;
        *dropped = xc_log_drop_tombstones(&tx.base, &head, now, max);
        if (*dropped && !tx.base.damaged)
            lm_put_meta(&tx.base, &head);
        rc = tx.base.damaged ? xc_lmdb_drop_log(txn, lm, cal.digest) : tx.rc;
    }
    apr_pool_destroy(scratch);
    return rc;
}
