/* SPDX-License-Identifier: Apache-2.0 */
/* Which text XML 1.0 can carry (production 2, Char), over UTF-8. */
#include "base/xml.h"

#include <string.h>

/* Length of the UTF-8 character at s that XML 1.0 allows, 0 when there is none. */
static apr_size_t char_len(const unsigned char *s, apr_size_t left)
{
    unsigned c = s[0];

    if (c < 0x80)
        return c >= 0x20 || c == '\t' || c == '\n' || c == '\r';
    if (c >= 0xc2 && c <= 0xdf)
        return left >= 2 && (s[1] & 0xc0) == 0x80 ? 2 : 0;
    if (c >= 0xe0 && c <= 0xef) {
        unsigned v;
        if (left < 3 || (s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80)
            return 0;
        v = (c & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
        return v >= 0x800 && (v < 0xd800 || v > 0xdfff) && v < 0xfffe ? 3 : 0;
    }
    if (c >= 0xf0 && c <= 0xf4) {
        unsigned v;
        if (left < 4 || (s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80 || (s[3] & 0xc0) != 0x80)
            return 0;
        v = (c & 7u) << 18 | (s[1] & 0x3fu) << 12 | (s[2] & 0x3fu) << 6 | (s[3] & 0x3fu);
        return v >= 0x10000 && v <= 0x10ffff ? 4 : 0;
    }
    return 0;
}

/* Length of the leading part that is clean. */
static apr_size_t clean_len(const char *text, apr_size_t len)
{
    const unsigned char *s = (const unsigned char *)text;
    apr_size_t i = 0, n;

    while (i < len && (n = char_len(s + i, len - i)) != 0)
        i += n;
    return i;
}

int xc_xml_valid_text(const char *text, apr_size_t len)
{
    return clean_len(text, len) == len;
}

const char *xc_xml_clean_text(const char *text, apr_pool_t *pool)
{
    apr_size_t len = strlen(text), i = clean_len(text, len), n, out;
    char *copy;

    if (i == len)
        return text;
    copy = apr_palloc(pool, i + (len - i) * 3 + 1); /* each bad byte may become three */
    memcpy(copy, text, i);
    for (out = i; i < len;) {
        n = char_len((const unsigned char *)text + i, len - i);
        if (n) {
            memcpy(copy + out, text + i, n);
            out += n;
            i += n;
        } else {
            memcpy(copy + out, "\xEF\xBF\xBD", 3);
            out += 3;
            i++;
        }
    }
    copy[out] = '\0';
    return copy;
}
