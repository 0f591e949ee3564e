/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept beside an item in Exchange: the client's own text, so that nothing of it is lost.
 *
 *   "xc1 " fingerprint(32) " " fingerprint-without-zone(32) " " flags " " raw-bytes " " base64(zlib(text))
 *
 * flags: "-" the whole text, "s" without DESCRIPTION and X-ALT-DESC, which Exchange holds itself;
 * followed by "f" and the owner's address among the attendees when it is somebody else's meeting.
 */
#include <apr_base64.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <zlib.h>

#include "cal/files.h"
#include "cal/object/event_priv.h"
#include "cal/object/html.h"
#include "cal/object/lines.h"
#include "cal/task/task_priv.h"
#include "cal/object.h"
#include "cal/schedule.h"

#define PREFIX "xc1 "
#define HEX 32
#define MAX_RAW (8 << 20)  /* what unpacking may give at most */

static const char *pack(const char *text, apr_size_t len, const char *flags, const xc_event_t *event, apr_pool_t *pool)
{
    apr_pool_t *tmp;
    uLongf z_len = compressBound(len);
    const char *out = NULL;

    apr_pool_create(&tmp, pool);
    unsigned char *z = apr_palloc(tmp, z_len);
    if (len <= MAX_RAW && compress2(z, &z_len, (const unsigned char *)text, len, Z_BEST_COMPRESSION) == Z_OK) {
        char *b64 = apr_palloc(tmp, (apr_size_t)apr_base64_encode_len((int)z_len));
        apr_base64_encode_binary(b64, z, (int)z_len);
        out = apr_psprintf(pool, PREFIX "%s %s %s%s %" APR_SIZE_T_FMT " %s", xc_event_fingerprint_of(event, 0, tmp),
                           xc_event_fingerprint_of(event, 1, tmp), flags,
                           event->is_organizer ? "" : apr_pstrcat(tmp, "f", event->my_address ? event->my_address : "", NULL), len, b64);
    }
    apr_pool_destroy(tmp);
    return out;
}

/* The text without the bodies of its events; alarms keep theirs. */
static const char *strip_bodies(const char *text, apr_size_t len, apr_size_t *out_len, apr_pool_t *pool)
{
    xc_buf_t *out = xc_buf_make(pool, 0);
    apr_size_t pos = 0;
    xc_line_t line;
    int in_alarm = 0;

    while (xc_line_next(text, len, &pos, &line)) {
        if (xc_line_delimits(&line, "BEGIN", "VALARM"))
            in_alarm = 1;
        if (xc_line_delimits(&line, "END", "VALARM"))
            in_alarm = 0;
        if (!in_alarm && (strcmp(line.name, "DESCRIPTION") == 0 || strcmp(line.name, "X-ALT-DESC") == 0))
            continue;
        xc_buf_append(out, line.raw, line.raw_len);
    }
    *out_len = out->len;
    return out->data;
}

/* The value of an X-ALT-DESC line, however it is folded and escaped; NULL for other lines. */
static const char *html_line(const xc_line_t *line, apr_pool_t *pool)
{
    if (strcmp(line->name, "X-ALT-DESC") != 0)
        return NULL;
    char *value = apr_pstrdup(pool, xc_text_bare(xc_line_value(line, pool), pool)), *w = value;
    for (const char *p = value; *p; p++)
        if (*p != '\\')
            *w++ = *p;
    *w = '\0';
    return value;
}

const char *xc_object_without_old_html(apr_size_t *out_len, const char *text, apr_size_t len, const char *before, apr_size_t before_len,
                                       apr_pool_t *pool)
{
    apr_hash_t *old = apr_hash_make(pool);
    xc_buf_t *out = xc_buf_make(pool, 0);
    xc_line_t line;

    for (apr_size_t pos = 0; xc_line_next(before, before_len, &pos, &line);) {
        const char *html = html_line(&line, pool);
        if (html)
            apr_hash_set(old, html, APR_HASH_KEY_STRING, "");
    }
    for (apr_size_t pos = 0; xc_line_next(text, len, &pos, &line);) {
        const char *html = html_line(&line, pool);
        if (!html || !apr_hash_get(old, html, APR_HASH_KEY_STRING))
            xc_buf_append(out, line.raw, line.raw_len);
    }
    *out_len = out->len;
    return out->data;
}

xc_error_t *xc_object_keep(const char **out, const xc_object_t *obj, const char *text, apr_size_t len, const xc_event_t *event,
                           apr_size_t max_bytes, apr_pool_t *pool)
{
    apr_size_t short_len;

    (void)obj;
    *out = pack(text, len, "-", event, pool);
    if (*out && (!max_bytes || strlen(*out) <= max_bytes))
        return NULL;
    const char *less = strip_bodies(text, len, &short_len, pool);
    *out = pack(less, short_len, "s", event, pool);
    if (*out && (!max_bytes || strlen(*out) <= max_bytes))
        return NULL;
    *out = NULL;
    return xc_error_make(pool, 0, XC_COND_MAX_RESOURCE_SIZE,
                         "The event holds more than can be kept in Exchange beside its own fields (%" APR_SIZE_T_FMT " bytes packed).", max_bytes);
}

static int is_hex(const char *s, apr_size_t n)
{
    for (apr_size_t i = 0; i < n; i++) {
        if (!apr_isxdigit(s[i]))
            return 0;
    }
    return s[n] == ' ';
}

int xc_kept_unpack(xc_kept_t *out, const char *kept, apr_pool_t *pool)
{
    const char *p = kept;
    char *end;

    memset(out, 0, sizeof(*out));
    if (!p || strncmp(p, PREFIX, sizeof(PREFIX) - 1) != 0)
        return 0;
    p += sizeof(PREFIX) - 1;
    if (strlen(p) < 2 * (HEX + 1) + 4 || !is_hex(p, HEX) || !is_hex(p + HEX + 1, HEX))
        return 0;
    out->fingerprint = apr_pstrmemdup(pool, p, HEX);
    out->fingerprint_no_zone = apr_pstrmemdup(pool, p + HEX + 1, HEX);
    p += 2 * (HEX + 1);
    if (*p != '-' && *p != 's')
        return 0;
    out->stripped = *p++ == 's';
    if (*p == 'f') {
        out->foreign = apr_pstrmemdup(pool, p + 1, strcspn(p + 1, " "));
        p += strcspn(p, " ");
    }
    if (*p++ != ' ')
        return 0;
    apr_int64_t raw = apr_strtoi64(p, &end, 10);
    if (end == p || *end != ' ' || raw <= 0 || raw > MAX_RAW || strlen(end + 1) > MAX_RAW)
        return 0;
    unsigned char *z = apr_palloc(pool, (apr_size_t)apr_base64_decode_len(end + 1) + 1);
    int z_len = apr_base64_decode_binary(z, end + 1);
    char *data = apr_palloc(pool, (apr_size_t)raw + 1);
    uLongf got = (uLongf)raw;
    if (z_len <= 0 || uncompress((unsigned char *)data, &got, z, (uLong)z_len) != Z_OK || got != (uLongf)raw)
        return 0;
    data[raw] = '\0';
    if (memchr(data, '\0', (apr_size_t)raw))
        return 0;
    out->text = data;
    return 1;
}

/* Does Exchange still hold what the client wrote? */
static int is_same(const xc_kept_t *kept, const xc_event_t *event, apr_pool_t *pool)
{
    if (strcmp(kept->fingerprint, xc_event_fingerprint_of(event, 0, pool)) == 0)
        return 1;
    /* a server that keeps no zone of single events: the instant is all that it can say */
    return (event->zone_guessed || event->start.kind == XC_WHEN_UTC) && !event->recur && strcmp(kept->fingerprint_no_zone, xc_event_fingerprint_of(event, 1, pool)) == 0;
}

/* Exchange changes of such UIDs the case and the date of an instance (digits 33 to 40). */
static int same_uid(const char *a, const char *b)
{
    static const char global_id[] = "040000008200E00074C5B7101A82E008";
    apr_size_t n = sizeof(global_id) - 1;

    if (!a || !b || strcmp(a, b) == 0)
        return a && b;
    return strncasecmp(a, global_id, n) == 0 && strncasecmp(b, global_id, n) == 0 && strlen(a) == strlen(b) && strlen(a) > n + 8 &&
           strcasecmp(a + n + 8, b + n + 8) == 0;
}

/*
 * Whoever may write to the item in Exchange, or sent it, may have put another text beside the fingerprints: it is
 * used only when a client could have sent it for this event, ...
 */
static int is_of(xc_object_t **obj, const xc_kept_t *kept, const xc_event_t *event, apr_pool_t *pool)
{
    return !xc_object_parse(obj, kept->text, strlen(kept->text), NULL, pool) && same_uid(xc_object_uid(*obj), event->uid);
}

/* ... and given back as it is only when it says what its fingerprint says. */
static int is_honest(const xc_object_t *obj, const xc_kept_t *kept, const xc_event_t *event, apr_pool_t *pool)
{
    const xc_zone_t *zone = event->task ? event->task->zone : event->start.kind == XC_WHEN_ZONED ? event->start.zone : NULL;
    const char *me[] = {kept->foreign && *kept->foreign ? kept->foreign : NULL, NULL};
    xc_event_t *said;

    if (xc_object_to_event(&said, obj, me, zone, pool))
        return 0;
    if (!kept->foreign && said->organizer.address) { /* the owner's own meeting */
        me[0] = said->organizer.address;
        if (xc_object_to_event(&said, obj, me, zone, pool))
            return 0;
    }
    if (event->task && (!said->task || !xc_task_completed_alike(said, event)))
        return 0;
    return strcmp(kept->fingerprint, xc_event_fingerprint_of(said, 0, pool)) == 0 ||
           strcmp(kept->fingerprint_no_zone, xc_event_fingerprint_of(said, 1, pool)) == 0;
}

static const char *text_for(const xc_event_t *event, apr_pool_t *pool)
{
    const char *text = NULL;
    xc_kept_t kept;
    xc_object_t *obj;
    apr_pool_t *tmp;

    if (!event->kept)
        return xc_event_to_text(event, pool);
    apr_pool_create(&tmp, pool);
    if (xc_kept_unpack(&kept, event->kept, tmp) && is_of(&obj, &kept, event, tmp)) {
        const xc_event_t *now = kept.foreign && !event->is_meeting ? xc_kept_with_people(kept.text, kept.foreign, event, tmp) : event;
        if (now)
            now = xc_kept_with_elsewhere(kept.text, now, tmp);
        int same = now && is_same(&kept, now, tmp) && !kept.stripped && is_honest(obj, &kept, event, tmp);
        int tracked = same && now->is_organizer && xc_schedule_has_people(now);
        if (same && !(tracked && (now->invited || xc_kept_answers_differ(kept.text, now, tmp))))
            text = kept.text;
        else if (now)
            text = xc_kept_merge(kept.text, now, tracked && !xc_kept_answers_differ(kept.text, now, tmp), tmp);
    }
    text = text ? apr_pstrdup(pool, text) : NULL;
    apr_pool_destroy(tmp);
    return text ? text : xc_event_to_text(event, pool);
}

const char *xc_object_text_for(const xc_event_t *event, apr_pool_t *pool)
{
    return xc_files_apply(text_for(event, pool), event, pool);
}
