# SPDX-License-Identifier: Apache-2.0
"""Many users through one gateway: nobody sees another's, each call is sent once, connections are shared and few."""
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from dav import DECL, Client, event
from labserver import Lab

SYNC = '<d:sync-collection %s><d:sync-token/><d:prop/></d:sync-collection>' % DECL


@pytest.mark.parametrize('method,place,body', [
    ('GET', '{cal}x.ics', None), ('HEAD', '{cal}x.ics', None), ('GET', '{cal}?export', None), ('GET', '{home}', None), ('PROPFIND', '{home}', None), ('PROPFIND', '{principal}', None),
    ('PROPFIND', '{cal}', None), ('REPORT', '{cal}', SYNC), ('PUT', '{cal}y.ics', event('y')), ('POST', '{cal}?add-member', event('y')), ('DELETE', '{cal}x.ics', None),
    ('DELETE', '{cal}', None), ('MKCALENDAR', '{home}theirs/', None), ('COPY', '{cal}x.ics', None), ('MOVE', '{cal}x.ics', None),
    ('PROPPATCH', '{cal}', '<d:propertyupdate %s><d:set><d:prop><d:displayname>x</d:displayname></d:prop></d:set></d:propertyupdate>' % DECL)])
@pytest.mark.parametrize('view,refused', [('None', {404}), ('FreeBusyTimeOnly', {403, 404, 409})])
def test_another_account_keeps_what_is_its_own(gateway, lab, view, refused, method, place, body):
    """Who grants nothing is as if he were not; who shows when he is busy shows that and no more."""
    hers, him = Client(gateway.url, 'user41' if view == 'None' else 'user43'), Client(gateway.url, 'user42')
    lab.share(hers.user, 'default', view)
    cal = hers.calendar
    path = cal + 'x.ics'
    assert hers.put(path, event('x', 'Secret')).status in (201, 204)
    before = len(hers.sync(cal).entries)
    r = him.request(method, place.format(cal=cal, home=hers.home, principal=hers.principal), body, {'Destination': him.calendar + 'stolen.ics'})
    assert b'Secret' not in r.body, r
    if place == '{principal}': # people are known
        assert r.status in (207, 404), r
    elif view != 'None' and place in ('{home}', '{cal}') and method in ('GET', 'PROPFIND'):
        assert r.status in (200, 207), r
    elif view != 'None' and method == 'PROPPATCH':  # how somebody else's calendar looks is one's own affair
        assert r.status == 207 and hers.propfind(cal, ['d:displayname']).entries[0].text('d:displayname') == 'Calendar'
    else:
        assert r.status in refused or r.condition == 'd:cannot-modify-protected-property' or (r.status == 207 and b'403' in r.body), r
    assert hers.get(path).status == 200 and him.get(him.calendar + 'stolen.ics').status == 404
    assert len(hers.sync(cal).entries) == before
    # nor into another's, nor by a report's hrefs
    assert him.put(him.calendar + 'own.ics', event('own')).status in (201, 204)
    assert him.request('MOVE', him.calendar + 'own.ics', headers={'Destination': cal + 'own.ics'}).status == 403
    assert [e.status for e in him.multiget(him.calendar, [path]).entries] == [403]
    assert him.delete(him.calendar + 'own.ics').status == 204


@pytest.mark.parametrize('auth,connections', [('basic', 16), ('any', 60)], ids=['basic', 'any'])
def test_thirty_users(make_gateway, auth, connections):
    """Basic connections belong to nobody; where it may be NTLM, whose connection is signed in, none is shared."""
    lab = Lab(auth='basic').start()
    try:
        g = make_gateway(exchange=lab.ews_url, processes=1, location='ExchangeAuth ' + auth)
        clients = [Client(g.url, 'user%02d' % i) for i in range(1, 31)]

        def work(c):
            return [c.propfind(c.calendar, ['cs:getctag']).status for _ in range(3)]
        assert set(work(clients[0])) == {207}  # what kind of login Exchange takes is known now
        lab.reset_calls()
        with ThreadPoolExecutor(8) as pool:
            for statuses in pool.map(work, clients[1:]):
                assert statuses == [207] * 3
        calls = lab.calls()
        assert calls['unauthenticated'] == 0, 'Basic is sent at once, not after a refusal'
        assert calls['by_operation']['SyncFolderItems'] == 29 * 3
        assert calls['connections'] <= connections
    finally:
        lab.stop()


def test_somebody_elses_invitation_is_kept(alice, cal, uid):
    """Not yet in the calendar, or long answered: data like any other."""
    text = event(uid, 'Theirs', extra='ORGANIZER;CN=Bob:mailto:bob@contoso.example\nATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:alice@contoso.example\n'
                                      'ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@contoso.example')
    path = cal + uid + '.ics'
    assert alice.put(path, text).status == 201 and alice.get(path).text == text
    answered = text.replace('NEEDS-ACTION', 'ACCEPTED')
    assert alice.put(path, answered).status == 204 and alice.get(path).text == answered
    assert alice.put(cal + 'm.ics', event(uid + 'm').replace('VERSION', 'METHOD:REPLY\r\nVERSION')).condition == 'c:valid-calendar-object-resource'


def test_changes_within_one_second_are_many(alice, cal, put, uid):
    path, seen = put(uid), set()
    for n in range(6):
        assert alice.put(path, event(uid, 'No. %d' % n)).status == 204
        seen.add((alice.get(path).etag, alice.propfind(cal, ['cs:getctag']).entries[0].text('cs:getctag')))
    assert len({e for e, _ in seen}) == len({c for _, c in seen}) == 6
