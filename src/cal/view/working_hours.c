/* SPDX-License-Identifier: Apache-2.0 */
/* Working hours as a VAVAILABILITY (RFC 7953 3.1). */
#include <apr_strings.h>

#include "base/buf.h"
#include "cal/busy.h"
#include "cal/object/event_priv.h"
#include "cal/object/object_priv.h"

/* The week in which the periods begin; its first day is a Sunday. */
#define WEEK_YEAR  2000
#define WEEK_DAY   2
#define WEEK_STAMP "20000102T000000Z"
#define WEEK_START apr_time_from_sec(APR_INT64_C(946771200))

static const char *const day_codes[] = { "SU", "MO", "TU", "WE", "TH", "FR", "SA" };

static void put_when(xc_render_t *r, const char *name, const xc_zone_t *zone, int day, int minutes)
{
    xc_when_t when = { .kind = zone == xc_zone_utc() ? XC_WHEN_UTC : XC_WHEN_ZONED, .zone = zone };
    day += minutes / 1440;
    minutes %= 1440;
    when.wall = (xc_wall_t){ WEEK_YEAR, 1, WEEK_DAY + day, minutes / 60, minutes % 60, 0 };
    if (when.kind == XC_WHEN_UTC)
        when.zone = NULL;
    xc_render_when(r, name, &when);
}

static void put_period(xc_render_t *r, const xc_working_period_t *p, const xc_zone_t *zone, const char *uid)
{
    const char *days = "";
    int first = -1;
    for (int i = 0; i < 7; i++) {
        if (!(p->days & (1u << i)))
            continue;
        first = first < 0 ? i : first;
        days = apr_pstrcat(r->pool, days, *days ? "," : "", day_codes[i], NULL);
    }
    if (first < 0)
        return;
    xc_render_line(r, "BEGIN:AVAILABLE");
    xc_render_text(r, "UID", uid);
    xc_render_line(r, "DTSTAMP:" WEEK_STAMP);
    put_when(r, "DTSTART", zone, first, p->from_min);
    put_when(r, "DTEND", zone, first, p->to_min);
    xc_render_line(r, apr_pstrcat(r->pool, "RRULE:FREQ=WEEKLY;BYDAY=", days, NULL));
    xc_render_line(r, "END:AVAILABLE");
}

const char *xc_working_hours_text(const xc_working_hours_t *hours, const char *address, apr_pool_t *pool)
{
    xc_render_t r = { xc_buf_make(pool, 0), apr_hash_make(pool), pool };
    const char *uid = apr_pstrcat(pool, "working-hours-", address, NULL);
    xc_render_line(&r, "BEGIN:VAVAILABILITY");
    xc_render_text(&r, "UID", uid);
    xc_render_line(&r, "DTSTAMP:" WEEK_STAMP);
    xc_render_line(&r, "BUSYTYPE:BUSY-UNAVAILABLE");
    for (int i = 0; i < hours->periods->nelts; i++)
        put_period(&r, &APR_ARRAY_IDX(hours->periods, i, xc_working_period_t), hours->zone, apr_psprintf(pool, "%s-%d", uid, i + 1));
    xc_render_line(&r, "END:VAVAILABILITY");
    return apr_pstrcat(pool, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:" XC_PRODID "\r\n", xc_render_zones(&r, NULL, WEEK_START), r.buf->data,
                       "END:VCALENDAR\r\n", NULL);
}
