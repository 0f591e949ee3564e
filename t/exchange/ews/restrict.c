/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/restrict.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 64

static bool as_number(const char *text, double *number)
{
    char *end;
    if (!isdigit((unsigned char)*text) && *text != '-')
        return false;
    *number = strtod(text, &end);
    return *end == '\0';
}

/* -1 when it is no xs:boolean */
static int as_bool(const char *text)
{
    return !strcasecmp(text, "true") || !strcmp(text, "1")    ? 1
           : !strcasecmp(text, "false") || !strcmp(text, "0") ? 0
                                                              : -1;
}

int lab_restrict_compare(lab_call_t *call, const char *a, const char *b)
{
    double x, y;
    apr_time_t t, u;
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    if (as_number(a, &x) && as_number(b, &y))
        return (x > y) - (x < y);
    if (as_bool(a) >= 0 && as_bool(b) >= 0)
        return as_bool(a) - as_bool(b);
    if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b) && strchr(a, 'T') &&
        lab_call_read_time(call, a, &t) && lab_call_read_time(call, b, &u))
        return (t > u) - (t < u);
    return strcasecmp(a, b);
}

static bool is_path(const xmlNode *n)
{
    return lab_xml_is(n, "FieldURI") || lab_xml_is(n, "IndexedFieldURI") ||
           lab_xml_is(n, "ExtendedFieldURI");
}

static const xmlNode *path_in(xmlNodePtr e)
{
    for (xmlNodePtr n = lab_xml_first(e); n; n = lab_xml_next(n))
        if (is_path(n))
            return n;
    return NULL;
}

/* the other side of a comparison: a constant or a second property */
static const lab_fail_t *operand(lab_call_t *call, xmlNodePtr e, lab_value_fn *value,
                                 void *object, const char **out)
{
    xmlNodePtr side = lab_xml_child(e, "FieldURIOrConstant"), n = lab_xml_first(side);
    if (lab_xml_is(n, "Constant")) {
        *out = lab_xml_attr(call->pool, n, "Value");
        return NULL;
    }
    return n ? value(call, object, n, out) : lab_fail(call, "ErrorInvalidRequest");
}

static const lab_fail_t *compare(lab_call_t *call, xmlNodePtr e, lab_value_fn *value,
                                 void *object, bool *matches)
{
    const char *name = (const char *)e->name, *left = NULL, *right = NULL;
    xmlNodePtr path = (xmlNodePtr)path_in(e);
    const lab_fail_t *fail =
        path ? value(call, object, path, &left) : lab_fail(call, "ErrorInvalidRequest");
    if (!fail)
        fail = operand(call, e, value, object, &right);
    if (fail)
        return fail;
    int c = lab_restrict_compare(call, left, right);
    *matches = !strcmp(name, "IsEqualTo")                ? left && c == 0
               : !strcmp(name, "IsNotEqualTo")           ? c != 0
               : !strcmp(name, "IsGreaterThan")          ? left && c > 0
               : !strcmp(name, "IsGreaterThanOrEqualTo") ? left && c >= 0
               : !strcmp(name, "IsLessThan")             ? left && c < 0
                                                         : left && c <= 0;
    return NULL;
}

static bool contains(const char *text, const char *part, const char *mode, bool any_case)
{
    size_t n = strlen(text), m = strlen(part);
    int (*same)(const char *, const char *, size_t) = any_case ? strncasecmp : strncmp;
    if (m > n)
        return false;
    if (mode && !strcmp(mode, "FullString"))
        return n == m && !same(text, part, m);
    if (mode && !strncmp(mode, "Prefix", 6))
        return !same(text, part, m);
    for (size_t i = 0; i + m <= n; i++)
        if (!same(text + i, part, m))
            return true;
    return false;
}

static const lab_fail_t *test_contains(lab_call_t *call, xmlNodePtr e,
                                       lab_value_fn *value, void *object, bool *matches)
{
    const char *text = NULL;
    const char *part = lab_xml_attr(call->pool, lab_xml_child(e, "Constant"), "Value");
    const char *how = lab_xml_attr(call->pool, e, "ContainmentComparison");
    const lab_fail_t *fail = value(call, object, (xmlNodePtr)path_in(e), &text);
    if (fail)
        return fail; // cppcheck-suppress returnDanglingLifetime ; an error is on the pool
    *matches = text && part &&
               contains(text, part, lab_xml_attr(call->pool, e, "ContainmentMode"),
                        how && strstr(how, "IgnoreCase"));
    return NULL;
}

static const lab_fail_t *test(lab_call_t *call, xmlNodePtr e, lab_value_fn *value,
                              void *object, bool *matches, int depth);

static const lab_fail_t *test_group(lab_call_t *call, xmlNodePtr e, lab_value_fn *value,
                                    void *object, bool *matches, int depth)
{
    bool all = lab_xml_is(e, "And");
    *matches = all;
    for (xmlNodePtr n = lab_xml_first(e); n; n = lab_xml_next(n)) {
        bool one;
        const lab_fail_t *fail = test(call, n, value, object, &one, depth + 1);
        if (fail)
            return fail;
        if (one != all) {
            *matches = one;
            return NULL;
        }
    }
    return NULL;
}

static const lab_fail_t *test(lab_call_t *call, xmlNodePtr e, lab_value_fn *value,
                              void *object, bool *matches, int depth)
{
    const char *text = NULL;
    const lab_fail_t *fail;
    *matches = false;
    if (!e || depth > MAX_DEPTH)
        return lab_fail(call, "ErrorInvalidRequest");
    if (lab_xml_is(e, "And") || lab_xml_is(e, "Or"))
        return test_group(call, e, value, object, matches, depth);
    if (lab_xml_is(e, "Not")) {
        fail = test(call, lab_xml_first(e), value, object, matches, depth + 1);
        *matches = !*matches;
        return fail;
    }
    if (lab_xml_is(e, "Contains"))
        return test_contains(call, e, value, object, matches);
    if (!path_in(e))
        return lab_fail(call, "ErrorInvalidRequest");
    if (lab_xml_is(e, "Exists")) {
        fail = value(call, object, (xmlNodePtr)path_in(e), &text);
        *matches = text != NULL;
        return fail; // cppcheck-suppress returnDanglingLifetime ; an error is on the pool
    }
    if (lab_xml_is(e, "Excludes")) {
        const char *mask = lab_xml_attr(call->pool, lab_xml_child(e, "Bitmask"), "Value");
        fail = value(call, object, (xmlNodePtr)path_in(e), &text);
        long bits = mask ? strtol(mask, NULL, 0) : 0;
        *matches = (strtol(text ? text : "0", NULL, 10) & bits) == 0;
        return fail; // cppcheck-suppress returnDanglingLifetime ; an error is on the pool
    }
    return compare(call, e, value, object, matches);
}

const lab_fail_t *lab_restrict_test(lab_call_t *call, xmlNodePtr expression,
                                    lab_value_fn *value, void *object, bool *matches)
{
    return test(call, expression, value, object, matches, 0);
}
