/* SPDX-License-Identifier: Apache-2.0 */
/* The table of reports, and the sync-tokens that several of them speak of. */
#include "dav/dav.h"

#include <apr_strings.h>
#include <string.h>

const xc_report_t xc_reports[] = {
    { XC_NS_CALDAV, "calendar-query", XC_R_HOME | XC_R_LOGGED | XC_R_MEMBERS, xc_report_query },
    { XC_NS_CALDAV, "calendar-multiget", XC_R_HOME | XC_R_LOGGED | XC_R_MEMBERS, xc_report_multiget },
    { XC_NS_CALDAV, "free-busy-query", XC_R_HOME | XC_R_CALENDAR, xc_report_freebusy },
    { XC_NS_DAV, "sync-collection", XC_R_LOGGED, xc_report_sync },
    { XC_NS_DAV, "expand-property", XC_R_ALL, xc_report_expand },
    { XC_NS_DAV, "principal-property-search", XC_R_ROOT | XC_R_PRINCIPALS | XC_R_PRINCIPAL | XC_R_HOME, xc_report_principal_search },
    { XC_NS_CS, "calendarserver-principal-search", XC_R_ROOT | XC_R_PRINCIPALS | XC_R_PRINCIPAL | XC_R_HOME, xc_report_cs_principal_search },
    { XC_NS_DAV, "principal-search-property-set", XC_R_ROOT | XC_R_PRINCIPALS | XC_R_PRINCIPAL | XC_R_HOME, xc_report_search_set },
    { XC_NS_DAV, "principal-match", XC_R_ROOT | XC_R_PRINCIPALS | XC_R_HOME, xc_report_principal_match },
    { XC_NS_DAV, "acl-principal-prop-set", XC_R_ALL, xc_report_acl_principals },
    { NULL, NULL, 0, NULL },
};

/* RFC 6578 wants tokens to be URIs. */
#define TOKEN_PREFIX "data:,"

const char *xc_sync_token(const xc_calendar_t *cal, apr_pool_t *pool)
{
    return apr_pstrcat(pool, TOKEN_PREFIX, xc_calendar_token(cal, pool), NULL);
}

const char *xc_sync_token_at(const xc_calendar_t *cal, apr_uint64_t seq, apr_pool_t *pool)
{
    xc_calendar_t then = *cal;
    xc_calinfo_t info = *cal->info;
    info.seq = seq;
    then.info = &info;
    return xc_sync_token(&then, pool);
}

int xc_sync_token_parse(const xc_calendar_t *cal, const char *token, apr_uint64_t *seq, apr_pool_t *pool)
{
    char *text = apr_pstrdup(pool, token);
    apr_collapse_spaces(text, text);
    if (strncmp(text, TOKEN_PREFIX, strlen(TOKEN_PREFIX)))
        return -1;
    return xc_calendar_parse_token(cal, text + strlen(TOKEN_PREFIX), seq);
}

/* Clients skip a 429 and ask again; a 503 puts their calendar into an error state. */
static xc_error_t *for_clients(const xc_report_t *report, xc_error_t *err)
{
    if (err && err->status == 503 && report->handle == xc_report_sync)
        err->status = 429;
    return err;
}

xc_error_t *xc_method_report(xc_dav_t *d)
{
    xc_resource_t *self;
    xmlNode *root;
    XC_TRY(xc_ask_xml(&root, d));
    if (!root)
        return xc_error_make(d->pool, 400, XC_COND_NONE, "The body names no report.");
    for (const xc_report_t *report = xc_reports; report->name; report++) {
        if (!(report->kinds & d->path.kind) || !xc_xml_is(root, report->ns, report->name))
            continue;
        d->req->op = report->name;
        xc_error_t *err = xc_resource_self(&self, d);
        if (err && err->status == 404 && report->handle == xc_report_freebusy && xc_freebusy_is_told(d)) {
            /* when somebody is busy may be known without anything else of theirs */
            self = apr_pcalloc(d->pool, sizeof(*self));
            self->path = d->path;
            err = NULL;
        }
        if (!err)
            err = xc_precond_match(d, self);
        return for_clients(report, err ? err : report->handle(d, root, self));
    }
    return xc_error_make(d->pool, 0, XC_COND_SUPPORTED_REPORT, "This report is not known for this resource.");
}
