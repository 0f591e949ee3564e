/* SPDX-License-Identifier: Apache-2.0 */
/* CALDAV:calendar-data in reports (RFC 4791 9.6). */
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "dav/dav.h"

#define MAX_SELECTED 500
#define MAX_DEPTH    8

static xc_error_t *unsupported(apr_pool_t *pool, const char *what)
{
    return xc_error_make(pool, 0, XC_COND_SUPPORTED_CALENDAR_DATA, "%s", what);
}

static xc_error_t *read_comp(xc_comp_sel_t *out, const xmlNode *node, int depth, int *count, apr_pool_t *pool)
{
    memset(out, 0, sizeof(*out));
    out->name = xc_xml_attr(node, "name", pool);
    if (!out->name || depth > MAX_DEPTH || ++*count > MAX_SELECTED)
        return xc_error_make(pool, 400, XC_COND_NONE, "The comp elements of calendar-data are not valid.");
    out->props = apr_array_make(pool, 4, sizeof(xc_prop_sel_t));
    out->comps = apr_array_make(pool, 2, sizeof(xc_comp_sel_t));
    for (xmlNode *c = xc_xml_child(node, NULL, NULL); c; c = xc_xml_next(c, NULL, NULL)) {
        if (xc_xml_is(c, XC_NS_CALDAV, "allprop"))
            out->all_props = 1;
        else if (xc_xml_is(c, XC_NS_CALDAV, "allcomp"))
            out->all_comps = 1;
        else if (xc_xml_is(c, XC_NS_CALDAV, "prop")) {
            const char *no_value = xc_xml_attr(c, "novalue", pool);
            xc_prop_sel_t prop = { xc_xml_attr(c, "name", pool), no_value && !strcmp(no_value, "yes") };
            if (!prop.name || ++*count > MAX_SELECTED)
                return xc_error_make(pool, 400, XC_COND_NONE, "The prop elements of calendar-data are not valid.");
            APR_ARRAY_PUSH(out->props, xc_prop_sel_t) = prop;
        }
        else if (xc_xml_is(c, XC_NS_CALDAV, "comp")) {
            xc_comp_sel_t inner;
            XC_TRY(read_comp(&inner, c, depth + 1, count, pool));
            APR_ARRAY_PUSH(out->comps, xc_comp_sel_t) = inner;
        }
    }
    return NULL;
}

/* expand, limit-recurrence-set and limit-freebusy-set have both ends (9.6.5 to 9.6.7). */
static xc_error_t *read_limit(xc_range_t *out, const xmlNode *node, apr_pool_t *pool)
{
    if (!xc_xml_attr(node, "start", pool) || !xc_xml_attr(node, "end", pool) || xc_range_parse(out, node, pool))
        return xc_error_make(pool, 400, XC_COND_NONE, "The %s of calendar-data needs a start and a later end in UTC.", (const char *)node->name);
    return NULL;
}

static xc_error_t *check_media(const xmlNode *node, apr_pool_t *pool)
{
    const char *type = xc_xml_attr(node, "content-type", pool), *version = xc_xml_attr(node, "version", pool);
    if (type && strcasecmp(type, "text/calendar"))
        return unsupported(pool, "Calendar data is given as text/calendar.");
    if (version && strcmp(version, "2.0"))
        return unsupported(pool, "Calendar data is given as iCalendar 2.0.");
    return NULL;
}

xc_error_t *xc_caldata_parse(xc_data_view_t **out, xc_dav_t *d, const xc_want_t *want, apr_pool_t *pool)
{
    const xc_wanted_t *wanted = xc_want_has(want, XC_NS_CALDAV, "calendar-data");
    const char *zones = xc_ask_header(d, "CalDAV-Timezones");
    *out = NULL;
    if (!wanted)
        return NULL;
    xc_data_view_t *view = apr_pcalloc(pool, sizeof(*view));
    XC_TRY(check_media(wanted->node, pool));
    for (xmlNode *c = xc_xml_child(wanted->node, NULL, NULL); c; c = xc_xml_next(c, NULL, NULL)) {
        if (xc_xml_is(c, XC_NS_CALDAV, "comp")) {
            xc_comp_sel_t *select = apr_pcalloc(pool, sizeof(*select));
            int count = 0;
            XC_TRY(read_comp(select, c, 0, &count, pool));
            view->select = select;
        }
        else if (xc_xml_is(c, XC_NS_CALDAV, "expand"))
            XC_TRY(read_limit(&view->expand, c, pool));
        else if (xc_xml_is(c, XC_NS_CALDAV, "limit-recurrence-set"))
            XC_TRY(read_limit(&view->limit_recurrence, c, pool));
        else if (xc_xml_is(c, XC_NS_CALDAV, "limit-freebusy-set"))
            XC_TRY(read_limit(&view->limit_freebusy, c, pool));
    }
    if (view->expand.set && view->limit_recurrence.set)
        return xc_error_make(pool, 400, XC_COND_NONE, "expand and limit-recurrence-set exclude each other.");
    view->strip_zones = zones && (*zones == 'F' || *zones == 'f'); /* RFC 7809 7.1 */
    *out = view;
    return NULL;
}

static int asks_nothing(const xc_data_view_t *view)
{
    return !view->expand.set && !view->limit_recurrence.set && !view->limit_freebusy.set && !view->select && !view->strip_zones;
}

xc_error_t *xc_caldata_render(xc_resource_t *r, const xc_data_view_t *view, const xc_zone_t *zone, apr_pool_t *pool)
{
    apr_pool_t *scratch;
    xc_object_t *obj;
    const char *text;
    if (!r->body || asks_nothing(view)) {
        r->data = r->body ? r->body->text : NULL;
        return NULL;
    }
    xc_data_view_t zoned = *view;
    zoned.zone = zone;
    apr_pool_create(&scratch, pool);
    xc_error_t *err = xc_object_parse_stored(&obj, r->body->text, r->body->len, scratch);
    if (!err)
        err = xc_view_text(&text, obj, &zoned, scratch);
    if (err) /* the error outlives the scratch pool */
        err = xc_error_make(pool, err->status, err->cond, "%s", err->message ? err->message : "The data cannot be shown so.");
    else
        r->data = apr_pstrdup(pool, text);
    apr_pool_destroy(scratch);
    return err;
}

xc_error_t *xc_caldata_render_all(xc_dav_t *d, apr_array_header_t *resources, int first, const xc_data_view_t *view, const xc_zone_t *zone)
{
    for (int i = first; view && i < resources->nelts; i++) {
        xc_resource_t *r = APR_ARRAY_IDX(resources, i, xc_resource_t *);
        XC_TRY(xc_ask_time(d));
        if (!r->body_error)
            r->body_error = xc_caldata_render(r, view, zone ? zone : xc_resource_zone(d, r->cal), d->pool);
    }
    return NULL;
}
