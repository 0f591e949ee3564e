/* SPDX-License-Identifier: Apache-2.0 */
/* What others see of private calendar items. */
#include <string.h>

#include "ews/rights.h"

#define SUBJECT "Private Appointment"

/* what is left of a private item: when it is and whether it is busy */
static const char *const kept[] = {
    "Start",       "End",           "StartTimeZone",        "EndTimeZone",
    "Recurrence",  "IsAllDayEvent", "LegacyFreeBusyStatus", "DateTimeCreated",
    "Sensitivity", "DateTimeStamp", "LastModifiedTime"};

static bool is_private(const char *sensitivity)
{
    return sensitivity && !strcmp(sensitivity, "Private");
}

bool lab_is_hidden(lab_call_t *call, const lab_view_t *view)
{
    return view->kind == LAB_KIND_CALENDAR && view->item->mailbox != call->mailbox &&
           is_private(lab_view_get(view, "Sensitivity")) &&
           !lab_sees_private(call, view->item->mailbox);
}

static lab_bag_t *cut_bag(apr_pool_t *pool, const lab_bag_t *bag)
{
    lab_bag_t *cut = lab_bag_new(pool);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const lab_bag_entry_t *e = lab_bag_find(bag, kept[i]);
        if (e)
            lab_bag_set(cut, e->name, e->text);
    }
    return cut;
}

/* a series whose exceptions, too, show no more than they may */
static const lab_series_t *cut_series(lab_call_t *call, const lab_series_t *series,
                                      bool whole)
{
    lab_series_t *cut = apr_pmemdup(call->pool, series, sizeof *cut);
    cut->exceptions = apr_array_copy(call->pool, series->exceptions);
    for (int i = 0; i < cut->exceptions->nelts; i++) {
        lab_exception_t **x = &APR_ARRAY_IDX(cut->exceptions, i, lab_exception_t *);
        if ((*x)->deleted ||
            (!whole && !is_private(lab_bag_get((*x)->bag, "Sensitivity"))))
            continue;
        *x = apr_pmemdup(call->pool, *x, sizeof **x);
        (*x)->bag = cut_bag(call->pool, (*x)->bag);
        lab_bag_set((*x)->bag, "Subject", SUBJECT);
    }
    return cut;
}

void lab_view_cut(lab_call_t *call, lab_view_t *view)
{
    if (view->kind != LAB_KIND_CALENDAR || view->item->mailbox == call->mailbox ||
        lab_sees_private(call, view->item->mailbox))
        return;
    bool whole = is_private(lab_bag_get(view->item->bag, "Sensitivity"));
    bool this = whole || is_private(lab_view_get(view, "Sensitivity"));
    if (view->series)
        view->series = cut_series(call, view->series, whole);
    if (!this)
        return;
    lab_item_t *item = apr_pmemdup(call->pool, view->item, sizeof *item);
    item->bag = cut_bag(call->pool, item->bag);
    lab_bag_set(item->bag, "Subject", SUBJECT);
    lab_bag_set(item->bag, "Sensitivity", "Private");
    view->item = item;
    if (view->over)
        view->over = cut_bag(call->pool, view->over);
    view->cut = true;
}
