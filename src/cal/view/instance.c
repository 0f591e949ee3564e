/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "cal/view/instance.h"
#include "cal/recur/rrule.h"

/* More than any zone is off, twice: a wall clock is this near to its instant. */
#define SLACK_SEC (2 * 86400)

apr_time_t xc_time_add(apr_time_t t, apr_time_t delta)
{
    if (t == XC_TIME_MIN || t == XC_TIME_MAX)
        return t;
    if (delta > 0 && t > XC_TIME_MAX - delta)
        return XC_TIME_MAX;
    if (delta < 0 && t < XC_TIME_MIN - delta)
        return XC_TIME_MIN;
    return t + delta;
}

apr_time_t xc_duration_usec(struct icaldurationtype d)
{
    apr_int64_t sec = (((apr_int64_t)d.weeks * 7 + d.days) * 24 + d.hours) * 3600 + (apr_int64_t)d.minutes * 60 + d.seconds;
    return apr_time_from_sec(d.is_neg ? -sec : sec);
}

void xc_timing_read(xc_timing_t *out, const xc_object_t *obj, icalcomponent *comp, const xc_zone_t *zone)
{
    icalproperty *duration = xc_comp_prop(comp, ICAL_DURATION_PROPERTY);
    xc_timing_t t = { 0 };
    t.has_start = xc_comp_when(obj, comp, ICAL_DTSTART_PROPERTY, &t.start);
    if (xc_comp_when(obj, comp, ICAL_DTEND_PROPERTY, &t.end))
        t.has_end = 1;
    else if (xc_comp_when(obj, comp, ICAL_DUE_PROPERTY, &t.end))
        t.has_end = t.has_due = 1;
    if (!t.has_end && t.has_start && duration && icalproperty_get_value(duration)
        && icalvalue_isa(icalproperty_get_value(duration)) == ICAL_DURATION_VALUE) {
        t.duration = icalvalue_get_duration(icalproperty_get_value(duration));
        t.has_duration = !t.duration.is_neg && !icaldurationtype_is_bad_duration(t.duration);
    }
    if (t.has_start)
        t.start_utc = xc_when_to_utc(&t.start, zone);
    if (t.has_duration)
        xc_when_add(&t.end, &t.start, t.duration, zone);
    else if (t.has_start && (!t.has_end || (t.start.kind == XC_WHEN_DATE && !t.has_due && xc_when_to_utc(&t.end, zone) <= t.start_utc))) {
        /* some clients write the day itself as its end */
        struct icaldurationtype day = { 0 };
        day.days = t.start.kind == XC_WHEN_DATE ? 1 : 0;
        xc_when_add(&t.end, &t.start, day, zone);
    }
    t.end_utc = xc_when_to_utc(&t.end, zone);
    if (t.has_start && t.end_utc < t.start_utc && !t.has_due) {
        t.end = t.start;
        t.end_utc = t.start_utc;
    }
    if (!t.has_start)
        t.start_utc = t.end_utc;
    *out = t;
}

/* The same component at another start: a written end keeps the exact length, DURATION the nominal one (RFC 5545 3.8.5.3). */
void xc_timing_move(xc_timing_t *out, const xc_timing_t *base, const xc_when_t *start, const xc_zone_t *zone)
{
    struct icaldurationtype d = { 0 };
    xc_timing_t t = *base;
    t.start = *start;
    t.start_utc = xc_when_to_utc(start, zone);
    if (base->start.kind == XC_WHEN_DATE) {
        d.days = (unsigned)(xc_date_to_days(base->end.wall.year, base->end.wall.month, base->end.wall.day)
                            - xc_date_to_days(base->start.wall.year, base->start.wall.month, base->start.wall.day));
        xc_when_add(&t.end, start, d, zone);
        t.end_utc = xc_when_to_utc(&t.end, zone);
    }
    else if (base->has_duration) {
        xc_when_add(&t.end, start, base->duration, zone);
        t.end_utc = xc_when_to_utc(&t.end, zone);
    }
    else {
        t.end_utc = t.start_utc + (base->end_utc - base->start_utc);
        xc_when_from_utc(&t.end, t.end_utc, &base->end, zone);
    }
    *out = t;
}

typedef struct walk_t {
    const xc_object_t *obj;
    const xc_zone_t *zone;
    apr_time_t from, to;
    xc_instance_fn fn;
    void *ctx;
    apr_pool_t *pool;
    xc_timing_t base;
    apr_array_header_t *excluded;      /* apr_time_t, sorted: EXDATE and what overrides replace */
    apr_array_header_t *excluded_days; /* int: EXDATEs that are a DATE though the series has times */
    apr_time_t last;                   /* start of the last one of the rule */
    int given, stop;
} walk_t;

static int compare_times(const void *a, const void *b)
{
    apr_time_t x = *(const apr_time_t *)a, y = *(const apr_time_t *)b;
    return x < y ? -1 : x > y;
}

static void exclude(walk_t *w, icalproperty *prop)
{
    xc_when_t when;
    if (!xc_prop_when(w->obj, prop, &when))
        return;
    if (when.kind == XC_WHEN_DATE && w->base.start.kind != XC_WHEN_DATE)
        APR_ARRAY_PUSH(w->excluded_days, int) = xc_date_to_days(when.wall.year, when.wall.month, when.wall.day);
    else
        APR_ARRAY_PUSH(w->excluded, apr_time_t) = xc_when_to_utc(&when, w->zone);
}

static void collect_excluded(walk_t *w, icalcomponent *comp)
{
    w->excluded = apr_array_make(w->pool, 8, sizeof(apr_time_t));
    w->excluded_days = apr_array_make(w->pool, 1, sizeof(int));
    for (icalproperty *p = icalcomponent_get_first_property(comp, ICAL_EXDATE_PROPERTY); p;
         p = icalcomponent_get_next_property(comp, ICAL_EXDATE_PROPERTY))
        exclude(w, p);
    for (int i = 0; i < w->obj->comps->nelts; i++) {
        icalproperty *id = xc_comp_prop(APR_ARRAY_IDX(w->obj->comps, i, icalcomponent *), ICAL_RECURRENCEID_PROPERTY);
        if (id)
            exclude(w, id);
    }
    qsort(w->excluded->elts, (size_t)w->excluded->nelts, sizeof(apr_time_t), compare_times);
}

static int is_excluded(const walk_t *w, const xc_timing_t *at)
{
    if (w->excluded->nelts > 0
        && bsearch(&at->start_utc, w->excluded->elts, (size_t)w->excluded->nelts, sizeof(apr_time_t), compare_times))
        return 1;
    for (int i = 0; i < w->excluded_days->nelts; i++) {
        if (APR_ARRAY_IDX(w->excluded_days, i, int) == xc_date_to_days(at->start.wall.year, at->start.wall.month, at->start.wall.day))
            return 1;
    }
    return 0;
}

static xc_error_t *too_many(const walk_t *w)
{
    return xc_error_make(w->pool, 0, XC_COND_MAX_INSTANCES, "The recurrence of %s has too many instances to look at (more than %d)",
                         w->obj->uid ? w->obj->uid : "the object", XC_VIEW_MAX_INSTANCES);
}

static xc_error_t *give(walk_t *w, icalcomponent *comp, const xc_timing_t *at)
{
    if (is_excluded(w, at) || at->end_utc < w->from || at->start_utc > w->to)
        return NULL;
    if (++w->given > XC_VIEW_MAX_INSTANCES)
        return too_many(w);
    xc_instance_t instance = { comp, 1, at->start, *at };
    return w->fn(w->ctx, &instance, &w->stop);
}

/* Before this wall clock (in seconds) nothing of the series reaches into the window. */
static apr_int64_t first_wall_sec(const walk_t *w)
{
    apr_time_t length = w->base.end_utc - w->base.start_utc;
    if (w->from == XC_TIME_MIN)
        return APR_INT64_MIN;
    return apr_time_sec(xc_time_add(w->from, -(length > 0 ? length : 0))) - SLACK_SEC;
}

static xc_error_t *walk_rule(walk_t *w, icalcomponent *comp, struct icalrecurrencetype *rule)
{
    xc_wall_t wall;
    xc_rrule_step_e step;
    xc_when_t until = { 0 };
    apr_time_t until_utc = XC_TIME_MAX;
    int until_day = 0;
    int is_date = w->base.start.kind == XC_WHEN_DATE;
    xc_rrule_t *it = xc_rrule_open(rule, &w->base.start.wall, is_date, first_wall_sec(w), w->pool);
    if (!it)
        return give(w, comp, &w->base);
    if (!icaltime_is_null_time(rule->until)) {
        xc_wall_from_ical(&until.wall, rule->until);
        until.kind = rule->until.is_date ? XC_WHEN_DATE : icaltime_is_utc(rule->until) ? XC_WHEN_UTC : w->base.start.kind;
        until.zone = w->base.start.zone;
        if (until.kind == XC_WHEN_DATE)
            until_day = xc_date_to_days(until.wall.year, until.wall.month, until.wall.day);
        else
            until_utc = xc_when_to_utc(&until, w->zone);
    }
    while ((step = xc_rrule_next(it, &wall)) == XC_RRULE_ONE && !w->stop) {
        xc_when_t start = w->base.start;
        xc_timing_t at;
        start.wall = wall;
        if (until.kind == XC_WHEN_DATE && xc_date_to_days(wall.year, wall.month, wall.day) > until_day)
            return NULL;
        xc_timing_move(&at, &w->base, &start, w->zone);
        if (at.start_utc > until_utc || at.start_utc > w->to)
            return NULL;
        w->last = at.start_utc;
        XC_TRY(give(w, comp, &at));
    }
    return step == XC_RRULE_TOO_FAR ? too_many(w) : NULL;
}

/* RDATEs; a PERIOD has an end of its own. */
static xc_error_t *walk_rdates(walk_t *w, icalcomponent *comp)
{
    apr_array_header_t *props = apr_array_make(w->pool, 4, sizeof(icalproperty *));
    for (icalproperty *p = icalcomponent_get_first_property(comp, ICAL_RDATE_PROPERTY); p;
         p = icalcomponent_get_next_property(comp, ICAL_RDATE_PROPERTY))
        APR_ARRAY_PUSH(props, icalproperty *) = p;
    for (int i = 0; i < props->nelts && !w->stop; i++) {
        xc_when_t start;
        xc_timing_t at;
        apr_time_t period_start, period_end;
        if (!xc_prop_when(w->obj, APR_ARRAY_IDX(props, i, icalproperty *), &start))
            continue;
        xc_timing_move(&at, &w->base, &start, w->zone);
        if (xc_prop_period(w->obj, APR_ARRAY_IDX(props, i, icalproperty *), w->zone, &period_start, &period_end) && period_end > at.start_utc) {
            at.end_utc = period_end;
            xc_when_from_utc(&at.end, period_end, &start, w->zone);
        }
        if (at.start_utc != w->base.start_utc)
            XC_TRY(give(w, comp, &at));
    }
    return NULL;
}

xc_error_t *xc_instances_walk(const xc_object_t *obj, icalcomponent *comp, const xc_zone_t *zone,
                              apr_time_t from, apr_time_t to, xc_instance_fn fn, void *ctx, apr_pool_t *pool)
{
    walk_t w = { .obj = obj, .zone = zone, .from = from, .to = to, .fn = fn, .ctx = ctx, .pool = pool, .last = XC_TIME_MIN };
    icalproperty *rrule = xc_comp_prop(comp, ICAL_RRULE_PROPERTY);
    icalproperty *id = xc_comp_prop(comp, ICAL_RECURRENCEID_PROPERTY);
    xc_timing_read(&w.base, obj, comp, zone);
    if (id || !w.base.has_start || (!rrule && !xc_comp_prop(comp, ICAL_RDATE_PROPERTY))) {
        xc_instance_t one = { .comp = comp, .at = w.base };
        one.recurs = id && xc_prop_when(obj, id, &one.id);
        return fn(ctx, &one, &w.stop);
    }
    collect_excluded(&w, comp);
    if (rrule) {
        struct icalrecurrencetype rule = icalproperty_get_rrule(rrule);
        XC_TRY(walk_rule(&w, comp, &rule));
    }
    else
        XC_TRY(give(&w, comp, &w.base));
    return w.stop ? NULL : walk_rdates(&w, comp);
}
