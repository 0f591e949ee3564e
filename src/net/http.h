/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file http.h
 * HTTP requests to back ends, over libcurl. One xc_net_t per httpd child holds idle connections
 * ("leases") keyed by origin and, where a connection carries an authentication state (NTLM,
 * Negotiate), by credential too; it bounds how many run at once, and honours a breaker that all
 * children share.
 */
#ifndef XC_NET_HTTP_H
#define XC_NET_HTTP_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <apr_time.h>

#include "base/error.h"
#include "base/log.h"

typedef struct xc_net_t xc_net_t;
struct xc_net_request_t;
struct xc_net_response_t;
typedef struct xc_breaker_t xc_breaker_t; /* net/breaker.h: lives in memory shared by the children */

typedef struct xc_net_config_t {
    int max_leases;              /* requests under way at once, per child and origin */
    apr_interval_time_t connect_timeout;
    apr_interval_time_t idle_timeout;      /* an idle connection older than this is closed */
    apr_size_t max_response_bytes;
    int tls_verify;              /* check certificate and host name */
    const char *ca_file;         /* PEM bundle, NULL = the system's */
    const char *user_agent;
    /** Called after every request, from the thread that made it (statistics); may be NULL. */
    void (*observe)(void *ctx, const struct xc_net_request_t *request, const struct xc_net_response_t *response);
    void *observe_ctx;
} xc_net_config_t;

typedef enum xc_auth_e { XC_AUTH_NONE, XC_AUTH_BASIC, XC_AUTH_NTLM, XC_AUTH_NEGOTIATE, XC_AUTH_ANY, XC_AUTH_BEARER } xc_auth_e;

/** Who asks. Never logged, never kept beyond its pool. */
typedef struct xc_credential_t {
    xc_auth_e scheme;
    const char *user;       /* as typed: alice, alice@contoso.example, CONTOSO\alice */
    const char *secret;     /* password or bearer token */
    const char *fingerprint; /* keyed hash of user and secret (hex), the key of pooled connections */
} xc_credential_t;

typedef struct xc_net_request_t {
    const char *method;
    const char *url;              /* http or https, absolute */
    apr_table_t *headers;         /* further headers, may be NULL */
    const char *body;             /* may be NULL */
    apr_size_t body_len;
    const xc_credential_t *credential; /* NULL = anonymous */
    const char *label;            /* operation name for logs and statistics ("GetItem") */
    const char *account;          /* whose back-off is honoured (the breaker's), NULL = only the origin's state */
    int prove;                    /* the password itself is to be judged: not over a connection that was signed in with it before */
    int patient;                  /* it has to be tried: a back-off is waited for until the deadline, and does not prevent it */
    int repeatable;               /* harmless when the server gets it twice (a read): it is sent again when an idle
                                     connection turns out to be dead after the body has left. GET and HEAD always are */
} xc_net_request_t;

typedef struct xc_net_response_t {
    int status;                   /* 0 when no answer came */
    apr_table_t *headers;
    const char *body;             /* on the pool, NUL-terminated */
    apr_size_t body_len;
    apr_interval_time_t spent;    /* µs from start to the last byte */
    xc_error_t *error;            /* transport failure of this one, else NULL: 503 with Retry-After (time-out, DNS, connection,
                                     broken off), 502 (certificate refused, answer too large, not HTTP), 500 (bad request of
                                     our own). maybe_done: the body was sent and the answer never came, or not wholly */
} xc_net_response_t;

/** What a request has cost so far: for LogFormat notes and the status page. */
typedef struct xc_net_meter_t {
    int calls;
    apr_interval_time_t spent;
} xc_net_meter_t;

/**
 * Scheme, host and port of an http or https URL in lower case, the default port left out.
 * @return NULL when it is no such URL, or one that carries a login
 */
const char *xc_net_origin(const char *url, apr_pool_t *pool);

/** libcurl's global state; once per process in post_config, undone by the pool's cleanup. */
xc_error_t *xc_net_init(apr_pool_t *pool);

/** @param breaker shared state, may be NULL (tests). Lives on `pool` (a child's pool). */
xc_error_t *xc_net_make(xc_net_t **out, const xc_net_config_t *cfg, xc_breaker_t *breaker, apr_pool_t *pool);

/**
 * Perform n requests, several at once (curl multi), each with its own answer in `responses`.
 * Thread-safe. Waits for a lease at most until the deadline.
 * @param deadline  absolute; everything ends by then
 * @param meter     added to, may be NULL
 * @return NULL when every request ran (look at each response's error), else 503 with Retry-After:
 *         breaker open, no lease before the deadline
 */
xc_error_t *xc_net_perform(xc_net_t *net, const xc_net_request_t *requests, int n, xc_net_response_t *responses,
                           apr_time_t deadline, xc_net_meter_t *meter, const xc_log_t *log, apr_pool_t *pool);

#endif
