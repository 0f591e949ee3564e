# SPDX-License-Identifier: Apache-2.0
"""Faults of other gateways and calendar servers that show with many users, throttling servers and odd clients: each a test
that passes here. In brackets: the issue's number at the project that has it."""
import os
import re
import time

import pytest
from dav import Client, event
from ical import events, unfold, value
from outlook import Outlook


@pytest.fixture
def own(make_gateway, lab):
    """A gateway of one's own: its back-off is nobody else's."""
    lab.settings(faults=[])
    yield lambda **settings: make_gateway(**settings)
    lab.settings(faults=[])


# ---- DavMail, many users ----

def test_back_off_is_obeyed_161(own, lab):
    g = own()
    client = Client(g.url, 'carol')
    assert client.sync(client.calendar).status == 207
    lab.faults(dict(operation='SyncFolderItems', kind='busy', times=1, value=4000))
    before = lab.calls()['total']
    assert client.sync(client.calendar).status == 429
    refused = lab.calls()['total']
    started = time.time()
    for _ in range(20):
        r = client.sync(client.calendar)
        assert r.status == 429 and 0 < int(r.header('Retry-After')) <= 5, r
    assert time.time() - started < 2, 'nobody waits for an Exchange that asked to be left alone'
    assert lab.calls()['total'] == refused and refused - before <= 2
    time.sleep(max(0, 5.1 - (time.time() - started)))  # whole seconds, rounded up
    assert client.sync(client.calendar).status == 207


def test_no_storm_of_401_183(own, lab):
    g = own()
    before = lab.calls()
    for _ in range(30):
        assert Client(g.url, 'carol', 'wrong').propfind('/dav/', ['d:current-user-principal']).status == 401
    after = lab.calls()
    assert after['unauthenticated'] - before['unauthenticated'] <= 2, 'a password that Exchange refused is not tried again for a while'
    # and the right one is not held up by it
    assert Client(g.url, 'carol').propfind('/dav/', ['d:current-user-principal']).status == 207


def test_basic_is_sent_once(own, lab):
    g = own(location='ExchangeAuth basic')
    client = Client(g.url, 'dave')
    before = lab.calls()
    for _ in range(10):
        assert client.sync(client.calendar).status == 207
    after = lab.calls()
    assert after['unauthenticated'] == before['unauthenticated']
    assert after['by_operation']['SyncFolderItems'] - before['by_operation'].get('SyncFolderItems', 0) == 10
    assert after['total'] - before['total'] <= 17, 'signing in and finding the folders included'


def cpu_ticks(pid):
    """Of a process and its children."""
    total = 0
    for entry in os.listdir('/proc'):
        if not entry.isdigit():
            continue
        try:
            fields = open('/proc/%s/stat' % entry).read().rsplit(')', 1)[1].split()
        except OSError:
            continue
        if int(entry) == pid or int(fields[1]) == pid:
            total += int(fields[11]) + int(fields[12])
    return total


def test_idle_costs_nothing_408(own):
    g = own()
    for user in ('alice', 'bob', 'carol'):
        client = Client(g.url, user)
        assert client.sync(client.calendar).status == 207
    time.sleep(0.5)
    before = cpu_ticks(g.proc.pid)
    time.sleep(3)
    used = (cpu_ticks(g.proc.pid) - before) / os.sysconf('SC_CLK_TCK')
    assert used < 0.15, 'three idle seconds cost %.2f s of processor time' % used


def test_sockets_do_not_grow_with_users(own, lab):
    g = own(location='ExchangeAuth basic')
    before = lab.calls()['connections']
    for n in range(1, 31):
        client = Client(g.url, 'user%02d' % n)
        assert client.sync(client.calendar).status == 207
    assert lab.calls()['connections'] - before <= 8


def test_nothing_but_calendars_is_touched_398(alice, lab, uid):
    lab.settings(record=200)
    lab.reset_calls()
    path = alice.calendar + uid + '.ics'
    assert alice.put(path, event(uid)).status == 201
    assert alice.sync(alice.calendar).status == 207
    assert alice.delete(path).status == 204
    bodies = ''.join(r['body'] for r in lab.requests())
    lab.settings(record=0)
    assert not re.search(r'DistinguishedFolderId[^>]* Id="(contacts|sentitems|drafts|notes|journal)"', bodies)
    assert not re.search(r'SyncFolderItems.*DistinguishedFolderId[^>]* Id="inbox"', bodies)


# ---- seen in others ----

def series(uid, rule, start='20270131T100000', extra=''):
    return event(uid, 'Series', start, start[:9] + '110000', 'RRULE:%s%s' % (rule, '\n' + extra if extra else ''), zone='Europe/Berlin')


def test_own_zone_data_over_embedded_cyrus_3625(alice, lab, uid):
    """A client's VTIMEZONE for Europe/Berlin that knows no summer time: the zone's name counts, and Exchange is told that zone."""
    path, title = alice.calendar + uid + '.ics', 'Zone ' + uid
    text = event(uid, title, '20270701T100000', '20270701T110000', zone='Europe/Berlin')
    zone = re.search(r'BEGIN:VTIMEZONE.*?END:VTIMEZONE\r\n', text, re.S)
    stale = ('BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\n'
             'END:STANDARD\r\nEND:VTIMEZONE\r\n')
    text = text.replace(zone.group(0), stale) if zone else text.replace('BEGIN:VEVENT', stale + 'BEGIN:VEVENT')
    assert alice.put(path, text).status == 201
    outlook = Outlook(lab)
    item = outlook.get(outlook.find(title)[0])
    assert item.findtext('{*}Start') == '2027-07-01T08:00:00Z' and item.find('{*}StartTimeZone').get('Id') == 'W. Europe Standard Time'


def test_a_tzid_defined_twice_cyrus_6423(alice, gateway, uid):
    path = alice.calendar + uid + '.ics'
    one = ('BEGIN:VTIMEZONE\r\nTZID:Mine\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n'
           'END:VTIMEZONE\r\n')
    text = event(uid, extra='').replace('BEGIN:VEVENT', one + one.replace('+0100', '+0200') + 'BEGIN:VEVENT')
    text = text.replace('DTSTART:20270302T100000Z', 'DTSTART;TZID=Mine:20270302T100000').replace('DTEND:20270302T110000Z', 'DTEND;TZID=Mine:20270302T110000')
    r = alice.put(path, text)
    assert r.status == 201 and alice.get(path).text == text, r
    assert alice.sync(alice.calendar).status == 207 and not gateway.crashes()


def test_count_of_nought_from_macos_sabre_1455(alice, uid):
    path = alice.calendar + uid + '.ics'
    text = series(uid, 'FREQ=WEEKLY;COUNT=0')
    assert alice.put(path, text).status == 201
    assert value(alice.get(path).text, 'RRULE') == 'FREQ=WEEKLY;COUNT=0'


@pytest.mark.parametrize('token', ['', ' ', '0', 'x' * 4000, 'http://sabre.io/ns/sync/1', '-1'])
def test_an_empty_or_odd_sync_token_tine20_5973(alice, token):
    r = alice.sync(alice.calendar, token)
    assert r.status == 207 if not token.strip() else r.status == 403 and 'valid-sync-token' in r.text, r


def test_an_empty_propfind_body_bloben_36(alice):
    r = alice.request('PROPFIND', alice.calendar, b'', {'Depth': '0'})
    assert r.status == 207 and r.entries[0].text('d:displayname')


def test_the_last_day_of_the_month_evolution_ews(alice, lab, uid):
    path = alice.calendar + uid + '.ics'
    assert alice.put(path, series(uid, 'FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4')).status == 201
    text = alice.get(path).text
    assert value(text, 'RRULE') == 'FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4'
    r = alice.query(alice.calendar, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:prop-filter name="UID"><c:text-match>%s'
                    '</c:text-match></c:prop-filter></c:comp-filter></c:comp-filter>' % uid,
                    '<c:calendar-data><c:expand start="20270101T000000Z" end="20280101T000000Z"/></c:calendar-data>')
    days = [value(e, 'DTSTART')[:8] for e in events(r.entries[0].text('c:calendar-data')).values()]
    days.sort()
    assert days == ['20270131', '20270228', '20270331', '20270430']


def test_an_attendee_named_twice_evolution_ews(alice, lab, uid):
    path, title = alice.calendar + uid + '.ics', 'Twice ' + uid
    people = ('ORGANIZER:mailto:alice@contoso.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:alice@contoso.example\n'
              'ATTENDEE;ROLE=REQ-PARTICIPANT:mailto:bob@contoso.example\nATTENDEE;ROLE=OPT-PARTICIPANT:MAILTO:Bob@Contoso.Example')
    assert alice.put(path, event(uid, title, extra=people)).status == 201
    outlook = Outlook(lab)
    item = outlook.get(outlook.find(title)[0], fields=('calendar:RequiredAttendees', 'calendar:OptionalAttendees'))
    assert [a.text.lower() for a in item.findall('.//{*}Attendee/{*}Mailbox/{*}EmailAddress')] == ['bob@contoso.example']


def test_a_custom_zone_comes_back_evolution_ews(alice, uid):
    path = alice.calendar + uid + '.ics'
    zone = ('BEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\nBEGIN:STANDARD\r\nDTSTART:16011028T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n'
            'TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010325T020000\r\n'
            'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n')
    text = event(uid).replace('BEGIN:VEVENT', zone + 'BEGIN:VEVENT')
    text = text.replace('DTSTART:20270302T100000Z', 'DTSTART;TZID=Customized Time Zone:20270702T100000')
    text = text.replace('DTEND:20270302T110000Z', 'DTEND;TZID=Customized Time Zone:20270702T110000')
    assert alice.put(path, text).status == 201
    got = unfold(alice.get(path).text)
    assert 'DTSTART;TZID=Customized Time Zone:20270702T100000' in got and 'TZID:Customized Time Zone' in got


def test_names_without_an_organizer_are_not_invited(alice, lab, uid):
    """A list of people that nobody calls together (RFC 6638 3.1): they stay in the event, and nobody is mailed."""
    path, title = alice.calendar + uid + '.ics', 'Names ' + uid
    text = event(uid, title, extra='ATTENDEE;CN=Bob:mailto:bob@contoso.example\nATTENDEE:mailto:attendee@local')
    lab.empty_outbox()
    assert alice.put(path, text).status == 201
    assert alice.get(path).text == text and lab.outbox() == []
    outlook = Outlook(lab)
    assert outlook.get(outlook.find(title)[0]).findtext('{*}IsMeeting') == 'false'
    outlook.set(outlook.find(title)[0], ('item:Subject', '<t:Subject>Renamed %s</t:Subject>' % uid))
    got = unfold(alice.get(path).text)
    assert 'SUMMARY:Renamed ' + uid in got and 'ATTENDEE;CN=Bob:mailto:bob@contoso.example' in got and 'ORGANIZER' not in got
