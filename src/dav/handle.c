/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way through the front: find the method's row, read the path, see that the method is for this
 * kind of resource and allowed here, check the conditions that hold for every method, call the
 * handler, and answer and log its error.
 */
#include <apr_strings.h>
#include <string.h>

#include "dav/dav.h"

/* Where collections could be made, and where RFC 4791 wants to hear why not. */
#define MAKABLE (XC_R_LOGGED | XC_R_OUTBOX | XC_R_OBJECT | XC_R_HOME)

const xc_method_t xc_methods[] = {
    { "OPTIONS", XC_R_ALL, XC_M_ANONYMOUS, xc_method_options },
    { "GET", XC_R_ALL, 0, xc_method_get },
    { "HEAD", XC_R_ALL, 0, xc_method_get },
    { "PROPFIND", XC_R_ALL, 0, xc_method_propfind },
    { "REPORT", XC_R_ALL, 0, xc_method_report },
    { "PROPPATCH", XC_R_PRINCIPAL | XC_R_PROXY | XC_R_HOME | XC_R_LOGGED | XC_R_OBJECT, XC_M_CHANGES, xc_method_proppatch },
    { "PUT", XC_R_OBJECT, XC_M_CHANGES | XC_M_CREATES, xc_method_put },
    { "POST", XC_R_CALENDAR | XC_R_OBJECT, XC_M_CHANGES, xc_method_post },
    { "POST", XC_R_OUTBOX, 0, xc_method_post_outbox },
    { "DELETE", XC_R_CALENDAR | XC_R_OBJECT | XC_R_MESSAGE, XC_M_CHANGES, xc_method_delete },
    { "MKCALENDAR", MAKABLE, XC_M_CHANGES | XC_M_CREATES, xc_method_mkcalendar },
    { "MKCOL", MAKABLE, XC_M_CHANGES | XC_M_CREATES, xc_method_mkcol },
    { "COPY", XC_R_CALENDAR | XC_R_OBJECT, XC_M_CHANGES, xc_method_copy },
    { "MOVE", XC_R_CALENDAR | XC_R_OBJECT, XC_M_CHANGES, xc_method_move },
    { "ACL", XC_R_CALENDAR, XC_M_CHANGES, xc_method_acl },
    { NULL, 0, 0, NULL },
};

const char *xc_methods_allow(unsigned kinds, apr_pool_t *pool)
{
    const char *allow = "";
    for (const xc_method_t *m = xc_methods; m->name; m++)
        if ((m->kinds & kinds) && (m == xc_methods || strcmp(m[-1].name, m->name) || !(m[-1].kinds & kinds)))
            allow = apr_pstrcat(pool, allow, *allow ? ", " : "", m->name, NULL);
    return allow;
}

/* Apple's clients look for people with reports of CalendarServer's where it says so. */
#define SEARCHES ", calendarserver-principal-search, calendarserver-principal-property-search"

const char *xc_dav_compliance(const xc_dav_config_t *cfg)
{
    if (cfg && !cfg->scheduling)
        return "1, 3, access-control, calendar-access, calendar-managed-attachments, calendar-proxy, extended-mkcol" SEARCHES;
    return "1, 3, access-control, calendar-access, calendar-auto-schedule, calendar-managed-attachments, calendar-proxy, extended-mkcol" SEARCHES;
}

const char *xc_dav_allow(void)
{
    return "OPTIONS, GET, HEAD, PROPFIND, REPORT, PROPPATCH, PUT, POST, DELETE, MKCALENDAR, MKCOL, COPY, MOVE, ACL";
}

/* The row of a method for a kind of resource (rows of one name stand together); where it is for others only, one of theirs. */
static const xc_method_t *find_method(const char *name, unsigned kind)
{
    const xc_method_t *found = NULL;
    for (const xc_method_t *m = xc_methods; m->name; m++)
        if (!strcmp(m->name, name) && (!found || (m->kinds & kind)))
            found = m;
    return found;
}

static xc_error_t *not_allowed(xc_dav_t *d, unsigned kinds)
{
    xc_reply_header(d, "Allow", xc_methods_allow(kinds, d->pool));
    return xc_error_make(d->pool, 405, XC_COND_NONE, "This method is not for this resource.");
}

/* In another's home a calendar that does not open is not there, whatever is asked of it and however badly. */
static xc_error_t *check_opens(xc_dav_t *d)
{
    xc_calendar_t *cal = NULL;
    if (xc_mailbox_is_own(d->mailbox) || !d->path.calendar || (d->method->flags & XC_M_CREATES))
        return NULL;
    XC_TRY(xc_resource_calendar(&cal, d, d->path.calendar));
    return cal ? NULL : xc_error_make(d->pool, 404, XC_COND_NONE, "There is nothing at this path.");
}

static xc_error_t *dispatch(xc_dav_t *d)
{
    xc_req_t *req = d->req;
    d->method = find_method(req->method, XC_R_ALL);
    if (!strcmp(req->uri, "*") && d->method && d->method->handle == xc_method_options) {
        d->path.kind = XC_R_ROOT;
        return xc_method_options(d);
    }
    xc_error_t *err = xc_path_parse(&d->path, req->uri, req->cfg->base, d->pool);
    if (err && err->status == 404 && d->method && (d->method->flags & XC_M_CREATES))
        err->status = 409; /* what is not there has no members either (RFC 4918 9.3.1, 9.7.1) */
    XC_TRY(err);
    d->method = find_method(req->method, d->path.kind);
    if (!d->method || !(d->method->kinds & d->path.kind))
        return not_allowed(d, d->path.kind);
    if ((d->method->flags & XC_M_CHANGES) && (d->path.kind & XC_R_MEMBERS) && xc_ask_query(d, XC_ATTACHMENT)) {
        /* a file is changed by POST to its object (RFC 8607 3.8, 3.9): the object must not suffer for it */
        xc_reply_header(d, "Allow", "OPTIONS, GET, HEAD");
        return xc_error_make(d->pool, 405, XC_COND_NONE, "An attachment is changed by way of its event (?action=attachment-update, attachment-remove).");
    }
    d->head = !strcmp(d->method->name, "HEAD");
    if (d->method->flags & XC_M_ANONYMOUS)
        return d->method->handle(d);
    if (!req->mailbox)
        return xc_error_make(d->pool, 401, XC_COND_NONE, "Sign in first.");
    XC_TRY(xc_resource_enter(d));
    XC_TRY(check_opens(d));
    if ((d->method->flags & XC_M_CHANGES) && (req->cfg->read_only || xc_mailbox_is_read_only(d->mailbox)))
        return xc_error_make(d->pool, 0, XC_COND_NEED_PRIVILEGES, "Nothing can be changed here.");
    xc_ask_prefer(d);
    XC_TRY(xc_precond_if(d));
    return d->method->handle(d);
}

/* Ours or Exchange's failures are an administrator's business; what clients ask for in vain is not. */
static xc_log_level_e level_of(const xc_error_t *err)
{
    if (err->status >= 500)
        return XC_LOG_ERROR;
    if (err->status == 429 || (err->code && err->status != 404 && err->status != 412))
        return XC_LOG_WARNING;
    return XC_LOG_INFO;
}

static void log_failure(xc_dav_t *d, const xc_error_t *err)
{
    xc_log_level_e level = level_of(err);
    xc_log(d->req->log, level, "%s%s%s %s for %s: %d%s%s%s%s: %s%s%s", d->req->method, d->req->op ? " " : "", d->req->op ? d->req->op : "",
           d->req->uri, d->req->user ? d->req->user : "-", err->status, err->cond ? " " : "",
           err->cond ? xc_cond_name(err->cond) : "", err->code ? " " : "", err->code ? err->code : "",
           err->message ? err->message : "", err->detail ? " | " : "", err->detail ? err->detail : "");
}

int xc_dav_handle(xc_req_t *req)
{
    xc_dav_t *d = apr_pcalloc(req->pool, sizeof(*d));
    d->req = req;
    d->pool = req->pool;
    d->calendars = apr_hash_make(d->pool);
    d->zones = apr_hash_make(d->pool);
    d->people = apr_hash_make(d->pool);
    xc_error_t *err = dispatch(d);
    if (err) {
        req->code = err->code;
        log_failure(d, err);
        if (!d->status)
            xc_reply_error(d, err);
    }
    return d->status;
}
