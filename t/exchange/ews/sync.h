/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SyncState: what a client has seen of a folder, as numbers of the mailbox's change
 * counter.
 *
 * A round of pages may go from old to new (2007) or from new to old (2010 SP2 and later),
 * while changes go on. So the state keeps the number up to which everything is known
 * (`base`) and the spans above it that this round has already reported.
 */
#ifndef LAB_SYNC_H
#define LAB_SYNC_H

#include <apr_pools.h>
#include <stdbool.h>

#define LAB_SYNC_SPANS 32

typedef struct lab_sync_state {
    char kind;          /* 'I' items, 'H' hierarchy */
    int generation;     /* of the server that gave it */
    apr_int64_t folder; /* folder, or mailbox for a hierarchy */
    apr_int64_t base;   /* everything up to here was known when the round began */
    int count;          /* spans reported in this round, in rising order, disjoint */
    struct {
        apr_int64_t low, high;
    } spans[LAB_SYNC_SPANS];
} lab_sync_state_t;

/* The opaque text, on `pool`. */
const char *lab_sync_text(apr_pool_t *pool, const lab_sync_state_t *state);
/* Reads it; false when it was not made here or is damaged. */
bool lab_sync_parse(apr_pool_t *pool, const char *text, lab_sync_state_t *state);
/* Was this number reported in this round? */
bool lab_sync_seen(const lab_sync_state_t *state, apr_int64_t cn);
/* Notes that everything from low to high is reported now. False when the state is full.
 */
bool lab_sync_add(lab_sync_state_t *state, apr_int64_t low, apr_int64_t high);

#endif
