/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Meetings: invitations from mailbox to mailbox and everything that follows from them.
 *
 * An organizer's write makes mails (mail.h); the post (post.c) puts them into inboxes,
 * notes who was mailed, and returns what cannot be delivered. In each inbox the calendar
 * attendant (attendant.h) books, tallies and cancels; in a room's the booking attendant
 * also answers. What a client answers are response objects (respond.c).
 */
#ifndef LAB_MEETING_H
#define LAB_MEETING_H

#include "ews/draft.h"
#include "ews/people.h"

/* Bits of AppointmentState ([MS-OXOCAL] 2.2.1.10). */
enum { LAB_STATE_MEETING = 1, LAB_STATE_RECEIVED = 2, LAB_STATE_CANCELLED = 4 };

/* The three lists of attendees in a bag, and their number. */
extern const char *const lab_attendee_lists[];
#define LAB_ATTENDEE_LISTS 3

/* Reads SendMeetingInvitations, ...OrCancellations or SendMeetingCancellations; NULL
 * tells nobody. */
lab_sending_t lab_sending_read(const char *attribute);

/* Everybody on the lists of a view, each address once; array of lab_person_t. */
apr_array_header_t *lab_meeting_people(lab_call_t *call, const lab_view_t *view);
/* The person with that address in a list, or NULL. */
lab_person_t *lab_people_find(const apr_array_header_t *people, const char *address);
/* Is the view the organizer's own meeting? */
bool lab_meeting_is_mine(const lab_view_t *view);
/* Is it a meeting that somebody else organizes? */
bool lab_meeting_is_received(const lab_view_t *view);

/* Will a draft of a meeting mail anybody? */
bool lab_meeting_sends(const lab_draft_t *draft);
/* What the organizer's copy says about itself; part of settling a draft. Decides whether
 * a change is significant and counts the sequence. */
void lab_meeting_settle(lab_draft_t *draft);
/* Mails what a settled draft changed. ErrorInvalidRecipients when an address is none: the
 * item stays written (`draft->kept`), nobody is mailed. */
const lab_fail_t *lab_meeting_send(lab_draft_t *draft);
/* Mails cancellations of an organizer's meeting or of one occurrence, before it is taken
 * away. `body` and its type, or NULL. The item is marked as cancelled, not saved.
 * ErrorSendAsDenied for those who may not mail in the owner's name. */
const lab_fail_t *lab_meeting_cancel(lab_call_t *call, lab_item_t *item, int day,
                                     const lab_sending_t *sending,
                                     const lab_folder_t *copies, const char *body,
                                     const char *body_type);

/* The meeting of a UID in a mailbox's calendar: the whole one, or with `*day` the series
 * that has an occurrence of that day or, with `*day` set to LAB_NO_DAY, an item of that
 * occurrence alone. NULL when there is none. */
lab_item_t *lab_meeting_find(lab_call_t *call, int mailbox, const char *uid, int *day);
/* Is a meeting message older than what the calendar has? */
bool lab_meeting_is_outdated(const lab_view_t *message, const lab_view_t *booked);
/* The original day of an occurrence, for views of occurrences and for items and messages
 * about one; else LAB_NO_DAY. */
int lab_view_day(const lab_view_t *view);

/* CreateItem with AcceptItem, TentativelyAcceptItem, DeclineItem, CancelCalendarItem or
 * RemoveItem: is it one of them? */
bool lab_response_is_one(xmlNodePtr element);
/* Does it; `result` has the items to name in the answer (lab_view_t). */
const lab_fail_t *lab_response_do(lab_call_t *call, xmlNodePtr element,
                                  apr_array_header_t *result);

/* The mail of a meeting message with its text/calendar part. */
const char *lab_meeting_mime(lab_call_t *call, const lab_view_t *view);

#endif
