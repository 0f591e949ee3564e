/* SPDX-License-Identifier: Apache-2.0 */
/* The question for free/busy time (RFC 5546 3.3.2), as clients POST it to an outbox. */
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "cal/busy.h"
#include "cal/object/lines.h"
#include "cal/object/object_priv.h"
#include "cal/object/text_tree.h"

#define MAX_ADDRESS 320 /* 64 + @ + 255 octets (RFC 3696 errata 1690) */

static xc_error_t *bad_message(apr_pool_t *pool, const char *why)
{
    return xc_error_make(pool, 0, XC_COND_VALID_SCHEDULING_MESSAGE, "The request for free/busy times is not valid: %s.", why);
}

/* A message is not held to what a calendar object must be. */
static xc_error_t *parse(xc_object_t **out, const char *text, apr_size_t len, apr_pool_t *pool)
{
    xc_error_t *err = xc_object_parse_stored(out, text, len, pool);
    if (err && err->cond == XC_COND_VALID_CALENDAR_OBJECT) {
        err->cond = XC_COND_VALID_SCHEDULING_MESSAGE;
        err->status = xc_cond_status(err->cond);
    }
    return err;
}

xc_error_t *xc_itip_kind(const char **method, const char **component, const char *text, apr_size_t len, apr_pool_t *pool)
{
    xc_object_t *obj;
    XC_TRY(parse(&obj, text, len, pool));
    const char *written = xc_comp_text(obj->vcalendar, ICAL_METHOD_PROPERTY, NULL, pool);
    char *upper = apr_pstrdup(pool, written ? written : "");
    for (char *p = upper; *p; p++)
        *p = (char)apr_toupper(*p);
    *method = upper;
    *component = icalcomponent_kind_to_string(icalcomponent_isa(APR_ARRAY_IDX(obj->comps, 0, icalcomponent *)));
    return NULL;
}

static int hex_value(char c)
{
    return apr_isdigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

const char *xc_mailto_address(const char *value, apr_pool_t *pool)
{
    if (strncasecmp(value, "mailto:", 7) == 0)
        value += 7;
    else if (strchr(value, ':'))
        return NULL;
    apr_size_t n = strcspn(value, "?"), at = 0, len = 0;
    if (n == 0 || n > MAX_ADDRESS)
        return NULL;
    char *out = apr_palloc(pool, n + 1);
    for (apr_size_t i = 0; i < n; i++) {
        int c = (unsigned char)value[i];
        if (c == '%' && i + 2 < n && hex_value(value[i + 1]) >= 0 && hex_value(value[i + 2]) >= 0) {
            c = hex_value(value[i + 1]) * 16 + hex_value(value[i + 2]);
            i += 2;
        }
        if (c <= ' ' || c == 0x7f || c == '/' || strchr("<>()[]\\,;:\"", c))
            return NULL;
        at += c == '@';
        out[len++] = (char)apr_tolower(c);
    }
    out[len] = '\0';
    return at == 1 && out[0] != '@' && out[len - 1] != '@' ? out : NULL;
}

/* ORGANIZER and ATTENDEEs as they are written; clients name people twice. */
static void read_people(xc_busy_request_t *r, const char *text, apr_size_t len, apr_pool_t *pool)
{
    apr_hash_t *met = apr_hash_make(pool);
    apr_size_t pos = 0;
    int inside = 0;
    xc_line_t line;
    while (xc_line_next(text, len, &pos, &line)) {
        if (xc_line_delimits(&line, "BEGIN", "VFREEBUSY") || xc_line_delimits(&line, "END", "VFREEBUSY"))
            inside = line.name[0] == 'B';
        if (!inside || (strcmp(line.name, "ATTENDEE") && strcmp(line.name, "ORGANIZER")))
            continue;
        xc_busy_asked_t who = { .value = xc_line_value(&line, pool), .line = xc_tree_line(&line, pool) };
        who.address = xc_mailto_address(who.value, pool);
        if (line.name[0] == 'O') {
            r->organizer = who.value;
            r->organizer_address = who.address;
            r->organizer_line = who.line;
            continue;
        }
        const char *key = who.address ? who.address : who.value;
        if (!*who.value || apr_hash_get(met, key, APR_HASH_KEY_STRING))
            continue;
        apr_hash_set(met, key, APR_HASH_KEY_STRING, key);
        APR_ARRAY_PUSH(r->asked, xc_busy_asked_t) = who;
    }
}

static xc_error_t *read_window(xc_busy_request_t *r, const xc_object_t *obj, icalcomponent *comp, apr_pool_t *pool)
{
    xc_when_t start, end;
    if (!xc_comp_when(obj, comp, ICAL_DTSTART_PROPERTY, &start))
        return bad_message(pool, "it has no DTSTART");
    if (!xc_comp_when(obj, comp, ICAL_DTEND_PROPERTY, &end)) {
        icalproperty *p = xc_comp_prop(comp, ICAL_DURATION_PROPERTY);
        if (!p)
            return bad_message(pool, "it has no DTEND");
        xc_when_add(&end, &start, icalproperty_get_duration(p), NULL);
    }
    r->start = xc_when_to_utc(&start, NULL);
    r->end = xc_when_to_utc(&end, NULL);
    if (r->end <= r->start)
        return bad_message(pool, "it ends before it starts");
    if (r->end - r->start > XC_BUSY_MAX_WINDOW)
        return bad_message(pool, "it asks for more than 400 days");
    if (start.wall.year < 1601 || end.wall.year > 4500)
        return bad_message(pool, "it asks for years that no calendar reaches");
    return NULL;
}

xc_error_t *xc_busy_request_parse(xc_busy_request_t **out, const char *text, apr_size_t len, int max_asked, apr_pool_t *pool)
{
    xc_object_t *obj;
    *out = NULL;
    XC_TRY(parse(&obj, text, len, pool));
    icalcomponent *comp = APR_ARRAY_IDX(obj->comps, 0, icalcomponent *);
    if (obj->comps->nelts != 1 || icalcomponent_isa(comp) != ICAL_VFREEBUSY_COMPONENT)
        return bad_message(pool, "it holds not exactly one VFREEBUSY");
    xc_busy_request_t *r = apr_pcalloc(pool, sizeof(*r));
    r->uid = xc_comp_text(comp, ICAL_UID_PROPERTY, NULL, pool);
    r->asked = apr_array_make(pool, 8, sizeof(xc_busy_asked_t));
    read_people(r, text, len, pool);
    if (!r->organizer || !*r->organizer)
        return bad_message(pool, "it has no ORGANIZER");
    if (!r->asked->nelts)
        return bad_message(pool, "it names no ATTENDEE");
    if (max_asked > 0 && r->asked->nelts > max_asked)
        return xc_error_make(pool, 0, XC_COND_MAX_ATTENDEES, "At most %d people can be asked for at once.", max_asked);
    const char *extended = xc_comp_text(comp, ICAL_X_PROPERTY, "X-CALENDARSERVER-EXTENDED-FREEBUSY", pool);
    r->extended = extended && strcasecmp(extended, "T") == 0;
    XC_TRY(read_window(r, obj, comp, pool));
    *out = r;
    return NULL;
}
