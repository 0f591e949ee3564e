/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <apr_strings.h>

xc_error_t *xc_error_make(apr_pool_t *pool, int status, xc_cond_e cond, const char *fmt, ...)
{
    xc_error_t *err = apr_pcalloc(pool, sizeof(*err));
    va_list ap;

    if (status < 400 || status > 599)
        status = xc_cond_status(cond);
    err->status = status;
    err->cond = cond;
    va_start(ap, fmt);
    err->message = apr_pvsprintf(pool, fmt, ap);
    va_end(ap);
    return err;
}

xc_error_t *xc_error_context(xc_error_t *err, apr_pool_t *pool, const char *fmt, ...)
{
    va_list ap;
    char *what;

    if (!err)
        return NULL;
    va_start(ap, fmt);
    what = apr_pvsprintf(pool, fmt, ap);
    va_end(ap);
    err->detail = err->detail ? apr_pstrcat(pool, what, ": ", err->detail, NULL) : what;
    return err;
}

xc_error_t *xc_error_code(xc_error_t *err, apr_pool_t *pool, const char *code)
{
    if (err)
        err->code = apr_pstrdup(pool, code);
    return err;
}

xc_error_t *xc_error_retry(xc_error_t *err, int seconds)
{
    if (err)
        err->retry_after_sec = seconds > 0 ? seconds : 0;
    return err;
}

xc_error_t *xc_error_href(xc_error_t *err, apr_pool_t *pool, const char *href)
{
    if (!err || !href)
        return err;
    if (!err->hrefs)
        err->hrefs = apr_array_make(pool, 2, sizeof(const char *));
    APR_ARRAY_PUSH(err->hrefs, const char *) = apr_pstrdup(pool, href);
    return err;
}

int xc_error_is_passing(const xc_error_t *err)
{
    return err && (err->status == 429 || err->status == 503 || err->status == 504);
}
