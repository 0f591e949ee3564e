# SPDX-License-Identifier: Apache-2.0
"""One simulator and one gateway for a whole run; a calendar of its own for each test."""
import os
import sys
import uuid

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(HERE, 'lib'), os.path.join(TOP, 't/exchange/tests')]

from dav import Client, event  # noqa: E402
from gateway import Gateway  # noqa: E402
from labserver import Lab  # noqa: E402


@pytest.fixture(scope='session')
def lab():
    lab = Lab()
    lab.start()
    yield lab
    lab.stop()


def check_and_remove(gateway):
    gateway.stop()
    crashes = gateway.crashes()
    gateway.remove()
    assert not crashes, '\n'.join(crashes)


@pytest.fixture(scope='session')
def gateway(lab):
    gateway = Gateway(lab.url + '/EWS/Exchange.asmx')
    gateway.start()
    yield gateway
    check_and_remove(gateway)


@pytest.fixture
def make_gateway(lab):
    """Further gateways with other settings: make_gateway(mpm=…, location=…, …)."""
    made = []

    def make(exchange=None, **settings):
        g = Gateway(exchange or lab.url + '/EWS/Exchange.asmx', **settings)
        made.append(g)
        return g.start()
    yield make
    for g in made:
        check_and_remove(g)


@pytest.fixture(autouse=True)
def healthy(request):
    """A child that died fails the test in which it died."""
    gateway = request.getfixturevalue('gateway') if 'gateway' in request.fixturenames else None
    before = len(gateway.crashes()) if gateway else 0
    yield
    if gateway:
        assert len(gateway.crashes()) == before, gateway.crashes()[-1]


@pytest.fixture
def alice(gateway):
    return Client(gateway.url, 'alice')


@pytest.fixture
def bob(gateway):
    return Client(gateway.url, 'bob')


@pytest.fixture
def cal(alice):
    """The path of an empty calendar of alice's, gone again after the test."""
    path = alice.home + 'test-%s/' % uuid.uuid4().hex[:12]
    r = alice.request('MKCALENDAR', path)
    assert r.status == 201, r
    yield path
    alice.delete(path)


@pytest.fixture
def uid():
    return uuid.uuid4().hex


@pytest.fixture
def put(alice, cal):
    """Store an event: put(uid, …) gives its path."""
    def put(uid, *args, **kw):
        path = '%s%s.ics' % (cal, uid)
        r = alice.put(path, event(uid, *args, **kw))
        assert r.status in (201, 204), r
        return path
    return put


# ---- several people on an Exchange of their own, for tests that change who may do what ----

def pytest_generate_tests(metafunc):
    """A module that says GENERATIONS has its tests run against an Exchange of each."""
    generations = getattr(metafunc.module, 'GENERATIONS', None)
    if generations and 'exchange' in metafunc.fixturenames:
        metafunc.parametrize('exchange', generations, indirect=True, scope='module')


@pytest.fixture(scope='module')
def exchange(request):
    """An Exchange of the module's own: rights stay as its tests set them."""
    lab = Lab(version=request.param, auth='basic')
    lab.start()
    yield lab
    lab.stop()


@pytest.fixture(scope='module')
def front(request, exchange):
    """A gateway before it that asks for rights and folders every time; further directives in the module's LOCATION."""
    gateway = Gateway(exchange.ews_url, location='ExchangeHomeFreshness 0\n' + getattr(request.module, 'LOCATION', ''))
    gateway.start()
    yield gateway
    check_and_remove(gateway)


@pytest.fixture
def people(exchange, front):
    """Clients by name, over empty mailboxes."""
    exchange.reset()
    return {name: Client(front.url, name) for name in ('alice', 'bob', 'carol', 'dave')}
