/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file task.h
 * What a task (VTODO) has beyond an event. A task is an xc_event_t whose `task` is set, not a model of its own: it
 * shares title, body, categories, class, importance, recurrence, stamps and what is kept beside the item, and with
 * them the whole way from text to Exchange and back. Of the event's fields `start` is its DTSTART and `end` its DUE as
 * they are written (XC_WHEN_NONE: not said); place, people, busy time and the reminder's minutes mean nothing in a task.
 *
 * Exchange keeps days of a task, not times: the day of a DATE or of a time on its own clock; of an instant in UTC the
 * user's. The client's own text, kept beside, has the times.
 */
#ifndef XC_CAL_TASK_H
#define XC_CAL_TASK_H

#include <limits.h>

#include "cal/event.h"

typedef enum xc_task_status_e {
    XC_TASK_NOT_STARTED, XC_TASK_IN_PROGRESS, XC_TASK_COMPLETED,
    XC_TASK_WAITING, XC_TASK_DEFERRED     /* iCalendar has no word for these: open ones, by their percentage */
} xc_task_status_e;

/** A recurrence that counts from the day of completion: Exchange's alone, RRULE cannot say it. */
typedef enum xc_regen_e { XC_REGEN_NONE, XC_REGEN_DAILY, XC_REGEN_WEEKLY, XC_REGEN_MONTHLY, XC_REGEN_YEARLY } xc_regen_e;

#define XC_NO_DAY INT_MIN

struct xc_task_t {
    xc_task_status_e status;   /* STATUS:CANCELLED is XC_TASK_DEFERRED with the event's `cancelled` */
    int percent;               /* 0..100 */
    int start_day, due_day;    /* days since 1970, XC_NO_DAY = none: what Exchange keeps of start and end */
    int completed_day;         /* XC_NO_DAY = not completed, or not said when */
    apr_time_t remind_at;      /* 0 = no reminder */
    xc_regen_e regen;          /* read from Exchange only; a client's text leaves it alone */
    int regen_interval;
    const xc_zone_t *zone;     /* the user's: of floating times, and in which instants have a day. Never NULL */
};

/** A new task with every field at its "absent" value. zone NULL = UTC. */
xc_event_t *xc_task_make(const xc_zone_t *zone, apr_pool_t *pool);
/** The day of a value as Exchange keeps it; XC_NO_DAY for XC_WHEN_NONE. */
int xc_task_day(const xc_when_t *when, const xc_zone_t *zone);
/** The day on which the task's recurrence stands: its start, else when it is due. XC_NO_DAY = it has neither. */
int xc_task_anchor(const xc_task_t *task);
/** "NEEDS-ACTION", "IN-PROCESS", "COMPLETED" or "CANCELLED". */
const char *xc_task_status_name(const xc_event_t *task);

#endif
