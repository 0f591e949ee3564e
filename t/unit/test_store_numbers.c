/* SPDX-License-Identifier: Apache-2.0 */
/* How fast and how large: printed, not judged (a shared machine says little), except that the answers are right. */
#include "store_fixture.h"

enum { ITEMS = 1000, PAGE = 512, LOOKUPS = 20000 };

static fix_t *f;

static double msec(apr_time_t since)
{
    return (double)(apr_time_now() - since) / 1000;
}

/** A change as Exchange's ids and UIDs make it: long. */
static xc_change_t realistic(int i, const char *version, apr_pool_t *pool)
{
    return fix_upsert(apr_psprintf(pool, "AAMkAGUwNjQ4%0128d=", i), apr_psprintf(pool, "EQAAABYAAAC%s%029d", version, i), NULL,
                      apr_psprintf(pool, "040000008200E00074C5B7101A82E00800000000%072d", i));
}

static double fold_page(int first, int n, const char *version, const char *base, const char *next)
{
    xc_change_t *c = apr_pcalloc(f->pool, sizeof(*c) * (apr_size_t)n);
    apr_time_t begun;
    int i;

    for (i = 0; i < n; i++)
        c[i] = realistic(first + i, version, f->pool);
    begun = apr_time_now();
    ck_assert_int_eq(fix_fold(f, base, next, c, n, 1), 0);
    return msec(begun);
}

static apr_uint64_t used(void)
{
    xc_store_stats_t stats;

    ck_assert_ptr_null(xc_store_stats(&stats, f->store, f->pool));
    return stats.used_bytes;
}

static void lookups(const char *name)
{
    apr_pool_t *pool;
    apr_time_t begun = apr_time_now();
    int i;

    apr_pool_create(&pool, f->pool);
    for (i = 0; i < LOOKUPS; i++) {
        xc_item_t *item;
        char href[160];

        if (i % 100 == 0)
            apr_pool_clear(pool);
        apr_snprintf(href, sizeof(href), "040000008200E00074C5B7101A82E00800000000%072d.ics", i % ITEMS);
        ck_assert_ptr_null(xc_store_by_href(&item, f->store, &f->key, href, pool));
        ck_assert_ptr_nonnull(item);
    }
    printf("  %-10s by_href                  %8.0f ns\n", name, msec(begun) * 1e6 / LOOKUPS);
    apr_pool_destroy(pool);
}

static void lists(const char *name)
{
    apr_array_header_t *items;
    xc_calinfo_t *info;
    apr_pool_t *pool;
    apr_time_t begun = apr_time_now();
    int i;

    for (i = 0; i < 20; i++) {
        apr_pool_create(&pool, f->pool);
        ck_assert_ptr_null(xc_store_list(&items, &info, f->store, &f->key, pool));
        ck_assert_int_eq(items->nelts, ITEMS);
        apr_pool_destroy(pool);
    }
    printf("  %-10s list of %d             %8.2f ms\n", name, ITEMS, msec(begun) / 20);
}

static void bodies(const char *name)
{
    enum { BODY = 1800, BATCH = 100 };
    xc_body_t put[BATCH], *found[BATCH];
    xc_item_t items[BATCH];
    const xc_item_t *refs[BATCH];
    apr_uint64_t before = used();
    double put_ms = 0, get_ms = 0;
    char *text = apr_palloc(f->pool, BODY + 1);
    apr_time_t begun;
    int at, i;

    memset(text, 'b', BODY);
    text[BODY] = 0;
    memset(put, 0, sizeof(put));
    for (at = 0; at < ITEMS; at += BATCH) {
        for (i = 0; i < BATCH; i++) {
            items[i] = realistic(at + i, "A", f->pool).item;
            refs[i] = &items[i];
            put[i].id = items[i].id;
            put[i].change_key = items[i].change_key;
            put[i].text = text;
            put[i].len = BODY;
        }
        begun = apr_time_now();
        ck_assert_ptr_null(xc_store_put_bodies(f->store, &f->key, put, BATCH, f->pool));
        put_ms += msec(begun);
        begun = apr_time_now();
        ck_assert_ptr_null(xc_store_bodies(found, f->store, &f->key, refs, BATCH, f->pool));
        get_ms += msec(begun);
        ck_assert_str_eq(found[BATCH - 1]->text, text);
    }
    printf("  %-10s put 100 bodies of %d    %8.2f ms\n", name, BODY, put_ms * BATCH / ITEMS);
    printf("  %-10s get 100 bodies of %d    %8.2f ms\n", name, BODY, get_ms * BATCH / ITEMS);
    if (f->provider == FIX_LMDB)
        printf("  %-10s stored per body of %d   %8.0f bytes\n", name, BODY, (double)(used() - before) / ITEMS);
}

START_TEST(numbers)
{
    const char *name = _i == FIX_LMDB ? "lmdb" : "key-value";
    apr_uint64_t before;
    apr_time_t begun;
    double first, again;
    int i;

    f = fix_make(_i);
    before = used();
    first = fold_page(0, PAGE, "A", NULL, "s1");
    (void)fold_page(PAGE, ITEMS - PAGE, "A", "s1", "s2");
    if (f->provider == FIX_LMDB)
        printf("  %-10s stored per item          %8.0f bytes\n", name, (double)(used() - before) / ITEMS);
    printf("  %-10s fold of %d new items     %8.2f ms\n", name, PAGE, first);
    lookups(name);
    lists(name);
    bodies(name);
    again = fold_page(0, PAGE, "B", "s2", "s3");
    printf("  %-10s fold of %d changes       %8.2f ms\n", name, PAGE, again);
    begun = apr_time_now();
    for (i = 0; i < 100; i++)
        ck_assert_int_eq(fix_fold(f, "s3", "s3", NULL, 0, 1), 0);
    printf("  %-10s fold of nothing          %8.3f ms\n", name, msec(begun) / 100);
    begun = apr_time_now();
    for (i = 0; i < 100; i++) {
        xc_flight_t *flight;
        int waited;

        ck_assert_ptr_null(xc_store_flight_begin(&flight, &waited, f->store, "a", apr_time_from_sec(9), apr_time_now() + 1000000, f->pool));
        xc_store_flight_end(flight);
    }
    printf("  %-10s a flight of one          %8.3f ms\n", name, msec(begun) / 100);
    fix_free(f);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store numbers");
    TCase *tc = tcase_create("both providers");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, numbers, 0, FIX_PROVIDERS);
    suite_add_tcase(suite, tc);
    return fix_run(suite);
}
