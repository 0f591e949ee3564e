/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Searches for principals (RFC 3744 9.2 to 9.5). The only principal known for certain is the
 * account's own: it is what is found, or nothing is.
 */
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "dav/dav.h"

#define MAX_SEARCHES 50

typedef const char *(*search_text_fn)(const xc_dav_t *d, apr_pool_t *pool);

static const char *text_name(const xc_dav_t *d, apr_pool_t *pool)
{
    (void)pool;
    return xc_mailbox_display_name(d->req->mailbox);
}

static const char *text_address(const xc_dav_t *d, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "mailto:", xc_mailbox_address(d->req->mailbox), NULL);
}

static const char *text_mail(const xc_dav_t *d, apr_pool_t *pool)
{
    (void)pool;
    return xc_mailbox_address(d->req->mailbox);
}

static const char *text_type(const xc_dav_t *d, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    return "INDIVIDUAL";
}

/* What can be searched. */
static const struct {
    const char *ns, *name, *description;
    search_text_fn text;
} searchable[] = {
    { XC_NS_DAV, "displayname", "Name", text_name },
    { XC_NS_CALDAV, "calendar-user-address-set", "Calendar user address", text_address },
    { XC_NS_CS, "email-address-set", "Mail address", text_mail },
    { XC_NS_CALDAV, "calendar-user-type", "Kind", text_type },
};
#define SEARCHABLE (sizeof(searchable) / sizeof(*searchable))

static const char *fold(const char *text, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, text);
    for (char *p = copy; *p; p++)
        *p = (char)apr_tolower(*p);
    return copy;
}

/* Caseless; how is CalendarServer's match-type. */
static int text_matches(const char *text, const char *wanted, const char *how, apr_pool_t *pool)
{
    const char *t = fold(text, pool), *w = fold(wanted, pool);
    apr_size_t tl = strlen(t), wl = strlen(w);
    if (how && !strcmp(how, "equals"))
        return !strcmp(t, w);
    if (how && !strcmp(how, "starts-with"))
        return !strncmp(t, w, wl);
    if (how && !strcmp(how, "ends-with"))
        return tl >= wl && !strcmp(t + tl - wl, w);
    return strstr(t, w) != NULL;
}

/* One property-search: all its properties match. */
static int search_matches(const xc_dav_t *d, const xmlNode *search)
{
    const xmlNode *match = xc_xml_child(search, XC_NS_DAV, "match"), *prop = xc_xml_child(search, XC_NS_DAV, "prop");
    const char *wanted = xc_xml_text(match, d->pool), *how = xc_xml_attr(match, "match-type", d->pool);
    int any = 0;
    for (xmlNode *p = xc_xml_child(prop, NULL, NULL); p; p = xc_xml_next(p, NULL, NULL)) {
        int found = 0;
        for (apr_size_t i = 0; i < SEARCHABLE; i++)
            if (xc_xml_is(p, searchable[i].ns, searchable[i].name))
                found = text_matches(searchable[i].text(d, d->pool), wanted, how, d->pool);
        if (!found)
            return 0;
        any = 1;
    }
    return any;
}

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

/* Without DAV:prop these reports answer with hrefs alone, in a propstat that is empty. */
static xc_error_t *read_want(xc_want_t **want, const xmlNode *root, apr_pool_t *pool)
{
    if (xc_xml_child(root, XC_NS_DAV, "prop"))
        return xc_want_parse(want, root, pool);
    *want = apr_pcalloc(pool, sizeof(**want));
    (*want)->props = apr_array_make(pool, 1, sizeof(xc_wanted_t));
    return NULL;
}

xc_error_t *xc_report_principal_search(xc_dav_t *d, xmlNode *root, xc_resource_t *self)
{
    const char *test = xc_xml_attr(root, "test", d->pool);
    int any = 0, all = 1, count = 0, depth;
    int in_scope = self->path.kind == XC_R_PRINCIPALS || xc_xml_child(root, XC_NS_DAV, "apply-to-principal-collection-set");
    apr_array_header_t *found = apr_array_make(d->pool, 1, sizeof(xc_resource_t *));
    xc_want_t *want;
    XC_TRY(xc_ask_depth(&depth, d));
    if (depth != XC_DEPTH_ABSENT && depth != 0)
        return xc_error_make(d->pool, 400, XC_COND_NONE, "principal-property-search is asked with Depth 0.");
    XC_TRY(read_want(&want, root, d->pool));
    for (xmlNode *s = xc_xml_child(root, XC_NS_DAV, "property-search"); s; s = xc_xml_next(s, XC_NS_DAV, "property-search")) {
        if (!xc_xml_child(s, XC_NS_DAV, "match") || !xc_xml_child(s, XC_NS_DAV, "prop") || ++count > MAX_SEARCHES)
            return xc_error_make(d->pool, 400, XC_COND_NONE, "A property-search has a prop and a match, and there are at most %d.", MAX_SEARCHES);
        int matches = search_matches(d, s);
        any = any || matches;
        all = all && matches;
    }
    if (!count)
        return xc_error_make(d->pool, 400, XC_COND_NONE, "principal-property-search searches for nothing.");
    if (in_scope && (test && !strcmp(test, "anyof") ? any : all))
        add_own_principal(found, d);
    return answer_with(d, found, want);
}

xc_error_t *xc_report_search_set(xc_dav_t *d, xmlNode *root, xc_resource_t *self)
{
    xc_ms_t *ms = xc_ms_make(d, 200, XC_NS_DAV, "principal-search-property-set");
    (void)root;
    (void)self;
    for (apr_size_t i = 0; i < SEARCHABLE; i++) {
        xc_xmlw_start(ms->w, XC_NS_DAV, "principal-search-property");
        xc_xmlw_start(ms->w, XC_NS_DAV, "prop");
        xc_xmlw_element(ms->w, searchable[i].ns, searchable[i].name, NULL);
        xc_xmlw_end(ms->w);
        xc_xmlw_start(ms->w, XC_NS_DAV, "description");
        xc_xmlw_attr(ms->w, "xml:lang", "en");
        xc_xmlw_text(ms->w, searchable[i].description);
        xc_xmlw_end(ms->w);
        xc_xmlw_end(ms->w);
    }
    return xc_ms_end(ms);
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
    XC_TRY(read_want(&want, root, d->pool));
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
    (void)self;
    XC_TRY(xc_ask_depth(&depth, d));
    if (depth != XC_DEPTH_ABSENT && depth != 0)
        return xc_error_make(d->pool, 400, XC_COND_NONE, "acl-principal-prop-set is asked with Depth 0.");
    XC_TRY(read_want(&want, root, d->pool));
    add_own_principal(found, d); /* the only one in any DAV:acl of ours */
    return answer_with(d, found, want);
}
