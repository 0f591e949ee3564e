/* SPDX-License-Identifier: Apache-2.0 */
/** @file tasks.h  What the files about <t:Task> share; inside src/exchange/ews only. */
#ifndef XC_EWS_TASKS_H
#define XC_EWS_TASKS_H

#include "exchange/ews/ews.h"
#include "exchange/tasks.h"

#define XC_EWS_PROP_UID "X-EXCAL-UID"   /* the UID of a task, which Exchange has no place for */

/** The UID of an item without one: follows from its id. */
const char *xc_ews_task_uid_made(const char *item_id, apr_pool_t *pool);
/**
 * PidLidTaskDeadOccurrence and PidLidTaskFRecurring of a list's item: is it an occurrence that a recurring task has
 * left behind (MS-OXOTASK 2.2.2.2.8)? Then name, UID and kept text in it are copies of that task's.
 */
int xc_ews_task_left_behind(const xmlNode *item, apr_pool_t *pool);
/** The two as properties to ask for. */
void xc_ews_write_task_marks(xc_xmlw_t *w);

/** tasks.c: the shape that GetItem asks for, a <t:Task> as a model, and the reverse. */
void xc_ews_write_task_shape(xc_xmlw_t *w, const xc_ews_version_t *v);
xc_error_t *xc_ews_read_task(xc_event_t **out, const xmlNode *item, const xc_session_t *s, apr_pool_t *pool);
void xc_ews_write_task(xc_xmlw_t *w, const xc_write_t *write, const xc_session_t *s, const xc_ews_version_t *v, apr_pool_t *pool);
/** SetItemField and DeleteItemField of the fields in `changed` (XC_FIELD_*); before NULL = all that is absent is deleted. */
int xc_ews_write_task_updates(xc_xmlw_t *w, const xc_event_t *before, const xc_event_t *now, unsigned changed, const xc_session_t *s,
                              const xc_ews_version_t *v, apr_pool_t *pool);
/** tasks_write.c: a task by the UID that was written with it; out->id NULL = there is none. */
xc_error_t *xc_ews_task_find(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const char *folder_id, const char *uid,
                             apr_pool_t *pool);
/** fetch.c: item_fetch with the shape of tasks. */
xc_error_t *xc_ews_task_fetch(xc_fetched_t **out, xc_session_t *s, const char *const *ids, int n, apr_pool_t *pool);

#endif
