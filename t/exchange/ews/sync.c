/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/sync.h"

#include <apr_encode.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

static apr_uint32_t checksum(const char *text)
{
    apr_uint32_t h = 2166136261u;
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 16777619u;
    return h;
}

const char *lab_sync_text(apr_pool_t *pool, const lab_sync_state_t *s)
{
    char *text = apr_psprintf(pool, "%c;%d;%" APR_INT64_T_FMT ";%" APR_INT64_T_FMT,
                              s->kind, s->generation, s->folder, s->base);
    for (int i = 0; i < s->count; i++)
        text = apr_psprintf(pool, "%s;%" APR_INT64_T_FMT "-%" APR_INT64_T_FMT, text,
                            s->spans[i].low, s->spans[i].high);
    text = apr_psprintf(pool, "%08x%s", checksum(text), text);
    /* not readable, and of the length that such states have */
    size_t len = strlen(text), room = len + 40;
    unsigned char *raw = apr_pcalloc(pool, room);
    memcpy(raw, "\x1f\x8b\x08\0\0\0\0\0\x04\0", 10);
    raw[10] = (unsigned char)len;
    raw[11] = (unsigned char)(len >> 8);
    for (size_t i = 0; i < len; i++)
        raw[12 + i] = (unsigned char)text[i] ^ (unsigned char)(0xa5 + 7 * i);
    for (size_t i = 12 + len; i < room; i++)
        raw[i] = (unsigned char)(i * 37);
    return apr_pencode_base64_binary(pool, raw, (apr_ssize_t)room, APR_ENCODE_NONE, NULL);
}

static bool number(char **s, char stop, apr_int64_t *value)
{
    char *end;
    *value = apr_strtoi64(*s, &end, 10);
    if (end == *s || *value < 0 || (*end != stop && *end != '\0'))
        return false;
    *s = *end ? end + 1 : end;
    return true;
}

static bool read_fields(char *text, lab_sync_state_t *s)
{
    apr_int64_t generation;
    memset(s, 0, sizeof *s);
    s->kind = *text;
    if (!*text || text[1] != ';')
        return false;
    text += 2;
    if (!number(&text, ';', &generation) || !number(&text, ';', &s->folder) ||
        !number(&text, ';', &s->base))
        return false;
    s->generation = (int)generation;
    while (*text) {
        if (s->count == LAB_SYNC_SPANS || !number(&text, '-', &s->spans[s->count].low) ||
            !number(&text, ';', &s->spans[s->count].high))
            return false;
        s->count++;
    }
    return true;
}

bool lab_sync_parse(apr_pool_t *pool, const char *text, lab_sync_state_t *s)
{
    apr_size_t len = 0;
    if (strlen(text) > 4000)
        return false;
    const unsigned char *raw =
        apr_pdecode_base64_binary(pool, text, APR_ENCODE_STRING, APR_ENCODE_NONE, &len);
    if (!raw || len < 52 || memcmp(raw, "\x1f\x8b\x08", 3))
        return false;
    size_t n = raw[10] | (size_t)raw[11] << 8;
    if (n + 40 != len || n < 12)
        return false;
    char *plain = apr_palloc(pool, n + 1);
    for (size_t i = 0; i < n; i++)
        plain[i] = (char)(raw[12 + i] ^ (unsigned char)(0xa5 + 7 * i));
    plain[n] = '\0';
    if (strlen(plain) != n)
        return false;
    char sum[9];
    apr_snprintf(sum, sizeof sum, "%08x", checksum(plain + 8));
    return !memcmp(sum, plain, 8) && read_fields(plain + 8, s);
}

bool lab_sync_seen(const lab_sync_state_t *s, apr_int64_t cn)
{
    for (int i = 0; i < s->count; i++)
        if (cn >= s->spans[i].low && cn <= s->spans[i].high)
            return true;
    return false;
}

bool lab_sync_add(lab_sync_state_t *s, apr_int64_t low, apr_int64_t high)
{
    int at = 0;
    while (at < s->count && s->spans[at].high + 1 < low)
        at++;
    int end = at;
    for (; end < s->count && s->spans[end].low <= high + 1; end++) {
        if (s->spans[end].low < low)
            low = s->spans[end].low;
        if (s->spans[end].high > high)
            high = s->spans[end].high;
    }
    if (at == end && s->count == LAB_SYNC_SPANS)
        return false;
    int shift = 1 - (end - at);
    memmove(&s->spans[end + shift], &s->spans[end],
            (size_t)(s->count - end) * sizeof *s->spans);
    s->spans[at].low = low;
    s->spans[at].high = high;
    s->count += shift;
    return true;
}
