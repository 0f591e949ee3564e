/* SPDX-License-Identifier: Apache-2.0 */
/* Reading libical's components: values, parameters, times. Nothing here lets libical resolve a TZID. */
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "cal/object/object_priv.h"
#include "cal/zone/zone_priv.h"

void xc_ical_init(void)
{
    icalerror_set_errors_are_fatal(0);
    icalerror_set_error_state(ICAL_MALFORMEDDATA_ERROR, ICAL_ERROR_NONFATAL);
    ical_set_unknown_token_handling_setting(ICAL_ASSUME_IANA_TOKEN);
    (void)icaltimezone_get_utc_timezone(); /* its table of names is read now, not by the first two threads at once */
}

static apr_status_t component_gone(void *data)
{
    icalcomponent_free(data);
    return APR_SUCCESS;
}

void xc_ical_own(icalcomponent *comp, apr_pool_t *pool)
{
    apr_pool_cleanup_register(pool, comp, component_gone, apr_pool_cleanup_null);
}

/* libical's memory to the pool's */
static const char *take(char *s, apr_pool_t *pool)
{
    const char *out = s ? apr_pstrdup(pool, s) : NULL;
    if (s)
        icalmemory_free_buffer(s);
    return out;
}

const char *xc_ical_text(icalcomponent *comp, apr_pool_t *pool)
{
    const char *text = take(icalcomponent_as_ical_string_r(comp), pool);
    return text ? text : "";
}

icalproperty *xc_comp_prop(icalcomponent *comp, icalproperty_kind kind)
{
    return comp ? icalcomponent_get_first_property(comp, kind) : NULL;
}

const char *xc_prop_value(icalproperty *prop, apr_pool_t *pool)
{
    const char *text = prop ? take(icalproperty_get_value_as_string_r(prop), pool) : NULL;
    return text ? text : "";
}

const char *xc_prop_param(icalproperty *prop, const char *name, apr_pool_t *pool)
{
    char *value = prop ? icalproperty_get_parameter_as_string_r(prop, name) : NULL;
    return take(value, pool);
}

const char *xc_comp_text(icalcomponent *comp, icalproperty_kind kind, const char *x_name, apr_pool_t *pool)
{
    icalproperty *p = xc_comp_prop(comp, kind);

    while (p && x_name && (!icalproperty_get_x_name(p) || strcasecmp(icalproperty_get_x_name(p), x_name) != 0))
        p = icalcomponent_get_next_property(comp, kind);
    if (!p)
        return NULL;
    const icalvalue *v = icalproperty_get_value(p);
    if (v && icalvalue_isa(v) == ICAL_TEXT_VALUE)
        return apr_pstrdup(pool, icalvalue_get_text(v));
    if (v && icalvalue_isa(v) == ICAL_X_VALUE && icalvalue_get_x(v))
        return apr_pstrdup(pool, icalvalue_get_x(v));
    return xc_prop_value(p, pool);
}

void xc_wall_from_ical(xc_wall_t *wall, struct icaltimetype t)
{
    wall->year = t.year;
    wall->month = t.month;
    wall->day = t.day;
    wall->hour = t.is_date ? 0 : t.hour;
    wall->minute = t.is_date ? 0 : t.minute;
    wall->second = t.is_date ? 0 : t.second;
}

struct icaltimetype xc_when_to_ical(const xc_when_t *w)
{
    struct icaltimetype t = icaltime_null_time();

    if (w->kind == XC_WHEN_NONE)
        return t;
    t.year = w->wall.year;
    t.month = w->wall.month;
    t.day = w->wall.day;
    t.hour = w->wall.hour;
    t.minute = w->wall.minute;
    t.second = w->wall.second;
    t.is_date = w->kind == XC_WHEN_DATE;
    return t;
}

static int is_real(const xc_wall_t *w)
{
    static const int days[13] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (w->year < 1 || w->year > 9999 || w->month < 1 || w->month > 12 || w->day < 1 || w->day > days[w->month])
        return 0;
    if (w->month == 2 && w->day == 29 && (w->year % 4 || (w->year % 100 == 0 && w->year % 400)))
        return 0;
    return w->hour >= 0 && w->hour <= 23 && w->minute >= 0 && w->minute <= 59 && w->second >= 0 && w->second <= 60;
}

/* Is the value's text one with a trailing Z? libical says it by attaching its own UTC zone. */
static int when_from_time(const xc_object_t *obj, icalproperty *prop, struct icaltimetype t, xc_when_t *out)
{
    memset(out, 0, sizeof(*out));
    if (icaltime_is_null_time(t))
        return 0;
    xc_wall_from_ical(&out->wall, t);
    if (!is_real(&out->wall))
        return 0;
    if (out->wall.second == 60)
        out->wall.second = 59;
    if (t.is_date) {
        out->kind = XC_WHEN_DATE;
        return 1;
    }
    if (icaltime_is_utc(t)) {
        out->kind = XC_WHEN_UTC;
        return 1;
    }
    icalparameter *param = icalproperty_get_first_parameter(prop, ICAL_TZID_PARAMETER);
    const char *tzid = param ? icalparameter_get_tzid(param) : NULL;
    out->kind = XC_WHEN_FLOATING;
    if (tzid && *tzid && obj) {
        out->zone = xc_object_zone(obj, tzid);
        if (out->zone) {
            out->kind = XC_WHEN_ZONED;
            out->tzid = apr_pstrdup(obj->pool, tzid);
        }
    }
    return 1;
}

int xc_prop_when(const xc_object_t *obj, icalproperty *prop, xc_when_t *out)
{
    const icalvalue *v = prop ? icalproperty_get_value(prop) : NULL;

    memset(out, 0, sizeof(*out));
    if (!v)
        return 0;
    switch (icalvalue_isa(v)) {
    case ICAL_DATE_VALUE:
        return when_from_time(obj, prop, icalvalue_get_date(v), out);
    case ICAL_DATETIME_VALUE:
        return when_from_time(obj, prop, icalvalue_get_datetime(v), out);
    case ICAL_DATETIMEPERIOD_VALUE:
    case ICAL_PERIOD_VALUE: {
        struct icaldatetimeperiodtype p = icalvalue_get_datetimeperiod(v);
        return when_from_time(obj, prop, icaltime_is_null_time(p.time) ? p.period.start : p.time, out);
    }
    case ICAL_TRIGGER_VALUE: {
        struct icaltriggertype trigger = icalvalue_get_trigger(v);
        return when_from_time(obj, prop, trigger.time, out);
    }
    default:
        return 0;
    }
}

int xc_prop_period(const xc_object_t *obj, icalproperty *prop, const xc_zone_t *floating_zone, apr_time_t *start, apr_time_t *end)
{
    const icalvalue *v = prop ? icalproperty_get_value(prop) : NULL;
    struct icalperiodtype p;
    xc_when_t from, to;

    if (!v)
        return 0;
    if (icalvalue_isa(v) == ICAL_PERIOD_VALUE)
        p = icalvalue_get_period(v);
    else if (icalvalue_isa(v) == ICAL_DATETIMEPERIOD_VALUE)
        p = icalvalue_get_datetimeperiod(v).period;
    else
        return 0;
    if (!when_from_time(obj, prop, p.start, &from))
        return 0;
    if (icaltime_is_null_time(p.end))
        xc_when_add(&to, &from, p.duration, floating_zone);
    else if (!when_from_time(obj, prop, p.end, &to))
        return 0;
    *start = xc_when_to_utc(&from, floating_zone);
    *end = xc_when_to_utc(&to, floating_zone);
    return *start <= *end;
}

int xc_comp_when(const xc_object_t *obj, icalcomponent *comp, icalproperty_kind kind, xc_when_t *out)
{
    icalproperty *p = xc_comp_prop(comp, kind);

    memset(out, 0, sizeof(*out));
    return p ? xc_prop_when(obj, p, out) : 0;
}

void xc_when_from_utc(xc_when_t *out, apr_time_t t, const xc_when_t *like, const xc_zone_t *floating_zone)
{
    const xc_zone_t *zone = like->kind == XC_WHEN_ZONED ? like->zone : like->kind == XC_WHEN_UTC ? NULL : floating_zone;

    *out = *like;
    xc_zone_to_wall(zone ? zone : xc_zone_utc(), t, &out->wall);
    if (like->kind == XC_WHEN_DATE)
        out->wall.hour = out->wall.minute = out->wall.second = 0;
}

void xc_when_add(xc_when_t *out, const xc_when_t *w, struct icaldurationtype d, const xc_zone_t *floating_zone)
{
    apr_int64_t sign = d.is_neg ? -1 : 1;
    apr_int64_t days = sign * ((apr_int64_t)d.weeks * 7 + d.days);
    apr_int64_t exact = sign * ((apr_int64_t)d.hours * 3600 + (apr_int64_t)d.minutes * 60 + d.seconds);
    apr_int64_t local = xc_civil_to_sec(&w->wall) + days * 86400;
    const apr_int64_t min = -62135596800LL, max = 253402300799LL; /* years 1 to 9999 */

    *out = *w;
    local = local < min ? min : local > max ? max : local;
    xc_civil_from_sec(&out->wall, local);
    if (w->kind == XC_WHEN_DATE) {
        xc_civil_from_sec(&out->wall, local + exact / 86400 * 86400);
        return;
    }
    if (exact) {
        apr_int64_t t = xc_when_to_utc(out, floating_zone) / APR_USEC_PER_SEC + exact;
        t = t < min ? min : t > max ? max : t;
        xc_when_from_utc(out, t * APR_USEC_PER_SEC, w, floating_zone);
    }
}

int xc_comp_times(const xc_object_t *obj, icalcomponent *comp, xc_when_t *start, xc_when_t *end)
{
    icalproperty *p;

    memset(end, 0, sizeof(*end));
    if (!xc_comp_when(obj, comp, ICAL_DTSTART_PROPERTY, start))
        return 0;
    if (!xc_comp_when(obj, comp, ICAL_DTEND_PROPERTY, end)) {
        p = xc_comp_prop(comp, ICAL_DURATION_PROPERTY);
        const icalvalue *v = p ? icalproperty_get_value(p) : NULL;
        struct icaldurationtype d = icaldurationtype_null_duration();
        if (v && icalvalue_isa(v) == ICAL_DURATION_VALUE)
            d = icalvalue_get_duration(v);
        else if (start->kind == XC_WHEN_DATE)
            d.days = 1;
        xc_when_add(end, start, d, NULL);
    }
    if (end->kind == XC_WHEN_DATE && start->kind == XC_WHEN_DATE && xc_civil_to_sec(&end->wall) <= xc_civil_to_sec(&start->wall)) {
        /* many clients write the last day itself, or the same day: an all-day event has one day at least */
        struct icaldurationtype day = icaldurationtype_null_duration();
        day.days = 1;
        xc_when_add(end, start, day, NULL);
    } else if (xc_when_to_utc(end, NULL) < xc_when_to_utc(start, NULL)) {
        *end = *start;
    }
    return 1;
}
