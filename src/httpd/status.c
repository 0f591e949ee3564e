/* SPDX-License-Identifier: Apache-2.0 */
/* /excal/status for the administrator: for people, ?auto for scripts, ?metrics for Prometheus. No accounts in it. */
#include "httpd/glue.h"

#include <apr_atomic.h>
#include <apr_escape.h>
#include <apr_strings.h>
#include <http_protocol.h>
#include <string.h>

/* A number with its names; the tables below are all that the page says. */
typedef struct figure_t {
    const char *name;    /* plain: "Requests" */
    const char *metric;  /* Prometheus: excal_requests_total */
    const char *type;    /* counter or gauge */
    const char *help;
    apr_uint64_t value;
} figure_t;

enum { FIGURES = 16 };

typedef struct page_t {
    figure_t figures[FIGURES];
    int count;
    const char *provider;
    apr_array_header_t *origins; /* xc_breaker_state_t */
} page_t;

static void add(page_t *p, const char *name, const char *metric, const char *type, const char *help, apr_uint64_t value)
{
    if (p->count < FIGURES)
        p->figures[p->count++] = (figure_t){name, metric, type, help, value};
}

static void gather(page_t *p, request_rec *r)
{
    xc_shared_t *sh = xc_shared();
    xc_store_stats_t st = {0};
    apr_time_t now = apr_time_now();

    add(p, "Uptime", "excal_uptime_seconds", "gauge", "Seconds since the start.", (apr_uint64_t)apr_time_sec(now - sh->started));
    add(p, "Requests", "excal_requests_total", "counter", "Client requests.", apr_atomic_read64(&sh->requests));
    add(p, "ClientErrors", "excal_client_errors_total", "counter", "Answers with 4xx.", apr_atomic_read64(&sh->client_errors));
    add(p, "ServerErrors", "excal_server_errors_total", "counter", "Answers with 5xx.", apr_atomic_read64(&sh->server_errors));
    add(p, "SignInsCached", "excal_sign_ins_cached_total", "counter", "Logins answered from the cache.", apr_atomic_read64(&sh->sign_ins_cached));
    add(p, "SignInsAsked", "excal_sign_ins_asked_total", "counter", "Logins that Exchange was asked about.", apr_atomic_read64(&sh->sign_ins_asked));
    add(p, "SignInsDenied", "excal_sign_ins_denied_total", "counter", "Refused logins.", apr_atomic_read64(&sh->sign_ins_denied));
    add(p, "SignInsFailed", "excal_sign_ins_failed_total", "counter", "Logins that could not be decided.", apr_atomic_read64(&sh->sign_ins_failed));
    add(p, "BackingOff", "excal_backing_off", "gauge", "Accounts that Exchange asked to stay away.",
        (apr_uint64_t)xc_breaker_backing_off(xc_shared_breaker(), now));
    p->origins = xc_breaker_states(xc_shared_breaker(), now, r->pool);
    if (xc_child_store() && !xc_store_stats(&st, xc_child_store(), r->pool)) {
        p->provider = st.provider;
        add(p, "Calendars", "excal_store_calendars", "gauge", "Calendars in the store.", st.calendars);
        add(p, "Items", "excal_store_items", "gauge", "Items in the logs.", st.items);
        add(p, "Bodies", "excal_store_bodies", "gauge", "Bodies in the store.", st.bodies);
        add(p, "Records", "excal_store_records", "gauge", "Small records in the store.", st.records);
        add(p, "StoreUsed", "excal_store_used_bytes", "gauge", "Bytes used in the store.", st.used_bytes);
        add(p, "StoreSize", "excal_store_size_bytes", "gauge", "Bound of the store.", st.size_bytes);
    }
}

static const xc_label_count_t *label_at(int i)
{
    xc_label_count_t *row = &xc_shared()->labels[i];
    return apr_atomic_read32(&row->taken) == 2 ? row : NULL;
}

static void write_plain(const page_t *p, request_rec *r)
{
    int i;

    for (i = 0; i < p->count; i++)
        ap_rprintf(r, "%s: %" APR_UINT64_T_FMT "\n", p->figures[i].name, p->figures[i].value);
    ap_rprintf(r, "Store: %s\n", p->provider ? p->provider : "none");
    for (i = 0; i < XC_LABELS; i++) {
        const xc_label_count_t *row = label_at(i);
        if (row)
            ap_rprintf(r, "Calls %s: %" APR_UINT64_T_FMT " errors %" APR_UINT64_T_FMT " ms %" APR_UINT64_T_FMT "\n", row->name, row->calls,
                       row->errors, row->usec / 1000);
    }
    for (i = 0; i < p->origins->nelts; i++) {
        const xc_breaker_state_t *o = &APR_ARRAY_IDX(p->origins, i, xc_breaker_state_t);
        ap_rprintf(r, "Exchange %s: %s, failures %d, closed for %d s\n", o->origin, o->wait_sec ? "left alone" : "in use", o->failures,
                   o->wait_sec);
    }
}

/* Label values: backslash, quote and line feed are escaped. */
static const char *label_value(apr_pool_t *pool, const char *s)
{
    char *out = apr_palloc(pool, strlen(s) * 2 + 1), *o = out;
    for (; *s; s++) {
        if (*s == '\\' || *s == '"')
            *o++ = '\\';
        *o++ = *s == '\n' ? ' ' : *s;
    }
    *o = '\0';
    return out;
}

static void write_label_metric(request_rec *r, const char *metric, const char *help, apr_size_t offset, double scale)
{
    int i;

    ap_rprintf(r, "# HELP %s %s\n# TYPE %s counter\n", metric, help, metric);
    for (i = 0; i < XC_LABELS; i++) {
        const xc_label_count_t *row = label_at(i);
        if (row)
            ap_rprintf(r, "%s{operation=\"%s\"} %.6g\n", metric, label_value(r->pool, row->name),
                       (double)*(const volatile apr_uint64_t *)((const char *)row + offset) * scale);
    }
}

static void write_metrics(const page_t *p, request_rec *r)
{
    int i;

    for (i = 0; i < p->count; i++) {
        const figure_t *f = &p->figures[i];
        ap_rprintf(r, "# HELP %s %s\n# TYPE %s %s\n%s %" APR_UINT64_T_FMT "\n", f->metric, f->help, f->metric, f->type, f->metric, f->value);
    }
    write_label_metric(r, "excal_calls_total", "Calls to Exchange.", offsetof(xc_label_count_t, calls), 1);
    write_label_metric(r, "excal_call_errors_total", "Calls that failed.", offsetof(xc_label_count_t, errors), 1);
    write_label_metric(r, "excal_call_seconds_total", "Time spent in calls.", offsetof(xc_label_count_t, usec), 1e-6);
    ap_rputs("# HELP excal_breaker_open Is the origin left alone?\n# TYPE excal_breaker_open gauge\n", r);
    for (i = 0; i < p->origins->nelts; i++) {
        const xc_breaker_state_t *o = &APR_ARRAY_IDX(p->origins, i, xc_breaker_state_t);
        ap_rprintf(r, "excal_breaker_open{origin=\"%s\"} %d\n", label_value(r->pool, o->origin), o->wait_sec > 0);
    }
}

static void write_html(const page_t *p, request_rec *r)
{
    int i;

    ap_rputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>mod_excal status</title></head><body>\n"
             "<h1>mod_excal</h1>\n<table>\n", r);
    for (i = 0; i < p->count; i++)
        ap_rprintf(r, "<tr><td>%s</td><td>%" APR_UINT64_T_FMT "</td></tr>\n", p->figures[i].help, p->figures[i].value);
    ap_rputs("</table>\n<h2>Calls to Exchange</h2>\n<table><tr><th>operation</th><th>calls</th><th>errors</th><th>ms each</th></tr>\n", r);
    for (i = 0; i < XC_LABELS; i++) {
        const xc_label_count_t *row = label_at(i);
        if (row)
            ap_rprintf(r, "<tr><td>%s</td><td>%" APR_UINT64_T_FMT "</td><td>%" APR_UINT64_T_FMT "</td><td>%.1f</td></tr>\n",
                       ap_escape_html(r->pool, row->name), row->calls, row->errors,
                       row->calls ? (double)row->usec / 1000 / (double)row->calls : 0.0);
    }
    ap_rputs("</table>\n<h2>Exchange</h2>\n<ul>\n", r);
    for (i = 0; i < p->origins->nelts; i++) {
        const xc_breaker_state_t *o = &APR_ARRAY_IDX(p->origins, i, xc_breaker_state_t);
        ap_rprintf(r, "<li>%s: %s</li>\n", ap_escape_html(r->pool, o->origin),
                   o->wait_sec ? apr_psprintf(r->pool, "does not answer, left alone for %d s", o->wait_sec) : "in use");
    }
    ap_rputs("</ul>\n</body></html>\n", r);
}

int xc_status_handle(request_rec *r)
{
    page_t page = {.count = 0};

    if (r->method_number != M_GET)
        return HTTP_METHOD_NOT_ALLOWED;
    if (!xc_shared())
        return HTTP_SERVICE_UNAVAILABLE;
    gather(&page, r);
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    if (r->args && strcmp(r->args, "auto") == 0) {
        ap_set_content_type(r, "text/plain; charset=utf-8");
        write_plain(&page, r);
    } else if (r->args && strcmp(r->args, "metrics") == 0) {
        ap_set_content_type(r, "text/plain; version=0.0.4; charset=utf-8");
        write_metrics(&page, r);
    } else {
        ap_set_content_type(r, "text/html; charset=utf-8");
        write_html(&page, r);
    }
    return OK;
}
