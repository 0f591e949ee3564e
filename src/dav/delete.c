/* SPDX-License-Identifier: Apache-2.0 */
#include "dav/dav.h"

static xc_error_t *delete_calendar(xc_dav_t *d, xc_calendar_t *cal)
{
    xc_resource_t *r = xc_resource_of_calendar(d, cal, d->pool);
    int depth;
    XC_TRY(xc_ask_depth(&depth, d));
    if (depth != XC_DEPTH_ABSENT && depth != XC_DEPTH_INFINITY) /* RFC 4918 9.6.1 */
        return xc_error_make(d->pool, 400, XC_COND_NONE, "A calendar is deleted with all that is in it: Depth is infinity.");
    XC_TRY(xc_precond_match(d, r));
    return xc_calendar_delete(cal, d->pool);
}

xc_error_t *xc_method_delete(xc_dav_t *d)
{
    xc_expect_t expect = xc_ask_expect(d);
    xc_calendar_t *cal;
    XC_TRY(xc_resource_calendar(&cal, d, d->path.calendar));
    if (!cal)
        return xc_error_make(d->pool, 404, XC_COND_NONE, "There is nothing at this path.");
    if (d->path.kind == XC_R_CALENDAR)
        XC_TRY(delete_calendar(d, cal));
    else
        XC_TRY(xc_calendar_remove(cal, d->path.name, &expect, d->pool));
    xc_reply_empty(d, 204);
    return NULL;
}
