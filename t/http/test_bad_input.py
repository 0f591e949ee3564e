# SPDX-License-Identifier: Apache-2.0
"""Hostile and broken requests: each gets its proper status, the process survives, nothing is stored."""
import socket
import time
from urllib.parse import urlsplit

import pytest
from dav import DECL, event

BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%s]><d:propfind xmlns:d="DAV:"><d:prop><d:getetag/>&z;</d:prop></d:propfind>' % ''.join(
    '<!ENTITY %s "%s">' % (chr(98 + i), ('&%s;' % chr(97 + i)) * 10) for i in range(25))
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><d:propfind xmlns:d="DAV:"><d:prop><d:getetag/>&e;</d:prop></d:propfind>'

BROKEN_XML = {
    'not closed': '<d:propfind xmlns:d="DAV:"><d:prop>',
    'no xml': 'hello',
    'undeclared prefix': '<x:propfind><x:prop/></x:propfind>',
    'entity bomb': BOMB,
    'external entity': EXTERNAL,
    'too deep': '<d:propfind xmlns:d="DAV:">' + '<d:prop>' * 5000 + '</d:prop>' * 5000 + '</d:propfind>',
    'another root': '<d:nonsense xmlns:d="DAV:"/>',
    'nul': '<d:propfind xmlns:d="DAV:"><d:prop><d:x\0/></d:prop></d:propfind>',
    'bad utf-8': b'<d:propfind xmlns:d="DAV:"><d:prop><d:x>\xff\xfe\xc0\x80</d:x></d:prop></d:propfind>',
}


def size(client, path):
    return len([e for e in client.propfind(path, ['d:getetag'], depth=1).entries if e.text('d:getetag')])


@pytest.mark.parametrize('what', sorted(BROKEN_XML))
@pytest.mark.parametrize('method', ['PROPFIND', 'PROPPATCH', 'REPORT', 'MKCALENDAR', 'MKCOL'])
def test_broken_xml(alice, cal, what, method):
    path = cal if method in ('PROPFIND', 'PROPPATCH', 'REPORT') else cal.rstrip('/') + '-new/'
    r = alice.request(method, path, BROKEN_XML[what], {'Content-Type': 'application/xml', 'Depth': '0'})
    assert 400 <= r.status < 500, r
    assert b'root:' not in r.body
    if method.startswith('MK'):
        assert alice.propfind(path, ['d:displayname']).status == 404


def ics(body, uid='bad'):
    return 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n' + body.replace('{uid}', uid).replace('\n', '\r\n') + '\r\nEND:VCALENDAR\r\n'


BROKEN_ICS = {
    'empty': ('', 403),
    'garbage': ('\x00\x01\x02 nothing', 403),
    'not a calendar': ('BEGIN:VCARD\r\nVERSION:3.0\r\nFN:x\r\nEND:VCARD\r\n', 403),
    'no component': (ics('X-A:b'), 403),
    'no uid': (ics('BEGIN:VEVENT\nDTSTAMP:20270101T000000Z\nDTSTART:20270101T000000Z\nEND:VEVENT'), 403),
    'no dtstart': (ics('BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nSUMMARY:x\nEND:VEVENT'), 403),
    'two uids': (ics('BEGIN:VEVENT\nUID:a\nDTSTAMP:20270101T000000Z\nDTSTART:20270101T000000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:b\nDTSTAMP:20270101T000000Z\n'
                     'DTSTART:20270101T000000Z\nEND:VEVENT'), 403),
    'two kinds': (ics('BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nDTSTART:20270101T000000Z\nEND:VEVENT\nBEGIN:VTODO\nUID:{uid}\nDTSTAMP:20270101T000000Z\n'
                      'END:VTODO'), 403),
    'method': (ics('METHOD:PUBLISH\nBEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nDTSTART:20270101T000000Z\nEND:VEVENT'), 403),
    'broken date': (ics('BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nDTSTART:2027xx01T000000Z\nEND:VEVENT'), 403),
    'end before start': (ics('BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nDTSTART:20270102T000000Z\nDTEND:20270101T000000Z\nEND:VEVENT'), 403),
    'unknown zone': (ics('BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nDTSTART;TZID=Mars/Olympus:20270101T000000\nEND:VEVENT'), 403),
    'zone as a path': (ics('BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nDTSTART;TZID=../../../../etc/passwd:20270101T000000\nEND:VEVENT'), 403),
    'bad rule': (ics('BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nDTSTART:20270101T000000Z\nRRULE:FREQ=SOMETIMES\nEND:VEVENT'), 403),
    'every second': (ics('BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nDTSTART:20270101T000000Z\nRRULE:FREQ=SECONDLY\nEND:VEVENT'), 403),
    'huge count': (ics('BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nDTSTART:20270101T000000Z\nRRULE:FREQ=DAILY;COUNT=999999999\nEND:VEVENT'), 403),
    'rdate': (ics('BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nDTSTART:20270101T000000Z\nRDATE:20270105T000000Z\nEND:VEVENT'), 403),
    'todo': (ics('BEGIN:VTODO\nUID:{uid}\nDTSTAMP:20270101T000000Z\nSUMMARY:x\nEND:VTODO'), 403),
    'journal': (ics('BEGIN:VJOURNAL\nUID:{uid}\nDTSTAMP:20270101T000000Z\nDTSTART:20270101T000000Z\nEND:VJOURNAL'), 403),
    'two calendars': (ics('BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nDTSTART:20270101T000000Z\nEND:VEVENT') * 2, 403),
    'same override twice': (ics(('BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nDTSTART:20270101T000000Z\nRRULE:FREQ=DAILY\nEND:VEVENT\n') +
                                '\n'.join(['BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nRECURRENCE-ID:20270102T000000Z\nDTSTART:20270102T010000Z\nEND:VEVENT'] * 2)), 403),
}


@pytest.mark.parametrize('what', sorted(BROKEN_ICS))
def test_broken_icalendar(alice, cal, what):
    text, status = BROKEN_ICS[what]
    r = alice.request('PUT', cal + 'bad.ics', text.encode('utf-8', 'surrogateescape'), {'Content-Type': 'text/calendar; charset=utf-8'})
    assert r.status == status and r.condition, r
    assert size(alice, cal) == 0


def test_not_utf8(alice, cal):
    body = event('u', 'caf\xe9').encode('latin-1')
    r = alice.request('PUT', cal + 'a.ics', body, {'Content-Type': 'text/calendar; charset=utf-8'})
    assert r.status == 403 and r.condition == 'c:valid-calendar-data', r
    r = alice.request('PUT', cal + 'a.ics', body, {'Content-Type': 'text/calendar; charset=iso-8859-1'})
    assert r.status == 415
    assert size(alice, cal) == 0


def test_wrong_content_type(alice, cal):
    for kind in ('text/plain', 'application/json', 'application/octet-stream'):
        assert alice.request('PUT', cal + 'a.ics', event('u'), {'Content-Type': kind}).status == 415
    assert alice.request('PUT', cal + 'a.ics', event('u'), {'Content-Type': 'text/calendar', 'Content-Encoding': 'zip'}).status == 415
    assert alice.request('PUT', cal + 'a.ics', event('u'), {'Content-Type': 'text/calendar', 'Content-Range': 'bytes 0-9/10'}).status == 400
    assert size(alice, cal) == 0


def test_oversized(make_gateway, alice, cal):
    from dav import Client
    g = make_gateway(location='ExcalMaxResourceSize 20K\nExcalMaxRequestBody 30K')
    c = Client(g.url, 'alice')
    big = event('big', extra='DESCRIPTION:' + 'x' * 40000)
    r = c.request('PUT', c.calendar + 'big.ics', big)
    assert r.status == 403 and r.condition == 'c:max-resource-size', r
    r = c.request('PROPFIND', c.calendar, '<d:propfind %s><d:prop>%s</d:prop></d:propfind>' % (DECL, '<d:x/>' * 10000), {'Depth': '0'})
    assert r.status == 413, r
    # the same without a Content-Length
    u = urlsplit(g.url)
    s = socket.create_connection((u.hostname, u.port), 20)
    s.sendall(b'PUT %sbig.ics HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWxpY2U6ZXhjYWw=\r\nContent-Type: text/calendar\r\nTransfer-Encoding: chunked\r\n'
              b'Connection: close\r\n\r\n' % c.calendar.encode())
    try:
        for _ in range(10):
            s.sendall(b'4000\r\n' + b'x' * 0x4000 + b'\r\n')
        s.sendall(b'0\r\n\r\n')
    except OSError:
        pass
    answer = s.recv(100)
    assert not answer or b' 403 ' in answer or b' 413 ' in answer, answer
    s.close()
    assert c.get(c.calendar + 'big.ics').status == 404


PATHS = [
    '/dav/calendars/alice@contoso.example/../bob@contoso.example/calendar/', '/dav/calendars/alice@contoso.example/%2e%2e/bob@contoso.example/calendar/',
    '/dav/calendars/alice@contoso.example/calendar/..%2f..%2fx.ics', '/dav/calendars/alice@contoso.example/calendar/a%00b.ics',
    '/dav/calendars/alice@contoso.example/calendar/%ff%fe.ics', '/dav/calendars/alice@contoso.example/calendar/a%0d%0aX-Y:z.ics',
    '/dav/calendars/alice@contoso.example//calendar//x.ics', '/dav/calendars/alice@contoso.example/calendar/' + 'x' * 5000 + '.ics',
    '/dav/calendars/alice@contoso.example/calendar/%', '/dav/calendars/alice@contoso.example/calendar/%zz.ics',
    '/dav/calendars/alice@contoso.example/calendar/a/b/c.ics', '/dav/nonsense/', '/../etc/passwd',
    '/etc/passwd', '/dav/calendars/alice@contoso.example/calendar%2fx.ics',
]


@pytest.mark.parametrize('path', PATHS)
def test_path_tricks(alice, path):
    for method in ('GET', 'PROPFIND', 'PUT', 'DELETE'):
        r = alice.request(method, path, event('trick') if method == 'PUT' else None)
        assert 400 <= r.status < 500, (method, r)
        assert b'root:' not in r.body and r.header('X-Y') is None


def test_other_peoples_calendars(alice, bob, uid):
    assert bob.put(bob.calendar + uid + '.ics', event(uid, 'Secret')).status == 201
    for method in ('GET', 'PROPFIND', 'DELETE', 'PUT', 'REPORT', 'PROPPATCH'):
        r = alice.request(method, bob.calendar + uid + '.ics', event(uid) if method == 'PUT' else None)
        assert r.status in (400, 403, 404), (method, r)
        assert b'Secret' not in r.body
    r = alice.multiget(alice.calendar, [bob.calendar + uid + '.ics'])
    assert r.entries[0].status in (403, 404) and b'Secret' not in r.body
    assert bob.delete(bob.calendar + uid + '.ics').status == 204


def test_unknown_methods(alice, cal):
    for method in ('LOCK', 'UNLOCK', 'BREW', 'PATCH', 'SEARCH', 'BPROPFIND', 'TRACE', 'CONNECT-NOT'):
        r = alice.request(method, cal)
        assert r.status in (405, 501), (method, r)


@pytest.mark.parametrize('destination', ['http://evil.example/dav/calendars/alice@contoso.example/calendar/x.ics', 'ftp://x/y', '//evil.example/x', 'not a url',
                                         '/dav/calendars/bob@contoso.example/calendar/x.ics', '/dav/', '', '/dav/calendars/alice@contoso.example/nowhere/x.ics'])
def test_wrong_destinations(alice, cal, put, uid, destination):
    path = put(uid)
    for method in ('MOVE', 'COPY'):
        r = alice.request(method, path, None, {'Destination': destination})
        assert 400 <= r.status < 500 or r.status == 502, (method, r)
    assert alice.get(path).status == 200


def raw(gateway, data):
    u = urlsplit(gateway.url)
    with socket.create_connection((u.hostname, u.port), 20) as s:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        out = b''
        while True:
            got = s.recv(65536)
            if not got:
                return out
            out += got


def test_header_splitting(gateway, alice, cal):
    """Nothing of a request comes back as a header of its own."""
    auth = b'Authorization: Basic YWxpY2U6ZXhjYWw=\r\n'
    for path in (b'%0d%0aSet-Cookie:%20a=b.ics', b'a%0aSet-Cookie:x.ics'):
        out = raw(gateway, b'PUT ' + cal.encode() + path + b' HTTP/1.1\r\nHost: h\r\n' + auth + b'Content-Length: 0\r\nConnection: close\r\n\r\n')
        assert b'\r\nSet-Cookie' not in out.split(b'\r\n\r\n')[0]
    out = raw(gateway, b'GET / HTTP/1.1\r\nHost: a\r\nb: c\r\n' + auth + b'Connection: close\r\n\r\n')
    assert out.startswith(b'HTTP/1.1 ')


def test_broken_bodies(gateway, alice, cal):
    auth = b'Authorization: Basic YWxpY2U6ZXhjYWw=\r\n'
    out = raw(gateway, b'PUT ' + cal.encode() + b'half.ics HTTP/1.1\r\nHost: h\r\n' + auth +
              b'Content-Type: text/calendar\r\nContent-Length: 5000\r\nConnection: close\r\n\r\nBEGIN:VCALENDAR\r\n')
    assert not out or out[9:12] in (b'400', b'408')
    out = raw(gateway, b'PUT ' + cal.encode() + b'chunk.ics HTTP/1.1\r\nHost: h\r\n' + auth +
              b'Content-Type: text/calendar\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\nhello\r\n0\r\n\r\n')
    assert not out or out[9:12] == b'400'
    assert size(alice, cal) == 0


def test_many_properties_and_hrefs(alice, cal):
    r = alice.propfind(cal, ['d:p%d' % i for i in range(2000)])
    assert r.status in (207, 400, 403, 413)
    r = alice.multiget(cal, [cal + 'x%d.ics' % i for i in range(5000)])
    assert r.status in (207, 403, 413)


def test_huge_recurrences_are_bounded(alice, cal, put, uid):
    put(uid, 'Daily for ever', '20000101T000000Z', '20000101T003000Z', 'RRULE:FREQ=DAILY')
    start = time.time()
    r = alice.query(cal, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="20000101T000000Z" end="29990101T000000Z"/>'
                         '</c:comp-filter></c:comp-filter>', '<c:calendar-data><c:expand start="20000101T000000Z" end="29990101T000000Z"/></c:calendar-data>')
    assert r.status in (207, 403), r
    assert len(r.body) < 20_000_000
    r = alice.query(cal, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="29980101T000000Z" end="29990101T000000Z"/>'
                         '</c:comp-filter></c:comp-filter>')
    assert r.status in (207, 403), r
    assert time.time() - start < 30


@pytest.mark.parametrize('body', [
    '<c:calendar-query %s><d:prop/><c:filter/></c:calendar-query>', '<c:calendar-query %s><d:prop/></c:calendar-query>',
    '<c:calendar-query %s><c:filter><c:comp-filter name="VEVENT"/></c:filter></c:calendar-query>',
    '<c:calendar-query %s><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="x" end="y"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>',
    '<c:calendar-query %s><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="20270102T000000Z" end="20270101T000000Z"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>',
    '<c:calendar-query %s><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:prop-filter name="SUMMARY"><c:text-match collation="i;klingon">x</c:text-match></c:prop-filter></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>',
    '<c:free-busy-query %s/>', '<c:free-busy-query %s><c:time-range/></c:free-busy-query>', '<d:sync-collection %s><d:sync-token>rubbish</d:sync-token><d:sync-level>1</d:sync-level><d:prop/></d:sync-collection>',
    '<d:sync-collection %s><d:sync-token/><d:sync-level>7</d:sync-level><d:prop/></d:sync-collection>', '<d:unknown-report %s/>', '<d:expand-property %s><d:property name=""/></d:expand-property>',
])
def test_bad_reports(alice, cal, put, uid, body):
    put(uid)
    r = alice.report(cal, body % DECL, depth=None if 'sync-collection' in body else 1)
    assert 400 <= r.status < 500 or (r.status == 207 and 'expand-property' in body), r
