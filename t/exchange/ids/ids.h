/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identifiers as Exchange makes them: base64 of a mailbox GUID and an entry id, and for
 * an occurrence its original date. They are opaque to clients and case-sensitive; a
 * number that nobody gave out, or a changed letter, is recognised by a checksum inside.
 */
#ifndef LAB_IDS_H
#define LAB_IDS_H

#include <apr_pools.h>
#include <stdbool.h>

typedef enum lab_id_kind {
    LAB_ID_FOLDER,
    LAB_ID_ITEM,
    LAB_ID_OCCURRENCE, /* an occurrence or exception of item `number` */
} lab_id_kind_t;

typedef struct lab_id {
    lab_id_kind_t kind;
    int mailbox;            /* position in the directory */
    apr_int64_t number;     /* of folder or item */
    int day;                /* LAB_ID_OCCURRENCE: original date, days since 1970 */
    apr_int64_t attachment; /* 0, or the number of an attachment of that item */
} lab_id_t;

/* Makes the table of mailbox GUIDs; once, before threads. */
void lab_ids_init(void);
/* The Id text on `pool`. */
const char *lab_id_text(apr_pool_t *pool, const lab_id_t *id);
/* Reads an Id; false when it was not made here. */
bool lab_id_parse(const char *text, lab_id_t *id);
/* Hexadecimal entry id (folder or item, no occurrence) for ConvertId and PR_ENTRYID. */
const unsigned char *lab_id_entry(apr_pool_t *pool, const lab_id_t *id, int *len);
bool lab_id_parse_entry(const unsigned char *bytes, int len, lab_id_t *id);

typedef enum lab_key_kind {
    LAB_KEY_FOLDER = 0x01,
    LAB_KEY_CALENDAR_FOLDER = 0x02,
    LAB_KEY_CONTACTS_FOLDER = 0x03,
    LAB_KEY_TASKS_FOLDER = 0x04,
    LAB_KEY_SEARCH_FOLDER = 0x05,
    LAB_KEY_MESSAGE = 0x09,
    LAB_KEY_ITEM = 0x08,
    LAB_KEY_MEETING_REQUEST = 0x0b,
    LAB_KEY_CALENDAR_ITEM = 0x0f,
    LAB_KEY_CONTACT = 0x11,
    LAB_KEY_TASK = 0x13
} lab_key_kind_t;

/* The ChangeKey of change number `cn` in a mailbox, on `pool`. */
const char *lab_change_key(apr_pool_t *pool, lab_key_kind_t kind, int mailbox,
                           apr_int64_t cn);
/* Reads a ChangeKey; false when malformed. The mailbox is not checked. */
bool lab_change_key_parse(const char *text, apr_int64_t *cn);

#endif
