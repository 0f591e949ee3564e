/* SPDX-License-Identifier: Apache-2.0 */
/* What Exchange refuses: impossible recurrences, occurrences too long or moved too far.
 */
#include "recur/recur_inside.h"

/* The first year of Windows' calendar. */
#define FIRST_YEAR 1601

apr_status_t lab_recur_inside_fail(lab_recur_error_t *error, const char *code,
                                   const char *text)
{
    if (error != NULL) {
        error->code = code;
        error->text = text;
    }
    return APR_EINVAL;
}

static apr_status_t invalid(lab_recur_error_t *error)
{
    return lab_recur_inside_fail(error, "ErrorCalendarInvalidRecurrence",
                                 "The specified recurrence cannot be created.");
}

static int is_between(int value, int low, int high)
{
    return value >= low && value <= high;
}

static int is_pattern_valid(const lab_recur_t *r)
{
    int has_mask = r->days != 0 && (r->days & ~LAB_RECUR_DAY) == 0;
    /* several days are one of the named sets in the relative kinds */
    int has_named_mask =
        has_mask && ((r->days & (r->days - 1)) == 0 || r->days == LAB_RECUR_DAY ||
                     r->days == LAB_RECUR_WEEKDAY || r->days == LAB_RECUR_WEEKENDDAY);
    int has_day = is_between(r->day_of_month, 1, 31);
    int has_month = is_between(r->month, 1, 12);
    int has_week = is_between(r->week, 1, 5);

    switch (r->kind) {
    case LAB_RECUR_DAILY: return is_between(r->interval, 1, 999);
    case LAB_RECUR_WEEKLY:
        return is_between(r->interval, 1, 99) && has_mask &&
               is_between(r->first_day, 0, 6);
    case LAB_RECUR_ABSOLUTE_MONTHLY: return is_between(r->interval, 1, 99) && has_day;
    case LAB_RECUR_RELATIVE_MONTHLY:
        return is_between(r->interval, 1, 99) && has_named_mask && has_week;
    case LAB_RECUR_ABSOLUTE_YEARLY:
        /* a day that the month never has stands for its last one, as in the monthly kind
         */
        return r->interval == 1 && has_day && has_month;
    case LAB_RECUR_RELATIVE_YEARLY:
        return r->interval == 1 && has_named_mask && has_week && has_month;
    }
    return 0;
}

apr_status_t lab_recur_validate(const lab_recur_t *recur, lab_recur_error_t *error)
{
    if (!lab_date_is_valid(recur->start) || recur->start.year < FIRST_YEAR ||
        lab_date_compare(recur->start, lab_date_last) > 0 || !is_pattern_valid(recur)) {
        return invalid(error);
    }
    switch (recur->range) {
    case LAB_RECUR_NO_END: break;
    case LAB_RECUR_NUMBERED:
        if (!is_between(recur->count, 1, 999)) {
            return invalid(error);
        }
        if (!lab_recur_inside_reaches(recur, recur->count)) {
            return lab_recur_inside_fail(error, "ErrorRecurrenceEndDateTooBig",
                                         "The recurrence ends too late.");
        }
        break;
    case LAB_RECUR_END_DATE:
        if (!lab_date_is_valid(recur->end)) {
            return invalid(error);
        }
        if (lab_date_compare(recur->end, lab_date_last) > 0) {
            return lab_recur_inside_fail(error, "ErrorRecurrenceEndDateTooBig",
                                         "The recurrence ends too late.");
        }
        break;
    default: return invalid(error);
    }
    if (lab_recur_index_from(recur, recur->start) == 0) {
        return lab_recur_inside_fail(error, "ErrorRecurrenceHasNoOccurrence",
                                     "The recurrence has no occurrence.");
    }
    return APR_SUCCESS;
}

apr_status_t lab_recur_check_span(const lab_recur_t *recur, apr_int64_t span_sec,
                                  lab_recur_error_t *error)
{
    int gap = lab_recur_min_gap_days(recur);

    if (gap != 0 && span_sec > (apr_int64_t)gap * 86400) {
        return lab_recur_inside_fail(
            error, "ErrorOccurrenceTimeSpanTooBig",
            "An occurrence is longer than the time to the next one.");
    }
    return APR_SUCCESS;
}

/** A series with its exceptions, as check_move needs it. */
typedef struct series_t {
    const lab_recur_t *recur;
    int start_sec;
    apr_int64_t span_sec;
    const lab_recur_exception_t *exceptions;
    int nexceptions;
} series_t;

static const lab_recur_exception_t *find_exception(const series_t *s, int index)
{
    int i;

    for (i = 0; i < s->nexceptions; i++) {
        if (s->exceptions[i].index == index) {
            return &s->exceptions[i];
        }
    }
    return NULL;
}

/* The next living occurrence in a direction, where it is now. 0: there is none. */
static int neighbour(const series_t *s, int index, int step, lab_wall_t *start,
                     lab_wall_t *end)
{
    const lab_recur_exception_t *e;

    do {
        index += step;
        if (!lab_recur_date(s->recur, index, &start->date)) {
            return 0;
        }
        e = find_exception(s, index);
    } while (e != NULL && e->is_deleted);
    if (e != NULL) {
        *start = e->start;
        *end = e->end;
    } else {
        start->sec = s->start_sec;
        *end = lab_wall_add_sec(*start, s->span_sec);
    }
    return 1;
}

apr_status_t lab_recur_check_move(const lab_recur_t *recur, int start_sec,
                                  apr_int64_t span_sec,
                                  const lab_recur_exception_t *exceptions,
                                  int nexceptions, int index, lab_wall_t start,
                                  lab_wall_t end, lab_recur_error_t *error)
{
    series_t s = {recur, start_sec, span_sec, exceptions, nexceptions};
    lab_wall_t other_start, other_end;
    lab_date_t date;

    if (!lab_recur_date(recur, index, &date)) {
        return lab_recur_inside_fail(error,
                                     "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange",
                                     "Occurrence index is out of recurrence range.");
    }
    if (lab_wall_compare(end, start) < 0) {
        return lab_recur_inside_fail(error, "ErrorCalendarEndDateIsEarlierThanStartDate",
                                     "EndDate is earlier than StartDate.");
    }
    if ((neighbour(&s, index, -1, &other_start, &other_end) &&
         (lab_date_compare(start.date, other_start.date) <= 0 ||
          lab_wall_compare(start, other_end) < 0)) ||
        (neighbour(&s, index, 1, &other_start, &other_end) &&
         (lab_date_compare(start.date, other_start.date) >= 0 ||
          lab_wall_compare(end, other_start) > 0))) {
        return lab_recur_inside_fail(
            error, "ErrorOccurrenceCrossingBoundary",
            "Modified occurrence is crossing or overlapping adjacent occurrence.");
    }
    return APR_SUCCESS;
}
