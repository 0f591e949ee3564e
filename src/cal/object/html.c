/* SPDX-License-Identifier: Apache-2.0 */
#include "cal/object/html.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "base/buf.h"

static const struct {
    const char *name;
    unsigned code;
} entities[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}, {"nbsp", 0xa0}, {"auml", 0xe4}, {"ouml", 0xf6}, {"uuml", 0xfc}, {"Auml", 0xc4}, {"Ouml", 0xd6}, {"Uuml", 0xdc}, {"szlig", 0xdf}, {"eacute", 0xe9}, {"egrave", 0xe8}, {"agrave", 0xe0}, {"ccedil", 0xe7}, {"ndash", 0x2013}, {"mdash", 0x2014}, {"hellip", 0x2026}, {"euro", 0x20ac}, {"copy", 0xa9}, {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201c}, {"rdquo", 0x201d}, {"bull", 0x2022}};

static void put_code(xc_buf_t *out, unsigned c)
{
    if (c < 0x20 && c != '\n' && c != '\t')
        return;
    if (c == 0xa0)
        c = ' ';
    if (c < 0x80) {
        xc_buf_putc(out, (char)c);
    } else if (c < 0x800) {
        xc_buf_putc(out, (char)(0xc0 | c >> 6));
        xc_buf_putc(out, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        if (c >= 0xd800 && c < 0xe000)
            return;
        xc_buf_putc(out, (char)(0xe0 | c >> 12));
        xc_buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
        xc_buf_putc(out, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x110000) {
        xc_buf_putc(out, (char)(0xf0 | c >> 18));
        xc_buf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
        xc_buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
        xc_buf_putc(out, (char)(0x80 | (c & 0x3f)));
    }
}

/* "&amp;", "&#8364;", "&#x20ac;": past the semicolon; NULL when it is none. */
static const char *read_entity(const char *p, xc_buf_t *out)
{
    apr_size_t n = strcspn(p + 1, "; <&\n");

    if (n == 0 || n > 8 || p[1 + n] != ';')
        return NULL;
    if (p[1] == '#') {
        int hex = p[2] == 'x' || p[2] == 'X';
        char *end;
        apr_int64_t code = apr_strtoi64(p + 2 + hex, &end, hex ? 16 : 10);
        if (end != p + 1 + n || code <= 0 || code > 0x10ffff)
            return NULL;
        put_code(out, (unsigned)code);
        return p + 2 + n;
    }
    for (apr_size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
        if (strlen(entities[i].name) == n && strncmp(entities[i].name, p + 1, n) == 0) {
            put_code(out, entities[i].code);
            return p + 2 + n;
        }
    }
    return NULL;
}

static int is_tag(const char *tag, const char *name)
{
    apr_size_t n = strlen(name);
    return strncasecmp(tag, name, n) == 0 && !apr_isalnum(tag[n]);
}

static const char *find_ci(const char *p, const char *what)
{
    apr_size_t n = strlen(what);
    for (; *p; p++) {
        if (*p == *what && strncasecmp(p, what, n) == 0)
            return p;
    }
    return NULL;
}

static void new_line(xc_buf_t *out)
{
    while (out->len && out->data[out->len - 1] == ' ')
        out->data[--out->len] = '\0';
    xc_buf_putc(out, '\n');
}

/* A tag: past its '>'. Invisible elements are left out whole; blocks begin a line. */
static const char *read_tag(const char *p, xc_buf_t *out)
{
    static const char *const hidden[][2] = {{"style", "</style"}, {"script", "</script"}, {"head", "</head"}, {"title", "</title"}};
    static const char *const blocks[] = {"/p", "/div", "/tr", "/li", "/h1", "/h2", "/h3", "/h4", "/ul", "/ol", "/table"};
    const char *end;

    if (strncmp(p, "<!--", 4) == 0) {
        end = strstr(p + 4, "-->");
        return end ? end + 3 : p + strlen(p);
    }
    for (apr_size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        if (is_tag(p + 1, hidden[i][0]) && (end = find_ci(p, hidden[i][1])))
            p = end;
    }
    if (is_tag(p + 1, "br"))
        new_line(out);
    for (apr_size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        if (is_tag(p + 1, blocks[i]) && out->len && out->data[out->len - 1] != '\n')
            new_line(out);
    }
    end = strchr(p, '>');
    return end ? end + 1 : p + strlen(p);
}

const char *xc_html_to_text(const char *html, apr_pool_t *pool)
{
    xc_buf_t *out = xc_buf_make(pool, 0);
    const char *p = html, *after;

    while (*p) {
        if (*p == '<' && (apr_isalpha(p[1]) || strchr("/!?", p[1]) != NULL) && p[1]) {
            p = read_tag(p, out);
        } else if (*p == '&' && (after = read_entity(p, out))) {
            p = after;
        } else if (apr_isspace(*p)) {
            if (out->len && !apr_isspace(out->data[out->len - 1]))
                xc_buf_putc(out, ' ');
            p++;
        } else {
            xc_buf_putc(out, *p++);
        }
    }
    while (out->len && apr_isspace(out->data[out->len - 1]))
        out->data[--out->len] = '\0';
    const char *text = out->data;
    while (apr_isspace(*text))
        text++;
    return apr_pstrdup(pool, text);
}

const char *xc_text_bare(const char *text, apr_pool_t *pool)
{
    char *out = apr_palloc(pool, strlen(text) + 1), *w = out;
    for (; *text; text++) {
        if (apr_isspace(*text))
            continue;
        if ((unsigned char)*text == 0xc2 && (unsigned char)text[1] == 0xa0) {
            text++;
            continue;
        }
        *w++ = *text;
    }
    *w = '\0';
    return out;
}
