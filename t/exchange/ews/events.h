/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notifications. Operations note what they did in their call; when it is committed, the
 * events go to all subscriptions that watch the folder. Subscriptions live in memory, as
 * they live on one server in Exchange: a restart forgets them.
 */
#ifndef LAB_EVENTS_H
#define LAB_EVENTS_H

#include "ews/ews.h"

typedef enum lab_event_type {
    LAB_EVENT_CREATED,
    LAB_EVENT_MODIFIED,
    LAB_EVENT_DELETED,
    LAB_EVENT_MOVED,
    LAB_EVENT_COPIED,
    LAB_EVENT_NEW_MAIL, /* a message has arrived; comes besides LAB_EVENT_CREATED */
    LAB_EVENT_TYPES
} lab_event_type_t;

/* Plain data, so that it can be kept without a pool. */
typedef struct lab_event {
    apr_uint64_t number; /* rises over all subscriptions */
    lab_event_type_t type;
    bool folder; /* about a folder, else an item */
    int mailbox;
    lab_kind_t kind; /* of an item */
    apr_int64_t id, cn;
    apr_int64_t parent;
    apr_int64_t old_id, old_cn, old_parent; /* moved and copied */
    apr_time_t when;
} lab_event_t;

typedef struct lab_subscription lab_subscription_t;

/* Notes an event of the running call. */
void lab_event_item(lab_call_t *call, lab_event_type_t type, const lab_item_t *item);
void lab_event_item_from(lab_call_t *call, lab_event_type_t type, const lab_item_t *item,
                         const lab_item_t *old);
void lab_event_folder(lab_call_t *call, lab_event_type_t type,
                      const lab_folder_t *folder);
/* Where the noted events end now, and forgetting those that came later: for a step that
 * is taken back. */
int lab_events_mark(const lab_call_t *call);
void lab_events_cut(lab_call_t *call, int mark);
/* Hands the noted events to the subscriptions; after the commit. */
void lab_events_publish(lab_call_t *call);

struct lab_subscriptions *lab_subscriptions_make(apr_pool_t *pool);

/* What a subscription watches. */
typedef struct lab_watch {
    int mailbox; /* position in the directory */
    bool all;    /* every folder of the mailbox */
    apr_int64_t *folders;
    int count;
    unsigned types; /* bits by lab_event_type_t */
    int timeout_min;
} lab_watch_t;

/* Makes a subscription; its Id and first watermark are on the call's pool. NULL: too
 * many. */
const char *lab_subscribe(lab_call_t *call, const lab_watch_t *watch,
                          const char **watermark);
/* Ends one. NULL, or the error code. */
const char *lab_unsubscribe(lab_call_t *call, const char *id);
/* Takes the events after a watermark, at most `max`, array of lab_event_t. NULL, or the
 * error code. */
const char *lab_subscription_read(lab_call_t *call, const char *id, const char *watermark,
                                  int max, apr_array_header_t **events, bool *more);
/* The text of an event's watermark; 0 stands for "now". */
const char *lab_watermark(lab_call_t *call, apr_uint64_t number);

#endif
