/* SPDX-License-Identifier: Apache-2.0 */
/* What a PROPFIND or a report asks for (RFC 4918 9.1, 14.20). */
#include <apr_strings.h>
#include <string.h>

#include "dav/dav.h"

static int is_listed(const apr_array_header_t *props, const char *key)
{
    for (int i = 0; i < props->nelts; i++)
        if (!strcmp(APR_ARRAY_IDX(props, i, xc_wanted_t).key, key))
            return 1;
    return 0;
}

xc_error_t *xc_want_add(apr_array_header_t *props, const xmlNode *prop, apr_pool_t *pool)
{
    for (xmlNode *node = xc_xml_child(prop, NULL, NULL); node; node = xc_xml_next(node, NULL, NULL)) {
        const char *ns = xc_xml_ns(node), *name = (const char *)node->name;
        const char *key = xc_deadprop_key(ns, name, pool);
        if (is_listed(props, key))
            continue;
        if (props->nelts == XC_WANT_MAX)
            return xc_error_make(pool, 400, XC_COND_NONE, "More than %d properties are asked for.", XC_WANT_MAX);
        xc_wanted_t *wanted = apr_array_push(props);
        wanted->ns = ns;
        wanted->name = name;
        wanted->key = key;
        wanted->node = node;
    }
    return NULL;
}

xc_error_t *xc_want_parse(xc_want_t **out, const xmlNode *root, apr_pool_t *pool)
{
    const xmlNode *prop = xc_xml_child(root, XC_NS_DAV, "prop");
    const xmlNode *all = xc_xml_child(root, XC_NS_DAV, "allprop");
    const xmlNode *names = xc_xml_child(root, XC_NS_DAV, "propname");
    const xmlNode *include = xc_xml_child(root, XC_NS_DAV, "include");
    xc_want_t *want = apr_pcalloc(pool, sizeof(*want));
    want->props = apr_array_make(pool, 16, sizeof(xc_wanted_t));
    if ((prop != NULL) + (all != NULL) + (names != NULL) > 1 || (include && !all))
        return xc_error_make(pool, 400, XC_COND_NONE, "Only one of prop, allprop and propname can be asked for.");
    if (prop)
        XC_TRY(xc_want_add(want->props, prop, pool));
    else if (names)
        want->mode = XC_WANT_NAMES;
    else {
        want->mode = XC_WANT_ALL;
        if (include)
            XC_TRY(xc_want_add(want->props, include, pool));
    }
    *out = want;
    return NULL;
}

const xc_wanted_t *xc_want_has(const xc_want_t *want, const char *ns, const char *name)
{
    for (int i = 0; i < want->props->nelts; i++) {
        const xc_wanted_t *wanted = &APR_ARRAY_IDX(want->props, i, xc_wanted_t);
        if (!strcmp(wanted->ns, ns) && !strcmp(wanted->name, name))
            return wanted;
    }
    return NULL;
}

xc_error_t *xc_want_parse_or_none(xc_want_t **out, const xmlNode *root, apr_pool_t *pool)
{
    if (xc_xml_child(root, XC_NS_DAV, "prop"))
        return xc_want_parse(out, root, pool);
    *out = apr_pcalloc(pool, sizeof(**out));
    (*out)->props = apr_array_make(pool, 1, sizeof(xc_wanted_t));
    return NULL;
}

typedef struct needs_t {
    unsigned kind, needs;
} needs_t;

static void add_needs(void *ctx, const xc_liveprop_t *row)
{
    needs_t *n = ctx;
    if ((row->kinds & n->kind) && (row->flags & XC_P_ALLPROP))
        n->needs |= row->flags;
}

unsigned xc_want_needs(const xc_want_t *want, unsigned kind)
{
    needs_t n = { kind, 0 };
    for (int i = 0; i < want->props->nelts; i++) {
        const xc_wanted_t *wanted = &APR_ARRAY_IDX(want->props, i, xc_wanted_t);
        const xc_liveprop_t *live = xc_liveprop_find(wanted->ns, wanted->name, kind);
        n.needs |= live ? live->flags : XC_P_DEAD;
    }
    if (want->mode == XC_WANT_ALL)
        xc_liveprop_each(add_needs, &n);
    if (want->mode != XC_WANT_PROP)
        n.needs |= XC_P_DEAD;
    if (want->mode == XC_WANT_NAMES) /* the tags of a calendar are named as well */
        n.needs |= XC_P_LOG;
    /* dead properties of an object come with its body */
    if ((kind & XC_R_MEMBERS) && (n.needs & XC_P_DEAD))
        n.needs |= XC_P_BODY;
    return n.needs & (XC_P_BODY | XC_P_LOG | XC_P_DEAD | XC_P_MEMBERS | XC_P_HOURS | XC_P_ACL | XC_P_SHARED);
}
