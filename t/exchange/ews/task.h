/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tasks: what their properties mean to each other, and what saving one does.
 *
 * A task's start and due date are days without a zone; an answer shows them as midnight in
 * the zone of the request (ews.md 1, MS-OXOTASK 2.2.2.2.4). Status, PercentComplete and
 * CompleteDate say the same thing: the one that comes last in a request counts.
 */
#ifndef LAB_TASK_H
#define LAB_TASK_H

#include "ews/draft.h"
#include "ews/shape.h"

lab_emit_fn lab_emit_task_day, lab_emit_task_state, lab_emit_task_recurrence,
    lab_emit_task_status_text, lab_emit_strings;
lab_set_fn lab_set_task_day, lab_set_task_status, lab_set_task_percent,
    lab_set_task_complete_date, lab_set_task_recurrence, lab_set_strings,
    lab_set_reminder_due;

/* Takes a property of a task away that others depend on; false when it is not such a one. */
bool lab_task_clear(lab_draft_t *draft, const lab_prop_t *p);

/* Decides what a task's properties mean together; part of settling. When the current
 * occurrence of a recurring task is done with, draft->done becomes a task of its own, to be
 * saved, and the item moves on to the next. */
const lab_fail_t *lab_task_settle(lab_draft_t *draft);

/* Deletes the current occurrence of a recurring task: it moves on to the next one.
 * ErrorCannotDeleteTaskOccurrence when it does not recur or this is the last. */
const lab_fail_t *lab_task_skip(lab_call_t *call, lab_item_t *item);

#endif
