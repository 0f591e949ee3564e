/* SPDX-License-Identifier: Apache-2.0 */
/* calendar-multiget (RFC 4791 7.9): each href is answered, whatever becomes of the others. */
#include <apr_strings.h>
#include <string.h>

#include "dav/dav.h"

/* A multiget asks for what a listing has just named: the log of that listing answers it, and only a name
 * that it does not hold is worth asking Exchange. What changed meanwhile comes with the next sync. */
#define SETTLE_FOR apr_time_from_sec(60)

typedef struct multiget_t {
    xc_dav_t *d;
    xc_resource_t *self;
    apr_array_header_t *found;     /* xc_resource_t *, in the order of the request */
    apr_array_header_t *missing;   /* missing_t */
    apr_array_header_t *calendars; /* xc_calendar_t * of those found */
    apr_hash_t *seen;
} multiget_t;

typedef struct missing_t {
    const char *href;              /* as the client wrote it */
    xc_error_t *err;
} missing_t;

static void add_missing(multiget_t *m, const char *href, xc_error_t *err)
{
    missing_t *missing = apr_array_push(m->missing);
    missing->href = xc_xml_clean_text(href, m->d->pool);
    missing->err = err;
}

/* Is it what the request is about, or a member of it? (The report's scope is its Request-URI.) */
static int in_scope(const xc_path_t *self, const xc_path_t *path)
{
    if (!(path->kind & XC_R_MEMBERS) || strcmp(self->address, path->address))
        return 0;
    if (self->calendar && strcmp(self->calendar, path->calendar))
        return 0;
    return !self->name || !strcmp(self->name, path->name);
}

static xc_error_t *read_href(xc_path_t *path, multiget_t *m, const char *href)
{
    xc_dav_t *d = m->d;
    xc_error_t *err = xc_path_parse_url(path, href, d->req->host_url, d->req->cfg->base, d->pool);
    if (err && err->status == 404)
        return err;
    if (err || !in_scope(&m->self->path, path))
        return xc_error_make(d->pool, 403, XC_COND_NONE, "This is not a member of the collection that was asked.");
    return NULL;
}

/* @return only what stops the whole report */
static xc_error_t *look_up(multiget_t *m, const char *href)
{
    xc_path_t path;
    xc_resource_t *r;
    xc_error_t *err = read_href(&path, m, href);
    if (!err) {
        const char *key = xc_path_href(&path, "", XC_LAYOUT_OWN, m->d->pool);
        if (apr_hash_get(m->seen, key, APR_HASH_KEY_STRING))
            return NULL;
        apr_hash_set(m->seen, key, APR_HASH_KEY_STRING, key);
        err = xc_resource_find(&r, m->d, &path);
    }
    if (err && err->status >= 500)
        return err;
    if (err) {
        add_missing(m, href, err);
        return NULL;
    }
    APR_ARRAY_PUSH(m->found, xc_resource_t *) = r;
    for (int i = 0; i < m->calendars->nelts; i++)
        if (APR_ARRAY_IDX(m->calendars, i, xc_calendar_t *) == r->cal)
            return NULL;
    APR_ARRAY_PUSH(m->calendars, xc_calendar_t *) = r->cal;
    return NULL;
}

static xc_error_t *read_hrefs(multiget_t *m, const xmlNode *root)
{
    xc_dav_t *d = m->d;
    int count = 0, most = d->req->cfg->max_matches;
    for (xmlNode *node = xc_xml_child(root, XC_NS_DAV, "href"); node; node = xc_xml_next(node, XC_NS_DAV, "href")) {
        if (most && ++count > most)
            return xc_error_make(d->pool, 0, XC_COND_NUMBER_OF_MATCHES, "More than %d objects are asked for at once.", most);
        XC_TRY(look_up(m, xc_xml_text(node, d->pool)));
    }
    return NULL;
}

static xc_error_t *load(multiget_t *m, const xc_want_t *want, const xc_data_view_t *view, const xc_zone_t *zone)
{
    xc_dav_t *d = m->d;
    unsigned needs = xc_want_needs(want, XC_R_OBJECT);
    if (!(needs & XC_P_BODY))
        return NULL;
    for (int i = 0; i < m->calendars->nelts; i++)
        XC_TRY(xc_props_load(d, APR_ARRAY_IDX(m->calendars, i, xc_calendar_t *), m->found, needs));
    return xc_caldata_render_all(d, m->found, 0, view, zone);
}

static void clear(multiget_t *m)
{
    m->found = apr_array_make(m->d->pool, 64, sizeof(xc_resource_t *));
    m->missing = apr_array_make(m->d->pool, 4, sizeof(missing_t));
    m->calendars = apr_array_make(m->d->pool, 2, sizeof(xc_calendar_t *));
    m->seen = apr_hash_make(m->d->pool);
}

static int any_absent(const multiget_t *m)
{
    for (int i = 0; i < m->missing->nelts; i++)
        if (APR_ARRAY_IDX(m->missing, i, missing_t).err->status == 404)
            return 1;
    return 0;
}

static xc_error_t *find_all(multiget_t *m, const xmlNode *root)
{
    xc_calendar_t *cal = m->self->cal;
    int settled = cal && xc_calendar_settle_for(cal, SETTLE_FOR, m->d->pool);
    clear(m);
    XC_TRY(read_hrefs(m, root));
    if (!settled || !any_absent(m))
        return NULL;
    xc_calendar_unsettle(cal);
    clear(m);
    return read_hrefs(m, root);
}

xc_error_t *xc_report_multiget(xc_dav_t *d, xmlNode *root, xc_resource_t *self)
{
    multiget_t m = { .d = d, .self = self };
    const xc_zone_t *zone;
    xc_data_view_t *view;
    xc_want_t *want;
    XC_TRY(xc_want_parse(&want, root, d->pool));
    XC_TRY(xc_ask_zone(&zone, root, d->pool));
    XC_TRY(xc_caldata_parse(&view, d, want, d->pool));
    XC_TRY(find_all(&m, root));
    XC_TRY(load(&m, want, view, zone));
    xc_ms_t *ms = xc_ms_make(d, 207, XC_NS_DAV, "multistatus");
    xc_props_respond_all(ms, m.found, want);
    for (int i = 0; i < m.missing->nelts && !ms->gone; i++) {
        const missing_t *missing = &APR_ARRAY_IDX(m.missing, i, missing_t);
        xc_ms_status(ms, missing->href, missing->err->status, missing->err->cond ? missing->err : NULL);
    }
    return xc_ms_end(ms);
}
