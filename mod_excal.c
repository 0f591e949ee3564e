/* SPDX-License-Identifier: Apache-2.0 */
/* The module's record and its hooks; all that they do is in src/httpd. */
#include "httpd/glue.h"

#include <http_request.h>
#include <http_protocol.h>

static void register_hooks(apr_pool_t *pool)
{
    ap_hook_pre_config(xc_pre_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(xc_post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(xc_child_init, NULL, NULL, APR_HOOK_MIDDLE);

    ap_hook_translate_name(xc_handle_translate, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_map_to_storage(xc_handle_storage, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_access_checker(xc_handle_access, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_auth_checker(xc_authn_guard, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_type_checker(xc_handle_type, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_fixups(xc_authn_guard, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_handler(xc_handle_request, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_log_transaction(xc_handle_logged, NULL, NULL, APR_HOOK_FIRST);

    xc_authn_register(pool);
    xc_adapter_register();
    ap_method_register(pool, "MKCALENDAR"); /* the others are known to httpd */
}

module AP_MODULE_DECLARE_DATA excal_module = {
    STANDARD20_MODULE_STUFF,
    xc_create_dir_config,
    xc_merge_dir_config,
    xc_create_server_config,
    xc_merge_server_config,
    xc_commands,
    register_hooks,
    0,
};
