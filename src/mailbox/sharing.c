/* SPDX-License-Identifier: Apache-2.0 */
/* Access lists of calendars. */
#include "mailbox/sharing.h"

#include "mailbox/mailbox_priv.h"

static const xc_sharing_ops_t *ops(const xc_mailbox_t *m)
{
    return m->session->backend->sharing;
}

static xc_error_t *no_lists(apr_pool_t *pool)
{
    return xc_error_make(pool, 501, XC_COND_NONE, "This Exchange does not tell who may do what.");
}

xc_error_t *xc_calendar_permissions(apr_array_header_t **out, xc_calendar_t *cal, apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    *out = NULL;
    if (!ops(m))
        return no_lists(pool);
    XC_TRY(xc_calendar_allow_read(cal, pool));
    xc_error_t *err = ops(m)->permissions(out, m->session, cal->folder.id, pool);
    return err ? xc_error_context(err, pool, "who may do what in %s of %s", cal->segment, m->owner) : NULL;
}

xc_error_t *xc_calendar_set_permissions(xc_calendar_t *cal, const apr_array_header_t *permissions, apr_pool_t *pool)
{
    xc_mailbox_t *m = cal->mailbox;
    if (!ops(m))
        return no_lists(pool);
    if (xc_mailbox_is_read_only(m))
        return xc_error_make(pool, 0, XC_COND_NEED_PRIVILEGES, "Nothing can be changed here.");
    xc_error_t *err = ops(m)->set_permissions(m->session, cal->folder.id, permissions, pool);
    return err ? xc_error_context(err, pool, "changing who may do what in %s of %s", cal->segment, m->owner) : NULL;
}
