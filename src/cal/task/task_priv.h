/* SPDX-License-Identifier: Apache-2.0 */
/** @file task_priv.h  What the files of this room give to the rest of src/cal/: each the task's part of something that events do too. */
#ifndef XC_CAL_TASK_PRIV_H
#define XC_CAL_TASK_PRIV_H

#include "cal/object/event_priv.h"
#include "cal/object/object_priv.h"
#include "cal/object/text_tree.h"
#include "cal/task.h"

/** xc_event_normalize(): after the fields that events and tasks share. */
void xc_task_normalize(xc_event_t *e);
/** XC_FIELD_* of the task's own fields in which `b`, which a client's text says, differs from `a`, which is there. */
unsigned xc_task_diff(const xc_event_t *a, const xc_event_t *b);
/** The task's own fields of a fingerprint. */
void xc_task_fingerprint(xc_buf_t *buf, const xc_event_t *e);
/** Is it the same day of completion, as far as the clocks of Exchange and of the user can tell? */
int xc_task_completed_alike(const xc_event_t *a, const xc_event_t *b);
void xc_task_span(const xc_event_t *e, const xc_zone_t *zone, apr_time_t *first, apr_time_t *last);

/** xc_object_to_event() of a VTODO. */
xc_error_t *xc_task_from_object(xc_event_t **out, const xc_object_t *obj, const xc_zone_t *zone, apr_pool_t *pool);
/**
 * The alarm that Exchange's reminder stands for: its number among the component's VALARMs, -1 = none, and when it rings.
 * @param start,due what relative triggers count from
 */
int xc_task_alarm(apr_time_t *at, const xc_object_t *obj, icalcomponent *comp, const xc_when_t *start, const xc_when_t *due, const xc_zone_t *zone);
/** DTSTART and DUE of a VTODO as written, DUE also by DURATION; of kind NONE where they are missing. */
void xc_task_times(const xc_object_t *obj, icalcomponent *comp, xc_when_t *start, xc_when_t *due);

/** A whole VTODO. */
void xc_render_vtodo(xc_render_t *r, const xc_event_t *e);
/** The lines of some of the task's own fields. */
void xc_render_task_fields(xc_render_t *r, const xc_event_t *e, unsigned fields);
void xc_render_task_alarm(xc_render_t *r, const xc_event_t *e);
/** "NAME:" + instant in UTC; nothing for 0. */
void xc_render_task_instant(xc_render_t *r, const char *name, apr_time_t t);

/** A client's VTODO with what Exchange says now. */
void xc_task_merge(xc_render_t *r, const xc_object_t *obj, const xc_node_t *vtodo, icalcomponent *comp, const xc_event_t *kept, const xc_event_t *now);

#endif
