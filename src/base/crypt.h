/* SPDX-License-Identifier: Apache-2.0 */
/** @file crypt.h  Hashes and random ids (OpenSSL EVP, APR's random source). */
#ifndef XC_BASE_CRYPT_H
#define XC_BASE_CRYPT_H

#include <apr_pools.h>

#define XC_SHA256_BYTES 32

/** SHA-256 of data. */
void xc_crypt_sha256(unsigned char out[XC_SHA256_BYTES], const void *data, apr_size_t len);
/** HMAC-SHA-256. */
void xc_crypt_hmac(unsigned char out[XC_SHA256_BYTES], const void *key, apr_size_t key_len, const void *data, apr_size_t len);
/** First `bytes` (<= 32) of the SHA-256 of a list of NUL-terminated strings (each with its NUL; the list ends with NULL), lower-case hex, on the pool. */
const char *xc_crypt_hex(apr_pool_t *pool, apr_size_t bytes, ...);
/** `bytes` of randomness as lower-case hex. */
const char *xc_crypt_random_hex(apr_pool_t *pool, apr_size_t bytes);
/** Compare in time that does not depend on the content. @return 1 when equal */
int xc_crypt_equal(const void *a, const void *b, apr_size_t len);

#endif
