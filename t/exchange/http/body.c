/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http.h"

#include <apr_buckets.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <string.h>
#include <util_filter.h>

int lab_http_body(request_rec *r, const char **body, apr_size_t *len)
{
    *body = "";
    *len = 0;
    apr_bucket_brigade *bb = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    apr_size_t room = 8192, used = 0;
    char *data = apr_palloc(r->pool, room);
    for (bool end = false; !end;) {
        apr_status_t rv = ap_get_brigade(r->input_filters, bb, AP_MODE_READBYTES,
                                         APR_BLOCK_READ, 65536);
        if (rv != APR_SUCCESS)
            return ap_map_http_request_error(rv, HTTP_BAD_REQUEST);
        for (apr_bucket *b = APR_BRIGADE_FIRST(bb); b != APR_BRIGADE_SENTINEL(bb);
             b = APR_BUCKET_NEXT(b)) {
            const char *part;
            apr_size_t n;
            if (APR_BUCKET_IS_EOS(b)) {
                end = true;
                break;
            }
            if (APR_BUCKET_IS_METADATA(b))
                continue;
            if (apr_bucket_read(b, &part, &n, APR_BLOCK_READ) != APR_SUCCESS)
                return HTTP_BAD_REQUEST;
            if (used + n > LAB_MAX_BODY)
                return HTTP_REQUEST_ENTITY_TOO_LARGE;
            if (used + n + 1 > room) {
                while (used + n + 1 > room)
                    room *= 2;
                char *more = apr_palloc(r->pool, room);
                memcpy(more, data, used);
                data = more;
            }
            memcpy(data + used, part, n);
            used += n;
        }
        apr_brigade_cleanup(bb);
    }
    data[used] = '\0';
    *body = data;
    *len = used;
    return OK;
}

/* httpd closes the connection after a 500, Exchange's web server does not, and an NTLM
 * connection is worth keeping: so this answer goes below httpd's header filter, whole. */
static int send_fault(request_rec *r, const char *type, const char *body, apr_size_t len)
{
    conn_rec *c = r->connection;
    apr_bucket_brigade *bb = apr_brigade_create(r->pool, c->bucket_alloc);
    char *date = apr_palloc(r->pool, APR_RFC822_DATE_LEN);
    apr_rfc822_date(date, r->request_time);
    const char *head = apr_psprintf(r->pool,
                                    "HTTP/1.1 500 Internal Server Error\r\nDate: %s\r\n"
                                    "Server: %s\r\nContent-Length: %" APR_SIZE_T_FMT
                                    "\r\nContent-Type: %s\r\n\r\n",
                                    date, ap_get_server_banner(), len, type);
    ap_filter_t *below = r->proto_output_filters;
    while (below && below->frec->ftype < AP_FTYPE_CONNECTION)
        below = below->next;
    r->output_filters = r->proto_output_filters = below;
    r->status = HTTP_OK; /* httpd looks at it again when the request ends */
    c->keepalive = AP_CONN_KEEPALIVE;
    c->keepalives++;
    apr_brigade_write(bb, NULL, NULL, head, strlen(head));
    apr_brigade_write(bb, NULL, NULL, body, len);
    APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_flush_create(c->bucket_alloc));
    return ap_pass_brigade(r->output_filters, bb) == APR_SUCCESS ? OK : DONE;
}

static bool may_stay_open(request_rec *r)
{
    const char *wish = apr_table_get(r->headers_in, "Connection");
    return r->proto_num == HTTP_VERSION(1, 1) &&
           r->connection->keepalive != AP_CONN_CLOSE && !r->header_only &&
           !(wish && !strcasecmp(wish, "close"));
}

int lab_http_send(request_rec *r, int status, const char *type, const char *body,
                  apr_size_t len)
{
    if (status == HTTP_INTERNAL_SERVER_ERROR && may_stay_open(r))
        return send_fault(r, type, body, len);
    r->status = status;
    ap_set_content_type(r, type);
    ap_set_content_length(r, (apr_off_t)len);
    ap_rwrite(body, (int)len, r);
    return OK;
}
