/* SPDX-License-Identifier: Apache-2.0 */
/* exchange/ews: availability of many mailboxes, the directory, rooms (exchange/people.h). */
#include "ews_fake.h"
#include "exchange/people.h"

#define PERSON(name, address, type) "<Mailbox><Name>" name "</Name><EmailAddress>" address "</EmailAddress><RoutingType>SMTP</RoutingType>" \
    "<MailboxType>" type "</MailboxType></Mailbox>"

static void setup(void)
{
    apr_initialize();
    fake.program = "people";
    apr_pool_create(&fake.pool, NULL);
    xc_xml_init();
    ck_assert_ptr_null(xc_zone_init(fake.pool));
    fake.pool = NULL;
    fake_begin("Exchange2013_SP1");
}

static apr_time_t at(int month, int day, int hour, int minute)
{
    xc_wall_t w = {2027, month, day, hour, minute, 0};
    return xc_zone_to_utc(xc_zone_utc(), &w);
}

static const xc_people_ops_t *ops(void)
{
    return fake.s.backend->people;
}

/* ---- availability ---- */

#define GOOD "<mm:ResponseMessage ResponseClass=\"Success\"><mm:ResponseCode>NoError</mm:ResponseCode></mm:ResponseMessage>"
#define VIEW(type, inner) "<mm:FreeBusyResponse>" GOOD "<mm:FreeBusyView><FreeBusyViewType>" type "</FreeBusyViewType>" inner "</mm:FreeBusyView></mm:FreeBusyResponse>"
#define BAD(code) "<mm:FreeBusyResponse><mm:ResponseMessage ResponseClass=\"Error\"><mm:MessageText>said so</mm:MessageText><mm:ResponseCode>" code \
    "</mm:ResponseCode></mm:ResponseMessage><mm:FreeBusyView><FreeBusyViewType>None</FreeBusyViewType></mm:FreeBusyView></mm:FreeBusyResponse>"
#define EVENT(from, to, type, details) "<CalendarEvent><StartTime>" from "</StartTime><EndTime>" to "</EndTime><BusyType>" type "</BusyType>" details "</CalendarEvent>"
#define DETAILS(subject, place, is_private) "<CalendarEventDetails><ID>00</ID><Subject>" subject "</Subject><Location>" place \
    "</Location><IsMeeting>true</IsMeeting><IsRecurring>false</IsRecurring><IsException>false</IsException><IsReminderSet>false</IsReminderSet><IsPrivate>" is_private "</IsPrivate></CalendarEventDetails>"

static void answer(const char *rows)
{
    fake_answer("GetUserAvailability", 200, fake_envelope(apr_pstrcat(fake.pool, "<mm:GetUserAvailabilityResponse><mm:FreeBusyResponseArray>", rows,
                                                                      "</mm:FreeBusyResponseArray></mm:GetUserAvailabilityResponse>", NULL)));
}

static xc_availability_t *ask(const char *const *addresses, int n, apr_time_t from, apr_time_t to)
{
    xc_availability_t *out = apr_pcalloc(fake.pool, (apr_size_t)n * sizeof *out);
    xc_error_t *err = ops()->availability(out, &fake.s, addresses, n, from, to, fake.pool);
    ck_assert_msg(!err, "%s", err ? err->message : "");
    for (int i = 0; i < n; i++)
        ck_assert(!out[i].view != !out[i].error);
    fake_all_answered();
    return out;
}

static const char *const bob[] = {"bob@contoso.example"};

/* "0302T1000-1100b": time and kind of each span. */
static const char *spans(const xc_availability_t *row)
{
    static const char kinds[] = "?.tboe";
    const char *out = "";
    ck_assert_ptr_nonnull(row->view);
    for (int i = 0; i < row->view->spans->nelts; i++) {
        const xc_busy_span_t *s = &APR_ARRAY_IDX(row->view->spans, i, xc_busy_span_t);
        xc_wall_t a, b;
        xc_zone_to_wall(xc_zone_utc(), s->start, &a);
        xc_zone_to_wall(xc_zone_utc(), s->end, &b);
        out = apr_psprintf(fake.pool, "%s%s%02d%02dT%02d%02d-%02d%02d%c", out, *out ? " " : "", a.month, a.day, a.hour, a.minute, b.hour, b.minute,
                           kinds[s->kind + 1]);
    }
    return out;
}

START_TEST(the_question)
{
    static const char *const both[] = {"bob@contoso.example", "o'neil&co@contoso.example"};
    answer(VIEW("FreeBusy", "<CalendarEventArray/>") VIEW("FreeBusy", "<CalendarEventArray/>"));
    ask(both, 2, at(3, 1, 0, 0), at(3, 8, 0, 0));
    assert_sent(0, "<m:GetUserAvailabilityRequest>");
    assert_sent(0, "<t:StartTime>2027-03-01T00:00:00</t:StartTime><t:EndTime>2027-03-08T00:00:00</t:EndTime>");
    assert_sent(0, "<t:Address>o'neil&amp;co@contoso.example</t:Address>");
    assert_sent(0, "<t:RequestedView>DetailedMerged</t:RequestedView>");
    const xc_net_request_t *req = &APR_ARRAY_IDX(fake.requests, 0, xc_net_request_t);
    ck_assert_ptr_nonnull(strstr(apr_table_get(req->headers, "SOAPAction"), "/GetUserAvailability\""));
    ck_assert(req->repeatable);
}
END_TEST

START_TEST(all_kinds_and_details)
{
    answer(VIEW("Detailed", "<CalendarEventArray>" EVENT("2027-03-01T14:00:00", "2027-03-01T15:00:00", "OOF", "")
                EVENT("2027-03-01T10:00:00", "2027-03-01T11:00:00", "Busy", DETAILS("Staff &amp; friends", "Room 1", "false"))
                EVENT("2027-03-01T11:00:00", "2027-03-01T12:00:00", "Free", DETAILS("Lunch", "", "false"))
                EVENT("2027-03-01T12:00:00", "2027-03-01T13:00:00", "Tentative", DETAILS("Secret", "Vault", "true"))
                EVENT("2027-03-01T16:00:00", "2027-03-01T17:00:00", "WorkingElsewhere", "") EVENT("2027-03-01T17:00:00", "2027-03-01T18:00:00", "NoData", "")
                EVENT("2027-03-01T18:00:00", "2027-03-01T19:00:00", "Novel", "") EVENT("2027-03-01T20:00:00", "2027-03-01T20:00:00", "Busy", "")
                EVENT("yesterday", "today", "Busy", "") "</CalendarEventArray>"));
    xc_availability_t *out = ask(bob, 1, at(3, 1, 0, 0), at(3, 2, 0, 0));
    ck_assert_str_eq(spans(out), "0301T1000-1100b 0301T1200-1300t 0301T1400-1500o 0301T1600-1700e 0301T1700-1800? 0301T1800-1900b");
    ck_assert_int_eq(out->view->level, XC_BUSY_LEVEL_DETAILED);
    const xc_busy_span_t *s = &APR_ARRAY_IDX(out->view->spans, 0, xc_busy_span_t);
    ck_assert_str_eq(s->summary, "Staff & friends");
    ck_assert_str_eq(s->location, "Room 1");
    ck_assert(s->is_meeting && !s->is_private);
    s = &APR_ARRAY_IDX(out->view->spans, 1, xc_busy_span_t);
    ck_assert(s->is_private && !s->summary && !s->location);
}
END_TEST

START_TEST(ones_own_private_events)
{
    static const char *const me[] = {"Alice@contoso.example"};
    answer(VIEW("Detailed", "<CalendarEventArray>" EVENT("2027-03-01T12:00:00", "2027-03-01T13:00:00", "Busy", DETAILS("Secret", "Vault", "true")) "</CalendarEventArray>"));
    xc_availability_t *out = ask(me, 1, at(3, 1, 0, 0), at(3, 2, 0, 0));
    ck_assert_str_eq(APR_ARRAY_IDX(out->view->spans, 0, xc_busy_span_t).summary, "Secret");
}
END_TEST

/* What a digit means: the version decides about 4. */
static const struct {
    const char *version, *digits, *want;
} digits[] = {
    {"Exchange2013_SP1", "0123450", "0301T0030-0100t 0301T0100-0130b 0301T0130-0200o 0301T0200-0230e 0301T0230-0300?"},
    {"Exchange2010_SP2", "0123450", "0301T0030-0100t 0301T0100-0130b 0301T0130-0200o 0301T0200-0300?"},
    {"Exchange2007_SP1", "0044", "0301T0100-0200?"},
    {"Exchange2013_SP1", "22220", "0301T0000-0200b"},
    {"Exchange2013_SP1", "2x", "0301T0000-0100b"}, /* a later digit is busy at least */
    {"Exchange2013_SP1", "", ""},
};

START_TEST(digits_of_lists)
{
    fake_begin(digits[_i].version);
    answer(apr_pstrcat(fake.pool, "<mm:FreeBusyResponse>" GOOD "<mm:FreeBusyView><FreeBusyViewType>MergedOnly</FreeBusyViewType><MergedFreeBusy>",
                       digits[_i].digits, "</MergedFreeBusy></mm:FreeBusyView></mm:FreeBusyResponse>", NULL));
    xc_availability_t *out = ask(bob, 1, at(3, 1, 0, 0), at(3, 2, 0, 0));
    ck_assert_str_eq(spans(out), digits[_i].want);
    ck_assert_int_eq(out->view->level, XC_BUSY_LEVEL_MERGED);
}
END_TEST

/* Beside events the digits tell only where nothing is known. */
START_TEST(digits_beside_events)
{
    answer(VIEW("FreeBusyMerged", "<MergedFreeBusy>024400</MergedFreeBusy><CalendarEventArray>" EVENT("2027-03-01T00:30:00", "2027-03-01T01:00:00", "Busy", "")
                EVENT("2027-03-01T01:00:00", "2027-03-01T01:30:00", "WorkingElsewhere", "") "</CalendarEventArray>"));
    ck_assert_str_eq(spans(ask(bob, 1, at(3, 1, 0, 0), at(3, 2, 0, 0))), "0301T0030-0100b 0301T0100-0130e 0301T0130-0200?");
}
END_TEST

START_TEST(errors_stay_with_their_mailbox)
{
    static const char *const many[] = {"a@x", "b@x", "c@x", "d@x", "e@x", "f@x"};
    answer(BAD("ErrorMailRecipientNotFound") VIEW("FreeBusy", "<CalendarEventArray/>") BAD("ErrorNoFreeBusyAccess") BAD("ErrorFreeBusyGenerationFailed")
           VIEW("None", ""));
    xc_availability_t *out = ask(many, 6, at(3, 1, 0, 0), at(3, 2, 0, 0));
    ck_assert_int_eq(out[0].error->status, 404);
    ck_assert_str_eq(spans(&out[1]), "");
    ck_assert_int_eq(out[2].error->status, 403);
    ck_assert_int_eq(out[3].error->status, 503);
    ck_assert_int_eq(out[4].error->status, 403); /* nothing is shown */
    ck_assert_int_eq(out[5].error->status, 502); /* Exchange forgot it */
}
END_TEST

static const char *const *people(int n)
{
    const char **all = apr_palloc(fake.pool, (apr_size_t)n * sizeof *all);
    for (int i = 0; i < n; i++)
        all[i] = apr_psprintf(fake.pool, "p%d@x", i);
    return all;
}

static const char *rows(int n, const char *row)
{
    const char *all = "";
    for (int i = 0; i < n; i++)
        all = apr_pstrcat(fake.pool, all, row, NULL);
    return all;
}

START_TEST(batches_side_by_side)
{
    answer(rows(100, VIEW("FreeBusy", "")));
    answer(rows(100, VIEW("FreeBusy", "")));
    answer(rows(50, BAD("ErrorMailRecipientNotFound")));
    xc_availability_t *out = ask(people(250), 250, at(3, 1, 0, 0), at(3, 2, 0, 0));
    ck_assert_int_eq(fake.rounds, 1);
    ck_assert_ptr_nonnull(out[199].view);
    ck_assert_int_eq(out[200].error->status, 404);
    assert_sent(2, "<t:Address>p200@x</t:Address>");
    assert_not_sent(2, "<t:Address>p199@x</t:Address>");
}
END_TEST

/* 60 days are two windows; what lies over their border is told by both and taken once. */
START_TEST(windows)
{
    static const char border[] = EVENT("2027-04-11T22:00:00", "2027-04-12T02:00:00", "Busy", "");
    answer(apr_pstrcat(fake.pool, "<mm:FreeBusyResponse>" GOOD "<mm:FreeBusyView><FreeBusyViewType>FreeBusy</FreeBusyViewType><CalendarEventArray>"
                       EVENT("2027-02-28T22:00:00", "2027-03-01T02:00:00", "Busy", ""), border, "</CalendarEventArray></mm:FreeBusyView></mm:FreeBusyResponse>", NULL));
    answer(apr_pstrcat(fake.pool, "<mm:FreeBusyResponse>" GOOD "<mm:FreeBusyView><FreeBusyViewType>FreeBusy</FreeBusyViewType><CalendarEventArray>",
                       border, EVENT("2027-04-20T10:00:00", "2027-04-20T11:00:00", "OOF", ""), "</CalendarEventArray></mm:FreeBusyView></mm:FreeBusyResponse>", NULL));
    ck_assert_str_eq(spans(ask(bob, 1, at(3, 1, 0, 0), at(4, 30, 0, 0))), "0228T2200-0200b 0411T2200-0200b 0420T1000-1100o");
    assert_sent(0, "<t:EndTime>2027-04-12T00:00:00</t:EndTime>");
    assert_sent(1, "<t:StartTime>2027-04-12T00:00:00</t:StartTime><t:EndTime>2027-04-30T00:00:00</t:EndTime>");
}
END_TEST

/* An error in one window is the mailbox's; the others of the batch go on. */
START_TEST(an_error_in_one_window)
{
    static const char *const two[] = {"a@x", "b@x"};
    answer(VIEW("FreeBusy", "") VIEW("FreeBusy", ""));
    answer(BAD("ErrorFreeBusyGenerationFailed") VIEW("FreeBusy", ""));
    xc_availability_t *out = ask(two, 2, at(3, 1, 0, 0), at(4, 30, 0, 0));
    ck_assert_int_eq(out[0].error->status, 503);
    ck_assert_ptr_nonnull(out[1].view);
}
END_TEST

/* A smaller limit than Exchange's own is learned, and remembered. */
START_TEST(learns_the_window)
{
    fake_fault("GetUserAvailability", "ErrorTimeIntervalTooBig", "");
    for (int i = 0; i < 2; i++) /* 20 days: 10 and 10 */
        answer(VIEW("FreeBusy", ""));
    ask(bob, 1, at(3, 1, 0, 0), at(3, 21, 0, 0));
    assert_sent(1, "<t:EndTime>2027-03-11T00:00:00</t:EndTime>");
    for (int i = 0; i < 2; i++)
        answer(VIEW("FreeBusy", ""));
    ask(bob, 1, at(3, 1, 0, 0), at(3, 21, 0, 0)); /* not refused again */
}
END_TEST

START_TEST(learns_the_batch)
{
    fake_fault("GetUserAvailability", "ErrorMailboxDataArrayTooBig", "");
    answer(rows(30, VIEW("FreeBusy", "")));
    answer(rows(30, VIEW("FreeBusy", "")));
    ask(people(60), 60, at(3, 1, 0, 0), at(3, 2, 0, 0));
    ck_assert_str_eq(apr_table_get(fake.memo, "ews-availability https://mail.contoso.example/EWS/Exchange.asmx"), "30/42");
}
END_TEST

START_TEST(nothing_is_small_enough)
{
    xc_availability_t out;
    for (int i = 0; i < 2; i++)
        fake_fault("GetUserAvailability", "ErrorTimeIntervalTooBig", "");
    xc_error_t *err = ops()->availability(&out, &fake.s, bob, 1, at(3, 1, 0, 0), at(3, 2, 0, 0), fake.pool);
    ck_assert_int_eq(err->status, 502);
}
END_TEST

START_TEST(exchange_is_away)
{
    xc_availability_t out[150];
    fake_answer("GetUserAvailability", 503, "");
    fake_answer("GetUserAvailability", 503, "");
    ck_assert_int_eq(ops()->availability(out, &fake.s, people(150), 150, at(3, 1, 0, 0), at(3, 2, 0, 0), fake.pool)->status, 503);
    /* half an answer is one */
    answer(rows(100, VIEW("FreeBusy", "")));
    fake_answer("GetUserAvailability", 503, "");
    ck_assert_ptr_null(ops()->availability(out, &fake.s, people(150), 150, at(3, 1, 0, 0), at(3, 2, 0, 0), fake.pool));
    ck_assert(out[0].view && out[149].error && out[149].error->status == 503);
    fake_answer("GetUserAvailability", 401, "");
    ck_assert_int_eq(ops()->availability(out, &fake.s, bob, 1, at(3, 1, 0, 0), at(3, 2, 0, 0), fake.pool)->status, 401);
}
END_TEST

#define CHANGE(element, bias, month) "<" element "><Bias>" bias "</Bias><Time>02:00:00</Time><DayOrder>5</DayOrder><Month>" month "</Month><DayOfWeek>Sunday</DayOfWeek></" element ">"
#define HOURS(zone, periods) VIEW("FreeBusy", "<WorkingHours><TimeZone>" zone "</TimeZone><WorkingPeriodArray>" periods "</WorkingPeriodArray></WorkingHours>")
#define PERIOD(days, from, to) "<WorkingPeriod><DayOfWeek>" days "</DayOfWeek><StartTimeInMinutes>" from "</StartTimeInMinutes><EndTimeInMinutes>" to "</EndTimeInMinutes></WorkingPeriod>"

START_TEST(working_hours)
{
    answer(HOURS("<Bias>300</Bias><StandardTime><Bias>0</Bias><Time>02:00:00</Time><DayOrder>1</DayOrder><Month>11</Month><DayOfWeek>Sunday</DayOfWeek></StandardTime>"
                 "<DaylightTime><Bias>-60</Bias><Time>02:00:00</Time><DayOrder>2</DayOrder><Month>3</Month><DayOfWeek>Sunday</DayOfWeek></DaylightTime>",
                 PERIOD("Monday Tuesday", "480", "1020") PERIOD("Weekday", "1320", "360") PERIOD("Someday", "1", "2") PERIOD("Friday", "-5", "10")));
    const xc_working_hours_t *h = ask(bob, 1, at(3, 1, 0, 0), at(3, 2, 0, 0))->view->hours;
    ck_assert_ptr_nonnull(h);
    ck_assert_int_eq(xc_zone_offset_sec(h->zone, at(1, 15, 12, 0)), -5 * 3600);
    ck_assert_int_eq(xc_zone_offset_sec(h->zone, at(7, 15, 12, 0)), -4 * 3600);
    ck_assert_int_eq(h->periods->nelts, 2);
    const xc_working_period_t *p = (const xc_working_period_t *)h->periods->elts;
    ck_assert(p[0].days == 0x06 && p[0].from_min == 480 && p[0].to_min == 1020);
    ck_assert(p[1].days == 0x3e && p[1].from_min == 1320 && p[1].to_min == 1440 + 360);
}
END_TEST

START_TEST(zones_of_working_hours)
{
    /* the user's own city, where Exchange cannot tell it from another */
    answer(HOURS("<Bias>-60</Bias><StandardTime><Bias>0</Bias><Time>03:00:00</Time><DayOrder>5</DayOrder><Month>10</Month><DayOfWeek>Sunday</DayOfWeek></StandardTime>"
                 CHANGE("DaylightTime", "-60", "3"), ""));
    const xc_working_hours_t *h = ask(bob, 1, at(3, 1, 0, 0), at(3, 2, 0, 0))->view->hours;
    ck_assert_str_eq(xc_zone_id(h->zone), "Europe/Berlin");
    answer(HOURS("<Bias>0</Bias>" CHANGE("StandardTime", "0", "1") CHANGE("DaylightTime", "0", "6"), ""));
    ck_assert_ptr_eq(ask(bob, 1, at(3, 1, 0, 0), at(3, 2, 0, 0))->view->hours->zone, xc_zone_utc());
    answer(HOURS("<Bias>-330</Bias>" CHANGE("StandardTime", "0", "1") CHANGE("DaylightTime", "0", "6"), ""));
    ck_assert_int_eq(xc_zone_offset_sec(ask(bob, 1, at(3, 1, 0, 0), at(3, 2, 0, 0))->view->hours->zone, at(7, 1, 0, 0)), 330 * 60);
    answer(HOURS("<Bias>many</Bias>", ""));
    ck_assert_ptr_null(ask(bob, 1, at(3, 1, 0, 0), at(3, 2, 0, 0))->view->hours);
}
END_TEST

/* ---- the directory ---- */

static const char *names(const apr_array_header_t *entries)
{
    const char *out = "";
    for (int i = 0; i < entries->nelts; i++) {
        const xc_entry_t *e = &APR_ARRAY_IDX(entries, i, xc_entry_t);
        out = apr_psprintf(fake.pool, "%s%s%s=%s/%d", out, *out ? " " : "", e->address, e->name, (int)e->kind);
    }
    return out;
}

START_TEST(resolves)
{
    apr_array_header_t *found;
    int more;
    fake_mixed("ResolveNames", fake_message("ResolveNames", "Warning", "ErrorNameResolutionMultipleResults",
        "<mm:ResolutionSet TotalItemsInView=\"5\" IncludesLastItemInRange=\"false\">"
        "<Resolution>" PERSON("Anna Berg", "Anna@Contoso.example", "Mailbox") "<Contact><GivenName>Anna</GivenName><Surname>Berg</Surname></Contact></Resolution>"
        "<Resolution>" PERSON("The Team", "team@contoso.example", "PublicDL") "</Resolution>"
        "<Resolution>" PERSON("Fax", "fax", "Mailbox") "</Resolution>"
        "<Resolution><Mailbox><Name>Old</Name><EmailAddress>/o=Contoso/cn=old</EmailAddress><RoutingType>EX</RoutingType><MailboxType>Mailbox</MailboxType></Mailbox>"
        "<Contact><EmailAddresses><Entry Key=\"EmailAddress1\">smtp:older@contoso.example</Entry><Entry Key=\"EmailAddress2\">SMTP:old@contoso.example</Entry></EmailAddresses></Contact></Resolution>"
        "<Resolution>" PERSON("", "guest@fabrikam.example", "Contact") "</Resolution>"
        "<Resolution>" PERSON("Anna again", "anna@contoso.example", "Mailbox") "</Resolution></mm:ResolutionSet>"));
    ck_assert_ptr_null(ops()->resolve(&found, &more, &fake.s, "an", fake.pool));
    ck_assert(more);
    ck_assert_str_eq(names(found), "anna@contoso.example=Anna Berg/0 team@contoso.example=The Team/3 old@contoso.example=Old/0 guest@fabrikam.example=guest@fabrikam.example/4");
    ck_assert_str_eq(APR_ARRAY_IDX(found, 0, xc_entry_t).surname, "Berg");
    assert_sent(0, "<m:ResolveNames ReturnFullContactData=\"true\" SearchScope=\"ActiveDirectory\"><m:UnresolvedEntry>an</m:UnresolvedEntry>");
}
END_TEST

START_TEST(resolves_nobody)
{
    apr_array_header_t *found;
    int more = 1;
    fake_bad("ResolveNames", "ErrorNameResolutionNoResults");
    ck_assert_ptr_null(ops()->resolve(&found, &more, &fake.s, "<nobody>", fake.pool));
    ck_assert_int_eq(found->nelts, 0);
    ck_assert(!more);
    assert_sent(0, "&lt;nobody&gt;");
    fake_bad("ResolveNames", "ErrorADUnavailable");
    ck_assert_int_eq(ops()->resolve(&found, &more, &fake.s, "x", fake.pool)->status, 503);
}
END_TEST

START_TEST(expands_a_list)
{
    apr_array_header_t *found;
    fake_good("ExpandDL", "<mm:DLExpansion TotalItemsInView=\"2\" IncludesLastItemInRange=\"true\">" PERSON("Bob", "bob@contoso.example", "Mailbox")
              PERSON("Inner", "inner@contoso.example", "PublicDL") "</mm:DLExpansion>", NULL);
    ck_assert_ptr_null(ops()->expand_list(&found, &fake.s, "team@contoso.example", fake.pool));
    ck_assert_str_eq(names(found), "bob@contoso.example=Bob/0 inner@contoso.example=Inner/3");
    ck_assert(APR_ARRAY_IDX(fake.requests, 0, xc_net_request_t).repeatable);
    fake_bad("ExpandDL", "ErrorNameResolutionNoResults");
    ck_assert_int_eq(ops()->expand_list(&found, &fake.s, "bob@contoso.example", fake.pool)->status, 404);
}
END_TEST

#define LIST(name) "<Address><Name>" name "</Name><EmailAddress>" name "@contoso.example</EmailAddress><RoutingType>SMTP</RoutingType><MailboxType>PublicDL</MailboxType></Address>"
#define ROOM(name) "<Room><Id><Name>" name "</Name><EmailAddress>" name "@contoso.example</EmailAddress><RoutingType>SMTP</RoutingType><MailboxType>Mailbox</MailboxType></Id></Room>"

static void answer_own(const char *op, const char *class, const char *code, const char *payload)
{
    fake_answer(op, 200, fake_envelope(apr_psprintf(fake.pool, "<mm:%sResponse ResponseClass=\"%s\"><mm:ResponseCode>%s</mm:ResponseCode>%s</mm:%sResponse>", op,
                                                    class, code, payload, op)));
}

START_TEST(lists_rooms)
{
    apr_array_header_t *found;
    answer_own("GetRoomLists", "Success", "NoError", "<mm:RoomLists>" LIST("north") LIST("gone") LIST("south") "</mm:RoomLists>");
    answer_own("GetRooms", "Success", "NoError", "<mm:Rooms>" ROOM("n1") ROOM("n2") "</mm:Rooms>");
    answer_own("GetRooms", "Error", "ErrorNameResolutionNoResults", "");
    answer_own("GetRooms", "Success", "NoError", "<mm:Rooms>" ROOM("s1") ROOM("n2") "</mm:Rooms>");
    ck_assert_ptr_null(ops()->rooms(&found, &fake.s, fake.pool));
    ck_assert_str_eq(names(found), "n1@contoso.example=n1/1 n2@contoso.example=n2/1 s1@contoso.example=s1/1");
    ck_assert_int_eq(fake.rounds, 2);
    fake_begin("Exchange2007_SP1");
    ck_assert_ptr_null(ops()->rooms(&found, &fake.s, fake.pool)); /* without asking */
    ck_assert_int_eq(found->nelts, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ews people");
    TCase *tc = tcase_create("availability");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, the_question);
    tcase_add_test(tc, all_kinds_and_details);
    tcase_add_test(tc, ones_own_private_events);
    tcase_add_loop_test(tc, digits_of_lists, 0, sizeof digits / sizeof *digits);
    tcase_add_test(tc, digits_beside_events);
    tcase_add_test(tc, errors_stay_with_their_mailbox);
    tcase_add_test(tc, batches_side_by_side);
    tcase_add_test(tc, windows);
    tcase_add_test(tc, an_error_in_one_window);
    tcase_add_test(tc, learns_the_window);
    tcase_add_test(tc, learns_the_batch);
    tcase_add_test(tc, nothing_is_small_enough);
    tcase_add_test(tc, exchange_is_away);
    tcase_add_test(tc, working_hours);
    tcase_add_test(tc, zones_of_working_hours);
    suite_add_tcase(suite, tc);
    tc = tcase_create("directory");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, resolves);
    tcase_add_test(tc, resolves_nobody);
    tcase_add_test(tc, expands_a_list);
    tcase_add_test(tc, lists_rooms);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
