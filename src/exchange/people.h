/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file people.h
 * What an Exchange tells of people, rooms and lists: who they are and when they are busy. What is
 * answered depends on who asks (rights, address book policies): nothing of it may be given to others.
 */
#ifndef XC_EXCHANGE_PEOPLE_H
#define XC_EXCHANGE_PEOPLE_H

#include "cal/busy.h"
#include "exchange/backend.h"

/** What stands behind an address. */
typedef enum xc_entry_kind_e {
    XC_ENTRY_PERSON,        /* a mailbox (rooms and equipment too, where the protocol does not tell them apart) */
    XC_ENTRY_ROOM,
    XC_ENTRY_RESOURCE,
    XC_ENTRY_LIST,          /* a distribution list or group */
    XC_ENTRY_OTHER          /* without a mailbox here: a contact, a public folder */
} xc_entry_kind_e;

/** One entry of the directory. */
typedef struct xc_entry_t {
    const char *address;    /* primary SMTP address, lower case */
    const char *name;       /* display name; never NULL */
    const char *given_name, *surname; /* NULL = not told */
    xc_entry_kind_e kind;
} xc_entry_t;

/** Most entries that one search gives (Exchange's own limit). */
#define XC_PEOPLE_MAX_FOUND 100
/** Most members of a list, rooms, that are read. */
#define XC_PEOPLE_MAX_MEMBERS 2000

/** One mailbox's answer: exactly one of view and error is set. */
typedef struct xc_availability_t {
    xc_busy_view_t *view;
    xc_error_t *error;      /* 404: nobody of that address; 403: nothing is shown to this account; 503: it cannot be told now */
} xc_availability_t;

struct xc_people_ops_t {
    /**
     * The time of n mailboxes in [from, to), in as few calls as the protocol's bounds on mailboxes and window
     * allow, several side by side. Level and details are what the mailbox grants to this account.
     * @param out  n of them, out[i] of addresses[i]
     * @param from, to  whole minutes; spans that reach over them come whole
     * @return an error only when nothing at all could be asked; what concerns one mailbox is in its row
     */
    xc_error_t *(*availability)(xc_availability_t *out, xc_session_t *s, const char *const *addresses, int n, apr_time_t from, apr_time_t to,
                                apr_pool_t *pool);

    /**
     * Entries of which name, alias or address begins with the text ("smtp:" + address: that one alone). One call.
     * @param out   xc_entry_t; empty when there is none
     * @param more  there are more than could be given
     */
    xc_error_t *(*resolve)(apr_array_header_t **out, int *more, xc_session_t *s, const char *text, apr_pool_t *pool);

    /** The members of a list (xc_entry_t), one level; lists inside stay lists. @return 404 when it is no list */
    xc_error_t *(*expand_list)(apr_array_header_t **out, xc_session_t *s, const char *address, apr_pool_t *pool);

    /** All rooms of all room lists (xc_entry_t of XC_ENTRY_ROOM), each once. Empty where the protocol's generation has none. */
    xc_error_t *(*rooms)(apr_array_header_t **out, xc_session_t *s, apr_pool_t *pool);
};

#endif
