/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public folders. They are neither synchronised (SyncFolderHierarchy, SyncFolderItems) nor searched deep: their tree is
 * walked level by level, and their items are listed page by page.
 */
#include <apr_strings.h>
#include <string.h>

#include "exchange/ews/sharing.h"

#define MAX_LEVELS  6    /* calls at most: one for each level */
#define MAX_FOLDERS 1000 /* that are looked into */
#define PAGE_ITEMS  1000

typedef struct node_t {
    const char *id; /* NULL = the root of all */
    const char *path;
} node_t;

static void begin_level(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const apr_array_header_t *parents, apr_pool_t *pool)
{
    xc_ews_begin(call, s, es, "FindFolder", pool);
    xc_xmlw_attr(call->w, "Traversal", "Shallow");
    xc_ews_write_folder_shape(call->w);
    xc_xmlw_start(call->w, XC_NS_M, "ParentFolderIds");
    for (int i = 0; i < parents->nelts; i++) {
        const char *id = APR_ARRAY_IDX(parents, i, node_t).id;
        if (id)
            xc_ews_write_id(call->w, "FolderId", id, NULL);
        else
            xc_ews_write_distinguished(call->w, s, "publicfoldersroot", NULL);
    }
    xc_xmlw_end(call->w);
}

/* The folders in one parent's answer; those with children are the next level. */
static void read_level(apr_array_header_t *calendars, apr_array_header_t *next, const xmlNode *message, const char *path, apr_pool_t *pool)
{
    const xmlNode *list = xc_xml_child(xc_xml_child(message, NULL, "RootFolder"), NULL, "Folders");
    for (xmlNode *f = xc_xml_child(list, NULL, NULL); f; f = xc_xml_next(f, NULL, NULL)) {
        xc_folder_t folder;
        if (!xc_ews_read_folder(&folder, f, pool))
            continue;
        const char *name = *path ? apr_pstrcat(pool, path, "/", folder.display_name, NULL) : folder.display_name;
        if (xc_ews_int(xc_xml_child_text(f, NULL, "ChildFolderCount", pool), 0, 1 << 30, 0) > 0)
            APR_ARRAY_PUSH(next, node_t) = (node_t){.id = folder.id, .path = name};
        if (folder.kind != XC_FOLDER_CALENDAR || !(folder.rights & XC_RIGHT_READ))
            continue;
        folder.display_name = name;
        APR_ARRAY_PUSH(calendars, xc_folder_t) = folder;
    }
}

xc_error_t *xc_ews_public_calendars(apr_array_header_t **out, xc_session_t *s, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    *out = NULL;
    XC_TRY(xc_ews_state(&es, s, pool));
    apr_array_header_t *calendars = apr_array_make(pool, 8, sizeof(xc_folder_t)), *parents = apr_array_make(pool, 1, sizeof(node_t));
    APR_ARRAY_PUSH(parents, node_t) = (node_t){.id = NULL, .path = ""};
    for (int level = 0, seen = 0; level < MAX_LEVELS && seen < MAX_FOLDERS && parents->nelts; level++) {
        xc_ews_call_t call;
        apr_array_header_t *next = apr_array_make(pool, 16, sizeof(node_t));
        begin_level(&call, s, es, parents, pool);
        XC_TRY(xc_ews_run_one(&call, s, es, pool));
        int i = 0;
        for (xmlNode *m = xc_ews_messages(&call); m; m = xc_xml_next(m, NULL, NULL), i++) {
            xc_error_t *err = xc_ews_message_error(m, s, es, pool);
            if (err && (level == 0 || xc_error_is_passing(err)))
                return err;
            if (!err && i < parents->nelts)
                read_level(calendars, next, m, APR_ARRAY_IDX(parents, i, node_t).path, pool);
        }
        seen += next->nelts;
        if (next->nelts > MAX_FOLDERS)
            next->nelts = MAX_FOLDERS;
        parents = next;
    }
    *out = calendars;
    return NULL;
}

/* The state is the offset of the next page. */
xc_error_t *xc_ews_list_items(xc_item_page_t **out, xc_session_t *s, const char *folder_id, const char *state, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    xmlNode *message = NULL;
    int offset = xc_ews_int(state, 0, 1 << 30, 0);
    *out = NULL;
    XC_TRY(xc_ews_state(&es, s, pool));
    xc_ews_begin(&call, s, es, "FindItem", pool);
    xc_xmlw_attr(call.w, "Traversal", "Shallow");
    xc_xmlw_start(call.w, XC_NS_M, "ItemShape");
    xc_xmlw_element(call.w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_start(call.w, XC_NS_T, "AdditionalProperties");
    xc_xmlw_start(call.w, XC_NS_T, "FieldURI");
    xc_xmlw_attr(call.w, "FieldURI", "calendar:UID");
    xc_xmlw_end(call.w);
    xc_ews_write_named(call.w, XC_EWS_PROP_HREF);
    xc_xmlw_end(call.w);
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "IndexedPageItemView");
    xc_xmlw_attr(call.w, "MaxEntriesReturned", apr_itoa(pool, PAGE_ITEMS));
    xc_xmlw_attr(call.w, "Offset", apr_itoa(pool, offset));
    xc_xmlw_attr(call.w, "BasePoint", "Beginning");
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "ParentFolderIds");
    xc_ews_write_id(call.w, "FolderId", folder_id, NULL);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    const xmlNode *root = xc_xml_child(message, NULL, "RootFolder");
    xc_item_page_t *page = apr_pcalloc(pool, sizeof *page);
    page->upserts = apr_array_make(pool, 64, sizeof(xc_item_ref_t));
    page->deletes = apr_array_make(pool, 1, sizeof(const char *));
    for (xmlNode *i = xc_xml_child(xc_xml_child(root, NULL, "Items"), NULL, NULL); i; i = xc_xml_next(i, NULL, NULL)) {
        const xmlNode *id = xc_xml_child(i, NULL, "ItemId");
        xc_item_ref_t ref = {.id = xc_xml_attr(id, "Id", pool), .change_key = xc_xml_attr(id, "ChangeKey", pool)};
        ref.uid = xc_ews_uid_from_exchange(xc_xml_child_text(i, NULL, "UID", pool), pool);
        ref.href = xc_ews_named(i, XC_EWS_PROP_HREF, pool);
        ref.not_event = !xc_xml_is(i, NULL, "CalendarItem");
        offset++;
        if (ref.id && ref.change_key)
            APR_ARRAY_PUSH(page->upserts, xc_item_ref_t) = ref;
    }
    const char *last = xc_xml_attr(root, "IncludesLastItemInRange", pool);
    page->more = page->upserts->nelts > 0 && last && strcmp(last, "false") == 0;
    page->state = apr_itoa(pool, offset);
    *out = page;
    return NULL;
}
