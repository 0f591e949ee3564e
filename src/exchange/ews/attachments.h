/* SPDX-License-Identifier: Apache-2.0 */
/** @file attachments.h  Attachments of an item: which to add and remove, and doing it (ews.md 15.2). */
#ifndef XC_EWS_ATTACHMENTS_H
#define XC_EWS_ATTACHMENTS_H

#include "exchange/attachments.h"
#include "exchange/ews/ews.h"

/** What is to be done to the files of one item. */
typedef struct xc_ews_files_t {
    apr_array_header_t *adds;     /* xc_ews_file_add_t */
    apr_array_header_t *removes;  /* xc_ews_file_gone_t */
    apr_hash_t *old;              /* key -> const xc_newfile_t *: content that the change may take away, to put it back */
    const xc_event_t *now;        /* exceptions that stay as they are follow the series' files; NULL = there are none */
} xc_ews_files_t;

typedef struct xc_ews_file_add_t {
    int index;                    /* 1-based InstanceIndex of an occurrence; 0 = the item itself */
    const xc_newfile_t *file;
} xc_ews_file_add_t;

typedef struct xc_ews_file_gone_t {
    int index;                    /* as above */
    const char *id, *key;
} xc_ews_file_gone_t;

/** The files that an item element lists, as e->files. Pictures inside an HTML body are not among them. */
void xc_ews_read_files(xc_event_t *e, const xmlNode *item, apr_pool_t *pool);

/**
 * An exception lists its series' files too, or copies of them, under ids of its own: where these are what the keys are made
 * of, a file with the name, type and size of one of the series' gets its key.
 */
void xc_ews_files_share(const xc_event_t *series, xc_event_t *exception, apr_pool_t *pool);

/**
 * Plan the way from `before` (NULL = a new item) to w->event. Exchange is asked only when something is to be removed
 * or has to be copied from where it lies now, or may have to be put back there: files of exceptions that are made anew,
 * and what is removed before somebody is told.
 * @param id    the item, NULL when new
 * @param fresh exceptions will be made anew: what is attached to them too
 * @return valid-managed-id when a file is named that is neither there nor given
 */
xc_error_t *xc_ews_files_plan(xc_ews_files_t *out, xc_session_t *s, const xc_ews_state_t *es, const char *id, const xc_event_t *before,
                              const xc_write_t *w, int fresh, apr_pool_t *pool);
/** Files of an item as it was fetched, or of its occurrence with this InstanceIndex; NULL = none, or the occurrence is no exception. */
const apr_array_header_t *xc_ews_files_held(const xc_event_t *held, int index);
/** Content that the plan holds, NULL = none of this key. */
const xc_newfile_t *xc_ews_files_at_hand(const xc_ews_files_t *plan, const char *key);
int xc_ews_files_nothing(const xc_ews_files_t *plan);
/**
 * Carry it out: first what is added, then what leaves. The new change key where Exchange says it, NULL where it has to
 * be asked for. A lost answer is made good by looking what is there.
 */
xc_error_t *xc_ews_files_write(const char **change_key, xc_ews_files_t *plan, xc_session_t *s, const xc_ews_state_t *es, const char *id,
                               apr_pool_t *pool);
/** Before a change is taken back, which makes exceptions anew: the content of their files, as far as it is still there. */
xc_error_t *xc_ews_files_rescue(xc_ews_files_t *plan, xc_session_t *s, const xc_ews_state_t *es, const char *id, const xc_event_t *before,
                                apr_pool_t *pool);
/** After it has been: what was added leaves, what is missing of `before` comes back. Nothing is asked where there were no files. */
xc_error_t *xc_ews_files_undo(xc_ews_files_t *plan, xc_session_t *s, const xc_ews_state_t *es, const char *id, const xc_event_t *before,
                              apr_pool_t *pool);

/** The slot. */
xc_error_t *xc_ews_attachment_get(xc_blob_t *out, xc_session_t *s, const char *file_id, apr_pool_t *pool);

#endif
