/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of Exchange's six patterns: any occurrence by its number and any date's number, without counting through. */
#include "cal/recur.h"

#include <apr_strings.h>
#include <stdlib.h>

#define LAST_YEAR 4500 /* Exchange's calendar ends here */

static int month_len(int year, int month)
{
    return xc_date_to_days(year + month / 12, month % 12 + 1, 1) - xc_date_to_days(year, month, 1);
}

static int start_days(const xc_recur_t *r)
{
    return xc_date_to_days(r->start_year, r->start_month, r->start_day);
}

static int interval_of(const xc_recur_t *r)
{
    if (r->kind == XC_RECUR_YEARLY_DAY || r->kind == XC_RECUR_YEARLY_NTH)
        return 12;
    return r->interval < 1 ? 1 : r->interval;
}

/* ---- weekly: days in the weeks that count ---- */

static int week_base(const xc_recur_t *r)
{
    int start = start_days(r);
    return start - (xc_date_weekday(start) - r->week_start + 7) % 7;
}

/* How many of the pattern's days lie in the first n days of a week. */
static int week_count(const xc_recur_t *r, int n)
{
    int count = 0;
    for (int i = 0; i < n; i++)
        count += (r->days >> (r->week_start + i) % 7) & 1;
    return count;
}

static int weekly_next(const xc_recur_t *r, int days, int *found)
{
    int base = week_base(r), start = start_days(r), step = interval_of(r), per_week = week_count(r, 7);

    if (per_week == 0)
        return 0;
    if (days < start)
        days = start;
    int week = (days - base) / 7, period = (week + step - 1) / step;
    int from = base + period * step * 7, in_week = week % step == 0 ? days - base - week * 7 : 0;
    int before = week_count(r, in_week);
    if (before == per_week) { /* none left in this week */
        period++;
        from = base + period * step * 7;
        in_week = before = 0;
    }
    while (!((r->days >> (r->week_start + in_week) % 7) & 1))
        in_week++;
    *found = from + in_week;
    return period * per_week + before + 1 - week_count(r, start - base);
}

static int weekly_date(const xc_recur_t *r, int index)
{
    int base = week_base(r), per_week = week_count(r, 7), i;
    if (per_week == 0)
        return start_days(r);
    int n = index - 1 + week_count(r, start_days(r) - base);
    int left = n % per_week;
    for (i = 0; i < 7; i++) {
        if (((r->days >> (r->week_start + i) % 7) & 1) && left-- == 0)
            break;
    }
    return base + n / per_week * interval_of(r) * 7 + i;
}

/* ---- monthly and yearly: one date in each period of months ---- */

static int nth_of_month(const xc_recur_t *r, int year, int month)
{
    int len = month_len(year, month), first = xc_date_to_days(year, month, 1), left = r->index;

    if (r->index >= 5) {
        for (int d = len - 1; d >= 0; d--) {
            if ((r->days >> xc_date_weekday(first + d)) & 1)
                return first + d;
        }
    }
    for (int d = 0; d < len; d++) {
        if (((r->days >> xc_date_weekday(first + d)) & 1) && --left <= 0)
            return first + d;
    }
    return first;
}

/* Months since year 0 of the period 0. */
static int month_base(const xc_recur_t *r)
{
    int m = r->start_year * 12 + r->start_month - 1;
    if (r->kind == XC_RECUR_YEARLY_DAY || r->kind == XC_RECUR_YEARLY_NTH)
        m += (r->month - r->start_month + 12) % 12;
    return m;
}

static int period_date(const xc_recur_t *r, int period)
{
    int m = month_base(r) + period * interval_of(r), year = m / 12, month = m % 12 + 1, day = r->day_of_month;

    if (r->kind == XC_RECUR_MONTHLY_NTH || r->kind == XC_RECUR_YEARLY_NTH)
        return nth_of_month(r, year, month);
    if (day > month_len(year, month))
        day = month_len(year, month);
    return xc_date_to_days(year, month, day);
}

static int monthly_next(const xc_recur_t *r, int days, int *found)
{
    int start = start_days(r), y, m, d, first = period_date(r, 0) < start;

    if (days < start)
        days = start;
    xc_date_from_days(days, &y, &m, &d);
    int period = (y * 12 + m - 1 - month_base(r)) / interval_of(r);
    if (period < first)
        period = first;
    while (period_date(r, period) < days)
        period++;
    *found = period_date(r, period);
    return period - first + 1;
}

/* ---- any kind, as if without end ---- */

static int open_next(const xc_recur_t *r, int days, int *found)
{
    int start = start_days(r), step = interval_of(r);

    switch (r->kind) {
    case XC_RECUR_DAILY: {
        int n = days <= start ? 0 : (days - start + step - 1) / step;
        *found = start + n * step;
        return n + 1;
    }
    case XC_RECUR_WEEKLY:
        return weekly_next(r, days, found);
    default:
        return monthly_next(r, days, found);
    }
}

static int open_date(const xc_recur_t *r, int index)
{
    switch (r->kind) {
    case XC_RECUR_DAILY:
        return start_days(r) + (index - 1) * interval_of(r);
    case XC_RECUR_WEEKLY:
        return weekly_date(r, index);
    default:
        return period_date(r, index - 1 + (period_date(r, 0) < start_days(r)));
    }
}

static int last_day(const xc_recur_t *r)
{
    int end = xc_date_to_days(LAST_YEAR, 12, 31);
    if (r->range == XC_RANGE_UNTIL && r->until_year <= LAST_YEAR)
        end = xc_date_to_days(r->until_year, r->until_month, r->until_day);
    return end;
}

static int within(const xc_recur_t *r, int index, int days)
{
    return index > 0 && (r->range != XC_RANGE_COUNT || index <= r->count) && days <= last_day(r);
}

int xc_recur_next(const xc_recur_t *r, int days, int *found)
{
    int index, at;

    if (days > last_day(r))
        return 0;
    index = open_next(r, days, &at);
    if (!within(r, index, at))
        return 0;
    *found = at;
    return index;
}

int xc_recur_index_of(const xc_recur_t *r, int days)
{
    int at, index = xc_recur_next(r, days, &at);
    return index && at == days ? index : 0;
}

int xc_recur_date_of(const xc_recur_t *r, int index, int *days)
{
    *days = -1;
    if (index < 1 || index > (LAST_YEAR + 1) * 366 || (r->range == XC_RANGE_COUNT && index > r->count))
        return 0;
    int months = interval_of(r) * (r->kind == XC_RECUR_DAILY || r->kind == XC_RECUR_WEEKLY ? 0 : 1);
    if (months && index > (LAST_YEAR + 1 - r->start_year) * 12 / months + 2)
        return 0;
    if (!months && index > (LAST_YEAR + 1 - r->start_year) * 366 / interval_of(r) + 7)
        return 0;
    int at = open_date(r, index);
    if (!within(r, index, at))
        return 0;
    *days = at;
    return 1;
}

int xc_recur_last(const xc_recur_t *r, int *days)
{
    int at, index;

    if (r->range == XC_RANGE_FOREVER)
        return 0;
    if (r->range == XC_RANGE_COUNT && xc_recur_date_of(r, r->count, days))
        return 1;
    index = open_next(r, last_day(r) + 1, &at) - 1;
    if (index < 1)
        return 0;
    *days = open_date(r, index);
    return 1;
}

int xc_recur_min_gap(const xc_recur_t *r)
{
    int gap = 7 * interval_of(r), prev = -1, first = -1;

    switch (r->kind) {
    case XC_RECUR_DAILY:
        return interval_of(r);
    case XC_RECUR_WEEKLY:
        for (int i = 0; i < 7; i++) {
            if (!((r->days >> (r->week_start + i) % 7) & 1))
                continue;
            if (prev >= 0 && i - prev < gap)
                gap = i - prev;
            first = first < 0 ? i : first;
            prev = i;
        }
        if (prev > first && first + 7 * interval_of(r) - prev < gap)
            gap = first + 7 * interval_of(r) - prev;
        return gap;
    case XC_RECUR_MONTHLY_DAY:
        return 28 * interval_of(r);
    case XC_RECUR_MONTHLY_NTH: /* the last weekday of a month may be three days before its end */
        return 28 * interval_of(r) - ((r->days & (r->days - 1)) ? 3 : 0);
    default:
        return 355;
    }
}

int xc_recur_fits_week_start(const xc_recur_t *recur, int week_start)
{
    xc_recur_t a = *recur, b = *recur;
    int per_week = week_count(recur, 7), x, y;

    if (recur->kind != XC_RECUR_WEEKLY || interval_of(recur) == 1 || recur->week_start == week_start)
        return 1;
    a.range = b.range = XC_RANGE_FOREVER;
    b.week_start = week_start;
    for (int i = 1; i <= 2 * per_week; i++) { /* one turn of the pattern, wherever in it the series begins */
        if (xc_recur_date_of(&a, i, &x) != xc_recur_date_of(&b, i, &y) || x != y)
            return 0;
    }
    return 1;
}

/* The first week start, from Monday on, that gives the pattern's dates. */
static int plain_week_start(const xc_recur_t *r)
{
    for (int i = 1; i <= 7; i++) {
        if (xc_recur_fits_week_start(r, i % 7))
            return i % 7;
    }
    return r->week_start;
}

/* Every twelve months is every year; the 31st of a 30-day month is its 30th. */
static xc_recur_t as_yearly(const xc_recur_t *r)
{
    xc_recur_t y = *r;
    int len;

    if ((r->kind == XC_RECUR_MONTHLY_DAY || r->kind == XC_RECUR_MONTHLY_NTH) && r->interval == 12) {
        y.kind = r->kind == XC_RECUR_MONTHLY_DAY ? XC_RECUR_YEARLY_DAY : XC_RECUR_YEARLY_NTH;
        y.interval = 1;
        y.month = r->start_month;
    }
    if (y.kind == XC_RECUR_YEARLY_DAY && y.day_of_month > (len = month_len(2000, y.month)))
        y.day_of_month = len;
    return y;
}

void xc_recur_canonical(xc_recur_t *out, const xc_recur_t *recur)
{
    int last;

    *out = as_yearly(recur);
    out->interval = out->kind == XC_RECUR_YEARLY_DAY || out->kind == XC_RECUR_YEARLY_NTH ? 1 : interval_of(recur);
    if (out->kind == XC_RECUR_WEEKLY)
        out->week_start = plain_week_start(out);
    if (out->range == XC_RANGE_UNTIL && xc_recur_last(out, &last))
        xc_date_from_days(last, &out->until_year, &out->until_month, &out->until_day);
    /* what the kind does not use may hold anything */
    int is_nth = out->kind == XC_RECUR_MONTHLY_NTH || out->kind == XC_RECUR_YEARLY_NTH;
    if (out->kind != XC_RECUR_WEEKLY && !is_nth)
        out->days = 0;
    if (out->kind != XC_RECUR_WEEKLY)
        out->week_start = 0;
    if (!is_nth)
        out->index = 0;
    if (out->kind != XC_RECUR_MONTHLY_DAY && out->kind != XC_RECUR_YEARLY_DAY)
        out->day_of_month = 0;
    if (out->kind != XC_RECUR_YEARLY_DAY && out->kind != XC_RECUR_YEARLY_NTH)
        out->month = 0;
    if (out->range != XC_RANGE_COUNT)
        out->count = 0;
}

int xc_recur_equal(const xc_recur_t *x, const xc_recur_t *y)
{
    int last_a = 0, last_b = 0;

    if (!x || !y)
        return x == y;
    const xc_recur_t yx = as_yearly(x), yy = as_yearly(y), *a = &yx, *b = &yy;
    if (a->kind != b->kind || interval_of(a) != interval_of(b) || a->range != b->range || start_days(a) != start_days(b))
        return 0;
    if (a->range == XC_RANGE_COUNT && a->count != b->count)
        return 0;
    if (a->range == XC_RANGE_UNTIL && (!xc_recur_last(a, &last_a) || !xc_recur_last(b, &last_b) || last_a != last_b))
        return 0;
    switch (a->kind) {
    case XC_RECUR_DAILY: return 1;
    case XC_RECUR_WEEKLY: return a->days == b->days && plain_week_start(a) == plain_week_start(b);
    case XC_RECUR_MONTHLY_DAY: return a->day_of_month == b->day_of_month;
    case XC_RECUR_MONTHLY_NTH: return a->days == b->days && a->index == b->index;
    case XC_RECUR_YEARLY_DAY: return a->month == b->month && a->day_of_month == b->day_of_month;
    case XC_RECUR_YEARLY_NTH: return a->month == b->month && a->days == b->days && a->index == b->index;
    }
    return 0;
}
