# SPDX-License-Identifier: Apache-2.0
"""The scheduling inbox: what lies in the mailbox's Inbox as iTIP objects, how it is listed and synced, and what becomes
of the calendar when a message is taken out (RFC 6638 2.2, 4)."""
import re

import pytest
from dav import q
from desk import GENERATIONS, WEEKLY, Desk, answered, listed, occurrence, only, own, partstats
from ical import exdates, unfold, value


@pytest.fixture(scope='module', params=sorted(GENERATIONS))
def module_desk(request, lab):
    with Desk(lab, request.param) as desk:
        yield desk


@pytest.fixture
def desk(module_desk):
    module_desk.clear('alice', 'bob', 'carol')
    yield module_desk


@pytest.fixture
def bob(desk):
    return desk.client('bob')


@pytest.fixture
def alice(desk):
    return desk.client('alice')


def method(text):
    return value(unfold(text), 'METHOD')


def test_where_it_is(desk, bob):
    e = bob.propfind(bob.principal, ['c:schedule-inbox-URL', 'c:schedule-outbox-URL', 'c:calendar-user-address-set', 'c:calendar-user-type']).entries[0]
    assert e.ok('c:schedule-inbox-URL').hrefs == [bob.home + 'inbox/'] and e.ok('c:schedule-outbox-URL').hrefs == [bob.home + 'outbox/']
    assert 'mailto:bob@contoso.example' in e.ok('c:calendar-user-address-set').hrefs
    members = {e.href: e for e in bob.propfind(bob.home, ['d:resourcetype', 'd:current-user-privilege-set', 'd:displayname', 'cs:getctag', 'd:sync-token'], 1).entries}
    inbox, outbox = members[bob.home + 'inbox/'], members[bob.home + 'outbox/']
    assert set(inbox.ok('d:resourcetype').children) == {q('d:collection'), q('c:schedule-inbox')}
    assert set(outbox.ok('d:resourcetype').children) == {q('d:collection'), q('c:schedule-outbox')}
    grants = lambda e: {c.tag for p in e.ok('d:current-user-privilege-set').element for c in p}
    assert q('c:schedule-deliver') in grants(inbox) and q('c:schedule-send') not in grants(inbox) and q('d:bind') not in grants(inbox)
    assert {q('c:schedule-send'), q('c:schedule-send-invite'), q('c:schedule-send-reply'), q('c:schedule-send-freebusy')} <= grants(outbox)
    assert inbox.text('cs:getctag') and inbox.text('d:sync-token')
    e = bob.propfind(bob.home + 'inbox/', ['c:schedule-default-calendar-URL', 'c:calendar-free-busy-set', 'd:supported-report-set', 'c:supported-calendar-component-set']).entries[0]
    assert e.ok('c:schedule-default-calendar-URL').hrefs == [bob.home + 'calendar/'] and bob.home + 'calendar/' in e.ok('c:calendar-free-busy-set').hrefs


def test_the_default_calendar_stays(desk, bob):
    path = bob.home + 'inbox/'
    set_to = lambda href: bob.proppatch(path, '<c:schedule-default-calendar-URL xmlns:c="urn:ietf:params:xml:ns:caldav"><d:href xmlns:d="DAV:">%s</d:href>'
                                        '</c:schedule-default-calendar-URL>' % href)
    assert set_to(bob.home + 'calendar/').entries[0].props[q('c:schedule-default-calendar-URL')].status == 200
    r = set_to(bob.home + 'nowhere/')
    assert r.entries[0].props[q('c:schedule-default-calendar-URL')].status == 403 and 'valid-schedule-default-calendar-URL' in r.text
    r = bob.delete(bob.home + 'calendar/')
    assert r.status == 403 and r.condition == 'c:default-calendar-needed'


def test_an_invitation(desk, bob):
    assert not listed(bob, 'inbox')
    desk.invite('Plan')
    href, text = only(bob, 'inbox')
    assert method(text) == 'REQUEST' and value(unfold(text), 'SUMMARY') == 'Plan' and value(unfold(text), 'LOCATION') == 'Room 1'
    assert 'Bring the numbers' in value(unfold(text), 'DESCRIPTION') and 'mailto:alice@contoso.example' in unfold(text)
    assert partstats(text) == ['NEEDS-ACTION'] and 'RSVP=TRUE' in own(text)[0]
    [(event_href, event)] = listed(bob).items()
    assert value(unfold(event), 'UID') == value(unfold(text), 'UID') and value(unfold(event), 'STATUS') == 'TENTATIVE'
    one = bob.get(href)
    assert one.status == 200 and one.text == text and one.header('Content-Type').startswith('text/calendar')
    # the name and the tag stay as long as the message does
    assert only(bob, 'inbox')[0] == href and bob.get(href).etag == one.etag
    # taken out it is not answered
    desk.mails()
    assert bob.delete(href).status == 204 and desk.mails() == []
    assert not listed(bob, 'inbox') and partstats(only(bob)[1]) == ['NEEDS-ACTION']
    assert bob.get(href).status == 404 and bob.delete(href).status == 404


def test_nothing_is_put_into_it(desk, bob):
    desk.invite('Plan')
    href, text = only(bob, 'inbox')
    assert bob.put(href, text).status == 405 and bob.put(bob.home + 'inbox/new.ics', text).status == 405
    assert bob.request('MKCALENDAR', bob.home + 'inbox/').status == 405
    assert bob.delete(bob.home + 'inbox/').status == 405 and bob.delete(bob.home + 'outbox/').status == 405
    for how in ('COPY', 'MOVE'):
        assert bob.request(how, listed(bob).popitem()[0], None, {'Destination': bob.home + 'inbox/x.ics'}).status == 403
    assert desk.client('carol').get(href).status == 404


def test_an_answered_invitation_leaves_it(desk, bob):
    desk.invite('Plan')
    assert len(listed(bob, 'inbox')) == 1
    href, text = only(bob)
    assert bob.put(href, answered(text, 'ACCEPTED')).status == 204
    message = listed(bob, 'inbox')
    if message:  # Exchange keeps the request of a meeting that was answered in the calendar
        assert bob.delete(next(iter(message))).status == 204
    assert not listed(bob, 'inbox') and partstats(only(bob)[1]) == ['ACCEPTED']


@pytest.mark.parametrize('answer', ['ACCEPTED', 'DECLINED'])
def test_a_reply(desk, alice, bob, answer):
    desk.invite('Plan')
    href, text = only(bob)
    bob.put(href, answered(text, answer).replace('END:VEVENT', 'COMMENT:Why not\r\nEND:VEVENT', 1))
    href, reply = only(alice, 'inbox')
    assert method(reply) == 'REPLY' and value(unfold(reply), 'UID') == value(unfold(text), 'UID')
    assert partstats(reply) == [answer] and len([l for l in unfold(reply).split('\r\n') if l.startswith('ATTENDEE')]) == 1
    assert 'ORGANIZER' in reply and 'alice@contoso.example' in unfold(reply) and 'DTSTAMP:' in reply
    assert value(unfold(reply), 'COMMENT').strip() == 'Why not'
    # the organizer's own copy has counted it
    assert partstats(only(alice)[1]) == [answer]
    assert alice.delete(href).status == 204 and not listed(alice, 'inbox')
    assert partstats(only(alice)[1]) == [answer]


def test_a_reply_to_one_occurrence(desk, alice, bob):
    """Cyrus 4007: RECURRENCE-ID has the form of the organizer's DTSTART."""
    desk.invite('Weekly', inner=WEEKLY)
    href, text = only(bob)
    assert bob.put(href, occurrence(text, '20270316', 'TENTATIVE')).status == 204
    _, reply = only(alice, 'inbox')
    mine = unfold(only(alice)[1])
    [line] = [l for l in unfold(reply).split('\r\n') if l.startswith('RECURRENCE-ID')]
    start, *_ = [l for l in mine[mine.index('BEGIN:VEVENT'):].split('\r\n') if l.startswith('DTSTART')]
    assert line.split(':')[0].replace('RECURRENCE-ID', 'DTSTART') == start.split(':')[0] and line.endswith(':20270316T110000'), (line, start)
    assert 'BEGIN:VTIMEZONE' in reply and partstats(reply) == ['TENTATIVE']


def test_another_time_arrives(desk, alice, bob):
    if desk.generation in ('2007_SP1', '2010_SP2'):
        pytest.skip('this generation of Exchange knows no proposals in EWS')
    desk.invite('Plan')
    _, text = only(bob)
    proposal = unfold(answered(text, 'TENTATIVE')).replace('VERSION:2.0', 'VERSION:2.0\r\nMETHOD:COUNTER').replace('T110000', 'T130000').replace('T120000', 'T140000')
    assert bob.request('POST', bob.home + 'outbox/', proposal, {'Content-Type': 'text/calendar'}).status == 200
    _, message = only(alice, 'inbox')
    assert method(message) == 'COUNTER' and re.search(r'\r\nDTSTART;TZID=[^:]+:20270302T130000', unfold(message)) and partstats(message) == ['TENTATIVE'], message


def test_a_cancellation(desk, bob):
    meeting = desk.invite('Plan')
    href, text = only(bob)
    bob.put(href, answered(text, 'ACCEPTED'))
    for h in listed(bob, 'inbox'):
        bob.delete(h)
    desk.cancel(meeting)
    desk.mails()
    href, text = only(bob, 'inbox')
    assert method(text) == 'CANCEL' and value(unfold(text), 'STATUS') == 'CANCELLED' and 'mailto:alice@contoso.example' in unfold(text)
    assert len(own(text)) == 1
    assert value(unfold(only(bob)[1]), 'STATUS') == 'CANCELLED'
    # with the message the meeting leaves
    assert bob.delete(href).status == 204
    assert not listed(bob, 'inbox') and not listed(bob) and desk.mails() == []


def test_one_occurrence_cancelled(desk, bob):
    meeting = desk.invite('Weekly', inner=WEEKLY)
    for h in listed(bob, 'inbox'):
        bob.delete(h)
    desk.cancel((meeting, 2))
    href, text = only(bob, 'inbox')
    assert method(text) == 'CANCEL' and 'RECURRENCE-ID;TZID=' in unfold(text) and ':20270309T110000' in unfold(text), text
    assert bob.delete(href).status == 204
    assert [e[:8] for e in exdates(only(bob)[1])] == ['20270309'] and not listed(bob, 'inbox')


def test_reports(desk, bob):
    path = bob.home + 'inbox/'
    first = bob.sync(path)
    assert first.status == 207 and not [e for e in first.entries if e.href != path]
    desk.invite('Plan')
    second = bob.sync(path, first.sync_token)
    [href] = [e.href for e in second.entries]
    assert [e.href for e in bob.query(path).entries] == [href]
    assert not bob.query(path, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VTODO"/></c:comp-filter>').entries
    ctag = lambda: bob.propfind(path, ['cs:getctag']).entries[0].text('cs:getctag')
    before = ctag()
    assert ctag() == before
    bob.delete(href)
    assert ctag() != before
    [gone] = bob.sync(path, second.sync_token).entries
    assert gone.href == href and gone.status == 404
    assert bob.sync(path, 'data:,bad').status == 403


def test_what_it_costs(desk, bob):
    path = bob.home + 'inbox/'
    desk.invite('Plan')
    listed(bob, 'inbox')
    token = bob.sync(path).sync_token
    desk.calls()
    bob.sync(path, token)
    assert desk.calls() == {'FindItem': 1}
    listed(bob, 'inbox')
    assert desk.calls() == {'FindItem': 2} or desk.calls() == {}  # the listing, and the multiget when its log is not of this minute
    href, text = only(bob)
    desk.calls()
    bob.put(href, answered(text, 'ACCEPTED'))
    # the look at the calendar, the client's text, the answer, the new change key, the meeting as it is now
    assert desk.calls() == {'SyncFolderItems': 1, 'UpdateItem': 1, 'CreateItem': 1, 'GetItem': 2}
    assert bob.get(href).status == 200 and desk.calls() == {'SyncFolderItems': 1}


def test_fresh_for_a_while(lab, desk):
    with Desk(lab, desk.generation, location='ExchangeFreshness 60s') as slow:
        bob = slow.client('bob')
        slow.invite('Plan')
        assert len(listed(bob, 'inbox')) == 1
        slow.calls()
        for _ in range(3):
            listed(bob, 'inbox')
        assert slow.calls() == {}


# ---- where Exchange does not work on messages by itself ----

def test_an_invitation_that_only_waits(desk, bob):
    """The calendar attendant is off: the client's PUT answers the message in the Inbox."""
    desk.settings(calendar_attendant=False)
    meeting = desk.invite('Plan')
    assert not listed(bob)
    _, message = only(bob, 'inbox')
    desk.mails()
    text = unfold(answered(message, 'ACCEPTED')).replace('METHOD:REQUEST\r\n', '').replace('END:VEVENT', 'X-MINE:1\r\nEND:VEVENT', 1)
    r = bob.put(bob.home + 'calendar/mine.ics', text, **{'If-None-Match': '*'})
    assert r.status == 201, r
    assert desk.mails() == [('bob', ['alice'], 'REPLY', 'Accept')]
    href, now = only(bob)
    assert href.endswith('/mine.ics') and partstats(now) == ['ACCEPTED'] and value(unfold(now), 'X-MINE') == '1'
    assert not listed(bob, 'inbox')
    href, now = only(bob)
    assert href.endswith('/mine.ics')


def test_a_cancellation_that_only_waits(desk, bob):
    meeting = desk.invite('Plan')
    href, text = only(bob)
    bob.put(href, answered(text, 'ACCEPTED'))
    for h in listed(bob, 'inbox'):
        bob.delete(h)
    desk.settings(calendar_attendant=False)
    desk.cancel(meeting)
    assert value(unfold(only(bob)[1]), 'STATUS') == 'CONFIRMED'
    listed(bob, 'inbox')
    assert not listed(bob, 'inbox') and not listed(bob)


# ---- from outside ----

REQUEST = '''BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Partner//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:outside-%s@partner.example
DTSTAMP:20270201T080000Z
DTSTART:20270302T100000Z
DTEND:20270302T110000Z
SEQUENCE:0
SUMMARY:From outside
ORGANIZER;CN=Eve:mailto:eve@partner.example
ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:mailto:bob@contoso.example
ATTENDEE;PARTSTAT=ACCEPTED:mailto:eve@partner.example
END:VEVENT
END:VCALENDAR
'''


def test_somebody_outside_invites(desk, bob):
    desk.deliver('bob', 'eve@partner.example', REQUEST % desk.generation, 'REQUEST')
    _, message = only(bob, 'inbox')
    assert method(message) == 'REQUEST' and 'eve@partner.example' in unfold(message)
    href, text = only(bob)
    assert value(unfold(text), 'UID') == 'outside-%s@partner.example' % desk.generation
    desk.mails()
    assert bob.put(href, answered(text, 'TENTATIVE')).status == 204
    assert desk.mails() == [('bob', ['eve@partner.example'], 'REPLY', 'Tentative')]
    cancel = (REQUEST % desk.generation).replace('METHOD:REQUEST', 'METHOD:CANCEL').replace('SEQUENCE:0', 'SEQUENCE:1\nSTATUS:CANCELLED')
    desk.deliver('bob', 'eve@partner.example', cancel, 'CANCEL')
    assert value(unfold(only(bob)[1]), 'STATUS') == 'CANCELLED'
    assert bob.delete(only(bob)[0]).status == 204 and desk.mails() == [] and not listed(bob)


# ---- faults midway ----

@pytest.mark.parametrize('kind', ['503', 'ErrorInternalServerTransientError'])
def test_an_answer_that_fails_leaves_nothing(desk, bob, kind):
    meeting = desk.invite('Plan')
    href, text = only(bob)
    desk.mails()
    mine = answered(text, 'ACCEPTED').replace('END:VEVENT', 'X-MINE:1\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT41M\r\nEND:VALARM\r\nEND:VEVENT', 1)
    desk.settings(faults=[{'operation': 'CreateItem', 'kind': kind, 'times': 1}])
    r = bob.put(href, mine)
    assert r.status == 503, r
    desk.settings(faults=[])
    assert desk.mails() == [] and desk.tracked(meeting) != 'Accept'
    now = only(bob)[1]
    assert partstats(now) == ['NEEDS-ACTION'] and 'X-MINE' not in now and '-PT41M' not in now
    assert bob.put(href, mine).status == 204
    assert desk.mails() == [('bob', ['alice'], 'REPLY', 'Accept')] and '-PT41M' in only(bob)[1]


def test_an_answer_whose_outcome_is_lost(desk, bob):
    meeting = desk.invite('Plan')
    href, text = only(bob)
    desk.mails()
    desk.settings(faults=[{'operation': 'CreateItem', 'kind': 'truncate', 'times': 1}])
    assert bob.put(href, answered(text, 'ACCEPTED')).status == 204
    desk.settings(faults=[])
    assert desk.mails() == [('bob', ['alice'], 'REPLY', 'Accept')] and partstats(only(bob)[1]) == ['ACCEPTED']
