# SPDX-License-Identifier: Apache-2.0
"""People, rooms and lists of Exchange's directory as principals: found, described, and nothing told beyond the directory."""
import pytest

from dav import DECL, Client, event, q
from test_freebusy import Reply, ask

BOB, ROOM, TEAM = ('/dav/principals/%s@contoso.example/' % n for n in ('bob', 'room1', 'team'))


@pytest.fixture
def fresh(make_gateway, lab):
    lab.reset()
    gateway = make_gateway()
    alice = Client(gateway.url, 'alice')
    assert alice.propfind('/dav/', ['d:current-user-principal']).status == 207  # signing in asks for one's own address
    lab.reset_calls()
    yield gateway
    lab.default_settings()


@pytest.fixture
def alice(fresh):
    return Client(fresh.url, 'alice')


def search(client, *conditions, test='', limit='', path='/dav/principals/', props='<d:displayname/><c:calendar-user-type/><c:calendar-user-address-set/>'):
    """conditions: (property, text[, match-type])."""
    def one(prop, text, how='contains'):
        return '<d:property-search><d:prop><%s/></d:prop><d:match match-type="%s">%s</d:match></d:property-search>' % (prop, how, text)
    return client.report(path, '<d:principal-property-search %s%s>%s%s<d:prop>%s</d:prop></d:principal-property-search>' % (
        DECL, ' test="%s"' % test if test else '', ''.join(one(*c) for c in conditions), limit, props), 0)


def cs_search(client, *tokens, context='attendee', limit=''):
    return client.report('/dav/principals/', '<cs:calendarserver-principal-search %s context="%s">%s%s<d:prop><d:displayname/><cs:email-address-set/>'
                         '<c:calendar-user-type/></d:prop></cs:calendarserver-principal-search>' % (
                             DECL, context, ''.join('<cs:search-token>%s</cs:search-token>' % t for t in tokens), limit))


def names(answer):
    return sorted(e.href.split('/')[-2].split('@')[0] for e in answer.entries if e.status is None)


def calls(lab):
    return {k: v for k, v in lab.calls()['by_operation'].items() if k in ('ResolveNames', 'ExpandDL', 'GetRoomLists', 'GetRooms')}


# ---- principals ----

def test_a_person(alice, lab):
    r = alice.propfind(BOB, ['d:displayname', 'd:resourcetype', 'c:calendar-user-address-set', 'c:calendar-user-type', 'cs:email-address-set',
                             'c:calendar-home-set', 'd:principal-URL', 'cs:first-name', 'cs:last-name', 'd:owner', 'd:current-user-principal',
                             'c:schedule-inbox-URL', 'd:current-user-privilege-set', 'd:getetag'])
    e = r.entries[0]
    assert e.text('d:displayname') == 'Bob Brown' and (e.text('cs:first-name'), e.text('cs:last-name')) == ('Bob', 'Brown')
    assert q('d:principal') in e.ok('d:resourcetype').children
    assert e.ok('c:calendar-user-address-set').hrefs == ['mailto:bob@contoso.example', BOB]
    assert e.text('c:calendar-user-type') == 'INDIVIDUAL'
    assert e.ok('c:calendar-home-set').hrefs == ['/dav/calendars/bob@contoso.example/']
    assert e.ok('d:principal-URL').hrefs == [BOB] == e.ok('d:owner').hrefs
    assert e.ok('d:current-user-principal').hrefs == [alice.principal]
    assert not e.ok('c:schedule-inbox-URL') and not e.ok('d:getetag')
    privileges = [p[0].tag for p in e.ok('d:current-user-privilege-set').element]
    assert q('d:read') in privileges and q('d:write') not in privileges
    assert calls(lab)['ResolveNames'] == 1
    alice.propfind(BOB, ['d:displayname'])
    assert calls(lab)['ResolveNames'] == 1, 'who that is is remembered for a while'


def test_both_layouts_and_cases(alice):
    for path in ('/principals/users/bob@contoso.example/', '/dav/principals/Bob@Contoso.example/', '/dav/principals/bob%40contoso.example'):
        assert alice.propfind(path, ['d:displayname']).entries[0].text('d:displayname') == 'Bob Brown', path


@pytest.mark.parametrize('who', ['nobody@contoso.example', 'bob@elsewhere.example', 'bob', 'svc', 'b*', 'bo', '@', 'x' * 200, 'smtp:bob@contoso.example', "' or 1=1"])
def test_nobody(alice, who):
    from urllib.parse import quote
    path = '/dav/principals/%s/' % quote(who)
    for method in ('PROPFIND', 'GET', 'REPORT'):
        body = '<d:expand-property xmlns:d="DAV:"/>' if method == 'REPORT' else None
        assert alice.request(method, path, body, {'Depth': '0'}).status == 404, method


def test_others_cannot_be_changed(alice):
    r = alice.proppatch(BOB, set='<d:displayname>Robert</d:displayname>')
    assert r.status == 403 and r.condition == 'd:need-privileges'
    assert alice.proppatch(alice.principal, set='<x:note>mine</x:note>').status == 207
    assert b'mine' not in alice.propfind(BOB, ['x:note']).body
    assert b'mine' not in alice.propfind(BOB).body
    for method in ('PUT', 'DELETE', 'MKCALENDAR', 'MOVE'):
        assert alice.request(method, BOB, 'x' if method == 'PUT' else None).status == 405


def test_rooms_and_lists(alice, lab):
    e = alice.propfind(ROOM, ['d:displayname', 'c:calendar-user-type', 'c:calendar-home-set']).entries[0]
    assert e.text('c:calendar-user-type') == 'ROOM' and e.ok('c:calendar-home-set')
    e = alice.propfind(TEAM, ['d:displayname', 'c:calendar-user-type', 'c:calendar-home-set', 'd:group-member-set']).entries[0]
    assert e.text('c:calendar-user-type') == 'GROUP' and not e.ok('c:calendar-home-set')
    assert e.ok('d:group-member-set').hrefs == ['/dav/principals/%s@contoso.example/' % n for n in ('alice', 'bob', 'carol')]
    assert calls(lab) == {'ResolveNames': 2, 'ExpandDL': 1, 'GetRoomLists': 1, 'GetRooms': calls(lab)['GetRooms']}


def test_expand_into_members(alice, lab):
    r = alice.report(TEAM, '<d:expand-property %s><d:property name="group-member-set"><d:property name="displayname"/>'
                     '<d:property name="calendar-user-address-set" namespace="urn:ietf:params:xml:ns:caldav"/></d:property></d:expand-property>' % DECL, 0)
    text = r.body.decode()
    assert r.status == 207 and 'mailto:carol@contoso.example' in text and 'Bob' in text
    assert calls(lab)['ResolveNames'] == 1, 'members are told with the list'


# ---- searches ----

def test_search_by_name_and_address(alice, lab):
    assert names(search(alice, ('d:displayname', 'bob'))) == ['bob']
    assert names(search(alice, ('cs:last-name', 'Brown', 'starts-with'))) == ['bob']
    assert names(search(alice, ('cs:email-address-set', 'bob@contoso', 'starts-with'))) == ['bob']
    assert names(search(alice, ('c:calendar-user-address-set', 'mailto:bob@'))) == ['bob']
    assert names(search(alice, ('d:displayname', 'bob', 'equals'))) == []
    assert names(search(alice, ('d:displayname', 'Bob Brown', 'equals'))) == ['bob']
    assert names(search(alice, ('d:displayname', 'zzz'))) == []
    e = search(alice, ('d:displayname', 'bob')).entries[0]
    assert e.text('d:displayname') == 'Bob Brown' and e.ok('c:calendar-user-address-set').hrefs[0] == 'mailto:bob@contoso.example'


def test_search_tests(alice):
    assert names(search(alice, ('d:displayname', 'bob'), ('cs:email-address-set', 'carol'))) == []
    assert names(search(alice, ('d:displayname', 'bob'), ('cs:email-address-set', 'carol'), test='anyof')) == ['bob', 'carol']
    assert names(search(alice, ('cs:email-address-set', 'user'), ('cs:email-address-set', 'user07'), test='allof')) == ['user07']
    # where principals are not what is asked for
    assert names(search(alice, ('d:displayname', 'bob'), path=alice.home)) == []


def test_one_question_for_a_search(alice, lab):
    search(alice, ('cs:email-address-set', 'user1'))
    before = calls(lab)['ResolveNames']
    assert before == 1
    found = names(search(alice, ('cs:email-address-set', 'USER1')))
    assert found == ['user%d' % n for n in range(10, 20)]
    assert calls(lab)['ResolveNames'] == 1, 'the same search again is remembered'
    for name in found:
        alice.propfind('/dav/principals/%s@contoso.example/' % name, ['d:displayname'])
    assert calls(lab)['ResolveNames'] == 1, 'and so is who was found'


def test_limits(alice):
    r = search(alice, ('cs:email-address-set', 'user'), limit='<d:limit><d:nresults>3</d:nresults></d:limit>')
    assert len(names(r)) == 3 and r.by_href['/dav/principals/'].status == 507
    r = cs_search(alice, 'user', limit='<cs:limit><cs:nresults>4</cs:nresults></cs:limit>')
    assert len(names(r)) == 4


def test_rooms_are_found(alice, lab):
    assert names(search(alice, ('c:calendar-user-type', 'ROOM', 'equals'))) == ['room1', 'room2']
    assert calls(lab).get('ResolveNames', 0) == 0
    n = calls(lab)['GetRooms']
    assert names(search(alice, ('c:calendar-user-type', 'ROOM'), ('d:displayname', '1'))) == ['room1']
    assert names(cs_search(alice, context='location')) == ['room1', 'room2']
    assert names(cs_search(alice, 'room2', context='location')) == ['room2']
    assert calls(lab)['GetRooms'] == n and calls(lab)['GetRoomLists'] == 1, 'rooms are remembered'
    for e in search(alice, ('d:displayname', 'room')).entries:
        assert e.text('c:calendar-user-type') == 'ROOM'


def test_rooms_with_their_time(alice, fresh):
    """What a client does to book a room: find it, ask when it is busy."""
    address = search(alice, ('c:calendar-user-type', 'ROOM'), ('d:displayname', '1')).entries[0].ok('c:calendar-user-address-set').hrefs[0]
    assert Reply(ask(alice, [address.replace('mailto:', '')])).status('room1@contoso.example') == '2.0;Success'


def test_apple_searches(alice):
    assert names(cs_search(alice, 'bob')) == ['bob']
    assert names(cs_search(alice, 'bro', 'bob')) == ['bob']
    assert names(cs_search(alice, 'bob', 'carol')) == []
    assert names(cs_search(alice, 'team')) == ['team']
    assert names(cs_search(alice, 'team', context='group')) == ['team']
    assert names(cs_search(alice, 'team', context='user')) == []
    assert names(cs_search(alice, 'room', context='user')) == []
    assert names(cs_search(alice, 'alice')) == ['alice']
    e = cs_search(alice, 'bob').entries[0]
    assert [x.text for x in e.ok('cs:email-address-set').element] == ['bob@contoso.example']
    assert cs_search(alice).status == 400


def test_what_can_be_searched(alice):
    r = alice.report('/dav/principals/', '<d:principal-search-property-set xmlns:d="DAV:"/>')
    names_ = [e.tag for p in r.xml.iter(q('d:prop')) for e in p]
    for name in ('d:displayname', 'cs:first-name', 'cs:last-name', 'cs:email-address-set', 'c:calendar-user-address-set', 'c:calendar-user-type'):
        assert q(name) in names_
    announced = alice.request('OPTIONS', '/dav/principals/').header('DAV')
    assert announced.startswith('1, ') and 'calendarserver-principal-search' in announced
    reports = alice.propfind('/dav/principals/', ['d:supported-report-set']).entries[0].ok('d:supported-report-set').element
    assert reports.find('.//' + q('cs:calendarserver-principal-search')) is not None


def test_oneself_is_never_mistaken(alice):
    """The account's own principal keeps what is its own, found or asked for."""
    e = search(alice, ('d:displayname', 'alice'), props='<c:schedule-outbox-URL/><d:displayname/><c:calendar-home-set/>').by_href[alice.principal]
    assert e.ok('c:schedule-outbox-URL').hrefs == [alice.home + 'outbox/']
    r = alice.report('/dav/principals/', '<d:principal-match xmlns:d="DAV:"><d:self/></d:principal-match>', 0)
    assert names(r) == ['alice']


def test_the_oldest_generation_has_no_room_lists(make_gateway, lab):
    lab.settings(version='2007_SP1')
    lab.reset_calls()
    try:
        alice = Client(make_gateway().url, 'alice')
        assert names(search(alice, ('d:displayname', 'bob'))) == ['bob']
        assert names(search(alice, ('c:calendar-user-type', 'ROOM'))) == []
        assert names(search(alice, ('cs:email-address-set', 'room1'))) == ['room1'], 'it is somebody, if not known to be a room'
        assert not calls(lab).get('GetRoomLists')
    finally:
        lab.default_settings()


def test_exchange_is_away(alice, lab):
    assert names(search(alice, ('d:displayname', 'bob'))) == ['bob']
    lab.faults(dict(operation='ResolveNames', kind='503', times=1000))
    assert search(alice, ('d:displayname', 'carol')).status == 503
    lab.settings(faults=[])


def test_a_directory_that_fails_for_rooms_still_finds_people(alice, lab):
    lab.faults(dict(operation='GetRoomLists', kind='garbage', times=1000))
    try:
        assert names(search(alice, ('d:displayname', 'bob'))) == ['bob']
    finally:
        lab.settings(faults=[])


def test_a_room_is_booked_by_inviting_it(alice, lab):
    """Found by search, invited as what the search says it is, and busy from then on, until the meeting is no more."""
    address = search(alice, ('c:calendar-user-type', 'ROOM'), ('d:displayname', '1')).entries[0].ok('c:calendar-user-address-set').hrefs[0]
    path = alice.calendar + 'room-meeting.ics'
    r = alice.put(path, event('room-meeting', extra='ORGANIZER:mailto:alice@contoso.example\nATTENDEE;CUTYPE=ROOM:' + address))
    assert r.status == 201, r
    reply = Reply(ask(alice, ['room1@contoso.example']))
    assert [p for _, p in reply.busy('room1@contoso.example')] == ['20270302T100000Z/20270302T110000Z']
    assert alice.delete(path).status == 204
    assert Reply(ask(alice, ['room1@contoso.example'])).busy('room1@contoso.example') == []
