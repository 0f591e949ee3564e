/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file fake_mailbox.h
 * A mailbox made of an array in the place of src/mailbox: its functions are defined here, so the
 * linker does not take those of the library.
 */
#ifndef XC_T_FAKE_MAILBOX_H
#define XC_T_FAKE_MAILBOX_H

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "mailbox/mailbox.h"
#include "mailbox/sharing.h"

#define FAKE_ITEMS 2000
/* not every test uses every helper */
#define FAKE_HELPER __attribute__((unused)) static

typedef struct fake_item_t {
    xc_item_t item;
    const char *text;
    const char *props;
    xc_error_t *error;      /* loading it fails so */
    int calendar;
} fake_item_t;

struct xc_mailbox_t {
    xc_calendar_t calendars[4]; /* the last one is the scheduling inbox */
    xc_calinfo_t info[4];
    int n_calendars;
    fake_item_t items[FAKE_ITEMS];
    int n_items;
    apr_table_t *props;
    int refreshes, loads, loaded, puts;
    int settled;            /* an earlier listing is young enough for multigets */
    xc_error_t *refresh_error;
    xc_error_t *set_error;
    int verbatim;
    apr_pool_t *pool;
};

static apr_pool_t *fake_pool;
static xc_mailbox_t fake_box;

/* ---- the mailbox ---- */

const char *xc_mailbox_address(const xc_mailbox_t *m)
{
    (void)m;
    return "alice@contoso.example";
}

int xc_mailbox_is_read_only(const xc_mailbox_t *m)
{
    (void)m;
    return 0;
}

xc_error_t *xc_mailbox_other(xc_mailbox_t **out, xc_mailbox_t *own, const char *address, apr_pool_t *pool)
{
    *out = strcmp(address, xc_mailbox_address(own)) ? NULL : own;
    return *out ? NULL : xc_error_make(pool, 404, XC_COND_NONE, "closed");
}

int xc_mailbox_is_own(const xc_mailbox_t *m)
{
    (void)m;
    return 1;
}

const char *const *xc_mailbox_addresses(const xc_mailbox_t *m, apr_pool_t *pool)
{
    static const char *const me[] = { "alice@contoso.example", "a.adams@contoso.example", NULL };
    (void)m;
    (void)pool;
    return me;
}

xc_error_t *xc_calendar_permissions(apr_array_header_t **out, xc_calendar_t *cal, apr_pool_t *pool)
{
    (void)cal;
    *out = apr_array_make(pool, 1, sizeof(xc_permission_t));
    return NULL;
}

xc_error_t *xc_mailbox_shared(apr_array_header_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    (void)m;
    *out = apr_array_make(pool, 1, sizeof(xc_sharedcal_t));
    return NULL;
}

xc_error_t *xc_mailbox_proxies(xc_proxies_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    (void)m;
    *out = apr_pcalloc(pool, sizeof(**out));
    (*out)->readers = apr_array_make(pool, 1, sizeof(const char *));
    (*out)->writers = apr_array_make(pool, 1, sizeof(const char *));
    return NULL;
}

xc_error_t *xc_mailbox_set_proxies(xc_mailbox_t *m, int writers, const apr_array_header_t *addresses, apr_pool_t *pool)
{
    (void)m;
    (void)writers;
    (void)addresses;
    (void)pool;
    return NULL;
}

xc_error_t *xc_calendar_set_permissions(xc_calendar_t *cal, const apr_array_header_t *permissions, apr_pool_t *pool)
{
    (void)cal;
    (void)permissions;
    (void)pool;
    return NULL;
}

const char *xc_mailbox_display_name(const xc_mailbox_t *m)
{
    (void)m;
    return "Alice <Adams> & Co";
}

const xc_zone_t *xc_mailbox_zone(const xc_mailbox_t *m)
{
    (void)m;
    return NULL;
}

xc_error_t *xc_mailbox_calendars(apr_array_header_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    *out = apr_array_make(pool, 3, sizeof(xc_calendar_t *));
    for (int i = 0; i < m->n_calendars; i++)
        APR_ARRAY_PUSH(*out, xc_calendar_t *) = &m->calendars[i];
    return NULL;
}

xc_error_t *xc_mailbox_calendar(xc_calendar_t **out, xc_mailbox_t *m, const char *segment, apr_pool_t *pool)
{
    (void)pool;
    *out = NULL;
    for (int i = 0; i < m->n_calendars; i++)
        if (!strcmp(m->calendars[i].segment, segment))
            *out = &m->calendars[i];
    return NULL;
}

static void fake_fill_calendar(xc_calendar_t *cal, const char *segment, const char *name)
{
    memset(cal, 0, sizeof(*cal));
    cal->mailbox = &fake_box;
    cal->segment = segment;
    cal->folder.display_name = name;
    cal->folder.id = segment;
    cal->folder.rights = 0x3f;
    cal->key.folder = segment;
    cal->components = XC_COMP_VEVENT;
    cal->props = apr_table_make(fake_pool, 4);
}

#define FAKE_INBOX 3

xc_error_t *xc_mailbox_inbox(xc_calendar_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    (void)pool;
    *out = &m->calendars[FAKE_INBOX];
    if (!(*out)->is_inbox) {
        fake_fill_calendar(*out, "inbox", "Inbox");
        (*out)->is_inbox = 1;
        m->info[FAKE_INBOX].epoch = "00e0";
        m->info[FAKE_INBOX].seq = 1;
    }
    return NULL;
}

/* Every meeting can be moved, but by nobody who does not say to when. */
xc_error_t *xc_mailbox_propose(const char **organizer, xc_mailbox_t *m, const char *text, apr_size_t len, apr_pool_t *pool)
{
    (void)m;
    *organizer = "bob@contoso.example";
    return len && strstr(text, "DTSTART") ? NULL : xc_error_make(pool, 0, XC_COND_VALID_SCHEDULING_MESSAGE, "no time");
}

static xc_calendar_t *fake_calendar(const char *segment, const char *name)
{
    xc_calendar_t *cal = &fake_box.calendars[fake_box.n_calendars];
    fake_fill_calendar(cal, segment, name);
    fake_box.info[fake_box.n_calendars].epoch = "00e0";
    fake_box.info[fake_box.n_calendars++].seq = 1;
    return cal;
}

xc_error_t *xc_calendar_create(xc_calendar_t **out, xc_mailbox_t *m, const char *segment, const char *name, int components,
                               apr_table_t *props, apr_pool_t *pool)
{
    if (m->n_calendars == 3)
        return xc_error_make(pool, 507, XC_COND_NONE, "full");
    *out = fake_calendar(apr_pstrdup(fake_pool, segment), apr_pstrdup(fake_pool, name ? name : segment));
    (*out)->components = components;
    if (props)
        (*out)->props = apr_table_clone(fake_pool, props);
    return NULL;
}

xc_error_t *xc_calendar_delete(xc_calendar_t *cal, apr_pool_t *pool)
{
    (void)pool;
    if (cal == &fake_box.calendars[0])
        return xc_error_make(pool, 0, XC_COND_CANNOT_REMOVE, "The default calendar stays.");
    fake_box.n_calendars--;
    return NULL;
}

static void fake_merge(apr_table_t *props, apr_table_t *set, apr_array_header_t *removed)
{
    const apr_array_header_t *rows = apr_table_elts(set);
    for (int i = 0; i < removed->nelts; i++)
        apr_table_unset(props, APR_ARRAY_IDX(removed, i, const char *));
    for (int i = 0; i < rows->nelts; i++)
        apr_table_set(props, APR_ARRAY_IDX(rows, i, apr_table_entry_t).key, APR_ARRAY_IDX(rows, i, apr_table_entry_t).val);
}

xc_error_t *xc_calendar_set_props(xc_calendar_t *cal, const char *name, apr_table_t *set, apr_array_header_t *removed, apr_pool_t *pool)
{
    (void)pool;
    if (fake_box.set_error)
        return fake_box.set_error;
    if (name)
        cal->folder.display_name = apr_pstrdup(fake_pool, name);
    fake_merge(cal->props, set, removed);
    return NULL;
}

xc_error_t *xc_mailbox_props(apr_table_t **out, xc_mailbox_t *m, apr_pool_t *pool)
{
    *out = apr_table_clone(pool, m->props);
    return NULL;
}

xc_error_t *xc_mailbox_set_props(xc_mailbox_t *m, apr_table_t *set, apr_array_header_t *removed, apr_pool_t *pool)
{
    (void)pool;
    fake_merge(m->props, set, removed);
    return NULL;
}

xc_error_t *xc_calendar_refresh(xc_calendar_t *cal, apr_pool_t *pool)
{
    (void)pool;
    if (cal->refreshed) {
        cal->info = &fake_box.info[cal - fake_box.calendars];
        return NULL;
    }
    fake_box.refreshes++;
    if (fake_box.refresh_error)
        return fake_box.refresh_error;
    cal->info = &fake_box.info[cal - fake_box.calendars];
    return NULL;
}

int xc_calendar_settle_for(xc_calendar_t *cal, apr_interval_time_t age, apr_pool_t *pool)
{
    (void)age;
    (void)pool;
    return cal->refreshed = fake_box.settled;
}

void xc_calendar_unsettle(xc_calendar_t *cal)
{
    cal->refreshed = 0;
}

xc_error_t *xc_calendar_refresh_all(apr_array_header_t *calendars, apr_pool_t *pool)
{
    for (int i = 0; i < calendars->nelts; i++)
        XC_TRY(xc_calendar_refresh(APR_ARRAY_IDX(calendars, i, xc_calendar_t *), pool));
    return NULL;
}

const char *xc_calendar_token(const xc_calendar_t *cal, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%s-%" APR_UINT64_T_FMT, cal->info->epoch, cal->info->seq);
}

int xc_calendar_parse_token(const xc_calendar_t *cal, const char *token, apr_uint64_t *seq)
{
    if (strncmp(token, "00e0-", 5))
        return -1;
    *seq = (apr_uint64_t)apr_atoi64(token + 5);
    return *seq <= cal->info->seq ? 0 : -1;
}

xc_error_t *xc_calendar_list(apr_array_header_t **items, xc_calendar_t *cal, apr_pool_t *pool)
{
    *items = apr_array_make(pool, 16, sizeof(xc_item_t));
    for (int i = 0; i < fake_box.n_items; i++)
        if (&fake_box.calendars[fake_box.items[i].calendar] == cal && !fake_box.items[i].item.deleted)
            APR_ARRAY_PUSH(*items, xc_item_t) = fake_box.items[i].item;
    return NULL;
}

xc_error_t *xc_calendar_since(apr_array_header_t **items, int *more, apr_uint64_t *token_seq, xc_calendar_t *cal, apr_uint64_t seq, int limit, apr_pool_t *pool)
{
    *items = apr_array_make(pool, 16, sizeof(xc_item_t));
    *more = 0;
    *token_seq = cal->info->seq;
    for (int i = 0; i < fake_box.n_items; i++) {
        const fake_item_t *f = &fake_box.items[i];
        if (&fake_box.calendars[f->calendar] != cal || f->item.changed_seq <= seq)
            continue;
        if (limit && (*items)->nelts == limit) {
            *more = 1;
            *token_seq = APR_ARRAY_IDX(*items, limit - 1, xc_item_t).changed_seq;
            break;
        }
        APR_ARRAY_PUSH(*items, xc_item_t) = f->item;
    }
    return NULL;
}

static fake_item_t *fake_find(const xc_calendar_t *cal, const char *href)
{
    for (int i = 0; i < fake_box.n_items; i++)
        if (&fake_box.calendars[fake_box.items[i].calendar] == cal && !fake_box.items[i].item.deleted && !strcmp(fake_box.items[i].item.href, href))
            return &fake_box.items[i];
    return NULL;
}

xc_error_t *xc_calendar_item(xc_item_t **out, xc_calendar_t *cal, const char *href, apr_pool_t *pool)
{
    const fake_item_t *f = fake_find(cal, href);
    *out = f ? apr_pmemdup(pool, &f->item, sizeof(f->item)) : NULL;
    return NULL;
}

xc_error_t *xc_calendar_load(xc_loaded_t **out, xc_calendar_t *cal, const xc_item_t *const *items, int n, apr_pool_t *pool)
{
    fake_box.loads++;
    fake_box.loaded += n;
    *out = apr_pcalloc(pool, sizeof(xc_loaded_t) * (apr_size_t)(n + 1));
    for (int i = 0; i < n; i++) {
        fake_item_t *f = fake_find(cal, items[i]->href);
        xc_loaded_t *one = &(*out)[i];
        one->item = items[i];
        if (!f)
            one->error = xc_error_make(pool, 404, XC_COND_NONE, "gone");
        else if (f->error && f->error->status == 503)
            return f->error;
        else if (f->error)
            one->error = f->error;
        else {
            one->text = f->text;
            one->len = strlen(f->text);
            one->props = f->props;
        }
    }
    return NULL;
}

const char *xc_calendar_schedule_tag(const xc_calendar_t *cal, const xc_loaded_t *loaded, apr_pool_t *pool)
{
    (void)cal;
    (void)pool;
    return loaded->text && strstr(loaded->text, "\r\nATTENDEE") ? "5c4ed" : NULL;
}

static fake_item_t *fake_add(int calendar, const char *href, const char *text)
{
    fake_item_t *f = &fake_box.items[fake_box.n_items++];
    memset(f, 0, sizeof(*f));
    f->calendar = calendar;
    f->item.href = apr_pstrdup(fake_pool, href);
    f->item.id = f->item.href;
    f->item.etag = apr_psprintf(fake_pool, "e%d", fake_box.n_items);
    f->item.changed_seq = ++fake_box.info[calendar].seq;
    f->text = text;
    return f;
}

xc_error_t *xc_expect_check(const xc_expect_t *expect, const xc_item_t *item, apr_pool_t *pool)
{
    if (expect->if_match && (!item || (strcmp(expect->if_match, "*") && !strstr(expect->if_match, apr_pstrcat(pool, "\"", item->etag, "\"", NULL)))))
        return xc_error_make(pool, 412, XC_COND_NONE, "no match");
    if (expect->if_none_match && item)
        return xc_error_make(pool, 412, XC_COND_NONE, "exists");
    return NULL;
}

xc_error_t *xc_calendar_put_with(xc_put_result_t *out, xc_calendar_t *cal, const char *href, const char *text, apr_size_t len,
                                 apr_hash_t *files, const xc_expect_t *expect, apr_pool_t *pool)
{
    fake_item_t *f = fake_find(cal, href);
    (void)files;
    fake_box.puts++;
    XC_TRY(xc_expect_check(expect, f ? &f->item : NULL, pool));
    if (strstr(text, "UID:taken"))
        return xc_error_href(xc_error_make(pool, 0, XC_COND_NO_UID_CONFLICT, "The UID is taken."), pool, "other one.ics");
    out->created = !f;
    if (!f)
        f = fake_add((int)(cal - fake_box.calendars), href, NULL);
    f->text = apr_pstrmemdup(fake_pool, text, len);
    f->item.etag = apr_psprintf(fake_pool, "p%d", fake_box.puts);
    f->item.changed_seq = ++fake_box.info[f->calendar].seq;
    out->item = f->item;
    out->verbatim = fake_box.verbatim;
    return NULL;
}

/* objects of the fake have no files */
xc_error_t *xc_calendar_file(xc_newfile_t **out, xc_calendar_t *cal, const xc_item_t *item, const char *key, apr_pool_t *pool)
{
    (void)out, (void)cal, (void)item, (void)key;
    return xc_error_make(pool, 404, XC_COND_NONE, "no file");
}

xc_error_t *xc_calendar_edit_file(xc_put_result_t *out, xc_calendar_t *cal, const char *href, const char *key, xc_newfile_t **file,
                                  const apr_array_header_t *rids, const xc_expect_t *expect, apr_pool_t *pool)
{
    (void)out, (void)cal, (void)href, (void)key, (void)file, (void)rids, (void)expect;
    return xc_error_make(pool, 404, XC_COND_NONE, "no file");
}

xc_error_t *xc_calendar_remove(xc_calendar_t *cal, const char *href, const xc_expect_t *expect, apr_pool_t *pool)
{
    fake_item_t *f = fake_find(cal, href);
    XC_TRY(xc_expect_check(expect, f ? &f->item : NULL, pool));
    if (!f)
        return xc_error_make(pool, 404, XC_COND_NONE, "absent");
    f->item.deleted = 1;
    f->item.changed_seq = ++fake_box.info[f->calendar].seq;
    return NULL;
}

xc_error_t *xc_calendar_transfer(xc_put_result_t *out, xc_calendar_t *from, const char *href, xc_calendar_t *to, const char *to_href,
                                 int copy, int overwrite, const xc_expect_t *expect, apr_pool_t *pool)
{
    fake_item_t *f = fake_find(from, href), *t = fake_find(to, to_href);
    (void)expect;
    if (!f)
        return xc_error_make(pool, 404, XC_COND_NONE, "absent");
    if (t && !overwrite)
        return xc_error_make(pool, 412, XC_COND_NONE, "exists");
    out->created = !t;
    if (!t)
        t = fake_add((int)(to - fake_box.calendars), to_href, f->text);
    out->item = t->item;
    if (!copy)
        f->item.deleted = 1;
    return NULL;
}

/* One property per line: "key\n xml\n". */
apr_table_t *xc_props_parse(const char *text, apr_pool_t *pool)
{
    apr_table_t *props = apr_table_make(pool, 4);
    char *copy = apr_pstrdup(pool, text ? text : ""), *state, *key;
    for (key = apr_strtok(copy, "\n", &state); key; key = apr_strtok(NULL, "\n", &state))
        apr_table_addn(props, key, apr_strtok(NULL, "\n", &state));
    return props;
}

const char *xc_props_format(const apr_table_t *props, apr_pool_t *pool)
{
    const apr_array_header_t *rows = apr_table_elts(props);
    const char *text = "";
    for (int i = 0; i < rows->nelts; i++)
        text = apr_pstrcat(pool, text, APR_ARRAY_IDX(rows, i, apr_table_entry_t).key, "\n", APR_ARRAY_IDX(rows, i, apr_table_entry_t).val, "\n", NULL);
    return text;
}

xc_error_t *xc_calendar_set_item_props(xc_calendar_t *cal, const xc_item_t *item, apr_table_t *set, apr_array_header_t *removed, apr_pool_t *pool)
{
    fake_item_t *f = fake_find(cal, item->href);
    apr_table_t *props = xc_props_parse(f->props, pool);
    fake_merge(props, set, removed);
    f->props = apr_pstrdup(fake_pool, xc_props_format(props, pool));
    return NULL;
}

FAKE_HELPER const char *fake_event(const char *uid, const char *start, const char *summary)
{
    return apr_psprintf(fake_pool,
                        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20270101T000000Z\r\n"
                        "CREATED:20270101T000000Z\r\nLAST-MODIFIED:20270102T030405Z\r\nDTSTART:%s\r\nDURATION:PT1H\r\nSUMMARY:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                        uid, start, summary);
}

#include "fake_people.h"

/* A fresh mailbox on fake_pool: calendar/ with two events, work/ with one. */
static void fake_fill(void)
{
    memset(&fake_box, 0, sizeof(fake_box));
    memset(&fake_people, 0, sizeof(fake_people));
    fake_box.pool = fake_pool;
    fake_box.verbatim = 1;
    fake_box.props = apr_table_make(fake_pool, 4);
    fake_calendar("calendar", "Calendar");
    fake_calendar("work", "Work & Play");
    fake_add(0, "one.ics", fake_event("one", "20270301T100000Z", "First"));
    fake_add(0, "two @ x.ics", fake_event("two", "20270401T100000Z", "Second"));
    fake_add(1, "three.ics", fake_event("three", "20270501T100000Z", "Third"));
}

#endif
