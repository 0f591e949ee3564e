/* SPDX-License-Identifier: Apache-2.0 */
/* The directory, as the account sees it: found entries are kept for a while. */
#include "mailbox/people.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/crypt.h"
#include "mailbox/mailbox_priv.h"

#define VERSION  1
#define SPACE    "people"
#define MAX_TEXT 200 /* bytes of what is searched for */

static const xc_people_ops_t *ops(const xc_mailbox_t *m)
{
    return m->session->backend->people;
}

static xc_error_t *no_directory(apr_pool_t *pool)
{
    return xc_error_make(pool, 501, XC_COND_NONE, "This Exchange tells nothing of other people.");
}

static const char *lower(const char *text, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, text);
    for (char *p = copy; *p; p++)
        *p = (char)apr_tolower(*p);
    return copy;
}

/* ---- what is kept ---- */

static const char *key_of(const xc_mailbox_t *m, const char *what, const char *about, apr_pool_t *pool)
{
    return xc_crypt_hex(pool, 32, m->origin, m->session->account, what, about, NULL);
}

static const char *json_text(json_t *object, const char *name, apr_pool_t *pool)
{
    const char *s = json_string_value(json_object_get(object, name));
    return s ? apr_pstrdup(pool, s) : NULL;
}

/* NULL when nothing is kept. */
static apr_array_header_t *recall(int *more, xc_mailbox_t *m, const char *what, const char *about, apr_pool_t *pool)
{
    unsigned char *value = NULL;
    apr_size_t len = 0;
    apr_array_header_t *found = NULL;
    if (m->cfg->directory_cache <= 0 || xc_store_get(&value, &len, m->store, SPACE, key_of(m, what, about, pool), pool) || !value)
        return NULL;
    json_t *root = json_loadb((const char *)value, len, JSON_REJECT_DUPLICATES, NULL), *row;
    size_t i;
    if (json_integer_value(json_object_get(root, "v")) == VERSION) {
        found = apr_array_make(pool, 8, sizeof(xc_entry_t));
        *more = json_is_true(json_object_get(root, "m"));
        json_array_foreach(json_object_get(root, "e"), i, row) {
            xc_entry_t e = {.address = json_text(row, "a", pool), .name = json_text(row, "n", pool), .given_name = json_text(row, "g", pool),
                            .surname = json_text(row, "s", pool)};
            e.kind = (xc_entry_kind_e)json_integer_value(json_object_get(row, "k"));
            if (e.address && e.name && e.kind >= XC_ENTRY_PERSON && e.kind <= XC_ENTRY_OTHER)
                APR_ARRAY_PUSH(found, xc_entry_t) = e;
        }
    }
    json_decref(root);
    return found;
}

static void set_text(json_t *row, const char *name, const char *value)
{
    if (value)
        json_object_set_new(row, name, json_string(value));
}

static void keep(xc_mailbox_t *m, const char *what, const char *about, const xc_entry_t *entries, int n, int more, apr_pool_t *pool)
{
    if (m->cfg->directory_cache <= 0)
        return;
    json_t *root = json_object(), *rows = json_array();
    for (int i = 0; i < n; i++) {
        json_t *row = json_object();
        set_text(row, "a", entries[i].address);
        set_text(row, "n", entries[i].name);
        set_text(row, "g", entries[i].given_name);
        set_text(row, "s", entries[i].surname);
        json_object_set_new(row, "k", json_integer(entries[i].kind));
        json_array_append_new(rows, row);
    }
    json_object_set_new(root, "v", json_integer(VERSION));
    json_object_set_new(root, "m", json_boolean(more));
    json_object_set_new(root, "e", rows);
    char *text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    if (text) {
        xc_error_t *err = xc_store_set(m->store, SPACE, key_of(m, what, about, pool), text, strlen(text), m->cfg->directory_cache, pool);
        if (err)
            xc_log(m->session->log, XC_LOG_WARNING, "an answer of the directory was not kept: %s", err->message);
    }
    free(text);
}

/* ---- rooms ---- */

xc_error_t *xc_people_rooms(apr_array_header_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    int more = 0;
    if (!ops(m))
        return no_directory(pool);
    *out = recall(&more, m, "rooms", "", pool);
    if (*out)
        return NULL;
    XC_TRY(ops(m)->rooms(out, m->session, pool));
    keep(m, "rooms", "", (const xc_entry_t *)(*out)->elts, (*out)->nelts, 0, pool);
    return NULL;
}

/* Exchange's directory does not tell a room from a person: the room lists do. */
static void tell_rooms(apr_array_header_t *entries, xc_mailbox_t *m, apr_pool_t *pool)
{
    apr_array_header_t *rooms;
    int people = 0;
    for (int i = 0; i < entries->nelts; i++)
        people += APR_ARRAY_IDX(entries, i, xc_entry_t).kind == XC_ENTRY_PERSON;
    if (!people)
        return;
    xc_error_t *err = xc_people_rooms(&rooms, m, pool);
    if (err) { /* they are found as people then */
        xc_log(m->session->log, XC_LOG_INFO, "the rooms could not be listed: %d %s%s%s", err->status, err->code ? err->code : "",
               err->detail ? " | " : "", err->detail ? err->detail : "");
        return;
    }
    apr_hash_t *by_address = apr_hash_make(pool);
    for (int i = 0; i < rooms->nelts; i++)
        apr_hash_set(by_address, APR_ARRAY_IDX(rooms, i, xc_entry_t).address, APR_HASH_KEY_STRING, "");
    for (int i = 0; i < entries->nelts; i++) {
        xc_entry_t *e = &APR_ARRAY_IDX(entries, i, xc_entry_t);
        if (e->kind == XC_ENTRY_PERSON && apr_hash_get(by_address, e->address, APR_HASH_KEY_STRING))
            e->kind = XC_ENTRY_ROOM;
    }
}

/* ---- people ---- */

xc_error_t *xc_people_search(apr_array_header_t **out, int *more, xc_mailbox_t *m, const char *text, apr_pool_t *pool)
{
    *more = 0;
    *out = apr_array_make(pool, 1, sizeof(xc_entry_t));
    if (!ops(m))
        return no_directory(pool);
    char *wanted = apr_pstrdup(pool, lower(text, pool));
    while (apr_isspace(*wanted))
        wanted++;
    for (apr_size_t n = strlen(wanted); n && apr_isspace(wanted[n - 1]); n--)
        wanted[n - 1] = '\0';
    if (!*wanted || strlen(wanted) > MAX_TEXT || strchr(wanted, '*'))
        return NULL;
    *out = recall(more, m, "search", wanted, pool);
    if (!*out) {
        XC_TRY(ops(m)->resolve(out, more, m->session, wanted, pool));
        const xc_entry_t *found = (const xc_entry_t *)(*out)->elts;
        keep(m, "search", wanted, found, (*out)->nelts, *more, pool);
        for (int i = 0; i < (*out)->nelts; i++) /* who was found is asked for next */
            keep(m, "entry", found[i].address, &found[i], 1, 0, pool);
    }
    tell_rooms(*out, m, pool);
    return NULL;
}

xc_error_t *xc_people_entry(xc_entry_t **out, xc_mailbox_t *m, const char *address, apr_pool_t *pool)
{
    int more = 0;
    const char *wanted = xc_mailto_address(address, pool);
    *out = NULL;
    if (!ops(m))
        return no_directory(pool);
    if (!wanted)
        return NULL;
    apr_array_header_t *found = recall(&more, m, "entry", wanted, pool);
    if (!found) {
        XC_TRY(ops(m)->resolve(&found, &more, m->session, apr_pstrcat(pool, "smtp:", wanted, NULL), pool));
        if (found->nelts > 1) /* that is no exact match */
            for (int i = 0; i < found->nelts; i++)
                if (strcmp(APR_ARRAY_IDX(found, i, xc_entry_t).address, wanted) == 0)
                    APR_ARRAY_IDX(found, 0, xc_entry_t) = APR_ARRAY_IDX(found, i, xc_entry_t);
        if (found->nelts > 1 && strcmp(APR_ARRAY_IDX(found, 0, xc_entry_t).address, wanted))
            found->nelts = 0;
        keep(m, "entry", wanted, (const xc_entry_t *)found->elts, found->nelts > 0, 0, pool);
    }
    if (!found->nelts)
        return NULL;
    found->nelts = 1;
    tell_rooms(found, m, pool);
    *out = &APR_ARRAY_IDX(found, 0, xc_entry_t);
    return NULL;
}

xc_error_t *xc_people_members(apr_array_header_t **out, xc_mailbox_t *m, const char *address, apr_pool_t *pool)
{
    int more = 0;
    if (!ops(m))
        return no_directory(pool);
    *out = recall(&more, m, "members", address, pool);
    if (!*out) {
        XC_TRY(ops(m)->expand_list(out, m->session, address, pool));
        keep(m, "members", address, (const xc_entry_t *)(*out)->elts, (*out)->nelts, 0, pool);
    }
    return NULL;
}
