/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf16.h"

size_t lab_utf16_cut(const char *text, int units)
{
    size_t at = 0;
    while (text[at]) {
        unsigned char c = (unsigned char)text[at];
        size_t more = 1;
        units -= c >= 0xf0 ? 2 : 1;
        if (units < 0)
            break;
        while (((unsigned char)text[at + more] & 0xc0) == 0x80)
            more++;
        at += more;
    }
    return at;
}
