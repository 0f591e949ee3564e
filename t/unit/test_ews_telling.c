/* SPDX-License-Identifier: Apache-2.0 */
/* Which calls a write of a meeting takes, in which order, and which of them mails whom. */
#include "ews_fake.h"
#include "caltest.h"

#define BASE "DTSTART;TZID=Europe/Berlin:20270506T090000|DTEND;TZID=Europe/Berlin:20270506T100000|SUMMARY:Plan"
#define ALICE "|ORGANIZER;CN=Alice:mailto:alice@contoso.example"
#define BOB "|ATTENDEE;SCHEDULE-STATUS=1.1:mailto:bob@contoso.example"
#define CAROL "|ATTENDEE:mailto:carol@contoso.example"
#define MEET BASE ALICE BOB
#define WEEKLY BASE "|RRULE:FREQ=WEEKLY;COUNT=6"
#define SERIES WEEKLY ALICE BOB
#define OUT1 "|EXDATE;TZID=Europe/Berlin:20270520T090000"
#define OUT2 "|EXDATE;TZID=Europe/Berlin:20270527T090000"
/* the second occurrence, the fourth */
#define AT2(rest) "^RECURRENCE-ID;TZID=Europe/Berlin:20270513T090000|DTSTART;TZID=Europe/Berlin:20270513T" rest
#define MOVED "140000|DTEND;TZID=Europe/Berlin:20270513T150000|SUMMARY:Plan"
#define SAME "090000|DTEND;TZID=Europe/Berlin:20270513T100000|SUMMARY:Plan"
#define MOVED4 "^RECURRENCE-ID;TZID=Europe/Berlin:20270527T090000|DTSTART;TZID=Europe/Berlin:20270527T140000|DTEND;TZID=Europe/Berlin:20270527T150000|SUMMARY:Plan"

typedef struct case_t {
    const char *before, *now;
    const char *calls; /* operations in order: "Operation:mode", with *n for n items; o = of occurrences; p = brings the people */
} case_t;

static const case_t cases[] = {
    /* no people: nobody, ever */
    {NULL, BASE, "Create:None"},
    {BASE, BASE "|LOCATION:R1", "Update:None"},
    {NULL, WEEKLY OUT1 AT2(MOVED), "Create:None Delete:None Update:None:o"},
    {WEEKLY, WEEKLY OUT1 "|LOCATION:R1", "Update:None Delete:None Get"},
    /* a single meeting is one call */
    {NULL, MEET, "Create:All"},
    {MEET, MEET "|CATEGORIES:Red|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT5M|END:VALARM", "Update:None"},
    {MEET, MEET "|LOCATION:R1", "Update:All"},
    {MEET, MEET CAROL, "Update:Changed:p"},
    {MEET CAROL, MEET "|LOCATION:R1", "Update:All:p"},
    {BASE, MEET, "Update:Changed:p"},
    {MEET, BASE, "Update:Changed:p"},
    {BASE ALICE "|ATTENDEE:mailto:bob@contoso.example", BASE ALICE "|ATTENDEE:mailto:bob@contoso.example" CAROL, "Update:All:p"}, /* bob was never told */
    {BASE ALICE "|ATTENDEE:mailto:bob@contoso.example", BASE ALICE "|ATTENDEE:mailto:bob@contoso.example|CLASS:PRIVATE", "Update:None"},
    /* somebody else's */
    {NULL, BASE "|ORGANIZER:mailto:zed@x.example|ATTENDEE:mailto:alice@contoso.example" BOB, "Create:None"},
    /* a series is told once, when all of it is written */
    {NULL, SERIES, "Create:All"},
    {NULL, SERIES OUT1, "Create:None Delete:None Get Update:All"},
    {NULL, SERIES OUT1 AT2(MOVED) MOVED4, "Create:None Delete:None Update:None:o*2 Update:All"},
    {SERIES, SERIES "|LOCATION:R1", "Update:All"},
    {SERIES, SERIES "|CLASS:PRIVATE", "Update:None"},
    {SERIES AT2(MOVED) ALICE BOB, BASE "|RRULE:FREQ=WEEKLY;COUNT=5" ALICE BOB AT2(MOVED) ALICE BOB, "Update:None Update:None:o Update:All"},
    /* one occurrence is told of alone */
    {SERIES, SERIES AT2(MOVED) ALICE BOB, "Update:None Update:All:o"},
    {SERIES, SERIES AT2(SAME) ALICE BOB "|X-OWN:1", "Update:None Update:None:op"},
    {SERIES, SERIES OUT1, "Update:None Delete:All Get"},
    {SERIES AT2(MOVED) ALICE BOB, SERIES AT2(MOVED) "|LOCATION:R2" ALICE BOB, "Update:None Update:All:o"},
    {SERIES AT2(MOVED) ALICE BOB, SERIES AT2(MOVED) "|CLASS:PRIVATE" ALICE BOB, "Update:None Update:None:o"},
    {SERIES AT2(MOVED) ALICE BOB, SERIES OUT1 AT2(MOVED) ALICE BOB, "Update:None Delete:All Get"},
    {SERIES, SERIES OUT1 AT2(SAME) ALICE BOB "|CLASS:PRIVATE", "Update:None Update:None:o Delete:All Get"},
    /* several are told of as the series that they change */
    {SERIES, SERIES OUT1 OUT2, "Update:None Delete:None*2 Get Update:All"},
    {SERIES, SERIES OUT1 AT2(MOVED) ALICE BOB, "Update:None Delete:None Update:None:o Update:All"},
    {SERIES, SERIES "|LOCATION:R1" AT2(MOVED) "|LOCATION:R1" ALICE BOB, "Update:None Update:None:o Update:All"},
    /* one comes back: the rule is written anew */
    {SERIES OUT1, SERIES, "Update:All"},
    {SERIES OUT1 OUT2, SERIES OUT2, "Update:None Delete:None Get Update:All"},
    /* who joins or leaves the series, and its changed occurrence with it */
    {SERIES AT2(MOVED) ALICE BOB, SERIES CAROL AT2(MOVED) ALICE BOB CAROL, "Update:None Update:None:op Update:Changed:p"},
    {SERIES, SERIES CAROL AT2(MOVED) ALICE BOB CAROL, "Update:None Update:None:o Update:All:p"},
    /* a guest of one occurrence hears of that one */
    {SERIES, SERIES AT2(SAME) ALICE BOB CAROL, "Update:None Update:Changed:op"},
    {SERIES, SERIES AT2(MOVED) ALICE BOB CAROL, "Update:None Update:All:op"},
    {SERIES AT2(SAME) ALICE BOB CAROL, SERIES AT2(SAME) ALICE BOB, "Update:None Update:Changed:op"},
    {NULL, SERIES AT2(MOVED) ALICE BOB CAROL, "Create:None Update:None:o Update:All Update:Changed:op"},
    {NULL, SERIES OUT1 AT2(MOVED) ALICE BOB CAROL, "Create:None Delete:None Update:None:o Update:All Update:Changed:op"},
    {SERIES AT2(SAME) ALICE BOB CAROL, SERIES "|LOCATION:R1" AT2(SAME) "|LOCATION:R1" ALICE BOB CAROL, "Update:All Update:All:o"},
    {NULL, WEEKLY AT2(SAME) ALICE BOB, "Create:None Update:Changed:op"},
};

static xc_event_t *normal(const char *lines)
{
    xc_event_t *e;
    const char *text = vevent(lines);
    ck_assert_ptr_null(xc_object_to_event(&e, object(text), me, xc_zone_find("Europe/Berlin"), pool));
    xc_event_normalize(e, pool);
    return e;
}

/* Answers for the calls that are expected. */
static void prepare(const char *calls)
{
    int n = 0;
    while (*calls) {
        const char *end = calls + strcspn(calls, " "), *star = memchr(calls, '*', (apr_size_t)(end - calls));
        const char *key = apr_psprintf(fake.pool, "key%d", ++n);
        int items = star ? star[1] - '0' : 1;
        switch (*calls) {
        case 'C': fake_good("CreateItem", fake_item_id("item", key), NULL); break;
        case 'G': fake_good("GetItem", fake_item_id("item", key), NULL); break;
        case 'D': fake_good("DeleteItem", "", items > 1 ? "" : NULL, NULL); break;
        default: fake_good("UpdateItem", fake_item_id("item", key), items > 1 ? fake_item_id("item", key) : NULL, NULL); break;
        }
        calls = end + (*end == ' ');
    }
}

static const char *seen_call(int i)
{
    static const char *const modes[] = {"SendToNone", "None", "SendToChangedAndSaveCopy", "Changed", "SendToAllAndSaveCopy", "All"};
    const char *sent = fake_sent(i), *label = APR_ARRAY_IDX(fake.requests, i, xc_net_request_t).label, *mode = "";
    int occurrence = strstr(sent, "<t:OccurrenceItemId") != NULL, n = 0;
    if (strcmp(label, "GetItem") == 0)
        return "Get";
    for (int k = 0; k < 6; k += 2)
        mode = strstr(sent, apr_pstrcat(fake.pool, "=\"", modes[k], "\"", NULL)) ? modes[k + 1] : mode;
    for (const char *p = strstr(sent, "<t:OccurrenceItemId"); p; p = strstr(p + 1, "<t:OccurrenceItemId"))
        n++;
    int update = *label == 'U', people = update && strstr(sent, "RequiredAttendees") != NULL;
    return apr_pstrcat(fake.pool, apr_pstrndup(fake.pool, label, 6), ":", mode, update && (occurrence || people) ? ":" : "",
                       update && occurrence ? "o" : "", people ? "p" : "", n > 1 ? apr_psprintf(fake.pool, "*%d", n) : "", NULL);
}

static const char *seen_calls(void)
{
    const char *all = "";
    for (int i = 0; i < fake.sent->nelts; i++)
        all = apr_pstrcat(fake.pool, all, i ? " " : "", seen_call(i), NULL);
    return all;
}

static xc_error_t *write_it(xc_item_ref_t *out, const char *before, const char *now, xc_notify_e notify)
{
    static const xc_item_ref_t ref = {.id = "item", .change_key = "key0"};
    xc_write_t w = {.notify = notify, .event = normal(now), .kept = "kept text"};
    return before ? xc_ews_item_update(out, &fake.s, &ref, normal(before), &w, fake.pool) : xc_ews_item_create(out, &fake.s, "folder", &w, fake.pool);
}

START_TEST(calls)
{
    apr_size_t n = sizeof cases / sizeof *cases;
    for (apr_size_t i = 0; i < 2 * n; i++) {
        const case_t *c = &cases[i % n];
        xc_item_ref_t out;
        fake_begin(i < n ? "Exchange2007_SP1" : "Exchange2013_SP1");
        prepare(c->calls);
        xc_error_t *err = write_it(&out, c->before, c->now, XC_NOTIFY_AUTO);
        ck_assert_msg(!err, "%s: %s", c->now, err ? err->message : "");
        ck_assert_msg(strcmp(seen_calls(), c->calls) == 0, "case %d: %s\nis %s\nnot %s", (int)i, c->now, seen_calls(), c->calls);
        ck_assert_str_eq(out.change_key, apr_psprintf(fake.pool, "key%d", fake.sent->nelts));
    }
}
END_TEST

/* The same without anybody being told; and what is sent whatever changed. */
START_TEST(silence_and_force)
{
    xc_item_ref_t out;
    for (apr_size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const case_t *c = &cases[i];
        fake_begin("Exchange2013_SP1");
        /* as many good answers as it may take, of the kinds that silence leaves */
        fake.answers->nelts = 0;
        prepare(c->before ? "Update:None" : "Create:None");
        int deletes = strstr(c->calls, "Delete") != NULL, changes = strstr(c->calls, ":o") != NULL;
        if (deletes)
            prepare(strstr(c->calls, "Delete:None*2") ? "Delete:None*2" : "Delete:None");
        if (changes)
            prepare(strstr(c->calls, "o*2") ? "Update:None:o*2" : "Update:None:o");
        if (deletes && !changes)
            prepare("Get");
        ck_assert_ptr_null(write_it(&out, c->before, c->now, XC_NOTIFY_NONE));
        ck_assert_msg(!strstr(seen_calls(), "All") && !strstr(seen_calls(), "Changed"), "case %d: %s", (int)i, seen_calls());
        fake_all_answered();
    }
    fake_begin("Exchange2013_SP1");
    prepare("Update:All");
    ck_assert_ptr_null(write_it(&out, MEET, MEET "|CLASS:PRIVATE", XC_NOTIFY_ALL));
    ck_assert_str_eq(seen_calls(), "Update:All");
    fake_begin("Exchange2013_SP1");
    prepare("Update:None");
    ck_assert_ptr_null(write_it(&out, BASE, BASE "|LOCATION:R1", XC_NOTIFY_ALL));
    ck_assert_str_eq(seen_calls(), "Update:None");
}
END_TEST

#define FOUND(sent) "<mm:RootFolder TotalItemsInView=\"1\" IncludesLastItemInRange=\"true\"><Items><CalendarItem>" \
                    "<ItemId Id=\"item\" ChangeKey=\"key1\"/><MeetingRequestWasSent>" sent "</MeetingRequestWasSent></CalendarItem></Items></mm:RootFolder>"

/* A lost answer makes no second invitation: it is looked whether the first went out. */
START_TEST(lost_answers)
{
    xc_item_ref_t out;
    fake_begin("Exchange2013_SP1");
    fake_answer("CreateItem", 0, "");
    fake_good("FindItem", FOUND("true"), NULL);
    ck_assert_ptr_null(write_it(&out, NULL, MEET, XC_NOTIFY_AUTO));
    assert_sent(1, "calendar:MeetingRequestWasSent");
    fake_all_answered();
    fake_begin("Exchange2013_SP1");
    fake_answer("CreateItem", 0, "");
    fake_good("FindItem", FOUND("false"), NULL);
    prepare("Update:All");
    ck_assert_ptr_null(write_it(&out, NULL, MEET, XC_NOTIFY_AUTO));
    assert_sent(2, "SendToAllAndSaveCopy");
    fake_all_answered();
    /* the call that sends, at the end: the change key says that it was made, or not */
    fake_begin("Exchange2013_SP1");
    prepare("Create:None Update:None:o");
    fake_answer("UpdateItem", 0, "");
    fake_good("GetItem", fake_item_id("item", "later"), NULL);
    ck_assert_ptr_null(write_it(&out, NULL, SERIES AT2(MOVED), XC_NOTIFY_AUTO));
    ck_assert_str_eq(out.change_key, "later");
    fake_all_answered();
    fake_begin("Exchange2013_SP1");
    prepare("Create:None Update:None:o");
    fake_answer("UpdateItem", 0, "");
    fake_good("GetItem", fake_item_id("item", "key2"), NULL);
    fake_good("DeleteItem", "", NULL);
    xc_error_t *err = write_it(&out, NULL, SERIES AT2(MOVED), XC_NOTIFY_AUTO);
    ck_assert_int_eq(err->status, 503);
    assert_sent(4, "HardDelete");
    assert_sent(4, "SendToNone");
    fake_all_answered();
    /* one occurrence that is cancelled */
    fake_begin("Exchange2013_SP1");
    prepare("Update:None");
    fake_answer("DeleteItem", 0, "");
    fake_good("GetItem", fake_item_id("item", "later"), NULL);
    prepare("Get");
    ck_assert_ptr_null(write_it(&out, SERIES, SERIES OUT1, XC_NOTIFY_AUTO));
    fake_all_answered();
}
END_TEST

/* What fails before anybody was told is taken back, silently; what fails after it is not. */
START_TEST(failures)
{
    xc_item_ref_t out;
    fake_begin("Exchange2013_SP1");
    prepare("Update:None Delete:None*2 Get");
    fake_bad("UpdateItem", "ErrorMailboxStoreUnavailable");
    prepare("Update:None");
    xc_error_t *err = write_it(&out, SERIES, SERIES OUT1 OUT2, XC_NOTIFY_AUTO);
    ck_assert_int_eq(err->status, 503);
    ck_assert_str_eq(seen_calls(), "Update:None Delete:None*2 Get Update:All Update:None");
    assert_sent(4, "calendar:Recurrence");
    fake_all_answered();
    fake_begin("Exchange2013_SP1");
    prepare("Update:All");
    /* the series is told: what is left is tried once more, and not taken back */
    fake_bad("UpdateItem", "ErrorMailboxStoreUnavailable");
    fake_bad("UpdateItem", "ErrorMailboxStoreUnavailable");
    err = write_it(&out, SERIES, SERIES "|LOCATION:R1" AT2(SAME) "|LOCATION:R1" ALICE BOB CAROL, XC_NOTIFY_AUTO);
    ck_assert(err->status == 503 && err->maybe_done);
    ck_assert_int_eq(fake.sent->nelts, 3);
    fake_begin("Exchange2013_SP1");
    prepare("Create:None Update:None:o Update:All");
    fake_bad("UpdateItem", "ErrorMailboxStoreUnavailable");
    fake_bad("UpdateItem", "ErrorMailboxStoreUnavailable");
    err = write_it(&out, NULL, SERIES AT2(MOVED) ALICE BOB CAROL, XC_NOTIFY_AUTO);
    ck_assert(err->status == 503 && err->maybe_done);
    fake_all_answered();
}
END_TEST

START_TEST(refused_addresses)
{
    xc_item_ref_t out;
    fake_begin("Exchange2013_SP1");
    fake_bad("CreateItem", "ErrorInvalidRecipients");
    fake_good("FindItem", FOUND("false"), NULL);
    fake_good("DeleteItem", "", NULL);
    xc_error_t *err = write_it(&out, NULL, MEET, XC_NOTIFY_AUTO);
    ck_assert(err->status == 403 && err->cond == XC_COND_VALID_CALENDAR_DATA);
    expect(err->message, "bob@contoso.example");
    assert_sent(2, "SendToNone");
    fake_all_answered();
    fake_begin("Exchange2013_SP1");
    fake_bad("CreateItem", "ErrorInvalidRecipients");
    fake_good("FindItem", "<mm:RootFolder TotalItemsInView=\"0\" IncludesLastItemInRange=\"true\"><Items/></mm:RootFolder>", NULL);
    ck_assert_int_eq(write_it(&out, NULL, MEET, XC_NOTIFY_AUTO)->status, 403);
    fake_all_answered();
    /* an update: only the new one can be meant; it was saved, and is taken back */
    fake_begin("Exchange2013_SP1");
    fake_bad("UpdateItem", "ErrorInvalidRecipients");
    fake_good("GetItem", "<mm:Items><CalendarItem><ItemId Id=\"item\" ChangeKey=\"key1\"/><ExtendedProperty><ExtendedFieldURI PropertySetId=\"00020329-0000-0000-c000-000000000046\" "
                         "PropertyName=\"X-EXCAL-KEPT\" PropertyType=\"String\"/><Value>kept text</Value></ExtendedProperty></CalendarItem></mm:Items>", NULL);
    prepare("Update:None:p");
    err = write_it(&out, MEET, MEET CAROL, XC_NOTIFY_AUTO);
    expect(err->message, "carol@contoso.example");
    expect_not(err->message, "bob@");
    assert_not_sent(2, "carol");
    assert_sent(2, "SendToNone");
    fake_all_answered();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {calls, silence_and_force, lost_answers, failures, refused_addresses, NULL};
    fake.program = "telling";
    return run_suite("ews telling", tests);
}
