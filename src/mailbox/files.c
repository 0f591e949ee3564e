/* SPDX-License-Identifier: Apache-2.0 */
/* Files attached to an object: reading one, and changing them one at a time. */
#include "mailbox/mailbox_priv.h"

#include <apr_strings.h>

#include "exchange/attachments.h"

static xc_error_t *no_file(apr_pool_t *pool)
{
    return xc_error_make(pool, 404, XC_COND_NONE, "There is no such attachment.");
}

xc_error_t *xc_calendar_file(xc_newfile_t **out, xc_calendar_t *cal, const xc_item_t *item, const char *key, apr_pool_t *pool)
{
    xc_session_t *s = cal->mailbox->session;
    const xc_attachments_ops_t *ops = s->backend->attachments;
    xc_fetched_t *fetched = NULL;
    xc_blob_t blob;
    *out = NULL;
    if (!ops || !xc_file_is_key(key) || xc_calendar_is_tasks(cal))
        return no_file(pool);
    XC_TRY(xc_calendar_allow_read(cal, pool));
    XC_TRY(xc_calendar_allow_item(cal, item, pool));
    XC_TRY(s->backend->item_fetch(&fetched, s, &item->id, 1, pool));
    if (fetched[0].error)
        return fetched[0].error;
    const xc_event_t *event = fetched[0].event;
    const xc_file_t *file = event ? xc_files_find(event->files, key) : NULL;
    for (int i = 0; event && event->overrides && i < event->overrides->nelts && !file; i++)
        file = xc_files_find(APR_ARRAY_IDX(event->overrides, i, const xc_event_t *)->files, key);
    if (!file)
        return no_file(pool);
    XC_TRY(ops->get(&blob, s, file->id, pool));
    /* made anew: name and type are judged again, whoever wrote them */
    xc_newfile_t *made = xc_newfile_make(file->name ? file->name : blob.name, file->type ? file->type : blob.type, blob.data, blob.len, pool);
    made->key = key;
    *out = made;
    return NULL;
}

xc_error_t *xc_calendar_edit_file(xc_put_result_t *out, xc_calendar_t *cal, const char *href, const char *key, xc_newfile_t **file,
                                  const apr_array_header_t *rids, const xc_expect_t *expect, apr_pool_t *pool)
{
    const xc_mailbox_config_t *cfg = cal->mailbox->cfg;
    xc_item_t *present = NULL;
    xc_loaded_t *loaded = NULL;
    const char *text = NULL;
    memset(out, 0, sizeof *out);
    if (xc_calendar_is_tasks(cal))
        return xc_error_make(pool, 403, XC_COND_NONE, "Files are kept of events only, not of tasks.");
    XC_TRY(xc_calendar_allow(cal, XC_RIGHT_MODIFY, pool));
    if (*file && cfg->max_file_bytes && (*file)->len > cfg->max_file_bytes)
        return xc_error_make(pool, 0, XC_COND_MAX_ATTACHMENT_SIZE, "An attachment can have %" APR_SIZE_T_FMT " bytes here.", cfg->max_file_bytes);
    XC_TRY(xc_calendar_item(&present, cal, href, pool));
    if (!present)
        return xc_error_make(pool, 404, XC_COND_NONE, "There is no such event.");
    XC_TRY(xc_expect_check(expect, present, pool));
    const xc_item_t *item = present;
    XC_TRY(xc_calendar_load(&loaded, cal, &item, 1, pool));
    if (loaded->error)
        return loaded->error;
    if (loaded->received)
        return xc_error_make(pool, 403, XC_COND_NONE, "The files of a meeting are its organizer's to change.");
    apr_hash_t *files = apr_hash_make(pool);
    if (*file) {
        xc_file_t was = {.name = NULL};
        if (key)
            XC_TRY(xc_files_named(&was, loaded->text, key, pool));
        *file = xc_newfile_make((*file)->name ? (*file)->name : was.name, (*file)->type ? (*file)->type : was.type, (*file)->data, (*file)->len, pool);
        apr_hash_set(files, (*file)->key, APR_HASH_KEY_STRING, *file);
    }
    XC_TRY(xc_files_edit(&text, loaded->text, key, *file, rids, pool));
    /* what was edited is what is there now */
    xc_expect_t still = {.if_match = apr_pstrcat(pool, "\"", loaded->item->etag, "\"", NULL)};
    return xc_calendar_put_with(out, cal, href, text, strlen(text), files, &still, pool);
}
