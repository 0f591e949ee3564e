/* SPDX-License-Identifier: Apache-2.0 */
/* src/net/breaker: opening, probing, closing, and the accounts' own clocks. */
#include <apr_general.h>
#include <apr_strings.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "net/breaker.h"

static apr_pool_t *pool;
static xc_breaker_t *b;
static apr_time_t now;

static void setup(void)
{
    apr_pool_create(&pool, NULL);
    b = xc_breaker_at(apr_pcalloc(pool, xc_breaker_size()));
    now = apr_time_from_sec(1800000000);
}

static void teardown(void)
{
    apr_pool_destroy(pool);
}

#define ORIGIN "https://mail.contoso.example"

static int wait_sec(const char *account)
{
    return xc_breaker_wait_sec(b, ORIGIN, account, now);
}

static void report_failures(int times)
{
    while (times-- > 0)
        xc_breaker_report(b, ORIGIN, 0, now);
}

START_TEST(opens_after_a_run_of_failures)
{
    ck_assert_int_eq(wait_sec(NULL), 0);
    report_failures(4);
    ck_assert_int_eq(wait_sec(NULL), 0);
    xc_breaker_report(b, ORIGIN, 1, now); /* a success between: it was no run */
    report_failures(4);
    ck_assert_int_eq(wait_sec(NULL), 0);
    ck_assert_int_eq(xc_breaker_report(b, ORIGIN, 0, now), 1);
    ck_assert_int_eq(wait_sec(NULL), 5);
    ck_assert_int_eq(xc_breaker_wait_sec(b, "HTTPS://Mail.Contoso.example:443/EWS/", NULL, now), 5);
    ck_assert_int_eq(xc_breaker_wait_sec(b, "https://other.example", NULL, now), 0);
    report_failures(10); /* what was under way meanwhile */
    ck_assert_int_eq(wait_sec(NULL), 5);
}
END_TEST

START_TEST(lets_one_probe_through)
{
    report_failures(5);
    now += apr_time_from_sec(5);
    ck_assert_int_eq(wait_sec(NULL), 0);
    ck_assert_int_gt(wait_sec(NULL), 0);
    report_failures(1);
    ck_assert_int_gt(wait_sec(NULL), 5); /* longer each time */
    now += apr_time_from_sec(10);
    ck_assert_int_eq(wait_sec(NULL), 0);
    ck_assert_int_eq(xc_breaker_report(b, ORIGIN, 1, now), -1);
    ck_assert_int_eq(wait_sec(NULL), 0);
    ck_assert_int_eq(wait_sec(NULL), 0);
}
END_TEST

START_TEST(gives_up_a_lost_probe)
{
    report_failures(5);
    now += apr_time_from_sec(5);
    ck_assert_int_eq(wait_sec(NULL), 0);
    now += apr_time_from_sec(31);
    ck_assert_int_eq(wait_sec(NULL), 0);
}
END_TEST

START_TEST(never_waits_longer_than_a_minute)
{
    int i;
    for (i = 0; i < 40; i++) {
        report_failures(5);
        ck_assert_int_le(wait_sec(NULL), 60);
        now += apr_time_from_sec(61);
    }
}
END_TEST

START_TEST(one_account_backs_off_alone)
{
    xc_breaker_back_off(b, ORIGIN "/EWS/Exchange.asmx", "alice@contoso.example", apr_time_from_msec(9500), now);
    ck_assert_int_eq(wait_sec("Alice@Contoso.example"), 10);
    ck_assert_int_eq(wait_sec("bob@contoso.example"), 0);
    ck_assert_int_eq(wait_sec(NULL), 0);
    xc_breaker_back_off(b, ORIGIN, "alice@contoso.example", apr_time_from_sec(3), now);
    ck_assert_int_eq(wait_sec("alice@contoso.example"), 10); /* a shorter wish shortens nothing */
    ck_assert_int_eq(xc_breaker_backing_off(b, now), 1);
    now += apr_time_from_sec(10);
    ck_assert_int_eq(wait_sec("alice@contoso.example"), 0);
    ck_assert_int_eq(xc_breaker_backing_off(b, now), 0);
    xc_breaker_back_off(b, ORIGIN, "alice@contoso.example", apr_time_from_sec(1000000), now);
    ck_assert_int_le(wait_sec("alice@contoso.example"), 3600);
    xc_breaker_back_off(b, ORIGIN, "carol@contoso.example", -5, now);
    ck_assert_int_eq(wait_sec("carol@contoso.example"), 0);
}
END_TEST

START_TEST(survives_more_than_fits)
{
    int i, held = 0;

    for (i = 0; i < 20000; i++)
        xc_breaker_back_off(b, ORIGIN, apr_psprintf(pool, "u%d@contoso.example", i), apr_time_from_sec(60), now);
    for (i = 0; i < 20000; i++)
        held += wait_sec(apr_psprintf(pool, "u%d@contoso.example", i)) > 0;
    ck_assert_int_gt(held, 1000);
    for (i = 0; i < 1000; i++)
        xc_breaker_report(b, apr_psprintf(pool, "https://h%d.example", i), 0, now);
    ck_assert_int_eq(xc_breaker_states(b, now, pool)->nelts, 64);
    now += apr_time_from_sec(61); /* old slots are taken over */
    xc_breaker_back_off(b, ORIGIN, "new@contoso.example", apr_time_from_sec(60), now);
    ck_assert_int_eq(wait_sec("new@contoso.example"), 60);
}
END_TEST

START_TEST(tells_its_state)
{
    apr_array_header_t *states;

    report_failures(6);
    states = xc_breaker_states(b, now, pool);
    ck_assert_int_eq(states->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(states, 0, xc_breaker_state_t).origin, ORIGIN);
    ck_assert_int_eq(APR_ARRAY_IDX(states, 0, xc_breaker_state_t).failures, 6);
    ck_assert_int_eq(APR_ARRAY_IDX(states, 0, xc_breaker_state_t).wait_sec, 5);
    ck_assert_int_eq(xc_breaker_wait_sec(NULL, ORIGIN, NULL, now), 0);
    ck_assert_int_eq(xc_breaker_report(NULL, ORIGIN, 0, now), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("breaker");
    TCase *tc = tcase_create("breaker");
    SRunner *r;
    int failed;

    apr_initialize();
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, opens_after_a_run_of_failures);
    tcase_add_test(tc, lets_one_probe_through);
    tcase_add_test(tc, gives_up_a_lost_probe);
    tcase_add_test(tc, never_waits_longer_than_a_minute);
    tcase_add_test(tc, one_account_backs_off_alone);
    tcase_add_test(tc, survives_more_than_fits);
    tcase_add_test(tc, tells_its_state);
    suite_add_tcase(s, tc);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    apr_terminate();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
