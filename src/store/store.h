/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file store.h
 * What the gateway knows of each calendar, shared by all processes: a change log per calendar
 * (account, mailbox, folder), a cache of immutable bodies, and small expiring records (sign-ins,
 * folder lists, free/busy). Two providers behind one interface: LMDB (default, one map for all
 * processes of a machine) and any ap_socache provider (several machines).
 *
 * Nothing read from the store is trusted: records carry a version and lengths and are
 * bounds-checked; a record that does not parse is treated as absent. Losing the store costs one full
 * sync and nothing else. Every key carries the account, so that no user sees another's data.
 *
 * Change log: a calendar has an epoch (random, made with the log), a sequence number that grows by
 * one per folded refresh that changed something, the back end's sync state, and per item: href,
 * back-end id, change key, UID, the sequence of creation and of last change, or a tombstone. A client's sync-token
 * is "epoch-sequence". A log too damaged or too old to answer is dropped: a new epoch.
 */
#ifndef XC_STORE_STORE_H
#define XC_STORE_STORE_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <apr_time.h>

#include "base/error.h"
#include "base/log.h"

typedef struct xc_store_t xc_store_t;

typedef struct xc_store_config_t {
    const char *dir;            /* LMDB: directory, made with mode 0700 when missing */
    apr_size_t size_bytes;      /* bound of the map */
    apr_interval_time_t body_ttl;      /* bodies unused for longer are swept */
    apr_interval_time_t tombstone_ttl; /* deletions are remembered this long */
} xc_store_config_t;

/**
 * The LMDB provider. Call after the fork (child_init), once per directory and process; closed by the
 * pool's cleanup, which also makes everything durable. `cfg` is copied.
 *
 * A directory that cannot be used (now or later), a full disk or a log larger than the map do not
 * make calls fail: each process then keeps what it can in its own memory (bounded), warns once a
 * minute and tries the directory again.
 * @return 500 when the directory is open in this process already, or without memory
 */
xc_error_t *xc_store_open_lmdb(xc_store_t **out, const xc_store_config_t *cfg, const xc_log_t *log, apr_pool_t *pool);

/** How a foreign key-value cache (ap_socache, a test's hash) is reached; all thread-safe. 0 = done / found. */
typedef struct xc_kv_t {
    void *ctx;
    int (*get)(void *ctx, const char *key, unsigned char **value, apr_size_t *len, apr_pool_t *pool);
    int (*set)(void *ctx, const char *key, const unsigned char *value, apr_size_t len, apr_time_t expiry);
    int (*del)(void *ctx, const char *key);
    apr_size_t max_value_bytes; /* larger values are split */
} xc_kv_t;
/** The provider on a key-value cache. */
xc_error_t *xc_store_open_kv(xc_store_t **out, const xc_kv_t *kv, const xc_store_config_t *cfg, const xc_log_t *log, apr_pool_t *pool);

/* ---- calendars: the change log ---- */

/** Which calendar; account = the signed-in identity (canonical SMTP or login), folder = back-end folder id. */
typedef struct xc_calkey_t {
    const char *origin;   /* which Exchange ("https://mail.contoso.example") */
    const char *account;
    const char *mailbox;
    const char *folder;
} xc_calkey_t;

typedef struct xc_calinfo_t {
    const char *epoch;            /* 16 hex digits */
    apr_uint64_t seq;             /* 0 = nothing folded yet */
    const char *sync_state;       /* the back end's, NULL before the first complete page */
    int complete;                 /* the first sync has reached its end at least once */
    apr_time_t refreshed_at;      /* when Exchange was last asked and had been answered; 0 = never */
    apr_uint64_t oldest_seq;      /* tokens below this cannot be answered (tombstones were dropped) */
    int count;                    /* live items */
} xc_calinfo_t;

typedef struct xc_item_t {
    const char *href;        /* last path segment, decoded: "abc.ics" */
    const char *id;          /* ItemId */
    const char *change_key;
    const char *uid;         /* may be NULL when the back end did not say */
    const char *etag;        /* without quotes */
    apr_uint64_t created_seq, changed_seq; /* set by the store */
    int deleted;             /* a tombstone */
    int hidden;              /* not a calendar object (METHOD:REPLY message in the folder …): never listed */
    apr_time_t span_first, span_last; /* instants covered; 0,0 = unknown yet (set with the body) */
} xc_item_t;

/** One change to fold in. */
typedef enum xc_change_e { XC_CHANGE_UPSERT, XC_CHANGE_DELETE } xc_change_e;
typedef struct xc_change_t {
    xc_change_e kind;
    xc_item_t item;          /* DELETE: only id is read. UPSERT: href may be NULL to keep the known one */
} xc_change_t;

/** Current info; *out = NULL when the calendar is unknown. */
xc_error_t *xc_store_calendar(xc_calinfo_t **out, xc_store_t *store, const xc_calkey_t *key, apr_pool_t *pool);

/**
 * Fold a page of changes in, atomically. An UPSERT whose change_key equals the known one changes
 * nothing (our own writes come back from Exchange this way). The sequence grows once if anything changed.
 *
 * Of several changes to one id the last counts. Deletions come before upserts, whatever their order.
 * An upsert of an unknown item without href is named by xc_store_name_for() (name.h); a name that
 * another live item bears is given to the older one, the newer gets xc_store_name_alternative().
 * An upsert with another href than the known one renames: a tombstone under the old name. An item
 * that becomes hidden leaves a tombstone. A NULL uid keeps the known one.
 * A refresh that was asked before a local write (new_state NULL) of the same item and tells of the
 * state before that write is older than what is known, and left out.
 * @param base_state the sync_state the page was asked with (NULL = none): when the log meanwhile has
 *        another, nothing is folded and *stale is set: read again. Not looked at when new_state is NULL
 * @param new_state  sync state after the page; NULL = a local write is folded: the log's state stays
 *        as it is, base_state and asked_at are not looked at, last_page is 0
 * @param last_page  the refresh is complete: refreshed_at = asked_at (unless expired since)
 * @return 503 when the store cannot keep it: nothing was folded
 */
xc_error_t *xc_store_fold(int *stale, xc_store_t *store, const xc_calkey_t *key, const char *base_state, const char *new_state,
                          const xc_change_t *changes, int n, int last_page, apr_time_t asked_at, apr_pool_t *pool);

/**
 * A full listing replaces what is known (sync state lost): items not in it become tombstones,
 * unchanged ones stay as they are; the epoch stays, so that clients' tokens stay good.
 * Local writes folded after asked_at stay too, listed or not. 503 as xc_store_fold.
 */
xc_error_t *xc_store_replace(xc_store_t *store, const xc_calkey_t *key, const char *new_state,
                             const xc_item_t *items, int n, apr_time_t asked_at, apr_pool_t *pool);

/** Forget a calendar wholly (folder gone): its next log has a new epoch. */
xc_error_t *xc_store_forget(xc_store_t *store, const xc_calkey_t *key, apr_pool_t *pool);
/** Mark as not fresh: the next use asks Exchange. */
xc_error_t *xc_store_expire(xc_store_t *store, const xc_calkey_t *key, apr_pool_t *pool);

/** Lookups return NULL in *out when absent; results are copies on the pool. Tombstones and hidden items are absent. */
xc_error_t *xc_store_by_href(xc_item_t **out, xc_store_t *store, const xc_calkey_t *key, const char *href, apr_pool_t *pool);
xc_error_t *xc_store_by_uid(xc_item_t **out, xc_store_t *store, const xc_calkey_t *key, const char *uid, apr_pool_t *pool);
xc_error_t *xc_store_by_id(xc_item_t **out, xc_store_t *store, const xc_calkey_t *key, const char *id, apr_pool_t *pool);
/** All live items, in href order: array of xc_item_t. With the info they belong to. */
xc_error_t *xc_store_list(apr_array_header_t **items, xc_calinfo_t **info, xc_store_t *store, const xc_calkey_t *key, apr_pool_t *pool);
/**
 * Items (live and tombstones) changed after `seq`, oldest change first; at most `limit` (0 = all).
 * A token for a limited answer is (last item's changed_seq) — items sharing a sequence are never split.
 * Items created and deleted after `seq` are left out.
 */
xc_error_t *xc_store_since(apr_array_header_t **items, xc_calinfo_t **info, int *more, xc_store_t *store, const xc_calkey_t *key,
                           apr_uint64_t seq, int limit, apr_pool_t *pool);
/** Remember the span of an item's current body; nothing happens when the item has another change key by now. */
xc_error_t *xc_store_set_span(xc_store_t *store, const xc_calkey_t *key, const char *id, const char *change_key,
                              apr_time_t first, apr_time_t last, apr_pool_t *pool);

typedef struct xc_span_t {
    const char *id, *change_key;   /* of which body */
    apr_time_t first, last;
} xc_span_t;
/** The same for many at once: one transaction. */
xc_error_t *xc_store_set_spans(xc_store_t *store, const xc_calkey_t *key, const xc_span_t *spans, int n, apr_pool_t *pool);

/* ---- bodies: immutable, keyed by account, item and change key ---- */

typedef struct xc_body_t {
    const char *id, *change_key;   /* which */
    const char *text;              /* iCalendar, NULL = the item cannot be shown (and why is in note) */
    apr_size_t len;
    const char *note;              /* why there is no text; beside a text, a word of the mailbox layer's own */
    const char *extra;             /* what the back end wants kept with it (dead properties …), may be NULL */
} xc_body_t;

/** Fetch many at once: `found` is the caller's array of n pointers; found[i] is NULL where unknown, else a copy on the pool. */
xc_error_t *xc_store_bodies(xc_body_t **found, xc_store_t *store, const xc_calkey_t *key, const xc_item_t *const *items, int n, apr_pool_t *pool);
xc_error_t *xc_store_put_bodies(xc_store_t *store, const xc_calkey_t *key, const xc_body_t *bodies, int n, apr_pool_t *pool);

/* ---- small records with a life ---- */

/** *value NULL when absent or expired. `space` separates uses ("auth", "home"); the key must already carry the account. */
xc_error_t *xc_store_get(unsigned char **value, apr_size_t *len, xc_store_t *store, const char *space, const char *key, apr_pool_t *pool);
xc_error_t *xc_store_set(xc_store_t *store, const char *space, const char *key, const void *value, apr_size_t len, apr_interval_time_t ttl, apr_pool_t *pool);
xc_error_t *xc_store_delete(xc_store_t *store, const char *space, const char *key, apr_pool_t *pool);

/* ---- single flight ---- */

typedef struct xc_flight_t xc_flight_t;
/**
 * Be the only one, of all processes, who does `what` ("refresh <calendar key hash>"). Waits until the
 * present flight ends, the lease of a died holder runs out, or the deadline passes.
 * @param out   the flight, to be ended; NULL and *waited set when another finished while we waited:
 *              look again before doing it oneself
 * @return 503 with Retry-After at the deadline
 */
xc_error_t *xc_store_flight_begin(xc_flight_t **out, int *waited, xc_store_t *store, const char *what, apr_interval_time_t lease,
                                  apr_time_t deadline, apr_pool_t *pool);
/** Ended also by the pool's cleanup. NULL is ignored. */
void xc_store_flight_end(xc_flight_t *flight);

/* ---- upkeep ---- */

typedef struct xc_store_stats_t {
    apr_uint64_t calendars, items, bodies, records;
    apr_uint64_t used_bytes, size_bytes;
    const char *provider;
} xc_store_stats_t;
xc_error_t *xc_store_stats(xc_store_stats_t *out, xc_store_t *store, apr_pool_t *pool);
/** Drop what is old, and the least recently used when the map is fuller than 80 %. Bounded work per call. */
xc_error_t *xc_store_sweep(xc_store_t *store, apr_time_t now, apr_pool_t *pool);

#endif
