/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file breaker.h
 * A circuit breaker and back-off clock per origin in memory that all httpd children share.
 * Plain integers changed with APR atomics; no lock. Opens after a run of transport failures;
 * closed again by one success of a probe. Exchange's BackOffMilliseconds blocks one account on
 * one origin (a small hashed table), never everybody. Origins are compared without case, path and default port.
 */
#ifndef XC_NET_BREAKER_H
#define XC_NET_BREAKER_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <apr_time.h>

#include "net/http.h"

/** Bytes of shared memory that the breaker's table needs. */
apr_size_t xc_breaker_size(void);
/** Make a table in `mem` (zeroed, xc_breaker_size() bytes). */
xc_breaker_t *xc_breaker_at(void *mem);
/** May a request to `origin` ("https://host:port") for `account` (may be NULL) go out now? @return 0 = yes, else seconds to wait */
int xc_breaker_wait_sec(xc_breaker_t *b, const char *origin, const char *account, apr_time_t now);
/** Record a transport result of an origin. @return 1 when this opened the breaker, -1 when it closed it, else 0 */
int xc_breaker_report(xc_breaker_t *b, const char *origin, int ok, apr_time_t now);
/** Exchange asked `account` to stay away for this long. */
void xc_breaker_back_off(xc_breaker_t *b, const char *origin, const char *account, apr_interval_time_t how_long, apr_time_t now);

/** How an origin fares, for the status page. */
typedef struct xc_breaker_state_t {
    const char *origin;
    int failures;      /* in a row */
    int wait_sec;      /* > 0: open for this long yet */
} xc_breaker_state_t;
/** All origins seen (xc_breaker_state_t), on the pool. */
apr_array_header_t *xc_breaker_states(const xc_breaker_t *b, apr_time_t now, apr_pool_t *pool);
/** Accounts that Exchange asked to stay away at present. */
int xc_breaker_backing_off(const xc_breaker_t *b, apr_time_t now);

#endif
