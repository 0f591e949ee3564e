/* SPDX-License-Identifier: Apache-2.0 */
/* /lab/...: what tests do to the simulator. No login: it listens on the loopback only. */
#include "http/http.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "control/calls.h"
#include "control/outbox.h"
#include "control/seeding.h"
#include "meeting/foreign.h"
#include "control/sharing.h"
#include "store/store.h"

static int send_json(request_rec *r, int status, json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_PRESERVE_ORDER);
    json_decref(value);
    const char *copy = apr_pstrcat(r->pool, text ? text : "{}", "\n", NULL);
    free(text);
    return lab_http_send(r, status, "application/json", copy, strlen(copy));
}

static int send_error(request_rec *r, int status, const char *what)
{
    return send_json(r, status, json_pack("{s:s}", "error", what));
}

/* a parameter of the query, unescaped; NULL when absent */
static const char *parameter(request_rec *r, const char *name)
{
    size_t n = strlen(name);
    char *state, *copy = apr_pstrdup(r->pool, r->args ? r->args : "");
    for (char *t = apr_strtok(copy, "&", &state); t; t = apr_strtok(NULL, "&", &state)) {
        if (strncmp(t, name, n) || t[n] != '=')
            continue;
        char *value = t + n + 1;
        return ap_unescape_urlencoded(value) == OK ? value : NULL;
    }
    return NULL;
}

static int reset(lab_server_t *lab, request_rec *r)
{
    lab_db_t *db = lab_db_begin(lab->store, true);
    if (!db)
        return send_error(r, 500, "the database cannot be opened");
    lab_store_reset(db, apr_time_now());
    if (!lab_db_end(db, true))
        return send_error(r, 500, "the database refused");
    return send_json(r, 200, json_pack("{s:b}", "reset", 1));
}

static int seed(lab_server_t *lab, request_rec *r)
{
    const char *mailbox = parameter(r, "mailbox"), *events = parameter(r, "events");
    const char *number = parameter(r, "seed");
    const lab_dir_entry_t *who = mailbox ? lab_dir_by_login(mailbox) : NULL;
    apr_int64_t count = events ? apr_strtoi64(events, NULL, 10) : 100;
    if (!who)
        return send_error(r, 400, "mailbox: no such mailbox");
    if (count < 0 || count > 100000)
        return send_error(r, 400, "events: a number from 0 to 100000");
    int made = lab_seed_calendar(
        lab, who, (int)count, number ? (apr_uint32_t)apr_strtoi64(number, NULL, 10) : 0,
        r->pool);
    if (made < 0)
        return send_error(r, 500, "the database refused");
    return send_json(r, 200,
                     json_pack("{s:s, s:i}", "mailbox", who->smtp, "events", made));
}

static int share(lab_server_t *lab, request_rec *r)
{
    lab_share_t s = {parameter(r, "owner"), parameter(r, "user"), parameter(r, "level"),
                     parameter(r, "folder"), false};
    const char *link = parameter(r, "link");
    s.link = link && !strcmp(link, "1");
    const char *wrong = lab_share_folder(lab, &s, r->pool);
    return wrong ? send_error(r, 400, wrong)
                 : send_json(r, 200, json_pack("{s:b}", "shared", 1));
}

static int full_access(lab_server_t *lab, request_rec *r)
{
    const char *on = parameter(r, "on");
    const char *wrong = lab_share_mailbox(lab, parameter(r, "owner"),
                                          parameter(r, "user"), !on || strcmp(on, "0"));
    return wrong ? send_error(r, 400, wrong)
                 : send_json(r, 200, json_pack("{s:b}", "shared", 1));
}

static int settings(lab_server_t *lab, request_rec *r)
{
    if (r->method_number == M_GET)
        return send_json(r, 200, lab_settings_json(lab->settings));
    if (r->method_number == M_DELETE) {
        lab_settings_restore(lab->settings);
        return send_json(r, 200, lab_settings_json(lab->settings));
    }
    const char *body;
    apr_size_t len;
    json_error_t error;
    int status = lab_http_body(r, &body, &len);
    if (status != OK)
        return status;
    json_t *object = json_loadb(body, len, 0, &error);
    if (!object)
        return send_error(r, 400, apr_pstrdup(r->pool, error.text));
    const char *wrong = lab_settings_merge(lab->settings, r->pool, object);
    json_decref(object);
    if (wrong)
        return send_error(r, 400, wrong);
    return send_json(r, 200, lab_settings_json(lab->settings));
}

/* a mail from outside: {"to", "from", "method", "ics"} */
static int deliver(lab_server_t *lab, request_rec *r)
{
    const char *body, *to, *from, *ics, *method = NULL;
    apr_size_t len;
    json_error_t error;
    int status = lab_http_body(r, &body, &len);
    if (status != OK)
        return status;
    json_t *o = json_loadb(body, len, 0, &error);
    if (!o || json_unpack(o, "{s:s, s:s, s:s, s?s}", "to", &to, "from", &from, "ics",
                          &ics, "method", &method)) {
        json_decref(o);
        return send_error(r, 400, "to, from, ics and perhaps method, as texts");
    }
    const lab_dir_entry_t *who = lab_dir_by_login(to);
    const char *wrong =
        who ? lab_foreign_deliver(lab, r->pool, who, apr_pstrdup(r->pool, from),
                                  apr_pstrdup(r->pool, method), apr_pstrdup(r->pool, ics))
            : "to: no such mailbox";
    json_decref(o);
    return wrong ? send_error(r, 400, wrong)
                 : send_json(r, 200, json_pack("{s:s}", "delivered", who->smtp));
}

static int outbox(lab_server_t *lab, request_rec *r)
{
    json_t *list = r->method_number == M_DELETE && !lab_outbox_clear(lab->store)
                       ? NULL
                       : lab_outbox_json(lab->store, r->pool);
    return list ? send_json(r, 200, list)
                : send_error(r, 500, "the database cannot be opened");
}

int lab_http_control(lab_server_t *lab, request_rec *r)
{
    const char *what = r->uri + strlen("/lab/");
    bool post = r->method_number == M_POST, get = r->method_number == M_GET;
    if (!strcmp(what, "settings") && (post || get || r->method_number == M_DELETE))
        return settings(lab, r);
    if (!strcmp(what, "calls") && get)
        return send_json(r, 200, lab_calls_json(lab->calls));
    if (!strcmp(what, "outbox") && (get || r->method_number == M_DELETE))
        return outbox(lab, r);
    if (!strcmp(what, "requests") && get)
        return send_json(r, 200, lab_record_json(lab->record));
    if (!post)
        return HTTP_NOT_FOUND;
    if (!strcmp(what, "calls/reset")) {
        lab_calls_reset(lab->calls);
        lab_record_clear(lab->record);
        return send_json(r, 200, lab_calls_json(lab->calls));
    }
    if (!strcmp(what, "reset"))
        return reset(lab, r);
    if (!strcmp(what, "deliver"))
        return deliver(lab, r);
    if (!strcmp(what, "seed"))
        return seed(lab, r);
    if (!strcmp(what, "share"))
        return share(lab, r);
    if (!strcmp(what, "fullaccess"))
        return full_access(lab, r);
    return HTTP_NOT_FOUND;
}
