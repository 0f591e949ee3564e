/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/ical_lines.h"

#include <apr_strings.h>
#include <string.h>
#include <strings.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#define MAX_LINES 20000

apr_array_header_t *lab_ical_cut(apr_pool_t *pool, const char *source)
{
    apr_array_header_t *list = apr_array_make(pool, 64, sizeof(lab_ical_line_t));
    char *text = apr_pstrdup(pool, source), *to = text;
    for (const char *s = text; *s; s++) {
        if (*s == '\r')
            continue;
        if (*s == '\n' && (s[1] == ' ' || s[1] == '\t'))
            s++;
        else
            *to++ = *s;
    }
    *to = '\0';
    for (char *s = text; *s && list->nelts < MAX_LINES;) {
        char *end = s + strcspn(s, "\n"), *next = *end ? end + 1 : end;
        *end = '\0';
        bool quoted = false;
        char *colon = s;
        for (; *colon && (quoted || *colon != ':'); colon++)
            quoted ^= *colon == '"';
        if (*colon) {
            *colon = '\0';
            char *semi = strchr(s, ';');
            lab_ical_line_t one = {s, semi ? semi + 1 : "", colon + 1};
            if (semi)
                *semi = '\0';
            APR_ARRAY_PUSH(list, lab_ical_line_t) = one;
        }
        s = next;
    }
    return list;
}

const char *lab_ical_text(apr_pool_t *pool, const char *value)
{
    char *text = apr_palloc(pool, strlen(value) * 2 + 1), *to = text;
    for (const char *s = value; *s; s++) {
        if (*s != '\\' || !s[1]) {
            *to++ = *s;
            continue;
        }
        s++;
        if (*s == 'n' || *s == 'N') {
            *to++ = '\r';
            *to++ = '\n';
        } else {
            *to++ = *s;
        }
    }
    *to = '\0';
    return text;
}

const char *lab_ical_param(apr_pool_t *pool, const lab_ical_line_t *l, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = l->params; *p;) {
        bool quoted = false;
        const char *end = p;
        for (; *end && (quoted || *end != ';'); end++)
            quoted ^= *end == '"';
        if (!strncasecmp(p, name, n) && p[n] == '=') {
            const char *from = p + n + 1, *to = end;
            if (*from == '"' && to > from + 1 && to[-1] == '"')
                from++, to--;
            return apr_pstrmemdup(pool, from, (apr_size_t)(to - from));
        }
        p = *end ? end + 1 : end;
    }
    return NULL;
}

const lab_zone_t *lab_ical_zone(const char *tzid)
{
    const lab_zone_t *zone = lab_zone_find(tzid);
    UChar iana[128], windows[128];
    char name[128];
    UErrorCode e = U_ZERO_ERROR;
    if (zone || !tzid || strlen(tzid) > 120)
        return zone;
    u_charsToUChars(tzid, iana, (int32_t)strlen(tzid) + 1);
    int32_t n = ucal_getWindowsTimeZoneID(iana, -1, windows, 127, &e);
    if (U_FAILURE(e) || n <= 0 || n > 126)
        return NULL;
    u_UCharsToChars(windows, name, n);
    name[n] = '\0';
    return lab_zone_find(name);
}
