/* SPDX-License-Identifier: Apache-2.0 */
/* Which call of a write mails whom. */
#include "exchange/ews/series.h"

#include <string.h>

const char *xc_ews_invitations(xc_notice_e notice)
{
    return notice == XC_NOTICE_NONE ? "SendToNone" : "SendToAllAndSaveCopy";
}

const char *xc_ews_updates(xc_notice_e notice)
{
    static const char *const modes[] = {"SendToNone", "SendToChangedAndSaveCopy", "SendToAllAndSaveCopy"};
    return modes[notice];
}

/* Occurrences that somebody has to hear of; marks those whose people are not the series'. @return how many of the others */
static int look_at_changes(xc_ews_series_t *plan, const xc_event_t *before, const xc_event_t *now)
{
    int events = 0;
    for (int i = 0; i < plan->changes->nelts; i++) {
        xc_ews_change_t *c = &APR_ARRAY_IDX(plan->changes, i, xc_ews_change_t);
        c->notice = xc_schedule_notice_occurrence(before, now, c->before, c->now);
        c->own = c->notice == XC_NOTICE_CHANGED ||
                 (!xc_schedule_same_people(now, c->now) && (c->notice != XC_NOTICE_NONE || (c->also & XC_FIELD_ATTENDEES)));
        events += c->notice == XC_NOTICE_ALL && !c->own;
    }
    return events;
}

/* The calls of their own for occurrences with people of their own, or for the only one that changed. */
static void settle_own(xc_ews_telling_t *out, xc_ews_series_t *plan, const xc_event_t *now, int alone)
{
    for (int i = 0; i < plan->changes->nelts; i++) {
        xc_ews_change_t *c = &APR_ARRAY_IDX(plan->changes, i, xc_ews_change_t);
        xc_notice_e notice = c->notice == XC_NOTICE_NONE ? XC_NOTICE_CHANGED : c->notice;
        if (alone && c->notice == XC_NOTICE_ALL)
            c->own = 1;
        if (!c->own) {
            out->silent++;
            continue;
        }
        /* everybody hears of the series: of the occurrence only who was not in it */
        if (out->master == XC_NOTICE_ALL && !xc_schedule_has_guests(now, c->before, c->now))
            notice = XC_NOTICE_CHANGED;
        /* but of its own time and words the series has to tell */
        if (out->master == XC_NOTICE_ALL && notice == XC_NOTICE_CHANGED && (xc_event_diff(c->before, c->now) & ~(unsigned)(XC_FIELD_ATTENDEES | XC_FIELD_RECUR)))
            out->early++;
        if (notice > out->own)
            out->own = notice;
    }
}

void xc_ews_plan_telling(xc_ews_telling_t *out, xc_ews_series_t *plan, const xc_event_t *before, const xc_write_t *w, int files)
{
    const xc_event_t *now = w->event;
    int alone = 0;
    memset(out, 0, sizeof *out);
    out->silent = plan->changes->nelts;
    if (w->notify == XC_NOTIFY_NONE || !now->is_organizer || (!xc_schedule_has_people(now) && !xc_schedule_has_people(before)))
        return;
    out->silent = 0;
    int events = plan->deletes->nelts + look_at_changes(plan, before, now);
    out->master = w->notify == XC_NOTIFY_ALL ? XC_NOTICE_ALL : xc_schedule_notice(before, now);
    if (now->attendees) {
        /* what comes back is seen in the series alone; and several messages are more than one */
        if (plan->reset || files || events > 1 || (events && out->master != XC_NOTICE_NONE))
            out->master = XC_NOTICE_ALL;
        /* whom nobody ever told has to hear all of it */
        if (before && before->attendees && !before->invited && (events || out->master != XC_NOTICE_NONE))
            out->master = XC_NOTICE_ALL;
    }
    if (out->master != XC_NOTICE_ALL && events) {
        alone = 1;
        out->deletes = plan->deletes->nelts ? XC_NOTICE_ALL : XC_NOTICE_NONE;
    }
    settle_own(out, plan, now, alone);
    out->last = out->master != XC_NOTICE_NONE && (out->silent || out->early || files || (plan->deletes->nelts && out->deletes == XC_NOTICE_NONE));
}
