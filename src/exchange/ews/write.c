/* SPDX-License-Identifier: Apache-2.0 */
/* Creating, changing, deleting, moving items. Nothing is ever sent to anybody (SendToNone), and
 * nothing stays half-written: what several calls make is taken back when one of them fails. */
#include <apr_strings.h>
#include <string.h>

#include "exchange/ews/attachments.h"
#include "exchange/ews/series.h"

/* Time that is granted beyond the deadline for taking back what was begun. */
#define UNDO_TIME apr_time_from_sec(15)

static void ref_from(xc_item_ref_t *out, const xmlNode *message, apr_pool_t *pool)
{
    xmlNode *item = xc_xml_child(xc_xml_child(message, NULL, "Items"), NULL, NULL);
    xmlNode *id = xc_xml_child(item, NULL, "ItemId");
    out->id = xc_xml_attr(id, "Id", pool);
    out->change_key = xc_xml_attr(id, "ChangeKey", pool);
}

/* The change key as it is now, when the last write did not say it. */
static xc_error_t *ask_change_key(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const char *id, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    xc_ews_begin(&call, s, es, "GetItem", pool);
    xc_xmlw_start(call.w, XC_NS_M, "ItemShape");
    xc_xmlw_element(call.w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "ItemIds");
    xc_ews_write_id(call.w, "ItemId", id, NULL);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    ref_from(out, message, pool);
    return out->id && out->change_key ? NULL : xc_ews_error("NoItemId", "GetItem without an id", pool);
}

static xc_error_t *delete_now(xc_session_t *s, const xc_ews_state_t *es, const char *id, const char *type, xc_notify_e notify, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    xc_ews_begin(&call, s, es, "DeleteItem", pool);
    xc_xmlw_attr(call.w, "DeleteType", type);
    xc_xmlw_attr(call.w, "SendMeetingCancellations", notify == XC_NOTIFY_NONE ? "SendToNone" : "SendToAllAndSaveCopy");
    xc_xmlw_attr(call.w, "AffectedTaskOccurrences", "AllOccurrences");
    xc_xmlw_start(call.w, XC_NS_M, "ItemIds");
    xc_ews_write_id(call.w, "ItemId", id, NULL);
    xc_xmlw_end(call.w);
    return xc_ews_single(&message, &call, s, es, pool);
}

/* Undoing gets a little time of its own: the deadline may be why it is needed. */
static apr_time_t extend_deadline(xc_session_t *s)
{
    apr_time_t before = s->deadline, needed = apr_time_now() + UNDO_TIME;
    if (s->deadline < needed)
        s->deadline = needed;
    return before;
}

/* ---- create ---- */

static void begin_find(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const char *folder_id, const char *uid,
                       apr_pool_t *pool)
{
    xc_ews_begin(call, s, es, "FindItem", pool);
    xc_xmlw_attr(call->w, "Traversal", "Shallow");
    xc_xmlw_start(call->w, XC_NS_M, "ItemShape");
    xc_xmlw_element(call->w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_end(call->w);
    xc_xmlw_start(call->w, XC_NS_M, "Restriction");
    xc_xmlw_start(call->w, XC_NS_T, "Or");
    for (int with_nul = 0; with_nul < 2; with_nul++) {
        xc_xmlw_start(call->w, XC_NS_T, "IsEqualTo");
        xc_xmlw_start(call->w, XC_NS_T, "ExtendedFieldURI");
        xc_xmlw_attr(call->w, "DistinguishedPropertySetId", "Meeting");
        xc_xmlw_attr(call->w, "PropertyId", "35"); /* PidLidCleanGlobalObjectId */
        xc_xmlw_attr(call->w, "PropertyType", "Binary");
        xc_xmlw_end(call->w);
        xc_xmlw_start(call->w, XC_NS_T, "FieldURIOrConstant");
        xc_xmlw_start(call->w, XC_NS_T, "Constant");
        xc_xmlw_attr(call->w, "Value", xc_ews_global_id(uid, with_nul, pool));
        xc_xmlw_end(call->w);
        xc_xmlw_end(call->w);
        xc_xmlw_end(call->w);
    }
    xc_xmlw_end(call->w);
    xc_xmlw_end(call->w);
    xc_xmlw_start(call->w, XC_NS_M, "ParentFolderIds");
    xc_ews_write_id(call->w, "FolderId", folder_id, NULL);
    xc_xmlw_end(call->w);
}

/* A create whose answer never came: is the item there? out->id NULL = no. */
static xc_error_t *find_created(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const char *folder_id, const char *uid,
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

static xc_error_t *create_master(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const char *folder_id, const xc_write_t *w,
                                 apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    xc_ews_begin(&call, s, es, "CreateItem", pool);
    xc_xmlw_attr(call.w, "SendMeetingInvitations", "SendToNone");
    xc_xmlw_start(call.w, XC_NS_M, "SavedItemFolderId");
    xc_ews_write_id(call.w, "FolderId", folder_id, NULL);
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "Items");
    xc_ews_write_item(call.w, w, s, es->version, pool);
    xc_xmlw_end(call.w);
    xc_error_t *err = xc_ews_single(&message, &call, s, es, pool);
    if (!err) {
        ref_from(out, message, pool);
        return out->id && out->change_key ? NULL : xc_ews_error("NoItemId", "CreateItem without an id", pool);
    }
    if (!err->maybe_done)
        return err;
    apr_time_t deadline = extend_deadline(s);
    xc_error_t *look = find_created(out, s, es, folder_id, w->event->uid, pool);
    s->deadline = deadline;
    if (look || !out->id)
        return err;
    xc_log(s->log, XC_LOG_WARNING, "the answer to a CreateItem was lost, the item was found");
    return NULL;
}

xc_error_t *xc_ews_item_create(xc_item_ref_t *out, xc_session_t *s, const char *folder_id, const xc_write_t *w, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_series_t plan;
    xc_ews_files_t files;
    memset(out, 0, sizeof *out);
    XC_TRY(xc_ews_state(&es, s, pool));
    XC_TRY(xc_ews_check_recurrence(w->event->recur, es->version, pool));
    XC_TRY(xc_ews_series_plan(&plan, NULL, w->event, 1, pool));
    XC_TRY(xc_ews_files_plan(&files, s, es, NULL, NULL, w, 1, pool));
    XC_TRY(create_master(out, s, es, folder_id, w, pool));
    xc_error_t *err = xc_ews_series_write(&out->change_key, &plan, s, es, out->id, pool);
    if (!err)
        err = xc_ews_files_write(&out->change_key, &files, s, es, out->id, pool);
    if (!err && !out->change_key)
        err = ask_change_key(out, s, es, out->id, pool);
    if (err) {
        apr_time_t deadline = extend_deadline(s);
        xc_error_t *undo = delete_now(s, es, out->id, "HardDelete", XC_NOTIFY_NONE, pool);
        s->deadline = deadline;
        if (undo && undo->status != 404)
            xc_log(s->log, XC_LOG_ERROR, "a series that could not be completed could not be removed either: %s", undo->message);
    }
    return err;
}

/* ---- update ---- */

static void write_named_update(xc_xmlw_t *w, const char *name, const char *value)
{
    int set = value && *value;
    xc_xmlw_start(w, XC_NS_T, set ? "SetItemField" : "DeleteItemField");
    xc_ews_write_named(w, name);
    if (set) {
        xc_xmlw_start(w, XC_NS_T, "CalendarItem");
        xc_ews_write_named_value(w, name, value);
        xc_xmlw_end(w);
    }
    xc_xmlw_end(w);
}

static void begin_update(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const xc_item_ref_t *ref, const char *resolution,
                         apr_pool_t *pool)
{
    xc_ews_begin(call, s, es, "UpdateItem", pool);
    xc_xmlw_attr(call->w, "MessageDisposition", "SaveOnly");
    xc_xmlw_attr(call->w, "ConflictResolution", resolution);
    xc_xmlw_attr(call->w, "SendMeetingInvitationsOrCancellations", "SendToNone");
    xc_xmlw_start(call->w, XC_NS_M, "ItemChanges");
    xc_xmlw_start(call->w, XC_NS_T, "ItemChange");
    xc_ews_write_id(call->w, "ItemId", ref->id, ref->change_key);
    xc_xmlw_start(call->w, XC_NS_T, "Updates");
}

static xc_error_t *end_update(xc_item_ref_t *out, xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, apr_pool_t *pool)
{
    xmlNode *message = NULL;
    XC_TRY(xc_ews_single(&message, call, s, es, pool));
    ref_from(out, message, pool);
    return out->id && out->change_key ? NULL : xc_ews_error("NoItemId", "UpdateItem without an id", pool);
}

/* An update whose answer never came: the item says whether it was made, by what is kept beside it. */
static xc_error_t *find_updated(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const xc_item_ref_t *ref, const char *kept,
                                apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    memset(out, 0, sizeof *out);
    xc_ews_begin(&call, s, es, "GetItem", pool);
    xc_xmlw_start(call.w, XC_NS_M, "ItemShape");
    xc_xmlw_element(call.w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_start(call.w, XC_NS_T, "AdditionalProperties");
    xc_ews_write_named(call.w, XC_EWS_PROP_KEPT);
    xc_xmlw_end(call.w);
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "ItemIds");
    xc_ews_write_id(call.w, "ItemId", ref->id, NULL);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    const char *now = xc_ews_named(xc_xml_child(xc_xml_child(message, NULL, "Items"), NULL, NULL), XC_EWS_PROP_KEPT, pool);
    if (kept && now && strcmp(kept, now) == 0)
        ref_from(out, message, pool);
    if (out->change_key && ref->change_key && strcmp(out->change_key, ref->change_key) == 0)
        memset(out, 0, sizeof *out);
    return NULL;
}

/* When the times or the rule of a series change, Exchange forgets its exceptions, or keeps them where they
 * no longer belong: they are made again in any case. */
static int series_starts_anew(const xc_event_t *before, const xc_event_t *now)
{
    unsigned changed = xc_event_diff(before, now);
    return now->recur && (!before->recur || (changed & (XC_FIELD_RECUR | XC_FIELD_START | XC_FIELD_END | XC_FIELD_ALL_DAY | XC_FIELD_ZONE)));
}

/* From `before` to `w`, step by step; *begun is set once something has been written. */
static xc_error_t *apply(xc_item_ref_t *out, xc_ews_files_t *files, int *begun, xc_session_t *s, const xc_ews_state_t *es, const xc_item_ref_t *ref,
                         const xc_event_t *before, const xc_write_t *w, const char *resolution, apr_pool_t *pool)
{
    xc_ews_series_t plan;
    xc_ews_call_t call;
    int fresh = series_starts_anew(before, w->event);
    XC_TRY(xc_ews_check_recurrence(w->event->recur, es->version, pool));
    XC_TRY(xc_ews_series_plan(&plan, before, w->event, fresh, pool));
    if (files)
        XC_TRY(xc_ews_files_plan(files, s, es, ref->id, before, w, fresh || plan.reset, pool));
    begin_update(&call, s, es, ref, resolution, pool);
    xc_ews_write_updates(call.w, before, w->event, fresh || plan.reset ? XC_FIELD_RECUR : 0, s, es->version, pool);
    write_named_update(call.w, XC_EWS_PROP_KEPT, w->kept);
    xc_error_t *err = end_update(out, &call, s, es, pool);
    if (err && err->maybe_done) {
        apr_time_t deadline = extend_deadline(s);
        xc_error_t *look = find_updated(out, s, es, ref, w->kept, pool);
        s->deadline = deadline;
        if (!look && out->id) {
            xc_log(s->log, XC_LOG_WARNING, "the answer to an UpdateItem was lost, the update was made");
            err = NULL;
        }
    }
    XC_TRY(err);
    *begun = 1;
    XC_TRY(xc_ews_series_write(&out->change_key, &plan, s, es, out->id, pool));
    if (files)
        XC_TRY(xc_ews_files_write(&out->change_key, files, s, es, out->id, pool));
    return out->change_key ? NULL : ask_change_key(out, s, es, out->id, pool);
}

xc_error_t *xc_ews_item_update(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const xc_event_t *before,
                               const xc_write_t *w, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_files_t files;
    int begun = 0, undone = 0;
    memset(&files, 0, sizeof files);
    memset(out, 0, sizeof *out);
    XC_TRY(xc_ews_state(&es, s, pool));
    xc_error_t *err = apply(out, &files, &begun, s, es, ref, before, w, "NeverOverwrite", pool);
    if (!err || !begun)
        return err;
    xc_item_ref_t now = {.id = out->id};
    xc_write_t back = {.event = before, .kept = before->kept};
    apr_time_t deadline = extend_deadline(s);
    /* everything is written again: which of the occurrences were reached is not known */
    xc_event_t unknown = *w->event;
    unknown.exdates = unknown.overrides = NULL;
    if (before->recur)
        unknown.recur = NULL;
    xc_error_t *undo = apply(out, NULL, &undone, s, es, &now, &unknown, &back, "AlwaysOverwrite", pool);
    xc_ews_files_undo(&files, s, es, pool);
    s->deadline = deadline;
    if (undo)
        xc_log(s->log, XC_LOG_ERROR, "a change that could not be completed could not be taken back either: %s", undo->message);
    err->maybe_done = 1; /* the change key is another one now */
    return err;
}

/* ---- delete, move, copy, properties ---- */

xc_error_t *xc_ews_item_delete(xc_session_t *s, const xc_item_ref_t *ref, xc_notify_e notify, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    XC_TRY(xc_ews_state(&es, s, pool));
    if (ref->change_key) {
        /* DeleteItem looks at no change key; one cheap question does */
        xc_item_ref_t now;
        memset(&now, 0, sizeof now);
        XC_TRY(ask_change_key(&now, s, es, ref->id, pool));
        if (strcmp(now.change_key, ref->change_key))
            return xc_error_code(xc_error_make(pool, 412, XC_COND_NONE, "It has changed in Exchange since you read it."), pool,
                                 "ErrorIrresolvableConflict");
    }
    xc_error_t *err = delete_now(s, es, ref->id, "MoveToDeletedItems", notify, pool);
    /* before 2013 only the owner of a mailbox has a trash: others' deletions go where he can still recover them */
    if (err && err->code && strcmp(err->code, "ErrorCannotDeleteObject") == 0)
        err = delete_now(s, es, ref->id, "SoftDelete", notify, pool);
    return err;
}

static xc_error_t *set_href(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const xc_item_ref_t *ref, const char *href,
                            const char *resolution, apr_pool_t *pool)
{
    xc_ews_call_t call;
    begin_update(&call, s, es, ref, resolution, pool);
    write_named_update(call.w, XC_EWS_PROP_HREF, href);
    return end_update(out, &call, s, es, pool);
}

static xc_error_t *to_folder(xc_item_ref_t *out, const char *operation, xc_session_t *s, const xc_ews_state_t *es, const xc_item_ref_t *ref,
                             const char *folder_id, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    xc_ews_begin(&call, s, es, operation, pool);
    xc_xmlw_start(call.w, XC_NS_M, "ToFolderId");
    xc_ews_write_id(call.w, "FolderId", folder_id, NULL);
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "ItemIds");
    xc_ews_write_id(call.w, "ItemId", ref->id, ref->change_key);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    ref_from(out, message, pool);
    /* into another mailbox it goes without a word of its new id */
    if (!out->id && ref->uid)
        XC_TRY(find_created(out, s, es, folder_id, ref->uid, pool));
    return out->id ? NULL : xc_ews_error("NoItemId", "the moved item has no new id", pool);
}

xc_error_t *xc_ews_item_move(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const char *folder_id, const char *href,
                             apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    memset(out, 0, sizeof *out);
    XC_TRY(xc_ews_state(&es, s, pool));
    if (!folder_id)
        return set_href(out, s, es, ref, href, "NeverOverwrite", pool);
    /* the name first: it travels along, and a failure in between leaves one item under one name */
    xc_item_ref_t named = *ref;
    xc_error_t *err = set_href(&named, s, es, ref, href, "NeverOverwrite", pool);
    if (err && !err->maybe_done)
        return err;
    if (!err)
        err = to_folder(out, "MoveItem", s, es, &named, folder_id, pool);
    if (err) {
        /* the old name again; where an answer was lost and the item has gone, its old id names nothing */
        xc_item_ref_t back, any = {.id = ref->id};
        apr_time_t deadline = extend_deadline(s);
        xc_error_t *undo = set_href(&back, s, es, &any, ref->href, "AlwaysOverwrite", pool);
        s->deadline = deadline;
        if (undo && undo->status != 404)
            xc_log(s->log, XC_LOG_ERROR, "an item that could not be moved kept its new name: %s", undo->message);
        err->maybe_done = 1; /* the change key is another one now */
        return err;
    }
    return out->change_key ? NULL : ask_change_key(out, s, es, out->id, pool);
}

xc_error_t *xc_ews_item_copy(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const char *folder_id, const char *href,
                             apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_item_ref_t copy;
    memset(out, 0, sizeof *out);
    memset(&copy, 0, sizeof copy);
    XC_TRY(xc_ews_state(&es, s, pool));
    XC_TRY(to_folder(&copy, "CopyItem", s, es, ref, folder_id, pool));
    xc_error_t *err = set_href(out, s, es, &copy, href, "AlwaysOverwrite", pool);
    if (err) {
        apr_time_t deadline = extend_deadline(s);
        xc_error_t *undo = delete_now(s, es, copy.id, "HardDelete", XC_NOTIFY_NONE, pool);
        s->deadline = deadline;
        if (undo && undo->status != 404)
            xc_log(s->log, XC_LOG_ERROR, "a copy without a name could not be removed: %s", undo->message);
    }
    return err;
}

xc_error_t *xc_ews_item_props(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const char *props, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    memset(out, 0, sizeof *out);
    XC_TRY(xc_ews_state(&es, s, pool));
    begin_update(&call, s, es, ref, "NeverOverwrite", pool);
    write_named_update(call.w, XC_EWS_PROP_PROPS, props);
    return end_update(out, &call, s, es, pool);
}
