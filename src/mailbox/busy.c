/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other people's free/busy times, kept by account, mailbox and day (UTC). Each mailbox has a generation that all
 * accounts share; an answer is good as long as the generation is the one under which it was asked for, so that a
 * change which any client's request brings to light makes all of them ask again.
 */
#include "mailbox/people.h"

#include <apr_strings.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/crypt.h"
#include "mailbox/mailbox_priv.h"

#define VERSION  1
#define DAY_SEC  86400
#define DAY      apr_time_from_sec(DAY_SEC)
#define GENERATION_TTL apr_time_from_sec(3 * 86400) /* longer than any answer is kept */
#define MAX_RECORDS 10000 /* of one question: a larger one goes past the cache */
#define MAX_ERROR_STATUS 599

typedef struct asked_t {
    const char *address;
    const char *generation;      /* "" = none */
    int missing;                 /* some of its days are not known */
} asked_t;

typedef struct question_t {
    xc_mailbox_t *m;
    asked_t *asked;
    xc_availability_t *out;
    int n;
    apr_int64_t first_day, days; /* since 1970 */
    int cached;                  /* the cache is used */
    apr_pool_t *pool;
} question_t;

/* ---- generations ---- */

static const char *generation_key(const xc_mailbox_t *m, const char *address, apr_pool_t *pool)
{
    return xc_crypt_hex(pool, 32, m->origin, address, NULL);
}

static const char *generation_of(xc_mailbox_t *m, const char *address, apr_pool_t *pool)
{
    unsigned char *value = NULL;
    apr_size_t len = 0;
    if (xc_store_get(&value, &len, m->store, "busy-generation", generation_key(m, address, pool), pool) || !value)
        return "";
    return apr_pstrmemdup(pool, (const char *)value, len);
}

void xc_people_changed(xc_mailbox_t *m, const char *address, apr_pool_t *pool)
{
    if (m->cfg->freebusy_cache <= 0)
        return;
    const char *generation = xc_crypt_random_hex(pool, 8);
    xc_error_t *err = xc_store_set(m->store, "busy-generation", generation_key(m, address, pool), generation, strlen(generation), GENERATION_TTL, pool);
    if (err)
        xc_log(m->session->log, XC_LOG_WARNING, "that %s's times have changed was not noted: %s", address, err->message);
}

/* Exchange tells of a mailbox's default calendar alone; what arrives in the inbox it books there. */
void xc_calendar_changed(const xc_calendar_t *cal, apr_pool_t *pool)
{
    if (cal->is_inbox || (cal->folder.is_default && cal->folder.kind == XC_FOLDER_CALENDAR))
        xc_people_changed(cal->mailbox, cal->mailbox->owner, pool);
}

static void invited(const xc_calendar_t *cal, const xc_event_t *event, apr_hash_t *met, apr_pool_t *pool)
{
    for (int i = 0; event->attendees && i < event->attendees->nelts; i++) {
        const char *written = APR_ARRAY_IDX(event->attendees, i, xc_attendee_t).who.address;
        const char *address = written ? xc_mailto_address(written, pool) : NULL;
        if (!address || apr_hash_get(met, address, APR_HASH_KEY_STRING))
            continue;
        apr_hash_set(met, address, APR_HASH_KEY_STRING, address);
        xc_people_changed(cal->mailbox, address, pool);
    }
}

void xc_people_invited(const xc_calendar_t *cal, const xc_event_t *event, apr_pool_t *pool)
{
    apr_hash_t *met = apr_hash_make(pool);
    if (!event || !cal->mailbox->cfg->scheduling || !xc_schedule_is_organizers(cal, event))
        return;
    invited(cal, event, met, pool);
    for (int i = 0; event->overrides && i < event->overrides->nelts; i++)
        invited(cal, APR_ARRAY_IDX(event->overrides, i, xc_event_t *), met, pool);
}

/* ---- a day of a mailbox ---- */

static const char *day_key(const question_t *q, const char *address, apr_int64_t day)
{
    return xc_crypt_hex(q->pool, 32, q->m->origin, q->m->session->account, address, apr_psprintf(q->pool, "%" APR_INT64_T_FMT, day), NULL);
}

static const char *text_at(json_t *row, size_t i, apr_pool_t *pool)
{
    const char *s = json_string_value(json_array_get(row, i));
    return s && *s ? apr_pstrdup(pool, s) : NULL;
}

/* Spans that begin before the day are in an earlier one, but for the first day asked for. */
static void add_spans(xc_busy_view_t *view, json_t *rows, apr_time_t begin, int is_first, apr_pool_t *pool)
{
    json_t *row;
    size_t i;
    json_array_foreach(rows, i, row) {
        xc_busy_span_t s = {.start = apr_time_from_sec(json_integer_value(json_array_get(row, 0))),
                            .end = apr_time_from_sec(json_integer_value(json_array_get(row, 1)))};
        apr_int64_t kind = json_integer_value(json_array_get(row, 2)), flags = json_integer_value(json_array_get(row, 3));
        if (s.end <= s.start || kind < XC_BUSY_UNSET || kind > XC_BUSY_ELSEWHERE || (!is_first && s.start < begin))
            continue;
        s.kind = (xc_busy_e)kind;
        s.is_private = (flags & 1) != 0;
        s.is_meeting = (flags & 2) != 0;
        s.summary = text_at(row, 4, pool);
        s.location = text_at(row, 5, pool);
        APR_ARRAY_PUSH(view->spans, xc_busy_span_t) = s;
    }
}

static xc_error_t *known_error(int status, apr_pool_t *pool)
{
    if (status == 403)
        return xc_error_make(pool, 403, XC_COND_NEED_PRIVILEGES, "Exchange does not show you these times.");
    return xc_error_make(pool, status, XC_COND_NONE, "The directory knows nobody of this address.");
}

/* What is kept of one day goes to the row. @return 0 when nothing (good) is kept */
static int recall_day(xc_availability_t *row, const question_t *q, const asked_t *who, apr_int64_t day)
{
    unsigned char *value = NULL;
    apr_size_t len = 0;
    if (xc_store_get(&value, &len, q->m->store, "busy", day_key(q, who->address, day), q->pool) || !value)
        return 0;
    json_t *root = json_loadb((const char *)value, len, JSON_REJECT_DUPLICATES, NULL);
    const char *generation = json_string_value(json_object_get(root, "g"));
    apr_int64_t level = json_integer_value(json_object_get(root, "l")), status = json_integer_value(json_object_get(root, "x"));
    int good = json_integer_value(json_object_get(root, "v")) == VERSION && generation && strcmp(generation, who->generation) == 0;
    if (good && status >= 400 && status <= MAX_ERROR_STATUS)
        row->error = known_error((int)status, q->pool);
    else if (good && level > XC_BUSY_LEVEL_NONE && level <= XC_BUSY_LEVEL_DETAILED) {
        if (!row->view) {
            row->view = apr_pcalloc(q->pool, sizeof *row->view);
            row->view->spans = apr_array_make(q->pool, 8, sizeof(xc_busy_span_t));
            row->view->level = (xc_busy_level_e)level;
        }
        if (level < (apr_int64_t)row->view->level)
            row->view->level = (xc_busy_level_e)level;
        add_spans(row->view, json_object_get(root, "s"), apr_time_from_sec(day * DAY_SEC), day == q->first_day, q->pool);
    } else
        good = 0;
    json_decref(root);
    return good;
}

static void keep_record(const question_t *q, const asked_t *who, apr_int64_t day, json_t *root)
{
    json_object_set_new(root, "v", json_integer(VERSION));
    json_object_set_new(root, "g", json_string(who->generation));
    char *text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    if (text) {
        xc_error_t *err = xc_store_set(q->m->store, "busy", day_key(q, who->address, day), text, strlen(text), q->m->cfg->freebusy_cache, q->pool);
        if (err)
            xc_log(q->m->session->log, XC_LOG_WARNING, "free/busy times were not kept: %s", err->message);
    }
    free(text);
}

static json_t *spans_of_day(const xc_busy_view_t *view, apr_time_t begin)
{
    json_t *rows = json_array();
    for (int i = 0; i < view->spans->nelts; i++) {
        const xc_busy_span_t *s = &APR_ARRAY_IDX(view->spans, i, xc_busy_span_t);
        if (s->start >= begin + DAY || s->end <= begin)
            continue;
        json_t *row = json_array();
        json_array_append_new(row, json_integer(apr_time_sec(s->start)));
        json_array_append_new(row, json_integer(apr_time_sec(s->end)));
        json_array_append_new(row, json_integer(s->kind));
        json_array_append_new(row, json_integer((s->is_private ? 1 : 0) | (s->is_meeting ? 2 : 0)));
        if (s->summary || s->location)
            json_array_append_new(row, json_string(s->summary ? s->summary : ""));
        if (s->location)
            json_array_append_new(row, json_string(s->location));
        json_array_append_new(rows, row);
    }
    return rows;
}

static void keep_row(const question_t *q, const asked_t *who, const xc_availability_t *row)
{
    /* what may be another answer in a moment is not kept */
    if (row->error && row->error->status != 404 && row->error->status != 403)
        return;
    for (apr_int64_t day = q->first_day; day < q->first_day + q->days; day++) {
        json_t *root = json_object();
        if (row->error)
            json_object_set_new(root, "x", json_integer(row->error->status));
        else {
            json_object_set_new(root, "l", json_integer(row->view->level));
            json_object_set_new(root, "s", spans_of_day(row->view, apr_time_from_sec(day * DAY_SEC)));
        }
        keep_record(q, who, day, root);
    }
}

/* ---- working hours ---- */

static const char *hours_key(const xc_mailbox_t *m, const char *address, apr_pool_t *pool)
{
    return xc_crypt_hex(pool, 32, m->origin, m->session->account, address, "hours", NULL);
}

static void keep_hours(xc_mailbox_t *m, const char *address, const xc_working_hours_t *hours, apr_pool_t *pool)
{
    if (m->cfg->directory_cache <= 0 || !hours)
        return;
    json_t *root = json_object(), *rows = json_array();
    for (int i = 0; i < hours->periods->nelts; i++) {
        const xc_working_period_t *p = &APR_ARRAY_IDX(hours->periods, i, xc_working_period_t);
        json_array_append_new(rows, json_pack("[iii]", (int)p->days, p->from_min, p->to_min));
    }
    json_object_set_new(root, "v", json_integer(VERSION));
    json_object_set_new(root, "id", json_string(xc_zone_id(hours->zone)));
    json_object_set_new(root, "z", json_string(xc_zone_vtimezone(hours->zone, NULL, apr_time_now(), pool)));
    json_object_set_new(root, "p", rows);
    char *text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    if (text && xc_store_set(m->store, "busy", hours_key(m, address, pool), text, strlen(text), m->cfg->directory_cache, pool))
        xc_log(m->session->log, XC_LOG_DEBUG, "working hours were not kept");
    free(text);
}

static const xc_zone_t *kept_zone(json_t *root, apr_pool_t *pool)
{
    const char *id = json_string_value(json_object_get(root, "id")), *text = json_string_value(json_object_get(root, "z"));
    const xc_zone_t *zone = id ? xc_zone_find(id) : NULL;
    if (!zone && text && xc_zone_from_vtimezone(&zone, apr_pstrdup(pool, text), apr_time_now(), pool))
        zone = NULL;
    return zone;
}

static const xc_working_hours_t *recall_hours(xc_mailbox_t *m, const char *address, apr_pool_t *pool)
{
    unsigned char *value = NULL;
    apr_size_t len = 0;
    if (m->cfg->directory_cache <= 0 || xc_store_get(&value, &len, m->store, "busy", hours_key(m, address, pool), pool) || !value)
        return NULL;
    json_t *root = json_loadb((const char *)value, len, JSON_REJECT_DUPLICATES, NULL), *row;
    const xc_zone_t *zone = json_integer_value(json_object_get(root, "v")) == VERSION ? kept_zone(root, pool) : NULL;
    xc_working_hours_t *hours = NULL;
    size_t i;
    if (zone) {
        hours = apr_palloc(pool, sizeof *hours);
        hours->zone = zone;
        hours->periods = apr_array_make(pool, 2, sizeof(xc_working_period_t));
        json_array_foreach(json_object_get(root, "p"), i, row) {
            int days, from, to;
            if (json_unpack(row, "[iii]", &days, &from, &to) == 0 && days > 0 && days < 128 && from >= 0 && from < to && to <= 2880)
                APR_ARRAY_PUSH(hours->periods, xc_working_period_t) = (xc_working_period_t){(unsigned)days, from, to};
        }
    }
    json_decref(root);
    return hours;
}

/* ---- asking ---- */

/* What is kept; the rest is marked as missing. @return how many are missing */
static int recall(question_t *q)
{
    int missing = 0;
    for (int i = 0; i < q->n; i++) {
        asked_t *who = &q->asked[i];
        xc_availability_t *row = &q->out[i];
        if (row->error || (row->view && !who->missing))
            continue;
        memset(row, 0, sizeof *row);
        who->generation = generation_of(q->m, who->address, q->pool);
        who->missing = 0;
        for (apr_int64_t day = q->first_day; day < q->first_day + q->days && !who->missing && !row->error; day++)
            who->missing = !recall_day(row, q, who, day);
        missing += who->missing;
    }
    return missing;
}

static xc_error_t *ask(question_t *q)
{
    xc_session_t *s = q->m->session;
    const char **addresses = apr_palloc(q->pool, (apr_size_t)q->n * sizeof *addresses);
    int *index = apr_palloc(q->pool, (apr_size_t)q->n * sizeof *index), n = 0;
    for (int i = 0; i < q->n; i++) {
        if (q->asked[i].missing) {
            index[n] = i;
            addresses[n++] = q->asked[i].address;
        }
    }
    xc_availability_t *rows = apr_pcalloc(q->pool, (apr_size_t)n * sizeof *rows);
    XC_TRY(s->backend->people->availability(rows, s, addresses, n, apr_time_from_sec(q->first_day * DAY_SEC),
                                            apr_time_from_sec((q->first_day + q->days) * DAY_SEC), q->pool));
    for (int i = 0; i < n; i++) {
        q->out[index[i]] = rows[i];
        q->asked[index[i]].missing = 0;
        if (q->cached)
            keep_row(q, &q->asked[index[i]], &rows[i]);
        if (rows[i].view)
            keep_hours(q->m, addresses[i], rows[i].view->hours, q->pool);
    }
    return NULL;
}

/* The same question has the same name, whoever of the account asks it. */
static const char *flight_name(const question_t *q)
{
    const char *all = apr_psprintf(q->pool, "%" APR_INT64_T_FMT "+%" APR_INT64_T_FMT, q->first_day, q->days);
    xc_buf_t *buf = xc_buf_make(q->pool, 0);
    for (int i = 0; i < q->n; i++)
        if (q->asked[i].missing)
            xc_buf_printf(buf, "%s\n", q->asked[i].address);
    return apr_pstrcat(q->pool, "busy ", xc_crypt_hex(q->pool, 32, q->m->origin, q->m->session->account, all, buf->data, NULL), NULL);
}

static xc_error_t *answer(question_t *q)
{
    if (!q->cached) {
        for (int i = 0; i < q->n; i++)
            q->asked[i].missing = 1;
        return ask(q);
    }
    while (recall(q)) {
        xc_flight_t *flight = NULL;
        int waited = 0;
        XC_TRY(xc_store_flight_begin(&flight, &waited, q->m->store, flight_name(q), XC_FLIGHT_LEASE, q->m->session->deadline, q->pool));
        if (!flight)
            continue; /* somebody else asked: what they found may do */
        /* was it answered between our look and our flight? */
        xc_error_t *err = recall(q) ? ask(q) : NULL;
        xc_store_flight_end(flight);
        return err;
    }
    return NULL;
}

static apr_int64_t day_of(apr_time_t t)
{
    apr_int64_t sec = apr_time_sec(t), day = sec / DAY_SEC;
    return sec < 0 && sec % DAY_SEC ? day - 1 : day;
}

xc_error_t *xc_people_availability(xc_availability_t *out, xc_mailbox_t *m, const char *const *addresses, int n, apr_time_t from,
                                   apr_time_t to, apr_pool_t *pool)
{
    question_t q = {.m = m, .out = out, .n = n, .first_day = day_of(from), .pool = pool};
    if (!m->session->backend->people)
        return xc_error_make(pool, 501, XC_COND_NONE, "This Exchange tells nothing of other people's time.");
    if (n <= 0)
        return NULL;
    memset(out, 0, (apr_size_t)n * sizeof *out);
    q.days = day_of(to - 1) - q.first_day + 1;
    q.cached = m->cfg->freebusy_cache > 0 && q.days * n <= MAX_RECORDS;
    q.asked = apr_pcalloc(pool, (apr_size_t)n * sizeof *q.asked);
    for (int i = 0; i < n; i++)
        q.asked[i].address = addresses[i];
    return answer(&q);
}

xc_error_t *xc_people_hours(const xc_working_hours_t **out, xc_mailbox_t *m, const char *address, apr_pool_t *pool)
{
    xc_availability_t row;
    apr_time_t today = apr_time_from_sec(day_of(apr_time_now()) * DAY_SEC);
    *out = recall_hours(m, address, pool);
    if (*out)
        return NULL;
    if (!m->session->backend->people)
        return xc_error_make(pool, 501, XC_COND_NONE, "This Exchange tells nothing of other people's time.");
    XC_TRY(m->session->backend->people->availability(&row, m->session, &address, 1, today, today + DAY, pool));
    if (row.error)
        return row.error;
    *out = row.view->hours;
    keep_hours(m, address, *out, pool);
    return NULL;
}
