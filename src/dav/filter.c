/* SPDX-License-Identifier: Apache-2.0 */
/* CALDAV:filter (RFC 4791 9.7) from XML to the structures of cal/view.h. What the names and ranges mean is judged there. */
#include <string.h>

#include "dav/dav.h"

#define MAX_FILTERS 200
#define MAX_DEPTH   8

typedef struct filter_reader_t {
    apr_pool_t *pool;
    int count;
} filter_reader_t;

static xc_error_t *invalid(apr_pool_t *pool, const char *why)
{
    return xc_error_make(pool, 0, XC_COND_VALID_FILTER, "The filter is not valid: %s.", why);
}

xc_error_t *xc_range_parse(xc_range_t *out, const xmlNode *node, apr_pool_t *pool)
{
    const char *start = xc_xml_attr(node, "start", pool), *end = xc_xml_attr(node, "end", pool);
    out->set = 1;
    out->start = XC_TIME_MIN;
    out->end = XC_TIME_MAX;
    if (!start && !end)
        return invalid(pool, "a time-range has neither start nor end");
    if ((start && xc_time_parse_utc(start, &out->start)) || (end && xc_time_parse_utc(end, &out->end)))
        return invalid(pool, "a time-range is not written in UTC (20250131T120000Z)");
    if (out->start >= out->end)
        return invalid(pool, "a time-range ends before it starts");
    return NULL;
}

static xc_error_t *read_match(xc_text_match_t *out, const xmlNode *node, apr_pool_t *pool)
{
    const char *collation = xc_xml_attr(node, "collation", pool), *negate = xc_xml_attr(node, "negate-condition", pool);
    if (xc_collation_parse(collation ? collation : "i;ascii-casemap", &out->collation))
        return xc_error_make(pool, 0, XC_COND_SUPPORTED_COLLATION, "The collation \"%s\" is not known.", collation);
    if (negate && strcmp(negate, "yes") && strcmp(negate, "no"))
        return invalid(pool, "negate-condition is yes or no");
    out->negate = negate && !strcmp(negate, "yes");
    out->text = xc_xml_text(node, pool);
    return NULL;
}

/* The name attribute that every filter has; counts the filter. */
static xc_error_t *read_name(const char **out, filter_reader_t *reader, const xmlNode *node)
{
    if (++reader->count > MAX_FILTERS)
        return xc_error_make(reader->pool, 0, XC_COND_SUPPORTED_FILTER, "The filter has more than %d parts.", MAX_FILTERS);
    *out = xc_xml_attr(node, "name", reader->pool);
    return *out && **out ? NULL : invalid(reader->pool, "a part has no name");
}

static xc_error_t *unknown_part(filter_reader_t *reader, const xmlNode *node)
{
    return xc_error_make(reader->pool, 0, XC_COND_SUPPORTED_FILTER, "The filter has a part that is not known here: %.80s.", (const char *)node->name);
}

static xc_error_t *read_param(apr_array_header_t *params, filter_reader_t *reader, const xmlNode *node)
{
    xc_param_filter_t param = { 0 };
    XC_TRY(read_name(&param.name, reader, node));
    for (xmlNode *c = xc_xml_child(node, NULL, NULL); c; c = xc_xml_next(c, NULL, NULL)) {
        if (xc_xml_is(c, XC_NS_CALDAV, "is-not-defined"))
            param.is_not_defined = 1;
        else if (xc_xml_is(c, XC_NS_CALDAV, "text-match"))
            XC_TRY(read_match(&param.match, c, reader->pool));
        else
            return unknown_part(reader, c);
    }
    if (param.is_not_defined && param.match.text)
        return invalid(reader->pool, "is-not-defined stands alone");
    APR_ARRAY_PUSH(params, xc_param_filter_t) = param;
    return NULL;
}

static xc_error_t *read_prop(apr_array_header_t *props, filter_reader_t *reader, const xmlNode *node)
{
    xc_prop_filter_t prop = { 0 };
    XC_TRY(read_name(&prop.name, reader, node));
    prop.params = apr_array_make(reader->pool, 2, sizeof(xc_param_filter_t));
    for (xmlNode *c = xc_xml_child(node, NULL, NULL); c; c = xc_xml_next(c, NULL, NULL)) {
        if (xc_xml_is(c, XC_NS_CALDAV, "is-not-defined"))
            prop.is_not_defined = 1;
        else if (xc_xml_is(c, XC_NS_CALDAV, "time-range"))
            XC_TRY(xc_range_parse(&prop.range, c, reader->pool));
        else if (xc_xml_is(c, XC_NS_CALDAV, "text-match"))
            XC_TRY(read_match(&prop.match, c, reader->pool));
        else if (xc_xml_is(c, XC_NS_CALDAV, "param-filter"))
            XC_TRY(read_param(prop.params, reader, c));
        else
            return unknown_part(reader, c);
    }
    if (prop.is_not_defined && (prop.range.set || prop.match.text || prop.params->nelts))
        return invalid(reader->pool, "is-not-defined stands alone");
    if (prop.range.set && prop.match.text)
        return invalid(reader->pool, "time-range and text-match exclude each other");
    APR_ARRAY_PUSH(props, xc_prop_filter_t) = prop;
    return NULL;
}

static xc_error_t *read_comp(xc_comp_filter_t *comp, filter_reader_t *reader, const xmlNode *node, int depth)
{
    memset(comp, 0, sizeof(*comp));
    XC_TRY(read_name(&comp->name, reader, node));
    if (depth > MAX_DEPTH)
        return invalid(reader->pool, "it is nested too deep");
    comp->props = apr_array_make(reader->pool, 2, sizeof(xc_prop_filter_t));
    comp->comps = apr_array_make(reader->pool, 2, sizeof(xc_comp_filter_t));
    for (xmlNode *c = xc_xml_child(node, NULL, NULL); c; c = xc_xml_next(c, NULL, NULL)) {
        if (xc_xml_is(c, XC_NS_CALDAV, "is-not-defined"))
            comp->is_not_defined = 1;
        else if (xc_xml_is(c, XC_NS_CALDAV, "time-range"))
            XC_TRY(xc_range_parse(&comp->range, c, reader->pool));
        else if (xc_xml_is(c, XC_NS_CALDAV, "prop-filter"))
            XC_TRY(read_prop(comp->props, reader, c));
        else if (xc_xml_is(c, XC_NS_CALDAV, "comp-filter")) {
            xc_comp_filter_t inner;
            XC_TRY(read_comp(&inner, reader, c, depth + 1));
            APR_ARRAY_PUSH(comp->comps, xc_comp_filter_t) = inner;
        }
        else
            return unknown_part(reader, c);
    }
    if (comp->is_not_defined && (comp->range.set || comp->props->nelts || comp->comps->nelts))
        return invalid(reader->pool, "is-not-defined stands alone");
    return NULL;
}

xc_error_t *xc_filter_parse(xc_comp_filter_t **out, const xmlNode *filter, apr_pool_t *pool)
{
    filter_reader_t reader = { pool, 0 };
    const xmlNode *root = xc_xml_child(filter, XC_NS_CALDAV, "comp-filter");
    if (!filter)
        return invalid(pool, "there is none");
    if (!root || xc_xml_next(root, NULL, NULL) || xc_xml_child(filter, NULL, NULL) != root)
        return invalid(pool, "it has exactly one comp-filter");
    xc_comp_filter_t *comp = apr_pcalloc(pool, sizeof(*comp));
    XC_TRY(read_comp(comp, &reader, root, 0));
    if (strcmp(comp->name, "VCALENDAR"))
        return invalid(pool, "its outermost component is VCALENDAR");
    XC_TRY(xc_filter_check(comp, pool));
    *out = comp;
    return NULL;
}

int xc_item_may_touch(const xc_item_t *item, const xc_range_t *range)
{
    if (!range->set || (!item->span_first && !item->span_last))
        return 1;
    /* a span is instants: an event without duration touches the moment at which it starts; a day or a floating
     * time may lie elsewhere in the zone of the request than in that of the span */
    const apr_time_t zones_apart = apr_time_from_sec(26 * 3600);
    apr_time_t start = range->start > XC_TIME_MIN + zones_apart ? range->start - zones_apart : XC_TIME_MIN;
    apr_time_t end = range->end < XC_TIME_MAX - zones_apart ? range->end + zones_apart : XC_TIME_MAX;
    return item->span_last >= start && item->span_first < end;
}
