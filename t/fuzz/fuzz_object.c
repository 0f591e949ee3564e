/* SPDX-License-Identifier: Apache-2.0 */
/* iCalendar from a client: parse, model, what is kept, the text given back, views. Besides surviving:
 * what was accepted is given back byte for byte, and its model survives a round trip. */
#include <stdlib.h>
#include <string.h>

#include "cal/schedule.h"
#include "cal/view.h"
#include "fuzz.h"

static void once(apr_pool_t *process)
{
    if (xc_zone_init(process))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool(once);
    static const char *const me[] = {"alice@contoso.example", NULL};
    xc_object_limits_t limits = {.max_bytes = 1 << 20, .max_attendees = 200, .max_components = 300};
    xc_object_t *obj = NULL;
    xc_event_t *event = NULL, *again = NULL;
    const char *kept = NULL, *text = NULL;
    if (xc_object_parse(&obj, (const char *)data, size, &limits, pool))
        goto out;
    apr_time_t first, last;
    xc_object_span(obj, NULL, &first, &last);
    apr_array_header_t *periods = apr_array_make(pool, 8, sizeof(xc_busy_period_t));
    (void)xc_freebusy_add(periods, obj, apr_time_from_sec(1700000000), apr_time_from_sec(1800000000), NULL, pool);
    xc_data_view_t view = {.expand = {1, apr_time_from_sec(1700000000), apr_time_from_sec(1800000000)}};
    (void)xc_view_text(&text, obj, &view, pool);
    if (xc_object_to_event(&event, obj, me, xc_zone_utc(), pool))
        goto out;
    xc_event_normalize(event, pool);
    if (xc_object_keep(&kept, obj, (const char *)data, size, event, 30000, pool))
        goto out;
    const char *print = xc_event_fingerprint(event, pool);
    event->kept = kept;
    text = xc_object_text_for(event, pool);
    event->kept = NULL;
    text = xc_event_to_text(event, pool);
    xc_object_t *rendered = NULL;
    /* our own rendering must be good iCalendar with the same meaning */
    if (xc_object_parse_stored(&rendered, text, strlen(text), pool))
        abort();
    if (!xc_object_to_event(&again, rendered, me, xc_zone_utc(), pool)) {
        xc_event_normalize(again, pool);
        if (strcmp(print, xc_event_fingerprint(again, pool)))
            abort();
    }
    /* what a scheduling server leaves out is left out once, and leaves an object */
    apr_size_t len, less;
    const char *clean = xc_schedule_clean(&len, (const char *)data, size, pool);
    if (xc_schedule_clean(&less, clean, len, pool) != clean || less != len || xc_object_parse_stored(&rendered, clean, len, pool))
        abort();
    const char *tag = xc_schedule_tag(clean, len, me, pool), *same = xc_schedule_tag((const char *)data, size, me, pool);
    if (!tag != !same || (tag && strcmp(tag, same)))
        abort();
    (void)xc_schedule_check(again, event, pool);
out:
    apr_pool_destroy(pool);
    return 0;
}
