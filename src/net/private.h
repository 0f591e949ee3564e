/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file private.h
 * What the files of src/net share.
 *
 * libcurl keeps connections in a multi handle. An *engine* is a multi handle that one thread has
 * at a time; idle engines wait in the xc_net_t under a key: "" for everybody whose login travels
 * in each request (anonymous, Basic, Bearer), the credential's fingerprint where the connection
 * itself is authenticated (NTLM, Negotiate, and "any", which may become one of them). libcurl
 * itself keeps origins apart inside an engine.
 */
#ifndef XC_NET_PRIVATE_H
#define XC_NET_PRIVATE_H

#include <apr_hash.h>
#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>
#include <curl/curl.h>

#include "base/buf.h"
#include "net/breaker.h"
#include "net/http.h"

enum { XC_NET_SPARE_HANDLES = 8, XC_NET_IDLE_ENGINES = 256, XC_NET_KEY_BYTES = 2 * 32 + 1 };

/** What the child knows of an origin. */
typedef struct xc_origin_t {
    const char *name;
    int leases;                /* requests under way */
    volatile apr_uint32_t auth_picked; /* the one scheme that "any" came to (CURLAUTH_…), 0 = unknown yet */
} xc_origin_t;

typedef struct xc_engine_t xc_engine_t;
struct xc_engine_t {
    xc_engine_t *next;
    char key[XC_NET_KEY_BYTES];
    CURLM *multi;
    CURL *spare[XC_NET_SPARE_HANDLES];
    int spares;
    apr_time_t last_used;
};

struct xc_net_t {
    xc_net_config_t cfg;
    xc_breaker_t *breaker;
    apr_pool_t *pool;
    const char *salt;                              /* of keys made from a credential without fingerprint */
    CURLSH *share;                                 /* DNS answers and TLS sessions only */
    apr_thread_mutex_t *share_lock[CURL_LOCK_DATA_LAST]; /* one per kind */
    apr_thread_mutex_t *lock;                      /* of all below */
    apr_thread_cond_t *lease_freed;
    apr_hash_t *origins;                           /* name -> xc_origin_t; an origin is a few bytes, for ever */
    xc_engine_t *idle;                             /* most recently used first */
    xc_engine_t *empty;                            /* structs whose handles are closed, for the next engine */
};

/** One request under way. */
typedef struct xc_transfer_t {
    const xc_net_request_t *req;
    xc_net_response_t *resp;
    xc_origin_t *origin;
    const char *key;           /* of its engine */
    int prove;                 /* in an engine of its own, without connections */
    int relearned;             /* its origin offers another scheme than the one that was tried */
    CURL *easy;
    struct curl_slist *header_list;
    apr_size_t sent;           /* body bytes handed to libcurl */
    int answered;              /* a line of an answer came since the body was last begun */
    int too_large;
    apr_size_t header_bytes;
    xc_buf_t *body;
    apr_time_t started;
    int retried;
    enum { XC_TRANSFER_WAITING, XC_TRANSFER_RUNNING, XC_TRANSFER_DONE } state;
    apr_pool_t *pool;
    char errbuf[CURL_ERROR_SIZE];
} xc_transfer_t;

/** The origin's record, made on first use; NULL when the URL is none of ours. */
xc_origin_t *xc_net_origin_of(xc_net_t *net, const char *url, apr_pool_t *pool);
/** The engine key of a credential; never NULL, shorter than XC_NET_KEY_BYTES. */
const char *xc_net_engine_key(const xc_net_t *net, const xc_credential_t *cred, apr_pool_t *pool);
/** An engine to have alone; NULL when out of memory. */
xc_engine_t *xc_net_engine_take(xc_net_t *net, const char *key);
/** The same without any connection yet. */
xc_engine_t *xc_net_engine_make(xc_net_t *net, const char *key);
void xc_net_engine_give(xc_net_t *net, xc_engine_t *engine);

/** @return 1 when the origin had a lease left */
int xc_net_lease_try(xc_net_t *net, xc_origin_t *origin);
void xc_net_lease_drop(xc_net_t *net, xc_origin_t *origin);
/** Wait until somebody gives a lease back, at most until the deadline. */
void xc_net_lease_wait(xc_net_t *net, const xc_origin_t *origin, apr_time_t deadline);

/** Dress the easy handle for the request. @return an error of our own making, or NULL */
xc_error_t *xc_transfer_prepare(xc_net_t *net, xc_transfer_t *t, int fresh_connection, apr_time_t deadline);
/** Fill in the response after libcurl is done with it. */
void xc_transfer_finish(xc_net_t *net, xc_transfer_t *t, CURLcode rc);
/** May it be sent again on a new connection after `rc`? */
int xc_transfer_may_retry(const xc_transfer_t *t, CURLcode rc);
/** Forget the easy handle's ties to the request. */
void xc_transfer_undress(xc_transfer_t *t);

#endif
