/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Creating and changing tasks. When the days or the rule of a recurring task are set, Exchange takes that for a change of
 * the current occurrence, leaves this one behind and moves on. What a client means is the series: so it stops recurring
 * first and begins anew with what it is to be.
 */
#include <apr_strings.h>
#include <string.h>

#include "exchange/ews/tasks.h"
#include "exchange/ews/write.h"

#define SERIES (XC_FIELD_START | XC_FIELD_END | XC_FIELD_RECUR)

/* ---- create ---- */

static void begin_find(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const char *folder_id, const char *uid, apr_pool_t *pool)
{
    xc_ews_begin(call, s, es, "FindItem", pool);
    xc_xmlw_attr(call->w, "Traversal", "Shallow");
    xc_xmlw_start(call->w, XC_NS_M, "ItemShape");
    xc_xmlw_element(call->w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_end(call->w);
    xc_xmlw_start(call->w, XC_NS_M, "Restriction");
    xc_xmlw_start(call->w, XC_NS_T, "IsEqualTo");
    xc_ews_write_named(call->w, XC_EWS_PROP_UID);
    xc_xmlw_start(call->w, XC_NS_T, "FieldURIOrConstant");
    xc_xmlw_start(call->w, XC_NS_T, "Constant");
    xc_xmlw_attr(call->w, "Value", uid);
    xc_xmlw_end(call->w);
    xc_xmlw_end(call->w);
    xc_xmlw_end(call->w);
    xc_xmlw_end(call->w);
    xc_xmlw_start(call->w, XC_NS_M, "ParentFolderIds");
    xc_ews_write_id(call->w, "FolderId", folder_id, NULL);
    xc_xmlw_end(call->w);
}

/* A create whose answer never came: is the task there? out->id NULL = no. */
xc_error_t *xc_ews_task_find(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const char *folder_id, const char *uid,
                             apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    memset(out, 0, sizeof *out);
    begin_find(&call, s, es, folder_id, uid, pool);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    xmlNode *items = xc_xml_child(xc_xml_child(message, NULL, "RootFolder"), NULL, "Items");
    xmlNode *id = xc_xml_child(xc_xml_child(items, NULL, NULL), NULL, "ItemId");
    out->id = xc_xml_attr(id, "Id", pool);
    out->change_key = xc_xml_attr(id, "ChangeKey", pool);
    return NULL;
}

static xc_error_t *create(xc_item_ref_t *out, xc_session_t *s, const char *folder_id, const xc_write_t *w, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    xmlNode *message = NULL;
    memset(out, 0, sizeof *out);
    XC_TRY(xc_ews_state(&es, s, pool));
    XC_TRY(xc_ews_check_recurrence(w->event->recur, es->version, pool));
    xc_ews_begin(&call, s, es, "CreateItem", pool);
    xc_xmlw_start(call.w, XC_NS_M, "SavedItemFolderId");
    xc_ews_write_id(call.w, "FolderId", folder_id, NULL);
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "Items");
    xc_ews_write_task(call.w, w, s, es->version, pool);
    xc_xmlw_end(call.w);
    xc_error_t *err = xc_ews_single(&message, &call, s, es, pool);
    if (!err) {
        xc_ews_ref_from(out, message, pool);
        return out->id && out->change_key ? NULL : xc_ews_error("NoItemId", "CreateItem without an id", pool);
    }
    if (!err->maybe_done)
        return err;
    apr_time_t deadline = xc_ews_extend_deadline(s);
    xc_error_t *look = xc_ews_task_find(out, s, es, folder_id, w->event->uid, pool);
    s->deadline = deadline;
    if (look || !out->id)
        return err;
    xc_log(s->log, XC_LOG_WARNING, "the answer to a CreateItem was lost, the task was found");
    return NULL;
}

/* ---- update ---- */

/* One UpdateItem. An answer that names another item names the occurrence that was left behind. */
static xc_error_t *write_step(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const xc_item_ref_t *ref, const xc_event_t *before,
                              const xc_event_t *now, unsigned changed, const char *kept, const char *resolution, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xc_item_ref_t done;
    memset(&done, 0, sizeof done);
    xc_ews_begin_update(&call, s, es, ref, resolution, XC_NOTICE_NONE, pool);
    xc_ews_write_task_updates(call.w, before, now, changed, s, es->version, pool);
    xc_ews_write_named_update(call.w, "Task", XC_EWS_PROP_KEPT, kept);
    xc_ews_write_named_update(call.w, "Task", XC_EWS_PROP_UID, now->uid);
    xc_error_t *err = xc_ews_end_update(&done, &call, s, es, pool);
    if (err && err->maybe_done) {
        apr_time_t deadline = xc_ews_extend_deadline(s);
        xc_error_t *look = xc_ews_find_updated(&done, s, es, ref, kept, pool);
        s->deadline = deadline;
        if (!look && done.id) {
            xc_log(s->log, XC_LOG_WARNING, "the answer to an UpdateItem was lost, the update was made");
            out->altered = 1; /* what else became of it is not known */
            err = NULL;
        }
    }
    XC_TRY(err);
    out->id = ref->id;
    out->change_key = done.change_key;
    if (strcmp(done.id, ref->id) == 0)
        return NULL;
    out->altered = 1;
    /* completed it is: saying the same again would complete the next one too */
    xc_error_t *look = xc_ews_ask_change_key(out, s, es, ref->id, pool);
    if (look) {
        xc_log(s->log, XC_LOG_INFO, "what a completed task has become is asked later: %s", look->message);
        out->id = ref->id;
        out->change_key = NULL;
    }
    return NULL;
}

/* The rule goes: what is left is a single task. */
static xc_error_t *stop_recurring(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const xc_item_ref_t *ref, const xc_event_t *before,
                                  const char *resolution, apr_pool_t *pool)
{
    xc_event_t single = *before;
    single.recur = NULL;
    return write_step(out, s, es, ref, before, &single, XC_FIELD_RECUR, before->kept, resolution, pool);
}

static xc_error_t *apply(xc_item_ref_t *out, int *begun, xc_session_t *s, const xc_ews_state_t *es, const xc_item_ref_t *ref,
                         const xc_event_t *before, const xc_write_t *w, unsigned changed, const char *resolution, apr_pool_t *pool)
{
    xc_item_ref_t at = *ref;
    const xc_event_t *now = w->event;
    unsigned later = 0;
    if (before->recur && now->recur && (changed & SERIES)) {
        XC_TRY(stop_recurring(&at, s, es, ref, before, resolution, pool));
        *begun = 1;
        changed |= XC_FIELD_RECUR;
        /* the occurrence is completed when it is one again */
        later = now->task->status == XC_TASK_COMPLETED ? changed & XC_FIELD_STATUS : 0;
    }
    XC_TRY(write_step(out, s, es, &at, before, now, changed & ~later, w->kept, resolution, pool));
    *begun = 1;
    if (later) {
        at = *out;
        XC_TRY(write_step(out, s, es, &at, before, now, later, w->kept, resolution, pool));
    }
    return NULL;
}

static xc_error_t *update(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const xc_event_t *before, const xc_write_t *w,
                          apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    int begun = 0, undone = 0;
    memset(out, 0, sizeof *out);
    XC_TRY(xc_ews_state(&es, s, pool));
    XC_TRY(xc_ews_check_recurrence(w->event->recur, es->version, pool));
    xc_error_t *err = apply(out, &begun, s, es, ref, before, w, xc_event_diff(before, w->event), "NeverOverwrite", pool);
    if (!err || !begun)
        return err;
    xc_item_ref_t any = {.id = ref->id, .task = 1}, back;
    memset(&back, 0, sizeof back);
    xc_write_t old = {.event = before, .kept = before->kept};
    xc_event_t single = *w->event;
    single.recur = NULL;
    apr_time_t deadline = xc_ews_extend_deadline(s);
    s->finishing++;
    xc_error_t *undo = apply(&back, &undone, s, es, &any, &single, &old, XC_FIELD_ALL, "AlwaysOverwrite", pool);
    s->finishing--;
    s->deadline = deadline;
    if (undo)
        xc_log(s->log, XC_LOG_ERROR, "a change that could not be completed could not be taken back either: %s", undo->message);
    err->maybe_done = 1; /* the change key is another one now */
    return err;
}

const xc_tasks_ops_t xc_ews_tasks = {.fetch = xc_ews_task_fetch, .create = create, .update = update};
