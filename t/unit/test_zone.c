/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones: names, offsets in past and future, gaps and overlaps, VTIMEZONE in and out. */
#include <apr_general.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cal/zone.h"

static apr_pool_t *pool;

static apr_time_t utc(int y, int mo, int d, int h, int mi)
{
    xc_wall_t w = {y, mo, d, h, mi, 0};
    return xc_zone_to_utc(xc_zone_utc(), &w);
}

static const xc_zone_t *zone(const char *name)
{
    const xc_zone_t *z = xc_zone_find(name);
    ck_assert_msg(z != NULL, "zone %s is not known", name);
    return z;
}

static void check_offset(const char *name, apr_time_t t, int minutes)
{
    ck_assert_msg(xc_zone_offset_sec(zone(name), t) == minutes * 60, "%s: offset %d, not %d min", name,
                  xc_zone_offset_sec(zone(name), t) / 60, minutes);
}

START_TEST(dates)
{
    int y, m, d;
    ck_assert_int_eq(xc_date_to_days(1970, 1, 1), 0);
    ck_assert_int_eq(xc_date_to_days(2000, 3, 1), 11017);
    ck_assert_int_eq(xc_date_to_days(1601, 1, 1), -134774);
    for (int day = -800000; day < 2900000; day += 997) {
        xc_date_from_days(day, &y, &m, &d);
        ck_assert_int_eq(xc_date_to_days(y, m, d), day);
    }
    ck_assert_int_eq(xc_date_weekday(xc_date_to_days(2026, 11, 20)), 5);
    ck_assert_int_eq(xc_date_weekday(xc_date_to_days(1969, 12, 28)), 0);
}
END_TEST

START_TEST(offsets_now_past_and_far_future)
{
    check_offset("Europe/Berlin", utc(2024, 1, 15, 12, 0), 60);
    check_offset("Europe/Berlin", utc(2024, 7, 15, 12, 0), 120);
    check_offset("Europe/Berlin", utc(2190, 7, 15, 12, 0), 120);
    check_offset("Europe/Berlin", utc(2190, 1, 15, 12, 0), 60);
    check_offset("Europe/Berlin", utc(1978, 7, 15, 12, 0), 60);
    check_offset("Europe/Berlin", utc(1947, 6, 1, 12, 0), 180);
    check_offset("America/New_York", utc(2006, 3, 20, 12, 0), -300);
    check_offset("America/New_York", utc(2007, 3, 20, 12, 0), -240);
    check_offset("America/New_York", utc(2006, 10, 31, 12, 0), -300);
    check_offset("America/New_York", utc(2006, 11, 4, 12, 0), -300);
    check_offset("America/New_York", utc(2099, 11, 1, 5, 59), -240);
    check_offset("America/New_York", utc(2099, 11, 1, 6, 0), -300);
    check_offset("Australia/Sydney", utc(2030, 1, 1, 0, 0), 660);
    check_offset("Australia/Sydney", utc(2030, 7, 1, 0, 0), 600);
    check_offset("Australia/Adelaide", utc(2025, 12, 1, 0, 0), 630);
    check_offset("Asia/Kolkata", utc(2025, 12, 1, 0, 0), 330);
    check_offset("Asia/Kathmandu", utc(2025, 12, 1, 0, 0), 345);
    check_offset("Pacific/Kiritimati", utc(2025, 12, 1, 0, 0), 840);
    check_offset("Europe/Dublin", utc(2060, 1, 1, 0, 0), 0);
    check_offset("Europe/Dublin", utc(2060, 7, 1, 0, 0), 60);
    check_offset("Asia/Jerusalem", utc(2050, 3, 24, 23, 59), 120);
    check_offset("Asia/Jerusalem", utc(2050, 3, 25, 0, 0), 180);
    check_offset("Europe/Istanbul", utc(2300, 7, 1, 0, 0), 180);
    check_offset("Europe/Moscow", utc(2012, 1, 1, 0, 0), 240);
    check_offset("Etc/GMT+5", utc(2012, 1, 1, 0, 0), -300);
}
END_TEST

START_TEST(gap_and_overlap)
{
    const xc_zone_t *berlin = zone("Europe/Berlin");
    xc_wall_t gap = {2024, 3, 31, 2, 30, 0}, twice = {2024, 10, 27, 2, 30, 0}, back;

    ck_assert(xc_zone_to_utc(berlin, &gap) == utc(2024, 3, 31, 1, 30));
    ck_assert(xc_zone_to_utc(berlin, &twice) == utc(2024, 10, 27, 0, 30));
    xc_zone_to_wall(berlin, utc(2024, 10, 27, 1, 30), &back);
    ck_assert_int_eq(back.hour, 2);
    ck_assert_int_eq(back.minute, 30);
    xc_wall_t sydney_gap = {2024, 10, 6, 2, 15, 0};
    ck_assert(xc_zone_to_utc(zone("Australia/Sydney"), &sydney_gap) == utc(2024, 10, 5, 16, 15));
    for (int h = 0; h < 24 * 366; h++) { /* there and back again through a year */
        apr_time_t t = utc(2024, 1, 1, 0, 0) + apr_time_from_sec(3600LL * h);
        xc_wall_t w;
        xc_zone_to_wall(berlin, t, &w);
        apr_time_t again = xc_zone_to_utc(berlin, &w);
        ck_assert(again == t || t == utc(2024, 10, 27, 1, 0));
    }
}
END_TEST

START_TEST(names_of_clients)
{
    static const char *const pairs[][2] = {
        {"Europe/Berlin", "Europe/Berlin"},
        {"europe/berlin", "Europe/Berlin"},
        {"/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"},
        {"/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"},
        {"/citadel.org/20190914_1/America/New_York", "America/New_York"},
        {"/mozilla.org/20050126_1/Europe/Paris", "Europe/Paris"},
        {"/softwarestudio.org/Olson_20011030_5/America/Indiana/Knox", "America/Indiana/Knox"},
        {"Asia/Calcutta", "Asia/Kolkata"},
        {"Europe/Kiev", "Europe/Kyiv"},
        {"US/Eastern", "America/New_York"},
        {"W. Europe Standard Time", "Europe/Berlin"},
        {"w. europe standard time", "Europe/Berlin"},
        {"W. Europe Daylight Time", "Europe/Berlin"},
        {"India Standard Time", "Asia/Kolkata"},
        {"FLE Standard Time", "Europe/Kyiv"},
        {"Mexico Standard Time", "America/Mexico_City"},
        {"(GMT+01.00) Berlin/Stockholm/Rome/Bern/Vienna", "Europe/Berlin"},
        {"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"},
        {"(GMT+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"},
        {"(UTC+01:00) Bruxelles, Copenhague, Madrid, Paris", "Europe/Paris"},
        {"(GMT-05.00) Eastern Time (US & Canada)", "America/New_York"},
        {"(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"},
        {"(GMT+10.00) Canberra/Melbourne/Sydney/Hobart (Year 2000 only)", "Australia/Sydney"},
        {"UTC", "Etc/UTC"},
        {"Z", NULL},
        {"UTC+02:00", "Etc/GMT-2"},
        {"GMT-5", "Etc/GMT+5"},
        {"UTC-11", "Etc/GMT+11"},
        {"Etc/GMT-14", "Etc/GMT-14"},
        {"../../../etc/passwd", NULL},
        {"/etc/passwd", NULL},
        {"Europe/Berlin/../../../../etc/passwd", NULL},
        {"Europe", NULL},
        {"tzdata.zi", NULL},
        {"", NULL},
        {"Customized Time Zone", NULL},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        const xc_zone_t *z = xc_zone_find(pairs[i][0]);
        ck_assert_msg((z != NULL) == (pairs[i][1] != NULL), "%s: %s", pairs[i][0], z ? xc_zone_id(z) : "not found");
        if (z)
            ck_assert_msg(strcmp(xc_zone_id(z), pairs[i][1]) == 0, "%s is %s, not %s", pairs[i][0], xc_zone_id(z), pairs[i][1]);
    }
    char long_name[2000];
    memset(long_name, 'A', sizeof(long_name));
    long_name[1999] = '\0';
    ck_assert(xc_zone_find(long_name) == NULL);
}
END_TEST

START_TEST(windows_ids)
{
    static const char *const pairs[][2] = {
        {"Europe/Berlin", "W. Europe Standard Time"}, {"Europe/Vienna", "W. Europe Standard Time"},
        {"Europe/Paris", "Romance Standard Time"},    {"Europe/Zagreb", "Central European Standard Time"},
        {"Europe/Belgrade", "Central Europe Standard Time"}, {"Asia/Kolkata", "India Standard Time"},
        {"Asia/Calcutta", "India Standard Time"},     {"Europe/Kyiv", "FLE Standard Time"},
        {"America/New_York", "Eastern Standard Time"}, {"Etc/UTC", "UTC"}, {"UTC", "UTC"},
        {"America/Indiana/Indianapolis", "US Eastern Standard Time"}, {"Asia/Kathmandu", "Nepal Standard Time"},
        {"Pacific/Auckland", "New Zealand Standard Time"}, {"Etc/GMT+11", "UTC-11"},
        {"Australia/Adelaide", "Cen. Australia Standard Time"}, {"Asia/Ho_Chi_Minh", "SE Asia Standard Time"},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        const char *id = xc_zone_windows_id(zone(pairs[i][0]));
        ck_assert_msg(id && strcmp(id, pairs[i][1]) == 0, "%s is %s", pairs[i][0], id ? id : "none");
    }
    ck_assert_str_eq(xc_zone_id(xc_zone_from_windows("W. Europe Standard Time", "AT")), "Europe/Vienna");
    ck_assert_str_eq(xc_zone_id(xc_zone_from_windows("W. Europe Standard Time", "ZZZ")), "Europe/Berlin");
    ck_assert_ptr_null(xc_zone_from_windows("tzone://Microsoft/Custom", NULL));
    ck_assert(xc_zone_same_windows(zone("Europe/Berlin"), zone("Europe/Oslo")));
    ck_assert(!xc_zone_same_windows(zone("Europe/Berlin"), zone("Europe/Paris")));
}
END_TEST

/* The text of a zone, read again as a custom zone, has the zone's offsets from its time on. */
static void check_vtimezone(const char *name, int year)
{
    const xc_zone_t *z = zone(name), *again;
    apr_time_t from = utc(year, 6, 15, 0, 0);
    const char *text = xc_zone_vtimezone(z, "A;strange, name", from, pool);
    xc_error_t *err = xc_zone_from_vtimezone(&again, text, from, pool);

    ck_assert_msg(err == NULL, "%s: %s\n%s", name, err ? err->message : "", text);
    ck_assert_msg(strlen(text) < 20000, "%s: %zu bytes", name, strlen(text));
    for (int days = 0; days < 12 * 365; days++) {
        apr_time_t t = from + apr_time_from_sec(86400LL * days + 7 * 3600 + 1800);
        ck_assert_msg(xc_zone_offset_sec(z, t) == xc_zone_offset_sec(again, t), "%s day %d of %d: %d is %d\n%s", name, days, year,
                      xc_zone_offset_sec(z, t), xc_zone_offset_sec(again, t), text);
    }
}

START_TEST(vtimezone_out_and_in)
{
    static const char *const names[] = {"Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "Asia/Jerusalem",
                                        "Africa/Cairo", "America/Nuuk", "Africa/Casablanca", "Europe/Dublin", "Asia/Tehran", "America/Santiago",
                                        "Pacific/Auckland", "Etc/UTC", "Europe/Moscow", "Asia/Gaza", "Antarctica/Troll", "Pacific/Apia", "America/Sao_Paulo"};
    static const int years[] = {1965, 1985, 1999, 2006, 2011, 2024, 2040};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        for (size_t k = 0; k < sizeof(years) / sizeof(years[0]); k++)
            check_vtimezone(names[i], years[k]);
    }
    const char *text = xc_zone_vtimezone(zone("Europe/Berlin"), NULL, utc(2024, 1, 1, 0, 0), pool);
    ck_assert_ptr_nonnull(strstr(text, "TZID:Europe/Berlin\r\n"));
    ck_assert_ptr_nonnull(strstr(text, "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"));
    ck_assert_ptr_null(strstr(text, "RDATE"));
}
END_TEST

static const char outlook[] = "BEGIN:VTIMEZONE\r\nTZID:%s\r\n%sBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"
                              "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\n"
                              "TZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";
static const char fixed[] = "BEGIN:VTIMEZONE\r\nTZID:Mine\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:%s\r\nTZOFFSETTO:%s\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";

START_TEST(custom_zones)
{
    const xc_zone_t *z;

    ck_assert_ptr_null(xc_zone_from_vtimezone(&z, apr_psprintf(pool, outlook, "Customized Time Zone", ""), utc(2024, 5, 1, 0, 0), pool));
    ck_assert_str_eq(xc_zone_windows_id(z), "W. Europe Standard Time");
    ck_assert_ptr_null(xc_zone_from_vtimezone(&z, apr_psprintf(pool, outlook, "Strange", "X-LIC-LOCATION:Europe/Oslo\r\n"), utc(2024, 5, 1, 0, 0), pool));
    ck_assert_str_eq(xc_zone_id(z), "Europe/Oslo");
    ck_assert_ptr_null(xc_zone_from_vtimezone(&z, apr_psprintf(pool, outlook, "Strange", "X-MICROSOFT-CDO-TZID:3\r\n"), utc(2024, 5, 1, 0, 0), pool));
    ck_assert_str_eq(xc_zone_id(z), "Europe/Paris");
    /* the number lies: Moscow has other rules */
    ck_assert_ptr_null(xc_zone_from_vtimezone(&z, apr_psprintf(pool, outlook, "Strange", "X-MICROSOFT-CDO-TZID:51\r\n"), utc(2024, 5, 1, 0, 0), pool));
    ck_assert_str_eq(xc_zone_windows_id(z), "W. Europe Standard Time");

    ck_assert_ptr_null(xc_zone_from_vtimezone(&z, apr_psprintf(pool, fixed, "+0345", "+0345"), utc(2024, 5, 1, 0, 0), pool));
    ck_assert_ptr_null(xc_zone_windows_id(z));
    ck_assert_str_eq(xc_zone_id(z), "Mine");
    ck_assert_int_eq(xc_zone_offset_sec(z, utc(2050, 1, 1, 0, 0)), 225 * 60);
    ck_assert_ptr_nonnull(strstr(xc_zone_vtimezone(z, "Other", 0, pool), "TZID:Other"));
    ck_assert_ptr_null(xc_zone_from_vtimezone(&z, apr_psprintf(pool, fixed, "+0545", "+0545"), utc(2024, 5, 1, 0, 0), pool));
    ck_assert_str_eq(xc_zone_windows_id(z), "Nepal Standard Time");
    ck_assert_ptr_null(xc_zone_from_vtimezone(&z, apr_psprintf(pool, fixed, "+0000", "+0000"), utc(2024, 5, 1, 0, 0), pool));
    ck_assert_str_eq(xc_zone_windows_id(z), "UTC");

    ck_assert_ptr_nonnull(xc_zone_from_vtimezone(&z, apr_psprintf(pool, fixed, "+9900", "+9900"), 0, pool));
    ck_assert_ptr_nonnull(xc_zone_from_vtimezone(&z, "rubbish", 0, pool));
    ck_assert_ptr_nonnull(xc_zone_from_vtimezone(&z, "BEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VTIMEZONE\r\n", 0, pool));
    ck_assert_ptr_nonnull(xc_zone_from_vtimezone(&z, "BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\n"
                                                     "TZOFFSETTO:+0100\r\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n", 0, pool));
}
END_TEST

static void *APR_THREAD_FUNC hammer(apr_thread_t *t, void *data)
{
    static const char *const names[] = {"Asia/Tokyo", "Asia/Seoul", "America/Denver", "Africa/Lagos", "Tonga Standard Time", "Europe/Rome", "Asia/Omsk"};
    (void)t;
    for (int i = 0; i < 2000; i++) {
        if (!xc_zone_find(names[i % 7]))
            *(int *)data = 1;
    }
    return NULL;
}

START_TEST(first_use_on_many_threads)
{
    apr_thread_t *threads[4];
    int failed[4] = {0};
    apr_status_t rv;
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(apr_thread_create(&threads[i], NULL, hammer, &failed[i], pool), APR_SUCCESS);
    for (int i = 0; i < 4; i++) {
        apr_thread_join(&rv, threads[i]);
        ck_assert_int_eq(failed[i], 0);
    }
}
END_TEST

static void set_up(void)
{
    apr_pool_create(&pool, NULL);
}

static void tear_down(void)
{
    apr_pool_destroy(pool);
}

START_TEST(yearly_rules)
{
    static const char odd[] = "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:19701101T020000\r\nTZOFFSETFROM:-0330\r\nTZOFFSETTO:-0430\r\n"
                              "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19700329T013000\r\nTZOFFSETFROM:-0430\r\n"
                              "TZOFFSETTO:-0330\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";
    static const char once[] = "BEGIN:VTIMEZONE\r\nTZID:Once\r\nBEGIN:STANDARD\r\nDTSTART:20300101T000000\r\nTZOFFSETFROM:+0345\r\nTZOFFSETTO:+0315\r\n"
                               "END:STANDARD\r\nEND:VTIMEZONE\r\n";
    const apr_time_t in_2027 = apr_time_from_sec(1800000000), in_2040 = apr_time_from_sec(2210000000);
    const xc_zone_t *zone, *again;
    xc_zone_change_t c[2];

    ck_assert_ptr_null(xc_zone_from_vtimezone(&zone, odd, in_2027, pool));
    ck_assert_int_eq(xc_zone_yearly(zone, in_2027, c), 2);
    ck_assert(c[0].month == 3 && c[0].nth == -1 && c[0].weekday == 0 && c[0].time_sec == 5400 && c[0].offset_sec == -12600);
    ck_assert(c[1].month == 11 && c[1].nth == 1 && c[1].weekday == 0 && c[1].time_sec == 7200 && c[1].offset_sec == -16200);
    ck_assert_ptr_null(xc_zone_from_vtimezone(&again, odd, in_2040, pool));
    ck_assert(xc_zone_same_windows(zone, again) && !xc_zone_same_windows(zone, xc_zone_utc()));
    /* one change more to come: no yearly rule until then, one offset from then on */
    ck_assert_ptr_null(xc_zone_from_vtimezone(&zone, once, in_2027, pool));
    ck_assert_int_eq(xc_zone_yearly(zone, in_2027, c), 0);
    ck_assert_int_eq(xc_zone_yearly(zone, in_2040, c), 1);
    ck_assert_int_eq(c[0].offset_sec, 11700);
    ck_assert(!xc_zone_same_windows(zone, again));
}
END_TEST

int main(void)
{
    apr_pool_t *process;
    Suite *s = suite_create("zone");
    TCase *tc = tcase_create("zone");
    SRunner *sr;
    int failed;

    apr_initialize();
    apr_pool_create(&process, NULL);
    if (xc_zone_init(process))
        return 1;
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, first_use_on_many_threads);
    tcase_add_test(tc, dates);
    tcase_add_test(tc, offsets_now_past_and_far_future);
    tcase_add_test(tc, gap_and_overlap);
    tcase_add_test(tc, names_of_clients);
    tcase_add_test(tc, windows_ids);
    tcase_add_test(tc, vtimezone_out_and_in);
    tcase_add_test(tc, custom_zones);
    tcase_add_test(tc, yearly_rules);
    suite_add_tcase(s, tc);
    sr = srunner_create(s);
    srunner_run_all(sr, CK_NORMAL);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    apr_pool_destroy(process);
    return failed != 0;
}
