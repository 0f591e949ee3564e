/* SPDX-License-Identifier: Apache-2.0 */
/* Counting what clients do, and keeping their last request bodies, for tests. */
#ifndef LAB_CALLS_H
#define LAB_CALLS_H

#include <jansson.h>

#include "lab.h"

typedef struct lab_calls lab_calls_t;
typedef struct lab_record lab_record_t;

lab_calls_t *lab_calls_make(apr_pool_t *pool);
void lab_calls_count(lab_calls_t *calls, const char *operation);
void lab_calls_count_connection(lab_calls_t *calls);
/* A request that was answered 401 before it could be read. */
void lab_calls_count_refused(lab_calls_t *calls);
void lab_calls_reset(lab_calls_t *calls);
json_t *lab_calls_json(lab_calls_t *calls);

lab_record_t *lab_record_make(apr_pool_t *pool);
/* Keeps a body as the newest; at most `keep` are held, and 64 MB together. */
void lab_record_add(lab_record_t *record, const char *operation, const char *body,
                    size_t len, int keep);
void lab_record_clear(lab_record_t *record);
/* [{"operation": ..., "body": ...}] oldest first. */
json_t *lab_record_json(lab_record_t *record);

#endif
