/* SPDX-License-Identifier: Apache-2.0 */
/* Bringing a calendar's change log up to date: one flight for all clients, page by page. */
#include "exchange/sharing.h"
#include "mailbox/mailbox_priv.h"

#include <apr_strings.h>

#include "base/crypt.h"

/* Pages of one refresh: 512 items each; a calendar of more is finished by the next request. */
#define XC_REFRESH_MAX_PAGES 2000

const char *xc_calendar_flight(const xc_calendar_t *cal, const char *what, apr_pool_t *pool)
{
    return apr_pstrcat(pool, what, " ",
                       xc_crypt_hex(pool, 32, cal->key.origin, cal->key.account, cal->key.mailbox, cal->key.folder, NULL), NULL);
}

/* Whoever may write to the item in Exchange may have named it so that no URL can. */
static int is_name(const char *href)
{
    if (!href || strlen(href) > XC_NAME_MAX_BYTES || strcmp(href, ".") == 0 || strcmp(href, "..") == 0)
        return 0;
    for (const unsigned char *p = (const unsigned char *)href; *p; p++)
        if (*p == '/' || *p < 0x20 || *p == 0x7f)
            return 0;
    return 1;
}

static void item_from_ref(xc_item_t *item, const xc_calendar_t *cal, const xc_item_ref_t *ref, apr_pool_t *pool)
{
    memset(item, 0, sizeof *item);
    item->id = ref->id;
    item->change_key = ref->change_key;
    item->uid = ref->uid;
    item->href = is_name(ref->href) ? ref->href : NULL;
    item->hidden = ref->not_event || ref->task != xc_calendar_is_tasks(cal);
    item->etag = xc_etag_of(cal, ref->change_key, pool);
}

static xc_error_t *fold_page(int *stale, xc_calendar_t *cal, const char *base_state, const xc_item_page_t *page, apr_time_t asked_at,
                             apr_pool_t *pool)
{
    int n = page->upserts->nelts + page->deletes->nelts, k = 0;
    xc_change_t *changes = apr_pcalloc(pool, (apr_size_t)(n + 1) * sizeof *changes);
    for (int i = 0; i < page->upserts->nelts; i++, k++) {
        changes[k].kind = XC_CHANGE_UPSERT;
        item_from_ref(&changes[k].item, cal, &APR_ARRAY_IDX(page->upserts, i, xc_item_ref_t), pool);
    }
    for (int i = 0; i < page->deletes->nelts; i++, k++) {
        changes[k].kind = XC_CHANGE_DELETE;
        changes[k].item.id = APR_ARRAY_IDX(page->deletes, i, const char *);
    }
    apr_uint64_t known_seq = cal->info ? cal->info->seq : 0;
    XC_TRY(xc_store_fold(stale, cal->mailbox->store, &cal->key, base_state, page->state, changes, n, !page->more, asked_at, pool));
    /* of a first listing nobody has known anything before; our own writes, which come back this way, change nothing */
    if (base_state && n && !*stale) {
        xc_calinfo_t *info = NULL;
        XC_TRY(xc_store_calendar(&info, cal->mailbox->store, &cal->key, pool));
        if (info && info->seq != known_seq)
            xc_calendar_changed(cal, pool);
    }
    return NULL;
}

/* What outlives the page that it came with. */
static void item_copy(xc_item_t *item, const xc_calendar_t *cal, const xc_item_ref_t *ref, apr_pool_t *pool)
{
    xc_item_ref_t own = *ref;
    own.id = apr_pstrdup(pool, ref->id);
    own.change_key = apr_pstrdup(pool, ref->change_key);
    own.uid = apr_pstrdup(pool, ref->uid);
    own.href = apr_pstrdup(pool, ref->href);
    item_from_ref(item, cal, &own, pool);
}

static xc_error_t *next_page(xc_item_page_t **page, const xc_calendar_t *cal, const char *state, apr_pool_t *pool)
{
    xc_session_t *s = cal->mailbox->session;
    return cal->unsynced ? s->backend->sharing->list_items(page, s, cal->folder.id, state, pool)
                         : s->backend->item_sync(page, s, cal->folder.id, state, pool);
}

/* The sync state was refused: list everything and put it in the place of what is known, so that
 * clients' tokens stay good and only real differences reach them. */
static xc_error_t *relist(xc_calendar_t *cal, xc_item_page_t *page, apr_time_t asked_at, apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    apr_array_header_t *items = apr_array_make(pool, 512, sizeof(xc_item_t));
    apr_pool_t *turn;
    apr_pool_create(&turn, pool);
    for (int n = 0; n < XC_REFRESH_MAX_PAGES; n++) {
        for (int i = 0; i < page->upserts->nelts; i++)
            item_copy(&APR_ARRAY_PUSH(items, xc_item_t), cal, &APR_ARRAY_IDX(page->upserts, i, xc_item_ref_t), pool);
        if (!page->more)
            return xc_store_replace(m->store, &cal->key, page->state, (const xc_item_t *)items->elts, items->nelts, asked_at, pool);
        const char *state = apr_pstrdup(pool, page->state);
        apr_pool_clear(turn);
        XC_TRY(next_page(&page, cal, state, turn));
    }
    return xc_error_make(pool, 503, XC_COND_NONE, "Exchange does not finish listing this calendar.");
}

static xc_error_t *ask(xc_calendar_t *cal, apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    if (cal->is_inbox)
        return xc_inbox_ask(cal, pool);
    if (cal->unsynced) {
        apr_time_t asked_at = apr_time_now();
        xc_item_page_t *page = NULL;
        XC_TRY(next_page(&page, cal, NULL, pool));
        return relist(cal, page, asked_at, pool);
    }
    const char *state = cal->info ? cal->info->sync_state : NULL;
    apr_pool_t *turn; /* a page is megabytes while it is read; an error stays on it, below `pool` */
    apr_pool_create(&turn, pool);
    for (int n = 0; n < XC_REFRESH_MAX_PAGES; n++) {
        apr_time_t asked_at = apr_time_now();
        xc_item_page_t *page = NULL;
        XC_TRY(m->session->backend->item_sync(&page, m->session, cal->folder.id, state, turn));
        if (page->reset) {
            xc_calendar_changed(cal, pool); /* what has, is not told */
            return relist(cal, page, asked_at, pool);
        }
        int stale = 0;
        XC_TRY(fold_page(&stale, cal, state, page, asked_at, turn));
        if (stale) {
            /* another flight's lease ran out and it went on: begin from what is known now */
            XC_TRY(xc_store_calendar(&cal->info, m->store, &cal->key, pool));
            state = cal->info ? cal->info->sync_state : NULL;
            apr_pool_clear(turn);
            continue;
        }
        int more = page->more;
        state = apr_pstrdup(pool, page->state);
        apr_pool_clear(turn);
        if (!more)
            return NULL;
    }
    return xc_error_make(pool, 503, XC_COND_NONE, "Exchange does not finish listing this calendar.");
}

static int is_fresh(const xc_calendar_t *cal)
{
    const xc_mailbox_t *m = cal->mailbox;
    if (!cal->info || !cal->info->complete || !cal->info->refreshed_at)
        return 0;
    return cal->info->refreshed_at >= m->opened_at || cal->info->refreshed_at + m->cfg->freshness > apr_time_now();
}

static xc_error_t *refresh_gone(xc_calendar_t *cal, xc_error_t *err, apr_pool_t *pool)
{
    int withdrawn = err->status == 403 && !xc_mailbox_is_own(cal->mailbox);
    if (err->status == 404 || withdrawn) {
        /* the folder went away since the list was read */
        xc_error_t *forget = xc_store_forget(cal->mailbox->store, &cal->key, pool);
        if (forget)
            return forget;
        xc_home_expire(cal->mailbox, pool);
    }
    return xc_error_context(err, pool, "refreshing %s of %s", cal->segment, cal->mailbox->owner);
}

/* A mailbox that was moved or restored has its calendars under other ids: the same name is looked for among the folders of now. */
static int found_again(xc_calendar_t *cal, apr_pool_t *pool)
{
    xc_calendar_t *now = NULL;
    if (!xc_mailbox_is_own(cal->mailbox) || xc_mailbox_calendar(&now, cal->mailbox, cal->segment, pool) || !now ||
        strcmp(now->folder.id, cal->folder.id) == 0)
        return 0;
    cal->folder = now->folder;
    cal->key = now->key;
    cal->props = now->props;
    cal->info = NULL;
    return 1;
}

xc_error_t *xc_calendar_refresh(xc_calendar_t *cal, apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    int again = 0;
    if (cal->refreshed)
        return NULL;
    XC_TRY(xc_calendar_allow_read(cal, pool));
    XC_TRY(xc_store_calendar(&cal->info, m->store, &cal->key, m->pool));
    while (!is_fresh(cal)) {
        xc_flight_t *flight = NULL;
        int waited = 0;
        XC_TRY(xc_store_flight_begin(&flight, &waited, m->store, xc_calendar_flight(cal, "refresh", pool), XC_FLIGHT_LEASE, m->session->deadline,
                                     pool));
        XC_TRY(xc_store_calendar(&cal->info, m->store, &cal->key, m->pool));
        if (!flight)
            continue;
        xc_error_t *err = is_fresh(cal) ? NULL : ask(cal, pool);
        xc_store_flight_end(flight);
        if (err) {
            int lost = err->status == 404;
            err = refresh_gone(cal, err, pool);
            if (!lost || again++ || !found_again(cal, pool))
                return err;
            XC_TRY(xc_store_calendar(&cal->info, m->store, &cal->key, m->pool));
            continue;
        }
        XC_TRY(xc_store_calendar(&cal->info, m->store, &cal->key, m->pool));
        if (!cal->info || !cal->info->complete)
            return xc_error_retry(xc_error_make(pool, 503, XC_COND_NONE, "The gateway's cache cannot be written."), 30);
        break;
    }
    cal->refreshed = 1;
    return NULL;
}

int xc_calendar_settle_for(xc_calendar_t *cal, apr_interval_time_t age, apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    if (cal->refreshed || xc_store_calendar(&cal->info, m->store, &cal->key, m->pool))
        return 0;
    (void)pool;
    cal->refreshed = cal->info && cal->info->complete && cal->info->refreshed_at + age > apr_time_now();
    return cal->refreshed;
}

void xc_calendar_unsettle(xc_calendar_t *cal)
{
    cal->refreshed = 0;
}

/* One of several calendars that are asked for side by side. */
typedef struct batch_row_t {
    xc_calendar_t *cal;
    xc_flight_t *flight;
    const char *state;
} batch_row_t;

/* The calendars that need Exchange and whose flight is free at once. */
static xc_error_t *take_batch(apr_array_header_t *batch, const apr_array_header_t *calendars, apr_pool_t *pool)
{
    for (int i = 0; i < calendars->nelts; i++) {
        xc_calendar_t *cal = APR_ARRAY_IDX(calendars, i, xc_calendar_t *);
        xc_mailbox_t *m = cal->mailbox;
        if (cal->unsynced || cal->refreshed || xc_calendar_allow_read(cal, pool))
            continue;
        XC_TRY(xc_store_calendar(&cal->info, m->store, &cal->key, m->pool));
        if (is_fresh(cal)) {
            cal->refreshed = 1;
            continue;
        }
        xc_flight_t *flight = NULL;
        int waited = 0;
        /* no waiting while other flights are held: two such requests would wait for each other */
        if (!xc_store_flight_begin(&flight, &waited, m->store, xc_calendar_flight(cal, "refresh", pool), XC_FLIGHT_LEASE,
                                   apr_time_now(), pool) && flight)
            APR_ARRAY_PUSH(batch, batch_row_t) =
                (batch_row_t){.cal = cal, .flight = flight, .state = cal->info ? cal->info->sync_state : NULL};
    }
    return NULL;
}

static xc_error_t *ask_batch(const apr_array_header_t *batch, apr_pool_t *pool)
{
    int n = batch->nelts;
    xc_session_t *s = APR_ARRAY_IDX(batch, 0, batch_row_t).cal->mailbox->session;
    const char **folders = apr_palloc(pool, (apr_size_t)n * sizeof *folders), **states = apr_palloc(pool, (apr_size_t)n * sizeof *states);
    xc_item_page_t **pages = apr_pcalloc(pool, (apr_size_t)n * sizeof *pages);
    xc_error_t **errors = apr_pcalloc(pool, (apr_size_t)n * sizeof *errors), *err = NULL;
    for (int i = 0; i < n; i++) {
        folders[i] = APR_ARRAY_IDX(batch, i, batch_row_t).cal->folder.id;
        states[i] = APR_ARRAY_IDX(batch, i, batch_row_t).state;
    }
    apr_time_t asked_at = apr_time_now();
    s->backend->item_sync_many(pages, errors, s, folders, states, n, pool);
    for (int i = 0; i < n && !err; i++) {
        batch_row_t *row = &APR_ARRAY_IDX(batch, i, batch_row_t);
        int stale = 0;
        /* what is not done with one page is done by the calendar's own refresh */
        if (errors[i] || pages[i]->reset)
            continue;
        err = fold_page(&stale, row->cal, row->state, pages[i], asked_at, pool);
    }
    return err;
}

xc_error_t *xc_calendar_refresh_all(apr_array_header_t *calendars, apr_pool_t *pool)
{
    apr_array_header_t *batch = apr_array_make(pool, calendars->nelts, sizeof(batch_row_t));
    xc_error_t *err = take_batch(batch, calendars, pool);
    if (!err && batch->nelts > 1)
        err = ask_batch(batch, pool);
    for (int i = 0; i < batch->nelts; i++)
        xc_store_flight_end(APR_ARRAY_IDX(batch, i, batch_row_t).flight);
    XC_TRY(err);
    for (int i = 0; i < calendars->nelts; i++) {
        err = xc_calendar_refresh(APR_ARRAY_IDX(calendars, i, xc_calendar_t *), pool);
        if (err && (err->status == 401 || xc_error_is_passing(err)))
            return err;
    }
    return NULL;
}

const char *xc_calendar_token(const xc_calendar_t *cal, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%s-%" APR_UINT64_T_FMT, cal->info->epoch, cal->info->seq);
}

int xc_calendar_parse_token(const xc_calendar_t *cal, const char *token, apr_uint64_t *seq)
{
    apr_size_t n = strlen(cal->info->epoch);
    if (strncmp(token, cal->info->epoch, n) || token[n] != '-')
        return 1;
    const char *digits = token + n + 1;
    apr_size_t len = strlen(digits);
    if (!len || len > 19 || strspn(digits, "0123456789") != len)
        return 1;
    *seq = (apr_uint64_t)apr_strtoi64(digits, NULL, 10);
    return *seq > cal->info->seq || *seq < cal->info->oldest_seq;
}

xc_error_t *xc_calendar_list(apr_array_header_t **items, xc_calendar_t *cal, apr_pool_t *pool)
{
    XC_TRY(xc_calendar_refresh(cal, pool));
    xc_calinfo_t *info = NULL;
    XC_TRY(xc_store_list(items, &info, cal->mailbox->store, &cal->key, pool));
    if (!info)
        return xc_error_retry(xc_error_make(pool, 503, XC_COND_NONE, "The gateway's cache was lost just now."), 5);
    cal->info = info;
    return NULL;
}

xc_error_t *xc_calendar_since(apr_array_header_t **items, int *more, apr_uint64_t *token_seq, xc_calendar_t *cal, apr_uint64_t seq,
                              int limit, apr_pool_t *pool)
{
    XC_TRY(xc_calendar_refresh(cal, pool));
    xc_calinfo_t *info = NULL;
    XC_TRY(xc_store_since(items, &info, more, cal->mailbox->store, &cal->key, seq, limit, pool));
    if (!info || strcmp(info->epoch, cal->info->epoch))
        return xc_error_retry(xc_error_make(pool, 503, XC_COND_NONE, "The gateway's cache was lost just now."), 5);
    *token_seq = info->seq;
    if (*more && (*items)->nelts)
        *token_seq = APR_ARRAY_IDX(*items, (*items)->nelts - 1, xc_item_t).changed_seq;
    cal->info = info;
    return NULL;
}

xc_error_t *xc_calendar_item(xc_item_t **out, xc_calendar_t *cal, const char *href, apr_pool_t *pool)
{
    *out = NULL;
    XC_TRY(xc_calendar_refresh(cal, pool));
    return xc_store_by_href(out, cal->mailbox->store, &cal->key, href, pool);
}
