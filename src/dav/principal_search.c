/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Searches in the directory: principal-property-search (RFC 3744 9.4) and calendarserver-principal-search. Exchange
 * finds by the beginnings of names and addresses, with one question; what it gives is held against all conditions here.
 * Rooms are all known, from its room lists.
 */
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "dav/dav.h"
#include "dav/people.h"

#define MAX_SEARCHES 50
#define MAX_TOKENS   10
#define MAX_ASKED    4   /* questions to the directory for one search with alternatives */
#define MAX_FOUND    200

/* ---- what can be searched ---- */

typedef const char *(*search_text_fn)(const xc_entry_t *e, apr_pool_t *pool);

static const char *text_name(const xc_entry_t *e, apr_pool_t *pool)
{
    (void)pool;
    return e->name;
}

static const char *text_first(const xc_entry_t *e, apr_pool_t *pool)
{
    (void)pool;
    return e->given_name ? e->given_name : "";
}

static const char *text_last(const xc_entry_t *e, apr_pool_t *pool)
{
    (void)pool;
    return e->surname ? e->surname : "";
}

static const char *text_address(const xc_entry_t *e, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "mailto:", e->address, NULL);
}

static const char *text_mail(const xc_entry_t *e, apr_pool_t *pool)
{
    (void)pool;
    return e->address;
}

static const char *text_type(const xc_entry_t *e, apr_pool_t *pool)
{
    (void)pool;
    return xc_person_type(e);
}

static const struct {
    const char *ns, *name, *description;
    search_text_fn text;
} searchable[] = {
    { XC_NS_DAV, "displayname", "Name", text_name },
    { XC_NS_CS, "first-name", "First name", text_first },
    { XC_NS_CS, "last-name", "Last name", text_last },
    { XC_NS_CALDAV, "calendar-user-address-set", "Calendar user address", text_address },
    { XC_NS_CS, "email-address-set", "Mail address", text_mail },
    { XC_NS_CALDAV, "calendar-user-type", "Kind", text_type },
};
#define SEARCHABLE (sizeof(searchable) / sizeof(*searchable))

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

/* ---- conditions ---- */

/* One property-search: all its properties match. */
typedef struct condition_t {
    const char *wanted;          /* folded */
    const char *how;             /* CalendarServer's match-type, NULL = contains */
    unsigned fields;             /* bits: rows of searchable */
    int never;                   /* it names a property that cannot be searched, or none */
} condition_t;

typedef struct search_t {
    xc_dav_t *d;
    apr_array_header_t *conditions; /* condition_t */
    int any;                     /* one condition is enough */
    unsigned kinds;              /* bits 1 << xc_entry_kind_e that may be found */
    int limit;                   /* 0 = none */
    int truncated;
    apr_hash_t *met;             /* addresses among the candidates */
    apr_array_header_t *found;   /* xc_resource_t * */
} search_t;

#define ANY_KIND (~0u)

static const char *fold(const char *text, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, text);
    for (char *p = copy; *p; p++)
        *p = (char)apr_tolower(*p);
    return copy;
}

static int text_matches(const char *text, const condition_t *c, apr_pool_t *pool)
{
    const char *t = fold(text, pool), *w = c->wanted, *how = c->how;
    apr_size_t tl = strlen(t), wl = strlen(w);
    if (how && !strcmp(how, "equals"))
        return !strcmp(t, w);
    if (how && !strcmp(how, "starts-with"))
        return !strncmp(t, w, wl);
    if (how && !strcmp(how, "ends-with"))
        return tl >= wl && !strcmp(t + tl - wl, w);
    return strstr(t, w) != NULL;
}

static int condition_holds(const search_t *s, const condition_t *c, const xc_entry_t *e)
{
    if (c->never)
        return 0;
    for (apr_size_t i = 0; i < SEARCHABLE; i++)
        if ((c->fields & (1u << i)) && !text_matches(searchable[i].text(e, s->d->pool), c, s->d->pool))
            return 0;
    return 1;
}

/* A token is looked for in any of these. */
static int token_holds(const search_t *s, const condition_t *c, const xc_entry_t *e)
{
    for (apr_size_t i = 0; i < SEARCHABLE; i++)
        if ((c->fields & (1u << i)) && text_matches(searchable[i].text(e, s->d->pool), c, s->d->pool))
            return 1;
    return 0;
}

typedef int (*holds_fn)(const search_t *s, const condition_t *c, const xc_entry_t *e);

static int entry_matches(const search_t *s, const xc_entry_t *e, holds_fn holds)
{
    int any = 0, all = 1;
    for (int i = 0; i < s->conditions->nelts; i++) {
        int one = holds(s, &APR_ARRAY_IDX(s->conditions, i, condition_t), e);
        any = any || one;
        all = all && one;
    }
    return (s->kinds & (1u << e->kind)) && (s->any ? any : all);
}

static void consider(search_t *s, const xc_entry_t *e, holds_fn holds)
{
    if (apr_hash_get(s->met, e->address, APR_HASH_KEY_STRING))
        return;
    apr_hash_set(s->met, e->address, APR_HASH_KEY_STRING, e);
    if (!entry_matches(s, e, holds))
        return;
    if (s->found->nelts >= MAX_FOUND || (s->limit && s->found->nelts >= s->limit))
        s->truncated = 1;
    else
        APR_ARRAY_PUSH(s->found, xc_resource_t *) = xc_person_resource(s->d, e);
}

static void consider_all(search_t *s, const apr_array_header_t *entries, holds_fn holds)
{
    for (int i = 0; i < entries->nelts; i++)
        consider(s, &APR_ARRAY_IDX(entries, i, xc_entry_t), holds);
}

/* ---- candidates ---- */

#define TYPE_FIELD (1u << (SEARCHABLE - 1))

/* What the directory can be asked for in place of the condition; NULL = nothing. */
static const char *question(const condition_t *c)
{
    const char *text = c->wanted;
    if (c->never || !(c->fields & ~TYPE_FIELD))
        return NULL;
    if (!strncmp(text, "mailto:", 7))
        text += 7;
    return *text ? text : NULL;
}

static int wants_rooms(const search_t *s, const condition_t *c)
{
    static const xc_entry_t room = { .address = "", .name = "", .kind = XC_ENTRY_ROOM };
    return !c->never && (c->fields & TYPE_FIELD) && text_matches(text_type(&room, s->d->pool), c, s->d->pool);
}

/* No directory, no right to read it: the account itself is all there is to find. */
static xc_error_t *or_nobody(xc_error_t *err)
{
    return err && (err->status == 501 || err->status == 403) ? NULL : err;
}

static xc_error_t *consider_rooms(search_t *s, holds_fn holds)
{
    apr_array_header_t *rooms;
    xc_error_t *err = xc_people_rooms(&rooms, s->d->req->mailbox, s->d->pool);
    if (err)
        return or_nobody(err);
    consider_all(s, rooms, holds);
    return NULL;
}

static xc_error_t *consider_found(search_t *s, const char *text, holds_fn holds)
{
    apr_array_header_t *entries;
    int more;
    xc_error_t *err = xc_people_search(&entries, &more, s->d->req->mailbox, text, s->d->pool);
    if (err)
        return or_nobody(err);
    s->truncated |= more;
    consider_all(s, entries, holds);
    return NULL;
}

/* All conditions must hold: the one that says most is asked for. */
static xc_error_t *ask_for_all(search_t *s, holds_fn holds)
{
    const char *best = NULL;
    int rooms = s->kinds == 1u << XC_ENTRY_ROOM;
    for (int i = 0; i < s->conditions->nelts; i++) {
        const condition_t *c = &APR_ARRAY_IDX(s->conditions, i, condition_t);
        const char *text = question(c);
        if (c->never)
            return NULL;
        if (text && (!best || strlen(text) > strlen(best)))
            best = text;
        rooms = rooms || (holds == condition_holds && wants_rooms(s, c));
    }
    if (rooms)
        return consider_rooms(s, holds);
    return best ? consider_found(s, best, holds) : NULL;
}

static xc_error_t *ask_for_any(search_t *s)
{
    const char *asked[MAX_ASKED];
    int n = 0;
    for (int i = 0; i < s->conditions->nelts; i++) {
        const condition_t *c = &APR_ARRAY_IDX(s->conditions, i, condition_t);
        const char *text = question(c);
        int again = 0;
        if (wants_rooms(s, c))
            XC_TRY(consider_rooms(s, condition_holds));
        for (int k = 0; text && k < n; k++)
            again = again || !strcmp(asked[k], text);
        if (!text || again)
            continue;
        if (n == MAX_ASKED)
            return xc_error_make(s->d->pool, 0, XC_COND_NUMBER_OF_MATCHES, "A search for any of several texts has at most %d.", MAX_ASKED);
        asked[n++] = text;
        XC_TRY(consider_found(s, text, condition_holds));
    }
    return NULL;
}

/* ---- answers ---- */

static xc_error_t *answer(search_t *s, const xc_want_t *want)
{
    xc_dav_t *d = s->d;
    for (int i = 0; i < s->found->nelts; i++) {
        xc_resource_t *r = APR_ARRAY_IDX(s->found, i, xc_resource_t *);
        /* the members of many lists, the hours of many people are not for a search */
        XC_TRY(xc_props_prepare(d, r, xc_want_needs(want, r->path.kind) & ~(unsigned)(XC_P_MEMBERS | XC_P_HOURS), d->pool));
    }
    xc_ms_t *ms = xc_ms_make(d, 207, XC_NS_DAV, "multistatus");
    xc_props_respond_all(ms, s->found, want);
    if (s->truncated)
        xc_ms_truncated(ms);
    return xc_ms_end(ms);
}

static search_t *make_search(xc_dav_t *d)
{
    search_t *s = apr_pcalloc(d->pool, sizeof(*s));
    s->d = d;
    s->kinds = ANY_KIND;
    s->conditions = apr_array_make(d->pool, 4, sizeof(condition_t));
    s->met = apr_hash_make(d->pool);
    s->found = apr_array_make(d->pool, 8, sizeof(xc_resource_t *));
    return s;
}

static xc_error_t *read_search(condition_t *c, const xmlNode *search, apr_pool_t *pool)
{
    const xmlNode *match = xc_xml_child(search, XC_NS_DAV, "match"), *prop = xc_xml_child(search, XC_NS_DAV, "prop");
    memset(c, 0, sizeof(*c));
    if (!match || !prop)
        return xc_error_make(pool, 400, XC_COND_NONE, "A property-search has a prop and a match.");
    c->wanted = fold(xc_xml_text(match, pool), pool);
    c->how = xc_xml_attr(match, "match-type", pool);
    for (const xmlNode *p = xc_xml_child(prop, NULL, NULL); p; p = xc_xml_next(p, NULL, NULL)) {
        unsigned bit = 0;
        for (apr_size_t i = 0; i < SEARCHABLE; i++)
            if (xc_xml_is(p, searchable[i].ns, searchable[i].name))
                bit = 1u << i;
        c->never = c->never || !bit;
        c->fields |= bit;
    }
    c->never = c->never || !c->fields;
    return NULL;
}

static xc_error_t *check_depth(const xc_dav_t *d, const char *report)
{
    int depth;
    XC_TRY(xc_ask_depth(&depth, d));
    if (depth != XC_DEPTH_ABSENT && depth != 0)
        return xc_error_make(d->pool, 400, XC_COND_NONE, "%s is asked with Depth 0.", report);
    return NULL;
}

xc_error_t *xc_report_principal_search(xc_dav_t *d, xmlNode *root, xc_resource_t *self)
{
    const char *test = xc_xml_attr(root, "test", d->pool);
    int in_scope = self->path.kind == XC_R_PRINCIPALS || xc_xml_child(root, XC_NS_DAV, "apply-to-principal-collection-set");
    search_t *s = make_search(d);
    xc_want_t *want;
    XC_TRY(check_depth(d, "principal-property-search"));
    XC_TRY(xc_want_parse_or_none(&want, root, d->pool));
    XC_TRY(xc_ask_limit(&s->limit, root, d->pool));
    s->any = test && !strcmp(test, "anyof");
    for (xmlNode *n = xc_xml_child(root, XC_NS_DAV, "property-search"); n; n = xc_xml_next(n, XC_NS_DAV, "property-search")) {
        if (s->conditions->nelts == MAX_SEARCHES)
            return xc_error_make(d->pool, 400, XC_COND_NONE, "There are at most %d property-searches.", MAX_SEARCHES);
        XC_TRY(read_search(apr_array_push(s->conditions), n, d->pool));
    }
    if (!s->conditions->nelts)
        return xc_error_make(d->pool, 400, XC_COND_NONE, "principal-property-search searches for nothing.");
    if (in_scope) {
        consider(s, xc_person_self(d), condition_holds);
        XC_TRY(s->any ? ask_for_any(s) : ask_for_all(s, condition_holds));
    }
    return answer(s, want);
}

/* context: whom the client looks for. */
static unsigned kinds_of_context(const char *context)
{
    static const struct {
        const char *context;
        unsigned kinds;
    } rows[] = {
        { "user", 1u << XC_ENTRY_PERSON },
        { "group", 1u << XC_ENTRY_LIST },
        { "location", 1u << XC_ENTRY_ROOM },
        { "resource", 1u << XC_ENTRY_RESOURCE },
    };
    for (apr_size_t i = 0; context && i < sizeof(rows) / sizeof(*rows); i++)
        if (!strcmp(context, rows[i].context))
            return rows[i].kinds;
    return ANY_KIND;
}

xc_error_t *xc_report_cs_principal_search(xc_dav_t *d, xmlNode *root, xc_resource_t *self)
{
    search_t *s = make_search(d);
    xc_want_t *want;
    const xmlNode *limit = xc_xml_child(root, XC_NS_CS, "limit");
    (void)self;
    XC_TRY(check_depth(d, "calendarserver-principal-search"));
    XC_TRY(xc_want_parse_or_none(&want, root, d->pool));
    XC_TRY(xc_ask_limit(&s->limit, root, d->pool));
    const char *most = limit ? xc_xml_child_text(limit, XC_NS_CS, "nresults", d->pool) : NULL;
    if (most && apr_atoi64(most) > 0 && apr_atoi64(most) < MAX_FOUND)
        s->limit = (int)apr_atoi64(most);
    s->kinds = kinds_of_context(xc_xml_attr(root, "context", d->pool));
    for (xmlNode *n = xc_xml_child(root, XC_NS_CS, "search-token"); n; n = xc_xml_next(n, XC_NS_CS, "search-token")) {
        condition_t c = { .wanted = fold(xc_xml_text(n, d->pool), d->pool), .fields = ~TYPE_FIELD };
        if (!*c.wanted)
            continue;
        if (s->conditions->nelts == MAX_TOKENS)
            return xc_error_make(d->pool, 400, XC_COND_NONE, "There are at most %d search-tokens.", MAX_TOKENS);
        APR_ARRAY_PUSH(s->conditions, condition_t) = c;
    }
    if (!s->conditions->nelts && s->kinds != 1u << XC_ENTRY_ROOM) /* all rooms, but not everybody */
        return xc_error_make(d->pool, 400, XC_COND_NONE, "calendarserver-principal-search searches for nothing.");
    consider(s, xc_person_self(d), token_holds);
    XC_TRY(ask_for_all(s, token_holds));
    return answer(s, want);
}
