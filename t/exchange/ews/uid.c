/* SPDX-License-Identifier: Apache-2.0 */
/* UID and global object id, two spellings of one thing ([MS-OXOCAL] 2.2.1.27). */
#include "ews/ext.h"

#include <apr_encode.h>
#include <apr_general.h>
#include <apr_strings.h>
#include <ctype.h>
#include <string.h>

static const unsigned char magic[16] = {0x04, 0x00, 0x00, 0x00, 0x82, 0x00, 0xe0, 0x00,
                                        0x74, 0xc5, 0xb7, 0x10, 0x1a, 0x82, 0xe0, 0x08};

static int digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : (tolower((unsigned char)c) - 'a') + 10;
}

/* a UID that is itself the hex of a global object id */
static unsigned char *from_hex(apr_pool_t *pool, const char *uid, size_t *len)
{
    size_t n = strlen(uid);
    if (n < 80 || n % 2)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (!isxdigit((unsigned char)uid[i]))
            return NULL;
    unsigned char *raw = apr_palloc(pool, n / 2);
    for (size_t i = 0; i < n / 2; i++)
        raw[i] = (unsigned char)(digit(uid[2 * i]) << 4 | digit(uid[2 * i + 1]));
    *len = n / 2;
    return memcmp(raw, magic, sizeof magic) ? NULL : raw;
}

static unsigned char *wrap(apr_pool_t *pool, const char *uid, size_t *len)
{
    size_t n = strlen(uid) + 1, data = 12 + n;
    unsigned char *raw = apr_pcalloc(pool, 40 + data);
    memcpy(raw, magic, sizeof magic);
    for (int i = 0; i < 4; i++)
        raw[36 + i] = (unsigned char)(data >> (8 * i));
    memcpy(raw + 40, "vCal-Uid\x01\0\0", 12);
    memcpy(raw + 52, uid, n);
    *len = 40 + data;
    return raw;
}

const char *lab_uid_to_goid(apr_pool_t *pool, const char *uid, int day)
{
    size_t len;
    unsigned char *raw = from_hex(pool, uid, &len);
    if (!raw)
        raw = wrap(pool, uid, &len);
    memset(raw + 16, 0, 4);
    if (day != LAB_NO_DAY) {
        lab_date_t date = lab_date_from_days(day);
        raw[16] = (unsigned char)(date.year >> 8);
        raw[17] = (unsigned char)date.year;
        raw[18] = (unsigned char)date.month;
        raw[19] = (unsigned char)date.day;
    }
    return apr_pencode_base64_binary(pool, raw, (apr_ssize_t)len, APR_ENCODE_NONE, NULL);
}

const char *lab_uid_make(apr_pool_t *pool, apr_time_t now)
{
    unsigned char raw[56] = {0};
    memcpy(raw, magic, sizeof magic);
    apr_uint64_t filetime = (apr_uint64_t)now * 10 + 116444736000000000ull;
    for (int i = 0; i < 8; i++)
        raw[20 + i] = (unsigned char)(filetime >> (8 * i));
    raw[36] = 16;
    apr_generate_random_bytes(raw + 40, 16);
    char *hex = apr_palloc(pool, 113);
    for (size_t i = 0; i < sizeof raw; i++)
        apr_snprintf(hex + 2 * i, 3, "%02X", raw[i]);
    return hex;
}
