/* SPDX-License-Identifier: Apache-2.0 */
/* Upkeep of the LMDB store: age, fill, room when the map is full, numbers. Every step is bounded. */
#include <apr_atomic.h>
#include <string.h>

#include "store/lmdb.h"

#define EXPIRED_PER_SWEEP   1000
#define AGED_PER_SWEEP      500
#define CALENDARS_PER_SWEEP 64
#define TOMBS_PER_SWEEP     500
#define LEASES_PER_SWEEP    200
#define LEASE_KEPT          apr_time_from_sec(600)
#define EVICTED_PER_TXN     64
#define EVICTIONS_PER_CALL  64
#define SWEEP_FILL          800  /* per mille */
#define ROOM_FILL           750
/* a calendar in use is not given up for room: its clients would sync wholly again and again */
#define CALENDAR_KEPT       apr_time_from_sec(3600)

/* ---- how full ---- */

apr_uint64_t xc_lmdb_used(MDB_txn *txn, xc_lmdb_t *lm)
{
    apr_uint64_t pages, free_pages = 0;
    MDB_envinfo info;
    MDB_stat st;
    MDB_cursor *cursor;
    MDB_val k, v;

    if (mdb_env_info(lm->env, &info) != 0 || mdb_env_stat(lm->env, &st) != 0)
        return 0;
    pages = (apr_uint64_t)info.me_last_pgno + 1;
    /* database 0 lists the free pages: per transaction a count and the numbers */
    if (mdb_cursor_open(txn, 0, &cursor) == 0) {
        while (mdb_cursor_get(cursor, &k, &v, MDB_NEXT) == 0) {
            size_t count;

            if (v.mv_size < sizeof(count))
                continue;
            memcpy(&count, v.mv_data, sizeof(count));
            free_pages += count;
        }
        mdb_cursor_close(cursor);
    }
    return free_pages < pages ? (pages - free_pages) * st.ms_psize : 0;
}

typedef struct fill_t {
    apr_uint64_t used;
} fill_t;

static int measure(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    fill_t *f = ctx;

    f->used = xc_lmdb_used(txn, lm);
    return XC_LMDB_ABORT;
}

static int fill_per_mille(xc_lmdb_t *lm)
{
    fill_t f = {0};

    if (xc_lmdb_once(lm, 0, measure, &f) != 0)
        return -1;
    return (int)(f.used * 1000 / lm->map_bytes);
}

/* ---- removing ---- */

typedef struct step_t {
    apr_time_t now;
    int max;             /* how many to remove */
    int done;            /* how many were */
    apr_uint32_t before; /* bodies last used before this */
} step_t;

/** The least recently used bodies, if used before s->before. */
static int drop_bodies(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    step_t *s = ctx;
    unsigned char digest[XC_DIGEST_BYTES];
    MDB_cursor *cursor;
    MDB_val k, v;
    apr_uint32_t when;
    int rc = 0;

    for (s->done = 0; s->done < s->max && !rc; s->done++) {
        rc = mdb_cursor_open(txn, lm->dbi[XC_DB_USE], &cursor);
        if (rc)
            return rc;
        k.mv_size = 1;
        k.mv_data = (void *)(apr_uintptr_t)"T";
        rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
        if (!rc && (k.mv_size != 5 + XC_DIGEST_BYTES || *(unsigned char *)k.mv_data != 'T'))
            rc = MDB_NOTFOUND;
        when = rc ? 0 : xc_record_get_u32((unsigned char *)k.mv_data + 1);
        if (!rc && when >= s->before)
            rc = MDB_NOTFOUND;
        if (!rc)
            memcpy(digest, (unsigned char *)k.mv_data + 5, XC_DIGEST_BYTES);
        mdb_cursor_close(cursor);
        if (!rc)
            rc = xc_lmdb_drop_body(txn, lm, digest, when);
        if (rc)
            break;
    }
    if (rc && rc != MDB_NOTFOUND)
        return rc;
    return s->done ? 0 : XC_LMDB_ABORT;
}

static int drop_expired(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    step_t *s = ctx;
    apr_uint64_t now_sec = (apr_uint64_t)apr_time_sec(s->now);
    MDB_cursor *cursor;
    MDB_val k, v;
    int rc = mdb_cursor_open(txn, lm->dbi[XC_DB_EXPIRY], &cursor);

    if (rc)
        return rc;
    for (s->done = 0; s->done < s->max; s->done++) {
        unsigned char digest[XC_DIGEST_BYTES];
        xc_smallrec_t rec;

        rc = mdb_cursor_get(cursor, &k, &v, MDB_FIRST);
        if (rc || (k.mv_size == 8 + XC_DIGEST_BYTES && xc_record_get_u64(k.mv_data) >= now_sec))
            break;
        if (k.mv_size == 8 + XC_DIGEST_BYTES) {
            memcpy(digest, (unsigned char *)k.mv_data + 8, XC_DIGEST_BYTES);
            /* the mark may be older than the record */
            if (xc_lmdb_get(txn, lm->dbi[XC_DB_SMALL], digest, XC_DIGEST_BYTES, &v) == 0 &&
                (xc_record_decode_small(&rec, v.mv_data, v.mv_size) != 0 || rec.expires_at <= s->now))
                rc = xc_lmdb_del(txn, lm->dbi[XC_DB_SMALL], digest, XC_DIGEST_BYTES);
        }
        if (!rc)
            rc = mdb_cursor_del(cursor, 0);
        if (rc)
            break;
    }
    mdb_cursor_close(cursor);
    if (rc && rc != MDB_NOTFOUND)
        return rc;
    return s->done ? 0 : XC_LMDB_ABORT;
}

static int drop_leases(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    step_t *s = ctx;
    MDB_cursor *cursor;
    MDB_val k, v;
    int seen = 0, rc = mdb_cursor_open(txn, lm->dbi[XC_DB_LEASE], &cursor);

    if (rc)
        return rc;
    s->done = 0;
    for (rc = mdb_cursor_get(cursor, &k, &v, MDB_FIRST); rc == 0 && seen < 10 * s->max && s->done < s->max;
         rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT), seen++) {
        xc_lease_t lease;

        if (xc_record_decode_lease(&lease, v.mv_data, v.mv_size) == 0 && lease.expires_at > s->now - LEASE_KEPT)
            continue;
        rc = mdb_cursor_del(cursor, 0);
        if (rc)
            break;
        s->done++;
    }
    mdb_cursor_close(cursor);
    if (rc && rc != MDB_NOTFOUND)
        return rc;
    return s->done ? 0 : XC_LMDB_ABORT;
}

static apr_time_t last_used(const xc_metarec_t *meta)
{
    return meta->refreshed_at > meta->expired_at ? meta->refreshed_at : meta->expired_at;
}

/** One calendar of the sweep's round. */
static int sweep_calendar(step_t *s, MDB_txn *txn, xc_lmdb_t *lm, const unsigned char *digest, const MDB_val *head)
{
    apr_interval_time_t ttl = lm->store->cfg.tombstone_ttl;
    xc_metarec_t meta;
    int dropped = 0, rc;

    if (xc_record_decode_meta(&meta, head->mv_data, head->mv_size) != 0) {
        s->done++;
        return xc_lmdb_drop_log(txn, lm, digest);
    }
    if (ttl <= 0)
        return 0;
    /* nobody has a token for it that could still be answered */
    if (last_used(&meta) && last_used(&meta) < s->now - ttl) {
        s->done++;
        return xc_lmdb_drop_log(txn, lm, digest);
    }
    rc = xc_lmdb_log_sweep(&dropped, txn, lm, &meta, s->now, s->max);
    s->max -= dropped;
    s->done += dropped;
    return rc;
}

static int sweep_calendars(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    step_t *s = ctx;
    unsigned char digest[XC_DIGEST_BYTES];
    int i, rc = 0;

    s->done = 0;
    s->max = TOMBS_PER_SWEEP;
    memcpy(digest, lm->swept_to, XC_DIGEST_BYTES);
    for (i = 0; i < CALENDARS_PER_SWEEP && s->max > 0 && !rc; i++) {
        MDB_val k = {XC_DIGEST_BYTES, digest}, v;
        MDB_cursor *cursor;

        rc = mdb_cursor_open(txn, lm->dbi[XC_DB_CALENDAR], &cursor);
        if (rc)
            return rc;
        rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
        if (!rc && k.mv_size == XC_DIGEST_BYTES && memcmp(k.mv_data, digest, XC_DIGEST_BYTES) == 0 && i > 0)
            rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
        mdb_cursor_close(cursor);
        if (rc == MDB_NOTFOUND) {
            memset(digest, 0, sizeof(digest));
            rc = 0;
            break;
        }
        if (rc || k.mv_size != XC_DIGEST_BYTES)
            break;
        memcpy(digest, k.mv_data, XC_DIGEST_BYTES);
        rc = sweep_calendar(s, txn, lm, digest, &v);
    }
    memcpy(lm->swept_to, digest, XC_DIGEST_BYTES);
    if (rc)
        return rc;
    return s->done ? 0 : XC_LMDB_ABORT;
}

/** The calendar not looked at for the longest time. */
static int drop_calendar(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    step_t *s = ctx;
    unsigned char oldest[XC_DIGEST_BYTES];
    apr_time_t oldest_at = apr_time_now() - CALENDAR_KEPT;
    xc_metarec_t meta;
    MDB_cursor *cursor;
    MDB_val k, v;
    int rc = mdb_cursor_open(txn, lm->dbi[XC_DB_CALENDAR], &cursor);

    if (rc)
        return rc;
    s->done = 0;
    while ((rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT)) == 0) {
        if (k.mv_size != XC_DIGEST_BYTES || xc_record_decode_meta(&meta, v.mv_data, v.mv_size) != 0 ||
            last_used(&meta) >= oldest_at)
            continue;
        oldest_at = last_used(&meta);
        memcpy(oldest, k.mv_data, XC_DIGEST_BYTES);
        s->done = 1;
    }
    mdb_cursor_close(cursor);
    if (rc != MDB_NOTFOUND)
        return rc;
    return s->done ? xc_lmdb_drop_log(txn, lm, oldest) : XC_LMDB_ABORT;
}

/* ---- making room ---- */

/** @return 1 = something went */
static int evict_some(xc_lmdb_t *lm, int max)
{
    step_t s = {.now = apr_time_now(), .max = max, .before = APR_UINT32_MAX};
    int rc;

    /* removing needs pages too: in a map that is wholly full a small transaction still succeeds */
    do {
        rc = xc_lmdb_once(lm, 1, drop_bodies, &s);
        if (rc == 0 && s.done)
            return 1;
        s.max /= 8;
    } while ((rc == MDB_MAP_FULL || rc == MDB_TXN_FULL) && s.max > 0);
    s.max = max;
    if (xc_lmdb_once(lm, 1, drop_expired, &s) == 0 && s.done)
        return 1;
    return xc_lmdb_once(lm, 1, drop_calendar, &s) == 0 && s.done;
}

void xc_lmdb_make_room(xc_lmdb_t *lm, int fill)
{
    int i, now_at = 0, went = 0;

    for (i = 0; i < EVICTIONS_PER_CALL; i++) {
        now_at = fill_per_mille(lm);
        if (now_at < 0 || now_at <= fill || !evict_some(lm, EVICTED_PER_TXN))
            break;
        went = 1;
    }
    /* LMDB uses pages again only two commits after they were freed */
    for (i = 0; i < 2 && went; i++)
        (void)evict_some(lm, 1);
    if (went)
        xc_log(lm->log, XC_LOG_DEBUG, "store: made room, now %d per mille full", now_at);
}

void xc_lmdb_room_check(xc_lmdb_t *lm)
{
    apr_uint32_t now = (apr_uint32_t)apr_time_sec(apr_time_now());

    if (apr_atomic_xchg32(&lm->room_sec, now) != now && fill_per_mille(lm) > SWEEP_FILL + 50)
        xc_lmdb_make_room(lm, SWEEP_FILL);
}

/* ---- the slots ---- */

void xc_lmdb_sweep(xc_store_t *store, apr_time_t now, apr_pool_t *pool)
{
    xc_lmdb_t *lm = store->impl;
    apr_interval_time_t ttl = store->cfg.body_ttl;
    step_t s = {.now = now, .max = EXPIRED_PER_SWEEP};
    int dead;

    (void)pool;
    apr_thread_rwlock_rdlock(lm->lock);
    if (lm->env)
        (void)mdb_reader_check(lm->env, &dead);
    apr_thread_rwlock_unlock(lm->lock);
    if (xc_lmdb_run(lm, 1, drop_expired, &s) != 0)
        return;
    if (ttl > 0 && now > ttl) {
        s.max = AGED_PER_SWEEP;
        s.before = (apr_uint32_t)(apr_time_sec(now - ttl) / XC_LMDB_USE_SEC);
        (void)xc_lmdb_run(lm, 1, drop_bodies, &s);
    }
    (void)xc_lmdb_run(lm, 1, sweep_calendars, &s);
    s.max = LEASES_PER_SWEEP;
    (void)xc_lmdb_run(lm, 1, drop_leases, &s);
    if (fill_per_mille(lm) > SWEEP_FILL)
        xc_lmdb_make_room(lm, ROOM_FILL);
    apr_thread_rwlock_rdlock(lm->lock);
    xc_lmdb_checkpoint(lm);
    apr_thread_rwlock_unlock(lm->lock);
}

static int count_all(void *ctx, MDB_txn *txn, xc_lmdb_t *lm)
{
    xc_store_stats_t *out = ctx;
    xc_metarec_t meta;
    MDB_cursor *cursor;
    MDB_stat st;
    MDB_val k, v;

    out->items = 0;
    if (mdb_stat(txn, lm->dbi[XC_DB_CALENDAR], &st) == 0)
        out->calendars = st.ms_entries;
    if (mdb_stat(txn, lm->dbi[XC_DB_BODY], &st) == 0)
        out->bodies = st.ms_entries;
    if (mdb_stat(txn, lm->dbi[XC_DB_SMALL], &st) == 0)
        out->records = st.ms_entries;
    if (mdb_cursor_open(txn, lm->dbi[XC_DB_CALENDAR], &cursor) == 0) {
        while (mdb_cursor_get(cursor, &k, &v, MDB_NEXT) == 0) {
            if (xc_record_decode_meta(&meta, v.mv_data, v.mv_size) == 0)
                out->items += meta.count;
        }
        mdb_cursor_close(cursor);
    }
    out->used_bytes = xc_lmdb_used(txn, lm);
    return XC_LMDB_ABORT;
}

void xc_lmdb_stats(xc_store_stats_t *out, xc_store_t *store, apr_pool_t *pool)
{
    (void)pool;
    (void)xc_lmdb_run(store->impl, 0, count_all, out);
}
