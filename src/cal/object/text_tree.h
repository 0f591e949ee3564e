/* SPDX-License-Identifier: Apache-2.0 */
/** @file text_tree.h  iCalendar text as a tree of its lines, to be copied byte for byte or changed one line at a time. */
#ifndef XC_CAL_TEXT_TREE_H
#define XC_CAL_TEXT_TREE_H

#include <apr_tables.h>

#include "cal/object/event_priv.h"
#include "cal/object/lines.h"

typedef struct xc_node_t xc_node_t;
typedef struct xc_child_t {
    xc_line_t line;      /* a property … */
    xc_node_t *node;        /* … or a component */
} xc_child_t;
struct xc_node_t {
    const char *name;
    apr_array_header_t *children; /* xc_child_t */
};


/** The VCALENDAR of a text that has been parsed before; NULL when there is none. Lines point into the text. */
xc_node_t *xc_tree_read(const char *text, apr_size_t len, apr_pool_t *pool);
/** A whole line unfolded, "NAME;PARAM=x:value". */
const char *xc_tree_line(const xc_line_t *line, apr_pool_t *pool);
/** A line, or a component with all below, as it was. */
void xc_tree_copy_line(xc_render_t *r, const xc_line_t *line);
void xc_tree_copy(xc_render_t *r, const xc_node_t *n);
/** An unfolded line with a parameter set to a value that needs no quotes. */
const char *xc_tree_set_param(const char *line, const char *name, const char *value, apr_pool_t *pool);
/** The same line without a parameter; `line` itself when it has none of that name. */
const char *xc_tree_drop_param(const char *line, const char *name, apr_pool_t *pool);
/** A parameter's value without quotes; NULL when absent. */
const char *xc_tree_param(const char *line, const char *name, apr_pool_t *pool);
/** "ATTACH:" with the parameters of such a line but for those that say where and how large its content is (files.c). */
const char *xc_file_head(const xc_line_t *line, apr_pool_t *pool);
/** xc_comp_can_remind() of a VALARM. */
int xc_tree_can_remind(const xc_node_t *alarm, apr_pool_t *pool);
/** The mail address of an ATTENDEE or ORGANIZER line, as xc_address_of says; NULL when it has none. */
const char *xc_tree_address(const xc_line_t *line, apr_pool_t *pool);

#endif
