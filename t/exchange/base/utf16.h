/* SPDX-License-Identifier: Apache-2.0 */
/* Lengths as Windows counts them. */
#ifndef LAB_UTF16_H
#define LAB_UTF16_H

#include <stddef.h>

/* How many bytes of a UTF-8 text hold its first `units` UTF-16 units; never a part of a
 * character. */
size_t lab_utf16_cut(const char *text, int units);

#endif
