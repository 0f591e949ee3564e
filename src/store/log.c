/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changes to a calendar mean. One writing transaction per fold; the sequence grows once.
 *
 * Names are what clients hold on to, so an item that changes its name (or becomes hidden) leaves a
 * tombstone under the old one and begins a new record, with a new creation sequence, under the new.
 *
 * A refresh and a local write can cross: the refresh was asked before the write and folded after.
 * What it says of an item written since is older than what we know, and the next refresh says it
 * again; so such answers are left out (is_outdated), and a full listing does not remove such items.
 */
#include "store/log.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"
#include "store/name.h"

static int same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

apr_uint64_t xc_log_key_digest(const char *change_key)
{
    unsigned char sum[XC_SHA256_BYTES];

    if (!change_key)
        return 0;
    xc_crypt_sha256(sum, change_key, strlen(change_key));
    return xc_record_get_u64(sum) | 1;
}

int xc_log_meta_is(const xc_metarec_t *meta, const xc_calkey_t *key)
{
    return same(meta->origin, key->origin) && same(meta->account, key->account) && same(meta->mailbox, key->mailbox) &&
           same(meta->folder, key->folder);
}

/* ---- the work in progress ---- */

typedef struct work_t {
    xc_logtx_t *tx;
    xc_metarec_t meta;       /* as it will be stored */
    apr_uint64_t seq;        /* the sequence of what changes now */
    apr_time_t asked_at, now;
    int local;
    int changed;             /* something that clients see: the sequence grows */
    int wrote;               /* something at all */
    int fresh;               /* the log begins with this */
} work_t;

static void start_log(xc_metarec_t *meta, xc_logtx_t *tx)
{
    const xc_calkey_t *key = tx->cal->key;

    memset(meta, 0, sizeof(*meta));
    meta->origin = key->origin;
    meta->account = key->account;
    meta->mailbox = key->mailbox;
    meta->folder = key->folder;
    meta->next_no = 1;
    apr_cpystrn(meta->epoch, xc_crypt_random_hex(tx->pool, 8), sizeof(meta->epoch));
}

static void work_begin(work_t *w, xc_logtx_t *tx, int local, apr_time_t asked_at)
{
    memset(w, 0, sizeof(*w));
    w->tx = tx;
    w->local = local;
    w->asked_at = asked_at;
    w->now = apr_time_now();
    if (tx->meta) {
        w->meta = *tx->meta;
    }
    else {
        start_log(&w->meta, tx);
        w->fresh = 1;
        /* before the first item: removes what may be left of an older log */
        tx->ops->put_meta(tx, &w->meta);
    }
    w->seq = w->meta.seq + 1;
}

/* It is no longer waited for, be it seen or gone. */
static void stop_waiting(work_t *w, xc_itemrec_t *rec)
{
    if (rec->unseen && w->meta.unseen)
        w->meta.unseen--;
    rec->unseen = 0;
}

static void bury(work_t *w, const xc_itemrec_t *old)
{
    xc_itemrec_t rec = *old;

    stop_waiting(w, &rec);
    rec.item.deleted = 1;
    rec.item.changed_seq = w->seq;
    rec.changed_at = w->now;
    rec.local = w->local;
    w->tx->ops->put_item(w->tx, old, &rec);
    w->meta.count--;
    w->meta.tombstones++;
    w->changed = w->wrote = 1;
}

static void remove_item(work_t *w, const xc_itemrec_t *rec)
{
    if (rec->item.deleted)
        return;
    w->wrote = 1;
    if (rec->item.hidden) {
        xc_itemrec_t dropped = *rec;
        stop_waiting(w, &dropped);
        w->tx->ops->drop_item(w->tx, rec);
    }
    else
        bury(w, rec);
}

static const char *pick_name(work_t *w, const xc_item_t *item)
{
    xc_itemrec_t other;
    apr_pool_t *pool = w->tx->pool;
    const char *wanted = item->href && item->href[0] ? item->href : xc_store_name_for(item->uid, item->id, pool);
    const char *name = wanted;
    int attempt;

    for (attempt = 1; attempt <= 3; attempt++) {
        if (!w->tx->ops->find(&other, w->tx, XC_INDEX_HREF, name) || same(other.item.id, item->id))
            return name;
        name = xc_store_name_alternative(wanted, item->id, attempt, pool);
    }
    return name;
}

static void add_item(work_t *w, const xc_item_t *item, apr_uint64_t prev_key)
{
    xc_itemrec_t rec;

    memset(&rec, 0, sizeof(rec));
    rec.item = *item;
    rec.item.deleted = 0;
    rec.item.created_seq = rec.item.changed_seq = w->seq;
    rec.no = w->meta.next_no++;
    rec.prev_key = prev_key;
    rec.changed_at = w->now;
    rec.local = rec.unseen = w->local;
    w->meta.unseen += rec.unseen ? 1 : 0;
    if (!item->hidden) {
        rec.item.href = pick_name(w, item);
        w->meta.count++;
        w->changed = 1;
    }
    w->wrote = 1;
    w->tx->ops->put_item(w->tx, NULL, &rec);
}

static int is_outdated(const work_t *w, const xc_itemrec_t *known, const char *change_key)
{
    if (w->local || !known->local || !change_key || w->asked_at == 0 || w->asked_at > known->changed_at)
        return 0;
    return known->prev_key == xc_log_key_digest(change_key) || (known->item.deleted && same(known->item.change_key, change_key));
}

static void change_item(work_t *w, const xc_itemrec_t *old, const xc_item_t *item)
{
    xc_itemrec_t rec = *old;
    xc_item_t next = *item;

    if (!next.uid)
        next.uid = old->item.uid;
    next.created_seq = old->item.created_seq;
    next.changed_seq = w->seq;
    next.deleted = 0;
    next.href = old->item.href;
    rec.item = next;
    rec.prev_key = xc_log_key_digest(old->item.change_key);
    rec.changed_at = w->now;
    rec.local = w->local;
    w->wrote = 1;
    w->tx->ops->put_item(w->tx, old, &rec);
    if (!next.hidden)
        w->changed = 1;
}

static int keeps_name(work_t *w, const xc_itemrec_t *old, const xc_item_t *item)
{
    return !item->href || !item->href[0] || same(item->href, old->item.href) ||
           xc_store_name_is_alternative(old->item.href, item->href, item->id, w->tx->pool);
}

static void learn_uid(work_t *w, const xc_itemrec_t *old, const xc_item_t *item)
{
    xc_itemrec_t rec = *old;

    if (old->item.uid || !item->uid)
        return;
    rec.item.uid = item->uid;
    w->wrote = 1;
    w->tx->ops->put_item(w->tx, old, &rec);
}

static void upsert_item(work_t *w, const xc_item_t *item)
{
    xc_itemrec_t old;
    int known = w->tx->ops->find(&old, w->tx, XC_INDEX_ID, item->id);

    if (known && old.unseen && !w->local) {
        xc_itemrec_t seen = old;

        stop_waiting(w, &seen);
        w->wrote = 1;
        w->tx->ops->put_item(w->tx, &old, &seen);
        old = seen;
    }
    if (known && is_outdated(w, &old, item->change_key))
        return;
    if (!known || old.item.deleted) {
        add_item(w, item, 0);
    }
    else if (same(old.item.change_key, item->change_key)) {
        learn_uid(w, &old, item);
    }
    else if (old.item.hidden && item->hidden) {
        change_item(w, &old, item);
    }
    else if (old.item.hidden) {
        xc_itemrec_t dropped = old;

        stop_waiting(w, &dropped);
        w->tx->ops->drop_item(w->tx, &old);
        add_item(w, item, xc_log_key_digest(old.item.change_key));
    }
    else if (!item->hidden && keeps_name(w, &old, item)) {
        change_item(w, &old, item);
    }
    else {
        xc_item_t next = *item;

        if (!next.uid)
            next.uid = old.item.uid;
        bury(w, &old);
        add_item(w, &next, xc_log_key_digest(old.item.change_key));
    }
}

typedef struct missing_t {
    apr_hash_t *listed;       /* NULL: only what is waited for can be missing */
    apr_array_header_t *gone; /* xc_itemrec_t */
    apr_time_t asked_at;
    apr_pool_t *pool;
} missing_t;

static int find_missing(void *ctx, const xc_itemrec_t *rec)
{
    missing_t *m = ctx;

    if (rec->item.deleted || (m->listed ? apr_hash_get(m->listed, rec->item.id, APR_HASH_KEY_STRING) != NULL : !rec->unseen))
        return 0;
    if (rec->local && m->asked_at && rec->changed_at >= m->asked_at)
        return 0;
    *(xc_itemrec_t *)apr_array_push(m->gone) = *rec;
    APR_ARRAY_IDX(m->gone, m->gone->nelts - 1, xc_itemrec_t).item = *xc_store_copy_item(&rec->item, m->pool);
    return 0;
}

static void remove_missing(work_t *w, apr_hash_t *listed)
{
    missing_t m = {.listed = listed, .asked_at = w->asked_at, .pool = w->tx->pool};
    int i;

    m.gone = apr_array_make(w->tx->pool, 16, sizeof(xc_itemrec_t));
    w->tx->ops->walk(w->tx, XC_WALK_ALL, 0, find_missing, &m);
    for (i = 0; i < m.gone->nelts; i++)
        remove_item(w, &APR_ARRAY_IDX(m.gone, i, xc_itemrec_t));
}

/** @return 0 = commit, 1 = there is nothing to write */
static int work_end(work_t *w, const char *new_state, int complete)
{
    const xc_metarec_t *was = w->tx->meta;

    if (w->changed)
        w->meta.seq = w->seq;
    if (new_state)
        w->meta.sync_state = new_state;
    if (complete) {
        w->meta.complete = 1;
        if (w->asked_at >= w->meta.expired_at && w->asked_at > w->meta.refreshed_at)
            w->meta.refreshed_at = w->asked_at;
    }
    if (!w->wrote && !w->fresh && same(was->sync_state, w->meta.sync_state) && was->complete == w->meta.complete &&
        was->refreshed_at == w->meta.refreshed_at)
        return 1;
    w->tx->ops->put_meta(w->tx, &w->meta);
    return 0;
}

/* ---- folding ---- */

static int valid_item(const xc_item_t *item)
{
    return item->id && item->id[0];
}

int xc_log_fold(void *ctx, xc_logtx_t *tx)
{
    xc_fold_t *f = ctx;
    apr_hash_t *last = apr_hash_make(tx->pool); /* id -> its last change, which alone counts */
    const xc_metarec_t *meta = tx->meta;
    xc_itemrec_t rec;
    work_t w;
    int i;

    f->stale = 0;
    if (f->new_state && !same(f->base_state, meta ? meta->sync_state : NULL)) {
        f->stale = 1;
        return 1;
    }
    work_begin(&w, tx, f->new_state == NULL, f->asked_at);
    for (i = 0; i < f->n; i++) {
        if (valid_item(&f->changes[i].item))
            apr_hash_set(last, f->changes[i].item.id, APR_HASH_KEY_STRING, &f->changes[i]);
    }
    /* deletions first: a name freed in this page can be taken in it */
    for (i = 0; i < f->n; i++) {
        const xc_change_t *c = &f->changes[i];

        if (c->kind == XC_CHANGE_DELETE && valid_item(&c->item) &&
            apr_hash_get(last, c->item.id, APR_HASH_KEY_STRING) == c && tx->ops->find(&rec, tx, XC_INDEX_ID, c->item.id))
            remove_item(&w, &rec);
    }
    for (i = 0; i < f->n; i++) {
        const xc_change_t *c = &f->changes[i];

        if (c->kind == XC_CHANGE_UPSERT && valid_item(&c->item) &&
            apr_hash_get(last, c->item.id, APR_HASH_KEY_STRING) == c)
            upsert_item(&w, &c->item);
    }
    /* what was made and removed again between two refreshes, the second one does not mention at all */
    if (f->new_state && f->last_page && f->asked_at && w.meta.unseen)
        remove_missing(&w, NULL);
    return work_end(&w, f->new_state, f->last_page);
}

int xc_log_replace(void *ctx, xc_logtx_t *tx)
{
    xc_fold_t *f = ctx;
    apr_hash_t *listed = apr_hash_make(tx->pool);
    work_t w;
    int i;

    for (i = 0; i < f->n; i++) {
        if (valid_item(&f->items[i]))
            apr_hash_set(listed, f->items[i].id, APR_HASH_KEY_STRING, &f->items[i]);
    }
    work_begin(&w, tx, 0, f->asked_at);
    remove_missing(&w, listed);
    for (i = 0; i < f->n; i++) {
        if (valid_item(&f->items[i]) && apr_hash_get(listed, f->items[i].id, APR_HASH_KEY_STRING) == &f->items[i])
            upsert_item(&w, &f->items[i]);
    }
    return work_end(&w, f->new_state, 1);
}

int xc_log_forget(void *ctx, xc_logtx_t *tx)
{
    (void)ctx;
    tx->ops->clear(tx);
    return 0;
}

int xc_log_expire(void *ctx, xc_logtx_t *tx)
{
    xc_metarec_t meta;

    (void)ctx;
    if (!tx->meta)
        return 1;
    meta = *tx->meta;
    meta.refreshed_at = 0;
    meta.expired_at = apr_time_now();
    tx->ops->put_meta(tx, &meta);
    return 0;
}

int xc_log_set_spans(void *ctx, xc_logtx_t *tx)
{
    xc_spans_t *s = ctx;
    int i, changed = 0;

    if (!tx->meta)
        return 1;
    for (i = 0; i < s->n; i++) {
        xc_itemrec_t old, rec;
        const xc_span_t *span = &s->spans[i];

        if (!span->id || !tx->ops->find(&old, tx, XC_INDEX_ID, span->id) || old.item.deleted ||
            !same(old.item.change_key, span->change_key))
            continue;
        if (old.item.span_first == span->first && old.item.span_last == span->last)
            continue;
        rec = old;
        rec.item.span_first = span->first;
        rec.item.span_last = span->last;
        tx->ops->put_item(tx, &old, &rec);
        changed = 1;
    }
    return changed ? 0 : 1;
}

/* ---- reading ---- */

static xc_calinfo_t *make_info(const xc_metarec_t *meta, apr_pool_t *pool)
{
    xc_calinfo_t *info = apr_pcalloc(pool, sizeof(*info));

    info->epoch = apr_pstrdup(pool, meta->epoch);
    info->seq = meta->seq;
    info->sync_state = meta->sync_state ? apr_pstrdup(pool, meta->sync_state) : NULL;
    info->complete = meta->complete;
    info->refreshed_at = meta->refreshed_at;
    info->oldest_seq = meta->oldest_seq;
    info->count = (int)meta->count;
    return info;
}

int xc_log_info(void *ctx, xc_logtx_t *tx)
{
    xc_reading_t *r = ctx;

    r->info = tx->meta ? make_info(tx->meta, r->pool) : NULL;
    return 1;
}

int xc_log_find(void *ctx, xc_logtx_t *tx)
{
    xc_reading_t *r = ctx;
    xc_itemrec_t rec;

    r->item = NULL;
    if (tx->meta && tx->ops->find(&rec, tx, r->index, r->value) && XC_LIVE(&rec))
        r->item = xc_store_copy_item(&rec.item, r->pool);
    return 1;
}

static int collect_live(void *ctx, const xc_itemrec_t *rec)
{
    xc_reading_t *r = ctx;

    if (XC_LIVE(rec))
        xc_store_copy_item_into(apr_array_push(r->items), &rec->item, r->pool);
    return 0;
}

static int by_href(const void *a, const void *b)
{
    return strcmp(((const xc_item_t *)a)->href, ((const xc_item_t *)b)->href);
}

int xc_log_list(void *ctx, xc_logtx_t *tx)
{
    xc_reading_t *r = ctx;

    r->info = tx->meta ? make_info(tx->meta, r->pool) : NULL;
    r->items = apr_array_make(r->pool, r->info ? r->info->count : 0, sizeof(xc_item_t));
    if (!tx->meta)
        return 1;
    tx->ops->walk(tx, XC_WALK_ALL, 0, collect_live, r);
    /* an item that is missing would look deleted to the client */
    if (r->items->nelts != r->info->count)
        tx->damaged = 1;
    qsort(r->items->elts, (size_t)r->items->nelts, sizeof(xc_item_t), by_href);
    return 1;
}

typedef struct since_t {
    xc_reading_t *r;
    xc_logtx_t *tx;
} since_t;

static int collect_since(void *ctx, const xc_itemrec_t *rec)
{
    since_t *s = ctx;
    xc_reading_t *r = s->r;
    xc_itemrec_t other;
    xc_item_t *last;

    if (rec->item.hidden)
        return 0;
    if (rec->item.deleted) {
        if (rec->item.created_seq > r->seq)
            return 0;
        /* the name lives again: the client hears of the item that bears it */
        if (s->tx->ops->find(&other, s->tx, XC_INDEX_HREF, rec->item.href))
            return 0;
    }
    last = r->items->nelts ? &APR_ARRAY_IDX(r->items, r->items->nelts - 1, xc_item_t) : NULL;
    if (r->limit > 0 && last && r->items->nelts >= r->limit && last->changed_seq != rec->item.changed_seq) {
        r->more = 1;
        return 1;
    }
    xc_store_copy_item_into(apr_array_push(r->items), &rec->item, r->pool);
    return 0;
}

int xc_log_since(void *ctx, xc_logtx_t *tx)
{
    xc_reading_t *r = ctx;
    since_t s = {r, tx};

    r->more = 0;
    r->info = tx->meta ? make_info(tx->meta, r->pool) : NULL;
    r->items = apr_array_make(r->pool, 8, sizeof(xc_item_t));
    if (tx->meta && r->seq < tx->meta->seq)
        tx->ops->walk(tx, XC_WALK_SINCE, r->seq, collect_since, &s);
    return 1;
}

/* ---- upkeep ---- */

int xc_log_drop_tombstones(xc_logtx_t *tx, xc_metarec_t *meta, apr_time_t now, int max)
{
    apr_array_header_t *old;
    int i, dropped = 0;

    if (meta->tombstones == 0 || tx->store->cfg.tombstone_ttl <= 0)
        return 0;
    old = tx->ops->tombstones(tx, max);
    for (i = 0; i < old->nelts; i++) {
        const xc_itemrec_t *rec = &APR_ARRAY_IDX(old, i, xc_itemrec_t);

        if (rec->changed_at > now - tx->store->cfg.tombstone_ttl)
            break;
        tx->ops->drop_item(tx, rec);
        if (rec->item.changed_seq > meta->oldest_seq)
            meta->oldest_seq = rec->item.changed_seq;
        if (meta->tombstones)
            meta->tombstones--;
        dropped++;
    }
    return dropped;
}
