/* SPDX-License-Identifier: Apache-2.0 */
/* What the times of a calendar item mean, and whether they make sense (timezones.md 3.1).
 */
#include "ews/draft.h"

#include <apr_strings.h>
#include <string.h>

#define FIVE_YEARS (APR_USEC_PER_SEC * 86400 * 1827)

static bool modern(const lab_draft_t *d)
{
    return d->call->version >= LAB_EXCHANGE_2010;
}

/* the zone in which a time without offset is read */
static const lab_zone_t *reading_zone(const lab_draft_t *d, const lab_zone_t *own)
{
    const lab_zone_t *zone = modern(d) ? own : d->meeting_zone;
    if (!zone && modern(d))
        zone = d->call->zone;
    return zone ? zone : lab_zone_utc();
}

static const lab_fail_t *read_time(const lab_draft_t *d, const char *text,
                                   const lab_zone_t *own, apr_time_t *when)
{
    lab_wall_t wall;
    lab_datetime_zone_t form;
    int offset;
    if (!text)
        return NULL;
    if (lab_datetime_parse(text, &wall, &form, &offset) != APR_SUCCESS)
        return lab_fail(d->call, "ErrorInvalidValueForProperty");
    if (wall.date.year < 1601 || lab_date_compare(wall.date, lab_date_last) > 0)
        return lab_fail(d->call, "ErrorCalendarOutOfRange");
    *when = form == LAB_DATETIME_OFFSET ? lab_wall_to_time(wall, offset)
                                        : lab_zone_instant(reading_zone(d, own), wall);
    return NULL;
}

/* the zones that stay with the item */
static void settle_zones(const lab_draft_t *d, const lab_zone_t **start,
                         const lab_zone_t **end)
{
    const lab_bag_t *bag = d->item->bag;
    const lab_zone_t *old_start = lab_bag_zone(bag, "StartTimeZone");
    const lab_zone_t *old_end = lab_bag_zone(bag, "EndTimeZone");
    if (!modern(d)) {
        *start = d->meeting_zone ? d->meeting_zone : old_start;
        *end = d->meeting_zone ? d->meeting_zone : old_end;
    } else {
        *start = d->start_zone ? d->start_zone : old_start;
        *end = d->end_zone ? d->end_zone : old_end;
        if (!*start && d->created)
            *start = d->call->zone;
    }
    if (!*start)
        *start = lab_zone_utc();
    if (!*end)
        *end = *start;
}

/* midnight on the zone's clock, of the same day */
static apr_time_t midnight(const lab_zone_t *zone, apr_time_t when)
{
    lab_wall_t wall = lab_zone_wall(zone, when);
    wall.sec = 0;
    return lab_zone_instant(zone, wall);
}

static void cut_to_days(const lab_zone_t *zone, apr_time_t *start, apr_time_t *end)
{
    *start = midnight(zone, *start);
    *end = midnight(zone, *end);
    if (*end <= *start) {
        lab_wall_t wall = lab_zone_wall(zone, *start);
        *end = lab_zone_instant(zone, lab_wall_add_sec(wall, 86400));
    }
}

static const lab_fail_t *check_span(const lab_draft_t *d, apr_time_t start,
                                    apr_time_t end)
{
    if (end < start)
        return lab_fail(d->call, "ErrorCalendarEndDateIsEarlierThanStartDate");
    if (end - start > FIVE_YEARS)
        return lab_fail(d->call, "ErrorCalendarDurationIsTooLong");
    return NULL;
}

/* the moment after which nothing of the series happens */
static apr_time_t series_end(const lab_recur_t *recur, const lab_zone_t *zone,
                             int start_sec, apr_int64_t span)
{
    lab_date_t last;
    if (!lab_recur_last(recur, &last))
        return APR_INT64_MAX;
    lab_wall_t wall = {last, start_sec};
    return lab_zone_instant(zone, lab_wall_add_sec(wall, span));
}

static const lab_fail_t *recur_fail(lab_draft_t *d, const lab_recur_error_t *error)
{
    return lab_fail_text(d->call, error->code, error->text);
}

/* a master: its times are those of the first occurrence of the pattern */
static const lab_fail_t *settle_series(lab_draft_t *d, const lab_zone_t *zone, bool moved,
                                       apr_time_t *start, apr_time_t *end)
{
    lab_recur_t recur = d->recurrence_set ? d->recurrence : d->series->recur;
    lab_wall_t from = lab_zone_wall(zone, *start), to = lab_zone_wall(zone, *end);
    if (lab_bag_bool(d->item->bag, "IsAllDayEvent", false))
        from.sec = to.sec = 0;
    apr_int64_t span = lab_wall_diff_sec(from, to);
    lab_recur_error_t error;
    if (moved && !d->recurrence_set)
        recur.start = from.date;
    if (lab_recur_validate(&recur, &error) != APR_SUCCESS ||
        lab_recur_check_span(&recur, span, &error) != APR_SUCCESS)
        return recur_fail(d, &error);
    from.date = lab_recur_first(&recur);
    *start = lab_zone_instant(zone, from);
    *end = lab_zone_instant(zone, lab_wall_add_sec(from, span));
    lab_bag_set(d->item->bag, "Recurrence", lab_recur_to_text(&recur, d->call->pool));
    if (d->item->id && (moved || d->recurrence_set))
        lab_exceptions_clear(d->call->db, d->item->id);
    if (moved || d->recurrence_set || !d->item->recurring) {
        d->item->start = *start;
        d->item->end = series_end(&recur, zone, from.sec, span);
    }
    d->item->recurring = true;
    return NULL;
}

static const lab_fail_t *settle_whole(lab_draft_t *d)
{
    lab_bag_t *bag = d->item->bag;
    const lab_zone_t *start_zone, *end_zone;
    bool recurring = d->recurrence_set || (d->item->recurring && !d->recurrence_cleared);
    settle_zones(d, &start_zone, &end_zone);
    apr_time_t old_start = lab_bag_int(bag, "Start", 0),
               old_end = lab_bag_int(bag, "End", 0);
    apr_time_t half_hour = APR_USEC_PER_SEC * 1800;
    apr_time_t start =
        d->created ? (d->call->now / half_hour + 1) * half_hour : old_start;
    const lab_fail_t *fail = read_time(d, d->start_text, d->start_zone, &start);
    apr_time_t end = d->created ? start + half_hour : old_end;
    if (!fail)
        fail = read_time(d, d->end_text, d->end_zone, &end);
    if (!fail && end < start)
        fail = check_span(d, start, end);
    if (fail)
        return fail;
    bool zone_changed =
        !d->created && d->start_zone && recurring &&
        !lab_zone_is_equal(start_zone, lab_bag_zone(bag, "StartTimeZone")
                                           ? lab_bag_zone(bag, "StartTimeZone")
                                           : lab_zone_utc());
    if (lab_bag_bool(bag, "IsAllDayEvent", false) &&
        (d->created || d->start_text || d->end_text || d->all_day_set))
        cut_to_days(start_zone, &start, &end);
    fail = check_span(d, start, end);
    if (fail)
        return fail;
    bool moved = d->created || start != old_start || end != old_end || zone_changed;
    lab_bag_set(bag, "StartTimeZone", lab_zone_to_text(start_zone, d->call->pool));
    lab_bag_set(bag, "EndTimeZone", lab_zone_to_text(end_zone, d->call->pool));
    if (recurring) {
        fail = settle_series(d, start_zone, moved, &start, &end);
        if (fail)
            return fail;
    } else {
        if (d->item->recurring)
            lab_exceptions_clear(d->call->db, d->item->id);
        lab_bag_remove(bag, "Recurrence");
        d->item->recurring = false;
        d->item->start = start;
        d->item->end = end;
    }
    lab_bag_set_int(bag, "Start", start);
    lab_bag_set_int(bag, "End", end);
    return NULL;
}

/* an occurrence: it stays between its neighbours */
static const lab_fail_t *settle_occurrence(lab_draft_t *d)
{
    lab_view_t now;
    lab_view_occurrence(d->item, d->series, d->day, &now);
    apr_time_t start = now.start, end = now.end;
    const lab_fail_t *fail = read_time(d, d->start_text, d->start_zone, &start);
    if (!fail)
        fail = read_time(d, d->end_text, d->end_zone, &end);
    if (!fail)
        fail = check_span(d, start, end);
    if (fail)
        return fail;
    bool all_day = lab_bag_find(d->bag, "IsAllDayEvent")
                       ? lab_bag_bool(d->bag, "IsAllDayEvent", false)
                       : lab_bag_bool(d->item->bag, "IsAllDayEvent", false);
    if (all_day && (d->start_text || d->end_text || d->all_day_set))
        cut_to_days(d->series->zone, &start, &end);
    int count;
    lab_recur_exception_t *changes = lab_series_changes(d->call, d->series, &count);
    lab_recur_error_t error;
    int index = lab_recur_index(&d->series->recur, lab_date_from_days(d->day));
    if (lab_recur_check_move(&d->series->recur, d->series->start_sec, d->series->span_sec,
                             changes, count, index, lab_zone_wall(d->series->zone, start),
                             lab_zone_wall(d->series->zone, end), &error) != APR_SUCCESS)
        return recur_fail(d, &error);
    lab_bag_set_int(d->bag, "Start", start);
    lab_bag_set_int(d->bag, "End", end);
    if (d->start_zone)
        lab_bag_set(d->bag, "StartTimeZone",
                    lab_zone_to_text(d->start_zone, d->call->pool));
    if (d->end_zone)
        lab_bag_set(d->bag, "EndTimeZone", lab_zone_to_text(d->end_zone, d->call->pool));
    if (start < d->item->start)
        d->item->start = start;
    if (end > d->item->end)
        d->item->end = end;
    return NULL;
}

const lab_fail_t *lab_draft_settle_times(lab_draft_t *d)
{
    return d->day == LAB_NO_DAY ? settle_whole(d) : settle_occurrence(d);
}
