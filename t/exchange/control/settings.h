/* SPDX-License-Identifier: Apache-2.0 */
/* What POST /lab/settings changes: version, ways to sign in, latency, faults. */
#ifndef LAB_SETTINGS_H
#define LAB_SETTINGS_H

#include <jansson.h>

#include "control/work_hours.h"
#include "lab.h"

typedef struct lab_settings lab_settings_t;

/* One fault to commit. */
typedef struct lab_fault {
    const char *kind;     /* "503", "busy" ... or an EWS response code, "Error..." */
    apr_int64_t value_ms; /* back-off, pause or length, as the kind says */
} lab_fault_t;

lab_settings_t *lab_settings_make(apr_pool_t *pool, const char *version,
                                  const char *auth);
/* Merges a JSON object. NULL, or what is wrong with it (on `pool`): then nothing changed.
 */
const char *lab_settings_merge(lab_settings_t *s, apr_pool_t *pool, const json_t *object);
/* The present settings; the caller owns the reference. */
json_t *lab_settings_json(lab_settings_t *s);
/* Back to what make() gave. */
void lab_settings_restore(lab_settings_t *s);
const lab_profile_t *lab_settings_profile(lab_settings_t *s);
unsigned lab_settings_auth(lab_settings_t *s);
int lab_settings_latency_ms(lab_settings_t *s);
int lab_settings_record(lab_settings_t *s);
/* Bytes of one attachment, and of all attachments of an item; 0: no limit. */
apr_int64_t lab_settings_max_attachment(lab_settings_t *s);
apr_int64_t lab_settings_max_message(lab_settings_t *s);
/* Bytes of a request's body: as set, else what the version comes with. */
apr_int64_t lab_settings_max_request(lab_settings_t *s);
/* Do mailboxes process meeting messages by themselves? */
bool lab_settings_attendant(lab_settings_t *s);
/* When somebody works; texts on `pool`. */
void lab_settings_work_hours(lab_settings_t *s, apr_pool_t *pool,
                             const lab_dir_entry_t *who, lab_work_hours_t *hours);
/* The login that a bearer token stands for, on `pool`; NULL for an unknown token. */
const char *lab_settings_token(lab_settings_t *s, apr_pool_t *pool, const char *token);
/* Chooses and uses up a fault for an operation; false when there is none. */
bool lab_settings_fault(lab_settings_t *s, apr_pool_t *pool, const char *operation,
                        lab_fault_t *fault);

#endif
