/* SPDX-License-Identifier: Apache-2.0 */
/* Restrictions of FindItem and FindFolder (ews.md 6.2). */
#ifndef LAB_RESTRICT_H
#define LAB_RESTRICT_H

#include "ews/ews.h"

/* The value of a path (t:FieldURI or t:ExtendedFieldURI) of the object that is tested, as
 * text; `*value` NULL when it has none. */
typedef const lab_fail_t *lab_value_fn(lab_call_t *call, void *object, xmlNodePtr path,
                                       const char **value);

/* Tests one search expression (the child of m:Restriction). */
const lab_fail_t *lab_restrict_test(lab_call_t *call, xmlNodePtr expression,
                                    lab_value_fn *value, void *object, bool *matches);
/* Less than, equal to or greater than zero: numbers and times by value, texts without
 * regard to case. NULL is less than everything. */
int lab_restrict_compare(lab_call_t *call, const char *a, const char *b);

#endif
