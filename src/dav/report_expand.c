/* SPDX-License-Identifier: Apache-2.0 */
/* expand-property (RFC 3253 3.8): a property's hrefs replaced by what is asked of those resources. */
#include <apr_strings.h>
#include <libxml/uri.h>
#include <string.h>

#include "dav/dav.h"
#include "dav/people.h"
#include "dav/proxies.h"

#define MAX_DEPTH      4
#define MAX_PROPERTIES 200

static xc_error_t *too_much(apr_pool_t *pool)
{
    return xc_error_make(pool, 400, XC_COND_NONE, "expand-property asks for more than %d levels or %d properties.", MAX_DEPTH, MAX_PROPERTIES);
}

/* Names that came in attributes become elements of the answer: only what could have been one. */
static int is_namespace(const char *ns)
{
    xmlURI *uri = *ns ? xmlParseURI(ns) : NULL;
    int good = !*ns || (uri && strcmp(ns, "http://www.w3.org/2000/xmlns/"));
    xmlFreeURI(uri);
    return good;
}

/* Names and bounds are checked before anything is written. */
static xc_error_t *check(const xmlNode *parent, int depth, int *count, apr_pool_t *pool)
{
    for (xmlNode *p = xc_xml_child(parent, XC_NS_DAV, "property"); p; p = xc_xml_next(p, XC_NS_DAV, "property")) {
        const char *name = xc_xml_attr(p, "name", pool), *ns = xc_xml_attr(p, "namespace", pool);
        if (depth > MAX_DEPTH || ++*count > MAX_PROPERTIES)
            return too_much(pool);
        if (!name || xmlValidateNCName((const xmlChar *)name, 0))
            return xc_error_make(pool, 400, XC_COND_NONE, "A property of expand-property has no name that XML could carry.");
        if (ns && !is_namespace(ns))
            return xc_error_make(pool, 400, XC_COND_NONE, "A property of expand-property has a namespace that is no URI.");
        XC_TRY(check(p, depth + 1, count, pool));
    }
    return NULL;
}

typedef struct asked_t {
    const char *ns, *name, *key;
    const xc_liveprop_t *live;
    const xmlNode *node;
    int status;
} asked_t;

static void write_expanded(xc_ms_t *ms, const xc_resource_t *r, const xmlNode *parent, apr_pool_t *pool);

/* What the properties asked for below `node` need of a principal. */
static unsigned needs_of(const xmlNode *node, unsigned kind, apr_pool_t *pool)
{
    unsigned needs = 0;
    for (xmlNode *p = xc_xml_child(node, XC_NS_DAV, "property"); p; p = xc_xml_next(p, XC_NS_DAV, "property")) {
        const char *ns = xc_xml_attr(p, "namespace", pool);
        const xc_liveprop_t *live = xc_liveprop_find(ns ? ns : XC_NS_DAV, xc_xml_attr(p, "name", pool), kind);
        needs |= live ? live->flags & (XC_P_MEMBERS | XC_P_HOURS | XC_P_SHARED) : 0;
    }
    return needs;
}

/* A resource that is referred to. The answer has begun: what cannot be learned of it now is not there. */
static xc_resource_t *target_of(xc_dav_t *d, const xc_path_t *path, const xmlNode *node, apr_pool_t *pool)
{
    xc_resource_t *target = NULL;
    if (path->kind == XC_R_PRINCIPAL) {
        if (!xc_person_find(&target, d, path->address)) {
            unsigned needs = needs_of(node, path->kind, pool);
            xc_person_prepare(d, target, needs & XC_P_MEMBERS);
            xc_proxy_prepare(d, target, needs & XC_P_SHARED);
        }
        return target;
    }
    target = apr_pcalloc(pool, sizeof(*target));
    target->path = *path;
    if (path->kind == XC_R_PROXY)
        xc_proxy_prepare(d, target, needs_of(node, path->kind, pool));
    return target;
}

static void write_one(xc_ms_t *ms, const xc_resource_t *r, const asked_t *a, apr_pool_t *pool)
{
    if (a->status != 200) {
        xc_xmlw_element(ms->w, a->ns, a->name, NULL);
        return;
    }
    if (!a->live || !a->live->refs || !xc_xml_child(a->node, XC_NS_DAV, "property")) {
        xc_props_put(ms, r, a->live, a->key, pool);
        return;
    }
    apr_array_header_t *refs = a->live->refs(ms->d, r, pool);
    xc_xmlw_start(ms->w, a->ns, a->name);
    for (int i = 0; i < refs->nelts; i++) {
        xc_path_t path = APR_ARRAY_IDX(refs, i, xc_path_t);
        xc_resource_t *target = target_of(ms->d, &path, a->node, pool);
        xc_xmlw_start(ms->w, XC_NS_DAV, "response");
        xc_xmlw_element(ms->w, XC_NS_DAV, "href", xc_resource_href(ms->d, &path, pool));
        if (target)
            write_expanded(ms, target, a->node, pool);
        else /* somebody whom the directory does not show */
            xc_xmlw_element(ms->w, XC_NS_DAV, "status", xc_status_line(404, pool));
        xc_xmlw_end(ms->w);
    }
    xc_xmlw_end(ms->w);
}

static int write_group(xc_ms_t *ms, const xc_resource_t *r, const apr_array_header_t *asked, int status, int always, apr_pool_t *pool)
{
    int n = 0;
    for (int i = 0; i < asked->nelts; i++)
        n += APR_ARRAY_IDX(asked, i, asked_t).status == status;
    if (!n && !always)
        return 0;
    xc_ms_propstat_open(ms);
    for (int i = 0; i < asked->nelts; i++)
        if (APR_ARRAY_IDX(asked, i, asked_t).status == status)
            write_one(ms, r, &APR_ARRAY_IDX(asked, i, asked_t), pool);
    xc_ms_propstat_close(ms, status, NULL);
    return n;
}

static void write_expanded(xc_ms_t *ms, const xc_resource_t *r, const xmlNode *parent, apr_pool_t *pool)
{
    apr_array_header_t *asked = apr_array_make(pool, 8, sizeof(asked_t));
    int others = 0;
    for (xmlNode *p = xc_xml_child(parent, XC_NS_DAV, "property"); p; p = xc_xml_next(p, XC_NS_DAV, "property")) {
        asked_t *a = apr_array_push(asked);
        const char *ns = xc_xml_attr(p, "namespace", pool);
        a->ns = ns ? ns : XC_NS_DAV;
        a->name = xc_xml_attr(p, "name", pool);
        a->key = xc_deadprop_key(a->ns, a->name, pool);
        a->live = xc_liveprop_find(a->ns, a->name, r->path.kind);
        a->node = p;
        a->status = xc_props_status(ms->d, r, a->live, a->key, pool);
        others += a->status != 200;
    }
    write_group(ms, r, asked, 200, !others || ms->d->minimal, pool);
    if (!ms->d->minimal)
        write_group(ms, r, asked, 404, 0, pool);
    write_group(ms, r, asked, 403, 0, pool);
    write_group(ms, r, asked, 503, 0, pool);
}

xc_error_t *xc_report_expand(xc_dav_t *d, xmlNode *root, xc_resource_t *self)
{
    xc_resource_t mailbox = { .path = xc_resource_path(d, XC_R_PRINCIPAL) };
    int count = 0;
    XC_TRY(check(root, 0, &count, d->pool));
    XC_TRY(xc_props_prepare(d, self, XC_P_LOG | XC_P_BODY | XC_P_DEAD | needs_of(root, self->path.kind, d->pool), d->pool));
    XC_TRY(xc_props_prepare(d, &mailbox, XC_P_DEAD, d->pool)); /* refs lead to the principal and the home */
    xc_ms_t *ms = xc_ms_make(d, 207, XC_NS_DAV, "multistatus");
    xc_ms_open(ms, xc_resource_href(d, &self->path, d->pool));
    write_expanded(ms, self, root, d->pool);
    xc_ms_close(ms);
    return xc_ms_end(ms);
}
