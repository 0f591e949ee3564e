/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log in memory: items in order of their number, hash tables by name, id and UID. As bytes:
 *     "XKT1"  length of the records (4)  compressed (1)  | the item records one after the other
 */
#include <apr_hash.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "store/kv.h"

#define FRAME_BYTES   9
#define COMPRESS_FROM 4096
#define MAX_RAW       (512u * 1024 * 1024)

struct xc_kvtable_t {
    apr_pool_t *pool;
    apr_array_header_t *items; /* xc_itemrec_t *, numbers ascending, NULL where dropped */
    apr_hash_t *by_href, *by_id, *by_uid;
};

xc_kvtable_t *xc_kv_table_make(apr_pool_t *pool)
{
    xc_kvtable_t *t = apr_pcalloc(pool, sizeof(*t));

    t->pool = pool;
    t->items = apr_array_make(pool, 64, sizeof(xc_itemrec_t *));
    t->by_href = apr_hash_make(pool);
    t->by_id = apr_hash_make(pool);
    t->by_uid = apr_hash_make(pool);
    return t;
}

static void enter(xc_kvtable_t *t, const xc_itemrec_t *rec)
{
    const xc_itemrec_t *other = apr_hash_get(t->by_id, rec->item.id, APR_HASH_KEY_STRING);

    if (!other || other->no <= rec->no)
        apr_hash_set(t->by_id, rec->item.id, APR_HASH_KEY_STRING, rec);
    if (!XC_LIVE(rec))
        return;
    apr_hash_set(t->by_href, rec->item.href, APR_HASH_KEY_STRING, rec);
    if (!rec->item.uid)
        return;
    other = apr_hash_get(t->by_uid, rec->item.uid, APR_HASH_KEY_STRING);
    if (!other || other->no >= rec->no)
        apr_hash_set(t->by_uid, rec->item.uid, APR_HASH_KEY_STRING, rec);
}

/** The next older or newer one takes the place of a record that goes. */
static void leave(xc_kvtable_t *t, const xc_itemrec_t *rec)
{
    int i, uid_gone = rec->item.uid && apr_hash_get(t->by_uid, rec->item.uid, APR_HASH_KEY_STRING) == rec;
    int id_gone = apr_hash_get(t->by_id, rec->item.id, APR_HASH_KEY_STRING) == rec;

    if (rec->item.href && apr_hash_get(t->by_href, rec->item.href, APR_HASH_KEY_STRING) == rec)
        apr_hash_set(t->by_href, rec->item.href, APR_HASH_KEY_STRING, NULL);
    if (id_gone)
        apr_hash_set(t->by_id, rec->item.id, APR_HASH_KEY_STRING, NULL);
    if (!uid_gone)
        return;
    apr_hash_set(t->by_uid, rec->item.uid, APR_HASH_KEY_STRING, NULL);
    for (i = 0; i < t->items->nelts; i++) {
        const xc_itemrec_t *other = APR_ARRAY_IDX(t->items, i, xc_itemrec_t *);

        if (other && other != rec && XC_LIVE(other) && other->item.uid && strcmp(other->item.uid, rec->item.uid) == 0) {
            apr_hash_set(t->by_uid, other->item.uid, APR_HASH_KEY_STRING, other);
            break;
        }
    }
}

static int place_of(const xc_kvtable_t *t, apr_uint64_t no)
{
    int low = 0, high = t->items->nelts;

    /* dropped places hold no number: step over them to the left */
    while (low < high) {
        int mid = low + (high - low) / 2, at = mid;

        while (at > low && !APR_ARRAY_IDX(t->items, at, xc_itemrec_t *))
            at--;
        if (!APR_ARRAY_IDX(t->items, at, xc_itemrec_t *))
            low = mid + 1;
        else if (APR_ARRAY_IDX(t->items, at, xc_itemrec_t *)->no == no)
            return at;
        else if (APR_ARRAY_IDX(t->items, at, xc_itemrec_t *)->no < no)
            low = mid + 1;
        else
            high = at;
    }
    return -1;
}

void xc_kv_table_put(xc_kvtable_t *t, const xc_itemrec_t *rec)
{
    int at = place_of(t, rec->no);
    xc_itemrec_t *copy = apr_palloc(t->pool, sizeof(*copy));

    *copy = *rec;
    xc_store_copy_item_into(&copy->item, &rec->item, t->pool);
    if (at >= 0) {
        leave(t, APR_ARRAY_IDX(t->items, at, xc_itemrec_t *));
        APR_ARRAY_IDX(t->items, at, xc_itemrec_t *) = copy;
    }
    else {
        *(xc_itemrec_t **)apr_array_push(t->items) = copy;
    }
    enter(t, copy);
}

void xc_kv_table_drop(xc_kvtable_t *t, apr_uint64_t no)
{
    int at = place_of(t, no);

    if (at < 0)
        return;
    leave(t, APR_ARRAY_IDX(t->items, at, xc_itemrec_t *));
    APR_ARRAY_IDX(t->items, at, xc_itemrec_t *) = NULL;
}

const xc_itemrec_t *xc_kv_table_find(const xc_kvtable_t *t, xc_index_e index, const char *value)
{
    apr_hash_t *by = index == XC_INDEX_HREF ? t->by_href : index == XC_INDEX_ID ? t->by_id : t->by_uid;

    return apr_hash_get(by, value, APR_HASH_KEY_STRING);
}

static int by_change(const void *a, const void *b)
{
    const xc_itemrec_t *x = *(xc_itemrec_t *const *)a, *y = *(xc_itemrec_t *const *)b;

    if (x->item.changed_seq != y->item.changed_seq)
        return x->item.changed_seq < y->item.changed_seq ? -1 : 1;
    return x->no < y->no ? -1 : x->no > y->no;
}

apr_array_header_t *xc_kv_table_select(const xc_kvtable_t *t, xc_walk_e what, apr_uint64_t after_seq, int tombstones_only,
                                       apr_pool_t *pool)
{
    apr_array_header_t *out = apr_array_make(pool, t->items->nelts, sizeof(xc_itemrec_t *));
    int i;

    for (i = 0; i < t->items->nelts; i++) {
        xc_itemrec_t *rec = APR_ARRAY_IDX(t->items, i, xc_itemrec_t *);

        if (!rec || (what == XC_WALK_SINCE && (rec->item.hidden || rec->item.changed_seq <= after_seq)) ||
            (tombstones_only && !rec->item.deleted))
            continue;
        *(xc_itemrec_t **)apr_array_push(out) = rec;
    }
    if (what == XC_WALK_SINCE)
        qsort(out->elts, (size_t)out->nelts, sizeof(xc_itemrec_t *), by_change);
    return out;
}

/* ---- bytes ---- */

static void encode_plain(xc_bytes_t *out, const xc_kvtable_t *t, apr_pool_t *pool)
{
    xc_bytes_t *each = apr_palloc(pool, sizeof(*each) * (apr_size_t)(t->items->nelts + 1));
    apr_size_t at = FRAME_BYTES;
    int i, n = 0;

    out->len = FRAME_BYTES;
    for (i = 0; i < t->items->nelts; i++) {
        const xc_itemrec_t *rec = APR_ARRAY_IDX(t->items, i, xc_itemrec_t *);

        if (!rec)
            continue;
        xc_record_encode_item(&each[n], rec, pool);
        out->len += each[n++].len;
    }
    out->data = apr_palloc(pool, out->len);
    memcpy(out->data, "XKT1", 4);
    xc_record_put_u32(out->data + 4, (apr_uint32_t)(out->len - FRAME_BYTES));
    out->data[8] = 0;
    for (i = 0; i < n; i++) {
        memcpy(out->data + at, each[i].data, each[i].len);
        at += each[i].len;
    }
}

void xc_kv_table_encode(xc_bytes_t *out, const xc_kvtable_t *t, apr_pool_t *pool)
{
    unsigned char *packed;
    uLongf packed_len;
    apr_size_t raw;

    encode_plain(out, t, pool);
    raw = out->len - FRAME_BYTES;
    if (raw < COMPRESS_FROM)
        return;
    packed_len = compressBound((uLong)raw);
    packed = apr_palloc(pool, FRAME_BYTES + packed_len);
    if (compress2(packed + FRAME_BYTES, &packed_len, out->data + FRAME_BYTES, (uLong)raw, Z_BEST_SPEED) != Z_OK || packed_len >= raw)
        return;
    memcpy(packed, out->data, 8);
    packed[8] = 1;
    out->data = packed;
    out->len = FRAME_BYTES + packed_len;
}

static const unsigned char *unpack(apr_size_t *raw, const unsigned char *data, apr_size_t len, apr_pool_t *pool)
{
    unsigned char *plain;
    uLongf plain_len;

    if (len < FRAME_BYTES || memcmp(data, "XKT1", 4) != 0 || data[8] > 1)
        return NULL;
    *raw = xc_record_get_u32(data + 4);
    if (!data[8])
        return *raw == len - FRAME_BYTES ? data + FRAME_BYTES : NULL;
    /* deflate gains at most a factor of about 1030: a larger claim is a lie that would only cost memory */
    if (*raw > MAX_RAW || *raw / 1040 > len)
        return NULL;
    plain = apr_palloc(pool, *raw + 1);
    plain_len = (uLongf)*raw;
    if (uncompress(plain, &plain_len, data + FRAME_BYTES, (uLong)(len - FRAME_BYTES)) != Z_OK || plain_len != *raw)
        return NULL;
    return plain;
}

xc_kvtable_t *xc_kv_table_decode(const unsigned char *data, apr_size_t len, apr_pool_t *pool)
{
    xc_kvtable_t *t = xc_kv_table_make(pool);
    apr_size_t raw;
    const unsigned char *p = unpack(&raw, data, len, pool), *end;
    apr_uint64_t last = 0;

    if (!p)
        return NULL;
    for (end = p + raw; p < end;) {
        xc_itemrec_t *rec = apr_palloc(pool, sizeof(*rec));
        apr_size_t size = end - p >= 12 ? xc_record_get_u32(p + 4) : 0;

        if (size < 12 || size > (apr_size_t)(end - p) || xc_record_decode_item(rec, p, size) != 0 || rec->no <= last)
            return NULL;
        last = rec->no;
        *(xc_itemrec_t **)apr_array_push(t->items) = rec;
        enter(t, rec);
        p += size;
    }
    return t;
}
