# SPDX-License-Identifier: Apache-2.0
"""Other people's calendars, with the rights that Exchange grants and no others."""
import uuid

import pytest
from dav import DECL, Client, event
from labserver import Lab
from outlook import EwsError, Outlook

PRIVATE = '<t:Sensitivity>Private</t:Sensitivity>'
SECRET = 'Merger with Fabrikam'


@pytest.fixture(scope='module', params=['2019', '2010_SP2', '2007_SP1'])
def exchange(request):
    """An Exchange of each generation, of its own: rights stay as the tests here set them."""
    lab = Lab(version=request.param, auth='basic').start()
    yield lab
    lab.stop()


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
    exchange.control('POST', 'reset')
    return {name: Client(front.url, name) for name in ('alice', 'bob', 'carol')}


@pytest.fixture
def outlook(exchange):
    version = {'2019': 'Exchange2013_SP1', '2010_SP2': 'Exchange2010_SP2', '2007_SP1': 'Exchange2007_SP1'}[exchange.version]
    return lambda who: Outlook(exchange, who, version)


def share(lab, owner, user, level, **more):
    lab.control('POST', 'share?' + '&'.join('%s=%s' % i for i in dict(owner=owner, user=user, level=level, **more).items()))


def privileges(client, path):
    entry = client.propfind(path, ['d:current-user-privilege-set']).entries[0]
    return {p.tag.split('}')[1] for p in entry.ok('d:current-user-privilege-set').element.iter() if len(p) == 0 and not p.tag.endswith('set')}


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
    share(exchange, 'alice', 'bob', level)
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
    share(exchange, 'alice', 'bob', 'Reviewer')
    token = bob.sync(alice.calendar).sync_token
    assert SECRET in bob.get(alice.calendar + 'hers.ics').text
    share(exchange, 'alice', 'bob', 'None')
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
    share(exchange, 'alice', 'bob', 'Editor')
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
