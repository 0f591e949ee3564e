/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calendar user proxies (CalendarServer's caldav-proxy): each principal has two groups below it, of those who may read
 * and those who may change its owner's calendars; and a principal tells for whom it may act.
 */
#include "dav/proxies.h"

#include <apr_strings.h>
#include <string.h>

#include "mailbox/sharing.h"

int xc_proxy_is_writing(const xc_path_t *path)
{
    return path->name && !strcmp(path->name, XC_SEGMENT_PROXY_WRITE);
}

static xc_error_t *passing_only(xc_error_t *err)
{
    return err && (err->status == 401 || xc_error_is_passing(err)) ? err : NULL;
}

xc_error_t *xc_proxy_prepare(xc_dav_t *d, xc_resource_t *r, unsigned needs)
{
    if ((needs & XC_P_MEMBERS) && r->path.kind == XC_R_PROXY && !r->proxies) {
        if (xc_resource_is_own(d, &r->path))
            r->proxies_error = xc_mailbox_proxies(&r->proxies, d->req->mailbox, d->pool);
        else
            r->proxies_error = xc_error_make(d->pool, 0, XC_COND_NEED_PRIVILEGES, "Who acts for somebody is his own affair.");
        XC_TRY(passing_only(r->proxies_error));
    }
    /* for whom the account acts is told of the account alone */
    if ((needs & XC_P_SHARED) && r->path.kind == XC_R_PRINCIPAL && xc_resource_is_own(d, &r->path) && !d->shared)
        XC_TRY(passing_only(xc_mailbox_shared(&d->shared, d->req->mailbox, d->pool)));
    return NULL;
}

static xc_path_t principal_path(const xc_dav_t *d, const char *address)
{
    xc_path_t path = xc_resource_path(d, XC_R_PRINCIPAL);
    path.address = address;
    return path;
}

static int has_members(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    return r->proxies_error ? (r->proxies_error->status == 404 ? 404 : 403) : 200;
}

static apr_array_header_t *ref_members(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    apr_array_header_t *refs = apr_array_make(pool, 8, sizeof(xc_path_t));
    const apr_array_header_t *who = !r->proxies ? NULL : xc_proxy_is_writing(&r->path) ? r->proxies->writers : r->proxies->readers;
    for (int i = 0; who && i < who->nelts; i++)
        APR_ARRAY_PUSH(refs, xc_path_t) = principal_path(d, APR_ARRAY_IDX(who, i, const char *));
    return refs;
}

/* The calendars of others that may be changed, or those that may only be read. */
static apr_array_header_t *ref_shared(const xc_dav_t *d, const xc_resource_t *r, int writing, int groups, apr_pool_t *pool)
{
    apr_array_header_t *refs = apr_array_make(pool, 8, sizeof(xc_path_t));
    if (!d->shared || !xc_resource_is_own(d, &r->path))
        return refs;
    for (int i = 0; i < d->shared->nelts; i++) {
        const xc_sharedcal_t *one = &APR_ARRAY_IDX(d->shared, i, xc_sharedcal_t);
        if (((one->folder.rights & XC_RIGHT_CREATE) != 0) != writing)
            continue;
        xc_path_t path = principal_path(d, one->address);
        if (groups) {
            path.kind = XC_R_PROXY;
            path.name = writing ? XC_SEGMENT_PROXY_WRITE : XC_SEGMENT_PROXY_READ;
        }
        APR_ARRAY_PUSH(refs, xc_path_t) = path;
    }
    return refs;
}

static apr_array_header_t *ref_read_for(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    return ref_shared(d, r, 0, 0, pool);
}

static apr_array_header_t *ref_write_for(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    return ref_shared(d, r, 1, 0, pool);
}

/* RFC 3744 4.4: the groups that the account is a member of. */
static apr_array_header_t *ref_membership(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    return apr_array_append(pool, ref_shared(d, r, 0, 1, pool), ref_shared(d, r, 1, 1, pool));
}

const xc_liveprop_t xc_props_proxies[] = {
    { XC_NS_DAV, "group-member-set", XC_R_PROXY, XC_P_MEMBERS | XC_P_SETTABLE, has_members, NULL, ref_members, NULL },
    { XC_NS_DAV, "group-membership", XC_R_PRINCIPAL, XC_P_SHARED, NULL, NULL, ref_membership, NULL },
    { XC_NS_CS, "calendar-proxy-read-for", XC_R_PRINCIPAL, XC_P_SHARED, NULL, NULL, ref_read_for, NULL },
    { XC_NS_CS, "calendar-proxy-write-for", XC_R_PRINCIPAL, XC_P_SHARED, NULL, NULL, ref_write_for, NULL },
    { NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};

/* ---- changing the groups ---- */

static xc_error_t *read_members(apr_array_header_t *addresses, xc_dav_t *d, const xmlNode *value)
{
    for (xmlNode *href = xc_xml_child(value, XC_NS_DAV, "href"); href; href = xc_xml_next(href, XC_NS_DAV, "href")) {
        const char *text = xc_xml_text(href, d->pool);
        xc_path_t path;
        if (xc_path_parse_url(&path, text, d->req->host_url, d->req->cfg->base, d->pool) || path.kind != XC_R_PRINCIPAL)
            return xc_error_make(d->pool, 0, XC_COND_RECOGNIZED_PRINCIPAL, "A member of this group is no principal here.");
        if (addresses->nelts == XC_PROXY_MAX_MEMBERS)
            return xc_error_make(d->pool, 507, XC_COND_NONE, "A group has at most %d members.", XC_PROXY_MAX_MEMBERS);
        APR_ARRAY_PUSH(addresses, const char *) = path.address;
    }
    return NULL;
}

xc_error_t *xc_proxy_store(xc_dav_t *d, const xc_resource_t *r, const xc_proppatch_t *patch)
{
    apr_array_header_t *addresses = apr_array_make(d->pool, 8, sizeof(const char *));
    /* the last word on the only property that can be set here */
    const xc_propchange_t *c = &APR_ARRAY_IDX(patch->changes, patch->changes->nelts - 1, xc_propchange_t);
    if (!xc_resource_is_own(d, &r->path))
        return xc_error_make(d->pool, 0, XC_COND_NEED_PRIVILEGES, "Who acts for somebody is his own affair.");
    if (c->node)
        XC_TRY(read_members(addresses, d, c->node));
    return xc_mailbox_set_proxies(d->req->mailbox, xc_proxy_is_writing(&r->path), addresses, d->pool);
}
