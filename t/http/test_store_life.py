# SPDX-License-Identifier: Apache-2.0
"""The cache is only a cache: what a restart keeps, and what its loss costs."""
import os
import shutil
import signal
import socket
import threading
import time

import pytest
from dav import Client, event
from gateway import Gateway


@pytest.fixture
def filled(make_gateway, lab, uid):
    g = make_gateway()
    c = Client(g.url, 'user03')
    for i in range(5):
        c.put(c.calendar + '%s-%d.ics' % (uid, i), event('%s-%d' % (uid, i), 'E%d' % i))
    yield g, c, uid
    lab.settings(faults=[])
    for i in range(5):
        c.delete(c.calendar + '%s-%d.ics' % (uid, i))


def etags(client):
    return {e.href: e.text('d:getetag') for e in client.propfind(client.calendar, ['d:getetag'], depth=1).entries if e.text('d:getetag')}


def kill(gateway):
    """As a crash of httpd: no child comes to close anything."""
    os.killpg(gateway.proc.pid, signal.SIGKILL)
    gateway.proc.wait()
    while socket.socket().connect_ex(('127.0.0.1', gateway.port)) == 0:
        time.sleep(0.05)
    os.unlink(os.path.join(gateway.dir, 'httpd.pid'))
    gateway.start()


def reboot(gateway):
    """An orderly one: the cache was closed, and is found by another boot of the machine."""
    gateway.stop()
    with open(os.path.join(gateway.dir, 'cache/boot'), 'w') as f:
        f.write('another boot')
    gateway.start()


@pytest.mark.parametrize('how', [Gateway.graceful, Gateway.restart, kill, reboot], ids=['graceful', 'restart', 'kill', 'reboot'])
def test_a_restart_loses_no_token(filled, how):
    g, c, uid = filled
    token, before = c.sync(c.calendar).sync_token, etags(c)
    how(g)
    c = Client(g.url, 'user03')
    r = c.sync(c.calendar, token)
    assert r.status == 207 and r.entries == [] and r.sync_token == token
    assert etags(c) == before
    c.delete(c.calendar + uid + '-0.ics')
    r = c.sync(c.calendar, token)
    assert [(e.href, e.status) for e in r.entries] == [(c.calendar + uid + '-0.ics', 404)]


def test_a_lost_cache_costs_one_full_sync(filled, lab):
    g, c, uid = filled
    token, before = c.sync(c.calendar).sync_token, etags(c)
    texts = {h: c.get(h).text for h in before}
    g.stop()
    for name in os.listdir(g.dir + '/cache'):
        path = os.path.join(g.dir, 'cache', name)
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    g.start()
    c = Client(g.url, 'user03')
    r = c.sync(c.calendar, token)
    assert r.status == 403 and r.condition == 'd:valid-sync-token', r
    r = c.sync(c.calendar)
    assert {e.href: e.text('d:getetag') for e in r.entries if e.text('d:getetag')} == before
    assert {h: c.get(h).text for h in before} == texts


def test_a_cache_removed_while_running(filled):
    g, c, uid = filled
    before = etags(c)
    shutil.rmtree(g.dir + '/cache', ignore_errors=True)
    os.makedirs(g.dir + '/cache', exist_ok=True)
    shutil.chown(g.dir + '/cache', 'www-data', 'www-data') if os.getuid() == 0 else None
    for _ in range(5):
        assert c.propfind(c.calendar, ['cs:getctag']).status in (207, 503)
    g.restart()
    assert etags(Client(g.url, 'user03')) == before


def test_a_spoiled_cache_is_started_anew(filled):
    g, c, uid = filled
    before = etags(c)
    g.stop()
    for base, _, names in os.walk(g.dir + '/cache'):
        for name in names:
            with open(os.path.join(base, name), 'r+b') as f:
                f.seek(0)
                f.write(os.urandom(min(16384, os.path.getsize(os.path.join(base, name)))))
    g.start()
    assert etags(Client(g.url, 'user03')) == before


def test_a_refused_sync_state_keeps_tokens(filled, lab):
    g, c, uid = filled
    token = c.sync(c.calendar).sync_token
    lab.faults(dict(operation='SyncFolderItems', kind='ErrorInvalidSyncStateData', times=1))
    r = c.sync(c.calendar, token)
    assert r.status == 207 and r.entries == [] and r.sync_token == token, r


def test_ap_socache_as_the_store(make_gateway, uid):
    """The second provider: any ap_socache, here one in shared memory."""
    g = make_gateway(cache='socache:shmcb')
    c = Client(g.url, 'user04')
    path = c.calendar + uid + '.ics'
    r = c.put(path, event(uid, extra='X-A:b'))
    assert r.status == 201, r
    token = c.sync(c.calendar).sync_token
    assert c.get(path).etag == r.etag
    assert c.put(path, event(uid, 'Other')).status in (200, 204)
    assert [e.href for e in c.sync(c.calendar, token).entries] == [path]
    assert c.delete(path).status == 204
    assert [(e.href, e.status) for e in c.sync(c.calendar, token).entries] == [(path, 404)]


def test_many_clients_at_once(make_gateway, lab):
    """Forty first syncs of one calendar side by side: one listing of Exchange serves them all."""
    lab.seed('user05', 300)
    g = make_gateway()
    clients = [Client(g.url, 'user05') for _ in range(40)]
    clients[0].propfind('/', ['d:current-user-principal'])
    before = lab.calls()['by_operation'].get('GetItem', 0)
    out = []

    def first_sync(c):
        hrefs = [e.href for e in c.sync(c.calendar).entries if e.text('d:getetag')]
        out.append(len([1 for e in c.multiget(c.calendar, hrefs).entries if e.text('c:calendar-data')]))
    threads = [threading.Thread(target=first_sync, args=(c,)) for c in clients]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert out == [300] * 40
    assert lab.calls()['by_operation']['GetItem'] - before <= 8


def test_a_mailbox_that_was_restored(make_gateway, lab, uid):
    """All its folders have other ids than the gateway remembers: the first request finds them."""
    client = Client(make_gateway().url, 'erin')
    path = client.calendar + uid + '.ics'
    assert client.put(path, event(uid)).status == 201
    token = client.sync(client.calendar).sync_token
    lab.reset()
    assert client.put(path, event(uid, 'Again')).status == 201
    r = client.sync(client.calendar, token)
    assert r.status == 403 and 'valid-sync-token' in r.text
    assert [e.href for e in client.sync(client.calendar).entries if e.text('d:getetag')] == [path]
    lab.reset()
    home = client.propfind(client.home, ['cs:getctag', 'd:sync-token'], depth=1).by_href
    assert home[client.calendar].text('cs:getctag') and home[client.calendar].text('d:sync-token')
