/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing text buffer on a pool, and the few ways the simulator writes XML into it.
 * Answers are printed in one pass, in the order that Microsoft's schema fixes.
 */
#ifndef LAB_BUF_H
#define LAB_BUF_H

#include <apr_pools.h>
#include <stddef.h>

typedef struct lab_buf {
    char *data; /* NUL-terminated at any time */
    size_t len; /* bytes, without the NUL */
    size_t room;
    apr_pool_t *pool;
} lab_buf_t;

/* Starts an empty buffer on `pool`. */
void lab_buf_init(lab_buf_t *b, apr_pool_t *pool, size_t room);
/* Appends `len` bytes as they are. */
void lab_buf_add(lab_buf_t *b, const char *text, size_t len);
/* Appends a string as it is; NULL adds nothing. */
void lab_buf_puts(lab_buf_t *b, const char *text);
/* Appends formatted text as it is. */
void lab_buf_printf(lab_buf_t *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Appends text escaped for element content or a quoted attribute. Characters that XML 1.0
 * cannot carry become U+FFFD. */
void lab_buf_escape(lab_buf_t *b, const char *text);
/* <name>text</name>, escaped; NULL text writes nothing. */
void lab_buf_elem(lab_buf_t *b, const char *name, const char *text);
/* <name>true</name> or false. */
void lab_buf_bool(lab_buf_t *b, const char *name, int value);
/* <name>number</name> */
void lab_buf_int(lab_buf_t *b, const char *name, long long value);
/* name="text" with a leading space; NULL text writes nothing. */
void lab_buf_attr(lab_buf_t *b, const char *name, const char *text);
/* Cuts the buffer back to `len` bytes. */
void lab_buf_cut(lab_buf_t *b, size_t len);

#endif
