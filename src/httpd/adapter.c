/* SPDX-License-Identifier: Apache-2.0 */
/* xc_req_t over request_rec: the front reads and writes through this and sees no httpd type. */
#include "httpd/glue.h"

#include <apr_buckets.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <string.h>
#include <util_filter.h>

#include "base/buf.h"

#define TAG_FILTER "EXCAL_ETAG"

/* ---- in ---- */

static xc_error_t *too_large(xc_request_ctx_t *ctx, apr_size_t max_bytes)
{
    /* what is left of the body is not worth reading */
    ctx->r->connection->keepalive = AP_CONN_CLOSE;
    return xc_error_make(ctx->r->pool, 413, XC_COND_NONE, "The request is larger than %" APR_SIZE_T_FMT " bytes.", max_bytes);
}

static xc_error_t *broken_off(xc_request_ctx_t *ctx, apr_status_t rv)
{
    int status = ap_map_http_request_error(rv, HTTP_BAD_REQUEST);

    if (status == AP_FILTER_ERROR) {
        ctx->filter_status = AP_FILTER_ERROR; /* an input filter has sent an answer of its own */
        status = HTTP_BAD_REQUEST;
    }
    ctx->r->connection->keepalive = AP_CONN_CLOSE;
    return xc_error_make(ctx->r->pool, status, XC_COND_NONE, "The request's body broke off.");
}

/* One brigade into the buffer. @return 1 = end of the body */
static int take_brigade(xc_buf_t *buf, apr_bucket_brigade *bb, apr_status_t *rv)
{
    apr_bucket *b;

    for (b = APR_BRIGADE_FIRST(bb); b != APR_BRIGADE_SENTINEL(bb); b = APR_BUCKET_NEXT(b)) {
        const char *data;
        apr_size_t len;
        if (APR_BUCKET_IS_EOS(b))
            return 1;
        if (APR_BUCKET_IS_METADATA(b))
            continue;
        *rv = apr_bucket_read(b, &data, &len, APR_BLOCK_READ);
        if (*rv != APR_SUCCESS)
            return 1;
        xc_buf_append(buf, data, len);
    }
    return 0;
}

/* A slow line is not Exchange's: the time that the body took does not count. */
static void prolong(xc_req_t *req, apr_interval_time_t spent)
{
    xc_request_ctx_t *ctx = req->ctx;

    ctx->deadline += spent;
    req->deadline = ctx->deadline;
    if (ctx->session)
        ctx->session->deadline = ctx->deadline;
}

static xc_error_t *read_body(xc_req_t *req, char **data, apr_size_t *len, apr_size_t max_bytes)
{
    xc_request_ctx_t *ctx = req->ctx;
    request_rec *r = ctx->r;
    const char *declared = apr_table_get(r->headers_in, "Content-Length");
    xc_buf_t *buf = xc_buf_make(r->pool, max_bytes);
    apr_time_t begun = apr_time_now();
    apr_bucket_brigade *bb;
    apr_status_t rv = APR_SUCCESS;
    apr_off_t n = 0;
    int done = 0;

    *data = buf->data;
    *len = 0;
    if (declared && !apr_table_get(r->headers_in, "Content-Encoding") &&
        (apr_strtoff(&n, declared, NULL, 10) != APR_SUCCESS || n < 0 || (apr_uint64_t)n > max_bytes))
        return too_large(ctx, max_bytes); /* before "100 Continue" invites it */
    bb = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    while (!done && rv == APR_SUCCESS && !buf->overflow) {
        rv = ap_get_brigade(r->input_filters, bb, AP_MODE_READBYTES, APR_BLOCK_READ, 65536);
        if (rv == APR_SUCCESS)
            done = take_brigade(buf, bb, &rv);
        apr_brigade_cleanup(bb);
    }
    apr_brigade_destroy(bb);
    prolong(req, apr_time_now() - begun);
    if (rv != APR_SUCCESS)
        return broken_off(ctx, rv);
    if (buf->overflow)
        return too_large(ctx, max_bytes);
    *data = buf->data;
    *len = buf->len;
    return NULL;
}

/* ---- out ---- */

static int is_token(const char *s)
{
    const char *p;
    for (p = s; *p; p++) {
        if (!apr_isalnum(*p) && !strchr("!#$%&'*+-.^_`|~", *p))
            return 0;
    }
    return p > s;
}

static void set_header(xc_req_t *req, const char *name, const char *value)
{
    xc_request_ctx_t *ctx = req->ctx;

    if (!is_token(name) || (value && strpbrk(value, "\r\n"))) {
        xc_log(&ctx->log, XC_LOG_ERROR, "a response header with a line break was left out: %s", name);
        return;
    }
    if (value)
        apr_table_set(ctx->r->headers_out, name, value);
    else
        apr_table_unset(ctx->r->headers_out, name);
}

static void start(xc_req_t *req, int status, const char *content_type, apr_off_t length)
{
    xc_request_ctx_t *ctx = req->ctx;
    request_rec *r = ctx->r;

    r->status = status;
    r->status_line = NULL;
    if (status == HTTP_UNAUTHORIZED) {
        ap_note_auth_failure(r);
        if (!apr_table_get(r->err_headers_out, "WWW-Authenticate"))
            apr_table_setn(r->err_headers_out, "WWW-Authenticate", "Basic realm=\"Exchange calendar\"");
    }
    if (content_type)
        ap_set_content_type(r, apr_pstrdup(r->pool, content_type));
    if (length >= 0)
        ap_set_content_length(r, length);
    if (apr_table_get(r->headers_out, "ETag"))
        ap_add_output_filter(TAG_FILTER, apr_pstrdup(r->pool, apr_table_get(r->headers_out, "ETag")), r, r->connection);
}

static int write_part(xc_req_t *req, const char *data, apr_size_t len)
{
    request_rec *r = ((xc_request_ctx_t *)req->ctx)->r;

    while (len > 0) { /* ap_rwrite counts in int */
        int part = len > 1 << 20 ? 1 << 20 : (int)len;
        if (ap_rwrite(data, part, r) < 0)
            return -1;
        data += part;
        len -= (apr_size_t)part;
    }
    return r->connection->aborted ? -1 : 0;
}

/* ---- entity tags and compression ---- */

/*
 * A compressor marks the tag of what it compressed ("abc-gzip"). A calendar client compares the tag of a GET
 * with the one in a listing and sends it back in If-Match: to it the resource is one, however it travelled.
 */
static apr_status_t keep_tag(ap_filter_t *f, apr_bucket_brigade *bb)
{
    if (apr_table_get(f->r->headers_out, "ETag"))
        apr_table_setn(f->r->headers_out, "ETag", f->ctx);
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, bb);
}

void xc_adapter_register(void)
{
    /* behind the compressors, before the header is written */
    ap_register_output_filter(TAG_FILTER, keep_tag, NULL, AP_FTYPE_PROTOCOL - 1);
}

const char *xc_adapter_plain_tags(apr_pool_t *pool, const char *value)
{
    static const char *const suffixes[] = {"-gzip\"", "-br\"", "-zstd\"", ";gzip\"", "--gzip\""};
    char *out = NULL, *at;
    unsigned i;

    for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        apr_size_t n = strlen(suffixes[i]);
        while ((at = strstr(out ? out : (char *)(uintptr_t)value, suffixes[i])) != NULL) {
            if (!out) {
                out = apr_pstrdup(pool, value);
                continue;
            }
            *at = '"';
            memmove(at + 1, at + n, strlen(at + n) + 1);
        }
    }
    return out ? out : value;
}

static apr_table_t *headers_for_front(request_rec *r)
{
    static const char *const names[] = {"If-Match", "If-None-Match", "If"};
    apr_table_t *headers = r->headers_in;
    unsigned i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = apr_table_get(headers, names[i]);
        const char *plain = value ? xc_adapter_plain_tags(r->pool, value) : NULL;
        if (plain == value)
            continue;
        if (headers == r->headers_in)
            headers = apr_table_copy(r->pool, r->headers_in);
        apr_table_setn(headers, names[i], plain);
    }
    return headers;
}

/* ---- the request ---- */

/* The path as the client sent it: httpd's r->uri is decoded and merged already. */
static const char *raw_path(request_rec *r)
{
    const char *uri = r->unparsed_uri, *scheme;

    if (*uri != '/' && (scheme = strstr(uri, "://")) != NULL)
        uri = scheme + 3 + strcspn(scheme + 3, "/?");
    if (*uri != '/' && *uri != '*')
        return "/";
    return apr_pstrmemdup(r->pool, uri, strcspn(uri, "?"));
}

static const char *host_url(request_rec *r)
{
    const char *url = ap_construct_url(r->pool, "/", r);
    return apr_pstrmemdup(r->pool, url, strlen(url) - 1);
}

xc_req_t *xc_adapter_make(xc_request_ctx_t *ctx, xc_mailbox_t *mailbox)
{
    request_rec *r = ctx->r;
    xc_req_t *req = apr_pcalloc(r->pool, sizeof(*req));

    req->method = r->header_only ? "HEAD" : r->method;
    req->uri = raw_path(r);
    req->query = r->args;
    req->user = r->user;
    req->host_url = host_url(r);
    req->headers_in = headers_for_front(r);
    req->cfg = &ctx->dav;
    req->mailbox = mailbox;
    req->log = &ctx->log;
    req->deadline = ctx->deadline;
    req->pool = r->pool;
    req->ctx = ctx;
    req->read_body = read_body;
    req->set_header = set_header;
    req->start = start;
    req->write = write_part;
    return req;
}
