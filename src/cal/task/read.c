/* SPDX-License-Identifier: Apache-2.0 */
/* VTODO -> the neutral model. */
#include <apr_strings.h>
#include <string.h>

#include "cal/task/task_priv.h"
#include "cal/zone/zone_priv.h"

static xc_error_t *cannot(apr_pool_t *pool, xc_cond_e cond, const char *what)
{
    return xc_error_make(pool, 0, cond, "%s", what);
}

/* ---- times ---- */

void xc_task_times(const xc_object_t *obj, icalcomponent *comp, xc_when_t *start, xc_when_t *due)
{
    icalproperty *p = xc_comp_prop(comp, ICAL_DURATION_PROPERTY);
    const icalvalue *v = p ? icalproperty_get_value(p) : NULL;
    int has_start = xc_comp_when(obj, comp, ICAL_DTSTART_PROPERTY, start);

    if (!xc_comp_when(obj, comp, ICAL_DUE_PROPERTY, due) && has_start && v && icalvalue_isa(v) == ICAL_DURATION_VALUE) {
        struct icaldurationtype d = icalvalue_get_duration(v);
        if (!d.is_neg)
            xc_when_add(due, start, d, NULL);
    }
}

static xc_error_t *read_times(xc_event_t *e, const xc_object_t *obj, icalcomponent *comp, apr_pool_t *pool)
{
    xc_task_t *t = e->task;

    xc_task_times(obj, comp, &e->start, &e->end);
    t->start_day = xc_task_day(&e->start, t->zone);
    t->due_day = xc_task_day(&e->end, t->zone);
    if (t->start_day != XC_NO_DAY && t->due_day != XC_NO_DAY && t->due_day < t->start_day)
        return cannot(pool, XC_COND_VALID_CALENDAR_DATA, "The task is due (DUE) before the day on which it starts (DTSTART).");
    return NULL;
}

/* ---- status ---- */

static int percent_of(icalcomponent *comp)
{
    icalproperty *p = xc_comp_prop(comp, ICAL_PERCENTCOMPLETE_PROPERTY);
    const icalvalue *v = p ? icalproperty_get_value(p) : NULL;
    return v && icalvalue_isa(v) == ICAL_INTEGER_VALUE ? icalvalue_get_integer(v) : 0;
}

static void read_status(xc_event_t *e, const xc_object_t *obj, icalcomponent *comp, apr_pool_t *pool)
{
    icalproperty *p = xc_comp_prop(comp, ICAL_STATUS_PROPERTY);
    const char *status = p ? xc_prop_value(p, pool) : "";
    xc_when_t completed;
    int has_completed = xc_comp_when(obj, comp, ICAL_COMPLETED_PROPERTY, &completed);

    e->task->percent = percent_of(comp);
    if (strcasecmp(status, "COMPLETED") == 0 || (!*status && (has_completed || e->task->percent >= 100))) {
        e->task->status = XC_TASK_COMPLETED;
        e->task->completed_day = has_completed ? xc_task_day(&completed, e->task->zone) : XC_NO_DAY;
    } else if (strcasecmp(status, "IN-PROCESS") == 0) {
        e->task->status = XC_TASK_IN_PROGRESS;
    } else if (strcasecmp(status, "CANCELLED") == 0) {
        e->task->status = XC_TASK_DEFERRED; /* the nearest that Exchange has */
        e->cancelled = 1;
    }
}

/* ---- reminder ---- */

/* When an alarm rings. @return 0 when that cannot be told */
static int alarm_time(apr_time_t *at, const xc_object_t *obj, icalcomponent *alarm, const xc_when_t *start, const xc_when_t *due,
                      const xc_zone_t *zone)
{
    icalproperty *p = xc_comp_prop(alarm, ICAL_TRIGGER_PROPERTY);
    const icalvalue *v = p ? icalproperty_get_value(p) : NULL;
    struct icaldurationtype offset = icaldurationtype_null_duration();
    xc_when_t when;

    if (!v)
        return 0;
    if (xc_prop_when(obj, p, &when)) {
        *at = xc_when_to_utc(&when, zone);
        return 1;
    }
    if (icalvalue_isa(v) == ICAL_TRIGGER_VALUE)
        offset = icalvalue_get_trigger(v).duration;
    else if (icalvalue_isa(v) == ICAL_DURATION_VALUE)
        offset = icalvalue_get_duration(v);
    else
        return 0;
    const char *related = xc_prop_param(p, "RELATED", obj->pool);
    const xc_when_t *base = related && strcasecmp(related, "END") == 0 ? due : start;
    if (base->kind == XC_WHEN_NONE) /* many clients leave RELATED out though the task is only due */
        base = base == due ? start : due;
    if (base->kind == XC_WHEN_NONE)
        return 0;
    xc_when_t from = *base;
    if (from.kind == XC_WHEN_DATE)
        from.kind = XC_WHEN_FLOATING; /* midnight of that day, from which hours count */
    xc_when_add(&when, &from, offset, zone);
    *at = xc_when_to_utc(&when, zone);
    return 1;
}

int xc_task_alarm(apr_time_t *at, const xc_object_t *obj, icalcomponent *comp, const xc_when_t *start, const xc_when_t *due, const xc_zone_t *zone)
{
    int chosen = -1, n = 0;

    *at = 0;
    for (icalcomponent *a = icalcomponent_get_first_component(comp, ICAL_VALARM_COMPONENT); a;
         a = icalcomponent_get_next_component(comp, ICAL_VALARM_COMPONENT), n++) {
        apr_time_t t;
        if (!xc_comp_can_remind(a, obj->pool) || !alarm_time(&t, obj, a, start, due, zone) || t <= 0)
            continue;
        if (chosen < 0 || t < *at) {
            chosen = n;
            *at = t;
        }
    }
    return chosen;
}

/* ---- recurrence ---- */

static xc_error_t *read_rule(xc_event_t *e, icalcomponent *comp, apr_pool_t *pool)
{
    icalproperty *rule = xc_comp_prop(comp, ICAL_RRULE_PROPERTY);
    const xc_when_t *from = e->start.kind != XC_WHEN_NONE ? &e->start : &e->end;

    if (xc_comp_prop(comp, ICAL_EXRULE_PROPERTY) || xc_comp_prop(comp, ICAL_RDATE_PROPERTY) || xc_comp_prop(comp, ICAL_EXDATE_PROPERTY))
        return cannot(pool, XC_COND_UNSUPPORTED_RECURRENCE,
                      "Exchange keeps of a recurring task its rule and the occurrence that is due next: no added (RDATE) or left out (EXDATE, EXRULE) ones.");
    if (!rule)
        return NULL;
    if (icalcomponent_count_properties(comp, ICAL_RRULE_PROPERTY) > 1)
        return cannot(pool, XC_COND_UNSUPPORTED_RECURRENCE, "Exchange cannot keep this recurrence: more than one RRULE.");
    if (from->kind == XC_WHEN_NONE)
        return cannot(pool, XC_COND_VALID_CALENDAR_DATA, "The task recurs, but says neither when it starts nor when it is due.");
    const xc_zone_t *zone = from->kind == XC_WHEN_ZONED ? from->zone : from->kind == XC_WHEN_FLOATING ? e->task->zone : xc_zone_utc();
    xc_wall_t wall = from->wall;
    int all_day = from->kind == XC_WHEN_DATE;
    if (from->kind == XC_WHEN_UTC) { /* its days are counted where the user is */
        zone = e->task->zone;
        xc_zone_to_wall(zone, xc_when_to_utc(from, NULL), &wall);
    }
    return xc_recur_from_rrule(&e->recur, xc_prop_value(rule, pool), &wall, all_day ? NULL : zone, all_day, pool);
}

xc_error_t *xc_task_from_object(xc_event_t **out, const xc_object_t *obj, const xc_zone_t *zone, apr_pool_t *pool)
{
    xc_event_t *e = xc_task_make(zone, pool);

    *out = NULL;
    if (obj->comps->nelts > 1 || !obj->master)
        return cannot(pool, XC_COND_UNSUPPORTED_RECURRENCE,
                      "Exchange keeps a recurring task as the occurrence that is due next: single occurrences (RECURRENCE-ID) cannot be changed. "
                      "Complete the task itself, and the next occurrence follows.");
    xc_event_read_common(e, obj, obj->master, pool);
    XC_TRY(read_times(e, obj, obj->master, pool));
    read_status(e, obj, obj->master, pool);
    XC_TRY(read_rule(e, obj->master, pool));
    xc_task_alarm(&e->task->remind_at, obj, obj->master, &e->start, &e->end, e->task->zone);
    *out = e;
    return NULL;
}
