/* SPDX-License-Identifier: Apache-2.0 */
/* The If header of RFC 4918 10.4, judged against a resource with the tag "a" and another with "b". */
#include <apr_general.h>
#include <apr_strings.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dav/if_header.h"

static apr_pool_t *pool;

static void setup(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
}

static void teardown(void)
{
    apr_pool_destroy(pool);
}

static xc_error_t *holds(void *ctx, int *out, const char *tag, const char *token, int is_etag)
{
    (void)ctx;
    if (is_etag)
        *out = !strcmp(token, !tag || !strcmp(tag, "/a") ? "\"a\"" : !strcmp(tag, "/b") ? "\"b\"" : "");
    else
        *out = !strcmp(token, "urn:known");
    return NULL;
}

static const struct {
    const char *header;
    int status;
} cases[] = {
    { "([\"a\"])", 200 },
    { "([\"x\"])", 412 },
    { "([\"x\"]) ([\"a\"])", 200 },
    { "([\"a\"] [\"x\"])", 412 },
    { "(Not [\"x\"])", 200 },
    { "(Not [\"a\"])", 412 },
    { "(not [\"a\"] ) ( [\"a\"])", 200 },
    { "(<urn:known>)", 200 },
    { "(<urn:uuid:lock> [\"a\"])", 412 },
    { "(<urn:uuid:lock>) (Not <DAV:no-lock>)", 200 },
    { "(<DAV:no-lock>)", 412 },
    { "</a> ([\"a\"])", 200 },
    { "</b> ([\"a\"])", 412 },
    { "</b> ([\"b\"])", 200 },
    { "</b> ([\"x\"]) </a> ([\"a\"])", 200 },
    { "</b> ([\"x\"]) ([\"b\"]) </a> ([\"x\"])", 200 },
    { "</c> ([\"a\"])", 412 },
    { "(([\"a\"])", 400 },
    { "", 400 },
    { "()", 400 },
    { "(", 400 },
    { "([\"a\"]", 400 },
    { "([\"a\")", 400 },
    { "([a])", 400 },
    { "(<>)", 400 },
    { "(\"a\")", 400 },
    { "</a>", 400 },
    { "</a> </b> ([\"a\"])", 400 },
    { "([\"a\"]) </b> ([\"b\"])", 400 },
    { "([\"a\"]) x", 400 },
    { "(W/\"a\")", 400 },
    { "([W/\"a\"])", 412 },
};

START_TEST(judges)
{
    xc_error_t *err = xc_if_check(cases[_i].header, holds, NULL, pool);
    ck_assert_msg((err ? err->status : 200) == cases[_i].status, "%s: %d", cases[_i].header, err ? err->status : 200);
}
END_TEST

START_TEST(bounds_conditions)
{
    const char *header = "(";
    for (int i = 0; i <= XC_IF_MAX_CONDITIONS; i++)
        header = apr_pstrcat(pool, header, "[\"a\"]", NULL);
    header = apr_pstrcat(pool, header, ")", NULL);
    xc_error_t *err = xc_if_check(header, holds, NULL, pool);
    ck_assert_ptr_nonnull(err);
    ck_assert_int_eq(err->status, 400);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("if_header");
    TCase *tc = tcase_create("if_header");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, judges, 0, sizeof(cases) / sizeof(*cases));
    tcase_add_test(tc, bounds_conditions);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
