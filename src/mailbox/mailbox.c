/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a mailbox; the pieces that all of the folder needs. */
#include "mailbox/mailbox_priv.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include "base/crypt.h"

/* Part of every entity tag: raise it when the same item is rendered differently than before, so
 * that clients fetch it again. */
#define XC_RENDERING "2"
#define XC_RENDERING_HIDDEN "2 private hidden"

#define WRITE_ITEMS (XC_RIGHT_CREATE | XC_RIGHT_MODIFY | XC_RIGHT_DELETE)

static const char *lower(const char *s, apr_pool_t *pool)
{
    char *out = apr_pstrdup(pool, s);
    for (char *p = out; *p; p++)
        *p = (char)apr_tolower(*p);
    return out;
}

xc_error_t *xc_mailbox_open(xc_mailbox_t **out, const xc_mailbox_config_t *cfg, xc_session_t *session, xc_store_t *store,
                            apr_pool_t *pool)
{
    *out = NULL;
    if (!session->account || !*session->account)
        return xc_error_make(pool, 401, XC_COND_NONE, "Sign in to see a calendar.");
    xc_mailbox_t *m = apr_pcalloc(pool, sizeof *m);
    m->cfg = cfg;
    m->session = session;
    m->store = store;
    m->pool = pool;
    /* what was asked where Exchange is decides which Exchange it is */
    m->origin = session->cfg->url ? session->cfg->url
                : apr_pstrcat(pool, session->cfg->autodiscover_url ? session->cfg->autodiscover_url : "autodiscover", " ",
                              session->cfg->mail_domain ? session->cfg->mail_domain : "", NULL);
    m->owner = lower(session->account, pool);
    m->opened_at = apr_time_now();
    *out = m;
    return NULL;
}

/* Nothing else gets into a question to Exchange. */
static int is_address(const char *address)
{
    const char *at = strchr(address, '@');
    if (!at || at == address || !at[1] || strchr(at + 1, '@') || strlen(address) > XC_NAME_MAX_BYTES)
        return 0;
    for (const unsigned char *p = (const unsigned char *)address; *p; p++)
        if (*p <= 0x20 || *p == 0x7f || strchr("<>()[]\\,;:\"", *p))
            return 0;
    return 1;
}

xc_error_t *xc_mailbox_other(xc_mailbox_t **out, xc_mailbox_t *own, const char *address, apr_pool_t *pool)
{
    *out = NULL;
    if (own->own)
        own = own->own;
    if (!is_address(address))
        return xc_error_make(pool, 404, XC_COND_NONE, "There is nothing at this path.");
    const char *owner = lower(address, own->pool);
    if (strcmp(owner, own->owner) == 0) {
        *out = own;
        return NULL;
    }
    if (!own->others)
        own->others = apr_hash_make(own->pool);
    xc_mailbox_t *m = apr_hash_get(own->others, owner, APR_HASH_KEY_STRING);
    if (!m) {
        m = apr_pcalloc(own->pool, sizeof *m);
        m->cfg = own->cfg;
        m->session = own->session;
        m->store = own->store;
        m->pool = own->pool;
        m->origin = own->origin;
        m->owner = owner;
        m->own = own;
        m->opened_at = own->opened_at;
        apr_hash_set(own->others, owner, APR_HASH_KEY_STRING, m);
    }
    *out = m;
    return NULL;
}

int xc_mailbox_is_own(const xc_mailbox_t *m)
{
    return m->own == NULL;
}

const char *xc_mailbox_address(const xc_mailbox_t *m)
{
    return m->owner;
}

int xc_mailbox_is_read_only(const xc_mailbox_t *m)
{
    const char *list = m->cfg->read_only_for ? m->cfg->read_only_for : "", *at = strchr(m->owner, '@');

    for (const char *p = list + strspn(list, ", \t"); *p; p += strspn(p, ", \t")) {
        apr_size_t len = strcspn(p, ", \t");
        const char *whom = *p == '@' ? at : m->owner;
        if (whom && strlen(whom) == len && strncasecmp(p, whom, len) == 0)
            return 1;
        p += len;
    }
    return m->cfg->read_only;
}

const char *const *xc_mailbox_addresses(const xc_mailbox_t *m, apr_pool_t *pool)
{
    const char **me = apr_pcalloc(pool, 2 * sizeof *me);
    me[0] = m->owner;
    return me;
}

const char *xc_mailbox_display_name(const xc_mailbox_t *m)
{
    const char *name = NULL;
    if (m->session->memo_get)
        name = m->session->memo_get(m->session->memo_ctx, apr_pstrcat(m->pool, "name ", m->owner, NULL), m->pool);
    return name ? name : m->owner;
}

const char *xc_etag_of(const xc_calendar_t *cal, const char *change_key, apr_pool_t *pool)
{
    return xc_crypt_hex(pool, 16, change_key ? change_key : "", xc_calendar_hides_private(cal) ? XC_RENDERING_HIDDEN : XC_RENDERING, NULL);
}

xc_error_t *xc_calendar_allow(const xc_calendar_t *cal, unsigned right, apr_pool_t *pool)
{
    if (xc_mailbox_is_read_only(cal->mailbox))
        return xc_error_make(pool, 403, XC_COND_NEED_PRIVILEGES, "This gateway is set up for reading only.");
    if ((!xc_mailbox_is_own(cal->mailbox) || cal->unsynced) && (right & WRITE_ITEMS))
        right = WRITE_ITEMS;
    if (!(cal->folder.rights & right))
        return xc_error_make(pool, 403, XC_COND_NEED_PRIVILEGES, "Exchange does not grant you this right on the calendar \"%s\".",
                             cal->folder.display_name);
    return NULL;
}

xc_error_t *xc_calendar_fold_local(xc_calendar_t *cal, xc_change_e kind, const xc_item_t *item, apr_pool_t *pool)
{
    xc_change_t change;
    memset(&change, 0, sizeof change);
    change.kind = kind;
    change.item = *item;
    int stale = 0;
    XC_TRY(xc_store_fold(&stale, cal->mailbox->store, &cal->key, NULL, NULL, &change, 1, 0, 0, pool));
    xc_calendar_changed(cal, pool);
    return xc_store_calendar(&cal->info, cal->mailbox->store, &cal->key, cal->mailbox->pool);
}

void xc_calendar_remember(xc_calendar_t *cal, const char *id, const char *change_key, const char *text, apr_size_t len,
                          const char *extra, apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    xc_body_t body = {.id = id, .change_key = change_key, .text = text, .len = len, .extra = extra};
    xc_error_t *err = xc_store_put_bodies(m->store, &cal->key, &body, 1, pool);
    xc_object_t *obj = NULL;
    if (!err && !xc_object_parse_stored(&obj, text, len, pool)) {
        apr_time_t first, last;
        xc_object_span(obj, m->session->zone, &first, &last);
        err = xc_store_set_span(m->store, &cal->key, id, change_key, first, last, pool);
    }
    /* A body that could not be kept costs one more call later, nothing else. */
    if (err)
        xc_log(m->session->log, XC_LOG_WARNING, "a body was not kept: %s", err->detail ? err->detail : err->message);
}

const xc_zone_t *xc_mailbox_zone(const xc_mailbox_t *m)
{
    return m->session->zone;
}
