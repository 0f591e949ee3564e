/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file error.h
 * The one error type. A function that can fail returns `xc_error_t *`: NULL is success,
 * anything else says what happened in the client's terms (HTTP status, WebDAV precondition,
 * a sentence) and in the administrator's (the back end's own code, detail, cause).
 * Context is added on the way up; the handler logs once.
 */
#ifndef XC_BASE_ERROR_H
#define XC_BASE_ERROR_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "base/cond.h"

typedef struct xc_error_t xc_error_t;
struct xc_error_t {
    int status;              /* HTTP status for the client, 400..599 */
    xc_cond_e cond;          /* failed precondition, XC_COND_NONE when there is none */
    int retry_after_sec;     /* > 0: sent as Retry-After */
    const char *code;        /* the back end's own code ("ErrorServerBusy"), NULL if none */
    const char *message;     /* one sentence for the client; never holds credentials */
    const char *detail;      /* for the log only, grows by xc_error_context(); may be NULL */
    apr_array_header_t *hrefs; /* const char *: hrefs reported inside the precondition, or NULL */
    int maybe_done;          /* a write was sent and its answer never came: it may have happened */
};

/**
 * Make an error.
 * @param pool   where it lives; at least as long as the caller's caller needs it
 * @param status HTTP status; 0 takes the default of `cond`
 * @param fmt    the sentence for the client, printf style; must not quote secrets
 * @return never NULL
 */
xc_error_t *xc_error_make(apr_pool_t *pool, int status, xc_cond_e cond, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/** Add what was being attempted, for the log: "PUT of x: " is put before the detail. @return err */
xc_error_t *xc_error_context(xc_error_t *err, apr_pool_t *pool, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** Set the back end's own code. The string is copied. @return err */
xc_error_t *xc_error_code(xc_error_t *err, apr_pool_t *pool, const char *code);

/** Set Retry-After in seconds. @return err */
xc_error_t *xc_error_retry(xc_error_t *err, int seconds);

/** Add an href to report inside the precondition element (RFC 4791 5.3.2.1 no-uid-conflict). @return err */
xc_error_t *xc_error_href(xc_error_t *err, apr_pool_t *pool, const char *href);

/** Would the same request work a little later (429, 503, 504)? Then nothing is known; else the answer is final. */
int xc_error_is_passing(const xc_error_t *err);

/** Return `call`'s error to the caller, if there is one. */
#define XC_TRY(call)                                                                     \
    do {                                                                                 \
        xc_error_t *xc_try_err_ = (call);                                                \
        if (xc_try_err_)                                                                 \
            return xc_try_err_;                                                          \
    } while (0)

#endif
