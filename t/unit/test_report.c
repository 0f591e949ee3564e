/* SPDX-License-Identifier: Apache-2.0 */
/* The reports, over a mailbox made of an array. */
#include "dav_fake.h"

#define HOME "/dav/calendars/alice@contoso.example/"
#define CAL  HOME "calendar/"
#define ONE  CAL "one.ics"
#define TWO  CAL "two%20@%20x.ics"
#define ME   "/dav/principals/alice@contoso.example/"
#define XML(ns, name, inner) "<" ns ":" name " xmlns:D=\"DAV:\" xmlns:C=\"" XC_NS_CALDAV "\" xmlns:CS=\"" XC_NS_CS "\">" inner "</" ns ":" name ">"
#define QUERY(prop, inner)   XML("C", "calendar-query", prop "<C:filter><C:comp-filter name=\"VCALENDAR\">" inner "</C:comp-filter></C:filter>")
#define VEVENT(inner)        "<C:comp-filter name=\"VEVENT\">" inner "</C:comp-filter>"
#define ETAG                 "<D:prop><D:getetag/></D:prop>"
#define DATA                 "<D:prop><D:getetag/><C:calendar-data/></D:prop>"
#define SYNC(token, more)    XML("D", "sync-collection", "<D:sync-token>" token "</D:sync-token><D:sync-level>1</D:sync-level>" more ETAG)

static fake_answer_t *report(const char *uri, const char *body, const char *depth)
{
    return fake_ask("REPORT", uri, body, depth ? H(apr_pstrcat(fake_pool, "Depth: ", depth, NULL)) : NULL);
}

START_TEST(unknown_reports)
{
    fake_assert_cond(report(CAL, XML("D", "version-tree", ""), "0"), 403, XC_NS_DAV, "supported-report");
    fake_assert_cond(report(HOME, SYNC("", ""), "0"), 403, XC_NS_DAV, "supported-report");
    ck_assert_int_eq(report(CAL, NULL, "0")->status, 400);
    ck_assert_int_eq(report(CAL, "<x", "0")->status, 400);
    ck_assert_int_eq(report(HOME "absent/", SYNC("", ""), "0")->status, 404);
}
END_TEST

/* ---- calendar-query ---- */

START_TEST(all_events_need_no_body)
{
    fake_answer_t *a = report(CAL, QUERY(ETAG, VEVENT("")), "1");
    ck_assert_int_eq(fake_count(a), 2);
    ck_assert_str_eq(fake_text(fake_response(a, TWO), XC_NS_DAV, "getetag"), "\"e2\"");
    ck_assert_int_eq(fake_box.loads, 0);
    a = report(CAL, QUERY(DATA, VEVENT("")), NULL);
    ck_assert_str_eq(fake_text(fake_response(a, ONE), XC_NS_CALDAV, "calendar-data"), fake_box.items[0].text);
    ck_assert_int_eq(fake_box.loads, 1);
    ck_assert_int_eq(fake_count(report(CAL, QUERY(ETAG, VEVENT("")), "0")), 0);
    ck_assert_int_eq(fake_count(report(CAL, QUERY(ETAG, "<C:comp-filter name=\"VTODO\"/>"), "1")), 0);
}
END_TEST

static const struct {
    const char *filter;
    int matches;
} filters[] = {
    { VEVENT("<C:time-range start=\"20270301T000000Z\" end=\"20270302T000000Z\"/>"), 1 },
    { VEVENT("<C:time-range start=\"20270301T000000Z\"/>"), 2 },
    { VEVENT("<C:time-range end=\"20270301T000000Z\"/>"), 0 },
    { VEVENT("<C:prop-filter name=\"UID\"><C:text-match collation=\"i;octet\">two</C:text-match></C:prop-filter>"), 1 },
    { VEVENT("<C:prop-filter name=\"SUMMARY\"><C:text-match>SEC</C:text-match></C:prop-filter>"), 1 },
    { VEVENT("<C:prop-filter name=\"SUMMARY\"><C:text-match negate-condition=\"yes\">SEC</C:text-match></C:prop-filter>"), 1 },
    { VEVENT("<C:prop-filter name=\"LOCATION\"><C:is-not-defined/></C:prop-filter>"), 2 },
    { "<C:comp-filter name=\"VTODO\"><C:is-not-defined/></C:comp-filter>", 2 },
    { "", 2 },
};

START_TEST(filters_match)
{
    const char *body = apr_pstrcat(fake_pool, "<C:calendar-query xmlns:C=\"" XC_NS_CALDAV "\" xmlns:D=\"DAV:\">" ETAG "<C:filter><C:comp-filter name=\"VCALENDAR\">",
                                   filters[_i].filter, "</C:comp-filter></C:filter></C:calendar-query>", NULL);
    fake_answer_t *a = report(CAL, body, "1");
    ck_assert_int_eq(a->status, 207);
    ck_assert_int_eq(fake_count(a), filters[_i].matches);
}
END_TEST

static const struct {
    const char *body, *cond;
} bad_queries[] = {
    { XML("C", "calendar-query", ETAG), "valid-filter" },
    { XML("C", "calendar-query", ETAG "<C:filter/>"), "valid-filter" },
    { XML("C", "calendar-query", ETAG "<C:filter><C:comp-filter name=\"VEVENT\"/></C:filter>"), "valid-filter" },
    { QUERY(ETAG, "<C:comp-filter/>"), "valid-filter" },
    { QUERY(ETAG, VEVENT("<C:time-range/>")), "valid-filter" },
    { QUERY(ETAG, VEVENT("<C:time-range start=\"20270301T000000\"/>")), "valid-filter" },
    { QUERY(ETAG, VEVENT("<C:time-range start=\"20270230T000000Z\"/>")), "valid-filter" },
    { QUERY(ETAG, VEVENT("<C:time-range start=\"20270302T000000Z\" end=\"20270301T000000Z\"/>")), "valid-filter" },
    { QUERY(ETAG, VEVENT("<C:is-not-defined/><C:prop-filter name=\"UID\"/>")), "valid-filter" },
    { QUERY(ETAG, VEVENT("<C:prop-filter name=\"UID\"><C:text-match negate-condition=\"x\">a</C:text-match></C:prop-filter>")), "valid-filter" },
    { QUERY(ETAG, VEVENT("<C:prop-filter name=\"UID\"><C:text-match collation=\"i;odd\">a</C:text-match></C:prop-filter>")), "supported-collation" },
    { QUERY(ETAG, VEVENT("<C:new-filter/>")), "supported-filter" },
    { QUERY("<D:prop><C:calendar-data content-type=\"application/calendar+json\"/></D:prop>", VEVENT("")), "supported-calendar-data" },
    { QUERY("<C:timezone>nonsense</C:timezone>" ETAG, VEVENT("")), "valid-calendar-data" },
    { QUERY("<C:timezone-id>Mars/Base</C:timezone-id>" ETAG, VEVENT("")), "valid-timezone" },
};

START_TEST(bad_queries_are_named)
{
    fake_assert_cond(report(CAL, bad_queries[_i].body, "1"), 403, XC_NS_CALDAV, bad_queries[_i].cond);
}
END_TEST

START_TEST(query_of_home_and_object)
{
    ck_assert_int_eq(fake_count(report(HOME, QUERY(ETAG, VEVENT("")), "infinity")), 3);
    ck_assert_int_eq(fake_count(report(HOME, QUERY(ETAG, VEVENT("")), "1")), 0);
    ck_assert_int_eq(fake_count(report(ONE, QUERY(ETAG, VEVENT("<C:prop-filter name=\"UID\"><C:text-match>one</C:text-match></C:prop-filter>")), "0")), 1);
    ck_assert_int_eq(fake_count(report(ONE, QUERY(ETAG, VEVENT("<C:prop-filter name=\"UID\"><C:text-match>two</C:text-match></C:prop-filter>")), "0")), 0);
}
END_TEST

START_TEST(query_limits)
{
    fake_answer_t *a = report(CAL, QUERY("<D:limit><D:nresults>1</D:nresults></D:limit>" ETAG, VEVENT("")), "1");
    ck_assert_int_eq(fake_count(a), 2);
    ck_assert_int_eq(fake_status_of(fake_response(a, CAL)), 507);
    fake_assert_cond(report(CAL, QUERY("<D:limit><D:nresults>0</D:nresults></D:limit>" ETAG, VEVENT("")), "1"), 403, XC_NS_DAV, "number-of-matches-within-limits");
    fake_config.max_matches = 1;
    fake_assert_cond(report(CAL, QUERY(ETAG, VEVENT("")), "1"), 403, XC_NS_DAV, "number-of-matches-within-limits");
}
END_TEST

START_TEST(query_of_parts)
{
    static const char part[] = "<D:prop><C:calendar-data><C:comp name=\"VCALENDAR\"><C:comp name=\"VEVENT\"><C:prop name=\"SUMMARY\"/></C:comp></C:comp></C:calendar-data></D:prop>";
    fake_answer_t *a = report(CAL, apr_pstrcat(fake_pool, "<C:calendar-query xmlns:C=\"" XC_NS_CALDAV "\" xmlns:D=\"DAV:\">", part, "<C:filter><C:comp-filter name=\"VCALENDAR\"/></C:filter></C:calendar-query>", NULL), "1");
    const char *data = fake_text(fake_response(a, ONE), XC_NS_CALDAV, "calendar-data");
    ck_assert_ptr_nonnull(strstr(data, "SUMMARY:First"));
    ck_assert_ptr_null(strstr(data, "DTSTART"));
}
END_TEST

START_TEST(nothing_goes_on_for_ever)
{
    static const char *const bodies[] = {
        QUERY(ETAG, VEVENT("<C:time-range start=\"20270101T000000Z\"/>")),
        XML("C", "free-busy-query", "<C:time-range start=\"20270301T000000Z\" end=\"20270601T000000Z\"/>"),
        XML("C", "calendar-multiget", "<D:prop><C:calendar-data><C:expand start=\"20270101T000000Z\" end=\"20280101T000000Z\"/></C:calendar-data></D:prop><D:href>" ONE "</D:href>"),
    };
    fake_deadline = apr_time_now() - 1;
    fake_answer_t *a = report(CAL, bodies[_i], "1");
    ck_assert_int_eq(a->status, 503);
    ck_assert_str_ne(fake_got(a, "Retry-After"), "");
    fake_deadline = apr_time_now() + apr_time_from_sec(60);
    ck_assert_int_lt(report(CAL, bodies[_i], "1")->status, 300);
}
END_TEST

START_TEST(query_meets_failures)
{
    static const char query[] = QUERY(ETAG, VEVENT("<C:time-range start=\"20270101T000000Z\"/>"));
    fake_box.items[0].error = xc_error_make(fake_pool, 502, XC_COND_NONE, "cannot be shown");
    ck_assert_int_eq(fake_count(report(CAL, query, "1")), 1);
    fake_box.items[0].error = xc_error_make(fake_pool, 503, XC_COND_NONE, "busy");
    fake_answer_t *a = report(CAL, query, "1");
    ck_assert_int_eq(a->status, 503);
    ck_assert_str_ne(fake_got(a, "Retry-After"), "");
}
END_TEST

/* ---- calendar-multiget ---- */

START_TEST(multigets)
{
    static const char body[] = XML("C", "calendar-multiget", DATA "<D:href>" ONE "</D:href><D:href>" CAL "two%20%40%20x.ics</D:href>"
        "<D:href>https://cal.example.com/dav/calendars/alice%40contoso.example/calendar/one.ics</D:href>"
        "<D:href>" CAL "gone.ics</D:href><D:href>" HOME "work/three.ics</D:href><D:href>/dav/calendars/bob@contoso.example/calendar/x.ics</D:href>"
        "<D:href>https://elsewhere/dav/x</D:href><D:href>" CAL "../x.ics</D:href><D:href></D:href><D:href>&lt;b&gt;</D:href>");
    fake_answer_t *a = report(CAL, body, NULL);
    ck_assert_int_eq(a->status, 207);
    ck_assert_int_eq(fake_count(a), 9);
    ck_assert_str_eq(fake_text(fake_response(a, ONE), XC_NS_CALDAV, "calendar-data"), fake_box.items[0].text);
    ck_assert_str_eq(fake_text(fake_response(a, TWO), XC_NS_DAV, "getetag"), "\"e2\"");
    ck_assert_int_eq(fake_status_of(fake_response(a, CAL "gone.ics")), 404);
    ck_assert_int_eq(fake_status_of(fake_response(a, HOME "work/three.ics")), 403);
    ck_assert_int_eq(fake_status_of(fake_response(a, "/dav/calendars/bob@contoso.example/calendar/x.ics")), 403);
    ck_assert_int_eq(fake_status_of(fake_response(a, "https://elsewhere/dav/x")), 403);
    ck_assert_int_eq(fake_status_of(fake_response(a, CAL "../x.ics")), 403);
    ck_assert_int_eq(fake_status_of(fake_response(a, "<b>")), 403);
    ck_assert_int_eq(fake_box.loads, 1);
    /* the home's members may be of several calendars */
    a = report(HOME, XML("C", "calendar-multiget", DATA "<D:href>" ONE "</D:href><D:href>" HOME "work/three.ics</D:href>"), NULL);
    ck_assert_str_eq(fake_text(fake_response(a, HOME "work/three.ics"), XC_NS_CALDAV, "calendar-data"), fake_box.items[2].text);
    ck_assert_str_eq(fake_text(fake_response(a, ONE), XC_NS_CALDAV, "calendar-data"), fake_box.items[0].text);
}
END_TEST

START_TEST(multiget_trusts_a_young_listing)
{
    fake_box.settled = 1;
    fake_answer_t *a = report(CAL, XML("C", "calendar-multiget", ETAG "<D:href>" ONE "</D:href>"), NULL);
    ck_assert_int_eq(fake_prop(fake_response(a, ONE), XC_NS_DAV, "getetag", NULL), 200);
    ck_assert_int_eq(fake_box.refreshes, 0);
    /* a name that the listing does not know may be newer than the listing */
    a = report(CAL, XML("C", "calendar-multiget", ETAG "<D:href>" ONE "</D:href><D:href>" CAL "absent.ics</D:href>"), NULL);
    ck_assert_int_ge(fake_box.refreshes, 1);
    ck_assert_int_eq(fake_count(a), 2);
    ck_assert_int_eq(fake_status_of(fake_response(a, CAL "absent.ics")), 404);
}
END_TEST

START_TEST(multiget_meets_failures)
{
    static const char body[] = XML("C", "calendar-multiget", DATA "<D:href>" ONE "</D:href><D:href>" TWO "</D:href>");
    fake_box.items[0].error = xc_error_make(fake_pool, 502, XC_COND_NONE, "cannot be shown");
    fake_answer_t *a = report(CAL, body, NULL);
    ck_assert_int_eq(fake_status_of(fake_response(a, ONE)), 502);
    ck_assert_int_eq(fake_prop(fake_response(a, TWO), XC_NS_CALDAV, "calendar-data", NULL), 200);
    fake_box.items[1].error = xc_error_make(fake_pool, 503, XC_COND_NONE, "busy");
    ck_assert_int_eq(report(CAL, body, NULL)->status, 503);
}
END_TEST

START_TEST(multiget_expands)
{
    fake_box.items[0].text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:one\r\nDTSTAMP:20270101T000000Z\r\n"
                             "DTSTART:20270301T100000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=10\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    fake_answer_t *a = report(CAL, XML("C", "calendar-multiget", "<D:prop><C:calendar-data><C:expand start=\"20270302T000000Z\" end=\"20270304T000000Z\"/></C:calendar-data></D:prop><D:href>" ONE "</D:href>"), NULL);
    const char *data = fake_text(fake_response(a, ONE), XC_NS_CALDAV, "calendar-data");
    ck_assert_ptr_nonnull(strstr(data, "RECURRENCE-ID:20270302T100000Z"));
    ck_assert_ptr_nonnull(strstr(data, "RECURRENCE-ID:20270303T100000Z"));
    ck_assert_ptr_null(strstr(data, "20270304T100000Z"));
    ck_assert_ptr_null(strstr(data, "RRULE"));
    ck_assert_int_eq(report(CAL, XML("C", "calendar-multiget", "<D:prop><C:calendar-data><C:expand start=\"20270302T000000Z\"/></C:calendar-data></D:prop>"), NULL)->status, 400);
}
END_TEST

/* ---- sync-collection ---- */

START_TEST(syncs)
{
    fake_answer_t *a = report(CAL, SYNC("", ""), NULL);
    ck_assert_int_eq(fake_count(a), 2);
    const char *token = xc_xml_child_text(a->xml, XC_NS_DAV, "sync-token", fake_pool);
    ck_assert_str_eq(token, "data:,00e0-3");
    a = report(CAL, SYNC("data:,00e0-3", ""), "0");
    ck_assert_int_eq(fake_count(a), 0);
    ck_assert_int_eq(fake_ask("DELETE", ONE, NULL, NULL)->status, 204);
    fake_add(0, "new.ics", "");
    a = report(CAL, SYNC(" data:,00e0-3\n", ""), "0");
    ck_assert_int_eq(fake_count(a), 2);
    ck_assert_int_eq(fake_status_of(fake_response(a, ONE)), 404);
    ck_assert_int_eq(fake_prop(fake_response(a, CAL "new.ics"), XC_NS_DAV, "getetag", NULL), 200);
    ck_assert_str_eq(xc_xml_child_text(a->xml, XC_NS_DAV, "sync-token", fake_pool), "data:,00e0-5");
    /* a first sync knows of no deletions */
    a = report(CAL, SYNC("", ""), "0");
    ck_assert_int_eq(fake_count(a), 2);
    ck_assert_ptr_null(fake_response(a, ONE));
}
END_TEST

START_TEST(sync_tokens_not_ours)
{
    static const char *const bodies[] = { SYNC("data:,ffff-1", ""), SYNC("data:,00e0-99", ""), SYNC("http://other/1", ""), SYNC("00e0-3", ""), SYNC("x", "") };
    fake_assert_cond(report(CAL, bodies[_i], "0"), 403, XC_NS_DAV, "valid-sync-token");
}
END_TEST

START_TEST(sync_in_pages)
{
    for (int i = 0; i < 5; i++)
        fake_add(0, apr_psprintf(fake_pool, "n%d.ics", i), "");
    const char *token = "";
    int seen = 0, pages = 0, more = 1;
    while (more) {
        const char *body = apr_psprintf(fake_pool, SYNC("%s", "<D:limit><D:nresults>3</D:nresults></D:limit>"), token);
        fake_answer_t *a = report(CAL, body, "0");
        xmlNode *self = fake_response(a, CAL);
        more = self != NULL;
        if (more) {
            ck_assert_int_eq(fake_status_of(self), 507);
            ck_assert_ptr_nonnull(xc_xml_child(xc_xml_child(self, XC_NS_DAV, "error"), XC_NS_DAV, "number-of-matches-within-limits"));
        }
        seen += fake_count(a) - more;
        token = xc_xml_child_text(a->xml, XC_NS_DAV, "sync-token", fake_pool);
        ck_assert_int_lt(++pages, 10);
    }
    ck_assert_int_eq(seen, 7);
    ck_assert_int_eq(pages, 3);
    /* the configuration's bound pages too */
    fake_config.max_matches = 2;
    ck_assert_int_eq(fake_status_of(fake_response(report(CAL, SYNC("", ""), "0"), CAL)), 507);
}
END_TEST

START_TEST(sync_levels)
{
    ck_assert_int_eq(report(CAL, XML("D", "sync-collection", "<D:sync-token/><D:sync-level>infinite</D:sync-level>" ETAG), NULL)->status, 207);
    ck_assert_int_eq(report(CAL, XML("D", "sync-collection", "<D:sync-token/><D:sync-level>2</D:sync-level>" ETAG), NULL)->status, 400);
    ck_assert_int_eq(report(CAL, XML("D", "sync-collection", "<D:sync-token/>" ETAG), "1")->status, 207);
    ck_assert_int_eq(report(CAL, XML("D", "sync-collection", ETAG), NULL)->status, 207);
    ck_assert_int_eq(report(CAL, SYNC("", ""), "1")->status, 207); /* python-caldav */
    ck_assert_int_eq(report(CAL, SYNC("", ""), "infinity")->status, 400);
}
END_TEST

START_TEST(sync_while_exchange_is_away)
{
    fake_box.refresh_error = xc_error_retry(xc_error_make(fake_pool, 503, XC_COND_NONE, "busy"), 20);
    fake_answer_t *a = report(CAL, SYNC("", ""), "0");
    ck_assert_int_eq(a->status, 429);
    ck_assert_str_eq(fake_got(a, "Retry-After"), "20");
}
END_TEST

/* ---- the others ---- */

START_TEST(free_busy)
{
    static const char body[] = XML("C", "free-busy-query", "<C:time-range start=\"20270301T000000Z\" end=\"20270601T000000Z\"/>");
    fake_answer_t *a = report(CAL, body, "1");
    ck_assert_int_eq(a->status, 200);
    ck_assert(!strncmp(a->type, "text/calendar", 13));
    ck_assert_ptr_nonnull(strstr(a->body->data, "BEGIN:VFREEBUSY"));
    ck_assert_ptr_nonnull(strstr(a->body->data, "20270301T100000Z/"));
    ck_assert_ptr_null(strstr(a->body->data, "20270501T100000Z/"));
    ck_assert_ptr_null(strstr(a->body->data, "VEVENT"));
    a = report(HOME, body, "infinity");
    ck_assert_ptr_nonnull(strstr(a->body->data, "20270501T100000Z/"));
    apr_table_set(fake_box.calendars[1].props, "{" XC_NS_CALDAV "}schedule-calendar-transp", "<C:schedule-calendar-transp xmlns:C=\"" XC_NS_CALDAV "\"><C:transparent/></C:schedule-calendar-transp>");
    a = report(HOME, body, "infinity");
    ck_assert_ptr_null(strstr(a->body->data, "20270501T100000Z/"));
    ck_assert_int_eq(report(CAL, XML("C", "free-busy-query", ""), "1")->status, 400);
    ck_assert_int_eq(report(CAL, XML("C", "free-busy-query", "<C:time-range start=\"20270301T000000Z\"/>"), "1")->status, 400);
}
END_TEST

START_TEST(expands_properties)
{
    fake_answer_t *a = report(HOME, XML("D", "expand-property", "<D:property name=\"owner\"><D:property name=\"displayname\"/>"
        "<D:property name=\"calendar-home-set\" namespace=\"" XC_NS_CALDAV "\"><D:property name=\"resourcetype\"/></D:property><D:property name=\"odd\"/></D:property>"
        "<D:property name=\"calendar-proxy-read-for\" namespace=\"" XC_NS_CS "\"/>"), "0");
    xmlNode *owner = NULL, *home = NULL;
    ck_assert_int_eq(fake_prop(fake_response(a, HOME), XC_NS_DAV, "owner", &owner), 200);
    ck_assert_int_eq(fake_prop(fake_response(a, HOME), XC_NS_CS, "calendar-proxy-read-for", NULL), 404);
    xmlNode *inner = xc_xml_child(owner, XC_NS_DAV, "response");
    ck_assert_str_eq(xc_xml_child_text(inner, XC_NS_DAV, "href", fake_pool), ME);
    ck_assert_str_eq(fake_text(inner, XC_NS_DAV, "displayname"), "Alice <Adams> & Co");
    ck_assert_int_eq(fake_prop(inner, XC_NS_DAV, "odd", NULL), 404);
    ck_assert_int_eq(fake_prop(inner, XC_NS_CALDAV, "calendar-home-set", &home), 200);
    ck_assert_ptr_nonnull(xc_xml_child(home, XC_NS_DAV, "response"));
    ck_assert_int_eq(report(ME, XML("D", "expand-property", "<D:property/>"), "0")->status, 400);
    ck_assert_int_eq(report(ME, XML("D", "expand-property", "<D:property name=\"a&gt;b\"/>"), "0")->status, 400);
    ck_assert_int_eq(report(ME, XML("D", "expand-property", "<D:property name=\"a\" namespace=\"urn:a^b\"/>"), "0")->status, 400);
    ck_assert_int_eq(report(ME, XML("D", "expand-property", "<D:property name=\"a\" namespace=\"http://www.w3.org/2000/xmlns/\"/>"), "0")->status, 400);
    ck_assert_int_eq(report(ME, XML("D", "expand-property", "<D:property name=\"a\" namespace=\"\"/>"), "0")->status, 207);
    const char *deep = "";
    for (int i = 0; i < 8; i++)
        deep = apr_pstrcat(fake_pool, "<D:property name=\"owner\">", deep, "</D:property>", NULL);
    deep = apr_pstrcat(fake_pool, "<D:expand-property xmlns:D=\"DAV:\">", deep, "</D:expand-property>", NULL);
    ck_assert_int_eq(report(ME, deep, "0")->status, 400);
}
END_TEST

#define SEARCH(attr, prop, match, more) "<D:principal-property-search xmlns:D=\"DAV:\" xmlns:C=\"" XC_NS_CALDAV "\" xmlns:CS=\"" XC_NS_CS "\"" attr ">" \
    "<D:property-search><D:prop>" prop "</D:prop><D:match" match "</D:match></D:property-search>" more "<D:prop><D:displayname/></D:prop></D:principal-property-search>"

static const struct {
    const char *body;
    int found;
} searches[] = {
    { SEARCH("", "<D:displayname/>", ">adams", ""), 1 },
    { SEARCH("", "<D:displayname/>", ">nobody", ""), 0 },
    { SEARCH("", "<C:calendar-user-address-set/>", ">ALICE@", ""), 1 },
    { SEARCH("", "<CS:email-address-set/>", " match-type=\"starts-with\">contoso", ""), 0 },
    { SEARCH("", "<CS:email-address-set/>", " match-type=\"equals\">Alice@contoso.example", ""), 1 },
    { SEARCH("", "<D:displayname/><C:calendar-user-type/>", ">adams", ""), 0 },
    { SEARCH("", "<D:odd/>", ">adams", ""), 0 },
    { SEARCH("", "<D:displayname/>", ">adams", "<D:property-search><D:prop><D:displayname/></D:prop><D:match>zzz</D:match></D:property-search>"), 0 },
    { SEARCH(" test=\"anyof\"", "<D:displayname/>", ">adams", "<D:property-search><D:prop><D:displayname/></D:prop><D:match>zzz</D:match></D:property-search>"), 1 },
};

START_TEST(searches_principals)
{
    fake_answer_t *a = report("/dav/principals/", searches[_i].body, "0");
    ck_assert_int_eq(a->status, 207);
    ck_assert_int_eq(fake_count(a), searches[_i].found);
    if (searches[_i].found)
        ck_assert_str_eq(fake_text(fake_response(a, ME), XC_NS_DAV, "displayname"), "Alice <Adams> & Co");
}
END_TEST

START_TEST(other_principal_reports)
{
    fake_answer_t *a = report("/dav/principals/", XML("D", "principal-search-property-set", ""), "0");
    ck_assert_int_eq(a->status, 200);
    ck_assert(xc_xml_is(a->xml, XC_NS_DAV, "principal-search-property-set"));
    a = report("/dav/principals/", XML("D", "principal-match", "<D:self/>"), "0");
    ck_assert_ptr_nonnull(fake_response(a, ME));
    a = report(HOME, XML("D", "principal-match", "<D:principal-property><D:owner/></D:principal-property><D:prop><D:displayname/></D:prop>"), "0");
    ck_assert_int_eq(fake_count(a), 2);
    ck_assert_int_eq(fake_prop(fake_response(a, CAL), XC_NS_DAV, "displayname", NULL), 200);
    ck_assert_int_eq(report(HOME, XML("D", "principal-match", ""), "0")->status, 400);
    a = report(CAL, XML("D", "acl-principal-prop-set", "<D:prop><D:principal-URL/></D:prop>"), "0");
    ck_assert_str_eq(fake_text(fake_response(a, ME), XC_NS_DAV, "principal-URL"), ME);
}
END_TEST

START_TEST(a_client_that_leaves)
{
    for (int i = 0; i < 1900; i++)
        fake_add(0, apr_psprintf(fake_pool, "a-rather-long-name-that-fills-the-answer-%d.ics", i), "");
    fake_config.max_matches = 0;
    fake_answer_t *a = report(CAL, SYNC("", ""), "0");
    ck_assert_int_gt(a->writes, 3);
    ck_assert_int_eq(fake_count(a), 1902);
    fake_gone_after = 2;
    a = report(CAL, SYNC("", ""), "0");
    ck_assert_int_eq(a->writes, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report");
    TCase *tc = tcase_create("report");
    tcase_add_checked_fixture(tc, fake_setup, fake_teardown);
    tcase_add_test(tc, unknown_reports);
    tcase_add_test(tc, all_events_need_no_body);
    tcase_add_loop_test(tc, filters_match, 0, sizeof(filters) / sizeof(*filters));
    tcase_add_loop_test(tc, bad_queries_are_named, 0, sizeof(bad_queries) / sizeof(*bad_queries));
    tcase_add_test(tc, query_of_home_and_object);
    tcase_add_test(tc, query_limits);
    tcase_add_test(tc, query_of_parts);
    tcase_add_loop_test(tc, nothing_goes_on_for_ever, 0, 3);
    tcase_add_test(tc, query_meets_failures);
    tcase_add_test(tc, multigets);
    tcase_add_test(tc, multiget_trusts_a_young_listing);
    tcase_add_test(tc, multiget_meets_failures);
    tcase_add_test(tc, multiget_expands);
    tcase_add_test(tc, syncs);
    tcase_add_loop_test(tc, sync_tokens_not_ours, 0, 5);
    tcase_add_test(tc, sync_in_pages);
    tcase_add_test(tc, sync_levels);
    tcase_add_test(tc, sync_while_exchange_is_away);
    tcase_add_test(tc, free_busy);
    tcase_add_test(tc, expands_properties);
    tcase_add_loop_test(tc, searches_principals, 0, sizeof(searches) / sizeof(*searches));
    tcase_add_test(tc, other_principal_reports);
    tcase_add_test(tc, a_client_that_leaves);
    suite_add_tcase(suite, tc);
    return fake_run(suite);
}
