/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file tasks.h
 * Tasks (cal/task.h) in a folder of kind XC_FOLDER_TASKS. Listing, deleting, moving and naming them is as with events:
 * the item_ slots of backend.h, with xc_item_ref_t.task set. Exchange has no UID of tasks: one is kept in a named
 * property, and an item without gets one that follows from its id.
 */
#ifndef XC_EXCHANGE_TASKS_H
#define XC_EXCHANGE_TASKS_H

#include "cal/task.h"
#include "exchange/backend.h"

struct xc_tasks_ops_t {
    /** item_fetch of tasks. */
    xc_error_t *(*fetch)(xc_fetched_t **out, xc_session_t *s, const char *const *ids, int n, apr_pool_t *pool);
    /** item_create of a task. */
    xc_error_t *(*create)(xc_item_ref_t *out, xc_session_t *s, const char *folder_id, const xc_write_t *w, apr_pool_t *pool);
    /**
     * item_update of a task. A recurring one whose occurrence is completed moves on to the next: out->altered is set,
     * and the completed occurrence lies in the folder as a task of its own. Other changes of its days or rule concern
     * the whole series and leave nothing behind.
     */
    xc_error_t *(*update)(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const xc_event_t *before, const xc_write_t *w,
                          apr_pool_t *pool);
};

#endif
