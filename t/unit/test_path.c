/* SPDX-License-Identifier: Apache-2.0 */
/* URIs to resources and back: shapes, tricks, layouts, other hosts. */
#include <apr_general.h>
#include <apr_strings.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dav/path.h"

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

static int status_of(const char *uri)
{
    xc_path_t path;
    xc_error_t *err = xc_path_parse(&path, uri, "/dav", pool);
    return err ? err->status : 200;
}

static const struct {
    const char *uri;
    xc_rkind_e kind;
    const char *address, *calendar, *name;
    const char *href; /* in the layout of the uri */
} good[] = {
    { "/dav", XC_R_ROOT, NULL, NULL, NULL, "/dav/" },
    { "/dav/", XC_R_ROOT, NULL, NULL, NULL, "/dav/" },
    { "/", XC_R_ROOT, NULL, NULL, NULL, "/" },
    { "/dav/principals", XC_R_PRINCIPALS, NULL, NULL, NULL, "/dav/principals/" },
    { "/principals/", XC_R_PRINCIPALS, NULL, NULL, NULL, "/dav/principals/" },
    { "/dav/principals/Alice%40Contoso.example", XC_R_PRINCIPAL, "alice@contoso.example", NULL, NULL, "/dav/principals/alice@contoso.example/" },
    { "/principals/users/alice@contoso.example/", XC_R_PRINCIPAL, "alice@contoso.example", NULL, NULL, "/principals/users/alice@contoso.example/" },
    { "/dav/calendars/", XC_R_HOMES, NULL, NULL, NULL, "/dav/calendars/" },
    { "/dav/calendars/a@b/", XC_R_HOME, "a@b", NULL, NULL, "/dav/calendars/a@b/" },
    { "/dav/calendars/a@b/calendar", XC_R_CALENDAR, "a@b", "calendar", NULL, "/dav/calendars/a@b/calendar/" },
    { "/users/a@b/calendar/", XC_R_CALENDAR, "a@b", "calendar", NULL, "/users/a@b/calendar/" },
    { "/users/a@b/calendar/x.ics", XC_R_OBJECT, "a@b", "calendar", "x.ics", "/users/a@b/calendar/x.ics" },
    { "/dav/calendars/a@b/Project%20X/%C3%A4%26%3c.ics", XC_R_OBJECT, "a@b", "Project X", "\xc3\xa4&<.ics", "/dav/calendars/a@b/Project%20X/%C3%A4%26%3C.ics" },
    { "/dav/calendars/a@b/c/100%25.ics", XC_R_OBJECT, "a@b", "c", "100%.ics", "/dav/calendars/a@b/c/100%25.ics" },
    { "/dav/calendars/a@b/inbox", XC_R_INBOX, "a@b", "inbox", NULL, "/dav/calendars/a@b/inbox/" },
    { "/users/a@b/outbox/", XC_R_OUTBOX, "a@b", "outbox", NULL, "/users/a@b/outbox/" },
    { "/dav/calendars/a@b/inbox/x.ics", XC_R_MESSAGE, "a@b", "inbox", "x.ics", "/dav/calendars/a@b/inbox/x.ics" },
    { "/dav/calendars/a@b/Inbox/x.ics", XC_R_OBJECT, "a@b", "Inbox", "x.ics", "/dav/calendars/a@b/Inbox/x.ics" },
    { "/dav/calendars/a@b/c/...", XC_R_OBJECT, "a@b", "c", "...", "/dav/calendars/a@b/c/..." },
};

START_TEST(reads_and_writes)
{
    xc_path_t path;
    ck_assert_ptr_null(xc_path_parse(&path, good[_i].uri, "/dav", pool));
    ck_assert_int_eq(path.kind, good[_i].kind);
    ck_assert_pstr_eq(path.address, good[_i].address);
    ck_assert_pstr_eq(path.calendar, good[_i].calendar);
    ck_assert_pstr_eq(path.name, good[_i].name);
    ck_assert_str_eq(xc_path_href(&path, "/dav", path.layout, pool), good[_i].href);
}
END_TEST

static const struct {
    const char *uri;
    int status;
} bad[] = {
    { "dav/", 400 },
    { "/dav/calendars/a@b/c/..", 400 },
    { "/dav/calendars/a@b/../x/", 400 },
    { "/dav/calendars/a@b/%2e%2E/x/", 400 },
    { "/dav/calendars/a@b/./x/", 400 },
    { "/dav//calendars/", 400 },
    { "/dav/calendars/a@b//x.ics", 400 },
    { "/dav/calendars/a@b/c%2Fd/x.ics", 400 },
    { "/dav/calendars/a@b/c/x%00.ics", 400 },
    { "/dav/calendars/a@b/c/x%0d%0aSet-Cookie:x", 400 },
    { "/dav/calendars/a@b/c/x%7f", 400 },
    { "/dav/calendars/a@b/c/x%", 400 },
    { "/dav/calendars/a@b/c/x%4", 400 },
    { "/dav/calendars/a@b/c/x%zz", 400 },
    { "/dav/calendars/a@b/c/%ff%fe.ics", 400 },
    { "/dav/calendars/a@b/c/%c0%ae%c0%ae", 400 },
    { "/etc/../dav/", 400 },
    { "/davx/", 404 },
    { "/dav/elsewhere/", 404 },
    { "/dav/principals/a@b/x/", 404 },
    { "/dav/calendars/a@b/c/d/e.ics", 404 },
    { "/dav/calendars/1/2/3/4/5/6/7/8/9/10/11/12/13", 404 },
};

START_TEST(refuses)
{
    ck_assert_int_eq(status_of(bad[_i].uri), bad[_i].status);
}
END_TEST

START_TEST(bounds_segments)
{
    char *name = apr_pcalloc(pool, 300);
    memset(name, 'a', 255);
    ck_assert_int_eq(status_of(apr_pstrcat(pool, "/dav/calendars/a@b/c/", name, NULL)), 200);
    memset(name, 'a', 256);
    ck_assert_int_eq(status_of(apr_pstrcat(pool, "/dav/calendars/a@b/c/", name, NULL)), 414);
}
END_TEST

START_TEST(mounted_at_the_root)
{
    xc_path_t path;
    ck_assert_ptr_null(xc_path_parse(&path, "/principals/a@b/", "", pool));
    ck_assert_int_eq(path.kind, XC_R_PRINCIPAL);
    ck_assert_str_eq(xc_path_href(&path, "", path.layout, pool), "/principals/a@b/");
    ck_assert_ptr_null(xc_path_parse(&path, "/principals/users/a@b/", "", pool));
    ck_assert_int_eq(path.kind, XC_R_PRINCIPAL);
    ck_assert_str_eq(path.address, "a@b");
    ck_assert_ptr_null(xc_path_parse(&path, "/", "", pool));
    ck_assert_int_eq(path.kind, XC_R_ROOT);
    ck_assert_str_eq(xc_path_href(&path, "", path.layout, pool), "/");
}
END_TEST

static const struct {
    const char *url, *host;
    int status;
} urls[] = {
    { "/dav/calendars/a@b/c/x.ics", "https://h", 200 },
    { "  /dav/calendars/a@b/c/x.ics\n", "https://h", 200 },
    { "https://h/dav/", "https://h", 200 },
    { "https://H:443/dav/", "https://h", 200 },
    { "HTTPS://h/dav/", "https://h:443", 200 },
    { "http://h:8080/dav/", "http://h:8080", 200 },
    { "https://h/dav/", "http://h", 200 }, /* behind a proxy that ends TLS */
    { "http://[::1]:8080/dav/", "http://[::1]:8080", 200 },
    { "http://h:8081/dav/", "http://h:8080", 502 },
    { "https://evil.example/dav/", "https://h", 502 },
    { "https://h.evil.example/dav/", "https://h", 502 },
    { "https://h@evil.example/dav/", "https://h", 400 },
    { "//evil.example/dav/", "https://h", 400 },
    { "mailto:a@b", "https://h", 400 },
    { "", "https://h", 400 },
    { "relative/x.ics", "https://h", 400 },
    { "/dav/?x", "https://h", 400 },
    { "https://h/dav/#x", "https://h", 400 },
    { "https://h/dav/%2e%2e/", "https://h", 400 },
};

START_TEST(reads_urls)
{
    xc_path_t path;
    xc_error_t *err = xc_path_parse_url(&path, urls[_i].url, urls[_i].host, "/dav", pool);
    ck_assert_int_eq(err ? err->status : 200, urls[_i].status);
}
END_TEST

START_TEST(same_resource)
{
    xc_path_t a, b;
    ck_assert_ptr_null(xc_path_parse(&a, "/dav/calendars/A%40b/c/x%2Eics", "/dav", pool));
    ck_assert_ptr_null(xc_path_parse(&b, "/users/a@B/c/x.ics", "/dav", pool));
    ck_assert(xc_path_equal(&a, &b));
    ck_assert_ptr_null(xc_path_parse(&b, "/users/a@B/c/X.ics", "/dav", pool));
    ck_assert(!xc_path_equal(&a, &b));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("path");
    TCase *tc = tcase_create("path");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, reads_and_writes, 0, sizeof(good) / sizeof(*good));
    tcase_add_loop_test(tc, refuses, 0, sizeof(bad) / sizeof(*bad));
    tcase_add_test(tc, bounds_segments);
    tcase_add_test(tc, mounted_at_the_root);
    tcase_add_loop_test(tc, reads_urls, 0, sizeof(urls) / sizeof(*urls));
    tcase_add_test(tc, same_resource);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
