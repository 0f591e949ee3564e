/* SPDX-License-Identifier: Apache-2.0 */
/* Zones that a client defines: TimeZoneDefinition, MeetingTimeZone, SerializableTimeZone.
 */
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "zones/zone_table.h"

#define ERROR_UNKNOWN "ErrorTimeZone"
#define ERROR_INVALID "ErrorCalendarInvalidTimeZone"
#define MAX_PERIODS   256
#define MAX_GROUPS    256
#define MAX_CHANGES   16
#define MAX_ERAS      256
#define MAX_OFFSET    (14 * 3600)
#define FIRST_YEAR    1601
#define LAST_YEAR     4500

/* --- small readers --- */

static xmlNodePtr child(xmlNodePtr element, const char *name)
{
    xmlNodePtr n;

    for (n = element == NULL ? NULL : element->children; n != NULL; n = n->next) {
        if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0) {
            return n;
        }
    }
    return NULL;
}

/* The trimmed text of an element, "" for none. */
static const char *text_of(xmlNodePtr element, apr_pool_t *pool)
{
    xmlChar *raw = element == NULL ? NULL : xmlNodeGetContent(element);
    char *copy = apr_pstrdup(pool, raw == NULL ? "" : (const char *)raw);
    char *end = copy + strlen(copy);

    xmlFree(raw);
    while (*copy != '\0' && strchr(" \t\r\n", *copy) != NULL) {
        copy++;
    }
    while (end > copy && strchr(" \t\r\n", end[-1]) != NULL) {
        *--end = '\0';
    }
    return copy;
}

static const char *attribute(xmlNodePtr element, const char *name, apr_pool_t *pool)
{
    xmlChar *raw = xmlGetNoNsProp(element, (const xmlChar *)name);
    const char *copy = raw == NULL ? NULL : apr_pstrdup(pool, (const char *)raw);

    xmlFree(raw);
    return copy;
}

static int to_int(const char *text, int *value)
{
    char *end;
    long v;

    if (*text == '\0') {
        return 0;
    }
    v = strtol(text, &end, 10);
    *value = (int)v;
    return *end == '\0' && v >= -1000000 && v <= 1000000;
}

static int int_of(xmlNodePtr element, int *value, apr_pool_t *pool)
{
    return element != NULL && to_int(text_of(element, pool), value);
}

/* An xs:duration that is a bias; -1 day .. +1 day are plausible, 14 hours the limit. */
static int bias_of(const char *text, int *bias_sec)
{
    apr_int64_t ms;

    if (text == NULL || lab_duration_parse(text, &ms) != APR_SUCCESS ||
        ms > MAX_OFFSET * 1000LL || ms < -MAX_OFFSET * 1000LL) {
        return 0;
    }
    *bias_sec = (int)(ms / 1000);
    return 1;
}

/* TimeOffset: 23:59:59.999 and later mean 24:00. */
static int time_offset_of(xmlNodePtr element, int *wall_sec, apr_pool_t *pool)
{
    apr_int64_t ms;

    if (lab_duration_parse(text_of(element, pool), &ms) != APR_SUCCESS || ms < 0 ||
        ms > 86400000) {
        return 0;
    }
    *wall_sec = ms >= 86399999 ? 86400 : (int)(ms / 1000);
    return 1;
}

static apr_status_t fail(const char **error, const char *code)
{
    *error = code;
    return APR_EINVAL;
}

static void sort_changes(lab_zone_change_t *changes, int n)
{
    int i, j;

    /* by the day in a year like any other; there are a handful at most */
    for (i = 1; i < n; i++) {
        lab_zone_change_t c = changes[i];

        for (j = i; j > 0 && lab_date_compare(lab_zone_change_date(&changes[j - 1], 2001),
                                              lab_zone_change_date(&c, 2001)) > 0;
             j--) {
            changes[j] = changes[j - 1];
        }
        changes[j] = c;
    }
}

/* --- TimeZoneDefinition --- */

/** What is being read. */
typedef struct definition_t {
    apr_pool_t *pool;
    lab_zone_t *zone;
    apr_array_header_t *periods; /* of lab_zone_period_t */
    apr_array_header_t *groups;  /* of group_t */
    apr_array_header_t *eras;    /* of lab_zone_era_t */
} definition_t;

typedef struct group_t {
    const char *id;
    int fixed_period; /* -1: none */
    int nchanges;
    lab_zone_change_t *changes;
} group_t;

static int read_periods(definition_t *d, xmlNodePtr list)
{
    xmlNodePtr n;

    for (n = list->children; n != NULL; n = n->next) {
        lab_zone_period_t *period;
        int bias;

        if (n->type != XML_ELEMENT_NODE) {
            continue;
        }
        if (d->periods->nelts >= MAX_PERIODS ||
            !bias_of(attribute(n, "Bias", d->pool), &bias)) {
            return 0;
        }
        period = apr_array_push(d->periods);
        period->id = attribute(n, "Id", d->pool);
        period->name = attribute(n, "Name", d->pool);
        period->offset_sec = -bias;
        if (period->id == NULL || period->name == NULL) {
            return 0;
        }
    }
    return d->periods->nelts > 0;
}

/* The To element of a transition: its Kind must be the wanted one. */
static const char *read_to(xmlNodePtr transition, const char *kind, apr_pool_t *pool)
{
    xmlNodePtr to = child(transition, "To");
    const char *has = to == NULL ? NULL : attribute(to, "Kind", pool);

    return has != NULL && strcmp(has, kind) == 0 ? text_of(to, pool) : NULL;
}

static int find_period(const definition_t *d, const char *id)
{
    int i;

    for (i = 0; id != NULL && i < d->periods->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(d->periods, i, lab_zone_period_t).id, id) == 0) {
            return i;
        }
    }
    return -1;
}

static int read_change(definition_t *d, xmlNodePtr n, lab_zone_change_t *change)
{
    memset(change, 0, sizeof(*change));
    change->period = find_period(d, read_to(n, "Period", d->pool));
    if (change->period < 0 ||
        !time_offset_of(child(n, "TimeOffset"), &change->wall_sec, d->pool) ||
        !int_of(child(n, "Month"), &change->month, d->pool) || change->month < 1 ||
        change->month > 12) {
        return 0;
    }
    if (strcmp((const char *)n->name, "RecurringDateTransition") == 0) {
        change->weekday = -1;
        return int_of(child(n, "Day"), &change->day, d->pool) && change->day >= 1 &&
               change->day <= 31;
    }
    change->weekday = lab_weekday_parse(text_of(child(n, "DayOfWeek"), d->pool));
    return change->weekday >= 0 &&
           int_of(child(n, "Occurrence"), &change->occurrence, d->pool) &&
           (change->occurrence == -1 ||
            (change->occurrence >= 1 && change->occurrence <= 4));
}

static int read_group(definition_t *d, xmlNodePtr element, group_t *group)
{
    xmlNodePtr n;

    memset(group, 0, sizeof(*group));
    group->id = attribute(element, "Id", d->pool);
    group->fixed_period = -1;
    group->changes = apr_palloc(d->pool, sizeof(*group->changes) * MAX_CHANGES);
    for (n = element->children; n != NULL; n = n->next) {
        if (n->type != XML_ELEMENT_NODE) {
            continue;
        }
        if (strncmp((const char *)n->name, "Recurring", 9) == 0) {
            if (group->nchanges >= MAX_CHANGES ||
                !read_change(d, n, &group->changes[group->nchanges++])) {
                return 0;
            }
        } else {
            /* an absolute date inside a group has no meaning of its own: the period holds
             */
            group->fixed_period = find_period(d, read_to(n, "Period", d->pool));
            if (group->fixed_period < 0) {
                return 0;
            }
        }
    }
    if (group->nchanges > 0) {
        sort_changes(group->changes, group->nchanges);
        group->fixed_period = group->changes[0].period;
    }
    return group->id != NULL && group->fixed_period >= 0;
}

static int read_groups(definition_t *d, xmlNodePtr list)
{
    xmlNodePtr n;

    for (n = list->children; n != NULL; n = n->next) {
        if (n->type == XML_ELEMENT_NODE &&
            (d->groups->nelts >= MAX_GROUPS ||
             !read_group(d, n, apr_array_push(d->groups)))) {
            return 0;
        }
    }
    return d->groups->nelts > 0;
}

static const group_t *find_group(const definition_t *d, const char *id)
{
    int i;

    for (i = 0; id != NULL && i < d->groups->nelts; i++) {
        const group_t *group = &APR_ARRAY_IDX(d->groups, i, group_t);

        if (strcmp(group->id, id) == 0) {
            return group;
        }
    }
    return NULL;
}

/* One of Transitions: it begins an era with a group, or with a period alone. */
static int read_era(definition_t *d, xmlNodePtr n)
{
    const char *to_group = read_to(n, "Group", d->pool);
    int period = find_period(d, read_to(n, "Period", d->pool));
    lab_zone_era_t *era, *previous;
    const group_t *group = find_group(d, to_group);
    lab_datetime_zone_t kind;
    int offset;

    if (d->eras->nelts >= MAX_ERAS || (group == NULL && period < 0)) {
        return 0;
    }
    era = apr_array_push(d->eras);
    memset(era, 0, sizeof(*era));
    era->fixed_period = group != NULL ? group->fixed_period : period;
    era->nchanges = group != NULL ? group->nchanges : 0;
    era->changes = group != NULL ? group->changes : NULL;
    if (strcmp((const char *)n->name, "Transition") == 0) {
        era->from.date.year = FIRST_YEAR;
        era->from.date.month = era->from.date.day = 1;
        return d->eras->nelts == 1;
    }
    if (strcmp((const char *)n->name, "AbsoluteDateTransition") != 0 ||
        lab_datetime_parse(text_of(child(n, "DateTime"), d->pool), &era->from, &kind,
                           &offset) != APR_SUCCESS) {
        return 0;
    }
    if (d->eras->nelts == 1 || era->from.date.year > LAST_YEAR) {
        return 0;
    }
    previous = era - 1;
    return lab_wall_compare(previous->from, era->from) < 0;
}

static int read_eras(definition_t *d, xmlNodePtr list)
{
    xmlNodePtr n;

    for (n = list->children; n != NULL; n = n->next) {
        if (n->type == XML_ELEMENT_NODE && !read_era(d, n)) {
            return 0;
        }
    }
    return d->eras->nelts > 0;
}

static void finish(definition_t *d)
{
    d->zone->is_custom = 1;
    d->zone->nperiods = d->periods->nelts;
    d->zone->periods = (const lab_zone_period_t *)d->periods->elts;
    d->zone->neras = d->eras->nelts;
    d->zone->eras = (const lab_zone_era_t *)d->eras->elts;
    lab_zone_flatten(d->zone, d->pool);
}

static void start(definition_t *d, const char *id, const char *name, apr_pool_t *pool)
{
    d->pool = pool;
    d->zone = apr_pcalloc(pool, sizeof(*d->zone));
    d->zone->id = id;
    d->zone->name = name;
    d->periods = apr_array_make(pool, 2, sizeof(lab_zone_period_t));
    d->groups = apr_array_make(pool, 2, sizeof(group_t));
    d->eras = apr_array_make(pool, 2, sizeof(lab_zone_era_t));
}

apr_status_t lab_zone_from_definition(xmlNodePtr element, const lab_zone_t **out,
                                      const char **error, apr_pool_t *pool)
{
    const char *id = attribute(element, "Id", pool);
    const char *name = attribute(element, "Name", pool);
    xmlNodePtr periods = child(element, "Periods");
    xmlNodePtr groups = child(element, "TransitionsGroups");
    xmlNodePtr transitions = child(element, "Transitions");
    definition_t d;

    *out = NULL;
    *error = NULL;
    if (periods == NULL && groups == NULL && transitions == NULL) {
        *out = lab_zone_find(id);
        return *out != NULL ? APR_SUCCESS : fail(error, ERROR_UNKNOWN);
    }
    id = id != NULL && *id != '\0' ? id : "tzone://Microsoft/Custom";
    start(&d, id, name != NULL && *name != '\0' ? name : id, pool);
    if (periods == NULL || groups == NULL || transitions == NULL ||
        !read_periods(&d, periods) || !read_groups(&d, groups) ||
        !read_eras(&d, transitions)) {
        return fail(error, ERROR_INVALID);
    }
    finish(&d);
    *out = d.zone;
    return APR_SUCCESS;
}

/* --- zones of one standard and one daylight rule --- */

static void add_period(definition_t *d, const char *id, const char *name, int offset_sec)
{
    lab_zone_period_t *period = apr_array_push(d->periods);

    period->id = id;
    period->name = name;
    period->offset_sec = offset_sec;
}

/* changes NULL: no daylight saving time */
static void add_single_era(definition_t *d, lab_zone_change_t *changes)
{
    lab_zone_era_t *era = apr_array_push(d->eras);

    memset(era, 0, sizeof(*era));
    if (changes != NULL) {
        era->nchanges = 2;
        sort_changes(changes, 2);
        era->changes = changes;
    }
}

/* The day of a yearly pattern in MeetingTimeZone. */
static int read_yearly(xmlNodePtr change, lab_zone_change_t *out, apr_pool_t *pool)
{
    static const char *const weeks[] = {"First", "Second", "Third", "Fourth"};
    xmlNodePtr relative = child(change, "RelativeYearlyRecurrence");
    xmlNodePtr date = child(change, "AbsoluteDate");
    lab_date_t day;
    const char *week;
    int i;

    if (date != NULL) {
        if (lab_date_parse(text_of(date, pool), &day) != APR_SUCCESS) {
            return 0;
        }
        out->weekday = -1;
        out->month = day.month;
        out->day = day.day;
        return 1;
    }
    out->weekday = lab_weekday_parse(text_of(child(relative, "DaysOfWeek"), pool));
    out->month = lab_month_parse(text_of(child(relative, "Month"), pool));
    week = text_of(child(relative, "DayOfWeekIndex"), pool);
    out->occurrence = strcmp(week, "Last") == 0 ? -1 : 0;
    for (i = 0; i < 4; i++) {
        if (strcmp(week, weeks[i]) == 0) {
            out->occurrence = i + 1;
        }
    }
    return out->weekday >= 0 && out->month > 0 && out->occurrence != 0;
}

static int read_meeting_change(xmlNodePtr element, lab_zone_change_t *out, int *bias_sec,
                               const char **name, apr_pool_t *pool)
{
    memset(out, 0, sizeof(*out));
    *name = attribute(element, "TimeZoneName", pool);
    *bias_sec = 0;
    if (child(element, "Offset") != NULL &&
        !bias_of(text_of(child(element, "Offset"), pool), bias_sec)) {
        return 0;
    }
    if (lab_time_of_day_parse(text_of(child(element, "Time"), pool), &out->wall_sec) !=
        APR_SUCCESS) {
        return 0;
    }
    /* the pattern is optional: without one, that change never comes (month stays 0) */
    return (child(element, "RelativeYearlyRecurrence") == NULL &&
            child(element, "AbsoluteDate") == NULL) ||
           read_yearly(element, out, pool);
}

apr_status_t lab_zone_from_meeting_zone(xmlNodePtr element, const lab_zone_t **out,
                                        const char **error, apr_pool_t *pool)
{
    const char *id = attribute(element, "TimeZoneName", pool);
    xmlNodePtr standard = child(element, "Standard"),
               daylight = child(element, "Daylight");
    const char *std_name = NULL, *dst_name = NULL;
    lab_zone_change_t *changes = apr_palloc(pool, sizeof(*changes) * 2);
    int base, std_bias = 0, dst_bias = 0;
    definition_t d;

    *out = NULL;
    *error = NULL;
    if (child(element, "BaseOffset") == NULL) {
        *out = lab_zone_find(id);
        return *out != NULL ? APR_SUCCESS : fail(error, ERROR_UNKNOWN);
    }
    id = id != NULL && *id != '\0' ? id : "tzone://Microsoft/Custom";
    start(&d, id, id, pool);
    if (!bias_of(text_of(child(element, "BaseOffset"), pool), &base) ||
        (standard == NULL) != (daylight == NULL) ||
        (standard != NULL &&
         (!read_meeting_change(standard, &changes[0], &std_bias, &std_name, pool) ||
          !read_meeting_change(daylight, &changes[1], &dst_bias, &dst_name, pool)))) {
        return fail(error, ERROR_INVALID);
    }
    add_period(&d, "std", std_name != NULL ? std_name : "Standard", -(base + std_bias));
    if (standard != NULL && (changes[0].month == 0) != (changes[1].month == 0)) {
        return fail(error, ERROR_INVALID);
    }
    if (standard != NULL && changes[0].month == 0) {
        standard = daylight = NULL;
    }
    if (standard != NULL) {
        add_period(&d, "dst", dst_name != NULL ? dst_name : "Daylight",
                   -(base + dst_bias));
        changes[0].period = 0;
        changes[1].period = 1;
    }
    add_single_era(&d, standard != NULL ? changes : NULL);
    finish(&d);
    *out = d.zone;
    return APR_SUCCESS;
}

static int read_serial_change(xmlNodePtr element, lab_zone_change_t *out, int *bias_min,
                              apr_pool_t *pool)
{
    int order;

    memset(out, 0, sizeof(*out));
    if (!int_of(child(element, "Bias"), bias_min, pool) ||
        lab_time_of_day_parse(text_of(child(element, "Time"), pool), &out->wall_sec) !=
            APR_SUCCESS ||
        !int_of(child(element, "DayOrder"), &order, pool) ||
        !int_of(child(element, "Month"), &out->month, pool) || out->month < 1 ||
        out->month > 12) {
        return 0;
    }
    if (child(element, "Year") != NULL) {
        /* with a year the order is the day of the month; the rule is taken as yearly */
        out->weekday = -1;
        out->day = order;
        return order >= 1 && order <= 31;
    }
    out->weekday = lab_weekday_parse(text_of(child(element, "DayOfWeek"), pool));
    out->occurrence = order == 5 ? -1 : order;
    return out->weekday >= 0 && order >= 1 && order <= 5;
}

apr_status_t lab_zone_from_serializable(xmlNodePtr element, const lab_zone_t **out,
                                        const char **error, apr_pool_t *pool)
{
    lab_zone_change_t *changes = apr_palloc(pool, sizeof(*changes) * 2);
    int base, std_bias, dst_bias;
    definition_t d;

    *out = NULL;
    *error = NULL;
    if (!int_of(child(element, "Bias"), &base, pool) ||
        !read_serial_change(child(element, "StandardTime"), &changes[0], &std_bias,
                            pool) ||
        !read_serial_change(child(element, "DaylightTime"), &changes[1], &dst_bias,
                            pool) ||
        base < -1440 || base > 1440 || std_bias < -1440 || std_bias > 1440 ||
        dst_bias < -1440 || dst_bias > 1440) {
        return fail(error, ERROR_INVALID);
    }
    start(&d, "Customized Time Zone", "Customized Time Zone", pool);
    add_period(&d, "std", "Standard", -(base + std_bias) * 60);
    if (std_bias == dst_bias) {
        add_single_era(&d, NULL);
    } else {
        if (lab_date_compare(lab_zone_change_date(&changes[0], 2001),
                             lab_zone_change_date(&changes[1], 2001)) == 0) {
            return fail(error, ERROR_INVALID);
        }
        add_period(&d, "dst", "Daylight", -(base + dst_bias) * 60);
        changes[0].period = 0;
        changes[1].period = 1;
        add_single_era(&d, changes);
    }
    finish(&d);
    *out = d.zone;
    return APR_SUCCESS;
}
