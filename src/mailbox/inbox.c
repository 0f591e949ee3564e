/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduling inbox: meeting messages with a change log of their own, so that it is listed, read and synced as a
 * calendar is. Exchange is asked with one search; a folder full of mail is never synced. */
#include "mailbox/mailbox_priv.h"

#include <apr_strings.h>

#include "base/crypt.h"
#include "exchange/meetings.h"

/* Its key in the store: no ItemId of Exchange is so short. */
#define INBOX_FOLDER "inbox"
/* The log has no sync state of Exchange's: any text says that it has been filled. */
#define INBOX_STATE "listed"

xc_error_t *xc_mailbox_inbox(xc_calendar_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    (void)pool;
    *out = NULL;
    if (!xc_mailbox_is_own(m))
        return NULL;
    if (!m->inbox) {
        xc_calendar_t *inbox = apr_pcalloc(m->pool, sizeof *inbox);
        inbox->mailbox = m;
        inbox->segment = "inbox";
        inbox->is_inbox = 1;
        inbox->folder.id = INBOX_FOLDER;
        inbox->folder.display_name = "Inbox";
        inbox->folder.rights = XC_RIGHT_READ | XC_RIGHT_DELETE;
        inbox->components = XC_COMP_VEVENT;
        inbox->props = apr_table_make(m->pool, 1);
        inbox->key = (xc_calkey_t){.origin = m->origin, .account = m->session->account, .mailbox = m->owner, .folder = INBOX_FOLDER};
        m->inbox = inbox;
    }
    *out = m->inbox;
    return NULL;
}

/* A message has one name as long as it lies there, whoever asks. */
static void item_of_message(xc_item_t *item, const xc_calendar_t *inbox, const xc_message_ref_t *ref, apr_pool_t *pool)
{
    memset(item, 0, sizeof *item);
    item->id = ref->id;
    item->change_key = ref->change_key;
    item->href = apr_pstrcat(pool, xc_crypt_hex(pool, 32, ref->id, NULL), ".ics", NULL);
    item->etag = xc_etag_of(inbox, ref->change_key, pool);
}

xc_error_t *xc_inbox_ask(xc_calendar_t *inbox, apr_pool_t *pool)
{
    xc_mailbox_t *m = inbox->mailbox;
    const xc_meetings_ops_t *ops = m->session->backend->meetings;
    apr_time_t asked_at = apr_time_now();
    apr_array_header_t *refs = apr_array_make(pool, 1, sizeof(xc_message_ref_t));
    if (ops)
        XC_TRY(ops->list(&refs, m->session, m->owner, pool));
    xc_item_t *items = apr_palloc(pool, (apr_size_t)(refs->nelts + 1) * sizeof *items);
    for (int i = 0; i < refs->nelts; i++)
        item_of_message(&items[i], inbox, &APR_ARRAY_IDX(refs, i, xc_message_ref_t), pool);
    return xc_store_replace(m->store, &inbox->key, INBOX_STATE, items, refs->nelts, asked_at, pool);
}
