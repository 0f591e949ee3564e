/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "cal/view/collation.h"
#include "cal/view/filter_range.h"
#include "cal/object/object_priv.h"
#include "cal/view.h"

/* VCALENDAR, VEVENT, VALARM is the deepest that makes sense. */
#define MAX_DEPTH 8

static int count(const apr_array_header_t *list)
{
    return list ? list->nelts : 0;
}

/* ---- checks ---- */

static xc_error_t *check_range(const xc_range_t *range, const char *name, apr_pool_t *pool)
{
    if (range->set && range->start >= range->end)
        return xc_error_make(pool, 0, XC_COND_VALID_FILTER, "The time-range of %s ends before it starts", name);
    return NULL;
}

static xc_error_t *check_prop(const xc_prop_filter_t *f, apr_pool_t *pool)
{
    if (!f->name || !*f->name)
        return xc_error_make(pool, 0, XC_COND_VALID_FILTER, "A prop-filter has no name");
    if (f->is_not_defined && (f->range.set || f->match.text || count(f->params)))
        return xc_error_make(pool, 0, XC_COND_VALID_FILTER, "The prop-filter of %s has conditions beside is-not-defined", f->name);
    if (f->range.set && f->match.text)
        return xc_error_make(pool, 0, XC_COND_VALID_FILTER, "The prop-filter of %s has both time-range and text-match", f->name);
    if (f->range.set && !xc_range_knows_property(f->name))
        return xc_error_make(pool, 0, XC_COND_SUPPORTED_FILTER, "%s is no date: a time-range cannot be matched", f->name);
    XC_TRY(check_range(&f->range, f->name, pool));
    for (int i = 0; i < count(f->params); i++) {
        const xc_param_filter_t *param = &APR_ARRAY_IDX(f->params, i, xc_param_filter_t);
        if (!param->name || !*param->name)
            return xc_error_make(pool, 0, XC_COND_VALID_FILTER, "A param-filter of %s has no name", f->name);
        if (param->is_not_defined && param->match.text)
            return xc_error_make(pool, 0, XC_COND_VALID_FILTER, "The param-filter of %s has a text-match beside is-not-defined", param->name);
    }
    return NULL;
}

static xc_error_t *check_comp(const xc_comp_filter_t *f, int depth, apr_pool_t *pool)
{
    if (!f->name || !*f->name)
        return xc_error_make(pool, 0, XC_COND_VALID_FILTER, "A comp-filter has no name");
    if (depth > MAX_DEPTH)
        return xc_error_make(pool, 0, XC_COND_VALID_FILTER, "The comp-filters are nested too deeply");
    if ((strcasecmp(f->name, "VCALENDAR") == 0) != (depth == 0))
        return xc_error_make(pool, 0, XC_COND_VALID_FILTER, "VCALENDAR is the outermost comp-filter and no other");
    if (f->is_not_defined && (f->range.set || count(f->props) || count(f->comps)))
        return xc_error_make(pool, 0, XC_COND_VALID_FILTER, "The comp-filter of %s has conditions beside is-not-defined", f->name);
    if (f->range.set && !xc_range_knows_component(f->name))
        return xc_error_make(pool, 0, XC_COND_SUPPORTED_FILTER, "A time-range of %s is not defined", f->name);
    XC_TRY(check_range(&f->range, f->name, pool));
    for (int i = 0; i < count(f->props); i++)
        XC_TRY(check_prop(&APR_ARRAY_IDX(f->props, i, xc_prop_filter_t), pool));
    for (int i = 0; i < count(f->comps); i++)
        XC_TRY(check_comp(&APR_ARRAY_IDX(f->comps, i, xc_comp_filter_t), depth + 1, pool));
    return NULL;
}

xc_error_t *xc_filter_check(const xc_comp_filter_t *filter, apr_pool_t *pool)
{
    return check_comp(filter, 0, pool);
}

/* ---- what a filter says beforehand ---- */

xc_range_t xc_filter_range(const xc_comp_filter_t *filter)
{
    xc_range_t none = { 0, XC_TIME_MIN, XC_TIME_MAX };
    /* not VTODO: a task without dates is in every range (RFC 4791 9.9), and has no span */
    for (int i = 0; i < count(filter->comps); i++) {
        const xc_comp_filter_t *f = &APR_ARRAY_IDX(filter->comps, i, xc_comp_filter_t);
        if (f->range.set && !f->is_not_defined && f->name && (strcasecmp(f->name, "VEVENT") == 0 || strcasecmp(f->name, "VJOURNAL") == 0))
            return f->range;
    }
    return none;
}

int xc_filter_components(const xc_comp_filter_t *filter)
{
    static const struct {
        const char *name;
        int bit;
    } known[] = { { "VEVENT", XC_COMP_VEVENT },       { "VTODO", XC_COMP_VTODO },
                  { "VJOURNAL", XC_COMP_VJOURNAL },   { "VFREEBUSY", XC_COMP_VFREEBUSY },
                  { "VAVAILABILITY", XC_COMP_VAVAILABILITY } };
    int mask = XC_COMP_VEVENT | XC_COMP_VTODO | XC_COMP_VJOURNAL | XC_COMP_VFREEBUSY | XC_COMP_VAVAILABILITY;
    if (filter->is_not_defined)
        return 0;
    for (int i = 0; i < count(filter->comps); i++) {
        const xc_comp_filter_t *f = &APR_ARRAY_IDX(filter->comps, i, xc_comp_filter_t);
        int bit = 0;
        for (apr_size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
            if (f->name && strcasecmp(f->name, known[k].name) == 0)
                bit = known[k].bit;
        }
        if (f->is_not_defined)
            mask &= ~bit;
        else if (bit || !f->name || strcasecmp(f->name, "VTIMEZONE") != 0)
            mask &= bit; /* an unknown component is in no object */
    }
    return mask;
}

/* ---- matching ---- */

typedef struct match_t {
    const xc_object_t *obj;
    const xc_zone_t *zone;
    apr_pool_t *pool;
} match_t;

static int text_matches(const match_t *m, const xc_text_match_t *f, const char *value)
{
    return xc_collation_contains(f->collation, value, f->text, m->pool) != !!f->negate;
}

/* The value as a person reads it: TEXT without its escapes. */
static const char *prop_text(const match_t *m, icalproperty *prop)
{
    icalvalue *value = icalproperty_get_value(prop);
    if (value && icalvalue_isa(value) == ICAL_TEXT_VALUE && icalvalue_get_text(value))
        return icalvalue_get_text(value);
    if (value && icalvalue_isa(value) == ICAL_X_VALUE && icalvalue_get_x(value))
        return icalvalue_get_x(value);
    return xc_prop_value(prop, m->pool);
}

static int param_matches(const match_t *m, const xc_param_filter_t *f, icalproperty *prop)
{
    const char *value = xc_prop_param(prop, f->name, m->pool);
    if (f->is_not_defined)
        return value == NULL;
    return value && (!f->match.text || text_matches(m, &f->match, value));
}

static int one_prop_matches(const match_t *m, const xc_prop_filter_t *f, icalproperty *prop)
{
    if (f->range.set && !xc_range_match_property(&f->range, m->obj, prop, m->zone))
        return 0;
    if (f->match.text && !text_matches(m, &f->match, prop_text(m, prop)))
        return 0;
    for (int i = 0; i < count(f->params); i++) {
        if (!param_matches(m, &APR_ARRAY_IDX(f->params, i, xc_param_filter_t), prop))
            return 0;
    }
    return 1;
}

static int has_name(icalproperty *prop, const char *name)
{
    char *own = icalproperty_get_property_name_r(prop);
    int same = own && strcasecmp(own, name) == 0;
    icalmemory_free_buffer(own);
    return same;
}

/* X- and unknown names have no kind of their own in the library: those are compared by name. */
static int prop_matches(const match_t *m, const xc_prop_filter_t *f, icalcomponent *comp)
{
    icalproperty_kind kind = icalproperty_string_to_kind(f->name);
    int by_name = kind == ICAL_NO_PROPERTY || kind == ICAL_X_PROPERTY;
    if (by_name)
        kind = ICAL_ANY_PROPERTY;
    for (icalproperty *p = icalcomponent_get_first_property(comp, kind); p; p = icalcomponent_get_next_property(comp, kind)) {
        if (by_name && !has_name(p, f->name))
            continue;
        if (f->is_not_defined)
            return 0;
        if (one_prop_matches(m, f, p))
            return 1;
    }
    return f->is_not_defined;
}

static int is_component(icalcomponent *comp, const char *name)
{
    const char *own = icalcomponent_kind_to_string(icalcomponent_isa(comp));
    return own && strcasecmp(own, name) == 0;
}

static xc_error_t *comp_matches(const match_t *m, int *matches, const xc_comp_filter_t *f, icalcomponent *comp, icalcomponent *parent);

/* One comp-filter against what is below `parent`: some component of the name must match, or none may be there. */
static xc_error_t *child_matches(const match_t *m, int *matches, const xc_comp_filter_t *f, icalcomponent *parent)
{
    *matches = 0;
    for (icalcompiter it = icalcomponent_begin_component(parent, ICAL_ANY_COMPONENT); icalcompiter_deref(&it); icalcompiter_next(&it)) {
        icalcomponent *comp = icalcompiter_deref(&it);
        if (!is_component(comp, f->name))
            continue;
        if (f->is_not_defined)
            return NULL;
        XC_TRY(comp_matches(m, matches, f, comp, parent));
        if (*matches)
            return NULL;
    }
    *matches = f->is_not_defined;
    return NULL;
}

/* The conditions of one comp-filter against one component; the cheap ones first. */
static xc_error_t *comp_matches(const match_t *m, int *matches, const xc_comp_filter_t *f, icalcomponent *comp, icalcomponent *parent)
{
    *matches = 0;
    for (int i = 0; i < count(f->props); i++) {
        if (!prop_matches(m, &APR_ARRAY_IDX(f->props, i, xc_prop_filter_t), comp))
            return NULL;
    }
    if (f->range.set) {
        XC_TRY(xc_range_match_component(matches, &f->range, m->obj, comp, parent, m->zone, m->pool));
        if (!*matches)
            return NULL;
    }
    for (int i = 0; i < count(f->comps); i++) {
        XC_TRY(child_matches(m, matches, &APR_ARRAY_IDX(f->comps, i, xc_comp_filter_t), comp));
        if (!*matches)
            return NULL;
    }
    *matches = 1;
    return NULL;
}

xc_error_t *xc_filter_match(int *matches, const xc_comp_filter_t *filter, const xc_object_t *obj, const xc_zone_t *zone, apr_pool_t *pool)
{
    match_t m = { obj, zone, pool };
    *matches = 0;
    XC_TRY(xc_filter_check(filter, pool));
    if (filter->is_not_defined)
        return NULL; /* every object is a VCALENDAR */
    return comp_matches(&m, matches, filter, obj->vcalendar, NULL);
}
