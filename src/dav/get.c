/* SPDX-License-Identifier: Apache-2.0 */
/* GET and HEAD: an object, a whole calendar (?export), and a page for a person who looks at a collection. */
#include <apr_escape.h>
#include <apr_strings.h>
#include <string.h>

#include "base/crypt.h"
#include "dav/dav.h"

/* Objects of an export are fetched and let go in portions of this many. */
#define EXPORT_CHUNK 500

static void reply_not_modified(xc_dav_t *d)
{
    xc_reply_empty(d, 304);
}

static xc_error_t *get_object(xc_dav_t *d)
{
    xc_resource_t *r;
    const char *key = xc_ask_query_value(d, XC_ATTACHMENT, d->pool);
    if (key)
        return xc_get_file(d, key);
    XC_TRY(xc_resource_self(&r, d));
    XC_TRY(xc_precond_if_match(d, r->item->etag));
    XC_TRY(xc_props_prepare(d, r, XC_P_BODY, d->pool));
    apr_time_t modified = xc_text_time(r->body->text, "LAST-MODIFIED", 1);
    xc_reply_etag(d, r->item->etag);
    xc_reply_schedule_tag(d, xc_calendar_schedule_tag(r->cal, r->body, d->pool));
    if (modified)
        xc_reply_header(d, "Last-Modified", xc_time_format_http(modified, d->pool));
    if (xc_precond_not_modified(d, r->item->etag))
        reply_not_modified(d);
    else
        xc_reply_data(d, 200, xc_content_type(r->cal), r->body->text, r->body->len);
    return NULL;
}

/* ---- ?export ---- */

/* The window of time that an export shows, in whole days so that it stays the same for a day. */
static xc_range_t export_window(const xc_dav_t *d)
{
    const xc_dav_config_t *cfg = d->req->cfg;
    const apr_time_t day = apr_time_from_sec(86400);
    apr_time_t today = apr_time_now() / day * day;
    xc_range_t range = { 0, XC_TIME_MIN, XC_TIME_MAX };
    if (cfg->past_window)
        range.start = today - cfg->past_window;
    if (cfg->future_window)
        range.end = today + day + cfg->future_window;
    range.set = cfg->past_window || cfg->future_window;
    return range;
}

/* Strong: the state of the log, the name and the window decide every byte. */
static const char *export_etag(const xc_dav_t *d, const xc_calendar_t *cal, const xc_range_t *window)
{
    return xc_crypt_hex(d->pool, 16, "export", cal->key.folder ? cal->key.folder : "", xc_calendar_token(cal, d->pool),
                        cal->folder.display_name ? cal->folder.display_name : "",
                        apr_psprintf(d->pool, "%" APR_TIME_T_FMT " %" APR_TIME_T_FMT, window->start, window->end), NULL);
}

static xc_error_t *export_one(xc_export_t *ex, const xc_loaded_t *loaded, const xc_range_t *window, apr_pool_t *pool)
{
    if (loaded->error) /* gone meanwhile, or nothing that a calendar can show */
        return xc_error_is_passing(loaded->error) ? loaded->error : NULL;
    if (window->set) {
        xc_object_t *obj;
        apr_time_t first, last;
        if (xc_object_parse_stored(&obj, loaded->text, loaded->len, pool))
            return NULL;
        xc_object_span(obj, NULL, &first, &last);
        if (last < window->start || first >= window->end)
            return NULL;
    }
    return xc_export_add(ex, loaded->text, loaded->len);
}

static xc_error_t *export_items(xc_export_t *ex, xc_dav_t *d, xc_calendar_t *cal, const xc_range_t *window)
{
    apr_array_header_t *all;
    apr_pool_t *portion, *scratch;
    XC_TRY(xc_calendar_list(&all, cal, d->pool));
    apr_pool_create(&portion, d->pool);
    apr_pool_create(&scratch, d->pool);
    for (int from = 0; from < all->nelts;) {
        const xc_item_t *items[EXPORT_CHUNK];
        xc_loaded_t *loaded;
        int n = 0;
        for (; from < all->nelts && n < EXPORT_CHUNK; from++) {
            const xc_item_t *item = &APR_ARRAY_IDX(all, from, xc_item_t);
            if (xc_item_may_touch(item, window))
                items[n++] = item;
        }
        apr_pool_clear(portion);
        XC_TRY(xc_calendar_load(&loaded, cal, items, n, portion));
        for (int i = 0; i < n; i++) {
            apr_pool_clear(scratch);
            XC_TRY(xc_ask_time(d));
            xc_files_show(d, &xc_resource_of_item(d, cal, items[i], scratch)->path, &loaded[i], portion);
            XC_TRY(export_one(ex, &loaded[i], window, scratch));
        }
    }
    return NULL;
}

static xc_error_t *get_export(xc_dav_t *d, xc_calendar_t *cal)
{
    XC_TRY(xc_calendar_refresh(cal, d->pool));
    xc_range_t window = export_window(d);
    const char *etag = export_etag(d, cal, &window);
    XC_TRY(xc_precond_if_match(d, etag));
    xc_reply_etag(d, etag);
    if (xc_precond_not_modified(d, etag)) {
        reply_not_modified(d);
        return NULL;
    }
    if (d->head) {
        d->status = 200;
        d->req->start(d->req, 200, XC_TYPE_CALENDAR, -1);
        return NULL;
    }
    apr_size_t len;
    xc_export_t *ex = xc_export_make(cal->folder.display_name ? cal->folder.display_name : cal->segment, d->pool);
    XC_TRY(export_items(ex, d, cal, &window));
    const char *text = xc_export_text(ex, &len);
    xc_reply_data(d, 200, XC_TYPE_CALENDAR, text, len);
    return NULL;
}

/* ---- a page ---- */

static void page_link(xc_buf_t *page, xc_dav_t *d, const xc_path_t *path, const char *query, const char *label)
{
    xc_buf_printf(page, "<li><a href=\"%s%s\">%s</a></li>\n", xc_resource_href(d, path, d->pool), query,
                  apr_pescape_entity(d->pool, label, 0));
}

static xc_error_t *get_page(xc_dav_t *d, const xc_resource_t *r)
{
    xc_buf_t *page = xc_buf_make(d->pool, 0);
    const char *title = "Calendars";
    if (r->cal)
        title = r->cal->folder.display_name ? r->cal->folder.display_name : r->cal->segment;
    else if (r->person)
        title = r->person->name;
    else if (r->path.kind & XC_R_OWNED)
        title = xc_mailbox_display_name(d->mailbox);
    xc_buf_printf(page, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title></head>\n<body><h1>%s</h1>\n<ul>\n",
                  apr_pescape_entity(d->pool, title, 0), apr_pescape_entity(d->pool, title, 0));
    if (r->path.kind == XC_R_CALENDAR)
        page_link(page, d, &r->path, "?export", "The whole calendar as iCalendar");
    else if (r->path.kind == XC_R_HOME) {
        apr_array_header_t *calendars;
        XC_TRY(xc_resource_calendars(&calendars, d));
        for (int i = 0; i < calendars->nelts; i++) {
            xc_calendar_t *cal = APR_ARRAY_IDX(calendars, i, xc_calendar_t *);
            xc_resource_t *member = xc_resource_of_calendar(d, cal, d->pool);
            page_link(page, d, &member->path, "", cal->folder.display_name ? cal->folder.display_name : cal->segment);
        }
    }
    else {
        xc_path_t home = xc_resource_path(d, XC_R_HOME);
        page_link(page, d, &home, "", xc_mailbox_display_name(d->req->mailbox));
    }
    xc_buf_puts(page, "</ul>\n<p>This address is for calendar programs.</p></body></html>\n");
    xc_reply_header(d, "Content-Security-Policy", "default-src 'none'");
    xc_reply_data(d, 200, "text/html; charset=utf-8", page->data, page->len);
    return NULL;
}

xc_error_t *xc_method_get(xc_dav_t *d)
{
    xc_resource_t *r;
    /* one account's data, and no guesses from Last-Modified about how long it stays true */
    xc_reply_header(d, "Cache-Control", "private, no-cache");
    if (d->path.kind & XC_R_MEMBERS)
        return get_object(d);
    XC_TRY(xc_resource_self(&r, d));
    if (r->path.kind == XC_R_CALENDAR && xc_ask_query(d, "export"))
        return get_export(d, r->cal);
    XC_TRY(xc_precond_if_match(d, NULL));
    return get_page(d, r);
}
