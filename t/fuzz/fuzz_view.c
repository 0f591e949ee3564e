/* SPDX-License-Identifier: Apache-2.0 */
/* Calendar data of any origin (the stored form is read forgivingly) under every view: filters, expansion,
 * limits, partial retrieval, free/busy, export. Besides surviving: nothing takes long. */
#include <stdlib.h>
#include <string.h>

#include "cal/view.h"
#include "fuzz.h"

#define FROM apr_time_from_sec(1700000000)
#define TO   apr_time_from_sec(1800000000)

static void once(apr_pool_t *process)
{
    if (xc_zone_init(process))
        abort();
}

/* A time-range at every level that knows one, and a text-match under each collation. */
static void filters(const xc_object_t *obj, apr_pool_t *pool)
{
    static const char *const comps[] = { "VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY" };
    static const char *const props[] = { "SUMMARY", "DTSTART", "RDATE", "X-A", "ATTENDEE" };
    const xc_range_t range = { 1, FROM, TO };
    for (size_t i = 0; i < sizeof(comps) / sizeof(comps[0]); i++) {
        xc_comp_filter_t root = { .name = "VCALENDAR", .comps = apr_array_make(pool, 1, sizeof(xc_comp_filter_t)) };
        xc_comp_filter_t *comp = apr_array_push(root.comps);
        int matches = 0;
        *comp = (xc_comp_filter_t){ .name = comps[i], .range = range };
        (void)xc_filter_match(&matches, &root, obj, NULL, pool);
        comp->comps = apr_array_make(pool, 1, sizeof(xc_comp_filter_t));
        APR_ARRAY_PUSH(comp->comps, xc_comp_filter_t) = (xc_comp_filter_t){ .name = "VALARM", .range = range };
        comp->range = (xc_range_t){ 0, 0, 0 };
        (void)xc_filter_match(&matches, &root, obj, NULL, pool);
        comp->comps = NULL;
        for (size_t p = 0; p < sizeof(props) / sizeof(props[0]); p++) {
            xc_prop_filter_t prop = { .name = props[p], .match = { "a", (xc_collation_e)(p % 3), 0 } };
            if (p == 1 || p == 2)
                prop = (xc_prop_filter_t){ .name = props[p], .range = range };
            comp->props = apr_array_make(pool, 1, sizeof(xc_prop_filter_t));
            APR_ARRAY_PUSH(comp->props, xc_prop_filter_t) = prop;
            (void)xc_filter_match(&matches, &root, obj, NULL, pool);
        }
    }
}

static void views(const xc_object_t *obj, apr_pool_t *pool)
{
    const xc_range_t range = { 1, FROM, TO };
    xc_comp_sel_t part = { .name = "VCALENDAR", .all_comps = 1, .props = apr_array_make(pool, 1, sizeof(xc_prop_sel_t)) };
    APR_ARRAY_PUSH(part.props, xc_prop_sel_t) = (xc_prop_sel_t){ "VERSION", 1 };
    const xc_data_view_t all[] = { { .expand = range }, { .limit_recurrence = range }, { .limit_freebusy = range }, { .select = &part }, { .strip_zones = 1 } };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        const char *text = NULL;
        (void)xc_view_text(&text, obj, &all[i], pool);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool(once);
    static const char *const me[] = { "alice@contoso.example", NULL };
    xc_object_t *obj = NULL;
    apr_size_t len;
    apr_time_t begun = apr_time_now();
    xc_export_t *ex = xc_export_make("Fuzz", pool);
    if (!xc_export_add(ex, (const char *)data, size))
        (void)xc_export_add(ex, (const char *)data, size);
    (void)xc_export_text(ex, &len);
    if (!xc_object_parse_stored(&obj, (const char *)data, size, pool)) {
        apr_array_header_t *periods = apr_array_make(pool, 8, sizeof(xc_busy_period_t));
        filters(obj, pool);
        views(obj, pool);
        (void)xc_freebusy_add_for(periods, obj, me, FROM, TO, NULL, pool);
        (void)xc_freebusy_text(periods, FROM, TO, pool);
    }
    if (apr_time_now() - begun > apr_time_from_sec(10))
        abort();
    apr_pool_destroy(pool);
    return 0;
}
