/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ews.h
 * What the files of this folder share: calls (SOAP in, SOAP out), versions, ids, the table of fields.
 * Nothing here is seen outside src/exchange/ews.
 */
#ifndef XC_EWS_H
#define XC_EWS_H

#include "base/xml.h"
#include "exchange/backend.h"

#define XC_NS_SOAP "http://schemas.xmlsoap.org/soap/envelope/"
#define XC_NS_T    "http://schemas.microsoft.com/exchange/services/2006/types"
#define XC_NS_M    "http://schemas.microsoft.com/exchange/services/2006/messages"

/* ---- versions: what a server speaks and what each generation lacks ---- */

typedef struct xc_ews_version_t {
    const char *name;          /* RequestServerVersion */
    int zones;                 /* StartTimeZone, EndTimeZone, TimeZoneContext (2010); else MeetingTimeZone */
    int first_day_of_week;     /* WeeklyRecurrence/FirstDayOfWeek (2010 SP1) */
    int text_body;             /* item:TextBody beside an HTML body (2013) */
    int elsewhere;             /* LegacyFreeBusyStatus WorkingElsewhere (2013) */
    int proposals;             /* ProposedStart, ProposedEnd of answers (2013 SP1) */
} xc_ews_version_t;

/** A row by its name, NULL when unknown. */
const xc_ews_version_t *xc_ews_version_find(const char *name);
/** The versions that are tried, newest first, ending with NULL name. */
const xc_ews_version_t *xc_ews_versions(void);

/** What a session has found out; made on first use, on the session's pool. */
typedef struct xc_ews_state_t {
    const char *url;
    const char *origin;        /* of the URL, as net/http.h names it */
    const xc_ews_version_t *version;
} xc_ews_state_t;

/**
 * URL and version of this session: configured, remembered, or found out by asking (one GetFolder,
 * repeated with an older version while the server refuses the newer one).
 */
xc_error_t *xc_ews_state(const xc_ews_state_t **out, xc_session_t *s, apr_pool_t *pool);

/** The server does not speak the version that was remembered: the next session finds out anew. */
void xc_ews_forget_version(const xc_session_t *s, const xc_ews_state_t *state);

/** What answers at the URL is not EWS: one that was discovered is looked for anew the next time. */
void xc_ews_forget_url(xc_session_t *s, apr_pool_t *pool);

/* ---- calls ---- */

typedef struct xc_ews_call_t {
    const char *operation;     /* "GetItem" */
    xc_buf_t *request;         /* the envelope */
    xc_xmlw_t *w;              /* writing inside <m:Operation>, until xc_ews_run() */
    int prove;                 /* the password is to be judged, see xc_net_request_t */
    xmlNode *response;         /* <m:…Response>, after a good run */
    xc_error_t *error;         /* transport, HTTP, SOAP fault */
} xc_ews_call_t;

/** Most bytes of one request. */
#define XC_EWS_MAX_REQUEST (64 << 20)

/** Start an envelope: the caller writes attributes and children of <m:operation> with call->w. */
void xc_ews_begin(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *state, const char *operation, apr_pool_t *pool);
/** Send n calls side by side; each has its own outcome. @return an error only when none could be sent */
xc_error_t *xc_ews_run(xc_ews_call_t *calls, int n, xc_session_t *s, const xc_ews_state_t *state, apr_pool_t *pool);
/** The same for one: its error is the result. */
xc_error_t *xc_ews_run_one(xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *state, apr_pool_t *pool);

/** First ResponseMessage of a reply, NULL when there is none; the next one by xc_xml_next(node, NULL, NULL). */
xmlNode *xc_ews_messages(const xc_ews_call_t *call);
/** NULL when the ResponseMessage reports success; else its code in our terms (Warnings that stop a batch are errors). */
xc_error_t *xc_ews_message_error(const xmlNode *message, const xc_session_t *s, const xc_ews_state_t *state, apr_pool_t *pool);
/** Run one call that has one ResponseMessage. */
xc_error_t *xc_ews_single(xmlNode **message, xc_ews_call_t *call, xc_session_t *s, const xc_ews_state_t *state, apr_pool_t *pool);

/** errors.c: Exchange's ResponseCode in our terms; never NULL. `text` is Exchange's sentence, for the log. */
xc_error_t *xc_ews_error(const char *code, const char *text, apr_pool_t *pool);
/** Did the server say that it does not speak this version? */
int xc_ews_is_version_error(const xc_error_t *err);

/* ---- ids and named properties ---- */

/** <t:Id Id=… ChangeKey=…/>; change_key may be NULL. */
void xc_ews_write_id(xc_xmlw_t *w, const char *element, const char *id, const char *change_key);
/** <t:DistinguishedFolderId Id=name> with the mailbox when it is not the session's own. */
void xc_ews_write_distinguished(xc_xmlw_t *w, const xc_session_t *s, const char *name, const char *mailbox);
/** <t:ExtendedFieldURI/> of one of our named string properties. */
void xc_ews_write_named(xc_xmlw_t *w, const char *name);
/** <t:ExtendedProperty> with a value. */
void xc_ews_write_named_value(xc_xmlw_t *w, const char *name, const char *value);
/** Value of a named property in an item or folder element, NULL when absent. */
const char *xc_ews_named(const xmlNode *item, const char *name, apr_pool_t *pool);
/** Value of an extended property by tag ("0x1000"), NULL when absent. */
const char *xc_ews_tagged(const xmlNode *item, const char *tag, apr_pool_t *pool);

#define XC_EWS_PROP_HREF  "X-EXCAL-HREF"   /* the resource name that a client gave */
#define XC_EWS_PROP_KEPT  "X-EXCAL-KEPT"   /* cal/object.h: what is kept beside the item */
#define XC_EWS_PROP_PROPS "X-EXCAL-PROPS"  /* dead properties */

/** calendar:UID as Exchange gives it (text, or hex of a wrapped id) as the UID of iCalendar (mapping 5). */
const char *xc_ews_uid_from_exchange(const char *uid, apr_pool_t *pool);
/**
 * PidLidCleanGlobalObjectId of a UID, base64, for searching. with_nul: the form that counts a
 * terminating NUL (some writers do).
 */
const char *xc_ews_global_id(const char *uid, int with_nul, apr_pool_t *pool);

/* ---- values ---- */

/** xs:dateTime or xs:date with zone or Z -> instant; without zone it is taken as UTC. @return 0 when it is none */
int xc_ews_parse_time(apr_time_t *out, const char *text);
/** The same, 0 when it is none. */
apr_time_t xc_ews_time(const char *text);
/** xs:duration in seconds; a part of a second counts as a whole one. @return 0 when it is none, or longer than 400 days */
int xc_ews_parse_duration(int *sec, const char *text);
/** An xs:int within bounds, else `otherwise`. */
int xc_ews_int(const char *text, int min, int max, int otherwise);
/** xs:boolean; NULL is false. */
int xc_ews_is_true(const char *text);
/** Instant as 2027-03-01T10:00:00Z. */
const char *xc_ews_format_utc(apr_time_t t, apr_pool_t *pool);
/** Wall clock as 2027-03-01T10:00:00. */
const char *xc_ews_format_wall(const xc_wall_t *wall, apr_pool_t *pool);

/* ---- the calendar item ---- */

/** recurrence.c */
void xc_ews_write_recurrence(xc_xmlw_t *w, const xc_recur_t *recur, const xc_ews_version_t *v);
/**
 * Can this version say the pattern? 2007 has no FirstDayOfWeek and counts weeks from Sunday: a pattern
 * that would get other dates so is refused. recur may be NULL.
 */
xc_error_t *xc_ews_check_recurrence(const xc_recur_t *recur, const xc_ews_version_t *v, apr_pool_t *pool);
/** @return NULL in *out when the element is no pattern that we know */
xc_error_t *xc_ews_read_recurrence(xc_recur_t **out, const xmlNode *recurrence, apr_pool_t *pool);

/**
 * zone.c: the zone that an item names in `element` (2007: MeetingTimeZone, or by its display name in
 * TimeZone) under the rules of `when`. NULL when it names none, or one that cannot be told.
 */
const xc_zone_t *xc_ews_item_zone(const xmlNode *item, const char *element, apr_time_t when, const xc_session_t *s, apr_pool_t *pool);
/** The zone of a t:SerializableTimeZone under the rules of `when`; NULL when it is none. */
const xc_zone_t *xc_ews_serializable_zone(const xmlNode *node, apr_time_t when, const xc_session_t *s, apr_pool_t *pool);
/** The zone of a value; in a series, of a zone that Exchange has no name for, its rules (2010 and later). */
void xc_ews_write_zone(xc_xmlw_t *w, const char *element, const xc_when_t *when, int in_series, const xc_session_t *s, apr_pool_t *pool);
/** The same in MeetingTimeZone, for 2007. */
void xc_ews_write_meeting_zone(xc_xmlw_t *w, const xc_when_t *when, int in_series, const xc_session_t *s, apr_pool_t *pool);
/** Name that Exchange knows for the zone of a value: its Windows id, "UTC" for instants without one. */
const char *xc_ews_zone_name(const xc_when_t *when, const xc_session_t *s);
/** The zone in which Exchange stores a value: its own, the user's for dates and floating times, UTC where Exchange knows none. */
const xc_zone_t *xc_ews_storage_zone(const xc_when_t *when, const xc_session_t *s);

/** An instant as an item of this zone writes it: as a DATE (the nearest midnight), in UTC, or in the zone. */
void xc_ews_when(xc_when_t *out, apr_time_t t, int all_day, const xc_zone_t *zone);
/** The zone in which a master's occurrences are counted. Never NULL. */
const xc_zone_t *xc_ews_series_zone(const xmlNode *item, const xc_event_t *master, const xc_session_t *s, apr_pool_t *pool);

/** fields.c: the shape that GetItem asks for. */
void xc_ews_write_item_shape(xc_xmlw_t *w, const xc_ews_version_t *v);
/** A <t:Mailbox>; an address that is none a client could use is left out. who is not touched where nothing is told. */
void xc_ews_read_person(xc_person_t *who, const xmlNode *mailbox, apr_pool_t *pool);
/** A text of Exchange's with the model's line ends; NULL when empty. */
const char *xc_ews_lines(const char *text, apr_pool_t *pool);
/** A <t:CalendarItem> of a reply as a model; exdates and overrides come from series.c. master NULL = not an exception. */
xc_error_t *xc_ews_read_item(xc_event_t **out, const xmlNode *item, const xc_event_t *master, const xc_session_t *s,
                             const xc_ews_version_t *v, apr_pool_t *pool);
/** A whole <t:CalendarItem> for CreateItem. */
void xc_ews_write_item(xc_xmlw_t *w, const xc_write_t *write, const xc_session_t *s, const xc_ews_version_t *v, apr_pool_t *pool);
/**
 * SetItemField and DeleteItemField for every field in which `now` differs from `before` (all when
 * before is NULL).
 * @param also XC_FIELD_* that are written in any case (the recurrence: all exceptions vanish)
 * @param only XC_FIELD_* that are written at all
 * @return number of updates written
 */
int xc_ews_write_updates(xc_xmlw_t *w, const xc_event_t *before, const xc_event_t *now, unsigned also, unsigned only,
                         const xc_session_t *s, const xc_ews_version_t *v, apr_pool_t *pool);

/* ---- folders (folders.c) ---- */

/** <m:FolderShape> with all that xc_ews_read_folder() reads. */
void xc_ews_write_folder_shape(xc_xmlw_t *w);
/** A folder of an answer that stands alone: kinds by class, is_default unset. @return 0 when it has no id */
int xc_ews_read_folder(xc_folder_t *f, const xmlNode *node, apr_pool_t *pool);

/* ---- what any item has, in fields.c: title, class, body, categories, importance ---- */

/**
 * `update` NULL: the fields as elements of a new item. Else SetItemField and DeleteItemField inside that element
 * ("Task") for those in `changed` (XC_FIELD_*).
 * @param before updates only: what is there, NULL = unknown
 * @return number of fields written
 */
int xc_ews_write_shared(xc_xmlw_t *w, const xc_event_t *before, const xc_event_t *now, unsigned changed, const char *update,
                        const xc_session_t *s, const xc_ews_version_t *v, apr_pool_t *pool);
/** What to ask for them, with the stamps of making and changing. */
void xc_ews_write_shared_uris(xc_xmlw_t *w, const xc_ews_version_t *v);
void xc_ews_read_shared(xc_event_t *e, const xmlNode *item, apr_pool_t *pool);

/* ---- the slots of the back end's tables ---- */

/** exchange/people.h: availability.c, people.c */
extern const xc_people_ops_t xc_ews_people;
/** exchange/tasks.h: tasks_write.c */
extern const xc_tasks_ops_t xc_ews_tasks;
xc_error_t *xc_ews_people_resolve(apr_array_header_t **out, int *more, xc_session_t *s, const char *text, apr_pool_t *pool);
xc_error_t *xc_ews_people_expand_list(apr_array_header_t **out, xc_session_t *s, const char *address, apr_pool_t *pool);
xc_error_t *xc_ews_people_rooms(apr_array_header_t **out, xc_session_t *s, apr_pool_t *pool);

xc_error_t *xc_ews_sign_in(xc_session_t *s, const char **address, apr_pool_t *pool);
xc_error_t *xc_ews_folder_sync(xc_folder_page_t **out, xc_session_t *s, const char *mailbox, const char *state, apr_pool_t *pool);
xc_error_t *xc_ews_folder_create(xc_folder_t **out, xc_session_t *s, const char *mailbox, const xc_folder_t *wanted, apr_pool_t *pool);
xc_error_t *xc_ews_folder_update(xc_session_t *s, const char *mailbox, const xc_folder_t *folder, apr_pool_t *pool);
xc_error_t *xc_ews_folder_delete(xc_session_t *s, const char *mailbox, const char *folder_id, apr_pool_t *pool);
xc_error_t *xc_ews_item_sync(xc_item_page_t **out, xc_session_t *s, const char *folder_id, const char *state, apr_pool_t *pool);
void xc_ews_item_sync_many(xc_item_page_t **pages, xc_error_t **errors, xc_session_t *s, const char *const *folder_ids,
                           const char *const *states, int n, apr_pool_t *pool);
xc_error_t *xc_ews_item_fetch(xc_fetched_t **out, xc_session_t *s, const char *const *ids, int n, apr_pool_t *pool);
xc_error_t *xc_ews_item_create(xc_item_ref_t *out, xc_session_t *s, const char *folder_id, const xc_write_t *w, apr_pool_t *pool);
xc_error_t *xc_ews_item_update(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const xc_event_t *before,
                               const xc_write_t *w, apr_pool_t *pool);
xc_error_t *xc_ews_item_delete(xc_session_t *s, const xc_item_ref_t *ref, xc_notify_e notify, apr_pool_t *pool);
xc_error_t *xc_ews_item_move(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const char *to_folder, const char *href,
                             apr_pool_t *pool);
xc_error_t *xc_ews_item_copy(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const char *to_folder, const char *href,
                             apr_pool_t *pool);
xc_error_t *xc_ews_item_props(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const char *props, apr_pool_t *pool);

#endif
