/* SPDX-License-Identifier: Apache-2.0 */
#include "ews/work_hours.h"

#include <apr_strings.h>
#include <libxml/xmlwriter.h>

#include "control/settings.h"

static const lab_zone_t *zone_of(const lab_work_hours_t *hours)
{
    const lab_zone_t *zone = lab_zone_find(hours->zone);
    return zone ? zone : lab_zone_utc();
}

static int this_year(lab_call_t *call)
{
    return lab_wall_from_time(call->now, 0).date.year;
}

void lab_work_hours_put(lab_call_t *call, const lab_dir_entry_t *who)
{
    lab_work_hours_t hours;
    xmlBufferPtr raw = xmlBufferCreate();
    xmlTextWriterPtr w = raw ? xmlNewTextWriterMemory(raw, 0) : NULL;
    lab_settings_work_hours(call->lab->settings, call->pool, who, &hours);
    lab_buf_puts(&call->out, "<t:WorkingHours>");
    if (w && xmlTextWriterStartElement(w, BAD_CAST "t:TimeZone") >= 0 &&
        lab_zone_write_serializable(w, zone_of(&hours), this_year(call)) == 0 &&
        xmlTextWriterEndElement(w) >= 0 && xmlTextWriterFlush(w) >= 0)
        lab_buf_add(&call->out, (const char *)xmlBufferContent(raw),
                    (size_t)xmlBufferLength(raw));
    xmlFreeTextWriter(w);
    xmlBufferFree(raw);
    lab_buf_puts(&call->out, "<t:WorkingPeriodArray><t:WorkingPeriod>");
    lab_buf_elem(&call->out, "t:DayOfWeek", hours.days);
    lab_buf_int(&call->out, "t:StartTimeInMinutes", hours.start_min);
    lab_buf_int(&call->out, "t:EndTimeInMinutes", hours.end_min);
    lab_buf_puts(&call->out,
                 "</t:WorkingPeriod></t:WorkingPeriodArray></t:WorkingHours>");
}

static void put_change(lab_buf_t *b, const char *name, const lab_zone_serial_change_t *c)
{
    lab_buf_printf(b,
                   "<%s><Bias>%d</Bias><ChangeDate><Time>%02d:%02d:%02d</Time>"
                   "<Date>%04d/%02d/%02d</Date><DayOfWeek>%d</DayOfWeek></ChangeDate>"
                   "</%s>",
                   name, c->bias_min, c->wall_sec / 3600, c->wall_sec / 60 % 60,
                   c->wall_sec % 60, c->year, c->month, c->day_order, c->weekday, name);
}

const char *lab_work_hours_xml(lab_call_t *call, const lab_dir_entry_t *who)
{
    lab_work_hours_t hours;
    lab_zone_serial_t serial;
    lab_buf_t b;
    lab_settings_work_hours(call->lab->settings, call->pool, who, &hours);
    const lab_zone_t *zone = zone_of(&hours);
    lab_zone_to_serializable(zone, this_year(call), &serial);
    lab_buf_init(&b, call->pool, 1024);
    lab_buf_printf(&b,
                   "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
                   "<Root xmlns=\"WorkingHours.xsd\"><WorkHoursVersion1><TimeZone>"
                   "<Bias>%d</Bias>",
                   serial.bias_min);
    put_change(&b, "Standard", &serial.standard);
    put_change(&b, "DaylightSavings", &serial.daylight);
    lab_buf_elem(&b, "Name", zone->id);
    lab_buf_printf(&b,
                   "</TimeZone><TimeSlot><Start>%02d:%02d:00</Start>"
                   "<End>%02d:%02d:00</End></TimeSlot>",
                   hours.start_min / 60, hours.start_min % 60, hours.end_min / 60,
                   hours.end_min % 60);
    lab_buf_elem(&b, "WorkDays", hours.days);
    lab_buf_puts(&b, "</WorkHoursVersion1></Root>");
    return b.data;
}
