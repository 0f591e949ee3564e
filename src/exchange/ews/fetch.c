/* SPDX-License-Identifier: Apache-2.0 */
/* Whole items in batches: masters and singles first, then the changed occurrences of all series together. */
#include <apr_strings.h>
#include <string.h>

#include "exchange/ews/ews.h"

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

typedef struct fetch_t {
    xc_session_t *s;
    const xc_ews_state_t *es;
    xc_fetched_t *out;
    apr_array_header_t *occurrences; /* want_t: found while reading masters */
    apr_array_header_t *again;       /* want_t: left over by a stopped batch */
    apr_pool_t *pool;
} fetch_t;

static void begin_batch(xc_ews_call_t *call, const fetch_t *f, const want_t *wants, int n)
{
    xc_ews_begin(call, f->s, f->es, "GetItem", f->pool);
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
    xc_error_t *err = xc_ews_read_item(&override, item, want->master, f->s, f->es->version, f->pool);
    if (err) {
        out->error = err;
        out->event = NULL;
        return;
    }
    if (!out->event->overrides)
        out->event->overrides = apr_array_make(f->pool, 4, sizeof(xc_event_t *));
    APR_ARRAY_PUSH(out->event->overrides, xc_event_t *) = override;
}

static void read_one(fetch_t *f, const want_t *want, const xmlNode *message)
{
    xc_error_t *err = xc_ews_message_error(message, f->s, f->es, f->pool);
    xmlNode *item = err ? NULL : xc_xml_child(xc_xml_child(message, NULL, "Items"), NULL, NULL);
    if (err && err->code && strcmp(err->code, "ErrorBatchProcessingStopped") == 0)
        APR_ARRAY_PUSH(f->again, want_t) = *want;
    else if (!item) {
        f->out[want->item].error = err ? err : xc_ews_error("ErrorItemNotFound", NULL, f->pool);
        f->out[want->item].event = NULL;
    } else if (want->master)
        read_occurrence(f, want, item);
    else
        read_master(f, want, item);
}

/* Answers come in the order of the ids; one that is missing fails its own item only. */
static void read_batch(fetch_t *f, const xc_ews_call_t *call, const want_t *wants, int n)
{
    xmlNode *message = call->error ? NULL : xc_ews_messages(call);
    for (int i = 0; i < n; i++) {
        if (call->error) {
            f->out[wants[i].item].error = call->error;
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
    xc_ews_call_t *calls = apr_pcalloc(f->pool, (apr_size_t)parallel * sizeof *calls);
    for (int from = 0; from < n;) {
        int sizes[64], starts[64], k = 0;
        for (; k < parallel && k < 64 && from < n; k++, from += batch) {
            starts[k] = from;
            sizes[k] = n - from < batch ? n - from : batch;
            begin_batch(&calls[k], f, wants + from, sizes[k]);
        }
        XC_TRY(xc_ews_run(calls, k, f->s, f->es, f->pool));
        for (int i = 0; i < k; i++)
            read_batch(f, &calls[i], wants + starts[i], sizes[i]);
    }
    return NULL;
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

xc_error_t *xc_ews_item_fetch(xc_fetched_t **out, xc_session_t *s, const char *const *ids, int n, apr_pool_t *pool)
{
    fetch_t f = {.s = s, .pool = pool};
    *out = NULL;
    XC_TRY(xc_ews_state(&f.es, s, pool));
    f.out = apr_pcalloc(pool, (apr_size_t)(n + 1) * sizeof *f.out);
    f.occurrences = apr_array_make(pool, 16, sizeof(want_t));
    apr_array_header_t *wants = apr_array_make(pool, n, sizeof(want_t));
    for (int i = 0; i < n; i++) {
        f.out[i].id = ids[i];
        APR_ARRAY_PUSH(wants, want_t) = (want_t){.id = ids[i], .item = i};
    }
    XC_TRY(run_all(&f, wants));
    if (f.occurrences->nelts)
        XC_TRY(run_all(&f, f.occurrences));
    *out = f.out;
    return NULL;
}
