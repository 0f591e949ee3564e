/* SPDX-License-Identifier: Apache-2.0 */
/* A reader of the time zone database's compiled files (TZif, RFC 8536). */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <apr_env.h>
#include <apr_file_io.h>
#include <apr_strings.h>

#include "zones/zone_table.h"

#define MAX_FILE_BYTES (256 * 1024)
#define HEADER_BYTES   44
#define MAX_STEPS      4096

typedef struct tzif_header_t {
    apr_uint32_t isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt;
} tzif_header_t;

/** A date rule of the footer: Mm.w.d, Jn or n, and the clock time of the change. */
typedef struct posix_rule_t {
    char form; /* 'M', 'J' or '0' */
    int month, week, weekday, day;
    int wall_sec;
} posix_rule_t;

typedef struct posix_zone_t {
    int std_offset, dst_offset, has_dst;
    posix_rule_t to_dst, to_std;
} posix_zone_t;

static apr_uint32_t get32(const unsigned char *p)
{
    return (apr_uint32_t)p[0] << 24 | (apr_uint32_t)p[1] << 16 | (apr_uint32_t)p[2] << 8 |
           p[3];
}

static apr_int64_t get64(const unsigned char *p)
{
    return (apr_int64_t)((apr_uint64_t)get32(p) << 32 | get32(p + 4));
}

static apr_status_t read_file(const char *iana, const unsigned char **data,
                              apr_size_t *len, apr_pool_t *pool)
{
    apr_file_t *file;
    apr_finfo_t info;
    apr_status_t rv;
    char *dir = NULL;
    unsigned char *buf;

    if (apr_env_get(&dir, "TZDIR", pool) != APR_SUCCESS || *dir == '\0') {
        dir = apr_pstrdup(pool, "/usr/share/zoneinfo");
    }
    rv = apr_file_open(&file, apr_pstrcat(pool, dir, "/", iana, NULL), APR_FOPEN_READ, 0,
                       pool);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = apr_file_info_get(&info, APR_FINFO_SIZE, file);
    if (rv == APR_SUCCESS && (info.size < HEADER_BYTES || info.size > MAX_FILE_BYTES)) {
        rv = APR_EGENERAL;
    }
    if (rv == APR_SUCCESS) {
        *len = (apr_size_t)info.size;
        buf = apr_pcalloc(pool, *len + 1); /* the footer is read as a string */
        rv = apr_file_read_full(file, buf, *len, NULL);
        *data = buf;
    }
    apr_file_close(file);
    return rv;
}

static int get_header(const unsigned char *p, const unsigned char *end, tzif_header_t *h)
{
    if (end - p < HEADER_BYTES || memcmp(p, "TZif", 4) != 0) {
        return 0;
    }
    h->isutcnt = get32(p + 20);
    h->isstdcnt = get32(p + 24);
    h->leapcnt = get32(p + 28);
    h->timecnt = get32(p + 32);
    h->typecnt = get32(p + 36);
    h->charcnt = get32(p + 40);
    return h->timecnt < MAX_STEPS && h->typecnt > 0 && h->typecnt < 256 &&
           h->charcnt < 4096 && h->leapcnt < 4096 && h->isutcnt < 256 &&
           h->isstdcnt < 256;
}

static apr_size_t body_bytes(const tzif_header_t *h, apr_size_t time_bytes)
{
    return h->timecnt * (time_bytes + 1) + h->typecnt * 6 + h->charcnt +
           h->leapcnt * (time_bytes + 4) + h->isstdcnt + h->isutcnt;
}

/* --- the footer: a POSIX TZ string --- */

static const char *skip_name(const char *p)
{
    const char *start = p;

    if (*p == '<') {
        p = strchr(p, '>');
        return p == NULL ? NULL : p + 1;
    }
    while ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z')) {
        p++;
    }
    return p == start ? NULL : p;
}

static const char *take_number(const char *p, int *value)
{
    int v = 0, digits = 0;

    for (; *p >= '0' && *p <= '9' && digits < 4; p++, digits++) {
        v = v * 10 + (*p - '0');
    }
    *value = v;
    return digits == 0 ? NULL : p;
}

/* [+-]hh[:mm[:ss]] in seconds */
static const char *take_hms(const char *p, int *seconds)
{
    int sign = 1, v, total;

    if (*p == '+' || *p == '-') {
        sign = *p++ == '-' ? -1 : 1;
    }
    if ((p = take_number(p, &v)) == NULL) {
        return NULL;
    }
    total = v * 3600;
    if (*p == ':') {
        if ((p = take_number(p + 1, &v)) == NULL) {
            return NULL;
        }
        total += v * 60;
        if (*p == ':') {
            if ((p = take_number(p + 1, &v)) == NULL) {
                return NULL;
            }
            total += v;
        }
    }
    *seconds = sign * total;
    return p;
}

static const char *take_rule(const char *p, posix_rule_t *rule)
{
    if (*p++ != ',') {
        return NULL;
    }
    memset(rule, 0, sizeof(*rule));
    rule->wall_sec = 7200;
    if (*p == 'M') {
        rule->form = 'M';
        if ((p = take_number(p + 1, &rule->month)) == NULL || *p++ != '.' ||
            (p = take_number(p, &rule->week)) == NULL || *p++ != '.' ||
            (p = take_number(p, &rule->weekday)) == NULL || rule->month < 1 ||
            rule->month > 12 || rule->week < 1 || rule->week > 5 || rule->weekday > 6) {
            return NULL;
        }
    } else {
        rule->form = *p == 'J' ? 'J' : '0';
        if ((p = take_number(*p == 'J' ? p + 1 : p, &rule->day)) == NULL) {
            return NULL;
        }
    }
    if (*p == '/') {
        p = take_hms(p + 1, &rule->wall_sec);
    }
    return p;
}

static int parse_posix(const char *p, posix_zone_t *zone)
{
    int west;

    memset(zone, 0, sizeof(*zone));
    if ((p = skip_name(p)) == NULL || (p = take_hms(p, &west)) == NULL) {
        return 0;
    }
    zone->std_offset = -west;
    if (*p == '\n' || *p == '\0') {
        return 1;
    }
    if ((p = skip_name(p)) == NULL) {
        return 0;
    }
    zone->dst_offset = zone->std_offset + 3600;
    if (*p != ',') {
        if ((p = take_hms(p, &west)) == NULL) {
            return 0;
        }
        zone->dst_offset = -west;
    }
    zone->has_dst = 1;
    return (p = take_rule(p, &zone->to_dst)) != NULL &&
           (p = take_rule(p, &zone->to_std)) != NULL && (*p == '\n' || *p == '\0');
}

static apr_int64_t rule_instant(const posix_rule_t *rule, int year, int offset_before)
{
    lab_date_t date = {year, 1, 1};
    int days;

    if (rule->form == 'M') {
        lab_zone_change_t change = {0};

        change.month = rule->month;
        change.weekday = rule->weekday;
        change.occurrence = rule->week == 5 ? -1 : rule->week;
        days = lab_date_to_days(lab_zone_change_date(&change, year));
    } else if (rule->form == 'J') {
        days = lab_date_to_days(date) + rule->day - 1;
        if (rule->day >= 60 && lab_date_days_in_month(year, 2) == 29) {
            days++;
        }
    } else {
        days = lab_date_to_days(date) + rule->day;
    }
    return (apr_int64_t)days * 86400 + rule->wall_sec - offset_before;
}

/* Add what the footer says about the years after the last written step. */
static int extend(const posix_zone_t *zone, lab_zone_step_t *steps, int n, int max)
{
    int year;

    if (!zone->has_dst) {
        return n;
    }
    for (year = LAB_ZONE_FIRST_YEAR - 1; year <= LAB_ZONE_LAST_YEAR + 1; year++) {
        lab_zone_step_t pair[2];
        int i;

        pair[0].from_sec = rule_instant(&zone->to_dst, year, zone->std_offset);
        pair[0].offset_sec = zone->dst_offset;
        pair[1].from_sec = rule_instant(&zone->to_std, year, zone->dst_offset);
        pair[1].offset_sec = zone->std_offset;
        if (pair[1].from_sec < pair[0].from_sec) {
            lab_zone_step_t swap = pair[0];

            pair[0] = pair[1];
            pair[1] = swap;
        }
        for (i = 0; i < 2; i++) {
            if (pair[i].from_sec > steps[n - 1].from_sec && n < max) {
                steps[n++] = pair[i];
            }
        }
    }
    return n;
}

apr_status_t lab_tzif_read(const char *iana, const lab_zone_step_t **steps, int *nsteps,
                           apr_pool_t *pool)
{
    const unsigned char *data, *p, *end, *times, *indices, *types;
    tzif_header_t h;
    posix_zone_t footer;
    apr_size_t len = 0;
    apr_status_t rv;
    lab_zone_step_t *out;
    apr_uint32_t i;
    int max, n = 0;

    rv = read_file(iana, &data, &len, pool);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    end = data + len;
    /* the first block has 32-bit times: it is skipped, version 2 and later follow with 64
     */
    if (!get_header(data, end, &h) || data[4] < '2' ||
        (apr_size_t)(end - data) < HEADER_BYTES + body_bytes(&h, 4)) {
        return APR_EGENERAL;
    }
    p = data + HEADER_BYTES + body_bytes(&h, 4);
    if (!get_header(p, end, &h) ||
        (apr_size_t)(end - p) < HEADER_BYTES + body_bytes(&h, 8) + 2) {
        return APR_EGENERAL;
    }
    times = p + HEADER_BYTES;
    indices = times + h.timecnt * 8;
    types = indices + h.timecnt;
    p += HEADER_BYTES + body_bytes(&h, 8);

    max = (int)h.timecnt + 1 + 2 * (LAB_ZONE_LAST_YEAR - LAB_ZONE_FIRST_YEAR + 3);
    out = apr_palloc(pool, sizeof(*out) * max);
    out[n].from_sec = INT64_MIN;
    out[n++].offset_sec = (int)get32(types);
    for (i = 0; i < h.timecnt; i++) {
        if (indices[i] >= h.typecnt) {
            return APR_EGENERAL;
        }
        out[n].from_sec = get64(times + i * 8);
        out[n].offset_sec = (int)get32(types + indices[i] * 6);
        if (out[n].from_sec > out[n - 1].from_sec) {
            n++;
        }
    }
    if (*p == '\n' && parse_posix((const char *)p + 1, &footer)) {
        n = extend(&footer, out, n, max);
    }
    *steps = out;
    *nsteps = n;
    return APR_SUCCESS;
}
