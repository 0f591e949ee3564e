/* SPDX-License-Identifier: Apache-2.0 */
/* free-busy-query (RFC 4791 7.10). */
#include <apr_strings.h>
#include <string.h>

#include "dav/dav.h"

#define PORTION 500
/* The segment of a mailbox's own calendar, from which its free/busy times come. */
#define DEFAULT_CALENDAR "calendar"

typedef struct busy_t {
    xc_dav_t *d;
    xc_range_t range;
    apr_array_header_t *periods; /* xc_busy_period_t */
} busy_t;

static xc_error_t *add_portion(busy_t *b, xc_calendar_t *cal, const xc_item_t **items, int n, apr_pool_t *portion, apr_pool_t *scratch)
{
    xc_loaded_t *loaded;
    const xc_zone_t *zone = xc_resource_zone(b->d, cal);
    const char *me[] = { xc_mailbox_address(cal->mailbox), NULL };
    XC_TRY(xc_calendar_load(&loaded, cal, items, n, portion));
    for (int i = 0; i < n; i++) {
        xc_object_t *obj;
        apr_pool_clear(scratch);
        XC_TRY(xc_ask_time(b->d));
        if (loaded[i].error) { /* what is gone or cannot be shown takes no time; what cannot be reached may */
            if (xc_error_is_passing(loaded[i].error))
                return loaded[i].error;
            continue;
        }
        if (xc_object_parse_stored(&obj, loaded[i].text, loaded[i].len, scratch))
            continue;
        xc_error_t *err = xc_freebusy_add_for(b->periods, obj, me, b->range.start, b->range.end, zone, scratch);
        if (err)
            return xc_error_make(b->d->pool, err->status, err->cond, "%s", err->message ? err->message : "Free/busy cannot be told.");
    }
    return NULL;
}

static xc_error_t *add_calendar(busy_t *b, xc_calendar_t *cal)
{
    apr_array_header_t *all;
    apr_pool_t *portion, *scratch;
    XC_TRY(xc_calendar_refresh(cal, b->d->pool));
    XC_TRY(xc_calendar_list(&all, cal, b->d->pool));
    apr_pool_create(&portion, b->d->pool);
    apr_pool_create(&scratch, b->d->pool);
    for (int from = 0; from < all->nelts;) {
        const xc_item_t *items[PORTION];
        int n = 0;
        for (; from < all->nelts && n < PORTION; from++) {
            const xc_item_t *item = &APR_ARRAY_IDX(all, from, xc_item_t);
            if (xc_item_may_touch(item, &b->range))
                items[n++] = item;
        }
        apr_pool_clear(portion);
        if (n)
            XC_TRY(add_portion(b, cal, items, n, portion, scratch));
    }
    return NULL;
}

/* Of a home, those calendars that count (RFC 6638 9.1). */
static xc_error_t *add_home(busy_t *b)
{
    static const char key[] = "{" XC_NS_CALDAV "}schedule-calendar-transp";
    apr_array_header_t *calendars;
    XC_TRY(xc_resource_calendars(&calendars, b->d));
    XC_TRY(xc_calendar_refresh_all(calendars, b->d->pool));
    for (int i = 0; i < calendars->nelts; i++) {
        xc_resource_t *r = xc_resource_of_calendar(b->d, APR_ARRAY_IDX(calendars, i, xc_calendar_t *), b->d->pool);
        if (!(r->cal->components & XC_COMP_VEVENT)) /* tasks take no time */
            continue;
        const char *transp = xc_deadprop_get(b->d, r, key);
        int elsewhere = r->cal->home != NULL; /* only listed here: somebody else's time, or nobody's */
        if (!elsewhere && (!transp || !strstr(transp, "transparent")))
            XC_TRY(xc_resource_leave_out(b->d, r->cal, add_calendar(b, r->cal)));
    }
    return NULL;
}

int xc_freebusy_is_told(const xc_dav_t *d)
{
    return !xc_resource_is_own(d, &d->path) && (d->path.kind == XC_R_HOME || !strcmp(d->path.calendar, DEFAULT_CALENDAR));
}

/* Somebody else's time, as Exchange tells it of their own calendar: the whole home of theirs, or what may not be read. */
static xc_error_t *answer_for_other(busy_t *b)
{
    xc_dav_t *d = b->d;
    xc_availability_t row;
    if (b->range.end - b->range.start > XC_BUSY_MAX_WINDOW)
        return xc_error_make(d->pool, 0, XC_COND_NUMBER_OF_MATCHES, "Others' times can be asked for 400 days at once.");
    XC_TRY(xc_people_availability(&row, d->req->mailbox, &d->path.address, 1, b->range.start, b->range.end, d->pool));
    if (row.error)
        return row.error;
    const char *text = xc_busy_view_text(row.view, b->range.start, b->range.end, d->pool);
    xc_reply_data(d, 200, XC_TYPE_CALENDAR, text, strlen(text));
    return NULL;
}

static int is_for_other(const xc_dav_t *d, const xc_resource_t *self, int depth)
{
    if (xc_resource_is_own(d, &self->path) || !xc_freebusy_is_told(d))
        return 0;
    if (self->path.kind == XC_R_HOME)
        return depth == XC_DEPTH_INFINITY;
    return depth != 0 && (!self->cal || !(self->cal->folder.rights & XC_RIGHT_READ));
}

xc_error_t *xc_report_freebusy(xc_dav_t *d, xmlNode *root, xc_resource_t *self)
{
    busy_t b = { .d = d };
    const xmlNode *range = xc_xml_child(root, XC_NS_CALDAV, "time-range");
    int depth;
    XC_TRY(xc_ask_depth(&depth, d));
    if (!range || !xc_xml_attr(range, "start", d->pool) || !xc_xml_attr(range, "end", d->pool) || xc_range_parse(&b.range, range, d->pool))
        return xc_error_make(d->pool, 400, XC_COND_NONE, "A free-busy-query has one time-range with a start and a later end in UTC.");
    b.periods = apr_array_make(d->pool, 64, sizeof(xc_busy_period_t));
    if (is_for_other(d, self, depth))
        return answer_for_other(&b);
    /* As with calendar-query: no Depth means the objects inside, a written 0 the collection alone. */
    if (self->path.kind == XC_R_CALENDAR && self->cal && depth != 0)
        XC_TRY(add_calendar(&b, self->cal));
    else if (self->path.kind == XC_R_HOME && depth == XC_DEPTH_INFINITY)
        XC_TRY(add_home(&b));
    const char *text = xc_freebusy_text(b.periods, b.range.start, b.range.end, d->pool);
    xc_reply_data(d, 200, XC_TYPE_CALENDAR, text, strlen(text));
    return NULL;
}
