/* SPDX-License-Identifier: Apache-2.0 */
/* Autodiscover: POX and JSON (ews.md 16). */
#include "http/autodiscover.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <string.h>
#include <strings.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/xml.h"
#include "control/calls.h"
#include "ews/ews.h"
#include "store/rights.h"

#define POX_NS "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
#define SERVER "exchange." LAB_DIR_DOMAIN
#define OUTLOOK_NS                                                                       \
    "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"

const char *lab_autodiscover_origin(request_rec *r)
{
    const char *host = apr_table_get(r->headers_in, "Host");
    return apr_pstrcat(r->pool, ap_http_scheme(r), "://", host ? host : r->hostname,
                       NULL);
}

static int pox_error(request_rec *r, const char *code, const char *message)
{
    lab_buf_t b;
    lab_buf_init(&b, r->pool, 512);
    lab_buf_puts(&b,
                 "<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover xmlns=\"" POX_NS
                 "\"><Response><Error Time=\"10:21:09.1234567\" Id=\"2477272013\">");
    lab_buf_elem(&b, "ErrorCode", code);
    lab_buf_elem(&b, "Message", message);
    lab_buf_puts(&b, "<DebugData/></Error></Response></Autodiscover>");
    return lab_http_send(r, HTTP_OK, "text/xml; charset=utf-8", b.data, b.len);
}

static void put_protocol(lab_buf_t *b, const char *type, const char *url)
{
    lab_buf_puts(b, "<Protocol>");
    lab_buf_elem(b, "Type", type);
    lab_buf_elem(b, "Server", SERVER);
    if (!strcmp(type, "EXPR"))
        lab_buf_puts(b, "<SSL>On</SSL><AuthPackage>Basic</AuthPackage>");
    lab_buf_elem(b, "ASUrl", url);
    lab_buf_elem(b, "EwsUrl", url);
    lab_buf_elem(b, "OOFUrl", url);
    lab_buf_puts(b, "</Protocol>");
}

apr_array_header_t *lab_autodiscover_alternates(lab_server_t *lab, request_rec *r,
                                                const lab_dir_entry_t *who)
{
    apr_array_header_t *list = apr_array_make(r->pool, 4, sizeof(const lab_dir_entry_t *));
    lab_db_t *db = lab_settings_profile(lab->settings)->schema >= LAB_EXCHANGE_2010
                       ? lab_db_begin(lab->store, false)
                       : NULL;
    if (!db)
        return list;
    apr_array_header_t *boxes =
        lab_full_access_of(db, r->pool, lab_mailbox_index(who));
    for (int i = 0; i < boxes->nelts; i++)
        APR_ARRAY_PUSH(list, const lab_dir_entry_t *) =
            lab_dir_at(APR_ARRAY_IDX(boxes, i, int));
    lab_db_end(db, true);
    return list;
}

void lab_autodiscover_put_alternate(lab_server_t *lab, lab_buf_t *out,
                                    const lab_dir_entry_t *mailbox)
{
    lab_buf_elem(out, "Type", "Delegate");
    lab_buf_elem(out, "DisplayName", mailbox->display_name);
    if (lab_settings_profile(lab->settings)->schema < LAB_EXCHANGE_2013) {
        lab_buf_elem(out, "LegacyDN", mailbox->legacy_dn);
        lab_buf_elem(out, "Server", SERVER);
    } else {
        lab_buf_elem(out, "SmtpAddress", mailbox->smtp);
        lab_buf_elem(out, "OwnerSmtpAddress", mailbox->smtp);
    }
}

static int pox(lab_server_t *lab, request_rec *r)
{
    const char *body, *why;
    apr_size_t len;
    int line, column, status;
    if (!lab_auth_check(lab, r, &status))
        return status;
    if (r->method_number != M_POST)
        return pox_error(r, "600", "Invalid Request");
    status = lab_http_body(r, &body, &len);
    if (status != OK)
        return status;
    xmlDocPtr doc = lab_xml_parse(r->pool, body, len, &why, &line, &column);
    xmlNodePtr request = lab_xml_child(doc ? xmlDocGetRootElement(doc) : NULL, "Request");
    const char *address = lab_xml_child_text(r->pool, request, "EMailAddress");
    const char *schema = lab_xml_child_text(r->pool, request, "AcceptableResponseSchema");
    if (!address)
        return pox_error(r, "600", "Invalid Request");
    if (schema && strcmp(schema, OUTLOOK_NS))
        return pox_error(r, "601", "Provider is not available");
    const lab_dir_entry_t *who = lab_dir_by_smtp(address);
    if (!who)
        return pox_error(r, "500", "The email address can't be found.");
    const char *url =
        apr_pstrcat(r->pool, lab_autodiscover_origin(r), "/EWS/Exchange.asmx", NULL);
    lab_buf_t b;
    lab_buf_init(&b, r->pool, 2048);
    lab_buf_puts(&b,
                 "<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover xmlns=\"" POX_NS
                 "\"><Response xmlns=\"" OUTLOOK_NS "\"><User>");
    lab_buf_elem(&b, "DisplayName", who->display_name);
    lab_buf_elem(&b, "LegacyDN", who->legacy_dn);
    lab_buf_elem(&b, "AutoDiscoverSMTPAddress", who->smtp);
    lab_buf_puts(
        &b, "<DeploymentId>644560b8-a1ce-429c-8ace-23395843f701</DeploymentId></User>"
            "<Account><AccountType>email</AccountType><Action>settings</Action>");
    put_protocol(&b, "EXCH", url);
    put_protocol(&b, "EXPR", url);
    apr_array_header_t *others = lab_autodiscover_alternates(lab, r, who);
    for (int i = 0; i < others->nelts; i++) {
        lab_buf_puts(&b, "<AlternativeMailbox>");
        lab_autodiscover_put_alternate(
            lab, &b, APR_ARRAY_IDX(others, i, const lab_dir_entry_t *));
        lab_buf_puts(&b, "</AlternativeMailbox>");
    }
    if (lab_settings_profile(lab->settings)->schema >= LAB_EXCHANGE_2013) {
        lab_buf_puts(&b, "<PublicFolderInformation>");
        lab_buf_elem(&b, "SmtpAddress", lab_dir_at(lab_dir_public())->smtp);
        lab_buf_puts(&b, "</PublicFolderInformation>");
    }
    lab_buf_puts(&b, "</Account></Response></Autodiscover>");
    return lab_http_send(r, HTTP_OK, "text/xml; charset=utf-8", b.data, b.len);
}

/* ?Email=...&Protocol=EWS, without a login, since 2016 */
static int json(lab_server_t *lab, request_rec *r)
{
    if (lab_settings_profile(lab->settings)->schema < LAB_EXCHANGE_2016)
        return HTTP_NOT_FOUND;
    const char *protocol = "EWS";
    char *state, *copy = apr_pstrdup(r->pool, r->args ? r->args : "");
    for (char *t = apr_strtok(copy, "&", &state); t; t = apr_strtok(NULL, "&", &state))
        if (!strncasecmp(t, "Protocol=", 9))
            protocol = t + 9;
    const char *path = !strcasecmp(protocol, "EWS") ? "/EWS/Exchange.asmx"
                       : !strcasecmp(protocol, "AutodiscoverV1")
                           ? "/autodiscover/autodiscover.xml"
                           : NULL;
    json_t *answer =
        path ? json_pack("{s:s, s:s}", "Protocol",
                         strcasecmp(protocol, "EWS") ? "AutodiscoverV1" : "EWS", "Url",
                         apr_pstrcat(r->pool, lab_autodiscover_origin(r), path, NULL))
             : json_pack("{s:s, s:s}", "ErrorCode", "InvalidProtocol", "ErrorMessage",
                         "The given protocol value is invalid. Supported values are "
                         "'AutodiscoverV1,EWS'.");
    char *text = json_dumps(answer, JSON_COMPACT | JSON_PRESERVE_ORDER);
    json_decref(answer);
    const char *kept = apr_pstrdup(r->pool, text ? text : "{}");
    free(text);
    return lab_http_send(r, path ? HTTP_OK : HTTP_BAD_REQUEST, "application/json", kept,
                         strlen(kept));
}

int lab_http_autodiscover(lab_server_t *lab, request_rec *r)
{
    lab_calls_count(lab->calls, "Autodiscover");
    if (!strcasecmp(r->uri, "/autodiscover/autodiscover.xml"))
        return pox(lab, r);
    if (!strcasecmp(r->uri, "/autodiscover/autodiscover.svc"))
        return lab_autodiscover_soap(lab, r);
    if (!strncasecmp(r->uri, "/autodiscover/autodiscover.json", 31))
        return json(lab, r);
    return HTTP_NOT_FOUND;
}
