/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file meetings.h
 * Meetings as the one who is invited meets them: answers to invitations, and the messages about meetings that
 * lie in the mailbox's Inbox. Part of the interface of backend.h, with its rules.
 */
#ifndef XC_EXCHANGE_MEETINGS_H
#define XC_EXCHANGE_MEETINGS_H

#include "exchange/backend.h"

/** What a message is, by the iTIP method that says the same (RFC 5546). */
typedef enum xc_message_kind_e {
    XC_MESSAGE_REQUEST,     /* an invitation, or its update */
    XC_MESSAGE_CANCEL,      /* the organizer called it off */
    XC_MESSAGE_REPLY,       /* an attendee answered the owner's own meeting */
    XC_MESSAGE_COUNTER      /* an attendee answered and proposes another time */
} xc_message_kind_e;

/** A message as the listing of the Inbox names it. */
typedef struct xc_message_ref_t {
    const char *id, *change_key;
} xc_message_ref_t;

/** One fetched message; either event or error is set. */
typedef struct xc_message_t {
    const char *id, *change_key;
    xc_message_kind_e kind;
    /**
     * What the message is about, as far as it tells (REQUEST: all of it; the others at least the uid; a start of
     * XC_WHEN_NONE = not told). recurrence_id: it is about that occurrence alone. text: what its sender wrote.
     */
    xc_event_t *event;
    xc_person_t from;           /* who sent it: the attendee of a REPLY or COUNTER */
    xc_partstat_e answer;       /* of a REPLY or COUNTER */
    apr_time_t proposed_start, proposed_end; /* of a COUNTER */
    const xc_zone_t *zone;      /* of the meeting, NULL = not known */
    apr_time_t sent;            /* 0 = unknown */
    const char *calendar_id;    /* the meeting in the calendar, NULL = none (any more) */
    int out_of_date;            /* a newer message about the meeting has come */
    int processed;              /* Exchange has brought it into the calendar */
    int delegated;              /* a delegate's copy: not his to answer */
    xc_error_t *error;          /* 404: gone meanwhile; others: cannot be shown */
} xc_message_t;

/** A received meeting, or one occurrence of it. */
typedef struct xc_meeting_t {
    const char *id, *change_key; /* its item in the calendar (a series: the master), or a message in the Inbox; key NULL = any */
    int in_inbox;                /* id is that of a message */
    const char *uid;             /* to find it again */
    const xc_event_t *series;    /* with `occurrence`: the master, whose rule tells the occurrence's number */
    const xc_when_t *occurrence; /* its original start; NULL = the whole meeting */
} xc_meeting_t;

/** One answer to one invitation. */
typedef struct xc_answer_t {
    xc_meeting_t meeting;
    xc_partstat_e partstat;      /* ACCEPTED, TENTATIVE or DECLINED */
    const char *comment;         /* for the organizer; NULL = none */
    apr_time_t proposed_start, proposed_end; /* another time that would suit; 0 = none */
    int silent;                  /* no mail: only the owner's calendar changes */
} xc_answer_t;

struct xc_meetings_ops_t {
    /**
     * The messages about meetings in the mailbox's Inbox (xc_message_ref_t), newest first: one call, by a search
     * for their class. Never more than XC_MESSAGES_MAX.
     */
    xc_error_t *(*list)(apr_array_header_t **out, xc_session_t *s, const char *mailbox, apr_pool_t *pool);
    /** Fetch n messages in batches; out[i] belongs to ids[i]. */
    xc_error_t *(*fetch)(xc_message_t **out, xc_session_t *s, const char *const *ids, int n, apr_pool_t *pool);
    /**
     * Answer. The meeting's item as it is afterwards in `out`: id NULL when it is no longer in the calendar (declined).
     * @return 412 when it has changed since change_key; allowed-attendee-scheduling-object-change when Exchange takes
     *         no answer (cancelled, outdated, one's own meeting, a proposal where it knows none), with a sentence why
     */
    xc_error_t *(*answer)(xc_item_ref_t *out, xc_session_t *s, const xc_answer_t *answer, apr_pool_t *pool);
    /**
     * Take a cancelled meeting, or a cancelled occurrence, out of the calendar: by its cancellation message or the
     * meeting itself. Nobody is told. 404 when gone.
     */
    xc_error_t *(*remove)(xc_session_t *s, const xc_meeting_t *meeting, apr_pool_t *pool);
    /** Put a message into Deleted Items; nothing else happens. 404 when gone. */
    xc_error_t *(*discard)(xc_session_t *s, const char *id, apr_pool_t *pool);
};

/** Most messages of one Inbox that are looked at. */
#define XC_MESSAGES_MAX 1000

#endif
