/* SPDX-License-Identifier: Apache-2.0 */
#include "meeting/foreign.h"

#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "control/settings.h"
#include "ews/events.h"
#include "ews/ical.h"
#include "ews/ical_lines.h"
#include "meeting/attendant.h"

#define MAX_EVENTS 500

/* One VEVENT of the mail. */
typedef struct event {
    apr_array_header_t *lines; /* lab_ical_line_t */
    lab_draft_t draft;         /* its fields; only with a DTSTART */
    bool has_times;
} event_t;

/* The mail as a whole. */
typedef struct incoming {
    lab_call_t *call;
    int mailbox;
    const char *from, *method;
    apr_array_header_t *events; /* event_t* */
} incoming_t;

static const lab_ical_line_t *line_of(const event_t *e, const char *name)
{
    for (int i = 0; i < e->lines->nelts; i++) {
        const lab_ical_line_t *l = &APR_ARRAY_IDX(e->lines, i, lab_ical_line_t);
        if (!strcasecmp(l->name, name))
            return l;
    }
    return NULL;
}

static const char *text_of(const incoming_t *in, const event_t *e, const char *name)
{
    const lab_ical_line_t *l = line_of(e, name);
    return l ? lab_ical_text(in->call->pool, l->value) : NULL;
}

/* A moment of a line. A date, or a time that floats, is taken on the clock of `zone`. */
static bool moment_of(const incoming_t *in, const lab_ical_line_t *l,
                      const lab_zone_t *zone, apr_time_t *when)
{
    const char *v = l ? l->value : "";
    if (strspn(v, "0123456789") != 8)
        return false;
    bool timed = v[8] == 'T' && strspn(v + 9, "0123456789") == 6;
    const char *tzid = lab_ical_param(in->call->pool, l, "TZID");
    const lab_zone_t *named = tzid ? lab_ical_zone(tzid) : NULL;
    apr_int64_t day = apr_strtoi64(v, NULL, 10),
                clock = timed ? apr_strtoi64(v + 9, NULL, 10) : 0;
    lab_wall_t wall = {
        {(int)(day / 10000), (int)(day / 100 % 100), (int)(day % 100)},
        (int)(clock / 10000 * 3600 + clock / 100 % 100 * 60 + clock % 100)};
    if (!lab_date_is_valid(wall.date) || wall.sec >= 86400)
        return false;
    if (timed && v[15] == 'Z')
        *when = lab_wall_to_time(wall, 0);
    else
        *when = lab_zone_instant(named ? named : zone, wall);
    return true;
}

static const char *address_in(const lab_ical_line_t *l)
{
    return !strncasecmp(l->value, "mailto:", 7) ? l->value + 7 : l->value;
}

static lab_person_t person_of(const char *address, const char *name)
{
    const lab_dir_entry_t *who = lab_dir_by_smtp(address);
    lab_person_t p = {name ? name : address, address, "SMTP", "", "", "", ""};
    if (who)
        p = lab_person_of(who);
    return p;
}

/* the ATTENDEE line of somebody */
static const lab_ical_line_t *attendee_line(const event_t *e, const char *address)
{
    for (int i = 0; i < e->lines->nelts; i++) {
        const lab_ical_line_t *l = &APR_ARRAY_IDX(e->lines, i, lab_ical_line_t);
        if (!strcasecmp(l->name, "ATTENDEE") && !strcasecmp(address_in(l), address))
            return l;
    }
    return NULL;
}

static const char *read_event(incoming_t *in, const char *text)
{
    lab_call_t *call = in->call;
    event_t *e = apr_pcalloc(call->pool, sizeof *e);
    lab_folder_t *folder =
        lab_folder_distinguished(call->db, call->pool, in->mailbox, "inbox");
    e->lines = lab_ical_cut(call->pool, text);
    APR_ARRAY_PUSH(in->events, event_t *) = e;
    if (!folder || !line_of(e, "UID"))
        return "an event without UID";
    if (!line_of(e, "DTSTART"))
        return NULL;
    lab_draft_new(call, LAB_KIND_CALENDAR, folder, &e->draft);
    /* on nobody's behalf: whoever gets it stands on the list too */
    e->draft.item->mailbox = -1;
    const lab_fail_t *fail = lab_ical_read(&e->draft, text);
    if (!fail)
        fail = lab_draft_settle_times(&e->draft);
    e->has_times = !fail;
    return fail ? fail->code : NULL;
}

/* each VEVENT from its BEGIN to its END */
static const char *read_events(incoming_t *in, const char *ics)
{
    static const char begin[] = "BEGIN:VEVENT", end[] = "END:VEVENT";
    const char *wrong = NULL;
    for (const char *s = ics; !wrong && (s = strstr(s, begin));) {
        const char *stop = strstr(s, end);
        if (!stop || in->events->nelts >= MAX_EVENTS)
            return "an event without end, or too many of them";
        stop += sizeof end - 1;
        wrong = read_event(
            in, apr_pstrcat(in->call->pool,
                            apr_pstrmemdup(in->call->pool, s, (apr_size_t)(stop - s)),
                            "\r\n", NULL));
        s = stop;
    }
    return wrong ? wrong : in->events->nelts ? NULL : "no event";
}

/* on whose clock occurrences are named: the mail's own series, or what is booked */
static const lab_zone_t *series_zone(const incoming_t *in, const event_t *e)
{
    const char *uid = text_of(in, e, "UID");
    int day = LAB_NO_DAY;
    for (int i = 0; i < in->events->nelts; i++) {
        const event_t *other = APR_ARRAY_IDX(in->events, i, event_t *);
        if (other->has_times && other->draft.item->recurring)
            return lab_bag_zone(other->draft.bag, "StartTimeZone");
    }
    lab_item_t *item = lab_meeting_find(in->call, in->mailbox, uid, &day);
    if (item && item->recurring)
        return lab_bag_zone(item->bag, "StartTimeZone");
    const lab_ical_line_t *l = line_of(e, "RECURRENCE-ID");
    const char *tzid = l ? lab_ical_param(in->call->pool, l, "TZID") : NULL;
    return tzid ? lab_ical_zone(tzid) : NULL;
}

static bool occurrence_of(const incoming_t *in, const event_t *e, int *day,
                          apr_time_t *when)
{
    const lab_ical_line_t *l = line_of(e, "RECURRENCE-ID");
    const lab_zone_t *zone = l ? series_zone(in, e) : NULL;
    zone = zone ? zone : lab_zone_utc();
    if (!l || !moment_of(in, l, zone, when))
        return false;
    *day = lab_date_to_days(lab_zone_wall(zone, *when).date);
    return true;
}

/* fields that all methods have */
static lab_mail_t *start_mail(incoming_t *in, const event_t *e, const char *class_name)
{
    lab_call_t *call = in->call;
    lab_mail_t *mail = apr_pcalloc(call->pool, sizeof *mail);
    lab_bag_t *bag = lab_bag_new(call->pool);
    const lab_ical_line_t *organizer = line_of(e, "ORGANIZER");
    const lab_ical_line_t *sender = attendee_line(e, in->from);
    apr_time_t stamp = call->now;
    int day;
    apr_time_t original;
    if (organizer && !strcasecmp(address_in(organizer), in->from))
        sender = organizer;
    lab_person_t from =
        person_of(in->from, sender ? lab_ical_param(call->pool, sender, "CN") : NULL);
    lab_person_t owner = lab_person_of(lab_dir_at(in->mailbox));
    mail->method = in->method;
    mail->item.mailbox = in->mailbox;
    mail->item.class_name = class_name;
    mail->item.uid = text_of(in, e, "UID");
    mail->item.bag = bag;
    mail->exceptions = apr_array_make(call->pool, 4, sizeof(lab_exception_t *));
    mail->to = apr_array_make(call->pool, 1, sizeof(lab_person_t));
    moment_of(in, line_of(e, "DTSTAMP"), lab_zone_utc(), &stamp);
    lab_bag_set(bag, "From", lab_people_pack_one(call->pool, &from));
    lab_bag_set(bag, "Sender", lab_people_pack_one(call->pool, &from));
    lab_bag_set(bag, "ToRecipients", lab_people_pack_one(call->pool, &owner));
    if (organizer) {
        lab_person_t who =
            person_of(address_in(organizer), lab_ical_param(call->pool, organizer, "CN"));
        lab_bag_set(bag, "Organizer", lab_people_pack_one(call->pool, &who));
    }
    lab_bag_set_int(bag, "DateTimeStamp", stamp);
    lab_bag_set_int(bag, "DateTimeCreated", call->now);
    lab_bag_set_int(bag, "LastModifiedTime", call->now);
    lab_bag_set(bag, "LastModifiedName", owner.name);
    lab_bag_set(bag, "IsRead", "false");
    const char *sequence = text_of(in, e, "SEQUENCE");
    lab_bag_set_int(bag, "AppointmentSequenceNumber",
                    sequence ? apr_strtoi64(sequence, NULL, 10) : 0);
    if (occurrence_of(in, e, &day, &original)) {
        lab_bag_set_int(bag, "RecurrenceDay", day);
        lab_bag_set_int(bag, "RecurrenceId", original);
    }
    return mail;
}

/* what the event says goes over; what the mail has already stays */
static void take_event(lab_bag_t *bag, const event_t *e)
{
    static const char *const more[] = {"Start", "End", "Recurrence", NULL};
    const char *const *sets[] = {lab_shared_keys, more};
    for (int s = 0; s < 2; s++)
        for (int i = 0; sets[s][i]; i++) {
            const char *text = lab_bag_get(e->draft.bag, sets[s][i]);
            if (text && !lab_bag_get(bag, sets[s][i]))
                lab_bag_set(bag, sets[s][i], text);
        }
}

static void take_times(lab_mail_t *mail, const event_t *e)
{
    take_event(mail->item.bag, e);
    mail->item.recurring = e->draft.item->recurring;
    mail->item.start = e->draft.item->start;
    mail->item.end = e->draft.item->end;
}

static void add_deleted(const incoming_t *in, lab_mail_t *mail, const event_t *e)
{
    const lab_zone_t *zone = lab_bag_zone(e->draft.bag, "StartTimeZone");
    zone = zone ? zone : lab_zone_utc();
    for (int i = 0; i < e->lines->nelts; i++) {
        const lab_ical_line_t *l = &APR_ARRAY_IDX(e->lines, i, lab_ical_line_t);
        if (strcasecmp(l->name, "EXDATE"))
            continue;
        char *state, *list = apr_pstrdup(in->call->pool, l->value);
        for (char *t = apr_strtok(list, ",", &state); t;
             t = apr_strtok(NULL, ",", &state)) {
            lab_ical_line_t one = {l->name, l->params, t};
            lab_exception_t *x = apr_pcalloc(in->call->pool, sizeof *x);
            apr_time_t when;
            if (!moment_of(in, &one, zone, &when))
                continue;
            x->day = lab_date_to_days(lab_zone_wall(zone, when).date);
            x->deleted = true;
            APR_ARRAY_PUSH(mail->exceptions, lab_exception_t *) = x;
        }
    }
}

/* an exception has of its own what differs from its series */
static void drop_same(lab_bag_t *bag, const lab_bag_t *whole)
{
    for (int i = 0; lab_shared_keys[i]; i++) {
        const char *key = lab_shared_keys[i], *text = lab_bag_get(bag, key),
                   *its = lab_bag_get(whole, key);
        if (text && its && !strcmp(text, its))
            lab_bag_remove(bag, key);
        else if (!text && its && strcmp(key, "AppointmentSequenceNumber") &&
                 strcmp(key, "DateTimeStamp"))
            lab_bag_set(bag, key, NULL);
    }
}

static void add_changed(const incoming_t *in, lab_mail_t *mail)
{
    for (int i = 0; i < in->events->nelts; i++) {
        const event_t *e = APR_ARRAY_IDX(in->events, i, event_t *);
        lab_exception_t *x = apr_pcalloc(in->call->pool, sizeof *x);
        apr_time_t when;
        if (!e->has_times || !occurrence_of(in, e, &x->day, &when))
            continue;
        x->bag = lab_bag_new(in->call->pool);
        take_event(x->bag, e);
        drop_same(x->bag, mail->item.bag);
        APR_ARRAY_PUSH(mail->exceptions, lab_exception_t *) = x;
        if (e->draft.item->start < mail->item.start)
            mail->item.start = e->draft.item->start;
        if (e->draft.item->end > mail->item.end)
            mail->item.end = e->draft.item->end;
    }
}

/* new, or an update: does it move what is booked? */
static const char *type_of(const incoming_t *in, const lab_mail_t *mail)
{
    lab_view_t message, booked;
    lab_view_item(in->call, &mail->item, &message);
    int day = lab_view_day(&message);
    lab_item_t *item = lab_meeting_find(in->call, in->mailbox, mail->item.uid, &day);
    if (!item)
        return "NewMeetingRequest";
    lab_view_make(in->call, item, day, &booked);
    if (booked.start != message.start || booked.end != message.end)
        return "FullUpdate";
    const char *a = lab_bag_get(mail->item.bag, "Recurrence"),
               *b = lab_bag_get(item->bag, "Recurrence");
    return day == LAB_NO_DAY && strcmp(a ? a : "", b ? b : "") ? "FullUpdate"
                                                               : "InformationalUpdate";
}

static void deliver_request(incoming_t *in, const event_t *e, bool whole)
{
    lab_mail_t *mail = start_mail(in, e, "IPM.Schedule.Meeting.Request");
    lab_bag_t *bag = mail->item.bag;
    const char *busy = lab_bag_get(e->draft.bag, "LegacyFreeBusyStatus");
    const lab_ical_line_t *counter = line_of(e, "X-MICROSOFT-DISALLOW-COUNTER");
    busy = busy ? busy : "Busy";
    take_times(mail, e);
    if (whole) {
        add_deleted(in, mail, e);
        add_changed(in, mail);
    }
    lab_bag_set(bag, "IntendedFreeBusyStatus", busy);
    lab_bag_set(bag, "LegacyFreeBusyStatus",
                !strcmp(busy, "Free") ? "Free" : "Tentative");
    if (counter && !strcasecmp(counter->value, "TRUE"))
        lab_bag_set(bag, "AllowNewTimeProposal", "false");
    lab_bag_set(bag, "MeetingRequestType", type_of(in, mail));
    lab_bag_set_int(bag, "AppointmentState", LAB_STATE_MEETING | LAB_STATE_RECEIVED);
    lab_bag_set(bag, "MyResponseType", "NoResponseReceived");
    lab_bag_set(bag, "ResponseType", "NoResponseReceived");
    lab_bag_set(bag, "MeetingRequestWasSent", "true");
    lab_bag_set(bag, "IsResponseRequested", "true");
    lab_attendant_deliver(in->call, mail, in->mailbox);
}

/* what a mail without times is about, as the calendar has it */
static void take_booked(const incoming_t *in, lab_mail_t *mail)
{
    lab_view_t message, booked;
    lab_view_item(in->call, &mail->item, &message);
    int day = lab_view_day(&message);
    lab_item_t *item = lab_meeting_find(in->call, in->mailbox, mail->item.uid, &day);
    if (!item)
        return;
    lab_view_make(in->call, item, day, &booked);
    lab_bag_set_int(mail->item.bag, "Start", booked.start);
    lab_bag_set_int(mail->item.bag, "End", booked.end);
    if (lab_view_get(&booked, "Subject"))
        lab_bag_set(mail->item.bag, "Subject", lab_view_get(&booked, "Subject"));
    if (!lab_bag_get(mail->item.bag, "Organizer") && lab_view_get(&booked, "Organizer"))
        lab_bag_set(mail->item.bag, "Organizer", lab_view_get(&booked, "Organizer"));
}

static void put_prefix(const incoming_t *in, lab_bag_t *bag, const char *prefix)
{
    const char *subject = lab_bag_get(bag, "Subject");
    lab_bag_set(bag, "Subject",
                apr_pstrcat(in->call->pool, prefix, subject ? subject : "", NULL));
}

static void deliver_cancellation(incoming_t *in, const event_t *e)
{
    lab_mail_t *mail = start_mail(in, e, "IPM.Schedule.Meeting.Canceled");
    if (e->has_times)
        take_times(mail, e);
    else
        take_booked(in, mail);
    put_prefix(in, mail->item.bag, "Canceled: ");
    lab_bag_set_int(mail->item.bag, "AppointmentState",
                    LAB_STATE_MEETING | LAB_STATE_RECEIVED | LAB_STATE_CANCELLED);
    lab_attendant_deliver(in->call, mail, in->mailbox);
}

static const lab_answer_t *answer_in(const incoming_t *in, const event_t *e, bool counter)
{
    static const char *const pairs[][2] = {
        {"ACCEPTED", "Accept"}, {"TENTATIVE", "Tentative"}, {"DECLINED", "Decline"}};
    const lab_ical_line_t *l = attendee_line(e, in->from);
    const char *status = l ? lab_ical_param(in->call->pool, l, "PARTSTAT") : NULL;
    for (size_t i = 0; status && i < sizeof pairs / sizeof *pairs; i++)
        if (!strcasecmp(status, pairs[i][0]))
            return lab_answer_of(pairs[i][1]);
    return counter ? lab_answer_of("Tentative") : NULL;
}

static const char *deliver_reply(incoming_t *in, const event_t *e, bool counter)
{
    const lab_answer_t *answer = answer_in(in, e, counter);
    if (!answer)
        return "REPLY: the sender is no ATTENDEE with an answer";
    lab_mail_t *mail = start_mail(in, e, answer->class_name);
    lab_bag_t *bag = mail->item.bag;
    const char *comment = text_of(in, e, "COMMENT"), *said = text_of(in, e, "SUMMARY");
    take_booked(in, mail);
    if (!lab_bag_get(bag, "Subject") && said)
        lab_bag_set(bag, "Subject", said);
    if (counter && e->has_times) {
        lab_bag_set(bag, "ProposedStart", lab_bag_get(e->draft.bag, "Start"));
        lab_bag_set(bag, "ProposedEnd", lab_bag_get(e->draft.bag, "End"));
    } else if (!lab_bag_get(bag, "Start") && e->has_times) {
        take_event(bag, e);
    }
    put_prefix(in, bag, counter ? "New Time Proposed: " : answer->prefix);
    lab_bag_set(bag, "ResponseType", answer->response);
    lab_bag_set(bag, "AppointmentReplyTime", lab_bag_get(bag, "DateTimeStamp"));
    if (comment) {
        lab_bag_set(bag, "Body", comment);
        lab_bag_set(bag, "BodyType", "Text");
    }
    lab_attendant_deliver(in->call, mail, in->mailbox);
    return NULL;
}

static const char *deliver_all(incoming_t *in)
{
    bool request = !strcasecmp(in->method, "REQUEST"),
         cancel = !strcasecmp(in->method, "CANCEL"),
         reply = !strcasecmp(in->method, "REPLY"),
         counter = !strcasecmp(in->method, "COUNTER");
    const event_t *whole = NULL;
    if (!request && !cancel && !reply && !counter)
        return "method: REQUEST, CANCEL, REPLY or COUNTER";
    for (int i = 0; i < in->events->nelts && !whole; i++) {
        const event_t *e = APR_ARRAY_IDX(in->events, i, event_t *);
        whole = line_of(e, "RECURRENCE-ID") ? NULL : e;
    }
    if (request && whole) {
        if (!whole->has_times)
            return "REQUEST: an event without DTSTART";
        deliver_request(in, whole, true);
        return NULL;
    }
    for (int i = 0; i < in->events->nelts; i++) {
        const event_t *e = APR_ARRAY_IDX(in->events, i, event_t *);
        const char *wrong = NULL;
        if (request && !e->has_times)
            return "REQUEST: an event without DTSTART";
        if (request)
            deliver_request(in, e, false);
        else if (cancel)
            deliver_cancellation(in, e);
        else
            wrong = deliver_reply(in, e, counter);
        if (wrong)
            return wrong;
    }
    return NULL;
}

static const char *method_in(apr_pool_t *pool, const char *ics)
{
    apr_array_header_t *lines = lab_ical_cut(pool, ics);
    for (int i = 0; i < lines->nelts; i++) {
        const lab_ical_line_t *l = &APR_ARRAY_IDX(lines, i, lab_ical_line_t);
        if (!strcasecmp(l->name, "METHOD"))
            return l->value;
    }
    return "";
}

const char *lab_foreign_deliver(lab_server_t *lab, apr_pool_t *pool,
                                const lab_dir_entry_t *to, const char *from,
                                const char *method, const char *ics)
{
    lab_call_t call;
    incoming_t in = {.call = &call, .from = from};
    memset(&call, 0, sizeof call);
    call.lab = lab;
    call.pool = pool;
    call.caller = to;
    call.mailbox = in.mailbox = lab_mailbox_index(to);
    call.profile = lab_settings_profile(lab->settings);
    call.version = LAB_EXCHANGE_2019;
    call.now = apr_time_from_sec(apr_time_sec(apr_time_now()));
    lab_buf_init(&call.out, pool, 64);
    in.method = method ? method : method_in(pool, ics);
    in.events = apr_array_make(pool, 4, sizeof(event_t *));
    if (!lab_mail_is_address(from))
        return "from: no address";
    call.db = lab_db_begin(lab->store, true);
    if (!call.db)
        return "the database cannot be opened";
    const char *wrong = read_events(&in, ics);
    if (!wrong)
        wrong = deliver_all(&in);
    bool kept = lab_db_end(call.db, !wrong);
    if (kept)
        lab_events_publish(&call);
    return wrong ? wrong : kept ? NULL : "the database refused";
}
