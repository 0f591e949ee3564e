/* SPDX-License-Identifier: Apache-2.0 */
/* Content lines of iCalendar (RFC 5545 3.1). */
#ifndef LAB_ICAL_LINES_H
#define LAB_ICAL_LINES_H

#include <apr_tables.h>

#include "zones/zone.h"

typedef struct lab_ical_line {
    const char *name;   /* upper case is not assumed */
    const char *params; /* between name and value, "" when none */
    const char *value;
} lab_ical_line_t;

/* Unfolds a text and cuts it into lines, array of lab_ical_line_t; what is no content
 * line is left out, and so is what comes after twenty thousand of them. */
apr_array_header_t *lab_ical_cut(apr_pool_t *pool, const char *text);
/* A TEXT value without its escapes, lines ending in CR LF. */
const char *lab_ical_text(apr_pool_t *pool, const char *value);
/* A parameter without quotes, NULL when the line has none of that name. */
const char *lab_ical_param(apr_pool_t *pool, const lab_ical_line_t *line,
                           const char *name);
/* A TZID that is a Windows id or an IANA name; NULL when it is neither. */
const lab_zone_t *lab_ical_zone(const char *tzid);

#endif
