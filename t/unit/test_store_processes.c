/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several processes on one LMDB store: none loses a change of another, the sequence only grows, a
 * process killed at any moment leaves a whole log behind.
 */
#include "store_fixture.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { PROCESSES = 4, ROUNDS = 60, PAIR = 20 };

static fix_t *f;

/** What the processes tell each other outside the store; the "Exchange" of the test. */
typedef struct shared_t {
    volatile long next_state;   /* Exchange's present state */
    volatile long calls, at_once, most_at_once, folded, stale, failures, waited;
    volatile unsigned long last_seq;
} shared_t;

static shared_t *shared;

static void share(void)
{
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(shared, MAP_FAILED);
    memset(shared, 0, sizeof(*shared));
}

/** In a child: a store of its own on the same directory. The parent's is closed before. */
static xc_store_t *open_own(apr_pool_t **pool)
{
    xc_store_t *store = NULL;

    apr_pool_create(pool, NULL);
    if (xc_store_open_lmdb(&store, &f->cfg, NULL, *pool))
        _exit(10);
    return store;
}

static int wait_for(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0)
        ;
    return status;
}

/* ---- refreshing side by side ---- */

static const char *state_of(long n, apr_pool_t *pool)
{
    return n ? apr_psprintf(pool, "state-%ld", n) : NULL;
}

/** One refresh as the gateway does it: flight, ask, fold. */
static void refresh(xc_store_t *store, int who, int round, apr_pool_t *pool)
{
    xc_flight_t *flight = NULL;
    xc_calinfo_t *info = NULL;
    xc_change_t c;
    const char *base;
    int waited, stale = 0;
    long at;

    if (xc_store_flight_begin(&flight, &waited, store, "refresh", apr_time_from_sec(30), apr_time_now() + apr_time_from_sec(60), pool)) {
        __sync_fetch_and_add(&shared->failures, 1);
        return;
    }
    if (!flight) {
        __sync_fetch_and_add(&shared->waited, 1);
        return;
    }
    at = __sync_add_and_fetch(&shared->at_once, 1);
    if (at > shared->most_at_once)
        shared->most_at_once = at;
    (void)xc_store_calendar(&info, store, &f->key, pool);
    base = info ? info->sync_state : NULL;
    __sync_fetch_and_add(&shared->calls, 1);
    apr_sleep(300);
    c = fix_upsert(apr_psprintf(pool, "remote-%d-%d", who, round), "ck", NULL, apr_psprintf(pool, "remote-%d-%d", who, round));
    if (xc_store_fold(&stale, store, &f->key, base, state_of(__sync_add_and_fetch(&shared->next_state, 1), pool), &c, 1, 1,
                      1 /* long ago: it knows nothing of the others' writes */, pool))
        __sync_fetch_and_add(&shared->failures, 1);
    else
        __sync_fetch_and_add(stale ? &shared->stale : &shared->folded, 1);
    __sync_fetch_and_sub(&shared->at_once, 1);
    xc_store_flight_end(flight);
}

static void work(int who)
{
    apr_pool_t *own, *pool;
    xc_store_t *store = open_own(&own);
    unsigned long last = 0;
    int round;

    apr_pool_create(&pool, own);
    for (round = 0; round < ROUNDS; round++) {
        xc_change_t c = fix_upsert(apr_psprintf(pool, "local-%d-%d", who, round), "ck", NULL, apr_psprintf(pool, "local-%d-%d", who, round));
        apr_array_header_t *items;
        xc_calinfo_t *info;
        int stale;

        if (xc_store_fold(&stale, store, &f->key, NULL, NULL, &c, 1, 0, 0, pool) || stale)
            __sync_fetch_and_add(&shared->failures, 1);
        refresh(store, who, round, pool);
        (void)xc_store_list(&items, &info, store, &f->key, pool);
        if (!info || info->count != items->nelts || info->seq <= last || info->seq != (apr_uint64_t)info->count)
            __sync_fetch_and_add(&shared->failures, 1);
        last = info ? (unsigned long)info->seq : last;
        apr_pool_clear(pool);
    }
    apr_pool_destroy(own);
    _exit(0);
}

START_TEST(four_processes_lose_nothing)
{
    pid_t pids[PROCESSES];
    int i;

    f = fix_make(FIX_LMDB);
    share();
    fix_close(f);
    for (i = 0; i < PROCESSES; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            work(i);
    }
    for (i = 0; i < PROCESSES; i++)
        ck_assert_int_eq(wait_for(pids[i]), 0);
    fix_open(f);
    ck_assert_int_eq(shared->failures, 0);
    ck_assert_int_eq(shared->most_at_once, 1);
    ck_assert_int_eq(shared->stale, 0);
    ck_assert_int_eq(shared->folded, shared->calls);
    ck_assert_int_eq(fix_info(f)->count, PROCESSES * ROUNDS + shared->folded);
    ck_assert_uint_eq(fix_info(f)->seq, (unsigned long)(PROCESSES * ROUNDS + shared->folded));
    ck_assert_str_eq(fix_info(f)->sync_state, state_of(shared->next_state, f->pool));
    fix_free(f);
}
END_TEST

START_TEST(without_a_flight_one_page_wins)
{
    /* two refreshes that asked with the same state: the second to fold hears that it is stale */
    xc_change_t a = fix_upsert("id1", "ck1", "one.ics", NULL), b = fix_upsert("id2", "ck2", "two.ics", NULL);

    f = fix_make(FIX_LMDB);
    ck_assert_int_eq(fix_fold(f, NULL, "s1", &a, 1, 1), 0);
    ck_assert_int_eq(fix_fold(f, NULL, "s1b", &b, 1, 1), 1);
    ck_assert_str_eq(fix_list(f), "one.ics");
    fix_free(f);
}
END_TEST

/* ---- holders that die ---- */

static pid_t hold(apr_interval_time_t lease)
{
    int ready[2];
    char c;
    pid_t pid;

    ck_assert_int_eq(pipe(ready), 0);
    pid = fork();
    if (pid == 0) {
        apr_pool_t *pool;
        xc_store_t *store = open_own(&pool);
        xc_flight_t *flight;
        int waited;

        if (xc_store_flight_begin(&flight, &waited, store, "a", lease, apr_time_now() + 1000000, pool) || !flight)
            _exit(1);
        if (write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    ck_assert_int_eq(read(ready[0], &c, 1), 1);
    close(ready[0]);
    return pid;
}

static void kill_it(pid_t pid)
{
    kill(pid, SIGKILL);
    (void)wait_for(pid);
}

START_TEST(a_dead_holder_is_noticed)
{
    xc_flight_t *flight;
    xc_error_t *err;
    int waited;
    pid_t pid;

    f = fix_make(FIX_LMDB);
    fix_close(f);
    pid = hold(apr_time_from_sec(600));
    fix_open(f);
    err = xc_store_flight_begin(&flight, &waited, f->store, "a", apr_time_from_sec(30), apr_time_now() + 60000, f->pool);
    ck_assert_ptr_nonnull(err);
    ck_assert_int_eq(err->status, 503);
    kill_it(pid);
    ck_assert_ptr_null(xc_store_flight_begin(&flight, &waited, f->store, "a", apr_time_from_sec(30), apr_time_now() + 1000000, f->pool));
    ck_assert_ptr_nonnull(flight);
    xc_store_flight_end(flight);
    fix_free(f);
}
END_TEST

START_TEST(a_lease_ends)
{
    xc_flight_t *flight;
    int waited;
    pid_t pid;

    f = fix_make(FIX_LMDB);
    fix_close(f);
    pid = hold(apr_time_from_sec(1));
    fix_open(f);
    /* the holder lives but has been too long at it */
    ck_assert_ptr_null(xc_store_flight_begin(&flight, &waited, f->store, "a", apr_time_from_sec(30), apr_time_now() + apr_time_from_sec(10), f->pool));
    ck_assert_ptr_nonnull(flight);
    kill_it(pid);
    xc_store_flight_end(flight);
    fix_free(f);
}
END_TEST

START_TEST(the_end_of_a_flight_is_seen_from_another_process)
{
    xc_flight_t *flight;
    apr_time_t begun;
    int waited, status;
    pid_t pid;

    f = fix_make(FIX_LMDB);
    fix_close(f);
    share();
    pid = fork();
    if (pid == 0) {
        apr_pool_t *pool;
        xc_store_t *store = open_own(&pool);

        if (xc_store_flight_begin(&flight, &waited, store, "a", apr_time_from_sec(30), apr_time_now() + 1000000, pool) || !flight)
            _exit(1);
        shared->calls = 1;
        apr_sleep(700000);
        xc_store_flight_end(flight);
        apr_pool_destroy(pool);
        _exit(0);
    }
    while (!shared->calls)
        apr_sleep(1000);
    fix_open(f);
    begun = apr_time_now();
    ck_assert_ptr_null(xc_store_flight_begin(&flight, &waited, f->store, "a", apr_time_from_sec(30), apr_time_now() + apr_time_from_sec(20), f->pool));
    ck_assert_ptr_null(flight);
    ck_assert_int_eq(waited, 1);
    ck_assert_int_lt(apr_time_now() - begun, apr_time_from_sec(10));
    status = wait_for(pid);
    ck_assert_int_eq(status, 0);
    fix_free(f);
}
END_TEST

/* ---- killed in the middle ---- */

/** Folds pages that move all items of a set to one version; a body with each. Never ends by itself. */
static void write_for_ever(long version)
{
    apr_pool_t *own, *pool;
    xc_store_t *store = open_own(&own);

    apr_pool_create(&pool, own);
    for (;; version++) {
        xc_change_t c[PAIR + 2];
        xc_body_t bodies[PAIR];
        xc_calinfo_t *info = NULL;
        int i, stale;

        memset(bodies, 0, sizeof(bodies));
        for (i = 0; i < PAIR; i++) {
            c[i] = fix_upsert(apr_psprintf(pool, "id-%d", i), apr_psprintf(pool, "v%ld", version), NULL, apr_psprintf(pool, "uid-%d", i));
            bodies[i].id = c[i].item.id;
            bodies[i].change_key = c[i].item.change_key;
            bodies[i].text = c[i].item.change_key;
            bodies[i].len = strlen(bodies[i].text);
        }
        c[PAIR] = fix_upsert(apr_psprintf(pool, "passing-%ld", version), "ck", NULL, NULL);
        c[PAIR + 1] = fix_delete(apr_psprintf(pool, "passing-%ld", version - 1));
        (void)xc_store_calendar(&info, store, &f->key, pool);
        (void)xc_store_put_bodies(store, &f->key, bodies, PAIR, pool);
        (void)xc_store_fold(&stale, store, &f->key, info ? info->sync_state : NULL, apr_psprintf(pool, "state-%ld", version), c, PAIR + 2, 1,
                            apr_time_now(), pool);
        (void)xc_store_set(store, "space", "key", "value", 5, apr_time_from_sec(60), pool);
        if (!stale)
            __sync_fetch_and_add(&shared->folded, 1);
        apr_pool_clear(pool);
    }
}

static void check_whole(const char *epoch)
{
    apr_array_header_t *items;
    xc_calinfo_t *info;
    const char *version;
    int i, passing = 0;

    ck_assert_ptr_null(xc_store_list(&items, &info, f->store, &f->key, f->pool));
    ck_assert_ptr_nonnull(info);
    ck_assert_str_eq(info->epoch, epoch);
    ck_assert_uint_ge(info->seq, shared->last_seq);
    shared->last_seq = (unsigned long)info->seq;
    ck_assert_int_eq(items->nelts, info->count);
    version = apr_pstrcat(f->pool, "v", info->sync_state + 6, NULL);
    for (i = 0; i < items->nelts; i++) {
        const xc_item_t *item = &APR_ARRAY_IDX(items, i, xc_item_t), *ref = item;
        xc_body_t *body;

        if (strncmp(item->id, "passing-", 8) == 0) {
            passing++;
            continue;
        }
        ck_assert_str_eq(item->change_key, version);
        ck_assert_uint_eq(item->changed_seq, info->seq);
        ck_assert_str_eq(fix_id(f, item->id)->href, item->href);
        ck_assert_str_eq(fix_uid(f, item->uid)->href, item->href);
        ck_assert_ptr_null(xc_store_bodies(&body, f->store, &f->key, &ref, 1, f->pool));
        ck_assert_ptr_nonnull(body);
        ck_assert_str_eq(body->text, version);
    }
    ck_assert_int_eq(items->nelts, PAIR + passing);
}

START_TEST(a_kill_leaves_a_whole_log)
{
    xc_flight_t *flight;
    const char *epoch = NULL;
    int round, waited;

    f = fix_make(FIX_LMDB);
    share();
    fix_close(f);
    for (round = 0; round < 25; round++) {
        long before = shared->folded;
        pid_t one, two;

        one = fork();
        if (one == 0)
            write_for_ever(round * 1000000L + 1);
        two = fork();
        if (two == 0)
            write_for_ever(round * 1000000L + 500000L);
        while (shared->folded < before + 3)
            apr_sleep(500);
        apr_sleep((round * 7919) % 10000);
        kill_it(one);
        kill_it(two);
        fix_open(f);
        if (!epoch)
            epoch = fix_info(f)->epoch;
        check_whole(epoch);
        ck_assert_ptr_null(xc_store_flight_begin(&flight, &waited, f->store, "a", apr_time_from_sec(30), apr_time_now() + 1000000, f->pool));
        ck_assert_ptr_nonnull(flight);
        xc_store_flight_end(flight);
        ck_assert_int_eq(f->errors, 0);
        fix_close(f);
    }
    fix_open(f);
    fix_free(f);
}
END_TEST

/* ---- a directory that goes away under several ---- */

START_TEST(all_find_the_new_directory)
{
    pid_t pids[PROCESSES];
    int i;

    f = fix_make(FIX_LMDB);
    share();
    fix_local(f, fix_upsert("old", "ck", "old.ics", NULL));
    fix_close(f);
    for (i = 0; i < PROCESSES; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            apr_pool_t *pool;
            xc_store_t *store = open_own(&pool);
            xc_change_t c = fix_upsert(apr_psprintf(pool, "id%d", i), "ck", NULL, apr_psprintf(pool, "uid%d", i));
            xc_calinfo_t *info = NULL;
            int stale;

            __sync_fetch_and_add(&shared->calls, 1);
            while (shared->next_state == 0)
                apr_sleep(1000);
            if (xc_store_fold(&stale, store, &f->key, NULL, NULL, &c, 1, 0, 0, pool))
                _exit(1);
            __sync_fetch_and_add(&shared->folded, 1);
            while (shared->folded < PROCESSES)
                apr_sleep(1000);
            (void)xc_store_calendar(&info, store, &f->key, pool);
            apr_pool_destroy(pool);
            _exit(info ? 0 : 2);
        }
    }
    while (shared->calls < PROCESSES)
        apr_sleep(1000);
    fix_remove_dir(f->cfg.dir);
    shared->next_state = 1;
    for (i = 0; i < PROCESSES; i++)
        ck_assert_int_eq(wait_for(pids[i]), 0);
    fix_open(f);
    ck_assert_str_eq(fix_list(f), "uid0.ics uid1.ics uid2.ics uid3.ics");
    fix_free(f);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store processes");
    TCase *tc = tcase_create("lmdb");

    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, four_processes_lose_nothing);
    tcase_add_test(tc, without_a_flight_one_page_wins);
    tcase_add_test(tc, a_dead_holder_is_noticed);
    tcase_add_test(tc, a_lease_ends);
    tcase_add_test(tc, the_end_of_a_flight_is_seen_from_another_process);
    tcase_add_test(tc, a_kill_leaves_a_whole_log);
    tcase_add_test(tc, all_find_the_new_directory);
    suite_add_tcase(suite, tc);
    return fix_run(suite);
}
