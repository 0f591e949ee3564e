/* SPDX-License-Identifier: Apache-2.0 */
/* Dates and wall clocks without a zone: arithmetic. The texts are in civil_text.c. */
#include "zones/civil.h"

#define DAY_SEC 86400

const lab_date_t lab_date_last = {4500, 8, 31};

static int is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int lab_date_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (month == 2 && is_leap(year)) {
        return 29;
    }
    return days[month - 1];
}

int lab_date_is_valid(lab_date_t date)
{
    return date.year >= 1 && date.year <= 9999 && date.month >= 1 && date.month <= 12 &&
           date.day >= 1 && date.day <= lab_date_days_in_month(date.year, date.month);
}

/* Years are counted from March, so that the leap day is the last of its year. */
int lab_date_to_days(lab_date_t date)
{
    int y = date.month <= 2 ? date.year - 1 : date.year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int month_from_march = (date.month + 9) % 12;
    int day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
    int day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

lab_date_t lab_date_from_days(int days)
{
    lab_date_t date;
    int z = days + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int day_of_era = z - era * 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (5 * day_of_year + 2) / 153;

    date.day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    date.month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    date.year = year_of_era + era * 400 + (date.month <= 2);
    return date;
}

lab_date_t lab_date_add_days(lab_date_t date, int days)
{
    return lab_date_from_days(lab_date_to_days(date) + days);
}

int lab_date_weekday(lab_date_t date)
{
    int days = lab_date_to_days(date) + 4; /* 1970-01-01 was a Thursday */

    return ((days % 7) + 7) % 7;
}

int lab_date_compare(lab_date_t a, lab_date_t b)
{
    if (a.year != b.year) {
        return a.year < b.year ? -1 : 1;
    }
    if (a.month != b.month) {
        return a.month < b.month ? -1 : 1;
    }
    return a.day < b.day ? -1 : a.day > b.day;
}

int lab_wall_compare(lab_wall_t a, lab_wall_t b)
{
    int order = lab_date_compare(a.date, b.date);

    return order != 0 ? order : (a.sec < b.sec ? -1 : a.sec > b.sec);
}

static apr_int64_t wall_to_sec(lab_wall_t wall)
{
    return (apr_int64_t)lab_date_to_days(wall.date) * DAY_SEC + wall.sec;
}

static lab_wall_t wall_from_sec(apr_int64_t sec)
{
    lab_wall_t wall;
    apr_int64_t days = sec / DAY_SEC;
    int rest = (int)(sec % DAY_SEC);

    if (rest < 0) {
        rest += DAY_SEC;
        days--;
    }
    wall.date = lab_date_from_days((int)days);
    wall.sec = rest;
    return wall;
}

lab_wall_t lab_wall_add_sec(lab_wall_t wall, apr_int64_t seconds)
{
    return wall_from_sec(wall_to_sec(wall) + seconds);
}

apr_int64_t lab_wall_diff_sec(lab_wall_t a, lab_wall_t b)
{
    return wall_to_sec(b) - wall_to_sec(a);
}

lab_wall_t lab_wall_from_time(apr_time_t when, int offset_sec)
{
    apr_int64_t sec = when / APR_USEC_PER_SEC;

    if (when % APR_USEC_PER_SEC < 0) {
        sec--;
    }
    return wall_from_sec(sec + offset_sec);
}

apr_time_t lab_wall_to_time(lab_wall_t wall, int offset_sec)
{
    return apr_time_from_sec(wall_to_sec(wall) - offset_sec);
}
