/* SPDX-License-Identifier: Apache-2.0 */
/* Adding, replacing and removing one file in the text of an object (RFC 8607 3.4 to 3.7). */
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "cal/files.h"
#include "cal/object/object_priv.h"
#include "cal/object/text_tree.h"

typedef struct edit_t {
    xc_render_t r;
    const xc_object_t *obj;
    const xc_event_t *event;    /* the object in the model, for occurrences that are made */
    const char *key;
    const xc_newfile_t *file;
    const apr_array_header_t *rids;
    char *found;                /* by rid: a component was met */
    apr_array_header_t *made;   /* xc_when_t: occurrences that became overrides */
    int edited;
} edit_t;

/* Both as instants where they have one, else as days. */
static int same_when(const xc_when_t *a, const xc_when_t *b, const xc_zone_t *zone)
{
    if (a->kind == XC_WHEN_DATE || b->kind == XC_WHEN_DATE)
        return a->wall.year == b->wall.year && a->wall.month == b->wall.month && a->wall.day == b->wall.day;
    return xc_when_to_utc(a, zone) == xc_when_to_utc(b, zone);
}

/* "20250131", "20250131T120000Z", or without Z: as the series' start is written. @return 0 when it is none */
static int read_rid(xc_when_t *out, const char *rid, const xc_event_t *event)
{
    int n = (int)strlen(rid), v[6] = {0};
    static const int width[6] = {4, 2, 2, 2, 2, 2};
    const char *p = rid;
    memset(out, 0, sizeof(*out));
    if (n != 8 && n != 15 && n != 16)
        return 0;
    for (int i = 0; i < (n == 8 ? 3 : 6); i++) {
        if (i == 3 && *p++ != 'T')
            return 0;
        for (int k = 0; k < width[i]; k++, p++) {
            if (*p < '0' || *p > '9')
                return 0;
            v[i] = v[i] * 10 + (*p - '0');
        }
    }
    if (n == 16 && *p++ != 'Z')
        return 0;
    if (v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > 31 || v[3] > 23 || v[4] > 59 || v[5] > 60)
        return 0;
    out->wall = (xc_wall_t){.year = v[0], .month = v[1], .day = v[2], .hour = v[3], .minute = v[4], .second = v[5]};
    out->kind = n == 8 ? XC_WHEN_DATE : n == 16 ? XC_WHEN_UTC : event->start.kind;
    out->zone = out->kind == XC_WHEN_ZONED ? event->start.zone : NULL;
    out->tzid = out->kind == XC_WHEN_ZONED ? event->start.tzid : NULL;
    return (out->kind == XC_WHEN_DATE) == (event->start.kind == XC_WHEN_DATE);
}

static int is_master(const edit_t *e, icalcomponent *comp)
{
    return e->obj->master ? comp == e->obj->master : comp == APR_ARRAY_IDX(e->obj->comps, 0, icalcomponent *);
}

/* Is the component among those that are meant? */
static int is_meant(const edit_t *e, icalcomponent *comp)
{
    xc_when_t id, rid;
    int has_id = xc_comp_when(e->obj, comp, ICAL_RECURRENCEID_PROPERTY, &id), meant = !e->rids;
    for (int i = 0; e->rids && i < e->rids->nelts; i++) {
        const char *text = APR_ARRAY_IDX(e->rids, i, const char *);
        if (strcmp(text, "M") == 0 ? is_master(e, comp)
                                   : has_id && read_rid(&rid, text, e->event) && same_when(&id, &rid, e->event->start.zone)) {
            e->found[i] = 1;
            meant = 1;
        }
    }
    return meant;
}

static const char *key_of_line(const edit_t *e, const xc_child_t *c)
{
    return c->node || strcmp(c->line.name, "ATTACH") != 0 ? NULL : xc_file_key_of(xc_line_value(&c->line, e->r.pool));
}

static int has_file(const edit_t *e, const xc_node_t *n, const char *key)
{
    int found = 0;
    for (int i = 0; i < n->children->nelts && !found; i++) {
        const char *there = key_of_line(e, &APR_ARRAY_IDX(n->children, i, xc_child_t));
        found = there && strcmp(there, key) == 0;
    }
    return found;
}

/* A component's own lines, with what is to become of the file. */
static void copy_lines(edit_t *e, const xc_node_t *n, int edit, int occurrence)
{
    int there = edit && e->file && (!e->key || strcmp(e->key, e->file->key) != 0) && has_file(e, n, e->file->key);
    for (int i = 0; i < n->children->nelts; i++) {
        const xc_child_t *c = &APR_ARRAY_IDX(n->children, i, xc_child_t);
        if (c->node || (occurrence && xc_line_is_of_times(c->line.name)))
            continue;
        const char *key = edit && e->key ? key_of_line(e, c) : NULL;
        if (key && strcmp(key, e->key) == 0) {
            e->edited = 1;
            if (e->file && !there)
                xc_render_line(&e->r, xc_file_line(xc_file_head(&c->line, e->r.pool), e->file, e->r.pool));
            continue;
        }
        xc_tree_copy_line(&e->r, &c->line);
    }
    if (edit && !e->key) {
        if (!there)
            xc_render_line(&e->r, xc_file_line("ATTACH:", e->file, e->r.pool));
        e->edited = 1;
    }
}

static void copy_parts(edit_t *e, const xc_node_t *n)
{
    for (int i = 0; i < n->children->nelts; i++) {
        const xc_node_t *sub = APR_ARRAY_IDX(n->children, i, xc_child_t).node;
        if (sub)
            xc_tree_copy(&e->r, sub);
    }
    xc_buf_printf(e->r.buf, "END:%s\r\n", n->name);
}

/* An occurrence of the series becomes an override: the master's lines with its own times. */
static xc_error_t *make_override(edit_t *e, const xc_node_t *master, const char *text, apr_pool_t *pool)
{
    xc_when_t rid;
    const xc_event_t *series = e->event;
    if (!series->recur || !master || !read_rid(&rid, text, series))
        return xc_error_make(pool, 0, XC_COND_VALID_RID, "There is no occurrence %.20s.", text);
    xc_when_t at = series->start;
    if (rid.kind == XC_WHEN_DATE)
        at.wall = rid.wall;
    else
        xc_when_from_utc(&at, xc_when_to_utc(&rid, series->start.zone), &series->start, series->start.zone);
    int day = xc_date_to_days(at.wall.year, at.wall.month, at.wall.day), gone = 0;
    for (int i = 0; series->exdates && i < series->exdates->nelts; i++)
        gone |= same_when(&APR_ARRAY_IDX(series->exdates, i, xc_when_t), &at, series->start.zone);
    if (gone || !xc_recur_index_of(series->recur, day) || at.wall.hour != series->start.wall.hour || at.wall.minute != series->start.wall.minute)
        return xc_error_make(pool, 0, XC_COND_VALID_RID, "%.20s is no occurrence of the series.", text);
    for (int i = 0; i < e->made->nelts; i++)
        if (same_when(&APR_ARRAY_IDX(e->made, i, xc_when_t), &at, series->start.zone))
            return NULL; /* named twice */
    APR_ARRAY_PUSH(e->made, xc_when_t) = at;
    const xc_event_t *o = xc_event_occurrence(series, &at, e->r.pool);
    xc_buf_printf(e->r.buf, "BEGIN:%s\r\n", master->name);
    xc_render_when(&e->r, "RECURRENCE-ID", &at);
    xc_render_when(&e->r, "DTSTART", &o->start);
    xc_render_when(&e->r, "DTEND", &o->end);
    copy_lines(e, master, 1, 1);
    copy_parts(e, master);
    return NULL;
}

static xc_error_t *edit_all(edit_t *e, const xc_node_t *root, apr_pool_t *pool)
{
    const xc_node_t *master = NULL;
    int at = 0;
    xc_buf_puts(e->r.buf, "BEGIN:VCALENDAR\r\n");
    for (int i = 0; i < root->children->nelts; i++) {
        const xc_child_t *c = &APR_ARRAY_IDX(root->children, i, xc_child_t);
        if (!c->node)
            xc_tree_copy_line(&e->r, &c->line);
        else if (strcasecmp(c->node->name, "VTIMEZONE") == 0 || at >= e->obj->comps->nelts)
            xc_tree_copy(&e->r, c->node);
        else {
            icalcomponent *comp = APR_ARRAY_IDX(e->obj->comps, at++, icalcomponent *);
            if (is_master(e, comp))
                master = c->node;
            xc_buf_printf(e->r.buf, "BEGIN:%s\r\n", c->node->name);
            copy_lines(e, c->node, is_meant(e, comp), 0);
            copy_parts(e, c->node);
        }
    }
    for (int i = 0; e->rids && i < e->rids->nelts; i++)
        if (!e->found[i])
            XC_TRY(make_override(e, master, APR_ARRAY_IDX(e->rids, i, const char *), pool));
    xc_buf_puts(e->r.buf, "END:VCALENDAR\r\n");
    return NULL;
}

static xc_error_t *read_event(xc_object_t **obj, xc_event_t **event, const char *text, apr_pool_t *pool)
{
    const char *const nobody[] = {NULL};
    XC_TRY(xc_object_parse_stored(obj, text, strlen(text), pool));
    return xc_object_to_event(event, *obj, nobody, NULL, pool);
}

static xc_error_t *no_file(apr_pool_t *pool)
{
    return xc_error_make(pool, 0, XC_COND_VALID_MANAGED_ID, "No such file is attached there.");
}

xc_error_t *xc_files_named(xc_file_t *out, const char *text, const char *key, apr_pool_t *pool)
{
    xc_object_t *obj;
    xc_event_t *event;
    memset(out, 0, sizeof(*out));
    XC_TRY(read_event(&obj, &event, text, pool));
    const xc_file_t *file = xc_files_find(event->files, key);
    for (int i = 0; event->overrides && i < event->overrides->nelts && !file; i++)
        file = xc_files_find(APR_ARRAY_IDX(event->overrides, i, const xc_event_t *)->files, key);
    if (!file)
        return no_file(pool);
    *out = *file;
    return NULL;
}

xc_error_t *xc_files_edit(const char **out, const char *text, const char *key, const xc_newfile_t *file, const apr_array_header_t *rids,
                          apr_pool_t *pool)
{
    xc_object_t *obj;
    xc_event_t *event;
    apr_pool_t *tmp;

    *out = NULL;
    apr_pool_create(&tmp, pool);
    xc_error_t *err = read_event(&obj, &event, text, pool);
    xc_node_t *root = err ? NULL : xc_tree_read(text, strlen(text), tmp);
    if (!err && !root)
        err = xc_error_make(pool, 0, XC_COND_VALID_CALENDAR_OBJECT, "The object cannot be changed.");
    if (!err) {
        edit_t e = {{xc_buf_make(tmp, 0), apr_hash_make(tmp), tmp}, obj, event, key, file, rids, NULL, apr_array_make(tmp, 2, sizeof(xc_when_t)), 0};
        e.found = apr_pcalloc(tmp, rids ? (apr_size_t)rids->nelts + 1 : 1);
        err = edit_all(&e, root, pool);
        if (!err && !e.edited)
            err = no_file(pool);
        if (!err)
            *out = apr_pstrmemdup(pool, e.r.buf->data, e.r.buf->len);
    }
    apr_pool_destroy(tmp);
    return err;
}
