/* SPDX-License-Identifier: Apache-2.0 */
/* If-Match and If-None-Match (RFC 9110 13.1.1, 13.1.2) against what is known of an item. */
#include "mailbox/mailbox_priv.h"

#include <apr_strings.h>
#include <string.h>

/* Does the list of entity tags name this one? Strong comparison: a weak tag matches nothing. */
static int tag_listed(const char *list, const char *etag)
{
    apr_size_t n = strlen(etag);
    for (const char *p = list; *p;) {
        p += strspn(p, " \t,");
        int weak = p[0] == 'W' && p[1] == '/';
        if (weak)
            p += 2;
        if (*p != '"') { /* not a tag: skip to the next comma */
            p += strcspn(p, ",");
            continue;
        }
        const char *end = strchr(p + 1, '"');
        if (!end)
            return 0;
        if (!weak && (apr_size_t)(end - p - 1) == n && memcmp(p + 1, etag, n) == 0)
            return 1;
        p = end + 1;
    }
    return 0;
}

static int is_star(const char *value)
{
    value += strspn(value, " \t");
    return value[0] == '*' && value[1 + strspn(value + 1, " \t")] == '\0';
}

xc_error_t *xc_expect_check(const xc_expect_t *expect, const xc_item_t *item, apr_pool_t *pool)
{
    if (!expect)
        return NULL;
    if (expect->if_match) {
        if (!item)
            return xc_error_make(pool, 412, XC_COND_NONE, "If-Match was given, but there is no such resource.");
        if (!is_star(expect->if_match) && !tag_listed(expect->if_match, item->etag))
            return xc_error_make(pool, 412, XC_COND_NONE, "The resource has changed: its entity tag is now \"%s\".", item->etag);
    }
    if (expect->if_none_match && item && (is_star(expect->if_none_match) || tag_listed(expect->if_none_match, item->etag)))
        return xc_error_make(pool, 412, XC_COND_NONE, "If-None-Match was given, but the resource exists with the entity tag \"%s\".",
                             item->etag);
    return NULL;
}
