/* SPDX-License-Identifier: Apache-2.0 */
/* File attachments of items and exceptions. */
#ifndef LAB_ATTACHMENT_H
#define LAB_ATTACHMENT_H

#include "ews/view.h"

/* How many attachments the item, or that occurrence, has. */
int lab_attachments_count(lab_call_t *call, const lab_view_t *view);
/* Writes <t:Attachments>; nothing when there is none. */
void lab_attachments_put(lab_call_t *call, lab_buf_t *out, const lab_view_t *view);

#endif
