/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduling inbox: meeting messages with a change log of their own, so that it is listed, read and synced as a
 * calendar is. Exchange is asked with one search; a folder full of mail is never synced. */
#include "mailbox/mailbox_priv.h"

#include <apr_strings.h>

#include "base/crypt.h"
#include "cal/itip.h"
#include "exchange/meetings.h"

/* Its key in the store: no ItemId of Exchange is so short. */
#define INBOX_FOLDER "inbox"
/* The log has no sync state of Exchange's: any text says that it has been filled. */
#define INBOX_STATE "listed"

xc_error_t *xc_mailbox_inbox(xc_calendar_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    (void)pool;
    *out = NULL;
    if (!xc_mailbox_is_own(m))
        return NULL;
    if (!m->inbox) {
        xc_calendar_t *inbox = apr_pcalloc(m->pool, sizeof *inbox);
        inbox->mailbox = m;
        inbox->segment = "inbox";
        inbox->is_inbox = 1;
        inbox->folder.id = INBOX_FOLDER;
        inbox->folder.display_name = "Inbox";
        inbox->folder.rights = XC_RIGHT_READ | XC_RIGHT_DELETE;
        inbox->components = XC_COMP_VEVENT;
        inbox->props = apr_table_make(m->pool, 1);
        inbox->key = (xc_calkey_t){.origin = m->origin, .account = m->session->account, .mailbox = m->owner, .folder = INBOX_FOLDER};
        m->inbox = inbox;
    }
    *out = m->inbox;
    return NULL;
}

/* A message has one name as long as it lies there, whoever asks. */
static void item_of_message(xc_item_t *item, const xc_calendar_t *inbox, const xc_message_ref_t *ref, apr_pool_t *pool)
{
    memset(item, 0, sizeof *item);
    item->id = ref->id;
    item->change_key = ref->change_key;
    item->href = apr_pstrcat(pool, xc_crypt_hex(pool, 32, ref->id, NULL), ".ics", NULL);
    item->etag = xc_etag_of(inbox, ref->change_key, pool);
}

xc_error_t *xc_inbox_ask(xc_calendar_t *inbox, apr_pool_t *pool)
{
    xc_mailbox_t *m = inbox->mailbox;
    const xc_meetings_ops_t *ops = m->session->backend->meetings;
    apr_time_t asked_at = apr_time_now();
    apr_array_header_t *refs = apr_array_make(pool, 1, sizeof(xc_message_ref_t));
    if (ops)
        XC_TRY(ops->list(&refs, m->session, m->owner, pool));
    xc_item_t *items = apr_palloc(pool, (apr_size_t)(refs->nelts + 1) * sizeof *items);
    for (int i = 0; i < refs->nelts; i++)
        item_of_message(&items[i], inbox, &APR_ARRAY_IDX(refs, i, xc_message_ref_t), pool);
    return xc_store_replace(m->store, &inbox->key, INBOX_STATE, items, refs->nelts, asked_at, pool);
}

/* ---- what a message says ---- */

/* The note beside a text. */
#define NOTE_REQUEST "request"
#define NOTE_OLD     "outdated request"  /* not to be answered any more, or not by the owner */
#define NOTE_CANCEL  "cancellation"
#define NOTE_ANSWER  "answer"

static const char *note_of(const xc_message_t *m)
{
    switch (m->kind) {
    case XC_MESSAGE_REQUEST:
        return m->out_of_date || m->delegated ? NOTE_OLD : NOTE_REQUEST;
    case XC_MESSAGE_CANCEL:
        return NOTE_CANCEL;
    default:
        return NOTE_ANSWER;
    }
}

static const char *text_of(const xc_message_t *m, const char *owner, apr_pool_t *pool)
{
    static const xc_itip_method_e methods[] = {
        [XC_MESSAGE_REQUEST] = XC_ITIP_REQUEST,
        [XC_MESSAGE_CANCEL] = XC_ITIP_CANCEL,
        [XC_MESSAGE_REPLY] = XC_ITIP_REPLY,
        [XC_MESSAGE_COUNTER] = XC_ITIP_COUNTER,
    };
    int answers = m->kind == XC_MESSAGE_REPLY || m->kind == XC_MESSAGE_COUNTER;
    xc_itip_t message = {.method = methods[m->kind],
                         .event = m->event,
                         .attendee = answers ? m->from : (xc_person_t){.address = owner},
                         .partstat = m->answer,
                         .start = m->proposed_start,
                         .end = m->proposed_end,
                         .zone = m->zone,
                         .sent = m->sent};
    return message.attendee.address ? xc_itip_text(&message, pool) : NULL;
}

/* With Exchange's own attendant switched off nobody else takes a cancelled meeting out of the calendar. */
static int settle(xc_calendar_t *inbox, const xc_message_t *m, apr_pool_t *pool)
{
    xc_session_t *s = inbox->mailbox->session;
    xc_meeting_t meeting = {.id = m->id, .change_key = m->change_key, .in_inbox = 1};
    if (m->kind != XC_MESSAGE_CANCEL || m->processed || m->out_of_date || xc_mailbox_is_read_only(inbox->mailbox))
        return 0;
    xc_error_t *err = s->backend->meetings->remove(s, &meeting, pool);
    if (err)
        xc_log(s->log, XC_LOG_WARNING, "a cancellation was not carried out: %s", err->message);
    return !err;
}

/* The row of the load, and what is remembered of it. */
static void fill(xc_loaded_t *row, xc_body_t *body, xc_calendar_t *inbox, const xc_message_t *m, apr_pool_t *pool)
{
    const char *text = m->error ? NULL : text_of(m, inbox->mailbox->owner, pool);
    memset(body, 0, sizeof *body);
    if (!text) {
        row->error = m->error ? m->error : xc_error_make(pool, 404, XC_COND_NONE, "The sender of this message has no address.");
        return;
    }
    row->text = body->text = text;
    row->len = body->len = strlen(text);
    row->note = body->note = note_of(m);
    body->id = m->id;
    body->change_key = m->change_key;
    if (strcmp(m->change_key, row->item->change_key)) {
        xc_item_t *now = apr_pmemdup(pool, row->item, sizeof *now);
        now->change_key = m->change_key;
        now->etag = xc_etag_of(inbox, m->change_key, pool);
        row->item = now;
    }
}

xc_error_t *xc_inbox_fetch(xc_loaded_t *out, xc_calendar_t *inbox, const int *rows, int n, apr_pool_t *pool)
{
    xc_mailbox_t *m = inbox->mailbox;
    xc_message_t *messages = NULL;
    xc_body_t *bodies = apr_palloc(pool, (apr_size_t)(n + 1) * sizeof *bodies);
    const char **ids = apr_palloc(pool, (apr_size_t)(n + 1) * sizeof *ids);
    int kept = 0, gone = 0;
    for (int i = 0; i < n; i++)
        ids[i] = out[rows[i]].item->id;
    if (!m->session->backend->meetings)
        return xc_error_make(pool, 404, XC_COND_NONE, "There are no messages by way of this protocol of Exchange.");
    XC_TRY(m->session->backend->meetings->fetch(&messages, m->session, ids, n, pool));
    for (int i = 0; i < n; i++) {
        xc_loaded_t *row = &out[rows[i]];
        if (!messages[i].error && settle(inbox, &messages[i], pool)) {
            row->error = xc_error_make(pool, 404, XC_COND_NONE, "The meeting was cancelled and has left the calendar.");
            gone = 1;
            continue;
        }
        fill(row, &bodies[kept], inbox, &messages[i], pool);
        kept += bodies[kept].text != NULL;
    }
    xc_error_t *err = xc_store_put_bodies(m->store, &inbox->key, bodies, kept, pool);
    if (!err && gone)
        err = xc_store_expire(m->store, &inbox->key, pool);
    if (err)
        xc_log(m->session->log, XC_LOG_WARNING, "messages were not kept: %s", err->detail ? err->detail : err->message);
    return NULL;
}

/* ---- working on messages ---- */

/* What a message's removal changes in the calendar is asked for with the next request. */
static void expire_calendars(xc_mailbox_t *m, apr_pool_t *pool)
{
    apr_array_header_t *calendars;
    xc_error_t *err = xc_mailbox_calendars(&calendars, m, pool);
    for (int i = 0; !err && i < calendars->nelts; i++) {
        xc_calendar_t *cal = APR_ARRAY_IDX(calendars, i, xc_calendar_t *);
        if (cal->folder.is_default)
            err = xc_store_expire(m->store, &cal->key, pool);
    }
    if (err)
        xc_log(m->session->log, XC_LOG_WARNING, "the calendar was not marked for a refresh: %s", err->message);
}

xc_error_t *xc_inbox_remove(xc_calendar_t *inbox, const xc_item_t *item, apr_pool_t *pool)
{
    xc_session_t *s = inbox->mailbox->session;
    const xc_meetings_ops_t *ops = s->backend->meetings;
    xc_loaded_t *loaded = NULL;
    xc_error_t *err = NULL;
    XC_TRY(xc_calendar_load(&loaded, inbox, &item, 1, pool));
    xc_meeting_t meeting = {.id = item->id, .change_key = loaded->item->change_key, .in_inbox = 1};
    int cancels = loaded->note && strcmp(loaded->note, NOTE_CANCEL) == 0;
    if (cancels) {
        err = ops->remove(s, &meeting, pool);
        expire_calendars(inbox->mailbox, pool);
    }
    /* where the meeting is none to be taken out (on again, or long gone) the message goes alone */
    if (!cancels || (err && err->status == 403))
        err = loaded->error && loaded->error->status == 404 ? NULL : ops->discard(s, item->id, pool);
    if (err && err->status != 404)
        return xc_error_context(err, pool, "removing the message %s", item->href);
    return xc_calendar_fold_local(inbox, XC_CHANGE_DELETE, item, pool);
}

xc_error_t *xc_inbox_find_request(const xc_item_t **out, xc_calendar_t *inbox, const char *uid, apr_pool_t *pool)
{
    apr_array_header_t *items = NULL;
    xc_loaded_t *loaded = NULL;
    *out = NULL;
    XC_TRY(xc_calendar_list(&items, inbox, pool));
    const xc_item_t **all = apr_palloc(pool, (apr_size_t)(items->nelts + 1) * sizeof *all);
    for (int i = 0; i < items->nelts; i++)
        all[i] = &APR_ARRAY_IDX(items, i, xc_item_t);
    XC_TRY(xc_calendar_load(&loaded, inbox, all, items->nelts, pool));
    for (int i = 0; i < items->nelts && !*out; i++) {
        xc_object_t *obj = NULL;
        if (!loaded[i].text || !loaded[i].note || strcmp(loaded[i].note, NOTE_REQUEST) || xc_object_parse_stored(&obj, loaded[i].text, loaded[i].len, pool))
            continue;
        /* a single occurrence's invitation is not the meeting's */
        if (strcmp(xc_object_uid(obj), uid) == 0 && !strstr(loaded[i].text, "\nRECURRENCE-ID"))
            *out = loaded[i].item;
    }
    return NULL;
}
