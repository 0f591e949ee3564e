/* SPDX-License-Identifier: Apache-2.0 */
/* Events, one by one: what kind, when, how long, with whom. Series are in seed_series.c.
 */
#include <string.h>

#include <apr_strings.h>

#include "seed/seed_inside.h"

#define DAY_USEC   (86400 * (apr_time_t)APR_USEC_PER_SEC)
#define RANGE_DAYS 547 /* eighteen months */

struct lab_seed_t {
    const lab_dir_entry_t *owner;
    const lab_zone_t *home;
    apr_uint64_t base;
    apr_uint32_t position;
    apr_time_t today; /* midnight UTC */
};

lab_seed_t *lab_seed_begin(const lab_dir_entry_t *owner, apr_uint32_t number,
                           apr_time_t now, apr_pool_t *pool)
{
    lab_seed_t *seed = apr_pcalloc(pool, sizeof(*seed));

    seed->owner = owner;
    seed->home = lab_zone_find(owner->zone);
    if (seed->home == NULL) {
        seed->home = lab_zone_utc();
    }
    seed->base = lab_chance_hash(number, owner->alias);
    seed->today = now - now % DAY_USEC;
    return seed;
}

/* Outlook's own ids, or those of other clients. */
static const char *make_uid(lab_chance_t *chance, apr_time_t created, apr_pool_t *pool)
{
    apr_uint64_t a = lab_chance_next(chance), b = lab_chance_next(chance);
    /* FILETIME: units of 100 ns since 1601, its bytes written from the lowest on */
    apr_uint64_t filetime =
        (apr_uint64_t)(created + 11644473600LL * APR_USEC_PER_SEC) * 10;
    const char *bytes = "";
    int i;

    if (lab_chance_percent(chance, 15)) {
        return apr_psprintf(pool, "%08x-%04x-4%03x-a%03x-%04x%08x@client.example",
                            (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xffff),
                            (unsigned)(a & 0xfff), (unsigned)(b >> 48 & 0xfff),
                            (unsigned)(b >> 32 & 0xffff), (unsigned)(b & 0xffffffff));
    }
    for (i = 0; i < 8; i++) {
        bytes =
            apr_psprintf(pool, "%s%02X", bytes, (unsigned)(filetime >> (i * 8) & 0xff));
    }
    return apr_psprintf(pool,
                        "040000008200E00074C5B7101A82E00800000000%s"
                        "0000000000000000"
                        "10000000%08X%08X%08X%08X",
                        bytes, (unsigned)(a >> 32), (unsigned)(a & 0xffffffff),
                        (unsigned)(b >> 32), (unsigned)(b & 0xffffffff));
}

/* --- what every event has --- */

static void set_categories(lab_chance_t *chance, lab_seed_event_t *e, apr_pool_t *pool)
{
    const char **list = apr_palloc(pool, sizeof(*list) * 2);

    e->categories = list;
    if (!lab_chance_percent(chance, 30)) {
        return;
    }
    list[e->ncategories++] = lab_chance_word(chance, lab_seed_categories);
    list[1] = lab_chance_word(chance, lab_seed_categories);
    if (lab_chance_percent(chance, 25) && strcmp(list[0], list[1]) != 0) {
        e->ncategories++;
    }
}

static void set_details(const lab_seed_t *seed, lab_chance_t *chance, lab_seed_event_t *e,
                        apr_pool_t *pool)
{
    static const int minutes[] = {0, 5, 10, 15, 15, 15, 30, 60, 120, 1440};
    apr_time_t latest = e->start < seed->today ? e->start : seed->today;

    e->body = "";
    if (lab_chance_percent(chance, 45)) {
        e->body_is_html = lab_chance_percent(chance, 40);
        e->body = lab_seed_body(chance, e->body_is_html, pool);
    }
    if (lab_chance_percent(chance, 40)) {
        e->location = lab_chance_word(chance, lab_seed_locations);
    }
    set_categories(chance, e, pool);
    e->sensitivity =
        lab_chance_percent(chance, 12) ? lab_chance_between(chance, 1, 3) : 0;
    e->importance =
        lab_chance_percent(chance, 10) ? 2 * lab_chance_between(chance, 0, 1) : 1;
    e->reminder_is_set = lab_chance_percent(chance, e->is_all_day ? 25 : 65);
    e->reminder_minutes =
        e->is_all_day ? 1080 : minutes[lab_chance_between(chance, 0, 9)];
    e->created = latest - apr_time_from_sec(lab_chance_between(chance, 3600, 60 * 86400));
    e->uid = make_uid(chance, e->created, pool);
}

/* --- times --- */

lab_date_t lab_seed_day(lab_chance_t *chance, lab_date_t today, int from_days,
                        int to_days)
{
    lab_date_t day =
        lab_date_add_days(today, lab_chance_between(chance, from_days, to_days));

    /* few things happen at week-ends */
    if ((lab_date_weekday(day) == 0 || lab_date_weekday(day) == 6) &&
        lab_chance_percent(chance, 80)) {
        day = lab_date_add_days(day, 2);
    }
    return day;
}

void lab_seed_hours(lab_chance_t *chance, const lab_zone_t *zone, lab_date_t day,
                    lab_seed_event_t *e)
{
    static const int lengths[] = {15, 30, 30, 45, 60, 60, 60, 90, 120, 180};
    lab_wall_t start = {day, 0};

    /* mostly office hours, on the quarter, in the clock of the event's zone */
    start.sec =
        (lab_chance_percent(chance, 85) ? lab_chance_between(chance, 8 * 4, 17 * 4)
                                        : lab_chance_between(chance, 5 * 4, 22 * 4)) *
        900;
    e->zone = zone;
    e->start = lab_zone_instant(zone, start);
    e->end = e->start + apr_time_from_sec(lengths[lab_chance_between(chance, 0, 9)] * 60);
}

void lab_seed_whole_days(const lab_zone_t *zone, lab_date_t day, int days,
                         lab_seed_event_t *e)
{
    lab_wall_t from = {day, 0}, to = {lab_date_add_days(day, days), 0};

    e->zone = zone;
    e->is_all_day = 1;
    e->start = lab_zone_instant(zone, from);
    e->end = lab_zone_instant(zone, to);
}

/* --- people --- */

static lab_seed_response_t an_answer(lab_chance_t *chance)
{
    static const lab_seed_response_t answers[] = {
        LAB_SEED_ACCEPT,  LAB_SEED_ACCEPT,    LAB_SEED_ACCEPT,     LAB_SEED_ACCEPT,
        LAB_SEED_DECLINE, LAB_SEED_TENTATIVE, LAB_SEED_NO_RESPONSE};

    return answers[lab_chance_between(chance, 0, 6)];
}

static int is_there(const lab_seed_event_t *e, const char *smtp)
{
    int i;

    for (i = 0; i < e->nattendees; i++) {
        if (strcmp(e->attendees[i].smtp, smtp) == 0) {
            return 1;
        }
    }
    return strcmp(e->organizer->smtp, smtp) == 0;
}

static void add_attendee(lab_chance_t *chance, lab_seed_event_t *e,
                         lab_seed_attendee_t *list, const char *name, const char *smtp,
                         lab_seed_role_t role)
{
    lab_seed_attendee_t *a = &list[e->nattendees];

    if (is_there(e, smtp)) {
        return;
    }
    a->name = name;
    a->smtp = smtp;
    a->role = role;
    /* only the organizer hears the others' answers */
    a->response = e->is_organizer ? an_answer(chance) : LAB_SEED_UNKNOWN;
    a->response_time = 0;
    if (a->response == LAB_SEED_ACCEPT || a->response == LAB_SEED_DECLINE ||
        a->response == LAB_SEED_TENTATIVE) {
        a->response_time =
            e->created + apr_time_from_sec(lab_chance_between(chance, 60, 3500));
    }
    e->nattendees++;
}

static const lab_dir_entry_t *a_person(lab_chance_t *chance)
{
    const lab_dir_entry_t *who;

    do {
        who = lab_dir_at(lab_chance_between(chance, 0, lab_dir_count() - 1));
    } while (who->kind != LAB_DIR_PERSON);
    return who;
}

void lab_seed_people(const lab_dir_entry_t *owner, lab_chance_t *chance,
                     lab_seed_event_t *e, apr_pool_t *pool)
{
    int wanted = lab_chance_between(chance, 1, 6), i;
    lab_seed_attendee_t *list =
        apr_pcalloc(pool, sizeof(*list) * (apr_size_t)(wanted + 3));

    e->is_meeting = 1;
    e->attendees = list;
    e->organizer = owner;
    if (!lab_chance_percent(chance, 65)) {
        e->organizer = a_person(chance);
    }
    e->is_organizer = e->organizer == owner;
    e->my_response = LAB_SEED_ORGANIZER;
    if (!e->is_organizer) {
        e->my_response = an_answer(chance);
        add_attendee(chance, e, list, owner->display_name, owner->smtp,
                     LAB_SEED_REQUIRED);
        list[0].response = e->my_response;
        if (e->my_response == LAB_SEED_DECLINE) {
            e->my_response = list[0].response =
                LAB_SEED_ACCEPT; /* declined ones are not here */
        }
        if (e->my_response != LAB_SEED_ACCEPT) {
            e->busy = 1;
        }
    }
    for (i = 0; i < wanted; i++) {
        const lab_dir_entry_t *who = a_person(chance);

        add_attendee(chance, e, list, who->display_name, who->smtp,
                     lab_chance_percent(chance, 75) ? LAB_SEED_REQUIRED
                                                    : LAB_SEED_OPTIONAL);
    }
    if (lab_chance_percent(chance, 20)) {
        add_attendee(chance, e, list, "Éva Lind (Partner)", "eva.lind@partner.example",
                     LAB_SEED_REQUIRED);
    }
    if (e->nattendees == 0) {
        add_attendee(chance, e, list, "Tom Partner", "tom@partner.example",
                     LAB_SEED_REQUIRED);
    }
    if (lab_chance_percent(chance, 40)) {
        const lab_dir_entry_t *room =
            lab_dir_by_alias(lab_chance_percent(chance, 50) ? "room1" : "room2");

        e->location = room->display_name;
        add_attendee(chance, e, list, room->display_name, room->smtp, LAB_SEED_RESOURCE);
    }
}

/* --- the kinds --- */

static const lab_zone_t *a_zone(const lab_seed_t *seed, lab_chance_t *chance)
{
    const lab_zone_t *other = NULL;

    if (lab_chance_percent(chance, 20)) {
        other = lab_zone_find(lab_chance_word(chance, lab_seed_zones));
    }
    return other != NULL ? other : seed->home;
}

void lab_seed_next(lab_seed_t *seed, lab_seed_event_t *event, apr_pool_t *pool)
{
    lab_chance_t chance;
    lab_date_t today = lab_wall_from_time(seed->today, 0).date, day;
    int dice;

    memset(event, 0, sizeof(*event));
    chance.state = seed->base + (apr_uint64_t)seed->position++ * 0x632be59bd9b4e019ULL;
    (void)lab_chance_next(&chance);
    dice = lab_chance_between(&chance, 0, 99);
    event->busy = 2;
    event->location = "";
    event->organizer = seed->owner;
    event->is_organizer = 1;
    event->my_response = LAB_SEED_ORGANIZER;
    day = lab_seed_day(&chance, today, -RANGE_DAYS, RANGE_DAYS - 8);
    if (dice < 55) {
        event->subject = lab_chance_word(&chance, lab_seed_single_subjects);
        lab_seed_hours(&chance, a_zone(seed, &chance), day, event);
        event->busy =
            lab_chance_percent(&chance, 80) ? 2 : lab_chance_between(&chance, 0, 3);
        set_details(seed, &chance, event, pool);
    } else if (dice < 65) {
        event->subject = lab_chance_word(&chance, lab_seed_allday_subjects);
        lab_seed_whole_days(
            a_zone(seed, &chance), day,
            lab_chance_percent(&chance, 65) ? 1 : lab_chance_between(&chance, 2, 5),
            event);
        event->busy = lab_chance_percent(&chance, 50) ? 0 : 3;
        set_details(seed, &chance, event, pool);
    } else if (dice < 85) {
        event->subject = lab_chance_word(&chance, lab_seed_meeting_subjects);
        lab_seed_hours(&chance, a_zone(seed, &chance), day, event);
        set_details(seed, &chance, event, pool);
        lab_seed_people(seed->owner, &chance, event, pool);
    } else {
        lab_seed_series(&chance, a_zone(seed, &chance), today, event);
        set_details(seed, &chance, event, pool);
        if (!event->is_all_day && lab_chance_percent(&chance, 35)) {
            lab_seed_people(seed->owner, &chance, event, pool);
        }
        if (lab_chance_percent(&chance, 36)) {
            lab_seed_exceptions(&chance, event, pool);
        }
    }
}
