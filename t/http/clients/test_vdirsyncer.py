# SPDX-License-Identifier: Apache-2.0
"""vdirsyncer: two-way sync between a folder and a calendar, with conflicts and deletions."""
import json
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
item_types = ["{component}"]
'''


class Pair:
    def __init__(self, directory, url, component='VEVENT'):
        self.dir, self.url, self.component = str(directory), url, component
        self.local = os.path.join(self.dir, 'local')
        os.makedirs(self.local)
        self.write('null')
        self.run('discover')

    def write(self, resolution):
        with open(os.path.join(self.dir, 'config'), 'w') as f:
            f.write(CONFIG.format(dir=self.dir, url=self.url, resolution=resolution, component=self.component))

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


# ---- with the programs that show such a folder ----

TODOMAN, KHAL = (shutil.which(name, path='/usr/bin:/bin') for name in ('todoman', 'khal'))


def program(directory, path, *args):
    env = dict(os.environ, LC_ALL='C.UTF-8', LANG='C.UTF-8', HOME=str(directory), XDG_CONFIG_HOME=str(directory), XDG_CACHE_HOME=str(directory),
               XDG_DATA_HOME=str(directory), TZ='Europe/Berlin')
    r = subprocess.run([path, *args], env=env, text=True, capture_output=True, timeout=120, cwd=str(directory))
    assert r.returncode == 0, r.stdout + r.stderr
    return r.stdout


@pytest.mark.skipif(not TODOMAN, reason='todoman is not installed (make deps)')
def test_tasks_with_todoman(tmp_path, gateway, alice):
    """Made in todoman, seen by others; made by another client, finished in todoman."""
    path = alice.home + 'todo-%s/' % os.path.basename(str(tmp_path))
    body = '<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop><c:supported-calendar-component-set><c:comp name="VTODO"/>' \
           '</c:supported-calendar-component-set></d:prop></d:set></c:mkcalendar>'
    assert alice.request('MKCALENDAR', path, body).status == 201
    try:
        pair = Pair(tmp_path, gateway.url + path, 'VTODO')
        os.makedirs(str(tmp_path / 'todoman'))
        (tmp_path / 'todoman/config.py').write_text('path = %r\ndate_format = "%%Y-%%m-%%d"\ntime_format = "%%H:%%M"\ndefault_list = "local"\ncolor = "never"\n'
                                                    % os.path.join(pair.dir, 'local*'))
        todo = lambda *args: program(tmp_path, TODOMAN, *args)
        todo('new', '--due', '2027-05-03 17:00', '--priority', 'high', 'Water the plants')
        pair.run('sync')
        [mine] = members(alice, path)
        text = alice.get(mine).text
        assert 'SUMMARY:Water the plants' in text and 'PRIORITY:4' in text and '20270503T150000Z' in text, text
        assert alice.put(path + 'other.ics', '\r\n'.join(['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', 'BEGIN:VTODO', 'UID:other-' + os.path.basename(path[:-1]),
                         'DTSTAMP:20270101T000000Z', 'SUMMARY:Pay the rent', 'END:VTODO', 'END:VCALENDAR', ''])).status == 201
        pair.run('sync')
        listed = {t['summary']: t['id'] for t in json.loads(todo('--porcelain', 'list'))}
        assert set(listed) == {'Water the plants', 'Pay the rent'}
        todo('done', str(listed['Pay the rent']))
        pair.run('sync')
        text = alice.get(path + 'other.ics').text
        assert 'STATUS:COMPLETED' in text and 'PERCENT-COMPLETE:100' in text
        tag = members(alice, path)
        pair.run('sync')
        assert members(alice, path) == tag
    finally:
        alice.delete(path)


@pytest.mark.skipif(not KHAL, reason='khal is not installed (make deps)')
def test_events_with_khal(tmp_path, pair, alice, cal):
    os.makedirs(str(tmp_path / 'khal'))
    (tmp_path / 'khal/config').write_text('[calendars]\n[[work]]\npath = %s\n[default]\ndefault_calendar = work\nhighlight_event_days = False\n[locale]\ntimeformat = %%H:%%M\n'
                                          'dateformat = %%Y-%%m-%%d\nlongdateformat = %%Y-%%m-%%d\ndatetimeformat = %%Y-%%m-%%d %%H:%%M\nlongdatetimeformat = %%Y-%%m-%%d %%H:%%M\n'
                                          'local_timezone = Europe/Berlin\ndefault_timezone = Europe/Berlin\n' % pair.local)
    khal = lambda *args: program(tmp_path, KHAL, *args)
    khal('new', '2027-05-04', '10:00', '11:00', 'Stand-up', '--repeat', 'weekly', '--until', '2027-06-01', '--alarms', '10m')
    alice.put(cal + 'there.ics', event('khal-there', 'Review', '20270505T120000Z', '20270505T130000Z'))
    pair.run('sync')
    [mine] = [h for h in members(alice, cal) if not h.endswith('there.ics')]
    text = alice.get(mine).text
    assert 'SUMMARY:Stand-up' in text and 'FREQ=WEEKLY' in text and 'TRIGGER:-PT10M' in text
    shown = khal('list', '2027-05-04', '10d', '--format', '{start} {title}')
    assert '2027-05-04 10:00 Stand-up' in shown and '2027-05-11 10:00 Stand-up' in shown and '2027-05-05 14:00 Review' in shown, shown
