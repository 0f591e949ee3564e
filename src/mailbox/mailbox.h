/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mailbox.h
 * A signed-in account's calendars as one thing: joins the store (what we know) and the back end
 * (what Exchange says), so that the front asks neither. Every function takes as few Exchange calls
 * as the store's knowledge allows; none leaves anything half-written.
 */
#ifndef XC_MAILBOX_MAILBOX_H
#define XC_MAILBOX_MAILBOX_H

#include "cal/files.h"
#include "cal/object.h"
#include "exchange/backend.h"
#include "store/store.h"

typedef struct xc_mailbox_t xc_mailbox_t;
typedef struct xc_calendar_t xc_calendar_t;

typedef struct xc_mailbox_config_t {
    apr_interval_time_t freshness;   /* an answer of Exchange younger than this is used; 0 = ask once per request */
    apr_interval_time_t home_freshness; /* the same for the list of calendars */
    apr_interval_time_t freebusy_cache; /* what Exchange said of others' time is used for this long; 0 = never again */
    apr_interval_time_t directory_cache; /* the same for what its directory said of people, rooms and lists */
    int read_ahead;                  /* items fetched beyond those asked for, after a first sync */
    apr_size_t keep_max_bytes;       /* bound of what is kept beside an item */
    xc_object_limits_t limits;
    apr_size_t max_file_bytes;       /* of one attachment; 0 = any */
    int max_files;                   /* attachments of one object */
    int shared_in_home;              /* list others' calendars that belong to the account's in its home too */
    int shared_found;                /* look for such calendars at all */
    int public_folders;              /* list the calendars among the public folders in the home */
    int read_only;
    const char *read_only_for;       /* addresses and @domains whose mailboxes are read-only, separated by commas or space; NULL = none */
    int scheduling;                  /* Exchange may mail people for what clients do (RFC 6638); 0: nobody, ever */
} xc_mailbox_config_t;

/**
 * Costs nothing: Exchange and the store are asked when something is wanted.
 * @param session   signed in; its account is the mailbox owner. Must live as long as the mailbox.
 * @return 401 when the session has no account
 */
xc_error_t *xc_mailbox_open(xc_mailbox_t **out, const xc_mailbox_config_t *cfg, xc_session_t *session, xc_store_t *store, apr_pool_t *pool);

/**
 * Somebody else's mailbox, seen with the rights that Exchange grants the account of `own`. Costs nothing: what may be
 * seen is asked for when something is wanted, and all functions answer 404 when it is nothing at all, whether there
 * is such a mailbox or not.
 * @param own     the account's own mailbox; it keeps those opened, as long as it lives
 * @param address an SMTP address; the account's own gives `own` back
 * @return 404 when the address can be none
 */
xc_error_t *xc_mailbox_other(xc_mailbox_t **out, xc_mailbox_t *own, const char *address, apr_pool_t *pool);
/** Is it the account's own mailbox? */
int xc_mailbox_is_own(const xc_mailbox_t *m);

/** The owner's SMTP address, lower case: the name in principal and home URLs. */
const char *xc_mailbox_address(const xc_mailbox_t *m);
/** May nothing be changed in it, by the deployment's word? */
int xc_mailbox_is_read_only(const xc_mailbox_t *m);
/**
 * All mail addresses that are known to be the owner's, the first one as above; ended by NULL. On the pool. (In
 * somebody else's mailbox these are not the addresses of whoever is signed in.)
 */
const char *const *xc_mailbox_addresses(const xc_mailbox_t *m, apr_pool_t *pool);
/** Display name of the mailbox; never NULL. */
const char *xc_mailbox_display_name(const xc_mailbox_t *m);
/** The account's zone, in which floating times are meant; NULL = UTC. */
const xc_zone_t *xc_mailbox_zone(const xc_mailbox_t *m);

/* ---- calendars ---- */

struct xc_calendar_t {
    xc_mailbox_t *mailbox;
    const char *segment;         /* URL segment, decoded: "calendar", "Project X" */
    int unsynced;                /* a public folder: its items are listed whole, not synchronised */
    const char *home;            /* address in whose home it is listed: the mailbox owner's, NULL = so */
    xc_folder_t folder;
    xc_calkey_t key;
    int components;              /* xc_comp_e bits */
    int is_inbox;                /* the scheduling inbox: its members are meeting messages (iTIP objects) */
    apr_table_t *props;          /* dead properties: "{ns}name" -> XML text of the element; never NULL */
    int refreshed;               /* Exchange has been asked in this request */
    xc_calinfo_t *info;          /* after a refresh; NULL before */
};

/** All calendars (xc_calendar_t *), the default one first. */
xc_error_t *xc_mailbox_calendars(apr_array_header_t **out, xc_mailbox_t *m, apr_pool_t *pool);
/** One by its URL segment; *out = NULL when there is none. */
xc_error_t *xc_mailbox_calendar(xc_calendar_t **out, xc_mailbox_t *m, const char *segment, apr_pool_t *pool);
/**
 * The scheduling inbox: meeting messages that wait in the mailbox's Inbox, as a calendar of iTIP objects that is
 * read, listed and synced like one; empty where the protocol has no such messages. *out NULL in somebody else's.
 */
xc_error_t *xc_mailbox_inbox(xc_calendar_t **out, xc_mailbox_t *m, apr_pool_t *pool);
/**
 * Make a calendar folder (MKCALENDAR, extended MKCOL) with its properties in one go.
 * @param props      "{ns}name" -> XML, may be NULL; display_name NULL = the segment
 * @param components XC_COMP_VEVENT, or XC_COMP_VTODO: a folder for tasks
 */
xc_error_t *xc_calendar_create(xc_calendar_t **out, xc_mailbox_t *m, const char *segment, const char *display_name, int components,
                               apr_table_t *props, apr_pool_t *pool);
xc_error_t *xc_calendar_delete(xc_calendar_t *cal, apr_pool_t *pool);
/**
 * Change dead properties: set (key -> XML) and removed (const char * keys); display_name NULL = leave.
 * All or nothing; kept in Exchange.
 */
xc_error_t *xc_calendar_set_props(xc_calendar_t *cal, const char *display_name, apr_table_t *set, apr_array_header_t *removed, apr_pool_t *pool);

/** The principal's or home's dead properties live with the mailbox (on its root folder). */
xc_error_t *xc_mailbox_props(apr_table_t **out, xc_mailbox_t *m, apr_pool_t *pool);
xc_error_t *xc_mailbox_set_props(xc_mailbox_t *m, apr_table_t *set, apr_array_header_t *removed, apr_pool_t *pool);

/* ---- what is in a calendar ---- */

/** Bring the log up to date unless it is fresh; at most one flight for all clients. Sets cal->info. */
xc_error_t *xc_calendar_refresh(xc_calendar_t *cal, apr_pool_t *pool);
/**
 * Take what is known as this request's state when Exchange was asked at most `age` ago: for requests about
 * items that a listing has just named. @return 1 when so; 0: nothing changed, the next use refreshes
 */
int xc_calendar_settle_for(xc_calendar_t *cal, apr_interval_time_t age, apr_pool_t *pool);
/** Ask Exchange after all: undoes xc_calendar_settle_for(). */
void xc_calendar_unsettle(xc_calendar_t *cal);
/**
 * xc_calendar_refresh() of many calendars, side by side.
 * @return only what concerns all of them (xc_error_is_passing, 401). One that cannot be read on its own account
 *         says why when it is refreshed alone.
 */
xc_error_t *xc_calendar_refresh_all(apr_array_header_t *calendars, apr_pool_t *pool);

/** The token "epoch-seq" of cal->info. */
const char *xc_calendar_token(const xc_calendar_t *cal, apr_pool_t *pool);
/** Read a token: 0 = good for this log, *seq set; else not ours, another epoch, from the future or too old. */
int xc_calendar_parse_token(const xc_calendar_t *cal, const char *token, apr_uint64_t *seq);

/** All live items (xc_item_t) after a refresh. */
xc_error_t *xc_calendar_list(apr_array_header_t **items, xc_calendar_t *cal, apr_pool_t *pool);
/** Changes after seq: see xc_store_since. */
xc_error_t *xc_calendar_since(apr_array_header_t **items, int *more, apr_uint64_t *token_seq, xc_calendar_t *cal, apr_uint64_t seq, int limit, apr_pool_t *pool);
/** One item by name after a refresh; *out NULL when absent. */
xc_error_t *xc_calendar_item(xc_item_t **out, xc_calendar_t *cal, const char *href, apr_pool_t *pool);

/** A body with its outcome. */
typedef struct xc_loaded_t {
    const xc_item_t *item;
    const char *text;           /* iCalendar; NULL = see error */
    apr_size_t len;
    const char *props;          /* dead properties of the item (xc_props_parse), NULL = none */
    int received;               /* a meeting that Exchange received for the owner from another organizer */
    int quiet;                  /* whose organizer asks for no answer */
    const char *note;           /* of a message in the inbox: a word of the mailbox layer's own */
    xc_error_t *error;          /* 404 gone meanwhile; others: cannot be shown */
} xc_loaded_t;

/**
 * Bodies of n items: from the store, and for those missing from Exchange in as few calls as
 * possible, with read-ahead of other missing bodies after a first sync. out: array of n.
 */
xc_error_t *xc_calendar_load(xc_loaded_t **out, xc_calendar_t *cal, const xc_item_t *const *items, int n, apr_pool_t *pool);

/**
 * CALDAV:schedule-tag of an object, without quotes: stays the same when others merely answer (RFC 6638 3.2.10).
 * NULL when it is no meeting, or nothing is scheduled here.
 */
const char *xc_calendar_schedule_tag(const xc_calendar_t *cal, const xc_loaded_t *loaded, apr_pool_t *pool);

/* ---- changing it ---- */

typedef struct xc_put_result_t {
    xc_item_t item;             /* as it is now */
    int created;
    int verbatim;               /* a GET gives back exactly what was sent: an ETag may be answered */
    const char *schedule_tag;   /* without quotes; NULL = no meeting */
} xc_put_result_t;

/** What the client demands of the present state; the check is repeated by Exchange through the change key. */
typedef struct xc_expect_t {
    const char *if_match;       /* raw header value, NULL = none */
    const char *if_none_match;
    const char *if_schedule_tag_match; /* RFC 6638 8.3 */
    int no_reply;               /* Schedule-Reply: F (RFC 6638 8.1): a deletion declines without a word */
} xc_expect_t;

/** Is the present state (item NULL = absent) what is expected? @return 412 when not */
xc_error_t *xc_expect_check(const xc_expect_t *expect, const xc_item_t *item, apr_pool_t *pool);

/**
 * Create or replace an object. At most two Exchange calls for a new single event.
 * @return 412, no-uid-conflict (with the href's segment in hrefs), and every precondition of
 *         xc_object_parse / xc_object_to_event / the back end
 */
xc_error_t *xc_calendar_put(xc_put_result_t *out, xc_calendar_t *cal, const char *href, const char *text, apr_size_t len, const xc_expect_t *expect, apr_pool_t *pool);
/**
 * The same with the content of files that the text names by their keys and Exchange has not yet.
 * @param files key -> xc_newfile_t *, may be NULL; inline content of the text is added to it
 * @return also max-attachment-size, max-attachments-per-resource, valid-managed-id
 */
xc_error_t *xc_calendar_put_with(xc_put_result_t *out, xc_calendar_t *cal, const char *href, const char *text, apr_size_t len,
                                 apr_hash_t *files, const xc_expect_t *expect, apr_pool_t *pool);
/** In the inbox: an invitation goes without being answered, a cancellation takes its meeting along. */
xc_error_t *xc_calendar_remove(xc_calendar_t *cal, const char *href, const xc_expect_t *expect, apr_pool_t *pool);
/** Move or copy between calendars; overwrite 0: 412 when the target exists. */
xc_error_t *xc_calendar_transfer(xc_put_result_t *out, xc_calendar_t *from, const char *href, xc_calendar_t *to, const char *to_href,
                                 int copy, int overwrite, const xc_expect_t *expect, apr_pool_t *pool);
/* ---- files of an object (files.c) ---- */

/** The content of an attached file: from Exchange, in two calls. @return 404 when the object has no such file */
xc_error_t *xc_calendar_file(xc_newfile_t **out, xc_calendar_t *cal, const xc_item_t *item, const char *key, apr_pool_t *pool);
/**
 * Add, replace or remove a file (RFC 8607 3.4): see xc_files_edit for key and rids.
 * @param file  in: the content, name and type as the client says them; NULL there = as they were, or a default. Out: the
 *              file as it was stored, with its key. *file NULL = it is removed
 * @return 404 when there is no such object, 412, valid-managed-id, valid-rid, and all of xc_calendar_put
 */
xc_error_t *xc_calendar_edit_file(xc_put_result_t *out, xc_calendar_t *cal, const char *href, const char *key, xc_newfile_t **file,
                                  const apr_array_header_t *rids, const xc_expect_t *expect, apr_pool_t *pool);

/**
 * Propose another time for a meeting that the owner is invited to (a METHOD:COUNTER message, RFC 5546 3.2.7).
 * @param organizer who is told
 * @return valid-scheduling-message, allowed-attendee-scheduling-object-change, 412
 */
xc_error_t *xc_mailbox_propose(const char **organizer, xc_mailbox_t *m, const char *text, apr_size_t len, apr_pool_t *pool);
/** Dead properties of an object. */
xc_error_t *xc_calendar_set_item_props(xc_calendar_t *cal, const xc_item_t *item, apr_table_t *set, apr_array_header_t *removed, apr_pool_t *pool);

/** Dead properties as one string (JSON) and back: "{ns}name" -> XML. A string that does not parse is an empty table. */
apr_table_t *xc_props_parse(const char *text, apr_pool_t *pool);
const char *xc_props_format(const apr_table_t *props, apr_pool_t *pool);

#endif
