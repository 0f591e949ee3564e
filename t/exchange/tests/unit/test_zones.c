/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <check.h>
#include <libxml/parser.h>

#include "zones/zone.h"

static apr_pool_t *pool;

static void set_up(void)
{
    apr_pool_create(&pool, NULL);
    ck_assert_int_eq(lab_zone_init(pool), APR_SUCCESS);
}

static void tear_down(void)
{
    apr_pool_destroy(pool);
}

static apr_time_t utc(const char *text)
{
    lab_datetime_zone_t zone;
    lab_wall_t wall;
    int offset;

    ck_assert_int_eq(lab_datetime_parse(text, &wall, &zone, &offset), APR_SUCCESS);
    return lab_wall_to_time(wall, offset);
}

static lab_wall_t wall_of(const char *text)
{
    lab_datetime_zone_t zone;
    lab_wall_t wall;
    int offset;

    ck_assert_int_eq(lab_datetime_parse(text, &wall, &zone, &offset), APR_SUCCESS);
    return wall;
}

/* --- dates and texts --- */

START_TEST(days_and_dates_are_inverse_over_all_years)
{
    int days, first = lab_date_to_days((lab_date_t){1, 1, 1});
    int last = lab_date_to_days((lab_date_t){9999, 12, 31});

    ck_assert_int_eq(lab_date_to_days((lab_date_t){1970, 1, 1}), 0);
    ck_assert_int_eq(lab_date_weekday((lab_date_t){2024, 5, 6}), 1);
    ck_assert_int_eq(lab_date_weekday((lab_date_t){1, 1, 1}), 1);
    for (days = first; days <= last; days += 13) {
        lab_date_t date = lab_date_from_days(days);

        if (!lab_date_is_valid(date) || lab_date_to_days(date) != days) {
            ck_abort_msg("day %d", days);
        }
    }
}
END_TEST

START_TEST(date_times_are_read_as_schema_says)
{
    lab_datetime_zone_t zone;
    lab_wall_t wall;
    int offset;
    static const char *const bad[] = {"",
                                      "2024-05-06",
                                      "2024-05-06 10:00:00",
                                      "2024-02-30T10:00:00",
                                      "2024-05-06T10:00",
                                      "2024-05-06T25:00:00",
                                      "2024-05-06T24:00:01",
                                      "2024-05-06T10:60:00",
                                      "2024-05-06T10:00:00.",
                                      "2024-05-06T10:00:00+2",
                                      "2024-05-06T10:00:00+15:00",
                                      "2024-05-06T10:00:00Zx",
                                      "0000-05-06T10:00:00Z",
                                      "9999-12-31T24:00:00"};
    size_t i;

    ck_assert_int_eq(
        lab_datetime_parse(" 2024-05-06T10:00:00.123-05:30 ", &wall, &zone, &offset),
        APR_SUCCESS);
    ck_assert_int_eq(zone, LAB_DATETIME_OFFSET);
    ck_assert_int_eq(offset, -(5 * 3600 + 1800));
    ck_assert_int_eq(wall.sec, 36000);
    ck_assert_int_eq(lab_datetime_parse("2024-12-31T24:00:00", &wall, &zone, &offset),
                     APR_SUCCESS);
    ck_assert_int_eq(zone, LAB_DATETIME_LOCAL);
    ck_assert_str_eq(lab_wall_format(wall, pool), "2025-01-01T00:00:00");
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(lab_datetime_parse(bad[i], &wall, &zone, &offset) == APR_EINVAL,
                      "%s", bad[i]);
    }
    ck_assert_int_eq(lab_datetime_parse(NULL, &wall, &zone, &offset), APR_EINVAL);
}
END_TEST

START_TEST(durations_are_read_and_written)
{
    static const struct {
        const char *text;
        apr_int64_t ms;
    } good[] = {{"-PT60M", -3600000}, {"P0D", 0},           {"PT0S", 0},
                {"P1D", 86400000},    {"PT1H30M", 5400000}, {"PT23H59M59.999S", 86399999},
                {"P1DT1S", 86401000}, {"PT300M", 18000000}};
    static const char *const bad[] = {
        "",   "P",      "PT",     "P1Y",  "P1M",   "PT1D",           "P1H", "PT1M1H",
        "1D", "PT1.5H", "PT1S1S", "P1DT", "PTT1S", "PT99999999999S", "PT1"};
    apr_int64_t ms;
    size_t i;

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        ck_assert_msg(lab_duration_parse(good[i].text, &ms) == APR_SUCCESS, "%s",
                      good[i].text);
        ck_assert_int_eq(ms, good[i].ms);
    }
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(lab_duration_parse(bad[i], &ms) == APR_EINVAL, "%s", bad[i]);
    }
    ck_assert_str_eq(lab_duration_format(3600, pool), "PT1H");
    ck_assert_str_eq(lab_duration_format(5400, pool), "PT1H30M");
    ck_assert_str_eq(lab_duration_format(86400, pool), "P1D");
    ck_assert_str_eq(lab_duration_format(90061, pool), "P1DT1H1M1S");
    ck_assert_str_eq(lab_duration_format(0, pool), "PT0S");
    ck_assert_str_eq(lab_duration_format(-60, pool), "-PT1M");
    ck_assert_str_eq(lab_time_format_offset(utc("2024-05-06T07:00:00Z"), 7200, pool),
                     "2024-05-06T09:00:00+02:00");
}
END_TEST

/* --- the table --- */

START_TEST(ids_are_found_in_any_case)
{
    const lab_zone_t *berlin = lab_zone_find("w. EUROPE standard time");

    ck_assert_ptr_nonnull(berlin);
    ck_assert_str_eq(berlin->id, "W. Europe Standard Time");
    ck_assert_str_eq(berlin->name,
                     "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna");
    ck_assert_ptr_null(lab_zone_find("Europe/Berlin"));
    ck_assert_ptr_null(lab_zone_find(""));
    ck_assert_ptr_null(lab_zone_find(NULL));
    ck_assert_str_eq(lab_zone_utc()->id, "UTC");
    ck_assert_int_ge(lab_zone_count(), 139);
}
END_TEST

START_TEST(offsets_are_those_of_the_places)
{
    static const struct {
        const char *id, *when;
        int offset_min;
    } facts[] = {
        {"W. Europe Standard Time", "2024-03-31T00:59:59Z", 60},
        {"W. Europe Standard Time", "2024-03-31T01:00:00Z", 120},
        {"W. Europe Standard Time", "2024-10-27T00:59:59Z", 120},
        {"W. Europe Standard Time", "2024-10-27T01:00:00Z", 60},
        {"W. Europe Standard Time", "1985-07-01T00:00:00Z", 120},
        {"W. Europe Standard Time", "2099-07-01T00:00:00Z", 120},
        {"Eastern Standard Time", "2006-03-20T12:00:00Z", -300},
        {"Eastern Standard Time", "2007-03-20T12:00:00Z", -240},
        {"Eastern Standard Time", "2006-04-10T12:00:00Z", -240},
        {"Eastern Standard Time", "2024-11-03T06:00:00Z", -300},
        {"AUS Eastern Standard Time", "2024-01-01T00:00:00Z", 660},
        {"AUS Eastern Standard Time", "2024-07-01T00:00:00Z", 600},
        {"AUS Eastern Standard Time", "2050-12-31T23:59:59Z", 660},
        {"Lord Howe Standard Time", "2024-01-01T00:00:00Z", 660},
        {"Lord Howe Standard Time", "2024-07-01T00:00:00Z", 630},
        {"India Standard Time", "2024-07-01T00:00:00Z", 330},
        {"Nepal Standard Time", "2024-07-01T00:00:00Z", 345},
        {"Russian Standard Time", "2010-07-01T00:00:00Z", 240},
        {"Russian Standard Time", "2010-12-01T00:00:00Z", 180},
        {"Russian Standard Time", "2011-12-01T00:00:00Z", 240},
        {"Russian Standard Time", "2013-07-01T00:00:00Z", 240},
        {"Russian Standard Time", "2014-12-01T00:00:00Z", 180},
        {"Turkey Standard Time", "2016-12-31T23:59:59Z", 180},
        {"Turkey Standard Time", "2015-12-31T12:00:00Z", 120},
        {"Egypt Standard Time", "2024-07-01T00:00:00Z", 180},
        {"Egypt Standard Time", "2022-07-01T00:00:00Z", 120},
        {"Greenland Standard Time", "2025-01-01T00:00:00Z", -120},
        {"Morocco Standard Time", "2025-03-15T00:00:00Z", 0},
        {"Morocco Standard Time", "2025-07-01T00:00:00Z", 60},
        {"Israel Standard Time", "2024-03-29T00:00:00Z", 180},
        {"Samoa Standard Time", "2011-12-30T09:59:59Z", -600},
        {"Samoa Standard Time", "2011-12-30T10:00:00Z", 840},
        {"Chatham Islands Standard Time", "2024-01-01T00:00:00Z", 825},
        {"Dateline Standard Time", "2024-01-01T00:00:00Z", -720},
        {"Line Islands Standard Time", "2024-01-01T00:00:00Z", 840},
        {"UTC", "2024-07-01T00:00:00Z", 0},
    };
    size_t i;

    for (i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        const lab_zone_t *zone = lab_zone_find(facts[i].id);

        ck_assert_ptr_nonnull(zone);
        ck_assert_msg(lab_zone_offset_at(zone, utc(facts[i].when)) ==
                          facts[i].offset_min * 60,
                      "%s at %s: %d", facts[i].id, facts[i].when,
                      lab_zone_offset_at(zone, utc(facts[i].when)));
    }
}
END_TEST

START_TEST(gaps_and_overlaps_have_one_answer)
{
    const lab_zone_t *berlin = lab_zone_find("W. Europe Standard Time");
    const lab_zone_t *sydney = lab_zone_find("AUS Eastern Standard Time");
    static const struct {
        const char *wall, *berlin;
    } facts[] = {
        {"2024-03-31T01:59:59", "2024-03-31T00:59:59Z"},
        {"2024-03-31T02:00:00", "2024-03-31T01:00:00Z"}, /* in the gap: seen as 03:00 */
        {"2024-03-31T02:30:00", "2024-03-31T01:30:00Z"},
        {"2024-03-31T03:00:00", "2024-03-31T01:00:00Z"},
        {"2024-10-27T01:59:59", "2024-10-26T23:59:59Z"},
        {"2024-10-27T02:00:00",
         "2024-10-27T01:00:00Z"}, /* in the overlap: standard time */
        {"2024-10-27T02:59:59", "2024-10-27T01:59:59Z"},
        {"2024-10-27T03:00:00", "2024-10-27T02:00:00Z"},
    };
    size_t i;
    int z;

    for (i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        ck_assert_str_eq(
            lab_time_format_utc(lab_zone_instant(berlin, wall_of(facts[i].wall)), pool),
            facts[i].berlin);
    }
    ck_assert_str_eq(lab_time_format_utc(
                         lab_zone_instant(sydney, wall_of("2024-04-07T02:30:00")), pool),
                     "2024-04-06T16:30:00Z");
    /* everywhere a wall clock that exists once comes back as itself */
    for (z = 0; z < lab_zone_count(); z++) {
        const lab_zone_t *zone = lab_zone_at(z);
        apr_time_t when;

        for (when = utc("1999-12-30T12:00:00Z"); when < utc("2040-01-01T00:00:00Z");
             when += apr_time_from_sec(86400 * 3 + 1800)) {
            lab_wall_t wall = lab_zone_wall(zone, when);
            apr_time_t back = lab_zone_instant(zone, wall);

            if (back != when && lab_wall_compare(lab_zone_wall(zone, back), wall) != 0) {
                ck_abort_msg("%s at %s", zone->id, lab_time_format_utc(when, pool));
            }
        }
    }
}
END_TEST

static const lab_zone_change_t *last_change(const char *id, int i, int *offset_sec)
{
    const lab_zone_t *zone = lab_zone_find(id);
    const lab_zone_era_t *era = &zone->eras[zone->neras - 1];

    ck_assert_int_eq(era->nchanges, 2);
    *offset_sec = zone->periods[era->changes[i].period].offset_sec;
    return &era->changes[i];
}

START_TEST(rules_are_told_as_the_registry_tells_them)
{
    const lab_zone_t *zone = lab_zone_find("W. Europe Standard Time");
    const lab_zone_change_t *change;
    int offset;

    ck_assert_int_eq(zone->neras, 1);
    ck_assert_int_eq(zone->nperiods, 2);
    ck_assert_str_eq(zone->periods[0].id,
                     "trule:Microsoft/Registry/W. Europe Standard Time/1-Standard");
    ck_assert_str_eq(zone->periods[1].name, "Daylight");
    change = last_change(zone->id, 0, &offset);
    ck_assert_int_eq(change->month, 3);
    ck_assert_int_eq(change->weekday, 0);
    ck_assert_int_eq(change->occurrence, -1);
    ck_assert_int_eq(change->wall_sec, 7200);
    ck_assert_int_eq(offset, 7200);
    change = last_change("Egypt Standard Time", 1, &offset);
    ck_assert_int_eq(change->month, 10);
    ck_assert_int_eq(change->weekday, 4); /* last Thursday, 24:00 */
    ck_assert_int_eq(change->occurrence, -1);
    ck_assert_int_eq(change->wall_sec, 86400);
    change = last_change("Eastern Standard Time", 1, &offset);
    ck_assert_int_eq(change->month, 11);
    ck_assert_int_eq(change->occurrence, 1);
    ck_assert_int_eq(lab_zone_find("India Standard Time")->eras[0].nchanges, 0);
    ck_assert_int_eq(lab_zone_find("Eastern Standard Time")->neras, 2);
    ck_assert_int_eq(lab_zone_find("Eastern Standard Time")->eras[1].from.date.year,
                     2007);
}
END_TEST

/* --- zones of clients --- */

static xmlDocPtr parse(const char *xml)
{
    xmlDocPtr doc = xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, 0);

    ck_assert_ptr_nonnull(doc);
    return doc;
}

typedef apr_status_t (*reader_t)(xmlNodePtr, const lab_zone_t **, const char **,
                                 apr_pool_t *);

static const lab_zone_t *read_zone(reader_t reader, const char *xml)
{
    xmlDocPtr doc = parse(xml);
    const lab_zone_t *zone;
    const char *error;

    ck_assert_msg(reader(xmlDocGetRootElement(doc), &zone, &error, pool) == APR_SUCCESS,
                  "%s: %s", xml, error);
    ck_assert_ptr_null(error);
    xmlFreeDoc(doc);
    return zone;
}

static const char *refused(reader_t reader, const char *xml)
{
    xmlDocPtr doc = parse(xml);
    const lab_zone_t *zone;
    const char *error;

    ck_assert_int_eq(reader(xmlDocGetRootElement(doc), &zone, &error, pool), APR_EINVAL);
    ck_assert_ptr_null(zone);
    xmlFreeDoc(doc);
    return error;
}

typedef int (*body_writer_t)(xmlTextWriterPtr, const lab_zone_t *);

static int write_full(xmlTextWriterPtr w, const lab_zone_t *zone)
{
    return lab_zone_write_definition(w, zone, 1);
}

static int write_short(xmlTextWriterPtr w, const lab_zone_t *zone)
{
    return lab_zone_write_definition(w, zone, 0);
}

static int write_meeting(xmlTextWriterPtr w, const lab_zone_t *zone)
{
    return lab_zone_write_meeting_zone(w, zone, apr_time_from_sec(1715000000));
}

static int write_serial(xmlTextWriterPtr w, const lab_zone_t *zone)
{
    return lab_zone_write_serializable(w, zone, 2024);
}

static const char *written(body_writer_t body, const lab_zone_t *zone)
{
    xmlBufferPtr buf = xmlBufferCreate();
    xmlTextWriterPtr w = xmlNewTextWriterMemory(buf, 0);
    const char *text;

    xmlTextWriterStartElement(w, (const xmlChar *)"z");
    xmlTextWriterWriteAttribute(w, (const xmlChar *)"xmlns:t", (const xmlChar *)"urn:t");
    ck_assert_int_eq(body(w, zone), 0);
    xmlTextWriterEndElement(w);
    xmlTextWriterFlush(w);
    text = apr_pstrdup(pool, (const char *)xmlBufferContent(buf));
    xmlFreeTextWriter(w);
    xmlBufferFree(buf);
    return text;
}

START_TEST(every_zone_survives_its_own_definition)
{
    int i;

    for (i = 0; i < lab_zone_count(); i++) {
        const lab_zone_t *zone = lab_zone_at(i);
        const lab_zone_t *back =
            read_zone(lab_zone_from_definition, written(write_full, zone));

        ck_assert_int_eq(back->is_custom, 1);
        ck_assert_msg(lab_zone_is_equal(zone, back), "%s", zone->id);
        back = read_zone(lab_zone_from_definition, written(write_short, zone));
        ck_assert_ptr_eq(back, zone);
    }
    ck_assert_int_eq(lab_zone_is_equal(lab_zone_find("W. Europe Standard Time"),
                                       lab_zone_find("Romance Standard Time")),
                     1);
    ck_assert_int_eq(lab_zone_is_equal(lab_zone_find("W. Europe Standard Time"),
                                       lab_zone_find("GMT Standard Time")),
                     0);
}
END_TEST

START_TEST(definitions_are_written_as_exchange_writes_them)
{
    const char *berlin = written(write_full, lab_zone_find("W. Europe Standard Time"));
    const char *india = written(write_full, lab_zone_find("India Standard Time"));

    ck_assert_ptr_nonnull(strstr(
        berlin, "<t:Period Bias=\"-PT120M\" Name=\"Daylight\" "
                "Id=\"trule:Microsoft/Registry/W. Europe Standard Time/1-Daylight\"/>"));
    ck_assert_ptr_nonnull(strstr(
        berlin, "<t:TransitionsGroup Id=\"0\"><t:RecurringDayTransition>"
                "<t:To Kind=\"Period\">trule:Microsoft/Registry/W. Europe Standard "
                "Time/1-Daylight</t:To><t:TimeOffset>PT2H</t:TimeOffset><t:Month>3"
                "</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>-1"
                "</t:Occurrence></t:RecurringDayTransition>"));
    ck_assert_ptr_nonnull(strstr(berlin,
                                 "<t:Transitions><t:Transition><t:To Kind=\"Group\">0"
                                 "</t:To></t:Transition></t:Transitions>"));
    ck_assert_ptr_nonnull(strstr(india, "<t:TransitionsGroup Id=\"0\"><t:Transition>"));
    ck_assert_ptr_nonnull(strstr(
        written(write_full, lab_zone_find("Egypt Standard Time")), "PT23H59M59.999S"));
    ck_assert_ptr_nonnull(
        strstr(written(write_full, lab_zone_find("Eastern Standard Time")),
               "<t:AbsoluteDateTransition><t:To Kind=\"Group\">1</t:To><t:DateTime>"
               "2007-01-01T00:00:00</t:DateTime></t:AbsoluteDateTransition>"));
}
END_TEST

#define CUSTOM(periods, groups, transitions)                                             \
    "<t:Z xmlns:t='urn:t' Id='Custom-1' Name='Custom'><t:Periods>" periods               \
    "</t:Periods><t:TransitionsGroups>" groups                                           \
    "</t:TransitionsGroups><t:Transitions>" transitions "</t:Transitions></t:Z>"
#define TWO_PERIODS                                                                      \
    "<t:Period Bias='PT300M' Name='Standard' Id='std'/>"                                 \
    "<t:Period Bias='PT240M' Name='Daylight' Id='dst'/>"
#define DAY_CHANGE(to, month, week)                                                      \
    "<t:RecurringDayTransition><t:To Kind='Period'>" to                                  \
    "</t:To><t:TimeOffset>PT2H</t:TimeOffset><t:Month>" month                            \
    "</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>" week                     \
    "</t:Occurrence></t:RecurringDayTransition>"
#define US_GROUP                                                                         \
    "<t:TransitionsGroup Id='0'>" DAY_CHANGE("dst", "3", "2")                            \
        DAY_CHANGE("std", "11", "1") "</t:TransitionsGroup>"
#define TO_GROUP(g) "<t:Transition><t:To Kind='Group'>" g "</t:To></t:Transition>"

START_TEST(custom_definitions_count)
{
    const lab_zone_t *zone = read_zone(
        lab_zone_from_definition,
        CUSTOM(
            TWO_PERIODS,
            US_GROUP
            "<t:TransitionsGroup Id='1'><t:RecurringDateTransition><t:To "
            "Kind='Period'>std</t:To><t:TimeOffset>PT2H</t:TimeOffset><t:Month>11"
            "</t:Month><t:Day>1</t:Day></t:RecurringDateTransition>"
            "</t:TransitionsGroup>",
            TO_GROUP(
                "1") "<t:AbsoluteDateTransition><t:To Kind='Group'>0</t:To><t:DateTime>"
                     "2007-01-01T00:00:00</t:DateTime></t:AbsoluteDateTransition>"));

    ck_assert_str_eq(zone->id, "Custom-1");
    ck_assert_int_eq(lab_zone_offset_at(zone, utc("2006-07-01T00:00:00Z")), -300 * 60);
    ck_assert_int_eq(lab_zone_offset_at(zone, utc("2007-01-01T12:00:00Z")), -300 * 60);
    ck_assert_int_eq(lab_zone_offset_at(zone, utc("2007-03-11T06:59:59Z")), -300 * 60);
    ck_assert_int_eq(lab_zone_offset_at(zone, utc("2007-03-11T07:00:00Z")), -240 * 60);
    ck_assert_int_eq(lab_zone_offset_at(zone, utc("2050-07-01T00:00:00Z")), -240 * 60);
    ck_assert_int_eq(lab_zone_is_equal(zone, lab_zone_find("Eastern Standard Time")), 0);
    zone =
        read_zone(lab_zone_from_definition, CUSTOM(TWO_PERIODS, US_GROUP, TO_GROUP("0")));
    ck_assert_int_eq(lab_zone_offset_at(zone, utc("1999-07-01T00:00:00Z")), -240 * 60);
    ck_assert_int_eq(lab_zone_offset_at(zone, utc("2024-11-03T06:00:00Z")), -300 * 60);
}
END_TEST

START_TEST(senseless_definitions_are_refused)
{
    static const char *const bad[] = {
        CUSTOM("", US_GROUP, TO_GROUP("0")),
        CUSTOM("<t:Period Bias='PT1500M' Name='S' Id='std'/>", US_GROUP, TO_GROUP("0")),
        CUSTOM("<t:Period Bias='1' Name='S' Id='std'/>", US_GROUP, TO_GROUP("0")),
        CUSTOM("<t:Period Bias='PT0S' Name='S' Id='std'/>", US_GROUP, TO_GROUP("0")),
        CUSTOM(TWO_PERIODS, US_GROUP, TO_GROUP("7")),
        CUSTOM(TWO_PERIODS, US_GROUP, ""),
        CUSTOM(TWO_PERIODS, "", TO_GROUP("0")),
        CUSTOM(TWO_PERIODS, "<t:TransitionsGroup Id='0'></t:TransitionsGroup>",
               TO_GROUP("0")),
        CUSTOM(TWO_PERIODS,
               "<t:TransitionsGroup Id='0'>" DAY_CHANGE("dst", "13",
                                                        "2") "</t:TransitionsGroup>",
               TO_GROUP("0")),
        CUSTOM(TWO_PERIODS,
               "<t:TransitionsGroup Id='0'>" DAY_CHANGE("dst", "3",
                                                        "6") "</t:TransitionsGroup>",
               TO_GROUP("0")),
        CUSTOM(
            TWO_PERIODS, US_GROUP,
            TO_GROUP(
                "0") "<t:AbsoluteDateTransition><t:To Kind='Group'>0</t:To><t:DateTime>"
                     "9999-01-01T00:00:00</t:DateTime></t:AbsoluteDateTransition>"),
    };
    size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(strcmp(refused(lab_zone_from_definition, bad[i]),
                             "ErrorCalendarInvalidTimeZone") == 0,
                      "%s", bad[i]);
    }
    ck_assert_str_eq(refused(lab_zone_from_definition, "<Z Id='Nowhere Standard Time'/>"),
                     "ErrorTimeZone");
    ck_assert_str_eq(refused(lab_zone_from_definition, "<Z/>"), "ErrorTimeZone");
}
END_TEST

#define MEETING_CHANGE(name, offset, week, month, time)                                  \
    "<t:" name " TimeZoneName='" name "'><t:Offset>" offset                              \
    "</t:Offset><t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek>"         \
    "<t:DayOfWeekIndex>" week "</t:DayOfWeekIndex><t:Month>" month                       \
    "</t:Month></t:RelativeYearlyRecurrence><t:Time>" time "</t:Time></t:" name ">"
#define MEETING(inner)                                                                   \
    "<t:MeetingTimeZone xmlns:t='urn:t' TimeZoneName='Here'>" inner "</"                 \
                                                                    "t:MeetingTimeZone>"

START_TEST(meeting_zones_of_2007_count)
{
    const lab_zone_t *berlin = lab_zone_find("W. Europe Standard Time");
    const lab_zone_t *zone = read_zone(
        lab_zone_from_meeting_zone,
        MEETING("<t:BaseOffset>-PT60M</t:BaseOffset>" MEETING_CHANGE(
            "Standard", "PT0M", "Last", "October", "03:00:00")
                    MEETING_CHANGE("Daylight", "-PT60M", "Last", "March", "02:00:00")));

    ck_assert_int_eq(lab_zone_is_equal(zone, berlin), 1);
    zone = read_zone(lab_zone_from_meeting_zone, written(write_meeting, berlin));
    ck_assert_int_eq(lab_zone_is_equal(zone, berlin), 1);
    zone = read_zone(lab_zone_from_meeting_zone,
                     "<m TimeZoneName='Romance Standard Time'/>");
    ck_assert_ptr_eq(zone, lab_zone_find("Romance Standard Time"));
    zone = read_zone(lab_zone_from_meeting_zone,
                     MEETING("<t:BaseOffset>-PT330M</t:BaseOffset>"));
    ck_assert_int_eq(lab_zone_is_equal(zone, lab_zone_find("India Standard Time")), 1);
    ck_assert_str_eq(refused(lab_zone_from_meeting_zone, "<m TimeZoneName='Here'/>"),
                     "ErrorTimeZone");
    ck_assert_str_eq(refused(lab_zone_from_meeting_zone,
                             MEETING("<t:BaseOffset>-PT60M</t:BaseOffset>" MEETING_CHANGE(
                                 "Standard", "PT0M", "Last", "October", "03:00:00"))),
                     "ErrorCalendarInvalidTimeZone");
    ck_assert_str_eq(
        refused(lab_zone_from_meeting_zone, MEETING("<t:BaseOffset>x</t:BaseOffset>")),
        "ErrorCalendarInvalidTimeZone");
}
END_TEST

#define SERIAL_CHANGE(name, bias, time, order, month)                                    \
    "<t:" name "><t:Bias>" bias "</t:Bias><t:Time>" time "</t:Time><t:DayOrder>" order   \
    "</t:DayOrder><t:Month>" month                                                       \
    "</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:" name ">"
#define SERIAL(inner) "<t:TimeZone xmlns:t='urn:t'>" inner "</t:TimeZone>"

START_TEST(serializable_zones_count)
{
    const lab_zone_t *berlin = lab_zone_find("W. Europe Standard Time"), *zone;

    zone =
        read_zone(lab_zone_from_serializable,
                  SERIAL("<t:Bias>-60</t:Bias>" SERIAL_CHANGE("StandardTime", "0",
                                                              "03:00:00", "5", "10")
                             SERIAL_CHANGE("DaylightTime", "-60", "02:00:00", "5", "3")));
    ck_assert_int_eq(lab_zone_is_equal(zone, berlin), 1);
    zone = read_zone(lab_zone_from_serializable,
                     SERIAL("<t:Bias>0</t:Bias>" SERIAL_CHANGE(
                         "StandardTime", "0", "00:00:00", "1",
                         "1") SERIAL_CHANGE("DaylightTime", "0", "00:00:00", "1", "6")));
    ck_assert_int_eq(lab_zone_is_equal(zone, lab_zone_utc()), 1);
    zone = read_zone(lab_zone_from_serializable, written(write_serial, berlin));
    ck_assert_int_eq(lab_zone_is_equal(zone, berlin), 1);
    zone = read_zone(lab_zone_from_serializable,
                     written(write_serial, lab_zone_find("India Standard Time")));
    ck_assert_int_eq(lab_zone_is_equal(zone, lab_zone_find("India Standard Time")), 1);
    ck_assert_str_eq(
        refused(lab_zone_from_serializable,
                SERIAL("<t:Bias>-60</t:Bias>" SERIAL_CHANGE("StandardTime", "0",
                                                            "03:00:00", "5", "3")
                           SERIAL_CHANGE("DaylightTime", "-60", "02:00:00", "5", "3"))),
        "ErrorCalendarInvalidTimeZone");
    ck_assert_str_eq(
        refused(lab_zone_from_serializable,
                SERIAL("<t:Bias>-60</t:Bias>" SERIAL_CHANGE("StandardTime", "0",
                                                            "03:00:00", "6", "10")
                           SERIAL_CHANGE("DaylightTime", "-60", "02:00:00", "5", "3"))),
        "ErrorCalendarInvalidTimeZone");
    ck_assert_str_eq(refused(lab_zone_from_serializable, SERIAL("<t:Bias>0</t:Bias>")),
                     "ErrorCalendarInvalidTimeZone");
}
END_TEST

START_TEST(texts_of_the_store_bring_the_zone_back)
{
    const lab_zone_t *berlin = lab_zone_find("W. Europe Standard Time"), *custom, *back;
    const char *text = lab_zone_to_text(berlin, pool);

    ck_assert_str_eq(text, "W. Europe Standard Time");
    ck_assert_ptr_eq(lab_zone_from_text(text), berlin);
    custom =
        read_zone(lab_zone_from_definition, CUSTOM(TWO_PERIODS, US_GROUP, TO_GROUP("0")));
    text = lab_zone_to_text(custom, pool);
    back = lab_zone_from_text(text);
    ck_assert_ptr_nonnull(back);
    ck_assert_int_eq(lab_zone_is_equal(custom, back), 1);
    ck_assert_str_eq(back->id, "Custom-1");
    ck_assert_ptr_eq(lab_zone_from_text(text), back);
    ck_assert_ptr_null(lab_zone_from_text("<broken"));
    ck_assert_ptr_null(lab_zone_from_text("<Z/>"));
    ck_assert_ptr_null(lab_zone_from_text("Nowhere"));
    ck_assert_ptr_null(lab_zone_from_text(NULL));
}
END_TEST

static void *APR_THREAD_FUNC ask_all(apr_thread_t *thread, void *sum)
{
    int i;

    for (i = 0; i < lab_zone_count(); i++) {
        *(apr_int64_t *)sum +=
            lab_zone_offset_at(lab_zone_at(i), apr_time_from_sec(1715000000));
    }
    apr_thread_exit(thread, APR_SUCCESS);
    return NULL;
}

START_TEST(threads_may_ask_at_once)
{
    apr_thread_t *threads[4];
    apr_int64_t sums[4] = {0};
    apr_status_t rv;
    int i;

    for (i = 0; i < 4; i++) {
        ck_assert_int_eq(apr_thread_create(&threads[i], NULL, ask_all, &sums[i], pool),
                         APR_SUCCESS);
    }
    for (i = 0; i < 4; i++) {
        apr_thread_join(&rv, threads[i]);
        ck_assert_int_eq(sums[i], sums[0]);
    }
    ck_assert_int_ne(sums[0], 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("zones");
    TCase *tc = tcase_create("all");
    SRunner *runner;
    int failed;

    apr_initialize();
    xmlInitParser();
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, days_and_dates_are_inverse_over_all_years);
    tcase_add_test(tc, date_times_are_read_as_schema_says);
    tcase_add_test(tc, durations_are_read_and_written);
    tcase_add_test(tc, ids_are_found_in_any_case);
    tcase_add_test(tc, offsets_are_those_of_the_places);
    tcase_add_test(tc, gaps_and_overlaps_have_one_answer);
    tcase_add_test(tc, rules_are_told_as_the_registry_tells_them);
    tcase_add_test(tc, every_zone_survives_its_own_definition);
    tcase_add_test(tc, definitions_are_written_as_exchange_writes_them);
    tcase_add_test(tc, custom_definitions_count);
    tcase_add_test(tc, senseless_definitions_are_refused);
    tcase_add_test(tc, meeting_zones_of_2007_count);
    tcase_add_test(tc, serializable_zones_count);
    tcase_add_test(tc, texts_of_the_store_bring_the_zone_back);
    tcase_add_test(tc, threads_may_ask_at_once);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
