/* SPDX-License-Identifier: Apache-2.0 */
/* FindFolder and FindItem (ews.md 5.2 and 6). */
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "ews/dispatch.h"
#include "ews/folder.h"
#include "ews/restrict.h"
#include "ews/rights.h"
#include "ews/shape.h"

#define POLICY_MAX 1000
#define TWO_YEARS  (APR_USEC_PER_SEC * 86400 * 732)

/* ---- paging ---- */

typedef struct paging {
    int offset, max;
} paging_t;

static void read_paging(lab_call_t *call, const char *element, paging_t *p)
{
    xmlNodePtr view = lab_xml_child(call->request, element);
    const char *offset = lab_xml_attr(call->pool, view, "Offset");
    const char *max = lab_xml_attr(call->pool, view, "MaxEntriesReturned");
    const char *base = lab_xml_attr(call->pool, view, "BasePoint");
    p->offset = offset ? (int)apr_strtoi64(offset, NULL, 10) : 0;
    if (p->offset < 0)
        p->offset = 0;
    p->max = max ? (int)apr_strtoi64(max, NULL, 10) : POLICY_MAX;
    if (p->max > POLICY_MAX)
        p->max = POLICY_MAX;
    if (base && !strcmp(base, "End"))
        p->offset = -1 - p->offset;
}

/* the part [*from, *to) of `total` entries */
static void cut_page(const paging_t *p, int total, int *from, int *to)
{
    if (p->offset >= 0) {
        *from = p->offset < total ? p->offset : total;
        *to = total - *from < p->max ? total : *from + p->max;
        return;
    }
    int skip = -1 - p->offset;
    *to = skip < total ? total - skip : 0;
    *from = *to > p->max ? *to - p->max : 0;
}

static void open_root(lab_call_t *call, bool paged, const paging_t *p, int from, int to,
                      int total)
{
    bool last = p->offset < 0 ? from == 0 : to == total;
    lab_buf_puts(&call->out, "<m:RootFolder");
    if (paged)
        lab_buf_printf(&call->out, " IndexedPagingOffset=\"%d\"",
                       p->offset < 0 ? total - from : to);
    lab_buf_printf(&call->out, " TotalItemsInView=\"%d\" IncludesLastItemInRange=\"%s\">",
                   total, last ? "true" : "false");
}

/* ---- folders ---- */

static const lab_fail_t *folder_value(lab_call_t *call, void *object, xmlNodePtr path,
                                      const char **value)
{
    const lab_folder_t *f = object;
    lab_ext_t ext;
    if (lab_xml_is(path, "ExtendedFieldURI")) {
        const lab_fail_t *fail = lab_ext_read(call, path, &ext);
        if (!fail)
            *value = lab_folder_ext(call, f, &ext);
        return fail;
    }
    const char *uri = lab_xml_attr(call->pool, path, "FieldURI");
    if (!uri || strncmp(uri, "folder:", 7))
        return lab_fail(call, "ErrorUnsupportedPathForQuery");
    *value = lab_folder_field(call, f, uri);
    return NULL;
}

static const lab_fail_t *gather(lab_call_t *call, const lab_folder_t *parent, bool deep,
                                apr_array_header_t *out)
{
    apr_array_header_t *children = lab_folder_children(call->db, call->pool, parent->id);
    xmlNodePtr rule = lab_xml_first(lab_xml_child(call->request, "Restriction"));
    for (int i = 0; i < children->nelts; i++) {
        lab_folder_t *f = APR_ARRAY_IDX(children, i, lab_folder_t *);
        bool good = true;
        if (!lab_sees(call, f))
            continue;
        const lab_fail_t *fail =
            rule ? lab_restrict_test(call, rule, folder_value, f, &good) : NULL;
        if (!fail && good)
            APR_ARRAY_PUSH(out, lab_folder_t *) = f;
        if (!fail && deep)
            fail = gather(call, f, deep, out);
        if (fail)
            return fail;
    }
    return NULL;
}

static void find_below(lab_call_t *call, const lab_folder_t *parent, bool deep,
                       const lab_folder_shape_t *shape)
{
    apr_array_header_t *found = apr_array_make(call->pool, 16, sizeof(lab_folder_t *));
    paging_t p;
    int from, to;
    bool paged = lab_xml_child(call->request, "IndexedPageFolderView") != NULL;
    const lab_fail_t *fail = gather(call, parent, deep, found);
    if (fail) {
        lab_answer_fail(call, "FindFolder", fail, NULL);
        return;
    }
    read_paging(call, paged ? "IndexedPageFolderView" : "FractionalPageFolderView", &p);
    cut_page(&p, found->nelts, &from, &to);
    lab_answer_ok(call, "FindFolder");
    open_root(call, paged, &p, from, to, found->nelts);
    lab_buf_puts(&call->out, "<t:Folders>");
    for (int i = from; i < to; i++)
        lab_folder_shape_put(call, APR_ARRAY_IDX(found, i, lab_folder_t *), shape);
    lab_buf_puts(&call->out, "</t:Folders></m:RootFolder>");
    lab_answer_end(call, "FindFolder");
}

void lab_op_find_folder(lab_call_t *call)
{
    lab_folder_shape_t shape;
    const lab_fail_t *bad =
        lab_folder_shape_read(call, lab_xml_child(call->request, "FolderShape"), &shape);
    const char *how = lab_xml_attr(call->pool, call->request, "Traversal");
    bool deep = how && !strcmp(how, "Deep");
    xmlNodePtr parents = lab_xml_child(call->request, "ParentFolderIds");
    lab_answer_open(call, "FindFolder");
    for (xmlNodePtr n = lab_xml_first(parents); n; n = lab_xml_next(n)) {
        lab_folder_t *parent;
        const lab_fail_t *fail =
            bad ? bad : lab_target_folder(call, n, LAB_RIGHT_SEE, &parent);
        /* public folders are searched level by level */
        if (!fail && deep && parent->mailbox == lab_dir_public())
            fail = lab_fail(call, "ErrorInvalidOperation");
        if (fail)
            lab_answer_fail(call, "FindFolder", fail, NULL);
        else
            find_below(call, parent, deep, &shape);
    }
    lab_answer_close(call, "FindFolder");
}

/* ---- items ---- */

/* what a property is compared by: the text of its element in an answer */
static const lab_fail_t *field_value(lab_call_t *call, const lab_view_t *view,
                                     const lab_prop_t *p, const char **value)
{
    lab_shape_t shape = {.body_type = "Text", .ext = apr_array_make(call->pool, 1, 1)};
    lab_buf_t text;
    lab_buf_init(&text, call->pool, 128);
    lab_emit_t e = {call, &text, view, &shape};
    *value = NULL;
    if (!(p->kinds & (unsigned)view->kind))
        return NULL;
    p->emit(&e, p);
    char *start = strchr(text.data, '>');
    char *end = strrchr(text.data, '<');
    if (!start)
        return NULL;
    if (end <= start) {
        *value = "";
        return NULL;
    }
    *end = '\0';
    /* what was escaped for the answer is plain again */
    const char *why;
    int line, column;
    const char *xml = apr_pstrcat(call->pool, "<v>", start + 1, "</v>", NULL);
    xmlDocPtr doc = lab_xml_parse(call->pool, xml, strlen(xml), &why, &line, &column);
    *value = doc ? lab_xml_text(call->pool, xmlDocGetRootElement(doc)) : start + 1;
    return NULL;
}

static const lab_fail_t *item_value(lab_call_t *call, void *object, xmlNodePtr path,
                                    const char **value)
{
    const lab_view_t *view = object;
    lab_ext_t ext;
    if (lab_xml_is(path, "ExtendedFieldURI")) {
        const lab_fail_t *fail = lab_ext_read(call, path, &ext);
        if (!fail)
            *value = lab_ext_get(call, view, &ext);
        return fail;
    }
    const lab_prop_t *p =
        lab_prop_for(lab_xml_attr(call->pool, path, "FieldURI"), view->kind);
    if (!p || (p->flags & LAB_P_NO_QUERY))
        return lab_fail(call, "ErrorUnsupportedPathForQuery");
    return field_value(call, view, p, value);
}

typedef struct found {
    lab_view_t view;
    const char *keys[4]; /* values of the SortOrder's fields */
    int sequence;
} found_t;

static int by_start(const void *a, const void *b)
{
    const lab_view_t *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->item->id > y->item->id) - (x->item->id < y->item->id);
}

static void keep_view(void *ctx, const lab_view_t *view)
{
    APR_ARRAY_PUSH((apr_array_header_t *)ctx, lab_view_t) = *view;
}

static const lab_fail_t *calendar_view(lab_call_t *call, xmlNodePtr cv,
                                       const lab_folder_t *folder,
                                       apr_array_header_t *views)
{
    apr_time_t from, to;
    if (!lab_call_read_time(call, lab_xml_attr(call->pool, cv, "StartDate"), &from) ||
        !lab_call_read_time(call, lab_xml_attr(call->pool, cv, "EndDate"), &to))
        return lab_fail(call, "ErrorInvalidRequest");
    if (strncmp(folder->class_name, "IPF.Appointment", 15))
        return lab_fail(call, "ErrorCalendarFolderIsInvalidForCalendarView");
    if (to < from)
        return lab_fail(call, "ErrorCalendarEndDateIsEarlierThanStartDate");
    if (to - from > TWO_YEARS)
        return lab_fail(call, "ErrorCalendarViewRangeTooBig");
    lab_view_window(call, folder->id, from, to, keep_view, views);
    qsort(views->elts, (size_t)views->nelts, sizeof(lab_view_t), by_start);
    return NULL;
}

static void find_in_view(lab_call_t *call, xmlNodePtr cv, const lab_folder_t *folder,
                         const lab_shape_t *shape)
{
    apr_array_header_t *views = apr_array_make(call->pool, 64, sizeof(lab_view_t));
    const char *text = lab_xml_attr(call->pool, cv, "MaxEntriesReturned");
    paging_t p = {0, text ? (int)apr_strtoi64(text, NULL, 10) : POLICY_MAX};
    const lab_fail_t *fail = calendar_view(call, cv, folder, views);
    if (!fail && !text && views->nelts > POLICY_MAX)
        fail = lab_fail(call, "ErrorExceededFindCountLimit");
    if (fail) {
        lab_answer_fail(call, "FindItem", fail, NULL);
        return;
    }
    int from, to;
    cut_page(&p, views->nelts, &from, &to);
    lab_answer_ok(call, "FindItem");
    open_root(call, false, &p, from, to, views->nelts);
    lab_buf_puts(&call->out, "<t:Items>");
    for (int i = from; i < to; i++)
        lab_shape_put(call, &APR_ARRAY_IDX(views, i, lab_view_t), shape);
    lab_buf_puts(&call->out, "</t:Items></m:RootFolder>");
    lab_answer_end(call, "FindItem");
}

/* the SortOrder of the request while qsort runs needs no state: keys are in the entries
 */
static int by_keys(const void *a, const void *b)
{
    const found_t *x = *(found_t *const *)a, *y = *(found_t *const *)b;
    for (int i = 0; i < 4; i++) {
        const char *p = x->keys[i], *q = y->keys[i];
        bool down = p && *p == '-';
        if (!p || !q)
            break;
        double m, n;
        char *end1, *end2;
        m = strtod(p + 1, &end1);
        n = strtod(q + 1, &end2);
        int c = !*end1 && !*end2 && p[1] && q[1] ? (m > n) - (m < n)
                                                 : strcasecmp(p + 1, q + 1);
        if (c)
            return down ? -c : c;
    }
    return x->sequence - y->sequence;
}

static const lab_fail_t *read_keys(lab_call_t *call, found_t *f)
{
    xmlNodePtr order = lab_xml_child(call->request, "SortOrder");
    int i = 0;
    for (xmlNodePtr n = lab_xml_first(order); n && i < 4; n = lab_xml_next(n), i++) {
        const char *how = lab_xml_attr(call->pool, n, "Order"), *value = NULL;
        const lab_fail_t *fail = item_value(call, &f->view, lab_xml_first(n), &value);
        if (fail)
            return lab_fail(call, "ErrorUnsupportedPathForSortGroup");
        f->keys[i] =
            apr_pstrcat(call->pool, how && !strcmp(how, "Descending") ? "-" : "+",
                        value ? value : "", NULL);
    }
    return NULL;
}

static const lab_fail_t *search_folder(lab_call_t *call, const lab_folder_t *folder,
                                       apr_array_header_t *found)
{
    xmlNodePtr rule = lab_xml_first(lab_xml_child(call->request, "Restriction"));
    const char *how = lab_xml_attr(call->pool, call->request, "Traversal");
    bool associated = how && !strcmp(how, "Associated");
    apr_array_header_t *items = apr_array_make(call->pool, 64, sizeof(lab_item_t *));
    sqlite3_stmt *st = lab_db_query(call->db,
                                    "SELECT " LAB_ITEM_COLUMNS
                                    " FROM items WHERE folder=? ORDER BY id DESC",
                                    "i", folder->id);
    while (lab_db_step(call->db, st))
        APR_ARRAY_PUSH(items, lab_item_t *) = lab_item_row(call->pool, st);
    for (int i = 0; i < items->nelts; i++) {
        found_t *f = apr_pcalloc(call->pool, sizeof *f);
        bool good = true;
        lab_view_item(call, APR_ARRAY_IDX(items, i, lab_item_t *), &f->view);
        if (lab_view_bool(&f->view, "IsAssociated", false) != associated)
            continue;
        /* nobody finds a private item by what he may not see of it */
        lab_view_cut(call, &f->view);
        const lab_fail_t *fail =
            rule ? lab_restrict_test(call, rule, item_value, &f->view, &good) : NULL;
        if (!fail && good)
            fail = read_keys(call, f);
        if (fail)
            return fail;
        f->sequence = found->nelts;
        if (good)
            APR_ARRAY_PUSH(found, found_t *) = f;
    }
    return NULL;
}

static void find_in_folder(lab_call_t *call, const lab_folder_t *folder,
                           const lab_shape_t *shape)
{
    apr_array_header_t *found = apr_array_make(call->pool, 64, sizeof(found_t *));
    paging_t p;
    int from, to;
    bool paged = lab_xml_child(call->request, "IndexedPageItemView") != NULL;
    const lab_fail_t *fail = search_folder(call, folder, found);
    if (fail) {
        lab_answer_fail(call, "FindItem", fail, NULL);
        return;
    }
    qsort(found->elts, (size_t)found->nelts, sizeof(found_t *), by_keys);
    read_paging(call, paged ? "IndexedPageItemView" : "FractionalPageItemView", &p);
    cut_page(&p, found->nelts, &from, &to);
    lab_answer_ok(call, "FindItem");
    open_root(call, paged, &p, from, to, found->nelts);
    lab_buf_puts(&call->out, "<t:Items>");
    for (int i = from; i < to; i++)
        lab_shape_put(call, &APR_ARRAY_IDX(found, i, found_t *)->view, shape);
    lab_buf_puts(&call->out, "</t:Items></m:RootFolder>");
    lab_answer_end(call, "FindItem");
}

void lab_op_find_item(lab_call_t *call)
{
    lab_shape_t shape;
    const lab_fail_t *bad =
        lab_shape_read(call, lab_xml_child(call->request, "ItemShape"), true, &shape);
    xmlNodePtr cv = lab_xml_child(call->request, "CalendarView");
    xmlNodePtr parents = lab_xml_child(call->request, "ParentFolderIds");
    if (!bad && cv &&
        (lab_xml_child(call->request, "Restriction") ||
         lab_xml_child(call->request, "SortOrder")))
        bad = lab_fail(call, "ErrorInvalidRequest");
    lab_answer_open(call, "FindItem");
    for (xmlNodePtr n = lab_xml_first(parents); n; n = lab_xml_next(n)) {
        lab_folder_t *folder;
        const lab_fail_t *fail =
            bad ? bad : lab_target_folder(call, n, LAB_RIGHT_READ, &folder);
        if (fail)
            lab_answer_fail(call, "FindItem", fail, NULL);
        else if (cv)
            find_in_view(call, cv, folder, &shape);
        else
            find_in_folder(call, folder, &shape);
    }
    lab_answer_close(call, "FindItem");
}
