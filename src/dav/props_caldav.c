/* SPDX-License-Identifier: Apache-2.0 */
/* Live properties of RFC 4791 and RFC 7809. */
#include <apr_strings.h>
#include <string.h>

#include "dav/dav.h"

static const struct {
    xc_comp_e bit;
    const char *name;
} components[] = {
    { XC_COMP_VEVENT, "VEVENT" },       { XC_COMP_VTODO, "VTODO" },
    { XC_COMP_VJOURNAL, "VJOURNAL" },   { XC_COMP_VFREEBUSY, "VFREEBUSY" },
    { XC_COMP_VAVAILABILITY, "VAVAILABILITY" },
};
#define COMPONENTS (sizeof(components) / sizeof(*components))

const char *xc_content_type(const xc_calendar_t *cal)
{
    switch (cal->components) {
    case XC_COMP_VEVENT:
        return XC_TYPE_CALENDAR "; component=VEVENT";
    case XC_COMP_VTODO:
        return XC_TYPE_CALENDAR "; component=VTODO";
    default:
        return XC_TYPE_CALENDAR;
    }
}

static void write_components(xc_xmlw_t *w, int bits)
{
    for (apr_size_t i = 0; i < COMPONENTS; i++) {
        if (!(bits & components[i].bit))
            continue;
        xc_xmlw_start(w, XC_NS_CALDAV, "comp");
        xc_xmlw_attr(w, "name", components[i].name);
        xc_xmlw_end(w);
    }
}

static void put_component_set(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    write_components(w, r->cal->components);
}

/* The sets that a new calendar in this home can have: one for events, one for tasks. */
static void put_component_sets(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)r;
    (void)pool;
    static const int sets[] = { XC_COMP_VEVENT, XC_COMP_VTODO };
    for (apr_size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
        xc_xmlw_start(w, XC_NS_CALDAV, "supported-calendar-component-set");
        write_components(w, sets[i]);
        xc_xmlw_end(w);
    }
}

static void put_supported_data(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)r;
    (void)pool;
    xc_xmlw_start(w, XC_NS_CALDAV, "calendar-data");
    xc_xmlw_attr(w, "content-type", "text/calendar");
    xc_xmlw_attr(w, "version", "2.0");
    xc_xmlw_end(w);
}

static void put_collations(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    static const char *const names[] = { "i;ascii-casemap", "i;octet", "i;unicode-casemap" };
    (void)d;
    (void)r;
    (void)pool;
    for (apr_size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        xc_xmlw_element(w, XC_NS_CALDAV, "supported-collation", names[i]);
}

static void put_max_resource_size(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)r;
    xc_xmlw_text(w, apr_psprintf(pool, "%" APR_SIZE_T_FMT, d->req->cfg->max_resource_bytes));
}

static void put_max_instances(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)r;
    xc_xmlw_text(w, apr_itoa(pool, XC_VIEW_MAX_INSTANCES));
}

static int has_max_attendees(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)r;
    (void)pool;
    return d->req->cfg->max_attendees > 0 ? 200 : 404;
}

static void put_max_attendees(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)r;
    xc_xmlw_text(w, apr_itoa(pool, d->req->cfg->max_attendees));
}

static int has_min_date(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)r;
    (void)pool;
    return d->req->cfg->min_date ? 200 : 404;
}

static void put_min_date(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)r;
    xc_xmlw_text(w, xc_time_format_utc(d->req->cfg->min_date, pool));
}

static int has_max_date(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)r;
    (void)pool;
    return d->req->cfg->max_date ? 200 : 404;
}

static void put_max_date(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)r;
    xc_xmlw_text(w, xc_time_format_utc(d->req->cfg->max_date, pool));
}

static xc_error_t *check_timezone(xc_dav_t *d, xmlNode *value, apr_pool_t *pool)
{
    const xc_zone_t *zone;
    (void)d;
    return xc_zone_of_text(&zone, xc_xml_text(value, pool), pool);
}

static xc_error_t *check_timezone_id(xc_dav_t *d, xmlNode *value, apr_pool_t *pool)
{
    (void)d;
    if (xc_zone_find(xc_xml_text(value, pool)))
        return NULL;
    return xc_error_make(pool, 0, XC_COND_VALID_TIMEZONE, "This is the name of no time zone that is known here.");
}

/* Live by name only: exists when a client has set it. */
static int is_unset(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)d;
    (void)r;
    (void)pool;
    return 404;
}

static int has_data(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    return r->data ? 200 : 404;
}

static void put_data(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    xc_xmlw_text(w, r->data);
}

static void put_max_attachment_size(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)r;
    xc_xmlw_text(w, apr_psprintf(pool, "%" APR_SIZE_T_FMT, d->req->cfg->max_file_bytes));
}

static void put_max_attachments(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)r;
    xc_xmlw_text(w, apr_itoa(pool, d->req->cfg->max_files));
}

/* RFC 8607 6.1: empty, the attachments are on this host. */
static void put_nothing(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)r;
    (void)w;
    (void)pool;
}

static const char *schedule_tag(const xc_resource_t *r, apr_pool_t *pool)
{
    return r->body ? xc_calendar_schedule_tag(r->cal, r->body, pool) : NULL;
}

static int has_schedule_tag(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)d;
    return schedule_tag(r, pool) ? 200 : 404;
}

static void put_schedule_tag(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    xc_xmlw_text(w, apr_pstrcat(pool, "\"", schedule_tag(r, pool), "\"", NULL));
}

#define LIMITS (XC_R_HOME | XC_R_LOGGED)
#define KEPT   (XC_P_SETTABLE | XC_P_DEAD)

const xc_liveprop_t xc_props_caldav[] = {
    { XC_NS_CALDAV, "calendar-data", XC_R_MEMBERS, XC_P_BODY | XC_P_REPORT, has_data, put_data, NULL, NULL },
    { XC_NS_CALDAV, "schedule-tag", XC_R_OBJECT, XC_P_BODY, has_schedule_tag, put_schedule_tag, NULL, NULL },
    { XC_NS_CALDAV, "calendar-description", XC_R_CALENDAR, KEPT, is_unset, NULL, NULL, NULL },
    { XC_NS_CALDAV, "calendar-timezone", XC_R_CALENDAR, KEPT, is_unset, NULL, NULL, check_timezone },
    { XC_NS_CALDAV, "calendar-timezone-id", XC_R_CALENDAR, KEPT, is_unset, NULL, NULL, check_timezone_id },
    { XC_NS_CALDAV, "supported-calendar-component-set", XC_R_LOGGED, 0, NULL, put_component_set, NULL, NULL },
    { XC_NS_CALDAV, "supported-calendar-component-sets", XC_R_HOME, 0, NULL, put_component_sets, NULL, NULL },
    { XC_NS_CALDAV, "supported-calendar-data", LIMITS, 0, NULL, put_supported_data, NULL, NULL },
    { XC_NS_CALDAV, "supported-collation-set", LIMITS, 0, NULL, put_collations, NULL, NULL },
    { XC_NS_CALDAV, "max-resource-size", LIMITS, 0, NULL, put_max_resource_size, NULL, NULL },
    { XC_NS_CALDAV, "max-attachment-size", LIMITS, 0, NULL, put_max_attachment_size, NULL, NULL },
    { XC_NS_CALDAV, "max-attachments-per-resource", LIMITS, 0, NULL, put_max_attachments, NULL, NULL },
    { XC_NS_CALDAV, "managed-attachments-server-URL", XC_R_HOME, 0, NULL, put_nothing, NULL, NULL },
    { XC_NS_CALDAV, "min-date-time", LIMITS, 0, has_min_date, put_min_date, NULL, NULL },
    { XC_NS_CALDAV, "max-date-time", LIMITS, 0, has_max_date, put_max_date, NULL, NULL },
    { XC_NS_CALDAV, "max-instances", LIMITS, 0, NULL, put_max_instances, NULL, NULL },
    { XC_NS_CALDAV, "max-attendees-per-instance", LIMITS, 0, has_max_attendees, put_max_attendees, NULL, NULL },
    { NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};
