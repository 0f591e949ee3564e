/* SPDX-License-Identifier: Apache-2.0 */
/* The EWS back end alone against an Exchange: one JSON object per line in, one per line out.
 *
 *   ews_probe URL USER PASSWORD VERSION ZONE     (VERSION "-" = to be negotiated)
 *
 * {"op": "sign_in" | "folders" | "sync" | "create" | "fetch" | "update" | "delete" | "move" | "copy" |
 *  "props" | "folder_create" | "folder_update" | "folder_delete", …}; every answer has "calls", the calls
 * that it took, and on failure "error": {"status", "code", "message", "cond"}. */
#include <apr_general.h>
#include <apr_strings.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xml.h"
#include "cal/object.h"
#include "exchange/backend.h"

#define LINE_MAX_BYTES (4 << 20)

static struct {
    xc_net_t *net;
    xc_backend_config_t cfg;
    xc_credential_t cred;
    const char *account;
    const xc_zone_t *zone;
    apr_table_t *memo;
    apr_pool_t *pool;
} at;

static const char *memo_get(void *ctx, const char *key, apr_pool_t *pool)
{
    const char *value = apr_table_get(at.memo, key);
    (void)ctx;
    return value ? apr_pstrdup(pool, value) : NULL;
}

static void memo_set(void *ctx, const char *key, const char *value, apr_interval_time_t ttl)
{
    (void)ctx;
    (void)ttl;
    if (value)
        apr_table_set(at.memo, key, value);
    else
        apr_table_unset(at.memo, key);
}

static const char *text(const json_t *in, const char *name)
{
    return json_string_value(json_object_get(in, name));
}

static void put(json_t *out, const char *name, const char *value)
{
    if (value)
        json_object_set_new(out, name, json_string(value));
}

/* A client's object as the front makes it ready for the back end. */
static xc_error_t *prepare(xc_write_t *w, const char *ics, const char *href, apr_pool_t *pool)
{
    const char *me[] = {at.account, NULL};
    xc_object_t *obj;
    xc_event_t *event;
    memset(w, 0, sizeof *w);
    XC_TRY(xc_object_parse(&obj, ics, strlen(ics), NULL, pool));
    XC_TRY(xc_object_to_event(&event, obj, me, at.zone, pool));
    xc_event_normalize(event, pool);
    XC_TRY(xc_object_keep(&w->kept, obj, ics, strlen(ics), event, 32000, pool));
    event->kept = w->kept;
    w->event = event;
    w->href = href;
    return NULL;
}

static xc_error_t *do_folders(json_t *out, xc_session_t *s, const json_t *in)
{
    xc_folder_page_t *page;
    json_t *rows = json_array(), *gone = json_array();
    json_object_set_new(out, "folders", rows);
    json_object_set_new(out, "deleted", gone);
    XC_TRY(s->backend->folder_sync(&page, s, text(in, "mailbox"), text(in, "state"), s->pool));
    for (int i = 0; i < page->upserts->nelts; i++) {
        const xc_folder_t *f = &APR_ARRAY_IDX(page->upserts, i, xc_folder_t);
        json_t *row = json_pack("{s:s, s:i, s:b, s:i}", "id", f->id, "kind", f->kind, "default", f->is_default, "rights", (int)f->rights);
        put(row, "name", f->display_name);
        put(row, "href", f->href);
        put(row, "props", f->props);
        json_array_append_new(rows, row);
    }
    for (int i = 0; i < page->deletes->nelts; i++)
        json_array_append_new(gone, json_string(APR_ARRAY_IDX(page->deletes, i, const char *)));
    put(out, "state", page->state);
    json_object_set_new(out, "reset", json_boolean(page->reset));
    return NULL;
}

static xc_error_t *do_sync(json_t *out, xc_session_t *s, const json_t *in)
{
    xc_item_page_t *page;
    json_t *rows = json_array(), *gone = json_array();
    json_object_set_new(out, "items", rows);
    json_object_set_new(out, "deleted", gone);
    XC_TRY(s->backend->item_sync(&page, s, text(in, "folder"), text(in, "state"), s->pool));
    for (int i = 0; i < page->upserts->nelts; i++) {
        const xc_item_ref_t *r = &APR_ARRAY_IDX(page->upserts, i, xc_item_ref_t);
        json_t *row = json_pack("{s:s, s:s, s:b}", "id", r->id, "key", r->change_key, "not_event", r->not_event);
        put(row, "uid", r->uid);
        put(row, "href", r->href);
        json_array_append_new(rows, row);
    }
    for (int i = 0; i < page->deletes->nelts; i++)
        json_array_append_new(gone, json_string(APR_ARRAY_IDX(page->deletes, i, const char *)));
    put(out, "state", page->state);
    json_object_set_new(out, "more", json_boolean(page->more));
    json_object_set_new(out, "reset", json_boolean(page->reset));
    return NULL;
}

/* "plain" is Exchange's own view; "text" what a client gets; "fingerprint" what of it Exchange holds. */
static xc_error_t *do_fetch(json_t *out, xc_session_t *s, const json_t *in)
{
    json_t *list = json_object_get(in, "ids"), *rows = json_array();
    int n = (int)json_array_size(list);
    const char **ids = apr_palloc(s->pool, (apr_size_t)(n + 1) * sizeof *ids);
    xc_fetched_t *got;
    json_object_set_new(out, "items", rows);
    for (int i = 0; i < n; i++)
        ids[i] = json_string_value(json_array_get(list, (size_t)i));
    XC_TRY(s->backend->item_fetch(&got, s, ids, n, s->pool));
    for (int i = 0; i < n; i++) {
        json_t *row = json_object();
        put(row, "id", got[i].id);
        put(row, "key", got[i].change_key);
        put(row, "props", got[i].props);
        if (got[i].error)
            json_object_set_new(row, "status", json_integer(got[i].error->status));
        if (got[i].event) {
            put(row, "text", xc_object_text_for(got[i].event, s->pool));
            got[i].event->kept = NULL;
            xc_event_normalize(got[i].event, s->pool);
            put(row, "plain", xc_event_to_text(got[i].event, s->pool));
            put(row, "fingerprint", xc_event_fingerprint(got[i].event, s->pool));
        }
        json_array_append_new(rows, row);
    }
    return NULL;
}

static void put_ref(json_t *out, const xc_item_ref_t *ref)
{
    put(out, "id", ref->id);
    put(out, "key", ref->change_key);
}

static xc_error_t *do_write(json_t *out, xc_session_t *s, const json_t *in)
{
    const char *old = text(in, "before");
    xc_item_ref_t made, ref = {.id = text(in, "id"), .change_key = text(in, "key")};
    xc_write_t w, before;
    XC_TRY(prepare(&w, text(in, "text"), text(in, "href"), s->pool));
    put(out, "fingerprint", xc_event_fingerprint(w.event, s->pool));
    put(out, "plain", xc_event_to_text(w.event, s->pool));
    if (!old) {
        XC_TRY(s->backend->item_create(&made, s, text(in, "folder"), &w, s->pool));
    } else {
        XC_TRY(prepare(&before, old, NULL, s->pool));
        XC_TRY(s->backend->item_update(&made, s, &ref, before.event, &w, s->pool));
    }
    put_ref(out, &made);
    return NULL;
}

static xc_error_t *do_other(json_t *out, xc_session_t *s, const json_t *in, const char *op)
{
    xc_item_ref_t made, ref = {.id = text(in, "id"), .change_key = text(in, "key"), .href = text(in, "old_href")};
    memset(&made, 0, sizeof made);
    if (!strcmp(op, "delete"))
        return s->backend->item_delete(s, &ref, XC_NOTIFY_NONE, s->pool);
    if (!strcmp(op, "move"))
        XC_TRY(s->backend->item_move(&made, s, &ref, text(in, "folder"), text(in, "href"), s->pool));
    else if (!strcmp(op, "copy"))
        XC_TRY(s->backend->item_copy(&made, s, &ref, text(in, "folder"), text(in, "href"), s->pool));
    else
        XC_TRY(s->backend->item_props(&made, s, &ref, text(in, "props"), s->pool));
    put_ref(out, &made);
    return NULL;
}

static xc_error_t *do_folder(json_t *out, xc_session_t *s, const json_t *in, const char *op)
{
    xc_folder_t f = {.id = text(in, "id"), .display_name = text(in, "name"), .href = text(in, "href"), .props = text(in, "props"),
                     .kind = XC_FOLDER_CALENDAR}, *made;
    if (!strcmp(op, "folder_update"))
        return s->backend->folder_update(s, text(in, "mailbox"), &f, s->pool);
    if (!strcmp(op, "folder_delete"))
        return s->backend->folder_delete(s, text(in, "mailbox"), f.id, s->pool);
    XC_TRY(s->backend->folder_create(&made, s, text(in, "mailbox"), &f, s->pool));
    put(out, "id", made->id);
    return NULL;
}

static xc_error_t *run(json_t *out, xc_session_t *s, const json_t *in)
{
    const char *op = text(in, "op"), *address = NULL;
    XC_TRY(xc_backend_choose(&s->backend, s, s->pool));
    if (!op)
        return xc_error_make(s->pool, 400, XC_COND_NONE, "no op");
    if (!strcmp(op, "sign_in")) {
        XC_TRY(s->backend->sign_in(s, &address, s->pool));
        put(out, "address", address);
        return NULL;
    }
    if (!strcmp(op, "folders"))
        return do_folders(out, s, in);
    if (!strcmp(op, "sync"))
        return do_sync(out, s, in);
    if (!strcmp(op, "fetch"))
        return do_fetch(out, s, in);
    if (!strcmp(op, "create") || !strcmp(op, "update"))
        return do_write(out, s, in);
    if (!strncmp(op, "folder_", 7))
        return do_folder(out, s, in, op);
    return do_other(out, s, in, op);
}

static void answer(const char *line)
{
    apr_pool_t *pool;
    xc_session_t s;
    xc_net_meter_t meter = {0, 0};
    apr_pool_create(&pool, at.pool);
    json_t *in = json_loads(line, 0, NULL), *out = json_object();
    memset(&s, 0, sizeof s);
    s.cfg = &at.cfg;
    s.net = at.net;
    s.credential = &at.cred;
    s.account = at.account;
    s.zone = at.zone;
    s.deadline = apr_time_now() + apr_time_from_sec(30);
    s.meter = &meter;
    s.memo_get = memo_get;
    s.memo_set = memo_set;
    s.pool = pool;
    xc_error_t *err = run(out, &s, in);
    if (err) {
        json_t *e = json_pack("{s:i, s:s}", "status", err->status, "message", err->message);
        put(e, "code", err->code);
        put(e, "detail", err->detail);
        put(e, "cond", xc_cond_name(err->cond));
        json_object_set_new(out, "error", e);
    }
    json_object_set_new(out, "calls", json_integer(meter.calls));
    char *dump = json_dumps(out, JSON_COMPACT);
    puts(dump ? dump : "{}");
    fflush(stdout);
    free(dump);
    json_decref(in);
    json_decref(out);
    apr_pool_destroy(pool);
}

int main(int argc, char **argv)
{
    xc_net_config_t net = {.max_leases = 8, .connect_timeout = apr_time_from_sec(5), .idle_timeout = apr_time_from_sec(30),
                           .max_response_bytes = 64 << 20, .tls_verify = 1, .user_agent = "mod_excal"};
    if (argc != 6)
        return 2;
    apr_initialize();
    apr_pool_create(&at.pool, NULL);
    xc_xml_init();
    if (xc_zone_init(at.pool) || xc_net_init(at.pool) || xc_net_make(&at.net, &net, NULL, at.pool))
        return 1;
    at.cfg = (xc_backend_config_t){.url = argv[1], .mail_domain = "contoso.example", .auth = XC_AUTH_BASIC, .batch_size = 100, .parallel = 4,
                                   .version = strcmp(argv[4], "-") ? argv[4] : NULL};
    at.cred = (xc_credential_t){.scheme = XC_AUTH_BASIC, .user = argv[2], .secret = argv[3], .fingerprint = argv[2]};
    at.account = apr_pstrcat(at.pool, argv[2], "@contoso.example", NULL);
    at.zone = xc_zone_find(argv[5]);
    at.memo = apr_table_make(at.pool, 8);
    char *line = apr_palloc(at.pool, LINE_MAX_BYTES);
    while (at.zone && fgets(line, LINE_MAX_BYTES, stdin))
        answer(line);
    apr_pool_destroy(at.pool);
    apr_terminate();
    return 0;
}
