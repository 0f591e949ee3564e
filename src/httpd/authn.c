/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AuthBasicProvider excal: Exchange itself says whether a login is good. What it said is remembered for
 * a short time under a keyed hash of login and password together: a wrong password finds nothing, and
 * nobody can read a password out of the cache. The record's life is never prolonged, so that a changed
 * password ends with it.
 */
#include "httpd/glue.h"

#include <apr_atomic.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <ap_provider.h>
#include <http_request.h>
#include <mod_auth.h>
#include <string.h>

#include "base/crypt.h"

enum {
    DENIED_SEC = 30,        /* a refused password is not tried again for so long */
    HAMMER_WINDOW_SEC = 60,
    HAMMER_LIMIT = 10,      /* refused passwords of one login from one client in the window */
    FLIGHT_SEC = 20,        /* one question to Exchange at a time per login and password */
    MAX_LOGIN_BYTES = 320,
    MAX_SECRET_BYTES = 1024
};

#define SPACE_SIGN_IN "auth"
#define SPACE_HAMMER "hammer"

/* A record: version, outcome, and for a good login its address. */
#define RECORD_GOOD "1+"
#define RECORD_BAD "1-"

typedef enum outcome_e { UNKNOWN, GOOD, BAD } outcome_e;

static outcome_e recall(xc_request_ctx_t *ctx, const char *id)
{
    apr_pool_t *pool = ctx->r->pool;
    unsigned char *value = NULL;
    apr_size_t len = 0;

    if (xc_store_get(&value, &len, xc_child_store(), SPACE_SIGN_IN, id, pool) || !value || len < 2)
        return UNKNOWN;
    if (memcmp(value, RECORD_BAD, 2) == 0)
        return BAD;
    if (memcmp(value, RECORD_GOOD, 2) != 0 || len == 2)
        return UNKNOWN;
    ctx->address = apr_pstrmemdup(pool, (const char *)value + 2, len - 2);
    return GOOD;
}

static void remember(xc_request_ctx_t *ctx, const char *id, outcome_e outcome)
{
    apr_pool_t *pool = ctx->r->pool;
    apr_interval_time_t life = outcome == GOOD ? ctx->cfg->credential_cache : apr_time_from_sec(DENIED_SEC);
    const char *value = outcome == GOOD ? apr_pstrcat(pool, RECORD_GOOD, ctx->address, NULL) : RECORD_BAD;

    if (life > 0) /* what cannot be kept is asked again */
        xc_store_set(xc_child_store(), SPACE_SIGN_IN, id, value, strlen(value), life, pool);
}

/* ---- hammering: bad passwords of one login from one address ---- */

typedef struct hammer_t {
    apr_uint32_t count;
    apr_uint32_t until_sec;
} hammer_t;

static hammer_t hammer_read(xc_request_ctx_t *ctx, const char *key)
{
    hammer_t h = {0, 0};
    unsigned char *value = NULL;
    apr_size_t len = 0;

    if (!xc_store_get(&value, &len, xc_child_store(), SPACE_HAMMER, key, ctx->r->pool) && value && len == sizeof(h))
        memcpy(&h, value, sizeof(h));
    if (h.until_sec <= (apr_uint32_t)apr_time_sec(apr_time_now()))
        h.count = 0;
    return h;
}

static void hammer_count(xc_request_ctx_t *ctx, const char *key)
{
    hammer_t h = hammer_read(ctx, key);

    h.count++;
    h.until_sec = (apr_uint32_t)apr_time_sec(apr_time_now()) + HAMMER_WINDOW_SEC;
    xc_store_set(xc_child_store(), SPACE_HAMMER, key, &h, sizeof(h), apr_time_from_sec(HAMMER_WINDOW_SEC), ctx->r->pool);
}

/* ---- asking Exchange ---- */

static xc_error_t *ask(xc_request_ctx_t *ctx)
{
    xc_session_t *s;
    const char *address = NULL, *p;
    xc_error_t *err;

    XC_TRY(xc_session_make(&s, ctx, &ctx->credential, NULL, NULL));
    if ((err = s->backend->sign_in(s, &address, ctx->r->pool)) != NULL)
        return err;
    for (p = address; p && *p; p++) {
        if (apr_iscntrl(*p) || *p == '/')
            address = NULL;
    }
    if (!address || !*address)
        return xc_error_make(ctx->r->pool, 502, XC_COND_NONE, "Exchange does not say whose mailbox this is.");
    ctx->address = apr_pstrdup(ctx->r->pool, address);
    ap_str_tolower((char *)(uintptr_t)ctx->address);
    return NULL;
}

/* The question itself, once for all requests that a client sends at the same time. */
static outcome_e ask_once(xc_request_ctx_t *ctx, const char *id, const char *hammer_key)
{
    apr_pool_t *pool = ctx->r->pool;
    xc_flight_t *flight = NULL;
    int waited = 0;
    outcome_e outcome = UNKNOWN;

    ctx->sign_in_error = xc_store_flight_begin(&flight, &waited, xc_child_store(), apr_pstrcat(pool, "sign-in ", id, NULL),
                                               apr_time_from_sec(FLIGHT_SEC), ctx->deadline, pool);
    if (ctx->sign_in_error)
        return UNKNOWN;
    if (waited)
        outcome = recall(ctx, id);
    if (outcome == UNKNOWN) {
        xc_error_t *err = ask(ctx);
        apr_atomic_inc64(&xc_shared()->sign_ins_asked);
        if (!err) {
            outcome = GOOD;
        } else if (err->status == 401) {
            outcome = BAD;
            hammer_count(ctx, hammer_key);
        } else {
            ctx->sign_in_error = err;
        }
        if (outcome != UNKNOWN)
            remember(ctx, id, outcome);
    }
    xc_store_flight_end(flight);
    return outcome;
}

static outcome_e decide(xc_request_ctx_t *ctx)
{
    apr_pool_t *pool = ctx->r->pool;
    const char *user = ctx->credential.user, *secret = ctx->credential.secret;
    const char *id = xc_session_digest(pool, "sign-in", ctx->origin, user, secret, NULL);
    char *same_user = apr_pstrdup(pool, user); /* Exchange knows no case of logins */
    const char *hammer_key;
    outcome_e outcome = ctx->cfg->credential_cache > 0 ? recall(ctx, id) : UNKNOWN;
    hammer_t h;

    if (outcome != UNKNOWN) {
        apr_atomic_inc64(&xc_shared()->sign_ins_cached);
        return outcome;
    }
    ap_str_tolower(same_user);
    hammer_key = xc_session_digest(pool, "hammer", ctx->origin, same_user, ctx->r->useragent_ip, NULL);
    h = hammer_read(ctx, hammer_key);
    if (h.count >= HAMMER_LIMIT) {
        int wait = (int)(h.until_sec - (apr_uint32_t)apr_time_sec(apr_time_now()));
        ctx->sign_in_error = xc_error_retry(xc_error_make(pool, 429, XC_COND_NONE, "Too many failed logins."), wait > 0 ? wait : 1);
        xc_error_context(ctx->sign_in_error, pool, "Exchange is not asked about %s from %s for a while", user, ctx->r->useragent_ip);
        return UNKNOWN;
    }
    return ask_once(ctx, id, hammer_key);
}

static void log_sign_in_error(xc_request_ctx_t *ctx, const char *user)
{
    const xc_error_t *err = ctx->sign_in_error;

    xc_log(&ctx->log, err->status >= 500 ? XC_LOG_ERROR : XC_LOG_WARNING, "sign-in of %s: %d%s%s: %s%s%s", user, err->status, err->code ? " " : "",
           err->code ? err->code : "", err->message, err->detail ? " | " : "", err->detail ? err->detail : "");
    if (err->code)
        apr_table_set(ctx->r->notes, "excal-code", err->code);
}

static int is_plain(const char *s, apr_size_t max)
{
    apr_size_t n = 0;
    for (; s[n]; n++) {
        if (n >= max || apr_iscntrl(s[n]))
            return 0;
    }
    return 1;
}

static authn_status check_password(request_rec *r, const char *user, const char *password)
{
    xc_request_ctx_t *ctx = xc_request_ctx(r);
    xc_shared_t *sh = xc_shared();
    outcome_e outcome;

    if (!*user || !*password || !is_plain(user, MAX_LOGIN_BYTES) || !is_plain(password, MAX_SECRET_BYTES))
        return AUTH_DENIED;
    ctx->credential = (xc_credential_t){.scheme = (xc_auth_e)ctx->cfg->auth, .user = user, .secret = password};
    ctx->credential.fingerprint = xc_session_digest(r->pool, "connection", user, password, NULL);
    if (!xc_child_store()) {
        ctx->sign_in_error = xc_error_retry(xc_error_make(r->pool, 503, XC_COND_NONE, "The gateway's cache cannot be used."), 60);
        return AUTH_GRANTED; /* see xc_authn_guard() */
    }
    xc_child_enter();
    outcome = decide(ctx);
    xc_child_leave();
    if (outcome == BAD) {
        apr_atomic_inc64(&sh->sign_ins_denied);
        xc_log(&ctx->log, XC_LOG_INFO, "sign-in of %s: Exchange refuses the password", user);
        return AUTH_DENIED;
    }
    if (outcome == UNKNOWN) {
        apr_atomic_inc64(&sh->sign_ins_failed);
        log_sign_in_error(ctx, user);
    }
    return AUTH_GRANTED;
}

/*
 * A provider can only say yes, no, or 500. "Exchange is away" is none of these: a client would throw its
 * password away after a 401. So the provider says yes with the error kept, and this hook, which runs first of all that
 * come after authentication, ends the request with it. Without an address the request has no account anyway.
 */
int xc_authn_guard(request_rec *r)
{
    const xc_request_ctx_t *ctx = ap_get_module_config(r->request_config, &excal_module);

    if (!ctx || !ctx->sign_in_error)
        return DECLINED;
    r->user = NULL;
    return xc_handle_give_up(r, ctx->sign_in_error);
}

static const authn_provider provider = {check_password, NULL};

void xc_authn_register(apr_pool_t *pool)
{
    ap_register_auth_provider(pool, AUTHN_PROVIDER_GROUP, "excal", AUTHN_PROVIDER_VERSION, &provider, AP_AUTH_INTERNAL_PER_CONF);
}
