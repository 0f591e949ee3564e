/* SPDX-License-Identifier: Apache-2.0 */
/* Each directive has a help text, a valid default or none, bounds that hold, and merges. */
#include <apr_general.h>
#include <apr_strings.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "httpd/directives.h"

static apr_pool_t *pool;
static const char *secret_file;

static void setup(void)
{
    FILE *f;

    apr_pool_create(&pool, NULL);
    secret_file = apr_psprintf(pool, "/tmp/xc-test-directives-%d", (int)getpid());
    f = fopen(secret_file, "w");
    fputs("s3cret word\r\nmore\n", f);
    fclose(f);
    chmod(secret_file, 0600);
}

static void teardown(void)
{
    unlink(secret_file);
    apr_pool_destroy(pool);
}

/* Two valid texts that mean different things. */
static void samples(const xc_directive_t *row, const char **a, const char **b)
{
    switch (row->kind) {
    case XC_VALUE_FLAG: *a = "On", *b = "Off"; break;
    case XC_VALUE_INT:
        *a = apr_psprintf(pool, "%d", (int)row->min);
        *b = apr_psprintf(pool, "%d", (int)row->max);
        break;
    case XC_VALUE_TIME:
        *a = apr_psprintf(pool, "%ldms", (long)(row->min / 1000));
        *b = apr_psprintf(pool, "%ldms", (long)(row->max / 1000));
        break;
    case XC_VALUE_BYTES:
        *a = apr_psprintf(pool, "%ld", (long)row->min);
        *b = apr_psprintf(pool, "%ld", (long)row->max);
        break;
    case XC_VALUE_CHOICE: *a = row->choices[0].word, *b = row->choices[1].word; break;
    case XC_VALUE_ACCOUNT:
        *a = apr_pstrcat(pool, "one ", secret_file, NULL);
        *b = apr_pstrcat(pool, "two ", secret_file, NULL);
        break;
    case XC_VALUE_TEXT: {
        static const char *const tries[] = {"https://a.example/x", "https://b.example/y", "a.example", "b.example", "Exchange2010_SP2", "Exchange2013",
                                            "/a", "/b", "DE", "FR", "UTC", "Europe/Berlin", "lmdb:/a", "socache:redis:1", "/etc/passwd", "/etc/group",
                                            "a@b.example", "@b.example,x@c.example"};
        unsigned i;
        *a = *b = NULL;
        for (i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
            if (!row->check(tries[i], pool))
                *(*a ? b : a) = tries[i];
        }
        break;
    }
    }
}

static int same(const xc_directive_t *row, const void *a, const void *b)
{
    const char *pa = (const char *)a + row->offset, *pb = (const char *)b + row->offset;
    switch (row->kind) {
    case XC_VALUE_FLAG:
    case XC_VALUE_INT:
    case XC_VALUE_CHOICE: return *(const int *)pa == *(const int *)pb;
    case XC_VALUE_TIME: return *(const apr_interval_time_t *)pa == *(const apr_interval_time_t *)pb;
    case XC_VALUE_BYTES: return *(const apr_size_t *)pa == *(const apr_size_t *)pb;
    case XC_VALUE_TEXT:
    case XC_VALUE_ACCOUNT: break;
    }
    return *(void *const *)pa == *(void *const *)pb;
}

static void check_row(const xc_directive_t *row, int server)
{
    void *base = server ? (void *)xc_server_config_make(pool) : (void *)xc_dir_config_make(pool);
    void *add = server ? (void *)xc_server_config_make(pool) : (void *)xc_dir_config_make(pool);
    void *unset = server ? (void *)xc_server_config_make(pool) : (void *)xc_dir_config_make(pool);
    const void *merged, *kept;
    const char *a = NULL, *b = NULL;

#define MERGE(x, y) (server ? (const void *)xc_server_config_merge(x, y, pool) : (const void *)xc_dir_config_merge(x, y, pool))
    ck_assert_msg(strncmp(row->name, "Exchange", 8) == 0 || strncmp(row->name, "Excal", 5) == 0, "%s", row->name);
    ck_assert_msg(strlen(row->help) > 14 && row->help[strlen(row->help) - 1] == '.', "%s: help", row->name);
    if (row->dflt)
        ck_assert_msg(!xc_directive_set(row, xc_dir_config_make(pool), row->dflt, pool), "%s: its default is not valid", row->name);
    samples(row, &a, &b);
    ck_assert_msg(a && b, "%s: no samples", row->name);
    ck_assert_msg(!xc_directive_set(row, base, a, pool), "%s: %s refused", row->name, a);
    ck_assert_msg(!xc_directive_set(row, add, b, pool), "%s: %s refused", row->name, b);
    ck_assert_msg(!same(row, base, add), "%s: both samples mean the same", row->name);
    merged = MERGE(base, add);
    ck_assert_msg(same(row, merged, add), "%s: the inner value does not win", row->name);
    kept = MERGE(base, unset);
    ck_assert_msg(same(row, kept, base), "%s: the outer value is lost", row->name);
    ck_assert_msg(same(row, MERGE(MERGE(base, add), unset), add), "%s: a merged value is lost", row->name);
    ck_assert_ptr_nonnull(strstr(xc_directive_set(row, base, "\x01 nonsense", pool), row->name));
}

START_TEST(every_directive_merges_and_has_help)
{
    int i;
    ck_assert_int_le(xc_dir_directive_count, 64);
    for (i = 0; i < xc_dir_directive_count; i++)
        check_row(&xc_dir_directives[i], 0);
    for (i = 0; i < xc_server_directive_count; i++)
        check_row(&xc_server_directives[i], 1);
}
END_TEST

static const xc_directive_t *row_of(const char *name)
{
    int i;
    for (i = 0; i < xc_dir_directive_count; i++) {
        if (strcmp(xc_dir_directives[i].name, name) == 0)
            return &xc_dir_directives[i];
    }
    ck_abort_msg("no such directive: %s", name);
    return NULL;
}

START_TEST(bounds_hold)
{
    xc_dir_config_t *c = xc_dir_config_make(pool);

    ck_assert_ptr_null(xc_directive_set(row_of("ExchangeTimeout"), c, "2min", pool));
    ck_assert_int_eq(c->timeout, apr_time_from_sec(120));
    ck_assert_ptr_nonnull(xc_directive_set(row_of("ExchangeTimeout"), c, "0", pool));
    ck_assert_ptr_nonnull(xc_directive_set(row_of("ExchangeTimeout"), c, "2h", pool));
    ck_assert_ptr_nonnull(xc_directive_set(row_of("ExchangeTimeout"), c, "-5s", pool));
    ck_assert_ptr_nonnull(xc_directive_set(row_of("ExchangeTimeout"), c, "5 s", pool));
    ck_assert_int_eq(c->timeout, apr_time_from_sec(120));
    ck_assert_ptr_nonnull(xc_directive_set(row_of("ExchangeBatchSize"), c, "0", pool));
    ck_assert_ptr_nonnull(xc_directive_set(row_of("ExchangeBatchSize"), c, "1001", pool));
    ck_assert_ptr_nonnull(xc_directive_set(row_of("ExchangeBatchSize"), c, "99999999999999999999", pool));
    ck_assert_ptr_nonnull(xc_directive_set(row_of("ExchangeURL"), c, "mail.example.com", pool));
    ck_assert_ptr_nonnull(xc_directive_set(row_of("ExchangeURL"), c, "https://user:pw@mail.example.com/", pool));
    ck_assert_ptr_nonnull(xc_directive_set(row_of("ExchangeURL"), c, "https://mail.example.com/ x", pool));
    ck_assert_ptr_nonnull(xc_directive_set(row_of("ExcalTimeZone"), c, "../../etc/passwd", pool));
    ck_assert_ptr_nonnull(xc_directive_set(row_of("ExcalTimeZone"), c, "Europe/Nowhere", pool));
    ck_assert_ptr_nonnull(xc_directive_set(row_of("ExcalBase"), c, "/dav/", pool));
    ck_assert_ptr_null(xc_directive_set(row_of("ExcalBase"), c, "", pool));
}
END_TEST

START_TEST(reads_numbers)
{
    apr_interval_time_t t;
    apr_size_t n;

    ck_assert(xc_value_time(&t, "250ms") && t == 250000);
    ck_assert(xc_value_time(&t, "7") && t == 7000000);
    ck_assert(xc_value_time(&t, "1H") && t == apr_time_from_sec(3600));
    ck_assert(xc_value_time(&t, "2d") && t == apr_time_from_sec(172800));
    ck_assert(!xc_value_time(&t, "m"));
    ck_assert(!xc_value_time(&t, "1m"));
    ck_assert(!xc_value_time(&t, "999999999999999d"));
    ck_assert(xc_value_bytes(&n, "3k") && n == 3072);
    ck_assert(xc_value_bytes(&n, "2GB") && n == (apr_size_t)2 << 30);
    ck_assert(xc_value_bytes(&n, "17") && n == 17);
    ck_assert(!xc_value_bytes(&n, "1T"));
    ck_assert(!xc_value_bytes(&n, "1KX"));
    ck_assert(!xc_value_bytes(&n, "999999999999999G"));
}
END_TEST

START_TEST(password_file_must_be_private)
{
    xc_service_account_t *a;

    ck_assert_ptr_null(xc_service_account_read(&a, "svc", secret_file, pool));
    ck_assert_str_eq(a->secret, "s3cret word");
    ck_assert_str_eq(a->user, "svc");
    chmod(secret_file, 0640);
    ck_assert_ptr_nonnull(strstr(xc_service_account_read(&a, "svc", secret_file, pool), "chmod 600"));
    ck_assert_ptr_null(a);
    chmod(secret_file, 0604);
    ck_assert_ptr_nonnull(xc_service_account_read(&a, "svc", secret_file, pool));
    chmod(secret_file, 0600);
    fclose(fopen(secret_file, "w"));
    ck_assert_ptr_nonnull(xc_service_account_read(&a, "svc", secret_file, pool));
    ck_assert_ptr_nonnull(xc_service_account_read(&a, "svc", "/no/such/file", pool));
    ck_assert_ptr_nonnull(xc_service_account_read(&a, "svc", "/tmp", pool));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("directives");
    TCase *tc = tcase_create("directives");
    SRunner *r;
    int failed;

    apr_initialize();
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, every_directive_merges_and_has_help);
    tcase_add_test(tc, bounds_hold);
    tcase_add_test(tc, reads_numbers);
    tcase_add_test(tc, password_file_must_be_private);
    suite_add_tcase(s, tc);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    apr_terminate();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
