/* SPDX-License-Identifier: Apache-2.0 */
#include "cal/object/text_tree.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "cal/object/address.h"

static xc_node_t *make_node(const char *name, apr_pool_t *pool)
{
    xc_node_t *n = apr_palloc(pool, sizeof(*n));
    n->name = name;
    n->children = apr_array_make(pool, 16, sizeof(xc_child_t));
    return n;
}

/* The text has been parsed before: BEGIN and END are in pairs. */
xc_node_t *xc_tree_read(const char *text, apr_size_t len, apr_pool_t *pool)
{
    xc_node_t *stack[8];
    int depth = 0;
    apr_size_t pos = 0;
    xc_line_t line;

    stack[0] = make_node("", pool);
    while (xc_line_next(text, len, &pos, &line)) {
        if (strcmp(line.name, "BEGIN") == 0) {
            xc_node_t *n = make_node(xc_line_value(&line, pool), pool);
            xc_child_t c = {line, n};
            APR_ARRAY_PUSH(stack[depth]->children, xc_child_t) = c;
            if (++depth == 8)
                return NULL;
            stack[depth] = n;
        } else if (strcmp(line.name, "END") == 0) {
            if (depth-- == 0)
                return NULL;
        } else if (line.name[0]) {
            xc_child_t c = {line, NULL};
            APR_ARRAY_PUSH(stack[depth]->children, xc_child_t) = c;
        }
    }
    for (int i = 0; i < stack[0]->children->nelts; i++) {
        xc_node_t *n = APR_ARRAY_IDX(stack[0]->children, i, xc_child_t).node;
        if (n && strcasecmp(n->name, "VCALENDAR") == 0)
            return n;
    }
    return NULL;
}

/* The whole line unfolded, "NAME;PARAM=x:value". */
const char *xc_tree_line(const xc_line_t *line, apr_pool_t *pool)
{
    xc_line_t all = *line;
    all.colon = (apr_size_t)-1;
    return xc_line_value(&all, pool);
}

void xc_tree_copy_line(xc_render_t *r, const xc_line_t *line)
{
    if (line->raw_len >= 2 && line->raw[line->raw_len - 2] == '\r')
        xc_buf_append(r->buf, line->raw, line->raw_len);
    else
        xc_render_line(r, xc_tree_line(line, r->pool));
}

void xc_tree_copy(xc_render_t *r, const xc_node_t *n)
{
    xc_buf_printf(r->buf, "BEGIN:%s\r\n", n->name);
    for (int i = 0; i < n->children->nelts; i++) {
        const xc_child_t *c = &APR_ARRAY_IDX(n->children, i, xc_child_t);
        if (c->node)
            xc_tree_copy(r, c->node);
        else
            xc_tree_copy_line(r, &c->line);
    }
    xc_buf_printf(r->buf, "END:%s\r\n", n->name);
}

/* ---- parameters of a line ---- */

/* Where a parameter's value lies in an unfolded line; 0 when it has none. */
static int find_param(const char *s, const char *name, apr_size_t *from, apr_size_t *to)
{
    apr_size_t n = strlen(name), i = strcspn(s, ";:");

    while (s[i] == ';') {
        apr_size_t start = i + 1, eq = start;
        int quoted = 0;
        for (i = start; s[i] && (quoted || (s[i] != ';' && s[i] != ':')); i++) {
            if (s[i] == '"')
                quoted = !quoted;
            if (s[i] == '=' && eq == start)
                eq = i;
        }
        if (eq - start == n && strncasecmp(s + start, name, n) == 0) {
            *from = eq + 1;
            *to = i;
            return 1;
        }
    }
    return 0;
}

const char *xc_tree_set_param(const char *s, const char *name, const char *value, apr_pool_t *pool)
{
    apr_size_t from, to;

    if (find_param(s, name, &from, &to))
        return apr_pstrcat(pool, apr_pstrmemdup(pool, s, from), value, s + to, NULL);
    from = strcspn(s, ";:");
    return apr_pstrcat(pool, apr_pstrmemdup(pool, s, from), ";", name, "=", value, s + from, NULL);
}

const char *xc_tree_drop_param(const char *s, const char *name, apr_pool_t *pool)
{
    apr_size_t from, to;

    while (find_param(s, name, &from, &to) && s[to]) /* one that never ends is part of something else */
        s = apr_pstrcat(pool, apr_pstrmemdup(pool, s, from - strlen(name) - 2), s + to, NULL);
    return s;
}

const char *xc_tree_param(const char *s, const char *name, apr_pool_t *pool)
{
    apr_size_t from, to;

    if (!find_param(s, name, &from, &to))
        return NULL;
    if (to - from >= 2 && s[from] == '"' && s[to - 1] == '"')
        return apr_pstrmemdup(pool, s + from + 1, to - from - 2);
    return apr_pstrmemdup(pool, s + from, to - from);
}

const char *xc_tree_address(const xc_line_t *line, apr_pool_t *pool)
{
    return xc_address_of(xc_line_value(line, pool), xc_tree_param(xc_tree_line(line, pool), "EMAIL", pool), pool);
}

int xc_tree_can_remind(const xc_node_t *alarm, apr_pool_t *pool)
{
    int shown = 1;

    for (int i = 0; i < alarm->children->nelts; i++) {
        const xc_child_t *c = &APR_ARRAY_IDX(alarm->children, i, xc_child_t);
        if (c->node)
            continue;
        if (strcmp(c->line.name, "PROXIMITY") == 0 || strcmp(c->line.name, "X-APPLE-PROXIMITY") == 0)
            return 0;
        if (strcmp(c->line.name, "ACTION") == 0) {
            const char *action = xc_line_value(&c->line, pool);
            shown = strcasecmp(action, "DISPLAY") == 0 || strcasecmp(action, "AUDIO") == 0;
        }
    }
    return shown;
}
