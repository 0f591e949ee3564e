/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a client's event through Exchange: what is written, and what comes back of it. */
#include <stdio.h>

#include "cal/object.h"
#include "ews_fake.h"

static const char *const me[] = {"alice@contoso.example", NULL};

static xc_event_t *client_event(const char *lines)
{
    const char *text = apr_pstrcat(fake.pool, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20240101T000000Z\r\n", lines, "END:VEVENT\r\nEND:VCALENDAR\r\n", NULL);
    xc_object_t *obj;
    xc_event_t *e;
    const char *kept;
    xc_error_t *err = xc_object_parse(&obj, text, strlen(text), NULL, fake.pool);
    if (!err)
        err = xc_object_to_event(&e, obj, me, fake.s.zone, fake.pool);
    ck_assert_msg(!err, "%s\n%s", err ? err->message : "", text);
    xc_event_normalize(e, fake.pool);
    ck_assert_ptr_null(xc_object_keep(&kept, obj, text, strlen(text), e, 0, fake.pool));
    e->kept = kept;
    return e;
}

/* The CalendarItem of the last CreateItem as GetItem gives it, with the rest that Exchange adds. */
static xc_event_t *through_exchange(xc_event_t *e, const char *instead[][2], const char *more)
{
    xc_item_ref_t ref;
    xc_write_t w = {.event = e, .kept = e->kept};
    xc_fetched_t *out;
    const char *id = "item1";

    fake_good("CreateItem", fake_item_id("item1", "k1"), NULL);
    xc_error_t *err = xc_ews_item_create(&ref, &fake.s, "folder", &w, fake.pool);
    ck_assert_msg(!err, "%s", err ? err->message : "");
    const char *sent = fake_sent(fake.sent->nelts - 1), *from = strstr(sent, "<t:CalendarItem>"), *to = strstr(sent, "</t:CalendarItem>");
    ck_assert(from && to);
    char *item = apr_pstrmemdup(fake.pool, from, (apr_size_t)(to - from));
    for (int i = 0; instead && instead[i][0]; i++) {
        char *at = strstr(item, instead[i][0]);
        ck_assert_msg(at != NULL, "%s was not written:\n%s", instead[i][0], item);
        item = apr_pstrcat(fake.pool, apr_pstrmemdup(fake.pool, item, (apr_size_t)(at - item)), instead[i][1], at + strlen(instead[i][0]), NULL);
    }
    const char *reply = apr_pstrcat(fake.pool, "<mm:Items xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\">", item,
                                    "<t:ItemId Id=\"item1\" ChangeKey=\"k1\"/>", more, "</t:CalendarItem></mm:Items>", NULL);
    fake_good("GetItem", reply, NULL);
    ck_assert_ptr_null(xc_ews_item_fetch(&out, &fake.s, &id, 1, fake.pool));
    ck_assert_msg(out[0].event != NULL, "%s", out[0].error ? out[0].error->message : "");
    return out[0].event;
}

static void same(const char *lines, const char *instead[][2], const char *more)
{
    xc_event_t *e = client_event(lines), *back = through_exchange(e, instead, more);
    const char *want = apr_pstrcat(fake.pool, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20240101T000000Z\r\n", lines, "END:VEVENT\r\nEND:VCALENDAR\r\n", NULL);
    ck_assert_str_eq(xc_object_text_for(back, fake.pool), want);
}

#define BERLIN "DTSTART;TZID=Europe/Berlin:20240506T090000\r\nDTEND;TZID=Europe/Berlin:20240506T100000\r\n"
#define NEW_YORK "DTSTART;TZID=America/New_York:20240506T090000\r\nDTEND;TZID=America/New_York:20240506T100000\r\n"

START_TEST(comes_back_as_sent)
{
    static const char *const versions[] = {"Exchange2007_SP1", "Exchange2010_SP2", "Exchange2013_SP1"};
    static const char *const rows[] = {
        BERLIN "SUMMARY:x\r\nLOCATION:y\r\nDESCRIPTION:one\\ntwo\\n\r\nCATEGORIES:b,a\r\nPRIORITY:2\r\nCLASS:CONFIDENTIAL\r\nX-FOO:bar\r\n",
        NEW_YORK "SUMMARY:x\r\nTRANSP:TRANSPARENT\r\n",
        NEW_YORK "SUMMARY:x\r\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20240630T235959Z\r\n",
        "DTSTART:20240506T090000Z\r\nDTEND:20240506T100000Z\r\nSUMMARY:x\r\n",
        "DTSTART:20240506T090000\r\nDTEND:20240506T100000\r\nSUMMARY:floating\r\n",
        "DTSTART:20240506T090000Z\r\nDTEND:20240506T090000Z\r\nSUMMARY:x\r\nRRULE:FREQ=MONTHLY;BYDAY=1MO;COUNT=5\r\n",
        "DTSTART;VALUE=DATE:20240506\r\nDTEND;VALUE=DATE:20240508\r\nSUMMARY:days\r\n",
        "DTSTART;VALUE=DATE:20240531\r\nSUMMARY:days\r\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1\r\n",
        "DTSTART;TZID=Antarctica/Troll:20240506T090000\r\nDTEND;TZID=Antarctica/Troll:20240506T100000\r\nSUMMARY:no Windows zone\r\n",
        BERLIN "SUMMARY:x\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-P1DT2H\r\nEND:VALARM\r\n",
        BERLIN "SUMMARY:x\r\nSTATUS:TENTATIVE\r\n",
        BERLIN "SUMMARY:x\r\nORGANIZER:mailto:zed@elsewhere.example\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:alice@contoso.example\r\n",
    };
    for (size_t v = 0; v < sizeof(versions) / sizeof(versions[0]); v++) {
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            fake_begin(versions[v]);
            same(rows[i], NULL, "");
        }
    }
}
END_TEST

START_TEST(exchange_alters)
{
    static const char *body[][2] = {{"one\ntwo", "one\r\ntwo\r\n"}, {"<t:String>b</t:String><t:String>a</t:String>", "<t:String>a</t:String><t:String>b</t:String>"}, {NULL, NULL}};
    fake_begin("Exchange2013_SP1");
    same(BERLIN "SUMMARY:x\r\nDESCRIPTION:one\\ntwo\r\nCATEGORIES:b,a\r\n", body,
         "<t:DateTimeCreated>2024-05-01T00:00:00Z</t:DateTimeCreated><t:IsMeeting>false</t:IsMeeting><t:MyResponseType>Unknown</t:MyResponseType>"
         "<t:Organizer><t:Mailbox><t:Name>Alice</t:Name><t:EmailAddress>alice@contoso.example</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox></t:Organizer>");
    static const char *html[][2] = {{"&lt;p&gt;Hi &lt;b&gt;you&lt;/b&gt;&lt;/p&gt;", "&lt;html&gt;&lt;head&gt;&lt;meta&gt;&lt;/head&gt;&lt;body&gt;&lt;p&gt;Hi\r\n&lt;b&gt;you&lt;/b&gt;&lt;/p&gt;&lt;/body&gt;&lt;/html&gt;"}, {NULL, NULL}};
    fake_begin("Exchange2013_SP1");
    same(BERLIN "SUMMARY:x\r\nDESCRIPTION:Hi you\r\nX-ALT-DESC;FMTTYPE=text/html:<p>Hi <b>you</b></p>\r\n", html, "<t:TextBody>Hi you\r\n</t:TextBody>");
}
END_TEST

START_TEST(week_starts_of_2007)
{
    xc_item_ref_t ref;
    xc_write_t w = {0};
    fake_begin("Exchange2007_SP1");
    w.event = client_event(BERLIN "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU\r\n");
    xc_error_t *err = xc_ews_item_create(&ref, &fake.s, "folder", &w, fake.pool);
    ck_assert(err && err->cond == XC_COND_UNSUPPORTED_RECURRENCE && strstr(err->message, "WKST"));
    ck_assert_int_eq(fake.sent->nelts, 0);
    same(BERLIN "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=SU\r\n", NULL, "");
    fake_begin("Exchange2010_SP2");
    same(BERLIN "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU\r\n", NULL, "");
    assert_sent(0, "<t:FirstDayOfWeek>Monday</t:FirstDayOfWeek>");
}
END_TEST

int main(void)
{
    apr_pool_t *process;
    Suite *suite = suite_create("ews_mapping");
    TCase *tc = tcase_create("ews_mapping");
    SRunner *runner;
    int failed;

    apr_initialize();
    apr_pool_create(&process, NULL);
    xc_xml_init();
    if (xc_zone_init(process))
        return 1;
    fake.program = "ews_mapping";
    tcase_add_test(tc, comes_back_as_sent);
    tcase_add_test(tc, exchange_alters);
    tcase_add_test(tc, week_starts_of_2007);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    if (fake.pool) /* made in the child when each test has a process of its own */
        apr_pool_destroy(fake.pool);
    return failed != 0;
}
