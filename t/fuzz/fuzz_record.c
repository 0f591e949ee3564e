/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of the store. The first byte says which kind; length and checksum are put right first, so
 * that the fields behind them are reached. What decodes must encode to a record that decodes again.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "fuzz.h"
#include "store/kv.h"
#include "store/record.h"

static void nothing(apr_pool_t *process)
{
    (void)process;
}

static void must(int ok)
{
    if (!ok)
        abort();
}

static void put_right(unsigned char *data, size_t size)
{
    uLong crc;

    if (size < 12)
        return;
    xc_record_put_u32(data + 4, (apr_uint32_t)size);
    crc = crc32_z(crc32(0, data, 8), data + 12, size - 12);
    xc_record_put_u32(data + 8, (apr_uint32_t)crc);
}

static void decode(int kind, const unsigned char *data, size_t size, apr_pool_t *pool)
{
    xc_metarec_t meta;
    xc_itemrec_t item;
    xc_bodyrec_t body;
    xc_smallrec_t small;
    xc_lease_t lease;
    xc_bytes_t out;
    xc_kvtable_t *table;

    switch (kind % 6) {
    case 0:
        if (xc_record_decode_meta(&meta, data, size) == 0) {
            xc_record_encode_meta(&out, &meta, pool);
            must(xc_record_decode_meta(&meta, out.data, out.len) == 0);
        }
        break;
    case 1:
        if (xc_record_decode_item(&item, data, size) == 0) {
            xc_record_encode_item(&out, &item, pool);
            must(xc_record_decode_item(&item, out.data, out.len) == 0);
        }
        break;
    case 2:
        if (xc_record_decode_body(&body, data, size) == 0) {
            xc_record_encode_body(&out, &body, pool);
            must(xc_record_decode_body(&body, out.data, out.len) == 0);
        }
        break;
    case 3:
        if (xc_record_decode_small(&small, data, size) == 0) {
            xc_record_encode_small(&out, &small, pool);
            must(xc_record_decode_small(&small, out.data, out.len) == 0);
        }
        break;
    case 4:
        if (xc_record_decode_lease(&lease, data, size) == 0) {
            xc_record_encode_lease(&out, &lease, pool);
            must(xc_record_decode_lease(&lease, out.data, out.len) == 0);
        }
        break;
    default:
        table = xc_kv_table_decode(data, size, pool);
        if (table) {
            xc_kv_table_encode(&out, table, pool);
            must(xc_kv_table_decode(out.data, out.len, pool) != NULL);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool(nothing);
    unsigned char *copy;

    if (size > 0) {
        /* as large as the record and no larger: a read beyond its end is seen */
        copy = malloc(size > 1 ? size - 1 : 1);
        memcpy(copy, data + 1, size - 1);
        decode(data[0], copy, size - 1, pool);
        if (data[0] % 6 != 5)
            put_right(copy, size - 1);
        decode(data[0], copy, size - 1, pool);
        free(copy);
    }
    apr_pool_destroy(pool);
    return 0;
}
