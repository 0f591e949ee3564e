/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies: from the store, and what is missing from Exchange in as few calls as possible. */
#include "mailbox/mailbox_priv.h"

#include <apr_strings.h>

/* Fewer missing bodies than this are fetched at once, without waiting for another's flight. */
#define XC_LOAD_FLIGHT_FROM 16

/* Fetched bodies on their way into the store: written together, because each write costs a transaction. */
#define XC_KEEP_AT_ONCE 64

/* That an item cannot be shown is believed for so long: rights, limits and servers change without the item. */
#define XC_VERDICT_LIFE apr_time_from_sec(3600)
/* That an Exchange which failed at it would fail again is believed for as long as one client's requests follow one another. */
#define XC_FAILURE_LIFE apr_time_from_sec(2)

/* The note beside a text: Exchange holds somebody else's meeting, not merely an event that names one. */
#define XC_NOTE_RECEIVED "received"
/* The same, when its organizer asks for no answer. */
#define XC_NOTE_QUIET "received, no reply"

static const char *note_of(const xc_event_t *event)
{
    return !event->is_meeting || event->is_organizer ? NULL : event->no_reply ? XC_NOTE_QUIET : XC_NOTE_RECEIVED;
}

typedef struct keeper_t {
    xc_calendar_t *cal;
    xc_body_t bodies[XC_KEEP_AT_ONCE];
    xc_span_t spans[XC_KEEP_AT_ONCE];
    int n, nspans;
} keeper_t;

static void keep_now(keeper_t *k, apr_pool_t *pool)
{
    const xc_mailbox_t *m = k->cal->mailbox;
    xc_error_t *err = xc_store_put_bodies(m->store, &k->cal->key, k->bodies, k->n, pool);
    if (!err)
        err = xc_store_set_spans(m->store, &k->cal->key, k->spans, k->nspans, pool);
    /* A body that could not be kept costs one more call later, nothing else. */
    if (err)
        xc_log(m->session->log, XC_LOG_WARNING, "bodies were not kept: %s", err->detail ? err->detail : err->message);
    k->n = k->nspans = 0;
}

/* What one fetched item becomes in the store. The strings on `pool` are read by keep_now(). */
static void keep_fetched(keeper_t *k, const xc_fetched_t *f, const xc_item_t *item, xc_body_t *body, apr_pool_t *pool)
{
    memset(body, 0, sizeof *body);
    body->id = f->id ? f->id : item->id;
    body->change_key = f->change_key ? f->change_key : item->change_key;
    if (f->event) {
        int hidden = xc_calendar_hides_private(k->cal) && xc_event_hide_private(f->event, pool);
        body->text = xc_object_text_for(f->event, pool);
        body->len = strlen(body->text);
        body->extra = hidden ? NULL : f->props;
        body->note = note_of(f->event);
        k->bodies[k->n++] = *body;
        xc_span_t *span = &k->spans[k->nspans++];
        span->id = body->id;
        span->change_key = body->change_key;
        xc_event_span(f->event, k->cal->mailbox->session->zone, &span->first, &span->last);
        return;
    }
    body->note = f->error->message;
    body->extra = apr_psprintf(pool, "%" APR_TIME_T_FMT " %d", apr_time_sec(apr_time_now()), f->error->status);
    /* What Exchange cannot show now it will not show in a minute; what it is too busy for it may. */
    if (f->error->status != 404 && f->error->status != 412 && !xc_error_is_passing(f->error))
        k->bodies[k->n++] = *body;
}

/* The status of a verdict (see keep_fetched) that still holds; 0 = ask again. */
static int verdict(const xc_body_t *body)
{
    char *end = NULL;
    apr_time_t given = apr_time_from_sec(body->extra ? apr_strtoi64(body->extra, &end, 10) : 0);
    int status = end && *end == ' ' ? (int)apr_strtoi64(end + 1, NULL, 10) : 0;
    apr_time_t now = apr_time_now(), life = status >= 500 ? XC_FAILURE_LIFE : XC_VERDICT_LIFE;
    return given <= now && given + life > now && status >= 400 && status < 600 ? status : 0;
}

static void loaded_from_body(xc_loaded_t *out, const xc_body_t *body, apr_pool_t *pool)
{
    out->text = body->text;
    out->len = body->len;
    if (body->text) {
        out->props = body->extra;
        out->quiet = body->note && strcmp(body->note, XC_NOTE_QUIET) == 0;
        out->note = body->note;
        out->received = out->quiet || (body->note && strcmp(body->note, XC_NOTE_RECEIVED) == 0);
    } else
        out->error = xc_error_make(pool, verdict(body), XC_COND_NONE, "Exchange cannot show this item: %s", body->note);
}

static xc_error_t *read_store(xc_loaded_t *out, int *missing, xc_calendar_t *cal, const xc_item_t *const *items, int n, apr_pool_t *pool)
{
    *missing = 0;
    xc_body_t **found = apr_pcalloc(pool, (apr_size_t)(n + 1) * sizeof *found);
    const xc_item_t **want = apr_palloc(pool, (apr_size_t)(n + 1) * sizeof *want);
    int *slot = apr_palloc(pool, (apr_size_t)(n + 1) * sizeof *slot);
    int m = 0;
    for (int i = 0; i < n; i++) {
        if (!out[i].text && !out[i].error) {
            want[m] = items[i];
            slot[m++] = i;
        }
    }
    XC_TRY(xc_store_bodies(found, cal->mailbox->store, &cal->key, want, m, pool));
    for (int i = 0; i < m; i++) {
        if (found[i] && (found[i]->text || (found[i]->note && verdict(found[i]))))
            loaded_from_body(&out[slot[i]], found[i], pool);
        else
            (*missing)++;
    }
    return NULL;
}

/* Items that a client will ask for next: a first sync is followed by multigets of all. */
static xc_error_t *add_read_ahead(apr_array_header_t *want, xc_calendar_t *cal, apr_pool_t *pool)
{
    apr_array_header_t *all = NULL;
    int room = cal->mailbox->cfg->read_ahead;
    if (room <= 0)
        return NULL;
    apr_hash_t *asked = apr_hash_make(pool);
    for (int i = 0; i < want->nelts; i++)
        apr_hash_set(asked, APR_ARRAY_IDX(want, i, const xc_item_t *)->id, APR_HASH_KEY_STRING, want);
    XC_TRY(xc_calendar_list(&all, cal, pool));
    for (int i = 0; i < all->nelts && room > 0; i++) {
        const xc_item_t *item = &APR_ARRAY_IDX(all, i, xc_item_t);
        /* an item whose span is known had its body loaded */
        if (item->span_first || item->span_last || apr_hash_get(asked, item->id, APR_HASH_KEY_STRING))
            continue;
        APR_ARRAY_PUSH(want, const xc_item_t *) = item;
        room--;
    }
    return NULL;
}

/* Changed between our look and our fetch: the entity tag must be that of the body. */
static const xc_item_t *item_as_fetched(const xc_calendar_t *cal, const xc_item_t *item, const xc_body_t *body, apr_pool_t *pool)
{
    if (strcmp(item->change_key, body->change_key) == 0)
        return item;
    xc_item_t *now = apr_pmemdup(pool, item, sizeof *item);
    now->change_key = body->change_key;
    now->etag = xc_etag_of(cal, body->change_key, pool);
    return now;
}

static xc_error_t *fetch_missing(xc_loaded_t *out, xc_calendar_t *cal, const xc_item_t *const *items, int n, apr_pool_t *pool)
{
    xc_session_t *s = cal->mailbox->session;
    apr_array_header_t *want = apr_array_make(pool, n, sizeof(const xc_item_t *));
    apr_array_header_t *slot = apr_array_make(pool, n, sizeof(int));
    for (int i = 0; i < n; i++) {
        if (!out[i].text && !out[i].error) {
            APR_ARRAY_PUSH(want, const xc_item_t *) = items[i];
            APR_ARRAY_PUSH(slot, int) = i;
        }
    }
    int asked = want->nelts;
    if (!asked)
        return NULL;
    if (cal->is_inbox)
        return xc_inbox_fetch(out, cal, (const int *)slot->elts, asked, pool);
    if (asked >= XC_LOAD_FLIGHT_FROM)
        XC_TRY(add_read_ahead(want, cal, pool));
    const char **ids = apr_palloc(pool, (apr_size_t)want->nelts * sizeof *ids);
    for (int i = 0; i < want->nelts; i++)
        ids[i] = APR_ARRAY_IDX(want, i, const xc_item_t *)->id;
    xc_fetched_t *fetched = NULL;
    XC_TRY(xc_calendar_is_tasks(cal) ? s->backend->tasks->fetch(&fetched, s, ids, want->nelts, pool)
                                     : s->backend->item_fetch(&fetched, s, ids, want->nelts, pool));

    keeper_t *k = apr_pcalloc(pool, sizeof *k);
    k->cal = cal;
    apr_pool_t *scratch;
    apr_pool_create(&scratch, pool);
    for (int i = 0; i < want->nelts; i++) {
        xc_body_t body;
        keep_fetched(k, &fetched[i], APR_ARRAY_IDX(want, i, const xc_item_t *), &body, i < asked ? pool : scratch);
        if (i < asked) {
            xc_loaded_t *o = &out[APR_ARRAY_IDX(slot, i, int)];
            if (fetched[i].event) {
                loaded_from_body(o, &body, pool);
                o->item = item_as_fetched(cal, o->item, &body, pool);
            } else
                o->error = fetched[i].error;
        }
        if (k->n == XC_KEEP_AT_ONCE) {
            keep_now(k, scratch);
            apr_pool_clear(scratch);
        }
    }
    keep_now(k, scratch);
    apr_pool_destroy(scratch);
    return NULL;
}

xc_error_t *xc_calendar_load(xc_loaded_t **out, xc_calendar_t *cal, const xc_item_t *const *items, int n, apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    *out = NULL;
    xc_loaded_t *rows = apr_pcalloc(pool, (apr_size_t)(n + 1) * sizeof *rows);
    for (int i = 0; i < n; i++)
        rows[i].item = items[i];
    int missing = 0;
    XC_TRY(read_store(rows, &missing, cal, items, n, pool));
    if (missing >= XC_LOAD_FLIGHT_FROM) {
        /* several clients begin with the same calendar: one of them fetches */
        xc_flight_t *flight = NULL;
        int waited = 0;
        XC_TRY(xc_store_flight_begin(&flight, &waited, m->store, xc_calendar_flight(cal, "load", pool), XC_FLIGHT_LEASE, m->session->deadline,
                                     pool));
        xc_error_t *err = waited ? read_store(rows, &missing, cal, items, n, pool) : NULL;
        if (!err)
            err = fetch_missing(rows, cal, items, n, pool);
        xc_store_flight_end(flight);
        XC_TRY(err);
    } else if (missing)
        XC_TRY(fetch_missing(rows, cal, items, n, pool));
    *out = rows;
    return NULL;
}
