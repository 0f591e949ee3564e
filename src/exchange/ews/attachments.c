/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/ews/attachments.h"

#include <apr_encode.h>
#include <apr_strings.h>
#include <string.h>

#include "base/crypt.h"
#include "exchange/ews/series.h"

/* Attachments that one item may list. */
#define MAX_LISTED  500

/* ---- reading ---- */

static const char *key_of_id(const char *id, apr_pool_t *pool)
{
    return xc_crypt_hex(pool, XC_FILE_KEY_LEN / 2, "attachment", id, NULL);
}

/* A file that a client brought says its key itself; others are named after their id. */
static const char *key_of(const xmlNode *attachment, const char *id, apr_pool_t *pool)
{
    const char *location = xc_xml_child_text(attachment, NULL, "ContentLocation", pool);
    apr_size_t n = sizeof(XC_FILE_SCHEME) - 1;
    if (location && strncmp(location, XC_FILE_SCHEME, n) == 0 && xc_file_is_key(location + n))
        return apr_pstrdup(pool, location + n);
    return key_of_id(id, pool);
}

static void read_file(xc_event_t *e, const xmlNode *attachment, apr_pool_t *pool)
{
    const char *id = xc_xml_attr(xc_xml_child(attachment, NULL, "AttachmentId"), "Id", pool);
    int item = xc_xml_is(attachment, NULL, "ItemAttachment");
    if (!id || (!item && !xc_xml_is(attachment, NULL, "FileAttachment")) || xc_ews_is_true(xc_xml_child_text(attachment, NULL, "IsInline", pool)))
        return;
    xc_file_t file = {.id = id, .key = key_of(attachment, id, pool)};
    if (xc_files_find(e->files, file.key))
        return;
    const char *type = xc_xml_child_text(attachment, NULL, "ContentType", pool), *name = xc_xml_child_text(attachment, NULL, "Name", pool);
    file.name = name && *name ? name : NULL;
    if (item && file.name)
        file.name = apr_pstrcat(pool, file.name, ".eml", NULL);
    file.type = item ? "message/rfc822" : type && *type ? type : NULL;
    file.size_bytes = item ? -1 : xc_ews_int(xc_xml_child_text(attachment, NULL, "Size", pool), 0, 1 << 30, -1);
    if (!e->files)
        e->files = apr_array_make(pool, 2, sizeof(xc_file_t));
    APR_ARRAY_PUSH(e->files, xc_file_t) = file;
}

void xc_ews_read_files(xc_event_t *e, const xmlNode *item, apr_pool_t *pool)
{
    int n = 0;
    for (xmlNode *a = xc_xml_child(xc_xml_child(item, NULL, "Attachments"), NULL, NULL); a && n < MAX_LISTED; a = xc_xml_next(a, NULL, NULL), n++)
        read_file(e, a, pool);
}

static int same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

void xc_ews_files_share(const xc_event_t *series, xc_event_t *exception, apr_pool_t *pool)
{
    for (int i = 0; series->files && exception->files && i < exception->files->nelts; i++) {
        xc_file_t *own = &APR_ARRAY_IDX(exception->files, i, xc_file_t);
        if (strcmp(own->key, key_of_id(own->id, pool)) != 0)
            continue;
        for (int k = 0; k < series->files->nelts; k++) {
            const xc_file_t *file = &APR_ARRAY_IDX(series->files, k, xc_file_t);
            if (same_text(file->name, own->name) && same_text(file->type, own->type) && file->size_bytes == own->size_bytes &&
                !xc_files_find(exception->files, file->key)) {
                own->key = file->key;
                break;
            }
        }
    }
}

/* ---- one file ---- */

static xc_error_t *no_file(apr_pool_t *pool)
{
    return xc_error_make(pool, 404, XC_COND_NONE, "There is no such attachment.");
}

xc_error_t *xc_ews_attachment_get(xc_blob_t *out, xc_session_t *s, const char *file_id, apr_pool_t *pool)
{
    const xc_ews_state_t *es = NULL;
    xc_ews_call_t call;
    xmlNode *message = NULL;
    memset(out, 0, sizeof *out);
    XC_TRY(xc_ews_state(&es, s, pool));
    xc_ews_begin(&call, s, es, "GetAttachment", pool);
    xc_xmlw_start(call.w, XC_NS_M, "AttachmentShape");
    xc_xmlw_element(call.w, XC_NS_T, "IncludeMimeContent", "true");
    xc_xmlw_end(call.w);
    xc_xmlw_start(call.w, XC_NS_M, "AttachmentIds");
    xc_ews_write_id(call.w, "AttachmentId", file_id, NULL);
    xc_xmlw_end(call.w);
    XC_TRY(xc_ews_single(&message, &call, s, es, pool));
    xmlNode *a = xc_xml_child(xc_xml_child(message, NULL, "Attachments"), NULL, NULL);
    if (!a)
        return no_file(pool);
    int item = !xc_xml_is(a, NULL, "FileAttachment");
    xmlNode *held = xc_xml_child(a, NULL, NULL);
    const char *content = item ? NULL : xc_xml_child_text(a, NULL, "Content", pool);
    for (; item && held && !content; held = xc_xml_next(held, NULL, NULL))
        content = xc_xml_child_text(held, NULL, "MimeContent", pool);
    if (item && !content)
        return xc_error_make(pool, 502, XC_COND_NONE, "Exchange does not give out the content of this attachment.");
    const char *type = xc_xml_child_text(a, NULL, "ContentType", pool);
    out->name = xc_xml_child_text(a, NULL, "Name", pool);
    out->type = item ? "message/rfc822" : type && *type ? type : "application/octet-stream";
    out->data = apr_pdecode_base64_binary(pool, content ? content : "", APR_ENCODE_STRING, APR_ENCODE_NONE, &out->len);
    return out->data || !content || !*content ? NULL : xc_error_make(pool, 502, XC_COND_NONE, "Exchange's attachment is no base64.");
}

/* ---- planning ---- */

typedef struct plan_t {
    xc_ews_files_t *out;
    xc_session_t *s;
    const xc_ews_state_t *es;
    const char *id;              /* the item, NULL when new */
    const xc_event_t *held;      /* as Exchange tells it now, with ids; NULL = not asked yet */
    const xc_write_t *w;
    apr_pool_t *pool;
} plan_t;

static xc_error_t *ask_held(plan_t *p)
{
    xc_fetched_t *fetched = NULL;
    if (p->held || !p->id)
        return NULL;
    XC_TRY(xc_ews_item_fetch(&fetched, p->s, &p->id, 1, p->pool));
    if (fetched[0].error)
        return fetched[0].error;
    p->held = fetched[0].event;
    return NULL;
}

static const xc_file_t *find_held(const plan_t *p, const char *key)
{
    const xc_file_t *file = p->held ? xc_files_find(p->held->files, key) : NULL;
    for (int i = 0; p->held && p->held->overrides && i < p->held->overrides->nelts && !file; i++)
        file = xc_files_find(APR_ARRAY_IDX(p->held->overrides, i, const xc_event_t *)->files, key);
    return file;
}

/* The content: as the client sent it, or from where it lies in the same item. */
static xc_error_t *content_of(const xc_newfile_t **out, plan_t *p, const char *key)
{
    xc_blob_t blob;
    *out = p->w->files ? apr_hash_get(p->w->files, key, APR_HASH_KEY_STRING) : NULL;
    if (*out)
        return NULL;
    XC_TRY(ask_held(p));
    const xc_file_t *file = find_held(p, key);
    if (!file || !file->id)
        return xc_error_make(p->pool, 0, XC_COND_VALID_MANAGED_ID, "The object names an attachment that it does not have (%s).", key);
    XC_TRY(xc_ews_attachment_get(&blob, p->s, file->id, p->pool));
    xc_newfile_t *copy = apr_pcalloc(p->pool, sizeof *copy);
    *copy = (xc_newfile_t){.key = key, .name = file->name ? file->name : "attachment", .type = blob.type, .data = blob.data, .len = blob.len};
    *out = copy;
    return NULL;
}

static xc_error_t *plan_adds(plan_t *p, int index, const apr_array_header_t *before, const apr_array_header_t *now)
{
    apr_array_header_t *add = xc_files_missing(before, now, p->pool);
    for (int i = 0; i < add->nelts; i++) {
        xc_ews_file_add_t row = {.index = index};
        XC_TRY(content_of(&row.file, p, APR_ARRAY_IDX(add, i, xc_file_t).key));
        APR_ARRAY_PUSH(p->out->adds, xc_ews_file_add_t) = row;
    }
    return NULL;
}

const apr_array_header_t *xc_ews_files_held(const xc_event_t *held, int index)
{
    if (!index)
        return held->files;
    for (int i = 0; held->overrides && i < held->overrides->nelts; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(held->overrides, i, const xc_event_t *);
        if (xc_ews_series_index(held, &o->recurrence_id) == index)
            return o->files;
    }
    return NULL;
}

/* Only what the client knew of and left out goes; what came meanwhile stays. */
static xc_error_t *plan_removes(plan_t *p, int index, const apr_array_header_t *before, const apr_array_header_t *now)
{
    apr_array_header_t *gone = xc_files_missing(now, before, p->pool);
    if (!gone->nelts)
        return NULL;
    XC_TRY(ask_held(p));
    const apr_array_header_t *held = p->held ? xc_ews_files_held(p->held, index) : NULL;
    for (int i = 0; i < gone->nelts; i++) {
        const xc_file_t *file = xc_files_find(held, APR_ARRAY_IDX(gone, i, xc_file_t).key);
        if (file && file->id)
            APR_ARRAY_PUSH(p->out->removes, xc_ews_file_gone_t) = (xc_ews_file_gone_t){.index = index, .id = file->id, .key = file->key};
    }
    return NULL;
}

/* An occurrence shows its series' files: only those that are its own are its own matter. */
static xc_error_t *plan_override(plan_t *p, const xc_event_t *before, const xc_event_t *now, const xc_event_t *o, int fresh)
{
    const xc_event_t *was = NULL;
    int index = xc_ews_series_index(now, &o->recurrence_id);
    for (int i = 0; !fresh && before && before->overrides && i < before->overrides->nelts && !was; i++) {
        const xc_event_t *b = APR_ARRAY_IDX(before->overrides, i, const xc_event_t *);
        if (xc_ews_series_index(now, &b->recurrence_id) == index)
            was = b;
    }
    apr_array_header_t *had = was ? xc_files_missing(before->files, was->files, p->pool) : NULL;
    XC_TRY(plan_adds(p, index, had, xc_files_missing(now->files, o->files, p->pool)));
    return had ? plan_removes(p, index, had, o->files) : NULL;
}

const xc_newfile_t *xc_ews_files_at_hand(const xc_ews_files_t *plan, const char *key)
{
    const xc_newfile_t *file = apr_hash_get(plan->old, key, APR_HASH_KEY_STRING);
    for (int i = 0; i < plan->adds->nelts && !file; i++) {
        const xc_newfile_t *added = APR_ARRAY_IDX(plan->adds, i, xc_ews_file_add_t).file;
        file = strcmp(added->key, key) == 0 ? added : NULL;
    }
    return file;
}

/* What Exchange does not give out cannot be kept; that is no reason to refuse the change. */
static xc_error_t *keep_content(plan_t *p, const char *key)
{
    const xc_newfile_t *file = xc_ews_files_at_hand(p->out, key);
    xc_error_t *err = file ? NULL : content_of(&file, p, key);
    if (err)
        return xc_error_is_passing(err) ? err : NULL;
    apr_hash_set(p->out->old, file->key, APR_HASH_KEY_STRING, file);
    return NULL;
}

/* Content that a failure later on would have lost. */
static xc_error_t *keep_old(plan_t *p, const xc_event_t *before, int fresh)
{
    int later = p->w->notify != XC_NOTIFY_NONE;
    for (int i = 0; i < p->out->adds->nelts; i++)
        later |= APR_ARRAY_IDX(p->out->adds, i, xc_ews_file_add_t).index > 0;
    for (int i = 0; later && i < p->out->removes->nelts; i++)
        XC_TRY(keep_content(p, APR_ARRAY_IDX(p->out->removes, i, xc_ews_file_gone_t).key));
    for (int i = 0; (fresh || !p->w->event->recur) && before->overrides && i < before->overrides->nelts; i++) {
        const apr_array_header_t *own = xc_files_missing(before->files, APR_ARRAY_IDX(before->overrides, i, const xc_event_t *)->files, p->pool);
        for (int k = 0; k < own->nelts; k++)
            XC_TRY(keep_content(p, APR_ARRAY_IDX(own, k, xc_file_t).key));
    }
    return NULL;
}

xc_error_t *xc_ews_files_plan(xc_ews_files_t *out, xc_session_t *s, const xc_ews_state_t *es, const char *id, const xc_event_t *before,
                              const xc_write_t *w, int fresh, apr_pool_t *pool)
{
    plan_t p = {.out = out, .s = s, .es = es, .id = id, .w = w, .pool = pool};
    out->adds = apr_array_make(pool, 2, sizeof(xc_ews_file_add_t));
    out->removes = apr_array_make(pool, 2, sizeof(xc_ews_file_gone_t));
    out->old = apr_hash_make(pool);
    out->now = before && !fresh ? w->event : NULL;
    XC_TRY(plan_adds(&p, 0, before ? before->files : NULL, w->event->files));
    if (before)
        XC_TRY(plan_removes(&p, 0, before->files, w->event->files));
    for (int i = 0; w->event->overrides && i < w->event->overrides->nelts; i++)
        XC_TRY(plan_override(&p, before, w->event, APR_ARRAY_IDX(w->event->overrides, i, const xc_event_t *), fresh));
    return before ? keep_old(&p, before, fresh) : NULL;
}

int xc_ews_files_nothing(const xc_ews_files_t *plan)
{
    return !plan->adds->nelts && !plan->removes->nelts;
}
