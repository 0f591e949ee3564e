/* SPDX-License-Identifier: Apache-2.0 */
/* What Exchange says with each response code. */
#include "ews/fault.h"

#include <string.h>

static const struct {
    const char *code, *text;
} texts[] = {
    {"ErrorAccessDenied", "Access is denied. Check credentials and try again."},
    {"ErrorAttachmentSizeLimitExceeded", "The attachment exceeds the size limit."},
    {"ErrorBatchProcessingStopped", "The batch processing was stopped."},
    {"ErrorCalendarCannotMoveOrCopyOccurrence",
     "Occurrences of a recurring item cannot be moved or copied."},
    {"ErrorCalendarCannotUpdateDeletedItem",
     "Calendar item is in the Deleted Items folder."},
    {"ErrorCalendarCannotUseIdForOccurrenceId",
     "The id of a recurring master was expected: the given item is no recurring master."},
    {"ErrorCalendarCannotUseIdForRecurringMasterId",
     "The id of an occurrence was expected: the given item is no occurrence."},
    {"ErrorCalendarDurationIsTooLong", "The duration of a calendar item is too long."},
    {"ErrorCalendarEndDateIsEarlierThanStartDate", "EndDate is earlier than StartDate"},
    {"ErrorCalendarFolderIsInvalidForCalendarView",
     "The specified folder is not a valid calendar folder for a calendar view."},
    {"ErrorCalendarInvalidPropertyValue", "A calendar property has an invalid value."},
    {"ErrorCalendarInvalidRecurrence", "The recurrence is invalid."},
    {"ErrorCalendarInvalidTimeZone", "The time zone is invalid."},
    {"ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange",
     "Occurrence index is out of recurrence range."},
    {"ErrorCalendarOccurrenceIsDeletedFromRecurrence",
     "Occurrence with this index was previously deleted from the recurrence."},
    {"ErrorCalendarOutOfRange", "The date or time is out of range."},
    {"ErrorCalendarViewRangeTooBig",
     "The specified view range exceeds the maximum range of two years."},
    {"ErrorCannotCreateCalendarItemInNonCalendarFolder",
     "Calendar items can only be created in calendar folders."},
    {"ErrorCannotDeleteObject", "The object cannot be deleted."},
    {"ErrorChangeKeyRequired", "Change key is required for this operation."},
    {"ErrorChangeKeyRequiredForWriteOperations",
     "Change key is required for this operation."},
    {"ErrorCreateItemAccessDenied",
     "The user does not have the right to create items here."},
    {"ErrorDeleteDistinguishedFolder", "Distinguished folders cannot be deleted."},
    {"ErrorEventNotFound", "The event was not found."},
    {"ErrorExceededFindCountLimit", "The number of items asked for is over the limit."},
    {"ErrorExpiredSubscription", "The subscription has expired."},
    {"ErrorFolderExists", "A folder with the specified name already exists."},
    {"ErrorFolderNotFound", "The specified folder could not be found in the store."},
    {"ErrorImpersonateUserDenied",
     "The account does not have permission to impersonate the requested user."},
    {"ErrorIncorrectUpdatePropertyCount",
     "Update change has an incorrect number of properties: exactly one is expected."},
    {"ErrorInternalServerError",
     "An internal server error occurred. The operation failed."},
    {"ErrorInvalidArgument", "An argument is not valid."},
    {"ErrorInvalidChangeKey", "The change key is invalid."},
    {"ErrorInvalidExtendedProperty",
     "The extended property attribute combination is invalid."},
    {"ErrorInvalidExtendedPropertyValue",
     "The extended property value does not match its type."},
    {"ErrorInvalidFolderId", "The folder id is invalid."},
    {"ErrorInvalidFolderTypeForOperation",
     "The folder type is not valid for the operation."},
    {"ErrorInvalidId", "The Id is invalid."},
    {"ErrorInvalidIdEmpty", "The Id is empty."},
    {"ErrorInvalidIdMalformed", "The Id is malformed."},
    {"ErrorInvalidMergedFreeBusyInterval",
     "The interval of the merged free/busy stream must be from 5 to 1440 minutes."},
    {"ErrorInvalidOperation", "The operation is invalid."},
    {"ErrorInvalidPropertyAppend", "Append action is invalid for property."},
    {"ErrorInvalidPropertyDelete", "Delete action is invalid for property."},
    {"ErrorInvalidPropertyRequest", "Property is not valid for this object type."},
    {"ErrorInvalidPropertySet", "Set action is invalid for property."},
    {"ErrorInvalidRecipients", "At least one recipient is not valid."},
    {"ErrorInvalidRequest", "The request is invalid."},
    {"ErrorInvalidServerVersion", "The specified server version is invalid."},
    {"ErrorInvalidSubscription", "The subscription is invalid."},
    {"ErrorInvalidSyncStateData",
     "Synchronization state data is corrupt or otherwise invalid."},
    {"ErrorInvalidTimeInterval", "The time interval is invalid."},
    {"ErrorInvalidValueForProperty", "The specified value is invalid for property."},
    {"ErrorInvalidWatermark", "The watermark is invalid."},
    {"ErrorIrresolvableConflict",
     "The send or update operation could not be performed because the change key passed "
     "in the "
     "request does not match the current change key for the item."},
    {"ErrorItemNotFound", "The specified object was not found in the store."},
    {"ErrorItemSave", "An error occurred while trying to save the item."},
    {"ErrorMailboxDataArrayTooBig", "There are too many mailboxes in the request."},
    {"ErrorMessageDispositionRequired",
     "The MessageDisposition attribute is required for messages."},
    {"ErrorMimeContentInvalid", "Mime content is invalid."},
    {"ErrorMimeContentInvalidBase64String",
     "Mime content contains an invalid base64 string."},
    {"ErrorMissedNotificationEvents", "Events were missed."},
    {"ErrorMoveCopyFailed", "The item could not be moved or copied."},
    {"ErrorNameResolutionMultipleResults", "Multiple results were found."},
    {"ErrorNameResolutionNoResults", "No results were found."},
    {"ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it."},
    {"ErrorObjectTypeChanged", "The object type cannot be changed."},
    {"ErrorOccurrenceCrossingBoundary",
     "Modified occurrence is crossing or overlapping adjacent occurrence."},
    {"ErrorOccurrenceTimeSpanTooBig",
     "The duration of an occurrence is longer than the period of the recurrence."},
    {"ErrorPropertyUpdate", "The property update failed."},
    {"ErrorReadEventsFailed", "Reading events failed."},
    {"ErrorRecurrenceEndDateTooBig", "The end date of the recurrence is too late."},
    {"ErrorRecurrenceHasNoOccurrence", "The recurrence has no occurrence."},
    {"ErrorSavedItemFolderNotFound", "The folder to save the item in was not found."},
    {"ErrorSendMeetingCancellationsRequired",
     "The SendMeetingCancellations attribute is required for calendar items."},
    {"ErrorSendMeetingInvitationsOrCancellationsRequired",
     "The SendMeetingInvitationsOrCancellations attribute is required for calendar "
     "items."},
    {"ErrorSendMeetingInvitationsRequired",
     "The SendMeetingInvitations attribute is required for calendar items."},
    {"ErrorServerBusy",
     "The server cannot service this request right now. Try again later."},
    {"ErrorStaleObject", "The object is stale."},
    {"ErrorSubscriptionAccessDenied", "Access to the subscription is denied."},
    {"ErrorSubscriptionNotFound", "The subscription was not found."},
    {"ErrorSyncFolderNotFound", "The folder to synchronize was not found."},
    {"ErrorTimeIntervalTooBig", "The time interval is too big."},
    {"ErrorTimeZone", "The time zone is not known."},
    {"ErrorUnsupportedPathForQuery", "The property cannot be used in a restriction."},
    {"ErrorUnsupportedPathForSortGroup", "The property cannot be used to sort."},
    {"ErrorUnsupportedPropertyDefinition",
     "The property is not supported in a request of this kind."},
    {"ErrorUpdatePropertyMismatch",
     "The property named and the property given in the update do not match."},
};

const char *lab_error_text(const char *code)
{
    size_t low = 0, high = sizeof texts / sizeof *texts;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int c = strcmp(code, texts[mid].code);
        if (c == 0)
            return texts[mid].text;
        if (c < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return "The operation failed.";
}
