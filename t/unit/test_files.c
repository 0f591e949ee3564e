/* SPDX-License-Identifier: Apache-2.0 */
/* Files of an object in its text: inline content, keys, URLs, and edits of RFC 8607. */
#include "caltest.h"

#include "cal/files.h"

#define BASE "DTSTART;TZID=Europe/Vienna:20240506T090000|DTEND;TZID=Europe/Vienna:20240506T100000|SUMMARY:x"
#define K1 "0123456789abcdef0123456789abcdef"
#define K2 "fedcba9876543210fedcba9876543210"
#define LINE(key) "ATTACH;MANAGED-ID=" key ";FILENAME=a.txt:x-excal-file:" key

static const char *unfolded(const char *text)
{
    char *out = apr_pstrdup(pool, text), *w = out;
    for (const char *p = text; *p; p++) {
        if (strncmp(p, "\r\n ", 3) == 0)
            p += 2;
        else
            *w++ = *p;
    }
    *w = '\0';
    return out;
}

static const char *extract(const char *body, apr_hash_t *files, xc_error_t **err, apr_size_t max)
{
    const char *out, *text = vevent(body);
    apr_size_t len;
    *err = xc_files_extract(&out, &len, files, text, strlen(text), max, pool);
    ck_assert(*err || strlen(out) == len);
    return *err ? NULL : out == text ? "same" : out;
}

START_TEST(inline_content)
{
    apr_hash_t *files = apr_hash_make(pool);
    xc_error_t *err;
    ck_assert_str_eq(extract(BASE "|ATTACH:https://x.example/a", files, &err, 0), "same");
    const char *out = extract(BASE "|ATTACH;X-A=\"b;c\";FMTTYPE=text/plain;FILENAME=a.txt;ENCODING=BASE64;VALUE=BINARY:aGVsbG8=", files, &err, 5);
    ck_assert_uint_eq(apr_hash_count(files), 1);
    apr_hash_index_t *hi = apr_hash_first(pool, files);
    const xc_newfile_t *f = apr_hash_this_val(hi);
    ck_assert_str_eq(f->name, "a.txt");
    ck_assert_str_eq(f->type, "text/plain");
    ck_assert_uint_eq(f->len, 5);
    ck_assert(memcmp(f->data, "hello", 5) == 0 && xc_file_is_key(f->key));
    ck_assert_ptr_nonnull(strstr(out, "X-A=\"b;c\""));
    ck_assert_ptr_null(strstr(out, "aGVsbG8"));
    ck_assert_ptr_null(strstr(out, "BASE64"));
    /* the same once more is the same file, another name another */
    extract(BASE "|ATTACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=text/plain;FILENAME=a.txt:aGVsbG8=", files, &err, 5);
    ck_assert_uint_eq(apr_hash_count(files), 1);
    extract(BASE "|ATTACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=text/plain;FILENAME=b.txt:aGVsbG8=", files, &err, 5);
    ck_assert_uint_eq(apr_hash_count(files), 2);
    extract(BASE "|ATTACH;VALUE=BINARY;ENCODING=BASE64:aGVsbG8h", files, &err, 5);
    ck_assert_int_eq(err->cond, XC_COND_MAX_ATTACHMENT_SIZE);
    extract(BASE "|ATTACH;VALUE=BINARY;ENCODING=BASE64:*", files, &err, 5);
    ck_assert_int_eq(err->cond, XC_COND_VALID_CALENDAR_DATA);
    /* whatever the client's spelling, our lines are found again */
    ck_assert_ptr_nonnull(strstr(extract(BASE "|attach;encoding=base64;value=binary: aGVs bG8=", files, &err, 5), "\nATTACH;"));
    ck_assert_str_eq(extract(BASE "|BEGIN:VALARM|ACTION:AUDIO|TRIGGER:-PT1M|ATTACH;VALUE=BINARY;ENCODING=BASE64:aGVsbG8h|END:VALARM", files, &err, 1), "same");
}
END_TEST

START_TEST(names_are_safe)
{
    static const char *const rows[][2] = {{NULL, "attachment"}, {"", "attachment"}, {"..", "attachment"}, {"../../etc/passwd", "passwd"},
                                          {"C:\\temp\\x.doc", "x.doc"}, {"a\r\nSet-Cookie: x", "aSet-Cookie: x"}, {"q\"uote", "quote"}, {"\xff", "\xEF\xBF\xBD"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_str_eq(xc_newfile_make(rows[i][0], NULL, (const unsigned char *)"", 0, pool)->name, rows[i][1]);
    char *lang = apr_palloc(pool, 601);
    for (int i = 0; i < 300; i++)
        memcpy(lang + 2 * i, "ä", 2);
    lang[600] = '\0';
    const char *cut = xc_newfile_make(lang, NULL, (const unsigned char *)"", 0, pool)->name;
    ck_assert(strlen(cut) <= 200 && strlen(cut) % 2 == 0);
    ck_assert_str_eq(xc_newfile_make("x", "text/html\r\nX: y", (const unsigned char *)"", 0, pool)->type, "application/octet-stream");
    ck_assert_str_eq(xc_newfile_make("x", "text/plain; charset=utf-8", (const unsigned char *)"", 0, pool)->type, "text/plain");
}
END_TEST

static const char *key_of(void *ctx, const char *uri, apr_pool_t *p)
{
    (void)ctx;
    return strncmp(uri, "https://me/", 11) == 0 ? apr_pstrdup(p, uri + 11) : NULL;
}

START_TEST(urls_and_back)
{
    const char *text = vevent(BASE "|" LINE(K1) "|ATTACH:https://other/" K2), *shown, *hidden;
    apr_size_t len, back;
    xc_files_to_urls(&shown, &len, text, strlen(text), "https://me/", pool);
    ck_assert_ptr_null(strstr(shown, XC_FILE_SCHEME));
    ck_assert_ptr_nonnull(strstr(shown, "https://other/"));
    xc_files_from_urls(&hidden, &back, shown, len, key_of, NULL, pool);
    ck_assert_str_eq(unfolded(hidden), text);
    xc_files_to_urls(&shown, &len, vevent(BASE), strlen(vevent(BASE)), "https://me/", pool);
    ck_assert_str_eq(shown, vevent(BASE));
}
END_TEST

static void add_file(xc_event_t *e, const char *key, const char *name)
{
    if (!e->files)
        e->files = apr_array_make(pool, 2, sizeof(xc_file_t));
    APR_ARRAY_PUSH(e->files, xc_file_t) = (xc_file_t){.key = key, .id = "id", .name = name, .size_bytes = 3};
}

START_TEST(what_exchange_holds)
{
    xc_event_t *e = xc_event_make(pool);
    const char *text = vevent(BASE "|" LINE(K1));
    add_file(e, K1, "other name");
    ck_assert_ptr_eq(xc_files_apply(text, e, pool), text); /* the client's own line stays as it is */
    add_file(e, K2, "a/new, 'one'.txt");
    const char *now = unfolded(xc_files_apply(text, e, pool));
    ck_assert_ptr_nonnull(strstr(now, "FILENAME=a.txt"));
    ck_assert_ptr_nonnull(strstr(now, "MANAGED-ID=" K2));
    ck_assert_ptr_nonnull(strstr(now, "\"new, 'one'.txt\""));
    ck_assert_ptr_null(strstr(now, "a/new")); /* a name and no path, whoever sent it */
    APR_ARRAY_IDX(e->files, 1, xc_file_t).type = "text/plain\r\nX-EVIL:1";
    now = unfolded(xc_files_apply(text, e, pool));
    ck_assert_ptr_null(strstr(now, "EVIL"));
    ck_assert_ptr_nonnull(strstr(now, "FMTTYPE=application/octet-stream"));
    e->files = NULL;
    now = xc_files_apply(text, e, pool);
    ck_assert_ptr_null(strstr(now, "ATTACH"));
    ck_assert_ptr_nonnull(strstr(now, "SUMMARY:x"));
    /* wherever the line is folded */
    now = xc_files_apply(vevent(BASE "|ATTACH;MANAGED-ID=" K1 ":x-excal-\r\n file:" K1), e, pool);
    ck_assert_ptr_null(strstr(now, "ATTACH"));
}
END_TEST

/* A file that Outlook attached to one occurrence makes an override of it. */
START_TEST(an_occurrence_of_its_own)
{
    const char *text = vevent(BASE "|X-A:b|RRULE:FREQ=DAILY;COUNT=5|" LINE(K1)), *now;
    xc_object_t *obj;
    xc_event_t *e, *o;
    const char *const nobody[] = {NULL};
    ck_assert_ptr_null(xc_object_parse(&obj, text, strlen(text), NULL, pool));
    ck_assert_ptr_null(xc_object_to_event(&e, obj, nobody, NULL, pool));
    o = xc_event_make(pool);
    o->recurrence_id = e->start;
    o->recurrence_id.wall.day++;
    add_file(o, K1, "a.txt");
    e->overrides = apr_array_make(pool, 1, sizeof(xc_event_t *));
    APR_ARRAY_PUSH(e->overrides, xc_event_t *) = o;
    ck_assert_ptr_eq(xc_files_apply(text, e, pool), text); /* the series' file alone is nothing of its own */
    add_file(o, K2, "own.txt");
    now = unfolded(xc_files_apply(text, e, pool));
    const char *at = strstr(now, "RECURRENCE-ID;TZID=Europe/Vienna:20240507T090000");
    ck_assert_ptr_nonnull(at);
    ck_assert_ptr_nonnull(strstr(at, "DTEND;TZID=Europe/Vienna:20240507T100000"));
    ck_assert_ptr_nonnull(strstr(at, "X-A:b"));
    ck_assert_ptr_nonnull(strstr(at, K1));
    ck_assert_ptr_nonnull(strstr(at, "own.txt"));
    ck_assert_ptr_null(strstr(at, "RRULE"));
    ck_assert_ptr_eq(xc_files_apply(now, e, pool), now);
}
END_TEST

static xc_error_t *edit(const char **out, const char *body, const char *key, const char *rids)
{
    apr_array_header_t *list = NULL;
    if (rids) {
        list = apr_array_make(pool, 2, sizeof(const char *));
        APR_ARRAY_PUSH(list, const char *) = rids;
    }
    return xc_files_edit(out, vevent(body), key, xc_newfile_make("n.txt", "text/plain", (const unsigned char *)"abc", 3, pool), list, pool);
}

static int count(const char *text, const char *what)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, what)); p++)
        n++;
    return n;
}

START_TEST(edits)
{
    const char *out;
    static const char series[] = BASE "|X-A:b|RRULE:FREQ=DAILY;COUNT=5|EXDATE;TZID=Europe/Vienna:20240509T090000|" LINE(K1);
    ck_assert_ptr_null(edit(&out, series, NULL, NULL));
    ck_assert_int_eq(count(out, "ATTACH;"), 2);
    /* the same once more is no second one; an update keeps what does not describe the file */
    const char *key = xc_newfile_make("n.txt", "text/plain", (const unsigned char *)"abc", 3, pool)->key;
    const char *twice = apr_pstrcat(pool, BASE "|ATTACH;X-A=b;MANAGED-ID=", key, ";FILENAME=n.txt:x-excal-file:", key, NULL);
    ck_assert_ptr_null(edit(&out, twice, NULL, NULL));
    ck_assert_int_eq(count(out, "ATTACH;"), 1);
    ck_assert_ptr_null(edit(&out, twice, key, NULL));
    ck_assert_int_eq(count(out, "X-A=b"), 1);
    ck_assert_ptr_null(edit(&out, series, K1, "M"));
    ck_assert_int_eq(count(out, "n.txt"), 1);
    ck_assert_int_eq(count(out, K1), 0);
    ck_assert_int_eq(edit(&out, series, K2, NULL)->cond, XC_COND_VALID_MANAGED_ID);
    /* an occurrence becomes an override, in the series' own zone */
    ck_assert_ptr_null(edit(&out, series, NULL, "20240507T070000Z"));
    ck_assert_int_eq(count(out, "BEGIN:VEVENT"), 2);
    ck_assert_ptr_nonnull(strstr(out, "RECURRENCE-ID;TZID=Europe/Vienna:20240507T090000"));
    ck_assert_ptr_nonnull(strstr(out, "DTEND;TZID=Europe/Vienna:20240507T100000"));
    ck_assert_int_eq(count(out, "RRULE"), 1);
    ck_assert_int_eq(count(out, "X-A:b"), 2);
    ck_assert_ptr_null(edit(&out, series, NULL, "20240507T070000Z"));
    /* those that are none */
    static const char *const bad[] = {"20240509T070000Z", "20240511T070000Z", "20240507T080000Z", "20240507", "X", "2024050", "20240507T070000+"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        xc_error_t *err = edit(&out, series, NULL, bad[i]);
        ck_assert_msg(err && err->cond == XC_COND_VALID_RID, "%s", bad[i]);
    }
    ck_assert_int_eq(edit(&out, BASE, NULL, "20240506T070000Z")->cond, XC_COND_VALID_RID);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {inline_content, names_are_safe, urls_and_back, what_exchange_holds, an_occurrence_of_its_own, edits, NULL};
    return run_suite("files", tests);
}
