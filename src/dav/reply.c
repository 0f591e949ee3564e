/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>
#include <string.h>

#include "dav/dav.h"

/* When Exchange did not say how long: soon, but not at once. */
#define DEFAULT_RETRY_SEC 10

static const struct {
    int status;
    const char *text;
} reasons[] = {
    { 200, "OK" }, { 201, "Created" }, { 204, "No Content" }, { 207, "Multi-Status" }, { 301, "Moved Permanently" },
    { 304, "Not Modified" }, { 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" },
    { 404, "Not Found" }, { 405, "Method Not Allowed" }, { 409, "Conflict" }, { 412, "Precondition Failed" },
    { 413, "Content Too Large" }, { 414, "URI Too Long" }, { 415, "Unsupported Media Type" },
    { 422, "Unprocessable Content" }, { 424, "Failed Dependency" }, { 429, "Too Many Requests" },
    { 500, "Internal Server Error" }, { 501, "Not Implemented" }, { 502, "Bad Gateway" },
    { 503, "Service Unavailable" }, { 504, "Gateway Timeout" }, { 507, "Insufficient Storage" },
};

const char *xc_status_line(int status, apr_pool_t *pool)
{
    const char *text = "Error";
    for (apr_size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
        if (reasons[i].status == status)
            text = reasons[i].text;
    return apr_psprintf(pool, "HTTP/1.1 %d %s", status, text);
}

void xc_reply_header(xc_dav_t *d, const char *name, const char *value)
{
    d->req->set_header(d->req, name, value);
}

void xc_reply_etag(xc_dav_t *d, const char *etag)
{
    xc_reply_header(d, "ETag", apr_pstrcat(d->pool, "\"", etag, "\"", NULL));
}

void xc_reply_schedule_tag(xc_dav_t *d, const char *tag)
{
    if (tag)
        xc_reply_header(d, "Schedule-Tag", apr_pstrcat(d->pool, "\"", tag, "\"", NULL));
}

void xc_reply_empty(xc_dav_t *d, int status)
{
    d->status = status;
    d->req->start(d->req, status, NULL, 0);
}

void xc_reply_data(xc_dav_t *d, int status, const char *type, const char *data, apr_size_t len)
{
    d->status = status;
    d->req->start(d->req, status, type, (apr_off_t)len);
    if (!d->head && len)
        d->req->write(d->req, data, len);
}

/* hrefs of an error are paths, or names of objects: in the calendar that the request is about, or as "calendar/name" in its home. */
static const char *error_href(const xc_dav_t *d, const char *href, apr_pool_t *pool)
{
    xc_path_t path = d->path;
    if (*href == '/' || !path.calendar)
        return href;
    path.kind = path.kind == XC_R_INBOX ? XC_R_MESSAGE : XC_R_OBJECT;
    path.name = href;
    const char *slash = strchr(href, '/');
    if (slash) {
        path.calendar = apr_pstrmemdup(pool, href, (apr_size_t)(slash - href));
        path.name = slash + 1;
    }
    return xc_resource_href(d, &path, pool);
}

static void write_need_privileges(xc_dav_t *d, xc_xmlw_t *w, apr_pool_t *pool)
{
    /* RFC 3744 7.1.1 wants the resource and the privilege named */
    xc_xmlw_start(w, XC_NS_DAV, "resource");
    xc_xmlw_element(w, XC_NS_DAV, "href", xc_resource_href(d, &d->path, pool));
    xc_xmlw_start(w, XC_NS_DAV, "privilege");
    xc_xmlw_element(w, XC_NS_DAV, d->method && (d->method->flags & XC_M_CHANGES) ? "write" : "read", NULL);
    xc_xmlw_end(w);
    xc_xmlw_end(w);
}

void xc_error_write(xc_dav_t *d, xc_xmlw_t *w, const xc_error_t *err, apr_pool_t *pool)
{
    if (err->cond != XC_COND_NONE) {
        xc_xmlw_start(w, xc_cond_ns(err->cond), xc_cond_name(err->cond));
        for (int i = 0; err->hrefs && i < err->hrefs->nelts; i++)
            xc_xmlw_element(w, XC_NS_DAV, "href", error_href(d, APR_ARRAY_IDX(err->hrefs, i, const char *), pool));
        if (err->cond == XC_COND_NEED_PRIVILEGES)
            write_need_privileges(d, w, pool);
        xc_xmlw_end(w);
    }
    if (err->message)
        xc_xmlw_element(w, XC_NS_EXCAL, "message", err->message);
}

void xc_reply_error(xc_dav_t *d, xc_error_t *err)
{
    xc_buf_t *buf = xc_buf_make(d->pool, 0);
    xc_xmlw_t *w = xc_xmlw_make(buf, d->pool);
    int retry = err->retry_after_sec;
    if (retry <= 0 && (err->status == 503 || err->status == 429))
        retry = DEFAULT_RETRY_SEC;
    if (retry > 0)
        xc_reply_header(d, "Retry-After", apr_itoa(d->pool, retry));
    xc_xmlw_ns(w, "D", XC_NS_DAV);
    xc_xmlw_ns(w, "C", XC_NS_CALDAV);
    xc_xmlw_ns(w, "X", XC_NS_EXCAL);
    xc_xmlw_start(w, XC_NS_DAV, "error");
    xc_error_write(d, w, err, d->pool);
    xc_xmlw_end(w);
    if (xc_xmlw_finish(w, d->pool))
        xc_reply_empty(d, err->status);
    else
        xc_reply_data(d, err->status, XC_TYPE_XML, buf->data, buf->len);
}
