/* SPDX-License-Identifier: Apache-2.0 */
/* Autodiscover: whom it asks, in which order, with or without credentials; what it believes and
 * what it remembers of the answers. */
#include "ews_fake.h"

#include "exchange/autodiscover.h"
#include "net/dns.h"

static const char *srv_host;

int xc_dns_srv(const char *name, const char **host, int *port, apr_pool_t *pool)
{
    (void)name;
    (void)pool;
    *host = srv_host;
    *port = 443;
    return srv_host ? 0 : 1;
}

static void begin(const char *fixed)
{
    fake_begin(NULL);
    fake.cfg.url = NULL;
    fake.cfg.autodiscover_url = fixed;
    srv_host = NULL;
}

static xc_error_t *ask_for(const char **url, const char *login)
{
    return xc_autodiscover_url(url, &fake.s, login, fake.pool);
}

static void answer(int status, const char *body)
{
    fake_answer("Autodiscover", status, body);
}

static const char *asked(int i)
{
    ck_assert_int_lt(i, fake.requests->nelts);
    return APR_ARRAY_IDX(fake.requests, i, xc_net_request_t).url;
}

static int with_credential(int i)
{
    return APR_ARRAY_IDX(fake.requests, i, xc_net_request_t).credential != NULL;
}

#define POX_HEAD \
    "<?xml version=\"1.0\"?><Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\">" \
    "<Response xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a\"><Account><AccountType>email</AccountType>"
#define POX_TAIL "</Account></Response></Autodiscover>"
static const char pox[] = POX_HEAD "<Action>settings</Action><Protocol><Type>EXCH</Type><EwsUrl>https://inside.contoso.example/EWS/Exchange.asmx</EwsUrl></Protocol>"
    "<Protocol><Type>EXPR</Type><ASUrl>https://old.contoso.example/x</ASUrl><EwsUrl>https://mail.contoso.example/EWS/Exchange.asmx</EwsUrl></Protocol>" POX_TAIL;
static const char pox_2007[] = POX_HEAD "<Action>settings</Action><Protocol><Type>EXCH</Type><ASUrl>https://mail.contoso.example/EWS/Exchange.asmx</ASUrl></Protocol>" POX_TAIL;
static const char soap[] =
    "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><GetUserSettingsResponseMessage xmlns=\"http://schemas.microsoft.com/exchange/2010/Autodiscover\">"
    "<Response><ErrorCode>NoError</ErrorCode><UserResponses><UserResponse><ErrorCode>NoError</ErrorCode><UserSettings><UserSetting><Name>ExternalEwsUrl</Name>"
    "<Value>https://mail.contoso.example/EWS/Exchange.asmx</Value></UserSetting></UserSettings></UserResponse></UserResponses></Response>"
    "</GetUserSettingsResponseMessage></s:Body></s:Envelope>";

START_TEST(in_order)
{
    const char *url = NULL;
    begin(NULL);
    answer(404, "");                      /* https://domain, SOAP and POX */
    answer(404, "");
    answer(0, "");                        /* https://autodiscover.domain does not answer: no second question */
    answer(404, "");                      /* http */
    srv_host = "elsewhere.contoso.example";
    answer(404, "");
    answer(200, pox);
    ck_assert_ptr_null(ask_for(&url, "alice"));
    ck_assert_str_eq(url, "https://mail.contoso.example/EWS/Exchange.asmx");
    ck_assert_str_eq(asked(0), "https://contoso.example/autodiscover/autodiscover.svc");
    ck_assert_str_eq(asked(1), "https://contoso.example/autodiscover/autodiscover.xml");
    ck_assert_str_eq(asked(2), "https://autodiscover.contoso.example/autodiscover/autodiscover.svc");
    ck_assert_str_eq(asked(3), "http://autodiscover.contoso.example/autodiscover/autodiscover.xml");
    ck_assert_str_eq(asked(4), "https://elsewhere.contoso.example:443/autodiscover/autodiscover.svc");
    ck_assert(with_credential(0) && !with_credential(3));
    ck_assert_str_eq(APR_ARRAY_IDX(fake.requests, 3, xc_net_request_t).method, "GET");
    assert_sent(1, "<EMailAddress>alice@contoso.example</EMailAddress>");
    /* remembered, for the neighbours too */
    ck_assert_ptr_null(ask_for(&url, "CONTOSO\\bob"));
    ck_assert_str_eq(url, "https://mail.contoso.example/EWS/Exchange.asmx");
    ck_assert_int_eq(fake.requests->nelts, 6);
    /* until it serves no longer */
    xc_autodiscover_forget(&fake.s, "bob", fake.pool);
    answer(200, soap);
    ck_assert_ptr_null(ask_for(&url, "bob"));
    fake_all_answered();
}
END_TEST

START_TEST(answers)
{
    const char *url = NULL;
    static const char *const bodies[] = {pox, pox_2007};
    for (int i = 0; i < 2; i++) {
        begin("https://ad.contoso.example/autodiscover/autodiscover.xml");
        answer(200, bodies[i]);
        ck_assert_ptr_null(ask_for(&url, "alice@contoso.example"));
        ck_assert_str_eq(url, "https://mail.contoso.example/EWS/Exchange.asmx");
    }
    begin("https://ad.contoso.example/autodiscover/autodiscover.svc");
    answer(200, soap);
    ck_assert_ptr_null(ask_for(&url, "alice"));
    assert_sent(0, "<a:Mailbox>alice@contoso.example</a:Mailbox>");
    ck_assert_str_eq(url, "https://mail.contoso.example/EWS/Exchange.asmx");
}
END_TEST

START_TEST(redirects)
{
    const char *url = NULL;
    /* to another address: good for this one alone */
    begin("https://ad.contoso.example/");
    answer(404, "");
    answer(200, POX_HEAD "<Action>redirectAddr</Action><RedirectAddr>alice@fabrikam.example</RedirectAddr>" POX_TAIL);
    answer(404, "");
    answer(200, pox);
    ck_assert_ptr_null(ask_for(&url, "alice"));
    ck_assert_str_eq(asked(3), "https://ad.contoso.example/autodiscover/autodiscover.xml");
    assert_sent(3, "alice@fabrikam.example");
    ck_assert_ptr_null(ask_for(&url, "Alice@contoso.example"));
    ck_assert_int_eq(fake.requests->nelts, 4);
    answer(200, soap);
    ck_assert_ptr_null(ask_for(&url, "bob"));
    fake_all_answered();
    /* never to plain http, never for ever */
    begin("https://ad.contoso.example/autodiscover/autodiscover.xml");
    answer(200, POX_HEAD "<Action>redirectUrl</Action><RedirectUrl>http://evil.example/autodiscover/autodiscover.xml</RedirectUrl>" POX_TAIL);
    ck_assert_int_eq(ask_for(&url, "alice")->status, 503);
    ck_assert_int_eq(fake.requests->nelts, 1);
    begin("https://ad.contoso.example/autodiscover/autodiscover.xml");
    for (int i = 0; i < 11; i++)
        answer(200, POX_HEAD "<Action>redirectUrl</Action><RedirectUrl>https://ad.contoso.example/autodiscover/autodiscover.xml</RedirectUrl>" POX_TAIL);
    ck_assert_int_eq(ask_for(&url, "alice")->status, 503);
    ck_assert_int_le(fake.requests->nelts, 11);
}
END_TEST

START_TEST(refusals)
{
    const char *url = NULL;
    begin("https://ad.contoso.example/autodiscover/autodiscover.xml");
    answer(401, "");
    ck_assert_int_eq(ask_for(&url, "alice")->status, 401);
    /* a failure is not asked for again at once */
    begin("https://ad.contoso.example/autodiscover/autodiscover.xml");
    answer(200, "<Autodiscover><Response><Error><ErrorCode>500</ErrorCode></Error></Response></Autodiscover>");
    xc_error_t *err = ask_for(&url, "alice");
    ck_assert_int_eq(err->status, 503);
    ck_assert_int_gt(err->retry_after_sec, 0);
    ck_assert_int_eq(ask_for(&url, "alice")->status, 503);
    ck_assert_int_eq(fake.requests->nelts, 1);
    /* foreign domains are asked nothing, and nothing configured is no guess */
    begin(NULL);
    ck_assert_int_eq(ask_for(&url, "alice@evil.example")->status, 401);
    fake.cfg.mail_domain = NULL;
    ck_assert_int_eq(ask_for(&url, "alice@evil.example")->status, 502);
    ck_assert_int_eq(fake.requests->nelts, 0);
    /* a URL that is none of EWS is not taken */
    static const char *const bad[] = {"http://mail.contoso.example/EWS/Exchange.asmx", "file:///etc/passwd", "https://", "", "x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        begin("https://ad.contoso.example/autodiscover/autodiscover.xml");
        answer(200, apr_pstrcat(fake.pool, POX_HEAD "<Action>settings</Action><Protocol><Type>EXPR</Type><EwsUrl>", bad[i], "</EwsUrl></Protocol>" POX_TAIL, NULL));
        ck_assert_int_eq(ask_for(&url, "alice")->status, 503);
    }
    static const char *const broken[] = {"", "<a", "<!DOCTYPE x><x/>", POX_HEAD POX_TAIL, "<Account/>"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        begin("https://ad.contoso.example/autodiscover/autodiscover.xml");
        answer(200, broken[i]);
        ck_assert_int_eq(ask_for(&url, "alice")->status, 503);
    }
}
END_TEST

/* What was discovered answers with something else: it is discovered anew. */
START_TEST(server_moved)
{
    xc_item_page_t *page = NULL;
    begin("https://ad.contoso.example/autodiscover/autodiscover.xml");
    answer(200, pox);
    fake_answer("GetFolder", 404, "<html/>");
    ck_assert_int_eq(xc_ews_item_sync(&page, &fake.s, "cal", NULL, fake.pool)->status, 502);
    fake.s.state = NULL;
    answer(200, pox);
    fake_answer("GetFolder", 503, "");
    ck_assert_int_eq(xc_ews_item_sync(&page, &fake.s, "cal", NULL, fake.pool)->status, 503);
    fake_all_answered();
}
END_TEST

int main(void)
{
    apr_initialize();
    apr_pool_t *pool;
    apr_pool_create(&pool, NULL);
    xc_xml_init();
    if (xc_zone_init(pool))
        return 2;
    fake.program = "autodiscover";
    Suite *suite = suite_create("autodiscover");
    TCase *tc = tcase_create("autodiscover");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, in_order);
    tcase_add_test(tc, answers);
    tcase_add_test(tc, redirects);
    tcase_add_test(tc, refusals);
    tcase_add_test(tc, server_moved);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    apr_pool_destroy(pool);
    apr_terminate();
    return failed != 0;
}
