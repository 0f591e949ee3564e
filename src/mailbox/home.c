/* SPDX-License-Identifier: Apache-2.0 */
/* The list of a mailbox's folders: kept in the store with the hierarchy's sync state, so that all
 * clients of the mailbox share one SyncFolderHierarchy. */
#include "mailbox/mailbox_priv.h"

#include <apr_strings.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/crypt.h"

#define XC_HOME_VERSION  2
#define XC_HOME_TTL      apr_time_from_sec(30 * 86400)
#define XC_HOME_MAX_PAGES 200 /* answers that may follow another */
#define XC_HOME_NONE_FRESH apr_time_from_sec(60) /* a right that was granted is seen soon */
#define XC_HOME_MAX      5000 /* folders of one mailbox that are looked at */

typedef struct home_t {
    apr_array_header_t *folders; /* xc_folder_t */
    const char *state;
    apr_time_t asked_at;
    int none;                    /* somebody else's mailbox: nothing of it may be seen */
} home_t;

static const char *home_key(const xc_mailbox_t *m, apr_pool_t *pool)
{
    return xc_crypt_hex(pool, 32, m->origin, m->session->account, m->owner, NULL);
}

static const char *json_text(json_t *object, const char *name, apr_pool_t *pool)
{
    const char *s = json_string_value(json_object_get(object, name));
    return s ? apr_pstrdup(pool, s) : NULL;
}

static int folder_from_json(xc_folder_t *f, json_t *row, apr_pool_t *pool)
{
    memset(f, 0, sizeof *f);
    f->id = json_text(row, "id", pool);
    f->change_key = json_text(row, "ck", pool);
    f->parent_id = json_text(row, "up", pool);
    f->display_name = json_text(row, "name", pool);
    f->kind = (xc_folder_kind_e)json_integer_value(json_object_get(row, "kind"));
    f->is_default = (int)json_integer_value(json_object_get(row, "def"));
    f->rights = (unsigned)json_integer_value(json_object_get(row, "rights"));
    f->href = json_text(row, "href", pool);
    f->props = json_text(row, "props", pool);
    return f->id && f->display_name;
}

static home_t *home_read(xc_mailbox_t *m, apr_pool_t *pool)
{
    unsigned char *value = NULL;
    apr_size_t len = 0;
    if (xc_store_get(&value, &len, m->store, "home", home_key(m, pool), pool) || !value)
        return NULL;
    json_t *root = json_loadb((const char *)value, len, JSON_REJECT_DUPLICATES, NULL);
    home_t *home = NULL;
    if (json_integer_value(json_object_get(root, "v")) == XC_HOME_VERSION) {
        home = apr_pcalloc(m->pool, sizeof *home);
        home->state = json_text(root, "state", m->pool);
        home->asked_at = (apr_time_t)json_integer_value(json_object_get(root, "at"));
        home->none = (int)json_integer_value(json_object_get(root, "none"));
        home->folders = apr_array_make(m->pool, 8, sizeof(xc_folder_t));
        json_t *rows = json_object_get(root, "folders"), *row;
        size_t i;
        json_array_foreach(rows, i, row) {
            xc_folder_t f;
            if (folder_from_json(&f, row, m->pool))
                APR_ARRAY_PUSH(home->folders, xc_folder_t) = f;
        }
    }
    json_decref(root);
    return home;
}

static void set_text(json_t *row, const char *name, const char *value)
{
    if (value)
        json_object_set_new(row, name, json_string(value));
}

static void home_write(xc_mailbox_t *m, const home_t *home, apr_pool_t *pool)
{
    json_t *rows = json_array();
    for (int i = 0; i < home->folders->nelts; i++) {
        const xc_folder_t *f = &APR_ARRAY_IDX(home->folders, i, xc_folder_t);
        json_t *row = json_object();
        set_text(row, "id", f->id);
        set_text(row, "ck", f->change_key);
        set_text(row, "up", f->parent_id);
        set_text(row, "name", f->display_name);
        json_object_set_new(row, "kind", json_integer(f->kind));
        json_object_set_new(row, "def", json_integer(f->is_default));
        json_object_set_new(row, "rights", json_integer(f->rights));
        set_text(row, "href", f->href);
        set_text(row, "props", f->props);
        json_array_append_new(rows, row);
    }
    json_t *root = json_object();
    json_object_set_new(root, "v", json_integer(XC_HOME_VERSION));
    set_text(root, "state", home->state);
    json_object_set_new(root, "at", json_integer(home->asked_at));
    json_object_set_new(root, "none", json_integer(home->none));
    json_object_set_new(root, "folders", rows);
    char *text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    if (text) {
        xc_error_t *err = xc_store_set(m->store, "home", home_key(m, pool), text, strlen(text), XC_HOME_TTL, pool);
        if (err)
            xc_log(m->session->log, XC_LOG_WARNING, "the folder list was not kept: %s", err->message);
    }
    free(text);
}

static int index_of(const apr_array_header_t *folders, const char *id)
{
    for (int i = 0; i < folders->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(folders, i, xc_folder_t).id, id) == 0)
            return i;
    return -1;
}

static void fold_page(home_t *home, const xc_folder_page_t *page)
{
    for (int i = 0; i < page->deletes->nelts; i++) {
        int at = index_of(home->folders, APR_ARRAY_IDX(page->deletes, i, const char *));
        if (at >= 0) {
            xc_folder_t *rows = (xc_folder_t *)home->folders->elts;
            memmove(rows + at, rows + at + 1, (size_t)(home->folders->nelts - at - 1) * sizeof *rows);
            home->folders->nelts--;
        }
    }
    for (int i = 0; i < page->upserts->nelts; i++) {
        const xc_folder_t *f = &APR_ARRAY_IDX(page->upserts, i, xc_folder_t);
        int at = index_of(home->folders, f->id);
        if (at >= 0) {
            /* a delta does not say again which folder is the default one */
            int was_default = APR_ARRAY_IDX(home->folders, at, xc_folder_t).is_default;
            xc_folder_kind_e kind = APR_ARRAY_IDX(home->folders, at, xc_folder_t).kind;
            APR_ARRAY_IDX(home->folders, at, xc_folder_t) = *f;
            APR_ARRAY_IDX(home->folders, at, xc_folder_t).is_default |= was_default;
            if (kind == XC_FOLDER_ROOT)
                APR_ARRAY_IDX(home->folders, at, xc_folder_t).kind = kind;
        } else if (home->folders->nelts < XC_HOME_MAX)
            APR_ARRAY_PUSH(home->folders, xc_folder_t) = *f;
    }
}

/* Rights come and go without a change to the folders: of another's mailbox all is asked for every time. */
static xc_error_t *other_ask(xc_mailbox_t *m, home_t *home, apr_pool_t *pool)
{
    apr_time_t asked_at = apr_time_now();
    XC_TRY(xc_other_folders(&home->folders, m, pool));
    home->none = home->folders->nelts == 0;
    for (int i = 0; i < home->folders->nelts; i++) {
        if (APR_ARRAY_IDX(home->folders, i, xc_folder_t).rights & XC_RIGHT_READ) {
            xc_shared_visited(m, pool);
            break;
        }
    }
    home->asked_at = asked_at;
    m->folders_asked = 1;
    home_write(m, home, pool);
    return NULL;
}

static xc_error_t *home_ask(xc_mailbox_t *m, home_t *home, apr_pool_t *pool)
{
    if (!xc_mailbox_is_own(m))
        return other_ask(m, home, pool);
    const xc_backend_t *be = m->session->backend;
    apr_time_t asked_at = apr_time_now();
    for (int more = 1, pages = 0; more; pages++) {
        if (pages == XC_HOME_MAX_PAGES)
            return xc_error_retry(xc_error_make(pool, 503, XC_COND_NONE, "Exchange does not finish listing the folders of this mailbox."), 60);
        xc_folder_page_t *page = NULL;
        XC_TRY(be->folder_sync(&page, m->session, m->owner, home->state, m->pool));
        if (page->reset)
            apr_array_clear(home->folders);
        fold_page(home, page);
        more = page->more && page->state && (!home->state || strcmp(page->state, home->state));
        home->state = page->state;
    }
    home->asked_at = asked_at;
    m->folders_asked = 1;
    home_write(m, home, pool);
    return NULL;
}

static int home_fresh(const xc_mailbox_t *m, const home_t *home, int force)
{
    if (!home)
        return 0;
    if (home->asked_at >= m->opened_at)
        return 1;
    apr_interval_time_t fresh = m->cfg->home_freshness;
    if (home->none && fresh > XC_HOME_NONE_FRESH)
        fresh = XC_HOME_NONE_FRESH;
    return !force && home->asked_at + fresh > apr_time_now();
}

xc_error_t *xc_home_load(xc_mailbox_t *m, int force, apr_pool_t *pool)
{
    if (m->folders && (m->folders_asked || !force))
        return NULL;
    home_t *home = home_read(m, pool);
    while (!home_fresh(m, home, force)) {
        xc_flight_t *flight = NULL;
        int waited = 0;
        XC_TRY(xc_store_flight_begin(&flight, &waited, m->store, apr_pstrcat(pool, "home ", home_key(m, pool), NULL), XC_FLIGHT_LEASE,
                                     m->session->deadline, pool));
        home = home_read(m, pool);
        if (!flight)
            continue; /* somebody else asked: what they found may do */
        xc_error_t *err = NULL;
        if (!home_fresh(m, home, force)) {
            if (!home) {
                home = apr_pcalloc(m->pool, sizeof *home);
                home->folders = apr_array_make(m->pool, 8, sizeof(xc_folder_t));
            }
            err = home_ask(m, home, pool);
        }
        xc_store_flight_end(flight);
        if (err)
            return xc_error_context(err, pool, "folders of %s", m->owner);
        break;
    }
    if (home->none)
        return xc_error_make(pool, 404, XC_COND_NONE, "There is nothing at this path.");
    m->folders = home->folders;
    m->calendars = NULL;
    return NULL;
}

xc_error_t *xc_home_root_props(const char **props, xc_mailbox_t *m, apr_pool_t *pool)
{
    const apr_array_header_t *folders = m->folders;
    *props = NULL;
    if (!folders) {
        const home_t *home = home_read(m, pool);
        if (!home || !home->asked_at)
            XC_TRY(xc_home_load(m, 0, pool));
        folders = m->folders ? m->folders : home->folders;
    }
    for (int i = 0; i < folders->nelts; i++)
        if (APR_ARRAY_IDX(folders, i, xc_folder_t).kind == XC_FOLDER_ROOT)
            *props = APR_ARRAY_IDX(folders, i, xc_folder_t).props;
    return NULL;
}

void xc_home_expire(xc_mailbox_t *m, apr_pool_t *pool)
{
    home_t *home = home_read(m, pool);
    if (home) {
        home->asked_at = 0;
        home_write(m, home, pool);
    }
    m->folders = NULL;
    m->folders_asked = 0;
    m->calendars = NULL;
}

static void patch_row(apr_array_header_t *folders, const xc_folder_t *change, apr_pool_t *pool)
{
    int at = index_of(folders, change->id);
    xc_folder_t *f = at < 0 ? NULL : &APR_ARRAY_IDX(folders, at, xc_folder_t);
    if (f && change->display_name)
        f->display_name = apr_pstrdup(pool, change->display_name);
    if (f && change->href)
        f->href = apr_pstrdup(pool, change->href);
    if (f && change->props)
        f->props = *change->props ? apr_pstrdup(pool, change->props) : NULL;
}

void xc_home_patch(xc_mailbox_t *m, const xc_folder_t *change, apr_pool_t *pool)
{
    home_t *home = home_read(m, pool);
    if (home) {
        patch_row(home->folders, change, m->pool);
        home_write(m, home, pool);
    }
    if (m->folders)
        patch_row(m->folders, change, m->pool);
    m->calendars = NULL;
}
