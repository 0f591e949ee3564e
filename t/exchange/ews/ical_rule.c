/* SPDX-License-Identifier: Apache-2.0 */
/* The RRULEs that Exchange has a pattern for (calendar-mapping.md 6). */
#include <apr_strings.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "ews/ical.h"
#include "ews/ical_rule.h"

typedef struct rule {
    char freq; /* D W M Y */
    int interval, count, month_day, month, set_pos, ordinal, week_start;
    unsigned days;
    bool has_until;
    lab_date_t until;
} rule_t;

static int weekday(const char *text)
{
    static const char *const days[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    for (int i = 0; i < 7; i++)
        if (!strncasecmp(text, days[i], 2))
            return i;
    return -1;
}

/* BYDAY: a list, or one day with an ordinal */
static bool read_days(rule_t *r, const char *v)
{
    while (*v) {
        char *end;
        apr_int64_t n = apr_strtoi64(v, &end, 10);
        int day = weekday(end);
        if (day < 0 || n < -1 || n > 4 || (n && r->days))
            return false;
        r->ordinal = (int)n;
        r->days |= 1u << day;
        v = end + 2;
        if (*v && *v++ != ',')
            return false;
    }
    return r->days != 0;
}

static bool read_until(rule_t *r, const char *v, const lab_zone_t *zone)
{
    if (strspn(v, "0123456789") != 8)
        return false;
    apr_int64_t n = apr_strtoi64(v, NULL, 10);
    lab_date_t date = {(int)(n / 10000), (int)(n / 100 % 100), (int)(n % 100)};
    r->until = date;
    r->has_until = true;
    if (!lab_date_is_valid(date))
        return false;
    if (v[8] == 'T' && strlen(v) == 16 && v[15] == 'Z') {
        apr_int64_t t = apr_strtoi64(v + 9, NULL, 10);
        lab_wall_t wall = {date, (int)(t / 10000 * 3600 + t / 100 % 100 * 60 + t % 100)};
        r->until = lab_zone_wall(zone, lab_wall_to_time(wall, 0)).date;
    }
    return true;
}

static bool read_part(rule_t *r, const char *name, const char *v, const lab_zone_t *zone)
{
    char *end;
    int n = (int)apr_strtoi64(v, &end, 10);
    if (!strcasecmp(name, "FREQ"))
        r->freq =
            (char)(strchr("DWMY", toupper((unsigned char)*v)) ? toupper((unsigned char)*v)
                                                              : 0);
    else if (!strcasecmp(name, "BYDAY"))
        return read_days(r, v);
    else if (!strcasecmp(name, "UNTIL"))
        return read_until(r, v, zone);
    else if (!strcasecmp(name, "WKST"))
        r->week_start = weekday(v);
    else if (*end)
        return false;
    else if (!strcasecmp(name, "INTERVAL"))
        r->interval = n;
    else if (!strcasecmp(name, "COUNT"))
        r->count = n;
    else if (!strcasecmp(name, "BYMONTHDAY"))
        r->month_day = n == -1 ? 31 : n;
    else if (!strcasecmp(name, "BYMONTH"))
        r->month = n;
    else if (!strcasecmp(name, "BYSETPOS"))
        r->set_pos = n;
    else
        return false;
    return true;
}

static void set_kind(const rule_t *r, lab_date_t start, lab_recur_t *out)
{
    int position = r->ordinal ? r->ordinal : r->set_pos;
    bool relative = r->days && (r->freq == 'M' || r->freq == 'Y');
    out->interval = r->freq == 'Y' ? 1 : r->interval;
    out->days = r->days;
    if (r->freq == 'W' || (r->freq == 'D' && r->days)) {
        out->kind = LAB_RECUR_WEEKLY;
        out->first_day = r->week_start;
        if (!out->days)
            out->days = 1u << lab_date_weekday(start);
        return;
    }
    out->kind = r->freq == 'D' ? LAB_RECUR_DAILY
                : r->freq == 'M'
                    ? (relative ? LAB_RECUR_RELATIVE_MONTHLY : LAB_RECUR_ABSOLUTE_MONTHLY)
                    : (relative ? LAB_RECUR_RELATIVE_YEARLY : LAB_RECUR_ABSOLUTE_YEARLY);
    if (r->freq == 'Y')
        out->month = r->month ? r->month : start.month;
    if (relative)
        out->week = position < 0 ? 5 : position ? position : 1;
    else if (r->freq != 'D')
        out->day_of_month = r->month_day ? r->month_day : start.day;
}

bool lab_ical_rule(lab_call_t *call, const char *text, lab_date_t start,
                   const lab_zone_t *zone, lab_recur_t *out)
{
    rule_t r = {.interval = 1, .week_start = 1};
    char *state, *copy = apr_pstrdup(call->pool, text);
    memset(out, 0, sizeof *out);
    for (char *t = apr_strtok(copy, ";", &state); t; t = apr_strtok(NULL, ";", &state)) {
        char *equal = strchr(t, '=');
        if (!equal)
            return false;
        *equal = '\0';
        if (!read_part(&r, t, equal + 1, zone))
            return false;
    }
    if (!r.freq || r.week_start < 0 || (r.freq == 'Y' && r.interval != 1))
        return false;
    set_kind(&r, start, out);
    out->start = start;
    out->range = r.count       ? LAB_RECUR_NUMBERED
                 : r.has_until ? LAB_RECUR_END_DATE
                               : LAB_RECUR_NO_END;
    out->count = r.count;
    out->end = r.until;
    lab_recur_error_t error;
    return lab_recur_validate(out, &error) == APR_SUCCESS;
}
