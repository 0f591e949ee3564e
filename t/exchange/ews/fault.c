/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/fault.h"

#include <string.h>

#include "base/buf.h"
#include "base/xml.h"

static const char *whole(apr_pool_t *pool, const char *code, const char *text,
                         const char *message, const char *xml)
{
    lab_buf_t b;
    lab_buf_init(&b, pool, 1500);
    lab_buf_puts(&b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
                     "<s:Envelope xmlns:s=\"" LAB_NS_SOAP "\"><s:Body><s:Fault>"
                     "<faultcode xmlns:a=\"" LAB_NS_TYPES "\">a:");
    lab_buf_escape(&b, code);
    lab_buf_puts(&b, "</faultcode><faultstring xml:lang=\"en-US\">");
    lab_buf_escape(&b, text);
    lab_buf_puts(&b,
                 "</faultstring><detail><e:ResponseCode xmlns:e=\"" LAB_NS_ERRORS "\">");
    lab_buf_escape(&b, code);
    lab_buf_puts(&b, "</e:ResponseCode><e:Message xmlns:e=\"" LAB_NS_ERRORS "\">");
    lab_buf_escape(&b, message);
    lab_buf_puts(&b, "</e:Message>");
    if (xml)
        lab_buf_printf(&b, "<t:MessageXml xmlns:t=\"%s\">%s</t:MessageXml>", LAB_NS_TYPES,
                       xml);
    lab_buf_puts(&b, "</detail></s:Fault></s:Body></s:Envelope>");
    return b.data;
}

const char *lab_fault_text(apr_pool_t *pool, const char *code, const char *text)
{
    if (!text)
        text = lab_error_text(code);
    return whole(pool, code, text, text, NULL);
}

const char *lab_fault_schema(apr_pool_t *pool, const char *violation, int line,
                             int position)
{
    lab_buf_t text, xml;
    lab_buf_init(&text, pool, 256);
    lab_buf_init(&xml, pool, 256);
    lab_buf_puts(&text, "The request failed schema validation: ");
    lab_buf_puts(&text, violation);
    lab_buf_int(&xml, "t:LineNumber", line);
    lab_buf_int(&xml, "t:LinePosition", position);
    lab_buf_elem(&xml, "t:Violation", violation);
    return whole(pool, "ErrorSchemaValidation", text.data,
                 "The request failed schema validation.", xml.data);
}

const char *lab_fault_busy(apr_pool_t *pool, apr_int64_t back_off_ms)
{
    lab_buf_t xml;
    lab_buf_init(&xml, pool, 128);
    lab_buf_printf(&xml,
                   "<t:Value Name=\"BackOffMilliseconds\">%" APR_INT64_T_FMT "</t:Value>",
                   back_off_ms);
    const char *text = lab_error_text("ErrorServerBusy");
    return whole(pool, "ErrorServerBusy", text, text, xml.data);
}

const char *lab_fault_malformed(apr_pool_t *pool, const char *why, int line, int column)
{
    lab_buf_t b;
    lab_buf_init(&b, pool, 600);
    lab_buf_puts(&b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
                     "<s:Envelope xmlns:s=\"" LAB_NS_SOAP "\"><s:Body><s:Fault>"
                     "<faultcode>s:Client</faultcode><faultstring xml:lang=\"en-US\">");
    lab_buf_escape(&b, why);
    lab_buf_printf(&b, " Line %d, position %d.", line, column);
    lab_buf_puts(&b, "</faultstring></s:Fault></s:Body></s:Envelope>");
    return b.data;
}
