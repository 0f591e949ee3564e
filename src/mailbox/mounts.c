/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calendars that lie elsewhere but are listed in the account's own home, for clients that know of nothing but the home:
 * other people's ("bob@contoso.example:calendar") and those among the public folders ("public:Team_Holidays").
 */
#include "mailbox/mailbox_priv.h"
#include "mailbox/sharing.h"

#include <apr_strings.h>

#include "base/crypt.h"

static void mount(xc_mailbox_t *m, xc_mailbox_t *where, const xc_folder_t *folder, const char *segment, const char *name,
                  const apr_table_t *own_props)
{
    xc_calendar_t *cal = apr_pcalloc(m->pool, sizeof *cal);
    cal->mailbox = where;
    cal->home = m->owner;
    cal->unsynced = where == m;
    cal->folder = *folder;
    cal->components = XC_COMP_VEVENT;
    cal->props = xc_props_merge(xc_props_parse(folder->props, m->pool), xc_personal_props(where, folder->id, own_props, m->pool), NULL, m->pool);
    const char *own_name = xc_override_name(cal->props, m->pool);
    cal->folder.display_name = own_name ? own_name : name;
    cal->segment = segment;
    if (strlen(segment) > XC_NAME_MAX_BYTES || xc_segment_find(m->calendars, segment))
        cal->segment = apr_pstrcat(m->pool, cal->unsynced ? "public:" : "shared:", xc_crypt_hex(m->pool, 12, folder->id, NULL), NULL);
    cal->key.origin = m->origin;
    cal->key.account = m->session->account;
    cal->key.mailbox = cal->unsynced ? "public folders" : where->owner;
    if (xc_calendar_hides_private(cal))
        cal->key.mailbox = apr_pstrcat(m->pool, where->owner, " without private events", NULL);
    cal->key.folder = folder->id;
    APR_ARRAY_PUSH(m->calendars, xc_calendar_t *) = cal;
}

static xc_error_t *add_shared(xc_mailbox_t *m, const apr_table_t *own_props, apr_pool_t *pool)
{
    apr_array_header_t *list = NULL;
    XC_TRY(xc_mailbox_shared(&list, m, pool));
    for (int i = 0; i < list->nelts; i++) {
        const xc_sharedcal_t *one = &APR_ARRAY_IDX(list, i, xc_sharedcal_t);
        xc_mailbox_t *where = NULL;
        /* whom one has only looked at once is not thereby in one's list for good */
        if (one->visited || xc_mailbox_other(&where, m, one->address, pool) || where == m)
            continue;
        const char *name = apr_psprintf(m->pool, "%s (%s)", one->folder.display_name, one->name ? one->name : one->address);
        mount(m, where, &one->folder, apr_pstrcat(m->pool, where->owner, ":calendar", NULL), name, own_props);
    }
    return NULL;
}

static xc_error_t *add_public(xc_mailbox_t *m, const apr_table_t *own_props, apr_pool_t *pool)
{
    apr_array_header_t *list = NULL;
    XC_TRY(xc_shared_public(&list, m, pool));
    for (int i = 0; i < list->nelts; i++) {
        xc_folder_t folder = APR_ARRAY_IDX(list, i, xc_sharedcal_t).folder;
        folder.is_default = 0;
        mount(m, m, &folder, xc_segment_from_name(apr_pstrcat(m->pool, "public:", folder.display_name, NULL), m->pool), folder.display_name, own_props);
    }
    return NULL;
}

/* What lies elsewhere must not make one's own calendars fail. */
static xc_error_t *leave_out(const xc_mailbox_t *m, xc_error_t *err)
{
    if (!err || err->status == 401)
        return err;
    xc_log(m->session->log, XC_LOG_WARNING, "the home of %s is listed without calendars that lie elsewhere: %s%s%s", m->owner, err->message,
           err->detail ? " | " : "", err->detail ? err->detail : "");
    return NULL;
}

xc_error_t *xc_mounts_add(xc_mailbox_t *m, apr_pool_t *pool)
{
    const char *root = NULL;
    if (!xc_mailbox_is_own(m) || m->mounted_in == m->calendars || (!m->cfg->shared_in_home && !m->cfg->public_folders))
        return NULL;
    m->mounted_in = m->calendars;
    XC_TRY(xc_home_root_props(&root, m, pool));
    apr_table_t *own_props = xc_props_parse(root, pool);
    if (m->cfg->shared_in_home)
        XC_TRY(leave_out(m, add_shared(m, own_props, pool)));
    return m->cfg->public_folders ? leave_out(m, add_public(m, own_props, pool)) : NULL;
}
