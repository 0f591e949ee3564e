/* SPDX-License-Identifier: Apache-2.0 */
/* The mailbox layer between a real store and an Exchange made of an array: what it asks, how often,
 * and what it leaves behind when something fails. */
#include <check.h>
#include <apr_file_io.h>
#include <apr_strings.h>
#include <stdlib.h>

#include "mailbox/mailbox.h"

#define MAX_ITEMS 4000

/* ---- the array: items with change keys, a log of changes that SyncState counts along ---- */

typedef struct thing_t {
    const char *id, *key, *uid, *href;
    xc_event_t *event;
    int changed, deleted;       /* position in the change count */
    int unreadable;             /* status of its fetches, 0 = it can be read */
} thing_t;

static struct {
    apr_pool_t *pool;
    thing_t things[MAX_ITEMS];
    int n, clock;
    int syncs, fetches, fetched, creates, updates, deletes, folder_syncs;
    int endless; /* the list of folders never says that it is complete */
    int forget_state;           /* the next sync refuses its state */
    int fail_next_sync;         /* status */
    const char *props;
} ex;

static const char *next_key(void)
{
    return apr_psprintf(ex.pool, "key%d", ++ex.clock);
}

static thing_t *thing(const char *id)
{
    for (int i = 0; i < ex.n; i++)
        if (!ex.things[i].deleted && strcmp(ex.things[i].id, id) == 0)
            return &ex.things[i];
    return NULL;
}

static xc_event_t *own_event(const xc_event_t *e, const char *kept)
{
    /* only what the tests look at needs to live on: strings are copied, the rest is plain data */
    xc_event_t *out = apr_pmemdup(ex.pool, e, sizeof *e);
    out->uid = apr_pstrdup(ex.pool, e->uid);
    out->summary = e->summary ? apr_pstrdup(ex.pool, e->summary) : NULL;
    out->kept = kept ? apr_pstrdup(ex.pool, kept) : NULL;
    return out;
}

static thing_t *outlook_makes(const char *uid, const char *summary)
{
    thing_t *t = &ex.things[ex.n++];
    xc_event_t *e = xc_event_make(ex.pool);
    e->uid = apr_pstrdup(ex.pool, uid);
    e->summary = apr_pstrdup(ex.pool, summary);
    e->start.kind = e->end.kind = XC_WHEN_UTC;
    e->start.wall = (xc_wall_t){2027, 3, 1, 10, 0, 0};
    e->end.wall = (xc_wall_t){2027, 3, 1, 11, 0, 0};
    t->id = apr_psprintf(ex.pool, "id%d", ex.n);
    t->uid = e->uid;
    t->event = e;
    t->key = next_key();
    t->changed = ex.clock;
    return t;
}

static xc_error_t *fake_sign_in(xc_session_t *s, const char **address, apr_pool_t *pool)
{
    (void)pool;
    *address = s->account;
    return NULL;
}

static xc_error_t *fake_folder_sync(xc_folder_page_t **out, xc_session_t *s, const char *mailbox, const char *state, apr_pool_t *pool)
{
    (void)s;
    (void)mailbox;
    ex.folder_syncs++;
    xc_folder_page_t *page = apr_pcalloc(pool, sizeof *page);
    page->upserts = apr_array_make(pool, 4, sizeof(xc_folder_t));
    page->deletes = apr_array_make(pool, 1, sizeof(const char *));
    unsigned all = XC_RIGHT_READ | XC_RIGHT_CREATE | XC_RIGHT_MODIFY | XC_RIGHT_DELETE;
    if (!state || ex.props) {
        APR_ARRAY_PUSH(page->upserts, xc_folder_t) =
            (xc_folder_t){.id = "root", .display_name = "Top", .kind = XC_FOLDER_ROOT, .rights = all, .props = ex.props};
        APR_ARRAY_PUSH(page->upserts, xc_folder_t) = (xc_folder_t){
            .id = "cal", .display_name = "Kalender", .kind = XC_FOLDER_CALENDAR, .is_default = !state, .rights = all, .props = ex.props};
        APR_ARRAY_PUSH(page->upserts, xc_folder_t) =
            (xc_folder_t){.id = "other", .display_name = "A/B", .kind = XC_FOLDER_CALENDAR, .rights = all};
    }
    page->state = ex.endless ? apr_psprintf(pool, "h%d", ex.folder_syncs) : "h1";
    page->more = ex.endless && ex.folder_syncs < 5000;
    *out = page;
    return NULL;
}

static xc_error_t *fake_folder_update(xc_session_t *s, const char *mailbox, const xc_folder_t *f, apr_pool_t *pool)
{
    (void)s;
    (void)mailbox;
    (void)pool;
    ex.props = apr_pstrdup(ex.pool, f->props);
    return NULL;
}

static xc_error_t *fake_item_sync(xc_item_page_t **out, xc_session_t *s, const char *folder, const char *state, apr_pool_t *pool)
{
    (void)s;
    ex.syncs++;
    if (ex.fail_next_sync) {
        int status = ex.fail_next_sync;
        ex.fail_next_sync = 0;
        return xc_error_make(pool, status, XC_COND_NONE, "not now");
    }
    xc_item_page_t *page = apr_pcalloc(pool, sizeof *page);
    page->upserts = apr_array_make(pool, 16, sizeof(xc_item_ref_t));
    page->deletes = apr_array_make(pool, 16, sizeof(const char *));
    int since = state ? (int)apr_atoi64(state) : 0, last = since;
    if (state && ex.forget_state) {
        ex.forget_state = 0;
        page->reset = 1;
        since = last = 0;
    }
    if (strcmp(folder, "cal") == 0) {
        for (int pass = since + 1; pass <= ex.clock && page->upserts->nelts + page->deletes->nelts < 512; pass++) {
            for (int i = 0; i < ex.n; i++) {
                thing_t *t = &ex.things[i];
                if (t->changed != pass)
                    continue;
                if (!t->deleted)
                    APR_ARRAY_PUSH(page->upserts, xc_item_ref_t) =
                        (xc_item_ref_t){.id = t->id, .change_key = t->key, .uid = t->uid, .href = t->href};
                else if (since)
                    APR_ARRAY_PUSH(page->deletes, const char *) = t->id;
            }
            last = pass;
        }
        page->more = last < ex.clock;
    }
    page->state = apr_itoa(pool, last);
    *out = page;
    return NULL;
}

static void fake_item_sync_many(xc_item_page_t **pages, xc_error_t **errors, xc_session_t *s, const char *const *folders,
                                const char *const *states, int n, apr_pool_t *pool)
{
    for (int i = 0; i < n; i++)
        errors[i] = fake_item_sync(&pages[i], s, folders[i], states[i], pool);
}

static xc_error_t *fake_item_fetch(xc_fetched_t **out, xc_session_t *s, const char *const *ids, int n, apr_pool_t *pool)
{
    (void)s;
    ex.fetches++;
    ex.fetched += n;
    *out = apr_pcalloc(pool, (apr_size_t)n * sizeof **out);
    for (int i = 0; i < n; i++) {
        thing_t *t = thing(ids[i]);
        (*out)[i].id = ids[i];
        if (t && t->unreadable)
            (*out)[i].error = xc_error_make(pool, t->unreadable, XC_COND_NONE, "No.");
        else if (t) {
            (*out)[i].change_key = t->key;
            (*out)[i].event = t->event;
        } else
            (*out)[i].error = xc_error_make(pool, 404, XC_COND_NONE, "gone");
    }
    return NULL;
}

static xc_error_t *fake_item_create(xc_item_ref_t *out, xc_session_t *s, const char *folder, const xc_write_t *w, apr_pool_t *pool)
{
    (void)s;
    (void)folder;
    (void)pool;
    ex.creates++;
    thing_t *t = &ex.things[ex.n++];
    t->id = apr_psprintf(ex.pool, "id%d", ex.n);
    t->event = own_event(w->event, w->kept);
    t->uid = t->event->uid;
    t->href = apr_pstrdup(ex.pool, w->href);
    t->key = next_key();
    t->changed = ex.clock;
    out->id = t->id;
    out->change_key = t->key;
    return NULL;
}

static xc_error_t *fake_item_update(xc_item_ref_t *out, xc_session_t *s, const xc_item_ref_t *ref, const xc_event_t *before,
                                    const xc_write_t *w, apr_pool_t *pool)
{
    (void)s;
    (void)before;
    ex.updates++;
    thing_t *t = thing(ref->id);
    if (!t)
        return xc_error_make(pool, 404, XC_COND_NONE, "gone");
    if (strcmp(t->key, ref->change_key))
        return xc_error_make(pool, 412, XC_COND_NONE, "changed");
    t->event = own_event(w->event, w->kept);
    t->key = next_key();
    t->changed = ex.clock;
    out->id = t->id;
    out->change_key = t->key;
    return NULL;
}

static xc_error_t *fake_item_delete(xc_session_t *s, const xc_item_ref_t *ref, xc_notify_e notify, apr_pool_t *pool)
{
    (void)notify;
    (void)s;
    ex.deletes++;
    thing_t *t = thing(ref->id);
    if (!t)
        return xc_error_make(pool, 404, XC_COND_NONE, "gone");
    next_key();
    t->deleted = 1;
    t->changed = ex.clock;
    return NULL;
}

static const xc_backend_t fake = {
    .name = "array",
    .sign_in = fake_sign_in,
    .folder_sync = fake_folder_sync,
    .folder_update = fake_folder_update,
    .item_sync = fake_item_sync,
    .item_sync_many = fake_item_sync_many,
    .item_fetch = fake_item_fetch,
    .item_create = fake_item_create,
    .item_update = fake_item_update,
    .item_delete = fake_item_delete,
};

/* ---- a fixture: store in a directory of its own, a mailbox per request ---- */

static apr_pool_t *pool;
static xc_store_t *store;
static xc_mailbox_config_t config;
static xc_backend_config_t backend_config;

static void setup(void)
{
    char *dir = NULL;
    apr_pool_create(&pool, NULL);
    ck_assert_ptr_null(xc_zone_init(pool));
    memset(&ex, 0, sizeof ex);
    ex.pool = pool;
    const char *tmp;
    ck_assert_int_eq(apr_temp_dir_get(&tmp, pool), APR_SUCCESS);
    dir = apr_pstrcat(pool, tmp, "/excal-mailbox-XXXXXX", NULL);
    ck_assert_ptr_nonnull(mkdtemp(dir));
    xc_store_config_t sc = {.dir = dir, .size_bytes = 64 << 20, .body_ttl = apr_time_from_sec(86400), .tombstone_ttl = apr_time_from_sec(86400)};
    ck_assert_ptr_null(xc_store_open_lmdb(&store, &sc, NULL, pool));
    memset(&config, 0, sizeof config);
    config.read_ahead = 1000;
    config.keep_max_bytes = 30000;
    config.home_freshness = apr_time_from_sec(60);
    memset(&backend_config, 0, sizeof backend_config);
    backend_config.url = "https://mail.contoso.example/EWS/Exchange.asmx";
}

static void teardown(void)
{
    apr_pool_destroy(pool);
}

static xc_mailbox_t *mailbox_of(const char *account)
{
    xc_session_t *s = apr_pcalloc(pool, sizeof *s);
    s->backend = &fake;
    s->cfg = &backend_config;
    s->account = account;
    s->zone = xc_zone_utc();
    s->deadline = apr_time_now() + apr_time_from_sec(20);
    s->pool = pool;
    xc_mailbox_t *m = NULL;
    ck_assert_ptr_null(xc_mailbox_open(&m, &config, s, store, pool));
    return m;
}

/* What a new request opens. */
static xc_calendar_t *request_as(const char *account)
{
    xc_mailbox_t *m = mailbox_of(account);
    xc_calendar_t *cal = NULL;
    ck_assert_ptr_null(xc_mailbox_calendar(&cal, m, "calendar", pool));
    ck_assert_ptr_nonnull(cal);
    return cal;
}

static xc_calendar_t *request(void)
{
    return request_as("alice@contoso.example");
}

static const char *ics(const char *uid, const char *summary)
{
    return apr_psprintf(pool,
                        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\nBEGIN:VEVENT\r\nUID:%s\r\n"
                        "DTSTAMP:20270101T000000Z\r\nSUMMARY:%s\r\nX-MOOD:fine\r\nDTSTART:20270302T100000Z\r\nDTEND:20270302T110000Z\r\n"
                        "END:VEVENT\r\nEND:VCALENDAR\r\n",
                        uid, summary);
}

static xc_error_t *put(xc_calendar_t *cal, const char *href, const char *text, const xc_expect_t *expect, xc_put_result_t *out)
{
    return xc_calendar_put(out, cal, href, text, strlen(text), expect, pool);
}

static apr_array_header_t *list(xc_calendar_t *cal)
{
    apr_array_header_t *items = NULL;
    ck_assert_ptr_null(xc_calendar_list(&items, cal, pool));
    return items;
}

START_TEST(first_sync_reads_ahead)
{
    for (int i = 0; i < 1000; i++)
        outlook_makes(apr_psprintf(pool, "uid-%d", i), "seeded");
    apr_array_header_t *items = list(request());
    ck_assert_int_eq(items->nelts, 1000);
    ck_assert_int_eq(ex.syncs, 2);
    for (int from = 0; from < 1000; from += 100) {
        const xc_item_t *hundred[100];
        for (int i = 0; i < 100; i++)
            hundred[i] = &APR_ARRAY_IDX(items, from + i, xc_item_t);
        xc_loaded_t *loaded = NULL;
        ck_assert_ptr_null(xc_calendar_load(&loaded, request(), hundred, 100, pool));
        for (int i = 0; i < 100; i++)
            ck_assert_ptr_nonnull(loaded[i].text);
    }
    ck_assert_int_eq(ex.fetches, 1);
    ck_assert_int_eq(ex.fetched, 1000);
    ck_assert_int_eq(ex.folder_syncs, 1);
}
END_TEST

START_TEST(a_sync_without_change_is_one_call)
{
    outlook_makes("a", "one");
    xc_calendar_t *first = request();
    list(first);
    const char *token = xc_calendar_token(first, pool);
    int before = ex.syncs;
    xc_calendar_t *cal = request();
    apr_array_header_t *changes = NULL;
    apr_uint64_t seq = 0, now = 0;
    int more = 0;
    ck_assert_ptr_null(xc_calendar_refresh(cal, pool));
    ck_assert_int_eq(xc_calendar_parse_token(cal, token, &seq), 0);
    ck_assert_ptr_null(xc_calendar_since(&changes, &more, &now, cal, seq, 0, pool));
    ck_assert_int_eq(changes->nelts, 0);
    ck_assert_int_eq(ex.syncs - before, 1);
    ck_assert_str_eq(xc_calendar_token(cal, pool), token);
}
END_TEST

START_TEST(put_is_a_refresh_and_a_create)
{
    xc_put_result_t r;
    list(request());
    int syncs = ex.syncs;
    const char *text = ics("u1", "hello");
    ck_assert_ptr_null(put(request(), "name.ics", text, NULL, &r));
    ck_assert_int_eq(r.created, 1);
    ck_assert_int_eq(r.verbatim, 1);
    ck_assert_int_eq(ex.creates, 1);
    ck_assert_int_eq(ex.syncs - syncs, 1);
    /* our own item comes back from Exchange: same name, same tag, no change, no fetch */
    xc_calendar_t *cal = request();
    const char *token = NULL;
    ck_assert_ptr_null(xc_calendar_refresh(cal, pool));
    token = xc_calendar_token(cal, pool);
    xc_item_t *item = NULL;
    ck_assert_ptr_null(xc_calendar_item(&item, cal, "name.ics", pool));
    ck_assert_ptr_nonnull(item);
    ck_assert_str_eq(item->etag, r.item.etag);
    xc_loaded_t *loaded = NULL;
    const xc_item_t *one = item;
    ck_assert_ptr_null(xc_calendar_load(&loaded, cal, &one, 1, pool));
    ck_assert_str_eq(loaded->text, text);
    ck_assert_int_eq(ex.fetches, 0);
    ck_assert_ptr_null(xc_calendar_refresh(cal = request(), pool));
    ck_assert_str_eq(xc_calendar_token(cal, pool), token);
}
END_TEST

START_TEST(the_same_text_again_changes_nothing)
{
    xc_put_result_t r, again;
    const char *text = ics("u1", "hello");
    ck_assert_ptr_null(put(request(), "name.ics", text, NULL, &r));
    ck_assert_ptr_null(put(request(), "name.ics", text, NULL, &again));
    ck_assert_int_eq(again.created, 0);
    ck_assert_int_eq(ex.updates, 0);
    ck_assert_str_eq(again.item.etag, r.item.etag);
}
END_TEST

START_TEST(conditions_and_uids)
{
    xc_put_result_t r, x;
    xc_expect_t none = {.if_none_match = "*"}, stale = {.if_match = "\"old\""}, junk = {.if_match = "nothing"};
    ck_assert_int_eq(put(request(), "a.ics", ics("u1", "x"), &stale, &r)->status, 412);
    ck_assert_ptr_null(put(request(), "a.ics", ics("u1", "x"), &none, &r));
    ck_assert_int_eq(put(request(), "a.ics", ics("u1", "y"), &none, &x)->status, 412);
    ck_assert_int_eq(put(request(), "a.ics", ics("u1", "y"), &stale, &x)->status, 412);
    ck_assert_int_eq(put(request(), "a.ics", ics("u1", "y"), &junk, &x)->status, 412);
    xc_error_t *err = put(request(), "b.ics", ics("u1", "y"), NULL, &x);
    ck_assert_int_eq(err->cond, XC_COND_NO_UID_CONFLICT);
    ck_assert_str_eq(APR_ARRAY_IDX(err->hrefs, 0, const char *), "a.ics");
    ck_assert_int_eq(put(request(), "a.ics", ics("u2", "y"), NULL, &x)->cond, XC_COND_NO_UID_CONFLICT);
    xc_expect_t good = {.if_match = apr_psprintf(pool, "\"other\", \"%s\"", r.item.etag)};
    ck_assert_ptr_null(put(request(), "a.ics", ics("u1", "y"), &good, &x));
    ck_assert_int_eq(ex.creates, 1);
    ck_assert_int_eq(ex.updates, 1);
    ck_assert_str_ne(x.item.etag, r.item.etag);
    xc_expect_t weak = {.if_match = apr_psprintf(pool, "W/\"%s\"", x.item.etag)};
    ck_assert_int_eq(xc_calendar_remove(request(), "a.ics", &weak, pool)->status, 412);
    ck_assert_ptr_null(xc_calendar_remove(request(), "a.ics", NULL, pool));
    ck_assert_int_eq(xc_calendar_remove(request(), "a.ics", NULL, pool)->status, 404);
}
END_TEST

START_TEST(changed_in_outlook_between)
{
    xc_put_result_t r, x;
    ck_assert_ptr_null(put(request(), "a.ics", ics("u1", "x"), NULL, &r));
    xc_calendar_t *cal = request();
    ck_assert_ptr_null(xc_calendar_refresh(cal, pool));
    /* after the refresh of this request and before its write */
    thing_t *t = thing(r.item.id);
    t->key = next_key();
    t->changed = ex.clock;
    xc_expect_t good = {.if_match = apr_psprintf(pool, "\"%s\"", r.item.etag)};
    ck_assert_int_eq(put(cal, "a.ics", ics("u1", "z"), &good, &x)->status, 412);
    xc_item_t *item = NULL;
    ck_assert_ptr_null(xc_calendar_item(&item, request(), "a.ics", pool));
    ck_assert_str_ne(item->etag, r.item.etag);
}
END_TEST

/* The invitation as the owner's client sees it, answered or not. */
static const char *invitation(const char *partstat, const char *more)
{
    return apr_psprintf(pool,
                        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\nBEGIN:VEVENT\r\nUID:inv\r\nDTSTAMP:20270101T000000Z\r\n"
                        "SUMMARY:Invited\r\nDTSTART:20270301T100000Z\r\nDTEND:20270301T110000Z\r\n%sORGANIZER:mailto:bob@contoso.example\r\n"
                        "ATTENDEE;PARTSTAT=%s:mailto:alice@contoso.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                        more, partstat);
}

START_TEST(an_answer_is_refused_not_swallowed)
{
    thing_t *t = outlook_makes("inv", "Invited");
    xc_attendee_t me = {.who = {.address = "alice@contoso.example"}, .partstat = XC_PARTSTAT_NEEDS_ACTION};
    t->event->is_meeting = 1;
    t->event->is_organizer = 0;
    t->event->organizer.address = "bob@contoso.example";
    t->event->my_address = me.who.address;
    t->event->attendees = apr_array_make(pool, 1, sizeof me);
    APR_ARRAY_PUSH(t->event->attendees, xc_attendee_t) = me;
    apr_array_header_t *items = list(request());
    ck_assert_int_eq(items->nelts, 1);
    const xc_item_t *item = &APR_ARRAY_IDX(items, 0, xc_item_t);
    xc_put_result_t r;
    xc_error_t *err = put(request(), item->href, invitation("ACCEPTED", ""), NULL, &r);
    ck_assert_ptr_nonnull(err);
    ck_assert_int_eq(err->cond, XC_COND_ALLOWED_ATTENDEE_CHANGE); /* this back end has no table of meetings */
    ck_assert_int_eq(ex.updates, 0);
    /* one's own alarm is one's own */
    ck_assert_ptr_null(put(request(), item->href,
                           invitation("NEEDS-ACTION", "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n"), NULL, &r));
    ck_assert_int_eq(ex.updates, 1);
    ck_assert_int_eq(r.verbatim, 1); /* it was read again: what was sent is what is there */
}
END_TEST

START_TEST(a_refused_state_keeps_tokens)
{
    for (int i = 0; i < 600; i++)
        outlook_makes(apr_psprintf(pool, "uid-%d", i), "seeded");
    xc_calendar_t *cal = request();
    list(cal);
    const char *token = xc_calendar_token(cal, pool);
    ex.forget_state = 1;
    next_key();
    ex.things[7].deleted = 1;
    ex.things[7].changed = ex.clock;
    cal = request();
    ck_assert_ptr_null(xc_calendar_refresh(cal, pool));
    apr_uint64_t seq = 0, now = 0;
    ck_assert_int_eq(xc_calendar_parse_token(cal, token, &seq), 0);
    apr_array_header_t *changes = NULL;
    int more = 0;
    ck_assert_ptr_null(xc_calendar_since(&changes, &more, &now, cal, seq, 0, pool));
    ck_assert_int_eq(changes->nelts, 1);
    ck_assert_int_eq(APR_ARRAY_IDX(changes, 0, xc_item_t).deleted, 1);
}
END_TEST

START_TEST(tokens_of_others_are_refused)
{
    xc_calendar_t *cal = request();
    apr_uint64_t seq = 0;
    outlook_makes("a", "one");
    ck_assert_ptr_null(xc_calendar_refresh(cal, pool));
    static const char *const bad[] = {"", "-", "nonsense", "0123456789abcdef-1", "http://x/1", NULL};
    for (int i = 0; bad[i]; i++)
        ck_assert_int_ne(xc_calendar_parse_token(cal, bad[i], &seq), 0);
    const char *epoch = cal->info->epoch;
    ck_assert_int_ne(xc_calendar_parse_token(cal, apr_pstrcat(pool, epoch, "-999999", NULL), &seq), 0);
    ck_assert_int_ne(xc_calendar_parse_token(cal, apr_pstrcat(pool, epoch, "-1x", NULL), &seq), 0);
    ck_assert_int_ne(xc_calendar_parse_token(cal, apr_pstrcat(pool, epoch, "--1", NULL), &seq), 0);
    ck_assert_int_ne(xc_calendar_parse_token(cal, apr_pstrcat(pool, epoch, "-99999999999999999999", NULL), &seq), 0);
}
END_TEST

START_TEST(a_failed_refresh_leaves_what_was)
{
    outlook_makes("a", "one");
    xc_calendar_t *cal = request();
    list(cal);
    const char *token = xc_calendar_token(cal, pool);
    ex.fail_next_sync = 503;
    ck_assert_int_eq(xc_calendar_refresh(request(), pool)->status, 503);
    cal = request();
    ck_assert_ptr_null(xc_calendar_refresh(cal, pool));
    ck_assert_str_eq(xc_calendar_token(cal, pool), token);
}
END_TEST

static int status_of(const xc_item_t *item)
{
    xc_loaded_t *loaded = NULL;
    ck_assert_ptr_null(xc_calendar_load(&loaded, request(), &item, 1, pool));
    ck_assert(!loaded->text == !!loaded->error);
    return loaded->error ? loaded->error->status : 200;
}

START_TEST(what_cannot_be_read_is_not_asked_for_each_time)
{
    thing_t *t = outlook_makes("a", "one");
    xc_calendar_t *cal = request();
    const xc_item_t *item = &APR_ARRAY_IDX(list(cal), 0, xc_item_t);
    t->unreadable = 403;
    ck_assert_int_eq(status_of(item), 403);
    ck_assert_int_eq(status_of(item), 403);
    ck_assert_int_eq(ex.fetches, 1);
    /* but again after a while: rights and servers change without the item */
    xc_body_t *kept = NULL;
    ck_assert_ptr_null(xc_store_bodies(&kept, store, &cal->key, &item, 1, pool));
    ck_assert_ptr_nonnull(kept->note);
    kept->extra = apr_psprintf(pool, "%ld 403", (long)apr_time_sec(apr_time_now()) - 7200);
    ck_assert_ptr_null(xc_store_put_bodies(store, &cal->key, kept, 1, pool));
    t->unreadable = 0;
    ck_assert_int_eq(status_of(item), 200);
    ck_assert_int_eq(ex.fetches, 2);
    ck_assert_int_eq(status_of(item), 200);
    ck_assert_int_eq(ex.fetches, 2);
}
END_TEST

START_TEST(many_calendars_are_asked_once_each)
{
    outlook_makes("a", "one");
    xc_calendar_t *cal = request();
    apr_array_header_t *all = NULL;
    ck_assert_ptr_null(xc_mailbox_calendars(&all, cal->mailbox, pool));
    ck_assert_ptr_null(xc_calendar_refresh_all(all, pool));
    ck_assert_int_eq(ex.syncs, 2);
    for (int i = 0; i < all->nelts; i++)
        ck_assert_ptr_nonnull(APR_ARRAY_IDX(all, i, xc_calendar_t *)->info);
    ck_assert_ptr_null(xc_calendar_refresh_all(all, pool));
    ck_assert_int_eq(ex.syncs, 2);
    /* a passing failure in the batch is made good by the calendar's own refresh */
    cal = request();
    ck_assert_ptr_null(xc_mailbox_calendars(&all, cal->mailbox, pool));
    ex.fail_next_sync = 503;
    ck_assert_ptr_null(xc_calendar_refresh_all(all, pool));
}
END_TEST

START_TEST(accounts_do_not_share)
{
    xc_put_result_t r;
    ck_assert_ptr_null(put(request(), "a.ics", ics("u1", "x"), NULL, &r));
    xc_store_t *same = store;
    xc_calendar_t *other = request_as("bob@contoso.example");
    xc_item_t *item = NULL;
    /* bob's log is his own: before he has asked Exchange he knows nothing */
    ck_assert_ptr_null(xc_store_by_href(&item, same, &other->key, "a.ics", pool));
    ck_assert_ptr_null(item);
    xc_body_t *found[1] = {NULL};
    const xc_item_t *one = &r.item;
    ck_assert_ptr_null(xc_store_bodies(found, same, &other->key, &one, 1, pool));
    ck_assert_ptr_null(found[0]);
}
END_TEST

START_TEST(an_endless_list_of_folders_is_bounded)
{
    xc_calendar_t *cal;
    ex.endless = 1;
    xc_error_t *err = xc_mailbox_calendar(&cal, mailbox_of("alice@contoso.example"), "calendar", pool);
    ck_assert(err && err->status == 503);
    ck_assert_int_lt(ex.folder_syncs, 1000);
}
END_TEST

/* A table overlooks case, XML does not; and what is no property of that name was written by somebody else. */
START_TEST(properties_of_others)
{
    const char *text = "{\"{urn:x}a\":\"<x:a xmlns:x='urn:x'>1</x:a>\",\"{urn:x}A\":\"<x:A xmlns:x='urn:x'>2</x:A>\","
                       "\"{urn:x}b\":\"</d:prop>\",\"{urn:x}c\":\"<x:other xmlns:x='urn:x'/>\",\"{urn:x}d\":5}";
    apr_table_t *props = xc_props_parse(text, pool);
    ck_assert_int_eq(apr_table_elts(props)->nelts, 2);
    ck_assert_int_eq(apr_table_elts(xc_props_parse(xc_props_format(props, pool), pool))->nelts, 2);
}
END_TEST

/* Two servers found in two ways are two, even for one mail domain. */
START_TEST(servers_do_not_share)
{
    xc_calendar_t *one, *two;
    backend_config.url = NULL;
    backend_config.mail_domain = "contoso.example";
    backend_config.autodiscover_url = "https://a.example/autodiscover.svc";
    one = request();
    backend_config.autodiscover_url = "https://b.example/autodiscover.svc";
    two = request();
    ck_assert_str_ne(one->key.origin, two->key.origin);
}
END_TEST

START_TEST(names_and_properties)
{
    xc_calendar_t *cal = request();
    apr_array_header_t *all = NULL;
    ck_assert_ptr_null(xc_mailbox_calendars(&all, cal->mailbox, pool));
    ck_assert_int_eq(all->nelts, 2);
    ck_assert_str_eq(APR_ARRAY_IDX(all, 0, xc_calendar_t *)->segment, "calendar");
    ck_assert_str_eq(APR_ARRAY_IDX(all, 1, xc_calendar_t *)->segment, "A_B");
    apr_table_t *set = apr_table_make(pool, 2);
    apr_table_set(set, "{http://apple.com/ns/ical/}calendar-color", "<A:calendar-color xmlns:A=\"http://apple.com/ns/ical/\">#ff0000</A:calendar-color>");
    ck_assert_ptr_null(xc_calendar_set_props(cal, "Meiner", set, NULL, pool));
    cal = request();
    ck_assert_ptr_nonnull(apr_table_get(cal->props, "{http://apple.com/ns/ical/}calendar-color"));
    ck_assert_str_eq(cal->folder.display_name, "Meiner");
    apr_array_header_t *removed = apr_array_make(pool, 1, sizeof(const char *));
    APR_ARRAY_PUSH(removed, const char *) = "{http://apple.com/ns/ical/}calendar-color";
    ck_assert_ptr_null(xc_calendar_set_props(cal, NULL, NULL, removed, pool));
    ck_assert_ptr_null(apr_table_get(request()->props, "{http://apple.com/ns/ical/}calendar-color"));
    char *big = apr_palloc(pool, 40001);
    memset(big, 'a', 40000);
    big[40000] = '\0';
    apr_table_setn(set, "{x}big", big);
    ck_assert_int_eq(xc_calendar_set_props(cal, NULL, set, NULL, pool)->status, 507);
}
END_TEST

int main(void)
{
    apr_initialize();
    Suite *suite = suite_create("mailbox");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, first_sync_reads_ahead);
    tcase_add_test(tc, a_sync_without_change_is_one_call);
    tcase_add_test(tc, put_is_a_refresh_and_a_create);
    tcase_add_test(tc, the_same_text_again_changes_nothing);
    tcase_add_test(tc, conditions_and_uids);
    tcase_add_test(tc, changed_in_outlook_between);
    tcase_add_test(tc, an_answer_is_refused_not_swallowed);
    tcase_add_test(tc, a_refused_state_keeps_tokens);
    tcase_add_test(tc, tokens_of_others_are_refused);
    tcase_add_test(tc, a_failed_refresh_leaves_what_was);
    tcase_add_test(tc, what_cannot_be_read_is_not_asked_for_each_time);
    tcase_add_test(tc, many_calendars_are_asked_once_each);
    tcase_add_test(tc, accounts_do_not_share);
    tcase_add_test(tc, names_and_properties);
    tcase_add_test(tc, an_endless_list_of_folders_is_bounded);
    tcase_add_test(tc, properties_of_others);
    tcase_add_test(tc, servers_do_not_share);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
