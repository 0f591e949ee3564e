/* SPDX-License-Identifier: Apache-2.0 */
/* Attendees and recipients, and how a bag keeps lists of them. */
#ifndef LAB_PEOPLE_H
#define LAB_PEOPLE_H

#include <apr_tables.h>

#include "ews/ews.h"

typedef struct lab_person {
    const char *name; /* "" when not known */
    const char *address;
    const char *routing;  /* "SMTP" or "EX" */
    const char *response; /* ResponseType, "" for recipients of messages */
    const char *time;     /* microseconds in decimal when he answered, "" if not */
    const char *proposed_start, *proposed_end; /* the same for a time he would like */
} lab_person_t;

/* Reads a kept list, array of lab_person_t. NULL text gives an empty list. */
apr_array_header_t *lab_people_unpack(apr_pool_t *pool, const char *text);
const char *lab_people_pack(apr_pool_t *pool, const apr_array_header_t *people);
/* Reads t:Attendee children, or t:Mailbox children of a message's recipients. Names and
 * addresses of the directory are completed. */
const lab_fail_t *lab_people_read(lab_call_t *call, xmlNodePtr list,
                                  apr_array_header_t **people);
/* <t:Mailbox>...</t:Mailbox> */
void lab_put_mailbox(lab_call_t *call, lab_buf_t *out, const lab_person_t *person);
/* Whose an item is: the owner's of its mailbox; in public folders his who made it. */
const lab_dir_entry_t *lab_item_owner(const lab_item_t *item);
/* The directory's entry as a person. */
lab_person_t lab_person_of(const lab_dir_entry_t *entry);

#endif
