/* SPDX-License-Identifier: Apache-2.0 */
/* Which properties an answer shows, and writing an item in that shape. */
#ifndef LAB_SHAPE_H
#define LAB_SHAPE_H

#include "ews/draft.h"
#include "ews/ext.h"
#include "ews/view.h"

typedef enum lab_base_shape {
    LAB_SHAPE_ID,
    LAB_SHAPE_DEFAULT,
    LAB_SHAPE_ALL
} lab_base_shape_t;

#define LAB_MAX_PROPS 192

typedef struct lab_shape {
    lab_base_shape_t base;
    const char *body_type;      /* "HTML", "Text" or "Best" */
    bool list;                  /* for FindItem and SyncFolderItems: fewer properties */
    bool wanted[LAB_MAX_PROPS]; /* by row of the property table */
    apr_array_header_t *ext;    /* lab_ext_t */
} lab_shape_t;

typedef struct lab_emit {
    lab_call_t *call;
    lab_buf_t *out;
    const lab_view_t *view;
    const lab_shape_t *shape;
} lab_emit_t;

struct lab_prop;
typedef void lab_emit_fn(const lab_emit_t *e, const struct lab_prop *p);

enum {
    LAB_P_ALL = 1,     /* part of AllProperties */
    LAB_P_DEFAULT = 2, /* part of Default */
    LAB_P_LIST = 4,    /* available to FindItem and SyncFolderItems */
    LAB_P_CHEAP = LAB_P_ALL | LAB_P_LIST,
    LAB_P_NO_QUERY = 8 /* cannot be used in a Restriction */
};

/* A property of items: one row, in the order of the schema. */
typedef struct lab_prop {
    const char *uri;     /* FieldURI */
    const char *element; /* with the prefix t: */
    const char *key;     /* name in bags, for the general functions */
    unsigned kinds;      /* which kinds of item have it (lab_kind_t) */
    unsigned flags;
    lab_emit_fn *emit;
    lab_set_fn *set;      /* NULL: clients cannot write it */
    const char *fallback; /* what an item without it shows; NULL: nothing */
    lab_version_t since;  /* filled at start: at least what the grammar says */
} lab_prop_t;

/* The table, ended by a row without uri. */
extern lab_prop_t lab_props[];
/* Fills in the generations; once, before threads. */
void lab_props_init(void);
/* First row of a FieldURI, NULL when unknown. */
const lab_prop_t *lab_prop_find(const char *uri);
/* The row that a kind of item has for it; the first one when the kind has none. */
const lab_prop_t *lab_prop_for(const char *uri, lab_kind_t kind);
/* Row that belongs to an element of an item (name without prefix); NULL when none. */
const lab_prop_t *lab_prop_of_element(lab_kind_t kind, const char *element);

/* Reads m:ItemShape. */
const lab_fail_t *lab_shape_read(lab_call_t *call, xmlNodePtr element, bool list,
                                 lab_shape_t *shape);
/* Writes <t:CalendarItem>...</t:CalendarItem> (or what the kind is called) to the answer.
 */
void lab_shape_put(lab_call_t *call, const lab_view_t *view, const lab_shape_t *shape);

/* General emitters (emit.c). */
lab_emit_fn lab_emit_text, lab_emit_bool, lab_emit_time;

#endif
