/* SPDX-License-Identifier: Apache-2.0 */
/* Many requests at once: who may start, who is done, until the deadline. */
#include "net/http.h"

#include <apr_atomic.h>
#include <apr_strings.h>
#include <string.h>

#include "net/private.h"

/* One call of xc_net_perform(). */
typedef struct perform_t {
    xc_net_t *net;
    xc_transfer_t *transfers;
    int n;
    int ran;              /* transfers that were started */
    apr_time_t deadline;
    const xc_log_t *log;
    apr_pool_t *pool;
} perform_t;

static void conclude(perform_t *p, xc_transfer_t *t)
{
    xc_net_t *net = p->net;
    const char *label = t->req->label ? t->req->label : t->req->method;
    int change = 0;

    t->state = XC_TRANSFER_DONE;
    if (net->cfg.observe)
        net->cfg.observe(net->cfg.observe_ctx, t->req, t->resp);
    if (t->origin && t->started && (!t->resp->error || t->resp->error->status != 500))
        change = xc_breaker_report(net->breaker, t->origin->name, t->resp->status > 0 || t->too_large, apr_time_now());
    if (change > 0)
        xc_log(p->log, XC_LOG_WARNING, "%s does not answer: requests to it are refused for a while (%s)", t->origin->name,
               t->resp->error && t->resp->error->detail ? t->resp->error->detail : "no answer");
    else if (change < 0)
        xc_log(p->log, XC_LOG_INFO, "%s answers again", t->origin->name);
    if (t->resp->error)
        xc_log(p->log, XC_LOG_DEBUG, "%s %s: %s after %d ms", label, t->origin ? t->origin->name : "?",
               t->resp->error->detail ? t->resp->error->detail : t->resp->error->message, (int)(t->resp->spent / 1000));
    else
        xc_log(p->log, XC_LOG_DEBUG, "%s %s: %d, %" APR_SIZE_T_FMT " bytes after %d ms", label, t->origin->name, t->resp->status,
               t->resp->body_len, (int)(t->resp->spent / 1000));
}

static void fail(perform_t *p, xc_transfer_t *t, xc_error_t *err)
{
    t->resp->error = err;
    conclude(p, t);
}

static CURL *easy_take(xc_engine_t *engine)
{
    return engine->spares > 0 ? engine->spare[--engine->spares] : curl_easy_init();
}

static void easy_give(xc_engine_t *engine, xc_transfer_t *t)
{
    xc_transfer_undress(t);
    if (engine->spares < XC_NET_SPARE_HANDLES)
        engine->spare[engine->spares++] = t->easy;
    else
        curl_easy_cleanup(t->easy);
    t->easy = NULL;
}

/* The lease is held already. @return 1 when it is under way, 0 when it is over (lease given back) */
static int start(perform_t *p, xc_engine_t *engine, xc_transfer_t *t)
{
    xc_error_t *err;

    p->ran++;
    t->started = apr_time_now();
    t->easy = easy_take(engine);
    err = t->easy ? xc_transfer_prepare(p->net, t, 0, p->deadline)
                  : xc_error_make(p->pool, 500, XC_COND_NONE, "Out of memory.");
    if (!err && curl_multi_add_handle(engine->multi, t->easy) != CURLM_OK)
        err = xc_error_make(p->pool, 500, XC_COND_NONE, "The request to Exchange cannot be started.");
    if (!err) {
        t->state = XC_TRANSFER_RUNNING;
        return 1;
    }
    if (t->easy)
        easy_give(engine, t);
    xc_net_lease_drop(p->net, t->origin);
    fail(p, t, err);
    return 0;
}

/* @return 1 when it is over, 0 when it was sent again */
static int end(perform_t *p, xc_engine_t *engine, xc_transfer_t *t, CURLcode rc)
{
    curl_multi_remove_handle(engine->multi, t->easy);
    if (rc != CURLE_OK && xc_transfer_may_retry(t, rc)) {
        xc_log(p->log, XC_LOG_DEBUG, "%s: an idle connection had died, once more on a new one", t->origin->name);
        t->retried = 1;
        xc_transfer_undress(t);
        if (!xc_transfer_prepare(p->net, t, 1, p->deadline) && curl_multi_add_handle(engine->multi, t->easy) == CURLM_OK)
            return 0;
    }
    xc_transfer_finish(p->net, t, rc);
    easy_give(engine, t);
    xc_net_lease_drop(p->net, t->origin);
    conclude(p, t);
    return 1;
}

/* Start what may start. @return how many were; *waiting = the first that has to wait, or NULL */
static int start_some(perform_t *p, xc_engine_t *engine, const char *key, xc_transfer_t **waiting)
{
    int i, started = 0;

    *waiting = NULL;
    for (i = 0; i < p->n; i++) {
        xc_transfer_t *t = &p->transfers[i];
        if (t->state != XC_TRANSFER_WAITING || t->key != key)
            continue;
        if (xc_net_lease_try(p->net, t->origin))
            started += start(p, engine, t);
        else if (!*waiting)
            *waiting = t;
    }
    return started;
}

static int reap(perform_t *p, xc_engine_t *engine)
{
    CURLMsg *msg;
    int left, ended = 0;

    while ((msg = curl_multi_info_read(engine->multi, &left)) != NULL) {
        xc_transfer_t *t = NULL;
        CURLcode rc = msg->data.result;
        if (msg->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
        ended += end(p, engine, t, rc);
    }
    return ended;
}

/* The multi handle itself has failed (out of memory): whatever runs is over. */
static void break_off(perform_t *p, xc_engine_t *engine)
{
    int i;
    for (i = 0; i < p->n; i++) {
        if (p->transfers[i].state == XC_TRANSFER_RUNNING) {
            p->transfers[i].retried = 1;
            end(p, engine, &p->transfers[i], CURLE_OUT_OF_MEMORY);
        }
    }
}

static xc_error_t *no_lease(perform_t *p, const xc_transfer_t *t)
{
    xc_error_t *err = xc_error_make(p->pool, 503, XC_COND_NONE, "Too many requests to Exchange are under way.");
    xc_error_context(err, p->pool, "%s: no connection to %s became free in time (ExchangeConnections is %d)",
                     t->req->label ? t->req->label : t->req->method, t->origin->name, p->net->cfg.max_leases);
    return xc_error_retry(err, 5);
}

/* All transfers of one engine key. */
static void run_group(perform_t *p, const char *key, int prove)
{
    /* in an engine with the old connection libcurl would come back to it, whatever it is told */
    xc_engine_t *engine = prove ? xc_net_engine_make(p->net, key) : xc_net_engine_take(p->net, key);
    xc_transfer_t *waiting;
    int running = 0, still, i, timeout_ms;

    for (;;) {
        running += engine ? start_some(p, engine, key, &waiting) : 0;
        if (!engine)
            waiting = NULL;
        if (!running && !waiting)
            break;
        if (apr_time_now() >= p->deadline || !running) {
            if (apr_time_now() < p->deadline) {
                xc_net_lease_wait(p->net, waiting->origin, p->deadline);
                continue;
            }
            for (i = 0; i < p->n; i++) {
                if (p->transfers[i].key == key && p->transfers[i].state == XC_TRANSFER_WAITING)
                    fail(p, &p->transfers[i], no_lease(p, &p->transfers[i]));
            }
            if (!running)
                break;
        }
        if (curl_multi_perform(engine->multi, &still) != CURLM_OK) {
            break_off(p, engine);
            break;
        }
        still = reap(p, engine);
        running -= still;
        timeout_ms = waiting ? 20 : 1000; /* libcurl's own timers end it earlier */
        if (running && !still && curl_multi_poll(engine->multi, NULL, 0, timeout_ms, NULL) != CURLM_OK) {
            break_off(p, engine);
            break;
        }
    }
    for (i = 0; i < p->n; i++) { /* only when no engine could be made, or one broke */
        if (p->transfers[i].key == key && p->transfers[i].state != XC_TRANSFER_DONE)
            fail(p, &p->transfers[i], xc_error_retry(xc_error_make(p->pool, 503, XC_COND_NONE, "The gateway is out of memory."), 30));
    }
    if (engine)
        xc_net_engine_give(p->net, engine);
}

/* One key pointer per distinct key, so that groups are compared by pointer. */
static void share_keys(perform_t *p)
{
    int i, j;

    for (i = 0; i < p->n; i++) {
        xc_transfer_t *t = &p->transfers[i];
        for (j = 0; j < i; j++) {
            if (strcmp(p->transfers[j].key, t->key) == 0 && p->transfers[j].prove == t->prove) {
                t->key = p->transfers[j].key;
                break;
            }
        }
    }
}

/* Would an idle connection answer for the login, instead of whoever knows the password now? */
static int needs_proof(const xc_transfer_t *t)
{
    const xc_credential_t *cred = t->req->credential;

    if (!cred || !t->origin)
        return 0;
    if (cred->scheme == XC_AUTH_ANY)
        return apr_atomic_read32(&t->origin->auth_picked) != (apr_uint32_t)CURLAUTH_BASIC;
    return cred->scheme == XC_AUTH_NTLM || cred->scheme == XC_AUTH_NEGOTIATE;
}

static void set_up(perform_t *p, const xc_net_request_t *requests, xc_net_response_t *responses)
{
    int i;

    for (i = 0; i < p->n; i++) {
        xc_transfer_t *t = &p->transfers[i];
        memset(&responses[i], 0, sizeof(responses[i]));
        responses[i].headers = apr_table_make(p->pool, 8);
        responses[i].body = "";
        t->req = &requests[i];
        t->resp = &responses[i];
        t->pool = p->pool;
        t->body = xc_buf_make(p->pool, p->net->cfg.max_response_bytes);
        t->key = xc_net_engine_key(p->net, requests[i].credential, p->pool);
        t->origin = xc_net_origin_of(p->net, requests[i].url, p->pool);
        t->prove = requests[i].prove && needs_proof(t);
        if (!t->origin)
            fail(p, t, xc_error_make(p->pool, 500, XC_COND_NONE, "The URL of Exchange is not valid."));
    }
    share_keys(p);
}

/* 503 when the breaker says no to one of them. Who is patient waits instead, if that is not too long. */
static xc_error_t *ask_breaker(perform_t *p)
{
    int i, wait;

    for (i = 0; i < p->n; i++) {
        const xc_transfer_t *t = &p->transfers[i];
        xc_error_t *err;
        if (!t->origin || (i > 0 && t->origin == p->transfers[i - 1].origin &&
                           t->req->account == p->transfers[i - 1].req->account))
            continue;
        wait = xc_breaker_wait_sec(p->net->breaker, t->origin->name, t->req->account, apr_time_now());
        if (wait <= 0)
            continue;
        if (t->req->patient) {
            apr_interval_time_t left = p->deadline - apr_time_now() - apr_time_from_sec(2);
            if (apr_time_from_sec(wait) < left)
                apr_sleep(apr_time_from_sec(wait));
            continue;
        }
        err = xc_error_make(p->pool, 503, XC_COND_NONE, "Exchange is not available at present.");
        xc_error_context(err, p->pool, "%s: not sent, %s is to be left alone for %d s", t->req->label ? t->req->label : t->req->method,
                         t->origin->name, wait);
        return xc_error_retry(err, wait);
    }
    return NULL;
}

static xc_error_t *perform(xc_net_t *net, const xc_net_request_t *requests, int n, xc_net_response_t *responses,
                           apr_time_t deadline, xc_net_meter_t *meter, const xc_log_t *log, int once_more, apr_pool_t *pool)
{
    perform_t p = {.net = net, .n = n, .deadline = deadline, .log = log, .pool = pool};
    apr_time_t begin = apr_time_now();
    xc_error_t *lacking = NULL;
    int i;

    p.transfers = apr_pcalloc(pool, sizeof(xc_transfer_t) * (apr_size_t)(n > 0 ? n : 1));
    set_up(&p, requests, responses);
    XC_TRY(ask_breaker(&p));
    for (i = 0; i < n; i++) {
        if (p.transfers[i].state == XC_TRANSFER_WAITING)
            run_group(&p, p.transfers[i].key, p.transfers[i].prove);
    }
    if (meter) {
        meter->calls += p.ran;
        meter->spent += apr_time_now() - begin;
    }
    for (i = 0; i < n && !p.ran; i++)
        lacking = responses[i].error && responses[i].error->status == 503 ? responses[i].error : lacking;
    /* refused for the scheme, which the server no longer offers, not for the password */
    for (i = 0; i < n && once_more && !lacking; i++) {
        if (p.transfers[i].relearned && responses[i].status == 401)
            XC_TRY(perform(net, &requests[i], 1, &responses[i], deadline, meter, log, 0, pool));
    }
    return lacking;
}

xc_error_t *xc_net_perform(xc_net_t *net, const xc_net_request_t *requests, int n, xc_net_response_t *responses,
                           apr_time_t deadline, xc_net_meter_t *meter, const xc_log_t *log, apr_pool_t *pool)
{
    return perform(net, requests, n, responses, deadline, meter, log, 1, pool);
}
