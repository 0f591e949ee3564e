/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypt.h"

#include <apr_escape.h>
#include <apr_general.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A hash that cannot be computed must never be mistaken for one: nothing sensible can go on. */
static void must(int ok)
{
    if (!ok)
        abort();
}

void xc_crypt_sha256(unsigned char out[XC_SHA256_BYTES], const void *data, apr_size_t len)
{
    must(EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1);
}

void xc_crypt_hmac(unsigned char out[XC_SHA256_BYTES], const void *key, apr_size_t key_len,
                   const void *data, apr_size_t len)
{
    unsigned int n = 0;

    must(key_len <= 4096);
    must(HMAC(EVP_sha256(), key, (int)key_len, data, len, out, &n) != NULL && n == XC_SHA256_BYTES);
}

const char *xc_crypt_hex(apr_pool_t *pool, apr_size_t bytes, ...)
{
    unsigned char sum[XC_SHA256_BYTES];
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    const char *s;
    va_list ap;

    must(md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1);
    va_start(ap, bytes);
    while ((s = va_arg(ap, const char *)) != NULL)
        must(EVP_DigestUpdate(md, s, strlen(s) + 1) == 1);
    va_end(ap);
    must(EVP_DigestFinal_ex(md, sum, NULL) == 1);
    EVP_MD_CTX_free(md);
    if (bytes > sizeof(sum))
        bytes = sizeof(sum);
    return apr_pescape_hex(pool, sum, bytes, 0);
}

const char *xc_crypt_random_hex(apr_pool_t *pool, apr_size_t bytes)
{
    unsigned char *random = apr_palloc(pool, bytes ? bytes : 1);

    must(apr_generate_random_bytes(random, bytes) == APR_SUCCESS);
    return bytes ? apr_pescape_hex(pool, random, bytes, 0) : "";
}

int xc_crypt_equal(const void *a, const void *b, apr_size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}
