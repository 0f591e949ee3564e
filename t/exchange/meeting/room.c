/* SPDX-License-Identifier: Apache-2.0 */
/* The booking attendant of rooms: yes when free, no when anything is in the way. */
#include <string.h>

#include "meeting/attendant.h"

/* occurrences of a series that are looked at */
#define MAX_DAYS 500

typedef struct search {
    const char *uid;
    bool found;
} search_t;

static void meet(void *ctx, const lab_view_t *other)
{
    search_t *s = ctx;
    const char *busy = lab_view_get(other, "LegacyFreeBusyStatus"),
               *uid = other->item->uid;
    if ((busy && !strcmp(busy, "Free")) || (uid && s->uid && !strcmp(uid, s->uid)))
        return;
    s->found = true;
}

static bool is_taken(lab_call_t *call, apr_int64_t folder, const char *uid,
                     apr_time_t from, apr_time_t to)
{
    search_t s = {uid, false};
    lab_view_window(call, folder, from, to, meet, &s);
    return s.found;
}

static const lab_exception_t *change_of(const lab_mail_t *mail, int day)
{
    for (int i = 0; i < mail->exceptions->nelts; i++) {
        const lab_exception_t *x = APR_ARRAY_IDX(mail->exceptions, i, lab_exception_t *);
        if (x->day == day)
            return x;
    }
    return NULL;
}

static bool has_conflict(lab_call_t *call, const lab_mail_t *mail, apr_int64_t folder)
{
    lab_view_t view;
    lab_view_item(call, &mail->item, &view);
    if (!view.series)
        return is_taken(call, folder, mail->item.uid, view.start, view.end);
    for (int i = 1; i <= MAX_DAYS; i++) {
        lab_date_t date;
        if (!lab_recur_date(&view.series->recur, i, &date))
            break;
        int day = lab_date_to_days(date);
        const lab_exception_t *x = change_of(mail, day);
        if (x && x->deleted)
            continue;
        apr_time_t from = lab_series_start(view.series, day),
                   to = lab_series_end(view.series, day);
        if (x) {
            from = lab_bag_int(x->bag, "Start", from);
            to = lab_bag_int(x->bag, "End", to);
        }
        if (is_taken(call, folder, mail->item.uid, from, to))
            return true;
    }
    return false;
}

/* a room's calendar shows who meets there, not what about */
static void cover(lab_call_t *call, lab_item_t *item, int day)
{
    apr_array_header_t *who =
        lab_people_unpack(call->pool, lab_bag_get(item->bag, "Organizer"));
    lab_bag_t *bag = lab_attendant_bag(call, item, day);
    if (who->nelts)
        lab_bag_set(bag, "Subject", APR_ARRAY_IDX(who, 0, lab_person_t).name);
    lab_bag_set(bag, "Body", "");
    lab_attendant_save(call, item, day, day == LAB_NO_DAY ? NULL : bag);
}

static void reply(lab_call_t *call, const lab_mail_t *mail, int mailbox,
                  const char *response, const char *text)
{
    lab_item_t request = mail->item;
    lab_view_t view;
    lab_answer_t answer = *lab_answer_of(response);
    answer.body = text;
    answer.body_type = "Text";
    request.mailbox = mailbox;
    lab_view_item(call, &request, &view);
    lab_mail_post(call, lab_mail_response(call, &view, &answer), NULL);
}

void lab_attendant_room(lab_call_t *call, const lab_mail_t *mail, int mailbox)
{
    lab_folder_t *folder =
        lab_folder_distinguished(call->db, call->pool, mailbox, "calendar");
    const char *type = lab_bag_get(mail->item.bag, "MeetingRequestType");
    int day;
    if (!folder || (type && !strcmp(type, "Outdated")))
        return;
    bool taken = has_conflict(call, mail, folder->id);
    lab_item_t *item = lab_attendant_book(call, mail, mailbox, &day);
    if (!item)
        return;
    if (taken) {
        lab_attendant_answer(call, item, day, "Decline");
        reply(call, mail, mailbox, "Decline",
              "Your request was declined because there are conflicts.");
        return;
    }
    cover(call, item, day);
    lab_attendant_answer(call, item, day, "Accept");
    reply(call, mail, mailbox, "Accept", "Your request was accepted.");
}
