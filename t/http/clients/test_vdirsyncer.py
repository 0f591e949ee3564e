# SPDX-License-Identifier: Apache-2.0
"""vdirsyncer: two-way sync between a folder and a calendar, with conflicts and deletions."""
import os
import shutil
import subprocess

import pytest
from dav import event

VDIRSYNCER = shutil.which('vdirsyncer', path='/usr/bin:/bin')
pytestmark = pytest.mark.skipif(not VDIRSYNCER, reason='vdirsyncer is not installed (make deps)')

CONFIG = '''
[general]
status_path = "{dir}/status"
[pair both]
a = "local"
b = "remote"
collections = null
conflict_resolution = {resolution}
[storage local]
type = "filesystem"
path = "{dir}/local"
fileext = ".ics"
[storage remote]
type = "caldav"
url = "{url}"
username = "alice"
password = "excal"
item_types = ["VEVENT"]
'''


class Pair:
    def __init__(self, directory, url):
        self.dir, self.url = str(directory), url
        self.local = os.path.join(self.dir, 'local')
        os.makedirs(self.local)
        self.write('null')
        self.run('discover')

    def write(self, resolution):
        with open(os.path.join(self.dir, 'config'), 'w') as f:
            f.write(CONFIG.format(dir=self.dir, url=self.url, resolution=resolution))

    def run(self, *args, code=0):
        env = dict(os.environ, LC_ALL='C.UTF-8', HOME=self.dir)
        r = subprocess.run([VDIRSYNCER, '-c', os.path.join(self.dir, 'config'), *args], env=env, input='y\n', text=True,
                           capture_output=True, timeout=120)
        assert (r.returncode == 0) == (code == 0), r.stdout + r.stderr
        return r.stdout + r.stderr

    def files(self):
        return sorted(f for f in os.listdir(self.local) if f.endswith('.ics'))

    def read(self, name):
        return open(os.path.join(self.local, name), newline='').read()

    def put(self, name, text):
        with open(os.path.join(self.local, name), 'w', newline='') as f:
            f.write(text)


@pytest.fixture
def pair(tmp_path, gateway, cal):
    return Pair(tmp_path, gateway.url + cal)


def members(client, path):
    return {e.href: e.text('d:getetag') for e in client.propfind(path, ['d:getetag'], depth=1).entries if e.text('d:getetag')}


def test_both_ways(pair, alice, cal, gateway):
    pair.put('one.ics', event('vd-one', 'From here'))
    alice.put(cal + 'two.ics', event('vd-two', 'From there'))
    pair.run('sync')
    assert len(pair.files()) == 2
    remote = members(alice, cal)
    assert len(remote) == 2 and cal + 'two.ics' in remote
    assert any('From there' in pair.read(f) for f in pair.files())
    # a second sync is quiet: nothing is written, the entity tags stay
    before = gateway.access_log().count('"PUT ')
    out = pair.run('sync')
    assert gateway.access_log().count('"PUT ') == before, out
    assert members(alice, cal) == remote


def test_changes_and_deletions(pair, alice, cal):
    for i in range(4):
        pair.put('e%d.ics' % i, event('vd-%d' % i, 'Number %d' % i))
    pair.run('sync')
    paths = {p for p in members(alice, cal)}
    assert len(paths) == 4
    by_uid = {u: p for p in paths for u in range(4) if ('UID:vd-%d\r\n' % u) in alice.get(p).text}
    # changed here, changed there, deleted here, deleted there
    pair.put('e0.ics', event('vd-0', 'Changed here'))
    assert alice.put(by_uid[1], event('vd-1', 'Changed there')).status in (200, 204)
    os.unlink(os.path.join(pair.local, 'e2.ics'))
    assert alice.delete(by_uid[3]).status == 204
    pair.run('sync')
    assert set(members(alice, cal)) == {by_uid[0], by_uid[1]}
    assert 'Changed here' in alice.get(by_uid[0]).text
    assert 'Changed there' in pair.read('e1.ics')
    assert pair.files() == ['e0.ics', 'e1.ics']


def test_conflict(pair, alice, cal):
    pair.put('c.ics', event('vd-c', 'Common'))
    pair.run('sync')
    [path] = members(alice, cal)
    pair.put('c.ics', event('vd-c', 'Mine'))
    assert alice.put(path, event('vd-c', 'Theirs')).status in (200, 204)
    out = pair.run('sync', code=1)
    assert 'conflict' in out.lower()
    assert 'Theirs' in alice.get(path).text and 'Mine' in pair.read('c.ics')
    pair.write('"b wins"')
    pair.run('sync')
    assert 'Theirs' in pair.read('c.ics')
