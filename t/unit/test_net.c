/* SPDX-License-Identifier: Apache-2.0 */
/* src/net: requests against a little server of our own on loopback. */
#include <apr_general.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <check.h>

#include "net/breaker.h"
#include "net/http.h"
#include "netserver.h"

static apr_pool_t *pool, *net_pool;
static netserver_t *srv;
static xc_net_t *net;
static xc_net_config_t cfg;

static void make_net(xc_breaker_t *breaker)
{
    if (net_pool)
        apr_pool_destroy(net_pool);
    apr_pool_create(&net_pool, pool);
    ck_assert_ptr_null(xc_net_make(&net, &cfg, breaker, net_pool));
}

static void setup(void)
{
    apr_pool_create(&pool, NULL);
    srv = netserver_start(NULL);
    memset(&cfg, 0, sizeof(cfg));
    cfg.max_leases = 4;
    cfg.connect_timeout = apr_time_from_sec(5);
    cfg.idle_timeout = apr_time_from_sec(60);
    cfg.max_response_bytes = 1 << 19;
    cfg.tls_verify = 1;
    cfg.user_agent = "test";
    net_pool = NULL;
    make_net(NULL);
}

static void teardown(void)
{
    apr_pool_destroy(pool);
    netserver_stop(srv);
}

static const char *url(const char *path)
{
    return apr_psprintf(pool, "%s://127.0.0.1:%d%s", srv->tls ? "https" : "http", srv->port, path);
}

static xc_net_request_t get(const char *path)
{
    xc_net_request_t r = {.method = "GET", .url = url(path), .label = "Test"};
    return r;
}

static xc_net_request_t post(const char *path, const char *body)
{
    xc_net_request_t r = {.method = "POST", .url = url(path), .label = "Test", .body = body, .body_len = strlen(body)};
    return r;
}

static xc_net_response_t run_for(xc_net_request_t req, int ms)
{
    xc_net_response_t resp;
    xc_error_t *err = xc_net_perform(net, &req, 1, &resp, apr_time_now() + ms * 1000, NULL, NULL, pool);
    if (err)
        resp.error = err;
    return resp;
}

static xc_net_response_t run(xc_net_request_t req)
{
    return run_for(req, 5000);
}

START_TEST(sends_and_receives)
{
    xc_net_request_t r = post("/echo", "caf\xc3\xa9");
    xc_net_response_t a = run(r);

    ck_assert_ptr_null(a.error);
    ck_assert_int_eq(a.status, 200);
    ck_assert_str_eq(a.body, "POST caf\xc3\xa9");
    ck_assert_uint_eq(a.body_len, 10);
    ck_assert_str_eq(apr_table_get(a.headers, "content-type"), "text/plain");
    r.method = "SEARCH";
    ck_assert_str_eq(run(r).body, "SEARCH caf\xc3\xa9");
    r = get("/echo");
    r.method = "SUBSCRIBE";
    ck_assert_str_eq(run(r).body, "SUBSCRIBE ");
    r.method = "HEAD";
    ck_assert_int_eq(run_for(r, 2000).status, 200);
    a = run(get("/gzip"));
    ck_assert_msg(!a.error, "%s", a.error ? a.error->detail : "");
    ck_assert_str_eq(a.body, "hello");
    ck_assert_int_eq(run(get("/redirect")).status, 302);
    ck_assert_int_eq(run(get("/nowhere")).status, 404);
    ck_assert_ptr_null(run(get("/nowhere")).error);
}
END_TEST

START_TEST(keeps_connections)
{
    int i;
    for (i = 0; i < 10; i++)
        ck_assert_str_eq(run(get("/ok")).body, "conn=1 auth=");
    ck_assert_int_eq(srv->connections, 1);
    ck_assert_int_eq(srv->requests, 10);
}
END_TEST

START_TEST(repeats_headers)
{
    xc_net_response_t a = run(get("/twice"));
    ck_assert_str_eq(apr_table_getm(pool, a.headers, "X-A"), "1,2");
}
END_TEST

START_TEST(refuses_split_headers_and_odd_urls)
{
    xc_net_request_t r = get("/ok");

    r.headers = apr_table_make(pool, 1);
    apr_table_setn(r.headers, "X-Evil", "a\r\nHost: b");
    ck_assert_int_eq(run(r).error->status, 500);
    ck_assert_int_eq(srv->requests, 0);
    r = get("/ok");
    r.url = "file:///etc/passwd";
    ck_assert_int_eq(run(r).error->status, 500);
    r.url = "http://user:pw@127.0.0.1/";
    ck_assert_int_eq(run(r).error->status, 500);
}
END_TEST

START_TEST(many_at_once_within_leases)
{
    xc_net_request_t r[12];
    xc_net_response_t a[12];
    xc_net_meter_t meter = {0, 0};
    apr_time_t begin = apr_time_now();
    int i;

    for (i = 0; i < 12; i++)
        r[i] = get("/slow");
    ck_assert_ptr_null(xc_net_perform(net, r, 12, a, begin + apr_time_from_sec(5), &meter, NULL, pool));
    for (i = 0; i < 12; i++)
        ck_assert_str_eq(a[i].body, "slow");
    ck_assert_int_eq(srv->most_active, 4);
    ck_assert_int_le(srv->connections, 4);
    ck_assert_int_eq(meter.calls, 12);
    ck_assert_int_lt(apr_time_now() - begin, 1000000); /* three rounds, not twelve */
}
END_TEST

static void *APR_THREAD_FUNC hold_leases(apr_thread_t *thread, void *ms)
{
    apr_pool_t *mine;
    xc_net_request_t r[4];
    xc_net_response_t a[4];
    int i;

    (void)thread;
    apr_pool_create(&mine, NULL);
    for (i = 0; i < 4; i++)
        r[i] = (xc_net_request_t){.method = "GET", .url = apr_psprintf(mine, "http://127.0.0.1:%d/hang", srv->port)};
    xc_net_perform(net, r, 4, a, apr_time_now() + *(int *)ms * 1000, NULL, NULL, mine);
    apr_pool_destroy(mine);
    return NULL;
}

START_TEST(waits_for_a_lease_until_the_deadline)
{
    apr_thread_t *thread;
    apr_status_t rv;
    int ms = 700;
    xc_net_response_t a;

    ck_assert_int_eq(apr_thread_create(&thread, NULL, hold_leases, &ms, pool), 0);
    while (srv->active < 4)
        usleep(5000);
    a = run_for(get("/ok"), 200);
    ck_assert_ptr_nonnull(a.error);
    ck_assert_int_eq(a.error->status, 503);
    ck_assert_int_gt(a.error->retry_after_sec, 0);
    ck_assert_ptr_nonnull(strstr(a.error->detail, "ExchangeConnections"));
    a = run_for(get("/ok"), 3000);
    ck_assert_ptr_null(a.error);
    ck_assert_int_eq(a.status, 200);
    apr_thread_join(&rv, thread);
}
END_TEST

START_TEST(deadline_ends_everything)
{
    apr_time_t begin = apr_time_now();
    xc_net_response_t a = run_for(post("/hang", "x"), 300);

    ck_assert_int_lt(apr_time_now() - begin, 1500000);
    ck_assert_int_eq(a.status, 0);
    ck_assert_int_eq(a.error->status, 503);
    ck_assert_int_gt(a.error->retry_after_sec, 0);
    ck_assert(a.error->maybe_done);
    ck_assert_ptr_nonnull(strstr(a.error->detail, "Test"));
}
END_TEST

START_TEST(bounds_answers)
{
    xc_net_response_t a = run(get("/big"));
    ck_assert_int_eq(a.error->status, 502);
    ck_assert_ptr_nonnull(strstr(a.error->message, "larger"));
    a = run(get("/bomb"));
    ck_assert_int_eq(a.error->status, 502);
    ck_assert_uint_eq(a.body_len, 0);
}
END_TEST

START_TEST(maps_failures)
{
    xc_net_response_t a = run(post("/truncate", "x"));
    xc_net_request_t r = post("/ok", "x");
    netserver_t *gone = netserver_start(NULL);
    int gone_port = gone->port;

    ck_assert_int_eq(a.error->status, 503);
    ck_assert(a.error->maybe_done);
    a = run(get("/garbage"));
    ck_assert_int_eq(a.error->status, 502);
    netserver_stop(gone);
    r.url = apr_psprintf(pool, "http://127.0.0.1:%d/ok", gone_port);
    a = run(r);
    ck_assert_int_eq(a.error->status, 503);
    ck_assert_int_gt(a.error->retry_after_sec, 0);
    ck_assert(!a.error->maybe_done);
    r.url = "http://no-such-host.invalid/";
    a = run(r);
    ck_assert_int_eq(a.error->status, 503);
    ck_assert(!a.error->maybe_done);
}
END_TEST

START_TEST(dead_connection_is_replaced_for_reads)
{
    xc_net_request_t r = post("/echo", "read");
    xc_net_response_t a;

    run(get("/die-next"));
    r.repeatable = 1;
    a = run(r);
    ck_assert_msg(!a.error, "%s", a.error ? a.error->detail : "");
    ck_assert_str_eq(a.body, "POST read");
    ck_assert_int_eq(srv->dead_letters, 1);
    ck_assert_int_eq(srv->connections, 2);
    run(get("/die-next"));
    ck_assert_int_eq(run(get("/ok")).status, 200);
}
END_TEST

START_TEST(dead_connection_fails_writes)
{
    xc_net_response_t a;

    run(get("/die-next"));
    a = run(post("/echo", "write"));
    ck_assert_ptr_nonnull(a.error);
    ck_assert_int_eq(a.error->status, 503);
    ck_assert(a.error->maybe_done);
    ck_assert_int_eq(srv->dead_letters, 1);
    ck_assert_int_eq(srv->requests, 2); /* it was not sent again */
}
END_TEST

static xc_credential_t who(xc_auth_e scheme, const char *user)
{
    xc_credential_t c = {scheme, user, "secret", NULL};
    return c;
}

START_TEST(basic_shares_connections)
{
    xc_credential_t a = who(XC_AUTH_BASIC, "alice"), b = who(XC_AUTH_BASIC, "bob");
    xc_net_request_t r = get("/ok");

    r.credential = &a;
    ck_assert_str_eq(run(r).body, "conn=1 auth=Basic YWxpY2U6c2VjcmV0");
    r.credential = &b;
    ck_assert_str_eq(run(r).body, "conn=1 auth=Basic Ym9iOnNlY3JldA==");
    r.credential = NULL; /* nothing of bob is left in the handle */
    ck_assert_str_eq(run(r).body, "conn=1 auth=");
    b.scheme = XC_AUTH_BEARER;
    b.secret = "tok";
    r.credential = &b;
    ck_assert_str_eq(run(r).body, "conn=1 auth=Bearer tok");
}
END_TEST

START_TEST(ntlm_connections_belong_to_one)
{
    xc_credential_t a = who(XC_AUTH_NTLM, "alice"), b = who(XC_AUTH_NTLM, "bob");
    xc_net_request_t r = post("/ntlm", "body");
    int requests;

    r.credential = &a;
    ck_assert_str_eq(run(r).body, "a of conn 1");
    requests = srv->requests;
    ck_assert_str_eq(run(r).body, "a of conn 1");
    ck_assert_int_eq(srv->requests, requests + 1); /* signed in once for the connection */
    r.credential = &b;
    ck_assert_str_eq(run(r).body, "b of conn 2");
    r.credential = &a;
    ck_assert_str_eq(run(r).body, "a of conn 1");
    a.secret = "other"; /* a changed password is another credential */
    ck_assert_str_eq(run(r).body, "a of conn 3");
    r.credential = NULL;
    ck_assert_int_eq(run(r).status, 401);
}
END_TEST

/* A changed password must not live on in a connection that was signed in with the old one. */
START_TEST(a_password_is_proved_on_a_new_connection)
{
    xc_credential_t a = who(XC_AUTH_NTLM, "alice"), b = who(XC_AUTH_BASIC, "bob");
    xc_net_request_t r = post("/ntlm", "body");

    r.credential = &a;
    ck_assert_str_eq(run(r).body, "a of conn 1");
    r.prove = 1;
    ck_assert_str_eq(run(r).body, "a of conn 2");
    ck_assert_str_eq(run(r).body, "a of conn 3");
    /* Basic sends it with each request: any connection will do */
    r = get("/ok");
    r.credential = &b;
    r.prove = 1;
    ck_assert_str_eq(run(r).body, "conn=4 auth=Basic Ym9iOnNlY3JldA==");
    ck_assert_str_eq(run(r).body, "conn=4 auth=Basic Ym9iOnNlY3JldA==");
}
END_TEST

START_TEST(any_learns_the_scheme)
{
    xc_credential_t a = who(XC_AUTH_ANY, "alice");
    xc_net_request_t r = post("/any", "body");
    int requests;

    r.credential = &a;
    ck_assert_str_eq(run(r).body, "Basic YWxpY2U6c2VjcmV0");
    ck_assert_int_eq(srv->requests, 2);
    requests = srv->requests;
    ck_assert_str_eq(run(r).body, "Basic YWxpY2U6c2VjcmV0");
    ck_assert_int_eq(srv->requests, requests + 1);
    /* somebody's wrong password does not make it forget */
    r = post("/deny", "body");
    r.credential = &a;
    ck_assert_int_eq(run(r).status, 401);
    r = post("/any", "body");
    r.credential = &a;
    requests = srv->requests;
    ck_assert_int_eq(run(r).status, 200);
    ck_assert_int_eq(srv->requests, requests + 1);
}
END_TEST

START_TEST(certificates_are_checked)
{
    const char *pem = apr_psprintf(pool, "/tmp/xc-test-net-%d.pem", (int)getpid());
    netserver_t *plain = srv, *tls;
    xc_net_response_t a;

    srv = tls = netserver_start(netserver_tls(pem));
    a = run(get("/ok"));
    ck_assert_int_eq(a.error->status, 502);
    ck_assert_ptr_nonnull(strstr(a.error->detail, "ExchangeCAFile"));
    cfg.ca_file = pem;
    make_net(NULL);
    a = run(get("/ok"));
    ck_assert_msg(!a.error, "%s", a.error ? a.error->detail : "");
    ck_assert_str_eq(run(get("/ok")).body, "conn=2 auth=");
    cfg.ca_file = NULL;
    cfg.tls_verify = 0;
    make_net(NULL);
    ck_assert_int_eq(run(get("/ok")).status, 200);
    unlink(pem);
    srv = plain;
    make_net(NULL);
    netserver_stop(tls);
}
END_TEST

START_TEST(breaker_stops_a_dead_origin)
{
    xc_breaker_t *b = xc_breaker_at(apr_pcalloc(pool, xc_breaker_size()));
    netserver_t *gone = netserver_start(NULL);
    int gone_port = gone->port;
    xc_net_request_t r = get("/ok");
    xc_net_response_t a;
    int i;

    make_net(b);
    netserver_stop(gone);
    r.url = apr_psprintf(pool, "http://127.0.0.1:%d/ok", gone_port);
    for (i = 0; i < 5; i++)
        run(r);
    a = run(r);
    ck_assert_int_eq(a.error->status, 503);
    ck_assert_ptr_nonnull(strstr(a.error->detail, "left alone"));
    ck_assert_int_gt(a.error->retry_after_sec, 0);
    ck_assert_int_eq(run(get("/ok")).status, 200); /* another origin */
    r = get("/ok");
    r.account = "alice@contoso.example";
    xc_breaker_back_off(b, apr_psprintf(pool, "http://127.0.0.1:%d", srv->port), "Alice@contoso.example",
                        apr_time_from_sec(30), apr_time_now());
    ck_assert_int_ge(run(r).error->retry_after_sec, 29);
    r.account = "bob@contoso.example";
    ck_assert_int_eq(run(r).status, 200);
}
END_TEST

static atomic_int hammer_bad;

static void *APR_THREAD_FUNC hammer(apr_thread_t *thread, void *unused)
{
    int i;

    (void)thread;
    (void)unused;
    for (i = 0; i < 50; i++) {
        apr_pool_t *mine;
        xc_net_response_t a;
        xc_credential_t c = who(i % 2 ? XC_AUTH_NTLM : XC_AUTH_BASIC, i % 3 ? "alice" : "bob");
        xc_net_request_t r = {.method = "POST", .body = "x", .body_len = 1, .credential = &c};
        apr_pool_create(&mine, NULL);
        r.url = apr_psprintf(mine, "http://127.0.0.1:%d%s", srv->port, i % 2 ? "/ntlm" : "/echo");
        if (xc_net_perform(net, &r, 1, &a, apr_time_now() + apr_time_from_sec(20), NULL, NULL, mine) || a.status != 200 ||
            (i % 2 && a.body[0] != c.user[0]))
            hammer_bad++;
        apr_pool_destroy(mine);
    }
    return NULL;
}

START_TEST(threads_do_not_mix_up_accounts)
{
    apr_thread_t *threads[8];
    apr_status_t rv;
    int i;

    hammer_bad = 0;
    for (i = 0; i < 8; i++)
        ck_assert_int_eq(apr_thread_create(&threads[i], NULL, hammer, NULL, pool), 0);
    for (i = 0; i < 8; i++)
        apr_thread_join(&rv, threads[i]);
    ck_assert_int_eq(hammer_bad, 0);
    ck_assert_int_le(srv->most_active, 4);
}
END_TEST

START_TEST(origins_are_normalized)
{
    ck_assert_str_eq(xc_net_origin("HTTPS://Mail.Example:443/EWS?x", pool), "https://mail.example");
    ck_assert_str_eq(xc_net_origin("http://h:80", pool), "http://h");
    ck_assert_str_eq(xc_net_origin("http://h:443/", pool), "http://h:443");
    ck_assert_str_eq(xc_net_origin("https://[::1]:8443/", pool), "https://[::1]:8443");
    ck_assert_ptr_null(xc_net_origin("ftp://h/", pool));
    ck_assert_ptr_null(xc_net_origin("https://", pool));
    ck_assert_ptr_null(xc_net_origin("https://a b/", pool));
    ck_assert_ptr_null(xc_net_origin("https://u@h/", pool));
    ck_assert_ptr_null(xc_net_origin(NULL, pool));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("net");
    TCase *tc = tcase_create("net");
    apr_pool_t *global;
    SRunner *r;
    int failed;

    apr_initialize();
    apr_pool_create(&global, NULL);
    if (xc_net_init(global))
        return EXIT_FAILURE;
    tcase_set_timeout(tc, 30);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, sends_and_receives);
    tcase_add_test(tc, keeps_connections);
    tcase_add_test(tc, repeats_headers);
    tcase_add_test(tc, refuses_split_headers_and_odd_urls);
    tcase_add_test(tc, many_at_once_within_leases);
    tcase_add_test(tc, waits_for_a_lease_until_the_deadline);
    tcase_add_test(tc, deadline_ends_everything);
    tcase_add_test(tc, bounds_answers);
    tcase_add_test(tc, maps_failures);
    tcase_add_test(tc, dead_connection_is_replaced_for_reads);
    tcase_add_test(tc, dead_connection_fails_writes);
    tcase_add_test(tc, basic_shares_connections);
    tcase_add_test(tc, ntlm_connections_belong_to_one);
    tcase_add_test(tc, a_password_is_proved_on_a_new_connection);
    tcase_add_test(tc, any_learns_the_scheme);
    tcase_add_test(tc, certificates_are_checked);
    tcase_add_test(tc, breaker_stops_a_dead_origin);
    tcase_add_test(tc, threads_do_not_mix_up_accounts);
    tcase_add_test(tc, origins_are_normalized);
    suite_add_tcase(s, tc);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    apr_pool_destroy(global);
    apr_terminate();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
