/* SPDX-License-Identifier: Apache-2.0 */
/* The yearly rules of a zone as Exchange has words for them: whole minutes, an n-th weekday, a time of that day. */
#include <string.h>

#include "cal/zone/zone_priv.h"

static int read_change(xc_zone_change_t *out, const xc_onset_t *onset, int offset_sec)
{
    out->offset_sec = offset_sec;
    out->time_sec = onset->time_sec;
    out->month = onset->month;
    out->weekday = onset->weekday;
    out->nth = onset->week == 5 ? -1 : onset->week;
    return onset->form == XC_ONSET_NTH_DAY && onset->time_sec >= 0 && onset->time_sec < 86400 && onset->time_sec % 60 == 0;
}

int xc_zone_yearly(const xc_zone_t *zone, apr_time_t from, xc_zone_change_t out[2])
{
    const xc_rule_t *r = &zone->rule;
    apr_int64_t sec = apr_time_sec(from), at;

    memset(out, 0, 2 * sizeof(*out));
    if (!r->set || !r->has_dst) {
        out[0].offset_sec = xc_zone_offset_at(zone, sec, NULL, NULL);
        return out[0].offset_sec % 60 == 0 && !xc_zone_next_change(zone, sec, &at);
    }
    int to_dst_first = r->to_dst.month < r->to_std.month;
    if (sec < zone->rule_from || r->std_sec % 60 || r->dst_sec % 60 || r->to_dst.month == r->to_std.month ||
        !read_change(&out[!to_dst_first], &r->to_dst, r->dst_sec) || !read_change(&out[to_dst_first], &r->to_std, r->std_sec))
        return 0;
    return 2;
}
