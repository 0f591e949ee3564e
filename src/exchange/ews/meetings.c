/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to invitations, by response objects (ews 9.3). What was mailed cannot be taken back: an answer whose own answer
 * was lost is looked for before it counts as failed. */
#include <apr_strings.h>
#include <string.h>

#include "exchange/ews/meetings.h"
#include "exchange/ews/series.h"

/* Time that is granted beyond the deadline for finding out what became of an answer. */
#define LOOK_TIME apr_time_from_sec(15)

/* What Exchange says of an item now. */
typedef struct state_t {
    xc_item_ref_t ref;
    const char *response;        /* MyResponseType, NULL = not told */
} state_t;

/* @param index 0 = the item itself, else that occurrence of it */
static xc_error_t *ask_state(state_t *out, xc_session_t *s, const xc_ews_state_t *es, const char *id, int index, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    memset(out, 0, sizeof *out);
    xc_ews_begin(&call, s, es, "GetItem", pool);
    xc_xmlw_start(call.w, XC_NS_M, "ItemShape");
    xc_xmlw_element(call.w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_start(call.w, XC_NS_T, "AdditionalProperties");
    xc_xmlw_start(call.w, XC_NS_T, "FieldURI");
    xc_xmlw_attr(call.w, "FieldURI", "calendar:MyResponseType");
    xc_xmlw_end(call.w);
    xc_xmlw_end(call.w);
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "ItemIds");
    if (index)
        xc_ews_write_occurrence_id(call.w, id, index, pool);
    else
        xc_ews_write_id(call.w, "ItemId", id, NULL);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    xmlNode *item = xc_xml_child(xc_xml_child(message, NULL, "Items"), NULL, NULL);
    xmlNode *item_id = xc_xml_child(item, NULL, "ItemId");
    out->ref.id = xc_xml_attr(item_id, "Id", pool);
    out->ref.change_key = xc_xml_attr(item_id, "ChangeKey", pool);
    out->response = xc_xml_child_text(item, NULL, "MyResponseType", pool);
    return out->ref.id && out->ref.change_key ? NULL : xc_ews_error("NoItemId", "GetItem without an id", pool);
}

/* The meeting in the mailbox's own calendar; out->id NULL = it is not there. */
static xc_error_t *find_meeting(xc_item_ref_t *out, xc_session_t *s, const xc_ews_state_t *es, const char *uid, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    xc_ews_begin(&call, s, es, "FindItem", pool);
    xc_xmlw_attr(call.w, "Traversal", "Shallow");
    xc_xmlw_start(call.w, XC_NS_M, "ItemShape");
    xc_xmlw_element(call.w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "Restriction");
    xc_xmlw_start(call.w, XC_NS_T, "Or");
    for (int with_nul = 0; with_nul < 2; with_nul++) {
        xc_xmlw_start(call.w, XC_NS_T, "IsEqualTo");
        xc_xmlw_start(call.w, XC_NS_T, "ExtendedFieldURI");
        xc_xmlw_attr(call.w, "DistinguishedPropertySetId", "Meeting");
        xc_xmlw_attr(call.w, "PropertyId", "35"); /* PidLidCleanGlobalObjectId */
        xc_xmlw_attr(call.w, "PropertyType", "Binary");
        xc_xmlw_end(call.w);
        xc_xmlw_start(call.w, XC_NS_T, "FieldURIOrConstant");
        xc_xmlw_start(call.w, XC_NS_T, "Constant");
        xc_xmlw_attr(call.w, "Value", xc_ews_global_id(uid, with_nul, pool));
        xc_xmlw_end(call.w);
        xc_xmlw_end(call.w);
        xc_xmlw_end(call.w);
    }
    xc_xmlw_end(call.w);
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "ParentFolderIds");
    xc_ews_write_distinguished(call.w, s, "calendar", NULL);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    xmlNode *items = xc_xml_child(xc_xml_child(message, NULL, "RootFolder"), NULL, "Items");
    xmlNode *id = xc_xml_child(xc_xml_child(items, NULL, "CalendarItem"), NULL, "ItemId");
    memset(out, 0, sizeof *out);
    out->id = xc_xml_attr(id, "Id", pool);
    out->change_key = xc_xml_attr(id, "ChangeKey", pool);
    return NULL;
}

/* ---- which item is meant ---- */

/* The id and key that a response object refers to. An occurrence has an id of its own and the key of its series. */
static xc_error_t *resolve(state_t *out, int *index, xc_session_t *s, const xc_ews_state_t *es, const xc_meeting_t *m, apr_pool_t *pool)
{
    *index = 0;
    memset(out, 0, sizeof *out);
    if (m->occurrence) {
        *index = xc_ews_series_index(m->series, m->occurrence);
        if (!*index)
            return xc_error_make(pool, 0, XC_COND_UNSUPPORTED_RECURRENCE, "The occurrence of %04d-%02d-%02d is none that the rule makes.",
                                 m->occurrence->wall.year, m->occurrence->wall.month, m->occurrence->wall.day);
    }
    if (!*index && m->change_key) {
        out->ref.id = m->id;
        out->ref.change_key = m->change_key;
        return NULL;
    }
    XC_TRY(ask_state(out, s, es, m->id, *index, pool));
    if (m->change_key && strcmp(m->change_key, out->ref.change_key))
        return xc_ews_error("ErrorStaleObject", NULL, pool);
    return NULL;
}

/* ---- answering ---- */

static const struct {
    const char *element, *response;
} answers[] = {
    [XC_PARTSTAT_ACCEPTED] = {"AcceptItem", "Accept"},
    [XC_PARTSTAT_TENTATIVE] = {"TentativelyAcceptItem", "Tentative"},
    [XC_PARTSTAT_DECLINED] = {"DeclineItem", "Decline"},
};

static xc_error_t *check(const xc_answer_t *a, const xc_ews_version_t *v, apr_pool_t *pool)
{
    if (a->partstat != XC_PARTSTAT_ACCEPTED && a->partstat != XC_PARTSTAT_TENTATIVE && a->partstat != XC_PARTSTAT_DECLINED)
        return xc_error_make(pool, 0, XC_COND_ALLOWED_ATTENDEE_CHANGE, "Exchange takes ACCEPTED, TENTATIVE and DECLINED for an answer, nothing else.");
    if (a->proposed_start && !v->proposals)
        return xc_error_make(pool, 0, XC_COND_ALLOWED_ATTENDEE_CHANGE,
                             "This generation of Exchange does not let the gateway propose another time: write the organizer in a comment.");
    return NULL;
}

static xc_error_t *send_answer(xc_session_t *s, const xc_ews_state_t *es, const xc_answer_t *a, const xc_item_ref_t *ref, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    xc_ews_begin(&call, s, es, "CreateItem", pool);
    xc_xmlw_attr(call.w, "MessageDisposition", a->silent ? "SaveOnly" : "SendAndSaveCopy");
    if (a->silent) { /* the draft that is made of it all the same has to lie somewhere */
        xc_xmlw_start(call.w, XC_NS_M, "SavedItemFolderId");
        xc_ews_write_distinguished(call.w, s, "deleteditems", NULL);
        xc_xmlw_end(call.w);
    }
    xc_xmlw_start(call.w, XC_NS_M, "Items");
    xc_xmlw_start(call.w, XC_NS_T, answers[a->partstat].element);
    if (a->comment && *a->comment) {
        xc_xmlw_start(call.w, XC_NS_T, "Body");
        xc_xmlw_attr(call.w, "BodyType", "Text");
        xc_xmlw_text(call.w, a->comment);
        xc_xmlw_end(call.w);
    }
    xc_ews_write_id(call.w, "ReferenceItemId", ref->id, ref->change_key);
    if (a->proposed_start) {
        xc_xmlw_element(call.w, XC_NS_T, "ProposedStart", xc_ews_format_utc(a->proposed_start, pool));
        xc_xmlw_element(call.w, XC_NS_T, "ProposedEnd", xc_ews_format_utc(a->proposed_end, pool));
    }
    xc_xmlw_end(call.w);
    xc_xmlw_end(call.w);
    return xc_ews_single(&message, &call, s, es, pool);
}

enum { NOT_MADE, MADE, UNKNOWN };

/* What became of an answer whose own answer was lost? What was declined, or waited in the Inbox, is there no more. */
static int was_made(xc_session_t *s, const xc_ews_state_t *es, const xc_answer_t *a, int index, apr_pool_t *pool)
{
    state_t now;
    apr_time_t before = s->deadline, needed = apr_time_now() + LOOK_TIME;
    s->deadline = s->deadline < needed ? needed : s->deadline;
    xc_error_t *err = ask_state(&now, s, es, a->meeting.id, index, pool);
    s->deadline = before;
    int gone = err && (err->status == 404 || (err->code && !strcmp(err->code, "ErrorCalendarOccurrenceIsDeletedFromRecurrence")));
    if (err && !gone)
        return UNKNOWN;
    if (a->partstat == XC_PARTSTAT_DECLINED || a->meeting.in_inbox)
        return gone ? MADE : NOT_MADE;
    return !gone && now.response && strcmp(now.response, answers[a->partstat].response) == 0 ? MADE : NOT_MADE;
}

xc_error_t *xc_ews_meeting_answer(xc_item_ref_t *out, xc_session_t *s, const xc_answer_t *a, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    state_t target, now;
    int index;
    memset(out, 0, sizeof *out);
    XC_TRY(xc_ews_state(&es, s, pool));
    XC_TRY(check(a, es->version, pool));
    XC_TRY(resolve(&target, &index, s, es, &a->meeting, pool));
    xc_error_t *err = send_answer(s, es, a, &target.ref, pool);
    int made = err && err->maybe_done ? was_made(s, es, a, index, pool) : NOT_MADE;
    if (made == MADE) {
        xc_log(s->log, XC_LOG_WARNING, "the answer to a CreateItem was lost, the invitation was answered");
        err = NULL;
    } else if (err && made == NOT_MADE)
        err->maybe_done = 0;
    XC_TRY(err);
    if (a->partstat == XC_PARTSTAT_DECLINED && !index)
        return NULL;
    if (a->meeting.in_inbox) /* the invitation has left the Inbox; the meeting is in the calendar */
        return find_meeting(out, s, es, a->meeting.uid, pool);
    /* the organizer has it: that the new change key is not told now is no failure */
    xc_error_t *look = ask_state(&now, s, es, a->meeting.id, 0, pool);
    if (look)
        xc_log(s->log, XC_LOG_INFO, "what an answered invitation has become is asked later: %s", look->message);
    else
        *out = now.ref;
    return NULL;
}

/* ---- cancelled meetings ---- */

xc_error_t *xc_ews_meeting_remove(xc_session_t *s, const xc_meeting_t *meeting, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    xmlNode *message = NULL;
    state_t target;
    int index;
    XC_TRY(xc_ews_state(&es, s, pool));
    XC_TRY(resolve(&target, &index, s, es, meeting, pool));
    xc_ews_begin(&call, s, es, "CreateItem", pool);
    xc_xmlw_attr(call.w, "MessageDisposition", "SaveOnly");
    xc_xmlw_start(call.w, XC_NS_M, "Items");
    xc_xmlw_start(call.w, XC_NS_T, "RemoveItem");
    xc_ews_write_id(call.w, "ReferenceItemId", target.ref.id, target.ref.change_key);
    xc_xmlw_end(call.w);
    xc_xmlw_end(call.w);
    return xc_ews_single(&message, &call, s, es, pool);
}
