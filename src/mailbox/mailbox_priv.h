/* SPDX-License-Identifier: Apache-2.0 */
/** @file mailbox_priv.h  What the files of this folder share. */
#ifndef XC_MAILBOX_PRIV_H
#define XC_MAILBOX_PRIV_H

#include <apr_hash.h>

#include "exchange/tasks.h"
#include "mailbox/mailbox.h"

struct xc_mailbox_t {
    const xc_mailbox_config_t *cfg;
    xc_session_t *session;
    xc_store_t *store;
    const char *origin;              /* which Exchange: part of every key */
    const char *owner;               /* SMTP address of the mailbox, lower case */
    xc_mailbox_t *own;               /* the account's own; NULL = this one */
    apr_array_header_t *shared;      /* of the own one: xc_sharedcal_t; NULL = not read yet */
    apr_hash_t *others;              /* of the own one: address -> xc_mailbox_t *; NULL = none yet */
    apr_time_t opened_at;            /* answers of Exchange younger than this are this request's own */
    apr_array_header_t *folders;     /* xc_folder_t of the whole mailbox; NULL = not read yet */
    int folders_asked;               /* Exchange was asked for them in this request */
    apr_array_header_t *calendars;   /* xc_calendar_t *, made from folders */
    apr_array_header_t *mounted_in;  /* the array of calendars to which those that lie elsewhere were added */
    xc_calendar_t *inbox;            /* NULL = not asked for yet */
    apr_pool_t *pool;                /* the request's: all that is opened lives here */
};

/** Most bytes of a name in a URL (dav/path.h refuses longer ones). */
#define XC_NAME_MAX_BYTES 255

/** How long a holder of a flight may take before others step in. */
#define XC_FLIGHT_LEASE apr_time_from_sec(60)

/** The folder list from the store or, when it is not fresh (or `force`), from Exchange. */
xc_error_t *xc_home_load(xc_mailbox_t *m, int force, apr_pool_t *pool);
/** The dead properties of an own mailbox's root as they were last seen: asks Exchange only when they never were. */
xc_error_t *xc_home_root_props(const char **props, xc_mailbox_t *m, apr_pool_t *pool);
/** Forget the stored list's freshness: the next use asks Exchange for what changed. */
void xc_home_expire(xc_mailbox_t *m, apr_pool_t *pool);

/**
 * Bring what was just written to a folder (name, href, props where not NULL) into the stored list, so
 * that it need not be asked for: Exchange does not report the root's own changes.
 */
void xc_home_patch(xc_mailbox_t *m, const xc_folder_t *change, apr_pool_t *pool);

/** The folders of somebody else's mailbox that the account may see; with none of them *none is set, and no error. */
xc_error_t *xc_other_folders(apr_array_header_t **folders, xc_mailbox_t *m, apr_pool_t *pool);
/** Somebody else's home was opened: it is among those that belong to the account's from now on (shared.c). */
void xc_shared_visited(xc_mailbox_t *other, apr_pool_t *pool);
/** Calendars that lie elsewhere and are listed in the account's own home (mounts.c): added to m->calendars. */
xc_error_t *xc_mounts_add(xc_mailbox_t *m, apr_pool_t *pool);
/** The calendars among the public folders (xc_folder_t); kept like the list of calendars (shared.c). */
xc_error_t *xc_shared_public(apr_array_header_t **out, xc_mailbox_t *m, apr_pool_t *pool);
/** A name as a segment of a URL; the calendar of a segment, NULL when there is none; a name set by a client, NULL when none is (calendars.c). */
const char *xc_segment_from_name(const char *name, apr_pool_t *pool);
xc_calendar_t *xc_segment_find(const apr_array_header_t *calendars, const char *segment);
const char *xc_override_name(const apr_table_t *props, apr_pool_t *pool);
/** Are private events of this calendar to be shown as busy time alone? */
int xc_calendar_hides_private(const xc_calendar_t *cal);
/** Take out of a private event, and of private overrides, what only its owner may know: all but the time. @return 1 when there was any: nothing kept stays then */
int xc_event_hide_private(xc_event_t *event, apr_pool_t *pool);

/** Does it hold tasks? Then the back end's functions for tasks are the right ones. */
int xc_calendar_is_tasks(const xc_calendar_t *cal);
/** "event" or "task", for sentences. */
const char *xc_calendar_noun(const xc_calendar_t *cal);
/** An item as the back end wants it for a write. */
xc_item_ref_t xc_calendar_ref(const xc_calendar_t *cal, const xc_item_t *item);

/** The strong entity tag (without quotes) of a back-end change key in the rendering for this calendar. */
const char *xc_etag_of(const xc_calendar_t *cal, const char *change_key, apr_pool_t *pool);

/**
 * Refused when the deployment or the folder's rights forbid `right` (XC_RIGHT_*, any of them will do): need-privileges.
 * In somebody else's calendar a right to write some items is enough: which ones, Exchange decides with the write.
 */
xc_error_t *xc_calendar_allow(const xc_calendar_t *cal, unsigned right, apr_pool_t *pool);

/** Refused when somebody else's calendar may be seen as busy time alone, or filled blindly: need-privileges. */
xc_error_t *xc_calendar_allow_read(const xc_calendar_t *cal, apr_pool_t *pool);

/** Refused for a private event that is shown as busy time alone: nobody changes what they may not see. */
xc_error_t *xc_calendar_allow_item(xc_calendar_t *cal, const xc_item_t *item, apr_pool_t *pool);
/** A client's text of a meeting that Exchange received for the owner, parsed and normalised. */
typedef struct xc_answer_text_t {
    const xc_object_t *obj;
    const xc_event_t *now;
    const char *text;
    apr_size_t len;
} xc_answer_text_t;

/**
 * A PUT on such a meeting: answers, and changes of what is the attendee's own.
 * @return allowed-attendee-scheduling-object-change, 412, and all that the back end says
 */
xc_error_t *xc_answer_put(xc_put_result_t *out, xc_calendar_t *cal, const xc_item_t *present, const xc_loaded_t *loaded,
                          const xc_event_t *before, const xc_answer_text_t *text, apr_pool_t *pool);
/**
 * A PUT of somebody else's invitation that is not in the calendar: when it waits in the inbox, that one is answered, and
 * the meeting has the name `href` from then on. *handled 0: there is none, nothing was done.
 */
xc_error_t *xc_answer_inbox(int *handled, xc_put_result_t *out, xc_calendar_t *cal, const char *href, const xc_answer_text_t *text,
                            apr_pool_t *pool);
/** A DELETE: of such a meeting it declines, or puts away what was cancelled. *handled 0: it is no such meeting, nothing was done. */
xc_error_t *xc_answer_remove(int *handled, xc_calendar_t *cal, const xc_item_t *present, const xc_expect_t *expect, apr_pool_t *pool);

/** Bring the log of the inbox up to date: one listing of the messages that are there. */
xc_error_t *xc_inbox_ask(xc_calendar_t *inbox, apr_pool_t *pool);

/** Fetch the messages of some rows of a load: sets text or error of out[rows[i]], and keeps them. */
xc_error_t *xc_inbox_fetch(xc_loaded_t *out, xc_calendar_t *inbox, const int *rows, int n, apr_pool_t *pool);
/** Take a message out of the inbox (see xc_calendar_remove). */
xc_error_t *xc_inbox_remove(xc_calendar_t *inbox, const xc_item_t *item, apr_pool_t *pool);
/** The invitation to a meeting that waits in the inbox; *out NULL when there is none. */
xc_error_t *xc_inbox_find_request(const xc_item_t **out, xc_calendar_t *inbox, const char *uid, apr_pool_t *pool);

/**
 * A new meeting in somebody else's calendar has its owner as the organizer, whoever writes it there.
 * @return organizer-allowed when the client says it is the account that signed in
 */
xc_error_t *xc_other_check_organizer(const xc_calendar_t *cal, const xc_event_t *event, apr_pool_t *pool);

/** The name of a flight over this calendar. */
const char *xc_calendar_flight(const xc_calendar_t *cal, const char *what, apr_pool_t *pool);

/** Fold one local change into the log. */
xc_error_t *xc_calendar_fold_local(xc_calendar_t *cal, xc_change_e kind, const xc_item_t *item, apr_pool_t *pool);

/** Something in the calendar has changed: where its owner's free/busy times come from it, they are asked for anew (people.h). */
void xc_calendar_changed(const xc_calendar_t *cal, apr_pool_t *pool);

/** Exchange has told the attendees of an organizer's meeting (NULL = none): it stands, or no longer stands, in their calendars too. */
void xc_people_invited(const xc_calendar_t *cal, const xc_event_t *event, apr_pool_t *pool);

/**
 * Remember a body and the span that it covers.
 * @param extra dead properties, may be NULL
 */
void xc_calendar_remember(xc_calendar_t *cal, const char *id, const char *change_key, const char *text, apr_size_t len,
                          const char *extra, apr_pool_t *pool);

/**
 * The account's own dead properties of a calendar in somebody else's mailbox `m`, out of those of its own root (personal.c).
 * Never NULL.
 */
apr_table_t *xc_personal_props(const xc_mailbox_t *m, const char *folder_id, const apr_table_t *root_props, apr_pool_t *pool);
xc_error_t *xc_personal_set(xc_mailbox_t *m, const char *folder_id, const apr_table_t *props, apr_pool_t *pool);
/** Is this the key under which such ones are kept? It is no property of the root's own. */
int xc_personal_is_key(const char *key);

/** Merge `set` and `removed` into a copy of `props`. */
apr_table_t *xc_props_merge(const apr_table_t *props, const apr_table_t *set, const apr_array_header_t *removed, apr_pool_t *pool);

/** Most bytes of dead properties of one resource. */
#define XC_PROPS_MAX_BYTES 30000
/** xc_props_format with the bound. @return 507 when larger */
xc_error_t *xc_props_encode(const char **out, const apr_table_t *props, apr_pool_t *pool);

/* ---- meetings that the owner organizes (schedule.c) ---- */

/** Whom a write of this event may tell; before NULL = it is new. Nobody hears of what is over and was so before. */
xc_notify_e xc_schedule_notify(const xc_calendar_t *cal, const xc_event_t *before, const xc_event_t *event);
/** The same of deleting it; before NULL = it cannot be shown. */
xc_notify_e xc_schedule_notify_removal(const xc_calendar_t *cal, const xc_event_t *before);
/** The same of an item that another one takes the place of. */
xc_notify_e xc_schedule_notify_replaced(xc_calendar_t *cal, const xc_item_t *item, apr_pool_t *pool);
/** Is it a meeting that the owner arranges through Exchange? event may be NULL. */
int xc_schedule_is_organizers(const xc_calendar_t *cal, const xc_event_t *event);
/**
 * May this be written in the place of `before` (NULL = nothing is there)? Asks Exchange nothing unless another calendar
 * seems to hold the same meeting.
 * @return same-organizer-in-all-components, allowed-organizer-scheduling-object-change, unique-scheduling-object-resource
 */
xc_error_t *xc_schedule_check_write(xc_calendar_t *cal, const xc_item_t *present, const xc_event_t *before, const xc_event_t *now,
                                    apr_pool_t *pool);
/**
 * Is a meeting of this UID in no other calendar of the mailbox than `cal`? (RFC 6638 3.2.4.1)
 * @param but  an item that does not count, NULL = none
 * @return unique-scheduling-object-resource with "calendar/name" in its hrefs
 */
xc_error_t *xc_schedule_check_unique(xc_calendar_t *cal, const char *uid, const xc_item_t *but, apr_pool_t *pool);
/** xc_expect_check() of what needs the body: loaded NULL = there is none. @return 412 */
xc_error_t *xc_expect_check_loaded(const xc_expect_t *expect, const xc_calendar_t *cal, const xc_loaded_t *loaded, apr_pool_t *pool);

#endif
