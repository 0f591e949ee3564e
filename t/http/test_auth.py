# SPDX-License-Identifier: Apache-2.0
"""Sign-in: Exchange decides, and nobody sees what is another's."""
import base64

import pytest
from dav import Client, event


def basic(user, password):
    return 'Basic ' + base64.b64encode(('%s:%s' % (user, password)).encode()).decode()


def test_no_login_is_asked_for_one(gateway):
    r = Client(gateway.url).propfind('/dav/', ['d:resourcetype'])
    assert r.status == 401
    assert r.header('WWW-Authenticate').startswith('Basic ')


@pytest.mark.parametrize('user,password', [('alice', 'wrong'), ('alice', ''), ('nobody', 'excal'), ('', 'excal'), ('alice', 'EXCAL'), ('alice\x01', 'excal'),
                                           ("alice' or '1'='1", 'excal'), ('a' * 5000, 'excal')])
def test_wrong_logins(gateway, user, password):
    r = Client(gateway.url, user, password).propfind('/dav/', ['d:resourcetype'])
    assert r.status in (400, 401), r
    assert b'multistatus' not in r.body


@pytest.mark.parametrize('header', ['Basic', 'Basic !!!', 'Basic ' + base64.b64encode(b'alice').decode(), 'Bearer abc', 'Nonsense'])
def test_broken_authorization(gateway, header):
    r = Client(gateway.url).request('PROPFIND', '/dav/', headers={'Depth': '0', 'Authorization': header})
    assert r.status in (400, 401), r


@pytest.mark.parametrize('login', ['alice', 'alice@contoso.example', 'CONTOSO\\alice', 'ALICE@Contoso.Example'])
def test_every_form_of_the_login_is_the_same_account(gateway, login):
    r = Client(gateway.url, login).propfind('/dav/', ['d:current-user-principal'])
    assert r.status == 207, r
    assert r.entries[0].ok('d:current-user-principal').hrefs == ['/dav/principals/alice@contoso.example/']


def test_a_wrong_password_sees_nothing_that_is_cached(gateway, alice, put, uid):
    path = put(uid)
    assert alice.get(path).status == 200
    for password in ('wrong', 'excal ', ''):
        for method in ('GET', 'PROPFIND', 'DELETE'):
            assert Client(gateway.url, 'alice', password).request(method, path).status == 401
    assert alice.get(path).status == 200


def test_another_account_sees_nothing(alice, bob, put, uid, cal):
    path = put(uid)
    for method in ('GET', 'HEAD', 'PROPFIND', 'DELETE', 'REPORT'):
        assert bob.request(method, path, headers={'Depth': '0'}).status in (403, 404), method
    for where in (path, cal):
        assert bob.proppatch(where, set='<d:displayname>mine</d:displayname>').status in (403, 404)
    for method in ('PROPFIND', 'REPORT', 'DELETE'):
        assert bob.request(method, cal, headers={'Depth': '0'}).status in (403, 404), method
    # as where there is no calendar at all
    assert bob.put(cal + 'mine.ics', event('mine')).status == bob.put(alice.home + 'none/mine.ics', event('mine')).status == 409
    mine = bob.calendar + 'mine-%s.ics' % uid
    assert bob.put(mine, event('mine-' + uid)).status == 201
    for method in ('COPY', 'MOVE'):
        assert bob.request(method, mine, headers={'Destination': cal + 'brought.ics'}).status == 409
    assert bob.delete(mine).status == 204
    # his time is seen to be busy by everybody, what lies in this calendar is not
    assert cal not in bob.propfind(alice.home, ['d:resourcetype'], depth=1).by_href
    assert alice.get(path).status == 200


def test_the_same_name_in_two_accounts(alice, bob, uid):
    a, b = alice.calendar + uid + '.ics', bob.calendar + uid + '.ics'
    try:
        assert alice.put(a, event(uid, 'Of Alice')).status == 201
        assert bob.put(b, event(uid, 'Of Bob')).status == 201
        assert 'Of Alice' in alice.get(a).text and 'Of Bob' in bob.get(b).text
    finally:
        alice.delete(a)
        bob.delete(b)


def test_credentials_are_not_logged(gateway, alice):
    Client(gateway.url, 'alice', 'secret-and-wrong').propfind('/dav/', ['d:resourcetype'])
    alice.propfind('/dav/', ['d:resourcetype'])
    logs = gateway.error_log() + gateway.access_log()
    assert 'secret-and-wrong' not in logs
    assert basic('alice', 'excal')[6:] not in logs


def test_hammering_in_every_spelling_is_one_hammering(make_gateway):
    """Exchange knows no case of logins: a guesser's tries count together, and a sign-in that is known goes on."""
    g = make_gateway()
    assert Client(g.url, 'dave').propfind('/dav/').status == 207
    statuses = [Client(g.url, 'dAVE' if i % 2 else 'Dave', 'guess%d' % i).propfind('/dav/').status for i in range(14)]
    assert statuses[0] == 401 and statuses[-1] == 429, statuses
    assert Client(g.url, 'dave').propfind('/dav/').status == 207
