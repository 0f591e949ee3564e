/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/view.h"

#include <string.h>

const lab_zone_t *lab_bag_zone(const lab_bag_t *bag, const char *name)
{
    const char *text = lab_bag_get(bag, name);
    return text ? lab_zone_from_text(text) : NULL;
}

static lab_series_t *read_series(lab_call_t *call, const lab_item_t *item)
{
    const char *text = lab_bag_get(item->bag, "Recurrence");
    lab_series_t *s = apr_pcalloc(call->pool, sizeof *s);
    if (!item->recurring || !text || lab_recur_from_text(text, &s->recur) != APR_SUCCESS)
        return NULL;
    s->zone = lab_bag_zone(item->bag, "StartTimeZone");
    if (!s->zone)
        s->zone = lab_zone_utc();
    lab_wall_t start = lab_zone_wall(s->zone, lab_bag_int(item->bag, "Start", 0));
    lab_wall_t end = lab_zone_wall(s->zone, lab_bag_int(item->bag, "End", 0));
    /* a day whose midnight the clock skips begins later, but the others do not */
    if (lab_bag_bool(item->bag, "IsAllDayEvent", false))
        start.sec = end.sec = 0;
    s->start_sec = start.sec;
    s->span_sec = lab_wall_diff_sec(start, end);
    s->exceptions = lab_item_exceptions(call->db, call->pool, item->id);
    return s;
}

/* A call that shows a hundred items looks at their neighbours a hundred times: what it
 * has read of a series it keeps, as long as the item has not changed. */
lab_series_t *lab_series_load(lab_call_t *call, const lab_item_t *item)
{
    apr_int64_t key[2] = {item->id, item->cn};
    if (!call->series)
        call->series = apr_hash_make(call->pool);
    lab_series_t *s = apr_hash_get(call->series, key, sizeof key);
    if (s)
        return s;
    s = read_series(call, item);
    if (s && item->id)
        apr_hash_set(call->series, apr_pmemdup(call->pool, key, sizeof key), sizeof key,
                     s);
    return s;
}

const lab_exception_t *lab_series_exception(const lab_series_t *series, int day)
{
    int low = 0, high = series->exceptions->nelts;
    while (low < high) {
        int mid = (low + high) / 2;
        const lab_exception_t *x =
            APR_ARRAY_IDX(series->exceptions, mid, lab_exception_t *);
        if (x->day == day)
            return x;
        if (x->day < day)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

static lab_wall_t wall_of_day(const lab_series_t *series, int day)
{
    lab_wall_t wall = {lab_date_from_days(day), series->start_sec};
    return wall;
}

apr_time_t lab_series_start(const lab_series_t *series, int day)
{
    return lab_zone_instant(series->zone, wall_of_day(series, day));
}

apr_time_t lab_series_end(const lab_series_t *series, int day)
{
    lab_wall_t end = lab_wall_add_sec(wall_of_day(series, day), series->span_sec);
    return lab_zone_instant(series->zone, end);
}

lab_recur_exception_t *lab_series_changes(lab_call_t *call, const lab_series_t *series,
                                          int *count)
{
    int n = series->exceptions->nelts;
    lab_recur_exception_t *list =
        apr_pcalloc(call->pool, (size_t)(n ? n : 1) * sizeof *list);
    *count = 0;
    for (int i = 0; i < n; i++) {
        const lab_exception_t *x =
            APR_ARRAY_IDX(series->exceptions, i, lab_exception_t *);
        lab_recur_exception_t *out = &list[*count];
        out->index = lab_recur_index(&series->recur, lab_date_from_days(x->day));
        if (!out->index)
            continue;
        out->is_deleted = x->deleted;
        if (!x->deleted) {
            apr_time_t start =
                lab_bag_int(x->bag, "Start", lab_series_start(series, x->day));
            apr_time_t end = lab_bag_int(x->bag, "End", lab_series_end(series, x->day));
            out->start = lab_zone_wall(series->zone, start);
            out->end = lab_zone_wall(series->zone, end);
        }
        (*count)++;
    }
    return list;
}

void lab_view_item(lab_call_t *call, const lab_item_t *item, lab_view_t *view)
{
    memset(view, 0, sizeof *view);
    view->item = item;
    view->kind = lab_kind_of_class(item->class_name);
    view->day = LAB_NO_DAY;
    view->type = item->recurring ? LAB_VIEW_MASTER : LAB_VIEW_SINGLE;
    view->start = lab_bag_int(item->bag, "Start", 0);
    view->end = lab_bag_int(item->bag, "End", 0);
    view->original = lab_bag_int(item->bag, "RecurrenceId", 0);
    if (item->recurring)
        view->series = lab_series_load(call, item);
}

void lab_view_occurrence(const lab_item_t *item, const lab_series_t *series, int day,
                         lab_view_t *view)
{
    memset(view, 0, sizeof *view);
    const lab_exception_t *x = lab_series_exception(series, day);
    view->item = item;
    view->kind = LAB_KIND_CALENDAR;
    view->day = day;
    view->series = series;
    view->type = x ? LAB_VIEW_EXCEPTION : LAB_VIEW_OCCURRENCE;
    view->over = x ? x->bag : NULL;
    view->original = view->start = lab_series_start(series, day);
    view->end = lab_series_end(series, day);
    if (view->over) {
        view->start = lab_bag_int(view->over, "Start", view->start);
        view->end = lab_bag_int(view->over, "End", view->end);
    }
}

void lab_view_make(lab_call_t *call, const lab_item_t *item, int day, lab_view_t *view)
{
    lab_series_t *series = day == LAB_NO_DAY ? NULL : lab_series_load(call, item);
    if (series)
        lab_view_occurrence(item, series, day, view);
    else
        lab_view_item(call, item, view);
}

const char *lab_view_get(const lab_view_t *view, const char *name)
{
    const lab_bag_entry_t *e = view->over ? lab_bag_find(view->over, name) : NULL;
    return e ? e->text : lab_bag_get(view->item->bag, name);
}

bool lab_view_bool(const lab_view_t *view, const char *name, bool otherwise)
{
    const char *text = lab_view_get(view, name);
    return text && *text ? *text == '1' || *text == 't' : otherwise;
}

apr_int64_t lab_view_int(const lab_view_t *view, const char *name, apr_int64_t otherwise)
{
    const char *text = lab_view_get(view, name);
    return text && *text ? apr_strtoi64(text, NULL, 10) : otherwise;
}

static bool touches(apr_time_t start, apr_time_t end, apr_time_t from, apr_time_t to)
{
    return start < to && (end > from || (end == start && start == from));
}

typedef struct window {
    apr_time_t from, to;
    void (*each)(void *ctx, const lab_view_t *view);
    void *ctx;
} window_t;

static void offer(const window_t *w, const lab_view_t *view)
{
    if (touches(view->start, view->end, w->from, w->to))
        w->each(w->ctx, view);
}

/* occurrences as the pattern puts them, without the changed ones */
static void expand_pattern(const window_t *w, const lab_item_t *item,
                           const lab_series_t *series)
{
    /* a day more at both ends covers every offset from UTC; earlier starts may reach in
     */
    int back = (int)(series->span_sec / 86400) + 2;
    lab_wall_t from = lab_zone_wall(series->zone, w->from);
    lab_wall_t to = lab_zone_wall(series->zone, w->to);
    lab_date_t day = lab_date_add_days(from.date, -back);
    lab_date_t last = lab_date_add_days(to.date, 1), dates[64];
    for (;;) {
        int first;
        int n = lab_recur_window(&series->recur, day, last, &first, dates, 64);
        for (int i = 0; i < n; i++) {
            int number = lab_date_to_days(dates[i]);
            lab_view_t view;
            if (lab_series_exception(series, number))
                continue;
            lab_view_occurrence(item, series, number, &view);
            offer(w, &view);
        }
        if (n < 64)
            return;
        day = lab_date_add_days(dates[n - 1], 1);
    }
}

static void expand(const window_t *w, const lab_item_t *item, const lab_series_t *series)
{
    expand_pattern(w, item, series);
    for (int i = 0; i < series->exceptions->nelts; i++) {
        const lab_exception_t *x =
            APR_ARRAY_IDX(series->exceptions, i, lab_exception_t *);
        lab_view_t view;
        if (x->deleted)
            continue;
        lab_view_occurrence(item, series, x->day, &view);
        offer(w, &view);
    }
}

/* the item of a row, read once in a call as long as it does not change */
static const lab_item_t *known_item(lab_call_t *call, sqlite3_stmt *st)
{
    apr_int64_t key[2] = {sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 4)};
    if (!call->items)
        call->items = apr_hash_make(call->pool);
    lab_item_t *item = apr_hash_get(call->items, key, sizeof key);
    if (!item) {
        item = lab_item_row(call->pool, st);
        apr_hash_set(call->items, apr_pmemdup(call->pool, key, sizeof key), sizeof key,
                     item);
    }
    return item;
}

void lab_view_window(lab_call_t *call, apr_int64_t folder, apr_time_t from, apr_time_t to,
                     void (*each)(void *ctx, const lab_view_t *view), void *ctx)
{
    window_t w = {from, to > from ? to : from + 1, each, ctx};
    apr_array_header_t *items = apr_array_make(call->pool, 64, sizeof(lab_item_t *));
    sqlite3_stmt *st = lab_db_query(call->db,
                                    "SELECT " LAB_ITEM_COLUMNS
                                    " FROM items WHERE folder=? AND start<? AND end>=?",
                                    "iii", folder, w.to, w.from);
    while (lab_db_step(call->db, st))
        APR_ARRAY_PUSH(items, const lab_item_t *) = known_item(call, st);
    for (int i = 0; i < items->nelts; i++) {
        const lab_item_t *item = APR_ARRAY_IDX(items, i, lab_item_t *);
        lab_view_t view;
        if (lab_kind_of_class(item->class_name) != LAB_KIND_CALENDAR)
            continue;
        lab_view_item(call, item, &view);
        if (view.series)
            expand(&w, item, view.series);
        else
            offer(&w, &view);
    }
}
