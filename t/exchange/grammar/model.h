/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file model.h
 * Inside of the grammar: the table, read.
 */
#ifndef LAB_GRAMMAR_MODEL_H
#define LAB_GRAMMAR_MODEL_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "grammar/grammar.h"

#define LAB_NVERSIONS (LAB_EXCHANGE_2019 + 1)

typedef struct lab_gtype_t lab_gtype_t;
typedef struct lab_gvalue_t lab_gvalue_t;
typedef struct lab_gauto_t lab_gauto_t;

/** What an element holds: exactly one of both is set, or none for elements without
 * content. */
typedef struct lab_gref_t {
    const lab_gtype_t *type;
    const lab_gvalue_t *value;
} lab_gref_t;

typedef enum lab_gkind_t {
    LAB_GVALUE_BUILTIN, /**< a type of XML Schema, maybe with ranges */
    LAB_GVALUE_ENUM,
    LAB_GVALUE_LIST,
    LAB_GVALUE_NONEMPTY,
    LAB_GVALUE_GUID,
    LAB_GVALUE_BITMASK,
    LAB_GVALUE_PROPTAG
} lab_gkind_t;

/** A type of values. */
struct lab_gvalue_t {
    const char *name; /**< of the table, or XML Schema's */
    lab_gkind_t kind;
    const char *builtin;      /**< XML Schema's name of the type below */
    const char *facets;       /**< as in the row; NULL for XML Schema's own */
    const lab_gvalue_t *item; /**< of a list */
};

typedef enum lab_gnode_kind_t {
    LAB_GNODE_ELEMENT,
    LAB_GNODE_SEQUENCE,
    LAB_GNODE_CHOICE
} lab_gnode_kind_t;

/** A particle of a content model. */
typedef struct lab_gnode_t {
    lab_gnode_kind_t kind;
    char occurs; /**< '1', '?', '*', '+' */
    lab_version_t since;
    lab_version_t optional_from; /**< LAB_NVERSIONS: never */
    int place;                   /**< of an element: its number in the type, from 0 */
    const char *name;
    const char *ns;
    const char *type_name;
    lab_gref_t ref;
    struct lab_gnode_t *children; /**< of sequence and choice */
    struct lab_gnode_t *next;
} lab_gnode_t;

typedef struct lab_gattr_t {
    const char *name; /**< "Id", or "xml:lang" */
    int is_required;
    lab_version_t since;
    const char *type_name;
    const lab_gvalue_t *value;
} lab_gattr_t;

/** A type with elements, attributes or both. */
struct lab_gtype_t {
    const char *name;
    const char *ns;
    const char *base_name;
    const char *text_name;
    const lab_gtype_t *base;
    lab_gnode_t *content;              /**< base's included; NULL: no elements */
    int nplaces;                       /**< how many elements content names */
    const lab_gnode_t **places;        /**< by number */
    apr_array_header_t *attrs;         /**< of lab_gattr_t, base's included */
    const lab_gvalue_t *text;          /**< NULL: no text */
    lab_gauto_t *autos[LAB_NVERSIONS]; /**< made when first needed */
};

/** An element below soap:Body or soap:Header. */
typedef struct lab_groot_t {
    const char *name;
    const char *ns;
    lab_version_t since;
    lab_gref_t ref;
} lab_groot_t;

/** What may come after an element, as sets of places. Row 0: at the beginning; row n+1:
 * after place n. */
struct lab_gauto_t {
    int words;              /**< of 64 bits per set */
    apr_uint64_t *next;     /**< nplaces + 1 sets */
    unsigned char *is_last; /**< nplaces + 1 flags: the content may end here */
};

/** The type of that name, NULL: none. */
const lab_gtype_t *lab_gmodel_type(const char *name);

/** The type of items and other elements by their local name, NULL: none. */
const lab_gtype_t *lab_gmodel_type_of_element(const char *name);

/** The root element of that name and namespace, NULL: none. */
const lab_groot_t *lab_gmodel_root(const char *name, const char *ns);

/** The value type of that name, NULL: none. */
const lab_gvalue_t *lab_gmodel_value(const char *name);

/** The content model of a type for a generation; made at first use, under the table's
 * lock. */
const lab_gauto_t *lab_gmodel_auto(const lab_gtype_t *type, lab_version_t version);

/** Build the automaton of a type. */
lab_gauto_t *lab_gauto_make(const lab_gtype_t *type, lab_version_t version,
                            apr_pool_t *pool);

/** Read "10.1" and the like; an empty text is LAB_EXCHANGE_2007. 1, or 0 for nonsense. */
int lab_gmodel_version(const char *text, apr_size_t len, lab_version_t *version);

/**
 * Is a text a value of that type for a server of that generation?
 * @return NULL when it is; else why not, in .NET's words, on pool
 */
const char *lab_gvalue_check(const lab_gvalue_t *value, const char *text,
                             lab_version_t version, apr_pool_t *pool);

/** The first generation that knows a word of an enumeration; 0 when it is no such word.
 */
int lab_gvalue_word_since(const lab_gvalue_t *value, const char *word, apr_size_t len,
                          lab_version_t *since);

/**
 * Where in the source an element stands.
 * @param at_end   1: the position of its end tag
 * @param line,position 1-based; position 0 when it could not be found out
 */
void lab_gposition_find(xmlNodePtr element, int at_end, const char *source,
                        apr_size_t len, int *line, int *position);

#endif
