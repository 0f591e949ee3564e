/* SPDX-License-Identifier: Apache-2.0 */
/* Zones from VTIMEZONE components (RFC 5545 3.6.5): their transitions, and the Windows zone of equal rules. */
#include <apr_lib.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "cal/object/object_priv.h"
#include "cal/zone/zone_priv.h"

#define MAX_OBSERVANCES 400
#define MAX_TRANSITIONS 4000
#define FIRST_YEAR 1900     /* rules "since 1601" are counted from here */
#define LAST_YEAR 2099      /* beyond it the open rules hold */
#define MAX_OFFSET (16 * 3600)
#define MATCH_YEARS 10     /* equal rules for so long, from the event and from today */

typedef struct observance_t {
    int from_sec, to_sec, is_dst;
    const char *name;
    xc_wall_t start;
    int open;               /* has a simple yearly rule without end */
    xc_onset_t onset;
} observance_t;

typedef struct builder_t {
    apr_array_header_t *t;  /* xc_transition_t */
    apr_pool_t *pool;
} builder_t;

static xc_error_t *bad(apr_pool_t *pool, const char *tzid, const char *why)
{
    return xc_error_make(pool, 0, XC_COND_VALID_CALENDAR_DATA, "The VTIMEZONE \"%.80s\" %s.", tzid, why);
}

static int add_transition(builder_t *b, const observance_t *o, apr_int64_t at)
{
    if (b->t->nelts >= MAX_TRANSITIONS)
        return 0;
    xc_transition_t *t = apr_array_push(b->t);
    t->at = at;
    t->offset_sec = o->to_sec;
    t->is_dst = o->is_dst;
    t->name = o->name;
    return 1;
}

/* "every year on that weekday of that month": the only kind of rule that zones have in earnest */
static int simple_onset(xc_onset_t *out, const struct icalrecurrencetype *r, const xc_wall_t *start)
{
    int time_sec = start->hour * 3600 + start->minute * 60 + start->second;
    int month = r->by_month[0] == ICAL_RECURRENCE_ARRAY_MAX ? start->month : r->by_month[0];
    int has_day = r->by_day[0] != ICAL_RECURRENCE_ARRAY_MAX, has_mday = r->by_month_day[0] != ICAL_RECURRENCE_ARRAY_MAX;

    if (r->freq != ICAL_YEARLY_RECURRENCE || r->interval != 1 || r->by_set_pos[0] != ICAL_RECURRENCE_ARRAY_MAX ||
        r->by_year_day[0] != ICAL_RECURRENCE_ARRAY_MAX || r->by_week_no[0] != ICAL_RECURRENCE_ARRAY_MAX ||
        r->by_hour[0] != ICAL_RECURRENCE_ARRAY_MAX || r->by_minute[0] != ICAL_RECURRENCE_ARRAY_MAX ||
        r->by_second[0] != ICAL_RECURRENCE_ARRAY_MAX || month < 1 || month > 12)
        return 0;
    if (r->by_month[0] != ICAL_RECURRENCE_ARRAY_MAX && r->by_month[1] != ICAL_RECURRENCE_ARRAY_MAX)
        return 0;
    memset(out, 0, sizeof(*out));
    out->month = month;
    out->time_sec = time_sec;
    if (!has_day) {
        int day = has_mday ? r->by_month_day[0] : start->day;
        if ((has_mday && r->by_month_day[1] != ICAL_RECURRENCE_ARRAY_MAX) || day < 1 || day > 31 || (month == 2 && day > 28))
            return 0;
        out->form = XC_ONSET_JULIAN;
        out->day = xc_date_to_days(2001, month, day) - xc_date_to_days(2001, 1, 1) + 1;
        return 1;
    }
    if (r->by_day[1] != ICAL_RECURRENCE_ARRAY_MAX || r->by_month[0] == ICAL_RECURRENCE_ARRAY_MAX)
        return 0;
    out->form = XC_ONSET_NTH_DAY;
    out->weekday = (int)icalrecurrencetype_day_day_of_week(r->by_day[0]) - (int)ICAL_SUNDAY_WEEKDAY;
    int pos = icalrecurrencetype_day_position(r->by_day[0]);
    if (!has_mday) {
        out->week = pos == -1 ? 5 : pos;
        return (pos >= 1 && pos <= 4) || pos == -1;
    }
    /* seven days in a row, as "the Friday before the last Sunday" is written: n-th day plus a shift */
    for (int i = 1; i < 7; i++) {
        if (r->by_month_day[i] != r->by_month_day[0] + i)
            return 0;
    }
    int first = r->by_month_day[0];
    if (pos != 0 || r->by_month_day[7] != ICAL_RECURRENCE_ARRAY_MAX || first < 1 || first > 25)
        return 0;
    int shift = (first - 1) % 7;
    out->week = (first - 1) / 7 + 1;
    out->weekday = (out->weekday - shift + 7) % 7;
    out->time_sec += shift * 86400;
    return 1;
}

static int add_rule(builder_t *b, observance_t *o, struct icalrecurrencetype r)
{
    apr_int64_t until = APR_INT64_MAX;

    if (r.freq != ICAL_YEARLY_RECURRENCE)
        return 0;
    if (!icaltime_is_null_time(r.until)) {
        xc_wall_t w;
        xc_wall_from_ical(&w, r.until);
        until = xc_civil_to_sec(&w);
        if (!icaltime_is_utc(r.until))
            until -= o->from_sec;
    }
    if (r.count == 0 && simple_onset(&o->onset, &r, &o->start)) {
        int year = o->start.year < FIRST_YEAR ? FIRST_YEAR : o->start.year;
        apr_int64_t first = xc_civil_to_sec(&o->start) - o->from_sec;
        o->open = until == APR_INT64_MAX;
        for (; year <= LAST_YEAR || (year <= o->start.year + 1 && year < 9999); year++) {
            apr_int64_t at = xc_onset_at(&o->onset, year, o->from_sec);
            if (at > until)
                break;
            if (at > first && !add_transition(b, o, at))
                return 0;
        }
        return 1;
    }
    struct icaltimetype start = icaltime_null_time(), t;
    start.year = o->start.year;
    start.month = o->start.month;
    start.day = o->start.day;
    start.hour = o->start.hour;
    start.minute = o->start.minute;
    start.second = o->start.second;
    r.until = icaltime_null_time();
    icalrecur_iterator *it = icalrecur_iterator_new(r, start);
    int ok = it != NULL;
    for (int i = 0; ok && i < 600; i++) {
        xc_wall_t w;
        t = icalrecur_iterator_next(it);
        if (icaltime_is_null_time(t) || t.year > LAST_YEAR)
            break;
        xc_wall_from_ical(&w, t);
        apr_int64_t at = xc_civil_to_sec(&w) - o->from_sec;
        if (at > until)
            break;
        ok = add_transition(b, o, at);
    }
    if (it)
        icalrecur_iterator_free(it);
    return ok;
}

static int read_observance(builder_t *b, observance_t *o, icalcomponent *comp)
{
    icalproperty *from = xc_comp_prop(comp, ICAL_TZOFFSETFROM_PROPERTY), *to = xc_comp_prop(comp, ICAL_TZOFFSETTO_PROPERTY);
    xc_when_t start;

    if (!from || !to || !xc_comp_when(NULL, comp, ICAL_DTSTART_PROPERTY, &start))
        return 0;
    memset(o, 0, sizeof(*o));
    o->from_sec = icalvalue_get_utcoffset(icalproperty_get_value(from));
    o->to_sec = icalvalue_get_utcoffset(icalproperty_get_value(to));
    if (abs(o->from_sec) >= MAX_OFFSET || abs(o->to_sec) >= MAX_OFFSET)
        return 0;
    o->is_dst = icalcomponent_isa(comp) == ICAL_XDAYLIGHT_COMPONENT;
    const char *name = xc_comp_text(comp, ICAL_TZNAME_PROPERTY, NULL, b->pool);
    o->name = name ? name : "";
    o->start = start.wall;
    if (!add_transition(b, o, xc_civil_to_sec(&o->start) - o->from_sec))
        return 0;
    for (icalproperty *p = icalcomponent_get_first_property(comp, ICAL_ANY_PROPERTY); p; p = icalcomponent_get_next_property(comp, ICAL_ANY_PROPERTY)) {
        xc_when_t when;
        if (icalproperty_isa(p) == ICAL_RDATE_PROPERTY) {
            if (!xc_prop_when(NULL, p, &when) ||
                !add_transition(b, o, xc_civil_to_sec(&when.wall) - (when.kind == XC_WHEN_UTC ? 0 : o->from_sec)))
                return 0;
        } else if (icalproperty_isa(p) == ICAL_RRULE_PROPERTY) {
            icalvalue *v = icalproperty_get_value(p);
            if (!v || icalvalue_isa(v) != ICAL_RECUR_VALUE || !add_rule(b, o, icalvalue_get_recur(v)))
                return 0;
        }
    }
    return 1;
}

static int by_time(const void *a, const void *b)
{
    const xc_transition_t *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* Sorted, one per second; the rule behind them from the open observances. */
static void finish_zone(xc_zone_t *zone, builder_t *b, const apr_array_header_t *observances)
{
    const observance_t *std = NULL, *dst = NULL;
    xc_transition_t *t = (xc_transition_t *)b->t->elts;
    int n = 0, open = 0;

    qsort(t, (apr_size_t)b->t->nelts, sizeof(*t), by_time);
    for (int i = 0; i < b->t->nelts; i++) {
        if (n && t[n - 1].at == t[i].at)
            n--;
        t[n++] = t[i];
    }
    zone->t = t;
    zone->n = n;
    zone->first_name = "";
    for (int i = 0; i < observances->nelts; i++) {
        const observance_t *o = &((const observance_t *)observances->elts)[i];
        if (i == 0 || xc_civil_to_sec(&o->start) - o->from_sec == t[0].at)
            zone->first_offset_sec = o->from_sec;
        if (o->open) {
            open++;
            if (o->is_dst)
                dst = o;
            else
                std = o;
        }
    }
    if (open == 2 && std && dst && std->to_sec == dst->from_sec && dst->to_sec == std->from_sec && std->to_sec != dst->to_sec) {
        zone->rule.set = zone->rule.has_dst = 1;
        zone->rule.std_sec = std->to_sec;
        zone->rule.dst_sec = dst->to_sec;
        zone->rule.to_std = std->onset;
        zone->rule.to_dst = dst->onset;
        apr_cpystrn(zone->rule.std_name, std->name, sizeof(zone->rule.std_name));
        apr_cpystrn(zone->rule.dst_name, dst->name, sizeof(zone->rule.dst_name));
    }
    xc_zone_trim(zone);
}

/* A table zone of the same rules: the one that the component names, else the first that Windows has. */
static const xc_zone_t *table_zone(const xc_zone_t *zone, icalcomponent *comp, apr_int64_t from, apr_pool_t *pool)
{
    const char *location = xc_comp_text(comp, ICAL_X_PROPERTY, "X-LIC-LOCATION", pool);
    const char *cdo = xc_comp_text(comp, ICAL_X_PROPERTY, "X-MICROSOFT-CDO-TZID", pool);
    const xc_zone_t *named = location ? xc_zone_find(location) : NULL;
    apr_int64_t now = apr_time_sec(apr_time_now()), to = (from > now ? from : now) + MATCH_YEARS * 366 * 86400LL;

    if (named)
        return named;
    if (cdo && apr_isdigit(*cdo)) {
        named = xc_zone_from_cdo((int)apr_strtoi64(cdo, NULL, 10));
        if (named && named->windows && xc_zone_same_rules(zone, named, from, to))
            return named;
    }
    return xc_zone_match(zone, from, to);
}

xc_error_t *xc_zone_from_component(const xc_zone_t **out, icalcomponent *comp, apr_time_t when, apr_pool_t *pool)
{
    const char *tzid = xc_comp_text(comp, ICAL_TZID_PROPERTY, NULL, pool);
    apr_array_header_t *observances = apr_array_make(pool, 4, sizeof(observance_t));
    builder_t b = {apr_array_make(pool, 64, sizeof(xc_transition_t)), pool};
    xc_zone_t *zone = apr_pcalloc(pool, sizeof(*zone));

    *out = NULL;
    if (!tzid || !*tzid)
        return bad(pool, "", "has no TZID");
    for (icalcomponent *c = icalcomponent_get_first_component(comp, ICAL_ANY_COMPONENT); c; c = icalcomponent_get_next_component(comp, ICAL_ANY_COMPONENT)) {
        if (icalcomponent_isa(c) != ICAL_XSTANDARD_COMPONENT && icalcomponent_isa(c) != ICAL_XDAYLIGHT_COMPONENT)
            continue;
        if (observances->nelts >= MAX_OBSERVANCES || !read_observance(&b, apr_array_push(observances), c))
            return bad(pool, tzid, "has a STANDARD or DAYLIGHT part that cannot be read");
    }
    if (!observances->nelts)
        return bad(pool, tzid, "has neither STANDARD nor DAYLIGHT");
    finish_zone(zone, &b, observances);
    const xc_zone_t *same = table_zone(zone, comp, when / APR_USEC_PER_SEC, pool);
    zone->id = tzid;
    zone->vtimezone = xc_ical_text(comp, pool);
    *out = same ? same : zone;
    return NULL;
}

xc_error_t *xc_zone_from_vtimezone(const xc_zone_t **out, const char *vtimezone, apr_time_t when, apr_pool_t *pool)
{
    icalcomponent *comp, *vtz;

    *out = NULL;
    comp = vtimezone && strlen(vtimezone) < (1 << 20) ? icalparser_parse_string(vtimezone) : NULL;
    if (!comp)
        return bad(pool, "", "is no iCalendar text");
    xc_ical_own(comp, pool);
    vtz = icalcomponent_isa(comp) == ICAL_VTIMEZONE_COMPONENT ? comp : icalcomponent_get_first_component(comp, ICAL_VTIMEZONE_COMPONENT);
    return vtz ? xc_zone_from_component(out, vtz, when, pool) : bad(pool, "", "is missing");
}
