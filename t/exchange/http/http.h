/* SPDX-License-Identifier: Apache-2.0 */
/* The only part, with mod_lab.c, that knows httpd. */
#ifndef LAB_HTTP_H
#define LAB_HTTP_H

#include <httpd.h>

#include "control/settings.h"
#include "directory/dir.h"
#include "lab.h"

/* The largest request body that is read, bytes. */
#define LAB_MAX_BODY (64 * 1024 * 1024)

/* Reads the request's body whole. OK, or an HTTP status. */
int lab_http_body(request_rec *r, const char **body, apr_size_t *len);
/* Sends a whole answer. */
int lab_http_send(request_rec *r, int status, const char *type, const char *body,
                  apr_size_t len);

/* Who signs in, by the schemes that are switched on. NULL: the answer (401 and the
 * challenges) is prepared in `r` and `*status` is what the handler returns. */
const lab_dir_entry_t *lab_auth_check(lab_server_t *lab, request_rec *r, int *status);
/* Answers 401 with all offered schemes. */
int lab_auth_refuse(lab_server_t *lab, request_rec *r);

/* Does what the fault says instead of, or while, sending the answer. */
int lab_fault_commit(lab_server_t *lab, request_rec *r, const lab_fault_t *fault,
                     const char *body, apr_size_t len);
/* True when the fault needs the proper answer first (truncate, slow). */
bool lab_fault_needs_answer(const lab_fault_t *fault);
/* Sleeps; returns early when the server stops or the client goes away. */
void lab_http_pause(request_rec *r, apr_int64_t ms);

/* The handlers of the URL spaces. */
int lab_http_ews(lab_server_t *lab, request_rec *r);
int lab_http_control(lab_server_t *lab, request_rec *r);
int lab_http_autodiscover(lab_server_t *lab, request_rec *r);

#endif
