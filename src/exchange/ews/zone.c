/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones on the wire (timezones 3): Windows ids, and definitions of zones that have none. */
#include <apr_lib.h>
#include <apr_strings.h>
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

/* ---- a zone without a Windows id: its Periods and Transitions ---- */

/* xs:duration of hours, minutes and seconds ("-PT60M", "PT2H", "PT23H59M59.999S") in seconds. */
static int duration_sec(const char *text)
{
    int sign = 1, total = 0, number = 0;
    const char *p = text ? text : "";
    if (*p == '-') {
        sign = -1;
        p++;
    }
    for (; *p; p++) {
        if (apr_isdigit(*p)) {
            number = number < 1000000 ? number * 10 + (*p - '0') : number;
            continue;
        }
        if (*p == '.') {
            /* a fraction rounds up: Windows writes the end of a day as 23:59:59.999 */
            total += number + 1;
            break;
        }
        total += *p == 'D' ? number * 86400 : *p == 'H' ? number * 3600 : *p == 'M' ? number * 60 : *p == 'S' ? number : 0;
        number = 0;
    }
    return sign * total;
}

static const char *offset_text(int east_sec, apr_pool_t *pool)
{
    int a = east_sec < 0 ? -east_sec : east_sec;
    return apr_psprintf(pool, "%c%02d%02d", east_sec < 0 ? '-' : '+', a / 3600, a / 60 % 60);
}

static xmlNode *by_id(const xmlNode *parent, const char *element, const char *id, apr_pool_t *pool)
{
    for (xmlNode *n = xc_xml_child(parent, NULL, element); n; n = xc_xml_next(n, NULL, element)) {
        const char *own = xc_xml_attr(n, "Id", pool);
        if (own && id && strcmp(own, id) == 0)
            return n;
    }
    return NULL;
}

/* UTC = local + Bias, so the offset east of UTC is its negative. */
static int period_offset(const xmlNode *definition, const char *period_id, apr_pool_t *pool)
{
    xmlNode *period = by_id(xc_xml_child(definition, NULL, "Periods"), "Period", period_id, pool);
    return period ? -duration_sec(xc_xml_attr(period, "Bias", pool)) : 0;
}

/* The group that is valid last: rules of the past matter less than those of the next meeting. */
static xmlNode *last_group(const xmlNode *definition, apr_pool_t *pool)
{
    const char *id = "0";
    for (xmlNode *t = xc_xml_child(xc_xml_child(definition, NULL, "Transitions"), NULL, NULL); t; t = xc_xml_next(t, NULL, NULL)) {
        const char *to = xc_xml_child_text(t, NULL, "To", pool);
        if (to)
            id = to;
    }
    return by_id(xc_xml_child(definition, NULL, "TransitionsGroups"), "TransitionsGroup", id, pool);
}

static const char *month_rule(const xmlNode *t, apr_pool_t *pool)
{
    static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    static const char *const codes[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    const char *month = xc_xml_child_text(t, NULL, "Month", pool), *day = xc_xml_child_text(t, NULL, "Day", pool);
    const char *weekday = xc_xml_child_text(t, NULL, "DayOfWeek", pool), *nth = xc_xml_child_text(t, NULL, "Occurrence", pool);
    int m = month ? (int)apr_atoi64(month) : 0, n = nth ? (int)apr_atoi64(nth) : 0, d = day ? (int)apr_atoi64(day) : 0;
    if (m < 1 || m > 12)
        return NULL;
    for (int i = 0; weekday && n >= -1 && n <= 4 && n != 0 && i < 7; i++)
        if (strcmp(days[i], weekday) == 0)
            return apr_psprintf(pool, "FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", m, n, codes[i]);
    return d >= 1 && d <= 31 ? apr_psprintf(pool, "FREQ=YEARLY;BYMONTH=%d;BYMONTHDAY=%d", m, d) : NULL;
}

static void add_observance(xc_buf_t *buf, const char *name, int from, int to, int at_sec, const char *rule, apr_pool_t *pool)
{
    xc_buf_printf(buf, "BEGIN:%s\r\nDTSTART:16010101T%02d%02d%02d\r\nTZOFFSETFROM:%s\r\nTZOFFSETTO:%s\r\n", name, at_sec / 3600 % 24,
                  at_sec / 60 % 60, at_sec % 60, offset_text(from, pool), offset_text(to, pool));
    if (rule)
        xc_buf_printf(buf, "RRULE:%s\r\n", rule);
    xc_buf_printf(buf, "END:%s\r\n", name);
}

static const xc_zone_t *from_definition(const xmlNode *definition, const char *id, apr_pool_t *pool)
{
    xmlNode *group = last_group(definition, pool), *t[2] = {NULL, NULL};
    int n = 0, offset[2] = {0, 0};
    for (xmlNode *c = xc_xml_child(group, NULL, NULL); c && n < 2; c = xc_xml_next(c, NULL, NULL))
        t[n++] = c;
    if (!n)
        return NULL;
    for (int i = 0; i < n; i++)
        offset[i] = period_offset(definition, xc_xml_child_text(t[i], NULL, "To", pool), pool);
    xc_buf_t *buf = xc_buf_make(pool, 0);
    char *tzid = apr_pstrdup(pool, id && *id ? id : "Custom");
    for (char *p = tzid; *p; p++)
        if (apr_iscntrl(*p) || *p == ':' || *p == ';' || *p == ',' || *p == '"')
            *p = '_';
    xc_buf_printf(buf, "BEGIN:VTIMEZONE\r\nTZID:%s\r\n", tzid);
    for (int i = 0; i < n; i++) {
        int from = n == 2 ? offset[1 - i] : offset[i], at = duration_sec(xc_xml_child_text(t[i], NULL, "TimeOffset", pool));
        const char *rule = n == 2 ? month_rule(t[i], pool) : NULL;
        if (n == 2 && !rule)
            return NULL;
        add_observance(buf, offset[i] > from ? "DAYLIGHT" : "STANDARD", from, offset[i], at < 0 ? 0 : at, rule, pool);
    }
    xc_buf_puts(buf, "END:VTIMEZONE\r\n");
    const xc_zone_t *zone = NULL;
    return xc_zone_from_vtimezone(&zone, buf->data, apr_time_now(), pool) ? NULL : zone;
}

const xc_zone_t *xc_ews_item_zone(const xmlNode *item, const char *element, const xc_session_t *s, apr_pool_t *pool)
{
    xmlNode *node = xc_xml_child(item, NULL, element);
    const char *id = xc_xml_attr(node, "Id", pool);
    if (!node) { /* 2007 */
        node = xc_xml_child(item, NULL, "MeetingTimeZone");
        id = xc_xml_attr(node, "TimeZoneName", pool);
    }
    const xc_zone_t *zone = id ? xc_zone_from_windows(id, s->territory) : NULL;
    /* the user's own city, when Exchange cannot tell it from the zone's first one */
    if (zone && s->zone && xc_zone_same_windows(zone, s->zone))
        zone = s->zone;
    if (!zone && node)
        zone = from_definition(node, id, pool);
    return zone ? zone : xc_zone_utc();
}
