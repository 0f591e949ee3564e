/* SPDX-License-Identifier: Apache-2.0 */
/* Meeting messages in the Inbox (ews 9.4): one search lists them, GetItem in batches reads them. */
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "exchange/ews/meetings.h"

#define CLASS_PREFIX "IPM.Schedule.Meeting"
#define DEFAULT_BATCH 250

static void write_uri(xc_xmlw_t *w, const char *uri)
{
    xc_xmlw_start(w, XC_NS_T, "FieldURI");
    xc_xmlw_attr(w, "FieldURI", uri);
    xc_xmlw_end(w);
}

/* The kinds that are iTIP; forwarding notices and the like are not. */
static int is_message(const xmlNode *item)
{
    return xc_xml_is(item, NULL, "MeetingRequest") || xc_xml_is(item, NULL, "MeetingResponse") || xc_xml_is(item, NULL, "MeetingCancellation");
}

/* ---- listing ---- */

static void begin_list(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const char *mailbox, apr_pool_t *pool)
{
    xc_ews_begin(call, s, es, "FindItem", pool);
    xc_xmlw_attr(call->w, "Traversal", "Shallow");
    xc_xmlw_start(call->w, XC_NS_M, "ItemShape");
    xc_xmlw_element(call->w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_end(call->w);
    xc_xmlw_start(call->w, XC_NS_M, "IndexedPageItemView");
    xc_xmlw_attr(call->w, "MaxEntriesReturned", apr_itoa(pool, XC_MESSAGES_MAX));
    xc_xmlw_attr(call->w, "Offset", "0");
    xc_xmlw_attr(call->w, "BasePoint", "Beginning");
    xc_xmlw_end(call->w);
    xc_xmlw_start(call->w, XC_NS_M, "Restriction");
    xc_xmlw_start(call->w, XC_NS_T, "Contains");
    xc_xmlw_attr(call->w, "ContainmentMode", "Prefixed");
    xc_xmlw_attr(call->w, "ContainmentComparison", "IgnoreCase");
    write_uri(call->w, "item:ItemClass");
    xc_xmlw_start(call->w, XC_NS_T, "Constant");
    xc_xmlw_attr(call->w, "Value", CLASS_PREFIX);
    xc_xmlw_end(call->w);
    xc_xmlw_end(call->w);
    xc_xmlw_end(call->w);
    xc_xmlw_start(call->w, XC_NS_M, "SortOrder");
    xc_xmlw_start(call->w, XC_NS_T, "FieldOrder");
    xc_xmlw_attr(call->w, "Order", "Descending");
    write_uri(call->w, "item:DateTimeReceived");
    xc_xmlw_end(call->w);
    xc_xmlw_end(call->w);
    xc_xmlw_start(call->w, XC_NS_M, "ParentFolderIds");
    xc_ews_write_distinguished(call->w, s, "inbox", mailbox);
    xc_xmlw_end(call->w);
}

xc_error_t *xc_ews_message_list(apr_array_header_t **out, xc_session_t *s, const char *mailbox, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    xmlNode *message = NULL;
    *out = apr_array_make(pool, 16, sizeof(xc_message_ref_t));
    XC_TRY(xc_ews_state(&es, s, pool));
    begin_list(&call, s, es, mailbox, pool);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    xmlNode *items = xc_xml_child(xc_xml_child(message, NULL, "RootFolder"), NULL, "Items");
    for (xmlNode *item = xc_xml_child(items, NULL, NULL); item; item = xc_xml_next(item, NULL, NULL)) {
        xmlNode *id = xc_xml_child(item, NULL, "ItemId");
        xc_message_ref_t ref = {xc_xml_attr(id, "Id", pool), xc_xml_attr(id, "ChangeKey", pool)};
        if (is_message(item) && ref.id && ref.change_key && (*out)->nelts < XC_MESSAGES_MAX)
            APR_ARRAY_PUSH(*out, xc_message_ref_t) = ref;
    }
    return NULL;
}

/* ---- reading ---- */

static const char *const message_uris[] = {
    "item:Subject", "item:Sensitivity", "item:Body", "item:Importance", "item:DateTimeSent", "item:DateTimeCreated", "item:LastModifiedTime",
    "message:From", "message:Sender",
    "meeting:AssociatedCalendarItemId", "meeting:IsDelegated", "meeting:IsOutOfDate", "meeting:HasBeenProcessed", "meeting:ResponseType",
    "calendar:UID", "calendar:RecurrenceId", "calendar:DateTimeStamp", "calendar:Start", "calendar:End", "calendar:IsAllDayEvent",
    "calendar:LegacyFreeBusyStatus", "calendar:Location", "calendar:IsMeeting", "calendar:MyResponseType", "calendar:Organizer",
    "calendar:RequiredAttendees", "calendar:OptionalAttendees", "calendar:Resources", "calendar:AppointmentSequenceNumber",
    "calendar:Recurrence", NULL};

static void write_zone_uris(xc_xmlw_t *w, const xc_ews_version_t *v)
{
    write_uri(w, v->zones ? "calendar:StartTimeZone" : "calendar:MeetingTimeZone");
    if (!v->zones)
        write_uri(w, "calendar:TimeZone");
}

static void begin_get(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const char *const *uris, const char *const *ids, int n,
                      apr_pool_t *pool)
{
    xc_ews_begin(call, s, es, "GetItem", pool);
    xc_xmlw_start(call->w, XC_NS_M, "ItemShape");
    xc_xmlw_element(call->w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_element(call->w, XC_NS_T, "BodyType", "Text");
    xc_xmlw_start(call->w, XC_NS_T, "AdditionalProperties");
    for (int i = 0; uris[i]; i++)
        write_uri(call->w, uris[i]);
    write_zone_uris(call->w, es->version);
    if (es->version->proposals) {
        write_uri(call->w, "meeting:ProposedStart");
        write_uri(call->w, "meeting:ProposedEnd");
    }
    xc_xmlw_end(call->w);
    xc_xmlw_end(call->w);
    xc_xmlw_start(call->w, XC_NS_M, "ItemIds");
    for (int i = 0; i < n; i++)
        xc_ews_write_id(call->w, "ItemId", ids[i], NULL);
    xc_xmlw_end(call->w);
}

static const char *text_of(const xmlNode *item, const char *name, apr_pool_t *pool)
{
    const char *text = xc_xml_child_text(item, NULL, name, pool);
    return text && *text ? text : NULL;
}

static void read_from(xc_message_t *m, const xmlNode *item, apr_pool_t *pool)
{
    static const char *const names[] = {"From", "Sender"};
    for (int i = 0; i < 2 && !m->from.address; i++)
        xc_ews_read_person(&m->from, xc_xml_child(xc_xml_child(item, NULL, names[i]), NULL, "Mailbox"), pool);
}

/* All that answers and cancellations of older generations tell. */
static xc_event_t *bare_event(const xmlNode *item, apr_pool_t *pool)
{
    xc_event_t *e = xc_event_make(pool);
    e->uid = xc_ews_uid_from_exchange(text_of(item, "UID", pool), pool);
    e->summary = text_of(item, "Subject", pool);
    e->text = xc_ews_lines(text_of(item, "Body", pool), pool);
    e->dtstamp = xc_ews_time(text_of(item, "DateTimeStamp", pool));
    e->last_modified = xc_ews_time(text_of(item, "LastModifiedTime", pool));
    e->reminder_minutes = -1;
    e->is_meeting = 1;
    return e;
}

static xc_message_kind_e kind_of(const xmlNode *item, const xc_message_t *m)
{
    if (xc_xml_is(item, NULL, "MeetingRequest"))
        return XC_MESSAGE_REQUEST;
    if (xc_xml_is(item, NULL, "MeetingCancellation"))
        return XC_MESSAGE_CANCEL;
    return m->proposed_start && m->proposed_end ? XC_MESSAGE_COUNTER : XC_MESSAGE_REPLY;
}

static const struct {
    const char *response;
    xc_partstat_e partstat;
} responses[] = {{"Accept", XC_PARTSTAT_ACCEPTED}, {"Tentative", XC_PARTSTAT_TENTATIVE}, {"Decline", XC_PARTSTAT_DECLINED}};

static void read_people(xc_message_t *m, const xc_session_t *s)
{
    xc_event_t *e = m->event;
    int answered = m->kind == XC_MESSAGE_REPLY || m->kind == XC_MESSAGE_COUNTER;
    e->is_meeting = 1;
    e->is_organizer = answered;
    e->cancelled = m->kind == XC_MESSAGE_CANCEL;
    /* who cancels or invites is the organizer, whom an older server does not name otherwise; answers go to the owner */
    if (answered && !e->organizer.address)
        e->organizer = (xc_person_t){.address = s->impersonate ? s->impersonate : s->account};
    else if (!answered && !e->organizer.address)
        e->organizer = m->from;
}

static void read_message(xc_message_t *m, const xmlNode *item, const xc_session_t *s, const xc_ews_state_t *es, apr_pool_t *pool)
{
    xmlNode *id = xc_xml_child(item, NULL, "ItemId");
    m->change_key = xc_xml_attr(id, "ChangeKey", pool);
    if (!is_message(item) || !m->change_key) {
        m->error = xc_error_make(pool, 404, XC_COND_NONE, "This is no meeting message.");
        return;
    }
    m->proposed_start = xc_ews_time(text_of(item, "ProposedStart", pool));
    m->proposed_end = xc_ews_time(text_of(item, "ProposedEnd", pool));
    m->kind = kind_of(item, m);
    m->sent = xc_ews_time(text_of(item, "DateTimeSent", pool));
    m->calendar_id = xc_xml_attr(xc_xml_child(item, NULL, "AssociatedCalendarItemId"), "Id", pool);
    m->out_of_date = xc_ews_is_true(text_of(item, "IsOutOfDate", pool));
    m->processed = xc_ews_is_true(text_of(item, "HasBeenProcessed", pool));
    m->delegated = xc_ews_is_true(text_of(item, "IsDelegated", pool));
    read_from(m, item, pool);
    const char *response = text_of(item, "ResponseType", pool);
    for (int i = 0; response && i < 3; i++)
        if (strcmp(response, responses[i].response) == 0)
            m->answer = responses[i].partstat;
    if (xc_xml_child(item, NULL, "Start") && xc_xml_child(item, NULL, "End"))
        m->error = xc_ews_read_item(&m->event, item, NULL, s, es->version, pool);
    else
        m->event = bare_event(item, pool);
    if (m->error)
        return;
    if (!m->event->uid || !xc_xml_child(item, NULL, "UID")) {
        m->event = NULL;
        m->error = xc_error_make(pool, 502, XC_COND_NONE, "Exchange does not say which meeting this message is about.");
        return;
    }
    m->event->kept = NULL;
    read_people(m, s);
    apr_time_t original;
    if (xc_ews_parse_time(&original, text_of(item, "RecurrenceId", pool))) {
        m->event->recur = NULL;
        const xc_zone_t *zone = xc_ews_item_zone(item, "StartTimeZone", original, s, pool);
        /* without a zone of its own: settled by the meeting, see place_all() */
        xc_ews_when(&m->event->recurrence_id, original, m->event->all_day, zone ? zone : xc_zone_utc());
    }
}

/* ---- the zone of what a message is about ---- */

static void move_to(xc_when_t *when, const xc_event_t *e, const xc_zone_t *zone)
{
    if (when->kind != XC_WHEN_NONE && when->kind != XC_WHEN_DATE)
        xc_ews_when(when, xc_when_to_utc(when, NULL), e->all_day, zone);
}

/*
 * RECURRENCE-ID has the form of the organizer's DTSTART (RFC 5545 3.8.4.4): a local time in the zone of the series, or
 * a date. Answers and cancellations tell instants; the meeting in the calendar tells the zone.
 */
static void place(xc_message_t *m, const xmlNode *meeting, const xc_session_t *s, apr_pool_t *pool)
{
    xc_event_t *e = m->event;
    const xc_when_t *when = e->recurrence_id.kind != XC_WHEN_NONE ? &e->recurrence_id : &e->start;
    const xc_zone_t *zone = xc_ews_item_zone(meeting, "StartTimeZone", xc_when_to_utc(when, NULL), s, pool);
    if (e->start.kind == XC_WHEN_NONE)
        e->all_day = xc_ews_is_true(xc_xml_child_text(meeting, NULL, "IsAllDayEvent", pool));
    if (!zone)
        zone = s->zone ? s->zone : xc_zone_utc();
    move_to(&e->recurrence_id, e, zone);
    move_to(&e->start, e, zone);
    move_to(&e->end, e, zone);
    m->zone = zone;
    /* the calendar knows better than the message whether it has been worked on */
    if (m->kind == XC_MESSAGE_CANCEL && xc_ews_is_true(xc_xml_child_text(meeting, NULL, "IsCancelled", pool)))
        m->processed = 1;
}

/* Does the meeting itself tell what is to be known: a zone, or whether a cancellation has been worked on? */
static int lacks_something(const xc_message_t *m)
{
    const xc_event_t *e = m->event;
    if (!e || !m->calendar_id)
        return 0;
    if (m->kind == XC_MESSAGE_CANCEL && !m->processed)
        return 1;
    return e->all_day ? 0 : e->recurrence_id.kind == XC_WHEN_UTC || m->proposed_start || (e->start.kind != XC_WHEN_NONE && e->zone_guessed);
}

static xc_error_t *place_all(xc_message_t *out, int n, xc_session_t *s, const xc_ews_state_t *es, apr_pool_t *pool)
{
    static const char *const uris[] = {"calendar:IsAllDayEvent", "calendar:IsCancelled", NULL};
    const char **ids = apr_palloc(pool, (apr_size_t)(n + 1) * sizeof *ids);
    int *which = apr_palloc(pool, (apr_size_t)(n + 1) * sizeof *which), k = 0;
    for (int i = 0; i < n; i++)
        if (lacks_something(&out[i])) {
            which[k] = i;
            ids[k++] = out[i].calendar_id;
        }
    for (int from = 0; from < k; from += DEFAULT_BATCH) {
        xc_ews_call_t call;
        int many = k - from < DEFAULT_BATCH ? k - from : DEFAULT_BATCH;
        begin_get(&call, s, es, uris, ids + from, many, pool);
        XC_TRY(xc_ews_run_one(&call, s, es, pool));
        xmlNode *message = xc_ews_messages(&call);
        for (int i = 0; i < many && message; i++, message = xc_xml_next(message, NULL, NULL)) {
            xmlNode *item = xc_xml_child(xc_xml_child(message, NULL, "Items"), NULL, NULL);
            if (item) /* else the meeting has gone since: the instant in UTC is right all the same */
                place(&out[which[from + i]], item, s, pool);
        }
    }
    return NULL;
}

xc_error_t *xc_ews_message_fetch(xc_message_t **out, xc_session_t *s, const char *const *ids, int n, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    int batch = s->cfg->batch_size > 0 ? s->cfg->batch_size : DEFAULT_BATCH;
    xc_message_t *all = apr_pcalloc(pool, (apr_size_t)(n + 1) * sizeof *all);
    *out = NULL;
    XC_TRY(xc_ews_state(&es, s, pool));
    for (int from = 0; from < n; from += batch) {
        xc_ews_call_t call;
        int many = n - from < batch ? n - from : batch;
        begin_get(&call, s, es, message_uris, ids + from, many, pool);
        XC_TRY(xc_ews_run_one(&call, s, es, pool));
        xmlNode *message = xc_ews_messages(&call);
        for (int i = from; i < from + many; i++) {
            all[i].id = ids[i];
            all[i].error = message ? xc_ews_message_error(message, s, es, pool) : xc_ews_error("ErrorBatchProcessingStopped", NULL, pool);
            xmlNode *item = all[i].error ? NULL : xc_xml_child(xc_xml_child(message, NULL, "Items"), NULL, NULL);
            if (item)
                read_message(&all[i], item, s, es, pool);
            else if (!all[i].error)
                all[i].error = xc_ews_error("ErrorItemNotFound", NULL, pool);
            message = message ? xc_xml_next(message, NULL, NULL) : NULL;
        }
    }
    XC_TRY(place_all(all, n, s, es, pool));
    *out = all;
    return NULL;
}

xc_error_t *xc_ews_message_discard(xc_session_t *s, const char *id, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    xmlNode *message = NULL;
    XC_TRY(xc_ews_state(&es, s, pool));
    xc_ews_begin(&call, s, es, "DeleteItem", pool);
    xc_xmlw_attr(call.w, "DeleteType", "MoveToDeletedItems");
    xc_xmlw_attr(call.w, "SendMeetingCancellations", "SendToNone");
    xc_xmlw_start(call.w, XC_NS_M, "ItemIds");
    xc_ews_write_id(call.w, "ItemId", id, NULL);
    xc_xmlw_end(call.w);
    return xc_ews_single(&message, &call, s, es, pool);
}
