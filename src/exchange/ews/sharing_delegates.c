/* SPDX-License-Identifier: Apache-2.0 */
/* GetDelegate, AddDelegate, UpdateDelegate, RemoveDelegate ([MS-OXWSDLGM]). */
#include "exchange/ews/sharing.h"

#include <string.h>

/* The answer carries class and code itself, and one message for each delegate. */
static xc_error_t *run(xmlNode **messages, xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, apr_pool_t *pool)
{
    XC_TRY(xc_ews_run_one(call, s, es, pool));
    xc_error_t *err = xc_ews_message_error(call->response, s, es, pool);
    if (err)
        return xc_error_context(err, pool, "%s", call->operation);
    *messages = xc_xml_child(call->response, NULL, "ResponseMessages");
    return NULL;
}

static void begin(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const char *operation, const char *mailbox, apr_pool_t *pool)
{
    xc_ews_begin(call, s, es, operation, pool);
    if (strcmp(operation, "GetDelegate") == 0)
        xc_xmlw_attr(call->w, "IncludePermissions", "true");
    xc_xmlw_start(call->w, XC_NS_M, "Mailbox");
    xc_xmlw_element(call->w, XC_NS_T, "EmailAddress", mailbox);
    xc_xmlw_end(call->w);
}

static void read_delegate(apr_array_header_t *out, const xmlNode *user, apr_pool_t *pool)
{
    const xmlNode *id = xc_xml_child(user, NULL, "UserId");
    const char *level = xc_xml_child_text(xc_xml_child(user, NULL, "DelegatePermissions"), NULL, "CalendarFolderPermissionLevel", pool);
    xc_delegate_t d = {.address = xc_ews_smtp(id, "PrimarySmtpAddress", pool), .name = xc_xml_child_text(id, NULL, "DisplayName", pool)};
    if (!d.address)
        return; /* an account that is gone */
    d.calendar = !level ? XC_EXTENT_NONE : strcmp(level, "Editor") == 0 ? XC_EXTENT_ALL : strcmp(level, "Author") == 0 ? XC_EXTENT_OWNED : XC_EXTENT_NONE;
    d.sees = level && strcmp(level, "None");
    APR_ARRAY_PUSH(out, xc_delegate_t) = d;
}

xc_error_t *xc_ews_delegates(apr_array_header_t **out, xc_session_t *s, const char *mailbox, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    xmlNode *messages = NULL;
    *out = NULL;
    XC_TRY(xc_ews_state(&es, s, pool));
    begin(&call, s, es, "GetDelegate", mailbox, pool);
    XC_TRY(run(&messages, &call, s, es, pool));
    *out = apr_array_make(pool, 8, sizeof(xc_delegate_t));
    for (xmlNode *m = xc_xml_child(messages, NULL, NULL); m; m = xc_xml_next(m, NULL, NULL))
        if (!xc_ews_message_error(m, s, es, pool)) /* one that cannot be read is none of the others' */
            read_delegate(*out, xc_xml_child(m, NULL, "DelegateUser"), pool);
    return NULL;
}

static void write_user_id(xc_xmlw_t *w, const char *address)
{
    xc_xmlw_start(w, XC_NS_T, "UserId");
    xc_xmlw_element(w, XC_NS_T, "PrimarySmtpAddress", address);
    xc_xmlw_end(w);
}

static xc_error_t *put_editors(const char *operation, apr_array_header_t *done, xc_session_t *s, const xc_ews_state_t *es, const char *mailbox,
                               const apr_array_header_t *addresses, apr_pool_t *pool)
{
    xc_ews_call_t call;
    xmlNode *messages = NULL;
    int update = strcmp(operation, "UpdateDelegate") == 0;
    begin(&call, s, es, operation, mailbox, pool);
    xc_xmlw_start(call.w, XC_NS_M, "DelegateUsers");
    for (int i = 0; i < addresses->nelts; i++) {
        xc_xmlw_start(call.w, XC_NS_T, "DelegateUser");
        write_user_id(call.w, APR_ARRAY_IDX(addresses, i, const char *));
        xc_xmlw_start(call.w, XC_NS_T, "DelegatePermissions");
        xc_xmlw_element(call.w, XC_NS_T, "CalendarFolderPermissionLevel", "Editor");
        xc_xmlw_end(call.w);
        if (!update) {
            /* who acts for somebody from a calendar program is not thereby the one who gets his mail */
            xc_xmlw_element(call.w, XC_NS_T, "ReceiveCopiesOfMeetingMessages", "false");
            xc_xmlw_element(call.w, XC_NS_T, "ViewPrivateItems", "false");
        }
        xc_xmlw_end(call.w);
    }
    xc_xmlw_end(call.w);
    XC_TRY(run(&messages, &call, s, es, pool));
    xc_error_t *err = NULL;
    int i = 0;
    for (xmlNode *m = xc_xml_child(messages, NULL, NULL); m && i < addresses->nelts; m = xc_xml_next(m, NULL, NULL), i++) {
        xc_error_t *one = xc_ews_message_error(m, s, es, pool);
        if (!one)
            APR_ARRAY_PUSH(done, const char *) = APR_ARRAY_IDX(addresses, i, const char *);
        else if (!err)
            err = xc_error_context(one, pool, "%s %s", operation, APR_ARRAY_IDX(addresses, i, const char *));
    }
    return err;
}

xc_error_t *xc_ews_add_delegates(xc_session_t *s, const char *mailbox, const apr_array_header_t *addresses, const apr_array_header_t *known,
                                 apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    apr_array_header_t *added = apr_array_make(pool, 4, sizeof(const char *)), *changed = apr_array_make(pool, 4, sizeof(const char *));
    xc_error_t *err = NULL;
    XC_TRY(xc_ews_state(&es, s, pool));
    if (addresses->nelts)
        err = put_editors("AddDelegate", added, s, es, mailbox, addresses, pool);
    if (!err && known->nelts)
        err = put_editors("UpdateDelegate", changed, s, es, mailbox, known, pool);
    if (err && added->nelts) {
        xc_error_t *undo = xc_ews_remove_delegates(s, mailbox, added, pool);
        if (undo)
            xc_log(s->log, XC_LOG_ERROR, "delegates that were added could not be removed again: %s", undo->message);
    }
    return err;
}

xc_error_t *xc_ews_remove_delegates(xc_session_t *s, const char *mailbox, const apr_array_header_t *addresses, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    xmlNode *messages = NULL;
    if (!addresses->nelts)
        return NULL;
    XC_TRY(xc_ews_state(&es, s, pool));
    begin(&call, s, es, "RemoveDelegate", mailbox, pool);
    xc_xmlw_start(call.w, XC_NS_M, "UserIds");
    for (int i = 0; i < addresses->nelts; i++)
        write_user_id(call.w, APR_ARRAY_IDX(addresses, i, const char *));
    xc_xmlw_end(call.w);
    XC_TRY(run(&messages, &call, s, es, pool));
    for (xmlNode *m = xc_xml_child(messages, NULL, NULL); m; m = xc_xml_next(m, NULL, NULL)) {
        xc_error_t *one = xc_ews_message_error(m, s, es, pool);
        if (one && (!one->code || strcmp(one->code, "ErrorNotDelegate")))
            return one;
    }
    return NULL;
}
