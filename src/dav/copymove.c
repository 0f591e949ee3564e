/* SPDX-License-Identifier: Apache-2.0 */
/* COPY and MOVE of objects between calendars (RFC 4918 9.8, 9.9). */
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "dav/dav.h"

static xc_error_t *read_destination(xc_path_t *to, xc_dav_t *d)
{
    const char *value = xc_ask_header(d, "Destination");
    if (!value)
        return xc_error_make(d->pool, 400, XC_COND_NONE, "There is no Destination header.");
    xc_error_t *err = xc_path_parse_url(to, value, d->req->host_url, d->req->cfg->base, d->pool);
    if (err && err->status == 404)
        err->status = 409; /* RFC 4918 9.8.5: no such parent */
    XC_TRY(err);
    if (to->kind != XC_R_OBJECT || to->slash)
        return xc_error_make(d->pool, 403, XC_COND_NONE, "The destination is no place for an object in a calendar.");
    if (xc_path_equal(to, &d->path))
        return xc_error_make(d->pool, 403, XC_COND_NONE, "Source and destination are the same.");
    return NULL;
}

static xc_error_t *read_overwrite(int *overwrite, xc_dav_t *d)
{
    const char *value = xc_ask_header(d, "Overwrite");
    *overwrite = !value || !strcasecmp(value, "T");
    if (!*overwrite && strcasecmp(value, "F"))
        return xc_error_make(d->pool, 400, XC_COND_NONE, "The Overwrite header is T or F.");
    return NULL;
}

/* What is in the way is at the destination, not beside the source. */
static xc_error_t *at_destination(xc_dav_t *d, xc_error_t *err, const xc_path_t *to)
{
    for (int i = 0; err && err->cond == XC_COND_NO_UID_CONFLICT && err->hrefs && i < err->hrefs->nelts; i++) {
        xc_path_t path = *to;
        path.name = APR_ARRAY_IDX(err->hrefs, i, const char *);
        APR_ARRAY_IDX(err->hrefs, i, const char *) = xc_resource_href(d, &path, d->pool);
    }
    return err;
}

static xc_error_t *transfer(xc_dav_t *d, int copy)
{
    xc_put_result_t result = { 0 };
    xc_expect_t expect = xc_ask_expect(d);
    xc_calendar_t *from, *to;
    xc_path_t path;
    int overwrite;
    if (d->path.kind == XC_R_CALENDAR)
        return xc_error_make(d->pool, 403, XC_COND_NONE, "Calendars are neither copied nor moved as a whole.");
    XC_TRY(read_destination(&path, d));
    XC_TRY(read_overwrite(&overwrite, d));
    XC_TRY(xc_resource_calendar(&from, d, d->path.calendar));
    if (!from)
        return xc_error_make(d->pool, 404, XC_COND_NONE, "There is nothing at this path.");
    xc_error_t *err = xc_resource_calendar_at(&to, d, &path);
    if (err && err->status == 404) /* somebody's, who does not let us in */
        return xc_error_make(d->pool, 403, XC_COND_NONE, "The destination is no place for an object in a calendar of yours.");
    XC_TRY(err);
    if (!to)
        return xc_error_make(d->pool, 409, XC_COND_NONE, "There is no such calendar at the destination.");
    XC_TRY(at_destination(d, xc_calendar_transfer(&result, from, d->path.name, to, path.name, copy, overwrite, &expect, d->pool), &path));
    xc_reply_schedule_tag(d, result.schedule_tag);
    if (result.created)
        xc_reply_header(d, "Location", apr_pstrcat(d->pool, d->req->host_url ? d->req->host_url : "", xc_resource_href(d, &path, d->pool), NULL));
    xc_reply_empty(d, result.created ? 201 : 204);
    return NULL;
}

xc_error_t *xc_method_copy(xc_dav_t *d)
{
    return transfer(d, 1);
}

xc_error_t *xc_method_move(xc_dav_t *d)
{
    return transfer(d, 0);
}
