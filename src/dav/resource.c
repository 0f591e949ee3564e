/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>
#include <string.h>

#include "dav/dav.h"
#include "dav/people.h"

static xc_error_t *nothing_here(xc_dav_t *d)
{
    return xc_error_make(d->pool, 404, XC_COND_NONE, "There is nothing at this path.");
}

int xc_resource_is_own(const xc_dav_t *d, const xc_path_t *path)
{
    return !path->address || !strcmp(path->address, xc_mailbox_address(d->req->mailbox));
}

const char *xc_resource_href(const xc_dav_t *d, const xc_path_t *path, apr_pool_t *pool)
{
    return xc_path_href(path, d->req->cfg->base, d->path.layout, pool);
}

xc_path_t xc_resource_path(const xc_dav_t *d, xc_rkind_e kind)
{
    xc_path_t path = { .kind = kind, .slash = 1, .layout = d->path.layout };
    if (kind & XC_R_OWNED)
        path.address = xc_mailbox_address(d->req->mailbox);
    if (kind & (XC_R_INBOX | XC_R_MESSAGE))
        path.calendar = XC_SEGMENT_INBOX;
    if (kind & XC_R_OUTBOX)
        path.calendar = XC_SEGMENT_OUTBOX;
    return path;
}

xc_error_t *xc_resource_enter(xc_dav_t *d)
{
    apr_array_header_t *calendars;
    d->mailbox = d->req->mailbox;
    if (xc_resource_is_own(d, &d->path))
        return NULL;
    if (d->path.kind & (XC_R_PRINCIPAL | XC_R_PROXY)) { /* whoever is in the directory; nothing of theirs can be changed */
        if (d->method->flags & XC_M_CHANGES)
            return xc_error_make(d->pool, 0, XC_COND_NEED_PRIVILEGES, "Only people themselves change what they are called here.");
        return NULL;
    }
    XC_TRY(xc_mailbox_other(&d->mailbox, d->req->mailbox, d->path.address, d->pool));
    return xc_mailbox_calendars(&calendars, d->mailbox, d->pool); /* is there anything that may be seen? */
}

/* The one of this name that was met in the request, or this one from now on. */
static xc_calendar_t *met(xc_dav_t *d, xc_calendar_t *cal, const char *home)
{
    const char *key = apr_pstrcat(d->pool, home, "/", cal->segment, NULL);
    xc_calendar_t *earlier = apr_hash_get(d->calendars, key, APR_HASH_KEY_STRING);
    if (!earlier)
        apr_hash_set(d->calendars, key, APR_HASH_KEY_STRING, cal);
    return earlier ? earlier : cal;
}

static xc_error_t *calendar_of(xc_calendar_t **out, xc_dav_t *d, xc_mailbox_t *mailbox, const char *segment)
{
    const char *home = xc_mailbox_address(mailbox);
    *out = apr_hash_get(d->calendars, apr_pstrcat(d->pool, home, "/", segment, NULL), APR_HASH_KEY_STRING);
    if (*out)
        return NULL;
    if (!strcmp(segment, XC_SEGMENT_INBOX))
        XC_TRY(xc_mailbox_inbox(out, mailbox, d->pool));
    else
        XC_TRY(xc_mailbox_calendar(out, mailbox, segment, d->pool));
    if (*out)
        *out = met(d, *out, home);
    return NULL;
}

xc_error_t *xc_resource_calendar(xc_calendar_t **out, xc_dav_t *d, const char *segment)
{
    return calendar_of(out, d, d->mailbox, segment);
}

xc_error_t *xc_resource_calendar_at(xc_calendar_t **out, xc_dav_t *d, const xc_path_t *path)
{
    xc_mailbox_t *mailbox;
    *out = NULL;
    XC_TRY(xc_mailbox_other(&mailbox, d->req->mailbox, path->address, d->pool));
    return calendar_of(out, d, mailbox, path->calendar);
}

xc_error_t *xc_resource_calendars(apr_array_header_t **out, xc_dav_t *d)
{
    XC_TRY(xc_mailbox_calendars(out, d->mailbox, d->pool));
    for (int i = 0; i < (*out)->nelts; i++)
        APR_ARRAY_IDX(*out, i, xc_calendar_t *) = met(d, APR_ARRAY_IDX(*out, i, xc_calendar_t *), xc_mailbox_address(d->mailbox));
    return NULL;
}

xc_error_t *xc_resource_leave_out(xc_dav_t *d, const xc_calendar_t *cal, xc_error_t *err)
{
    if (!err)
        return NULL;
    if (err->status == 401 || err->cond == XC_COND_NUMBER_OF_MATCHES || xc_error_is_passing(err))
        return err;
    if (err->status != 404) /* gone since the list was read: nothing is missing */
        xc_log(d->req->log, XC_LOG_WARNING, "%s %s for %s goes on without the calendar %s: %d%s%s: %s%s%s", d->req->method, d->req->uri,
               d->req->user ? d->req->user : "-", cal->segment, err->status, err->code ? " " : "", err->code ? err->code : "",
               err->message, err->detail ? " | " : "", err->detail ? err->detail : "");
    return NULL;
}

xc_resource_t *xc_resource_of_calendar(xc_dav_t *d, xc_calendar_t *cal, apr_pool_t *pool)
{
    xc_resource_t *r = apr_pcalloc(pool, sizeof(*r));
    r->path = xc_resource_path(d, cal->is_inbox ? XC_R_INBOX : XC_R_CALENDAR);
    r->path.address = cal->home ? cal->home : xc_mailbox_address(cal->mailbox);
    r->path.calendar = cal->segment;
    r->cal = cal;
    return r;
}

xc_resource_t *xc_resource_of_item(xc_dav_t *d, xc_calendar_t *cal, const xc_item_t *item, apr_pool_t *pool)
{
    xc_resource_t *r = xc_resource_of_calendar(d, cal, pool);
    r->path.kind = cal->is_inbox ? XC_R_MESSAGE : XC_R_OBJECT;
    r->path.slash = 0;
    r->path.name = item->href;
    r->item = item;
    return r;
}

xc_error_t *xc_resource_find(xc_resource_t **out, xc_dav_t *d, const xc_path_t *path)
{
    xc_calendar_t *cal;
    xc_item_t *item;
    *out = NULL;
    if (!path->calendar || path->kind == XC_R_OUTBOX) {
        if (path->kind == XC_R_HOME) {
            apr_array_header_t *calendars;
            xc_mailbox_t *mailbox;
            XC_TRY(xc_mailbox_other(&mailbox, d->req->mailbox, path->address, d->pool));
            if (!xc_mailbox_is_own(mailbox)) /* is there anything that may be seen? */
                XC_TRY(xc_mailbox_calendars(&calendars, mailbox, d->pool));
        }
        else if (path->kind == XC_R_PRINCIPAL && !xc_resource_is_own(d, path))
            return xc_person_find(out, d, path->address);
        else if (path->kind == XC_R_PROXY && !xc_resource_is_own(d, path))
            XC_TRY(xc_person_find(out, d, path->address)); /* of somebody who is there */
        else if (!xc_resource_is_own(d, path))
            return nothing_here(d);
        *out = apr_pcalloc(d->pool, sizeof(**out));
        (*out)->path = *path;
        return NULL;
    }
    XC_TRY(xc_resource_calendar_at(&cal, d, path));
    if (!cal)
        return nothing_here(d);
    if (path->kind & XC_R_LOGGED) {
        *out = xc_resource_of_calendar(d, cal, d->pool);
        return NULL;
    }
    XC_TRY(xc_calendar_refresh(cal, d->pool));
    XC_TRY(xc_calendar_item(&item, cal, path->name, d->pool));
    if (!item)
        return nothing_here(d);
    *out = xc_resource_of_item(d, cal, item, d->pool);
    return NULL;
}

xc_error_t *xc_resource_self(xc_resource_t **out, xc_dav_t *d)
{
    return xc_resource_find(out, d, &d->path);
}

xc_error_t *xc_zone_of_text(const xc_zone_t **out, const char *text, apr_pool_t *pool)
{
    static const char begin_mark[] = "BEGIN:VTIMEZONE", end_mark[] = "END:VTIMEZONE";
    const char *begin = strstr(text, begin_mark);
    const char *end = begin ? strstr(begin, end_mark) : NULL;
    *out = NULL;
    if (!end || strstr(end, begin_mark))
        return xc_error_make(pool, 0, XC_COND_VALID_CALENDAR_DATA, "The time zone is not a VCALENDAR with exactly one VTIMEZONE.");
    const char *zone = apr_pstrcat(pool, apr_pstrmemdup(pool, begin, (apr_size_t)(end - begin)), end_mark, "\r\n", NULL);
    return xc_zone_from_vtimezone(out, zone, apr_time_now(), pool);
}

const xc_zone_t *xc_resource_zone(xc_dav_t *d, xc_calendar_t *cal)
{
    const xc_zone_t *zone = apr_hash_get(d->zones, &cal, sizeof(cal));
    if (zone)
        return zone;
    xc_resource_t r = { .path = { .kind = XC_R_CALENDAR }, .cal = cal };
    const char *id = xc_deadprop_text(d, &r, "{" XC_NS_CALDAV "}calendar-timezone-id", d->pool);
    const char *text = id ? NULL : xc_deadprop_text(d, &r, "{" XC_NS_CALDAV "}calendar-timezone", d->pool);
    if (id)
        zone = xc_zone_find(id);
    else if (text && xc_zone_of_text(&zone, text, d->pool))
        zone = NULL; /* it was good when it was set; the account's own is what is left */
    if (!zone)
        zone = xc_mailbox_zone(d->req->mailbox);
    if (zone)
        apr_hash_set(d->zones, apr_pmemdup(d->pool, &cal, sizeof(cal)), sizeof(cal), zone);
    return zone;
}
