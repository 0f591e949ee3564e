/* SPDX-License-Identifier: Apache-2.0 */
#include "dav/path.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_tables.h>
#include <string.h>

#include "base/xml.h"

/* More segments than any URL of ours has; a longer path is answered before it is read. */
#define MAX_SEGMENTS 8

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static xc_error_t *malformed(apr_pool_t *pool, const char *why)
{
    return xc_error_make(pool, 400, XC_COND_NONE, "The path is malformed: %s.", why);
}

/* One segment, raw[0..len), decoded and judged. */
static xc_error_t *decode_segment(const char **out, const char *raw, apr_size_t len, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, len + 1);
    apr_size_t n = 0;
    for (apr_size_t i = 0; i < len; i++) {
        int c = (unsigned char)raw[i];
        if (c == '%') {
            int hi = i + 2 < len ? hex_value(raw[i + 1]) : -1;
            int lo = i + 2 < len ? hex_value(raw[i + 2]) : -1;
            if (hi < 0 || lo < 0)
                return malformed(pool, "a percent sign begins no escape");
            c = hi * 16 + lo;
            i += 2;
            if (c == '/' || c == 0)
                return malformed(pool, "an encoded slash or NUL");
        }
        if (c < 0x20 || c == 0x7f)
            return malformed(pool, "a control character");
        text[n++] = (char)c;
    }
    text[n] = '\0';
    if (n == 0)
        return malformed(pool, "an empty segment");
    if (!strcmp(text, ".") || !strcmp(text, ".."))
        return malformed(pool, "a dot segment");
    if (n > XC_SEGMENT_MAX_BYTES)
        return xc_error_make(pool, 414, XC_COND_NONE, "A part of the path is longer than %d bytes.", XC_SEGMENT_MAX_BYTES);
    if (!xc_xml_valid_text(text, n))
        return malformed(pool, "it is not UTF-8");
    *out = text;
    return NULL;
}

static xc_error_t *split(const char **segments, int *count, int *slash, const char *path, apr_pool_t *pool)
{
    *count = 0;
    *slash = 1;
    const char *p = path + 1;
    while (*p) {
        const char *end = strchr(p, '/');
        apr_size_t len = end ? (apr_size_t)(end - p) : strlen(p);
        if (*count == MAX_SEGMENTS)
            return xc_error_make(pool, 404, XC_COND_NONE, "There is nothing at this path.");
        XC_TRY(decode_segment(&segments[(*count)++], p, len, pool));
        *slash = end != NULL;
        p += len + (end != NULL);
    }
    return NULL;
}

/* The part of `path` below `prefix` ("" or "/dav"), beginning with a slash; NULL when it is elsewhere. */
static const char *below(const char *path, const char *prefix)
{
    apr_size_t len = strlen(prefix);
    if (strncmp(path, prefix, len))
        return NULL;
    if (path[len] == '\0')
        return "/";
    return path[len] == '/' ? path + len : NULL;
}

static const char *lower(const char *text, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, text);
    for (char *p = copy; *p; p++)
        *p = (char)apr_tolower(*p);
    return copy;
}

/* The kind of what lies below a home: `count` segments, of which the third names the collection. */
static xc_rkind_e kind_in_home(const char *collection, int count)
{
    if (!strcmp(collection, XC_SEGMENT_INBOX))
        return count == 3 ? XC_R_INBOX : XC_R_MESSAGE;
    if (!strcmp(collection, XC_SEGMENT_OUTBOX))
        return count == 3 ? XC_R_OUTBOX : 0;
    return count == 3 ? XC_R_CALENDAR : XC_R_OBJECT;
}

/* Segments below the mount point, in our own layout, to a resource. */
static xc_error_t *shape(xc_path_t *out, const char **segments, int count, apr_pool_t *pool)
{
    int principals = count > 0 && !strcmp(segments[0], "principals");
    int calendars = count > 0 && !strcmp(segments[0], "calendars");
    if (count == 0)
        out->kind = XC_R_ROOT;
    else if (principals && count <= 2)
        out->kind = count == 1 ? XC_R_PRINCIPALS : XC_R_PRINCIPAL;
    else if (principals && count == 3 && (!strcmp(segments[2], XC_SEGMENT_PROXY_READ) || !strcmp(segments[2], XC_SEGMENT_PROXY_WRITE))) {
        out->kind = XC_R_PROXY;
        out->name = segments[2];
        count = 2; /* that was it */
    }
    else if (calendars && count <= 4)
        out->kind = count == 1 ? XC_R_HOMES : count == 2 ? XC_R_HOME : kind_in_home(segments[2], count);
    if (!out->kind)
        return xc_error_make(pool, 404, XC_COND_NONE, "There is nothing at this path.");
    if (count > 1)
        out->address = lower(segments[1], pool);
    if (count > 2)
        out->calendar = segments[2];
    if (count > 3)
        out->name = segments[3];
    return NULL;
}

/* Which layout a path is written in; *rest is the path in ours, below the mount point, NULL = neither. */
static void choose_layout(const char **rest, xc_layout_e *layout, const char *uri, const char *base, apr_pool_t *pool)
{
    const char *found;
    *layout = XC_LAYOUT_OWN;
    *rest = *base ? below(uri, base) : NULL;
    if (*rest)
        return;
    if ((found = below(uri, "/principals/users"))) {
        *layout = XC_LAYOUT_DAVMAIL;
        *rest = apr_pstrcat(pool, "/principals", found, NULL);
    }
    else if ((found = below(uri, "/users"))) {
        *layout = XC_LAYOUT_DAVMAIL;
        *rest = apr_pstrcat(pool, "/calendars", found, NULL);
    }
    else if (!*base)
        *rest = uri;
    else if (!strcmp(uri, "/") || below(uri, "/principals")) {
        *layout = XC_LAYOUT_BARE;
        *rest = uri;
    }
}

xc_error_t *xc_path_parse(xc_path_t *out, const char *uri, const char *base, apr_pool_t *pool)
{
    const char *segments[MAX_SEGMENTS + 1], *rest;
    int count;
    memset(out, 0, sizeof(*out));
    if (*uri != '/')
        return malformed(pool, "it does not begin with a slash");
    choose_layout(&rest, &out->layout, uri, base, pool);
    if (!rest) {
        /* malformed before unknown: a trick is called by its name */
        XC_TRY(split(segments, &count, &out->slash, uri, pool));
        return xc_error_make(pool, 404, XC_COND_NONE, "There is nothing at this path.");
    }
    XC_TRY(split(segments, &count, &out->slash, rest, pool));
    return shape(out, segments, count, pool);
}

typedef struct origin_t {
    const char *host;
    const char *port;         /* NULL = not written */
    const char *default_port;
} origin_t;

/* Splits "scheme://host[:port]" off url; returns the rest ("" or from the slash on), NULL when it is no URL. */
static const char *read_origin(origin_t *out, const char *url, apr_pool_t *pool)
{
    const char *sep = strstr(url, "://");
    if (!sep || sep == url)
        return NULL;
    for (const char *p = url; p < sep; p++)
        if (!apr_isalnum(*p) && *p != '+' && *p != '-' && *p != '.')
            return NULL;
    const char *authority = sep + 3;
    apr_size_t len = strcspn(authority, "/?#");
    const char *colon = NULL;
    for (apr_size_t i = 0; i < len; i++) {
        if (authority[i] == '@')
            return NULL; /* user info is never part of an href of ours */
        if (authority[i] == ']')
            colon = NULL;
        else if (authority[i] == ':')
            colon = authority + i;
    }
    apr_size_t host_len = colon ? (apr_size_t)(colon - authority) : len;
    if (host_len == 0)
        return NULL;
    out->default_port = sep - url == 5 && !apr_strnatcasecmp(apr_pstrmemdup(pool, url, 5), "https") ? "443" : "80";
    out->host = lower(apr_pstrmemdup(pool, authority, host_len), pool);
    out->port = colon && len > host_len + 1 ? apr_pstrmemdup(pool, colon + 1, len - host_len - 1) : NULL;
    return authority + len;
}

/*
 * The scheme does not count: behind a proxy that ends TLS, the client's https is our http. Nor does
 * a port that neither side wrote.
 */
static int same_origin(const origin_t *a, const origin_t *b)
{
    if (strcmp(a->host, b->host))
        return 0;
    if (!a->port && !b->port)
        return 1;
    return !strcmp(a->port ? a->port : a->default_port, b->port ? b->port : b->default_port);
}

xc_error_t *xc_path_parse_url(xc_path_t *out, const char *url, const char *host_url, const char *base, apr_pool_t *pool)
{
    memset(out, 0, sizeof(*out));
    while (apr_isspace(*url))
        url++;
    apr_size_t len = strlen(url);
    while (len && apr_isspace(url[len - 1]))
        len--;
    const char *path = apr_pstrmemdup(pool, url, len);
    if (*path != '/') {
        origin_t theirs, ours;
        const char *rest = read_origin(&theirs, path, pool);
        if (!rest)
            return malformed(pool, "neither an absolute path nor a URL");
        if (!host_url || !read_origin(&ours, host_url, pool) || !same_origin(&theirs, &ours))
            return xc_error_make(pool, 502, XC_COND_NONE, "The URL belongs to another server.");
        path = *rest ? rest : "/";
    }
    if (strpbrk(path, "?#"))
        return malformed(pool, "a query or fragment");
    return xc_path_parse(out, path, base, pool);
}

const char *xc_path_encode(const char *segment, apr_pool_t *pool)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = apr_palloc(pool, 3 * strlen(segment) + 1), *p = out;
    for (const unsigned char *s = (const unsigned char *)segment; *s; s++) {
        if ((*s < 0x80 && apr_isalnum(*s)) || strchr("-._~@", *s))
            *p++ = (char)*s;
        else {
            *p++ = '%';
            *p++ = hex[*s >> 4];
            *p++ = hex[*s & 15];
        }
    }
    *p = '\0';
    return out;
}

const char *xc_path_href(const xc_path_t *path, const char *base, xc_layout_e layout, apr_pool_t *pool)
{
    int davmail = layout == XC_LAYOUT_DAVMAIL;
    const char *principals = davmail ? "/principals/users/" : apr_pstrcat(pool, base, "/principals/", NULL);
    const char *homes = davmail ? "/users/" : apr_pstrcat(pool, base, "/calendars/", NULL);
    const char *who = path->address ? apr_pstrcat(pool, xc_path_encode(path->address, pool), "/", NULL) : "";
    switch (path->kind) {
    case XC_R_PRINCIPALS:
    case XC_R_PRINCIPAL:
        return apr_pstrcat(pool, principals, who, NULL);
    case XC_R_PROXY:
        return apr_pstrcat(pool, principals, who, path->name, "/", NULL);
    case XC_R_HOMES:
    case XC_R_HOME:
        return apr_pstrcat(pool, homes, who, NULL);
    case XC_R_CALENDAR:
    case XC_R_INBOX:
    case XC_R_OUTBOX:
        return apr_pstrcat(pool, homes, who, xc_path_encode(path->calendar, pool), "/", NULL);
    case XC_R_OBJECT:
    case XC_R_MESSAGE:
        return apr_pstrcat(pool, homes, who, xc_path_encode(path->calendar, pool), "/", xc_path_encode(path->name, pool), NULL);
    case XC_R_ROOT:
        break;
    }
    return layout == XC_LAYOUT_BARE ? "/" : apr_pstrcat(pool, base, "/", NULL);
}

static int same(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

int xc_path_equal(const xc_path_t *a, const xc_path_t *b)
{
    return a->kind == b->kind && same(a->address, b->address) && same(a->calendar, b->calendar) && same(a->name, b->name);
}
