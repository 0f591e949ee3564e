/* SPDX-License-Identifier: Apache-2.0 */
#include "cal/object/address.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "cal/busy.h"

static const char *mail_address(const char *value, apr_pool_t *pool)
{
    while (apr_isspace(*value))
        value++;
    apr_size_t n = strcspn(value, "?> \t");
    for (apr_size_t i = 0; i < n; i++) {
        if (apr_iscntrl(value[i]))
            return NULL;
    }
    return n && memchr(value, '@', n) ? apr_pstrndup(pool, value, n) : NULL;
}

/* Apple writes the principal's URL where the principal lists it among its addresses. */
static const char *principal_address(const char *url, apr_pool_t *pool)
{
    const char *below = strstr(url, "/principals/");
    if (!below || (*url != '/' && strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0))
        return NULL;
    apr_size_t n = strlen(below);
    while (n && below[n - 1] == '/')
        n--;
    const char *path = apr_pstrndup(pool, below, n), *last = strrchr(path, '/');
    return last ? xc_mailto_address(last + 1, pool) : NULL;
}

const char *xc_address_of(const char *value, const char *email, apr_pool_t *pool)
{
    const char *address = NULL;
    if (value && strncasecmp(value, "mailto:", 7) == 0)
        address = mail_address(value + 7, pool);
    if (!address && email)
        address = mail_address(email, pool);
    if (!address && value)
        address = principal_address(value, pool);
    return address;
}
