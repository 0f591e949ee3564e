/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a client's text, checked before libical sees them: libical asserts on some and drops others silently. */
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "base/buf.h"
#include "cal/object/lines.h"
#include "cal/object/object_priv.h"

#define MAX_DEPTH 6
#define MAX_LINES 100000
#define MAX_LIST 400 /* libical reads at most 500 values of a list */
#define LONG_LINE 1000
#define FOLD_AT 72

static xc_error_t *bad_line(apr_pool_t *pool, int line, const char *why)
{
    return xc_error_make(pool, 0, XC_COND_VALID_CALENDAR_DATA, "The calendar data is not valid in line %d: %s.", line, why);
}

/* Length of the UTF-8 sequence at p, 0 when there is none; no overlong forms, no surrogates. */
static int utf8_len(const unsigned char *p, apr_size_t left)
{
    if (*p < 0x80)
        return 1;
    int n = *p >= 0xf0 && *p <= 0xf4 ? 4 : *p >= 0xe0 && *p < 0xf0 ? 3 : *p >= 0xc2 && *p < 0xe0 ? 2 : 0;
    if (n == 0 || (apr_size_t)n > left)
        return 0;
    for (int i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    }
    if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) || (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
        return 0;
    return n;
}

/* Old clients fold between the bytes of one character, so it is the unfolded text that must be UTF-8. */
static xc_error_t *check_bytes(const char *text, apr_size_t len, apr_pool_t *pool)
{
    char *flat = apr_palloc(pool, len + 1);
    apr_size_t n = 0;
    int line = 1;

    for (apr_size_t i = 0; i < len; i++) {
        apr_size_t k = i + (text[i] == '\r' && i + 1 < len);
        if (text[k] == '\n' && k + 1 < len && (text[k + 1] == ' ' || text[k + 1] == '\t'))
            i = k + 1;
        else
            flat[n++] = text[i];
    }
    for (apr_size_t i = 0; i < n;) {
        const unsigned char *p = (const unsigned char *)flat + i;
        int step = utf8_len(p, n - i);
        if (step == 0)
            return bad_line(pool, line, "it is not UTF-8");
        if (*p == '\n')
            line++;
        if (*p == 0 || (*p < 0x20 && !strchr("\t\r\n\b\f\v", *p)) || *p == 0x7f)
            return bad_line(pool, line, "it holds a control character");
        i += (apr_size_t)step;
    }
    return NULL;
}

static int is_name(const char *s)
{
    if (!*s)
        return 0;
    for (; *s; s++) {
        if (!apr_isalnum(*s) && *s != '-' && *s != '_' && *s != '.')
            return 0;
    }
    return 1;
}

/* "EXDATE;…:a,b,c…" of very many values as several lines */
static void put_list(xc_buf_t *out, const char *head, apr_size_t head_len, const char *value)
{
    while (*value) {
        const char *p = value;
        for (int n = 0; *p && !(*p == ',' && ++n == MAX_LIST); p++)
            ;
        xc_buf_append(out, head, head_len);
        xc_buf_append(out, value, (apr_size_t)(p - value));
        xc_buf_puts(out, "\r\n");
        value = *p ? p + 1 : p;
    }
}

/* COUNT=0, as macOS has written it, is an error to libical: the rule has its DTSTART and no more. */
static void put_rrule(xc_buf_t *out, const char *head, apr_size_t head_len, const char *value)
{
    xc_buf_append(out, head, head_len);
    for (const char *p = value; *p;) {
        apr_size_t n = strcspn(p, ";");
        if (n == 7 && strncasecmp(p, "COUNT=0", 7) == 0)
            xc_buf_puts(out, "COUNT=1");
        else
            xc_buf_append(out, p, n);
        p += n;
        if (*p) {
            if (p[1]) /* a trailing semicolon is an error to libical as well */
                xc_buf_putc(out, ';');
            p++;
        }
    }
    xc_buf_puts(out, "\r\n");
}

/* libical takes time by the square of a line's length when it is not folded. */
static void put_folded(xc_buf_t *out, const char *raw, apr_size_t len)
{
    apr_size_t from = 0, begin = 0;

    for (apr_size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)raw[i];
        if (c == '\n') {
            begin = i + 1;
        } else if (i - begin >= FOLD_AT && c != '\r' && raw[i - 1] != '\r' && (c & 0xc0) != 0x80) {
            xc_buf_append(out, raw + from, i - from);
            xc_buf_puts(out, "\r\n ");
            from = begin = i;
        }
    }
    xc_buf_append(out, raw + from, len - from);
}

/*
 * What libical would misread in a line before its value: an extension's name in lower case is none to it, and after a backslash,
 * in parameters a character like any other, it sees no delimiter.
 */
static void plain_head(xc_line_t *line, apr_pool_t *pool)
{
    char *copy = NULL;
    int in_name = 1;

    for (apr_size_t i = 0; i < line->colon; i++) {
        char c = line->raw[i];
        in_name = in_name && c != ';';
        if (in_name ? !apr_islower(c) : c != '\\')
            continue;
        copy = copy ? copy : apr_pmemdup(pool, line->raw, line->raw_len);
        copy[i] = in_name ? (char)apr_toupper(c) : '/';
    }
    line->raw = copy ? copy : line->raw;
}

static void put_line(xc_buf_t *out, xc_line_t *line, const char *value, apr_pool_t *pool)
{
    int is_empty = value[strspn(value, " \t")] == '\0';

    if (is_empty && strcmp(line->name, "SUMMARY") == 0) { /* libical has no empty values; an occurrence may have no title though its series has one */
        xc_buf_puts(out, "SUMMARY:\\n\r\n");
        return;
    }
    if (is_empty || strcmp(line->name, "X-LIC-ERROR") == 0)
        return;
    if (strcmp(line->name, "PROXIMITY") == 0) /* of RFC 9074 libical knows nothing, but it keeps what begins with X-: as Apple's name for it */
        xc_buf_puts(out, "X-APPLE-");
    plain_head(line, pool);
    if (strcmp(line->name, "RRULE") == 0 || strcmp(line->name, "EXRULE") == 0) {
        put_rrule(out, line->raw, line->colon + 1, value);
    } else if ((strcmp(line->name, "EXDATE") == 0 || strcmp(line->name, "RDATE") == 0) && strlen(value) > 4000) {
        put_list(out, line->raw, line->colon + 1, value);
    } else {
        if (line->raw_len > LONG_LINE)
            put_folded(out, line->raw, line->raw_len);
        else
            xc_buf_append(out, line->raw, line->raw_len);
        if (line->raw_len == 0 || line->raw[line->raw_len - 1] != '\n')
            xc_buf_puts(out, "\r\n");
    }
}

static xc_error_t *scan_lines(xc_buf_t *out, const char *text, apr_size_t len, apr_pool_t *pool)
{
    const char *open[MAX_DEPTH];
    int depth = 0, roots = 0, number = 0;
    apr_size_t pos = 0;
    xc_line_t line;

    while (xc_line_next(text, len, &pos, &line)) {
        number++;
        const char *value = xc_line_value(&line, pool);
        if (line.name[0] == '\0' && !*value)
            continue;
        if (number > MAX_LINES)
            return bad_line(pool, number, "there are too many lines");
        if (line.colon >= line.raw_len || !is_name(line.name))
            return bad_line(pool, number, "it is no content line (name, colon, value)");
        if (strcmp(line.name, "BEGIN") == 0) {
            if (!is_name(value) || depth == MAX_DEPTH)
                return bad_line(pool, number, depth == MAX_DEPTH ? "components are nested too deeply" : "BEGIN of nothing");
            if (depth == 0 && (strcasecmp(value, "VCALENDAR") != 0 || roots++))
                return bad_line(pool, number, roots ? "there is more than one VCALENDAR" : "it does not begin a VCALENDAR");
            open[depth++] = value;
        } else if (strcmp(line.name, "END") == 0) {
            if (depth == 0 || strcasecmp(value, open[depth - 1]) != 0)
                return bad_line(pool, number, "END without its BEGIN");
            depth--;
        } else if (depth == 0) {
            return bad_line(pool, number, "it lies outside of VCALENDAR");
        }
        put_line(out, &line, value, pool);
    }
    if (depth || !roots)
        return bad_line(pool, number, roots ? "a component has no END" : "there is no VCALENDAR");
    return NULL;
}

xc_error_t *xc_object_scan(const char **clean, const char *text, apr_size_t len, apr_pool_t *pool)
{
    xc_buf_t *out = xc_buf_make(pool, 0);

    *clean = NULL;
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    XC_TRY(check_bytes(text, len, pool));
    XC_TRY(scan_lines(out, text, len, pool));
    *clean = out->data;
    return NULL;
}
