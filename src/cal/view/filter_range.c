/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>

#include "cal/view/filter_range.h"
#include "cal/view/instance.h"

#define DAY APR_TIME_C(86400000000)

/* How an alarm goes off: TRIGGER, then REPEAT times every DURATION. */
typedef struct alarm_t {
    int absolute, from_end;
    struct icaldurationtype offset;
    apr_time_t at;          /* absolute */
    apr_time_t every;
    int repeat;
} alarm_t;

typedef struct test_t test_t;
struct test_t {
    const xc_range_t *range;
    const xc_object_t *obj;
    const xc_zone_t *zone;
    int (*overlaps)(const test_t *t, const xc_instance_t *instance);
    alarm_t alarm;          /* of a VALARM */
    int matches;
};

static int vevent_overlaps(const test_t *t, const xc_instance_t *i)
{
    const xc_timing_t *at = &i->at;
    if (!at->has_start)
        return 0;
    /* no length (DURATION of zero, or DATE-TIME without an end): the start alone, and it may be the range's */
    if (at->end_utc == at->start_utc)
        return t->range->start <= at->start_utc && t->range->end > at->start_utc;
    return t->range->start < at->end_utc && t->range->end > at->start_utc;
}

static int vtodo_overlaps(const test_t *t, const xc_instance_t *i)
{
    const xc_timing_t *at = &i->at;
    apr_time_t start = t->range->start, end = t->range->end, from = at->start_utc, due = at->end_utc;
    xc_when_t when;
    if (at->has_start && at->has_duration)
        return start <= due && (end > from || end >= due);
    if (at->has_start && at->has_end)
        return (start < due || start <= from) && (end > from || end >= due);
    if (at->has_start)
        return start <= from && end > from;
    if (at->has_end)
        return start < due && end >= due;
    int has_completed = xc_comp_when(t->obj, i->comp, ICAL_COMPLETED_PROPERTY, &when);
    apr_time_t completed = has_completed ? xc_when_to_utc(&when, t->zone) : 0;
    int has_created = xc_comp_when(t->obj, i->comp, ICAL_CREATED_PROPERTY, &when);
    apr_time_t created = has_created ? xc_when_to_utc(&when, t->zone) : 0;
    if (has_completed && has_created)
        return (start <= created || start <= completed) && (end >= created || end >= completed);
    if (has_completed)
        return start <= completed && end >= completed;
    if (has_created)
        return end > created;
    return 1;
}

static int vjournal_overlaps(const test_t *t, const xc_instance_t *i)
{
    const xc_timing_t *at = &i->at;
    if (!at->has_start)
        return 0;
    if (at->start.kind == XC_WHEN_DATE)
        return t->range->start < at->end_utc && t->range->end > at->start_utc;
    return t->range->start <= at->start_utc && t->range->end > at->start_utc;
}

static int vfreebusy_overlaps(const test_t *t, const xc_instance_t *i)
{
    if (i->at.has_start && i->at.has_end)
        return t->range->start <= i->at.end_utc && t->range->end > i->at.start_utc;
    for (icalproperty *p = icalcomponent_get_first_property(i->comp, ICAL_FREEBUSY_PROPERTY); p;
         p = icalcomponent_get_next_property(i->comp, ICAL_FREEBUSY_PROPERTY)) {
        apr_time_t start, end;
        if (xc_prop_period(t->obj, p, t->zone, &start, &end) && t->range->start < end && t->range->end > start)
            return 1;
    }
    return 0;
}

static int alarm_read(alarm_t *out, const xc_object_t *obj, icalcomponent *comp, const xc_zone_t *zone)
{
    apr_pool_t *pool = obj->pool;
    alarm_t a = { 0 };
    icalproperty *trigger = xc_comp_prop(comp, ICAL_TRIGGER_PROPERTY);
    icalproperty *repeat = xc_comp_prop(comp, ICAL_REPEAT_PROPERTY), *every = xc_comp_prop(comp, ICAL_DURATION_PROPERTY);
    if (!trigger || !icalproperty_get_value(trigger))
        return 0;
    icalvalue *value = icalproperty_get_value(trigger);
    xc_when_t when;
    if (icalvalue_isa(value) == ICAL_TRIGGER_VALUE || icalvalue_isa(value) == ICAL_DURATION_VALUE) {
        struct icaltriggertype type = { .time = icaltime_null_time() };
        if (icalvalue_isa(value) == ICAL_TRIGGER_VALUE)
            type = icalvalue_get_trigger(value);
        else
            type.duration = icalvalue_get_duration(value);
        a.absolute = !icaltime_is_null_time(type.time);
        a.offset = type.duration;
    }
    else
        a.absolute = 1;
    if (a.absolute) {
        if (!xc_prop_when(obj, trigger, &when))
            return 0;
        a.at = xc_when_to_utc(&when, zone);
    }
    const char *related = a.absolute ? NULL : xc_prop_param(trigger, "RELATED", pool);
    a.from_end = related && strcasecmp(related, "END") == 0;
    if (repeat && every && icalproperty_get_value(every) && icalvalue_isa(icalproperty_get_value(every)) == ICAL_DURATION_VALUE) {
        a.repeat = icalproperty_get_repeat(repeat);
        a.every = xc_duration_usec(icalvalue_get_duration(icalproperty_get_value(every)));
        if (a.repeat < 0 || a.every <= 0)
            a.repeat = 0;
    }
    *out = a;
    return 1;
}

/* Does one of the times first, first + every, … lie in the range? Counted, not walked: REPEAT may be anything. */
static int alarm_rings(const xc_range_t *range, const alarm_t *a, apr_time_t first)
{
    apr_int64_t n = 0;
    if (range->start > first) {
        if (a->repeat == 0)
            return 0;
        if (range->start == XC_TIME_MAX || (range->start - first) / a->every >= a->repeat + 1)
            return 0;
        n = (range->start - first + a->every - 1) / a->every;
    }
    return n <= a->repeat && range->start <= first + n * a->every && range->end > first + n * a->every;
}

static int valarm_overlaps(const test_t *t, const xc_instance_t *i)
{
    const alarm_t *a = &t->alarm;
    xc_when_t when;
    if (a->from_end ? i->at.end.kind == XC_WHEN_NONE : !i->at.has_start)
        return 0;
    xc_when_t from = a->from_end ? i->at.end : i->at.start;
    if (from.kind == XC_WHEN_DATE)
        from.kind = XC_WHEN_FLOATING; /* midnight of that day, from which hours count */
    xc_when_add(&when, &from, a->offset, t->zone);
    return alarm_rings(t->range, a, xc_when_to_utc(&when, t->zone));
}

static const struct {
    const char *name;
    icalcomponent_kind kind;
    int (*overlaps)(const test_t *t, const xc_instance_t *instance);
} components[] = {
    { "VEVENT", ICAL_VEVENT_COMPONENT, vevent_overlaps },
    { "VTODO", ICAL_VTODO_COMPONENT, vtodo_overlaps },
    { "VJOURNAL", ICAL_VJOURNAL_COMPONENT, vjournal_overlaps },
    { "VFREEBUSY", ICAL_VFREEBUSY_COMPONENT, vfreebusy_overlaps },
    { "VALARM", ICAL_VALARM_COMPONENT, valarm_overlaps },
};

int xc_range_knows_component(const char *name)
{
    for (apr_size_t i = 0; i < sizeof(components) / sizeof(components[0]); i++) {
        if (strcasecmp(name, components[i].name) == 0)
            return 1;
    }
    return 0;
}

int xc_range_knows_property(const char *name)
{
    static const char *const dated[] = { "COMPLETED", "CREATED", "DTEND", "DTSTAMP", "DTSTART", "DUE", "LAST-MODIFIED",
                                         "RECURRENCE-ID", "EXDATE", "RDATE", "TRIGGER", "FREEBUSY", "ACKNOWLEDGED" };
    if (strncasecmp(name, "X-", 2) == 0)
        return 1;
    for (apr_size_t i = 0; i < sizeof(dated) / sizeof(dated[0]); i++) {
        if (strcasecmp(name, dated[i]) == 0)
            return 1;
    }
    return 0;
}

static xc_error_t *test_instance(void *ctx, const xc_instance_t *instance, int *stop)
{
    test_t *t = ctx;
    t->matches = *stop = t->overlaps(t, instance);
    return NULL;
}

/* The window in which a parent's instance can make the alarm ring in the range. */
static void alarm_window(const alarm_t *a, apr_time_t *from, apr_time_t *to)
{
    apr_time_t offset = xc_duration_usec(a->offset), repeats;
    repeats = a->every > 0 && a->repeat > XC_TIME_MAX / 4 / a->every ? XC_TIME_MAX / 4 : a->every * a->repeat;
    *from = xc_time_add(xc_time_add(*from, -offset - DAY), -repeats);
    *to = xc_time_add(*to, -offset + DAY);
}

xc_error_t *xc_range_match_component(int *matches, const xc_range_t *range, const xc_object_t *obj, icalcomponent *comp,
                                     icalcomponent *parent, const xc_zone_t *zone, apr_pool_t *pool)
{
    test_t t = { .range = range, .obj = obj, .zone = zone };
    apr_time_t from = range->start, to = range->end;
    icalcomponent *walked = comp;
    *matches = 0;
    for (apr_size_t i = 0; i < sizeof(components) / sizeof(components[0]); i++) {
        if (icalcomponent_isa(comp) == components[i].kind)
            t.overlaps = components[i].overlaps;
    }
    if (!t.overlaps)
        return NULL;
    if (icalcomponent_isa(comp) == ICAL_VALARM_COMPONENT) {
        if (!parent || !alarm_read(&t.alarm, obj, comp, zone))
            return NULL;
        if (t.alarm.absolute) {
            *matches = alarm_rings(range, &t.alarm, t.alarm.at);
            return NULL;
        }
        walked = parent;
        alarm_window(&t.alarm, &from, &to);
    }
    XC_TRY(xc_instances_walk(obj, walked, zone, from, to, test_instance, &t, pool));
    *matches = t.matches;
    return NULL;
}

int xc_range_match_instance(const xc_range_t *range, const xc_object_t *obj, const xc_instance_t *instance, const xc_zone_t *zone)
{
    test_t t = { .range = range, .obj = obj, .zone = zone };
    for (apr_size_t i = 0; i < sizeof(components) / sizeof(components[0]); i++) {
        if (icalcomponent_isa(instance->comp) == components[i].kind && components[i].kind != ICAL_VALARM_COMPONENT)
            return components[i].overlaps(&t, instance);
    }
    return 0;
}

int xc_range_match_property(const xc_range_t *range, const xc_object_t *obj, icalproperty *prop, const xc_zone_t *zone)
{
    apr_time_t start, end;
    xc_when_t when;
    if (xc_prop_period(obj, prop, zone, &start, &end))
        return range->start < end && range->end > start;
    if (!xc_prop_when(obj, prop, &when))
        return 0;
    start = xc_when_to_utc(&when, zone);
    if (when.kind == XC_WHEN_DATE) {
        struct icaldurationtype day = { .days = 1 };
        xc_when_t next;
        xc_when_add(&next, &when, day, zone);
        return range->start < xc_when_to_utc(&next, zone) && range->end > start;
    }
    return range->start <= start && range->end > start;
}
