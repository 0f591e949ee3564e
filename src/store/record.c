/* SPDX-License-Identifier: Apache-2.0 */
#include "store/record.h"

#include <string.h>
#include <zlib.h>

#define FRAME_BYTES 12

enum { KIND_META = 'M', KIND_ITEM = 'I', KIND_BODY = 'B', KIND_SMALL = 'R', KIND_LEASE = 'L' };
/* a change of layout takes the next number; older records are then absent */
#define VERSION 1

enum { ITEM_DELETED = 1, ITEM_HIDDEN = 2, ITEM_LOCAL = 4, ITEM_UNSEEN = 8 };
enum { META_COMPLETE = 1, META_UNSEEN_SHIFT = 1 };

void xc_record_put_u32(unsigned char *p, apr_uint32_t v)
{
    p[0] = (unsigned char)(v >> 24);
    p[1] = (unsigned char)(v >> 16);
    p[2] = (unsigned char)(v >> 8);
    p[3] = (unsigned char)v;
}

void xc_record_put_u64(unsigned char *p, apr_uint64_t v)
{
    xc_record_put_u32(p, (apr_uint32_t)(v >> 32));
    xc_record_put_u32(p + 4, (apr_uint32_t)v);
}

apr_uint32_t xc_record_get_u32(const unsigned char *p)
{
    return (apr_uint32_t)p[0] << 24 | (apr_uint32_t)p[1] << 16 | (apr_uint32_t)p[2] << 8 | p[3];
}

apr_uint64_t xc_record_get_u64(const unsigned char *p)
{
    return (apr_uint64_t)xc_record_get_u32(p) << 32 | xc_record_get_u32(p + 4);
}

static apr_uint32_t checksum(const unsigned char *data, apr_size_t len)
{
    uLong crc = crc32(0, data, 8);
    return (apr_uint32_t)crc32_z(crc, data + FRAME_BYTES, len - FRAME_BYTES);
}

/* ---- writing ---- */

typedef struct writer_t {
    unsigned char *p;
} writer_t;

static apr_size_t string_bytes(const char *s)
{
    return s ? 4 + strlen(s) + 1 : 4;
}

static void frame_begin(writer_t *w, xc_bytes_t *out, int kind, apr_size_t fields, apr_pool_t *pool)
{
    out->len = FRAME_BYTES + fields;
    out->data = apr_palloc(pool, out->len);
    out->data[0] = 'X';
    out->data[1] = (unsigned char)kind;
    out->data[2] = VERSION;
    out->data[3] = 0;
    xc_record_put_u32(out->data + 4, (apr_uint32_t)out->len);
    w->p = out->data + FRAME_BYTES;
}

static void frame_end(xc_bytes_t *out)
{
    xc_record_put_u32(out->data + 8, checksum(out->data, out->len));
}

static void put_u64(writer_t *w, apr_uint64_t v)
{
    xc_record_put_u64(w->p, v);
    w->p += 8;
}

static void put_u32(writer_t *w, apr_uint32_t v)
{
    xc_record_put_u32(w->p, v);
    w->p += 4;
}

static void put_blob(writer_t *w, const void *data, apr_size_t len)
{
    put_u32(w, data ? (apr_uint32_t)len + 1 : 0);
    if (!data)
        return;
    if (len)
        memcpy(w->p, data, len);
    w->p[len] = 0;
    w->p += len + 1;
}

static void put_string(writer_t *w, const char *s)
{
    put_blob(w, s, s ? strlen(s) : 0);
}

/* ---- reading ---- */

typedef struct reader_t {
    const unsigned char *p, *end;
    int bad;
} reader_t;

static int frame_open(reader_t *r, int kind, const void *data, apr_size_t len)
{
    const unsigned char *p = data;

    if (!p || len < FRAME_BYTES || p[0] != 'X' || p[1] != kind || p[2] != VERSION || p[3] != 0)
        return -1;
    if (xc_record_get_u32(p + 4) != len || xc_record_get_u32(p + 8) != checksum(p, len))
        return -1;
    r->p = p + FRAME_BYTES;
    r->end = p + len;
    r->bad = 0;
    return 0;
}

static int frame_close(const reader_t *r)
{
    return r->bad || r->p != r->end ? -1 : 0;
}

static const unsigned char *take(reader_t *r, apr_size_t len)
{
    const unsigned char *p = r->p;

    if (r->bad || (apr_size_t)(r->end - r->p) < len) {
        r->bad = 1;
        return NULL;
    }
    r->p += len;
    return p;
}

static apr_uint64_t get_u64(reader_t *r)
{
    const unsigned char *p = take(r, 8);
    return p ? xc_record_get_u64(p) : 0;
}

static apr_uint32_t get_u32(reader_t *r)
{
    const unsigned char *p = take(r, 4);
    return p ? xc_record_get_u32(p) : 0;
}

static apr_time_t get_time(reader_t *r)
{
    return (apr_time_t)get_u64(r);
}

static const unsigned char *get_blob(reader_t *r, apr_size_t *len)
{
    apr_uint32_t n = get_u32(r);
    const unsigned char *p;

    *len = 0;
    if (n == 0)
        return NULL;
    if (n - 1 > XC_RECORD_STRING_MAX) {
        r->bad = 1;
        return NULL;
    }
    p = take(r, n);
    if (!p || p[n - 1] != 0) {
        r->bad = 1;
        return NULL;
    }
    *len = n - 1;
    return p;
}

static const char *get_string(reader_t *r)
{
    apr_size_t len;
    const unsigned char *p = get_blob(r, &len);

    if (p && memchr(p, 0, len)) {
        r->bad = 1;
        return NULL;
    }
    return (const char *)p;
}

/* ---- the head of a log ---- */

void xc_record_encode_meta(xc_bytes_t *out, const xc_metarec_t *rec, apr_pool_t *pool)
{
    writer_t w;

    frame_begin(&w, out, KIND_META,
                16 + 7 * 8 + 4 + string_bytes(rec->origin) + string_bytes(rec->account) +
                    string_bytes(rec->mailbox) + string_bytes(rec->folder) + string_bytes(rec->sync_state),
                pool);
    memcpy(w.p, rec->epoch, 16);
    w.p += 16;
    put_u64(&w, rec->seq);
    put_u64(&w, rec->oldest_seq);
    put_u64(&w, rec->next_no);
    put_u64(&w, rec->count);
    put_u64(&w, rec->tombstones);
    put_u64(&w, (apr_uint64_t)rec->refreshed_at);
    put_u64(&w, (apr_uint64_t)rec->expired_at);
    put_u32(&w, (rec->complete ? META_COMPLETE : 0u) | rec->unseen << META_UNSEEN_SHIFT);
    put_string(&w, rec->origin);
    put_string(&w, rec->account);
    put_string(&w, rec->mailbox);
    put_string(&w, rec->folder);
    put_string(&w, rec->sync_state);
    frame_end(out);
}

int xc_record_decode_meta(xc_metarec_t *out, const void *data, apr_size_t len)
{
    reader_t r;
    const unsigned char *epoch;
    apr_uint32_t flags;
    int i;

    if (frame_open(&r, KIND_META, data, len) != 0 || (epoch = take(&r, 16)) == NULL)
        return -1;
    for (i = 0; i < 16; i++) {
        if (!((epoch[i] >= '0' && epoch[i] <= '9') || (epoch[i] >= 'a' && epoch[i] <= 'f')))
            return -1;
    }
    memcpy(out->epoch, epoch, 16);
    out->epoch[16] = 0;
    out->seq = get_u64(&r);
    out->oldest_seq = get_u64(&r);
    out->next_no = get_u64(&r);
    out->count = get_u64(&r);
    out->tombstones = get_u64(&r);
    out->refreshed_at = get_time(&r);
    out->expired_at = get_time(&r);
    flags = get_u32(&r);
    out->complete = (flags & META_COMPLETE) != 0;
    out->unseen = flags >> META_UNSEEN_SHIFT;
    out->origin = get_string(&r);
    out->account = get_string(&r);
    out->mailbox = get_string(&r);
    out->folder = get_string(&r);
    out->sync_state = get_string(&r);
    if (out->oldest_seq > out->seq || out->count > APR_INT32_MAX || out->tombstones > APR_INT32_MAX)
        return -1;
    return frame_close(&r);
}

/* ---- items ---- */

void xc_record_encode_item(xc_bytes_t *out, const xc_itemrec_t *rec, apr_pool_t *pool)
{
    const xc_item_t *item = &rec->item;
    writer_t w;

    frame_begin(&w, out, KIND_ITEM,
                4 + 7 * 8 + string_bytes(item->href) + string_bytes(item->id) + string_bytes(item->change_key) +
                    string_bytes(item->uid) + string_bytes(item->etag),
                pool);
    put_u32(&w, (item->deleted ? ITEM_DELETED : 0u) | (item->hidden ? ITEM_HIDDEN : 0u) | (rec->local ? ITEM_LOCAL : 0u) |
                    (rec->unseen ? ITEM_UNSEEN : 0u));
    put_u64(&w, rec->no);
    put_u64(&w, rec->prev_key);
    put_u64(&w, (apr_uint64_t)rec->changed_at);
    put_u64(&w, item->created_seq);
    put_u64(&w, item->changed_seq);
    put_u64(&w, (apr_uint64_t)item->span_first);
    put_u64(&w, (apr_uint64_t)item->span_last);
    put_string(&w, item->href);
    put_string(&w, item->id);
    put_string(&w, item->change_key);
    put_string(&w, item->uid);
    put_string(&w, item->etag);
    frame_end(out);
}

int xc_record_decode_item(xc_itemrec_t *out, const void *data, apr_size_t len)
{
    reader_t r;
    apr_uint32_t flags;
    xc_item_t *item = &out->item;

    if (frame_open(&r, KIND_ITEM, data, len) != 0)
        return -1;
    flags = get_u32(&r);
    item->deleted = (flags & ITEM_DELETED) != 0;
    item->hidden = (flags & ITEM_HIDDEN) != 0;
    out->local = (flags & ITEM_LOCAL) != 0;
    out->unseen = (flags & ITEM_UNSEEN) != 0;
    out->no = get_u64(&r);
    out->prev_key = get_u64(&r);
    out->changed_at = get_time(&r);
    item->created_seq = get_u64(&r);
    item->changed_seq = get_u64(&r);
    item->span_first = get_time(&r);
    item->span_last = get_time(&r);
    item->href = get_string(&r);
    item->id = get_string(&r);
    item->change_key = get_string(&r);
    item->uid = get_string(&r);
    item->etag = get_string(&r);
    if (flags > (ITEM_DELETED | ITEM_HIDDEN | ITEM_LOCAL | ITEM_UNSEEN) || !item->id || !item->id[0])
        return -1;
    if (item->created_seq > item->changed_seq || (!item->hidden && (!item->href || !item->href[0])))
        return -1;
    return frame_close(&r);
}

/* ---- bodies ---- */

void xc_record_encode_body(xc_bytes_t *out, const xc_bodyrec_t *rec, apr_pool_t *pool)
{
    const xc_body_t *body = &rec->body;
    writer_t w;

    frame_begin(&w, out, KIND_BODY,
                16 + string_bytes(body->id) + string_bytes(body->change_key) + string_bytes(body->note) +
                    string_bytes(body->extra) + 4 + (body->text ? body->len + 1 : 0),
                pool);
    memcpy(w.p, rec->owner, 16);
    w.p += 16;
    put_string(&w, body->id);
    put_string(&w, body->change_key);
    put_string(&w, body->note);
    put_string(&w, body->extra);
    put_blob(&w, body->text, body->len);
    frame_end(out);
}

int xc_record_decode_body(xc_bodyrec_t *out, const void *data, apr_size_t len)
{
    reader_t r;
    const unsigned char *owner;
    xc_body_t *body = &out->body;

    if (frame_open(&r, KIND_BODY, data, len) != 0 || (owner = take(&r, 16)) == NULL)
        return -1;
    memcpy(out->owner, owner, 16);
    body->id = get_string(&r);
    body->change_key = get_string(&r);
    body->note = get_string(&r);
    body->extra = get_string(&r);
    body->text = (const char *)get_blob(&r, &body->len);
    if (!body->id || !body->change_key)
        return -1;
    return frame_close(&r);
}

/* ---- small records ---- */

void xc_record_encode_small(xc_bytes_t *out, const xc_smallrec_t *rec, apr_pool_t *pool)
{
    writer_t w;

    frame_begin(&w, out, KIND_SMALL, 8 + string_bytes(rec->space) + string_bytes(rec->key) + 4 + rec->len + 1, pool);
    put_u64(&w, (apr_uint64_t)rec->expires_at);
    put_string(&w, rec->space);
    put_string(&w, rec->key);
    put_blob(&w, rec->value ? rec->value : (const unsigned char *)"", rec->len);
    frame_end(out);
}

int xc_record_decode_small(xc_smallrec_t *out, const void *data, apr_size_t len)
{
    reader_t r;

    if (frame_open(&r, KIND_SMALL, data, len) != 0)
        return -1;
    out->expires_at = get_time(&r);
    out->space = get_string(&r);
    out->key = get_string(&r);
    out->value = get_blob(&r, &out->len);
    if (!out->space || !out->key || !out->value)
        return -1;
    return frame_close(&r);
}

/* ---- leases ---- */

void xc_record_encode_lease(xc_bytes_t *out, const xc_lease_t *rec, apr_pool_t *pool)
{
    writer_t w;

    frame_begin(&w, out, KIND_LEASE, 6 * 8 + string_bytes(rec->what), pool);
    put_u64(&w, rec->generation);
    put_u64(&w, rec->holder);
    put_u64(&w, rec->host);
    put_u64(&w, rec->pid);
    put_u64(&w, rec->started);
    put_u64(&w, (apr_uint64_t)rec->expires_at);
    put_string(&w, rec->what);
    frame_end(out);
}

int xc_record_decode_lease(xc_lease_t *out, const void *data, apr_size_t len)
{
    reader_t r;

    if (frame_open(&r, KIND_LEASE, data, len) != 0)
        return -1;
    out->generation = get_u64(&r);
    out->holder = get_u64(&r);
    out->host = get_u64(&r);
    out->pid = get_u64(&r);
    out->started = get_u64(&r);
    out->expires_at = get_time(&r);
    out->what = get_string(&r);
    if (!out->what)
        return -1;
    return frame_close(&r);
}
