/* SPDX-License-Identifier: Apache-2.0 */
/* Other people in the front: principals, searches, and requests for free/busy times in the outbox. */
#include "dav_fake.h"

#define ME     "/dav/principals/alice@contoso.example/"
#define DORA   "/dav/principals/dora@contoso.example/"
#define ROOM   "/dav/principals/room1@contoso.example/"
#define TEAM   "/dav/principals/team@contoso.example/"
#define OUTBOX "/dav/calendars/alice@contoso.example/outbox/"
#define NS     " xmlns:D=\"DAV:\" xmlns:C=\"" XC_NS_CALDAV "\" xmlns:CS=\"" XC_NS_CS "\""
#define PROPS(list) "<D:propfind" NS "><D:prop>" list "</D:prop></D:propfind>"

static xmlNode *value(const fake_answer_t *a, const char *href, const char *ns, const char *name)
{
    xmlNode *node = NULL;
    ck_assert_msg(fake_prop(fake_response(a, href), ns, name, &node) == 200, "%s of %s in\n%s", name, href, a->body->data);
    return node;
}

/* ---- principals ---- */

START_TEST(a_person)
{
    fake_answer_t *a = fake_ask("PROPFIND", DORA,
                                PROPS("<D:displayname/><D:resourcetype/><C:calendar-user-address-set/><C:calendar-user-type/><CS:email-address-set/>"
                                      "<CS:first-name/><CS:last-name/><CS:record-type/><C:calendar-home-set/><D:principal-URL/><D:owner/>"
                                      "<D:group-member-set/><C:schedule-outbox-URL/><D:current-user-principal/><D:odd/>"),
                                H("Depth: 0"));
    ck_assert_int_eq(a->status, 207);
    xmlNode *r = fake_response(a, DORA);
    ck_assert_str_eq(fake_text(r, XC_NS_DAV, "displayname"), "Dora <Dunn>");
    ck_assert_ptr_nonnull(xc_xml_child(value(a, DORA, XC_NS_DAV, "resourcetype"), XC_NS_DAV, "principal"));
    xmlNode *addresses = value(a, DORA, XC_NS_CALDAV, "calendar-user-address-set");
    ck_assert_str_eq(xc_xml_text(xc_xml_child(addresses, XC_NS_DAV, "href"), fake_pool), "mailto:dora@contoso.example");
    ck_assert_str_eq(fake_text(r, XC_NS_CALDAV, "calendar-user-type"), "INDIVIDUAL");
    ck_assert_str_eq(fake_text(r, XC_NS_CS, "email-address-set"), "dora@contoso.example");
    ck_assert_str_eq(fake_text(r, XC_NS_CS, "first-name"), "Dora");
    ck_assert_str_eq(fake_text(r, XC_NS_CS, "last-name"), "Dunn");
    ck_assert_str_eq(fake_text(r, XC_NS_CS, "record-type"), "users");
    ck_assert_str_eq(fake_text(r, XC_NS_CALDAV, "calendar-home-set"), "/dav/calendars/dora@contoso.example/");
    ck_assert_str_eq(fake_text(r, XC_NS_DAV, "principal-URL"), DORA);
    ck_assert_str_eq(fake_text(r, XC_NS_DAV, "owner"), DORA);
    ck_assert_str_eq(fake_text(r, XC_NS_DAV, "group-member-set"), "");
    ck_assert_str_eq(fake_text(r, XC_NS_DAV, "current-user-principal"), ME);
    ck_assert_int_eq(fake_prop(r, XC_NS_CALDAV, "schedule-outbox-URL", NULL), 404);
    ck_assert_int_eq(fake_prop(r, XC_NS_DAV, "odd", NULL), 404);
    ck_assert_int_eq(fake_people.lookups, 1);
    ck_assert_int_eq(fake_people.hours, 0); /* nobody asked for them */
}
END_TEST

/* What the account keeps with its own principal is not shown at others'. */
START_TEST(nothing_of_the_account_at_others)
{
    apr_table_set(fake_box.props, "{urn:x}note", "<note xmlns=\"urn:x\">mine</note>");
    fake_answer_t *a = fake_ask("PROPFIND", DORA, "<D:propfind" NS "><D:prop><x:note xmlns:x=\"urn:x\"/></D:prop></D:propfind>", H("Depth: 0"));
    ck_assert_int_eq(fake_prop(fake_response(a, DORA), "urn:x", "note", NULL), 404);
    a = fake_ask("PROPFIND", DORA, NULL, H("Depth: 0"));
    ck_assert_ptr_null(strstr(a->body->data, "mine"));
    ck_assert_ptr_null(strstr(a->body->data, "Adams"));
    a = fake_ask("PROPPATCH", DORA, "<D:propertyupdate" NS "><D:set><D:prop><x:note xmlns:x=\"urn:x\">hers</x:note></D:prop></D:set></D:propertyupdate>", NULL);
    fake_assert_cond(a, 403, XC_NS_DAV, "need-privileges");
    ck_assert_str_eq(apr_table_get(fake_box.props, "{urn:x}note"), "<note xmlns=\"urn:x\">mine</note>");
    a = fake_ask("GET", DORA, NULL, NULL);
    ck_assert_int_eq(a->status, 200);
    ck_assert_ptr_nonnull(strstr(a->body->data, "Dora &lt;Dunn&gt;"));
}
END_TEST

START_TEST(rooms_and_lists)
{
    fake_answer_t *a = fake_ask("PROPFIND", ROOM, PROPS("<C:calendar-user-type/><CS:record-type/><CS:first-name/>"), H("Depth: 0"));
    ck_assert_str_eq(fake_text(fake_response(a, ROOM), XC_NS_CALDAV, "calendar-user-type"), "ROOM");
    ck_assert_str_eq(fake_text(fake_response(a, ROOM), XC_NS_CS, "record-type"), "locations");
    ck_assert_int_eq(fake_prop(fake_response(a, ROOM), XC_NS_CS, "first-name", NULL), 404);
    a = fake_ask("PROPFIND", TEAM, PROPS("<C:calendar-user-type/><C:calendar-home-set/><D:group-member-set/>"), H("Depth: 0"));
    ck_assert_str_eq(fake_text(fake_response(a, TEAM), XC_NS_CALDAV, "calendar-user-type"), "GROUP");
    ck_assert_int_eq(fake_prop(fake_response(a, TEAM), XC_NS_CALDAV, "calendar-home-set", NULL), 404);
    ck_assert_str_eq(fake_text(fake_response(a, TEAM), XC_NS_DAV, "group-member-set"), DORA ME);
    ck_assert_int_eq(fake_people.members, 1);
}
END_TEST

START_TEST(expands_into_members)
{
    fake_answer_t *a = fake_ask("REPORT", TEAM,
                                "<D:expand-property" NS "><D:property name=\"group-member-set\"><D:property name=\"displayname\"/>"
                                "<D:property name=\"calendar-user-type\" namespace=\"" XC_NS_CALDAV "\"/></D:property></D:expand-property>",
                                H("Depth: 0"));
    ck_assert_int_eq(a->status, 207);
    xmlNode *member = xc_xml_child(value(a, TEAM, XC_NS_DAV, "group-member-set"), XC_NS_DAV, "response");
    ck_assert_str_eq(xc_xml_child_text(member, XC_NS_DAV, "href", fake_pool), DORA);
    ck_assert_str_eq(fake_text(member, XC_NS_DAV, "displayname"), "Dora <Dunn>");
    member = xc_xml_next(member, XC_NS_DAV, "response");
    ck_assert_str_eq(xc_xml_child_text(member, XC_NS_DAV, "href", fake_pool), ME);
    ck_assert_str_eq(fake_text(member, XC_NS_DAV, "displayname"), "Alice <Adams> & Co");
    ck_assert_int_eq(fake_people.lookups, 1); /* the list itself: its members are told with it */
}
END_TEST

START_TEST(working_hours)
{
    static const char *const where[] = { ME, DORA, "/dav/calendars/alice@contoso.example/inbox/" };
    for (int i = 0; i < 3; i++) {
        fake_answer_t *a = fake_ask("PROPFIND", where[i], PROPS("<CS:calendar-availability/>"), H("Depth: 0"));
        const char *text = fake_text(fake_response(a, where[i]), XC_NS_CS, "calendar-availability");
        ck_assert_ptr_nonnull(strstr(text, "BEGIN:VAVAILABILITY"));
        ck_assert_ptr_nonnull(strstr(text, "DTSTART;TZID=Europe/Berlin:20000103T080000"));
    }
    fake_answer_t *a = fake_ask("PROPFIND", where[2], PROPS("<C:calendar-availability/>"), H("Depth: 0"));
    ck_assert_int_eq(fake_prop(fake_response(a, where[2]), XC_NS_CALDAV, "calendar-availability", NULL), 200);
    a = fake_ask("PROPPATCH", ME, "<D:propertyupdate" NS "><D:set><D:prop><CS:calendar-availability>x</CS:calendar-availability></D:prop></D:set></D:propertyupdate>", NULL);
    ck_assert_int_eq(a->status, 207);
    ck_assert_int_eq(fake_prop(fake_response(a, ME), XC_NS_CS, "calendar-availability", NULL), 403);
}
END_TEST

START_TEST(the_directory_is_away)
{
    fake_people.error = xc_error_retry(xc_error_make(fake_pool, 503, XC_COND_NONE, "away"), 9);
    fake_answer_t *a = fake_ask("PROPFIND", DORA, PROPS("<D:displayname/>"), H("Depth: 0"));
    ck_assert_int_eq(a->status, 503);
    ck_assert_str_eq(fake_got(a, "Retry-After"), "9");
    fake_people.error = xc_error_make(fake_pool, 501, XC_COND_NONE, "none");
    ck_assert_int_eq(fake_ask("PROPFIND", DORA, PROPS("<D:displayname/>"), H("Depth: 0"))->status, 404);
    /* the account itself is always there */
    ck_assert_int_eq(fake_ask("PROPFIND", ME, PROPS("<CS:calendar-availability/>"), H("Depth: 0"))->status, 207);
}
END_TEST

/* ---- searches ---- */

#define SEARCH(attr, prop, match, more) "<D:principal-property-search" NS attr "><D:property-search><D:prop>" prop "</D:prop><D:match" match \
    "</D:match></D:property-search>" more "<D:prop><D:displayname/><C:calendar-user-type/></D:prop></D:principal-property-search>"
#define ONE(prop, match) "<D:property-search><D:prop>" prop "</D:prop><D:match" match "</D:match></D:property-search>"

static const struct {
    const char *body, *found; /* hrefs, in order */
    int searches, rooms;
} searches[] = {
    { SEARCH("", "<D:displayname/>", ">dora", ""), DORA, 1, 0 },
    { SEARCH("", "<D:displayname/>", " match-type=\"starts-with\">DORA", ""), DORA, 1, 0 },
    { SEARCH("", "<D:displayname/>", " match-type=\"equals\">dora", ""), "", 1, 0 },
    { SEARCH("", "<CS:last-name/>", " match-type=\"starts-with\">dunn", ""), DORA, 1, 0 },
    { SEARCH("", "<CS:email-address-set/>", " match-type=\"starts-with\">team", ""), TEAM, 1, 0 },
    { SEARCH("", "<C:calendar-user-address-set/>", ">mailto:team@", ""), TEAM, 1, 0 },
    { SEARCH("", "<D:displayname/>", ">do", ONE("<CS:first-name/>", ">zzz")), "", 1, 0 },
    { SEARCH(" test=\"allof\"", "<D:displayname/>", ">do", ONE("<CS:email-address-set/>", ">dora@")), DORA, 1, 0 },
    { SEARCH(" test=\"anyof\"", "<D:displayname/>", ">do", ONE("<CS:email-address-set/>", ">do")), DORA, 1, 0 },
    { SEARCH(" test=\"anyof\"", "<D:displayname/>", ">dora", ONE("<CS:email-address-set/>", ">team")), DORA TEAM, 2, 0 },
    { SEARCH("", "<C:calendar-user-type/>", ">ROOM", ""), ROOM, 0, 1 },
    { SEARCH("", "<C:calendar-user-type/>", " match-type=\"equals\">room", ONE("<D:displayname/>", ">Room 1")), ROOM, 0, 1 },
    { SEARCH("", "<C:calendar-user-type/>", ">ROOM", ONE("<D:displayname/>", ">Room 2")), "", 0, 1 },
    { SEARCH("", "<C:calendar-user-type/>", ">GROUP", ONE("<D:displayname/>", ">te")), TEAM, 1, 0 },
    { SEARCH("", "<D:odd/>", ">dora", ""), "", 0, 0 },
    { SEARCH("", "<D:displayname/>", ">oo", "<D:limit><D:nresults>1</D:nresults></D:limit>"), "", 1, 0 },
    { "<CS:calendarserver-principal-search" NS " context=\"attendee\"><CS:search-token>dora</CS:search-token><D:prop/></CS:calendarserver-principal-search>", DORA, 1, 0 },
    { "<CS:calendarserver-principal-search" NS " context=\"attendee\"><CS:search-token>du</CS:search-token><CS:search-token>dora</CS:search-token><D:prop/></CS:calendarserver-principal-search>", DORA, 1, 0 },
    { "<CS:calendarserver-principal-search" NS " context=\"user\"><CS:search-token>team</CS:search-token><D:prop/></CS:calendarserver-principal-search>", "", 1, 0 },
    { "<CS:calendarserver-principal-search" NS " context=\"group\"><CS:search-token>team</CS:search-token><D:prop/></CS:calendarserver-principal-search>", TEAM, 1, 0 },
    { "<CS:calendarserver-principal-search" NS " context=\"location\"><CS:search-token>conf</CS:search-token><D:prop/></CS:calendarserver-principal-search>", ROOM, 0, 1 },
    { "<CS:calendarserver-principal-search" NS " context=\"location\"><D:prop/></CS:calendarserver-principal-search>", ROOM, 0, 1 },
    { "<CS:calendarserver-principal-search" NS "><CS:search-token>adams</CS:search-token><D:prop/></CS:calendarserver-principal-search>", ME, 1, 0 },
};

START_TEST(searches_the_directory)
{
    const char *found = "";
    fake_answer_t *a = fake_ask("REPORT", "/dav/principals/", searches[_i].body, H("Depth: 0"));
    ck_assert_int_eq(a->status, 207);
    for (xmlNode *r = xc_xml_child(a->xml, XC_NS_DAV, "response"); r; r = xc_xml_next(r, XC_NS_DAV, "response"))
        found = apr_pstrcat(fake_pool, found, xc_xml_child_text(r, XC_NS_DAV, "href", fake_pool), NULL);
    ck_assert_msg(!strcmp(found, searches[_i].found), "%s\nfound %s, wanted %s", searches[_i].body, found, searches[_i].found);
    ck_assert_int_eq(fake_people.searches, searches[_i].searches);
    ck_assert_int_eq(fake_people.rooms, searches[_i].rooms);
    ck_assert_int_eq(fake_people.lookups, 0);
}
END_TEST

START_TEST(bad_searches)
{
    static const char *const bodies[] = {
        "<D:principal-property-search" NS "/>",
        "<D:principal-property-search" NS "><D:property-search><D:prop><D:displayname/></D:prop></D:property-search></D:principal-property-search>",
        "<CS:calendarserver-principal-search" NS " context=\"attendee\"/>",
        "<CS:calendarserver-principal-search" NS " context=\"attendee\"><CS:search-token></CS:search-token></CS:calendarserver-principal-search>",
    };
    ck_assert_int_eq(fake_ask("REPORT", "/dav/principals/", bodies[_i], H("Depth: 0"))->status, 400);
    ck_assert_int_eq(fake_people.searches, 0);
}
END_TEST

START_TEST(a_limited_search_says_so)
{
    fake_answer_t *a = fake_ask("REPORT", "/dav/principals/",
                                "<CS:calendarserver-principal-search" NS "><CS:search-token>contoso</CS:search-token><CS:search-token>@</CS:search-token>"
                                "<CS:limit><CS:nresults>1</CS:nresults></CS:limit><D:prop/></CS:calendarserver-principal-search>",
                                H("Depth: 0"));
    ck_assert_int_eq(fake_count(a), 1); /* alice alone: nobody's name begins so */
    a = fake_ask("REPORT", "/dav/principals/",
                 "<D:principal-property-search" NS " test=\"anyof\">" ONE("<D:displayname/>", ">dora") ONE("<D:displayname/>", ">team")
                 "<D:limit><D:nresults>1</D:nresults></D:limit><D:prop/></D:principal-property-search>", H("Depth: 0"));
    ck_assert_int_eq(fake_count(a), 2);
    ck_assert_int_eq(fake_status_of(fake_response(a, "/dav/principals/")), 507);
}
END_TEST

/* The directory is away: better no answer than half of one. Without one, the account is all there is. */
START_TEST(a_search_without_directory)
{
    static const char body[] = SEARCH("", "<D:displayname/>", ">a", "");
    fake_people.error = xc_error_make(fake_pool, 503, XC_COND_NONE, "away");
    ck_assert_int_eq(fake_ask("REPORT", "/dav/principals/", body, H("Depth: 0"))->status, 503);
    fake_people.error = xc_error_make(fake_pool, 501, XC_COND_NONE, "none");
    ck_assert_ptr_nonnull(fake_response(fake_ask("REPORT", "/dav/principals/", body, H("Depth: 0")), ME));
}
END_TEST

/* ---- the outbox ---- */

#define MESSAGE(method, comp, lines) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n" method "BEGIN:" comp "\r\nUID:q1\r\nDTSTAMP:20270101T000000Z\r\n" \
    lines "END:" comp "\r\nEND:VCALENDAR\r\n"
#define WINDOW "DTSTART:20270301T000000Z\r\nDTEND:20270301T230000Z\r\n"
#define ORGANIZER "ORGANIZER:mailto:alice@contoso.example\r\n"
#define BUSY(lines) MESSAGE("METHOD:REQUEST\r\n", "VFREEBUSY", ORGANIZER WINDOW lines)

static fake_answer_t *post(const char *body)
{
    return fake_ask("POST", OUTBOX, body, H("Content-Type: text/calendar; charset=utf-8"));
}

/* The response of a recipient. */
static xmlNode *recipient(const fake_answer_t *a, const char *who)
{
    ck_assert_int_eq(a->status, 200);
    ck_assert(xc_xml_is(a->xml, XC_NS_CALDAV, "schedule-response"));
    for (xmlNode *r = xc_xml_child(a->xml, XC_NS_CALDAV, "response"); r; r = xc_xml_next(r, XC_NS_CALDAV, "response"))
        if (!strcmp(xc_xml_child_text(xc_xml_child(r, XC_NS_CALDAV, "recipient"), XC_NS_DAV, "href", fake_pool), who))
            return r;
    ck_abort_msg("no answer for %s in\n%s", who, a->body->data);
    return NULL;
}

static const char *status_for(const fake_answer_t *a, const char *who)
{
    return xc_xml_child_text(recipient(a, who), XC_NS_CALDAV, "request-status", fake_pool);
}

static const char *data_for(const fake_answer_t *a, const char *who)
{
    const char *data = xc_xml_child_text(recipient(a, who), XC_NS_CALDAV, "calendar-data", fake_pool);
    return data ? data : "";
}

START_TEST(answers_for_everybody)
{
    fake_answer_t *a = post(BUSY("ATTENDEE;CN=\"Dora Dunn\":mailto:Dora@contoso.example\r\nATTENDEE:mailto:room1@contoso.example\r\n"
                                 "ATTENDEE:mailto:nobody@contoso.example\r\nATTENDEE:mailto:secret@contoso.example\r\n"
                                 "ATTENDEE:mailto:away@contoso.example\r\nATTENDEE:mailto:dark@contoso.example\r\nATTENDEE:urn:uuid:1-2-3\r\n"
                                 "ATTENDEE:mailto:alice@contoso.example\r\nATTENDEE:mailto:DORA@contoso.example\r\n"));
    ck_assert_int_eq(fake_people.questions, 1);
    ck_assert_int_eq(fake_people.asked, 7); /* dora once, the urn not at all */
    ck_assert_str_eq(status_for(a, "mailto:Dora@contoso.example"), "2.0;Success");
    ck_assert_str_eq(status_for(a, "mailto:nobody@contoso.example"), "3.7;Invalid calendar user");
    ck_assert_str_eq(status_for(a, "mailto:secret@contoso.example"), "3.8;No authority");
    ck_assert_str_eq(status_for(a, "mailto:away@contoso.example"), "5.1;Service unavailable");
    ck_assert_str_eq(status_for(a, "mailto:dark@contoso.example"), "5.3;No scheduling support for user");
    ck_assert_str_eq(status_for(a, "urn:uuid:1-2-3"), "3.7;Invalid calendar user");
    ck_assert_str_eq(data_for(a, "mailto:nobody@contoso.example"), "");
    const char *dora = data_for(a, "mailto:Dora@contoso.example");
    static const char *const lines[] = { "METHOD:REPLY\r\n", "UID:q1\r\n", "ORGANIZER:mailto:alice@contoso.example\r\n",
        "ATTENDEE;CN=\"Dora Dunn\":mailto:Dora@contoso.example\r\n", "DTSTART:20270301T000000Z\r\n", "DTEND:20270301T230000Z\r\n",
        "FREEBUSY;FBTYPE=BUSY:20270301T100000Z/20270301T110000Z\r\n", "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270301T120000Z/20270301T130000Z\r\n",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270301T150000Z/20270301T160000Z\r\n" };
    for (apr_size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
        ck_assert_msg(strstr(dora, lines[i]) != NULL, "%s is not in\n%s", lines[i], dora);
    ck_assert_ptr_nonnull(strstr(dora, "FREEBUSY;FBTYPE=FREE;X-MICROSOFT-CDO-BUSYSTATUS=WORKINGELSEWHERE:20270301T"));
    ck_assert_ptr_nonnull(strstr(data_for(a, "mailto:room1@contoso.example"), "X-SUMMARY=\"The ^'big^' one\""));
    ck_assert_ptr_null(strstr(data_for(a, "mailto:room1@contoso.example"), "VEVENT")); /* it was not asked for */
    ck_assert_ptr_null(strstr(data_for(a, "mailto:alice@contoso.example"), "FREEBUSY;"));
}
END_TEST

START_TEST(events_where_they_are_understood)
{
    fake_answer_t *a = post(BUSY("X-CALENDARSERVER-EXTENDED-FREEBUSY:T\r\nX-CALENDARSERVER-MASK-UID:m\r\nATTENDEE:mailto:room1@contoso.example\r\n"
                                 "ATTENDEE:mailto:dora@contoso.example\r\n"));
    ck_assert_ptr_nonnull(strstr(data_for(a, "mailto:room1@contoso.example"), "SUMMARY:The \"big\" one\r\n"));
    ck_assert_ptr_null(strstr(data_for(a, "mailto:dora@contoso.example"), "VEVENT"));
}
END_TEST

START_TEST(people_by_principal)
{
    fake_answer_t *a = post(MESSAGE("METHOD:REQUEST\r\n", "VFREEBUSY", "ORGANIZER:" ME "\r\n" WINDOW "ATTENDEE:https://cal.example.com" DORA "\r\n"));
    ck_assert_str_eq(status_for(a, "https://cal.example.com" DORA), "2.0;Success");
}
END_TEST

START_TEST(organizers)
{
    static const char *const good[] = { "mailto:alice@contoso.example", "MAILTO:Alice@Contoso.example", "mailto:a.adams@contoso.example", ME };
    static const char *const bad[] = { "mailto:dora@contoso.example", "mailto:mallory@example.net", "urn:uuid:1", "http://elsewhere.example/x/" };
    for (int i = 0; i < 4; i++) {
        const char *lines = apr_pstrcat(fake_pool, "ORGANIZER:", good[i], "\r\n" WINDOW "ATTENDEE:mailto:dora@contoso.example\r\n", NULL);
        const char *head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VFREEBUSY\r\nUID:q\r\nDTSTAMP:20270101T000000Z\r\n";
        ck_assert_int_eq(post(apr_pstrcat(fake_pool, head, lines, "END:VFREEBUSY\r\nEND:VCALENDAR\r\n", NULL))->status, 200);
        lines = apr_pstrcat(fake_pool, "ORGANIZER:", bad[i], "\r\n" WINDOW "ATTENDEE:mailto:dora@contoso.example\r\n", NULL);
        fake_people.questions = 0;
        fake_assert_cond(post(apr_pstrcat(fake_pool, head, lines, "END:VFREEBUSY\r\nEND:VCALENDAR\r\n", NULL)), 403, XC_NS_CALDAV, "organizer-allowed");
        ck_assert_int_eq(fake_people.questions, 0);
    }
}
END_TEST

static const struct {
    const char *body, *cond;
} refused[] = {
    { "", "valid-calendar-data" },
    { "nonsense", "valid-calendar-data" },
    { MESSAGE("METHOD:REQUEST\r\n", "VFREEBUSY", WINDOW "ATTENDEE:mailto:dora@contoso.example\r\n"), "valid-scheduling-message" },
    { BUSY(""), "valid-scheduling-message" },
    { MESSAGE("", "VFREEBUSY", ORGANIZER WINDOW "ATTENDEE:mailto:dora@contoso.example\r\n"), "valid-scheduling-message" },
    { MESSAGE("METHOD:REPLY\r\n", "VFREEBUSY", ORGANIZER WINDOW "ATTENDEE:mailto:dora@contoso.example\r\n"), "valid-scheduling-message" },
    { MESSAGE("METHOD:REQUEST\r\n", "VEVENT", ORGANIZER WINDOW "ATTENDEE:mailto:dora@contoso.example\r\n"), "valid-scheduling-message" },
    { MESSAGE("METHOD:REQUEST\r\n", "VFREEBUSY", ORGANIZER "DTSTART:20270301T000000Z\r\nATTENDEE:mailto:dora@contoso.example\r\n"), "valid-scheduling-message" },
    { MESSAGE("METHOD:REQUEST\r\n", "VFREEBUSY", ORGANIZER "DTSTART:20270302T000000Z\r\nDTEND:20270301T000000Z\r\nATTENDEE:mailto:dora@contoso.example\r\n"), "valid-scheduling-message" },
    { MESSAGE("METHOD:REQUEST\r\n", "VFREEBUSY", ORGANIZER "DTSTART:20270302T000000Z\r\nDTEND:20290301T000000Z\r\nATTENDEE:mailto:dora@contoso.example\r\n"), "valid-scheduling-message" },
};

START_TEST(refuses)
{
    fake_assert_cond(post(refused[_i].body), 403, XC_NS_CALDAV, refused[_i].cond);
    ck_assert_int_eq(fake_people.questions, 0);
}
END_TEST

START_TEST(bounds)
{
    const char *lines = "";
    for (int i = 0; i < 101; i++)
        lines = apr_psprintf(fake_pool, "%sATTENDEE:mailto:user%d@contoso.example\r\n", lines, i);
    const char *body = apr_pstrcat(fake_pool, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VFREEBUSY\r\nUID:q\r\nDTSTAMP:20270101T000000Z\r\n"
                                   ORGANIZER WINDOW, lines, "END:VFREEBUSY\r\nEND:VCALENDAR\r\n", NULL);
    fake_assert_cond(post(body), 403, XC_NS_CALDAV, "max-attendees-per-instance");
    fake_config.max_resource_bytes = 1000;
    fake_assert_cond(post(body), 403, XC_NS_CALDAV, "max-resource-size");
    fake_assert_cond(fake_ask("POST", OUTBOX, BUSY("ATTENDEE:mailto:dora@contoso.example\r\n"), H("Content-Type: application/xml")), 403, XC_NS_CALDAV,
                     "supported-calendar-data");
    ck_assert_int_eq(fake_people.questions, 0);
    /* to ask changes nothing */
    fake_config.read_only = 1;
    ck_assert_int_eq(post(BUSY("ATTENDEE:mailto:dora@contoso.example\r\n"))->status, 200);
    ck_assert_int_eq(fake_ask("POST", "/dav/calendars/alice@contoso.example/calendar/?add-member", "x", NULL)->status, 403);
    ck_assert_int_eq(fake_ask("POST", "/dav/", "x", NULL)->status, 405);
}
END_TEST

START_TEST(all_of_exchange_is_away)
{
    fake_people.error = xc_error_retry(xc_error_make(fake_pool, 503, XC_COND_NONE, "away"), 7);
    ck_assert_int_eq(post(BUSY("ATTENDEE:mailto:dora@contoso.example\r\n"))->status, 503);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dav people");
    TCase *tc = tcase_create("principals");
    tcase_add_checked_fixture(tc, fake_setup, fake_teardown);
    tcase_add_test(tc, a_person);
    tcase_add_test(tc, nothing_of_the_account_at_others);
    tcase_add_test(tc, rooms_and_lists);
    tcase_add_test(tc, expands_into_members);
    tcase_add_test(tc, working_hours);
    tcase_add_test(tc, the_directory_is_away);
    suite_add_tcase(suite, tc);
    tc = tcase_create("searches");
    tcase_add_checked_fixture(tc, fake_setup, fake_teardown);
    tcase_add_loop_test(tc, searches_the_directory, 0, sizeof(searches) / sizeof(*searches));
    tcase_add_loop_test(tc, bad_searches, 0, 4);
    tcase_add_test(tc, a_limited_search_says_so);
    tcase_add_test(tc, a_search_without_directory);
    suite_add_tcase(suite, tc);
    tc = tcase_create("outbox");
    tcase_add_checked_fixture(tc, fake_setup, fake_teardown);
    tcase_add_test(tc, answers_for_everybody);
    tcase_add_test(tc, events_where_they_are_understood);
    tcase_add_test(tc, people_by_principal);
    tcase_add_test(tc, organizers);
    tcase_add_loop_test(tc, refuses, 0, sizeof(refused) / sizeof(*refused));
    tcase_add_test(tc, bounds);
    tcase_add_test(tc, all_of_exchange_is_away);
    suite_add_tcase(suite, tc);
    return fake_run(suite);
}
