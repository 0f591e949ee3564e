/* SPDX-License-Identifier: Apache-2.0 */
/* Live properties of RFC 3744: who owns it, who may do what, and who a principal is. */
#include <apr_strings.h>

#include "dav/acl.h"
#include "dav/dav.h"
#include "dav/privileges.h"

#define WRITE (XC_RIGHT_CREATE | XC_RIGHT_MODIFY | XC_RIGHT_DELETE)
#define ALL   (XC_RIGHT_READ | WRITE | XC_RIGHT_FREE_BUSY | XC_RIGHT_ADMIN | XC_MAY_WRITE_ACL)

#define DELIVER XC_MAY_DELIVER
#define SEND    (XC_MAY_INVITE | XC_MAY_ASK_BUSY)

const xc_privilege_t xc_privileges[] = {
    { XC_NS_DAV, "all", 0, ALL, XC_R_ALL, "Everything" },
    { XC_NS_DAV, "read", 1, XC_RIGHT_READ, XC_R_ALL, "Read" },
    { XC_NS_CALDAV, "read-free-busy", 2, XC_RIGHT_FREE_BUSY, XC_R_ALL, "See when it is busy" },
    { XC_NS_DAV, "read-acl", 1, XC_RIGHT_ADMIN, XC_R_ALL, "Read who may do what" },
    { XC_NS_DAV, "read-current-user-privilege-set", 1, XC_RIGHT_FREE_BUSY, XC_R_ALL, "Read one's own privileges" },
    { XC_NS_DAV, "write", 1, WRITE, XC_R_ALL, "Write" },
    { XC_NS_DAV, "write-content", 2, XC_RIGHT_MODIFY, XC_R_ALL, "Change events" },
    { XC_NS_DAV, "write-properties", 2, XC_RIGHT_MODIFY, XC_R_ALL, "Change properties" },
    { XC_NS_DAV, "bind", 2, XC_RIGHT_CREATE, XC_R_ALL, "Add events" },
    { XC_NS_DAV, "unbind", 2, XC_RIGHT_DELETE, XC_R_ALL, "Delete events" },
    { XC_NS_DAV, "write-acl", 1, XC_MAY_WRITE_ACL, XC_R_ALL, "Change who may do what" },
    { XC_NS_CALDAV, "schedule-deliver", 1, DELIVER, XC_R_INBOX, "Have scheduling messages delivered" },
    { XC_NS_CALDAV, "schedule-deliver-invite", 2, DELIVER, XC_R_INBOX, "Have invitations delivered" },
    { XC_NS_CALDAV, "schedule-deliver-reply", 2, DELIVER, XC_R_INBOX, "Have answers delivered" },
    { XC_NS_CALDAV, "schedule-query-freebusy", 2, DELIVER, XC_R_INBOX, "Be asked when busy" },
    { XC_NS_CALDAV, "schedule-send", 1, SEND, XC_R_OUTBOX, "Send scheduling messages" },
    { XC_NS_CALDAV, "schedule-send-invite", 2, XC_MAY_INVITE, XC_R_OUTBOX, "Invite" },
    { XC_NS_CALDAV, "schedule-send-reply", 2, XC_MAY_INVITE, XC_R_OUTBOX, "Answer invitations" },
    { XC_NS_CALDAV, "schedule-send-freebusy", 2, XC_MAY_ASK_BUSY, XC_R_OUTBOX, "Ask when others are busy" },
    { NULL, NULL, 0, 0, 0, NULL },
};

/*
 * What is one's own is one's own to give away. Of others' folders Exchange does not say whose events may be changed and
 * deleted: those of everybody or those that one added; to a folder's own Modify and Delete it is all the same. Whoever
 * may add events is told that he may write, and refused where Exchange refuses.
 */
static unsigned of_calendar(const xc_calendar_t *cal)
{
    unsigned rights = cal->folder.rights;
    if (xc_mailbox_is_own(cal->mailbox))
        return rights | XC_RIGHT_ADMIN | XC_MAY_WRITE_ACL;
    if (rights & XC_RIGHT_CREATE)
        rights |= WRITE;
    return rights;
}

unsigned xc_privilege_rights(const xc_dav_t *d, const xc_resource_t *r)
{
    unsigned rights;
    int own = xc_resource_is_own(d, &r->path);
    if (r->path.kind & (XC_R_INBOX | XC_R_MESSAGE)) /* its properties; to be emptied, not filled, by clients */
        rights = XC_RIGHT_READ | XC_RIGHT_ADMIN | XC_RIGHT_MODIFY | XC_RIGHT_DELETE | XC_MAY_DELIVER;
    else if (r->path.kind == XC_R_OUTBOX)
        rights = XC_RIGHT_READ | XC_RIGHT_ADMIN | XC_MAY_ASK_BUSY | (d->req->cfg->scheduling ? XC_MAY_INVITE : 0);
    else if (r->cal)
        rights = of_calendar(r->cal);
    else if (r->path.kind == XC_R_HOME)
        rights = own ? ALL : XC_RIGHT_READ;
    else if (r->path.kind & (XC_R_PRINCIPAL | XC_R_PROXY))
        rights = own ? XC_RIGHT_READ | XC_RIGHT_MODIFY : XC_RIGHT_READ; /* its dead properties, its members */
    else
        rights = XC_RIGHT_READ;
    if (rights & XC_RIGHT_READ)
        rights |= XC_RIGHT_FREE_BUSY;
    int read_only = d->req->cfg->read_only || xc_mailbox_is_read_only(r->cal ? r->cal->mailbox : d->mailbox);
    return read_only ? rights & ~(WRITE | XC_MAY_WRITE_ACL | XC_MAY_INVITE) : rights;
}

void xc_privilege_write(xc_xmlw_t *w, unsigned rights, unsigned kind)
{
    for (const xc_privilege_t *p = xc_privileges; p->name; p++) {
        if ((rights & p->needs) != p->needs || !(p->kinds & kind))
            continue;
        xc_xmlw_start(w, XC_NS_DAV, "privilege");
        xc_xmlw_element(w, p->ns, p->name, NULL);
        xc_xmlw_end(w);
    }
}

static void put_current_privileges(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)pool;
    xc_privilege_write(w, xc_privilege_rights(d, r), r->path.kind);
}

static void put_supported_privileges(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    int open = 0;
    (void)d;
    (void)pool;
    for (const xc_privilege_t *p = xc_privileges; p->name; p++) {
        if (!(p->kinds & r->path.kind))
            continue;
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

/* The protected entry of the owner, then whom Exchange lets in besides. */
static void put_acl(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    xc_path_t owner = xc_resource_path(d, XC_R_PRINCIPAL);
    int foreign = r->cal && !xc_mailbox_is_own(r->cal->mailbox);
    if (foreign)
        owner.address = xc_mailbox_address(r->cal->mailbox);
    xc_xmlw_start(w, XC_NS_DAV, "ace");
    xc_xmlw_start(w, XC_NS_DAV, "principal");
    xc_xmlw_element(w, XC_NS_DAV, "href", xc_resource_href(d, &owner, pool));
    xc_xmlw_end(w);
    xc_xmlw_start(w, XC_NS_DAV, "grant");
    xc_privilege_write(w, foreign ? ALL : xc_privilege_rights(d, r), r->path.kind);
    xc_xmlw_end(w);
    xc_xmlw_element(w, XC_NS_DAV, "protected", NULL);
    xc_xmlw_end(w);
    if (r->acl)
        xc_acl_write(d, r->acl, w, pool);
}

/* Of a calendar: when Exchange lets the account know. */
static int has_acl(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    if (r->acl || r->path.kind != XC_R_CALENDAR || !r->acl_error)
        return 200;
    return r->acl_error->status == 404 ? 404 : 403;
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

/* Of a calendar that lies in another's mailbox, wherever it is listed: that one. */
static apr_array_header_t *ref_owner(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    apr_array_header_t *refs = ref_to(d, XC_R_PRINCIPAL, pool);
    APR_ARRAY_IDX(refs, 0, xc_path_t).address = r->cal ? xc_mailbox_address(r->cal->mailbox) : r->path.address;
    return refs;
}

static apr_array_header_t *ref_self(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    apr_array_header_t *refs = apr_array_make(pool, 1, sizeof(xc_path_t));
    (void)d;
    APR_ARRAY_PUSH(refs, xc_path_t) = r->path;
    return refs;
}

static apr_array_header_t *ref_principals(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)r;
    return ref_to(d, XC_R_PRINCIPALS, pool);
}

const xc_liveprop_t xc_props_acl[] = {
    { XC_NS_DAV, "current-user-principal", XC_R_ALL, 0, NULL, NULL, ref_principal, NULL },
    { XC_NS_DAV, "current-user-privilege-set", XC_R_ALL, 0, NULL, put_current_privileges, NULL, NULL },
    { XC_NS_DAV, "owner", XC_R_OWNED, 0, NULL, NULL, ref_owner, NULL },
    { XC_NS_DAV, "group", XC_R_OWNED, 0, NULL, NULL, no_refs, NULL },
    { XC_NS_DAV, "supported-privilege-set", XC_R_ALL, 0, NULL, put_supported_privileges, NULL, NULL },
    { XC_NS_DAV, "acl", XC_R_ALL, XC_P_ACL, has_acl, put_acl, NULL, NULL },
    { XC_NS_DAV, "acl-restrictions", XC_R_ALL, 0, NULL, put_acl_restrictions, NULL, NULL },
    { XC_NS_DAV, "inherited-acl-set", XC_R_ALL, 0, NULL, NULL, no_refs, NULL },
    { XC_NS_DAV, "principal-collection-set", XC_R_ALL, 0, NULL, NULL, ref_principals, NULL },
    { XC_NS_DAV, "principal-URL", XC_R_PRINCIPAL, 0, NULL, NULL, ref_owner, NULL },
    { XC_NS_DAV, "principal-URL", XC_R_PROXY, 0, NULL, NULL, ref_self, NULL },
    { XC_NS_DAV, "alternate-URI-set", XC_R_PRINCIPAL | XC_R_PROXY, 0, NULL, NULL, no_refs, NULL },
    { XC_NS_DAV, "group-membership", XC_R_PROXY, 0, NULL, NULL, no_refs, NULL },
    { NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};
