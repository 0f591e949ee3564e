/* SPDX-License-Identifier: Apache-2.0 */
/* What an attendee's change means, and scheduling messages as text. */
#include "caltest.h"

#include "cal/attend.h"
#include "cal/itip.h"

#define TIMES "DTSTART;TZID=Europe/Berlin:20270506T090000|DTEND;TZID=Europe/Berlin:20270506T100000|SUMMARY:Plan"
#define THEIRS "|ORGANIZER;CN=Zed:mailto:zed@partner.example|ATTENDEE:mailto:bob@contoso.example"
#define MEET TIMES THEIRS
#define ME(partstat) "|ATTENDEE;PARTSTAT=" partstat ":mailto:alice@contoso.example"
#define RULE "|RRULE:FREQ=WEEKLY;COUNT=4"
#define AT(day) "^RECURRENCE-ID;TZID=Europe/Berlin:202705" day "T090000|DTSTART;TZID=Europe/Berlin:202705" day "T090000|DTEND;TZID=Europe/Berlin:202705" day \
    "T100000|SUMMARY:Plan" THEIRS
#define EX(day) "|EXDATE;TZID=Europe/Berlin:202705" day "T090000"

static xc_event_t *normal(const char *lines)
{
    xc_event_t *e = event(lines);
    xc_event_normalize(e, pool);
    return e;
}

/* "T A13 D20x": the whole meeting tentatively, the 13th accepted, the 20th put away without a word. */
static const char *answers(const xc_attend_t *plan)
{
    const char *out = "";
    for (int i = 0; i < plan->answers->nelts; i++) {
        const xc_attend_answer_t *a = &APR_ARRAY_IDX(plan->answers, i, xc_attend_answer_t);
        out = apr_psprintf(pool, "%s%s%c%s%s%s%s", out, *out ? " " : "", "?ATD"[a->partstat], a->occurrence ? apr_psprintf(pool, "%02d", a->occurrence->wall.day) : "",
                           a->cancelled ? "x" : "", a->comment ? ":" : "", a->comment ? a->comment : "");
    }
    return out;
}

START_TEST(answers_of_a_change)
{
    static const struct {
        const char *before, *now, *answers;
    } cases[] = {
        {MEET ME("NEEDS-ACTION"), MEET ME("NEEDS-ACTION") "|X-A:1|CATEGORIES:Red|TRANSP:TRANSPARENT|CLASS:PRIVATE", ""},
        {MEET ME("NEEDS-ACTION"), MEET ME("ACCEPTED") "|COMMENT:Yes", "A:Yes"},
        {MEET ME("ACCEPTED"), MEET ME("ACCEPTED") "|COMMENT:Yes", ""},
        {MEET ME("ACCEPTED"), MEET "|ATTENDEE;PARTSTAT=ACCEPTED;SCHEDULE-FORCE-SEND=REPLY:mailto:alice@contoso.example", "A"},
        {MEET ME("ACCEPTED"), MEET "|ATTENDEE;PARTSTAT=DECLINED;X-RESPONSE-COMMENT=No:mailto:alice@contoso.example", "D:No"},
        {MEET ME("NEEDS-ACTION"), MEET ME("TENTATIVE") "|X-CALENDARSERVER-PRIVATE-COMMENT:May be\\, may not", "T:May be, may not"},
        {MEET RULE ME("NEEDS-ACTION"), MEET RULE ME("TENTATIVE") AT("13") ME("ACCEPTED"), "T A13"},
        /* what goes along with the series is said once */
        {MEET RULE ME("NEEDS-ACTION"), MEET RULE ME("ACCEPTED") AT("13") ME("ACCEPTED"), "A"},
        {MEET RULE ME("ACCEPTED") AT("13") ME("TENTATIVE"), MEET RULE ME("ACCEPTED") AT("13") ME("TENTATIVE") "|X-A:1", ""},
        {MEET RULE ME("ACCEPTED") AT("13") ME("NEEDS-ACTION"), MEET RULE ME("DECLINED") AT("13") ME("NEEDS-ACTION"), "D"},
        {MEET RULE ME("ACCEPTED"), MEET RULE ME("ACCEPTED") EX("13") EX("20"), "D13 D20"},
        {MEET RULE ME("ACCEPTED") EX("13"), MEET RULE ME("ACCEPTED") EX("13") EX("20"), "D20"},
        {MEET RULE ME("ACCEPTED") AT("13") ME("ACCEPTED") "|STATUS:CANCELLED", MEET RULE ME("ACCEPTED") EX("13"), "D13x"},
        /* invited by an address that nobody here knows */
        {MEET "|ATTENDEE:mailto:list@contoso.example", MEET "|ATTENDEE;PARTSTAT=ACCEPTED:mailto:list@contoso.example", "A"},
    };
    for (apr_size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        xc_attend_t plan;
        xc_error_t *err = xc_attend_plan(&plan, normal(cases[i].before), normal(cases[i].now), pool);
        ck_assert_msg(!err, "%s: %s", cases[i].now, err ? err->message : "");
        ck_assert_msg(strcmp(answers(&plan), cases[i].answers) == 0, "%s: %s", cases[i].now, answers(&plan));
    }
}
END_TEST

START_TEST(what_is_the_organizers)
{
    static const struct {
        const char *before, *now, *named;
    } cases[] = {
        {MEET ME("ACCEPTED"), MEET "|LOCATION:Bar" ME("ACCEPTED"), "LOCATION"},
        {MEET ME("ACCEPTED"), MEET "|DESCRIPTION:Mine" ME("ACCEPTED"), "DESCRIPTION"},
        {MEET ME("ACCEPTED"), MEET "|PRIORITY:1" ME("ACCEPTED"), "PRIORITY"},
        {MEET ME("ACCEPTED"), MEET RULE ME("ACCEPTED"), "RRULE"},
        {MEET RULE ME("ACCEPTED"), MEET "|RRULE:FREQ=WEEKLY;COUNT=2" ME("ACCEPTED"), "RRULE"},
        {MEET ME("ACCEPTED"), "DTSTART;TZID=Europe/Berlin:20270506T083000|DTEND;TZID=Europe/Berlin:20270506T100000|SUMMARY:Plan" THEIRS ME("ACCEPTED"), "DTSTART"},
        {MEET ME("ACCEPTED"), "DTSTART;VALUE=DATE:20270506|SUMMARY:Plan" THEIRS ME("ACCEPTED"), "DTSTART"},
        {MEET ME("ACCEPTED"), MEET ME("ACCEPTED") "|STATUS:CANCELLED", "STATUS"},
        {MEET ME("ACCEPTED"), TIMES "|ORGANIZER:mailto:eve@partner.example|ATTENDEE:mailto:bob@contoso.example" ME("ACCEPTED"), "ORGANIZER"},
        {MEET ME("ACCEPTED"), TIMES, "ORGANIZER"},
        {MEET ME("ACCEPTED"), MEET, "attendees"},
        {MEET ME("ACCEPTED"), MEET ME("ACCEPTED") "|ATTENDEE:mailto:carol@contoso.example", "attendees"},
        {MEET ME("ACCEPTED"), MEET ME("NEEDS-ACTION"), "taken back"},
        {MEET ME("ACCEPTED"), MEET ME("DELEGATED"), "delegation"},
        {MEET RULE ME("ACCEPTED") EX("13"), MEET RULE ME("ACCEPTED"), "EXDATE"},
        {MEET RULE ME("ACCEPTED"), MEET RULE ME("ACCEPTED") AT("13") "|LOCATION:Bar" ME("ACCEPTED"), "LOCATION"},
        {MEET RULE ME("ACCEPTED"),
         MEET RULE ME("ACCEPTED") "^RECURRENCE-ID;TZID=Europe/Berlin:20270513T090000|DTSTART;TZID=Europe/Berlin:20270514T090000|DTEND;TZID=Europe/Berlin:20270514T100000|SUMMARY:Plan" THEIRS ME("ACCEPTED"),
         "DTSTART"},
    };
    for (apr_size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        xc_attend_t plan;
        xc_error_t *err = xc_attend_plan(&plan, normal(cases[i].before), normal(cases[i].now), pool);
        ck_assert_msg(err && err->cond == XC_COND_ALLOWED_ATTENDEE_CHANGE && strstr(err->message, cases[i].named), "%s: %s", cases[i].now, err ? err->message : "allowed");
    }
    /* the same instants by another name are no change */
    xc_attend_t plan;
    ck_assert_ptr_null(xc_attend_plan(&plan, normal(MEET ME("ACCEPTED")), normal("DTSTART:20270506T070000Z|DTEND:20270506T080000Z|SUMMARY:Plan" THEIRS ME("ACCEPTED")), pool));
}
END_TEST

START_TEST(the_own_view)
{
    xc_attend_t plan;
    xc_event_t *before = normal(MEET RULE ME("NEEDS-ACTION") "|X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE" AT("20") "|LOCATION:R2" ME("NEEDS-ACTION"));
    xc_event_t *now = normal(MEET RULE ME("ACCEPTED") "|CATEGORIES:Red|X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE" AT("13") ME("TENTATIVE") "|X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE|CATEGORIES:Red" AT("20")
                             "|LOCATION:R2|CATEGORIES:Blue|X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE" ME("NEEDS-ACTION"));
    ck_assert_ptr_null(xc_attend_plan(&plan, before, now, pool));
    ck_assert_str_eq(answers(&plan), "A T13");
    /* before the answer as busy as ever, after it as Exchange makes it */
    ck_assert_int_eq(plan.own->busy, XC_BUSY_TENTATIVE);
    ck_assert_int_eq(plan.result->busy, XC_BUSY_BUSY);
    ck_assert_int_eq(plan.own->my_partstat, XC_PARTSTAT_NEEDS_ACTION);
    ck_assert_int_eq(plan.result->my_partstat, XC_PARTSTAT_ACCEPTED);
    ck_assert_str_eq(APR_ARRAY_IDX(plan.own->categories, 0, const char *), "Red");
    /* an occurrence that is merely answered is no exception to be written; Exchange's own keeps the organizer's place */
    ck_assert_int_eq(plan.own->overrides->nelts, 1);
    const xc_event_t *o = APR_ARRAY_IDX(plan.own->overrides, 0, const xc_event_t *);
    ck_assert_str_eq(o->location, "R2");
    ck_assert_str_eq(APR_ARRAY_IDX(o->categories, 0, const char *), "Blue");
    ck_assert_int_eq(plan.result->overrides->nelts, 2);
    ck_assert_int_eq(plan.busy_again, 0);
    ck_assert_ptr_null(xc_attend_plan(&plan, normal(MEET ME("NEEDS-ACTION")), normal(MEET ME("ACCEPTED") "|TRANSP:TRANSPARENT"), pool));
    ck_assert_int_eq(plan.busy_again, 1);
    ck_assert_int_eq(plan.result->busy, XC_BUSY_FREE);
    ck_assert_ptr_null(xc_attend_plan(&plan, normal(MEET RULE ME("ACCEPTED")), normal(MEET RULE ME("DECLINED") EX("13")), pool));
    ck_assert_int_eq(plan.declined, 1);
    ck_assert_str_eq(answers(&plan), "D");
}
END_TEST

START_TEST(messages)
{
    xc_event_t *e = xc_event_make(pool);
    e->uid = "u1";
    e->summary = "Accepted: Plan; really";
    e->organizer = (xc_person_t){.address = "alice@contoso.example", .name = "Alice"};
    e->is_meeting = 1;
    e->text = "I will\ncome";
    e->recurrence_id = (xc_when_t){.kind = XC_WHEN_ZONED, .wall = {2027, 5, 13, 9, 0, 0}, .zone = xc_zone_find("Europe/Berlin")};
    xc_itip_t m = {.method = XC_ITIP_REPLY, .event = e, .attendee = {.address = "bob@contoso.example", .name = "Bob"}, .partstat = XC_PARTSTAT_ACCEPTED,
                   .sent = apr_time_from_sec(1800000000)};
    const char *text = xc_itip_text(&m, pool);
    expect(text, "\r\nMETHOD:REPLY\r\n");
    expect(text, "RECURRENCE-ID;TZID=Europe/Berlin:20270513T090000\r\n");
    expect(text, "BEGIN:VTIMEZONE");
    expect(text, "\r\nDTSTAMP:20270115T080000Z\r\n");
    expect(text, ";PARTSTAT=ACCEPTED;CN=Bob:mailto:bob@contoso.e");
    expect(text, "ORGANIZER;CN=Alice:mailto:alice@contoso.example");
    expect(text, "COMMENT:I will\\ncome\r\n");
    expect(text, "SUMMARY:Accepted: Plan\\; really\r\n");
    expect_not(text, "ROLE=CHAIR");
    expect_not(text, "DTSTART:20");
    m.method = XC_ITIP_COUNTER;
    m.zone = xc_zone_find("Asia/Tokyo");
    m.start = apr_time_from_sec(1809648000);
    m.end = m.start + apr_time_from_sec(3600);
    text = xc_itip_text(&m, pool);
    expect(text, "METHOD:COUNTER\r\n");
    expect(text, "DTSTART;TZID=Asia/Tokyo:20270507T090000\r\n");
    m.method = XC_ITIP_CANCEL;
    text = xc_itip_text(&m, pool);
    expect(text, "METHOD:CANCEL\r\n");
    expect(text, "STATUS:CANCELLED\r\n");
    xc_event_t *invitation = normal(MEET "|DESCRIPTION:Come");
    m = (xc_itip_t){.method = XC_ITIP_REQUEST, .event = invitation, .attendee = {.address = "alice@contoso.example"}};
    text = xc_itip_text(&m, pool);
    expect(text, "METHOD:REQUEST\r\n");
    expect(text, "DESCRIPTION:Come\r\n");
    /* who got it by way of a list is among the invited */
    expect(text, "PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:alice@");
    expect(text, "mailto:bob@con");
    expect_not(text, "VALARM");
    xc_object_t *obj;
    ck_assert_ptr_null(xc_object_parse_stored(&obj, text, strlen(text), pool));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {answers_of_a_change, what_is_the_organizers, the_own_view, messages, NULL};
    return run_suite("attend", tests);
}
