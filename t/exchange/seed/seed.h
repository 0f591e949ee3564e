/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file seed.h
 * A calendar as people have it, for `POST /lab/seed`: the same input gives the same
 * output.
 *
 * The generator knows neither store nor EWS: it hands out plain structures one by one,
 * which the caller inserts. Everything lives on the pool of the call.
 */
#ifndef LAB_SEED_H
#define LAB_SEED_H

#include <apr_pools.h>
#include <apr_time.h>

#include "directory/dir.h"
#include "recur/recur.h"
#include "zones/zone.h"

typedef enum lab_seed_role_t {
    LAB_SEED_REQUIRED,
    LAB_SEED_OPTIONAL,
    LAB_SEED_RESOURCE
} lab_seed_role_t;

/** Names as EWS's ResponseTypeType: 0 Unknown .. 5 NoResponseReceived. */
typedef enum lab_seed_response_t {
    LAB_SEED_UNKNOWN,
    LAB_SEED_ORGANIZER,
    LAB_SEED_TENTATIVE,
    LAB_SEED_ACCEPT,
    LAB_SEED_DECLINE,
    LAB_SEED_NO_RESPONSE
} lab_seed_response_t;

typedef struct lab_seed_attendee_t {
    const char *name;
    const char *smtp; /**< of the directory, or of an outside domain (partner.example) */
    lab_seed_role_t role;
    lab_seed_response_t response;
    apr_time_t response_time; /**< 0: has not answered */
} lab_seed_attendee_t;

/** A changed occurrence: only what differs from the series is not NULL / -1. */
typedef struct lab_seed_exception_t {
    int index;        /**< 1-based index in the pattern */
    int is_deleted;   /**< 1: deleted, nothing else is set */
    apr_time_t start; /**< UTC; always set when not deleted */
    apr_time_t end;
    const char *subject;  /**< NULL: as the series */
    const char *location; /**< NULL: as the series */
    const char *body;     /**< NULL: as the series */
    int busy;             /**< -1: as the series */
} lab_seed_exception_t;

/** One item for a calendar. */
typedef struct lab_seed_event_t {
    const char *uid; /**< unique for (mailbox, seed number, position) */
    const char *subject;
    const char *body; /**< "" when there is none */
    int body_is_html;
    const char *location; /**< "" when there is none */
    const char *const *categories;
    int ncategories;
    int sensitivity; /**< 0 Normal, 1 Personal, 2 Private, 3 Confidential */
    int importance;  /**< 0 Low, 1 Normal, 2 High */
    int busy;        /**< 0 Free, 1 Tentative, 2 Busy, 3 OOF */
    int reminder_is_set;
    int reminder_minutes;
    int is_all_day;   /**< start and end are midnights of the zone, end exclusive */
    apr_time_t start; /**< UTC; of the first occurrence for a series */
    apr_time_t end;
    apr_time_t created;
    const lab_zone_t *zone;
    int is_recurring;
    lab_recur_t
        recur; /**< when is_recurring; valid, and starts on the local date of start */
    const lab_seed_exception_t
        *exceptions; /**< ordered by index; moves respect neighbours */
    int nexceptions;
    int is_meeting;   /**< has attendees */
    int is_organizer; /**< 1: the mailbox organises it; 0: it was invited */
    const lab_dir_entry_t *organizer; /**< the mailbox itself unless is_organizer is 0 */
    lab_seed_response_t
        my_response; /**< LAB_SEED_ORGANIZER, or what the mailbox answered */
    const lab_seed_attendee_t *attendees;
    int nattendees;
} lab_seed_event_t;

/** A run of the generator; opaque. */
typedef struct lab_seed_t lab_seed_t;

/**
 * Begin a run.
 * @param owner  the mailbox; its zone is the home zone of most events
 * @param number seed number: another number gives another calendar (0 is the usual one)
 * @param now    the middle: events lie from 18 months before to 18 months after it; only
 * its day matters, so that runs of the same day give the same calendar
 * @param pool   holds the run; events go to the pools given to lab_seed_next()
 */
lab_seed_t *lab_seed_begin(const lab_dir_entry_t *owner, apr_uint32_t number,
                           apr_time_t now, apr_pool_t *pool);

/**
 * The next event; there is no end, ask as many as are needed. Of each 100: about 55
 * single, 10 all-day (some over several days), 20 meetings, 15 series of all kinds (one
 * third of those with changed or deleted occurrences).
 * @param event filled; what it points to is on pool
 */
void lab_seed_next(lab_seed_t *seed, lab_seed_event_t *event, apr_pool_t *pool);

#endif
