/* SPDX-License-Identifier: Apache-2.0 */
/* Answers: into the answering owner's calendar, into the organizer's, and a room's own.
 */
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "ews/remove.h"
#include "meeting/attendant.h"

/* when the whole series is answered, so are its changed occurrences */
static void answer_exceptions(lab_call_t *call, const lab_item_t *item)
{
    static const char *const keys[] = {"MyResponseType", "AppointmentReplyTime",
                                       "LegacyFreeBusyStatus"};
    apr_array_header_t *list = lab_item_exceptions(call->db, call->pool, item->id);
    for (int i = 0; i < list->nelts; i++) {
        lab_exception_t *x = APR_ARRAY_IDX(list, i, lab_exception_t *);
        if (x->deleted ||
            (lab_bag_int(x->bag, "AppointmentState", 0) & LAB_STATE_CANCELLED))
            continue;
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
            lab_bag_remove(x->bag, keys[k]);
        lab_exception_save(call->db, call->pool, item->id, x);
    }
}

void lab_attendant_drop(lab_call_t *call, lab_item_t *item, int day)
{
    if (lab_remove_item(call, item, day, true))
        lab_remove_item(call, item, LAB_NO_DAY, true);
}

const lab_fail_t *lab_attendant_answer(lab_call_t *call, lab_item_t *item, int day,
                                       const char *response)
{
    lab_view_t view;
    lab_view_make(call, item, day, &view);
    const char *intended = lab_view_get(&view, "IntendedFreeBusyStatus");
    bool accept = !strcmp(response, "Accept"), decline = !strcmp(response, "Decline");
    intended = intended ? intended : "Busy";
    if (decline && day != LAB_NO_DAY) {
        lab_attendant_drop(call, item, day);
        return NULL;
    }
    lab_bag_t *bag = lab_attendant_bag(call, item, day);
    lab_bag_set(bag, "MyResponseType", response);
    lab_bag_set_int(bag, "AppointmentReplyTime", call->now);
    lab_bag_set(bag, "LegacyFreeBusyStatus",
                accept || !strcmp(intended, "Free") ? intended
                : decline                           ? "Free"
                                                    : "Tentative");
    lab_attendant_save(call, item, day, day == LAB_NO_DAY ? NULL : bag);
    if (day == LAB_NO_DAY && item->recurring)
        answer_exceptions(call, item);
    return decline ? lab_remove_item(call, item, LAB_NO_DAY, true) : NULL;
}

/* the answer of one attendee, put down on one of the organizer's lists */
static bool put_down(lab_call_t *call, lab_bag_t *bag, const char *list,
                     const char *people_text, const lab_mail_t *mail, const char *address)
{
    const lab_bag_t *from = mail->item.bag;
    apr_array_header_t *people = lab_people_unpack(call->pool, people_text);
    lab_person_t *p = lab_people_find(people, address);
    if (!p)
        return false;
    const char *time = lab_bag_get(from, "AppointmentReplyTime"),
               *start = lab_bag_get(from, "ProposedStart"),
               *end = lab_bag_get(from, "ProposedEnd");
    /* an answer that was overtaken by a newer one */
    if (*p->time && time &&
        apr_strtoi64(p->time, NULL, 10) > apr_strtoi64(time, NULL, 10))
        return true;
    p->response = lab_bag_get(from, "ResponseType");
    p->time = time ? time : "";
    p->proposed_start = start && end ? start : "";
    p->proposed_end = start && end ? end : "";
    lab_bag_set(bag, list, lab_people_pack(call->pool, people));
    return true;
}

/* who answers without having been invited becomes an optional attendee */
static void add_guest(lab_call_t *call, const lab_view_t *view, lab_bag_t *bag,
                      const lab_mail_t *mail, const lab_person_t *who)
{
    apr_array_header_t *people =
        lab_people_unpack(call->pool, lab_view_get(view, "OptionalAttendees"));
    lab_person_t p = *who;
    p.response = "Unknown";
    p.time = p.proposed_start = p.proposed_end = "";
    APR_ARRAY_PUSH(people, lab_person_t) = p;
    put_down(call, bag, "OptionalAttendees", lab_people_pack(call->pool, people), mail,
             who->address);
}

/* an answer to the series is one to its changed occurrences too */
static void tally_exceptions(lab_call_t *call, const lab_item_t *item,
                             const lab_mail_t *mail, const char *address)
{
    apr_array_header_t *list = lab_item_exceptions(call->db, call->pool, item->id);
    for (int i = 0; i < list->nelts; i++) {
        lab_exception_t *x = APR_ARRAY_IDX(list, i, lab_exception_t *);
        bool changed = false;
        for (int k = 0; !x->deleted && k < LAB_ATTENDEE_LISTS; k++)
            changed |=
                put_down(call, x->bag, lab_attendee_lists[k],
                         lab_bag_get(x->bag, lab_attendee_lists[k]), mail, address);
        if (changed)
            lab_exception_save(call->db, call->pool, item->id, x);
    }
}

void lab_attendant_tally(lab_call_t *call, const lab_mail_t *mail, int mailbox)
{
    static const char sequence[] = "AppointmentSequenceNumber";
    lab_view_t message, view;
    lab_view_item(call, &mail->item, &message);
    int day = lab_view_day(&message);
    lab_item_t *item = lab_meeting_find(call, mailbox, mail->item.uid, &day);
    apr_array_header_t *from =
        lab_people_unpack(call->pool, lab_bag_get(mail->item.bag, "From"));
    if (!item || !from->nelts)
        return;
    const lab_person_t *who = &APR_ARRAY_IDX(from, 0, lab_person_t);
    lab_view_make(call, item, day, &view);
    const lab_series_t *series = day == LAB_NO_DAY ? NULL : view.series;
    const lab_exception_t *x = series ? lab_series_exception(series, day) : NULL;
    if (!lab_meeting_is_mine(&view) || (x && x->deleted) ||
        lab_view_int(&message, sequence, 0) < lab_view_int(&view, sequence, 0))
        return;
    lab_bag_t *bag = lab_attendant_bag(call, item, day);
    bool known = false;
    for (int i = 0; i < LAB_ATTENDEE_LISTS; i++)
        known |= put_down(call, bag, lab_attendee_lists[i],
                          lab_view_get(&view, lab_attendee_lists[i]), mail, who->address);
    if (!known)
        add_guest(call, &view, bag, mail, who);
    if (day != LAB_NO_DAY) {
        lab_bag_set_int(bag, "Start", view.start);
        lab_bag_set_int(bag, "End", view.end);
    }
    lab_attendant_save(call, item, day, day == LAB_NO_DAY ? NULL : bag);
    if (day == LAB_NO_DAY && item->recurring)
        tally_exceptions(call, item, mail, who->address);
}
