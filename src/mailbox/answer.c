/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an attendee does to a meeting: answers, changes of the own view, putting it away (RFC 6638 3.2.2).
 *
 * The own view is written first, since it can be taken back when an answer fails; what was mailed cannot. A declined
 * meeting leaves the calendar: Exchange moves it to Deleted Items, and the client finds it deleted.
 */
#include "mailbox/mailbox_priv.h"

#include <apr_strings.h>

#include "cal/attend.h"
#include "cal/schedule.h"
#include "exchange/meetings.h"

typedef struct answering_t {
    xc_calendar_t *cal;
    const xc_meetings_ops_t *ops;
    const xc_item_t *present;
    const xc_event_t *before;    /* its rule tells the occurrences' numbers */
    xc_item_ref_t ref;           /* the item as it is by now */
    int silent;
    int mailed;                  /* something has been answered: that cannot be taken back */
} answering_t;

/* Nobody hears of it where the deployment, the client or the organizer want no mail. */
static int is_silent(const xc_calendar_t *cal, const xc_event_t *event, const xc_loaded_t *loaded)
{
    return !cal->mailbox->cfg->scheduling || event->unscheduled || (loaded->quiet && !event->force_reply);
}

static xc_error_t *answer_one(answering_t *a, const xc_attend_answer_t *one, apr_pool_t *pool)
{
    xc_session_t *s = a->cal->mailbox->session;
    xc_answer_t answer = {.meeting = {.id = a->ref.id, .change_key = a->ref.change_key, .uid = a->present->uid},
                          .partstat = one->partstat,
                          .comment = one->comment,
                          .silent = a->silent};
    if (one->occurrence) {
        answer.meeting.series = a->before;
        answer.meeting.occurrence = one->occurrence;
    }
    if (one->cancelled) {
        XC_TRY(a->ops->remove(s, &answer.meeting, pool));
        a->ref.change_key = NULL;
        return NULL;
    }
    xc_item_ref_t ref; /* a failure leaves the one that is known */
    XC_TRY(a->ops->answer(&ref, s, &answer, pool));
    a->ref.id = ref.id ? ref.id : a->ref.id;
    a->ref.change_key = ref.change_key;
    a->mailed = 1;
    return NULL;
}

static xc_error_t *answer_again(answering_t *a, const xc_attend_answer_t *one, apr_pool_t *pool)
{
    xc_session_t *s = a->cal->mailbox->session;
    apr_time_t deadline = s->deadline, needed = apr_time_now() + apr_time_from_sec(15);
    s->deadline = deadline < needed ? needed : deadline;
    s->finishing++;
    xc_error_t *err = answer_one(a, one, pool);
    s->finishing--;
    s->deadline = deadline;
    return err;
}

static xc_error_t *answer_all(answering_t *a, const xc_attend_t *plan, apr_pool_t *pool)
{
    for (int i = 0; i < plan->answers->nelts; i++) {
        const xc_attend_answer_t *one = &APR_ARRAY_IDX(plan->answers, i, xc_attend_answer_t);
        xc_error_t *err = answer_one(a, one, pool);
        /* one answer is out and cannot be taken back: the others follow, if Exchange lets them at all */
        if (err && a->mailed && !err->maybe_done && err->status >= 500)
            err = answer_again(a, one, pool);
        XC_TRY(err);
    }
    return NULL;
}

/* Write `now` in the place of `before`; nobody is told of an attendee's own view. */
static xc_error_t *write_view(answering_t *a, const xc_event_t *before, const xc_event_t *now, const char *kept, apr_pool_t *pool)
{
    xc_session_t *s = a->cal->mailbox->session;
    xc_write_t w = {.notify = XC_NOTIFY_NONE, .event = now, .kept = kept};
    xc_item_ref_t ref, old = a->ref;
    memset(&ref, 0, sizeof ref);
    XC_TRY(s->backend->item_update(&ref, s, &old, before, &w, pool));
    a->ref.change_key = ref.change_key;
    return NULL;
}

static void take_back(answering_t *a, const xc_attend_t *plan, apr_pool_t *pool)
{
    xc_session_t *s = a->cal->mailbox->session;
    apr_time_t deadline = s->deadline, needed = apr_time_now() + apr_time_from_sec(15);
    s->deadline = deadline < needed ? needed : deadline;
    s->finishing++;
    xc_error_t *err = write_view(a, plan->own, a->before, a->before->kept, pool);
    s->finishing--;
    s->deadline = deadline;
    if (err)
        xc_log(s->log, XC_LOG_ERROR, "the own view of a meeting whose answer failed could not be taken back: %s", err->message);
}

static xc_error_t *failed(answering_t *a, xc_error_t *err, apr_pool_t *pool)
{
    xc_error_t *expire = xc_store_expire(a->cal->mailbox->store, &a->cal->key, pool);
    if (expire)
        xc_log(a->cal->mailbox->session->log, XC_LOG_WARNING, "a calendar was not marked for a refresh: %s", expire->message);
    return xc_error_context(err, pool, "answering %s/%s", a->cal->segment, a->present->href);
}

static void begin(answering_t *a, xc_calendar_t *cal, const xc_item_t *present, const xc_event_t *before)
{
    memset(a, 0, sizeof *a);
    a->cal = cal;
    a->ops = cal->mailbox->session->backend->meetings;
    a->present = present;
    a->before = before;
    a->ref = (xc_item_ref_t){.id = present->id, .change_key = present->change_key, .uid = present->uid};
}

/* Exchange takes what is declined out of the calendar. The client's word is taken with a tag nevertheless: one that gets
 * none reads the object again at once, finds nothing, and tells the person that declining has failed (Evolution). */
static xc_error_t *is_gone(xc_put_result_t *out, answering_t *a, apr_pool_t *pool)
{
    out->item = *a->present;
    out->item.etag = xc_etag_of(a->cal, apr_pstrcat(pool, a->present->change_key, ".declined", NULL), pool);
    out->verbatim = 1;
    return xc_calendar_fold_local(a->cal, XC_CHANGE_DELETE, a->present, pool);
}

/* The meeting as Exchange has it now: the client asks for it next in any case, and its tags are known at once. */
static void tell_result(xc_put_result_t *out, xc_calendar_t *cal, const xc_answer_text_t *text, apr_pool_t *pool)
{
    const xc_item_t *item = apr_pmemdup(pool, &out->item, sizeof out->item);
    xc_loaded_t *loaded = NULL;
    if (xc_calendar_load(&loaded, cal, &item, 1, pool) || loaded->error)
        return;
    out->item = *loaded->item;
    out->schedule_tag = xc_calendar_schedule_tag(cal, loaded, pool);
    out->verbatim = !text->now->files && loaded->len == text->len && memcmp(loaded->text, text->text, text->len) == 0;
}

xc_error_t *xc_answer_put(xc_put_result_t *out, xc_calendar_t *cal, const xc_item_t *present, const xc_loaded_t *loaded,
                          const xc_event_t *before, const xc_answer_text_t *text, apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    answering_t a;
    xc_attend_t plan;
    const char *kept;
    out->verbatim = 0; /* of a received meeting Exchange keeps what is the organizer's */
    begin(&a, cal, present, before);
    XC_TRY(xc_attend_plan(&plan, before, text->now, pool));
    if (plan.answers->nelts && !a.ops)
        return xc_error_make(pool, 0, XC_COND_ALLOWED_ATTENDEE_CHANGE, "Invitations cannot be answered by way of this protocol of Exchange.");
    a.silent = is_silent(cal, text->now, loaded);
    if (plan.declined) {
        xc_error_t *err = answer_all(&a, &plan, pool);
        return err ? failed(&a, err, pool) : is_gone(out, &a, pool);
    }
    XC_TRY(xc_object_keep(&kept, text->obj, text->text, text->len, plan.result, m->cfg->keep_max_bytes, pool));
    xc_error_t *err = write_view(&a, before, plan.own, kept, pool);
    if (err)
        return failed(&a, err, pool);
    err = answer_all(&a, &plan, pool);
    if (err && !a.mailed && !err->maybe_done)
        take_back(&a, &plan, pool);
    if (!err && plan.busy_again && a.ref.change_key) {
        xc_event_t *answered = apr_pmemdup(pool, plan.result, sizeof *answered);
        answered->busy = XC_BUSY_UNSET; /* as the answer made it: the client's word is written in any case */
        err = write_view(&a, answered, plan.result, kept, pool);
    }
    if (err)
        return failed(&a, err, pool);
    out->item = *present;
    if (!a.ref.id || !a.ref.change_key) /* Exchange did not say: it is asked with the next request */
        return xc_store_expire(m->store, &cal->key, pool);
    out->item.id = a.ref.id;
    out->item.change_key = a.ref.change_key;
    out->item.etag = xc_etag_of(cal, a.ref.change_key, pool);
    XC_TRY(xc_calendar_fold_local(cal, XC_CHANGE_UPSERT, &out->item, pool));
    tell_result(out, cal, text, pool);
    return NULL;
}

static xc_error_t *read_meeting(xc_event_t **out, const xc_calendar_t *cal, const xc_loaded_t *loaded, apr_pool_t *pool)
{
    xc_object_t *obj = NULL;
    XC_TRY(xc_object_parse_stored(&obj, loaded->text, loaded->len, pool));
    return xc_object_to_event(out, obj, xc_mailbox_addresses(cal->mailbox, pool), cal->mailbox->session->zone, pool);
}

/* ---- an invitation that waits in the inbox ---- */

/* The meeting that an answer has put into the calendar gets the client's name, and the client's own view of it. */
static xc_error_t *adopt(xc_put_result_t *out, xc_calendar_t *cal, const char *href, const xc_item_ref_t *made, const xc_answer_text_t *text,
                         apr_pool_t *pool)
{
    xc_session_t *s = cal->mailbox->session;
    xc_item_ref_t named;
    xc_loaded_t *loaded = NULL;
    xc_object_t *obj = NULL;
    xc_event_t *before = NULL;
    memset(&named, 0, sizeof named);
    XC_TRY(s->backend->item_move(&named, s, made, NULL, href, pool));
    xc_item_t *item = apr_pcalloc(pool, sizeof *item);
    item->id = named.id ? named.id : made->id;
    item->change_key = named.change_key;
    item->uid = text->now->uid;
    item->href = href;
    item->etag = xc_etag_of(cal, named.change_key, pool);
    XC_TRY(xc_calendar_fold_local(cal, XC_CHANGE_UPSERT, item, pool));
    out->item = *item;
    const xc_item_t *items[] = {item};
    XC_TRY(xc_calendar_load(&loaded, cal, items, 1, pool));
    if (loaded->error)
        return loaded->error;
    XC_TRY(xc_object_parse_stored(&obj, loaded->text, loaded->len, pool));
    XC_TRY(xc_object_to_event(&before, obj, xc_mailbox_addresses(cal->mailbox, pool), s->zone, pool));
    xc_event_normalize(before, pool);
    return xc_answer_put(out, cal, loaded->item, loaded, before, text, pool);
}

xc_error_t *xc_answer_inbox(int *handled, xc_put_result_t *out, xc_calendar_t *cal, const char *href, const xc_answer_text_t *text,
                            apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    const xc_event_t *now = text->now;
    const xc_item_t *request = NULL;
    xc_calendar_t *inbox = NULL;
    xc_item_ref_t made;
    *handled = 0;
    if (!m->session->backend->meetings || !cal->folder.is_default || xc_schedule_role(now) != XC_SCHEDULE_ATTENDEE || !now->my_address ||
        now->my_partstat == XC_PARTSTAT_NEEDS_ACTION || now->my_partstat == XC_PARTSTAT_DELEGATED || now->recurrence_id.kind != XC_WHEN_NONE)
        return NULL;
    XC_TRY(xc_mailbox_inbox(&inbox, m, pool));
    if (inbox)
        XC_TRY(xc_inbox_find_request(&request, inbox, now->uid, pool));
    if (!request)
        return NULL;
    *handled = 1;
    xc_answer_t answer = {.meeting = {.id = request->id, .change_key = request->change_key, .in_inbox = 1, .uid = now->uid},
                          .partstat = now->my_partstat,
                          .comment = now->reply_comment,
                          .silent = !m->cfg->scheduling || now->unscheduled};
    memset(&made, 0, sizeof made);
    xc_error_t *err = m->session->backend->meetings->answer(&made, m->session, &answer, pool);
    xc_error_t *expire = xc_store_expire(m->store, &inbox->key, pool);
    if (err)
        return xc_error_context(err, pool, "answering the invitation to %s/%s", cal->segment, href);
    XC_TRY(expire);
    out->created = made.id != NULL;
    out->verbatim = 0;
    if (!made.id)
        return NULL;
    err = adopt(out, cal, href, &made, text, pool);
    /* the answer is given: what the client added of its own may be lost, the meeting is not */
    if (err)
        xc_log(m->session->log, XC_LOG_WARNING, "an answered invitation was not brought to the client's text: %s", err->message);
    return xc_store_expire(m->store, &cal->key, pool);
}

/* ---- another time ---- */

static xc_error_t *find_meeting(const xc_item_t **item, xc_loaded_t **loaded, xc_calendar_t **cal, xc_mailbox_t *m, const char *uid,
                                apr_pool_t *pool)
{
    apr_array_header_t *calendars;
    XC_TRY(xc_mailbox_calendars(&calendars, m, pool));
    for (int i = 0; i < calendars->nelts; i++) {
        xc_item_t *found = NULL;
        *cal = APR_ARRAY_IDX(calendars, i, xc_calendar_t *);
        if (!(*cal)->folder.is_default)
            continue;
        XC_TRY(xc_calendar_refresh(*cal, pool));
        XC_TRY(xc_store_by_uid(&found, m->store, &(*cal)->key, uid, pool));
        *item = found;
        if (found) {
            XC_TRY(xc_calendar_load(loaded, *cal, item, 1, pool));
            if (!(*loaded)->error && (*loaded)->received)
                return NULL;
        }
    }
    return xc_error_make(pool, 0, XC_COND_VALID_SCHEDULING_MESSAGE, "There is no invitation to this meeting in the calendar.");
}

xc_error_t *xc_mailbox_propose(const char **organizer, xc_mailbox_t *m, const char *text, apr_size_t len, apr_pool_t *pool)
{
    const xc_item_t *item = NULL;
    xc_loaded_t *loaded = NULL;
    xc_calendar_t *cal = NULL;
    xc_object_t *obj = NULL;
    xc_event_t *wanted, *before;
    answering_t a;
    if (!m->cfg->scheduling)
        return xc_error_make(pool, 0, XC_COND_NEED_PRIVILEGES, "This gateway is set up to mail nobody.");
    XC_TRY(xc_object_parse_stored(&obj, text, len, pool));
    XC_TRY(xc_object_to_event(&wanted, obj, xc_mailbox_addresses(m, pool), m->session->zone, pool));
    XC_TRY(find_meeting(&item, &loaded, &cal, m, xc_object_uid(obj), pool));
    XC_TRY(read_meeting(&before, cal, loaded, pool));
    begin(&a, cal, loaded->item, before);
    const xc_event_t *said = wanted;
    if (wanted->recurrence_id.kind == XC_WHEN_NONE && wanted->overrides && wanted->overrides->nelts)
        said = APR_ARRAY_IDX(wanted->overrides, 0, const xc_event_t *);
    xc_partstat_e partstat = said->my_partstat == XC_PARTSTAT_ACCEPTED || said->my_partstat == XC_PARTSTAT_DECLINED ? said->my_partstat : XC_PARTSTAT_TENTATIVE;
    int one = before->recur && said->recurrence_id.kind != XC_WHEN_NONE;
    if (before->recur && !one)
        return xc_error_make(pool, 0, XC_COND_ALLOWED_ATTENDEE_CHANGE, "Another time can be proposed for one occurrence of a series, not for all of it.");
    if (!a.ops)
        return xc_error_make(pool, 0, XC_COND_ALLOWED_ATTENDEE_CHANGE, "Invitations cannot be answered by way of this protocol of Exchange.");
    xc_answer_t answer = {.meeting = {.id = a.ref.id, .change_key = a.ref.change_key, .uid = item->uid, .series = before,
                                      .occurrence = one ? &said->recurrence_id : NULL},
                          .partstat = partstat,
                          .comment = said->reply_comment,
                          .proposed_start = xc_when_to_utc(&said->start, m->session->zone),
                          .proposed_end = xc_when_to_utc(&said->end, m->session->zone)};
    *organizer = before->organizer.address ? before->organizer.address : "";
    xc_error_t *err = a.ops->answer(&a.ref, m->session, &answer, pool);
    if (err)
        return failed(&a, err, pool);
    return xc_store_expire(m->store, &cal->key, pool);
}

/* ---- putting away ---- */

/* Nothing is declined twice, nor what the organizer has called off. */
static xc_error_t *put_away(answering_t *a, const xc_event_t *event, int reply, apr_pool_t *pool)
{
    xc_session_t *s = a->cal->mailbox->session;
    xc_meeting_t meeting = {.id = a->ref.id, .change_key = a->ref.change_key, .uid = a->present->uid};
    xc_answer_t answer = {.meeting = meeting, .partstat = XC_PARTSTAT_DECLINED};
    if (event->cancelled)
        return a->ops->remove(s, &meeting, pool);
    if (!reply || event->my_partstat == XC_PARTSTAT_DECLINED)
        return s->backend->item_delete(s, &a->ref, XC_NOTIFY_NONE, pool);
    return a->ops->answer(&a->ref, s, &answer, pool);
}

xc_error_t *xc_answer_remove(int *handled, xc_calendar_t *cal, const xc_item_t *present, const xc_expect_t *expect, apr_pool_t *pool)
{
    xc_loaded_t *loaded = NULL;
    xc_event_t *event = NULL;
    answering_t a;
    *handled = 0;
    if (!cal->mailbox->session->backend->meetings || xc_calendar_load(&loaded, cal, &present, 1, pool) || !loaded->received ||
        read_meeting(&event, cal, loaded, pool))
        return NULL; /* what cannot be shown is deleted like anything else */
    *handled = 1;
    begin(&a, cal, present, event);
    int reply = !(expect && expect->no_reply) && !is_silent(cal, event, loaded);
    if (!expect || !expect->if_match)
        a.ref.change_key = NULL;
    xc_error_t *err = put_away(&a, event, reply, pool);
    if (err && err->status != 404)
        return failed(&a, err, pool);
    if (err) /* somebody else was faster: Exchange says so itself */
        return xc_store_expire(cal->mailbox->store, &cal->key, pool);
    return xc_calendar_fold_local(cal, XC_CHANGE_DELETE, present, pool);
}
