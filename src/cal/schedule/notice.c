/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told of a change, and what an organizer may change (RFC 6638 3.2; calendar mapping 4). */
#include "cal/schedule.h"

#include <apr_lib.h>
#include <string.h>
#include <strings.h>

/* What attendees have to know. */
#define TOLD                                                                                                             \
    (XC_FIELD_SUMMARY | XC_FIELD_LOCATION | XC_FIELD_BODY | XC_FIELD_IMPORTANCE | XC_FIELD_START | XC_FIELD_END |        \
     XC_FIELD_ALL_DAY | XC_FIELD_RECUR | XC_FIELD_STATUS)

xc_schedule_role_e xc_schedule_role(const xc_event_t *event)
{
    if (event->unscheduled || (!event->is_meeting && !xc_schedule_has_people(event)))
        return XC_SCHEDULE_NO_ROLE;
    return event->is_organizer ? XC_SCHEDULE_ORGANIZER : XC_SCHEDULE_ATTENDEE;
}

/* ---- people ---- */

static int is_invited(const xc_event_t *event, const char *address)
{
    for (int i = 0; event && event->attendees && i < event->attendees->nelts; i++) {
        const char *one = APR_ARRAY_IDX(event->attendees, i, xc_attendee_t).who.address;
        if (one && strcasecmp(one, address) == 0)
            return 1;
    }
    return 0;
}

/* Is somebody in `a` who is not in `b`, and whose coming or going the series does not tell? */
static int has_others(const xc_event_t *a, const xc_event_t *b, const xc_event_t *series_a, const xc_event_t *series_b)
{
    for (int i = 0; a->attendees && i < a->attendees->nelts; i++) {
        const char *address = APR_ARRAY_IDX(a->attendees, i, xc_attendee_t).who.address;
        if (address && !is_invited(b, address) && !(is_invited(series_a, address) && !is_invited(series_b, address)))
            return 1;
    }
    return 0;
}

int xc_schedule_same_people(const xc_event_t *a, const xc_event_t *b)
{
    return !has_others(a, b, NULL, NULL) && !has_others(b, a, NULL, NULL);
}

int xc_schedule_has_guests(const xc_event_t *series, const xc_event_t *before, const xc_event_t *now)
{
    for (int i = 0; now->attendees && i < now->attendees->nelts; i++) {
        const char *address = APR_ARRAY_IDX(now->attendees, i, xc_attendee_t).who.address;
        if (address && is_invited(before, address) && !is_invited(series, address))
            return 1;
    }
    return 0;
}

int xc_schedule_has_people(const xc_event_t *event)
{
    if (!event || event->attendees)
        return event != NULL;
    for (int i = 0; event->overrides && i < event->overrides->nelts; i++) {
        if (APR_ARRAY_IDX(event->overrides, i, const xc_event_t *)->attendees)
            return 1;
    }
    return 0;
}

/* ---- notices ---- */

/* A zone that gives the same instant is another one for the occurrences that follow. */
static int is_told(const xc_event_t *before, const xc_event_t *now, unsigned diff)
{
    return (diff & TOLD) || ((diff & XC_FIELD_ZONE) && (before->recur || now->recur));
}

xc_notice_e xc_schedule_notice(const xc_event_t *before, const xc_event_t *now)
{
    if (!before)
        return now->attendees ? XC_NOTICE_ALL : XC_NOTICE_NONE;
    if (!before->attendees && !now->attendees)
        return XC_NOTICE_NONE;
    unsigned diff = xc_event_diff(before, now);
    if (now->attendees && is_told(before, now, diff))
        return XC_NOTICE_ALL;
    return diff & XC_FIELD_ATTENDEES ? XC_NOTICE_CHANGED : XC_NOTICE_NONE;
}

xc_notice_e xc_schedule_notice_occurrence(const xc_event_t *series_before, const xc_event_t *series, const xc_event_t *before,
                                          const xc_event_t *now)
{
    if (!before->attendees && !now->attendees)
        return XC_NOTICE_NONE;
    if (now->attendees && is_told(before, now, xc_event_diff(before, now) & ~(unsigned)XC_FIELD_RECUR))
        return XC_NOTICE_ALL;
    return has_others(before, now, series_before, series) || has_others(now, before, series, series_before) ? XC_NOTICE_CHANGED
                                                                                                             : XC_NOTICE_NONE;
}

/* ---- what is not allowed ---- */

static int same_organizer(const xc_event_t *a, const xc_event_t *b)
{
    if (!a->organizer.address || !b->organizer.address)
        return !a->organizer.address && !b->organizer.address;
    return strcasecmp(a->organizer.address, b->organizer.address) == 0 || (a->is_organizer && b->is_organizer);
}

xc_error_t *xc_schedule_check(const xc_event_t *before, const xc_event_t *now, apr_pool_t *pool)
{
    for (int i = 0; now->overrides && i < now->overrides->nelts; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(now->overrides, i, const xc_event_t *);
        if (o->attendees && now->attendees && !same_organizer(now, o))
            return xc_error_make(pool, 0, XC_COND_SAME_ORGANIZER, "A changed occurrence has another ORGANIZER than its series.");
    }
    if (before && xc_schedule_role(before) == XC_SCHEDULE_ORGANIZER && before->invited && now->is_meeting && !now->is_organizer)
        return xc_error_make(pool, 0, XC_COND_ALLOWED_ORGANIZER_CHANGE,
                             "You organize this meeting; it cannot be given to another organizer: cancel it, and let the other one invite.");
    return NULL;
}

/* local@domain, each of plain characters: what Exchange takes for an SMTP address. */
int xc_schedule_can_mail(const char *address)
{
    const char *at = strrchr(address, '@');

    if (!at || at == address || at - address > 64 || strlen(address) > 320)
        return 0;
    for (const char *p = address; p < at; p++) {
        if (apr_iscntrl(*p) || strchr(" \"(),:;<>@[\\]", *p))
            return 0;
    }
    if (address[0] == '.' || at[-1] == '.')
        return 0;
    for (const char *p = at + 1; ; p++) { /* labels */
        if (!(apr_isalnum(*p) || (*p & 0x80)))
            return 0;
        while (apr_isalnum(*p) || *p == '-' || *p == '_' || (*p & 0x80))
            p++;
        if (*p != '.')
            return !*p && p[-1] != '-';
    }
}
