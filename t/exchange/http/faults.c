/* SPDX-License-Identifier: Apache-2.0 */
/* The ways in which a server and the network before it fail. */
#include "http/http.h"

#include <ap_mpm.h>
#include <apr_portable.h>
#include <apr_strings.h>
#include <http_connection.h>
#include <http_core.h>
#include <http_protocol.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "ews/fault.h"

/* the client's descriptor, -1 when there is none */
static int socket_of(request_rec *r)
{
    apr_socket_t *socket = ap_get_conn_socket(r->connection);
    apr_os_sock_t fd = -1;
    if (!socket || apr_os_sock_get(&fd, socket) != APR_SUCCESS)
        return -1;
    return fd;
}

static bool stopping(void)
{
    int state = AP_MPMQ_RUNNING;
    return ap_mpm_query(AP_MPMQ_MPM_STATE, &state) == APR_SUCCESS &&
           state == AP_MPMQ_STOPPING;
}

void lab_http_pause(request_rec *r, apr_int64_t ms)
{
    apr_time_t until = apr_time_now() + ms * 1000;
    struct pollfd p = {.fd = socket_of(r), .events = POLLRDHUP};
    for (;;) {
        apr_time_t left = until - apr_time_now();
        if (left <= 0 || stopping())
            return;
        int step = left > 200000 ? 200 : (int)(left / 1000) + 1;
        if (poll(&p, p.fd >= 0, step) > 0 &&
            (p.revents & (POLLRDHUP | POLLHUP | POLLERR)))
            return;
    }
}

/* ends the connection with a TCP reset */
static int cut(request_rec *r)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    int fd = socket_of(r);
    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    r->connection->aborted = 1;
    r->connection->keepalive = AP_CONN_CLOSE;
    return DONE;
}

static int unavailable(request_rec *r, apr_int64_t ms)
{
    static const char page[] = "The service is unavailable.";
    apr_table_setn(r->err_headers_out, "Connection", "close");
    if (ms > 0)
        apr_table_setn(r->err_headers_out, "Retry-After",
                       apr_psprintf(r->pool, "%" APR_INT64_T_FMT, (ms + 999) / 1000));
    return lab_http_send(r, HTTP_SERVICE_UNAVAILABLE, "text/html", page, sizeof page - 1);
}

static int busy(request_rec *r, apr_int64_t ms)
{
    const char *text = lab_fault_busy(r->pool, ms > 0 ? ms : 5000);
    return lab_http_send(r, HTTP_INTERNAL_SERVER_ERROR, "text/xml; charset=utf-8", text,
                         strlen(text));
}

static int timed_out(request_rec *r)
{
    r->status_line = "440 Login Timeout";
    return lab_http_send(r, 440, "text/html", "440 Login Timeout", 17);
}

static int garbage(request_rec *r)
{
    static const char junk[] =
        "<s:Envelope><s:Body><html>\x01\xff\xfe<p>proxy error</s:Body";
    return lab_http_send(r, HTTP_OK, "text/xml; charset=utf-8", junk, sizeof junk - 1);
}

/* all headers, half of the body, then nothing more */
static int truncated(request_rec *r, const char *body, apr_size_t len)
{
    ap_set_content_type(r, "text/xml; charset=utf-8");
    ap_set_content_length(r, (apr_off_t)len);
    r->connection->keepalive = AP_CONN_CLOSE;
    ap_rwrite(body, (int)(len / 2), r);
    ap_rflush(r);
    r->connection->aborted = 1;
    return DONE;
}

/* the whole body in twenty pieces over `ms` */
static int dribble(request_rec *r, apr_int64_t ms, const char *body, apr_size_t len)
{
    ap_set_content_type(r, "text/xml; charset=utf-8");
    ap_set_content_length(r, (apr_off_t)len);
    apr_size_t piece = len / 20 + 1;
    for (apr_size_t at = 0; at < len; at += piece) {
        lab_http_pause(r, (ms > 0 ? ms : 5000) / 20);
        ap_rwrite(body + at, (int)(len - at < piece ? len - at : piece), r);
        if (ap_rflush(r) < 0)
            break;
    }
    return OK;
}

bool lab_fault_needs_answer(const lab_fault_t *fault)
{
    return !strcmp(fault->kind, "truncate") || !strcmp(fault->kind, "slow");
}

int lab_fault_commit(lab_server_t *lab, request_rec *r, const lab_fault_t *fault,
                     const char *body, apr_size_t len)
{
    const char *kind = fault->kind;
    if (!strcmp(kind, "503"))
        return unavailable(r, fault->value_ms);
    if (!strcmp(kind, "busy"))
        return busy(r, fault->value_ms);
    if (!strcmp(kind, "401"))
        return lab_auth_refuse(lab, r);
    if (!strcmp(kind, "440"))
        return timed_out(r);
    if (!strcmp(kind, "garbage"))
        return garbage(r);
    if (!strcmp(kind, "truncate"))
        return truncated(r, body, len);
    if (!strcmp(kind, "slow"))
        return dribble(r, fault->value_ms, body, len);
    if (!strcmp(kind, "hang"))
        lab_http_pause(r, fault->value_ms > 0 ? fault->value_ms : 600000);
    return cut(r);
}
