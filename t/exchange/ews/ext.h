/* SPDX-License-Identifier: Apache-2.0 */
/* Extended properties: MAPI properties by tag, by number in a set, or by name in a set.
 */
#ifndef LAB_EXT_H
#define LAB_EXT_H

#include "ews/view.h"

typedef struct lab_ext {
    const char *key;  /* in bags: "x:<set or tag>/<name or number>/<type>" */
    const char *path; /* the t:ExtendedFieldURI element as the client wrote it, as XML */
    const char *set;  /* GUID in lower case, "" for a tag */
    int number;       /* property id or tag, -1 when it has a name */
    const char *name; /* or NULL */
    const char *type; /* "String", "Binary", "StringArray" ... */
} lab_ext_t;

/* Reads a t:ExtendedFieldURI; ErrorInvalidExtendedProperty for combinations that make no
 * sense. */
const lab_fail_t *lab_ext_read(lab_call_t *call, xmlNodePtr element, lab_ext_t *ext);
/* Reads the t:Value or t:Values of a t:ExtendedProperty for that property into the text
 * that bags keep (array members end in \x1f). */
const lab_fail_t *lab_ext_read_value(lab_call_t *call, xmlNodePtr property,
                                     const lab_ext_t *ext, const char **text);
/* The value that a view has, stored or computed by the server; NULL when it has none. */
const char *lab_ext_get(lab_call_t *call, const lab_view_t *view, const lab_ext_t *ext);
/* Writes <t:ExtendedProperty> with a value from bags or lab_ext_get(). */
void lab_ext_put(lab_buf_t *out, const lab_ext_t *ext, const char *value);
/* True for properties that the server computes and clients cannot write. */
bool lab_ext_computed(const lab_ext_t *ext);
/* Name in the bag of a property of Exchange's own that clients may set as it is (the state of an
 * appointment, its place, its subject); NULL: they may not. */
const char *lab_ext_stored_as(const lab_ext_t *ext);
/* PidLidGlobalObjectId of a UID as base64; `day` LAB_NO_DAY for the clean one. */
const char *lab_uid_to_goid(apr_pool_t *pool, const char *uid, int day);
/* A new UID in the form of a global object id. */
const char *lab_uid_make(apr_pool_t *pool, apr_time_t now);

#endif
