/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file buf.h
 * A growing byte buffer with a bound. Memory is outside the pool (so that growing wastes
 * nothing) and is freed by a cleanup of the pool. When the bound is passed the buffer keeps
 * what it has, `overflow` is set and further appends do nothing: check once at the end.
 */
#ifndef XC_BASE_BUF_H
#define XC_BASE_BUF_H

#include <apr_pools.h>
#include <stdarg.h>

typedef struct xc_buf_t {
    char *data;          /* always NUL-terminated, never NULL */
    apr_size_t len;      /* bytes without the NUL */
    apr_size_t cap;      /* bytes allocated */
    apr_size_t max;      /* bound for len, 0 = none */
    int overflow;        /* the bound was passed */
} xc_buf_t;

/** A new empty buffer; `max_bytes` 0 = without bound. */
xc_buf_t *xc_buf_make(apr_pool_t *pool, apr_size_t max_bytes);
void xc_buf_append(xc_buf_t *buf, const char *data, apr_size_t len);
/** Append a NUL-terminated string. */
void xc_buf_puts(xc_buf_t *buf, const char *s);
void xc_buf_putc(xc_buf_t *buf, char c);
void xc_buf_printf(xc_buf_t *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Empty it, keep the memory. */
void xc_buf_clear(xc_buf_t *buf);

#endif
