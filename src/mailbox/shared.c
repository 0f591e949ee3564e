/* SPDX-License-Identifier: Apache-2.0 */
/* Which calendars of other people the account works with: found out now and then, kept for the account. */
#include "mailbox/sharing.h"

#include <apr_strings.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/crypt.h"
#include "mailbox/mailbox_priv.h"

#define VERSION     1
#define KEPT_FOR    apr_time_from_sec(30 * 86400)
#define MAX_SHARED  100
#define MAX_VISITED 50

static const char *key_of(const xc_mailbox_t *m, const char *what, apr_pool_t *pool)
{
    return xc_crypt_hex(pool, 32, m->origin, m->session->account, what, NULL);
}

static json_t *recall(const xc_mailbox_t *m, const char *what, apr_pool_t *pool)
{
    unsigned char *value = NULL;
    apr_size_t len = 0;
    if (xc_store_get(&value, &len, m->store, "shared", key_of(m, what, pool), pool) || !value)
        return NULL;
    json_t *root = json_loadb((const char *)value, len, JSON_REJECT_DUPLICATES, NULL);
    if (json_integer_value(json_object_get(root, "v")) == VERSION)
        return root;
    json_decref(root);
    return NULL;
}

static void keep(const xc_mailbox_t *m, const char *what, json_t *root, apr_pool_t *pool)
{
    json_object_set_new(root, "v", json_integer(VERSION));
    char *text = json_dumps(root, JSON_COMPACT);
    xc_error_t *err = text ? xc_store_set(m->store, "shared", key_of(m, what, pool), text, strlen(text), KEPT_FOR, pool) : NULL;
    if (err) /* it is found out again, then */
        xc_log(m->session->log, XC_LOG_WARNING, "other people's calendars were not kept: %s", err->message);
    free(text);
}

static const char *text_of(json_t *row, const char *name, apr_pool_t *pool)
{
    const char *s = json_string_value(json_object_get(row, name));
    return s ? apr_pstrdup(pool, s) : NULL;
}

static void set_text(json_t *row, const char *name, const char *value)
{
    if (value)
        json_object_set_new(row, name, json_string(value));
}

/* ---- visited homes ---- */

void xc_shared_visited(xc_mailbox_t *other, apr_pool_t *pool)
{
    json_t *root = recall(other, "visited", pool), *list = root ? json_object_get(root, "list") : NULL, *one;
    size_t i;
    json_array_foreach(list, i, one) {
        if (json_is_string(one) && strcmp(json_string_value(one), other->owner) == 0) {
            json_decref(root);
            return;
        }
    }
    if (!list) {
        json_decref(root);
        root = json_object();
        json_object_set_new(root, "list", list = json_array());
    }
    if (json_array_size(list) >= MAX_VISITED)
        json_array_remove(list, 0);
    json_array_append_new(list, json_string(other->owner));
    keep(other, "visited", root, pool);
    json_decref(root);
}

static void add_visited(apr_array_header_t *found, const xc_mailbox_t *m, apr_pool_t *pool)
{
    json_t *root = recall(m, "visited", pool), *one;
    size_t i;
    json_array_foreach(json_object_get(root, "list"), i, one) {
        const char *address = json_string_value(one);
        int again = !address;
        for (int k = 0; k < found->nelts && !again; k++)
            again = strcmp(APR_ARRAY_IDX(found, k, xc_shared_t).address, address) == 0;
        if (!again)
            APR_ARRAY_PUSH(found, xc_shared_t) = (xc_shared_t){.address = apr_pstrdup(pool, address)};
    }
    json_decref(root);
}

/* ---- the list ---- */

static apr_array_header_t *read_list(apr_time_t *asked_at, const xc_mailbox_t *m, const char *what, apr_pool_t *pool)
{
    json_t *root = recall(m, what, pool), *row;
    if (!root)
        return NULL;
    apr_array_header_t *list = apr_array_make(pool, 8, sizeof(xc_sharedcal_t));
    size_t i;
    *asked_at = (apr_time_t)json_integer_value(json_object_get(root, "at"));
    json_array_foreach(json_object_get(root, "list"), i, row) {
        xc_sharedcal_t one;
        memset(&one, 0, sizeof one);
        one.address = text_of(row, "who", pool);
        one.name = text_of(row, "called", pool);
        one.folder.id = text_of(row, "id", pool);
        one.folder.change_key = text_of(row, "ck", pool);
        one.folder.display_name = text_of(row, "name", pool);
        one.folder.props = text_of(row, "props", pool);
        one.folder.rights = (unsigned)json_integer_value(json_object_get(row, "rights"));
        one.visited = (int)json_integer_value(json_object_get(row, "visited"));
        one.folder.kind = XC_FOLDER_CALENDAR;
        one.folder.is_default = 1;
        if (one.address && one.folder.id && one.folder.display_name)
            APR_ARRAY_PUSH(list, xc_sharedcal_t) = one;
    }
    json_decref(root);
    return list;
}

static void write_list(const xc_mailbox_t *m, const char *what, const apr_array_header_t *list, apr_time_t asked_at, apr_pool_t *pool)
{
    json_t *root = json_object(), *rows = json_array();
    for (int i = 0; i < list->nelts; i++) {
        const xc_sharedcal_t *one = &APR_ARRAY_IDX(list, i, xc_sharedcal_t);
        json_t *row = json_object();
        set_text(row, "who", one->address);
        set_text(row, "called", one->name);
        set_text(row, "id", one->folder.id);
        set_text(row, "ck", one->folder.change_key);
        set_text(row, "name", one->folder.display_name);
        set_text(row, "props", one->folder.props);
        json_object_set_new(row, "visited", json_integer(one->visited));
        json_object_set_new(row, "rights", json_integer(one->folder.rights));
        json_array_append_new(rows, row);
    }
    json_object_set_new(root, "at", json_integer(asked_at));
    json_object_set_new(root, "list", rows);
    keep(m, what, root, pool);
    json_decref(root);
}

static xc_error_t *ask_list(apr_array_header_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    const xc_sharing_ops_t *ops = m->session->backend->sharing;
    apr_array_header_t *found = NULL;
    apr_time_t asked_at = apr_time_now();
    XC_TRY(ops->shared(&found, m->session, pool));
    int named = found->nelts;
    add_visited(found, m, pool);
    int n = found->nelts < MAX_SHARED ? found->nelts : MAX_SHARED;
    const char **addresses = apr_pcalloc(pool, (apr_size_t)(n + 1) * sizeof *addresses);
    xc_folder_t **folders = apr_pcalloc(pool, (apr_size_t)(n + 1) * sizeof *folders);
    for (int i = 0; i < n; i++)
        addresses[i] = APR_ARRAY_IDX(found, i, xc_shared_t).address;
    if (n)
        XC_TRY(ops->calendars_of(folders, m->session, addresses, n, pool));
    *out = apr_array_make(pool, n + 1, sizeof(xc_sharedcal_t));
    for (int i = 0; i < n; i++) {
        if (folders[i] && (folders[i]->rights & XC_RIGHT_READ))
            APR_ARRAY_PUSH(*out, xc_sharedcal_t) =
                (xc_sharedcal_t){.address = addresses[i], .name = APR_ARRAY_IDX(found, i, xc_shared_t).name, .visited = i >= named, .folder = *folders[i]};
    }
    write_list(m, "list", *out, asked_at, pool);
    return NULL;
}

static xc_error_t *ask_public(apr_array_header_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    apr_array_header_t *folders = NULL;
    apr_time_t asked_at = apr_time_now();
    XC_TRY(m->session->backend->sharing->public_calendars(&folders, m->session, pool));
    *out = apr_array_make(pool, folders->nelts + 1, sizeof(xc_sharedcal_t));
    for (int i = 0; i < folders->nelts; i++)
        APR_ARRAY_PUSH(*out, xc_sharedcal_t) = (xc_sharedcal_t){.address = "public", .folder = APR_ARRAY_IDX(folders, i, xc_folder_t)};
    write_list(m, "public", *out, asked_at, pool);
    return NULL;
}

static int is_fresh(const xc_mailbox_t *m, apr_time_t asked_at)
{
    return asked_at >= m->opened_at || asked_at + m->cfg->home_freshness > apr_time_now();
}

/* What is kept of one kind when it is fresh, else what Exchange says: one question for all simultaneous requests. */
static xc_error_t *find_out(apr_array_header_t **out, xc_mailbox_t *m, const char *what,
                            xc_error_t *(*ask)(apr_array_header_t **out, xc_mailbox_t *m, apr_pool_t *pool), apr_pool_t *pool)
{
    apr_time_t asked_at = 0;
    *out = read_list(&asked_at, m, what, m->pool);
    while (!*out || !is_fresh(m, asked_at)) {
        xc_flight_t *flight = NULL;
        int waited = 0;
        XC_TRY(xc_store_flight_begin(&flight, &waited, m->store, apr_pstrcat(pool, "shared ", key_of(m, what, pool), NULL), XC_FLIGHT_LEASE,
                                     m->session->deadline, pool));
        *out = read_list(&asked_at, m, what, m->pool);
        if (!flight)
            continue;
        xc_error_t *err = *out && is_fresh(m, asked_at) ? NULL : ask(out, m, m->pool);
        xc_store_flight_end(flight);
        return err ? xc_error_context(err, pool, "other calendars (%s) for %s", what, m->owner) : NULL;
    }
    return NULL;
}

xc_error_t *xc_mailbox_shared(apr_array_header_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    if (m->own)
        m = m->own;
    if (!m->shared && (!m->session->backend->sharing || !m->cfg->shared_found))
        m->shared = apr_array_make(m->pool, 1, sizeof(xc_sharedcal_t));
    if (!m->shared)
        XC_TRY(find_out(&m->shared, m, "list", ask_list, pool));
    *out = m->shared;
    return NULL;
}

xc_error_t *xc_shared_public(apr_array_header_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    *out = apr_array_make(pool, 1, sizeof(xc_sharedcal_t));
    return m->session->backend->sharing ? find_out(out, m, "public", ask_public, pool) : NULL;
}
