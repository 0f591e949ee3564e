/* SPDX-License-Identifier: Apache-2.0 */
#include "ids/ids.h"

#include <apr_encode.h>
#include <apr_strings.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "directory/dir.h"

#define FOLDER_ENTRY 46
#define ITEM_ENTRY   70
#define MAX_MAILBOX  128
/* .NET ticks (100 ns since year 1) of 1970-01-01 */
#define TICKS_1970 621355968000000000LL
#define TICKS_DAY  864000000000LL

static char guids[MAX_MAILBOX][37];
static int guid_count;

/* splitmix64: spreads a number over 64 bits, always the same way */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15ull;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

static void put(unsigned char *p, uint64_t v, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--, v >>= 8)
        p[i] = (unsigned char)v;
}

static uint64_t take(const unsigned char *p, int bytes)
{
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++)
        v = v << 8 | p[i];
    return v;
}

static void guid_bytes(unsigned char *p, uint64_t a, uint64_t b)
{
    put(p, mix(a), 8);
    put(p + 8, mix(b ^ mix(a)), 8);
}

void lab_ids_init(void)
{
    int n = lab_dir_public() + 1;
    guid_count = n < MAX_MAILBOX ? n : MAX_MAILBOX;
    for (int i = 0; i < guid_count; i++) {
        uint64_t h = 14695981039346656037ull;
        for (const char *s = lab_dir_at(i)->smtp; *s; s++)
            h = (h ^ (unsigned char)*s) * 1099511628211ull;
        uint64_t a = mix(h), b = mix(a);
        snprintf(guids[i], sizeof guids[i], "%08x-%04x-4%03x-%04x-%012llx",
                 (unsigned)(a >> 32), (unsigned)(a >> 16) & 0xffff, (unsigned)a & 0xfff,
                 ((unsigned)(b >> 48) & 0x3fff) | 0x8000,
                 (unsigned long long)(b & 0xffffffffffffull));
    }
}

/* flags, provider UID, type, database GUID, counter of a folder or item */
static int entry(unsigned char *p, const lab_id_t *id)
{
    bool folder = id->kind == LAB_ID_FOLDER;
    uint64_t m = (uint64_t)id->mailbox + 1, n = (uint64_t)id->number;
    memset(p, 0, ITEM_ENTRY);
    guid_bytes(p + 4, m, 0x70726f76);
    p[20] = folder ? 0x01 : 0x07;
    if (folder) {
        guid_bytes(p + 22, n * 2 + 1, m);
        put(p + 38, n, 6);
        return FOLDER_ENTRY;
    }
    guid_bytes(p + 22, m, 0x666f6c64);
    put(p + 38, mix(m) & 0xffffff, 6);
    guid_bytes(p + 46, n * 2, m);
    put(p + 62, n, 6);
    return ITEM_ENTRY;
}

static bool same_entry(const unsigned char *p, int len, const lab_id_t *id)
{
    unsigned char own[ITEM_ENTRY];
    return entry(own, id) == len && !memcmp(own, p, (size_t)len);
}

const unsigned char *lab_id_entry(apr_pool_t *pool, const lab_id_t *id, int *len)
{
    unsigned char *p = apr_palloc(pool, ITEM_ENTRY);
    *len = entry(p, id);
    return p;
}

bool lab_id_parse_entry(const unsigned char *p, int len, lab_id_t *id)
{
    memset(id, 0, sizeof *id);
    if (len != FOLDER_ENTRY && len != ITEM_ENTRY)
        return false;
    id->kind = len == FOLDER_ENTRY ? LAB_ID_FOLDER : LAB_ID_ITEM;
    id->number = (apr_int64_t)take(p + (len == FOLDER_ENTRY ? 38 : 62), 6);
    for (id->mailbox = 0; id->mailbox < guid_count; id->mailbox++)
        if (same_entry(p, len, id))
            return true;
    return false;
}

const char *lab_id_text(apr_pool_t *pool, const lab_id_t *id)
{
    unsigned char raw[200], *p = raw;
    *p++ = 0; /* not compressed */
    *p++ = 3; /* mailbox GUID */
    *p++ = 36;
    *p++ = 0;
    memcpy(p, guids[id->mailbox], 36);
    p += 36;
    unsigned char *kind = p++;
    if (id->kind == LAB_ID_OCCURRENCE) {
        *kind = 1;
        *p++ = ITEM_ENTRY + 11;
        *p++ = 0;
        *p++ = 8;
        put(p, (uint64_t)(TICKS_1970 + id->day * TICKS_DAY), 8);
        p += 8;
        p += entry(p, id);
        *p++ = 0;
        *p++ = 0;
    } else {
        *kind = 0;
        unsigned char *len = p;
        p += 2;
        len[0] = (unsigned char)entry(p, id);
        len[1] = 0;
        p += len[0];
    }
    if (id->attachment) {
        *p++ = 1;
        *p++ = 18;
        *p++ = 0;
        *p++ = 16;
        *p++ = 0;
        put(p, (uint64_t)id->attachment, 8);
        put(p + 8, mix((uint64_t)id->attachment ^ mix((uint64_t)id->number)), 8);
        p += 16;
    } else if (id->kind != LAB_ID_FOLDER) {
        *p++ = 0;
    }
    return apr_pencode_base64_binary(pool, raw, p - raw, APR_ENCODE_NONE, NULL);
}

/* base64 in its one canonical spelling into a fixed buffer; length or -1 */
static int decode(const char *text, unsigned char *raw, int room)
{
    apr_size_t len = strlen(text), need = 0;
    if (len > 400 || len % 4 ||
        apr_decode_base64_binary(NULL, text, (apr_ssize_t)len, APR_ENCODE_NONE, &need) !=
            APR_SUCCESS ||
        need > (apr_size_t)room)
        return -1;
    if (apr_decode_base64_binary(raw, text, (apr_ssize_t)len, APR_ENCODE_NONE, &need) !=
        APR_SUCCESS)
        return -1;
    char back[402];
    if (apr_encode_base64_binary(back, raw, (apr_ssize_t)need, APR_ENCODE_NONE, NULL) !=
            APR_SUCCESS ||
        strcmp(back, text))
        return -1;
    return (int)need;
}

static int mailbox_of(const unsigned char *guid)
{
    for (int i = 0; i < guid_count; i++)
        if (!memcmp(guids[i], guid, 36))
            return i;
    return -1;
}

static bool parse_attachment(const unsigned char *p, const unsigned char *end,
                             lab_id_t *id)
{
    if (p == end)
        return id->kind == LAB_ID_FOLDER;
    if (end - p == 1)
        return *p == 0 && id->kind != LAB_ID_FOLDER;
    if (end - p != 21 || p[0] != 1 || p[1] != 18 || p[2] || p[3] != 16 || p[4])
        return false;
    id->attachment = (apr_int64_t)take(p + 5, 8);
    return take(p + 13, 8) == mix((uint64_t)id->attachment ^ mix((uint64_t)id->number));
}

bool lab_id_parse(const char *text, lab_id_t *id)
{
    unsigned char raw[304];
    memset(id, 0, sizeof *id);
    int len = text ? decode(text, raw, (int)sizeof raw - 4) : -1;
    if (len < 43 + FOLDER_ENTRY || raw[0] || raw[1] != 3 || raw[2] != 36 || raw[3])
        return false;
    id->mailbox = mailbox_of(raw + 4);
    const unsigned char *p = raw + 40, *end = raw + len;
    int kind = *p++, size = p[0] | p[1] << 8;
    p += 2;
    if (id->mailbox < 0 || size > end - p)
        return false;
    if (kind == 1) {
        if (size != ITEM_ENTRY + 11 || *p != 8)
            return false;
        apr_int64_t ticks = (apr_int64_t)take(p + 1, 8) - TICKS_1970;
        if (ticks % TICKS_DAY || ticks / TICKS_DAY > 1000000 ||
            ticks / TICKS_DAY < -800000)
            return false;
        id->day = (int)(ticks / TICKS_DAY);
        id->kind = LAB_ID_OCCURRENCE;
        id->number = (apr_int64_t)take(p + 9 + 62, 6);
        if (!same_entry(p + 9, ITEM_ENTRY, id) || p[9 + ITEM_ENTRY] || p[10 + ITEM_ENTRY])
            return false;
    } else {
        if (kind != 0 || (size != FOLDER_ENTRY && size != ITEM_ENTRY))
            return false;
        id->kind = size == FOLDER_ENTRY ? LAB_ID_FOLDER : LAB_ID_ITEM;
        id->number = (apr_int64_t)take(p + (size == FOLDER_ENTRY ? 38 : 62), 6);
        if (!same_entry(p, size, id))
            return false;
    }
    return parse_attachment(p + size, end, id);
}

const char *lab_change_key(apr_pool_t *pool, lab_key_kind_t kind, int mailbox,
                           apr_int64_t cn)
{
    unsigned char raw[30] = {0};
    raw[0] = (unsigned char)kind;
    raw[4] = 22;
    guid_bytes(raw + 8, (uint64_t)mailbox + 1, 0x6b6579);
    put(raw + 24, (uint64_t)cn, 6);
    return apr_pencode_base64_binary(pool, raw, sizeof raw, APR_ENCODE_NONE, NULL);
}

bool lab_change_key_parse(const char *text, apr_int64_t *cn)
{
    unsigned char raw[304];
    int len = decode(text, raw, (int)sizeof raw - 4);
    if (len != 30 || raw[1] || raw[2] || raw[3] || raw[4] != 22)
        return false;
    *cn = (apr_int64_t)take(raw + 24, 6);
    return true;
}
