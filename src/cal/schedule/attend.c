/* SPDX-License-Identifier: Apache-2.0 */
#include "cal/attend.h"

#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "cal/object/event_priv.h"

#define OWN_FIELDS (XC_FIELD_CATEGORIES | XC_FIELD_CLASS | XC_FIELD_BUSY | XC_FIELD_REMINDER)

/* What an attendee may not change, by the name that clients know. Zones and STATUS are looked at on their own. */
static const struct {
    unsigned field;
    const char *name;
} theirs[] = {
    {XC_FIELD_SUMMARY, "SUMMARY"}, {XC_FIELD_LOCATION, "LOCATION"}, {XC_FIELD_BODY, "DESCRIPTION"}, {XC_FIELD_IMPORTANCE, "PRIORITY"},
    {XC_FIELD_RECUR, "RRULE"},
};

typedef struct plan_t {
    xc_attend_t *out;
    const xc_event_t *before, *now;
    const xc_zone_t *zone;         /* of the series, for comparing occurrences */
    apr_pool_t *pool;
} plan_t;

static xc_error_t *refused(const plan_t *p, const char *what)
{
    return xc_error_make(p->pool, 0, XC_COND_ALLOWED_ATTENDEE_CHANGE,
                         "%s belongs to the organizer of the meeting: an attendee can answer, and change what is only the attendee's own.", what);
}

/* ---- who and when ---- */

static apr_time_t instant(const plan_t *p, const xc_when_t *when)
{
    return xc_when_to_utc(when, p->zone);
}

static int same_when(const plan_t *p, const xc_when_t *a, const xc_when_t *b)
{
    if ((a->kind == XC_WHEN_DATE) != (b->kind == XC_WHEN_DATE))
        return 0;
    return instant(p, a) == instant(p, b);
}

static xc_event_t *find_override(const plan_t *p, const xc_event_t *e, const xc_when_t *id)
{
    for (int i = 0; e->overrides && i < e->overrides->nelts; i++) {
        xc_event_t *o = APR_ARRAY_IDX(e->overrides, i, xc_event_t *);
        if (same_when(p, &o->recurrence_id, id))
            return o;
    }
    return NULL;
}

static int has_exdate(const plan_t *p, const xc_event_t *e, const xc_when_t *id)
{
    for (int i = 0; e->exdates && i < e->exdates->nelts; i++)
        if (same_when(p, &APR_ARRAY_IDX(e->exdates, i, xc_when_t), id))
            return 1;
    return 0;
}

static int is_person(const xc_event_t *e, const char *address)
{
    for (int i = 0; e->attendees && i < e->attendees->nelts; i++)
        if (strcasecmp(APR_ARRAY_IDX(e->attendees, i, xc_attendee_t).who.address, address) == 0)
            return 1;
    return 0;
}

/* Everybody of `a` but the owner is in `b`. (The owner may have been invited by way of a list.) */
static int includes(const xc_event_t *b, const xc_event_t *a, const char *me)
{
    for (int i = 0; a->attendees && i < a->attendees->nelts; i++) {
        const char *address = APR_ARRAY_IDX(a->attendees, i, xc_attendee_t).who.address;
        if (!(me && strcasecmp(me, address) == 0) && !is_person(b, address))
            return 0;
    }
    return 1;
}

/* ---- what is the organizer's ---- */

static xc_error_t *check_component(const plan_t *p, const xc_event_t *before, const xc_event_t *now)
{
    unsigned changed = xc_event_diff(before, now);
    const char *me = now->my_address ? now->my_address : before->my_address;
    for (apr_size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
        if (changed & theirs[i].field)
            return refused(p, theirs[i].name);
    if (before->all_day != now->all_day || !same_when(p, &before->start, &now->start))
        return refused(p, "DTSTART");
    if (!same_when(p, &before->end, &now->end))
        return refused(p, "DTEND");
    if (now->cancelled && !before->cancelled)
        return refused(p, "STATUS");
    if (now->is_organizer || (before->organizer.address && (!now->organizer.address || strcasecmp(before->organizer.address, now->organizer.address))))
        return refused(p, "ORGANIZER");
    if (!includes(before, now, me) || !includes(now, before, me) || (before->my_address && !now->my_address))
        return refused(p, "The list of attendees");
    return NULL;
}

static xc_error_t *check(const plan_t *p)
{
    XC_TRY(check_component(p, p->before, p->now));
    if (!p->before->recur != !p->now->recur)
        return refused(p, "RRULE");
    for (int i = 0; p->before->exdates && i < p->before->exdates->nelts; i++)
        if (!has_exdate(p, p->now, &APR_ARRAY_IDX(p->before->exdates, i, xc_when_t)))
            return refused(p, "EXDATE (an occurrence that is gone comes back by a new invitation only)");
    for (int i = 0; p->now->overrides && i < p->now->overrides->nelts; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(p->now->overrides, i, const xc_event_t *);
        const xc_event_t *was = find_override(p, p->before, &o->recurrence_id);
        if (!was)
            was = xc_event_occurrence(p->before, &o->recurrence_id, p->pool);
        XC_TRY(check_component(p, was, o));
    }
    return NULL;
}

/* ---- answers ---- */

static xc_error_t *add_answer(const plan_t *p, const xc_event_t *now, const xc_when_t *occurrence)
{
    xc_partstat_e partstat = now->my_partstat;
    if (partstat == XC_PARTSTAT_DELEGATED)
        return xc_error_make(p->pool, 0, XC_COND_ALLOWED_ATTENDEE_CHANGE, "Exchange knows no delegation of an invitation: forward it as mail.");
    if (partstat == XC_PARTSTAT_NEEDS_ACTION)
        return xc_error_make(p->pool, 0, XC_COND_ALLOWED_ATTENDEE_CHANGE, "An answer cannot be taken back in Exchange: give another one.");
    xc_attend_answer_t *a = apr_array_push(p->out->answers);
    memset(a, 0, sizeof *a);
    a->occurrence = occurrence;
    a->partstat = partstat;
    a->comment = now->reply_comment ? now->reply_comment : p->now->reply_comment;
    return NULL;
}

/* An occurrence that is taken out is declined; one that the organizer had cancelled is put away. */
static void add_removed(const plan_t *p, const xc_when_t *occurrence)
{
    const xc_event_t *was = find_override(p, p->before, occurrence);
    xc_attend_answer_t *a = apr_array_push(p->out->answers);
    memset(a, 0, sizeof *a);
    a->occurrence = occurrence;
    a->partstat = XC_PARTSTAT_DECLINED;
    a->comment = p->now->reply_comment;
    a->cancelled = (was && was->cancelled) || p->before->cancelled;
}

static xc_error_t *plan_answers(const plan_t *p)
{
    const xc_event_t *before = p->before, *now = p->now;
    int whole = now->my_address && (now->my_partstat != before->my_partstat || (now->force_reply && now->my_partstat != XC_PARTSTAT_NEEDS_ACTION));
    if (whole) {
        XC_TRY(add_answer(p, now, NULL));
        p->out->declined = now->my_partstat == XC_PARTSTAT_DECLINED;
    }
    for (int i = 0; now->overrides && i < now->overrides->nelts && !p->out->declined; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(now->overrides, i, const xc_event_t *);
        const xc_event_t *was = find_override(p, before, &o->recurrence_id);
        /* what is no exception in Exchange goes along with the series */
        xc_partstat_e known = was ? was->my_partstat : whole ? now->my_partstat : before->my_partstat;
        if (o->my_address && (o->my_partstat != known || (o->force_reply && !whole)) &&
            !(was && whole && o->my_partstat == XC_PARTSTAT_NEEDS_ACTION))
            XC_TRY(add_answer(p, o, &o->recurrence_id));
    }
    for (int i = 0; now->exdates && i < now->exdates->nelts && !p->out->declined; i++) {
        const xc_when_t *id = &APR_ARRAY_IDX(now->exdates, i, xc_when_t);
        if (!has_exdate(p, before, id))
            add_removed(p, id);
    }
    return NULL;
}

/* ---- the owner's own view ---- */

static void take_view(xc_event_t *to, const xc_event_t *from)
{
    to->categories = from->categories;
    to->klass = from->klass;
    to->reminder_minutes = from->reminder_minutes;
    to->busy = from->busy;
    to->busy_implied = from->busy_implied;
    to->transparent = from->transparent;
    to->tentative = from->tentative;
}

static xc_busy_e busy_of_answer(xc_partstat_e partstat)
{
    return partstat == XC_PARTSTAT_TENTATIVE ? XC_BUSY_TENTATIVE : XC_BUSY_BUSY;
}

/* What an answer makes of one component. A busy status that only follows from TRANSP:OPAQUE is left to it. */
static void take_answer(plan_t *p, xc_event_t *result, const xc_event_t *before, const xc_event_t *now)
{
    int said = (xc_event_diff(before, now) & XC_FIELD_BUSY) && !(now->busy_implied && !now->transparent);
    xc_busy_e made = busy_of_answer(now->my_partstat);
    result->my_address = now->my_address;
    result->my_partstat = now->my_partstat;
    if (said && now->busy != made) {
        p->out->busy_again = 1;
        return;
    }
    result->busy = made;
    result->busy_implied = 0;
    result->transparent = 0;
    result->tentative = made == XC_BUSY_TENTATIVE;
}

static const xc_attend_answer_t *find_answer(const plan_t *p, const xc_when_t *occurrence)
{
    for (int i = 0; i < p->out->answers->nelts; i++) {
        const xc_attend_answer_t *a = &APR_ARRAY_IDX(p->out->answers, i, xc_attend_answer_t);
        if (occurrence && a->occurrence ? same_when(p, a->occurrence, occurrence) : !occurrence && !a->occurrence)
            return a;
    }
    return NULL;
}

/* A changed occurrence with the client's view of it; NULL when Exchange needs no exception for it. */
static xc_event_t *own_override(const plan_t *p, const xc_event_t *own, const xc_event_t *o)
{
    xc_event_t *copy = xc_event_occurrence(own, &o->recurrence_id, p->pool);
    if (!(xc_event_diff(xc_event_occurrence(p->now, &o->recurrence_id, p->pool), o) & OWN_FIELDS))
        return NULL;
    take_view(copy, o);
    return copy;
}

/* The exceptions that Exchange has, with the client's view, and those that this view makes. */
static apr_array_header_t *own_overrides(const plan_t *p, const xc_event_t *own)
{
    apr_array_header_t *mine = apr_array_make(p->pool, 4, sizeof(xc_event_t *));
    for (int i = 0; p->before->overrides && i < p->before->overrides->nelts; i++) {
        xc_event_t *copy = apr_pmemdup(p->pool, APR_ARRAY_IDX(p->before->overrides, i, const xc_event_t *), sizeof *copy);
        const xc_event_t *o = find_override(p, p->now, &copy->recurrence_id);
        if (o)
            take_view(copy, o);
        APR_ARRAY_PUSH(mine, xc_event_t *) = copy;
    }
    for (int i = 0; p->now->overrides && i < p->now->overrides->nelts; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(p->now->overrides, i, const xc_event_t *);
        xc_event_t *copy = find_override(p, p->before, &o->recurrence_id) ? NULL : own_override(p, own, o);
        if (copy)
            APR_ARRAY_PUSH(mine, xc_event_t *) = copy;
    }
    return mine->nelts ? mine : NULL;
}

/* The same after the answers, which make exceptions too, or take them away. */
static apr_array_header_t *result_overrides(plan_t *p, const xc_event_t *own)
{
    apr_array_header_t *all = apr_array_make(p->pool, 4, sizeof(xc_event_t *));
    for (int i = 0; own->overrides && i < own->overrides->nelts; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(own->overrides, i, const xc_event_t *);
        if (!has_exdate(p, p->now, &o->recurrence_id))
            APR_ARRAY_PUSH(all, xc_event_t *) = apr_pmemdup(p->pool, o, sizeof *o);
    }
    for (int i = 0; i < p->out->answers->nelts; i++) {
        const xc_attend_answer_t *a = &APR_ARRAY_IDX(p->out->answers, i, xc_attend_answer_t);
        const xc_event_t *said = a->occurrence ? find_override(p, p->now, a->occurrence) : NULL;
        const xc_event_t *was = said ? find_override(p, p->before, a->occurrence) : NULL;
        xc_event_t *o = NULL;
        for (int k = 0; said && k < all->nelts && !o; k++)
            if (same_when(p, &APR_ARRAY_IDX(all, k, xc_event_t *)->recurrence_id, a->occurrence))
                o = APR_ARRAY_IDX(all, k, xc_event_t *);
        if (said && !o)
            APR_ARRAY_PUSH(all, xc_event_t *) = o = xc_event_occurrence(own, a->occurrence, p->pool);
        if (o)
            take_answer(p, o, was ? was : xc_event_occurrence(p->before, a->occurrence, p->pool), said);
    }
    return all->nelts ? all : NULL;
}

static void plan_view(plan_t *p)
{
    xc_event_t *own = apr_pmemdup(p->pool, p->before, sizeof *own), *result;
    take_view(own, p->now);
    result = apr_pmemdup(p->pool, own, sizeof *own);
    if (find_answer(p, NULL)) {
        /* until it is answered the meeting stays as busy as it is */
        own->busy = p->before->busy;
        own->busy_implied = p->before->busy_implied;
        own->transparent = p->before->transparent;
        own->tentative = p->before->tentative;
        take_answer(p, result, p->before, p->now);
    }
    own->overrides = own_overrides(p, own);
    result->exdates = p->now->exdates;
    result->overrides = result_overrides(p, own);
    p->out->own = own;
    p->out->result = result;
}

/*
 * Who was invited by another of his addresses is not found among the attendees. Clients know all of them: the one
 * attendee who answers in an attendee's own change is the owner.
 */
static const char *who_answers(const xc_event_t *before, const xc_event_t *now)
{
    const char *found = NULL;
    for (int i = 0; now->attendees && i < now->attendees->nelts; i++) {
        const xc_attendee_t *a = &APR_ARRAY_IDX(now->attendees, i, xc_attendee_t);
        for (int k = 0; before->attendees && k < before->attendees->nelts; k++) {
            const xc_attendee_t *b = &APR_ARRAY_IDX(before->attendees, k, xc_attendee_t);
            if (strcasecmp(a->who.address, b->who.address) == 0 && a->partstat != b->partstat) {
                if (found)
                    return NULL;
                found = a->who.address;
            }
        }
    }
    return found;
}

static xc_event_t *as_owner(const xc_event_t *e, const char *address, apr_pool_t *pool)
{
    xc_event_t *own = apr_pmemdup(pool, e, sizeof *own);
    own->my_address = address;
    for (int i = 0; i < e->attendees->nelts; i++)
        if (strcasecmp(APR_ARRAY_IDX(e->attendees, i, xc_attendee_t).who.address, address) == 0)
            own->my_partstat = APR_ARRAY_IDX(e->attendees, i, xc_attendee_t).partstat;
    return own;
}

xc_error_t *xc_attend_plan(xc_attend_t *out, const xc_event_t *before, const xc_event_t *now, apr_pool_t *pool)
{
    const char *other = before->my_address || now->my_address ? NULL : who_answers(before, now);
    if (other) {
        before = as_owner(before, other, pool);
        now = as_owner(now, other, pool);
    }
    plan_t p = {.out = out, .before = before, .now = now, .pool = pool};
    memset(out, 0, sizeof *out);
    p.zone = before->start.kind == XC_WHEN_ZONED ? before->start.zone : NULL;
    out->answers = apr_array_make(pool, 2, sizeof(xc_attend_answer_t));
    XC_TRY(check(&p));
    XC_TRY(plan_answers(&p));
    plan_view(&p);
    return NULL;
}
