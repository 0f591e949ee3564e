/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "cal/object/lines.h"

/* Length of a fold (line end, one space or tab) at `at`; 0 when there is none. */
static apr_size_t fold_at(const char *s, apr_size_t len, apr_size_t at)
{
    apr_size_t n = at < len && s[at] == '\r' ? 1 : 0;
    if (at + n + 1 < len && s[at + n] == '\n' && (s[at + n + 1] == ' ' || s[at + n + 1] == '\t'))
        return n + 2;
    return 0;
}

int xc_line_next(const char *text, apr_size_t len, apr_size_t *pos, xc_line_t *out)
{
    apr_size_t start = *pos, at = start, name_len = 0;
    int in_name = 1, quoted = 0, found = 0;
    if (start >= len)
        return 0;
    out->raw = text + start;
    while (at < len) {
        apr_size_t fold = fold_at(text, len, at);
        char c = text[at];
        if (fold) {
            at += fold;
            continue;
        }
        at++;
        if (c == '\n')
            break;
        if (c == '"')
            quoted = !quoted;
        if (c == ':' && !quoted && !found) {
            found = 1;
            out->colon = at - 1 - start;
        }
        if (c == ':' || c == ';' || c == '\r')
            in_name = 0;
        if (in_name && name_len + 1 < sizeof(out->name))
            out->name[name_len++] = (char)toupper((unsigned char)c);
    }
    out->name[name_len] = '\0';
    out->raw_len = at - start;
    if (!found)
        out->colon = out->raw_len;
    *pos = at;
    return 1;
}

const char *xc_line_value(const xc_line_t *line, apr_pool_t *pool)
{
    char *value = apr_palloc(pool, line->raw_len + 1);
    apr_size_t n = 0, at = line->colon + 1;
    while (at < line->raw_len) {
        apr_size_t fold = fold_at(line->raw, line->raw_len, at);
        if (fold) {
            at += fold;
            continue;
        }
        value[n++] = line->raw[at++];
    }
    while (n > 0 && (value[n - 1] == '\n' || value[n - 1] == '\r'))
        n--;
    value[n] = '\0';
    return value;
}

int xc_line_delimits(const xc_line_t *line, const char *name, const char *component)
{
    apr_size_t n = strlen(component), at = line->colon + 1;
    if (strcmp(line->name, name) != 0 || at + n > line->raw_len || strncasecmp(line->raw + at, component, n) != 0)
        return 0;
    at += n;
    while (at < line->raw_len && isspace((unsigned char)line->raw[at]))
        at++;
    return at == line->raw_len;
}
