/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_escape.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "dav/dav.h"

const char *xc_ask_header(const xc_dav_t *d, const char *name)
{
    return apr_table_get(d->req->headers_in, name);
}

xc_error_t *xc_ask_depth(int *depth, const xc_dav_t *d)
{
    const char *value = xc_ask_header(d, "Depth");
    if (!value)
        *depth = XC_DEPTH_ABSENT;
    else if (!strcmp(value, "0") || !strcmp(value, "1"))
        *depth = *value - '0';
    else if (!strcasecmp(value, "infinity"))
        *depth = XC_DEPTH_INFINITY;
    else
        return xc_error_make(d->pool, 400, XC_COND_NONE, "The Depth header is neither 0, 1 nor infinity.");
    return NULL;
}

xc_error_t *xc_ask_xml(xmlNode **root, xc_dav_t *d)
{
    char *data;
    apr_size_t len;
    *root = NULL;
    XC_TRY(d->req->read_body(d->req, &data, &len, d->req->cfg->max_request_bytes));
    if (len == 0)
        return NULL;
    return xc_xml_parse(root, data, len, d->pool);
}

xc_error_t *xc_ask_time(const xc_dav_t *d)
{
    if (!d->req->deadline || apr_time_now() < d->req->deadline)
        return NULL;
    return xc_error_make(d->pool, 503, XC_COND_NONE, "This took longer than a request may take: ask for less at once.");
}

/* One preference of the list: "return=minimal", maybe with parameters and quotes (RFC 7240 2). */
static void read_preference(xc_dav_t *d, const char *text)
{
    char *copy = apr_pstrdup(d->pool, text), *to = copy;
    for (const char *p = text; *p && *p != ';'; p++)
        if (!apr_isspace(*p) && *p != '"')
            *to++ = (char)apr_tolower(*p);
    *to = '\0';
    if (!strcmp(copy, "return=minimal"))
        d->minimal = 1;
    else if (!strcmp(copy, "return=representation"))
        d->representation = 1;
    else if (!strcmp(copy, "depth-noroot") && d->method->handle == xc_method_propfind)
        d->no_root = 1;
}

void xc_ask_prefer(xc_dav_t *d)
{
    const char *prefer = xc_ask_header(d, "Prefer"), *brief = xc_ask_header(d, "Brief");
    while (prefer && *prefer) {
        apr_size_t len = strcspn(prefer, ",");
        read_preference(d, apr_pstrmemdup(d->pool, prefer, len));
        prefer += len + (prefer[len] == ',');
    }
    if (brief && (*brief == 't' || *brief == 'T'))
        d->minimal = 1;
}

xc_expect_t xc_ask_expect(const xc_dav_t *d)
{
    const char *reply = xc_ask_header(d, "Schedule-Reply");
    xc_expect_t expect = { .if_match = xc_ask_header(d, "If-Match"),
                           .if_none_match = xc_ask_header(d, "If-None-Match"),
                           .if_schedule_tag_match = xc_ask_header(d, "If-Schedule-Tag-Match"),
                           .no_reply = reply && (*reply == 'F' || *reply == 'f') };
    return expect;
}

int xc_ask_query(const xc_dav_t *d, const char *key)
{
    apr_size_t len = strlen(key);
    for (const char *p = d->req->query; p && *p;) {
        apr_size_t part = strcspn(p, "&");
        if (part >= len && !strncmp(p, key, len) && (part == len || p[len] == '='))
            return 1;
        p += part + (p[part] == '&');
    }
    return 0;
}

const char *xc_ask_query_value(const xc_dav_t *d, const char *key, apr_pool_t *pool)
{
    apr_size_t len = strlen(key);
    for (const char *p = d->req->query; p && *p;) {
        apr_size_t part = strcspn(p, "&");
        if (part > len && !strncmp(p, key, len) && p[len] == '=') {
            const char *value = apr_pstrmemdup(pool, p + len + 1, part - len - 1);
            return strchr(value, '%') ? apr_punescape_url(pool, value, NULL, NULL, 0) : value;
        }
        p += part + (p[part] == '&');
    }
    return NULL;
}

static int digits(const char *p, int n)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        if (!apr_isdigit(p[i]))
            return -1;
        value = value * 10 + (p[i] - '0');
    }
    return value;
}

int xc_time_parse_utc(const char *text, apr_time_t *out)
{
    if (strlen(text) != 16 || text[8] != 'T' || text[15] != 'Z')
        return -1;
    int year = digits(text, 4), month = digits(text + 4, 2), day = digits(text + 6, 2);
    int hour = digits(text + 9, 2), minute = digits(text + 11, 2), second = digits(text + 13, 2);
    int y, m, dd;
    if (year < 1 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59
        || second < 0 || second > 60)
        return -1;
    int days = xc_date_to_days(year, month, day);
    xc_date_from_days(days, &y, &m, &dd);
    if (y != year || m != month || dd != day)
        return -1;
    *out = apr_time_from_sec((apr_time_t)days * 86400 + hour * 3600 + minute * 60 + second);
    return 0;
}

static void explode(apr_time_t t, int *year, int *month, int *day, int *hour, int *minute, int *second)
{
    apr_time_t sec = apr_time_sec(t);
    apr_time_t days = sec / 86400, rest = sec % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    xc_date_from_days((int)days, year, month, day);
    *hour = (int)(rest / 3600);
    *minute = (int)(rest / 60 % 60);
    *second = (int)(rest % 60);
}

const char *xc_time_format_utc(apr_time_t t, apr_pool_t *pool)
{
    int y, mo, dd, h, mi, s;
    explode(t, &y, &mo, &dd, &h, &mi, &s);
    return apr_psprintf(pool, "%04d%02d%02dT%02d%02d%02dZ", y, mo, dd, h, mi, s);
}

const char *xc_time_format_iso(apr_time_t t, apr_pool_t *pool)
{
    int y, mo, dd, h, mi, s;
    explode(t, &y, &mo, &dd, &h, &mi, &s);
    return apr_psprintf(pool, "%04d-%02d-%02dT%02d:%02d:%02dZ", y, mo, dd, h, mi, s);
}

const char *xc_time_format_http(apr_time_t t, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, APR_RFC822_DATE_LEN);
    apr_rfc822_date(text, t);
    return text;
}
