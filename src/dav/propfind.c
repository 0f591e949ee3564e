/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>

#include "dav/dav.h"
#include "dav/people.h"

/* The two collections for scheduling that every home has. */
static xc_error_t *list_scheduling(apr_array_header_t *members, xc_dav_t *d)
{
    xc_calendar_t *inbox;
    xc_resource_t *outbox = apr_pcalloc(d->pool, sizeof(*outbox));
    XC_TRY(xc_resource_calendar(&inbox, d, XC_SEGMENT_INBOX));
    if (!inbox) /* somebody else's home */
        return NULL;
    APR_ARRAY_PUSH(members, xc_resource_t *) = xc_resource_of_calendar(d, inbox, d->pool);
    outbox->path = xc_resource_path(d, XC_R_OUTBOX);
    APR_ARRAY_PUSH(members, xc_resource_t *) = outbox;
    return NULL;
}

/* The members of a collection that a Depth 1 listing shows. */
static xc_error_t *list_members(apr_array_header_t *members, xc_dav_t *d, const xc_resource_t *self, unsigned needs)
{
    apr_array_header_t *found;
    xc_resource_t *r;
    switch (self->path.kind) {
    case XC_R_ROOT:
    case XC_R_PRINCIPALS:
    case XC_R_HOMES: {
        static const struct {
            xc_rkind_e of, member;
        } inner[] = { { XC_R_ROOT, XC_R_PRINCIPALS }, { XC_R_ROOT, XC_R_HOMES }, { XC_R_PRINCIPALS, XC_R_PRINCIPAL }, { XC_R_HOMES, XC_R_HOME } };
        for (apr_size_t i = 0; i < sizeof(inner) / sizeof(*inner); i++) {
            if (inner[i].of != self->path.kind)
                continue;
            r = apr_pcalloc(d->pool, sizeof(*r));
            r->path = xc_resource_path(d, inner[i].member);
            APR_ARRAY_PUSH(members, xc_resource_t *) = r;
        }
        return NULL;
    }
    case XC_R_HOME:
        XC_TRY(xc_resource_calendars(&found, d));
        if (needs & XC_P_LOG) {
            /* side by side; what fails for one calendar is found again, and kept, when that one is prepared */
            xc_error_t *err = xc_calendar_refresh_all(found, d->pool);
            if (err && err->status == 503)
                return err;
        }
        for (int i = 0; i < found->nelts; i++)
            APR_ARRAY_PUSH(members, xc_resource_t *) = xc_resource_of_calendar(d, APR_ARRAY_IDX(found, i, xc_calendar_t *), d->pool);
        return list_scheduling(members, d);
    case XC_R_CALENDAR:
    case XC_R_INBOX:
        XC_TRY(xc_calendar_refresh(self->cal, d->pool));
        XC_TRY(xc_calendar_list(&found, self->cal, d->pool));
        if (d->req->cfg->max_matches && found->nelts > d->req->cfg->max_matches)
            return xc_error_make(d->pool, 507, XC_COND_NUMBER_OF_MATCHES, "The calendar has more than %d objects: use sync-collection.", d->req->cfg->max_matches);
        for (int i = 0; i < found->nelts; i++)
            APR_ARRAY_PUSH(members, xc_resource_t *) = xc_resource_of_item(d, self->cal, &APR_ARRAY_IDX(found, i, xc_item_t), d->pool);
        return NULL;
    case XC_R_PRINCIPAL:
        for (int writing = 0; writing < 2 && xc_person_has_calendar(self->person); writing++) {
            r = apr_pcalloc(d->pool, sizeof(*r));
            r->path = self->path;
            r->path.kind = XC_R_PROXY;
            r->path.name = writing ? XC_SEGMENT_PROXY_WRITE : XC_SEGMENT_PROXY_READ;
            APR_ARRAY_PUSH(members, xc_resource_t *) = r;
        }
        return NULL;
    case XC_R_PROXY:
    case XC_R_OBJECT:
    case XC_R_OUTBOX:
    case XC_R_MESSAGE:
        break;
    }
    return NULL;
}

static xc_error_t *read_question(xc_want_t **want, int *depth, xc_dav_t *d)
{
    xmlNode *root;
    XC_TRY(xc_ask_depth(depth, d));
    if (*depth == XC_DEPTH_INFINITY && (d->path.kind & XC_R_COLLECTIONS))
        return xc_error_make(d->pool, 0, XC_COND_PROPFIND_FINITE_DEPTH, "List one level at a time: Depth infinity is not served.");
    /* Without Depth the standard says infinity; clients that leave it out (discovery) mean the resource itself. */
    if (*depth == XC_DEPTH_ABSENT)
        *depth = 0;
    XC_TRY(xc_ask_xml(&root, d));
    if (root && !xc_xml_is(root, XC_NS_DAV, "propfind"))
        return xc_error_make(d->pool, 400, XC_COND_NONE, "The body of a PROPFIND is a DAV:propfind.");
    if (root && !xc_xml_child(root, XC_NS_DAV, "prop") && !xc_xml_child(root, XC_NS_DAV, "allprop") && !xc_xml_child(root, XC_NS_DAV, "propname"))
        return xc_error_make(d->pool, 400, XC_COND_NONE, "The DAV:propfind asks for nothing.");
    return xc_want_parse(want, root, d->pool);
}

/* What the answer needs is fetched before its first byte is written. */
static xc_error_t *gather(apr_array_header_t *members, xc_dav_t *d, xc_resource_t *self, const xc_want_t *want, int depth)
{
    unsigned needs = xc_want_needs(want, self->path.kind);
    XC_TRY(xc_props_prepare(d, self, needs, d->pool));
    if (depth == 0)
        return NULL;
    xc_rkind_e below = self->path.kind == XC_R_HOME ? XC_R_CALENDAR : XC_R_OBJECT;
    needs = xc_want_needs(want, below);
    XC_TRY(list_members(members, d, self, needs));
    if (self->path.kind & XC_R_LOGGED)
        return (needs & XC_P_BODY) ? xc_props_load(d, self->cal, members, needs) : NULL;
    for (int i = 0; i < members->nelts; i++) {
        xc_resource_t *r = APR_ARRAY_IDX(members, i, xc_resource_t *);
        XC_TRY(xc_props_prepare(d, r, xc_want_needs(want, r->path.kind), d->pool));
    }
    return NULL;
}

xc_error_t *xc_method_propfind(xc_dav_t *d)
{
    apr_array_header_t *members = apr_array_make(d->pool, 64, sizeof(xc_resource_t *));
    xc_resource_t *self;
    xc_want_t *want;
    int depth;
    XC_TRY(read_question(&want, &depth, d));
    XC_TRY(xc_resource_self(&self, d));
    XC_TRY(xc_precond_match(d, self));
    XC_TRY(gather(members, d, self, want, depth));
    d->no_root = d->no_root && depth != 0;
    xc_ms_t *ms = xc_ms_make(d, 207, XC_NS_DAV, "multistatus");
    if (!d->no_root) /* RFC 8144 4 */
        xc_props_respond(ms, self, want, d->pool);
    xc_props_respond_all(ms, members, want);
    return xc_ms_end(ms);
}
