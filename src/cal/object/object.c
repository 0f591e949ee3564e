/* SPDX-License-Identifier: Apache-2.0 */
/* One calendar object resource: parsed, checked (RFC 4791 4.1, 5.3.2.1), its zones resolved. */
#include "cal/object.h"

#include <apr_strings.h>
#include <string.h>

#include "cal/object/object_priv.h"

#define MAX_UID 1000
#define MAX_BYTES (64 << 20)

static xc_error_t *bad_data(apr_pool_t *pool, const char *why, const char *what)
{
    return xc_error_make(pool, 0, XC_COND_VALID_CALENDAR_DATA, "%s%s%.200s.", why, *what ? ": " : "", what);
}

static xc_error_t *bad_object(apr_pool_t *pool, const char *why)
{
    return xc_error_make(pool, 0, XC_COND_VALID_CALENDAR_OBJECT, "%s.", why);
}

const xc_zone_t *xc_object_zone(const xc_object_t *obj, const char *tzid)
{
    const xc_zone_t *zone = obj->zones ? apr_hash_get(obj->zones, tzid, APR_HASH_KEY_STRING) : NULL;
    return zone ? zone : xc_zone_find(tzid);
}

icalcomponent *xc_object_vtimezone(const xc_object_t *obj, const char *tzid)
{
    for (icalcomponent *c = icalcomponent_get_first_component(obj->vcalendar, ICAL_VTIMEZONE_COMPONENT); c;
         c = icalcomponent_get_next_component(obj->vcalendar, ICAL_VTIMEZONE_COMPONENT)) {
        const char *id = xc_comp_text(c, ICAL_TZID_PROPERTY, NULL, obj->pool);
        if (id && strcmp(id, tzid) == 0)
            return c;
    }
    return NULL;
}

const char *xc_object_uid(const xc_object_t *obj)
{
    return obj->uid;
}

xc_comp_e xc_object_component(const xc_object_t *obj)
{
    return obj->kind;
}

/* ---- checks ---- */

/* What libical could not read it replaces by an error property: found in any component. */
static xc_error_t *check_values(icalcomponent *comp, apr_pool_t *pool)
{
    for (icalproperty *p = icalcomponent_get_first_property(comp, ICAL_XLICERROR_PROPERTY); p;
         p = icalcomponent_get_next_property(comp, ICAL_XLICERROR_PROPERTY)) {
        icalparameter *type = icalproperty_get_first_parameter(p, ICAL_XLICERRORTYPE_PARAMETER);
        enum icalparameter_xlicerrortype what = type ? icalparameter_get_xlicerrortype(type) : ICAL_XLICERRORTYPE_NONE;
        /* names that it does not know are extensions (the lines have been checked before) */
        if (what == ICAL_XLICERRORTYPE_PARAMETERNAMEPARSEERROR || what == ICAL_XLICERRORTYPE_PARAMETERVALUEPARSEERROR ||
            what == ICAL_XLICERRORTYPE_PROPERTYPARSEERROR)
            continue;
        static const char done[] = ". Removing entire property"; /* which is not what happens here */
        const char *why = xc_prop_value(p, pool), *at = strstr(why, done);
        if (at)
            why = apr_pstrcat(pool, apr_pstrmemdup(pool, why, (apr_size_t)(at - why)), at + sizeof(done) - 1, NULL);
        return bad_data(pool, "The calendar data is not valid", why);
    }
    for (icalcomponent *c = icalcomponent_get_first_component(comp, ICAL_ANY_COMPONENT); c; c = icalcomponent_get_next_component(comp, ICAL_ANY_COMPONENT))
        XC_TRY(check_values(c, pool));
    return NULL;
}

static int is_time(icalproperty_kind kind)
{
    switch (kind) {
    case ICAL_DTSTART_PROPERTY:
    case ICAL_DTEND_PROPERTY:
    case ICAL_DUE_PROPERTY:
    case ICAL_RECURRENCEID_PROPERTY:
    case ICAL_EXDATE_PROPERTY:
    case ICAL_RDATE_PROPERTY:
        return 1;
    default:
        return 0;
    }
}

/* Every date must exist; every TZID must be known, by name or by a VTIMEZONE of the object. */
static xc_error_t *check_times(xc_object_t *obj, icalcomponent *comp, int strict)
{
    for (icalproperty *p = icalcomponent_get_first_property(comp, ICAL_ANY_PROPERTY); p; p = icalcomponent_get_next_property(comp, ICAL_ANY_PROPERTY)) {
        xc_when_t when;
        if (!is_time(icalproperty_isa(p)))
            continue;
        if (!xc_prop_when(obj, p, &when)) {
            if (strict)
                return bad_data(obj->pool, apr_pstrcat(obj->pool, icalproperty_get_property_name(p), " has no valid date", NULL), xc_prop_value(p, obj->pool));
            continue;
        }
        icalparameter *param = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
        if (strict && when.kind == XC_WHEN_FLOATING && param && icalparameter_get_tzid(param) && *icalparameter_get_tzid(param))
            return bad_data(obj->pool, "A time zone is neither known nor defined by a VTIMEZONE", icalparameter_get_tzid(param));
    }
    return NULL;
}

/* The object's own definitions count where the name says nothing to us. */
static xc_error_t *resolve_zones(xc_object_t *obj, int strict)
{
    xc_when_t start = {0};

    for (int i = 0; i < obj->comps->nelts && start.kind == XC_WHEN_NONE; i++)
        xc_comp_when(obj, APR_ARRAY_IDX(obj->comps, i, icalcomponent *), ICAL_DTSTART_PROPERTY, &start);
    for (icalcomponent *c = icalcomponent_get_first_component(obj->vcalendar, ICAL_VTIMEZONE_COMPONENT); c;
         c = icalcomponent_get_next_component(obj->vcalendar, ICAL_VTIMEZONE_COMPONENT)) {
        const char *id = xc_comp_text(c, ICAL_TZID_PROPERTY, NULL, obj->pool);
        const xc_zone_t *zone = id ? xc_zone_find(id) : NULL;
        if (!id || apr_hash_get(obj->zones, id, APR_HASH_KEY_STRING))
            continue;
        if (!zone) {
            xc_error_t *err = xc_zone_from_component(&zone, c, xc_when_to_utc(&start, NULL), obj->pool);
            if (err && strict)
                return err;
        }
        if (zone)
            apr_hash_set(obj->zones, id, APR_HASH_KEY_STRING, zone);
    }
    return NULL;
}

static xc_comp_e kind_of(icalcomponent *comp)
{
    switch (icalcomponent_isa(comp)) {
    case ICAL_VEVENT_COMPONENT: return XC_COMP_VEVENT;
    case ICAL_VTODO_COMPONENT: return XC_COMP_VTODO;
    case ICAL_VJOURNAL_COMPONENT: return XC_COMP_VJOURNAL;
    case ICAL_VFREEBUSY_COMPONENT: return XC_COMP_VFREEBUSY;
    case ICAL_VAVAILABILITY_COMPONENT: return XC_COMP_VAVAILABILITY;
    default: return 0;
    }
}

/* RFC 5545 3.6.1: what says which event it is and when may stand once only; two of them are two meanings. */
static xc_error_t *check_once(const xc_object_t *obj, icalcomponent *c)
{
    static const icalproperty_kind once[] = {ICAL_UID_PROPERTY, ICAL_DTSTART_PROPERTY, ICAL_DTEND_PROPERTY, ICAL_DURATION_PROPERTY,
                                             ICAL_RECURRENCEID_PROPERTY, ICAL_DUE_PROPERTY};
    for (apr_size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++)
        if (icalcomponent_count_properties(c, once[i]) > 1)
            return xc_error_make(obj->pool, 0, XC_COND_VALID_CALENDAR_DATA, "The calendar data is not valid: %s has %s twice.",
                                 obj->kind == XC_COMP_VEVENT ? "an event" : "a component", icalproperty_kind_to_string(once[i]));
    return NULL;
}

/* One UID, one kind, one master, each occurrence changed once. */
static xc_error_t *check_identity(xc_object_t *obj, int strict)
{
    apr_hash_t *ids = apr_hash_make(obj->pool);

    for (int i = 0; i < obj->comps->nelts; i++) {
        icalcomponent *c = APR_ARRAY_IDX(obj->comps, i, icalcomponent *);
        const char *uid = xc_comp_text(c, ICAL_UID_PROPERTY, NULL, obj->pool);
        xc_comp_e kind = kind_of(c);
        xc_when_t rid, start;
        if (kind == 0)
            return bad_object(obj->pool, "The calendar holds a component that is no event, task, journal entry or free/busy time");
        if (i == 0) {
            obj->kind = kind;
            obj->uid = uid;
        }
        if (!uid || !uid[strspn(uid, " \t\r\n")]) /* one of blanks alone is none when it is read again */
            return bad_object(obj->pool, "A component has no UID");
        if (strlen(uid) > MAX_UID)
            return bad_object(obj->pool, "The UID is too long");
        if (kind != obj->kind)
            return bad_object(obj->pool, "One resource cannot hold components of different kinds");
        if (strcmp(uid, obj->uid) != 0)
            return bad_object(obj->pool, "One resource cannot hold components with different UIDs");
        if (strict)
            XC_TRY(check_once(obj, c));
        if (strict && kind == XC_COMP_VEVENT && !xc_comp_when(obj, c, ICAL_DTSTART_PROPERTY, &start))
            return bad_data(obj->pool, "An event has no DTSTART", "");
        if (!xc_comp_when(obj, c, ICAL_RECURRENCEID_PROPERTY, &rid)) {
            if (obj->master && strict)
                return bad_object(obj->pool, "Two components have the same UID and neither has a RECURRENCE-ID");
            if (!obj->master)
                obj->master = c;
            continue;
        }
        apr_time_t *key = apr_palloc(obj->pool, sizeof(*key));
        *key = xc_when_to_utc(&rid, NULL);
        if (apr_hash_get(ids, key, sizeof(*key)) && strict)
            return bad_object(obj->pool, "Two components have the same RECURRENCE-ID");
        apr_hash_set(ids, key, sizeof(*key), c);
    }
    return NULL;
}

static xc_error_t *check_limits(const xc_object_t *obj, const xc_object_limits_t *limits)
{
    if (limits->max_components > 0 && obj->comps->nelts > limits->max_components)
        return xc_error_make(obj->pool, 0, XC_COND_MAX_INSTANCES, "The object has more than %d changed occurrences.", limits->max_components - 1);
    for (int i = 0; i < obj->comps->nelts; i++) {
        icalcomponent *c = APR_ARRAY_IDX(obj->comps, i, icalcomponent *);
        static const icalproperty_kind kinds[] = {ICAL_DTSTART_PROPERTY, ICAL_DTEND_PROPERTY, ICAL_RECURRENCEID_PROPERTY, ICAL_DUE_PROPERTY};
        if (limits->max_attendees > 0 && icalcomponent_count_properties(c, ICAL_ATTENDEE_PROPERTY) > limits->max_attendees)
            return xc_error_make(obj->pool, 0, XC_COND_MAX_ATTENDEES, "An event can have at most %d attendees.", limits->max_attendees);
        for (int k = 0; k < 4; k++) {
            xc_when_t when;
            if (!xc_comp_when(obj, c, kinds[k], &when))
                continue;
            apr_time_t t = xc_when_to_utc(&when, NULL);
            if (limits->min_date && t < limits->min_date)
                return xc_error_make(obj->pool, 0, XC_COND_MIN_DATE_TIME, "The event lies further back than this server keeps events.");
            if (limits->max_date && t > limits->max_date)
                return xc_error_make(obj->pool, 0, XC_COND_MAX_DATE_TIME, "The event lies further ahead than this server keeps events.");
        }
    }
    return NULL;
}

static xc_error_t *parse(xc_object_t **out, const char *text, apr_size_t len, int strict, apr_pool_t *pool)
{
    xc_object_t *obj = apr_pcalloc(pool, sizeof(*obj));
    const char *clean;

    *out = NULL;
    if (!text || len == 0)
        return bad_data(pool, "There is no calendar data", "");
    if (len > MAX_BYTES)
        return xc_error_make(pool, 0, XC_COND_MAX_RESOURCE_SIZE, "The calendar data is too large.");
    XC_TRY(xc_object_scan(&clean, text, len, pool));
    obj->pool = pool;
    obj->text = apr_pstrmemdup(pool, text, len);
    obj->comps = apr_array_make(pool, 4, sizeof(icalcomponent *));
    obj->zones = apr_hash_make(pool);
    obj->vcalendar = icalparser_parse_string(clean);
    if (!obj->vcalendar)
        return bad_data(pool, "The calendar data cannot be read", "");
    xc_ical_own(obj->vcalendar, pool);
    if (icalcomponent_isa(obj->vcalendar) != ICAL_VCALENDAR_COMPONENT)
        return bad_data(pool, "There is no VCALENDAR", "");
    if (strict) {
        XC_TRY(check_values(obj->vcalendar, pool));
        const char *version = xc_comp_text(obj->vcalendar, ICAL_VERSION_PROPERTY, NULL, pool);
        if (version && strcmp(version, "2.0") != 0)
            return bad_data(pool, "The calendar data is not of VERSION 2.0", version);
        if (xc_comp_prop(obj->vcalendar, ICAL_METHOD_PROPERTY))
            return bad_object(pool, "A calendar object must not have a METHOD");
    }
    for (icalcomponent *c = icalcomponent_get_first_component(obj->vcalendar, ICAL_ANY_COMPONENT); c;
         c = icalcomponent_get_next_component(obj->vcalendar, ICAL_ANY_COMPONENT)) {
        if (icalcomponent_isa(c) != ICAL_VTIMEZONE_COMPONENT)
            APR_ARRAY_PUSH(obj->comps, icalcomponent *) = c;
    }
    if (obj->comps->nelts == 0)
        return bad_object(pool, "The calendar holds no event");
    XC_TRY(resolve_zones(obj, strict));
    for (int i = 0; i < obj->comps->nelts; i++)
        XC_TRY(check_times(obj, APR_ARRAY_IDX(obj->comps, i, icalcomponent *), strict));
    XC_TRY(check_identity(obj, strict));
    *out = obj;
    return NULL;
}

xc_error_t *xc_object_parse(xc_object_t **out, const char *text, apr_size_t len, const xc_object_limits_t *limits, apr_pool_t *pool)
{
    *out = NULL;
    if (limits && limits->max_bytes && len > limits->max_bytes)
        return xc_error_make(pool, 0, XC_COND_MAX_RESOURCE_SIZE, "The calendar data is larger than %" APR_SIZE_T_FMT " bytes.", limits->max_bytes);
    xc_object_t *obj;
    XC_TRY(parse(&obj, text, len, 1, pool));
    if (limits)
        XC_TRY(check_limits(obj, limits));
    *out = obj;
    return NULL;
}

xc_error_t *xc_object_parse_stored(xc_object_t **out, const char *text, apr_size_t len, apr_pool_t *pool)
{
    return parse(out, text, len, 0, pool);
}

/* ---- span ---- */

static void widen(apr_time_t *first, apr_time_t *last, apr_time_t start, apr_time_t end)
{
    if (start < *first)
        *first = start;
    if (end > *last)
        *last = end;
}

/* End of a component's rules: exact where there is a pattern, else UNTIL, else without end. */
static apr_time_t rule_end(const xc_object_t *obj, icalproperty *p, const xc_when_t *start, const xc_when_t *end, const xc_zone_t *zone)
{
    apr_time_t length = xc_when_to_utc(end, zone) - xc_when_to_utc(start, zone);
    const xc_zone_t *z = start->kind == XC_WHEN_ZONED ? start->zone : start->kind == XC_WHEN_UTC ? xc_zone_utc() : zone;
    int all_day = start->kind == XC_WHEN_DATE, days;
    xc_recur_t *recur;
    apr_pool_t *tmp;
    apr_time_t last = APR_INT64_MAX;

    apr_pool_create(&tmp, obj->pool);
    if (!xc_recur_from_rrule(&recur, xc_prop_value(p, tmp), &start->wall, all_day ? NULL : z, all_day, tmp)) {
        if (xc_recur_last(recur, &days)) {
            xc_when_t at = *start;
            xc_date_from_days(days, &at.wall.year, &at.wall.month, &at.wall.day);
            last = xc_when_to_utc(&at, zone) + length;
        }
    } else {
        struct icalrecurrencetype r = icalvalue_get_recur(icalproperty_get_value(p));
        if (!icaltime_is_null_time(r.until)) {
            xc_wall_t w;
            xc_wall_from_ical(&w, r.until);
            last = xc_zone_to_utc(xc_zone_utc(), &w) + length + apr_time_from_sec(2 * 86400);
        }
    }
    apr_pool_destroy(tmp);
    return last;
}

void xc_object_span(const xc_object_t *obj, const xc_zone_t *zone, apr_time_t *first, apr_time_t *last)
{
    *first = APR_INT64_MAX;
    *last = APR_INT64_MIN;
    for (int i = 0; i < obj->comps->nelts; i++) {
        icalcomponent *c = APR_ARRAY_IDX(obj->comps, i, icalcomponent *);
        xc_when_t start, end, due;
        int has_start = xc_comp_times(obj, c, &start, &end), has_due = xc_comp_when(obj, c, ICAL_DUE_PROPERTY, &due);
        if (has_due) {
            end = due;
            if (!has_start)
                start = due;
        }
        if (!has_start && !has_due) { /* a task without dates belongs to every time */
            widen(first, last, APR_INT64_MIN, APR_INT64_MAX);
            continue;
        }
        apr_time_t from = xc_when_to_utc(&start, zone), to = xc_when_to_utc(&end, zone);
        widen(first, last, from, to);
        for (icalproperty *p = xc_comp_prop(c, ICAL_RRULE_PROPERTY); p; p = icalcomponent_get_next_property(c, ICAL_RRULE_PROPERTY))
            widen(first, last, from, rule_end(obj, p, &start, &end, zone));
        for (icalproperty *p = xc_comp_prop(c, ICAL_RDATE_PROPERTY); p; p = icalcomponent_get_next_property(c, ICAL_RDATE_PROPERTY)) {
            xc_when_t at;
            apr_time_t a, b;
            if (xc_prop_period(obj, p, zone, &a, &b))
                widen(first, last, a, b);
            else if (xc_prop_when(obj, p, &at))
                widen(first, last, xc_when_to_utc(&at, zone), xc_when_to_utc(&at, zone) + (to - from));
        }
    }
}
