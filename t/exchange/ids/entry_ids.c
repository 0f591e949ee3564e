/* SPDX-License-Identifier: Apache-2.0 */
#include "ids/entry_ids.h"

#include <apr_encode.h>
#include <string.h>

#define SERVER "EXCHANGE"

static const unsigned char address_book[28] = {
    0x00, 0x00, 0x00, 0x00, 0xdc, 0xa7, 0x40, 0xc8, 0xc0, 0x42, 0x10, 0x1a, 0xb4, 0xb9,
    0x08, 0x00, 0x2b, 0x2f, 0xe1, 0x82, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};

/* flags, provider of wrapped stores, version, flag, name of the library; then the wrapped
 * entry id: flags, provider of mailboxes, type */
static const unsigned char store[60] = {
    0x00, 0x00, 0x00, 0x00, 0x38, 0xa1, 0xbb, 0x10, 0x05, 0xe5, 0x10, 0x1a,
    0xa1, 0xbb, 0x08, 0x00, 0x2b, 0x2a, 0x56, 0xc2, 0x00, 0x00, 'E',  'M',
    'S',  'M',  'D',  'B',  '.',  'D',  'L',  'L',  0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x1b, 0x55, 0xfa, 0x20, 0xaa, 0x66, 0x11, 0xcd,
    0x9b, 0xc8, 0x00, 0xaa, 0x00, 0x2f, 0xc4, 0x5a, 0x0c, 0x00, 0x00, 0x00};

static const char *encode(apr_pool_t *pool, const unsigned char *head, size_t n,
                          const char *server, const char *dn)
{
    size_t a = server ? strlen(server) + 1 : 0, b = strlen(dn) + 1;
    unsigned char *raw = apr_palloc(pool, n + a + b);
    memcpy(raw, head, n);
    if (server)
        memcpy(raw + n, server, a);
    memcpy(raw + n + a, dn, b);
    return apr_pencode_base64_binary(pool, raw, (apr_ssize_t)(n + a + b), APR_ENCODE_NONE,
                                     NULL);
}

const char *lab_address_book_entry_id(apr_pool_t *pool, const lab_dir_entry_t *who)
{
    return encode(pool, address_book, sizeof address_book, NULL, who->legacy_dn);
}

const char *lab_store_entry_id(apr_pool_t *pool, const lab_dir_entry_t *who)
{
    return encode(pool, store, sizeof store, SERVER, who->legacy_dn);
}
