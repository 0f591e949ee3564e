/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mailboxes, folders and items as the database keeps them: no SOAP here, no time zones.
 *
 * Every mailbox has a change counter. A change takes the next number (`cn`); an object's
 * cn is the number of its last change and makes its ChangeKey; folders and items remember
 * the number they were born with, and leave a tombstone when they go, so that the two
 * Sync operations are questions about numbers.
 */
#ifndef LAB_STORE_H
#define LAB_STORE_H

#include <apr_tables.h>
#include <apr_time.h>

#include "store/bag.h"
#include "store/db.h"

/* A folder. */
typedef struct lab_folder {
    apr_int64_t id;
    int mailbox;            /* position in the directory */
    apr_int64_t parent;     /* 0 for the mailbox's hidden root */
    const char *dist;       /* distinguished name as in DistinguishedFolderId, or NULL */
    const char *class_name; /* "IPF.Appointment" ...; "" for the roots */
    const char *name;
    apr_int64_t cn, created_cn;
    apr_int64_t total;    /* items in it */
    apr_time_t committed; /* last change of its content */
    apr_time_t created;
    lab_bag_t *bag; /* extended properties; never NULL */
} lab_folder_t;

/* A stored item: single, recurring master, message ... Occurrences are no items. */
typedef struct lab_item {
    apr_int64_t id;
    int mailbox;
    apr_int64_t folder;
    const char *class_name; /* "IPM.Appointment" ... */
    apr_int64_t cn, created_cn;
    apr_time_t start, end; /* of calendar items; a master's end is that of its last
                              occurrence, APR_INT64_MAX without end */
    bool recurring;
    const char *uid; /* of calendar items, else NULL */
    lab_bag_t *bag;
} lab_item_t;

/* A changed or deleted occurrence. */
typedef struct lab_exception {
    int day; /* days since 1970 of its original date on the clock of the series */
    bool deleted;
    lab_bag_t *bag; /* only what differs from the master; NULL when deleted */
} lab_exception_t;

/* The hidden folder of the root with what Outlook keeps of its navigation pane. */
#define LAB_COMMON_VIEWS "Common Views"

/* Makes the folders of each mailbox that has none. */
void lab_store_populate(lab_db_t *db, apr_time_t now);
/* Removes everything and makes the folders anew. Numbers go on counting, so no id comes
 * back. */
void lab_store_reset(lab_db_t *db, apr_time_t now);
/* Takes the next change number of a mailbox. */
apr_int64_t lab_store_next_cn(lab_db_t *db, int mailbox);
apr_int64_t lab_store_cn(lab_db_t *db, int mailbox);

/* NULL when there is no such folder. */
lab_folder_t *lab_folder_get(lab_db_t *db, apr_pool_t *pool, apr_int64_t id);
lab_folder_t *lab_folder_distinguished(lab_db_t *db, apr_pool_t *pool, int mailbox,
                                       const char *dist);
lab_folder_t *lab_folder_child(lab_db_t *db, apr_pool_t *pool, apr_int64_t parent,
                               const char *name);
/* Children of a folder in order of name, array of lab_folder_t*. */
apr_array_header_t *lab_folder_children(lab_db_t *db, apr_pool_t *pool,
                                        apr_int64_t parent);
int lab_folder_child_count(lab_db_t *db, apr_int64_t parent);
/* All folders of a mailbox in order of id, array of lab_folder_t*. */
apr_array_header_t *lab_folder_all(lab_db_t *db, apr_pool_t *pool, int mailbox);
/* Inserts (id 0) or rewrites a folder; takes a change number. */
void lab_folder_save(lab_db_t *db, lab_folder_t *folder);
/* Removes one folder, not its contents, and leaves a tombstone. */
void lab_folder_drop(lab_db_t *db, const lab_folder_t *folder);
/* How many messages in a folder nobody has read. */
int lab_folder_unread(lab_db_t *db, apr_int64_t folder);
/* True when `id` is `ancestor` or lies below it. */
bool lab_folder_is_below(lab_db_t *db, apr_int64_t id, apr_int64_t ancestor);

/* NULL when there is no such item. */
lab_item_t *lab_item_get(lab_db_t *db, apr_pool_t *pool, apr_int64_t id);
/* Reads the row of a statement that selected LAB_ITEM_COLUMNS. */
lab_item_t *lab_item_row(apr_pool_t *pool, sqlite3_stmt *st);
#define LAB_ITEM_COLUMNS                                                                 \
    "id, mailbox, folder, class, cn, created_cn, start, end, recurring, uid, props"
/* Inserts (id 0) or rewrites an item; takes a change number, counts the folder. */
void lab_item_save(lab_db_t *db, apr_pool_t *pool, lab_item_t *item);
/* Removes an item with its exceptions and attachments; leaves a tombstone. */
void lab_item_drop(lab_db_t *db, const lab_item_t *item);
/* Moves an item: the old number gets a tombstone in the old folder, the item a new number
 * (in `item`) with its exceptions and attachments. */
void lab_item_move(lab_db_t *db, apr_pool_t *pool, lab_item_t *item,
                   const lab_folder_t *to);
/* Copies exceptions and attachments of one item to another. */
void lab_item_copy_parts(lab_db_t *db, apr_int64_t from, apr_int64_t to);
/* Copies the attachments alone, those of exceptions too. */
void lab_item_copy_attachments(lab_db_t *db, apr_int64_t from, apr_int64_t to);
/* All exceptions in order of day, array of lab_exception_t*. */
apr_array_header_t *lab_item_exceptions(lab_db_t *db, apr_pool_t *pool, apr_int64_t item);
void lab_exception_save(lab_db_t *db, apr_pool_t *pool, apr_int64_t item,
                        const lab_exception_t *exception);
void lab_exceptions_clear(lab_db_t *db, apr_int64_t item);

#endif
