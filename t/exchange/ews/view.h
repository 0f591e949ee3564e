/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An item as a client sees it: a whole item, or one occurrence of a series with its own
 * times and with the properties that an exception overrides.
 */
#ifndef LAB_VIEW_H
#define LAB_VIEW_H

#include "ews/ews.h"
#include "recur/recur.h"

/* A recurring master's pattern and what was changed in it. */
typedef struct lab_series {
    lab_recur_t recur;
    const lab_zone_t *zone; /* on whose clock the pattern runs */
    int start_sec;          /* seconds since midnight of an unmodified occurrence */
    apr_int64_t span_sec;   /* its length on the wall clock */
    apr_array_header_t *exceptions; /* lab_exception_t*, in order of day */
} lab_series_t;

typedef enum lab_view_type {
    LAB_VIEW_SINGLE,
    LAB_VIEW_OCCURRENCE,
    LAB_VIEW_EXCEPTION,
    LAB_VIEW_MASTER
} lab_view_type_t;

typedef struct lab_view {
    const lab_item_t *item;
    lab_kind_t kind;
    lab_view_type_t type;
    int day;               /* of an occurrence, else LAB_NO_DAY */
    const lab_bag_t *over; /* what an exception overrides, or NULL */
    apr_time_t start,
        end; /* of calendar items; a master has those of its first occurrence */
    apr_time_t original;        /* of an occurrence, also of one that stands alone and of
                                   messages        about one: where the pattern puts it; else 0 */
    const lab_series_t *series; /* of masters and occurrences */
    bool cut; /* a private item, as others see it (rights.h) */
} lab_view_t;

/* The series of a recurring item; NULL when the item does not recur. */
lab_series_t *lab_series_load(lab_call_t *call, const lab_item_t *item);
/* The change of the occurrence of that day; NULL when it is as the pattern says. */
const lab_exception_t *lab_series_exception(const lab_series_t *series, int day);
/* Where the pattern puts the occurrence of a day. */
apr_time_t lab_series_start(const lab_series_t *series, int day);
apr_time_t lab_series_end(const lab_series_t *series, int day);
/* All exceptions in the form of the recurrence engine; `*count` of them. */
lab_recur_exception_t *lab_series_changes(lab_call_t *call, const lab_series_t *series,
                                          int *count);

/* The zone kept under a name ("StartTimeZone"); NULL when there is none. */
const lab_zone_t *lab_bag_zone(const lab_bag_t *bag, const char *name);

/* A whole item. */
void lab_view_item(lab_call_t *call, const lab_item_t *item, lab_view_t *view);
/* The occurrence of a day; `series` as lab_series_load gave it. */
void lab_view_occurrence(const lab_item_t *item, const lab_series_t *series, int day,
                         lab_view_t *view);
/* Whole item or occurrence, as `day` says (LAB_NO_DAY). */
void lab_view_make(lab_call_t *call, const lab_item_t *item, int day, lab_view_t *view);

/* Properties with the overrides of an exception. */
const char *lab_view_get(const lab_view_t *view, const char *name);
bool lab_view_bool(const lab_view_t *view, const char *name, bool otherwise);
apr_int64_t lab_view_int(const lab_view_t *view, const char *name, apr_int64_t otherwise);

/* Calls `each` for every view of the folder's calendar that touches [from, to), in no
 * order. With from >= to only what contains that moment. */
void lab_view_window(lab_call_t *call, apr_int64_t folder, apr_time_t from, apr_time_t to,
                     void (*each)(void *ctx, const lab_view_t *view), void *ctx);

#endif
