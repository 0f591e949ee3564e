/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "base/buf.h"
#include "cal/object/address.h"
#include "cal/object/event_priv.h"
#include "cal/view/busy_lines.h"
#include "cal/view/filter_range.h"
#include "cal/view/instance.h"
#include "cal/view.h"

/* ---- what an object says about its owner's time ---- */

/* Has one of `me` declined this component? */
static int is_declined(icalcomponent *comp, const char *const *me, apr_pool_t *pool)
{
    for (icalproperty *p = me ? icalcomponent_get_first_property(comp, ICAL_ATTENDEE_PROPERTY) : NULL; p;
         p = icalcomponent_get_next_property(comp, ICAL_ATTENDEE_PROPERTY)) {
        const char *partstat = xc_prop_param(p, "PARTSTAT", pool), *who;
        if (!partstat || strcasecmp(partstat, "DECLINED") != 0)
            continue;
        who = xc_address_of(xc_prop_value(p, pool), xc_prop_param(p, "EMAIL", pool), pool);
        for (const char *const *m = me; who && *m; m++) {
            if (strcasecmp(who, *m) == 0)
                return 1;
        }
    }
    return 0;
}

/* Busy class of a VEVENT (Exchange's own property first, as when it is stored). */
static xc_busy_e event_busy(icalcomponent *comp, const char *const *me, apr_pool_t *pool)
{
    static const struct {
        const char *name;
        xc_busy_e busy;
    } classes[] = { { "FREE", XC_BUSY_FREE }, { "TENTATIVE", XC_BUSY_TENTATIVE }, { "BUSY", XC_BUSY_BUSY }, { "OOF", XC_BUSY_OOF },
                    { "WORKINGELSEWHERE", XC_BUSY_ELSEWHERE } };
    const char *status = xc_comp_text(comp, ICAL_STATUS_PROPERTY, NULL, pool);
    const char *transp = xc_comp_text(comp, ICAL_TRANSP_PROPERTY, NULL, pool);
    const char *cdo = xc_comp_text(comp, ICAL_X_PROPERTY, "X-MICROSOFT-CDO-BUSYSTATUS", pool);
    if ((status && strcasecmp(status, "CANCELLED") == 0) || is_declined(comp, me, pool))
        return XC_BUSY_FREE;
    for (apr_size_t i = 0; cdo && i < sizeof(classes) / sizeof(classes[0]); i++) {
        if (strcasecmp(cdo, classes[i].name) == 0)
            return classes[i].busy;
    }
    if (transp && strcasecmp(transp, "TRANSPARENT") == 0)
        return XC_BUSY_FREE;
    return status && strcasecmp(status, "TENTATIVE") == 0 ? XC_BUSY_TENTATIVE : XC_BUSY_BUSY;
}

static void add_period(apr_array_header_t *periods, apr_time_t from, apr_time_t to, xc_busy_e kind, const xc_range_t *range)
{
    xc_busy_period_t p = { from > range->start ? from : range->start, to < range->end ? to : range->end, kind };
    if (kind != XC_BUSY_FREE && p.start < p.end)
        APR_ARRAY_PUSH(periods, xc_busy_period_t) = p;
}

typedef struct add_t {
    apr_array_header_t *periods;
    const xc_range_t *range;
    xc_busy_e kind;
} add_t;

static xc_error_t *add_instance(void *ctx, const xc_instance_t *instance, int *stop)
{
    add_t *a = ctx;
    (void)stop;
    if (instance->at.has_start)
        add_period(a->periods, instance->at.start_utc, instance->at.end_utc, a->kind, a->range);
    return NULL;
}

/* A published VFREEBUSY: its own periods with their types. */
static void add_published(apr_array_header_t *periods, const xc_object_t *obj, icalcomponent *comp, const xc_range_t *range,
                          const xc_zone_t *zone, apr_pool_t *pool)
{
    for (icalproperty *p = icalcomponent_get_first_property(comp, ICAL_FREEBUSY_PROPERTY); p;
         p = icalcomponent_get_next_property(comp, ICAL_FREEBUSY_PROPERTY)) {
        const char *type = xc_prop_param(p, "FBTYPE", pool);
        xc_busy_e kind = !type                                          ? XC_BUSY_BUSY
                         : strcasecmp(type, "FREE") == 0                ? XC_BUSY_FREE
                         : strcasecmp(type, "BUSY-TENTATIVE") == 0      ? XC_BUSY_TENTATIVE
                         : strcasecmp(type, "BUSY-UNAVAILABLE") == 0    ? XC_BUSY_OOF
                                                                        : XC_BUSY_BUSY;
        apr_time_t from, to;
        if (xc_prop_period(obj, p, zone, &from, &to))
            add_period(periods, from, to, kind, range);
    }
}

xc_error_t *xc_freebusy_add_for(apr_array_header_t *periods, const xc_object_t *obj, const char *const *me, apr_time_t start, apr_time_t end,
                                const xc_zone_t *zone, apr_pool_t *pool)
{
    xc_range_t range = { 1, start, end };
    for (int i = 0; i < obj->comps->nelts; i++) {
        icalcomponent *comp = APR_ARRAY_IDX(obj->comps, i, icalcomponent *);
        if (icalcomponent_isa(comp) == ICAL_VFREEBUSY_COMPONENT)
            add_published(periods, obj, comp, &range, zone, pool);
        if (icalcomponent_isa(comp) != ICAL_VEVENT_COMPONENT)
            continue;
        add_t add = { periods, &range, event_busy(comp, me, pool) };
        if (add.kind != XC_BUSY_FREE)
            XC_TRY(xc_instances_walk(obj, comp, zone, start, end, add_instance, &add, pool));
    }
    return NULL;
}

xc_error_t *xc_freebusy_add(apr_array_header_t *periods, const xc_object_t *obj, apr_time_t start, apr_time_t end, const xc_zone_t *zone, apr_pool_t *pool)
{
    return xc_freebusy_add_for(periods, obj, NULL, start, end, zone, pool);
}

/* ---- merging ---- */

/* Order in which classes win where they overlap: to work elsewhere takes no time that others could not book. */
static const xc_busy_e by_weight[] = { XC_BUSY_ELSEWHERE, XC_BUSY_UNSET, XC_BUSY_TENTATIVE, XC_BUSY_BUSY, XC_BUSY_OOF };
#define WEIGHTS ((int)(sizeof(by_weight) / sizeof(by_weight[0])))
#define WEIGHT_OF_BUSY 3

static int weight_of(xc_busy_e kind)
{
    for (int i = 0; i < WEIGHTS; i++) {
        if (by_weight[i] == kind)
            return i;
    }
    return WEIGHT_OF_BUSY; /* any other class is simply busy */
}

typedef struct edge_t {
    apr_time_t at;
    int weight, delta;
} edge_t;

static int compare_edges(const void *a, const void *b)
{
    const edge_t *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

void xc_freebusy_merge(apr_array_header_t *periods, apr_pool_t *pool)
{
    int n = periods->nelts * 2, open[WEIGHTS] = { 0 };
    edge_t *edges = apr_palloc(pool, sizeof(edge_t) * (apr_size_t)(n ? n : 1));
    for (int i = 0; i < periods->nelts; i++) {
        const xc_busy_period_t *p = &APR_ARRAY_IDX(periods, i, xc_busy_period_t);
        edges[i * 2] = (edge_t){ p->start, weight_of(p->kind), 1 };
        edges[i * 2 + 1] = (edge_t){ p->end, weight_of(p->kind), -1 };
    }
    qsort(edges, (size_t)n, sizeof(edge_t), compare_edges);
    apr_array_clear(periods);
    int current = -1;
    apr_time_t since = 0;
    for (int i = 0; i < n;) {
        apr_time_t at = edges[i].at;
        for (; i < n && edges[i].at == at; i++)
            open[edges[i].weight] += edges[i].delta;
        int top = -1;
        for (int k = 0; k < WEIGHTS; k++)
            top = open[k] > 0 ? k : top;
        if (top == current)
            continue;
        if (current >= 0)
            APR_ARRAY_PUSH(periods, xc_busy_period_t) = (xc_busy_period_t){ since, at, by_weight[current] };
        current = top;
        since = at;
    }
}

/* ---- text ---- */

const char *xc_busy_utc(apr_time_t t, apr_pool_t *pool)
{
    xc_wall_t w;
    xc_zone_to_wall(xc_zone_utc(), t, &w);
    return apr_psprintf(pool, "%04d%02d%02dT%02d%02d%02dZ", w.year, w.month, w.day, w.hour, w.minute, w.second);
}

/* In the order of the text. */
static const struct {
    xc_busy_e kind;
    const char *params;
} lines[] = {
    { XC_BUSY_BUSY, "FBTYPE=BUSY" },
    { XC_BUSY_TENTATIVE, "FBTYPE=BUSY-TENTATIVE" },
    { XC_BUSY_OOF, "FBTYPE=BUSY-UNAVAILABLE" },
    { XC_BUSY_ELSEWHERE, "FBTYPE=FREE;X-MICROSOFT-CDO-BUSYSTATUS=WORKINGELSEWHERE" },
    { XC_BUSY_UNSET, "FBTYPE=X-NO-DATA" },
};
#define LINES (sizeof(lines) / sizeof(lines[0]))

const char *xc_busy_params(xc_busy_e kind)
{
    for (apr_size_t i = 0; i < LINES; i++)
        if (lines[i].kind == kind)
            return lines[i].params;
    return lines[0].params;
}

/* A line each: no client needs lists unfolded to read them. */
void xc_busy_put_periods(xc_buf_t *out, const apr_array_header_t *periods, apr_pool_t *pool)
{
    xc_render_t render = { .buf = out, .pool = pool };
    for (apr_size_t k = 0; k < LINES; k++) {
        for (int i = 0; i < periods->nelts; i++) {
            const xc_busy_period_t *p = &APR_ARRAY_IDX(periods, i, xc_busy_period_t);
            if (by_weight[weight_of(p->kind)] == lines[k].kind)
                xc_render_line(&render, apr_psprintf(pool, "FREEBUSY;%s:%s/%s", lines[k].params, xc_busy_utc(p->start, pool), xc_busy_utc(p->end, pool)));
        }
    }
}

const char *xc_freebusy_text(apr_array_header_t *periods, apr_time_t start, apr_time_t end, apr_pool_t *pool)
{
    xc_buf_t *out = xc_buf_make(pool, 0);
    xc_freebusy_merge(periods, pool);
    xc_buf_puts(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:" XC_PRODID "\r\nBEGIN:VFREEBUSY\r\n");
    xc_buf_printf(out, "DTSTAMP:%s\r\n", xc_busy_utc(apr_time_now(), pool));
    if (start != XC_TIME_MIN)
        xc_buf_printf(out, "DTSTART:%s\r\n", xc_busy_utc(start, pool));
    if (end != XC_TIME_MAX)
        xc_buf_printf(out, "DTEND:%s\r\n", xc_busy_utc(end, pool));
    xc_busy_put_periods(out, periods, pool);
    xc_buf_puts(out, "END:VFREEBUSY\r\nEND:VCALENDAR\r\n");
    return out->data;
}
