/* SPDX-License-Identifier: Apache-2.0 */
/* PROPFIND, OPTIONS, GET and what holds for every method, over a mailbox made of an array. */
#include "dav/dav.h"
#include "dav_fake.h"

#define HOME "/dav/calendars/alice@contoso.example/"
#define CAL  HOME "calendar/"
#define ONE  CAL "one.ics"
#define TWO  CAL "two%20@%20x.ics"
#define ME   "/dav/principals/alice@contoso.example/"
#define PROPFIND(props) "<D:propfind xmlns:D=\"DAV:\" xmlns:C=\"" XC_NS_CALDAV "\" xmlns:CS=\"" XC_NS_CS "\" xmlns:A=\"" XC_NS_APPLE "\">" props "</D:propfind>"
#define PROPS(props)    PROPFIND("<D:prop>" props "</D:prop>")

START_TEST(options_anywhere)
{
    static const char *const uris[] = { "/dav/", "/", HOME, CAL, ONE, "/dav/calendars/nobody@x/", "*", "/users/alice@contoso.example/calendar/" };
    fake_answer_t *a = fake_ask("OPTIONS", uris[_i], NULL, NULL);
    ck_assert_int_eq(a->status, 200);
    ck_assert(!strncmp(fake_got(a, "DAV"), "1, 3, access-control, calendar-access", 37));
    ck_assert_ptr_nonnull(strstr(fake_got(a, "DAV"), ", calendar-auto-schedule"));
    ck_assert_ptr_nonnull(strstr(fake_got(a, "Allow"), "PROPFIND"));
    ck_assert_int_eq(fake_box.refreshes, 0);
}
END_TEST

START_TEST(wrong_methods)
{
    static const struct {
        const char *method, *uri;
    } cases[] = { { "LOCK", CAL }, { "UNLOCK", ONE }, { "BREW", CAL }, { "PUT", CAL }, { "PUT", HOME }, { "DELETE", HOME }, { "POST", HOME }, { "ACL", HOME }, { "options", CAL } };
    fake_answer_t *a = fake_ask(cases[_i].method, cases[_i].uri, "x", H("If-Match: nothing"));
    ck_assert_int_eq(a->status, 405);
    ck_assert_ptr_nonnull(strstr(fake_got(a, "Allow"), "PROPFIND"));
    ck_assert_ptr_null(strstr(fake_got(a, "Allow"), "LOCK"));
    ck_assert_int_eq(fake_box.puts, 0);
}
END_TEST

START_TEST(allow_is_the_table)
{
    fake_answer_t *a = fake_ask("OPTIONS", ONE, NULL, NULL);
    ck_assert_ptr_nonnull(strstr(fake_got(a, "Allow"), "POST"));
    ck_assert_ptr_null(strstr(fake_got(fake_ask("OPTIONS", HOME, NULL, NULL), "Allow"), "POST"));
    ck_assert_ptr_nonnull(strstr(fake_got(a, "Allow"), "PUT"));
    ck_assert_str_eq(xc_dav_allow(), xc_methods_allow(XC_R_ALL, fake_pool));
}
END_TEST

START_TEST(thunderbird_detects)
{
    static const char body[] = PROPS("<D:resourcetype/><D:owner/><D:displayname/><D:current-user-principal/><D:current-user-privilege-set/><A:calendar-color/><C:calendar-home-set/>");
    xmlNode *node = NULL;
    fake_answer_t *a = fake_ask("PROPFIND", "/dav/", body, H("Depth: 0"));
    ck_assert_int_eq(a->status, 207);
    ck_assert_int_eq(fake_count(a), 1);
    ck_assert_str_eq(fake_text(fake_response(a, "/dav/"), XC_NS_DAV, "current-user-principal"), ME);
    ck_assert_int_eq(fake_prop(fake_response(a, "/dav/"), XC_NS_CALDAV, "calendar-home-set", NULL), 404);
    a = fake_ask("PROPFIND", ME, body, H("Depth: 0"));
    ck_assert_str_eq(fake_text(fake_response(a, ME), XC_NS_CALDAV, "calendar-home-set"), HOME);
    a = fake_ask("PROPFIND", HOME, body, H("Depth: 1"));
    ck_assert_int_eq(fake_count(a), 5);
    ck_assert_int_eq(fake_prop(fake_response(a, HOME "inbox/"), XC_NS_DAV, "resourcetype", &node), 200);
    ck_assert(xc_xml_child(node, XC_NS_CALDAV, "schedule-inbox") && !xc_xml_child(node, XC_NS_CALDAV, "calendar"));
    ck_assert_int_eq(fake_prop(fake_response(a, HOME "outbox/"), XC_NS_DAV, "resourcetype", &node), 200);
    ck_assert(xc_xml_child(node, XC_NS_CALDAV, "schedule-outbox") && !xc_xml_child(node, XC_NS_CALDAV, "calendar"));
    xmlNode *r = fake_response(a, CAL);
    ck_assert_int_eq(fake_prop(r, XC_NS_DAV, "resourcetype", &node), 200);
    ck_assert_ptr_nonnull(xc_xml_child(node, XC_NS_CALDAV, "calendar"));
    ck_assert_int_eq(fake_prop(r, XC_NS_DAV, "current-user-privilege-set", &node), 200);
    int writes = 0;
    for (xmlNode *p = xc_xml_child(node, XC_NS_DAV, "privilege"); p; p = xc_xml_next(p, XC_NS_DAV, "privilege"))
        writes += xc_xml_child(p, XC_NS_DAV, "write") || xc_xml_child(p, XC_NS_DAV, "all");
    ck_assert_int_eq(writes, 2);
    ck_assert_str_eq(fake_text(fake_response(a, HOME "work/"), XC_NS_DAV, "displayname"), "Work & Play");
    ck_assert_int_eq(fake_box.refreshes, 0); /* nothing of this needs Exchange */
}
END_TEST

START_TEST(well_known_without_depth)
{
    fake_answer_t *a = fake_ask("PROPFIND", "/", PROPS("<D:current-user-principal/>"), NULL);
    ck_assert_int_eq(a->status, 207);
    ck_assert_str_eq(fake_text(fake_response(a, "/"), XC_NS_DAV, "current-user-principal"), ME);
}
END_TEST

START_TEST(davmail_layout_stays)
{
    static const char base[] = "/users/alice@contoso.example/calendar/";
    fake_answer_t *a = fake_ask("PROPFIND", base, PROPS("<D:getetag/><D:owner/>"), H("Depth: 1"));
    ck_assert_ptr_nonnull(fake_response(a, base));
    ck_assert_ptr_nonnull(fake_response(a, "/users/alice@contoso.example/calendar/one.ics"));
    ck_assert_str_eq(fake_text(fake_response(a, base), XC_NS_DAV, "owner"), "/principals/users/alice@contoso.example/");
}
END_TEST

START_TEST(lists_a_calendar)
{
    fake_answer_t *a = fake_ask("PROPFIND", CAL, PROPS("<D:getetag/><D:getcontenttype/><D:resourcetype/>"), H("Depth: 1"));
    ck_assert_int_eq(fake_count(a), 3);
    ck_assert_str_eq(fake_text(fake_response(a, ONE), XC_NS_DAV, "getetag"), "\"e1\"");
    ck_assert_str_eq(fake_text(fake_response(a, TWO), XC_NS_DAV, "getetag"), "\"e2\"");
    ck_assert_str_eq(fake_text(fake_response(a, ONE), XC_NS_DAV, "getcontenttype"), "text/calendar; charset=utf-8; component=VEVENT");
    ck_assert_int_eq(fake_box.loads, 0);
}
END_TEST

START_TEST(tokens_of_a_calendar)
{
    fake_answer_t *a = fake_ask("PROPFIND", CAL, PROPS("<D:sync-token/><CS:getctag/><D:supported-report-set/><D:add-member/><C:supported-calendar-component-set/>"), H("Depth: 0"));
    xmlNode *r = fake_response(a, CAL);
    ck_assert_str_eq(fake_text(r, XC_NS_DAV, "sync-token"), "data:,00e0-3");
    ck_assert_str_eq(fake_text(r, XC_NS_CS, "getctag"), "00e0-3");
    ck_assert_str_eq(fake_text(r, XC_NS_DAV, "add-member"), CAL "?add-member");
    ck_assert_ptr_nonnull(strstr(a->body->data, "sync-collection"));
    ck_assert_ptr_nonnull(strstr(a->body->data, "name=\"VEVENT\""));
    ck_assert_ptr_null(strstr(a->body->data, "name=\"VTODO\""));
}
END_TEST

START_TEST(allprop_and_names)
{
    static const char *const bodies[] = { NULL, PROPFIND("<D:allprop/>"), PROPFIND("<D:allprop/><D:include><C:calendar-description/><C:supported-calendar-data/></D:include>"), PROPFIND("<D:propname/>") };
    apr_table_set(fake_box.calendars[0].props, "{urn:x}mine", "<x:mine xmlns:x=\"urn:x\">v</x:mine>");
    fake_answer_t *a = fake_ask("PROPFIND", CAL, bodies[_i], H("Depth: 0"));
    xmlNode *r = fake_response(a, CAL);
    ck_assert_int_eq(a->status, 207);
    ck_assert_int_eq(fake_prop(r, XC_NS_DAV, "resourcetype", NULL), 200);
    ck_assert_int_eq(fake_prop(r, "urn:x", "mine", NULL), 200);
    ck_assert_str_eq(fake_text(r, "urn:x", "mine"), _i == 3 ? "" : "v");
    ck_assert_int_eq(fake_prop(r, XC_NS_DAV, "acl", NULL), _i == 3 ? 200 : 0); /* only those of RFC 4918 */
    ck_assert_int_eq(fake_prop(r, XC_NS_CALDAV, "supported-calendar-data", NULL), _i >= 2 ? 200 : 0);
    ck_assert_int_eq(fake_prop(r, XC_NS_CALDAV, "calendar-description", NULL), _i == 2 ? 404 : 0);
}
END_TEST

START_TEST(allprop_of_an_object)
{
    fake_box.items[0].props = "{urn:x}mine\n<x:mine xmlns:x=\"urn:x\">v</x:mine>\n";
    fake_answer_t *a = fake_ask("PROPFIND", ONE, NULL, H("Depth: infinity"));
    xmlNode *r = fake_response(a, ONE);
    ck_assert_str_eq(fake_text(r, XC_NS_DAV, "getlastmodified"), "Sat, 02 Jan 2027 03:04:05 GMT");
    ck_assert_str_eq(fake_text(r, XC_NS_DAV, "creationdate"), "2027-01-01T00:00:00Z");
    ck_assert_int_eq(apr_atoi64(fake_text(r, XC_NS_DAV, "getcontentlength")), (int)strlen(fake_box.items[0].text));
    ck_assert_str_eq(fake_text(r, "urn:x", "mine"), "v");
    ck_assert_int_eq(fake_prop(r, XC_NS_CALDAV, "calendar-data", NULL), 0);
}
END_TEST

START_TEST(depths)
{
    fake_assert_cond(fake_ask("PROPFIND", HOME, NULL, H("Depth: infinity")), 403, XC_NS_DAV, "propfind-finite-depth");
    ck_assert_int_eq(fake_ask("PROPFIND", HOME, NULL, H("Depth: 2"))->status, 400);
    ck_assert_int_eq(fake_count(fake_ask("PROPFIND", "/dav/", NULL, H("Depth: 1"))), 3);
    ck_assert_int_eq(fake_count(fake_ask("PROPFIND", "/dav/calendars/", NULL, H("Depth: 1"))), 2);
    ck_assert_int_eq(fake_count(fake_ask("PROPFIND", "/dav/principals/", NULL, H("Depth: 1"))), 2);
    ck_assert_int_eq(fake_count(fake_ask("PROPFIND", ME, NULL, H("Depth: 1"))), 3);
}
END_TEST

static const struct {
    const char *body;
    int status;
} bodies[] = {
    { "<D:propfind xmlns:D=\"DAV:\">", 400 },
    { "nonsense", 400 },
    { "<D:propfind xmlns:D=\"DAV:\"/>", 400 },
    { "<D:propertyupdate xmlns:D=\"DAV:\"/>", 400 },
    { "<propfind><prop/></propfind>", 400 },
    { "<!DOCTYPE x [<!ENTITY a \"b\">]><D:propfind xmlns:D=\"DAV:\"><D:allprop/></D:propfind>", 400 },
    { PROPFIND("<D:allprop/><D:propname/>"), 400 },
    { PROPFIND("<D:prop><D:x/></D:prop><D:include><D:acl/></D:include>"), 400 },
    { PROPFIND("<D:prop/>"), 207 },
    { PROPFIND("<D:prop><x xmlns=\"\"/><x xmlns=\"urn:y\"/><x xmlns=\"urn:y\"/></D:prop><ignored xmlns=\"urn:z\"/>"), 207 },
};

START_TEST(reads_bodies)
{
    fake_answer_t *a = fake_ask("PROPFIND", CAL, bodies[_i].body, H("Depth: 0"));
    ck_assert_int_eq(a->status, bodies[_i].status);
    if (a->status == 207) /* every response has a propstat with a status */
        ck_assert_int_ne(fake_status_of(xc_xml_child(fake_response(a, CAL), XC_NS_DAV, "propstat")), 0);
}
END_TEST

START_TEST(unknown_namespaces)
{
    fake_answer_t *a = fake_ask("PROPFIND", CAL, bodies[9].body, H("Depth: 0"));
    ck_assert_int_eq(fake_prop(fake_response(a, CAL), "urn:y", "x", NULL), 404);
    ck_assert_int_eq(fake_prop(fake_response(a, CAL), "", "x", NULL), 404);
}
END_TEST

START_TEST(the_namespace_of_xml)
{
    fake_answer_t *a = fake_ask("PROPFIND", CAL, PROPS("<xml:x/>"), H("Depth: 0"));
    ck_assert_int_eq(fake_prop(fake_response(a, CAL), "http://www.w3.org/XML/1998/namespace", "x", NULL), 404);
}
END_TEST

START_TEST(too_many_properties)
{
    xc_buf_t *buf = xc_buf_make(fake_pool, 0);
    xc_buf_puts(buf, "<D:propfind xmlns:D=\"DAV:\"><D:prop>");
    for (int i = 0; i < 500; i++)
        xc_buf_printf(buf, "<x%d/>", i);
    ck_assert_int_eq(fake_ask("PROPFIND", CAL, apr_pstrcat(fake_pool, buf->data, "</D:prop></D:propfind>", NULL), H("Depth: 1"))->status, 207);
    for (int i = 500; i < 600; i++)
        xc_buf_printf(buf, "<x%d/>", i);
    ck_assert_int_eq(fake_ask("PROPFIND", CAL, apr_pstrcat(fake_pool, buf->data, "</D:prop></D:propfind>", NULL), H("Depth: 1"))->status, 400);
}
END_TEST

START_TEST(minimal)
{
    static const char *const headers[] = { "Prefer: return=minimal", "Brief: t", "Prefer: respond-async, return=\"minimal\"; x=1" };
    fake_answer_t *a = fake_ask("PROPFIND", CAL, PROPS("<D:displayname/><A:calendar-color/>"), H("Depth: 0", headers[_i]));
    ck_assert_str_eq(fake_text(fake_response(a, CAL), XC_NS_DAV, "displayname"), "Calendar");
    ck_assert_int_eq(fake_prop(fake_response(a, CAL), XC_NS_APPLE, "calendar-color", NULL), 0);
    ck_assert_str_eq(fake_got(a, "Preference-Applied"), "return=minimal");
    a = fake_ask("PROPFIND", CAL, PROPS("<A:calendar-color/>"), H("Depth: 0", headers[_i]));
    ck_assert_int_eq(fake_status_of(xc_xml_child(fake_response(a, CAL), XC_NS_DAV, "propstat")), 200);
}
END_TEST

START_TEST(others_do_not_exist)
{
    static const char *const uris[] = { "/dav/calendars/bob@contoso.example/", "/dav/calendars/bob@contoso.example/calendar/one.ics", "/dav/principals/bob@contoso.example/", CAL "absent.ics", HOME "absent/", HOME "absent/x.ics" };
    ck_assert_int_eq(fake_ask("PROPFIND", uris[_i], NULL, H("Depth: 0"))->status, 404);
    ck_assert_int_eq(fake_ask("GET", uris[_i], NULL, NULL)->status, 404);
}
END_TEST

START_TEST(exchange_away)
{
    fake_box.refresh_error = xc_error_retry(xc_error_make(fake_pool, 503, XC_COND_NONE, "Exchange is busy."), 17);
    fake_answer_t *a = fake_ask("PROPFIND", HOME, PROPS("<CS:getctag/>"), H("Depth: 1"));
    ck_assert_int_eq(a->status, 503);
    ck_assert_str_eq(fake_got(a, "Retry-After"), "17");
    /* a calendar that alone cannot be read does not take the home with it */
    fake_box.refresh_error = xc_error_make(fake_pool, 403, XC_COND_NONE, "no");
    a = fake_ask("PROPFIND", HOME, PROPS("<CS:getctag/><D:displayname/>"), H("Depth: 1"));
    ck_assert_int_eq(a->status, 207);
    ck_assert_int_eq(fake_prop(fake_response(a, CAL), XC_NS_CS, "getctag", NULL), 403);
    ck_assert_int_eq(fake_prop(fake_response(a, CAL), XC_NS_DAV, "displayname", NULL), 200);
}
END_TEST

START_TEST(one_bad_body_is_one_status)
{
    fake_box.items[0].error = xc_error_make(fake_pool, 502, XC_COND_NONE, "cannot be shown");
    fake_answer_t *a = fake_ask("PROPFIND", CAL, PROPS("<D:getcontentlength/>"), H("Depth: 1"));
    ck_assert_int_eq(a->status, 207);
    ck_assert_int_eq(fake_status_of(fake_response(a, ONE)), 502);
    ck_assert_int_eq(fake_prop(fake_response(a, TWO), XC_NS_DAV, "getcontentlength", NULL), 200);
    fake_box.items[0].error = xc_error_make(fake_pool, 503, XC_COND_NONE, "busy");
    ck_assert_int_eq(fake_ask("PROPFIND", CAL, PROPS("<D:getcontentlength/>"), H("Depth: 1"))->status, 503);
}
END_TEST

START_TEST(streams)
{
    for (int i = 0; i < 900; i++)
        fake_add(0, apr_psprintf(fake_pool, "n%d.ics", i), "");
    fake_answer_t *a = fake_ask("PROPFIND", CAL, PROPS("<D:getetag/><D:resourcetype/><A:x/><A:y/>"), H("Depth: 1"));
    ck_assert_int_eq(fake_count(a), 903);
    ck_assert_int_eq((int)a->length, -1);
    ck_assert_int_gt(a->writes, 2);
    fake_config.max_matches = 100;
    fake_assert_cond(fake_ask("PROPFIND", CAL, NULL, H("Depth: 1")), 507, XC_NS_DAV, "number-of-matches-within-limits");
}
END_TEST

START_TEST(gets_an_object)
{
    fake_answer_t *a = fake_ask("GET", ONE, NULL, NULL);
    ck_assert_int_eq(a->status, 200);
    ck_assert_str_eq(a->body->data, fake_box.items[0].text);
    ck_assert_str_eq(fake_got(a, "ETag"), "\"e1\"");
    ck_assert_str_eq(a->type, "text/calendar; charset=utf-8; component=VEVENT");
    a = fake_ask("HEAD", "/dav/calendars/Alice%40contoso.example/calendar/one%2Eics", NULL, NULL);
    ck_assert_int_eq(a->status, 200);
    ck_assert_int_eq((int)a->length, (int)strlen(fake_box.items[0].text));
    ck_assert_int_eq((int)a->body->len, 0);
    static const struct {
        const char *header;
        int status;
    } cases[] = {
        { "If-None-Match: \"e1\"", 304 }, { "If-None-Match: W/\"e1\"", 304 }, { "If-None-Match: \"x\", \"e1\"", 304 }, { "If-None-Match: *", 304 },
        { "If-None-Match: \"e2\"", 200 }, { "If-None-Match: e1", 200 }, { "If-Match: \"e1\"", 200 }, { "If-Match: \"e11\"", 412 },
        { "If-Match: W/\"e1\"", 412 }, { "If-Match: \"e2\"", 412 }, { "If-Modified-Since: Sat, 02 Jan 2027 03:04:05 GMT", 200 },
        { "If-Modified-Since: Sat, 02 Jan 2027 03:04:04 GMT", 200 }, { "If-Modified-Since: nonsense", 200 },
        { "If: ([\"e1\"])", 200 }, { "If: ([\"e2\"])", 412 }, { "If: (", 400 },
        { "If: <" HOME "work/three.ics> ([\"e3\"])", 200 }, { "If: <https://elsewhere/x> ([\"e1\"])", 412 },
        { "If: <" CAL "> (<data:,00e0-3>)", 200 }, { "If: <" CAL "> (<data:,00e0-2>)", 412 },
    };
    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        ck_assert_msg((a = fake_ask("GET", ONE, NULL, H(cases[i].header)))->status == cases[i].status, "%s: %d", cases[i].header, a->status);
}
END_TEST

START_TEST(gets_pages)
{
    fake_answer_t *a = fake_ask("GET", HOME, NULL, NULL);
    ck_assert_int_eq(a->status, 200);
    ck_assert_ptr_nonnull(strstr(a->body->data, "Work &amp; Play"));
    ck_assert_ptr_null(strstr(a->body->data, "<Adams>"));
    ck_assert_int_eq(fake_ask("GET", CAL, NULL, NULL)->status, 200);
}
END_TEST

START_TEST(exports)
{
    fake_answer_t *a = fake_ask("GET", CAL "?export", NULL, NULL);
    ck_assert_int_eq(a->status, 200);
    ck_assert(!strncmp(a->type, "text/calendar", 13));
    ck_assert_ptr_nonnull(strstr(a->body->data, "UID:one"));
    ck_assert_ptr_nonnull(strstr(a->body->data, "UID:two"));
    ck_assert_ptr_eq(strstr(strstr(a->body->data, "BEGIN:VCALENDAR") + 1, "BEGIN:VCALENDAR"), NULL);
    const char *same = apr_pstrcat(fake_pool, "If-None-Match: ", fake_got(a, "ETag"), NULL);
    ck_assert_int_eq(fake_ask("GET", CAL "?export", NULL, H(same))->status, 304);
    fake_add(0, "more.ics", fake_event("more", "20270601T100000Z", "More"));
    ck_assert_int_eq(fake_ask("GET", CAL "?export=1&x", NULL, H(same))->status, 200);
    /* what cannot be shown is left out, what cannot be reached is not */
    fake_box.items[0].error = xc_error_make(fake_pool, 502, XC_COND_NONE, "cannot be shown");
    a = fake_ask("GET", CAL "?export", NULL, NULL);
    ck_assert_int_eq(a->status, 200);
    ck_assert_ptr_null(strstr(a->body->data, "UID:one"));
    fake_box.items[0].error = xc_error_make(fake_pool, 503, XC_COND_NONE, "busy");
    ck_assert_int_eq(fake_ask("GET", CAL "?export", NULL, NULL)->status, 503);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("propfind");
    TCase *tc = tcase_create("propfind");
    tcase_add_checked_fixture(tc, fake_setup, fake_teardown);
    tcase_add_loop_test(tc, options_anywhere, 0, 8);
    tcase_add_loop_test(tc, wrong_methods, 0, 9);
    tcase_add_test(tc, allow_is_the_table);
    tcase_add_test(tc, thunderbird_detects);
    tcase_add_test(tc, well_known_without_depth);
    tcase_add_test(tc, davmail_layout_stays);
    tcase_add_test(tc, lists_a_calendar);
    tcase_add_test(tc, tokens_of_a_calendar);
    tcase_add_loop_test(tc, allprop_and_names, 0, 4);
    tcase_add_test(tc, allprop_of_an_object);
    tcase_add_test(tc, depths);
    tcase_add_loop_test(tc, reads_bodies, 0, sizeof(bodies) / sizeof(*bodies));
    tcase_add_test(tc, unknown_namespaces);
    tcase_add_test(tc, the_namespace_of_xml);
    tcase_add_test(tc, too_many_properties);
    tcase_add_loop_test(tc, minimal, 0, 3);
    tcase_add_loop_test(tc, others_do_not_exist, 0, 6);
    tcase_add_test(tc, exchange_away);
    tcase_add_test(tc, one_bad_body_is_one_status);
    tcase_add_test(tc, streams);
    tcase_add_test(tc, gets_an_object);
    tcase_add_test(tc, gets_pages);
    tcase_add_test(tc, exports);
    suite_add_tcase(suite, tc);
    return fake_run(suite);
}
