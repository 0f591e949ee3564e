/* SPDX-License-Identifier: Apache-2.0 */
/* Live properties of RFC 3744: who owns it, who may do what, and who a principal is. */
#include <apr_strings.h>

#include "dav/dav.h"
#include "dav/privileges.h"

#define WRITE (XC_RIGHT_CREATE | XC_RIGHT_MODIFY | XC_RIGHT_DELETE)

const xc_privilege_t xc_privileges[] = {
    { XC_NS_DAV, "all", 0, XC_RIGHT_READ | WRITE, "Everything" },
    { XC_NS_DAV, "read", 1, XC_RIGHT_READ, "Read" },
    { XC_NS_CALDAV, "read-free-busy", 2, XC_RIGHT_READ, "See when it is busy" },
    { XC_NS_DAV, "read-acl", 1, XC_RIGHT_READ, "Read who may do what" },
    { XC_NS_DAV, "read-current-user-privilege-set", 1, XC_RIGHT_READ, "Read one's own privileges" },
    { XC_NS_DAV, "write", 1, WRITE, "Write" },
    { XC_NS_DAV, "write-content", 2, XC_RIGHT_MODIFY, "Change events" },
    { XC_NS_DAV, "write-properties", 2, XC_RIGHT_MODIFY, "Change properties" },
    { XC_NS_DAV, "bind", 2, XC_RIGHT_CREATE, "Add events" },
    { XC_NS_DAV, "unbind", 2, XC_RIGHT_DELETE, "Delete events" },
    { NULL, NULL, 0, 0, NULL },
};

unsigned xc_privilege_rights(const xc_dav_t *d, const xc_resource_t *r)
{
    unsigned rights;
    if (r->cal)
        rights = r->cal->folder.rights;
    else if (r->path.kind == XC_R_HOME)
        rights = XC_RIGHT_READ | WRITE;
    else if (r->path.kind == XC_R_PRINCIPAL)
        rights = XC_RIGHT_READ | XC_RIGHT_MODIFY; /* its dead properties */
    else
        rights = XC_RIGHT_READ;
    return d->req->cfg->read_only ? rights & XC_RIGHT_READ : rights;
}

void xc_privilege_write(xc_xmlw_t *w, unsigned rights)
{
    for (const xc_privilege_t *p = xc_privileges; p->name; p++) {
        if ((rights & p->needs) != p->needs)
            continue;
        xc_xmlw_start(w, XC_NS_DAV, "privilege");
        xc_xmlw_element(w, p->ns, p->name, NULL);
        xc_xmlw_end(w);
    }
}

static void put_current_privileges(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)pool;
    xc_privilege_write(w, xc_privilege_rights(d, r));
}

static void put_supported_privileges(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    int open = 0;
    (void)d;
    (void)r;
    (void)pool;
    for (const xc_privilege_t *p = xc_privileges; p->name; p++) {
        for (; open > p->depth; open--)
            xc_xmlw_end(w);
        xc_xmlw_start(w, XC_NS_DAV, "supported-privilege");
        xc_xmlw_start(w, XC_NS_DAV, "privilege");
        xc_xmlw_element(w, p->ns, p->name, NULL);
        xc_xmlw_end(w);
        xc_xmlw_start(w, XC_NS_DAV, "description");
        xc_xmlw_attr(w, "xml:lang", "en");
        xc_xmlw_text(w, p->description);
        xc_xmlw_end(w);
        open++;
    }
    for (; open > 0; open--)
        xc_xmlw_end(w);
}

/* One protected entry: what the owner, who is the only one to see it, may do. */
static void put_acl(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    xc_path_t owner = xc_resource_path(d, XC_R_PRINCIPAL);
    xc_xmlw_start(w, XC_NS_DAV, "ace");
    xc_xmlw_start(w, XC_NS_DAV, "principal");
    xc_xmlw_element(w, XC_NS_DAV, "href", xc_resource_href(d, &owner, pool));
    xc_xmlw_end(w);
    xc_xmlw_start(w, XC_NS_DAV, "grant");
    xc_privilege_write(w, xc_privilege_rights(d, r));
    xc_xmlw_end(w);
    xc_xmlw_element(w, XC_NS_DAV, "protected", NULL);
    xc_xmlw_end(w);
}

static void put_acl_restrictions(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)r;
    (void)pool;
    xc_xmlw_element(w, XC_NS_DAV, "grant-only", NULL);
    xc_xmlw_element(w, XC_NS_DAV, "no-invert", NULL);
}

static apr_array_header_t *no_refs(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)d;
    (void)r;
    return apr_array_make(pool, 1, sizeof(xc_path_t));
}

static apr_array_header_t *ref_to(xc_dav_t *d, xc_rkind_e kind, apr_pool_t *pool)
{
    apr_array_header_t *refs = apr_array_make(pool, 1, sizeof(xc_path_t));
    APR_ARRAY_PUSH(refs, xc_path_t) = xc_resource_path(d, kind);
    return refs;
}

static apr_array_header_t *ref_principal(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)r;
    return ref_to(d, XC_R_PRINCIPAL, pool);
}

static apr_array_header_t *ref_principals(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)r;
    return ref_to(d, XC_R_PRINCIPALS, pool);
}

const xc_liveprop_t xc_props_acl[] = {
    { XC_NS_DAV, "current-user-principal", XC_R_ALL, 0, NULL, NULL, ref_principal, NULL },
    { XC_NS_DAV, "current-user-privilege-set", XC_R_ALL, 0, NULL, put_current_privileges, NULL, NULL },
    { XC_NS_DAV, "owner", XC_R_OWNED, 0, NULL, NULL, ref_principal, NULL },
    { XC_NS_DAV, "group", XC_R_OWNED, 0, NULL, NULL, no_refs, NULL },
    { XC_NS_DAV, "supported-privilege-set", XC_R_ALL, 0, NULL, put_supported_privileges, NULL, NULL },
    { XC_NS_DAV, "acl", XC_R_ALL, 0, NULL, put_acl, NULL, NULL },
    { XC_NS_DAV, "acl-restrictions", XC_R_ALL, 0, NULL, put_acl_restrictions, NULL, NULL },
    { XC_NS_DAV, "inherited-acl-set", XC_R_ALL, 0, NULL, NULL, no_refs, NULL },
    { XC_NS_DAV, "principal-collection-set", XC_R_ALL, 0, NULL, NULL, ref_principals, NULL },
    { XC_NS_DAV, "principal-URL", XC_R_PRINCIPAL, 0, NULL, NULL, ref_principal, NULL },
    { XC_NS_DAV, "alternate-URI-set", XC_R_PRINCIPAL, 0, NULL, NULL, no_refs, NULL },
    { XC_NS_DAV, "group-member-set", XC_R_PRINCIPAL, 0, NULL, NULL, no_refs, NULL },
    { XC_NS_DAV, "group-membership", XC_R_PRINCIPAL, 0, NULL, NULL, no_refs, NULL },
    { NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};
