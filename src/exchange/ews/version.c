/* SPDX-License-Identifier: Apache-2.0 */
/* Which version to speak, where: found out once per server, then remembered. */
#include <apr_strings.h>
#include <string.h>

#include "exchange/autodiscover.h"
#include "exchange/ews/ews.h"

#define REMEMBER_VERSION apr_time_from_sec(86400)

/* Newest first. A server refuses what is newer than itself; what the gateway uses of later versions
 * is all in the first row. */
static const xc_ews_version_t versions[] = {
    {"Exchange2013_SP1", 1, 1, 1, 1, 1},
    {"Exchange2013", 1, 1, 1, 1, 0},
    {"Exchange2010_SP2", 1, 1, 0, 0, 0},
    {"Exchange2010_SP1", 1, 1, 0, 0, 0},
    {"Exchange2010", 1, 0, 0, 0, 0},
    {"Exchange2007_SP1", 0, 0, 0, 0, 0},
    {NULL, 0, 0, 0, 0, 0},
};

/* The rows that are worth a try; the others are for configuration. */
static const char *const tried[] = {"Exchange2013_SP1", "Exchange2010_SP2", "Exchange2007_SP1", NULL};

const xc_ews_version_t *xc_ews_versions(void)
{
    return versions;
}

const xc_ews_version_t *xc_ews_version_find(const char *name)
{
    for (const xc_ews_version_t *v = versions; v->name; v++)
        if (name && strcmp(v->name, name) == 0)
            return v;
    return NULL;
}

static const char *memo_key(const char *url, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "ews-version ", url, NULL);
}

/* The cheapest question: the id of one's own calendar. */
static xc_error_t *probe(xc_session_t *s, const xc_ews_state_t *state, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    xc_ews_begin(&call, s, state, "GetFolder", pool);
    xc_xmlw_start(call.w, XC_NS_M, "FolderShape");
    xc_xmlw_element(call.w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "FolderIds");
    xc_ews_write_distinguished(call.w, s, "calendar", NULL);
    xc_xmlw_end(call.w);
    return xc_ews_single(&message, &call, s, state, pool);
}

static xc_error_t *negotiate(xc_ews_state_t *state, xc_session_t *s, apr_pool_t *pool)
{
    xc_error_t *err = NULL;
    for (int i = 0; tried[i]; i++) {
        state->version = xc_ews_version_find(tried[i]);
        err = probe(s, state, pool);
        if (!err) {
            if (s->memo_set)
                s->memo_set(s->memo_ctx, memo_key(state->url, pool), tried[i], REMEMBER_VERSION);
            xc_log(s->log, XC_LOG_INFO, "%s speaks %s", state->url, tried[i]);
            return NULL;
        }
        if (!xc_ews_is_version_error(err))
            return err;
    }
    return err;
}

/* A configured name that is in no row is a later one's: it is sent as it is, with all that we know. */
static const xc_ews_version_t *configured(const char *name, apr_pool_t *pool)
{
    const xc_ews_version_t *known = xc_ews_version_find(name);
    if (known)
        return known;
    xc_ews_version_t *later = apr_pmemdup(pool, &versions[0], sizeof versions[0]);
    later->name = name;
    return later;
}

void xc_ews_forget_version(const xc_session_t *s, const xc_ews_state_t *state)
{
    if (s->memo_set)
        s->memo_set(s->memo_ctx, memo_key(state->url, s->pool), NULL, 0);
}

static const char *login_of(const xc_session_t *s)
{
    return s->impersonate ? s->impersonate : s->account ? s->account : s->credential ? s->credential->user : NULL;
}

void xc_ews_forget_url(xc_session_t *s, apr_pool_t *pool)
{
    xc_autodiscover_forget(s, login_of(s), pool);
}

xc_error_t *xc_ews_state(const xc_ews_state_t **out, xc_session_t *s, apr_pool_t *pool)
{
    xc_ews_state_t *state = s->state;
    *out = state;
    if (state)
        return NULL;
    state = apr_pcalloc(s->pool, sizeof *state);
    XC_TRY(xc_autodiscover_url(&state->url, s, login_of(s), s->pool));
    state->origin = xc_net_origin(state->url, s->pool);
    if (!state->origin)
        return xc_error_make(pool, 502, XC_COND_NONE, "The address of Exchange's web service is not valid.");
    if (s->cfg->version)
        state->version = configured(s->cfg->version, s->pool);
    else if (s->memo_get)
        state->version = xc_ews_version_find(s->memo_get(s->memo_ctx, memo_key(state->url, pool), pool));
    if (!state->version)
        XC_TRY(negotiate(state, s, pool));
    s->state = state;
    *out = state;
    return NULL;
}
