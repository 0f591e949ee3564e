/* SPDX-License-Identifier: Apache-2.0 */
/* The simple values of XML Schema 2: dateTime in both directions, duration, int, boolean. */
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "exchange/ews/ews.h"

static int digits(const char **p, int n, int *out)
{
    *out = 0;
    for (int i = 0; i < n; i++, (*p)++) {
        if (!apr_isdigit(**p))
            return 0;
        *out = *out * 10 + (**p - '0');
    }
    return 1;
}

static int expect(const char **p, char c)
{
    return *(*p)++ == c;
}

int xc_ews_parse_time(apr_time_t *out, const char *text)
{
    int year, month, day, hour = 0, minute = 0, second = 0, oh = 0, om = 0;
    *out = 0;
    if (!text)
        return 0;
    const char *p = text + strspn(text, " \t\r\n");
    if (!digits(&p, 4, &year) || !expect(&p, '-') || !digits(&p, 2, &month) || !expect(&p, '-') || !digits(&p, 2, &day))
        return 0;
    if (*p == 'T') {
        p++;
        if (!digits(&p, 2, &hour) || !expect(&p, ':') || !digits(&p, 2, &minute) || !expect(&p, ':') || !digits(&p, 2, &second))
            return 0;
        if (*p == '.')
            p += 1 + strspn(p + 1, "0123456789");
    }
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60)
        return 0;
    apr_int64_t sec = (apr_int64_t)xc_date_to_days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    if (*p == '+' || *p == '-') {
        int sign = *p++ == '-' ? 1 : -1;
        if (!digits(&p, 2, &oh) || !expect(&p, ':') || !digits(&p, 2, &om))
            return 0;
        sec += sign * (oh * 3600 + om * 60);
    }
    *out = apr_time_from_sec(sec);
    return 1;
}

apr_time_t xc_ews_time(const char *text)
{
    apr_time_t t;
    xc_ews_parse_time(&t, text);
    return t;
}

int xc_ews_int(const char *text, int min, int max, int otherwise)
{
    char *end;
    if (!text || !*text)
        return otherwise;
    apr_int64_t n = apr_strtoi64(text, &end, 10);
    return *end || n < min || n > max ? otherwise : (int)n;
}

int xc_ews_is_true(const char *text)
{
    return text && (strcmp(text, "true") == 0 || strcmp(text, "1") == 0);
}

/* n digits and their unit; what follows the point of a second rounds it up. */
static int duration_part(const char **p, int time, int *sec)
{
    apr_int64_t n = 0;
    int len = 0;
    for (; apr_isdigit(**p); (*p)++, len++)
        n = n < 100000000 ? n * 10 + (**p - '0') : n;
    if (len && **p == '.') {
        for ((*p)++; apr_isdigit(**p); (*p)++)
            ;
        n++;
    }
    int unit = **p == 'D' && !time ? 86400 : **p == 'H' && time ? 3600 : **p == 'M' && time ? 60 : **p == 'S' && time ? 1 : 0;
    if (!unit || !len || n * unit > 400LL * 86400 - *sec)
        return 0;
    (*p)++;
    *sec += (int)(n * unit);
    return 1;
}

int xc_ews_parse_duration(int *sec, const char *text)
{
    int sign = 1, time = 0, parts = 0, total = 0;
    *sec = 0;
    if (!text)
        return 0;
    if (*text == '-') {
        sign = -1;
        text++;
    }
    if (*text++ != 'P')
        return 0;
    for (; *text; parts++) {
        if (!time && *text == 'T') {
            time = 1;
            text++;
        }
        if (!duration_part(&text, time, &total))
            return 0;
    }
    *sec = sign * total;
    return parts > 0;
}

const char *xc_ews_format_wall(const xc_wall_t *wall, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%04d-%02d-%02dT%02d:%02d:%02d", wall->year, wall->month, wall->day, wall->hour, wall->minute, wall->second);
}

const char *xc_ews_format_utc(apr_time_t t, apr_pool_t *pool)
{
    xc_wall_t wall;
    xc_zone_to_wall(xc_zone_utc(), t, &wall);
    return apr_pstrcat(pool, xc_ews_format_wall(&wall, pool), "Z", NULL);
}
