/* SPDX-License-Identifier: Apache-2.0 */
/* MKCALENDAR (RFC 4791 5.3.1) and extended MKCOL (RFC 5689): a calendar folder with its properties in one go. */
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "dav/dav.h"

typedef struct maker_t {
    const char *body_ns, *body;        /* the request's root element */
    const char *answer_ns, *answer;
    int failed_status;                 /* when a property cannot be set */
} maker_t;

static const maker_t make_calendar = { XC_NS_CALDAV, "mkcalendar", XC_NS_CALDAV, "mkcalendar-response", 207 };
static const maker_t make_collection = { XC_NS_DAV, "mkcol", XC_NS_DAV, "mkcol-response", 424 };

static int is_xml_type(const char *type)
{
    apr_size_t len = strcspn(type, "; \t");
    return (len == 15 && !strncasecmp(type, "application/xml", len)) || (len == 8 && !strncasecmp(type, "text/xml", len))
           || (len > 4 && !strncasecmp(type + len - 4, "+xml", 4));
}

static xc_error_t *read_root(xmlNode **root, xc_dav_t *d, const maker_t *maker)
{
    const char *type = xc_ask_header(d, "Content-Type");
    char *data;
    apr_size_t len;
    *root = NULL;
    XC_TRY(d->req->read_body(d->req, &data, &len, d->req->cfg->max_request_bytes));
    if (!len)
        return NULL;
    if (type && !is_xml_type(type))
        return xc_error_make(d->pool, 415, XC_COND_NONE, "The body of this method is XML.");
    XC_TRY(xc_xml_parse(root, data, len, d->pool));
    if (!xc_xml_is(*root, maker->body_ns, maker->body))
        return xc_error_make(d->pool, 400, XC_COND_NONE, "The body of this method is a %s.", maker->body);
    return NULL;
}

/* What homes have, or will have, by themselves. */
static int is_reserved(const char *segment)
{
    static const char *const names[] = { "inbox", "outbox", "tasks", "notifications", "freebusy" };
    for (apr_size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (!strcasecmp(segment, names[i]))
            return 1;
    return 0;
}

/* Is there room for a calendar at this place? */
static xc_error_t *check_place(xc_dav_t *d)
{
    xc_calendar_t *cal = NULL;
    if (d->path.kind & (XC_R_HOME | XC_R_INBOX | XC_R_OUTBOX))
        return xc_error_make(d->pool, 0, XC_COND_RESOURCE_MUST_BE_NULL, "There is a collection already.");
    XC_TRY(xc_resource_calendar(&cal, d, d->path.calendar));
    if (d->path.kind == XC_R_OBJECT)
        return cal ? xc_error_make(d->pool, 0, XC_COND_CALENDAR_COLLECTION_LOCATION_OK, "A calendar has no collections inside.")
                   : xc_error_make(d->pool, 409, XC_COND_NONE, "There is no collection to make it in.");
    if (cal)
        return xc_error_make(d->pool, 0, XC_COND_RESOURCE_MUST_BE_NULL, "There is a calendar already.");
    if (is_reserved(d->path.calendar))
        return xc_error_make(d->pool, 0, XC_COND_CALENDAR_COLLECTION_LOCATION_OK, "This name is reserved.");
    return xc_precond_match(d, NULL);
}

static void fail(xc_proppatch_t *patch, xc_propchange_t *c, xc_error_t *err)
{
    c->error = err;
    c->status = err->status;
    patch->failed = 1;
}

static int is_calendar(const xmlNode *resourcetype)
{
    for (xmlNode *type = xc_xml_child(resourcetype, NULL, NULL); type; type = xc_xml_next(type, NULL, NULL))
        if (!xc_xml_is(type, XC_NS_CALDAV, "calendar") && !xc_xml_is(type, XC_NS_DAV, "collection"))
            return 0;
    return xc_xml_child(resourcetype, XC_NS_CALDAV, "calendar") && xc_xml_child(resourcetype, XC_NS_DAV, "collection");
}

/* The components that are wished for; 0 when there is one that Exchange has no folder for. */
static int wished_components(const xmlNode *component_set, apr_pool_t *pool)
{
    int bits = 0;
    for (xmlNode *comp = xc_xml_child(component_set, XC_NS_CALDAV, "comp"); comp; comp = xc_xml_next(comp, XC_NS_CALDAV, "comp")) {
        const char *name = xc_xml_attr(comp, "name", pool);
        int bit = !name ? 0 : !strcasecmp(name, "VEVENT") ? XC_COMP_VEVENT : !strcasecmp(name, "VTODO") ? XC_COMP_VTODO : 0;
        if (!bit)
            return 0;
        bits |= bit;
    }
    return bits ? bits : XC_COMP_VEVENT;
}

/*
 * resourcetype and the component set are the server's afterwards, but a wish at the making. A home
 * has room for calendars only: a MKCOL that wishes for nothing makes one.
 */
static int judge_wishes(xc_proppatch_t *patch, xc_dav_t *d)
{
    int components = XC_COMP_VEVENT;
    for (int i = 0; i < patch->changes->nelts; i++) {
        xc_propchange_t *c = &APR_ARRAY_IDX(patch->changes, i, xc_propchange_t);
        if (xc_xml_is(c->node, XC_NS_DAV, "resourcetype") && !is_calendar(c->node))
            fail(patch, c, xc_error_make(d->pool, 0, XC_COND_VALID_RESOURCETYPE, "Only calendars can be made here."));
        else if (xc_xml_is(c->node, XC_NS_CALDAV, "supported-calendar-component-set")) {
            components = wished_components(c->node, d->pool);
            if (components != XC_COMP_VEVENT && components != XC_COMP_VTODO)
                fail(patch, c, xc_error_make(d->pool, 0, XC_COND_SUPPORTED_CALENDAR_COMPONENT, "A new calendar holds either events or tasks."));
        }
    }
    return components;
}

static xc_error_t *refuse(xc_dav_t *d, const maker_t *maker, const xc_proppatch_t *patch)
{
    int multi = maker->failed_status == 207;
    xc_ms_t *ms = multi ? xc_ms_make(d, 207, XC_NS_DAV, "multistatus") : xc_ms_make(d, maker->failed_status, maker->answer_ns, maker->answer);
    if (multi)
        xc_ms_open(ms, xc_resource_href(d, &d->path, d->pool));
    xc_proppatch_write(ms, patch);
    if (multi)
        xc_ms_close(ms);
    return xc_ms_end(ms);
}

static xc_error_t *make(xc_dav_t *d, const maker_t *maker)
{
    xc_proppatch_t *patch;
    xc_calendar_t *cal;
    xmlNode *root;
    XC_TRY(read_root(&root, d, maker));
    XC_TRY(check_place(d));
    XC_TRY(xc_proppatch_read(&patch, d, root, XC_R_CALENDAR, 1));
    int components = judge_wishes(patch, d);
    xc_reply_header(d, "Cache-Control", "no-cache");
    if (patch->failed)
        return refuse(d, maker, patch);
    const char *name = patch->display_name && *patch->display_name ? patch->display_name : NULL;
    XC_TRY(xc_calendar_create(&cal, d->mailbox, d->path.calendar, name, components, patch->set, d->pool));
    if (!patch->changes->nelts || d->minimal) {
        xc_reply_header(d, "Vary", "Prefer, Brief");
        if (d->minimal)
            xc_reply_header(d, "Preference-Applied", "return=minimal");
        xc_reply_empty(d, 201);
        return NULL;
    }
    xc_ms_t *ms = xc_ms_make(d, 201, maker->answer_ns, maker->answer);
    xc_proppatch_write(ms, patch);
    return xc_ms_end(ms);
}

xc_error_t *xc_method_mkcalendar(xc_dav_t *d)
{
    return make(d, &make_calendar);
}

xc_error_t *xc_method_mkcol(xc_dav_t *d)
{
    return make(d, &make_collection);
}
