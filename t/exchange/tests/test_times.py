# SPDX-License-Identifier: Apache-2.0
"""What times without an offset mean, and in which zone an item lives, by generation."""
import pytest
from lxml import etree

from ewsclient import BERLIN, NS, WEEKLY, Ews, EwsError, Fault, appointment, fields, series, text

TOKYO = '<t:StartTimeZone Id="Tokyo Standard Time"/><t:EndTimeZone Id="Tokyo Standard Time"/>'
NEW_YORK = 'Eastern Standard Time'


def code_of(function, *args, **kw):
    with pytest.raises((EwsError, Fault)) as e:
        function(*args, **kw)
    return e.value.code


def times(item):
    return text(item, 'Start'), text(item, 'End')


def local(zones=''):
    return appointment(start='2024-07-01T09:00:00', end='2024-07-01T10:00:00', after=zones)


# --- 2010 and later -------------------------------------------------------------------------------

def test_the_items_zone_reads_its_times(alice):
    assert times(alice.get(alice.create(local(BERLIN)))) == ('2024-07-01T07:00:00Z', '2024-07-01T08:00:00Z')


def test_start_and_end_may_have_zones_of_their_own(alice):
    flight = ('<t:StartTimeZone Id="W. Europe Standard Time"/><t:EndTimeZone Id="%s"/>' % NEW_YORK)
    got = alice.get(alice.create(local(flight)))
    assert times(got) == ('2024-07-01T07:00:00Z', '2024-07-01T14:00:00Z')
    assert got.find('t:EndTimeZone', NS).get('Id') == NEW_YORK


def test_the_context_reads_times_where_the_item_says_nothing(lab):
    here = Ews(lab, zone=NEW_YORK)
    item = here.create(local())
    got = Ews(lab).get(item)
    assert times(got) == ('2024-07-01T13:00:00Z', '2024-07-01T14:00:00Z')
    assert got.find('t:StartTimeZone', NS).get('Id') == NEW_YORK
    assert times(here.get(item)) == ('2024-07-01T09:00:00-04:00', '2024-07-01T10:00:00-04:00')


def test_the_items_zone_is_stronger_than_the_context(lab):
    assert times(Ews(lab).get(Ews(lab, zone=NEW_YORK).create(local(TOKYO)))) == ('2024-07-01T00:00:00Z', '2024-07-01T01:00:00Z')


def test_without_any_zone_it_is_utc(alice):
    got = alice.get(alice.create(local()))
    assert times(got) == ('2024-07-01T09:00:00Z', '2024-07-01T10:00:00Z')
    assert got.find('t:StartTimeZone', NS).get('Id') == 'UTC'


def test_an_offset_is_stronger_than_all(lab):
    there = Ews(lab, zone=NEW_YORK)
    item = there.create(appointment(start='2024-07-01T09:00:00+09:00', end='2024-07-01T10:00:00+09:00', after=BERLIN))
    got = Ews(lab).get(item)
    assert times(got) == ('2024-07-01T00:00:00Z', '2024-07-01T01:00:00Z')
    assert got.find('t:StartTimeZone', NS).get('Id') == 'W. Europe Standard Time'


def test_an_update_reads_its_times_by_its_own_zone_fields_in_any_order(alice):
    item = alice.create(local(BERLIN))
    zone = '<t:%s Id="Tokyo Standard Time"/>'
    item = alice.update(item, ('calendar:Start', '<t:Start>2024-07-02T09:00:00</t:Start>'),
                        ('calendar:End', '<t:End>2024-07-02T10:00:00</t:End>'),
                        ('calendar:StartTimeZone', zone % 'StartTimeZone'), ('calendar:EndTimeZone', zone % 'EndTimeZone'))
    assert times(alice.get(item)) == ('2024-07-02T00:00:00Z', '2024-07-02T01:00:00Z')
    assert alice.get(item).find('t:EndTimeZone', NS).get('Id') == 'Tokyo Standard Time'


def test_an_update_without_zone_is_utc_whatever_zone_is_stored(alice):
    item = alice.create(local(BERLIN))
    item = alice.update(item, ('calendar:Start', '<t:Start>2024-07-02T09:00:00</t:Start>'), ('calendar:End', '<t:End>2024-07-02T10:00:00</t:End>'))
    got = alice.get(item)
    assert times(got) == ('2024-07-02T09:00:00Z', '2024-07-02T10:00:00Z')
    assert got.find('t:StartTimeZone', NS).get('Id') == 'W. Europe Standard Time'


def test_views_and_restrictions_read_times_by_the_context(lab):
    alice, there = Ews(lab), Ews(lab, zone=NEW_YORK)
    alice.create(appointment(start='2024-07-01T03:00:00Z', end='2024-07-01T03:30:00Z'))
    assert len(there.view('2024-06-30T00:00:00', '2024-07-01T00:00:00')) == 1
    assert len(alice.view('2024-06-30T00:00:00', '2024-07-01T00:00:00')) == 0


def test_ids_of_zones_are_known_in_any_case_and_come_back_right(alice):
    got = alice.get(alice.create(local(BERLIN.replace('W. Europe', 'w. EUROPE'))))
    assert got.find('t:StartTimeZone', NS).get('Id') == 'W. Europe Standard Time'


def test_unknown_zones_are_refused(lab, alice):
    assert code_of(alice.create, local(BERLIN.replace('W. Europe', 'Middle Earth'))) == 'ErrorTimeZone'
    with pytest.raises(Fault):
        Ews(lab, zone='Europe/Berlin').folder()


CUSTOM = ('<t:%s Id="Custom-1" Name="Custom"><t:Periods><t:Period Bias="PT300M" Name="Standard" Id="std"/>'
          '<t:Period Bias="PT240M" Name="Daylight" Id="dst"/></t:Periods><t:TransitionsGroups><t:TransitionsGroup Id="0">'
          '<t:RecurringDayTransition><t:To Kind="Period">dst</t:To><t:TimeOffset>PT2H</t:TimeOffset><t:Month>3</t:Month>'
          '<t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>2</t:Occurrence></t:RecurringDayTransition>'
          '<t:RecurringDayTransition><t:To Kind="Period">std</t:To><t:TimeOffset>PT2H</t:TimeOffset><t:Month>11</t:Month>'
          '<t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>1</t:Occurrence></t:RecurringDayTransition></t:TransitionsGroup>'
          '</t:TransitionsGroups><t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition></t:Transitions></t:%s>')


def test_custom_zones_count_and_come_back_whole(alice):
    zones = ''.join(CUSTOM % (n, n) for n in ('StartTimeZone', 'EndTimeZone'))
    item = alice.create(series(start='2024-10-28T09:00:00', end='2024-10-28T10:00:00', zones=zones,
                               recurrence=WEEKLY.replace('2024-05-06', '2024-10-28')))
    shown = alice.view('2024-10-28T00:00:00Z', '2024-11-06T00:00:00Z', fields('calendar:Start'))
    assert [text(i, 'Start') for i in shown] == ['2024-10-28T13:00:00Z', '2024-11-04T14:00:00Z']
    zone = alice.get(item).find('t:StartTimeZone', NS)
    assert zone.get('Id') == 'Custom-1' and len(zone.findall('.//t:RecurringDayTransition', NS)) == 2
    # and what came back can be sent again
    start = etree.tostring(zone).decode()
    again = alice.create(local(start + start.replace('StartTimeZone', 'EndTimeZone')))
    assert times(alice.get(again))[0] == '2024-07-01T13:00:00Z'


# --- all-day ---------------------------------------------------------------------------------------

def all_day(start, end, zones=BERLIN):
    return appointment(start=start, end=end, after='<t:IsAllDayEvent>true</t:IsAllDayEvent>' + zones)


@pytest.mark.parametrize('start, end', [('2024-07-01T00:00:00', '2024-07-02T00:00:00'),
                                        ('2024-07-01T00:00:00+02:00', '2024-07-02T00:00:00+02:00'),
                                        ('2024-07-01T00:00:00Z', '2024-07-02T00:00:00Z'),
                                        ('2024-07-01T08:00:00', '2024-07-01T09:00:00')])
def test_all_day_events_are_cut_to_midnights_of_their_zone(alice, start, end):
    assert times(alice.get(alice.create(all_day(start, end)))) == ('2024-06-30T22:00:00Z', '2024-07-01T22:00:00Z')


def test_all_day_events_over_the_change_of_the_clock(alice):
    got = alice.get(alice.create(all_day('2024-10-26T00:00:00', '2024-10-28T00:00:00')))
    assert times(got) == ('2024-10-25T22:00:00Z', '2024-10-27T23:00:00Z')


# --- series ------------------------------------------------------------------------------------------

def daily(start, n=4):
    return ('<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence><t:StartDate>%s'
            '</t:StartDate><t:NumberOfOccurrences>%d</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>' % (start, n))


def test_occurrences_in_the_gap_and_in_the_overlap(alice):
    alice.create(series(start='2024-03-30T02:30:00', end='2024-03-30T03:15:00', recurrence=daily('2024-03-30', 3)))
    alice.create(series(start='2024-10-26T02:30:00', end='2024-10-26T02:45:00', recurrence=daily('2024-10-26', 3)))
    shown = alice.view('2024-03-29T00:00:00Z', '2024-11-01T00:00:00Z', fields('calendar:Start'))
    assert [text(i, 'Start') for i in shown] == [
        '2024-03-30T01:30:00Z', '2024-03-31T01:30:00Z', '2024-04-01T00:30:00Z',
        '2024-10-26T00:30:00Z', '2024-10-27T01:30:00Z', '2024-10-28T01:30:00Z']


def test_the_day_of_the_week_is_that_of_the_zone(alice):
    # Monday morning in Tokyo is Sunday evening in UTC
    alice.create(series(start='2024-05-06T08:00:00', end='2024-05-06T09:00:00', zones=TOKYO))
    shown = alice.view('2024-05-05T00:00:00Z', '2024-05-20T00:00:00Z', fields('calendar:Start'))
    assert [text(i, 'Start') for i in shown] == ['2024-05-05T23:00:00Z', '2024-05-12T23:00:00Z', '2024-05-19T23:00:00Z']
    shown = Ews(alice.lab, zone='Tokyo Standard Time').view('2024-05-06T00:00:00', '2024-05-07T00:00:00', fields('calendar:Start'))
    assert [text(i, 'Start') for i in shown] == ['2024-05-06T08:00:00+09:00']


def test_a_new_time_of_a_series_keeps_the_pattern(alice):
    master = alice.create(series())
    master = alice.update(master, ('calendar:Start', '<t:Start>2024-05-06T14:00:00</t:Start>'),
                          ('calendar:End', '<t:End>2024-05-06T15:00:00</t:End>'),
                          ('calendar:StartTimeZone', '<t:StartTimeZone Id="W. Europe Standard Time"/>'),
                          ('calendar:EndTimeZone', '<t:EndTimeZone Id="W. Europe Standard Time"/>'))
    shown = alice.view('2024-05-01T00:00:00Z', '2024-05-20T00:00:00Z', fields('calendar:Start'))
    assert [text(i, 'Start') for i in shown] == ['2024-05-06T12:00:00Z', '2024-05-13T12:00:00Z']
    assert alice.get(master).findtext('.//t:NumberOfOccurrences', None, NS) == '10'


def test_all_day_series_that_begins_on_a_day_without_midnight(alice):
    # in Beirut the clock goes from 24:00 to 01:00 on 31 March 2024
    zones = BERLIN.replace('W. Europe', 'Middle East')
    sundays = WEEKLY.replace('Monday', 'Sunday').replace('2024-05-06', '2024-03-31')
    alice.create(series(start='2024-03-31T00:00:00', end='2024-04-01T00:00:00', zones=zones,
                        recurrence='<t:IsAllDayEvent>true</t:IsAllDayEvent>' + sundays))
    shown = alice.view('2024-03-29T00:00:00Z', '2024-04-09T00:00:00Z', fields('calendar:Start', 'calendar:End'))
    assert [times(i) for i in shown] == [('2024-03-30T22:00:00Z', '2024-03-31T21:00:00Z'), ('2024-04-06T21:00:00Z', '2024-04-07T21:00:00Z')]


# --- 2007 ---------------------------------------------------------------------------------------------

MEETING_ZONE = '<t:MeetingTimeZone TimeZoneName="W. Europe Standard Time"/>'


@pytest.mark.parametrize('server', ['lab', 'lab_2007'])
def test_2007_reads_times_by_the_meeting_zone(request, server):
    lab = request.getfixturevalue(server)
    old = Ews(lab, version='Exchange2007_SP1')
    assert times(old.get(old.create(local(MEETING_ZONE)))) == ('2024-07-01T07:00:00Z', '2024-07-01T08:00:00Z')
    assert times(old.get(old.create(local()))) == ('2024-07-01T09:00:00Z', '2024-07-01T10:00:00Z')


def test_2007_ignores_the_context(lab):
    old = Ews(lab, version='Exchange2007_SP1', zone=NEW_YORK)
    assert times(old.get(old.create(local()))) == ('2024-07-01T09:00:00Z', '2024-07-01T10:00:00Z')


def test_2007_series_run_in_the_meeting_zone(lab_2007):
    old = Ews(lab_2007, version='Exchange2007_SP1')
    item = old.create(series(start='2024-10-21T09:00:00', end='2024-10-21T10:00:00', zones=MEETING_ZONE,
                             recurrence=WEEKLY.replace('2024-05-06', '2024-10-21')))
    shown = old.view('2024-10-20T00:00:00Z', '2024-11-01T00:00:00Z', fields('calendar:Start'))
    assert [text(i, 'Start') for i in shown] == ['2024-10-21T07:00:00Z', '2024-10-28T08:00:00Z']
    got = old.get(item)
    zone = got.find('t:MeetingTimeZone', NS)
    assert zone.findtext('t:BaseOffset', None, NS) == '-PT60M'
    assert zone.findtext('t:Daylight/t:RelativeYearlyRecurrence/t:Month', None, NS) == 'March'
    assert got.find('t:StartTimeZone', NS) is None


def test_2007_explicit_rules(lab_2007):
    def change(name, offset, month, clock):
        return ('<t:%s TimeZoneName="%s"><t:Offset>%s</t:Offset><t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek>'
                '<t:DayOfWeekIndex>Last</t:DayOfWeekIndex><t:Month>%s</t:Month></t:RelativeYearlyRecurrence><t:Time>%s</t:Time></t:%s>'
                % (name, name, offset, month, clock, name))
    zone = ('<t:MeetingTimeZone TimeZoneName="here"><t:BaseOffset>-PT60M</t:BaseOffset>%s%s</t:MeetingTimeZone>'
            % (change('Standard', 'PT0M', 'October', '03:00:00'), change('Daylight', '-PT60M', 'March', '02:00:00')))
    old = Ews(lab_2007, version='Exchange2007_SP1')
    old.create(series(start='2024-10-21T09:00:00', end='2024-10-21T10:00:00', zones=zone,
                      recurrence=WEEKLY.replace('2024-05-06', '2024-10-21')))
    shown = old.view('2024-10-20T00:00:00Z', '2024-11-01T00:00:00Z', fields('calendar:Start'))
    assert [text(i, 'Start') for i in shown] == ['2024-10-21T07:00:00Z', '2024-10-28T08:00:00Z']


def test_2007_does_not_know_what_came_later(lab_2007, lab):
    old = Ews(lab_2007, version='Exchange2007_SP1')
    assert code_of(old.create, local(BERLIN)) == 'ErrorSchemaValidation'
    assert code_of(old.call, '<m:GetServerTimeZones/>') == 'ErrorSchemaValidation'
    assert code_of(Ews(lab_2007, version='Exchange2010').folder) == 'ErrorInvalidServerVersion'
    # a later server's schema knows it, but the version that was asked for does not
    asked = Ews(lab, version='Exchange2007_SP1')
    item = asked.create(local())
    assert code_of(asked.get, item, 'IdOnly', fields('calendar:StartTimeZone')) == 'ErrorInvalidPropertyRequest'
    assert asked.get(item).find('t:StartTimeZone', NS) is None


@pytest.mark.parametrize('version, first_day', [('Exchange2007_SP1', None), ('Exchange2010', None), ('Exchange2010_SP1', 'Sunday')])
def test_the_first_day_of_the_week_is_told_since_2010_sp1(lab, version, first_day):
    asked = Ews(lab, version=version)
    item = Ews(lab).create(series())
    assert asked.get(item).findtext('.//t:FirstDayOfWeek', None, NS) == first_day


# --- seeded calendars ----------------------------------------------------------------------------------

def test_a_seeded_calendar_can_be_read_whole(lab, alice):
    lab.seed('alice', 300)
    state, changes, done = alice.sync()
    assert done and len(changes) == 300
    kinds = set()
    for _, item, _ in changes[:120]:
        got = alice.get((item, None))
        kinds.add(text(got, 'CalendarItemType'))
        whole = got.find('t:ModifiedOccurrences', NS)
        for one in whole if whole is not None else ():
            exception = alice.get((one.find('t:ItemId', NS).get('Id'), None))
            assert text(exception, 'CalendarItemType') == 'Exception'
            assert text(exception, 'OriginalStart') == text(one, 'OriginalStart')
            assert text(exception, 'UID') == text(got, 'UID')
    assert kinds == {'Single', 'RecurringMaster'}
