/* SPDX-License-Identifier: Apache-2.0 */
/* src/base: errors, conditions, log, buffers, hashes. */
#include <apr_general.h>
#include <apr_strings.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypt.h"
#include "base/error.h"
#include "base/log.h"

static apr_pool_t *pool;

static void setup(void)
{
    apr_pool_create(&pool, NULL);
}

static void teardown(void)
{
    apr_pool_destroy(pool);
}

START_TEST(error_takes_status_of_condition)
{
    xc_error_t *e = xc_error_make(pool, 0, XC_COND_QUOTA_NOT_EXCEEDED, "no room for %d", 7);
    ck_assert_int_eq(e->status, 507);
    ck_assert_str_eq(e->message, "no room for 7");
    ck_assert_str_eq(xc_cond_name(e->cond), "quota-not-exceeded");
    ck_assert_str_eq(xc_cond_ns(e->cond), "DAV:");
    ck_assert_int_eq(xc_error_make(pool, 200, XC_COND_NONE, "x")->status, 500);
}
END_TEST

START_TEST(error_gathers_context)
{
    xc_error_t *e = xc_error_make(pool, 503, XC_COND_NONE, "busy");
    char code[] = "ErrorServerBusy";

    ck_assert_ptr_null(e->detail);
    xc_error_context(e, pool, "connect to %s", "a");
    xc_error_context(e, pool, "PUT of x");
    ck_assert_str_eq(e->detail, "PUT of x: connect to a");
    xc_error_code(xc_error_retry(e, 30), pool, code);
    code[0] = 'X';
    ck_assert_str_eq(e->code, "ErrorServerBusy");
    ck_assert_int_eq(e->retry_after_sec, 30);
    xc_error_href(xc_error_href(e, pool, "/a"), pool, "/b");
    ck_assert_int_eq(e->hrefs->nelts, 2);
    ck_assert_str_eq(APR_ARRAY_IDX(e->hrefs, 1, const char *), "/b");
    ck_assert_ptr_null(xc_error_context(NULL, pool, "nothing"));
}
END_TEST

START_TEST(every_condition_has_a_name_and_a_status)
{
    int i;
    for (i = 1; i < XC_COND_COUNT; i++) {
        ck_assert_ptr_nonnull(xc_cond_name((xc_cond_e)i));
        ck_assert_ptr_nonnull(xc_cond_ns((xc_cond_e)i));
        ck_assert_int_ge(xc_cond_status((xc_cond_e)i), 400);
    }
    ck_assert_ptr_null(xc_cond_name(XC_COND_NONE));
    ck_assert_int_eq(xc_cond_status((xc_cond_e)9999), 500);
}
END_TEST

static char logged[8192];
static int evaluated;

static void sink(void *ctx, xc_log_level_e level, const char *file, int line, const char *text)
{
    (void)ctx;
    (void)level;
    (void)file;
    (void)line;
    apr_cpystrn(logged, text, sizeof(logged));
}

static int count_evaluation(void)
{
    return ++evaluated;
}

START_TEST(log_is_one_line_and_lazy)
{
    xc_log_t log = {XC_LOG_INFO, sink, NULL};
    char big[9000];

    xc_log(&log, XC_LOG_INFO, "a\r\nb\x1b[0m %s", "c");
    ck_assert_str_eq(logged, "a\\x0d\\x0ab\\x1b[0m c");
    evaluated = 0;
    logged[0] = '\0';
    xc_log(&log, XC_LOG_DEBUG, "%d", count_evaluation());
    xc_log(NULL, XC_LOG_ERROR, "%d", count_evaluation());
    ck_assert_int_eq(evaluated, 0);
    ck_assert_str_eq(logged, "");
    memset(big, '\n', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    xc_log(&log, XC_LOG_ERROR, "%s", big);
    ck_assert_uint_gt(strlen(logged), 4000);
}
END_TEST

START_TEST(buf_grows_to_its_bound)
{
    xc_buf_t *b = xc_buf_make(pool, 10);

    ck_assert_str_eq(b->data, "");
    xc_buf_puts(b, "12345");
    xc_buf_putc(b, '6');
    xc_buf_printf(b, "%s", "789");
    ck_assert_str_eq(b->data, "123456789");
    ck_assert(!b->overflow);
    xc_buf_puts(b, "ab");
    ck_assert(b->overflow);
    ck_assert_str_eq(b->data, "123456789");
    xc_buf_putc(b, 'x'); /* would fit, but what came before did not */
    ck_assert_uint_eq(b->len, 9);
    xc_buf_clear(b);
    ck_assert_str_eq(b->data, "");
    xc_buf_puts(b, "0123456789");
    ck_assert(!b->overflow);
    ck_assert_uint_eq(b->len, 10);
}
END_TEST

START_TEST(buf_takes_megabytes)
{
    xc_buf_t *b = xc_buf_make(pool, 0);
    int i;

    for (i = 0; i < 200000; i++)
        xc_buf_printf(b, "%08d", i);
    ck_assert_uint_eq(b->len, 1600000);
    ck_assert_mem_eq(b->data + 8 * 123456, "00123456", 8);
    xc_buf_append(b, "", 0);
    ck_assert(!b->overflow);
    xc_buf_append(b, "x", APR_SIZE_MAX - 5); /* must be refused before it is read */
    ck_assert(b->overflow);
}
END_TEST

START_TEST(hashes_have_known_values)
{
    unsigned char sum[XC_SHA256_BYTES];

    xc_crypt_sha256(sum, "abc", 3);
    ck_assert_mem_eq(sum, "\xba\x78\x16\xbf", 4);
    xc_crypt_hmac(sum, "Jefe", 4, "what do ya want for nothing?", 28); /* RFC 4231 test case 2 */
    ck_assert_mem_eq(sum, "\x5b\xdc\xc1\x46", 4);
    ck_assert(xc_crypt_equal("abc", "abc", 3));
    ck_assert(!xc_crypt_equal("abc", "abd", 3));
}
END_TEST

START_TEST(hex_keeps_strings_apart)
{
    const char *ab_c = xc_crypt_hex(pool, 8, "ab", "c", NULL);

    ck_assert_uint_eq(strlen(ab_c), 16);
    ck_assert_str_ne(ab_c, xc_crypt_hex(pool, 8, "a", "bc", NULL));
    ck_assert_str_eq(ab_c, xc_crypt_hex(pool, 8, "ab", "c", NULL));
    ck_assert_uint_eq(strlen(xc_crypt_hex(pool, 99, "a", NULL)), 64);
    ck_assert_uint_eq(strlen(xc_crypt_random_hex(pool, 16)), 32);
    ck_assert_str_ne(xc_crypt_random_hex(pool, 16), xc_crypt_random_hex(pool, 16));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("base");
    TCase *tc = tcase_create("base");
    SRunner *r;
    int failed;

    apr_initialize();
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, error_takes_status_of_condition);
    tcase_add_test(tc, error_gathers_context);
    tcase_add_test(tc, every_condition_has_a_name_and_a_status);
    tcase_add_test(tc, log_is_one_line_and_lazy);
    tcase_add_test(tc, buf_grows_to_its_bound);
    tcase_add_test(tc, buf_takes_megabytes);
    tcase_add_test(tc, hashes_have_known_values);
    tcase_add_test(tc, hex_keeps_strings_apart);
    suite_add_tcase(s, tc);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    apr_terminate();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
