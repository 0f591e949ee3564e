/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a mailbox; the pieces that all of the folder needs. */
#include "mailbox/mailbox_priv.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include "base/crypt.h"

/* Part of every entity tag: raise it when the same item is rendered differently than before, so
 * that clients fetch it again. */
#define XC_RENDERING "1"

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

const char *xc_mailbox_address(const xc_mailbox_t *m)
{
    return m->owner;
}

const char *xc_mailbox_display_name(const xc_mailbox_t *m)
{
    const char *name = NULL;
    if (m->session->memo_get)
        name = m->session->memo_get(m->session->memo_ctx, apr_pstrcat(m->pool, "name ", m->owner, NULL), m->pool);
    return name ? name : m->owner;
}

const char *xc_etag_of(const char *change_key, apr_pool_t *pool)
{
    return xc_crypt_hex(pool, 16, change_key ? change_key : "", XC_RENDERING, NULL);
}

xc_error_t *xc_calendar_allow(const xc_calendar_t *cal, unsigned right, apr_pool_t *pool)
{
    if (cal->mailbox->cfg->read_only)
        return xc_error_make(pool, 403, XC_COND_NEED_PRIVILEGES, "This gateway is set up for reading only.");
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
