# SPDX-License-Identifier: Apache-2.0
"""Exchange calls per operation, as the simulator counts them."""
import pytest
from dav import Client, event


class Counter:
    def __init__(self, lab):
        self.lab = lab
        self.before = lab.calls()

    def calls(self):
        now = self.lab.calls()
        by = {k: v - self.before['by_operation'].get(k, 0) for k, v in now['by_operation'].items()}
        return {k: v for k, v in by.items() if v}

    def total(self):
        return sum(self.calls().values())


@pytest.fixture
def count(lab):
    return lambda: Counter(lab)


def test_first_sync_of_a_thousand(gateway, lab, count):
    lab.seed('user01', 1000)
    client = Client(gateway.url, 'user01')
    n = count()
    r = client.sync(client.calendar)
    hrefs = [e.href for e in r.entries if e.text('d:getetag')]
    assert len(hrefs) == 1000
    data = {}
    for i in range(0, 1000, 100):
        for e in client.multiget(client.calendar, hrefs[i:i + 100]).entries:
            data[e.href] = e.text('c:calendar-data')
    assert len(data) == 1000 and all(data.values())
    assert n.total() <= 15, n.calls()
    # a repeat sync without change
    n = count()
    again = client.sync(client.calendar, r.sync_token)
    assert again.entries == [] and again.sync_token == r.sync_token
    assert n.total() <= 1, n.calls()
    # the whole once more, from the cache
    n = count()
    for i in range(0, 1000, 100):
        assert len(client.multiget(client.calendar, hrefs[i:i + 100]).entries) == 100
    assert n.total() <= 10, n.calls()


def test_put_of_a_new_event(alice, count, uid):
    path = alice.calendar + uid + '.ics'
    alice.propfind(alice.calendar, ['d:getetag'])
    n = count()
    assert alice.put(path, event(uid), If_None_Match='*').status == 201
    assert n.total() <= 2, n.calls()
    # what clients do next: fetch it and sync
    n = count()
    alice.multiget(alice.calendar, [path])
    assert n.total() <= 1, n.calls()
    n = count()
    r = alice.put(path, event(uid, 'Other'), If_Match=alice.get(path).etag)
    assert r.status in (200, 204)
    assert n.total() <= 3, n.calls()
    n = count()
    assert alice.delete(path).status == 204
    assert n.total() <= 2, n.calls()


def test_many_clients_share_one_listing(make_gateway, lab, count):
    """With freshness as a time, all requests within it share one answer of Exchange."""
    g = make_gateway(location='ExchangeFreshness 30s')
    client = Client(g.url, 'user02')
    client.sync(client.calendar)
    n = count()
    for _ in range(10):
        client.propfind(client.calendar, ['cs:getctag', 'd:sync-token'])
    assert n.total() == 0, n.calls()
