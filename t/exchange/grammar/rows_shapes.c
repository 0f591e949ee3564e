/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of EWS requests: addresses, paths, shapes, changes, folders, ids, responses.
 * The notation is explained in rows.h. */
#include "grammar/rows.h"

const lab_grammar_row_t lab_grammar_rows_shapes[] = {
    {"BaseEmailAddressType", "", "", "", ""},
    {"EmailAddressType", "BaseEmailAddressType",
     "Name:string? EmailAddress:NonEmptyStringType? RoutingType:NonEmptyStringType? "
     "MailboxType? ItemId? OriginalDisplayName:string?@16",
     "", ""},
    {"EmailAddressExtendedType", "EmailAddressType",
     "ExternalObjectId:string? PrimaryEmailAddress:NonEmptyStringType?",
     "", ""},
    {"ArrayOfRecipientsType", "", "( Mailbox:EmailAddressType )*", "", ""},
    {"SingleRecipientType", "", "Mailbox:EmailAddressType", "", ""},
    {"BasePathToElementType", "", "", "", ""},
    {"PathToUnindexedFieldType", "BasePathToElementType",
     "",
     "FieldURI:UnindexedFieldURIType", ""},
    {"PathToIndexedFieldType", "BasePathToElementType",
     "",
     "FieldURI:DictionaryURIType FieldIndex:string", ""},
    {"PathToExtendedFieldType", "BasePathToElementType",
     "",
     "DistinguishedPropertySetId:DistinguishedPropertySetType? PropertySetId:GuidType? "
     "PropertyTag? PropertyName:string? PropertyId:int? "
     "PropertyType:MapiPropertyTypeType", ""},
    {"NonEmptyArrayOfPathsToElementType", "",
     "( ( FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType | "
     "ExtendedFieldURI:PathToExtendedFieldType ) )+",
     "", ""},
    {"NonEmptyArrayOfPropertyValuesType", "", "Value:string+", "", ""},
    {"ExtendedPropertyType", "",
     "ExtendedFieldURI:PathToExtendedFieldType ( Value:string | "
     "Values:NonEmptyArrayOfPropertyValuesType )",
     "", ""},
    {"FolderResponseShapeType", "",
     "BaseShape:DefaultShapeNamesType "
     "AdditionalProperties:NonEmptyArrayOfPathsToElementType?",
     "", ""},
    {"ItemResponseShapeType", "",
     "BaseShape:DefaultShapeNamesType IncludeMimeContent:boolean? "
     "BodyType:BodyTypeResponseType? UniqueBodyType:BodyTypeResponseType?@13.1 "
     "NormalizedBodyType:BodyTypeResponseType?@13.1 FilterHtmlContent:boolean?@10 "
     "ConvertHtmlCodePageToUTF8:boolean?@10.1 InlineImageUrlTemplate:string?@13 "
     "BlockExternalImages:boolean?@13 AddBlankTargetToLinks:boolean?@13 "
     "MaximumBodySize:int?@13 AdditionalProperties:NonEmptyArrayOfPathsToElementType?",
     "", ""},
    {"AttachmentResponseShapeType", "",
     "IncludeMimeContent:boolean? BodyType:BodyTypeResponseType? "
     "FilterHtmlContent:boolean?@10 "
     "AdditionalProperties:NonEmptyArrayOfPathsToElementType?",
     "", ""},
    {"ChangeDescriptionType", "",
     "( FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType | "
     "ExtendedFieldURI:PathToExtendedFieldType )",
     "", ""},
    {"ItemChangeDescriptionType", "ChangeDescriptionType", "", "", ""},
    {"FolderChangeDescriptionType", "ChangeDescriptionType", "", "", ""},
    {"SetItemFieldType", "ItemChangeDescriptionType",
     "( Item | Message | SharingMessage@10 | CalendarItem | Contact:ContactItemType | "
     "DistributionList | MeetingMessage | MeetingRequest:MeetingRequestMessageType | "
     "MeetingResponse:MeetingResponseMessageType | "
     "MeetingCancellation:MeetingCancellationMessageType | Task | PostItem | "
     "RoleMember:RoleMemberItemType@16 | Network:NetworkItemType@16 | "
     "Person:AbchPersonItemType@16 )",
     "", ""},
    {"SetFolderFieldType", "FolderChangeDescriptionType",
     "( Folder | CalendarFolder | ContactsFolder | SearchFolder | TasksFolder )",
     "", ""},
    {"DeleteItemFieldType", "ItemChangeDescriptionType", "", "", ""},
    {"DeleteFolderFieldType", "FolderChangeDescriptionType", "", "", ""},
    {"AppendToItemFieldType", "ItemChangeDescriptionType",
     "( Item | Message | SharingMessage@10 | CalendarItem | Contact:ContactItemType | "
     "DistributionList | MeetingMessage | MeetingRequest:MeetingRequestMessageType | "
     "MeetingResponse:MeetingResponseMessageType | "
     "MeetingCancellation:MeetingCancellationMessageType | Task | PostItem | "
     "RoleMember:RoleMemberItemType@16 | Network:NetworkItemType@16 | "
     "Person:AbchPersonItemType@16 )",
     "", ""},
    {"AppendToFolderFieldType", "FolderChangeDescriptionType",
     "( Folder | CalendarFolder | ContactsFolder | SearchFolder | TasksFolder )",
     "", ""},
    {"NonEmptyArrayOfItemChangeDescriptionsType", "",
     "( AppendToItemField | SetItemField | DeleteItemField )+",
     "", ""},
    {"NonEmptyArrayOfFolderChangeDescriptionsType", "",
     "( AppendToFolderField | SetFolderField | DeleteFolderField )+",
     "", ""},
    {"ItemChangeType", "",
     "( ItemId | OccurrenceItemId | RecurringMasterItemId ) "
     "Updates:NonEmptyArrayOfItemChangeDescriptionsType CalendarActivityData?@16",
     "", ""},
    {"NonEmptyArrayOfItemChangesType", "", "ItemChange+", "", ""},
    {"InternetHeaderType", "", "", "HeaderName:string", "string"},
    {"NonEmptyArrayOfInternetHeadersType", "",
     "InternetMessageHeader:InternetHeaderType+",
     "", ""},
    {"NonEmptyArrayOfPredictedActionReasonType", "", "PredictedActionReason+", "", ""},
    {"RequestAttachmentIdType", "BaseItemIdType", "", "Id:string", ""},
    {"AttachmentIdType", "RequestAttachmentIdType",
     "",
     "RootItemId:string? RootItemChangeKey:string?", ""},
    {"NonEmptyArrayOfRequestAttachmentIdsType", "",
     "( AttachmentId:RequestAttachmentIdType )+",
     "", ""},
    {"AttachmentType", "",
     "AttachmentId? Name:string? ContentType:string? ContentId:string? "
     "ContentLocation:string? AttachmentOriginalUrl:string?@19 Size:int?@10 "
     "LastModifiedTime:dateTime?@10 IsInline:boolean?@10",
     "", ""},
    {"ItemAttachmentType", "AttachmentType",
     "( Item | Message | SharingMessage@10 | CalendarItem | Contact:ContactItemType | "
     "MeetingMessage | MeetingRequest:MeetingRequestMessageType | "
     "MeetingResponse:MeetingResponseMessageType | "
     "MeetingCancellation:MeetingCancellationMessageType | Task | PostItem | "
     "RoleMember:RoleMemberItemType@16 | Network:NetworkItemType@16 | "
     "Person:AbchPersonItemType@16 )?",
     "", ""},
    {"FileAttachmentType", "AttachmentType",
     "IsContactPhoto:boolean?@10 Content:base64Binary?",
     "", ""},
    {"ReferenceAttachmentType", "AttachmentType",
     "AttachLongPathName:string? ProviderType:string? ProviderEndpointUrl:string? "
     "AttachmentThumbnailUrl:string? AttachmentPreviewUrl:string? PermissionType:int? "
     "OriginalPermissionType:int? AttachmentIsFolder:boolean?",
     "", ""},
    {"NonEmptyArrayOfAttachmentsType", "",
     "( ItemAttachment | FileAttachment | ReferenceAttachment@13.1 )+",
     "", ""},
    {"BodyType", "", "", "BodyType IsTruncated:boolean?@13", "string"},
    {"BaseFolderIdType", "", "", "", ""},
    {"DistinguishedFolderIdType", "BaseFolderIdType",
     "Mailbox:EmailAddressType?",
     "Id:DistinguishedFolderIdNameType ChangeKey:string?", ""},
    {"FolderIdType", "BaseFolderIdType", "", "Id:string ChangeKey:string?", ""},
    {"AddressListIdType", "BaseFolderIdType", "", "Id:string", ""},
    {"NonEmptyArrayOfBaseFolderIdsType", "",
     "( FolderId | DistinguishedFolderId )+",
     "", ""},
    {"TargetFolderIdType", "",
     "( FolderId | DistinguishedFolderId | AddressListId@13 )",
     "", ""},
    {"BaseFolderType", "",
     "FolderId? ParentFolderId:FolderIdType? FolderClass:string? DisplayName:string? "
     "TotalCount:int? ChildFolderCount:int? ExtendedProperty* "
     "ManagedFolderInformation? EffectiveRights? "
     "DistinguishedFolderId:DistinguishedFolderIdNameType?@13 "
     "PolicyTag:RetentionTagType?@13 ArchiveTag:RetentionTagType?@13 "
     "ReplicaList:ArrayOfStringsType?@13.1",
     "", ""},
    {"ManagedFolderInformationType", "",
     "CanDelete:boolean? CanRenameOrMove:boolean? MustDisplayComment:boolean? "
     "HasQuota:boolean? IsManagedFoldersRoot:boolean? ManagedFolderId:string? "
     "Comment:string? StorageQuota:int? FolderSize:int? HomePage:string?",
     "", ""},
    {"FolderType", "BaseFolderType", "PermissionSet? UnreadCount:int?", "", ""},
    {"CalendarFolderType", "BaseFolderType",
     "SharingEffectiveRights:CalendarPermissionReadAccessType?@10 "
     "PermissionSet:CalendarPermissionSetType?",
     "", ""},
    {"ContactsFolderType", "BaseFolderType",
     "SharingEffectiveRights:PermissionReadAccessType?@10 PermissionSet? "
     "SourceId:string?@16 AccountName:string?@16",
     "", ""},
    {"SearchFolderType", "FolderType", "SearchParameters?", "", ""},
    {"TasksFolderType", "FolderType", "", "", ""},
    {"NonEmptyArrayOfFoldersType", "",
     "( Folder | CalendarFolder | ContactsFolder | SearchFolder | TasksFolder )+",
     "", ""},
    {"BaseItemIdType", "", "", "", ""},
    {"ItemIdType", "BaseItemIdType", "", "Id:string ChangeKey:string?", ""},
    {"NonEmptyArrayOfBaseItemIdsType", "",
     "( ItemId | OccurrenceItemId | RecurringMasterItemId | "
     "RecurringMasterItemIdRanges@13 )+",
     "", ""},
    {"ArrayOfBaseItemIdsType", "", "( ItemId )*", "", ""},
    {"ResponseObjectCoreType", "MessageType", "ReferenceItemId:ItemIdType?", "", ""},
    {"ResponseObjectType", "ResponseObjectCoreType", "", "ObjectName:string?", ""},
    {"NonEmptyArrayOfResponseObjectsType", "",
     "( AcceptItem | TentativelyAcceptItem | DeclineItem | ReplyToItem | ForwardItem | "
     "ReplyAllToItem | CancelCalendarItem | RemoveItem | SuppressReadReceipt | "
     "PostReplyItem | AcceptSharingInvitation@10 | AddItemToMyCalendar@13 | "
     "ProposeNewTime@13.1 )*",
     "", ""},
    {"FolderChangeType", "",
     "( FolderId | DistinguishedFolderId ) "
     "Updates:NonEmptyArrayOfFolderChangeDescriptionsType",
     "", ""},
    {"NonEmptyArrayOfFolderChangesType", "", "FolderChange+", "", ""},
    {"WellKnownResponseObjectType", "",
     "ItemClass? Sensitivity:SensitivityChoicesType? Body? "
     "Attachments:NonEmptyArrayOfAttachmentsType? "
     "InternetMessageHeaders:NonEmptyArrayOfInternetHeadersType? "
     "Sender:SingleRecipientType? ToRecipients:ArrayOfRecipientsType? "
     "CcRecipients:ArrayOfRecipientsType? BccRecipients:ArrayOfRecipientsType? "
     "IsReadReceiptRequested:boolean? IsDeliveryReceiptRequested:boolean? "
     "From:SingleRecipientType? ReferenceItemId:ItemIdType?",
     "", ""},
    {"SmartResponseBaseType", "",
     "Subject:string? Body? ToRecipients:ArrayOfRecipientsType? "
     "CcRecipients:ArrayOfRecipientsType? BccRecipients:ArrayOfRecipientsType? "
     "IsReadReceiptRequested:boolean? IsDeliveryReceiptRequested:boolean? "
     "From:SingleRecipientType? ReferenceItemId:ItemIdType?",
     "", ""},
    {"SmartResponseType", "SmartResponseBaseType", "NewBodyContent:BodyType?", "", ""},
    {"ReplyToItemType", "SmartResponseType", "", "", ""},
    {"ReplyAllToItemType", "SmartResponseType",
     "IsSpecificMessageReply:boolean?@13",
     "", ""},
    {"ForwardItemType", "SmartResponseType", "", "", ""},
    {"CancelCalendarItemType", "SmartResponseType", "", "", ""},
    {"ReferenceItemResponseType", "", "ReferenceItemId:ItemIdType?", "", ""},
    {"SuppressReadReceiptType", "ReferenceItemResponseType", "", "", ""},
    {NULL, NULL, NULL, NULL, NULL},
};
