/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an empty buffer points to, so that data is never NULL. Nobody writes to it: cap is 0. */
static char nothing[1];

static apr_status_t buf_free(void *p)
{
    xc_buf_t *buf = p;
    if (buf->cap)
        free(buf->data);
    buf->data = nothing;
    buf->len = buf->cap = 0;
    return APR_SUCCESS;
}

xc_buf_t *xc_buf_make(apr_pool_t *pool, apr_size_t max_bytes)
{
    xc_buf_t *buf = apr_pcalloc(pool, sizeof(*buf));
    buf->data = nothing;
    buf->max = max_bytes;
    apr_pool_cleanup_register(pool, buf, buf_free, apr_pool_cleanup_null);
    return buf;
}

/* Room for `more` bytes and the NUL. @return 0 when the bound (or memory) does not allow it */
static int buf_reserve(xc_buf_t *buf, apr_size_t more)
{
    apr_size_t need, cap;
    char *grown;

    if (buf->overflow)
        return 0;
    if (more > APR_SIZE_MAX / 2 - buf->len - 1 || (buf->max && buf->len + more > buf->max)) {
        buf->overflow = 1;
        return 0;
    }
    need = buf->len + more + 1;
    if (need <= buf->cap)
        return 1;
    cap = buf->cap ? buf->cap : 256;
    while (cap < need)
        cap += cap / 2 + 64;
    grown = realloc(buf->cap ? buf->data : NULL, cap);
    if (!grown) {
        buf->overflow = 1;
        return 0;
    }
    buf->data = grown;
    buf->cap = cap;
    buf->data[buf->len] = '\0';
    return 1;
}

void xc_buf_append(xc_buf_t *buf, const char *data, apr_size_t len)
{
    if (!len || !buf_reserve(buf, len))
        return;
    memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void xc_buf_puts(xc_buf_t *buf, const char *s)
{
    xc_buf_append(buf, s, strlen(s));
}

void xc_buf_putc(xc_buf_t *buf, char c)
{
    if (!buf_reserve(buf, 1))
        return;
    buf->data[buf->len++] = c;
    buf->data[buf->len] = '\0';
}

void xc_buf_printf(xc_buf_t *buf, const char *fmt, ...)
{
    va_list ap, again;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n > 0 && buf_reserve(buf, (apr_size_t)n)) {
        vsnprintf(buf->data + buf->len, (apr_size_t)n + 1, fmt, again);
        buf->len += (apr_size_t)n;
    }
    va_end(again);
}

void xc_buf_clear(xc_buf_t *buf)
{
    buf->len = 0;
    buf->overflow = 0;
    if (buf->cap)
        buf->data[0] = '\0';
}
