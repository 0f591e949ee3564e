/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of EWS requests: users, permissions, delegates, small types of newer servers.
 * The notation is explained in rows.h. */
#include "grammar/rows.h"

const lab_grammar_row_t lab_grammar_rows_rights[] = {
    {"UserIdType", "",
     "SID:string? PrimarySmtpAddress:string? DisplayName:string? DistinguishedUser? "
     "ExternalUserIdentity:string?@10",
     "", ""},
    {"ArrayOfPermissionsType", "", "( Permission )*", "", ""},
    {"ArrayOfCalendarPermissionsType", "", "( CalendarPermission )*", "", ""},
    {"ArrayOfUnknownEntriesType", "", "( UnknownEntry:string )*", "", ""},
    {"BasePermissionType", "",
     "UserId CanCreateItems:boolean? CanCreateSubFolders:boolean? "
     "IsFolderOwner:boolean? IsFolderVisible:boolean? IsFolderContact:boolean? "
     "EditItems:PermissionActionType? DeleteItems:PermissionActionType?",
     "", ""},
    {"PermissionType", "BasePermissionType",
     "ReadItems:PermissionReadAccessType? PermissionLevel",
     "", ""},
    {"CalendarPermissionType", "BasePermissionType",
     "ReadItems:CalendarPermissionReadAccessType? CalendarPermissionLevel",
     "", ""},
    {"PermissionSetType", "",
     "Permissions:ArrayOfPermissionsType UnknownEntries:ArrayOfUnknownEntriesType?",
     "", ""},
    {"CalendarPermissionSetType", "",
     "CalendarPermissions:ArrayOfCalendarPermissionsType "
     "UnknownEntries:ArrayOfUnknownEntriesType?",
     "", ""},
    {"EffectiveRightsType", "",
     "CreateAssociated:boolean CreateContents:boolean CreateHierarchy:boolean "
     "Delete:boolean Modify:boolean Read:boolean ViewPrivateItems:boolean?@10",
     "", ""},
    {"ArrayOfDelegateUserType", "", "DelegateUser+", "", ""},
    {"ArrayOfUserIdType", "", "UserId+", "", ""},
    {"DelegateUserType", "",
     "UserId DelegatePermissions? ReceiveCopiesOfMeetingMessages:boolean? "
     "ViewPrivateItems:boolean?",
     "", ""},
    {"DelegatePermissionsType", "",
     "CalendarFolderPermissionLevel:DelegateFolderPermissionLevelType? "
     "TasksFolderPermissionLevel:DelegateFolderPermissionLevelType? "
     "InboxFolderPermissionLevel:DelegateFolderPermissionLevelType? "
     "ContactsFolderPermissionLevel:DelegateFolderPermissionLevelType? "
     "NotesFolderPermissionLevel:DelegateFolderPermissionLevelType? "
     "JournalFolderPermissionLevel:DelegateFolderPermissionLevelType?",
     "", ""},
    {"AcceptSharingInvitationType", "ReferenceItemResponseType", "", "", ""},
    {"UserConfigurationNameType", "TargetFolderIdType",
     "",
     "Name:NonEmptyStringType", ""},
    {"RetentionTagType", "", "", "IsExplicit:boolean", "GuidType"},
    {"ArrayOfInboxReminderType", "", "InboxReminder*", "", ""},
    {"InboxReminderType", "",
     "Id:GuidType? ReminderOffset:int? Message:string? IsOrganizerReminder:boolean? "
     "OccurrenceChange:EmailReminderChangeType? SendOption:EmailReminderSendOption?",
     "", ""},
    {"CalendarActivityDataType", "",
     "ActivityAction:string ClientId:string CasRequestId:GuidType IndexSelected:int",
     "", ""},
    {"MentionActionType", "",
     "Id:string CreatedBy:EmailAddressExtendedType CreatedDateTime:string? "
     "ServerCreatedDateTime:string? DeepLink:string? Application:string? "
     "Mentioned:EmailAddressExtendedType MentionText:string? ClientReference:string?",
     "", ""},
    {"NonEmptyArrayOfMentionActionsType", "", "MentionAction+", "", ""},
    {"AppliedHashtagType", "",
     "Id:string CreatedBy:EmailAddressExtendedType CreatedDateTime:string? "
     "ServerCreatedDateTime:string? DeepLink:string? Application:string? Tag:string "
     "IsAutoTagged:boolean IsInlined:boolean",
     "", ""},
    {"AppliedHashtagsPreviewType", "", "Hashtags:ArrayOfStringsType", "", ""},
    {"NonEmptyArrayOfAppliedHashtagType", "", "AppliedHashtag+", "", ""},
    {"LikeType", "",
     "Id:string CreatedBy:EmailAddressExtendedType CreatedDateTime:string? "
     "ServerCreatedDateTime:string? DeepLink:string? Application:string?",
     "", ""},
    {"LikesPreviewType", "", "LikeCount:int", "", ""},
    {"MentionsPreviewType", "", "IsMentioned:boolean", "", ""},
    {"NonEmptyArrayOfLikeType", "", "Like+", "", ""},
    {NULL, NULL, NULL, NULL, NULL},
};
