# SPDX-License-Identifier: Apache-2.0
"""Conditions on every method, the limits that a calendar announces, time zones by reference, windows."""
import datetime

import pytest
from dav import DECL, Client, event, q


def ics(body):
    return 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n' + body.replace('\n', '\r\n') + '\r\nEND:VCALENDAR\r\n'


def within(inner):
    return '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">%s</c:comp-filter></c:comp-filter>' % inner


# ---- If, If-Match, If-None-Match ----

@pytest.mark.parametrize('method', ['GET', 'HEAD', 'PUT', 'DELETE', 'PROPFIND', 'PROPPATCH', 'REPORT', 'COPY', 'MOVE'])
def test_the_if_header_is_obeyed_on_every_method(alice, put, uid, cal, method):
    path = put(uid)
    body = {'PUT': event(uid, 'New'), 'REPORT': '<c:calendar-query %s><d:prop/><c:filter><c:comp-filter name="VCALENDAR"/></c:filter></c:calendar-query>' % DECL,
            'PROPPATCH': '<d:propertyupdate %s><d:set><d:prop><x:a>1</x:a></d:prop></d:set></d:propertyupdate>' % DECL}.get(method)
    headers = {'Depth': '0', 'Destination': cal + 'to.ics'}
    r = alice.request(method, path, body, dict(headers, If='(["stale"])'))
    assert r.status == 412, r
    assert 'SUMMARY:Lunch' in alice.get(path).text and alice.get(cal + 'to.ics').status == 404
    r = alice.request(method, path, body, dict(headers, If='([%s])' % alice.get(path).etag))
    assert r.status < 400 or (method == 'COPY' and r.condition == 'c:no-uid-conflict'), r


@pytest.mark.parametrize('method', ['PUT', 'DELETE', 'PROPPATCH', 'COPY', 'MOVE', 'GET'])
def test_if_match_is_obeyed_on_every_method(alice, put, uid, cal, method):
    path = put(uid)
    body = {'PUT': event(uid, 'New'), 'PROPPATCH': '<d:propertyupdate %s><d:set><d:prop><x:a>1</x:a></d:prop></d:set></d:propertyupdate>' % DECL}.get(method)
    r = alice.request(method, path, body, {'Destination': cal + 'to.ics', 'If-Match': '"stale"'})
    assert r.status == 412, r
    assert 'SUMMARY:Lunch' in alice.get(path).text and alice.get(cal + 'to.ics').status == 404
    assert alice.propfind(path, ['x:a']).entries[0].ok('x:a') is None


def test_a_sync_token_as_condition(alice, cal, uid):
    """RFC 6578 5: a change only when nothing else has changed."""
    token = alice.sync(cal).sync_token
    assert alice.put(cal + uid + '.ics', event(uid), If='<%s> (<%s>)' % (cal, token)).status == 201
    assert alice.put(cal + uid + '.ics', event(uid, 'New'), If='<%s> (<%s>)' % (cal, token)).status == 412
    assert 'SUMMARY:Lunch' in alice.get(cal + uid + '.ics').text


def test_two_clients_and_one_object(alice, gateway, put, uid):
    other = Client(gateway.url, 'CONTOSO\\alice')
    path = put(uid)
    mine, theirs = alice.get(path).etag, other.get(path).etag
    assert mine == theirs
    assert other.put(path, event(uid, 'Theirs'), If_Match=theirs).status == 204
    assert alice.put(path, event(uid, 'Mine'), If_Match=mine).status == 412
    assert alice.delete(path, If_Match=mine).status == 412
    assert 'Theirs' in alice.get(path).text


# ---- limits ----

@pytest.fixture
def narrow(make_gateway):
    g = make_gateway(location='ExcalMaxResourceSize 4K\nExcalMaxAttendees 3\nExcalMaxMatches 5')
    client = Client(g.url, 'alice')
    path = client.home + 'narrow/'
    assert client.request('MKCALENDAR', path).status == 201
    yield client, path
    client.delete(path)


def test_limits_are_announced_and_kept(narrow):
    client, cal = narrow
    e = client.propfind(cal, ['c:max-resource-size', 'c:max-attendees-per-instance']).entries[0]
    assert e.text('c:max-resource-size') == '4096' and e.text('c:max-attendees-per-instance') == '3'
    r = client.put(cal + 'big.ics', event('big', extra='\n'.join('COMMENT:' + 'x' * 70 for _ in range(80))))
    assert r.status in (403, 413) and r.condition == 'c:max-resource-size', r
    people = 'ORGANIZER:mailto:alice@contoso.example\n' + '\n'.join('ATTENDEE:mailto:user0%d@contoso.example' % i for i in range(1, 6))
    r = client.put(cal + 'many.ics', event('many', extra=people))
    assert r.status == 403 and r.condition == 'c:max-attendees-per-instance', r
    assert client.sync(cal).entries == []


def test_too_many_matches(narrow):
    client, cal = narrow
    for i in range(7):
        assert client.put(cal + '%d.ics' % i, event('n%d' % i)).status == 201
    for r in (client.query(cal, within('')), client.query(cal, within('<c:prop-filter name="SUMMARY"><c:text-match>lunch</c:text-match></c:prop-filter>'))):
        assert r.condition == 'd:number-of-matches-within-limits' and r.status in (403, 507), r
    # asked for less, it is given
    r = client.report(cal, '<c:calendar-query %s><d:prop><d:getetag/></d:prop><c:filter>%s</c:filter><d:limit><d:nresults>3</d:nresults></d:limit></c:calendar-query>' % (
        DECL, within('')), 1)
    members = [e for e in r.entries if e.href != cal]
    assert len(members) == 3 and next(e for e in r.entries if e.href == cal).status == 507
    # and sync-collection gives it in pages
    first = client.sync(cal)
    assert len([e for e in first.entries if e.href != cal]) == 5
    assert len(client.sync(cal, first.sync_token).entries) == 2


@pytest.mark.parametrize('body', ['BEGIN:VTODO\nUID:x\nDTSTAMP:20270101T000000Z\nSUMMARY:x\nEND:VTODO', 'BEGIN:VJOURNAL\nUID:x\nDTSTAMP:20270101T000000Z\nEND:VJOURNAL',
                                  'BEGIN:VFREEBUSY\nUID:x\nDTSTAMP:20270101T000000Z\nDTSTART:20270101T000000Z\nDTEND:20270102T000000Z\nEND:VFREEBUSY'])
def test_components_that_a_calendar_has_no_place_for(alice, cal, body):
    r = alice.put(cal + 'x.ics', ics(body))
    assert r.status == 403 and r.condition == 'c:supported-calendar-component', r


@pytest.mark.parametrize('start,end,condition', [('00010102', '00010103', 'min'), ('16001231T230000Z', '16001231T233000Z', 'min'), ('99990102T100000Z', '99990102T110000Z', 'max'),
                                                 ('20270102T100000Z', '99990102T110000Z', 'max')])
def test_dates_that_exchange_cannot_hold(alice, cal, uid, start, end, condition):
    limit = alice.propfind(cal, ['c:%s-date-time' % condition]).entries[0].text('c:%s-date-time' % condition)
    assert limit > end if condition == 'min' else limit < end
    r = alice.put(cal + 'x.ics', event(uid, 'Far', start, end))
    assert r.status == 403 and r.condition == 'c:%s-date-time' % condition, r


@pytest.mark.parametrize('start', ['16020102T100000Z', '18991231T100000Z', '39991231T100000Z'])
def test_dates_far_away_that_it_can(alice, cal, uid, start):
    assert alice.put(cal + 'x.ics', event(uid, 'Far', start, start[:9] + '113000Z')).status == 201
    assert 'DTSTART:' + start in alice.get(cal + 'x.ics').text
    assert len(alice.query(cal, within('<c:time-range start="%s" end="%s113000Z"/>' % (start, start[:9]))).entries) == 1


def test_a_read_only_gateway(make_gateway, alice, put, uid, cal):
    check_reader(Client(make_gateway(location='ExcalReadOnly On').url, 'alice'), alice, put(uid), uid, cal)


def test_read_only_for_some(make_gateway, alice, put, uid, cal):
    """By address or by domain, in any case; what is not listed may be changed."""
    path = put(uid)
    for listed in ('Alice@contoso.example', 'bob@contoso.example,alice@contoso.example', '"@fabrikam.example @Contoso.example"'):
        check_reader(Client(make_gateway(location='ExcalReadOnlyFor ' + listed).url, 'alice'), alice, path, uid, cal)
    others = make_gateway(location='ExcalReadOnlyFor bob@contoso.example,lice@contoso.example,@example,alice@contoso.example.org')
    writer, reader = Client(others.url, 'alice'), Client(others.url, 'bob')
    assert writer.put(path, event(uid, 'Changed')).status == 204
    assert reader.put(reader.calendar + uid + '.ics', event(uid)).condition == 'd:need-privileges'


def check_reader(reader, alice, path, uid, cal):
    assert reader.get(path).body == alice.get(path).body
    privileges = {p.tag for p in reader.propfind(cal, ['d:current-user-privilege-set']).entries[0].ok('d:current-user-privilege-set').element.iter()}
    assert q('d:read') in privileges and not privileges & {q('d:write'), q('d:write-content'), q('d:bind'), q('d:unbind'), q('d:all')}
    for method, target, body in (('PUT', path, event(uid, 'x')), ('DELETE', path, None), ('DELETE', cal, None), ('MKCALENDAR', cal.rstrip('/') + '-n/', None),
                                 ('PROPPATCH', cal, '<d:propertyupdate %s><d:set><d:prop><x:a>1</x:a></d:prop></d:set></d:propertyupdate>' % DECL),
                                 ('MOVE', path, None), ('COPY', path, None)):
        r = reader.request(method, target, body, {'Destination': cal + 'to.ics'})
        assert r.status == 403 and r.condition == 'd:need-privileges', (method, r)
    assert 'SUMMARY:Lunch' in alice.get(path).text


# ---- time zones by reference (RFC 7809) ----

ZONE = ('BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:DAYLIGHT\nDTSTART:19810329T020000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\n'
        'BEGIN:STANDARD\nDTSTART:19961027T030000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n')


def test_zones_are_left_out_when_the_client_knows_them(alice, cal, uid):
    path = cal + uid + '.ics'
    text = ics(ZONE + 'BEGIN:VEVENT\nUID:%s\nDTSTAMP:20270101T000000Z\nDTSTART;TZID=Europe/Berlin:20270302T100000\nDTEND;TZID=Europe/Berlin:20270302T110000\nEND:VEVENT' % uid)
    assert alice.put(path, text).status == 201
    assert 'BEGIN:VTIMEZONE' in alice.multiget(cal, [path]).entries[0].text('c:calendar-data')
    short = alice.multiget(cal, [path], **{'CalDAV-Timezones': 'F'}).entries[0].text('c:calendar-data')
    assert 'BEGIN:VTIMEZONE' not in short and 'DTSTART;TZID=Europe/Berlin:20270302T100000' in short
    assert 'BEGIN:VTIMEZONE' in alice.multiget(cal, [path], **{'CalDAV-Timezones': 'T'}).entries[0].text('c:calendar-data')


def test_timezone_id_of_the_request(alice, cal, put):
    put('day', 'Day', '20270301', '20270302')
    late = within('<c:time-range start="20270301T233000Z" end="20270302T003000Z"/>')
    found = lambda extra: [e.href for e in alice.query(cal, late, extra=extra).entries if e.text('d:getetag')]
    assert found('<c:timezone-id>America/New_York</c:timezone-id>') == [cal + 'day.ics']
    assert found('<c:timezone-id>Asia/Tokyo</c:timezone-id>') == []
    r = alice.query(cal, late, extra='<c:timezone-id>Mars/Olympus</c:timezone-id>')
    assert r.status == 403 and r.condition == 'c:valid-timezone', r


def test_the_calendars_own_zone_holds_for_its_days(alice, cal, put):
    put('day', 'Day', '20270301', '20270302')
    late = within('<c:time-range start="20270301T233000Z" end="20270302T003000Z"/>')
    for zone, want in (('America/New_York', 1), ('Asia/Tokyo', 0)):
        assert alice.proppatch(cal, '<c:calendar-timezone-id>%s</c:calendar-timezone-id>' % zone).entries[0].ok('c:calendar-timezone-id') is not None
        assert len(alice.query(cal, late).entries) == want
        assert len(alice.query(cal, late, extra='<c:timezone-id>Asia/Tokyo</c:timezone-id>').entries) == 0


# ---- windows ----

def test_windows_of_time(make_gateway, alice, cal, put):
    def day(offset):
        return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=offset)).strftime('%Y%m%dT120000Z')
    for name, offset in (('long-ago', -400), ('lately', -10), ('soon', 10), ('far', 400)):
        put(name, name, day(offset), day(offset)[:9] + '130000Z')
    put('series', 'series', day(-800), day(-800)[:9] + '130000Z', 'RRULE:FREQ=WEEKLY')
    windowed = Client(make_gateway(location='ExcalPastWindow 30d\nExcalFutureWindow 30d').url, 'alice')
    text = windowed.get(cal + '?export').text
    assert 'SUMMARY:lately' in text and 'SUMMARY:soon' in text and 'SUMMARY:series' in text
    assert 'SUMMARY:long-ago' not in text and 'SUMMARY:far' not in text
    assert windowed.get(cal + 'far.ics').status == 200  # by its name it is there
    assert 'SUMMARY:far' in alice.get(cal + '?export').text


# ---- free/busy of all that counts ----

def test_free_busy_of_the_home_counts_what_counts(alice, cal, put):
    put('counts', 'x', '20370302T100000Z', '20370302T110000Z')
    ask = '<c:free-busy-query %s><c:time-range start="20370302T000000Z" end="20370303T000000Z"/></c:free-busy-query>' % DECL
    assert 'FREEBUSY;FBTYPE=BUSY:20370302T100000Z/20370302T110000Z' in alice.report(alice.home, ask, 'infinity').text
    alice.proppatch(cal, '<c:schedule-calendar-transp><c:transparent/></c:schedule-calendar-transp>')
    assert 'FREEBUSY;' not in alice.report(alice.home, ask, 'infinity').text
