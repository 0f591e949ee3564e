/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of src/cal/ share: short texts made into objects and events. */
#ifndef CALTEST_H
#define CALTEST_H

#include <apr_general.h>
#include <apr_strings.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cal/object.h"

static apr_pool_t *pool;
static const char *const me[] = {"alice@contoso.example", "a.smith@contoso.example", NULL};

/* "SUMMARY:x|RRULE:…" between BEGIN:VEVENT and END:VEVENT with a UID and DTSTAMP; '|' is a line end, '^' starts a further VEVENT. */
static __attribute__((unused)) const char *vevent(const char *lines)
{
    char *out = apr_pstrdup(pool, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20240101T000000Z\r\n");
    for (const char *p = lines; *p; p++) {
        char one[2] = {*p, '\0'};
        out = apr_pstrcat(pool, out, *p == '|' ? "\r\n" : *p == '^' ? "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20240101T000000Z\r\n" : one, NULL);
    }
    return apr_pstrcat(pool, out, "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", NULL);
}

static __attribute__((unused)) xc_object_t *object(const char *text)
{
    xc_object_t *obj;
    xc_error_t *err = xc_object_parse(&obj, text, strlen(text), NULL, pool);
    ck_assert_msg(err == NULL, "%s\n%s", err ? err->message : "", text);
    return obj;
}

static __attribute__((unused)) xc_event_t *event_of(const char *text)
{
    xc_event_t *e;
    xc_error_t *err = xc_object_to_event(&e, object(text), me, xc_zone_find("Europe/Berlin"), pool);
    ck_assert_msg(err == NULL, "%s\n%s", err ? err->message : "", text);
    return e;
}

static __attribute__((unused)) xc_event_t *event(const char *lines)
{
    return event_of(vevent(lines));
}

static __attribute__((unused)) void expect(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is missing in\n%s", part, text);
}

static __attribute__((unused)) void expect_not(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) == NULL, "\"%s\" is in\n%s", part, text);
}

static void set_up(void)
{
    apr_pool_create(&pool, NULL);
}

static void tear_down(void)
{
    apr_pool_destroy(pool);
}

/* Run the tests (NULL-terminated) of one suite. */
static int run_suite(const char *name, const TTest *const *tests)
{
    apr_pool_t *process;
    Suite *s = suite_create(name);
    TCase *tc = tcase_create(name);
    SRunner *sr;
    int failed;

    apr_initialize();
    apr_pool_create(&process, NULL);
    if (xc_zone_init(process))
        return 1;
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    for (; *tests; tests++)
        tcase_add_test(tc, *tests);
    suite_add_tcase(s, tc);
    sr = srunner_create(s);
    srunner_run_all(sr, CK_NORMAL);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    apr_pool_destroy(process);
    return failed != 0;
}

#endif
