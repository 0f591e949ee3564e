/* SPDX-License-Identifier: Apache-2.0 */
/* Meeting messages from outside, as other systems mail them (iMIP, RFC 6047). */
#ifndef LAB_FOREIGN_H
#define LAB_FOREIGN_H

#include "directory/dir.h"
#include "lab.h"

/* Delivers a VCALENDAR to a mailbox as if `from` had mailed it with that METHOD (REQUEST,
 * CANCEL, REPLY or COUNTER; NULL: the one in the text). NULL, or what is wrong, on
 * `pool`. */
const char *lab_foreign_deliver(lab_server_t *lab, apr_pool_t *pool,
                                const lab_dir_entry_t *to, const char *from,
                                const char *method, const char *ics);

#endif
