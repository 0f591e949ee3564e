/* SPDX-License-Identifier: Apache-2.0 */
/*
 * METHOD:COUNTER in the outbox: an attendee proposes another time (RFC 5546 3.2.7). RFC 6638 knows no place for it, and a
 * PUT with other times would change what is the organizer's; the drafts before it sent every message by way of the outbox.
 */
#include <apr_strings.h>

#include "dav/dav.h"
#include "dav/outbox.h"

xc_error_t *xc_outbox_counter(xc_dav_t *d, const char *text, apr_size_t len)
{
    const char *organizer;
    XC_TRY(xc_mailbox_propose(&organizer, d->req->mailbox, text, len, d->pool));
    xc_ms_t *ms = xc_outbox_answer(d);
    xc_outbox_respond(ms, apr_pstrcat(d->pool, "mailto:", organizer, NULL), "1.2;Message has been delivered", NULL);
    return xc_ms_end(ms);
}
