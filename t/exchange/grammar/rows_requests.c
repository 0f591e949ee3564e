/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of EWS requests: the operations and the headers of a request.
 * The notation is explained in rows.h. */
#include "grammar/rows.h"

const lab_grammar_row_t lab_grammar_rows_requests[] = {
    {"m:BaseRequestType", "", "", "", ""},
    {"m:GetFolderType", "m:BaseRequestType",
     "FolderShape:FolderResponseShapeType FolderIds:NonEmptyArrayOfBaseFolderIdsType",
     "", ""},
    {"m:CreateFolderType", "m:BaseRequestType",
     "ParentFolderId:TargetFolderIdType Folders:NonEmptyArrayOfFoldersType",
     "", ""},
    {"m:FindFolderType", "m:BaseRequestType",
     "FolderShape:FolderResponseShapeType ( IndexedPageFolderView:IndexedPageViewType "
     "| FractionalPageFolderView:FractionalPageViewType )? Restriction? "
     "ParentFolderIds:NonEmptyArrayOfBaseFolderIdsType",
     "Traversal:FolderQueryTraversalType", ""},
    {"m:DeleteFolderType", "m:BaseRequestType",
     "FolderIds:NonEmptyArrayOfBaseFolderIdsType",
     "DeleteType:DisposalType", ""},
    {"m:EmptyFolderType", "m:BaseRequestType",
     "FolderIds:NonEmptyArrayOfBaseFolderIdsType",
     "DeleteType:DisposalType DeleteSubFolders:boolean", ""},
    {"m:BaseMoveCopyFolderType", "m:BaseRequestType",
     "ToFolderId:TargetFolderIdType FolderIds:NonEmptyArrayOfBaseFolderIdsType",
     "", ""},
    {"m:MoveFolderType", "m:BaseMoveCopyFolderType", "", "", ""},
    {"m:CopyFolderType", "m:BaseMoveCopyFolderType", "", "", ""},
    {"m:UpdateFolderType", "m:BaseRequestType",
     "FolderChanges:NonEmptyArrayOfFolderChangesType",
     "", ""},
    {"m:GetItemType", "m:BaseRequestType",
     "ItemShape:ItemResponseShapeType ItemIds:NonEmptyArrayOfBaseItemIdsType",
     "", ""},
    {"m:CreateItemType", "m:BaseRequestType",
     "SavedItemFolderId:TargetFolderIdType? Items:NonEmptyArrayOfAllItemsType",
     "MessageDisposition? "
     "SendMeetingInvitations:CalendarItemCreateOrDeleteOperationType?", ""},
    {"m:UpdateItemType", "m:BaseRequestType",
     "SavedItemFolderId:TargetFolderIdType? ItemChanges:NonEmptyArrayOfItemChangesType",
     "ConflictResolution MessageDisposition? "
     "SendMeetingInvitationsOrCancellations:CalendarItemUpdateOperationType? "
     "SuppressReadReceipts:boolean?@13.1", ""},
    {"m:DeleteItemType", "m:BaseRequestType",
     "ItemIds:NonEmptyArrayOfBaseItemIdsType",
     "DeleteType:DisposalType "
     "SendMeetingCancellations:CalendarItemCreateOrDeleteOperationType? "
     "AffectedTaskOccurrences? SuppressReadReceipts:boolean?@13.1", ""},
    {"m:BaseMoveCopyItemType", "m:BaseRequestType",
     "ToFolderId:TargetFolderIdType ItemIds:NonEmptyArrayOfBaseItemIdsType "
     "ReturnNewItemIds:boolean?@10.1",
     "", ""},
    {"m:MoveItemType", "m:BaseMoveCopyItemType", "", "", ""},
    {"m:CopyItemType", "m:BaseMoveCopyItemType", "", "", ""},
    {"m:SendItemType", "m:BaseRequestType",
     "ItemIds:NonEmptyArrayOfBaseItemIdsType SavedItemFolderId:TargetFolderIdType?",
     "SaveItemToFolder:boolean", ""},
    {"m:QueryStringType", "",
     "",
     "ResetCache:boolean? ReturnHighlightTerms:boolean? ReturnDeletedItems:boolean?", "string"},
    {"m:FindItemType", "m:BaseRequestType",
     "ItemShape:ItemResponseShapeType ( IndexedPageItemView:IndexedPageViewType | "
     "FractionalPageItemView:FractionalPageViewType | "
     "SeekToConditionPageItemView:SeekToConditionPageViewType@13 | CalendarView | "
     "ContactsView )? ( GroupBy | DistinguishedGroupBy )? Restriction? "
     "SortOrder:NonEmptyArrayOfFieldOrdersType? "
     "ParentFolderIds:NonEmptyArrayOfBaseFolderIdsType "
     "QueryString:m:QueryStringType?@10",
     "Traversal:ItemQueryTraversalType", ""},
    {"m:CreateAttachmentType", "m:BaseRequestType",
     "ParentItemId:ItemIdType Attachments:NonEmptyArrayOfAttachmentsType",
     "", ""},
    {"m:DeleteAttachmentType", "m:BaseRequestType",
     "AttachmentIds:NonEmptyArrayOfRequestAttachmentIdsType",
     "", ""},
    {"m:GetAttachmentType", "m:BaseRequestType",
     "AttachmentShape:AttachmentResponseShapeType? "
     "AttachmentIds:NonEmptyArrayOfRequestAttachmentIdsType",
     "", ""},
    {"m:ResolveNamesType", "m:BaseRequestType",
     "ParentFolderIds:NonEmptyArrayOfBaseFolderIdsType? "
     "UnresolvedEntry:NonEmptyStringType",
     "ReturnFullContactData:boolean SearchScope:ResolveNamesSearchScopeType? "
     "ContactDataShape:DefaultShapeNamesType?@10.2", ""},
    {"m:ExpandDLType", "m:BaseRequestType", "Mailbox:EmailAddressType", "", ""},
    {"m:GetServerTimeZonesType", "m:BaseRequestType",
     "Ids:NonEmptyArrayOfTimeZoneIdType?",
     "ReturnFullTimeZoneData:boolean?", ""},
    {"m:SubscribeType", "m:BaseRequestType",
     "( PullSubscriptionRequest | PushSubscriptionRequest | "
     "StreamingSubscriptionRequest@10.1 )",
     "", ""},
    {"m:UnsubscribeType", "m:BaseRequestType", "SubscriptionId", "", ""},
    {"m:GetEventsType", "m:BaseRequestType", "SubscriptionId Watermark", "", ""},
    {"m:GetStreamingEventsType", "m:BaseRequestType",
     "SubscriptionIds:NonEmptyArrayOfSubscriptionIdsType "
     "ConnectionTimeout:StreamingSubscriptionConnectionTimeoutType",
     "", ""},
    {"m:SyncFolderHierarchyType", "m:BaseRequestType",
     "FolderShape:FolderResponseShapeType SyncFolderId:TargetFolderIdType? "
     "SyncState:string?",
     "", ""},
    {"m:SyncFolderItemsType", "m:BaseRequestType",
     "ItemShape:ItemResponseShapeType SyncFolderId:TargetFolderIdType "
     "SyncState:string? Ignore:ArrayOfBaseItemIdsType? "
     "MaxChangesReturned:MaxSyncChangesReturnedType "
     "SyncScope:SyncFolderItemsScopeType?@10",
     "", ""},
    {"m:GetUserAvailabilityRequestType", "m:BaseRequestType",
     "t:TimeZone:SerializableTimeZone^10 MailboxDataArray:ArrayOfMailboxData "
     "t:FreeBusyViewOptions? t:SuggestionsViewOptions?",
     "", ""},
    {"m:GetUserOofSettingsRequest", "m:BaseRequestType",
     "t:Mailbox:EmailAddress",
     "", ""},
    {"m:SetUserOofSettingsRequest", "m:BaseRequestType",
     "t:Mailbox:EmailAddress t:UserOofSettings:UserOofSettings",
     "", ""},
    {"m:ConvertIdType", "m:BaseRequestType",
     "SourceIds:NonEmptyArrayOfAlternateIdsType",
     "DestinationFormat:IdFormatType", ""},
    {"m:GetDelegateType", "m:BaseDelegateType",
     "UserIds:ArrayOfUserIdType?",
     "IncludePermissions:boolean", ""},
    {"m:AddDelegateType", "m:BaseDelegateType",
     "DelegateUsers:ArrayOfDelegateUserType DeliverMeetingRequests?",
     "", ""},
    {"m:BaseDelegateType", "m:BaseRequestType", "Mailbox:EmailAddressType", "", ""},
    {"m:RemoveDelegateType", "m:BaseDelegateType", "UserIds:ArrayOfUserIdType", "", ""},
    {"m:UpdateDelegateType", "m:BaseDelegateType",
     "DelegateUsers:ArrayOfDelegateUserType? DeliverMeetingRequests?",
     "", ""},
    {"m:GetUserConfigurationType", "m:BaseRequestType",
     "UserConfigurationName UserConfigurationProperties:UserConfigurationPropertyType",
     "", ""},
    {"m:GetRoomListsType", "m:BaseRequestType", "", "", ""},
    {"m:GetRoomsType", "m:BaseRequestType", "RoomList:EmailAddressType", "", ""},
    {"m:GetRemindersType", "m:BaseRequestType",
     "BeginTime:dateTime? EndTime:dateTime? MaxItems:RemindersMaxItems? "
     "ReminderType:RemindersKind?",
     "", ""},
    {"MailboxCultureType", "", "", "", "language"},
    {"NonEmptyArrayOfRoleType", "", "Role:string+", "", ""},
    {"ManagementRoleType", "",
     "UserRoles:NonEmptyArrayOfRoleType? ApplicationRoles:NonEmptyArrayOfRoleType?",
     "", ""},
    {"SidAndAttributesType", "",
     "SecurityIdentifier:string",
     "Attributes:unsignedInt", ""},
    {"NonEmptyArrayOfGroupIdentifiersType", "",
     "GroupIdentifier:SidAndAttributesType+",
     "", ""},
    {"NonEmptyArrayOfRestrictedGroupIdentifiersType", "",
     "RestrictedGroupIdentifier:SidAndAttributesType+",
     "", ""},
    {"SerializedSecurityContextType", "",
     "UserSid:string GroupSids:NonEmptyArrayOfGroupIdentifiersType? "
     "RestrictedGroupSids:NonEmptyArrayOfRestrictedGroupIdentifiersType? "
     "PrimarySmtpAddress:string?",
     "", ""},
    {"ConnectingSIDType", "",
     "( PrincipalName | SID | PrimarySmtpAddress | SmtpAddress@10 )",
     "", ""},
    {"PrincipalNameType", "", "", "", "NonEmptyStringType"},
    {"SIDType", "", "", "", "NonEmptyStringType"},
    {"PrimarySmtpAddressType", "", "", "", "NonEmptyStringType"},
    {"SmtpAddressType", "", "", "", "NonEmptyStringType"},
    {"ExchangeImpersonationType", "", "ConnectingSID", "", ""},
    {"RequestServerVersionType", "", "", "Version:ExchangeVersionType", ""},
    {NULL, NULL, NULL, NULL, NULL},
};
