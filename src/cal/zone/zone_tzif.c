/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiled zone files (RFC 8536). Read here and not by libical, whose loader keeps its results in a
 * process-wide array without a lock and ignores the rule behind the last transition.
 */
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "cal/zone/zone_priv.h"

#define HEADER_LEN 44
#define MAX_TRANSITIONS 4000
#define MAX_HOURS 167

static apr_int64_t be_int(const unsigned char *p, int bytes)
{
    apr_uint64_t v = (p[0] & 0x80) ? ~(apr_uint64_t)0 : 0;
    for (int i = 0; i < bytes; i++)
        v = v << 8 | p[i];
    return (apr_int64_t)v;
}

typedef struct tzif_t {
    apr_size_t isut, isstd, leap, times, types, chars;
} tzif_t;

static int tzif_header(tzif_t *h, const char *data, apr_size_t len)
{
    const unsigned char *p = (const unsigned char *)data;

    if (len < HEADER_LEN || memcmp(data, "TZif", 4) != 0)
        return 0;
    h->isut = (apr_size_t)be_int(p + 20, 4);
    h->isstd = (apr_size_t)be_int(p + 24, 4);
    h->leap = (apr_size_t)be_int(p + 28, 4);
    h->times = (apr_size_t)be_int(p + 32, 4);
    h->types = (apr_size_t)be_int(p + 36, 4);
    h->chars = (apr_size_t)be_int(p + 40, 4);
    return h->isut <= 256 && h->isstd <= 256 && h->leap <= 1000 && h->times <= MAX_TRANSITIONS && h->types >= 1 &&
           h->types <= 256 && h->chars >= 1 && h->chars <= 1024;
}

static apr_size_t tzif_body(const tzif_t *h, int width)
{
    return h->times * (apr_size_t)width + h->times + h->types * 6 + h->chars + h->leap * ((apr_size_t)width + 4) +
           h->isstd + h->isut;
}

int xc_tzif_read(xc_zone_t *zone, const char *data, apr_size_t len, apr_pool_t *pool)
{
    tzif_t h;
    apr_size_t skip;

    if (!tzif_header(&h, data, len) || data[4] < '2')
        return 0;
    skip = HEADER_LEN + tzif_body(&h, 4);
    if (skip > len || !tzif_header(&h, data + skip, len - skip) || tzif_body(&h, 8) > len - skip - HEADER_LEN)
        return 0;

    const unsigned char *times = (const unsigned char *)data + skip + HEADER_LEN;
    const unsigned char *index = times + h.times * 8;
    const unsigned char *types = index + h.times;
    const char *chars = apr_pstrmemdup(pool, (const char *)types + h.types * 6, h.chars);
    xc_transition_t *t = apr_pcalloc(pool, (h.times + 1) * sizeof(*t));

    zone->n = 0;
    for (apr_size_t i = 0; i < h.times; i++) {
        const unsigned char *type = types + index[i] * 6;
        if (index[i] >= h.types || type[5] >= h.chars)
            return 0;
        t[i].at = be_int(times + i * 8, 8);
        t[i].offset_sec = (int)be_int(type, 4);
        t[i].is_dst = type[4] != 0;
        t[i].name = chars + type[5];
        if (t[i].offset_sec > 15 * 3600 || t[i].offset_sec < -(16 * 3600) || (i > 0 && t[i].at <= t[i - 1].at))
            return 0;
        zone->n++;
    }
    zone->t = t;
    zone->first_offset_sec = (int)be_int(types, 4);
    zone->first_name = types[5] < h.chars ? chars + types[5] : "";

    const char *footer = data + skip + HEADER_LEN + tzif_body(&h, 8);
    apr_size_t left = len - (apr_size_t)(footer - data);
    if (left >= 2 && footer[0] == '\n') {
        const char *end = memchr(footer + 1, '\n', left - 1);
        if (end && end > footer + 1 && !xc_rule_parse(&zone->rule, apr_pstrmemdup(pool, footer + 1, (apr_size_t)(end - footer - 1))))
            return 0;
    }
    xc_zone_trim(zone);
    return 1;
}

/* "CET", "<+03>" */
static const char *read_name(const char *p, char out[16])
{
    apr_size_t n = 0;
    int quoted = *p == '<';

    p += quoted;
    while (*p && (quoted ? *p != '>' : apr_isalpha(*p))) {
        if (n < 15)
            out[n++] = *p;
        p++;
    }
    out[n] = '\0';
    if (n == 0 || (quoted && *p++ != '>'))
        return NULL;
    return p;
}

/* [+-]h[h[h]][:mm[:ss]] in seconds */
static const char *read_time(const char *p, int *sec)
{
    int sign = 1, part[3] = {0, 0, 0};

    if (*p == '-' || *p == '+')
        sign = *p++ == '-' ? -1 : 1;
    for (int i = 0; i < 3; i++) {
        if (!apr_isdigit(*p))
            return NULL;
        while (apr_isdigit(*p) && part[i] < 1000)
            part[i] = part[i] * 10 + (*p++ - '0');
        if (*p != ':' || i == 2)
            break;
        p++;
    }
    if (part[0] > MAX_HOURS || part[1] > 59 || part[2] > 59)
        return NULL;
    *sec = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
    return p;
}

static const char *read_number(const char *p, int min, int max, int *out)
{
    int v = 0;

    if (!apr_isdigit(*p))
        return NULL;
    while (apr_isdigit(*p) && v < 1000)
        v = v * 10 + (*p++ - '0');
    *out = v;
    return v >= min && v <= max ? p : NULL;
}

/* ",M3.5.0/2" */
static const char *read_onset(const char *p, xc_onset_t *onset)
{
    if (*p++ != ',')
        return NULL;
    onset->time_sec = 2 * 3600;
    if (*p == 'M') {
        onset->form = XC_ONSET_NTH_DAY;
        p = read_number(p + 1, 1, 12, &onset->month);
        if (!p || *p != '.' || !(p = read_number(p + 1, 1, 5, &onset->week)))
            return NULL;
        if (*p != '.' || !(p = read_number(p + 1, 0, 6, &onset->weekday)))
            return NULL;
    } else if (*p == 'J') {
        onset->form = XC_ONSET_JULIAN;
        p = read_number(p + 1, 1, 365, &onset->day);
    } else {
        onset->form = XC_ONSET_YEAR_DAY;
        p = read_number(p, 0, 365, &onset->day);
    }
    if (p && *p == '/')
        p = read_time(p + 1, &onset->time_sec);
    return p;
}

int xc_rule_parse(xc_rule_t *rule, const char *tz)
{
    int west;
    const char *p = read_name(tz, rule->std_name);

    rule->set = rule->has_dst = 0;
    if (!p || !(p = read_time(p, &west)))
        return 0;
    rule->std_sec = -west;
    if (*p) {
        if (!(p = read_name(p, rule->dst_name)))
            return 0;
        rule->dst_sec = rule->std_sec + 3600;
        if (*p && *p != ',') {
            if (!(p = read_time(p, &west)))
                return 0;
            rule->dst_sec = -west;
        }
        if (!(p = read_onset(p, &rule->to_dst)) || !(p = read_onset(p, &rule->to_std)) || *p)
            return 0;
        rule->has_dst = rule->dst_sec != rule->std_sec;
        /* daylight time that ends where the next year's begins never ends */
        if (rule->has_dst && xc_onset_at(&rule->to_std, 2001, rule->dst_sec) >= xc_onset_at(&rule->to_dst, 2002, rule->std_sec)) {
            rule->std_sec = rule->dst_sec;
            memcpy(rule->std_name, rule->dst_name, sizeof(rule->std_name));
            rule->has_dst = 0;
        }
    }
    rule->set = 1;
    return 1;
}

void xc_zone_trim(xc_zone_t *zone)
{
    zone->rule_from = zone->n ? zone->t[zone->n - 1].at : APR_INT64_MIN;
    if (!zone->rule.set || !zone->rule.has_dst)
        return;
    while (zone->n > 1) {
        const xc_transition_t *last = &zone->t[zone->n - 1];
        xc_wall_t wall;
        xc_civil_from_sec(&wall, last->at);
        apr_int64_t to_dst = xc_onset_at(&zone->rule.to_dst, wall.year, zone->rule.std_sec);
        apr_int64_t to_std = xc_onset_at(&zone->rule.to_std, wall.year, zone->rule.dst_sec);
        int before = zone->t[zone->n - 2].offset_sec;
        if (!(last->at == to_dst && last->offset_sec == zone->rule.dst_sec && before == zone->rule.std_sec) &&
            !(last->at == to_std && last->offset_sec == zone->rule.std_sec && before == zone->rule.dst_sec))
            break;
        zone->rule_from = last->at;
        zone->n--;
    }
}
