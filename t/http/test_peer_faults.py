# SPDX-License-Identifier: Apache-2.0
"""What the strongest peer is known to get wrong, a test each, passing here. Numbers are those of its public list of issues; without one,
the fault was seen on it."""
import datetime as dt
import re

import pytest
from dav import Client, event
from fidelity import World, assert_held, assert_shown
from ical import events, props, value
from meaning import differences, parse

BERLIN = ';TZID=Europe/Berlin:'


@pytest.fixture(scope='module')
def world(lab):
    w = World(lab)
    yield w
    w.close()


@pytest.fixture
def path(world):
    """The path of an object that is to be; afterwards the calendar is empty again."""
    _, path = world.path()
    yield path
    world.client.delete(path)
    assert world.outlook.count('calendar') == 0


def uid_of(path):
    return path.rsplit('/', 1)[1][:-4]


def store(world, path, *lines, start='20270301T090000', end='20270301T100000', zone='Europe/Berlin', override=()):
    text = event(uid_of(path), 'Peer', start, end, '\n'.join(lines), zone=zone)
    if override:
        text = text.replace('END:VCALENDAR\r\n', '\r\n'.join(['BEGIN:VEVENT', 'UID:' + uid_of(path), 'DTSTAMP:20270101T000000Z'] + list(override) + ['END:VEVENT', 'END:VCALENDAR', '']))
    r = world.client.put(path, text)
    assert r.status in (201, 204), r
    got = world.cold.get(path)
    assert not differences(text, got.text), differences(text, got.text)
    assert_shown(world.outlook, text)
    return text


def item(world):
    return world.outlook.get(world.the_item())


def pattern(world):
    return [(e.tag.split('}')[1], e.text) for e in item(world).findall('{*}Recurrence//*') if e.text and e.text.strip()]


# ---- recurrence and time ----

def test_weekdays_with_bysetpos_became_monthly_on_day_1(world, path):
    store(world, path, 'RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=5', start='20270331T090000', end='20270331T100000')
    assert ('DaysOfWeek', 'Weekday') in pattern(world) and ('DayOfWeekIndex', 'Last') in pattern(world)


def test_the_last_day_was_sent_as_day_of_month_minus_1(world, path):
    store(world, path, 'RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=5', start='20270331T090000', end='20270331T100000')
    assert ('DayOfMonth', '31') in pattern(world)


def test_the_interval_of_a_yearly_rule_was_dropped(world, path):
    store(world, path, 'RRULE:FREQ=YEARLY;INTERVAL=2;COUNT=4')
    assert [s.year for s, _, _, _ in world.outlook.view(dt.datetime(2027, 1, 1), dt.datetime(2028, 12, 30))] == [2027]
    assert [s.year for s, _, _, _ in world.outlook.view(dt.datetime(2029, 1, 1), dt.datetime(2030, 12, 30))] == [2029]


def test_373_467_count_became_a_series_without_end(world, path):
    store(world, path, 'RRULE:FREQ=DAILY;COUNT=7')
    assert ('NumberOfOccurrences', '7') in pattern(world)


def test_a_rule_that_is_taken_away_stayed(world, path):
    store(world, path, 'RRULE:FREQ=DAILY;COUNT=7')
    store(world, path)
    assert item(world).findtext('{*}CalendarItemType') == 'Single' and len(world.outlook.view(dt.datetime(2027, 2, 1), dt.datetime(2027, 4, 1))) == 1


def test_337_340_a_single_occurrence_could_not_be_deleted(world, path):
    store(world, path, 'RRULE:FREQ=DAILY;COUNT=7')
    store(world, path, 'RRULE:FREQ=DAILY;COUNT=7', 'EXDATE%s20270303T090000' % BERLIN)
    assert [s.day for s, _, _, _ in world.outlook.view(dt.datetime(2027, 2, 1), dt.datetime(2027, 4, 1))] == [1, 2, 4, 5, 6, 7]


def test_87_exdate_was_taken_as_utc(world, path):
    """23:30 in New York is the next day in UTC."""
    store(world, path, 'RRULE:FREQ=DAILY;COUNT=4', 'EXDATE;TZID=America/New_York:20270302T233000', start='20270301T233000', end='20270301T234500', zone='America/New_York')
    assert [e.findtext('{*}Start') for e in item(world).iter('{*}DeletedOccurrence')] == ['2027-03-03T04:30:00Z']


def test_103_overrides_without_summary_lost_it(world, path):
    store(world, path, 'RRULE:FREQ=DAILY;COUNT=4', override=['RECURRENCE-ID%s20270302T090000' % BERLIN, 'DTSTART%s20270302T110000' % BERLIN, 'DTEND%s20270302T120000' % BERLIN])
    assert [subject for _, _, subject, _ in world.outlook.view(dt.datetime(2027, 2, 1), dt.datetime(2027, 4, 1))] == ['Peer'] * 4
    world.outlook.forget_kept(world.the_item())
    assert value(events(world.cold.get(path).text)['20270302T090000'], 'SUMMARY') == 'Peer'


def test_493_overrides_got_another_organizer(world, path):
    people = 'ORGANIZER;CN=User 30:mailto:user30@contoso.example\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:someone@elsewhere.example'
    text = event(uid_of(path), 'Peer', '20270301T090000', '20270301T100000', 'RRULE:FREQ=DAILY;COUNT=4\n' + people, zone='Europe/Berlin')
    override = ['BEGIN:VEVENT', 'UID:' + uid_of(path), 'DTSTAMP:20270101T000000Z', 'RECURRENCE-ID%s20270302T090000' % BERLIN, 'DTSTART%s20270302T110000' % BERLIN,
                'DTEND%s20270302T120000' % BERLIN, 'SUMMARY:Other'] + people.split('\n') + ['END:VEVENT', 'END:VCALENDAR', '']
    assert world.client.put(path, text.replace('END:VCALENDAR\r\n', '\r\n'.join(override))).status == 201
    world.outlook.set(world.the_item(), ('calendar:Location', '<t:Location>There</t:Location>'))
    now = events(world.cold.get(path).text)
    assert all(value(e, 'ORGANIZER').lower() == 'mailto:user30@contoso.example' for e in now.values()) and len(now) == 2
    world.outlook.forget_kept(world.the_item())
    now = events(world.cold.get(path).text)
    assert all(value(e, 'ORGANIZER').lower() == 'mailto:user30@contoso.example' for e in now.values()) and len(now) == 2


@pytest.mark.parametrize('tzid', ['Europe/Lisbon', 'Europe/London', 'Europe/Dublin', 'Atlantic/Canary', 'Europe/Vienna', 'Europe/Amsterdam'])
def test_342_357_an_hour_between_zones_of_one_windows_name(world, path, tzid):
    store(world, path, 'RRULE:FREQ=MONTHLY;COUNT=9', zone=tzid)
    assert props(world.cold.get(path).text, 'DTSTART') == ['DTSTART;TZID=%s:20270301T090000' % tzid]


def test_347_207_a_utc_event_shifted(world, path):
    text = store(world, path, start='20270701T100000Z', end='20270701T110000Z', zone=None)
    assert item(world).findtext('{*}Start') == '2027-07-01T10:00:00Z'
    world.outlook.set(world.the_item(), ('item:Subject', '<t:Subject>Peer</t:Subject>'), ('calendar:Location', '<t:Location>x</t:Location>'))
    assert value(world.cold.get(path).text, 'DTSTART') == '20270701T100000Z' and 'LOCATION:x' in world.cold.get(path).text and text


def test_469_475_everything_came_in_utc(world, path):
    for zone in ('Europe/Berlin', 'America/New_York'):
        store(world, path, zone=zone)
        world.outlook.forget_kept(world.the_item())
        now = world.cold.get(path).text
        assert re.search(r'DTSTART;TZID=%s:20270301T090000' % zone, now) and 'BEGIN:VTIMEZONE' in now


def test_351_all_day_events_at_one_o_clock(world, path):
    store(world, path, start='20270701', end='20270703', zone=None)
    assert item(world).findtext('{*}IsAllDayEvent') == 'true'
    world.outlook.forget_kept(world.the_item())
    now = world.cold.get(path).text
    assert (value(now, 'DTSTART'), value(now, 'DTEND')) == ('20270701', '20270703') and props(now, 'DTSTART')[0].startswith('DTSTART;VALUE=DATE')


def test_237_one_hour_ahead(world, path):
    """Days before and after the change of the clock, in winter and in summer."""
    for day, hour in (('20270327', '08'), ('20270328', '07'), ('20271030', '07'), ('20271031', '08')):
        store(world, path, start=day + 'T090000', end=day + 'T100000')
        assert item(world).findtext('{*}Start')[11:13] == hour, day


def test_497_508_the_first_update_shifted_the_time(world, path):
    text = store(world, path, start='20270701T090000', end='20270701T100000')
    before = [item(world).findtext('{*}' + n) for n in ('Start', 'End')]
    for i in range(3):
        text = store(world, path, 'LOCATION:Room %d' % i, start='20270701T090000', end='20270701T100000')
        assert [item(world).findtext('{*}' + n) for n in ('Start', 'End')] == before
    world.outlook.set(world.the_item(), ('item:Subject', '<t:Subject>x</t:Subject>'))
    now = world.cold.get(path)
    assert world.client.put(path, now.text, If_Match=now.etag).status == 204
    assert [item(world).findtext('{*}' + n) for n in ('Start', 'End')] == before and text


def test_a_custom_zone_was_lost_or_an_error(world, path):
    zone = '\r\n'.join(['BEGIN:VTIMEZONE', 'TZID:Camp', 'BEGIN:STANDARD', 'DTSTART:19700101T000000', 'TZOFFSETFROM:+0345', 'TZOFFSETTO:+0345', 'END:STANDARD', 'END:VTIMEZONE', ''])
    text = event(uid_of(path), 'Peer', '20270701T090000', '20270701T100000', zone='Camp').replace('BEGIN:VEVENT', zone + 'BEGIN:VEVENT', 1)
    assert world.client.put(path, text).status == 201
    assert item(world).findtext('{*}Start') == '2027-07-01T05:15:00Z'
    assert world.cold.get(path).text == text


# ---- data ----

def test_only_the_first_alarm_was_kept(world, path):
    alarm = 'BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:%s\nEND:VALARM'
    store(world, path, *(alarm % t for t in ('-PT15M', '-P1D', '-PT1H30M', 'PT5M')))
    world.outlook.set(world.the_item(), ('item:Subject', '<t:Subject>x</t:Subject>'))
    assert len(parse(world.cold.get(path).text).comps('VEVENT')[0].comps('VALARM')) == 4


@pytest.mark.parametrize('trigger,minutes', [(':-PT1H30M', '90'), (':-P1DT2H', '1560'), (';VALUE=DATE-TIME:20270301T060000Z', '120'), (';RELATED=END:-PT1H30M', '30')])
def test_triggers_became_other_minutes(world, path, trigger, minutes):
    store(world, path, 'BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER%s\nEND:VALARM' % trigger)
    assert item(world).findtext('{*}ReminderMinutesBeforeStart') == minutes and item(world).findtext('{*}ReminderIsSet') == 'true'


def test_107_a_dismissed_reminder_came_back_and_mailed_the_organizer(world, path):
    alarm = 'BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT15M\nEND:VALARM'
    text = store(world, path, alarm)
    dismissed = text.replace('BEGIN:VALARM', 'X-MOZ-LASTACK:20270301T075000Z\r\nBEGIN:VALARM')
    world.lab.empty_outbox()
    assert world.client.put(path, dismissed).status == 204
    assert world.cold.get(path).text == dismissed
    assert world.lab.outbox() == []
    world.outlook.set(world.the_item(), ('item:Subject', '<t:Subject>x</t:Subject>'))
    assert value(world.cold.get(path).text, 'X-MOZ-LASTACK') == '20270301T075000Z'


def test_properties_dropped_on_update(world, path):
    lines = ['URL:http://example.com/', 'ATTACH:http://example.com/a.pdf', 'X-ODD;X-P=1:kept', 'CONTACT:Anna', 'GEO:1.5;2.5', 'COMMENT:one', 'COMMENT:two', 'RESOURCES:beamer',
             'RRULE:FREQ=DAILY;COUNT=4', 'RDATE%s20270302T090000' % BERLIN]
    store(world, path, *lines)
    store(world, path, *lines, 'LOCATION:There')
    world.outlook.set(world.the_item(), ('item:Subject', '<t:Subject>x</t:Subject>'))
    now = world.cold.get(path).text
    assert all(x in now for x in lines + ['LOCATION:There'])


def test_372_several_categories_were_lost(world, path):
    text = store(world, path, 'CATEGORIES:One,Two', 'CATEGORIES:Drei\\, vier')
    assert [e.text for e in item(world).findall('{*}Categories/{*}String')] == ['One', 'Two', 'Drei, vier']
    world.outlook.forget_kept(world.the_item())
    assert_held(text, world.cold.get(path).text)
    assert 'CATEGORIES:One,Two,Drei\\, vier' in world.cold.get(path).text


# ---- protocol ----

def test_delete_ignored_if_match_and_put_if_none_match(world, path):
    text = store(world, path)
    assert world.client.delete(path, If_Match='"other"').status == 412
    assert world.client.put(path, text, If_None_Match='*').status == 412
    assert world.client.get(path).text == text


def test_two_changes_in_one_second_were_one(world, path):
    text = store(world, path)
    tags = []
    for i in range(3):
        assert world.client.put(path, text.replace('SUMMARY:Peer', 'SUMMARY:Peer %d' % i)).status == 204
        tags.append(world.client.get(path).etag)
    assert len(set(tags)) == 3 and all(re.fullmatch(r'"[^"]+"', t) for t in tags)


def test_the_href_changed_after_put(world, path):
    store(world, path)
    assert [e.href for e in world.client.sync(world.client.calendar).entries if e.href.endswith('.ics') and e.status != 404] == [path]


def test_an_empty_propfind_body_was_503(world):
    r = world.client.request('PROPFIND', world.client.calendar, None, {'Depth': '0'})
    assert r.status == 207 and r.entries[0].ok('d:resourcetype') is not None


def test_unknown_properties_were_dropped(world):
    [e] = world.client.propfind(world.client.calendar, ['d:displayname', 'x:no-such-thing']).entries
    assert e.props['{urn:mod-excal:ns}no-such-thing'].status == 404


def test_free_busy_query_was_answered_with_events(world, path):
    store(world, path)
    r = world.client.report(world.client.calendar, '<c:free-busy-query xmlns:c="urn:ietf:params:xml:ns:caldav"><c:time-range start="20270301T000000Z" end="20270302T000000Z"/>'
                            '</c:free-busy-query>', depth=1)
    assert r.status == 200 and 'BEGIN:VFREEBUSY' in r.text and 'VEVENT' not in r.text and '20270301T080000Z' in r.text


def test_sync_collection_without_a_token(world, path):
    store(world, path)
    r = world.client.sync(world.client.calendar)
    assert r.status == 207 and r.sync_token and path in r.by_href
    assert world.client.sync(world.client.calendar, r.sync_token).entries == []


def test_707_1161_a_failure_midway_gave_broken_xml(world, path, make_gateway):
    """Exchange fails while the items of a listing are fetched: the answer is whole, or an error."""
    store(world, path)
    for fault in ('503', 'reset', 'truncate', 'garbage', 'ErrorInternalServerError'):
        fresh = Client(make_gateway().url, 'user30')
        assert fresh.sync(fresh.calendar).status == 207
        world.lab.faults({'operation': 'GetItem', 'kind': fault})
        try:
            r = fresh.multiget(fresh.calendar, [path])
        finally:
            world.lab.faults()
        assert r.status in (207, 429, 502, 503, 504, 507), r
        assert r.status != 207 or [e.href for e in r.entries] == [path]
    fresh = Client(make_gateway().url, 'user30')
    assert fresh.multiget(fresh.calendar, [path]).by_href[path].ok('c:calendar-data') is not None


def test_231_one_oversized_event_cut_the_sync(world, path):
    store(world, path)
    big, _ = world.outlook.create('Big', before_start='<t:Body BodyType="Text">%s</t:Body>' % ('x' * 3000000))
    try:
        r = world.cold.sync(world.cold.calendar)
        assert r.status == 207 and len([e for e in r.entries if e.href.endswith('.ics')]) == 2
        got = world.cold.multiget(world.cold.calendar, [e.href for e in r.entries if e.href.endswith('.ics')])
        assert got.by_href[path].ok('c:calendar-data') is not None
    finally:
        world.outlook.delete(big, 'HardDelete')


def test_287_126_a_reply_in_the_folder_made_events_vanish(world, path):
    """Something that is no event lies in the calendar folder: the others are there all the same."""
    store(world, path)
    world.outlook.call('<m:CreateItem MessageDisposition="SaveOnly"><m:SavedItemFolderId><t:DistinguishedFolderId Id="drafts"/></m:SavedItemFolderId><m:Items><t:Message>'
                       '<t:ItemClass>IPM.Note</t:ItemClass><t:Subject>Stray</t:Subject></t:Message></m:Items></m:CreateItem>')
    stray = next(e.get('Id') for e in world.outlook.call(
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ParentFolderIds><t:DistinguishedFolderId Id="drafts"/></m:ParentFolderIds>'
        '</m:FindItem>').iter('{http://schemas.microsoft.com/exchange/services/2006/types}ItemId'))
    stray = world.outlook.move(stray, 'calendar')
    try:
        assert world.outlook.count('calendar') == 2
        found = [e.href for e in world.cold.sync(world.cold.calendar).entries if e.href.endswith('.ics') and e.status != 404]
        assert found == [path]
        assert path in world.cold.query(world.cold.calendar, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"/></c:comp-filter>').by_href
    finally:
        world.outlook.delete(stray, 'HardDelete')
