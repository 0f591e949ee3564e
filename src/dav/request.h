/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file request.h
 * A request as the front sees it: no httpd type below this line. The httpd layer fills it in and
 * gives the three functions by which an answer leaves. (Unit tests make one by hand.)
 */
#ifndef XC_DAV_REQUEST_H
#define XC_DAV_REQUEST_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <apr_time.h>

#include "base/error.h"
#include "base/log.h"
#include "mailbox/mailbox.h"

typedef struct xc_req_t xc_req_t;

/** Limits and names from the directives that the front needs. */
typedef struct xc_dav_config_t {
    const char *base;              /* "/dav" : where the gateway is mounted, no trailing slash, "" = root */
    apr_size_t max_request_bytes;  /* XML bodies */
    apr_size_t max_resource_bytes; /* calendar objects */
    int max_attendees;
    apr_size_t max_file_bytes;     /* an attachment */
    int max_files;                 /* attachments of one object */
    int max_matches;               /* responses in one multistatus */
    apr_time_t min_date, max_date; /* 0 = none */
    apr_interval_time_t past_window, future_window; /* of ?export and calendar-query without range; 0 = all */
    int read_only;
    int scheduling;                /* meetings are arranged through this gateway (RFC 6638): said in the DAV header */
} xc_dav_config_t;

struct xc_req_t {
    const char *method;
    const char *uri;               /* path as sent, still percent-encoded, without query */
    const char *query;             /* after '?', NULL = none */
    const char *user;              /* signed-in login (r->user) */
    const char *host_url;          /* "https://cal.example.com:8443": scheme, host and port the client used */
    apr_table_t *headers_in;       /* case-insensitive */
    const xc_dav_config_t *cfg;
    xc_mailbox_t *mailbox;         /* the signed-in account's view; NULL before sign-in (OPTIONS, well-known) */
    const xc_log_t *log;
    apr_time_t deadline;
    apr_pool_t *pool;
    void *ctx;                     /* the server's own */
    const char *op;                /* set by the front for the access log: what was asked ("calendar-query"); NULL = the method */
    const char *code;              /* set by the front: the back end's own code of the error answered; NULL = none */

    /** The whole request body, at most max bytes. @return 413 when larger, 400 when it broke off */
    xc_error_t *(*read_body)(xc_req_t *req, char **data, apr_size_t *len, apr_size_t max_bytes);
    /** Set a response header (replaces); NULL removes. Values with CR or LF are refused by the layer. */
    void (*set_header)(xc_req_t *req, const char *name, const char *value);
    /** Status and type, before the first write. length < 0 = unknown (chunked). */
    void (*start)(xc_req_t *req, int status, const char *content_type, apr_off_t length);
    /** Part of the body. @return 0, or non-zero when the client has gone (stop) */
    int (*write)(xc_req_t *req, const char *data, apr_size_t len);
};

/**
 * Answer a request wholly, errors included (their body is DAV:error XML). The only entry into the front.
 * @return the HTTP status that was sent, for the log
 */
int xc_dav_handle(xc_req_t *req);

/** The Allow and DAV header values of any resource of ours (OPTIONS * too). */
const char *xc_dav_allow(void);
/** cfg NULL: as if everything was on. */
const char *xc_dav_compliance(const xc_dav_config_t *cfg);

#endif
