/* SPDX-License-Identifier: Apache-2.0 */
#include "meeting/meeting.h"

#include <apr_strings.h>
#include <string.h>
#include <strings.h>

const char *const lab_attendee_lists[] = {"RequiredAttendees", "OptionalAttendees",
                                          "Resources"};

lab_sending_t lab_sending_read(const char *attribute)
{
    lab_sending_t s = {0};
    s.send = attribute && strcmp(attribute, "SendToNone");
    s.changed = s.send && strstr(attribute, "Changed");
    s.copy = s.send && strstr(attribute, "SaveCopy");
    return s;
}

lab_person_t *lab_people_find(const apr_array_header_t *people, const char *address)
{
    for (int i = 0; i < people->nelts; i++) {
        lab_person_t *p = &APR_ARRAY_IDX(people, i, lab_person_t);
        if (!strcasecmp(p->address, address))
            return p;
    }
    return NULL;
}

apr_array_header_t *lab_meeting_people(lab_call_t *call, const lab_view_t *view)
{
    apr_array_header_t *all = apr_array_make(call->pool, 8, sizeof(lab_person_t));
    for (int i = 0; i < LAB_ATTENDEE_LISTS; i++) {
        apr_array_header_t *list =
            lab_people_unpack(call->pool, lab_view_get(view, lab_attendee_lists[i]));
        for (int k = 0; k < list->nelts; k++) {
            const lab_person_t *p = &APR_ARRAY_IDX(list, k, lab_person_t);
            if (!lab_people_find(all, p->address))
                APR_ARRAY_PUSH(all, lab_person_t) = *p;
        }
    }
    return all;
}

static apr_int64_t state_of(const lab_view_t *view)
{
    return lab_view_int(view, "AppointmentState", 0);
}

bool lab_meeting_is_mine(const lab_view_t *view)
{
    return (state_of(view) & (LAB_STATE_MEETING | LAB_STATE_RECEIVED)) ==
           LAB_STATE_MEETING;
}

bool lab_meeting_is_received(const lab_view_t *view)
{
    return (state_of(view) & LAB_STATE_RECEIVED) != 0;
}

int lab_view_day(const lab_view_t *view)
{
    if (view->day != LAB_NO_DAY)
        return view->day;
    return (int)lab_bag_int(view->item->bag, "RecurrenceDay", LAB_NO_DAY);
}

bool lab_meeting_is_outdated(const lab_view_t *message, const lab_view_t *booked)
{
    static const char sequence[] = "AppointmentSequenceNumber", stamp[] = "DateTimeStamp";
    apr_int64_t mine = lab_view_int(booked, sequence, 0),
                its = lab_view_int(message, sequence, 0);
    if (its != mine)
        return its < mine;
    return lab_view_int(message, stamp, 0) < lab_view_int(booked, stamp, 0);
}

/* does a series have an occurrence that day, be it deleted? */
static bool has_day(lab_call_t *call, const lab_item_t *item, int day)
{
    const lab_series_t *series = item->recurring ? lab_series_load(call, item) : NULL;
    return series && lab_recur_index(&series->recur, lab_date_from_days(day)) > 0;
}

lab_item_t *lab_meeting_find(lab_call_t *call, int mailbox, const char *uid, int *day)
{
    lab_folder_t *folder =
        lab_folder_distinguished(call->db, call->pool, mailbox, "calendar");
    apr_array_header_t *items = apr_array_make(call->pool, 2, sizeof(lab_item_t *));
    int wanted = *day;
    if (!folder || !uid || !*uid)
        return NULL;
    sqlite3_stmt *st = lab_db_query(call->db,
                                    "SELECT " LAB_ITEM_COLUMNS
                                    " FROM items WHERE folder=? AND uid=? ORDER BY id",
                                    "it", folder->id, uid);
    while (lab_db_step(call->db, st))
        APR_ARRAY_PUSH(items, lab_item_t *) = lab_item_row(call->pool, st);
    for (int i = 0; i < items->nelts; i++) {
        lab_item_t *item = APR_ARRAY_IDX(items, i, lab_item_t *);
        apr_int64_t alone = lab_bag_int(item->bag, "RecurrenceDay", LAB_NO_DAY);
        if (wanted == LAB_NO_DAY && alone == LAB_NO_DAY)
            return item;
        if (wanted != LAB_NO_DAY && has_day(call, item, wanted))
            return item;
        if (wanted != LAB_NO_DAY && alone == wanted) {
            *day = LAB_NO_DAY;
            return item;
        }
    }
    return NULL;
}
