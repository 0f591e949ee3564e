/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of EWS requests: contacts and distribution lists.
 * The notation is explained in rows.h. */
#include "grammar/rows.h"

const lab_grammar_row_t lab_grammar_rows_contacts[] = {
    {"CompleteNameType", "",
     "Title:string? FirstName:string? MiddleName:string? LastName:string? "
     "Suffix:string? Initials:string? FullName:string? Nickname:string? "
     "YomiFirstName:string? YomiLastName:string?",
     "", ""},
    {"ImAddressDictionaryEntryType", "", "", "Key:ImAddressKeyType", "string"},
    {"ContactUrlDictionaryEntryType", "",
     "Type:ContactUrlKeyType Name:string? Address:string?",
     "", ""},
    {"AbchEmailAddressDictionaryEntryType", "",
     "Type:AbchEmailAddressTypeType Address:string IsMessengerEnabled:boolean? "
     "Capabilities:long?",
     "", ""},
    {"EmailAddressDictionaryEntryType", "",
     "",
     "Key:EmailAddressKeyType Name:string?@10.2 RoutingType:string?@10.2 "
     "MailboxType?@10.2", "string"},
    {"PhoneNumberDictionaryEntryType", "", "", "Key:PhoneNumberKeyType", "string"},
    {"PhysicalAddressDictionaryEntryType", "",
     "Street:string? City:string? State:string? CountryOrRegion:string? "
     "PostalCode:string?",
     "Key:PhysicalAddressKeyType", ""},
    {"ContactUrlDictionaryType", "", "Url:ContactUrlDictionaryEntryType+", "", ""},
    {"AbchEmailAddressDictionaryType", "",
     "Email:AbchEmailAddressDictionaryEntryType+",
     "", ""},
    {"ImAddressDictionaryType", "", "Entry:ImAddressDictionaryEntryType+", "", ""},
    {"EmailAddressDictionaryType", "", "Entry:EmailAddressDictionaryEntryType+", "", ""},
    {"PhoneNumberDictionaryType", "", "Entry:PhoneNumberDictionaryEntryType+", "", ""},
    {"PhysicalAddressDictionaryType", "",
     "Entry:PhysicalAddressDictionaryEntryType+",
     "", ""},
    {"MembersListType", "", "Member*", "", ""},
    {"MemberType", "",
     "Mailbox:EmailAddressType? Status:MemberStatusType?",
     "Key:string?", ""},
    {"RoleMemberItemType", "ItemType",
     "DisplayName:string? Type:RoleMemberTypeType? MemberId:string?",
     "", ""},
    {"NetworkItemType", "ItemType",
     "DomainId:int? DomainTag:string? UserTileUrl:string? ProfileUrl:string? "
     "Settings:int? IsDefault:boolean? AutoLinkError:string? AutoLinkSuccess:string? "
     "UserEmail:string? ClientPublishSecret:string? ClientToken:string? "
     "ClientToken2:string? ContactSyncError:string? ContactSyncSuccess:string? "
     "ErrorOffers:int? FirstAuthErrorDates:string? LastVersionSaved:int? "
     "LastWelcomeContact:string? Offers:int? PsaLastChanged:dateTime? "
     "RefreshToken2:string? RefreshTokenExpiry2:string? SessionHandle:string? "
     "RejectedOffers:int? SyncEnabled:boolean? TokenRefreshLastAttempted:dateTime? "
     "TokenRefreshLastCompleted:dateTime? PsaState:string? SourceEntryID:base64Binary? "
     "AccountName:string? LastSync:dateTime?",
     "", ""},
    {"AbchPersonItemType", "ItemType",
     "AntiLinkInfo:string? PersonId:GuidType? "
     "ContactHandles:ArrayOfAbchPersonContactHandlesType? "
     "ContactCategories:ArrayOfStringsType? RelevanceOrder1:string? "
     "RelevanceOrder2:string? TrustLevel:int? FavoriteOrder:int? "
     "ExchangePersonIdGuid:GuidType?",
     "", ""},
    {"ArrayOfAbchPersonContactHandlesType", "",
     "ContactHandle:AbchPersonContactHandle*",
     "", ""},
    {"AbchPersonContactHandle", "",
     "SourceId:string ObjectId:string AccountName:string?",
     "", ""},
    {"ContactItemType", "ItemType",
     "FileAs:string? FileAsMapping? DisplayName:string? GivenName:string? "
     "Initials:string? MiddleName:string? Nickname:string? CompleteName? "
     "CompanyName:string? EmailAddresses:EmailAddressDictionaryType? "
     "AbchEmailAddresses:AbchEmailAddressDictionaryType?@16 "
     "PhysicalAddresses:PhysicalAddressDictionaryType? "
     "PhoneNumbers:PhoneNumberDictionaryType? AssistantName:string? Birthday:dateTime? "
     "BusinessHomePage:anyURI? Children:ArrayOfStringsType? "
     "Companies:ArrayOfStringsType? ContactSource? Department:string? "
     "Generation:string? ImAddresses:ImAddressDictionaryType? JobTitle:string? "
     "Manager:string? Mileage:string? OfficeLocation:string? "
     "PostalAddressIndex:PhysicalAddressIndexType? Profession:string? "
     "SpouseName:string? Surname:string? WeddingAnniversary:dateTime? "
     "HasPicture:boolean?@10.2 PhoneticFullName:string?@10.2 "
     "PhoneticFirstName:string?@10.2 PhoneticLastName:string?@10.2 Alias:string?@10.2 "
     "Notes:string?@10.2 Photo:base64Binary?@10.2 "
     "UserSMIMECertificate:ArrayOfBinaryType?@10.2 "
     "MSExchangeCertificate:ArrayOfBinaryType?@10.2 DirectoryId:string?@10.2 "
     "ManagerMailbox:SingleRecipientType?@10.2 "
     "DirectReports:ArrayOfRecipientsType?@10.2 AccountName:string?@16 "
     "IsAutoUpdateDisabled:boolean?@16 IsMessengerEnabled:boolean?@16 "
     "Comment:string?@16 ContactShortId:int?@16 ContactType:string?@16 "
     "Gender:string?@16 IsHidden:boolean?@16 ObjectId:string?@16 PassportId:long?@16 "
     "IsPrivate:boolean?@16 SourceId:string?@16 TrustLevel:int?@16 "
     "CreatedBy:string?@16 Urls:ContactUrlDictionaryType?@16 Cid:long?@16 "
     "SkypeAuthCertificate:string?@16 SkypeContext:string?@16 SkypeId:string?@16 "
     "SkypeRelationship:string?@16 YomiNickname:string?@16 XboxLiveTag:string?@16 "
     "InviteFree:boolean?@16 HidePresenceAndProfile:boolean?@16 "
     "IsPendingOutbound:boolean?@16 SupportGroupFeeds:boolean?@16 "
     "UserTileHash:string?@16 UnifiedInbox:boolean?@16 Mris:ArrayOfStringsType?@16 "
     "Wlid:string?@16 AbchContactId:GuidType?@16 NotInBirthdayCalendar:boolean?@16 "
     "ShellContactType:string?@16 ImMri:string?@16 PresenceTrustLevel:int?@16 "
     "OtherMri:string?@16 ProfileLastChanged:string?@16 MobileIMEnabled:boolean?@16 "
     "PartnerNetworkProfilePhotoUrl:string?@16 "
     "PartnerNetworkThumbnailPhotoUrl:string?@16 PersonId:string?@16 "
     "ConversationGuid:GuidType?@16",
     "", ""},
    {"ArrayOfBinaryType", "", "Base64Binary:base64Binary*", "", ""},
    {"DistributionListType", "ItemType",
     "DisplayName:string? FileAs:string? ContactSource? Members:MembersListType?@10",
     "", ""},
    {NULL, NULL, NULL, NULL, NULL},
};
