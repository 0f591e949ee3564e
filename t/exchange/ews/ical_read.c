/* SPDX-License-Identifier: Apache-2.0 */
/* iCalendar in a CreateItem: Exchange takes over the fields of the event (ews.md 9.5). */
#include <apr_encode.h>
#include <apr_strings.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ews/ical.h"
#include "ews/ical_lines.h"
#include "ews/ical_rule.h"
#include "ews/people.h"

const lab_fail_t *lab_mime_decode(lab_call_t *call, const char *base64, const char **text)
{
    /* white space is allowed inside xs:base64Binary */
    char *packed = apr_pstrdup(call->pool, base64), *to = packed;
    for (const char *s = base64; *s; s++)
        if (!isspace((unsigned char)*s))
            *to++ = *s;
    *to = '\0';
    apr_size_t len = 0;
    const char *plain =
        apr_pdecode_base64(call->pool, packed, APR_ENCODE_STRING, APR_ENCODE_NONE, &len);
    if (!plain || strlen(plain) != len)
        return lab_fail(call, "ErrorMimeContentInvalidBase64String");
    *text = plain;
    return NULL;
}

/* DTSTART and DTEND as an xs:dateTime for the draft; notes the zone and whether it is a
 * date */
static const char *when(lab_draft_t *d, const lab_ical_line_t *l, const lab_zone_t **zone,
                        bool *date)
{
    const char *v = l->value;
    if (strspn(v, "0123456789") != 8)
        return NULL;
    *date = v[8] != 'T';
    if (!*date && strspn(v + 9, "0123456789") != 6)
        return NULL;
    const char *clock = *date ? "000000" : v + 9;
    const char *tzid = lab_ical_param(d->call->pool, l, "TZID");
    if (tzid)
        *zone = lab_ical_zone(tzid);
    return apr_psprintf(d->call->pool, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%s", v, v + 4, v + 6,
                        clock, clock + 2, clock + 4, !*date && v[15] == 'Z' ? "Z" : "");
}

static void set(lab_draft_t *d, const char *key, const char *text)
{
    if (text)
        lab_bag_set(d->bag, key, text);
}

static const char *one_of(const char *value, const char *const (*pairs)[2])
{
    for (int i = 0; pairs[i][0]; i++)
        if (!strcasecmp(pairs[i][0], value))
            return pairs[i][1];
    return NULL;
}

static void read_attendee(lab_draft_t *d, const lab_ical_line_t *l)
{
    const char *role = lab_ical_param(d->call->pool, l, "ROLE");
    const char *name = lab_ical_param(d->call->pool, l, "CN");
    const char *address = !strncasecmp(l->value, "mailto:", 7) ? l->value + 7 : l->value;
    const char *key = role && !strcasecmp(role, "OPT-PARTICIPANT") ? "OptionalAttendees"
                      : role && !strcasecmp(role, "NON-PARTICIPANT")
                          ? "Resources"
                          : "RequiredAttendees";
    const lab_dir_entry_t *who = lab_dir_by_smtp(address);
    if (who && lab_mailbox_index(who) == d->item->mailbox)
        return;
    apr_array_header_t *people =
        lab_people_unpack(d->call->pool, lab_bag_get(d->bag, key));
    lab_person_t p = {name ? name : who ? who->display_name : address,
                      address,
                      "SMTP",
                      "Unknown",
                      "",
                      "",
                      ""};
    APR_ARRAY_PUSH(people, lab_person_t) = p;
    lab_bag_set(d->bag, key, lab_people_pack(d->call->pool, people));
}

/* -PT15M, -P1D ...: minutes before the start; others are 15 */
static int trigger_minutes(const char *value)
{
    int minutes = 0, number = 0;
    if (*value != '-')
        return 0;
    for (const char *s = value + 1; *s; s++) {
        if (isdigit((unsigned char)*s))
            number = number * 10 + (*s - '0');
        else if (*s == 'W' || *s == 'D' || *s == 'H' || *s == 'M')
            minutes += number * (*s == 'W'   ? 10080
                                 : *s == 'D' ? 1440
                                 : *s == 'H' ? 60
                                             : 1);
        if (!isdigit((unsigned char)*s))
            number = 0;
        if (number > 100000 || minutes > 2629800)
            return 15;
    }
    return minutes;
}

static void read_line(lab_draft_t *d, const lab_ical_line_t *l, bool *date)
{
    static const char *const classes[][2] = {{"PRIVATE", "Private"},
                                             {"CONFIDENTIAL", "Confidential"},
                                             {"PUBLIC", "Normal"},
                                             {NULL, NULL}};
    static const char *const busies[][2] = {{"FREE", "Free"},
                                            {"TENTATIVE", "Tentative"},
                                            {"BUSY", "Busy"},
                                            {"OOF", "OOF"},
                                            {NULL, NULL}};
    static const char *const transps[][2] = {{"TRANSPARENT", "Free"}, {NULL, NULL}};
    static const char *const priorities[][2] = {
        {"1", "High"}, {"9", "Low"}, {NULL, NULL}};
    apr_pool_t *pool = d->call->pool;
    const char *n = l->name;
    bool end_date;
    if (!strcasecmp(n, "SUMMARY"))
        set(d, "Subject", lab_ical_text(pool, l->value));
    else if (!strcasecmp(n, "LOCATION"))
        set(d, "Location", lab_ical_text(pool, l->value));
    else if (!strcasecmp(n, "DESCRIPTION")) {
        set(d, "Body", lab_ical_text(pool, l->value));
        set(d, "BodyType", "Text");
    } else if (!strcasecmp(n, "UID"))
        d->item->uid = lab_ical_text(pool, l->value);
    else if (!strcasecmp(n, "CLASS"))
        set(d, "Sensitivity", one_of(l->value, classes));
    else if (!strcasecmp(n, "PRIORITY"))
        set(d, "Importance", one_of(l->value, priorities));
    else if (!strcasecmp(n, "TRANSP") && !lab_bag_get(d->bag, "LegacyFreeBusyStatus"))
        set(d, "LegacyFreeBusyStatus", one_of(l->value, transps));
    else if (!strcasecmp(n, "X-MICROSOFT-CDO-BUSYSTATUS"))
        set(d, "LegacyFreeBusyStatus", one_of(l->value, busies));
    else if (!strcasecmp(n, "ATTENDEE"))
        read_attendee(d, l);
    else if (!strcasecmp(n, "DTSTART"))
        d->start_text = when(d, l, &d->start_zone, date);
    else if (!strcasecmp(n, "DTEND"))
        d->end_text = when(d, l, &d->end_zone, &end_date);
}

/* the rule needs the start, which may stand behind it */
static const lab_fail_t *read_rule(lab_draft_t *d, const char *rule)
{
    lab_wall_t start;
    lab_datetime_zone_t form;
    int offset;
    const lab_zone_t *zone = d->start_zone ? d->start_zone : lab_zone_utc();
    if (lab_datetime_parse(d->start_text, &start, &form, &offset) != APR_SUCCESS)
        return lab_fail(d->call, "ErrorMimeContentInvalid");
    if (!lab_ical_rule(d->call, rule, start.date, zone, &d->recurrence))
        return lab_fail(d->call, "ErrorCalendarInvalidRecurrence");
    d->recurrence_set = true;
    return NULL;
}

const lab_fail_t *lab_ical_read(lab_draft_t *d, const char *text)
{
    apr_array_header_t *list = lab_ical_cut(d->call->pool, text);
    const char *rule = NULL;
    bool inside = false, alarm = false, seen = false, date = false;
    lab_bag_set(d->bag, "ReminderIsSet", "false");
    for (int i = 0; i < list->nelts && !seen; i++) {
        const lab_ical_line_t *l = &APR_ARRAY_IDX(list, i, lab_ical_line_t);
        bool event = !strcasecmp(l->value, "VEVENT"),
             bell = !strcasecmp(l->value, "VALARM");
        if (!strcasecmp(l->name, "BEGIN")) {
            inside |= event;
            alarm = bell;
        } else if (!strcasecmp(l->name, "END")) {
            seen = inside && event;
            alarm &= !bell;
        } else if (inside && alarm && !strcasecmp(l->name, "TRIGGER")) {
            lab_bag_set(d->bag, "ReminderIsSet", "true");
            lab_bag_set_int(d->bag, "ReminderMinutesBeforeStart",
                            trigger_minutes(l->value));
        } else if (inside && !alarm && !strcasecmp(l->name, "RRULE")) {
            rule = l->value;
        } else if (inside && !alarm) {
            read_line(d, l, &date);
        }
    }
    if (!seen || !d->start_text)
        return lab_fail(d->call, "ErrorMimeContentInvalid");
    if (date) {
        lab_bag_set(d->bag, "IsAllDayEvent", "true");
        d->all_day_set = true;
    }
    return rule ? read_rule(d, rule) : NULL;
}
