/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GetUserAvailability. Times go and come as wall clocks of the zone that the request names: UTC here. What
 * one server takes at once (mailboxes, days) is learned from its refusals and remembered.
 */
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/ews/ews.h"
#include "exchange/people.h"

#define OPERATION        "GetUserAvailability"
#define MAX_MAILBOXES    100
#define MAX_DAYS         42
#define DAY              apr_time_from_sec(86400)
#define SLOT_MIN         30
#define SLOT             apr_time_from_sec(SLOT_MIN * 60)
#define DEFAULT_PARALLEL 4
#define MAX_SPANS        20000 /* of one mailbox */
#define MAX_TEXT         1000  /* bytes of a subject or place */
#define REMEMBER_LIMITS  apr_time_from_sec(86400)

typedef struct ask_t {
    xc_session_t *s;
    const xc_ews_state_t *state;
    const char *const *addresses;
    int n;
    apr_time_t from, to;
    xc_availability_t *out;
    int batch, days;             /* what one call asks for */
    int batch_refused, days_refused;
    apr_pool_t *pool;
} ask_t;

/* One call: some mailboxes in a part of the window. */
typedef struct part_t {
    int first, n;
    apr_time_t from, to;
} part_t;

/* ---- the request ---- */

static void write_change(xc_xmlw_t *w, const char *element, const char *month)
{
    xc_xmlw_start(w, XC_NS_T, element);
    xc_xmlw_element(w, XC_NS_T, "Bias", "0");
    xc_xmlw_element(w, XC_NS_T, "Time", "00:00:00");
    xc_xmlw_element(w, XC_NS_T, "DayOrder", "1");
    xc_xmlw_element(w, XC_NS_T, "Month", month);
    xc_xmlw_element(w, XC_NS_T, "DayOfWeek", "Sunday");
    xc_xmlw_end(w);
}

static const char *wall(apr_time_t t, apr_pool_t *pool)
{
    xc_wall_t at;
    xc_zone_to_wall(xc_zone_utc(), t, &at);
    return xc_ews_format_wall(&at, pool);
}

static void begin_part(xc_ews_call_t *call, const ask_t *a, const part_t *part, apr_pool_t *pool)
{
    xc_ews_begin(call, a->s, a->state, OPERATION "Request", pool);
    call->operation = OPERATION; /* the only one whose element is named otherwise */
    xc_xmlw_t *w = call->w;
    xc_xmlw_start(w, XC_NS_T, "TimeZone");
    xc_xmlw_element(w, XC_NS_T, "Bias", "0");
    write_change(w, "StandardTime", "1");
    write_change(w, "DaylightTime", "6");
    xc_xmlw_end(w);
    xc_xmlw_start(w, XC_NS_M, "MailboxDataArray");
    for (int i = 0; i < part->n; i++) {
        xc_xmlw_start(w, XC_NS_T, "MailboxData");
        xc_xmlw_start(w, XC_NS_T, "Email");
        xc_xmlw_element(w, XC_NS_T, "Address", a->addresses[part->first + i]);
        xc_xmlw_end(w);
        xc_xmlw_element(w, XC_NS_T, "AttendeeType", "Required");
        xc_xmlw_element(w, XC_NS_T, "ExcludeConflicts", "false");
        xc_xmlw_end(w);
    }
    xc_xmlw_end(w);
    xc_xmlw_start(w, XC_NS_T, "FreeBusyViewOptions");
    xc_xmlw_start(w, XC_NS_T, "TimeWindow");
    xc_xmlw_element(w, XC_NS_T, "StartTime", wall(part->from, pool));
    xc_xmlw_element(w, XC_NS_T, "EndTime", wall(part->to, pool));
    xc_xmlw_end(w);
    xc_xmlw_element(w, XC_NS_T, "MergedFreeBusyIntervalInMinutes", apr_itoa(pool, SLOT_MIN));
    xc_xmlw_element(w, XC_NS_T, "RequestedView", "DetailedMerged"); /* the answer is the best that is granted */
    xc_xmlw_end(w);
}

/* ---- one mailbox of an answer ---- */

static xc_busy_level_e level_of(const char *type)
{
    if (!type || strcmp(type, "None") == 0)
        return XC_BUSY_LEVEL_NONE;
    if (strncmp(type, "Detailed", 8) == 0)
        return XC_BUSY_LEVEL_DETAILED;
    return strncmp(type, "FreeBusy", 8) == 0 ? XC_BUSY_LEVEL_EVENTS : XC_BUSY_LEVEL_MERGED;
}

static int busy_of(const char *type, xc_busy_e *out)
{
    static const struct {
        const char *name;
        xc_busy_e kind;
    } kinds[] = {{"Free", XC_BUSY_FREE}, {"Tentative", XC_BUSY_TENTATIVE}, {"Busy", XC_BUSY_BUSY}, {"OOF", XC_BUSY_OOF},
                 {"WorkingElsewhere", XC_BUSY_ELSEWHERE}, {"NoData", XC_BUSY_UNSET}};
    *out = XC_BUSY_BUSY; /* a later server's new kind takes time at least */
    for (apr_size_t i = 0; type && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, type) == 0)
            *out = kinds[i].kind;
    return *out != XC_BUSY_FREE;
}

/* A digit of MergedFreeBusy: the fourth state came with 2013, and with it a fifth. */
static xc_busy_e busy_of_digit(char digit, const xc_ews_version_t *v)
{
    switch (digit) {
    case '0': return XC_BUSY_FREE;
    case '1': return XC_BUSY_TENTATIVE;
    case '2': return XC_BUSY_BUSY;
    case '3': return XC_BUSY_OOF;
    case '4': return v->elsewhere ? XC_BUSY_ELSEWHERE : XC_BUSY_UNSET;
    case '5': return XC_BUSY_UNSET;
    default: return XC_BUSY_BUSY;
    }
}

static void add_span(xc_busy_view_t *view, const xc_busy_span_t *span)
{
    if (view->spans->nelts < MAX_SPANS)
        APR_ARRAY_PUSH(view->spans, xc_busy_span_t) = *span;
}

static const char *shown(const xmlNode *details, const char *name, apr_pool_t *pool)
{
    const char *text = xc_xml_child_text(details, NULL, name, pool);
    if (!text || !*text)
        return NULL;
    apr_size_t n = strlen(text);
    if (n <= MAX_TEXT)
        return text;
    for (n = MAX_TEXT; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
        ;
    return apr_pstrmemdup(pool, text, n);
}

static void read_event(xc_busy_view_t *view, const xmlNode *event, const ask_t *a, const part_t *part, int is_own)
{
    xc_busy_span_t span = {0};
    const xmlNode *details = xc_xml_child(event, NULL, "CalendarEventDetails");
    if (!xc_ews_parse_time(&span.start, xc_xml_child_text(event, NULL, "StartTime", a->pool)) ||
        !xc_ews_parse_time(&span.end, xc_xml_child_text(event, NULL, "EndTime", a->pool)) || span.end <= span.start ||
        !busy_of(xc_xml_child_text(event, NULL, "BusyType", a->pool), &span.kind))
        return;
    if (part->from != a->from && span.start < part->from)
        return; /* the part before has told it */
    if (details) {
        span.is_private = xc_ews_is_true(xc_xml_child_text(details, NULL, "IsPrivate", a->pool));
        span.is_meeting = xc_ews_is_true(xc_xml_child_text(details, NULL, "IsMeeting", a->pool));
    }
    if (details && (!span.is_private || is_own)) {
        span.summary = shown(details, "Subject", a->pool);
        span.location = shown(details, "Location", a->pool);
    }
    add_span(view, &span);
}

static int is_covered(const xc_busy_view_t *view, int first, apr_time_t from, apr_time_t to)
{
    for (int i = first; i < view->spans->nelts; i++) {
        const xc_busy_span_t *s = &APR_ARRAY_IDX(view->spans, i, xc_busy_span_t);
        if (s->start < to && s->end > from)
            return 1;
    }
    return 0;
}

/*
 * The digits. Where events are told as well they add only what no event can say: that nothing is known of
 * a time. @param first the spans from here on are this part's events
 */
static void read_digits(xc_busy_view_t *view, const char *digits, int has_events, int first, const ask_t *a, const part_t *part)
{
    xc_busy_span_t run = {.kind = XC_BUSY_FREE};
    int events_end = view->spans->nelts;
    for (apr_size_t i = 0; digits[i]; i++) {
        apr_time_t from = part->from + (apr_time_t)i * SLOT, to = from + SLOT < part->to ? from + SLOT : part->to;
        xc_busy_e kind = busy_of_digit(digits[i], a->state->version);
        if (from >= part->to)
            break;
        if (has_events) {
            int unknown = digits[i] == '4' || digits[i] == '5';
            int known = view->spans->nelts;
            view->spans->nelts = events_end; /* not those that were added here */
            kind = unknown && !is_covered(view, first, from, to) ? XC_BUSY_UNSET : XC_BUSY_FREE;
            view->spans->nelts = known;
        }
        if (run.kind != XC_BUSY_FREE && run.kind == kind) {
            run.end = to;
            continue;
        }
        if (run.kind != XC_BUSY_FREE)
            add_span(view, &run);
        run = (xc_busy_span_t){.start = from, .end = to, .kind = kind};
    }
    if (run.kind != XC_BUSY_FREE)
        add_span(view, &run);
}

static unsigned days_of(const char *text)
{
    static const char *const names[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    unsigned days = 0;
    for (const char *p = text ? text : ""; *p; p += strcspn(p, " \t\r\n")) {
        p += strspn(p, " \t\r\n");
        apr_size_t n = strcspn(p, " \t\r\n");
        for (unsigned i = 0; i < 7; i++)
            if (strlen(names[i]) == n && strncmp(names[i], p, n) == 0)
                days |= 1u << i;
        if (n == 3 && strncmp(p, "Day", n) == 0)
            days = 0x7f;
        if (n == 7 && strncmp(p, "Weekday", n) == 0)
            days |= 0x3e;
        if (n == 10 && strncmp(p, "WeekendDay", n) == 0)
            days |= 0x41;
    }
    return days;
}

static const xc_working_hours_t *read_hours(const xmlNode *node, const ask_t *a)
{
    const xc_zone_t *zone = xc_ews_serializable_zone(xc_xml_child(node, NULL, "TimeZone"), a->from, a->s, a->pool);
    const xmlNode *list = xc_xml_child(node, NULL, "WorkingPeriodArray");
    if (!zone || !list)
        return NULL;
    xc_working_hours_t *hours = apr_palloc(a->pool, sizeof *hours);
    hours->zone = zone;
    hours->periods = apr_array_make(a->pool, 2, sizeof(xc_working_period_t));
    for (const xmlNode *p = xc_xml_child(list, NULL, "WorkingPeriod"); p && hours->periods->nelts < 50; p = xc_xml_next(p, NULL, "WorkingPeriod")) {
        xc_working_period_t period = {.days = days_of(xc_xml_child_text(p, NULL, "DayOfWeek", a->pool))};
        period.from_min = xc_ews_int(xc_xml_child_text(p, NULL, "StartTimeInMinutes", a->pool), 0, 1439, -1);
        period.to_min = xc_ews_int(xc_xml_child_text(p, NULL, "EndTimeInMinutes", a->pool), 0, 1440, -1);
        if (!period.days || period.from_min < 0 || period.to_min < 0)
            continue;
        if (period.to_min <= period.from_min)
            period.to_min += 1440; /* a night shift */
        APR_ARRAY_PUSH(hours->periods, xc_working_period_t) = period;
    }
    return hours;
}

static void read_view(xc_availability_t *row, const xmlNode *node, const char *address, const ask_t *a, const part_t *part)
{
    const char *type = xc_xml_child_text(node, NULL, "FreeBusyViewType", a->pool);
    xc_busy_level_e level = level_of(type);
    if (level == XC_BUSY_LEVEL_NONE) {
        row->view = NULL;
        row->error = xc_error_make(a->pool, 403, XC_COND_NEED_PRIVILEGES, "Exchange does not show you these times.");
        return;
    }
    if (!row->view) {
        row->view = apr_pcalloc(a->pool, sizeof *row->view);
        row->view->spans = apr_array_make(a->pool, 16, sizeof(xc_busy_span_t));
        row->view->level = level;
    }
    xc_busy_view_t *view = row->view;
    const xmlNode *events = xc_xml_child(node, NULL, "CalendarEventArray"), *hours = xc_xml_child(node, NULL, "WorkingHours");
    int is_own = a->s->account && strcasecmp(a->s->account, address) == 0, first = view->spans->nelts;
    if (level < view->level)
        view->level = level;
    for (const xmlNode *e = xc_xml_child(events, NULL, "CalendarEvent"); e; e = xc_xml_next(e, NULL, "CalendarEvent"))
        read_event(view, e, a, part, is_own);
    const char *digits = xc_xml_child_text(node, NULL, "MergedFreeBusy", a->pool);
    if (digits)
        read_digits(view, digits, events != NULL, first, a, part);
    if (hours && !view->hours)
        view->hours = read_hours(hours, a);
}

/* ---- answers ---- */

static int is_code(const xc_error_t *err, const char *code)
{
    return err && err->code && strcmp(err->code, code) == 0;
}

/* Did the server refuse the size of the question? */
static int note_refusal(ask_t *a, const xc_error_t *err)
{
    int days = is_code(err, "ErrorTimeIntervalTooBig"), batch = is_code(err, "ErrorMailboxDataArrayTooBig");
    a->days_refused |= days;
    a->batch_refused |= batch;
    return days || batch;
}

static void fail(xc_availability_t *row, xc_error_t *err)
{
    row->view = NULL;
    if (!row->error)
        row->error = err;
}

static void read_part(ask_t *a, const xc_ews_call_t *call, const part_t *part)
{
    const xmlNode *list = xc_xml_child(call->response, NULL, "FreeBusyResponseArray");
    const xmlNode *node = xc_xml_child(list, NULL, "FreeBusyResponse");
    for (int i = 0; i < part->n; i++) {
        xc_availability_t *row = &a->out[part->first + i];
        if (!node) {
            fail(row, xc_ews_error("NoFreeBusyResponse", "fewer answers than mailboxes", a->pool));
            continue;
        }
        xc_error_t *err = xc_ews_message_error(xc_xml_child(node, NULL, "ResponseMessage"), a->s, a->state, a->pool);
        if (err && !note_refusal(a, err))
            fail(row, err);
        else if (!err && !row->error)
            read_view(row, xc_xml_child(node, NULL, "FreeBusyView"), a->addresses[part->first + i], a, part);
        node = xc_xml_next(node, NULL, "FreeBusyResponse");
    }
}

static apr_array_header_t *make_parts(const ask_t *a)
{
    apr_array_header_t *parts = apr_array_make(a->pool, 4, sizeof(part_t));
    for (apr_time_t from = a->from; from < a->to; from += a->days * DAY)
        for (int first = 0; first < a->n; first += a->batch)
            APR_ARRAY_PUSH(parts, part_t) = (part_t){.first = first,
                                                     .n = a->n - first < a->batch ? a->n - first : a->batch,
                                                     .from = from,
                                                     .to = a->to - from < a->days * DAY ? a->to : from + a->days * DAY};
    return parts;
}

/* All parts, some side by side. @return an error when no part was answered, or none can be */
static xc_error_t *ask_all(ask_t *a)
{
    int parallel = a->s->cfg->parallel > 0 ? a->s->cfg->parallel : DEFAULT_PARALLEL, answered = 0;
    const apr_array_header_t *parts = make_parts(a);
    xc_error_t *first_error = NULL;
    for (int from = 0; from < parts->nelts && !a->days_refused && !a->batch_refused; from += parallel) {
        int n = parts->nelts - from < parallel ? parts->nelts - from : parallel;
        const part_t *part = &APR_ARRAY_IDX(parts, from, part_t);
        xc_ews_call_t *calls = apr_pcalloc(a->pool, (apr_size_t)n * sizeof *calls);
        for (int i = 0; i < n; i++)
            begin_part(&calls[i], a, &part[i], a->pool);
        XC_TRY(xc_ews_run(calls, n, a->s, a->state, a->pool));
        for (int i = 0; i < n; i++) {
            if (!calls[i].error) {
                read_part(a, &calls[i], &part[i]);
                answered++;
                continue;
            }
            if (note_refusal(a, calls[i].error))
                continue;
            first_error = first_error ? first_error : calls[i].error;
            if (calls[i].error->status == 401)
                return calls[i].error;
            for (int k = 0; k < part[i].n; k++)
                fail(&a->out[part[i].first + k], calls[i].error);
        }
    }
    return answered || a->days_refused || a->batch_refused ? NULL : first_error;
}

/* ---- limits that were learned ---- */

static const char *limits_key(const ask_t *a)
{
    return apr_pstrcat(a->pool, "ews-availability ", a->state->url, NULL);
}

static void recall_limits(ask_t *a)
{
    const char *known = a->s->memo_get ? a->s->memo_get(a->s->memo_ctx, limits_key(a), a->pool) : NULL;
    const char *slash = known ? strchr(known, '/') : NULL;
    a->batch = slash ? xc_ews_int(apr_pstrmemdup(a->pool, known, (apr_size_t)(slash - known)), 1, MAX_MAILBOXES, MAX_MAILBOXES) : MAX_MAILBOXES;
    a->days = slash ? xc_ews_int(slash + 1, 1, MAX_DAYS, MAX_DAYS) : MAX_DAYS;
}

static int half(int limit, apr_time_t asked)
{
    int used = asked < limit ? (int)asked : limit;
    return used > 1 ? used / 2 : 1;
}

/* @return 0 when nothing smaller can be asked */
static int shrink(ask_t *a)
{
    int batch = a->batch, days = a->days;
    if (a->batch_refused)
        a->batch = half(a->batch, a->n);
    if (a->days_refused)
        a->days = half(a->days, (a->to - a->from + DAY - 1) / DAY);
    a->batch_refused = a->days_refused = 0;
    if (batch == a->batch && days == a->days)
        return 0;
    if (a->s->memo_set)
        a->s->memo_set(a->s->memo_ctx, limits_key(a), apr_psprintf(a->pool, "%d/%d", a->batch, a->days), REMEMBER_LIMITS);
    return 1;
}

static int by_start(const void *x, const void *y)
{
    const xc_busy_span_t *a = x, *b = y;
    return a->start != b->start ? (a->start > b->start) - (a->start < b->start) : (a->end > b->end) - (a->end < b->end);
}

static xc_error_t *availability(xc_availability_t *out, xc_session_t *s, const char *const *addresses, int n, apr_time_t from, apr_time_t to,
                                apr_pool_t *pool)
{
    ask_t a = {.s = s, .addresses = addresses, .n = n, .from = from, .to = to, .out = out, .pool = pool};
    XC_TRY(xc_ews_state(&a.state, s, pool));
    recall_limits(&a);
    for (;;) {
        memset(out, 0, (apr_size_t)n * sizeof *out);
        XC_TRY(ask_all(&a));
        if (!a.days_refused && !a.batch_refused)
            break;
        if (!shrink(&a))
            return xc_error_make(pool, 502, XC_COND_NONE, "Exchange takes no question for free/busy times.");
    }
    for (int i = 0; i < n; i++) {
        if (!out[i].view && !out[i].error)
            out[i].error = xc_ews_error("ErrorFreeBusyGenerationFailed", "an answer without a view", pool);
        if (out[i].view)
            qsort(out[i].view->spans->elts, (size_t)out[i].view->spans->nelts, sizeof(xc_busy_span_t), by_start);
    }
    return NULL;
}

const xc_people_ops_t xc_ews_people = {
    .availability = availability,
    .resolve = xc_ews_people_resolve,
    .expand_list = xc_ews_people_expand_list,
    .rooms = xc_ews_people_rooms,
};
