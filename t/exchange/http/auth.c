/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in: Basic, NTLM and bearer tokens, each when it is switched on. */
#include "http/http.h"

#include <apr_encode.h>
#include <apr_strings.h>
#include <http_config.h>
#include <string.h>

#include "control/calls.h"
#include "http/ntlm.h"

int lab_auth_refuse(lab_server_t *lab, request_rec *r)
{
    unsigned auth = lab_settings_auth(lab->settings);
    apr_table_t *out = r->err_headers_out;
    if (auth & LAB_AUTH_NTLM)
        apr_table_addn(out, "WWW-Authenticate", "NTLM");
    if (auth & LAB_AUTH_BEARER)
        apr_table_addn(
            out, "WWW-Authenticate",
            "Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", "
            "trusted_issuers=\"00000001-0000-0000-c000-000000000000@contoso.example\","
            " token_types=\"app_asserted_user_v1 service_asserted_app_v1\", "
            "authorization_uri=\"https://login.contoso.example/oauth2/authorize\"");
    if (auth & LAB_AUTH_BASIC)
        apr_table_addn(
            out, "WWW-Authenticate",
            apr_psprintf(r->pool, "Basic realm=\"%s\"", "exchange.contoso.example"));
    lab_calls_count_refused(lab->calls);
    return lab_http_send(r, HTTP_UNAUTHORIZED, "text/html", "", 0);
}

static const lab_dir_entry_t *basic(request_rec *r, const char *value)
{
    apr_size_t len = 0;
    if (strlen(value) > 2000)
        return NULL;
    const char *pair =
        apr_pdecode_base64(r->pool, value, APR_ENCODE_STRING, APR_ENCODE_NONE, &len);
    const char *colon = pair && strlen(pair) == len ? strchr(pair, ':') : NULL;
    if (!colon)
        return NULL;
    return lab_dir_login(apr_pstrmemdup(r->pool, pair, (apr_size_t)(colon - pair)),
                         colon + 1);
}

static const char *after(const char *value, const char *scheme)
{
    size_t n = strlen(scheme);
    if (!value || strncasecmp(value, scheme, n) || value[n] != ' ')
        return NULL;
    value += n;
    while (*value == ' ')
        value++;
    return value;
}

const lab_dir_entry_t *lab_auth_check(lab_server_t *lab, request_rec *r, int *status)
{
    unsigned auth = lab_settings_auth(lab->settings);
    const char *given = apr_table_get(r->headers_in, "Authorization"), *value;
    const lab_dir_entry_t *who = NULL;
    if ((auth & LAB_AUTH_NTLM) && !after(given, "NTLM") && (who = lab_ntlm_known(r)))
        return who;
    if ((auth & LAB_AUTH_BASIC) && (value = after(given, "Basic"))) {
        who = basic(r, value);
    } else if ((auth & LAB_AUTH_BEARER) && (value = after(given, "Bearer"))) {
        const char *login = lab_settings_token(lab->settings, r->pool, value);
        who = login ? lab_dir_by_login(login) : NULL;
    } else if ((auth & LAB_AUTH_NTLM) && (value = after(given, "NTLM"))) {
        const char *challenge = NULL;
        who = lab_ntlm_step(r, value, &challenge);
        if (challenge) {
            apr_table_addn(r->err_headers_out, "WWW-Authenticate", challenge);
            *status = lab_http_send(r, HTTP_UNAUTHORIZED, "text/html", "", 0);
            return NULL;
        }
    }
    if (!who)
        *status = lab_auth_refuse(lab, r);
    else
        r->user = apr_pstrdup(r->pool, who->smtp);
    return who;
}
