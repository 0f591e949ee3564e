/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request for free/busy times as somebody POSTs it, answered with words of the same origin: the answer is one VFREEBUSY
 * that reads back, in lines of 75 bytes, whatever names and subjects hold.
 */
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "base/xml.h"
#include "cal/busy.h"
#include "cal/object.h"
#include "fuzz.h"

static void once(apr_pool_t *process)
{
    xc_xml_init();
    if (xc_zone_init(process))
        abort();
}

static int count(const char *text, const char *line)
{
    int n = 0;
    for (const char *p = strstr(text, line); p; p = strstr(p + 1, line))
        n += p == text || p[-1] == '\n';
    return n;
}

static void check(const char *text, apr_pool_t *pool)
{
    xc_object_t *obj = NULL;
    if (count(text, "BEGIN:VFREEBUSY\r\n") != 1 || count(text, "END:VCALENDAR\r\n") != 1)
        abort();
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        if (strcspn(line, "\n") > 76)
            abort();
    const char *free_busy_only = strstr(text, "BEGIN:VEVENT");
    if (!free_busy_only && xc_object_parse_stored(&obj, text, strlen(text), pool))
        abort();
}

static void answer(const xc_busy_request_t *r, const char *words, apr_pool_t *pool)
{
    xc_busy_view_t view = { XC_BUSY_LEVEL_DETAILED, apr_array_make(pool, 8, sizeof(xc_busy_span_t)), NULL };
    for (int kind = XC_BUSY_UNSET; kind <= XC_BUSY_ELSEWHERE; kind++)
        if (kind != XC_BUSY_FREE)
            APR_ARRAY_PUSH(view.spans, xc_busy_span_t) = (xc_busy_span_t){ .start = r->start - apr_time_from_sec(60) + apr_time_from_sec(600 * kind), .end = r->start + apr_time_from_sec(600 * (kind + 2)),
                .kind = (xc_busy_e)kind, .summary = kind & 1 ? words : NULL, .location = kind & 2 ? words : NULL };
    for (int i = 0; i < r->asked->nelts && i < 3; i++)
        check(xc_busy_reply_text(r, &APR_ARRAY_IDX(r->asked, i, xc_busy_asked_t), &view, pool), pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool(once);
    const char *method, *component, *text = apr_pstrmemdup(pool, (const char *)data, size);
    xc_busy_request_t *r = NULL;
    xc_error_t *kind = xc_itip_kind(&method, &component, text, size, pool);
    xc_error_t *err = xc_busy_request_parse(&r, text, size, 50, pool);
    if ((err == NULL) != (r != NULL) || (kind && !err))
        abort();
    if (r) {
        const char *words = xc_xml_clean_text(apr_pstrndup(pool, text, 300), pool); /* as Exchange's XML could carry them */
        if (r->start >= r->end || !r->asked->nelts || r->asked->nelts > 50)
            abort();
        answer(r, words, pool);
    }
    xc_mailto_address(text, pool);
    apr_pool_destroy(pool);
    return 0;
}
