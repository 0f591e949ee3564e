/* SPDX-License-Identifier: Apache-2.0 */
#include "dav/if_header.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

typedef struct if_state_t {
    const char *p;
    int conditions;
    xc_if_holds_fn holds;
    void *ctx;
    apr_pool_t *pool;
} if_state_t;

static xc_error_t *bad(if_state_t *s, const char *why)
{
    return xc_error_make(s->pool, 400, XC_COND_NONE, "The If header is malformed: %s.", why);
}

static void skip_space(if_state_t *s)
{
    while (*s->p == ' ' || *s->p == '\t')
        s->p++;
}

/* The text between s->p (just after the opening mark) and `mark`, which is passed. */
static xc_error_t *until(const char **out, if_state_t *s, char mark)
{
    const char *end = strchr(s->p, mark);
    if (!end || end == s->p)
        return bad(s, "something is empty or not closed");
    *out = apr_pstrmemdup(s->pool, s->p, (apr_size_t)(end - s->p));
    s->p = end + 1;
    return NULL;
}

/* "<token>" or "[etag]", maybe after "Not". *holds says whether the condition is met. */
static xc_error_t *read_condition(int *holds, if_state_t *s, const char *tag)
{
    int negated = 0, is_etag;
    const char *token;
    if (!strncasecmp(s->p, "Not", 3)) {
        negated = 1;
        s->p += 3;
        skip_space(s);
    }
    if (*s->p != '<' && *s->p != '[')
        return bad(s, "neither a state token nor an entity tag");
    is_etag = *s->p++ == '[';
    XC_TRY(until(&token, s, is_etag ? ']' : '>'));
    if (is_etag) {
        apr_size_t len = strlen(token);
        const char *quote = !strncmp(token, "W/", 2) ? token + 2 : token;
        if (len < 2 || *quote != '"' || token[len - 1] != '"')
            return bad(s, "an entity tag without quotes");
    }
    if (++s->conditions > XC_IF_MAX_CONDITIONS)
        return bad(s, "too many conditions");
    XC_TRY(s->holds(s->ctx, holds, tag, token, is_etag));
    if (negated)
        *holds = !*holds;
    return NULL;
}

static xc_error_t *read_list(int *all, if_state_t *s, const char *tag)
{
    int any = 0;
    *all = 1;
    s->p++; /* the parenthesis */
    for (skip_space(s); *s->p != ')'; skip_space(s)) {
        int holds = 0;
        XC_TRY(read_condition(&holds, s, tag));
        *all = *all && holds;
        any = 1;
    }
    s->p++;
    return any ? NULL : bad(s, "an empty list");
}

xc_error_t *xc_if_check(const char *header, xc_if_holds_fn holds, void *ctx, apr_pool_t *pool)
{
    if_state_t s = { header, 0, holds, ctx, pool };
    const char *tag = NULL;
    int lists = 0, lists_of_tag = 1, met = 0;
    for (skip_space(&s); *s.p; skip_space(&s)) {
        if (*s.p == '<') {
            if (lists && !tag)
                return bad(&s, "lists with and without resource");
            if (!lists_of_tag)
                return bad(&s, "a resource without list");
            s.p++;
            XC_TRY(until(&tag, &s, '>'));
            lists_of_tag = 0;
        }
        else if (*s.p == '(') {
            int all;
            XC_TRY(read_list(&all, &s, tag));
            met = met || all;
            lists++;
            lists_of_tag++;
        }
        else
            return bad(&s, "neither a list nor a resource");
    }
    if (!lists || !lists_of_tag)
        return bad(&s, "no list");
    return met ? NULL : xc_error_make(pool, 412, XC_COND_NONE, "The condition of the If header is not met.");
}
