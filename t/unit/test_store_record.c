/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records: what goes in comes out; whatever is not whole is refused. Every buffer is exactly as
 * large as the record, so that a read beyond its end is seen by the sanitizer.
 */
#include "store_fixture.h"

#include <zlib.h>

#include "store/kv.h"
#include "store/name.h"
#include "store/record.h"

static apr_pool_t *pool;

typedef int (*decode_t)(const void *data, apr_size_t len);

static int decode_meta(const void *data, apr_size_t len)
{
    xc_metarec_t rec;
    return xc_record_decode_meta(&rec, data, len);
}

static int decode_item(const void *data, apr_size_t len)
{
    xc_itemrec_t rec;
    return xc_record_decode_item(&rec, data, len);
}

static int decode_body(const void *data, apr_size_t len)
{
    xc_bodyrec_t rec;
    return xc_record_decode_body(&rec, data, len);
}

static int decode_small(const void *data, apr_size_t len)
{
    xc_smallrec_t rec;
    return xc_record_decode_small(&rec, data, len);
}

static int decode_lease(const void *data, apr_size_t len)
{
    xc_lease_t rec;
    return xc_record_decode_lease(&rec, data, len);
}

static const xc_metarec_t a_meta = {
    .origin = "https://mail.contoso.example", .account = "alice@contoso.example", .mailbox = "bob@contoso.example",
    .folder = "AAMkAG", .epoch = "0123456789abcdef", .seq = 7, .oldest_seq = 3, .next_no = 11, .count = 5,
    .tombstones = 2, .refreshed_at = 1700000000000000, .expired_at = 1, .complete = 1, .unseen = 2, .sync_state = "H4sIAAA="};

static const xc_itemrec_t an_item = {
    .item = {.href = "a b.ics", .id = "AAMkAGitem", .change_key = "EQAAABYA", .uid = "uid-1", .etag = "EQAAABYA",
             .created_seq = 2, .changed_seq = 5, .span_first = -5, .span_last = 1700000000000000},
    .no = 9, .prev_key = 0x1122334455667789, .changed_at = 1700000000000001, .local = 1, .unseen = 1};

static const xc_bodyrec_t a_body = {
    .owner = "0123456789abcde", .body = {.id = "AAMkAGitem", .change_key = "EQAAABYA", .text = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
                                          .len = 32, .note = NULL, .extra = "{}"}};

static const xc_smallrec_t a_small = {"auth", "alice", 1700000000000000, (const unsigned char *)"a\0b", 3};
static const xc_lease_t a_lease = {"refresh x", 3, 0x99, 0x77, 4242, 123456, 1700000000000000};

static struct {
    const char *name;
    decode_t decode;
    xc_bytes_t bytes;
} kinds[] = {{"meta", decode_meta, {0}}, {"item", decode_item, {0}}, {"body", decode_body, {0}}, {"small", decode_small, {0}},
             {"lease", decode_lease, {0}}};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static void setup(void)
{
    apr_pool_create(&pool, NULL);
    xc_record_encode_meta(&kinds[0].bytes, &a_meta, pool);
    xc_record_encode_item(&kinds[1].bytes, &an_item, pool);
    xc_record_encode_body(&kinds[2].bytes, &a_body, pool);
    xc_record_encode_small(&kinds[3].bytes, &a_small, pool);
    xc_record_encode_lease(&kinds[4].bytes, &a_lease, pool);
}

static void teardown(void)
{
    apr_pool_destroy(pool);
}

START_TEST(what_goes_in_comes_out)
{
    xc_metarec_t meta;
    xc_itemrec_t item;
    xc_bodyrec_t body;
    xc_smallrec_t small;
    xc_lease_t lease;

    ck_assert_int_eq(xc_record_decode_meta(&meta, kinds[0].bytes.data, kinds[0].bytes.len), 0);
    ck_assert_str_eq(meta.epoch, a_meta.epoch);
    ck_assert_str_eq(meta.origin, a_meta.origin);
    ck_assert_str_eq(meta.account, a_meta.account);
    ck_assert_str_eq(meta.mailbox, a_meta.mailbox);
    ck_assert_str_eq(meta.folder, a_meta.folder);
    ck_assert_str_eq(meta.sync_state, a_meta.sync_state);
    ck_assert(meta.seq == 7 && meta.oldest_seq == 3 && meta.next_no == 11 && meta.count == 5 && meta.tombstones == 2);
    ck_assert(meta.refreshed_at == a_meta.refreshed_at && meta.expired_at == 1 && meta.complete == 1 && meta.unseen == 2);

    ck_assert_int_eq(xc_record_decode_item(&item, kinds[1].bytes.data, kinds[1].bytes.len), 0);
    ck_assert_str_eq(item.item.href, an_item.item.href);
    ck_assert_str_eq(item.item.id, an_item.item.id);
    ck_assert_str_eq(item.item.uid, an_item.item.uid);
    ck_assert(item.item.span_first == -5 && item.item.span_last == an_item.item.span_last);
    ck_assert(item.no == 9 && item.prev_key == an_item.prev_key && item.local == 1 && item.changed_at == an_item.changed_at);

    ck_assert_int_eq(xc_record_decode_body(&body, kinds[2].bytes.data, kinds[2].bytes.len), 0);
    ck_assert_uint_eq(body.body.len, 32);
    ck_assert_mem_eq(body.body.text, a_body.body.text, 32);
    ck_assert_ptr_null(body.body.note);
    ck_assert_str_eq(body.body.extra, "{}");

    ck_assert_int_eq(xc_record_decode_small(&small, kinds[3].bytes.data, kinds[3].bytes.len), 0);
    ck_assert_uint_eq(small.len, 3);
    ck_assert_mem_eq(small.value, "a\0b", 3);

    ck_assert_int_eq(xc_record_decode_lease(&lease, kinds[4].bytes.data, kinds[4].bytes.len), 0);
    ck_assert_str_eq(lease.what, "refresh x");
    ck_assert(lease.generation == 3 && lease.holder == 0x99 && lease.pid == 4242 && lease.started == 123456);
}
END_TEST

START_TEST(a_record_of_another_kind_is_refused)
{
    int i;

    for (i = 0; i < KINDS; i++) {
        int k;

        for (k = 0; k < KINDS; k++)
            ck_assert_int_eq(kinds[k].decode(kinds[i].bytes.data, kinds[i].bytes.len), i == k ? 0 : -1);
    }
}
END_TEST

START_TEST(every_truncation_is_refused)
{
    const xc_bytes_t *b = &kinds[_i].bytes;
    apr_size_t len;

    for (len = 0; len < b->len; len++) {
        unsigned char *copy = malloc(len ? len : 1);

        memcpy(copy, b->data, len);
        ck_assert_msg(kinds[_i].decode(copy, len) == -1, "%s of %u bytes", kinds[_i].name, (unsigned)len);
        if (len >= 8) {
            xc_record_put_u32(copy + 4, (apr_uint32_t)len);
            ck_assert_int_eq(kinds[_i].decode(copy, len), -1);
        }
        free(copy);
    }
}
END_TEST

START_TEST(every_flipped_bit_is_noticed)
{
    const xc_bytes_t *b = &kinds[_i].bytes;
    unsigned char *copy = malloc(b->len);
    apr_size_t at;
    int bit;

    memcpy(copy, b->data, b->len);
    for (at = 0; at < b->len; at++) {
        for (bit = 0; bit < 8; bit++) {
            copy[at] ^= (unsigned char)(1 << bit);
            ck_assert_msg(kinds[_i].decode(copy, b->len) == -1, "%s, byte %u bit %d", kinds[_i].name, (unsigned)at, bit);
            copy[at] ^= (unsigned char)(1 << bit);
        }
    }
    ck_assert_int_eq(kinds[_i].decode(copy, b->len), 0);
    free(copy);
}
END_TEST

/** Behind a right checksum the fields still are nobody's word: any outcome but a bad read. */
START_TEST(wrong_fields_behind_a_right_checksum_do_no_harm)
{
    const xc_bytes_t *b = &kinds[_i].bytes;
    static const unsigned char values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    unsigned refused = 0;
    apr_size_t at, len;

    for (len = 12; len <= b->len; len += len + 8 < b->len ? 8 : 1) {
        unsigned char *copy = malloc(len);

        for (at = 12; at < len; at++) {
            unsigned v;

            for (v = 0; v < sizeof(values); v++) {
                uLong crc;

                memcpy(copy, b->data, len);
                copy[at] = values[v];
                xc_record_put_u32(copy + 4, (apr_uint32_t)len);
                crc = crc32(0, copy, 8);
                crc = crc32_z(crc, copy + 12, len - 12);
                xc_record_put_u32(copy + 8, (apr_uint32_t)crc);
                refused += kinds[_i].decode(copy, len) != 0;
            }
        }
        free(copy);
    }
    ck_assert_uint_gt(refused, 100);
}
END_TEST

START_TEST(a_damaged_table_is_refused)
{
    xc_kvtable_t *table = xc_kv_table_make(pool);
    xc_bytes_t small, large;
    apr_size_t at;
    int i;

    xc_kv_table_put(table, &an_item);
    xc_kv_table_encode(&small, table, pool);
    ck_assert_ptr_nonnull(xc_kv_table_decode(small.data, small.len, pool));
    for (i = 0; i < 100; i++) {
        xc_itemrec_t rec = an_item;

        rec.no = 10 + (apr_uint64_t)i;
        rec.item.id = apr_psprintf(pool, "AAMkAG%0100d", i);
        rec.item.href = apr_psprintf(pool, "%d.ics", i);
        xc_kv_table_put(table, &rec);
    }
    xc_kv_table_encode(&large, table, pool);
    ck_assert_int_eq(large.data[8], 1);
    ck_assert_ptr_nonnull(xc_kv_table_decode(large.data, large.len, pool));
    for (at = 0; at < small.len; at++) {
        unsigned char *copy = malloc(small.len);
        apr_pool_t *scratch;

        apr_pool_create(&scratch, pool);
        memcpy(copy, small.data, small.len);
        copy[at] ^= 0x55;
        ck_assert_ptr_null(xc_kv_table_decode(copy, small.len, scratch));
        free(copy);
        copy = malloc(at ? at : 1);
        memcpy(copy, small.data, at);
        ck_assert(xc_kv_table_decode(copy, at, scratch) == NULL);
        free(copy);
        apr_pool_destroy(scratch);
    }
    for (at = 0; at < large.len; at++) {
        unsigned char *copy = malloc(large.len);
        apr_pool_t *scratch;

        apr_pool_create(&scratch, pool);
        memcpy(copy, large.data, large.len);
        copy[at] ^= 0x10;
        /* a bit that deflate does not read may be anything; what comes out is then what went in */
        (void)xc_kv_table_decode(copy, large.len, scratch);
        ck_assert_ptr_null(xc_kv_table_decode(copy, at, scratch));
        free(copy);
        apr_pool_destroy(scratch);
    }
}
END_TEST

START_TEST(names_are_safe_and_stay_the_same)
{
    static const char *const uids[] = {"", ".", "..", ".hidden", "a/b", "a\\b", "%2e%2e", "a b", "\xff\xfe", "x?y#z", "a;b", "\r\nSet-Cookie: x"};
    unsigned i, k;
    char long_uid[1000];
    const char *name;

    ck_assert_str_eq(xc_store_name_for("abc-1_2.3@x", "id", pool), "abc-1_2.3@x.ics");
    for (i = 0; i < sizeof(uids) / sizeof(uids[0]); i++) {
        name = xc_store_name_for(uids[i], "id", pool);
        for (k = 0; name[k]; k++)
            ck_assert_msg(strchr("-_.@", name[k]) || (name[k] >= '0' && name[k] <= '9') || (name[k] >= 'a' && name[k] <= 'z') ||
                              (name[k] >= 'A' && name[k] <= 'Z'), "%s", name);
        ck_assert_int_ne(name[0], '.');
        ck_assert_str_eq(name, xc_store_name_for(uids[i], "id", pool));
        ck_assert_str_eq(name + strlen(name) - 4, ".ics");
    }
    ck_assert_str_ne(xc_store_name_for("a b", "id", pool), xc_store_name_for("a/b", "id", pool));
    ck_assert_str_ne(xc_store_name_for(NULL, "id1", pool), xc_store_name_for(NULL, "id2", pool));
    memset(long_uid, 'u', sizeof(long_uid) - 1);
    long_uid[sizeof(long_uid) - 1] = 0;
    ck_assert_uint_lt(strlen(xc_store_name_for(long_uid, "id", pool)), 100);
    name = xc_store_name_alternative("a.ics", "id", 1, pool);
    ck_assert_int_eq(xc_store_name_is_alternative(name, "a.ics", "id", pool), 1);
    ck_assert_int_eq(xc_store_name_is_alternative(name, "a.ics", "other", pool), 0);
    ck_assert_int_eq(xc_store_name_is_alternative("a.ics", "a.ics", "id", pool), 0);
    ck_assert_int_eq(strncmp(name, "a-", 2), 0);
    ck_assert_str_eq(name + strlen(name) - 4, ".ics");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store records");
    TCase *tc = tcase_create("records");

    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, what_goes_in_comes_out);
    tcase_add_test(tc, a_record_of_another_kind_is_refused);
    tcase_add_loop_test(tc, every_truncation_is_refused, 0, KINDS);
    tcase_add_loop_test(tc, every_flipped_bit_is_noticed, 0, KINDS);
    tcase_add_loop_test(tc, wrong_fields_behind_a_right_checksum_do_no_harm, 0, KINDS);
    tcase_add_test(tc, a_damaged_table_is_refused);
    tcase_add_test(tc, names_are_safe_and_stay_the_same);
    suite_add_tcase(suite, tc);
    return fix_run(suite);
}
