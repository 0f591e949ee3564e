/* SPDX-License-Identifier: Apache-2.0 */
/* What the EWS back end sends: every kind of request under every generation (each is written out for
 * validation against Microsoft's schemas, see t/http/test_ews_schema.py), how few of them, in
 * which order, and what they say. */
#include "ews_fake.h"

static const char *const generations[] = {"Exchange2007_SP1", "Exchange2010", "Exchange2010_SP2", "Exchange2013_SP1"};
#define GENERATIONS 4
#define IS_2007(i) ((i) == 0)

/* ---- events to write ---- */

static xc_when_t zoned(int year, int month, int day, int hour, int minute)
{
    xc_when_t w = {.kind = XC_WHEN_ZONED, .wall = {year, month, day, hour, minute, 0}, .zone = xc_zone_find("Europe/Berlin")};
    return w;
}

static xc_when_t date(int year, int month, int day)
{
    xc_when_t w = {.kind = XC_WHEN_DATE, .wall = {year, month, day, 0, 0, 0}};
    return w;
}

static xc_event_t *simple(void)
{
    xc_event_t *e = xc_event_make(fake.pool);
    e->uid = "5f0e1c9a@client.example";
    e->summary = "Dentist & <Co>";
    e->busy = XC_BUSY_BUSY;
    e->busy_implied = 0;
    e->reminder_minutes = -1;
    e->is_organizer = 1;
    e->start = zoned(2027, 5, 4, 9, 0);
    e->end = zoned(2027, 5, 4, 10, 0);
    return e;
}

static void add_attendee(xc_event_t *e, const char *address, xc_attendee_kind_e kind)
{
    if (!e->attendees)
        e->attendees = apr_array_make(fake.pool, 4, sizeof(xc_attendee_t));
    APR_ARRAY_PUSH(e->attendees, xc_attendee_t) = (xc_attendee_t){.who = {address, "Some Name"}, .kind = kind, .rsvp = 1};
    e->is_meeting = 1;
}

static xc_event_t *full(void)
{
    xc_event_t *e = simple();
    e->location = "Room 1";
    e->text = "Bring the card";
    e->html = "<html><body><p>Bring the <b>card</b></p></body></html>";
    e->categories = apr_array_make(fake.pool, 2, sizeof(const char *));
    APR_ARRAY_PUSH(e->categories, const char *) = "Health";
    APR_ARRAY_PUSH(e->categories, const char *) = "Red, green";
    e->klass = XC_CLASS_CONFIDENTIAL;
    e->importance = XC_IMPORTANCE_HIGH;
    e->busy = XC_BUSY_ELSEWHERE;
    e->reminder_minutes = 30;
    e->organizer = (xc_person_t){"alice@contoso.example", "Alice"};
    add_attendee(e, "bob@contoso.example", XC_ATTENDEE_REQUIRED);
    add_attendee(e, "carol@contoso.example", XC_ATTENDEE_OPTIONAL);
    add_attendee(e, "room1@contoso.example", XC_ATTENDEE_RESOURCE);
    return e;
}

static xc_recur_t *weekly(void)
{
    xc_recur_t *r = apr_pcalloc(fake.pool, sizeof *r);
    r->kind = XC_RECUR_WEEKLY;
    r->interval = 1;
    r->days = 1u << 2; /* Tuesday */
    r->week_start = 1;
    r->start_year = 2027;
    r->start_month = 5;
    r->start_day = 4;
    r->range = XC_RANGE_COUNT;
    r->count = 10;
    return r;
}

static xc_event_t *series(void)
{
    xc_event_t *e = simple();
    e->recur = weekly();
    return e;
}

static void add_exdate(xc_event_t *e, xc_when_t when)
{
    if (!e->exdates)
        e->exdates = apr_array_make(fake.pool, 2, sizeof(xc_when_t));
    APR_ARRAY_PUSH(e->exdates, xc_when_t) = when;
}

static xc_event_t *add_override(xc_event_t *e, xc_when_t id, const char *summary)
{
    xc_event_t *o = apr_pmemdup(fake.pool, e, sizeof *e);
    o->recur = NULL;
    o->exdates = o->overrides = NULL;
    o->recurrence_id = o->start = o->end = id;
    o->end.wall.hour++;
    o->summary = summary;
    if (!e->overrides)
        e->overrides = apr_array_make(fake.pool, 2, sizeof(xc_event_t *));
    APR_ARRAY_PUSH(e->overrides, xc_event_t *) = o;
    return o;
}

/* ---- reading side ---- */

static void folder_answers(void)
{
    fake_good("GetFolder",
              "<mm:Folders><Folder><FolderId Id=\"root\" ChangeKey=\"k\"/><DisplayName>Top</DisplayName></Folder></mm:Folders>",
              "<mm:Folders><CalendarFolder><FolderId Id=\"cal\" ChangeKey=\"k\"/><FolderClass>IPF.Appointment</FolderClass>"
              "<DisplayName>Calendar</DisplayName></CalendarFolder></mm:Folders>",
              "<mm:Folders><TasksFolder><FolderId Id=\"tasks\" ChangeKey=\"k\"/><FolderClass>IPF.Task</FolderClass>"
              "<DisplayName>Tasks</DisplayName></TasksFolder></mm:Folders>",
              "<mm:Folders><Folder><FolderId Id=\"trash\" ChangeKey=\"k\"/><DisplayName>Deleted Items</DisplayName></Folder></mm:Folders>", NULL);
}

START_TEST(reading_requests)
{
    xc_folder_page_t *folders = NULL;
    xc_item_page_t *items = NULL;
    xc_fetched_t *fetched = NULL;
    const char *ids[] = {"AAA=", "BBB="};
    fake_begin(generations[_i]);
    folder_answers();
    fake_good("SyncFolderHierarchy", "<mm:SyncState>h1</mm:SyncState><mm:IncludesLastFolderInRange>true</mm:IncludesLastFolderInRange><mm:Changes/>", NULL);
    ck_assert_ptr_null(xc_ews_folder_sync(&folders, &fake.s, "alice@contoso.example", NULL, fake.pool));
    ck_assert_int_eq(fake.rounds, 1);
    assert_not_sent(0, "EmailAddress");
    fake_good("SyncFolderHierarchy", "<mm:SyncState>h2</mm:SyncState><mm:IncludesLastFolderInRange>true</mm:IncludesLastFolderInRange><mm:Changes/>", NULL);
    ck_assert_ptr_null(xc_ews_folder_sync(&folders, &fake.s, "alice@contoso.example", folders->state, fake.pool));
    assert_sent(2, "<m:SyncState>h1</m:SyncState>");
    /* somebody else's mailbox is named */
    folder_answers();
    fake_good("SyncFolderHierarchy", "<mm:SyncState>h1</mm:SyncState><mm:IncludesLastFolderInRange>true</mm:IncludesLastFolderInRange><mm:Changes/>", NULL);
    fake_good("FindFolder", "<mm:RootFolder><Folders/></mm:RootFolder>", NULL);
    ck_assert_ptr_null(xc_ews_folder_sync(&folders, &fake.s, "bob@contoso.example", NULL, fake.pool));
    assert_sent(3, "<t:EmailAddress>bob@contoso.example</t:EmailAddress>");

    fake_good("SyncFolderItems", "<mm:SyncState>s1</mm:SyncState><mm:IncludesLastItemInRange>true</mm:IncludesLastItemInRange><mm:Changes/>", NULL);
    ck_assert_ptr_null(xc_ews_item_sync(&items, &fake.s, "cal", NULL, fake.pool));
    assert_not_sent(6, "<m:SyncState>");
    assert_sent(6, "<m:MaxChangesReturned>512</m:MaxChangesReturned>");
    fake_good("SyncFolderItems", "<mm:SyncState>s2</mm:SyncState><mm:IncludesLastItemInRange>true</mm:IncludesLastItemInRange><mm:Changes/>", NULL);
    ck_assert_ptr_null(xc_ews_item_sync(&items, &fake.s, "cal", "s1", fake.pool));
    assert_sent(7, "<m:SyncState>s1</m:SyncState>");

    fake_mixed("GetItem", apr_pstrcat(fake.pool, fake_message("GetItem", "Error", "ErrorItemNotFound", "<mm:Items/>"),
                                      fake_message("GetItem", "Error", "ErrorItemNotFound", "<mm:Items/>"), NULL));
    ck_assert_ptr_null(xc_ews_item_fetch(&fetched, &fake.s, ids, 2, fake.pool));
    ck_assert_int_eq(fetched[0].error->status, 404);
    if (IS_2007(_i)) {
        assert_not_sent(8, "StartTimeZone");
        assert_sent(8, "calendar:MeetingTimeZone");
    } else
        assert_sent(8, "calendar:StartTimeZone");
    fake_all_answered();
}
END_TEST

START_TEST(sign_in_requests)
{
    const char *address = NULL;
    fake_begin(generations[_i]);
    fake.s.account = NULL;
    fake_good("GetFolder", "<mm:Folders><CalendarFolder><FolderId Id=\"cal\" ChangeKey=\"k\"/></CalendarFolder></mm:Folders>", NULL);
    fake_good("ResolveNames",
              "<mm:ResolutionSet TotalItemsInView=\"1\" IncludesLastItemInRange=\"true\"><Resolution><Mailbox><Name>Alice Adams</Name>"
              "<EmailAddress>alice@contoso.example</EmailAddress><RoutingType>SMTP</RoutingType></Mailbox></Resolution></mm:ResolutionSet>",
              NULL);
    fake_good("GetFolder", "<mm:Folders><CalendarFolder><FolderId Id=\"cal\" ChangeKey=\"k\"/></CalendarFolder></mm:Folders>", NULL);
    ck_assert_ptr_null(xc_ews_sign_in(&fake.s, &address, fake.pool));
    ck_assert_str_eq(address, "alice@contoso.example");
    fake_all_answered();
    /* acting for somebody */
    fake_begin(generations[_i]);
    fake.s.impersonate = "bob@contoso.example";
    fake.cfg.culture = "de-DE";
    xc_item_page_t *items = NULL;
    fake_good("SyncFolderItems", "<mm:SyncState>s1</mm:SyncState><mm:IncludesLastItemInRange>true</mm:IncludesLastItemInRange><mm:Changes/>", NULL);
    ck_assert_ptr_null(xc_ews_item_sync(&items, &fake.s, "cal", NULL, fake.pool));
    assert_sent(0, "<t:PrimarySmtpAddress>bob@contoso.example</t:PrimarySmtpAddress>");
    ck_assert_str_eq(apr_table_get(APR_ARRAY_IDX(fake.requests, 0, xc_net_request_t).headers, "X-AnchorMailbox"), "bob@contoso.example");
}
END_TEST

START_TEST(folder_requests)
{
    xc_folder_t wanted = {.display_name = "Project <X>", .href = "project-x", .props = "{\"a\":\"b\"}", .kind = XC_FOLDER_CALENDAR}, *made = NULL;
    fake_begin(generations[_i]);
    fake_good("CreateFolder", "<mm:Folders><CalendarFolder><FolderId Id=\"new\" ChangeKey=\"k\"/></CalendarFolder></mm:Folders>", NULL);
    ck_assert_ptr_null(xc_ews_folder_create(&made, &fake.s, "bob@contoso.example", &wanted, fake.pool));
    ck_assert_str_eq(made->id, "new");
    xc_folder_t change = {.id = "new", .display_name = "Y", .href = "y", .props = "", .kind = XC_FOLDER_CALENDAR};
    fake_good("UpdateFolder", "<mm:Folders><CalendarFolder><FolderId Id=\"new\" ChangeKey=\"k\"/></CalendarFolder></mm:Folders>", NULL);
    ck_assert_ptr_null(xc_ews_folder_update(&fake.s, NULL, &change, fake.pool));
    assert_sent(1, "DeleteFolderField");
    fake_good("DeleteFolder", "", NULL);
    ck_assert_ptr_null(xc_ews_folder_delete(&fake.s, NULL, "new", fake.pool));
    assert_sent(2, "MoveToDeletedItems");
    fake_all_answered();
}
END_TEST

/* ---- writing side ---- */

static xc_error_t *create(xc_item_ref_t *ref, const xc_event_t *e)
{
    xc_write_t w = {.event = e, .kept = "kept text", .href = "5f0e1c9a.ics"};
    return xc_ews_item_create(ref, &fake.s, "cal", &w, fake.pool);
}

START_TEST(create_single)
{
    xc_item_ref_t ref;
    fake_begin(generations[_i]);
    fake_good("CreateItem", fake_item_id("new", "key1"), NULL);
    ck_assert_ptr_null(create(&ref, full()));
    ck_assert_str_eq(ref.id, "new");
    ck_assert_str_eq(ref.change_key, "key1");
    ck_assert_int_eq(fake.sent->nelts, 1);
    assert_sent(0, "SendMeetingInvitations=\"SendToNone\"");
    assert_sent(0, "<t:Subject>Dentist &amp; &lt;Co&gt;</t:Subject>");
    assert_sent(0, "<t:Sensitivity>Confidential</t:Sensitivity>");
    assert_sent(0, "BodyType=\"HTML\"");
    assert_sent(0, "<t:ReminderIsSet>true</t:ReminderIsSet><t:ReminderMinutesBeforeStart>30</t:ReminderMinutesBeforeStart>");
    assert_sent(0, "<t:UID>5f0e1c9a@client.example</t:UID>");
    assert_sent(0, "2027-05-04T07:00:00Z");
    assert_sent(0, "<t:String>Red, green</t:String>");
    assert_sent(0, _i < 3 ? "<t:LegacyFreeBusyStatus>Free<" : "<t:LegacyFreeBusyStatus>WorkingElsewhere<");
    assert_sent(0, "<t:RequiredAttendees>");
    assert_sent(0, "room1@contoso.example");
    if (!IS_2007(_i)) {
        assert_sent(0, "<t:StartTimeZone Id=\"W. Europe Standard Time\"/>");
        assert_sent(0, "<t:EndTimeZone Id=\"W. Europe Standard Time\"/>");
    } else
        assert_not_sent(0, "StartTimeZone");
    fake_all_answered();
}
END_TEST

/* Exchange would make the owner the organizer of what has attendees. */
START_TEST(create_foreign_meeting)
{
    xc_item_ref_t ref;
    xc_event_t *e = full();
    fake_begin(generations[_i]);
    e = full();
    e->is_organizer = 0;
    e->organizer = (xc_person_t){"dora@partner.example", "Dora"};
    fake_good("CreateItem", fake_item_id("new", "key1"), NULL);
    ck_assert_ptr_null(create(&ref, e));
    assert_not_sent(0, "Attendee");
    assert_sent(0, "kept text");
}
END_TEST

START_TEST(create_without_reminder)
{
    xc_item_ref_t ref;
    fake_begin(generations[_i]);
    fake_good("CreateItem", fake_item_id("new", "key1"), NULL);
    ck_assert_ptr_null(create(&ref, simple()));
    assert_sent(0, "<t:ReminderIsSet>false</t:ReminderIsSet>");
    assert_not_sent(0, "ReminderMinutes");
}
END_TEST

START_TEST(create_all_day)
{
    xc_item_ref_t ref;
    fake_begin(generations[_i]);
    xc_event_t *e = simple();
    e->all_day = 1;
    e->start = date(2027, 5, 4);
    e->end = date(2027, 5, 6);
    fake_good("CreateItem", fake_item_id("new", "key1"), NULL);
    ck_assert_ptr_null(create(&ref, e));
    /* midnights of the user's zone, as instants that cannot be misread, and the zone itself */
    ck_assert(strstr(fake_sent(0), "<t:Start>2027-05-03T22:00:00Z</t:Start>") || strstr(fake_sent(0), "<t:Start>2027-05-04T00:00:00+02:00</t:Start>"));
    ck_assert(strstr(fake_sent(0), "<t:End>2027-05-05T22:00:00Z</t:End>") || strstr(fake_sent(0), "<t:End>2027-05-06T00:00:00+02:00</t:End>"));
    assert_sent(0, "<t:IsAllDayEvent>true</t:IsAllDayEvent>");
    assert_sent(0, IS_2007(_i) ? "<t:MeetingTimeZone TimeZoneName=\"W. Europe Standard Time\"/>" : "<t:StartTimeZone Id=\"W. Europe Standard Time\"/>");
}
END_TEST

static const xc_recur_kind_e kinds[] = {XC_RECUR_DAILY, XC_RECUR_WEEKLY, XC_RECUR_MONTHLY_DAY, XC_RECUR_MONTHLY_NTH, XC_RECUR_YEARLY_DAY,
                                        XC_RECUR_YEARLY_NTH};

START_TEST(create_patterns)
{
    for (int k = 0; k < 6; k++) {
        xc_item_ref_t ref;
        fake_begin(generations[_i]);
        xc_event_t *e = series();
        xc_recur_t *r = e->recur;
        r->kind = kinds[k];
        r->interval = k < 4 ? 2 : 1;
        r->days = k == 1 ? 0x2a : k == 3 ? XC_DAYS_WEEKDAY : 1u << 2;
        r->index = 5;
        r->month = 5;
        r->day_of_month = 4;
        r->range = k % 3 == 0 ? XC_RANGE_FOREVER : k % 3 == 1 ? XC_RANGE_COUNT : XC_RANGE_UNTIL;
        r->until_year = 2030;
        r->until_month = 12;
        r->until_day = 31;
        fake_good("CreateItem", fake_item_id("new", "key1"), NULL);
        ck_assert_ptr_null(create(&ref, e));
        assert_sent(0, "<t:StartDate>2027-05-04</t:StartDate>");
        if (k == 1 && _i < 2)
            assert_not_sent(0, "FirstDayOfWeek");
        if (k == 1 && _i >= 2)
            assert_sent(0, "<t:FirstDayOfWeek>Monday</t:FirstDayOfWeek>");
        if (k == 3)
            assert_sent(0, "<t:DaysOfWeek>Weekday</t:DaysOfWeek><t:DayOfWeekIndex>Last</t:DayOfWeekIndex>");
        assert_sent(0, IS_2007(_i) ? "MeetingTimeZone" : "StartTimeZone");
    }
}
END_TEST

#define RULE(kind, from, to, start, rule) "BEGIN:" kind "\r\nDTSTART:" start "\r\nTZOFFSETFROM:" from "\r\nTZOFFSETTO:" to "\r\n" rule "END:" kind "\r\n"
#define A_ZONE(id, rules) "BEGIN:VTIMEZONE\r\nTZID:" id "\r\n" rules "END:VTIMEZONE\r\n"
#define CHANGING                                                                                              \
    RULE("STANDARD", "-0330", "-0430", "19701101T020000", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r\n")      \
    RULE("DAYLIGHT", "-0430", "-0330", "19700329T030000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n")
#define SENT_2007(name, rules) "<t:MeetingTimeZone TimeZoneName=\"" name "\">" rules "</t:MeetingTimeZone>"
#define SENT_CHANGE(name, offset, nth, month, at)                                                                                           \
    "<t:" name " TimeZoneName=\"" name "\"><t:Offset>" offset "</t:Offset><t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek>"  \
    "<t:DayOfWeekIndex>" nth "</t:DayOfWeekIndex><t:Month>" month "</t:Month></t:RelativeYearlyRecurrence><t:Time>" at "</t:Time></t:" name ">"
#define SENT_CHANGING "<t:BaseOffset>PT270M</t:BaseOffset>" SENT_CHANGE("Standard", "PT0M", "First", "November", "02:00:00") \
    SENT_CHANGE("Daylight", "-PT60M", "Last", "March", "03:00:00")

/* A zone that Exchange has no name for: of a series it is told the rules, and under a name that it does not know. */
START_TEST(create_in_a_zone_of_its_own)
{
    static const struct { const char *text, *sent; } rows[] = {
        {A_ZONE("Odd", RULE("STANDARD", "+0345", "+0345", "19700101T000000", "")), SENT_2007("Odd", "<t:BaseOffset>-PT225M</t:BaseOffset>")},
        {A_ZONE("Own rules", CHANGING), SENT_2007("Own rules", SENT_CHANGING)},
        {A_ZONE("Eastern Standard Time", CHANGING), SENT_2007("Custom Eastern Standard Time", SENT_CHANGING)}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        xc_item_ref_t ref;
        fake_begin(generations[_i]);
        xc_event_t *e = series();
        ck_assert_ptr_null(xc_zone_from_vtimezone(&e->start.zone, rows[i].text, xc_when_to_utc(&e->start, NULL), fake.pool));
        ck_assert_ptr_null(xc_zone_windows_id(e->start.zone));
        e->end.zone = e->start.zone;
        fake_good("CreateItem", fake_item_id("new", "key1"), NULL);
        ck_assert_ptr_null(create(&ref, e));
        assert_sent(0, IS_2007(_i) ? rows[i].sent : "<t:StartTimeZone Id=\"Custom ");
        /* of a single event the instant says all */
        fake_begin(generations[_i]);
        e->recur = NULL;
        fake_good("CreateItem", fake_item_id("new", "key1"), NULL);
        ck_assert_ptr_null(create(&ref, e));
        assert_sent(0, IS_2007(_i) ? "<t:MeetingTimeZone TimeZoneName=\"UTC\"/>" : "<t:StartTimeZone Id=\"UTC\"/>");
    }
}
END_TEST

/* A series with a changed and two deleted occurrences: one call each, the indexes computed. */
START_TEST(create_series_with_exceptions)
{
    xc_item_ref_t ref;
    fake_begin(generations[_i]);
    xc_event_t *e = series();
    add_exdate(e, zoned(2027, 5, 11, 9, 0));
    add_exdate(e, zoned(2027, 6, 1, 9, 0));
    add_override(e, zoned(2027, 5, 18, 9, 0), "Moved");
    xc_event_t *o = APR_ARRAY_IDX(e->overrides, 0, xc_event_t *);
    o->start = zoned(2027, 5, 19, 11, 0);
    o->end = zoned(2027, 5, 19, 12, 0);
    o->location = "Elsewhere";
    fake_good("CreateItem", fake_item_id("new", "key1"), NULL);
    fake_good("DeleteItem", "", "", NULL);
    fake_good("UpdateItem", fake_item_id("occ", "key4"), NULL);
    ck_assert_ptr_null(create(&ref, e));
    ck_assert_str_eq(ref.id, "new");
    ck_assert_str_eq(ref.change_key, "key4");
    ck_assert_int_eq(fake.sent->nelts, 3);
    assert_sent(1, "InstanceIndex=\"2\"");
    assert_sent(1, "InstanceIndex=\"5\"");
    assert_sent(1, "SendMeetingCancellations=\"SendToNone\"");
    assert_sent(2, "RecurringMasterId=\"new\" InstanceIndex=\"3\"");
    assert_sent(2, "2027-05-19T09:00:00Z");
    assert_sent(2, "<t:Location>Elsewhere</t:Location>");
    assert_not_sent(2, "item:Sensitivity");
    assert_not_sent(2, "calendar:Recurrence");
    fake_all_answered();
}
END_TEST

START_TEST(create_fails_midway)
{
    xc_item_ref_t ref;
    fake_begin(generations[_i]);
    xc_event_t *e = series();
    add_override(e, zoned(2027, 5, 18, 9, 0), "Moved");
    fake_good("CreateItem", fake_item_id("new", "key1"), NULL);
    fake_bad("UpdateItem", "ErrorOccurrenceCrossingBoundary");
    fake_good("DeleteItem", "", NULL);
    xc_error_t *err = create(&ref, e);
    ck_assert_ptr_nonnull(err);
    ck_assert_int_eq(err->status, 403);
    ck_assert_int_eq(err->cond, XC_COND_UNSUPPORTED_RECURRENCE);
    assert_sent(2, "HardDelete");
    assert_sent(2, "Id=\"new\"");
    fake_all_answered();
}
END_TEST

/* The answer to a create never came: the item is looked for before anything is said. */
START_TEST(create_answer_lost)
{
    xc_item_ref_t ref;
    fake_begin(generations[_i]);
    fake_answer("CreateItem", 0, "");
    fake_good("FindItem", "<mm:RootFolder TotalItemsInView=\"1\" IncludesLastItemInRange=\"true\"><Items><CalendarItem>"
                          "<ItemId Id=\"found\" ChangeKey=\"key1\"/></CalendarItem></Items></mm:RootFolder>", NULL);
    ck_assert_ptr_null(create(&ref, simple()));
    ck_assert_str_eq(ref.id, "found");
    /* UID 5f0e1c9a@client.example as a global object id, with and without NUL (mapping 5, vector 3) */
    assert_sent(1, "BAAAAIIA4AB0xbcQGoLgCAAAAAAAAAAAAAAAAAAAAAAAAAAAJAAAAHZDYWwtVWlkAQAAADVmMGUxYzlhQGNsaWVudC5leGFtcGxlAA==");
    assert_sent(1, "BAAAAIIA4AB0xbcQGoLgCAAAAAAAAAAAAAAAAAAAAAAAAAAAIwAAAHZDYWwtVWlkAQAAADVmMGUxYzlhQGNsaWVudC5leGFtcGxl\"");
    fake_begin(generations[_i]);
    fake_answer("CreateItem", 0, "");
    fake_good("FindItem", "<mm:RootFolder TotalItemsInView=\"0\" IncludesLastItemInRange=\"true\"><Items/></mm:RootFolder>", NULL);
    xc_error_t *err = create(&ref, simple());
    ck_assert_ptr_nonnull(err);
    ck_assert_int_eq(err->status, 503);
    ck_assert(err->maybe_done);
}
END_TEST

static xc_error_t *update(xc_item_ref_t *out, const xc_event_t *before, const xc_event_t *now)
{
    static const xc_item_ref_t ref = {.id = "item", .change_key = "key0"};
    xc_write_t w = {.event = now, .kept = "kept text"};
    return xc_ews_item_update(out, &fake.s, &ref, before, &w, fake.pool);
}

START_TEST(update_only_what_differs)
{
    xc_item_ref_t out;
    fake_begin(generations[_i]);
    xc_event_t *before = full(), *now = full();
    now->summary = "Another";
    now->location = NULL;
    now->categories = NULL;
    fake_good("UpdateItem", fake_item_id("item", "key1"), NULL);
    ck_assert_ptr_null(update(&out, before, now));
    ck_assert_str_eq(out.change_key, "key1");
    ck_assert_int_eq(fake.sent->nelts, 1);
    assert_sent(0, "ConflictResolution=\"NeverOverwrite\"");
    assert_sent(0, "SendMeetingInvitationsOrCancellations=\"SendToNone\"");
    assert_sent(0, "<t:ItemId Id=\"item\" ChangeKey=\"key0\"/>");
    assert_sent(0, "<t:Subject>Another</t:Subject>");
    assert_sent(0, "<t:DeleteItemField><t:FieldURI FieldURI=\"calendar:Location\"/></t:DeleteItemField>");
    assert_sent(0, "<t:DeleteItemField><t:FieldURI FieldURI=\"item:Categories\"/></t:DeleteItemField>");
    assert_not_sent(0, "item:Body");
    assert_not_sent(0, "calendar:Start\"");
    assert_not_sent(0, "Attendees");
}
END_TEST

START_TEST(update_everything)
{
    xc_item_ref_t out;
    fake_begin(generations[_i]);
    xc_event_t *now = full();
    now->recur = weekly();
    fake_good("UpdateItem", fake_item_id("item", "key1"), NULL);
    ck_assert_ptr_null(update(&out, simple(), now));
    /* the recurrence is laid out in the zone that is set before it */
    const char *recurrence = strstr(fake_sent(0), "FieldURI=\"calendar:Recurrence\""), *start = strstr(fake_sent(0), "<t:Start>");
    ck_assert_ptr_nonnull(recurrence);
    ck_assert(!start || start < recurrence);
    /* and back: the rule goes, everything else too */
    fake_begin(generations[_i]);
    now = full();
    now->recur = weekly();
    fake_good("UpdateItem", fake_item_id("item", "key1"), NULL);
    ck_assert_ptr_null(update(&out, now, simple()));
    assert_sent(0, "<t:DeleteItemField><t:FieldURI FieldURI=\"calendar:Recurrence\"/></t:DeleteItemField>");
    assert_sent(0, "<t:DeleteItemField><t:FieldURI FieldURI=\"calendar:RequiredAttendees\"/></t:DeleteItemField>");
    assert_sent(0, "<t:ReminderIsSet>false</t:ReminderIsSet>");
}
END_TEST

START_TEST(update_moves)
{
    xc_item_ref_t out;
    fake_begin(generations[_i]);
    xc_event_t *now = simple();
    now->start = zoned(2027, 5, 4, 11, 0); /* the end stays */
    now->end = zoned(2027, 5, 4, 12, 0);
    fake_good("UpdateItem", fake_item_id("item", "key1"), NULL);
    ck_assert_ptr_null(update(&out, simple(), now));
    assert_sent(0, "<t:Start>2027-05-04T09:00:00Z</t:Start>");
    assert_sent(0, "<t:End>2027-05-04T10:00:00Z</t:End>");
    if (!IS_2007(_i))
        assert_sent(0, "calendar:StartTimeZone");
    /* a day becomes of an hour */
    fake_begin(generations[_i]);
    now = simple();
    now->all_day = 1;
    now->start = date(2027, 5, 4);
    now->end = date(2027, 5, 5);
    fake_good("UpdateItem", fake_item_id("item", "key1"), NULL);
    ck_assert_ptr_null(update(&out, simple(), now));
    assert_sent(0, "<t:IsAllDayEvent>true</t:IsAllDayEvent>");
}
END_TEST

START_TEST(update_conflict)
{
    xc_item_ref_t out;
    fake_begin(generations[_i]);
    xc_event_t *now = simple();
    now->summary = "Another";
    fake_bad("UpdateItem", "ErrorIrresolvableConflict");
    xc_error_t *err = update(&out, simple(), now);
    ck_assert_ptr_nonnull(err);
    ck_assert_int_eq(err->status, 412);
    ck_assert_int_eq(fake.sent->nelts, 1);
}
END_TEST

/* One more deletion and one more change of a series that has some: nothing else is touched. */
START_TEST(update_adds_exceptions)
{
    xc_item_ref_t out;
    fake_begin(generations[_i]);
    xc_event_t *before = series(), *now = series();
    add_exdate(before, zoned(2027, 5, 11, 9, 0));
    add_override(before, zoned(2027, 5, 18, 9, 0), "Changed");
    add_exdate(now, zoned(2027, 5, 11, 9, 0));
    add_exdate(now, zoned(2027, 5, 25, 9, 0));
    add_override(now, zoned(2027, 5, 18, 9, 0), "Changed");
    add_override(now, zoned(2027, 6, 1, 9, 0), "Changed too");
    fake_good("UpdateItem", fake_item_id("item", "key1"), NULL);
    fake_good("DeleteItem", "", NULL);
    fake_good("UpdateItem", fake_item_id("occ", "key3"), NULL);
    ck_assert_ptr_null(update(&out, before, now));
    ck_assert_str_eq(out.id, "item");
    ck_assert_str_eq(out.change_key, "key3");
    assert_not_sent(0, "calendar:Recurrence");
    assert_sent(1, "InstanceIndex=\"4\"");
    assert_not_sent(1, "InstanceIndex=\"2\"");
    assert_sent(2, "InstanceIndex=\"5\"");
    assert_not_sent(2, "InstanceIndex=\"3\"");
    fake_all_answered();
}
END_TEST

/* What was deleted comes back: only a new recurrence brings it, and then all the rest is made again. */
START_TEST(update_takes_back_exceptions)
{
    xc_item_ref_t out;
    fake_begin(generations[_i]);
    xc_event_t *before = series(), *now = series();
    add_exdate(before, zoned(2027, 5, 11, 9, 0));
    add_exdate(before, zoned(2027, 5, 25, 9, 0));
    add_override(before, zoned(2027, 5, 18, 9, 0), "Changed");
    add_exdate(now, zoned(2027, 5, 25, 9, 0));
    add_override(now, zoned(2027, 5, 18, 9, 0), "Changed");
    fake_good("UpdateItem", fake_item_id("item", "key1"), NULL);
    fake_good("DeleteItem", "", NULL);
    fake_good("UpdateItem", fake_item_id("occ", "key3"), NULL);
    ck_assert_ptr_null(update(&out, before, now));
    assert_sent(0, "<t:SetItemField><t:FieldURI FieldURI=\"calendar:Recurrence\"/>");
    assert_sent(1, "InstanceIndex=\"4\"");
    assert_sent(2, "InstanceIndex=\"3\"");
    fake_all_answered();
}
END_TEST

/* An override that keeps its own subject while that of the series changes is told so again: Exchange
 * passes what an exception shares with its series on to it. */
START_TEST(update_master_keeps_overrides)
{
    xc_item_ref_t out;
    fake_begin(generations[_i]);
    xc_event_t *before = series(), *now = series();
    add_override(before, zoned(2027, 5, 18, 9, 0), before->summary)->location = "Elsewhere";
    now->summary = "Another";
    add_override(now, zoned(2027, 5, 18, 9, 0), before->summary)->location = "Elsewhere";
    fake_good("UpdateItem", fake_item_id("item", "key1"), NULL);
    fake_good("UpdateItem", fake_item_id("occ", "key2"), NULL);
    ck_assert_ptr_null(update(&out, before, now));
    assert_sent(1, "InstanceIndex=\"3\"");
    assert_sent(1, "<t:Subject>Dentist &amp; &lt;Co&gt;</t:Subject>");
    fake_all_answered();
}
END_TEST

START_TEST(update_fails_midway)
{
    xc_item_ref_t out;
    fake_begin(generations[_i]);
    xc_event_t *before = series(), *now = series();
    before->kept = "what was kept before";
    now->summary = "Another";
    add_override(now, zoned(2027, 5, 18, 9, 0), "Moved");
    fake_good("UpdateItem", fake_item_id("item", "key1"), NULL);
    fake_bad("UpdateItem", "ErrorOccurrenceCrossingBoundary");
    fake_good("UpdateItem", fake_item_id("item", "key2"), NULL);
    xc_error_t *err = update(&out, before, now);
    ck_assert_ptr_nonnull(err);
    ck_assert_int_eq(err->status, 403);
    assert_sent(2, "<t:Subject>Dentist &amp; &lt;Co&gt;</t:Subject>");
    assert_sent(2, "what was kept before");
    assert_sent(2, "AlwaysOverwrite");
    fake_all_answered();
}
END_TEST

START_TEST(delete_move_copy_props)
{
    xc_item_ref_t ref = {.id = "item", .change_key = "key0", .uid = "u"}, out;
    fake_begin(generations[_i]);
    fake_good("GetItem", fake_item_id("item", "key0"), NULL);
    fake_good("DeleteItem", "", NULL);
    ck_assert_ptr_null(xc_ews_item_delete(&fake.s, &ref, XC_NOTIFY_NONE, fake.pool));
    assert_sent(1, "MoveToDeletedItems");
    assert_sent(1, "SendMeetingCancellations=\"SendToNone\"");
    fake_good("GetItem", fake_item_id("item", "key9"), NULL);
    ck_assert_int_eq(xc_ews_item_delete(&fake.s, &ref, XC_NOTIFY_NONE, fake.pool)->status, 412);
    xc_item_ref_t unchecked = {.id = "item"};
    fake_bad("DeleteItem", "ErrorItemNotFound");
    ck_assert_int_eq(xc_ews_item_delete(&fake.s, &unchecked, XC_NOTIFY_NONE, fake.pool)->status, 404);

    fake_good("UpdateItem", fake_item_id("item", "key1"), NULL);
    fake_good("MoveItem", fake_item_id("moved", "key2"), NULL);
    ck_assert_ptr_null(xc_ews_item_move(&out, &fake.s, &ref, "other", "new.ics", fake.pool));
    ck_assert_str_eq(out.id, "moved");
    ck_assert_str_eq(out.change_key, "key2");
    fake_good("CopyItem", fake_item_id("copy", "key3"), NULL);
    fake_good("UpdateItem", fake_item_id("copy", "key4"), NULL);
    ck_assert_ptr_null(xc_ews_item_copy(&out, &fake.s, &ref, "other", "copy.ics", fake.pool));
    ck_assert_str_eq(out.change_key, "key4");
    fake_good("UpdateItem", fake_item_id("item", "key5"), NULL);
    ck_assert_ptr_null(xc_ews_item_props(&out, &fake.s, &ref, "{}", fake.pool));
    fake_good("UpdateItem", fake_item_id("item", "key6"), NULL);
    ck_assert_ptr_null(xc_ews_item_props(&out, &fake.s, &ref, "", fake.pool));
    fake_all_answered();
}
END_TEST

/* ---- how they are sent ---- */

START_TEST(reads_may_be_repeated)
{
    xc_item_page_t *items = NULL;
    xc_item_ref_t ref;
    fake_begin("Exchange2010_SP2");
    fake_good("SyncFolderItems", "<mm:SyncState>s1</mm:SyncState><mm:IncludesLastItemInRange>true</mm:IncludesLastItemInRange><mm:Changes/>", NULL);
    fake_good("CreateItem", fake_item_id("new", "key1"), NULL);
    ck_assert_ptr_null(xc_ews_item_sync(&items, &fake.s, "cal", NULL, fake.pool));
    ck_assert_ptr_null(create(&ref, simple()));
    const xc_net_request_t *read = &APR_ARRAY_IDX(fake.requests, 0, xc_net_request_t), *write = &APR_ARRAY_IDX(fake.requests, 1, xc_net_request_t);
    ck_assert(read->repeatable);
    ck_assert(!write->repeatable);
    ck_assert_str_eq(read->account, "alice@contoso.example");
    ck_assert_str_eq(apr_table_get(read->headers, "SOAPAction"), "\"http://schemas.microsoft.com/exchange/services/2006/messages/SyncFolderItems\"");
}
END_TEST

int main(void)
{
    apr_initialize();
    apr_pool_t *pool;
    apr_pool_create(&pool, NULL);
    xc_xml_init();
    if (xc_zone_init(pool))
        return 2;
    fake.program = "requests";
    Suite *suite = suite_create("ews requests");
    TCase *tc = tcase_create("requests");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, reading_requests, 0, GENERATIONS);
    tcase_add_loop_test(tc, sign_in_requests, 0, GENERATIONS);
    tcase_add_loop_test(tc, folder_requests, 0, GENERATIONS);
    tcase_add_loop_test(tc, create_single, 0, GENERATIONS);
    tcase_add_loop_test(tc, create_foreign_meeting, 0, GENERATIONS);
    tcase_add_loop_test(tc, create_without_reminder, 0, GENERATIONS);
    tcase_add_loop_test(tc, create_all_day, 0, GENERATIONS);
    tcase_add_loop_test(tc, create_patterns, 0, GENERATIONS);
    tcase_add_loop_test(tc, create_in_a_zone_of_its_own, 0, GENERATIONS);
    tcase_add_loop_test(tc, create_series_with_exceptions, 0, GENERATIONS);
    tcase_add_loop_test(tc, create_fails_midway, 0, GENERATIONS);
    tcase_add_loop_test(tc, create_answer_lost, 0, GENERATIONS);
    tcase_add_loop_test(tc, update_only_what_differs, 0, GENERATIONS);
    tcase_add_loop_test(tc, update_everything, 0, GENERATIONS);
    tcase_add_loop_test(tc, update_moves, 0, GENERATIONS);
    tcase_add_loop_test(tc, update_conflict, 0, GENERATIONS);
    tcase_add_loop_test(tc, update_adds_exceptions, 0, GENERATIONS);
    tcase_add_loop_test(tc, update_takes_back_exceptions, 0, GENERATIONS);
    tcase_add_loop_test(tc, update_master_keeps_overrides, 0, GENERATIONS);
    tcase_add_loop_test(tc, update_fails_midway, 0, GENERATIONS);
    tcase_add_loop_test(tc, delete_move_copy_props, 0, GENERATIONS);
    tcase_add_test(tc, reads_may_be_repeated);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    apr_pool_destroy(pool);
    apr_terminate();
    return failed != 0;
}
