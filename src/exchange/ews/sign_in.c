/* SPDX-License-Identifier: Apache-2.0 */
/* Whose credentials are these? One GetFolder; the directory is asked once a day. */
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "exchange/autodiscover.h"
#include "exchange/ews/ews.h"

#define REMEMBER_NAME apr_time_from_sec(86400)

/* The match that is meant: the only one, or of several the one with exactly this address. */
static const xmlNode *match(const xmlNode *message, const char *exact, apr_pool_t *pool)
{
    const xmlNode *only = NULL;
    int n = 0;
    for (xmlNode *r = xc_xml_child(xc_xml_child(message, NULL, "ResolutionSet"), NULL, "Resolution"); r; r = xc_xml_next(r, NULL, "Resolution")) {
        const xmlNode *mailbox = xc_xml_child(r, NULL, "Mailbox");
        const char *address = xc_xml_child_text(mailbox, NULL, "EmailAddress", pool);
        if (!address || !strchr(address, '@'))
            continue;
        if (exact && strcasecmp(address, exact) == 0)
            return mailbox;
        only = mailbox;
        n++;
    }
    /* an ambiguous name must not make one person another */
    return n == 1 ? only : NULL;
}

static const char *lower_case(const char *text, apr_pool_t *pool)
{
    char *out = apr_pstrdup(pool, text);
    for (char *c = out; *c; c++)
        *c = (char)apr_tolower(*c);
    return out;
}

static xc_error_t *unknown_login(apr_pool_t *pool)
{
    return xc_error_make(pool, 403, XC_COND_NONE, "Exchange does not say which mailbox this login has; sign in with the mail address.");
}

/* The id of the calendar of a mailbox, NULL = of the one who signed in. */
static xc_error_t *ask_calendar(const char **id, const char *mailbox, xc_session_t *s, const xc_ews_state_t *es, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *message = NULL;
    xc_ews_begin(&call, s, es, "GetFolder", pool);
    call.prove = mailbox == NULL;
    xc_xmlw_start(call.w, XC_NS_M, "FolderShape");
    xc_xmlw_element(call.w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "FolderIds");
    xc_xmlw_start(call.w, XC_NS_T, "DistinguishedFolderId");
    xc_xmlw_attr(call.w, "Id", "calendar");
    if (mailbox) {
        xc_xmlw_start(call.w, XC_NS_T, "Mailbox");
        xc_xmlw_element(call.w, XC_NS_T, "EmailAddress", mailbox);
        xc_xmlw_end(call.w);
    }
    xc_xmlw_end(call.w);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    xmlNode *folder = xc_xml_child(xc_xml_child(message, NULL, "Folders"), NULL, NULL);
    *id = xc_xml_attr(xc_xml_child(folder, NULL, "FolderId"), "Id", pool);
    return *id ? NULL : xc_ews_error("NoFolderId", "GetFolder without an id", pool);
}

/*
 * Whoever has this address has the calendar of the one who signed in: then they are one. A completed login proves
 * nothing: FABRIKAM\alice is not alice@contoso.example, and a UPN may be the mail address of somebody else.
 * @param typed the address is the login's own: then it will do that nobody else has it
 */
static xc_error_t *verify(const char *address, int typed, const char *own_calendar, xc_session_t *s, const xc_ews_state_t *es, apr_pool_t *pool)
{
    const char *id = NULL;
    xc_error_t *err = ask_calendar(&id, address, s, es, pool);
    if (err && xc_error_is_passing(err))
        return err;
    if (err && typed && err->code && strcmp(err->code, "ErrorNonExistentMailbox") == 0)
        return NULL;
    return !err && strcmp(id, own_calendar) == 0 ? NULL : unknown_login(pool);
}

/* The primary SMTP address of a login: what the directory says, asked once a day. */
static xc_error_t *resolve(const char **address, const char *login, const char *own_calendar, xc_session_t *s, const xc_ews_state_t *es,
                           apr_pool_t *pool)
{
    xc_ews_call_t call;
    const char *back = strrchr(login, '\\');
    const char *completed = xc_login_address(login, s->cfg->mail_domain, pool);
    const char *entry = completed ? apr_pstrcat(pool, "smtp:", completed, NULL) : back ? back + 1 : login;
    xc_ews_begin(&call, s, es, "ResolveNames", pool);
    xc_xmlw_attr(call.w, "ReturnFullContactData", "false");
    /* not the contacts, in which everybody writes what they like */
    xc_xmlw_attr(call.w, "SearchScope", "ActiveDirectory");
    xc_xmlw_element(call.w, XC_NS_M, "UnresolvedEntry", entry);
    xmlNode *message = NULL;
    /* the login was good: a directory that does not answer for it leaves the address as it was typed */
    xc_error_t *err = xc_ews_single(&message, &call, s, es, pool);
    if (err && xc_error_is_passing(err))
        return err;
    const xmlNode *mailbox = err ? NULL : match(message, completed, pool);
    const char *found = xc_xml_child_text(mailbox, NULL, "EmailAddress", pool);
    const char *name = xc_xml_child_text(mailbox, NULL, "Name", pool);
    *address = found ? lower_case(found, pool) : completed ? lower_case(completed, pool) : NULL;
    if (*address) {
        xc_error_t *other = verify(*address, !found, own_calendar, s, es, pool);
        if (other) {
            *address = NULL;
            return other;
        }
    }
    if (*address && found && name && *name && s->memo_set)
        s->memo_set(s->memo_ctx, apr_pstrcat(pool, "name ", *address, NULL), name, REMEMBER_NAME);
    return *address ? NULL : unknown_login(pool);
}

xc_error_t *xc_ews_sign_in(xc_session_t *s, const char **address, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    const char *own_calendar = NULL;
    const char *login = s->impersonate ? s->impersonate : s->credential ? s->credential->user : NULL;
    *address = NULL;
    if (!login)
        return xc_error_make(pool, 401, XC_COND_NONE, "Sign in to see a calendar.");
    XC_TRY(xc_ews_state(&es, s, pool));
    xc_error_t *err = ask_calendar(&own_calendar, NULL, s, es, pool);
    if (err && err->status == 404) {
        /* a good login, but of somebody who has no mailbox */
        err->status = 403;
        err->message = "This account has no mailbox in Exchange.";
    }
    XC_TRY(err);
    const char *key = apr_pstrcat(pool, "address ", es->url, " ", login, NULL);
    *address = s->memo_get ? s->memo_get(s->memo_ctx, key, pool) : NULL;
    if (*address)
        return NULL;
    XC_TRY(resolve(address, login, own_calendar, s, es, pool));
    if (s->memo_set)
        s->memo_set(s->memo_ctx, key, *address, REMEMBER_NAME);
    return NULL;
}
