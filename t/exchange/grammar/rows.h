/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file rows.h
 * Inside of the grammar: the table and its notation.
 *
 * A type is a row: name, the type it extends, what it contains, its attributes, and for
 * an element that holds text the type of that text. Types of the messages namespace have
 * the prefix "m:"; the others are of the types namespace. An element lives in its type's
 * namespace unless it has a prefix "t:" or "m:" itself.
 *
 * content:   a b c          one after the other
 *            ( a | b )      one of them
 *            { a b }        a group, for an occurrence of its own
 *            Name:Type      an element; without ":Type" its type is NameType. A type that
 * begins with a small letter is XML Schema's own (int, dateTime ...) x? x* x+ optional,
 * any number, at least one; without a mark: exactly one x@V            known to servers
 * from generation V on x^V            required before generation V, optional from then on
 * attributes: Name:Type, Name:Type?, with @V as above
 * generations: 10, 10.1, 10.2, 13, 13.1, 16, 19 (2010, its SP1 and SP2, and so on);
 * without a mark: since 2007
 *
 * A value type is a row: name, kind, facets. Kinds: enum (words, with @V), list (of a
 * value type), nonempty (a string of at least one character), guid, bitmask, proptag, or
 * a type of XML Schema with ranges "low..high" for numbers.
 */
#ifndef LAB_GRAMMAR_ROWS_H
#define LAB_GRAMMAR_ROWS_H

#include <stddef.h>

/** A type with elements, attributes or both. A row of NULLs ends each list. */
typedef struct lab_grammar_row_t {
    const char *name;
    const char *base;
    const char *content;
    const char *attributes;
    const char *text;
} lab_grammar_row_t;

/** A type of values. */
typedef struct lab_grammar_value_row_t {
    const char *name;
    const char *kind;
    const char *facets;
} lab_grammar_value_row_t;

/** An element that may stand below soap:Body ("m:") or soap:Header. */
typedef struct lab_grammar_root_t {
    const char *name;
    const char *type;
    const char *since;
} lab_grammar_root_t;

extern const lab_grammar_row_t lab_grammar_rows_requests[];
extern const lab_grammar_row_t lab_grammar_rows_shapes[];
extern const lab_grammar_row_t lab_grammar_rows_items[];
extern const lab_grammar_row_t lab_grammar_rows_calendar[];
extern const lab_grammar_row_t lab_grammar_rows_contacts[];
extern const lab_grammar_row_t lab_grammar_rows_search[];
extern const lab_grammar_row_t lab_grammar_rows_rights[];
extern const lab_grammar_value_row_t lab_grammar_value_rows[];
extern const lab_grammar_root_t lab_grammar_roots[];

#endif
