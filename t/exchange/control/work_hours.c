/* SPDX-License-Identifier: Apache-2.0 */
#include "control/work_hours.h"

#include <apr_strings.h>
#include <string.h>

#include "zones/zone.h"

static const char *const day_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};

static bool is_day(const char *name)
{
    for (size_t i = 0; name && i < sizeof day_names / sizeof *day_names; i++)
        if (!strcmp(day_names[i], name))
            return true;
    return false;
}

static const char *check_field(const char *name, const json_t *value)
{
    size_t i;
    json_t *one;
    if (!strcmp(name, "zone"))
        return json_is_string(value) && lab_zone_find(json_string_value(value))
                   ? NULL
                   : "unknown zone";
    if (!strcmp(name, "start") || !strcmp(name, "end"))
        return json_is_integer(value) && json_integer_value(value) >= 0 &&
                       json_integer_value(value) <= 1440
                   ? NULL
                   : "start and end are minutes since midnight";
    if (strcmp(name, "days"))
        return "unknown field";
    json_array_foreach((json_t *)value, i, one)
    {
        if (!is_day(json_string_value(one)))
            return "unknown day";
    }
    return json_array_size(value) ? NULL : "days must be a list of names";
}

const char *lab_work_hours_check(apr_pool_t *pool, const json_t *value)
{
    const char *login, *name;
    json_t *hours, *field;
    if (!json_is_object(value))
        return "work_hours must be an object: login to hours";
    json_object_foreach((json_t *)value, login, hours)
    {
        if (!lab_dir_by_login(login) || !json_is_object(hours))
            return apr_psprintf(pool, "work_hours: no such mailbox %s", login);
        json_object_foreach(hours, name, field)
        {
            const char *wrong = check_field(name, field);
            if (wrong)
                return apr_psprintf(pool, "work_hours of %s: %s", login, wrong);
        }
    }
    return NULL;
}

void lab_work_hours_of(apr_pool_t *pool, const json_t *value, const lab_dir_entry_t *who,
                       lab_work_hours_t *hours)
{
    const json_t *mine = json_object_get(value, who->alias);
    const json_t *start = json_object_get(mine, "start");
    const json_t *end = json_object_get(mine, "end");
    const json_t *days = json_object_get(mine, "days");
    const char *zone = json_string_value(json_object_get(mine, "zone"));
    size_t i;
    json_t *one;
    hours->zone = zone ? apr_pstrdup(pool, zone) : who->zone;
    hours->start_min = start ? (int)json_integer_value(start) : 480;
    hours->end_min = end ? (int)json_integer_value(end) : 1020;
    hours->days = days ? "" : "Monday Tuesday Wednesday Thursday Friday";
    json_array_foreach((json_t *)days, i, one)
    {
        hours->days =
            apr_pstrcat(pool, hours->days, i ? " " : "", json_string_value(one), NULL);
    }
}
