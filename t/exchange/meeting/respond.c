/* SPDX-License-Identifier: Apache-2.0 */
/* Response objects: what a client answers to meetings through CreateItem (ews.md 9.3). */
#include <apr_strings.h>
#include <string.h>

#include "control/settings.h"
#include "ews/remove.h"
#include "ews/rights.h"
#include "meeting/attendant.h"

/* The errors of one response object; since 2010 cancelled meetings have their own. */
typedef struct act {
    const char *element, *response, *organizer, *cancelled, *delegated, *unfit;
} act_t;

static const act_t acts[] = {
    {"AcceptItem", "Accept", "ErrorCalendarIsOrganizerForAccept",
     "ErrorCalendarIsCancelledForAccept", "ErrorCalendarIsDelegatedForAccept",
     "ErrorInvalidItemForOperationAcceptItem"},
    {"TentativelyAcceptItem", "Tentative", "ErrorCalendarIsOrganizerForTentative",
     "ErrorCalendarIsCancelledForTentative", "ErrorCalendarIsDelegatedForTentative",
     "ErrorInvalidItemForOperationTentative"},
    {"DeclineItem", "Decline", "ErrorCalendarIsOrganizerForDecline",
     "ErrorCalendarIsCancelledForDecline", "ErrorCalendarIsDelegatedForDecline",
     "ErrorInvalidItemForOperationDeclineItem"},
    {"CancelCalendarItem", NULL, NULL, NULL, NULL,
     "ErrorInvalidItemForOperationCancelItem"},
    {"RemoveItem", NULL, "ErrorCalendarIsOrganizerForRemove", NULL,
     "ErrorCalendarIsDelegatedForRemove", "ErrorInvalidItemForOperationRemoveItem"},
};

static const act_t *act_of(const xmlNode *element)
{
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (lab_xml_is(element, acts[i].element))
            return &acts[i];
    return NULL;
}

bool lab_response_is_one(xmlNodePtr element)
{
    return act_of(element) != NULL;
}

/* One answer on its way. */
typedef struct job {
    lab_call_t *call;
    const act_t *act;
    xmlNodePtr element;
    lab_item_t *item; /* what the client refers to */
    int day;
    lab_kind_t kind;
    bool silent;          /* SaveOnly: nothing is sent */
    lab_folder_t *folder; /* where copies or drafts go; NULL: there are none */
    apr_array_header_t *result;
} job_t;

static const lab_fail_t *read_reference(job_t *j)
{
    lab_call_t *call = j->call;
    apr_int64_t key;
    xmlNodePtr ref = lab_xml_child(j->element, "ReferenceItemId");
    if (!ref)
        return lab_fail(call, "ErrorInvalidRequest");
    const lab_fail_t *fail =
        lab_target_item(call, ref, LAB_RIGHT_WRITE, &j->item, &j->day, &key);
    if (fail)
        return fail;
    if (!key && call->profile->schema < LAB_EXCHANGE_2010)
        return lab_fail(call, "ErrorChangeKeyRequired");
    if (key && key != j->item->cn)
        return lab_fail(call, "ErrorStaleObject");
    j->kind = lab_kind_of_class(j->item->class_name);
    return NULL;
}

static const lab_fail_t *read_disposition(job_t *j)
{
    lab_call_t *call = j->call;
    const char *how = lab_xml_attr(call->pool, call->request, "MessageDisposition");
    xmlNodePtr saved = lab_xml_child(call->request, "SavedItemFolderId");
    if (!how)
        return lab_fail(call, "ErrorMessageDispositionRequired");
    j->silent = !strcmp(how, "SaveOnly");
    if (!strcmp(how, "SendOnly"))
        return NULL;
    if (saved)
        return lab_target_folder_in(call, saved, LAB_RIGHT_WRITE, &j->folder);
    j->folder = lab_folder_distinguished(call->db, call->pool, call->mailbox,
                                         j->silent ? "drafts" : "sentitems");
    return NULL;
}

static void add_result(const job_t *j, const lab_item_t *item, int day)
{
    lab_view_t *v = apr_array_push(j->result);
    memset(v, 0, sizeof *v);
    v->item = item;
    v->kind = lab_kind_of_class(item->class_name);
    v->day = day;
}

static const char *body_of(const job_t *j, const char *name, const char **type)
{
    xmlNodePtr body = lab_xml_child(j->element, name);
    *type = lab_xml_attr(j->call->pool, body, "BodyType");
    const char *text = lab_xml_text(j->call->pool, body);
    return text && *text ? text : NULL;
}

static const lab_fail_t *read_proposal(const job_t *j, lab_answer_t *answer)
{
    lab_call_t *call = j->call;
    const char *start = lab_xml_child_text(call->pool, j->element, "ProposedStart");
    const char *end = lab_xml_child_text(call->pool, j->element, "ProposedEnd");
    if (!start && !end)
        return NULL;
    if (!start || !end || !lab_call_read_time(call, start, &answer->proposed_start) ||
        !lab_call_read_time(call, end, &answer->proposed_end))
        return lab_fail(call, "ErrorInvalidRequest");
    return answer->proposed_end < answer->proposed_start
               ? lab_fail(call, "ErrorCalendarEndDateIsEarlierThanStartDate")
               : NULL;
}

/* sends the mail, or keeps it as a draft */
static void let_go(const job_t *j, lab_mail_t *mail)
{
    lab_mail_by_caller(j->call, mail);
    if (!j->silent)
        lab_mail_post(j->call, mail, j->folder);
    else if (j->folder)
        lab_mail_keep(j->call, mail, j->folder, true);
}

static const lab_fail_t *to_trash(const job_t *j, lab_item_t *item)
{
    return lab_remove_item(j->call, item, LAB_NO_DAY, true);
}

static bool in_trash(const job_t *j)
{
    const lab_folder_t *trash = lab_folder_distinguished(
        j->call->db, j->call->pool, j->item->mailbox, "deleteditems");
    return trash && trash->id == j->item->folder;
}

static const lab_fail_t *check_cancelled(const job_t *j, const lab_view_t *view)
{
    if (!(lab_view_int(view, "AppointmentState", 0) & LAB_STATE_CANCELLED))
        return NULL;
    return lab_fail(j->call, j->call->profile->schema < LAB_EXCHANGE_2010
                                 ? "ErrorCalendarInvalidPropertyState"
                                 : j->act->cancelled);
}

/* the calendar item that an answer to a request is about; made when it is not there */
static const lab_fail_t *find_booking(const job_t *j, lab_item_t **item, int *day)
{
    lab_view_t message, booked;
    lab_view_item(j->call, j->item, &message);
    const char *type = lab_view_get(&message, "MeetingRequestType");
    *day = lab_view_day(&message);
    *item = lab_meeting_find(j->call, j->item->mailbox, j->item->uid, day);
    if (*item) {
        lab_view_make(j->call, *item, *day, &booked);
        if (lab_meeting_is_outdated(&message, &booked))
            return lab_fail(j->call, "ErrorCalendarMeetingRequestIsOutOfDate");
        const lab_series_t *s = *day == LAB_NO_DAY ? NULL : booked.series;
        const lab_exception_t *x = s ? lab_series_exception(s, *day) : NULL;
        if (lab_meeting_is_received(&booked) && !(x && x->deleted))
            return NULL;
    } else if (type && !strcmp(type, "Outdated")) {
        return lab_fail(j->call, "ErrorCalendarMeetingRequestIsOutOfDate");
    }
    *item = lab_attendant_book(j->call, lab_mail_of_item(j->call, j->item),
                               j->item->mailbox, day);
    return *item ? NULL : lab_fail(j->call, j->act->organizer);
}

static const lab_fail_t *answer(job_t *j)
{
    lab_call_t *call = j->call;
    lab_answer_t a = *lab_answer_of(j->act->response);
    lab_item_t *item = j->item;
    lab_view_t view;
    int day = j->day;
    const lab_fail_t *fail = read_proposal(j, &a);
    if (!fail && lab_bag_bool(j->item->bag, "IsDelegated", false))
        fail = lab_fail(call, j->act->delegated);
    if (!fail && !(j->kind & (LAB_KIND_REQUEST | LAB_KIND_CALENDAR)))
        fail = lab_fail(call, j->act->unfit);
    if (!fail && j->kind == LAB_KIND_REQUEST)
        fail = find_booking(j, &item, &day);
    else if (!fail && in_trash(j))
        fail = lab_fail(call, "ErrorCalendarCannotUpdateDeletedItem");
    if (fail)
        return fail;
    lab_view_make(call, item, day, &view);
    if (!lab_meeting_is_received(&view))
        return lab_fail(call, j->act->organizer);
    fail = check_cancelled(j, &view);
    if (!fail && !j->silent && !lab_may_send_for(call, item->mailbox))
        fail = lab_fail(call, "ErrorSendAsDenied");
    if (fail)
        return fail;
    a.body = body_of(j, "Body", &a.body_type);
    lab_mail_t *mail = lab_mail_response(call, &view, &a);
    fail = lab_attendant_answer(call, item, day, a.response);
    if (fail)
        return fail;
    bool declined_occurrence = day != LAB_NO_DAY && !strcmp(a.response, "Decline");
    add_result(j, item, declined_occurrence ? LAB_NO_DAY : day);
    if (j->kind == LAB_KIND_REQUEST) {
        lab_bag_set(j->item->bag, "HasBeenProcessed", "true");
        lab_bag_set(j->item->bag, "MyResponseType", a.response);
        lab_bag_set(j->item->bag, "ResponseType", a.response);
        lab_bag_set(j->item->bag, "IsRead", "true");
        if (!in_trash(j))
            fail = to_trash(j, j->item);
        add_result(j, j->item, LAB_NO_DAY);
    }
    let_go(j, mail);
    return fail;
}

static const lab_fail_t *cancel(job_t *j)
{
    static const lab_sending_t everybody = {.send = true};
    lab_call_t *call = j->call;
    lab_view_t view;
    const char *type;
    const lab_fail_t *fail = NULL;
    if (j->kind != LAB_KIND_CALENDAR)
        return lab_fail(call, j->act->unfit);
    if (in_trash(j))
        return lab_fail(call, "ErrorCalendarCannotUpdateDeletedItem");
    lab_view_make(call, j->item, j->day, &view);
    if (lab_meeting_is_received(&view))
        return lab_fail(call, "ErrorCalendarIsNotOrganizer");
    if (!lab_meeting_is_mine(&view) ||
        !lab_view_bool(&view, "MeetingRequestWasSent", false))
        return lab_fail(call, j->act->unfit);
    const char *body = body_of(j, "NewBodyContent", &type);
    if (j->silent) {
        lab_mail_t *mail = lab_mail_cancellation(call, &view);
        mail->to = lab_meeting_people(call, &view);
        let_go(j, mail);
    } else {
        fail =
            lab_meeting_cancel(call, j->item, j->day, &everybody, j->folder, body, type);
    }
    if (!fail)
        fail = lab_remove_item(call, j->item, j->day, true);
    if (!fail)
        add_result(j, j->item, LAB_NO_DAY);
    return fail;
}

/* a cancelled meeting leaves the calendar, and its cancellation the Inbox */
static const lab_fail_t *take_out(job_t *j)
{
    lab_call_t *call = j->call;
    lab_item_t *item = j->item;
    lab_view_t view;
    int day = j->day;
    if (!(j->kind & (LAB_KIND_CALENDAR | LAB_KIND_CANCELLATION)))
        return lab_fail(call, j->act->unfit);
    if (lab_bag_bool(j->item->bag, "IsDelegated", false))
        return lab_fail(call, j->act->delegated);
    if (j->kind == LAB_KIND_CANCELLATION) {
        lab_view_item(call, j->item, &view);
        day = lab_view_day(&view);
        item = lab_meeting_find(call, j->item->mailbox, j->item->uid, &day);
    }
    if (item) {
        lab_view_make(call, item, day, &view);
        const lab_series_t *s = day == LAB_NO_DAY ? NULL : view.series;
        const lab_exception_t *x = s ? lab_series_exception(s, day) : NULL;
        if (lab_meeting_is_mine(&view) ||
            (!lab_meeting_is_received(&view) && j->kind == LAB_KIND_CALENDAR))
            return lab_fail(call, j->act->organizer);
        bool cancelled = lab_view_int(&view, "AppointmentState", 0) & LAB_STATE_CANCELLED;
        if (!cancelled && j->kind == LAB_KIND_CALENDAR)
            return lab_fail(call, j->act->unfit);
        /* with a newer request the meeting is on again, and stays */
        if ((cancelled || !lab_settings_attendant(call->lab->settings)) &&
            !(x && x->deleted))
            lab_attendant_drop(call, item, day);
    }
    if (j->kind == LAB_KIND_CANCELLATION && !in_trash(j))
        return to_trash(j, j->item);
    return NULL;
}

const lab_fail_t *lab_response_do(lab_call_t *call, xmlNodePtr element,
                                  apr_array_header_t *result)
{
    job_t j = {
        .call = call, .act = act_of(element), .element = element, .result = result};
    const lab_fail_t *fail = read_disposition(&j);
    if (!fail)
        fail = read_reference(&j);
    if (fail)
        return fail;
    if (j.act->response)
        return answer(&j);
    return strcmp(j.act->element, "RemoveItem") ? cancel(&j) : take_out(&j);
}
