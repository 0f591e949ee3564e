/* SPDX-License-Identifier: Apache-2.0 */
/* The neutral event: brought to the form in which Exchange gives it back, compared, fingerprinted. */
#include "cal/event.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypt.h"
#include "cal/object/event_priv.h"
#include "cal/object/html.h"
#include "cal/task/task_priv.h"

#define MAX_LINE 255          /* UTF-16 units of a subject or location */
#define MAX_REMINDER 2629800  /* minutes */

xc_event_t *xc_event_make(apr_pool_t *pool)
{
    xc_event_t *e = apr_pcalloc(pool, sizeof(*e));
    e->importance = XC_IMPORTANCE_NORMAL;
    e->busy = XC_BUSY_UNSET;
    e->reminder_minutes = -1;
    e->is_organizer = 1;
    return e;
}

/* ---- normalising ---- */

/* One line, trimmed, of at most 255 UTF-16 units; NULL when nothing is left. */
static const char *one_line(const char *s, apr_pool_t *pool)
{
    char *out, *w;
    int units = 0;

    if (!s)
        return NULL;
    while (apr_isspace(*s))
        s++;
    w = out = apr_pstrdup(pool, s);
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if ((c & 0xc0) != 0x80) { /* the first byte of a character */
            units += c >= 0xf0 ? 2 : 1;
            if (units > MAX_LINE)
                break;
        }
        *w++ = apr_iscntrl(c) ? ' ' : *s;
    }
    while (w > out && apr_isspace(w[-1]))
        w--;
    *w = '\0';
    return *out ? out : NULL;
}

/* LF line ends, no other control characters than tabs, no white space at the end; NULL when empty. */
static const char *body(const char *s, apr_pool_t *pool)
{
    char *out, *w;

    if (!s)
        return NULL;
    w = out = apr_pstrdup(pool, s);
    for (; *s; s++) {
        if (*s == '\r' && s[1] == '\n')
            continue;
        if (*s == '\r' || *s == '\n' || *s == '\t' || !apr_iscntrl(*s)) /* a client's "\\f" becomes a form feed */
            *w++ = *s == '\r' ? '\n' : *s;
    }
    while (w > out && apr_isspace(w[-1]))
        w--;
    *w = '\0';
    return *out ? out : NULL;
}

static apr_array_header_t *normal_categories(const apr_array_header_t *in, apr_pool_t *pool)
{
    apr_array_header_t *out = apr_array_make(pool, in->nelts, sizeof(const char *));

    for (int i = 0; i < in->nelts; i++) {
        const char *s = one_line(APR_ARRAY_IDX(in, i, const char *), pool);
        int known = 0;
        for (int k = 0; s && k < out->nelts; k++)
            known |= strcasecmp(APR_ARRAY_IDX(out, k, const char *), s) == 0;
        if (s && !known)
            APR_ARRAY_PUSH(out, const char *) = s;
    }
    return out->nelts ? out : NULL;
}

static int by_attendee(const void *a, const void *b)
{
    const xc_attendee_t *x = a, *y = b;
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : strcasecmp(x->who.address, y->who.address);
}

static apr_array_header_t *normal_attendees(const xc_event_t *e, apr_pool_t *pool)
{
    apr_array_header_t *out = apr_array_make(pool, e->attendees->nelts, sizeof(xc_attendee_t));
    apr_hash_t *seen = apr_hash_make(pool);

    for (int i = 0; i < e->attendees->nelts; i++) {
        const xc_attendee_t *a = &APR_ARRAY_IDX(e->attendees, i, xc_attendee_t);
        if (!a->who.address || !*a->who.address || (e->organizer.address && strcasecmp(e->organizer.address, a->who.address) == 0))
            continue;
        char *key = apr_pstrdup(pool, a->who.address);
        for (char *p = key; *p; p++)
            *p = (char)apr_tolower(*p);
        if (apr_hash_get(seen, key, APR_HASH_KEY_STRING))
            continue;
        apr_hash_set(seen, key, APR_HASH_KEY_STRING, key);
        APR_ARRAY_PUSH(out, xc_attendee_t) = *a;
    }
    qsort(out->elts, (apr_size_t)out->nelts, sizeof(xc_attendee_t), by_attendee);
    return out->nelts ? out : NULL;
}

static void to_utc_kind(xc_when_t *w)
{
    apr_time_t t = xc_when_to_utc(w, NULL);
    w->kind = XC_WHEN_UTC;
    w->zone = NULL;
    w->tzid = NULL;
    xc_zone_to_wall(xc_zone_utc(), t, &w->wall);
}

/* A time in a zone that Exchange has not, or in UTC by name, is kept as an instant. */
static void normal_when(xc_when_t *w)
{
    if (w->kind == XC_WHEN_FLOATING)
        w->kind = XC_WHEN_UTC;
    if (w->kind == XC_WHEN_ZONED && (!xc_zone_windows_id(w->zone) || w->zone == xc_zone_utc()))
        to_utc_kind(w);
}

static void normal_times(xc_event_t *e)
{
    e->all_day = e->start.kind == XC_WHEN_DATE;
    if (!e->recur)
        normal_when(&e->start);
    normal_when(&e->end);
    if (e->all_day) {
        int first = xc_date_to_days(e->start.wall.year, e->start.wall.month, e->start.wall.day);
        e->end.kind = XC_WHEN_DATE;
        if (xc_date_to_days(e->end.wall.year, e->end.wall.month, e->end.wall.day) <= first)
            xc_date_from_days(first + 1, &e->end.wall.year, &e->end.wall.month, &e->end.wall.day);
        e->end.wall.hour = e->end.wall.minute = e->end.wall.second = 0;
    } else {
        apr_time_t end = xc_when_to_utc(&e->end, NULL), start = xc_when_to_utc(&e->start, NULL);
        if (end < start)
            end = start;
        if (e->end.kind != e->start.kind || e->end.kind == XC_WHEN_NONE || end == start) {
            e->end = e->start;
            xc_zone_to_wall(e->start.kind == XC_WHEN_ZONED ? e->start.zone : xc_zone_utc(), end, &e->end.wall);
        }
    }
}

static void normal_busy(xc_event_t *e)
{
    if (e->cancelled && !e->is_meeting) { /* Exchange cancels meetings only: what does not take place takes no time */
        e->cancelled = 0;
        if (e->busy_implied)
            e->busy = XC_BUSY_FREE;
    }
    if (e->busy == XC_BUSY_UNSET)
        e->busy = e->transparent ? XC_BUSY_FREE : e->tentative ? XC_BUSY_TENTATIVE : XC_BUSY_BUSY;
    e->transparent = e->busy == XC_BUSY_FREE || e->busy == XC_BUSY_ELSEWHERE;
}

static int by_when(const void *a, const void *b)
{
    apr_time_t x = xc_when_to_utc(a, NULL), y = xc_when_to_utc(b, NULL);
    return x < y ? -1 : x > y;
}

static int by_recurrence_id(const void *a, const void *b)
{
    const xc_event_t *const *x = a, *const *y = b;
    return by_when(&(*x)->recurrence_id, &(*y)->recurrence_id);
}

void xc_event_normalize(xc_event_t *e, apr_pool_t *pool)
{
    e->summary = one_line(e->summary, pool);
    e->location = one_line(e->location, pool);
    e->text = body(e->text, pool);
    e->html = body(e->html, pool);
    if (e->html && !e->text) /* what is compared with a text that says the same, or nothing */
        e->text = body(xc_html_to_text(e->html, pool), pool);
    if (e->categories)
        e->categories = normal_categories(e->categories, pool);
    if (e->task) {
        xc_task_normalize(e);
        return;
    }
    if (e->attendees)
        e->attendees = normal_attendees(e, pool);
    if (e->is_organizer && !e->attendees) {
        e->organizer.address = e->organizer.name = NULL;
        e->is_meeting = 0;
    }
    if (e->attendees)
        e->is_meeting = 1;
    normal_times(e);
    normal_busy(e);
    if (e->reminder_minutes > MAX_REMINDER)
        e->reminder_minutes = MAX_REMINDER;
    if (e->reminder_minutes < -1)
        e->reminder_minutes = -1;
    if (e->exdates)
        qsort(e->exdates->elts, (apr_size_t)e->exdates->nelts, sizeof(xc_when_t), by_when);
    for (int i = 0; e->overrides && i < e->overrides->nelts; i++)
        xc_event_normalize(APR_ARRAY_IDX(e->overrides, i, xc_event_t *), pool);
    if (e->overrides)
        qsort(e->overrides->elts, (apr_size_t)e->overrides->nelts, sizeof(xc_event_t *), by_recurrence_id);
}

/* ---- comparing ---- */

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

static int differ(const char *a, const char *b)
{
    return strcmp(or_empty(a), or_empty(b)) != 0;
}

static const char *zone_key(const xc_when_t *w)
{
    const char *id = w->kind == XC_WHEN_ZONED ? xc_zone_windows_id(w->zone) : NULL;
    return id ? id : "UTC";
}

/* Of a series (and its occurrences) Exchange keeps the rules of a zone that it has no name for; of a single event nothing. */
static int zones_differ(const xc_event_t *a, const xc_event_t *b)
{
    int in_series = a->recur || b->recur || a->recurrence_id.kind != XC_WHEN_NONE || b->recurrence_id.kind != XC_WHEN_NONE;

    if (in_series && a->start.kind == XC_WHEN_ZONED && b->start.kind == XC_WHEN_ZONED)
        return !xc_zone_same_windows(a->start.zone, b->start.zone);
    if (in_series && a->start.kind != b->start.kind && (a->start.kind == XC_WHEN_ZONED || b->start.kind == XC_WHEN_ZONED))
        return strcmp(zone_key(&a->start), zone_key(&b->start)) != 0 || !xc_zone_windows_id(a->start.kind == XC_WHEN_ZONED ? a->start.zone : b->start.zone);
    return strcmp(zone_key(&a->start), zone_key(&b->start)) != 0;
}

/* Clients see Personal as PRIVATE, so that they cannot tell the two apart. */
static xc_class_e class_key(xc_class_e klass)
{
    return klass == XC_CLASS_PERSONAL ? XC_CLASS_PRIVATE : klass;
}

static int when_differs(const xc_when_t *a, const xc_when_t *b)
{
    return xc_when_to_utc(a, NULL) != xc_when_to_utc(b, NULL);
}

static int has_category(const apr_array_header_t *list, const char *name)
{
    for (int i = 0; list && i < list->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(list, i, const char *), name) == 0)
            return 1;
    }
    return 0;
}

static int categories_differ(const apr_array_header_t *a, const apr_array_header_t *b)
{
    if ((a ? a->nelts : 0) != (b ? b->nelts : 0))
        return 1;
    for (int i = 0; a && i < a->nelts; i++) {
        if (!has_category(b, APR_ARRAY_IDX(a, i, const char *)))
            return 1;
    }
    return 0;
}

static int attendees_differ(const apr_array_header_t *a, const apr_array_header_t *b)
{
    if ((a ? a->nelts : 0) != (b ? b->nelts : 0))
        return 1;
    for (int i = 0; a && i < a->nelts; i++) {
        if (by_attendee(&APR_ARRAY_IDX(a, i, xc_attendee_t), &APR_ARRAY_IDX(b, i, xc_attendee_t)) != 0)
            return 1;
    }
    return 0;
}

static int is_free(xc_busy_e busy)
{
    return busy == XC_BUSY_FREE || busy == XC_BUSY_ELSEWHERE;
}

/* From `a` to `b`: a TRANSP alone says nothing against an OOF or ELSEWHERE that is there. */
static int busy_differs(const xc_event_t *a, const xc_event_t *b)
{
    if (a->busy == b->busy)
        return 0;
    return !(b->busy_implied && (a->busy == XC_BUSY_OOF || a->busy == XC_BUSY_ELSEWHERE) && is_free(a->busy) == is_free(b->busy));
}

static const char *skip_space(const char *s)
{
    while (apr_isspace(*s) || ((unsigned char)s[0] == 0xc2 && (unsigned char)s[1] == 0xa0))
        s += (unsigned char)*s == 0xc2 ? 2 : 1;
    return s;
}

/* The same but for white space, which goes another way with every conversion of HTML. */
static int same_words(const char *a, const char *b)
{
    for (a = skip_space(or_empty(a)), b = skip_space(or_empty(b)); *a && *a == *b; a = skip_space(a + 1), b = skip_space(b + 1))
        ;
    return !*a && !*b;
}

/* From `a` to `b`: the words alone say nothing against the formatting that is there. */
static int body_differs(const xc_event_t *a, const xc_event_t *b)
{
    if (a->html && !b->html)
        return !same_words(a->text, b->text);
    return differ(a->text, b->text) || differ(a->html, b->html);
}

static int leaves_something(const xc_event_t *a, const xc_event_t *b)
{
    return (a->busy != b->busy && !busy_differs(a, b)) || (a->html && !b->html && !body_differs(a, b));
}

int xc_event_leaves(const xc_event_t *before, const xc_event_t *now)
{
    if (leaves_something(before, now))
        return 1;
    for (int i = 0; before->overrides && i < before->overrides->nelts; i++) {
        const xc_event_t *a = APR_ARRAY_IDX(before->overrides, i, const xc_event_t *);
        for (int k = 0; now->overrides && k < now->overrides->nelts; k++) {
            const xc_event_t *b = APR_ARRAY_IDX(now->overrides, k, const xc_event_t *);
            if (!when_differs(&a->recurrence_id, &b->recurrence_id) && leaves_something(a, b))
                return 1;
        }
    }
    return 0;
}

unsigned xc_event_diff(const xc_event_t *a, const xc_event_t *b)
{
    unsigned d = 0;

    d |= differ(a->summary, b->summary) ? XC_FIELD_SUMMARY : 0;
    d |= differ(a->location, b->location) ? XC_FIELD_LOCATION : 0;
    d |= body_differs(a, b) ? XC_FIELD_BODY : 0;
    d |= categories_differ(a->categories, b->categories) ? XC_FIELD_CATEGORIES : 0;
    d |= class_key(a->klass) != class_key(b->klass) ? XC_FIELD_CLASS : 0;
    d |= a->importance != b->importance ? XC_FIELD_IMPORTANCE : 0;
    d |= !xc_recur_equal(a->recur, b->recur) ? XC_FIELD_RECUR : 0;
    if (a->task && b->task)
        return d | xc_task_diff(a, b);
    d |= busy_differs(a, b) ? XC_FIELD_BUSY : 0;
    d |= a->all_day != b->all_day ? XC_FIELD_ALL_DAY : 0;
    d |= when_differs(&a->start, &b->start) ? XC_FIELD_START : 0;
    d |= when_differs(&a->end, &b->end) ? XC_FIELD_END : 0;
    d |= !a->all_day && !b->all_day && zones_differ(a, b) ? XC_FIELD_ZONE : 0;
    d |= a->reminder_minutes != b->reminder_minutes ? XC_FIELD_REMINDER : 0;
    d |= attendees_differ(a->attendees, b->attendees) ? XC_FIELD_ATTENDEES : 0;
    d |= a->cancelled != b->cancelled ? XC_FIELD_STATUS : 0;
    return d;
}

/* ---- fingerprint ---- */

static void put(xc_buf_t *buf, const char *name, const char *value)
{
    xc_buf_printf(buf, "%s=%" APR_SIZE_T_FMT ":%s\n", name, strlen(or_empty(value)), or_empty(value));
}

static void put_when(xc_buf_t *buf, const char *name, const xc_when_t *w)
{
    if (w->kind == XC_WHEN_DATE)
        xc_buf_printf(buf, "%s=%04d%02d%02d\n", name, w->wall.year, w->wall.month, w->wall.day);
    else
        xc_buf_printf(buf, "%s=%" APR_INT64_T_FMT "\n", name, xc_when_to_utc(w, NULL) / APR_USEC_PER_SEC);
}

static int by_string(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What is compared of a body: its words; the HTML around them is the server's to rewrite. */
static void put_body(xc_buf_t *buf, const xc_event_t *e, apr_pool_t *pool)
{
    if (e->html)
        put(buf, "html", xc_text_bare(xc_html_to_text(e->html, pool), pool));
    else
        put(buf, "text", e->text);
}

static void put_fields(xc_buf_t *buf, const xc_event_t *e, apr_pool_t *pool)
{
    put(buf, "subject", e->summary);
    put(buf, "location", e->location);
    put_body(buf, e, pool);
    if (e->categories) {
        apr_array_header_t *sorted = apr_array_copy(pool, e->categories);
        qsort(sorted->elts, (apr_size_t)sorted->nelts, sizeof(const char *), by_string);
        for (int i = 0; i < sorted->nelts; i++)
            put(buf, "category", APR_ARRAY_IDX(sorted, i, const char *));
    }
    if (e->task) {
        xc_buf_printf(buf, "class=%d importance=%d\n", class_key(e->klass), e->importance);
        return;
    }
    xc_buf_printf(buf, "class=%d importance=%d busy=%d allday=%d reminder=%d cancelled=%d\n", class_key(e->klass), e->importance, e->busy, e->all_day,
                  e->reminder_minutes, e->cancelled);
    put_when(buf, "start", &e->start);
    put_when(buf, "end", &e->end);
    for (int i = 0; e->attendees && i < e->attendees->nelts; i++) {
        const xc_attendee_t *a = &APR_ARRAY_IDX(e->attendees, i, xc_attendee_t);
        char *key = apr_pstrdup(pool, a->who.address);
        for (char *p = key; *p; p++)
            *p = (char)apr_tolower(*p);
        xc_buf_printf(buf, "attendee %d", a->kind);
        put(buf, "", key);
    }
    if (!e->is_organizer)
        xc_buf_printf(buf, "answer=%d\n", e->my_partstat == XC_PARTSTAT_DELEGATED ? XC_PARTSTAT_NEEDS_ACTION : e->my_partstat);
}

static void put_zone(xc_buf_t *buf, const xc_event_t *e, apr_pool_t *pool)
{
    xc_zone_change_t rules[2];
    const char *key = zone_key(&e->start);
    int n = 0;

    if (e->recur && e->start.kind == XC_WHEN_ZONED && !xc_zone_windows_id(e->start.zone))
        n = xc_zone_yearly(e->start.zone, xc_when_to_utc(&e->start, NULL), rules);
    for (int i = 0; i < n; i++)
        key = apr_psprintf(pool, "%s %d %d %d %d %d", key, rules[i].offset_sec, rules[i].time_sec, rules[i].month, rules[i].weekday, rules[i].nth);
    put(buf, "zone", key);
}

static void put_recur(xc_buf_t *buf, const xc_event_t *e)
{
    xc_recur_t r;

    xc_recur_canonical(&r, e->recur);
    xc_buf_printf(buf, "recur=%d %d %u %d %d %d %d from %d-%d-%d range %d %d", r.kind, r.interval, r.days, r.index, r.day_of_month, r.month,
                  r.week_start, r.start_year, r.start_month, r.start_day, r.range, r.count);
    if (r.range == XC_RANGE_UNTIL)
        xc_buf_printf(buf, " until %d-%d-%d", r.until_year, r.until_month, r.until_day);
    xc_buf_puts(buf, "\n");
    for (int i = 0; e->exdates && i < e->exdates->nelts; i++)
        put_when(buf, "deleted", &APR_ARRAY_IDX(e->exdates, i, xc_when_t));
}

xc_event_t *xc_event_occurrence(const xc_event_t *master, const xc_when_t *id, apr_pool_t *pool)
{
    xc_event_t *o = apr_pmemdup(pool, master, sizeof(*o));

    o->recur = NULL;
    o->exdates = o->overrides = NULL;
    o->kept = NULL;
    o->recurrence_id = *id;
    o->start = *id;
    o->end = *id;
    if (master->all_day) {
        int days = xc_date_to_days(id->wall.year, id->wall.month, id->wall.day) +
                   xc_date_to_days(master->end.wall.year, master->end.wall.month, master->end.wall.day) -
                   xc_date_to_days(master->start.wall.year, master->start.wall.month, master->start.wall.day);
        xc_date_from_days(days, &o->end.wall.year, &o->end.wall.month, &o->end.wall.day);
    } else {
        apr_time_t length = xc_when_to_utc(&master->end, NULL) - xc_when_to_utc(&master->start, NULL);
        xc_zone_to_wall(id->kind == XC_WHEN_ZONED ? id->zone : xc_zone_utc(), xc_when_to_utc(id, NULL) + length, &o->end.wall);
    }
    return o;
}

int xc_event_is_changed(const xc_event_t *master, const xc_event_t *override, apr_pool_t *pool)
{
    xc_buf_t *a = xc_buf_make(pool, 0), *b = xc_buf_make(pool, 0);

    put_fields(a, xc_event_occurrence(master, &override->recurrence_id, pool), pool);
    put_fields(b, override, pool);
    return strcmp(a->data, b->data) != 0;
}


xc_event_t *xc_event_normal_copy(const xc_event_t *event, apr_pool_t *pool)
{
    xc_event_t *e = apr_pmemdup(pool, event, sizeof(*e));

    if (e->task)
        e->task = apr_pmemdup(pool, event->task, sizeof(*e->task));
    if (e->overrides) {
        e->overrides = apr_array_copy(pool, event->overrides);
        for (int i = 0; i < e->overrides->nelts; i++)
            APR_ARRAY_IDX(e->overrides, i, xc_event_t *) = apr_pmemdup(pool, APR_ARRAY_IDX(e->overrides, i, xc_event_t *), sizeof(xc_event_t));
    }
    if (e->exdates)
        e->exdates = apr_array_copy(pool, e->exdates);
    xc_event_normalize(e, pool);
    return e;
}

int xc_event_bodies_differ(const xc_event_t *a, const xc_event_t *b, apr_pool_t *pool)
{
    xc_buf_t *x = xc_buf_make(pool, 0), *y = xc_buf_make(pool, 0);

    put_body(x, a, pool);
    put_body(y, b, pool);
    return strcmp(x->data, y->data) != 0;
}

const char *xc_event_fingerprint_of(const xc_event_t *event, int no_zone, apr_pool_t *pool)
{
    apr_pool_t *tmp;
    const char *hex;

    apr_pool_create(&tmp, pool);
    const xc_event_t *e = xc_event_normal_copy(event, tmp);
    xc_buf_t *buf = xc_buf_make(tmp, 0);
    put_fields(buf, e, tmp);
    if (e->task)
        xc_task_fingerprint(buf, e);
    else if (!e->all_day && (e->recur || !no_zone))
        put_zone(buf, e, tmp);
    if (e->recur)
        put_recur(buf, e);
    for (int i = 0; e->overrides && i < e->overrides->nelts; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(e->overrides, i, const xc_event_t *);
        if (!xc_event_is_changed(e, o, tmp))
            continue;
        put_when(buf, "override", &o->recurrence_id);
        put_fields(buf, o, tmp);
    }
    hex = xc_crypt_hex(pool, 16, buf->data, NULL);
    apr_pool_destroy(tmp);
    return hex;
}

const char *xc_event_fingerprint(const xc_event_t *event, apr_pool_t *pool)
{
    return xc_event_fingerprint_of(event, 0, pool);
}

void xc_event_span(const xc_event_t *event, const xc_zone_t *zone, apr_time_t *first, apr_time_t *last)
{
    if (event->task) {
        xc_task_span(event, zone, first, last);
        return;
    }
    *first = xc_when_to_utc(&event->start, zone);
    *last = xc_when_to_utc(&event->end, zone);
    if (event->recur) {
        apr_time_t length = *last - *first;
        xc_when_t at = event->start;
        int days;
        *last = APR_INT64_MAX;
        if (xc_recur_last(event->recur, &days)) {
            xc_date_from_days(days, &at.wall.year, &at.wall.month, &at.wall.day);
            *last = xc_when_to_utc(&at, zone) + length;
        }
    }
    for (int i = 0; event->overrides && i < event->overrides->nelts; i++) {
        const xc_event_t *o = APR_ARRAY_IDX(event->overrides, i, const xc_event_t *);
        apr_time_t from = xc_when_to_utc(&o->start, zone), to = xc_when_to_utc(&o->end, zone);
        *first = from < *first ? from : *first;
        *last = to > *last ? to : *last;
    }
}
