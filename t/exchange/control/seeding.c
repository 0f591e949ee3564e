/* SPDX-License-Identifier: Apache-2.0 */
#include "control/seeding.h"

#include <apr_strings.h>

#include "ews/people.h"
#include "ews/view.h"
#include "seed/seed.h"

static const char *const sensitivities[] = {"Normal", "Personal", "Private",
                                            "Confidential"};
static const char *const importances[] = {"Low", "Normal", "High"};
static const char *const busies[] = {"Free", "Tentative", "Busy", "OOF"};
static const char *const responses[] = {"Unknown", "Organizer", "Tentative",
                                        "Accept",  "Decline",   "NoResponseReceived"};

static const char *crlf_body(apr_pool_t *pool, const char *text)
{
    lab_buf_t b;
    lab_buf_init(&b, pool, 128);
    for (const char *s = text; *s; s++) {
        if (*s == '\n' && (s == text || s[-1] != '\r'))
            lab_buf_puts(&b, "\r");
        lab_buf_add(&b, s, 1);
    }
    return b.data;
}

static const char *join(apr_pool_t *pool, const char *const *list, int count)
{
    const char *all = "";
    for (int i = 0; i < count; i++)
        all = apr_pstrcat(pool, all, i ? "\n" : "", list[i], NULL);
    return all;
}

static void put_attendees(apr_pool_t *pool, lab_bag_t *bag, const lab_seed_event_t *e)
{
    static const char *const keys[] = {"RequiredAttendees", "OptionalAttendees",
                                       "Resources"};
    for (int role = 0; role < 3; role++) {
        apr_array_header_t *people = apr_array_make(pool, 4, sizeof(lab_person_t));
        for (int i = 0; i < e->nattendees; i++) {
            const lab_seed_attendee_t *a = &e->attendees[i];
            if ((int)a->role != role)
                continue;
            lab_person_t p = {a->name,
                              a->smtp,
                              "SMTP",
                              responses[a->response],
                              a->response_time ? apr_psprintf(pool, "%" APR_TIME_T_FMT,
                                                              a->response_time)
                                               : "",
                              "",
                              ""};
            APR_ARRAY_PUSH(people, lab_person_t) = p;
        }
        if (people->nelts)
            lab_bag_set(bag, keys[role], lab_people_pack(pool, people));
    }
}

static void put_meeting(apr_pool_t *pool, lab_bag_t *bag, const lab_seed_event_t *e)
{
    apr_array_header_t *organizer = apr_array_make(pool, 1, sizeof(lab_person_t));
    if (!e->is_meeting)
        return;
    put_attendees(pool, bag, e);
    lab_bag_set_int(bag, "AppointmentState", e->is_organizer ? 1 : 3);
    lab_bag_set(bag, "MeetingRequestWasSent", "true");
    lab_bag_set(bag, "MyResponseType",
                e->is_organizer ? "Organizer" : responses[e->my_response]);
    if (e->is_organizer)
        return;
    APR_ARRAY_PUSH(organizer, lab_person_t) = lab_person_of(e->organizer);
    lab_bag_set(bag, "Organizer", lab_people_pack(pool, organizer));
}

static lab_bag_t *bag_of(apr_pool_t *pool, const lab_seed_event_t *e, const char *owner)
{
    lab_bag_t *bag = lab_bag_new(pool);
    const char *zone = lab_zone_to_text(e->zone, pool);
    lab_bag_set_int(bag, "DateTimeCreated", e->created);
    lab_bag_set_int(bag, "LastModifiedTime", e->created);
    lab_bag_set_int(bag, "DateTimeStamp", e->created);
    lab_bag_set(bag, "LastModifiedName", owner);
    lab_bag_set(bag, "Subject", e->subject);
    lab_bag_set(bag, "Sensitivity", sensitivities[e->sensitivity & 3]);
    if (*e->body) {
        lab_bag_set(bag, "Body", e->body_is_html ? e->body : crlf_body(pool, e->body));
        lab_bag_set(bag, "BodyType", e->body_is_html ? "HTML" : "Text");
    }
    if (e->ncategories)
        lab_bag_set(bag, "Categories", join(pool, e->categories, e->ncategories));
    lab_bag_set(bag, "Importance", importances[e->importance % 3]);
    lab_bag_set(bag, "ReminderIsSet", e->reminder_is_set ? "true" : "false");
    lab_bag_set_int(bag, "ReminderMinutesBeforeStart", e->reminder_minutes);
    lab_bag_set_int(bag, "Start", e->start);
    lab_bag_set_int(bag, "End", e->end);
    lab_bag_set(bag, "StartTimeZone", zone);
    lab_bag_set(bag, "EndTimeZone", zone);
    lab_bag_set(bag, "IsAllDayEvent", e->is_all_day ? "true" : "false");
    lab_bag_set(bag, "LegacyFreeBusyStatus", busies[e->busy & 3]);
    if (*e->location)
        lab_bag_set(bag, "Location", e->location);
    if (e->is_recurring)
        lab_bag_set(bag, "Recurrence", lab_recur_to_text(&e->recur, pool));
    put_meeting(pool, bag, e);
    return bag;
}

static void put_exception(lab_db_t *db, apr_pool_t *pool, lab_item_t *item,
                          const lab_seed_event_t *e, const lab_seed_exception_t *from)
{
    lab_date_t date;
    lab_exception_t x = {.deleted = from->is_deleted};
    if (!lab_recur_date(&e->recur, from->index, &date))
        return;
    x.day = lab_date_to_days(date);
    if (!x.deleted) {
        x.bag = lab_bag_new(pool);
        lab_bag_set_int(x.bag, "Start", from->start);
        lab_bag_set_int(x.bag, "End", from->end);
        if (from->subject)
            lab_bag_set(x.bag, "Subject", from->subject);
        if (from->location)
            lab_bag_set(x.bag, "Location", from->location);
        if (from->body) {
            lab_bag_set(x.bag, "Body", crlf_body(pool, from->body));
            lab_bag_set(x.bag, "BodyType", "Text");
        }
        if (from->busy >= 0)
            lab_bag_set(x.bag, "LegacyFreeBusyStatus", busies[from->busy & 3]);
        if (from->start < item->start)
            item->start = from->start;
        if (from->end > item->end)
            item->end = from->end;
    }
    lab_exception_save(db, pool, item->id, &x);
}

/* the end of the last occurrence of a series */
static apr_time_t last_end(const lab_seed_event_t *e)
{
    lab_date_t last;
    if (!lab_recur_last(&e->recur, &last))
        return APR_INT64_MAX;
    lab_wall_t start = lab_zone_wall(e->zone, e->start),
               end = lab_zone_wall(e->zone, e->end);
    lab_wall_t wall = {last, start.sec};
    return lab_zone_instant(e->zone,
                            lab_wall_add_sec(wall, lab_wall_diff_sec(start, end)));
}

static void insert(lab_db_t *db, apr_pool_t *pool, const lab_folder_t *folder,
                   const lab_dir_entry_t *who, const lab_seed_event_t *e)
{
    lab_item_t item = {.mailbox = folder->mailbox,
                       .folder = folder->id,
                       .class_name = "IPM.Appointment",
                       .start = e->start,
                       .end = e->is_recurring ? last_end(e) : e->end,
                       .recurring = e->is_recurring,
                       .uid = e->uid};
    item.bag = bag_of(pool, e, who->display_name);
    lab_item_save(db, pool, &item);
    apr_time_t start = item.start, end = item.end;
    for (int i = 0; i < e->nexceptions; i++)
        put_exception(db, pool, &item, e, &e->exceptions[i]);
    if (item.start != start || item.end != end)
        lab_db_exec(db, "UPDATE items SET start=?, end=? WHERE id=?", "iii", item.start,
                    item.end, item.id);
}

int lab_seed_calendar(lab_server_t *lab, const lab_dir_entry_t *who, int events,
                      apr_uint32_t number, apr_pool_t *pool)
{
    apr_pool_t *scratch;
    apr_time_t now = apr_time_now();
    lab_db_t *db = lab_db_begin(lab->store, true);
    if (!db)
        return -1;
    lab_folder_t *folder =
        lab_folder_distinguished(db, pool, lab_mailbox_index(who), "calendar");
    lab_seed_t *run = lab_seed_begin(who, number, now, pool);
    apr_pool_create(&scratch, pool);
    for (int i = 0; folder && i < events; i++) {
        lab_seed_event_t event;
        apr_pool_clear(scratch);
        lab_seed_next(run, &event, scratch);
        insert(db, scratch, folder, who, &event);
    }
    apr_pool_destroy(scratch);
    return lab_db_end(db, folder != NULL) ? events : -1;
}
