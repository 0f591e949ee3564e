/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies, small records, flights, upkeep, and what happens when the medium fails. */
#include "store_fixture.h"

#include <apr_thread_proc.h>
#include <fcntl.h>

static fix_t *f;

static xc_item_t item_of(const char *id, const char *change_key)
{
    return fix_upsert(id, change_key, "x.ics", NULL).item;
}

static xc_body_t *body_of(const char *id, const char *change_key)
{
    xc_item_t item = item_of(id, change_key);
    const xc_item_t *items[1] = {&item};
    xc_body_t *found[1];

    ck_assert_ptr_null(xc_store_bodies(found, f->store, &f->key, items, 1, f->pool));
    return found[0];
}

static void put_body(const char *id, const char *change_key, const char *text, apr_size_t len)
{
    xc_body_t body = {id, change_key, text, len, text ? NULL : "cannot be shown", "extra"};

    ck_assert_ptr_null(xc_store_put_bodies(f->store, &f->key, &body, 1, f->pool));
}

START_TEST(bodies_are_kept_by_change_key)
{
    f = fix_make(_i);
    ck_assert_ptr_null(body_of("id1", "ck1"));
    put_body("id1", "ck1", "BEGIN:VCALENDAR", 15);
    put_body("id2", "ck2", NULL, 0);
    put_body("id3", "ck3", "", 0);
    ck_assert_str_eq(body_of("id1", "ck1")->text, "BEGIN:VCALENDAR");
    ck_assert_uint_eq(body_of("id1", "ck1")->len, 15);
    ck_assert_str_eq(body_of("id1", "ck1")->extra, "extra");
    ck_assert_ptr_null(body_of("id1", "ck1")->note);
    ck_assert_ptr_null(body_of("id1", "ck0"));
    ck_assert_ptr_null(body_of("id2", "ck2")->text);
    ck_assert_str_eq(body_of("id2", "ck2")->note, "cannot be shown");
    ck_assert_str_eq(body_of("id3", "ck3")->text, "");
    f->key.account = "bob@contoso.example";
    ck_assert_ptr_null(body_of("id1", "ck1"));
    fix_free(f);
}
END_TEST

START_TEST(many_bodies_at_once)
{
    enum { N = 300 };
    xc_body_t bodies[N], *found[N];
    xc_item_t items[N];
    const xc_item_t *refs[N];
    int i;

    f = fix_make(_i);
    memset(bodies, 0, sizeof(bodies));
    for (i = 0; i < N; i++) {
        bodies[i].id = apr_psprintf(f->pool, "id%d", i);
        bodies[i].change_key = "ck";
        bodies[i].len = (apr_size_t)i * 997;
        bodies[i].text = apr_pcalloc(f->pool, bodies[i].len + 1);
        memset((void *)(apr_uintptr_t)bodies[i].text, 'a' + i % 26, bodies[i].len);
        items[i] = item_of(bodies[i].id, i % 7 == 6 ? "other" : "ck");
        refs[i] = &items[i];
    }
    ck_assert_ptr_null(xc_store_put_bodies(f->store, &f->key, bodies, N, f->pool));
    ck_assert_ptr_null(xc_store_bodies(found, f->store, &f->key, refs, N, f->pool));
    for (i = 0; i < N; i++) {
        if (i % 7 == 6) {
            ck_assert_ptr_null(found[i]);
            continue;
        }
        ck_assert_ptr_nonnull(found[i]);
        ck_assert_uint_eq(found[i]->len, bodies[i].len);
        ck_assert_int_eq(memcmp(found[i]->text, bodies[i].text, bodies[i].len + 1), 0);
    }
    fix_free(f);
}
END_TEST

static const char *small(const char *space, const char *key)
{
    unsigned char *value;
    apr_size_t len;

    ck_assert_ptr_null(xc_store_get(&value, &len, f->store, space, key, f->pool));
    return (const char *)value;
}

START_TEST(small_records_have_a_life)
{
    f = fix_make(_i);
    ck_assert_ptr_null(small("auth", "alice"));
    ck_assert_ptr_null(xc_store_set(f->store, "auth", "alice", "yes", 3, apr_time_from_sec(60), f->pool));
    ck_assert_str_eq(small("auth", "alice"), "yes");
    ck_assert_ptr_null(small("home", "alice"));
    ck_assert_ptr_null(small("autha", "lice"));
    ck_assert_ptr_null(xc_store_set(f->store, "auth", "alice", "no", 2, 20000, f->pool));
    ck_assert_str_eq(small("auth", "alice"), "no");
    apr_sleep(30000);
    ck_assert_ptr_null(small("auth", "alice"));
    ck_assert_ptr_null(xc_store_set(f->store, "auth", "alice", "", 0, apr_time_from_sec(60), f->pool));
    ck_assert_str_eq(small("auth", "alice"), "");
    ck_assert_ptr_null(xc_store_delete(f->store, "auth", "alice", f->pool));
    ck_assert_ptr_null(small("auth", "alice"));
    ck_assert_ptr_null(xc_store_delete(f->store, "auth", "alice", f->pool));
    fix_free(f);
}
END_TEST

/* ---- flights ---- */

START_TEST(a_flight_is_for_one)
{
    xc_flight_t *one, *two, *other;
    apr_pool_t *request;
    xc_error_t *err;
    int waited;

    f = fix_make(_i);
    ck_assert_ptr_null(xc_store_flight_begin(&one, &waited, f->store, "a", apr_time_from_sec(30), apr_time_now() + 1000000, f->pool));
    ck_assert_ptr_nonnull(one);
    ck_assert_int_eq(waited, 0);
    err = xc_store_flight_begin(&two, &waited, f->store, "a", apr_time_from_sec(30), apr_time_now() + 20000, f->pool);
    ck_assert_ptr_nonnull(err);
    ck_assert_int_eq(err->status, 503);
    ck_assert_int_gt(err->retry_after_sec, 0);
    ck_assert_ptr_null(two);
    ck_assert_ptr_null(xc_store_flight_begin(&other, &waited, f->store, "b", apr_time_from_sec(30), apr_time_now() + 20000, f->pool));
    ck_assert_ptr_nonnull(other);
    xc_store_flight_end(one);
    xc_store_flight_end(one);
    xc_store_flight_end(NULL);
    /* the end of a request ends its flight */
    apr_pool_create(&request, f->pool);
    ck_assert_ptr_null(xc_store_flight_begin(&one, &waited, f->store, "a", apr_time_from_sec(30), apr_time_now() + 20000, request));
    ck_assert_ptr_nonnull(one);
    apr_pool_destroy(request);
    ck_assert_ptr_null(xc_store_flight_begin(&two, &waited, f->store, "a", apr_time_from_sec(30), apr_time_now() + 20000, f->pool));
    ck_assert_ptr_nonnull(two);
    xc_store_flight_end(two);
    xc_store_flight_end(other);
    fix_free(f);
}
END_TEST

enum { THREADS = 50 };
static volatile int at_it, most, flown, waiters, failed;

static void *APR_THREAD_FUNC fly(apr_thread_t *thread, void *data)
{
    apr_pool_t *pool;
    xc_flight_t *flight;
    int waited = 0;

    (void)data;
    apr_pool_create(&pool, NULL);
    if (xc_store_flight_begin(&flight, &waited, f->store, "same", apr_time_from_sec(30), apr_time_now() + apr_time_from_sec(20), pool)) {
        __sync_fetch_and_add(&failed, 1);
    }
    else if (flight) {
        int now = __sync_add_and_fetch(&at_it, 1);

        if (now > most)
            most = now;
        apr_sleep(100000);
        __sync_fetch_and_add(&flown, 1);
        __sync_fetch_and_sub(&at_it, 1);
        xc_store_flight_end(flight);
    }
    else if (waited) {
        __sync_fetch_and_add(&waiters, 1);
    }
    apr_pool_destroy(pool);
    (void)thread;
    return NULL;
}

START_TEST(fifty_threads_fly_once)
{
    apr_thread_t *threads[THREADS];
    apr_status_t rv;
    int i;

    f = fix_make(_i);
    at_it = most = flown = waiters = failed = 0;
    for (i = 0; i < THREADS; i++)
        ck_assert_int_eq(apr_thread_create(&threads[i], NULL, fly, NULL, f->pool), APR_SUCCESS);
    for (i = 0; i < THREADS; i++)
        apr_thread_join(&rv, threads[i]);
    ck_assert_int_eq(failed, 0);
    ck_assert_int_eq(most, 1);
    ck_assert_int_eq(flown + waiters, THREADS);
    /* all fifty are there within the tenth of a second that the first takes, or the machine is very busy */
    ck_assert_int_lt(flown, 10);
    fix_free(f);
}
END_TEST

static void *APR_THREAD_FUNC fold_some(apr_thread_t *thread, void *data)
{
    int who = (int)(apr_uintptr_t)data, i;
    apr_pool_t *pool;

    apr_pool_create(&pool, NULL);
    for (i = 0; i < 25; i++) {
        xc_change_t c = fix_upsert(apr_psprintf(pool, "id-%d-%d", who, i), "ck", NULL, apr_psprintf(pool, "uid-%d-%d", who, i));
        int stale;

        if (xc_store_fold(&stale, f->store, &f->key, NULL, NULL, &c, 1, 0, 0, pool) || stale)
            __sync_fetch_and_add(&failed, 1);
    }
    apr_pool_destroy(pool);
    (void)thread;
    return NULL;
}

START_TEST(threads_lose_no_change)
{
    apr_thread_t *threads[8];
    apr_status_t rv;
    int i;

    f = fix_make(_i);
    failed = 0;
    for (i = 0; i < 8; i++)
        ck_assert_int_eq(apr_thread_create(&threads[i], NULL, fold_some, (void *)(apr_uintptr_t)i, f->pool), APR_SUCCESS);
    for (i = 0; i < 8; i++)
        apr_thread_join(&rv, threads[i]);
    ck_assert_int_eq(failed, 0);
    ck_assert_uint_eq(fix_info(f)->seq, 8 * 25);
    ck_assert_int_eq(fix_info(f)->count, 8 * 25);
    fix_free(f);
}
END_TEST

/* ---- upkeep ---- */

START_TEST(old_tombstones_go_and_old_tokens_with_them)
{
    int i;

    f = fix_make(_i);
    f->cfg.tombstone_ttl = apr_time_from_sec(3600);
    fix_close(f);
    fix_open(f);
    for (i = 0; i < 5; i++)
        fix_local(f, fix_upsert(apr_psprintf(f->pool, "id%d", i), "ck", apr_psprintf(f->pool, "%d.ics", i), NULL));
    fix_local(f, fix_delete("id1"));
    fix_local(f, fix_delete("id3"));
    xc_change_t left[] = {fix_upsert("id0", "ck", NULL, NULL), fix_upsert("id2", "ck", NULL, NULL), fix_upsert("id4", "ck", NULL, NULL)};
    ck_assert_int_eq(fix_fold(f, NULL, "s1", left, 3, 1), 0);
    ck_assert_ptr_null(xc_store_sweep(f->store, apr_time_now() + apr_time_from_sec(60), f->pool));
    ck_assert_uint_eq(fix_info(f)->oldest_seq, 0);
    if (f->provider == FIX_KV) {
        /* this provider cannot look around: it drops them when it folds the next change */
        f->cfg.tombstone_ttl = 1;
        fix_close(f);
        fix_open(f);
        fix_local(f, fix_upsert("id9", "ck", "9.ics", NULL));
    }
    else {
        /* the calendar is in use: asked after just before the tombstones' time is over */
        int stale;

        ck_assert_ptr_null(xc_store_fold(&stale, f->store, &f->key, "s1", "s2", NULL, 0, 1, apr_time_now() + apr_time_from_sec(3600), f->pool));
        ck_assert_ptr_null(xc_store_sweep(f->store, apr_time_now() + apr_time_from_sec(3700), f->pool));
    }
    ck_assert_uint_eq(fix_info(f)->oldest_seq, 7);
    ck_assert_int_eq(strncmp(fix_since(f, 5, 0), "-", 1) == 0, 0);
    ck_assert_ptr_nonnull(fix_href(f, "0.ics"));
    ck_assert_ptr_null(fix_href(f, "1.ics"));
    fix_free(f);
}
END_TEST

START_TEST(sweep_drops_what_nobody_used)
{
    xc_store_stats_t stats;

    f = fix_make(FIX_LMDB);
    put_body("id1", "ck1", "text", 4);
    ck_assert_ptr_null(xc_store_set(f->store, "auth", "alice", "yes", 3, apr_time_from_sec(60), f->pool));
    ck_assert_int_eq(fix_fold(f, NULL, "s1", NULL, 0, 1), 0);
    ck_assert_ptr_null(xc_store_sweep(f->store, apr_time_now(), f->pool));
    ck_assert_ptr_null(xc_store_stats(&stats, f->store, f->pool));
    ck_assert_str_eq(stats.provider, "lmdb");
    ck_assert_uint_eq(stats.bodies, 1);
    ck_assert_uint_eq(stats.records, 1);
    ck_assert_uint_eq(stats.calendars, 1);
    ck_assert_uint_gt(stats.used_bytes, 0);
    ck_assert_uint_ge(stats.size_bytes, f->cfg.size_bytes);
    ck_assert_ptr_null(xc_store_sweep(f->store, apr_time_now() + apr_time_from_sec(120), f->pool));
    ck_assert_ptr_null(xc_store_stats(&stats, f->store, f->pool));
    ck_assert_uint_eq(stats.records, 0);
    ck_assert_uint_eq(stats.bodies, 1);
    ck_assert_ptr_null(xc_store_sweep(f->store, apr_time_now() + f->cfg.body_ttl + apr_time_from_sec(3600), f->pool));
    ck_assert_ptr_null(xc_store_stats(&stats, f->store, f->pool));
    ck_assert_uint_eq(stats.bodies, 0);
    ck_assert_uint_eq(stats.calendars, 1);
    ck_assert_ptr_null(xc_store_sweep(f->store, apr_time_now() + f->cfg.tombstone_ttl + apr_time_from_sec(3600), f->pool));
    ck_assert_ptr_null(xc_store_stats(&stats, f->store, f->pool));
    ck_assert_uint_eq(stats.calendars, 0);
    fix_free(f);
}
END_TEST

START_TEST(a_full_map_makes_room)
{
    char text[3000];
    int i;
    xc_store_stats_t stats;

    f = fix_make(FIX_LMDB);
    fix_close(f);
    fix_remove_dir(f->cfg.dir);
    f->cfg.size_bytes = 1024 * 1024;
    fix_open(f);
    memset(text, 't', sizeof(text));
    fix_local(f, fix_upsert("id1", "ck1", "one.ics", NULL));
    for (i = 0; i < 3000; i++)
        put_body(apr_psprintf(f->pool, "id%d", i), "ck", text, sizeof(text));
    ck_assert_ptr_nonnull(body_of("id2999", "ck"));
    ck_assert_ptr_null(body_of("id0", "ck"));
    ck_assert_ptr_nonnull(fix_href(f, "one.ics"));
    fix_local(f, fix_upsert("id2", "ck2", "two.ics", NULL));
    ck_assert_ptr_null(xc_store_stats(&stats, f->store, f->pool));
    ck_assert_uint_gt(stats.bodies, 50);
    ck_assert_int_eq(f->warnings, 0);
    fix_free(f);
}
END_TEST

START_TEST(a_log_that_does_not_fit_lives_in_memory)
{
    enum { N = 8000 };
    xc_change_t *c;
    const char *epoch;
    int i;

    f = fix_make(FIX_LMDB);
    fix_close(f);
    fix_remove_dir(f->cfg.dir);
    f->cfg.size_bytes = 1024 * 1024;
    fix_open(f);
    fix_local(f, fix_upsert("id1", "ck1", "one.ics", NULL));
    epoch = fix_info(f)->epoch;
    c = apr_pcalloc(f->pool, sizeof(*c) * N);
    for (i = 0; i < N; i++)
        c[i] = fix_upsert(apr_psprintf(f->pool, "AAMk%0150d", i), "ck", NULL, apr_psprintf(f->pool, "uid-%d", i));
    ck_assert_int_eq(fix_fold(f, NULL, "s1", c, N, 1), 0);
    ck_assert_int_eq(f->warnings, 1);
    ck_assert_int_eq(fix_info(f)->count, N);
    ck_assert_str_ne(fix_info(f)->epoch, epoch);
    fix_local(f, fix_upsert("id2", "ck2", "two.ics", NULL));
    ck_assert_ptr_nonnull(fix_href(f, "two.ics"));
    /* other calendars are in the map as ever */
    f->key.folder = "another";
    fix_local(f, fix_upsert("id2", "ck2", "two.ics", NULL));
    f->key.folder = "AAMkAGcalendar";
    /* later the map is tried again: its log is whole, and not taken for fresh */
    ck_assert_ptr_null(xc_store_sweep(f->store, apr_time_now() + apr_time_from_sec(120), f->pool));
    ck_assert_str_eq(fix_info(f)->epoch, epoch);
    ck_assert_int_eq(fix_info(f)->refreshed_at, 0);
    ck_assert_str_eq(fix_list(f), "one.ics");
    fix_free(f);
}
END_TEST

/* ---- files that go, are damaged, were not closed ---- */

static void write_at(const char *dir, const char *name, off_t at, const void *data, size_t len, int truncate_it)
{
    char path[1024];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    fd = open(path, O_WRONLY | O_CREAT | (truncate_it ? O_TRUNC : 0), 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pwrite(fd, data, len, at), (ssize_t)len);
    close(fd);
}

static int has_file(const char *name)
{
    char path[1024];

    snprintf(path, sizeof(path), "%s/%s", f->cfg.dir, name);
    return access(path, F_OK) == 0;
}

START_TEST(only_the_owner_reads_it)
{
    struct stat st;
    char path[1024];

    f = fix_make(FIX_LMDB);
    ck_assert_int_eq(stat(f->cfg.dir, &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0700);
    snprintf(path, sizeof(path), "%s/data.mdb", f->cfg.dir);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_mode & 0077, 0);
    fix_free(f);
}
END_TEST

START_TEST(a_removed_directory_is_made_anew)
{
    const char *epoch;

    f = fix_make(FIX_LMDB);
    fix_local(f, fix_upsert("id1", "ck1", "one.ics", NULL));
    epoch = fix_info(f)->epoch;
    fix_remove_dir(f->cfg.dir);
    fix_local(f, fix_upsert("id2", "ck2", "two.ics", NULL));
    ck_assert_str_eq(fix_list(f), "two.ics");
    ck_assert_str_ne(fix_info(f)->epoch, epoch);
    /* by a reader too, within a second */
    fix_remove_dir(f->cfg.dir);
    apr_sleep(1100000);
    ck_assert_ptr_null(fix_info(f));
    put_body("id1", "ck1", "text", 4);
    ck_assert_ptr_nonnull(body_of("id1", "ck1"));
    ck_assert_int_eq(f->errors, 0);
    fix_free(f);
}
END_TEST

START_TEST(a_damaged_file_is_moved_aside)
{
    char junk[16384];

    f = fix_make(FIX_LMDB);
    fix_local(f, fix_upsert("id1", "ck1", "one.ics", NULL));
    fix_close(f);
    memset(junk, 0x5a, sizeof(junk));
    write_at(f->cfg.dir, "data.mdb", 0, junk, sizeof(junk), 0);
    fix_open(f);
    ck_assert_int_eq(f->errors, 1);
    ck_assert_ptr_null(fix_info(f));
    ck_assert_int_eq(has_file("data.mdb.damaged"), 1);
    fix_local(f, fix_upsert("id1", "ck1", "one.ics", NULL));
    ck_assert_str_eq(fix_list(f), "one.ics");
    /* something that is no database at all */
    fix_close(f);
    write_at(f->cfg.dir, "data.mdb", 0, "hello", 5, 1);
    fix_open(f);
    ck_assert_int_eq(f->errors, 2);
    fix_local(f, fix_upsert("id1", "ck1", "one.ics", NULL));
    fix_free(f);
}
END_TEST

START_TEST(a_damaged_record_drops_its_log_only)
{
    char path[1024], *data, *at;
    struct stat st;
    const char *epoch;
    int fd;

    f = fix_make(FIX_LMDB);
    fix_local(f, fix_upsert("AAMkAGdamaged-item", "ck1", "one.ics", NULL));
    fix_local(f, fix_upsert("id2", "ck2", "two.ics", NULL));
    epoch = fix_info(f)->epoch;
    f->key.account = "bob@contoso.example";
    fix_local(f, fix_upsert("id3", "ck3", "three.ics", NULL));
    f->key.account = "alice@contoso.example";
    fix_close(f);
    snprintf(path, sizeof(path), "%s/data.mdb", f->cfg.dir);
    fd = open(path, O_RDWR);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(fstat(fd, &st), 0);
    data = malloc((size_t)st.st_size);
    ck_assert_int_eq(pread(fd, data, (size_t)st.st_size, 0), (ssize_t)st.st_size);
    for (at = data; (at = memmem(at, (size_t)(data + st.st_size - at), "AAMkAGdamaged-item", 18)) != NULL; at++)
        ck_assert_int_eq(pwrite(fd, "X", 1, at - data + 3), 1);
    close(fd);
    free(data);
    fix_open(f);
    ck_assert_str_eq(fix_list(f), "");
    ck_assert_int_eq(f->errors, 1);
    ck_assert_ptr_null(fix_info(f));
    fix_local(f, fix_upsert("id2", "ck2", "two.ics", NULL));
    ck_assert_str_ne(fix_info(f)->epoch, epoch);
    f->key.account = "bob@contoso.example";
    ck_assert_str_eq(fix_list(f), "three.ics");
    fix_free(f);
}
END_TEST

START_TEST(after_a_boot_only_a_clean_file_is_used)
{
    const char *epoch;
    char path[1024];

    f = fix_make(FIX_LMDB);
    fix_local(f, fix_upsert("id1", "ck1", "one.ics", NULL));
    epoch = fix_info(f)->epoch;
    ck_assert_int_eq(has_file("clean"), 0);
    ck_assert_ptr_null(xc_store_sweep(f->store, apr_time_now(), f->pool));
    ck_assert_int_eq(has_file("clean"), 1);
    fix_local(f, fix_upsert("id2", "ck2", "two.ics", NULL));
    ck_assert_int_eq(has_file("clean"), 0);
    /* an orderly reboot */
    fix_close(f);
    ck_assert_int_eq(has_file("clean"), 1);
    write_at(f->cfg.dir, "boot", 0, "another-boot\n", 13, 1);
    fix_open(f);
    ck_assert_str_eq(fix_info(f)->epoch, epoch);
    ck_assert_str_eq(fix_list(f), "one.ics two.ics");
    ck_assert_int_eq(f->warnings, 0);
    /* the power went off */
    fix_close(f);
    write_at(f->cfg.dir, "boot", 0, "another-boot\n", 13, 1);
    snprintf(path, sizeof(path), "%s/clean", f->cfg.dir);
    ck_assert_int_eq(unlink(path), 0);
    fix_open(f);
    ck_assert_int_eq(f->warnings, 1);
    ck_assert_ptr_null(fix_info(f));
    fix_local(f, fix_upsert("id1", "ck1", "one.ics", NULL));
    ck_assert_str_ne(fix_info(f)->epoch, epoch);
    fix_free(f);
}
END_TEST

START_TEST(one_directory_is_opened_once_per_process)
{
    xc_store_t *second = NULL;
    xc_error_t *err;

    f = fix_make(FIX_LMDB);
    fix_local(f, fix_upsert("id1", "ck1", "one.ics", NULL));
    err = xc_store_open_lmdb(&second, &f->cfg, &f->log, f->pool);
    ck_assert_ptr_nonnull(err);
    ck_assert_ptr_null(second);
    ck_assert_str_eq(fix_list(f), "one.ics");
    fix_free(f);
}
END_TEST

START_TEST(without_a_directory_it_goes_on)
{
    xc_flight_t *flight;
    const char *epoch, *parent;
    unsigned char *value;
    apr_size_t len;
    int waited;

    f = fix_make(FIX_LMDB);
    fix_close(f);
    parent = apr_pstrcat(f->pool, f->dir, "/parent", NULL);
    f->cfg.dir = apr_pstrcat(f->pool, parent, "/cache", NULL);
    write_at(f->dir, "parent", 0, "a file", 6, 1);
    fix_open(f);
    ck_assert_int_eq(f->errors, 1);
    fix_local(f, fix_upsert("id1", "ck1", "one.ics", NULL));
    epoch = fix_info(f)->epoch;
    fix_local(f, fix_upsert("id2", "ck2", "two.ics", NULL));
    ck_assert_str_eq(fix_list(f), "one.ics two.ics");
    ck_assert_str_eq(fix_info(f)->epoch, epoch);
    put_body("id1", "ck1", "text", 4);
    ck_assert_str_eq(body_of("id1", "ck1")->text, "text");
    ck_assert_ptr_null(xc_store_set(f->store, "auth", "alice", "yes", 3, apr_time_from_sec(60), f->pool));
    ck_assert_str_eq(small("auth", "alice"), "yes");
    /* one flight at a time within the process at least */
    ck_assert_ptr_null(xc_store_flight_begin(&flight, &waited, f->store, "a", apr_time_from_sec(9), apr_time_now() + 10000, f->pool));
    ck_assert_ptr_nonnull(flight);
    xc_store_flight_end(flight);
    /* the directory can be made now */
    ck_assert_int_eq(unlink(parent), 0);
    apr_sleep(2100000);
    ck_assert_ptr_null(xc_store_sweep(f->store, apr_time_now() + apr_time_from_sec(120), f->pool));
    ck_assert_ptr_null(fix_info(f));
    fix_local(f, fix_upsert("id1", "ck1", "one.ics", NULL));
    ck_assert_str_ne(fix_info(f)->epoch, epoch);
    ck_assert_int_eq(has_file("data.mdb"), 1);
    /* what the map takes now goes from memory */
    ck_assert_ptr_null(xc_store_set(f->store, "auth", "alice", "no", 2, apr_time_from_sec(60), f->pool));
    ck_assert_str_eq(small("auth", "alice"), "no");
    ck_assert_ptr_null(xc_store_delete(f->store, "auth", "alice", f->pool));
    ck_assert_ptr_null(xc_store_get(&value, &len, f->store, "auth", "alice", f->pool));
    ck_assert_ptr_null(value);
    fix_close(f);
    fix_remove_dir(f->cfg.dir);
    rmdir(parent);
    f->cfg.dir = apr_pstrcat(f->pool, f->dir, "/cache", NULL);
    fix_open(f);
    fix_free(f);
}
END_TEST

/* ---- a cache that loses things ---- */

START_TEST(a_cache_that_lost_the_items_begins_anew)
{
    apr_hash_index_t *hi;
    apr_array_header_t *gone;
    const char *epoch;
    int i;

    f = fix_make(FIX_KV);
    fix_local(f, fix_upsert("id1", "ck1", "one.ics", NULL));
    epoch = fix_info(f)->epoch;
    fix_close(f);
    gone = apr_array_make(f->pool, 4, sizeof(char *));
    for (hi = apr_hash_first(f->pool, f->kv->values); hi; hi = apr_hash_next(hi)) {
        if (strncmp(apr_hash_this_key(hi), "excal:i:", 8) == 0)
            *(const char **)apr_array_push(gone) = apr_hash_this_key(hi);
    }
    ck_assert_int_ge(gone->nelts, 1);
    for (i = 0; i < gone->nelts; i++)
        f->kv->kv.del(f->kv, APR_ARRAY_IDX(gone, i, const char *));
    fix_open(f);
    ck_assert_str_eq(fix_list(f), "");
    ck_assert_ptr_null(fix_info(f));
    fix_local(f, fix_upsert("id1", "ck1", "one.ics", NULL));
    ck_assert_str_ne(fix_info(f)->epoch, epoch);
    fix_free(f);
}
END_TEST

START_TEST(a_cache_that_is_away_is_no_catastrophe)
{
    xc_change_t c = fix_upsert("id2", "ck2", "two.ics", NULL);
    xc_error_t *err;
    int stale;

    f = fix_make(FIX_KV);
    fix_local(f, fix_upsert("id1", "ck1", "one.ics", NULL));
    f->kv->broken = 1;
    ck_assert_ptr_null(fix_info(f));
    put_body("id1", "ck1", "text", 4);
    err = xc_store_fold(&stale, f->store, &f->key, NULL, NULL, &c, 1, 0, 0, f->pool);
    ck_assert_ptr_nonnull(err);
    ck_assert_int_eq(err->status, 503);
    f->kv->broken = 0;
    ck_assert_str_eq(fix_list(f), "one.ics");
    fix_free(f);
}
END_TEST

START_TEST(marking_fresh_does_not_rewrite_the_items)
{
    apr_uint64_t sets;
    xc_change_t *c;
    int i;

    f = fix_make(FIX_KV);
    c = apr_pcalloc(f->pool, 1000 * sizeof(*c));
    for (i = 0; i < 1000; i++)
        c[i] = fix_upsert(apr_psprintf(f->pool, "id%d", i), "ck", NULL, apr_psprintf(f->pool, "uid%d", i));
    ck_assert_int_eq(fix_fold(f, NULL, "s1", c, 1000, 1), 0);
    sets = f->kv->sets;
    ck_assert_int_eq(fix_fold(f, "s1", "s2", NULL, 0, 1), 0);
    /* the writers' lease twice, the head once */
    ck_assert_uint_eq(f->kv->sets - sets, 3);
    fix_free(f);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store cache");
    TCase *tc = tcase_create("both providers"), *lmdb = tcase_create("lmdb"), *kv = tcase_create("key-value");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, bodies_are_kept_by_change_key, 0, FIX_PROVIDERS);
    tcase_add_loop_test(tc, many_bodies_at_once, 0, FIX_PROVIDERS);
    tcase_add_loop_test(tc, small_records_have_a_life, 0, FIX_PROVIDERS);
    tcase_add_loop_test(tc, a_flight_is_for_one, 0, FIX_PROVIDERS);
    tcase_add_loop_test(tc, fifty_threads_fly_once, 0, FIX_PROVIDERS);
    tcase_add_loop_test(tc, threads_lose_no_change, 0, FIX_PROVIDERS);
    tcase_add_loop_test(tc, old_tombstones_go_and_old_tokens_with_them, 0, FIX_PROVIDERS);
    suite_add_tcase(suite, tc);
    tcase_set_timeout(lmdb, 120);
    tcase_add_test(lmdb, sweep_drops_what_nobody_used);
    tcase_add_test(lmdb, a_full_map_makes_room);
    tcase_add_test(lmdb, a_log_that_does_not_fit_lives_in_memory);
    tcase_add_test(lmdb, only_the_owner_reads_it);
    tcase_add_test(lmdb, a_removed_directory_is_made_anew);
    tcase_add_test(lmdb, a_damaged_file_is_moved_aside);
    tcase_add_test(lmdb, a_damaged_record_drops_its_log_only);
    tcase_add_test(lmdb, after_a_boot_only_a_clean_file_is_used);
    tcase_add_test(lmdb, one_directory_is_opened_once_per_process);
    tcase_add_test(lmdb, without_a_directory_it_goes_on);
    suite_add_tcase(suite, lmdb);
    tcase_add_test(kv, a_cache_that_lost_the_items_begins_anew);
    tcase_add_test(kv, a_cache_that_is_away_is_no_catastrophe);
    tcase_add_test(kv, marking_fresh_does_not_rewrite_the_items);
    suite_add_tcase(suite, kv);
    return fix_run(suite);
}
