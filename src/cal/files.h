/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file files.h
 * Files attached to a calendar object, as its text says them. Exchange holds the content; the text that is kept
 * and cached names each file by its key, in an ATTACH line
 *
 *     ATTACH;MANAGED-ID=<key>;FMTTYPE=text/plain;FILENAME=plan.txt;SIZE=5:x-excal-file:<key>
 *
 * and only what goes to a client has a URL there (RFC 8607), what comes from one may have the content itself
 * (RFC 5545 3.8.1.1). The key of a file that a client brought is a hash of its name, type and content, kept in
 * Exchange as the attachment's ContentLocation; that of one made in Outlook is a hash of its AttachmentId. All of
 * this works on lines: everything else of the text stays byte for byte. ATTACH inside a VALARM is left alone.
 */
#ifndef XC_CAL_FILES_H
#define XC_CAL_FILES_H

#include <apr_hash.h>
#include <apr_pools.h>

#include "base/error.h"
#include "cal/event.h"

#define XC_FILE_SCHEME  "x-excal-file:"
/** Characters of a key: lower-case hex digits. */
#define XC_FILE_KEY_LEN 32

/** The content of a file on its way to Exchange. */
typedef struct xc_newfile_t {
    const char *key;
    const char *name;           /* never empty */
    const char *type;           /* media type, never NULL */
    const unsigned char *data;
    apr_size_t len;
} xc_newfile_t;

/** Is it a key (as a managed-id in a URL may be anything)? */
int xc_file_is_key(const char *key);

/** A file with its key. name and type NULL get a default; control characters and slashes leave the name. data is not copied. */
xc_newfile_t *xc_newfile_make(const char *name, const char *type, const unsigned char *data, apr_size_t len, apr_pool_t *pool);

/**
 * Take inline content out of a client's text: each ATTACH with VALUE=BINARY becomes a line that names its key.
 * @param out   the text itself when there is none, else a new one
 * @param files key -> xc_newfile_t *: added to
 * @param max_bytes of one file, 0 = any
 * @return valid-calendar-data (no base64), max-attachment-size
 */
xc_error_t *xc_files_extract(const char **out, apr_size_t *out_len, apr_hash_t *files, const char *text, apr_size_t len,
                             apr_size_t max_bytes, apr_pool_t *pool);

/** Which file does a URI from a client name? A key, or NULL: it is none of ours and stays. */
typedef const char *(*xc_file_key_fn)(void *ctx, const char *uri, apr_pool_t *pool);
/** URLs that we gave out become keys again. *out is the text itself when there are none. */
void xc_files_from_urls(const char **out, apr_size_t *out_len, const char *text, apr_size_t len, xc_file_key_fn key_of, void *ctx,
                        apr_pool_t *pool);
/** Keys become URLs: prefix + key. The text itself when there are none. */
void xc_files_to_urls(const char **out, apr_size_t *out_len, const char *text, apr_size_t len, const char *prefix, apr_pool_t *pool);

/**
 * A text of an event brought up to date with the files that Exchange holds (event->files, of master and overrides):
 * lines of files that are gone leave, files without a line get one. The text itself when nothing is to do.
 */
const char *xc_files_apply(const char *text, const xc_event_t *event, apr_pool_t *pool);

/** Files of `now` that `before` (NULL = nothing) has not, by key: array of xc_file_t. Both may be lists that are NULL. */
apr_array_header_t *xc_files_missing(const apr_array_header_t *before, const apr_array_header_t *now, apr_pool_t *pool);

/** The file with this key in a list (may be NULL), else NULL. */
const xc_file_t *xc_files_find(const apr_array_header_t *files, const char *key);

/** What a stored text says of a file (id NULL). @return valid-managed-id when it names none of this key */
xc_error_t *xc_files_named(xc_file_t *out, const char *text, const char *key, apr_pool_t *pool);

/**
 * Change the ATTACH lines of a stored text (RFC 8607 3.4). A component never names a file twice; parameters of a line
 * that is replaced stay, but for those that describe the file.
 * @param key   the file that is replaced or removed; NULL = `file` is added
 * @param file  the new one; NULL = removed
 * @param rids  const char *: the occurrences that are meant ("M" the master, else a RECURRENCE-ID); NULL = all
 *              components. An occurrence that is not yet an override becomes one.
 * @return valid-managed-id (no such file), valid-rid
 */
xc_error_t *xc_files_edit(const char **out, const char *text, const char *key, const xc_newfile_t *file, const apr_array_header_t *rids,
                          apr_pool_t *pool);

#endif
