/* SPDX-License-Identifier: Apache-2.0 */
/* A meeting message on its way, before it lies in any mailbox. */
#ifndef LAB_MAIL_H
#define LAB_MAIL_H

#include "meeting/meeting.h"

typedef struct lab_mail {
    lab_item_t item; /* as it will lie in a mailbox; id and folder are not yet set */
    apr_array_header_t *exceptions; /* lab_exception_t*, of a whole series */
    apr_int64_t parts;              /* the item whose attachments go along, 0: none */
    apr_array_header_t *to;         /* lab_person_t: who gets it */
    const char *method; /* REQUEST, CANCEL, REPLY, COUNTER; NULL: no meeting */
} lab_mail_t;

/* What an attendee answers. */
typedef struct lab_answer {
    const char *response;   /* "Accept", "Tentative", "Decline" */
    const char *class_name; /* IPM.Schedule.Meeting.Resp... */
    const char *prefix;     /* of the subject */
    const char *body, *body_type;
    apr_time_t proposed_start, proposed_end; /* 0: no other time is proposed */
} lab_answer_t;

/* An invitation or update of the organizer's meeting, series or occurrence; `type` as in
 * MeetingRequestType. */
lab_mail_t *lab_mail_request(lab_call_t *call, const lab_view_t *view, const char *type);
lab_mail_t *lab_mail_cancellation(lab_call_t *call, const lab_view_t *view);
/* The answer of the owner of a received meeting. */
lab_mail_t *lab_mail_response(lab_call_t *call, const lab_view_t *view,
                              const lab_answer_t *answer);
/* The answers that there are, by ResponseType; NULL for no answer. */
const lab_answer_t *lab_answer_of(const char *response);
/* A mail without a meeting from the server itself. */
lab_mail_t *lab_mail_report(lab_call_t *call, const char *subject, const char *body,
                            const char *address);

/* A mail that the caller writes: in his own name, or as a delegate on behalf of the owner
 * of the mailbox. */
void lab_mail_by_caller(lab_call_t *call, lab_mail_t *mail);
/* Sends a mail from a mailbox: local ones get it, addresses of the domain that are
 * nobody's come back as a report. With `copies` a copy stays in that folder. It is noted
 * for GET /lab/outbox. */
void lab_mail_post(lab_call_t *call, lab_mail_t *mail, const lab_folder_t *copies);
/* Writes the line of GET /lab/outbox; `here` are the mailboxes that get it, array of int.
 */
void lab_mail_record(lab_call_t *call, const lab_mail_t *mail,
                     const apr_array_header_t *here);
/* Keeps a mail in a folder of its sender's; returns the item. */
lab_item_t *lab_mail_keep(lab_call_t *call, const lab_mail_t *mail,
                          const lab_folder_t *folder, bool draft);
/* Can a mail be sent to that address? */
bool lab_mail_is_address(const char *address);

/* The fields that an organizer shares with attendees, in bags of items and messages. */
extern const char *const lab_shared_keys[];
/* A list of one person, packed. */
const char *lab_people_pack_one(apr_pool_t *pool, const lab_person_t *person);

#endif
