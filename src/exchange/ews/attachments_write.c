/* SPDX-License-Identifier: Apache-2.0 */
/* Carrying out what is to be done to the files of an item, and taking it back (attachments.h). */
#include <apr_encode.h>
#include <apr_strings.h>
#include <string.h>

#include "exchange/ews/attachments.h"
#include "exchange/ews/series.h"
#include "exchange/ews/write.h"

/* Content of one CreateAttachment, before base64: more goes into another. */
#define MAX_AT_ONCE (6 << 20)

typedef struct filing_t {
    xc_session_t *s;
    const xc_ews_state_t *es;
    const char *id;              /* of the item */
    const char *change_key;      /* as the last answer said it; NULL = it did not */
    apr_pool_t *pool;
} filing_t;

static void write_file(xc_xmlw_t *w, const xc_newfile_t *file, apr_pool_t *pool)
{
    const char *content = file->len ? apr_pencode_base64_binary(pool, file->data, (apr_ssize_t)file->len, APR_ENCODE_NONE, NULL) : "";
    xc_xmlw_start(w, XC_NS_T, "FileAttachment");
    xc_xmlw_element(w, XC_NS_T, "Name", file->name);
    xc_xmlw_element(w, XC_NS_T, "ContentType", file->type);
    xc_xmlw_element(w, XC_NS_T, "ContentLocation", apr_pstrcat(pool, XC_FILE_SCHEME, file->key, NULL));
    xc_xmlw_element(w, XC_NS_T, "Content", content);
    xc_xmlw_end(w);
}

static xc_error_t *fetch_held(const xc_event_t **out, const filing_t *f)
{
    xc_fetched_t *fetched = NULL;
    XC_TRY(xc_ews_item_fetch(&fetched, f->s, &f->id, 1, f->pool));
    if (fetched[0].error)
        return fetched[0].error;
    *out = fetched[0].event;
    return NULL;
}

/* Every answer must be good, or say that what was to go has gone already. */
static xc_error_t *read_answers(filing_t *f, const xc_ews_call_t *call, int gone_is_good)
{
    xc_error_t *first = NULL;
    for (xmlNode *m = xc_ews_messages(call); m; m = xc_xml_next(m, NULL, NULL)) {
        xc_error_t *err = xc_ews_message_error(m, f->s, f->es, f->pool);
        xmlNode *made = xc_xml_child(xc_xml_child(m, NULL, "Attachments"), NULL, NULL);
        xmlNode *id = xc_xml_child(made, NULL, "AttachmentId"), *root = xc_xml_child(m, NULL, "RootItemId");
        const char *key = xc_xml_attr(id ? id : root, "RootItemChangeKey", f->pool);
        f->change_key = key ? key : f->change_key;
        first = first || (gone_is_good && err && err->status == 404) ? first : err;
    }
    return first;
}

/* ---- adding and removing ---- */

static xc_error_t *add_these(filing_t *f, const xc_ews_file_add_t *adds, int n)
{
    xc_ews_call_t call;
    const char *parent = f->id;
    if (adds->index) { /* files are attached to the occurrence's own id */
        xc_item_ref_t occurrence;
        XC_TRY(xc_ews_ask_ref(&occurrence, f->s, f->es, f->id, adds->index, f->pool));
        parent = occurrence.id;
    }
    xc_ews_begin(&call, f->s, f->es, "CreateAttachment", f->pool);
    xc_xmlw_start(call.w, XC_NS_M, "ParentItemId");
    xc_xmlw_attr(call.w, "Id", parent);
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "Attachments");
    for (int i = 0; i < n; i++)
        write_file(call.w, adds[i].file, f->pool);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_run_one(&call, f->s, f->es, f->pool));
    return read_answers(f, &call, 0);
}

/* A lost answer: is everything there, and nothing that was to go? */
static int came_true(filing_t *f, const xc_ews_file_add_t *adds, int n, const apr_array_header_t *removes)
{
    const xc_event_t *held = NULL;
    apr_time_t deadline = xc_ews_extend_deadline(f->s);
    xc_error_t *err = fetch_held(&held, f);
    int good = !err && held;
    f->s->deadline = deadline;
    for (int i = 0; good && i < n; i++)
        good = xc_files_find(xc_ews_files_held(held, adds[i].index), adds[i].file->key) != NULL;
    for (int i = 0; good && removes && i < removes->nelts; i++) {
        const xc_ews_file_gone_t *gone = &APR_ARRAY_IDX(removes, i, xc_ews_file_gone_t);
        good = !xc_files_find(xc_ews_files_held(held, gone->index), gone->key);
    }
    f->change_key = NULL;
    if (good)
        xc_log(f->s->log, XC_LOG_WARNING, "the answer to a change of attachments was lost, the change was made");
    return good;
}

/* Files of one item or occurrence from adds[0] on, as many as fit into one call. @return how many, in *n */
static xc_error_t *add_some(int *n, filing_t *f, const xc_ews_file_add_t *adds, int most)
{
    apr_size_t bytes = adds[0].file->len;
    for (*n = 1; *n < most && adds[*n].index == adds[0].index && bytes + adds[*n].file->len <= MAX_AT_ONCE; ++*n)
        bytes += adds[*n].file->len;
    xc_error_t *err = add_these(f, adds, *n);
    return err && err->maybe_done && came_true(f, adds, *n, NULL) ? NULL : err;
}

static xc_error_t *remove_these(filing_t *f, const apr_array_header_t *removes)
{
    xc_ews_call_t call;
    if (!removes->nelts)
        return NULL;
    xc_ews_begin(&call, f->s, f->es, "DeleteAttachment", f->pool);
    xc_xmlw_start(call.w, XC_NS_M, "AttachmentIds");
    for (int i = 0; i < removes->nelts; i++)
        xc_ews_write_id(call.w, "AttachmentId", APR_ARRAY_IDX(removes, i, xc_ews_file_gone_t).id, NULL);
    xc_xmlw_end(call.w);
    xc_error_t *err = xc_ews_run_one(&call, f->s, f->es, f->pool);
    if (!err)
        return read_answers(f, &call, 1);
    return err->maybe_done && came_true(f, NULL, 0, removes) ? NULL : err;
}

/* The files of the item itself (of_series) or of its occurrences. */
static xc_error_t *write_part(filing_t *f, const xc_ews_files_t *plan, int of_series)
{
    const xc_ews_file_add_t *adds = (const xc_ews_file_add_t *)plan->adds->elts;
    apr_array_header_t *removes = apr_array_make(f->pool, 2, sizeof(xc_ews_file_gone_t));
    for (int i = 0, n; i < plan->adds->nelts; i += n) {
        n = 1;
        if ((adds[i].index == 0) == of_series)
            XC_TRY(add_some(&n, f, adds + i, plan->adds->nelts - i));
    }
    for (int i = 0; i < plan->removes->nelts; i++)
        if ((APR_ARRAY_IDX(plan->removes, i, xc_ews_file_gone_t).index == 0) == of_series)
            APR_ARRAY_PUSH(removes, xc_ews_file_gone_t) = APR_ARRAY_IDX(plan->removes, i, xc_ews_file_gone_t);
    return remove_these(f, removes);
}

static int is_planned(const xc_ews_files_t *plan, int index, const char *key)
{
    int found = 0;
    for (int i = 0; i < plan->adds->nelts && !found; i++) {
        const xc_ews_file_add_t *add = &APR_ARRAY_IDX(plan->adds, i, xc_ews_file_add_t);
        found = add->index == index && strcmp(add->file->key, key) == 0;
    }
    return found;
}

static void follow_one(xc_ews_files_t *plan, int index, const apr_array_header_t *held, const apr_array_header_t *wanted, apr_pool_t *pool)
{
    apr_array_header_t *lacking = xc_files_missing(held, wanted, pool);
    for (int i = 0; i < lacking->nelts; i++) {
        const char *key = APR_ARRAY_IDX(lacking, i, xc_file_t).key;
        if (is_planned(plan, 0, key) && !is_planned(plan, index, key))
            APR_ARRAY_PUSH(plan->adds, xc_ews_file_add_t) = (xc_ews_file_add_t){.index = index, .file = xc_ews_files_at_hand(plan, key)};
    }
    for (int i = 0, n = plan->removes->nelts; i < n; i++) {
        const xc_ews_file_gone_t gone = APR_ARRAY_IDX(plan->removes, i, xc_ews_file_gone_t);
        const xc_file_t *file = gone.index || xc_files_find(wanted, gone.key) ? NULL : xc_files_find(held, gone.key);
        if (file && file->id)
            APR_ARRAY_PUSH(plan->removes, xc_ews_file_gone_t) = (xc_ews_file_gone_t){.index = index, .id = file->id, .key = file->key};
    }
}

/*
 * An exception that once had a file of its own has a list for itself in Exchange: what was done to the series' files
 * did not reach it. Which ones have shows when the series' part has been done.
 */
static xc_error_t *follow_series(filing_t *f, xc_ews_files_t *plan)
{
    const xc_event_t *held = NULL;
    int changed = 0;
    for (int i = 0; i < plan->adds->nelts; i++)
        changed |= APR_ARRAY_IDX(plan->adds, i, xc_ews_file_add_t).index == 0;
    for (int i = 0; i < plan->removes->nelts; i++)
        changed |= APR_ARRAY_IDX(plan->removes, i, xc_ews_file_gone_t).index == 0;
    if (!changed || !plan->now || !plan->now->overrides || !plan->now->overrides->nelts)
        return NULL;
    XC_TRY(fetch_held(&held, f));
    for (int i = 0; held && i < plan->now->overrides->nelts; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(plan->now->overrides, i, const xc_event_t *);
        int index = xc_ews_series_index(plan->now, &o->recurrence_id);
        const apr_array_header_t *list = xc_ews_files_held(held, index);
        if (index && list)
            follow_one(plan, index, list, o->files, f->pool);
    }
    return NULL;
}

xc_error_t *xc_ews_files_write(const char **change_key, xc_ews_files_t *plan, xc_session_t *s, const xc_ews_state_t *es, const char *id,
                               apr_pool_t *pool)
{
    filing_t f = {.s = s, .es = es, .id = id, .pool = pool};
    if (xc_ews_files_nothing(plan))
        return NULL;
    *change_key = NULL;
    /* the series first: an occurrence that gets files of its own gets the series' too, as they are then */
    XC_TRY(write_part(&f, plan, 1));
    XC_TRY(follow_series(&f, plan));
    XC_TRY(write_part(&f, plan, 0));
    *change_key = f.change_key;
    return NULL;
}

/* ---- taking it back ---- */

static apr_array_header_t *own_files(const xc_event_t *series, int i, int *index, apr_pool_t *pool)
{
    const xc_event_t *o = APR_ARRAY_IDX(series->overrides, i, const xc_event_t *);
    *index = xc_ews_series_index(series, &o->recurrence_id);
    return xc_files_missing(series->files, o->files, pool);
}

static int override_count(const xc_event_t *event)
{
    return event->overrides ? event->overrides->nelts : 0;
}

static xc_error_t *rescue_one(xc_ews_files_t *plan, filing_t *f, const xc_event_t **held, int index, const char *key)
{
    xc_blob_t blob;
    if (xc_ews_files_at_hand(plan, key))
        return NULL;
    if (!*held)
        XC_TRY(fetch_held(held, f));
    const xc_file_t *file = *held ? xc_files_find(xc_ews_files_held(*held, index), key) : NULL;
    if (!file || !file->id)
        return NULL;
    XC_TRY(xc_ews_attachment_get(&blob, f->s, file->id, f->pool));
    xc_newfile_t *copy = apr_pcalloc(f->pool, sizeof *copy);
    *copy = (xc_newfile_t){.key = key, .name = file->name ? file->name : "attachment", .type = blob.type, .data = blob.data, .len = blob.len};
    apr_hash_set(plan->old, key, APR_HASH_KEY_STRING, copy);
    return NULL;
}

xc_error_t *xc_ews_files_rescue(xc_ews_files_t *plan, xc_session_t *s, const xc_ews_state_t *es, const char *id, const xc_event_t *before,
                                apr_pool_t *pool)
{
    filing_t f = {.s = s, .es = es, .id = id, .pool = pool};
    const xc_event_t *held = NULL;
    xc_error_t *first = NULL;
    for (int i = 0; i < override_count(before); i++) {
        int index;
        const apr_array_header_t *own = own_files(before, i, &index, pool);
        for (int k = 0; k < own->nelts; k++) {
            xc_error_t *err = rescue_one(plan, &f, &held, index, APR_ARRAY_IDX(own, k, xc_file_t).key);
            first = first ? first : err;
        }
    }
    return first;
}

static int was_added(const xc_ews_files_t *plan, const char *key)
{
    int found = 0;
    for (int i = 0; i < plan->adds->nelts && !found; i++)
        found = strcmp(APR_ARRAY_IDX(plan->adds, i, xc_ews_file_add_t).file->key, key) == 0;
    return found;
}

/* From what is held to what has been, for one item or occurrence; `wanted` is what must be there, `known` what may. */
static xc_error_t *plan_back(xc_ews_files_t *back, const xc_ews_files_t *plan, int index, const apr_array_header_t *held,
                             const apr_array_header_t *wanted, const apr_array_header_t *known, apr_pool_t *pool)
{
    xc_error_t *err = NULL;
    apr_array_header_t *lost = xc_files_missing(held, wanted, pool);
    for (int i = 0; held && i < held->nelts; i++) {
        const xc_file_t *file = &APR_ARRAY_IDX(held, i, xc_file_t);
        if (file->id && was_added(plan, file->key) && !xc_files_find(known, file->key))
            APR_ARRAY_PUSH(back->removes, xc_ews_file_gone_t) = (xc_ews_file_gone_t){.index = index, .id = file->id, .key = file->key};
    }
    for (int i = 0; i < lost->nelts; i++) {
        const char *key = APR_ARRAY_IDX(lost, i, xc_file_t).key;
        const xc_newfile_t *file = xc_ews_files_at_hand(plan, key);
        if (file)
            APR_ARRAY_PUSH(back->adds, xc_ews_file_add_t) = (xc_ews_file_add_t){.index = index, .file = file};
        else
            err = xc_error_make(pool, 0, XC_COND_NONE, "the content of %s is lost", key);
    }
    return err;
}

static int had_files(const xc_event_t *before, apr_pool_t *pool)
{
    int found = 0, index;
    for (int i = 0; i < override_count(before) && !found; i++)
        found = own_files(before, i, &index, pool)->nelts > 0;
    return found;
}

xc_error_t *xc_ews_files_undo(xc_ews_files_t *plan, xc_session_t *s, const xc_ews_state_t *es, const char *id, const xc_event_t *before,
                              apr_pool_t *pool)
{
    filing_t f = {.s = s, .es = es, .id = id, .pool = pool};
    const xc_event_t *held = NULL;
    const char *change_key = NULL;
    xc_ews_files_t back = {.adds = apr_array_make(pool, 2, sizeof(xc_ews_file_add_t)),
                           .removes = apr_array_make(pool, 2, sizeof(xc_ews_file_gone_t)),
                           .old = plan->old};
    if (xc_ews_files_nothing(plan) && !had_files(before, pool))
        return NULL;
    XC_TRY(fetch_held(&held, &f));
    if (!held)
        return NULL;
    xc_error_t *lost = plan_back(&back, plan, 0, held->files, before->files, before->files, pool);
    for (int i = 0; i < override_count(before); i++) {
        int index;
        const apr_array_header_t *own = own_files(before, i, &index, pool);
        const apr_array_header_t *known = APR_ARRAY_IDX(before->overrides, i, const xc_event_t *)->files;
        xc_error_t *err = plan_back(&back, plan, index, xc_ews_files_held(held, index), own, known, pool);
        lost = lost ? lost : err;
    }
    XC_TRY(xc_ews_files_write(&change_key, &back, s, es, id, pool));
    return lost;
}
