/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's own text brought up to date with what Exchange says now: lines whose meaning changed are
 * written anew, all others stay byte for byte (X- properties, parameters, further alarms, zones).
 */
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "cal/object/event_priv.h"
#include "cal/object/object_priv.h"
#include "cal/object/text_tree.h"
#include "cal/schedule.h"
#include "cal/task/task_priv.h"

/* ---- one VEVENT ---- */

#define FIELD_EXDATES (XC_FIELD_ALL + 1)
#define FIELD_ID      (FIELD_EXDATES << 1)
#define TIMES (XC_FIELD_START | XC_FIELD_ALL_DAY | XC_FIELD_ZONE)

static const struct {
    const char *name;
    unsigned fields;  /* the property goes when one of them changed */
} owners[] = {
    {"SUMMARY", XC_FIELD_SUMMARY},
    {"LOCATION", XC_FIELD_LOCATION},
    {"GEO", XC_FIELD_LOCATION},
    {"X-APPLE-STRUCTURED-LOCATION", XC_FIELD_LOCATION},
    {"X-MICROSOFT-LOCATIONS", XC_FIELD_LOCATION},
    {"DESCRIPTION", XC_FIELD_BODY},
    {"X-ALT-DESC", XC_FIELD_BODY},
    {"CATEGORIES", XC_FIELD_CATEGORIES},
    {"CLASS", XC_FIELD_CLASS},
    {"PRIORITY", XC_FIELD_IMPORTANCE},
    {"X-MICROSOFT-CDO-IMPORTANCE", XC_FIELD_IMPORTANCE},
    {"TRANSP", XC_FIELD_BUSY},
    {"X-MICROSOFT-CDO-BUSYSTATUS", XC_FIELD_BUSY},
    {"X-MICROSOFT-CDO-INTENDEDSTATUS", XC_FIELD_BUSY},
    {"STATUS", XC_FIELD_BUSY | XC_FIELD_STATUS},
    {"DTSTART", TIMES},
    {"DTEND", TIMES | XC_FIELD_END},
    {"DURATION", TIMES | XC_FIELD_END},
    {"X-MICROSOFT-CDO-ALLDAYEVENT", XC_FIELD_ALL_DAY},
    {"RRULE", XC_FIELD_RECUR},
    {"RDATE", XC_FIELD_RECUR | TIMES},
    {"EXRULE", XC_FIELD_RECUR},
    {"EXDATE", FIELD_EXDATES},
    {"RECURRENCE-ID", FIELD_ID},
};

static unsigned owner_of(const char *name)
{
    for (apr_size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
        if (strcmp(owners[i].name, name) == 0)
            return owners[i].fields;
    }
    return 0;
}

typedef struct merge_t {
    xc_render_t r;
    const xc_object_t *obj;
    const xc_event_t *kept, *now;  /* normalised */
    const xc_zone_t *zone;         /* of the client's floating times */
    unsigned master_changes;
    int answers_only;              /* nothing else is new: the client's stamps are good */
} merge_t;

static int exdates_differ(const xc_event_t *a, const xc_event_t *b)
{
    int n = a->exdates ? a->exdates->nelts : 0;

    if (n != (b->exdates ? b->exdates->nelts : 0))
        return 1;
    for (int i = 0; i < n; i++) {
        if (xc_when_to_utc(&APR_ARRAY_IDX(a->exdates, i, xc_when_t), NULL) != xc_when_to_utc(&APR_ARRAY_IDX(b->exdates, i, xc_when_t), NULL))
            return 1;
    }
    return 0;
}

/* No zone is told, and none is needed. */
static int is_zone_free(const xc_event_t *e)
{
    return !e->recur && (e->zone_guessed || e->start.kind == XC_WHEN_UTC);
}

static unsigned changes(const xc_event_t *kept, const xc_event_t *now, apr_pool_t *pool)
{
    unsigned d = xc_event_diff(kept, now) & ~(unsigned)(XC_FIELD_BODY | XC_FIELD_BUSY | XC_FIELD_ATTENDEES);

    d |= xc_event_bodies_differ(kept, now, pool) ? XC_FIELD_BODY : 0;
    d |= kept->busy != now->busy ? XC_FIELD_BUSY : 0;
    if (is_zone_free(now)) /* the client's zone is as good as any */
        d &= ~(unsigned)XC_FIELD_ZONE;
    return d;
}

/* A new time written as the client wrote the old one, as far as that still says the same to Exchange. */
static xc_when_t like_before(const merge_t *m, const xc_when_t *now, icalcomponent *comp, icalproperty_kind kind)
{
    xc_when_t old, out = *now;

    if (!xc_comp_when(m->obj, comp, kind, &old) && !xc_comp_when(m->obj, comp, ICAL_DTSTART_PROPERTY, &old))
        return out;
    if (now->kind == XC_WHEN_DATE || old.kind == XC_WHEN_DATE)
        return out;
    if ((old.kind == XC_WHEN_ZONED && (is_zone_free(m->now) || (now->kind == XC_WHEN_ZONED && xc_zone_same_windows(old.zone, now->zone)))) ||
        (old.kind == XC_WHEN_FLOATING && (now->kind == XC_WHEN_UTC || xc_zone_same_windows(m->zone, now->zone))))
        xc_when_from_utc(&out, xc_when_to_utc(now, NULL), &old, m->zone);
    return out;
}

static const xc_attendee_t *find_attendee(const xc_event_t *e, const char *address)
{
    for (int i = 0; e->attendees && i < e->attendees->nelts; i++) {
        const xc_attendee_t *a = &APR_ARRAY_IDX(e->attendees, i, xc_attendee_t);
        if (strcasecmp(a->who.address, address) == 0)
            return a;
    }
    return NULL;
}

/* An ATTENDEE line whose person is still there: with the answer and the role of now. */
static void merge_attendee(merge_t *m, const xc_line_t *line, const xc_event_t *kept, const xc_event_t *now, const xc_attendee_t *a)
{
    static const char *const roles[] = {"REQ-PARTICIPANT", "OPT-PARTICIPANT", "NON-PARTICIPANT"};
    const xc_attendee_t *was = find_attendee(kept, a->who.address);
    const char *s = xc_tree_line(line, m->r.pool), *old = s;
    xc_partstat_e partstat = xc_attendee_partstat(now, a);
    /* whose answer Exchange knows for certain, be it that there is none */
    int known = (now->is_organizer && now->invited) ||
                (!now->is_organizer && now->my_address && strcasecmp(now->my_address, a->who.address) == 0);

    if (was && was->kind != a->kind) {
        s = xc_tree_set_param(s, "ROLE", roles[a->kind], m->r.pool);
        if (a->kind == XC_ATTENDEE_RESOURCE || was->kind == XC_ATTENDEE_RESOURCE)
            s = xc_tree_set_param(s, "CUTYPE", a->kind == XC_ATTENDEE_RESOURCE ? "RESOURCE" : "INDIVIDUAL", m->r.pool);
    }
    if (was && was->partstat != partstat && (known || partstat != XC_PARTSTAT_NEEDS_ACTION))
        s = xc_tree_set_param(s, "PARTSTAT", xc_partstat_name(partstat), m->r.pool);
    s = xc_render_tracking(s, now, a, m->r.pool);
    if (s == old)
        xc_tree_copy_line(&m->r, line);
    else
        xc_render_line(&m->r, s);
}

/* @return 1 when the line was one of a person */
static int merge_person(merge_t *m, const xc_line_t *line, const xc_event_t *kept, const xc_event_t *now, apr_hash_t *seen)
{
    int is_organizer = strcmp(line->name, "ORGANIZER") == 0;
    const char *address;

    if (!is_organizer && strcmp(line->name, "ATTENDEE") != 0)
        return 0;
    address = xc_tree_address(line, m->r.pool);
    if (!address) { /* nobody that Exchange could know */
        if (!is_organizer && now->is_organizer && now->invited)
            xc_render_line(&m->r, xc_tree_set_param(xc_tree_line(line, m->r.pool), "SCHEDULE-STATUS", XC_STATUS_NO_ADDRESS, m->r.pool));
        else if (!is_organizer || !now->is_meeting || !now->organizer.address) {
            xc_tree_copy_line(&m->r, line);
            if (is_organizer)
                apr_hash_set(seen, "ORGANIZER", APR_HASH_KEY_STRING, "");
        }
        return 1;
    }
    if (is_organizer) {
        apr_hash_set(seen, "ORGANIZER", APR_HASH_KEY_STRING, "");
        if (!now->organizer.address && kept->is_meeting && !now->is_meeting)
            return 1;
        if (now->organizer.address && now->is_meeting && strcasecmp(address, now->organizer.address) != 0)
            xc_render_organizer(&m->r, now);
        else
            xc_tree_copy_line(&m->r, line);
        return 1;
    }
    const xc_attendee_t *a = find_attendee(now, address);
    if (a) {
        apr_hash_set(seen, a->who.address, APR_HASH_KEY_STRING, "");
        merge_attendee(m, line, kept, now, a);
    } else if (now->is_organizer && now->invited && !xc_schedule_can_mail(address)) {
        xc_render_line(&m->r, xc_tree_set_param(xc_tree_line(line, m->r.pool), "SCHEDULE-STATUS", XC_STATUS_NO_ADDRESS, m->r.pool));
    } else if ((now->is_meeting || !kept->is_meeting) && !find_attendee(kept, address)) {
        xc_tree_copy_line(&m->r, line); /* the organizer's own entry, or one of those said twice */
    }
    return 1;
}

static void add_people(merge_t *m, const xc_event_t *now, apr_hash_t *seen)
{
    if (!now->is_meeting)
        return;
    if (!apr_hash_get(seen, "ORGANIZER", APR_HASH_KEY_STRING)) {
        xc_render_organizer(&m->r, now);
        xc_render_organizer_attendee(&m->r, now);
    }
    for (int i = 0; now->attendees && i < now->attendees->nelts; i++) {
        const xc_attendee_t *a = &APR_ARRAY_IDX(now->attendees, i, xc_attendee_t);
        if (!apr_hash_get(seen, a->who.address, APR_HASH_KEY_STRING))
            xc_render_attendee(&m->r, now, a);
    }
}

/* The alarm that is Exchange's reminder, at its new time. */
static void move_alarm(merge_t *m, const xc_node_t *alarm, const xc_event_t *now)
{
    xc_buf_puts(m->r.buf, "BEGIN:VALARM\r\n");
    xc_render_line(&m->r, apr_psprintf(m->r.pool, "TRIGGER;RELATED=START:%sPT%dM", now->reminder_minutes ? "-" : "", now->reminder_minutes));
    for (int i = 0; i < alarm->children->nelts; i++) {
        const xc_child_t *c = &APR_ARRAY_IDX(alarm->children, i, xc_child_t);
        if (c->node)
            xc_tree_copy(&m->r, c->node);
        else if (strcmp(c->line.name, "TRIGGER") != 0)
            xc_tree_copy_line(&m->r, &c->line);
    }
    xc_buf_puts(m->r.buf, "END:VALARM\r\n");
}

static void merge_components(merge_t *m, const xc_node_t *n, icalcomponent *comp, const xc_event_t *kept, const xc_event_t *now, unsigned d)
{
    int minutes, chosen = xc_comp_reminder(m->obj, comp, &kept->start, &kept->end, m->zone, &minutes), alarm = 0;

    for (int i = 0; i < n->children->nelts; i++) {
        const xc_node_t *sub = APR_ARRAY_IDX(n->children, i, xc_child_t).node;
        if (!sub)
            continue;
        if (strcasecmp(sub->name, "VALARM") != 0 || !(d & XC_FIELD_REMINDER)) {
            xc_tree_copy(&m->r, sub);
            continue;
        }
        if (now->reminder_minutes < 0) { /* switched off: no other may ring in its place */
            if (!xc_tree_can_remind(sub, m->r.pool))
                xc_tree_copy(&m->r, sub);
        } else if (alarm == chosen) {
            move_alarm(m, sub, now);
        } else {
            xc_tree_copy(&m->r, sub);
        }
        alarm++;
    }
    if ((d & XC_FIELD_REMINDER) && chosen < 0)
        xc_render_alarm(&m->r, now);
}

static void render_stamp(merge_t *m, const char *name, apr_time_t t)
{
    xc_when_t w = {.kind = XC_WHEN_UTC};

    xc_zone_to_wall(xc_zone_utc(), t, &w.wall);
    xc_render_when(&m->r, name, &w);
}

/* What changed is written after the lines that stay. */
static void render_changes(merge_t *m, icalcomponent *comp, const xc_event_t *kept, const xc_event_t *now, unsigned d)
{
    xc_event_t e = *now;

    e.start = like_before(m, &now->start, comp, ICAL_DTSTART_PROPERTY);
    e.end = like_before(m, &now->end, comp, ICAL_DTEND_PROPERTY);
    if (e.end.kind != e.start.kind && now->start.kind != XC_WHEN_DATE && now->end.kind != XC_WHEN_DATE)
        xc_when_from_utc(&e.end, xc_when_to_utc(&now->end, NULL), &e.start, m->zone);
    else if (e.end.kind != e.start.kind)
        e.end = now->end;
    if (e.end.kind != e.start.kind)
        e.start = now->start;
    xc_render_fields(&m->r, &e, d & XC_FIELD_ALL);
    if (d & XC_FIELD_RECUR) {
        e.start = now->start;
        xc_render_rule(&m->r, &e);
    }
    if (d & FIELD_EXDATES) {
        for (int i = 0; now->exdates && i < now->exdates->nelts; i++) {
            xc_when_t w = like_before(m, &APR_ARRAY_IDX(now->exdates, i, xc_when_t), comp, ICAL_DTSTART_PROPERTY);
            xc_render_when(&m->r, "EXDATE", &w);
        }
    }
    if (d & FIELD_ID) {
        xc_when_t w = like_before(m, &now->recurrence_id, m->obj->master ? m->obj->master : comp, ICAL_DTSTART_PROPERTY);
        xc_render_when(&m->r, "RECURRENCE-ID", &w);
    }
    if (m->answers_only)
        return;
    if (now->dtstamp || now->last_modified)
        render_stamp(m, "DTSTAMP", now->dtstamp > now->last_modified ? now->dtstamp : now->last_modified);
    if (now->last_modified)
        render_stamp(m, "LAST-MODIFIED", now->last_modified);
    if (now->sequence > kept->sequence)
        xc_render_line(&m->r, apr_psprintf(m->r.pool, "SEQUENCE:%d", now->sequence));
}

/* Exchange's minutes go with the event; an alarm at a fixed time, or before the end, must be told when the event has moved. */
static int reminder_is_off(merge_t *m, icalcomponent *comp, const xc_event_t *kept, const xc_event_t *now)
{
    int before, after;

    return now->reminder_minutes >= 0 && kept->reminder_minutes == now->reminder_minutes &&
           xc_comp_reminder(m->obj, comp, &kept->start, &kept->end, m->zone, &before) >= 0 && before == now->reminder_minutes &&
           xc_comp_reminder(m->obj, comp, &now->start, &now->end, m->zone, &after) >= 0 && after != now->reminder_minutes;
}

static void merge_vevent(merge_t *m, const xc_node_t *n, icalcomponent *comp, const xc_event_t *kept, const xc_event_t *now)
{
    unsigned d = changes(kept, now, m->r.pool);
    apr_hash_t *seen = apr_hash_make(m->r.pool);

    if (reminder_is_off(m, comp, kept, now))
        d |= XC_FIELD_REMINDER;
    if (comp == m->obj->master) {
        m->master_changes = d;
        if (exdates_differ(kept, now) || (now->exdates && (d & TIMES)))
            d |= FIELD_EXDATES;
        if ((d & TIMES) && now->recur) /* UNTIL goes with the time of day */
            d |= XC_FIELD_RECUR;
    } else if (m->master_changes & TIMES) {
        d |= FIELD_ID;
    }
    xc_buf_puts(m->r.buf, "BEGIN:VEVENT\r\n");
    for (int i = 0; i < n->children->nelts; i++) {
        const xc_child_t *c = &APR_ARRAY_IDX(n->children, i, xc_child_t);
        if (c->node || (owner_of(c->line.name) & d))
            continue;
        if (!m->answers_only && ((strcmp(c->line.name, "DTSTAMP") == 0 && (now->dtstamp || now->last_modified)) ||
            (strcmp(c->line.name, "LAST-MODIFIED") == 0 && now->last_modified) ||
            (strcmp(c->line.name, "SEQUENCE") == 0 && now->sequence > kept->sequence)))
            continue;
        if (!merge_person(m, &c->line, kept, now, seen))
            xc_tree_copy_line(&m->r, &c->line);
    }
    add_people(m, now, seen);
    render_changes(m, comp, kept, now, d);
    merge_components(m, n, comp, kept, now, d);
    xc_buf_puts(m->r.buf, "END:VEVENT\r\n");
}

/* ---- the whole object ---- */

static int day_of(const xc_event_t *series, const xc_when_t *w)
{
    xc_wall_t wall = w->wall;
    const xc_zone_t *zone = series->start.kind == XC_WHEN_ZONED ? series->start.zone : xc_zone_utc();

    if (w->kind != XC_WHEN_DATE && !series->all_day)
        xc_zone_to_wall(zone, xc_when_to_utc(w, zone), &wall);
    return xc_date_to_days(wall.year, wall.month, wall.day);
}

/* A series has one occurrence a day at most: the day is its name, even when the time of day changed. */
static const xc_event_t *find_override(const xc_event_t *series, int day)
{
    for (int i = 0; series->overrides && i < series->overrides->nelts; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(series->overrides, i, const xc_event_t *);
        if (day_of(series, &o->recurrence_id) == day)
            return o;
    }
    return NULL;
}

static int is_deleted(const xc_event_t *series, int day)
{
    for (int i = 0; series->exdates && i < series->exdates->nelts; i++) {
        if (day_of(series, &APR_ARRAY_IDX(series->exdates, i, xc_when_t)) == day)
            return 1;
    }
    return 0;
}

static void merge_override(merge_t *m, const xc_node_t *n, icalcomponent *comp, apr_hash_t *done)
{
    xc_when_t id;

    if (!m->now->recur || !xc_comp_when(m->obj, comp, ICAL_RECURRENCEID_PROPERTY, &id))
        return;
    if (id.kind == XC_WHEN_FLOATING) {
        id.kind = XC_WHEN_ZONED;
        id.zone = m->zone;
    }
    int *day = apr_palloc(m->r.pool, sizeof(*day));
    *day = day_of(m->kept, &id);
    const xc_event_t *kept = find_override(m->kept, *day), *now = find_override(m->now, *day);
    if (apr_hash_get(done, day, sizeof(*day)))
        return;
    if (!kept) { /* cancelled: to Exchange it is deleted */
        if (is_deleted(m->kept, *day) && is_deleted(m->now, *day))
            xc_tree_copy(&m->r, n);
        return;
    }
    if (!now && !xc_event_is_changed(m->kept, kept, m->r.pool) && xc_recur_index_of(m->now->recur, *day) && !is_deleted(m->now, *day)) {
        /* it changes nothing that Exchange keeps, so Exchange need not know of it */
        xc_when_t at = m->now->start;
        xc_date_from_days(*day, &at.wall.year, &at.wall.month, &at.wall.day);
        now = xc_event_occurrence(m->now, &at, m->r.pool);
    }
    if (now) {
        merge_vevent(m, n, comp, kept, now);
        apr_hash_set(done, day, sizeof(*day), now);
    }
}

static void merge_events(merge_t *m, const xc_node_t *root)
{
    apr_hash_t *done = apr_hash_make(m->r.pool);
    int at = 0;

    for (int pass = 0; pass < 2; pass++, at = 0) { /* the master first: what changed there matters to the others */
        for (int i = 0; i < root->children->nelts; i++) {
            const xc_node_t *n = APR_ARRAY_IDX(root->children, i, xc_child_t).node;
            if (!n || strcasecmp(n->name, "VTIMEZONE") == 0 || at >= m->obj->comps->nelts)
                continue;
            icalcomponent *comp = APR_ARRAY_IDX(m->obj->comps, at++, icalcomponent *);
            int is_main = m->obj->master ? comp == m->obj->master : at == 1;
            if (m->now->task) {
                if (pass == 0 && is_main)
                    xc_task_merge(&m->r, m->obj, n, comp, m->kept, m->now);
            } else if (pass == 0 && is_main)
                merge_vevent(m, n, comp, m->kept, m->now);
            else if (pass == 1 && !is_main)
                merge_override(m, n, comp, done);
        }
    }
    for (int i = 0; m->now->overrides && i < m->now->overrides->nelts; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(m->now->overrides, i, const xc_event_t *);
        int day = day_of(m->now, &o->recurrence_id);
        if (!apr_hash_get(done, &day, sizeof(day))) {
            xc_event_t master = *m->now;
            master.start = like_before(m, &m->now->start, m->obj->master, ICAL_DTSTART_PROPERTY);
            xc_render_vevent(&m->r, o, &master);
        }
    }
}

/* The object behind a kept text, read as the client meant it for an event that Exchange tells now. */
static int read_kept(merge_t *m, const char *text, const char *owner, const xc_event_t *event, apr_pool_t *pool)
{
    const char *const me[] = {owner, NULL};
    xc_object_t *obj;
    xc_event_t *kept;

    m->r = (xc_render_t){xc_buf_make(pool, 0), apr_hash_make(pool), pool};
    m->master_changes = 0;
    m->now = xc_event_normal_copy(event, pool);
    m->zone = m->now->task ? m->now->task->zone : m->now->start.kind == XC_WHEN_ZONED ? m->now->start.zone : xc_zone_utc();
    if (xc_object_parse_stored(&obj, text, strlen(text), pool) || xc_object_to_event(&kept, obj, me, m->zone, pool))
        return 0;
    if (!owner && event->is_organizer && kept->organizer.address) {
        const char *const organizer[] = {kept->organizer.address, NULL};
        if (xc_object_to_event(&kept, obj, organizer, m->zone, pool))
            return 0;
    }
    if (!kept->task != !event->task)
        return 0;
    m->obj = obj;
    /* who the owner is the text does not say: take it from Exchange */
    kept->is_organizer = !owner && event->is_organizer;
    for (int i = 0; kept->overrides && i < kept->overrides->nelts; i++)
        APR_ARRAY_IDX(kept->overrides, i, xc_event_t *)->is_organizer = kept->is_organizer;
    m->kept = xc_event_normal_copy(kept, pool);
    return 1;
}

const char *xc_kept_merge(const char *kept_text, const xc_event_t *event, int answers_only, apr_pool_t *pool)
{
    merge_t m;
    apr_hash_t *known = apr_hash_make(pool);
    xc_buf_t *out = xc_buf_make(pool, 0);
    xc_node_t *root;

    if (!read_kept(&m, kept_text, NULL, event, pool) || !(root = xc_tree_read(kept_text, strlen(kept_text), pool)))
        return NULL;
    m.answers_only = answers_only;
    merge_events(&m, root);
    xc_render_t head = {out, m.r.zones, pool};
    xc_buf_puts(out, "BEGIN:VCALENDAR\r\n");
    for (int i = 0; i < root->children->nelts; i++) {
        const xc_child_t *c = &APR_ARRAY_IDX(root->children, i, xc_child_t);
        if (!c->node && strcmp(c->line.name, "METHOD") != 0)
            xc_tree_copy_line(&head, &c->line);
    }
    for (int i = 0; i < root->children->nelts; i++) {
        const xc_node_t *n = APR_ARRAY_IDX(root->children, i, xc_child_t).node;
        if (!n || strcasecmp(n->name, "VTIMEZONE") != 0)
            continue;
        xc_tree_copy(&head, n);
        for (int k = 0; k < n->children->nelts; k++) {
            const xc_child_t *c = &APR_ARRAY_IDX(n->children, k, xc_child_t);
            if (!c->node && strcmp(c->line.name, "TZID") == 0)
                apr_hash_set(known, xc_line_value(&c->line, pool), APR_HASH_KEY_STRING, "");
        }
    }
    xc_buf_puts(out, xc_render_zones(&m.r, known, xc_event_earliest(m.now)));
    xc_buf_append(out, m.r.buf->data, m.r.buf->len);
    xc_buf_puts(out, "END:VCALENDAR\r\n");
    return out->data;
}

static int answers_differ(const xc_event_t *kept, const xc_event_t *now)
{
    for (int i = 0; now->attendees && i < now->attendees->nelts; i++) {
        const xc_attendee_t *a = &APR_ARRAY_IDX(now->attendees, i, xc_attendee_t), *was = find_attendee(kept, a->who.address);
        if (was && was->partstat != a->partstat && (now->invited || a->partstat != XC_PARTSTAT_NEEDS_ACTION))
            return 1;
    }
    return 0;
}

int xc_kept_answers_differ(const char *kept_text, const xc_event_t *event, apr_pool_t *pool)
{
    merge_t m;

    if (!read_kept(&m, kept_text, NULL, event, pool))
        return 0;
    for (int i = 0; m.kept->overrides && i < m.kept->overrides->nelts; i++) {
        const xc_event_t *kept = APR_ARRAY_IDX(m.kept->overrides, i, const xc_event_t *);
        const xc_event_t *now = find_override(m.now, day_of(m.kept, &kept->recurrence_id));
        if (now && answers_differ(kept, now))
            return 1;
    }
    return answers_differ(m.kept, m.now);
}

static void take_people(xc_event_t *now, const xc_event_t *kept)
{
    now->is_meeting = kept->is_meeting;
    now->is_organizer = 0;
    now->organizer = kept->organizer;
    now->attendees = kept->attendees;
    now->my_address = kept->my_address;
    now->my_partstat = kept->my_partstat;
    now->cancelled = kept->cancelled;
}

const xc_event_t *xc_kept_with_people(const char *kept_text, const char *owner, const xc_event_t *event, apr_pool_t *pool)
{
    merge_t m;

    if (!read_kept(&m, kept_text, owner, event, pool))
        return NULL;
    xc_event_t *now = xc_event_normal_copy(event, pool);
    for (int i = 0; now->overrides && i < now->overrides->nelts; i++) {
        xc_event_t *o = APR_ARRAY_IDX(now->overrides, i, xc_event_t *);
        const xc_event_t *kept = find_override(m.kept, day_of(now, &o->recurrence_id));
        take_people(o, kept ? kept : m.kept);
    }
    take_people(now, m.kept);
    return now;
}

static void take_elsewhere(xc_event_t *now, const xc_event_t *kept)
{
    if (now->busy == XC_BUSY_FREE && kept->busy == XC_BUSY_ELSEWHERE) {
        now->busy = XC_BUSY_ELSEWHERE;
        now->busy_implied = kept->busy_implied;
    }
}

const xc_event_t *xc_kept_with_elsewhere(const char *kept_text, const xc_event_t *event, apr_pool_t *pool)
{
    merge_t m;

    int any = event->busy == XC_BUSY_FREE;
    for (int i = 0; event->overrides && i < event->overrides->nelts; i++)
        any |= APR_ARRAY_IDX(event->overrides, i, const xc_event_t *)->busy == XC_BUSY_FREE;
    if (!event->coarse_free || !any || event->task || !read_kept(&m, kept_text, NULL, event, pool))
        return event;
    for (int i = 0; m.now->overrides && i < m.now->overrides->nelts; i++) {
        xc_event_t *o = APR_ARRAY_IDX(m.now->overrides, i, xc_event_t *);
        const xc_event_t *kept = find_override(m.kept, day_of(m.now, &o->recurrence_id));
        take_elsewhere(o, kept ? kept : m.kept);
    }
    xc_event_t *now = apr_pmemdup(pool, m.now, sizeof(*now));
    take_elsewhere(now, m.kept);
    return now;
}
