/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator's module record: directives, start, and which handler serves which URL.
 */
#include <httpd.h>
#include <http_config.h>
#include <http_connection.h>
#include <http_log.h>

#include <apr_strings.h>
#include <libxml/parser.h>
#include <string.h>

#include "control/calls.h"
#include "control/settings.h"
#include "ews/events.h"
#include "ews/shape.h"
#include "grammar/grammar.h"
#include "http/http.h"
#include "ids/ids.h"
#include "store/store.h"
#include "zones/zone.h"

extern module AP_MODULE_DECLARE_DATA lab_module;
APLOG_USE_MODULE(lab);

typedef struct lab_config {
    const char *dir;
    const char *version;
    const char *auth;
    lab_server_t *server; /* made in child_init */
} lab_config_t;

static void *make_config(apr_pool_t *pool, server_rec *s)
{
    (void)s;
    lab_config_t *config = apr_pcalloc(pool, sizeof *config);
    config->version = "2019";
    config->auth = "basic";
    return config;
}

static lab_config_t *config_of(server_rec *s)
{
    return ap_get_module_config(s->module_config, &lab_module);
}

static const char *set_dir(cmd_parms *cmd, void *unused, const char *value)
{
    (void)unused;
    config_of(cmd->server)->dir = ap_server_root_relative(cmd->pool, value);
    return NULL;
}

static const char *set_version(cmd_parms *cmd, void *unused, const char *value)
{
    (void)unused;
    if (!lab_profile_find(value))
        return apr_pstrcat(cmd->pool, "LabVersion: unknown version ", value, NULL);
    config_of(cmd->server)->version = value;
    return NULL;
}

static const char *set_auth(cmd_parms *cmd, void *unused, const char *value)
{
    (void)unused;
    config_of(cmd->server)->auth = value;
    return NULL;
}

static const command_rec directives[] = {
    AP_INIT_TAKE1("LabDirectory", set_dir, NULL, RSRC_CONF,
                  "folder of the mailboxes' database"),
    AP_INIT_TAKE1("LabVersion", set_version, NULL, RSRC_CONF,
                  "simulated product: 2007_SP1, 2010_SP2, 2013_SP1, 2016 or 2019"),
    AP_INIT_TAKE1("LabAuth", set_auth, NULL, RSRC_CONF,
                  "ways to sign in, separated by commas: basic, ntlm, bearer"),
    {NULL},
};

static void open_server(apr_pool_t *pool, server_rec *s, lab_config_t *config)
{
    lab_server_t *lab = apr_pcalloc(pool, sizeof *lab);
    lab->pool = pool;
    lab->dir = config->dir;
    lab->settings = lab_settings_make(pool, config->version, config->auth);
    lab->calls = lab_calls_make(pool);
    lab->record = lab_record_make(pool);
    lab->subscriptions = lab_subscriptions_make(pool);
    if (!config->dir || lab_store_open(&lab->store, config->dir, pool) != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, s, "lab: no database in LabDirectory %s",
                     config->dir ? config->dir : "(not set)");
        return;
    }
    lab_db_t *db = lab_db_begin(lab->store, true);
    if (!db)
        return;
    lab_store_populate(db, apr_time_now());
    if (lab_db_end(db, true))
        config->server = lab;
}

static void start_child(apr_pool_t *pool, server_rec *s)
{
    xmlInitParser();
    if (lab_zone_init(pool) != APR_SUCCESS || lab_grammar_init(pool) != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, s, "lab: the tables cannot be made");
        return;
    }
    lab_ids_init();
    lab_props_init();
    open_server(pool, s, config_of(s));
}

static bool under(const char *uri, const char *prefix)
{
    return !strncasecmp(uri, prefix, strlen(prefix));
}

/* a connection counts once it has carried a request that is not for the controls */
static void count_connection(lab_server_t *lab, request_rec *r)
{
    static const char key[] = "lab-counted";
    if (apr_table_get(r->connection->notes, key))
        return;
    apr_table_setn(r->connection->notes, key, "1");
    lab_calls_count_connection(lab->calls);
}

static int handle(request_rec *r)
{
    if (!r->handler || strcmp(r->handler, "lab"))
        return DECLINED;
    lab_server_t *lab = config_of(r->server)->server;
    if (!lab)
        return HTTP_INTERNAL_SERVER_ERROR;
    if (under(r->uri, "/lab/"))
        return lab_http_control(lab, r);
    count_connection(lab, r);
    if (!strcasecmp(r->uri, "/EWS/Exchange.asmx"))
        return lab_http_ews(lab, r);
    if (under(r->uri, "/autodiscover/"))
        return lab_http_autodiscover(lab, r);
    return HTTP_NOT_FOUND;
}

static void hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_child_init(start_child, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_handler(handle, NULL, NULL, APR_HOOK_MIDDLE);
}

module AP_MODULE_DECLARE_DATA __attribute__((visibility("default")))
lab_module = {STANDARD20_MODULE_STUFF, NULL, NULL, make_config, NULL, directives, hooks,
#if defined(AP_MODULE_FLAG_NONE)
              AP_MODULE_FLAG_NONE
#endif
};
