/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include "cal/view/collation.h"

int xc_collation_parse(const char *name, xc_collation_e *out)
{
    static const struct {
        const char *name;
        xc_collation_e collation;
    } known[] = {
        { "i;ascii-casemap", XC_COLLATION_ASCII_CASEMAP },
        { "default", XC_COLLATION_ASCII_CASEMAP }, /* RFC 4791 7.5.1 leaves the default to the server */
        { "i;octet", XC_COLLATION_OCTET },
        { "i;unicode-casemap", XC_COLLATION_UNICODE_CASEMAP },
    };
    for (apr_size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcasecmp(name, known[i].name) == 0) {
            *out = known[i].collation;
            return 0;
        }
    }
    return -1;
}

static unsigned char fold_ascii(unsigned char c)
{
    return c >= 'a' && c <= 'z' ? (unsigned char)(c - 'a' + 'A') : c;
}

static int contains_ascii_casemap(const char *haystack, const char *needle)
{
    apr_size_t n = strlen(needle), h = strlen(haystack);
    for (apr_size_t i = 0; n <= h && i <= h - n; i++) {
        apr_size_t k = 0;
        while (k < n && fold_ascii((unsigned char)haystack[i + k]) == fold_ascii((unsigned char)needle[k]))
            k++;
        if (k == n)
            return 1;
    }
    return 0;
}

/* RFC 5051 2: simple titlecase of each character, then full compatibility decomposition. NULL: no UTF-8. */
static UChar *unicode_casemap(const char *text, int32_t *out_len, apr_pool_t *pool)
{
    UErrorCode status = U_ZERO_ERROR;
    apr_size_t len = strlen(text);
    if (len > INT32_MAX / 64)
        return NULL;
    /* a titlecase mapping never leaves its plane: no text grows in UTF-16 */
    UChar *wide = apr_palloc(pool, (len + 1) * sizeof(UChar));
    int32_t n = 0;
    u_strFromUTF8(wide, (int32_t)len + 1, &n, text, (int32_t)len, &status);
    if (U_FAILURE(status))
        return NULL;
    UChar *title = apr_palloc(pool, ((apr_size_t)n * 2 + 1) * sizeof(UChar));
    int32_t t = 0;
    for (int32_t i = 0; i < n;) {
        UChar32 c;
        U16_NEXT(wide, i, n, c);
        c = u_totitle(c);
        U16_APPEND_UNSAFE(title, t, c);
    }
    const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&status);
    if (U_FAILURE(status))
        return NULL;
    int32_t need = unorm2_normalize(nfkd, title, t, NULL, 0, &status);
    if (status != U_BUFFER_OVERFLOW_ERROR && U_FAILURE(status))
        return NULL;
    status = U_ZERO_ERROR;
    UChar *mapped = apr_palloc(pool, ((apr_size_t)need + 1) * sizeof(UChar));
    *out_len = unorm2_normalize(nfkd, title, t, mapped, need + 1, &status);
    return U_FAILURE(status) ? NULL : mapped;
}

static int contains_unicode_casemap(const char *haystack, const char *needle, apr_pool_t *pool)
{
    int32_t hlen = 0, nlen = 0;
    UChar *h = unicode_casemap(haystack, &hlen, pool);
    UChar *n = unicode_casemap(needle, &nlen, pool);
    if (!h || !n)
        return strstr(haystack, needle) != NULL;
    /* not u_strFindFirst(): the collation compares octets, so half of a combined character counts */
    for (int32_t i = 0; nlen <= hlen && i <= hlen - nlen; i++) {
        if (u_memcmp(h + i, n, nlen) == 0)
            return 1;
    }
    return 0;
}

int xc_collation_contains(xc_collation_e collation, const char *haystack, const char *needle, apr_pool_t *pool)
{
    switch (collation) {
    case XC_COLLATION_OCTET:
        return strstr(haystack, needle) != NULL;
    case XC_COLLATION_UNICODE_CASEMAP:
        return contains_unicode_casemap(haystack, needle, pool);
    case XC_COLLATION_ASCII_CASEMAP:
        break;
    }
    return contains_ascii_casemap(haystack, needle);
}
