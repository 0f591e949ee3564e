/* SPDX-License-Identifier: Apache-2.0 */
/* httpd's command table over the rows of directives.c. */
#include "httpd/directive_rows.h"
#include "httpd/glue.h"

#include <apr_strings.h>

#define ANYWHERE (RSRC_CONF | ACCESS_CONF)

static const xc_directive_t *find_row(const char *name, int server)
{
    const xc_directive_t *rows = server ? xc_server_directives : xc_dir_directives;
    int i, n = server ? xc_server_directive_count : xc_dir_directive_count;

    for (i = 0; i < n; i++) {
        if (strcasecmp(rows[i].name, name) == 0)
            return &rows[i];
    }
    return NULL;
}

static const char *set_dir(cmd_parms *cmd, void *config, const char *arg)
{
    return xc_directive_set(find_row(cmd->cmd->name, 0), config, arg, cmd->pool);
}

static const char *set_account(cmd_parms *cmd, void *config, const char *user, const char *file)
{
    const char *path = ap_server_root_relative(cmd->temp_pool, file);

    if (!path || strchr(user, ' '))
        return apr_pstrcat(cmd->pool, cmd->cmd->name, " takes a login and a file", NULL);
    return xc_directive_set(find_row(cmd->cmd->name, 0), config, apr_pstrcat(cmd->temp_pool, user, " ", path, NULL), cmd->pool);
}

static const char *set_server(cmd_parms *cmd, void *unused, const char *arg)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)unused;
    if (error)
        return error;
    return xc_directive_set(find_row(cmd->cmd->name, 1), ap_get_module_config(cmd->server->module_config, &excal_module), arg, cmd->pool);
}

#define DIR(name, spec, help)     AP_INIT_TAKE1(#name, set_dir, NULL, ANYWHERE, help),
#define ACCOUNT(name, spec, help) AP_INIT_TAKE2(#name, set_account, NULL, ANYWHERE, help),
#define SERVER(name, spec, help)  AP_INIT_TAKE1(#name, set_server, NULL, RSRC_CONF, help),

const command_rec xc_commands[] = {XC_DIR_DIRECTIVES(DIR, ACCOUNT) XC_SERVER_DIRECTIVES(SERVER){NULL}};

void *xc_create_dir_config(apr_pool_t *pool, char *dir)
{
    (void)dir;
    return xc_dir_config_make(pool);
}

void *xc_merge_dir_config(apr_pool_t *pool, void *base, void *add)
{
    return xc_dir_config_merge(base, add, pool);
}

void *xc_create_server_config(apr_pool_t *pool, server_rec *s)
{
    (void)s;
    return xc_server_config_make(pool);
}

void *xc_merge_server_config(apr_pool_t *pool, void *base, void *add)
{
    return xc_server_config_merge(base, add, pool);
}
