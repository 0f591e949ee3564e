/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file acl.h
 * The access list of a calendar: Exchange's permissions as the entries of RFC 3744, and the way back. Private to src/dav.
 */
#ifndef XC_DAV_ACL_H
#define XC_DAV_ACL_H

#include "dav/dav.h"
#include "mailbox/sharing.h"

/** DAV:ace elements of a calendar's permissions (xc_permission_t), those of which nothing is granted left out. */
void xc_acl_write(xc_dav_t *d, const apr_array_header_t *permissions, xc_xmlw_t *w, apr_pool_t *pool);

#endif
