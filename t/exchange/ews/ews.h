/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One EWS request on its way: what all operations share. An operation is a row in the
 * dispatch table (dispatch.c) and a function that writes its answer, the child of
 * soap:Body, to `out`.
 */
#ifndef LAB_EWS_H
#define LAB_EWS_H

#include <apr_hash.h>
#include <apr_strings.h>
#include <libxml/tree.h>

#include "base/buf.h"
#include "base/xml.h"
#include "directory/dir.h"
#include "grammar/version.h"
#include "ids/ids.h"
#include "lab.h"
#include "store/store.h"
#include "zones/zone.h"

/* An error of one response message. */
typedef struct lab_fail {
    const char *code;
    const char *text;
} lab_fail_t;

typedef struct lab_call {
    lab_server_t *lab;
    apr_pool_t *pool;
    lab_db_t *db;                  /* while the operation runs */
    const lab_profile_t *profile;  /* the simulated product */
    lab_version_t version;         /* RequestServerVersion */
    const lab_dir_entry_t *caller; /* who signed in */
    int mailbox;            /* whose mailbox: the caller's or the impersonated one's */
    const lab_zone_t *zone; /* TimeZoneContext (2010+), else NULL */
    const char *operation;  /* local name of the first element in the body */
    xmlNodePtr request;
    const char *source; /* the bytes of the request */
    apr_size_t source_len;
    lab_buf_t out;
    apr_time_t now;             /* one moment for the whole call, whole seconds */
    apr_hash_t *items;          /* what lab_view_window() has read already */
    apr_hash_t *series;         /* what lab_series_load() has read already */
    apr_hash_t *rights;         /* the caller's on folders (rights.h) */
    apr_array_header_t *events; /* what it changed, for subscriptions (events.h) */
    const char *fault;          /* set: a whole SOAP fault to answer with */
} lab_call_t;

/* An error with the code's own text. */
const lab_fail_t *lab_fail(lab_call_t *call, const char *code);
/* An error with another text. */
const lab_fail_t *lab_fail_text(lab_call_t *call, const char *code, const char *text);
/* Makes the whole call a SOAP fault. */
void lab_call_fault(lab_call_t *call, const char *code, const char *text);

/* <m:XResponse><m:ResponseMessages> and its end. `name` is the operation's. */
void lab_answer_open(lab_call_t *call, const char *name);
void lab_answer_close(lab_call_t *call, const char *name);
/* One <m:XResponseMessage>: success with its end, or a whole failure with `payload` (raw
 * XML, may be NULL) inside. */
void lab_answer_ok(lab_call_t *call, const char *name);
void lab_answer_end(lab_call_t *call, const char *name);
void lab_answer_fail(lab_call_t *call, const char *name, const lab_fail_t *fail,
                     const char *payload);
void lab_answer_warning(lab_call_t *call, const char *name, const lab_fail_t *fail);
/* A call with one response message that is nothing but a failure. */
void lab_answer_only_fail(lab_call_t *call, const char *name, const lab_fail_t *fail,
                          const char *payload);

/* The same for answers without a list of response messages. */
void lab_answer_bare_fail(lab_call_t *call, const char *name, const lab_fail_t *fail);

/* What may be done with a folder or an item (rights.h). */
typedef enum lab_right {
    LAB_RIGHT_SEE,          /* a folder: know that it is there */
    LAB_RIGHT_READ,         /* an item, or a folder's items */
    LAB_RIGHT_WRITE,        /* change an item; make items in a folder */
    LAB_RIGHT_DELETE,       /* an item, or the folder itself */
    LAB_RIGHT_MAKE_FOLDERS, /* in a folder */
    LAB_RIGHT_OWN           /* change the folder itself */
} lab_right_t;

/* The folder that a FolderId or DistinguishedFolderId names, with the rights checked. */
const lab_fail_t *lab_target_folder(lab_call_t *call, xmlNodePtr id, lab_right_t right,
                                    lab_folder_t **folder);
/* The same for an element (m:ToFolderId, m:SyncFolderId ...) that holds one. */
const lab_fail_t *lab_target_folder_in(lab_call_t *call, xmlNodePtr holder,
                                       lab_right_t right, lab_folder_t **folder);
/* Position of a mailbox in the directory. */
int lab_mailbox_index(const lab_dir_entry_t *entry);

/* The item that an ItemId, OccurrenceItemId or RecurringMasterItemId names. `*day` is the
 * original date of an occurrence, LAB_NO_DAY for whole items. `*key` is the change number
 * of the ChangeKey that came along, 0 when none did. */
#define LAB_NO_DAY INT32_MIN
const lab_fail_t *lab_target_item(lab_call_t *call, xmlNodePtr id, lab_right_t right,
                                  lab_item_t **item, int *day, apr_int64_t *key);

/* The texts of ids and keys. */
const char *lab_folder_id(lab_call_t *call, const lab_folder_t *folder);
const char *lab_folder_key(lab_call_t *call, const lab_folder_t *folder);
const char *lab_item_id(lab_call_t *call, const lab_item_t *item, int day);
const char *lab_item_key(lab_call_t *call, const lab_item_t *item);
/* <name Id= ChangeKey=/> */
void lab_put_folder_id(lab_call_t *call, lab_buf_t *out, const char *name,
                       const lab_folder_t *folder);
void lab_put_item_id(lab_call_t *call, lab_buf_t *out, const char *name,
                     const lab_item_t *item, int day);

/* A time in an answer: UTC with Z, or with the offset of the TimeZoneContext. */
const char *lab_call_time(lab_call_t *call, apr_time_t when);
void lab_put_time(lab_call_t *call, lab_buf_t *out, const char *name, apr_time_t when);
/* A time of a request outside of items: without offset it is in the TimeZoneContext
 * (2010+) or in UTC. False when it is no time. */
bool lab_call_read_time(lab_call_t *call, const char *text, apr_time_t *when);

/* What kind of object an item class makes. */
typedef enum lab_kind {
    LAB_KIND_ITEM = 1,
    LAB_KIND_CALENDAR = 2,
    LAB_KIND_MESSAGE = 4,
    LAB_KIND_CONTACT = 8,
    LAB_KIND_TASK = 16,
    LAB_KIND_REQUEST = 32,  /* a meeting request, or an update of one */
    LAB_KIND_RESPONSE = 64, /* an attendee's answer */
    LAB_KIND_CANCELLATION = 128
} lab_kind_t;
#define LAB_KIND_MEETING (LAB_KIND_REQUEST | LAB_KIND_RESPONSE | LAB_KIND_CANCELLATION)
lab_kind_t lab_kind_of_class(const char *class_name);
/* Element name without prefix: "CalendarItem" ... */
const char *lab_kind_element(lab_kind_t kind);

/* Opens a request: parses, reads the headers, finds the operation. NULL on success; else
 * a whole SOAP fault. `call` is filled as far as it came; `operation` is set when it is
 * known. */
const char *lab_ews_open(lab_call_t *call, lab_server_t *lab, apr_pool_t *pool,
                         const lab_dir_entry_t *caller, const char *body, apr_size_t len);
/* Runs it. The whole envelope; `*status` is 200 or 500. */
const char *lab_ews_run(lab_call_t *call, int *status, apr_size_t *len);
/* Answers with an error in the place of the operation's first response message. */
const char *lab_ews_error(lab_call_t *call, const char *code, int *status,
                          apr_size_t *len);

#endif
