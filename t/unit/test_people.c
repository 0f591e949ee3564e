/* SPDX-License-Identifier: Apache-2.0 */
/* Other people between a real store and an Exchange that counts what it is asked: what is kept, for whom, how long. */
#include <check.h>
#include <apr_file_io.h>
#include <apr_strings.h>
#include <stdlib.h>

#include "mailbox/people.h"

#define DAY apr_time_from_sec(86400)
#define FIRST (apr_time_from_sec(APR_INT64_C(20000) * 86400)) /* some midnight */

static struct {
    int availability, mailboxes, resolves, rooms, expands;
    apr_time_t from, to;
    int status;                 /* of what is asked for; 0 = good */
    xc_error_t *error;          /* of the whole question */
} ex;

static apr_pool_t *pool;
static xc_store_t *store;
static xc_mailbox_config_t config;
static xc_backend_config_t backend_config;

/* Whoever asks for himself sees the subject. One event at noon of the first day, one from its evening to the next noon, one on the fourth day. */
static xc_error_t *availability(xc_availability_t *out, xc_session_t *s, const char *const *addresses, int n, apr_time_t from, apr_time_t to, apr_pool_t *p)
{
    ex.availability++;
    ex.mailboxes += n;
    ex.from = from;
    ex.to = to;
    for (int i = 0; i < n; i++) {
        memset(&out[i], 0, sizeof out[i]);
        if (ex.status) {
            out[i].error = xc_error_make(p, ex.status, XC_COND_NONE, "no");
            continue;
        }
        const xc_busy_span_t spans[] = {
            {.start = FIRST + DAY / 2, .end = FIRST + DAY / 2 + DAY / 24, .kind = XC_BUSY_BUSY},
            {.start = FIRST + DAY * 3 / 4, .end = FIRST + DAY * 3 / 2, .kind = XC_BUSY_OOF, .is_private = 1},
            {.start = FIRST + 3 * DAY, .end = FIRST + 3 * DAY + DAY / 24, .kind = XC_BUSY_UNSET},
        };
        xc_busy_view_t *v = out[i].view = apr_pcalloc(p, sizeof *v);
        v->level = strcmp(s->account, addresses[i]) ? XC_BUSY_LEVEL_EVENTS : XC_BUSY_LEVEL_DETAILED;
        v->spans = apr_array_make(p, 4, sizeof(xc_busy_span_t));
        for (int k = 0; k < 3; k++)
            if (spans[k].start < to && spans[k].end > from)
                APR_ARRAY_PUSH(v->spans, xc_busy_span_t) = spans[k];
        if (v->level == XC_BUSY_LEVEL_DETAILED && v->spans->nelts) {
            APR_ARRAY_IDX(v->spans, 0, xc_busy_span_t).summary = "Secret";
            APR_ARRAY_IDX(v->spans, 0, xc_busy_span_t).location = "Vault";
        }
        xc_working_hours_t *h = apr_palloc(p, sizeof *h);
        h->zone = xc_zone_find("Europe/Paris");
        h->periods = apr_array_make(p, 1, sizeof(xc_working_period_t));
        APR_ARRAY_PUSH(h->periods, xc_working_period_t) = (xc_working_period_t){0x3e, 480, 1020};
        v->hours = h;
    }
    return ex.error;
}

static xc_error_t *resolve(apr_array_header_t **out, int *more, xc_session_t *s, const char *text, apr_pool_t *p)
{
    static const xc_entry_t entries[] = {{"bob@contoso.example", "Bob Brown", "Bob", "Brown", XC_ENTRY_PERSON},
                                         {"bar@contoso.example", "Bar Room", NULL, NULL, XC_ENTRY_PERSON}};
    (void)s;
    ex.resolves++;
    *more = 0;
    *out = apr_array_make(p, 2, sizeof(xc_entry_t));
    for (int i = 0; i < 2; i++)
        if (!strncmp(text, "smtp:", 5) ? !strcmp(entries[i].address, text + 5) : !strncmp(entries[i].address, text, strlen(text)))
            APR_ARRAY_PUSH(*out, xc_entry_t) = entries[i];
    if (!strcmp(text, "smtp:robert@contoso.example")) /* an alias */
        APR_ARRAY_PUSH(*out, xc_entry_t) = entries[0];
    return ex.error;
}

static xc_error_t *expand_list(apr_array_header_t **out, xc_session_t *s, const char *address, apr_pool_t *p)
{
    (void)s;
    ex.expands++;
    *out = apr_array_make(p, 1, sizeof(xc_entry_t));
    APR_ARRAY_PUSH(*out, xc_entry_t) = (xc_entry_t){address, "x", NULL, NULL, XC_ENTRY_PERSON};
    return ex.error;
}

static xc_error_t *rooms(apr_array_header_t **out, xc_session_t *s, apr_pool_t *p)
{
    (void)s;
    ex.rooms++;
    *out = apr_array_make(p, 1, sizeof(xc_entry_t));
    APR_ARRAY_PUSH(*out, xc_entry_t) = (xc_entry_t){"bar@contoso.example", "Bar Room", NULL, NULL, XC_ENTRY_ROOM};
    return ex.error;
}

static const xc_people_ops_t people_ops = {availability, resolve, expand_list, rooms};
static const xc_backend_t fake = {.name = "counter", .people = &people_ops};
static const xc_backend_t deaf = {.name = "deaf"};

static void setup(void)
{
    const char *tmp;
    apr_pool_create(&pool, NULL);
    ck_assert_ptr_null(xc_zone_init(pool));
    memset(&ex, 0, sizeof ex);
    ck_assert_int_eq(apr_temp_dir_get(&tmp, pool), APR_SUCCESS);
    char *dir = apr_pstrcat(pool, tmp, "/excal-people-XXXXXX", NULL);
    ck_assert_ptr_nonnull(mkdtemp(dir));
    xc_store_config_t sc = {.dir = dir, .size_bytes = 64 << 20, .body_ttl = DAY, .tombstone_ttl = DAY};
    ck_assert_ptr_null(xc_store_open_lmdb(&store, &sc, NULL, pool));
    memset(&config, 0, sizeof config);
    config.freebusy_cache = apr_time_from_sec(60);
    config.directory_cache = apr_time_from_sec(60);
    memset(&backend_config, 0, sizeof backend_config);
    backend_config.url = "https://mail.contoso.example/EWS/Exchange.asmx";
}

static void teardown(void)
{
    apr_pool_destroy(pool);
}

static xc_mailbox_t *mailbox_with(const xc_backend_t *backend, const char *account)
{
    xc_session_t *s = apr_pcalloc(pool, sizeof *s);
    xc_mailbox_t *m;
    s->backend = backend;
    s->cfg = &backend_config;
    s->account = account;
    s->zone = xc_zone_utc();
    s->deadline = apr_time_now() + apr_time_from_sec(20);
    s->pool = pool;
    ck_assert_ptr_null(xc_mailbox_open(&m, &config, s, store, pool));
    return m;
}

static xc_mailbox_t *request_of(const char *account)
{
    return mailbox_with(&fake, account);
}

#define ALICE "alice@contoso.example"
#define BOB   "bob@contoso.example"

/* "12-13b 18-36o": hours since FIRST and kind. */
static const char *ask(const char *account, const char *address, apr_time_t from, apr_time_t to)
{
    static const char kinds[] = "?.tboe";
    xc_availability_t row;
    const char *out = "";
    ck_assert_ptr_null(xc_people_availability(&row, request_of(account), &address, 1, from, to, pool));
    if (row.error)
        return apr_itoa(pool, row.error->status);
    for (int i = 0; i < row.view->spans->nelts; i++) {
        const xc_busy_span_t *s = &APR_ARRAY_IDX(row.view->spans, i, xc_busy_span_t);
        out = apr_psprintf(pool, "%s%s%d-%d%c%s%s", out, i ? " " : "", (int)((s->start - FIRST) / (DAY / 24)), (int)((s->end - FIRST) / (DAY / 24)),
                           kinds[s->kind + 1], s->is_private ? "!" : "", s->summary ? s->summary : "");
    }
    return out;
}

#define ALL_SPANS "12-13b 18-36o! 72-73?"

START_TEST(kept_by_day)
{
    ck_assert_str_eq(ask(ALICE, BOB, FIRST, FIRST + 4 * DAY), ALL_SPANS);
    ck_assert_int_eq(ex.availability, 1);
    ck_assert_str_eq(ask(ALICE, BOB, FIRST, FIRST + 4 * DAY), ALL_SPANS);
    /* any part of it, with what reaches into it */
    ck_assert_str_eq(ask(ALICE, BOB, FIRST + DAY, FIRST + 2 * DAY), "18-36o!");
    ck_assert_str_eq(ask(ALICE, BOB, FIRST + DAY + 1, FIRST + DAY + 2), "18-36o!");
    ck_assert_str_eq(ask(ALICE, BOB, FIRST + 2 * DAY, FIRST + 3 * DAY), "");
    ck_assert_int_eq(ex.availability, 1);
    /* a day more: the window is asked for in whole days */
    ck_assert_str_eq(ask(ALICE, BOB, FIRST + 3 * DAY + 5, FIRST + 4 * DAY + 5), "72-73?");
    ck_assert_int_eq(ex.availability, 2);
    ck_assert(ex.from == FIRST + 3 * DAY && ex.to == FIRST + 5 * DAY);
}
END_TEST

START_TEST(only_the_missing_are_asked_for)
{
    static const char *const some[] = {"a@x", "b@x"}, *const more[] = {"a@x", "c@x", "b@x", "d@x", "c@x"};
    xc_availability_t rows[5];
    ck_assert_ptr_null(xc_people_availability(rows, request_of(ALICE), some, 2, FIRST, FIRST + DAY, pool));
    ck_assert_ptr_null(xc_people_availability(rows, request_of(ALICE), more, 5, FIRST, FIRST + DAY, pool));
    ck_assert_int_eq(ex.availability, 2);
    ck_assert_int_eq(ex.mailboxes, 2 + 3); /* c stands there twice */
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(rows[i].view->spans->nelts, 2);
}
END_TEST

START_TEST(each_account_for_itself)
{
    ck_assert_str_eq(ask(BOB, BOB, FIRST, FIRST + DAY), "12-13bSecret 18-36o!");
    ck_assert_str_eq(ask(ALICE, BOB, FIRST, FIRST + DAY), "12-13b 18-36o!");
    ck_assert_int_eq(ex.availability, 2);
    /* from the cache it is the same */
    ck_assert_str_eq(ask(BOB, BOB, FIRST, FIRST + DAY), "12-13bSecret 18-36o!");
    ck_assert_str_eq(ask(ALICE, BOB, FIRST, FIRST + DAY), "12-13b 18-36o!");
    ck_assert_int_eq(ex.availability, 2);
}
END_TEST

START_TEST(a_change_is_everybodys)
{
    ask(ALICE, BOB, FIRST, FIRST + DAY);
    ask(BOB, BOB, FIRST, FIRST + DAY);
    ask(ALICE, "carol@contoso.example", FIRST, FIRST + DAY);
    xc_people_changed(request_of("dave@contoso.example"), BOB, pool);
    ask(ALICE, BOB, FIRST, FIRST + DAY);
    ask(BOB, BOB, FIRST, FIRST + DAY);
    ck_assert_int_eq(ex.availability, 5);
    ask(ALICE, "carol@contoso.example", FIRST, FIRST + DAY);
    ask(ALICE, BOB, FIRST, FIRST + DAY);
    ck_assert_int_eq(ex.availability, 5);
}
END_TEST

START_TEST(errors)
{
    ex.status = 404;
    ck_assert_str_eq(ask(ALICE, BOB, FIRST, FIRST + DAY), "404");
    ck_assert_str_eq(ask(ALICE, BOB, FIRST, FIRST + DAY), "404");
    ck_assert_int_eq(ex.availability, 1); /* that there is nobody is kept */
    ex.status = 403;
    ck_assert_str_eq(ask(ALICE, "carol@x", FIRST, FIRST + DAY), "403");
    ck_assert_str_eq(ask(ALICE, "carol@x", FIRST, FIRST + DAY), "403");
    ck_assert_int_eq(ex.availability, 2);
    ex.status = 503;
    ck_assert_str_eq(ask(ALICE, "dave@x", FIRST, FIRST + DAY), "503");
    ex.status = 0; /* what passes is not */
    ck_assert_str_eq(ask(ALICE, "dave@x", FIRST, FIRST + DAY), "12-13b 18-36o!");
    ex.error = xc_error_make(pool, 503, XC_COND_NONE, "away");
    const char *address = "erin@x";
    xc_availability_t row;
    ck_assert_int_eq(xc_people_availability(&row, request_of(ALICE), &address, 1, FIRST, FIRST + DAY, pool)->status, 503);
    ck_assert_int_eq(xc_people_availability(&row, mailbox_with(&deaf, ALICE), &address, 1, FIRST, FIRST + DAY, pool)->status, 501);
}
END_TEST

START_TEST(without_cache)
{
    config.freebusy_cache = 0;
    for (int i = 1; i < 4; i++) {
        ck_assert_str_eq(ask(ALICE, BOB, FIRST, FIRST + 4 * DAY), ALL_SPANS);
        ck_assert_int_eq(ex.availability, i);
    }
    xc_people_changed(request_of(ALICE), BOB, pool); /* nothing to be dropped */
}
END_TEST

START_TEST(answers_grow_old)
{
    config.freebusy_cache = apr_time_from_msec(50);
    ask(ALICE, BOB, FIRST, FIRST + DAY);
    apr_sleep(apr_time_from_msec(80));
    ask(ALICE, BOB, FIRST, FIRST + DAY);
    ck_assert_int_eq(ex.availability, 2);
}
END_TEST

START_TEST(hours)
{
    const xc_working_hours_t *h;
    ck_assert_ptr_null(xc_people_hours(&h, request_of(ALICE), BOB, pool));
    ck_assert_str_eq(xc_zone_id(h->zone), "Europe/Paris");
    ck_assert_ptr_null(xc_people_hours(&h, request_of(ALICE), BOB, pool));
    ck_assert_int_eq(ex.availability, 1);
    ck_assert_str_eq(xc_zone_id(h->zone), "Europe/Paris");
    ck_assert_int_eq(h->periods->nelts, 1);
    ck_assert_int_eq(APR_ARRAY_IDX(h->periods, 0, xc_working_period_t).to_min, 1020);
    /* they come along with any question */
    ask(ALICE, "carol@x", FIRST, FIRST + DAY);
    ck_assert_ptr_null(xc_people_hours(&h, request_of(ALICE), "carol@x", pool));
    ck_assert_int_eq(ex.availability, 2);
    ex.status = 404;
    ck_assert_int_eq(xc_people_hours(&h, request_of(ALICE), "nobody@x", pool)->status, 404);
}
END_TEST

/* ---- the directory ---- */

START_TEST(entries)
{
    xc_entry_t *e;
    ck_assert_ptr_null(xc_people_entry(&e, request_of(ALICE), "Bob@Contoso.example", pool));
    ck_assert_str_eq(e->name, "Bob Brown");
    ck_assert_str_eq(e->surname, "Brown");
    ck_assert_int_eq(e->kind, XC_ENTRY_PERSON);
    ck_assert_ptr_null(xc_people_entry(&e, request_of(ALICE), "bar@contoso.example", pool));
    ck_assert_int_eq(e->kind, XC_ENTRY_ROOM); /* the room lists say so */
    ck_assert_ptr_null(xc_people_entry(&e, request_of(ALICE), "nobody@contoso.example", pool));
    ck_assert_ptr_null(e);
    ck_assert_ptr_null(xc_people_entry(&e, request_of(ALICE), "robert@contoso.example", pool));
    ck_assert_str_eq(e->address, BOB);
    int asked = ex.resolves;
    for (int i = 0; i < 2; i++) {
        ck_assert_ptr_null(xc_people_entry(&e, request_of(ALICE), BOB, pool));
        ck_assert_ptr_null(xc_people_entry(&e, request_of(ALICE), "nobody@contoso.example", pool));
    }
    ck_assert_int_eq(ex.resolves, asked);
    ck_assert_int_eq(ex.rooms, 1);
    ck_assert_ptr_null(xc_people_entry(&e, request_of(BOB), BOB, pool));
    ck_assert_int_eq(ex.resolves, asked + 1); /* address books differ */
    ck_assert_ptr_null(xc_people_entry(&e, request_of(ALICE), "no address", pool));
    ck_assert_ptr_null(e);
    ck_assert_int_eq(ex.resolves, asked + 1);
}
END_TEST

START_TEST(searches)
{
    apr_array_header_t *found;
    xc_entry_t *e;
    int more;
    ck_assert_ptr_null(xc_people_search(&found, &more, request_of(ALICE), "  B", pool));
    ck_assert_int_eq(found->nelts, 2);
    ck_assert_int_eq(APR_ARRAY_IDX(found, 1, xc_entry_t).kind, XC_ENTRY_ROOM);
    ck_assert_ptr_null(xc_people_search(&found, &more, request_of(ALICE), "b ", pool));
    ck_assert_ptr_null(xc_people_entry(&e, request_of(ALICE), BOB, pool)); /* who was found is known */
    ck_assert_int_eq(ex.resolves, 1);
    ck_assert_ptr_null(xc_people_search(&found, &more, request_of(ALICE), "   ", pool));
    ck_assert_int_eq(found->nelts, 0);
    char *text = apr_pcalloc(pool, 1001);
    memset(text, 'x', 1000);
    ck_assert_ptr_null(xc_people_search(&found, &more, request_of(ALICE), text, pool));
    ck_assert_int_eq(ex.resolves, 1);
    ex.error = xc_error_make(pool, 503, XC_COND_NONE, "away");
    ck_assert_int_eq(xc_people_search(&found, &more, request_of(ALICE), "c", pool)->status, 503);
    ex.error = NULL;
    config.directory_cache = 0;
    for (int i = 0; i < 2; i++)
        ck_assert_ptr_null(xc_people_search(&found, &more, request_of(ALICE), "b", pool));
    ck_assert_int_eq(ex.resolves, 4);
}
END_TEST

START_TEST(members)
{
    apr_array_header_t *found;
    for (int i = 0; i < 2; i++)
        ck_assert_ptr_null(xc_people_members(&found, request_of(ALICE), "team@x", pool));
    ck_assert_int_eq(ex.expands, 1);
    ck_assert_int_eq(found->nelts, 1);
    ck_assert_int_eq(xc_people_members(&found, mailbox_with(&deaf, ALICE), "team@x", pool)->status, 501);
}
END_TEST

int main(void)
{
    apr_initialize();
    Suite *suite = suite_create("people");
    TCase *tc = tcase_create("people");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, kept_by_day);
    tcase_add_test(tc, only_the_missing_are_asked_for);
    tcase_add_test(tc, each_account_for_itself);
    tcase_add_test(tc, a_change_is_everybodys);
    tcase_add_test(tc, errors);
    tcase_add_test(tc, without_cache);
    tcase_add_test(tc, answers_grow_old);
    tcase_add_test(tc, hours);
    tcase_add_test(tc, entries);
    tcase_add_test(tc, searches);
    tcase_add_test(tc, members);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
