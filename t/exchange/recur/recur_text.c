/* SPDX-License-Identifier: Apache-2.0 */
/* Recurrence as EWS writes it, and as the store keeps it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "recur/recur_inside.h"

#define X(s)     ((const xmlChar *)(s))
#define MAX_TEXT 256

typedef struct kind_name_t {
    const char *name;
    lab_recur_kind_t kind;
} kind_name_t;

static const kind_name_t kinds[] = {
    {"DailyRecurrence", LAB_RECUR_DAILY},
    {"WeeklyRecurrence", LAB_RECUR_WEEKLY},
    {"AbsoluteMonthlyRecurrence", LAB_RECUR_ABSOLUTE_MONTHLY},
    {"RelativeMonthlyRecurrence", LAB_RECUR_RELATIVE_MONTHLY},
    {"AbsoluteYearlyRecurrence", LAB_RECUR_ABSOLUTE_YEARLY},
    {"RelativeYearlyRecurrence", LAB_RECUR_RELATIVE_YEARLY},
};
#define NKINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

typedef struct mask_name_t {
    const char *name;
    unsigned mask;
} mask_name_t;

static const mask_name_t masks[] = {{"Day", LAB_RECUR_DAY},
                                    {"Weekday", LAB_RECUR_WEEKDAY},
                                    {"WeekendDay", LAB_RECUR_WEEKENDDAY}};
#define NMASKS ((int)(sizeof(masks) / sizeof(masks[0])))

static const char *const weeks[] = {"First", "Second", "Third", "Fourth", "Last"};

static apr_status_t invalid(lab_recur_error_t *error)
{
    return lab_recur_inside_fail(error, "ErrorCalendarInvalidRecurrence",
                                 "The specified recurrence cannot be created.");
}

/* --- reading EWS --- */

static xmlNodePtr child(xmlNodePtr element, const char *name)
{
    xmlNodePtr n;

    for (n = element->children; n != NULL; n = n->next) {
        if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0) {
            return n;
        }
    }
    return NULL;
}

/* The text of a child, cut of white space, in buf; 0 when there is none or it is too
 * long. */
static int child_text(xmlNodePtr element, const char *name, char *buf)
{
    xmlNodePtr n = child(element, name);
    xmlChar *raw = n == NULL ? NULL : xmlNodeGetContent(n);
    const char *from = (const char *)raw;
    size_t len;
    int ok = 0;

    if (raw != NULL) {
        from += strspn(from, " \t\r\n");
        len = strlen(from);
        while (len > 0 && strchr(" \t\r\n", from[len - 1]) != NULL) {
            len--;
        }
        if (len > 0 && len < MAX_TEXT) {
            memcpy(buf, from, len);
            buf[len] = '\0';
            ok = 1;
        }
    }
    xmlFree(raw);
    return ok;
}

static int child_int(xmlNodePtr element, const char *name, int *value)
{
    char buf[MAX_TEXT], *end;
    long v;

    if (!child_text(element, name, buf)) {
        return 0;
    }
    errno = 0;
    v = strtol(buf, &end, 10);
    if (*end != '\0' || errno != 0 || v < -1000000 || v > 1000000) {
        return 0;
    }
    *value = (int)v;
    return 1;
}

static int child_date(xmlNodePtr element, const char *name, lab_date_t *date)
{
    char buf[MAX_TEXT];

    return child_text(element, name, buf) && lab_date_parse(buf, date) == APR_SUCCESS;
}

/* "Monday Wednesday"; *is_named is set when one of Day, Weekday, WeekendDay is in the
 * list. */
static int child_days(xmlNodePtr element, const char *name, unsigned *days, int *is_named)
{
    char buf[MAX_TEXT], *word, *state;
    int i, weekday;

    *days = 0;
    *is_named = 0;
    if (!child_text(element, name, buf)) {
        return 0;
    }
    for (word = apr_strtok(buf, " \t\r\n", &state); word != NULL;
         word = apr_strtok(NULL, " \t\r\n", &state)) {
        weekday = lab_weekday_parse(word);
        for (i = 0; weekday < 0 && i < NMASKS; i++) {
            if (strcmp(word, masks[i].name) == 0) {
                *days |= masks[i].mask;
                *is_named = 1;
                break;
            }
        }
        if (weekday < 0 && i == NMASKS) {
            return 0;
        }
        if (weekday >= 0) {
            *days |= 1u << weekday;
        }
    }
    return *days != 0;
}

static int child_week(xmlNodePtr element, int *week)
{
    char buf[MAX_TEXT];
    int i;

    for (i = 0; child_text(element, "DayOfWeekIndex", buf) && i < 5; i++) {
        if (strcmp(buf, weeks[i]) == 0) {
            *week = i + 1;
            return 1;
        }
    }
    return 0;
}

static int child_month(xmlNodePtr element, int *month)
{
    char buf[MAX_TEXT];

    if (!child_text(element, "Month", buf)) {
        return 0;
    }
    *month = lab_month_parse(buf);
    return *month > 0;
}

static apr_status_t read_pattern(xmlNodePtr p, lab_recur_t *r, lab_recur_error_t *error)
{
    char buf[MAX_TEXT];
    int is_named = 0, ok = 1;

    r->interval = 1;
    if (r->kind == LAB_RECUR_DAILY || r->kind == LAB_RECUR_WEEKLY ||
        r->kind == LAB_RECUR_ABSOLUTE_MONTHLY || r->kind == LAB_RECUR_RELATIVE_MONTHLY) {
        ok = child_int(p, "Interval", &r->interval);
    }
    if (r->kind == LAB_RECUR_WEEKLY) {
        ok = ok && child_days(p, "DaysOfWeek", &r->days, &is_named);
        if (ok && is_named) {
            return lab_recur_inside_fail(
                error, "ErrorCalendarInvalidDayForWeeklyRecurrence",
                "Day, Weekday and WeekendDay are not valid values for "
                "the DaysOfWeek of a weekly recurrence.");
        }
        if (ok && child_text(p, "FirstDayOfWeek", buf)) {
            r->first_day = lab_weekday_parse(buf);
        }
    }
    if (r->kind == LAB_RECUR_RELATIVE_MONTHLY || r->kind == LAB_RECUR_RELATIVE_YEARLY) {
        ok = ok && child_days(p, "DaysOfWeek", &r->days, &is_named) &&
             child_week(p, &r->week);
    }
    if (r->kind == LAB_RECUR_ABSOLUTE_MONTHLY || r->kind == LAB_RECUR_ABSOLUTE_YEARLY) {
        ok = ok && child_int(p, "DayOfMonth", &r->day_of_month);
    }
    if (r->kind == LAB_RECUR_ABSOLUTE_YEARLY || r->kind == LAB_RECUR_RELATIVE_YEARLY) {
        ok = ok && child_month(p, &r->month);
    }
    return ok ? APR_SUCCESS : invalid(error);
}

static int read_range(xmlNodePtr element, lab_recur_t *r)
{
    xmlNodePtr n;

    if ((n = child(element, "NoEndRecurrence")) != NULL) {
        r->range = LAB_RECUR_NO_END;
        return child_date(n, "StartDate", &r->start);
    }
    if ((n = child(element, "EndDateRecurrence")) != NULL) {
        r->range = LAB_RECUR_END_DATE;
        return child_date(n, "StartDate", &r->start) && child_date(n, "EndDate", &r->end);
    }
    if ((n = child(element, "NumberedRecurrence")) != NULL) {
        r->range = LAB_RECUR_NUMBERED;
        return child_date(n, "StartDate", &r->start) &&
               child_int(n, "NumberOfOccurrences", &r->count);
    }
    return 0;
}

apr_status_t lab_recur_from_xml(xmlNodePtr element, lab_recur_t *out,
                                lab_recur_error_t *error)
{
    lab_recur_t r;
    apr_status_t rv;
    xmlNodePtr p = NULL;
    int i;

    memset(&r, 0, sizeof(r));
    for (i = 0; i < NKINDS && p == NULL; i++) {
        p = child(element, kinds[i].name);
        r.kind = kinds[i].kind;
    }
    if (p == NULL) {
        return invalid(error);
    }
    rv = read_pattern(p, &r, error);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (!read_range(element, &r)) {
        return invalid(error);
    }
    rv = lab_recur_validate(&r, error);
    if (rv == APR_SUCCESS) {
        *out = r;
    }
    return rv;
}

/* --- writing EWS --- */

static int text_element(xmlTextWriterPtr w, const char *name, const char *text)
{
    return xmlTextWriterWriteElementNS(w, X("t"), X(name), NULL, X(text));
}

static int int_element(xmlTextWriterPtr w, const char *name, int value)
{
    return xmlTextWriterWriteFormatElementNS(w, X("t"), X(name), NULL, "%d", value);
}

static int date_element(xmlTextWriterPtr w, const char *name, lab_date_t date,
                        const lab_zone_t *zone)
{
    const char *suffix = "";
    lab_wall_t midnight = {date, 0};
    char offset[16];

    if (zone != NULL) {
        int min = lab_zone_offset_at(zone, lab_zone_instant(zone, midnight)) / 60;
        int abs = min < 0 ? -min : min;

        apr_snprintf(offset, sizeof(offset), "%c%02d:%02d", min < 0 ? '-' : '+', abs / 60,
                     abs % 60);
        suffix = min == 0 ? "Z" : offset;
    }
    return xmlTextWriterWriteFormatElementNS(w, X("t"), X(name), NULL, "%04d-%02d-%02d%s",
                                             date.year, date.month, date.day, suffix);
}

static int days_element(xmlTextWriterPtr w, unsigned days)
{
    char buf[96] = "";
    size_t used = 0;
    int i;

    for (i = 0; i < 7; i++) {
        if ((days >> i & 1u) != 0) {
            apr_snprintf(buf + used, sizeof(buf) - used, "%s%s", used > 0 ? " " : "",
                         lab_weekday_name(i));
            used = strlen(buf);
        }
    }
    return text_element(w, "DaysOfWeek", buf);
}

/* One name in the relative patterns: a weekday or one of the sets. */
static int day_element(xmlTextWriterPtr w, unsigned days)
{
    int i;

    for (i = 0; i < NMASKS; i++) {
        if (masks[i].mask == days) {
            return text_element(w, "DaysOfWeek", masks[i].name);
        }
    }
    return days_element(w, days);
}

static int write_pattern(xmlTextWriterPtr w, const lab_recur_t *r, int with_first_day)
{
    int is_yearly =
        r->kind == LAB_RECUR_ABSOLUTE_YEARLY || r->kind == LAB_RECUR_RELATIVE_YEARLY;
    int failed = 0;

    if (!is_yearly) {
        failed = int_element(w, "Interval", r->interval) < 0;
    }
    switch (r->kind) {
    case LAB_RECUR_DAILY: break;
    case LAB_RECUR_WEEKLY:
        failed = failed || days_element(w, r->days) < 0 ||
                 (with_first_day &&
                  text_element(w, "FirstDayOfWeek", lab_weekday_name(r->first_day)) < 0);
        break;
    case LAB_RECUR_ABSOLUTE_MONTHLY:
    case LAB_RECUR_ABSOLUTE_YEARLY:
        failed = failed || int_element(w, "DayOfMonth", r->day_of_month) < 0;
        break;
    case LAB_RECUR_RELATIVE_MONTHLY:
    case LAB_RECUR_RELATIVE_YEARLY:
        failed = failed || day_element(w, r->days) < 0 ||
                 text_element(w, "DayOfWeekIndex", weeks[r->week - 1]) < 0;
        break;
    }
    if (is_yearly) {
        failed = failed || text_element(w, "Month", lab_month_name(r->month)) < 0;
    }
    return failed ? -1 : 0;
}

int lab_recur_write(xmlTextWriterPtr writer, const lab_recur_t *recur, int with_first_day,
                    const lab_zone_t *zone)
{
    static const char *const ranges[] = {"NoEndRecurrence", "EndDateRecurrence",
                                         "NumberedRecurrence"};
    const char *pattern = NULL;
    int i;

    for (i = 0; i < NKINDS; i++) {
        if (kinds[i].kind == recur->kind) {
            pattern = kinds[i].name;
        }
    }
    if (xmlTextWriterStartElementNS(writer, X("t"), X(pattern), NULL) < 0 ||
        write_pattern(writer, recur, with_first_day) < 0 ||
        xmlTextWriterEndElement(writer) < 0 ||
        xmlTextWriterStartElementNS(writer, X("t"), X(ranges[recur->range]), NULL) < 0 ||
        date_element(writer, "StartDate", lab_recur_first(recur), zone) < 0 ||
        (recur->range == LAB_RECUR_END_DATE &&
         date_element(writer, "EndDate", recur->end, zone) < 0) ||
        (recur->range == LAB_RECUR_NUMBERED &&
         int_element(writer, "NumberOfOccurrences", recur->count) < 0) ||
        xmlTextWriterEndElement(writer) < 0) {
        return -1;
    }
    return 0;
}

/* --- the store's text --- */

const char *lab_recur_to_text(const lab_recur_t *recur, apr_pool_t *pool)
{
    return apr_psprintf(
        pool, "%d %d %u %d %d %d %d %d %d %d %d", (int)recur->kind, recur->interval,
        recur->days, recur->first_day, recur->week, recur->day_of_month, recur->month,
        (int)recur->range, lab_date_to_days(recur->start),
        recur->range == LAB_RECUR_END_DATE ? lab_date_to_days(recur->end) : 0,
        recur->count);
}

apr_status_t lab_recur_from_text(const char *text, lab_recur_t *out)
{
    long v[11];
    lab_recur_t r;
    char *end;
    int i;

    for (i = 0; text != NULL && i < 11; i++) {
        errno = 0;
        v[i] = strtol(text, &end, 10);
        if (end == text || errno != 0 || v[i] < -1000000 || v[i] > 1000000 ||
            *end != (i < 10 ? ' ' : '\0')) {
            return APR_EINVAL;
        }
        text = end;
    }
    if (text == NULL || v[0] < 0 || v[0] >= NKINDS || v[2] < 0 || v[7] < 0 || v[7] > 2) {
        return APR_EINVAL;
    }
    memset(&r, 0, sizeof(r));
    r.kind = (lab_recur_kind_t)v[0];
    r.interval = (int)v[1];
    r.days = (unsigned)v[2];
    r.first_day = (int)v[3];
    r.week = (int)v[4];
    r.day_of_month = (int)v[5];
    r.month = (int)v[6];
    r.range = (lab_recur_range_t)v[7];
    r.start = lab_date_from_days((int)v[8]);
    if (r.range == LAB_RECUR_END_DATE) {
        r.end = lab_date_from_days((int)v[9]);
    }
    r.count = (int)v[10];
    if (lab_recur_validate(&r, NULL) != APR_SUCCESS) {
        return APR_EINVAL;
    }
    *out = r;
    return APR_SUCCESS;
}
