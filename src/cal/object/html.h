/* SPDX-License-Identifier: Apache-2.0 */
/** @file html.h  The plain text of an HTML body. */
#ifndef XC_CAL_HTML_H
#define XC_CAL_HTML_H

#include <apr_pools.h>

/** What a reader of the HTML sees, with line ends for its blocks; LF, no markup. Linear in its length. */
const char *xc_html_to_text(const char *html, apr_pool_t *pool);
/** Text without any white space: equal for bodies that differ in layout alone. */
const char *xc_text_bare(const char *text, apr_pool_t *pool);

#endif
