/* SPDX-License-Identifier: Apache-2.0 */
/* Order, generations and names; the verdicts are tested in test_grammar.py. */
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <check.h>

#include "grammar/grammar.h"

static apr_pool_t *pool;

static void set_up(void)
{
    apr_pool_create(&pool, NULL);
    ck_assert_int_eq(lab_grammar_init(pool), APR_SUCCESS);
    ck_assert_int_eq(lab_grammar_init(pool), APR_SUCCESS);
}

static void tear_down(void)
{
    apr_pool_destroy(pool);
}

START_TEST(properties_have_the_order_of_the_schema)
{
    static const char *const order[] = {"MimeContent",
                                        "ItemId",
                                        "ParentFolderId",
                                        "ItemClass",
                                        "Subject",
                                        "Sensitivity",
                                        "Body",
                                        "Attachments",
                                        "Categories",
                                        "ReminderIsSet",
                                        "DisplayCc",
                                        "Culture",
                                        "LastModifiedTime",
                                        "UID",
                                        "RecurrenceId",
                                        "DateTimeStamp",
                                        "Start",
                                        "End",
                                        "IsAllDayEvent",
                                        "CalendarItemType",
                                        "Organizer",
                                        "Recurrence",
                                        "ModifiedOccurrences",
                                        "MeetingTimeZone",
                                        "StartTimeZone",
                                        "IsOnlineMeeting",
                                        "StartWallClock"};
    size_t i;

    for (i = 1; i < sizeof(order) / sizeof(order[0]); i++) {
        ck_assert_msg(lab_grammar_rank("CalendarItem", order[i - 1]) >= 0, "%s",
                      order[i - 1]);
        ck_assert_int_lt(lab_grammar_rank("CalendarItem", order[i - 1]),
                         lab_grammar_rank("CalendarItem", order[i]));
    }
    ck_assert_int_eq(lab_grammar_rank("CalendarItem", "Nothing"), -1);
    ck_assert_int_eq(lab_grammar_rank("Nothing", "Subject"), -1);
    ck_assert_int_lt(lab_grammar_rank("CalendarFolder", "FolderId"),
                     lab_grammar_rank("CalendarFolder", "PermissionSet"));
    ck_assert_int_lt(lab_grammar_rank("MeetingRequest", "AssociatedCalendarItemId"),
                     lab_grammar_rank("MeetingRequest", "MeetingRequestType"));
    ck_assert_int_ge(lab_grammar_rank("Attendee", "Mailbox"), 0);
}
END_TEST

START_TEST(rank_and_child_are_inverse)
{
    static const char *const parents[] = {
        "CalendarItem",        "Message", "Task",    "MeetingResponse",
        "MeetingCancellation", "Folder",  "Mailbox", "Contact"};
    const char *name;
    size_t p;
    int i;

    for (p = 0; p < sizeof(parents) / sizeof(parents[0]); p++) {
        for (i = 0; (name = lab_grammar_child(parents[p], i)) != NULL; i++) {
            ck_assert_msg(lab_grammar_rank(parents[p], name) == i, "%s %s", parents[p],
                          name);
        }
        ck_assert_msg(i > 3, "%s", parents[p]);
    }
    ck_assert_ptr_null(lab_grammar_child("CalendarItem", -1));
    ck_assert_ptr_null(lab_grammar_child("CalendarItem", 10000));
    ck_assert_ptr_null(lab_grammar_child(NULL, 0));
}
END_TEST

static void check_since(const char *child, lab_version_t expected)
{
    lab_version_t since;

    ck_assert_int_eq(lab_grammar_since("CalendarItem", child, &since), 1);
    ck_assert_msg(since == expected, "%s", child);
}

START_TEST(generations_of_properties_and_fields)
{
    lab_version_t since;

    check_since("Subject", LAB_EXCHANGE_2007);
    check_since("MeetingTimeZone", LAB_EXCHANGE_2007);
    check_since("StartTimeZone", LAB_EXCHANGE_2010);
    check_since("UniqueBody", LAB_EXCHANGE_2010);
    check_since("EnhancedLocation", LAB_EXCHANGE_2013);
    check_since("TextBody", LAB_EXCHANGE_2013);
    check_since("DoNotForwardMeeting", LAB_EXCHANGE_2016);
    ck_assert_int_eq(lab_grammar_since("CalendarItem", "Nothing", &since), 0);
    ck_assert_int_eq(lab_grammar_field_since("calendar:StartTimeZone", &since), 1);
    ck_assert_int_eq(since, LAB_EXCHANGE_2010);
    ck_assert_int_eq(lab_grammar_field_since("calendar:UID", &since), 1);
    ck_assert_int_eq(since, LAB_EXCHANGE_2007);
    ck_assert_int_eq(lab_grammar_field_since("calendar:U", &since), 0);
    ck_assert_int_eq(lab_grammar_field_since("", &since), 0);
    ck_assert_int_eq(lab_grammar_field_since(NULL, &since), 0);
    ck_assert_int_eq(lab_grammar_knows_operation("GetItem", LAB_EXCHANGE_2007), 1);
    ck_assert_int_eq(lab_grammar_knows_operation("GetRooms", LAB_EXCHANGE_2007_SP1), 0);
    ck_assert_int_eq(lab_grammar_knows_operation("GetRooms", LAB_EXCHANGE_2010), 1);
    ck_assert_int_eq(lab_grammar_knows_operation("TimeZoneContext", LAB_EXCHANGE_2019),
                     0);
    ck_assert_int_eq(lab_grammar_knows_operation(NULL, LAB_EXCHANGE_2019), 0);
}
END_TEST

START_TEST(names_of_versions)
{
    lab_version_t version;
    int v;

    ck_assert_int_eq(lab_version_parse("Exchange2010_SP2", &version), 1);
    ck_assert_int_eq(version, LAB_EXCHANGE_2010_SP2);
    ck_assert_int_eq(lab_version_parse("V2016_04_13", &version), 1);
    ck_assert_int_eq(version, LAB_EXCHANGE_2016);
    ck_assert_int_eq(lab_version_parse("Exchange2003", &version), 0);
    ck_assert_int_eq(lab_version_parse("", &version), 0);
    ck_assert_int_eq(lab_version_parse(NULL, &version), 0);
    for (v = LAB_EXCHANGE_2007; v <= LAB_EXCHANGE_2019; v++) {
        ck_assert_int_eq(lab_version_parse(lab_version_name((lab_version_t)v), &version),
                         1);
        ck_assert_int_eq((int)version, v);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("grammar");
    TCase *tc = tcase_create("all");
    SRunner *runner;
    int failed;

    apr_initialize();
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, properties_have_the_order_of_the_schema);
    tcase_add_test(tc, rank_and_child_are_inverse);
    tcase_add_test(tc, generations_of_properties_and_fields);
    tcase_add_test(tc, names_of_versions);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
