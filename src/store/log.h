/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file log.h
 * The functions that store.c has a provider run on a log (xc_logfn_t), with their arguments and results.
 */
#ifndef XC_STORE_LOG_H
#define XC_STORE_LOG_H

#include "store/store_provider.h"

/** For xc_log_fold (changes) and xc_log_replace (items). */
typedef struct xc_fold_t {
    const char *base_state, *new_state;
    const xc_change_t *changes;
    const xc_item_t *items;
    int n, last_page;
    apr_time_t asked_at;
    int stale;               /* out */
} xc_fold_t;

typedef struct xc_spans_t {
    const xc_span_t *spans;
    int n;
} xc_spans_t;

/** For everything that reads. */
typedef struct xc_reading_t {
    apr_pool_t *pool;        /* results live here */
    xc_index_e index;        /* xc_log_find */
    const char *value;
    apr_uint64_t seq;        /* xc_log_since */
    int limit;
    xc_calinfo_t *info;      /* out, as are those below */
    xc_item_t *item;
    apr_array_header_t *items;
    int more;
} xc_reading_t;

int xc_log_fold(void *ctx, xc_logtx_t *tx);
int xc_log_replace(void *ctx, xc_logtx_t *tx);
int xc_log_forget(void *ctx, xc_logtx_t *tx);
int xc_log_expire(void *ctx, xc_logtx_t *tx);
int xc_log_set_spans(void *ctx, xc_logtx_t *tx);
int xc_log_info(void *ctx, xc_logtx_t *tx);
int xc_log_find(void *ctx, xc_logtx_t *tx);
int xc_log_list(void *ctx, xc_logtx_t *tx);
int xc_log_since(void *ctx, xc_logtx_t *tx);

#endif
