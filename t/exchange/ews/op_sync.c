/* SPDX-License-Identifier: Apache-2.0 */
/* SyncFolderItems and SyncFolderHierarchy (ews.md 5.3 and 7). */
#include <string.h>

#include "ews/dispatch.h"
#include "ews/folder.h"
#include "ews/rights.h"
#include "ews/shape.h"
#include "ews/sync.h"

/* one line of a page: a live item, or what is left of one */
typedef struct change {
    apr_int64_t id, cn, created_cn;
    bool gone;
} change_t;

typedef struct page {
    lab_sync_state_t state;
    apr_array_header_t *changes; /* change_t */
    bool complete;
} page_t;

static const lab_fail_t *read_state(lab_call_t *call, char kind, apr_int64_t folder,
                                    lab_sync_state_t *state)
{
    const char *text = lab_xml_child_text(call->pool, call->request, "SyncState");
    memset(state, 0, sizeof *state);
    state->kind = kind;
    state->generation = call->profile->schema;
    state->folder = folder;
    if (!text || !*text)
        return NULL;
    if (!lab_sync_parse(call->pool, text, state) || state->kind != kind ||
        state->generation != (int)call->profile->schema || state->folder != folder)
        return lab_fail(call, "ErrorInvalidSyncStateData");
    return NULL;
}

/* the span of numbers in which the next changes of this round lie */
static void open_span(const lab_sync_state_t *s, apr_int64_t now, bool newest_first,
                      apr_int64_t *low, apr_int64_t *high)
{
    *low = s->base + 1;
    *high = now;
    if (!s->count)
        return;
    if (newest_first) {
        /* first what came since, then below the highest span that was reported */
        const int last = s->count - 1;
        if (s->spans[last].high < now) {
            *low = s->spans[last].high + 1;
            return;
        }
        *high = s->spans[last].low - 1;
        if (last > 0)
            *low = s->spans[last - 1].high + 1;
        return;
    }
    if (s->spans[0].low > s->base + 1) {
        *high = s->spans[0].low - 1;
        return;
    }
    *low = s->spans[0].high + 1;
    if (s->count > 1)
        *high = s->spans[1].low - 1;
}

static int fill(lab_call_t *call, page_t *page, apr_int64_t low, apr_int64_t high,
                bool newest_first, int max)
{
    bool first = page->state.base == 0 && page->state.count == 0;
    sqlite3_stmt *st =
        newest_first
            ? lab_db_query(
                  call->db,
                  "SELECT id, cn, created_cn, 0 FROM items WHERE folder=?1 AND cn>=?2 AND"
                  " cn<=?3 UNION ALL SELECT id, cn, created_cn, 1 FROM tombs WHERE"
                  " folder=?1 AND cn>=?2 AND cn<=?3 ORDER BY 2 DESC",
                  "iii", page->state.folder, low, high)
            : lab_db_query(
                  call->db,
                  "SELECT id, cn, created_cn, 0 FROM items WHERE folder=?1 AND cn>=?2 AND"
                  " cn<=?3 UNION ALL SELECT id, cn, created_cn, 1 FROM tombs WHERE"
                  " folder=?1 AND cn>=?2 AND cn<=?3 ORDER BY 2",
                  "iii", page->state.folder, low, high);
    while (lab_db_step(call->db, st)) {
        change_t c = {sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1),
                      sqlite3_column_int64(st, 2), sqlite3_column_int(st, 3) != 0};
        /* who never saw an item need not hear that it is gone */
        if (c.gone && (first || (c.created_cn > page->state.base && !page->state.count)))
            continue;
        if (page->changes->nelts == max) {
            lab_db_done(st);
            return 1;
        }
        APR_ARRAY_PUSH(page->changes, change_t) = c;
    }
    return 0;
}

/* collects up to `max` changes and moves the state on */
static void collect(lab_call_t *call, page_t *page, apr_int64_t now, bool newest_first,
                    int max)
{
    lab_sync_state_t before = page->state;
    for (;;) {
        apr_int64_t low, high;
        open_span(&page->state, now, newest_first, &low, &high);
        int had = page->changes->nelts;
        page_t part = {.state = before, .changes = page->changes};
        part.state.folder = page->state.folder;
        int more = low <= high ? fill(call, &part, low, high, newest_first, max) : 0;
        if (more) {
            const change_t *last =
                &APR_ARRAY_IDX(page->changes, page->changes->nelts - 1, change_t);
            bool some = page->changes->nelts > had;
            apr_int64_t from = newest_first ? last->cn : low,
                        to = newest_first ? high : last->cn;
            /* a state that cannot hold the spans any more starts again */
            if (some && !lab_sync_add(&page->state, from, to))
                page->state.base = page->state.count = 0;
            page->complete = false;
            return;
        }
        if (low <= high && !lab_sync_add(&page->state, low, high)) {
            page->state.base = page->state.count = 0;
            page->complete = false;
            return;
        }
        if (now <= page->state.base ||
            (page->state.count == 1 && page->state.spans[0].low <= page->state.base + 1 &&
             page->state.spans[0].high >= now)) {
            page->state.base = now > page->state.base ? now : page->state.base;
            page->state.count = 0;
            page->complete = true;
            return;
        }
    }
}

static bool ignored(lab_call_t *call, xmlNodePtr list, apr_int64_t id)
{
    for (xmlNodePtr n = lab_xml_first(list); n; n = lab_xml_next(n)) {
        lab_id_t other;
        if (lab_id_parse(lab_xml_attr(call->pool, n, "Id"), &other) && other.number == id)
            return true;
    }
    return false;
}

static void put_change(lab_call_t *call, const change_t *c, const lab_folder_t *folder,
                       apr_int64_t base, const lab_shape_t *shape)
{
    if (c->gone) {
        lab_item_t gone = {.id = c->id,
                           .mailbox = folder->mailbox,
                           .cn = c->cn,
                           .class_name =
                               strncmp(folder->class_name, "IPF.Appointment", 15)
                                   ? "IPM.Note"
                                   : "IPM.Appointment"};
        lab_buf_puts(&call->out, "<t:Delete>");
        lab_put_item_id(call, &call->out, "t:ItemId", &gone, LAB_NO_DAY);
        lab_buf_puts(&call->out, "</t:Delete>");
        return;
    }
    lab_item_t *item = lab_item_get(call->db, call->pool, c->id);
    if (!item || lab_bag_bool(item->bag, "IsAssociated", false))
        return;
    lab_view_t view;
    const char *what = c->created_cn > base ? "Create" : "Update";
    lab_view_item(call, item, &view);
    apr_int64_t content = lab_bag_int(item->bag, "ContentCn", item->cn);
    if (content < item->cn && content <= base && c->created_cn <= base &&
        call->version >= LAB_EXCHANGE_2010) {
        lab_buf_puts(&call->out, "<t:ReadFlagChange>");
        lab_put_item_id(call, &call->out, "t:ItemId", item, LAB_NO_DAY);
        lab_buf_bool(&call->out, "t:IsRead", lab_view_bool(&view, "IsRead", true));
        lab_buf_puts(&call->out, "</t:ReadFlagChange>");
        return;
    }
    lab_buf_printf(&call->out, "<t:%s>", what);
    lab_shape_put(call, &view, shape);
    lab_buf_printf(&call->out, "</t:%s>", what);
}

void lab_op_sync_items(lab_call_t *call)
{
    lab_shape_t shape;
    lab_folder_t *folder;
    page_t page;
    const char *text =
        lab_xml_child_text(call->pool, call->request, "MaxChangesReturned");
    xmlNodePtr skip = lab_xml_child(call->request, "Ignore");
    int max = text ? (int)apr_strtoi64(text, NULL, 10) : 0;
    const lab_fail_t *fail =
        lab_shape_read(call, lab_xml_child(call->request, "ItemShape"), true, &shape);
    if (!fail)
        fail = lab_target_folder_in(call, lab_xml_child(call->request, "SyncFolderId"),
                                    LAB_RIGHT_READ, &folder);
    if (fail && !strcmp(fail->code, "ErrorFolderNotFound"))
        fail = lab_fail(call, "ErrorSyncFolderNotFound");
    if (!fail)
        fail = read_state(call, 'I', folder->id, &page.state);
    if (fail) {
        lab_answer_only_fail(call, "SyncFolderItems", fail, NULL);
        return;
    }
    page.changes = apr_array_make(call->pool, 64, sizeof(change_t));
    apr_int64_t base = page.state.base;
    bool newest_first = call->profile->schema >= LAB_EXCHANGE_2010_SP2;
    collect(call, &page, lab_store_cn(call->db, folder->mailbox), newest_first,
            max < 1     ? 1
            : max > 512 ? 512
                        : max);
    lab_answer_open(call, "SyncFolderItems");
    lab_answer_ok(call, "SyncFolderItems");
    lab_buf_elem(&call->out, "m:SyncState", lab_sync_text(call->pool, &page.state));
    lab_buf_bool(&call->out, "m:IncludesLastItemInRange", page.complete);
    lab_buf_puts(&call->out, "<m:Changes>");
    for (int i = 0; i < page.changes->nelts; i++) {
        const change_t *c = &APR_ARRAY_IDX(page.changes, i, change_t);
        if (!ignored(call, skip, c->id))
            put_change(call, c, folder, base, &shape);
    }
    lab_buf_puts(&call->out, "</m:Changes>");
    lab_answer_end(call, "SyncFolderItems");
    lab_answer_close(call, "SyncFolderItems");
}

static void put_folder_changes(lab_call_t *call, int mailbox, apr_int64_t root,
                               apr_int64_t base, const lab_folder_shape_t *shape)
{
    apr_array_header_t *all = lab_folder_all(call->db, call->pool, mailbox);
    for (int i = 0; i < all->nelts; i++) {
        const lab_folder_t *f = APR_ARRAY_IDX(all, i, lab_folder_t *);
        if (f->cn <= base || f->id == root || !lab_folder_is_below(call->db, f->id, root))
            continue;
        if (!lab_sees(call, f)) {
            if (f->created_cn <= base)
                lab_buf_printf(&call->out, "<t:Delete><t:FolderId Id=\"%s\"/></t:Delete>",
                               lab_folder_id(call, f));
            continue;
        }
        const char *what = f->created_cn > base ? "Create" : "Update";
        lab_buf_printf(&call->out, "<t:%s>", what);
        lab_folder_shape_put(call, f, shape);
        lab_buf_printf(&call->out, "</t:%s>", what);
    }
    sqlite3_stmt *st =
        lab_db_query(call->db,
                     "SELECT id FROM folder_tombs WHERE mailbox=? AND cn>? AND"
                     " created_cn<=? ORDER BY cn",
                     "dii", mailbox, base, base);
    while (lab_db_step(call->db, st)) {
        lab_id_t id = {.kind = LAB_ID_FOLDER,
                       .mailbox = mailbox,
                       .number = sqlite3_column_int64(st, 0)};
        lab_buf_printf(&call->out, "<t:Delete><t:FolderId Id=\"%s\"/></t:Delete>",
                       lab_id_text(call->pool, &id));
    }
}

void lab_op_sync_hierarchy(lab_call_t *call)
{
    lab_folder_shape_t shape;
    lab_folder_t *root = NULL;
    lab_sync_state_t state;
    xmlNodePtr named = lab_xml_child(call->request, "SyncFolderId");
    const lab_fail_t *fail =
        lab_folder_shape_read(call, lab_xml_child(call->request, "FolderShape"), &shape);
    if (!fail && named)
        fail = lab_target_folder_in(call, named, LAB_RIGHT_SEE, &root);
    else if (!fail)
        root = lab_folder_distinguished(call->db, call->pool, call->mailbox,
                                        "msgfolderroot");
    if (!fail && !root)
        fail = lab_fail(call, "ErrorSyncFolderNotFound");
    if (!fail && root->mailbox == lab_dir_public())
        fail = lab_fail(call, "ErrorInvalidOperation");
    if (!fail)
        fail = read_state(call, 'H', root->id, &state);
    if (fail) {
        lab_answer_only_fail(call, "SyncFolderHierarchy", fail, NULL);
        return;
    }
    apr_int64_t base = state.base;
    state.base = lab_store_cn(call->db, root->mailbox);
    lab_answer_open(call, "SyncFolderHierarchy");
    lab_answer_ok(call, "SyncFolderHierarchy");
    lab_buf_elem(&call->out, "m:SyncState", lab_sync_text(call->pool, &state));
    lab_buf_bool(&call->out, "m:IncludesLastFolderInRange", true);
    lab_buf_puts(&call->out, "<m:Changes>");
    put_folder_changes(call, root->mailbox, root->id, base, &shape);
    lab_buf_puts(&call->out, "</m:Changes>");
    lab_answer_end(call, "SyncFolderHierarchy");
    lab_answer_close(call, "SyncFolderHierarchy");
}
