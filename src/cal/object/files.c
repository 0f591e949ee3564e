/* SPDX-License-Identifier: Apache-2.0 */
/* ATTACH lines of files that Exchange holds: from inline content, to URLs and back, and up to date (cal/files.h). */
#include "cal/files.h"

#include <apr_encode.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "base/crypt.h"
#include "base/xml.h"
#include "cal/object/object_priv.h"
#include "cal/object/text_tree.h"

#define SCHEME_LEN (sizeof(XC_FILE_SCHEME) - 1)
#define DEFAULT_NAME "attachment"
#define DEFAULT_TYPE "application/octet-stream"
#define MAX_NAME 200

int xc_file_is_key(const char *key)
{
    return key && strlen(key) == XC_FILE_KEY_LEN && strspn(key, "0123456789abcdef") == XC_FILE_KEY_LEN;
}

const char *xc_file_key_of(const char *uri)
{
    return strncmp(uri, XC_FILE_SCHEME, SCHEME_LEN) == 0 && xc_file_is_key(uri + SCHEME_LEN) ? uri + SCHEME_LEN : NULL;
}

/* A name that is one on every file system: the last part of a path, nothing invisible, not without end. */
static const char *safe_name(const char *name, apr_pool_t *pool)
{
    if (!name || !*name)
        return DEFAULT_NAME;
    name = xc_xml_clean_text(name, pool);
    for (const char *p = name; *p; p++)
        if ((*p == '/' || *p == '\\') && p[1])
            name = p + 1;
    char *out = apr_pstrmemdup(pool, name, strlen(name) > MAX_NAME ? MAX_NAME : strlen(name)), *w = out;
    for (const char *p = out; *p; p++)
        if ((unsigned char)*p >= 0x20 && *p != 0x7f && !strchr("\"/\\", *p))
            *w++ = *p;
    /* a character that was cut in the middle leaves whole */
    while (w > out && strlen(name) > MAX_NAME && ((unsigned char)w[-1] & 0xC0) == 0x80)
        w--;
    if (w > out && strlen(name) > MAX_NAME && ((unsigned char)w[-1] & 0x80))
        w--;
    *w = '\0';
    return *out && strcmp(out, ".") != 0 && strcmp(out, "..") != 0 ? out : DEFAULT_NAME;
}

/* type/subtype of RFC 6838, without parameters; anything else is just bytes. */
static const char *safe_type(const char *type, apr_pool_t *pool)
{
    apr_size_t n = type ? strcspn(type, "; \t") : 0, slashes = 0;
    for (apr_size_t i = 0; i < n; i++) {
        slashes += type[i] == '/';
        if (!apr_isalnum(type[i]) && !strchr("/!#$&-^_.+", type[i]))
            return DEFAULT_TYPE;
    }
    return slashes == 1 && n > 2 && n < 128 && type[0] != '/' && type[n - 1] != '/' ? apr_pstrmemdup(pool, type, n) : DEFAULT_TYPE;
}

xc_newfile_t *xc_newfile_make(const char *name, const char *type, const unsigned char *data, apr_size_t len, apr_pool_t *pool)
{
    unsigned char digest[XC_SHA256_BYTES];
    char hex[2 * XC_SHA256_BYTES + 1];
    xc_newfile_t *file = apr_pcalloc(pool, sizeof(*file));
    file->name = safe_name(name, pool);
    file->type = safe_type(type, pool);
    file->data = data;
    file->len = len;
    xc_crypt_sha256(digest, data, len);
    for (int i = 0; i < XC_SHA256_BYTES; i++)
        apr_snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    file->key = xc_crypt_hex(pool, XC_FILE_KEY_LEN / 2, "file", file->name, file->type, hex, NULL);
    return file;
}

/* RFC 6868: what a parameter's value cannot hold is written with a caret. */
static const char *param_decode(const char *value, apr_pool_t *pool)
{
    if (!value || !strchr(value, '^'))
        return value;
    char *out = apr_pstrdup(pool, value), *w = out;
    for (const char *p = value; *p; p++) {
        if (*p == '^' && (p[1] == '^' || p[1] == '\'' || p[1] == 'n')) {
            p++;
            *w++ = *p == 'n' ? ' ' : *p == '\'' ? '"' : '^';
        } else
            *w++ = *p;
    }
    *w = '\0';
    return out;
}

static const char *param_encode(const char *value, apr_pool_t *pool)
{
    xc_buf_t *out = xc_buf_make(pool, 0);
    for (const char *p = value; *p; p++) {
        if (*p == '^' || *p == '"')
            xc_buf_puts(out, *p == '^' ? "^^" : "^'");
        else if ((unsigned char)*p >= 0x20)
            xc_buf_putc(out, *p);
    }
    return strpbrk(out->data, ",;: ") ? apr_pstrcat(pool, "\"", out->data, "\"", NULL) : out->data;
}

/* ---- walking the lines of a text ---- */

/* The next ATTACH outside alarms; what lies before it is copied to `out`. *depth counts alarms that are open. */
static int next_attach(const char *text, apr_size_t len, apr_size_t *pos, int *depth, xc_line_t *line, xc_buf_t *out)
{
    while (xc_line_next(text, len, pos, line)) {
        if (xc_line_delimits(line, "BEGIN", "VALARM"))
            ++*depth;
        else if (xc_line_delimits(line, "END", "VALARM"))
            --*depth;
        else if (*depth <= 0 && strcmp(line->name, "ATTACH") == 0)
            return 1;
        xc_buf_append(out, line->raw, line->raw_len);
    }
    return 0;
}

/* ---- inline content ---- */

static int is_inline(const xc_line_t *line, apr_pool_t *pool)
{
    xc_line_t head = *line;
    head.raw_len = line->colon;
    const char *s = xc_tree_line(&head, pool), *value = xc_tree_param(s, "VALUE", pool), *encoding = xc_tree_param(s, "ENCODING", pool);
    return (value && strcasecmp(value, "BINARY") == 0) || (encoding && strcasecmp(encoding, "BASE64") == 0);
}

/* A line before its colon, with the property's name as we write it. */
static const char *whole_head(const xc_line_t *line, apr_pool_t *pool)
{
    xc_line_t head = *line;
    head.raw_len = line->colon;
    const char *s = xc_tree_line(&head, pool);
    return apr_pstrcat(pool, "ATTACH", s + strcspn(s, ";"), NULL);
}

const char *xc_file_head(const xc_line_t *line, apr_pool_t *pool)
{
    static const char *const gone[] = {"ENCODING", "VALUE", "MANAGED-ID", "SIZE", NULL};
    const char *s = apr_pstrcat(pool, whole_head(line, pool), ":", NULL);
    for (int i = 0; gone[i]; i++)
        s = xc_tree_drop_param(s, gone[i], pool);
    return s;
}

static const char *line_for(const char *head, const char *key, const char *name, const char *type, apr_int64_t size, apr_pool_t *pool)
{
    head = xc_tree_drop_param(head, "SIZE", pool);
    if (size >= 0)
        head = xc_tree_set_param(head, "SIZE", apr_off_t_toa(pool, (apr_off_t)size), pool);
    if (name)
        head = xc_tree_set_param(head, "FILENAME", param_encode(safe_name(name, pool), pool), pool);
    if (type)
        head = xc_tree_set_param(head, "FMTTYPE", safe_type(type, pool), pool);
    head = xc_tree_set_param(head, "MANAGED-ID", key, pool);
    return apr_pstrcat(pool, head, XC_FILE_SCHEME, key, NULL);
}

const char *xc_file_line(const char *head, const xc_newfile_t *file, apr_pool_t *pool)
{
    return line_for(head, file->key, file->name, file->type, (apr_int64_t)file->len, pool);
}

/* Some fold base64 with more than the one blank that unfolding takes away. */
static const char *without_blanks(const char *value, apr_pool_t *pool)
{
    if (!strpbrk(value, " \t"))
        return value;
    char *out = apr_palloc(pool, strlen(value) + 1), *w = out;
    for (const char *p = value; *p; p++)
        if (*p != ' ' && *p != '\t')
            *w++ = *p;
    *w = '\0';
    return out;
}

static xc_error_t *take_inline(xc_render_t *r, apr_hash_t *files, const xc_line_t *line, apr_size_t max_bytes, apr_pool_t *pool)
{
    const char *head = xc_file_head(line, r->pool), *value = without_blanks(xc_line_value(line, r->pool), r->pool);
    apr_size_t len = strlen(value), n = 0;
    if (max_bytes && len / 4 * 3 > max_bytes + 3)
        return xc_error_make(pool, 0, XC_COND_MAX_ATTACHMENT_SIZE, "An attachment is larger than %" APR_SIZE_T_FMT " bytes.", max_bytes);
    unsigned char *data = apr_palloc(pool, len / 4 * 3 + 4);
    if (apr_decode_base64_binary(data, value, (apr_ssize_t)len, APR_ENCODE_NONE, &n) != APR_SUCCESS)
        return xc_error_make(pool, 0, XC_COND_VALID_CALENDAR_DATA, "The content of an ATTACH is not base64.");
    if (max_bytes && n > max_bytes)
        return xc_error_make(pool, 0, XC_COND_MAX_ATTACHMENT_SIZE, "An attachment is larger than %" APR_SIZE_T_FMT " bytes.", max_bytes);
    static const char *const names[] = {"FILENAME", "X-FILENAME", "X-APPLE-FILENAME", NULL};
    const char *name = NULL;
    for (int i = 0; names[i] && !name; i++)
        name = param_decode(xc_tree_param(head, names[i], r->pool), pool);
    xc_newfile_t *file = xc_newfile_make(name, xc_tree_param(head, "FMTTYPE", r->pool), data, n, pool);
    apr_hash_set(files, file->key, APR_HASH_KEY_STRING, file);
    xc_render_line(r, xc_file_line(head, file, r->pool));
    return NULL;
}

xc_error_t *xc_files_extract(const char **out, apr_size_t *out_len, apr_hash_t *files, const char *text, apr_size_t len,
                             apr_size_t max_bytes, apr_pool_t *pool)
{
    apr_size_t pos = 0;
    int depth = 0, found = 0;
    xc_line_t line;
    xc_error_t *err = NULL;
    apr_pool_t *tmp;

    *out = text;
    *out_len = len;
    apr_pool_create(&tmp, pool);
    xc_render_t r = {xc_buf_make(tmp, 0), NULL, tmp};
    while (!err && next_attach(text, len, &pos, &depth, &line, r.buf)) {
        if (!is_inline(&line, tmp))
            xc_buf_append(r.buf, line.raw, line.raw_len);
        else {
            err = take_inline(&r, files, &line, max_bytes, pool);
            found = 1;
        }
    }
    if (!err && found) {
        *out = apr_pstrmemdup(pool, r.buf->data, r.buf->len);
        *out_len = r.buf->len;
    }
    apr_pool_destroy(tmp);
    return err;
}

/* ---- URLs ---- */

typedef struct rewrite_t {
    xc_file_key_fn key_of;   /* from URLs */
    void *ctx;
    const char *prefix;      /* to URLs */
} rewrite_t;

/* The line with another value, or NULL: it stays. */
static const char *rewritten(const rewrite_t *w, const xc_line_t *line, apr_pool_t *pool)
{
    const char *value = xc_line_value(line, pool), *key = xc_file_key_of(value);
    if (w->prefix)
        return key ? apr_pstrcat(pool, whole_head(line, pool), ":", w->prefix, key, NULL) : NULL;
    key = key ? NULL : w->key_of(w->ctx, value, pool);
    return key ? apr_pstrcat(pool, xc_tree_set_param(whole_head(line, pool), "MANAGED-ID", key, pool), ":" XC_FILE_SCHEME, key, NULL) : NULL;
}

static void rewrite(const char **out, apr_size_t *out_len, const rewrite_t *w, const char *text, apr_size_t len, apr_pool_t *pool)
{
    apr_size_t pos = 0;
    int depth = 0, found = 0;
    xc_line_t line;
    apr_pool_t *tmp;

    *out = text;
    *out_len = len;
    apr_pool_create(&tmp, pool);
    xc_render_t r = {xc_buf_make(tmp, 0), NULL, tmp};
    while (next_attach(text, len, &pos, &depth, &line, r.buf)) {
        const char *now = rewritten(w, &line, tmp);
        if (now) {
            xc_render_line(&r, now);
            found = 1;
        } else
            xc_buf_append(r.buf, line.raw, line.raw_len);
    }
    if (found) {
        *out = apr_pstrmemdup(pool, r.buf->data, r.buf->len);
        *out_len = r.buf->len;
    }
    apr_pool_destroy(tmp);
}

void xc_files_from_urls(const char **out, apr_size_t *out_len, const char *text, apr_size_t len, xc_file_key_fn key_of, void *ctx,
                        apr_pool_t *pool)
{
    rewrite_t w = {key_of, ctx, NULL};
    rewrite(out, out_len, &w, text, len, pool);
}

void xc_files_to_urls(const char **out, apr_size_t *out_len, const char *text, apr_size_t len, const char *prefix, apr_pool_t *pool)
{
    rewrite_t w = {NULL, NULL, prefix};
    *out = text;
    *out_len = len;
    if (strstr(text, "\nATTACH")) /* our own lines start so, whatever lies folded in a client's */
        rewrite(out, out_len, &w, text, len, pool);
}

/* ---- what Exchange holds ---- */

const xc_file_t *xc_files_find(const apr_array_header_t *files, const char *key)
{
    for (int i = 0; files && i < files->nelts; i++) {
        const xc_file_t *f = &APR_ARRAY_IDX(files, i, xc_file_t);
        if (strcmp(f->key, key) == 0)
            return f;
    }
    return NULL;
}

apr_array_header_t *xc_files_missing(const apr_array_header_t *before, const apr_array_header_t *now, apr_pool_t *pool)
{
    apr_array_header_t *out = apr_array_make(pool, 2, sizeof(xc_file_t));
    for (int i = 0; now && i < now->nelts; i++) {
        const xc_file_t *f = &APR_ARRAY_IDX(now, i, xc_file_t);
        if (!xc_files_find(before, f->key) && !xc_files_find(out, f->key))
            APR_ARRAY_PUSH(out, xc_file_t) = *f;
    }
    return out;
}

void xc_comp_files(xc_event_t *e, icalcomponent *comp, apr_pool_t *pool)
{
    for (icalproperty *p = xc_comp_prop(comp, ICAL_ATTACH_PROPERTY); p; p = icalcomponent_get_next_property(comp, ICAL_ATTACH_PROPERTY)) {
        const char *value = xc_prop_value(p, pool), *key = xc_file_key_of(value), *size = xc_prop_param(p, "SIZE", pool);
        if (!key || xc_files_find(e->files, key))
            continue;
        xc_file_t f = {.key = key, .name = param_decode(xc_prop_param(p, "FILENAME", pool), pool), .type = xc_prop_param(p, "FMTTYPE", pool)};
        f.size_bytes = size ? apr_strtoi64(size, NULL, 10) : -1;
        if (!e->files)
            e->files = apr_array_make(pool, 2, sizeof(xc_file_t));
        APR_ARRAY_PUSH(e->files, xc_file_t) = f;
    }
}

/* ---- component by component ---- */

typedef struct apply_t {
    xc_render_t r;
    const xc_object_t *obj;
    const xc_event_t *event;
    apr_hash_t *met;            /* const xc_event_t * of overrides that the text has -> anything */
    int changed;
} apply_t;

int xc_line_is_of_times(const char *name)
{
    static const char *const names[] = {"RRULE", "RDATE", "EXRULE", "EXDATE", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", NULL};
    int found = 0;
    for (int i = 0; names[i] && !found; i++)
        found = strcmp(name, names[i]) == 0;
    return found;
}

static int has_files(const xc_event_t *event)
{
    if (event->files)
        return 1;
    for (int i = 0; event->overrides && i < event->overrides->nelts; i++)
        if (APR_ARRAY_IDX(event->overrides, i, const xc_event_t *)->files)
            return 1;
    return 0;
}

static const xc_event_t *override_at(const apply_t *a, icalcomponent *comp)
{
    xc_when_t id;
    if (!xc_comp_when(a->obj, comp, ICAL_RECURRENCEID_PROPERTY, &id))
        return NULL;
    for (int i = 0; a->event->overrides && i < a->event->overrides->nelts; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(a->event->overrides, i, const xc_event_t *);
        if (o->recurrence_id.kind == XC_WHEN_DATE || id.kind == XC_WHEN_DATE
                ? xc_date_to_days(o->recurrence_id.wall.year, o->recurrence_id.wall.month, o->recurrence_id.wall.day) ==
                      xc_date_to_days(id.wall.year, id.wall.month, id.wall.day)
                : xc_when_to_utc(&o->recurrence_id, NULL) == xc_when_to_utc(&id, a->event->start.zone))
            return o;
    }
    return NULL;
}

/* Of an override: its own files, and the master's where its text says so. */
static void apply_component(apply_t *a, const xc_node_t *n, const xc_event_t *now, const xc_event_t *master)
{
    apr_array_header_t *seen = apr_array_make(a->r.pool, 4, sizeof(xc_file_t));
    xc_buf_printf(a->r.buf, "BEGIN:%s\r\n", n->name);
    for (int i = 0; i < n->children->nelts; i++) {
        const xc_child_t *c = &APR_ARRAY_IDX(n->children, i, xc_child_t);
        const char *key = c->node || strcmp(c->line.name, "ATTACH") != 0 ? NULL : xc_file_key_of(xc_line_value(&c->line, a->r.pool));
        const xc_file_t *file = key ? xc_files_find(now->files, key) : NULL;
        if (key && !file && master)
            file = xc_files_find(master->files, key);
        if (key && !file) {
            a->changed = 1;
            continue;
        }
        if (file)
            APR_ARRAY_PUSH(seen, xc_file_t) = *file;
        if (c->node)
            xc_tree_copy(&a->r, c->node);
        else
            xc_tree_copy_line(&a->r, &c->line);
    }
    apr_array_header_t *more = xc_files_missing(seen, now->files, a->r.pool);
    for (int i = 0; i < more->nelts; i++) {
        const xc_file_t *f = &APR_ARRAY_IDX(more, i, xc_file_t);
        if (master && master->kept && xc_files_find(master->files, f->key))
            continue; /* the client's own text of this occurrence leaves it out */
        xc_render_line(&a->r, line_for("ATTACH:", f->key, f->name, f->type, f->size_bytes, a->r.pool));
        a->changed = 1;
    }
    xc_buf_printf(a->r.buf, "END:%s\r\n", n->name);
}

/* Where an occurrence lies that differs from the series in its files alone, in the text's own zone. */
static const xc_event_t *occurrence_at(const apply_t *a, const xc_event_t *o)
{
    const char *const nobody[] = {NULL};
    xc_event_t *series;
    if (xc_object_to_event(&series, a->obj, nobody, NULL, a->r.pool))
        return NULL;
    xc_when_t at = series->start;
    if (o->recurrence_id.kind == XC_WHEN_DATE)
        at.wall = o->recurrence_id.wall;
    else
        xc_when_from_utc(&at, xc_when_to_utc(&o->recurrence_id, a->event->start.zone), &series->start, series->start.zone);
    return at.kind == series->start.kind ? xc_event_occurrence(series, &at, a->r.pool) : NULL;
}

/* Somebody attached a file to an occurrence in Outlook: it becomes an override, the series' lines with times and files of its own. */
static void make_override(apply_t *a, const xc_node_t *series, const xc_event_t *o)
{
    const xc_event_t *at = occurrence_at(a, o);
    if (!at)
        return;
    xc_buf_printf(a->r.buf, "BEGIN:%s\r\n", series->name);
    xc_render_when(&a->r, "RECURRENCE-ID", &at->recurrence_id);
    xc_render_when(&a->r, "DTSTART", &at->start);
    xc_render_when(&a->r, "DTEND", &at->end);
    for (int i = 0; i < series->children->nelts; i++) {
        const xc_child_t *c = &APR_ARRAY_IDX(series->children, i, xc_child_t);
        int file = !c->node && strcmp(c->line.name, "ATTACH") == 0 && xc_file_key_of(xc_line_value(&c->line, a->r.pool));
        if (!c->node && !file && !xc_line_is_of_times(c->line.name))
            xc_tree_copy_line(&a->r, &c->line);
    }
    for (int i = 0; i < o->files->nelts; i++) {
        const xc_file_t *f = &APR_ARRAY_IDX(o->files, i, xc_file_t);
        xc_render_line(&a->r, line_for("ATTACH:", f->key, f->name, f->type, f->size_bytes, a->r.pool));
    }
    for (int i = 0; i < series->children->nelts; i++)
        if (APR_ARRAY_IDX(series->children, i, xc_child_t).node)
            xc_tree_copy(&a->r, APR_ARRAY_IDX(series->children, i, xc_child_t).node);
    xc_buf_printf(a->r.buf, "END:%s\r\n", series->name);
    a->changed = 1;
}

static void make_overrides(apply_t *a, const xc_node_t *series)
{
    for (int i = 0; a->event->recur && a->event->overrides && i < a->event->overrides->nelts; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(a->event->overrides, i, const xc_event_t *);
        if (!apr_hash_get(a->met, &o, sizeof(o)) && xc_files_missing(a->event->files, o->files, a->r.pool)->nelts)
            make_override(a, series, o);
    }
}

static void apply_all(apply_t *a, const xc_node_t *root)
{
    int at = 0;
    const xc_node_t *series = NULL;
    xc_buf_puts(a->r.buf, "BEGIN:VCALENDAR\r\n");
    for (int i = 0; i < root->children->nelts; i++) {
        const xc_child_t *c = &APR_ARRAY_IDX(root->children, i, xc_child_t);
        if (!c->node) {
            xc_tree_copy_line(&a->r, &c->line);
            continue;
        }
        if (strcasecmp(c->node->name, "VTIMEZONE") == 0 || at >= a->obj->comps->nelts) {
            xc_tree_copy(&a->r, c->node);
            continue;
        }
        icalcomponent *comp = APR_ARRAY_IDX(a->obj->comps, at++, icalcomponent *);
        int is_main = a->obj->master ? comp == a->obj->master : at == 1;
        const xc_event_t *now = is_main ? a->event : override_at(a, comp);
        if (is_main && a->obj->master)
            series = c->node;
        if (now)
            apr_hash_set(a->met, apr_pmemdup(a->r.pool, &now, sizeof(now)), sizeof(now), "");
        if (now)
            apply_component(a, c->node, now, is_main ? NULL : a->event);
        else
            xc_tree_copy(&a->r, c->node);
    }
    if (series)
        make_overrides(a, series);
    xc_buf_puts(a->r.buf, "END:VCALENDAR\r\n");
}

const char *xc_files_apply(const char *text, const xc_event_t *event, apr_pool_t *pool)
{
    xc_object_t *obj;
    apr_pool_t *tmp;
    const char *out = text;

    if (!has_files(event) && !strstr(text, "\nATTACH"))
        return text;
    apr_pool_create(&tmp, pool);
    xc_node_t *root = xc_tree_read(text, strlen(text), tmp);
    if (root && !xc_object_parse_stored(&obj, text, strlen(text), tmp)) {
        apply_t a = {{xc_buf_make(tmp, 0), apr_hash_make(tmp), tmp}, obj, event, apr_hash_make(tmp), 0};
        apply_all(&a, root);
        if (a.changed)
            out = apr_pstrmemdup(pool, a.r.buf->data, a.r.buf->len);
    }
    apr_pool_destroy(tmp);
    return out;
}
