/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of EWS requests: the values of elements and attributes.
 * The notation is explained in rows.h. */
#include "grammar/rows.h"

const lab_grammar_value_row_t lab_grammar_value_rows[] = {
    {"RemindersMaxItems", "int", "0..200"},
    {"RemindersKind", "enum", "All Current Old"},
    {"ExchangeVersionType", "enum",
     "Exchange2007 Exchange2007_SP1 Exchange2009@10 Exchange2010@10 "
     "Exchange2010_SP1@10.1 Exchange2010_SP2@10.2 Exchange2012@13 Exchange2013@13 "
     "Exchange2013_SP1@13.1 Exchange2015@16 Exchange2016@16 V2015_10_05@16 "
     "V2016_01_06@16 V2016_04_13@16 V2016_07_13@16 V2016_10_10@16 V2017_01_07@19 "
     "V2017_04_14@19 V2017_07_11@19"},
    {"DateTimePrecisionType", "enum", "Seconds Milliseconds"},
    {"NonEmptyStringType", "nonempty", ""},
    {"MailboxTypeType", "enum",
     "Unknown@10 OneOff@10 Mailbox PublicDL PrivateDL Contact PublicFolder "
     "GroupMailbox@13.1 ImplicitContact@16"},
    {"UnindexedFieldURIType", "enum",
     "folder:FolderId folder:ParentFolderId folder:DisplayName folder:UnreadCount "
     "folder:TotalCount folder:ChildFolderCount folder:FolderClass "
     "folder:SearchParameters folder:ManagedFolderInformation folder:PermissionSet "
     "folder:EffectiveRights folder:SharingEffectiveRights@10 "
     "folder:DistinguishedFolderId@13 folder:PolicyTag@13 folder:ArchiveTag@13 "
     "folder:ReplicaList@13.1 item:ItemId item:ParentFolderId item:ItemClass "
     "item:MimeContent item:Attachments item:Subject item:DateTimeReceived item:Size "
     "item:Categories item:HasAttachments item:Importance item:InReplyTo "
     "item:InternetMessageHeaders item:IsAssociated@10 item:IsDraft item:IsFromMe "
     "item:IsResend item:IsSubmitted item:IsUnmodified item:DateTimeSent "
     "item:DateTimeCreated item:Body item:ResponseObjects item:Sensitivity "
     "item:ReminderDueBy item:ReminderIsSet item:ReminderNextTime@13 "
     "item:ReminderMinutesBeforeStart item:DisplayTo item:DisplayCc item:DisplayBcc@13 "
     "item:Culture item:EffectiveRights item:LastModifiedName item:LastModifiedTime "
     "item:ConversationId@10 item:UniqueBody@10 item:Flag@13 item:StoreEntryId@10.2 "
     "item:InstanceKey@13 item:NormalizedBody@13 item:EntityExtractionResult@13 "
     "item:PolicyTag@13 item:ArchiveTag@13 item:RetentionDate@13 item:Preview@13 "
     "item:PredictedActionReasons@13.1 item:IsClutter@13.1 "
     "item:RightsManagementLicenseData@13 item:BlockStatus@13 item:HasBlockedImages@13 "
     "item:WebClientReadFormQueryString@10 item:WebClientEditFormQueryString@10 "
     "item:TextBody@13 item:IconIndex@13 item:MimeContentUTF8@16 item:Mentions@16 "
     "item:MentionedMe@16 item:MentionsPreview@16 item:MentionsEx@16 item:Hashtags@16 "
     "item:AppliedHashtags@16 item:AppliedHashtagsPreview@16 item:Likes@16 "
     "item:LikesPreview@16 item:PendingSocialActivityTagIds@16 item:AtAllMention@16 "
     "item:CanDelete@16 item:InferenceClassification@16 item:FirstBody@16 "
     "message:ConversationIndex message:ConversationTopic message:InternetMessageId "
     "message:IsRead message:IsResponseRequested message:IsReadReceiptRequested "
     "message:IsDeliveryReceiptRequested message:ReceivedBy "
     "message:ReceivedRepresenting message:References message:ReplyTo message:From "
     "message:Sender message:ToRecipients message:CcRecipients message:BccRecipients "
     "message:ApprovalRequestData@13 message:VotingInformation@13 "
     "message:ReminderMessageData@13 message:PublishedCalendarItemIcs@16 "
     "message:PublishedCalendarItemName@16 message:MessageSafety@16 "
     "sharingMessage:SharingMessageAction@16 meeting:AssociatedCalendarItemId "
     "meeting:IsDelegated meeting:IsOutOfDate meeting:HasBeenProcessed "
     "meeting:ResponseType meeting:ProposedStart@13.1 meeting:ProposedEnd@13.1 "
     "meeting:DoNotForwardMeeting@16 meetingRequest:MeetingRequestType "
     "meetingRequest:IntendedFreeBusyStatus meetingRequest:ChangeHighlights@13 "
     "calendar:Start calendar:End calendar:OriginalStart calendar:StartWallClock@13 "
     "calendar:EndWallClock@13 calendar:StartTimeZoneId@13 calendar:EndTimeZoneId@13 "
     "calendar:IsAllDayEvent calendar:LegacyFreeBusyStatus calendar:Location "
     "calendar:EnhancedLocation@13 calendar:When calendar:IsMeeting "
     "calendar:IsCancelled calendar:IsRecurring calendar:MeetingRequestWasSent "
     "calendar:IsResponseRequested calendar:CalendarItemType calendar:MyResponseType "
     "calendar:Organizer calendar:RequiredAttendees calendar:OptionalAttendees "
     "calendar:Resources calendar:ConflictingMeetingCount "
     "calendar:AdjacentMeetingCount calendar:ConflictingMeetings "
     "calendar:AdjacentMeetings calendar:InboxReminders@13 calendar:Duration "
     "calendar:TimeZone calendar:AppointmentReplyTime "
     "calendar:AppointmentSequenceNumber calendar:AppointmentState calendar:Recurrence "
     "calendar:FirstOccurrence calendar:LastOccurrence calendar:ModifiedOccurrences "
     "calendar:DeletedOccurrences calendar:MeetingTimeZone calendar:ConferenceType "
     "calendar:AllowNewTimeProposal calendar:IsOnlineMeeting "
     "calendar:MeetingWorkspaceUrl calendar:NetShowUrl calendar:UID "
     "calendar:RecurrenceId calendar:DateTimeStamp calendar:StartTimeZone@10 "
     "calendar:EndTimeZone@10 calendar:JoinOnlineMeetingUrl@13 "
     "calendar:OnlineMeetingSettings@13 calendar:IsOrganizer@13 "
     "calendar:CalendarActivityData@16 calendar:DoNotForwardMeeting@16 task:ActualWork "
     "task:AssignedTime task:BillingInformation task:ChangeCount task:Companies "
     "task:CompleteDate task:Contacts task:DelegationState task:Delegator task:DueDate "
     "task:IsAssignmentEditable task:IsComplete task:IsRecurring task:IsTeamTask "
     "task:Mileage task:Owner task:PercentComplete task:Recurrence task:StartDate "
     "task:Status task:StatusDescription task:TotalWork contacts:Alias@10.2 "
     "contacts:AssistantName contacts:Birthday contacts:BusinessHomePage "
     "contacts:Children contacts:Companies contacts:CompanyName contacts:CompleteName "
     "contacts:ContactSource contacts:Culture contacts:Department contacts:DisplayName "
     "contacts:DirectoryId@10.2 contacts:DirectReports@10.2 contacts:EmailAddresses "
     "contacts:AbchEmailAddresses@16 contacts:FileAs contacts:FileAsMapping "
     "contacts:Generation contacts:GivenName contacts:ImAddresses contacts:Initials "
     "contacts:JobTitle contacts:Manager contacts:ManagerMailbox@10.2 "
     "contacts:MiddleName contacts:Mileage contacts:MSExchangeCertificate@10.2 "
     "contacts:Nickname contacts:Notes@10.2 contacts:OfficeLocation "
     "contacts:PhoneNumbers contacts:PhoneticFullName@10.2 "
     "contacts:PhoneticFirstName@10.2 contacts:PhoneticLastName@10.2 "
     "contacts:Photo@10.2 contacts:PhysicalAddresses contacts:PostalAddressIndex "
     "contacts:Profession contacts:SpouseName contacts:Surname "
     "contacts:WeddingAnniversary contacts:UserSMIMECertificate@10.2 "
     "contacts:HasPicture@10.2 contacts:AccountName@16 "
     "contacts:IsAutoUpdateDisabled@16 contacts:IsMessengerEnabled@16 "
     "contacts:Comment@16 contacts:ContactShortId@16 contacts:ContactType@16 "
     "contacts:CreatedBy@16 contacts:Gender@16 contacts:IsHidden@16 "
     "contacts:ObjectId@16 contacts:PassportId@16 contacts:IsPrivate@16 "
     "contacts:SourceId@16 contacts:TrustLevel@16 contacts:Urls@16 contacts:Cid@16 "
     "contacts:SkypeAuthCertificate@16 contacts:SkypeContext@16 contacts:SkypeId@16 "
     "contacts:XboxLiveTag@16 contacts:SkypeRelationship@16 contacts:YomiNickname@16 "
     "contacts:InviteFree@16 contacts:HidePresenceAndProfile@16 "
     "contacts:IsPendingOutbound@16 contacts:SupportGroupFeeds@16 "
     "contacts:UserTileHash@16 contacts:UnifiedInbox@16 contacts:Mris@16 "
     "contacts:Wlid@16 contacts:AbchContactId@16 contacts:NotInBirthdayCalendar@16 "
     "contacts:ShellContactType@16 contacts:ImMri@16 contacts:PresenceTrustLevel@16 "
     "contacts:OtherMri@16 contacts:ProfileLastChanged@16 contacts:MobileIMEnabled@16 "
     "distributionlist:Members@10 contacts:PartnerNetworkProfilePhotoUrl@16 "
     "contacts:PartnerNetworkThumbnailPhotoUrl@16 contacts:PersonId@16 "
     "contacts:ConversationGuid@16 postitem:PostedTime "
     "conversation:ConversationId@10.1 conversation:ConversationTopic@10.1 "
     "conversation:UniqueRecipients@10.1 conversation:GlobalUniqueRecipients@10.1 "
     "conversation:UniqueUnreadSenders@10.1 "
     "conversation:GlobalUniqueUnreadSenders@10.1 conversation:UniqueSenders@10.1 "
     "conversation:GlobalUniqueSenders@10.1 conversation:LastDeliveryTime@10.1 "
     "conversation:GlobalLastDeliveryTime@10.1 conversation:Categories@10.1 "
     "conversation:GlobalCategories@10.1 conversation:FlagStatus@10.1 "
     "conversation:GlobalFlagStatus@10.1 conversation:HasAttachments@10.1 "
     "conversation:GlobalHasAttachments@10.1 conversation:HasIrm@10.1 "
     "conversation:GlobalHasIrm@10.1 conversation:MessageCount@10.1 "
     "conversation:GlobalMessageCount@10.1 conversation:UnreadCount@10.1 "
     "conversation:GlobalUnreadCount@10.1 conversation:Size@10.1 "
     "conversation:GlobalSize@10.1 conversation:ItemClasses@10.1 "
     "conversation:GlobalItemClasses@10.1 conversation:Importance@10.1 "
     "conversation:GlobalImportance@10.1 conversation:ItemIds@10.1 "
     "conversation:GlobalItemIds@10.1 conversation:LastModifiedTime@10.1 "
     "conversation:InstanceKey@10.1 conversation:Preview@10.1 "
     "conversation:IconIndex@10.1 conversation:GlobalIconIndex@10.1 "
     "conversation:DraftItemIds@10.1 conversation:HasClutter@10.1 "
     "conversation:MentionedMe@10.1 conversation:GlobalMentionedMe@10.1 "
     "conversation:AtAllMention@10.1 conversation:GlobalAtAllMention@10.1 "
     "person:FullName@16 person:GivenName@16 person:Surname@16 person:PhoneNumber@16 "
     "person:SMSNumber@16 person:EmailAddress@16 person:Alias@16 person:Department@16 "
     "person:LinkedInProfileLink@16 person:Skills@16 person:ProfessionalBiography@16 "
     "person:ManagementChain@16 person:DirectReports@16 person:Peers@16 "
     "person:TeamSize@16 person:CurrentJob@16 person:Birthday@16 person:Hometown@16 "
     "person:CurrentLocation@16 person:CompanyProfile@16 person:Office@16 "
     "person:Headline@16 person:MutualConnections@16 person:Title@16 "
     "person:MutualManager@16 person:Insights@16 person:UserProfilePicture@16 "
     "persona:PersonaId@13 persona:PersonaType@13 persona:GivenName@13 "
     "persona:CompanyName@13 persona:Surname@13 persona:DisplayName@13 "
     "persona:EmailAddress@13 persona:FileAs@13 persona:HomeCity@13 "
     "persona:CreationTime@13 persona:RelevanceScore@13 persona:RankingWeight@13 "
     "persona:WorkCity@13 persona:PersonaObjectStatus@13 persona:FileAsId@13 "
     "persona:DisplayNamePrefix@13 persona:YomiCompanyName@13 persona:YomiFirstName@13 "
     "persona:YomiLastName@13 persona:Title@13 persona:EmailAddresses@13 "
     "persona:PhoneNumber@13 persona:ImAddress@13 persona:ImAddresses@13 "
     "persona:ImAddresses2@13 persona:ImAddresses3@13 persona:FolderIds@13 "
     "persona:Attributions@13 persona:DisplayNames@13 persona:Initials@13 "
     "persona:FileAses@13 persona:FileAsIds@13 persona:DisplayNamePrefixes@13 "
     "persona:GivenNames@13 persona:MiddleNames@13 persona:Surnames@13 "
     "persona:Generations@13 persona:Nicknames@13 persona:YomiCompanyNames@13 "
     "persona:YomiFirstNames@13 persona:YomiLastNames@13 "
     "persona:BusinessPhoneNumbers@13 persona:BusinessPhoneNumbers2@13 "
     "persona:HomePhones@13 persona:HomePhones2@13 persona:MobilePhones@13 "
     "persona:MobilePhones2@13 persona:AssistantPhoneNumbers@13 "
     "persona:CallbackPhones@13 persona:CarPhones@13 persona:HomeFaxes@13 "
     "persona:OrganizationMainPhones@13 persona:OtherFaxes@13 "
     "persona:OtherTelephones@13 persona:OtherPhones2@13 persona:Pagers@13 "
     "persona:RadioPhones@13 persona:TelexNumbers@13 persona:WorkFaxes@13 "
     "persona:Emails1@13 persona:Emails2@13 persona:Emails3@13 "
     "persona:BusinessHomePages@13 persona:School@13 persona:PersonalHomePages@13 "
     "persona:OfficeLocations@13 persona:BusinessAddresses@13 persona:HomeAddresses@13 "
     "persona:OtherAddresses@13 persona:Titles@13 persona:Departments@13 "
     "persona:CompanyNames@13 persona:Managers@13 persona:AssistantNames@13 "
     "persona:Professions@13 persona:SpouseNames@13 persona:Hobbies@13 "
     "persona:WeddingAnniversaries@13 persona:Birthdays@13 persona:Children@13 "
     "persona:Locations@13 persona:ExtendedProperties@13 persona:PostalAddress@13 "
     "persona:Bodies@13 persona:IsFavorite@13 persona:InlineLinks@13 "
     "persona:ItemLinkIds@13 persona:HasActiveDeals@13 persona:IsBusinessContact@13 "
     "persona:AttributedHasActiveDeals@13 persona:AttributedIsBusinessContact@13 "
     "persona:SourceMailboxGuids@13 persona:LastContactedDate@13 "
     "persona:ExternalDirectoryObjectId@13 persona:MapiEntryId@13 "
     "persona:MapiEmailAddress@13 persona:MapiAddressType@13 persona:MapiSearchKey@13 "
     "persona:MapiTransmittableDisplayName@13 persona:MapiSendRichInfo@13 "
     "rolemember:MemberType@16 rolemember:MemberId@16 rolemember:DisplayName@16 "
     "network:TokenRefreshLastCompleted@16 network:TokenRefreshLastAttempted@16 "
     "network:SyncEnabled@16 network:RejectedOffers@16 network:SessionHandle@16 "
     "network:RefreshTokenExpiry2@16 network:RefreshToken2@16 "
     "network:PsaLastChanged@16 network:Offers@16 network:LastWelcomeContact@16 "
     "network:LastVersionSaved@16 network:DomainTag@16 network:FirstAuthErrorDates@16 "
     "network:ErrorOffers@16 network:ContactSyncSuccess@16 network:ContactSyncError@16 "
     "network:ClientToken2@16 network:ClientToken@16 network:ClientPublishSecret@16 "
     "network:UserEmail@16 network:AutoLinkSuccess@16 network:AutoLinkError@16 "
     "network:IsDefault@16 network:Settings@16 network:ProfileUrl@16 "
     "network:UserTileUrl@16 network:DomainId@16 network:DisplayName@16 "
     "network:AccountName@16 network:SourceEntryID@16 abchperson:FavoriteOrder@16 "
     "abchperson:PersonId@16 abchperson:ExchangePersonIdGuid@16 "
     "abchperson:AntiLinkInfo@16 abchperson:RelevanceOrder1@16 "
     "abchperson:RelevanceOrder2@16 abchperson:ContactHandles@16 "
     "abchperson:Categories@16 booking:ServiceIds@16 booking:StaffIds@16 "
     "booking:StaffInitials@16 booking:CustomerName@16 booking:CustomerEmail@16 "
     "booking:CustomerPhone@16 booking:CustomerId@16 insight:InsightId@16 "
     "insight:Type@16 insight:StartTimeUtc@16 insight:EndTimeUtc@16 insight:Status@16 "
     "insight:Version@16 insight:ApplicationsIds@16 insight:Text@16 "
     "insight:SuggestedActions@16 insight:AppContexts@16"},
    {"DictionaryURIType", "enum",
     "item:InternetMessageHeader contacts:ImAddress contacts:PhysicalAddress:Street "
     "contacts:PhysicalAddress:City contacts:PhysicalAddress:State "
     "contacts:PhysicalAddress:CountryOrRegion contacts:PhysicalAddress:PostalCode "
     "contacts:PhoneNumber contacts:EmailAddress distributionlist:Members:Member@10"},
    {"GuidType", "guid", ""},
    {"DistinguishedPropertySetType", "enum",
     "Meeting Appointment Common PublicStrings Address InternetHeaders "
     "CalendarAssistant UnifiedMessaging Task Sharing@10"},
    {"MapiPropertyTypeType", "enum",
     "ApplicationTime ApplicationTimeArray Binary BinaryArray Boolean CLSID CLSIDArray "
     "Currency CurrencyArray Double DoubleArray Error Float FloatArray Integer "
     "IntegerArray Long LongArray Null Object ObjectArray Short ShortArray SystemTime "
     "SystemTimeArray String StringArray"},
    {"PropertyTagType", "proptag", ""},
    {"FolderQueryTraversalType", "enum", "Shallow Deep SoftDeleted"},
    {"SearchFolderTraversalType", "enum", "Shallow Deep"},
    {"ItemQueryTraversalType", "enum", "Shallow SoftDeleted Associated@10"},
    {"DefaultShapeNamesType", "enum", "IdOnly Default AllProperties PcxPeopleSearch@13"},
    {"BodyTypeResponseType", "enum", "Best HTML Text"},
    {"DisposalType", "enum", "HardDelete SoftDelete MoveToDeletedItems"},
    {"ConflictResolutionType", "enum", "NeverOverwrite AutoResolve AlwaysOverwrite"},
    {"SensitivityChoicesType", "enum", "Normal Personal Private Confidential"},
    {"ImportanceChoicesType", "enum", "Low Normal High"},
    {"BodyTypeType", "enum", "HTML Text"},
    {"DistinguishedFolderIdNameType", "enum",
     "calendar contacts deleteditems drafts inbox journal notes outbox sentitems tasks "
     "msgfolderroot publicfoldersroot root junkemail searchfolders voicemail "
     "recoverableitemsroot@10.1 recoverableitemsdeletions@10.1 "
     "recoverableitemsversions@10.1 recoverableitemspurges@10.1 "
     "recoverableitemsdiscoveryholds@13.1 archiveroot@10.1 archivemsgfolderroot@10.1 "
     "archivedeleteditems@10.1 archiveinbox@13 archiverecoverableitemsroot@10.1 "
     "archiverecoverableitemsdeletions@10.1 archiverecoverableitemsversions@10.1 "
     "archiverecoverableitemspurges@10.1 archiverecoverableitemsdiscoveryholds@13.1 "
     "syncissues@13 conflicts@13 localfailures@13 serverfailures@13 recipientcache@13 "
     "quickcontacts@13 conversationhistory@13 adminauditlogs@13 todosearch@13 "
     "mycontacts@13 directory@13 imcontactlist@13 peopleconnect@13 favorites@13 "
     "mecontact@16 personmetadata@16 teamspaceactivity@16 teamspacemessaging@16 "
     "teamspaceworkitems@16 scheduled@16 orionnotes@16 tagitems@16 alltaggeditems@16 "
     "externalcontacts@16 teamchat@16 teamchathistory@16 yammerroot@16 "
     "yammerinbound@16 yammeroutbound@16 yammerfeeds@16 onedriveroot@16 "
     "onedriverecylebin@16 onedrivesystem@16 onedrivevolume@16 important@16 starred@16 "
     "archive@16"},
    {"DerivedItemIdType", "string", ""},
    {"ItemClassType", "string", ""},
    {"FlagStatusType", "enum", "NotFlagged Flagged Complete"},
    {"PredictedActionReasonType", "enum",
     "None ConversationStarterIsYou OnlyRecipient ConversationContributions "
     "MarkedImportantBySender SenderIsManager SenderIsInManagementChain "
     "SenderIsDirectReport ActionBasedOnSender NameOnToLine NameOnCcLine "
     "ManagerPosition ReplyToAMessageFromMe PreviouslyFlagged ActionBasedOnRecipients "
     "ActionBasedOnSubjectWords ActionBasedOnBasedOnBodyWords"},
    {"EmailPositionType", "enum", "LatestReply Other Subject Signature"},
    {"InferenceClassificationType", "enum", "Focused Other"},
    {"MessageDispositionType", "enum", "SaveOnly SendOnly SendAndSaveCopy"},
    {"CalendarItemCreateOrDeleteOperationType", "enum",
     "SendToNone SendOnlyToAll SendToAllAndSaveCopy"},
    {"CalendarItemUpdateOperationType", "enum",
     "SendToNone SendOnlyToAll SendOnlyToChanged SendToAllAndSaveCopy "
     "SendToChangedAndSaveCopy"},
    {"AffectedTaskOccurrencesType", "enum", "AllOccurrences SpecifiedOccurrenceOnly"},
    {"TaskStatusType", "enum",
     "NotStarted InProgress Completed WaitingOnOthers Deferred"},
    {"TaskDelegateStateType", "enum", "NoMatch OwnNew Owned Accepted Declined Max"},
    {"SharingActionImportance", "enum", "Primary Secondary"},
    {"SharingAction", "enum",
     "AcceptAndViewCalendar ViewCalendar AddThisCalendar Accept"},
    {"SharingActionType", "enum", "Accept"},
    {"IndexBasePointType", "enum", "Beginning End"},
    {"ResolveNamesSearchScopeType", "enum",
     "ActiveDirectory ActiveDirectoryContacts Contacts ContactsActiveDirectory"},
    {"MeetingRequestTypeType", "enum",
     "None FullUpdate InformationalUpdate NewMeetingRequest Outdated SilentUpdate "
     "PrincipalWantsCopy"},
    {"ReminderMinutesBeforeStartType", "int", "0..2629800 1525252321..1525252321"},
    {"LegacyFreeBusyType", "enum", "Free Tentative Busy OOF WorkingElsewhere@13 NoData"},
    {"CalendarItemTypeType", "enum", "Single Occurrence Exception RecurringMaster"},
    {"ResponseTypeType", "enum",
     "Unknown Organizer Tentative Accept Decline NoResponseReceived"},
    {"LobbyBypassType", "enum", "Disabled EnabledForGatewayParticipants"},
    {"OnlineMeetingAccessLevelType", "enum", "Locked Invited Internal Everyone"},
    {"PresentersType", "enum", "Disabled Internal Everyone"},
    {"DayOfWeekType", "enum",
     "Sunday Monday Tuesday Wednesday Thursday Friday Saturday Day Weekday WeekendDay"},
    {"DaysOfWeekType", "list", "DayOfWeekType"},
    {"DayOfWeekIndexType", "enum", "First Second Third Fourth Last"},
    {"MonthNamesType", "enum",
     "January February March April May June July August September October November "
     "December"},
    {"LocationSourceType", "enum",
     "None LocationServices PhonebookServices Device Contact Resource"},
    {"TransitionTargetKindType", "enum", "Period Group"},
    {"RoleMemberTypeType", "enum",
     "None Passport Everyone Email Phone SkypeId ExternalId Group Guid Role Service "
     "Circle Domain Partner"},
    {"ImAddressKeyType", "enum", "ImAddress1 ImAddress2 ImAddress3"},
    {"EmailAddressKeyType", "enum", "EmailAddress1 EmailAddress2 EmailAddress3"},
    {"AbchEmailAddressTypeType", "enum", "Personal Business Other Passport"},
    {"ContactUrlKeyType", "enum",
     "Personal Business Attachment EbcDisplayDefinition EbcFinalImage EbcLogo Feed "
     "Image InternalMarker Other"},
    {"PhoneNumberKeyType", "enum",
     "AssistantPhone BusinessFax BusinessPhone BusinessPhone2 Callback CarPhone "
     "CompanyMainPhone HomeFax HomePhone HomePhone2 Isdn MobilePhone OtherFax "
     "OtherTelephone Pager PrimaryPhone RadioPhone Telex TtyTddPhone BusinessMobile@13 "
     "IPPhone@13 Mms@13 Msn@13"},
    {"PhysicalAddressIndexType", "enum", "None Home Business Other"},
    {"PhysicalAddressKeyType", "enum", "Home Business Other"},
    {"FileAsMappingType", "enum",
     "None LastCommaFirst FirstSpaceLast Company LastCommaFirstCompany "
     "CompanyLastFirst LastFirst LastFirstCompany CompanyLastCommaFirst "
     "LastFirstSuffix LastSpaceFirstCompany CompanyLastSpaceFirst LastSpaceFirst "
     "DisplayName@13 FirstName@13 LastFirstMiddleSuffix@13 LastName@13 Empty@13"},
    {"ContactSourceType", "enum", "ActiveDirectory Store"},
    {"MemberStatusType", "enum", "Unrecognized Normal Demoted"},
    {"AggregateType", "enum", "Minimum Maximum"},
    {"StandardGroupByType", "enum", "ConversationTopic"},
    {"ExcludesAttributeType", "bitmask", ""},
    {"ContainmentModeType", "enum",
     "FullString Prefixed Substring PrefixOnWords ExactPhrase"},
    {"ContainmentComparisonType", "enum",
     "Exact IgnoreCase IgnoreNonSpacingCharacters Loose "
     "IgnoreCaseAndNonSpacingCharacters LooseAndIgnoreCase LooseAndIgnoreNonSpace "
     "LooseAndIgnoreCaseAndIgnoreNonSpace"},
    {"SortDirectionType", "enum", "Ascending Descending"},
    {"WatermarkType", "nonempty", ""},
    {"SubscriptionIdType", "nonempty", ""},
    {"NotificationEventTypeType", "enum",
     "CopiedEvent CreatedEvent DeletedEvent ModifiedEvent MovedEvent NewMailEvent "
     "FreeBusyChangedEvent@10.1"},
    {"SubscriptionTimeoutType", "int", "1..1440"},
    {"SubscriptionStatusFrequencyType", "int", "1..1440"},
    {"StreamingSubscriptionConnectionTimeoutType", "int", "1..30"},
    {"MaxSyncChangesReturnedType", "int", "1..512"},
    {"SyncFolderItemsScopeType", "enum", "NormalItems NormalAndAssociatedItems"},
    {"MeetingAttendeeType", "enum", "Organizer Required Optional Room Resource"},
    {"FreeBusyViewTypeWord", "enum",
     "None MergedOnly FreeBusy FreeBusyMerged Detailed DetailedMerged"},
    {"FreeBusyViewType", "list", "FreeBusyViewTypeWord"},
    {"SuggestionQuality", "enum", "Excellent Good Fair Poor"},
    {"OofState", "enum", "Disabled Enabled Scheduled"},
    {"ExternalAudience", "enum", "None Known All"},
    {"SendPromptType", "enum", "None Send VotingOption"},
    {"IdFormatType", "enum", "EwsLegacyId EwsId EntryId HexEntryId StoreId OwaId"},
    {"DistinguishedUserType", "enum", "Default Anonymous"},
    {"PermissionReadAccessType", "enum", "None FullDetails"},
    {"CalendarPermissionReadAccessType", "enum",
     "None TimeOnly TimeAndSubjectAndLocation FullDetails"},
    {"PermissionActionType", "enum", "None Owned All"},
    {"PermissionLevelType", "enum",
     "None Owner PublishingEditor Editor PublishingAuthor Author NoneditingAuthor "
     "Reviewer Contributor Custom"},
    {"CalendarPermissionLevelType", "enum",
     "None Owner PublishingEditor Editor PublishingAuthor Author NoneditingAuthor "
     "Reviewer Contributor FreeBusyTimeOnly FreeBusyTimeAndSubjectAndLocation Custom"},
    {"DeliverMeetingRequestsType", "enum",
     "DelegatesOnly DelegatesAndMe DelegatesAndSendInformationToMe NoForward@10"},
    {"DelegateFolderPermissionLevelType", "enum", "None Editor Reviewer Author Custom"},
    {"UserConfigurationPropertyTypeWord", "enum", "Id Dictionary XmlData BinaryData All"},
    {"UserConfigurationPropertyType", "list", "UserConfigurationPropertyTypeWord"},
    {"IconIndexType", "enum",
     "Default PostItem MailRead MailUnread MailReplied MailForwarded MailEncrypted "
     "MailSmimeSigned MailEncryptedReplied MailSmimeSignedReplied "
     "MailEncryptedForwarded MailSmimeSignedForwarded MailEncryptedRead "
     "MailSmimeSignedRead MailIrm MailIrmForwarded MailIrmReplied SmsSubmitted "
     "SmsRoutedToDeliveryPoint SmsRoutedToExternalMessagingSystem SmsDelivered "
     "OutlookDefaultForContacts AppointmentItem AppointmentRecur AppointmentMeet "
     "AppointmentMeetRecur AppointmentMeetNY AppointmentMeetYes AppointmentMeetNo "
     "AppointmentMeetMaybe AppointmentMeetCancel AppointmentMeetInfo TaskItem "
     "TaskRecur TaskOwned TaskDelegated"},
    {"EmailReminderChangeType", "enum", "None Added Override Deleted"},
    {"EmailReminderSendOption", "enum", "NotSet User AllAttendees Staff Customer"},
    {NULL, NULL, NULL},
};

const lab_grammar_root_t lab_grammar_roots[] = {
    {"m:GetFolder", "m:GetFolderType", ""},
    {"m:FindFolder", "m:FindFolderType", ""},
    {"m:CreateFolder", "m:CreateFolderType", ""},
    {"m:UpdateFolder", "m:UpdateFolderType", ""},
    {"m:DeleteFolder", "m:DeleteFolderType", ""},
    {"m:SyncFolderHierarchy", "m:SyncFolderHierarchyType", ""},
    {"m:SyncFolderItems", "m:SyncFolderItemsType", ""},
    {"m:FindItem", "m:FindItemType", ""},
    {"m:GetItem", "m:GetItemType", ""},
    {"m:CreateItem", "m:CreateItemType", ""},
    {"m:UpdateItem", "m:UpdateItemType", ""},
    {"m:DeleteItem", "m:DeleteItemType", ""},
    {"m:MoveItem", "m:MoveItemType", ""},
    {"m:CopyItem", "m:CopyItemType", ""},
    {"m:SendItem", "m:SendItemType", ""},
    {"m:GetServerTimeZones", "m:GetServerTimeZonesType", "10"},
    {"m:ConvertId", "m:ConvertIdType", ""},
    {"m:ResolveNames", "m:ResolveNamesType", ""},
    {"m:ExpandDL", "m:ExpandDLType", ""},
    {"m:GetRoomLists", "m:GetRoomListsType", "10"},
    {"m:GetRooms", "m:GetRoomsType", "10"},
    {"m:CreateAttachment", "m:CreateAttachmentType", ""},
    {"m:GetAttachment", "m:GetAttachmentType", ""},
    {"m:DeleteAttachment", "m:DeleteAttachmentType", ""},
    {"m:GetUserAvailabilityRequest", "m:GetUserAvailabilityRequestType", ""},
    {"m:Subscribe", "m:SubscribeType", ""},
    {"m:GetEvents", "m:GetEventsType", ""},
    {"m:GetStreamingEvents", "m:GetStreamingEventsType", "10.1"},
    {"m:Unsubscribe", "m:UnsubscribeType", ""},
    {"m:GetDelegate", "m:GetDelegateType", ""},
    {"m:AddDelegate", "m:AddDelegateType", ""},
    {"m:UpdateDelegate", "m:UpdateDelegateType", ""},
    {"m:RemoveDelegate", "m:RemoveDelegateType", ""},
    {"m:GetUserOofSettingsRequest", "m:GetUserOofSettingsRequest", ""},
    {"m:MoveFolder", "m:MoveFolderType", ""},
    {"m:CopyFolder", "m:CopyFolderType", ""},
    {"m:EmptyFolder", "m:EmptyFolderType", "10.1"},
    {"m:GetReminders", "m:GetRemindersType", "13"},
    {"m:GetUserConfiguration", "m:GetUserConfigurationType", "10"},
    {"m:SetUserOofSettingsRequest", "m:SetUserOofSettingsRequest", ""},
    {"ExchangeImpersonation", "ExchangeImpersonationType", ""},
    {"MailboxCulture", "MailboxCultureType", ""},
    {"RequestServerVersion", "RequestServerVersionType", ""},
    {"TimeZoneContext", "TimeZoneContextType", "10"},
    {"DateTimePrecision", "DateTimePrecisionType", "10.2"},
    {"ManagementRole", "ManagementRoleType", "13"},
    {"SerializedSecurityContext", "SerializedSecurityContextType", ""},
    {NULL, NULL, NULL},
};
