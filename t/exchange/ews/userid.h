/* SPDX-License-Identifier: Apache-2.0 */
/* t:UserId: whom a permission or a delegation is for. */
#ifndef LAB_USERID_H
#define LAB_USERID_H

#include "ews/ews.h"

/* Reads a t:UserId: by SID, PrimarySmtpAddress, DisplayName, or as one of the two
 * distinguished users. `*who` is a position in the directory or one of LAB_WHO_...;
 * `unknown` is the code for somebody whom the directory does not know. */
const lab_fail_t *lab_user_read(lab_call_t *call, xmlNodePtr user, const char *unknown,
                                int *who);
/* Writes <t:UserId>. */
void lab_user_put(lab_buf_t *out, int who);

#endif
