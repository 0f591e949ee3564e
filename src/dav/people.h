/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file people.h
 * Principals that are other people, rooms and lists: entries of the directory as resources. Private to src/dav.
 */
#ifndef XC_DAV_PEOPLE_H
#define XC_DAV_PEOPLE_H

#include "dav/dav.h"
#include "mailbox/people.h"

/**
 * The principal of an address; asked of the directory once per request.
 * @return 404 when the directory has nobody of this address
 */
xc_error_t *xc_person_find(xc_resource_t **out, xc_dav_t *d, const char *address);
/** The same of an entry that is known already; it is remembered for the request. */
xc_resource_t *xc_person_resource(xc_dav_t *d, const xc_entry_t *entry);
/** What is known of the account's own person without asking. */
const xc_entry_t *xc_person_self(xc_dav_t *d);
/** The path of a principal. */
xc_path_t xc_person_path(const xc_dav_t *d, const char *address);
/** CUTYPE of RFC 5545 3.2.3: INDIVIDUAL, ROOM, RESOURCE, GROUP. NULL = the account itself. */
const char *xc_person_type(const xc_entry_t *entry);
/** Can it have a calendar? NULL = the account itself. */
int xc_person_has_calendar(const xc_entry_t *entry);
/** Fetch what XC_P_MEMBERS and XC_P_HOURS need. What cannot be told is left out, unless nothing can be reached. */
xc_error_t *xc_person_prepare(xc_dav_t *d, xc_resource_t *r, unsigned needs);

#endif
