/* SPDX-License-Identifier: Apache-2.0 */
/* iCalendar as Exchange writes it into MimeContent, and as it reads it on create. */
#ifndef LAB_ICAL_H
#define LAB_ICAL_H

#include "ews/draft.h"

/* The VCALENDAR of an item; a master brings its exceptions along. On the call's pool. */
const char *lab_ical_write(lab_call_t *call, const lab_view_t *view);
/* A mail with the item's text, for everything that is no calendar item. */
const char *lab_mail_write(lab_call_t *call, const lab_view_t *view);
/* The first headers of such a mail, and one part of it: "plain", "calendar; method=REPLY"
 */
void lab_mail_write_head(lab_call_t *call, const lab_view_t *view, lab_buf_t *b);
void lab_mail_write_part(lab_buf_t *b, const char *type, const char *text);
/* The VCALENDAR of a meeting message with its METHOD. */
const char *lab_ical_write_message(lab_call_t *call, const lab_view_t *view,
                                   const char *method);
/* Takes over what Exchange takes over from a VCALENDAR: the first VEVENT without
 * RECURRENCE-ID. ErrorMimeContentInvalid when there is none or it cannot be read. */
const lab_fail_t *lab_ical_read(lab_draft_t *draft, const char *text);
/* ErrorMimeContentInvalidBase64String, or the text. */
const lab_fail_t *lab_mime_decode(lab_call_t *call, const char *base64,
                                  const char **text);

#endif
