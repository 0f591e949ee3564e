/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/autodiscover.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "base/xml.h"
#include "net/dns.h"

#define NS_POX_REQUEST "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
#define POX_RESPONSE   "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
#define NS_SOAP_AD     "http://schemas.microsoft.com/exchange/2010/Autodiscover"
#define NS_SOAP_ENV    "http://schemas.xmlsoap.org/soap/envelope/"
#define NS_WSA         "http://www.w3.org/2005/08/addressing"
#define SOAP_ACTION    NS_SOAP_AD "/Autodiscover/GetUserSettings"

#define MAX_REDIRECTS 10
#define GOOD_FOR      apr_time_from_sec(86400)
#define BAD_FOR       apr_time_from_sec(30)

/* The state of one search. */
typedef struct search_t {
    xc_session_t *s;
    const char *address;
    int redirects;
    int allow_http;      /* the administrator wrote an http URL */
    int elsewhere;       /* this address was sent on to another one: that says nothing of its neighbours */
    int refused;         /* somebody answered 401 */
    int unreachable;     /* somebody did not answer */
    const char *ews_url; /* found */
    const char *next_address, *next_url; /* where to begin anew */
    apr_array_header_t *alternates; /* xc_shared_t, when they are wanted; else NULL */
    apr_pool_t *pool;
} search_t;

const char *xc_login_address(const char *login, const char *mail_domain, apr_pool_t *pool)
{
    if (!login || !*login)
        return NULL;
    const char *back = strrchr(login, '\\');
    const char *local = back ? back + 1 : login;
    if (strchr(local, '@'))
        return local;
    return mail_domain && *local ? apr_pstrcat(pool, local, "@", mail_domain, NULL) : NULL;
}

/* May credentials or calendars travel there? */
static int url_allowed(const search_t *se, const char *url)
{
    if (strncasecmp(url, "https://", 8) == 0)
        return url[8] != '\0' && url[8] != '/';
    return se->allow_http && strncasecmp(url, "http://", 7) == 0;
}

static const char *pox_body(const search_t *se)
{
    xc_buf_t *buf = xc_buf_make(se->pool, 0);
    xc_xmlw_t *w = xc_xmlw_make(buf, se->pool);
    xc_xmlw_ns(w, "", NS_POX_REQUEST);
    xc_xmlw_start(w, NS_POX_REQUEST, "Autodiscover");
    xc_xmlw_start(w, NS_POX_REQUEST, "Request");
    xc_xmlw_element(w, NS_POX_REQUEST, "EMailAddress", se->address);
    xc_xmlw_element(w, NS_POX_REQUEST, "AcceptableResponseSchema", POX_RESPONSE);
    return xc_xmlw_finish(w, se->pool) ? NULL : buf->data;
}

static const char *soap_body(const search_t *se, const char *url)
{
    static const char *const settings[] = {"ExternalEwsUrl", "InternalEwsUrl", "UserDisplayName", "AlternateMailboxes"};
    xc_buf_t *buf = xc_buf_make(se->pool, 0);
    xc_xmlw_t *w = xc_xmlw_make(buf, se->pool);
    xc_xmlw_ns(w, "soap", NS_SOAP_ENV);
    xc_xmlw_ns(w, "a", NS_SOAP_AD);
    xc_xmlw_ns(w, "wsa", NS_WSA);
    xc_xmlw_start(w, NS_SOAP_ENV, "Envelope");
    xc_xmlw_start(w, NS_SOAP_ENV, "Header");
    xc_xmlw_element(w, NS_SOAP_AD, "RequestedServerVersion", "Exchange2010");
    xc_xmlw_element(w, NS_WSA, "Action", SOAP_ACTION);
    xc_xmlw_element(w, NS_WSA, "To", url);
    xc_xmlw_end(w);
    xc_xmlw_start(w, NS_SOAP_ENV, "Body");
    xc_xmlw_start(w, NS_SOAP_AD, "GetUserSettingsRequestMessage");
    xc_xmlw_start(w, NS_SOAP_AD, "Request");
    xc_xmlw_start(w, NS_SOAP_AD, "Users");
    xc_xmlw_start(w, NS_SOAP_AD, "User");
    xc_xmlw_element(w, NS_SOAP_AD, "Mailbox", se->address);
    xc_xmlw_end(w);
    xc_xmlw_end(w);
    xc_xmlw_start(w, NS_SOAP_AD, "RequestedSettings");
    for (int i = 0; i < (se->alternates ? 4 : 3); i++)
        xc_xmlw_element(w, NS_SOAP_AD, "Setting", settings[i]);
    return xc_xmlw_finish(w, se->pool) ? NULL : buf->data;
}

/* First element of that local name anywhere below; the services differ in namespaces, not in names. */
static xmlNode *deep_child(xmlNode *node, const char *name)
{
    for (xmlNode *c = xc_xml_child(node, NULL, NULL); c; c = xc_xml_next(c, NULL, NULL)) {
        if (xc_xml_is(c, NULL, name))
            return c;
        xmlNode *found = deep_child(c, name);
        if (found)
            return found;
    }
    return NULL;
}

static void redirect_to(search_t *se, const char *address, const char *url)
{
    if (address && strcasecmp(address, se->address))
        se->next_address = address;
    else if (url && url_allowed(se, url))
        se->next_url = url;
}

/* An archive is the user's own, and holds no calendar that he works with. */
static void add_alternate(search_t *se, const xmlNode *mailbox)
{
    const char *type = xc_xml_child_text(mailbox, NULL, "Type", se->pool), *address = xc_xml_child_text(mailbox, NULL, "SmtpAddress", se->pool);
    if (!address || !strchr(address, '@') || (type && strcasecmp(type, "Archive") == 0) || strcasecmp(address, se->address) == 0)
        return;
    char *lower = apr_pstrdup(se->pool, address);
    for (char *c = lower; *c; c++)
        *c = (char)apr_tolower(*c);
    APR_ARRAY_PUSH(se->alternates, xc_shared_t) = (xc_shared_t){.address = lower, .name = xc_xml_child_text(mailbox, NULL, "DisplayName", se->pool)};
}

static void add_alternates(search_t *se, const xmlNode *parent, const char *element)
{
    for (xmlNode *m = xc_xml_child(parent, NULL, element); m && se->alternates; m = xc_xml_next(m, NULL, element))
        add_alternate(se, m);
}

static void read_pox(search_t *se, xmlNode *root)
{
    xmlNode *account = deep_child(root, "Account");
    if (!account)
        return;
    const char *action = xc_xml_child_text(account, NULL, "Action", se->pool);
    if (action && strcasecmp(action, "redirectAddr") == 0)
        redirect_to(se, xc_xml_child_text(account, NULL, "RedirectAddr", se->pool), NULL);
    else if (action && strcasecmp(action, "redirectUrl") == 0)
        redirect_to(se, NULL, xc_xml_child_text(account, NULL, "RedirectUrl", se->pool));
    add_alternates(se, account, "AlternativeMailbox");
    /* EXPR is the view from outside, EXCH that from inside: the one that is reachable anywhere first */
    static const char *const kinds[] = {"EXPR", "EXCH", NULL};
    for (int k = 0; kinds[k] && !se->ews_url; k++) {
        for (xmlNode *p = xc_xml_child(account, NULL, "Protocol"); p && !se->ews_url; p = xc_xml_next(p, NULL, "Protocol")) {
            const char *type = xc_xml_child_text(p, NULL, "Type", se->pool);
            if (!type || strcasecmp(type, kinds[k]))
                continue;
            const char *url = xc_xml_child_text(p, NULL, "EwsUrl", se->pool);
            if (!url)
                url = xc_xml_child_text(p, NULL, "ASUrl", se->pool);
            if (url && url_allowed(se, url))
                se->ews_url = url;
        }
    }
}

static const char *user_setting(xmlNode *settings, const char *name, apr_pool_t *pool)
{
    for (xmlNode *u = xc_xml_child(settings, NULL, "UserSetting"); u; u = xc_xml_next(u, NULL, "UserSetting")) {
        const char *n = xc_xml_child_text(u, NULL, "Name", pool);
        if (n && strcmp(n, name) == 0)
            return xc_xml_child_text(u, NULL, "Value", pool);
    }
    return NULL;
}

static void read_soap(search_t *se, xmlNode *root)
{
    xmlNode *user = deep_child(root, "UserResponse");
    if (!user)
        return;
    const char *code = xc_xml_child_text(user, NULL, "ErrorCode", se->pool);
    const char *target = xc_xml_child_text(user, NULL, "RedirectTarget", se->pool);
    if (code && strcmp(code, "RedirectAddress") == 0)
        redirect_to(se, target, NULL);
    else if (code && strcmp(code, "RedirectUrl") == 0)
        redirect_to(se, NULL, target);
    xmlNode *settings = xc_xml_child(user, NULL, "UserSettings");
    for (xmlNode *u = xc_xml_child(settings, NULL, "UserSetting"); u; u = xc_xml_next(u, NULL, "UserSetting"))
        add_alternates(se, xc_xml_child(u, NULL, "AlternateMailboxes"), "AlternateMailbox");
    static const char *const wanted[] = {"ExternalEwsUrl", "InternalEwsUrl", NULL};
    for (int i = 0; settings && wanted[i] && !se->ews_url; i++) {
        const char *url = user_setting(settings, wanted[i], se->pool);
        if (url && url_allowed(se, url))
            se->ews_url = url;
    }
}

static xc_error_t *send_request(xc_net_response_t *resp, search_t *se, const char *method, const char *url, const char *body, int soap,
                                const xc_credential_t *credential)
{
    xc_net_request_t req = {.method = method, .url = url, .body = body, .body_len = body ? strlen(body) : 0,
                            .credential = credential, .label = "Autodiscover"};
    req.headers = apr_table_make(se->pool, 3);
    if (body)
        apr_table_setn(req.headers, "Content-Type", "text/xml; charset=utf-8");
    if (soap)
        apr_table_setn(req.headers, "SOAPAction", "\"" SOAP_ACTION "\"");
    return xc_net_perform(se->s->net, &req, 1, resp, se->s->deadline, se->s->meter, se->s->log, se->pool);
}

/* Ask one URL. Sets what was found in `se`. @return 0 when the host does not answer at all */
static int ask(search_t *se, const char *url)
{
    int soap = apr_strnatcasecmp(url + (strlen(url) > 4 ? strlen(url) - 4 : 0), ".svc") == 0;
    const char *body = soap ? soap_body(se, url) : pox_body(se);
    xc_net_response_t resp;
    memset(&resp, 0, sizeof resp);
    if (!body || !url_allowed(se, url))
        return 1;
    xc_error_t *err = send_request(&resp, se, "POST", url, body, soap, se->s->credential);
    if (err || resp.error) {
        se->unreachable = 1;
        return 0;
    }
    xc_log(se->s->log, XC_LOG_DEBUG, "Autodiscover at %s: %d", url, resp.status);
    if (resp.status == 401)
        se->refused = 1;
    if (resp.status == 301 || resp.status == 302 || resp.status == 307 || resp.status == 308)
        redirect_to(se, NULL, apr_table_get(resp.headers, "Location"));
    xmlNode *root = NULL;
    if (resp.status == 200 && !xc_xml_parse(&root, resp.body, resp.body_len, se->pool)) {
        if (soap)
            read_soap(se, root);
        else
            read_pox(se, root);
    }
    return 1;
}

static int found(const search_t *se)
{
    return se->ews_url || se->next_address || se->next_url;
}

/* SOAP first: it says more plainly what it means; then POX, all that 2007 has. */
static void ask_host(search_t *se, const char *base)
{
    if (ask(se, apr_pstrcat(se->pool, base, "/autodiscover/autodiscover.svc", NULL)) && !found(se))
        ask(se, apr_pstrcat(se->pool, base, "/autodiscover/autodiscover.xml", NULL));
}

/* Plain http says where https is, and never sees a credential. */
static void ask_http_redirect(search_t *se, const char *domain)
{
    xc_net_response_t resp;
    memset(&resp, 0, sizeof resp);
    const char *url = apr_pstrcat(se->pool, "http://autodiscover.", domain, "/autodiscover/autodiscover.xml", NULL);
    if (send_request(&resp, se, "GET", url, NULL, 0, NULL) || resp.error || !resp.headers)
        return;
    const char *to = apr_table_get(resp.headers, "Location");
    if ((resp.status == 301 || resp.status == 302) && to && strncasecmp(to, "https://", 8) == 0)
        redirect_to(se, NULL, to);
}

static void ask_srv(search_t *se, const char *domain)
{
    const char *host = NULL;
    int port = 443;
    if (!xc_dns_srv(apr_pstrcat(se->pool, "_autodiscover._tcp.", domain, NULL), &host, &port, se->pool))
        ask_host(se, apr_psprintf(se->pool, "https://%s:%d", host, port));
}

static void ask_domain(search_t *se, const char *domain)
{
    ask_host(se, apr_pstrcat(se->pool, "https://", domain, NULL));
    if (!found(se))
        ask_host(se, apr_pstrcat(se->pool, "https://autodiscover.", domain, NULL));
    if (!found(se))
        ask_http_redirect(se, domain);
    if (!found(se))
        ask_srv(se, domain);
}

static int valid_domain(const char *domain)
{
    for (const char *p = domain; *p; p++)
        if (!apr_isalnum(*p) && *p != '-' && *p != '.')
            return 0;
    return *domain && *domain != '.' && *domain != '-';
}

/* The configured service, or base of one. */
static void ask_fixed(search_t *se, const char *fixed)
{
    apr_size_t n = strlen(fixed);
    if (n > 4 && (strcasecmp(fixed + n - 4, ".xml") == 0 || strcasecmp(fixed + n - 4, ".svc") == 0))
        ask(se, fixed);
    else
        ask_host(se, n && fixed[n - 1] == '/' ? apr_pstrmemdup(se->pool, fixed, n - 1) : fixed);
}

static void search(search_t *se)
{
    const char *fixed = se->s->cfg->autodiscover_url;
    if (fixed) {
        se->allow_http = strncasecmp(fixed, "http://", 7) == 0;
        ask_fixed(se, fixed);
    } else {
        const char *domain = strrchr(se->address, '@') + 1;
        if (valid_domain(domain))
            ask_domain(se, domain);
    }
    while (!se->ews_url && (se->next_url || se->next_address) && se->redirects++ < MAX_REDIRECTS) {
        const char *url = se->next_url, *address = se->next_address;
        se->next_url = se->next_address = NULL;
        if (address) {
            se->address = address;
            se->elsewhere = 1;
            const char *domain = strrchr(address, '@');
            if (fixed)
                ask_fixed(se, fixed);
            else if (domain && valid_domain(domain + 1))
                ask_domain(se, domain + 1);
        } else
            ask(se, url);
    }
}

void xc_autodiscover_alternates(apr_array_header_t **out, xc_session_t *s, const char *address, apr_pool_t *pool)
{
    search_t se = {.s = s, .pool = pool, .address = address};
    *out = se.alternates = apr_array_make(pool, 4, sizeof(xc_shared_t));
    const char *domain = strchr(address, '@');
    /* as for the URL: only who serves the configured domain is believed */
    if ((s->cfg->url && !s->cfg->autodiscover_url) || !domain || !s->cfg->mail_domain || strcasecmp(domain + 1, s->cfg->mail_domain))
        return;
    search(&se);
}

/* What is known of a whole domain, and what of one address only. */
static const char *domain_key(const char *domain, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "ews-url ", domain, NULL);
}

static const char *address_key(const char *address, apr_pool_t *pool)
{
    char *key = apr_pstrcat(pool, "ews-url-of ", address, NULL);
    for (char *c = key; *c; c++)
        *c = (char)apr_tolower(*c);
    return key;
}

void xc_autodiscover_forget(xc_session_t *s, const char *login, apr_pool_t *pool)
{
    const char *address = xc_login_address(login, s->cfg->mail_domain, pool);
    if (s->cfg->url || !s->memo_set || !address)
        return;
    s->memo_set(s->memo_ctx, address_key(address, pool), NULL, 0);
    s->memo_set(s->memo_ctx, domain_key(strrchr(address, '@') + 1, pool), NULL, 0);
}

static const char *remembered(xc_session_t *s, const char *key, apr_pool_t *pool)
{
    return s->memo_get ? s->memo_get(s->memo_ctx, key, pool) : NULL;
}

xc_error_t *xc_autodiscover_url(const char **url, xc_session_t *s, const char *login, apr_pool_t *pool)
{
    *url = s->cfg->url;
    if (*url)
        return NULL;
    search_t se = {.s = s, .pool = pool, .address = xc_login_address(login, s->cfg->mail_domain, pool)};
    if (!s->cfg->mail_domain)
        return xc_error_make(pool, 502, XC_COND_NONE, "Neither ExchangeURL nor ExchangeMailDomain is configured.");
    const char *domain = se.address ? strrchr(se.address, '@') + 1 : "";
    /* Whoever serves a domain vouches for its logins, and for no others: a login of a foreign domain
     * must not make a foreign server say who somebody is. */
    if (strcasecmp(domain, s->cfg->mail_domain))
        return xc_error_make(pool, 401, XC_COND_NONE, "Logins here belong to the mail domain %s.", s->cfg->mail_domain);
    const char *own = address_key(se.address, pool), *bad = apr_pstrcat(pool, "ews-url-failed ", domain, NULL);
    *url = remembered(s, own, pool);
    if (!*url)
        *url = remembered(s, domain_key(domain, pool), pool);
    if (*url)
        return NULL;
    if (remembered(s, bad, pool))
        return xc_error_retry(xc_error_make(pool, 503, XC_COND_NONE, "Autodiscover found no Exchange for %s.", domain), 30);
    search(&se);
    if (se.ews_url) {
        *url = se.ews_url;
        if (s->memo_set)
            s->memo_set(s->memo_ctx, se.elsewhere ? own : domain_key(domain, pool), se.ews_url, GOOD_FOR);
        xc_log(s->log, XC_LOG_INFO, "Autodiscover: %s is served by %s", domain, se.ews_url);
        return NULL;
    }
    if (se.refused)
        return xc_error_make(pool, 401, XC_COND_NONE, "Exchange does not accept this login.");
    if (s->memo_set)
        s->memo_set(s->memo_ctx, bad, se.unreachable ? "unreachable" : "no answer", BAD_FOR);
    return xc_error_retry(xc_error_context(xc_error_make(pool, 503, XC_COND_NONE, "Autodiscover found no Exchange for %s.", domain), pool,
                                           "name the server with ExchangeURL or ExchangeAutodiscoverURL"),
                          30);
}
