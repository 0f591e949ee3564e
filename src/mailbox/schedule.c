/* SPDX-License-Identifier: Apache-2.0 */
/* What RFC 6638 adds to writing the owner's meetings: who is told, what is refused, the schedule-tag. */
#include "mailbox/mailbox_priv.h"

#include <apr_strings.h>

#include "cal/schedule.h"

/* Over and done with: who imports, tidies or deletes old meetings does not want everybody to hear of it. */
static int is_over(const xc_calendar_t *cal, const xc_event_t *event)
{
    apr_time_t first, last;
    if (!event)
        return 1;
    xc_event_span(event, cal->mailbox->session->zone, &first, &last);
    return last <= apr_time_now();
}

xc_notify_e xc_schedule_notify(const xc_calendar_t *cal, const xc_event_t *before, const xc_event_t *event)
{
    /* of what is no meeting Exchange tells nobody; of one that no longer is, those who were invited */
    if (!cal->mailbox->cfg->scheduling || event->unscheduled || !event->is_organizer)
        return XC_NOTIFY_NONE;
    if (event->force_send)
        return XC_NOTIFY_ALL;
    return is_over(cal, before) && is_over(cal, event) ? XC_NOTIFY_NONE : XC_NOTIFY_AUTO;
}

int xc_schedule_is_organizers(const xc_calendar_t *cal, const xc_event_t *event)
{
    return cal->mailbox->cfg->scheduling && event && xc_schedule_role(event) == XC_SCHEDULE_ORGANIZER;
}

const char *xc_calendar_schedule_tag(const xc_calendar_t *cal, const xc_loaded_t *loaded, apr_pool_t *pool)
{
    if (!cal->mailbox->cfg->scheduling || cal->is_inbox || !loaded->text)
        return NULL;
    return xc_schedule_tag(loaded->text, loaded->len, xc_mailbox_addresses(cal->mailbox, pool), pool);
}

xc_error_t *xc_expect_check_loaded(const xc_expect_t *expect, const xc_calendar_t *cal, const xc_loaded_t *loaded, apr_pool_t *pool)
{
    if (!expect || !expect->if_schedule_tag_match)
        return NULL;
    if (loaded && xc_schedule_tag_matches(expect->if_schedule_tag_match, xc_calendar_schedule_tag(cal, loaded, pool)))
        return NULL;
    return xc_error_make(pool, 412, XC_COND_NONE, "The meeting is not the one that If-Schedule-Tag-Match names.");
}

/* Does another calendar hold a meeting of this UID? What the log says is not believed without asking: it may have moved. */
static xc_error_t *find_elsewhere(xc_item_t **out, xc_calendar_t *other, const char *uid, const xc_item_t *but, apr_pool_t *pool)
{
    xc_loaded_t *loaded = NULL;
    *out = NULL;
    XC_TRY(xc_store_by_uid(out, other->mailbox->store, &other->key, uid, pool));
    if (!*out || (but && strcmp(but->id, (*out)->id) == 0)) {
        *out = NULL;
        return NULL;
    }
    XC_TRY(xc_calendar_refresh(other, pool));
    XC_TRY(xc_store_by_uid(out, other->mailbox->store, &other->key, uid, pool));
    if (!*out)
        return NULL;
    const xc_item_t *item = *out;
    XC_TRY(xc_calendar_load(&loaded, other, &item, 1, pool));
    if (!xc_calendar_schedule_tag(other, loaded, pool))
        *out = NULL;
    return NULL;
}

xc_error_t *xc_schedule_check_unique(xc_calendar_t *cal, const char *uid, const xc_item_t *but, apr_pool_t *pool)
{
    apr_array_header_t *calendars = NULL;
    if (!uid)
        return NULL;
    XC_TRY(xc_mailbox_calendars(&calendars, cal->mailbox, pool));
    for (int i = 0; i < calendars->nelts; i++) {
        xc_calendar_t *other = APR_ARRAY_IDX(calendars, i, xc_calendar_t *);
        xc_item_t *found = NULL;
        if (strcmp(other->folder.id, cal->folder.id) == 0)
            continue;
        xc_error_t *err = find_elsewhere(&found, other, uid, but, pool);
        if (err && (xc_error_is_passing(err) || err->status == 401))
            return err;
        if (!err && found)
            return xc_error_href(xc_error_make(pool, 0, XC_COND_UNIQUE_SCHEDULING_OBJECT,
                                               "This meeting is in another of your calendars already: move it instead."),
                                 pool, apr_pstrcat(pool, other->segment, "/", found->href, NULL));
    }
    return NULL;
}

xc_error_t *xc_schedule_check_write(xc_calendar_t *cal, const xc_item_t *present, const xc_event_t *before, const xc_event_t *now,
                                    apr_pool_t *pool)
{
    if (!cal->mailbox->cfg->scheduling)
        return NULL;
    XC_TRY(xc_schedule_check(before, now, pool));
    if (present || xc_schedule_role(now) == XC_SCHEDULE_NO_ROLE)
        return NULL;
    return xc_schedule_check_unique(cal, now->uid, NULL, pool);
}

xc_notify_e xc_schedule_notify_removal(const xc_calendar_t *cal, const xc_event_t *before)
{
    /* what cannot be shown may yet be a meeting: Exchange knows whom it invited */
    if (!before)
        return cal->mailbox->cfg->scheduling ? XC_NOTIFY_AUTO : XC_NOTIFY_NONE;
    return xc_schedule_is_organizers(cal, before) && before->invited && !is_over(cal, before) ? XC_NOTIFY_AUTO : XC_NOTIFY_NONE;
}

xc_notify_e xc_schedule_notify_replaced(xc_calendar_t *cal, const xc_item_t *item, apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    xc_loaded_t *loaded = NULL;
    xc_object_t *obj = NULL;
    xc_event_t *event = NULL;
    if (!m->cfg->scheduling)
        return XC_NOTIFY_NONE;
    if (xc_calendar_load(&loaded, cal, &item, 1, pool) || loaded->error || xc_object_parse_stored(&obj, loaded->text, loaded->len, pool) ||
        xc_object_to_event(&event, obj, xc_mailbox_addresses(m, pool), m->session->zone, pool))
        return xc_schedule_notify_removal(cal, NULL);
    xc_event_normalize(event, pool);
    return xc_schedule_notify_removal(cal, event);
}
