/* SPDX-License-Identifier: Apache-2.0 */
/** @file privileges.h  Exchange's rights as the privileges of RFC 3744 and RFC 4791 6.1. */
#ifndef XC_DAV_PRIVILEGES_H
#define XC_DAV_PRIVILEGES_H

#include "dav/dav.h"

/** Rights that are the gateway's to give, beside those of Exchange (XC_RIGHT_). */
enum {
    XC_MAY_DELIVER = 1 << 16,  /* messages reach this inbox, and others see when it is busy */
    XC_MAY_INVITE = 1 << 17,   /* invitations and answers leave by this outbox */
    XC_MAY_ASK_BUSY = 1 << 18, /* this outbox asks when others are busy */
    XC_MAY_WRITE_ACL = 1 << 19 /* change who may do what: with XC_RIGHT_ADMIN, unless the gateway is read-only */
};

/** One privilege; the table is in tree order, `depth` says below whom it is aggregated. */
typedef struct xc_privilege_t {
    const char *ns, *name;
    int depth;             /* 0 = DAV:all */
    unsigned needs;        /* XC_RIGHT_ and XC_MAY_ bits that grant it; 0 = nobody is granted it */
    unsigned kinds;        /* where it is defined */
    const char *description;
} xc_privilege_t;

/** Ended by a NULL name. */
extern const xc_privilege_t xc_privileges[];

/** The account's rights on a resource (XC_RIGHT_ and XC_MAY_ bits), nothing but reading when the gateway is read-only. */
unsigned xc_privilege_rights(const xc_dav_t *d, const xc_resource_t *r);
/** DAV:privilege elements of those that the rights grant on a resource of a kind. */
void xc_privilege_write(xc_xmlw_t *w, unsigned rights, unsigned kind);

#endif
