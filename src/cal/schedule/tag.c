/* SPDX-License-Identifier: Apache-2.0 */
/* What a scheduling server makes of the lines of a text: what it leaves out, and a tag of all that is the client's. */
#include "cal/schedule.h"

#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/crypt.h"
#include "cal/object/text_tree.h"

static int is_person(const xc_line_t *line)
{
    return strcmp(line->name, "ATTENDEE") == 0 || strcmp(line->name, "ORGANIZER") == 0;
}

const char *xc_schedule_clean(apr_size_t *out_len, const char *text, apr_size_t len, apr_pool_t *pool)
{
    static const char *const dropped[] = {"SCHEDULE-FORCE-SEND", "SCHEDULE-STATUS", "X-MS-OLK-RESPTIME", NULL};
    xc_render_t r = {xc_buf_make(pool, 0), NULL, pool};
    apr_size_t pos = 0;
    xc_line_t line;
    int changed = 0;

    while (xc_line_next(text, len, &pos, &line)) {
        const char *whole = is_person(&line) ? xc_tree_line(&line, pool) : NULL, *less = whole;
        for (int i = 0; less && dropped[i]; i++)
            less = xc_tree_drop_param(less, dropped[i], pool);
        if (less == whole) {
            xc_buf_append(r.buf, line.raw, line.raw_len);
        } else {
            xc_render_line(&r, less);
            changed = 1;
        }
    }
    *out_len = changed ? r.buf->len : len;
    return changed ? r.buf->data : text;
}

/* Stamps are those of whoever wrote last, be it a server. */
static int is_stamp(const char *name)
{
    return strcmp(name, "DTSTAMP") == 0 || strcmp(name, "LAST-MODIFIED") == 0 || strcmp(name, "SEQUENCE") == 0 ||
           strcmp(name, "CREATED") == 0 || strcmp(name, "REQUEST-STATUS") == 0;
}

static int is_one_of(const char *address, const char *const *list)
{
    for (; address && list && *list; list++) {
        if (strcasecmp(*list, address) == 0)
            return 1;
    }
    return 0;
}

/* A person's line without what others, or a server, put on it. */
static const char *bare_person(const xc_line_t *line, const char *const *me, apr_pool_t *pool)
{
    static const char *const theirs[] = {"SCHEDULE-STATUS", "SCHEDULE-FORCE-SEND", "X-MS-OLK-RESPTIME", "PARTSTAT", "RSVP", NULL};
    int mine = is_one_of(xc_tree_address(line, pool), me), n = 0;
    const char *s = xc_tree_line(line, pool);

    for (; theirs[n]; n++) {
        if (!mine || n < 3)
            s = xc_tree_drop_param(s, theirs[n], pool);
    }
    return s;
}

/* Has the organizer, or the owner's program, said that no server is to schedule this? */
static int is_unscheduled(const xc_line_t *line, apr_pool_t *pool)
{
    const char *agent = xc_tree_param(xc_tree_line(line, pool), "SCHEDULE-AGENT", pool);
    return agent && (strcasecmp(agent, "CLIENT") == 0 || strcasecmp(agent, "NONE") == 0);
}

const char *xc_schedule_tag(const char *text, apr_size_t len, const char *const *me, apr_pool_t *pool)
{
    apr_pool_t *tmp;
    apr_size_t pos = 0;
    xc_line_t line;
    int in_alarm = 0, organizer = 0, attendee = 0, unscheduled = 0;
    const char *tag = NULL;

    apr_pool_create(&tmp, pool);
    xc_buf_t *all = xc_buf_make(tmp, 0);
    while (xc_line_next(text, len, &pos, &line)) {
        if (xc_line_delimits(&line, "BEGIN", "VALARM") || xc_line_delimits(&line, "END", "VALARM"))
            in_alarm = line.name[0] == 'B';
        if (!line.name[0] || is_stamp(line.name))
            continue;
        if (is_person(&line) && !in_alarm) {
            organizer |= line.name[0] == 'O';
            attendee |= line.name[0] == 'A';
            unscheduled |= line.name[0] == 'O' && is_unscheduled(&line, tmp);
            xc_buf_puts(all, bare_person(&line, me, tmp));
        } else {
            xc_buf_puts(all, xc_tree_line(&line, tmp));
        }
        xc_buf_puts(all, "\n");
    }
    if (organizer && attendee && !unscheduled)
        tag = xc_crypt_hex(pool, 16, "schedule-tag", all->data, NULL);
    apr_pool_destroy(tmp);
    return tag;
}

int xc_schedule_tag_matches(const char *header, const char *tag)
{
    if (!tag)
        return 0;
    for (const char *p = header + strspn(header, " \t,"); *p; p += strspn(p, " \t,")) {
        if (*p == '*')
            return 1;
        const char *end = *p == '"' ? strchr(p + 1, '"') : NULL;
        if (!end)
            return 0;
        if ((apr_size_t)(end - p - 1) == strlen(tag) && strncmp(p + 1, tag, strlen(tag)) == 0)
            return 1;
        p = end + 1;
    }
    return 0;
}
