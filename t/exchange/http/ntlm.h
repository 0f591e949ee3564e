/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NTLM over HTTP ([MS-NTLM], [MS-NTHT]): a connection signs in once, in three legs, and
 * is that account's until it ends. Only NTLMv2 answers are accepted.
 */
#ifndef LAB_NTLM_H
#define LAB_NTLM_H

#include <httpd.h>

#include "directory/dir.h"

/* Whom this connection belongs to; NULL before it has signed in. */
const lab_dir_entry_t *lab_ntlm_known(request_rec *r);
/* One leg. `base64` is the message of the Authorization header. The account when it has
 * proved itself; else NULL, with `*challenge` set to the next header value ("NTLM ...")
 * when there is one. */
const lab_dir_entry_t *lab_ntlm_step(request_rec *r, const char *base64,
                                     const char **challenge);

#endif
