# SPDX-License-Identifier: Apache-2.0
"""Meetings as Apple's clients make and answer them, request for request as is publicly known of them: what they ask at set-up, how
they look into the inbox, what they write, and the properties that they put on it."""
import re
import uuid

import pytest
from dav import DECL, Client, q
from gateway import Gateway
from ical import alarms, unfold, value
from labserver import Lab
from meetings import attendee_line, mailed, param, partstat
from outlook import Outlook

MAC = {'User-Agent': 'macOS/15.3 (24D60) dataaccessd/1.0', 'Brief': 't', 'Prefer': 'return=minimal', 'Accept': '*/*'}
PRINCIPAL = ('c:calendar-home-set', 'c:calendar-user-address-set', 'd:current-user-principal', 'd:displayname', 'cs:dropbox-home-URL',
             'cs:email-address-set', 'cs:notification-URL', 'd:principal-collection-set', 'd:principal-URL', 'd:resource-id', 'c:schedule-inbox-URL',
             'c:schedule-outbox-URL', 'd:supported-report-set')
HOURS = '\r\n'.join(['BEGIN:VCALENDAR', 'CALSCALE:GREGORIAN', 'PRODID:-//calendarserver.org//Zonal//EN', 'VERSION:2.0', 'BEGIN:VAVAILABILITY',
                     'UID:9BADC1F6-0FC4-44BF-AC3D-993BEC8C962A', 'DTSTAMP:20270101T000000Z', 'DTSTART;TZID=Europe/Berlin:20270101T000000', 'BEGIN:AVAILABLE',
                     'UID:6C9F69C3-BDA8-424E-B2CB-7012E796DDF7', 'SUMMARY:Monday to Friday', 'DTSTAMP:20270101T000000Z', 'DTSTART;TZID=Europe/Berlin:20270101T070000',
                     'DTEND;TZID=Europe/Berlin:20270101T150000', 'RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'END:AVAILABLE', 'END:VAVAILABILITY', 'END:VCALENDAR', ''])
ALARM = 'BEGIN:VALARM&#13;\nX-WR-ALARMUID:0D6B&#13;\nUID:0D6B&#13;\nTRIGGER:-PT15M&#13;\nX-APPLE-DEFAULT-ALARM:TRUE&#13;\nATTACH;VALUE=URI:Chord&#13;\nACTION:AUDIO&#13;\nEND:VALARM&#13;\n'


@pytest.fixture(scope='module')
def exchange():
    lab = Lab(auth='basic').start()
    yield lab
    lab.stop()


@pytest.fixture(scope='module')
def front(exchange):
    g = Gateway(exchange.ews_url, location='ExchangeHomeFreshness 0').start()
    yield g
    crashes = g.crashes()
    g.remove()
    assert not crashes


class Mac(Client):
    """Sends what a Mac sends with every request."""

    def request(self, method, path, body=None, headers=None, timeout=120):
        return super().request(method, path, body, dict(MAC, **(headers or {})), timeout)


@pytest.fixture
def people(exchange, front):
    exchange.reset()
    exchange.empty_outbox()
    return {name: Mac(front.url, name) for name in ('alice', 'bob', 'carol')}


@pytest.fixture
def alice(people):
    return people['alice']


@pytest.fixture
def bob(people):
    return people['bob']


def person(kind, name, **params):
    """A line with the quotes and the EMAIL that Apple writes."""
    return '%s;CN="%s"%s;EMAIL="%s@contoso.example":mailto:%s@contoso.example' % (
        kind, name.title(), ''.join(';%s=%s' % p for p in params.items()), name, name)


def meeting(uid, *attendees, organizer=None, summary='Plan', start='20270302T100000', end='20270302T110000', extra=()):
    lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Apple Inc.//macOS 15.3//EN', 'CALSCALE:GREGORIAN', 'BEGIN:VTIMEZONE', 'TZID:Europe/Berlin', 'BEGIN:DAYLIGHT',
             'TZOFFSETFROM:+0100', 'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', 'DTSTART:19810329T020000', 'TZNAME:GMT+2', 'TZOFFSETTO:+0200', 'END:DAYLIGHT', 'BEGIN:STANDARD',
             'TZOFFSETFROM:+0200', 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU', 'DTSTART:19961027T030000', 'TZNAME:GMT+1', 'TZOFFSETTO:+0100', 'END:STANDARD', 'END:VTIMEZONE',
             'BEGIN:VEVENT', 'TRANSP:OPAQUE', 'DTEND;TZID=Europe/Berlin:' + end, organizer or person('ORGANIZER', 'alice'), 'UID:' + uid, 'DTSTAMP:20270101T000000Z',
             'SEQUENCE:0', 'SUMMARY:' + summary, 'LAST-MODIFIED:20270101T000000Z', 'DTSTART;TZID=Europe/Berlin:' + start, 'CREATED:20270101T000000Z',
             'X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC', person('ATTENDEE', 'alice', CUTYPE='INDIVIDUAL', PARTSTAT='ACCEPTED', ROLE='CHAIR')]
    lines += [person('ATTENDEE', a, CUTYPE='INDIVIDUAL', PARTSTAT='NEEDS-ACTION', ROLE='REQ-PARTICIPANT', RSVP='TRUE') for a in attendees]
    return '\r\n'.join(lines + list(extra) + ['BEGIN:VALARM', 'ACTION:AUDIO', 'TRIGGER:-PT15M', 'ATTACH;VALUE=URI:Chord', 'UID:0D6B', 'X-WR-ALARMUID:0D6B', 'END:VALARM',
                                              'END:VEVENT', 'END:VCALENDAR', ''])


def answer(text, name, status, *more):
    """The attendee's copy as Apple writes it back: its own line anew, RSVP gone, what it adds of its own."""
    out = []
    for line in unfold(text).split('\r\n'):
        if line.startswith('ATTENDEE') and line.lower().endswith('mailto:%s@contoso.example' % name):
            line = person('ATTENDEE', name, CUTYPE='INDIVIDUAL', PARTSTAT=status)
        if line == 'END:VEVENT':
            out += ['X-APPLE-NEEDS-REPLY:TRUE', *more]
        out.append(line)
    return '\r\n'.join(out)


def inbox(client):
    """href → text, the way Calendar polls: the tag, the listing, what is new in one multiget."""
    path = client.home + 'inbox/'
    assert client.propfind(path, ['cs:getctag', 'd:sync-token']).entries[0].text('cs:getctag')
    hrefs = [e.href for e in client.propfind(path, ['d:getcontenttype', 'd:getetag'], 1).entries if e.href != path and e.ok('d:getetag')]
    if not hrefs:
        return {}
    r = client.report(path, '<c:calendar-multiget %s><d:prop><d:getetag/><c:calendar-data/><c:schedule-tag/><cs:created-by/><cs:updated-by/></d:prop>%s</c:calendar-multiget>' % (
        DECL, ''.join('<d:href>%s</d:href>' % h for h in hrefs)))
    assert all(e.ok('d:getetag') for e in r.entries)
    return {e.href: e.ok('c:calendar-data').text for e in r.entries}


def by_uid(client, uid):
    [entry] = client.query(client.calendar, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:prop-filter name="UID"><c:text-match>%s</c:text-match>'
                           '</c:prop-filter></c:comp-filter></c:comp-filter>' % uid).entries
    return entry.href, client.get(entry.href)


# ---- set-up ----

def test_the_thirteen_properties(alice):
    for minimal in (True, False):
        ask = alice if minimal else Client(alice.base, 'alice')
        e = ask.propfind(alice.principal, PRINCIPAL).entries[0]
        home, boxes = e.ok('c:calendar-home-set').hrefs, e.ok('c:schedule-inbox-URL').hrefs + e.ok('c:schedule-outbox-URL').hrefs
        assert home == [alice.home] and boxes == [alice.home + 'inbox/', alice.home + 'outbox/'], 'each ends in a slash'
        addresses = e.ok('c:calendar-user-address-set').element
        assert 'mailto:alice@contoso.example' in [h.text for h in addresses]
        assert [h.text for h in addresses if h.get('preferred') == '1'] == ['mailto:alice@contoso.example']
        assert e.ok('d:principal-URL').hrefs == [alice.principal] == e.ok('d:current-user-principal').hrefs
        assert e.text('d:displayname') and [x.text for x in e.ok('cs:email-address-set').element] == ['alice@contoso.example']
        reports = {r.tag for r in e.ok('d:supported-report-set').element.iter()}
        assert {q('d:principal-property-search'), q('d:expand-property')} <= reports
        # what there is not is left out where brief answers are wanted, else told
        missing = [p for p in PRINCIPAL if q(p) in e.props and e.props[q(p)].status == 404]
        assert not missing if minimal else set(missing) <= {'cs:dropbox-home-URL', 'cs:notification-URL', 'd:resource-id'}


@pytest.mark.parametrize('place', ['principal', 'home', 'calendar', 'inbox', 'outbox'])
def test_scheduling_is_announced_everywhere(alice, place):
    path = {'principal': alice.principal, 'home': alice.home, 'calendar': alice.calendar}.get(place, '%s%s/' % (alice.home, place))
    r = alice.request('OPTIONS', path)
    features = [f.strip() for f in r.header('DAV').split(',')]
    assert features[0] == '1' and {'calendar-access', 'calendar-auto-schedule', 'calendar-managed-attachments'} <= set(features)


def test_delegates_in_one_question(people, exchange):
    """The Delegation tab: expand-property over the groups, and whom one may act for."""
    alice, bob = people['alice'], people['bob']
    exchange.share('bob', 'alice', 'Editor', link=1)
    r = bob.proppatch(bob.principal + 'calendar-proxy-write/', '<d:group-member-set><d:href>%s</d:href></d:group-member-set>' % alice.principal)
    assert r.status in (200, 207), r
    inner = '<d:property name="calendar-user-address-set" namespace="urn:ietf:params:xml:ns:caldav"/><d:property name="displayname"/><d:property name="email-address-set" namespace="http://calendarserver.org/ns/"/>'
    r = alice.report(alice.principal, '<d:expand-property %s>%s</d:expand-property>' % (DECL, ''.join(
        '<d:property name="calendar-proxy-%s-for" namespace="http://calendarserver.org/ns/">%s</d:property>' % (kind, inner) for kind in ('read', 'write'))), 0)
    [write] = r.entries[0].ok('cs:calendar-proxy-write-for').element
    assert write.findtext(q('d:href')) == bob.principal and 'mailto:bob@contoso.example' in [e.text for e in write.iter(q('d:href'))]
    # the delegate's calendars are read like one's own
    assert any(e.href == bob.calendar for e in alice.propfind(bob.home, ['d:resourcetype', 'd:displayname', 'cs:getctag'], 1).entries)


def said(client, path, prop):
    return client.propfind(path, [prop]).entries[0]


def test_working_hours_and_default_alarms(alice):
    """Calendar writes "Availability" to the inbox and the default alarms to the home."""
    inbox_path = alice.home + 'inbox/'
    for name in ('c:calendar-availability', 'cs:calendar-availability'):
        # working hours are Outlook's to set: refused in the answer, not by an error, and they stay
        shown = said(alice, inbox_path, name).text(name)
        r = alice.proppatch(inbox_path, '<{0}>{1}</{0}>'.format(name, HOURS.replace('\r', '&#13;')))
        assert r.entries[0].props[q(name)].status == 403 and b'cannot-modify-protected-property' in r.body, r
        assert 'BEGIN:VAVAILABILITY' in shown and said(alice, inbox_path, name).text(name) == shown
    for path in (alice.home, alice.calendar):
        for name in ('c:default-alarm-vevent-datetime', 'c:default-alarm-vevent-date'):
            assert alice.proppatch(path, '<{0}>{1}</{0}>'.format(name, ALARM)).status == 200
            assert said(alice, path, name).text(name) == ALARM.replace('&#13;', '\r')
    r = alice.proppatch(inbox_path, '<c:schedule-default-calendar-URL><d:href>%s</d:href></c:schedule-default-calendar-URL>' % alice.calendar)
    assert r.status == 200


# ---- the organizer ----

def test_invite_change_cancel(alice, bob, exchange):
    uid = str(uuid.uuid4()).upper()
    path, text = '%s%s.ics' % (alice.calendar, uid), meeting(uid, 'bob', 'carol')
    with mailed(exchange, uid) as mails:
        r = alice.put(path, text, **{'If-None-Match': '*'})
    assert r.status == 201 and mails == ['REQUEST bob carol']
    tag = r.header('Schedule-Tag')
    assert tag and alice.get(path).header('Schedule-Tag') == tag
    now = alice.get(path).text
    assert 'X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC' in now and param(attendee_line(now, 'bob'), 'EMAIL') == 'bob@contoso.example'
    assert alarms(now) == ['TRIGGER:-PT15M'] and 'X-WR-ALARMUID:0D6B' in now
    # while bob answers, a change with the schedule tag goes through, and does not take the answer back
    href, got = by_uid(bob, uid)
    assert bob.put(href, answer(got.text, 'bob', 'ACCEPTED'), **{'If-Schedule-Tag-Match': got.header('Schedule-Tag')}).status == 204
    with mailed(exchange, uid) as mails:
        r = alice.put(path, now.replace('TRIGGER:-PT15M', 'TRIGGER:-PT30M'), **{'If-Schedule-Tag-Match': tag})
    assert r.status == 204 and mails == [], r
    now = alice.get(path)
    assert partstat(now.text, 'bob') == 'ACCEPTED' and alarms(now.text) == ['TRIGGER:-PT30M']
    with mailed(exchange, uid) as mails:
        r = alice.put(path, now.text.replace('T100000', 'T140000').replace('T110000', 'T150000'), **{'If-Schedule-Tag-Match': now.header('Schedule-Tag')})
    assert r.status == 204 and mails == ['REQUEST bob carol']
    assert alice.put(path, text, **{'If-Schedule-Tag-Match': tag}).status == 412
    with mailed(exchange, uid) as mails:
        assert alice.delete(path, **{'If-Schedule-Tag-Match': r.header('Schedule-Tag')}).status == 204
    assert mails == ['CANCEL bob carol']


@pytest.mark.parametrize('form', ['/dav/principals/alice@contoso.example/', '/dav/principals/alice%40contoso.example/', '/principals/users/alice@contoso.example/',
                                  '{base}/dav/principals/alice@contoso.example/', 'MAILTO:Alice@Contoso.Example'])
def test_organizer_by_any_of_its_addresses(alice, bob, exchange, uid, form):
    """macOS and iOS have been seen to take the principal's URL out of calendar-user-address-set for the ORGANIZER, without an EMAIL beside it."""
    form = form.format(base=alice.base)
    me = 'ORGANIZER;CN="Alice":' + form, 'ATTENDEE;CN="Alice";CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=CHAIR:' + form
    text = meeting(uid, 'bob', organizer=me[0]).replace(person('ATTENDEE', 'alice', CUTYPE='INDIVIDUAL', PARTSTAT='ACCEPTED', ROLE='CHAIR'), me[1])
    path = '%s%s.ics' % (alice.calendar, uid)
    with mailed(exchange, uid) as mails:
        r = alice.put(path, text)
    assert r.status == 201 and mails == ['REQUEST bob'], (r, mails)
    seen = by_uid(bob, uid)[1].text
    assert value(seen, 'ORGANIZER') == 'mailto:alice@contoso.example'
    now = alice.get(path).text
    assert re.search('^ORGANIZER[^\r\n]*' + re.escape(form) + '\r', unfold(now), re.M) or value(now, 'ORGANIZER').lower() == 'mailto:alice@contoso.example'
    # written back as it was read: nothing is new
    with mailed(exchange, uid) as mails:
        assert alice.put(path, now).status == 204
        assert alice.put(path, text).status == 204
    assert mails == []
    with mailed(exchange, uid) as mails:
        assert alice.delete(path).status == 204
    assert mails == ['CANCEL bob']


def test_attendee_by_the_url_of_a_principal(alice, bob, exchange, uid):
    """Chosen out of a principal search."""
    text = meeting(uid, extra=['ATTENDEE;CN="Bob";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:' + bob.principal])
    with mailed(exchange, uid) as mails:
        assert alice.put('%s%s.ics' % (alice.calendar, uid), text).status == 201
    assert mails == ['REQUEST bob']
    href, got = by_uid(bob, uid)
    assert partstat(got.text, 'bob') == 'NEEDS-ACTION'
    assert bob.put(href, answer(got.text, 'bob', 'DECLINED')).status == 204
    now = unfold(alice.get('%s%s.ics' % (alice.calendar, uid)).text)
    assert re.search('^ATTENDEE[^\r\n]*PARTSTAT=DECLINED[^\r\n]*bob', now, re.M), now


def test_a_room_with_its_times(alice, exchange, uid):
    """Location search: a room is found, its time is asked without Originator and Recipient, it is booked."""
    r = alice.report('/dav/principals/', '<cs:calendarserver-principal-search %s context="location"><cs:search-token>room</cs:search-token><d:prop>'
                     '<d:displayname/><c:calendar-user-address-set/><c:calendar-user-type/></d:prop></cs:calendarserver-principal-search>' % DECL, 0)
    rooms = {e.href: e for e in r.entries}
    room = next(e for e in rooms.values() if 'mailto:room1@contoso.example' in e.ok('c:calendar-user-address-set').hrefs)
    assert room.text('c:calendar-user-type') == 'ROOM'
    ask = '\r\n'.join(['BEGIN:VCALENDAR', 'CALSCALE:GREGORIAN', 'VERSION:2.0', 'METHOD:REQUEST', 'PRODID:-//Apple Inc.//macOS 15.3//EN', 'BEGIN:VFREEBUSY', 'UID:' + uid,
                       'DTEND:20270303T000000Z', 'ATTENDEE:mailto:room1@contoso.example', 'ATTENDEE:mailto:bob@contoso.example', 'DTSTART:20270302T000000Z',
                       'X-CALENDARSERVER-MASK-UID:' + uid, 'DTSTAMP:20270101T000000Z', 'ORGANIZER:mailto:alice@contoso.example', 'END:VFREEBUSY', 'END:VCALENDAR', ''])
    busy = lambda: {row.findtext(q('c:recipient') + '/' + q('d:href')): (row.findtext(q('c:request-status')), unfold(row.findtext(q('c:calendar-data')) or ''))
                    for row in alice.request('POST', alice.home + 'outbox/', ask).xml}
    before = busy()
    assert all(status.startswith('2.0') for status, _ in before.values()) and 'FBTYPE=BUSY' not in before['mailto:room1@contoso.example'][1]
    text = meeting(uid, 'bob', extra=['LOCATION:Room 1', person('ATTENDEE', 'room1', CUTYPE='ROOM', PARTSTAT='NEEDS-ACTION', ROLE='REQ-PARTICIPANT', RSVP='TRUE')])
    path = '%s%s.ics' % (alice.calendar, uid)
    assert alice.put(path, text).status == 201
    assert partstat(alice.get(path).text, 'room1') == 'ACCEPTED'
    after = busy()
    assert '20270302T090000Z/20270302T100000Z' in after['mailto:room1@contoso.example'][1] and '20270302T090000Z/20270302T100000Z' in after['mailto:bob@contoso.example'][1]


def test_a_file_for_everybody(alice, bob, exchange, uid):
    path = '%s%s.ics' % (alice.calendar, uid)
    assert alice.put(path, meeting(uid, 'bob')).status == 201
    with mailed(exchange, uid) as mails:
        r = alice.request('POST', path + '?action=attachment-add', b'%PDF-1.4 agenda', {
            'Content-Type': 'application/pdf', 'Content-Disposition': 'attachment;filename="Agenda.pdf"', 'Prefer': 'return=representation'})
    assert r.status == 201 and r.header('Cal-Managed-ID') and mails == ['REQUEST bob'], r
    [line] = re.findall('^ATTACH;[^\r\n]*MANAGED-ID[^\r\n]*', unfold(alice.get(path).text), re.M)
    assert 'FILENAME=Agenda.pdf' in line and 'FMTTYPE=application/pdf' in line
    theirs = by_uid(bob, uid)[1].text
    [url] = re.findall('^ATTACH;[^\r\n]*:(http[^\r\n]*)', unfold(theirs), re.M)
    assert bob.get(url[len(bob.base):]).body == b'%PDF-1.4 agenda'


# ---- the attendee ----

@pytest.mark.parametrize('status', ['ACCEPTED', 'TENTATIVE', 'DECLINED'])
def test_from_the_inbox(alice, bob, exchange, uid, status):
    """An invitation arrives; the event is answered in the calendar by its schedule tag, the message is taken out of the inbox."""
    assert inbox(bob) == {}
    before = bob.propfind(bob.home + 'inbox/', ['cs:getctag', 'd:sync-token']).entries[0]
    assert alice.put('%s%s.ics' % (alice.calendar, uid), meeting(uid, 'bob')).status == 201
    after = bob.propfind(bob.home + 'inbox/', ['cs:getctag', 'd:sync-token']).entries[0]
    assert before.text('cs:getctag') != after.text('cs:getctag')
    [(message, text)] = inbox(bob).items()
    assert value(text, 'METHOD') == 'REQUEST' and value(text, 'UID') == uid
    assert [e.href for e in bob.sync(bob.home + 'inbox/', before.text('d:sync-token')).entries] == [message]
    href, got = by_uid(bob, uid)
    assert partstat(got.text, 'bob') == 'NEEDS-ACTION' and got.header('Schedule-Tag')
    with mailed(exchange, uid, 'bob') as mails:
        r = bob.put(href, answer(got.text, 'bob', status, 'X-CALENDARSERVER-PRIVATE-COMMENT:Bringing cake', 'BEGIN:VALARM', 'ACTION:AUDIO', 'TRIGGER:-PT5M', 'UID:A1',
                                 'X-WR-ALARMUID:A1', 'ATTACH;VALUE=URI:Basso', 'END:VALARM'), **{'If-Schedule-Tag-Match': got.header('Schedule-Tag')})
        assert r.status == 204, r
        assert bob.delete(message).status in (204, 404)
    assert mails == ['REPLY alice'] and inbox(bob) == {}
    assert exchange.outbox()[-1]['response'] in ('Accept', 'Tentative', 'Decline')
    now = alice.get('%s%s.ics' % (alice.calendar, uid)).text
    assert partstat(now, 'bob') == status
    if status == 'DECLINED':
        # taken, by a tag of its own, and gone
        assert r.etag not in (None, got.etag) and bob.get(href).status == 404
        return
    mine = bob.get(href)
    assert partstat(mine.text, 'bob') == status and 'TRIGGER:-PT5M' in alarms(mine.text)
    with mailed(exchange, uid, 'bob') as mails:
        assert bob.put(href, mine.text.replace('TRIGGER:-PT5M', 'TRIGGER:-PT10M'), **{'If-Schedule-Tag-Match': mine.header('Schedule-Tag')}).status == 204
    assert mails == [] and 'TRIGGER:-PT10M' in alarms(bob.get(href).text)


def test_the_tag_of_a_meeting_that_has_moved(alice, bob, exchange, uid):
    """Answered by the tag of before the move: 412, nobody is mailed; Calendar reads it again and asks the person."""
    path = '%s%s.ics' % (alice.calendar, uid)
    assert alice.put(path, meeting(uid, 'bob')).status == 201
    href, got = by_uid(bob, uid)
    assert alice.put(path, alice.get(path).text.replace('T100000', 'T140000').replace('T110000', 'T150000')).status == 204
    with mailed(exchange, uid, 'bob') as mails:
        assert bob.put(href, answer(got.text, 'bob', 'ACCEPTED'), **{'If-Schedule-Tag-Match': got.header('Schedule-Tag')}).status == 412
    assert mails == [] and partstat(alice.get(path).text, 'bob') == 'NEEDS-ACTION'
    href, got = by_uid(bob, uid)
    assert value(got.text, 'DTSTART') == '20270302T140000'
    assert bob.put(href, answer(got.text, 'bob', 'ACCEPTED'), **{'If-Schedule-Tag-Match': got.header('Schedule-Tag')}).status == 204


def test_cancelled_while_one_was_away(alice, bob, uid):
    path = '%s%s.ics' % (alice.calendar, uid)
    assert alice.put(path, meeting(uid, 'bob')).status == 201
    href, got = by_uid(bob, uid)
    assert bob.put(href, answer(got.text, 'bob', 'ACCEPTED')).status == 204
    assert alice.delete(path).status == 204
    messages = {value(text, 'METHOD'): h for h, text in inbox(bob).items()}
    assert 'CANCEL' in messages
    now = bob.get(href)
    assert now.status == 404 or value(now.text, 'STATUS') == 'CANCELLED'
    assert bob.delete(messages['CANCEL']).status == 204
    assert bob.get(href).status == 404, 'taken away with the message, as Outlook does'
    assert bob.delete(href).status == 404


def test_nobody_is_mailed_where_the_client_says_so(alice, bob, exchange, uid):
    """Deleting with Schedule-Reply: F ("Delete and don't notify")."""
    assert alice.put('%s%s.ics' % (alice.calendar, uid), meeting(uid, 'bob')).status == 201
    href, _ = by_uid(bob, uid)
    with mailed(exchange, uid, 'bob') as mails:
        assert bob.delete(href, **{'Schedule-Reply': 'F'}).status == 204
    assert mails == [] and Outlook(exchange, 'bob').find('Plan') is None
