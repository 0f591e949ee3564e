/* SPDX-License-Identifier: Apache-2.0 */
/* Envelope and headers of a request, and the envelope of its answer. */
#include "ews/ews.h"

#include <apr_strings.h>
#include <string.h>

#include "ews/dispatch.h"
#include "ews/events.h"
#include "ews/fault.h"
#include "grammar/grammar.h"

static bool in_ns(const xmlNode *node, const char *uri)
{
    return node->ns && node->ns->href && !strcmp((const char *)node->ns->href, uri);
}

static const char *schema_fault(lab_call_t *call, xmlNodePtr element)
{
    lab_grammar_fault_t f = {0};
    if (lab_grammar_check(element, call->profile->schema, call->source, call->source_len,
                          &f, call->pool))
        return NULL;
    return lab_fault_schema(call->pool, f.text, f.line, f.position);
}

static const char *read_version(lab_call_t *call, xmlNodePtr header)
{
    const char *text = lab_xml_attr(call->pool, header, "Version");
    lab_version_t version;
    if (!text || !lab_version_parse(text, &version) || version > call->profile->schema)
        return lab_fault_text(call->pool, "ErrorInvalidServerVersion", NULL);
    call->version = version;
    return NULL;
}

/* who is meant by an impersonation header; the service account alone may */
static const char *read_impersonation(lab_call_t *call, xmlNodePtr header)
{
    xmlNodePtr sid = lab_xml_first(lab_xml_child(header, "ConnectingSID"));
    const char *text = lab_xml_text(call->pool, sid);
    const lab_dir_entry_t *who = NULL;
    if (lab_xml_is(sid, "SID"))
        who = lab_dir_by_sid(text);
    else if (lab_xml_is(sid, "PrincipalName"))
        who = lab_dir_by_login(text);
    else if (sid)
        who = lab_dir_by_smtp(text);
    if (call->caller->kind != LAB_DIR_SERVICE)
        return lab_fault_text(call->pool, "ErrorImpersonateUserDenied", NULL);
    if (!who)
        return lab_fault_text(call->pool, "ErrorNonExistentMailbox", NULL);
    call->mailbox = lab_mailbox_index(who);
    return NULL;
}

static const char *read_zone(lab_call_t *call, xmlNodePtr header)
{
    const char *code = NULL;
    if (call->profile->schema < LAB_EXCHANGE_2010)
        return NULL;
    xmlNodePtr definition = lab_xml_child(header, "TimeZoneDefinition");
    if (!definition || lab_zone_from_definition(definition, &call->zone, &code,
                                                call->pool) != APR_SUCCESS)
        return lab_fault_text(call->pool, code ? code : "ErrorTimeZone", NULL);
    return NULL;
}

static const char *read_header(lab_call_t *call, xmlNodePtr h)
{
    static const char *const checked[] = {"ExchangeImpersonation", "RequestServerVersion",
                                          "TimeZoneContext"};
    const char *fault = NULL;
    for (size_t i = 0; i < sizeof checked / sizeof *checked; i++)
        if (lab_xml_is(h, checked[i]) &&
            (i != 1 || !lab_xml_attr(call->pool, h, "Version")))
            fault = schema_fault(call, h);
    if (fault)
        return fault;
    if (lab_xml_is(h, "RequestServerVersion"))
        return read_version(call, h);
    if (lab_xml_is(h, "ExchangeImpersonation"))
        return read_impersonation(call, h);
    if (lab_xml_is(h, "TimeZoneContext"))
        return read_zone(call, h);
    return NULL;
}

static const char *read_headers(lab_call_t *call, xmlNodePtr header)
{
    for (xmlNodePtr h = lab_xml_first(header); h; h = lab_xml_next(h)) {
        const char *fault = in_ns(h, LAB_NS_TYPES) ? read_header(call, h) : NULL;
        if (fault)
            return fault;
    }
    if (call->version < LAB_EXCHANGE_2010)
        call->zone = NULL;
    return NULL;
}

const char *lab_ews_open(lab_call_t *call, lab_server_t *lab, apr_pool_t *pool,
                         const lab_dir_entry_t *caller, const char *body, apr_size_t len)
{
    memset(call, 0, sizeof *call);
    call->lab = lab;
    call->pool = pool;
    call->caller = caller;
    call->mailbox = lab_mailbox_index(caller);
    call->version = LAB_EXCHANGE_2007;
    call->now = apr_time_from_sec(apr_time_sec(apr_time_now()));
    call->source = body;
    call->source_len = len;
    lab_buf_init(&call->out, pool, 4096);
    const char *why;
    int line, column;
    xmlDocPtr doc = lab_xml_parse(pool, body, len, &why, &line, &column);
    if (!doc)
        return lab_fault_malformed(pool, why, line, column);
    xmlNodePtr envelope = xmlDocGetRootElement(doc);
    xmlNodePtr soap_body = lab_xml_child(envelope, "Body");
    call->request = lab_xml_first(soap_body);
    if (!lab_xml_is(envelope, "Envelope") || !in_ns(envelope, LAB_NS_SOAP) ||
        !call->request)
        return lab_fault_text(pool, "ErrorInvalidRequest", NULL);
    call->operation = (const char *)call->request->name;
    return NULL;
}

/* the body's element: known, and as the schema of this product wants it */
static const lab_operation_t *check_body(lab_call_t *call)
{
    const lab_operation_t *op =
        lab_operation_find(call->operation, call->profile->schema);
    if (!op || !in_ns(call->request, LAB_NS_MESSAGES)) {
        const char *ns = call->request->ns ? (const char *)call->request->ns->href : "";
        const char *violation = apr_psprintf(
            call->pool, "Could not find schema information for the element '%s:%s'.", ns,
            call->operation);
        call->fault =
            lab_fault_schema(call->pool, violation, (int)xmlGetLineNo(call->request), 0);
        return NULL;
    }
    call->fault = schema_fault(call, call->request);
    return call->fault ? NULL : op;
}

/* everything around the answer, which is already in `out` */
static const char *envelope(lab_call_t *call, apr_size_t *len)
{
    const lab_profile_t *p = call->profile;
    lab_buf_t b;
    lab_buf_init(&b, call->pool, call->out.len + 1024);
    lab_buf_printf(
        &b,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"%s\">"
        "<s:Header><h:ServerVersionInfo MajorVersion=\"%d\" MinorVersion=\"%d\""
        " MajorBuildNumber=\"%d\" MinorBuildNumber=\"%d\" Version=\"%s\" xmlns:h=\"%s\""
        " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
        " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"/></s:Header>"
        "<s:Body xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
        " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:m=\"%s\" xmlns:t=\"%s\">",
        LAB_NS_SOAP, p->major, p->minor, p->build, p->revision,
        lab_version_name(p->schema), LAB_NS_TYPES, LAB_NS_MESSAGES, LAB_NS_TYPES);
    lab_buf_add(&b, call->out.data, call->out.len);
    lab_buf_puts(&b, "</s:Body></s:Envelope>");
    *len = b.len;
    return b.data;
}

static const char *finish(lab_call_t *call, int *status, apr_size_t *len)
{
    if (call->fault) {
        *status = 500;
        *len = strlen(call->fault);
        return call->fault;
    }
    *status = 200;
    return envelope(call, len);
}

const char *lab_ews_run(lab_call_t *call, int *status, apr_size_t *len)
{
    xmlNodePtr root = xmlDocGetRootElement(call->request->doc);
    call->fault = read_headers(call, lab_xml_child(root, "Header"));
    const lab_operation_t *op = call->fault ? NULL : check_body(call);
    if (!op)
        return finish(call, status, len);
    call->db = lab_db_begin(call->lab->store, op->write);
    if (call->db) {
        op->run(call);
        bool kept = lab_db_end(call->db, !call->fault);
        if (kept && op->write)
            lab_events_publish(call);
        else if (op->write && !call->fault)
            lab_call_fault(call, "ErrorInternalServerError", NULL);
        call->db = NULL;
    } else {
        lab_call_fault(call, "ErrorInternalServerError", NULL);
    }
    return finish(call, status, len);
}

const char *lab_ews_error(lab_call_t *call, const char *code, int *status,
                          apr_size_t *len)
{
    const lab_operation_t *op =
        lab_operation_find(call->operation, call->profile->schema);
    if (!op)
        return lab_ews_run(call, status, len);
    /* GetUserAvailability has no response messages of the usual kind */
    if (op->run == lab_op_availability)
        lab_call_fault(call, code, NULL);
    else if (op->payload == lab_bare_answer)
        lab_answer_bare_fail(call, op->name, lab_fail(call, code));
    else
        lab_answer_only_fail(call, op->name, lab_fail(call, code), op->payload);
    return finish(call, status, len);
}
