/* SPDX-License-Identifier: Apache-2.0 */
/* From a request to a session with Exchange: who asks, as whom, until when, through which connections. */
#include "httpd/glue.h"

#include <apr_escape.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypt.h"

/* What Exchange can date: 1601 to August 4500, less two days at each end for the zones. */
#define FIRST_DATE apr_time_from_sec(APR_INT64_C(-11644300800)) /* 1601-01-03T00:00:00Z */
#define LAST_DATE  apr_time_from_sec(APR_INT64_C(79859951999))  /* 4500-08-29T23:59:59Z */

static void fill_configs(xc_request_ctx_t *ctx)
{
    const xc_dir_config_t *c = ctx->cfg;

    ctx->backend = (xc_backend_config_t){.url = c->url,
                                         .mail_domain = c->mail_domain,
                                         .autodiscover_url = c->autodiscover_url,
                                         .protocol = c->protocol,
                                         .auth = (xc_auth_e)c->auth,
                                         .batch_size = c->batch_size,
                                         .parallel = c->parallel,
                                         .version = c->version};
    ctx->dav = (xc_dav_config_t){.base = c->base,
                                 .max_request_bytes = c->max_request_bytes,
                                 .max_resource_bytes = c->max_resource_bytes,
                                 .max_attendees = c->max_attendees,
                                 .max_file_bytes = c->max_file_bytes,
                                 .max_files = c->max_files,
                                 .max_matches = c->max_matches,
                                 .min_date = FIRST_DATE,
                                 .max_date = LAST_DATE,
                                 .past_window = c->past_window,
                                 .future_window = c->future_window,
                                 .read_only = c->read_only,
                                 .scheduling = c->scheduling};
    ctx->mailbox = (xc_mailbox_config_t){.freshness = c->freshness,
                                         .home_freshness = c->home_freshness,
                                         .shared_found = c->shared != XC_SHARED_OFF,
                                         .shared_in_home = c->shared == XC_SHARED_HOME,
                                         .public_folders = c->public_folders,
                                         .freebusy_cache = c->freebusy_cache,
                                         .directory_cache = c->directory_cache,
                                         .read_ahead = c->read_ahead,
                                         .keep_max_bytes = c->max_kept_bytes,
                                         .max_file_bytes = c->max_file_bytes,
                                         .max_files = c->max_files,
                                         .limits = {.max_bytes = c->max_resource_bytes,
                                                    .max_attendees = c->max_attendees,
                                                    .max_components = c->max_components,
                                                    .min_date = FIRST_DATE,
                                                    .max_date = LAST_DATE},
                                         .read_only = c->read_only,
                                         .read_only_for = c->read_only_for,
                                         .scheduling = c->scheduling};
}

xc_request_ctx_t *xc_request_ctx(request_rec *r)
{
    xc_request_ctx_t *ctx = ap_get_module_config(r->request_config, &excal_module);

    if (ctx)
        return ctx;
    ctx = apr_pcalloc(r->pool, sizeof(*ctx));
    ctx->r = r;
    ctx->cfg = ap_get_module_config(r->per_dir_config, &excal_module);
    xc_log_for_request(&ctx->log, r);
    ctx->deadline = r->request_time + ctx->cfg->timeout;
    /* without a URL, both decide which Exchange it is */
    ctx->origin = ctx->cfg->url ? ctx->cfg->url
                                : apr_pstrcat(r->pool, ctx->cfg->autodiscover_url ? ctx->cfg->autodiscover_url : "", " ",
                                              ctx->cfg->mail_domain ? ctx->cfg->mail_domain : "", NULL);
    fill_configs(ctx);
    ap_set_module_config(r->request_config, &excal_module, ctx);
    return ctx;
}

const char *xc_session_digest(apr_pool_t *pool, ...)
{
    unsigned char sum[XC_SHA256_BYTES];
    xc_buf_t *all = xc_buf_make(pool, 0);
    const char *s;
    va_list ap;

    va_start(ap, pool);
    while ((s = va_arg(ap, const char *)) != NULL)
        xc_buf_append(all, s, strlen(s) + 1);
    va_end(ap);
    xc_crypt_hmac(sum, xc_shared()->key, XC_KEY_BYTES, all->data, all->len);
    return apr_pescape_hex(pool, sum, sizeof(sum), 0);
}

/* ---- small records of the session ---- */

static const char *memo_key(const xc_request_ctx_t *ctx, const char *key, apr_pool_t *pool)
{
    return apr_pstrcat(pool, ctx->origin, "\n", key, NULL);
}

static const char *memo_get(void *p, const char *key, apr_pool_t *pool)
{
    xc_request_ctx_t *ctx = p;
    unsigned char *value = NULL;
    apr_size_t len = 0;

    if (xc_store_get(&value, &len, xc_child_store(), "memo", memo_key(ctx, key, pool), pool) || !value)
        return NULL;
    return apr_pstrmemdup(pool, (const char *)value, len);
}

static void memo_set(void *p, const char *key, const char *value, apr_interval_time_t ttl)
{
    xc_request_ctx_t *ctx = p;
    apr_pool_t *pool;

    if (apr_pool_create(&pool, ctx->r->pool) != APR_SUCCESS)
        return;
    /* a memo that cannot be kept is asked for again */
    if (value)
        xc_store_set(xc_child_store(), "memo", memo_key(ctx, key, pool), value, strlen(value), ttl, pool);
    else
        xc_store_delete(xc_child_store(), "memo", memo_key(ctx, key, pool), pool);
    apr_pool_destroy(pool);
}

static void back_off(void *p, const char *origin, const char *account, apr_interval_time_t how_long)
{
    xc_request_ctx_t *ctx = p;

    xc_log(&ctx->log, XC_LOG_WARNING, "%s asks %s to stay away for %d ms", origin, account ? account : "us", (int)apr_time_as_msec(how_long));
    xc_breaker_back_off(xc_shared_breaker(), origin, account, how_long, apr_time_now());
}

/* ---- sessions ---- */

xc_error_t *xc_session_make(xc_session_t **out, xc_request_ctx_t *ctx, const xc_credential_t *cred, const char *impersonate,
                            const char *account)
{
    apr_pool_t *pool = ctx->r->pool;
    xc_session_t *s = apr_pcalloc(pool, sizeof(*s));

    *out = NULL;
    if (!xc_child_store())
        return xc_error_retry(xc_error_make(pool, 503, XC_COND_NONE, "The gateway's cache cannot be used."), 60);
    XC_TRY(xc_child_net(&s->net, ctx->cfg, pool));
    s->cfg = &ctx->backend;
    s->credential = cred;
    s->impersonate = impersonate;
    s->account = account;
    s->territory = ctx->cfg->territory;
    s->zone = xc_zone_find(ctx->cfg->time_zone);
    if (!s->zone)
        s->zone = xc_zone_utc();
    s->deadline = ctx->deadline;
    s->meter = &ctx->meter;
    s->log = &ctx->log;
    s->memo_ctx = ctx;
    s->memo_get = memo_get;
    s->memo_set = memo_set;
    s->back_off = back_off;
    s->pool = pool;
    XC_TRY(xc_backend_choose(&s->backend, s, pool));
    *out = ctx->session = s;
    return NULL;
}

/* Is name[0..len) the Windows domain that belongs to the mail domain: "contoso.example" itself or its first label? */
static int is_own_domain(const char *name, apr_size_t len, const char *mail_domain)
{
    apr_size_t all = mail_domain ? strlen(mail_domain) : 0, label = mail_domain ? strcspn(mail_domain, ".") : 0;

    return len > 0 && (len == all || len == label) && strncasecmp(name, mail_domain, len) == 0;
}

/*
 * "CONTOSO\alice", "alice" or an address, to an address; NULL when that cannot be. Nobody but httpd has checked who
 * this is, and FABRIKAM\alice is another than alice@contoso.example.
 */
static const char *address_of(const char *user, const char *domain, apr_pool_t *pool)
{
    const char *slash = strchr(user, '\\');
    char *address, *p;

    if (slash) {
        if (!is_own_domain(user, (apr_size_t)(slash - user), domain) || strpbrk(slash + 1, "@\\"))
            return NULL;
        user = slash + 1;
    }
    if (!*user)
        return NULL;
    if (!strchr(user, '@')) {
        if (!domain)
            return NULL;
        user = apr_pstrcat(pool, user, "@", domain, NULL);
    }
    address = apr_pstrdup(pool, user);
    for (p = address; *p; p++) {
        if (apr_iscntrl(*p) || *p == ' ' || *p == '<' || *p == '>')
            return NULL;
        *p = (char)apr_tolower(*p);
    }
    return address;
}

/* httpd vouches for the user, the service account acts as them. */
static xc_error_t *impersonating(xc_session_t **out, xc_request_ctx_t *ctx)
{
    const xc_dir_config_t *c = ctx->cfg;
    apr_pool_t *pool = ctx->r->pool;
    const char *address = address_of(ctx->r->user, c->mail_domain, pool);
    xc_error_t *err;

    if (!c->impersonation || !c->service) {
        err = xc_error_make(pool, 500, XC_COND_NONE, "The gateway is not set up to sign in for you.");
        return xc_error_context(err, pool, "%s was authenticated by httpd: that needs ExchangeImpersonation On and ExchangeServiceAccount, or "
                                "AuthBasicProvider excal", ctx->r->user);
    }
    if (!address)
        return xc_error_make(pool, 403, XC_COND_NONE, "Your login cannot be completed to a mail address.");
    ctx->credential = (xc_credential_t){.scheme = (xc_auth_e)c->auth, .user = c->service->user, .secret = c->service->secret};
    ctx->credential.fingerprint = xc_session_digest(pool, "connection", c->service->user, c->service->secret, NULL);
    ctx->address = address;
    return xc_session_make(out, ctx, &ctx->credential, address, address);
}

xc_error_t *xc_session_mailbox(xc_mailbox_t **out, xc_request_ctx_t *ctx)
{
    xc_session_t *session;

    *out = NULL;
    if (ctx->sign_in_error)
        return ctx->sign_in_error;
    if (!ctx->r->user)
        return NULL;
    if (ctx->address)
        XC_TRY(xc_session_make(&session, ctx, &ctx->credential, NULL, ctx->address));
    else
        XC_TRY(impersonating(&session, ctx));
    return xc_mailbox_open(out, &ctx->mailbox, session, xc_child_store(), ctx->r->pool);
}
