/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar attendant: delivery, booking of requests, cancellations. */
#include "meeting/attendant.h"

#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "control/settings.h"
#include "ews/events.h"
#include "store/rights.h"

lab_bag_t *lab_attendant_bag(lab_call_t *call, lab_item_t *item, int day)
{
    if (day == LAB_NO_DAY)
        return item->bag;
    const lab_series_t *series = lab_series_load(call, item);
    const lab_exception_t *x = series ? lab_series_exception(series, day) : NULL;
    return x && x->bag ? lab_bag_copy(call->pool, x->bag) : lab_bag_new(call->pool);
}

void lab_attendant_save(lab_call_t *call, lab_item_t *item, int day, lab_bag_t *over)
{
    bool born = item->id == 0;
    lab_bag_set_int(item->bag, "LastModifiedTime", call->now);
    lab_bag_set(item->bag, "LastModifiedName", lab_dir_at(item->mailbox)->display_name);
    if (over) {
        apr_time_t start = lab_bag_int(over, "Start", item->start),
                   end = lab_bag_int(over, "End", item->end);
        item->start = start < item->start ? start : item->start;
        item->end = end > item->end ? end : item->end;
    }
    lab_item_save(call->db, call->pool, item);
    if (over) {
        lab_exception_t x = {.day = day, .bag = over};
        lab_exception_save(call->db, call->pool, item->id, &x);
    }
    lab_event_item(call, born ? LAB_EVENT_CREATED : LAB_EVENT_MODIFIED, item);
}

lab_mail_t *lab_mail_of_item(lab_call_t *call, const lab_item_t *item)
{
    lab_mail_t *mail = apr_pcalloc(call->pool, sizeof *mail);
    mail->item = *item;
    mail->parts = item->id;
    mail->exceptions = lab_item_exceptions(call->db, call->pool, item->id);
    mail->to = apr_array_make(call->pool, 1, sizeof(lab_person_t));
    return mail;
}

/* new times, and first times, are tentative until the owner has answered */
static void ask_anew(lab_bag_t *bag, const lab_bag_t *message)
{
    const char *intended = lab_bag_get(message, "IntendedFreeBusyStatus");
    bool is_free = intended && !strcmp(intended, "Free");
    lab_bag_set(bag, "MyResponseType", "NoResponseReceived");
    lab_bag_set(bag, "LegacyFreeBusyStatus", is_free ? "Free" : "Tentative");
    lab_bag_remove(bag, "AppointmentReplyTime");
}

/* a name only: every update that is not marked otherwise asks again */
static bool is_significant(const lab_mail_t *mail)
{
    const char *type = lab_bag_get(mail->item.bag, "MeetingRequestType");
    return !type || strcmp(type, "InformationalUpdate");
}

/* What the owner of a copy decides himself. */
static const char *const own_keys[] = {
    "ReminderIsSet",        "ReminderMinutesBeforeStart", "Categories", "MyResponseType",
    "AppointmentReplyTime", "LegacyFreeBusyStatus",       NULL};

static bool is_organizers(const char *key)
{
    static const char *const more[] = {
        "Start", "End", "AppointmentState", "IntendedFreeBusyStatus", "Organizer", NULL};
    for (int i = 0; lab_shared_keys[i]; i++)
        if (!strcmp(lab_shared_keys[i], key))
            return true;
    for (int i = 0; more[i]; i++)
        if (!strcmp(more[i], key))
            return true;
    return false;
}

static const lab_exception_t *exception_of(const apr_array_header_t *list, int day)
{
    for (int i = 0; i < list->nelts; i++) {
        const lab_exception_t *x = APR_ARRAY_IDX(list, i, lab_exception_t *);
        if (x->day == day)
            return x;
    }
    return NULL;
}

static bool is_on(lab_call_t *call, const char *list, int mailbox)
{
    return lab_people_find(lab_people_unpack(call->pool, list),
                           lab_dir_at(mailbox)->smtp) != NULL;
}

/* an occurrence with a guest list of its own, on which an invited owner is not */
static bool is_left_out(lab_call_t *call, const lab_bag_t *whole,
                        const lab_exception_t *x, int mailbox)
{
    bool invited = false;
    for (int i = 0; i < LAB_ATTENDEE_LISTS; i++) {
        const char *key = lab_attendee_lists[i], *all = lab_bag_get(whole, key);
        const lab_bag_entry_t *own = lab_bag_find(x->bag, key);
        invited |= is_on(call, all, mailbox);
        if (is_on(call, own ? own->text : all, mailbox))
            return false;
    }
    return invited;
}

/* the occurrences that the organizer has taken out, " day day " */
static const char deleted_key[] = "OrganizerDeleted";

static void note_deleted(lab_call_t *call, lab_item_t *item, const lab_mail_t *mail)
{
    const char *days = " ";
    for (int i = 0; i < mail->exceptions->nelts; i++) {
        const lab_exception_t *x = APR_ARRAY_IDX(mail->exceptions, i, lab_exception_t *);
        if (x->deleted || is_left_out(call, mail->item.bag, x, item->mailbox))
            days = apr_psprintf(call->pool, "%s%d ", days, x->day);
    }
    lab_bag_set(item->bag, deleted_key, days);
}

/* the organizer's exceptions, with what the owner had decided about the same ones */
static void take_exceptions(lab_call_t *call, lab_item_t *item, const lab_mail_t *mail,
                            const apr_array_header_t *old, const char *was_deleted,
                            bool significant)
{
    lab_exceptions_clear(call->db, item->id);
    for (int i = 0; i < mail->exceptions->nelts; i++) {
        lab_exception_t x = *APR_ARRAY_IDX(mail->exceptions, i, lab_exception_t *);
        const lab_exception_t *was = exception_of(old, x.day);
        if (!x.deleted && is_left_out(call, mail->item.bag, &x, item->mailbox))
            x.deleted = true;
        if (!x.deleted)
            x.bag = lab_bag_copy(call->pool, x.bag);
        for (int k = 0; !x.deleted && !significant && was && was->bag && own_keys[k]; k++)
            if (lab_bag_find(was->bag, own_keys[k]))
                lab_bag_set(x.bag, own_keys[k], lab_bag_get(was->bag, own_keys[k]));
        lab_exception_save(call->db, call->pool, item->id, &x);
    }
    for (int i = 0; i < old->nelts && !significant; i++) {
        lab_exception_t x = *APR_ARRAY_IDX(old, i, lab_exception_t *);
        if (exception_of(mail->exceptions, x.day))
            continue;
        /* what the organizer had taken out, and not the owner, is on again */
        if (x.deleted && was_deleted &&
            strstr(was_deleted, apr_psprintf(call->pool, " %d ", x.day)))
            continue;
        if (!x.deleted) {
            const lab_bag_t *was = x.bag;
            x.bag = lab_bag_new(call->pool);
            for (int k = 0; k < was->count; k++)
                if (!is_organizers(was->entries[k].name))
                    lab_bag_set(x.bag, was->entries[k].name, was->entries[k].text);
        }
        if (x.deleted || x.bag->count)
            lab_exception_save(call->db, call->pool, item->id, &x);
    }
}

static void take_fields(lab_item_t *item, const lab_mail_t *mail)
{
    static const char *const more[] = {"Start",
                                       "End",
                                       "Recurrence",
                                       "Organizer",
                                       "RecurrenceId",
                                       "RecurrenceDay",
                                       "IntendedFreeBusyStatus",
                                       NULL};
    const lab_bag_t *from = mail->item.bag;
    const char *const *sets[] = {lab_shared_keys, more};
    for (int s = 0; s < 2; s++)
        for (int i = 0; sets[s][i]; i++) {
            const char *text = lab_bag_get(from, sets[s][i]);
            if (text)
                lab_bag_set(item->bag, sets[s][i], text);
            else
                lab_bag_remove(item->bag, sets[s][i]);
        }
    item->uid = mail->item.uid;
    item->start = mail->item.start;
    item->end = mail->item.end;
    item->recurring = mail->item.recurring;
    lab_bag_set_int(item->bag, "AppointmentState",
                    LAB_STATE_MEETING | LAB_STATE_RECEIVED);
    lab_bag_set(item->bag, "MeetingRequestWasSent", "true");
}

static lab_item_t *new_booking(lab_call_t *call, int mailbox)
{
    lab_folder_t *folder =
        lab_folder_distinguished(call->db, call->pool, mailbox, "calendar");
    lab_item_t *item = apr_pcalloc(call->pool, sizeof *item);
    item->mailbox = mailbox;
    item->folder = folder ? folder->id : 0;
    item->class_name = "IPM.Appointment";
    item->bag = lab_bag_new(call->pool);
    lab_bag_set_int(item->bag, "DateTimeCreated", call->now);
    lab_bag_set(item->bag, "ReminderIsSet", "true");
    lab_bag_set(item->bag, "ReminderMinutesBeforeStart", "15");
    return item;
}

/* a series takes the place of single occurrences to which the owner was invited before */
static void drop_single_ones(lab_call_t *call, const lab_item_t *item)
{
    apr_array_header_t *gone = apr_array_make(call->pool, 2, sizeof(lab_item_t *));
    sqlite3_stmt *st = lab_db_query(call->db,
                                    "SELECT " LAB_ITEM_COLUMNS
                                    " FROM items WHERE folder=? AND uid=? AND id<>?",
                                    "iti", item->folder, item->uid, item->id);
    while (lab_db_step(call->db, st))
        APR_ARRAY_PUSH(gone, lab_item_t *) = lab_item_row(call->pool, st);
    for (int i = 0; i < gone->nelts; i++) {
        lab_item_t *one = APR_ARRAY_IDX(gone, i, lab_item_t *);
        if (!lab_bag_get(one->bag, "RecurrenceDay"))
            continue;
        lab_item_drop(call->db, one);
        lab_event_item(call, LAB_EVENT_DELETED, one);
    }
}

static void book_whole(lab_call_t *call, lab_item_t *item, const lab_mail_t *mail)
{
    bool fresh = item->id == 0, significant = fresh || is_significant(mail);
    /* what was cancelled and is on again has to be answered again */
    significant |=
        (lab_bag_int(item->bag, "AppointmentState", 0) & LAB_STATE_CANCELLED) != 0;
    apr_array_header_t *old = lab_item_exceptions(call->db, call->pool, item->id);
    const char *was_deleted = lab_bag_get(item->bag, deleted_key);
    if (was_deleted)
        was_deleted = apr_pstrdup(call->pool, was_deleted);
    take_fields(item, mail);
    note_deleted(call, item, mail);
    if (significant)
        ask_anew(item->bag, mail->item.bag);
    lab_attendant_save(call, item, LAB_NO_DAY, NULL);
    take_exceptions(call, item, mail, old, was_deleted, significant);
    if (mail->parts) {
        lab_db_exec(call->db, "DELETE FROM attachments WHERE item=?", "i", item->id);
        lab_item_copy_attachments(call->db, mail->parts, item->id);
    }
    if (item->recurring)
        drop_single_ones(call, item);
}

static void book_occurrence(lab_call_t *call, lab_item_t *item, int day,
                            const lab_mail_t *mail)
{
    const lab_bag_t *from = mail->item.bag;
    lab_bag_t *bag = lab_attendant_bag(call, item, day);
    const lab_exception_t *was = lab_series_exception(lab_series_load(call, item), day);
    bool cancelled = lab_bag_int(bag, "AppointmentState", 0) & LAB_STATE_CANCELLED;
    for (int i = 0; lab_shared_keys[i]; i++) {
        const char *key = lab_shared_keys[i], *text = lab_bag_get(from, key),
                   *whole = lab_bag_get(item->bag, key);
        if (text == whole || (text && whole && !strcmp(text, whole)))
            lab_bag_remove(bag, key);
        else
            lab_bag_set(bag, key, text);
    }
    lab_bag_set(bag, "Start", lab_bag_get(from, "Start"));
    lab_bag_set(bag, "End", lab_bag_get(from, "End"));
    lab_bag_set(bag, "IntendedFreeBusyStatus",
                lab_bag_get(from, "IntendedFreeBusyStatus"));
    lab_bag_remove(bag, "AppointmentState");
    if (is_significant(mail) || cancelled || (was && was->deleted))
        ask_anew(bag, from);
    lab_attendant_save(call, item, day, bag);
}

lab_item_t *lab_attendant_book(lab_call_t *call, const lab_mail_t *mail, int mailbox,
                               int *day)
{
    lab_view_t message, booked;
    lab_view_item(call, &mail->item, &message);
    *day = lab_view_day(&message);
    lab_item_t *item = lab_meeting_find(call, mailbox, mail->item.uid, day);
    if (!item) {
        *day = LAB_NO_DAY;
        item = new_booking(call, mailbox);
        book_whole(call, item, mail);
        return item;
    }
    lab_view_make(call, item, *day, &booked);
    if (lab_meeting_is_mine(&booked))
        return NULL;
    if (lab_meeting_is_outdated(&message, &booked))
        return item;
    if (*day == LAB_NO_DAY)
        book_whole(call, item, mail);
    else
        book_occurrence(call, item, *day, mail);
    return item;
}

static void mark_cancelled(lab_call_t *call, lab_bag_t *bag, const char *subject)
{
    static const char prefix[] = "Canceled: ";
    if (!subject)
        subject = "";
    if (strncmp(subject, prefix, sizeof prefix - 1))
        subject = apr_pstrcat(call->pool, prefix, subject, NULL);
    lab_bag_set(bag, "Subject", subject);
    lab_bag_set(bag, "LegacyFreeBusyStatus", "Free");
    lab_bag_set_int(bag, "AppointmentState",
                    LAB_STATE_MEETING | LAB_STATE_RECEIVED | LAB_STATE_CANCELLED);
}

static void cancel_booking(lab_call_t *call, lab_item_t *item, int day,
                           const lab_mail_t *mail)
{
    static const char *const keys[] = {"AppointmentSequenceNumber", "DateTimeStamp"};
    lab_view_t booked, message;
    lab_view_item(call, &mail->item, &message);
    lab_view_make(call, item, day, &booked);
    if (!lab_meeting_is_received(&booked) || lab_meeting_is_outdated(&message, &booked))
        return;
    lab_bag_t *bag = lab_attendant_bag(call, item, day);
    apr_array_header_t *changed = lab_item_exceptions(call->db, call->pool, item->id);
    mark_cancelled(call, bag, lab_view_get(&booked, "Subject"));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        lab_bag_set(bag, keys[i], lab_bag_get(mail->item.bag, keys[i]));
    if (day != LAB_NO_DAY) {
        lab_bag_set_int(bag, "Start", booked.start);
        lab_bag_set_int(bag, "End", booked.end);
    }
    lab_attendant_save(call, item, day, day == LAB_NO_DAY ? NULL : bag);
    for (int i = 0; day == LAB_NO_DAY && i < changed->nelts; i++) {
        lab_exception_t *x = APR_ARRAY_IDX(changed, i, lab_exception_t *);
        if (x->deleted)
            continue;
        const lab_bag_entry_t *own = lab_bag_find(x->bag, "Subject");
        mark_cancelled(call, x->bag, own ? own->text : lab_bag_get(bag, "Subject"));
        lab_exception_save(call->db, call->pool, item->id, x);
    }
}

void lab_attendant_cancel(lab_call_t *call, const lab_mail_t *mail, int mailbox)
{
    lab_view_t message;
    lab_view_item(call, &mail->item, &message);
    int day = lab_view_day(&message);
    lab_item_t *item = lab_meeting_find(call, mailbox, mail->item.uid, &day);
    if (!item)
        return;
    const lab_series_t *series = day == LAB_NO_DAY ? NULL : lab_series_load(call, item);
    const lab_exception_t *x = series ? lab_series_exception(series, day) : NULL;
    /* what the owner has deleted need not be cancelled */
    if (x && x->deleted)
        return;
    if (lab_dir_at(mailbox)->kind != LAB_DIR_ROOM) {
        cancel_booking(call, item, day, mail);
        return;
    }
    lab_view_t booked;
    lab_view_make(call, item, day, &booked);
    if (lab_meeting_is_received(&booked) && !lab_meeting_is_outdated(&message, &booked))
        lab_attendant_drop(call, item, day);
}

/* an update that came too late says so */
static void judge_age(lab_call_t *call, lab_mail_t *mail, int mailbox)
{
    lab_view_t message, booked;
    lab_view_item(call, &mail->item, &message);
    int day = lab_view_day(&message);
    lab_item_t *item = lab_meeting_find(call, mailbox, mail->item.uid, &day);
    if (!item)
        return;
    lab_view_make(call, item, day, &booked);
    if (lab_meeting_is_received(&booked) && lab_meeting_is_outdated(&message, &booked))
        lab_bag_set(mail->item.bag, "MeetingRequestType", "Outdated");
}

static void process(lab_call_t *call, lab_mail_t *mail, int mailbox)
{
    int day;
    bool room = lab_dir_at(mailbox)->kind == LAB_DIR_ROOM;
    lab_kind_t kind = lab_kind_of_class(mail->item.class_name);
    if (kind == LAB_KIND_REQUEST) {
        judge_age(call, mail, mailbox);
        if (room)
            lab_attendant_room(call, mail, mailbox);
        else
            lab_attendant_book(call, mail, mailbox, &day);
    } else if (kind == LAB_KIND_RESPONSE) {
        lab_attendant_tally(call, mail, mailbox);
    } else {
        lab_attendant_cancel(call, mail, mailbox);
    }
    lab_bag_set(mail->item.bag, "HasBeenProcessed", "true");
}

/* puts a message into a folder */
static void store(lab_call_t *call, lab_mail_t *mail, const lab_folder_t *folder,
                  bool is_new)
{
    mail->item.id = 0;
    mail->item.mailbox = folder->mailbox;
    mail->item.folder = folder->id;
    lab_item_save(call->db, call->pool, &mail->item);
    for (int i = 0; i < mail->exceptions->nelts; i++)
        lab_exception_save(call->db, call->pool, mail->item.id,
                           APR_ARRAY_IDX(mail->exceptions, i, lab_exception_t *));
    if (mail->parts)
        lab_item_copy_attachments(call->db, mail->parts, mail->item.id);
    lab_event_item(call, LAB_EVENT_CREATED, &mail->item);
    if (is_new)
        lab_event_item(call, LAB_EVENT_NEW_MAIL, &mail->item);
}

/* Copies for the delegates who want them, who cannot answer them in their own name. Does
 * the owner get the message himself? */
static bool deliver_to_delegates(lab_call_t *call, lab_mail_t *mail, int mailbox)
{
    apr_array_header_t *delegates = lab_delegates(call->db, call->pool, mailbox);
    lab_person_t owner = lab_person_of(lab_dir_at(mailbox));
    bool some = false;
    for (int i = 0; i < delegates->nelts; i++) {
        const lab_delegate_t *d = &APR_ARRAY_IDX(delegates, i, lab_delegate_t);
        lab_folder_t *inbox =
            lab_folder_distinguished(call->db, call->pool, d->who, "inbox");
        if (!d->copies || !inbox)
            continue;
        lab_mail_t copy = *mail;
        lab_person_t by = lab_person_of(lab_dir_at(d->who));
        copy.item.bag = lab_bag_copy(call->pool, mail->item.bag);
        lab_bag_set(copy.item.bag, "IsDelegated", "true");
        lab_bag_set(copy.item.bag, "ReceivedBy", lab_people_pack_one(call->pool, &by));
        lab_bag_set(copy.item.bag, "ReceivedRepresenting",
                    lab_people_pack_one(call->pool, &owner));
        store(call, &copy, inbox, true);
        some = true;
    }
    lab_deliver_t how = lab_deliver_get(call->db, mailbox);
    if (some && how == LAB_DELIVER_INFORM &&
        lab_kind_of_class(mail->item.class_name) == LAB_KIND_REQUEST)
        lab_bag_set(mail->item.bag, "MeetingRequestType", "PrincipalWantsCopy");
    return !some || how != LAB_DELIVER_DELEGATES;
}

void lab_attendant_deliver(lab_call_t *call, const lab_mail_t *mail, int mailbox)
{
    lab_mail_t own = *mail;
    bool room = lab_dir_at(mailbox)->kind == LAB_DIR_ROOM;
    bool meeting = lab_kind_of_class(mail->item.class_name) & LAB_KIND_MEETING;
    /* a room has done with its mail when it has answered */
    lab_folder_t *folder = lab_folder_distinguished(
        call->db, call->pool, mailbox, meeting && room ? "deleteditems" : "inbox");
    if (!folder)
        return;
    own.item.bag = lab_bag_copy(call->pool, mail->item.bag);
    own.item.mailbox = mailbox;
    lab_bag_remove(own.item.bag, "BccRecipients");
    if (meeting && (room || lab_settings_attendant(call->lab->settings)))
        process(call, &own, mailbox);
    if (!meeting || deliver_to_delegates(call, &own, mailbox))
        store(call, &own, folder, !(meeting && room));
}
