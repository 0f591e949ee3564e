/* SPDX-License-Identifier: Apache-2.0 */
/* Folders: the hierarchy as changes, making, changing and removing calendars; signing in. */
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "exchange/autodiscover.h"
#include "exchange/ews/ews.h"

#define REMEMBER_NAME apr_time_from_sec(86400)

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

static void write_folder_shape(xc_xmlw_t *w)
{
    static const char *const uris[] = {"folder:FolderClass", "folder:DisplayName", "folder:ParentFolderId", "folder:EffectiveRights", NULL};
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

/* Outlook's trash and what lies in it are not calendars. */
static int in_trash(const xc_folder_t *f, const tree_state_t *st, const xc_folder_page_t *page)
{
    if (!f->parent_id || !st->id[DELETED])
        return 0;
    if (strcmp(f->parent_id, st->id[DELETED]) == 0)
        return 1;
    for (int i = 0; i < page->deletes->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(page->deletes, i, const char *), f->parent_id) == 0)
            return 1;
    return 0;
}

static void add_folder(xc_folder_page_t *page, const xmlNode *node, const tree_state_t *st, apr_pool_t *pool)
{
    xc_folder_t f;
    if (!read_folder(&f, node, st, pool))
        return;
    if (in_trash(&f, st, page))
        APR_ARRAY_PUSH(page->deletes, const char *) = f.id;
    else if (f.kind != XC_FOLDER_OTHER)
        APR_ARRAY_PUSH(page->upserts, xc_folder_t) = f;
}

static void begin_get(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const char *mailbox, apr_pool_t *pool)
{
    xc_ews_begin(call, s, es, "GetFolder", pool);
    write_folder_shape(call->w);
    xc_xmlw_start(call->w, XC_NS_M, "FolderIds");
    for (int i = 0; i < STATE_IDS; i++)
        xc_ews_write_distinguished(call->w, s, distinguished[i], mailbox);
    xc_xmlw_end(call->w);
}

static void begin_hierarchy(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *es, const char *mailbox, const char *sync_state,
                            apr_pool_t *pool)
{
    xc_ews_begin(call, s, es, "SyncFolderHierarchy", pool);
    write_folder_shape(call->w);
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
    for (i = 0; i < DELETED; i++)
        if (nodes[i])
            add_folder(page, nodes[i], st, pool);
    return NULL;
}

static xc_error_t *read_hierarchy(xc_folder_page_t *page, const tree_state_t *st, const xc_ews_call_t *call, const xc_session_t *s,
                                  const xc_ews_state_t *es, apr_pool_t *pool)
{
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
            add_folder(page, what, st, pool);
    }
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

xc_error_t *xc_ews_folder_sync(xc_folder_page_t **out, xc_session_t *s, const char *mailbox, const char *state, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    tree_state_t st;
    xc_ews_call_t calls[2];
    *out = NULL;
    XC_TRY(xc_ews_state(&es, s, pool));
    xc_folder_page_t *page = new_page(pool);
    if (state_read(&st, state, pool)) {
        begin_hierarchy(&calls[0], s, es, mailbox, st.sync_state, pool);
        xc_error_t *err = xc_ews_run_one(&calls[0], s, es, pool);
        if (!err)
            err = read_hierarchy(page, &st, &calls[0], s, es, pool);
        if (!err) {
            *out = page;
            return NULL;
        }
        if (!err->code || strcmp(err->code, "ErrorInvalidSyncStateData"))
            return err;
        page = new_page(pool);
    }
    page->reset = state != NULL;
    begin_get(&calls[0], s, es, mailbox, pool);
    begin_hierarchy(&calls[1], s, es, mailbox, NULL, pool);
    XC_TRY(xc_ews_run(calls, 2, s, es, pool));
    XC_TRY(calls[0].error);
    XC_TRY(calls[1].error);
    XC_TRY(read_known(page, &st, &calls[0], s, es, pool));
    XC_TRY(read_hierarchy(page, &st, &calls[1], s, es, pool));
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
        xc_ews_write_distinguished(call.w, s, "calendar", mailbox);
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "Folders");
    xc_xmlw_start(call.w, XC_NS_T, "CalendarFolder");
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

/* ---- signing in ---- */

static const char *first_match(const xmlNode *message, const char *what, apr_pool_t *pool)
{
    xmlNode *set = xc_xml_child(message, NULL, "ResolutionSet");
    return xc_xml_child_text(xc_xml_child(xc_xml_child(set, NULL, "Resolution"), NULL, "Mailbox"), NULL, what, pool);
}

/* The primary SMTP address of a login: what the directory says, asked once a day. */
static xc_error_t *resolve(const char **address, const char *login, xc_session_t *s, const xc_ews_state_t *es, apr_pool_t *pool)
{
    xc_ews_call_t call;
    const char *back = strrchr(login, '\\');
    const char *completed = xc_login_address(login, s->cfg->mail_domain, pool);
    const char *entry = completed ? apr_pstrcat(pool, "smtp:", completed, NULL) : back ? back + 1 : login;
    xc_ews_begin(&call, s, es, "ResolveNames", pool);
    xc_xmlw_attr(call.w, "ReturnFullContactData", "false");
    xc_xmlw_element(call.w, XC_NS_M, "UnresolvedEntry", entry);
    xmlNode *message = NULL;
    /* the login was good: a directory that does not answer for it leaves the address as it was typed */
    xc_error_t *err = xc_ews_single(&message, &call, s, es, pool);
    if (err && xc_error_is_passing(err))
        return err;
    const char *found = err ? NULL : first_match(message, "EmailAddress", pool);
    /* an ambiguous name must not make one person another */
    if (found && !completed && xc_xml_child(message, NULL, "ResponseCode") &&
        strcmp(xc_xml_child_text(message, NULL, "ResponseCode", pool), "NoError"))
        found = NULL;
    *address = found && strchr(found, '@') ? found : completed;
    const char *name = found ? first_match(message, "Name", pool) : NULL;
    if (*address && found && name && *name && s->memo_set)
        s->memo_set(s->memo_ctx, apr_pstrcat(pool, "name ", *address, NULL), name, REMEMBER_NAME);
    return *address ? NULL
                    : xc_error_make(pool, 403, XC_COND_NONE,
                                    "Exchange does not say which mailbox this login has; sign in with the mail address.");
}

xc_error_t *xc_ews_sign_in(xc_session_t *s, const char **address, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    xmlNode *message = NULL;
    const char *login = s->impersonate ? s->impersonate : s->credential ? s->credential->user : NULL;
    *address = NULL;
    if (!login)
        return xc_error_make(pool, 401, XC_COND_NONE, "Sign in to see a calendar.");
    XC_TRY(xc_ews_state(&es, s, pool));
    xc_ews_begin(&call, s, es, "GetFolder", pool);
    xc_xmlw_start(call.w, XC_NS_M, "FolderShape");
    xc_xmlw_element(call.w, XC_NS_T, "BaseShape", "IdOnly");
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "FolderIds");
    xc_ews_write_distinguished(call.w, s, "calendar", NULL);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    const char *key = apr_pstrcat(pool, "address ", es->url, " ", login, NULL);
    *address = s->memo_get ? s->memo_get(s->memo_ctx, key, pool) : NULL;
    if (*address)
        return NULL;
    XC_TRY(resolve(address, login, s, es, pool));
    if (s->memo_set)
        s->memo_set(s->memo_ctx, key, *address, REMEMBER_NAME);
    return NULL;
}
