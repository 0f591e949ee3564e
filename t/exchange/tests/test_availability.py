# SPDX-License-Identifier: Apache-2.0
"""GetUserAvailability: what each caller sees of whose time; working hours."""
import base64

import pytest
from lxml import etree

from ewsclient import BERLIN, NS, Ews, EwsError, Fault, appointment, series, text


def code_of(function, *args, **kw):
    with pytest.raises((EwsError, Fault)) as e:
        function(*args, **kw)
    return e.value.code


BERLIN_SERIAL = ('<t:TimeZone><t:Bias>-60</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>03:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>10'
                 '</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime><t:DaylightTime><t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time>'
                 '<t:DayOrder>5</t:DayOrder><t:Month>3</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone>')


def availability(ews, *addresses, view='DetailedMerged', start='2024-05-06T00:00:00', end='2024-05-07T00:00:00', interval=60, zone=BERLIN_SERIAL):
    people = ''.join('<t:MailboxData><t:Email><t:Address>%s</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType></t:MailboxData>' % a
                     for a in addresses)
    answer = ews.raw('<m:GetUserAvailabilityRequest>%s<m:MailboxDataArray>%s</m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow>'
                     '<t:StartTime>%s</t:StartTime><t:EndTime>%s</t:EndTime></t:TimeWindow><t:MergedFreeBusyIntervalInMinutes>%d'
                     '</t:MergedFreeBusyIntervalInMinutes><t:RequestedView>%s</t:RequestedView></t:FreeBusyViewOptions>'
                     '</m:GetUserAvailabilityRequest>' % (zone, people, start, end, interval, view))
    return answer.findall('.//m:FreeBusyResponse', NS)


def test_availability(alice, bob):
    alice.create(series())
    alice.create(appointment('trip', '2024-05-06T10:00:00', '2024-05-06T12:30:00', after='<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>'
                             + BERLIN))
    mine, other = availability(alice, 'alice@contoso.example', 'nobody@contoso.example')
    view = mine.find('m:FreeBusyView', NS)
    assert text(view, 'FreeBusyViewType') == 'DetailedMerged' and text(view, 'MergedFreeBusy') == '000000000233300000000000'
    first = view.find('t:CalendarEventArray/t:CalendarEvent', NS)
    assert (text(first, 'StartTime'), text(first, 'EndTime'), text(first, 'BusyType')) == ('2024-05-06T09:00:00', '2024-05-06T10:00:00', 'Busy')
    assert first.findtext('t:CalendarEventDetails/t:Subject', None, NS) == 'Staff'
    assert other.findtext('.//m:ResponseCode', None, NS) == 'ErrorMailRecipientNotFound'
    theirs, = availability(bob, 'alice@contoso.example')
    assert text(theirs.find('m:FreeBusyView', NS), 'FreeBusyViewType') == 'FreeBusyMerged'
    assert theirs.find('.//t:CalendarEventDetails', NS) is None and len(theirs.find('.//t:CalendarEventArray', NS)) == 2


def test_availability_limits(alice):
    assert code_of(availability, alice, 'bob@contoso.example', end='2024-07-07T00:00:00') == 'ErrorTimeIntervalTooBig'
    assert code_of(availability, alice, 'bob@contoso.example', end='2024-05-05T00:00:00') == 'ErrorInvalidTimeInterval'
    assert code_of(availability, alice, 'bob@contoso.example', interval=4) == 'ErrorInvalidMergedFreeBusyInterval'
    assert code_of(availability, alice, *['bob@contoso.example'] * 101) == 'ErrorMailboxDataArrayTooBig'
    assert code_of(availability, alice, 'bob@contoso.example', zone='') == 'ErrorTimeZone'
    assert len(availability(alice, *['user%02d@contoso.example' % (i % 50 + 1) for i in range(100)])) == 100


def view_of(response):
    return response.find('m:FreeBusyView', NS)


def event(response):
    return view_of(response).find('t:CalendarEventArray/t:CalendarEvent', NS)


@pytest.mark.parametrize('level, asked, shown', [
    ('None', 'DetailedMerged', 'None'),
    ('Contributor', 'FreeBusy', 'None'),
    ('FreeBusyTimeOnly', 'MergedOnly', 'MergedOnly'),
    ('FreeBusyTimeOnly', 'FreeBusy', 'FreeBusy'),
    ('FreeBusyTimeOnly', 'FreeBusyMerged', 'FreeBusyMerged'),
    ('FreeBusyTimeOnly', 'Detailed', 'FreeBusy'),
    ('FreeBusyTimeOnly', 'DetailedMerged', 'FreeBusyMerged'),
    ('FreeBusyTimeAndSubjectAndLocation', 'FreeBusyMerged', 'FreeBusyMerged'),
    ('FreeBusyTimeAndSubjectAndLocation', 'DetailedMerged', 'DetailedMerged'),
    ('Reviewer', 'Detailed', 'Detailed'),
    ('Owner', 'DetailedMerged', 'DetailedMerged'),
])
def test_the_best_view_that_the_caller_may_see(lab, alice, bob, level, asked, shown):
    alice.create(appointment('Dentist', '2024-05-06T08:00:00Z', '2024-05-06T09:00:00Z', after='<t:Location>Room 9</t:Location>'))
    lab.share('alice', 'bob', level)
    got, = availability(bob, 'alice@contoso.example', view=asked)
    view = view_of(got)
    assert text(view, 'FreeBusyViewType') == shown
    if shown == 'None':
        assert got.findtext('.//m:ResponseCode', None, NS) == 'ErrorNoFreeBusyAccess' and len(view) == 1
        return
    assert (view.find('t:MergedFreeBusy', NS) is not None) == ('Merged' in shown)
    assert (view.find('t:CalendarEventArray', NS) is not None) == (shown != 'MergedOnly')
    details = view.find('.//t:CalendarEventDetails', NS)
    assert (details is not None) == ('Detailed' in shown)
    if details is not None:
        assert (text(details, 'Subject'), text(details, 'Location'), text(details, 'IsPrivate')) == ('Dentist', 'Room 9', 'false')


def test_private_items_have_no_subject(lab, alice, bob):
    alice.create(appointment('secret', '2024-05-06T08:00:00Z', '2024-05-06T09:00:00Z', before='<t:Sensitivity>Private</t:Sensitivity>',
                             after='<t:Location>secret</t:Location>'))
    lab.share('alice', 'bob', 'Editor')
    got, = availability(bob, 'alice@contoso.example')
    details = event(got).find('t:CalendarEventDetails', NS)
    assert text(details, 'IsPrivate') == 'true' and b'secret' not in etree.tostring(got)
    got, = availability(alice, 'alice@contoso.example')
    assert text(event(got).find('t:CalendarEventDetails', NS), 'Subject') == 'secret'


@pytest.mark.parametrize('version, busy, digit', [('Exchange2010_SP2', 'Free', '0'), ('Exchange2013_SP1', 'WorkingElsewhere', '4')])
def test_working_elsewhere_is_for_newer_clients(lab, version, busy, digit):
    Ews(lab, version='Exchange2013_SP1').create(appointment('home', '2024-05-06T08:00:00Z', '2024-05-06T09:00:00Z',
                                                            after='<t:LegacyFreeBusyStatus>WorkingElsewhere</t:LegacyFreeBusyStatus>'))
    got, = availability(Ews(lab, version=version), 'alice@contoso.example')
    assert text(event(got), 'BusyType') == busy and text(view_of(got), 'MergedFreeBusy')[10] == digit


@pytest.mark.parametrize('busy, digit', [('Free', '0'), ('Tentative', '1'), ('Busy', '2'), ('OOF', '3')])
def test_kinds_of_time(alice, bob, busy, digit):
    alice.create(appointment('x', '2024-05-06T08:00:00Z', '2024-05-06T09:00:00Z', after='<t:LegacyFreeBusyStatus>%s</t:LegacyFreeBusyStatus>' % busy))
    got, = availability(bob, 'alice@contoso.example')
    assert text(event(got), 'BusyType') == busy and text(view_of(got), 'MergedFreeBusy')[10] == digit


def test_a_list_is_the_time_of_its_members(lab, alice, bob):
    carol = Ews(lab, 'carol')
    for who, hour in ((alice, 8), (bob, 9), (carol, 10)):
        who.create(appointment('x', '2024-05-06T%02d:00:00Z' % hour, '2024-05-06T%02d:00:00Z' % (hour + 1)))
    lab.share('carol', 'default', 'None')
    got, = availability(Ews(lab, 'dave'), 'team@contoso.example')
    assert text(view_of(got), 'FreeBusyViewType') == 'MergedOnly'
    assert text(view_of(got), 'MergedFreeBusy') == '000000000022000000000000'
    assert event(got) is None


def hours_of(response):
    h = view_of(response).find('t:WorkingHours', NS)
    return text(h.find('.//t:WorkingPeriod', NS), 'DayOfWeek'), text(h.find('.//t:WorkingPeriod', NS), 'StartTimeInMinutes'), \
        text(h.find('.//t:WorkingPeriod', NS), 'EndTimeInMinutes'), text(h.find('t:TimeZone', NS), 'Bias')


def configuration(ews, name='WorkHours', folder='<t:DistinguishedFolderId Id="calendar"/>', properties='All'):
    m = ews.call('<m:GetUserConfiguration><m:UserConfigurationName Name="%s">%s</m:UserConfigurationName><m:UserConfigurationProperties>%s'
                 '</m:UserConfigurationProperties></m:GetUserConfiguration>' % (name, folder, properties))
    data = m.findtext('.//t:XmlData', None, NS)
    return etree.fromstring(base64.b64decode(data)) if data else None


def test_working_hours(lab, alice, bob):
    mine, theirs = availability(bob, 'bob@contoso.example', 'carol@contoso.example')
    assert hours_of(mine) == ('Monday Tuesday Wednesday Thursday Friday', '480', '1020', '-60')
    assert hours_of(theirs)[3] == '300'
    lab.settings(work_hours={'carol': {'zone': 'Tokyo Standard Time', 'days': ['Saturday', 'Sunday'], 'start': 600, 'end': 990}})
    assert hours_of(availability(bob, 'carol@contoso.example')[0]) == ('Saturday Sunday', '600', '990', '-540')
    assert hours_of(availability(bob, 'bob@contoso.example')[0])[1] == '480'


def test_working_hours_in_the_calendar(lab, alice, bob):
    lab.settings(work_hours={'alice': {'days': ['Monday', 'Friday'], 'start': 450, 'end': 930}})
    root = configuration(alice)
    ns = {'w': 'WorkingHours.xsd'}
    assert [root.findtext('.//w:' + n, None, ns) for n in ('WorkDays', 'Start', 'End', 'Name')] == \
        ['Monday Friday', '07:30:00', '15:30:00', 'W. Europe Standard Time']
    assert root.findtext('.//w:TimeZone/w:Bias', None, ns) == '-60'
    assert [root.findtext('.//w:DaylightSavings/' + n, None, ns) for n in ('w:Bias', 'w:ChangeDate/w:Time', 'w:ChangeDate/w:Date',
                                                                          'w:ChangeDate/w:DayOfWeek')] == ['-60', '02:00:00', '0000/03/05', '0']
    assert configuration(alice, properties='Dictionary') is None
    anothers = '<t:DistinguishedFolderId Id="calendar"><t:Mailbox><t:EmailAddress>alice@contoso.example</t:EmailAddress></t:Mailbox>' \
               '</t:DistinguishedFolderId>'
    assert code_of(configuration, bob, folder=anothers) == 'ErrorFolderNotFound'
    lab.share('alice', 'bob', 'Reviewer')
    assert configuration(bob, folder=anothers) is not None
    assert code_of(configuration, alice, 'OWA.UserOptions') == 'ErrorItemNotFound'


@pytest.mark.parametrize('hours', [{'nobody': {}}, {'alice': {'zone': 'Europe/Berlin'}}, {'alice': {'days': ['Mon']}}, {'alice': {'days': []}},
                                   {'alice': {'start': 1441}}, {'alice': {'lunch': 1}}, []])
def test_wrong_working_hours(lab, hours):
    with pytest.raises(RuntimeError, match='work_hours'):
        lab.settings(work_hours=hours)
