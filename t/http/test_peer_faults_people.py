# SPDX-License-Identifier: Apache-2.0
"""Faults that other gateways are known for, about other people: each must not happen here."""
import pytest

from dav import DECL, Client
from ical import unfold
from outlook import Outlook
from test_directory import names, search
from test_freebusy import QUERY, Reply, ask, calls, people


@pytest.fixture
def fresh(make_gateway, lab):
    lab.reset()
    gateway = make_gateway()
    assert Reply(ask(Client(gateway.url, 'alice'), ['erin@contoso.example']))  # signed in, the version known
    lab.reset_calls()
    yield gateway
    lab.default_settings()


def test_working_elsewhere_drops_nobody(fresh, lab):
    """Digit 4 made the attendee vanish from the answer."""
    Outlook(lab, 'bob').create('home', inner='<t:LegacyFreeBusyStatus>WorkingElsewhere</t:LegacyFreeBusyStatus>')
    reply = Reply(ask(Client(fresh.url, 'alice'), ['bob@contoso.example', 'carol@contoso.example', 'team@contoso.example']))
    assert list(reply.rows) == ['bob@contoso.example', 'carol@contoso.example', 'team@contoso.example']
    assert {status for status, _ in reply.rows.values()} == {'2.0;Success'}
    for who in ('bob@contoso.example', 'team@contoso.example'):
        assert [p for k, p in reply.busy(who) if 'WORKINGELSEWHERE' in k] == ['20270302T100000Z/20270302T110000Z'], who


def test_not_one_call_per_attendee(fresh, lab):
    Reply(ask(Client(fresh.url, 'alice'), people(40)))
    assert calls(lab) == 1


def test_free_busy_query_is_no_list_of_events(fresh, lab):
    alice = Client(fresh.url, 'alice')
    Outlook(lab, 'alice').create('Words')
    for path, depth in ((alice.calendar, 1), (alice.home, 'infinity'), ('/dav/calendars/bob@contoso.example/', 'infinity')):
        r = alice.report(path, QUERY, depth)
        assert r.status == 200 and r.header('Content-Type').startswith('text/calendar')
        text = unfold(r.body.decode())
        assert text.count('BEGIN:VFREEBUSY') == 1 and 'VEVENT' not in text and 'Words' not in text


def test_rooms_and_others_are_found(fresh):
    alice = Client(fresh.url, 'alice')
    assert names(search(alice, ('c:calendar-user-type', 'ROOM'))) == ['room1', 'room2']
    assert names(search(alice, ('d:displayname', 'carol'))) == ['carol']
    home = search(alice, ('d:displayname', 'carol'), props='<c:calendar-home-set/>').entries[0].ok('c:calendar-home-set').hrefs[0]
    assert home == '/dav/calendars/carol@contoso.example/'


def test_a_time_zone_does_not_move_anybody(fresh, lab):
    """Times of the answer are instants, whatever zone the mailbox lives in and on which side of a change of the clock."""
    carol = Outlook(lab, 'carol')
    carol.create('before', '2027-03-28T00:30:00Z', '2027-03-28T01:30:00Z', zone='W. Europe Standard Time')
    carol.create('after', '2027-11-07T05:30:00Z', '2027-11-07T06:30:00Z', zone='Eastern Standard Time')
    alice = Client(fresh.url, 'alice')
    for day, period in (('20270328', '20270328T003000Z/20270328T013000Z'), ('20271107', '20271107T053000Z/20271107T063000Z')):
        reply = Reply(ask(alice, ['carol@contoso.example'], window='DTSTART:%sT000000Z\r\nDTEND:%sT230000Z\r\n' % (day, day)))
        assert [p for _, p in reply.busy('carol@contoso.example')] == [period]


def test_an_unknown_report_target_is_404_not_503(fresh):
    alice = Client(fresh.url, 'alice')
    assert alice.report('/dav/principals/nobody@contoso.example/', '<d:expand-property %s/>' % DECL, 0).status == 404
    assert alice.report('/dav/calendars/nobody@contoso.example/calendar/', QUERY, 1).status == 404
