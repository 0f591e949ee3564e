/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of compiled zone files, on files that the test makes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_env.h>
#include <apr_file_io.h>
#include <apr_general.h>
#include <apr_strings.h>
#include <check.h>

#include "zones/zone_table.h"

static apr_pool_t *pool;
static char *dir;

static void set_up(void)
{
    const char *temp;

    apr_pool_create(&pool, NULL);
    ck_assert_int_eq(apr_temp_dir_get(&temp, pool), APR_SUCCESS);
    dir = apr_psprintf(pool, "%s/lab-tzif-%d", temp, (int)getpid());
    ck_assert_int_eq(apr_dir_make_recursive(dir, APR_FPROT_OS_DEFAULT, pool),
                     APR_SUCCESS);
    ck_assert_int_eq(apr_env_set("TZDIR", dir, pool), APR_SUCCESS);
}

static void tear_down(void)
{
    apr_file_remove(apr_pstrcat(pool, dir, "/Zone", NULL), pool);
    apr_dir_remove(dir, pool);
    apr_pool_destroy(pool);
}

static void put_file(const char *bytes, apr_size_t len)
{
    apr_file_t *file;

    ck_assert_int_eq(
        apr_file_open(&file, apr_pstrcat(pool, dir, "/Zone", NULL),
                      APR_FOPEN_WRITE | APR_FOPEN_CREATE | APR_FOPEN_TRUNCATE,
                      APR_FPROT_OS_DEFAULT, pool),
        APR_SUCCESS);
    ck_assert_int_eq(apr_file_write_full(file, bytes, len, NULL), APR_SUCCESS);
    apr_file_close(file);
}

/* A header with one type and no transitions, and its body. */
static apr_size_t put_block(char *at, int offset_sec)
{
    static const char head[] = {'T', 'Z', 'i', 'f', '2'};
    apr_uint32_t offset = (apr_uint32_t)offset_sec;

    memset(at, 0, 44 + 6 + 4);
    memcpy(at, head, sizeof(head));
    at[39] = 1; /* types */
    at[43] = 4; /* characters */
    at[44] = (char)(offset >> 24 & 0xff);
    at[45] = (char)(offset >> 16 & 0xff);
    at[46] = (char)(offset >> 8 & 0xff);
    at[47] = (char)(offset & 0xff);
    memcpy(at + 50, "AAA", 4);
    return 44 + 6 + 4;
}

/* A whole file without transitions whose rules are in the footer. */
static apr_size_t make_file(char *at, int offset_sec, const char *footer)
{
    apr_size_t len = put_block(at, offset_sec);

    len += put_block(at + len, offset_sec);
    at[len++] = '\n';
    memcpy(at + len, footer, strlen(footer));
    len += strlen(footer);
    at[len++] = '\n';
    return len;
}

/* The zone that such a file makes. */
static lab_zone_t *zone_of(int offset_sec, const char *footer)
{
    lab_zone_t *zone = apr_pcalloc(pool, sizeof(*zone));
    const lab_zone_step_t *steps;
    char bytes[512];
    int nsteps;

    put_file(bytes, make_file(bytes, offset_sec, footer));
    ck_assert_int_eq(lab_tzif_read("Zone", &steps, &nsteps, pool), APR_SUCCESS);
    zone->id = zone->name = "Test";
    lab_zone_derive(zone, steps, nsteps, pool);
    lab_zone_flatten(zone, pool);
    return zone;
}

static int offset_at(const lab_zone_t *zone, const char *when)
{
    lab_datetime_zone_t kind;
    lab_wall_t wall;
    int offset;

    ck_assert_int_eq(lab_datetime_parse(when, &wall, &kind, &offset), APR_SUCCESS);
    return lab_zone_offset_at(zone, lab_wall_to_time(wall, offset));
}

START_TEST(rules_of_the_footer_count)
{
    lab_zone_t *zone = zone_of(-18000, "EST5EDT,M3.2.0,M11.1.0");

    ck_assert_int_eq(offset_at(zone, "2024-03-10T06:59:59Z"), -18000);
    ck_assert_int_eq(offset_at(zone, "2024-03-10T07:00:00Z"), -14400);
    ck_assert_int_eq(offset_at(zone, "2024-11-03T06:00:00Z"), -18000);
    ck_assert_int_eq(zone->neras, 1);
    zone = zone_of(12600, "<+0330>-3:30<+0430>,J79/24,J263/24");
    ck_assert_int_eq(offset_at(zone, "2021-03-21T20:29:59Z"), 16200);
    ck_assert_int_eq(offset_at(zone, "2021-03-20T20:29:59Z"), 12600);
    ck_assert_int_eq(offset_at(zone, "2021-03-20T20:30:00Z"), 16200);
    zone = zone_of(7200, "IST-2IDT,M3.4.4/26,M10.5.0");
    ck_assert_int_eq(offset_at(zone, "2024-03-29T00:00:00Z"), 10800);
    ck_assert_int_eq(offset_at(zone, "2024-03-28T23:59:59Z"), 7200);
    zone = zone_of(36000, "AEST-10AEDT,M10.1.0,M4.1.0/3");
    ck_assert_int_eq(offset_at(zone, "2024-01-01T00:00:00Z"), 39600);
    ck_assert_int_eq(offset_at(zone, "2024-07-01T00:00:00Z"), 36000);
    zone = zone_of(-10800, "<-03>3");
    ck_assert_int_eq(zone->eras[0].nchanges, 0);
    ck_assert_int_eq(offset_at(zone, "2024-07-01T00:00:00Z"), -10800);
}
END_TEST

START_TEST(a_senseless_footer_leaves_the_offset)
{
    static const char *const footers[] = {"",         "5",
                                          "EST",      "EST5EDT",
                                          "EST5EDT,", "EST5EDT,M13.1.0,M1.1.0",
                                          "<+03",     "EST5EDT,M3.2.0,M11.1.0x"};
    size_t i;

    for (i = 0; i < sizeof(footers) / sizeof(footers[0]); i++) {
        ck_assert_int_eq(offset_at(zone_of(3600, footers[i]), "2024-07-01T00:00:00Z"),
                         3600);
    }
}
END_TEST

START_TEST(broken_files_are_refused)
{
    const lab_zone_step_t *steps;
    char bytes[512];
    apr_size_t len = make_file(bytes, 3600, "AAA-1"), cut;
    int nsteps, i;

    /* cut anywhere before the footer */
    for (cut = 0; cut < 2 * 54; cut += 3) {
        put_file(bytes, cut);
        ck_assert_int_ne(lab_tzif_read("Zone", &steps, &nsteps, pool), APR_SUCCESS);
    }
    /* counts that lie, in either block */
    for (i = 20; i < 44; i++) {
        char copy[512];

        memcpy(copy, bytes, len);
        copy[i] = (char)0xff;
        put_file(copy, len);
        ck_assert_int_ne(lab_tzif_read("Zone", &steps, &nsteps, pool), APR_SUCCESS);
        memcpy(copy, bytes, len);
        copy[54 + i] = (char)0xff;
        put_file(copy, len);
        ck_assert_int_ne(lab_tzif_read("Zone", &steps, &nsteps, pool), APR_SUCCESS);
    }
    memcpy(bytes, "Tzif", 4);
    put_file(bytes, len);
    ck_assert_int_eq(lab_tzif_read("Zone", &steps, &nsteps, pool), APR_EGENERAL);
    ck_assert(APR_STATUS_IS_ENOENT(lab_tzif_read("Nowhere", &steps, &nsteps, pool)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tzif");
    TCase *tc = tcase_create("all");
    SRunner *runner;
    int failed;

    apr_initialize();
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, rules_of_the_footer_count);
    tcase_add_test(tc, a_senseless_footer_leaves_the_offset);
    tcase_add_test(tc, broken_files_are_refused);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
