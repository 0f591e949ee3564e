/* SPDX-License-Identifier: Apache-2.0 */
/* calendar-query (RFC 4791 7.8). */
#include <apr_strings.h>
#include <string.h>

#include "dav/dav.h"

/* Objects are looked at in portions, so that those that do not match need no memory for long. */
#define PORTION 500

typedef struct query_t {
    xc_dav_t *d;
    xc_want_t *want;
    xc_comp_filter_t *filter;
    xc_data_view_t *view;          /* NULL = no calendar-data */
    const xc_zone_t *zone;         /* of the request, NULL = each calendar's own */
    xc_range_t range;              /* what every match touches */
    unsigned needs;                /* of the answer */
    int limit;                     /* the client's, 0 = none */
    int truncated;
    apr_array_header_t *matches;   /* xc_resource_t * */
    apr_array_header_t *left_out;  /* xc_resource_t *: calendars with their body_error */
} query_t;

xc_error_t *xc_ask_zone(const xc_zone_t **zone, const xmlNode *root, apr_pool_t *pool)
{
    const char *text = xc_xml_child_text(root, XC_NS_CALDAV, "timezone", pool);
    const char *id = xc_xml_child_text(root, XC_NS_CALDAV, "timezone-id", pool);
    *zone = NULL;
    if (id && !(*zone = xc_zone_find(id)))
        return xc_error_make(pool, 0, XC_COND_VALID_TIMEZONE, "This is the name of no time zone that is known here.");
    return text ? xc_zone_of_text(zone, text, pool) : NULL;
}

xc_error_t *xc_ask_limit(int *limit, const xmlNode *root, apr_pool_t *pool)
{
    const xmlNode *node = xc_xml_child(root, XC_NS_DAV, "limit");
    *limit = 0;
    if (!node)
        node = xc_xml_child(root, XC_NS_CALDAV, "limit");
    if (!node)
        return NULL;
    const char *text = xc_xml_child_text(node, NULL, "nresults", pool);
    apr_int64_t value = text ? apr_strtoi64(text, NULL, 10) : 0;
    if (value <= 0)
        return xc_error_make(pool, 0, XC_COND_NUMBER_OF_MATCHES, "The limit is a number of results, at least 1.");
    *limit = value > 1000000 ? 1000000 : (int)value;
    return NULL;
}

/* Without a time-range of the client's, the window of the configuration. */
static xc_range_t default_window(const xc_dav_config_t *cfg)
{
    xc_range_t range = { cfg->past_window || cfg->future_window, XC_TIME_MIN, XC_TIME_MAX };
    apr_time_t now = apr_time_now();
    if (cfg->past_window)
        range.start = now - cfg->past_window;
    if (cfg->future_window)
        range.end = now + cfg->future_window;
    return range;
}

static xc_error_t *read_query(query_t *q, const xmlNode *root)
{
    xc_dav_t *d = q->d;
    XC_TRY(xc_want_parse(&q->want, root, d->pool));
    XC_TRY(xc_filter_parse(&q->filter, xc_xml_child(root, XC_NS_CALDAV, "filter"), d->pool));
    XC_TRY(xc_ask_zone(&q->zone, root, d->pool));
    XC_TRY(xc_ask_limit(&q->limit, root, d->pool));
    XC_TRY(xc_caldata_parse(&q->view, d, q->want, d->pool));
    q->range = xc_filter_range(q->filter);
    if (!q->range.set)
        q->range = default_window(d->req->cfg);
    q->needs = xc_want_needs(q->want, XC_R_OBJECT);
    q->matches = apr_array_make(d->pool, 64, sizeof(xc_resource_t *));
    q->left_out = apr_array_make(d->pool, 2, sizeof(xc_resource_t *));
    return NULL;
}

/* Is the filter met by every object of the calendar ("all events")? Then no body is needed to know. */
static int matches_all(const query_t *q, const xc_calendar_t *cal)
{
    const xc_comp_filter_t *f = q->filter;
    if (q->range.set || f->is_not_defined || f->props->nelts || f->comps->nelts > 1)
        return 0;
    if (!f->comps->nelts)
        return 1;
    f = &APR_ARRAY_IDX(f->comps, 0, xc_comp_filter_t);
    if (f->range.set || f->is_not_defined || f->props->nelts || f->comps->nelts)
        return 0;
    return (cal->components == XC_COMP_VEVENT && !strcasecmp(f->name, "VEVENT"))
           || (cal->components == XC_COMP_VTODO && !strcasecmp(f->name, "VTODO"));
}

/* @return number-of-matches-within-limits when the configuration's bound is passed */
static xc_error_t *add_match(query_t *q, xc_resource_t *r)
{
    int most = q->d->req->cfg->max_matches;
    if (q->limit && q->matches->nelts == q->limit) {
        q->truncated = 1;
        return NULL;
    }
    if (most && q->matches->nelts == most)
        return xc_error_make(q->d->pool, 0, XC_COND_NUMBER_OF_MATCHES, "More than %d objects match: ask for less at once.", most);
    APR_ARRAY_PUSH(q->matches, xc_resource_t *) = r;
    return NULL;
}

static xc_error_t *judge(query_t *q, xc_calendar_t *cal, const xc_item_t *item, xc_loaded_t *loaded, apr_pool_t *scratch)
{
    xc_dav_t *d = q->d;
    const xc_zone_t *zone = q->zone ? q->zone : xc_resource_zone(d, cal);
    xc_object_t *obj;
    int matches = 0;
    if (loaded->error) /* gone meanwhile or nothing to show: matches nothing; Exchange away: nothing is known */
        return xc_error_is_passing(loaded->error) ? loaded->error : NULL;
    if (xc_object_parse_stored(&obj, loaded->text, loaded->len, scratch))
        return NULL;
    xc_error_t *err = xc_filter_match(&matches, q->filter, obj, zone, scratch);
    if (!err && !matches)
        return NULL;
    /* the portion's memory may go: what stays is the listed item, or the newer one with its body */
    xc_resource_t *r = xc_resource_of_item(d, cal, (q->needs & XC_P_BODY) ? loaded->item : item, d->pool);
    if (err)
        r->body_error = xc_error_make(d->pool, err->status, err->cond, "%s", err->message ? err->message : "The filter cannot be judged.");
    else if (q->needs & XC_P_BODY) {
        r->body = loaded;
        xc_files_show(d, &r->path, loaded, d->pool);
        if ((q->needs & XC_P_DEAD) && loaded->props)
            r->dead = xc_props_parse(loaded->props, d->pool);
        if (q->view)
            r->body_error = xc_caldata_render(r, q->view, zone, d->pool);
    }
    return add_match(q, r);
}

static xc_error_t *query_portion(query_t *q, xc_calendar_t *cal, const xc_item_t **items, int n, apr_pool_t *portion, apr_pool_t *scratch)
{
    xc_loaded_t *loaded;
    XC_TRY(xc_calendar_load(&loaded, cal, items, n, portion));
    for (int i = 0; i < n && !q->truncated; i++) {
        apr_pool_clear(scratch);
        XC_TRY(xc_ask_time(q->d));
        XC_TRY(judge(q, cal, items[i], &loaded[i], scratch));
    }
    return NULL;
}

static xc_error_t *query_items(query_t *q, xc_calendar_t *cal, const apr_array_header_t *all)
{
    apr_pool_t *portion = q->d->pool, *scratch;
    int keep = (q->needs & XC_P_BODY) != 0; /* bodies are part of the answer */
    apr_pool_create(&scratch, q->d->pool);
    if (!keep)
        apr_pool_create(&portion, q->d->pool);
    for (int from = 0; from < all->nelts && !q->truncated;) {
        const xc_item_t *items[PORTION];
        int n = 0;
        for (; from < all->nelts && n < PORTION; from++) {
            const xc_item_t *item = &APR_ARRAY_IDX(all, from, xc_item_t);
            if (xc_item_may_touch(item, &q->range))
                items[n++] = item;
        }
        if (!keep)
            apr_pool_clear(portion);
        if (n)
            XC_TRY(query_portion(q, cal, items, n, portion, scratch));
    }
    return NULL;
}

static xc_error_t *query_all(query_t *q, xc_calendar_t *cal, const apr_array_header_t *all)
{
    int first = q->matches->nelts;
    for (int i = 0; i < all->nelts && !q->truncated; i++)
        XC_TRY(add_match(q, xc_resource_of_item(q->d, cal, &APR_ARRAY_IDX(all, i, xc_item_t), q->d->pool)));
    if (!(q->needs & XC_P_BODY))
        return NULL;
    XC_TRY(xc_props_load(q->d, cal, q->matches, q->needs));
    return xc_caldata_render_all(q->d, q->matches, first, q->view, q->zone);
}

static xc_error_t *query_calendar(query_t *q, xc_calendar_t *cal)
{
    apr_array_header_t *all;
    if (!(cal->components & xc_filter_components(q->filter)))
        return NULL;
    XC_TRY(xc_calendar_refresh(cal, q->d->pool));
    XC_TRY(xc_calendar_list(&all, cal, q->d->pool));
    return matches_all(q, cal) ? query_all(q, cal, all) : query_items(q, cal, all);
}

static xc_error_t *query_home(query_t *q)
{
    apr_array_header_t *calendars;
    XC_TRY(xc_resource_calendars(&calendars, q->d));
    XC_TRY(xc_calendar_refresh_all(calendars, q->d->pool));
    for (int i = 0; i < calendars->nelts && !q->truncated; i++) {
        xc_calendar_t *cal = APR_ARRAY_IDX(calendars, i, xc_calendar_t *);
        int before = q->matches->nelts;
        xc_error_t *err = query_calendar(q, cal);
        if (!err)
            continue;
        XC_TRY(xc_resource_leave_out(q->d, cal, err));
        q->matches->nelts = before;
        if (err->status == 404)
            continue;
        xc_resource_t *r = xc_resource_of_calendar(q->d, cal, q->d->pool);
        r->body_error = err;
        APR_ARRAY_PUSH(q->left_out, xc_resource_t *) = r;
    }
    return NULL;
}

xc_error_t *xc_report_query(xc_dav_t *d, xmlNode *root, xc_resource_t *self)
{
    query_t q = { .d = d };
    int depth;
    XC_TRY(xc_ask_depth(&depth, d));
    XC_TRY(read_query(&q, root));
    if (self->path.kind & XC_R_MEMBERS) {
        apr_array_header_t *one = apr_array_make(d->pool, 1, sizeof(xc_item_t));
        APR_ARRAY_PUSH(one, xc_item_t) = *self->item;
        XC_TRY(query_items(&q, self->cal, one));
    }
    /* Without Depth clients mean the calendar's objects; a written 0 leaves nothing that could match. */
    else if ((self->path.kind & XC_R_LOGGED) && depth != 0)
        XC_TRY(query_calendar(&q, self->cal));
    else if (self->path.kind == XC_R_HOME && depth == XC_DEPTH_INFINITY)
        XC_TRY(query_home(&q));
    xc_ms_t *ms = xc_ms_make(d, 207, XC_NS_DAV, "multistatus");
    xc_props_respond_all(ms, q.matches, q.want);
    xc_props_respond_all(ms, q.left_out, q.want);
    if (q.truncated)
        xc_ms_truncated(ms);
    return xc_ms_end(ms);
}
