/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST of an iTIP message to the scheduling outbox (RFC 6638 5). Which component with which METHOD is taken, and by
 * whom, is a row of a table: invitations and answers are none, since they leave with the PUT of an event.
 */
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "dav/dav.h"
#include "dav/outbox.h"
#include "dav/people.h"

static const struct {
    const char *component, *method;
    unsigned flags;             /* XC_M_CHANGES: refused when nothing may be changed */
    xc_outbox_fn handle;
} messages[] = {
    { "VFREEBUSY", "REQUEST", 0, xc_outbox_free_busy },
    { "VEVENT", "COUNTER", XC_M_CHANGES, xc_outbox_counter },
};
#define MESSAGES (sizeof(messages) / sizeof(*messages))

static xc_error_t *read_message(char **text, apr_size_t *len, xc_dav_t *d)
{
    apr_size_t max = d->req->cfg->max_resource_bytes;
    const char *type = xc_ask_header(d, "Content-Type");
    if (type && strncasecmp(type, "text/calendar", 13))
        return xc_error_make(d->pool, 0, XC_COND_SUPPORTED_CALENDAR_DATA, "What is sent to an outbox is text/calendar.");
    xc_error_t *err = d->req->read_body(d->req, text, len, max);
    if (err && err->status == 413)
        return xc_error_make(d->pool, 0, XC_COND_MAX_RESOURCE_SIZE, "The message is larger than %" APR_SIZE_T_FMT " bytes.", max);
    XC_TRY(err);
    if (!*len)
        return xc_error_make(d->pool, 0, XC_COND_VALID_CALENDAR_DATA, "There is no message.");
    return NULL;
}

xc_error_t *xc_method_post_outbox(xc_dav_t *d)
{
    const char *method, *component;
    xc_resource_t *self;
    char *text;
    apr_size_t len;
    XC_TRY(xc_resource_self(&self, d));
    if (!xc_resource_is_own(d, &self->path))
        return xc_error_make(d->pool, 0, XC_COND_NEED_PRIVILEGES, "This is somebody else's outbox.");
    XC_TRY(xc_precond_match(d, self));
    XC_TRY(read_message(&text, &len, d));
    XC_TRY(xc_itip_kind(&method, &component, text, len, d->pool));
    for (apr_size_t i = 0; i < MESSAGES; i++) {
        if (strcmp(messages[i].component, component) || strcmp(messages[i].method, method))
            continue;
        if ((messages[i].flags & XC_M_CHANGES) && (d->req->cfg->read_only || xc_mailbox_is_read_only(d->mailbox)))
            return xc_error_make(d->pool, 0, XC_COND_NEED_PRIVILEGES, "Nothing can be changed here.");
        return messages[i].handle(d, text, len);
    }
    return xc_error_make(d->pool, 0, XC_COND_VALID_SCHEDULING_MESSAGE,
                         "A %s with METHOD %s is nothing for an outbox: it takes requests for free/busy times and proposals of another time (COUNTER); "
                         "invitations and answers are sent by changing the event.", component, *method ? method : "(none)");
}

/* ---- people in messages ---- */

const char *xc_outbox_address(xc_dav_t *d, const char *value)
{
    xc_path_t path;
    const char *address = xc_mailto_address(value, d->pool);
    if (address)
        return address;
    /* a principal's URL is one of its calendar user addresses */
    if (!xc_path_parse_url(&path, value, d->req->host_url, d->req->cfg->base, d->pool) && path.kind == XC_R_PRINCIPAL)
        return path.address;
    return NULL;
}

xc_error_t *xc_outbox_check_organizer(xc_dav_t *d, const char *value)
{
    const char *address = xc_outbox_address(d, value);
    const char *const *own = xc_mailbox_addresses(d->req->mailbox, d->pool);
    xc_entry_t *entry;
    for (int i = 0; address && own[i]; i++)
        if (!strcasecmp(own[i], address))
            return NULL;
    /* another of the mailbox's addresses? Only the directory knows them all */
    if (address && !xc_people_entry(&entry, d->req->mailbox, address, d->pool) && entry
        && !strcmp(entry->address, xc_mailbox_address(d->req->mailbox)))
        return NULL;
    return xc_error_make(d->pool, 0, XC_COND_ORGANIZER_ALLOWED, "The ORGANIZER of what is sent from here is %s.",
                         xc_mailbox_address(d->req->mailbox));
}

/* ---- answers (RFC 6638 10.2) ---- */

xc_ms_t *xc_outbox_answer(xc_dav_t *d)
{
    return xc_ms_make(d, 200, XC_NS_CALDAV, "schedule-response");
}

void xc_outbox_respond(xc_ms_t *ms, const char *recipient, const char *status, const char *data)
{
    xc_xmlw_t *w = ms->w;
    xc_xmlw_start(w, XC_NS_CALDAV, "response");
    xc_xmlw_start(w, XC_NS_CALDAV, "recipient");
    xc_xmlw_element(w, XC_NS_DAV, "href", recipient);
    xc_xmlw_end(w);
    xc_xmlw_element(w, XC_NS_CALDAV, "request-status", status);
    if (data)
        xc_xmlw_element(w, XC_NS_CALDAV, "calendar-data", data);
    xc_xmlw_end(w);
}
