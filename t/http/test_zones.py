# SPDX-License-Identifier: Apache-2.0
"""Time, both ways: zones of clients, of Outlook, of the mailbox; changes of the clock; days; floating and UTC times."""
import re

import pytest
from dav import Client, event
from gateway import Gateway
from ical import events, exdates, props, value
from outlook import Outlook

OUTLOOK = {'2007_SP1': 'Exchange2007_SP1', '2010_SP2': 'Exchange2010_SP2', '2013_SP1': 'Exchange2013_SP1', '2019': 'Exchange2013_SP1'}


@pytest.fixture(scope='module', params=sorted(OUTLOOK))
def ends(request, lab):
    lab.settings(version=request.param)
    g = Gateway(lab.url + '/EWS/Exchange.asmx').start()
    c, o = Client(g.url, 'user21'), Outlook(lab, 'user21', OUTLOOK[request.param])
    c.generation, c.url = request.param, g.url
    yield c, o
    g.stop()
    crashes = g.crashes()
    g.remove()
    lab.settings(version='2019')
    assert not crashes


def zone_of(item):
    e = item.find('{*}StartTimeZone')
    return e.get('Id') if e is not None else item.find('{*}MeetingTimeZone').get('TimeZoneName')


def starts(outlook, name, first, last):
    """The instants at which occurrences begin, as Exchange's own view says."""
    root = outlook.call('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:CalendarView StartDate="%s" '
                        'EndDate="%s"/><m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>' % (first, last))
    return [e.findtext('{*}Start') for e in root.iter('{*}CalendarItem') if e.findtext('{*}Subject') == name]


SERIES = [  # TZID, Windows id, DTSTART, rule, what Exchange shows
    ('Europe/Berlin', 'W. Europe Standard Time', '20270325T090000', 'FREQ=DAILY;INTERVAL=2;COUNT=4', ['25T08', '27T08', '29T07', '31T07']),
    ('America/New_York', 'Eastern Standard Time', '20270312T090000', 'FREQ=DAILY;COUNT=4', ['12T14', '13T14', '14T13', '15T13']),
    ('Australia/Sydney', 'AUS Eastern Standard Time', '20270402T090000', 'FREQ=DAILY;COUNT=4', ['01T22', '02T22', '03T23', '04T23']),
    ('Australia/Adelaide', 'Cen. Australia Standard Time', '20270402T090000', 'FREQ=DAILY;COUNT=4', ['01T22:30', '02T22:30', '03T23:30', '04T23:30']),
    ('Asia/Kolkata', 'India Standard Time', '20270302T090000', 'FREQ=DAILY;COUNT=2', ['02T03:30', '03T03:30']),
    ('Asia/Calcutta', 'India Standard Time', '20270302T090000', 'FREQ=DAILY;COUNT=2', ['02T03:30', '03T03:30']),
    ('Europe/Kyiv', 'FLE Standard Time', '20270302T090000', 'FREQ=DAILY;COUNT=2', ['02T07', '03T07']),
    ('Asia/Kathmandu', 'Nepal Standard Time', '20270302T090000', 'FREQ=DAILY;COUNT=2', ['02T03:15', '03T03:15']),
    # the client's spellings
    ('W. Europe Standard Time', 'W. Europe Standard Time', '20270302T090000', 'FREQ=DAILY;COUNT=2', ['02T08', '03T08']),
    ('/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires', 'Argentina Standard Time', '20270302T090000', 'FREQ=DAILY;COUNT=2',
     ['02T12', '03T12']),
    ('/mozilla.org/20050126_1/Europe/Vienna', 'W. Europe Standard Time', '20270302T090000', 'FREQ=DAILY;COUNT=2', ['02T08', '03T08']),
]


def test_series_across_changes_of_the_clock(ends, uid):
    client, outlook = ends
    for i, (tzid, windows, start, rule, shown) in enumerate(SERIES):
        name = '%s-%d' % (uid, i)
        path = client.calendar + name + '.ics'
        text = event(name, name, start, start[:9] + '093000', 'RRULE:' + rule, zone=tzid)
        r = client.put(path, text)
        assert r.status == 201 and r.etag, (tzid, r)
        assert client.get(path).text == text
        master = outlook.find(name)[0]
        item = outlook.get(master)
        assert zone_of(item) == windows
        view = starts(outlook, name, '2027-02-28T00:00:00Z', '2027-04-20T00:00:00Z')
        assert [v[8:8 + len(s)] for v, s in zip(view, shown)] == shown and len(view) == len(shown), (tzid, view)
        # through Outlook's hands: the same wall clock, and the client's own name of the zone
        outlook.set(master, ('item:Subject', '<t:Subject>Outlook %s</t:Subject>' % name))
        now = client.get(path).text
        assert props(now, 'DTSTART') == ['DTSTART;TZID=%s:%s' % (tzid, start)]
        assert value(now, 'SUMMARY') == 'Outlook ' + name and props(now, 'RRULE') == ['RRULE:' + rule]
        # without anything kept, the zone of Exchange has the same wall clock
        outlook.forget_kept(master)
        now = client.get(path).text
        assert value(now, 'DTSTART') == start and now.count('BEGIN:VTIMEZONE') == 1
        assert client.put(path, text).status in (200, 204) and len(starts(outlook, name, '2027-02-28T00:00:00Z', '2027-04-20T00:00:00Z')) == len(shown)
        client.delete(path)


def test_exdate_in_the_hour_of_a_change(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    for start, gone, left in (('20270326T023000', '20270328T023000', 3), ('20271029T023000', '20271031T023000', 3), ('20270327T023000', '20270328T013000Z', 3)):
        z = ';TZID=Europe/Berlin' if not gone.endswith('Z') else ''
        text = event(uid, uid, start, start[:9] + '024500', 'RRULE:FREQ=DAILY;COUNT=4\nEXDATE%s:%s' % (z, gone), zone='Europe/Berlin')
        r = client.put(path, text)
        assert r.status == 201, r
        assert len(starts(outlook, uid, '2027-03-01T00:00:00Z', '2027-11-20T00:00:00Z')) == left, (start, gone)
        outlook.forget_kept(outlook.find(uid)[0])
        now = client.get(path).text
        assert [x[:8] for x in exdates(now)] == [gone[:8]] and value(now, 'DTSTART') == start
        client.delete(path)


@pytest.mark.parametrize('zone', ['Pacific/Auckland', 'Pacific/Honolulu', 'Europe/Berlin'])
def test_all_day_in_the_mailboxes_zone(lab, uid, zone):
    """An all-day series is of local days, whatever zone the administrator gives the mailboxes and however far from UTC."""
    g = Gateway(lab.url + '/EWS/Exchange.asmx', location='ExcalTimeZone ' + zone).start()
    try:
        client, outlook = Client(g.url, 'user22'), Outlook(lab, 'user22')
        path = client.calendar + uid + '.ics'
        text = event(uid, uid, '20270401', '20270402', 'RRULE:FREQ=DAILY;COUNT=5\nEXDATE;VALUE=DATE:20270403')
        text = text.replace('END:VCALENDAR\r\n', 'BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20270101T000000Z\r\nRECURRENCE-ID;VALUE=DATE:20270404\r\nSUMMARY:Other\r\n'
                            'DTSTART;VALUE=DATE:20270404\r\nDTEND;VALUE=DATE:20270405\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n' % uid)
        r = client.put(path, text)
        assert r.status == 201 and r.etag, r
        assert client.get(path).text == text
        master = outlook.find(uid)[0]
        item = outlook.get(master)
        assert item.findtext('{*}IsAllDayEvent') == 'true'
        assert [x.text[:10] for x in item.findall('{*}Recurrence//{*}StartDate')] == ['2027-04-01']
        outlook.forget_kept(master)
        now = client.get(path).text
        series = events(now)[None]
        assert (value(series, 'DTSTART'), value(series, 'DTEND')) == ('20270401', '20270402') and exdates(now) == ['20270403']
        assert sorted(events(now), key=str) == ['20270404', None] and value(events(now)['20270404'], 'DTSTART') == '20270404'
        assert 'VALUE=DATE' in props(now, 'EXDATE')[0] and 'VALUE=DATE' in props(events(now)['20270404'], 'RECURRENCE-ID')[0]
        # a single one of three days over the change of the clock
        one = client.calendar + uid + '-1.ics'
        assert client.put(one, event(uid + '-1', 'Three ' + uid, '20270403', '20270406')).status == 201
        item = outlook.find('Three ' + uid)[0]
        outlook.forget_kept(item)
        now = client.get(one).text
        assert (value(now, 'DTSTART'), value(now, 'DTEND')) == ('20270403', '20270406')
        # Outlook moves it by a day, in its own zone
        path_of_time = lambda n, v: ('calendar:' + n, '<t:%s>%s</t:%s>' % (n, v, n))
        zone_id = outlook.get(item).find('{*}StartTimeZone').get('Id')
        zones = [('calendar:' + n, '<t:%s Id="%s"/>' % (n, zone_id)) for n in ('StartTimeZone', 'EndTimeZone')]
        outlook.set(item, path_of_time('Start', '2027-04-04T00:00:00'), path_of_time('End', '2027-04-07T00:00:00'), *zones)
        now = client.get(one).text
        assert (value(now, 'DTSTART'), value(now, 'DTEND')) == ('20270404', '20270407')
        client.delete(path)
        client.delete(one)
    finally:
        g.stop()
        assert not g.crashes()
        g.remove()


def test_utc_and_floating(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    for i, (start, end, seen) in enumerate((('20270701T100000Z', '20270701T110000Z', '2027-07-01T10:00:00Z'), ('20270701T100000', '20270701T110000', None))):
        text = event(uid, uid, start, end)
        r = client.put(path, text)
        assert r.status == 201 and r.etag, r
        got = client.get(path)
        assert got.text == text and got.etag == r.etag
        master = outlook.find(uid)[0]
        if seen:
            assert outlook.get(master).findtext('{*}Start') == seen
        before = outlook.get(master).findtext('{*}Start')
        outlook.set(master, ('item:Subject', '<t:Subject>New</t:Subject>'))
        now = client.get(path).text
        assert (value(now, 'DTSTART'), value(now, 'SUMMARY')) == (start, 'New'), i
        # a change of the title alone moves nothing
        assert client.put(path, now.replace('SUMMARY:New', 'SUMMARY:' + uid)).status in (200, 204)
        assert outlook.get(master).findtext('{*}Start') == before
        outlook.forget_kept(master)
        now = client.get(path).text
        if seen:
            # 2007 tells no zone of a single event that never met one
            assert value(now, 'DTSTART') == start or client.generation == '2007_SP1', now
        client.delete(path)


def test_a_utc_series(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    text = event(uid, uid, '20270326T100000Z', '20270326T110000Z', 'RRULE:FREQ=DAILY;COUNT=4')
    assert client.put(path, text).status == 201
    assert [s[11:13] for s in starts(outlook, uid, '2027-03-20T00:00:00Z', '2027-04-20T00:00:00Z')] == ['10'] * 4
    outlook.forget_kept(outlook.find(uid)[0])
    assert value(client.get(path).text, 'DTSTART') == '20270326T100000Z'
    client.delete(path)


CUSTOM = '''BEGIN:VTIMEZONE
TZID:%s
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE
'''.replace('\n', '\r\n')
ODD = '''BEGIN:VTIMEZONE
TZID:%s
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0345
TZOFFSETTO:+0345
END:STANDARD
END:VTIMEZONE
'''.replace('\n', '\r\n')


def with_zone(text, zone):
    return text.replace('BEGIN:VEVENT', zone + 'BEGIN:VEVENT', 1)


def test_custom_zones(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    # a zone of the client's own making with rules that Windows knows
    text = with_zone(event(uid, uid, '20270326T090000', '20270326T100000', 'RRULE:FREQ=DAILY;COUNT=4', zone='Head Office'), CUSTOM % 'Head Office')
    r = client.put(path, text)
    assert r.status == 201, r
    assert [s[11:13] for s in starts(outlook, uid, '2027-03-20T00:00:00Z', '2027-04-20T00:00:00Z')] == ['08', '08', '07', '07']
    master = outlook.find(uid)[0]
    assert client.get(path).text == text
    outlook.set(master, ('item:Subject', '<t:Subject>New</t:Subject>'))
    now = client.get(path).text
    assert props(now, 'DTSTART') == ['DTSTART;TZID=Head Office:20270326T090000'] and 'TZID:Head Office' in now
    client.delete(path)
    # no Windows zone has +03:45: a single event stays where it is
    single = with_zone(event(uid, uid, '20270326T090000', '20270326T100000', zone='Odd'), ODD % 'Odd')
    r = client.put(path, single)
    assert r.status == 201, r
    assert client.get(path).text == single
    master = outlook.find(uid)[0]
    assert outlook.get(master).findtext('{*}Start') == '2027-03-26T05:15:00Z'
    outlook.set(master, ('item:Subject', '<t:Subject>New</t:Subject>'))
    now = client.get(path).text
    assert value(now, 'SUMMARY') == 'New' and props(now, 'DTSTART') == ['DTSTART;TZID=Odd:20270326T090000']
    client.delete(path)
    # and of a series Exchange is told the rules
    series = with_zone(event(uid, uid, '20270326T090000', '20270326T100000', 'RRULE:FREQ=DAILY;COUNT=4', zone='Odd'), ODD % 'Odd')
    r = client.put(path, series)
    assert r.status == 201, r
    assert client.get(path).text == series
    assert [s[11:16] for s in starts(outlook, uid, '2027-03-20T00:00:00Z', '2027-04-20T00:00:00Z')] == ['05:15'] * 4
    outlook.forget_kept(outlook.find(uid)[0])
    now = client.get(path).text
    assert props(now, 'DTSTART') == ['DTSTART;TZID=Odd:20270326T090000'] and 'TZOFFSETTO:+0345' in now
    client.delete(path)


OF_ITS_OWN = '''BEGIN:VTIMEZONE
TZID:Own rules
BEGIN:STANDARD
DTSTART:19701101T020000
TZOFFSETFROM:-0330
TZOFFSETTO:-0430
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700308T020000
TZOFFSETFROM:-0430
TZOFFSETTO:-0330
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
END:VTIMEZONE
'''.replace('\n', '\r\n')


def test_a_series_in_a_zone_of_its_own_with_changes_of_the_clock(ends, uid):
    """Windows has no zone of these rules: Exchange keeps the rules themselves, for the series and for its exceptions."""
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    z = ';TZID=Own rules:'
    text = with_zone(event(uid, uid, '20270312T090000', '20270312T100000', 'RRULE:FREQ=DAILY;COUNT=6\nEXDATE%s20270315T090000\nX-KEEP:me' % z, zone='Own rules'), OF_ITS_OWN)
    text = text.replace('END:VCALENDAR\r\n', '\r\n'.join(['BEGIN:VEVENT', 'UID:' + uid, 'DTSTAMP:20270101T000000Z', 'RECURRENCE-ID%s20270316T090000' % z, 'DTSTART%s20270316T110000' % z,
                                                        'DTEND%s20270316T120000' % z, 'SUMMARY:Other', 'END:VEVENT', 'END:VCALENDAR', '']))
    assert client.put(path, text).status == 201
    assert client.get(path).text == text
    view = lambda name: [s[8:16] for s in starts(outlook, name, '2027-03-01T00:00:00Z', '2027-04-01T00:00:00Z')]
    assert view(uid) == ['12T13:30', '13T13:30', '14T12:30', '17T12:30'] and view('Other') == ['16T14:30']
    master = outlook.find(uid)[0]
    # Outlook moves one and names another; the client's zone stays
    outlook.set(master, ('item:Sensitivity', '<t:Sensitivity>Private</t:Sensitivity>'))
    outlook.delete((master, 2))
    now = client.get(path).text
    assert exdates(now) == ['20270313T090000', '20270315T090000'] and now.count('TZID:Own rules') == 1 and value(events(now)[None], 'X-KEEP') == 'me'
    # the client gives all of them another hour
    assert client.put(path, text.replace('T090000', 'T080000').replace('T100000', 'T083000')).status == 204
    assert view(uid) == ['12T12:30', '13T12:30', '14T11:30', '17T11:30'] and view('Other') == ['16T14:30']
    # and then another zone, with the same instants at first
    berlin = text.replace(OF_ITS_OWN, '').replace('Own rules', 'America/New_York').replace('T090000', 'T083000')
    assert client.put(path, berlin).status == 204
    assert view(uid)[0] == '12T13:30' and zone_of(outlook.get(master)) == 'Eastern Standard Time'
    assert client.put(path, text).status == 204
    outlook.forget_kept(master)
    now = client.get(path).text
    assert value(events(now)[None], 'DTSTART') == '20270312T090000' and 'TZOFFSETTO:-0330' in now
    client.delete(path)


def test_a_zone_that_nobody_knows(ends, uid):
    client, _ = ends
    r = client.put(client.calendar + uid + '.ics', event(uid, uid, '20270326T090000', '20270326T100000', zone='Nowhere/Town'))
    assert r.status == 403 and r.condition == 'c:valid-calendar-data' and 'Nowhere/Town' in r.text, r


def test_two_zones_in_one_event(ends, uid):
    """A flight: start and end each in its own zone."""
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    text = event(uid, uid, '20270701T100000Z', '20270701T110000Z').replace('DTSTART:20270701T100000Z', 'DTSTART;TZID=Europe/Berlin:20270701T100000').replace(
        'DTEND:20270701T110000Z', 'DTEND;TZID=America/New_York:20270701T130000')
    assert client.put(path, text).status == 201
    assert client.get(path).text == text
    master = outlook.find(uid)[0]
    item = outlook.get(master)
    assert (item.findtext('{*}Start'), item.findtext('{*}End')) == ('2027-07-01T08:00:00Z', '2027-07-01T17:00:00Z')
    outlook.set(master, ('item:Subject', '<t:Subject>New</t:Subject>'))
    now = client.get(path).text
    assert props(now, 'DTEND') == ['DTEND;TZID=America/New_York:20270701T130000'] and value(now, 'SUMMARY') == 'New'
    # the first update shifts nothing
    assert client.put(path, now).status in (200, 204)
    item = outlook.get(master)
    assert (item.findtext('{*}Start'), item.findtext('{*}End')) == ('2027-07-01T08:00:00Z', '2027-07-01T17:00:00Z')
    client.delete(path)


def test_zones_of_one_windows_name(ends, uid):
    """Lisbon and London share a Windows zone now and did not always: nothing shifts, and the name stays the client's."""
    client, outlook = ends
    for i, tzid in enumerate(('Europe/Lisbon', 'Europe/London', 'Europe/Dublin', 'Atlantic/Canary', 'America/Toronto', 'Europe/Istanbul', 'Europe/Minsk')):
        name = '%s-%d' % (uid, i)
        path = client.calendar + name + '.ics'
        text = event(name, name, '20270701T090000', '20270701T100000', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=1;COUNT=9', zone=tzid)
        assert client.put(path, text).status == 201
        master = outlook.find(name)[0]
        first = starts(outlook, name, '2027-06-01T00:00:00Z', '2028-04-20T00:00:00Z')
        outlook.set(master, ('calendar:Location', '<t:Location>There</t:Location>'))
        now = client.get(path).text
        assert props(now, 'DTSTART') == ['DTSTART;TZID=%s:20270701T090000' % tzid], tzid
        assert client.put(path, now.replace('SUMMARY:', 'SUMMARY:x')).status in (200, 204)
        assert starts(outlook, 'x' + name, '2027-06-01T00:00:00Z', '2028-04-20T00:00:00Z') == first and len(first) == 9
        client.delete(path)


def test_moved_in_outlook_into_another_zone(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    assert client.put(path, event(uid, uid, '20270701T090000', '20270701T100000', 'X-KEEP:me', zone='Europe/Vienna')).status == 201
    master = outlook.find(uid)[0]
    fields = [('calendar:Start', '<t:Start>2027-07-02T13:00:00Z</t:Start>'), ('calendar:End', '<t:End>2027-07-02T14:00:00Z</t:End>')]
    if client.generation == '2007_SP1':
        fields.append(('calendar:MeetingTimeZone', '<t:MeetingTimeZone TimeZoneName="Eastern Standard Time"/>'))
    else:
        fields += [('calendar:' + n, '<t:%s Id="Eastern Standard Time"/>' % n) for n in ('StartTimeZone', 'EndTimeZone')]
    outlook.set(master, *fields)
    now = client.get(path).text
    when = props(now, 'DTSTART')[0]
    instant = {'DTSTART;TZID=America/New_York:20270702T090000', 'DTSTART;TZID=Europe/Vienna:20270702T150000'}
    assert when in instant and value(now, 'X-KEEP') == 'me', when
    if client.generation != '2007_SP1':
        assert 'America/New_York' in when
    assert re.search(r'TZID:(America/New_York|Europe/Vienna)', now)
    client.delete(path)


CUSTOM_OF_OUTLOOK = (
    '<t:%s Id="Custom-1" Name="Somewhere"><t:Periods><t:Period Bias="PT%dM" Name="Standard" Id="std"/><t:Period Bias="PT%dM" Name="Daylight" Id="dst"/></t:Periods>'
    '<t:TransitionsGroups><t:TransitionsGroup Id="0"><t:RecurringDayTransition><t:To Kind="Period">dst</t:To><t:TimeOffset>PT2H</t:TimeOffset><t:Month>3</t:Month>'
    '<t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>2</t:Occurrence></t:RecurringDayTransition><t:RecurringDayTransition><t:To Kind="Period">std</t:To>'
    '<t:TimeOffset>PT2H</t:TimeOffset><t:Month>11</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>1</t:Occurrence></t:RecurringDayTransition>'
    '</t:TransitionsGroup></t:TransitionsGroups><t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition></t:Transitions></t:%s>')


CHANGE_OF_2007 = ('<t:%s><t:Offset>%s</t:Offset><t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek><t:DayOfWeekIndex>%s</t:DayOfWeekIndex>'
                  '<t:Month>%s</t:Month></t:RelativeYearlyRecurrence><t:Time>02:00:00</t:Time></t:%s>')
CUSTOM_OF_2007 = ('<t:MeetingTimeZone TimeZoneName="Somewhere"><t:BaseOffset>PT%dM</t:BaseOffset>' + CHANGE_OF_2007 % ('Standard', 'PT0M', 'First', 'November', 'Standard')
                  + CHANGE_OF_2007 % ('Daylight', '-PT60M', 'Second', 'March', 'Daylight') + '</t:MeetingTimeZone>')


@pytest.mark.parametrize('bias', [300, 285], ids=['as New York', 'as nowhere'])
def test_a_custom_zone_of_outlook(ends, uid, bias):
    """A zone that has no name anywhere: the client gets its rules."""
    client, outlook = ends
    token = client.sync(client.calendar).sync_token
    zones = ''.join(CUSTOM_OF_OUTLOOK % (n, bias, bias - 60, n) for n in ('StartTimeZone', 'EndTimeZone'))
    if client.generation == '2007_SP1':
        zones = CUSTOM_OF_2007 % bias
    root = outlook.call('<m:CreateItem SendMeetingInvitations="SendToNone"><m:SavedItemFolderId><t:DistinguishedFolderId Id="calendar"/></m:SavedItemFolderId><m:Items>'
                        '<t:CalendarItem><t:Subject>%s</t:Subject><t:ReminderIsSet>false</t:ReminderIsSet><t:Start>2027-03-12T09:00:00</t:Start><t:End>2027-03-12T10:00:00'
                        '</t:End><t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence><t:StartDate>2027-03-12</t:StartDate>'
                        '<t:NumberOfOccurrences>4</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>%s</t:CalendarItem></m:Items></m:CreateItem>' % (uid, zones))
    master = next(e.get('Id') for e in root.iter() if e.tag.endswith('}ItemId'))
    view = starts(outlook, uid, '2027-03-01T00:00:00Z', '2027-04-01T00:00:00Z')
    [entry] = client.sync(client.calendar, token).entries
    got = client.get(entry.href)
    assert value(got.text, 'DTSTART') == '20270312T090000' and got.text.count('BEGIN:VTIMEZONE') == 1
    assert 'TZOFFSETTO:-0%d%02d' % (bias // 60, bias % 60) in got.text and 'TZOFFSETTO:-0%d%02d' % (bias // 60 - 1, bias % 60) in got.text, got.text
    # a client changes the title: the times stay where they are; then the hour: the clock's changes go on as Outlook has them
    assert client.put(entry.href, got.text.replace('SUMMARY:', 'SUMMARY:x'), If_Match=got.etag).status in (200, 204)
    assert starts(outlook, 'x' + uid, '2027-03-01T00:00:00Z', '2027-04-01T00:00:00Z') == view
    assert client.put(entry.href, got.text.replace('T090000', 'T080000').replace('SUMMARY:', 'SUMMARY:x')).status in (200, 204)
    hour = lambda s, n: '%02d' % (int(s[11:13]) + n)
    assert [s[11:16] for s in starts(outlook, 'x' + uid, '2027-03-01T00:00:00Z', '2027-04-01T00:00:00Z')] == [hour(s, -1) + s[13:16] for s in view]
    assert client.get(entry.href).text.count('BEGIN:VTIMEZONE') == 1
    outlook.delete(master)


def test_display_names_and_aliases(ends, uid):
    """TZIDs as Exchange's own exports write them."""
    client, outlook = ends
    for i, (tzid, start) in enumerate((('(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna', '2027-07-01T07:00:00Z'), ('Pacific Standard Time', '2027-07-01T16:00:00Z'),
                                       ('US/Eastern', '2027-07-01T13:00:00Z'), ('Etc/GMT-3', '2027-07-01T06:00:00Z'))):
        name = '%s-%d' % (uid, i)
        path = client.calendar + name + '.ics'
        text = event(name, name, '20270701T090000', '20270701T100000', zone='"%s"' % tzid if ',' in tzid else tzid)
        r = client.put(path, text)
        assert r.status == 201, (tzid, r)
        assert outlook.get(outlook.find(name)[0]).findtext('{*}Start') == start, tzid
        assert client.get(path).text == text
        client.delete(path)
