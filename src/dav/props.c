/* SPDX-License-Identifier: Apache-2.0 */
/* Looking up live properties, and answering for a resource with live and dead ones alike. */
#include <apr_strings.h>
#include <string.h>

#include "dav/acl.h"
#include "dav/dav.h"
#include "dav/people.h"
#include "dav/proxies.h"

static const xc_liveprop_t *const tables[] = { xc_props_dav, xc_props_acl, xc_props_caldav, xc_props_schedule, xc_props_people, xc_props_proxies };
#define TABLES (sizeof(tables) / sizeof(*tables))

const xc_liveprop_t *xc_liveprop_find(const char *ns, const char *name, unsigned kind)
{
    for (apr_size_t i = 0; i < TABLES; i++)
        for (const xc_liveprop_t *row = tables[i]; row->name; row++)
            if ((!kind || (row->kinds & kind)) && !strcmp(row->name, name) && !strcmp(row->ns, ns))
                return row;
    return NULL;
}

void xc_liveprop_each(void (*fn)(void *ctx, const xc_liveprop_t *row), void *ctx)
{
    for (apr_size_t i = 0; i < TABLES; i++)
        for (const xc_liveprop_t *row = tables[i]; row->name; row++)
            fn(ctx, row);
}

xc_error_t *xc_props_prepare(xc_dav_t *d, xc_resource_t *r, unsigned needs, apr_pool_t *pool)
{
    if ((needs & XC_P_ACL) && r->path.kind == XC_R_CALENDAR && !r->acl) {
        r->acl_error = xc_calendar_permissions(&r->acl, r->cal, d->pool);
        if (r->acl_error && (r->acl_error->status == 401 || xc_error_is_passing(r->acl_error)))
            return r->acl_error;
    }
    if ((needs & XC_P_LOG) && (r->path.kind & XC_R_LOGGED)) {
        r->log_error = xc_calendar_refresh(r->cal, d->pool);
        if (r->log_error && r->log_error->status == 503)
            return r->log_error;
    }
    if ((needs & XC_P_BODY) && (r->path.kind & XC_R_MEMBERS) && !r->body) {
        xc_loaded_t *loaded;
        XC_TRY(xc_calendar_load(&loaded, r->cal, &r->item, 1, pool));
        if (loaded->error)
            return loaded->error;
        r->body = loaded;
        r->item = loaded->item;
        xc_files_show(d, &r->path, loaded, pool);
    }
    if ((needs & XC_P_DEAD) && r->body && r->body->props && !r->dead)
        r->dead = xc_props_parse(r->body->props, pool);
    if ((needs & (XC_P_MEMBERS | XC_P_HOURS)) && (r->path.kind & (XC_R_PRINCIPAL | XC_R_INBOX)))
        XC_TRY(xc_person_prepare(d, r, needs));
    if (needs & (XC_P_MEMBERS | XC_P_SHARED))
        XC_TRY(xc_proxy_prepare(d, r, needs));
    if ((needs & XC_P_DEAD) && (r->path.kind & (XC_R_PRINCIPAL | XC_R_HOME | XC_R_INBOX)) && !r->person && !d->mailbox_props)
        XC_TRY(xc_mailbox_props(&d->mailbox_props, d->mailbox, d->pool));
    return NULL;
}

int xc_props_status(xc_dav_t *d, const xc_resource_t *r, const xc_liveprop_t *live, const char *key, apr_pool_t *pool)
{
    if ((!live || (live->flags & XC_P_DEAD)) && xc_deadprop_get(d, r, key))
        return 200;
    if (!live)
        return 404;
    return live->status ? live->status(d, r, pool) : 200;
}

static void write_refs(xc_dav_t *d, xc_xmlw_t *w, const apr_array_header_t *refs, apr_pool_t *pool)
{
    for (int i = 0; i < refs->nelts; i++)
        xc_xmlw_element(w, XC_NS_DAV, "href", xc_resource_href(d, &APR_ARRAY_IDX(refs, i, xc_path_t), pool));
}

void xc_props_put(xc_ms_t *ms, const xc_resource_t *r, const xc_liveprop_t *live, const char *key, apr_pool_t *pool)
{
    const char *xml = !live || (live->flags & XC_P_DEAD) ? xc_deadprop_get(ms->d, r, key) : NULL;
    if (xml) {
        xc_deadprop_put(ms->w, key, xml, 0, pool);
        return;
    }
    xc_xmlw_start(ms->w, live->ns, live->name);
    if (live->refs)
        write_refs(ms->d, ms->w, live->refs(ms->d, r, pool), pool);
    else
        live->put(ms->d, r, ms->w, pool);
    xc_xmlw_end(ms->w);
}

/* Those asked for by name that have this status. @return how many */
static int write_asked(xc_ms_t *ms, const xc_resource_t *r, const xc_want_t *want, const int *status, int which, apr_pool_t *pool)
{
    int n = 0;
    for (int i = 0; i < want->props->nelts; i++) {
        const xc_wanted_t *wanted = &APR_ARRAY_IDX(want->props, i, xc_wanted_t);
        if (status[i] != which)
            continue;
        if (which == 200)
            xc_props_put(ms, r, xc_liveprop_find(wanted->ns, wanted->name, r->path.kind), wanted->key, pool);
        else
            xc_xmlw_element(ms->w, wanted->ns, wanted->name, NULL);
        n++;
    }
    return n;
}

typedef struct all_t {
    xc_ms_t *ms;
    const xc_resource_t *r;
    const xc_want_t *want;
    apr_pool_t *pool;
} all_t;

static int is_asked(const xc_want_t *want, const char *key)
{
    for (int i = 0; i < want->props->nelts; i++)
        if (!strcmp(APR_ARRAY_IDX(want->props, i, xc_wanted_t).key, key))
            return 1;
    return 0;
}

static void write_row_of_all(void *ctx, const xc_liveprop_t *row)
{
    all_t *all = ctx;
    int names = all->want->mode == XC_WANT_NAMES;
    if (!(row->kinds & all->r->path.kind) || (row->flags & XC_P_REPORT) || (!names && !(row->flags & XC_P_ALLPROP)))
        return;
    const char *key = xc_deadprop_key(row->ns, row->name, all->pool);
    if (is_asked(all->want, key))
        return; /* written with those that were included */
    if (xc_props_status(all->ms->d, all->r, row, key, all->pool) != 200)
        return;
    if (names)
        xc_xmlw_element(all->ms->w, row->ns, row->name, NULL);
    else
        xc_props_put(all->ms, all->r, row, key, all->pool);
}

/* allprop and propname: the live ones of the tables, then the dead ones that no row stands for. */
static void write_all(xc_ms_t *ms, const xc_resource_t *r, const xc_want_t *want, apr_pool_t *pool)
{
    all_t all = { ms, r, want, pool };
    const apr_table_t *dead = xc_deadprop_all(ms->d, r);
    xc_liveprop_each(write_row_of_all, &all);
    const apr_array_header_t *rows = dead ? apr_table_elts(dead) : NULL;
    for (int i = 0; rows && i < rows->nelts; i++) {
        const apr_table_entry_t *e = &APR_ARRAY_IDX(rows, i, apr_table_entry_t);
        const char *brace = strrchr(e->key, '}');
        const char *ns = brace ? apr_pstrmemdup(pool, e->key + 1, (apr_size_t)(brace - e->key - 1)) : NULL;
        if (ns && !is_asked(want, e->key) && !xc_liveprop_find(ns, brace + 1, r->path.kind))
            xc_deadprop_put(ms->w, e->key, e->val, want->mode == XC_WANT_NAMES, pool);
    }
}

static int is_earlier(const int *status, int i)
{
    for (int j = 0; j < i; j++)
        if (status[j] == status[i])
            return 1;
    return 0;
}

void xc_props_write(xc_ms_t *ms, const xc_resource_t *r, const xc_want_t *want, apr_pool_t *pool)
{
    int n = want->props->nelts, good = want->mode != XC_WANT_PROP, others = 0;
    int *status = apr_palloc(pool, sizeof(int) * (apr_size_t)(n + 1));
    for (int i = 0; i < n; i++) {
        const xc_wanted_t *wanted = &APR_ARRAY_IDX(want->props, i, xc_wanted_t);
        const xc_liveprop_t *live = xc_liveprop_find(wanted->ns, wanted->name, r->path.kind);
        status[i] = xc_props_status(ms->d, r, live, wanted->key, pool);
        /* RFC 8144 2.1: minimal leaves out what is not there */
        if (status[i] == 404 && ms->d->minimal)
            status[i] = 0;
        good = good || status[i] == 200;
        others = others || (status[i] && status[i] != 200);
    }
    if (good || !others) { /* a response has at least one propstat */
        xc_ms_propstat_open(ms);
        write_asked(ms, r, want, status, 200, pool);
        if (want->mode != XC_WANT_PROP)
            write_all(ms, r, want, pool);
        xc_ms_propstat_close(ms, 200, NULL);
    }
    for (int i = 0; i < n; i++) {
        if (!status[i] || status[i] == 200 || is_earlier(status, i))
            continue;
        xc_ms_propstat_open(ms);
        write_asked(ms, r, want, status, status[i], pool);
        xc_ms_propstat_close(ms, status[i], NULL);
    }
}

void xc_props_respond(xc_ms_t *ms, const xc_resource_t *r, const xc_want_t *want, apr_pool_t *pool)
{
    xc_ms_open(ms, xc_resource_href(ms->d, &r->path, pool));
    xc_props_write(ms, r, want, pool);
    xc_ms_close(ms);
}

xc_error_t *xc_props_load(xc_dav_t *d, xc_calendar_t *cal, apr_array_header_t *resources, unsigned needs)
{
    int n = 0;
    const xc_item_t **items = apr_pcalloc(d->pool, sizeof(*items) * (apr_size_t)(resources->nelts + 1));
    xc_loaded_t *loaded;
    for (int i = 0; i < resources->nelts; i++) {
        const xc_resource_t *r = APR_ARRAY_IDX(resources, i, xc_resource_t *);
        if (r->item && r->cal == cal)
            items[n++] = r->item;
    }
    if (!n)
        return NULL;
    XC_TRY(xc_calendar_load(&loaded, cal, items, n, d->pool));
    n = 0;
    for (int i = 0; i < resources->nelts; i++) {
        xc_resource_t *r = APR_ARRAY_IDX(resources, i, xc_resource_t *);
        if (!r->item || r->cal != cal)
            continue;
        xc_loaded_t *one = &loaded[n++];
        r->body_error = one->error;
        r->body = one->error ? NULL : one;
        if (r->body)
            xc_files_show(d, &r->path, one, d->pool);
        r->item = one->item; /* maybe newer than the one asked for: the entity tag is the body's */
        if ((needs & XC_P_DEAD) && r->body && r->body->props)
            r->dead = xc_props_parse(r->body->props, d->pool);
    }
    return NULL;
}

void xc_props_respond_all(xc_ms_t *ms, const apr_array_header_t *resources, const xc_want_t *want)
{
    apr_pool_t *scratch;
    apr_pool_create(&scratch, ms->pool);
    for (int i = 0; i < resources->nelts && !ms->gone; i++) {
        const xc_resource_t *r = APR_ARRAY_IDX(resources, i, xc_resource_t *);
        apr_pool_clear(scratch);
        if (r->body_error)
            xc_ms_status(ms, xc_resource_href(ms->d, &r->path, scratch), r->body_error->status, r->body_error);
        else
            xc_props_respond(ms, r, want, scratch);
    }
}
