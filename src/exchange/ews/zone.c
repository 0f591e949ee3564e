/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones on the wire (timezones 3): Windows ids, and definitions of zones that have none. */
#include <apr_lib.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/ews/ews.h"

static const xc_zone_t *instants_zone(const xc_zone_t *zone)
{
    /* Exchange knows no such zone: the instant is right, the rule is kept beside the item */
    return zone && xc_zone_windows_id(zone) ? zone : xc_zone_utc();
}

const xc_zone_t *xc_ews_storage_zone(const xc_when_t *when, const xc_session_t *s)
{
    switch (when->kind) {
    case XC_WHEN_ZONED: return instants_zone(when->zone);
    case XC_WHEN_DATE:
    case XC_WHEN_FLOATING: return instants_zone(s->zone);
    default: return xc_zone_utc();
    }
}

const char *xc_ews_zone_name(const xc_when_t *when, const xc_session_t *s)
{
    const char *name = xc_zone_windows_id(xc_ews_storage_zone(when, s));
    return name ? name : "UTC";
}

/* ---- a zone without a Windows id: its rules ---- */

static const char *const day_names[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
static const char *const day_codes[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
static const char *const month_names[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September",
                                          "October", "November", "December"};
static const char *const index_names[] = {"First", "Second", "Third", "Fourth", "Last"};

static int place(const char *name, const char *const *names, int n)
{
    for (int i = 0; name && i < n; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

/* A yearly change of the clock. */
typedef struct change_t {
    int offset_sec;       /* east of UTC, afterwards */
    int time_sec;         /* wall clock before the change, since midnight */
    int month, day, weekday, nth; /* nth 1..4, -1 = last, 0 = the date `day` */
} change_t;

static const char *offset_text(int sec, apr_pool_t *pool)
{
    int size = abs(sec) / 60;
    return apr_psprintf(pool, "%c%02d%02d", sec < 0 ? '-' : '+', size / 60, size % 60);
}

static void put_observance(xc_buf_t *buf, const char *kind, const change_t *c, int from_sec, apr_pool_t *pool)
{
    int at = c->time_sec < 86400 ? c->time_sec : 86399;
    xc_buf_printf(buf, "BEGIN:%s\r\nDTSTART:1601%02d01T%02d%02d%02d\r\nTZOFFSETFROM:%s\r\nTZOFFSETTO:%s\r\n", kind, c->month ? c->month : 1,
                  at / 3600, at / 60 % 60, at % 60, offset_text(from_sec, pool), offset_text(c->offset_sec, pool));
    if (c->month && c->nth)
        xc_buf_printf(buf, "RRULE:FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s\r\n", c->month, c->nth, day_codes[c->weekday]);
    else if (c->month)
        xc_buf_printf(buf, "RRULE:FREQ=YEARLY;BYMONTH=%d;BYMONTHDAY=%d\r\n", c->month, c->day);
    xc_buf_printf(buf, "END:%s\r\n", kind);
}

static const xc_zone_t *zone_of_changes(const change_t *changes, int n, const char *name, apr_time_t when, apr_pool_t *pool)
{
    const xc_zone_t *zone = NULL;
    xc_buf_t *buf = xc_buf_make(pool, 65536);
    char *id = apr_pstrdup(pool, name && *name ? name : "Custom");
    for (char *c = id; *c; c++)
        if ((unsigned char)*c < 0x20)
            *c = ' ';
    xc_buf_printf(buf, "BEGIN:VTIMEZONE\r\nTZID:%.200s\r\n", id);
    if (n == 1)
        put_observance(buf, "STANDARD", &(change_t){.offset_sec = changes[0].offset_sec}, changes[0].offset_sec, pool);
    for (int i = 0; n == 2 && i < 2; i++)
        put_observance(buf, changes[i].offset_sec > changes[1 - i].offset_sec ? "DAYLIGHT" : "STANDARD", &changes[i],
                       changes[1 - i].offset_sec, pool);
    xc_buf_puts(buf, "END:VTIMEZONE\r\n");
    return n >= 1 && n <= 2 && !xc_zone_from_vtimezone(&zone, buf->data, when, pool) ? zone : NULL;
}

static void write_to(xc_xmlw_t *w, const char *kind, const char *id)
{
    xc_xmlw_start(w, XC_NS_T, "To");
    xc_xmlw_attr(w, "Kind", kind);
    xc_xmlw_text(w, id);
    xc_xmlw_end(w);
}

static void write_transition(xc_xmlw_t *w, const xc_zone_change_t *c, int yearly, const char *period, apr_pool_t *pool)
{
    xc_xmlw_start(w, XC_NS_T, yearly ? "RecurringDayTransition" : "Transition");
    write_to(w, "Period", period);
    if (yearly) {
        xc_xmlw_element(w, XC_NS_T, "TimeOffset", apr_psprintf(pool, "PT%dH%dM", c->time_sec / 3600, c->time_sec / 60 % 60));
        xc_xmlw_element(w, XC_NS_T, "Month", apr_itoa(pool, c->month));
        xc_xmlw_element(w, XC_NS_T, "DayOfWeek", day_names[c->weekday]);
        xc_xmlw_element(w, XC_NS_T, "Occurrence", apr_itoa(pool, c->nth));
    }
    xc_xmlw_end(w);
}

/* The rules of a zone that Exchange has no name for, as Outlook gives it zones of its users' making. */
static void write_definition(xc_xmlw_t *w, const xc_zone_change_t *rules, int n, apr_pool_t *pool)
{
    static const char *const periods[] = {"Standard", "Daylight"};
    int daylight = n == 2 && rules[1].offset_sec > rules[0].offset_sec;

    xc_xmlw_start(w, XC_NS_T, "Periods");
    for (int i = 0; i < n; i++) {
        int bias = -rules[i].offset_sec / 60;
        const char *name = periods[n == 2 && i == daylight];
        xc_xmlw_start(w, XC_NS_T, "Period");
        xc_xmlw_attr(w, "Bias", apr_psprintf(pool, "%sPT%dM", bias < 0 ? "-" : "", abs(bias)));
        xc_xmlw_attr(w, "Name", name);
        xc_xmlw_attr(w, "Id", name);
        xc_xmlw_end(w);
    }
    xc_xmlw_end(w);
    xc_xmlw_start(w, XC_NS_T, "TransitionsGroups");
    xc_xmlw_start(w, XC_NS_T, "TransitionsGroup");
    xc_xmlw_attr(w, "Id", "0");
    for (int i = 0; i < n; i++)
        write_transition(w, &rules[i], n == 2, periods[n == 2 && i == daylight], pool);
    xc_xmlw_end(w);
    xc_xmlw_end(w);
    xc_xmlw_start(w, XC_NS_T, "Transitions");
    xc_xmlw_start(w, XC_NS_T, "Transition");
    write_to(w, "Group", "0");
    xc_xmlw_end(w);
    xc_xmlw_end(w);
}

/* How many changes a year has the zone of a series that Exchange has no name for? 0 = it has one, or the rules cannot be told. */
static int nameless_rules(xc_zone_change_t rules[2], const xc_when_t *when)
{
    if (when->kind != XC_WHEN_ZONED || xc_zone_windows_id(when->zone))
        return 0;
    return xc_zone_yearly(when->zone, xc_when_to_utc(when, NULL), rules);
}

void xc_ews_write_zone(xc_xmlw_t *w, const char *element, const xc_when_t *when, int in_series, const xc_session_t *s, apr_pool_t *pool)
{
    xc_zone_change_t rules[2];
    int n = in_series ? nameless_rules(rules, when) : 0;

    xc_xmlw_start(w, XC_NS_T, element);
    xc_xmlw_attr(w, "Id", n ? apr_pstrcat(pool, "Custom ", xc_zone_id(when->zone), NULL) : xc_ews_zone_name(when, s));
    if (n) {
        xc_xmlw_attr(w, "Name", xc_zone_id(when->zone));
        write_definition(w, rules, n, pool);
    }
    xc_xmlw_end(w);
}

/* ---- the same for 2007 ---- */

static void write_time_change(xc_xmlw_t *w, const char *element, const xc_zone_change_t *c, int standard_sec, apr_pool_t *pool)
{
    int bias = (standard_sec - c->offset_sec) / 60;
    xc_xmlw_start(w, XC_NS_T, element);
    xc_xmlw_attr(w, "TimeZoneName", element);
    xc_xmlw_element(w, XC_NS_T, "Offset", apr_psprintf(pool, "%sPT%dM", bias < 0 ? "-" : "", abs(bias)));
    xc_xmlw_start(w, XC_NS_T, "RelativeYearlyRecurrence");
    xc_xmlw_element(w, XC_NS_T, "DaysOfWeek", day_names[c->weekday]);
    xc_xmlw_element(w, XC_NS_T, "DayOfWeekIndex", index_names[c->nth < 0 ? 4 : c->nth - 1]);
    xc_xmlw_element(w, XC_NS_T, "Month", month_names[c->month - 1]);
    xc_xmlw_end(w);
    xc_xmlw_element(w, XC_NS_T, "Time", apr_psprintf(pool, "%02d:%02d:%02d", c->time_sec / 3600, c->time_sec / 60 % 60, c->time_sec % 60));
    xc_xmlw_end(w);
}

/* A name that Exchange has would mean its own rules, of whatever it takes first. */
static const char *custom_name(const char *id, apr_pool_t *pool)
{
    return xc_zone_from_windows(id, NULL) ? apr_pstrcat(pool, "Custom ", id, NULL) : id;
}

void xc_ews_write_meeting_zone(xc_xmlw_t *w, const xc_when_t *when, int in_series, const xc_session_t *s, apr_pool_t *pool)
{
    xc_zone_change_t rules[2];
    int n = in_series ? nameless_rules(rules, when) : 0;
    int daylight = n == 2 && rules[1].offset_sec > rules[0].offset_sec;

    xc_xmlw_start(w, XC_NS_T, "MeetingTimeZone");
    xc_xmlw_attr(w, "TimeZoneName", n ? custom_name(xc_zone_id(when->zone), pool) : xc_ews_zone_name(when, s));
    if (n) {
        const xc_zone_change_t *standard = &rules[n == 2 ? !daylight : 0];
        int bias = -standard->offset_sec / 60;
        xc_xmlw_element(w, XC_NS_T, "BaseOffset", apr_psprintf(pool, "%sPT%dM", bias < 0 ? "-" : "", abs(bias)));
        if (n == 2) {
            write_time_change(w, "Standard", standard, standard->offset_sec, pool);
            write_time_change(w, "Daylight", &rules[daylight], standard->offset_sec, pool);
        }
    }
    xc_xmlw_end(w);
}

/* ---- 2010 and later: t:TimeZoneDefinitionType ---- */

static int period_offset(const xmlNode *definition, const char *id, int *sec, apr_pool_t *pool)
{
    const xmlNode *p = xc_xml_child(xc_xml_child(definition, NULL, "Periods"), NULL, "Period");
    for (; id && p; p = xc_xml_next(p, NULL, "Period")) {
        const char *its = xc_xml_attr(p, "Id", pool);
        if (its && strcmp(its, id) == 0 && xc_ews_parse_duration(sec, xc_xml_attr(p, "Bias", pool))) {
            *sec = -*sec; /* a bias is what is missing to UTC */
            return abs(*sec) <= 16 * 3600;
        }
    }
    return 0;
}

/* The group that is valid at `when`: of the AbsoluteDateTransitions the last one before it. */
static const char *group_at(const xmlNode *definition, apr_time_t when, apr_pool_t *pool)
{
    const char *group = NULL;
    const xmlNode *t = xc_xml_child(xc_xml_child(definition, NULL, "Transitions"), NULL, NULL);
    for (; t; t = xc_xml_next(t, NULL, NULL)) {
        apr_time_t from;
        const char *date = xc_xml_child_text(t, NULL, "DateTime", pool);
        if (!date || (xc_ews_parse_time(&from, date) && from <= when))
            group = xc_xml_child_text(t, NULL, "To", pool);
    }
    return group;
}

static int read_transition(change_t *c, const xmlNode *definition, const xmlNode *t, apr_pool_t *pool)
{
    memset(c, 0, sizeof *c);
    if (!period_offset(definition, xc_xml_child_text(t, NULL, "To", pool), &c->offset_sec, pool))
        return 0;
    if (xc_xml_is(t, NULL, "Transition"))
        return 1;
    c->month = xc_ews_int(xc_xml_child_text(t, NULL, "Month", pool), 1, 12, 0);
    if (!c->month || !xc_ews_parse_duration(&c->time_sec, xc_xml_child_text(t, NULL, "TimeOffset", pool)) || c->time_sec < 0 ||
        c->time_sec > 86400)
        return 0;
    if (xc_xml_is(t, NULL, "RecurringDateTransition")) {
        c->day = xc_ews_int(xc_xml_child_text(t, NULL, "Day", pool), 1, 31, 0);
        return c->day > 0;
    }
    c->weekday = place(xc_xml_child_text(t, NULL, "DayOfWeek", pool), day_names, 7);
    c->nth = xc_ews_int(xc_xml_child_text(t, NULL, "Occurrence", pool), -1, 5, 0);
    if (c->nth == 5)
        c->nth = -1;
    return c->weekday >= 0 && c->nth;
}

static const xc_zone_t *zone_of_definition(const xmlNode *definition, const char *name, apr_time_t when, apr_pool_t *pool)
{
    change_t changes[2];
    int n = 0;
    const char *group = group_at(definition, when, pool);
    const xmlNode *g = xc_xml_child(xc_xml_child(definition, NULL, "TransitionsGroups"), NULL, "TransitionsGroup");
    for (; g; g = xc_xml_next(g, NULL, "TransitionsGroup")) {
        const char *id = xc_xml_attr(g, "Id", pool);
        if (!group || (id && strcmp(id, group) == 0))
            break;
    }
    for (const xmlNode *t = xc_xml_child(g, NULL, NULL); t && n < 2; t = xc_xml_next(t, NULL, NULL))
        if (read_transition(&changes[n], definition, t, pool))
            n++;
    return zone_of_changes(changes, n, name, when, pool);
}

/* ---- 2007: t:TimeZoneType ---- */

/* On a weekday of a month, or on a date, which stands for that day of every year. */
static int read_time_change_day(change_t *c, const xmlNode *node, apr_pool_t *pool)
{
    const xmlNode *rule = xc_xml_child(node, NULL, "RelativeYearlyRecurrence");
    const char *date = xc_xml_child_text(node, NULL, "AbsoluteDate", pool);
    if (!rule) { /* an xs:date, 2027-10-31 */
        c->month = date && strlen(date) >= 10 ? xc_ews_int(apr_pstrmemdup(pool, date + 5, 2), 1, 12, 0) : 0;
        c->day = c->month ? xc_ews_int(apr_pstrmemdup(pool, date + 8, 2), 1, 31, 0) : 0;
        return c->day > 0;
    }
    c->month = place(xc_xml_child_text(rule, NULL, "Month", pool), month_names, 12) + 1;
    c->weekday = place(xc_xml_child_text(rule, NULL, "DaysOfWeek", pool), day_names, 7);
    c->nth = place(xc_xml_child_text(rule, NULL, "DayOfWeekIndex", pool), index_names, 5) + 1;
    if (c->nth == 5)
        c->nth = -1;
    return c->month && c->weekday >= 0 && c->nth;
}

static int read_time_change(change_t *c, const xmlNode *node, int base_sec, apr_pool_t *pool)
{
    int sec;
    apr_time_t time;
    memset(c, 0, sizeof *c);
    if (!xc_ews_parse_duration(&sec, xc_xml_child_text(node, NULL, "Offset", pool)) || !read_time_change_day(c, node, pool))
        return 0;
    c->offset_sec = base_sec - sec;
    const char *at = xc_xml_child_text(node, NULL, "Time", pool);
    if (!at || strlen(at) < 8 || !xc_ews_parse_time(&time, apr_pstrcat(pool, "1970-01-01T", apr_pstrmemdup(pool, at, 8), "Z", NULL)))
        return 0;
    c->time_sec = (int)apr_time_sec(time);
    return abs(c->offset_sec) <= 16 * 3600;
}

static const xc_zone_t *zone_of_meeting_zone(const xmlNode *node, const char *name, apr_time_t when, apr_pool_t *pool)
{
    change_t changes[2];
    int base;
    if (!xc_ews_parse_duration(&base, xc_xml_child_text(node, NULL, "BaseOffset", pool)) || abs(base) > 16 * 3600)
        return NULL;
    memset(changes, 0, sizeof changes);
    int both = read_time_change(&changes[0], xc_xml_child(node, NULL, "Standard"), -base, pool) &&
               read_time_change(&changes[1], xc_xml_child(node, NULL, "Daylight"), -base, pool) &&
               changes[0].offset_sec != changes[1].offset_sec;
    if (!both)
        changes[0] = (change_t){.offset_sec = -base};
    return zone_of_changes(changes, both ? 2 : 1, name, when, pool);
}

/* ---- GetUserAvailability: t:SerializableTimeZone, in minutes ---- */

static int read_bias_change(change_t *c, const xmlNode *node, int base_min, apr_pool_t *pool)
{
    apr_time_t time;
    int bias = xc_ews_int(xc_xml_child_text(node, NULL, "Bias", pool), -960, 960, 9999);
    int order = xc_ews_int(xc_xml_child_text(node, NULL, "DayOrder", pool), 1, 31, 0);
    const char *at = xc_xml_child_text(node, NULL, "Time", pool);
    memset(c, 0, sizeof *c);
    if (bias == 9999 || !at || strlen(at) < 8 || !xc_ews_parse_time(&time, apr_pstrcat(pool, "1970-01-01T", apr_pstrmemdup(pool, at, 8), "Z", NULL)))
        return 0;
    c->offset_sec = -(base_min + bias) * 60;
    c->time_sec = (int)apr_time_sec(time);
    c->month = xc_ews_int(xc_xml_child_text(node, NULL, "Month", pool), 1, 12, 0);
    c->weekday = place(xc_xml_child_text(node, NULL, "DayOfWeek", pool), day_names, 7);
    if (xc_xml_child(node, NULL, "Year")) /* then it is one date, of that year */
        c->day = order;
    else
        c->nth = order == 5 ? -1 : order;
    return c->month && order && (c->day || (c->weekday >= 0 && order <= 5)) && abs(c->offset_sec) <= 16 * 3600;
}

const xc_zone_t *xc_ews_serializable_zone(const xmlNode *node, apr_time_t when, const xc_session_t *s, apr_pool_t *pool)
{
    change_t changes[2];
    int base = xc_ews_int(xc_xml_child_text(node, NULL, "Bias", pool), -960, 960, 9999);
    if (base == 9999)
        return NULL;
    memset(changes, 0, sizeof changes);
    int both = read_bias_change(&changes[0], xc_xml_child(node, NULL, "StandardTime"), base, pool) &&
               read_bias_change(&changes[1], xc_xml_child(node, NULL, "DaylightTime"), base, pool) &&
               changes[0].offset_sec != changes[1].offset_sec;
    if (!both)
        changes[0] = (change_t){.offset_sec = -base * 60};
    const xc_zone_t *zone = !both && base == 0 ? xc_zone_utc() : zone_of_changes(changes, both ? 2 : 1, NULL, when, pool);
    /* the user's own city, when Exchange cannot tell it from the zone's first one */
    return zone && s->zone && xc_zone_same_windows(zone, s->zone) ? s->zone : zone;
}

/* A zone by its id or one of the names that Exchange shows people; else by its rules. */
static const xc_zone_t *read_zone(const xmlNode *node, const char *id, apr_time_t when, const xc_session_t *s, apr_pool_t *pool)
{
    const char *name = xc_xml_attr(node, "Name", pool);
    const xc_zone_t *zone = NULL;
    if (id && strcasecmp(id, "tzone://Microsoft/Utc") == 0)
        return xc_zone_utc();
    if (id && *id)
        zone = xc_zone_from_windows(id, s->territory);
    if (!zone && xc_xml_child(node, NULL, "Periods"))
        zone = zone_of_definition(node, name && *name ? name : id, when, pool);
    if (!zone && xc_xml_child(node, NULL, "BaseOffset"))
        zone = zone_of_meeting_zone(node, id, when, pool);
    if (!zone && id && *id)
        zone = xc_zone_find(id);
    if (!zone && name && *name)
        zone = xc_zone_find(name);
    return zone;
}

const xc_zone_t *xc_ews_item_zone(const xmlNode *item, const char *element, apr_time_t when, const xc_session_t *s, apr_pool_t *pool)
{
    const xmlNode *node = xc_xml_child(item, NULL, element);
    const xc_zone_t *zone = NULL;
    if (node)
        zone = read_zone(node, xc_xml_attr(node, "Id", pool), when, s, pool);
    else if ((node = xc_xml_child(item, NULL, "MeetingTimeZone")) != NULL)
        zone = read_zone(node, xc_xml_attr(node, "TimeZoneName", pool), when, s, pool);
    if (!zone && (node = xc_xml_child(item, NULL, "TimeZone")) != NULL) {
        const char *text = xc_xml_text(node, pool);
        zone = *text ? xc_zone_find(text) : NULL;
    }
    /* the user's own city, when Exchange cannot tell it from the zone's first one */
    if (zone && s->zone && xc_zone_same_windows(zone, s->zone))
        zone = s->zone;
    return zone;
}
