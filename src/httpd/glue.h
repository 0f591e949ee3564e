/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file glue.h
 * What the files of src/httpd and mod_excal.c share: the only place where httpd's types and the
 * gateway's meet.
 */
#ifndef XC_HTTPD_GLUE_H
#define XC_HTTPD_GLUE_H

#include <httpd.h>
#include <http_config.h>
#include <http_log.h>

#include <apr_hash.h>
#include <apr_thread_mutex.h>

#include "dav/request.h"
#include "exchange/backend.h"
#include "httpd/directives.h"
#include "mailbox/mailbox.h"
#include "net/breaker.h"
#include "net/http.h"
#include "store/store.h"

/* the one symbol that leaves the module */
extern module excal_module __attribute__((visibility("default")));
APLOG_USE_MODULE(excal);

#define XC_HANDLER "excal"
#define XC_STATUS_PATH "/excal/status"

/* ---- memory that all children share, kept over graceful restarts (shared.c) ---- */

enum { XC_KEY_BYTES = 32, XC_LABELS = 64, XC_LABEL_BYTES = 40 };

/** Calls of one Exchange operation. */
typedef struct xc_label_count_t {
    char name[XC_LABEL_BYTES];        /* "" = free; written once */
    volatile apr_uint32_t taken;
    volatile apr_uint64_t calls, errors, usec;
} xc_label_count_t;

typedef struct xc_shared_t {
    unsigned char key[XC_KEY_BYTES];  /* of the hashes under which sign-ins are remembered */
    apr_time_t started;
    volatile apr_uint64_t requests, client_errors, server_errors;
    volatile apr_uint64_t sign_ins_cached, sign_ins_asked, sign_ins_denied, sign_ins_failed;
    volatile apr_uint32_t next_sweep_sec;
    xc_label_count_t labels[XC_LABELS];
    /* the breaker's table follows */
} xc_shared_t;

/** Make or find it again; in post_config. NULL in *out only with an error. */
apr_status_t xc_shared_prepare(server_rec *s, apr_pool_t *ptemp);
/** NULL before post_config. */
xc_shared_t *xc_shared(void);
xc_breaker_t *xc_shared_breaker(void);
/** xc_net_config_t's observer. */
void xc_shared_observe(void *ctx, const xc_net_request_t *request, const xc_net_response_t *response);

/* ---- a child (lifecycle.c) ---- */

/** The store of this child; NULL when it could not be opened (logged). */
xc_store_t *xc_child_store(void);
/** The connections for a configuration; made on first use. */
xc_error_t *xc_child_net(xc_net_t **out, const xc_dir_config_t *cfg, apr_pool_t *pool);
/** Around everything that uses the two: a child does not end in the middle of it. They nest. */
void xc_child_enter(void);
void xc_child_leave(void);
/** Sweep the store when it is time and nobody else does. */
void xc_child_sweep(apr_pool_t *pool);

int xc_pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp);
int xc_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s);
void xc_child_init(apr_pool_t *pchild, server_rec *s);

/* ---- logging (logsink.c) ---- */

void xc_log_for_request(xc_log_t *log, request_rec *r);
void xc_log_for_server(xc_log_t *log, server_rec *s);

/* ---- a request (session.c) ---- */

typedef struct xc_request_ctx_t {
    request_rec *r;
    const xc_dir_config_t *cfg;
    xc_log_t log;
    xc_net_meter_t meter;
    apr_time_t deadline;
    xc_session_t *session;            /* the latest made; NULL before */
    xc_backend_config_t backend;
    xc_dav_config_t dav;
    xc_mailbox_config_t mailbox;
    const char *origin;               /* names the Exchange in keys: its URL or mail domain */
    xc_credential_t credential;       /* accepted by Exchange in this request or lately */
    const char *address;              /* whose; NULL = not signed in through us */
    xc_error_t *sign_in_error;        /* Exchange could not say: the request must end with it */
    int filter_status;                /* an input filter has answered already */
} xc_request_ctx_t;

/** The request's context, made on first use. */
xc_request_ctx_t *xc_request_ctx(request_rec *r);
/** A session for the credential; the back end is chosen. impersonate and account may be NULL (sign-in). */
xc_error_t *xc_session_make(xc_session_t **out, xc_request_ctx_t *ctx, const xc_credential_t *cred, const char *impersonate,
                            const char *account);
/** The signed-in user's mailbox; *out NULL without error when nobody is signed in. */
xc_error_t *xc_session_mailbox(xc_mailbox_t **out, xc_request_ctx_t *ctx);
/** HMAC with the server's key over the strings (ends with NULL), hex. */
const char *xc_session_digest(apr_pool_t *pool, ...);

/* ---- hooks and handlers ---- */

/** AuthBasicProvider excal (authn.c). */
void xc_authn_register(apr_pool_t *pool);
/** Ends a request whose sign-in could not be decided. */
int xc_authn_guard(request_rec *r);

/** The xc_req_t of a request (adapter.c). */
xc_req_t *xc_adapter_make(xc_request_ctx_t *ctx, xc_mailbox_t *mailbox);
/** Registers the filter that keeps entity tags as they are under compression. */
void xc_adapter_register(void);
/** Entity tags in If-Match and its kin without a compressor's suffix; the same pointer when there is none. */
const char *xc_adapter_plain_tags(apr_pool_t *pool, const char *value);

/** The status with which a request ends that never reaches the front; sets Retry-After. */
int xc_handle_give_up(request_rec *r, const xc_error_t *err);
int xc_handle_translate(request_rec *r);
int xc_handle_storage(request_rec *r);
int xc_handle_type(request_rec *r);
int xc_handle_access(request_rec *r);
int xc_handle_request(request_rec *r);
int xc_handle_logged(request_rec *r);

/** The status page (status.c). */
int xc_status_handle(request_rec *r);

/** A key-value cache over ap_socache (socache.c): create and init in post_config, use in the children. */
typedef struct xc_socache_t xc_socache_t;
apr_status_t xc_socache_prepare(xc_socache_t **out, const char *spec, server_rec *s, apr_pool_t *pconf, apr_pool_t *ptemp);
apr_status_t xc_socache_child_init(xc_socache_t *cache, apr_pool_t *pchild);
void xc_socache_kv(xc_kv_t *out, xc_socache_t *cache);

/** httpd's command table (commands.c). */
extern const command_rec xc_commands[];
void *xc_create_dir_config(apr_pool_t *pool, char *dir);
void *xc_merge_dir_config(apr_pool_t *pool, void *base, void *add);
void *xc_create_server_config(apr_pool_t *pool, server_rec *s);
void *xc_merge_server_config(apr_pool_t *pool, void *base, void *add);

#endif
