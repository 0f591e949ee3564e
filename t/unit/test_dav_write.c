/* SPDX-License-Identifier: Apache-2.0 */
/* The methods that change something, over a mailbox made of an array. */
#include "dav_fake.h"

#define HOME "/dav/calendars/alice@contoso.example/"
#define CAL  HOME "calendar/"
#define ONE  CAL "one.ics"
#define ME   "/dav/principals/alice@contoso.example/"
#define ICS  "Content-Type: text/calendar; charset=utf-8"
#define TYPE_XML "Content-Type: application/xml"

/* ---- PUT and POST ---- */

START_TEST(puts_objects)
{
    fake_answer_t *a = fake_ask("PUT", CAL "a%20b.ics", "BEGIN:VCALENDAR x", H(ICS, "If-None-Match: *"));
    ck_assert_int_eq(a->status, 201);
    ck_assert_str_eq(fake_got(a, "ETag"), "\"p1\"");
    ck_assert_str_eq(fake_ask("GET", CAL "a%20b.ics", NULL, NULL)->body->data, "BEGIN:VCALENDAR x");
    a = fake_ask("PUT", CAL "a%20b.ics", "BEGIN:VCALENDAR y", H(ICS, "If-Match: \"x\", \"p1\""));
    ck_assert_int_eq(a->status, 204);
    fake_box.verbatim = 0;
    a = fake_ask("PUT", CAL "a%20b.ics", "BEGIN:VCALENDAR z", H(ICS));
    ck_assert_int_eq(a->status, 204);
    ck_assert_str_eq(fake_got(a, "ETag"), ""); /* a GET would give something else */
}
END_TEST

START_TEST(puts_that_are_refused)
{
    static const struct {
        const char *uri, *body, *header;
        int status;
        const char *ns, *cond;
    } cases[] = {
        { ONE, "x", "If-None-Match: *", 412, NULL, NULL },
        { ONE, "x", "If-Match: \"stale\"", 412, NULL, NULL },
        { CAL "new.ics", "x", "If-Match: \"e1\"", 412, NULL, NULL },
        { CAL "new.ics", "x", "Content-Type: text/plain", 415, XC_NS_CALDAV, "supported-calendar-data" },
        { CAL "new.ics", "x", "Content-Type: text/calendar; charset=iso-8859-1", 415, NULL, NULL },
        { CAL "new.ics", "x", "Content-Encoding: br", 415, NULL, NULL },
        { CAL "new.ics", "x", "Content-Range: bytes 0-1/9", 400, NULL, NULL },
        { CAL "new.ics/", "x", ICS, 409, NULL, NULL },
        { HOME "absent/new.ics", "x", ICS, 409, NULL, NULL },
        { CAL "absent/new.ics", "x", ICS, 409, NULL, NULL },
        { "/dav/calendars/bob@contoso.example/calendar/new.ics", "x", ICS, 404, NULL, NULL },
        { CAL "new.ics", "UID:taken", ICS, 403, XC_NS_CALDAV, "no-uid-conflict" },
        { ONE, "x", "If: ([\"e2\"])", 412, NULL, NULL },
        { ONE, "x", "If: (<urn:uuid:1>)", 412, NULL, NULL },
        { ONE, "x", "If: nonsense", 400, NULL, NULL },
    };
    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *before = fake_box.items[0].text;
        fake_answer_t *a = fake_ask("PUT", cases[i].uri, cases[i].body, H(cases[i].header));
        ck_assert_msg(a->status == cases[i].status, "%s: %d", cases[i].header, a->status);
        if (cases[i].cond)
            fake_assert_cond(a, cases[i].status, cases[i].ns, cases[i].cond);
        ck_assert_int_eq(fake_box.n_items, 3);
        ck_assert_ptr_eq(fake_box.items[0].text, before);
    }
}
END_TEST

START_TEST(uid_conflict_names_the_other)
{
    fake_answer_t *a = fake_ask("PUT", CAL "new.ics", "UID:taken", H(ICS));
    xmlNode *cond = xc_xml_child(a->xml, XC_NS_CALDAV, "no-uid-conflict");
    ck_assert_str_eq(xc_xml_child_text(cond, XC_NS_DAV, "href", fake_pool), CAL "other%20one.ics");
    ck_assert_str_ne(xc_xml_child_text(a->xml, XC_NS_EXCAL, "message", fake_pool), "");
}
END_TEST

START_TEST(too_large)
{
    char *text = apr_palloc(fake_pool, 100002);
    memset(text, 'x', 100001);
    text[100001] = '\0';
    fake_assert_cond(fake_ask("PUT", CAL "new.ics", text, H(ICS)), 403, XC_NS_CALDAV, "max-resource-size");
    ck_assert_int_eq(fake_box.puts, 0);
}
END_TEST

START_TEST(representation)
{
    fake_answer_t *a = fake_ask("PUT", CAL "r.ics", "BEGIN:VCALENDAR r", H(ICS, "Prefer: return=representation"));
    ck_assert_int_eq(a->status, 201);
    ck_assert_str_eq(a->body->data, "BEGIN:VCALENDAR r");
    ck_assert_str_eq(fake_got(a, "ETag"), "\"p1\"");
    ck_assert_str_eq(fake_got(a, "Preference-Applied"), "return=representation");
    /* who lost a race gets the winner's */
    a = fake_ask("PUT", CAL "r.ics", "BEGIN:VCALENDAR s", H(ICS, "If-Match: \"old\"", "Prefer: return=representation"));
    ck_assert_int_eq(a->status, 412);
    ck_assert_str_eq(a->body->data, "BEGIN:VCALENDAR r");
    ck_assert_str_eq(fake_got(a, "ETag"), "\"p1\"");
}
END_TEST

START_TEST(adds_members)
{
    fake_answer_t *a = fake_ask("POST", CAL "?add-member", "BEGIN:VCALENDAR n", H(ICS));
    ck_assert_int_eq(a->status, 201);
    const char *location = fake_got(a, "Location");
    ck_assert(!strncmp(location, "https://cal.example.com" CAL, strlen("https://cal.example.com" CAL)));
    ck_assert_str_eq(fake_ask("GET", location + strlen("https://cal.example.com"), NULL, NULL)->body->data, "BEGIN:VCALENDAR n");
    ck_assert_int_eq(fake_ask("POST", CAL, "x", H(ICS))->status, 403);
    ck_assert_int_eq(fake_ask("POST", CAL "?add-members", "x", H(ICS))->status, 403);
}
END_TEST

START_TEST(read_only)
{
    fake_config.read_only = 1;
    fake_assert_cond(fake_ask("PUT", ONE, "x", H(ICS)), 403, XC_NS_DAV, "need-privileges");
    fake_assert_cond(fake_ask("MKCALENDAR", HOME "x/", NULL, NULL), 403, XC_NS_DAV, "need-privileges");
    fake_answer_t *a = fake_ask("PROPFIND", CAL, "<D:propfind xmlns:D=\"DAV:\"><D:prop><D:current-user-privilege-set/></D:prop></D:propfind>", H("Depth: 0"));
    ck_assert_ptr_null(strstr(a->body->data, "write"));
    ck_assert_int_eq(fake_ask("GET", ONE, NULL, NULL)->status, 200);
}
END_TEST

/* ---- DELETE ---- */

START_TEST(deletes)
{
    ck_assert_int_eq(fake_ask("DELETE", ONE, NULL, H("If-Match: \"x\""))->status, 412);
    ck_assert_int_eq(fake_ask("DELETE", ONE, NULL, H("If: ([\"e2\"])"))->status, 412);
    ck_assert_int_eq(fake_ask("DELETE", ONE, NULL, H("If: (Not [\"e2\"])"))->status, 204);
    ck_assert_int_eq(fake_ask("DELETE", ONE, NULL, NULL)->status, 404);
    ck_assert_int_eq(fake_ask("DELETE", HOME "work/", NULL, H("Depth: 0"))->status, 400);
    ck_assert_int_eq(fake_ask("DELETE", HOME "work/", NULL, H("If-Match: \"x\""))->status, 412);
    ck_assert_int_eq(fake_ask("DELETE", HOME "work", NULL, H("Depth: infinity"))->status, 204);
    ck_assert_int_eq(fake_ask("DELETE", HOME "work/", NULL, NULL)->status, 404);
    fake_assert_cond(fake_ask("DELETE", CAL, NULL, NULL), 403, XC_NS_CALDAV, "default-calendar-needed");
}
END_TEST

/* ---- MKCALENDAR and MKCOL ---- */

#define MK(ns, name, props) "<" ns ":" name " xmlns:D=\"DAV:\" xmlns:C=\"" XC_NS_CALDAV "\" xmlns:A=\"" XC_NS_APPLE "\"><D:set><D:prop>" props "</D:prop></D:set></" ns ":" name ">"
#define COMPS(names)        "<C:supported-calendar-component-set>" names "</C:supported-calendar-component-set>"
#define VZONE               "BEGIN:VCALENDAR&#13;\nBEGIN:VTIMEZONE&#13;\nTZID:X&#13;\nBEGIN:STANDARD&#13;\nDTSTART:19700101T000000&#13;\nTZOFFSETFROM:+0100&#13;\nTZOFFSETTO:+0100&#13;\nEND:STANDARD&#13;\nEND:VTIMEZONE&#13;\nEND:VCALENDAR&#13;\n"

START_TEST(makes_calendars)
{
    static const char body[] = MK("C", "mkcalendar", "<D:displayname>Party &amp; fun</D:displayname><A:calendar-color symbolic-color=\"red\">#FF0000FF</A:calendar-color>"
        "<C:calendar-timezone>" VZONE "</C:calendar-timezone>" COMPS("<C:comp name=\"VEVENT\"/>"));
    fake_answer_t *a = fake_ask("MKCALENDAR", HOME "party", body, H(TYPE_XML)); /* iOS 26: no slash at the end */
    ck_assert_int_eq(a->status, 201);
    ck_assert(xc_xml_is(a->xml, XC_NS_CALDAV, "mkcalendar-response"));
    ck_assert_str_eq(fake_got(a, "Cache-Control"), "no-cache");
    a = fake_ask("PROPFIND", HOME "party/", "<D:propfind xmlns:D=\"DAV:\"><D:prop><D:displayname/><calendar-color xmlns=\"" XC_NS_APPLE "\"/></D:prop></D:propfind>", H("Depth: 0"));
    xmlNode *color = NULL, *r = fake_response(a, HOME "party/");
    ck_assert_str_eq(fake_text(r, XC_NS_DAV, "displayname"), "Party & fun");
    ck_assert_int_eq(fake_prop(r, XC_NS_APPLE, "calendar-color", &color), 200);
    ck_assert_str_eq(xc_xml_attr(color, "symbolic-color", fake_pool), "red");
}
END_TEST

START_TEST(makes_plain_calendars)
{
    fake_answer_t *a = fake_ask("MKCALENDAR", HOME "plain%20one/", NULL, NULL);
    ck_assert_int_eq(a->status, 201);
    ck_assert_int_eq((int)a->body->len, 0);
    ck_assert_str_eq(fake_box.calendars[2].segment, "plain one");
}
END_TEST

START_TEST(makes_collections)
{
    static const char body[] = MK("D", "mkcol", "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>New</D:displayname>");
    fake_answer_t *a = fake_ask("MKCOL", HOME "new/", body, H(TYPE_XML));
    ck_assert_int_eq(a->status, 201);
    ck_assert(xc_xml_is(a->xml, XC_NS_DAV, "mkcol-response"));
    ck_assert_str_eq(fake_box.calendars[2].folder.display_name, "New");
}
END_TEST

START_TEST(makes_a_calendar_of_a_plain_collection)
{
    ck_assert_int_eq(fake_ask("MKCOL", HOME "plain/", NULL, NULL)->status, 201);
    ck_assert_str_eq(fake_box.calendars[2].segment, "plain");
    ck_assert_int_eq(fake_ask("MKCOL", HOME "plain/", NULL, NULL)->status, 405);
}
END_TEST

START_TEST(makes_nothing)
{
    static const struct {
        const char *method, *uri, *body, *type;
        int status;
        const char *cond; /* anywhere in the answer */
    } cases[] = {
        { "MKCALENDAR", CAL, NULL, NULL, 405, "resource-must-be-null" },
        { "MKCALENDAR", HOME, NULL, NULL, 405, "resource-must-be-null" },
        { "MKCALENDAR", CAL "inside/", NULL, NULL, 403, "calendar-collection-location-ok" },
        { "MKCALENDAR", HOME "absent/inside/", NULL, NULL, 409, NULL },
        { "MKCALENDAR", HOME "inbox/", NULL, NULL, 405, "resource-must-be-null" },
        { "MKCOL", HOME "Outbox", NULL, NULL, 403, "calendar-collection-location-ok" },
        { "MKCALENDAR", HOME "tasks/", NULL, NULL, 403, "calendar-collection-location-ok" },
        { "MKCALENDAR", "/dav/x/", NULL, NULL, 409, NULL },
        { "MKCOL", HOME "a/b/c/", NULL, NULL, 409, NULL },
        { "MKCALENDAR", HOME "n/", "x", "Content-Type: text/plain", 415, NULL },
        { "MKCALENDAR", HOME "n/", "<x", TYPE_XML, 400, NULL },
        { "MKCALENDAR", HOME "n/", MK("D", "mkcol", ""), TYPE_XML, 400, NULL },
        { "MKCALENDAR", HOME "n/", MK("C", "mkcalendar", "<D:getetag>x</D:getetag><D:displayname>N</D:displayname>"), TYPE_XML, 207, "cannot-modify-protected-property" },
        { "MKCALENDAR", HOME "n/", MK("C", "mkcalendar", COMPS("<C:comp name=\"VJOURNAL\"/>")), TYPE_XML, 207, "supported-calendar-component" },
        { "MKCALENDAR", HOME "n/", MK("C", "mkcalendar", "<C:calendar-timezone>x</C:calendar-timezone>"), TYPE_XML, 207, "valid-calendar-data" },
        { "MKCALENDAR", HOME "n/", NULL, "If-Match: *", 412, NULL },
        { "MKCOL", HOME "n/", MK("D", "mkcol", "<D:resourcetype><D:collection/></D:resourcetype>"), TYPE_XML, 424, "valid-resourcetype" },
        { "MKCOL", HOME "n/", MK("D", "mkcol", "<D:resourcetype><D:collection/><C:calendar/><D:x/></D:resourcetype>"), TYPE_XML, 424, "valid-resourcetype" },
    };
    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        fake_answer_t *a = fake_ask(cases[i].method, cases[i].uri, cases[i].body, cases[i].type ? H(cases[i].type) : NULL);
        ck_assert_msg(a->status == cases[i].status, "%d: %d", (int)i, a->status);
        if (cases[i].cond)
            ck_assert_ptr_nonnull(strstr(a->body->data, cases[i].cond));
        ck_assert_int_eq(fake_box.n_calendars, 2);
    }
}
END_TEST

/* ---- COPY and MOVE ---- */

START_TEST(copies_and_moves)
{
    fake_answer_t *a = fake_ask("COPY", ONE, NULL, H("Destination: https://cal.example.com" HOME "work/c.ics"));
    ck_assert_int_eq(a->status, 201);
    ck_assert_int_eq(fake_ask("GET", ONE, NULL, NULL)->status, 200);
    ck_assert_int_eq(fake_ask("COPY", ONE, NULL, H("Destination: " HOME "work/c.ics", "Overwrite: F"))->status, 412);
    ck_assert_int_eq(fake_ask("MOVE", ONE, NULL, H("Destination: " HOME "work/c.ics", "Overwrite: T"))->status, 204);
    ck_assert_int_eq(fake_ask("GET", ONE, NULL, NULL)->status, 404);
}
END_TEST

START_TEST(moves_nothing)
{
    static const struct {
        const char *uri, *destination;
        int status;
    } cases[] = {
        { ONE, "X: y", 400 },
        { ONE, "Destination: https://elsewhere.example" CAL "x.ics", 502 },
        { ONE, "Destination: " CAL "%2e%2e/x.ics", 400 },
        { ONE, "Destination: " ONE, 403 },
        { ONE, "Destination: /users/alice@contoso.example/calendar/one.ics", 403 },
        { ONE, "Destination: " CAL, 403 },
        { ONE, "Destination: /dav/calendars/bob@contoso.example/calendar/x.ics", 403 },
        { ONE, "Destination: " HOME "absent/x.ics", 409 },
        { ONE, "Destination: /elsewhere/x.ics", 409 },
        { ONE, "Destination: " CAL "a/b.ics", 409 },
        { CAL "absent.ics", "Destination: " CAL "y.ics", 404 },
        { CAL, "Destination: " HOME "other/", 403 },
    };
    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        fake_answer_t *a = fake_ask("MOVE", cases[i].uri, NULL, H(cases[i].destination));
        ck_assert_msg(a->status == cases[i].status, "%s: %d", cases[i].destination, a->status);
        ck_assert_int_eq(fake_box.n_items, 3);
    }
    ck_assert_int_eq(fake_ask("MOVE", ONE, NULL, H("Destination: " CAL "y.ics", "Overwrite: X"))->status, 400);
    ck_assert_int_eq(fake_ask("MOVE", ONE, NULL, H("Destination: " CAL "y.ics", "If: <" ONE "> ([\"e9\"])"))->status, 412);
}
END_TEST

/* ---- PROPPATCH ---- */

#define UPDATE(inner) "<D:propertyupdate xmlns:D=\"DAV:\" xmlns:C=\"" XC_NS_CALDAV "\" xmlns:A=\"" XC_NS_APPLE "\" xmlns:x=\"urn:x\">" inner "</D:propertyupdate>"
#define SET(props)    "<D:set><D:prop>" props "</D:prop></D:set>"
#define REMOVE(props) "<D:remove><D:prop>" props "</D:prop></D:remove>"

static const char *prop_of(const char *uri, const char *ns, const char *name)
{
    const char *body = apr_psprintf(fake_pool, "<D:propfind xmlns:D=\"DAV:\"><D:prop><p:%s xmlns:p=\"%s\"/></D:prop></D:propfind>", name, ns);
    fake_answer_t *a = fake_ask("PROPFIND", uri, body, H("Depth: 0"));
    return fake_text(fake_response(a, uri), ns, name);
}

START_TEST(patches)
{
    static const char *const uris[] = { CAL, HOME, ME, ONE };
    const char *uri = uris[_i];
    fake_answer_t *a = fake_ask("PROPPATCH", uri, UPDATE(SET("<A:calendar-order>7</A:calendar-order><x:a>1</x:a>") REMOVE("<x:never/>") SET("<x:a>2</x:a><x:b>3</x:b>") REMOVE("<x:b/>")), NULL);
    ck_assert_int_eq(a->status, 207);
    ck_assert_int_eq(fake_prop(fake_response(a, uri), XC_NS_APPLE, "calendar-order", NULL), 200);
    ck_assert_int_eq(fake_prop(fake_response(a, uri), "urn:x", "never", NULL), 200);
    ck_assert_str_eq(prop_of(uri, XC_NS_APPLE, "calendar-order"), "7");
    ck_assert_str_eq(prop_of(uri, "urn:x", "a"), "2");
    ck_assert_str_eq(prop_of(uri, "urn:x", "b"), "");
    ck_assert_int_eq(fake_ask("PROPPATCH", uri, UPDATE(REMOVE("<A:calendar-order/>")), NULL)->status, 207);
    ck_assert_str_eq(prop_of(uri, XC_NS_APPLE, "calendar-order"), "");
}
END_TEST

START_TEST(patches_live_properties)
{
    ck_assert_int_eq(fake_ask("PROPPATCH", CAL, UPDATE(SET("<D:displayname>Mine</D:displayname><C:calendar-description xml:lang=\"en\">d</C:calendar-description>"
        "<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp><C:calendar-timezone>" VZONE "</C:calendar-timezone>")), NULL)->status, 207);
    ck_assert_str_eq(prop_of(CAL, XC_NS_DAV, "displayname"), "Mine");
    ck_assert_str_eq(prop_of(CAL, XC_NS_CALDAV, "calendar-description"), "d");
    fake_answer_t *a = fake_ask("PROPFIND", CAL, "<D:propfind xmlns:D=\"DAV:\" xmlns:C=\"" XC_NS_CALDAV "\"><D:prop><C:schedule-calendar-transp/><C:calendar-timezone/></D:prop></D:propfind>", H("Depth: 0"));
    xmlNode *transp = NULL;
    ck_assert_int_eq(fake_prop(fake_response(a, CAL), XC_NS_CALDAV, "schedule-calendar-transp", &transp), 200);
    ck_assert_ptr_nonnull(xc_xml_child(transp, XC_NS_CALDAV, "transparent"));
    ck_assert_ptr_null(xc_xml_child(transp, XC_NS_CALDAV, "opaque"));
    ck_assert_ptr_nonnull(strstr(fake_text(fake_response(a, CAL), XC_NS_CALDAV, "calendar-timezone"), "BEGIN:VTIMEZONE"));
    ck_assert_int_eq(fake_ask("PROPPATCH", CAL, UPDATE(REMOVE("<D:displayname/><C:schedule-calendar-transp/>")), NULL)->status, 207);
    ck_assert_str_eq(prop_of(CAL, XC_NS_DAV, "displayname"), "calendar");
}
END_TEST

START_TEST(all_or_none)
{
    static const struct {
        const char *bad, *ns, *name;
        int status;
    } cases[] = {
        { "<D:getetag>x</D:getetag>", XC_NS_DAV, "getetag", 403 },
        { "<D:resourcetype/>", XC_NS_DAV, "resourcetype", 403 },
        { "<C:supported-calendar-component-set/>", XC_NS_CALDAV, "supported-calendar-component-set", 403 },
        { "<C:calendar-data>x</C:calendar-data>", XC_NS_CALDAV, "calendar-data", 403 },
        { "<D:displayname/>", XC_NS_DAV, "displayname", 409 },
        { "<C:calendar-timezone>x</C:calendar-timezone>", XC_NS_CALDAV, "calendar-timezone", 403 },
        { "<C:calendar-timezone-id>No/Where</C:calendar-timezone-id>", XC_NS_CALDAV, "calendar-timezone-id", 403 },
        { "<C:schedule-calendar-transp/>", XC_NS_CALDAV, "schedule-calendar-transp", 409 },
    };
    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *body = apr_pstrcat(fake_pool, "<D:propertyupdate xmlns:D=\"DAV:\" xmlns:C=\"" XC_NS_CALDAV "\"><D:set><D:prop><g xmlns=\"urn:g\">1</g>",
                                       cases[i].bad, "</D:prop></D:set></D:propertyupdate>", NULL);
        fake_answer_t *a = fake_ask("PROPPATCH", CAL, body, NULL);
        ck_assert_int_eq(a->status, 207);
        ck_assert_int_eq(fake_prop(fake_response(a, CAL), cases[i].ns, cases[i].name, NULL), cases[i].status);
        ck_assert_int_eq(fake_prop(fake_response(a, CAL), "urn:g", "g", NULL), 424);
        ck_assert_str_eq(prop_of(CAL, "urn:g", "g"), "");
    }
}
END_TEST

START_TEST(patches_that_fail)
{
    static const char body[] = UPDATE(SET("<x:a>1</x:a>"));
    ck_assert_int_eq(fake_ask("PROPPATCH", CAL, NULL, NULL)->status, 400);
    ck_assert_int_eq(fake_ask("PROPPATCH", CAL, "<D:x xmlns:D=\"DAV:\"/>", NULL)->status, 400);
    ck_assert_int_eq(fake_ask("PROPPATCH", CAL "absent.ics", body, NULL)->status, 404);
    ck_assert_int_eq(fake_ask("PROPPATCH", "/dav/", body, NULL)->status, 405);
    ck_assert_int_eq(fake_ask("PROPPATCH", ONE, body, H("If-Match: \"e9\""))->status, 412);
    fake_box.set_error = xc_error_make(fake_pool, 507, XC_COND_SUFFICIENT_DISK_SPACE, "full");
    fake_answer_t *a = fake_ask("PROPPATCH", CAL, body, NULL);
    ck_assert_int_eq(a->status, 207);
    ck_assert_int_eq(fake_prop(fake_response(a, CAL), "urn:x", "a", NULL), 507);
    fake_box.set_error = xc_error_make(fake_pool, 503, XC_COND_NONE, "busy");
    ck_assert_int_eq(fake_ask("PROPPATCH", CAL, body, NULL)->status, 503);
    char *large = apr_palloc(fake_pool, 20001);
    memset(large, 'x', 20000);
    large[20000] = '\0';
    a = fake_ask("PROPPATCH", CAL, apr_pstrcat(fake_pool, "<D:propertyupdate xmlns:D=\"DAV:\"><D:set><D:prop><a xmlns=\"urn:x\">", large, "</a></D:prop></D:set></D:propertyupdate>", NULL), NULL);
    ck_assert_int_eq(fake_prop(fake_response(a, CAL), "urn:x", "a", NULL), 507);
}
END_TEST

START_TEST(patches_in_brief)
{
    fake_answer_t *a = fake_ask("PROPPATCH", CAL, UPDATE(SET("<x:a>1</x:a>")), H("Brief: t"));
    ck_assert_int_eq(a->status, 200);
    ck_assert_int_eq((int)a->body->len, 0);
    a = fake_ask("PROPPATCH", CAL, UPDATE(SET("<D:getetag/>")), H("Prefer: return=minimal"));
    ck_assert_int_eq(a->status, 207);
}
END_TEST

START_TEST(keeps_language_and_markup)
{
    static const char body[] = "<D:propertyupdate xmlns:D=\"DAV:\"><D:set xml:lang=\"de\"><D:prop><a xmlns=\"urn:x\" k=\"v\"><b xmlns=\"urn:y\">&lt;&amp;</b> t</a></D:prop></D:set></D:propertyupdate>";
    ck_assert_int_eq(fake_ask("PROPPATCH", CAL, body, NULL)->status, 207);
    fake_answer_t *a = fake_ask("PROPFIND", CAL, "<D:propfind xmlns:D=\"DAV:\"><D:prop><a xmlns=\"urn:x\"/></D:prop></D:propfind>", H("Depth: 0"));
    xmlNode *node = NULL;
    ck_assert_int_eq(fake_prop(fake_response(a, CAL), "urn:x", "a", &node), 200);
    ck_assert_str_eq(xc_xml_attr(node, "k", fake_pool), "v");
    ck_assert_str_eq(xc_xml_child_text(node, "urn:y", "b", fake_pool), "<&");
    ck_assert_ptr_nonnull(strstr(a->body->data, "xml:lang=\"de\""));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dav_write");
    TCase *tc = tcase_create("dav_write");
    tcase_add_checked_fixture(tc, fake_setup, fake_teardown);
    tcase_add_test(tc, puts_objects);
    tcase_add_test(tc, puts_that_are_refused);
    tcase_add_test(tc, uid_conflict_names_the_other);
    tcase_add_test(tc, too_large);
    tcase_add_test(tc, representation);
    tcase_add_test(tc, adds_members);
    tcase_add_test(tc, read_only);
    tcase_add_test(tc, deletes);
    tcase_add_test(tc, makes_calendars);
    tcase_add_test(tc, makes_plain_calendars);
    tcase_add_test(tc, makes_collections);
    tcase_add_test(tc, makes_a_calendar_of_a_plain_collection);
    tcase_add_test(tc, makes_nothing);
    tcase_add_test(tc, copies_and_moves);
    tcase_add_test(tc, moves_nothing);
    tcase_add_loop_test(tc, patches, 0, 4);
    tcase_add_test(tc, patches_live_properties);
    tcase_add_test(tc, all_or_none);
    tcase_add_test(tc, patches_that_fail);
    tcase_add_test(tc, patches_in_brief);
    tcase_add_test(tc, keeps_language_and_markup);
    suite_add_tcase(suite, tc);
    return fake_run(suite);
}
