/* SPDX-License-Identifier: Apache-2.0 */
/* Which requests are ours, and the way of one through sign-in, front and log. */
#include "httpd/glue.h"

#include <apr_atomic.h>
#include <apr_strings.h>
#include <http_protocol.h>
#include <string.h>

#define WELL_KNOWN "/.well-known/caldav"

/* When Exchange did not say how long: soon, but not at once. */
#define DEFAULT_RETRY_SEC 10

static const xc_dir_config_t *config_of(request_rec *r)
{
    return ap_get_module_config(r->per_dir_config, &excal_module);
}

/* A URL of ours is no file: nobody looks for one, and no extension decides about its type. */
int xc_handle_translate(request_rec *r)
{
    if (!config_of(r)->gateway || r->proxyreq || *r->uri != '/')
        return DECLINED;
    r->filename = apr_pstrcat(r->pool, "excal:", r->uri, NULL);
    r->handler = XC_HANDLER;
    return OK;
}

/* Before the core, which would answer TRACE here and walk directories. */
int xc_handle_storage(request_rec *r)
{
    return r->filename && strncmp(r->filename, "excal:", 6) == 0 ? OK : DECLINED;
}

int xc_handle_type(request_rec *r)
{
    return r->filename && strncmp(r->filename, "excal:", 6) == 0 ? OK : DECLINED;
}

/* Discovery needs no login (RFC 6764 5): the client is to ask for it where it is sent to. */
int xc_handle_access(request_rec *r)
{
    const xc_dir_config_t *cfg = config_of(r);
    apr_size_t n = strlen(WELL_KNOWN);

    if (!cfg->gateway || strncmp(r->uri, WELL_KNOWN, n) != 0 || (r->uri[n] && strcmp(r->uri + n, "/") != 0))
        return DECLINED;
    apr_table_setn(r->headers_out, "Location", apr_pstrcat(r->pool, cfg->base, "/", NULL));
    apr_table_setn(r->err_headers_out, "Cache-Control", "max-age=3600");
    return HTTP_MOVED_PERMANENTLY;
}

static void set_notes(xc_request_ctx_t *ctx)
{
    apr_table_t *notes = ctx->r->notes;
    apr_pool_t *pool = ctx->r->pool;

    apr_table_setn(notes, "excal-calls", apr_itoa(pool, ctx->meter.calls));
    apr_table_setn(notes, "excal-time", apr_psprintf(pool, "%" APR_TIME_T_FMT, apr_time_as_msec(ctx->meter.spent)));
    if (ctx->address)
        apr_table_setn(notes, "excal-account", ctx->address);
    if (!apr_table_get(notes, "excal-op"))
        apr_table_set(notes, "excal-op", ctx->r->method);
}

/*
 * Before the front has read the body, a REPORT may be a sync-collection: it gets the 429 that clients skip, not
 * the 503 that puts their calendar into an error state.
 */
int xc_handle_give_up(request_rec *r, const xc_error_t *err)
{
    int retry = err->retry_after_sec > 0 ? err->retry_after_sec : xc_error_is_passing(err) ? DEFAULT_RETRY_SEC : 0;

    if (retry > 0)
        apr_table_set(r->err_headers_out, "Retry-After", apr_itoa(r->pool, retry));
    return err->status == 503 && r->method_number == M_REPORT ? 429 : err->status;
}

/* No mailbox, no front: what is wrong is the gateway's or the sign-in's. */
static int refuse(xc_request_ctx_t *ctx, const xc_error_t *err)
{
    xc_log(&ctx->log, err->status >= 500 ? XC_LOG_ERROR : XC_LOG_INFO, "%s %s for %s: %d%s%s: %s%s%s", ctx->r->method, ctx->r->uri,
           ctx->r->user ? ctx->r->user : "-", err->status, err->code ? " " : "", err->code ? err->code : "", err->message,
           err->detail ? " | " : "", err->detail ? err->detail : "");
    if (err->code)
        apr_table_set(ctx->r->notes, "excal-code", err->code);
    return xc_handle_give_up(ctx->r, err);
}

static int handle(request_rec *r)
{
    xc_request_ctx_t *ctx = xc_request_ctx(r);
    xc_mailbox_t *mailbox;
    xc_error_t *err;
    xc_req_t *req;

    if (strcmp(r->uri, XC_STATUS_PATH) == 0)
        return xc_status_handle(r);
    if ((err = xc_session_mailbox(&mailbox, ctx)) != NULL)
        return refuse(ctx, err);
    req = xc_adapter_make(ctx, mailbox);
    xc_dav_handle(req);
    if (req->op)
        apr_table_setn(r->notes, "excal-op", req->op);
    if (req->code)
        apr_table_setn(r->notes, "excal-code", req->code);
    set_notes(ctx);
    return ctx->filter_status ? ctx->filter_status : OK;
}

int xc_handle_request(request_rec *r)
{
    int status;

    if (!r->handler || strcmp(r->handler, XC_HANDLER) != 0)
        return DECLINED;
    xc_child_enter();
    status = handle(r);
    xc_child_leave();
    return status;
}

/* Counts what was answered, refusals before the handler included; sweeps when it is time. */
int xc_handle_logged(request_rec *r)
{
    const request_rec *first = r;
    xc_request_ctx_t *ctx;
    xc_shared_t *sh = xc_shared();

    while (r->next)
        r = r->next;
    ctx = ap_get_module_config(first->request_config, &excal_module);
    if (!sh || !config_of(r)->gateway)
        return DECLINED;
    if (ctx && !apr_table_get(r->notes, "excal-calls"))
        set_notes(ctx);
    apr_atomic_inc64(&sh->requests);
    if (r->status >= 500)
        apr_atomic_inc64(&sh->server_errors);
    else if (r->status >= 400)
        apr_atomic_inc64(&sh->client_errors);
    xc_child_sweep(r->pool);
    return DECLINED;
}
