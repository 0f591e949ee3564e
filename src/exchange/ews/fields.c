/* SPDX-License-Identifier: Apache-2.0 */
/* The map between the model and <t:CalendarItem>: one row a field, in the order of the schema (calendar-mapping 2, 3). */
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "exchange/ews/attachments.h"
#include "exchange/ews/ews.h"

/* PidTagBody: the plain text beside an HTML body, for servers without item:TextBody. */
#define TAG_BODY "0x1000"
#define MAX_REMINDER 2629800 /* minutes: five years, Exchange's bound */

typedef struct writer_t {
    xc_xmlw_t *w;
    const xc_event_t *e;
    const xc_session_t *s;
    const xc_ews_version_t *v;
    apr_pool_t *pool;
} writer_t;

typedef struct field_t {
    unsigned bits;                       /* XC_FIELD_*: when the field is written by an update */
    const char *uri;
    int (*present)(const writer_t *x);   /* absent: not created, deleted by an update */
    void (*write)(const writer_t *x);    /* <t:Element>…</t:Element> */
    int series_only;                     /* not of a single occurrence */
} field_t;

static void element(const writer_t *x, const char *name, const char *value)
{
    xc_xmlw_element(x->w, XC_NS_T, name, value);
}

static int always(const writer_t *x)
{
    (void)x;
    return 1;
}

static int has_summary(const writer_t *x)
{
    return x->e->summary && *x->e->summary;
}
static void write_summary(const writer_t *x)
{
    element(x, "Subject", x->e->summary);
}

static const char *const sensitivities[] = {"Normal", "Personal", "Private", "Confidential"};
static void write_class(const writer_t *x)
{
    element(x, "Sensitivity", sensitivities[x->e->klass]);
}

static int has_body(const writer_t *x)
{
    return (x->e->html && *x->e->html) || (x->e->text && *x->e->text);
}
static void write_body(const writer_t *x)
{
    int html = x->e->html && *x->e->html;
    xc_xmlw_start(x->w, XC_NS_T, "Body");
    xc_xmlw_attr(x->w, "BodyType", html ? "HTML" : "Text");
    xc_xmlw_text(x->w, html ? x->e->html : x->e->text);
    xc_xmlw_end(x->w);
}

static int has_categories(const writer_t *x)
{
    return x->e->categories && x->e->categories->nelts;
}
static void write_categories(const writer_t *x)
{
    xc_xmlw_start(x->w, XC_NS_T, "Categories");
    for (int i = 0; i < x->e->categories->nelts; i++)
        element(x, "String", APR_ARRAY_IDX(x->e->categories, i, const char *));
    xc_xmlw_end(x->w);
}

static const char *const importances[] = {"Low", "Normal", "High"};
static void write_importance(const writer_t *x)
{
    element(x, "Importance", importances[x->e->importance]);
}

static void write_reminder_set(const writer_t *x)
{
    /* always said: Exchange's default is a reminder of a quarter of an hour */
    element(x, "ReminderIsSet", x->e->reminder_minutes >= 0 ? "true" : "false");
}
static int has_reminder(const writer_t *x)
{
    return x->e->reminder_minutes >= 0;
}
static void write_reminder_minutes(const writer_t *x)
{
    element(x, "ReminderMinutesBeforeStart", apr_itoa(x->pool, x->e->reminder_minutes));
}

/* Instants with Z are read alike by all versions; dates are the local midnights of the item's zone. */
static const char *instant(const writer_t *x, const xc_when_t *when)
{
    const xc_zone_t *zone = when->kind == XC_WHEN_ZONED ? when->zone : xc_ews_storage_zone(when, x->s);
    return xc_ews_format_utc(when->kind == XC_WHEN_UTC ? xc_when_to_utc(when, NULL) : xc_zone_to_utc(zone, &when->wall), x->pool);
}
static void write_start(const writer_t *x)
{
    element(x, "Start", instant(x, &x->e->start));
}
static void write_end(const writer_t *x)
{
    element(x, "End", instant(x, &x->e->end));
}
static void write_all_day(const writer_t *x)
{
    element(x, "IsAllDayEvent", x->e->all_day ? "true" : "false");
}

static const char *const busies[] = {"Free", "Tentative", "Busy", "OOF", "WorkingElsewhere"};
static void write_busy(const writer_t *x)
{
    xc_busy_e busy = x->e->busy == XC_BUSY_UNSET ? XC_BUSY_BUSY : x->e->busy;
    if (busy == XC_BUSY_ELSEWHERE && !x->v->elsewhere)
        busy = XC_BUSY_FREE; /* the nearest that an older server knows; the client's own word is kept beside */
    element(x, "LegacyFreeBusyStatus", busies[busy]);
}

static int has_location(const writer_t *x)
{
    return x->e->location && *x->e->location;
}
static void write_location(const writer_t *x)
{
    element(x, "Location", x->e->location);
}

/* A meeting of somebody else's is an appointment of its owner's: Exchange would make the owner its
 * organizer. Who else comes is kept beside the item. */
static int has_kind(const writer_t *x, xc_attendee_kind_e kind)
{
    if (!x->e->attendees || !x->e->is_organizer)
        return 0;
    for (int i = 0; i < x->e->attendees->nelts; i++) {
        const xc_attendee_t *a = &APR_ARRAY_IDX(x->e->attendees, i, xc_attendee_t);
        if (a->kind == kind && a->who.address)
            return 1;
    }
    return 0;
}
static void write_kind(const writer_t *x, xc_attendee_kind_e kind, const char *name)
{
    xc_xmlw_start(x->w, XC_NS_T, name);
    for (int i = 0; i < x->e->attendees->nelts; i++) {
        const xc_attendee_t *a = &APR_ARRAY_IDX(x->e->attendees, i, xc_attendee_t);
        if (a->kind != kind || !a->who.address)
            continue;
        xc_xmlw_start(x->w, XC_NS_T, "Attendee");
        xc_xmlw_start(x->w, XC_NS_T, "Mailbox");
        if (a->who.name && *a->who.name)
            element(x, "Name", a->who.name);
        element(x, "EmailAddress", a->who.address);
        xc_xmlw_end(x->w);
        xc_xmlw_end(x->w);
    }
    xc_xmlw_end(x->w);
}
static int has_required(const writer_t *x)
{
    return has_kind(x, XC_ATTENDEE_REQUIRED);
}
static void write_required(const writer_t *x)
{
    write_kind(x, XC_ATTENDEE_REQUIRED, "RequiredAttendees");
}
static int has_optional(const writer_t *x)
{
    return has_kind(x, XC_ATTENDEE_OPTIONAL);
}
static void write_optional(const writer_t *x)
{
    write_kind(x, XC_ATTENDEE_OPTIONAL, "OptionalAttendees");
}
static int has_resources(const writer_t *x)
{
    return has_kind(x, XC_ATTENDEE_RESOURCE);
}
static void write_resources(const writer_t *x)
{
    write_kind(x, XC_ATTENDEE_RESOURCE, "Resources");
}

static int has_recur(const writer_t *x)
{
    return x->e->recur != NULL;
}
static void write_recur(const writer_t *x)
{
    xc_ews_write_recurrence(x->w, x->e->recur, x->v);
}

/* 2007 has one zone; later versions one for each end. It is always said, so that none of before stays. */
static int has_meeting_zone(const writer_t *x)
{
    return !x->v->zones;
}
static int in_series(const writer_t *x)
{
    return x->e->recur || x->e->recurrence_id.kind != XC_WHEN_NONE;
}
static void write_meeting_zone(const writer_t *x)
{
    xc_ews_write_meeting_zone(x->w, &x->e->start, in_series(x), x->s, x->pool);
}
static int has_zones(const writer_t *x)
{
    return x->v->zones;
}
static void write_zone(const writer_t *x, const char *name, const xc_when_t *when)
{
    xc_ews_write_zone(x->w, name, when, in_series(x), x->s, x->pool);
}
static void write_start_zone(const writer_t *x)
{
    write_zone(x, "StartTimeZone", &x->e->start);
}
static void write_end_zone(const writer_t *x)
{
    /* a series has one zone */
    write_zone(x, "EndTimeZone", x->e->recur ? &x->e->start : &x->e->end);
}

#define TIMES (XC_FIELD_START | XC_FIELD_END | XC_FIELD_ALL_DAY | XC_FIELD_ZONE)

static const field_t fields[] = {
    {XC_FIELD_SUMMARY, "item:Subject", has_summary, write_summary, 0},
    {XC_FIELD_CLASS, "item:Sensitivity", always, write_class, 0},
    {XC_FIELD_BODY, "item:Body", has_body, write_body, 0},
    {XC_FIELD_CATEGORIES, "item:Categories", has_categories, write_categories, 0},
    {XC_FIELD_IMPORTANCE, "item:Importance", always, write_importance, 0},
    {XC_FIELD_REMINDER, "item:ReminderIsSet", always, write_reminder_set, 0},
    {XC_FIELD_REMINDER, "item:ReminderMinutesBeforeStart", has_reminder, write_reminder_minutes, 0},
    {TIMES, "calendar:Start", always, write_start, 0},
    {TIMES, "calendar:End", always, write_end, 0},
    {XC_FIELD_ALL_DAY, "calendar:IsAllDayEvent", always, write_all_day, 0},
    {XC_FIELD_BUSY | XC_FIELD_STATUS, "calendar:LegacyFreeBusyStatus", always, write_busy, 0},
    {XC_FIELD_LOCATION, "calendar:Location", has_location, write_location, 0},
    {XC_FIELD_ATTENDEES, "calendar:RequiredAttendees", has_required, write_required, 0},
    {XC_FIELD_ATTENDEES, "calendar:OptionalAttendees", has_optional, write_optional, 0},
    {XC_FIELD_ATTENDEES, "calendar:Resources", has_resources, write_resources, 0},
    {XC_FIELD_RECUR, "calendar:Recurrence", has_recur, write_recur, 1},
    {TIMES | XC_FIELD_RECUR, "calendar:MeetingTimeZone", has_meeting_zone, write_meeting_zone, 1},
    {TIMES, "calendar:StartTimeZone", has_zones, write_start_zone, 1},
    {TIMES, "calendar:EndTimeZone", has_zones, write_end_zone, 1},
};
#define N_FIELDS (sizeof fields / sizeof *fields)
#define N_SHARED 5 /* the first ones are those of any item */

/* ---- writing ---- */

void xc_ews_write_item(xc_xmlw_t *w, const xc_write_t *write, const xc_session_t *s, const xc_ews_version_t *v, apr_pool_t *pool)
{
    writer_t x = {.w = w, .e = write->event, .s = s, .v = v, .pool = pool};
    xc_xmlw_start(w, XC_NS_T, "CalendarItem");
    for (apr_size_t i = 0; i < N_FIELDS; i++) {
        if (fields[i].write == write_start) {
            /* the schema has these between the item's and the calendar's part */
            if (write->href)
                xc_ews_write_named_value(w, XC_EWS_PROP_HREF, write->href);
            if (write->kept)
                xc_ews_write_named_value(w, XC_EWS_PROP_KEPT, write->kept);
            xc_xmlw_element(w, XC_NS_T, "UID", write->event->uid);
        }
        if (fields[i].present(&x))
            fields[i].write(&x);
    }
    xc_xmlw_end(w);
}

static void write_uri(xc_xmlw_t *w, const char *uri)
{
    xc_xmlw_start(w, XC_NS_T, "FieldURI");
    xc_xmlw_attr(w, "FieldURI", uri);
    xc_xmlw_end(w);
}

static void write_set_in(const writer_t *x, const field_t *f, const char *name)
{
    xc_xmlw_start(x->w, XC_NS_T, "SetItemField");
    write_uri(x->w, f->uri);
    xc_xmlw_start(x->w, XC_NS_T, name);
    f->write(x);
    xc_xmlw_end(x->w);
    xc_xmlw_end(x->w);
}

static void write_set(const writer_t *x, const field_t *f)
{
    write_set_in(x, f, "CalendarItem");
}

static void write_delete(const writer_t *x, const field_t *f)
{
    xc_xmlw_start(x->w, XC_NS_T, "DeleteItemField");
    write_uri(x->w, f->uri);
    xc_xmlw_end(x->w);
}

int xc_ews_write_updates(xc_xmlw_t *w, const xc_event_t *before, const xc_event_t *now, unsigned also, unsigned only,
                         const xc_session_t *s, const xc_ews_version_t *v, apr_pool_t *pool)
{
    writer_t x = {.w = w, .e = now, .s = s, .v = v, .pool = pool}, old = {.w = w, .e = before, .s = s, .v = v, .pool = pool};
    unsigned changed = (before ? xc_event_diff(before, now) | also : XC_FIELD_ALL) & only;
    int occurrence = now->recurrence_id.kind != XC_WHEN_NONE, n = 0;
    for (apr_size_t i = 0; i < N_FIELDS; i++) {
        const field_t *f = &fields[i];
        if (!(f->bits & changed) || (f->series_only && occurrence))
            continue;
        if (f->present(&x)) {
            write_set(&x, f);
            n++;
        } else if ((!before || (f->bits & also) || f->present(&old)) && f->write != write_meeting_zone && f->write != write_start_zone &&
                   f->write != write_end_zone && f->write != write_reminder_minutes) {
            write_delete(&x, f);
            n++;
        }
    }
    return n;
}

int xc_ews_write_shared(xc_xmlw_t *w, const xc_event_t *before, const xc_event_t *now, unsigned changed, const char *update,
                        const xc_session_t *s, const xc_ews_version_t *v, apr_pool_t *pool)
{
    writer_t x = {.w = w, .e = now, .s = s, .v = v, .pool = pool}, old = {.w = w, .e = before, .s = s, .v = v, .pool = pool};
    int n = 0;
    for (apr_size_t i = 0; i < N_SHARED; i++) {
        const field_t *f = &fields[i];
        int set = f->present(&x);
        if (!(f->bits & changed) || (!set && (!update || (before && !f->present(&old)))))
            continue;
        if (!update)
            f->write(&x);
        else if (set)
            write_set_in(&x, f, update);
        else
            write_delete(&x, f);
        n++;
    }
    return n;
}

/* ---- reading ---- */

/* the words of an HTML body */
static void write_text_uri(xc_xmlw_t *w, const xc_ews_version_t *v)
{
    if (v->text_body)
        write_uri(w, "item:TextBody");
    else {
        xc_xmlw_start(w, XC_NS_T, "ExtendedFieldURI");
        xc_xmlw_attr(w, "PropertyTag", TAG_BODY);
        xc_xmlw_attr(w, "PropertyType", "String");
        xc_xmlw_end(w);
    }
}

void xc_ews_write_shared_uris(xc_xmlw_t *w, const xc_ews_version_t *v)
{
    for (apr_size_t i = 0; i < N_SHARED; i++)
        write_uri(w, fields[i].uri);
    write_uri(w, "item:DateTimeCreated");
    write_uri(w, "item:LastModifiedTime");
    write_text_uri(w, v);
}

void xc_ews_write_item_shape(xc_xmlw_t *w, const xc_ews_version_t *v)
{
    static const char *const more[] = {"item:DateTimeCreated",   "item:LastModifiedTime", "calendar:UID",        "calendar:DateTimeStamp",
                                       "calendar:OriginalStart", "calendar:IsMeeting",    "calendar:IsCancelled", "calendar:MyResponseType",
                                       "calendar:Organizer",     "calendar:CalendarItemType", "calendar:IsResponseRequested", "calendar:MeetingRequestWasSent",
                                       "calendar:AppointmentSequenceNumber", "calendar:ModifiedOccurrences", "calendar:DeletedOccurrences",
                                       "item:Attachments",
                                       NULL};
    xc_xmlw_start(w, XC_NS_M, "ItemShape");
    xc_xmlw_element(w, XC_NS_T, "BaseShape", "IdOnly");
    /* text stays text and HTML stays HTML */
    xc_xmlw_element(w, XC_NS_T, "BodyType", "Best");
    xc_xmlw_start(w, XC_NS_T, "AdditionalProperties");
    for (apr_size_t i = 0; i < N_FIELDS; i++) {
        int zones = fields[i].write == write_start_zone || fields[i].write == write_end_zone;
        if (zones ? v->zones : fields[i].write == write_meeting_zone ? !v->zones : 1)
            write_uri(w, fields[i].uri);
    }
    for (int i = 0; more[i]; i++)
        write_uri(w, more[i]);
    if (!v->zones)
        write_uri(w, "calendar:TimeZone"); /* all that 2007 tells of the zone of a single event */
    write_text_uri(w, v);
    xc_ews_write_named(w, XC_EWS_PROP_KEPT);
    xc_ews_write_named(w, XC_EWS_PROP_PROPS);
    xc_xmlw_end(w);
    xc_xmlw_end(w);
}

static int choice(const xmlNode *item, const char *name, const char *const *names, int n, int absent, apr_pool_t *pool)
{
    const char *text = xc_xml_child_text(item, NULL, name, pool);
    for (int i = 0; text && i < n; i++)
        if (strcmp(text, names[i]) == 0)
            return i;
    return absent;
}

static int is_true(const xmlNode *item, const char *name, apr_pool_t *pool)
{
    return xc_ews_is_true(xc_xml_child_text(item, NULL, name, pool));
}

static const char *text_or_null(const xmlNode *item, const char *name, apr_pool_t *pool)
{
    const char *text = xc_xml_child_text(item, NULL, name, pool);
    return text && *text ? text : NULL;
}

/* Exchange's line ends are CR LF, the model's LF. */
const char *xc_ews_lines(const char *text, apr_pool_t *pool)
{
    if (!text || !*text)
        return NULL;
    char *out = apr_pstrdup(pool, text), *to = out;
    for (const char *from = out; *from; from++)
        if (*from != '\r')
            *to++ = *from;
    *to = '\0';
    return *out ? out : NULL;
}

static void read_body(xc_event_t *e, const xmlNode *item, apr_pool_t *pool)
{
    xmlNode *body = xc_xml_child(item, NULL, "Body");
    const char *type = xc_xml_attr(body, "BodyType", pool), *text = xc_xml_text(body, pool);
    if (!type || strcmp(type, "HTML")) {
        e->text = xc_ews_lines(text, pool);
        return;
    }
    e->html = text && *text ? text : NULL;
    const char *plain = xc_xml_child_text(item, NULL, "TextBody", pool);
    e->text = xc_ews_lines(plain ? plain : xc_ews_tagged(item, TAG_BODY, pool), pool);
}

void xc_ews_when(xc_when_t *out, apr_time_t t, int all_day, const xc_zone_t *zone)
{
    memset(out, 0, sizeof *out);
    if (all_day) {
        /* to the nearest midnight: the writer's zone may be lost, and some days begin at one o'clock */
        xc_zone_to_wall(zone, t + apr_time_from_sec(12 * 3600), &out->wall);
        out->wall.hour = out->wall.minute = out->wall.second = 0;
        out->kind = XC_WHEN_DATE;
        return;
    }
    xc_zone_to_wall(zone, t, &out->wall);
    out->kind = zone == xc_zone_utc() ? XC_WHEN_UTC : XC_WHEN_ZONED;
    out->zone = zone == xc_zone_utc() ? NULL : zone;
}

const xc_zone_t *xc_ews_series_zone(const xmlNode *item, const xc_event_t *master, const xc_session_t *s, apr_pool_t *pool)
{
    const xc_zone_t *zone = NULL;
    if (master && master->start.kind == XC_WHEN_UTC)
        return xc_zone_utc();
    if (master && master->start.kind == XC_WHEN_ZONED)
        return master->start.zone;
    if (item)
        zone = xc_ews_item_zone(item, "StartTimeZone", apr_time_now(), s, pool);
    return zone ? zone : s->zone ? s->zone : xc_zone_utc();
}

/* Both ends in zones of their own, but not one in UTC and the other in a zone: they are of one kind. */
static const xc_zone_t *end_zone_of(const xmlNode *item, const xc_zone_t *start_zone, apr_time_t end, const xc_session_t *s, apr_pool_t *pool)
{
    const xc_zone_t *zone = NULL;
    if (xc_xml_child(item, NULL, "EndTimeZone") && !xc_xml_child(item, NULL, "Recurrence"))
        zone = xc_ews_item_zone(item, "EndTimeZone", end, s, pool);
    return zone && (zone == xc_zone_utc()) == (start_zone == xc_zone_utc()) ? zone : start_zone;
}

/* Days have a last one: an end that is not after the start is the next day. */
static void settle_days(xc_event_t *e)
{
    int first = xc_date_to_days(e->start.wall.year, e->start.wall.month, e->start.wall.day);
    if (xc_date_to_days(e->end.wall.year, e->end.wall.month, e->end.wall.day) <= first)
        xc_date_from_days(first + 1, &e->end.wall.year, &e->end.wall.month, &e->end.wall.day);
}

static xc_error_t *read_times(xc_event_t *e, const xmlNode *item, const xc_event_t *master, const xc_session_t *s, apr_pool_t *pool)
{
    apr_time_t start, end, original;
    if (!xc_ews_parse_time(&start, xc_xml_child_text(item, NULL, "Start", pool)) ||
        !xc_ews_parse_time(&end, xc_xml_child_text(item, NULL, "End", pool)))
        return xc_error_make(pool, 502, XC_COND_NONE, "Exchange holds an event without usable times.");
    const xc_zone_t *zone = xc_ews_item_zone(item, "StartTimeZone", start, s, pool);
    e->zone_guessed = !zone;
    if (!zone)
        zone = xc_ews_series_zone(NULL, master, s, pool);
    e->all_day = is_true(item, "IsAllDayEvent", pool);
    xc_ews_when(&e->start, start, e->all_day, zone);
    xc_ews_when(&e->end, end < start ? start : end, e->all_day, e->all_day ? zone : end_zone_of(item, zone, end, s, pool));
    if (e->all_day)
        settle_days(e);
    if (!master)
        return NULL;
    if (!xc_ews_parse_time(&original, xc_xml_child_text(item, NULL, "OriginalStart", pool)))
        return xc_error_make(pool, 502, XC_COND_NONE, "Exchange does not say which occurrence was changed.");
    xc_ews_when(&e->recurrence_id, original, master->all_day, master->all_day ? zone : xc_ews_series_zone(item, master, s, pool));
    return NULL;
}

void xc_ews_read_person(xc_person_t *who, const xmlNode *mailbox, apr_pool_t *pool)
{
    const char *type = xc_xml_child_text(mailbox, NULL, "RoutingType", pool);
    who->name = text_or_null(mailbox, "Name", pool);
    /* a legacy DN is no address that a client could use */
    const char *address = text_or_null(mailbox, "EmailAddress", pool);
    if (address && (!type || strcasecmp(type, "SMTP") == 0 || strchr(address, '@')))
        who->address = address;
}

static xc_partstat_e read_partstat(const xmlNode *parent, const char *name, apr_pool_t *pool)
{
    static const char *const responses[] = {"NoResponseReceived", "Accept", "Tentative", "Decline"};
    return (xc_partstat_e)choice(parent, name, responses, 4, XC_PARTSTAT_NEEDS_ACTION, pool);
}

static void read_attendees(xc_event_t *e, const xmlNode *item, apr_pool_t *pool)
{
    static const char *const lists[] = {"RequiredAttendees", "OptionalAttendees", "Resources"};
    for (int k = 0; k < 3; k++) {
        xmlNode *list = xc_xml_child(item, NULL, lists[k]);
        for (xmlNode *a = xc_xml_child(list, NULL, "Attendee"); a; a = xc_xml_next(a, NULL, "Attendee")) {
            xc_attendee_t row;
            memset(&row, 0, sizeof row);
            xc_ews_read_person(&row.who, xc_xml_child(a, NULL, "Mailbox"), pool);
            row.kind = (xc_attendee_kind_e)k;
            row.partstat = read_partstat(a, "ResponseType", pool);
            row.answered_at = xc_ews_time(xc_xml_child_text(a, NULL, "LastResponseTime", pool));
            if (!row.who.address)
                continue;
            if (!e->attendees)
                e->attendees = apr_array_make(pool, 4, sizeof(xc_attendee_t));
            APR_ARRAY_PUSH(e->attendees, xc_attendee_t) = row;
        }
    }
}

/* Exchange says "Unknown" of what it has never seen the invitation to, whoever called for it. */
static int owner_organizes(const xc_event_t *e, const char *response, const char *me)
{
    if (!e->is_meeting || (response && strcmp(response, "Organizer") == 0))
        return 1;
    return (!response || strcmp(response, "Unknown") == 0) && (!e->organizer.address || !me || !strcasecmp(e->organizer.address, me));
}

static void read_meeting(xc_event_t *e, const xmlNode *item, const xc_session_t *s, apr_pool_t *pool)
{
    const char *me = s->impersonate ? s->impersonate : s->account;
    read_attendees(e, item, pool);
    e->is_meeting = e->attendees != NULL || is_true(item, "IsMeeting", pool);
    e->cancelled = is_true(item, "IsCancelled", pool);
    /* Exchange names the owner as organizer of everything */
    if (e->is_meeting)
        xc_ews_read_person(&e->organizer, xc_xml_child(xc_xml_child(item, NULL, "Organizer"), NULL, "Mailbox"), pool);
    e->is_organizer = owner_organizes(e, xc_xml_child_text(item, NULL, "MyResponseType", pool), me);
    e->invited = e->is_organizer && is_true(item, "MeetingRequestWasSent", pool);
    if (e->is_organizer)
        return;
    e->my_partstat = read_partstat(item, "MyResponseType", pool);
    const char *asked = text_or_null(item, "IsResponseRequested", pool);
    e->no_reply = asked && !xc_ews_is_true(asked);
    for (int i = 0; e->attendees && me && i < e->attendees->nelts && !e->my_address; i++) {
        xc_attendee_t *a = &APR_ARRAY_IDX(e->attendees, i, xc_attendee_t);
        /* the only one who is invited is the owner, by whatever address */
        if (strcasecmp(a->who.address, me) == 0 || e->attendees->nelts == 1) {
            e->my_address = a->who.address;
            a->rsvp = !e->no_reply;
        }
    }
}

static void read_categories(xc_event_t *e, const xmlNode *item, apr_pool_t *pool)
{
    xmlNode *list = xc_xml_child(item, NULL, "Categories");
    for (xmlNode *c = xc_xml_child(list, NULL, "String"); c; c = xc_xml_next(c, NULL, "String")) {
        const char *text = xc_xml_text(c, pool);
        if (!*text)
            continue;
        if (!e->categories)
            e->categories = apr_array_make(pool, 4, sizeof(const char *));
        APR_ARRAY_PUSH(e->categories, const char *) = text;
    }
}

void xc_ews_read_shared(xc_event_t *e, const xmlNode *item, apr_pool_t *pool)
{
    e->summary = text_or_null(item, "Subject", pool);
    read_body(e, item, pool);
    read_categories(e, item, pool);
    e->klass = (xc_class_e)choice(item, "Sensitivity", sensitivities, 4, XC_CLASS_PUBLIC, pool);
    e->importance = (xc_importance_e)choice(item, "Importance", importances, 3, XC_IMPORTANCE_NORMAL, pool);
    e->created = xc_ews_time(text_or_null(item, "DateTimeCreated", pool));
    e->last_modified = xc_ews_time(text_or_null(item, "LastModifiedTime", pool));
}

xc_error_t *xc_ews_read_item(xc_event_t **out, const xmlNode *item, const xc_event_t *master, const xc_session_t *s,
                             const xc_ews_version_t *v, apr_pool_t *pool)
{
    xc_event_t *e = xc_event_make(pool);
    *out = NULL;
    e->coarse_free = !v->elsewhere;
    e->uid = master ? master->uid : xc_ews_uid_from_exchange(text_or_null(item, "UID", pool), pool);
    if (!e->uid) /* an item that was never a meeting may have none: its id serves as well */
        e->uid = xc_xml_attr(xc_xml_child(item, NULL, "ItemId"), "Id", pool);
    XC_TRY(read_times(e, item, master, s, pool));
    xc_ews_read_shared(e, item, pool);
    e->location = text_or_null(item, "Location", pool);
    e->busy = (xc_busy_e)choice(item, "LegacyFreeBusyStatus", busies, 5, XC_BUSY_BUSY, pool);
    e->transparent = e->busy == XC_BUSY_FREE || e->busy == XC_BUSY_ELSEWHERE;
    e->tentative = e->busy == XC_BUSY_TENTATIVE;
    e->reminder_minutes = -1;
    if (is_true(item, "ReminderIsSet", pool))
        e->reminder_minutes = xc_ews_int(text_or_null(item, "ReminderMinutesBeforeStart", pool), 0, MAX_REMINDER, 0);
    read_meeting(e, item, s, pool);
    xc_ews_read_files(e, item, pool);
    e->sequence = xc_ews_int(text_or_null(item, "AppointmentSequenceNumber", pool), 0, 1 << 30, 0);
    e->dtstamp = xc_ews_time(text_or_null(item, "DateTimeStamp", pool));
    if (!master) {
        e->kept = xc_ews_named(item, XC_EWS_PROP_KEPT, pool);
        xmlNode *recurrence = xc_xml_child(item, NULL, "Recurrence");
        if (recurrence)
            XC_TRY(xc_ews_read_recurrence(&e->recur, recurrence, pool));
    }
    *out = e;
    return NULL;
}
