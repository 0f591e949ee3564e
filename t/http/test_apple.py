# SPDX-License-Identifier: Apache-2.0
"""What Apple's clients send at set-up, and must not be refused."""
import uuid

import pytest
from dav import DECL, Client, event, q

ZONE = '\r\n'.join(['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Apple Inc.//iOS 26.0//EN', 'BEGIN:VTIMEZONE', 'TZID:Europe/Berlin', 'BEGIN:STANDARD',
                    'DTSTART:19961027T030000', 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU', 'TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100', 'END:STANDARD',
                    'END:VTIMEZONE', 'END:VCALENDAR', '']).replace('\r', '&#13;')
ALARM = 'BEGIN:VALARM\nX-WR-ALARMUID:1\nTRIGGER:-PT15M\nACTION:DISPLAY\nEND:VALARM\n'
SETTINGS = {'a:calendar-color': '<a:calendar-color symbolic-color="red">#FF2968FF</a:calendar-color>', 'a:calendar-order': '<a:calendar-order>3</a:calendar-order>',
            'c:default-alarm-vevent-datetime': '<c:default-alarm-vevent-datetime>%s</c:default-alarm-vevent-datetime>' % ALARM,
            'c:default-alarm-vevent-date': '<c:default-alarm-vevent-date/>', 'c:schedule-calendar-transp': '<c:schedule-calendar-transp><c:transparent/></c:schedule-calendar-transp>',
            'c:calendar-timezone': '<c:calendar-timezone>%s</c:calendar-timezone>' % ZONE, 'd:displayname': '<d:displayname>Arbeit &amp; mehr</d:displayname>',
            'cs:unheard-of': '<cs:unheard-of><cs:deep a="1"/></cs:unheard-of>'}


def check_settings(client, path):
    e = client.propfind(path, list(SETTINGS)).entries[0]
    assert all(p.status == 200 for p in e.props.values()), {k: p.status for k, p in e.props.items()}
    assert e.text('a:calendar-color') == '#FF2968FF' and e.ok('a:calendar-color').element.get('symbolic-color') == 'red'
    assert e.ok('c:default-alarm-vevent-datetime').text == ALARM
    assert e.ok('c:schedule-calendar-transp').children == [q('c:transparent')]
    assert e.ok('c:calendar-timezone').text == ZONE.replace('&#13;', '\r')
    assert e.text('d:displayname') == 'Arbeit & mehr'
    assert e.ok('cs:unheard-of').element[0].get('a') == '1'


@pytest.mark.parametrize('together', [True, False])
def test_settings_of_a_calendar(alice, cal, together):
    for part in [''.join(SETTINGS.values())] if together else SETTINGS.values():
        entry = alice.proppatch(cal, part).entries[0]
        assert entry.href == cal and all(p.status == 200 for p in entry.props.values())
    check_settings(alice, cal)


@pytest.mark.parametrize('headers', [{'Brief': 't'}, {'Prefer': 'return=minimal'}])
def test_settings_said_briefly(alice, cal, headers):
    body = '<d:propertyupdate %s><d:set><d:prop>%s</d:prop></d:set></d:propertyupdate>' % (DECL, ''.join(SETTINGS.values()))
    r = alice.request('PROPPATCH', cal, body, headers)
    assert r.status == 200 and r.body == b'' and r.header('Preference-Applied') == 'return=minimal'
    check_settings(alice, cal)
    # what fails is told in full
    body = '<d:propertyupdate %s><d:set><d:prop><d:getetag>x</d:getetag><a:calendar-order>9</a:calendar-order></d:prop></d:set></d:propertyupdate>' % DECL
    e = alice.request('PROPPATCH', cal, body, headers).entries[0]
    assert e.props[q('d:getetag')].status == 403 and e.props[q('a:calendar-order')].status == 424
    assert alice.propfind(cal, ['a:calendar-order']).entries[0].text('a:calendar-order') == '3'


@pytest.mark.parametrize('slash', ['', '/'])
def test_a_new_calendar_with_all_its_settings(alice, slash):
    path = alice.home + str(uuid.uuid4()).upper()
    body = '<c:mkcalendar %s><d:set><d:prop>%s<c:supported-calendar-component-set><c:comp name="VEVENT"/></c:supported-calendar-component-set></d:prop></d:set></c:mkcalendar>' % (
        DECL, ''.join(SETTINGS.values()))
    assert alice.request('MKCALENDAR', path + slash, body).status == 201
    try:
        check_settings(alice, path + '/')
        assert path + '/' in alice.propfind(alice.home, ['d:displayname'], depth=1).by_href
        assert alice.put(path + '/x.ics', event(path)).status == 201
    finally:
        assert alice.delete(path + slash).status == 204


def test_without_login(gateway):
    """Every first request to a place comes without one: 401 with a constant realm, whatever the method."""
    c = Client(gateway.url)
    realms = set()
    for method, path, body in (('OPTIONS', '/', None), ('OPTIONS', '/dav/calendars/alice@contoso.example/', None), ('PROPFIND', '/dav/', None),
                               ('PUT', '/dav/calendars/alice@contoso.example/calendar/x.ics', event('x')), ('REPORT', '/dav/', '<x/>'), ('DELETE', '/dav/x', None),
                               ('GET', '/users/alice@contoso.example/calendar/?export', None), ('HEAD', '/dav/', None), ('GET', '/excal/status', None)):
        r = c.request(method, path, body)
        assert r.status == 401, (method, path, r)
        realms.add(r.header('WWW-Authenticate'))
    assert len(realms) == 1 and realms.pop().startswith('Basic realm="')


def test_headers_of_browsers_and_thunderbird_harm_nobody(alice, put, uid):
    path = put(uid)
    odd = {'Accept': 'text/xml', 'Origin': 'https://elsewhere.example', 'Accept-Charset': 'utf-8,*;q=0.1', 'Cache-Control': 'no-cache', 'Pragma': 'no-cache'}
    assert alice.request('PROPFIND', path, None, dict(odd, Depth='0')).status == 207
    assert alice.request('GET', path, None, odd).status == 200
    assert alice.request('OPTIONS', path, None, odd).status == 200
    assert alice.request('PUT', path, event(uid, 'New'), odd).status == 204


def test_a_count_of_nothing(alice, cal, uid):
    """macOS has been seen to send COUNT=0: one occurrence, not a series without end."""
    path = cal + uid + '.ics'
    text = event(uid, 'x', '20270301T100000', '20270301T110000', 'RRULE:FREQ=DAILY;COUNT=0', zone='Europe/Berlin')
    assert alice.put(path, text).status == 201
    for day, found in (('01', 1), ('02', 0), ('05', 0)):
        r = alice.query(cal, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="202703%sT000000Z" end="202703%sT230000Z"/></c:comp-filter></c:comp-filter>' % (day, day))
        assert len(r.entries) == found
