# SPDX-License-Identifier: Apache-2.0
"""Only a mail domain is configured: Autodiscover finds the Exchange."""
import pytest
from dav import Client, event
from gateway import Gateway


@pytest.fixture
def make(lab):
    made = []

    def make(url):
        g = Gateway('unused', location='ExchangeAutodiscoverURL ' + url)
        write = g.write_config

        def without_url():
            path = write()
            text = ''.join(line for line in open(path) if 'ExchangeURL' not in line)
            open(path, 'w').write(text)
            return path
        g.write_config = without_url
        made.append(g)
        return g.start()
    yield make
    for g in made:
        g.stop()
        assert not g.crashes()
        g.remove()


@pytest.mark.parametrize('path', ['/autodiscover/autodiscover.xml', '/autodiscover/autodiscover.svc', '', '/'])
def test_found(make, lab, uid, path):
    g = make(lab.url + path)
    c = Client(g.url, 'carol')
    assert c.put(c.calendar + uid + '.ics', event(uid)).status == 201
    before = lab.calls()
    assert c.delete(c.calendar + uid + '.ics').status == 204
    assert lab.calls()['by_operation'].get('Autodiscover', 0) == before['by_operation'].get('Autodiscover', 0)


def test_wrong_password(make, lab):
    g = make(lab.url)
    assert Client(g.url, 'carol', 'wrong').propfind('/', ['d:resourcetype']).status == 401


def test_a_foreign_domain_is_not_asked(make, lab):
    g = make(lab.url)
    before = lab.calls()['total']
    r = Client(g.url, 'carol@elsewhere.example').propfind('/', ['d:resourcetype'])
    assert r.status == 401, r
    assert lab.calls()['total'] == before


def test_nothing_there(make):
    g = make('http://127.0.0.1:9')
    r = Client(g.url, 'carol').propfind('/', ['d:resourcetype'])
    assert r.status == 503 and int(r.header('Retry-After')) > 0, r
