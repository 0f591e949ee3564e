/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file lines.h
 * iCalendar text as content lines (RFC 5545 3.1) without parsing their values: for what copies
 * most of a text as it stands.
 */
#ifndef XC_CAL_LINES_H
#define XC_CAL_LINES_H

#include <apr_pools.h>

typedef struct xc_line_t {
    const char *raw;        /* with its folds and its line end */
    apr_size_t raw_len;
    apr_size_t colon;       /* offset in raw of the colon before the value; raw_len when there is none */
    char name[80];          /* upper case, cut when longer; "" for an empty line */
} xc_line_t;

/** The next content line; CRLF and LF both end one. *pos starts at 0. @return 0 at the end of the text */
int xc_line_next(const char *text, apr_size_t len, apr_size_t *pos, xc_line_t *out);

/** The value unfolded and without the line end, on the pool. */
const char *xc_line_value(const xc_line_t *line, apr_pool_t *pool);

/** Is it BEGIN (or END, by `name`) of `component`? Any case. */
int xc_line_delimits(const xc_line_t *line, const char *name, const char *component);

#endif
