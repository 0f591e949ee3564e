/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file people.h
 * Other people as the account sees them: who they are, and when they are busy. Answers are kept for a while,
 * each for the account that asked: what one may see is never given to another.
 */
#ifndef XC_MAILBOX_PEOPLE_H
#define XC_MAILBOX_PEOPLE_H

#include "exchange/people.h"
#include "mailbox/mailbox.h"

/**
 * The time of n mailboxes in [from, to): from what is kept (by mailbox and day), the rest in one go from Exchange.
 * Simultaneous equal questions are one.
 * @param m    any of the account's mailboxes
 * @param out  n of them; spans may reach over the window. Hours are not told here.
 * @return 501 when this Exchange tells no such thing; what concerns one mailbox is in its row
 */
xc_error_t *xc_people_availability(xc_availability_t *out, xc_mailbox_t *m, const char *const *addresses, int n, apr_time_t from,
                                   apr_time_t to, apr_pool_t *pool);

/** Somebody's working hours; *out NULL when they are not told. @return as a row of xc_people_availability() */
xc_error_t *xc_people_hours(const xc_working_hours_t **out, xc_mailbox_t *m, const char *address, apr_pool_t *pool);

/**
 * The calendar behind somebody's free/busy times has changed: what is kept of them, for whomever, is not used again.
 */
void xc_people_changed(xc_mailbox_t *m, const char *address, apr_pool_t *pool);

/** The entry of an address; *out NULL when the directory has none. An alias gives the entry with its primary address. */
xc_error_t *xc_people_entry(xc_entry_t **out, xc_mailbox_t *m, const char *address, apr_pool_t *pool);
/**
 * Entries (xc_entry_t) of which name, alias or address begins with the text: one question to Exchange.
 * @param more there are more than were given
 */
xc_error_t *xc_people_search(apr_array_header_t **out, int *more, xc_mailbox_t *m, const char *text, apr_pool_t *pool);
/** All rooms (xc_entry_t) that Exchange lists; empty where it lists none. */
xc_error_t *xc_people_rooms(apr_array_header_t **out, xc_mailbox_t *m, apr_pool_t *pool);
/** Members of a list (xc_entry_t). @return 404 when it is none */
xc_error_t *xc_people_members(apr_array_header_t **out, xc_mailbox_t *m, const char *address, apr_pool_t *pool);

#endif
