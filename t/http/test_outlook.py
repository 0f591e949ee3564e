# SPDX-License-Identifier: Apache-2.0
"""Both ends of the wire: what a CalDAV client does shows in Outlook, and the other way round."""
import re
import uuid

import pytest
from dav import Client, event
from outlook import EwsError, Outlook


@pytest.fixture
def outlook(lab):
    return Outlook(lab)


def unfold(text):
    return text.replace('\r\n ', '')


def prop(text, name):
    text = re.sub(r'BEGIN:VTIMEZONE.*?END:VTIMEZONE\r\n', '', text, flags=re.S)
    return re.findall(r'^%s[;:][^\r\n]*' % name, unfold(text), re.M)


def test_created_here_seen_there(alice, outlook, uid):
    title = 'Here ' + uid
    path = alice.calendar + uid + '.ics'
    r = alice.put(path, event(uid, title, '20270302T100000', '20270302T113000', 'LOCATION:Room 1\nDESCRIPTION:one\\ntwo\nCLASS:PRIVATE\nPRIORITY:1\n'
                              'CATEGORIES:Work,Home\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT30M\nEND:VALARM', zone='Europe/Berlin'))
    assert r.status == 201, r
    item = outlook.get(outlook.find(title)[0])
    text = lambda n: item.findtext('{*}' + n)
    assert text('Start') == '2027-03-02T09:00:00Z' and text('End') == '2027-03-02T10:30:00Z'
    assert text('Location') == 'Room 1' and text('Body').replace('\r', '').strip() == 'one\ntwo'
    assert text('Sensitivity') == 'Private' and text('Importance') == 'High'
    assert [e.text for e in item.find('{*}Categories')] == ['Work', 'Home']
    assert text('ReminderIsSet') == 'true' and text('ReminderMinutesBeforeStart') == '30'
    assert item.find('{*}StartTimeZone').get('Id') == 'W. Europe Standard Time'
    assert text('UID') == uid and text('IsMeeting') == 'false'
    alice.delete(path)
    assert outlook.find(title) is None


def test_created_here_and_deleted_there_at_once(alice, outlook, uid):
    """Exchange does not mention what came and went between two questions."""
    path = alice.calendar + uid + '.ics'
    token = alice.sync(alice.calendar).sync_token
    assert alice.put(path, event(uid, 'Brief ' + uid)).status == 201
    outlook.delete(outlook.find('Brief ' + uid)[0], 'HardDelete')
    assert [e.status for e in alice.sync(alice.calendar, token).entries if e.href == path] in ([], [404])
    assert alice.get(path).status == 404
    assert path not in alice.propfind(alice.calendar, ['d:getetag'], depth=1).by_href
    assert alice.put(path, event(uid, 'Again ' + uid), If_None_Match='*').status == 201
    assert outlook.find('Again ' + uid)
    assert alice.delete(path).status == 204


def test_created_there_seen_here(alice, outlook, uid):
    token = alice.sync(alice.calendar).sync_token
    title = 'There ' + uid
    item_id, _ = outlook.create(title, inner='<t:Location>Bar</t:Location>')
    r = alice.sync(alice.calendar, token)
    [entry] = r.entries
    got = alice.get(entry.href)
    assert got.status == 200 and got.etag == entry.text('d:getetag')
    assert prop(got.text, 'SUMMARY') == ['SUMMARY:' + title] and prop(got.text, 'LOCATION') == ['LOCATION:Bar']
    assert prop(got.text, 'DTSTART') == ['DTSTART;TZID=Europe/Berlin:20270302T110000']
    assert got.text.count('BEGIN:VTIMEZONE') == 1
    outlook.delete(item_id)
    r = alice.sync(alice.calendar, r.sync_token)
    assert [(e.href, e.status) for e in r.entries] == [(entry.href, 404)]
    assert alice.get(entry.href).status == 404


def test_changed_there_keeps_what_exchange_has_no_place_for(alice, outlook, uid):
    title = 'Mine ' + uid
    path = alice.calendar + uid + '.ics'
    first = event(uid, title, extra='X-MOOD:cheerful\nGEO:48.2;16.4\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:a\nTRIGGER:-PT10M\nEND:VALARM\n'
                  'BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:b\nTRIGGER:-P1D\nEND:VALARM')
    r = alice.put(path, first)
    assert r.status == 201 and r.etag
    got = alice.get(path)
    assert got.text == first and got.etag == r.etag
    outlook.set(outlook.find(title)[0], ('item:Subject', '<t:Subject>Theirs %s</t:Subject>' % uid))
    now = alice.get(path)
    assert now.etag != r.etag
    assert prop(now.text, 'SUMMARY') == ['SUMMARY:Theirs ' + uid]
    assert prop(now.text, 'X-MOOD') and prop(now.text, 'GEO') and now.text.count('BEGIN:VALARM') == 2
    # the stale tag loses
    assert alice.put(path, event(uid, 'Late'), If_Match=r.etag).status == 412
    assert alice.put(path, event(uid, 'In time'), If_Match=now.etag).status in (200, 204)
    alice.delete(path)


SERIES = '''BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:{uid}
DTSTAMP:20270101T000000Z
SUMMARY:Weekly {uid}
DTSTART;TZID=Europe/Berlin:20270301T090000
DTEND;TZID=Europe/Berlin:20270301T100000
RRULE:FREQ=WEEKLY;COUNT=8
EXDATE;TZID=Europe/Berlin:20270315T090000
END:VEVENT
BEGIN:VEVENT
UID:{uid}
DTSTAMP:20270101T000000Z
RECURRENCE-ID;TZID=Europe/Berlin:20270308T090000
SUMMARY:Moved {uid}
DTSTART;TZID=Europe/Berlin:20270309T140000
DTEND;TZID=Europe/Berlin:20270309T153000
END:VEVENT
END:VCALENDAR
'''.replace('\n', '\r\n')


def occurrences(text):
    """{recurrence id or None: summary} of the VEVENTs."""
    out = {}
    for block in unfold(text).split('BEGIN:VEVENT')[1:]:
        rid = re.search(r'^RECURRENCE-ID[^:\r\n]*:(\S+)', block, re.M)
        out[rid.group(1) if rid else None] = re.search(r'^SUMMARY:([^\r\n]*)', block, re.M).group(1)
    return out


def test_series_with_exceptions(alice, outlook, lab, uid):
    path = alice.calendar + uid + '.ics'
    text = SERIES.format(uid=uid)
    r = alice.put(path, text)
    assert r.status == 201, r
    master = outlook.find('Weekly ' + uid)[0]
    item = outlook.get(master)
    [modified] = item.findall('{*}ModifiedOccurrences/{*}Occurrence')
    assert modified.findtext('{*}OriginalStart') == '2027-03-08T08:00:00Z' and modified.findtext('{*}Start') == '2027-03-09T13:00:00Z'
    [deleted] = item.findall('{*}DeletedOccurrences/{*}DeletedOccurrence')
    assert deleted.findtext('{*}Start') == '2027-03-15T08:00:00Z'
    assert item.find('{*}ItemId').get('ChangeKey')
    got = alice.get(path)
    assert got.text == text and got.etag == r.etag, got
    # Outlook deletes the fourth and renames the fifth occurrence (1-based, deleted ones counted)
    outlook.delete((master, 4))
    outlook.set((master, 5), ('item:Subject', '<t:Subject>Fifth %s</t:Subject>' % uid))
    now = alice.get(path)
    assert now.etag != got.etag
    assert occurrences(now.text) == {None: 'Weekly ' + uid, '20270308T090000': 'Moved ' + uid, '20270329T090000': 'Fifth ' + uid}
    assert sorted(re.search(r':(\S+)', x).group(1) for x in prop(now.text, 'EXDATE')) == ['20270315T090000', '20270322T090000']
    # the client takes one deletion back and drops one exception
    back = '\r\n'.join(x for x in now.text.split('\r\n') if not x.startswith('EXDATE') or '0322' in x)
    blocks = back.split('BEGIN:VEVENT')
    back = 'BEGIN:VEVENT'.join(b for b in blocks if 'Moved' not in b or b is blocks[0])
    if not back.rstrip().endswith('END:VCALENDAR'):
        back = back.rstrip() + '\r\nEND:VCALENDAR\r\n'
    r = alice.put(path, back, If_Match=now.etag)
    assert r.status in (200, 204), r
    item = outlook.get(outlook.find('Weekly ' + uid)[0])
    assert [e.findtext('{*}OriginalStart') for e in item.findall('{*}ModifiedOccurrences/{*}Occurrence')] == ['2027-03-29T07:00:00Z']
    assert [e.findtext('{*}Start') for e in item.findall('{*}DeletedOccurrences/{*}DeletedOccurrence')] == ['2027-03-22T08:00:00Z']
    alice.delete(path)


def test_rule_taken_away(alice, outlook, uid):
    path = alice.calendar + uid + '.ics'
    assert alice.put(path, event(uid, 'R ' + uid, extra='RRULE:FREQ=DAILY;COUNT=5')).status == 201
    assert alice.put(path, event(uid, 'R ' + uid)).status in (200, 204)
    item = outlook.get(outlook.find('R ' + uid)[0])
    assert item.find('{*}Recurrence') is None and item.findtext('{*}CalendarItemType') == 'Single'
    alice.delete(path)


def test_all_day(alice, outlook, uid):
    path = alice.calendar + uid + '.ics'
    assert alice.put(path, event(uid, 'Day ' + uid, '20270302', '20270304')).status == 201
    item = outlook.get(outlook.find('Day ' + uid)[0])
    assert item.findtext('{*}IsAllDayEvent') == 'true'
    there = 'Tag ' + uid
    item_id, _ = outlook.create(there, '2027-03-05T00:00:00+01:00', '2027-03-06T00:00:00+01:00', '<t:IsAllDayEvent>true</t:IsAllDayEvent>')
    hrefs = [e.href for e in alice.query(alice.calendar, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:prop-filter name="SUMMARY">'
                                         '<c:text-match>%s</c:text-match></c:prop-filter></c:comp-filter></c:comp-filter>' % there).entries]
    text = alice.get(hrefs[0]).text
    assert prop(text, 'DTSTART') == ['DTSTART;VALUE=DATE:20270305'] and prop(text, 'DTEND') == ['DTEND;VALUE=DATE:20270306']
    outlook.delete(item_id)
    alice.delete(path)


def test_attendees_are_data_and_nobody_is_mailed(make_gateway, lab, outlook, uid):
    alice = Client(make_gateway(location='ExchangeScheduling Off').url, 'alice')
    path = alice.calendar + uid + '.ics'
    text = event(uid, 'Meet ' + uid, extra='ORGANIZER;CN=Alice:mailto:alice@contoso.example\nATTENDEE;CN=Bob;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bob@contoso.example\n'
                 'ATTENDEE;ROLE=OPT-PARTICIPANT:mailto:carol@contoso.example\nATTENDEE;CUTYPE=ROOM;ROLE=NON-PARTICIPANT:mailto:room1@contoso.example')
    assert alice.put(path, text).status == 201
    item = outlook.get(outlook.find('Meet ' + uid)[0])
    who = lambda n: [e.text for e in item.findall('{*}%s//{*}EmailAddress' % n)]
    assert who('RequiredAttendees')[-1:] == ['bob@contoso.example'] or 'bob@contoso.example' in who('RequiredAttendees')
    assert who('OptionalAttendees') == ['carol@contoso.example'] and who('Resources') == ['room1@contoso.example']
    assert item.findtext('{*}MeetingRequestWasSent') == 'false'
    assert alice.get(path).text == text
    assert Outlook(lab, 'bob').find('Meet ' + uid) is None
    alice.delete(path)


def test_calendar_made_in_outlook(alice, outlook):
    name = 'Team ' + uuid.uuid4().hex[:6]
    outlook.make_calendar(name)
    path = alice.home + name.replace(' ', '%20') + '/'
    assert alice.propfind(path, ['d:displayname']).entries[0].text('d:displayname') == name
    # renamed by a client: the URL stays
    assert alice.proppatch(path, '<d:displayname>Other name</d:displayname>').status == 207
    assert alice.propfind(path, ['d:displayname']).entries[0].text('d:displayname') == 'Other name'
    assert alice.delete(path).status == 204
    assert alice.propfind(path, ['d:displayname']).status == 404


def test_something_else_in_the_folder(alice, outlook):
    """A message that lies in the calendar is not an event and harms nobody."""
    subject = 'Stray ' + uuid.uuid4().hex
    try:
        outlook.call('<m:CreateItem MessageDisposition="SaveOnly"><m:SavedItemFolderId><t:DistinguishedFolderId Id="calendar"/></m:SavedItemFolderId><m:Items>'
                     '<t:Message><t:Subject>%s</t:Subject></t:Message></m:Items></m:CreateItem>' % subject)
    except EwsError as e:
        pytest.skip('this Exchange takes no message in a calendar: %s' % e)
    r = alice.sync(alice.calendar, props=('d:getetag', 'd:getcontenttype'))
    assert r.status == 207
    for entry in r.entries:
        assert alice.get(entry.href).status == 200
