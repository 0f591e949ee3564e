/* SPDX-License-Identifier: Apache-2.0 */
/* Exchange's response codes in our terms: a row each. */
#include <string.h>

#include "exchange/ews/ews.h"

typedef struct row_t {
    const char *code;
    int status;
    xc_cond_e cond;
    int retry_sec;
    const char *message;
} row_t;

#define GONE        "Exchange no longer has this."
#define NO_RIGHT    "Exchange does not grant you this right."
#define CHANGED     "It has changed in Exchange since you read it."
#define NOBODY      "The directory knows nobody of this address."
#define NO_TIMES    "Exchange cannot tell these times at the moment."
#define BUSY        "Exchange is busy; try again later."
#define AWAY        "Exchange is not available at the moment."
#define BAD_RULE    "Exchange cannot express this recurrence."
#define BAD_DATA    "Exchange refuses these values."
#define CALLED_OFF  "The meeting has been cancelled: there is nothing to answer any more."
#define OWN_MEETING "This meeting is your own: its organizer answers nothing."
#define DELEGATED   "This is a delegate's copy of the invitation: only who is invited can answer it."
#define NO_INVITATION "Exchange takes no answer to this."
#define OUR_FAULT   "Exchange did not understand the gateway's request; the administrator finds the reason in the log."

static const row_t rows[] = {
    {"ErrorItemNotFound", 404, XC_COND_NONE, 0, GONE},
    {"ErrorFolderNotFound", 404, XC_COND_NONE, 0, GONE},
    {"ErrorSyncFolderNotFound", 404, XC_COND_NONE, 0, GONE},
    {"ErrorInvalidId", 404, XC_COND_NONE, 0, GONE},
    {"ErrorInvalidIdMalformed", 404, XC_COND_NONE, 0, GONE},
    {"ErrorInvalidIdEmpty", 404, XC_COND_NONE, 0, GONE},
    {"ErrorInvalidChangeKey", 412, XC_COND_NONE, 0, CHANGED},
    {"ErrorCalendarCannotUpdateDeletedItem", 404, XC_COND_NONE, 0, GONE},
    {"ErrorNonExistentMailbox", 404, XC_COND_NONE, 0, "There is no such mailbox."},
    {"ErrorMissingEmailAddress", 404, XC_COND_NONE, 0, "This account has no mailbox."},
    {"ErrorNoRespondingCASInDestinationSite", 502, XC_COND_NONE, 0, AWAY},
    {"ErrorNameResolutionNoResults", 404, XC_COND_NONE, 0, NOBODY},
    {"ErrorNameResolutionNoMailbox", 404, XC_COND_NONE, 0, NOBODY},
    {"ErrorMailRecipientNotFound", 404, XC_COND_NONE, 0, NOBODY},
    {"ErrorInvalidSmtpAddress", 404, XC_COND_NONE, 0, NOBODY},
    {"ErrorNoFreeBusyAccess", 403, XC_COND_NEED_PRIVILEGES, 0, NO_RIGHT},
    {"ErrorFreeBusyGenerationFailed", 503, XC_COND_NONE, 30, NO_TIMES},
    {"ErrorMailboxLogonFailed", 503, XC_COND_NONE, 30, NO_TIMES},
    {"ErrorProxyRequestProcessingFailed", 503, XC_COND_NONE, 30, NO_TIMES},
    {"ErrorAutoDiscoverFailed", 503, XC_COND_NONE, 30, NO_TIMES},
    {"ErrorServiceDiscoveryFailed", 503, XC_COND_NONE, 30, NO_TIMES},
    {"ErrorAccessDenied", 403, XC_COND_NEED_PRIVILEGES, 0, NO_RIGHT},
    {"ErrorDelegateNoUser", 403, XC_COND_RECOGNIZED_PRINCIPAL, 0, NOBODY},
    {"ErrorInvalidUserInfo", 403, XC_COND_RECOGNIZED_PRINCIPAL, 0, NOBODY},
    {"ErrorInvalidUserSid", 403, XC_COND_RECOGNIZED_PRINCIPAL, 0, NOBODY},
    {"ErrorCannotFindUser", 403, XC_COND_RECOGNIZED_PRINCIPAL, 0, NOBODY},
    {"ErrorDelegateCannotAddOwner", 403, XC_COND_ALLOWED_PRINCIPAL, 0, "Nobody is a delegate of himself."},
    {"ErrorDelegateValidationFailed", 403, XC_COND_ALLOWED_PRINCIPAL, 0, "Exchange does not take this account as a delegate."},
    {"ErrorUserNotAllowedByPolicy", 403, XC_COND_ALLOWED_PRINCIPAL, 0, "A policy of Exchange forbids to share with this account."},
    {"ErrorDuplicateUserIdsSpecified", 403, XC_COND_NO_ACE_CONFLICT, 0, "Somebody is named twice."},
    {"ErrorInvalidPermissionSettings", 403, XC_COND_NOT_SUPPORTED_PRIVILEGE, 0, "Exchange knows no such permission."},
    {"ErrorImpersonateUserDenied", 403, XC_COND_NONE, 0, "The service account may not act for this mailbox."},
    {"ErrorImpersonationDenied", 403, XC_COND_NONE, 0, "The service account may not act for this mailbox."},
    {"ErrorImpersonationFailed", 403, XC_COND_NONE, 0, "The service account may not act for this mailbox."},
    {"ErrorSendAsDenied", 403, XC_COND_NEED_PRIVILEGES, 0,
     "Exchange lets you write into this calendar, but not invite in its owner's name: that takes a delegate."},
    {"ErrorIrresolvableConflict", 412, XC_COND_NONE, 0, CHANGED},
    {"ErrorStaleObject", 412, XC_COND_NONE, 0, CHANGED},
    {"ErrorCalendarMeetingRequestIsOutOfDate", 412, XC_COND_NONE, 0, "The organizer has sent a newer invitation: that one is to be answered."},
    {"ErrorCalendarIsCancelledForAccept", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE, 0, CALLED_OFF},
    {"ErrorCalendarIsCancelledForTentative", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE, 0, CALLED_OFF},
    {"ErrorCalendarIsCancelledForDecline", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE, 0, CALLED_OFF},
    {"ErrorCalendarIsCancelledForRemove", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE, 0, CALLED_OFF},
    {"ErrorCalendarIsOrganizerForAccept", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE, 0, OWN_MEETING},
    {"ErrorCalendarIsOrganizerForTentative", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE, 0, OWN_MEETING},
    {"ErrorCalendarIsOrganizerForDecline", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE, 0, OWN_MEETING},
    {"ErrorCalendarIsOrganizerForRemove", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE, 0, OWN_MEETING},
    {"ErrorCalendarIsDelegatedForAccept", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE, 0, DELEGATED},
    {"ErrorCalendarIsDelegatedForTentative", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE, 0, DELEGATED},
    {"ErrorCalendarIsDelegatedForDecline", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE, 0, DELEGATED},
    {"ErrorCalendarIsDelegatedForRemove", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE, 0, DELEGATED},
    {"ErrorInvalidItemForOperationAcceptItem", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE, 0, NO_INVITATION},
    {"ErrorInvalidItemForOperationTentative", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE, 0, NO_INVITATION},
    {"ErrorInvalidItemForOperationDeclineItem", 403, XC_COND_ALLOWED_ATTENDEE_CHANGE, 0, NO_INVITATION},
    {"ErrorFolderExists", 405, XC_COND_RESOURCE_MUST_BE_NULL, 0, "A folder of that name exists."},
    {"ErrorCannotDeleteObject", 403, XC_COND_NEED_PRIVILEGES, 0, "Exchange does not let this be deleted."},
    {"ErrorDeleteDistinguishedFolder", 403, XC_COND_CANNOT_REMOVE, 0, "A mailbox's own calendar cannot be removed."},
    {"ErrorCalendarEndDateIsEarlierThanStartDate", 403, XC_COND_VALID_CALENDAR_DATA, 0, "The event ends before it starts."},
    {"ErrorCalendarDurationIsTooLong", 403, XC_COND_VALID_CALENDAR_DATA, 0, "The event is longer than Exchange allows (five years)."},
    {"ErrorCalendarOutOfRange", 403, XC_COND_VALID_CALENDAR_DATA, 0, BAD_DATA},
    {"ErrorCalendarInvalidPropertyValue", 403, XC_COND_VALID_CALENDAR_DATA, 0, BAD_DATA},
    {"ErrorCalendarInvalidPropertyState", 403, XC_COND_VALID_CALENDAR_DATA, 0, BAD_DATA},
    {"ErrorCalendarInvalidTimeZone", 403, XC_COND_UNSUPPORTED_TIMEZONE, 0, "Exchange does not know the event's time zone."},
    {"ErrorTimeZone", 403, XC_COND_UNSUPPORTED_TIMEZONE, 0, "Exchange does not know the event's time zone."},
    {"ErrorCalendarInvalidRecurrence", 403, XC_COND_UNSUPPORTED_RECURRENCE, 0, BAD_RULE},
    {"ErrorRecurrenceEndDateTooBig", 403, XC_COND_UNSUPPORTED_RECURRENCE, 0, "The series ends later than Exchange can count."},
    {"ErrorRecurrenceHasNoOccurrence", 403, XC_COND_UNSUPPORTED_RECURRENCE, 0, "The series has no occurrence left."},
    {"ErrorCalendarInvalidDayForWeeklyRecurrence", 403, XC_COND_UNSUPPORTED_RECURRENCE, 0, BAD_RULE},
    {"ErrorCalendarInvalidDayForTimeChangePattern", 403, XC_COND_UNSUPPORTED_TIMEZONE, 0, "Exchange cannot express this time zone."},
    {"ErrorOccurrenceCrossingBoundary", 403, XC_COND_UNSUPPORTED_RECURRENCE, 0,
     "In Exchange an occurrence cannot be moved to or past the day of its neighbour."},
    {"ErrorOccurrenceTimeSpanTooBig", 403, XC_COND_UNSUPPORTED_RECURRENCE, 0, "An occurrence is longer than the distance to the next one."},
    {"ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange", 403, XC_COND_UNSUPPORTED_RECURRENCE, 0,
     "A changed or deleted occurrence is not one of the series."},
    {"ErrorCalendarOccurrenceIsDeletedFromRecurrence", 412, XC_COND_NONE, 0, CHANGED},
    {"ErrorCalendarCannotMoveOrCopyOccurrence", 403, XC_COND_NONE, 0, "A single occurrence cannot be moved or copied."},
    {"ErrorCannotCreateCalendarItemInNonCalendarFolder", 403, XC_COND_SUPPORTED_CALENDAR_COMPONENT, 0, "This folder is no calendar."},
    {"ErrorCannotCreateTaskInNonTaskFolder", 403, XC_COND_SUPPORTED_CALENDAR_COMPONENT, 0, "This folder is no task list."},
    {"ErrorSentTaskRequestUpdate", 403, XC_COND_NONE, 0, "This task has been assigned to somebody else; change it in Outlook."},
    {"ErrorInvalidCompleteDate", 403, XC_COND_VALID_CALENDAR_DATA, 0, "Exchange takes no task for completed in the future."},
    {"ErrorInvalidPercentCompleteValue", 403, XC_COND_VALID_CALENDAR_DATA, 0, BAD_DATA},
    {"ErrorPropertyValidationFailure", 403, XC_COND_VALID_CALENDAR_DATA, 0, BAD_DATA},
    {"ErrorInvalidRecipients", 403, XC_COND_VALID_CALENDAR_DATA, 0, "Exchange refuses an attendee's address."},
    {"ErrorInvalidPropertySet", 502, XC_COND_NONE, 0, OUR_FAULT},
    {"ErrorSchemaValidation", 502, XC_COND_NONE, 0, OUR_FAULT},
    {"ErrorInvalidRequest", 502, XC_COND_NONE, 0, OUR_FAULT},
    {"ErrorInvalidServerVersion", 502, XC_COND_NONE, 0, "Exchange does not speak the configured version."},
    {"ErrorIncorrectSchemaVersion", 502, XC_COND_NONE, 0, "Exchange does not speak the configured version."},
    {"ErrorQuotaExceeded", 507, XC_COND_QUOTA_NOT_EXCEEDED, 0, "The mailbox is full."},
    {"ErrorMessageSizeExceeded", 403, XC_COND_MAX_RESOURCE_SIZE, 0, "Exchange does not take an event this large."},
    {"ErrorAttachmentSizeLimitExceeded", 403, XC_COND_MAX_ATTACHMENT_SIZE, 0, "Exchange does not take an attachment this large."},
    {"ErrorInvalidAttachmentId", 404, XC_COND_NONE, 0, GONE},
    {"ErrorExceededConnectionCount", 503, XC_COND_NONE, 30, BUSY},
    {"ErrorTooManyObjectsOpened", 503, XC_COND_NONE, 30, BUSY},
    {"ErrorServerBusy", 503, XC_COND_NONE, 30, BUSY},
    {"ErrorTimeoutExpired", 503, XC_COND_NONE, 30, BUSY},
    {"ErrorBatchProcessingStopped", 503, XC_COND_NONE, 5, BUSY},
    {"ErrorInternalServerTransientError", 503, XC_COND_NONE, 10, AWAY},
    {"ErrorMailboxStoreUnavailable", 503, XC_COND_NONE, 30, AWAY},
    {"ErrorMailboxMoveInProgress", 503, XC_COND_NONE, 60, "This mailbox is being moved to another server."},
    {"ErrorMailboxFailover", 503, XC_COND_NONE, 30, AWAY},
    {"ErrorConnectionFailed", 503, XC_COND_NONE, 30, AWAY},
    {"ErrorADUnavailable", 503, XC_COND_NONE, 30, AWAY},
    {"ErrorADOperation", 503, XC_COND_NONE, 30, AWAY},
};

xc_error_t *xc_ews_error(const char *code, const char *text, apr_pool_t *pool)
{
    xc_error_t *err = NULL;
    for (apr_size_t i = 0; i < sizeof rows / sizeof *rows && !err; i++) {
        const row_t *r = &rows[i];
        if (strcmp(r->code, code) == 0)
            err = xc_error_retry(xc_error_make(pool, r->status, r->cond, "%s", r->message), r->retry_sec);
    }
    if (!err)
        err = xc_error_make(pool, 502, XC_COND_NONE, "Exchange reports an error; the administrator finds it in the log.");
    xc_error_code(err, pool, code);
    return text && *text ? xc_error_context(err, pool, "Exchange: %s", text) : err;
}

int xc_ews_is_version_error(const xc_error_t *err)
{
    return err->code && (strcmp(err->code, "ErrorInvalidServerVersion") == 0 || strcmp(err->code, "ErrorIncorrectSchemaVersion") == 0 ||
                         strcmp(err->code, "ErrorSchemaValidation") == 0);
}
