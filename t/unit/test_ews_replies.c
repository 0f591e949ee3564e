/* SPDX-License-Identifier: Apache-2.0 */
/* What the EWS back end makes of answers: good ones of every generation, errors at every level, and
 * those of a server that is broken or hostile. */
#include "ews_fake.h"

static const char *xml(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static const char *xml(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    const char *s = apr_pvsprintf(fake.pool, fmt, ap);
    va_end(ap);
    return s;
}

/* ---- items ---- */

static const char *item(const char *id, const char *key, const char *inner)
{
    return xml("<mm:Items><CalendarItem><ItemId Id=\"%s\" ChangeKey=\"%s\"/>%s</CalendarItem></mm:Items>", id, key, inner);
}

#define TIMES(start, end) "<Start>" start "</Start><End>" end "</End><IsAllDayEvent>false</IsAllDayEvent>"
#define DAYS(start, end)  "<Start>" start "</Start><End>" end "</End><IsAllDayEvent>true</IsAllDayEvent>"
#define BERLIN "<StartTimeZone Id=\"W. Europe Standard Time\" Name=\"x\"/><EndTimeZone Id=\"W. Europe Standard Time\" Name=\"x\"/>"

static xc_fetched_t *fetch(int n)
{
    static const char *const ids[] = {"one", "two", "three", "four"};
    xc_fetched_t *out = NULL;
    xc_error_t *err = xc_ews_item_fetch(&out, &fake.s, ids, n, fake.pool);
    ck_assert_msg(err == NULL, "%s", err ? err->message : "");
    return out;
}

static const xc_event_t *fetch_one(const char *inner)
{
    fake_good("GetItem", item("one", "key1", inner), NULL);
    xc_fetched_t *out = fetch(1);
    ck_assert_msg(out->error == NULL, "%s", out->error ? out->error->message : "");
    ck_assert_str_eq(out->change_key, "key1");
    return out->event;
}

static void assert_wall(const xc_when_t *w, int year, int month, int day, int hour, int minute)
{
    ck_assert_int_eq(w->wall.year, year);
    ck_assert_int_eq(w->wall.month, month);
    ck_assert_int_eq(w->wall.day, day);
    ck_assert_int_eq(w->wall.hour, hour);
    ck_assert_int_eq(w->wall.minute, minute);
}

static const char full[] =
    "<ParentFolderId Id=\"cal\" ChangeKey=\"AQAAAA==\"/><ItemClass>IPM.Appointment</ItemClass><Subject>Staff meeting</Subject>"
    "<Sensitivity>Private</Sensitivity><Body BodyType=\"Text\">Agenda follows&#13;\nsoon&#13;\n</Body><Size>5210</Size>"
    "<Categories><String>Work</String><String>Red</String></Categories><Importance>High</Importance>"
    "<DateTimeCreated>2024-04-30T12:00:00Z</DateTimeCreated><ReminderDueBy>2024-05-06T07:00:00Z</ReminderDueBy>"
    "<ReminderIsSet>true</ReminderIsSet><ReminderMinutesBeforeStart>15</ReminderMinutesBeforeStart>"
    "<ExtendedProperty><ExtendedFieldURI PropertySetId=\"00020329-0000-0000-C000-000000000046\" PropertyName=\"x-excal-kept\" "
    "PropertyType=\"String\"/><Value>kept text</Value></ExtendedProperty>"
    "<ExtendedProperty><ExtendedFieldURI DistinguishedPropertySetId=\"PublicStrings\" PropertyName=\"X-EXCAL-PROPS\" "
    "PropertyType=\"String\"/><Value>{}</Value></ExtendedProperty>"
    "<LastModifiedTime>2024-05-01T09:12:44.123Z</LastModifiedTime><UID>040000008200E00074C5B7101A82E00800000000C0F0</UID>"
    "<DateTimeStamp>2024-05-01T09:12:40Z</DateTimeStamp>" TIMES("2024-05-06T07:00:00Z", "2024-05-06T10:00:00+02:00")
    "<LegacyFreeBusyStatus>OOF</LegacyFreeBusyStatus><Location>Room 1</Location><IsMeeting>true</IsMeeting><IsCancelled>false</IsCancelled>"
    "<CalendarItemType>RecurringMaster</CalendarItemType><MyResponseType>Organizer</MyResponseType>"
    "<Organizer><Mailbox><Name>Alice Adams</Name><EmailAddress>alice@contoso.example</EmailAddress><RoutingType>SMTP</RoutingType></Mailbox></Organizer>"
    "<RequiredAttendees><Attendee><Mailbox><Name>Bob Lind</Name><EmailAddress>bob@contoso.example</EmailAddress><RoutingType>SMTP</RoutingType>"
    "</Mailbox><ResponseType>Accept</ResponseType><LastResponseTime>2024-05-01T10:00:00Z</LastResponseTime></Attendee></RequiredAttendees>"
    "<Resources><Attendee><Mailbox><EmailAddress>room1@contoso.example</EmailAddress></Mailbox><ResponseType>Decline</ResponseType></Attendee></Resources>"
    "<AppointmentSequenceNumber>3</AppointmentSequenceNumber>"
    "<Recurrence><WeeklyRecurrence><Interval>1</Interval><DaysOfWeek>Monday</DaysOfWeek><FirstDayOfWeek>Monday</FirstDayOfWeek></WeeklyRecurrence>"
    "<NumberedRecurrence><StartDate>2024-05-06+02:00</StartDate><NumberOfOccurrences>10</NumberOfOccurrences></NumberedRecurrence></Recurrence>"
    "<ModifiedOccurrences><Occurrence><ItemId Id=\"occ\" ChangeKey=\"key1\"/><Start>2024-05-13T09:00:00Z</Start><End>2024-05-13T10:00:00Z</End>"
    "<OriginalStart>2024-05-13T07:00:00Z</OriginalStart></Occurrence></ModifiedOccurrences>"
    "<DeletedOccurrences><DeletedOccurrence><Start>2024-05-27T07:00:00Z</Start></DeletedOccurrence></DeletedOccurrences>" BERLIN
    "<ConferenceType>0</ConferenceType><NobodyKnowsThis><Subject>not the subject</Subject></NobodyKnowsThis>";

static const char exception[] = "<Subject>Moved</Subject>" TIMES("2024-05-13T09:00:00Z", "2024-05-13T10:00:00Z")
    "<OriginalStart>2024-05-13T07:00:00Z</OriginalStart><CalendarItemType>Exception</CalendarItemType>" BERLIN;

START_TEST(a_whole_series)
{
    fake_begin("Exchange2013_SP1");
    fake_good("GetItem", item("one", "key1", full), NULL);
    fake_good("GetItem", item("occ", "key1", exception), NULL);
    xc_fetched_t *out = fetch(1);
    ck_assert_ptr_null(out->error);
    const xc_event_t *e = out->event;
    ck_assert_str_eq(out->props, "{}");
    ck_assert_str_eq(e->kept, "kept text");
    ck_assert_str_eq(e->uid, "040000008200E00074C5B7101A82E00800000000C0F0");
    ck_assert_str_eq(e->summary, "Staff meeting");
    ck_assert_str_eq(e->location, "Room 1");
    ck_assert(strncmp(e->text, "Agenda follows\nsoon", 19) == 0);
    ck_assert_ptr_null(e->html);
    ck_assert_int_eq(e->klass, XC_CLASS_PRIVATE);
    ck_assert_int_eq(e->importance, XC_IMPORTANCE_HIGH);
    ck_assert_int_eq(e->busy, XC_BUSY_OOF);
    ck_assert_int_eq(e->reminder_minutes, 15);
    ck_assert_int_eq(e->categories->nelts, 2);
    ck_assert_int_eq(e->sequence, 3);
    ck_assert(e->created && e->last_modified && e->dtstamp);
    ck_assert_int_eq(e->start.kind, XC_WHEN_ZONED);
    ck_assert_str_eq(xc_zone_id(e->start.zone), "Europe/Berlin");
    assert_wall(&e->start, 2024, 5, 6, 9, 0);
    assert_wall(&e->end, 2024, 5, 6, 10, 0);
    ck_assert(e->is_meeting && e->is_organizer);
    ck_assert_str_eq(e->organizer.address, "alice@contoso.example");
    ck_assert_int_eq(e->attendees->nelts, 2);
    ck_assert_int_eq(APR_ARRAY_IDX(e->attendees, 0, xc_attendee_t).partstat, XC_PARTSTAT_ACCEPTED);
    ck_assert_int_eq(APR_ARRAY_IDX(e->attendees, 1, xc_attendee_t).partstat, XC_PARTSTAT_DECLINED);
    ck_assert_int_eq(APR_ARRAY_IDX(e->attendees, 1, xc_attendee_t).kind, XC_ATTENDEE_RESOURCE);
    ck_assert_int_eq(e->recur->kind, XC_RECUR_WEEKLY);
    ck_assert_int_eq(e->recur->count, 10);
    ck_assert_int_eq(e->recur->start_day, 6);
    ck_assert_int_eq(e->exdates->nelts, 1);
    assert_wall(&APR_ARRAY_IDX(e->exdates, 0, xc_when_t), 2024, 5, 27, 9, 0);
    ck_assert_int_eq(e->overrides->nelts, 1);
    const xc_event_t *o = APR_ARRAY_IDX(e->overrides, 0, xc_event_t *);
    ck_assert_str_eq(o->summary, "Moved");
    ck_assert_str_eq(o->uid, e->uid);
    assert_wall(&o->recurrence_id, 2024, 5, 13, 9, 0);
    ck_assert_int_eq(o->recurrence_id.kind, XC_WHEN_ZONED);
    assert_wall(&o->start, 2024, 5, 13, 11, 0);
    fake_all_answered();
}
END_TEST

/* The exceptions of all series are asked for together. */
START_TEST(few_calls)
{
    fake_begin("Exchange2013_SP1");
    fake_good("GetItem", item("one", "key1", full), item("two", "key1", full), item("three", "k", TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z")), NULL);
    fake_good("GetItem", item("occ", "key1", exception), item("occ", "key1", exception), NULL);
    xc_fetched_t *out = fetch(3);
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_null(out[i].error);
    ck_assert_int_eq(out[1].event->overrides->nelts, 1);
    ck_assert_ptr_null(out[2].event->overrides);
    fake_all_answered();
}
END_TEST

START_TEST(html_and_text)
{
    fake_begin("Exchange2013_SP1");
    const xc_event_t *e = fetch_one("<Body BodyType=\"HTML\">&lt;p&gt;Hi&lt;/p&gt;</Body><TextBody BodyType=\"Text\">Hi&#13;\nthere</TextBody>"
                                    TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z"));
    ck_assert_str_eq(e->html, "<p>Hi</p>");
    ck_assert_str_eq(e->text, "Hi\nthere");
    e = fetch_one("<Body BodyType=\"Text\"></Body><TextBody BodyType=\"Text\"></TextBody>" TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z"));
    ck_assert_ptr_null(e->html);
    ck_assert_ptr_null(e->text);
}
END_TEST

START_TEST(zones)
{
    fake_begin("Exchange2013_SP1");
    const xc_event_t *e = fetch_one(TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z") "<StartTimeZone Id=\"UTC\"/><EndTimeZone Id=\"UTC\"/>");
    ck_assert_int_eq(e->start.kind, XC_WHEN_UTC);
    e = fetch_one(TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z")
                  "<StartTimeZone Id=\"tzone://Microsoft/Utc\" Name=\"\"><Periods><Period Bias=\"P0D\" Name=\"\" Id=\"p\"/></Periods>"
                  "<TransitionsGroups><TransitionsGroup Id=\"0\"><Transition><To Kind=\"Period\">p</To></Transition></TransitionsGroup></TransitionsGroups>"
                  "<Transitions><Transition><To Kind=\"Group\">0</To></Transition></Transitions></StartTimeZone>");
    ck_assert_int_eq(e->start.kind, XC_WHEN_UTC);
    /* a zone of nobody's with the rules of Berlin is right in summer and in winter */
    static const char custom[] =
        "<StartTimeZone Id=\"tzone://Microsoft/Custom\" Name=\"Ours\"><Periods><Period Bias=\"-PT60M\" Name=\"s\" Id=\"std\"/>"
        "<Period Bias=\"-PT120M\" Name=\"d\" Id=\"dst\"/></Periods><TransitionsGroups><TransitionsGroup Id=\"0\">"
        "<RecurringDayTransition><To Kind=\"Period\">dst</To><TimeOffset>PT2H</TimeOffset><Month>3</Month><DayOfWeek>Sunday</DayOfWeek><Occurrence>-1</Occurrence></RecurringDayTransition>"
        "<RecurringDayTransition><To Kind=\"Period\">std</To><TimeOffset>PT3H</TimeOffset><Month>10</Month><DayOfWeek>Sunday</DayOfWeek><Occurrence>-1</Occurrence></RecurringDayTransition>"
        "</TransitionsGroup></TransitionsGroups><Transitions><Transition><To Kind=\"Group\">0</To></Transition></Transitions></StartTimeZone>";
    e = fetch_one(xml("%s%s", TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z"), custom));
    assert_wall(&e->start, 2024, 5, 6, 9, 0);
    e = fetch_one(xml("%s%s", TIMES("2024-12-06T07:00:00Z", "2024-12-06T08:00:00Z"), custom));
    assert_wall(&e->start, 2024, 12, 6, 8, 0);
    /* one without change of the clock */
    e = fetch_one(TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z")
                  "<StartTimeZone Id=\"Customized Time Zone\" Name=\"\"><Periods><Period Bias=\"-PT225M\" Name=\"\" Id=\"p\"/></Periods>"
                  "<TransitionsGroups><TransitionsGroup Id=\"0\"><Transition><To Kind=\"Period\">p</To></Transition></TransitionsGroup></TransitionsGroups>"
                  "<Transitions><Transition><To Kind=\"Group\">0</To></Transition></Transitions></StartTimeZone>");
    ck_assert_int_eq(xc_when_to_utc(&e->start, NULL) / APR_USEC_PER_SEC, 1714978800);
    assert_wall(&e->start, 2024, 5, 6, 10, 45);
    /* nothing told, or nothing known: the user's own */
    e = fetch_one(TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z"));
    ck_assert_int_eq(e->start.kind, XC_WHEN_ZONED);
    assert_wall(&e->start, 2024, 5, 6, 9, 0);
    e = fetch_one(TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z") "<StartTimeZone Id=\"Nowhere Standard Time\"/>");
    ck_assert_int_eq(xc_when_to_utc(&e->start, NULL) / APR_USEC_PER_SEC, 1714978800);
}
END_TEST

/* Exchange 2007 tells the zone of series only, by name or by rules. */
START_TEST(zones_2007)
{
    fake_begin("Exchange2007_SP1");
    const xc_event_t *e = fetch_one(TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z"));
    ck_assert_int_eq(e->start.kind, XC_WHEN_ZONED);
    assert_wall(&e->start, 2024, 5, 6, 9, 0);
    e = fetch_one(TIMES("2024-05-06T13:00:00Z", "2024-05-06T14:00:00Z") "<MeetingTimeZone TimeZoneName=\"Eastern Standard Time\"/>");
    assert_wall(&e->start, 2024, 5, 6, 9, 0);
    e = fetch_one(TIMES("2024-05-06T13:00:00Z", "2024-05-06T14:00:00Z") "<MeetingTimeZone TimeZoneName=\"(GMT-05.00) Eastern Time (US &amp; Canada)\"/>");
    assert_wall(&e->start, 2024, 5, 6, 9, 0);
    static const char rules[] =
        "<MeetingTimeZone TimeZoneName=\"Ours\"><BaseOffset>PT300M</BaseOffset>"
        "<Standard TimeZoneName=\"S\"><Offset>PT0M</Offset><RelativeYearlyRecurrence><DaysOfWeek>Sunday</DaysOfWeek><DayOfWeekIndex>First</DayOfWeekIndex><Month>November</Month></RelativeYearlyRecurrence><Time>02:00:00</Time></Standard>"
        "<Daylight TimeZoneName=\"D\"><Offset>-PT60M</Offset><RelativeYearlyRecurrence><DaysOfWeek>Sunday</DaysOfWeek><DayOfWeekIndex>Second</DayOfWeekIndex><Month>March</Month></RelativeYearlyRecurrence><Time>02:00:00</Time></Daylight>"
        "</MeetingTimeZone>";
    e = fetch_one(xml("%s%s", TIMES("2024-05-06T13:00:00Z", "2024-05-06T14:00:00Z"), rules));
    assert_wall(&e->start, 2024, 5, 6, 9, 0);
    e = fetch_one(xml("%s%s", TIMES("2024-12-06T14:00:00Z", "2024-12-06T15:00:00Z"), rules));
    assert_wall(&e->start, 2024, 12, 6, 9, 0);
    /* one offset all the year */
    e = fetch_one(TIMES("2024-05-06T05:15:00Z", "2024-05-06T06:15:00Z") "<MeetingTimeZone TimeZoneName=\"Odd\"><BaseOffset>-PT225M</BaseOffset></MeetingTimeZone>");
    assert_wall(&e->start, 2024, 5, 6, 9, 0);
    ck_assert_str_eq(xc_zone_id(e->start.zone), "Odd");
    /* changes on dates */
    static const char dates[] =
        "<MeetingTimeZone TimeZoneName=\"Dates\"><BaseOffset>PT285M</BaseOffset>"
        "<Standard><Offset>PT0M</Offset><AbsoluteDate>2024-11-01</AbsoluteDate><Time>02:00:00</Time></Standard>"
        "<Daylight><Offset>-PT60M</Offset><AbsoluteDate>2024-03-20</AbsoluteDate><Time>02:00:00</Time></Daylight></MeetingTimeZone>";
    e = fetch_one(xml("%s%s", TIMES("2024-03-21T12:45:00Z", "2024-03-21T13:45:00Z"), dates));
    assert_wall(&e->start, 2024, 3, 21, 9, 0);
    e = fetch_one(xml("%s%s", TIMES("2024-03-19T13:45:00Z", "2024-03-19T14:45:00Z"), dates));
    assert_wall(&e->start, 2024, 3, 19, 9, 0);
}
END_TEST

START_TEST(all_day)
{
    static const struct { const char *zone, *start, *end; } rows[] = {
        {"Europe/Berlin", "2024-05-05T22:00:00Z", "2024-05-07T22:00:00Z"}, {"Pacific/Auckland", "2024-05-05T12:00:00Z", "2024-05-07T12:00:00Z"},
        {"Pacific/Honolulu", "2024-05-06T10:00:00Z", "2024-05-08T10:00:00Z"}, {"Pacific/Kiritimati", "2024-05-05T10:00:00Z", "2024-05-07T10:00:00Z"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fake_begin("Exchange2007_SP1");
        fake.s.zone = xc_zone_find(rows[i].zone);
        const xc_event_t *e = fetch_one(xml("<Start>%s</Start><End>%s</End><IsAllDayEvent>true</IsAllDayEvent>", rows[i].start, rows[i].end));
        ck_assert(e->all_day);
        ck_assert_int_eq(e->start.kind, XC_WHEN_DATE);
        assert_wall(&e->start, 2024, 5, 6, 0, 0);
        assert_wall(&e->end, 2024, 5, 8, 0, 0);
    }
    /* a writer that lost the zone; a series of days */
    fake_begin("Exchange2013_SP1");
    fake_good("GetItem",
              item("one", "key1", DAYS("2024-05-06T00:00:00Z", "2024-05-07T00:00:00Z")
                   "<Recurrence><DailyRecurrence><Interval>1</Interval></DailyRecurrence><NoEndRecurrence><StartDate>2024-05-06</StartDate></NoEndRecurrence></Recurrence>"
                   "<ModifiedOccurrences><Occurrence><ItemId Id=\"occ\" ChangeKey=\"key1\"/><OriginalStart>2024-05-07T22:00:00Z</OriginalStart></Occurrence></ModifiedOccurrences>"
                   "<DeletedOccurrences><DeletedOccurrence><Start>2024-05-06T22:00:00Z</Start></DeletedOccurrence></DeletedOccurrences>" BERLIN), NULL);
    fake_good("GetItem", item("occ", "key1", "<Subject>x</Subject>" DAYS("2024-05-07T22:00:00Z", "2024-05-08T22:00:00Z")
                              "<OriginalStart>2024-05-07T22:00:00Z</OriginalStart>" BERLIN), NULL);
    xc_fetched_t *out = fetch(1);
    ck_assert_ptr_null(out->error);
    assert_wall(&out->event->start, 2024, 5, 6, 0, 0);
    assert_wall(&out->event->end, 2024, 5, 7, 0, 0);
    const xc_when_t *ex = &APR_ARRAY_IDX(out->event->exdates, 0, xc_when_t);
    ck_assert_int_eq(ex->kind, XC_WHEN_DATE);
    assert_wall(ex, 2024, 5, 7, 0, 0);
    const xc_event_t *o = APR_ARRAY_IDX(out->event->overrides, 0, xc_event_t *);
    ck_assert_int_eq(o->recurrence_id.kind, XC_WHEN_DATE);
    assert_wall(&o->recurrence_id, 2024, 5, 8, 0, 0);
}
END_TEST

START_TEST(early_times)
{
    fake_begin("Exchange2013_SP1");
    const xc_event_t *e = fetch_one(TIMES("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z") "<StartTimeZone Id=\"UTC\"/>");
    assert_wall(&e->start, 1970, 1, 1, 0, 0);
    e = fetch_one(DAYS("1969-12-31T23:00:00Z", "1970-01-01T23:00:00Z") BERLIN
                  "<Recurrence><AbsoluteYearlyRecurrence><DayOfMonth>1</DayOfMonth><Month>January</Month></AbsoluteYearlyRecurrence>"
                  "<NoEndRecurrence><StartDate>1970-01-01</StartDate></NoEndRecurrence></Recurrence>");
    assert_wall(&e->start, 1970, 1, 1, 0, 0);
    ck_assert_ptr_nonnull(e->recur);
    /* an end before the start is the start */
    e = fetch_one(TIMES("2024-05-06T07:00:00Z", "2024-05-06T06:00:00Z"));
    ck_assert_int_eq(xc_when_to_utc(&e->end, NULL), xc_when_to_utc(&e->start, NULL));
}
END_TEST

START_TEST(whose_meeting)
{
    static const char people[] =
        "<Organizer><Mailbox><Name>Dora</Name><EmailAddress>dora@partner.example</EmailAddress><RoutingType>SMTP</RoutingType></Mailbox></Organizer>"
        "<RequiredAttendees><Attendee><Mailbox><EmailAddress>Alice@Contoso.example</EmailAddress></Mailbox><ResponseType>Unknown</ResponseType></Attendee>"
        "<Attendee><Mailbox><Name>Legacy</Name><EmailAddress>/O=ORG/CN=RECIPIENTS/CN=X</EmailAddress><RoutingType>EX</RoutingType></Mailbox></Attendee></RequiredAttendees>";
    fake_begin("Exchange2013_SP1");
    const xc_event_t *e = fetch_one(xml("%s<IsMeeting>true</IsMeeting><MyResponseType>Tentative</MyResponseType>%s", TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z"), people));
    ck_assert(e->is_meeting && !e->is_organizer);
    ck_assert_int_eq(e->my_partstat, XC_PARTSTAT_TENTATIVE);
    ck_assert_str_eq(e->my_address, "Alice@Contoso.example");
    e = fetch_one(xml("%s<IsMeeting>true</IsMeeting><MyResponseType>Unknown</MyResponseType>%s", TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z"), people));
    ck_assert(!e->is_organizer);
    e = fetch_one(xml("%s<IsMeeting>1</IsMeeting><IsCancelled>1</IsCancelled><MyResponseType>Accept</MyResponseType>%s", TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z"), people));
    ck_assert(e->is_meeting && e->cancelled);
    /* what has nobody invited has no organizer */
    e = fetch_one(TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z") "<IsMeeting>false</IsMeeting><MyResponseType>Unknown</MyResponseType>"
                  "<Organizer><Mailbox><EmailAddress>alice@contoso.example</EmailAddress></Mailbox></Organizer>");
    ck_assert(!e->is_meeting && e->is_organizer && !e->organizer.address);
}
END_TEST

START_TEST(patterns)
{
    static const struct { const char *pattern; xc_recur_kind_e kind; unsigned days; int index; } rows[] = {
        {"<DailyRecurrence><Interval>2</Interval></DailyRecurrence>", XC_RECUR_DAILY, 0, 0},
        {"<WeeklyRecurrence><Interval>2</Interval><DaysOfWeek>Monday Wednesday</DaysOfWeek></WeeklyRecurrence>", XC_RECUR_WEEKLY, 0xa, 0},
        {"<WeeklyRecurrence><Interval>1</Interval><DaysOfWeek>Weekday</DaysOfWeek></WeeklyRecurrence>", XC_RECUR_WEEKLY, XC_DAYS_WEEKDAY, 0},
        {"<AbsoluteMonthlyRecurrence><Interval>3</Interval><DayOfMonth>15</DayOfMonth></AbsoluteMonthlyRecurrence>", XC_RECUR_MONTHLY_DAY, 0, 0},
        {"<RelativeMonthlyRecurrence><Interval>1</Interval><DaysOfWeek>WeekendDay</DaysOfWeek><DayOfWeekIndex>Last</DayOfWeekIndex></RelativeMonthlyRecurrence>",
         XC_RECUR_MONTHLY_NTH, XC_DAYS_WEEKEND, 5},
        {"<AbsoluteYearlyRecurrence><DayOfMonth>24</DayOfMonth><Month>December</Month></AbsoluteYearlyRecurrence>", XC_RECUR_YEARLY_DAY, 0, 0},
        {"<RelativeYearlyRecurrence><DaysOfWeek>Sunday</DaysOfWeek><DayOfWeekIndex>Second</DayOfWeekIndex><Month>May</Month></RelativeYearlyRecurrence>",
         XC_RECUR_YEARLY_NTH, 1, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fake_begin("Exchange2013_SP1");
        const xc_event_t *e = fetch_one(xml("%s<Recurrence>%s<EndDateRecurrence><StartDate>2024-05-06Z</StartDate><EndDate>2030-05-06+02:00</EndDate>"
                                            "</EndDateRecurrence></Recurrence>", TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z"), rows[i].pattern));
        ck_assert_int_eq(e->recur->kind, rows[i].kind);
        if (rows[i].days)
            ck_assert_uint_eq(e->recur->days, rows[i].days);
        ck_assert_int_eq(e->recur->index, rows[i].index);
        ck_assert_int_eq(e->recur->range, XC_RANGE_UNTIL);
        ck_assert_int_eq(e->recur->until_year, 2030);
    }
    static const char *const broken[] = {
        "<HijriRecurrence><Interval>1</Interval></HijriRecurrence><NoEndRecurrence><StartDate>2024-05-06</StartDate></NoEndRecurrence>",
        "<DailyRecurrence><Interval>1</Interval></DailyRecurrence>",
        "<DailyRecurrence><Interval>1</Interval></DailyRecurrence><NumberedRecurrence><StartDate>2024-05-06</StartDate><NumberOfOccurrences>-4</NumberOfOccurrences></NumberedRecurrence>",
        "<DailyRecurrence><Interval>1</Interval></DailyRecurrence><NoEndRecurrence><StartDate>tomorrow</StartDate></NoEndRecurrence>",
        "<AbsoluteMonthlyRecurrence><Interval>1</Interval><DayOfMonth>99</DayOfMonth></AbsoluteMonthlyRecurrence><NoEndRecurrence><StartDate>2024-05-06</StartDate></NoEndRecurrence>",
        ""};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        fake_begin("Exchange2013_SP1");
        fake_good("GetItem", item("one", "k", xml("%s<Recurrence>%s</Recurrence>", TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z"), broken[i])), NULL);
        xc_fetched_t *out = fetch(1);
        ck_assert_ptr_nonnull(out->error);
        ck_assert_int_eq(out->error->status, 502);
    }
}
END_TEST

/* ---- one item's failure is its own ---- */

START_TEST(per_item_failures)
{
    fake_begin("Exchange2013_SP1");
    fake_mixed("GetItem",
               xml("%s%s%s%s", fake_message("GetItem", "Error", "ErrorItemNotFound", "<mm:Items/>"),
                   fake_message("GetItem", "Success", "NoError", item("two", "k", TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z"))),
                   fake_message("GetItem", "Success", "NoError", "<mm:Items><Message><ItemId Id=\"three\" ChangeKey=\"k\"/></Message></mm:Items>"),
                   fake_message("GetItem", "Success", "NoError", item("four", "k", "<Start>someday</Start>"))));
    xc_fetched_t *out = fetch(4);
    ck_assert_int_eq(out[0].error->status, 404);
    ck_assert_ptr_nonnull(out[1].event);
    ck_assert_ptr_nonnull(out[2].error);
    ck_assert_ptr_nonnull(out[3].error);
    for (int i = 0; i < 4; i++)
        ck_assert((out[i].event != NULL) != (out[i].error != NULL));
}
END_TEST

START_TEST(stopped_batch_goes_on)
{
    fake_begin("Exchange2013_SP1");
    const char *stopped = fake_message("GetItem", "Warning", "ErrorBatchProcessingStopped", "<mm:Items/>");
    const char *good = fake_message("GetItem", "Success", "NoError", item("two", "k", TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z")));
    fake_mixed("GetItem", xml("%s%s%s", good, stopped, stopped));
    fake_mixed("GetItem", xml("%s%s", good, good));
    xc_fetched_t *out = fetch(3);
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_nonnull(out[i].event);
    assert_not_sent(1, "Id=\"one\"");
    assert_sent(1, "Id=\"three\"");
    /* one that never goes on ends */
    fake_begin("Exchange2013_SP1");
    for (int i = 0; i < 8; i++)
        fake_mixed("GetItem", stopped);
    out = fetch(1);
    ck_assert_int_eq(out->error->status, 503);
}
END_TEST

/* An exception that is gone when it is asked for does not mean that the series is. */
START_TEST(exception_gone)
{
    fake_begin("Exchange2013_SP1");
    fake_good("GetItem", item("one", "key1", full), NULL);
    fake_bad("GetItem", "ErrorItemNotFound");
    fake_good("GetItem", item("one", "key2", full), NULL);
    fake_bad("GetItem", "ErrorItemNotFound");
    xc_fetched_t *out = fetch(1);
    ck_assert_ptr_null(out->event);
    ck_assert_int_eq(out->error->status, 503);
    /* the second look finds it settled */
    fake_good("GetItem", item("one", "key1", full), NULL);
    fake_bad("GetItem", "ErrorItemNotFound");
    fake_good("GetItem", item("one", "key2", TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z")), NULL);
    out = fetch(1);
    ck_assert_ptr_null(out->error);
    ck_assert_str_eq(out->change_key, "key2");
}
END_TEST

/* Changed between the two questions: what belongs to two states is never given out as one. */
START_TEST(torn_series)
{
    fake_begin("Exchange2013_SP1");
    fake_good("GetItem", item("one", "key1", full), NULL);
    fake_good("GetItem", item("occ", "key2", exception), NULL);
    fake_good("GetItem", item("one", "key2", full), NULL);
    fake_good("GetItem", item("occ", "key2", exception), NULL);
    xc_fetched_t *out = fetch(1);
    ck_assert_ptr_null(out->error);
    ck_assert_str_eq(out->change_key, "key2");
    ck_assert_int_eq(out->event->overrides->nelts, 1);
    fake_all_answered();
    /* a server that writes the keys of occurrences in its own way */
    fake_begin("Exchange2013_SP1");
    fake_good("GetItem", item("one", "key1", full), NULL);
    fake_good("GetItem", item("occ", "other", exception), NULL);
    fake_good("GetItem", item("one", "key1", full), NULL);
    fake_good("GetItem", item("occ", "other", exception), NULL);
    out = fetch(1);
    ck_assert_ptr_null(out->error);
    ck_assert_str_eq(out->change_key, "key1");
    ck_assert_int_eq(out->event->overrides->nelts, 1);
}
END_TEST

/* ---- listings ---- */

START_TEST(item_pages)
{
    xc_item_page_t *page = NULL;
    fake_begin("Exchange2010_SP2");
    fake_good("SyncFolderItems",
              "<mm:SyncState>s1</mm:SyncState><mm:IncludesLastItemInRange>false</mm:IncludesLastItemInRange><mm:Changes>"
              "<Create><CalendarItem><ItemId Id=\"a\" ChangeKey=\"k1\"/><ExtendedProperty><ExtendedFieldURI PropertySetId=\"x\" PropertyName=\"X-EXCAL-HREF\" PropertyType=\"String\"/>"
              "<Value>a.ics</Value></ExtendedProperty><UID>040000008200E00074C5B7101A82E00800000000000000000000000000000000000000003300000076"
              "43616C2D556964010000007B38313431324433432D324132342D344539442D423230452D3131463742424539323739397D00</UID></CalendarItem></Create>"
              "<Create><Message><ItemId Id=\"b\" ChangeKey=\"k1\"/></Message></Create>"
              "<Update><CalendarItem><ItemId Id=\"c\" ChangeKey=\"k2\"/><UID></UID></CalendarItem></Update>"
              "<Update><CalendarItem><Subject>no id</Subject></CalendarItem></Update>"
              "<ReadFlagChange><ItemId Id=\"d\" ChangeKey=\"k\"/><IsRead>true</IsRead></ReadFlagChange>"
              "<Delete><ItemId Id=\"e\" ChangeKey=\"k\"/></Delete></mm:Changes>",
              NULL);
    ck_assert_ptr_null(xc_ews_item_sync(&page, &fake.s, "cal", NULL, fake.pool));
    ck_assert_str_eq(page->state, "s1");
    ck_assert(page->more && !page->reset);
    ck_assert_int_eq(page->upserts->nelts, 3);
    const xc_item_ref_t *refs = (const xc_item_ref_t *)page->upserts->elts;
    ck_assert_str_eq(refs[0].uid, "{81412D3C-2A24-4E9D-B20E-11F7BBE92799}");
    ck_assert_str_eq(refs[0].href, "a.ics");
    ck_assert(!refs[0].not_event && refs[1].not_event);
    ck_assert_ptr_null(refs[2].uid);
    ck_assert_int_eq(page->deletes->nelts, 1);
    /* a state that Exchange has forgotten: from the beginning, in the same breath */
    fake_bad("SyncFolderItems", "ErrorInvalidSyncStateData");
    fake_good("SyncFolderItems", "<mm:SyncState>s2</mm:SyncState><mm:IncludesLastItemInRange>true</mm:IncludesLastItemInRange><mm:Changes/>", NULL);
    ck_assert_ptr_null(xc_ews_item_sync(&page, &fake.s, "cal", "s1", fake.pool));
    ck_assert(page->reset && !page->more);
    assert_not_sent(2, "<m:SyncState>");
    fake_bad("SyncFolderItems", "ErrorItemNotFound");
    ck_assert_int_eq(xc_ews_item_sync(&page, &fake.s, "cal", "s1", fake.pool)->status, 404);
    fake_good("SyncFolderItems", "<mm:IncludesLastItemInRange>true</mm:IncludesLastItemInRange>", NULL);
    ck_assert_int_eq(xc_ews_item_sync(&page, &fake.s, "cal", "s1", fake.pool)->status, 502);
}
END_TEST

#define FOLDER(element, class, id, parent) \
    "<" element "><FolderId Id=\"" id "\" ChangeKey=\"k\"/><ParentFolderId Id=\"" parent "\"/><FolderClass>" class "</FolderClass><DisplayName>" id \
    "</DisplayName><ChildFolderCount>1</ChildFolderCount><EffectiveRights><CreateAssociated>false</CreateAssociated><CreateContents>true</CreateContents>" \
    "<CreateHierarchy>false</CreateHierarchy><Delete>false</Delete><Modify>true</Modify><Read>true</Read></EffectiveRights></" element ">"

static void default_folders(void)
{
    fake_good("GetFolder", "<mm:Folders>" FOLDER("Folder", "", "root", "x") "</mm:Folders>",
              "<mm:Folders>" FOLDER("CalendarFolder", "IPF.Appointment", "cal", "root") "</mm:Folders>",
              "<mm:Folders>" FOLDER("TasksFolder", "IPF.Task", "tasks", "root") "</mm:Folders>",
              "<mm:Folders>" FOLDER("Folder", "IPF.Note", "trash", "root") "</mm:Folders>", NULL);
}

static int find_folder(const xc_folder_page_t *page, const char *id)
{
    for (int i = 0; i < page->upserts->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(page->upserts, i, xc_folder_t).id, id) == 0)
            return i;
    return -1;
}

START_TEST(folder_pages)
{
    xc_folder_page_t *page = NULL;
    fake_begin("Exchange2010_SP2");
    default_folders();
    fake_good("SyncFolderHierarchy",
              "<mm:SyncState>h1</mm:SyncState><mm:IncludesLastFolderInRange>true</mm:IncludesLastFolderInRange><mm:Changes>"
              /* the child comes before its parent */
              "<Create>" FOLDER("CalendarFolder", "IPF.Appointment", "old-below", "old") "</Create>"
              "<Create>" FOLDER("CalendarFolder", "IPF.Appointment", "old", "trash") "</Create>"
              "<Create>" FOLDER("CalendarFolder", "IPF.Appointment", "cal", "root") "</Create>"
              "<Create>" FOLDER("CalendarFolder", "IPF.Appointment.Birthday", "birthdays", "cal") "</Create>"
              "<Create>" FOLDER("Folder", "IPF.Note", "inbox", "root") "</Create></mm:Changes>",
              NULL);
    ck_assert_ptr_null(xc_ews_folder_sync(&page, &fake.s, "alice@contoso.example", NULL, fake.pool));
    const xc_folder_t *f = (const xc_folder_t *)page->upserts->elts;
    ck_assert_int_ge(page->upserts->nelts, 4);
    ck_assert_int_eq(f[0].kind, XC_FOLDER_ROOT);
    ck_assert(f[1].kind == XC_FOLDER_CALENDAR && f[1].is_default);
    ck_assert(f[2].kind == XC_FOLDER_TASKS && f[2].is_default);
    ck_assert_uint_eq(f[1].rights & (XC_RIGHT_READ | XC_RIGHT_CREATE | XC_RIGHT_MODIFY | XC_RIGHT_DELETE | XC_RIGHT_CREATE_FOLDER),
                      XC_RIGHT_READ | XC_RIGHT_CREATE | XC_RIGHT_MODIFY);
    ck_assert_int_ge(find_folder(page, "birthdays"), 0);
    ck_assert(!f[find_folder(page, "birthdays")].is_default);
    ck_assert_int_eq(find_folder(page, "inbox"), -1);
    ck_assert_int_eq(find_folder(page, "old"), -1);
    ck_assert_int_eq(find_folder(page, "old-below"), -1);
    /* later: one is moved to the trash, another renamed */
    fake_good("SyncFolderHierarchy",
              "<mm:SyncState>h2</mm:SyncState><mm:IncludesLastFolderInRange>true</mm:IncludesLastFolderInRange><mm:Changes>"
              "<Update><CalendarFolder><FolderId Id=\"birthdays\" ChangeKey=\"k\"/><ParentFolderId Id=\"trash\"/><FolderClass>IPF.Appointment</FolderClass>"
              "<ChildFolderCount>0</ChildFolderCount></CalendarFolder></Update>"
              "<Update>" FOLDER("CalendarFolder", "IPF.Appointment", "cal", "root") "</Update><Delete><FolderId Id=\"gone\"/></Delete></mm:Changes>",
              NULL);
    ck_assert_ptr_null(xc_ews_folder_sync(&page, &fake.s, "alice@contoso.example", page->state, fake.pool));
    ck_assert(!page->reset);
    ck_assert_int_eq(page->deletes->nelts, 2);
    ck_assert_int_eq(page->upserts->nelts, 1);
    ck_assert(APR_ARRAY_IDX(page->upserts, 0, xc_folder_t).is_default);
    fake_bad("SyncFolderHierarchy", "ErrorInvalidSyncStateData");
    default_folders();
    fake_good("SyncFolderHierarchy", "<mm:SyncState>h1</mm:SyncState><mm:IncludesLastFolderInRange>true</mm:IncludesLastFolderInRange><mm:Changes/>", NULL);
    ck_assert_ptr_null(xc_ews_folder_sync(&page, &fake.s, "alice@contoso.example", page->state, fake.pool));
    ck_assert(page->reset);
    fake_all_answered();
}
END_TEST

/* A folder with folders of its own goes to the trash: what lies in it does not report, only a new listing tells. */
START_TEST(folder_tree_to_trash)
{
    xc_folder_page_t *page = NULL;
    fake_begin("Exchange2010_SP2");
    default_folders();
    fake_good("SyncFolderHierarchy", "<mm:SyncState>h1</mm:SyncState><mm:IncludesLastFolderInRange>true</mm:IncludesLastFolderInRange><mm:Changes/>", NULL);
    ck_assert_ptr_null(xc_ews_folder_sync(&page, &fake.s, "alice@contoso.example", NULL, fake.pool));
    fake_good("SyncFolderHierarchy", "<mm:SyncState>h2</mm:SyncState><mm:IncludesLastFolderInRange>true</mm:IncludesLastFolderInRange><mm:Changes><Update>"
              FOLDER("Folder", "IPF.Note", "projects", "trash") "</Update></mm:Changes>", NULL);
    default_folders();
    fake_good("SyncFolderHierarchy", "<mm:SyncState>h3</mm:SyncState><mm:IncludesLastFolderInRange>true</mm:IncludesLastFolderInRange><mm:Changes/>", NULL);
    ck_assert_ptr_null(xc_ews_folder_sync(&page, &fake.s, "alice@contoso.example", page->state, fake.pool));
    ck_assert(page->reset);
    fake_all_answered();
}
END_TEST

/* Only the calendar of a colleague is open to us. */
START_TEST(folder_root_closed)
{
    xc_folder_page_t *page = NULL;
    fake_begin("Exchange2010_SP2");
    const char *closed = fake_message("GetFolder", "Error", "ErrorAccessDenied", "<mm:Folders/>");
    const char *open = fake_message("GetFolder", "Success", "NoError", "<mm:Folders>" FOLDER("CalendarFolder", "IPF.Appointment", "cal", "root") "</mm:Folders>");
    fake_mixed("GetFolder", xml("%s%s%s%s", closed, open, closed, closed));
    fake_bad("SyncFolderHierarchy", "ErrorAccessDenied");
    fake_good("FindFolder", "<mm:RootFolder><Folders>" FOLDER("CalendarFolder", "IPF.Appointment", "sub", "cal") "</Folders></mm:RootFolder>", NULL);
    ck_assert_ptr_null(xc_ews_folder_sync(&page, &fake.s, "bob@contoso.example", NULL, fake.pool));
    ck_assert_int_eq(page->upserts->nelts, 2);
    ck_assert(APR_ARRAY_IDX(page->upserts, 0, xc_folder_t).is_default);
    ck_assert_ptr_nonnull(page->state);
    /* the next time the same way */
    fake_mixed("GetFolder", xml("%s%s%s%s", closed, open, closed, closed));
    fake_bad("SyncFolderHierarchy", "ErrorAccessDenied");
    fake_bad("FindFolder", "ErrorAccessDenied");
    ck_assert_ptr_null(xc_ews_folder_sync(&page, &fake.s, "bob@contoso.example", page->state, fake.pool));
    ck_assert_int_eq(page->upserts->nelts, 1);
    fake_mixed("GetFolder", xml("%s%s%s%s", closed, closed, closed, closed));
    fake_bad("SyncFolderHierarchy", "ErrorAccessDenied");
    fake_bad("FindFolder", "ErrorAccessDenied");
    ck_assert_int_eq(xc_ews_folder_sync(&page, &fake.s, "bob@contoso.example", NULL, fake.pool)->status, 403);
}
END_TEST

/* ---- who is it ---- */

#define MINE "<mm:Folders><CalendarFolder><FolderId Id=\"cal\" ChangeKey=\"k\"/></CalendarFolder></mm:Folders>"
#define PERSON(name, address) \
    "<Resolution><Mailbox><Name>" name "</Name><EmailAddress>" address "</EmailAddress><RoutingType>SMTP</RoutingType></Mailbox></Resolution>"

START_TEST(signing_in)
{
    const char *address = NULL;
    /* several are found: the first of them is not the one who signed in */
    fake_begin("Exchange2010_SP2");
    fake_good("GetFolder", MINE, NULL);
    fake_mixed("ResolveNames", fake_message("ResolveNames", "Warning", "ErrorNameResolutionMultipleResults",
                                            "<mm:ResolutionSet>" PERSON("Alice Two", "alice2@contoso.example") PERSON("Alice", "alice@contoso.example")
                                            "</mm:ResolutionSet>"));
    fake_good("GetFolder", MINE, NULL);
    ck_assert_ptr_null(xc_ews_sign_in(&fake.s, &address, fake.pool));
    ck_assert_str_eq(address, "alice@contoso.example");
    /* a person's own contacts must not say who that person is */
    assert_sent(1, "SearchScope=\"ActiveDirectory\"");
    /* another address than that typed */
    fake_begin("Exchange2010_SP2");
    fake_good("GetFolder", MINE, NULL);
    fake_good("ResolveNames", "<mm:ResolutionSet>" PERSON("Alice", "Alice.Adams@contoso.example") "</mm:ResolutionSet>", NULL);
    fake_good("GetFolder", MINE, NULL);
    ck_assert_ptr_null(xc_ews_sign_in(&fake.s, &address, fake.pool));
    ck_assert_str_eq(address, "alice.adams@contoso.example");
    /* not in the directory */
    fake_begin("Exchange2010_SP2");
    fake_good("GetFolder", MINE, NULL);
    fake_bad("ResolveNames", "ErrorNameResolutionNoResults");
    fake_bad("GetFolder", "ErrorNonExistentMailbox"); /* nor anybody's address */
    ck_assert_ptr_null(xc_ews_sign_in(&fake.s, &address, fake.pool));
    ck_assert_str_eq(address, "alice@contoso.example");
    /* what the completed login names is somebody else's mailbox: FABRIKAM\alice is not alice@contoso.example */
    for (int in_directory = 0; in_directory < 2; in_directory++) {
        for (int may_look = 0; may_look < 2; may_look++) {
            fake_begin("Exchange2010_SP2");
            fake_good("GetFolder", MINE, NULL);
            if (in_directory)
                fake_good("ResolveNames", "<mm:ResolutionSet>" PERSON("Alice", "alice@contoso.example") "</mm:ResolutionSet>", NULL);
            else
                fake_bad("ResolveNames", "ErrorNameResolutionNoResults");
            if (may_look)
                fake_good("GetFolder", "<mm:Folders><CalendarFolder><FolderId Id=\"another\" ChangeKey=\"k\"/></CalendarFolder></mm:Folders>", NULL);
            else
                fake_bad("GetFolder", "ErrorAccessDenied");
            ck_assert_int_eq(xc_ews_sign_in(&fake.s, &address, fake.pool)->status, 403);
            ck_assert_ptr_null(address);
        }
    }
    /* no domain, an ambiguous name: nobody */
    fake_begin("Exchange2010_SP2");
    fake.cfg.mail_domain = NULL;
    fake_good("GetFolder", MINE, NULL);
    fake_mixed("ResolveNames", fake_message("ResolveNames", "Warning", "ErrorNameResolutionMultipleResults",
                                            "<mm:ResolutionSet>" PERSON("Alice Two", "alice2@contoso.example") PERSON("Alice", "alice@contoso.example")
                                            "</mm:ResolutionSet>"));
    ck_assert_int_eq(xc_ews_sign_in(&fake.s, &address, fake.pool)->status, 403);
    /* no domain, one name that fits: is it the one who signed in? */
    for (int same = 0; same < 2; same++) {
        fake_begin("Exchange2010_SP2");
        fake.cfg.mail_domain = NULL;
        fake_good("GetFolder", MINE, NULL);
        fake_good("ResolveNames", "<mm:ResolutionSet>" PERSON("Alice", "Alice@contoso.example") "</mm:ResolutionSet>", NULL);
        fake_good("GetFolder", same ? MINE : "<mm:Folders><CalendarFolder><FolderId Id=\"another\" ChangeKey=\"k\"/></CalendarFolder></mm:Folders>", NULL);
        xc_error_t *err = xc_ews_sign_in(&fake.s, &address, fake.pool);
        if (same)
            ck_assert_str_eq(address, "alice@contoso.example");
        else
            ck_assert_int_eq(err->status, 403);
        assert_sent(2, "<t:EmailAddress>alice@contoso.example</t:EmailAddress>");
    }
    /* a login without a mailbox */
    fake_begin("Exchange2010_SP2");
    fake_bad("GetFolder", "ErrorNonExistentMailbox");
    ck_assert_int_eq(xc_ews_sign_in(&fake.s, &address, fake.pool)->status, 403);
    fake_begin("Exchange2010_SP2");
    fake_answer("GetFolder", 401, "");
    ck_assert_int_eq(xc_ews_sign_in(&fake.s, &address, fake.pool)->status, 401);
}
END_TEST

/* ---- versions ---- */

START_TEST(versions)
{
    xc_item_page_t *page = NULL;
    fake_begin(NULL);
    fake_fault("GetFolder", "ErrorInvalidServerVersion", "");
    fake_fault("GetFolder", "ErrorIncorrectSchemaVersion", "");
    fake_good("GetFolder", MINE, NULL);
    fake_good("SyncFolderItems", "<mm:SyncState>s</mm:SyncState><mm:IncludesLastItemInRange>true</mm:IncludesLastItemInRange><mm:Changes/>", NULL);
    ck_assert_ptr_null(xc_ews_item_sync(&page, &fake.s, "cal", NULL, fake.pool));
    assert_sent(3, "Version=\"Exchange2007_SP1\"");
    fake_all_answered();
    /* remembered */
    fake.s.state = NULL;
    fake_good("SyncFolderItems", "<mm:SyncState>s</mm:SyncState><mm:IncludesLastItemInRange>true</mm:IncludesLastItemInRange><mm:Changes/>", NULL);
    ck_assert_ptr_null(xc_ews_item_sync(&page, &fake.s, "cal", NULL, fake.pool));
    assert_sent(4, "Version=\"Exchange2007_SP1\"");
    fake_all_answered();
    /* until the server says that it no longer holds: the next request finds out anew */
    fake.s.state = NULL;
    fake_fault("SyncFolderItems", "ErrorInvalidServerVersion", "");
    ck_assert_int_eq(xc_ews_item_sync(&page, &fake.s, "cal", NULL, fake.pool)->status, 503);
    fake.s.state = NULL;
    fake_good("GetFolder", MINE, NULL);
    fake_good("SyncFolderItems", "<mm:SyncState>s</mm:SyncState><mm:IncludesLastItemInRange>true</mm:IncludesLastItemInRange><mm:Changes/>", NULL);
    ck_assert_ptr_null(xc_ews_item_sync(&page, &fake.s, "cal", NULL, fake.pool));
    fake_all_answered();
    /* a name of a later version than ours is sent as it is */
    fake_begin("Exchange2016");
    fake_good("SyncFolderItems", "<mm:SyncState>s</mm:SyncState><mm:IncludesLastItemInRange>true</mm:IncludesLastItemInRange><mm:Changes/>", NULL);
    ck_assert_ptr_null(xc_ews_item_sync(&page, &fake.s, "cal", NULL, fake.pool));
    assert_sent(0, "Version=\"Exchange2016\"");
}
END_TEST

/* ---- errors ---- */

static xc_error_t *sync_error(void)
{
    xc_item_page_t *page = NULL;
    xc_error_t *err = xc_ews_item_sync(&page, &fake.s, "cal", NULL, fake.pool);
    ck_assert_ptr_nonnull(err);
    return err;
}

START_TEST(busy)
{
    fake_begin("Exchange2010_SP2");
    fake_fault("SyncFolderItems", "ErrorServerBusy", "<t:Value Name=\"BackOffMilliseconds\">297749</t:Value>");
    xc_error_t *err = sync_error();
    ck_assert_int_eq(err->status, 503);
    ck_assert_int_eq(err->retry_after_sec, 298);
    ck_assert_str_eq(err->code, "ErrorServerBusy");
    ck_assert_str_eq(fake.back_off_origin, "https://mail.contoso.example");
    ck_assert_str_eq(fake.back_off_account, "alice@contoso.example");
    ck_assert_int_eq(fake.back_off, apr_time_from_msec(297749));
    /* wrapped into another error, within a good answer */
    fake_begin("Exchange2010_SP2");
    fake_mixed("SyncFolderItems",
               "<mm:SyncFolderItemsResponseMessage ResponseClass=\"Error\"><mm:MessageText>x</mm:MessageText><mm:ResponseCode>ErrorInternalServerError</mm:ResponseCode>"
               "<mm:MessageXml><Value Name=\"InnerErrorMessageText\">x</Value><Value Name=\"InnerErrorResponseCode\">ErrorServerBusy</Value>"
               "<Value Name=\"BackOffMilliseconds\">5000</Value></mm:MessageXml></mm:SyncFolderItemsResponseMessage>");
    err = sync_error();
    ck_assert_int_eq(err->status, 503);
    ck_assert_int_eq(err->retry_after_sec, 5);
    ck_assert_int_eq(fake.back_off, apr_time_from_sec(5));
    /* nonsense for a number bounds nobody for ever */
    fake_begin("Exchange2010_SP2");
    fake_fault("SyncFolderItems", "ErrorServerBusy", "<t:Value Name=\"BackOffMilliseconds\">99999999999999999999999</t:Value>");
    err = sync_error();
    ck_assert_int_eq(err->status, 503);
    ck_assert_int_le(err->retry_after_sec, 3600);
    ck_assert_int_gt(err->retry_after_sec, 0);
}
END_TEST

START_TEST(http_statuses)
{
    static const struct { int status, wanted; } rows[] = {{401, 401}, {403, 403}, {404, 502}, {302, 502}, {413, 403}, {429, 503}, {456, 403},
                                                          {500, 502}, {502, 503}, {503, 503}, {504, 503}, {200, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fake_begin("Exchange2010_SP2");
        fake_answer("SyncFolderItems", rows[i].status, "<html><body>no</body></html>");
        xc_error_t *err = sync_error();
        if (rows[i].wanted)
            ck_assert_msg(err->status == rows[i].wanted, "%d: %d", rows[i].status, err->status);
        else
            ck_assert(err->status == 502 || err->status == 503);
        if (err->status == 503)
            ck_assert_int_gt(err->retry_after_sec, 0);
    }
    /* the gateway's own account is not the client's password */
    fake_begin("Exchange2010_SP2");
    fake.s.impersonate = "bob@contoso.example";
    fake_answer("SyncFolderItems", 401, "");
    ck_assert_int_eq(sync_error()->status, 502);
}
END_TEST

/* A proxy gave up waiting: Exchange may have done it all the same. */
START_TEST(write_behind_a_proxy)
{
    static const int statuses[] = {502, 504, 500, 200};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        xc_item_ref_t ref;
        fake_begin("Exchange2010_SP2");
        xc_event_t *e = xc_event_make(fake.pool);
        e->uid = "u";
        e->start.kind = e->end.kind = XC_WHEN_UTC;
        e->start.wall = e->end.wall = (xc_wall_t){2027, 1, 1, 0, 0, 0};
        xc_write_t w = {.event = e, .href = "u.ics"};
        fake_answer("CreateItem", statuses[i], "<html/>");
        fake_good("FindItem", "<mm:RootFolder TotalItemsInView=\"1\" IncludesLastItemInRange=\"true\"><Items><CalendarItem>"
                              "<ItemId Id=\"found\" ChangeKey=\"key1\"/></CalendarItem></Items></mm:RootFolder>", NULL);
        ck_assert_ptr_null(xc_ews_item_create(&ref, &fake.s, "cal", &w, fake.pool));
        ck_assert_str_eq(ref.id, "found");
    }
}
END_TEST

START_TEST(hostile)
{
    static const char *const bodies[] = {
        "", "not xml", "<a>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"/>",
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/></s:Envelope>",
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault/></s:Body></s:Envelope>",
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><m:SyncFolderItemsResponse "
        "xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\"/></s:Body></s:Envelope>",
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><m:SyncFolderItemsResponse "
        "xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\"><m:ResponseMessages><m:SyncFolderItemsResponseMessage/>"
        "</m:ResponseMessages></m:SyncFolderItemsResponse></s:Body></s:Envelope>",
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><m:GetItemResponse "
        "xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\"><m:ResponseMessages><m:GetItemResponseMessage ResponseClass=\"Success\">"
        "<m:ResponseCode>NoError</m:ResponseCode></m:GetItemResponseMessage></m:ResponseMessages></m:GetItemResponse></s:Body></s:Envelope>"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        for (int status = 200; status <= 500; status += 300) {
            fake_begin("Exchange2010_SP2");
            fake_answer("SyncFolderItems", status, bodies[i]);
            xc_error_t *err = sync_error();
            ck_assert_msg(err->status == 502 || err->status == 503, "%d", err->status);
        }
    }
    /* ids and numbers of every kind */
    static const char *const items[] = {
        "<Start/><End/>", TIMES("2024-02-31T07:00:00Z", "2024-13-06T08:00:00Z"), TIMES("99999-05-06T07:00:00Z", "2024-05-06T08:00:00Z"),
        TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z") "<ReminderIsSet>true</ReminderIsSet><ReminderMinutesBeforeStart>-99999999999999999999</ReminderMinutesBeforeStart>",
        TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z") "<StartTimeZone Id=\"../../../etc/passwd\"><Periods><Period/></Periods><Transitions/></StartTimeZone>",
        TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z") "<StartTimeZone Id=\"a&#13;&#10;END:VTIMEZONE\"><Periods><Period Id=\"p\" Bias=\"-PT99999999999999M\"/></Periods>"
        "<TransitionsGroups><TransitionsGroup Id=\"0\"><RecurringDayTransition><To>p</To><TimeOffset>PT99999999H</TimeOffset><Month>3</Month>"
        "<DayOfWeek>Sunday</DayOfWeek><Occurrence>4</Occurrence></RecurringDayTransition><RecurringDayTransition><To>p</To><TimeOffset>x</TimeOffset>"
        "<Month>4</Month><DayOfWeek>Sunday</DayOfWeek><Occurrence>-1</Occurrence></RecurringDayTransition></TransitionsGroup></TransitionsGroups>"
        "<Transitions><Transition><To>0</To></Transition></Transitions></StartTimeZone>",
        TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z") "<AppointmentSequenceNumber>99999999999999999999</AppointmentSequenceNumber>"
        "<RequiredAttendees><Attendee/><Attendee><Mailbox/></Attendee></RequiredAttendees><Categories><String/></Categories>"
        "<ModifiedOccurrences><Occurrence/></ModifiedOccurrences><DeletedOccurrences><DeletedOccurrence/></DeletedOccurrences>"};
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        fake_begin("Exchange2010_SP2");
        fake_good("GetItem", item("one", "k", items[i]), NULL);
        xc_fetched_t *out = fetch(1);
        ck_assert((out->event != NULL) != (out->error != NULL));
        if (out->event)
            ck_assert_int_ge(out->event->sequence, 0);
    }
}
END_TEST

/* Exchange writes characters that XML has no place for, as references: they cost that character. */
START_TEST(impossible_characters)
{
    fake_begin("Exchange2013_SP1");
    const xc_event_t *e = fetch_one("<Subject>a&#x1F;b&#11;c</Subject>" TIMES("2024-05-06T07:00:00Z", "2024-05-06T08:00:00Z"));
    ck_assert(e->summary[0] == 'a' && strchr(e->summary, 'b') && strchr(e->summary, 'c'));
    ck_assert(xc_xml_valid_text(e->summary, strlen(e->summary)));
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
    fake.program = "replies";
    Suite *suite = suite_create("ews replies");
    TCase *tc = tcase_create("replies");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_whole_series);
    tcase_add_test(tc, few_calls);
    tcase_add_test(tc, html_and_text);
    tcase_add_test(tc, zones);
    tcase_add_test(tc, zones_2007);
    tcase_add_test(tc, all_day);
    tcase_add_test(tc, early_times);
    tcase_add_test(tc, whose_meeting);
    tcase_add_test(tc, patterns);
    tcase_add_test(tc, per_item_failures);
    tcase_add_test(tc, stopped_batch_goes_on);
    tcase_add_test(tc, exception_gone);
    tcase_add_test(tc, torn_series);
    tcase_add_test(tc, item_pages);
    tcase_add_test(tc, folder_pages);
    tcase_add_test(tc, folder_tree_to_trash);
    tcase_add_test(tc, folder_root_closed);
    tcase_add_test(tc, signing_in);
    tcase_add_test(tc, versions);
    tcase_add_test(tc, busy);
    tcase_add_test(tc, http_statuses);
    tcase_add_test(tc, write_behind_a_proxy);
    tcase_add_test(tc, hostile);
    tcase_add_test(tc, impossible_characters);
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
