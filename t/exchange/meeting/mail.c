/* SPDX-License-Identifier: Apache-2.0 */
/* Making meeting messages from calendar items. */
#include "meeting/mail.h"

#include <apr_strings.h>
#include <string.h>

const char *const lab_shared_keys[] = {"Subject",
                                       "Sensitivity",
                                       "Body",
                                       "BodyType",
                                       "Importance",
                                       "IsAllDayEvent",
                                       "Location",
                                       "When",
                                       "IsResponseRequested",
                                       "RequiredAttendees",
                                       "OptionalAttendees",
                                       "Resources",
                                       "StartTimeZone",
                                       "EndTimeZone",
                                       "ConferenceType",
                                       "AllowNewTimeProposal",
                                       "IsOnlineMeeting",
                                       "MeetingWorkspaceUrl",
                                       "NetShowUrl",
                                       "AppointmentSequenceNumber",
                                       "DateTimeStamp",
                                       NULL};

static const lab_answer_t answers[] = {
    {.response = "Accept",
     .class_name = "IPM.Schedule.Meeting.Resp.Pos",
     .prefix = "Accepted: "},
    {.response = "Tentative",
     .class_name = "IPM.Schedule.Meeting.Resp.Tent",
     .prefix = "Tentative: "},
    {.response = "Decline",
     .class_name = "IPM.Schedule.Meeting.Resp.Neg",
     .prefix = "Declined: "},
};

const lab_answer_t *lab_answer_of(const char *response)
{
    for (size_t i = 0; response && i < sizeof answers / sizeof *answers; i++)
        if (!strcmp(answers[i].response, response))
            return &answers[i];
    return NULL;
}

const char *lab_people_pack_one(apr_pool_t *pool, const lab_person_t *person)
{
    apr_array_header_t *list = apr_array_make(pool, 1, sizeof(lab_person_t));
    APR_ARRAY_PUSH(list, lab_person_t) = *person;
    return lab_people_pack(pool, list);
}

/* attendees do not learn what the others answered */
static const char *without_answers(apr_pool_t *pool, const char *text)
{
    apr_array_header_t *people = lab_people_unpack(pool, text);
    for (int i = 0; i < people->nelts; i++) {
        lab_person_t *p = &APR_ARRAY_IDX(people, i, lab_person_t);
        p->response = "Unknown";
        p->time = p->proposed_start = p->proposed_end = "";
    }
    return lab_people_pack(pool, people);
}

static bool is_list(const char *key)
{
    for (int i = 0; i < LAB_ATTENDEE_LISTS; i++)
        if (!strcmp(lab_attendee_lists[i], key))
            return true;
    return false;
}

static const char *shared_value(apr_pool_t *pool, const char *key, const char *text)
{
    return text && is_list(key) ? without_answers(pool, text) : text;
}

/* which times a message is about, and which occurrence */
static void put_times(lab_item_t *item, const lab_view_t *view)
{
    int day = lab_view_day(view);
    lab_bag_set_int(item->bag, "Start", view->start);
    lab_bag_set_int(item->bag, "End", view->end);
    item->start = view->start;
    item->end = view->end;
    if (view->type == LAB_VIEW_MASTER) {
        item->recurring = true;
        item->start = view->item->start;
        item->end = view->item->end;
        lab_bag_set(item->bag, "Recurrence", lab_view_get(view, "Recurrence"));
    }
    if (day == LAB_NO_DAY)
        return;
    lab_bag_set_int(item->bag, "RecurrenceDay", day);
    lab_bag_set_int(item->bag, "RecurrenceId", view->original);
}

static lab_mail_t *make(lab_call_t *call, const lab_view_t *view, const char *class_name)
{
    lab_mail_t *mail = apr_pcalloc(call->pool, sizeof *mail);
    lab_item_t *item = &mail->item;
    lab_person_t owner = lab_person_of(lab_dir_at(view->item->mailbox));
    const char *me = lab_people_pack_one(call->pool, &owner);
    const char *organizer = lab_view_get(view, "Organizer");
    mail->exceptions = apr_array_make(call->pool, 4, sizeof(lab_exception_t *));
    mail->to = apr_array_make(call->pool, 4, sizeof(lab_person_t));
    item->mailbox = view->item->mailbox;
    item->class_name = class_name;
    item->uid = view->item->uid;
    item->bag = lab_bag_new(call->pool);
    for (int i = 0; lab_shared_keys[i]; i++) {
        const char *text = shared_value(call->pool, lab_shared_keys[i],
                                        lab_view_get(view, lab_shared_keys[i]));
        if (text)
            lab_bag_set(item->bag, lab_shared_keys[i], text);
    }
    put_times(item, view);
    lab_bag_set(item->bag, "Organizer", organizer && *organizer ? organizer : me);
    lab_bag_set(item->bag, "From", me);
    lab_bag_set(item->bag, "Sender", me);
    lab_bag_set_int(item->bag, "DateTimeCreated", call->now);
    lab_bag_set_int(item->bag, "LastModifiedTime", call->now);
    lab_bag_set(item->bag, "LastModifiedName", owner.name);
    lab_bag_set(item->bag, "IsRead", "false");
    return mail;
}

/* what an exception has of its own, as attendees get it; NULL when it is nothing */
static lab_exception_t *share_exception(lab_call_t *call, const lab_view_t *master,
                                        const lab_exception_t *x)
{
    lab_exception_t *out = apr_pcalloc(call->pool, sizeof *out);
    lab_view_t view;
    out->day = x->day;
    out->deleted = x->deleted;
    if (x->deleted)
        return out;
    out->bag = lab_bag_new(call->pool);
    lab_view_occurrence(master->item, master->series, x->day, &view);
    for (int i = 0; lab_shared_keys[i]; i++) {
        const char *key = lab_shared_keys[i];
        const lab_bag_entry_t *own = lab_bag_find(x->bag, key);
        if (!own)
            continue;
        const char *text = shared_value(call->pool, key, own->text);
        const char *whole =
            shared_value(call->pool, key, lab_bag_get(master->item->bag, key));
        if (strcmp(text ? text : "", whole ? whole : ""))
            lab_bag_set(out->bag, key, text);
    }
    bool moved = view.start != lab_series_start(master->series, x->day) ||
                 view.end != lab_series_end(master->series, x->day);
    if (!moved && !out->bag->count)
        return NULL;
    lab_bag_set_int(out->bag, "Start", view.start);
    lab_bag_set_int(out->bag, "End", view.end);
    return out;
}

static void share_exceptions(lab_call_t *call, lab_mail_t *mail, const lab_view_t *view)
{
    if (view->type != LAB_VIEW_MASTER || !view->series)
        return;
    for (int i = 0; i < view->series->exceptions->nelts; i++) {
        lab_exception_t *x = share_exception(
            call, view, APR_ARRAY_IDX(view->series->exceptions, i, lab_exception_t *));
        if (x)
            APR_ARRAY_PUSH(mail->exceptions, lab_exception_t *) = x;
    }
}

lab_mail_t *lab_mail_request(lab_call_t *call, const lab_view_t *view, const char *type)
{
    lab_mail_t *mail = make(call, view, "IPM.Schedule.Meeting.Request");
    lab_bag_t *bag = mail->item.bag;
    const char *busy = lab_view_get(view, "LegacyFreeBusyStatus");
    busy = busy ? busy : "Busy";
    mail->method = "REQUEST";
    mail->parts = view->item->id;
    share_exceptions(call, mail, view);
    lab_bag_set(bag, "MeetingRequestType", type);
    lab_bag_set(bag, "IntendedFreeBusyStatus", busy);
    lab_bag_set(bag, "LegacyFreeBusyStatus",
                !strcmp(busy, "Free") ? "Free" : "Tentative");
    lab_bag_set_int(bag, "AppointmentState", LAB_STATE_MEETING | LAB_STATE_RECEIVED);
    lab_bag_set(bag, "MyResponseType", "NoResponseReceived");
    lab_bag_set(bag, "ResponseType", "NoResponseReceived");
    lab_bag_set(bag, "MeetingRequestWasSent", "true");
    if (!lab_bag_get(bag, "IsResponseRequested"))
        lab_bag_set(bag, "IsResponseRequested", "true");
    return mail;
}

static const char *prefixed(apr_pool_t *pool, const char *prefix, const char *subject)
{
    if (!subject)
        subject = "";
    return strncmp(subject, prefix, strlen(prefix))
               ? apr_pstrcat(pool, prefix, subject, NULL)
               : subject;
}

lab_mail_t *lab_mail_cancellation(lab_call_t *call, const lab_view_t *view)
{
    lab_mail_t *mail = make(call, view, "IPM.Schedule.Meeting.Canceled");
    lab_bag_t *bag = mail->item.bag;
    mail->method = "CANCEL";
    lab_bag_set(bag, "Subject",
                prefixed(call->pool, "Canceled: ", lab_bag_get(bag, "Subject")));
    lab_bag_set(bag, "LegacyFreeBusyStatus", "Free");
    lab_bag_set_int(bag, "AppointmentState",
                    LAB_STATE_MEETING | LAB_STATE_RECEIVED | LAB_STATE_CANCELLED);
    return mail;
}

lab_mail_t *lab_mail_response(lab_call_t *call, const lab_view_t *view,
                              const lab_answer_t *answer)
{
    static const char *const unsaid[] = {
        "Body",       "BodyType", "RequiredAttendees", "OptionalAttendees", "Resources",
        "Importance", NULL};
    lab_mail_t *mail = make(call, view, answer->class_name);
    lab_bag_t *bag = mail->item.bag;
    apr_array_header_t *organizer =
        lab_people_unpack(call->pool, lab_bag_get(bag, "Organizer"));
    const char *prefix = answer->proposed_start ? "New Time Proposed: " : answer->prefix;
    mail->method = answer->proposed_start ? "COUNTER" : "REPLY";
    for (int i = 0; unsaid[i]; i++)
        lab_bag_remove(bag, unsaid[i]);
    if (organizer->nelts)
        APR_ARRAY_PUSH(mail->to, lab_person_t) =
            APR_ARRAY_IDX(organizer, 0, lab_person_t);
    lab_bag_set(bag, "Subject",
                prefixed(call->pool, prefix, lab_bag_get(bag, "Subject")));
    lab_bag_set(bag, "ResponseType", answer->response);
    lab_bag_set_int(bag, "AppointmentReplyTime", call->now);
    if (answer->body) {
        lab_bag_set(bag, "Body", answer->body);
        lab_bag_set(bag, "BodyType", answer->body_type);
    }
    if (answer->proposed_start) {
        lab_bag_set_int(bag, "ProposedStart", answer->proposed_start);
        lab_bag_set_int(bag, "ProposedEnd", answer->proposed_end);
    }
    return mail;
}

lab_mail_t *lab_mail_report(lab_call_t *call, const char *subject, const char *body,
                            const char *address)
{
    lab_mail_t *mail = apr_pcalloc(call->pool, sizeof *mail);
    lab_person_t from = {
        "Microsoft Outlook", "postmaster@" LAB_DIR_DOMAIN, "SMTP", "", "", "", ""};
    const char *sender = lab_people_pack_one(call->pool, &from);
    lab_bag_t *bag = lab_bag_new(call->pool);
    mail->exceptions = apr_array_make(call->pool, 1, sizeof(lab_exception_t *));
    mail->to = apr_array_make(call->pool, 1, sizeof(lab_person_t));
    lab_person_t to = {address, address, "SMTP", "", "", "", ""};
    APR_ARRAY_PUSH(mail->to, lab_person_t) = to;
    mail->item.mailbox = -1;
    mail->item.class_name = "REPORT.IPM.Note.NDR";
    mail->item.bag = bag;
    lab_bag_set(bag, "Subject", prefixed(call->pool, "Undeliverable: ", subject));
    lab_bag_set(bag, "Body", body);
    lab_bag_set(bag, "BodyType", "Text");
    lab_bag_set(bag, "From", sender);
    lab_bag_set(bag, "Sender", sender);
    lab_bag_set_int(bag, "DateTimeCreated", call->now);
    lab_bag_set_int(bag, "LastModifiedTime", call->now);
    lab_bag_set(bag, "LastModifiedName", from.name);
    lab_bag_set(bag, "IsRead", "false");
    return mail;
}
