/* SPDX-License-Identifier: Apache-2.0 */
#include "http/ntlm.h"

#include <apr_encode.h>
#include <apr_general.h>
#include <apr_strings.h>
#include <http_config.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdbool.h>
#include <string.h>

#include "http/md4.h"

#define MAX_MESSAGE 8192

extern module AP_MODULE_DECLARE_DATA lab_module;

typedef struct ntlm_state {
    unsigned char challenge[8];
    bool challenged;
    const lab_dir_entry_t *who;
} ntlm_state_t;

static ntlm_state_t *state_of(request_rec *r)
{
    return ap_get_module_config(r->connection->conn_config, &lab_module);
}

const lab_dir_entry_t *lab_ntlm_known(request_rec *r)
{
    const ntlm_state_t *state = state_of(r);
    return state ? state->who : NULL;
}

static unsigned u16(const unsigned char *p)
{
    return p[0] | (unsigned)p[1] << 8;
}

static void le(unsigned char *p, apr_uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        p[i] = (unsigned char)(v >> (8 * i));
}

/* ASCII to UTF-16LE; returns the length in bytes */
static int wide(unsigned char *out, const char *text)
{
    int n = 0;
    for (; *text; text++) {
        out[n++] = (unsigned char)*text;
        out[n++] = 0;
    }
    return n;
}

static int av_pair(unsigned char *p, int id, const char *text)
{
    int n = wide(p + 4, text);
    le(p, (apr_uint64_t)id, 2);
    le(p + 2, (apr_uint64_t)n, 2);
    return n + 4;
}

/* CHALLENGE_MESSAGE, [MS-NTLM] 2.2.1.2 */
static const char *make_challenge(apr_pool_t *pool, ntlm_state_t *state)
{
    unsigned char m[512] = "NTLMSSP";
    apr_generate_random_bytes(state->challenge, sizeof state->challenge);
    state->challenged = true;
    m[8] = 2;
    int target = wide(m + 56, LAB_DIR_NETBIOS);
    le(m + 12, (apr_uint64_t)target, 2);
    le(m + 14, (apr_uint64_t)target, 2);
    le(m + 16, 56, 4);
    /* Unicode, request target, NTLM, always sign, target is a domain, extended session
     * security, target info, version, 128 bit, 56 bit */
    le(m + 20, 0xa2898205u, 4);
    memcpy(m + 24, state->challenge, 8);
    unsigned char *info = m + 56 + target, *p = info;
    p += av_pair(p, 2, LAB_DIR_NETBIOS);
    p += av_pair(p, 1, "EXCHANGE");
    p += av_pair(p, 4, LAB_DIR_DOMAIN);
    p += av_pair(p, 3, "exchange." LAB_DIR_DOMAIN);
    le(p, 7, 2);
    le(p + 2, 8, 2);
    le(p + 4, (apr_uint64_t)(apr_time_now() * 10 + 116444736000000000LL), 8);
    p += 16; /* the time and the empty pair that ends the list */
    le(m + 40, (apr_uint64_t)(p - info), 2);
    le(m + 42, (apr_uint64_t)(p - info), 2);
    le(m + 44, (apr_uint64_t)(info - m), 4);
    static const unsigned char version[8] = {10, 0, 0x39, 0x38, 0, 0, 0, 15};
    memcpy(m + 48, version, sizeof version);
    return apr_pstrcat(pool, "NTLM ",
                       apr_pencode_base64_binary(pool, m, p - m, APR_ENCODE_NONE, NULL),
                       NULL);
}

/* a field of an AUTHENTICATE_MESSAGE; false when it lies outside */
static bool field(const unsigned char *m, size_t len, int at, const unsigned char **out,
                  size_t *n)
{
    *n = u16(m + at);
    size_t offset = u16(m + at + 4) | (size_t)u16(m + at + 6) << 16;
    *out = m + offset;
    return offset <= len && *n <= len - offset;
}

static bool md5_mac(const unsigned char *key, const unsigned char *a, size_t na,
                    const unsigned char *b, size_t nb, unsigned char out[16])
{
    unsigned char all[MAX_MESSAGE + 16];
    unsigned len = 0;
    if (na + nb > sizeof all)
        return false;
    memcpy(all, a, na);
    memcpy(all + na, b, nb);
    return HMAC(EVP_md5(), key, 16, all, na + nb, out, &len) && len == 16;
}

/* UTF-16LE of ASCII to a string; NULL when there is something else in it */
static const char *narrow(apr_pool_t *pool, const unsigned char *p, size_t n)
{
    char *text = apr_palloc(pool, n / 2 + 1);
    for (size_t i = 0; i + 1 < n; i += 2) {
        if (p[i + 1] || p[i] < 0x20 || p[i] > 0x7e)
            return NULL;
        text[i / 2] = (char)p[i];
    }
    text[n / 2] = '\0';
    return text;
}

/* NTOWFv2 and the proof, [MS-NTLM] 3.3.2 */
static bool proved(const ntlm_state_t *state, const unsigned char *user, size_t nuser,
                   const unsigned char *domain, size_t ndomain,
                   const unsigned char *answer, size_t nanswer)
{
    unsigned char password[128], nt[16], v2[16], proof[16], upper[512];
    if (nanswer < 16 + 28 || nuser > sizeof upper)
        return false;
    lab_md4(password, (size_t)wide(password, LAB_DIR_PASSWORD), nt);
    memcpy(upper, user, nuser);
    for (size_t i = 0; i + 1 < nuser; i += 2)
        if (!upper[i + 1] && upper[i] >= 'a' && upper[i] <= 'z')
            upper[i] = (unsigned char)(upper[i] - 32);
    return md5_mac(nt, upper, nuser, domain, ndomain, v2) &&
           md5_mac(v2, state->challenge, 8, answer + 16, nanswer - 16, proof) &&
           CRYPTO_memcmp(proof, answer, 16) == 0;
}

/* AUTHENTICATE_MESSAGE, [MS-NTLM] 2.2.1.3 */
static const lab_dir_entry_t *authenticate(request_rec *r, ntlm_state_t *state,
                                           const unsigned char *m, size_t len)
{
    const unsigned char *answer, *domain, *user;
    size_t nanswer, ndomain, nuser;
    if (len < 64 || !state->challenged)
        return NULL;
    state->challenged = false;
    if (!field(m, len, 20, &answer, &nanswer) || !field(m, len, 28, &domain, &ndomain) ||
        !field(m, len, 36, &user, &nuser))
        return NULL;
    const char *name = narrow(r->pool, user, nuser);
    const char *where = narrow(r->pool, domain, ndomain);
    if (!name || !where || !proved(state, user, nuser, domain, ndomain, answer, nanswer))
        return NULL;
    if (!*where || strchr(name, '@') || strchr(name, '\\'))
        return lab_dir_by_login(name);
    const lab_dir_entry_t *who =
        lab_dir_by_login(apr_pstrcat(r->pool, where, "\\", name, NULL));
    return who ? who : lab_dir_by_login(name);
}

const lab_dir_entry_t *lab_ntlm_step(request_rec *r, const char *base64,
                                     const char **challenge)
{
    apr_size_t len = 0;
    *challenge = NULL;
    if (strlen(base64) > MAX_MESSAGE)
        return NULL;
    const unsigned char *m = apr_pdecode_base64_binary(r->pool, base64, APR_ENCODE_STRING,
                                                       APR_ENCODE_NONE, &len);
    if (!m || len < 16 || memcmp(m, "NTLMSSP", 8))
        return NULL;
    ntlm_state_t *state = state_of(r);
    if (!state) {
        state = apr_pcalloc(r->connection->pool, sizeof *state);
        ap_set_module_config(r->connection->conn_config, &lab_module, state);
    }
    if (u16(m + 8) == 1) {
        *challenge = make_challenge(r->pool, state);
        return NULL;
    }
    if (u16(m + 8) != 3)
        return NULL;
    state->who = authenticate(r, state, m, len);
    return state->who;
}
