/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file dir.h
 * The directory of the simulated organisation: who has a mailbox, and how they log in.
 *
 * Fixed data: alice bob carol dave erin user01 .. user50, rooms room1 room2, the service
 * account svc, the distribution list team, the room lists rooms and annex; mail domain contoso.example, Windows domain CONTOSO, password "excal" for
 * all. Entries are static and never change; every function is thread-safe and needs no
 * initialisation.
 */
#ifndef LAB_DIR_H
#define LAB_DIR_H

#include <apr_pools.h>

#define LAB_DIR_DOMAIN    "contoso.example"
#define LAB_DIR_NETBIOS   "CONTOSO"
#define LAB_DIR_PASSWORD  "excal"

typedef enum lab_dir_kind_t {
    LAB_DIR_PERSON,
    LAB_DIR_ROOM,
    LAB_DIR_PUBLIC, /**< the public folders */
    LAB_DIR_SERVICE /**< may impersonate everybody; hidden from name resolution */
} lab_dir_kind_t;

/** One mailbox. All strings are static and never NULL. */
typedef struct lab_dir_entry_t {
    const char *alias;        /**< "alice" */
    const char *display_name; /**< "Alice Adams" */
    const char *given_name;   /**< "Alice"; "" for rooms */
    const char *surname;      /**< "Adams"; "" for rooms */
    const char *smtp;         /**< "alice@contoso.example" */
    const char *upn;          /**< login name, the same as smtp here */
    const char *sid;          /**< "S-1-5-21-..." */
    const char *legacy_dn;  /**< "/o=Contoso/ou=Exchange .../cn=Recipients/cn=alice" */
    const char *zone;   /**< Windows id of the mailbox's own time zone */
    const char *office; /**< place, for the contact data of ResolveNames; may be "" */
    const char *department; /**< may be "" */
    const char *phone;      /**< may be "" */
    lab_dir_kind_t kind;
} lab_dir_entry_t;

/** How many mailboxes there are. */
int lab_dir_count(void);

/**
 * Position of the mailbox that holds the public folders: behind all others. It has an entry
 * for lab_dir_at(), but nobody signs in to it or finds it by a name.
 */
int lab_dir_public(void);

/** The entry at position i, 0 <= i < lab_dir_count(), or of the public folders; NULL
 * outside. */
const lab_dir_entry_t *lab_dir_at(int i);

/** By alias, in any case of letters; NULL when there is none (or alias is NULL). */
const lab_dir_entry_t *lab_dir_by_alias(const char *alias);

/** By SMTP address, in any case; a leading "smtp:" or "mailto:" is allowed. NULL: none.
 */
const lab_dir_entry_t *lab_dir_by_smtp(const char *address);

/** By SID; NULL: none. */
const lab_dir_entry_t *lab_dir_by_sid(const char *sid);

/** By legacy distinguished name, in any case; a leading "EX:" is allowed. NULL: none. */
const lab_dir_entry_t *lab_dir_by_legacy_dn(const char *dn);

/**
 * By login name: "alice", "alice@contoso.example" or "CONTOSO\alice" (also
 * "contoso.example\alice"), in any case. NULL: no such account.
 */
const lab_dir_entry_t *lab_dir_by_login(const char *login);

/** By whatever names a mailbox in EWS: SMTP address, legacy DN (routing type EX), or
 * alias. */
const lab_dir_entry_t *lab_dir_by_any(const char *text);

/**
 * Check a login and its password. Takes the same time whether or not the account exists.
 * @return the entry, or NULL
 */
const lab_dir_entry_t *lab_dir_login(const char *login, const char *password);

/** A distribution list. All strings are static. */
typedef struct lab_dir_list_t {
    const char *alias;
    const char *display_name;
    const char *smtp;
    const char *const *members; /**< aliases, ended by NULL */
    int is_rooms;               /**< 1: a room list; hidden from name resolution */
} lab_dir_list_t;

int lab_dir_list_count(void);
/** The list at position i; NULL outside. */
const lab_dir_list_t *lab_dir_list_at(int i);
/** By SMTP address, in any case; a leading "smtp:" is allowed. NULL: none. */
const lab_dir_list_t *lab_dir_list_by_smtp(const char *address);
/** Does name resolution find the list under this text? */
int lab_dir_list_matches(const lab_dir_list_t *list, const char *text);

/**
 * Ambiguous name resolution (ResolveNames): an exact address, "smtp:" address or legacy
 * DN gives that one; else all people and rooms of whom alias, address, given name,
 * surname or display name (any word of it) begins with the text, ignoring case, in the
 * order of the directory. Service accounts are found by exact address only.
 * @param out   room for max entries
 * @param max   at most so many are written
 * @return how many match in all (may exceed max)
 */
int lab_dir_resolve(const char *text, const lab_dir_entry_t **out, int max);

#endif
