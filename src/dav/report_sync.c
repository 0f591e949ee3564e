/* SPDX-License-Identifier: Apache-2.0 */
/* sync-collection (RFC 6578 3). */
#include <apr_strings.h>
#include <string.h>

#include "dav/dav.h"

typedef struct sync_t {
    const char *token;     /* the client's, "" = first sync */
    int limit;             /* most responses, 0 = no limit */
    xc_want_t *want;
    xc_data_view_t *view;
} sync_t;

static xc_error_t *read_sync(sync_t *s, xc_dav_t *d, const xmlNode *root)
{
    int depth, most = d->req->cfg->max_matches;
    const char *level = xc_xml_child_text(root, XC_NS_DAV, "sync-level", d->pool);
    const char *token = xc_xml_child_text(root, XC_NS_DAV, "sync-token", d->pool);
    char *trimmed = apr_pstrdup(d->pool, token ? token : "");
    XC_TRY(xc_ask_depth(&depth, d));
    /* The RFC wants 0; its drafts said Depth 1 where it has sync-level now, and clients say both. */
    if (depth == XC_DEPTH_INFINITY)
        return xc_error_make(d->pool, 400, XC_COND_NONE, "sync-collection is asked with Depth 0.");
    /* A calendar has no collections inside: both levels are the same. */
    if (level && strcmp(level, "1") && strcmp(level, "infinite"))
        return xc_error_make(d->pool, 400, XC_COND_NONE, "sync-level is 1 or infinite.");
    apr_collapse_spaces(trimmed, trimmed);
    s->token = trimmed;
    XC_TRY(xc_want_parse(&s->want, root, d->pool));
    XC_TRY(xc_ask_limit(&s->limit, root, d->pool));
    if (most && (!s->limit || s->limit > most))
        s->limit = most;
    return xc_caldata_parse(&s->view, d, s->want, d->pool);
}

static xc_error_t *load_changes(apr_array_header_t **live, apr_array_header_t **gone, xc_dav_t *d, xc_calendar_t *cal,
                                const sync_t *s, const apr_array_header_t *items, int first)
{
    unsigned needs = xc_want_needs(s->want, XC_R_OBJECT);
    *live = apr_array_make(d->pool, items->nelts, sizeof(xc_resource_t *));
    *gone = apr_array_make(d->pool, 8, sizeof(xc_resource_t *));
    for (int i = 0; i < items->nelts; i++) {
        const xc_item_t *item = &APR_ARRAY_IDX(items, i, xc_item_t);
        if (!item->deleted && !item->hidden)
            APR_ARRAY_PUSH(*live, xc_resource_t *) = xc_resource_of_item(d, cal, item, d->pool);
        else if (!first)
            APR_ARRAY_PUSH(*gone, xc_resource_t *) = xc_resource_of_item(d, cal, item, d->pool);
    }
    if (needs & XC_P_BODY)
        XC_TRY(xc_props_load(d, cal, *live, needs));
    return xc_caldata_render_all(d, *live, 0, s->view, NULL);
}

static xc_error_t *answer(xc_dav_t *d, const sync_t *s, const apr_array_header_t *live, const apr_array_header_t *gone, int more, const char *token)
{
    apr_pool_t *scratch;
    xc_ms_t *ms = xc_ms_make(d, 207, XC_NS_DAV, "multistatus");
    apr_pool_create(&scratch, d->pool);
    xc_props_respond_all(ms, live, s->want);
    for (int i = 0; i < gone->nelts && !ms->gone; i++) {
        apr_pool_clear(scratch);
        xc_ms_status(ms, xc_resource_href(d, &APR_ARRAY_IDX(gone, i, xc_resource_t *)->path, scratch), 404, NULL);
    }
    if (more)
        xc_ms_truncated(ms);
    xc_xmlw_element(ms->w, XC_NS_DAV, "sync-token", token);
    return xc_ms_end(ms);
}

xc_error_t *xc_report_sync(xc_dav_t *d, xmlNode *root, xc_resource_t *self)
{
    xc_calendar_t *cal = self->cal;
    apr_array_header_t *items, *live, *gone;
    apr_uint64_t since = 0, reached = 0;
    sync_t s = { 0 };
    int more = 0;
    XC_TRY(read_sync(&s, d, root));
    XC_TRY(xc_calendar_refresh(cal, d->pool));
    if (*s.token && xc_sync_token_parse(cal, s.token, &since, d->pool))
        return xc_error_make(d->pool, 0, XC_COND_VALID_SYNC_TOKEN, "The sync-token is not of this calendar, or too old: start over without one.");
    XC_TRY(xc_calendar_since(&items, &more, &reached, cal, since, s.limit, d->pool));
    XC_TRY(load_changes(&live, &gone, d, cal, &s, items, !*s.token));
    return answer(d, &s, live, gone, more, more ? xc_sync_token_at(cal, reached, d->pool) : xc_sync_token(cal, d->pool));
}
