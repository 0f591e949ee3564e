/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file backend.h
 * The interface to an Exchange, whatever its generation: one table of functions per protocol
 * (ews/, later webdav/). Everything is said in the neutral model of cal/event.h. A session is one
 * request's view: who asks, until when. Sessions belong to one thread and one request pool.
 */
#ifndef XC_EXCHANGE_BACKEND_H
#define XC_EXCHANGE_BACKEND_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "base/error.h"
#include "base/log.h"
#include "cal/event.h"
#include "cal/files.h"
#include "net/http.h"

typedef struct xc_backend_t xc_backend_t;
typedef struct xc_session_t xc_session_t;

/** What a deployment says of its Exchange (from directives; one per <Location> configuration). */
typedef struct xc_backend_config_t {
    const char *url;            /* EWS URL, NULL = Autodiscover by mail domain */
    const char *mail_domain;    /* completes logins to addresses; NULL = none */
    const char *autodiscover_url; /* overrides the standard candidates (tests, split DNS); NULL = standard */
    int protocol;               /* 0 auto, 1 ews */
    xc_auth_e auth;             /* how to sign in */
    int batch_size;             /* items per GetItem */
    int parallel;               /* batches under way at once */
    const char *version;        /* EWS RequestServerVersion, NULL = negotiate */
    const char *culture;        /* for folders' names; NULL = server's */
} xc_backend_config_t;

struct xc_session_t {
    const xc_backend_t *backend;
    const xc_backend_config_t *cfg;
    xc_net_t *net;
    const xc_credential_t *credential;  /* how we sign in */
    const char *impersonate;            /* SMTP address to act as; NULL = act as the credential */
    const char *account;                /* identity for cache keys: lower-case SMTP address */
    const char *territory;              /* ISO country for Windows -> IANA, NULL = 001 */
    const xc_zone_t *zone;              /* the user's zone, for floating times; never NULL */
    apr_time_t deadline;
    int finishing;                      /* what was begun is taken back or completed: calls wait for the end of a back-off, and then try in any case */
    xc_net_meter_t *meter;
    const xc_log_t *log;
    void *state;                        /* the protocol's own */
    /* small records that outlive the request (negotiated version, autodiscovered URL, back-off): */
    void *memo_ctx;
    const char *(*memo_get)(void *ctx, const char *key, apr_pool_t *pool);                 /* NULL = unknown */
    void (*memo_set)(void *ctx, const char *key, const char *value, apr_interval_time_t ttl);  /* value NULL = forget */
    void (*back_off)(void *ctx, const char *origin, const char *account, apr_interval_time_t how_long);
    apr_pool_t *pool;
};

/**
 * Rights on a folder, as Exchange grants them. XC_RIGHT_FREE_BUSY: nothing of the folder may be seen but when its
 * owner is busy. XC_RIGHT_ADMIN: may see and change who may do what.
 */
enum {
    XC_RIGHT_READ = 1, XC_RIGHT_CREATE = 2, XC_RIGHT_MODIFY = 4, XC_RIGHT_DELETE = 8, XC_RIGHT_CREATE_FOLDER = 16, XC_RIGHT_VIEW_PRIVATE = 32,
    XC_RIGHT_FREE_BUSY = 64, XC_RIGHT_ADMIN = 128
};

typedef enum xc_folder_kind_e { XC_FOLDER_OTHER, XC_FOLDER_CALENDAR, XC_FOLDER_TASKS, XC_FOLDER_ROOT } xc_folder_kind_e;
typedef struct xc_folder_t {
    const char *id, *change_key, *parent_id;
    const char *display_name;
    xc_folder_kind_e kind;
    int is_default;             /* the mailbox's default calendar (tasks folder) */
    unsigned rights;
    const char *href;           /* the name a client gave it (kept in Exchange), NULL = none */
    const char *props;          /* dead properties kept in Exchange (opaque to the back end), NULL = none */
} xc_folder_t;

typedef struct xc_folder_page_t {
    apr_array_header_t *upserts;   /* xc_folder_t: created and updated */
    apr_array_header_t *deletes;   /* const char *: folder ids */
    const char *state;             /* to be sent next time */
    int more;                      /* ask again at once */
    int reset;                     /* the state was refused: this page starts a full listing */
} xc_folder_page_t;

typedef struct xc_item_ref_t {
    const char *id, *change_key;
    const char *uid;            /* NULL = unknown */
    const char *href;           /* the name a client gave it, NULL = none */
    int not_event;              /* neither an appointment nor a task lies there */
    int task;                   /* a task */
    int altered;                /* of a write: Exchange made something else of it than was said, it is to be read again */
} xc_item_ref_t;

typedef struct xc_item_page_t {
    apr_array_header_t *upserts;   /* xc_item_ref_t */
    apr_array_header_t *deletes;   /* const char *: item ids */
    const char *state;
    int more, reset;
} xc_item_page_t;

/** One fetched item; exactly one of event and error is set. */
typedef struct xc_fetched_t {
    const char *id, *change_key;
    xc_event_t *event;
    const char *props;          /* dead properties of the item, NULL = none */
    xc_error_t *error;          /* 404: gone meanwhile */
} xc_fetched_t;

/** Whom Exchange tells of a change to a meeting that the mailbox owner organises. */
typedef enum xc_notify_e {
    XC_NOTIFY_NONE,     /* nobody, whatever the change */
    XC_NOTIFY_AUTO,     /* whom it concerns: all, only added and removed attendees, or nobody (cal/schedule.h decides) */
    XC_NOTIFY_ALL       /* everybody, even without a change that matters (SCHEDULE-FORCE-SEND) */
} xc_notify_e;

/** What to write. */
typedef struct xc_write_t {
    xc_notify_e notify;
    const xc_event_t *event;    /* whole object: master, overrides, exdates; normalised */
    const char *kept;           /* what to keep beside it (cal/object.h), NULL = nothing */
    const char *href;           /* name to keep in Exchange (create), NULL = leave */
    apr_hash_t *files;          /* key -> xc_newfile_t *: content of files that event names and Exchange has not; NULL = none */
} xc_write_t;

/* Further subjects have tables of their own, each described in the header of that name. */
typedef struct xc_meetings_ops_t xc_meetings_ops_t;       /* exchange/meetings.h: answers, meeting messages */
typedef struct xc_people_ops_t xc_people_ops_t;           /* exchange/people.h: directory, rooms, free/busy */
typedef struct xc_sharing_ops_t xc_sharing_ops_t;         /* exchange/sharing.h: permissions, delegates, others' calendars */
typedef struct xc_attachments_ops_t xc_attachments_ops_t; /* exchange/attachments.h: files of an item */

typedef struct xc_tasks_ops_t xc_tasks_ops_t;             /* exchange/tasks.h: tasks */

struct xc_backend_t {
    const char *name;           /* "ews" */
    const xc_meetings_ops_t *meetings;       /* these five: NULL = this protocol has none of it */
    const xc_people_ops_t *people;
    const xc_sharing_ops_t *sharing;
    const xc_attachments_ops_t *attachments;
    const xc_tasks_ops_t *tasks;

    /**
     * Are these credentials good, and whose are they? One cheap call.
     * @param address  the mailbox's primary SMTP address as far as the protocol tells, else the login completed
     *                 with the mail domain
     * @return 401 bad login; 403 signed in but not allowed; 503 Exchange away
     */
    xc_error_t *(*sign_in)(xc_session_t *s, const char **address, apr_pool_t *pool);

    /** Folder changes of a mailbox since `state` (NULL = all). At least root, default calendar and tasks are reported first. */
    xc_error_t *(*folder_sync)(xc_folder_page_t **out, xc_session_t *s, const char *mailbox, const char *state, apr_pool_t *pool);
    /** Create a folder of `wanted->kind`. parent_id NULL = below the mailbox's own of that kind, where Outlook makes them. 405 resource-must-be-null when the name is taken. */
    xc_error_t *(*folder_create)(xc_folder_t **out, xc_session_t *s, const char *mailbox, const xc_folder_t *wanted, apr_pool_t *pool);
    /** Set what is not NULL of display_name, href, props ("" removes props). */
    xc_error_t *(*folder_update)(xc_session_t *s, const char *mailbox, const xc_folder_t *folder, apr_pool_t *pool);
    /** To Deleted Items. */
    xc_error_t *(*folder_delete)(xc_session_t *s, const char *mailbox, const char *folder_id, apr_pool_t *pool);

    /** Item changes of a calendar folder since `state` (NULL = all): one call, one page. */
    xc_error_t *(*item_sync)(xc_item_page_t **out, xc_session_t *s, const char *folder_id, const char *state, apr_pool_t *pool);
    /**
     * item_sync of n folders side by side (a home listing asks for every calendar's ctag). For each either
     * pages[i] or errors[i] is set; arrays of n given by the caller.
     */
    void (*item_sync_many)(xc_item_page_t **pages, xc_error_t **errors, xc_session_t *s, const char *const *folder_ids,
                           const char *const *states, int n, apr_pool_t *pool);
    /** Fetch n items whole (series with their exceptions), in batches, several at once. out[i] belongs to ids[i]. */
    xc_error_t *(*item_fetch)(xc_fetched_t **out, xc_session_t *s, const char *const *ids, int n, apr_pool_t *pool);
    /**
     * Create. On error nothing stays behind (a partly written series is removed again). A create whose
     * answer never came is looked up by UID before it is reported as failed.
     */
    xc_error_t *(*item_create)(xc_item_ref_t *out, xc_session_t *s, const char *folder_id, const xc_write_t *w, apr_pool_t *pool);
    /**
     * Make the item `ref` (with the change key that was checked) what `w` says.
     * @param before what Exchange holds now (the object that goes with ref->change_key); its `kept` is put
     *        back when a write of several calls has to be undone
     * @return 412 when the item has changed since
     */
    xc_error_t *(*item_update)(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const xc_event_t *before, const xc_write_t *w, apr_pool_t *pool);
    /**
     * Delete (to Deleted Items). change_key non-NULL: 412 when it is no longer the current one. 404 when gone.
     * @param notify XC_NOTIFY_NONE: nobody hears of it; else the attendees of the owner's own meeting get a cancellation
     */
    xc_error_t *(*item_delete)(xc_session_t *s, const xc_item_ref_t *ref, xc_notify_e notify, apr_pool_t *pool);
    /**
     * Move or copy to another folder; out has the new id. href: the new name, kept in Exchange.
     * item_move: to_folder NULL = stay in the folder, only the name changes.
     */
    xc_error_t *(*item_move)(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const char *to_folder, const char *href, apr_pool_t *pool);
    xc_error_t *(*item_copy)(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const char *to_folder, const char *href, apr_pool_t *pool);
    /** Dead properties of an item ("" removes). */
    xc_error_t *(*item_props)(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const char *props, apr_pool_t *pool);
};

/** The EWS back end. */
extern const xc_backend_t xc_backend_ews;

/** The back end for a configuration ("auto" finds out and remembers through the session's memo). */
xc_error_t *xc_backend_choose(const xc_backend_t **out, xc_session_t *s, apr_pool_t *pool);

#endif
