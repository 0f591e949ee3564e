/* SPDX-License-Identifier: Apache-2.0 */
/* What an organizer's own writes do: invitations, updates, cancellations. */
#include <apr_strings.h>
#include <string.h>

#include "ews/rights.h"
#include "meeting/mail.h"

/* what was last told to the attendees; "what" of the times */
static const char *const told[][2] = {{"Start", "told:Start"},
                                      {"End", "told:End"},
                                      {"Recurrence", "told:Recurrence"},
                                      {"IsAllDayEvent", "told:IsAllDayEvent"}};
#define TOLD (sizeof told / sizeof *told)

/* a property of what the draft writes: an exception's own or the whole item's */
static const char *get(const lab_draft_t *d, const char *key)
{
    const lab_bag_entry_t *own = lab_bag_find(d->bag, key);
    return own ? own->text : lab_bag_get(d->item->bag, key);
}

static apr_int64_t get_int(const lab_draft_t *d, const char *key)
{
    const char *text = get(d, key);
    return text && *text ? apr_strtoi64(text, NULL, 10) : 0;
}

static bool has_people(const lab_draft_t *d)
{
    for (int i = 0; i < LAB_ATTENDEE_LISTS; i++) {
        const char *text = get(d, lab_attendee_lists[i]);
        if (text && *text)
            return true;
    }
    return false;
}

bool lab_meeting_sends(const lab_draft_t *d)
{
    return d->sending.send && has_people(d) &&
           !(get_int(d, "AppointmentState") & LAB_STATE_RECEIVED);
}

static bool differ(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") != 0;
}

/* a time that attendees know although no mail of its own told them */
static apr_time_t known_time(const lab_draft_t *d, bool end)
{
    if (d->day == LAB_NO_DAY)
        return end ? d->was.end : d->was.start;
    return end ? lab_series_end(d->series, d->day) : lab_series_start(d->series, d->day);
}

/* Did the times change since the attendees heard of them? ([MS-OXOCAL] 3.1.4.7.2: such a
 * change is significant, others are not.) */
static bool is_moved(const lab_draft_t *d)
{
    for (size_t i = 0; i < TOLD; i++) {
        const char *key = told[i][0];
        bool occurrence = d->day != LAB_NO_DAY;
        if (occurrence && !strcmp(key, "Recurrence"))
            continue;
        const lab_bag_entry_t *last = lab_bag_find(d->bag, told[i][1]);
        const char *was = last ? last->text : lab_view_get(&d->was, key);
        if (!last && i < 2)
            was = apr_psprintf(d->call->pool, "%" APR_TIME_T_FMT, known_time(d, i == 1));
        const char *is = get(d, key);
        if (!strcmp(key, "IsAllDayEvent")) {
            was = was && *was == 't' ? "t" : "";
            is = is && *is == 't' ? "t" : "";
        }
        if (differ(was, is))
            return true;
    }
    return false;
}

static void remember(lab_draft_t *d)
{
    for (size_t i = 0; i < TOLD; i++)
        lab_bag_set(d->bag, told[i][1], get(d, told[i][0]));
}

/* new times are asked about anew */
static void forget_answers(lab_draft_t *d)
{
    for (int i = 0; i < LAB_ATTENDEE_LISTS; i++) {
        const char *text = get(d, lab_attendee_lists[i]);
        if (!text || !*text)
            continue;
        apr_array_header_t *people = lab_people_unpack(d->call->pool, text);
        for (int k = 0; k < people->nelts; k++) {
            lab_person_t *p = &APR_ARRAY_IDX(people, k, lab_person_t);
            p->response = "Unknown";
            p->time = p->proposed_start = p->proposed_end = "";
        }
        lab_bag_set(d->bag, lab_attendee_lists[i],
                    lab_people_pack(d->call->pool, people));
    }
}

void lab_meeting_settle(lab_draft_t *d)
{
    static const char sequence[] = "AppointmentSequenceNumber";
    apr_int64_t before = get_int(d, "AppointmentState"), state = before;
    const char *was_sent = get(d, "MeetingRequestWasSent");
    bool sent = was_sent && *was_sent == 't';
    if (state & LAB_STATE_RECEIVED)
        return;
    if (has_people(d))
        state |= LAB_STATE_MEETING;
    else if (!sent)
        state &= ~(apr_int64_t)LAB_STATE_MEETING;
    if (state != before || d->day == LAB_NO_DAY)
        lab_bag_set_int(d->bag, "AppointmentState", state);
    if (!(state & LAB_STATE_MEETING) || !d->sending.send)
        return;
    /* who is merely added hears of new times; the others have yet to be asked */
    if (sent && d->sending.changed)
        return;
    d->moved = sent && is_moved(d);
    if (d->moved) {
        lab_bag_set_int(d->bag, sequence, get_int(d, sequence) + 1);
        forget_answers(d);
    }
    if (!sent)
        lab_bag_set(d->bag, "MeetingRequestWasSent", "true");
    remember(d);
}

/* those of `some` that are, or are not, among `others` */
static apr_array_header_t *pick(lab_call_t *call, const apr_array_header_t *some,
                                const apr_array_header_t *others, bool among)
{
    apr_array_header_t *list = apr_array_make(call->pool, 4, sizeof(lab_person_t));
    for (int i = 0; i < some->nelts; i++) {
        const lab_person_t *p = &APR_ARRAY_IDX(some, i, lab_person_t);
        if ((lab_people_find(others, p->address) != NULL) == among)
            APR_ARRAY_PUSH(list, lab_person_t) = *p;
    }
    return list;
}

static const lab_fail_t *check_addresses(lab_call_t *call,
                                         const apr_array_header_t *people)
{
    for (int i = 0; i < people->nelts; i++)
        if (!lab_mail_is_address(APR_ARRAY_IDX(people, i, lab_person_t).address))
            return lab_fail(call, "ErrorInvalidRecipients");
    return NULL;
}

static lab_folder_t *sent_items(lab_call_t *call, int mailbox, bool copy)
{
    return copy ? lab_folder_distinguished(call->db, call->pool, mailbox, "sentitems")
                : NULL;
}

/* what is another than it was, for an update's ChangeHighlights */
static void put_highlights(lab_mail_t *mail, const lab_draft_t *d, const lab_view_t *now)
{
    lab_bag_t *bag = mail->item.bag;
    const char *place = lab_view_get(&d->was, "Location");
    if (differ(place, lab_view_get(now, "Location")))
        lab_bag_set(bag, "old:Location", place ? place : "");
    if (d->was.start != now->start)
        lab_bag_set_int(bag, "old:Start", d->was.start);
    if (d->was.end != now->end)
        lab_bag_set_int(bag, "old:End", d->was.end);
}

static void post_request(const lab_draft_t *d, const lab_view_t *view, const char *type,
                         apr_array_header_t *to, const lab_folder_t *copies)
{
    if (!to->nelts)
        return;
    lab_mail_t *mail = lab_mail_request(d->call, view, type);
    if (strcmp(type, "NewMeetingRequest"))
        put_highlights(mail, d, view);
    mail->to = to;
    lab_mail_by_caller(d->call, mail);
    lab_mail_post(d->call, mail, copies);
}

const lab_fail_t *lab_meeting_send(lab_draft_t *d)
{
    lab_call_t *call = d->call;
    lab_view_t now;
    if (d->kind != LAB_KIND_CALENDAR || !d->sending.send)
        return NULL;
    lab_view_make(call, d->item, d->day, &now);
    if (!lab_meeting_is_mine(&now))
        return NULL;
    bool sent = !d->created && lab_view_bool(&d->was, "MeetingRequestWasSent", false);
    apr_array_header_t *none = apr_array_make(call->pool, 1, sizeof(lab_person_t));
    apr_array_header_t *after = lab_meeting_people(call, &now);
    apr_array_header_t *before = d->created ? none : lab_meeting_people(call, &d->was);
    apr_array_header_t *stayed = pick(call, after, before, true);
    apr_array_header_t *added = pick(call, after, before, false);
    apr_array_header_t *removed = sent ? pick(call, before, after, false) : none;
    if (!sent && !d->sending.changed)
        added = after;
    if (!sent || d->sending.changed)
        stayed = none;
    const lab_fail_t *fail = check_addresses(call, added);
    if (!fail)
        fail = check_addresses(call, stayed);
    if (fail) {
        d->kept = true;
        return fail;
    }
    lab_folder_t *copies = sent_items(call, call->mailbox, d->sending.copy);
    post_request(d, &now, d->moved ? "FullUpdate" : "InformationalUpdate", stayed,
                 copies);
    post_request(d, &now, "NewMeetingRequest", added, copies);
    if (removed->nelts) {
        lab_mail_t *mail = lab_mail_cancellation(call, &now);
        mail->to = removed;
        lab_mail_by_caller(call, mail);
        lab_mail_post(call, mail, copies);
    }
    return NULL;
}

static void post_cancellation(lab_call_t *call, const lab_view_t *view,
                              apr_array_header_t *to, const lab_folder_t *copies,
                              const char *body, const char *body_type)
{
    lab_mail_t *mail = lab_mail_cancellation(call, view);
    lab_bag_t *bag = mail->item.bag;
    lab_bag_set_int(bag, "AppointmentSequenceNumber",
                    lab_bag_int(bag, "AppointmentSequenceNumber", 0) + 1);
    lab_bag_set_int(bag, "DateTimeStamp", call->now);
    if (body) {
        lab_bag_set(bag, "Body", body);
        lab_bag_set(bag, "BodyType", body_type);
    }
    mail->to = to;
    lab_mail_by_caller(call, mail);
    lab_mail_post(call, mail, copies);
}

/* who was invited to an occurrence alone hears of that occurrence */
static void cancel_guests(lab_call_t *call, const lab_view_t *master,
                          const apr_array_header_t *all, const lab_folder_t *copies,
                          const char *body, const char *body_type)
{
    for (int i = 0; master->series && i < master->series->exceptions->nelts; i++) {
        const lab_exception_t *x =
            APR_ARRAY_IDX(master->series->exceptions, i, lab_exception_t *);
        lab_view_t one;
        if (x->deleted)
            continue;
        lab_view_occurrence(master->item, master->series, x->day, &one);
        post_cancellation(call, &one,
                          pick(call, lab_meeting_people(call, &one), all, false), copies,
                          body, body_type);
    }
}

const lab_fail_t *lab_meeting_cancel(lab_call_t *call, lab_item_t *item, int day,
                                     const lab_sending_t *sending,
                                     const lab_folder_t *copies, const char *body,
                                     const char *body_type)
{
    static const char sequence[] = "AppointmentSequenceNumber";
    lab_view_t view;
    lab_view_make(call, item, day, &view);
    bool sent = lab_view_bool(&view, "MeetingRequestWasSent", false);
    if (!sending->send || !lab_meeting_is_mine(&view) || !sent)
        return NULL;
    if (!lab_may_send_for(call, item->mailbox))
        return lab_fail(call, "ErrorSendAsDenied");
    if (!copies)
        copies = sent_items(call, call->mailbox, sending->copy);
    apr_array_header_t *all = lab_meeting_people(call, &view);
    post_cancellation(call, &view, all, copies, body, body_type);
    if (day != LAB_NO_DAY)
        return NULL;
    cancel_guests(call, &view, all, copies, body, body_type);
    lab_bag_set_int(item->bag, sequence, lab_bag_int(item->bag, sequence, 0) + 1);
    lab_bag_set_int(item->bag, "AppointmentState",
                    LAB_STATE_MEETING | LAB_STATE_CANCELLED);
    lab_bag_set(item->bag, "Subject",
                apr_pstrcat(call->pool, "Canceled: ",
                            lab_bag_get(item->bag, "Subject")
                                ? lab_bag_get(item->bag, "Subject")
                                : "",
                            NULL));
    lab_bag_set(item->bag, "LegacyFreeBusyStatus", "Free");
    return NULL;
}
