/* SPDX-License-Identifier: Apache-2.0 */
/* Dates and wall clocks without a zone: the XML Schema texts. */
#include <string.h>

#include <apr_strings.h>

#include "zones/civil.h"

static const char *const weekday_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                            "Thursday", "Friday", "Saturday"};
static const char *const month_names[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n') {
        p++;
    }
    return p;
}

/* Exactly n digits; NULL when they are not there. */
static const char *take_digits(const char *p, int n, int *value)
{
    int v = 0;

    while (n-- > 0) {
        if (!is_digit(*p)) {
            return NULL;
        }
        v = v * 10 + (*p++ - '0');
    }
    *value = v;
    return p;
}

static const char *take_date(const char *p, lab_date_t *date)
{
    if ((p = take_digits(p, 4, &date->year)) == NULL || *p++ != '-' ||
        (p = take_digits(p, 2, &date->month)) == NULL || *p++ != '-' ||
        (p = take_digits(p, 2, &date->day)) == NULL || !lab_date_is_valid(*date)) {
        return NULL;
    }
    return p;
}

/* hh:mm:ss[.f+]; ms gets the first three digits of the fraction. */
static const char *take_clock(const char *p, int *sec, int *ms)
{
    int h, m, s, scale = 100;

    if ((p = take_digits(p, 2, &h)) == NULL || *p++ != ':' ||
        (p = take_digits(p, 2, &m)) == NULL || *p++ != ':' ||
        (p = take_digits(p, 2, &s)) == NULL) {
        return NULL;
    }
    *ms = 0;
    if (*p == '.') {
        if (!is_digit(*++p)) {
            return NULL;
        }
        for (; is_digit(*p); p++, scale /= 10) {
            *ms += (*p - '0') * scale;
        }
    }
    if (h > 24 || m > 59 || s > 59 || (h == 24 && (m != 0 || s != 0 || *ms != 0))) {
        return NULL;
    }
    *sec = h * 3600 + m * 60 + s;
    return p;
}

/* Z, +hh:mm, -hh:mm or nothing, then white space to the end. */
static int take_zone_and_end(const char *p, lab_datetime_zone_t *zone, int *offset_sec)
{
    *zone = LAB_DATETIME_LOCAL;
    *offset_sec = 0;
    if (*p == 'Z') {
        *zone = LAB_DATETIME_OFFSET;
        p++;
    } else if (*p == '+' || *p == '-') {
        int sign = *p == '-' ? -1 : 1, h, m;

        if ((p = take_digits(p + 1, 2, &h)) == NULL || *p++ != ':' ||
            (p = take_digits(p, 2, &m)) == NULL || m > 59 || h * 60 + m > 14 * 60) {
            return 0;
        }
        *zone = LAB_DATETIME_OFFSET;
        *offset_sec = sign * (h * 3600 + m * 60);
    }
    return *skip_space(p) == '\0';
}

apr_status_t lab_date_parse(const char *text, lab_date_t *out)
{
    lab_date_t date;
    lab_datetime_zone_t zone;
    int offset;
    const char *p;

    if (text == NULL || (p = take_date(skip_space(text), &date)) == NULL ||
        !take_zone_and_end(p, &zone, &offset)) {
        return APR_EINVAL;
    }
    *out = date;
    return APR_SUCCESS;
}

apr_status_t lab_datetime_parse(const char *text, lab_wall_t *out,
                                lab_datetime_zone_t *zone, int *offset_sec)
{
    lab_wall_t wall;
    lab_datetime_zone_t z;
    int offset, ms;
    const char *p;

    if (text == NULL || (p = take_date(skip_space(text), &wall.date)) == NULL ||
        *p++ != 'T' || (p = take_clock(p, &wall.sec, &ms)) == NULL ||
        !take_zone_and_end(p, &z, &offset)) {
        return APR_EINVAL;
    }
    if (wall.sec == 86400) {
        wall = lab_wall_add_sec(wall, 0);
        if (!lab_date_is_valid(wall.date)) {
            return APR_EINVAL;
        }
    }
    *out = wall;
    *zone = z;
    *offset_sec = offset;
    return APR_SUCCESS;
}

apr_status_t lab_time_of_day_parse(const char *text, int *sec)
{
    lab_datetime_zone_t zone;
    int offset, s, ms;
    const char *p;

    if (text == NULL || (p = take_clock(skip_space(text), &s, &ms)) == NULL ||
        !take_zone_and_end(p, &zone, &offset)) {
        return APR_EINVAL;
    }
    *sec = s == 86399 && ms >= 999 ? 86400 : s;
    return APR_SUCCESS;
}

/* One "<number><unit>" of a duration; the number may have a fraction when unit is S. */
static const char *take_part(const char *p, apr_int64_t *number, int *ms, char *unit)
{
    int digits = 0, scale = 100;

    *number = 0;
    *ms = 0;
    for (; is_digit(*p) && digits < 9; p++, digits++) {
        *number = *number * 10 + (*p - '0');
    }
    if (digits == 0 || is_digit(*p)) {
        return NULL;
    }
    if (*p == '.') {
        if (!is_digit(*++p)) {
            return NULL;
        }
        for (; is_digit(*p); p++, scale /= 10) {
            *ms += (*p - '0') * scale;
        }
        if (*p != 'S') {
            return NULL;
        }
    }
    *unit = *p;
    return *p == '\0' ? NULL : p + 1;
}

apr_status_t lab_duration_parse(const char *text, apr_int64_t *ms)
{
    static const char order[] = "DHMS";
    static const apr_int64_t factor[] = {86400, 3600, 60, 1};
    apr_int64_t total = 0, number;
    int sign = 1, in_time = 0, parts = 0, fraction;
    const char *p, *last = order, *at;
    char unit;

    if (text == NULL) {
        return APR_EINVAL;
    }
    p = skip_space(text);
    if (*p == '-') {
        sign = -1;
        p++;
    }
    if (*p++ != 'P') {
        return APR_EINVAL;
    }
    for (; *p != '\0' && *p == *skip_space(p); parts++) {
        if (*p == 'T') {
            if (in_time) {
                return APR_EINVAL;
            }
            in_time = 1;
            p++;
        }
        if ((p = take_part(p, &number, &fraction, &unit)) == NULL ||
            (at = strchr(last, unit)) == NULL || (unit != 'D') != in_time) {
            return APR_EINVAL;
        }
        total += number * factor[at - order] * 1000 + fraction;
        last = at + 1;
    }
    if (parts == 0 || *skip_space(p) != '\0') {
        return APR_EINVAL;
    }
    *ms = sign * total;
    return APR_SUCCESS;
}

const char *lab_date_format(lab_date_t date, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%04d-%02d-%02d", date.year, date.month, date.day);
}

const char *lab_wall_format(lab_wall_t wall, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%04d-%02d-%02dT%02d:%02d:%02d", wall.date.year,
                        wall.date.month, wall.date.day, wall.sec / 3600,
                        wall.sec / 60 % 60, wall.sec % 60);
}

const char *lab_time_format_utc(apr_time_t when, apr_pool_t *pool)
{
    return lab_time_format_offset(when, 0, pool);
}

const char *lab_offset_format(int offset_sec, apr_pool_t *pool)
{
    int minutes = (offset_sec < 0 ? -offset_sec : offset_sec) / 60;

    if (minutes == 0) {
        return "Z";
    }
    return apr_psprintf(pool, "%c%02d:%02d", offset_sec < 0 ? '-' : '+', minutes / 60,
                        minutes % 60);
}

const char *lab_time_format_offset(apr_time_t when, int offset_sec, apr_pool_t *pool)
{
    /* the written offset has minutes only: the clock must agree with it */
    int whole = offset_sec / 60 * 60;

    return apr_pstrcat(pool, lab_wall_format(lab_wall_from_time(when, whole), pool),
                       lab_offset_format(whole, pool), NULL);
}

const char *lab_duration_format(apr_int64_t seconds, apr_pool_t *pool)
{
    const char *sign = seconds < 0 ? "-" : "";
    apr_int64_t s = seconds < 0 ? -seconds : seconds;
    const char *days = "", *h = "", *m = "", *rest = "";

    if (s == 0) {
        return "PT0S";
    }
    if (s >= 86400) {
        days = apr_psprintf(pool, "%" APR_INT64_T_FMT "D", s / 86400);
    }
    s %= 86400;
    if (s >= 3600) {
        h = apr_psprintf(pool, "%dH", (int)(s / 3600));
    }
    if (s / 60 % 60 != 0) {
        m = apr_psprintf(pool, "%dM", (int)(s / 60 % 60));
    }
    if (s % 60 != 0) {
        rest = apr_psprintf(pool, "%dS", (int)(s % 60));
    }
    return apr_pstrcat(pool, sign, "P", days, s != 0 ? "T" : "", h, m, rest, NULL);
}

const char *lab_weekday_name(int weekday)
{
    return weekday >= 0 && weekday < 7 ? weekday_names[weekday] : NULL;
}

static int find_name(const char *const *names, int count, const char *name)
{
    int i;

    for (i = 0; name != NULL && i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

int lab_weekday_parse(const char *name)
{
    return find_name(weekday_names, 7, name);
}

const char *lab_month_name(int month)
{
    return month >= 1 && month <= 12 ? month_names[month - 1] : NULL;
}

int lab_month_parse(const char *name)
{
    int i = find_name(month_names, 12, name);

    return i < 0 ? -1 : i + 1;
}
