/* SPDX-License-Identifier: Apache-2.0 */
/* Reports about the account's own principal (RFC 3744 9.2, 9.3); principal_search.c looks for others. */
#include <apr_strings.h>
#include <string.h>

#include "dav/dav.h"
#include "dav/people.h"

static xc_error_t *answer_with(xc_dav_t *d, apr_array_header_t *found, const xc_want_t *want)
{
    for (int i = 0; i < found->nelts; i++) {
        xc_resource_t *r = APR_ARRAY_IDX(found, i, xc_resource_t *);
        XC_TRY(xc_props_prepare(d, r, xc_want_needs(want, r->path.kind), d->pool));
    }
    xc_ms_t *ms = xc_ms_make(d, 207, XC_NS_DAV, "multistatus");
    xc_props_respond_all(ms, found, want);
    return xc_ms_end(ms);
}

static void add_own_principal(apr_array_header_t *found, xc_dav_t *d)
{
    xc_resource_t *r = apr_pcalloc(d->pool, sizeof(*r));
    r->path = xc_resource_path(d, XC_R_PRINCIPAL);
    APR_ARRAY_PUSH(found, xc_resource_t *) = r;
}

/* Does this property of the resource name the account's principal? */
static int refers_to_me(xc_dav_t *d, const xc_resource_t *r, const xmlNode *prop)
{
    xc_path_t me = xc_resource_path(d, XC_R_PRINCIPAL);
    const xc_liveprop_t *live = prop ? xc_liveprop_find(xc_xml_ns(prop), (const char *)prop->name, r->path.kind) : NULL;
    apr_array_header_t *refs = live && live->refs ? live->refs(d, r, d->pool) : NULL;
    for (int i = 0; refs && i < refs->nelts; i++)
        if (xc_path_equal(&me, &APR_ARRAY_IDX(refs, i, xc_path_t)))
            return 1;
    return 0;
}

static xc_error_t *list_candidates(apr_array_header_t *candidates, xc_dav_t *d, const xc_resource_t *self)
{
    apr_array_header_t *calendars;
    if (self->path.kind != XC_R_HOME) {
        add_own_principal(candidates, d);
        return NULL;
    }
    XC_TRY(xc_resource_calendars(&calendars, d));
    for (int i = 0; i < calendars->nelts; i++)
        APR_ARRAY_PUSH(candidates, xc_resource_t *) = xc_resource_of_calendar(d, APR_ARRAY_IDX(calendars, i, xc_calendar_t *), d->pool);
    return NULL;
}

xc_error_t *xc_report_principal_match(xc_dav_t *d, xmlNode *root, xc_resource_t *self)
{
    const xmlNode *property = xc_xml_child(root, XC_NS_DAV, "principal-property");
    apr_array_header_t *candidates = apr_array_make(d->pool, 4, sizeof(xc_resource_t *));
    apr_array_header_t *found = apr_array_make(d->pool, 4, sizeof(xc_resource_t *));
    xc_want_t *want;
    int depth;
    XC_TRY(xc_ask_depth(&depth, d));
    if (depth != XC_DEPTH_ABSENT && depth != 0)
        return xc_error_make(d->pool, 400, XC_COND_NONE, "principal-match is asked with Depth 0.");
    if ((property != NULL) == (xc_xml_child(root, XC_NS_DAV, "self") != NULL))
        return xc_error_make(d->pool, 400, XC_COND_NONE, "principal-match has either self or a principal-property.");
    XC_TRY(xc_want_parse_or_none(&want, root, d->pool));
    XC_TRY(list_candidates(candidates, d, self));
    for (int i = 0; i < candidates->nelts; i++) {
        xc_resource_t *r = APR_ARRAY_IDX(candidates, i, xc_resource_t *);
        if (property ? refers_to_me(d, r, xc_xml_child(property, NULL, NULL)) : r->path.kind == XC_R_PRINCIPAL)
            APR_ARRAY_PUSH(found, xc_resource_t *) = r;
    }
    return answer_with(d, found, want);
}

xc_error_t *xc_report_acl_principals(xc_dav_t *d, xmlNode *root, xc_resource_t *self)
{
    apr_array_header_t *found = apr_array_make(d->pool, 1, sizeof(xc_resource_t *));
    xc_want_t *want;
    int depth;
    XC_TRY(xc_ask_depth(&depth, d));
    if (depth != XC_DEPTH_ABSENT && depth != 0)
        return xc_error_make(d->pool, 400, XC_COND_NONE, "acl-principal-prop-set is asked with Depth 0.");
    XC_TRY(xc_want_parse_or_none(&want, root, d->pool));
    add_own_principal(found, d); /* of the protected entry */
    XC_TRY(xc_props_prepare(d, self, XC_P_ACL, d->pool));
    for (int i = 0; self->acl && i < self->acl->nelts; i++) {
        const xc_permission_t *p = &APR_ARRAY_IDX(self->acl, i, xc_permission_t);
        xc_resource_t *person;
        if (p->who == XC_GRANTEE_USER && p->address && !xc_person_find(&person, d, p->address))
            APR_ARRAY_PUSH(found, xc_resource_t *) = person;
    }
    return answer_with(d, found, want);
}
