# SPDX-License-Identifier: Apache-2.0
"""Objects: PUT, GET, HEAD, DELETE, POST, COPY, MOVE and their conditions."""
import re

import pytest
from dav import Client, event, q


def lines(text):
    return text.replace('\r\n ', '').split('\r\n')


# ---- the round ----

def test_put_get_delete(alice, cal, uid):
    path = cal + uid + '.ics'
    r = alice.put(path, event(uid, 'Lunch; with, friends', extra='LOCATION:Here\nDESCRIPTION:One\\nTwo'))
    assert r.status == 201 and r.body == b''
    g = alice.get(path)
    assert g.status == 200 and g.header('Content-Type').startswith('text/calendar')
    assert re.fullmatch(r'"[^"]+"', g.etag)
    if r.etag:  # promised: what was sent is what is stored
        assert r.etag == g.etag
    assert int(g.header('Content-Length')) == len(g.body)
    got = lines(g.text)
    for line in ('UID:' + uid, 'SUMMARY:Lunch; with, friends', 'LOCATION:Here', 'DESCRIPTION:One\\nTwo', 'DTSTART:20270302T100000Z', 'DTEND:20270302T110000Z'):
        assert line in got, (line, g.text)
    h = alice.request('HEAD', path)
    assert h.status == 200 and h.etag == g.etag and h.body == b'' and h.header('Content-Length') == g.header('Content-Length')
    assert alice.delete(path).status == 204
    assert alice.get(path).status == 404 and alice.delete(path).status == 404


def test_what_was_sent_comes_back(alice, cal, uid):
    text = event(uid, 'Own', extra='X-MOZ-LASTACK:20270101T000000Z\nX-ODD;A=B:c\nGEO:52.5;13.4\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT5M\nEND:VALARM\n'
                                    'BEGIN:VALARM\nACTION:AUDIO\nTRIGGER:-PT1H\nEND:VALARM')
    r = alice.put(cal + uid + '.ics', text)
    g = alice.get(cal + uid + '.ics')
    assert r.etag == g.etag and g.text == text


def test_a_second_gateway_gives_the_same(alice, cal, uid, make_gateway):
    text = event(uid, 'Own', extra='X-ODD;A=B:c')
    alice.put(cal + uid + '.ics', text)
    other = Client(make_gateway().url, 'alice')
    g = other.get(cal + uid + '.ics')
    assert g.status == 200 and g.text == text and g.etag == alice.get(cal + uid + '.ics').etag


@pytest.mark.parametrize('name', ['simple.ics', 'with space.ics', 'ünïcode.ics', 'no-extension', 'a@b.ics', 'x' * 200 + '.ics', '{CURLY}.ics', 'a+b&c=d.ics', 'UPPER.ICS', "o'clock.ics"])
def test_the_name_is_the_name_for_ever(alice, cal, uid, name):
    from urllib.parse import quote, unquote
    path = cal + quote(name)
    assert alice.put(path, event(uid)).status == 201
    listed = [e.href for e in alice.propfind(cal, ['d:getetag'], depth=1).entries if e.text('d:getetag')]
    assert [unquote(h) for h in listed] == [unquote(cal) + name]
    assert alice.get(listed[0]).status == 200
    assert alice.multiget(cal, [path]).entries[0].text('c:calendar-data')
    assert alice.put(path, event(uid, 'Changed')).status == 204
    assert 'Changed' in alice.get(path).text
    assert alice.delete(listed[0]).status == 204


def test_at_sign_and_its_escape_are_one(alice, cal, put, uid):
    path = put(uid)
    assert alice.get(path.replace('@', '%40')).etag == alice.get(path).etag


def test_changes_of_every_kind(alice, put, uid):
    path = put(uid, extra='LOCATION:Here\nCATEGORIES:A,B\nPRIORITY:1\nCLASS:PRIVATE')
    etag = alice.get(path).etag
    assert alice.put(path, event(uid, 'New', '20270303T120000Z', '20270303T140000Z')).status == 204
    g = alice.get(path)
    assert g.etag != etag
    assert 'SUMMARY:New' in g.text and 'DTSTART:20270303T120000Z' in g.text and 'LOCATION' not in g.text and 'CATEGORIES' not in g.text


@pytest.mark.parametrize('start,end,zone', [('20270302', '20270303', None), ('20270302', '20270305', None), ('20270302T100000', '20270302T110000', 'Europe/Berlin'),
                                            ('20270702T100000', '20270702T110000', 'America/New_York'), ('20270302T100000Z', '20270302T110000Z', None)])
def test_kinds_of_time(alice, put, uid, start, end, zone):
    path = put(uid, 'When', start, end, zone=zone)
    got = lines(alice.get(path).text)
    name = ';TZID=' + zone if zone else ';VALUE=DATE' if len(start) == 8 else ''
    assert 'DTSTART%s:%s' % (name, start) in got and 'DTEND%s:%s' % (name, end) in got


def test_a_series_with_exceptions(alice, cal, uid):
    text = event(uid, 'Weekly', '20270301T100000', '20270301T110000', 'RRULE:FREQ=WEEKLY;COUNT=6\nEXDATE;TZID=Europe/Berlin:20270308T100000\nEND:VEVENT\nBEGIN:VEVENT\n'
                 'UID:' + uid + '\nDTSTAMP:20270101T000000Z\nRECURRENCE-ID;TZID=Europe/Berlin:20270315T100000\nDTSTART;TZID=Europe/Berlin:20270315T140000\n'
                 'DTEND;TZID=Europe/Berlin:20270315T150000\nSUMMARY:Later', zone='Europe/Berlin')
    path = cal + uid + '.ics'
    assert alice.put(path, text).status == 201
    q1 = alice.query(cal, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="20270315T120000Z" end="20270315T150000Z"/></c:comp-filter></c:comp-filter>')
    assert [e.href for e in q1.entries] == [path]  # where it was moved to
    for day in ('20270308', '20270315'):  # deleted, moved away
        r = alice.query(cal, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="%sT080000Z" end="%sT110000Z"/></c:comp-filter></c:comp-filter>' % (day, day))
        assert r.entries == []
    # the override goes, another occurrence goes
    assert alice.put(path, event(uid, 'Weekly', '20270301T100000', '20270301T110000', 'RRULE:FREQ=WEEKLY;COUNT=6\nEXDATE;TZID=Europe/Berlin:20270322T100000', zone='Europe/Berlin')).status == 204
    g = alice.get(path).text
    assert g.count('BEGIN:VEVENT') == 1 and '20270322T100000' in g and '20270308T100000' not in g and 'Later' not in g


# ---- conditions ----

def test_if_none_match_star_creates_only(alice, put, cal, uid):
    path = put(uid)
    before = alice.get(path)
    r = alice.put(path, event(uid, 'Other'), If_None_Match='*')
    assert r.status == 412
    assert alice.get(path).body == before.body
    assert alice.put(cal + 'other.ics', event(uid + 'x'), If_None_Match='*').status == 201


def test_if_match_protects_from_lost_updates(alice, put, uid):
    path = put(uid)
    old = alice.get(path).etag
    assert alice.put(path, event(uid, 'Second'), If_Match=old).status == 204
    new = alice.get(path).etag
    assert new != old
    assert alice.put(path, event(uid, 'Third'), If_Match=old).status == 412
    assert alice.delete(path, If_Match=old).status == 412
    assert 'Second' in alice.get(path).text
    assert alice.put(path, event(uid, 'Third'), If_Match='%s, %s' % (old, new)).status == 204
    assert alice.delete(path, If_Match='*').status == 204
    for headers in ({'If_Match': '*'}, {'If_Match': old}):
        assert alice.put(path, event(uid), **headers).status == 412
    assert alice.get(path).status == 404


def test_weak_tags_never_match_for_writing(alice, put, uid):
    path = put(uid)
    etag = alice.get(path).etag
    assert alice.put(path, event(uid, 'x'), If_Match='W/' + etag).status == 412


def test_unquoted_if_match_creates_nothing(alice, cal):
    """Thunderbird probes with it."""
    r = alice.put(cal, 'x', If_Match='nothing')
    assert 400 <= r.status < 500 and r.status != 412
    r = alice.put(cal + 'probe.ics', event('probe'), If_Match='nothing')
    assert 400 <= r.status < 500
    assert alice.get(cal + 'probe.ics').status == 404


@pytest.mark.parametrize('header,status', [('([%(etag)s])', 204), ('(["stale"])', 412), ('(Not ["stale"])', 204), ('(<urn:uuid:nothing>) ([%(etag)s])', 204),
                                           ('(<urn:uuid:nothing>)', 412), ('(Not <DAV:no-lock>)', 204), ('nonsense', 400)])
def test_the_if_header(alice, put, uid, header, status):
    path = put(uid)
    value = header % {'etag': alice.get(path).etag}
    assert alice.put(path, event(uid, 'New'), If=value).status == status
    assert ('New' in alice.get(path).text) == (status == 204)


def test_not_modified(alice, put, uid):
    path = put(uid)
    g = alice.get(path)
    for headers in ({'If_None_Match': g.etag}, {'If_None_Match': 'W/%s' % g.etag}, {'If_None_Match': '"x", ' + g.etag}):
        r = alice.get(path, **headers)
        assert r.status == 304 and r.body == b'' and r.etag == g.etag
    assert alice.get(path, If_None_Match='"x"').status == 200
    assert alice.get(path, If_Match='"x"').status == 412


def test_compression_does_not_break_the_tag(alice, put, uid):
    path = put(uid, 'x' * 200, extra='DESCRIPTION:' + 'text ' * 500)
    etag = alice.get(path).etag
    r = alice.get(path, Accept_Encoding='gzip')
    assert r.status == 200
    assert alice.put(path, event(uid, 'New'), If_Match=r.etag).status == 204
    assert alice.get(path, If_None_Match=etag).status == 200


def test_return_representation(alice, cal, uid):
    path = cal + uid + '.ics'
    r = alice.put(path, event(uid), Prefer='return=representation')
    assert r.status == 201 and r.header('Preference-Applied') == 'return=representation'
    assert r.body == alice.get(path).body and r.etag == alice.get(path).etag
    r = alice.put(path, event(uid, 'New'), Prefer='return=representation')
    assert r.status == 200 and 'New' in r.text
    r = alice.put(path, event(uid, 'Newer'), Prefer='return=representation', If_Match='"stale"')
    assert r.status == 412 and 'SUMMARY:New\r\n' in r.text


# ---- refusals ----

def test_one_uid_one_object(alice, put, cal, uid):
    path = put(uid)
    r = alice.put(cal + 'second.ics', event(uid))
    assert r.status in (403, 409) and r.condition == 'c:no-uid-conflict', r
    assert [e.text for e in r.xml.iter(q('d:href'))] == [path]
    assert alice.get(cal + 'second.ics').status == 404


def test_the_uid_of_an_object_stays(alice, put, uid):
    path = put(uid)
    r = alice.put(path, event(uid + '-other'))
    assert r.status in (403, 409) and r.condition in ('c:no-uid-conflict', 'c:valid-calendar-object-resource'), r
    assert 'UID:' + uid + '\r\n' in alice.get(path).text


@pytest.mark.parametrize('headers,condition', [({'Content-Type': 'text/plain'}, 'c:supported-calendar-data'), ({'Content-Type': 'text/calendar; charset=iso-8859-1'}, 'c:supported-calendar-data'),
                                               ({'Content-Encoding': 'gzip'}, 'c:supported-calendar-data'), ({'Content-Range': 'bytes 0-9/20'}, 'x:message')])
def test_bodies_that_are_no_calendar(alice, cal, uid, headers, condition):
    r = alice.request('PUT', cal + uid + '.ics', event(uid), headers)
    assert r.status in (400, 403, 415), r
    assert r.condition == condition
    assert alice.get(cal + uid + '.ics').status == 404


@pytest.mark.parametrize('headers', [{'Content-Type': None}, {'Content-Type': 'text/calendar'}, {'Content-Type': 'TEXT/Calendar; component=VEVENT; charset="UTF-8"'}])
def test_bodies_that_are(alice, cal, uid, headers):
    assert alice.request('PUT', cal + uid + '.ics', event(uid), headers).status == 201


def test_no_calendar_no_object(alice, uid):
    assert alice.put(alice.home + 'not-there/x.ics', event(uid)).status == 409


# ---- POST, COPY, MOVE ----

def test_add_member(alice, cal, uid):
    url = alice.propfind(cal, ['d:add-member']).entries[0].ok('d:add-member').hrefs[0]
    r = alice.request('POST', url, event(uid))
    assert r.status == 201, r
    location = r.header('Location')
    path = location[location.index('/dav/'):]
    assert path.startswith(cal) and 'UID:' + uid in alice.get(path).text
    assert alice.request('POST', url, event(uid)).condition == 'c:no-uid-conflict'
    assert alice.request('POST', cal, event(uid + 'x')).status == 403
    assert alice.request('POST', url, 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n').status == 403


@pytest.fixture
def second(alice, cal):
    path = cal.rstrip('/') + '-2/'
    assert alice.request('MKCALENDAR', path).status == 201
    yield path
    alice.delete(path)


def test_move_between_calendars(alice, gateway, put, second, uid, cal):
    path, to = put(uid, extra='X-KEPT:1'), second + 'moved.ics'
    token = alice.sync(cal).sync_token
    r = alice.request('MOVE', path, headers={'Destination': gateway.url + to})
    assert r.status == 201, r
    assert alice.get(path).status == 404
    assert 'X-KEPT:1' in alice.get(to).text
    assert alice.sync(cal, token).by_href[path].status == 404
    assert to in alice.sync(second).by_href
    assert alice.request('MOVE', to, headers={'Destination': to.replace('moved', 'renamed')}).status == 201  # within one, by path alone
    assert alice.get(second + 'renamed.ics').status == 200 and alice.get(to).status == 404


def test_copy_between_calendars(alice, gateway, put, second, uid):
    path, to = put(uid), second + 'copied.ics'
    assert alice.request('COPY', path, headers={'Destination': gateway.url + to}).status == 201
    assert 'UID:' + uid in alice.get(path).text and 'UID:' + uid in alice.get(to).text
    assert alice.request('COPY', path, headers={'Destination': gateway.url + to, 'Overwrite': 'F'}).status == 412
    alice.put(path, event(uid, 'Newer'))
    assert alice.request('COPY', path, headers={'Destination': gateway.url + to, 'Overwrite': 'T'}).status == 204
    assert 'Newer' in alice.get(to).text
    # two objects of one UID in one calendar cannot be
    r = alice.request('COPY', path, headers={'Destination': gateway.url + path.replace('.ics', '-b.ics')})
    assert r.status in (403, 409) and r.condition == 'c:no-uid-conflict', r


@pytest.mark.parametrize('destination,status', [(None, 400), ('http://elsewhere.example/dav/calendars/alice@contoso.example/calendar/x.ics', 502), ('nonsense', 400),
                                                ('/dav/calendars/alice@contoso.example/not-there/x.ics', 409), ('/dav/calendars/bob@contoso.example/calendar/x.ics', 403),
                                                ('/elsewhere/x.ics', (403, 409, 502)), ('/dav/calendars/alice@contoso.example/calendar/../../../x.ics', (400, 403, 502))])
def test_destinations(alice, put, uid, destination, status):
    path = put(uid)
    for method in ('COPY', 'MOVE'):
        r = alice.request(method, path, headers={'Destination': destination} if destination else {})
        assert r.status in (status if isinstance(status, tuple) else (status,)), r
    assert alice.get(path).status == 200


def test_move_obeys_if_match(alice, put, second, uid):
    path = put(uid)
    assert alice.request('MOVE', path, headers={'Destination': second + 'x.ics', 'If-Match': '"stale"'}).status == 412
    assert alice.get(path).status == 200 and alice.get(second + 'x.ics').status == 404


# ---- the calendar as a whole ----

def test_export(alice, cal, put, uid):
    for i in range(3):
        put('%s-%d' % (uid, i), 'Event %d' % i, '2027030%dT100000' % (i + 1), '2027030%dT110000' % (i + 1), zone='Europe/Berlin')
    r = alice.get(cal + '?export')
    assert r.status == 200 and r.header('Content-Type').startswith('text/calendar')
    assert r.text.count('BEGIN:VCALENDAR') == 1 and r.text.count('BEGIN:VEVENT') == 3 and r.text.count('BEGIN:VTIMEZONE') == 1
    assert 'X-WR-CALNAME:' in r.text
    assert alice.get(cal + '?export').body == r.body
    again = alice.get(cal + '?export', If_None_Match=r.etag)
    assert again.status == 304 and again.body == b''
    alice.delete(cal + uid + '-0.ics')
    changed = alice.get(cal + '?export', If_None_Match=r.etag)
    assert changed.status == 200 and changed.text.count('BEGIN:VEVENT') == 2
    h = alice.request('HEAD', cal + '?export')
    assert h.status == 200 and h.etag == changed.etag and h.body == b''


def test_export_of_an_empty_calendar(alice, cal):
    r = alice.get(cal + '?export')
    assert r.status == 200 and 'BEGIN:VCALENDAR' in r.text and 'VEVENT' not in r.text


def test_a_page_for_people(alice, cal):
    r = alice.get(cal)
    assert r.status == 200 and r.header('Content-Type').startswith('text/html') and '?export' in r.text
