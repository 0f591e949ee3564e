/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of EWS requests: views, recurrence, zones, calendar items, meeting messages.
 * The notation is explained in rows.h. */
#include "grammar/rows.h"

const lab_grammar_row_t lab_grammar_rows_calendar[] = {
    {"BasePagingType", "", "", "MaxEntriesReturned:int?", ""},
    {"IndexedPageViewType", "BasePagingType",
     "",
     "Offset:int BasePoint:IndexBasePointType", ""},
    {"FractionalPageViewType", "BasePagingType", "", "Numerator:int Denominator:int", ""},
    {"SeekToConditionPageViewType", "BasePagingType",
     "Condition:RestrictionType",
     "BasePoint:IndexBasePointType", ""},
    {"CalendarViewType", "BasePagingType", "", "StartDate:dateTime EndDate:dateTime", ""},
    {"ContactsViewType", "BasePagingType",
     "",
     "InitialName:string? FinalName:string?", ""},
    {"NonEmptyArrayOfTimeZoneIdType", "", "Id:string+", "", ""},
    {"OnlineMeetingSettingsType", "",
     "LobbyBypass AccessLevel:OnlineMeetingAccessLevelType Presenters",
     "", ""},
    {"AttendeeType", "",
     "Mailbox:EmailAddressType ResponseType? LastResponseTime:dateTime? "
     "ProposedStart:dateTime?@13.1 ProposedEnd:dateTime?@13.1",
     "", ""},
    {"NonEmptyArrayOfAttendeesType", "", "Attendee+", "", ""},
    {"OccurrenceItemIdType", "BaseItemIdType",
     "",
     "RecurringMasterId:DerivedItemIdType ChangeKey:string? InstanceIndex:int", ""},
    {"RecurringMasterItemIdType", "BaseItemIdType",
     "",
     "OccurrenceId:DerivedItemIdType ChangeKey:string?", ""},
    {"RecurringMasterItemIdRangesType", "ItemIdType",
     "Ranges:ArrayOfOccurrenceRangesType?",
     "", ""},
    {"ArrayOfOccurrenceRangesType", "", "Range:OccurrencesRangeType+", "", ""},
    {"OccurrencesRangeType", "",
     "",
     "Start:dateTime? End:dateTime? Count:int? CompareOriginalStartTime:boolean?", ""},
    {"RecurrencePatternBaseType", "", "", "", ""},
    {"IntervalRecurrencePatternBaseType", "RecurrencePatternBaseType",
     "Interval:int",
     "", ""},
    {"RegeneratingPatternBaseType", "IntervalRecurrencePatternBaseType", "", "", ""},
    {"DailyRegeneratingPatternType", "RegeneratingPatternBaseType", "", "", ""},
    {"WeeklyRegeneratingPatternType", "RegeneratingPatternBaseType", "", "", ""},
    {"MonthlyRegeneratingPatternType", "RegeneratingPatternBaseType", "", "", ""},
    {"YearlyRegeneratingPatternType", "RegeneratingPatternBaseType", "", "", ""},
    {"RelativeYearlyRecurrencePatternType", "RecurrencePatternBaseType",
     "DaysOfWeek:DayOfWeekType DayOfWeekIndex Month:MonthNamesType",
     "", ""},
    {"AbsoluteYearlyRecurrencePatternType", "RecurrencePatternBaseType",
     "DayOfMonth:int Month:MonthNamesType",
     "", ""},
    {"RelativeMonthlyRecurrencePatternType", "IntervalRecurrencePatternBaseType",
     "DaysOfWeek:DayOfWeekType DayOfWeekIndex",
     "", ""},
    {"AbsoluteMonthlyRecurrencePatternType", "IntervalRecurrencePatternBaseType",
     "DayOfMonth:int",
     "", ""},
    {"WeeklyRecurrencePatternType", "IntervalRecurrencePatternBaseType",
     "DaysOfWeek FirstDayOfWeek:DayOfWeekType?@10.1",
     "", ""},
    {"DailyRecurrencePatternType", "IntervalRecurrencePatternBaseType", "", "", ""},
    {"EnhancedLocationType", "",
     "DisplayName:string Annotation:string? PostalAddress:PersonaPostalAddressType?",
     "", ""},
    {"TimeChangeType", "",
     "Offset:duration { ( RelativeYearlyRecurrence:RelativeYearlyRecurrencePatternType "
     "| AbsoluteDate:date ) }? Time:time",
     "TimeZoneName:string?", ""},
    {"TimeZoneType", "",
     "{ BaseOffset:duration { Standard:TimeChangeType Daylight:TimeChangeType }? }?",
     "TimeZoneName:string?", ""},
    {"TimeZoneContextType", "", "TimeZoneDefinition", "", ""},
    {"TransitionTargetType", "", "", "Kind:TransitionTargetKindType", "string"},
    {"TransitionType", "", "To:TransitionTargetType", "", ""},
    {"AbsoluteDateTransitionType", "TransitionType", "DateTime:dateTime", "", ""},
    {"RecurringTimeTransitionType", "TransitionType",
     "TimeOffset:duration Month:int",
     "", ""},
    {"RecurringDateTransitionType", "RecurringTimeTransitionType", "Day:int", "", ""},
    {"RecurringDayTransitionType", "RecurringTimeTransitionType",
     "DayOfWeek Occurrence:int",
     "", ""},
    {"TimeZoneDefinitionType", "",
     "{ Periods:NonEmptyArrayOfPeriodsType "
     "TransitionsGroups:ArrayOfTransitionsGroupsType? "
     "Transitions:ArrayOfTransitionsType? }?",
     "Id:string? Name:string?", ""},
    {"NonEmptyArrayOfPeriodsType", "", "Period+", "", ""},
    {"PeriodType", "", "", "Bias:duration? Name:string? Id:string?", ""},
    {"ArrayOfTransitionsGroupsType", "",
     "TransitionsGroup:ArrayOfTransitionsType+",
     "", ""},
    {"ArrayOfTransitionsType", "",
     "( Transition | AbsoluteDateTransition | RecurringDayTransition | "
     "RecurringDateTransition )+",
     "Id:string?", ""},
    {"RecurrenceRangeBaseType", "", "StartDate:date", "", ""},
    {"NoEndRecurrenceRangeType", "RecurrenceRangeBaseType", "", "", ""},
    {"EndDateRecurrenceRangeType", "RecurrenceRangeBaseType", "EndDate:date", "", ""},
    {"NumberedRecurrenceRangeType", "RecurrenceRangeBaseType",
     "NumberOfOccurrences:int",
     "", ""},
    {"RecurrenceType", "",
     "( RelativeYearlyRecurrence:RelativeYearlyRecurrencePatternType | "
     "AbsoluteYearlyRecurrence:AbsoluteYearlyRecurrencePatternType | "
     "RelativeMonthlyRecurrence:RelativeMonthlyRecurrencePatternType | "
     "AbsoluteMonthlyRecurrence:AbsoluteMonthlyRecurrencePatternType | "
     "WeeklyRecurrence:WeeklyRecurrencePatternType | "
     "DailyRecurrence:DailyRecurrencePatternType ) ( "
     "NoEndRecurrence:NoEndRecurrenceRangeType | "
     "EndDateRecurrence:EndDateRecurrenceRangeType | "
     "NumberedRecurrence:NumberedRecurrenceRangeType )",
     "", ""},
    {"TaskRecurrenceType", "",
     "( RelativeYearlyRecurrence:RelativeYearlyRecurrencePatternType | "
     "AbsoluteYearlyRecurrence:AbsoluteYearlyRecurrencePatternType | "
     "RelativeMonthlyRecurrence:RelativeMonthlyRecurrencePatternType | "
     "AbsoluteMonthlyRecurrence:AbsoluteMonthlyRecurrencePatternType | "
     "WeeklyRecurrence:WeeklyRecurrencePatternType | "
     "DailyRecurrence:DailyRecurrencePatternType | "
     "DailyRegeneration:DailyRegeneratingPatternType | "
     "WeeklyRegeneration:WeeklyRegeneratingPatternType | "
     "MonthlyRegeneration:MonthlyRegeneratingPatternType | "
     "YearlyRegeneration:YearlyRegeneratingPatternType ) ( "
     "NoEndRecurrence:NoEndRecurrenceRangeType | "
     "EndDateRecurrence:EndDateRecurrenceRangeType | "
     "NumberedRecurrence:NumberedRecurrenceRangeType )",
     "", ""},
    {"OccurrenceInfoType", "",
     "ItemId Start:dateTime End:dateTime OriginalStart:dateTime",
     "", ""},
    {"NonEmptyArrayOfOccurrenceInfoType", "", "Occurrence:OccurrenceInfoType+", "", ""},
    {"DeletedOccurrenceInfoType", "", "Start:dateTime", "", ""},
    {"NonEmptyArrayOfDeletedOccurrencesType", "",
     "DeletedOccurrence:DeletedOccurrenceInfoType+",
     "", ""},
    {"CalendarItemType", "ItemType",
     "UID:string? RecurrenceId:dateTime? DateTimeStamp:dateTime? Start:dateTime? "
     "End:dateTime? OriginalStart:dateTime? IsAllDayEvent:boolean? "
     "LegacyFreeBusyStatus:LegacyFreeBusyType? Location:string? When:string? "
     "IsMeeting:boolean? IsCancelled:boolean? IsRecurring:boolean? "
     "MeetingRequestWasSent:boolean? IsResponseRequested:boolean? CalendarItemType? "
     "MyResponseType:ResponseTypeType? Organizer:SingleRecipientType? "
     "RequiredAttendees:NonEmptyArrayOfAttendeesType? "
     "OptionalAttendees:NonEmptyArrayOfAttendeesType? "
     "Resources:NonEmptyArrayOfAttendeesType? "
     "InboxReminders:ArrayOfInboxReminderType?@13 ConflictingMeetingCount:int? "
     "AdjacentMeetingCount:int? ConflictingMeetings:NonEmptyArrayOfAllItemsType? "
     "AdjacentMeetings:NonEmptyArrayOfAllItemsType? Duration:string? TimeZone:string? "
     "AppointmentReplyTime:dateTime? AppointmentSequenceNumber:int? "
     "AppointmentState:int? Recurrence? FirstOccurrence:OccurrenceInfoType? "
     "LastOccurrence:OccurrenceInfoType? "
     "ModifiedOccurrences:NonEmptyArrayOfOccurrenceInfoType? "
     "DeletedOccurrences:NonEmptyArrayOfDeletedOccurrencesType? "
     "MeetingTimeZone:TimeZoneType? StartTimeZone:TimeZoneDefinitionType?@10 "
     "EndTimeZone:TimeZoneDefinitionType?@10 ConferenceType:int? "
     "AllowNewTimeProposal:boolean? IsOnlineMeeting:boolean? "
     "MeetingWorkspaceUrl:string? NetShowUrl:string? EnhancedLocation?@13 "
     "StartWallClock:dateTime?@13 EndWallClock:dateTime?@13 StartTimeZoneId:string?@13 "
     "EndTimeZoneId:string?@13 IntendedFreeBusyStatus:LegacyFreeBusyType?@13 "
     "JoinOnlineMeetingUrl:string?@13 OnlineMeetingSettings?@13 "
     "IsOrganizer:boolean?@13 CalendarActivityData?@16 DoNotForwardMeeting:boolean?@16",
     "", ""},
    {"MeetingMessageType", "MessageType",
     "AssociatedCalendarItemId:ItemIdType? IsDelegated:boolean? IsOutOfDate:boolean? "
     "HasBeenProcessed:boolean? ResponseType? UID:string? RecurrenceId:dateTime? "
     "DateTimeStamp:dateTime? IsOrganizer:boolean?@13",
     "", ""},
    {"ChangeHighlightsType", "",
     "HasLocationChanged:boolean? Location:string? HasStartTimeChanged:boolean? "
     "Start:dateTime? HasEndTimeChanged:boolean? End:dateTime?",
     "", ""},
    {"MeetingRequestMessageType", "MeetingMessageType",
     "MeetingRequestType? IntendedFreeBusyStatus:LegacyFreeBusyType? Start:dateTime? "
     "End:dateTime? OriginalStart:dateTime? IsAllDayEvent:boolean? "
     "LegacyFreeBusyStatus:LegacyFreeBusyType? Location:string? When:string? "
     "IsMeeting:boolean? IsCancelled:boolean? IsRecurring:boolean? "
     "MeetingRequestWasSent:boolean? CalendarItemType? "
     "MyResponseType:ResponseTypeType? Organizer:SingleRecipientType? "
     "RequiredAttendees:NonEmptyArrayOfAttendeesType? "
     "OptionalAttendees:NonEmptyArrayOfAttendeesType? "
     "Resources:NonEmptyArrayOfAttendeesType? ConflictingMeetingCount:int? "
     "AdjacentMeetingCount:int? ConflictingMeetings:NonEmptyArrayOfAllItemsType? "
     "AdjacentMeetings:NonEmptyArrayOfAllItemsType? Duration:string? TimeZone:string? "
     "AppointmentReplyTime:dateTime? AppointmentSequenceNumber:int? "
     "AppointmentState:int? Recurrence? FirstOccurrence:OccurrenceInfoType? "
     "LastOccurrence:OccurrenceInfoType? "
     "ModifiedOccurrences:NonEmptyArrayOfOccurrenceInfoType? "
     "DeletedOccurrences:NonEmptyArrayOfDeletedOccurrencesType? "
     "MeetingTimeZone:TimeZoneType? StartTimeZone:TimeZoneDefinitionType?@10 "
     "EndTimeZone:TimeZoneDefinitionType?@10 ConferenceType:int? "
     "AllowNewTimeProposal:boolean? IsOnlineMeeting:boolean? "
     "MeetingWorkspaceUrl:string? NetShowUrl:string? EnhancedLocation?@13 "
     "ChangeHighlights?@13 StartWallClock:dateTime?@13 EndWallClock:dateTime?@13 "
     "StartTimeZoneId:string?@13 EndTimeZoneId:string?@13 "
     "DoNotForwardMeeting:boolean?@16",
     "", ""},
    {"MeetingResponseMessageType", "MeetingMessageType",
     "Start:dateTime?@13 End:dateTime?@13 Location:string?@13 Recurrence?@13 "
     "CalendarItemType:string?@13 ProposedStart:dateTime?@13.1 "
     "ProposedEnd:dateTime?@13.1 EnhancedLocation?@13",
     "", ""},
    {"MeetingCancellationMessageType", "MeetingMessageType",
     "Start:dateTime?@13 End:dateTime?@13 Location:string?@13 Recurrence?@13 "
     "CalendarItemType:string?@13 EnhancedLocation?@13 DoNotForwardMeeting:boolean?@16",
     "", ""},
    {NULL, NULL, NULL, NULL, NULL},
};
