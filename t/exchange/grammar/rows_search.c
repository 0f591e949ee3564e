/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of EWS requests: restrictions, subscriptions, availability, id conversion.
 * The notation is explained in rows.h. */
#include "grammar/rows.h"

const lab_grammar_row_t lab_grammar_rows_search[] = {
    {"SearchParametersType", "",
     "Restriction BaseFolderIds:NonEmptyArrayOfBaseFolderIdsType",
     "Traversal:SearchFolderTraversalType?", ""},
    {"ConstantValueType", "", "", "Value:string", ""},
    {"SearchExpressionType", "", "", "", ""},
    {"AggregateOnType", "",
     "( FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType | "
     "ExtendedFieldURI:PathToExtendedFieldType )",
     "Aggregate", ""},
    {"BaseGroupByType", "", "", "Order:SortDirectionType", ""},
    {"GroupByType", "BaseGroupByType",
     "( FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType | "
     "ExtendedFieldURI:PathToExtendedFieldType ) AggregateOn "
     "UseCollapsibleGroups:boolean?@16 ItemsPerGroup:nonNegativeInteger?@16 "
     "MaxItemsPerGroup:nonNegativeInteger?@16 GroupsToExpand:ArrayOfGroupIdType?@16",
     "", ""},
    {"DistinguishedGroupByType", "BaseGroupByType", "StandardGroupBy", "", ""},
    {"ArrayOfGroupIdType", "", "( GroupId:base64Binary )*", "", ""},
    {"ExistsType", "SearchExpressionType",
     "( FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType | "
     "ExtendedFieldURI:PathToExtendedFieldType )",
     "", ""},
    {"FieldURIOrConstantType", "",
     "( ( FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType | "
     "ExtendedFieldURI:PathToExtendedFieldType ) | Constant:ConstantValueType )",
     "", ""},
    {"TwoOperandExpressionType", "SearchExpressionType",
     "( FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType | "
     "ExtendedFieldURI:PathToExtendedFieldType ) FieldURIOrConstant",
     "", ""},
    {"ExcludesValueType", "", "", "Value:ExcludesAttributeType", ""},
    {"ExcludesType", "SearchExpressionType",
     "( FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType | "
     "ExtendedFieldURI:PathToExtendedFieldType ) Bitmask:ExcludesValueType",
     "", ""},
    {"IsEqualToType", "TwoOperandExpressionType", "", "", ""},
    {"IsNotEqualToType", "TwoOperandExpressionType", "", "", ""},
    {"IsGreaterThanType", "TwoOperandExpressionType", "", "", ""},
    {"IsGreaterThanOrEqualToType", "TwoOperandExpressionType", "", "", ""},
    {"IsLessThanType", "TwoOperandExpressionType", "", "", ""},
    {"IsLessThanOrEqualToType", "TwoOperandExpressionType", "", "", ""},
    {"ContainsExpressionType", "SearchExpressionType",
     "( FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType | "
     "ExtendedFieldURI:PathToExtendedFieldType ) Constant:ConstantValueType",
     "ContainmentMode? ContainmentComparison?", ""},
    {"NotType", "SearchExpressionType",
     "( Exists | Excludes | IsEqualTo | IsNotEqualTo | IsGreaterThan | "
     "IsGreaterThanOrEqualTo | IsLessThan | IsLessThanOrEqualTo | "
     "Contains:ContainsExpressionType | Not | And | Or | Near@13 )",
     "", ""},
    /* two operands at least in 2007 */
    {"MultipleOperandBooleanExpressionType", "SearchExpressionType",
     "( Exists | Excludes | IsEqualTo | IsNotEqualTo | IsGreaterThan | "
     "IsGreaterThanOrEqualTo | IsLessThan | IsLessThanOrEqualTo | "
     "Contains:ContainsExpressionType | Not | And | Or | Near@13 )^10 "
     "( Exists | Excludes | IsEqualTo | IsNotEqualTo | IsGreaterThan | "
     "IsGreaterThanOrEqualTo | IsLessThan | IsLessThanOrEqualTo | "
     "Contains:ContainsExpressionType | Not | And | Or | Near@13 )+",
     "", ""},
    {"AndType", "MultipleOperandBooleanExpressionType", "", "", ""},
    {"OrType", "MultipleOperandBooleanExpressionType", "", "", ""},
    {"NearType", "MultipleOperandBooleanExpressionType",
     "Distance:unsignedInt Ordered:boolean",
     "", ""},
    {"RestrictionType", "",
     "( Exists | Excludes | IsEqualTo | IsNotEqualTo | IsGreaterThan | "
     "IsGreaterThanOrEqualTo | IsLessThan | IsLessThanOrEqualTo | "
     "Contains:ContainsExpressionType | Not | And | Or | Near@13 )",
     "", ""},
    {"FieldOrderType", "",
     "( FieldURI:PathToUnindexedFieldType | IndexedFieldURI:PathToIndexedFieldType | "
     "ExtendedFieldURI:PathToExtendedFieldType )",
     "Order:SortDirectionType", ""},
    {"NonEmptyArrayOfFieldOrdersType", "", "FieldOrder+", "", ""},
    {"NonEmptyArrayOfNotificationEventTypesType", "",
     "( EventType:NotificationEventTypeType )+",
     "", ""},
    {"BaseSubscriptionRequestType", "",
     "FolderIds:NonEmptyArrayOfBaseFolderIdsType^10 "
     "EventTypes:NonEmptyArrayOfNotificationEventTypesType Watermark?",
     "SubscribeToAllFolders:boolean?@10", ""},
    {"PushSubscriptionRequestType", "BaseSubscriptionRequestType",
     "StatusFrequency:SubscriptionStatusFrequencyType URL:string CallerData:string?@13",
     "", ""},
    {"PullSubscriptionRequestType", "BaseSubscriptionRequestType",
     "Timeout:SubscriptionTimeoutType",
     "", ""},
    {"StreamingSubscriptionRequestType", "",
     "FolderIds:NonEmptyArrayOfBaseFolderIdsType? "
     "EventTypes:NonEmptyArrayOfNotificationEventTypesType",
     "SubscribeToAllFolders:boolean?", ""},
    {"NonEmptyArrayOfSubscriptionIdsType", "", "SubscriptionId+", "", ""},
    {"Duration", "", "StartTime:dateTime EndTime:dateTime", "", ""},
    {"EmailAddress", "", "Name:string? Address:string RoutingType:string?", "", ""},
    {"FreeBusyViewOptionsType", "",
     "TimeWindow:Duration MergedFreeBusyIntervalInMinutes:int? "
     "RequestedView:FreeBusyViewType?",
     "", ""},
    {"SerializableTimeZoneTime", "",
     "Bias:int Time:string DayOrder:short Month:short DayOfWeek Year:string?",
     "", ""},
    {"SerializableTimeZone", "",
     "Bias:int StandardTime:SerializableTimeZoneTime "
     "DaylightTime:SerializableTimeZoneTime",
     "", ""},
    {"MailboxData", "",
     "Email:EmailAddress AttendeeType:MeetingAttendeeType ExcludeConflicts:boolean?",
     "", ""},
    {"ArrayOfMailboxData", "", "MailboxData:MailboxData*", "", ""},
    {"SuggestionsViewOptionsType", "",
     "GoodThreshold:int? MaximumResultsByDay:int? MaximumNonWorkHourResultsByDay:int? "
     "MeetingDurationInMinutes:int? MinimumSuggestionQuality:SuggestionQuality? "
     "DetailedSuggestionsWindow:Duration CurrentMeetingTime:dateTime? "
     "GlobalObjectId:string?",
     "", ""},
    {"ReplyBody", "", "Message:string?", "xml:lang:string?", ""},
    {"ArrayOfEventIDType", "", "( EventToDeleteID:string )*", "", ""},
    {"UserOofSettings", "",
     "OofState:OofState ExternalAudience:ExternalAudience Duration:Duration? "
     "InternalReply:ReplyBody? ExternalReply:ReplyBody? "
     "DeclineMeetingReply:ReplyBody?@16 DeclineEventsForScheduledOOF:boolean?@16 "
     "DeclineAllEventsForScheduledOOF:boolean?@16 CreateOOFEvent:boolean?@16 "
     "OOFEventSubject:string?@16 AutoDeclineFutureRequestsWhenOOF:boolean?@16 "
     "OOFEventID:string?@16 EventsToDeleteIDs:ArrayOfEventIDType?@16",
     "", ""},
    {"ApprovalRequestDataType", "",
     "IsUndecidedApprovalRequest:boolean? ApprovalDecision:int? "
     "ApprovalDecisionMaker:string? ApprovalDecisionTime:dateTime?",
     "", ""},
    {"ReminderMessageDataType", "",
     "ReminderText:string? Location:string? StartTime:dateTime? EndTime:dateTime? "
     "AssociatedCalendarItemId:ItemIdType?",
     "", ""},
    {"MessageSafetyType", "",
     "MessageSafetyLevel:int? MessageSafetyReason:int? Info:string?",
     "", ""},
    {"VotingOptionDataType", "", "DisplayName:string? SendPrompt?", "", ""},
    {"ArrayOfVotingOptionDataType", "", "VotingOptionData*", "", ""},
    {"VotingInformationType", "",
     "UserOptions:ArrayOfVotingOptionDataType? VotingResponse:string?",
     "", ""},
    {"AlternateIdBaseType", "", "", "Format:IdFormatType", ""},
    {"AlternateIdType", "AlternateIdBaseType",
     "",
     "Id:string Mailbox:NonEmptyStringType IsArchive:boolean?@10.1", ""},
    {"AlternatePublicFolderIdType", "AlternateIdBaseType", "", "FolderId:string", ""},
    {"AlternatePublicFolderItemIdType", "AlternatePublicFolderIdType",
     "",
     "ItemId:string", ""},
    {"NonEmptyArrayOfAlternateIdsType", "",
     "( AlternateId | AlternatePublicFolderId | AlternatePublicFolderItemId )+",
     "", ""},
    {NULL, NULL, NULL, NULL, NULL},
};
