/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request to the front, written like one on the wire ("METHOD /path?query", header lines, an empty
 * line, the body), over a mailbox made of an array: exactly one answer, and XML that is whole.
 */
#include "../unit/fake_mailbox.h"
#include "base/xml.h"
#include "cal/zone.h"
#include "dav/request.h"
#include "fuzz.h"

typedef struct answer_t {
    const char *body, *type;
    apr_size_t len;
    int starts, status;
    xc_buf_t *out;
} answer_t;

static void once(apr_pool_t *process)
{
    xc_xml_init();
    if (xc_zone_init(process))
        abort();
}

static xc_error_t *read_body(xc_req_t *req, char **data, apr_size_t *len, apr_size_t max)
{
    const answer_t *a = req->ctx;
    *len = a->len;
    *data = apr_pstrmemdup(req->pool, a->body, a->len);
    return a->len > max ? xc_error_make(req->pool, 413, XC_COND_NONE, "too large") : NULL;
}

static void set_header(xc_req_t *req, const char *name, const char *value)
{
    (void)req;
    /* what a client sent must not break the answer's header */
    if (value && (strchr(value, '\r') || strchr(value, '\n') || !*name))
        abort();
}

static void start(xc_req_t *req, int status, const char *type, apr_off_t length)
{
    answer_t *a = req->ctx;
    a->type = type;
    a->status = status;
    if (a->starts++ || status < 200 || status > 599 || length < -1)
        abort();
}

static int write_part(xc_req_t *req, const char *data, apr_size_t len)
{
    answer_t *a = req->ctx;
    xc_buf_append(a->out, data, len);
    return 0;
}

/* One line off the text; NULL at its end or at an empty line. */
static char *next_line(char **text)
{
    char *line = *text, *end = strchr(line, '\n');
    if (!end)
        return NULL;
    *text = end + 1;
    *end = '\0';
    if (end > line && end[-1] == '\r')
        end[-1] = '\0';
    return *line ? line : NULL;
}

static void ask(apr_pool_t *pool, char *text, size_t size)
{
    static const xc_dav_config_t cfg = { .base = "/dav", .max_request_bytes = 1 << 20, .max_resource_bytes = 100000, .max_attendees = 100, .max_matches = 100 };
    answer_t a = { .out = xc_buf_make(pool, 0) };
    xc_req_t req = { .cfg = &cfg, .mailbox = &fake_box, .pool = pool, .user = "alice", .host_url = "https://cal.example.com", .ctx = &a,
                     .read_body = read_body, .set_header = set_header, .start = start, .write = write_part };
    char *end = text + size, *line = next_line(&text), *uri = line ? strchr(line, ' ') : NULL, *query;
    xmlNode *root;
    if (!uri)
        return;
    *uri++ = '\0';
    if ((query = strchr(uri, '?')))
        *query++ = '\0';
    req.method = line;
    req.uri = uri;
    req.query = query;
    req.headers_in = apr_table_make(pool, 8);
    while ((line = next_line(&text))) {
        char *colon = strstr(line, ": ");
        if (colon) {
            *colon = '\0';
            apr_table_add(req.headers_in, line, colon + 2);
        }
    }
    a.body = text;
    a.len = (apr_size_t)(end - text);
    if (xc_dav_handle(&req) != a.status || a.starts != 1)
        abort();
    if (a.type && !strncmp(a.type, "application/xml", 15) && a.out->len && xc_xml_parse(&root, a.out->data, a.out->len, pool))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool(once);
    fake_pool = pool;
    fake_fill();
    ask(pool, apr_pstrmemdup(pool, (const char *)data, size), size);
    apr_pool_destroy(pool);
    return 0;
}
