/* SPDX-License-Identifier: Apache-2.0 */
/* exchange/ews: answers to invitations and the messages of the Inbox (exchange/meetings.h). */
#include "ews_fake.h"
#include "exchange/meetings.h"

static void setup(void)
{
    apr_initialize();
    fake.program = "meetings";
    apr_pool_create(&fake.pool, NULL);
    xc_xml_init();
    ck_assert_ptr_null(xc_zone_init(fake.pool));
    fake.pool = NULL;
    fake_begin("Exchange2013_SP1");
}

static const xc_meetings_ops_t *ops(void)
{
    return fake.s.backend->meetings;
}

static const char *sent(int i)
{
    ck_assert_int_lt(i, fake.sent->nelts);
    return APR_ARRAY_IDX(fake.sent, i, const char *);
}

static void has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is missing in\n%s", part, text);
}

#define ID(id, key) "<mm:Items><CalendarItem><ItemId Id=\"" id "\" ChangeKey=\"" key "\"/><MyResponseType>%s</MyResponseType></CalendarItem></mm:Items>"
#define NOW(key, response) apr_psprintf(fake.pool, ID("m", key), response)

static xc_answer_t accepting(void)
{
    return (xc_answer_t){.meeting = {.id = "m", .change_key = "k1", .uid = "u"}, .partstat = XC_PARTSTAT_ACCEPTED, .comment = "I <will> come"};
}

START_TEST(the_whole_meeting)
{
    xc_item_ref_t ref;
    xc_answer_t a = accepting();
    fake_good("CreateItem", "<mm:Items/>", NULL);
    fake_good("GetItem", NOW("k2", "Accept"), NULL);
    ck_assert_ptr_null(ops()->answer(&ref, &fake.s, &a, fake.pool));
    ck_assert_str_eq(ref.id, "m");
    ck_assert_str_eq(ref.change_key, "k2");
    has(sent(0), "MessageDisposition=\"SendAndSaveCopy\"");
    has(sent(0), "<t:AcceptItem><t:Body BodyType=\"Text\">I &lt;will&gt; come</t:Body><t:ReferenceItemId Id=\"m\" ChangeKey=\"k1\"/></t:AcceptItem>");
    fake_all_answered();
    /* silently, with another time */
    fake_begin("Exchange2013_SP1");
    a.silent = 1;
    a.partstat = XC_PARTSTAT_TENTATIVE;
    a.comment = NULL;
    a.proposed_start = apr_time_from_sec(1809648000);
    a.proposed_end = a.proposed_start + apr_time_from_sec(3600);
    fake_good("CreateItem", "<mm:Items/>", NULL);
    fake_good("GetItem", NOW("k2", "Tentative"), NULL);
    ck_assert_ptr_null(ops()->answer(&ref, &fake.s, &a, fake.pool));
    has(sent(0), "MessageDisposition=\"SaveOnly\"");
    has(sent(0), "<m:SavedItemFolderId><t:DistinguishedFolderId Id=\"deleteditems\"");
    has(sent(0), "<t:ProposedStart>2027-05-07T00:00:00Z</t:ProposedStart><t:ProposedEnd>2027-05-07T01:00:00Z</t:ProposedEnd></t:TentativelyAcceptItem>");
    /* declined it is gone: nobody asks what it is now */
    fake_begin("Exchange2013_SP1");
    a = accepting();
    a.partstat = XC_PARTSTAT_DECLINED;
    fake_good("CreateItem", "<mm:Items/>", NULL);
    ck_assert_ptr_null(ops()->answer(&ref, &fake.s, &a, fake.pool));
    ck_assert_ptr_null(ref.id);
    fake_all_answered();
}
END_TEST

START_TEST(one_occurrence)
{
    static const xc_when_t third = {.kind = XC_WHEN_DATE, .wall = {2027, 5, 20, 0, 0, 0}}, none = {.kind = XC_WHEN_DATE, .wall = {2027, 5, 21, 0, 0, 0}};
    xc_event_t *series = xc_event_make(fake.pool);
    xc_item_ref_t ref;
    xc_answer_t a = accepting();
    series->start = (xc_when_t){.kind = XC_WHEN_DATE, .wall = {2027, 5, 6, 0, 0, 0}};
    series->recur = apr_pcalloc(fake.pool, sizeof *series->recur);
    *series->recur = (xc_recur_t){.kind = XC_RECUR_WEEKLY, .interval = 1, .days = 1u << 4, .start_year = 2027, .start_month = 5, .start_day = 6, .range = XC_RANGE_COUNT, .count = 5};
    a.meeting.series = series;
    a.meeting.occurrence = &third;
    fake_good("GetItem", "<mm:Items><CalendarItem><ItemId Id=\"o3\" ChangeKey=\"k1\"/></CalendarItem></mm:Items>", NULL);
    fake_good("CreateItem", "<mm:Items/>", NULL);
    fake_good("GetItem", NOW("k2", "Unknown"), NULL);
    ck_assert_ptr_null(ops()->answer(&ref, &fake.s, &a, fake.pool));
    has(sent(0), "<t:OccurrenceItemId RecurringMasterId=\"m\" InstanceIndex=\"3\"/>");
    has(sent(1), "<t:ReferenceItemId Id=\"o3\" ChangeKey=\"k1\"/>");
    ck_assert_str_eq(ref.id, "m");
    /* the series has changed since: nothing is answered */
    fake_good("GetItem", "<mm:Items><CalendarItem><ItemId Id=\"o3\" ChangeKey=\"k9\"/></CalendarItem></mm:Items>", NULL);
    xc_error_t *err = ops()->answer(&ref, &fake.s, &a, fake.pool);
    ck_assert(err && err->status == 412);
    a.meeting.occurrence = &none;
    err = ops()->answer(&ref, &fake.s, &a, fake.pool);
    ck_assert(err && err->cond == XC_COND_UNSUPPORTED_RECURRENCE);
    fake_all_answered();
}
END_TEST

START_TEST(lost_answers)
{
    xc_item_ref_t ref;
    xc_answer_t a = accepting();
    fake_answer("CreateItem", 0, "");
    fake_good("GetItem", NOW("k2", "Accept"), NULL);
    fake_good("GetItem", NOW("k2", "Accept"), NULL);
    ck_assert_ptr_null(ops()->answer(&ref, &fake.s, &a, fake.pool));
    fake_answer("CreateItem", 0, "");
    fake_good("GetItem", NOW("k1", "NoResponseReceived"), NULL);
    xc_error_t *err = ops()->answer(&ref, &fake.s, &a, fake.pool);
    ck_assert(err && err->status == 503 && !err->maybe_done); /* it was not made: what was written before can be taken back */
    fake_answer("CreateItem", 0, "");
    fake_answer("GetItem", 0, "");
    err = ops()->answer(&ref, &fake.s, &a, fake.pool);
    ck_assert(err && err->maybe_done);
    a.partstat = XC_PARTSTAT_DECLINED;
    fake_answer("CreateItem", 0, "");
    fake_mixed("GetItem", fake_message("GetItem", "Error", "ErrorItemNotFound", "<mm:Items/>"));
    ck_assert_ptr_null(ops()->answer(&ref, &fake.s, &a, fake.pool));
    fake_all_answered();
}
END_TEST

START_TEST(refusals)
{
    static const struct {
        const char *code;
        int status;
        xc_cond_e cond;
    } codes[] = {
        {"ErrorCalendarMeetingRequestIsOutOfDate", 412, XC_COND_NONE},
        {"ErrorStaleObject", 412, XC_COND_NONE},
        {"ErrorCalendarIsCancelledForTentative", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE},
        {"ErrorCalendarIsOrganizerForDecline", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE},
        {"ErrorCalendarIsDelegatedForAccept", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE},
        {"ErrorInvalidItemForOperationTentative", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE},
    };
    xc_item_ref_t ref;
    xc_answer_t a = accepting();
    for (apr_size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        fake_mixed("CreateItem", fake_message("CreateItem", "Error", codes[i].code, "<mm:Items/>"));
        xc_error_t *err = ops()->answer(&ref, &fake.s, &a, fake.pool);
        ck_assert_msg(err && err->status == codes[i].status && err->cond == codes[i].cond, "%s: %d", codes[i].code, err ? err->status : 0);
    }
    a.partstat = XC_PARTSTAT_DELEGATED;
    ck_assert_int_eq(ops()->answer(&ref, &fake.s, &a, fake.pool)->cond, XC_COND_ALLOWED_ATTENDEE_CHANGE);
    fake_begin("Exchange2010_SP2");
    a = accepting();
    a.proposed_start = a.proposed_end = apr_time_from_sec(1809648000);
    ck_assert_int_eq(ops()->answer(&ref, &fake.s, &a, fake.pool)->cond, XC_COND_ALLOWED_ATTENDEE_CHANGE);
    ck_assert_int_eq(fake.sent->nelts, 0);
}
END_TEST

START_TEST(taking_out)
{
    xc_meeting_t meeting = {.id = "c", .change_key = "k", .in_inbox = 1};
    fake_good("CreateItem", "<mm:Items/>", NULL);
    ck_assert_ptr_null(ops()->remove(&fake.s, &meeting, fake.pool));
    has(sent(0), "MessageDisposition=\"SaveOnly\"");
    has(sent(0), "<t:RemoveItem><t:ReferenceItemId Id=\"c\" ChangeKey=\"k\"/></t:RemoveItem>");
    fake_good("DeleteItem", "", NULL);
    ck_assert_ptr_null(ops()->discard(&fake.s, "r", fake.pool));
    has(sent(1), "DeleteType=\"MoveToDeletedItems\" SendMeetingCancellations=\"SendToNone\"");
}
END_TEST

START_TEST(the_list)
{
    apr_array_header_t *found;
    fake_good("FindItem",
              "<mm:RootFolder TotalItemsInView=\"4\" IncludesLastItemInRange=\"true\"><Items><MeetingRequest><ItemId Id=\"a\" ChangeKey=\"1\"/></MeetingRequest>"
              "<MeetingMessage><ItemId Id=\"n\" ChangeKey=\"1\"/></MeetingMessage><MeetingResponse><ItemId Id=\"b\" ChangeKey=\"2\"/></MeetingResponse>"
              "<MeetingCancellation><ItemId ChangeKey=\"2\"/></MeetingCancellation></Items></mm:RootFolder>", NULL);
    ck_assert_ptr_null(ops()->list(&found, &fake.s, "alice@contoso.example", fake.pool));
    ck_assert_int_eq(found->nelts, 2);
    ck_assert_str_eq(APR_ARRAY_IDX(found, 1, xc_message_ref_t).id, "b");
    has(sent(0), "<t:Contains ContainmentMode=\"Prefixed\" ContainmentComparison=\"IgnoreCase\"><t:FieldURI FieldURI=\"item:ItemClass\"/><t:Constant Value=\"IPM.Schedule.Meeting\"/>");
}
END_TEST

#define MAILBOX(name, address) "<Mailbox><Name>" name "</Name><EmailAddress>" address "</EmailAddress><RoutingType>SMTP</RoutingType></Mailbox>"

START_TEST(what_messages_say)
{
    static const char *const ids[] = {"q", "r", "c", "x", "gone"};
    xc_message_t *m;
    fake_mixed("GetItem", apr_pstrcat(fake.pool,
        "<mm:GetItemResponseMessage ResponseClass=\"Success\"><mm:ResponseCode>NoError</mm:ResponseCode><mm:Items><MeetingRequest><ItemId Id=\"q\" ChangeKey=\"1\"/>"
        "<Subject>Plan</Subject><Body BodyType=\"Text\">Come\r\n</Body><IsOutOfDate>true</IsOutOfDate><UID>u1</UID><Start>2027-05-06T07:00:00Z</Start><End>2027-05-06T08:00:00Z</End>"
        "<Organizer>" MAILBOX("Zed", "zed@partner.example") "</Organizer><RequiredAttendees><Attendee>" MAILBOX("Alice", "alice@contoso.example") "</Attendee></RequiredAttendees>"
        "<StartTimeZone Id=\"W. Europe Standard Time\"/></MeetingRequest></mm:Items></mm:GetItemResponseMessage>"
        "<mm:GetItemResponseMessage ResponseClass=\"Success\"><mm:ResponseCode>NoError</mm:ResponseCode><mm:Items><MeetingResponse><ItemId Id=\"r\" ChangeKey=\"2\"/>"
        "<From>" MAILBOX("Bob", "bob@contoso.example") "</From><AssociatedCalendarItemId Id=\"cal\" ChangeKey=\"9\"/><HasBeenProcessed>true</HasBeenProcessed><ResponseType>Tentative</ResponseType>"
        "<UID>u1</UID><RecurrenceId>2027-05-13T07:00:00Z</RecurrenceId></MeetingResponse></mm:Items></mm:GetItemResponseMessage>"
        "<mm:GetItemResponseMessage ResponseClass=\"Success\"><mm:ResponseCode>NoError</mm:ResponseCode><mm:Items><MeetingCancellation><ItemId Id=\"c\" ChangeKey=\"3\"/>"
        "<Sender>" MAILBOX("Zed", "zed@partner.example") "</Sender><UID>u2</UID></MeetingCancellation></mm:Items></mm:GetItemResponseMessage>"
        "<mm:GetItemResponseMessage ResponseClass=\"Success\"><mm:ResponseCode>NoError</mm:ResponseCode><mm:Items><MeetingResponse><ItemId Id=\"x\" ChangeKey=\"3\"/></MeetingResponse></mm:Items></mm:GetItemResponseMessage>",
        fake_message("GetItem", "Error", "ErrorItemNotFound", "<mm:Items/>"), NULL));
    fake_good("GetItem", "<mm:Items><CalendarItem><ItemId Id=\"cal\" ChangeKey=\"9\"/><StartTimeZone Id=\"W. Europe Standard Time\"/></CalendarItem></mm:Items>", NULL);
    ck_assert_ptr_null(ops()->fetch(&m, &fake.s, ids, 5, fake.pool));
    ck_assert_int_eq(m[0].kind, XC_MESSAGE_REQUEST);
    ck_assert(m[0].out_of_date && !m[0].event->is_organizer && m[0].event->my_address && !strcmp(m[0].event->organizer.address, "zed@partner.example"));
    ck_assert_str_eq(xc_zone_id(m[0].event->start.zone), "Europe/Berlin");
    ck_assert_int_eq(m[1].kind, XC_MESSAGE_REPLY);
    ck_assert(m[1].processed && m[1].answer == XC_PARTSTAT_TENTATIVE && !strcmp(m[1].from.address, "bob@contoso.example"));
    ck_assert_int_eq(m[1].event->recurrence_id.kind, XC_WHEN_ZONED); /* the form of the organizer's DTSTART */
    ck_assert_int_eq(m[1].event->recurrence_id.wall.hour, 9);
    ck_assert_str_eq(m[1].event->organizer.address, "alice@contoso.example");
    ck_assert(m[2].kind == XC_MESSAGE_CANCEL && m[2].event->cancelled && !strcmp(m[2].event->organizer.address, "zed@partner.example"));
    ck_assert(m[3].error && !m[3].event && m[4].error && m[4].error->status == 404);
    has(sent(0), "FieldURI=\"meeting:ProposedStart\"");
    fake_all_answered();
}
END_TEST

/* Every request under the oldest generation (the schemas are held against what is sent). */
START_TEST(the_oldest_generation)
{
    static const char *const ids[] = {"c"};
    apr_array_header_t *found;
    xc_item_ref_t ref;
    xc_message_t *m;
    xc_meeting_t meeting = {.id = "c", .in_inbox = 1};
    xc_answer_t a = accepting();
    fake_begin("Exchange2007_SP1");
    fake_good("FindItem", "<mm:RootFolder><Items/></mm:RootFolder>", NULL);
    ck_assert_ptr_null(ops()->list(&found, &fake.s, "alice@contoso.example", fake.pool));
    fake_good("GetItem", "<mm:Items><MeetingCancellation><ItemId Id=\"c\" ChangeKey=\"3\"/><AssociatedCalendarItemId Id=\"cal\"/><UID>u2</UID></MeetingCancellation></mm:Items>", NULL);
    fake_good("GetItem", "<mm:Items><CalendarItem><ItemId Id=\"cal\" ChangeKey=\"9\"/><IsCancelled>true</IsCancelled></CalendarItem></mm:Items>", NULL);
    ck_assert_ptr_null(ops()->fetch(&m, &fake.s, ids, 1, fake.pool));
    ck_assert_int_eq(m[0].processed, 1);
    ck_assert_ptr_null(strstr(sent(1), "Proposed"));
    ck_assert_ptr_null(strstr(sent(1), "StartTimeZone"));
    for (xc_partstat_e p = XC_PARTSTAT_ACCEPTED; p <= XC_PARTSTAT_DECLINED; p++) {
        a.partstat = p;
        a.silent = p == XC_PARTSTAT_TENTATIVE;
        fake_good("CreateItem", "<mm:Items/>", NULL);
        if (p != XC_PARTSTAT_DECLINED)
            fake_good("GetItem", NOW("k2", "Accept"), NULL);
        ck_assert_ptr_null(ops()->answer(&ref, &fake.s, &a, fake.pool));
    }
    /* it wants a change key with every response object: one that is not known is asked for */
    fake_good("GetItem", "<mm:Items><MeetingCancellation><ItemId Id=\"c\" ChangeKey=\"3\"/></MeetingCancellation></mm:Items>", NULL);
    fake_good("CreateItem", "<mm:Items/>", NULL);
    ck_assert_ptr_null(ops()->remove(&fake.s, &meeting, fake.pool));
    fake_good("DeleteItem", "", NULL);
    ck_assert_ptr_null(ops()->discard(&fake.s, "r", fake.pool));
    fake_all_answered();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ews meetings");
    TCase *tc = tcase_create("meetings");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, the_whole_meeting);
    tcase_add_test(tc, one_occurrence);
    tcase_add_test(tc, lost_answers);
    tcase_add_test(tc, refusals);
    tcase_add_test(tc, taking_out);
    tcase_add_test(tc, the_list);
    tcase_add_test(tc, what_messages_say);
    tcase_add_test(tc, the_oldest_generation);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
