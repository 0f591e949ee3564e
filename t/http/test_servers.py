# SPDX-License-Identifier: Apache-2.0
"""The core of all under every MPM of httpd, over HTTP/2, and in front of every generation of Exchange."""
import shutil
import subprocess
import threading

import pytest
from dav import Client, event
from outlook import Outlook


def core(client, uid):
    """What every set-up must do: discover, write, read, change, sync, query, delete."""
    root = client.propfind('/', ['d:current-user-principal'])
    assert client.principal.replace('@', '%40') in root.text or client.principal in root.text
    path = client.calendar + uid + '.ics'
    token = client.sync(client.calendar).sync_token
    text = event(uid, 'Core ' + uid, '20270302T100000', '20270302T110000', 'X-A:b\nCATEGORIES:One,Two\nRRULE:FREQ=WEEKLY;COUNT=5', zone='Europe/Berlin')
    r = client.put(path, text, If_None_Match='*')
    assert r.status == 201 and r.etag, r
    got = client.get(path)
    assert got.text == text and got.etag == r.etag
    assert [e.href for e in client.sync(client.calendar, token).entries] == [path]
    q = client.query(client.calendar, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="20270309T000000Z" '
                     'end="20270310T000000Z"/></c:comp-filter></c:comp-filter>')
    assert path in [e.href for e in q.entries]
    assert client.put(path, text.replace('Core', 'Changed'), If_Match='"stale"').status == 412
    assert client.put(path, text.replace('Core', 'Changed'), If_Match=r.etag).status in (200, 204)
    assert 'Changed' in client.get(path).text
    assert client.delete(path).status == 204
    assert client.get(path).status == 404
    day = client.calendar + uid + '-day.ics'
    assert client.put(day, event(uid + '-day', 'Day', '20270302', '20270303')).status == 201
    assert 'DTSTART;VALUE=DATE:20270302' in client.get(day).text
    assert client.delete(day).status == 204


@pytest.mark.parametrize('mpm', ['event', 'worker', 'prefork'])
def test_mpm(make_gateway, uid, mpm):
    g = make_gateway(mpm=mpm)
    core(Client(g.url, 'user10'), uid)
    out = []

    def one(i):
        c = Client(g.url, 'user%d' % (11 + i))
        core(c, '%s-%d' % (uid, i))
        out.append(i)
    threads = [threading.Thread(target=one, args=(i,)) for i in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(out) == list(range(8))


CURL, H2LOAD = (shutil.which(x, path='/usr/bin:/bin') for x in ('curl', 'h2load'))


@pytest.mark.skipif(not (CURL and H2LOAD), reason='curl or h2load is not installed (make deps)')
def test_http2(make_gateway, uid, tmp_path):
    g = make_gateway(http2=True)
    path = '/dav/calendars/alice@contoso.example/calendar/%s.ics' % uid
    body = tmp_path / 'e.ics'
    body.write_bytes(event(uid).encode())

    def curl(*args):
        r = subprocess.run([CURL, '-s', '--http2-prior-knowledge', '-u', 'alice:excal', '-w', '\n%{http_version} %{http_code}', *args], capture_output=True,
                           timeout=60)
        out = r.stdout.decode()
        return out.rsplit('\n', 1)
    assert curl('-T', str(body), '-H', 'Content-Type: text/calendar', g.url + path)[1] == '2 201'
    text, status = curl(g.url + path)
    assert status == '2 200' and text.replace('\r\n', '\n').strip() == event(uid).replace('\r\n', '\n').strip()
    text, status = curl('-X', 'PROPFIND', '-H', 'Depth: 1', g.url + path.rsplit('/', 1)[0] + '/')
    assert status == '2 207' and uid in text and text.rstrip().endswith('multistatus>')
    # many streams of one connection
    r = subprocess.run([H2LOAD, '-n', '200', '-c', '2', '-m', '10', '-H', 'Authorization: Basic YWxpY2U6ZXhjYWw=', g.url + path], capture_output=True,
                       text=True, timeout=60)
    assert 'status codes: 200 2xx, 0 3xx, 0 4xx, 0 5xx' in r.stdout, r.stdout
    assert curl('-X', 'DELETE', g.url + path)[1] == '2 204'


@pytest.fixture
def generation(lab):
    yield lambda version: lab.settings(version=version)
    lab.settings(version='2019')


OUTLOOK_VERSION = {'2007_SP1': 'Exchange2007_SP1', '2010_SP2': 'Exchange2010_SP2', '2013_SP1': 'Exchange2013_SP1', '2016': 'Exchange2013_SP1',
                   '2019': 'Exchange2013_SP1'}


@pytest.mark.parametrize('version', sorted(OUTLOOK_VERSION))
def test_generation(make_gateway, lab, generation, uid, version):
    generation(version)
    g = make_gateway()
    c = Client(g.url, 'user30')
    core(c, uid)
    outlook = Outlook(lab, 'user30', OUTLOOK_VERSION[version])
    token = c.sync(c.calendar).sync_token
    item, _ = outlook.create('From Outlook ' + uid, before_start='<t:Body BodyType="Text">first&#13;\nsecond</t:Body>')
    [entry] = c.sync(c.calendar, token).entries
    text = c.get(entry.href).text
    assert 'SUMMARY:From Outlook ' + uid[:20] in text.replace('\r\n ', '') and 'first\\nsecond' in text.replace('\r\n ', '')
    outlook.delete(item)


def test_an_upgrade_of_exchange(make_gateway, lab, generation, uid):
    """The server gets newer, then older again: the version that was remembered is found out anew."""
    generation('2019')
    g = make_gateway()
    c = Client(g.url, 'user31')
    core(c, uid)
    generation('2010_SP2')
    c.propfind(c.calendar, ['cs:getctag'])  # this one may have to find out
    core(c, uid + 'b')
