/* SPDX-License-Identifier: Apache-2.0 */
/* PUT and POST ?add-member (RFC 4791 5.3.2, RFC 5995): the same but for who chooses the name. */
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "base/crypt.h"
#include "dav/dav.h"

static xc_error_t *wrong_type(xc_dav_t *d, const char *what)
{
    return xc_error_make(d->pool, 415, XC_COND_SUPPORTED_CALENDAR_DATA, "%s", what);
}

/* The body is taken as text/calendar in UTF-8 when nothing is said of it. */
static xc_error_t *check_content(xc_dav_t *d)
{
    const char *type = xc_ask_header(d, "Content-Type"), *encoding = xc_ask_header(d, "Content-Encoding");
    if (xc_ask_header(d, "Content-Range"))
        return xc_error_make(d->pool, 400, XC_COND_NONE, "A part of an object cannot be PUT.");
    if (encoding && *encoding && strcasecmp(encoding, "identity"))
        return wrong_type(d, "The body is encoded in a way that is not understood here.");
    if (!type || !*type)
        return NULL;
    apr_size_t len = strcspn(type, "; \t");
    if (len != 13 || strncasecmp(type, "text/calendar", len))
        return wrong_type(d, "Calendars hold text/calendar.");
    for (const char *p = strchr(type, ';'); p; p = strchr(p, ';')) {
        p++;
        while (apr_isspace(*p))
            p++;
        if (strncasecmp(p, "charset=", 8))
            continue;
        p += 8;
        const char *value = apr_pstrmemdup(d->pool, p + (*p == '"'), strcspn(p + (*p == '"'), "\"; \t"));
        if (strcasecmp(value, "utf-8") && strcasecmp(value, "utf8") && strcasecmp(value, "us-ascii"))
            return wrong_type(d, "Only UTF-8 is understood.");
    }
    return NULL;
}

static xc_error_t *read_object(char **text, apr_size_t *len, xc_dav_t *d)
{
    apr_size_t max = d->req->cfg->max_resource_bytes;
    XC_TRY(check_content(d));
    xc_error_t *err = d->req->read_body(d->req, text, len, max);
    if (err && err->status == 413)
        return xc_error_make(d->pool, 0, XC_COND_MAX_RESOURCE_SIZE, "The object is larger than %" APR_SIZE_T_FMT " bytes.", max);
    return err;
}

/* What is stored now, as the body of an answer (Prefer: return=representation, RFC 8144 3). */
static xc_error_t *reply_representation(xc_dav_t *d, xc_calendar_t *cal, const xc_item_t *item, int status)
{
    xc_loaded_t *loaded;
    XC_TRY(xc_calendar_load(&loaded, cal, &item, 1, d->pool));
    if (loaded->error)
        return loaded->error;
    xc_files_show(d, &xc_resource_of_item(d, cal, item, d->pool)->path, loaded, d->pool);
    xc_reply_etag(d, item->etag);
    xc_reply_header(d, "Preference-Applied", "return=representation");
    xc_reply_header(d, "Content-Location", xc_resource_href(d, &xc_resource_of_item(d, cal, item, d->pool)->path, d->pool));
    xc_reply_data(d, status, xc_content_type(cal), loaded->text, loaded->len);
    return NULL;
}

static xc_error_t *reply_stored(xc_dav_t *d, xc_calendar_t *cal, const xc_put_result_t *result)
{
    xc_reply_header(d, "Vary", "Prefer");
    xc_reply_schedule_tag(d, result->schedule_tag);
    if (d->representation) {
        /* the object is stored: that its text cannot be shown now is no failure of the PUT */
        if (!reply_representation(d, cal, &result->item, result->created ? 201 : 200))
            return NULL;
    }
    /* RFC 4791 5.3.4: a tag only when a GET gives back what was sent */
    if (result->verbatim)
        xc_reply_etag(d, result->item.etag);
    xc_reply_empty(d, result->created ? 201 : 204);
    return NULL;
}

xc_error_t *xc_reply_object(xc_dav_t *d, xc_calendar_t *cal, const xc_item_t *item, int status)
{
    xc_reply_header(d, "Vary", "Prefer");
    if (d->representation && !reply_representation(d, cal, item, status == 204 ? 200 : status))
        return NULL;
    xc_reply_etag(d, item->etag);
    xc_reply_empty(d, status == 200 ? 204 : status);
    return NULL;
}

static xc_error_t *parent_of(xc_calendar_t **cal, xc_dav_t *d)
{
    XC_TRY(xc_resource_calendar(cal, d, d->path.calendar));
    if (!*cal)
        return xc_error_make(d->pool, 409, XC_COND_NONE, "There is no such calendar.");
    return NULL;
}

xc_error_t *xc_reply_conflict(xc_dav_t *d, xc_calendar_t *cal, xc_error_t *err)
{
    xc_item_t *item;
    if (err->status != 412 || !d->representation)
        return err;
    if (!cal->info && xc_calendar_refresh(cal, d->pool))
        return err;
    if (xc_calendar_item(&item, cal, d->path.name, d->pool) || !item)
        return err;
    return reply_representation(d, cal, item, 412) ? err : NULL;
}

xc_error_t *xc_method_put(xc_dav_t *d)
{
    xc_put_result_t result = { 0 };
    xc_expect_t expect = xc_ask_expect(d);
    xc_calendar_t *cal;
    char *text;
    apr_size_t len;
    if (d->path.slash)
        return xc_error_make(d->pool, 409, XC_COND_NONE, "An object's name has no slash at its end.");
    XC_TRY(read_object(&text, &len, d));
    XC_TRY(parent_of(&cal, d));
    const char *stored = text;
    apr_size_t stored_len = len;
    apr_hash_t *files = xc_files_hide(d, cal, &stored, &stored_len);
    xc_error_t *err = xc_calendar_put_with(&result, cal, d->path.name, stored, stored_len, files, &expect, d->pool);
    if (stored != text)
        result.verbatim = 0; /* a URL that is written anew may be folded in another way */
    return err ? xc_reply_conflict(d, cal, err) : reply_stored(d, cal, &result);
}

xc_error_t *xc_method_post(xc_dav_t *d)
{
    static const xc_expect_t expect = { .if_none_match = "*" };
    xc_put_result_t result = { 0 };
    xc_calendar_t *cal;
    char *text;
    apr_size_t len;
    if (d->path.kind == XC_R_OBJECT)
        return xc_method_attach(d);
    if (!xc_ask_query(d, XC_ADD_MEMBER))
        return xc_error_make(d->pool, 403, XC_COND_NONE, "Add members at the calendar's DAV:add-member URL.");
    XC_TRY(read_object(&text, &len, d));
    XC_TRY(parent_of(&cal, d));
    XC_TRY(xc_precond_if_match(d, NULL)); /* If-None-Match is about the new member, which no tag names yet */
    const char *name = apr_pstrcat(d->pool, xc_crypt_random_hex(d->pool, 16), ".ics", NULL);
    const char *stored = text;
    apr_hash_t *files = xc_files_hide(d, cal, &stored, &len);
    XC_TRY(xc_calendar_put_with(&result, cal, name, stored, len, files, &expect, d->pool));
    if (stored != text)
        result.verbatim = 0;
    const char *href = xc_resource_href(d, &xc_resource_of_item(d, cal, &result.item, d->pool)->path, d->pool);
    xc_reply_header(d, "Location", apr_pstrcat(d->pool, d->req->host_url ? d->req->host_url : "", href, NULL));
    return reply_stored(d, cal, &result);
}
