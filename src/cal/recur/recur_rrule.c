/* SPDX-License-Identifier: Apache-2.0 */
/* RRULE (RFC 5545 3.3.10) to Exchange's patterns and back; what has no pattern is refused by name. */
#include <apr_lib.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cal/recur.h"
#include "cal/zone/zone_priv.h"

#define MAX_LIST 62
#define MAX_RULE 4000

typedef struct rule_t {
    char freq[12];
    int interval, count, wkst;   /* count -1 = none */
    int has_until, until_is_date, until_is_utc;
    xc_wall_t until;
    int month[MAX_LIST], months;
    int mday[MAX_LIST], mdays;
    int setpos[MAX_LIST], setposs;
    int day_n[MAX_LIST], days;   /* ordinal 0 = every, and the bit set below */
    int day_wd[MAX_LIST];
    unsigned day_set;
    const char *other;           /* a part that no pattern has */
    apr_pool_t *pool;
} rule_t;

static const char *const day_name[7] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

static xc_error_t *refuse(apr_pool_t *pool, const char *what)
{
    return xc_error_make(pool, 0, XC_COND_UNSUPPORTED_RECURRENCE, "Exchange cannot keep this recurrence: %s.", what);
}

static xc_error_t *malformed(apr_pool_t *pool, const char *part)
{
    return xc_error_make(pool, 0, XC_COND_VALID_CALENDAR_DATA, "The RRULE is not valid: %.60s.", part);
}

/* ---- reading ---- */

static int read_int(const char *s, int min, int max, int *out)
{
    char *end;
    apr_int64_t v;

    if (!apr_isdigit(*s) && *s != '-' && *s != '+')
        return 0;
    v = apr_strtoi64(s, &end, 10);
    if (*end || v < min || v > max)
        return 0;
    *out = (int)v;
    return 1;
}

static int read_list(char *s, int min, int max, int *out, int *n)
{
    char *last;

    for (char *w = apr_strtok(s, ",", &last); w; w = apr_strtok(NULL, ",", &last)) {
        if (*n >= MAX_LIST || !read_int(w, min, max, &out[*n]) || out[*n] == 0)
            return 0;
        (*n)++;
    }
    return *n > 0;
}

static int weekday_of(const char *s)
{
    for (int i = 0; i < 7; i++) {
        if (strcasecmp(s, day_name[i]) == 0)
            return i;
    }
    return -1;
}

static int read_days(rule_t *r, char *s)
{
    char *last;

    for (char *w = apr_strtok(s, ",", &last); w; w = apr_strtok(NULL, ",", &last)) {
        apr_size_t len = strlen(w);
        int n = 0, wd = len >= 2 ? weekday_of(w + len - 2) : -1;
        if (wd < 0 || r->days >= MAX_LIST)
            return 0;
        w[len - 2] = '\0';
        if (*w && (!read_int(w, -53, 53, &n) || n == 0))
            return 0;
        if (n == 0 && (r->day_set >> wd) & 1)
            continue;
        r->day_n[r->days] = n;
        r->day_wd[r->days++] = wd;
        r->day_set |= 1u << wd;
    }
    return r->days > 0;
}

static int digits(const char *s, int from, int n)
{
    int v = 0;
    for (int i = from; i < from + n; i++)
        v = v * 10 + (s[i] - '0');
    return v;
}

static int read_until(rule_t *r, const char *s)
{
    apr_size_t len = strlen(s);

    if (len != 8 && len != 15 && len != 16)
        return 0;
    for (apr_size_t i = 0; i < len; i++) {
        if (i == 8 ? apr_toupper(s[i]) != 'T' : i == 15 ? apr_toupper(s[i]) != 'Z' : !apr_isdigit(s[i]))
            return 0;
    }
    r->has_until = 1;
    r->until_is_date = len == 8;
    r->until_is_utc = len == 16;
    r->until = (xc_wall_t){digits(s, 0, 4), digits(s, 4, 2), digits(s, 6, 2), 0, 0, 0};
    if (len > 8) {
        r->until.hour = digits(s, 9, 2);
        r->until.minute = digits(s, 11, 2);
        r->until.second = digits(s, 13, 2);
    }
    return r->until.year >= 1 && r->until.month >= 1 && r->until.month <= 12 && r->until.day >= 1 && r->until.day <= 31 &&
           r->until.hour <= 23 && r->until.minute <= 59 && r->until.second <= 60;
}

/* A BYHOUR, BYMINUTE or BYSECOND that says only what DTSTART says. */
static void time_part(rule_t *r, const char *name, const char *value, int own)
{
    int v;
    if (!read_int(value, 0, 60, &v) || v != own)
        r->other = name;
}

static int read_part(rule_t *r, const char *name, char *value, const xc_wall_t *start)
{
    if (strcasecmp(name, "FREQ") == 0) {
        apr_cpystrn(r->freq, value, sizeof(r->freq));
        for (char *p = r->freq; *p; p++)
            *p = (char)apr_toupper(*p);
        return 1;
    }
    if (strcasecmp(name, "INTERVAL") == 0)
        return read_int(value, 1, 1000000, &r->interval);
    if (strcasecmp(name, "COUNT") == 0)
        return read_int(value, 0, 100000000, &r->count);
    if (strcasecmp(name, "UNTIL") == 0)
        return read_until(r, value);
    if (strcasecmp(name, "WKST") == 0)
        return (r->wkst = weekday_of(value)) >= 0;
    if (strcasecmp(name, "BYMONTH") == 0)
        return read_list(value, 1, 12, r->month, &r->months);
    if (strcasecmp(name, "BYMONTHDAY") == 0)
        return read_list(value, -31, 31, r->mday, &r->mdays);
    if (strcasecmp(name, "BYSETPOS") == 0)
        return read_list(value, -366, 366, r->setpos, &r->setposs);
    if (strcasecmp(name, "BYDAY") == 0)
        return read_days(r, value);
    if (strcasecmp(name, "BYHOUR") == 0)
        time_part(r, "BYHOUR", value, start->hour);
    else if (strcasecmp(name, "BYMINUTE") == 0)
        time_part(r, "BYMINUTE", value, start->minute);
    else if (strcasecmp(name, "BYSECOND") == 0)
        time_part(r, "BYSECOND", value, start->second);
    else if (strcasecmp(name, "RSCALE") != 0 || strcasecmp(value, "GREGORIAN") != 0)
        r->other = apr_pstrdup(r->pool, name);
    return 1;
}

static xc_error_t *read_rule(rule_t *r, const char *text, const xc_wall_t *start, apr_pool_t *pool)
{
    char *copy, *last;
    const char *seen[24];
    int n = 0;

    memset(r, 0, sizeof(*r));
    r->interval = 1;
    r->count = -1;
    r->wkst = 1;
    r->pool = pool;
    if (!text || strlen(text) > MAX_RULE)
        return malformed(pool, "it is missing or too long");
    copy = apr_pstrdup(pool, text);
    for (char *part = apr_strtok(copy, ";", &last); part; part = apr_strtok(NULL, ";", &last)) {
        char *eq = strchr(part, '=');
        if (!eq || eq == part || !eq[1] || n >= 24)
            return malformed(pool, part);
        *eq = '\0';
        for (int i = 0; i < n; i++) {
            if (strcasecmp(seen[i], part) == 0)
                return malformed(pool, apr_pstrcat(pool, part, " is given twice", NULL));
        }
        seen[n++] = part;
        if (!read_part(r, part, eq + 1, start))
            return malformed(pool, part);
    }
    if (!*r->freq)
        return malformed(pool, "it has no FREQ");
    if (r->count >= 0 && r->has_until)
        return malformed(pool, "it has both COUNT and UNTIL");
    /* a rule of no occurrence, as macOS has written it, still has its DTSTART */
    if (r->count == 0)
        r->count = 1;
    return NULL;
}

/* ---- to a pattern ---- */

static int is_day_class(unsigned days)
{
    return (days & (days - 1)) == 0 || days == XC_DAYS_ALL || days == XC_DAYS_WEEKDAY || days == XC_DAYS_WEEKEND;
}

static int all_ordinals_zero(const rule_t *r)
{
    for (int i = 0; i < r->days; i++) {
        if (r->day_n[i])
            return 0;
    }
    return 1;
}

/* 1..4 -> itself, -1 -> 5 (last), else 0 */
static int index_of(int n)
{
    return n >= 1 && n <= 4 ? n : n == -1 ? 5 : 0;
}

/* Seven dates in a row with one weekday are an n-th weekday: 8..14 the second, -7..-1 the last. */
static int index_of_week(const rule_t *r)
{
    int min = 99, sum = 0;

    if (r->mdays != 7 || r->setposs)
        return 0;
    for (int i = 0; i < 7; i++) {
        min = r->mday[i] < min ? r->mday[i] : min;
        sum += r->mday[i];
        for (int k = 0; k < i; k++) {
            if (r->mday[k] == r->mday[i])
                return 0;
        }
    }
    if (sum != 7 * min + 21)
        return 0;
    return min == -7 ? 5 : min == 1 || min == 8 || min == 15 || min == 22 ? (min - 1) / 7 + 1 : 0;
}

/*
 * Day of the month as Exchange counts it (29..31 = the last day of shorter months). *exact is set for
 * the forms that mean the same in iCalendar; a plain 29..31 skips short months there.
 */
static const char *month_day(const rule_t *r, const xc_wall_t *start, int *day, int *exact)
{
    int pos_last = r->setposs == 1 && r->setpos[0] == -1, pos_first = r->setposs == 1 && r->setpos[0] == 1;
    unsigned set = 0;

    *exact = 0;
    if (!r->mdays) {
        if (r->setposs && !pos_last && !pos_first)
            return "BYSETPOS without a list to pick from";
        *day = start->day;
        return NULL;
    }
    if (r->mdays == 1) {
        if (r->setposs && !pos_last && !pos_first)
            return "BYSETPOS of a single day";
        if (r->mday[0] == -1) {
            *day = 31;
            *exact = 1;
            return NULL;
        }
        *day = r->mday[0];
        return *day < 0 ? "a negative BYMONTHDAY other than -1" : NULL;
    }
    for (int i = 0; i < r->mdays; i++) {
        if (r->mday[i] < 0)
            return "BYMONTHDAY with several days";
        set |= 1u << r->mday[i];
    }
    *exact = 1;
    *day = set == (1u << 28 | 1u << 29) ? 29 : set == (7u << 28) ? 30 : set == (15u << 28) ? 31 : 0;
    return *day && pos_last ? NULL : "BYMONTHDAY with several days";
}

/* Does every month of the pattern have that day? Then a plain 29..31 means the same on both sides. */
static int has_every_day(const xc_recur_t *p)
{
    xc_recur_t open = *p;
    int at, y, m, d, last = 0, bounded = p->range == XC_RANGE_UNTIL && xc_recur_last(p, &last);

    open.range = XC_RANGE_FOREVER;
    for (int i = 1; i <= (p->range == XC_RANGE_COUNT ? p->count : 4800); i++) {
        if (!xc_recur_date_of(&open, i, &at) || (bounded && at > last))
            return 1;
        xc_date_from_days(at, &y, &m, &d);
        if (d != p->day_of_month)
            return 0;
    }
    return 1;
}

/* BYDAY of a month (or of a single month of the year) to days and index. */
static const char *month_weekday(const rule_t *r, xc_recur_t *p)
{
    p->days = r->day_set;
    if (r->mdays) {
        p->index = r->days == 1 && r->day_n[0] == 0 ? index_of_week(r) : 0;
        return p->index ? NULL : "BYMONTHDAY together with BYDAY";
    }
    if (all_ordinals_zero(r)) {
        if (r->setposs != 1)
            return r->setposs ? "several BYSETPOS" : "BYDAY without a number in a month";
        p->index = index_of(r->setpos[0]);
        return !p->index ? "a BYSETPOS other than 1, 2, 3, 4 and -1" : is_day_class(p->days) ? NULL : "BYSETPOS of these weekdays";
    }
    if (r->days != 1)
        return "several numbered weekdays in BYDAY";
    if (r->setposs && (r->setposs > 1 || abs(r->setpos[0]) != 1))
        return "BYSETPOS together with a numbered BYDAY";
    p->index = index_of(r->day_n[0]);
    return p->index ? NULL : "a numbered BYDAY other than 1, 2, 3, 4 and -1";
}

static const char *weekly(const rule_t *r, xc_recur_t *p, const xc_wall_t *start)
{
    p->kind = XC_RECUR_WEEKLY;
    p->week_start = r->wkst;
    p->days = r->day_set ? r->day_set : 1u << xc_date_weekday(xc_date_to_days(start->year, start->month, start->day));
    if (!all_ordinals_zero(r))
        return "a numbered BYDAY in a weekly rule";
    if (r->setposs)
        return "BYSETPOS in a weekly rule";
    if (r->mdays)
        return "BYMONTHDAY in a weekly rule";
    return r->months ? "BYMONTH in a weekly rule" : p->interval > 99 ? "an INTERVAL of more than 99 weeks" : NULL;
}

static const char *daily(const rule_t *r, xc_recur_t *p, const xc_wall_t *start)
{
    if (r->months)
        return "BYMONTH in a daily rule";
    if (r->setposs)
        return "BYSETPOS in a daily rule";
    if (r->mdays)
        return "BYMONTHDAY in a daily rule";
    if (r->days)
        return r->interval == 1 ? weekly(r, p, start) : "BYDAY in a daily rule with an INTERVAL";
    p->kind = XC_RECUR_DAILY;
    return p->interval > 999 ? "an INTERVAL of more than 999 days" : NULL;
}

static const char *monthly(const rule_t *r, xc_recur_t *p, const xc_wall_t *start, int *exact)
{
    const char *why;

    if (p->interval > 99)
        return "an INTERVAL of more than 99 months";
    if (r->days) {
        if (p->interval == 1 && all_ordinals_zero(r) && !r->setposs && !r->mdays)
            return weekly(r, p, start);
        p->kind = XC_RECUR_MONTHLY_NTH;
        return month_weekday(r, p);
    }
    p->kind = XC_RECUR_MONTHLY_DAY;
    why = month_day(r, start, &p->day_of_month, exact);
    return why;
}

static const char *yearly(const rule_t *r, xc_recur_t *p, const xc_wall_t *start, int *exact)
{
    const char *why;

    p->month = r->months ? r->month[0] : start->month;
    if (r->days) {
        if (!r->months) {
            if (p->interval == 1 && all_ordinals_zero(r) && !r->setposs && !r->mdays)
                return weekly(r, p, start);
            int n = all_ordinals_zero(r) ? (r->setposs == 1 ? r->setpos[0] : 0) : r->day_n[0];
            if (!index_of(n) || r->mdays)
                return "BYDAY counted in the year";
            p->month = n == -1 ? 12 : 1; /* the first four of a year lie in January, the last in December */
        }
        p->kind = XC_RECUR_YEARLY_NTH;
        why = month_weekday(r, p);
    } else {
        if (r->mdays && !r->months)
            return p->interval == 1 ? monthly(r, p, start, exact) : "BYMONTHDAY without BYMONTH in a yearly rule with an INTERVAL";
        p->kind = XC_RECUR_YEARLY_DAY;
        why = month_day(r, start, &p->day_of_month, exact);
    }
    if (!why && p->interval > 8)
        return "an INTERVAL of more than 8 years";
    if (!why && p->interval > 1) {
        if (p->month != start->month)
            return "a first year without an occurrence";
        p->kind = p->kind == XC_RECUR_YEARLY_NTH ? XC_RECUR_MONTHLY_NTH : XC_RECUR_MONTHLY_DAY;
        p->interval *= 12;
    }
    return why;
}

static const char *choose(rule_t *r, xc_recur_t *p, const xc_wall_t *start, int *exact)
{
    unsigned months = 0;

    for (int i = 0; i < r->months; i++)
        months |= 1u << r->month[i];
    p->interval = r->interval;
    if (months == 0x1ffe) { /* every month: no limit at all, but a yearly rule then means each of them */
        r->months = 0;
        if (strcmp(r->freq, "YEARLY") == 0) {
            if (r->interval > 1 || (!all_ordinals_zero(r) && r->days) || r->setposs)
                return "BYMONTH with several months";
            memcpy(r->freq, "MONTHLY", 8);
        }
    }
    if (months && r->months && (months & (months - 1)))
        return "BYMONTH with several months";
    if (strcmp(r->freq, "DAILY") == 0) {
        if (r->interval == 1 && r->mdays && !r->days && !r->setposs)
            return r->months ? yearly(r, p, start, exact) : monthly(r, p, start, exact);
        return daily(r, p, start);
    }
    if (strcmp(r->freq, "WEEKLY") == 0)
        return weekly(r, p, start);
    if (strcmp(r->freq, "MONTHLY") == 0) {
        if (!r->months || (r->interval % 12 == 0 && r->month[0] == start->month))
            return monthly(r, p, start, exact);
        return r->interval == 1 ? yearly(r, p, start, exact) : "BYMONTH in a monthly rule with an INTERVAL";
    }
    if (strcmp(r->freq, "YEARLY") == 0)
        return yearly(r, p, start, exact);
    return apr_pstrcat(r->pool, "FREQ=", r->freq, NULL);
}

/* The last local date that UNTIL allows: the one whose occurrence is not after it. */
static void set_until(xc_recur_t *p, const rule_t *r, const xc_wall_t *start, const xc_zone_t *zone, int all_day)
{
    xc_wall_t last = r->until, at;
    int days;

    if (!all_day && !r->until_is_date) {
        const xc_zone_t *z = zone ? zone : xc_zone_utc();
        apr_time_t limit = xc_zone_to_utc(r->until_is_utc ? xc_zone_utc() : z, &r->until);
        xc_zone_to_wall(z, limit, &last);
        at = *start;
        at.year = last.year;
        at.month = last.month;
        at.day = last.day;
        days = xc_date_to_days(last.year, last.month, last.day) - (xc_zone_to_utc(z, &at) > limit);
        xc_date_from_days(days, &last.year, &last.month, &last.day);
    }
    p->range = XC_RANGE_UNTIL;
    p->until_year = last.year;
    p->until_month = last.month;
    p->until_day = last.day;
}

xc_error_t *xc_recur_from_rrule(xc_recur_t **out, const char *rrule, const xc_wall_t *start, const xc_zone_t *zone, int all_day, apr_pool_t *pool)
{
    rule_t *r = apr_palloc(pool, sizeof(*r));
    xc_recur_t *p = apr_pcalloc(pool, sizeof(*p));
    const char *why;
    int exact = 1, first, last;

    *out = NULL;
    XC_TRY(read_rule(r, rrule, start, pool));
    p->start_year = start->year;
    p->start_month = start->month;
    p->start_day = start->day;
    if (r->other)
        return refuse(pool, r->other);
    if ((why = choose(r, p, start, &exact)))
        return refuse(pool, why);
    if (r->count > 999)
        return refuse(pool, "a COUNT of more than 999");
    if (r->count > 0) {
        p->range = XC_RANGE_COUNT;
        p->count = r->count;
    } else if (r->has_until) {
        if (r->until.year > 4500)
            return refuse(pool, "an UNTIL after the year 4500");
        set_until(p, r, start, zone, all_day);
        if (!xc_recur_last(p, &last))
            return refuse(pool, "an UNTIL before the first occurrence");
        xc_date_from_days(last, &p->until_year, &p->until_month, &p->until_day);
    }
    if (!xc_recur_date_of(p, 1, &first) || first != xc_date_to_days(start->year, start->month, start->day))
        return refuse(pool, "DTSTART is not the first occurrence of the rule");
    if (!exact && (p->kind == XC_RECUR_MONTHLY_DAY || p->kind == XC_RECUR_YEARLY_DAY) && p->day_of_month > 28 && !has_every_day(p))
        return refuse(pool, "the 29th, 30th or 31st of months that may not have it");
    if ((p->kind == XC_RECUR_MONTHLY_DAY || p->kind == XC_RECUR_MONTHLY_NTH) && p->interval == 12) {
        p->kind = p->kind == XC_RECUR_MONTHLY_DAY ? XC_RECUR_YEARLY_DAY : XC_RECUR_YEARLY_NTH;
        p->month = p->start_month;
        p->interval = 1;
    }
    if (p->kind == XC_RECUR_YEARLY_DAY) { /* no April 31st: Exchange would not take it */
        int len = xc_date_to_days(p->month == 12 ? 2001 : 2000, p->month % 12 + 1, 1) - xc_date_to_days(2000, p->month, 1);
        p->day_of_month = p->day_of_month > len ? len : p->day_of_month;
    }
    *out = p;
    return NULL;
}

/* ---- from a pattern ---- */

static void put_days(xc_buf_t *buf, unsigned days)
{
    const char *sep = "";
    for (int i = 1; i <= 7; i++) {
        if ((days >> i % 7) & 1) {
            xc_buf_printf(buf, "%s%s", sep, day_name[i % 7]);
            sep = ",";
        }
    }
}

static void put_nth(xc_buf_t *buf, const xc_recur_t *r)
{
    int n = r->index >= 5 ? -1 : r->index;

    xc_buf_puts(buf, ";BYDAY=");
    if ((r->days & (r->days - 1)) == 0)
        xc_buf_printf(buf, "%d", n);
    put_days(buf, r->days);
    if (r->days & (r->days - 1))
        xc_buf_printf(buf, ";BYSETPOS=%d", n);
}

/* month 0 = any */
static void put_month_day(xc_buf_t *buf, int day, int month)
{
    static const int len[13] = {28, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (day <= len[month])
        xc_buf_printf(buf, ";BYMONTHDAY=%d", day);
    else if (day == 31 || month)
        xc_buf_puts(buf, ";BYMONTHDAY=-1");
    else
        xc_buf_printf(buf, ";BYMONTHDAY=28,29%s;BYSETPOS=-1", day == 30 ? ",30" : "");
}

static void put_interval(xc_buf_t *buf, const char *freq, int n)
{
    xc_buf_printf(buf, "FREQ=%s", freq);
    if (n > 1)
        xc_buf_printf(buf, ";INTERVAL=%d", n);
}

static void put_range(xc_buf_t *buf, const xc_recur_t *r, const xc_wall_t *start, const xc_zone_t *zone, int all_day)
{
    xc_wall_t until = *start;

    if (r->range == XC_RANGE_COUNT)
        xc_buf_printf(buf, ";COUNT=%d", r->count);
    if (r->range != XC_RANGE_UNTIL)
        return;
    until.year = r->until_year;
    until.month = r->until_month;
    until.day = r->until_day;
    if (zone && !all_day)
        xc_zone_to_wall(xc_zone_utc(), xc_zone_to_utc(zone, &until), &until);
    xc_buf_printf(buf, ";UNTIL=%04d%02d%02d", until.year, until.month, until.day);
    if (!all_day)
        xc_buf_printf(buf, "T%02d%02d%02d%s", until.hour, until.minute, until.second, zone ? "Z" : "");
}

const char *xc_recur_to_rrule(const xc_recur_t *r, const xc_wall_t *start, const xc_zone_t *zone, int all_day, apr_pool_t *pool)
{
    xc_buf_t *buf = xc_buf_make(pool, 0);
    int is_nth = r->kind == XC_RECUR_MONTHLY_NTH || r->kind == XC_RECUR_YEARLY_NTH, month = 0;

    switch (r->kind) {
    case XC_RECUR_DAILY:
        put_interval(buf, "DAILY", r->interval);
        break;
    case XC_RECUR_WEEKLY:
        put_interval(buf, "WEEKLY", r->interval);
        xc_buf_puts(buf, ";BYDAY=");
        put_days(buf, r->days);
        if (!xc_recur_fits_week_start(r, 1)) /* Monday is what a rule means that does not say it */
            xc_buf_printf(buf, ";WKST=%s", day_name[r->week_start]);
        break;
    case XC_RECUR_MONTHLY_DAY:
    case XC_RECUR_MONTHLY_NTH:
    case XC_RECUR_YEARLY_DAY:
    case XC_RECUR_YEARLY_NTH:
        if (r->kind == XC_RECUR_YEARLY_DAY || r->kind == XC_RECUR_YEARLY_NTH)
            month = r->month;
        else if (r->interval % 12 == 0)
            month = r->start_month; /* every 24 months is every second year */
        if (month) {
            put_interval(buf, "YEARLY", r->interval / 12 > 1 && month ? r->interval / 12 : 1);
            xc_buf_printf(buf, ";BYMONTH=%d", month);
        } else {
            put_interval(buf, "MONTHLY", r->interval);
        }
        if (is_nth)
            put_nth(buf, r);
        else
            put_month_day(buf, r->day_of_month, month);
        break;
    }
    put_range(buf, r, start, zone, all_day);
    return apr_pstrmemdup(pool, buf->data, buf->len);
}
