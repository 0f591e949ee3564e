/* SPDX-License-Identifier: Apache-2.0 */
/* Values of elements and attributes: XML Schema's types as far as EWS uses them,
 * enumerations, and the few patterns. */
#include <stdlib.h>
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "grammar/model.h"
#include "zones/civil.h"

#define BLANKS " \t\r\n"

typedef int (*lexical_t)(const char *text);

/* text has been cut of white space in the functions below */

static int is_boolean(const char *text)
{
    return strcmp(text, "true") == 0 || strcmp(text, "false") == 0 ||
           strcmp(text, "1") == 0 || strcmp(text, "0") == 0;
}

static int is_double(const char *p)
{
    int digits = 0;

    if (strcmp(p, "INF") == 0 || strcmp(p, "-INF") == 0 || strcmp(p, "NaN") == 0) {
        return 1;
    }
    p += *p == '+' || *p == '-';
    for (; apr_isdigit(*p); p++) {
        digits++;
    }
    if (*p == '.') {
        for (p++; apr_isdigit(*p); p++) {
            digits++;
        }
    }
    if (digits == 0) {
        return 0;
    }
    if (*p == 'e' || *p == 'E') {
        p++;
        p += *p == '+' || *p == '-';
        if (!apr_isdigit(*p)) {
            return 0;
        }
        while (apr_isdigit(*p)) {
            p++;
        }
    }
    return *p == '\0';
}

static int is_date_time(const char *text)
{
    lab_datetime_zone_t zone;
    lab_wall_t wall;
    int offset;

    return lab_datetime_parse(text, &wall, &zone, &offset) == APR_SUCCESS;
}

static int is_date(const char *text)
{
    lab_date_t date;

    return lab_date_parse(text, &date) == APR_SUCCESS;
}

static int is_time(const char *text)
{
    int sec;

    return lab_time_of_day_parse(text, &sec) == APR_SUCCESS;
}

/* All of the form, years and months included. */
static int is_duration(const char *p)
{
    const char *units = "YMD", *at;
    int in_time = 0, parts = 0, since_t = 1;

    p += *p == '-';
    if (*p++ != 'P') {
        return 0;
    }
    while (*p != '\0') {
        int has_fraction = 0;

        if (*p == 'T') {
            if (in_time) {
                return 0;
            }
            in_time = 1;
            since_t = 0;
            units = "HMS";
            p++;
        }
        if (!apr_isdigit(*p)) {
            return 0;
        }
        while (apr_isdigit(*p)) {
            p++;
        }
        if (*p == '.') {
            has_fraction = 1;
            if (!apr_isdigit(*++p)) {
                return 0;
            }
            while (apr_isdigit(*p)) {
                p++;
            }
        }
        if (*p == '\0' || (at = strchr(units, *p)) == NULL ||
            (has_fraction && *p != 'S')) {
            return 0;
        }
        units = at + 1;
        parts++;
        since_t = 1;
        p++;
    }
    return parts > 0 && since_t;
}

static int is_base64(const char *text)
{
    int chars = 0, pads = 0;
    char last = 'A';

    for (; *text != '\0'; text++) {
        if (strchr(BLANKS, *text) != NULL) {
            continue;
        }
        if (*text == '=') {
            pads++;
        } else if (pads > 0 || (!apr_isalnum(*text) && *text != '+' && *text != '/')) {
            return 0;
        } else {
            last = *text;
        }
        chars++;
    }
    /* the bits that padding leaves over must be zero */
    if ((pads == 1 && strchr("AEIMQUYcgkosw048", last) == NULL) ||
        (pads == 2 && strchr("AQgw", last) == NULL)) {
        return 0;
    }
    return chars % 4 == 0 && pads <= 2;
}

static int is_language(const char *p)
{
    int len;

    for (len = 0; apr_isalpha(*p); p++) {
        len++;
    }
    while (len >= 1 && len <= 8 && *p == '-') {
        p++;
        for (len = 0; apr_isalnum(*p); p++) {
            len++;
        }
    }
    return *p == '\0' && len >= 1 && len <= 8;
}

static int is_anything(const char *text)
{
    (void)text;
    return 1;
}

/** Types whose values are not whole numbers. */
static const struct {
    const char *name, *net_name;
    lexical_t is_valid;
} lexicals[] = {
    {"string", "String", is_anything},
    {"boolean", "Boolean", is_boolean},
    {"double", "Double", is_double},
    {"dateTime", "DateTime", is_date_time},
    {"date", "Date", is_date},
    {"time", "Time", is_time},
    {"duration", "Duration", is_duration},
    {"base64Binary", "Base64Binary", is_base64},
    {"language", "language", is_language},
    {"anyURI", "Uri", is_anything},
};

/** Whole numbers. */
static const struct {
    const char *name, *net_name;
    long long low, high;
} integers[] = {
    {"int", "Int32", -2147483648LL, 2147483647LL},
    {"short", "Int16", -32768, 32767},
    {"long", "Int64", -9223372036854775807LL - 1, 9223372036854775807LL},
    {"unsignedInt", "UInt32", 0, 4294967295LL},
    {"unsignedShort", "UInt16", 0, 65535},
    {"nonNegativeInteger", "NonNegativeInteger", 0, 9223372036854775807LL},
};

/* A decimal number that fits into 64 bits, nothing after it. */
static int to_integer(const char *p, long long *value)
{
    unsigned long long v = 0, limit;
    int negative = *p == '-', digits = 0;

    p += *p == '-' || *p == '+';
    limit = 9223372036854775807ULL + (negative ? 1 : 0);
    for (; apr_isdigit(*p); p++, digits++) {
        unsigned long long digit = (unsigned long long)(*p - '0');

        if (v > (limit - digit) / 10) {
            return 0;
        }
        v = v * 10 + digit;
    }
    *value = negative ? (long long)(0 - v) : (long long)v;
    return digits > 0 && *p == '\0';
}

/* Does a number lie in one of the ranges "low..high low..high"? */
static int is_in_ranges(const char *ranges, long long value, int *is_below)
{
    char *end;

    *is_below = 1;
    while (*ranges != '\0') {
        long long low = strtoll(ranges, &end, 10), high = low;

        if (strncmp(end, "..", 2) == 0) {
            high = strtoll(end + 2, &end, 10);
        }
        if (value >= low && value <= high) {
            return 1;
        }
        *is_below &= value < low;
        ranges = end + strspn(end, " ");
    }
    return 0;
}

static const char *check_builtin(const lab_gvalue_t *value, const char *text,
                                 apr_pool_t *pool)
{
    size_t i;

    for (i = 0; i < sizeof(lexicals) / sizeof(lexicals[0]); i++) {
        if (strcmp(lexicals[i].name, value->builtin) == 0) {
            return lexicals[i].is_valid(text)
                       ? NULL
                       : apr_psprintf(pool, "The string '%s' is not a valid %s value.",
                                      text, lexicals[i].net_name);
        }
    }
    for (i = 0; i < sizeof(integers) / sizeof(integers[0]); i++) {
        long long number;
        int is_below;

        if (strcmp(integers[i].name, value->builtin) != 0) {
            continue;
        }
        if (!to_integer(text, &number) || number < integers[i].low ||
            number > integers[i].high) {
            return apr_psprintf(pool, "The string '%s' is not a valid %s value.", text,
                                integers[i].net_name);
        }
        if (value->facets != NULL && *value->facets != '\0' &&
            !is_in_ranges(value->facets, number, &is_below)) {
            return is_below ? "The MinInclusive constraint failed."
                            : "The MaxInclusive constraint failed.";
        }
        return NULL;
    }
    return "The type of the value is not known.";
}

int lab_gvalue_word_since(const lab_gvalue_t *value, const char *word, apr_size_t len,
                          lab_version_t *since)
{
    const char *p = value->facets;

    while (p != NULL && *p != '\0') {
        apr_size_t n = strcspn(p, "@ ");
        const char *mark = p + n;
        apr_size_t marked = *mark == '@' ? strcspn(mark + 1, " ") : 0;

        if (n == len && strncmp(p, word, len) == 0) {
            return lab_gmodel_version(*mark == '@' ? mark + 1 : "", marked, since);
        }
        p = mark + (*mark == '@' ? marked + 1 : 0);
        p += strspn(p, " ");
    }
    return 0;
}

static int is_word(const lab_gvalue_t *value, const char *word, apr_size_t len,
                   lab_version_t version)
{
    lab_version_t since;

    return lab_gvalue_word_since(value, word, len, &since) && since <= version;
}

static int is_guid(const char *text)
{
    int i;

    for (i = 0; i < 36; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-'
                                                    : !apr_isxdigit(text[i])) {
            return 0;
        }
    }
    return text[36] == '\0';
}

static int is_hex(const char *text, apr_size_t min, apr_size_t max)
{
    apr_size_t n = 0;

    if (text[0] != '0' || (text[1] != 'x' && text[1] != 'X')) {
        return 0;
    }
    for (text += 2; apr_isxdigit(*text); text++) {
        n++;
    }
    return *text == '\0' && n >= min && n <= max;
}

static int is_bitmask(const char *text)
{
    return is_hex(text, 0, APR_SIZE_MAX) || text[strspn(text, "0123456789")] == '\0';
}

static int is_property_tag(const char *text)
{
    long long number;

    return is_hex(text, 1, 4) ||
           (to_integer(text, &number) && number >= 0 && number <= 65535);
}

/* Cut white space at both ends. */
static const char *collapse(const char *text, apr_pool_t *pool)
{
    apr_size_t len;

    text += strspn(text, BLANKS);
    len = strlen(text);
    while (len > 0 && strchr(BLANKS, text[len - 1]) != NULL) {
        len--;
    }
    return apr_pstrmemdup(pool, text, len);
}

const char *lab_gvalue_check(const lab_gvalue_t *value, const char *text,
                             lab_version_t version, apr_pool_t *pool)
{
    const char *p;
    apr_size_t n;

    switch (value->kind) {
    case LAB_GVALUE_BUILTIN:
        return strcmp(value->builtin, "string") == 0
                   ? NULL
                   : check_builtin(value, collapse(text, pool), pool);
    case LAB_GVALUE_ENUM:
        return is_word(value, text, strlen(text), version)
                   ? NULL
                   : "The Enumeration constraint failed.";
    case LAB_GVALUE_LIST:
        for (p = text + strspn(text, BLANKS); *p != '\0';
             p += n, p += strspn(p, BLANKS)) {
            n = strcspn(p, BLANKS);
            if (!is_word(value->item, p, n, version)) {
                return "The Enumeration constraint failed.";
            }
        }
        return NULL;
    case LAB_GVALUE_NONEMPTY:
        return *text != '\0' ? NULL
                             : "The actual length is less than the MinLength value.";
    case LAB_GVALUE_GUID: return is_guid(text) ? NULL : "The Pattern constraint failed.";
    case LAB_GVALUE_BITMASK:
        return is_bitmask(text) ? NULL : "The Pattern constraint failed.";
    case LAB_GVALUE_PROPTAG:
        return is_property_tag(collapse(text, pool)) ? NULL
                                                     : "The Pattern constraint failed.";
    }
    return NULL;
}
