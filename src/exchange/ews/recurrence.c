/* SPDX-License-Identifier: Apache-2.0 */
/* The pattern of cal/recur.h as <t:Recurrence> and back (calendar-mapping 6). */
#include <apr_strings.h>
#include <string.h>

#include "exchange/ews/ews.h"

static const char *const day_names[7] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
static const char *const month_names[12] = {"January", "February", "March",     "April",   "May",      "June",
                                            "July",    "August",   "September", "October", "November", "December"};
static const char *const index_names[5] = {"First", "Second", "Third", "Fourth", "Last"};

static const char *const element_names[] = {
    [XC_RECUR_DAILY] = "DailyRecurrence",
    [XC_RECUR_WEEKLY] = "WeeklyRecurrence",
    [XC_RECUR_MONTHLY_DAY] = "AbsoluteMonthlyRecurrence",
    [XC_RECUR_MONTHLY_NTH] = "RelativeMonthlyRecurrence",
    [XC_RECUR_YEARLY_DAY] = "AbsoluteYearlyRecurrence",
    [XC_RECUR_YEARLY_NTH] = "RelativeYearlyRecurrence",
};

/* ---- writing ---- */

static void write_int(xc_xmlw_t *w, const char *name, int value)
{
    char text[16];
    apr_snprintf(text, sizeof text, "%d", value);
    xc_xmlw_element(w, XC_NS_T, name, text);
}

static void write_date(xc_xmlw_t *w, const char *name, int year, int month, int day)
{
    char text[16];
    apr_snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
    xc_xmlw_element(w, XC_NS_T, name, text);
}

static void write_days(xc_xmlw_t *w, unsigned days, int nth)
{
    xc_xmlw_start(w, XC_NS_T, "DaysOfWeek");
    if (nth && days == XC_DAYS_ALL)
        xc_xmlw_text(w, "Day");
    else if (nth && days == XC_DAYS_WEEKDAY)
        xc_xmlw_text(w, "Weekday");
    else if (nth && days == XC_DAYS_WEEKEND)
        xc_xmlw_text(w, "WeekendDay");
    else {
        const char *space = "";
        for (int i = 0; i < 7; i++) {
            if (days & (1u << i)) {
                xc_xmlw_text(w, space);
                xc_xmlw_text(w, day_names[i]);
                space = " ";
            }
        }
    }
    xc_xmlw_end(w);
}

void xc_ews_write_recurrence(xc_xmlw_t *w, const xc_recur_t *r, const xc_ews_version_t *v)
{
    int yearly = r->kind == XC_RECUR_YEARLY_DAY || r->kind == XC_RECUR_YEARLY_NTH;
    int nth = r->kind == XC_RECUR_MONTHLY_NTH || r->kind == XC_RECUR_YEARLY_NTH;
    xc_xmlw_start(w, XC_NS_T, "Recurrence");
    xc_xmlw_start(w, XC_NS_T, element_names[r->kind]);
    if (!yearly)
        write_int(w, "Interval", r->interval);
    if (r->kind == XC_RECUR_WEEKLY) {
        write_days(w, r->days, 0);
        if (v->first_day_of_week)
            xc_xmlw_element(w, XC_NS_T, "FirstDayOfWeek", day_names[r->week_start % 7]);
    } else if (nth) {
        write_days(w, r->days, 1);
        xc_xmlw_element(w, XC_NS_T, "DayOfWeekIndex", index_names[(r->index - 1) % 5]);
    } else if (r->kind == XC_RECUR_MONTHLY_DAY || r->kind == XC_RECUR_YEARLY_DAY)
        write_int(w, "DayOfMonth", r->day_of_month);
    if (yearly)
        xc_xmlw_element(w, XC_NS_T, "Month", month_names[(r->month - 1) % 12]);
    xc_xmlw_end(w);

    xc_xmlw_start(w, XC_NS_T, r->range == XC_RANGE_COUNT ? "NumberedRecurrence" : r->range == XC_RANGE_UNTIL ? "EndDateRecurrence" : "NoEndRecurrence");
    write_date(w, "StartDate", r->start_year, r->start_month, r->start_day);
    if (r->range == XC_RANGE_COUNT)
        write_int(w, "NumberOfOccurrences", r->count);
    else if (r->range == XC_RANGE_UNTIL)
        write_date(w, "EndDate", r->until_year, r->until_month, r->until_day);
    xc_xmlw_end(w);
    xc_xmlw_end(w);
}

xc_error_t *xc_ews_check_recurrence(const xc_recur_t *recur, const xc_ews_version_t *v, apr_pool_t *pool)
{
    if (!recur || v->first_day_of_week || xc_recur_fits_week_start(recur, 0))
        return NULL;
    return xc_error_make(pool, 0, XC_COND_UNSUPPORTED_RECURRENCE,
                         "This Exchange cannot keep this recurrence: WKST, its weeks begin on Sunday.");
}

/* ---- reading ---- */

static int name_index(const char *const *names, int n, const char *text)
{
    for (int i = 0; text && i < n; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    return -1;
}

static int read_int(const xmlNode *parent, const char *name, int low, int high, int absent, apr_pool_t *pool)
{
    const char *text = xc_xml_child_text(parent, NULL, name, pool);
    if (!text)
        return absent;
    apr_int64_t n = apr_atoi64(text);
    return n < low || n > high ? absent : (int)n;
}

static unsigned read_days(const xmlNode *parent, apr_pool_t *pool)
{
    const char *text = xc_xml_child_text(parent, NULL, "DaysOfWeek", pool);
    unsigned days = 0;
    char *last = NULL;
    for (char *word = text ? apr_strtok(apr_pstrdup(pool, text), " \t\r\n", &last) : NULL; word; word = apr_strtok(NULL, " \t\r\n", &last)) {
        int i = name_index(day_names, 7, word);
        if (i >= 0)
            days |= 1u << i;
        else if (strcmp(word, "Day") == 0)
            days |= XC_DAYS_ALL;
        else if (strcmp(word, "Weekday") == 0)
            days |= XC_DAYS_WEEKDAY;
        else if (strcmp(word, "WeekendDay") == 0)
            days |= XC_DAYS_WEEKEND;
    }
    return days;
}

/* An offset behind the date (2024-05-06+02:00) says nothing. */
static int read_date(const xmlNode *parent, const char *name, int *year, int *month, int *day, apr_pool_t *pool)
{
    const char *text = xc_xml_child_text(parent, NULL, name, pool);
    xc_wall_t wall;
    apr_time_t t;
    if (!text || strlen(text) < 10 || !xc_ews_parse_time(&t, apr_pstrmemdup(pool, text, 10)))
        return 0;
    xc_zone_to_wall(xc_zone_utc(), t, &wall);
    *year = wall.year;
    *month = wall.month;
    *day = wall.day;
    return 1;
}

static int read_pattern(xc_recur_t *r, const xmlNode *node, apr_pool_t *pool)
{
    int kind = -1;
    for (int i = XC_RECUR_DAILY; i <= XC_RECUR_YEARLY_NTH; i++)
        if (xc_xml_is(node, NULL, element_names[i]))
            kind = i;
    if (kind < 0)
        return 0;
    r->kind = (xc_recur_kind_e)kind;
    r->interval = read_int(node, "Interval", 1, 999, 1, pool);
    r->days = read_days(node, pool);
    r->index = 1 + name_index(index_names, 5, xc_xml_child_text(node, NULL, "DayOfWeekIndex", pool));
    r->day_of_month = read_int(node, "DayOfMonth", 1, 31, 0, pool);
    r->month = 1 + name_index(month_names, 12, xc_xml_child_text(node, NULL, "Month", pool));
    int start = name_index(day_names, 7, xc_xml_child_text(node, NULL, "FirstDayOfWeek", pool));
    r->week_start = start < 0 ? 0 : start;
    switch (r->kind) {
    case XC_RECUR_DAILY: return 1;
    case XC_RECUR_WEEKLY: return r->days != 0;
    case XC_RECUR_MONTHLY_DAY: return r->day_of_month > 0;
    case XC_RECUR_MONTHLY_NTH: return r->days && r->index > 0;
    case XC_RECUR_YEARLY_DAY: return r->day_of_month > 0 && r->month > 0;
    case XC_RECUR_YEARLY_NTH: return r->days && r->index > 0 && r->month > 0;
    }
    return 0;
}

static int read_range(xc_recur_t *r, const xmlNode *node, apr_pool_t *pool)
{
    if (!read_date(node, "StartDate", &r->start_year, &r->start_month, &r->start_day, pool))
        return 0;
    if (xc_xml_is(node, NULL, "NoEndRecurrence")) {
        r->range = XC_RANGE_FOREVER;
        return 1;
    }
    if (xc_xml_is(node, NULL, "NumberedRecurrence")) {
        r->range = XC_RANGE_COUNT;
        r->count = read_int(node, "NumberOfOccurrences", 1, 99999, 0, pool);
        return r->count > 0;
    }
    r->range = XC_RANGE_UNTIL;
    return xc_xml_is(node, NULL, "EndDateRecurrence") && read_date(node, "EndDate", &r->until_year, &r->until_month, &r->until_day, pool);
}

xc_error_t *xc_ews_read_recurrence(xc_recur_t **out, const xmlNode *recurrence, apr_pool_t *pool)
{
    xc_recur_t *r = apr_pcalloc(pool, sizeof *r);
    xmlNode *pattern = xc_xml_child(recurrence, NULL, NULL), *range = xc_xml_next(pattern, NULL, NULL);
    *out = NULL;
    if (!pattern || !range || !read_pattern(r, pattern, pool) || !read_range(r, range, pool))
        return xc_error_make(pool, 502, XC_COND_NONE, "Exchange holds a recurrence that iCalendar readers do not know.");
    *out = r;
    return NULL;
}
