/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recurrence of tasks. A task that recurs has no occurrences: it is its current one, and
 * moves to the next when that is done. Besides the patterns of calendars a task may
 * regenerate: so many days, weeks, months or years after it was completed.
 */
#ifndef LAB_TASK_RECUR_H
#define LAB_TASK_RECUR_H

#include "ews/ews.h"
#include "recur/recur.h"

typedef enum lab_regen {
    LAB_REGEN_NONE, /* the pattern of `recur` */
    LAB_REGEN_DAILY,
    LAB_REGEN_WEEKLY,
    LAB_REGEN_MONTHLY,
    LAB_REGEN_YEARLY
} lab_regen_t;

typedef struct lab_task_recur {
    lab_regen_t regen;
    /* pattern and range; of one that regenerates, interval and range alone. The count of a
     * numbered range is what is left, the current occurrence included. */
    lab_recur_t recur;
} lab_task_recur_t;

/* Reads a t:Recurrence of a task. */
const lab_fail_t *lab_task_recur_read(lab_call_t *call, xmlNodePtr element,
                                      lab_task_recur_t *out);
/* Writes one as <name>...</name>. */
void lab_task_recur_put(lab_call_t *call, lab_buf_t *out, const char *name,
                        const lab_task_recur_t *r);
/* The text that a bag keeps, and back; false when the text is none. */
const char *lab_task_recur_text(apr_pool_t *pool, const lab_task_recur_t *r);
bool lab_task_recur_parse(const char *text, lab_task_recur_t *r);
/* The day (since 1970) of the first occurrence. */
int lab_task_recur_first(const lab_task_recur_t *r);
/* The day of the occurrence after the one on `day`, which was completed on `completed`. False
 * when that was the last one. */
bool lab_task_recur_next(const lab_task_recur_t *r, int day, int completed, int *next);

#endif
