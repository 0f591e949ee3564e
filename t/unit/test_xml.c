/* SPDX-License-Identifier: Apache-2.0 */
/* src/base/xml: what is read, what is refused, what is written. */
#include <apr_general.h>
#include <apr_strings.h>
#include <check.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#include "base/xml.h"

static apr_pool_t *pool;
static int global_errors;

static void on_global_error(void *ctx, xmlErrorPtr error)
{
    (void)ctx;
    (void)error;
    global_errors++;
}

static void setup(void)
{
    apr_pool_create(&pool, NULL);
    global_errors = 0;
    xmlSetStructuredErrorFunc(NULL, on_global_error);
}

static void teardown(void)
{
    xmlSetStructuredErrorFunc(NULL, NULL);
    apr_pool_destroy(pool);
}

static xmlNode *good(const char *text)
{
    xmlNode *root;
    xc_error_t *err = xc_xml_parse(&root, text, strlen(text), pool);
    ck_assert_msg(!err, "%s: %s", text, err ? err->message : "");
    ck_assert_ptr_nonnull(root);
    return root;
}

static const char *bad(const char *text)
{
    xmlNode *root = (xmlNode *)pool;
    xc_error_t *err = xc_xml_parse(&root, text, strlen(text), pool);
    ck_assert_msg(err != NULL, "accepted: %.200s", text);
    ck_assert_int_eq(err->status, 400);
    ck_assert_ptr_null(root);
    ck_assert_int_eq(global_errors, 0);
    return err->message;
}

START_TEST(reads_names_and_texts)
{
    xmlNode *root = good("<?xml version='1.0'?><D:a xmlns:D='DAV:' xmlns='urn:x' k=' v '>"
                         "<!-- c --><D:b>o<!-- no -->n<![CDATA[<e>]]>&amp;&#x41;</D:b><b/> <D:b/></D:a>");
    xmlNode *b = xc_xml_child(root, "DAV:", "b");

    ck_assert(xc_xml_is(root, "DAV:", "a"));
    ck_assert(!xc_xml_is(root, "urn:x", "a"));
    ck_assert(!xc_xml_is(NULL, NULL, NULL));
    ck_assert_str_eq(xc_xml_text(b, pool), "on<e>&A");
    ck_assert_str_eq(xc_xml_attr(root, "k", pool), " v ");
    ck_assert_ptr_null(xc_xml_attr(root, "l", pool));
    ck_assert_str_eq(xc_xml_ns(xc_xml_next(b, NULL, NULL)), "urn:x");
    ck_assert_str_eq(xc_xml_text(xc_xml_next(b, "DAV:", "b"), pool), "");
    ck_assert_ptr_null(xc_xml_child_text(root, NULL, "z", pool));
    ck_assert_str_eq(xc_xml_child_text(root, NULL, "b", pool), "on<e>&A");
    ck_assert_str_eq(xc_xml_ns(good("<a/>")), "");
    ck_assert_str_eq(xc_xml_text(good("<a>x<b>y</b>z</a>"), pool), "xyz");
}
END_TEST

START_TEST(refuses_doctypes)
{
    ck_assert_ptr_nonnull(strstr(bad("<!DOCTYPE a><a/>"), "DOCTYPE"));
    ck_assert_ptr_nonnull(strstr(bad("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"), "DOCTYPE"));
    ck_assert_ptr_nonnull(
        strstr(bad("<!DOCTYPE a [<!ENTITY x 'y'><!ENTITY z '&x;&x;&x;'>]><a>&z;</a>"), "DOCTYPE"));
    ck_assert_ptr_nonnull(
        strstr(bad("<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/'>%p;]><a/>"), "DOCTYPE"));
}
END_TEST

START_TEST(refuses_what_is_not_xml)
{
    bad("");
    bad("   ");
    bad("<a>");
    bad("<a></b>");
    bad("<a>&undefined;</a>");
    bad("<p:a/>"); /* no such prefix */
    bad("<a b='1' b='2'/>");
    bad("<a>\x01</a>");
    bad("<a>\xff</a>");
    bad("<a/><b/>");
    bad("BEGIN:VCALENDAR");
    bad("<a xmlns:D='DAV:'><D:b><e:c/></D:b></a>");
    {
        xmlNode *root;
        ck_assert_ptr_nonnull(xc_xml_parse(&root, NULL, 0, pool));
    }
}
END_TEST

static char *repeat(const char *what, int n, const char *end)
{
    apr_size_t len = strlen(what);
    char *s = apr_palloc(pool, len * (apr_size_t)n + strlen(end) + 1), *p = s;
    while (n-- > 0) {
        memcpy(p, what, len);
        p += len;
    }
    memcpy(p, end, strlen(end) + 1);
    return s;
}

START_TEST(bounds_depth_and_nodes)
{
    good(apr_pstrcat(pool, repeat("<a>", 64, ""), repeat("</a>", 64, ""), NULL));
    ck_assert_ptr_nonnull(strstr(
        bad(apr_pstrcat(pool, repeat("<a>", 65, ""), repeat("</a>", 65, ""), NULL)), "deeply"));
    ck_assert_ptr_nonnull(strstr(bad(repeat("<a>", 100000, "")), "deeply"));
    good(apr_pstrcat(pool, "<r>", repeat("<a/>", 199000, "</r>"), NULL));
    ck_assert_ptr_nonnull(strstr(bad(apr_pstrcat(pool, "<r>", repeat("<a/>", 200001, "</r>"), NULL)), "nodes"));
    {
        const char *many = apr_pstrcat(pool, "<r>", repeat("<a/>", 200001, "</r>"), NULL);
        xmlNode *root;
        ck_assert_ptr_null(xc_xml_parse_large(&root, many, strlen(many), pool));
    }
    ck_assert_ptr_nonnull(strstr(bad(apr_pstrcat(pool, "<r>", repeat("<!---->", 200001, "</r>"), NULL)), "nodes"));
    ck_assert_ptr_nonnull(strstr(bad(apr_pstrcat(pool, "<r>", repeat("<a b='c' d='e'/>", 80000, "</r>"), NULL)), "nodes"));
}
END_TEST

START_TEST(serializes_with_its_namespaces)
{
    xmlNode *root = good("<D:prop xmlns:D='DAV:' xmlns:A='http://apple.com/ns/ical/' xmlns='urn:d' "
                         "xml:lang='de'><A:calendar-color symbolic-color='x&amp;y'>#FF0000FF</A:calendar-color>"
                         "<plain><in>\xc3\xa4 &lt;</in></plain></D:prop>");
    const char *color = xc_xml_serialize(xc_xml_child(root, NULL, "calendar-color"), pool);
    xmlNode *again = good(color);

    ck_assert(xc_xml_is(again, "http://apple.com/ns/ical/", "calendar-color"));
    ck_assert_str_eq(xc_xml_attr(again, "symbolic-color", pool), "x&y");
    ck_assert_str_eq(xc_xml_text(again, pool), "#FF0000FF");
    ck_assert_ptr_nonnull(strstr(color, "xml:lang=\"de\""));
    again = good(xc_xml_serialize(xc_xml_child(root, NULL, "plain"), pool));
    ck_assert(xc_xml_is(again, "urn:d", "plain"));
    ck_assert_str_eq(xc_xml_child_text(again, "urn:d", "in", pool), "\xc3\xa4 <");
}
END_TEST

START_TEST(knows_clean_text)
{
    ck_assert(xc_xml_valid_text("a\t\r\n\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 13));
    ck_assert(!xc_xml_valid_text("a\x01", 2));
    ck_assert(!xc_xml_valid_text("a\0b", 3));
    ck_assert(!xc_xml_valid_text("\xed\xa0\x80", 3)); /* a surrogate */
    ck_assert(!xc_xml_valid_text("\xef\xbf\xbf", 3)); /* U+FFFF */
    ck_assert(!xc_xml_valid_text("\xc0\xaf", 2));     /* overlong */
    ck_assert(!xc_xml_valid_text("\xe2\x82", 2));     /* cut */
    ck_assert_str_eq(xc_xml_clean_text("a\x02\xff" "b", pool), "a\xEF\xBF\xBD\xEF\xBF\xBD" "b");
    {
        const char *same = "clean";
        ck_assert_ptr_eq(xc_xml_clean_text(same, pool), same);
    }
}
END_TEST

START_TEST(writes_a_multistatus)
{
    xc_buf_t *buf = xc_buf_make(pool, 0);
    xc_xmlw_t *w = xc_xmlw_make(buf, pool);
    xmlNode *root, *n;

    xc_xmlw_ns(w, "D", "DAV:");
    xc_xmlw_ns(w, "C", "urn:ietf:params:xml:ns:caldav");
    xc_xmlw_start(w, "DAV:", "multistatus");
    xc_xmlw_element(w, "DAV:", "href", "/a?b&c<d>\x01\r\n");
    xc_xmlw_start(w, "urn:ietf:params:xml:ns:caldav", "data");
    xc_xmlw_attr(w, "v", "\"<&\n");
    xc_xmlw_text_len(w, "abc\0def", 6);
    xc_xmlw_end(w);
    xc_xmlw_flush(w);
    ck_assert_ptr_nonnull(strstr(buf->data, "<C:data"));
    xc_xmlw_start(w, "urn:other", "x");
    xc_xmlw_element(w, "urn:other", "y", NULL);
    xc_xmlw_element(w, NULL, "z", "");
    xc_xmlw_end(w);
    xc_xmlw_raw(w, "<k xmlns=\"urn:k\"/>");
    xc_xmlw_element(w, "urn:other", "x2", "t");
    ck_assert_ptr_null(xc_xmlw_finish(w, pool));

    ck_assert_ptr_nonnull(strstr(buf->data, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    root = good(buf->data);
    ck_assert(xc_xml_is(root, "DAV:", "multistatus"));
    ck_assert_str_eq(xc_xml_child_text(root, "DAV:", "href", pool), "/a?b&c<d>\xEF\xBF\xBD\r\n");
    n = xc_xml_child(root, "urn:ietf:params:xml:ns:caldav", "data");
    ck_assert_str_eq(xc_xml_attr(n, "v", pool), "\"<&\n");
    ck_assert_str_eq(xc_xml_text(n, pool), "abc\xEF\xBF\xBD" "de");
    n = xc_xml_child(root, "urn:other", "x");
    ck_assert_ptr_nonnull(xc_xml_child(n, "urn:other", "y"));
    ck_assert_str_eq(xc_xml_ns(xc_xml_child(n, NULL, "z")), "");
    ck_assert_ptr_nonnull(xc_xml_child(root, "urn:k", "k"));
    ck_assert_ptr_nonnull(xc_xml_child(root, "urn:other", "x2"));
    ck_assert_int_eq(global_errors, 0);
}
END_TEST

START_TEST(writes_default_namespaces)
{
    xc_buf_t *buf = xc_buf_make(pool, 0);
    xc_xmlw_t *w = xc_xmlw_make(buf, pool);
    xmlNode *root;

    xc_xmlw_ns(w, NULL, "urn:a");
    xc_xmlw_start(w, "urn:a", "a");
    xc_xmlw_element(w, NULL, "b", NULL);
    xc_xmlw_element(w, "urn:a", "c", NULL);
    ck_assert_ptr_null(xc_xmlw_finish(w, pool));
    root = good(buf->data);
    ck_assert_str_eq(xc_xml_ns(root), "urn:a");
    ck_assert_str_eq(xc_xml_ns(xc_xml_child(root, NULL, "b")), "");
    ck_assert_str_eq(xc_xml_ns(xc_xml_child(root, NULL, "c")), "urn:a");
}
END_TEST

START_TEST(reports_overflow)
{
    xc_buf_t *buf = xc_buf_make(pool, 100);
    xc_xmlw_t *w = xc_xmlw_make(buf, pool);
    xc_error_t *err;
    int i;

    xc_xmlw_start(w, NULL, "a");
    for (i = 0; i < 10000; i++)
        xc_xmlw_element(w, NULL, "b", "text");
    err = xc_xmlw_finish(w, pool);
    ck_assert_ptr_nonnull(err);
    ck_assert_int_eq(err->status, 500);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("xml");
    TCase *tc = tcase_create("xml");
    SRunner *r;
    int failed;

    apr_initialize();
    xc_xml_init();
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, reads_names_and_texts);
    tcase_add_test(tc, refuses_doctypes);
    tcase_add_test(tc, refuses_what_is_not_xml);
    tcase_add_test(tc, bounds_depth_and_nodes);
    tcase_add_test(tc, serializes_with_its_namespaces);
    tcase_add_test(tc, knows_clean_text);
    tcase_add_test(tc, writes_a_multistatus);
    tcase_add_test(tc, writes_default_namespaces);
    tcase_add_test(tc, reports_overflow);
    suite_add_tcase(s, tc);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    apr_terminate();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
