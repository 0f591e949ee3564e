/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody's time as VFREEBUSY: the answer to a question in iTIP, and that of a free-busy-query. */
#include <apr_strings.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypt.h"
#include "cal/busy.h"
#include "cal/object/event_priv.h"
#include "cal/object/object_priv.h"
#include "cal/view/busy_lines.h"

static int has_details(const xc_busy_span_t *s)
{
    return s->summary || s->location;
}

/* A parameter's value: quoted, with RFC 6868 for what quotes cannot hold. */
static void put_param(xc_buf_t *line, const char *name, const char *value)
{
    xc_buf_printf(line, ";%s=\"", name);
    for (const char *p = value; *p; p++) {
        if (*p == '^')
            xc_buf_puts(line, "^^");
        else if (*p == '"')
            xc_buf_puts(line, "^'");
        else if (*p == '\n')
            xc_buf_puts(line, "^n");
        else if ((unsigned char)*p >= 0x20 && *p != 0x7f)
            xc_buf_putc(line, *p);
    }
    xc_buf_putc(line, '"');
}

static void put_detailed(xc_render_t *r, const xc_busy_span_t *s, apr_time_t from, apr_time_t to)
{
    xc_buf_t *line = xc_buf_make(r->pool, 0);
    xc_buf_printf(line, "FREEBUSY;%s", xc_busy_params(s->kind));
    if (s->summary)
        put_param(line, "X-SUMMARY", s->summary);
    if (s->location)
        put_param(line, "X-LOCATION", s->location);
    xc_buf_printf(line, ":%s/%s", xc_busy_utc(from, r->pool), xc_busy_utc(to, r->pool));
    xc_render_line(r, line->data);
}

/* Spans cut to the window: those without details merged, the others as they are. */
static void put_spans(xc_render_t *r, const xc_busy_view_t *view, apr_time_t start, apr_time_t end)
{
    apr_array_header_t *plain = apr_array_make(r->pool, 16, sizeof(xc_busy_period_t));
    for (int i = 0; i < view->spans->nelts; i++) {
        const xc_busy_span_t *s = &APR_ARRAY_IDX(view->spans, i, xc_busy_span_t);
        apr_time_t from = s->start > start ? s->start : start, to = s->end < end ? s->end : end;
        if (from >= to)
            continue;
        if (has_details(s))
            put_detailed(r, s, from, to);
        else
            APR_ARRAY_PUSH(plain, xc_busy_period_t) = (xc_busy_period_t){ from, to, s->kind };
    }
    xc_freebusy_merge(plain, r->pool);
    xc_busy_put_periods(r->buf, plain, r->pool);
}

static void put_utc(xc_render_t *r, const char *name, apr_time_t t)
{
    xc_render_line(r, apr_pstrcat(r->pool, name, ":", xc_busy_utc(t, r->pool), NULL));
}

static void put_vevent(xc_render_t *r, const xc_busy_span_t *s, const xc_busy_asked_t *who)
{
    const char *start = xc_busy_utc(s->start, r->pool);
    const char *uid = xc_crypt_hex(r->pool, 16, who->value, start, s->summary ? s->summary : "", NULL);
    xc_render_line(r, "BEGIN:VEVENT");
    xc_render_text(r, "UID", uid);
    put_utc(r, "DTSTAMP", apr_time_now());
    put_utc(r, "DTSTART", s->start);
    put_utc(r, "DTEND", s->end);
    if (s->summary)
        xc_render_text(r, "SUMMARY", s->summary);
    if (s->location)
        xc_render_text(r, "LOCATION", s->location);
    if (s->kind == XC_BUSY_TENTATIVE)
        xc_render_line(r, "STATUS:TENTATIVE");
    xc_render_line(r, s->kind == XC_BUSY_ELSEWHERE ? "TRANSP:TRANSPARENT" : "TRANSP:OPAQUE");
    xc_render_line(r, "END:VEVENT");
}

static xc_render_t *begin(apr_pool_t *pool)
{
    xc_render_t *r = apr_pcalloc(pool, sizeof(*r));
    r->buf = xc_buf_make(pool, 0);
    r->zones = apr_hash_make(pool);
    r->pool = pool;
    xc_render_line(r, "BEGIN:VCALENDAR");
    xc_render_line(r, "VERSION:2.0");
    xc_render_line(r, "PRODID:" XC_PRODID);
    return r;
}

const char *xc_busy_reply_text(const xc_busy_request_t *request, const xc_busy_asked_t *who, const xc_busy_view_t *view, apr_pool_t *pool)
{
    xc_render_t *r = begin(pool);
    xc_render_line(r, "METHOD:REPLY");
    xc_render_line(r, "BEGIN:VFREEBUSY");
    xc_render_text(r, "UID", request->uid);
    put_utc(r, "DTSTAMP", apr_time_now());
    put_utc(r, "DTSTART", request->start);
    put_utc(r, "DTEND", request->end);
    xc_render_line(r, request->organizer_line);
    xc_render_line(r, who->line);
    put_spans(r, view, request->start, request->end);
    xc_render_line(r, "END:VFREEBUSY");
    for (int i = 0; request->extended && i < view->spans->nelts; i++) {
        const xc_busy_span_t *s = &APR_ARRAY_IDX(view->spans, i, xc_busy_span_t);
        if (has_details(s) && s->start < request->end && s->end > request->start)
            put_vevent(r, s, who);
    }
    xc_render_line(r, "END:VCALENDAR");
    return r->buf->data;
}

const char *xc_busy_view_text(const xc_busy_view_t *view, apr_time_t start, apr_time_t end, apr_pool_t *pool)
{
    xc_render_t *r = begin(pool);
    xc_render_line(r, "BEGIN:VFREEBUSY");
    put_utc(r, "DTSTAMP", apr_time_now());
    put_utc(r, "DTSTART", start);
    put_utc(r, "DTEND", end);
    put_spans(r, view, start, end);
    xc_render_line(r, "END:VFREEBUSY");
    xc_render_line(r, "END:VCALENDAR");
    return r->buf->data;
}
