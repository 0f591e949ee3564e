/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file fake_people.h
 * A directory of three and their times, in place of src/mailbox/people.c and busy.c: Dora, a room, and the team of
 * both and Alice. Part of fake_mailbox.h.
 */
#ifndef XC_T_FAKE_PEOPLE_H
#define XC_T_FAKE_PEOPLE_H

#include "mailbox/people.h"

static const xc_entry_t fake_entries[] = {
    { "dora@contoso.example", "Dora <Dunn>", "Dora", "Dunn", XC_ENTRY_PERSON },
    { "room1@contoso.example", "Conference Room 1", NULL, NULL, XC_ENTRY_ROOM },
    { "team@contoso.example", "Team", NULL, NULL, XC_ENTRY_LIST },
};
#define FAKE_ENTRIES (sizeof(fake_entries) / sizeof(*fake_entries))

static struct {
    int searches, lookups, rooms, members, hours, questions, asked;
    xc_error_t *error;      /* everything fails so */
    const char *last_search;
} fake_people;

static int fake_begins(const char *text, const char *with)
{
    return text && !strncasecmp(text, with, strlen(with));
}

xc_error_t *xc_people_search(apr_array_header_t **out, int *more, xc_mailbox_t *m, const char *text, apr_pool_t *pool)
{
    (void)m;
    fake_people.searches++;
    fake_people.last_search = apr_pstrdup(pool, text);
    *more = 0;
    *out = apr_array_make(pool, 2, sizeof(xc_entry_t));
    for (apr_size_t i = 0; i < FAKE_ENTRIES; i++) {
        const xc_entry_t *e = &fake_entries[i];
        if (fake_begins(e->name, text) || fake_begins(e->address, text) || fake_begins(e->surname, text))
            APR_ARRAY_PUSH(*out, xc_entry_t) = *e;
    }
    return fake_people.error;
}

xc_error_t *xc_people_entry(xc_entry_t **out, xc_mailbox_t *m, const char *address, apr_pool_t *pool)
{
    (void)m;
    fake_people.lookups++;
    *out = NULL;
    for (apr_size_t i = 0; i < FAKE_ENTRIES; i++)
        if (!strcmp(fake_entries[i].address, address))
            *out = apr_pmemdup(pool, &fake_entries[i], sizeof(xc_entry_t));
    return fake_people.error;
}

xc_error_t *xc_people_rooms(apr_array_header_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    (void)m;
    fake_people.rooms++;
    *out = apr_array_make(pool, 1, sizeof(xc_entry_t));
    APR_ARRAY_PUSH(*out, xc_entry_t) = fake_entries[1];
    return fake_people.error;
}

xc_error_t *xc_people_members(apr_array_header_t **out, xc_mailbox_t *m, const char *address, apr_pool_t *pool)
{
    (void)m;
    (void)address;
    fake_people.members++;
    *out = apr_array_make(pool, 2, sizeof(xc_entry_t));
    APR_ARRAY_PUSH(*out, xc_entry_t) = fake_entries[0];
    APR_ARRAY_PUSH(*out, xc_entry_t) = (xc_entry_t){ "alice@contoso.example", "Alice", NULL, NULL, XC_ENTRY_PERSON };
    return fake_people.error;
}

xc_error_t *xc_people_hours(const xc_working_hours_t **out, xc_mailbox_t *m, const char *address, apr_pool_t *pool)
{
    xc_working_hours_t *hours = apr_pcalloc(pool, sizeof(*hours));
    (void)m;
    (void)address;
    fake_people.hours++;
    hours->zone = xc_zone_find("Europe/Berlin");
    hours->periods = apr_array_make(pool, 1, sizeof(xc_working_period_t));
    APR_ARRAY_PUSH(hours->periods, xc_working_period_t) = (xc_working_period_t){ 0x3e, 480, 1020 };
    *out = fake_people.error ? NULL : hours;
    return fake_people.error;
}

static void fake_span(xc_busy_view_t *view, const char *from, const char *to, xc_busy_e kind, const char *summary)
{
    xc_busy_span_t *s = apr_array_push(view->spans);
    xc_wall_t a = { 2027, 3, 1, 0, 0, 0 }, b = a;
    memset(s, 0, sizeof(*s));
    a.hour = (int)apr_atoi64(from);
    b.hour = (int)apr_atoi64(to);
    s->start = xc_zone_to_utc(xc_zone_utc(), &a);
    s->end = xc_zone_to_utc(xc_zone_utc(), &b);
    s->kind = kind;
    s->summary = summary;
}

xc_error_t *xc_people_availability(xc_availability_t *out, xc_mailbox_t *m, const char *const *addresses, int n, apr_time_t from,
                                   apr_time_t to, apr_pool_t *pool)
{
    (void)m;
    (void)from;
    (void)to;
    fake_people.questions++;
    fake_people.asked += n;
    for (int i = 0; i < n; i++) {
        xc_busy_view_t *view = apr_pcalloc(pool, sizeof(*view));
        view->level = XC_BUSY_LEVEL_EVENTS;
        view->spans = apr_array_make(pool, 4, sizeof(xc_busy_span_t));
        memset(&out[i], 0, sizeof(out[i]));
        if (fake_begins(addresses[i], "dora@")) {
            fake_span(view, "10", "11", XC_BUSY_BUSY, NULL);
            fake_span(view, "12", "13", XC_BUSY_OOF, NULL);
            fake_span(view, "14", "15", XC_BUSY_ELSEWHERE, NULL);
            fake_span(view, "15", "16", XC_BUSY_TENTATIVE, NULL);
        } else if (fake_begins(addresses[i], "room1@")) {
            view->level = XC_BUSY_LEVEL_DETAILED;
            fake_span(view, "9", "10", XC_BUSY_BUSY, "The \"big\" one");
        } else if (fake_begins(addresses[i], "dark@"))
            fake_span(view, "0", "23", XC_BUSY_UNSET, NULL);
        else if (!fake_begins(addresses[i], "alice@"))
            out[i].error = fake_begins(addresses[i], "secret@") ? xc_error_make(pool, 403, XC_COND_NEED_PRIVILEGES, "no")
                           : fake_begins(addresses[i], "away@") ? xc_error_make(pool, 503, XC_COND_NONE, "away")
                                                                : xc_error_make(pool, 404, XC_COND_NONE, "nobody");
        out[i].view = out[i].error ? NULL : view;
    }
    return fake_people.error;
}

#endif
