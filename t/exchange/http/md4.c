/* SPDX-License-Identifier: Apache-2.0 */
#include "http/md4.h"

#include <stdint.h>
#include <string.h>

static uint32_t rol(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

static void block(uint32_t s[4], const unsigned char *p)
{
    static const int shifts[3][4] = {{3, 7, 11, 19}, {3, 5, 9, 13}, {3, 9, 11, 15}};
    static const uint32_t add[3] = {0, 0x5a827999, 0x6ed9eba1};
    static const unsigned char order[3][16] = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
        {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15},
        {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15}};
    uint32_t x[16], a = s[0], b = s[1], c = s[2], d = s[3];
    for (int i = 0; i < 16; i++)
        x[i] = (uint32_t)p[4 * i] | (uint32_t)p[4 * i + 1] << 8 |
               (uint32_t)p[4 * i + 2] << 16 | (uint32_t)p[4 * i + 3] << 24;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 16; i++) {
            uint32_t f = round == 0   ? (b & c) | (~b & d)
                         : round == 1 ? (b & c) | (b & d) | (c & d)
                                      : b ^ c ^ d;
            uint32_t t =
                rol(a + f + x[order[round][i]] + add[round], shifts[round][i % 4]);
            a = d;
            d = c;
            c = b;
            b = t;
        }
    }
    s[0] += a;
    s[1] += b;
    s[2] += c;
    s[3] += d;
}

void lab_md4(const void *data, size_t len, unsigned char digest[16])
{
    uint32_t s[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    const unsigned char *p = data;
    size_t left = len;
    for (; left >= 64; p += 64, left -= 64)
        block(s, p);
    unsigned char tail[128] = {0};
    memcpy(tail, p, left);
    tail[left] = 0x80;
    size_t size = left < 56 ? 64 : 128;
    uint64_t bits = (uint64_t)len * 8;
    for (int i = 0; i < 8; i++)
        tail[size - 8 + (size_t)i] = (unsigned char)(bits >> (8 * i));
    block(s, tail);
    if (size == 128)
        block(s, tail + 64);
    for (int i = 0; i < 16; i++)
        digest[i] = (unsigned char)(s[i / 4] >> (8 * (i % 4)));
}
