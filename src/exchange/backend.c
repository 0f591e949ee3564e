/* SPDX-License-Identifier: Apache-2.0 */
/* Which back end stands behind a configuration. */
#include "exchange/backend.h"

xc_error_t *xc_backend_choose(const xc_backend_t **out, xc_session_t *s, apr_pool_t *pool)
{
    /* There is one protocol so far; `auto` and `ews` name the same. Where its URL comes from, and that
     * there is none, is found out by the first call. */
    (void)pool;
    *out = s->backend = &xc_backend_ews;
    return NULL;
}
