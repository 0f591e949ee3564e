/* SPDX-License-Identifier: Apache-2.0 */
/* Autodiscover's SOAP service: GetUserSettings (ews.md 16.2, [MS-OXWSADISC]). */
#include "http/autodiscover.h"

#include <apr_strings.h>
#include <string.h>

#include "base/buf.h"
#include "base/xml.h"
#include "grammar/version.h"

#define NS        "http://schemas.microsoft.com/exchange/2010/Autodiscover"
#define MAX_USERS 100
#define ALTERNATES "AlternateMailboxes"

typedef struct settings {
    request_rec *r;
    const lab_dir_entry_t *who;
    const char *url;
    lab_server_t *lab;
} settings_t;

static const char *ews_url(const settings_t *s)
{
    return s->url;
}

static const char *display_name(const settings_t *s)
{
    return s->who->display_name;
}

static const char *address(const settings_t *s)
{
    return s->who->smtp;
}

static const char *legacy_dn(const settings_t *s)
{
    return s->who->legacy_dn;
}

static const char *schemas(const settings_t *s)
{
    (void)s;
    return "Exchange2007, Exchange2007_SP1, Exchange2010, Exchange2010_SP1, "
           "Exchange2010_SP2";
}

static const char *group(const settings_t *s)
{
    (void)s;
    return "CONTOSO-1";
}

static const char *yes(const settings_t *s)
{
    (void)s;
    return "True";
}

/* where the public folders are routed to, since 2013 */
static const char *public_folders(const settings_t *s)
{
    return lab_settings_profile(s->lab->settings)->schema >= LAB_EXCHANGE_2013
               ? lab_dir_at(lab_dir_public())->smtp
               : NULL;
}

static const struct {
    const char *name;
    const char *(*value)(const settings_t *s);
} known[] = {
    {"ExternalEwsUrl", ews_url},
    {"InternalEwsUrl", ews_url},
    {"UserDisplayName", display_name},
    {"AutoDiscoverSMTPAddress", address},
    {"UserDN", legacy_dn},
    {"EwsSupportedSchemas", schemas},
    {"GroupingInformation", group},
    {"ExchangeRpcUrl", NULL},
    {"UserMSOnline", NULL},
    {"ExternalEwsVersion", NULL},
    {"CasVersion", NULL},
    {"EwsPartnerUrl", NULL},
    {"MailboxDN", legacy_dn},
    {"MobileMailboxPolicyInterop", NULL},
    {"CrossOrganizationSharingEnabled", yes},
    {"PublicFolderInformation", public_folders},
};

static void put_setting(lab_buf_t *b, const char *name, const char *value)
{
    lab_buf_puts(b, "<UserSetting i:type=\"StringSetting\">");
    lab_buf_elem(b, "Name", name);
    lab_buf_elem(b, "Value", value);
    lab_buf_puts(b, "</UserSetting>");
}

static void put_setting_error(lab_buf_t *b, const char *name, const char *code)
{
    lab_buf_puts(b, "<UserSettingError>");
    lab_buf_elem(b, "ErrorCode", code);
    lab_buf_elem(b, "ErrorMessage", "The setting is not available.");
    lab_buf_elem(b, "SettingName", name);
    lab_buf_puts(b, "</UserSettingError>");
}

/* the one setting that is no text: other mailboxes that the user opens */
static void put_alternates(const settings_t *s, lab_buf_t *values, lab_buf_t *errors)
{
    apr_array_header_t *list = lab_autodiscover_alternates(s->lab, s->r, s->who);
    if (!list->nelts) {
        put_setting_error(errors, ALTERNATES, "SettingIsNotAvailable");
        return;
    }
    lab_buf_puts(values, "<UserSetting i:type=\"AlternateMailboxCollectionSetting\">");
    lab_buf_elem(values, "Name", ALTERNATES);
    lab_buf_puts(values, "<AlternateMailboxes>");
    for (int i = 0; i < list->nelts; i++) {
        lab_buf_puts(values, "<AlternateMailbox>");
        lab_autodiscover_put_alternate(
            s->lab, values, APR_ARRAY_IDX(list, i, const lab_dir_entry_t *));
        lab_buf_puts(values, "</AlternateMailbox>");
    }
    lab_buf_puts(values, "</AlternateMailboxes></UserSetting>");
}

/* what a name asks for goes to one of two lists */
static void sort_setting(const settings_t *s, const char *name, lab_buf_t *values,
                         lab_buf_t *errors)
{
    if (!strcmp(name, ALTERNATES)) {
        put_alternates(s, values, errors);
        return;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name))
            continue;
        const char *value = known[i].value ? known[i].value(s) : NULL;
        if (value)
            put_setting(values, name, value);
        else
            put_setting_error(errors, name, "SettingIsNotAvailable");
        return;
    }
    put_setting_error(errors, name, "InvalidSetting");
}

static void put_user(const settings_t *s, xmlNodePtr wanted, lab_buf_t *out)
{
    lab_buf_t values, errors;
    apr_pool_t *pool = s->r->pool;
    lab_buf_init(&values, pool, 512);
    lab_buf_init(&errors, pool, 256);
    for (xmlNodePtr n = lab_xml_first(wanted); n && s->who; n = lab_xml_next(n))
        sort_setting(s, lab_xml_text(pool, n), &values, &errors);
    lab_buf_puts(out, "<UserResponse>");
    lab_buf_elem(out, "ErrorCode", s->who ? "NoError" : "InvalidUser");
    lab_buf_elem(out, "ErrorMessage", s->who ? "No error." : "Invalid user.");
    lab_buf_puts(out, "<RedirectTarget i:nil=\"true\"/><UserSettingErrors>");
    lab_buf_add(out, errors.data, errors.len);
    lab_buf_puts(out, "</UserSettingErrors><UserSettings>");
    lab_buf_add(out, values.data, values.len);
    lab_buf_puts(out, "</UserSettings></UserResponse>");
}

static void put_head(lab_server_t *lab, lab_buf_t *b)
{
    const lab_profile_t *p = lab_settings_profile(lab->settings);
    lab_buf_puts(b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
                    "<s:Envelope xmlns:s=\"" LAB_NS_SOAP
                    "\" xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header>"
                    "<a:Action s:mustUnderstand=\"1\">" NS
                    "/Autodiscover/GetUserSettingsResponse</a:Action>"
                    "<h:ServerVersionInfo xmlns:h=\"" NS "\">");
    lab_buf_int(b, "h:MajorVersion", p->major);
    lab_buf_int(b, "h:MinorVersion", p->minor);
    lab_buf_int(b, "h:MajorBuildNumber", p->build);
    lab_buf_int(b, "h:MinorBuildNumber", p->revision);
    lab_buf_elem(b, "h:Version", lab_version_name(p->schema));
    lab_buf_puts(
        b, "</h:ServerVersionInfo></s:Header><s:Body><GetUserSettingsResponseMessage"
           " xmlns=\"" NS "\"><Response"
           " xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">");
}

int lab_autodiscover_soap(lab_server_t *lab, request_rec *r)
{
    const char *body, *why;
    apr_size_t len;
    int line, column, status;
    if (lab_settings_profile(lab->settings)->schema < LAB_EXCHANGE_2010)
        return HTTP_NOT_FOUND;
    if (!lab_auth_check(lab, r, &status))
        return status;
    if (r->method_number != M_POST)
        return HTTP_METHOD_NOT_ALLOWED;
    status = lab_http_body(r, &body, &len);
    if (status != OK)
        return status;
    xmlDocPtr doc = lab_xml_parse(r->pool, body, len, &why, &line, &column);
    xmlNodePtr soap = lab_xml_child(doc ? xmlDocGetRootElement(doc) : NULL, "Body");
    xmlNodePtr request =
        lab_xml_child(lab_xml_child(soap, "GetUserSettingsRequestMessage"), "Request");
    if (!request)
        return HTTP_BAD_REQUEST;
    lab_buf_t b;
    lab_buf_init(&b, r->pool, 4096);
    put_head(lab, &b);
    lab_buf_puts(&b, "<ErrorCode>NoError</ErrorCode><ErrorMessage/><UserResponses>");
    xmlNodePtr users = lab_xml_child(request, "Users");
    int count = 0;
    for (xmlNodePtr u = lab_xml_first(users); u && count < MAX_USERS;
         u = lab_xml_next(u), count++) {
        settings_t s = {
            r, lab_dir_by_smtp(lab_xml_child_text(r->pool, u, "Mailbox")),
            apr_pstrcat(r->pool, lab_autodiscover_origin(r), "/EWS/Exchange.asmx", NULL),
            lab};
        put_user(&s, lab_xml_child(request, "RequestedSettings"), &b);
    }
    lab_buf_puts(&b,
                 "</UserResponses></Response></GetUserSettingsResponseMessage></s:Body>"
                 "</s:Envelope>");
    return lab_http_send(r, HTTP_OK, "text/xml; charset=utf-8", b.data, b.len);
}
