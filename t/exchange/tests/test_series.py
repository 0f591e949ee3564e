# SPDX-License-Identifier: Apache-2.0
"""Recurring items: occurrences, exceptions, deletions."""
import pytest

from ewsclient import NS, WEEKLY, EwsError, appointment, fields, item_id, named, series, text

SHOWN = fields('item:Subject', 'calendar:Start', 'calendar:End', 'calendar:UID', 'calendar:CalendarItemType', 'calendar:IsRecurring')


def code_of(function, *args, **kw):
    with pytest.raises(EwsError) as e:
        function(*args, **kw)
    return e.value.code


def starts(items):
    return [text(i, 'Start') for i in items]


@pytest.fixture
def master(alice):
    return alice.create(series())


def test_master(alice, master):
    got = alice.get(master)
    assert (text(got, 'CalendarItemType'), text(got, 'IsRecurring')) == ('RecurringMaster', 'false')
    assert (text(got, 'Start'), text(got, 'End')) == ('2024-05-06T07:00:00Z', '2024-05-06T08:00:00Z')
    assert got.findtext('t:FirstOccurrence/t:Start', None, NS) == '2024-05-06T07:00:00Z'
    assert got.findtext('t:LastOccurrence/t:Start', None, NS) == '2024-07-08T07:00:00Z'
    assert got.find('t:ModifiedOccurrences', NS) is None


def test_wall_clock_stays_across_the_change_of_the_clock(alice):
    alice.create(series(start='2024-10-21T09:00:00', end='2024-10-21T10:00:00', recurrence=WEEKLY.replace('2024-05-06', '2024-10-21')))
    assert starts(alice.view('2024-10-20T00:00:00Z', '2024-11-06T00:00:00Z', SHOWN)) == \
        ['2024-10-21T07:00:00Z', '2024-10-28T08:00:00Z', '2024-11-04T08:00:00Z']


def test_view(alice, master):
    items = alice.view('2024-05-13T08:00:00Z', '2024-06-03T07:00:00Z', SHOWN)
    assert starts(items) == ['2024-05-20T07:00:00Z', '2024-05-27T07:00:00Z']
    assert {text(i, 'CalendarItemType') for i in items} == {'Occurrence'} and {text(i, 'IsRecurring') for i in items} == {'true'}
    assert len({i.find('t:ItemId', NS).get('Id') for i in items}) == 2
    assert {i.find('t:ItemId', NS).get('ChangeKey') for i in items} == {master[1]}


def test_occurrence_by_index_and_back_to_the_master(alice, master):
    third = alice.get((master[0], 3), element='OccurrenceItemId')
    assert (text(third, 'Start'), text(third, 'CalendarItemType')) == ('2024-05-20T07:00:00Z', 'Occurrence')
    assert text(third, 'RecurrenceId') == '2024-05-20T07:00:00Z'
    own = item_id(third)
    assert text(alice.get((own[0], None)), 'Start') == '2024-05-20T07:00:00Z'
    back = alice.get((own[0], None), element='RecurringMasterItemId')
    assert item_id(back) == master
    assert code_of(alice.get, (master[0], 11), element='OccurrenceItemId') == 'ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange'
    assert code_of(alice.get, (master[0], None), element='RecurringMasterItemId') == 'ErrorCalendarCannotUseIdForRecurringMasterId'
    single = alice.create(appointment())
    assert code_of(alice.get, (single[0], 1), element='OccurrenceItemId') == 'ErrorCalendarCannotUseIdForOccurrenceId'


def test_an_update_makes_an_exception(alice, master):
    changed = alice.update((master[0], 2), ('item:Subject', '<t:Subject>moved</t:Subject>'),
                           ('calendar:Start', '<t:Start>2024-05-14T09:00:00Z</t:Start>'),
                           ('calendar:End', '<t:End>2024-05-14T10:00:00Z</t:End>'),
                           element='OccurrenceItemId', resolution='AlwaysOverwrite')
    assert changed[1] != master[1]
    got = alice.get((changed[0], None))
    assert (text(got, 'CalendarItemType'), text(got, 'Subject')) == ('Exception', 'moved')
    assert text(got, 'OriginalStart') == '2024-05-13T07:00:00Z'
    whole = alice.get((master[0], None))
    assert item_id(whole)[1] == changed[1], 'the master shares the key'
    one = whole.find('t:ModifiedOccurrences/t:Occurrence', NS)
    assert one.find('t:ItemId', NS).get('Id') == changed[0]
    assert (text(one, 'Start'), text(one, 'OriginalStart')) == ('2024-05-14T09:00:00Z', '2024-05-13T07:00:00Z')
    assert starts(alice.view('2024-05-13T00:00:00Z', '2024-05-15T00:00:00Z', SHOWN)) == ['2024-05-14T09:00:00Z']
    assert text(whole, 'Subject') == 'Staff'


def test_exceptions_stay_between_their_neighbours(alice, master):
    def shift(start, end):
        return alice.update((master[0], 2), ('calendar:Start', '<t:Start>%s</t:Start>' % start), ('calendar:End', '<t:End>%s</t:End>' % end),
                            element='OccurrenceItemId', resolution='AlwaysOverwrite')
    assert code_of(shift, '2024-05-20T12:00:00Z', '2024-05-20T13:00:00Z') == 'ErrorOccurrenceCrossingBoundary'
    assert code_of(shift, '2024-05-22T12:00:00Z', '2024-05-22T13:00:00Z') == 'ErrorOccurrenceCrossingBoundary'
    shift('2024-05-19T12:00:00Z', '2024-05-19T13:00:00Z')


def test_deleting_an_occurrence(alice, master):
    (_, code), = alice.delete((master[0], 4), element='OccurrenceItemId')
    assert code == 'NoError'
    got = alice.get((master[0], None))
    assert [d.findtext('t:Start', None, NS) for d in got.find('t:DeletedOccurrences', NS)] == ['2024-05-27T07:00:00Z']
    assert item_id(got)[1] != master[1]
    assert code_of(alice.get, (master[0], 4), element='OccurrenceItemId') == 'ErrorCalendarOccurrenceIsDeletedFromRecurrence'
    assert text(alice.get((master[0], 5), element='OccurrenceItemId'), 'Start') == '2024-06-03T07:00:00Z', 'numbers stay'
    assert len(alice.view('2024-05-01T00:00:00Z', '2024-08-01T00:00:00Z')) == 9


def test_first_and_last_skip_deleted_ones(alice, master):
    for index in (1, 10):
        alice.delete((master[0], index), element='OccurrenceItemId')
    got = alice.get((master[0], None))
    assert got.findtext('t:FirstOccurrence/t:Start', None, NS) == '2024-05-13T07:00:00Z'
    assert got.findtext('t:LastOccurrence/t:Start', None, NS) == '2024-07-01T07:00:00Z'


def test_a_new_pattern_drops_exceptions(alice, master):
    alice.delete((master[0], 4), element='OccurrenceItemId')
    changed = alice.update((master[0], 2), ('item:Subject', '<t:Subject>x</t:Subject>'), element='OccurrenceItemId',
                           resolution='AlwaysOverwrite')
    now = alice.update((master[0], changed[1]), ('item:Importance', '<t:Importance>High</t:Importance>'))
    assert alice.get(now).find('t:ModifiedOccurrences', NS) is not None, 'other fields keep them'
    now = alice.update(now, ('calendar:Recurrence', WEEKLY))
    got = alice.get(now)
    assert got.find('t:ModifiedOccurrences', NS) is None and got.find('t:DeletedOccurrences', NS) is None
    assert code_of(alice.update, (alice.get((master[0], 1), element='OccurrenceItemId').find('t:ItemId', NS).get('Id'), None),
                   ('calendar:Recurrence', WEEKLY), resolution='AlwaysOverwrite') == 'ErrorInvalidPropertySet'


def test_exceptions_override_and_inherit(alice):
    href = named('X-A')
    master = alice.create(series(before='<t:ReminderIsSet>true</t:ReminderIsSet><t:ReminderMinutesBeforeStart>10</t:ReminderMinutesBeforeStart>'
                                        '<t:ExtendedProperty>%s<t:Value>m</t:Value></t:ExtendedProperty>' % href))
    one = alice.update((master[0], 1), ('calendar:LegacyFreeBusyStatus', '<t:LegacyFreeBusyStatus>Free</t:LegacyFreeBusyStatus>'),
                       ('item:ReminderIsSet', '<t:ReminderIsSet>false</t:ReminderIsSet>'), (href, None),
                       element='OccurrenceItemId', resolution='AlwaysOverwrite')
    got = alice.get((one[0], None), extra=href)
    assert (text(got, 'LegacyFreeBusyStatus'), text(got, 'ReminderIsSet'), text(got, 'Subject')) == ('Free', 'false', 'Staff')
    assert got.find('t:ExtendedProperty', NS) is None
    got = alice.get((master[0], 2), element='OccurrenceItemId', extra=href)
    assert (text(got, 'ReminderIsSet'), text(got, 'ReminderMinutesBeforeStart')) == ('true', '10')
    assert got.findtext('t:ExtendedProperty/t:Value', None, NS) == 'm'


def test_start_decides_the_first_matching_day(alice):
    item = alice.create(series(start='2024-05-08T09:00:00', end='2024-05-08T10:00:00', recurrence=WEEKLY.replace('2024-05-06', '2024-05-08')))
    assert text(alice.get(item), 'Start') == '2024-05-13T07:00:00Z'


def test_bad_patterns(alice):
    def pattern(inner, rng='<t:NoEndRecurrence><t:StartDate>2024-05-06</t:StartDate></t:NoEndRecurrence>'):
        return series(recurrence='<t:Recurrence>%s%s</t:Recurrence>' % (inner, rng))
    daily = '<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>'
    assert code_of(alice.create, pattern(daily).replace('2024-05-06T10:00:00', '2024-05-07T11:00:00')) == 'ErrorOccurrenceTimeSpanTooBig'
    assert code_of(alice.create, pattern(daily, '<t:EndDateRecurrence><t:StartDate>2024-05-06</t:StartDate><t:EndDate>2024-05-01</t:EndDate>'
                                                '</t:EndDateRecurrence>')) == 'ErrorRecurrenceHasNoOccurrence'
    assert code_of(alice.create, pattern(daily.replace('>1<', '>1000<'))) == 'ErrorCalendarInvalidRecurrence'


def test_no_end(alice):
    item = alice.create(series(recurrence='<t:Recurrence><t:AbsoluteMonthlyRecurrence><t:Interval>1</t:Interval><t:DayOfMonth>31</t:DayOfMonth>'
                                          '</t:AbsoluteMonthlyRecurrence><t:NoEndRecurrence><t:StartDate>2024-05-31</t:StartDate>'
                                          '</t:NoEndRecurrence></t:Recurrence>', start='2024-05-31T09:00:00', end='2024-05-31T10:00:00'))
    assert starts(alice.view('2026-02-01T00:00:00Z', '2026-05-01T00:00:00Z', SHOWN)) == \
        ['2026-02-28T08:00:00Z', '2026-03-31T07:00:00Z', '2026-04-30T07:00:00Z']
    assert alice.get(item).find('t:LastOccurrence', NS) is None


def test_all_day_series(alice):
    alice.create(series(start='2024-05-06T00:00:00', end='2024-05-07T00:00:00').replace('<t:Recurrence>', '<t:IsAllDayEvent>true</t:IsAllDayEvent>'
                 '<t:Recurrence>').replace('2024-05-06</t:StartDate>', '2024-10-21</t:StartDate>').replace('2024-05-0', '2024-10-2')
                 .replace('2024-10-26T', '2024-10-21T').replace('2024-10-27T', '2024-10-22T'))
    items = alice.view('2024-10-20T00:00:00Z', '2024-11-05T00:00:00Z', SHOWN)
    assert [(text(i, 'Start'), text(i, 'End')) for i in items] == [
        ('2024-10-20T22:00:00Z', '2024-10-21T22:00:00Z'), ('2024-10-27T23:00:00Z', '2024-10-28T23:00:00Z'),
        ('2024-11-03T23:00:00Z', '2024-11-04T23:00:00Z')]


def test_the_last_occurrence_stays(alice):
    master = alice.create(series(recurrence=WEEKLY.replace('>10<', '>2<')))
    assert alice.delete((master[0], 1), element='OccurrenceItemId')[0][1] == 'NoError'
    assert alice.delete((master[0], 2), element='OccurrenceItemId')[0][1] == 'ErrorRecurrenceHasNoOccurrence'
    assert len(alice.view('2024-05-01T00:00:00Z', '2024-08-01T00:00:00Z')) == 1
