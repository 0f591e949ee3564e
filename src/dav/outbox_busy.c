/* SPDX-License-Identifier: Apache-2.0 */
/* When are they busy? A VFREEBUSY request in the outbox, answered for each attendee (RFC 6638 5.1). */
#include <apr_strings.h>
#include <string.h>

#include "dav/outbox.h"
#include "dav/people.h"

/* RFC 5546 3.6, RFC 6638 3.2.9 */
#define SUCCESS       "2.0;Success"
#define INVALID_USER  "3.7;Invalid calendar user"
#define NO_AUTHORITY  "3.8;No authority"
#define NOT_AVAILABLE "5.1;Service unavailable"
#define NO_SCHEDULING "5.3;No scheduling support for user"

/* Is all of the window a time of which nobody knows anything? */
static int nothing_known(const xc_busy_view_t *view, apr_time_t start, apr_time_t end)
{
    apr_time_t known_to = start;
    for (int i = 0; i < view->spans->nelts; i++) {
        const xc_busy_span_t *s = &APR_ARRAY_IDX(view->spans, i, xc_busy_span_t);
        if (s->end <= start || s->start >= end)
            continue;
        if (s->kind != XC_BUSY_UNSET || s->start > known_to)
            return 0;
        known_to = s->end > known_to ? s->end : known_to;
    }
    return known_to >= end;
}

static const char *status_of(const xc_availability_t *row, const xc_busy_request_t *request)
{
    if (row->view)
        return nothing_known(row->view, request->start, request->end) ? NO_SCHEDULING : SUCCESS;
    switch (row->error->status) {
    case 404:
        return INVALID_USER;
    case 401:
    case 403:
        return NO_AUTHORITY;
    default:
        return NOT_AVAILABLE;
    }
}

static void log_row(xc_dav_t *d, const char *address, const xc_error_t *err)
{
    if (err->status != 404 && err->status != 403)
        xc_log(d->req->log, XC_LOG_WARNING, "the times of %s could not be told to %s: %d %s%s%s", address, d->req->user ? d->req->user : "-",
               err->status, err->code ? err->code : "", err->detail ? " | " : "", err->detail ? err->detail : "");
}

xc_error_t *xc_outbox_free_busy(xc_dav_t *d, const char *text, apr_size_t len)
{
    xc_busy_request_t *request;
    d->req->op = "free-busy";
    XC_TRY(xc_busy_request_parse(&request, text, len, d->req->cfg->max_attendees, d->pool));
    XC_TRY(xc_outbox_check_organizer(d, request->organizer));
    int n = request->asked->nelts, known = 0;
    const char **addresses = apr_palloc(d->pool, sizeof(*addresses) * (apr_size_t)n);
    xc_availability_t *rows = apr_pcalloc(d->pool, sizeof(*rows) * (apr_size_t)n);
    int *row_of = apr_palloc(d->pool, sizeof(*row_of) * (apr_size_t)n);
    for (int i = 0; i < n; i++) {
        const char *address = xc_outbox_address(d, APR_ARRAY_IDX(request->asked, i, xc_busy_asked_t).value);
        row_of[i] = address ? known : -1;
        if (address)
            addresses[known++] = address;
    }
    if (known)
        XC_TRY(xc_people_availability(rows, d->req->mailbox, addresses, known, request->start, request->end, d->pool));
    xc_ms_t *ms = xc_outbox_answer(d);
    for (int i = 0; i < n; i++) {
        const xc_busy_asked_t *who = &APR_ARRAY_IDX(request->asked, i, xc_busy_asked_t);
        const xc_availability_t *row = row_of[i] < 0 ? NULL : &rows[row_of[i]];
        const char *status = row ? status_of(row, request) : INVALID_USER;
        if (row && row->error)
            log_row(d, addresses[row_of[i]], row->error);
        xc_outbox_respond(ms, who->value, status, !strcmp(status, SUCCESS) ? xc_busy_reply_text(request, who, row->view, d->pool) : NULL);
    }
    return xc_ms_end(ms);
}
