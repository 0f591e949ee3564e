/* SPDX-License-Identifier: Apache-2.0 */
/* POST /EWS/Exchange.asmx: from httpd to the EWS code and back. */
#include "http/http.h"

#include <apr_strings.h>
#include <string.h>

#include "control/calls.h"
#include "ews/ews.h"

#define XML "text/xml; charset=utf-8"

/* IIS filters by Content-Length before anybody has signed in, with a 404 (substatus 13) */
static bool is_too_long(lab_server_t *lab, request_rec *r)
{
    const char *length = apr_table_get(r->headers_in, "Content-Length");
    return length &&
           apr_strtoi64(length, NULL, 10) > lab_settings_max_request(lab->settings);
}

int lab_http_ews(lab_server_t *lab, request_rec *r)
{
    lab_call_t call;
    lab_fault_t fault = {0};
    const char *body, *answer;
    apr_size_t len;
    int status;
    const lab_profile_t *profile = lab_settings_profile(lab->settings);
    if (!profile->ews)
        return HTTP_NOT_FOUND;
    if (is_too_long(lab, r))
        return HTTP_NOT_FOUND;
    const lab_dir_entry_t *caller = lab_auth_check(lab, r, &status);
    if (!caller)
        return status;
    if (r->method_number != M_POST)
        return HTTP_METHOD_NOT_ALLOWED;
    status = lab_http_body(r, &body, &len);
    if (status != OK)
        return status;
    /* a body of unknown length is counted by what reads it: WCF, which got its own answer
     * for this later */
    if ((apr_int64_t)len > lab_settings_max_request(lab->settings))
        return profile->schema >= LAB_EXCHANGE_2013 ? HTTP_REQUEST_ENTITY_TOO_LARGE
                                                    : HTTP_BAD_REQUEST;
    const char *broken = lab_ews_open(&call, lab, r->pool, caller, body, len);
    call.profile = profile;
    const char *operation = call.operation ? call.operation : "invalid";
    lab_calls_count(lab->calls, operation);
    lab_record_add(lab->record, operation, body, len, lab_settings_record(lab->settings));
    int latency = lab_settings_latency_ms(lab->settings);
    if (latency)
        lab_http_pause(r, latency);
    bool struck = lab_settings_fault(lab->settings, r->pool, operation, &fault);
    if (struck && strncmp(fault.kind, "Error", 5) && !lab_fault_needs_answer(&fault))
        return lab_fault_commit(lab, r, &fault, NULL, 0);
    if (broken) {
        answer = broken;
        len = strlen(answer);
        status = HTTP_INTERNAL_SERVER_ERROR;
    } else if (struck && !strncmp(fault.kind, "Error", 5)) {
        answer = lab_ews_error(&call, fault.kind, &status, &len);
        struck = false;
    } else {
        answer = lab_ews_run(&call, &status, &len);
    }
    if (struck)
        return lab_fault_commit(lab, r, &fault, answer, len);
    return lab_http_send(r, status, XML, answer, len);
}
