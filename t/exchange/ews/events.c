/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/events.h"

#include <apr_encode.h>
#include <apr_general.h>
#include <apr_strings.h>
#include <string.h>

#include "base/pool.h"

#define MAX_QUEUE   10000
#define MAX_FOLDERS 64

struct lab_subscription {
    char id[64];
    int owner; /* who subscribed */
    lab_watch_t watch;
    apr_pool_t *pool;
    apr_array_header_t *queue; /* lab_event_t, in rising order */
    apr_uint64_t first;        /* watermarks from here on are valid */
    bool lost;                 /* events had to be dropped */
    apr_time_t used;
    struct lab_subscription *next;
};

struct lab_subscriptions {
    apr_thread_mutex_t *lock;
    apr_pool_t *pool;
    lab_subscription_t *list;
    apr_uint64_t number; /* of the last event */
};

struct lab_subscriptions *lab_subscriptions_make(apr_pool_t *pool)
{
    struct lab_subscriptions *all = apr_pcalloc(pool, sizeof *all);
    apr_thread_mutex_create(&all->lock, APR_THREAD_MUTEX_DEFAULT, pool);
    all->pool = lab_pool_own(pool);
    all->number = (apr_uint64_t)apr_time_now();
    return all;
}

static lab_event_t *note(lab_call_t *call, lab_event_type_t type)
{
    if (!call->events)
        call->events = apr_array_make(call->pool, 8, sizeof(lab_event_t));
    lab_event_t *e = apr_array_push(call->events);
    memset(e, 0, sizeof *e);
    e->type = type;
    e->when = apr_time_now();
    return e;
}

void lab_event_item(lab_call_t *call, lab_event_type_t type, const lab_item_t *item)
{
    lab_event_item_from(call, type, item, NULL);
}

void lab_event_item_from(lab_call_t *call, lab_event_type_t type, const lab_item_t *item,
                         const lab_item_t *old)
{
    lab_event_t *e = note(call, type);
    e->mailbox = item->mailbox;
    e->kind = lab_kind_of_class(item->class_name);
    e->id = item->id;
    e->cn = item->cn;
    e->parent = item->folder;
    if (old) {
        e->old_id = old->id;
        e->old_cn = old->cn;
        e->old_parent = old->folder;
    }
}

void lab_event_folder(lab_call_t *call, lab_event_type_t type, const lab_folder_t *folder)
{
    lab_event_t *e = note(call, type);
    e->folder = true;
    e->mailbox = folder->mailbox;
    e->id = folder->id;
    e->cn = folder->cn;
    e->parent = folder->parent;
}

int lab_events_mark(const lab_call_t *call)
{
    return call->events ? call->events->nelts : 0;
}

void lab_events_cut(lab_call_t *call, int mark)
{
    if (call->events)
        call->events->nelts = mark;
}

static bool watches(const lab_watch_t *w, const lab_event_t *e)
{
    if (w->mailbox != e->mailbox || !(w->types & 1u << e->type))
        return false;
    for (int i = 0; i < w->count && !w->all; i++)
        if (w->folders[i] == e->parent ||
            (e->old_parent && w->folders[i] == e->old_parent) ||
            (e->folder && w->folders[i] == e->id))
            return true;
    return w->all;
}

static void deliver(lab_subscription_t *s, const lab_event_t *e)
{
    if (s->queue->nelts >= MAX_QUEUE) {
        s->lost = true;
        s->queue->nelts = 0;
    }
    APR_ARRAY_PUSH(s->queue, lab_event_t) = *e;
}

void lab_events_publish(lab_call_t *call)
{
    struct lab_subscriptions *all = call->lab->subscriptions;
    if (!call->events)
        return;
    apr_thread_mutex_lock(all->lock);
    for (int i = 0; i < call->events->nelts; i++) {
        lab_event_t *e = &APR_ARRAY_IDX(call->events, i, lab_event_t);
        e->number = ++all->number;
        for (lab_subscription_t *s = all->list; s; s = s->next)
            if (watches(&s->watch, e))
                deliver(s, e);
    }
    apr_thread_mutex_unlock(all->lock);
}

static bool expired(const lab_subscription_t *s)
{
    return apr_time_now() - s->used >
           apr_time_from_sec((apr_int64_t)s->watch.timeout_min * 60);
}

/* drops subscriptions that nobody read in time; counts those of one owner */
static int sweep(struct lab_subscriptions *all, int owner)
{
    int count = 0;
    for (lab_subscription_t **p = &all->list; *p;) {
        lab_subscription_t *s = *p;
        if (expired(s)) {
            *p = s->next;
            apr_pool_destroy(s->pool);
            continue;
        }
        count += s->owner == owner;
        p = &s->next;
    }
    return count;
}

static const char *watermark_text(apr_pool_t *pool, apr_uint64_t number)
{
    unsigned char raw[12] = {1};
    for (int i = 0; i < 8; i++)
        raw[4 + i] = (unsigned char)(number >> (8 * i));
    return apr_pencode_base64_binary(pool, raw, sizeof raw, APR_ENCODE_NONE, NULL);
}

const char *lab_watermark(lab_call_t *call, apr_uint64_t number)
{
    struct lab_subscriptions *all = call->lab->subscriptions;
    if (!number) {
        apr_thread_mutex_lock(all->lock);
        number = all->number;
        apr_thread_mutex_unlock(all->lock);
    }
    return watermark_text(call->pool, number);
}

static bool read_watermark(apr_pool_t *pool, const char *text, apr_uint64_t *number)
{
    apr_size_t len = 0;
    const unsigned char *raw =
        text ? apr_pdecode_base64_binary(pool, text, APR_ENCODE_STRING, APR_ENCODE_NONE,
                                         &len)
             : NULL;
    if (!raw || len != 12 || raw[0] != 1)
        return false;
    *number = 0;
    for (int i = 7; i >= 0; i--)
        *number = *number << 8 | raw[4 + i];
    return true;
}

/* base64 of the server's name and sixteen random bytes */
static void make_id(apr_pool_t *pool, char *out, size_t room)
{
    static const char host[] = "exchange." LAB_DIR_DOMAIN;
    unsigned char raw[2 + sizeof host + 18] = {sizeof host - 1};
    memcpy(raw + 2, host, sizeof host - 1);
    raw[1 + sizeof host] = 16;
    apr_generate_random_bytes(raw + sizeof raw - 16, 16);
    size_t skip = sizeof raw > 45 ? sizeof raw - 45 : 0;
    apr_cpystrn(out,
                apr_pencode_base64_binary(pool, raw + skip,
                                          (apr_ssize_t)(sizeof raw - skip),
                                          APR_ENCODE_NONE, NULL),
                room);
}

const char *lab_subscribe(lab_call_t *call, const lab_watch_t *watch,
                          const char **watermark)
{
    struct lab_subscriptions *all = call->lab->subscriptions;
    int owner = lab_mailbox_index(call->caller);
    int most = call->profile->schema < LAB_EXCHANGE_2013 ? 20 : 5000;
    const char *id = NULL;
    apr_thread_mutex_lock(all->lock);
    if (sweep(all, owner) < most && watch->count <= MAX_FOLDERS) {
        apr_pool_t *pool;
        apr_pool_create(&pool, all->pool);
        lab_subscription_t *s = apr_pcalloc(pool, sizeof *s);
        s->pool = pool;
        s->owner = owner;
        s->watch = *watch;
        s->watch.folders = apr_pmemdup(pool, watch->folders,
                                       (size_t)watch->count * sizeof *watch->folders);
        s->queue = apr_array_make(pool, 16, sizeof(lab_event_t));
        s->first = all->number;
        s->used = apr_time_now();
        make_id(call->pool, s->id, sizeof s->id);
        s->next = all->list;
        all->list = s;
        id = apr_pstrdup(call->pool, s->id);
        *watermark = watermark_text(call->pool, s->first);
    }
    apr_thread_mutex_unlock(all->lock);
    return id;
}

/* the place in the list that points to a subscription; NULL when there is none */
static lab_subscription_t **place_of(lab_call_t *call, const char *id)
{
    struct lab_subscriptions *all = call->lab->subscriptions;
    sweep(all, -1);
    for (lab_subscription_t **p = &all->list; *p; p = &(*p)->next)
        if (id && !strcmp((*p)->id, id))
            return p;
    return NULL;
}

const char *lab_unsubscribe(lab_call_t *call, const char *id)
{
    struct lab_subscriptions *all = call->lab->subscriptions;
    const char *code = NULL;
    apr_thread_mutex_lock(all->lock);
    lab_subscription_t **p = place_of(call, id), *s = p ? *p : NULL;
    if (!s) {
        code = "ErrorSubscriptionNotFound";
    } else if (s->owner != lab_mailbox_index(call->caller)) {
        code = "ErrorSubscriptionAccessDenied";
    } else {
        *p = s->next;
        apr_pool_destroy(s->pool);
    }
    apr_thread_mutex_unlock(all->lock);
    return code;
}

/* what the client has confirmed by its watermark goes */
static void forget_until(lab_subscription_t *s, apr_uint64_t number)
{
    int gone = 0;
    while (gone < s->queue->nelts &&
           APR_ARRAY_IDX(s->queue, gone, lab_event_t).number <= number)
        gone++;
    s->queue->nelts -= gone;
    memmove(s->queue->elts, s->queue->elts + gone * s->queue->elt_size,
            (size_t)s->queue->nelts * (size_t)s->queue->elt_size);
}

const char *lab_subscription_read(lab_call_t *call, const char *id, const char *watermark,
                                  int max, apr_array_header_t **events, bool *more)
{
    struct lab_subscriptions *all = call->lab->subscriptions;
    const char *code = NULL;
    apr_uint64_t number;
    *events = apr_array_make(call->pool, 8, sizeof(lab_event_t));
    *more = false;
    apr_thread_mutex_lock(all->lock);
    lab_subscription_t **p = place_of(call, id), *s = p ? *p : NULL;
    if (!s) {
        code = "ErrorSubscriptionNotFound";
    } else if (s->owner != lab_mailbox_index(call->caller)) {
        code = "ErrorSubscriptionAccessDenied";
    } else if (!read_watermark(call->pool, watermark, &number) || number < s->first ||
               number > all->number) {
        code = "ErrorInvalidWatermark";
    } else if (s->lost) {
        code = "ErrorReadEventsFailed";
    } else {
        s->used = apr_time_now();
        s->first = number;
        forget_until(s, number);
        for (int i = 0; i < s->queue->nelts && i < max; i++)
            APR_ARRAY_PUSH(*events, lab_event_t) =
                APR_ARRAY_IDX(s->queue, i, lab_event_t);
        *more = s->queue->nelts > max;
    }
    apr_thread_mutex_unlock(all->lock);
    return code;
}
