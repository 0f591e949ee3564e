/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file record.h
 * The bytes of everything that is stored. One frame for all records:
 *
 *     0  'X'   1  kind   2  version   3  0
 *     4  length of the whole record, 32 bits
 *     8  CRC-32 of bytes 0..7 and 12..end
 *    12  fields: big-endian integers; strings as (length + 1) in 32 bits, the bytes and a NUL,
 *        or a zero for NULL
 *
 * A decoder answers 0 only for a record that is whole: right kind and version, right length, right
 * checksum, no field beyond the end, nothing after the last one, every invariant kept. Anything
 * else is -1: to the caller the record does not exist. The checksum is not against malice (who can
 * write the file can write a checksum) but against torn pages and foreign writers.
 *
 * Decoded strings point into the bytes given; they live as long as those.
 */
#ifndef XC_STORE_RECORD_H
#define XC_STORE_RECORD_H

#include "store/store.h"

/** Strings longer than this are refused in both directions (bodies have their own bound: the record's length). */
#define XC_RECORD_STRING_MAX (64u * 1024 * 1024)

/** Encoded bytes, on the pool. */
typedef struct xc_bytes_t {
    unsigned char *data;
    apr_size_t len;
} xc_bytes_t;

/** The head of a calendar's log. */
typedef struct xc_metarec_t {
    const char *origin, *account, *mailbox, *folder; /* whose; compared at every use */
    char epoch[17];
    apr_uint64_t seq, oldest_seq;
    apr_uint64_t next_no;       /* number of the next item record; older items have smaller ones */
    apr_uint64_t count, tombstones;
    apr_time_t refreshed_at;    /* 0 = never, or expired */
    apr_time_t expired_at;      /* an answer asked for before this does not make the log fresh */
    int complete;
    apr_uint32_t unseen;        /* how many items are marked so, below 2^31 */
    const char *sync_state;     /* may be NULL */
} xc_metarec_t;

/** One item of a log: live, hidden or a tombstone. */
typedef struct xc_itemrec_t {
    xc_item_t item;
    apr_uint64_t no;            /* its place; never used again in one epoch */
    apr_uint64_t prev_key;      /* digest of the change key before this one, 0 = none */
    apr_time_t changed_at;      /* when the last change was folded */
    int local;                  /* that change was a write of ours, not an answer to a refresh */
    int unseen;                 /* made by us, and no answer to a refresh has named it yet */
} xc_itemrec_t;

/** A body, with a digest of whose it is. */
typedef struct xc_bodyrec_t {
    unsigned char owner[16];
    xc_body_t body;
} xc_bodyrec_t;

/** A small record with a life. */
typedef struct xc_smallrec_t {
    const char *space, *key;
    apr_time_t expires_at;
    const unsigned char *value;
    apr_size_t len;
} xc_smallrec_t;

/** Who is doing something that only one should do. */
typedef struct xc_lease_t {
    const char *what;
    apr_uint64_t generation;    /* grows each time a holder ends */
    apr_uint64_t holder;        /* random, 0 = nobody */
    apr_uint64_t host;          /* digest of machine, boot and pid name space */
    apr_uint64_t pid, started;  /* of the holding process; started in clock ticks since boot */
    apr_time_t expires_at;      /* end of the lease */
} xc_lease_t;

void xc_record_encode_meta(xc_bytes_t *out, const xc_metarec_t *rec, apr_pool_t *pool);
void xc_record_encode_item(xc_bytes_t *out, const xc_itemrec_t *rec, apr_pool_t *pool);
void xc_record_encode_body(xc_bytes_t *out, const xc_bodyrec_t *rec, apr_pool_t *pool);
void xc_record_encode_small(xc_bytes_t *out, const xc_smallrec_t *rec, apr_pool_t *pool);
void xc_record_encode_lease(xc_bytes_t *out, const xc_lease_t *rec, apr_pool_t *pool);

/** 0 = decoded; -1 = not such a record, *out is undefined. `data` may be at any address. */
int xc_record_decode_meta(xc_metarec_t *out, const void *data, apr_size_t len);
int xc_record_decode_item(xc_itemrec_t *out, const void *data, apr_size_t len);
int xc_record_decode_body(xc_bodyrec_t *out, const void *data, apr_size_t len);
int xc_record_decode_small(xc_smallrec_t *out, const void *data, apr_size_t len);
int xc_record_decode_lease(xc_lease_t *out, const void *data, apr_size_t len);

/** Big-endian integers at any address. */
void xc_record_put_u32(unsigned char *p, apr_uint32_t v);
void xc_record_put_u64(unsigned char *p, apr_uint64_t v);
apr_uint32_t xc_record_get_u32(const unsigned char *p);
apr_uint64_t xc_record_get_u64(const unsigned char *p);

#endif
