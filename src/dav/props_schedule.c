/* SPDX-License-Identifier: Apache-2.0 */
/* Live properties of RFC 6638: where messages go, and which calendars count. */
#include <apr_strings.h>
#include <string.h>

#include "dav/dav.h"

/* The segment of the mailbox's own calendar: where Exchange puts every invitation. */
#define DEFAULT_CALENDAR "calendar"

/* Messages to others go by Exchange, not through a collection of theirs. */
static int has_scheduling(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    return r->person ? 404 : 200;
}

static apr_array_header_t *ref_to(xc_dav_t *d, xc_rkind_e kind, apr_pool_t *pool)
{
    apr_array_header_t *refs = apr_array_make(pool, 1, sizeof(xc_path_t));
    APR_ARRAY_PUSH(refs, xc_path_t) = xc_resource_path(d, kind);
    return refs;
}

static apr_array_header_t *ref_inbox(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)r;
    return ref_to(d, XC_R_INBOX, pool);
}

static apr_array_header_t *ref_outbox(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)r;
    return ref_to(d, XC_R_OUTBOX, pool);
}

static xc_path_t default_calendar(xc_dav_t *d)
{
    xc_path_t path = xc_resource_path(d, XC_R_CALENDAR);
    path.calendar = DEFAULT_CALENDAR;
    return path;
}

static apr_array_header_t *ref_default_calendar(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    apr_array_header_t *refs = apr_array_make(pool, 1, sizeof(xc_path_t));
    (void)r;
    APR_ARRAY_PUSH(refs, xc_path_t) = default_calendar(d);
    return refs;
}

/* RFC 6638 9.2. Exchange puts invitations into the mailbox's own calendar: no other can be chosen. */
static xc_error_t *check_default_calendar(xc_dav_t *d, xmlNode *value, apr_pool_t *pool)
{
    const xmlNode *href = xc_xml_child(value, XC_NS_DAV, "href");
    xc_path_t path, own = default_calendar(d);
    if (href && !xc_path_parse_url(&path, xc_xml_text(href, pool), d->req->host_url, d->req->cfg->base, pool) && xc_path_equal(&path, &own))
        return NULL;
    return xc_error_make(pool, 0, XC_COND_VALID_SCHEDULE_DEFAULT_CALENDAR,
                         "Exchange puts invitations into the mailbox's own calendar; no other can be chosen.");
}

#define TRANSP "{" XC_NS_CALDAV "}schedule-calendar-transp"

/* Events of a calendar count in its owner's free/busy unless a client has said otherwise (RFC 6638 9.1). */
static void put_transp(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)r;
    (void)pool;
    xc_xmlw_element(w, XC_NS_CALDAV, "opaque", NULL);
}

static xc_error_t *check_transp(xc_dav_t *d, xmlNode *value, apr_pool_t *pool)
{
    const xmlNode *child = xc_xml_child(value, NULL, NULL);
    (void)d;
    if (xc_xml_is(child, XC_NS_CALDAV, "opaque") || xc_xml_is(child, XC_NS_CALDAV, "transparent"))
        return NULL;
    return xc_error_make(pool, 409, XC_COND_NONE, "schedule-calendar-transp is either opaque or transparent.");
}

static int is_transparent(xc_dav_t *d, const xc_resource_t *calendar, apr_pool_t *pool)
{
    const char *xml = xc_deadprop_get(d, calendar, TRANSP);
    xmlNode *root;
    return xml && !xc_xml_parse(&root, xml, strlen(xml), pool) && xc_xml_child(root, XC_NS_CALDAV, "transparent");
}

static int has_calendars(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    apr_array_header_t *calendars;
    xc_error_t *err = xc_resource_calendars(&calendars, d);
    (void)r;
    (void)pool;
    return err ? err->status : 200;
}

/* What schedule-calendar-transp says of every calendar, as the drafts before RFC 6638 said it in one place. */
static apr_array_header_t *ref_free_busy(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    apr_array_header_t *refs = apr_array_make(pool, 4, sizeof(xc_path_t)), *calendars;
    (void)r;
    if (xc_resource_calendars(&calendars, d))
        return refs;
    for (int i = 0; i < calendars->nelts; i++) {
        xc_resource_t *one = xc_resource_of_calendar(d, APR_ARRAY_IDX(calendars, i, xc_calendar_t *), pool);
        if (!is_transparent(d, one, pool))
            APR_ARRAY_PUSH(refs, xc_path_t) = one->path;
    }
    return refs;
}

const xc_liveprop_t xc_props_schedule[] = {
    { XC_NS_CALDAV, "schedule-inbox-URL", XC_R_PRINCIPAL, 0, has_scheduling, NULL, ref_inbox, NULL },
    { XC_NS_CALDAV, "schedule-outbox-URL", XC_R_PRINCIPAL, 0, has_scheduling, NULL, ref_outbox, NULL },
    { XC_NS_CALDAV, "schedule-default-calendar-URL", XC_R_INBOX, XC_P_SETTABLE, NULL, NULL, ref_default_calendar, check_default_calendar },
    { XC_NS_CALDAV, "schedule-calendar-transp", XC_R_CALENDAR, XC_P_SETTABLE | XC_P_DEAD, NULL, put_transp, NULL, check_transp },
    { XC_NS_CALDAV, "calendar-free-busy-set", XC_R_INBOX, 0, has_calendars, NULL, ref_free_busy, NULL },
    { NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};
