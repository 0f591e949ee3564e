/* SPDX-License-Identifier: Apache-2.0 */
/* Changing properties: all or none (RFC 4918 9.2), judged one by one before anything is asked of Exchange. */
#include <apr_strings.h>
#include <string.h>

#include "dav/dav.h"
#include "dav/proxies.h"

#define MAX_NAME_BYTES 255

static int is_displayname(const xc_propchange_t *c)
{
    return !strcmp(c->ns, XC_NS_DAV) && !strcmp(c->name, "displayname");
}

typedef struct protected_t {
    const xc_propchange_t *change;
    int live, settable;
} protected_t;

static void look_for(void *ctx, const xc_liveprop_t *row)
{
    protected_t *p = ctx;
    if (strcmp(row->ns, p->change->ns) || strcmp(row->name, p->change->name))
        return;
    p->live = 1;
    p->settable = p->settable || (row->flags & XC_P_SETTABLE);
}

/* A live property is protected where it is live, and its name is not lent to dead ones elsewhere. */
static int is_protected(const xc_propchange_t *c, const xc_liveprop_t *live)
{
    protected_t p = { c, 0, 0 };
    if (live)
        return !(live->flags & XC_P_SETTABLE);
    xc_liveprop_each(look_for, &p);
    return p.live && !p.settable;
}

static xc_error_t *judge(xc_dav_t *d, xc_propchange_t *c, unsigned kind)
{
    const xc_liveprop_t *live = xc_liveprop_find(c->ns, c->name, kind);
    /* a group has its members, and no place for anything else */
    if (is_protected(c, live) || (kind == XC_R_PROXY && !live))
        return xc_error_make(d->pool, 0, XC_COND_CANNOT_MODIFY_PROTECTED_PROPERTY, "This property is the server's.");
    if (!c->node)
        return NULL;
    if (live && live->check)
        XC_TRY(live->check(d, c->node, d->pool));
    if (is_displayname(c) && kind == XC_R_CALENDAR) {
        apr_size_t len = strlen(xc_xml_text(c->node, d->pool));
        if (len == 0 || len > MAX_NAME_BYTES)
            return xc_error_make(d->pool, 409, XC_COND_NONE, "A calendar's name has 1 to %d bytes.", MAX_NAME_BYTES);
        return NULL;
    }
    if (live && !(live->flags & XC_P_DEAD))
        return NULL; /* what can be set to what it is: there is nothing to keep */
    c->xml = xc_xml_serialize(c->node, d->pool);
    if (strlen(c->xml) > XC_DEAD_MAX_BYTES)
        return xc_error_make(d->pool, 0, XC_COND_QUOTA_NOT_EXCEEDED, "A property has at most %d bytes.", XC_DEAD_MAX_BYTES);
    return NULL;
}

/* xml:lang of the elements around counts for the value (RFC 4918 4.3): it is written onto the element itself. */
static void keep_language(xmlNode *node)
{
    xmlChar *lang = xmlNodeGetLang(node);
    if (lang && !xmlHasNsProp(node, (const xmlChar *)"lang", XML_XML_NAMESPACE))
        xmlNodeSetLang(node, lang);
    if (lang)
        xmlFree(lang);
}

/* What is to be stored when all is done in order: of each property the last word. */
static void settle(xc_proppatch_t *patch, unsigned kind, apr_pool_t *pool)
{
    for (int i = 0; i < patch->changes->nelts; i++) {
        const xc_propchange_t *c = &APR_ARRAY_IDX(patch->changes, i, xc_propchange_t);
        int again = 0;
        for (int j = i + 1; j < patch->changes->nelts; j++)
            again = again || !strcmp(APR_ARRAY_IDX(patch->changes, j, xc_propchange_t).key, c->key);
        if (again)
            continue;
        if (is_displayname(c) && kind == XC_R_CALENDAR)
            patch->display_name = c->node ? xc_xml_text(c->node, pool) : "";
        else if (c->xml)
            apr_table_addn(patch->set, c->key, c->xml);
        else if (!c->node)
            APR_ARRAY_PUSH(patch->removed, const char *) = c->key;
    }
}

static xc_error_t *read_group(xc_proppatch_t *patch, xc_dav_t *d, const xmlNode *prop, unsigned kind, int set, int creating)
{
    for (xmlNode *node = xc_xml_child(prop, NULL, NULL); node; node = xc_xml_next(node, NULL, NULL)) {
        if (patch->changes->nelts == XC_WANT_MAX)
            return xc_error_make(d->pool, 400, XC_COND_NONE, "More than %d properties are changed at once.", XC_WANT_MAX);
        xc_propchange_t *c = apr_array_push(patch->changes);
        memset(c, 0, sizeof(*c));
        c->ns = xc_xml_ns(node);
        c->name = (const char *)node->name;
        c->key = xc_deadprop_key(c->ns, c->name, d->pool);
        c->node = set ? node : NULL;
        c->status = 200;
        if (creating && (xc_xml_is(node, XC_NS_DAV, "resourcetype") || xc_xml_is(node, XC_NS_CALDAV, "supported-calendar-component-set")))
            continue; /* judged by who creates */
        if (set)
            keep_language(node);
        c->error = judge(d, c, kind);
        if (c->error) {
            c->status = c->error->status;
            patch->failed = 1;
        }
    }
    return NULL;
}

xc_error_t *xc_proppatch_read(xc_proppatch_t **out, xc_dav_t *d, const xmlNode *root, unsigned kind, int creating)
{
    xc_proppatch_t *patch = apr_pcalloc(d->pool, sizeof(*patch));
    patch->changes = apr_array_make(d->pool, 8, sizeof(xc_propchange_t));
    patch->set = apr_table_make(d->pool, 8);
    patch->removed = apr_array_make(d->pool, 4, sizeof(const char *));
    for (xmlNode *group = xc_xml_child(root, NULL, NULL); group; group = xc_xml_next(group, NULL, NULL)) {
        int set = xc_xml_is(group, XC_NS_DAV, "set");
        if (!set && (creating || !xc_xml_is(group, XC_NS_DAV, "remove")))
            continue;
        XC_TRY(read_group(patch, d, xc_xml_child(group, XC_NS_DAV, "prop"), kind, set, creating));
    }
    settle(patch, kind, d->pool);
    *out = patch;
    return NULL;
}

void xc_proppatch_write(xc_ms_t *ms, const xc_proppatch_t *patch)
{
    int n = patch->changes->nelts;
    const xc_propchange_t *all = (const xc_propchange_t *)patch->changes->elts;
    char *written = apr_pcalloc(ms->pool, (apr_size_t)n + 1);
    if (n == 0) {
        xc_ms_propstat_open(ms);
        xc_ms_propstat_close(ms, 200, NULL);
    }
    for (int i = 0; i < n; i++) {
        int status = patch->failed && all[i].status == 200 ? 424 : all[i].status;
        if (written[i])
            continue;
        xc_ms_propstat_open(ms);
        for (int j = i; j < n; j++) {
            int other = patch->failed && all[j].status == 200 ? 424 : all[j].status;
            /* one condition per propstat */
            if (other != status || (all[i].error ? all[i].error->cond : 0) != (all[j].error ? all[j].error->cond : 0))
                continue;
            xc_xmlw_element(ms->w, all[j].ns, all[j].name, NULL);
            written[j] = 1;
        }
        xc_ms_propstat_close(ms, status, all[i].error);
    }
}

static xc_error_t *store(xc_dav_t *d, xc_resource_t *r, xc_proppatch_t *patch)
{
    const char *name = patch->display_name;
    if (name && !*name) /* removed: the calendar goes by its segment again */
        name = r->cal->segment;
    switch (r->path.kind) {
    case XC_R_PROXY:
        return xc_proxy_store(d, r, patch);
    case XC_R_CALENDAR:
        return xc_calendar_set_props(r->cal, name, patch->set, patch->removed, d->pool);
    case XC_R_OBJECT:
        return xc_calendar_set_item_props(r->cal, r->item, patch->set, patch->removed, d->pool);
    default:
        return xc_mailbox_set_props(d->mailbox, patch->set, patch->removed, d->pool);
    }
}

/* No room or no right is an answer about the properties; anything else is one about the request. */
static xc_error_t *store_or_fail(xc_dav_t *d, xc_resource_t *r, xc_proppatch_t *patch)
{
    if (r->path.kind != XC_R_PROXY && !patch->display_name && apr_is_empty_table(patch->set) && !patch->removed->nelts)
        return NULL;
    xc_error_t *err = store(d, r, patch);
    if (!err || (err->status != 507 && err->status != 403))
        return err;
    patch->failed = 1;
    for (int i = 0; i < patch->changes->nelts; i++) {
        xc_propchange_t *c = &APR_ARRAY_IDX(patch->changes, i, xc_propchange_t);
        c->status = err->status;
        c->error = err;
    }
    return NULL;
}

xc_error_t *xc_method_proppatch(xc_dav_t *d)
{
    xc_proppatch_t *patch;
    xc_resource_t *r;
    xmlNode *root;
    XC_TRY(xc_ask_xml(&root, d));
    if (!xc_xml_is(root, XC_NS_DAV, "propertyupdate"))
        return xc_error_make(d->pool, 400, XC_COND_NONE, "The body of a PROPPATCH is a DAV:propertyupdate.");
    XC_TRY(xc_resource_self(&r, d));
    XC_TRY(xc_precond_match(d, r));
    XC_TRY(xc_proppatch_read(&patch, d, root, r->path.kind, 0));
    if (!patch->failed && patch->changes->nelts) {
        XC_TRY(xc_props_prepare(d, r, XC_P_DEAD | XC_P_BODY, d->pool));
        XC_TRY(store_or_fail(d, r, patch));
    }
    if (d->minimal && !patch->failed) { /* RFC 8144 2.2 */
        xc_reply_header(d, "Vary", "Prefer, Brief");
        xc_reply_header(d, "Preference-Applied", "return=minimal");
        xc_reply_empty(d, 200);
        return NULL;
    }
    xc_ms_t *ms = xc_ms_make(d, 207, XC_NS_DAV, "multistatus");
    xc_ms_open(ms, xc_resource_href(d, &r->path, d->pool));
    xc_proppatch_write(ms, patch);
    xc_ms_close(ms);
    return xc_ms_end(ms);
}
