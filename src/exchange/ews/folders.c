/* SPDX-License-Identifier: Apache-2.0 */
/* Folders: the hierarchy as changes, making, changing and removing calendars. */
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "exchange/ews/ews.h"

/* The state that the caller keeps: the ids that tell the folders apart, then Exchange's own state. */
#define STATE_IDS 4
typedef struct tree_state_t {
    const char *id[STATE_IDS];
    const char *sync_state;
} tree_state_t;
enum { ROOT, CALENDAR, TASKS, DELETED };
static const char *const distinguished[STATE_IDS] = {"msgfolderroot", "calendar", "tasks", "deleteditems"};

static int state_read(tree_state_t *out, const char *text, apr_pool_t *pool)
{
    memset(out, 0, sizeof *out);
    char *rest = text ? apr_pstrdup(pool, text) : NULL;
    for (int i = 0; i < STATE_IDS; i++) {
        char *bar = rest ? strchr(rest, '|') : NULL;
        if (!bar)
            return 0;
        *bar = '\0';
        out->id[i] = rest;
        rest = bar + 1;
    }
    out->sync_state = *rest ? rest : NULL;
    return out->sync_state != NULL;
}

static const char *state_write(const tree_state_t *st, const char *sync_state, apr_pool_t *pool)
{
    return apr_pstrcat(pool, st->id[0], "|", st->id[1], "|", st->id[2], "|", st->id[3], "|", sync_state, NULL);
}

void xc_ews_write_folder_shape(xc_xmlw_t *w)
{
    static const char *const uris[] = {"folder:FolderClass", "folder:DisplayName", "folder:ParentFolderId", "folder:ChildFolderCount",
                                       "folder:EffectiveRights", NULL};
    xc_xmlw_start(w, XC_NS_M, "FolderShape");
    xc_xmlw_element(w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_start(w, XC_NS_T, "AdditionalProperties");
    for (int i = 0; uris[i]; i++) {
        xc_xmlw_start(w, XC_NS_T, "FieldURI");
        xc_xmlw_attr(w, "FieldURI", uris[i]);
        xc_xmlw_end(w);
    }
    xc_ews_write_named(w, XC_EWS_PROP_HREF);
    xc_ews_write_named(w, XC_EWS_PROP_PROPS);
    xc_xmlw_end(w);
    xc_xmlw_end(w);
}

static unsigned read_rights(const xmlNode *rights, apr_pool_t *pool)
{
    static const struct {
        const char *name;
        unsigned bit;
    } rows[] = {
        {"Read", XC_RIGHT_READ},     {"CreateContents", XC_RIGHT_CREATE},         {"Modify", XC_RIGHT_MODIFY},
        {"Delete", XC_RIGHT_DELETE}, {"CreateHierarchy", XC_RIGHT_CREATE_FOLDER}, {"ViewPrivateItems", XC_RIGHT_VIEW_PRIVATE},
    };
    unsigned out = 0;
    for (apr_size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *value = xc_xml_child_text(rights, NULL, rows[i].name, pool);
        if (value && strcmp(value, "true") == 0)
            out |= rows[i].bit;
    }
    return out;
}

static int class_is(const char *folder_class, const char *wanted)
{
    apr_size_t n = strlen(wanted);
    return folder_class && strncasecmp(folder_class, wanted, n) == 0 && (folder_class[n] == '\0' || folder_class[n] == '.');
}

static int read_folder(xc_folder_t *f, const xmlNode *node, const tree_state_t *st, apr_pool_t *pool)
{
    xmlNode *id = xc_xml_child(node, NULL, "FolderId");
    memset(f, 0, sizeof *f);
    f->id = xc_xml_attr(id, "Id", pool);
    f->change_key = xc_xml_attr(id, "ChangeKey", pool);
    f->parent_id = xc_xml_attr(xc_xml_child(node, NULL, "ParentFolderId"), "Id", pool);
    f->display_name = xc_xml_child_text(node, NULL, "DisplayName", pool);
    f->rights = read_rights(xc_xml_child(node, NULL, "EffectiveRights"), pool);
    f->href = xc_ews_named(node, XC_EWS_PROP_HREF, pool);
    f->props = xc_ews_named(node, XC_EWS_PROP_PROPS, pool);
    if (!f->id)
        return 0;
    if (!f->display_name || !*f->display_name)
        f->display_name = "?";
    const char *folder_class = xc_xml_child_text(node, NULL, "FolderClass", pool);
    if (st->id[ROOT] && strcmp(f->id, st->id[ROOT]) == 0)
        f->kind = XC_FOLDER_ROOT;
    else if (class_is(folder_class, "IPF.Appointment") || xc_xml_is(node, NULL, "CalendarFolder"))
        f->kind = XC_FOLDER_CALENDAR;
    else if (class_is(folder_class, "IPF.Task") || xc_xml_is(node, NULL, "TasksFolder"))
        f->kind = XC_FOLDER_TASKS;
    f->is_default = (st->id[CALENDAR] && strcmp(f->id, st->id[CALENDAR]) == 0) || (st->id[TASKS] && strcmp(f->id, st->id[TASKS]) == 0);
    return 1;
}

int xc_ews_read_folder(xc_folder_t *f, const xmlNode *node, apr_pool_t *pool)
{
    static const tree_state_t none;
    return read_folder(f, node, &none, pool);
}

/* One folder of an answer, with what only the whole answer tells about. */
typedef struct seen_t {
    xc_folder_t folder;
    int children;
} seen_t;

/* Outlook's trash and what lies in it, however deep, are not calendars. */
static int in_trash(const xc_folder_t *f, const tree_state_t *st, const apr_array_header_t *seen)
{
    const char *parent = f->parent_id;
    for (int hops = 0; parent && st->id[DELETED] && hops <= seen->nelts; hops++) {
        const char *up = NULL;
        if (strcmp(parent, st->id[DELETED]) == 0)
            return 1;
        for (int i = 0; i < seen->nelts && !up; i++)
            if (strcmp(APR_ARRAY_IDX(seen, i, seen_t).folder.id, parent) == 0)
                up = APR_ARRAY_IDX(seen, i, seen_t).folder.parent_id;
        parent = up;
    }
    return 0;
}

static void see_folder(apr_array_header_t *seen, const xmlNode *node, const tree_state_t *st, apr_pool_t *pool)
{
    seen_t one;
    if (!read_folder(&one.folder, node, st, pool))
        return;
    one.children = xc_ews_int(xc_xml_child_text(node, NULL, "ChildFolderCount", pool), 0, 1 << 30, 0);
    APR_ARRAY_PUSH(seen, seen_t) = one;
}

/* @return 1 when a folder with folders below went to the trash: these do not report, only a new listing tells */
static int take_seen(xc_folder_page_t *page, const tree_state_t *st, const apr_array_header_t *seen)
{
    int hidden = 0;
    for (int i = 0; i < seen->nelts; i++) {
        const seen_t *one = &APR_ARRAY_IDX(seen, i, seen_t);
        if (in_trash(&one->folder, st, seen)) {
            APR_ARRAY_PUSH(page->deletes, const char *) = one->folder.id;
            hidden |= one->children > 0;
        } else if (one->folder.kind != XC_FOLDER_OTHER)
            APR_ARRAY_PUSH(page->upserts, xc_folder_t) = one->folder;
    }
    return hidden;
}

static void begin_get(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const char *mailbox, apr_pool_t *pool)
{
    xc_ews_begin(call, s, es, "GetFolder", pool);
    xc_ews_write_folder_shape(call->w);
    xc_xmlw_start(call->w, XC_NS_M, "FolderIds");
    for (int i = 0; i < STATE_IDS; i++)
        xc_ews_write_distinguished(call->w, s, distinguished[i], mailbox);
    xc_xmlw_end(call->w);
}

static void begin_hierarchy(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const char *mailbox, const char *sync_state,
                            apr_pool_t *pool)
{
    xc_ews_begin(call, s, es, "SyncFolderHierarchy", pool);
    xc_ews_write_folder_shape(call->w);
    xc_xmlw_start(call->w, XC_NS_M, "SyncFolderId");
    xc_ews_write_distinguished(call->w, s, "msgfolderroot", mailbox);
    xc_xmlw_end(call->w);
    if (sync_state)
        xc_xmlw_element(call->w, XC_NS_M, "SyncState", sync_state);
}

/* The four folders that tell the others apart; the calendar must be there. */
static xc_error_t *read_known(xc_folder_page_t *page, tree_state_t *st, const xc_ews_call_t *call, const xc_session_t *s,
                              const xc_ews_state_t *es, apr_pool_t *pool)
{
    int i = 0;
    xmlNode *nodes[STATE_IDS] = {NULL};
    for (xmlNode *m = xc_ews_messages(call); m && i < STATE_IDS; m = xc_xml_next(m, NULL, NULL), i++) {
        xc_error_t *err = xc_ews_message_error(m, s, es, pool);
        if (err && (i == CALENDAR || xc_error_is_passing(err)))
            return err;
        nodes[i] = err ? NULL : xc_xml_child(xc_xml_child(m, NULL, "Folders"), NULL, NULL);
        st->id[i] = nodes[i] ? xc_xml_attr(xc_xml_child(nodes[i], NULL, "FolderId"), "Id", pool) : NULL;
        if (!st->id[i])
            st->id[i] = "";
    }
    if (!nodes[CALENDAR])
        return xc_ews_error("ErrorFolderNotFound", "the mailbox has no calendar", pool);
    apr_array_header_t *seen = apr_array_make(pool, DELETED, sizeof(seen_t));
    for (i = 0; i < DELETED; i++)
        if (nodes[i])
            see_folder(seen, nodes[i], st, pool);
    take_seen(page, st, seen);
    return NULL;
}

static xc_error_t *read_hierarchy(xc_folder_page_t *page, int *hidden, const tree_state_t *st, const xc_ews_call_t *call,
                                  const xc_session_t *s, const xc_ews_state_t *es, apr_pool_t *pool)
{
    apr_array_header_t *seen = apr_array_make(pool, 32, sizeof(seen_t));
    xmlNode *m = xc_ews_messages(call);
    if (!m)
        return xc_ews_error("NoResponseMessage", "SyncFolderHierarchy without an answer", pool);
    XC_TRY(xc_ews_message_error(m, s, es, pool));
    const char *sync_state = xc_xml_child_text(m, NULL, "SyncState", pool);
    const char *last = xc_xml_child_text(m, NULL, "IncludesLastFolderInRange", pool);
    if (!sync_state)
        return xc_ews_error("NoSyncState", "SyncFolderHierarchy without a state", pool);
    for (xmlNode *c = xc_xml_child(xc_xml_child(m, NULL, "Changes"), NULL, NULL); c; c = xc_xml_next(c, NULL, NULL)) {
        xmlNode *what = xc_xml_child(c, NULL, NULL);
        if (xc_xml_is(c, NULL, "Delete")) {
            const char *id = xc_xml_attr(what, "Id", pool);
            if (id)
                APR_ARRAY_PUSH(page->deletes, const char *) = id;
        } else if (what)
            see_folder(seen, what, st, pool);
    }
    *hidden = take_seen(page, st, seen);
    page->state = state_write(st, sync_state, pool);
    page->more = last && strcmp(last, "false") == 0;
    return NULL;
}

static xc_folder_page_t *new_page(apr_pool_t *pool)
{
    xc_folder_page_t *page = apr_pcalloc(pool, sizeof *page);
    page->upserts = apr_array_make(pool, 16, sizeof(xc_folder_t));
    page->deletes = apr_array_make(pool, 4, sizeof(const char *));
    return page;
}

/* Of another's mailbox the hierarchy as a whole is mostly closed, what lies below the calendar may be open. */
static void begin_below(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const char *mailbox, apr_pool_t *pool)
{
    xc_ews_begin(call, s, es, "FindFolder", pool);
    xc_xmlw_attr(call->w, "Traversal", "Deep");
    xc_ews_write_folder_shape(call->w);
    xc_xmlw_start(call->w, XC_NS_M, "ParentFolderIds");
    xc_ews_write_distinguished(call->w, s, "calendar", mailbox);
    xc_xmlw_end(call->w);
}

static void read_below(xc_folder_page_t *page, const tree_state_t *st, const xc_ews_call_t *call, const xc_session_t *s,
                       const xc_ews_state_t *es, apr_pool_t *pool)
{
    xmlNode *m = call->error ? NULL : xc_ews_messages(call);
    apr_array_header_t *seen = apr_array_make(pool, 8, sizeof(seen_t));
    if (!m || xc_ews_message_error(m, s, es, pool)) /* the calendar itself is there, that will do */
        return;
    xmlNode *list = xc_xml_child(xc_xml_child(m, NULL, "RootFolder"), NULL, "Folders");
    for (xmlNode *f = xc_xml_child(list, NULL, NULL); f; f = xc_xml_next(f, NULL, NULL))
        see_folder(seen, f, st, pool);
    take_seen(page, st, seen);
}

xc_error_t *xc_ews_folder_sync(xc_folder_page_t **out, xc_session_t *s, const char *mailbox, const char *state, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    tree_state_t st;
    xc_ews_call_t calls[3];
    *out = NULL;
    XC_TRY(xc_ews_state(&es, s, pool));
    xc_folder_page_t *page = new_page(pool);
    int hidden = 0;
    if (state_read(&st, state, pool)) {
        begin_hierarchy(&calls[0], s, es, mailbox, st.sync_state, pool);
        xc_error_t *err = xc_ews_run_one(&calls[0], s, es, pool);
        if (!err)
            err = read_hierarchy(page, &hidden, &st, &calls[0], s, es, pool);
        if (!err && !hidden) {
            *out = page;
            return NULL;
        }
        if (err && (!err->code || strcmp(err->code, "ErrorInvalidSyncStateData")))
            return err;
        page = new_page(pool);
    }
    page->reset = state != NULL;
    begin_get(&calls[0], s, es, mailbox, pool);
    begin_hierarchy(&calls[1], s, es, mailbox, NULL, pool);
    int foreign = s->account && mailbox && strcasecmp(mailbox, s->account);
    if (foreign)
        begin_below(&calls[2], s, es, mailbox, pool);
    XC_TRY(xc_ews_run(calls, foreign ? 3 : 2, s, es, pool));
    XC_TRY(calls[0].error);
    XC_TRY(calls[1].error);
    XC_TRY(read_known(page, &st, &calls[0], s, es, pool));
    xc_error_t *err = read_hierarchy(page, &hidden, &st, &calls[1], s, es, pool);
    int closed = err && (err->status == 403 || err->status == 404) && !*st.id[ROOT];
    if (err && !closed)
        return err;
    if (closed) {
        /* of somebody else's mailbox only these folders are open to us; without a state they are all asked for again */
        page->state = state_write(&st, "", pool);
        if (foreign)
            read_below(page, &st, &calls[2], s, es, pool);
    }
    *out = page;
    return NULL;
}

xc_error_t *xc_ews_folder_create(xc_folder_t **out, xc_session_t *s, const char *mailbox, const xc_folder_t *wanted, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    xmlNode *message = NULL;
    *out = NULL;
    XC_TRY(xc_ews_state(&es, s, pool));
    xc_ews_begin(&call, s, es, "CreateFolder", pool);
    xc_xmlw_start(call.w, XC_NS_M, "ParentFolderId");
    if (wanted->parent_id)
        xc_ews_write_id(call.w, "FolderId", wanted->parent_id, NULL);
    else
        xc_ews_write_distinguished(call.w, s, wanted->kind == XC_FOLDER_TASKS ? "tasks" : "calendar", mailbox);
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "Folders");
    xc_xmlw_start(call.w, XC_NS_T, wanted->kind == XC_FOLDER_TASKS ? "TasksFolder" : "CalendarFolder");
    xc_xmlw_element(call.w, XC_NS_T, "DisplayName", wanted->display_name);
    if (wanted->href)
        xc_ews_write_named_value(call.w, XC_EWS_PROP_HREF, wanted->href);
    if (wanted->props)
        xc_ews_write_named_value(call.w, XC_EWS_PROP_PROPS, wanted->props);
    xc_xmlw_end(call.w);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    xmlNode *id = xc_xml_child(xc_xml_child(xc_xml_child(message, NULL, "Folders"), NULL, NULL), NULL, "FolderId");
    xc_folder_t *f = apr_pmemdup(pool, wanted, sizeof *wanted);
    f->id = xc_xml_attr(id, "Id", pool);
    f->change_key = xc_xml_attr(id, "ChangeKey", pool);
    if (!f->id)
        return xc_ews_error("NoFolderId", "CreateFolder without an id", pool);
    *out = f;
    return NULL;
}

static void write_set_named(xc_xmlw_t *w, const char *element, const char *name, const char *value)
{
    int set = *value != '\0';
    xc_xmlw_start(w, XC_NS_T, set ? "SetFolderField" : "DeleteFolderField");
    xc_ews_write_named(w, name);
    if (set) {
        xc_xmlw_start(w, XC_NS_T, element);
        xc_ews_write_named_value(w, name, value);
        xc_xmlw_end(w);
    }
    xc_xmlw_end(w);
}

xc_error_t *xc_ews_folder_update(xc_session_t *s, const char *mailbox, const xc_folder_t *folder, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    xmlNode *message = NULL;
    const char *element = folder->kind == XC_FOLDER_CALENDAR ? "CalendarFolder" : folder->kind == XC_FOLDER_TASKS ? "TasksFolder" : "Folder";
    (void)mailbox; /* the id says where it is */
    XC_TRY(xc_ews_state(&es, s, pool));
    xc_ews_begin(&call, s, es, "UpdateFolder", pool);
    xc_xmlw_start(call.w, XC_NS_M, "FolderChanges");
    xc_xmlw_start(call.w, XC_NS_T, "FolderChange");
    xc_ews_write_id(call.w, "FolderId", folder->id, NULL);
    xc_xmlw_start(call.w, XC_NS_T, "Updates");
    if (folder->display_name) {
        xc_xmlw_start(call.w, XC_NS_T, "SetFolderField");
        xc_xmlw_start(call.w, XC_NS_T, "FieldURI");
        xc_xmlw_attr(call.w, "FieldURI", "folder:DisplayName");
        xc_xmlw_end(call.w);
        xc_xmlw_start(call.w, XC_NS_T, element);
        xc_xmlw_element(call.w, XC_NS_T, "DisplayName", folder->display_name);
        xc_xmlw_end(call.w);
        xc_xmlw_end(call.w);
    }
    if (folder->href)
        write_set_named(call.w, element, XC_EWS_PROP_HREF, folder->href);
    if (folder->props)
        write_set_named(call.w, element, XC_EWS_PROP_PROPS, folder->props);
    return xc_ews_single(&message, &call, s, es, pool);
}

xc_error_t *xc_ews_folder_delete(xc_session_t *s, const char *mailbox, const char *folder_id, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    xmlNode *message = NULL;
    (void)mailbox;
    XC_TRY(xc_ews_state(&es, s, pool));
    xc_ews_begin(&call, s, es, "DeleteFolder", pool);
    xc_xmlw_attr(call.w, "DeleteType", "MoveToDeletedItems");
    xc_xmlw_start(call.w, XC_NS_M, "FolderIds");
    xc_ews_write_id(call.w, "FolderId", folder_id, NULL);
    return xc_ews_single(&message, &call, s, es, pool);
}
