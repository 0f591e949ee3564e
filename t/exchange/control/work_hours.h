/* SPDX-License-Identifier: Apache-2.0 */
/* The setting "work_hours": when people work, by login. */
#ifndef LAB_WORK_HOURS_H
#define LAB_WORK_HOURS_H

#include <jansson.h>

#include "directory/dir.h"

typedef struct lab_work_hours {
    const char *zone;       /* Windows id */
    const char *days;       /* "Monday Tuesday ..." */
    int start_min, end_min; /* since midnight */
} lab_work_hours_t;

/* NULL, or what is wrong with the setting (on `pool`). */
const char *lab_work_hours_check(apr_pool_t *pool, const json_t *value);
/* When somebody works: what the setting says, else Monday to Friday from 8 to 17 in his
 * own zone. Texts on `pool`. */
void lab_work_hours_of(apr_pool_t *pool, const json_t *value, const lab_dir_entry_t *who,
                       lab_work_hours_t *hours);

#endif
