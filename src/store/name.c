/* SPDX-License-Identifier: Apache-2.0 */
#include "store/name.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "base/crypt.h"

#define NAME_MAX_BYTES 160
#define NAME_KEPT_BYTES 60
#define ALTERED_MAX_BYTES 200 /* a longer name has no room for digits within the 255 bytes of a URL's segment */
#define EXTENSION ".ics"

static int is_safe(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '@';
}

const char *xc_store_name_for(const char *uid, const char *id, apr_pool_t *pool)
{
    apr_size_t len, i, n = 0;
    char kept[NAME_KEPT_BYTES + 1];

    if (!uid || !uid[0])
        return apr_pstrcat(pool, "item-", xc_crypt_hex(pool, 10, id, NULL), EXTENSION, NULL);
    len = strlen(uid);
    for (i = 0; i < len && is_safe(uid[i]); i++)
        ;
    if (i == len && len <= NAME_MAX_BYTES && uid[0] != '.')
        return apr_pstrcat(pool, uid, EXTENSION, NULL);
    for (i = 0; i < len && n < NAME_KEPT_BYTES; i++) {
        if (is_safe(uid[i]) && (n || uid[i] != '.'))
            kept[n++] = uid[i];
    }
    kept[n] = 0;
    return apr_pstrcat(pool, n ? kept : "item", "-", xc_crypt_hex(pool, 8, uid, NULL), EXTENSION, NULL);
}

const char *xc_store_name_alternative(const char *href, const char *id, int attempt, apr_pool_t *pool)
{
    static const apr_size_t bytes[] = {4, 8, 16};
    apr_size_t len = strlen(href), ext = strlen(EXTENSION);
    const char *digits = xc_crypt_hex(pool, bytes[attempt < 1 ? 0 : attempt > 3 ? 2 : attempt - 1], id, NULL);

    if (len > ALTERED_MAX_BYTES)
        return apr_pstrcat(pool, "item-", digits, EXTENSION, NULL);
    if (len > ext && strcmp(href + len - ext, EXTENSION) == 0)
        return apr_pstrcat(pool, apr_pstrmemdup(pool, href, len - ext), "-", digits, EXTENSION, NULL);
    return apr_pstrcat(pool, href, "-", digits, NULL);
}

int xc_store_name_is_alternative(const char *name, const char *href, const char *id, apr_pool_t *pool)
{
    int attempt;

    /* the usual case without a hash: an alternative is longer than what it stands for */
    if (strlen(name) <= strlen(href) && strlen(href) <= ALTERED_MAX_BYTES)
        return 0;
    for (attempt = 1; attempt <= 3; attempt++) {
        if (strcmp(name, xc_store_name_alternative(href, id, attempt, pool)) == 0)
            return 1;
    }
    return 0;
}
