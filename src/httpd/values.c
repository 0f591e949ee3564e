/* SPDX-License-Identifier: Apache-2.0 */
/* From the text of a directive to its field; defaults and merging by the rows. */
#include <apr_file_io.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <unistd.h>

#include "httpd/directives.h"

/* ---- numbers ---- */

/* Digits at the start of text; *rest is what follows. @return 0 when there are none, or too many */
static int read_number(apr_int64_t *out, const char **rest, const char *text)
{
    apr_int64_t n = 0;
    const char *p;

    for (p = text; apr_isdigit(*p); p++) {
        if (p - text > 15)
            return 0;
        n = n * 10 + (*p - '0');
    }
    *out = n;
    *rest = p;
    return p > text;
}

int xc_value_time(apr_interval_time_t *out, const char *text)
{
    static const struct {
        const char *suffix;
        apr_int64_t usec;
    } units[] = {{"", 1000000}, {"s", 1000000}, {"ms", 1000}, {"min", 60000000}, {"h", 3600000000}, {"d", 86400000000}};
    apr_int64_t n;
    const char *rest;
    unsigned i;

    if (!read_number(&n, &rest, text))
        return 0;
    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcasecmp(rest, units[i].suffix) != 0)
            continue;
        if (n > APR_INT64_MAX / units[i].usec)
            return 0;
        *out = n * units[i].usec;
        return 1;
    }
    return 0;
}

int xc_value_bytes(apr_size_t *out, const char *text)
{
    apr_int64_t n;
    const char *rest;
    int shift = 0;

    if (!read_number(&n, &rest, text))
        return 0;
    if (*rest) {
        const char *units = "KMG", *unit = strchr(units, apr_toupper(*rest));
        if (!unit || (rest[1] && strcasecmp(rest + 1, "B") != 0))
            return 0;
        shift = 10 * (int)(unit - units + 1);
    }
    if (n > (APR_INT64_MAX >> shift))
        return 0;
    *out = (apr_size_t)n << shift;
    return 1;
}

/* ---- text for people ---- */

static const char *show_time(apr_int64_t usec, apr_pool_t *pool)
{
    if (usec % ((apr_int64_t)86400000000) == 0 && usec)
        return apr_psprintf(pool, "%" APR_INT64_T_FMT "d", usec / ((apr_int64_t)86400000000));
    if (usec % 1000000 == 0)
        return apr_psprintf(pool, "%" APR_INT64_T_FMT "s", usec / 1000000);
    return apr_psprintf(pool, "%" APR_INT64_T_FMT "ms", usec / 1000);
}

static const char *show_bytes(apr_int64_t n, apr_pool_t *pool)
{
    if (n % (1024 * 1024) == 0)
        return apr_psprintf(pool, "%" APR_INT64_T_FMT "M", n / (1024 * 1024));
    return apr_psprintf(pool, "%" APR_INT64_T_FMT "K", n / 1024);
}

static const char *wrong(const xc_directive_t *row, const char *text, const char *why, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%s: '%s' is not valid, %s", row->name, text, why);
}

/* ---- fields ---- */

static apr_size_t field_size(xc_value_e kind)
{
    switch (kind) {
    case XC_VALUE_FLAG:
    case XC_VALUE_INT:
    case XC_VALUE_CHOICE: return sizeof(int);
    case XC_VALUE_TIME: return sizeof(apr_interval_time_t);
    case XC_VALUE_BYTES: return sizeof(apr_size_t);
    case XC_VALUE_TEXT:
    case XC_VALUE_ACCOUNT: break;
    }
    return sizeof(const char *);
}

static void *field(const xc_directive_t *row, void *config)
{
    return (char *)config + row->offset;
}

static const char *set_flag(const xc_directive_t *row, void *config, const char *text, apr_pool_t *pool)
{
    if (strcasecmp(text, "on") != 0 && strcasecmp(text, "off") != 0)
        return wrong(row, text, "it must be On or Off", pool);
    *(int *)field(row, config) = strcasecmp(text, "on") == 0;
    return NULL;
}

static const char *set_int(const xc_directive_t *row, void *config, const char *text, apr_pool_t *pool)
{
    apr_int64_t n;
    const char *rest;

    if (!read_number(&n, &rest, text) || *rest || n < row->min || n > row->max)
        return wrong(row, text, apr_psprintf(pool, "it must be a number from %" APR_INT64_T_FMT " to %" APR_INT64_T_FMT, row->min, row->max), pool);
    *(int *)field(row, config) = (int)n;
    return NULL;
}

static const char *set_time(const xc_directive_t *row, void *config, const char *text, apr_pool_t *pool)
{
    apr_interval_time_t t;

    if (!xc_value_time(&t, text) || t < row->min || t > row->max)
        return wrong(row, text, apr_psprintf(pool, "it must be a time from %s to %s: a number with ms, s, min, h or d", show_time(row->min, pool),
                                             show_time(row->max, pool)), pool);
    *(apr_interval_time_t *)field(row, config) = t;
    return NULL;
}

static const char *set_bytes(const xc_directive_t *row, void *config, const char *text, apr_pool_t *pool)
{
    apr_size_t n;

    if (!xc_value_bytes(&n, text) || (apr_int64_t)n < row->min || (apr_int64_t)n > row->max)
        return wrong(row, text, apr_psprintf(pool, "it must be a size from %s to %s: a number with K, M or G", show_bytes(row->min, pool),
                                             show_bytes(row->max, pool)), pool);
    *(apr_size_t *)field(row, config) = n;
    return NULL;
}

static const char *set_choice(const xc_directive_t *row, void *config, const char *text, apr_pool_t *pool)
{
    const xc_choice_t *c;
    const char *all = "";

    for (c = row->choices; c->word; c++) {
        if (strcasecmp(c->word, text) == 0) {
            *(int *)field(row, config) = c->value;
            return NULL;
        }
        all = apr_pstrcat(pool, all, *all ? ", " : "", c->word, NULL);
    }
    return wrong(row, text, apr_pstrcat(pool, "it must be one of ", all, NULL), pool);
}

static const char *set_text(const xc_directive_t *row, void *config, const char *text, apr_pool_t *pool)
{
    const char *why = row->check ? row->check(text, pool) : NULL;

    if (why)
        return wrong(row, text, why, pool);
    *(const char **)field(row, config) = apr_pstrdup(pool, text);
    return NULL;
}

static const char *set_field(const xc_directive_t *row, void *config, const char *text, apr_pool_t *pool)
{
    switch (row->kind) {
    case XC_VALUE_FLAG: return set_flag(row, config, text, pool);
    case XC_VALUE_INT: return set_int(row, config, text, pool);
    case XC_VALUE_TIME: return set_time(row, config, text, pool);
    case XC_VALUE_BYTES: return set_bytes(row, config, text, pool);
    case XC_VALUE_CHOICE: return set_choice(row, config, text, pool);
    case XC_VALUE_TEXT: return set_text(row, config, text, pool);
    case XC_VALUE_ACCOUNT: break;
    }
    return apr_pstrcat(pool, row->name, " takes a login and a file", NULL);
}

static int is_dir_row(const xc_directive_t *row)
{
    return row >= xc_dir_directives && row < xc_dir_directives + xc_dir_directive_count;
}

static void mark_set(const xc_directive_t *row, void *config)
{
    if (is_dir_row(row))
        ((xc_dir_config_t *)config)->set |= (apr_uint64_t)1 << (row - xc_dir_directives);
    else
        ((xc_server_config_t *)config)->set |= (apr_uint64_t)1 << (row - xc_server_directives);
}

const char *xc_directive_set(const xc_directive_t *row, void *config, const char *text, apr_pool_t *pool)
{
    const char *error;

    if (row->kind == XC_VALUE_ACCOUNT) { /* "login file", as one text */
        char *rest, *user = apr_pstrdup(pool, text);
        if (!(rest = strchr(user, ' ')))
            return apr_pstrcat(pool, row->name, " takes a login and a file", NULL);
        *rest++ = '\0';
        error = xc_service_account_read((xc_service_account_t **)field(row, config), user, rest, pool);
        if (error)
            error = apr_psprintf(pool, "%s: %s: %s", row->name, rest, error);
    } else {
        error = set_field(row, config, text, pool);
    }
    if (!error)
        mark_set(row, config);
    return error;
}

/* ---- configs ---- */

static void put_defaults(void *config, const xc_directive_t *rows, int count, apr_pool_t *pool)
{
    int i;
    for (i = 0; i < count; i++) {
        if (rows[i].dflt)
            set_field(&rows[i], config, rows[i].dflt, pool); /* a unit test sees that all are valid */
    }
}

xc_dir_config_t *xc_dir_config_make(apr_pool_t *pool)
{
    xc_dir_config_t *c = apr_pcalloc(pool, sizeof(*c));
    put_defaults(c, xc_dir_directives, xc_dir_directive_count, pool);
    return c;
}

xc_server_config_t *xc_server_config_make(apr_pool_t *pool)
{
    xc_server_config_t *c = apr_pcalloc(pool, sizeof(*c));
    put_defaults(c, xc_server_directives, xc_server_directive_count, pool);
    return c;
}

static void merge_rows(void *out, const void *add, apr_uint64_t set, const xc_directive_t *rows, int count)
{
    int i;
    for (i = 0; i < count; i++) {
        if (set & (apr_uint64_t)1 << i)
            memcpy((char *)out + rows[i].offset, (const char *)add + rows[i].offset, field_size(rows[i].kind));
    }
}

xc_dir_config_t *xc_dir_config_merge(const xc_dir_config_t *base, const xc_dir_config_t *add, apr_pool_t *pool)
{
    xc_dir_config_t *c = apr_pmemdup(pool, base, sizeof(*c));
    merge_rows(c, add, add->set, xc_dir_directives, xc_dir_directive_count);
    c->set |= add->set;
    return c;
}

xc_server_config_t *xc_server_config_merge(const xc_server_config_t *base, const xc_server_config_t *add, apr_pool_t *pool)
{
    xc_server_config_t *c = apr_pmemdup(pool, base, sizeof(*c));
    merge_rows(c, add, add->set, xc_server_directives, xc_server_directive_count);
    c->set |= add->set;
    return c;
}

/* ---- the service account ---- */

const char *xc_service_account_read(xc_service_account_t **out, const char *user, const char *path, apr_pool_t *pool)
{
    char line[1024];
    apr_finfo_t info;
    apr_file_t *f;
    const char *why = NULL;
    apr_size_t len;

    *out = NULL;
    if (apr_file_open(&f, path, APR_FOPEN_READ, APR_FPROT_OS_DEFAULT, pool) != APR_SUCCESS)
        return "the file cannot be read";
    if (apr_file_info_get(&info, APR_FINFO_TYPE | APR_FINFO_PROT | APR_FINFO_OWNER, f) != APR_SUCCESS || info.filetype != APR_REG)
        why = "it is no file";
    else if (info.protection & (APR_FPROT_GREAD | APR_FPROT_GWRITE | APR_FPROT_WREAD | APR_FPROT_WWRITE))
        why = "others than its owner may read it (chmod 600)";
    else if (info.user != 0 && info.user != geteuid())
        why = "it must belong to root";
    else if (apr_file_gets(line, sizeof(line), f) != APR_SUCCESS)
        why = "it is empty";
    apr_file_close(f);
    if (why)
        return why;
    len = strcspn(line, "\r\n");
    if (!len || len >= sizeof(line) - 1)
        return "its first line must be the password";
    *out = apr_pcalloc(pool, sizeof(**out));
    (*out)->user = apr_pstrdup(pool, user);
    (*out)->secret = apr_pstrmemdup(pool, line, len);
    return NULL;
}
