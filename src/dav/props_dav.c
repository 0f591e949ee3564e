/* SPDX-License-Identifier: Apache-2.0 */
/* Live properties of RFC 4918, RFC 3253, RFC 6578 and RFC 5995. */
#include <apr_strings.h>
#include <string.h>

#include "dav/dav.h"

static void put_resourcetype(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    if (r->path.kind & XC_R_COLLECTIONS)
        xc_xmlw_element(w, XC_NS_DAV, "collection", NULL);
    if (r->path.kind & (XC_R_PRINCIPAL | XC_R_PROXY))
        xc_xmlw_element(w, XC_NS_DAV, "principal", NULL);
    if (r->path.kind == XC_R_PROXY)
        xc_xmlw_element(w, XC_NS_CS, r->path.name, NULL);
    if (r->path.kind == XC_R_CALENDAR)
        xc_xmlw_element(w, XC_NS_CALDAV, "calendar", NULL);
    if (r->path.kind == XC_R_INBOX)
        xc_xmlw_element(w, XC_NS_CALDAV, "schedule-inbox", NULL);
    if (r->path.kind == XC_R_OUTBOX)
        xc_xmlw_element(w, XC_NS_CALDAV, "schedule-outbox", NULL);
}

static void put_displayname(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    const char *name = r->path.kind == XC_R_OUTBOX ? "Outbox" : r->cal ? r->cal->folder.display_name : NULL;
    xc_mailbox_t *mailbox;
    if (r->person)
        name = r->person->name;
    if (!name && !r->cal && !xc_mailbox_other(&mailbox, d->req->mailbox, r->path.address, pool))
        name = xc_mailbox_display_name(mailbox);
    xc_xmlw_text(w, name ? name : r->cal ? r->cal->segment : r->path.address);
}

static void put_getetag(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    xc_xmlw_text(w, "\"");
    xc_xmlw_text(w, r->item->etag);
    xc_xmlw_text(w, "\"");
}

static void put_getcontenttype(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    xc_xmlw_text(w, xc_content_type(r->cal));
}

static int has_body(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    return r->body ? 200 : 404;
}

static void put_getcontentlength(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    xc_xmlw_text(w, apr_psprintf(pool, "%" APR_SIZE_T_FMT, r->body->len));
}

apr_time_t xc_text_time(const char *text, const char *name, int latest)
{
    apr_size_t len = strlen(name);
    apr_time_t found = 0;
    for (const char *p = text; p; p = strchr(p, '\n')) {
        char value[17];
        apr_time_t t;
        p += *p == '\n';
        if (strncmp(p, name, len) || p[len] != ':')
            continue;
        apr_cpystrn(value, p + len + 1, sizeof(value));
        if (!xc_time_parse_utc(value, &t) && (!found || (latest ? t > found : t < found)))
            found = t;
    }
    return found;
}

static int has_modified(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    return r->body && xc_text_time(r->body->text, "LAST-MODIFIED", 1) ? 200 : 404;
}

static void put_getlastmodified(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    xc_xmlw_text(w, xc_time_format_http(xc_text_time(r->body->text, "LAST-MODIFIED", 1), pool));
}

static int has_created(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    return r->body && xc_text_time(r->body->text, "CREATED", 0) ? 200 : 404;
}

static void put_creationdate(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    xc_xmlw_text(w, xc_time_format_iso(xc_text_time(r->body->text, "CREATED", 0), pool));
}

/* Of calendars: what the change log says, when Exchange could be asked. */
static int has_log(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    return r->log_error ? r->log_error->status : r->cal->info ? 200 : 404;
}

static void put_sync_token(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    xc_xmlw_text(w, xc_sync_token(r->cal, pool));
}

static void put_getctag(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    xc_xmlw_text(w, xc_calendar_token(r->cal, pool));
}

static void put_nothing(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)r;
    (void)w;
    (void)pool;
}

static void put_supported_reports(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    for (const xc_report_t *report = xc_reports; report->name; report++) {
        if (!(report->kinds & r->path.kind))
            continue;
        xc_xmlw_start(w, XC_NS_DAV, "supported-report");
        xc_xmlw_start(w, XC_NS_DAV, "report");
        xc_xmlw_element(w, report->ns, report->name, NULL);
        xc_xmlw_end(w);
        xc_xmlw_end(w);
    }
}

static void put_supported_methods(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    (void)d;
    (void)pool;
    for (const xc_method_t *m = xc_methods; m->name; m++) {
        if (!(m->kinds & r->path.kind))
            continue;
        xc_xmlw_start(w, XC_NS_DAV, "supported-method");
        xc_xmlw_attr(w, "name", m->name);
        xc_xmlw_end(w);
    }
}

typedef struct live_list_t {
    xc_xmlw_t *w;
    unsigned kind;
} live_list_t;

static void list_live(void *ctx, const xc_liveprop_t *row)
{
    live_list_t *list = ctx;
    if (!(row->kinds & list->kind) || (row->flags & XC_P_REPORT))
        return;
    xc_xmlw_start(list->w, XC_NS_DAV, "supported-live-property");
    xc_xmlw_start(list->w, XC_NS_DAV, "prop");
    xc_xmlw_element(list->w, row->ns, row->name, NULL);
    xc_xmlw_end(list->w);
    xc_xmlw_end(list->w);
}

static void put_supported_live(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    live_list_t list = { w, r->path.kind };
    (void)d;
    (void)pool;
    xc_liveprop_each(list_live, &list);
}

static void put_add_member(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool)
{
    const char *href = xc_resource_href(d, &r->path, pool);
    xc_xmlw_element(w, XC_NS_DAV, "href", apr_pstrcat(pool, href, "?" XC_ADD_MEMBER, NULL));
}

const xc_liveprop_t xc_props_dav[] = {
    { XC_NS_DAV, "resourcetype", XC_R_ALL, XC_P_ALLPROP, NULL, put_resourcetype, NULL, NULL },
    { XC_NS_DAV, "displayname", XC_R_PRINCIPAL | XC_R_PROXY | XC_R_HOME | XC_R_INBOX | XC_R_OUTBOX, XC_P_ALLPROP, NULL, put_displayname, NULL, NULL },
    { XC_NS_DAV, "displayname", XC_R_CALENDAR, XC_P_ALLPROP | XC_P_SETTABLE, NULL, put_displayname, NULL, NULL },
    { XC_NS_DAV, "getetag", XC_R_MEMBERS, XC_P_ALLPROP, NULL, put_getetag, NULL, NULL },
    { XC_NS_DAV, "getcontenttype", XC_R_MEMBERS, XC_P_ALLPROP, NULL, put_getcontenttype, NULL, NULL },
    { XC_NS_DAV, "getcontentlength", XC_R_MEMBERS, XC_P_ALLPROP | XC_P_BODY, has_body, put_getcontentlength, NULL, NULL },
    { XC_NS_DAV, "getlastmodified", XC_R_MEMBERS, XC_P_ALLPROP | XC_P_BODY, has_modified, put_getlastmodified, NULL, NULL },
    { XC_NS_DAV, "creationdate", XC_R_MEMBERS, XC_P_ALLPROP | XC_P_BODY, has_created, put_creationdate, NULL, NULL },
    { XC_NS_DAV, "lockdiscovery", XC_R_ALL, XC_P_ALLPROP, NULL, put_nothing, NULL, NULL },
    { XC_NS_DAV, "supportedlock", XC_R_ALL, XC_P_ALLPROP, NULL, put_nothing, NULL, NULL },
    { XC_NS_DAV, "supported-report-set", XC_R_ALL, 0, NULL, put_supported_reports, NULL, NULL },
    { XC_NS_DAV, "supported-method-set", XC_R_ALL, 0, NULL, put_supported_methods, NULL, NULL },
    { XC_NS_DAV, "supported-live-property-set", XC_R_ALL, 0, NULL, put_supported_live, NULL, NULL },
    { XC_NS_DAV, "sync-token", XC_R_LOGGED, XC_P_LOG, has_log, put_sync_token, NULL, NULL },
    { XC_NS_CS, "getctag", XC_R_LOGGED, XC_P_LOG, has_log, put_getctag, NULL, NULL },
    { XC_NS_DAV, "add-member", XC_R_CALENDAR, 0, NULL, put_add_member, NULL, NULL },
    { NULL, NULL, 0, 0, NULL, NULL, NULL, NULL },
};
