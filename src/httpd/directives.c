/* SPDX-License-Identifier: Apache-2.0 */
/* The rows. A new directive is a field of its config and a row here. */
#include "httpd/directives.h"

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "net/http.h"

#define SECONDS(n) ((apr_int64_t)(n) * APR_USEC_PER_SEC)
#define DAYS(n)    (SECONDS(n) * 86400)
#define KB(n)      ((apr_int64_t)(n) * 1024)
#define MB(n)      (KB(n) * 1024)

#define FIELD(f)     offsetof(xc_dir_config_t, f)
#define FLAG(f, d)   XC_VALUE_FLAG, FIELD(f), d, 0, 1, NULL, NULL
#define INT(f, d, lo, hi) XC_VALUE_INT, FIELD(f), d, lo, hi, NULL, NULL
#define TIME(f, d, lo, hi) XC_VALUE_TIME, FIELD(f), d, lo, hi, NULL, NULL
#define BYTES(f, d, lo, hi) XC_VALUE_BYTES, FIELD(f), d, lo, hi, NULL, NULL
#define CHOICE(f, d, c) XC_VALUE_CHOICE, FIELD(f), d, 0, 0, c, NULL
#define TEXT(f, d, check) XC_VALUE_TEXT, FIELD(f), d, 0, 0, NULL, check

static const xc_choice_t protocols[] = {{"auto", 0}, {"ews", 1}, {NULL, 0}};

static const xc_choice_t auths[] = {{"any", XC_AUTH_ANY},
                                    {"basic", XC_AUTH_BASIC},
                                    {"ntlm", XC_AUTH_NTLM},
                                    {"negotiate", XC_AUTH_NEGOTIATE},
                                    {"bearer", XC_AUTH_BEARER},
                                    {NULL, 0}};

static const char *check_url(const char *text, apr_pool_t *pool)
{
    if (!xc_net_origin(text, pool))
        return "it must be an absolute http or https URL without a login in it";
    for (; *text; text++) {
        if (!apr_isgraph(*text))
            return "it holds a character that no URL may have";
    }
    return NULL;
}

static const char *check_domain(const char *text, apr_pool_t *pool)
{
    const char *p;

    (void)pool;
    if (!*text || *text == '.' || *text == '-' || strlen(text) > 253)
        return "it must be a domain like example.com";
    for (p = text; *p; p++) {
        if (!apr_isalnum(*p) && *p != '-' && *p != '.')
            return "it must be a domain like example.com";
    }
    return NULL;
}

static const char *check_version(const char *text, apr_pool_t *pool)
{
    static const char *const known[] = {"Exchange2007_SP1", "Exchange2010", "Exchange2010_SP1", "Exchange2010_SP2",
                                        "Exchange2013", "Exchange2013_SP1", "Exchange2015", "Exchange2016"};
    const char *all = "";
    unsigned i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(text, known[i]) == 0)
            return NULL;
        all = apr_pstrcat(pool, all, i ? ", " : "", known[i], NULL);
    }
    return apr_pstrcat(pool, "it must be one of ", all, NULL);
}

static const char *check_base(const char *text, apr_pool_t *pool)
{
    const char *p;

    (void)pool;
    if (!*text)
        return NULL;
    if (*text != '/' || text[strlen(text) - 1] == '/' || strstr(text, "//"))
        return "it must be a path like /dav, without a slash at its end";
    for (p = text; *p; p++) {
        if (!apr_isalnum(*p) && !strchr("/-_.~", *p))
            return "it must be a path of letters, digits and - . _ ~";
    }
    return NULL;
}

static const char *check_territory(const char *text, apr_pool_t *pool)
{
    (void)pool;
    return strlen(text) == 2 && apr_isupper(text[0]) && apr_isupper(text[1]) ? NULL : "it must be an ISO 3166 country code like DE";
}

static const char *check_zone(const char *text, apr_pool_t *pool)
{
    const char *p;
    apr_finfo_t info;

    if (!apr_isalpha(*text) || strstr(text, ".."))
        return "it must be an IANA time zone like Europe/Berlin";
    for (p = text; *p; p++) {
        if (!apr_isalnum(*p) && !strchr("/-_+", *p))
            return "it must be an IANA time zone like Europe/Berlin";
    }
    if (apr_stat(&info, apr_pstrcat(pool, "/usr/share/zoneinfo/", text, NULL), APR_FINFO_TYPE, pool) != APR_SUCCESS || info.filetype != APR_REG)
        return "this system's tz database does not have it";
    return NULL;
}

static const char *check_readable(const char *text, apr_pool_t *pool)
{
    apr_file_t *f;

    if (*text != '/')
        return "it must be an absolute path";
    if (apr_file_open(&f, text, APR_FOPEN_READ, APR_FPROT_OS_DEFAULT, pool) != APR_SUCCESS)
        return "the file cannot be read";
    apr_file_close(f);
    return NULL;
}

static const char *check_cache(const char *text, apr_pool_t *pool)
{
    (void)pool;
    if (strncmp(text, "lmdb:", 5) == 0)
        return text[5] == '/' ? NULL : "after lmdb: an absolute directory is needed";
    if (strncmp(text, "socache:", 8) == 0)
        return text[8] && text[8] != ':' ? NULL : "after socache: the name of a provider is needed, like socache:redis:127.0.0.1:6379";
    return "it must be lmdb:DIRECTORY or socache:PROVIDER[:ARGUMENTS]";
}

const xc_directive_t xc_dir_directives[] = {
    {"ExchangeGateway", FLAG(gateway, "Off"),
     "Answer calendar clients here. Best in a <Location \"/\"> of a host of its own."},
    {"ExchangeURL", TEXT(url, NULL, check_url),
     "URL of Exchange Web Services, like https://mail.example.com/EWS/Exchange.asmx. Without it: Autodiscover of the mail domain."},
    {"ExchangeProtocol", CHOICE(protocol, "auto", protocols), "How Exchange is spoken to: auto or ews."},
    {"ExchangeMailDomain", TEXT(mail_domain, NULL, check_domain),
     "Completes a login without @ to a mail address; the domain that Autodiscover asks."},
    {"ExchangeAutodiscoverURL", TEXT(autodiscover_url, NULL, check_url),
     "Ask this URL instead of the standard places of Autodiscover."},
    {"ExchangeVersion", TEXT(version, NULL, check_version),
     "Fix the RequestServerVersion, like Exchange2010_SP2. Without it: negotiated and remembered."},
    {"ExchangeAuth", CHOICE(auth, "any", auths),
     "How the gateway signs in to Exchange: any (NTLM or Basic, what it offers), basic, ntlm, negotiate (Kerberos) or bearer."},
    {"ExchangeImpersonation", FLAG(impersonation, "Off"),
     "Users were authenticated by httpd; Exchange is asked with the service account, which acts as the user."},
    {"ExchangeServiceAccount", XC_VALUE_ACCOUNT, FIELD(service), NULL, 0, 0, NULL, NULL,
     "Login of the service account and the file with its password (readable by its owner alone)."},
    {"ExchangeTimeout", TIME(timeout, "60s", SECONDS(1), SECONDS(3600)),
     "A client's request is over after this time, whatever Exchange does."},
    {"ExchangeConnectTimeout", TIME(connect_timeout, "10s", SECONDS(1) / 10, SECONDS(300)),
     "Longest wait for a connection to Exchange."},
    {"ExchangeIdleTimeout", TIME(idle_timeout, "60s", SECONDS(1), SECONDS(3600)),
     "Connections to Exchange that were idle for this long are not used again."},
    {"ExchangeConnections", INT(connections, "16", 1, 1000),
     "Requests to one Exchange under way at once, per httpd process."},
    {"ExchangeMaxAnswer", BYTES(max_answer_bytes, "64M", KB(64), MB(2047)),
     "Largest answer of Exchange that is taken."},
    {"ExchangeBatchSize", INT(batch_size, "250", 1, 1000), "Items fetched with one call."},
    {"ExchangeParallel", INT(parallel, "4", 1, 64), "Calls side by side for one client request."},
    {"ExchangeFreshness", TIME(freshness, "0", 0, DAYS(1)),
     "What Exchange said is used without asking again for this long; 0: ask once for every client request."},
    {"ExchangeHomeFreshness", TIME(home_freshness, "5min", 0, DAYS(1)), "The same for the list of calendars."},
    {"ExchangeReadAhead", INT(read_ahead, "2000", 0, 100000),
     "Items fetched beyond those asked for, because the client will ask for them next."},
    {"ExchangeCredentialCache", TIME(credential_cache, "5min", 0, DAYS(1)),
     "A login that Exchange accepted is not checked again for this long; 0: check every request."},
    {"ExchangeTLSVerify", FLAG(tls_verify, "On"), "Check the certificate and the host name of Exchange."},
    {"ExchangeCAFile", TEXT(ca_file, NULL, check_readable),
     "PEM file of the certification authorities to trust for Exchange, instead of the system's."},
    {"ExcalBase", TEXT(base, "/dav", check_base), "Path below which the CalDAV resources lie."},
    {"ExcalMaxRequestBody", BYTES(max_request_bytes, "4M", KB(1), MB(1024)), "Largest XML request body."},
    {"ExcalMaxResourceSize", BYTES(max_resource_bytes, "10M", KB(1), MB(1024)), "Largest calendar object (CALDAV:max-resource-size)."},
    {"ExcalMaxKeptSize", BYTES(max_kept_bytes, "256K", KB(1), MB(16)),
     "Most that is kept beside an item of what Exchange has no place for."},
    {"ExcalMaxAttendees", INT(max_attendees, "500", 1, 100000), "Most attendees of an event."},
    {"ExcalMaxMatches", INT(max_matches, "20000", 1, 1000000), "Most members in one multistatus."},
    {"ExcalMaxComponents", INT(max_components, "1000", 1, 100000), "Most changed occurrences in one calendar object."},
    {"ExcalPastWindow", TIME(past_window, "0", 0, DAYS(36500)),
     "How far back ?export and queries without a time range reach; 0: all."},
    {"ExcalFutureWindow", TIME(future_window, "0", 0, DAYS(36500)), "How far ahead they reach; 0: all."},
    {"ExcalReadOnly", FLAG(read_only, "Off"), "Refuse every change."},
    {"ExcalTerritory", TEXT(territory, NULL, check_territory),
     "Country whose IANA zone is meant by a Windows zone of several countries."},
    {"ExcalTimeZone", TEXT(time_zone, "UTC", check_zone), "Zone in which times without a zone are meant."},
};
const int xc_dir_directive_count = (int)(sizeof(xc_dir_directives) / sizeof(xc_dir_directives[0]));

#undef FIELD
#define FIELD(f) offsetof(xc_server_config_t, f)

const xc_directive_t xc_server_directives[] = {
    {"ExcalCache", TEXT(cache, "lmdb:/var/cache/mod_excal", check_cache),
     "Where the gateway remembers: lmdb:DIRECTORY, or socache:PROVIDER[:ARGUMENTS] to share it between machines."},
    {"ExcalCacheSize", BYTES(cache_bytes, "1G", MB(8), MB(1024) * 1024), "Bound of the LMDB map."},
    {"ExcalCacheAge", TIME(body_age, "30d", SECONDS(3600), DAYS(3650)), "Event bodies that nobody asked for are dropped after this time."},
    {"ExcalDeletionAge", TIME(tombstone_age, "90d", DAYS(1), DAYS(3650)),
     "Deletions are remembered this long; a client that stayed away longer makes a full sync."},
};
const int xc_server_directive_count = (int)(sizeof(xc_server_directives) / sizeof(xc_server_directives[0]));
