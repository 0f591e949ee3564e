/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file dav_fake.h
 * The front without httpd and without Exchange: a request made by hand, whose answer is kept in
 * memory, over the mailbox of fake_mailbox.h.
 */
#ifndef XC_T_DAV_FAKE_H
#define XC_T_DAV_FAKE_H

#include <check.h>

#include "base/xml.h"
#include "cal/zone.h"
#include "dav/request.h"
#include "fake_mailbox.h"

typedef struct fake_answer_t {
    int status, starts;
    const char *type;
    apr_off_t length;
    apr_table_t *headers;
    xc_buf_t *body;
    const char *sent;       /* the request's body */
    int writes;
    xmlNode *xml;           /* the answer's root, when it is XML */
    apr_pool_t *pool;
} fake_answer_t;

static int fake_gone_after; /* the client goes after so many writes; 0 = never */
static apr_time_t fake_deadline; /* of the next requests; 0 = none */

static xc_error_t *fake_read(xc_req_t *req, char **data, apr_size_t *len, apr_size_t max)
{
    fake_answer_t *a = req->ctx;
    *len = a->sent ? strlen(a->sent) : 0;
    if (*len > max)
        return xc_error_make(req->pool, 413, XC_COND_NONE, "too large");
    *data = apr_pstrmemdup(req->pool, a->sent ? a->sent : "", *len);
    return NULL;
}

static void fake_header(xc_req_t *req, const char *name, const char *value)
{
    fake_answer_t *a = req->ctx;
    if (value)
        apr_table_set(a->headers, name, value);
    else
        apr_table_unset(a->headers, name);
}

static void fake_start(xc_req_t *req, int status, const char *type, apr_off_t length)
{
    fake_answer_t *a = req->ctx;
    a->status = status;
    a->type = type;
    a->length = length;
    a->starts++;
}

static int fake_write(xc_req_t *req, const char *data, apr_size_t len)
{
    fake_answer_t *a = req->ctx;
    ck_assert_int_eq(a->starts, 1);
    xc_buf_append(a->body, data, len);
    return ++a->writes == fake_gone_after;
}

static xc_dav_config_t fake_config;

static void fake_setup(void)
{
    apr_initialize();
    apr_pool_create(&fake_pool, NULL);
    xc_xml_init();
    ck_assert_ptr_null(xc_zone_init(fake_pool));
    memset(&fake_config, 0, sizeof(fake_config));
    fake_gone_after = 0;
    fake_deadline = 0;
    fake_config.base = "/dav";
    fake_config.max_request_bytes = 1 << 20;
    fake_config.max_resource_bytes = 100000;
    fake_config.max_attendees = 100;
    fake_config.max_matches = 1000;
    fake_config.scheduling = 1;
    fake_fill();
}

static void fake_teardown(void)
{
    apr_pool_destroy(fake_pool);
}

/*
 * Answer one request. headers: "Name: value" strings, ended by NULL. The XML of the answer is
 * parsed, so that a broken document fails every test.
 */
static fake_answer_t *fake_ask(const char *method, const char *uri, const char *body, const char *const *headers)
{
    xc_req_t *req = apr_pcalloc(fake_pool, sizeof(*req));
    fake_answer_t *a = apr_pcalloc(fake_pool, sizeof(*a));
    const char *query = strchr(uri, '?');
    a->pool = fake_pool;
    a->headers = apr_table_make(fake_pool, 8);
    a->body = xc_buf_make(fake_pool, 0);
    a->sent = body;
    req->method = method;
    req->uri = query ? apr_pstrmemdup(fake_pool, uri, (apr_size_t)(query - uri)) : uri;
    req->query = query ? query + 1 : NULL;
    req->user = "alice";
    req->host_url = "https://cal.example.com";
    req->headers_in = apr_table_make(fake_pool, 8);
    for (; headers && *headers; headers++) {
        const char *colon = strchr(*headers, ':');
        apr_table_add(req->headers_in, apr_pstrmemdup(fake_pool, *headers, (apr_size_t)(colon - *headers)), colon + 2);
    }
    req->cfg = &fake_config;
    req->deadline = fake_deadline;
    req->mailbox = &fake_box;
    req->pool = fake_pool;
    req->ctx = a;
    req->read_body = fake_read;
    req->set_header = fake_header;
    req->start = fake_start;
    req->write = fake_write;
    ck_assert_int_eq(xc_dav_handle(req), a->status);
    ck_assert_int_eq(a->starts, 1);
    ck_assert(a->length < 0 || a->length == (apr_off_t)a->body->len || !strcmp(method, "HEAD") || !a->body->len);
    if (a->type && !strncmp(a->type, "application/xml", 15) && a->body->len && !fake_gone_after)
        ck_assert_ptr_null(xc_xml_parse(&a->xml, a->body->data, a->body->len, fake_pool));
    return a;
}

#define H(...) ((const char *const[]){ __VA_ARGS__, NULL })

FAKE_HELPER const char *fake_got(const fake_answer_t *a, const char *header)
{
    const char *value = apr_table_get(a->headers, header);
    return value ? value : "";
}

/* The DAV:response with this href, NULL = none. */
FAKE_HELPER xmlNode *fake_response(const fake_answer_t *a, const char *href)
{
    for (xmlNode *r = xc_xml_child(a->xml, XC_NS_DAV, "response"); r; r = xc_xml_next(r, XC_NS_DAV, "response"))
        if (!strcmp(xc_xml_child_text(r, XC_NS_DAV, "href", fake_pool), href))
            return r;
    return NULL;
}

FAKE_HELPER int fake_status_of(xmlNode *parent)
{
    const char *line = xc_xml_child_text(parent, XC_NS_DAV, "status", fake_pool);
    return line && strlen(line) > 9 ? (int)apr_atoi64(line + 9) : 0;
}

/* The status of a property in a response, 0 = not there; *node its element. */
FAKE_HELPER int fake_prop(xmlNode *response, const char *ns, const char *name, xmlNode **node)
{
    for (xmlNode *s = xc_xml_child(response, XC_NS_DAV, "propstat"); s; s = xc_xml_next(s, XC_NS_DAV, "propstat")) {
        xmlNode *found = xc_xml_child(xc_xml_child(s, XC_NS_DAV, "prop"), ns, name);
        if (node && found)
            *node = found;
        if (found)
            return fake_status_of(s);
    }
    return 0;
}

/* Text of a property with status 200, "" = none. */
FAKE_HELPER const char *fake_text(xmlNode *response, const char *ns, const char *name)
{
    xmlNode *node = NULL;
    return fake_prop(response, ns, name, &node) == 200 ? xc_xml_text(node, fake_pool) : "";
}

FAKE_HELPER int fake_count(const fake_answer_t *a)
{
    int n = 0;
    for (xmlNode *r = xc_xml_child(a->xml, XC_NS_DAV, "response"); r; r = xc_xml_next(r, XC_NS_DAV, "response"))
        n++;
    return n;
}

FAKE_HELPER void fake_assert_cond(const fake_answer_t *a, int status, const char *ns, const char *name)
{
    ck_assert_int_eq(a->status, status);
    ck_assert(xc_xml_is(a->xml, XC_NS_DAV, "error"));
    ck_assert_ptr_nonnull(xc_xml_child(a->xml, ns, name));
}

/* Build the suite's runner. */
static int fake_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
