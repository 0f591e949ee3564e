/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <check.h>

#include "seed/seed.h"

#define NOW   apr_time_from_sec(1715000000) /* 2024-05-06 */
#define DAY   (86400 * (apr_time_t)APR_USEC_PER_SEC)
#define COUNT 3000

static apr_pool_t *pool;

static void set_up(void)
{
    apr_pool_create(&pool, NULL);
    ck_assert_int_eq(lab_zone_init(pool), APR_SUCCESS);
}

static void tear_down(void)
{
    apr_pool_destroy(pool);
}

static lab_seed_event_t *make(const char *alias, apr_uint32_t number, apr_time_t now,
                              int count)
{
    lab_seed_event_t *events = apr_palloc(pool, sizeof(*events) * (apr_size_t)count);
    lab_seed_t *seed = lab_seed_begin(lab_dir_by_alias(alias), number, now, pool);
    int i;

    for (i = 0; i < count; i++) {
        lab_seed_next(seed, &events[i], pool);
    }
    return events;
}

/* All that is in an event, as one text. */
static const char *told(const lab_seed_event_t *e)
{
    const char *text = apr_psprintf(
        pool,
        "%s|%s|%s|%d|%s|%d|%d|%d|%d|%d|%d|%" APR_TIME_T_FMT "|%" APR_TIME_T_FMT
        "|%" APR_TIME_T_FMT "|%s|%s|%d|%d",
        e->uid, e->subject, e->body, e->body_is_html, e->location, e->sensitivity,
        e->importance, e->busy, e->reminder_is_set, e->reminder_minutes, e->is_all_day,
        e->start, e->end, e->created, e->zone->id,
        e->is_recurring ? lab_recur_to_text(&e->recur, pool) : "", e->is_meeting,
        e->my_response);
    int i;

    for (i = 0; i < e->ncategories; i++) {
        text = apr_pstrcat(pool, text, "|", e->categories[i], NULL);
    }
    for (i = 0; i < e->nattendees; i++) {
        text = apr_psprintf(pool, "%s|%s %d %d", text, e->attendees[i].smtp,
                            e->attendees[i].role, e->attendees[i].response);
    }
    for (i = 0; i < e->nexceptions; i++) {
        text =
            apr_psprintf(pool, "%s|%d %d %" APR_TIME_T_FMT, text, e->exceptions[i].index,
                         e->exceptions[i].is_deleted, e->exceptions[i].start);
    }
    return text;
}

START_TEST(the_same_day_gives_the_same_calendar)
{
    lab_seed_event_t *a = make("alice", 0, NOW, 200);
    lab_seed_event_t *b = make("alice", 0, NOW + apr_time_from_sec(3600), 200);
    lab_seed_event_t *c = make("bob", 0, NOW, 200), *d = make("alice", 1, NOW, 200);
    int i, same_c = 0, same_d = 0;

    for (i = 0; i < 200; i++) {
        ck_assert_str_eq(told(&a[i]), told(&b[i]));
        same_c += strcmp(a[i].uid, c[i].uid) == 0;
        same_d += strcmp(a[i].uid, d[i].uid) == 0;
    }
    ck_assert_int_eq(same_c, 0);
    ck_assert_int_eq(same_d, 0);
}
END_TEST

START_TEST(the_mix_is_what_is_promised)
{
    lab_seed_event_t *e = make("carol", 0, NOW, COUNT);
    int i, single = 0, all_day = 0, long_ones = 0, meetings = 0, series = 0, changed = 0;
    int zones = 0, private = 0, reminders = 0, html = 0, categories = 0, invited = 0,
        kinds = 0;

    for (i = 0; i < COUNT; i++) {
        series += e[i].is_recurring;
        all_day += e[i].is_all_day && !e[i].is_recurring;
        long_ones +=
            e[i].is_all_day && e[i].end - e[i].start > 36 * 3600 * (apr_time_t)1000000;
        meetings += e[i].is_meeting && !e[i].is_recurring;
        single += !e[i].is_recurring && !e[i].is_all_day && !e[i].is_meeting;
        changed += e[i].nexceptions > 0;
        zones += strcmp(e[i].zone->id, lab_dir_by_alias("carol")->zone) != 0;
        private += e[i].sensitivity == 2;
        reminders += e[i].reminder_is_set;
        html += e[i].body_is_html;
        categories += e[i].ncategories > 0;
        invited += !e[i].is_organizer;
        kinds |= e[i].is_recurring ? 1 << e[i].recur.kind : 0;
    }
    ck_assert_int_eq(single + all_day + meetings + series, COUNT);
    ck_assert_int_ge(single, COUNT * 50 / 100);
    ck_assert_int_ge(all_day, COUNT * 7 / 100);
    ck_assert_int_ge(long_ones, COUNT * 2 / 100);
    ck_assert_int_ge(meetings, COUNT * 17 / 100);
    ck_assert_int_ge(series, COUNT * 12 / 100);
    ck_assert_int_ge(changed, series / 5);
    ck_assert_int_le(changed, series / 2);
    ck_assert_int_ge(zones, COUNT * 10 / 100);
    ck_assert_int_ge(private, COUNT * 2 / 100);
    ck_assert_int_ge(reminders, COUNT * 40 / 100);
    ck_assert_int_ge(html, COUNT * 10 / 100);
    ck_assert_int_ge(categories, COUNT * 20 / 100);
    ck_assert_int_ge(invited, COUNT * 5 / 100);
    ck_assert_int_eq(kinds, 0x3f);
}
END_TEST

START_TEST(every_event_is_one_that_exchange_takes)
{
    lab_seed_event_t *events = make("erin", 3, NOW, COUNT);
    apr_hash_t *uids = apr_hash_make(pool);
    int i, j;

    for (i = 0; i < COUNT; i++) {
        lab_seed_event_t *e = &events[i];
        lab_wall_t start = lab_zone_wall(e->zone, e->start),
                   end = lab_zone_wall(e->zone, e->end);

        ck_assert_ptr_null(apr_hash_get(uids, e->uid, APR_HASH_KEY_STRING));
        apr_hash_set(uids, e->uid, APR_HASH_KEY_STRING, e);
        ck_assert_msg(e->start < e->end, "%s", told(e));
        ck_assert_msg(e->start > NOW - 570 * DAY, "%s", told(e));
        /* a yearly or slow series may begin later than a single */
        ck_assert_msg(e->start < NOW + (e->is_recurring ? 700 : 560) * DAY, "%s",
                      told(e));
        ck_assert_msg(e->created < e->start && e->created < NOW, "%s", told(e));
        ck_assert_int_gt((int)strlen(e->subject), 0);
        if (e->is_all_day) {
            ck_assert_msg(start.sec == 0 && end.sec == 0, "%s", told(e));
        }
        ck_assert_int_eq(e->is_meeting, e->nattendees > 0);
        for (j = 0; j < e->nattendees; j++) {
            ck_assert_str_ne(e->attendees[j].smtp, e->organizer->smtp);
            ck_assert_msg(e->attendees[j].response_time < NOW + DAY, "%s", told(e));
        }
        ck_assert_int_eq(e->is_organizer, e->my_response == LAB_SEED_ORGANIZER);
    }
}
END_TEST

START_TEST(series_and_their_exceptions_hold_together)
{
    lab_seed_event_t *events = make("dave", 0, NOW, COUNT);
    int i, j, k, moved = 0, deleted = 0;

    for (i = 0; i < COUNT; i++) {
        lab_seed_event_t *e = &events[i];
        lab_wall_t start = lab_zone_wall(e->zone, e->start),
                   end = lab_zone_wall(e->zone, e->end);
        apr_int64_t span = lab_wall_diff_sec(start, end);
        lab_recur_exception_t list[16];
        lab_recur_error_t error = {"", ""};

        if (!e->is_recurring) {
            ck_assert_int_eq(e->nexceptions, 0);
            continue;
        }
        ck_assert_msg(lab_recur_validate(&e->recur, &error) == APR_SUCCESS, "%s %s",
                      error.code, told(e));
        ck_assert_int_eq(lab_recur_check_span(&e->recur, span, &error), APR_SUCCESS);
        ck_assert_msg(lab_date_compare(lab_recur_first(&e->recur), start.date) == 0, "%s",
                      told(e));
        ck_assert_int_eq(lab_date_compare(e->recur.start, start.date), 0);
        for (j = 0; j < e->nexceptions; j++) {
            const lab_seed_exception_t *x = &e->exceptions[j];

            ck_assert_int_gt(x->index, j == 0 ? 0 : e->exceptions[j - 1].index);
            list[j].index = x->index;
            list[j].is_deleted = x->is_deleted;
            list[j].start = lab_zone_wall(e->zone, x->start);
            list[j].end = lab_zone_wall(e->zone, x->end);
            moved += !x->is_deleted;
            deleted += x->is_deleted;
        }
        if (e->nexceptions > 0 && lab_recur_count(&e->recur) != 0) {
            ck_assert_int_lt(e->exceptions[e->nexceptions - 1].index,
                             lab_recur_count(&e->recur));
        }
        for (k = 0; k < e->nexceptions; k++) {
            if (!list[k].is_deleted) {
                ck_assert_msg(lab_recur_check_move(&e->recur, start.sec, span, list,
                                                   e->nexceptions, list[k].index,
                                                   list[k].start, list[k].end,
                                                   &error) == APR_SUCCESS,
                              "%s %s", error.code, told(e));
            }
        }
    }
    ck_assert_int_gt(moved, 50);
    ck_assert_int_gt(deleted, 50);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("seed");
    TCase *tc = tcase_create("all");
    SRunner *runner;
    int failed;

    apr_initialize();
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, the_same_day_gives_the_same_calendar);
    tcase_add_test(tc, the_mix_is_what_is_promised);
    tcase_add_test(tc, every_event_is_one_that_exchange_takes);
    tcase_add_test(tc, series_and_their_exceptions_hold_together);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
