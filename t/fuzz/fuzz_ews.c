/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of an Exchange that is broken or hostile, to every reading operation; what is made of them
 * must be calendar data that reads back. The network is this file's own. */
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "base/xml.h"
#include "cal/object.h"
#include "exchange/ews/ews.h"
#include "exchange/people.h"
#include "fuzz.h"

static const char *answer;
static size_t answer_len;

xc_error_t *xc_net_perform(xc_net_t *net, const xc_net_request_t *requests, int n, xc_net_response_t *responses, apr_time_t deadline,
                           xc_net_meter_t *meter, const xc_log_t *log, apr_pool_t *pool)
{
    (void)net;
    (void)requests;
    (void)deadline;
    (void)meter;
    (void)log;
    for (int i = 0; i < n; i++) {
        memset(&responses[i], 0, sizeof responses[i]);
        responses[i].status = 200;
        responses[i].headers = apr_table_make(pool, 1);
        responses[i].body = apr_pstrmemdup(pool, answer, answer_len);
        responses[i].body_len = answer_len;
    }
    return NULL;
}

static void once(apr_pool_t *process)
{
    xc_xml_init();
    if (xc_zone_init(process))
        abort();
}

static void fetch(xc_session_t *s)
{
    static const char *const ids[] = {"a", "b"};
    xc_fetched_t *got = NULL;
    if (xc_ews_item_fetch(&got, s, ids, 2, s->pool))
        return;
    for (int i = 0; i < 2; i++) {
        xc_object_t *obj = NULL;
        if ((got[i].event == NULL) == (got[i].error == NULL))
            abort();
        if (!got[i].event)
            continue;
        const char *text = xc_object_text_for(got[i].event, s->pool);
        if (!text || xc_object_parse_stored(&obj, text, strlen(text), s->pool))
            abort();
    }
}

/* Other people: what is told of them is bounded and whole. */
static void ask_for_people(xc_session_t *s)
{
    static const char *const addresses[] = {"alice@contoso.example", "b@x.example"};
    apr_time_t from = apr_time_from_sec(1803945600), to = from + apr_time_from_sec(50 * 86400);
    xc_availability_t rows[2];
    apr_array_header_t *found;
    int more;
    if (!xc_ews_people.availability(rows, s, addresses, 2, from, to, s->pool))
        for (int i = 0; i < 2; i++) {
            if ((rows[i].view == NULL) == (rows[i].error == NULL))
                abort();
            if (rows[i].view)
                xc_busy_view_text(rows[i].view, from, to, s->pool);
            if (rows[i].view && rows[i].view->hours)
                xc_working_hours_text(rows[i].view->hours, addresses[i], s->pool);
        }
    if (!xc_ews_people.resolve(&found, &more, s, "a", s->pool))
        for (int i = 0; i < found->nelts; i++)
            if (!APR_ARRAY_IDX(found, i, xc_entry_t).address || !APR_ARRAY_IDX(found, i, xc_entry_t).name)
                abort();
    xc_ews_people.expand_list(&found, s, "a@x.example", s->pool);
    xc_ews_people.rooms(&found, s, s->pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const versions[] = {"Exchange2007_SP1", "Exchange2013_SP1"};
    apr_pool_t *pool = fuzz_pool(once);
    const char *address = NULL;
    xc_folder_page_t *folders = NULL;
    xc_item_page_t *items = NULL;
    xc_credential_t cred = {.scheme = XC_AUTH_BASIC, .user = "alice", .secret = "x", .fingerprint = "f"};
    answer = (const char *)data;
    answer_len = size;
    for (int i = 0; i < 2; i++) {
        xc_backend_config_t cfg = {.url = "https://mail.contoso.example/EWS/Exchange.asmx", .mail_domain = "contoso.example",
                                   .version = versions[i], .batch_size = 2, .parallel = 1};
        xc_session_t s = {.cfg = &cfg, .credential = &cred, .account = "alice@contoso.example", .zone = xc_zone_find("Europe/Berlin"),
                          .deadline = apr_time_now() + apr_time_from_sec(10), .pool = pool};
        xc_ews_sign_in(&s, &address, pool);
        xc_ews_folder_sync(&folders, &s, "alice@contoso.example", NULL, pool);
        xc_ews_item_sync(&items, &s, "folder", "state", pool);
        fetch(&s);
        ask_for_people(&s);
    }
    apr_pool_destroy(pool);
    return 0;
}
