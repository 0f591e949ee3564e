/* SPDX-License-Identifier: Apache-2.0 */
/* Properties that meetings and their messages have for the sake of answers. */
#include <string.h>

#include "ews/emit.h"
#include "meeting/meeting.h"

/* what the calendar has of the meeting that a message is about */
static bool booked(const lab_emit_t *e, lab_view_t *view)
{
    const lab_item_t *message = e->view->item;
    /* a delegate's copy is about the calendar of somebody else */
    apr_array_header_t *people =
        lab_people_unpack(e->call->pool, lab_view_get(e->view, "ReceivedRepresenting"));
    const lab_dir_entry_t *owner =
        people->nelts ? lab_dir_by_smtp(APR_ARRAY_IDX(people, 0, lab_person_t).address)
                      : NULL;
    int day = lab_view_day(e->view);
    int mailbox = owner ? lab_mailbox_index(owner) : message->mailbox;
    lab_item_t *item = lab_meeting_find(e->call, mailbox, message->uid, &day);
    if (!item)
        return false;
    lab_view_make(e->call, item, day, view);
    const lab_exception_t *x =
        day == LAB_NO_DAY ? NULL : lab_series_exception(view->series, day);
    return !(x && x->deleted);
}

void lab_emit_associated(const lab_emit_t *e, const lab_prop_t *p)
{
    lab_view_t view;
    if (lab_view_bool(e->view, "HasBeenProcessed", false) && booked(e, &view))
        lab_put_item_id(e->call, e->out, p->element, view.item, view.day);
}

static bool is_out_of_date(const lab_emit_t *e)
{
    lab_view_t view;
    if (!booked(e, &view))
        return false;
    /* an organizer's copy counts sequences for its answers only */
    if (!lab_meeting_is_received(&view))
        return e->view->kind == LAB_KIND_RESPONSE &&
               lab_view_int(e->view, "AppointmentSequenceNumber", 0) <
                   lab_view_int(&view, "AppointmentSequenceNumber", 0);
    return lab_meeting_is_outdated(e->view, &view);
}

void lab_emit_out_of_date(const lab_emit_t *e, const lab_prop_t *p)
{
    lab_buf_bool(e->out, p->element, is_out_of_date(e));
}

/* what an update changed, as far as the sender said it */
void lab_emit_change_highlights(const lab_emit_t *e, const lab_prop_t *p)
{
    static const char *const keys[][3] = {
        {"old:Location", "t:HasLocationChanged", "t:Location"},
        {"old:Start", "t:HasStartTimeChanged", "t:Start"},
        {"old:End", "t:HasEndTimeChanged", "t:End"}};
    bool open = false;
    for (int i = 0; i < 3; i++) {
        const char *old = lab_view_get(e->view, keys[i][0]);
        if (!old)
            continue;
        if (!open)
            lab_buf_printf(e->out, "<%s>", p->element);
        open = true;
        lab_buf_bool(e->out, keys[i][1], true);
        if (i == 0)
            lab_buf_elem(e->out, keys[i][2], old);
        else
            lab_put_time(e->call, e->out, keys[i][2], apr_strtoi64(old, NULL, 10));
    }
    if (open)
        lab_buf_printf(e->out, "</%s>", p->element);
}

static void put_answers(const lab_emit_t *e)
{
    lab_buf_puts(e->out, "<t:AcceptItem/><t:TentativelyAcceptItem/><t:DeclineItem/>");
}

/* before an answer can propose another time, the schema has no element for it */
static void put_proposal(const lab_emit_t *e)
{
    if (e->call->version >= LAB_EXCHANGE_2013_SP1 &&
        lab_view_bool(e->view, "AllowNewTimeProposal", true))
        lab_buf_puts(e->out, "<t:ProposeNewTime/>");
}

static void put_calendar(const lab_emit_t *e)
{
    bool cancelled = lab_view_int(e->view, "AppointmentState", 0) & LAB_STATE_CANCELLED;
    if (lab_meeting_is_received(e->view) && cancelled) {
        lab_buf_puts(e->out, "<t:RemoveItem/><t:ReplyToItem/><t:ReplyAllToItem/>"
                             "<t:ForwardItem/>");
        return;
    }
    if (lab_meeting_is_received(e->view)) {
        put_answers(e);
        lab_buf_puts(e->out, "<t:ReplyToItem/><t:ReplyAllToItem/><t:ForwardItem/>");
        put_proposal(e);
        return;
    }
    if (lab_meeting_is_mine(e->view) && !cancelled &&
        lab_view_bool(e->view, "MeetingRequestWasSent", false))
        lab_buf_puts(e->out, "<t:CancelCalendarItem/>");
    lab_buf_puts(e->out, "<t:ForwardItem/>");
}

/* what a client may answer to this item (ews.md 9.3) */
void lab_emit_response_objects(const lab_emit_t *e, const lab_prop_t *p)
{
    bool own = lab_view_bool(e->view, "IsFromMe", false) ||
               lab_view_bool(e->view, "IsDelegated", false);
    lab_buf_printf(e->out, "<%s>", p->element);
    switch (e->view->kind) {
    case LAB_KIND_CALENDAR: put_calendar(e); break;
    case LAB_KIND_REQUEST:
        if (!own && !is_out_of_date(e))
            put_answers(e);
        lab_buf_puts(e->out, "<t:ReplyToItem/><t:ReplyAllToItem/><t:ForwardItem/>");
        if (!own && !is_out_of_date(e))
            put_proposal(e);
        break;
    case LAB_KIND_CANCELLATION:
        lab_buf_puts(e->out, own ? "" : "<t:RemoveItem/>");
        lab_buf_puts(e->out, "<t:ReplyToItem/><t:ReplyAllToItem/><t:ForwardItem/>");
        break;
    case LAB_KIND_RESPONSE:
    case LAB_KIND_MESSAGE:
        lab_buf_puts(e->out, "<t:ReplyToItem/><t:ReplyAllToItem/><t:ForwardItem/>");
        break;
    default: break;
    }
    lab_buf_printf(e->out, "</%s>", p->element);
}
