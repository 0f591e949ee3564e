/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file dav.h
 * What the files of the front share: the request being answered, the resource it is about, the
 * tables of methods, properties and reports. Private to src/dav.
 *
 * A handler either fails before anything was sent and returns the error (handle.c makes the answer
 * of it), or sends its answer and returns NULL.
 */
#ifndef XC_DAV_DAV_H
#define XC_DAV_DAV_H

#include <apr_hash.h>

#include "base/xml.h"
#include "cal/view.h"
#include "dav/path.h"
#include "dav/request.h"
#include "mailbox/people.h"
#include "mailbox/sharing.h"

typedef struct xc_dav_t xc_dav_t;
typedef struct xc_resource_t xc_resource_t;

/* ---- methods (handle.c) ---- */

typedef xc_error_t *(*xc_method_fn)(xc_dav_t *d);

enum {
    XC_M_CHANGES = 1, /* refused when the gateway is read-only */
    XC_M_ANONYMOUS = 2, /* answered before sign-in */
    XC_M_CREATES = 4   /* may make what the request is about: its parent must exist */
};

typedef struct xc_method_t {
    const char *name;
    unsigned kinds; /* xc_rkind_e bits */
    unsigned flags;
    xc_method_fn handle;
} xc_method_t;

/** All methods, ended by a NULL name. */
extern const xc_method_t xc_methods[];
/** The Allow header of resources of these kinds (bits). On the pool. */
const char *xc_methods_allow(unsigned kinds, apr_pool_t *pool);

xc_error_t *xc_method_options(xc_dav_t *d);
xc_error_t *xc_method_get(xc_dav_t *d);
xc_error_t *xc_method_propfind(xc_dav_t *d);
xc_error_t *xc_method_proppatch(xc_dav_t *d);
xc_error_t *xc_method_put(xc_dav_t *d);
xc_error_t *xc_method_post(xc_dav_t *d);
xc_error_t *xc_method_post_outbox(xc_dav_t *d);
xc_error_t *xc_method_delete(xc_dav_t *d);
xc_error_t *xc_method_mkcalendar(xc_dav_t *d);
xc_error_t *xc_method_mkcol(xc_dav_t *d);
xc_error_t *xc_method_copy(xc_dav_t *d);
xc_error_t *xc_method_move(xc_dav_t *d);
xc_error_t *xc_method_report(xc_dav_t *d);
xc_error_t *xc_method_acl(xc_dav_t *d);

/* ---- the request being answered ---- */

struct xc_dav_t {
    xc_req_t *req;
    apr_pool_t *pool;           /* the request's */
    const xc_method_t *method;
    xc_path_t path;             /* what the request is about */
    xc_mailbox_t *mailbox;      /* whose that is; the account's own where the path names nobody */
    int head;                   /* HEAD: headers only */
    int minimal;                /* Prefer: return=minimal, or Brief: t */
    int representation;         /* Prefer: return=representation */
    int no_root;                /* Prefer: depth-noroot, where a PROPFIND obeys it */
    apr_hash_t *calendars;      /* "address/segment" -> xc_calendar_t *, those met in this request */
    apr_hash_t *zones;          /* xc_calendar_t ** -> const xc_zone_t *, of floating times */
    apr_table_t *mailbox_props; /* dead properties of principal and home of `mailbox`; NULL = not asked for yet */
    apr_array_header_t *shared; /* xc_sharedcal_t; NULL = not asked for yet */
    apr_hash_t *people;         /* address -> xc_entry_t *, those met in this request */
    int people_asked;           /* how many of them the directory was asked for one by one */
    int status;                 /* what was sent, 0 = nothing yet */
};

/* ---- answering (reply.c) ---- */

#define XC_TYPE_XML  "application/xml; charset=utf-8"
#define XC_TYPE_TEXT "text/plain; charset=utf-8"
#define XC_TYPE_CALENDAR "text/calendar; charset=utf-8"

/** Status without a body. */
void xc_reply_empty(xc_dav_t *d, int status);
/** Status with a whole body; HEAD sends its length only. */
void xc_reply_data(xc_dav_t *d, int status, const char *type, const char *data, apr_size_t len);
/** The answer for an error: DAV:error with the precondition's element and a sentence for people. */
void xc_reply_error(xc_dav_t *d, xc_error_t *err);
void xc_reply_header(xc_dav_t *d, const char *name, const char *value);
/** Set ETag; the value comes without quotes. */
void xc_reply_etag(xc_dav_t *d, const char *etag);
/** Set Schedule-Tag (RFC 6638 8.2); the value comes without quotes, NULL = none. */
void xc_reply_schedule_tag(xc_dav_t *d, const char *tag);
/** "HTTP/1.1 404 Not Found" (RFC 4918 14.28). */
const char *xc_status_line(int status, apr_pool_t *pool);
/** The precondition's element and the sentence, as children of a DAV:error that is open. */
void xc_error_write(xc_dav_t *d, xc_xmlw_t *w, const xc_error_t *err, apr_pool_t *pool);

/* ---- asking (ask.c) ---- */

/** A request header, NULL when absent. */
const char *xc_ask_header(const xc_dav_t *d, const char *name);

enum { XC_DEPTH_ABSENT = -1, XC_DEPTH_INFINITY = 1000 };
/** Depth: 0, 1, XC_DEPTH_INFINITY or XC_DEPTH_ABSENT. @return 400 for anything else */
xc_error_t *xc_ask_depth(int *depth, const xc_dav_t *d);
/** The body as XML; *root NULL when there is no body. @return 400, 413 */
xc_error_t *xc_ask_xml(xmlNode **root, xc_dav_t *d);
/** Is there time left? Asked between objects by what works through many. @return 503 after the request's deadline */
xc_error_t *xc_ask_time(const xc_dav_t *d);
/** Read Prefer and Brief into d. */
void xc_ask_prefer(xc_dav_t *d);
/** If-Match and If-None-Match for the mailbox. */
xc_expect_t xc_ask_expect(const xc_dav_t *d);
/** Does the query have this key (with or without a value)? */
int xc_ask_query(const xc_dav_t *d, const char *key);
/** The value of a key of the query, decoded; NULL when it is not there or cannot be decoded. */
const char *xc_ask_query_value(const xc_dav_t *d, const char *key, apr_pool_t *pool);
/** "20250131T120000Z" (RFC 5545 form 2). @return 0 = read */
int xc_time_parse_utc(const char *text, apr_time_t *out);
/** The same from a moment. On the pool. */
const char *xc_time_format_utc(apr_time_t t, apr_pool_t *pool);
/** RFC 3339 ("2025-01-31T12:00:00Z"), for DAV:creationdate. */
const char *xc_time_format_iso(apr_time_t t, apr_pool_t *pool);
/** RFC 9110 5.6.7 IMF-fixdate. */
const char *xc_time_format_http(apr_time_t t, apr_pool_t *pool);

/* ---- resources (resource.c) ---- */

struct xc_resource_t {
    xc_path_t path;
    xc_calendar_t *cal;      /* XC_R_LOGGED, XC_R_MEMBERS */
    const xc_item_t *item;   /* XC_R_MEMBERS */
    xc_loaded_t *body;       /* XC_R_MEMBERS, when it was wanted; its error is NULL */
    apr_table_t *dead;       /* dead properties, when they were wanted; NULL = none */
    const char *data;        /* CALDAV:calendar-data as asked for, in reports */
    const xc_entry_t *person; /* XC_R_PRINCIPAL of somebody else, of a room or a list; NULL = the account's own */
    apr_array_header_t *members; /* xc_entry_t of a list, when they were wanted; NULL = none */
    const xc_working_hours_t *hours; /* of the account or person, when they were wanted; NULL = not told */
    xc_error_t *body_error;  /* why there is no body */
    xc_proxies_t *proxies;   /* XC_R_PROXY, when its members were wanted; NULL = they are not to be known */
    xc_error_t *proxies_error;
    apr_array_header_t *acl; /* xc_permission_t of a calendar, when they were wanted; NULL = none, or not to be known */
    xc_error_t *acl_error;   /* why there are none */
    xc_error_t *log_error;   /* a calendar whose change log could not be refreshed */
};

/**
 * Open the mailbox in which the request's path lies: d->mailbox. Others' homes are open as far as Exchange grants it.
 * @return 404 when the account may see nothing there, whether it exists or not
 */
xc_error_t *xc_resource_enter(xc_dav_t *d);
/** A calendar of d->mailbox, or its inbox, by its segment; *out NULL when there is none. Asked for once per request. */
xc_error_t *xc_resource_calendar(xc_calendar_t **out, xc_dav_t *d, const char *segment);
/** The calendar that a path lies in or names, whosever it is; *out NULL when there is none. */
xc_error_t *xc_resource_calendar_at(xc_calendar_t **out, xc_dav_t *d, const xc_path_t *path);
/** All calendars (xc_calendar_t *) of d->mailbox. */
xc_error_t *xc_resource_calendars(apr_array_header_t **out, xc_dav_t *d);
/**
 * What a path names. Objects are looked up after a refresh of their calendar.
 * @param out on the request's pool
 * @return 404 when it does not exist, or the account may not see it
 */
xc_error_t *xc_resource_find(xc_resource_t **out, xc_dav_t *d, const xc_path_t *path);
/** The one the request is about. */
xc_error_t *xc_resource_self(xc_resource_t **out, xc_dav_t *d);
/** Is this the signed-in account's, or nobody's? */
int xc_resource_is_own(const xc_dav_t *d, const xc_path_t *path);
/**
 * One of many calendars failed: may the others be told of without it? Says so in the log.
 * @return NULL = it is left out; err when the failure is one of the whole request
 */
xc_error_t *xc_resource_leave_out(xc_dav_t *d, const xc_calendar_t *cal, xc_error_t *err);
/** A resource for a calendar / for an item of it, on the pool. */
xc_resource_t *xc_resource_of_calendar(xc_dav_t *d, xc_calendar_t *cal, apr_pool_t *pool);
xc_resource_t *xc_resource_of_item(xc_dav_t *d, xc_calendar_t *cal, const xc_item_t *item, apr_pool_t *pool);
/** Its path in answers, in the layout of the request. */
const char *xc_resource_href(const xc_dav_t *d, const xc_path_t *path, apr_pool_t *pool);
/** Paths of the account's own resources. */
xc_path_t xc_resource_path(const xc_dav_t *d, xc_rkind_e kind);
/** Zone of floating times in a calendar: its CALDAV:calendar-timezone, else the account's; NULL = UTC. */
const xc_zone_t *xc_resource_zone(xc_dav_t *d, xc_calendar_t *cal);
/** The zone in the text of a CALDAV:timezone element (a VCALENDAR with a VTIMEZONE). @return valid-calendar-data */
xc_error_t *xc_zone_of_text(const xc_zone_t **out, const char *text, apr_pool_t *pool);

/* ---- files of an object (files.c) ---- */

/** The query key of a file's URL. */
#define XC_ATTACHMENT "attachment"
/** What a client is given: the files in loaded->text get their URLs. path: of the object. */
void xc_files_show(xc_dav_t *d, const xc_path_t *path, xc_loaded_t *loaded, apr_pool_t *pool);
/**
 * What a client wrote: URLs of ours become keys again, files of other objects come along. In a calendar of tasks links
 * stay links.
 * @return the files to be written with it
 */
apr_hash_t *xc_files_hide(xc_dav_t *d, const xc_calendar_t *cal, const char **text, apr_size_t *len);
/** GET of one file of the object that the request is about. */
xc_error_t *xc_get_file(xc_dav_t *d, const char *key);
/** POST of an action to an object (RFC 8607 3.4). */
xc_error_t *xc_method_attach(xc_dav_t *d);
/** A change was made: answer with the object when the client prefers that, else with `status` alone (put.c). */
xc_error_t *xc_reply_object(xc_dav_t *d, xc_calendar_t *cal, const xc_item_t *item, int status);
/**
 * A change failed. RFC 8144 3.2: who lost a race and prefers the representation gets the winner's (put.c).
 * @return NULL when it has been answered so, else err
 */
xc_error_t *xc_reply_conflict(xc_dav_t *d, xc_calendar_t *cal, xc_error_t *err);

/* ---- conditions of the request (precond.c) ---- */

/**
 * RFC 4918 10.4 `If`: nothing is asked of Exchange when the header is absent.
 * @return 412 when it is false, 400 when it cannot be read
 */
xc_error_t *xc_precond_if(xc_dav_t *d);
/**
 * If-Match and If-None-Match for everything but GET and changes to an object's data.
 * @param r NULL = it does not exist
 */
xc_error_t *xc_precond_match(xc_dav_t *d, const xc_resource_t *r);
/** Does a list of entity tags (or "*") name this one? Weak tags match when `weak_ok`. */
int xc_etag_listed(const char *list, const char *etag, int weak_ok);
/** If-Match alone, of what exists. etag NULL = the resource has none. @return 412 */
xc_error_t *xc_precond_if_match(xc_dav_t *d, const char *etag);
/**
 * GET and HEAD: 304 when the client has it already. By its tag alone: the only date of an event is the one
 * that its last writer put into it, and If-Modified-Since may be ignored (RFC 9110 13.1.3).
 */
int xc_precond_not_modified(const xc_dav_t *d, const char *etag);

/* ---- multistatus (multistatus.c) ---- */

typedef struct xc_ms_t {
    xc_dav_t *d;
    xc_buf_t *buf;
    xc_xmlw_t *w;
    apr_pool_t *pool;
    int gone;                /* the client has gone: stop */
    int status;
    int started;
} xc_ms_t;

/** A document {ns}root that is streamed with this status once it is large, else sent whole with its length. */
xc_ms_t *xc_ms_make(xc_dav_t *d, int status, const char *ns, const char *root);
/** DAV:response and its href; to be closed. */
void xc_ms_open(xc_ms_t *ms, const char *href);
void xc_ms_close(xc_ms_t *ms);
/** DAV:propstat up to inside DAV:prop; to be closed with its status. err NULL = no DAV:error. */
void xc_ms_propstat_open(xc_ms_t *ms);
void xc_ms_propstat_close(xc_ms_t *ms, int status, const xc_error_t *err);
/** A whole DAV:response that is only a status; err (may be NULL) adds precondition and description. */
void xc_ms_status(xc_ms_t *ms, const char *href, int status, const xc_error_t *err);
/** The response that says that there is more: 507 for what the request is about (RFC 6578 3.6). */
void xc_ms_truncated(xc_ms_t *ms);
/** End the document and send what is left. */
xc_error_t *xc_ms_end(xc_ms_t *ms);

/* ---- properties (props.c) ---- */

enum {
    XC_P_ALLPROP = 1,     /* part of allprop */
    XC_P_SETTABLE = 2,    /* PROPPATCH and MKCALENDAR may set it */
    XC_P_BODY = 4,        /* needs the object's text */
    XC_P_LOG = 8,         /* needs the calendar's change log */
    XC_P_DEAD = 16,       /* its value, when set, is kept like a dead property */
    XC_P_REPORT = 32,     /* exists in reports only */
    XC_P_MEMBERS = 64,    /* needs the members of a list */
    XC_P_HOURS = 128,     /* needs working hours */
    XC_P_ACL = 256,       /* needs the access list of the calendar */
    XC_P_SHARED = 512     /* needs other people's calendars that the account works with */
};

typedef struct xc_liveprop_t {
    const char *ns, *name;
    unsigned kinds;       /* where it is defined */
    unsigned flags;
    /** 200, or why not: 404, 403, 503. NULL = always 200. */
    int (*status)(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool);
    /** Write the content of the property's element; called only after a 200. */
    void (*put)(xc_dav_t *d, const xc_resource_t *r, xc_xmlw_t *w, apr_pool_t *pool);
    /** Instead of put: the resources that it refers to (xc_path_t). */
    apr_array_header_t *(*refs)(xc_dav_t *d, const xc_resource_t *r, apr_pool_t *pool);
    /** Settable: is this value acceptable? NULL = any. */
    xc_error_t *(*check)(xc_dav_t *d, xmlNode *value, apr_pool_t *pool);
} xc_liveprop_t;

/** Tables, each ended by a NULL name. */
extern const xc_liveprop_t xc_props_dav[], xc_props_acl[], xc_props_caldav[], xc_props_schedule[], xc_props_people[], xc_props_proxies[];
/** The row for a name on a kind of resource (0 = any kind); NULL when it is not live there. */
const xc_liveprop_t *xc_liveprop_find(const char *ns, const char *name, unsigned kind);
/** Call fn for each row. */
void xc_liveprop_each(void (*fn)(void *ctx, const xc_liveprop_t *row), void *ctx);

/** Content-Type of a calendar's objects, with their component. */
const char *xc_content_type(const xc_calendar_t *cal);
/** The earliest or latest UTC value of a property (LAST-MODIFIED, CREATED) in iCalendar text; 0 = none. */
apr_time_t xc_text_time(const char *text, const char *name, int latest);
/** The query of the URL that adds members (RFC 5995). */
#define XC_ADD_MEMBER "add-member"

/** A property that is asked for. */
typedef struct xc_wanted_t {
    const char *ns, *name;
    const char *key;            /* "{ns}name" */
    const xmlNode *node;        /* as asked (attributes, children) */
} xc_wanted_t;

typedef enum xc_want_e { XC_WANT_PROP, XC_WANT_ALL, XC_WANT_NAMES } xc_want_e;
typedef struct xc_want_t {
    xc_want_e mode;
    apr_array_header_t *props;  /* xc_wanted_t; XC_WANT_ALL: those included in addition */
} xc_want_t;

/** Most properties that one request may name. */
#define XC_WANT_MAX 512

/**
 * What a PROPFIND or a report asks for: looks for DAV:prop, DAV:allprop, DAV:propname (DAV:include)
 * among the children of root. root NULL = allprop (RFC 4918 9.1).
 * @return 400 when it is contradictory or too much
 */
xc_error_t *xc_want_parse(xc_want_t **out, const xmlNode *root, apr_pool_t *pool);
/** The same for reports that without DAV:prop answer with hrefs alone, in a propstat that is empty. */
xc_error_t *xc_want_parse_or_none(xc_want_t **out, const xmlNode *root, apr_pool_t *pool);
/** The names inside one DAV:prop element (or a DAV:expand-property alike). */
xc_error_t *xc_want_add(apr_array_header_t *props, const xmlNode *prop, apr_pool_t *pool);
/** What answering takes for resources of a kind: XC_P_BODY, XC_P_LOG, XC_P_MEMBERS, XC_P_HOURS, XC_P_ACL, and XC_P_DEAD when dead properties are read. */
unsigned xc_want_needs(const xc_want_t *want, unsigned kind);
/** Is {ns}name among those asked by name? NULL when not. */
const xc_wanted_t *xc_want_has(const xc_want_t *want, const char *ns, const char *name);

/**
 * Fetch what the properties of this resource need, before anything is written: change log, body,
 * dead properties. A calendar's failed refresh is kept in r->log_error, unless nothing can be
 * reached (503), which is returned.
 */
xc_error_t *xc_props_prepare(xc_dav_t *d, xc_resource_t *r, unsigned needs, apr_pool_t *pool);
/** One DAV:response with its propstats. Fails never. */
void xc_props_respond(xc_ms_t *ms, const xc_resource_t *r, const xc_want_t *want, apr_pool_t *pool);
/**
 * The bodies of those resources (xc_resource_t *) that are objects of this calendar, at once: sets
 * body or body_error of each, and dead when `needs` has XC_P_DEAD.
 */
xc_error_t *xc_props_load(xc_dav_t *d, xc_calendar_t *cal, apr_array_header_t *resources, unsigned needs);
/** A response for each (xc_resource_t *): its properties, or its body_error as a status. */
void xc_props_respond_all(xc_ms_t *ms, const apr_array_header_t *resources, const xc_want_t *want);
/** One property with its value, after a status of 200. live NULL = a dead one. */
void xc_props_put(xc_ms_t *ms, const xc_resource_t *r, const xc_liveprop_t *live, const char *key, apr_pool_t *pool);
/** The propstats alone, inside a response that is open. */
void xc_props_write(xc_ms_t *ms, const xc_resource_t *r, const xc_want_t *want, apr_pool_t *pool);
/** Status of one property on a resource. */
int xc_props_status(xc_dav_t *d, const xc_resource_t *r, const xc_liveprop_t *live, const char *key, apr_pool_t *pool);

/* ---- dead properties (deadprops.c) ---- */

/** Bound of one property's XML, in bytes. */
#define XC_DEAD_MAX_BYTES 16384

const char *xc_deadprop_key(const char *ns, const char *name, apr_pool_t *pool);
/** XML of a resource's dead property, NULL when there is none. */
const char *xc_deadprop_get(const xc_dav_t *d, const xc_resource_t *r, const char *key);
/** All dead properties of a resource, NULL when there are none (or they were not prepared). */
const apr_table_t *xc_deadprop_all(const xc_dav_t *d, const xc_resource_t *r);
/** Write one that was kept; an empty element of the name when `name_only`. */
void xc_deadprop_put(xc_xmlw_t *w, const char *key, const char *xml, int name_only, apr_pool_t *pool);
/** The text content of a kept property's element, NULL when absent. */
const char *xc_deadprop_text(const xc_dav_t *d, const xc_resource_t *r, const char *key, apr_pool_t *pool);

/* ---- changing properties (proppatch.c), for PROPPATCH, MKCALENDAR and MKCOL ---- */

typedef struct xc_propchange_t {
    const char *ns, *name, *key;
    xmlNode *node;              /* the value; NULL = remove */
    const char *xml;            /* what is kept of the value; NULL = nothing */
    int status;                 /* 200, 403, 409, 424, 507 … */
    xc_error_t *error;          /* NULL with 200 and 424 */
} xc_propchange_t;

typedef struct xc_proppatch_t {
    apr_array_header_t *changes;  /* xc_propchange_t, in document order */
    int failed;                   /* one at least may not be done: nothing is done */
    const char *display_name;     /* NULL = leave; of calendars only */
    apr_table_t *set;             /* key -> XML */
    apr_array_header_t *removed;  /* const char * */
} xc_proppatch_t;

/**
 * Read DAV:set and DAV:remove below root and judge each.
 * @param creating MKCALENDAR, MKCOL: resourcetype and the component set may be given
 * @return 400 when it cannot be read; a property that may not be set is no error but in its row
 */
xc_error_t *xc_proppatch_read(xc_proppatch_t **out, xc_dav_t *d, const xmlNode *root, unsigned kind, int creating);
/** Propstats of all changes, grouped by status; 424 for those that failed with others. */
void xc_proppatch_write(xc_ms_t *ms, const xc_proppatch_t *patch);

/* ---- reports (report.c) ---- */

typedef struct xc_report_t {
    const char *ns, *name;
    unsigned kinds;
    xc_error_t *(*handle)(xc_dav_t *d, xmlNode *root, xc_resource_t *self);
} xc_report_t;

extern const xc_report_t xc_reports[];

xc_error_t *xc_report_query(xc_dav_t *d, xmlNode *root, xc_resource_t *self);
xc_error_t *xc_report_multiget(xc_dav_t *d, xmlNode *root, xc_resource_t *self);
xc_error_t *xc_report_freebusy(xc_dav_t *d, xmlNode *root, xc_resource_t *self);
/** Can Exchange be asked when the owner of what the request is about is busy, although nothing is there to be seen? */
int xc_freebusy_is_told(const xc_dav_t *d);
xc_error_t *xc_report_sync(xc_dav_t *d, xmlNode *root, xc_resource_t *self);
xc_error_t *xc_report_expand(xc_dav_t *d, xmlNode *root, xc_resource_t *self);
xc_error_t *xc_report_principal_search(xc_dav_t *d, xmlNode *root, xc_resource_t *self);
xc_error_t *xc_report_cs_principal_search(xc_dav_t *d, xmlNode *root, xc_resource_t *self);
xc_error_t *xc_report_search_set(xc_dav_t *d, xmlNode *root, xc_resource_t *self);
xc_error_t *xc_report_principal_match(xc_dav_t *d, xmlNode *root, xc_resource_t *self);
xc_error_t *xc_report_acl_principals(xc_dav_t *d, xmlNode *root, xc_resource_t *self);

/** DAV:sync-token of the calendar as it is now, a URI. */
const char *xc_sync_token(const xc_calendar_t *cal, apr_pool_t *pool);
/** The same for an earlier sequence (a limited answer). */
const char *xc_sync_token_at(const xc_calendar_t *cal, apr_uint64_t seq, apr_pool_t *pool);
/** Reads a client's token. 0 = good, *seq set. */
int xc_sync_token_parse(const xc_calendar_t *cal, const char *token, apr_uint64_t *seq, apr_pool_t *pool);

/* ---- calendar data in reports (caldata.c, filter.c) ---- */

/**
 * CALDAV:calendar-data as asked for (RFC 4791 9.6); NULL in *out when it is not.
 * @return supported-calendar-data, or 400
 */
xc_error_t *xc_caldata_parse(xc_data_view_t **out, xc_dav_t *d, const xc_want_t *want, apr_pool_t *pool);
/** CALDAV:timezone or timezone-id of a report; NULL when neither is there. @return valid-calendar-data, valid-timezone */
xc_error_t *xc_ask_zone(const xc_zone_t **zone, const xmlNode *root, apr_pool_t *pool);
/** DAV:limit (RFC 5323 5.17); 0 = none. @return number-of-matches-within-limits for what is no number above 0 */
xc_error_t *xc_ask_limit(int *limit, const xmlNode *root, apr_pool_t *pool);
/** Set r->data from r->body under the view. */
xc_error_t *xc_caldata_render(xc_resource_t *r, const xc_data_view_t *view, const xc_zone_t *zone, apr_pool_t *pool);
/**
 * The same for all of a list (xc_resource_t *) from `first` on that have a body; what one cannot be
 * shown for is its body_error.
 * @param view NULL = nothing to do
 * @param zone NULL = each calendar's own
 * @return 503 when it takes too long
 */
xc_error_t *xc_caldata_render_all(xc_dav_t *d, apr_array_header_t *resources, int first, const xc_data_view_t *view, const xc_zone_t *zone);
/** CALDAV:time-range. @return valid-filter */
xc_error_t *xc_range_parse(xc_range_t *out, const xmlNode *node, apr_pool_t *pool);
/** CALDAV:filter. @return valid-filter, supported-filter, supported-collation */
xc_error_t *xc_filter_parse(xc_comp_filter_t **out, const xmlNode *filter, apr_pool_t *pool);
/** Items whose span may touch the range (all whose span is unknown). span_first, span_last 0 = unknown. */
int xc_item_may_touch(const xc_item_t *item, const xc_range_t *range);

#endif
