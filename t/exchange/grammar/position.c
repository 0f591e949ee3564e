/* SPDX-License-Identifier: Apache-2.0 */
/* Where an element stands in the text that it was parsed from: libxml2's tree knows the
 * line at best, .NET tells line and column. */
#include <string.h>

#include "grammar/model.h"

/* How many elements begin before this one in its document. */
static int ordinal(xmlNodePtr element)
{
    xmlNodePtr n = xmlDocGetRootElement(element->doc);
    int count = 0;

    while (n != NULL && n != element) {
        if (n->type == XML_ELEMENT_NODE) {
            count++;
        }
        if (n->type == XML_ELEMENT_NODE && n->children != NULL) {
            n = n->children;
            continue;
        }
        while (n != NULL && n->next == NULL) {
            n = n->parent;
            if (n == NULL || n->type != XML_ELEMENT_NODE) {
                return -1;
            }
        }
        n = n == NULL ? NULL : n->next;
    }
    return n == NULL ? -1 : count;
}

/* Past what begins at p with '<' and is no tag; p itself for a tag. */
static const char *skip_markup(const char *p, const char *end)
{
    static const struct {
        const char *open, *close;
    } kinds[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!", ">"}};
    size_t k;

    for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        size_t open = strlen(kinds[k].open), close = strlen(kinds[k].close);

        if ((size_t)(end - p) >= open && memcmp(p, kinds[k].open, open) == 0) {
            for (p += open; p + close <= end; p++) {
                if (memcmp(p, kinds[k].close, close) == 0) {
                    return p + close;
                }
            }
            return end;
        }
    }
    return p;
}

/* Past the '>' of a tag; attribute values may hold one. */
static const char *skip_tag(const char *p, const char *end, int *is_empty)
{
    char quote = '\0';

    for (p++; p < end && (quote != '\0' || *p != '>'); p++) {
        if (quote != '\0') {
            quote = *p == quote ? '\0' : quote;
        } else if (*p == '"' || *p == '\'') {
            quote = *p;
        }
    }
    *is_empty = p < end && p[-1] == '/';
    return p < end ? p + 1 : end;
}

void lab_gposition_find(xmlNodePtr element, int at_end, const char *source,
                        apr_size_t len, int *line, int *position)
{
    const char *p = source, *end = source + len, *found = NULL, *line_start;
    int wanted, count = 0, depth = 0, found_depth = -1, is_empty;

    *line = (int)xmlGetLineNo(element);
    *position = 0;
    wanted = source == NULL ? -1 : ordinal(element);
    while (wanted >= 0 && p < end) {
        const char *after;

        p = memchr(p, '<', (size_t)(end - p));
        if (p == NULL) {
            break;
        }
        after = skip_markup(p, end);
        if (after != p) {
            p = after;
            continue;
        }
        after = skip_tag(p, end, &is_empty);
        if (p[1] == '/') {
            depth--;
            if (found != NULL && depth == found_depth) {
                found = p + 2;
                break;
            }
        } else {
            if (count++ == wanted) {
                found = p + 1;
                found_depth = depth;
                if (!at_end || is_empty) {
                    break;
                }
            }
            depth += !is_empty;
        }
        p = after;
    }
    if (found == NULL) {
        return;
    }
    *line = 1;
    line_start = source;
    for (p = source; p < found; p++) {
        if (*p == '\n') {
            (*line)++;
            line_start = p + 1;
        }
    }
    *position = 1;
    for (p = line_start; p < found; p++) {
        *position += ((unsigned char)*p & 0xc0) != 0x80; /* characters, not bytes */
    }
}
