/* SPDX-License-Identifier: Apache-2.0 */
/* SyncFolderItems: what changed in a calendar since a state. Masters and singles only. */
#include <apr_strings.h>
#include <string.h>

#include "exchange/ews/tasks.h"

#define PAGE "512" /* the most that Exchange allows */

/* Lists show the first 255 characters (UTF-16 units) of a named string: one as long may be a part of another. */
#define LIST_CUT 254

static int is_cut(const char *text)
{
    int units = 0;
    for (; *text; text++)
        units += ((unsigned char)*text & 0xc0) == 0x80 ? 0 : (unsigned char)*text >= 0xf0 ? 2 : 1;
    return units >= LIST_CUT;
}

static void begin_sync(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const char *folder_id, const char *state,
                       apr_pool_t *pool)
{
    xc_ews_begin(call, s, es, "SyncFolderItems", pool);
    xc_xmlw_start(call->w, XC_NS_M, "ItemShape");
    xc_xmlw_element(call->w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_start(call->w, XC_NS_T, "AdditionalProperties");
    xc_xmlw_start(call->w, XC_NS_T, "FieldURI");
    xc_xmlw_attr(call->w, "FieldURI", "calendar:UID");
    xc_xmlw_end(call->w);
    xc_ews_write_named(call->w, XC_EWS_PROP_HREF);
    xc_ews_write_named(call->w, XC_EWS_PROP_UID);
    xc_ews_write_task_marks(call->w);
    xc_xmlw_end(call->w);
    xc_xmlw_end(call->w);
    xc_xmlw_start(call->w, XC_NS_M, "SyncFolderId");
    xc_ews_write_id(call->w, "FolderId", folder_id, NULL);
    xc_xmlw_end(call->w);
    if (state)
        xc_xmlw_element(call->w, XC_NS_M, "SyncState", state);
    xc_xmlw_element(call->w, XC_NS_M, "MaxChangesReturned", PAGE);
}

/* An occurrence that a recurring task has left behind carries that task's name and UID: they are not its own. */
static void read_task(xc_item_ref_t *ref, const xmlNode *what, apr_pool_t *pool)
{
    int left = xc_ews_task_left_behind(what, pool);
    ref->uid = left ? NULL : xc_ews_named(what, XC_EWS_PROP_UID, pool);
    if (left)
        ref->href = NULL;
    if (!ref->uid || !*ref->uid)
        ref->uid = xc_ews_task_uid_made(ref->id, pool);
    else if (is_cut(ref->uid))
        ref->uid = NULL; /* known when the task is read */
}

static void read_change(xc_item_page_t *page, const xmlNode *change, apr_pool_t *pool)
{
    xmlNode *what = xc_xml_child(change, NULL, NULL);
    if (xc_xml_is(change, NULL, "Delete")) {
        const char *id = xc_xml_attr(xc_xml_child(change, NULL, "ItemId"), "Id", pool);
        if (id)
            APR_ARRAY_PUSH(page->deletes, const char *) = id;
    } else if (xc_xml_is(change, NULL, "Create") || xc_xml_is(change, NULL, "Update")) {
        xmlNode *id = xc_xml_child(what, NULL, "ItemId");
        xc_item_ref_t ref;
        memset(&ref, 0, sizeof ref);
        ref.id = xc_xml_attr(id, "Id", pool);
        ref.change_key = xc_xml_attr(id, "ChangeKey", pool);
        ref.uid = xc_ews_uid_from_exchange(xc_xml_child_text(what, NULL, "UID", pool), pool);
        ref.href = xc_ews_named(what, XC_EWS_PROP_HREF, pool);
        ref.task = xc_xml_is(what, NULL, "Task");
        ref.not_event = !ref.task && !xc_xml_is(what, NULL, "CalendarItem");
        if (ref.task)
            read_task(&ref, what, pool);
        if (ref.id && ref.change_key)
            APR_ARRAY_PUSH(page->upserts, xc_item_ref_t) = ref;
    }
    /* ReadFlagChange says nothing of a calendar */
}

static xc_error_t *read_page(xc_item_page_t **out, const xc_ews_call_t *call, const xc_session_t *s, const xc_ews_state_t *es,
                             apr_pool_t *pool)
{
    XC_TRY(call->error);
    xmlNode *m = xc_ews_messages(call);
    if (!m)
        return xc_ews_error("NoResponseMessage", "SyncFolderItems without an answer", pool);
    XC_TRY(xc_ews_message_error(m, s, es, pool));
    xc_item_page_t *page = apr_pcalloc(pool, sizeof *page);
    page->upserts = apr_array_make(pool, 64, sizeof(xc_item_ref_t));
    page->deletes = apr_array_make(pool, 4, sizeof(const char *));
    page->state = xc_xml_child_text(m, NULL, "SyncState", pool);
    const char *last = xc_xml_child_text(m, NULL, "IncludesLastItemInRange", pool);
    if (!page->state || !last)
        return xc_ews_error("NoSyncState", "SyncFolderItems without a state", pool);
    page->more = strcmp(last, "false") == 0;
    for (xmlNode *c = xc_xml_child(xc_xml_child(m, NULL, "Changes"), NULL, NULL); c; c = xc_xml_next(c, NULL, NULL))
        read_change(page, c, pool);
    *out = page;
    return NULL;
}

static int state_refused(const xc_error_t *err)
{
    return err->code && strcmp(err->code, "ErrorInvalidSyncStateData") == 0;
}

xc_error_t *xc_ews_item_sync(xc_item_page_t **out, xc_session_t *s, const char *folder_id, const char *state, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    *out = NULL;
    XC_TRY(xc_ews_state(&es, s, pool));
    begin_sync(&call, s, es, folder_id, state, pool);
    XC_TRY(xc_ews_run(&call, 1, s, es, pool));
    xc_error_t *err = read_page(out, &call, s, es, pool);
    if (err && state && state_refused(err)) {
        begin_sync(&call, s, es, folder_id, NULL, pool);
        XC_TRY(xc_ews_run(&call, 1, s, es, pool));
        err = read_page(out, &call, s, es, pool);
        if (!err)
            (*out)->reset = 1;
    }
    return err;
}

void xc_ews_item_sync_many(xc_item_page_t **pages, xc_error_t **errors, xc_session_t *s, const char *const *folder_ids,
                           const char *const *states, int n, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t *calls = apr_pcalloc(pool, (apr_size_t)n * sizeof *calls);
    xc_error_t *err = xc_ews_state(&es, s, pool);
    for (int i = 0; i < n && !err; i++)
        begin_sync(&calls[i], s, es, folder_ids[i], states[i], pool);
    if (!err)
        err = xc_ews_run(calls, n, s, es, pool);
    for (int i = 0; i < n; i++) {
        pages[i] = NULL;
        errors[i] = err ? err : read_page(&pages[i], &calls[i], s, es, pool);
    }
}
