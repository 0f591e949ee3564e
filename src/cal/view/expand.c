/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cal/view/filter_range.h"
#include "cal/view/instance.h"
#include "cal/object/object_priv.h"
#include "cal/view/select.h"
#include "cal/view.h"

/* ---- values ---- */

/* `when` as calendar data without zones has it: a DATE, or UTC. */
static icalvalue *plain_value(const xc_when_t *when, const xc_zone_t *zone)
{
    if (when->kind == XC_WHEN_DATE)
        return icalvalue_new_date(xc_when_to_ical(when));
    xc_when_t utc = { .kind = XC_WHEN_UTC };
    xc_zone_to_wall(xc_zone_utc(), xc_when_to_utc(when, zone), &utc.wall);
    struct icaltimetype t = xc_when_to_ical(&utc);
    t.zone = icaltimezone_get_utc_timezone();
    return icalvalue_new_datetime(t);
}

static void set_value(icalproperty *prop, icalvalue *value)
{
    icalproperty_remove_parameter_by_kind(prop, ICAL_TZID_PARAMETER);
    icalproperty_remove_parameter_by_kind(prop, ICAL_VALUE_PARAMETER);
    if (icalvalue_isa(value) == ICAL_DATE_VALUE)
        icalproperty_add_parameter(prop, icalparameter_new_value(ICAL_VALUE_DATE));
    icalproperty_set_value(prop, value);
}

static void remove_all(icalcomponent *comp, icalproperty_kind kind)
{
    for (icalproperty *p; (p = icalcomponent_get_first_property(comp, kind)) != NULL;) {
        icalcomponent_remove_property(comp, p);
        icalproperty_free(p);
    }
}

static void put(icalcomponent *comp, icalproperty_kind kind, const xc_when_t *when, const xc_zone_t *zone)
{
    icalproperty *prop = xc_comp_prop(comp, kind);
    if (!prop) {
        prop = icalproperty_new(kind);
        icalcomponent_add_property(comp, prop);
    }
    set_value(prop, plain_value(when, zone));
}

/* ---- expand (RFC 4791 9.6.5) ---- */

typedef struct expand_t {
    const xc_object_t *obj;
    const xc_data_view_t *view;
    apr_array_header_t *found; /* xc_instance_t */
} expand_t;

static xc_error_t *collect(void *ctx, const xc_instance_t *instance, int *stop)
{
    expand_t *x = ctx;
    (void)stop;
    /* what does not recur is only rewritten, wherever it lies */
    if (!instance->recurs || xc_range_match_instance(&x->view->expand, x->obj, instance, x->view->zone))
        APR_ARRAY_PUSH(x->found, xc_instance_t) = *instance;
    return NULL;
}

static int compare_instances(const void *a, const void *b)
{
    const xc_instance_t *x = a, *y = b;
    return x->at.start_utc < y->at.start_utc ? -1 : x->at.start_utc > y->at.start_utc;
}

/* Everything else that is written in a zone goes to UTC too: the zones are gone. */
static void resolve_zones(const xc_object_t *obj, icalcomponent *comp, const xc_zone_t *zone)
{
    for (icalproperty *p = icalcomponent_get_first_property(comp, ICAL_ANY_PROPERTY); p;
         p = icalcomponent_get_next_property(comp, ICAL_ANY_PROPERTY)) {
        xc_when_t when;
        if (icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER) && xc_prop_when(obj, p, &when))
            set_value(p, plain_value(&when, zone));
    }
}

/* One instance as a component of its own. */
static icalcomponent *instance_component(const xc_object_t *obj, const xc_instance_t *i, const xc_zone_t *zone)
{
    static const icalproperty_kind series[] = { ICAL_RRULE_PROPERTY, ICAL_RDATE_PROPERTY, ICAL_EXDATE_PROPERTY, ICAL_EXRULE_PROPERTY };
    icalcomponent *comp = icalcomponent_new_clone(i->comp);
    const xc_timing_t *at = &i->at;
    for (apr_size_t k = 0; k < sizeof(series) / sizeof(series[0]); k++)
        remove_all(comp, series[k]);
    if (at->has_start)
        put(comp, ICAL_DTSTART_PROPERTY, &at->start, zone);
    icalproperty_kind end = icalcomponent_isa(comp) == ICAL_VTODO_COMPONENT ? ICAL_DUE_PROPERTY : ICAL_DTEND_PROPERTY;
    if (at->has_end)
        put(comp, end, &at->end, zone);
    else if (at->has_duration && at->start.kind != XC_WHEN_DATE && (at->duration.days || at->duration.weeks)) {
        /* a day in UTC always has 24 hours, a day in the zone has not */
        remove_all(comp, ICAL_DURATION_PROPERTY);
        put(comp, end, &at->end, zone);
    }
    if (i->recurs)
        put(comp, ICAL_RECURRENCEID_PROPERTY, &i->id, zone);
    resolve_zones(obj, comp, zone);
    return comp;
}

/* A VCALENDAR with the properties of the object's, and nothing in it. */
static icalcomponent *empty_calendar(const xc_object_t *obj)
{
    icalcomponent *calendar = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
    for (icalproperty *p = icalcomponent_get_first_property(obj->vcalendar, ICAL_ANY_PROPERTY); p;
         p = icalcomponent_get_next_property(obj->vcalendar, ICAL_ANY_PROPERTY))
        icalcomponent_add_property(calendar, icalproperty_new_clone(p));
    return calendar;
}

static xc_error_t *expand(icalcomponent **out, const xc_object_t *obj, const xc_data_view_t *view, apr_pool_t *pool)
{
    expand_t x = { obj, view, apr_array_make(pool, 16, sizeof(xc_instance_t)) };
    for (int i = 0; i < obj->comps->nelts; i++)
        XC_TRY(xc_instances_walk(obj, APR_ARRAY_IDX(obj->comps, i, icalcomponent *), view->zone, view->expand.start, view->expand.end,
                                 collect, &x, pool));
    if (x.found->nelts > XC_VIEW_MAX_INSTANCES)
        return xc_error_make(pool, 0, XC_COND_MAX_INSTANCES, "The time-range of expand has more than %d instances of %s",
                             XC_VIEW_MAX_INSTANCES, obj->uid ? obj->uid : "the object");
    qsort(x.found->elts, (size_t)x.found->nelts, sizeof(xc_instance_t), compare_instances);
    *out = empty_calendar(obj);
    for (int i = 0; i < x.found->nelts; i++)
        icalcomponent_add_component(*out, instance_component(obj, &APR_ARRAY_IDX(x.found, i, xc_instance_t), view->zone));
    return NULL;
}

/* ---- limit-recurrence-set (9.6.6) ---- */

/* An override stays when it, or the instance that it replaces, touches the range. */
static int override_touches(const xc_object_t *obj, icalcomponent *comp, icalproperty *id, const xc_range_t *range, const xc_zone_t *zone)
{
    xc_instance_t own = { .comp = comp, .recurs = 1 }, replaced;
    xc_when_t when;
    xc_timing_read(&own.at, obj, comp, zone);
    if (xc_range_match_instance(range, obj, &own, zone))
        return 1;
    if (!xc_prop_when(obj, id, &when))
        return 1;
    apr_time_t start = xc_when_to_utc(&when, zone);
    const char *scope = xc_prop_param(id, "RANGE", obj->pool);
    if (scope && strcmp(scope, "THISANDFUTURE") == 0 && start < range->end)
        return 1;
    replaced = own;
    if (obj->master) {
        replaced.comp = obj->master;
        xc_timing_read(&replaced.at, obj, obj->master, zone);
    }
    xc_timing_move(&replaced.at, &replaced.at, &when, zone);
    return xc_range_match_instance(range, obj, &replaced, zone);
}

static icalcomponent *limit_recurrence(const xc_object_t *obj, const xc_data_view_t *view)
{
    icalcomponent *calendar = empty_calendar(obj);
    for (icalcompiter it = icalcomponent_begin_component(obj->vcalendar, ICAL_ANY_COMPONENT); icalcompiter_deref(&it); icalcompiter_next(&it)) {
        icalcomponent *comp = icalcompiter_deref(&it);
        icalproperty *id = xc_comp_prop(comp, ICAL_RECURRENCEID_PROPERTY);
        if (!id || override_touches(obj, comp, id, &view->limit_recurrence, view->zone))
            icalcomponent_add_component(calendar, icalcomponent_new_clone(comp));
    }
    return calendar;
}

/* ---- limit-freebusy-set (9.6.7) ---- */

static void limit_freebusy(const xc_object_t *obj, icalcomponent *calendar, const xc_data_view_t *view)
{
    for (icalcompiter it = icalcomponent_begin_component(calendar, ICAL_VFREEBUSY_COMPONENT); icalcompiter_deref(&it); icalcompiter_next(&it)) {
        icalcomponent *comp = icalcompiter_deref(&it);
        icalproperty *next, *p = icalcomponent_get_first_property(comp, ICAL_FREEBUSY_PROPERTY);
        for (; p; p = next) {
            next = icalcomponent_get_next_property(comp, ICAL_FREEBUSY_PROPERTY);
            if (xc_range_match_property(&view->limit_freebusy, obj, p, view->zone))
                continue;
            icalcomponent_remove_property(comp, p);
            icalproperty_free(p);
        }
    }
}

xc_error_t *xc_view_text(const char **out, const xc_object_t *obj, const xc_data_view_t *view, apr_pool_t *pool)
{
    icalcomponent *calendar = NULL;
    *out = NULL;
    if (view->expand.set)
        XC_TRY(expand(&calendar, obj, view, pool));
    else if (view->limit_recurrence.set)
        calendar = limit_recurrence(obj, view);
    else if (view->limit_freebusy.set)
        calendar = icalcomponent_new_clone(obj->vcalendar);
    if (calendar && view->limit_freebusy.set)
        limit_freebusy(obj, calendar, view);
    const char *text = calendar ? xc_ical_text(calendar, pool) : obj->text ? obj->text : xc_ical_text(obj->vcalendar, pool);
    if (calendar)
        icalcomponent_free(calendar);
    if (view->select || view->strip_zones)
        text = xc_select_text(text, strlen(text), view->select, view->strip_zones, pool);
    *out = text;
    return NULL;
}
