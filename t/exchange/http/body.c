/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http.h"

#include <apr_buckets.h>
#include <apr_strings.h>
#include <http_protocol.h>

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

int lab_http_send(request_rec *r, int status, const char *type, const char *body,
                  apr_size_t len)
{
    r->status = status;
    ap_set_content_type(r, type);
    ap_set_content_length(r, (apr_off_t)len);
    ap_rwrite(body, (int)len, r);
    return OK;
}
