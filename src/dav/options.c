/* SPDX-License-Identifier: Apache-2.0 */
#include "dav/dav.h"

/*
 * Answered without sign-in and without looking whether the resource exists: clients probe parents
 * and calendars with it before anything else, and lose the account when one is not 2xx.
 */
xc_error_t *xc_method_options(xc_dav_t *d)
{
    xc_reply_header(d, "DAV", xc_dav_compliance(d->req->cfg));
    xc_reply_header(d, "Allow", xc_methods_allow(d->path.kind, d->pool));
    xc_reply_header(d, "Cache-Control", "no-cache");
    xc_reply_empty(d, 200);
    return NULL;
}
