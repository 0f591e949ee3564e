# SPDX-License-Identifier: Apache-2.0
"""Other people's calendars, with the rights that Exchange grants and no others."""
import uuid

import pytest
from dav import DECL, Client, event
from outlook import EwsError, Outlook
from outlook_tasks import todo

PRIVATE = '<t:Sensitivity>Private</t:Sensitivity>'
SECRET = 'Merger with Fabrikam'
GENERATIONS = ['2019', '2010_SP2', '2007_SP1']  # of the fixture `exchange`


@pytest.fixture(scope='module')
def front(exchange):
    from gateway import Gateway
    g = Gateway(exchange.ews_url, location='ExchangeHomeFreshness 0')
    g.start()
    yield g
    log = g.error_log()
    crashed = g.crashes()
    g.remove()
    assert not crashed and SECRET not in log


@pytest.fixture
def people(exchange, front):
    exchange.reset()
    for owner in ('alice', 'bob', 'carol'):
        exchange.share(owner, 'default', 'None')
    return {name: Client(front.url, name) for name in ('alice', 'bob', 'carol')}


@pytest.fixture
def outlook(exchange):
    version = {'2019': 'Exchange2013_SP1', '2010_SP2': 'Exchange2010_SP2', '2007_SP1': 'Exchange2007_SP1'}[exchange.version]
    return lambda who: Outlook(exchange, who, version)


def privileges(client, path):
    entry = client.propfind(path, ['d:current-user-privilege-set']).entries[0]
    return {p.tag.split('}')[1] for p in entry.ok('d:current-user-privilege-set').element.iter() if p.getparent().tag == '{DAV:}privilege'}


LEVELS = {
    # level: read, create, change others' events, delete others' events
    'Reviewer': (1, 0, 0, 0), 'Author': (1, 1, 0, 0), 'NoneditingAuthor': (1, 1, 0, 0), 'Editor': (1, 1, 1, 1), 'PublishingEditor': (1, 1, 1, 1),
    'Owner': (1, 1, 1, 1),
}


@pytest.mark.parametrize('level', LEVELS)
def test_a_level_is_what_one_may_do(people, exchange, level):
    alice, bob = people['alice'], people['bob']
    read, create, change, remove = LEVELS[level]
    assert alice.put(alice.calendar + 'hers.ics', event('hers', 'Hers')).status == 201
    assert bob.propfind(alice.calendar).status == 404
    exchange.share('alice', 'bob', level)
    entry = bob.propfind(alice.calendar, ['d:displayname', 'd:owner', 'd:resourcetype', 'd:sync-token']).entries[0]
    assert entry.ok('d:owner').hrefs == [alice.principal] and entry.text('d:sync-token')
    got = bob.get(alice.calendar + 'hers.ics')
    assert got.status == 200 and 'SUMMARY:Hers' in got.text
    mine = bob.put(alice.calendar + 'mine.ics', event('mine', 'Mine'))
    assert mine.status == (201 if create else 403), mine
    if create:
        assert alice.get(alice.calendar + 'mine.ics').status == 200
        assert 'SUMMARY:Mine' in bob.get(alice.calendar + 'mine.ics').text
    else:
        assert mine.condition == 'd:need-privileges'
    changed = bob.put(alice.calendar + 'hers.ics', event('hers', 'Changed'))
    assert changed.status == (204 if change else 403), changed
    assert ('Changed' if change else 'Hers') in alice.get(alice.calendar + 'hers.ics').text
    gone = bob.delete(alice.calendar + 'hers.ics')
    assert gone.status == (204 if remove else 403), gone
    assert alice.get(alice.calendar + 'hers.ics').status == (404 if remove else 200)
    # what is announced is what is true: a client that sees a write privilege lets its user write
    said = privileges(bob, alice.calendar)
    assert ('read' in said, bool(said & {'write', 'write-content', 'write-properties', 'all'})) == (bool(read), bool(create)), said
    assert ('write' in said) == bool(create), said


def test_the_right_is_taken_away(people, exchange):
    alice, bob = people['alice'], people['bob']
    alice.put(alice.calendar + 'hers.ics', event('hers', SECRET))
    exchange.share('alice', 'bob', 'Reviewer')
    token = bob.sync(alice.calendar).sync_token
    assert SECRET in bob.get(alice.calendar + 'hers.ics').text
    exchange.share('alice', 'bob', 'None')
    for r in (bob.get(alice.calendar + 'hers.ics'), bob.get(alice.calendar + '?export'), bob.sync(alice.calendar, token), bob.query(alice.calendar),
              bob.multiget(alice.calendar, [alice.calendar + 'hers.ics']), bob.propfind(alice.home, ['d:displayname'], 1)):
        assert r.status == 404 and SECRET.encode() not in r.body, r
    # and others never had it
    carol = people['carol']
    assert carol.get(alice.calendar + 'hers.ics').status == 404


def test_private_events_show_their_time_alone(people, exchange, outlook):
    alice, bob = people['alice'], people['bob']
    text = event('p1', SECRET, extra='CLASS:PRIVATE\nLOCATION:Room of %s\nDESCRIPTION:%s\nCATEGORIES:%s\nX-NOTE:%s' % ((SECRET,) * 4))
    assert alice.put(alice.calendar + 'p.ics', text).status == 201
    alice.put(alice.calendar + 'c.ics', event('c1', SECRET, '20270303T100000Z', '20270303T110000Z', extra='CLASS:CONFIDENTIAL'))
    alice.put(alice.calendar + 's.ics', event('s1', 'Open', '20270304T100000Z', '20270304T110000Z', extra='RRULE:FREQ=DAILY;COUNT=3').replace(
        'END:VCALENDAR', '\r\n'.join(event('s1', SECRET, '20270305T120000Z', '20270305T130000Z',
                                           extra='CLASS:PRIVATE\nRECURRENCE-ID:20270305T100000Z').split('\r\n')[3:-1])))
    exchange.share('alice', 'bob', 'Editor')
    listed = bob.query(alice.calendar)
    names = {next(d for d in ('20270302', '20270303', '20270304') if 'DTSTART:' + d in e.text('c:calendar-data')): e.href for e in listed.entries}
    assert sorted(names) == ['20270302', '20270303', '20270304']
    answers = [bob.get(names['20270302']), bob.get(alice.calendar + '?export'), listed, bob.multiget(alice.calendar, names.values()),
               bob.report(alice.calendar, '<c:free-busy-query %s><c:time-range start="20270301T000000Z" end="20270310T000000Z"/></c:free-busy-query>' % DECL, 1),
               bob.query(alice.calendar, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:prop-filter name="SUMMARY"><c:text-match>%s'
                         '</c:text-match></c:prop-filter></c:comp-filter></c:comp-filter>' % SECRET)]
    for r in answers:
        assert SECRET.encode() not in r.body and r.status in (200, 207), r
    assert not answers[-1].entries
    shown = answers[0].text
    assert 'SUMMARY:Private Appointment' in shown and 'DTSTART:20270302T100000Z' in shown and 'X-NOTE' not in shown
    assert '20270302T100000Z/20270302T110000Z' in answers[-2].text.replace('PT1H', '20270302T110000Z')
    # nor can what is not seen be changed
    for day, name in (('20270302', 'p'), ('20270303', 'c')):
        uid = next(line[4:] for line in bob.get(names[day]).text.split('\r\n') if line.startswith('UID:'))
        assert bob.put(names[day], event(uid, 'Mine now')).condition == 'd:need-privileges'
        assert bob.delete(names[day]).condition == 'd:need-privileges'
        assert SECRET in alice.get(alice.calendar + name + '.ics').text
    # the owner's own view, and the account's cache of it, know nothing of this
    assert alice.get(alice.calendar + 'p.ics').text == text


@pytest.mark.parametrize('level', ['FreeBusyTimeOnly', 'FreeBusyTimeAndSubjectAndLocation'])
def test_busy_time_and_nothing_else(people, exchange, level):
    alice, bob = people['alice'], people['bob']
    alice.put(alice.calendar + 'hers.ics', event('hers', SECRET))
    exchange.share('alice', 'bob', level)
    home = bob.propfind(alice.home, ['d:displayname', 'd:resourcetype', 'd:current-user-privilege-set', 'cs:getctag', 'd:sync-token'], 1)
    # no bare refusal among the members: Thunderbird's detection ends at one
    assert all(e.status is None for e in home.entries) and alice.calendar in home.by_href
    entry = home.by_href[alice.calendar]
    assert privileges(bob, alice.calendar) == {'read-free-busy', 'read-current-user-privilege-set'}
    assert entry.ok('d:displayname') and not entry.ok('cs:getctag') and not entry.ok('d:sync-token')
    for r in (bob.get(alice.calendar + 'hers.ics'), bob.get(alice.calendar + '?export'), bob.query(alice.calendar), bob.sync(alice.calendar),
              bob.propfind(alice.calendar, ['d:getetag'], 1), bob.put(alice.calendar + 'new.ics', event('new')), bob.delete(alice.calendar + 'hers.ics'),
              bob.request('MKCALENDAR', alice.home + 'new/')):
        assert SECRET.encode() not in r.body
        assert r.condition == 'd:need-privileges' or (r.status == 207 and b'need-privileges' in r.body), r
    assert bob.query(alice.calendar).xml.find('.//{DAV:}privilege')[0].tag == '{DAV:}read'


def test_what_is_kept_for_one_account_is_for_no_other(people, exchange, outlook):
    """Two who see the same calendar with other rights, one after the other and in turn."""
    alice, bob, carol = people['alice'], people['bob'], people['carol']
    alice.put(alice.calendar + 'p.ics', event('p', SECRET, extra='CLASS:PRIVATE'))
    exchange.full_access('alice', 'bob')
    exchange.share('alice', 'carol', 'Reviewer')
    for _ in range(2):
        assert SECRET in bob.get(alice.calendar + '?export').text or exchange.version == '2007_SP1'
        seen = carol.get(alice.calendar + '?export')
        assert seen.status == 200 and SECRET not in seen.text and 'Private Appointment' in seen.text
    exchange.share('alice', 'carol', 'None')
    assert carol.get(alice.calendar + '?export').status == 404
    token = bob.sync(alice.calendar).sync_token
    assert carol.sync(carol.calendar, token).condition == 'd:valid-sync-token'


def test_costs(people, exchange):
    """The first look at somebody's calendar and every further one, in calls."""
    alice, bob = people['alice'], people['bob']
    alice.put(alice.calendar + 'a.ics', event('a'))
    exchange.share('alice', 'bob', 'Reviewer')
    bob.propfind(bob.calendar, ['cs:getctag'])
    exchange.reset_calls()
    assert bob.propfind(alice.calendar, ['cs:getctag']).status == 207
    assert exchange.calls()['total'] <= 4
    bob.get(alice.calendar + 'a.ics')
    exchange.reset_calls()
    assert bob.get(alice.calendar + 'a.ics').status == 200
    # this gateway asks for the list of calendars each time (ExchangeHomeFreshness 0)
    assert exchange.calls()['total'] <= 4


def test_sub_calendars_and_making_them(people, exchange):
    alice, bob = people['alice'], people['bob']
    assert alice.request('MKCALENDAR', alice.home + 'project/').status == 201
    exchange.share('alice', 'bob', 'Reviewer')
    assert bob.request('MKCALENDAR', alice.home + 'mine/').condition == 'd:need-privileges'
    exchange.share('alice', 'bob', 'Owner')
    assert bob.request('MKCALENDAR', alice.home + 'his/').status == 201
    assert alice.propfind(alice.home + 'his/', ['d:displayname']).status == 207
    assert bob.put(alice.home + 'his/a.ics', event('a')).status == 201
    assert alice.get(alice.home + 'his/a.ics').status == 200


def test_to_and_from_another_mailbox(people, exchange):
    alice, bob = people['alice'], people['bob']
    exchange.share('alice', 'bob', 'Editor')
    alice.put(alice.calendar + 'hers.ics', event('hers', 'Hers'))
    bob.put(bob.calendar + 'his.ics', event('his', 'His'))
    copied = bob.request('COPY', alice.calendar + 'hers.ics', headers={'Destination': bob.calendar + 'copy.ics'})
    assert copied.status == 201, copied
    assert 'SUMMARY:Hers' in bob.get(bob.calendar + 'copy.ics').text and alice.get(alice.calendar + 'hers.ics').status == 200
    moved = bob.request('MOVE', bob.calendar + 'his.ics', headers={'Destination': alice.calendar + 'moved.ics'})
    assert moved.status == 201, moved
    assert 'SUMMARY:His' in alice.get(alice.calendar + 'moved.ics').text and bob.get(bob.calendar + 'his.ics').status == 404
    # without the right nothing moves
    exchange.share('alice', 'bob', 'Reviewer')
    assert bob.request('MOVE', bob.calendar + 'copy.ics', headers={'Destination': alice.calendar + 'no.ics'}).condition == 'd:need-privileges'
    assert bob.request('MOVE', alice.calendar + 'moved.ics', headers={'Destination': bob.calendar + 'no.ics'}).condition == 'd:need-privileges'
    assert bob.get(bob.calendar + 'copy.ics').status == 200 and alice.get(alice.calendar + 'moved.ics').status == 200


def test_colours_and_names_are_everybodys_own(people, exchange):
    alice, bob = people['alice'], people['bob']
    exchange.share('alice', 'bob', 'Reviewer')
    exchange.share('alice', 'carol', 'Editor')
    colour = lambda c: '<a:calendar-color>%s</a:calendar-color>' % c
    look = lambda who: (lambda e: (e.text('a:calendar-color'), e.text('d:displayname')))(
        who.propfind(alice.calendar, ['a:calendar-color', 'd:displayname']).entries[0])
    assert alice.proppatch(alice.calendar, colour('#ff0000')).status == 207
    assert look(bob)[0] == look(people['carol'])[0] == '#ff0000'
    for who, c in ((bob, '#00ff00'), (people['carol'], '#0000ff')):
        r = who.proppatch(alice.calendar, colour(c) + '<d:displayname>Of %s</d:displayname>' % who.user)
        assert r.status == 207 and b'200 OK' in r.body, r
    assert look(alice)[0] == '#ff0000' and 'Of' not in look(alice)[1]
    assert look(bob) == ('#00ff00', 'Of bob') and look(people['carol']) == ('#0000ff', 'Of carol')
    assert bob.proppatch(alice.calendar, remove='<a:calendar-color/>').status == 207 and look(bob)[0] == '#ff0000'
    assert b'calendar-' not in bob.propfind(bob.principal).body.replace(b'calendar-user', b'').replace(b'calendar-home', b'').replace(b'calendar-proxy', b'')
    # a home is its owner's alone
    assert b'need-privileges' in bob.proppatch(alice.home, '<x:note>x</x:note>').body


def test_a_task_list_of_somebody_elses(people, exchange):
    alice, bob = people['alice'], people['bob']
    tasks = alice.home + 'tasks/'
    assert alice.put(tasks + 'hers.ics', todo('hers', 'SUMMARY:Hers')).status == 201
    exchange.share('alice', 'bob', 'Reviewer')
    assert bob.propfind(tasks).status == 404
    exchange.share('alice', 'bob', 'Reviewer', folder='tasks')
    assert 'SUMMARY:Hers' in bob.get(tasks + 'hers.ics').text
    r = bob.put(tasks + 'mine.ics', todo('mine', 'SUMMARY:Mine'))
    assert (r.status, r.condition) == (403, 'd:need-privileges')
    exchange.share('alice', 'bob', 'Editor', folder='tasks')
    assert bob.put(tasks + 'mine.ics', todo('mine', 'SUMMARY:Mine')).status == 201
    assert bob.put(tasks + 'hers.ics', todo('hers', 'SUMMARY:Hers', 'STATUS:COMPLETED')).status == 204
    assert 'STATUS:COMPLETED' in alice.get(tasks + 'hers.ics').text and 'SUMMARY:Mine' in alice.get(tasks + 'mine.ics').text
    assert bob.delete(tasks + 'mine.ics').status == 204 and alice.get(tasks + 'mine.ics').status == 404


def test_a_private_task_of_somebody_elses(people, exchange):
    alice, bob = people['alice'], people['bob']
    tasks = alice.home + 'tasks/'
    text = todo('secret', 'SUMMARY:' + SECRET, 'DESCRIPTION:' + SECRET, 'CLASS:PRIVATE', 'CATEGORIES:' + SECRET, 'X-NOTE:' + SECRET)
    assert alice.put(tasks + 'secret.ics', text).status == 201
    for folder in (None, 'tasks'):
        exchange.share('alice', 'bob', 'Editor', **({'folder': folder} if folder else {}))
    r = bob.get(tasks + 'secret.ics')
    assert SECRET not in r.text
    assert bob.put(tasks + 'secret.ics', text).status in (403, 404)
    assert alice.get(tasks + 'secret.ics').text == text
