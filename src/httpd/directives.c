/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of directive_rows.h as a table, and the checks of their texts. */
#include "httpd/directives.h"

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>

#include "httpd/directive_rows.h"
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

static const xc_choice_t shared_places[] = {{"off", XC_SHARED_OFF}, {"proxy", XC_SHARED_PROXY}, {"home", XC_SHARED_HOME}, {NULL, 0}};
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

/* "alice@example.com,@contractors.example.com": what is matched against a mailbox's address. */
static const char *check_addresses(const char *text, apr_pool_t *pool)
{
    const char *p = text;
    int n = 0;

    for (p += strspn(p, ", \t"); *p; p += strspn(p, ", \t"), n++) {
        apr_size_t len = strcspn(p, ", \t");
        const char *one = apr_pstrmemdup(pool, p, len), *at = strchr(one, '@');
        if (!at || strchr(at + 1, '@') || check_domain(at + 1, pool))
            return "it must be mail addresses, or @ and a domain, separated by commas";
        p += len;
    }
    return n ? NULL : "it must be mail addresses, or @ and a domain, separated by commas";
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

#define ACCOUNT(f) XC_VALUE_ACCOUNT, FIELD(f), NULL, 0, 0, NULL, NULL
#define ROW(name, spec, help) {#name, spec, help},

const xc_directive_t xc_dir_directives[] = {XC_DIR_DIRECTIVES(ROW, ROW)};
const int xc_dir_directive_count = (int)(sizeof(xc_dir_directives) / sizeof(xc_dir_directives[0]));

#undef FIELD
#define FIELD(f) offsetof(xc_server_config_t, f)

const xc_directive_t xc_server_directives[] = {XC_SERVER_DIRECTIVES(ROW)};
const int xc_server_directive_count = (int)(sizeof(xc_server_directives) / sizeof(xc_server_directives[0]));
