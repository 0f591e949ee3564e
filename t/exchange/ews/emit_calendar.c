/* SPDX-License-Identifier: Apache-2.0 */
/* Properties of calendar items. */
#include "ews/emit.h"

#include <apr_strings.h>
#include <libxml/xmlwriter.h>
#include <string.h>

#include "ews/people.h"

void lab_emit_uid(const lab_emit_t *e, const lab_prop_t *p)
{
    lab_buf_elem(e->out, p->element, e->view->item->uid);
}

void lab_emit_recurrence_id(const lab_emit_t *e, const lab_prop_t *p)
{
    if (e->view->original)
        lab_put_time(e->call, e->out, p->element, e->view->original);
}

void lab_emit_start(const lab_emit_t *e, const lab_prop_t *p)
{
    lab_put_time(e->call, e->out, p->element, e->view->start);
}

void lab_emit_end(const lab_emit_t *e, const lab_prop_t *p)
{
    lab_put_time(e->call, e->out, p->element, e->view->end);
}

void lab_emit_original_start(const lab_emit_t *e, const lab_prop_t *p)
{
    if (e->view->type == LAB_VIEW_EXCEPTION ||
        (e->view->original && e->view->kind == LAB_KIND_REQUEST))
        lab_put_time(e->call, e->out, p->element, e->view->original);
}

void lab_emit_busy(const lab_emit_t *e, const lab_prop_t *p)
{
    const char *text = lab_view_get(e->view, p->key);
    if (!text)
        text = p->fallback;
    /* a status that the asking generation cannot know */
    if (!strcmp(text, "WorkingElsewhere") && e->call->version < LAB_EXCHANGE_2013)
        text = "Free";
    lab_buf_elem(e->out, p->element, text);
}

bool lab_view_is_meeting(const lab_view_t *view)
{
    return (lab_view_int(view, "AppointmentState", 0) & 1) != 0;
}

void lab_emit_is_meeting(const lab_emit_t *e, const lab_prop_t *p)
{
    lab_buf_bool(e->out, p->element, lab_view_is_meeting(e->view));
}

void lab_emit_is_cancelled(const lab_emit_t *e, const lab_prop_t *p)
{
    lab_buf_bool(e->out, p->element,
                 (lab_view_int(e->view, "AppointmentState", 0) & 4) != 0);
}

void lab_emit_is_recurring(const lab_emit_t *e, const lab_prop_t *p)
{
    lab_buf_bool(e->out, p->element, e->view->original != 0);
}

void lab_emit_item_type(const lab_emit_t *e, const lab_prop_t *p)
{
    static const char *const names[] = {"Single", "Occurrence", "Exception",
                                        "RecurringMaster"};
    bool message = (e->view->kind & LAB_KIND_MEETING) && e->view->original;
    lab_buf_elem(e->out, p->element, names[message ? LAB_VIEW_EXCEPTION : e->view->type]);
}

void lab_emit_is_organizer(const lab_emit_t *e, const lab_prop_t *p)
{
    const char *mine = lab_view_get(e->view, "MyResponseType");
    if (e->view->kind != LAB_KIND_CALENDAR) {
        apr_array_header_t *who =
            lab_people_unpack(e->call->pool, lab_view_get(e->view, "Organizer"));
        const lab_dir_entry_t *owner = lab_item_owner(e->view->item);
        lab_buf_bool(
            e->out, p->element,
            who->nelts &&
                !strcasecmp(owner->smtp, APR_ARRAY_IDX(who, 0, lab_person_t).address));
        return;
    }
    lab_buf_bool(e->out, p->element, !mine || !strcmp(mine, "Organizer"));
}

void lab_emit_organizer(const lab_emit_t *e, const lab_prop_t *p)
{
    apr_array_header_t *people =
        lab_people_unpack(e->call->pool, lab_view_get(e->view, "Organizer"));
    lab_person_t owner = lab_person_of(lab_item_owner(e->view->item));
    lab_buf_printf(e->out, "<%s>", p->element);
    lab_put_mailbox(e->call, e->out,
                    people->nelts ? &APR_ARRAY_IDX(people, 0, lab_person_t) : &owner);
    lab_buf_printf(e->out, "</%s>", p->element);
}

static void put_moment(const lab_emit_t *e, const char *element, const char *text)
{
    if (*text)
        lab_put_time(e->call, e->out, element, apr_strtoi64(text, NULL, 10));
}

void lab_emit_attendees(const lab_emit_t *e, const lab_prop_t *p)
{
    apr_array_header_t *people =
        lab_people_unpack(e->call->pool, lab_view_get(e->view, p->key));
    if (!people->nelts)
        return;
    lab_buf_printf(e->out, "<%s>", p->element);
    for (int i = 0; i < people->nelts; i++) {
        const lab_person_t *who = &APR_ARRAY_IDX(people, i, lab_person_t);
        lab_buf_puts(e->out, "<t:Attendee>");
        lab_put_mailbox(e->call, e->out, who);
        lab_buf_elem(e->out, "t:ResponseType",
                     *who->response ? who->response : "Unknown");
        put_moment(e, "t:LastResponseTime", who->time);
        if (e->call->version >= LAB_EXCHANGE_2013_SP1) {
            put_moment(e, "t:ProposedStart", who->proposed_start);
            put_moment(e, "t:ProposedEnd", who->proposed_end);
        }
        lab_buf_puts(e->out, "</t:Attendee>");
    }
    lab_buf_printf(e->out, "</%s>", p->element);
}

typedef struct neighbours {
    const lab_view_t *self;
    int conflicting, adjacent;
} neighbours_t;

static void count_neighbour(void *ctx, const lab_view_t *other)
{
    neighbours_t *n = ctx;
    const char *busy = lab_view_get(other, "LegacyFreeBusyStatus");
    const char *uid = n->self->item->uid, *its = other->item->uid;
    if (other->item->id == n->self->item->id || (uid && its && !strcmp(uid, its)) ||
        (busy && !strcmp(busy, "Free")))
        return;
    if (other->start < n->self->end && other->end > n->self->start)
        n->conflicting++;
    else if (other->end == n->self->start || other->start == n->self->end)
        n->adjacent++;
}

void lab_emit_conflict_count(const lab_emit_t *e, const lab_prop_t *p)
{
    neighbours_t n = {.self = e->view};
    const lab_item_t *item = e->view->item;
    apr_int64_t folder = item->folder;
    /* a request looks at the calendar, not at the Inbox */
    if (e->view->kind != LAB_KIND_CALENDAR) {
        const lab_folder_t *calendar = lab_folder_distinguished(
            e->call->db, e->call->pool, item->mailbox, "calendar");
        folder = calendar ? calendar->id : 0;
    }
    if (e->view->type != LAB_VIEW_MASTER)
        lab_view_window(e->call, folder, e->view->start - 1, e->view->end + 1,
                        count_neighbour, &n);
    lab_buf_int(e->out, p->element, p->key[0] == 'C' ? n.conflicting : n.adjacent);
}

void lab_emit_duration(const lab_emit_t *e, const lab_prop_t *p)
{
    lab_buf_elem(e->out, p->element,
                 lab_duration_format((e->view->end - e->view->start) / APR_USEC_PER_SEC,
                                     e->call->pool));
}

const lab_zone_t *lab_view_zone(const lab_view_t *view, bool end)
{
    const char *text = lab_view_get(view, end ? "EndTimeZone" : "StartTimeZone");
    return text ? lab_zone_from_text(text) : NULL;
}

void lab_emit_zone_name(const lab_emit_t *e, const lab_prop_t *p)
{
    const lab_zone_t *zone = lab_view_zone(e->view, false);
    if (zone)
        lab_buf_elem(e->out, p->element, zone->name);
}

void lab_put_zone_definition(lab_call_t *call, lab_buf_t *out, const char *element,
                             const lab_zone_t *zone, bool full)
{
    (void)call;
    xmlBufferPtr raw = xmlBufferCreate();
    xmlTextWriterPtr w = raw ? xmlNewTextWriterMemory(raw, 0) : NULL;
    if (w && xmlTextWriterStartElement(w, BAD_CAST element) >= 0 &&
        lab_zone_write_definition(w, zone, full) == 0 &&
        xmlTextWriterEndElement(w) >= 0 && xmlTextWriterFlush(w) >= 0)
        lab_buf_add(out, (const char *)xmlBufferContent(raw),
                    (size_t)xmlBufferLength(raw));
    xmlFreeTextWriter(w);
    xmlBufferFree(raw);
}

void lab_emit_zone(const lab_emit_t *e, const lab_prop_t *p)
{
    const lab_zone_t *zone = lab_view_zone(e->view, p->key[0] == 'E');
    if (zone)
        lab_put_zone_definition(e->call, e->out, p->element, zone, zone->is_custom);
}

void lab_emit_zone_id(const lab_emit_t *e, const lab_prop_t *p)
{
    const lab_zone_t *zone = lab_view_zone(e->view, p->key[0] == 'E');
    lab_buf_elem(e->out, p->element, zone ? zone->id : "UTC");
}

void lab_emit_wall_clock(const lab_emit_t *e, const lab_prop_t *p)
{
    bool end = p->key[0] == 'E';
    const lab_zone_t *zone = lab_view_zone(e->view, end);
    apr_time_t when = end ? e->view->end : e->view->start;
    lab_buf_elem(e->out, p->element,
                 lab_time_format_offset(when, zone ? lab_zone_offset_at(zone, when) : 0,
                                        e->call->pool));
}

/* what the generations before 2010 show, for series and meetings only */
void lab_emit_meeting_zone(const lab_emit_t *e, const lab_prop_t *p)
{
    const lab_zone_t *zone = lab_view_zone(e->view, false);
    if (e->call->version >= LAB_EXCHANGE_2010 || !zone ||
        (e->view->type != LAB_VIEW_MASTER && !lab_view_is_meeting(e->view)))
        return;
    xmlBufferPtr raw = xmlBufferCreate();
    xmlTextWriterPtr w = raw ? xmlNewTextWriterMemory(raw, 0) : NULL;
    if (w && xmlTextWriterStartElement(w, BAD_CAST p->element) >= 0 &&
        lab_zone_write_meeting_zone(w, zone, e->view->start) == 0 &&
        xmlTextWriterEndElement(w) >= 0 && xmlTextWriterFlush(w) >= 0)
        lab_buf_add(e->out, (const char *)xmlBufferContent(raw),
                    (size_t)xmlBufferLength(raw));
    xmlFreeTextWriter(w);
    xmlBufferFree(raw);
}

void lab_emit_recurrence(const lab_emit_t *e, const lab_prop_t *p)
{
    if (e->view->type != LAB_VIEW_MASTER || !e->view->series)
        return;
    xmlBufferPtr raw = xmlBufferCreate();
    xmlTextWriterPtr w = raw ? xmlNewTextWriterMemory(raw, 0) : NULL;
    if (w && xmlTextWriterStartElement(w, BAD_CAST p->element) >= 0 &&
        lab_recur_write(w, &e->view->series->recur,
                        e->call->version >= LAB_EXCHANGE_2010_SP1,
                        e->view->series->zone) == 0 &&
        xmlTextWriterEndElement(w) >= 0 && xmlTextWriterFlush(w) >= 0)
        lab_buf_add(e->out, (const char *)xmlBufferContent(raw),
                    (size_t)xmlBufferLength(raw));
    xmlFreeTextWriter(w);
    xmlBufferFree(raw);
}

static void put_occurrence(const lab_emit_t *e, const char *element, int day)
{
    lab_view_t view;
    lab_view_occurrence(e->view->item, e->view->series, day, &view);
    lab_buf_printf(e->out, "<%s>", element);
    lab_put_item_id(e->call, e->out, "t:ItemId", view.item, day);
    lab_put_time(e->call, e->out, "t:Start", view.start);
    lab_put_time(e->call, e->out, "t:End", view.end);
    lab_put_time(e->call, e->out, "t:OriginalStart", view.original);
    lab_buf_printf(e->out, "</%s>", element);
}

/* the first, or last, occurrence that is not deleted */
void lab_emit_first_last(const lab_emit_t *e, const lab_prop_t *p)
{
    if (e->view->type != LAB_VIEW_MASTER || !e->view->series)
        return;
    const lab_series_t *s = e->view->series;
    int count = lab_recur_count(&s->recur), step = p->key[0] == 'F' ? 1 : -1;
    if (step < 0 && !count)
        return;
    lab_date_t date;
    for (int i = step > 0 ? 1 : count; i > 0 && lab_recur_date(&s->recur, i, &date);
         i += step) {
        int day = lab_date_to_days(date);
        const lab_exception_t *x = lab_series_exception(s, day);
        if (x && x->deleted)
            continue;
        put_occurrence(e, p->element, day);
        return;
    }
}

void lab_emit_modified(const lab_emit_t *e, const lab_prop_t *p)
{
    const lab_series_t *s = e->view->type == LAB_VIEW_MASTER ? e->view->series : NULL;
    bool open = false;
    for (int i = 0; s && i < s->exceptions->nelts; i++) {
        const lab_exception_t *x = APR_ARRAY_IDX(s->exceptions, i, lab_exception_t *);
        if (x->deleted)
            continue;
        if (!open)
            lab_buf_printf(e->out, "<%s>", p->element);
        open = true;
        put_occurrence(e, "t:Occurrence", x->day);
    }
    if (open)
        lab_buf_printf(e->out, "</%s>", p->element);
}

void lab_emit_deleted(const lab_emit_t *e, const lab_prop_t *p)
{
    const lab_series_t *s = e->view->type == LAB_VIEW_MASTER ? e->view->series : NULL;
    bool open = false;
    for (int i = 0; s && i < s->exceptions->nelts; i++) {
        const lab_exception_t *x = APR_ARRAY_IDX(s->exceptions, i, lab_exception_t *);
        if (!x->deleted)
            continue;
        if (!open)
            lab_buf_printf(e->out, "<%s>", p->element);
        open = true;
        lab_buf_puts(e->out, "<t:DeletedOccurrence>");
        lab_put_time(e->call, e->out, "t:Start", lab_series_start(s, x->day));
        lab_buf_puts(e->out, "</t:DeletedOccurrence>");
    }
    if (open)
        lab_buf_printf(e->out, "</%s>", p->element);
}

void lab_emit_enhanced_location(const lab_emit_t *e, const lab_prop_t *p)
{
    const char *text = lab_view_get(e->view, "Location");
    if (!text || !*text)
        return;
    lab_buf_printf(e->out, "<%s>", p->element);
    lab_buf_elem(e->out, "t:DisplayName", text);
    lab_buf_puts(e->out, "<t:PostalAddress><t:Type>Business</t:Type>"
                         "<t:LocationSource>None</t:LocationSource></t:PostalAddress>");
    lab_buf_printf(e->out, "</%s>", p->element);
}
