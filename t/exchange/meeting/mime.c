/* SPDX-License-Identifier: Apache-2.0 */
/* Meeting messages as mails: a text and a calendar (RFC 6047). */
#include <apr_strings.h>
#include <string.h>

#include "ews/emit.h"
#include "ews/ical.h"
#include "meeting/meeting.h"

#define BOUNDARY "_000_lab_meeting_"

static const char *method_of(const lab_view_t *view)
{
    if (view->kind == LAB_KIND_REQUEST)
        return "REQUEST";
    if (view->kind == LAB_KIND_CANCELLATION)
        return "CANCEL";
    return lab_view_get(view, "ProposedStart") ? "COUNTER" : "REPLY";
}

const char *lab_meeting_mime(lab_call_t *call, const lab_view_t *view)
{
    const char *method = method_of(view);
    lab_buf_t b;
    lab_buf_init(&b, call->pool, 4096);
    lab_mail_write_head(call, view, &b);
    lab_buf_puts(&b, "MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n"
                     "\tboundary=\"" BOUNDARY "\"\r\n\r\n--" BOUNDARY "\r\n");
    lab_mail_write_part(&b, "plain", lab_body_as(call, view, "Text"));
    lab_buf_puts(&b, "--" BOUNDARY "\r\n");
    lab_mail_write_part(&b, apr_pstrcat(call->pool, "calendar; method=", method, NULL),
                        lab_ical_write_message(call, view, method));
    lab_buf_puts(&b, "--" BOUNDARY "--\r\n");
    return b.data;
}
