/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ews_fake.h
 * A session of the EWS back end without a network: xc_net_perform() is this file's own, which
 * notes what is sent and answers from a queue. Include in one test program only.
 *
 * With EXCAL_EWS_REQUESTS set to a folder each request is written there as
 * <program>-<nr>-<version>-<operation>.xml, for validation against Microsoft's schemas.
 */
#ifndef EWS_FAKE_H
#define EWS_FAKE_H

#include <apr_file_io.h>
#include <apr_strings.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/backend.h"
#include "exchange/ews/ews.h"

/* not every program needs every helper */
#define FAKE static __attribute__((unused))

typedef struct fake_answer_t {
    const char *op;          /* the operation that it answers */
    int status;              /* HTTP; 0 = the answer never comes */
    const char *body;
} fake_answer_t;

static struct {
    const char *program;
    apr_pool_t *pool;
    apr_array_header_t *answers;   /* fake_answer_t */
    int answered;
    apr_array_header_t *sent;      /* const char *: bodies */
    apr_array_header_t *requests;  /* xc_net_request_t */
    apr_table_t *memo;
    const char *back_off_origin, *back_off_account;
    apr_interval_time_t back_off;
    int files, rounds;
    xc_backend_config_t cfg;
    xc_credential_t cred;
    xc_session_t s;
} fake;

static void fake_write(const char *body, const char *label)
{
    const char *dir = getenv("EXCAL_EWS_REQUESTS"), *version = strstr(body, "Version=\"");
    apr_file_t *file;
    if (!dir || !version)
        return;
    version += 9;
    const char *path = apr_psprintf(fake.pool, "%s/%s-%03d-%.*s-%s.xml", dir, fake.program, ++fake.files, (int)strcspn(version, "\""), version,
                                    label);
    ck_assert_int_eq(apr_file_open(&file, path, APR_WRITE | APR_CREATE | APR_TRUNCATE, APR_OS_DEFAULT, fake.pool), APR_SUCCESS);
    apr_file_puts(body, file);
    apr_file_close(file);
}

xc_error_t *xc_net_perform(xc_net_t *net, const xc_net_request_t *requests, int n, xc_net_response_t *responses, apr_time_t deadline,
                           xc_net_meter_t *meter, const xc_log_t *log, apr_pool_t *pool)
{
    (void)net;
    (void)deadline;
    (void)log;
    fake.rounds++;
    if (meter)
        meter->calls += n;
    for (int i = 0; i < n; i++) {
        const char *body = requests[i].body ? apr_pstrmemdup(fake.pool, requests[i].body, requests[i].body_len) : "";
        APR_ARRAY_PUSH(fake.sent, const char *) = body;
        APR_ARRAY_PUSH(fake.requests, xc_net_request_t) = requests[i];
        fake_write(body, requests[i].label);
        ck_assert_msg(fake.answered < fake.answers->nelts, "no answer was prepared for %s:\n%s", requests[i].label, body);
        const fake_answer_t *a = &APR_ARRAY_IDX(fake.answers, fake.answered++, fake_answer_t);
        ck_assert_msg(strcmp(a->op, requests[i].label) == 0, "%s was expected, %s was sent", a->op, requests[i].label);
        memset(&responses[i], 0, sizeof responses[i]);
        responses[i].headers = apr_table_make(pool, 2);
        responses[i].status = a->status;
        responses[i].body = a->body;
        responses[i].body_len = strlen(a->body);
        if (!a->status) {
            responses[i].error = xc_error_retry(xc_error_make(pool, 503, XC_COND_NONE, "Exchange does not answer."), 30);
            responses[i].error->maybe_done = 1;
        }
    }
    return NULL;
}

static const char *fake_memo_get(void *ctx, const char *key, apr_pool_t *pool)
{
    const char *value = apr_table_get(fake.memo, key);
    (void)ctx;
    return value ? apr_pstrdup(pool, value) : NULL;
}

static void fake_memo_set(void *ctx, const char *key, const char *value, apr_interval_time_t ttl)
{
    (void)ctx;
    (void)ttl;
    if (value)
        apr_table_set(fake.memo, key, value);
    else
        apr_table_unset(fake.memo, key);
}

static void fake_back_off(void *ctx, const char *origin, const char *account, apr_interval_time_t how_long)
{
    (void)ctx;
    fake.back_off_origin = apr_pstrdup(fake.pool, origin);
    fake.back_off_account = account ? apr_pstrdup(fake.pool, account) : NULL;
    fake.back_off = how_long;
}

/** A new session under this version (NULL = to be negotiated), with an empty queue. */
FAKE void fake_begin(const char *version)
{
    if (fake.pool)
        apr_pool_destroy(fake.pool);
    apr_pool_create(&fake.pool, NULL);
    fake.answers = apr_array_make(fake.pool, 8, sizeof(fake_answer_t));
    fake.sent = apr_array_make(fake.pool, 8, sizeof(const char *));
    fake.requests = apr_array_make(fake.pool, 8, sizeof(xc_net_request_t));
    fake.memo = apr_table_make(fake.pool, 8);
    fake.answered = fake.rounds = 0;
    fake.back_off_origin = fake.back_off_account = NULL;
    fake.back_off = 0;
    memset(&fake.cfg, 0, sizeof fake.cfg);
    memset(&fake.s, 0, sizeof fake.s);
    fake.cfg.url = "https://mail.contoso.example/EWS/Exchange.asmx";
    fake.cfg.mail_domain = "contoso.example";
    fake.cfg.version = version;
    fake.cfg.batch_size = 100;
    fake.cfg.parallel = 4;
    fake.cred = (xc_credential_t){.scheme = XC_AUTH_BASIC, .user = "alice", .secret = "secret", .fingerprint = "f00d"};
    fake.s.backend = &xc_backend_ews;
    fake.s.cfg = &fake.cfg;
    fake.s.credential = &fake.cred;
    fake.s.account = "alice@contoso.example";
    fake.s.zone = xc_zone_find("Europe/Berlin");
    fake.s.deadline = apr_time_now() + apr_time_from_sec(60);
    fake.s.memo_get = fake_memo_get;
    fake.s.memo_set = fake_memo_set;
    fake.s.back_off = fake_back_off;
    fake.s.pool = fake.pool;
}

FAKE void fake_answer(const char *op, int status, const char *body)
{
    APR_ARRAY_PUSH(fake.answers, fake_answer_t) = (fake_answer_t){.op = op, .status = status, .body = body};
}

/* Other prefixes than ours, elements that nobody knows, a time in the header: all of it is to be borne. */
FAKE const char *fake_envelope(const char *inner)
{
    return apr_pstrcat(fake.pool,
                       "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header>"
                       "<h:ServerVersionInfo MajorVersion=\"15\" MinorVersion=\"1\" MajorBuildNumber=\"2507\" MinorBuildNumber=\"6\" "
                       "xmlns:h=\"http://schemas.microsoft.com/exchange/services/2006/types\"/></s:Header><s:Body "
                       "xmlns:mm=\"http://schemas.microsoft.com/exchange/services/2006/messages\" "
                       "xmlns=\"http://schemas.microsoft.com/exchange/services/2006/types\">",
                       inner, "</s:Body></s:Envelope>", NULL);
}

/** A good answer with one response message per payload (NULL-terminated). */
FAKE void fake_good(const char *op, ...)
{
    const char *all = "", *payload;
    va_list ap;
    va_start(ap, op);
    while ((payload = va_arg(ap, const char *)) != NULL)
        all = apr_pstrcat(fake.pool, all, "<mm:", op, "ResponseMessage ResponseClass=\"Success\"><mm:ResponseCode>NoError</mm:ResponseCode>",
                          payload, "</mm:", op, "ResponseMessage>", NULL);
    va_end(ap);
    fake_answer(op, 200,
                fake_envelope(apr_pstrcat(fake.pool, "<mm:", op, "Response><mm:ResponseMessages>", all, "</mm:ResponseMessages></mm:", op,
                                          "Response>", NULL)));
}

/** A response message that reports an error, to be put among others by fake_mixed(). */
FAKE const char *fake_message(const char *op, const char *class, const char *code, const char *payload)
{
    return apr_pstrcat(fake.pool, "<mm:", op, "ResponseMessage ResponseClass=\"", class, "\"><mm:MessageText>said so</mm:MessageText><mm:ResponseCode>",
                       code, "</mm:ResponseCode><mm:DescriptiveLinkKey>0</mm:DescriptiveLinkKey>", payload, "</mm:", op, "ResponseMessage>", NULL);
}

FAKE void fake_mixed(const char *op, const char *messages)
{
    fake_answer(op, 200,
                fake_envelope(apr_pstrcat(fake.pool, "<mm:", op, "Response><mm:ResponseMessages>", messages, "</mm:ResponseMessages></mm:", op,
                                          "Response>", NULL)));
}

FAKE void fake_bad(const char *op, const char *code)
{
    fake_mixed(op, fake_message(op, "Error", code, ""));
}

FAKE void fake_fault(const char *op, const char *code, const char *details)
{
    fake_answer(op, 500,
                apr_pstrcat(fake.pool,
                            "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>"
                            "<faultcode xmlns:a=\"http://schemas.microsoft.com/exchange/services/2006/types\">a:",
                            code, "</faultcode><faultstring xml:lang=\"en-US\">No.</faultstring><detail><e:ResponseCode "
                            "xmlns:e=\"http://schemas.microsoft.com/exchange/services/2006/errors\">",
                            code, "</e:ResponseCode><t:MessageXml xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\">", details,
                            "</t:MessageXml></detail></s:Fault></s:Body></s:Envelope>", NULL));
}

/** An ItemId inside m:Items, as writes answer. */
FAKE const char *fake_item_id(const char *id, const char *key)
{
    return apr_psprintf(fake.pool, "<mm:Items><CalendarItem><ItemId Id=\"%s\" ChangeKey=\"%s\"/></CalendarItem></mm:Items>", id, key);
}

FAKE const char *fake_sent(int i)
{
    ck_assert_int_lt(i, fake.sent->nelts);
    return APR_ARRAY_IDX(fake.sent, i, const char *);
}

FAKE void fake_all_answered(void)
{
    ck_assert_int_eq(fake.answered, fake.answers->nelts);
}

/** Was this in the i-th request? */
#define assert_sent(i, what) ck_assert_msg(strstr(fake_sent(i), what) != NULL, "%s is not in\n%s", what, fake_sent(i))
#define assert_not_sent(i, what) ck_assert_msg(strstr(fake_sent(i), what) == NULL, "%s is in\n%s", what, fake_sent(i))

#endif
