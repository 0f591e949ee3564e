/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <check.h>

#include "directory/dir.h"
#include "zones/zone.h"

START_TEST(every_promised_mailbox_exists_once)
{
    static const char *const names[] = {"alice",  "bob",    "carol", "dave",  "erin",
                                        "user01", "user50", "room1", "room2", "svc"};
    size_t i;
    int j, k;

    ck_assert_int_eq(lab_dir_count(), 5 + 50 + 2 + 1);
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        ck_assert_ptr_nonnull(lab_dir_by_alias(names[i]));
    }
    for (j = 0; j < lab_dir_count(); j++) {
        const lab_dir_entry_t *a = lab_dir_at(j);

        for (k = 0; k < j; k++) {
            const lab_dir_entry_t *b = lab_dir_at(k);

            ck_assert_str_ne(a->alias, b->alias);
            ck_assert_str_ne(a->sid, b->sid);
            ck_assert_str_ne(a->display_name, b->display_name);
        }
        ck_assert_ptr_eq(lab_dir_by_sid(a->sid), a);
        ck_assert_ptr_eq(lab_dir_by_legacy_dn(a->legacy_dn), a);
        ck_assert_ptr_eq(lab_dir_by_smtp(a->smtp), a);
    }
    ck_assert_ptr_null(lab_dir_at(-1));
    ck_assert_int_eq(lab_dir_at(lab_dir_public())->kind, LAB_DIR_PUBLIC);
    ck_assert_ptr_null(lab_dir_by_any(lab_dir_at(lab_dir_public())->smtp));
    ck_assert_ptr_null(lab_dir_at(lab_dir_public() + 1));
}
END_TEST

START_TEST(zones_of_people_are_windows_zones)
{
    apr_pool_t *pool;
    int i;

    apr_pool_create(&pool, NULL);
    ck_assert_int_eq(lab_zone_init(pool), APR_SUCCESS);
    for (i = 0; i < lab_dir_count(); i++) {
        ck_assert_ptr_nonnull(lab_zone_find(lab_dir_at(i)->zone));
    }
    apr_pool_destroy(pool);
}
END_TEST

START_TEST(all_login_forms_work_and_no_other)
{
    const lab_dir_entry_t *alice = lab_dir_by_alias("alice");

    ck_assert_ptr_eq(lab_dir_login("alice", "excal"), alice);
    ck_assert_ptr_eq(lab_dir_login("ALICE", "excal"), alice);
    ck_assert_ptr_eq(lab_dir_login("alice@contoso.example", "excal"), alice);
    ck_assert_ptr_eq(lab_dir_login("Alice@Contoso.Example", "excal"), alice);
    ck_assert_ptr_eq(lab_dir_login("CONTOSO\\alice", "excal"), alice);
    ck_assert_ptr_eq(lab_dir_login("contoso.example\\alice", "excal"), alice);
    ck_assert_ptr_null(lab_dir_login("alice", "Excal"));
    ck_assert_ptr_null(lab_dir_login("alice", "excal1"));
    ck_assert_ptr_null(lab_dir_login("alice", "exca"));
    ck_assert_ptr_null(lab_dir_login("alice", ""));
    ck_assert_ptr_null(lab_dir_login("alice", NULL));
    ck_assert_ptr_null(lab_dir_login("nobody", "excal"));
    ck_assert_ptr_null(lab_dir_login("OTHER\\alice", "excal"));
    ck_assert_ptr_null(lab_dir_login("CONT\\alice", "excal"));
    ck_assert_ptr_null(lab_dir_login("alice@other.example", "excal"));
    ck_assert_ptr_null(lab_dir_login(NULL, "excal"));
}
END_TEST

START_TEST(names_resolve_to_none_one_or_many)
{
    const lab_dir_entry_t *found[100];

    ck_assert_int_eq(lab_dir_resolve("alice", found, 100), 1);
    ck_assert_str_eq(found[0]->alias, "alice");
    ck_assert_int_eq(lab_dir_resolve("Adams", found, 100), 1);
    ck_assert_str_eq(found[0]->alias, "alice");
    ck_assert_int_eq(lab_dir_resolve("alice ad", found, 100), 1);
    ck_assert_int_eq(lab_dir_resolve("smtp:bob@contoso.example", found, 100), 1);
    ck_assert_str_eq(found[0]->alias, "bob");
    ck_assert_int_eq(lab_dir_resolve(lab_dir_by_alias("dave")->legacy_dn, found, 100), 1);
    ck_assert_str_eq(found[0]->alias, "dave");
    ck_assert_int_eq(lab_dir_resolve("room", found, 100), 2);
    ck_assert_int_eq(lab_dir_resolve("user", found, 10), 50);
    ck_assert_int_eq(lab_dir_resolve("user0", found, 100), 9);
    ck_assert_int_eq(lab_dir_resolve("nobody", found, 100), 0);
    ck_assert_int_eq(lab_dir_resolve("", found, 100), 0);
    ck_assert_int_eq(lab_dir_resolve("svc", found, 100), 0);
    ck_assert_int_eq(lab_dir_resolve("svc@contoso.example", found, 100), 1);
}
END_TEST

START_TEST(any_name_of_a_mailbox_finds_it)
{
    const lab_dir_entry_t *bob = lab_dir_by_alias("bob");

    ck_assert_ptr_eq(lab_dir_by_any("bob"), bob);
    ck_assert_ptr_eq(lab_dir_by_any("mailto:BOB@contoso.example"), bob);
    ck_assert_ptr_eq(lab_dir_by_any(bob->legacy_dn), bob);
    ck_assert_ptr_null(lab_dir_by_any("nobody@contoso.example"));
    ck_assert_int_eq(lab_dir_list_by_smtp("Rooms@contoso.example")->is_rooms, 1);
    ck_assert_int_eq(lab_dir_list_by_smtp("smtp:team@contoso.example")->is_rooms, 0);
    ck_assert_ptr_null(lab_dir_list_by_smtp("room1@contoso.example"));
    ck_assert_ptr_null(lab_dir_list_at(lab_dir_list_count()));
    ck_assert_ptr_null(lab_dir_list_at(-1));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("directory");
    TCase *tc = tcase_create("all");
    SRunner *runner;
    int failed;

    apr_initialize();
    tcase_add_test(tc, every_promised_mailbox_exists_once);
    tcase_add_test(tc, zones_of_people_are_windows_zones);
    tcase_add_test(tc, all_login_forms_work_and_no_other);
    tcase_add_test(tc, names_resolve_to_none_one_or_many);
    tcase_add_test(tc, any_name_of_a_mailbox_finds_it);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
