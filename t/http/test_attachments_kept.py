# SPDX-License-Identifier: Apache-2.0
"""Files survive: copies and moves, other people's calendars, rules that change, failures midway, lost answers."""
import base64

import pytest
from attached import add, attached, daily, fetch, in_exchange, inline
from dav import Client, event
from ical import unfold
from outlook import Outlook


@pytest.fixture
def outlook(lab):
    yield Outlook(lab)
    lab.faults()


@pytest.fixture
def owner(gateway):
    """Somebody whose calendar no other test shares."""
    return Client(gateway.url, 'user41')


def test_a_shared_calendar_keeps_its_files(alice, owner, lab, uid):
    lab.share(owner.user, 'alice', 'Editor')
    try:
        path, title = owner.calendar + uid + '.ics', 'Shared ' + uid
        assert alice.put(path, event(uid, title, extra=inline(b'theirs'))).status == 201
        got = alice.get(path)
        [(_, url)] = attached(got.text)
        assert fetch(alice, url).body == b'theirs'
        assert alice.put(path, got.text.replace(title, 'Renamed ' + uid)).status == 204
        assert in_exchange(Outlook(lab, owner.user), 'Renamed ' + uid) == {'plan.txt': b'theirs'}
        [(_, url)] = attached(alice.get(path).text)
        assert fetch(alice, url).body == b'theirs'
        # and into a calendar of one's own, and back there
        mine = alice.calendar + 'mine-' + uid + '.ics'
        assert alice.put(mine, unfold(alice.get(path).text)).status == 201
        assert alice.delete(path).status == 204
        assert in_exchange(Outlook(lab), 'Renamed ' + uid) == {'plan.txt': b'theirs'}
        assert alice.put(path, unfold(alice.get(mine).text)).status == 201
        assert alice.delete(mine).status == 204
        assert in_exchange(Outlook(lab, owner.user), 'Renamed ' + uid) == {'plan.txt': b'theirs'}
    finally:
        lab.share(owner.user, 'alice', 'None')


def test_a_private_events_files_are_hidden(alice, owner, lab, uid):
    path = owner.calendar + uid + '.ics'
    assert owner.put(path, event(uid, 'Private ' + uid, extra='CLASS:PRIVATE\n' + inline(b'secret', 'divorce.txt'))).status == 201
    [(params, url)] = attached(owner.get(path).text)
    lab.share(owner.user, 'alice', 'Editor')
    try:
        r = alice.get(path)
        assert r.status == 200 and b'divorce' not in r.body and b'ATTACH' not in r.body, r
        assert alice.get(url[len(owner.base):]).status in (403, 404)
        mine = alice.calendar + uid + '.ics'
        assert alice.put(mine, event(uid, 'Mine', extra='ATTACH:' + url)).status == 201
        assert [u for _, u in attached(alice.get(mine).text)] == [url], 'it stays a link'
    finally:
        lab.share(owner.user, 'alice', 'None')


def test_copy_and_move(alice, cal, outlook, uid):
    path = alice.calendar + uid + '.ics'
    assert alice.put(path, event(uid, 'Travels ' + uid, extra=inline(b'along'))).status == 201
    assert alice.request('COPY', path, None, {'Destination': cal + uid + '.ics'}).status == 201
    [(_, url)] = attached(alice.get(cal + uid + '.ics').text)
    assert cal in url and fetch(alice, url).body == b'along'
    assert alice.delete(path).status == 204
    assert fetch(alice, url).body == b'along'
    assert alice.request('MOVE', cal + uid + '.ics', None, {'Destination': path}).status == 201
    [(_, url)] = attached(alice.get(path).text)
    assert path in url and fetch(alice, url).body == b'along'


def test_moved_by_put_and_delete_within_a_home(alice, cal, outlook, uid):
    path = alice.calendar + uid + '.ics'
    assert alice.put(path, daily(uid, 'Moved ' + uid, extra=inline(b'all', 'all.txt'), own=inline(b'one', 'one.txt'))).status == 201
    other = cal + uid + '.ics'
    assert alice.put(other, alice.get(path).text).status == 201
    assert alice.delete(path).status == 204
    assert {p['FILENAME']: fetch(alice, u).body for p, u in attached(alice.get(other).text)} == {'all.txt': b'all', 'one.txt': b'one'}


@pytest.mark.parametrize('change', [('COUNT=6', 'COUNT=8'), ('T100000', 'T103000'), ('T110000', 'T113000'), ('20270301T', '20270302T')])
def test_an_exception_keeps_its_file_when_the_series_changes(alice, outlook, uid, change):
    path, title = alice.calendar + uid + '.ics', 'Series ' + uid
    assert alice.put(path, daily(uid, title, extra=inline(b'all', 'all.txt'), own='LOCATION:there\n' + inline(b'one', 'one.txt'))).status == 201
    got = unfold(alice.get(path).text)
    assert alice.put(path, got.replace(*change)).status == 204
    index = 2 if '20270302T' in change else 3
    assert in_exchange(outlook, title) == {'all.txt': b'all'}
    assert in_exchange(outlook, title, index)['one.txt'] == b'one'
    text = alice.get(path).text
    assert sorted({(p['FILENAME'], fetch(alice, u).body) for p, u in attached(text)}) == [('all.txt', b'all'), ('one.txt', b'one')]
    # twice the same change of mind
    assert alice.put(path, unfold(text).replace(change[1], change[0])).status == 204
    index = 3
    assert in_exchange(outlook, title, index)['one.txt'] == b'one' and in_exchange(outlook, title) == {'all.txt': b'all'}


def test_the_same_file_once_more_is_no_second_one(alice, outlook, uid):
    path, title = alice.calendar + uid + '.ics', 'Same ' + uid
    assert alice.put(path, event(uid, title)).status == 201
    first = add(alice, path, b'x', 'x.txt')
    second = add(alice, path, b'x', 'x.txt')
    assert (first.status, second.status) == (201, 201)
    assert len(attached(alice.get(path).text)) == 1 and in_exchange(outlook, title) == {'x.txt': b'x'}


def test_tasks_lose_no_content(alice, uid):
    """Outlook's tasks could hold files; as long as they do not here, a task with content inside is refused or kept whole."""
    path = alice.home + 'tasks/' + uid + '.ics'
    text = '\r\n'.join(['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//t//EN', 'BEGIN:VTODO', 'UID:' + uid, 'DTSTAMP:20270101T000000Z', 'SUMMARY:Task ' + uid,
                        inline(b'task'), 'END:VTODO', 'END:VCALENDAR', ''])
    r = alice.put(path, text)
    if r.status == 201:
        got = alice.get(path)
        [(params, url)] = attached(got.text)
        assert base64.b64decode(url) == b'task' if params.get('VALUE') == 'BINARY' else fetch(alice, url).body == b'task'
    else:
        assert r.status == 403 and alice.get(path).status == 404, r


def test_an_attendees_file_is_not_lost_in_silence(alice, bob, lab, uid):
    path, title = alice.calendar + uid + '.ics', 'Invited ' + uid
    people = 'ORGANIZER:mailto:alice@contoso.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:alice@contoso.example\nATTENDEE;RSVP=TRUE:mailto:bob@contoso.example\n'
    assert alice.put(path, event(uid, title, extra=people + inline(b'agenda'))).status == 201
    [theirs] = [e.href for e in bob.query(bob.calendar, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:prop-filter name="UID">'
                                          '<c:text-match>%s</c:text-match></c:prop-filter></c:comp-filter></c:comp-filter>' % uid).entries]
    got = bob.get(theirs)
    r = bob.put(theirs, unfold(got.text).replace('END:VEVENT', inline(b'mine', 'mine.txt') + '\r\nEND:VEVENT'))
    assert r.status == 403 and 'allowed-attendee-scheduling-object-change' in r.text, r
    # an answer whose text leaves out what it was told of takes nothing away
    text = '\r\n'.join(line for line in unfold(got.text).split('\r\n') if not line.startswith('ATTACH')).replace('PARTSTAT=NEEDS-ACTION', 'PARTSTAT=ACCEPTED')
    assert bob.put(theirs, text).status == 204
    assert in_exchange(Outlook(lab, 'bob'), title) == {'plan.txt': b'agenda'}
    assert len(attached(bob.get(theirs).text)) == 1
    # the message in the inbox names files that can be read
    for e in bob.propfind(bob.home + 'inbox/', ['d:getetag'], 1).entries:
        if e.href.endswith('.ics'):
            text = bob.get(e.href).text
            if uid in unfold(text):
                for _, url in attached(text):
                    assert fetch(bob, url).body == b'agenda'
    alice.delete(path)
