/* SPDX-License-Identifier: Apache-2.0 */
/* Objects and filters in short form, for the tests of cal/view.h. */
#ifndef VIEW_FIXTURE_H
#define VIEW_FIXTURE_H

#include <apr_general.h>
#include <apr_strings.h>
#include <check.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cal/view.h"

static apr_pool_t *process_pool, *pool;

static inline void view_setup(void)
{
    apr_pool_create(&pool, process_pool);
}

static inline void view_teardown(void)
{
    apr_pool_destroy(pool);
}

static inline void view_init(void)
{
    apr_initialize();
    apr_pool_create(&process_pool, NULL);
    if (xc_zone_init(process_pool))
        abort();
}

static inline apr_time_t instant(const char *text)
{
    xc_wall_t w = { 0 };
    char digits[9] = { 0 };
    memcpy(digits, text, 8);
    long date = strtol(digits, NULL, 10), time = strlen(text) > 9 ? strtol(text + 9, NULL, 10) : 0;
    w.year = (int)(date / 10000), w.month = (int)(date / 100 % 100), w.day = (int)(date % 100);
    w.hour = (int)(time / 10000), w.minute = (int)(time / 100 % 100), w.second = (int)(time % 100);
    return xc_zone_to_utc(xc_zone_utc(), &w);
}

/* Components given with LF, in a VCALENDAR with CRLF. */
static inline const char *calendar_text(const char *components)
{
    xc_buf_t *out = xc_buf_make(pool, 0);
    xc_buf_puts(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n");
    for (const char *c = components; *c; c++) {
        if (*c == '\n')
            xc_buf_putc(out, '\r');
        xc_buf_putc(out, *c);
    }
    xc_buf_puts(out, "END:VCALENDAR\r\n");
    return out->data;
}

static inline xc_object_t *object_of(const char *components)
{
    const char *text = calendar_text(components);
    xc_object_t *obj = NULL;
    xc_error_t *err = xc_object_parse_stored(&obj, text, strlen(text), pool);
    ck_assert_msg(!err, "%s\n%s", err ? err->message : "", text);
    return obj;
}

/*
 * A filter in short form:
 *   comp   NAME [!] [<start,end>] [(comp .prop …)]     ! = is-not-defined; an end left out is open
 *   .prop  NAME [!] [<start,end>] [match] [{param …}]
 *   param  NAME [!] [match]
 *   match  ~ [-] a|o|u 'text'                          - = negate; ascii-casemap, octet, unicode-casemap
 */
static inline void short_name(const char **s, const char **name)
{
    const char *from = *s;
    while (isalnum((unsigned char)**s) || **s == '-')
        (*s)++;
    *name = apr_pstrmemdup(pool, from, (apr_size_t)(*s - from));
}

static inline int short_take(const char **s, char c)
{
    while (**s == ' ')
        (*s)++;
    if (**s != c)
        return 0;
    (*s)++;
    return 1;
}

static inline xc_range_t short_range(const char **s)
{
    xc_range_t r = { 0, XC_TIME_MIN, XC_TIME_MAX };
    if (!short_take(s, '<'))
        return r;
    r.set = 1;
    if (**s != ',')
        r.start = instant(*s);
    *s = strchr(*s, ',') + 1;
    if (**s != '>')
        r.end = instant(*s);
    *s = strchr(*s, '>') + 1;
    return r;
}

static inline xc_text_match_t short_match(const char **s)
{
    xc_text_match_t m = { 0 };
    if (!short_take(s, '~'))
        return m;
    m.negate = short_take(s, '-');
    m.collation = **s == 'o' ? XC_COLLATION_OCTET : **s == 'u' ? XC_COLLATION_UNICODE_CASEMAP : XC_COLLATION_ASCII_CASEMAP;
    const char *end = strchr(*s + 2, '\'');
    m.text = apr_pstrmemdup(pool, *s + 2, (apr_size_t)(end - *s - 2));
    *s = end + 1;
    return m;
}

static inline void short_prop(const char **s, xc_prop_filter_t *f)
{
    memset(f, 0, sizeof(*f));
    short_name(s, &f->name);
    f->is_not_defined = short_take(s, '!');
    f->range = short_range(s);
    f->match = short_match(s);
    if (!short_take(s, '{'))
        return;
    f->params = apr_array_make(pool, 1, sizeof(xc_param_filter_t));
    while (!short_take(s, '}')) {
        xc_param_filter_t *p = apr_array_push(f->params);
        memset(p, 0, sizeof(*p));
        short_name(s, &p->name);
        p->is_not_defined = short_take(s, '!');
        p->match = short_match(s);
    }
}

static inline void short_comp(const char **s, xc_comp_filter_t *f)
{
    memset(f, 0, sizeof(*f));
    short_name(s, &f->name);
    f->is_not_defined = short_take(s, '!');
    f->range = short_range(s);
    if (!short_take(s, '('))
        return;
    f->props = apr_array_make(pool, 1, sizeof(xc_prop_filter_t));
    f->comps = apr_array_make(pool, 1, sizeof(xc_comp_filter_t));
    while (!short_take(s, ')')) {
        if (short_take(s, '.'))
            short_prop(s, apr_array_push(f->props));
        else
            short_comp(s, apr_array_push(f->comps));
    }
}

static inline xc_comp_filter_t *filter_of(const char *text)
{
    xc_comp_filter_t *f = apr_palloc(pool, sizeof(*f));
    short_comp(&text, f);
    return f;
}

static inline int run_suite(Suite *s)
{
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    apr_terminate();
    return failed ? 1 : 0;
}

#endif
