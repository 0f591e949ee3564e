# SPDX-License-Identifier: Apache-2.0
"""OPTIONS, methods that are not there, well-known addresses."""
import pytest
from dav import Client, event

CALENDAR_METHODS = {'OPTIONS', 'GET', 'HEAD', 'PROPFIND', 'PROPPATCH', 'REPORT', 'POST', 'DELETE', 'MKCALENDAR', 'MKCOL'}
OBJECT_METHODS = {'OPTIONS', 'GET', 'HEAD', 'PROPFIND', 'PROPPATCH', 'REPORT', 'PUT', 'POST', 'DELETE', 'COPY', 'MOVE'}


def words(value):
    return {w.strip() for w in (value or '').split(',')}


@pytest.mark.parametrize('place', ['root', 'principal', 'home', 'calendar', 'object', 'nothing'])
def test_options_says_what_there_is(alice, place):
    path = {'root': '/dav/', 'principal': alice.principal, 'home': alice.home, 'calendar': alice.calendar, 'object': alice.calendar + 'x.ics',
            'nothing': alice.home + 'not-there/'}[place]
    r = alice.request('OPTIONS', path)
    assert r.status == 200, r
    assert {'1', '3', 'access-control', 'calendar-access', 'extended-mkcol'} <= words(r.header('DAV'))
    assert '2' not in words(r.header('DAV'))  # there are no locks
    assert 'calendar-auto-schedule' in words(r.header('DAV'))
    assert {'OPTIONS', 'PROPFIND', 'REPORT'} <= words(r.header('Allow'))
    if place == 'calendar':
        assert CALENDAR_METHODS <= words(r.header('Allow')) and 'PUT' not in words(r.header('Allow'))
    if place == 'object':
        assert OBJECT_METHODS <= words(r.header('Allow'))


def test_dav_header_on_other_answers(alice):
    for r in (alice.propfind('/dav/', ['d:resourcetype']), alice.propfind(alice.home, ['d:resourcetype'])):
        assert 'calendar-access' in words(r.header('DAV'))


@pytest.mark.parametrize('method,path,missing', [
    ('LOCK', 'calendar', 'LOCK'), ('UNLOCK', 'object', 'UNLOCK'), ('NONSENSE', 'calendar', 'NONSENSE'), ('PUT', 'home', 'PUT'), ('PUT', 'calendar', 'PUT'),
    ('POST', 'home', 'POST'), ('DELETE', 'home', 'DELETE'), ('DELETE', 'principal', 'DELETE'), ('MKCALENDAR', 'principal', 'MKCALENDAR')])
def test_methods_that_are_not_there(alice, method, path, missing):
    target = {'calendar': alice.calendar, 'object': alice.calendar + 'x.ics', 'home': alice.home, 'principal': alice.principal}[path]
    r = alice.request(method, target, None if method in ('DELETE', 'LOCK', 'UNLOCK') else 'BEGIN:VCALENDAR')
    assert r.status in ((405, 501) if method in ('NONSENSE', 'LOCK', 'UNLOCK') else (405,)), r
    if r.status == 405:
        assert missing not in words(r.header('Allow'))


def test_well_known(gateway, alice):
    for client in (Client(gateway.url), alice):
        for method in ('GET', 'PROPFIND'):
            r = client.request(method, '/.well-known/caldav', headers={'Depth': '0'})
            assert r.status == 301, r
            assert r.header('Location') in ('/dav/', gateway.url + '/dav/')


def test_the_other_layout_of_urls(alice, uid):
    """Clients of another gateway move over: their URLs lead to the same things, and stay in their layout."""
    calendar, principal = '/users/alice@contoso.example/calendar/', '/principals/users/alice@contoso.example/'
    r = alice.propfind(calendar, ['d:current-user-principal', 'd:resourcetype'])
    assert r.entries[0].href == calendar
    assert r.entries[0].ok('d:current-user-principal').hrefs == [principal]
    home = alice.propfind(principal, ['c:calendar-home-set']).entries[0].ok('c:calendar-home-set').hrefs[0]
    assert calendar in alice.propfind(home, ['d:resourcetype'], depth=1).by_href
    assert alice.put(calendar + uid + '.ics', event(uid)).status == 201
    assert alice.get(calendar + uid + '.ics').etag == alice.get(alice.calendar + uid + '.ics').etag
    assert calendar + uid + '.ics' in alice.propfind(calendar, ['d:getetag'], depth=1).by_href
    assert alice.delete(alice.calendar + uid + '.ics').status == 204


@pytest.mark.parametrize('path', ['/dav/nothing/', '/dav/calendars/', '/dav/principals/'])
def test_collections_above_the_accounts(alice, path):
    r = alice.propfind(path, ['d:resourcetype', 'd:current-user-principal'])
    if path == '/dav/nothing/':
        assert r.status == 404, r
    else:
        assert r.status == 207 and r.entries[0].ok('d:current-user-principal').hrefs == [alice.principal]
