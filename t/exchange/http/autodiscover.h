/* SPDX-License-Identifier: Apache-2.0 */
/* What the forms of Autodiscover share. */
#ifndef LAB_AUTODISCOVER_H
#define LAB_AUTODISCOVER_H

#include "http/http.h"

/* Scheme and authority that the client used, as "http://host:port". */
const char *lab_autodiscover_origin(request_rec *r);
/* POST /autodiscover/autodiscover.svc (2010 and later). */
int lab_autodiscover_soap(lab_server_t *lab, request_rec *r);

#endif
