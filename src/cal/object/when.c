/* SPDX-License-Identifier: Apache-2.0 */
#include "cal/event.h"

apr_time_t xc_when_to_utc(const xc_when_t *w, const xc_zone_t *floating_zone)
{
    const xc_zone_t *zone = xc_zone_utc();

    switch (w->kind) {
    case XC_WHEN_NONE: return 0;
    case XC_WHEN_UTC: break;
    case XC_WHEN_ZONED: zone = w->zone; break;
    case XC_WHEN_DATE:
    case XC_WHEN_FLOATING:
        if (floating_zone)
            zone = floating_zone;
        break;
    }
    return xc_zone_to_utc(zone, &w->wall);
}
