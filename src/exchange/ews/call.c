/* SPDX-License-Identifier: Apache-2.0 */
/* One SOAP 1.1 call: envelope, headers, sending several side by side, faults, response messages. */
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "exchange/ews/ews.h"

/* How long an account stays away when Exchange is busy and does not say for how long; at most. */
#define DEFAULT_BACK_OFF_MS 5000
#define MAX_BACK_OFF_MS     600000

void xc_ews_begin(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *state, const char *operation, apr_pool_t *pool)
{
    memset(call, 0, sizeof *call);
    call->operation = operation;
    call->request = xc_buf_make(pool, XC_EWS_MAX_REQUEST);
    xc_xmlw_t *w = call->w = xc_xmlw_make(call->request, pool);
    xc_xmlw_ns(w, "soap", XC_NS_SOAP);
    xc_xmlw_ns(w, "t", XC_NS_T);
    xc_xmlw_ns(w, "m", XC_NS_M);
    xc_xmlw_start(w, XC_NS_SOAP, "Envelope");
    xc_xmlw_start(w, XC_NS_SOAP, "Header");
    if (s->impersonate) {
        xc_xmlw_start(w, XC_NS_T, "ExchangeImpersonation");
        xc_xmlw_start(w, XC_NS_T, "ConnectingSID");
        /* 2007 knows no PrimarySmtpAddress for what it can also look up by SMTP address alone */
        xc_xmlw_element(w, XC_NS_T, "PrimarySmtpAddress", s->impersonate);
        xc_xmlw_end(w);
        xc_xmlw_end(w);
    }
    if (s->cfg->culture)
        xc_xmlw_element(w, XC_NS_T, "MailboxCulture", s->cfg->culture);
    xc_xmlw_start(w, XC_NS_T, "RequestServerVersion");
    xc_xmlw_attr(w, "Version", state->version->name);
    xc_xmlw_end(w);
    xc_xmlw_end(w);
    xc_xmlw_start(w, XC_NS_SOAP, "Body");
    xc_xmlw_start(w, XC_NS_M, operation);
}

/* ---- answers ---- */

/* A t:Value of a MessageXml, NULL when absent. */
static const char *detail(const xmlNode *message_xml, const char *wanted, apr_pool_t *pool)
{
    for (xmlNode *v = xc_xml_child(message_xml, NULL, "Value"); v; v = xc_xml_next(v, NULL, "Value")) {
        const char *name = xc_xml_attr(v, "Name", pool);
        if (name && strcmp(name, wanted) == 0)
            return xc_xml_text(v, pool);
    }
    return NULL;
}

/* Exchange asks for quiet: remembered for the account, told to the client. */
static void honour_back_off(xc_error_t *err, const char *milliseconds, const xc_session_t *s, const xc_ews_state_t *state)
{
    int ms = xc_ews_int(milliseconds, 1, MAX_BACK_OFF_MS, milliseconds ? MAX_BACK_OFF_MS : DEFAULT_BACK_OFF_MS);
    xc_error_retry(err, (ms + 999) / 1000);
    if (s->back_off)
        s->back_off(s->memo_ctx, state->origin, s->account ? s->account : (s->credential ? s->credential->fingerprint : NULL),
                    apr_time_from_msec(ms));
}

static int is_busy(const char *code)
{
    return strcmp(code, "ErrorServerBusy") == 0;
}

static xc_error_t *coded_error(const char *code, const char *text, const xmlNode *message_xml, const xc_session_t *s,
                               const xc_ews_state_t *state, apr_pool_t *pool)
{
    const char *inner = detail(message_xml, "InnerErrorResponseCode", pool), *wait = detail(message_xml, "BackOffMilliseconds", pool);
    if (inner && strcmp(code, "ErrorInternalServerError") == 0)
        code = inner;
    xc_error_t *err = xc_ews_error(code, text, pool);
    if (is_busy(code) || wait)
        honour_back_off(err, wait, s, state);
    if (xc_ews_is_version_error(err) && !s->cfg->version) {
        /* the server is another one than it was: the next request finds out */
        xc_ews_forget_version(s, state);
        if (strcmp(code, "ErrorSchemaValidation"))
            err->status = 503;
        xc_error_retry(err, 1);
    }
    return err;
}

static xc_error_t *fault_error(const xmlNode *fault, const xc_session_t *s, const xc_ews_state_t *state, apr_pool_t *pool)
{
    xmlNode *detail = xc_xml_child(fault, NULL, "detail");
    const char *text = xc_xml_child_text(fault, NULL, "faultstring", pool);
    const char *code = xc_xml_child_text(detail, NULL, "ResponseCode", pool);
    if (!code) {
        /* the code stands only in faultcode, as "a:ErrorServerBusy" */
        code = xc_xml_child_text(fault, NULL, "faultcode", pool);
        const char *colon = code ? strchr(code, ':') : NULL;
        code = colon ? colon + 1 : code ? code : "UnknownFault";
    }
    xmlNode *message_xml = xc_xml_child(detail, NULL, "MessageXml");
    const char *violation = xc_xml_child_text(message_xml, NULL, "Violation", pool);
    return coded_error(code, violation ? violation : text, message_xml, s, state, pool);
}

static int retry_after_sec(const xc_net_response_t *resp)
{
    const char *value = resp->headers ? apr_table_get(resp->headers, "Retry-After") : NULL;
    apr_int64_t sec = value ? apr_atoi64(value) : 0;
    return sec > 0 && sec < 3600 ? (int)sec : 30;
}

/* Harmless when Exchange gets it twice. */
static int is_reading(const char *operation)
{
    static const char *const kinds[] = {"Get", "Find", "Sync", "Resolve", "Expand", "Convert"};
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strncmp(operation, kinds[i], strlen(kinds[i])) == 0)
            return 1;
    return 0;
}

/* An answer that is none of Exchange's own: something on the way failed, perhaps after Exchange had done it. */
static int is_on_the_way(int status)
{
    return status == 200 || status == 500 || status == 502 || status == 504;
}

static xc_error_t *http_error(const xc_net_response_t *resp, const xc_ews_call_t *call, xc_session_t *s, apr_pool_t *pool)
{
    xc_error_t *err;
    switch (resp->status) {
    case 401:
    case 440: /* a session of forms has run out */
        /* of the gateway's own account the client has no password that it could correct */
        err = s->impersonate ? xc_error_make(pool, 502, XC_COND_NONE, "Exchange does not accept the gateway's own account.")
                             : xc_error_make(pool, 401, XC_COND_NONE, "Exchange does not accept this login.");
        break;
    case 403:
    case 456:
    case 457: err = xc_error_make(pool, 403, XC_COND_NONE, "Exchange does not let this account use its web services."); break;
    case 413: err = xc_error_make(pool, 0, XC_COND_MAX_RESOURCE_SIZE, "Exchange does not take a request this large."); break;
    case 404:
        /* IIS filters by length with a 404; the calls before this one have found the web service */
        if (strcmp(call->operation, "CreateAttachment") == 0)
            err = xc_error_make(pool, 0, XC_COND_MAX_ATTACHMENT_SIZE, "Exchange does not take an attachment this large.");
        else {
            xc_ews_forget_url(s, pool);
            err = xc_error_make(pool, 502, XC_COND_NONE, "Exchange's web service does not answer as one.");
        }
        break;
    case 429:
    case 503:
        err = xc_error_retry(xc_error_make(pool, 503, XC_COND_NONE, "Exchange is busy; try again later."), retry_after_sec(resp));
        break;
    case 502:
    case 504: err = xc_error_retry(xc_error_make(pool, 503, XC_COND_NONE, "Exchange is not available at the moment."), 30); break;
    default:
        if (resp->status >= 300 && resp->status < 500)
            xc_ews_forget_url(s, pool);
        err = xc_error_make(pool, 502, XC_COND_NONE, "Exchange's web service does not answer as one.");
        xc_error_context(err, pool, "check ExchangeURL");
    }
    err->maybe_done = !is_reading(call->operation) && is_on_the_way(resp->status);
    return xc_error_context(err, pool, "%s: HTTP %d", call->operation, resp->status);
}

/* Where the reference at `p` ("&#x1F;") ends when it stands for what XML has no place for, else NULL. */
static const char *bad_reference(const char *p)
{
    int hex = p[2] == 'x';
    const char *digits = p + 2 + hex, *end = digits + strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789");
    char *rest;
    if (*end != ';' || end == digits)
        return NULL;
    apr_int64_t c = apr_strtoi64(digits, &rest, hex ? 16 : 10);
    int good = c == 0x9 || c == 0xA || c == 0xD || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
    return good ? NULL : end + 1;
}

/* Exchange passes on what other programs have stored, characters that XML forbids among it. A copy without them. */
static const char *without_bad_characters(const char *text, apr_size_t len, apr_pool_t *pool)
{
    char *copy = apr_pstrmemdup(pool, text, len), *to = copy;
    const char *from = copy, *end;
    while (*from) {
        if (from[0] == '&' && from[1] == '#' && (end = bad_reference(from)) != NULL) {
            *to++ = ' ';
            from = end;
        } else {
            unsigned char c = (unsigned char)*from++;
            *to++ = c < 0x20 && c != '\t' && c != '\r' && c != '\n' ? ' ' : (char)c;
        }
    }
    *to = '\0';
    return copy;
}

static xc_error_t *parse(xmlNode **root, const xc_net_response_t *resp, apr_pool_t *pool)
{
    xc_error_t *err = xc_xml_parse_large(root, resp->body, resp->body_len, pool);
    if (!err || !strstr(resp->body, "Envelope"))
        return err;
    const char *again = without_bad_characters(resp->body, resp->body_len, pool);
    return xc_xml_parse_large(root, again, strlen(again), pool);
}

static xc_error_t *read_answer(xc_ews_call_t *call, const xc_net_response_t *resp, xc_session_t *s, const xc_ews_state_t *state,
                               apr_pool_t *pool)
{
    if (resp->error)
        return xc_error_context(resp->error, pool, "%s", call->operation);
    if (resp->status != 200 && resp->status != 500)
        return http_error(resp, call, s, pool);
    xmlNode *root = NULL;
    xc_error_t *err = parse(&root, resp, pool);
    if (err) {
        if (resp->status == 500)
            return http_error(resp, call, s, pool);
        xc_error_t *out = xc_error_retry(xc_error_make(pool, 503, XC_COND_NONE, "Exchange's answer was broken off or is no XML."), 10);
        /* the request arrived: what it asked for may have been done */
        out->maybe_done = !is_reading(call->operation);
        return xc_error_context(out, pool, "%s: %s", call->operation, err->message);
    }
    xmlNode *body = xc_xml_is(root, NULL, "Envelope") ? xc_xml_child(root, NULL, "Body") : NULL;
    xmlNode *first = xc_xml_child(body, NULL, NULL);
    if (first && xc_xml_is(first, NULL, "Fault"))
        return xc_error_context(fault_error(first, s, state, pool), pool, "%s", call->operation);
    if (!first || resp->status != 200 || !xc_xml_is(first, NULL, apr_pstrcat(pool, call->operation, "Response", NULL)))
        return http_error(resp, call, s, pool);
    call->response = first;
    return NULL;
}

static void prepare_request(xc_net_request_t *req, const xc_ews_call_t *call, const xc_session_t *s, const xc_ews_state_t *state,
                            apr_pool_t *pool)
{
    memset(req, 0, sizeof *req);
    req->method = "POST";
    req->url = state->url;
    req->headers = apr_table_make(pool, 4);
    apr_table_setn(req->headers, "Content-Type", "text/xml; charset=utf-8");
    apr_table_setn(req->headers, "Accept", "text/xml");
    apr_table_setn(req->headers, "SOAPAction", apr_pstrcat(pool, "\"", XC_NS_M, "/", call->operation, "\"", NULL));
    /* routing inside Exchange 2013 and later */
    if (s->impersonate || s->account)
        apr_table_setn(req->headers, "X-AnchorMailbox", s->impersonate ? s->impersonate : s->account);
    req->body = call->request->data;
    req->body_len = call->request->len;
    req->credential = s->credential;
    req->label = call->operation;
    req->account = s->account ? s->account : s->credential ? s->credential->fingerprint : NULL; /* as in honour_back_off() */
    req->patient = s->finishing > 0;
    req->prove = call->prove;
    req->repeatable = is_reading(call->operation);
}

xc_error_t *xc_ews_run(xc_ews_call_t *calls, int n, xc_session_t *s, const xc_ews_state_t *state, apr_pool_t *pool)
{
    xc_net_request_t *requests = apr_pcalloc(pool, (apr_size_t)n * sizeof *requests);
    xc_net_response_t *responses = apr_pcalloc(pool, (apr_size_t)n * sizeof *responses);
    for (int i = 0; i < n; i++) {
        XC_TRY(xc_xmlw_finish(calls[i].w, pool));
        prepare_request(&requests[i], &calls[i], s, state, pool);
    }
    XC_TRY(xc_net_perform(s->net, requests, n, responses, s->deadline, s->meter, s->log, pool));
    for (int i = 0; i < n; i++)
        calls[i].error = read_answer(&calls[i], &responses[i], s, state, pool);
    return NULL;
}

xc_error_t *xc_ews_run_one(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *state, apr_pool_t *pool)
{
    XC_TRY(xc_ews_run(call, 1, s, state, pool));
    return call->error;
}

xmlNode *xc_ews_messages(const xc_ews_call_t *call)
{
    return xc_xml_child(xc_xml_child(call->response, NULL, "ResponseMessages"), NULL, NULL);
}

xc_error_t *xc_ews_message_error(const xmlNode *message, const xc_session_t *s, const xc_ews_state_t *state, apr_pool_t *pool)
{
    const char *klass = xc_xml_attr(message, "ResponseClass", pool);
    const char *code = xc_xml_child_text(message, NULL, "ResponseCode", pool);
    if (!klass || !code)
        return xc_ews_error("NoResponseCode", "a response message without class or code", pool);
    if (strcmp(klass, "Success") == 0 || (strcmp(klass, "Warning") == 0 && strcmp(code, "ErrorBatchProcessingStopped")))
        return NULL;
    return coded_error(code, xc_xml_child_text(message, NULL, "MessageText", pool), xc_xml_child(message, NULL, "MessageXml"), s, state,
                       pool);
}

xc_error_t *xc_ews_single(xmlNode **message, xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *state, apr_pool_t *pool)
{
    XC_TRY(xc_ews_run_one(call, s, state, pool));
    *message = xc_ews_messages(call);
    if (!*message)
        return xc_error_context(xc_ews_error("NoResponseMessage", "an answer without response message", pool), pool, "%s", call->operation);
    xc_error_t *err = xc_ews_message_error(*message, s, state, pool);
    return err ? xc_error_context(err, pool, "%s", call->operation) : NULL;
}
