/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks: their normal form, differences, fingerprints, text, and what becomes of a client's text when Outlook was there. */
#include "caltest.h"

#include "cal/task.h"

static const char *vtodo(const char *lines)
{
    char *out = apr_pstrdup(pool, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VTODO\r\nUID:u1\r\nDTSTAMP:20240101T000000Z\r\n");
    for (const char *p = lines; *p; p++) {
        char one[2] = {*p, '\0'};
        out = apr_pstrcat(pool, out, *p == '|' ? "\r\n" : one, NULL);
    }
    return apr_pstrcat(pool, out, *lines ? "\r\n" : "", "END:VTODO\r\nEND:VCALENDAR\r\n", NULL);
}

static xc_event_t *task(const char *lines)
{
    xc_event_t *e = event_of(vtodo(lines));
    ck_assert_ptr_nonnull(e->task);
    xc_event_normalize(e, pool);
    return e;
}

static const char *print(const char *lines)
{
    return xc_event_fingerprint(task(lines), pool);
}

#define DUE  "DUE;VALUE=DATE:20240531"
#define BOTH "DTSTART;VALUE=DATE:20240520|" DUE

START_TEST(equal_to_exchange)
{
    static const char *const pairs[][2] = {
        {DUE, "DUE;TZID=Europe/Berlin:20240531T233000"},
        {DUE, "DUE:20240530T220000Z"}, /* midnight where the user is */
        {DUE, "DUE:20240531T100000"},
        {BOTH, "DTSTART;VALUE=DATE:20240520|DURATION:P11D"},
        {"DTSTART;VALUE=DATE:20240531", "DTSTART;VALUE=DATE:20240531|" DUE},
        {"STATUS:NEEDS-ACTION", ""},
        {"STATUS:COMPLETED", "COMPLETED:20240501T100000Z"},
        {"STATUS:COMPLETED|PERCENT-COMPLETE:10", "STATUS:COMPLETED|PERCENT-COMPLETE:100"},
        {"PERCENT-COMPLETE:30", "STATUS:IN-PROCESS|PERCENT-COMPLETE:30"},
        {DUE "|RRULE:FREQ=DAILY", "DTSTART;VALUE=DATE:20240531|" DUE "|RRULE:FREQ=DAILY"},
        {"LOCATION:here|ATTENDEE:mailto:bob@contoso.example|GEO:1;2|RELATED-TO:x|SEQUENCE:4|X-FOO:bar|TRANSP:OPAQUE", ""},
        {BOTH "|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER;RELATED=END:-PT1H|END:VALARM", BOTH "|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER;VALUE=DATE-TIME:20240530T210000Z|END:VALARM"},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        ck_assert_msg(strcmp(print(pairs[i][0]), print(pairs[i][1])) == 0, "differ:\n%s\n%s", pairs[i][0], pairs[i][1]);
}
END_TEST

START_TEST(not_equal)
{
    static const char *const pairs[][2] = {
        {"", "SUMMARY:x"}, {"", "DESCRIPTION:x"}, {"", "CATEGORIES:x"}, {"", "CLASS:PRIVATE"}, {"", "PRIORITY:1"}, {"", DUE}, {DUE, BOTH},
        {DUE, "DUE;VALUE=DATE:20240601"}, {"", "STATUS:IN-PROCESS"}, {"STATUS:IN-PROCESS", "STATUS:COMPLETED"}, {"STATUS:COMPLETED", "STATUS:CANCELLED"},
        {"STATUS:IN-PROCESS|PERCENT-COMPLETE:10", "STATUS:IN-PROCESS|PERCENT-COMPLETE:20"}, {DUE, DUE "|RRULE:FREQ=DAILY"},
        {DUE "|RRULE:FREQ=DAILY", DUE "|RRULE:FREQ=DAILY;COUNT=3"},
        {"", "BEGIN:VALARM|ACTION:DISPLAY|TRIGGER;VALUE=DATE-TIME:20240530T210000Z|END:VALARM"},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        ck_assert_msg(strcmp(print(pairs[i][0]), print(pairs[i][1])) != 0, "equal:\n%s\n%s", pairs[i][0], pairs[i][1]);
        ck_assert_msg(xc_event_diff(task(pairs[i][0]), task(pairs[i][1])) != 0, "no difference:\n%s\n%s", pairs[i][0], pairs[i][1]);
    }
}
END_TEST

START_TEST(differences)
{
    static const struct {
        const char *a, *b;
        unsigned fields;
    } rows[] = {
        {BOTH "|SUMMARY:x", BOTH "|SUMMARY:x", 0},
        {BOTH, "DTSTART;VALUE=DATE:20240521|" DUE, XC_FIELD_START},
        {BOTH, "DTSTART;VALUE=DATE:20240520|DUE;VALUE=DATE:20240601", XC_FIELD_END},
        {DUE "|RRULE:FREQ=DAILY", "DTSTART;VALUE=DATE:20240531|" DUE "|RRULE:FREQ=DAILY", 0},
        {"STATUS:COMPLETED|COMPLETED:20240501T100000Z", "STATUS:COMPLETED|COMPLETED:20240502T100000Z", 0}, /* as near as clocks tell */
        {"STATUS:COMPLETED|COMPLETED:20240501T100000Z", "STATUS:COMPLETED|COMPLETED:20240505T100000Z", XC_FIELD_STATUS},
        {"", "STATUS:CANCELLED", XC_FIELD_STATUS},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_msg(xc_event_diff(task(rows[i].a), task(rows[i].b)) == rows[i].fields, "%s\n%s\n%x", rows[i].a, rows[i].b,
                      xc_event_diff(task(rows[i].a), task(rows[i].b)));
}
END_TEST

START_TEST(refused)
{
    static const struct {
        const char *lines;
        xc_cond_e cond;
    } rows[] = {
        {"DTSTART;VALUE=DATE:20240520|DUE;VALUE=DATE:20240519", XC_COND_VALID_CALENDAR_DATA},
        {"RRULE:FREQ=DAILY", XC_COND_VALID_CALENDAR_DATA},
        {DUE "|RRULE:FREQ=HOURLY", XC_COND_UNSUPPORTED_RECURRENCE},
        {DUE "|RRULE:FREQ=DAILY|RRULE:FREQ=WEEKLY", XC_COND_UNSUPPORTED_RECURRENCE},
        {DUE "|RRULE:FREQ=DAILY|EXDATE;VALUE=DATE:20240601", XC_COND_UNSUPPORTED_RECURRENCE},
        {DUE "|RDATE;VALUE=DATE:20240601", XC_COND_UNSUPPORTED_RECURRENCE},
        {DUE "|RECURRENCE-ID;VALUE=DATE:20240531", XC_COND_UNSUPPORTED_RECURRENCE},
        {"DTSTART;VALUE=DATE:20240507|RRULE:FREQ=WEEKLY;BYDAY=MO", XC_COND_UNSUPPORTED_RECURRENCE},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        xc_event_t *e;
        xc_error_t *err = xc_object_to_event(&e, object(vtodo(rows[i].lines)), me, NULL, pool);
        ck_assert_msg(err && err->cond == rows[i].cond && err->message && !e, "%s: %s", rows[i].lines, err ? err->message : "accepted");
    }
}
END_TEST

/* Text made of a model says the same as the model. */
START_TEST(there_and_back)
{
    static const char *const rows[] = {
        "", DUE, BOTH, "SUMMARY:a\\, b|DESCRIPTION:x\\ny|CATEGORIES:A,B|CLASS:CONFIDENTIAL|PRIORITY:9", "STATUS:COMPLETED|COMPLETED:20240501T100000Z",
        "STATUS:IN-PROCESS|PERCENT-COMPLETE:55", "STATUS:CANCELLED", BOTH "|RRULE:FREQ=MONTHLY;BYMONTHDAY=20;COUNT=4", DUE "|RRULE:FREQ=YEARLY",
        "DUE;TZID=Europe/Berlin:20240531T233000|RRULE:FREQ=WEEKLY;UNTIL=20240701T000000Z",
        BOTH "|BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT15M|END:VALARM",
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *text = xc_event_to_text(task(rows[i]), pool);
        xc_event_t *again = event_of(text);
        xc_event_normalize(again, pool);
        ck_assert_msg(strcmp(print(rows[i]), xc_event_fingerprint(again, pool)) == 0, "%s\n%s", rows[i], text);
    }
}
END_TEST

/* What Exchange holds after a client has written `lines`: the days, not the times, and what is kept. */
static xc_event_t *stored(const char *lines)
{
    const char *text = vtodo(lines);
    xc_object_t *obj = object(text);
    xc_event_t *e = task(lines);
    xc_error_t *err = xc_object_keep(&e->kept, obj, text, strlen(text), e, 30000, pool);
    ck_assert_ptr_null(err);
    memset(&e->start, 0, sizeof(e->start));
    memset(&e->end, 0, sizeof(e->end));
    return e;
}

START_TEST(own_text_comes_back)
{
    static const char *const rows[] = {
        "SUMMARY:x|X-FOO;A=b:c|RELATED-TO:other", "DUE;TZID=Europe/Berlin:20240531T233000", "DUE:20240530T220000Z|STATUS:NEEDS-ACTION", "DTSTART:20240531T100000",
        "STATUS:CANCELLED|PERCENT-COMPLETE:100", "STATUS:COMPLETED|COMPLETED:20240501T235959Z", BOTH "|RRULE:FREQ=DAILY;INTERVAL=2|ATTENDEE:mailto:x@y.example",
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_str_eq(xc_object_text_for(stored(rows[i]), pool), vtodo(rows[i]));
    /* another day of completion than Exchange's clock may say is another fact */
    xc_event_t *e = stored("STATUS:COMPLETED|COMPLETED:20240501T120000Z");
    e->task->completed_day++;
    ck_assert_str_eq(xc_object_text_for(e, pool), vtodo("STATUS:COMPLETED|COMPLETED:20240501T120000Z"));
    e->task->completed_day += 5;
    expect(xc_object_text_for(e, pool), "COMPLETED:20240506T220000Z");
}
END_TEST

START_TEST(merged_with_outlooks_changes)
{
    xc_event_t *e = stored("SUMMARY:x|DTSTART;TZID=Europe/Berlin:20240520T090000|DUE;TZID=Europe/Berlin:20240531T170000|X-FOO:bar|STATUS:NEEDS-ACTION");
    e->task->due_day += 3;
    e->task->status = XC_TASK_IN_PROGRESS;
    e->task->percent = 40;
    const char *text = xc_object_text_for(e, pool);
    expect(text, "DTSTART;TZID=Europe/Berlin:20240520T090000\r\n");
    expect(text, "DUE;TZID=Europe/Berlin:20240603T170000\r\n");
    expect(text, "STATUS:IN-PROCESS\r\nPERCENT-COMPLETE:40\r\n");
    expect(text, "X-FOO:bar\r\n");
    expect_not(text, "NEEDS-ACTION");

    e = stored("DUE:20240530T220000Z");
    e->task->due_day++;
    expect(xc_object_text_for(e, pool), "DUE:20240531T220000Z\r\n");

    e = stored("DTSTART;TZID=Europe/Berlin:20240520T180000|DUE;TZID=Europe/Berlin:20240531T170000");
    e->task->due_day = e->task->start_day;
    text = xc_object_text_for(e, pool); /* on one day the start cannot be later */
    expect(text, "DUE;TZID=Europe/Berlin:20240520T170000\r\n");

    e = stored(DUE);
    e->task->due_day = e->task->start_day = XC_NO_DAY;
    expect_not(xc_object_text_for(e, pool), "DUE");

    /* a deferred one of Outlook's is none that the client has cancelled */
    e = stored("STATUS:IN-PROCESS|PERCENT-COMPLETE:40");
    e->task->status = XC_TASK_WAITING;
    expect(xc_object_text_for(e, pool), "STATUS:IN-PROCESS");
    e = stored("STATUS:CANCELLED");
    e->task->status = XC_TASK_COMPLETED;
    e->cancelled = 0;
    expect_not(xc_object_text_for(e, pool), "CANCELLED");
}
END_TEST

START_TEST(spans)
{
    apr_time_t first, last, day = apr_time_from_sec(86400);
    xc_event_span(task(""), NULL, &first, &last);
    ck_assert(first == APR_INT64_MIN && last == APR_INT64_MAX);
    xc_event_span(task(BOTH), NULL, &first, &last);
    ck_assert(last - first == 11 * day);
    xc_event_span(task(DUE "|RRULE:FREQ=DAILY;COUNT=3"), NULL, &first, &last);
    ck_assert(last >= first + 2 * day && last < first + 4 * day);
    xc_event_span(task(DUE "|RRULE:FREQ=DAILY"), NULL, &first, &last);
    ck_assert(last == APR_INT64_MAX);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {equal_to_exchange, not_equal, differences, refused, there_and_back, own_text_comes_back, merged_with_outlooks_changes,
                                  spans, NULL};
    return run_suite("task", tests);
}
