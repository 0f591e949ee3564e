/* SPDX-License-Identifier: Apache-2.0 */
/* ConvertId: the forms in which other interfaces of Exchange write the same id. */
#include <apr_encode.h>
#include <apr_escape.h>
#include <string.h>

#include "ews/dispatch.h"

#define MAX_ENTRY 512

/* an Id of the source's form; false when it is none */
static bool read_id(lab_call_t *call, const char *format, const char *text, lab_id_t *id)
{
    unsigned char bytes[MAX_ENTRY];
    apr_size_t len;
    if (!text || !*text || strlen(text) > 2 * MAX_ENTRY)
        return false;
    if (!strcmp(format, "EwsId") || !strcmp(format, "EwsLegacyId"))
        return lab_id_parse(text, id);
    if (!strcmp(format, "OwaId")) {
        const char *plain = apr_punescape_url(call->pool, text, NULL, NULL, 0);
        return plain && lab_id_parse(plain, id);
    }
    if (!strcmp(format, "HexEntryId")) {
        return apr_unescape_hex(NULL, text, APR_ESCAPE_STRING, 0, &len) == APR_SUCCESS &&
               len <= sizeof bytes &&
               apr_unescape_hex(bytes, text, APR_ESCAPE_STRING, 0, &len) == APR_SUCCESS &&
               lab_id_parse_entry(bytes, (int)len, id);
    }
    return apr_decode_base64_binary(NULL, text, APR_ENCODE_STRING, 0, &len) ==
               APR_SUCCESS &&
           len <= sizeof bytes &&
           apr_decode_base64_binary(bytes, text, APR_ENCODE_STRING, 0, &len) ==
               APR_SUCCESS &&
           lab_id_parse_entry(bytes, (int)len, id);
}

static const char *write_id(lab_call_t *call, const char *format, const lab_id_t *id)
{
    if (!strcmp(format, "EwsId") || !strcmp(format, "EwsLegacyId"))
        return lab_id_text(call->pool, id);
    if (!strcmp(format, "OwaId"))
        return apr_pescape_urlencoded(call->pool, lab_id_text(call->pool, id));
    int len;
    const unsigned char *entry = lab_id_entry(call->pool, id, &len);
    char *text;
    if (!strcmp(format, "HexEntryId")) {
        text = (char *)apr_pescape_hex(call->pool, entry, (apr_size_t)len, 0);
        for (char *p = text; *p; p++)
            *p = *p >= 'a' && *p <= 'f' ? (char)(*p - 'a' + 'A') : *p;
        return text;
    }
    return apr_pencode_base64_binary(call->pool, entry, len, 0, NULL);
}

/* the forms of EWS name the mailbox themselves; for the others the request must */
static bool names_mailbox(const char *format)
{
    return !strcmp(format, "EwsId") || !strcmp(format, "EwsLegacyId") ||
           !strcmp(format, "OwaId");
}

static const lab_fail_t *convert_one(lab_call_t *call, xmlNodePtr source, const char *to)
{
    const char *from = lab_xml_attr(call->pool, source, "Format");
    const char *box = lab_xml_attr(call->pool, source, "Mailbox");
    lab_id_t id;
    if (!lab_xml_is(source, "AlternateId"))
        return lab_fail(call, "ErrorInvalidRequest");
    if (!names_mailbox(from) && !lab_dir_by_smtp(box))
        return lab_fail(call, "ErrorNonExistentMailbox");
    if (!read_id(call, from, lab_xml_attr(call->pool, source, "Id"), &id))
        return lab_fail(call, "ErrorInvalidIdMalformed");
    lab_answer_ok(call, "ConvertId");
    lab_buf_printf(&call->out,
                   "<m:AlternateId xsi:type=\"t:AlternateIdType\" Format=\"%s\"", to);
    lab_buf_attr(&call->out, "Id", write_id(call, to, &id));
    lab_buf_attr(&call->out, "Mailbox", lab_dir_at(id.mailbox)->smtp);
    lab_buf_puts(&call->out, "/>");
    lab_answer_end(call, "ConvertId");
    return NULL;
}

void lab_op_convert_id(lab_call_t *call)
{
    const char *to = lab_xml_attr(call->pool, call->request, "DestinationFormat");
    xmlNodePtr ids = lab_xml_child(call->request, "SourceIds");
    lab_answer_open(call, "ConvertId");
    for (xmlNodePtr n = lab_xml_first(ids); n; n = lab_xml_next(n)) {
        const lab_fail_t *fail = convert_one(call, n, to);
        if (fail)
            lab_answer_fail(call, "ConvertId", fail, NULL);
    }
    lab_answer_close(call, "ConvertId");
}
