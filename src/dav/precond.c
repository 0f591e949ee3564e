/* SPDX-License-Identifier: Apache-2.0 */
/* The conditions of a request: If, If-Match, If-None-Match (RFC 4918 10.4, RFC 9110 13). */
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "dav/dav.h"
#include "dav/if_header.h"

int xc_etag_listed(const char *list, const char *etag, int weak_ok)
{
    const char *p = list;
    for (;;) {
        while (apr_isspace(*p) || *p == ',')
            p++;
        if (!*p)
            return 0;
        if (*p == '*')
            return 1;
        int weak = p[0] == 'W' && p[1] == '/';
        if (weak)
            p += 2;
        if (*p != '"') { /* not a tag: names nothing */
            p += strcspn(p, ",");
            continue;
        }
        const char *end = strchr(p + 1, '"');
        if (!end)
            return 0;
        apr_size_t len = (apr_size_t)(end - p - 1);
        if ((!weak || weak_ok) && etag && strlen(etag) == len && !memcmp(p + 1, etag, len))
            return 1;
        p = end + 1;
    }
}

static xc_error_t *find_tagged(xc_resource_t **out, xc_dav_t *d, const char *tag)
{
    xc_path_t path = d->path;
    xc_error_t *err = NULL;
    *out = NULL;
    if (tag)
        err = xc_path_parse_url(&path, tag, d->req->host_url, d->req->cfg->base, d->pool);
    if (!err)
        err = xc_resource_find(out, d, &path);
    /* what does not exist, or elsewhere, has no state: its conditions are false */
    return err && err->status >= 500 && err->status != 502 ? err : NULL;
}

static xc_error_t *if_holds(void *ctx, int *holds, const char *tag, const char *token, int is_etag)
{
    xc_dav_t *d = ctx;
    xc_resource_t *r;
    *holds = 0;
    if (!is_etag && strncmp(token, "data:", 5))
        return NULL; /* lock tokens: there are no locks */
    XC_TRY(find_tagged(&r, d, tag));
    if (!r)
        return NULL;
    if (is_etag)
        *holds = r->item && xc_etag_listed(token, r->item->etag, 0);
    else if (r->path.kind & XC_R_LOGGED) { /* a sync-token is a state token, RFC 6578 5 */
        XC_TRY(xc_calendar_refresh(r->cal, d->pool));
        *holds = !strcmp(token, xc_sync_token(r->cal, d->pool));
    }
    return NULL;
}

xc_error_t *xc_precond_if(xc_dav_t *d)
{
    const char *header = xc_ask_header(d, "If");
    return header ? xc_if_check(header, if_holds, d, d->pool) : NULL;
}

xc_error_t *xc_precond_match(xc_dav_t *d, const xc_resource_t *r)
{
    const char *match = xc_ask_header(d, "If-Match"), *none = xc_ask_header(d, "If-None-Match");
    const char *etag = r && r->item ? r->item->etag : NULL;
    if (match && (!r || !xc_etag_listed(match, etag, 0)))
        return xc_error_make(d->pool, 412, XC_COND_NONE, "The resource is not the one that If-Match names.");
    if (none && r && xc_etag_listed(none, etag, 1))
        return xc_error_make(d->pool, 412, XC_COND_NONE, "The resource exists as If-None-Match says it should not.");
    return NULL;
}

xc_error_t *xc_precond_if_match(xc_dav_t *d, const char *etag)
{
    const char *match = xc_ask_header(d, "If-Match");
    if (match && !xc_etag_listed(match, etag, 0))
        return xc_error_make(d->pool, 412, XC_COND_NONE, "The resource is not the one that If-Match names.");
    return NULL;
}

int xc_precond_not_modified(const xc_dav_t *d, const char *etag)
{
    const char *none = xc_ask_header(d, "If-None-Match");
    return none && xc_etag_listed(none, etag, 1);
}
