/* SPDX-License-Identifier: Apache-2.0 */
/* cal/busy.h: the question for somebody's time, its answer, working hours. */
#include "view_fixture.h"

#include "cal/busy.h"

#define HEAD "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nMETHOD:REQUEST\r\n"
#define REQUEST(lines) HEAD "BEGIN:VFREEBUSY\r\nUID:u1\r\nDTSTAMP:20270101T000000Z\r\n" lines "END:VFREEBUSY\r\nEND:VCALENDAR\r\n"
#define WHO "ORGANIZER:mailto:alice@contoso.example\r\nATTENDEE:mailto:bob@contoso.example\r\n"
#define WHEN "DTSTART:20270301T080000Z\r\nDTEND:20270301T180000Z\r\n"

static xc_busy_request_t *request(const char *text)
{
    xc_busy_request_t *r;
    xc_error_t *err = xc_busy_request_parse(&r, text, strlen(text), 3, pool);
    ck_assert_msg(!err, "%s", err ? err->message : "");
    return r;
}

/* ---- addresses ---- */

static const struct {
    const char *value, *address;
} addresses[] = {
    { "mailto:bob@contoso.example", "bob@contoso.example" },
    { "MAILTO:Bob.B@Contoso.Example", "bob.b@contoso.example" },
    { "bob@contoso.example", "bob@contoso.example" },
    { "mailto:o%27neil%2Bx@contoso.example", "o'neil+x@contoso.example" },
    { "mailto:bob@contoso.example?subject=x", "bob@contoso.example" },
    { "mailto:m%C3%BCller@contoso.example", "m\xc3\xbcller@contoso.example" },
    { "mailto:", NULL }, { "mailto:bob", NULL }, { "mailto:@contoso.example", NULL }, { "mailto:bob@", NULL }, { "mailto:a@b@c", NULL },
    { "mailto:a b@c", NULL }, { "mailto:a%0Ab@c", NULL }, { "mailto:a%00@c", NULL }, { "mailto:a@c,d@e", NULL }, { "mailto:<a@c>", NULL },
    { "mailto:../a@c", NULL }, { "urn:uuid:1-2", NULL }, { "http://x/a@b", NULL }, { "", NULL },
};

START_TEST(reads_addresses)
{
    const char *got = xc_mailto_address(addresses[_i].value, pool);
    ck_assert_msg(addresses[_i].address ? got && !strcmp(got, addresses[_i].address) : !got, "%s gives %s", addresses[_i].value, got ? got : "nothing");
}
END_TEST

START_TEST(an_address_has_an_end)
{
    char *text = apr_palloc(pool, 1001);
    memset(text, 'a', 1000);
    text[1000] = '\0';
    memcpy(text + 500, "@", 1);
    ck_assert_ptr_null(xc_mailto_address(text, pool));
}
END_TEST

/* ---- the question ---- */

START_TEST(reads_a_request)
{
    xc_busy_request_t *r = request(REQUEST("ORGANIZER;CN=Alice:MAILTO:Alice@contoso.example\r\nATTENDEE;CN=\"Bob; B\";CUTYPE=\r\n INDIVIDUAL:mailto:Bob@contoso.example\r\n"
                                           "ATTENDEE:mailto:bob@contoso.example\r\nATTENDEE:urn:uuid:7\r\n" WHEN));
    ck_assert_str_eq(r->uid, "u1");
    ck_assert_str_eq(r->organizer, "MAILTO:Alice@contoso.example");
    ck_assert_str_eq(r->organizer_address, "alice@contoso.example");
    ck_assert_int_eq(r->asked->nelts, 2);
    const xc_busy_asked_t *who = (const xc_busy_asked_t *)r->asked->elts;
    ck_assert_str_eq(who[0].value, "mailto:Bob@contoso.example");
    ck_assert_str_eq(who[0].address, "bob@contoso.example");
    ck_assert_str_eq(who[0].line, "ATTENDEE;CN=\"Bob; B\";CUTYPE=INDIVIDUAL:mailto:Bob@contoso.example");
    ck_assert_ptr_null(who[1].address);
    ck_assert(!r->extended);
    ck_assert_int_eq(apr_time_sec(r->end - r->start), 10 * 3600);
    ck_assert(request(REQUEST(WHO WHEN "X-CALENDARSERVER-EXTENDED-FREEBUSY:t\r\n"))->extended);
    r = request(REQUEST(WHO "DTSTART:20270301T080000Z\r\nDURATION:PT2H\r\n"));
    ck_assert_int_eq(apr_time_sec(r->end - r->start), 7200);
    r = request(REQUEST(WHO "DTSTART;TZID=Europe/Berlin:20270301T080000\r\nDTEND;TZID=Europe/Berlin:20270301T090000\r\n"));
    ck_assert_int_eq(apr_time_sec(r->start) % 86400, 7 * 3600);
}
END_TEST

static const struct {
    const char *text;
    xc_cond_e cond;
} bad[] = {
    { "", XC_COND_VALID_CALENDAR_DATA },
    { "x", XC_COND_VALID_CALENDAR_DATA },
    { REQUEST(WHEN "ATTENDEE:mailto:bob@x\r\n"), XC_COND_VALID_SCHEDULING_MESSAGE },
    { REQUEST(WHEN "ORGANIZER:mailto:alice@x\r\n"), XC_COND_VALID_SCHEDULING_MESSAGE },
    { REQUEST(WHO), XC_COND_VALID_SCHEDULING_MESSAGE },
    { REQUEST(WHO "DTSTART:20270301T080000Z\r\n"), XC_COND_VALID_SCHEDULING_MESSAGE },
    { REQUEST(WHO "DTSTART:20270301T080000Z\r\nDTEND:20270301T080000Z\r\n"), XC_COND_VALID_SCHEDULING_MESSAGE },
    { REQUEST(WHO "DTSTART:20270301T080000Z\r\nDURATION:-PT1H\r\n"), XC_COND_VALID_SCHEDULING_MESSAGE },
    { REQUEST(WHO "DTSTART:20270301T080000Z\r\nDTEND:20280601T080000Z\r\n"), XC_COND_VALID_SCHEDULING_MESSAGE },
    { REQUEST(WHO "DTSTART:00010301T080000Z\r\nDTEND:00010302T080000Z\r\n"), XC_COND_VALID_SCHEDULING_MESSAGE },
    { REQUEST(WHO WHEN "ATTENDEE:mailto:c@x\r\nATTENDEE:mailto:d@x\r\nATTENDEE:mailto:e@x\r\n"), XC_COND_MAX_ATTENDEES },
    { HEAD "BEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20270101T000000Z\r\n" WHO WHEN "END:VEVENT\r\nEND:VCALENDAR\r\n", XC_COND_VALID_SCHEDULING_MESSAGE },
    { HEAD "BEGIN:VFREEBUSY\r\nDTSTAMP:20270101T000000Z\r\n" WHO WHEN "END:VFREEBUSY\r\nEND:VCALENDAR\r\n", XC_COND_VALID_SCHEDULING_MESSAGE },
    { HEAD "BEGIN:VFREEBUSY\r\nUID:u\r\n" WHO WHEN "END:VFREEBUSY\r\nBEGIN:VFREEBUSY\r\nUID:u\r\n" WHO WHEN "END:VFREEBUSY\r\nEND:VCALENDAR\r\n", XC_COND_VALID_SCHEDULING_MESSAGE },
};

START_TEST(refuses_requests)
{
    xc_busy_request_t *r;
    xc_error_t *err = xc_busy_request_parse(&r, bad[_i].text, strlen(bad[_i].text), 3, pool);
    ck_assert_ptr_nonnull(err);
    ck_assert_int_eq(err->cond, bad[_i].cond);
    ck_assert_int_eq(err->status, 403);
    ck_assert_ptr_null(r);
}
END_TEST

START_TEST(tells_messages_apart)
{
    const char *method, *component;
    const char *text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:counter\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART:20270301T080000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    ck_assert_ptr_null(xc_itip_kind(&method, &component, text, strlen(text), pool));
    ck_assert_str_eq(method, "COUNTER");
    ck_assert_str_eq(component, "VEVENT");
    ck_assert_ptr_null(xc_itip_kind(&method, &component, REQUEST(WHO WHEN), strlen(REQUEST(WHO WHEN)), pool));
    ck_assert_str_eq(method, "REQUEST");
    ck_assert_str_eq(component, "VFREEBUSY");
}
END_TEST

/* ---- the answer ---- */

static xc_busy_view_t *view_of(const xc_busy_span_t *spans, int n)
{
    xc_busy_view_t *v = apr_pcalloc(pool, sizeof(*v));
    v->level = XC_BUSY_LEVEL_DETAILED;
    v->spans = apr_array_make(pool, n + 1, sizeof(xc_busy_span_t));
    for (int i = 0; i < n; i++)
        APR_ARRAY_PUSH(v->spans, xc_busy_span_t) = spans[i];
    return v;
}

static apr_time_t at(int hour)
{
    xc_wall_t w = { 2027, 3, 1, 0, 0, 0 };
    return xc_zone_to_utc(xc_zone_utc(), &w) + apr_time_from_sec(hour * 3600);
}

/* The FREEBUSY lines of an answer, unfolded. */
static const char *lines_of(const char *text)
{
    xc_buf_t *flat = xc_buf_make(pool, 0), *out = xc_buf_make(pool, 0);
    for (const char *p = text; *p; p++) {
        if (!strncmp(p, "\r\n ", 3))
            p += 2;
        else if (*p != '\r')
            xc_buf_putc(flat, *p);
    }
    char *state, *line = apr_strtok(flat->data, "\n", &state);
    for (; line; line = apr_strtok(NULL, "\n", &state))
        if (!strncmp(line, "FREEBUSY;", 9))
            xc_buf_printf(out, "%s%s", out->len ? "|" : "", line + 9);
    return out->data;
}

START_TEST(merges_what_has_no_details)
{
    const xc_busy_span_t spans[] = {
        { .start = at(6), .end = at(9), .kind = XC_BUSY_BUSY },       /* from before the window */
        { .start = at(8), .end = at(10), .kind = XC_BUSY_TENTATIVE }, /* hidden by it for an hour */
        { .start = at(10), .end = at(12), .kind = XC_BUSY_ELSEWHERE },
        { .start = at(11), .end = at(13), .kind = XC_BUSY_OOF },
        { .start = at(14), .end = at(15), .kind = XC_BUSY_UNSET },
        { .start = at(17), .end = at(40), .kind = XC_BUSY_BUSY },
        { .start = at(18), .end = at(19), .kind = XC_BUSY_OOF },      /* after it */
    };
    xc_busy_request_t *r = request(REQUEST(WHO WHEN));
    const char *text = xc_busy_reply_text(r, &APR_ARRAY_IDX(r->asked, 0, xc_busy_asked_t), view_of(spans, 7), pool);
    ck_assert_str_eq(lines_of(text), "FBTYPE=BUSY:20270301T080000Z/20270301T090000Z|FBTYPE=BUSY:20270301T170000Z/20270301T180000Z|"
                     "FBTYPE=BUSY-TENTATIVE:20270301T090000Z/20270301T100000Z|FBTYPE=BUSY-UNAVAILABLE:20270301T110000Z/20270301T130000Z|"
                     "FBTYPE=FREE;X-MICROSOFT-CDO-BUSYSTATUS=WORKINGELSEWHERE:20270301T100000Z/20270301T110000Z|FBTYPE=X-NO-DATA:20270301T140000Z/20270301T150000Z");
}
END_TEST

START_TEST(details_stand_alone)
{
    const xc_busy_span_t spans[] = {
        { .start = at(9), .end = at(11), .kind = XC_BUSY_BUSY, .summary = "A \"b\" ^c\nd;e:f,g", .location = "Room\t1" },
        { .start = at(10), .end = at(12), .kind = XC_BUSY_BUSY, .is_private = 1 },
    };
    xc_busy_request_t *r = request(REQUEST(WHO WHEN "X-CALENDARSERVER-EXTENDED-FREEBUSY:T\r\n"));
    const char *text = xc_busy_reply_text(r, &APR_ARRAY_IDX(r->asked, 0, xc_busy_asked_t), view_of(spans, 2), pool);
    ck_assert_str_eq(lines_of(text), "FBTYPE=BUSY;X-SUMMARY=\"A ^'b^' ^^c^nd;e:f,g\";X-LOCATION=\"Room1\":20270301T090000Z/20270301T110000Z|"
                     "FBTYPE=BUSY:20270301T100000Z/20270301T120000Z");
    ck_assert_ptr_nonnull(strstr(text, "SUMMARY:A \"b\" ^c\\nd\\;e:f\\,g\r\n"));
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        ck_assert_int_le(strchr(line, '\r') - line, 75);
    const char *second = strstr(strstr(text, "BEGIN:VEVENT") + 1, "BEGIN:VEVENT");
    ck_assert_ptr_null(second); /* the private one is a time and nothing else */
    /* whoever reads it back finds the same periods */
    xc_object_t *obj;
    apr_array_header_t *periods = apr_array_make(pool, 4, sizeof(xc_busy_period_t));
    text = xc_busy_view_text(view_of(spans, 2), at(8), at(18), pool);
    ck_assert_ptr_null(strstr(text, "METHOD"));
    const char *uid = apr_pstrcat(pool, "BEGIN:VFREEBUSY\r\nUID:x\r\n", strstr(text, "DTSTAMP"), NULL);
    text = apr_pstrcat(pool, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", uid, NULL);
    ck_assert_ptr_null(xc_object_parse_stored(&obj, text, strlen(text), pool));
    ck_assert_ptr_null(xc_freebusy_add(periods, obj, at(0), at(24), NULL, pool));
    ck_assert_int_eq(periods->nelts, 2);
}
END_TEST

/* ---- working hours ---- */

static const char *hours_text(const xc_zone_t *zone, const xc_working_period_t *periods, int n)
{
    xc_working_hours_t h = { zone, apr_array_make(pool, 4, sizeof(xc_working_period_t)) };
    for (int i = 0; i < n; i++)
        APR_ARRAY_PUSH(h.periods, xc_working_period_t) = periods[i];
    return xc_working_hours_text(&h, "bob@contoso.example", pool);
}

START_TEST(hours_of_a_week)
{
    const xc_working_period_t periods[] = { { 0x3e, 480, 1020 }, { 0x40, 540, 780 }, { 0x20, 1320, 1440 + 360 }, { 0, 1, 2 } };
    const char *text = hours_text(xc_zone_find("Europe/Berlin"), periods, 4);
    static const char *const wanted[] = {
        "BEGIN:VAVAILABILITY\r\nUID:working-hours-bob@contoso.example\r\n", "BUSYTYPE:BUSY-UNAVAILABLE\r\n", "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n",
        "DTSTART;TZID=Europe/Berlin:20000103T080000\r\nDTEND;TZID=Europe/Berlin:20000103T170000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR\r\n",
        "DTSTART;TZID=Europe/Berlin:20000108T090000\r\nDTEND;TZID=Europe/Berlin:20000108T130000\r\nRRULE:FREQ=WEEKLY;BYDAY=SA\r\n",
        "DTSTART;TZID=Europe/Berlin:20000107T220000\r\nDTEND;TZID=Europe/Berlin:20000108T060000\r\nRRULE:FREQ=WEEKLY;BYDAY=FR\r\n",
    };
    for (apr_size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
        ck_assert_msg(strstr(text, wanted[i]) != NULL, "%s is not in\n%s", wanted[i], text);
    ck_assert_ptr_null(strstr(text, "working-hours-bob@contoso.example-4"));
    ck_assert_str_eq(text, hours_text(xc_zone_find("Europe/Berlin"), periods, 4));
    xc_object_t *obj;
    ck_assert_ptr_null(xc_object_parse(&obj, text, strlen(text), NULL, pool));
    ck_assert_int_eq(xc_object_component(obj), XC_COMP_VAVAILABILITY);
}
END_TEST

START_TEST(hours_in_utc_and_none)
{
    const xc_working_period_t all = { 0x7f, 0, 1440 };
    const char *text = hours_text(xc_zone_utc(), &all, 1);
    ck_assert_ptr_nonnull(strstr(text, "DTSTART:20000102T000000Z\r\nDTEND:20000103T000000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=SU,MO,TU,WE,TH,FR,SA\r\n"));
    ck_assert_ptr_null(strstr(text, "VTIMEZONE"));
    ck_assert_ptr_null(strstr(hours_text(xc_zone_utc(), NULL, 0), "BEGIN:AVAILABLE")); /* never at work */
}
END_TEST

int main(void)
{
    view_init();
    Suite *suite = suite_create("busy");
    TCase *tc = tcase_create("busy");
    tcase_add_checked_fixture(tc, view_setup, view_teardown);
    tcase_add_loop_test(tc, reads_addresses, 0, sizeof(addresses) / sizeof(*addresses));
    tcase_add_test(tc, an_address_has_an_end);
    tcase_add_test(tc, reads_a_request);
    tcase_add_loop_test(tc, refuses_requests, 0, sizeof(bad) / sizeof(*bad));
    tcase_add_test(tc, tells_messages_apart);
    tcase_add_test(tc, merges_what_has_no_details);
    tcase_add_test(tc, details_stand_alone);
    tcase_add_test(tc, hours_of_a_week);
    tcase_add_test(tc, hours_in_utc_and_none);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
