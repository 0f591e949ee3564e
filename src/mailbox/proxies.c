/* SPDX-License-Identifier: Apache-2.0 */
/* Who acts for the owner of a mailbox: Exchange's delegates, and whom the default calendar lets in. */
#include "mailbox/sharing.h"

#include <apr_strings.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/crypt.h"
#include "mailbox/mailbox_priv.h"
#include "mailbox/people.h"

#define VERSION  1
#define KEPT_FOR apr_time_from_sec(86400)

static const char *key_of(const xc_mailbox_t *m, apr_pool_t *pool)
{
    return xc_crypt_hex(pool, 32, m->origin, m->session->account, m->owner, "proxies", NULL);
}

static int has(const apr_array_header_t *list, const char *address)
{
    for (int i = 0; i < list->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(list, i, const char *), address) == 0)
            return 1;
    return 0;
}

static void add(apr_array_header_t *list, const char *address)
{
    if (!has(list, address))
        APR_ARRAY_PUSH(list, const char *) = address;
}

static apr_array_header_t *new_list(apr_pool_t *pool)
{
    return apr_array_make(pool, 8, sizeof(const char *));
}

/* ---- what Exchange says ---- */

typedef struct now_t {
    xc_calendar_t *cal;
    apr_array_header_t *permissions; /* xc_permission_t */
    apr_array_header_t *delegates;   /* xc_delegate_t */
} now_t;

static xc_error_t *ask(now_t *now, xc_mailbox_t *m, apr_pool_t *pool)
{
    const xc_sharing_ops_t *ops = m->session->backend->sharing;
    if (!ops)
        return xc_error_make(pool, 501, XC_COND_NONE, "This Exchange does not tell who acts for whom.");
    if (!xc_mailbox_is_own(m))
        return xc_error_make(pool, 0, XC_COND_NEED_PRIVILEGES, "Who acts for somebody is his own affair.");
    XC_TRY(xc_mailbox_calendar(&now->cal, m, "calendar", pool));
    if (!now->cal)
        return xc_error_make(pool, 404, XC_COND_NONE, "The mailbox has no calendar.");
    XC_TRY(ops->permissions(&now->permissions, m->session, now->cal->folder.id, pool));
    xc_error_t *err = ops->delegates(&now->delegates, m->session, m->owner, pool);
    if (err && (err->status == 401 || xc_error_is_passing(err)))
        return err;
    if (err) { /* the permissions say the most of it */
        xc_log(m->session->log, XC_LOG_INFO, "the delegates of %s cannot be read: %s", m->owner, err->message);
        now->delegates = apr_array_make(pool, 1, sizeof(xc_delegate_t));
    }
    return NULL;
}

static xc_proxies_t *proxies_of(const now_t *now, const char *owner, apr_pool_t *pool)
{
    xc_proxies_t *p = apr_pcalloc(pool, sizeof *p);
    p->readers = new_list(pool);
    p->writers = new_list(pool);
    for (int i = 0; i < now->delegates->nelts; i++) {
        const xc_delegate_t *d = &APR_ARRAY_IDX(now->delegates, i, xc_delegate_t);
        if (d->calendar == XC_EXTENT_ALL)
            add(p->writers, d->address);
    }
    for (int i = 0; i < now->permissions->nelts; i++) {
        const xc_permission_t *one = &APR_ARRAY_IDX(now->permissions, i, xc_permission_t);
        if (one->who == XC_GRANTEE_USER && one->address && strcmp(one->address, owner) && one->grants.edit == XC_EXTENT_ALL)
            add(p->writers, one->address);
    }
    for (int i = 0; i < now->permissions->nelts; i++) {
        const xc_permission_t *one = &APR_ARRAY_IDX(now->permissions, i, xc_permission_t);
        if (one->who == XC_GRANTEE_USER && one->address && strcmp(one->address, owner) && one->grants.sees == XC_SEES_ALL &&
            !has(p->writers, one->address))
            add(p->readers, one->address);
    }
    return p;
}

/* ---- what is kept ---- */

static apr_array_header_t *read_addresses(json_t *array, apr_pool_t *pool)
{
    apr_array_header_t *list = new_list(pool);
    json_t *one;
    size_t i;
    json_array_foreach(array, i, one)
        if (json_is_string(one))
            APR_ARRAY_PUSH(list, const char *) = apr_pstrdup(pool, json_string_value(one));
    return list;
}

static xc_proxies_t *recall(const xc_mailbox_t *m, apr_pool_t *pool)
{
    unsigned char *value = NULL;
    apr_size_t len = 0;
    xc_proxies_t *p = NULL;
    if (xc_store_get(&value, &len, m->store, "shared", key_of(m, pool), pool) || !value)
        return NULL;
    json_t *root = json_loadb((const char *)value, len, JSON_REJECT_DUPLICATES, NULL);
    apr_time_t at = (apr_time_t)json_integer_value(json_object_get(root, "at"));
    if (json_integer_value(json_object_get(root, "v")) == VERSION && at + m->cfg->home_freshness > apr_time_now()) {
        p = apr_pcalloc(pool, sizeof *p);
        p->readers = read_addresses(json_object_get(root, "r"), pool);
        p->writers = read_addresses(json_object_get(root, "w"), pool);
    }
    json_decref(root);
    return p;
}

static json_t *write_addresses(const apr_array_header_t *list)
{
    json_t *array = json_array();
    for (int i = 0; i < list->nelts; i++)
        json_array_append_new(array, json_string(APR_ARRAY_IDX(list, i, const char *)));
    return array;
}

static void keep(const xc_mailbox_t *m, const xc_proxies_t *p, apr_time_t asked_at, apr_pool_t *pool)
{
    json_t *root = json_object();
    json_object_set_new(root, "v", json_integer(VERSION));
    json_object_set_new(root, "at", json_integer(asked_at));
    json_object_set_new(root, "r", write_addresses(p->readers));
    json_object_set_new(root, "w", write_addresses(p->writers));
    char *text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    xc_error_t *err = text ? xc_store_set(m->store, "shared", key_of(m, pool), text, strlen(text), KEPT_FOR, pool) : NULL;
    if (err)
        xc_log(m->session->log, XC_LOG_WARNING, "who acts for %s was not kept: %s", m->owner, err->message);
    free(text);
}

xc_error_t *xc_mailbox_proxies(xc_proxies_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    now_t now;
    apr_time_t asked_at = apr_time_now();
    *out = xc_mailbox_is_own(m) ? recall(m, pool) : NULL;
    if (*out)
        return NULL;
    XC_TRY(ask(&now, m, pool));
    *out = proxies_of(&now, m->owner, pool);
    keep(m, *out, asked_at, pool);
    return NULL;
}

/* ---- changing it ---- */

/* The permissions with these as Reviewers and without those. @return 0 when that changes nothing */
static int change_rows(apr_array_header_t *list, const apr_array_header_t *now, const apr_array_header_t *reviewers,
                       const apr_array_header_t *gone)
{
    int changed = 0;
    xc_permission_t reviewer = {.who = XC_GRANTEE_USER, .level = "Reviewer"};
    xc_sharing_level_grants(&reviewer.grants, reviewer.level);
    for (int i = 0; i < now->nelts; i++) {
        const xc_permission_t *p = &APR_ARRAY_IDX(now, i, xc_permission_t);
        if (p->who == XC_GRANTEE_USER && p->address && (has(gone, p->address) || has(reviewers, p->address)))
            changed = 1;
        else
            APR_ARRAY_PUSH(list, xc_permission_t) = *p;
    }
    for (int i = 0; i < reviewers->nelts; i++, changed = 1) {
        reviewer.address = APR_ARRAY_IDX(reviewers, i, const char *);
        APR_ARRAY_PUSH(list, xc_permission_t) = reviewer;
    }
    return changed;
}

static void only_delegates(apr_array_header_t *out, const now_t *now, const apr_array_header_t *addresses, int are)
{
    for (int i = 0; i < addresses->nelts; i++) {
        const char *address = APR_ARRAY_IDX(addresses, i, const char *);
        int is = 0;
        for (int k = 0; k < now->delegates->nelts && !is; k++)
            is = strcmp(APR_ARRAY_IDX(now->delegates, k, xc_delegate_t).address, address) == 0;
        if (is == are)
            add(out, address);
    }
}

/* First those who come, who may be unknown to Exchange: then nothing has changed. */
static xc_error_t *change(xc_mailbox_t *m, now_t *now, const apr_array_header_t *writers, const apr_array_header_t *readers,
                          const apr_array_header_t *gone, apr_pool_t *pool)
{
    const xc_sharing_ops_t *ops = m->session->backend->sharing;
    apr_array_header_t *fresh = new_list(pool), *known = new_list(pool), *ended = new_list(pool), *rows;
    only_delegates(fresh, now, writers, 0);
    only_delegates(known, now, writers, 1);
    only_delegates(ended, now, gone, 1);
    only_delegates(ended, now, readers, 1);
    if (writers->nelts)
        XC_TRY(ops->add_delegates(m->session, m->owner, fresh, known, pool));
    XC_TRY(ops->remove_delegates(m->session, m->owner, ended, pool));
    if (ended->nelts || writers->nelts) /* which changes the permissions too */
        XC_TRY(ops->permissions(&now->permissions, m->session, now->cal->folder.id, pool));
    rows = apr_array_make(pool, 8, sizeof(xc_permission_t));
    return change_rows(rows, now->permissions, readers, gone) ? ops->set_permissions(m->session, now->cal->folder.id, rows, pool) : NULL;
}

xc_error_t *xc_mailbox_set_proxies(xc_mailbox_t *m, int writers, const apr_array_header_t *addresses, apr_pool_t *pool)
{
    now_t now;
    apr_array_header_t *none = new_list(pool), *come = new_list(pool), *gone = new_list(pool);
    if (xc_mailbox_is_read_only(m))
        return xc_error_make(pool, 0, XC_COND_NEED_PRIVILEGES, "Nothing can be changed here.");
    XC_TRY(ask(&now, m, pool));
    const xc_proxies_t *p = proxies_of(&now, m->owner, pool);
    const apr_array_header_t *present = writers ? p->writers : p->readers;
    for (int i = 0; i < addresses->nelts; i++) {
        const char *address = APR_ARRAY_IDX(addresses, i, const char *);
        if (strcmp(address, m->owner) == 0)
            return xc_error_make(pool, 0, XC_COND_ALLOWED_PRINCIPAL, "Nobody acts for himself.");
        if (!has(present, address)) {
            /* before anything is changed */
            xc_entry_t *entry = NULL;
            XC_TRY(xc_people_entry(&entry, m, address, pool));
            if (!entry)
                return xc_error_make(pool, 0, XC_COND_RECOGNIZED_PRINCIPAL, "Exchange knows nobody of the address %s.", address);
            add(come, entry->address);
        }
    }
    for (int i = 0; i < present->nelts; i++)
        if (!has(addresses, APR_ARRAY_IDX(present, i, const char *)))
            add(gone, APR_ARRAY_IDX(present, i, const char *));
    if (!come->nelts && !gone->nelts)
        return NULL;
    xc_error_t *err = change(m, &now, writers ? come : none, writers ? none : come, gone, pool);
    /* whatever came of it: the next question goes to Exchange */
    xc_error_t *forget = xc_store_delete(m->store, "shared", key_of(m, pool), pool);
    if (err)
        return xc_error_context(err, pool, "who acts for %s", m->owner);
    return forget;
}
