/* SPDX-License-Identifier: Apache-2.0 */
/* MD4 (RFC 1320): the NT hash of a password needs it, OpenSSL 3 does not offer it by
 * default. */
#ifndef LAB_MD4_H
#define LAB_MD4_H

#include <stddef.h>

void lab_md4(const void *data, size_t len, unsigned char digest[16]);

#endif
