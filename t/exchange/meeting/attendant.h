/* SPDX-License-Identifier: Apache-2.0 */
/* What a mailbox does by itself with meeting messages that arrive. */
#ifndef LAB_ATTENDANT_H
#define LAB_ATTENDANT_H

#include "meeting/mail.h"

/* Puts a mail into a mailbox's Inbox and lets the attendants work on it. */
void lab_attendant_deliver(lab_call_t *call, const lab_mail_t *mail, int mailbox);

/* Books a request: makes the meeting in the mailbox's calendar or brings it up to date.
 * Returns the calendar item with `*day` of the occurrence; NULL when the mailbox
 * organizes that meeting itself. A request that is out of date changes nothing. */
lab_item_t *lab_attendant_book(lab_call_t *call, const lab_mail_t *mail, int mailbox,
                               int *day);
/* Writes an answer into the owner's calendar: status, busy state and time of the reply.
 * Declined meetings move to Deleted Items, declined occurrences go. */
const lab_fail_t *lab_attendant_answer(lab_call_t *call, lab_item_t *item, int day,
                                       const char *response);
/* Takes a meeting, or one occurrence, out of a calendar; the last occurrence with its
 * series. */
void lab_attendant_drop(lab_call_t *call, lab_item_t *item, int day);
/* Marks a booked meeting, or one occurrence, as cancelled. */
void lab_attendant_cancel(lab_call_t *call, const lab_mail_t *mail, int mailbox);
/* Counts an attendee's answer into the organizer's meeting. */
void lab_attendant_tally(lab_call_t *call, const lab_mail_t *mail, int mailbox);
/* A room's answer to a request that has been delivered to it: books when it is free. */
void lab_attendant_room(lab_call_t *call, const lab_mail_t *mail, int mailbox);

/* Saves a changed calendar item, or the changed bag of one of its occurrences, and tells
 * subscriptions. `over` NULL: the whole item. */
void lab_attendant_save(lab_call_t *call, lab_item_t *item, int day, lab_bag_t *over);
/* A copy of an occurrence's own bag to change, or the item's bag. */
lab_bag_t *lab_attendant_bag(lab_call_t *call, lab_item_t *item, int day);
/* A stored message as a mail, with its exceptions and attachments. */
lab_mail_t *lab_mail_of_item(lab_call_t *call, const lab_item_t *item);

#endif
