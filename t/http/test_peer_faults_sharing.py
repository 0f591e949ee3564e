# SPDX-License-Identifier: Apache-2.0
"""What other gateways and servers got wrong with other people's calendars: a test each (numbers are those of their issues)."""
import pytest
from dav import DECL, Client, event, q
from labserver import Lab

PEOPLE = 'ORGANIZER:mailto:%s@contoso.example\nATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:carol@contoso.example'


@pytest.fixture(scope='module')
def exchange():
    lab = Lab(auth='basic').start()
    yield lab
    lab.stop()


@pytest.fixture(scope='module')
def front(exchange):
    from gateway import Gateway
    g = Gateway(exchange.ews_url, location='ExchangeHomeFreshness 0')
    g.start()
    yield g
    crashed = g.crashes()
    g.remove()
    assert not crashed


@pytest.fixture
def people(exchange, front):
    exchange.reset()
    return {name: Client(front.url, name) for name in ('alice', 'bob', 'carol')}


def make_delegate(owner, who):
    r = owner.proppatch(owner.principal + 'calendar-proxy-write/', '<d:group-member-set><d:href>/dav/principals/%s@contoso.example/</d:href>'
                        '</d:group-member-set>' % who)
    assert r.status == 207 and b'200 OK' in r.body, r


def lines(text, *names):
    return [line for line in text.replace('\r\n ', '').split('\r\n') if line.startswith(names)]


def test_the_owner_of_a_shared_calendar_organises_its_meetings_419_495(people):
    alice, bob, carol = people['alice'], people['bob'], people['carol']
    make_delegate(alice, 'bob')
    assert bob.put(alice.calendar + 'm.ics', event('m', 'Review', extra=PEOPLE % 'alice')).status == 201
    for who in (alice, bob):
        organizer, = lines(who.get(alice.calendar + 'm.ics').text, 'ORGANIZER')
        assert 'alice@contoso.example' in organizer and 'bob@' not in organizer
    invited = [e.text('c:calendar-data') for e in carol.query(carol.calendar).entries]
    assert len(invited) == 1 and 'alice@contoso.example' in lines(invited[0], 'ORGANIZER')[0]
    # who signed in is not the organizer: said so, not silently stored as a meeting to which nobody is invited
    r = bob.put(alice.calendar + 'n.ics', event('n', 'Review', extra=PEOPLE % 'bob'))
    assert r.status == 403 and r.condition == 'c:organizer-allowed' and b'alice@contoso.example' in r.body, r
    assert bob.get(alice.calendar + 'n.ics').status == 404


def test_an_event_without_people_gets_none_419(people, exchange):
    alice, bob = people['alice'], people['bob']
    exchange.share('alice', 'bob', 'Editor')
    assert bob.put(alice.calendar + 'e.ics', event('e', 'Plain')).status == 201
    for who in (alice, bob):
        assert not lines(who.get(alice.calendar + 'e.ics').text, 'ORGANIZER', 'ATTENDEE')


def test_inviting_takes_a_delegate_and_is_refused_whole_495(people, exchange):
    alice, bob, carol = people['alice'], people['bob'], people['carol']
    exchange.share('alice', 'bob', 'Editor')
    r = bob.put(alice.calendar + 'm.ics', event('m', 'Review', extra=PEOPLE % 'alice'))
    assert r.status == 403 and r.condition == 'd:need-privileges', r
    assert bob.get(alice.calendar + 'm.ics').status == 404 and carol.query(carol.calendar).entries == []


def test_others_calendars_are_found_by_their_address_34_70(people, exchange):
    alice, bob = people['alice'], people['bob']
    assert alice.request('MKCALENDAR', alice.home + 'Project%20X/').status == 201
    alice.put(alice.home + 'Project%20X/p.ics', event('p', 'Plan'))
    exchange.share('alice', 'bob', 'Reviewer')
    exchange.share('alice', 'bob', 'Reviewer', folder='Project X')
    listed = bob.propfind(alice.home, ['d:displayname', 'd:resourcetype', 'd:current-user-privilege-set'], 1).by_href
    assert {alice.calendar, alice.home + 'Project%20X/'} <= set(listed)
    assert 'Plan' in bob.get(alice.home + 'Project%20X/p.ics').text
    # in the layout that clients of the other gateway have configured, too
    assert bob.propfind('/users/alice@contoso.example/calendar/', ['d:displayname']).entries[0].href == '/users/alice@contoso.example/calendar/'
    assert 'Plan' in bob.get('/users/alice%40contoso.example/Project%20X/p.ics').text
    assert bob.propfind('/dav/calendars/ALICE@Contoso.Example/calendar/').status == 207


def test_rooms_have_calendars_312(people, exchange):
    bob = people['bob']
    room = '/dav/calendars/room1@contoso.example/calendar/'
    exchange.share('room1', 'default', 'FreeBusyTimeOnly')
    assert bob.propfind(room, ['d:displayname']).status == 207
    busy = bob.report(room, '<c:free-busy-query %s><c:time-range start="20270301T000000Z" end="20270302T000000Z"/></c:free-busy-query>' % DECL, 1)
    assert busy.status == 200 and 'VFREEBUSY' in busy.text
    exchange.share('room1', 'bob', 'Reviewer')
    assert bob.sync(room).status == 207
    exchange.share('room1', 'default', 'FreeBusyTimeOnly')


def test_one_closed_calendar_does_not_end_the_listing(people, exchange):
    """A bare refusal among the members makes clients give up the whole account."""
    alice, bob = people['alice'], people['bob']
    alice.request('MKCALENDAR', alice.home + 'closed/')
    exchange.share('alice', 'bob', 'Contributor')
    home = bob.propfind(alice.home, ['d:displayname', 'cs:getctag', 'd:current-user-privilege-set'], 1)
    assert home.status == 207 and all(e.status is None and e.ok('d:current-user-privilege-set') for e in home.entries)
    assert home.by_href[alice.calendar].props[q('cs:getctag')].status == 403


def test_under_impersonation_the_caller_is_who_asks(make_gateway, exchange, tmp_path):
    """The service account may do everything everywhere; through it, a user may do no more than he himself."""
    alice, bob = 'alice', 'bob'
    exchange.reset()
    exchange.share(alice, 'default', 'None')
    secret = tmp_path / 'service'
    secret.write_text('excal\n')
    secret.chmod(0o600)
    users = tmp_path / 'users'
    users.write_text('alice:{SHA}' + sha('excal') + '\nbob:{SHA}' + sha('excal') + '\n')
    users.chmod(0o644)
    tmp_path.chmod(0o755)
    g = make_gateway(exchange=exchange.ews_url, location='AuthBasicProvider file\nAuthUserFile %s\nExchangeImpersonation On\nExchangeServiceAccount svc %s\n'
                     'ExchangeHomeFreshness 0' % (users, secret))
    hers, him = Client(g.url, alice), Client(g.url, bob)
    assert hers.put(hers.calendar + 'a.ics', event('a', 'Secret')).status == 201
    r = him.get(hers.calendar + 'a.ics')
    assert r.status == 404 and b'Secret' not in r.body
    exchange.share(alice, bob, 'Reviewer')
    assert 'Secret' in him.get(hers.calendar + 'a.ics').text and him.put(hers.calendar + 'b.ics', event('b')).status == 403


def sha(text):
    import base64
    import hashlib
    return base64.b64encode(hashlib.sha1(text.encode()).digest()).decode()
