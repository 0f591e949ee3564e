# SPDX-License-Identifier: Apache-2.0
"""Every row of the recurrence mapping through the whole gateway: RRULE to what Exchange holds, and what Exchange holds to RRULE."""
import pytest
from dav import Client, event
from ical import events, exdates, value
from outlook import Outlook

OUTLOOK = {'2007_SP1': 'Exchange2007_SP1', '2010_SP2': 'Exchange2010_SP2', '2019': 'Exchange2013_SP1'}


@pytest.fixture(scope='module', params=sorted(OUTLOOK))
def ends(request, lab):
    """A client in front and Outlook behind, for each kind of generation."""
    from gateway import Gateway
    lab.settings(version=request.param)
    g = Gateway(lab.url + '/EWS/Exchange.asmx').start()
    c, o = Client(g.url, 'user20'), Outlook(lab, 'user20', OUTLOOK[request.param])
    c.generation = request.param
    yield c, o
    g.stop()
    crashes = g.crashes()
    g.remove()
    lab.settings(version='2019')
    assert not crashes


def shown(item):
    """The recurrence of an item in one line: pattern Name=value … | range Name=value …"""
    parts = []
    for e in item.find('{*}Recurrence'):
        inner = ' '.join('%s=%s' % (x.tag.split('}')[1], x.text[:10] if 'Date' in x.tag else x.text) for x in e)
        parts.append((e.tag.split('}')[1].replace('Recurrence', '') + ' ' + inner).strip())
    return ' | '.join(parts)


ROWS = [  # DTSTART, RRULE, pattern in Exchange, range in Exchange, the RRULE that Exchange's pattern means (None: as sent)
    ('20270301T090000', 'FREQ=DAILY', 'Daily Interval=1', 'NoEnd StartDate=2027-03-01', None),
    ('20270301T090000', 'FREQ=DAILY;INTERVAL=3;COUNT=5', 'Daily Interval=3', 'Numbered StartDate=2027-03-01 NumberOfOccurrences=5', None),
    ('20270301T090000', 'FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=9', 'Weekly Interval=1 DaysOfWeek=Monday Tuesday Wednesday Thursday Friday', 'COUNT9',
     'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=9'),
    ('20270301T090000', 'FREQ=WEEKLY;COUNT=9', 'Weekly Interval=1 DaysOfWeek=Monday', 'COUNT9', 'FREQ=WEEKLY;BYDAY=MO;COUNT=9'),
    ('20270301T090000', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=9', 'Weekly Interval=2 DaysOfWeek=Monday Wednesday', 'COUNT9', None),
    ('20270301T090000', 'FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1;COUNT=9', 'AbsoluteMonthly Interval=2 DayOfMonth=1', 'COUNT9', None),
    ('20270331T090000', 'FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=9', 'AbsoluteMonthly Interval=1 DayOfMonth=31', 'COUNT9', None),
    ('20270330T090000', 'FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1;COUNT=9', 'AbsoluteMonthly Interval=1 DayOfMonth=30', 'COUNT9', None),
    ('20270329T090000', 'FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1;COUNT=9', 'AbsoluteMonthly Interval=1 DayOfMonth=29', 'COUNT9', None),
    ('20270301T090000', 'FREQ=MONTHLY;COUNT=9', 'AbsoluteMonthly Interval=1 DayOfMonth=1', 'COUNT9', 'FREQ=MONTHLY;BYMONTHDAY=1;COUNT=9'),
    ('20270309T090000', 'FREQ=MONTHLY;BYDAY=2TU;COUNT=9', 'RelativeMonthly Interval=1 DaysOfWeek=Tuesday DayOfWeekIndex=Second', 'COUNT9', None),
    ('20270309T090000', 'FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2;COUNT=9', 'RelativeMonthly Interval=1 DaysOfWeek=Tuesday DayOfWeekIndex=Second', 'COUNT9',
     'FREQ=MONTHLY;BYDAY=2TU;COUNT=9'),
    ('20270326T090000', 'FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR;COUNT=9', 'RelativeMonthly Interval=3 DaysOfWeek=Friday DayOfWeekIndex=Last', 'COUNT9', None),
    ('20270331T090000', 'FREQ=MONTHLY;BYDAY=SU,MO,TU,WE,TH,FR,SA;BYSETPOS=-1;COUNT=9', 'RelativeMonthly Interval=1 DaysOfWeek=Day DayOfWeekIndex=Last',
     'COUNT9', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-1;COUNT=9'),
    ('20270331T090000', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=9', 'RelativeMonthly Interval=1 DaysOfWeek=Weekday DayOfWeekIndex=Last', 'COUNT9',
     None),
    ('20270301T090000', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;COUNT=9', 'RelativeMonthly Interval=1 DaysOfWeek=Weekday DayOfWeekIndex=First', 'COUNT9',
     None),
    ('20270307T090000', 'FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=2;COUNT=9', 'RelativeMonthly Interval=1 DaysOfWeek=WeekendDay DayOfWeekIndex=Second', 'COUNT9', None),
    ('20270301T090000', 'FREQ=YEARLY;COUNT=9', 'AbsoluteYearly DayOfMonth=1 Month=March', 'COUNT9', 'FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1;COUNT=9'),
    ('20270314T090000', 'FREQ=YEARLY;BYMONTH=3;BYDAY=2SU;COUNT=9', 'RelativeYearly DaysOfWeek=Sunday DayOfWeekIndex=Second Month=March', 'COUNT9', None),
    ('20280229T090000', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1;COUNT=9', 'AbsoluteYearly DayOfMonth=29 Month=February', 'COUNT9', None),
    ('20270301T090000', 'FREQ=YEARLY;INTERVAL=2;COUNT=9', 'AbsoluteMonthly Interval=24 DayOfMonth=1', 'COUNT9',
     'FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=1;COUNT=9'),
    ('20270314T090000', 'FREQ=YEARLY;INTERVAL=4;BYMONTH=3;BYDAY=2SU;COUNT=9', 'RelativeMonthly Interval=48 DaysOfWeek=Sunday DayOfWeekIndex=Second', 'COUNT9',
     None),
    # the last occurrence on the other side of midnight in UTC, and between two of them
    ('20270301T003000', 'FREQ=DAILY;UNTIL=20270304T233000Z', 'Daily Interval=1', 'EndDate StartDate=2027-03-01 EndDate=2027-03-05', None),
    ('20270301T003000', 'FREQ=DAILY;UNTIL=20270304T232959Z', 'Daily Interval=1', 'EndDate StartDate=2027-03-01 EndDate=2027-03-04',
     'FREQ=DAILY;UNTIL=20270303T233000Z'),
    ('20270301T090000', 'FREQ=WEEKLY;BYDAY=MO;UNTIL=20270401T000000Z', 'Weekly Interval=1 DaysOfWeek=Monday',
     'EndDate StartDate=2027-03-01 EndDate=2027-03-29', 'FREQ=WEEKLY;BYDAY=MO;UNTIL=20270329T070000Z'),
]
RANGES = {'COUNT9': 'Numbered StartDate=%s NumberOfOccurrences=9'}


def test_rules_go_and_come_back(ends, uid):
    client, outlook = ends
    for i, (start, rule, pattern, limit, back) in enumerate(ROWS):
        name = '%s-%d' % (uid, i)
        path = client.calendar + name + '.ics'
        text = event(name, name, start, start[:9] + '100000', 'RRULE:' + rule, zone='Europe/Berlin')
        r = client.put(path, text)
        assert r.status == 201 and r.etag, (rule, r)
        master = outlook.find(name)[0]
        item = outlook.get(master)
        day = '%s-%s-%s' % (start[:4], start[4:6], start[6:8])
        assert shown(item).replace(' FirstDayOfWeek=Monday', '') == pattern + ' | ' + (RANGES[limit] % day if limit in RANGES else limit), rule
        assert client.get(path).text == text, rule
        outlook.forget_kept(master)
        now = client.get(path).text
        assert value(now, 'RRULE') == (back or rule), rule
        assert value(now, 'DTSTART') == start and 'TZID=Europe/Berlin' in now, rule
        # the same rule written over its own pattern changes nothing in Exchange
        assert client.put(path, text).status in (200, 204)
        assert shown(outlook.get(master)) == shown(item)
        assert client.delete(path).status == 204


def test_weeks_that_begin_elsewhere(ends, uid):
    """WKST matters for intervals with several days; 2007 cannot be told one: there it is refused when it would count."""
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    text = event(uid, uid, '20270302T090000', '20270302T100000', 'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=%s;COUNT=6', zone='Europe/Berlin')
    r = client.put(path, text % 'SU')
    assert r.status == 201, r
    master = outlook.find(uid)[0]
    if client.generation == '2007_SP1':
        assert 'FirstDayOfWeek' not in shown(outlook.get(master))
        r = client.put(path, text % 'MO')
        assert r.status == 403 and r.condition == 'x:recurrence-exchange-can-express' and 'WKST' in r.text, r
        assert client.get(path).text == text % 'SU'
    else:
        assert 'FirstDayOfWeek=Sunday' in shown(outlook.get(master))
        assert client.put(path, text % 'MO').status in (200, 204)
        assert 'FirstDayOfWeek=Monday' in shown(outlook.get(master))
    client.delete(path)


REFUSED = [('FREQ=HOURLY;COUNT=3', 'HOURLY'), ('FREQ=DAILY;BYHOUR=9,12', 'BYHOUR'), ('FREQ=YEARLY;BYYEARDAY=60', 'BYYEARDAY'),
           ('FREQ=YEARLY;BYWEEKNO=9', 'BYWEEKNO'), ('FREQ=YEARLY;BYMONTH=3,6', 'BYMONTH'), ('FREQ=MONTHLY;BYMONTHDAY=1,15', 'BYMONTHDAY'),
           ('FREQ=MONTHLY;BYDAY=1MO,3MO', 'BYDAY'), ('FREQ=DAILY;COUNT=1000', 'COUNT'), ('FREQ=WEEKLY;BYDAY=TU', 'DTSTART'),
           ('FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1', 'BYSETPOS'), ('FREQ=YEARLY;INTERVAL=9', 'INTERVAL'), ('FREQ=WEEKLY;BYMONTH=3', 'BYMONTH'),
           ('FREQ=DAILY;INTERVAL=1000', 'INTERVAL'), ('FREQ=DAILY\nRDATE:20270302T120000Z', 'RDATE'), ('FREQ=DAILY\nRRULE:FREQ=WEEKLY', 'RRULE'),
           ('FREQ=DAILY\nEXRULE:FREQ=WEEKLY', 'EXRULE')]


def test_refused_rules_are_named_and_leave_nothing(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    before = outlook.count('calendar')
    for rule, named in REFUSED:
        r = client.put(path, event(uid, uid, '20270301T090000', '20270301T100000', 'RRULE:' + rule, zone='Europe/Berlin'))
        assert r.status == 403 and r.condition == 'x:recurrence-exchange-can-express' and named in r.text, (rule, r)
        assert client.get(path).status == 404
    for day in ('29', '30', '31'):
        r = client.put(path, event(uid, uid, '202703%sT090000' % day, '202703%sT100000' % day, 'RRULE:FREQ=MONTHLY', zone='Europe/Berlin'))
        assert r.status == 403 and r.condition == 'x:recurrence-exchange-can-express' and day in r.text, r
    assert outlook.count('calendar') == before
    # and an object that is there stays as it was
    text = event(uid, uid, '20270301T090000', '20270301T100000', 'RRULE:FREQ=DAILY;COUNT=3', zone='Europe/Berlin')
    r = client.put(path, text)
    assert r.status == 201
    assert client.put(path, text.replace('COUNT=3', 'BYHOUR=9,12')).status == 403
    got = client.get(path)
    assert got.text == text and got.etag == r.etag
    client.delete(path)


def two(uid, override, extra='', rule='FREQ=DAILY;COUNT=8', start='20270301T220000', end='20270301T230000'):
    head = event(uid, 'M ' + uid, start, end, 'RRULE:%s\n%s' % (rule, extra), zone='Europe/Berlin')
    lines = ['BEGIN:VEVENT', 'UID:' + uid, 'DTSTAMP:20270101T000000Z'] + [x for x in override.split('\n') if x] + ['END:VEVENT', 'END:VCALENDAR', '']
    return head.replace('END:VCALENDAR\r\n', '\r\n'.join(lines))


def test_an_override_that_moves_over_midnight(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    zone = ';TZID=Europe/Berlin:'
    text = two(uid, 'RECURRENCE-ID%s20270303T220000\nSUMMARY:Late\nDTSTART%s20270304T003000\nDTEND%s20270304T013000' % (zone, zone, zone), rule='FREQ=DAILY;INTERVAL=2;COUNT=8')
    # to the day of its neighbour Exchange takes none: said, and nothing stays
    r = client.put(path, text.replace('INTERVAL=2;', ''))
    assert r.status == 403 and r.condition == 'x:recurrence-exchange-can-express' and 'neighbour' in r.text, r
    assert client.get(path).status == 404 and outlook.find('M ' + uid) is None
    r = client.put(path, text)
    assert r.status == 201 and r.etag, r
    master = outlook.find('M ' + uid)[0]
    [changed] = outlook.get(master).findall('{*}ModifiedOccurrences/{*}Occurrence')
    assert changed.findtext('{*}OriginalStart') == '2027-03-03T21:00:00Z' and changed.findtext('{*}Start') == '2027-03-03T23:30:00Z'
    outlook.forget_kept(master)
    now = client.get(path).text
    assert sorted(events(now), key=str) == ['20270303T220000', None]
    one = events(now)['20270303T220000']
    assert (value(one, 'DTSTART'), value(one, 'DTEND'), value(one, 'SUMMARY')) == ('20270304T003000', '20270304T013000', 'Late')
    # nor beyond it, and a series that is there stays as it was
    r = client.put(path, text.replace('20270304T00', '20270305T23').replace('20270304T01', '20270306T00'))
    assert r.status == 403 and r.condition == 'x:recurrence-exchange-can-express', r
    one = events(client.get(path).text)['20270303T220000']
    assert value(one, 'DTSTART') == '20270304T003000'
    client.delete(path)


def test_an_override_that_changes_only_the_alarm(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    zone = ';TZID=Europe/Berlin:'
    alarm = 'BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT%dM\nEND:VALARM'
    text = two(uid, 'RECURRENCE-ID%s20270303T220000\nSUMMARY:M %s\nDTSTART%s20270303T220000\nDTEND%s20270303T230000\n%s'
               % (zone, uid, zone, zone, alarm % 45), alarm % 10)
    assert client.put(path, text).status == 201
    master = outlook.find('M ' + uid)[0]
    item = outlook.get(master)
    assert item.findtext('{*}ReminderMinutesBeforeStart') == '10'
    [changed] = item.findall('{*}ModifiedOccurrences/{*}Occurrence')
    assert outlook.get(changed.find('{*}ItemId').get('Id')).findtext('{*}ReminderMinutesBeforeStart') == '45'
    assert client.get(path).text == text
    # one occurrence without a reminder
    assert client.put(path, text.replace(alarm.replace('\n', '\r\n') % 45 + '\r\n', '')).status in (200, 204)
    item = outlook.get(master)
    [changed] = item.findall('{*}ModifiedOccurrences/{*}Occurrence')
    assert outlook.get(changed.find('{*}ItemId').get('Id')).findtext('{*}ReminderIsSet') == 'false'
    assert item.findtext('{*}ReminderIsSet') == 'true'
    client.delete(path)


def test_a_series_written_from_both_sides_again_and_again(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    zone = ';TZID=Europe/Berlin:'
    override = 'RECURRENCE-ID%s20270303T220000\nSUMMARY:One\nDTSTART%s20270303T210000\nDTEND%s20270303T220000' % (zone, zone, zone)
    assert client.put(path, two(uid, override, 'EXDATE%s20270304T220000\nX-KEEP:me' % zone)).status == 201
    master = outlook.find('M ' + uid)[0]

    def state():
        item = outlook.get(master)
        day = lambda e, n: e.findtext('{*}' + n)[8:10]
        return (sorted(day(e, 'OriginalStart') for e in item.findall('{*}ModifiedOccurrences/{*}Occurrence')),
                sorted(day(e, 'Start') for e in item.findall('{*}DeletedOccurrences/{*}DeletedOccurrence')))
    assert state() == (['03'], ['04'])
    outlook.delete((master, 5))
    outlook.set((master, 6), ('calendar:Location', '<t:Location>Six</t:Location>'))
    outlook.set(master, ('calendar:Location', '<t:Location>All</t:Location>'))
    now = client.get(path)
    found = events(now.text)
    assert sorted(found, key=str) == ['20270303T220000', '20270306T220000', None] and exdates(now.text) == ['20270304T220000', '20270305T220000']
    assert value(found['20270306T220000'], 'LOCATION') == 'Six' and value(found[None], 'LOCATION') == 'All' and value(found[None], 'X-KEEP') == 'me'
    # the client changes the whole series' title; exceptions keep what was theirs
    r = client.put(path, now.text.replace('SUMMARY:M ' + uid, 'SUMMARY:N ' + uid), If_Match=now.etag)
    assert r.status in (200, 204), r
    assert state() == (['03', '06'], ['04', '05'])
    found = events(client.get(path).text)
    assert value(found['20270303T220000'], 'SUMMARY') == 'One' and value(found['20270306T220000'], 'LOCATION') == 'Six'
    # another exception dropped by the client, another deletion added
    text = client.get(path).text
    text = text.replace(events(text)['20270306T220000'], '').replace('X-KEEP:me', 'X-KEEP:me\r\nEXDATE%s20270307T220000' % zone)
    assert client.put(path, text).status in (200, 204)
    assert state() == (['03'], ['04', '05', '07'])
    outlook.set((master, 3), ('item:Subject', '<t:Subject>Outlook</t:Subject>'))
    now = client.get(path)
    assert value(events(now.text)['20270303T220000'], 'SUMMARY') == 'Outlook' and exdates(now.text) == ['20270304T220000', '20270305T220000', '20270307T220000']
    # a new hour for all: exceptions and deletions stay where the client has them
    moved = now.text.replace('T210000', 'T190000').replace('T220000', 'T200000').replace('T230000', 'T210000')
    assert client.put(path, moved).status in (200, 204)
    assert state() == (['03'], ['04', '05', '07'])
    outlook.forget_kept(master)
    now = client.get(path).text
    assert exdates(now) == ['20270304T200000', '20270305T200000', '20270307T200000'] and sorted(events(now), key=str) == ['20270303T200000', None]
    client.delete(path)


BORN = [  # what Outlook makes (in Berlin), the RRULE a client sees
    ('2027-03-31', '<t:AbsoluteMonthlyRecurrence><t:Interval>1</t:Interval><t:DayOfMonth>31</t:DayOfMonth></t:AbsoluteMonthlyRecurrence>',
     'FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4'),
    ('2027-03-30', '<t:AbsoluteMonthlyRecurrence><t:Interval>2</t:Interval><t:DayOfMonth>30</t:DayOfMonth></t:AbsoluteMonthlyRecurrence>',
     'FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=28,29,30;BYSETPOS=-1;COUNT=4'),
    ('2028-02-29', '<t:AbsoluteYearlyRecurrence><t:DayOfMonth>29</t:DayOfMonth><t:Month>February</t:Month></t:AbsoluteYearlyRecurrence>',
     'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1;COUNT=4'),
    ('2027-03-31', '<t:RelativeMonthlyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Weekday</t:DaysOfWeek><t:DayOfWeekIndex>Last</t:DayOfWeekIndex>'
     '</t:RelativeMonthlyRecurrence>', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=4'),
    ('2027-03-28', '<t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek><t:DayOfWeekIndex>Last</t:DayOfWeekIndex><t:Month>March</t:Month>'
     '</t:RelativeYearlyRecurrence>', 'FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;COUNT=4'),
]


def test_series_born_in_outlook(ends, uid):
    client, outlook = ends
    zone = '' if client.generation != '2007_SP1' else '<t:MeetingTimeZone TimeZoneName="W. Europe Standard Time"/>'
    for i, (day, pattern, rule) in enumerate(BORN):
        token = client.sync(client.calendar).sync_token
        title = '%s-%d' % (uid, i)
        offset = '+02:00' if day[5:] in ('03-28', '03-30', '03-31') else '+01:00'
        master, _ = outlook.create(title, '%sT09:00:00%s' % (day, offset), '%sT10:00:00%s' % (day, offset),
                                   '<t:Recurrence>%s<t:NumberedRecurrence><t:StartDate>%s</t:StartDate><t:NumberOfOccurrences>4</t:NumberOfOccurrences>'
                                   '</t:NumberedRecurrence></t:Recurrence>%s' % (pattern, day, zone))
        [entry] = client.sync(client.calendar, token).entries
        got = client.get(entry.href)
        assert value(got.text, 'RRULE') == rule
        assert value(got.text, 'DTSTART') == day.replace('-', '') + 'T090000'
        before = shown(outlook.get(master))
        # a client that writes it back with another title leaves the pattern alone
        r = client.put(entry.href, got.text.replace('SUMMARY:', 'SUMMARY:New '), If_Match=got.etag)
        assert r.status in (200, 204), r
        item = outlook.get(master)
        assert shown(item) == before and item.findtext('{*}Subject') == 'New ' + title
        assert client.get(entry.href).etag
        outlook.delete(master)


def test_spellings_of_exceptions(ends, uid):
    """An override without SUMMARY has the series'; RECURRENCE-ID and EXDATE may be in UTC, an EXDATE a day."""
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    zone = ';TZID=Europe/Berlin:'
    text = two(uid, 'RECURRENCE-ID:20270303T210000Z\nDTSTART%s20270303T200000\nDTEND%s20270303T210000' % (zone, zone),
               'EXDATE:20270304T210000Z\nEXDATE;VALUE=DATE:20270305')
    assert client.put(path, text).status == 201
    item = outlook.get(outlook.find('M ' + uid)[0])
    assert [e.findtext('{*}Start') for e in item.iter('{*}DeletedOccurrence')] == ['2027-03-04T21:00:00Z', '2027-03-05T21:00:00Z']
    [changed] = item.findall('{*}ModifiedOccurrences/{*}Occurrence')
    assert changed.findtext('{*}OriginalStart') == '2027-03-03T21:00:00Z'
    assert outlook.get(changed.find('{*}ItemId').get('Id')).findtext('{*}Subject') == 'M ' + uid
    assert client.get(path).text == text
    client.delete(path)


def test_edges_of_a_series(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    before = outlook.count('calendar')
    for extra, end, named in (('RRULE:FREQ=DAILY;COUNT=2\nEXDATE:20270302T100000Z\nEXDATE:20270303T100000Z', '20270302T110000Z', 'no occurrence left'),
                              ('RRULE:FREQ=DAILY;COUNT=3', '20270304T110000Z', 'lasts into the next'),
                              ('RRULE:FREQ=DAILY;UNTIL=20260101T000000Z', '20270302T110000Z', 'UNTIL')):
        r = client.put(path, event(uid, uid, '20270302T100000Z', end, extra))
        assert r.status == 403 and r.condition == 'x:recurrence-exchange-can-express' and named in r.text, r
    assert outlook.count('calendar') == before
    for extra, left in (('RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20270302T100000Z', 'COUNT=3'), ('RRULE:FREQ=DAILY;UNTIL=20270302T100000Z', 'UNTIL')):
        text = event(uid, uid, extra=extra)
        assert client.put(path, text).status == 201
        assert client.get(path).text == text and left in text
        outlook.forget_kept(outlook.find(uid)[0])
        assert exdates(client.get(path).text) == (['20270302T100000Z'] if 'EXDATE' in extra else [])
        client.delete(path)


def test_a_rule_taken_away_by_outlook(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    assert client.put(path, event(uid, uid, extra='RRULE:FREQ=DAILY;COUNT=3\nX-KEEP:me')).status == 201
    outlook.call('<m:UpdateItem MessageDisposition="SaveOnly" ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges>'
                 '<t:ItemChange><t:ItemId Id="%s"/><t:Updates><t:DeleteItemField><t:FieldURI FieldURI="calendar:Recurrence"/></t:DeleteItemField></t:Updates>'
                 '</t:ItemChange></m:ItemChanges></m:UpdateItem>' % outlook.find(uid)[0])
    now = client.get(path).text
    assert value(now, 'RRULE') is None and value(now, 'X-KEEP') == 'me' and value(now, 'DTSTART') == '20270302T100000Z'
    client.delete(path)
