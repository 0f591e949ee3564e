/* SPDX-License-Identifier: Apache-2.0 */
/* Scheduling as logic: roles, whom a change concerns, what an organizer may not do, tags. */
#include "caltest.h"

#include "cal/schedule.h"

#define BASE "DTSTART;TZID=Europe/Berlin:20270506T090000|DTEND;TZID=Europe/Berlin:20270506T100000|SUMMARY:Plan"
#define ALICE "|ORGANIZER;CN=Alice:mailto:alice@contoso.example"
#define BOB "|ATTENDEE:mailto:bob@contoso.example"
#define CAROL "|ATTENDEE:mailto:carol@contoso.example"
#define MEET BASE ALICE BOB

static xc_event_t *normal(const char *lines)
{
    xc_event_t *e = event(lines);
    xc_event_normalize(e, pool);
    return e;
}

START_TEST(roles)
{
    static const struct {
        const char *lines;
        xc_schedule_role_e role;
    } cases[] = {
        {BASE, XC_SCHEDULE_NO_ROLE},
        {BASE ALICE, XC_SCHEDULE_NO_ROLE},
        {MEET, XC_SCHEDULE_ORGANIZER},
        {BASE BOB, XC_SCHEDULE_NO_ROLE}, /* nobody calls for it (RFC 6638 3.1) */
        {BASE "|ORGANIZER:mailto:A.Smith@contoso.example" BOB, XC_SCHEDULE_ORGANIZER},
        {BASE "|ORGANIZER;SCHEDULE-AGENT=CLIENT:mailto:alice@contoso.example" BOB, XC_SCHEDULE_NO_ROLE},
        {BASE "|ORGANIZER;SCHEDULE-AGENT=none:mailto:alice@contoso.example" BOB, XC_SCHEDULE_NO_ROLE},
        {BASE "|ORGANIZER;SCHEDULE-AGENT=SERVER:mailto:alice@contoso.example" BOB, XC_SCHEDULE_ORGANIZER},
        {BASE "|ORGANIZER:mailto:bob@contoso.example|ATTENDEE:mailto:alice@contoso.example", XC_SCHEDULE_ATTENDEE},
        /* everybody is left to the client: Exchange has nobody to mail */
        {BASE ALICE "|ATTENDEE;SCHEDULE-AGENT=CLIENT:mailto:bob@contoso.example", XC_SCHEDULE_NO_ROLE},
        {BASE "|RRULE:FREQ=WEEKLY;COUNT=3^RECURRENCE-ID:20270513T070000Z|DTSTART:20270513T070000Z|DTEND:20270513T080000Z" ALICE BOB, XC_SCHEDULE_ORGANIZER},
    };
    for (apr_size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg(xc_schedule_role(normal(cases[i].lines)) == cases[i].role, "%s", cases[i].lines);
}
END_TEST

START_TEST(notices)
{
    static const struct {
        const char *before, *now;
        xc_notice_e notice;
    } cases[] = {
        {NULL, BASE, XC_NOTICE_NONE},
        {NULL, MEET, XC_NOTICE_ALL},
        {MEET, MEET, XC_NOTICE_NONE},
        {MEET, MEET "|CATEGORIES:Red|CLASS:PRIVATE|TRANSP:TRANSPARENT|X-MOZ-LASTACK:20270101T000000Z", XC_NOTICE_NONE},
        {MEET, BASE ALICE "|ATTENDEE;PARTSTAT=DECLINED;RSVP=TRUE;CN=B:mailto:BOB@contoso.example", XC_NOTICE_NONE},
        {MEET, MEET CAROL, XC_NOTICE_CHANGED},
        {MEET CAROL, MEET, XC_NOTICE_CHANGED},
        {MEET, BASE ALICE "|ATTENDEE;ROLE=OPT-PARTICIPANT:mailto:bob@contoso.example", XC_NOTICE_CHANGED},
        {BASE, MEET, XC_NOTICE_CHANGED},
        {MEET, BASE, XC_NOTICE_CHANGED},
        {MEET, BASE "|LOCATION:R1", XC_NOTICE_CHANGED}, /* to the one who is out; there is nobody else */
        {BASE, BASE "|LOCATION:R1", XC_NOTICE_NONE},
        {MEET, MEET "|LOCATION:R1", XC_NOTICE_ALL},
        {MEET, MEET "|DESCRIPTION:Bring it", XC_NOTICE_ALL},
        {MEET, MEET "|RRULE:FREQ=DAILY;COUNT=2", XC_NOTICE_ALL},
        {MEET, MEET CAROL "|LOCATION:R1", XC_NOTICE_ALL},
        {MEET, "DTSTART;TZID=Europe/Berlin:20270506T091500|DTEND;TZID=Europe/Berlin:20270506T101500|SUMMARY:Plan" ALICE BOB, XC_NOTICE_ALL},
        /* another zone, the same instant: it matters to a series only */
        {MEET, "DTSTART:20270506T070000Z|DTEND:20270506T080000Z|SUMMARY:Plan" ALICE BOB, XC_NOTICE_NONE},
        {MEET "|RRULE:FREQ=DAILY;COUNT=2", "DTSTART:20270506T070000Z|DTEND:20270506T080000Z|SUMMARY:Plan|RRULE:FREQ=DAILY;COUNT=2" ALICE BOB, XC_NOTICE_ALL},
    };
    for (apr_size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg(xc_schedule_notice(cases[i].before ? normal(cases[i].before) : NULL, normal(cases[i].now)) == cases[i].notice,
                      "%s\n%s", cases[i].before, cases[i].now);
    xc_event_t *alarm = normal(MEET), *none = normal(MEET);
    alarm->reminder_minutes = 15;
    ck_assert_int_eq(xc_schedule_notice(none, alarm), XC_NOTICE_NONE);
    ck_assert_int_eq(xc_schedule_notice(alarm, none), XC_NOTICE_NONE);
}
END_TEST

START_TEST(notices_of_occurrences)
{
    static const struct {
        const char *series_before, *series, *before, *now;
        xc_notice_e notice;
        int same, guests;
    } cases[] = {
        {MEET, MEET, MEET, MEET, XC_NOTICE_NONE, 1, 0},
        {MEET, MEET, MEET, MEET "|LOCATION:R1", XC_NOTICE_ALL, 1, 0},
        {MEET, MEET, MEET, MEET CAROL, XC_NOTICE_CHANGED, 0, 0},
        {MEET, MEET, MEET CAROL, MEET CAROL "|LOCATION:R1", XC_NOTICE_ALL, 0, 1},
        {MEET, MEET, MEET CAROL, MEET, XC_NOTICE_CHANGED, 1, 0},
        /* carol comes to the series, and so to its changed occurrence: the series tells her */
        {MEET, MEET CAROL, MEET, MEET CAROL, XC_NOTICE_NONE, 1, 0},
        {MEET CAROL, MEET, MEET CAROL, MEET, XC_NOTICE_NONE, 1, 0},
        /* she was here alone, and now comes always */
        {MEET, MEET CAROL, MEET CAROL, MEET CAROL, XC_NOTICE_NONE, 1, 0},
        {NULL, MEET, MEET, MEET CAROL, XC_NOTICE_CHANGED, 0, 0},
        {BASE, BASE, BASE, BASE, XC_NOTICE_NONE, 1, 0},
    };
    for (apr_size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        xc_event_t *before = normal(cases[i].before), *now = normal(cases[i].now), *series = normal(cases[i].series);
        ck_assert_msg(xc_schedule_notice_occurrence(cases[i].series_before ? normal(cases[i].series_before) : NULL, series, before, now) ==
                          cases[i].notice, "%s\n%s", cases[i].before, cases[i].now);
        ck_assert_msg(xc_schedule_same_people(series, now) == cases[i].same, "%s", cases[i].now);
        ck_assert_msg(xc_schedule_has_guests(series, before, now) == cases[i].guests, "%s", cases[i].now);
    }
}
END_TEST

START_TEST(not_allowed)
{
    static const struct {
        const char *before, *now;
        xc_cond_e cond;
    } cases[] = {
        {NULL, MEET, XC_COND_NONE},
        {NULL, MEET "|RRULE:FREQ=WEEKLY;COUNT=3^RECURRENCE-ID:20270513T070000Z|DTSTART:20270513T090000Z|DTEND:20270513T100000Z" BOB CAROL, XC_COND_NONE},
        {NULL, MEET "|RRULE:FREQ=WEEKLY;COUNT=3^RECURRENCE-ID:20270513T070000Z|DTSTART:20270513T090000Z|DTEND:20270513T100000Z|ORGANIZER:mailto:a.smith@contoso.example" BOB, XC_COND_NONE},
        {NULL, MEET "|RRULE:FREQ=WEEKLY;COUNT=3^RECURRENCE-ID:20270513T070000Z|DTSTART:20270513T090000Z|DTEND:20270513T100000Z|ORGANIZER:mailto:zed@contoso.example" BOB, XC_COND_SAME_ORGANIZER},
        {MEET, BASE, XC_COND_NONE},
        {MEET, BASE "|ORGANIZER:mailto:zed@contoso.example" BOB, XC_COND_ALLOWED_ORGANIZER_CHANGE},
        {BASE, BASE "|ORGANIZER:mailto:zed@contoso.example" BOB, XC_COND_NONE},
        {BASE "|ORGANIZER:mailto:zed@contoso.example" BOB, MEET, XC_COND_NONE}, /* an attendee's, not an organizer's, to judge */
    };
    for (apr_size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        xc_event_t *before = cases[i].before ? normal(cases[i].before) : NULL;
        if (before)
            before->invited = 1;
        xc_error_t *err = xc_schedule_check(before, normal(cases[i].now), pool);
        ck_assert_msg((err ? err->cond : XC_COND_NONE) == cases[i].cond, "%s", cases[i].now);
    }
}
END_TEST

START_TEST(what_a_text_says)
{
    xc_event_t *e = normal(MEET "|ATTENDEE;SCHEDULE-FORCE-SEND=REQUEST:mailto:dave@contoso.example|ATTENDEE;SCHEDULE-AGENT=NONE:mailto:carol@contoso.example|"
                           "ATTENDEE:mailto:not.an@address@x|ATTENDEE:tel:123|ATTENDEE:urn:uuid:1");
    ck_assert_int_eq(e->attendees->nelts, 2);
    ck_assert(e->force_send && !e->invited);
    ck_assert(normal(BASE ALICE "|ATTENDEE;SCHEDULE-STATUS=\"1.1\":mailto:bob@contoso.example")->invited);
    ck_assert(!normal(BASE ALICE "|ATTENDEE;SCHEDULE-STATUS=\"3.7\":mailto:bob@contoso.example")->invited);
    /* an override that names attendees and no organizer has that of its series */
    e = normal(BASE "|RRULE:FREQ=WEEKLY;COUNT=3|ORGANIZER:mailto:zed@contoso.example|ATTENDEE:mailto:alice@contoso.example^RECURRENCE-ID:20270513T070000Z|"
               "DTSTART:20270513T090000Z|DTEND:20270513T100000Z|ATTENDEE;PARTSTAT=DECLINED:mailto:alice@contoso.example");
    const xc_event_t *o = APR_ARRAY_IDX(e->overrides, 0, const xc_event_t *);
    ck_assert(!o->is_organizer && o->my_partstat == XC_PARTSTAT_DECLINED);
    ck_assert_str_eq(o->organizer.address, "zed@contoso.example");
    static const char *const good[] = {"bob@contoso.example", "a.b+c=d/e@x-y.example", "o'hara@contoso.example", "b\xc3\xb6@m\xc3\xbcller.example", "x@localhost"};
    static const char *const bad[] = {"bob", "@x.example", "bob@", "b b@x.example", "bob@x..example", "bob@.x", "bob@x.", "bob@-x", "bob@x-", "a@b@c", ".a@b.c", "a.@b.c",
                                      "a@b,c@d", "<a@b.c>", "a@b c"};
    for (apr_size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_msg(xc_schedule_can_mail(good[i]), "%s", good[i]);
    for (apr_size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!xc_schedule_can_mail(bad[i]), "%s", bad[i]);
}
END_TEST

static const char *clean(const char *lines)
{
    apr_size_t len;
    const char *text = vevent(lines), *out = xc_schedule_clean(&len, text, strlen(text), pool);
    ck_assert_uint_eq(len, strlen(out));
    return out;
}

START_TEST(cleaned)
{
    const char *text = vevent(MEET);
    apr_size_t len;
    ck_assert_ptr_eq(xc_schedule_clean(&len, text, strlen(text), pool), text);
    ck_assert_str_eq(clean(BASE ALICE "|ATTENDEE;SCHEDULE-FORCE-SEND=REQUEST;CN=\"a;SCHEDULE-STATUS=9:b\";SCHEDULE-STATUS=\"1.1,2.0\":mailto:bob@contoso.example|X-SCHEDULE-STATUS;SCHEDULE-STATUS=1:x"),
                     vevent(BASE ALICE "|ATTENDEE;CN=\"a;SCHEDULE-STATUS=9:b\":mailto:bob@contoso.example|X-SCHEDULE-STATUS;SCHEDULE-STATUS=1:x"));
}
END_TEST

static const char *tag(const char *lines)
{
    const char *text = vevent(lines);
    return xc_schedule_tag(text, strlen(text), me, pool);
}

START_TEST(tags)
{
    static const struct {
        const char *a, *b;
        int same;
    } cases[] = {
        {MEET, MEET, 1},
        {MEET, BASE ALICE "|ATTENDEE;PARTSTAT=ACCEPTED;SCHEDULE-STATUS=1.2;X-MS-OLK-RESPTIME=20270101T000000Z:mailto:bob@contoso.example|LAST-MODIFIED:20270101T000000Z|SEQUENCE:3", 1},
        {MEET, MEET "|LOCATION:R1", 0},
        {MEET, MEET "|X-OWN:1", 0},
        {MEET, MEET CAROL, 0},
        {MEET, BASE ALICE "|ATTENDEE;CN=Bob:mailto:bob@contoso.example", 0},
        /* one's own answer does count */
        {BASE "|ORGANIZER:mailto:zed@x.example|ATTENDEE:mailto:A.Smith@contoso.example", BASE "|ORGANIZER:mailto:zed@x.example|ATTENDEE;PARTSTAT=ACCEPTED:mailto:A.Smith@contoso.example", 0},
        {BASE "|ORGANIZER:mailto:zed@x.example|ATTENDEE:mailto:A.Smith@contoso.example" BOB,
         BASE "|ORGANIZER:mailto:zed@x.example|ATTENDEE:mailto:A.Smith@contoso.example|ATTENDEE;PARTSTAT=DECLINED:mailto:bob@contoso.example", 1},
    };
    for (apr_size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg((strcmp(tag(cases[i].a), tag(cases[i].b)) == 0) == cases[i].same, "%s\n%s", cases[i].a, cases[i].b);
    ck_assert_ptr_null(tag(BASE));
    ck_assert_ptr_null(tag(BASE ALICE));
    ck_assert_ptr_null(tag(BASE ALICE "|BEGIN:VALARM|ACTION:EMAIL|ATTENDEE:mailto:a@b.example|END:VALARM"));
    ck_assert_ptr_null(tag(BASE "|ORGANIZER;SCHEDULE-AGENT=CLIENT:mailto:alice@contoso.example" BOB));
    ck_assert(xc_schedule_tag_matches("\"abc\"", "abc") && xc_schedule_tag_matches("\"x\", \"abc\"", "abc") && xc_schedule_tag_matches("*", "abc"));
    ck_assert(!xc_schedule_tag_matches("\"abcd\"", "abc") && !xc_schedule_tag_matches("abc", "abc") && !xc_schedule_tag_matches("\"abc", "abc") &&
              !xc_schedule_tag_matches("*", NULL) && !xc_schedule_tag_matches("", "abc"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {roles, notices, notices_of_occurrences, not_allowed, what_a_text_says, cleaned, tags, NULL};
    return run_suite("schedule", tests);
}
