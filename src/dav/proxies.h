/* SPDX-License-Identifier: Apache-2.0 */
/** @file proxies.h  The groups of those who act for somebody. Private to src/dav. */
#ifndef XC_DAV_PROXIES_H
#define XC_DAV_PROXIES_H

#include "dav/dav.h"

/** Most members that a group is given. */
#define XC_PROXY_MAX_MEMBERS 200

/** Is this the group of those who may write? */
int xc_proxy_is_writing(const xc_path_t *path);
/** Fetch what XC_P_MEMBERS (of a group) and XC_P_SHARED (of the account's principal) need. @return only what concerns all */
xc_error_t *xc_proxy_prepare(xc_dav_t *d, xc_resource_t *r, unsigned needs);
/** PROPPATCH of DAV:group-member-set. @return recognized-principal, need-privileges */
xc_error_t *xc_proxy_store(xc_dav_t *d, const xc_resource_t *r, const xc_proppatch_t *patch);

#endif
