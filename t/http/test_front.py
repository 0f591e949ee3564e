# SPDX-License-Identifier: Apache-2.0
"""The front against a real httpd and the simulator: discovery as clients do it, listings, conditions,
properties that stay, paging, and what an ailing Exchange looks like to a client."""
import re
import time

import pytest
from dav import DECL, Client, event, q

TB_FIRST = ['d:resourcetype', 'd:owner', 'd:displayname', 'd:current-user-principal', 'd:current-user-privilege-set', 'a:calendar-color', 'c:calendar-home-set']
EVENTS = '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">%s</c:comp-filter></c:comp-filter>'


@pytest.fixture
def exchange(lab):
    """Settings of the simulator, taken back after the test."""
    def set(**settings):
        lab.settings(**settings)
    yield set
    lab.settings(faults=[], latency_ms=0)


def discover(client, start='/.well-known/caldav'):
    """The way from a host name to the calendars that all clients go; returns the entries of the home."""
    r = client.request('PROPFIND', start)
    assert r.status == 301, r
    start = re.sub('^https?://[^/]*', '', r.header('Location'))
    me = client.propfind(start, TB_FIRST).entries[0].ok('d:current-user-principal').hrefs[0]
    home = client.propfind(me, ['c:calendar-home-set']).entries[0].ok('c:calendar-home-set').hrefs[0]
    return client.propfind(home, ['d:resourcetype', 'd:displayname', 'd:current-user-privilege-set', 'a:calendar-color'], depth=1).entries


def test_discovery(alice):
    entries = discover(alice)
    assert all(e.status is None for e in entries), 'a bare status in the home listing makes detection fail'
    calendars = [e for e in entries if q('c:calendar') in e.ok('d:resourcetype').children]
    assert alice.calendar in [e.href for e in calendars]
    for e in calendars:
        granted = {p.tag for p in e.ok('d:current-user-privilege-set').element.iter()}
        assert q('d:write') in granted and q('d:all') in granted


def test_discovery_from_the_root(alice):
    for start in ('/', '/dav/', '/dav'):
        r = alice.propfind(start, ['d:current-user-principal'])
        assert r.entries[0].ok('d:current-user-principal').hrefs == [alice.principal]


def test_login_in_any_form(gateway):
    for login in ('alice', 'ALICE@contoso.example', 'CONTOSO\\alice'):
        c = Client(gateway.url, login)
        assert c.propfind('/dav/', ['d:current-user-principal']).entries[0].ok('d:current-user-principal').hrefs == ['/dav/principals/alice@contoso.example/']


def test_no_login(gateway):
    c = Client(gateway.url)
    for method in ('PROPFIND', 'GET', 'PUT', 'REPORT'):
        r = c.request(method, '/dav/calendars/alice@contoso.example/calendar/', event('x') if method == 'PUT' else None)
        assert r.status == 401 and re.match(r'Basic realm="[^"]+"', r.header('WWW-Authenticate')), (method, r)


def test_principal(alice):
    e = alice.propfind(alice.principal, ['d:displayname', 'd:principal-URL', 'd:resourcetype', 'c:calendar-user-address-set', 'c:calendar-user-type',
                                         'cs:email-address-set', 'd:group-membership', 'd:supported-report-set', 'd:principal-collection-set',
                                         'c:schedule-outbox-URL']).entries[0]
    assert e.text('d:displayname')
    assert e.ok('d:principal-URL').hrefs == [alice.principal]
    assert 'mailto:alice@contoso.example' in e.ok('c:calendar-user-address-set').hrefs
    assert e.text('c:calendar-user-type') == 'INDIVIDUAL'
    assert q('d:principal') in e.ok('d:resourcetype').children
    assert e.ok('c:schedule-outbox-URL').hrefs == [alice.home + 'outbox/']


def test_options_everywhere(alice, cal, gateway):
    for path in ('/dav/', alice.home, cal, alice.principal):
        for client in (alice, Client(gateway.url)):
            r = client.request('OPTIONS', path)
            if r.status == 401 and client is not alice:
                continue
            assert r.status == 200 and r.header('DAV').startswith('1, ') and 'calendar-access' in r.header('DAV')
            assert 'calendar-auto-schedule' in r.header('DAV')
    assert alice.request('OPTIONS', alice.home).status == 200


def test_thunderbird_probes(alice, cal):
    assert alice.request('HEAD', cal).status == 200
    r = alice.request('PUT', cal, event('probe'), {'If-Match': 'nothing'})
    assert 400 <= r.status < 500 and r.status != 412
    assert len(alice.propfind(cal, ['d:getetag'], depth=1).entries) == 1


def test_one_etag_everywhere(alice, cal, uid):
    path = cal + uid + '.ics'
    r = alice.put(path, event(uid))
    assert r.status == 201 and re.fullmatch('"[^"]+"', r.etag)
    assert alice.get(path).etag == r.etag
    assert alice.request('HEAD', path).etag == r.etag
    assert alice.propfind(path, ['d:getetag']).entries[0].text('d:getetag') == r.etag
    assert alice.propfind(cal, ['d:getetag'], depth=1).by_href[path].text('d:getetag') == r.etag
    assert alice.multiget(cal, [path]).entries[0].text('d:getetag') == r.etag
    assert alice.sync(cal).by_href[path].text('d:getetag') == r.etag
    assert alice.query(cal).by_href[path].text('d:getetag') == r.etag
    zipped = alice.get(path, Accept_Encoding='gzip')
    assert zipped.etag == r.etag


def test_what_was_put_comes_back(alice, cal, put, uid):
    path = put(uid, 'Ümläut, "quoted"', extra='X-OWN;X-P=1:kept\nCOMMENT:mine')
    assert alice.get(path).text == event(uid, 'Ümläut, "quoted"', extra='X-OWN;X-P=1:kept\nCOMMENT:mine')
    assert alice.get(path).header('Content-Type').replace(' ', '').startswith('text/calendar;charset=utf-8')


@pytest.mark.parametrize('name', ['plain.ics', 'no-extension', 'with%20space%20and%20%C3%BC.ics', 'a@b%2Bc=d%26e.ics', '%23hash%3Fquery.ics', "quote's%22.ics", '...',
                                  'x' * 200])
def test_the_name_stays(alice, cal, uid, name):
    assert alice.put(cal + name, event(uid)).status == 201
    hrefs = [e.href for e in alice.sync(cal).entries]
    assert len(hrefs) == 1
    assert alice.get(cal + name).text == alice.get(hrefs[0]).text == event(uid)
    assert alice.delete(hrefs[0]).status == 204
    assert alice.get(cal + name).status == 404


def test_at_sign_in_both_forms(alice, put, uid):
    path = put(uid)
    assert alice.get(path.replace('@', '%40')).status == 200
    assert alice.get(path.replace('alice', 'Alice')).status == 200


def test_conditions(alice, put, uid):
    path = put(uid)
    tag = alice.get(path).etag
    assert alice.put(path, event(uid), If_None_Match='*').status == 412
    assert alice.put(path, event(uid), If_Match='"stale"').status == 412
    assert alice.put(path, event(uid), If='(["stale"])').status == 412
    assert alice.put(path, event(uid), If='(<urn:uuid:no-lock-of-ours>)').status == 412
    assert alice.delete(path, If_Match='"stale"').status == 412
    assert alice.get(path, If_None_Match=tag).status == 304
    r = alice.put(path, event(uid, 'Changed'), If='([%s])' % tag)
    assert r.status == 204, r
    assert alice.put(path, event(uid, 'Again'), If_Match=tag).status == 412
    assert alice.delete(path, If_Match=r.etag).status == 204
    assert alice.delete(path).status == 404


def test_uid_conflict(alice, cal, put, uid):
    path = put(uid)
    r = alice.put(cal + 'other.ics', event(uid))
    assert r.condition == 'c:no-uid-conflict'
    assert r.xml.findtext('.//' + q('d:href')) == path


def test_add_member(alice, cal, uid):
    url = alice.propfind(cal, ['d:add-member']).entries[0].ok('d:add-member').hrefs[0]
    r = alice.request('POST', url, event(uid))
    assert r.status == 201
    assert alice.get(re.sub('^https?://[^/]*', '', r.header('Location'))).text == event(uid)


def test_return_representation(alice, cal, uid):
    r = alice.put(cal + 'a.ics', event(uid), Prefer='return=representation')
    assert r.status == 201 and r.text == event(uid) and r.etag
    r = alice.put(cal + 'a.ics', event(uid, 'Lost'), Prefer='return=representation', If_Match='"old"')
    assert r.status == 412 and r.text == event(uid)


# ---- properties ----

def test_dead_properties_stay(alice, cal, make_gateway):
    color = '<a:calendar-color symbolic-color="red">#FF2968FF</a:calendar-color>'
    r = alice.proppatch(cal, color + '<a:calendar-order>3</a:calendar-order><x:odd xml:lang="de"><x:deep>ß</x:deep></x:odd>')
    assert r.status == 207 and {p.status for p in r.entries[0].props.values()} == {200}
    assert alice.proppatch(cal, '<d:displayname>Müller &amp; Söhne</d:displayname><c:calendar-description>d</c:calendar-description>').status == 207
    # another gateway has an empty store: what is kept is kept in Exchange
    for client in (alice, Client(make_gateway().url, 'alice')):
        e = client.propfind(cal, ['a:calendar-color', 'a:calendar-order', 'x:odd', 'd:displayname', 'c:calendar-description']).entries[0]
        assert e.text('a:calendar-color') == '#FF2968FF'
        assert e.ok('a:calendar-color').element.get('symbolic-color') == 'red'
        assert e.text('a:calendar-order') == '3'
        assert e.ok('x:odd').element.findtext(q('x:deep')) == 'ß'
        assert e.text('d:displayname') == 'Müller & Söhne'
        assert e.text('c:calendar-description') == 'd'
    assert alice.proppatch(cal, remove='<a:calendar-color/>').status == 207
    assert alice.propfind(cal, ['a:calendar-color']).entries[0].props[q('a:calendar-color')].status == 404


def test_properties_of_home_and_object(alice, put, uid):
    for path in (alice.home, put(uid)):
        assert alice.proppatch(path, '<x:mine>1</x:mine>').status == 207
        assert alice.propfind(path, ['x:mine']).entries[0].text('x:mine') == '1'
        assert alice.proppatch(path, remove='<x:mine/>').status == 207
        assert alice.propfind(path, ['x:mine']).entries[0].props[q('x:mine')].status == 404


def test_proppatch_is_all_or_none(alice, cal):
    r = alice.proppatch(cal, '<x:a>1</x:a><d:getetag>x</d:getetag>')
    props = r.entries[0].props
    assert props[q('d:getetag')].status == 403 and props[q('x:a')].status == 424
    assert alice.propfind(cal, ['x:a']).entries[0].props[q('x:a')].status == 404


def test_apple_asks_for_a_lot(alice, cal):
    names = ['cs:getctag', 'd:sync-token', 'd:displayname', 'd:resourcetype', 'd:owner', 'd:current-user-privilege-set', 'd:supported-report-set', 'd:add-member',
             'd:quota-available-bytes', 'd:resource-id', 'c:calendar-description', 'c:calendar-timezone', 'c:calendar-free-busy-set', 'c:schedule-calendar-transp',
             'c:supported-calendar-component-set', 'c:supported-calendar-component-sets', 'c:max-attendees-per-instance', 'c:default-alarm-vevent-date',
             'a:calendar-color', 'a:calendar-order', 'a:autoprovisioned', 'a:location-code', 'cs:source', 'cs:push-transports', 'cs:pushkey', 'cs:subscribed-strip-alarms',
             'cs:publish-url', 'cs:pre-publish-url', 'cs:allowed-sharing-modes', 'cs:invite', 'cs:checksum-versions', 'd:sync-level']
    r = alice.propfind(alice.home, names, depth=1, Brief='t', Prefer='return=minimal')
    for e in r.entries:
        assert all(p.status == 200 for p in e.props.values())
    e = r.by_href[cal]
    assert e.text('d:sync-token') and e.text('cs:getctag')
    assert [c.get('name') for c in e.ok('c:supported-calendar-component-set').element] == ['VEVENT']


def test_mkcalendar_as_ios_does(alice):
    body = ('<c:mkcalendar %s><d:set><d:prop><d:displayname>Holiday</d:displayname><a:calendar-color symbolic-color="blue">#0000FFFF</a:calendar-color>'
            '<c:supported-calendar-component-set><c:comp name="VEVENT"/></c:supported-calendar-component-set></d:prop></d:set></c:mkcalendar>' % DECL)
    path = alice.home + 'holiday-%d' % time.time_ns()
    try:
        assert alice.request('MKCALENDAR', path, body).status == 201
        e = alice.propfind(path + '/', ['d:displayname', 'a:calendar-color', 'd:resourcetype']).entries[0]
        assert e.href == path + '/' and e.text('d:displayname') == 'Holiday' and e.text('a:calendar-color') == '#0000FFFF'
        assert q('c:calendar') in e.ok('d:resourcetype').children
        assert alice.request('MKCALENDAR', path, body).status == 405
    finally:
        assert alice.delete(path + '/').status == 204
    assert alice.propfind(path + '/', ['d:displayname']).status == 404


def test_the_default_calendar_stays(alice):
    assert alice.delete(alice.calendar).status == 403
    assert alice.propfind(alice.calendar, ['d:displayname']).status == 207


# ---- reports ----

def test_sync_pages(alice, cal, put):
    paths = {put('p%d' % i) for i in range(7)}
    token, seen, pages = '', set(), 0
    while True:
        r = alice.sync(cal, token, limit=3)
        token, pages = r.sync_token, pages + 1
        more = [e for e in r.entries if e.status == 507]
        seen |= {e.href for e in r.entries if e.status is None}
        if not more:
            break
        assert more[0].href == cal and more[0].error.find(q('d:number-of-matches-within-limits')) is not None
    assert seen == paths and pages >= 3
    assert not alice.sync(cal, token).entries
    gone = paths.pop()
    assert alice.delete(gone).status == 204
    r = alice.sync(cal, token)
    assert [(e.href, e.status) for e in r.entries] == [(gone, 404)]
    assert r.sync_token != token


def test_foreign_tokens(alice, cal):
    for token in ('data:,0123456789abcdef-1', 'http://sabre.io/ns/sync/1', 'x'):
        r = alice.sync(cal, token)
        assert r.status == 403 and r.condition == 'd:valid-sync-token'
    own = alice.sync(alice.calendar).sync_token
    assert alice.sync(cal, own).condition == 'd:valid-sync-token'


def test_multiget_of_the_odd(alice, cal, put, uid):
    path = put(uid)
    r = alice.multiget(cal, [path, path, path.replace('@', '%40'), cal + 'absent.ics', alice.calendar + 'x.ics', 'http://evil.example/x.ics', '../x'])
    by = r.by_href
    assert by[path].text('c:calendar-data') == event(uid)
    assert by[cal + 'absent.ics'].status == 404
    assert by[alice.calendar + 'x.ics'].status in (403, 404)
    assert by['http://evil.example/x.ics'].status == 403
    assert len(r.entries) == 5


def test_query(alice, cal, put):
    march, series = put('march', 'Spring', '20270301T100000Z', '20270301T110000Z'), put('series', 'Daily', '20270401T100000Z', '20270401T110000Z', 'RRULE:FREQ=DAILY;COUNT=5')
    found = lambda f: {e.href for e in alice.query(cal, EVENTS % f, '').entries}
    assert found('') == {march, series}
    assert found('<c:time-range start="20270301T103000Z" end="20270301T104000Z"/>') == {march}
    assert found('<c:time-range start="20270405T000000Z" end="20270406T000000Z"/>') == {series}
    assert found('<c:time-range start="20270402T000000Z"/>') == {series}
    assert found('<c:prop-filter name="UID"><c:text-match collation="i;octet">march</c:text-match></c:prop-filter>') == {march}
    assert found('<c:prop-filter name="RRULE"><c:is-not-defined/></c:prop-filter>') == {march}
    r = alice.query(cal, EVENTS % '', '<c:calendar-data><c:expand start="20270402T000000Z" end="20270404T000000Z"/></c:calendar-data>')
    assert r.by_href[series].text('c:calendar-data').count('RECURRENCE-ID') == 2


BERLIN = ('BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n'
          'TZOFFSETFROM:%s\r\nTZOFFSETTO:%s\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nEND:VCALENDAR\r\n')


def test_all_day_in_the_clients_zone(alice, cal, put):
    day = put('day', 'Day', '20270301', '20270302')
    night = EVENTS % '<c:time-range start="20270301T003000Z" end="20270301T010000Z"/>'
    zone = lambda offset: '<c:timezone>%s</c:timezone>' % (BERLIN % (offset, offset)).replace('\r', '&#13;')
    found = lambda extra: [e.href for e in alice.query(cal, night, '', extra).entries]
    assert found(zone('+0100')) == [day]
    assert found(zone('-0500')) == []
    assert found('<c:timezone-id>America/New_York</c:timezone-id>') == []
    # what the calendar itself says counts when the request says nothing
    assert alice.proppatch(cal, '<c:calendar-timezone>%s</c:calendar-timezone>' % (BERLIN % ('-0800', '-0800')).replace('\r', '&#13;')).status == 207
    assert found('') == []
    assert found(zone('+0100')) == [day]


def test_zones_by_name_only(alice, cal, put):
    vtimezone = BERLIN[BERLIN.index('BEGIN:VTIMEZONE'):BERLIN.index('END:VCALENDAR')].replace('Own', 'Europe/Berlin') % ('+0100', '+0100')
    text = event('z', 'Zoned', '20270101T100000', '20270101T110000', zone='Europe/Berlin').replace('BEGIN:VEVENT', vtimezone + 'BEGIN:VEVENT')
    assert alice.put(cal + 'z.ics', text).status == 201
    assert 'BEGIN:VTIMEZONE' in alice.multiget(cal, [cal + 'z.ics']).entries[0].text('c:calendar-data')
    r = alice.multiget(cal, [cal + 'z.ics'], **{'CalDAV-Timezones': 'F'})
    data = r.entries[0].text('c:calendar-data')
    assert 'BEGIN:VTIMEZONE' not in data and 'TZID=Europe/Berlin' in data


def test_free_busy(alice, cal, put):
    put('busy', 'Secret', '20270301T100000Z', '20270301T110000Z')
    put('free', 'Free', '20270301T120000Z', '20270301T130000Z', 'TRANSP:TRANSPARENT')
    r = alice.report(cal, '<c:free-busy-query %s><c:time-range start="20270301T000000Z" end="20270302T000000Z"/></c:free-busy-query>' % DECL, depth=1)
    assert r.status == 200 and r.header('Content-Type').startswith('text/calendar')
    assert '20270301T100000Z/' in r.text and '20270301T120000Z' not in r.text and 'Secret' not in r.text


def test_expand_property(alice):
    body = '<d:expand-property %s><d:property name="owner"><d:property name="displayname"/></d:property><d:property name="calendar-proxy-read-for" namespace="http://calendarserver.org/ns/"/></d:expand-property>' % DECL
    r = alice.report(alice.calendar, body, depth=0)
    assert r.status == 207
    assert r.xml.find('.//' + q('d:owner')).find(q('d:response')).findtext(q('d:href')) == alice.principal


def test_export(alice, cal, put):
    put('a', 'Here', '20270301T100000', '20270301T110000', zone='Europe/Berlin')
    put('b', 'There', '20270302T100000', '20270302T110000', zone='Europe/Berlin')
    r = alice.get(cal + '?export')
    assert r.status == 200 and r.header('Content-Type').startswith('text/calendar')
    assert r.text.count('BEGIN:VCALENDAR') == 1 and r.text.count('BEGIN:VTIMEZONE') == 1 and r.text.count('BEGIN:VEVENT') == 2
    assert alice.get(cal + '?export', If_None_Match=r.etag).status == 304
    put('c', 'More')
    again = alice.get(cal + '?export', If_None_Match=r.etag)
    assert again.status == 200 and again.etag != r.etag


# ---- copy and move ----

def test_copy_and_move(alice, cal, put, uid):
    path, there = put(uid, extra='X-OWN:kept'), alice.calendar + uid + '-moved.ics'
    try:
        r = alice.request('MOVE', path, None, {'Destination': alice.base + there})
        assert r.status == 201, r
        assert alice.get(path).status == 404
        assert alice.get(there).text == event(uid, extra='X-OWN:kept')
        assert alice.request('MOVE', there, None, {'Destination': path, 'Overwrite': 'F'}).status == 201
        assert alice.get(path).text == event(uid, extra='X-OWN:kept')
        assert alice.request('COPY', path, None, {'Destination': there}).status == 201
        assert alice.get(there).status == 200 and alice.get(path).status == 200
        assert alice.request('COPY', path, None, {'Destination': there, 'Overwrite': 'F'}).status == 412
        assert alice.request('COPY', path, None, {'Destination': there, 'Overwrite': 'T'}).status == 204
    finally:
        alice.delete(there)


# ---- DavMail's URLs ----

def test_davmail_layout(alice, uid):
    base = '/users/alice@contoso.example/calendar/'
    assert alice.put(base + uid + '.ics', event(uid)).status == 201
    try:
        hrefs = [e.href for e in alice.propfind(base, ['d:getetag'], depth=1).entries]
        assert base in hrefs and base + uid + '.ics' in hrefs
        assert alice.multiget(base, [base + uid + '.ics']).entries[0].text('c:calendar-data') == event(uid)
        assert alice.propfind('/principals/users/alice@contoso.example/', ['c:calendar-home-set']).entries[0].ok('c:calendar-home-set').hrefs == ['/users/alice@contoso.example/']
        assert alice.get(alice.calendar + uid + '.ics').status == 200
    finally:
        alice.delete(base + uid + '.ics')


# ---- Exchange is not well ----

def test_exchange_busy(make_gateway, exchange):
    dave = Client(make_gateway().url, 'dave')  # who is told to back off does so for a while: nobody else's account
    assert dave.sync(dave.calendar).status == 207
    exchange(faults=[{'operation': 'SyncFolderItems', 'kind': 'busy', 'times': 50}])
    r = dave.sync(dave.calendar)
    assert r.status == 429 and int(r.header('Retry-After')) > 0, r
    r = dave.propfind(dave.calendar, ['cs:getctag'])
    assert r.status == 503 and int(r.header('Retry-After')) > 0, r
