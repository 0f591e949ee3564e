/* SPDX-License-Identifier: Apache-2.0 */
/* Setters of single properties, for the rows of props.c. */
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf16.h"
#include "ews/emit.h"
#include "ews/ical.h"
#include "ews/people.h"
#include "meeting/meeting.h"

#define SUBJECT_MAX 255

const lab_fail_t *lab_set_text(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    lab_bag_set(d->bag, p->key, lab_xml_text(d->call->pool, value));
    return NULL;
}

/* Exchange keeps 255 characters (UTF-16 units): of a longer subject the beginning, with
 * three dots */
const lab_fail_t *lab_set_subject(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    const char *text = lab_xml_text(d->call->pool, value);
    if (lab_utf16_cut(text, SUBJECT_MAX) < strlen(text))
        text = apr_pstrcat(
            d->call->pool,
            apr_pstrmemdup(d->call->pool, text, lab_utf16_cut(text, SUBJECT_MAX - 3)),
            "...", NULL);
    lab_bag_set(d->bag, p->key, text);
    return NULL;
}

const lab_fail_t *lab_set_bool(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    bool on = lab_xml_bool(lab_xml_text(d->call->pool, value), false);
    lab_bag_set(d->bag, p->key, on ? "true" : "false");
    return NULL;
}

const lab_fail_t *lab_set_int(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    const char *text = lab_xml_text(d->call->pool, value);
    lab_bag_set_int(d->bag, p->key, apr_strtoi64(text, NULL, 10));
    return NULL;
}

/* minutes of a reminder: up to five years before (calendar-mapping.md 3.7) */
const lab_fail_t *lab_set_minutes(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    const char *text = lab_xml_text(d->call->pool, value);
    apr_int64_t minutes = apr_strtoi64(text, NULL, 10);
    if (minutes < 0 || minutes > 2629800)
        return lab_fail(d->call, "ErrorInvalidValueForProperty");
    lab_bag_set_int(d->bag, p->key, minutes);
    return NULL;
}

const lab_fail_t *lab_set_ignored(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    (void)d;
    (void)p;
    (void)value;
    return NULL;
}

/* CR LF, as the store keeps plain text */
static const char *with_crlf(apr_pool_t *pool, const char *text)
{
    lab_buf_t b;
    lab_buf_init(&b, pool, strlen(text) + 16);
    for (const char *s = text; *s; s++) {
        if (*s == '\n' && (s == text || s[-1] != '\r'))
            lab_buf_puts(&b, "\r");
        lab_buf_add(&b, s, 1);
    }
    return b.data;
}

const lab_fail_t *lab_set_body(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    const char *type = lab_xml_attr(d->call->pool, value, "BodyType");
    const char *text = lab_xml_text(d->call->pool, value);
    bool html = type && !strcmp(type, "HTML");
    lab_bag_set(d->bag, p->key, html ? text : with_crlf(d->call->pool, text));
    lab_bag_set(d->bag, "BodyType", html ? "HTML" : "Text");
    d->body_set = true;
    return NULL;
}

const lab_fail_t *lab_set_categories(lab_draft_t *d, const lab_prop_t *p,
                                     xmlNodePtr value)
{
    lab_buf_t b;
    lab_buf_init(&b, d->call->pool, 64);
    for (xmlNodePtr s = lab_xml_first(value); s; s = lab_xml_next(s)) {
        lab_buf_puts(&b, b.len ? "\n" : "");
        lab_buf_puts(&b, lab_xml_text(d->call->pool, s));
    }
    lab_bag_set(d->bag, p->key, b.data);
    return NULL;
}

/* who was there before keeps the answer he gave */
static void keep_answers(apr_array_header_t *now, const apr_array_header_t *before)
{
    for (int i = 0; i < now->nelts; i++) {
        lab_person_t *p = &APR_ARRAY_IDX(now, i, lab_person_t);
        for (int k = 0; k < before->nelts; k++) {
            const lab_person_t *old = &APR_ARRAY_IDX(before, k, lab_person_t);
            if (strcasecmp(old->address, p->address))
                continue;
            p->response = old->response;
            p->time = old->time;
            p->proposed_start = old->proposed_start;
            p->proposed_end = old->proposed_end;
        }
    }
}

/* the organizer invites, and is not invited */
static void drop_organizer(const lab_draft_t *d, apr_array_header_t *people)
{
    const lab_dir_entry_t *owner = lab_dir_at(d->item->mailbox);
    int kept = 0;
    for (int i = 0; i < people->nelts; i++) {
        lab_person_t p = APR_ARRAY_IDX(people, i, lab_person_t);
        if (!owner || strcasecmp(p.address, owner->smtp))
            APR_ARRAY_IDX(people, kept++, lab_person_t) = p;
    }
    people->nelts = kept;
}

const lab_fail_t *lab_set_people(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    apr_array_header_t *people;
    const lab_fail_t *fail = lab_people_read(d->call, value, &people);
    if (fail)
        return fail;
    const char *before = lab_bag_get(d->bag, p->key);
    if (!before)
        before = lab_bag_get(d->item->bag, p->key);
    keep_answers(people, lab_people_unpack(d->call->pool, before));
    if (!(lab_bag_int(d->item->bag, "AppointmentState", 0) & LAB_STATE_RECEIVED) &&
        d->kind == LAB_KIND_CALENDAR)
        drop_organizer(d, people);
    lab_bag_set(d->bag, p->key, lab_people_pack(d->call->pool, people));
    d->attendees_set = true;
    return NULL;
}

const lab_fail_t *lab_set_one_person(lab_draft_t *d, const lab_prop_t *p,
                                     xmlNodePtr value)
{
    apr_array_header_t *people;
    const lab_fail_t *fail = lab_people_read(d->call, value, &people);
    if (!fail)
        lab_bag_set(d->bag, p->key, lab_people_pack(d->call->pool, people));
    return fail;
}

const lab_fail_t *lab_set_start(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    (void)p;
    d->start_text = lab_xml_text(d->call->pool, value);
    return NULL;
}

const lab_fail_t *lab_set_end(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    (void)p;
    d->end_text = lab_xml_text(d->call->pool, value);
    return NULL;
}

const lab_fail_t *lab_set_zone(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    const lab_zone_t *zone;
    const char *code;
    if (lab_zone_from_definition(value, &zone, &code, d->call->pool) != APR_SUCCESS)
        return lab_fail(d->call, code);
    *(p->key[0] == 'S' ? &d->start_zone : &d->end_zone) = zone;
    return NULL;
}

const lab_fail_t *lab_set_meeting_zone(lab_draft_t *d, const lab_prop_t *p,
                                       xmlNodePtr value)
{
    (void)p;
    const char *code;
    if (lab_zone_from_meeting_zone(value, &d->meeting_zone, &code, d->call->pool) !=
        APR_SUCCESS)
        return lab_fail(d->call, code);
    return NULL;
}

const lab_fail_t *lab_set_recurrence(lab_draft_t *d, const lab_prop_t *p,
                                     xmlNodePtr value)
{
    (void)p;
    lab_recur_error_t error;
    if (d->day != LAB_NO_DAY)
        return lab_fail(d->call, "ErrorInvalidPropertySet");
    if (lab_recur_from_xml(value, &d->recurrence, &error) != APR_SUCCESS)
        return lab_fail_text(d->call, error.code, error.text);
    d->recurrence_set = true;
    d->recurrence_cleared = false;
    return NULL;
}

const lab_fail_t *lab_set_all_day(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    d->all_day_set = true;
    return lab_set_bool(d, p, value);
}

const lab_fail_t *lab_set_uid(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    (void)p;
    const char *uid = lab_xml_text(d->call->pool, value);
    /* clients that write everything back send what is there already */
    if (!d->created && d->item->uid && !strcmp(uid, d->item->uid))
        return NULL;
    if (!d->created)
        return lab_fail(d->call, "ErrorInvalidPropertySet");
    if (!*uid)
        return lab_fail(d->call, "ErrorInvalidValueForProperty");
    d->item->uid = uid;
    return NULL;
}

const lab_fail_t *lab_set_class(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    (void)p;
    const char *name = lab_xml_text(d->call->pool, value);
    if (lab_kind_of_class(name) != d->kind)
        return lab_fail(d->call, "ErrorObjectTypeChanged");
    d->item->class_name = name;
    return NULL;
}

const lab_fail_t *lab_set_enhanced_location(lab_draft_t *d, const lab_prop_t *p,
                                            xmlNodePtr value)
{
    (void)p;
    const char *name = lab_xml_child_text(d->call->pool, value, "DisplayName");
    lab_bag_set(d->bag, "Location", name ? name : "");
    return NULL;
}

/* on create alone; what else the item carries goes over it */
const lab_fail_t *lab_set_mime(lab_draft_t *d, const lab_prop_t *p, xmlNodePtr value)
{
    (void)p;
    const char *text;
    if (!d->created || d->kind != LAB_KIND_CALENDAR)
        return lab_fail(d->call, "ErrorInvalidPropertySet");
    const lab_fail_t *fail =
        lab_mime_decode(d->call, lab_xml_text(d->call->pool, value), &text);
    return fail ? fail : lab_ical_read(d, text);
}
