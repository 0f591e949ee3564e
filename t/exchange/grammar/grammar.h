/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file grammar.h
 * Is a request what the schema of that server generation allows?
 *
 * The table knows every element that the operations for calendars use: its order,
 * occurrence, attributes, types, enumerations, and the first generation that knows it.
 * The verdict is the one of Microsoft's schemas; the wording is that of .NET's validating
 * reader, which ends up in the ErrorSchemaValidation fault ("The request failed schema
 * validation: " + violation).
 *
 * The schema that counts is the server's own, not that of RequestServerVersion: a 2010
 * server that is asked with Exchange2007_SP1 still knows StartTimeZone in its schema.
 * What a request version may *use* is a matter of lab_grammar_since() and
 * lab_grammar_field_since().
 *
 * The table is compiled in and read at first use under a lock; verdicts are thread-safe.
 */
#ifndef LAB_GRAMMAR_H
#define LAB_GRAMMAR_H

#include <apr_pools.h>
#include <libxml/tree.h>

#include "grammar/version.h"

#define LAB_NS_TYPES    "http://schemas.microsoft.com/exchange/services/2006/types"
#define LAB_NS_MESSAGES "http://schemas.microsoft.com/exchange/services/2006/messages"
#define LAB_NS_ERRORS   "http://schemas.microsoft.com/exchange/services/2006/errors"

/** What is wrong with a document and where. */
typedef struct lab_grammar_fault_t {
    int line;     /**< 1-based line of the offending element in the source */
    int position; /**< 1-based column of the element's name (after '<' or '</'); 0 when
                     the source was not given */
    const char *text; /**< the violation, on the pool */
} lab_grammar_fault_t;

/**
 * Prepare the table. Call once per process before threads start; a further call is
 * harmless.
 * @param pool lives as long as the process
 * @return APR_SUCCESS, or APR_EGENERAL when the table itself is wrong (a unit test guards
 * that)
 */
apr_status_t lab_grammar_init(apr_pool_t *pool);

/** 1 when the table has an operation of that name ("GetItem",
 * "GetUserAvailabilityRequest") and the server generation knows it. */
int lab_grammar_knows_operation(const char *name, lab_version_t server);

/**
 * Check one element: the child of soap:Body, or one child of soap:Header in the types
 * namespace.
 * @param element    the element, in its document
 * @param server     generation of the server
 * @param source     the bytes the document was parsed from, for the position; may be NULL
 * @param source_len their number
 * @param fault      filled when the verdict is 0; may be NULL
 * @param pool       for fault->text and scratch
 * @return 1 valid, 0 not
 */
int lab_grammar_check(xmlNodePtr element, lab_version_t server, const char *source,
                      apr_size_t source_len, lab_grammar_fault_t *fault,
                      apr_pool_t *pool);

/**
 * The place of a child in the sequence of its parent's type, for writing answers in the
 * order of the schema. Smaller is earlier; equal never happens for different names.
 * @param parent local name of a types element ("CalendarItem", "MeetingRequest",
 * "Message", "CalendarFolder", "Attendee" ...) or name of a type
 * @param child  local name
 * @return rank from 0, or -1 when the parent is not known or has no such child
 */
int lab_grammar_rank(const char *parent, const char *child);

/** The name of the child with that rank; NULL past the end or when parent is not known.
 */
const char *lab_grammar_child(const char *parent, int rank);

/**
 * The first generation whose schema has that child.
 * @return 1 and *since set; 0 when unknown
 */
int lab_grammar_since(const char *parent, const char *child, lab_version_t *since);

/**
 * The first generation that knows a FieldURI ("calendar:StartTimeZone", "item:Subject").
 * @return 1 and *since set; 0 when there is no such field
 */
int lab_grammar_field_since(const char *field_uri, lab_version_t *since);

#endif
