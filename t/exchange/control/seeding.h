/* SPDX-License-Identifier: Apache-2.0 */
/* Fills a calendar with what seed/ makes up. */
#ifndef LAB_SEEDING_H
#define LAB_SEEDING_H

#include "directory/dir.h"
#include "lab.h"

/* Inserts `events` events of the given seed number into the default calendar. Returns how
 * many were made, -1 when the database refused. */
int lab_seed_calendar(lab_server_t *lab, const lab_dir_entry_t *who, int events,
                      apr_uint32_t number, apr_pool_t *pool);

#endif
