/* SPDX-License-Identifier: Apache-2.0 */
/* VTIMEZONE text of a zone: the changes since a moment as dates, the rule that holds today as two RRULEs. */
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "base/buf.h"
#include "cal/object/object_priv.h"
#include "cal/zone/zone_priv.h"

#define LIST_YEARS 80 /* rules that no RRULE can say are written as dates for so long */

static const char day_names[7][3] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

static void put_wall(xc_buf_t *buf, const char *name, apr_int64_t local_sec)
{
    xc_wall_t w;
    xc_civil_from_sec(&w, local_sec);
    xc_buf_printf(buf, "%s%04d%02d%02dT%02d%02d%02d\r\n", name, w.year, w.month, w.day, w.hour, w.minute, w.second);
}

static void put_offset(xc_buf_t *buf, const char *name, int sec)
{
    int a = sec < 0 ? -sec : sec;
    xc_buf_printf(buf, "%s%c%02d%02d", name, sec < 0 ? '-' : '+', a / 3600, a / 60 % 60);
    if (a % 60)
        xc_buf_printf(buf, "%02d", a % 60);
    xc_buf_puts(buf, "\r\n");
}

/* TEXT escaping; a TZID must not break its line */
static const char *escape(const char *s, apr_pool_t *pool)
{
    char *out = apr_palloc(pool, strlen(s) * 2 + 1), *p = out;
    for (; *s; s++) {
        if (strchr("\\;,", *s))
            *p++ = '\\';
        if (!apr_iscntrl(*s))
            *p++ = *s;
    }
    *p = '\0';
    return out;
}

typedef struct change_t {
    apr_int64_t at;
    int from_sec, to_sec, is_dst;
    const char *name;
} change_t;

static void begin_part(xc_buf_t *buf, const change_t *c)
{
    xc_buf_puts(buf, c->is_dst ? "BEGIN:DAYLIGHT\r\n" : "BEGIN:STANDARD\r\n");
    put_wall(buf, "DTSTART:", c->at + c->from_sec);
    put_offset(buf, "TZOFFSETFROM:", c->from_sec);
    put_offset(buf, "TZOFFSETTO:", c->to_sec);
    if (*c->name)
        xc_buf_printf(buf, "TZNAME:%s\r\n", c->name);
}

static void end_part(xc_buf_t *buf, const change_t *c)
{
    xc_buf_puts(buf, c->is_dst ? "END:DAYLIGHT\r\n" : "END:STANDARD\r\n");
}

/* The RRULE of an onset; 0 when there is none (a shift over the end of a month). */
static int put_rule(xc_buf_t *buf, const xc_onset_t *o)
{
    static const int month_days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int shift = o->time_sec >= 0 ? o->time_sec / 86400 : -((86399 - o->time_sec) / 86400);

    if (o->form == XC_ONSET_JULIAN && shift == 0) {
        int y, m, d;
        xc_date_from_days(xc_date_to_days(2001, 1, 1) + o->day - 1, &y, &m, &d);
        xc_buf_printf(buf, "RRULE:FREQ=YEARLY;BYMONTH=%d;BYMONTHDAY=%d\r\n", m, d);
        return 1;
    }
    if (o->form != XC_ONSET_NTH_DAY)
        return 0;
    const char *day = day_names[((o->weekday + shift) % 7 + 7) % 7];
    if (shift == 0) {
        xc_buf_printf(buf, "RRULE:FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s\r\n", o->month, o->week == 5 ? -1 : o->week, day);
        return 1;
    }
    /* a day counted from an n-th weekday: seven dates in a row hold it */
    int first = (o->week == 5 ? month_days[o->month - 1] - 6 : 1 + 7 * (o->week - 1)) + shift;
    if (first < 1 || first + 6 > month_days[o->month - 1] || (o->week == 5 && o->month == 2))
        return 0;
    xc_buf_printf(buf, "RRULE:FREQ=YEARLY;BYMONTH=%d;BYDAY=%s;BYMONTHDAY=", o->month, day);
    for (int i = 0; i < 7; i++)
        xc_buf_printf(buf, "%s%d", i ? "," : "", first + i);
    xc_buf_puts(buf, "\r\n");
    return 1;
}

/* The yearly rule: its two parts, each from its first change on. */
static void put_yearly(xc_buf_t *buf, const xc_zone_t *zone)
{
    const xc_rule_t *r = &zone->rule;
    apr_int64_t after = zone->n ? zone->rule_from : -11676096000LL; /* since 1600 */
    xc_wall_t w;

    xc_civil_from_sec(&w, after);
    for (int k = 0; k < 2; k++) {
        int to_dst = k == 0;
        const xc_onset_t *o = to_dst ? &r->to_dst : &r->to_std;
        change_t c = {0, to_dst ? r->std_sec : r->dst_sec, to_dst ? r->dst_sec : r->std_sec, to_dst, to_dst ? r->dst_name : r->std_name};
        int year = w.year - 1;
        while ((c.at = xc_onset_at(o, year, c.from_sec)) < after)
            year++;
        begin_part(buf, &c);
        if (!put_rule(buf, o)) {
            for (int y = year + 1; y < year + LIST_YEARS; y++)
                put_wall(buf, "RDATE:", xc_onset_at(o, y, c.from_sec) + c.from_sec);
        }
        end_part(buf, &c);
    }
}

/* Changes by date: those with equal offsets and name are one part with RDATEs. */
static void put_dated(xc_buf_t *buf, const change_t *c, int n, apr_pool_t *pool)
{
    char *done = apr_pcalloc(pool, (apr_size_t)n + 1);

    for (int i = 0; i < n; i++) {
        if (done[i])
            continue;
        begin_part(buf, &c[i]);
        for (int k = i + 1; k < n; k++) {
            if (!done[k] && c[k].from_sec == c[i].from_sec && c[k].to_sec == c[i].to_sec && c[k].is_dst == c[i].is_dst && strcmp(c[k].name, c[i].name) == 0) {
                put_wall(buf, "RDATE:", c[k].at + c[k].from_sec);
                done[k] = 1;
            }
        }
        end_part(buf, &c[i]);
    }
}

static const char *custom_text(const xc_zone_t *zone, const char *tzid, apr_pool_t *pool)
{
    icalcomponent *comp;
    icalproperty *p;

    if (!tzid || strcmp(tzid, zone->id) == 0 || !(comp = icalparser_parse_string(zone->vtimezone)))
        return zone->vtimezone;
    xc_ical_own(comp, pool);
    p = xc_comp_prop(comp, ICAL_TZID_PROPERTY);
    if (p)
        icalproperty_set_tzid(p, tzid);
    return xc_ical_text(comp, pool);
}

const char *xc_zone_vtimezone(const xc_zone_t *zone, const char *tzid, apr_time_t from, apr_pool_t *pool)
{
    apr_int64_t since = from / APR_USEC_PER_SEC - 86400;
    xc_buf_t *buf;
    int n = 0, yearly = zone->rule.set && zone->rule.has_dst;

    if (zone->vtimezone)
        return custom_text(zone, tzid, pool);
    buf = xc_buf_make(pool, 0);
    xc_buf_puts(buf, "BEGIN:VTIMEZONE\r\n");
    xc_buf_printf(buf, "TZID:%s\r\n", escape(tzid ? tzid : zone->id, pool));
    change_t *c = apr_palloc(pool, sizeof(*c) * (apr_size_t)(zone->n + 1));
    /* when the yearly rule held already, it is the whole truth a year later */
    if (!yearly || since < zone->rule_from + 366 * 86400LL) {
        for (int i = 0; i < zone->n; i++) {
            const xc_transition_t *t = &zone->t[i];
            if (t->at > since || i + 1 == zone->n || zone->t[i + 1].at > since)
                c[n++] = (change_t){t->at, i ? zone->t[i - 1].offset_sec : zone->first_offset_sec, t->offset_sec, t->is_dst, t->name};
        }
        if (n && c[0].at <= since) /* in force already: no change to be told, only the state */
            c[0].from_sec = c[0].to_sec;
        if (!n)
            c[n++] = (change_t){-11644473600LL - zone->first_offset_sec, zone->first_offset_sec, zone->first_offset_sec, 0, zone->first_name};
        if (zone->n == 0 && zone->rule.set)
            c[0] = (change_t){-zone->rule.std_sec, zone->rule.std_sec, zone->rule.std_sec, 0, zone->rule.std_name};
        if (!yearly && n == 1 && c[0].at <= since && c[0].at < 0 && since > 0)
            c[0].at = -c[0].to_sec;
    }
    put_dated(buf, c, n, pool);
    if (yearly)
        put_yearly(buf, zone);
    xc_buf_puts(buf, "END:VTIMEZONE\r\n");
    return apr_pstrmemdup(pool, buf->data, buf->len);
}
