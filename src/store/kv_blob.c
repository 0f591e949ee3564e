/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of any size in a cache of bounded ones. A frame in front of each:
 *     "XKV1"  length of the whole (4)  its CRC-32 (4)  parts (4)  name of the parts (8)  | the bytes when parts is 0
 */
#include <apr_escape.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/crypt.h"
#include "store/kv.h"

#define FRAME_BYTES   24
#define MAX_BLOB      (256u * 1024 * 1024)
#define MAX_PARTS     65536u
#define DEFAULT_VALUE (512 * 1024)

typedef struct frame_t {
    apr_uint32_t len, crc, parts;
    apr_uint64_t name;
} frame_t;

const char *xc_kv_key(char kind, const unsigned char *digest, apr_pool_t *pool)
{
    return apr_psprintf(pool, "excal:%c:%s", kind, apr_pescape_hex(pool, digest, XC_DIGEST_BYTES, 0));
}

static apr_size_t value_bytes(const xc_kvstore_t *ks)
{
    apr_size_t max = ks->kv.max_value_bytes ? ks->kv.max_value_bytes : DEFAULT_VALUE;

    return max > FRAME_BYTES * 2 ? max : FRAME_BYTES * 2;
}

static const char *part_key(const char *key, apr_uint64_t name, apr_uint32_t i, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%s:%016" APR_UINT64_T_HEX_FMT ":%u", key, name, i);
}

static void write_frame(unsigned char *p, const frame_t *f)
{
    memcpy(p, "XKV1", 4);
    xc_record_put_u32(p + 4, f->len);
    xc_record_put_u32(p + 8, f->crc);
    xc_record_put_u32(p + 12, f->parts);
    xc_record_put_u64(p + 16, f->name);
}

static int read_frame(frame_t *f, const unsigned char *p, apr_size_t len)
{
    if (len < FRAME_BYTES || memcmp(p, "XKV1", 4) != 0)
        return -1;
    f->len = xc_record_get_u32(p + 4);
    f->crc = xc_record_get_u32(p + 8);
    f->parts = xc_record_get_u32(p + 12);
    f->name = xc_record_get_u64(p + 16);
    if (f->len > MAX_BLOB || f->parts > MAX_PARTS)
        return -1;
    return f->parts == 0 && len != FRAME_BYTES + (apr_size_t)f->len ? -1 : 0;
}

int xc_kv_put_blob(xc_kvstore_t *ks, const char *key, const unsigned char *data, apr_size_t len, apr_time_t expiry,
                   apr_pool_t *pool)
{
    apr_size_t max = value_bytes(ks), at;
    unsigned char *value;
    frame_t f = {(apr_uint32_t)len, 0, 0, 0};
    apr_uint32_t i;

    if (len > MAX_BLOB || (len + max - 1) / max > MAX_PARTS)
        return -1;
    f.crc = (apr_uint32_t)crc32_z(0, data, len);
    if (FRAME_BYTES + len <= max) {
        value = apr_palloc(pool, FRAME_BYTES + len);
        write_frame(value, &f);
        memcpy(value + FRAME_BYTES, data, len);
        return ks->kv.set(ks->kv.ctx, key, value, FRAME_BYTES + len, expiry);
    }
    f.parts = (apr_uint32_t)((len + max - 1) / max);
    f.name = strtoull(xc_crypt_random_hex(pool, 8), NULL, 16);
    for (i = 0, at = 0; i < f.parts; i++, at += max) {
        if (ks->kv.set(ks->kv.ctx, part_key(key, f.name, i, pool), data + at, len - at < max ? len - at : max, expiry) != 0)
            return -1;
    }
    value = apr_palloc(pool, FRAME_BYTES);
    write_frame(value, &f);
    return ks->kv.set(ks->kv.ctx, key, value, FRAME_BYTES, expiry);
}

static int join_parts(unsigned char *to, const frame_t *f, xc_kvstore_t *ks, const char *key, apr_pool_t *pool)
{
    apr_size_t at = 0;
    apr_uint32_t i;

    for (i = 0; i < f->parts; i++) {
        unsigned char *value;
        apr_size_t len;

        if (ks->kv.get(ks->kv.ctx, part_key(key, f->name, i, pool), &value, &len, pool) != 0 || len > f->len - at)
            return -1;
        memcpy(to + at, value, len);
        at += len;
    }
    return at == f->len ? 0 : -1;
}

int xc_kv_get_blob(unsigned char **data, apr_size_t *len, xc_kvstore_t *ks, const char *key, apr_pool_t *pool)
{
    unsigned char *value;
    apr_size_t value_len;
    frame_t f;

    *data = NULL;
    *len = 0;
    if (ks->kv.get(ks->kv.ctx, key, &value, &value_len, pool) != 0 || read_frame(&f, value, value_len) != 0)
        return -1;
    if (f.parts) {
        unsigned char *whole = apr_palloc(pool, f.len + 1);

        if (join_parts(whole, &f, ks, key, pool) != 0)
            return -1;
        value = whole;
    }
    else {
        value += FRAME_BYTES;
    }
    if ((apr_uint32_t)crc32_z(0, value, f.len) != f.crc)
        return -1;
    *data = value;
    *len = f.len;
    return 0;
}

int xc_kv_del_blob(xc_kvstore_t *ks, const char *key, apr_pool_t *pool)
{
    unsigned char *value;
    apr_size_t len;
    frame_t f;
    apr_uint32_t i;

    if (ks->kv.get(ks->kv.ctx, key, &value, &len, pool) == 0 && read_frame(&f, value, len) == 0) {
        for (i = 0; i < f.parts; i++)
            (void)ks->kv.del(ks->kv.ctx, part_key(key, f.name, i, pool));
    }
    return ks->kv.del(ks->kv.ctx, key);
}
