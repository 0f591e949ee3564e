/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "base/buf.h"
#include "cal/object/lines.h"
#include "cal/object/object_priv.h"
#include "cal/view.h"
#include "cal/zone/zone_priv.h"

#define MAX_ZONES_PER_OBJECT 64
/* How far two definitions of one zone are compared. */
#define COMPARE_UNTIL_SEC APR_INT64_C(2145916800) /* 2038-01-01 */
/* At which instant a definition is looked at for a known zone. */
#define LOOK_AT apr_time_from_sec(1577836800) /* 2020-01-01 */

/* A zone definition of the export. */
typedef struct def_t {
    const char *name;       /* TZID in the export */
    const char *text;       /* the VTIMEZONE, with that TZID */
    const xc_zone_t *zone;  /* its rules; NULL when they cannot be read */
    apr_time_t since;       /* first instant that the definition covers */
} def_t;

struct xc_export_t {
    apr_pool_t *pool, *scratch;
    const char *display_name;
    xc_buf_t *body;
    apr_array_header_t *defs;  /* def_t *, in order of first use */
    apr_hash_t *by_text;       /* VTIMEZONE as an object has it -> def_t * */
    apr_hash_t *by_name;       /* TZID in the export -> def_t * */
    apr_hash_t *named;         /* TZID that an object used without defining it -> def_t * */
};

/* A TZID of the object being added and its name in the export, mostly the same. */
typedef struct rename_t {
    const char *from, *to;
} rename_t;

xc_export_t *xc_export_make(const char *display_name, apr_pool_t *pool)
{
    xc_export_t *ex = apr_pcalloc(pool, sizeof(*ex));
    ex->pool = pool;
    apr_pool_create(&ex->scratch, pool);
    ex->display_name = display_name;
    ex->body = xc_buf_make(pool, 0);
    ex->defs = apr_array_make(pool, 8, sizeof(def_t *));
    ex->by_text = apr_hash_make(pool);
    ex->by_name = apr_hash_make(pool);
    ex->named = apr_hash_make(pool);
    return ex;
}

/* ---- zones ---- */

/* The earliest DTSTART of a VTIMEZONE's rules, to the day. */
static apr_time_t covered_since(const char *text, apr_pool_t *pool)
{
    apr_size_t len = strlen(text), pos = 0;
    apr_time_t since = XC_TIME_MAX;
    xc_line_t line;
    while (xc_line_next(text, len, &pos, &line)) {
        if (strcmp(line.name, "DTSTART") != 0)
            continue;
        apr_int64_t date = apr_strtoi64(apr_pstrndup(pool, xc_line_value(&line, pool), 8), NULL, 10);
        apr_time_t at = apr_time_from_sec((apr_int64_t)xc_date_to_days((int)(date / 10000), (int)(date / 100 % 100), (int)(date % 100)) * 86400);
        since = at < since ? at : since;
    }
    return since;
}

/* Do two definitions mean the same wherever both say something? */
static int same_rules(const def_t *a, const def_t *b)
{
    if (!a->zone || !b->zone)
        return 0;
    if (a->zone == b->zone)
        return 1;
    apr_time_t from = a->since > b->since ? a->since : b->since;
    return xc_zone_same_rules(a->zone, b->zone, from < 0 ? 0 : apr_time_sec(from), COMPARE_UNTIL_SEC);
}

/* The text of a VTIMEZONE under another TZID. */
static const char *with_name(const char *text, const char *name, apr_pool_t *pool)
{
    xc_buf_t *out = xc_buf_make(pool, 0);
    apr_size_t len = strlen(text), pos = 0;
    xc_line_t line;
    while (xc_line_next(text, len, &pos, &line)) {
        if (strcmp(line.name, "TZID") == 0)
            xc_buf_printf(out, "TZID:%s\r\n", name);
        else
            xc_buf_append(out, line.raw, line.raw_len);
    }
    return out->data;
}

/* The export's definition for an object's VTIMEZONE: a known one with the same rules, or a new one under a free name. */
static def_t *define_zone(xc_export_t *ex, const char *tzid, const char *text)
{
    def_t *known = apr_hash_get(ex->by_text, text, APR_HASH_KEY_STRING), *def;
    if (known)
        return known;
    def = apr_pcalloc(ex->pool, sizeof(*def));
    def->text = apr_pstrdup(ex->pool, text);
    def->since = covered_since(text, ex->scratch);
    if (xc_zone_from_vtimezone(&def->zone, text, LOOK_AT, ex->pool))
        def->zone = NULL;
    const char *name = tzid;
    for (int n = 2; (known = apr_hash_get(ex->by_name, name, APR_HASH_KEY_STRING)) != NULL; n++) {
        if (same_rules(known, def)) {
            if (def->since < known->since) { /* the one that reaches further back serves both */
                known->text = strcmp(known->name, tzid) == 0 ? def->text : with_name(def->text, known->name, ex->pool);
                known->since = def->since;
                known->zone = def->zone;
            }
            apr_hash_set(ex->by_text, def->text, APR_HASH_KEY_STRING, known);
            return known;
        }
        name = apr_psprintf(ex->scratch, "%s-%d", tzid, n);
    }
    def->name = apr_pstrdup(ex->pool, name);
    apr_hash_set(ex->by_text, def->text, APR_HASH_KEY_STRING, def);
    apr_hash_set(ex->by_name, def->name, APR_HASH_KEY_STRING, def);
    if (name != tzid)
        def->text = with_name(def->text, def->name, ex->pool);
    APR_ARRAY_PUSH(ex->defs, def_t *) = def;
    return def;
}

/* The VTIMEZONE whose BEGIN line is at `pos`; moves behind its END. @return 0 when it has no end */
static int take_zone(xc_export_t *ex, const char *text, apr_size_t len, apr_size_t *pos, apr_size_t begin, apr_array_header_t *renames)
{
    const char *tzid = NULL;
    xc_line_t line;
    while (xc_line_next(text, len, pos, &line)) {
        if (strcmp(line.name, "TZID") == 0 && !tzid)
            tzid = xc_line_value(&line, ex->scratch);
        if (!xc_line_delimits(&line, "END", "VTIMEZONE"))
            continue;
        if (tzid) {
            def_t *def = define_zone(ex, tzid, apr_pstrndup(ex->scratch, text + begin, *pos - begin));
            APR_ARRAY_PUSH(renames, rename_t) = (rename_t){ tzid, def->name };
        }
        return 1;
    }
    return 0;
}

/* ---- objects ---- */

/* Where the value of a TZID parameter begins in a line, and its length without quotes; 0 when it has none. */
static int find_tzid_param(const xc_line_t *line, apr_size_t *start, apr_size_t *n)
{
    int quoted = 0;
    for (apr_size_t i = 0; i + 6 < line->colon; i++) {
        if (line->raw[i] == '"')
            quoted = !quoted;
        if (quoted || line->raw[i] != ';' || strncasecmp(line->raw + i + 1, "TZID=", 5) != 0)
            continue;
        *start = i + 6;
        if (line->raw[*start] == '"') {
            (*start)++;
            const char *end = memchr(line->raw + *start, '"', line->colon - *start);
            *n = end ? (apr_size_t)(end - line->raw) - *start : 0;
        }
        else
            for (*n = 0; *start + *n < line->colon && line->raw[*start + *n] != ';';)
                (*n)++;
        return 1;
    }
    return 0;
}

/*
 * The name in the export of a TZID that an object uses; NULL when nobody knows the zone. A zone that
 * the object names without defining it (RFC 7809) is the one of that name in the table.
 */
static const char *zone_name(xc_export_t *ex, const char *tzid, apr_size_t n, apr_array_header_t *renames)
{
    for (int i = 0; i < renames->nelts; i++) {
        const rename_t *r = &APR_ARRAY_IDX(renames, i, rename_t);
        if (strlen(r->from) == n && strncmp(r->from, tzid, n) == 0)
            return r->to;
    }
    def_t *def = apr_hash_get(ex->named, tzid, (apr_ssize_t)n);
    if (!def) {
        const char *name = apr_pstrmemdup(ex->pool, tzid, n);
        const xc_zone_t *zone = xc_zone_find(name);
        if (!zone)
            return NULL;
        def = define_zone(ex, name, xc_zone_vtimezone(zone, name, 0, ex->scratch));
        apr_hash_set(ex->named, name, APR_HASH_KEY_STRING, def);
    }
    return def->name;
}

static void put_line(xc_export_t *ex, const xc_line_t *line, apr_array_header_t *renames)
{
    apr_size_t at, n;
    const char *name = find_tzid_param(line, &at, &n) ? zone_name(ex, line->raw + at, n, renames) : NULL;
    if (name) {
        xc_buf_append(ex->body, line->raw, at);
        xc_buf_puts(ex->body, name);
        xc_buf_append(ex->body, line->raw + at + n, line->raw_len - at - n);
        return;
    }
    xc_buf_append(ex->body, line->raw, line->raw_len);
    if (line->raw_len == 0 || line->raw[line->raw_len - 1] != '\n')
        xc_buf_puts(ex->body, "\r\n");
}

/* Zones first: they may stand behind what uses them. @return 0 when the text is not one balanced VCALENDAR */
static int take_zones(xc_export_t *ex, const char *text, apr_size_t len, apr_array_header_t *renames)
{
    int depth = 0, calendars = 0;
    xc_line_t line;
    for (apr_size_t pos = 0, begin = 0; begin = pos, xc_line_next(text, len, &pos, &line);) {
        if (depth == 1 && xc_line_delimits(&line, "BEGIN", "VTIMEZONE")) {
            if (renames->nelts >= MAX_ZONES_PER_OBJECT || !take_zone(ex, text, len, &pos, begin, renames))
                return 0;
        }
        else if (strcmp(line.name, "BEGIN") == 0) {
            if (depth++ == 0 && (calendars++ > 0 || !xc_line_delimits(&line, "BEGIN", "VCALENDAR")))
                return 0;
        }
        else if (strcmp(line.name, "END") == 0 && --depth < 0)
            return 0;
    }
    return depth == 0 && calendars == 1;
}

xc_error_t *xc_export_add(xc_export_t *ex, const char *text, apr_size_t len)
{
    apr_array_header_t *renames;
    xc_line_t line;
    int depth = 0, in_zone = 0;
    apr_pool_clear(ex->scratch);
    renames = apr_array_make(ex->scratch, 2, sizeof(rename_t));
    if (!take_zones(ex, text, len, renames))
        return xc_error_make(ex->pool, 0, XC_COND_VALID_CALENDAR_DATA, "An object of the calendar is not one whole VCALENDAR");
    for (apr_size_t pos = 0; xc_line_next(text, len, &pos, &line);) {
        int begins = strcmp(line.name, "BEGIN") == 0, ends = strcmp(line.name, "END") == 0;
        if (depth == 1 && begins)
            in_zone = xc_line_delimits(&line, "BEGIN", "VTIMEZONE");
        depth -= ends;
        if ((depth > 1 || (depth == 1 && (begins || ends))) && !in_zone)
            put_line(ex, &line, renames);
        depth += begins;
    }
    return NULL;
}

/* TEXT with its escapes, folded at 75 octets, never inside a character. */
static void put_text(xc_buf_t *out, const char *name, const char *value, apr_pool_t *pool)
{
    xc_buf_t *line = xc_buf_make(pool, 0);
    xc_buf_printf(line, "%s:", name);
    for (const char *c = value; *c; c++) {
        if (*c == '\\' || *c == ';' || *c == ',')
            xc_buf_putc(line, '\\');
        if (*c == '\n')
            xc_buf_puts(line, "\\n");
        else if ((unsigned char)*c >= ' ' && *c != 0x7f)
            xc_buf_putc(line, *c);
    }
    for (apr_size_t at = 0, n; at < line->len; at += n) {
        n = line->len - at < 73 ? line->len - at : 73;
        while (at + n < line->len && n > 1 && ((unsigned char)line->data[at + n] & 0xc0) == 0x80)
            n--;
        if (at > 0)
            xc_buf_puts(out, "\r\n ");
        xc_buf_append(out, line->data + at, n);
    }
    xc_buf_puts(out, "\r\n");
}

const char *xc_export_text(xc_export_t *ex, apr_size_t *len)
{
    xc_buf_t *head = xc_buf_make(ex->pool, 0), *body = ex->body;
    apr_size_t body_len = body->len;
    xc_buf_puts(head, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:" XC_PRODID "\r\nCALSCALE:GREGORIAN\r\n");
    if (ex->display_name) {
        put_text(head, "NAME", ex->display_name, ex->pool);
        put_text(head, "X-WR-CALNAME", ex->display_name, ex->pool);
    }
    for (int i = 0; i < ex->defs->nelts; i++)
        xc_buf_puts(head, APR_ARRAY_IDX(ex->defs, i, def_t *)->text);
    /* the body is moved up in its own buffer: a calendar is in memory once */
    xc_buf_append(body, head->data, head->len);
    if (!body->overflow) {
        memmove(body->data + head->len, body->data, body_len);
        memcpy(body->data, head->data, head->len);
    }
    xc_buf_puts(body, "END:VCALENDAR\r\n");
    *len = body->len;
    return body->data;
}
