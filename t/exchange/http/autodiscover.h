/* SPDX-License-Identifier: Apache-2.0 */
/* What the forms of Autodiscover share. */
#ifndef LAB_AUTODISCOVER_H
#define LAB_AUTODISCOVER_H

#include "base/buf.h"
#include "http/http.h"

/* Scheme and authority that the client used, as "http://host:port". */
const char *lab_autodiscover_origin(request_rec *r);
/* The mailboxes that somebody has full access to, which Outlook opens by itself: array of
 * const lab_dir_entry_t *. Exchange tells them since 2010; on the pool of the request. */
apr_array_header_t *lab_autodiscover_alternates(lab_server_t *lab, request_rec *r,
                                                const lab_dir_entry_t *who);
/* Writes what each generation tells of one: Exchange 2010 its legacyExchangeDN and server,
 * later ones its address and that of its owner. */
void lab_autodiscover_put_alternate(lab_server_t *lab, lab_buf_t *out,
                                    const lab_dir_entry_t *mailbox);
/* POST /autodiscover/autodiscover.svc (2010 and later). */
int lab_autodiscover_soap(lab_server_t *lab, request_rec *r);

#endif
