/* SPDX-License-Identifier: Apache-2.0 */
/* One request: the easy handle's options, the callbacks, and what its outcome means. */
#include "net/private.h"

#include <apr_atomic.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <stdio.h>
#include <string.h>

enum { MAX_HEADER_BYTES = 256 * 1024 };

/* ---- callbacks ---- */

static size_t on_read(char *to, size_t size, size_t n, void *ctx)
{
    xc_transfer_t *t = ctx;
    apr_size_t left = t->req->body_len - t->sent, take = size * n;

    if (take > left)
        take = left;
    if (t->sent == 0)
        t->answered = 0;
    memcpy(to, t->req->body + t->sent, take);
    t->sent += take;
    return take;
}

/*
 * libcurl begins the body anew either because an answer asked for it (401) or because the
 * connection died without one. In the second case the server may have acted already: only what is
 * harmless twice goes out again.
 */
static int on_seek(void *ctx, curl_off_t offset, int origin)
{
    xc_transfer_t *t = ctx;

    if (origin != SEEK_SET || offset != 0)
        return CURL_SEEKFUNC_CANTSEEK;
    if (!t->answered && t->sent == t->req->body_len && !t->req->repeatable)
        return CURL_SEEKFUNC_FAIL;
    t->sent = 0;
    t->answered = 0;
    return CURL_SEEKFUNC_OK;
}

static size_t on_write(char *data, size_t size, size_t n, void *ctx)
{
    xc_transfer_t *t = ctx;

    xc_buf_append(t->body, data, size * n);
    if (t->body->overflow) {
        t->too_large = 1;
        return 0;
    }
    return size * n;
}

static void add_header(xc_transfer_t *t, const char *line, apr_size_t len)
{
    const char *colon = memchr(line, ':', len);
    char *name, *value;

    if (!colon || colon == line)
        return;
    name = apr_pstrmemdup(t->pool, line, (apr_size_t)(colon - line));
    value = apr_pstrmemdup(t->pool, colon + 1, len - (apr_size_t)(colon - line) - 1);
    while (apr_isspace(*value))
        value++;
    for (len = strlen(value); len > 0 && apr_isspace(value[len - 1]);)
        value[--len] = '\0';
    apr_table_add(t->resp->headers, name, value);
}

static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
    xc_transfer_t *t = ctx;
    apr_size_t len = size * n;

    t->answered = 1;
    t->header_bytes += len;
    if (t->header_bytes > MAX_HEADER_BYTES) {
        t->too_large = 1;
        return 0;
    }
    if (len > 5 && strncasecmp(line, "HTTP/", 5) == 0) { /* the next of several answers (100, 401 …) */
        apr_table_clear(t->resp->headers);
        xc_buf_clear(t->body);
    } else {
        add_header(t, line, len);
    }
    return len;
}

/* ---- the handle ---- */

static int add_line(xc_transfer_t *t, const char *line)
{
    struct curl_slist *more;

    if (strpbrk(line, "\r\n"))
        return 0;
    more = curl_slist_append(t->header_list, line);
    if (more)
        t->header_list = more;
    return more != NULL;
}

static xc_error_t *set_headers(xc_transfer_t *t)
{
    const apr_array_header_t *arr;
    const apr_table_entry_t *e;
    int i, has_type = 0, ok = add_line(t, "Expect:");

    if (t->req->headers) {
        arr = apr_table_elts(t->req->headers);
        e = (const apr_table_entry_t *)arr->elts;
        for (i = 0; ok && i < arr->nelts; i++) {
            has_type |= strcasecmp(e[i].key, "Content-Type") == 0;
            /* libcurl takes "Name;" for an empty value, "Name:" would remove the header */
            ok = add_line(t, *e[i].val ? apr_pstrcat(t->pool, e[i].key, ": ", e[i].val, NULL)
                                       : apr_pstrcat(t->pool, e[i].key, ";", NULL));
        }
    }
    if (ok && t->req->body && !has_type)
        ok = add_line(t, "Content-Type:");
    if (!ok)
        return xc_error_make(t->pool, 500, XC_COND_NONE, "A header of the request to Exchange is not valid.");
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->header_list);
    return NULL;
}

static long auth_bits(xc_transfer_t *t, const xc_credential_t *cred)
{
    apr_uint32_t picked;

    switch (cred->scheme) {
    case XC_AUTH_BASIC: return (long)CURLAUTH_BASIC;
    case XC_AUTH_NTLM: return (long)CURLAUTH_NTLM;
    case XC_AUTH_NEGOTIATE: return (long)CURLAUTH_NEGOTIATE;
    case XC_AUTH_BEARER: return (long)CURLAUTH_BEARER;
    case XC_AUTH_ANY:
        picked = apr_atomic_read32(&t->origin->auth_picked);
        if (picked && cred->secret && *cred->secret)
            return (long)picked;
        /* Kerberos tickets come from the process' own cache, a password cannot make one: with a
         * password, Negotiate would win the choice and then fail */
        return cred->secret && *cred->secret ? (long)(CURLAUTH_BASIC | CURLAUTH_NTLM)
                                             : (long)CURLAUTH_NEGOTIATE;
    case XC_AUTH_NONE: break;
    }
    return (long)CURLAUTH_NONE;
}

static void set_credential(xc_transfer_t *t)
{
    const xc_credential_t *cred = t->req->credential;

    if (!cred || cred->scheme == XC_AUTH_NONE)
        return;
    curl_easy_setopt(t->easy, CURLOPT_HTTPAUTH, auth_bits(t, cred));
    if (cred->scheme == XC_AUTH_BEARER) {
        curl_easy_setopt(t->easy, CURLOPT_XOAUTH2_BEARER, cred->secret ? cred->secret : "");
        return;
    }
    curl_easy_setopt(t->easy, CURLOPT_USERNAME, cred->user ? cred->user : "");
    curl_easy_setopt(t->easy, CURLOPT_PASSWORD, cred->secret ? cred->secret : "");
}

static void set_method(xc_transfer_t *t)
{
    const char *method = t->req->method;

    if (t->req->body) {
        curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->req->body_len);
        curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, on_read);
        curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
        curl_easy_setopt(t->easy, CURLOPT_SEEKFUNCTION, on_seek);
        curl_easy_setopt(t->easy, CURLOPT_SEEKDATA, t);
        if (strcmp(method, "POST") != 0)
            curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, method);
    } else if (strcmp(method, "HEAD") == 0) {
        curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
    } else {
        curl_easy_setopt(t->easy, CURLOPT_HTTPGET, 1L);
        if (strcmp(method, "GET") != 0)
            curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, method);
    }
}

static void set_tls(const xc_net_t *net, xc_transfer_t *t)
{
    curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYPEER, net->cfg.tls_verify ? 1L : 0L);
    curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYHOST, net->cfg.tls_verify ? 2L : 0L);
    if (net->cfg.ca_file) { /* this and nothing else is trusted */
        curl_easy_setopt(t->easy, CURLOPT_CAINFO, net->cfg.ca_file);
        curl_easy_setopt(t->easy, CURLOPT_CAPATH, NULL);
    }
}

static void set_times(const xc_net_t *net, xc_transfer_t *t, apr_time_t deadline)
{
    long left_ms = (long)((deadline - apr_time_now()) / 1000);
    long connect_ms = (long)(net->cfg.connect_timeout / 1000);

    if (left_ms < 1)
        left_ms = 1;
    if (connect_ms < 1 || connect_ms > left_ms)
        connect_ms = left_ms;
    curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, left_ms);
    curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
    curl_easy_setopt(t->easy, CURLOPT_MAXAGE_CONN, (long)(apr_time_sec(net->cfg.idle_timeout) + 1));
}

xc_error_t *xc_transfer_prepare(xc_net_t *net, xc_transfer_t *t, int fresh_connection, apr_time_t deadline)
{
    CURL *e = t->easy;

    t->sent = 0;
    t->answered = 0;
    t->header_bytes = 0;
    t->errbuf[0] = '\0';
    xc_buf_clear(t->body);
    apr_table_clear(t->resp->headers);
    curl_easy_setopt(e, CURLOPT_URL, t->req->url);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_PROXY, ""); /* the environment of httpd decides nothing */
    curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L); /* a time-out does not wait for the resolver */
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1); /* NTLM knows no other */
    curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(e, CURLOPT_SHARE, net->share);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->errbuf);
    curl_easy_setopt(e, CURLOPT_PRIVATE, t);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_write);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, fresh_connection ? 1L : 0L);
    if (net->cfg.user_agent)
        curl_easy_setopt(e, CURLOPT_USERAGENT, net->cfg.user_agent);
    set_method(t);
    set_tls(net, t);
    set_times(net, t, deadline);
    set_credential(t);
    return set_headers(t);
}

void xc_transfer_undress(xc_transfer_t *t)
{
    if (t->easy)
        curl_easy_reset(t->easy); /* the credential goes too */
    curl_slist_free_all(t->header_list);
    t->header_list = NULL;
}

/* ---- the outcome ---- */

static int body_has_left(const xc_transfer_t *t)
{
    return t->req->body ? t->sent == t->req->body_len : 1;
}

int xc_transfer_may_retry(const xc_transfer_t *t, CURLcode rc)
{
    long new_connections = 1;

    if (rc != CURLE_SEND_ERROR && rc != CURLE_RECV_ERROR && rc != CURLE_GOT_NOTHING)
        return 0;
    if (t->retried || t->answered)
        return 0;
    curl_easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &new_connections);
    if (new_connections > 0)
        return 0; /* it was no idle connection that had died */
    return t->req->repeatable || (t->req->body && !body_has_left(t)) ||
           (!t->req->body && (strcmp(t->req->method, "GET") == 0 || strcmp(t->req->method, "HEAD") == 0));
}

static xc_error_t *certificate_error(const xc_transfer_t *t)
{
    xc_error_t *err = xc_error_make(t->pool, 502, XC_COND_NONE, "The certificate of the Exchange server was not accepted.");
    xc_error_context(err, t->pool,
                     "%s: %s. If the certificate comes from a certification authority of your own, name its PEM file with "
                     "ExchangeCAFile; the host in ExchangeURL must be a name in the certificate",
                     t->origin->name, t->errbuf[0] ? t->errbuf : "certificate verification failed");
    return err;
}

static xc_error_t *timeout_error(const xc_transfer_t *t)
{
    curl_off_t connected = 0;
    xc_error_t *err;

    curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
    err = connected ? xc_error_make(t->pool, 503, XC_COND_NONE, "Exchange did not answer in time.")
                    : xc_error_make(t->pool, 503, XC_COND_NONE, "Exchange cannot be reached.");
    return xc_error_retry(err, connected ? 10 : 30);
}

static xc_error_t *error_of(xc_net_t *net, const xc_transfer_t *t, CURLcode rc)
{
    if (t->too_large)
        return xc_error_make(t->pool, 502, XC_COND_NONE, "The answer of Exchange is larger than the gateway allows (%" APR_SIZE_T_FMT " bytes).",
                             net->cfg.max_response_bytes);
    switch (rc) {
    case CURLE_OPERATION_TIMEDOUT:
        return timeout_error(t);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return certificate_error(t);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
        return xc_error_make(t->pool, 502, XC_COND_NONE, "No TLS connection to Exchange could be agreed on.");
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return xc_error_retry(xc_error_make(t->pool, 503, XC_COND_NONE, "Exchange cannot be reached."), 30);
    case CURLE_URL_MALFORMAT:
        return xc_error_make(t->pool, 500, XC_COND_NONE, "The URL of Exchange is not valid.");
    case CURLE_OUT_OF_MEMORY:
        return xc_error_retry(xc_error_make(t->pool, 503, XC_COND_NONE, "The gateway is out of memory."), 30);
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: /* no HTTP/1 answer; the scheme was checked before */
    case CURLE_BAD_CONTENT_ENCODING:
        return xc_error_make(t->pool, 502, XC_COND_NONE, "The answer of Exchange cannot be understood.");
    default:
        return xc_error_retry(xc_error_make(t->pool, 503, XC_COND_NONE, "The connection to Exchange broke off."), 5);
    }
}

/*
 * "any" tries without a login first; what it came to is remembered for the origin, so that it happens once. A
 * refused password changes nothing: only an origin that no longer offers the scheme is asked anew.
 */
static void learn_scheme(xc_transfer_t *t)
{
    const xc_credential_t *cred = t->req->credential;
    apr_uint32_t picked = apr_atomic_read32(&t->origin->auth_picked);
    long offered = 0;

    if (!cred || cred->scheme != XC_AUTH_ANY || !cred->secret || !*cred->secret)
        return;
    curl_easy_getinfo(t->easy, CURLINFO_HTTPAUTH_AVAIL, &offered);
    if (!offered || (picked && ((apr_uint32_t)offered & picked)))
        return;
    if (offered & (long)CURLAUTH_NTLM)
        picked = CURLAUTH_NTLM;
    else
        picked = offered & (long)CURLAUTH_BASIC ? CURLAUTH_BASIC : 0;
    t->relearned = apr_atomic_read32(&t->origin->auth_picked) != 0 && picked != 0;
    apr_atomic_set32(&t->origin->auth_picked, picked);
}

void xc_transfer_finish(xc_net_t *net, xc_transfer_t *t, CURLcode rc)
{
    xc_net_response_t *resp = t->resp;
    long status = 0;

    resp->spent = apr_time_now() - t->started;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    resp->body = t->body->data;
    resp->body_len = t->body->len;
    if (rc == CURLE_OK && status > 0) {
        resp->status = (int)status;
        learn_scheme(t);
        return;
    }
    resp->status = 0;
    resp->body = "";
    resp->body_len = 0;
    resp->error = error_of(net, t, rc);
    if (!resp->error->detail)
        xc_error_context(resp->error, t->pool, "%s (%s)", t->errbuf[0] ? t->errbuf : curl_easy_strerror(rc), t->origin->name);
    xc_error_context(resp->error, t->pool, "%s", t->req->label ? t->req->label : t->req->method);
    if (body_has_left(t)) {
        long bytes = 0;
        curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &bytes);
        resp->error->maybe_done = t->sent > 0 || (!t->req->body && bytes > 0);
    }
}
