/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/remove.h"

#include <apr_strings.h>

#include "ews/events.h"

static void drop_contents(lab_call_t *call, const lab_folder_t *folder)
{
    apr_array_header_t *items = apr_array_make(call->pool, 64, sizeof(lab_item_t *));
    sqlite3_stmt *st =
        lab_db_query(call->db, "SELECT " LAB_ITEM_COLUMNS " FROM items WHERE folder=?",
                     "i", folder->id);
    while (lab_db_step(call->db, st))
        APR_ARRAY_PUSH(items, lab_item_t *) = lab_item_row(call->pool, st);
    for (int i = 0; i < items->nelts; i++)
        lab_item_drop(call->db, APR_ARRAY_IDX(items, i, lab_item_t *));
    apr_array_header_t *children = lab_folder_children(call->db, call->pool, folder->id);
    for (int i = 0; i < children->nelts; i++) {
        const lab_folder_t *child = APR_ARRAY_IDX(children, i, lab_folder_t *);
        drop_contents(call, child);
        lab_folder_drop(call->db, child);
    }
}

const lab_fail_t *lab_remove_folder(lab_call_t *call, lab_folder_t *folder, bool to_trash)
{
    if (folder->dist)
        return lab_fail(call, "ErrorDeleteDistinguishedFolder");
    lab_folder_t *trash =
        lab_folder_distinguished(call->db, call->pool, folder->mailbox, "deleteditems");
    if (!to_trash || !trash || lab_folder_is_below(call->db, folder->id, trash->id)) {
        drop_contents(call, folder);
        lab_folder_drop(call->db, folder);
        lab_event_folder(call, LAB_EVENT_DELETED, folder);
        return NULL;
    }
    const char *name = folder->name;
    for (int i = 1; lab_folder_child(call->db, call->pool, trash->id, folder->name); i++)
        folder->name = apr_psprintf(call->pool, "%s%d", name, i);
    folder->parent = trash->id;
    lab_folder_save(call->db, folder);
    lab_event_folder(call, LAB_EVENT_MODIFIED, folder);
    return NULL;
}

/* would the series be empty without this day? */
static bool is_last(lab_call_t *call, const lab_item_t *item, int day)
{
    const lab_series_t *series = lab_series_load(call, item);
    int count = series ? lab_recur_count(&series->recur) : 0;
    lab_date_t date;
    for (int i = 1; i <= count && lab_recur_date(&series->recur, i, &date); i++) {
        int other = lab_date_to_days(date);
        const lab_exception_t *x = lab_series_exception(series, other);
        if (other != day && !(x && x->deleted))
            return false;
    }
    return count > 0;
}

/* a deleted occurrence is a hole in its series; the master's key changes */
static const lab_fail_t *remove_occurrence(lab_call_t *call, lab_item_t *item, int day)
{
    lab_exception_t x = {.day = day, .deleted = true};
    if (is_last(call, item, day))
        return lab_fail(call, "ErrorRecurrenceHasNoOccurrence");
    lab_exception_save(call->db, call->pool, item->id, &x);
    lab_bag_set_int(item->bag, "LastModifiedTime", call->now);
    lab_bag_set(item->bag, "LastModifiedName", call->caller->display_name);
    lab_item_save(call->db, call->pool, item);
    lab_event_item(call, LAB_EVENT_MODIFIED, item);
    return NULL;
}

const lab_fail_t *lab_remove_item(lab_call_t *call, lab_item_t *item, int day,
                                  bool to_trash)
{
    if (day != LAB_NO_DAY)
        return remove_occurrence(call, item, day);
    if (to_trash && lab_bag_bool(item->bag, "IsAssociated", false))
        return lab_fail(call, "ErrorInvalidOperation");
    lab_folder_t *trash =
        lab_folder_distinguished(call->db, call->pool, item->mailbox, "deleteditems");
    if (to_trash && trash && item->folder != trash->id)
        return lab_move_item(call, item, trash);
    lab_item_drop(call->db, item);
    lab_event_item(call, LAB_EVENT_DELETED, item);
    return NULL;
}

const lab_fail_t *lab_move_item(lab_call_t *call, lab_item_t *item,
                                const lab_folder_t *to)
{
    lab_item_t old = *item;
    if (item->mailbox != to->mailbox)
        lab_bag_set_int(item->bag, "Creator", call->mailbox);
    lab_item_move(call->db, call->pool, item, to);
    lab_event_item_from(call, LAB_EVENT_MOVED, item, &old);
    return NULL;
}

const lab_fail_t *lab_copy_item(lab_call_t *call, lab_item_t *item,
                                const lab_folder_t *to)
{
    lab_item_t old = *item;
    item->id = 0;
    item->folder = to->id;
    item->mailbox = to->mailbox;
    item->bag = lab_bag_copy(call->pool, item->bag);
    lab_bag_set_int(item->bag, "Creator", call->mailbox);
    lab_item_save(call->db, call->pool, item);
    lab_item_copy_parts(call->db, old.id, item->id);
    lab_event_item_from(call, LAB_EVENT_COPIED, item, &old);
    return NULL;
}
