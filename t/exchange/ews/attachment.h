/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attachments of items: files, and items inside of items. An occurrence shows those of its
 * master until it gets its own: from then on the exception has a list for itself.
 */
#ifndef LAB_ATTACHMENT_H
#define LAB_ATTACHMENT_H

#include "ews/view.h"

enum { LAB_ATTACHMENT_INLINE = 1, LAB_ATTACHMENT_PHOTO = 2 };

typedef struct lab_attachment {
    apr_int64_t number;
    const char *name, *type, *cid, *location; /* NULL: not said */
    unsigned flags;
    apr_time_t modified;
    apr_int64_t size;       /* bytes */
    const char *class_name; /* of an item; NULL for a file */
} lab_attachment_t;

/* All attachments that a view shows, array of lab_attachment_t. */
apr_array_header_t *lab_attachments(lab_call_t *call, const lab_view_t *view);
/* Has the view attachments besides those that its body shows? */
bool lab_attachments_any(lab_call_t *call, const lab_view_t *view);
/* Writes <t:Attachments> without contents; nothing when there is none. */
void lab_attachments_put(lab_call_t *call, lab_buf_t *out, const lab_view_t *view);

/* One attachment of an item by its number, with its content; NULL when there is none. */
lab_attachment_t *lab_attachment_get(lab_call_t *call, apr_int64_t item,
                                     apr_int64_t number, const void **content);
/* Adds one; its number. `day` LAB_NO_DAY for a whole item. */
apr_int64_t lab_attachment_add(lab_call_t *call, apr_int64_t item, int day,
                               const lab_attachment_t *a, const void *content);
/* Gives an occurrence its own list, filled with what it shows now; makes an exception of it
 * when it is none. In `*number` an attachment's new number, when it was the master's. */
void lab_attachments_own(lab_call_t *call, const lab_item_t *item, int day,
                         apr_int64_t *number);

/* The opening of an attachment's element up to what its kind adds; `id` is its Id. */
void lab_attachment_open(lab_call_t *call, lab_buf_t *out, const lab_attachment_t *a,
                         const char *id, bool details);
void lab_attachment_close(lab_buf_t *out, const lab_attachment_t *a);
/* The Id of an attachment of an item or occurrence. */
const char *lab_attachment_id(lab_call_t *call, const lab_item_t *item, int day,
                              apr_int64_t number);

#endif
