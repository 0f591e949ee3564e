/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ACL method (RFC 3744 8.1) and what DAV:acl shows of a calendar. Exchange has one entry for each person, grants
 * only, and an entry each for everybody inside (Default: DAV:authenticated) and outside (Anonymous:
 * DAV:unauthenticated). Which of the rights of an entry go by "own items" DAV cannot say: an entry that comes back as
 * it was shown stays as it is.
 */
#include "dav/acl.h"

#include <apr_strings.h>
#include <string.h>

#include "dav/privileges.h"

/* More people than any list in a calendar program has. */
#define MAX_ACES 500

/* ---- Exchange's rows as privileges ---- */

static unsigned rights_of(const xc_grants_t *g)
{
    unsigned rights = 0;
    if (g->sees >= XC_SEES_TIME)
        rights |= XC_RIGHT_FREE_BUSY;
    if (g->sees == XC_SEES_ALL)
        rights |= XC_RIGHT_READ;
    if (g->create_items)
        rights |= XC_RIGHT_CREATE;
    if (g->edit == XC_EXTENT_ALL)
        rights |= XC_RIGHT_MODIFY;
    if (g->remove == XC_EXTENT_ALL)
        rights |= XC_RIGHT_DELETE;
    if (g->is_owner)
        rights |= XC_RIGHT_ADMIN | XC_MAY_WRITE_ACL;
    return rights;
}

/* Somebody whom the directory knows no more cannot be named; Exchange keeps him. */
static int is_shown(const xc_permission_t *p)
{
    return rights_of(&p->grants) && (p->who != XC_GRANTEE_USER || p->address);
}

static void write_principal(xc_dav_t *d, const xc_permission_t *p, xc_xmlw_t *w, apr_pool_t *pool)
{
    xc_xmlw_start(w, XC_NS_DAV, "principal");
    if (p->who == XC_GRANTEE_DEFAULT)
        xc_xmlw_element(w, XC_NS_DAV, "authenticated", NULL);
    else if (p->who == XC_GRANTEE_ANONYMOUS)
        xc_xmlw_element(w, XC_NS_DAV, "unauthenticated", NULL);
    else {
        xc_path_t path = xc_resource_path(d, XC_R_PRINCIPAL);
        path.address = p->address;
        xc_xmlw_element(w, XC_NS_DAV, "href", xc_resource_href(d, &path, pool));
    }
    xc_xmlw_end(w);
}

void xc_acl_write(xc_dav_t *d, const apr_array_header_t *permissions, xc_xmlw_t *w, apr_pool_t *pool)
{
    for (int i = 0; i < permissions->nelts; i++) {
        const xc_permission_t *p = &APR_ARRAY_IDX(permissions, i, xc_permission_t);
        if (!is_shown(p))
            continue;
        xc_xmlw_start(w, XC_NS_DAV, "ace");
        write_principal(d, p, w, pool);
        xc_xmlw_start(w, XC_NS_DAV, "grant");
        xc_privilege_write(w, rights_of(&p->grants), XC_R_CALENDAR);
        xc_xmlw_end(w);
        xc_xmlw_end(w);
    }
}

/* ---- reading the request ---- */

/* One entry, those for the same principal joined. */
typedef struct entry_t {
    xc_grantee_e who;
    const char *address;
    unsigned rights;
    int is_owner;               /* of the calendar's owner, whose entry is protected */
} entry_t;

static xc_error_t *refuse(xc_dav_t *d, xc_cond_e cond, const char *why)
{
    return xc_error_make(d->pool, 0, cond, "%s", why);
}

static xc_error_t *read_href(entry_t *e, xc_dav_t *d, const char *href)
{
    xc_path_t path;
    xc_error_t *err = xc_path_parse_url(&path, href, d->req->host_url, d->req->cfg->base, d->pool);
    if (err || path.kind != XC_R_PRINCIPAL)
        return refuse(d, XC_COND_RECOGNIZED_PRINCIPAL, "An entry names something that is no principal here.");
    e->address = path.address;
    return NULL;
}

static xc_error_t *read_principal(entry_t *e, xc_dav_t *d, const xmlNode *principal, const char *owner)
{
    const xmlNode *who = xc_xml_child(principal, NULL, NULL);
    if (xc_xml_is(who, XC_NS_DAV, "href"))
        XC_TRY(read_href(e, d, xc_xml_text(who, d->pool)));
    else if (xc_xml_is(who, XC_NS_DAV, "authenticated") || xc_xml_is(who, XC_NS_DAV, "all"))
        e->who = XC_GRANTEE_DEFAULT;
    else if (xc_xml_is(who, XC_NS_DAV, "unauthenticated"))
        e->who = XC_GRANTEE_ANONYMOUS;
    else if (xc_xml_is(who, XC_NS_DAV, "property") && xc_xml_child(who, XC_NS_DAV, "owner"))
        e->address = owner;
    else
        return refuse(d, XC_COND_ALLOWED_PRINCIPAL, "Exchange grants rights to people, to everybody inside and to everybody outside.");
    e->is_owner = e->address && !strcmp(e->address, owner);
    return NULL;
}

static const xc_privilege_t *find_privilege(const xmlNode *name)
{
    for (const xc_privilege_t *p = xc_privileges; p->name; p++)
        if ((p->kinds & XC_R_CALENDAR) && xc_xml_is(name, p->ns, p->name))
            return p;
    return NULL;
}

static xc_error_t *read_grant(entry_t *e, xc_dav_t *d, const xmlNode *grant)
{
    int content = 0, properties = 0;
    for (xmlNode *node = xc_xml_child(grant, XC_NS_DAV, "privilege"); node; node = xc_xml_next(node, XC_NS_DAV, "privilege")) {
        const xmlNode *name = xc_xml_child(node, NULL, NULL);
        const xc_privilege_t *p = find_privilege(name);
        if (!p)
            return refuse(d, XC_COND_NOT_SUPPORTED_PRIVILEGE, "A calendar has no such privilege: see its supported-privilege-set.");
        content = content || xc_xml_is(name, XC_NS_DAV, "write-content");
        properties = properties || xc_xml_is(name, XC_NS_DAV, "write-properties");
        if (!xc_xml_is(name, XC_NS_DAV, "read-current-user-privilege-set")) /* whoever has any, has this one */
            e->rights |= p->needs;
    }
    if (properties && !content && !(e->rights & XC_RIGHT_CREATE))
        return refuse(d, XC_COND_NOT_SUPPORTED_PRIVILEGE, "Exchange grants write-properties with write-content only.");
    if (e->rights & XC_RIGHT_READ)
        e->rights |= XC_RIGHT_FREE_BUSY;
    if (!e->rights)
        return refuse(d, XC_COND_NOT_SUPPORTED_PRIVILEGE, "An entry grants nothing that Exchange knows.");
    return NULL;
}

static void join(apr_array_header_t *entries, const entry_t *e)
{
    for (int i = 0; i < entries->nelts; i++) {
        entry_t *known = &APR_ARRAY_IDX(entries, i, entry_t);
        if (known->who == e->who && (e->who != XC_GRANTEE_USER || !strcmp(known->address, e->address))) {
            known->rights |= e->rights;
            return;
        }
    }
    APR_ARRAY_PUSH(entries, entry_t) = *e;
}

static xc_error_t *read_entries(apr_array_header_t **out, xc_dav_t *d, const xmlNode *root, const char *owner)
{
    int count = 0;
    *out = apr_array_make(d->pool, 8, sizeof(entry_t));
    for (xmlNode *ace = xc_xml_child(root, XC_NS_DAV, "ace"); ace; ace = xc_xml_next(ace, XC_NS_DAV, "ace")) {
        const xmlNode *principal = xc_xml_child(ace, XC_NS_DAV, "principal"), *grant = xc_xml_child(ace, XC_NS_DAV, "grant");
        entry_t e = { .who = XC_GRANTEE_USER };
        if (++count > MAX_ACES)
            return refuse(d, XC_COND_LIMITED_NUMBER_OF_ACES, "There are more entries than a calendar can have.");
        if (xc_xml_child(ace, XC_NS_DAV, "invert"))
            return refuse(d, XC_COND_NO_INVERT, "Exchange cannot grant to everybody but somebody.");
        if (xc_xml_child(ace, XC_NS_DAV, "deny"))
            return refuse(d, XC_COND_GRANT_ONLY, "Exchange grants, and does not deny.");
        if (!principal || !grant)
            return xc_error_make(d->pool, 400, XC_COND_NONE, "An entry has a principal and a grant.");
        if (xc_xml_child(ace, XC_NS_DAV, "inherited"))
            return refuse(d, XC_COND_NO_ACE_CONFLICT, "Nothing is inherited here.");
        XC_TRY(read_principal(&e, d, principal, owner));
        XC_TRY(read_grant(&e, d, grant));
        join(*out, &e);
    }
    return NULL;
}

/* ---- the new list ---- */

static xc_error_t *make_permission(xc_permission_t *p, xc_dav_t *d, const entry_t *e)
{
    unsigned admin = e->rights & (XC_RIGHT_ADMIN | XC_MAY_WRITE_ACL);
    unsigned write = XC_RIGHT_READ | XC_RIGHT_CREATE | XC_RIGHT_MODIFY | XC_RIGHT_DELETE;
    memset(p, 0, sizeof(*p));
    if (admin && (admin != (XC_RIGHT_ADMIN | XC_MAY_WRITE_ACL) || (e->rights & write) != write))
        return refuse(d, XC_COND_NOT_SUPPORTED_PRIVILEGE, "In Exchange who may see or change this list may do everything: grant DAV:all.");
    if (admin && e->who != XC_GRANTEE_USER)
        return refuse(d, XC_COND_NOT_SUPPORTED_PRIVILEGE, "Not everybody can be made an owner of a calendar.");
    p->who = e->who;
    p->address = e->address;
    p->grants.create_items = (e->rights & XC_RIGHT_CREATE) != 0;
    p->grants.create_folders = p->grants.is_owner = admin != 0;
    p->grants.is_visible = (e->rights & write) != 0;
    p->grants.edit = (e->rights & XC_RIGHT_MODIFY) ? XC_EXTENT_ALL : XC_EXTENT_NONE;
    p->grants.remove = (e->rights & XC_RIGHT_DELETE) ? XC_EXTENT_ALL : XC_EXTENT_NONE;
    p->grants.sees = (e->rights & XC_RIGHT_READ) ? XC_SEES_ALL : (e->rights & XC_RIGHT_FREE_BUSY) ? XC_SEES_TIME : XC_SEES_NOTHING;
    p->level = xc_sharing_level_of(&p->grants);
    return NULL;
}

static const entry_t *find_entry(const apr_array_header_t *entries, const xc_permission_t *p)
{
    for (int i = 0; i < entries->nelts; i++) {
        const entry_t *e = &APR_ARRAY_IDX(entries, i, entry_t);
        if (e->who == p->who && (e->who != XC_GRANTEE_USER || (p->address && !strcmp(e->address, p->address))))
            return e;
    }
    return NULL;
}

static int has(const apr_array_header_t *list, const entry_t *e)
{
    for (int i = 0; i < list->nelts; i++) {
        const xc_permission_t *p = &APR_ARRAY_IDX(list, i, xc_permission_t);
        if (p->who == e->who && (p->who != XC_GRANTEE_USER || (p->address && !strcmp(p->address, e->address))))
            return 1;
    }
    return 0;
}

/* The rows that stay, as they are or with other rights; without rights but on the list stay Default and Anonymous. */
static xc_error_t *keep_rows(apr_array_header_t *list, int *changed, xc_dav_t *d, const apr_array_header_t *now, const apr_array_header_t *entries)
{
    for (int i = 0; i < now->nelts; i++) {
        const xc_permission_t *old = &APR_ARRAY_IDX(now, i, xc_permission_t);
        const entry_t *e = find_entry(entries, old);
        xc_permission_t p = *old;
        if (e && e->rights != rights_of(&old->grants)) {
            XC_TRY(make_permission(&p, d, e));
            *changed = 1;
        }
        else if (!e && is_shown(old)) {
            *changed = 1;
            if (old->who == XC_GRANTEE_USER)
                continue;
            memset(&p.grants, 0, sizeof(p.grants));
            p.level = "None";
        }
        APR_ARRAY_PUSH(list, xc_permission_t) = p;
    }
    return NULL;
}

xc_error_t *xc_method_acl(xc_dav_t *d)
{
    apr_array_header_t *entries, *now, *list = apr_array_make(d->pool, 8, sizeof(xc_permission_t));
    xc_resource_t *r;
    xmlNode *root;
    int changed = 0;
    XC_TRY(xc_ask_xml(&root, d));
    if (!xc_xml_is(root, XC_NS_DAV, "acl"))
        return xc_error_make(d->pool, 400, XC_COND_NONE, "The body of an ACL request is a DAV:acl.");
    XC_TRY(xc_resource_self(&r, d));
    XC_TRY(xc_precond_match(d, r));
    XC_TRY(read_entries(&entries, d, root, xc_mailbox_address(r->cal->mailbox)));
    XC_TRY(xc_calendar_permissions(&now, r->cal, d->pool));
    XC_TRY(keep_rows(list, &changed, d, now, entries));
    for (int i = 0; i < entries->nelts; i++) {
        const entry_t *e = &APR_ARRAY_IDX(entries, i, entry_t);
        if (e->is_owner) {
            /* the protected entry, come back as it was shown; anything less would be a change to it */
            if (!(e->rights & XC_MAY_WRITE_ACL))
                return refuse(d, XC_COND_NO_PROTECTED_ACE_CONFLICT, "What the owner of a calendar may do cannot be changed.");
            continue;
        }
        if (has(list, e))
            continue;
        XC_TRY(make_permission(apr_array_push(list), d, e));
        changed = 1;
    }
    if (changed)
        XC_TRY(xc_calendar_set_permissions(r->cal, list, d->pool));
    xc_reply_empty(d, 200);
    return NULL;
}
