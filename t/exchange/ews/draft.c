/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/draft.h"

#include <apr_strings.h>
#include <string.h>

#include "ews/events.h"
#include "ews/people.h"
#include "ews/rights.h"
#include "ews/shape.h"
#include "ews/task.h"
#include "meeting/meeting.h"

static const struct {
    lab_kind_t kind;
    const char *class_name;
} classes[] = {{LAB_KIND_CALENDAR, "IPM.Appointment"},
               {LAB_KIND_MESSAGE, "IPM.Note"},
               {LAB_KIND_CONTACT, "IPM.Contact"},
               {LAB_KIND_TASK, "IPM.Task"},
               {LAB_KIND_ITEM, "IPM"}};

void lab_draft_new(lab_call_t *call, lab_kind_t kind, const lab_folder_t *folder,
                   lab_draft_t *d)
{
    memset(d, 0, sizeof *d);
    d->call = call;
    d->kind = kind;
    d->created = true;
    d->day = LAB_NO_DAY;
    d->item = apr_pcalloc(call->pool, sizeof *d->item);
    d->item->mailbox = folder->mailbox;
    d->item->folder = folder->id;
    d->item->bag = d->bag = lab_bag_new(call->pool);
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (classes[i].kind == kind)
            d->item->class_name = classes[i].class_name;
    lab_bag_set_int(d->bag, "DateTimeCreated", call->now);
    lab_bag_set_int(d->bag, "Creator", call->mailbox);
}

void lab_draft_edit(lab_call_t *call, lab_item_t *item, int day, lab_draft_t *d)
{
    memset(d, 0, sizeof *d);
    d->call = call;
    d->item = item;
    d->kind = lab_kind_of_class(item->class_name);
    d->day = day;
    d->series = item->recurring ? lab_series_load(call, item) : NULL;
    d->bag = item->bag;
    if (d->kind == LAB_KIND_TASK)
        d->before = lab_bag_copy(call->pool, item->bag);
    lab_item_t *old = apr_pmemdup(call->pool, item, sizeof *old);
    old->bag = lab_bag_copy(call->pool, item->bag);
    lab_view_make(call, old, day, &d->was);
    if (day != LAB_NO_DAY) {
        const lab_exception_t *x = lab_series_exception(d->series, day);
        d->bag = x && x->bag ? lab_bag_copy(call->pool, x->bag) : lab_bag_new(call->pool);
    }
}

/* what a meeting message says of its meeting was said by somebody else */
static bool is_fixed(const lab_draft_t *d, const lab_prop_t *p)
{
    return (d->kind & LAB_KIND_MEETING) && strncmp(p->uri, "item:", 5) &&
           strncmp(p->uri, "message:", 8);
}

const lab_fail_t *lab_draft_set(lab_draft_t *d, xmlNodePtr element)
{
    if (lab_xml_is(element, "ExtendedProperty"))
        return lab_draft_set_ext(d, element);
    const lab_prop_t *p = lab_prop_of_element(d->kind, (const char *)element->name);
    if (!p || !p->set || p->since > d->call->version || is_fixed(d, p))
        return lab_fail(d->call, "ErrorInvalidPropertySet");
    return p->set(d, p, element);
}

const lab_fail_t *lab_draft_clear(lab_draft_t *d, const lab_prop_t *p)
{
    if (!p->set || !(p->kinds & (unsigned)d->kind) || is_fixed(d, p) ||
        p->set == lab_set_start || p->set == lab_set_end || p->set == lab_set_uid ||
        p->set == lab_set_class)
        return lab_fail(d->call, "ErrorInvalidPropertyDelete");
    if (p->set == lab_set_recurrence) {
        if (d->day != LAB_NO_DAY)
            return lab_fail(d->call, "ErrorInvalidPropertyDelete");
        d->recurrence_cleared = true;
        d->recurrence_set = false;
        return NULL;
    }
    if (lab_task_clear(d, p))
        return NULL;
    if (p->set == lab_set_people)
        d->attendees_set = true;
    /* an exception must remember that it has not what the master has */
    if (d->day != LAB_NO_DAY)
        lab_bag_set(d->bag, p->key, NULL);
    else
        lab_bag_remove(d->bag, p->key);
    return NULL;
}

const lab_fail_t *lab_draft_set_ext(lab_draft_t *d, xmlNodePtr property)
{
    lab_ext_t ext;
    const char *value;
    xmlNodePtr path = lab_xml_child(property, "ExtendedFieldURI");
    const lab_fail_t *fail = path ? lab_ext_read(d->call, path, &ext)
                                  : lab_fail(d->call, "ErrorInvalidExtendedProperty");
    if (!fail)
        fail = lab_ext_read_value(d->call, property, &ext, &value);
    const char *own = fail ? NULL : lab_ext_stored_as(&ext);
    if (!fail && !own && lab_ext_computed(&ext))
        fail = lab_fail(d->call, "ErrorInvalidPropertySet");
    if (!fail)
        lab_bag_set(d->bag, own ? own : ext.key, value);
    return fail;
}

const lab_fail_t *lab_draft_clear_ext(lab_draft_t *d, const lab_ext_t *ext)
{
    if (lab_ext_computed(ext))
        return lab_fail(d->call, "ErrorInvalidPropertyDelete");
    if (d->day != LAB_NO_DAY)
        lab_bag_set(d->bag, ext->key, NULL);
    else
        lab_bag_remove(d->bag, ext->key);
    return NULL;
}

static void settle_calendar(lab_draft_t *d)
{
    lab_bag_t *bag = d->item->bag;
    /* the organizer's clock: attendees' own changes do not touch it */
    if (!(lab_bag_int(bag, "AppointmentState", 0) & LAB_STATE_RECEIVED))
        lab_bag_set_int(d->bag, "DateTimeStamp", d->call->now);
    if (d->created) {
        if (!d->item->uid)
            d->item->uid = lab_uid_make(d->call->pool, d->call->now);
        if (!lab_bag_get(bag, "ReminderIsSet"))
            lab_bag_set(bag, "ReminderIsSet", "true");
        if (!lab_bag_get(bag, "ReminderMinutesBeforeStart"))
            lab_bag_set(bag, "ReminderMinutesBeforeStart", "15");
    }
    lab_meeting_settle(d);
}

static void settle_message(lab_draft_t *d)
{
    apr_array_header_t *me = apr_array_make(d->call->pool, 1, sizeof(lab_person_t));
    APR_ARRAY_PUSH(me, lab_person_t) = lab_person_of(lab_dir_at(d->item->mailbox));
    if (!d->created)
        return;
    lab_bag_set(d->bag, "IsDraft", "true");
    if (!lab_bag_get(d->bag, "From"))
        lab_bag_set(d->bag, "From", lab_people_pack(d->call->pool, me));
    if (!lab_bag_get(d->bag, "Sender"))
        lab_bag_set(d->bag, "Sender", lab_people_pack(d->call->pool, me));
}

/* the occurrence that a recurring task has left behind takes the attachments along */
static void save_done(lab_draft_t *d)
{
    lab_call_t *call = d->call;
    lab_bag_set_int(d->done->bag, "LastModifiedTime", call->now);
    lab_bag_set(d->done->bag, "LastModifiedName", call->caller->display_name);
    lab_item_save(call->db, call->pool, d->done);
    lab_item_copy_parts(call->db, d->item->id, d->done->id);
    lab_event_item(call, LAB_EVENT_CREATED, d->done);
}

/* A message that was merely read is told apart in SyncFolderItems: its content has the
 * change number that it had. */
static void settle_read_flag(lab_draft_t *d)
{
    const lab_bag_t *now = d->item->bag, *was = d->was.item->bag;
    bool same = now->count >= was->count;
    for (int i = 0; same && i < now->count; i++) {
        const lab_bag_entry_t *e = &now->entries[i];
        const char *old = lab_bag_get(was, e->name);
        same = !strcmp(e->name, "IsRead") || (old && e->text && !strcmp(old, e->text));
    }
    if (!same)
        lab_bag_remove(d->item->bag, "ContentCn");
    else if (!lab_bag_get(now, "ContentCn"))
        lab_bag_set_int(d->item->bag, "ContentCn", d->item->cn);
}

const lab_fail_t *lab_draft_decide(lab_draft_t *d)
{
    lab_call_t *call = d->call;
    lab_bag_t *bag = d->item->bag;
    const lab_fail_t *fail = d->kind == LAB_KIND_CALENDAR ? lab_draft_settle_times(d)
                             : d->kind == LAB_KIND_TASK   ? lab_task_settle(d)
                                                          : NULL;
    /* whom a folder is merely shared with may write in it, but not invite in the owner's
     * name: that takes a delegate */
    if (!fail && d->kind == LAB_KIND_CALENDAR && lab_meeting_sends(d) &&
        !lab_may_send_for(call, d->item->mailbox))
        fail = lab_fail(call, "ErrorSendAsDenied");
    if (fail)
        return fail;
    if (d->kind == LAB_KIND_CALENDAR)
        settle_calendar(d);
    else if (d->kind == LAB_KIND_MESSAGE)
        settle_message(d);
    if (!d->created && (d->kind & (LAB_KIND_MESSAGE | LAB_KIND_MEETING)))
        settle_read_flag(d);
    lab_bag_set_int(bag, "LastModifiedTime", call->now);
    lab_bag_set(bag, "LastModifiedName", call->caller->display_name);
    return NULL;
}

const lab_fail_t *lab_draft_settle(lab_draft_t *d)
{
    lab_call_t *call = d->call;
    const lab_fail_t *fail = lab_draft_decide(d);
    if (fail)
        return fail;
    lab_item_save(call->db, call->pool, d->item);
    if (d->day != LAB_NO_DAY) {
        lab_exception_t x = {.day = d->day, .deleted = false, .bag = d->bag};
        lab_exception_save(call->db, call->pool, d->item->id, &x);
    }
    lab_event_item(call, d->created ? LAB_EVENT_CREATED : LAB_EVENT_MODIFIED, d->item);
    if (d->done)
        save_done(d);
    return call->db->failed ? lab_fail(call, "ErrorInternalServerError") : NULL;
}
