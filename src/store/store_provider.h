/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file store_provider.h
 * Inside the store: what a provider does (keep bytes, find them, change a log atomically) and what
 * is common (what a fold means, flights, names). Providers know nothing of the meaning of a fold,
 * the common part nothing of where bytes are.
 *
 *     store.c   public functions, keys        log.c     folding, listing
 *     record.c  encoding                      flight.c  single flight
 *     lmdb_*.c  the embedded provider         kv_*.c    the provider on a foreign cache
 */
#ifndef XC_STORE_PROVIDER_H
#define XC_STORE_PROVIDER_H

#include "store/record.h"
#include "store/store.h"

#define XC_DIGEST_BYTES 16

/** A calendar: its key and the digest that all its records start with. */
typedef struct xc_calid_t {
    unsigned char digest[XC_DIGEST_BYTES];
    const xc_calkey_t *key;
} xc_calid_t;

typedef enum xc_index_e {
    XC_INDEX_HREF, /* the live item with this name */
    XC_INDEX_ID,   /* the newest record with this ItemId: live, hidden or a tombstone */
    XC_INDEX_UID   /* the oldest live item with this UID */
} xc_index_e;

typedef enum xc_walk_e {
    XC_WALK_ALL,   /* every record, in order of its number */
    XC_WALK_SINCE  /* live items and tombstones changed after a sequence, oldest change first */
} xc_walk_e;

/** @return non-zero to stop. `rec` lives during the call; `find` may be called in it. */
typedef int (*xc_walkfn_t)(void *ctx, const xc_itemrec_t *rec);

typedef struct xc_logtx_t xc_logtx_t;
typedef struct xc_logops_t xc_logops_t;

/** One calendar's log inside a transaction. A provider embeds it at the start of its own. */
struct xc_logtx_t {
    const xc_logops_t *ops;
    xc_store_t *store;
    const xc_calid_t *cal;
    xc_metarec_t *meta;  /* NULL: the calendar is unknown */
    apr_pool_t *pool;    /* ends with the transaction's caller */
    int damaged;         /* a record did not decode or an index lied: the log is dropped and fn run again */
};

/**
 * What can be done in it. Failures of the medium are kept by the provider and show in the outcome
 * of log_run; until then reads answer "absent" and writes do nothing.
 */
struct xc_logops_t {
    /** Store the head; `meta` becomes tx->meta. When there was none before, whatever is left of an older log is removed first. */
    void (*put_meta)(xc_logtx_t *tx, xc_metarec_t *meta);
    /** @return 1 = found. In a writing transaction strings are copies on tx->pool, else they live until its end. */
    int (*find)(xc_itemrec_t *out, xc_logtx_t *tx, xc_index_e index, const char *value);
    /** Store `rec`; `old` is the same number's present record or NULL for a new one. */
    void (*put_item)(xc_logtx_t *tx, const xc_itemrec_t *old, const xc_itemrec_t *rec);
    void (*drop_item)(xc_logtx_t *tx, const xc_itemrec_t *old);
    /** Writing to the log inside `fn` is not allowed. */
    void (*walk)(xc_logtx_t *tx, xc_walk_e what, apr_uint64_t after_seq, xc_walkfn_t fn, void *ctx);
    /** Tombstones in order of deletion, at most `max` of them, copies on tx->pool. */
    apr_array_header_t *(*tombstones)(xc_logtx_t *tx, int max);
    /** Remove the log wholly; tx->meta becomes NULL. */
    void (*clear)(xc_logtx_t *tx);
};

/** The work of a transaction: sets its outputs afresh each time it is run. @return 0 = commit, else nothing was or shall be written */
typedef int (*xc_logfn_t)(void *ctx, xc_logtx_t *tx);

typedef struct xc_provider_t {
    const char *name;
    /**
     * Run fn on a calendar's log; again when the race was lost, room had to be made or the log was
     * damaged (bounded). @return 0 = done; -1 = the medium failed, fn's outputs mean nothing
     */
    int (*log_run)(xc_store_t *store, const xc_calid_t *cal, int write, xc_logfn_t fn, void *ctx, apr_pool_t *pool);
    /** found[i] as xc_store_bodies; `owner` is the digest of origin and account. */
    void (*bodies_get)(xc_body_t **found, xc_store_t *store, const unsigned char *owner, const xc_item_t *const *items, int n, apr_pool_t *pool);
    int (*bodies_put)(xc_store_t *store, const unsigned char *owner, const xc_body_t *bodies, int n, apr_pool_t *pool);
    /** 1 = found (expired ones too); copies on the pool. */
    int (*small_get)(xc_smallrec_t *out, xc_store_t *store, const unsigned char *digest, apr_pool_t *pool);
    int (*small_set)(xc_store_t *store, const unsigned char *digest, const xc_smallrec_t *rec, apr_pool_t *pool);
    int (*small_del)(xc_store_t *store, const unsigned char *digest, apr_pool_t *pool);
    /**
     * Take a lease when xc_lease_free() says so. *seen: what was there, `what` NULL when nothing was.
     * @return 1 = ours now, 0 = another's, -1 = the medium failed
     */
    int (*lease_take)(xc_lease_t *seen, xc_store_t *store, const unsigned char *digest, const xc_lease_t *mine, apr_time_t now, apr_pool_t *pool);
    /** Look only. 1 = *out is set. */
    int (*lease_look)(xc_lease_t *out, xc_store_t *store, const unsigned char *digest, apr_pool_t *pool);
    /** Give it back if it is still ours: generation + 1, no holder. */
    void (*lease_give)(xc_store_t *store, const unsigned char *digest, const xc_lease_t *mine, apr_pool_t *pool);
    void (*stats)(xc_store_stats_t *out, xc_store_t *store, apr_pool_t *pool);
    void (*sweep)(xc_store_t *store, apr_time_t now, apr_pool_t *pool);
} xc_provider_t;

typedef struct xc_flights_t xc_flights_t;

struct xc_store_t {
    const xc_provider_t *provider;
    void *impl;                /* the provider's own */
    xc_store_config_t cfg;
    const xc_log_t *log;
    xc_flights_t *flights;
    volatile apr_uint32_t warned_sec; /* when degradation was last spoken of */
};

/** The common part of opening. */
xc_error_t *xc_store_make(xc_store_t **out, const xc_provider_t *provider, void *impl, const xc_store_config_t *cfg, const xc_log_t *log, apr_pool_t *pool);
/** True at most once a minute: may one warn that the store is not what it should be? */
int xc_store_may_warn(xc_store_t *store);
/** First XC_DIGEST_BYTES of the SHA-256 of a NULL-terminated list of strings, each with its NUL. */
void xc_store_digest(unsigned char *out, apr_pool_t *pool, ...);

/** The digest of a body's owner, id and change key. */
void xc_store_body_digest(unsigned char *out, const unsigned char *owner, const char *id, const char *change_key, apr_pool_t *pool);
/** Is this the body of that owner's item? */
int xc_store_body_is(const xc_bodyrec_t *rec, const unsigned char *owner, const char *id, const char *change_key);

/** Is this head the one of that calendar? */
int xc_log_meta_is(const xc_metarec_t *meta, const xc_calkey_t *key);
/** The digest kept of a former change key; never 0. */
apr_uint64_t xc_log_key_digest(const char *change_key);
/** Is a tombstone or item in the public sense visible at all? */
#define XC_LIVE(rec) (!(rec)->item.deleted && !(rec)->item.hidden)
/** Drop tombstones older than tombstone_ttl from the log in tx, at most max. @return how many; the head is not yet stored */
int xc_log_drop_tombstones(xc_logtx_t *tx, xc_metarec_t *meta, apr_time_t now, int max);

/** Nobody holds it any more: given back, run out, or its process is gone. */
int xc_lease_free(const xc_lease_t *lease, apr_time_t now);
/** This process as a holder; `holder` is a fresh random number. */
void xc_lease_self(xc_lease_t *out, apr_pool_t *pool);

xc_error_t *xc_flights_make(xc_flights_t **out, apr_pool_t *pool);

/** Copies on the pool. */
void xc_store_copy_item_into(xc_item_t *to, const xc_item_t *item, apr_pool_t *pool);
xc_item_t *xc_store_copy_item(const xc_item_t *item, apr_pool_t *pool);
xc_body_t *xc_store_copy_body(const xc_body_t *body, apr_pool_t *pool);

#endif
