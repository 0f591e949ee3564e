/* SPDX-License-Identifier: Apache-2.0 */
/* Creating, changing, deleting, moving items. Nothing stays half-written: what several calls make is taken back
 * when one of them fails, before anybody has been told (series.h says which call mails whom). */
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "exchange/ews/attachments.h"
#include "exchange/ews/series.h"
#include "exchange/ews/tasks.h"
#include "exchange/ews/write.h"

/* Time that is granted beyond the deadline for taking back what was begun. */
#define UNDO_TIME apr_time_from_sec(15)

void xc_ews_ref_from(xc_item_ref_t *out, const xmlNode *message, apr_pool_t *pool)
{
    xmlNode *item = xc_xml_child(xc_xml_child(message, NULL, "Items"), NULL, NULL);
    xmlNode *id = xc_xml_child(item, NULL, "ItemId");
    out->id = xc_xml_attr(id, "Id", pool);
    out->change_key = xc_xml_attr(id, "ChangeKey", pool);
}

xc_error_t *xc_ews_ask_ref(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const char *id, int index, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    xc_ews_begin(&call, s, es, "GetItem", pool);
    xc_xmlw_start(call.w, XC_NS_M, "ItemShape");
    xc_xmlw_element(call.w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "ItemIds");
    if (index)
        xc_ews_write_occurrence_id(call.w, id, index, pool);
    else
        xc_ews_write_id(call.w, "ItemId", id, NULL);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    xc_ews_ref_from(out, message, pool);
    return out->id && out->change_key ? NULL : xc_ews_error("NoItemId", "GetItem without an id", pool);
}

/* The change key as it is now, when the last write did not say it. */
xc_error_t *xc_ews_ask_change_key(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const char *id, apr_pool_t *pool)
{
    return xc_ews_ask_ref(out, s, es, id, 0, pool);
}

static xc_error_t *delete_now(xc_session_t *s, const xc_ews_state_t *es, const char *id, const char *type, xc_notify_e notify, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    xc_ews_begin(&call, s, es, "DeleteItem", pool);
    xc_xmlw_attr(call.w, "DeleteType", type);
    xc_xmlw_attr(call.w, "SendMeetingCancellations", xc_ews_invitations(notify == XC_NOTIFY_NONE ? XC_NOTICE_NONE : XC_NOTICE_ALL));
    xc_xmlw_attr(call.w, "AffectedTaskOccurrences", "AllOccurrences");
    xc_xmlw_start(call.w, XC_NS_M, "ItemIds");
    xc_ews_write_id(call.w, "ItemId", id, NULL);
    xc_xmlw_end(call.w);
    return xc_ews_single(&message, &call, s, es, pool);
}

/* Undoing gets a little time of its own: the deadline may be why it is needed. */
apr_time_t xc_ews_extend_deadline(xc_session_t *s)
{
    apr_time_t before = s->deadline, needed = apr_time_now() + UNDO_TIME;
    if (s->deadline < needed)
        s->deadline = needed;
    return before;
}

/* ---- updates ---- */

void xc_ews_write_named_update(xc_xmlw_t *w, const char *element, const char *name, const char *value)
{
    int set = value && *value;
    xc_xmlw_start(w, XC_NS_T, set ? "SetItemField" : "DeleteItemField");
    xc_ews_write_named(w, name);
    if (set) {
        xc_xmlw_start(w, XC_NS_T, element);
        xc_ews_write_named_value(w, name, value);
        xc_xmlw_end(w);
    }
    xc_xmlw_end(w);
}

static void write_named_update(xc_xmlw_t *w, const char *name, const char *value)
{
    xc_ews_write_named_update(w, "CalendarItem", name, value);
}

static const char *element_of(const xc_item_ref_t *ref)
{
    return ref->task ? "Task" : "CalendarItem";
}

void xc_ews_begin_update(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const xc_item_ref_t *ref, const char *resolution,
                         xc_notice_e notice, apr_pool_t *pool)
{
    xc_ews_begin(call, s, es, "UpdateItem", pool);
    xc_xmlw_attr(call->w, "MessageDisposition", "SaveOnly");
    xc_xmlw_attr(call->w, "ConflictResolution", resolution);
    xc_xmlw_attr(call->w, "SendMeetingInvitationsOrCancellations", xc_ews_updates(notice));
    xc_xmlw_start(call->w, XC_NS_M, "ItemChanges");
    xc_xmlw_start(call->w, XC_NS_T, "ItemChange");
    xc_ews_write_id(call->w, "ItemId", ref->id, ref->change_key);
    xc_xmlw_start(call->w, XC_NS_T, "Updates");
}

xc_error_t *xc_ews_end_update(xc_item_ref_t *out, xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, apr_pool_t *pool)
{
    xmlNode *message = NULL;
    XC_TRY(xc_ews_single(&message, call, s, es, pool));
    xc_ews_ref_from(out, message, pool);
    return out->id && out->change_key ? NULL : xc_ews_error("NoItemId", "UpdateItem without an id", pool);
}

/* An update whose answer never came: the item says whether it was made, by what is kept beside it. */
xc_error_t *xc_ews_find_updated(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const xc_item_ref_t *ref, const char *kept,
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
        xc_ews_ref_from(out, message, pool);
    if (out->change_key && ref->change_key && strcmp(out->change_key, ref->change_key) == 0)
        memset(out, 0, sizeof *out);
    return NULL;
}

/* ---- after the master ---- */

/* One write on its way. */
typedef struct writing_t {
    xc_session_t *s;
    const xc_ews_state_t *es;
    const xc_write_t *w;
    const xc_event_t *before;    /* NULL = it is new */
    xc_ews_series_t plan;
    xc_ews_telling_t telling;
    xc_ews_files_t *files;       /* NULL = they are left alone */
    xc_item_ref_t *out;          /* the master, with its change key as far as it is known */
    int told;                    /* somebody has been mailed: it cannot be taken back */
    apr_pool_t *pool;
} writing_t;

static int is_recipients(const xc_error_t *err)
{
    return err && err->code && strcmp(err->code, "ErrorInvalidRecipients") == 0;
}

/* The mail was refused: the item may have been saved all the same (ews.md 9.1). */
static int is_unsent(const xc_error_t *err)
{
    return is_recipients(err) || (err && err->code && strcmp(err->code, "ErrorSendAsDenied") == 0);
}

/* Exchange does not say which address it does not like: those are named that it has not taken before. */
static xc_error_t *name_recipients(xc_error_t *err, const xc_event_t *before, const xc_event_t *now, apr_pool_t *pool)
{
    const char *names = "";
    if (!is_recipients(err))
        return err;
    for (int i = 0; now->attendees && i < now->attendees->nelts; i++) {
        const char *address = APR_ARRAY_IDX(now->attendees, i, xc_attendee_t).who.address;
        int known = 0;
        for (int k = 0; before && before->attendees && k < before->attendees->nelts; k++)
            known |= strcasecmp(APR_ARRAY_IDX(before->attendees, k, xc_attendee_t).who.address, address) == 0;
        if (!known)
            names = apr_pstrcat(pool, names, *names ? ", " : "", address, NULL);
    }
    if (*names)
        err->message = apr_psprintf(pool, "Exchange refuses an attendee's address; it is one of: %.900s. Nothing was stored and nobody was mailed.", names);
    return err;
}

/* A call that mails, and whose answer may have been lost: has it changed the item? */
static xc_error_t *told(writing_t *x, xc_error_t *err)
{
    xc_item_ref_t now;
    if (!err) {
        x->told = 1;
        return NULL;
    }
    if (!err->maybe_done || !x->out->change_key)
        return err;
    memset(&now, 0, sizeof now);
    apr_time_t deadline = xc_ews_extend_deadline(x->s);
    xc_error_t *look = xc_ews_ask_change_key(&now, x->s, x->es, x->out->id, x->pool);
    x->s->deadline = deadline;
    if (look || strcmp(now.change_key, x->out->change_key) == 0)
        return err;
    xc_log(x->s->log, XC_LOG_WARNING, "the answer to a change was lost, the change was made");
    *x->out = now;
    x->told = 1;
    return NULL;
}

static xc_error_t *key_known(writing_t *x)
{
    return x->out->change_key ? NULL : xc_ews_ask_change_key(x->out, x->s, x->es, x->out->id, x->pool);
}

/* The call that tells of the whole series: its attendees come with it, so that Exchange sees who is new and who has gone. */
static xc_error_t *tell_last(writing_t *x)
{
    xc_ews_call_t call;
    xc_item_ref_t now;
    XC_TRY(key_known(x));
    /* the first call has checked the change key; an answer that came in meanwhile is no reason to take all back */
    xc_ews_begin_update(&call, x->s, x->es, x->out, "AlwaysOverwrite", x->telling.master, x->pool);
    if (x->before)
        xc_ews_write_updates(call.w, x->before, x->w->event, 0, XC_FIELD_ATTENDEES, x->s, x->es->version, x->pool);
    write_named_update(call.w, XC_EWS_PROP_KEPT, x->w->kept);
    memset(&now, 0, sizeof now);
    xc_error_t *err = xc_ews_end_update(&now, &call, x->s, x->es, x->pool);
    if (!err)
        *x->out = now;
    return told(x, err);
}

/* What follows the master's own call: silently what can be, and then what is told. */
static xc_error_t *write_rest(writing_t *x)
{
    const char *id = x->out->id;
    xc_notice_e deletes = x->telling.deletes;
    /* deletions first: the changes' answer tells the change key that stays */
    if (x->plan.deletes->nelts && deletes == XC_NOTICE_NONE) {
        XC_TRY(xc_ews_series_delete(&x->plan, deletes, x->s, x->es, id, x->pool));
        x->out->change_key = NULL;
    }
    if (x->telling.silent)
        XC_TRY(xc_ews_series_change(&x->out->change_key, &x->plan, 0, XC_FIELD_ALL, XC_NOTICE_NONE, x->s, x->es, id, x->pool));
    if (x->telling.early)
        XC_TRY(xc_ews_series_change(&x->out->change_key, &x->plan, 1, XC_FIELD_ALL & ~(unsigned)XC_FIELD_ATTENDEES, XC_NOTICE_NONE, x->s, x->es, id, x->pool));
    if (x->files)
        XC_TRY(xc_ews_files_write(&x->out->change_key, x->files, x->s, x->es, id, x->pool));
    if (x->plan.deletes->nelts && deletes != XC_NOTICE_NONE) {
        XC_TRY(key_known(x));
        XC_TRY(told(x, xc_ews_series_delete(&x->plan, deletes, x->s, x->es, id, x->pool)));
        x->out->change_key = NULL;
    }
    if (x->telling.last)
        XC_TRY(tell_last(x));
    if (x->telling.own != XC_NOTICE_NONE) {
        const char *key = NULL;
        XC_TRY(key_known(x));
        xc_error_t *err = xc_ews_series_change(&key, &x->plan, 1, XC_FIELD_ALL, x->telling.own, x->s, x->es, id, x->pool);
        if (err && x->told && !err->maybe_done && err->status >= 500) {
            /* the series is told and cannot be taken back: this is to follow, if Exchange lets it at all */
            apr_time_t deadline = xc_ews_extend_deadline(x->s);
            x->s->finishing++;
            err = xc_ews_series_change(&key, &x->plan, 1, XC_FIELD_ALL, x->telling.own, x->s, x->es, id, x->pool);
            x->s->finishing--;
            x->s->deadline = deadline;
        }
        if (!err)
            x->out->change_key = key;
        XC_TRY(told(x, err));
    }
    xc_error_t *look = key_known(x);
    if (!look || !x->told)
        return look;
    /* all is written and told: that the change key is not known yet is no failure */
    xc_log(x->s->log, XC_LOG_INFO, "what a meeting has become is asked later: %s", look->message);
    x->out->id = id;
    x->out->change_key = NULL;
    return NULL;
}

/* ---- create ---- */

static void begin_find(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const char *folder_id, const char *uid,
                       apr_pool_t *pool)
{
    xc_ews_begin(call, s, es, "FindItem", pool);
    xc_xmlw_attr(call->w, "Traversal", "Shallow");
    xc_xmlw_start(call->w, XC_NS_M, "ItemShape");
    xc_xmlw_element(call->w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_start(call->w, XC_NS_T, "AdditionalProperties");
    xc_xmlw_start(call->w, XC_NS_T, "FieldURI");
    xc_xmlw_attr(call->w, "FieldURI", "calendar:MeetingRequestWasSent");
    xc_xmlw_end(call->w);
    xc_xmlw_end(call->w);
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

/* A create whose answer never came: is the item there, and were its invitations sent? out->id NULL = no. */
static xc_error_t *find_created(xc_item_ref_t *out, int *sent, xc_session_t *s, const xc_ews_state_t *es, const char *folder_id,
                                const char *uid, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    memset(out, 0, sizeof *out);
    begin_find(&call, s, es, folder_id, uid, pool);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    xmlNode *item = xc_xml_child(xc_xml_child(xc_xml_child(message, NULL, "RootFolder"), NULL, "Items"), NULL, NULL);
    xmlNode *id = xc_xml_child(item, NULL, "ItemId");
    out->id = xc_xml_attr(id, "Id", pool);
    out->change_key = xc_xml_attr(id, "ChangeKey", pool);
    *sent = xc_ews_is_true(xc_xml_child_text(item, NULL, "MeetingRequestWasSent", pool));
    return NULL;
}

/* An item that must not stay. */
static void take_away(xc_session_t *s, const xc_ews_state_t *es, const char *id, const char *what, apr_pool_t *pool)
{
    apr_time_t deadline = xc_ews_extend_deadline(s);
    s->finishing++;
    xc_error_t *undo = delete_now(s, es, id, "HardDelete", XC_NOTIFY_NONE, pool);
    s->finishing--;
    s->deadline = deadline;
    if (undo && undo->status != 404)
        xc_log(s->log, XC_LOG_ERROR, "%s could not be removed either: %s", what, undo->message);
}

/* @param sent set when the invitations are out */
static xc_error_t *create_master(xc_item_ref_t *out, int *sent, xc_session_t *s, const xc_ews_state_t *es, const char *folder_id,
                                 const xc_write_t *w, xc_notice_e notice, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    xc_ews_begin(&call, s, es, "CreateItem", pool);
    xc_xmlw_attr(call.w, "SendMeetingInvitations", xc_ews_invitations(notice));
    xc_xmlw_start(call.w, XC_NS_M, "SavedItemFolderId");
    xc_ews_write_id(call.w, "FolderId", folder_id, NULL);
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "Items");
    xc_ews_write_item(call.w, w, s, es->version, pool);
    xc_xmlw_end(call.w);
    xc_error_t *err = xc_ews_single(&message, &call, s, es, pool);
    if (!err) {
        xc_ews_ref_from(out, message, pool);
        *sent = notice != XC_NOTICE_NONE;
        return out->id && out->change_key ? NULL : xc_ews_error("NoItemId", "CreateItem without an id", pool);
    }
    if (!err->maybe_done && !is_unsent(err))
        return err;
    apr_time_t deadline = xc_ews_extend_deadline(s);
    xc_error_t *look = find_created(out, sent, s, es, folder_id, w->event->uid, pool);
    s->deadline = deadline;
    if (look || !out->id)
        return err;
    if (!err->maybe_done) { /* saved, though the invitations were refused */
        take_away(s, es, out->id, "a meeting whose attendees were refused", pool);
        return err;
    }
    xc_log(s->log, XC_LOG_WARNING, "the answer to a CreateItem was lost, the item was found");
    return NULL;
}

xc_error_t *xc_ews_item_create(xc_item_ref_t *out, xc_session_t *s, const char *folder_id, const xc_write_t *w, apr_pool_t *pool)
{
    xc_ews_files_t files;
    writing_t x = {.s = s, .w = w, .out = out, .files = &files, .pool = pool};
    int sent = 0;
    memset(out, 0, sizeof *out);
    XC_TRY(xc_ews_state(&x.es, s, pool));
    XC_TRY(xc_ews_check_recurrence(w->event->recur, x.es->version, pool));
    XC_TRY(xc_ews_series_plan(&x.plan, NULL, w->event, 1, pool));
    XC_TRY(xc_ews_files_plan(&files, s, x.es, NULL, NULL, w, 1, pool));
    xc_ews_plan_telling(&x.telling, &x.plan, NULL, w, !xc_ews_files_nothing(&files));
    xc_notice_e notice = x.telling.last ? XC_NOTICE_NONE : x.telling.master;
    xc_error_t *err = create_master(out, &sent, s, x.es, folder_id, w, notice, pool);
    if (err)
        return name_recipients(err, NULL, w->event, pool);
    /* made by a call whose answer was lost, but not sent by it */
    x.telling.last |= notice != XC_NOTICE_NONE && !sent;
    x.told = sent;
    err = write_rest(&x);
    if (err && !x.told)
        take_away(s, x.es, out->id, "a series that could not be completed", pool);
    if (err && x.told)
        err->maybe_done = 1;
    return name_recipients(err, NULL, w->event, pool);
}

/* ---- update ---- */

/* When the times or the rule of a series change, Exchange forgets its exceptions, or keeps them where they
 * no longer belong: they are made again in any case. */
static int series_starts_anew(const xc_event_t *before, const xc_event_t *now)
{
    unsigned changed = xc_event_diff(before, now);
    return now->recur && (!before->recur || (changed & (XC_FIELD_RECUR | XC_FIELD_START | XC_FIELD_END | XC_FIELD_ALL_DAY | XC_FIELD_ZONE)));
}

/* The master's own call; *begun is set once something has been written. */
static xc_error_t *update_master(writing_t *x, int *begun, const xc_item_ref_t *ref, unsigned also, const char *resolution)
{
    xc_session_t *s = x->s;
    xc_ews_call_t call;
    xc_notice_e notice = x->telling.last ? XC_NOTICE_NONE : x->telling.master;
    unsigned only = x->telling.last ? XC_FIELD_ALL & ~XC_FIELD_ATTENDEES : XC_FIELD_ALL;
    xc_ews_begin_update(&call, s, x->es, ref, resolution, notice, x->pool);
    xc_ews_write_updates(call.w, x->before, x->w->event, also, only, s, x->es->version, x->pool);
    write_named_update(call.w, XC_EWS_PROP_KEPT, x->w->kept);
    xc_error_t *err = xc_ews_end_update(x->out, &call, s, x->es, x->pool);
    if (err && (err->maybe_done || (notice != XC_NOTICE_NONE && is_unsent(err)))) {
        apr_time_t deadline = xc_ews_extend_deadline(s);
        xc_error_t *look = xc_ews_find_updated(x->out, s, x->es, ref, x->w->kept, x->pool);
        s->deadline = deadline;
        *begun = !look && x->out->id;
        if (*begun && err->maybe_done) {
            xc_log(s->log, XC_LOG_WARNING, "the answer to an UpdateItem was lost, the update was made");
            err = NULL;
        }
    }
    XC_TRY(err);
    *begun = 1;
    x->told = notice != XC_NOTICE_NONE;
    return NULL;
}

/* From `before` to what is to be written, step by step. */
static xc_error_t *apply(writing_t *x, int *begun, const xc_item_ref_t *ref, const char *resolution)
{
    int fresh = series_starts_anew(x->before, x->w->event);
    XC_TRY(xc_ews_check_recurrence(x->w->event->recur, x->es->version, x->pool));
    XC_TRY(xc_ews_series_plan(&x->plan, x->before, x->w->event, fresh, x->pool));
    if (x->files)
        XC_TRY(xc_ews_files_plan(x->files, x->s, x->es, ref->id, x->before, x->w, fresh || x->plan.reset, x->pool));
    xc_ews_plan_telling(&x->telling, &x->plan, x->before, x->w, x->files && !xc_ews_files_nothing(x->files));
    XC_TRY(update_master(x, begun, ref, fresh || x->plan.reset ? XC_FIELD_RECUR : 0, resolution));
    return write_rest(x);
}

/* Everything is written again as it was, silently: which of the occurrences were reached is not known. */
static void take_back(const writing_t *done, apr_pool_t *pool)
{
    xc_session_t *s = done->s;
    int undone = 0;
    xc_item_ref_t now = {.id = done->out->id}, back;
    xc_write_t w = {.notify = XC_NOTIFY_NONE, .event = done->before, .kept = done->before->kept};
    xc_event_t unknown = *done->w->event;
    unknown.exdates = unknown.overrides = NULL;
    if (done->before->recur)
        unknown.recur = NULL;
    writing_t x = {.s = s, .es = done->es, .w = &w, .before = &unknown, .out = &back, .pool = pool};
    memset(&back, 0, sizeof back);
    apr_time_t deadline = xc_ews_extend_deadline(s);
    s->finishing++;
    /* with the exceptions their files go: their content has to be at hand before */
    xc_error_t *kept = xc_ews_files_rescue(done->files, s, done->es, now.id, done->before, pool);
    xc_error_t *undo = apply(&x, &undone, &now, "AlwaysOverwrite");
    if (!undo || !kept)
        kept = xc_ews_files_undo(done->files, s, done->es, now.id, done->before, pool);
    s->finishing--;
    s->deadline = deadline;
    if (kept)
        xc_log(s->log, XC_LOG_ERROR, "attachments of a change that could not be completed could not be put back as they were: %s", kept->message);
    if (undo)
        xc_log(s->log, XC_LOG_ERROR, "a change that could not be completed could not be taken back either: %s", undo->message);
}

xc_error_t *xc_ews_item_update(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const xc_event_t *before,
                               const xc_write_t *w, apr_pool_t *pool)
{
    xc_ews_files_t files;
    writing_t x = {.s = s, .w = w, .before = before, .files = &files, .out = out, .pool = pool};
    int begun = 0;
    memset(&files, 0, sizeof files);
    memset(out, 0, sizeof *out);
    XC_TRY(xc_ews_state(&x.es, s, pool));
    xc_error_t *err = apply(&x, &begun, ref, "NeverOverwrite");
    if (!err || !begun)
        return name_recipients(err, before, w->event, pool);
    /* whom one message has reached another cannot make forget it */
    if (!x.told)
        take_back(&x, pool);
    err->maybe_done = 1; /* the change key is another one now */
    return name_recipients(err, before, w->event, pool);
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
        XC_TRY(xc_ews_ask_change_key(&now, s, es, ref->id, pool));
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
    xc_ews_begin_update(&call, s, es, ref, resolution, XC_NOTICE_NONE, pool);
    xc_ews_write_named_update(call.w, element_of(ref), XC_EWS_PROP_HREF, href);
    return xc_ews_end_update(out, &call, s, es, pool);
}

static xc_error_t *to_folder(xc_item_ref_t *out, const char *operation, xc_session_t *s, const xc_ews_state_t *es, const xc_item_ref_t *ref,
                             const char *folder_id, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    int sent;
    xc_ews_begin(&call, s, es, operation, pool);
    xc_xmlw_start(call.w, XC_NS_M, "ToFolderId");
    xc_ews_write_id(call.w, "FolderId", folder_id, NULL);
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "ItemIds");
    xc_ews_write_id(call.w, "ItemId", ref->id, ref->change_key);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    xc_ews_ref_from(out, message, pool);
    /* into another mailbox it goes without a word of its new id */
    if (!out->id && ref->uid)
        XC_TRY(ref->task ? xc_ews_task_find(out, s, es, folder_id, ref->uid, pool)
                         : find_created(out, &sent, s, es, folder_id, ref->uid, pool));
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
        xc_item_ref_t back, any = {.id = ref->id, .task = ref->task};
        apr_time_t deadline = xc_ews_extend_deadline(s);
        s->finishing++;
        xc_error_t *undo = set_href(&back, s, es, &any, ref->href, "AlwaysOverwrite", pool);
        s->finishing--;
        s->deadline = deadline;
        if (undo && undo->status != 404)
            xc_log(s->log, XC_LOG_ERROR, "an item that could not be moved kept its new name: %s", undo->message);
        err->maybe_done = 1; /* the change key is another one now */
        return err;
    }
    return out->change_key ? NULL : xc_ews_ask_change_key(out, s, es, out->id, pool);
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
    copy.task = ref->task;
    xc_error_t *err = set_href(out, s, es, &copy, href, "AlwaysOverwrite", pool);
    if (err) {
        take_away(s, es, copy.id, "a copy without a name", pool);
    }
    return err;
}

xc_error_t *xc_ews_item_props(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const char *props, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    memset(out, 0, sizeof *out);
    XC_TRY(xc_ews_state(&es, s, pool));
    xc_ews_begin_update(&call, s, es, ref, "NeverOverwrite", XC_NOTICE_NONE, pool);
    xc_ews_write_named_update(call.w, element_of(ref), XC_EWS_PROP_PROPS, props);
    return xc_ews_end_update(out, &call, s, es, pool);
}
