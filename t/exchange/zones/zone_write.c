/* SPDX-License-Identifier: Apache-2.0 */
/* Zones in answers: TimeZoneDefinition, MeetingTimeZone, SerializableTimeZone. */
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "zones/zone_table.h"

#define X(s) ((const xmlChar *)(s))

/* Microsoft writes biases in minutes, negative east of Greenwich. */
static const char *bias_text(int offset_sec, char *buf, size_t size)
{
    if (offset_sec == 0) {
        return "P0D";
    }
    snprintf(buf, size, "%sPT%dM", offset_sec > 0 ? "-" : "",
             (offset_sec > 0 ? offset_sec : -offset_sec) / 60);
    return buf;
}

static const char *time_offset_text(int wall_sec, char *buf, size_t size)
{
    int h = wall_sec / 3600, m = wall_sec / 60 % 60, s = wall_sec % 60, used;

    if (wall_sec == 0) {
        return "PT0S";
    }
    if (wall_sec >= 86400) {
        return "PT23H59M59.999S";
    }
    used = snprintf(buf, size, "PT");
    used += h > 0 ? snprintf(buf + used, size - used, "%dH", h) : 0;
    used += m > 0 ? snprintf(buf + used, size - used, "%dM", m) : 0;
    if (s > 0) {
        snprintf(buf + used, size - used, "%dS", s);
    }
    return buf;
}

static int element(xmlTextWriterPtr w, const char *name, const char *text)
{
    return xmlTextWriterWriteElementNS(w, X("t"), X(name), NULL, X(text));
}

static int number(xmlTextWriterPtr w, const char *name, int value)
{
    return xmlTextWriterWriteFormatElementNS(w, X("t"), X(name), NULL, "%d", value);
}

static int open_element(xmlTextWriterPtr w, const char *name)
{
    return xmlTextWriterStartElementNS(w, X("t"), X(name), NULL);
}

static int write_to(xmlTextWriterPtr w, const char *kind, const char *target)
{
    return open_element(w, "To") < 0 ||
                   xmlTextWriterWriteAttribute(w, X("Kind"), X(kind)) < 0 ||
                   xmlTextWriterWriteString(w, X(target)) < 0 ||
                   xmlTextWriterEndElement(w) < 0
               ? -1
               : 0;
}

static int write_change(xmlTextWriterPtr w, const lab_zone_t *zone,
                        const lab_zone_change_t *change)
{
    char buf[32];

    if (open_element(w, change->weekday < 0 ? "RecurringDateTransition"
                                            : "RecurringDayTransition") < 0 ||
        write_to(w, "Period", zone->periods[change->period].id) < 0 ||
        element(w, "TimeOffset", time_offset_text(change->wall_sec, buf, sizeof(buf))) <
            0 ||
        number(w, "Month", change->month) < 0) {
        return -1;
    }
    if (change->weekday < 0) {
        if (number(w, "Day", change->day) < 0) {
            return -1;
        }
    } else if (element(w, "DayOfWeek", lab_weekday_name(change->weekday)) < 0 ||
               number(w, "Occurrence", change->occurrence) < 0) {
        return -1;
    }
    return xmlTextWriterEndElement(w);
}

static int write_group(xmlTextWriterPtr w, const lab_zone_t *zone, int e)
{
    const lab_zone_era_t *era = &zone->eras[e];
    int i;

    if (open_element(w, "TransitionsGroup") < 0 ||
        xmlTextWriterWriteFormatAttribute(w, X("Id"), "%d", e) < 0) {
        return -1;
    }
    if (era->nchanges == 0 &&
        (open_element(w, "Transition") < 0 ||
         write_to(w, "Period", zone->periods[era->fixed_period].id) < 0 ||
         xmlTextWriterEndElement(w) < 0)) {
        return -1;
    }
    for (i = 0; i < era->nchanges; i++) {
        if (write_change(w, zone, &era->changes[i]) < 0) {
            return -1;
        }
    }
    return xmlTextWriterEndElement(w);
}

static int write_era(xmlTextWriterPtr w, const lab_zone_t *zone, int e)
{
    const lab_wall_t *from = &zone->eras[e].from;
    char id[16], date[40];

    snprintf(id, sizeof(id), "%d", e);
    snprintf(date, sizeof(date), "%04d-%02d-%02dT%02d:%02d:%02d", from->date.year,
             from->date.month, from->date.day, from->sec / 3600, from->sec / 60 % 60,
             from->sec % 60);
    if (open_element(w, e == 0 ? "Transition" : "AbsoluteDateTransition") < 0 ||
        write_to(w, "Group", id) < 0 || (e > 0 && element(w, "DateTime", date) < 0)) {
        return -1;
    }
    return xmlTextWriterEndElement(w);
}

static int write_periods(xmlTextWriterPtr w, const lab_zone_t *zone)
{
    char buf[32];
    int i;

    if (open_element(w, "Periods") < 0) {
        return -1;
    }
    for (i = 0; i < zone->nperiods; i++) {
        const lab_zone_period_t *period = &zone->periods[i];

        if (open_element(w, "Period") < 0 ||
            xmlTextWriterWriteAttribute(
                w, X("Bias"), X(bias_text(period->offset_sec, buf, sizeof(buf)))) < 0 ||
            xmlTextWriterWriteAttribute(w, X("Name"), X(period->name)) < 0 ||
            xmlTextWriterWriteAttribute(w, X("Id"), X(period->id)) < 0 ||
            xmlTextWriterEndElement(w) < 0) {
            return -1;
        }
    }
    return xmlTextWriterEndElement(w);
}

int lab_zone_write_definition(xmlTextWriterPtr writer, const lab_zone_t *zone, int full)
{
    int e;

    if (xmlTextWriterWriteAttribute(writer, X("Id"), X(zone->id)) < 0 ||
        xmlTextWriterWriteAttribute(writer, X("Name"), X(zone->name)) < 0) {
        return -1;
    }
    if (!full) {
        return 0;
    }
    if (write_periods(writer, zone) < 0 ||
        open_element(writer, "TransitionsGroups") < 0) {
        return -1;
    }
    for (e = 0; e < zone->neras; e++) {
        if (write_group(writer, zone, e) < 0) {
            return -1;
        }
    }
    if (xmlTextWriterEndElement(writer) < 0 || open_element(writer, "Transitions") < 0) {
        return -1;
    }
    for (e = 0; e < zone->neras; e++) {
        if (write_era(writer, zone, e) < 0) {
            return -1;
        }
    }
    return xmlTextWriterEndElement(writer) < 0 ? -1 : 0;
}

/* --- the rules of one year --- */

/** The standard and daylight change of one year; NULLs when the clock never changes. */
typedef struct pair_t {
    int standard_sec, daylight_sec; /* offsets; equal when there is no daylight saving */
    const lab_zone_change_t *to_standard, *to_daylight;
} pair_t;

static void rules_of_year(const lab_zone_t *zone, int year, pair_t *pair)
{
    const lab_zone_era_t *era = &zone->eras[0];
    int e, i;

    for (e = 1; e < zone->neras && zone->eras[e].from.date.year <= year; e++) {
        era = &zone->eras[e];
    }
    pair->to_standard = pair->to_daylight = NULL;
    pair->standard_sec = pair->daylight_sec = zone->periods[era->fixed_period].offset_sec;
    if (era->nchanges < 2) {
        return;
    }
    for (i = 0; i < era->nchanges; i++) {
        const lab_zone_change_t *change = &era->changes[i];
        int offset = zone->periods[change->period].offset_sec;

        if (pair->to_standard == NULL || offset < pair->standard_sec) {
            pair->standard_sec = offset;
            pair->to_standard = change;
        }
        if (pair->to_daylight == NULL || offset > pair->daylight_sec) {
            pair->daylight_sec = offset;
            pair->to_daylight = change;
        }
    }
}

static void set_serial(lab_zone_serial_change_t *out, const lab_zone_change_t *change,
                       int year, int bias_min)
{
    lab_date_t date = lab_zone_change_date(change, year);

    memset(out, 0, sizeof(*out));
    out->bias_min = bias_min;
    out->wall_sec = change->wall_sec;
    out->month = change->month;
    out->weekday = lab_date_weekday(date);
    if (change->weekday < 0) {
        out->day_order = date.day;
        out->year = year;
    } else {
        out->day_order = change->occurrence < 0 ? 5 : change->occurrence;
    }
}

void lab_zone_to_serializable(const lab_zone_t *zone, int year, lab_zone_serial_t *out)
{
    pair_t pair;

    memset(out, 0, sizeof(*out));
    rules_of_year(zone, year, &pair);
    out->bias_min = -pair.standard_sec / 60;
    if (pair.standard_sec == pair.daylight_sec) {
        out->standard.day_order = out->daylight.day_order = 1;
        out->standard.month = 1;
        out->daylight.month = 6;
        return;
    }
    set_serial(&out->standard, pair.to_standard, year, 0);
    set_serial(&out->daylight, pair.to_daylight, year,
               -(pair.daylight_sec - pair.standard_sec) / 60);
}

/* 24:00 has no xs:time that clients read as the end of the day but this. */
static const char *clock_text(int wall_sec, char *buf, size_t size)
{
    if (wall_sec >= 86400) {
        return "23:59:59";
    }
    snprintf(buf, size, "%02d:%02d:%02d", wall_sec / 3600, wall_sec / 60 % 60,
             wall_sec % 60);
    return buf;
}

static int write_serial_change(xmlTextWriterPtr w, const char *name,
                               const lab_zone_serial_change_t *change)
{
    char buf[32];

    if (open_element(w, name) < 0 || number(w, "Bias", change->bias_min) < 0 ||
        element(w, "Time", clock_text(change->wall_sec, buf, sizeof(buf))) < 0 ||
        number(w, "DayOrder", change->day_order) < 0 ||
        number(w, "Month", change->month) < 0 ||
        element(w, "DayOfWeek", lab_weekday_name(change->weekday)) < 0 ||
        (change->year != 0 && number(w, "Year", change->year) < 0)) {
        return -1;
    }
    return xmlTextWriterEndElement(w);
}

int lab_zone_write_serializable(xmlTextWriterPtr writer, const lab_zone_t *zone, int year)
{
    lab_zone_serial_t serial;

    lab_zone_to_serializable(zone, year, &serial);
    if (number(writer, "Bias", serial.bias_min) < 0 ||
        write_serial_change(writer, "StandardTime", &serial.standard) < 0 ||
        write_serial_change(writer, "DaylightTime", &serial.daylight) < 0) {
        return -1;
    }
    return 0;
}

/* occurrence 1..4, or -1 for the last */
static const char *week_name(int occurrence)
{
    static const char *const weeks[] = {"First", "Second", "Third", "Fourth"};

    return occurrence >= 1 && occurrence <= 4 ? weeks[occurrence - 1] : "Last";
}

static int write_time_change(xmlTextWriterPtr w, const char *name, const char *zone_name,
                             const lab_zone_change_t *change, int year, int bias_min)
{
    char buf[32];
    int failed;

    if (open_element(w, name) < 0 ||
        xmlTextWriterWriteAttribute(w, X("TimeZoneName"), X(zone_name)) < 0) {
        return -1;
    }
    snprintf(buf, sizeof(buf), "%sPT%dM", bias_min < 0 ? "-" : "",
             bias_min < 0 ? -bias_min : bias_min);
    if (element(w, "Offset", buf) < 0) {
        return -1;
    }
    if (change->weekday < 0) {
        snprintf(buf, sizeof(buf), "%04d-%02d-%02d", year, change->month, change->day);
        failed = element(w, "AbsoluteDate", buf) < 0;
    } else {
        failed = open_element(w, "RelativeYearlyRecurrence") < 0 ||
                 element(w, "DaysOfWeek", lab_weekday_name(change->weekday)) < 0 ||
                 element(w, "DayOfWeekIndex", week_name(change->occurrence)) < 0 ||
                 element(w, "Month", lab_month_name(change->month)) < 0 ||
                 xmlTextWriterEndElement(w) < 0;
    }
    if (failed ||
        element(w, "Time", clock_text(change->wall_sec, buf, sizeof(buf))) < 0) {
        return -1;
    }
    return xmlTextWriterEndElement(w);
}

int lab_zone_write_meeting_zone(xmlTextWriterPtr writer, const lab_zone_t *zone,
                                apr_time_t when)
{
    int year = lab_zone_wall(zone, when).date.year;
    char buf[32];
    pair_t pair;

    rules_of_year(zone, year, &pair);
    if (xmlTextWriterWriteAttribute(writer, X("TimeZoneName"), X(zone->id)) < 0 ||
        element(writer, "BaseOffset", bias_text(pair.standard_sec, buf, sizeof(buf))) <
            0) {
        return -1;
    }
    if (pair.standard_sec == pair.daylight_sec) {
        return 0;
    }
    if (write_time_change(writer, "Standard", "Standard", pair.to_standard, year, 0) <
            0 ||
        write_time_change(writer, "Daylight", "Daylight", pair.to_daylight, year,
                          -(pair.daylight_sec - pair.standard_sec) / 60) < 0) {
        return -1;
    }
    return 0;
}

const char *lab_zone_to_text(const lab_zone_t *zone, apr_pool_t *pool)
{
    const char *text = NULL;
    xmlTextWriterPtr w;
    xmlBufferPtr buf;

    if (!zone->is_custom) {
        return apr_pstrdup(pool, zone->id);
    }
    buf = xmlBufferCreate();
    w = buf == NULL ? NULL : xmlNewTextWriterMemory(buf, 0);
    if (w != NULL &&
        xmlTextWriterStartElementNS(
            w, X("t"), X("TimeZoneDefinition"),
            X("http://schemas.microsoft.com/exchange/services/2006/types")) >= 0 &&
        lab_zone_write_definition(w, zone, 1) >= 0 && xmlTextWriterEndElement(w) >= 0 &&
        xmlTextWriterFlush(w) >= 0) {
        text = apr_pstrmemdup(pool, (const char *)xmlBufferContent(buf),
                              xmlBufferLength(buf));
    }
    xmlFreeTextWriter(w);
    xmlBufferFree(buf);
    return text;
}
