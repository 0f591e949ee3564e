/* SPDX-License-Identifier: Apache-2.0 */
/** @file address.h  Calendar user addresses (RFC 5545 3.3.3) as mail addresses, in the forms that clients write. */
#ifndef XC_CAL_OBJECT_ADDRESS_H
#define XC_CAL_OBJECT_ADDRESS_H

#include <apr_pools.h>

/**
 * The mail address that the value of an ORGANIZER or ATTENDEE stands for: a "mailto:", as written; else what the EMAIL beside it
 * says; else the end of a principal's URL ("/dav/principals/bob@contoso.example/", which the principal lists among its
 * calendar-user-address-set), in lower case.
 * @param value may be NULL
 * @param email the EMAIL parameter (RFC 7986 6.2), NULL without one
 * @return on `pool` or part of an argument; NULL when it stands for none
 */
const char *xc_address_of(const char *value, const char *email, apr_pool_t *pool);

#endif
