/* SPDX-License-Identifier: Apache-2.0 */
/* Items inside of items: what t:ItemAttachment carries. */
#ifndef LAB_EMBEDDED_H
#define LAB_EMBEDDED_H

#include "ews/shape.h"

/* Makes an item of an element (t:Message, t:CalendarItem ...) and packs it into bytes; its
 * item class in `*class_name`. */
const lab_fail_t *lab_embedded_read(lab_call_t *call, const lab_item_t *parent,
                                    xmlNodePtr element, const void **bytes, int *len,
                                    const char **class_name);
/* Writes the packed item's element in a shape. */
void lab_embedded_put(lab_call_t *call, const lab_item_t *parent, const char *class_name,
                      const void *bytes, int len, const lab_shape_t *shape);

#endif
