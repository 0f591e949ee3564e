/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/ews/series.h"

#include <apr_strings.h>
#include <string.h>

/* ---- planning ---- */

/* The local date (days) on which the series counts an occurrence. */
static int series_day(const xc_event_t *master, const xc_when_t *when)
{
    xc_wall_t wall = when->wall;
    if (master->start.kind == XC_WHEN_ZONED && when->kind != XC_WHEN_DATE && when->kind != XC_WHEN_FLOATING)
        xc_zone_to_wall(master->start.zone, xc_when_to_utc(when, master->start.zone), &wall);
    else if (master->start.kind == XC_WHEN_UTC && when->kind == XC_WHEN_ZONED)
        xc_zone_to_wall(xc_zone_utc(), xc_when_to_utc(when, NULL), &wall);
    return xc_date_to_days(wall.year, wall.month, wall.day);
}

int xc_ews_series_index(const xc_event_t *master, const xc_when_t *when)
{
    return master->recur ? xc_recur_index_of(master->recur, series_day(master, when)) : 0;
}

static const xc_event_t *find_override(const xc_event_t *e, const xc_event_t *master, int index)
{
    for (int i = 0; e && e->overrides && i < e->overrides->nelts; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(e->overrides, i, const xc_event_t *);
        if (xc_ews_series_index(master, &o->recurrence_id) == index)
            return o;
    }
    return NULL;
}

static int has_exdate(const xc_event_t *e, const xc_event_t *master, int index)
{
    for (int i = 0; e && e->exdates && i < e->exdates->nelts; i++)
        if (xc_ews_series_index(master, &APR_ARRAY_IDX(e->exdates, i, xc_when_t)) == index)
            return 1;
    return 0;
}

static void shift(xc_when_t *when, int days)
{
    int d = xc_date_to_days(when->wall.year, when->wall.month, when->wall.day) + days;
    xc_date_from_days(d, &when->wall.year, &when->wall.month, &when->wall.day);
}

/* The occurrence as the pattern makes it: the master on another day. */
static xc_event_t *virtual_occurrence(const xc_event_t *master, const xc_when_t *recurrence_id, apr_pool_t *pool)
{
    xc_event_t *o = apr_pmemdup(pool, master, sizeof *master);
    int first = xc_date_to_days(master->start.wall.year, master->start.wall.month, master->start.wall.day);
    int days = series_day(master, recurrence_id) - first;
    shift(&o->start, days);
    shift(&o->end, days);
    o->recurrence_id = *recurrence_id;
    o->recur = NULL;
    o->exdates = o->overrides = NULL;
    o->kept = NULL;
    return o;
}

/* Does `before` hold an exception or a deletion that `now` no longer has? Exchange cannot take
 * one back; only writing the recurrence again does. */
static int something_comes_back(const xc_event_t *before, const xc_event_t *now)
{
    for (int i = 0; before->overrides && i < before->overrides->nelts; i++) {
        int index = xc_ews_series_index(before, &APR_ARRAY_IDX(before->overrides, i, const xc_event_t *)->recurrence_id);
        if (index && !find_override(now, now, index) && !has_exdate(now, now, index))
            return 1;
    }
    for (int i = 0; before->exdates && i < before->exdates->nelts; i++) {
        int index = xc_ews_series_index(before, &APR_ARRAY_IDX(before->exdates, i, xc_when_t));
        if (index && !has_exdate(now, now, index))
            return 1;
    }
    return 0;
}

static xc_error_t *not_an_occurrence(apr_pool_t *pool, const xc_when_t *when)
{
    return xc_error_make(pool, 0, XC_COND_UNSUPPORTED_RECURRENCE, "The changed occurrence of %04d-%02d-%02d is none that the rule makes.",
                         when->wall.year, when->wall.month, when->wall.day);
}

/* What changes in a series changes in its exceptions too, where these did not differ in it: so they are
 * told their own values again. Changed times begin the series anew. */
#define PASSED_ON                                                                                                                    \
    (XC_FIELD_SUMMARY | XC_FIELD_LOCATION | XC_FIELD_BODY | XC_FIELD_CATEGORIES | XC_FIELD_CLASS | XC_FIELD_IMPORTANCE | XC_FIELD_BUSY | \
     XC_FIELD_REMINDER | XC_FIELD_ATTENDEES | XC_FIELD_STATUS)

xc_error_t *xc_ews_series_plan(xc_ews_series_t *out, const xc_event_t *before, const xc_event_t *now, int fresh, apr_pool_t *pool)
{
    memset(out, 0, sizeof *out);
    out->deletes = apr_array_make(pool, 4, sizeof(int));
    out->changes = apr_array_make(pool, 4, sizeof(xc_ews_change_t));
    if (!now->recur)
        return NULL;
    if (before && !fresh)
        out->reset = something_comes_back(before, now);
    if (fresh || out->reset)
        before = NULL;
    unsigned passed_on = before ? xc_event_diff(before, now) & PASSED_ON : 0;
    for (int i = 0; now->exdates && i < now->exdates->nelts; i++) {
        int index = xc_ews_series_index(now, &APR_ARRAY_IDX(now->exdates, i, xc_when_t));
        /* a deletion of what the rule does not make deletes nothing */
        if (index && !has_exdate(before, now, index) && !find_override(now, now, index))
            APR_ARRAY_PUSH(out->deletes, int) = index;
    }
    for (int i = 0; now->overrides && i < now->overrides->nelts; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(now->overrides, i, const xc_event_t *);
        xc_ews_change_t change = {.index = xc_ews_series_index(now, &o->recurrence_id), .now = o};
        if (!change.index)
            return not_an_occurrence(pool, &o->recurrence_id);
        change.before = find_override(before, now, change.index);
        if (change.before)
            change.also = passed_on;
        if (change.before && !change.also && !xc_event_diff(change.before, o))
            continue;
        if (!change.before) {
            change.before = virtual_occurrence(now, &o->recurrence_id, pool);
            /* a busy status that was only implied gives way to one that Outlook set, not to the series' own */
            change.also = change.before->busy != o->busy ? XC_FIELD_BUSY : 0;
        }
        APR_ARRAY_PUSH(out->changes, xc_ews_change_t) = change;
    }
    return NULL;
}

/* ---- writing ---- */

void xc_ews_write_occurrence_id(xc_xmlw_t *w, const char *id, int index, apr_pool_t *pool)
{
    xc_xmlw_start(w, XC_NS_T, "OccurrenceItemId");
    xc_xmlw_attr(w, "RecurringMasterId", id);
    xc_xmlw_attr(w, "InstanceIndex", apr_itoa(pool, index));
    xc_xmlw_end(w);
}

/* Every response message must report success; a deletion of what is deleted already is one. */
static xc_error_t *all_good(const xc_ews_call_t *call, int n, const xc_session_t *s, const xc_ews_state_t *es, apr_pool_t *pool)
{
    int seen = 0;
    for (xmlNode *m = xc_ews_messages(call); m; m = xc_xml_next(m, NULL, NULL), seen++) {
        xc_error_t *err = xc_ews_message_error(m, s, es, pool);
        if (err && (strcmp(call->operation, "DeleteItem") || !err->code ||
                    strcmp(err->code, "ErrorCalendarOccurrenceIsDeletedFromRecurrence")))
            return xc_error_context(err, pool, "%s of an occurrence", call->operation);
    }
    return seen == n ? NULL : xc_ews_error("NoResponseMessage", "fewer answers than occurrences", pool);
}

xc_error_t *xc_ews_series_delete(const xc_ews_series_t *plan, xc_notice_e notice, xc_session_t *s, const xc_ews_state_t *es,
                                 const char *id, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xc_ews_begin(&call, s, es, "DeleteItem", pool);
    xc_xmlw_attr(call.w, "DeleteType", "HardDelete");
    xc_xmlw_attr(call.w, "SendMeetingCancellations", xc_ews_invitations(notice));
    xc_xmlw_start(call.w, XC_NS_M, "ItemIds");
    for (int i = 0; i < plan->deletes->nelts; i++)
        xc_ews_write_occurrence_id(call.w, id, APR_ARRAY_IDX(plan->deletes, i, int), pool);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_run_one(&call, s, es, pool));
    return all_good(&call, plan->deletes->nelts, s, es, pool);
}

/* A written change answers with the occurrence's id, whose change key is the master's. */
static const char *last_change_key(const xc_ews_call_t *call, apr_pool_t *pool)
{
    const char *key = NULL;
    for (xmlNode *m = xc_ews_messages(call); m; m = xc_xml_next(m, NULL, NULL)) {
        xmlNode *item = xc_xml_child(xc_xml_child(m, NULL, "Items"), NULL, NULL);
        const char *k = xc_xml_attr(xc_xml_child(item, NULL, "ItemId"), "ChangeKey", pool);
        key = k ? k : key;
    }
    return key;
}

xc_error_t *xc_ews_series_change(const char **change_key, const xc_ews_series_t *plan, int own, unsigned only, xc_notice_e notice,
                                 xc_session_t *s, const xc_ews_state_t *es, const char *id, apr_pool_t *pool)
{
    xc_ews_call_t call;
    int n = 0;
    xc_ews_begin(&call, s, es, "UpdateItem", pool);
    xc_xmlw_attr(call.w, "MessageDisposition", "SaveOnly");
    /* the master's own write has just checked the change key; each of these changes it again */
    xc_xmlw_attr(call.w, "ConflictResolution", "AlwaysOverwrite");
    xc_xmlw_attr(call.w, "SendMeetingInvitationsOrCancellations", xc_ews_updates(notice));
    xc_xmlw_start(call.w, XC_NS_M, "ItemChanges");
    for (int i = 0; i < plan->changes->nelts; i++) {
        const xc_ews_change_t *c = &APR_ARRAY_IDX(plan->changes, i, xc_ews_change_t);
        unsigned differs = xc_event_diff(c->before, c->now) & ~(unsigned)XC_FIELD_RECUR;
        if (c->own != own)
            continue;
        xc_xmlw_start(call.w, XC_NS_T, "ItemChange");
        xc_ews_write_occurrence_id(call.w, id, c->index, pool);
        xc_xmlw_start(call.w, XC_NS_T, "Updates");
        /* an override that differs in nothing that Exchange sees is an exception all the same */
        if (!((differs | c->also) & only) || !xc_ews_write_updates(call.w, c->before, c->now, c->also, only, s, es->version, pool))
            xc_ews_write_updates(call.w, NULL, c->now, 0, only, s, es->version, pool);
        xc_xmlw_end(call.w);
        xc_xmlw_end(call.w);
        n++;
    }
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_run_one(&call, s, es, pool));
    XC_TRY(all_good(&call, n, s, es, pool));
    *change_key = last_change_key(&call, pool);
    return NULL;
}
