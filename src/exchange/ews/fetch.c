/* SPDX-License-Identifier: Apache-2.0 */
/* Whole items in batches: masters and singles first, then the changed occurrences of all series together. */
#include <apr_strings.h>
#include <string.h>

#include "exchange/ews/attachments.h"
#include "exchange/ews/tasks.h"

#define DEFAULT_BATCH    250
#define DEFAULT_PARALLEL 4
/* How often what a stopped batch left over is asked for again. */
#define MAX_ROUNDS 3

/* One id that is asked for, and where its answer goes. */
typedef struct want_t {
    const char *id;
    int item;                  /* index into the caller's array */
    const xc_event_t *master;  /* of a changed occurrence; NULL for the item itself */
} want_t;

enum { TORN_KEY = 1, TORN_MISSING = 2 };

typedef struct fetch_t {
    xc_session_t *s;
    const xc_ews_state_t *es;
    xc_fetched_t *out;
    apr_array_header_t *occurrences; /* want_t: found while reading masters */
    apr_array_header_t *again;       /* want_t: left over by a stopped batch */
    int tasks;                       /* tasks, not calendar items */
    char *torn;                      /* by item: TORN_*, when its occurrences are of another state than the item itself */
    apr_pool_t *pool;
} fetch_t;

static void begin_batch(xc_ews_call_t *call, const fetch_t *f, const want_t *wants, int n, apr_pool_t *pool)
{
    xc_ews_begin(call, f->s, f->es, "GetItem", pool);
    if (f->tasks)
        xc_ews_write_task_shape(call->w, f->es->version);
    else
        xc_ews_write_item_shape(call->w, f->es->version);
    xc_xmlw_start(call->w, XC_NS_M, "ItemIds");
    for (int i = 0; i < n; i++)
        xc_ews_write_id(call->w, "ItemId", wants[i].id, NULL);
    xc_xmlw_end(call->w);
}

static void read_deleted(xc_event_t *e, const xmlNode *item, const xc_session_t *s, apr_pool_t *pool)
{
    const xc_zone_t *zone = xc_ews_series_zone(item, e, s, pool);
    xmlNode *list = xc_xml_child(item, NULL, "DeletedOccurrences");
    for (xmlNode *d = xc_xml_child(list, NULL, "DeletedOccurrence"); d; d = xc_xml_next(d, NULL, "DeletedOccurrence")) {
        apr_time_t t;
        if (!xc_ews_parse_time(&t, xc_xml_child_text(d, NULL, "Start", pool)))
            continue;
        if (!e->exdates)
            e->exdates = apr_array_make(pool, 4, sizeof(xc_when_t));
        xc_ews_when(&APR_ARRAY_PUSH(e->exdates, xc_when_t), t, e->all_day, zone);
    }
}

static void want_occurrences(fetch_t *f, const want_t *want, xc_event_t *master, const xmlNode *item)
{
    xmlNode *list = xc_xml_child(item, NULL, "ModifiedOccurrences");
    for (xmlNode *o = xc_xml_child(list, NULL, "Occurrence"); o; o = xc_xml_next(o, NULL, "Occurrence")) {
        want_t next = {.id = xc_xml_attr(xc_xml_child(o, NULL, "ItemId"), "Id", f->pool), .item = want->item, .master = master};
        if (next.id)
            APR_ARRAY_PUSH(f->occurrences, want_t) = next;
    }
}

static void read_master(fetch_t *f, const want_t *want, const xmlNode *item)
{
    xc_fetched_t *out = &f->out[want->item];
    xmlNode *id = xc_xml_child(item, NULL, "ItemId");
    out->change_key = xc_xml_attr(id, "ChangeKey", f->pool);
    out->props = xc_ews_named(item, XC_EWS_PROP_PROPS, f->pool);
    if (f->tasks) {
        out->error = xc_xml_is(item, NULL, "Task") && out->change_key ? xc_ews_read_task(&out->event, item, f->s, f->pool)
                                                                      : xc_error_make(f->pool, 404, XC_COND_NONE, "This is no task.");
        return;
    }
    if (!xc_xml_is(item, NULL, "CalendarItem") || !out->change_key) {
        out->error = xc_error_make(f->pool, 404, XC_COND_NONE, "This is no calendar item.");
        return;
    }
    out->error = xc_ews_read_item(&out->event, item, NULL, f->s, f->es->version, f->pool);
    if (!out->error && out->event->recur) {
        read_deleted(out->event, item, f->s, f->pool);
        want_occurrences(f, want, out->event, item);
    }
}

static void read_occurrence(fetch_t *f, const want_t *want, const xmlNode *item)
{
    xc_fetched_t *out = &f->out[want->item];
    xc_event_t *override = NULL;
    if (!out->event)
        return;
    const char *key = xc_xml_attr(xc_xml_child(item, NULL, "ItemId"), "ChangeKey", f->pool);
    /* an occurrence has the change key of its series */
    if (key && strcmp(key, out->change_key))
        f->torn[want->item] |= TORN_KEY;
    xc_error_t *err = xc_ews_read_item(&override, item, want->master, f->s, f->es->version, f->pool);
    if (err) {
        out->error = err;
        out->event = NULL;
        return;
    }
    if (!out->event->overrides)
        out->event->overrides = apr_array_make(f->pool, 4, sizeof(xc_event_t *));
    xc_ews_files_share(out->event, override, f->pool);
    APR_ARRAY_PUSH(out->event->overrides, xc_event_t *) = override;
}

static void read_one(fetch_t *f, const want_t *want, const xmlNode *message)
{
    xc_error_t *err = xc_ews_message_error(message, f->s, f->es, f->pool);
    xmlNode *item = err ? NULL : xc_xml_child(xc_xml_child(message, NULL, "Items"), NULL, NULL);
    if (err && err->code && strcmp(err->code, "ErrorBatchProcessingStopped") == 0)
        APR_ARRAY_PUSH(f->again, want_t) = *want;
    else if (want->master && (!item || !xc_xml_is(item, NULL, "CalendarItem")) && (!err || err->status == 404))
        f->torn[want->item] |= TORN_MISSING; /* gone since the series was read: that is another one now */
    else if (!item) {
        f->out[want->item].error = err ? err : xc_ews_error("ErrorItemNotFound", NULL, f->pool);
        f->out[want->item].event = NULL;
    } else if (want->master)
        read_occurrence(f, want, item);
    else
        read_master(f, want, item);
}

/* An error that outlives the answer that it came with. */
static xc_error_t *own_error(const xc_error_t *err, apr_pool_t *pool)
{
    xc_error_t *own = apr_pmemdup(pool, err, sizeof *err);
    own->code = err->code ? apr_pstrdup(pool, err->code) : NULL;
    own->message = err->message ? apr_pstrdup(pool, err->message) : NULL;
    own->detail = err->detail ? apr_pstrdup(pool, err->detail) : NULL;
    own->hrefs = NULL;
    return own;
}

/* Answers come in the order of the ids; one that is missing fails its own item only. */
static void read_batch(fetch_t *f, const xc_ews_call_t *call, const want_t *wants, int n)
{
    xmlNode *message = call->error ? NULL : xc_ews_messages(call);
    for (int i = 0; i < n; i++) {
        if (call->error) {
            f->out[wants[i].item].error = own_error(call->error, f->pool);
            f->out[wants[i].item].event = NULL;
        } else if (!message)
            APR_ARRAY_PUSH(f->again, want_t) = wants[i];
        else {
            read_one(f, &wants[i], message);
            message = xc_xml_next(message, NULL, NULL);
        }
    }
}

/* One round: all wants in batches, `parallel` side by side. */
static xc_error_t *run_round(fetch_t *f, const want_t *wants, int n)
{
    int batch = f->s->cfg->batch_size > 0 ? f->s->cfg->batch_size : DEFAULT_BATCH;
    int parallel = f->s->cfg->parallel > 0 ? f->s->cfg->parallel : DEFAULT_PARALLEL;
    xc_error_t *err = NULL;
    apr_pool_t *round;
    apr_pool_create(&round, f->pool);
    for (int from = 0; from < n && !err; apr_pool_clear(round)) {
        /* what is read is copied: the answers themselves, the largest that there are, do not stay */
        xc_ews_call_t *calls = apr_pcalloc(round, (apr_size_t)parallel * sizeof *calls);
        int first = from, k = 0;
        for (; k < parallel && from < n; k++, from += batch)
            begin_batch(&calls[k], f, wants + from, n - from < batch ? n - from : batch, round);
        err = xc_ews_run(calls, k, f->s, f->es, round);
        for (int i = 0; i < k && !err; i++) {
            int start = first + i * batch;
            read_batch(f, &calls[i], wants + start, n - start < batch ? n - start : batch);
        }
        if (err)
            err = own_error(err, f->pool);
    }
    apr_pool_destroy(round);
    return err;
}

static xc_error_t *run_all(fetch_t *f, apr_array_header_t *wants)
{
    for (int round = 0; wants->nelts && round < MAX_ROUNDS; round++) {
        f->again = apr_array_make(f->pool, 8, sizeof(want_t));
        XC_TRY(run_round(f, (const want_t *)wants->elts, wants->nelts));
        wants = f->again;
    }
    for (int i = 0; i < wants->nelts; i++) {
        const want_t *w = &APR_ARRAY_IDX(wants, i, want_t);
        f->out[w->item].error = xc_ews_error("ErrorBatchProcessingStopped", NULL, f->pool);
        f->out[w->item].event = NULL;
    }
    return NULL;
}

/* Items by their index: first they themselves, then the changed occurrences of all of them. */
static xc_error_t *fetch_items(fetch_t *f, const char *const *ids, const apr_array_header_t *items)
{
    apr_array_header_t *wants = apr_array_make(f->pool, items->nelts, sizeof(want_t));
    f->occurrences = apr_array_make(f->pool, 16, sizeof(want_t));
    for (int i = 0; i < items->nelts; i++) {
        int item = APR_ARRAY_IDX(items, i, int);
        memset(&f->out[item], 0, sizeof f->out[item]);
        f->out[item].id = ids[item];
        f->torn[item] = 0;
        APR_ARRAY_PUSH(wants, want_t) = (want_t){.id = ids[item], .item = item};
    }
    XC_TRY(run_all(f, wants));
    return f->occurrences->nelts ? run_all(f, f->occurrences) : NULL;
}

/* A series that changed between the two questions is asked for once more: what belongs to two
 * states must not be remembered under one change key. */
static xc_error_t *fetch_torn(fetch_t *f, const char *const *ids, int n)
{
    apr_array_header_t *torn = apr_array_make(f->pool, 4, sizeof(int)), *keys = apr_array_make(f->pool, 4, sizeof(const char *));
    for (int i = 0; i < n; i++) {
        if (f->torn[i] && !f->out[i].error) {
            APR_ARRAY_PUSH(torn, int) = i;
            APR_ARRAY_PUSH(keys, const char *) = f->out[i].change_key;
        }
    }
    if (!torn->nelts)
        return NULL;
    XC_TRY(fetch_items(f, ids, torn));
    for (int i = 0; i < torn->nelts; i++) {
        int item = APR_ARRAY_IDX(torn, i, int);
        xc_fetched_t *out = &f->out[item];
        int same = !out->error && strcmp(APR_ARRAY_IDX(keys, i, const char *), out->change_key) == 0;
        /* with an unchanged key: the server writes the keys of occurrences in another way */
        if (out->error || !f->torn[item] || (same && f->torn[item] == TORN_KEY))
            continue;
        out->event = NULL;
        out->error = same ? xc_error_make(f->pool, 502, XC_COND_NONE, "Exchange does not give out a changed occurrence of this series.")
                          : xc_error_retry(xc_error_make(f->pool, 503, XC_COND_NONE, "The series is being changed; try again."), 2);
    }
    return NULL;
}

static xc_error_t *fetch(xc_fetched_t **out, int tasks, xc_session_t *s, const char *const *ids, int n, apr_pool_t *pool)
{
    fetch_t f = {.s = s, .tasks = tasks, .pool = pool};
    *out = NULL;
    XC_TRY(xc_ews_state(&f.es, s, pool));
    f.out = apr_pcalloc(pool, (apr_size_t)(n + 1) * sizeof *f.out);
    f.torn = apr_pcalloc(pool, (apr_size_t)n + 1);
    apr_array_header_t *all = apr_array_make(pool, n, sizeof(int));
    for (int i = 0; i < n; i++)
        APR_ARRAY_PUSH(all, int) = i;
    XC_TRY(fetch_items(&f, ids, all));
    XC_TRY(fetch_torn(&f, ids, n));
    *out = f.out;
    return NULL;
}

xc_error_t *xc_ews_item_fetch(xc_fetched_t **out, xc_session_t *s, const char *const *ids, int n, apr_pool_t *pool)
{
    return fetch(out, 0, s, ids, n, pool);
}

xc_error_t *xc_ews_task_fetch(xc_fetched_t **out, xc_session_t *s, const char *const *ids, int n, apr_pool_t *pool)
{
    return fetch(out, 1, s, ids, n, pool);
}
