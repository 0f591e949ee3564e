/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "cal/object/lines.h"
#include "cal/view/select.h"
#include "cal/zone.h"

/* Deeper than any calendar data goes; what lies below is treated like its ancestor. */
#define MAX_DEPTH 16

typedef struct level_t {
    enum { KEEP, DROP, CHOOSE } how;
    const xc_comp_sel_t *select; /* CHOOSE */
} level_t;

/* A C:comp that lists nothing asks for the whole component (RFC 4791 7.8.1 does so for VTIMEZONE). */
static level_t level_of(const xc_comp_sel_t *select)
{
    int lists = (select->props && select->props->nelts) || (select->comps && select->comps->nelts);
    level_t level = { CHOOSE, select };
    if ((select->all_props && select->all_comps) || (!lists && !select->all_props && !select->all_comps))
        level.how = KEEP;
    return level;
}

static level_t enter(const level_t *parent, const char *component)
{
    level_t drop = { DROP, NULL }, keep = { KEEP, NULL };
    if (parent->how != CHOOSE)
        return *parent;
    if (parent->select->all_comps)
        return keep;
    for (int i = 0; parent->select->comps && i < parent->select->comps->nelts; i++) {
        const xc_comp_sel_t *child = &APR_ARRAY_IDX(parent->select->comps, i, xc_comp_sel_t);
        if (child->name && strcasecmp(child->name, component) == 0)
            return level_of(child);
    }
    return drop;
}

/* 0 = leave out, 1 = as it is, 2 = without its value */
static int wants_prop(const level_t *level, const char *name)
{
    if (level->how != CHOOSE)
        return level->how == KEEP;
    for (int i = 0; level->select->props && i < level->select->props->nelts; i++) {
        const xc_prop_sel_t *prop = &APR_ARRAY_IDX(level->select->props, i, xc_prop_sel_t);
        if (prop->name && strcasecmp(prop->name, name) == 0)
            return prop->no_value ? 2 : 1;
    }
    return level->select->all_props;
}

/* Does the VTIMEZONE whose lines start at `pos` define a zone of the IANA database under its own name? */
static int is_standard_zone(const char *text, apr_size_t len, apr_size_t pos, apr_pool_t *pool)
{
    xc_line_t line;
    while (xc_line_next(text, len, &pos, &line) && !xc_line_delimits(&line, "END", "VTIMEZONE")) {
        if (strcmp(line.name, "TZID") == 0) {
            const char *tzid = xc_line_value(&line, pool);
            return tzid[0] != '/' && (strchr(tzid, '/') || strcmp(tzid, "UTC") == 0) && !xc_zone_from_windows(tzid, NULL)
                   && tzid[0] != '(' && xc_zone_find(tzid) != NULL;
        }
    }
    return 0;
}

const char *xc_select_text(const char *text, apr_size_t len, const xc_comp_sel_t *select, int strip_zones, apr_pool_t *pool)
{
    xc_buf_t *out = xc_buf_make(pool, 0);
    level_t stack[MAX_DEPTH];
    level_t drop = { DROP, NULL }, keep = { KEEP, NULL };
    xc_line_t line;
    int depth = 0;
    for (apr_size_t pos = 0; xc_line_next(text, len, &pos, &line);) {
        int on = depth > 0 ? (depth < MAX_DEPTH ? depth : MAX_DEPTH) - 1 : 0, wanted;
        if (strcmp(line.name, "BEGIN") == 0) {
            const char *component = xc_line_value(&line, pool);
            level_t level = depth > 0 ? enter(&stack[on], component) : select ? level_of(select) : keep;
            if (strip_zones && strcasecmp(component, "VTIMEZONE") == 0 && is_standard_zone(text, len, pos, pool))
                level = drop;
            if (depth < MAX_DEPTH)
                stack[depth] = level;
            depth++;
            wanted = level.how != DROP;
        }
        else if (strcmp(line.name, "END") == 0 && depth > 0) {
            wanted = stack[on].how != DROP;
            depth--;
        }
        else
            wanted = depth > 0 ? wants_prop(&stack[on], line.name) : 0;
        if (wanted == 2) {
            xc_buf_append(out, line.raw, line.colon < line.raw_len ? line.colon + 1 : line.raw_len);
            xc_buf_puts(out, "\r\n");
        }
        else if (wanted)
            xc_buf_append(out, line.raw, line.raw_len);
    }
    return out->data;
}
