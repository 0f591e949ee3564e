/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of EWS requests: items, messages, tasks, and what servers extract from them.
 * The notation is explained in rows.h. */
#include "grammar/rows.h"

const lab_grammar_row_t lab_grammar_rows_items[] = {
    {"ItemType", "",
     "MimeContent? ItemId? ParentFolderId:FolderIdType? ItemClass? Subject:string? "
     "Sensitivity:SensitivityChoicesType? Body? "
     "Attachments:NonEmptyArrayOfAttachmentsType? DateTimeReceived:dateTime? Size:int? "
     "Categories:ArrayOfStringsType? Importance:ImportanceChoicesType? "
     "InReplyTo:string? IsSubmitted:boolean? IsDraft:boolean? IsFromMe:boolean? "
     "IsResend:boolean? IsUnmodified:boolean? "
     "InternetMessageHeaders:NonEmptyArrayOfInternetHeadersType? "
     "DateTimeSent:dateTime? DateTimeCreated:dateTime? "
     "ResponseObjects:NonEmptyArrayOfResponseObjectsType? ReminderDueBy:dateTime? "
     "ReminderIsSet:boolean? ReminderNextTime:dateTime?@13 ReminderMinutesBeforeStart? "
     "DisplayCc:string? DisplayTo:string? DisplayBcc:string?@13 "
     "HasAttachments:boolean? ExtendedProperty* Culture:language? EffectiveRights? "
     "LastModifiedName:string? LastModifiedTime:dateTime? IsAssociated:boolean?@10 "
     "WebClientReadFormQueryString:string?@10 WebClientEditFormQueryString:string?@10 "
     "ConversationId:ItemIdType?@10 UniqueBody:BodyType?@10 Flag?@13 "
     "StoreEntryId:base64Binary?@10.2 InstanceKey:base64Binary?@13 "
     "NormalizedBody:BodyType?@13 EntityExtractionResult?@13 "
     "PolicyTag:RetentionTagType?@13 ArchiveTag:RetentionTagType?@13 "
     "RetentionDate:dateTime?@13 Preview:string?@13 RightsManagementLicenseData?@13 "
     "PredictedActionReasons:NonEmptyArrayOfPredictedActionReasonType?@13.1 "
     "IsClutter:boolean?@13.1 BlockStatus:boolean?@13 HasBlockedImages:boolean?@13 "
     "TextBody:BodyType?@13 IconIndex?@13 SearchKey:base64Binary?@16 SortKey:long?@16 "
     "Hashtags:ArrayOfStringsType?@16 Mentions:ArrayOfRecipientsType?@16 "
     "MentionedMe:boolean?@16 MentionsPreview?@16 "
     "MentionsEx:NonEmptyArrayOfMentionActionsType?@16 "
     "AppliedHashtags:NonEmptyArrayOfAppliedHashtagType?@16 AppliedHashtagsPreview?@16 "
     "Likes:NonEmptyArrayOfLikeType?@16 LikesPreview?@16 "
     "PendingSocialActivityTagIds:ArrayOfStringsType?@16 AtAllMention:boolean?@16 "
     "CanDelete:boolean?@16 InferenceClassification?@16",
     "", ""},
    {"FlagType", "",
     "FlagStatus StartDate:dateTime? DueDate:dateTime? CompleteDate:dateTime?",
     "", ""},
    {"EntityType", "", "Position:EmailPositionType*", "", ""},
    {"ArrayOfAddressesType", "", "Address:string*", "", ""},
    {"ArrayOfAddressEntitiesType", "", "AddressEntity*", "", ""},
    {"AddressEntityType", "EntityType", "Address:string?", "", ""},
    {"ArrayOfEmailAddressEntitiesType", "", "EmailAddressEntity*", "", ""},
    {"EmailAddressEntityType", "EntityType", "EmailAddress:string?", "", ""},
    {"ArrayOfUrlEntitiesType", "", "UrlEntity*", "", ""},
    {"UrlEntityType", "EntityType", "Url:string?", "", ""},
    {"ArrayOfMeetingSuggestionsType", "", "MeetingSuggestion+", "", ""},
    {"MeetingSuggestionType", "EntityType",
     "Attendees:ArrayOfEmailUsersType? Location:string? Subject:string? "
     "MeetingString:string? StartTime:dateTime? EndTime:dateTime?",
     "", ""},
    {"ArrayOfTaskSuggestionsType", "", "TaskSuggestion+", "", ""},
    {"ArrayOfContactsType", "", "Contact*", "", ""},
    {"ContactType", "EntityType",
     "PersonName:string? BusinessName:string? PhoneNumbers:ArrayOfPhonesType? "
     "Urls:ArrayOfUrlsType? EmailAddresses:ArrayOfExtractedEmailAddresses? "
     "Addresses:ArrayOfAddressesType? ContactString:string?",
     "", ""},
    {"ArrayOfUrlsType", "", "Url:string*", "", ""},
    {"ArrayOfPhonesType", "", "Phone*", "", ""},
    {"PhoneType", "",
     "OriginalPhoneString:string? PhoneString:string? Type:string?",
     "", ""},
    {"ArrayOfPhoneEntitiesType", "", "Phone:PhoneEntityType*", "", ""},
    {"PhoneEntityType", "EntityType",
     "OriginalPhoneString:string? PhoneString:string? Type:string?",
     "", ""},
    {"ArrayOfEmailUsersType", "", "EmailUser*", "", ""},
    {"EmailUserType", "", "Name:string? UserId:string?", "", ""},
    {"TaskSuggestionType", "EntityType",
     "TaskString:string? Assignees:ArrayOfEmailUsersType?",
     "", ""},
    {"ArrayOfExtractedEmailAddresses", "", "EmailAddress:string*", "", ""},
    {"ParcelDeliveryEntityType", "",
     "Carrier:string? TrackingNumber:string? TrackingUrl:string? "
     "ExpectedArrivalFrom:string? ExpectedArrivalUntil:string? Product:string? "
     "ProductUrl:string? ProductImage:string? ProductSku:string? "
     "ProductDescription:string? ProductBrand:string? ProductColor:string? "
     "OrderNumber:string? Seller:string? OrderStatus:string? AddressName:string? "
     "StreetAddress:string? AddressLocality:string? AddressRegion:string? "
     "AddressCountry:string? PostalCode:string?",
     "", ""},
    {"ArrayOfParcelDeliveryEntitiesType", "",
     "ParcelDelivery:ParcelDeliveryEntityType*",
     "", ""},
    {"FlightEntityType", "",
     "FlightNumber:string? AirlineIataCode:string? DepartureTime:string? "
     "WindowsTimeZoneName:string? DepartureAirportIataCode:string? "
     "ArrivalAirportIataCode:string?",
     "", ""},
    {"ArrayOfFlightsType", "", "Flight:FlightEntityType*", "", ""},
    {"FlightReservationEntityType", "",
     "ReservationId:string? ReservationStatus:string? UnderName:string? "
     "BrokerName:string? BrokerPhone:string? Flights:ArrayOfFlightsType?",
     "", ""},
    {"ArrayOfFlightReservationsType", "",
     "FlightReservation:FlightReservationEntityType*",
     "", ""},
    {"SenderAddInEntityType", "", "ExtensionId:string?", "", ""},
    {"ArrayOfSenderAddInsType", "",
     "Microsoft.OutlookServices.SenderApp:SenderAddInEntityType*",
     "", ""},
    {"EntityExtractionResultType", "",
     "Addresses:ArrayOfAddressEntitiesType? "
     "MeetingSuggestions:ArrayOfMeetingSuggestionsType? "
     "TaskSuggestions:ArrayOfTaskSuggestionsType? "
     "EmailAddresses:ArrayOfEmailAddressEntitiesType? Contacts:ArrayOfContactsType? "
     "Urls:ArrayOfUrlEntitiesType? PhoneNumbers:ArrayOfPhoneEntitiesType? "
     "ParcelDeliveries:ArrayOfParcelDeliveryEntitiesType? "
     "FlightReservations:ArrayOfFlightReservationsType? "
     "SenderAddIns:ArrayOfSenderAddInsType?",
     "", ""},
    {"RightsManagementLicenseDataType", "",
     "RightsManagedMessageDecryptionStatus:int? RmsTemplateId:string? "
     "TemplateName:string? TemplateDescription:string? EditAllowed:boolean? "
     "ReplyAllowed:boolean? ReplyAllAllowed:boolean? ForwardAllowed:boolean? "
     "ModifyRecipientsAllowed:boolean? ExtractAllowed:boolean? PrintAllowed:boolean? "
     "ExportAllowed:boolean? ProgrammaticAccessAllowed:boolean? IsOwner:boolean? "
     "ContentOwner:string? ContentExpiryDate:string?",
     "", ""},
    {"PersonaPostalAddressType", "",
     "Street:string? City:string? State:string? Country:string? PostalCode:string? "
     "PostOfficeBox:string? Type:string? Latitude:double? Longitude:double? "
     "Accuracy:double? Altitude:double? AltitudeAccuracy:double? "
     "FormattedAddress:string? LocationUri:string? LocationSource?",
     "", ""},
    {"ArrayOfStringsType", "", "String:string*", "", ""},
    {"NonEmptyArrayOfAllItemsType", "",
     "( Item | Message | SharingMessage@10 | CalendarItem | Contact:ContactItemType | "
     "DistributionList | MeetingMessage | MeetingRequest:MeetingRequestMessageType | "
     "MeetingResponse:MeetingResponseMessageType | "
     "MeetingCancellation:MeetingCancellationMessageType | Task | PostItem | "
     "ReplyToItem | ForwardItem | ReplyAllToItem | AcceptItem | TentativelyAcceptItem "
     "| DeclineItem | CancelCalendarItem | RemoveItem | SuppressReadReceipt | "
     "PostReplyItem | AcceptSharingInvitation@10 | RoleMember:RoleMemberItemType@16 | "
     "Network:NetworkItemType@16 | Person:AbchPersonItemType@16 )+",
     "", ""},
    {"MeetingRegistrationResponseObjectType", "WellKnownResponseObjectType",
     "ProposedStart:dateTime?@13.1 ProposedEnd:dateTime?@13.1",
     "", ""},
    {"AcceptItemType", "MeetingRegistrationResponseObjectType", "", "", ""},
    {"TentativelyAcceptItemType", "MeetingRegistrationResponseObjectType", "", "", ""},
    {"DeclineItemType", "MeetingRegistrationResponseObjectType", "", "", ""},
    {"ProposeNewTimeType", "ResponseObjectType", "", "", ""},
    {"RemoveItemType", "ResponseObjectType", "", "", ""},
    {"AddItemToMyCalendarType", "ResponseObjectType", "", "", ""},
    {"PostReplyItemBaseType", "",
     "Subject:string? Body? ReferenceItemId:ItemIdType?",
     "", ""},
    {"PostReplyItemType", "PostReplyItemBaseType", "NewBodyContent:BodyType?", "", ""},
    {"MimeContentType", "", "", "CharacterSet:string?", "string"},
    {"MessageType", "ItemType",
     "Sender:SingleRecipientType? ToRecipients:ArrayOfRecipientsType? "
     "CcRecipients:ArrayOfRecipientsType? BccRecipients:ArrayOfRecipientsType? "
     "IsReadReceiptRequested:boolean? IsDeliveryReceiptRequested:boolean? "
     "ConversationIndex:base64Binary? ConversationTopic:string? "
     "From:SingleRecipientType? InternetMessageId:string? IsRead:boolean? "
     "IsResponseRequested:boolean? References:string? ReplyTo:ArrayOfRecipientsType? "
     "ReceivedBy:SingleRecipientType? ReceivedRepresenting:SingleRecipientType? "
     "ApprovalRequestData?@13 VotingInformation?@13 ReminderMessageData?@13 "
     "MessageSafety?@16 SenderSMTPAddress:SmtpAddressType?@16 "
     "MailboxGuids:MailboxGuids?@16 PublishedCalendarItemIcs:string?@16 "
     "PublishedCalendarItemName:string?@16",
     "", ""},
    {"TaskType", "ItemType",
     "ActualWork:int? AssignedTime:dateTime? BillingInformation:string? "
     "ChangeCount:int? Companies:ArrayOfStringsType? CompleteDate:dateTime? "
     "Contacts:ArrayOfStringsType? DelegationState:TaskDelegateStateType? "
     "Delegator:string? DueDate:dateTime? IsAssignmentEditable:int? "
     "IsComplete:boolean? IsRecurring:boolean? IsTeamTask:boolean? Mileage:string? "
     "Owner:string? PercentComplete:double? Recurrence:TaskRecurrenceType? "
     "StartDate:dateTime? Status:TaskStatusType? StatusDescription:string? "
     "TotalWork:int?",
     "", ""},
    {"PostItemType", "ItemType",
     "ConversationIndex:base64Binary? ConversationTopic:string? "
     "From:SingleRecipientType? InternetMessageId:string? IsRead:boolean? "
     "PostedTime:dateTime? References:string? Sender:SingleRecipientType?",
     "", ""},
    {"SharingMessageType", "MessageType",
     "SharingMessageAction? SharingMessageActions:ArrayOfSharingMessageActionType?",
     "", ""},
    {"ArrayOfSharingMessageActionType", "", "SharingMessageAction?", "", ""},
    {"SharingMessageActionType", "",
     "Importance:SharingActionImportance? ActionType:SharingActionType? "
     "Action:SharingAction?",
     "", ""},
    {"MailboxGuids", "", "MailboxGuid:GuidType+", "", ""},
    {NULL, NULL, NULL, NULL, NULL},
};
