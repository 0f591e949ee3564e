/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulator's process-wide state. One process serves everything (the configuration
 * starts a single child), so what is not a mailbox lives in memory: settings, counters,
 * the record of requests, subscriptions.
 */
#ifndef LAB_H
#define LAB_H

#include <apr_pools.h>
#include <apr_thread_mutex.h>
#include <stdbool.h>

#include "grammar/version.h"
#include "store/db.h"

#define LAB_AUTH_BASIC  1u
#define LAB_AUTH_NTLM   2u
#define LAB_AUTH_FORMS  4u
#define LAB_AUTH_BEARER 8u

/* What a simulated product is. */
typedef struct lab_profile {
    const char *name;     /* as in /lab/settings: "2010_SP2" */
    lab_version_t schema; /* its newest generation of the schema */
    bool ews;             /* false: has no Exchange Web Services (2003) */
    int major, minor, build, revision;
} lab_profile_t;

struct lab_settings;
struct lab_calls;
struct lab_record;
struct lab_subscriptions;

typedef struct lab_server {
    apr_pool_t *pool; /* lives as long as the process; only for what is made at start */
    const char *dir;
    lab_store_t *store;
    struct lab_settings *settings;
    struct lab_calls *calls;
    struct lab_record *record;
    struct lab_subscriptions *subscriptions;
} lab_server_t;

/* By the name used in settings; NULL when there is none. */
const lab_profile_t *lab_profile_find(const char *name);

#endif
