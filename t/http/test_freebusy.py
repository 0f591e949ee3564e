# SPDX-License-Identifier: Apache-2.0
"""When are others busy: requests in the outbox and free-busy-query, from CalDAV through EWS, and what they cost."""
import re
import threading
import time
import uuid

import pytest

from dav import DECL, Client, event, q
from ical import unfold
from outlook import Outlook

DAY = 'DTSTART:20270302T000000Z\r\nDTEND:20270303T000000Z\r\n'


def message(organizer, attendees, window=DAY, extra='', method='REQUEST', uid='q-1'):
    return ('BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nMETHOD:%s\r\nBEGIN:VFREEBUSY\r\nUID:%s\r\nDTSTAMP:20270101T000000Z\r\n'
            'ORGANIZER:mailto:%s\r\n%s%s%sEND:VFREEBUSY\r\nEND:VCALENDAR\r\n' % (
                method, uid, organizer, window, extra, ''.join('ATTENDEE:mailto:%s\r\n' % a for a in attendees)))


class Reply:
    def __init__(self, answer):
        assert answer.status == 200, answer
        assert answer.xml.tag == q('c:schedule-response')
        self.rows = {}
        for r in answer.xml.findall(q('c:response')):
            who = r.findtext(q('c:recipient') + '/' + q('d:href'))
            self.rows[who.replace('mailto:', '')] = (r.findtext(q('c:request-status')), r.findtext(q('c:calendar-data')))

    def status(self, who):
        return self.rows[who][0]

    def text(self, who):
        return unfold(self.rows[who][1] or '')

    def busy(self, who):
        """(parameters, period) of each FREEBUSY line."""
        return re.findall(r'^FREEBUSY;([^:]*(?:"[^"]*"[^:]*)*):(\S+)\r?$', self.text(who), re.M)


def ask(client, attendees, **kw):
    body = message(client.user + '@contoso.example', attendees, **kw)
    return client.request('POST', client.home + 'outbox/', body)


@pytest.fixture
def calendars(lab):
    lab.reset()
    lab.reset_calls()
    yield lambda user: Outlook(lab, user)
    lab.default_settings()


@pytest.fixture
def fresh(make_gateway, calendars):
    """A gateway that knows nothing yet."""
    return make_gateway()


def calls(lab, operation='GetUserAvailabilityRequest'):
    return lab.calls()['by_operation'].get(operation, 0)


def test_kinds_of_time(fresh, calendars):
    bob = calendars('bob')
    for i, status in enumerate(('Free', 'Tentative', 'Busy', 'OOF', 'WorkingElsewhere')):
        bob.create(status, '2027-03-02T%02d:00:00Z' % (8 + 2 * i), '2027-03-02T%02d:00:00Z' % (9 + 2 * i),
                   '<t:LegacyFreeBusyStatus>%s</t:LegacyFreeBusyStatus>' % status)
    reply = Reply(ask(Client(fresh.url, 'alice'), ['bob@contoso.example']))
    assert reply.status('bob@contoso.example') == '2.0;Success'
    assert sorted(reply.busy('bob@contoso.example')) == sorted([
        ('FBTYPE=BUSY-TENTATIVE', '20270302T100000Z/20270302T110000Z'), ('FBTYPE=BUSY', '20270302T120000Z/20270302T130000Z'),
        ('FBTYPE=BUSY-UNAVAILABLE', '20270302T140000Z/20270302T150000Z'),
        ('FBTYPE=FREE;X-MICROSOFT-CDO-BUSYSTATUS=WORKINGELSEWHERE', '20270302T160000Z/20270302T170000Z')])
    text = reply.text('bob@contoso.example')
    for line in ('METHOD:REPLY', 'UID:q-1', 'ORGANIZER:mailto:alice@contoso.example', 'ATTENDEE:mailto:bob@contoso.example',
                 'DTSTART:20270302T000000Z', 'DTEND:20270303T000000Z'):
        assert line + '\r\n' in text, text


def test_one_unknown_does_not_fail_the_rest(fresh, calendars, lab):
    calendars('bob').create('x')
    reply = Reply(ask(Client(fresh.url, 'alice'), ['bob@contoso.example', 'nobody@contoso.example', 'room1@contoso.example', 'x@elsewhere.example']))
    assert reply.status('nobody@contoso.example') == '3.7;Invalid calendar user' == reply.status('x@elsewhere.example')
    assert reply.rows['nobody@contoso.example'][1] is None
    assert reply.status('room1@contoso.example') == '2.0;Success' and reply.busy('room1@contoso.example') == []
    assert [p for _, p in reply.busy('bob@contoso.example')] == ['20270302T100000Z/20270302T110000Z']
    assert calls(lab) == 1


def test_headers_of_old_clients_are_as_good_as_none(fresh, calendars):
    """Thunderbird sends Originator and Recipient, macOS 13 and Evolution do not."""
    alice = Client(fresh.url, 'alice')
    body = message('alice@contoso.example', ['bob@contoso.example'])
    with_headers = alice.request('POST', alice.home + 'outbox/', body, {'Originator': 'mailto:alice@contoso.example', 'Recipient': 'mailto:bob@contoso.example',
                                                                        'Origin': 'null', 'Accept': 'text/xml'})
    assert Reply(with_headers).rows.keys() == Reply(alice.request('POST', alice.home + 'outbox/', body)).rows.keys()
    davmail = alice.request('POST', '/users/alice@contoso.example/outbox/', body)
    assert Reply(davmail).status('bob@contoso.example') == '2.0;Success'


def test_an_apple_request(fresh, calendars):
    """Events come beside the periods where the client says that it understands them and Exchange shows them."""
    calendars('alice').create('Top secret', inner='<t:Location>Vault 7</t:Location>')
    alice = Client(fresh.url, 'alice')
    reply = Reply(ask(alice, ['alice@contoso.example', 'bob@contoso.example'],
                      extra='X-CALENDARSERVER-EXTENDED-FREEBUSY:T\r\nX-CALENDARSERVER-MASK-UID:C77BF812-4113-4CC8-AD0F-F160B3E0995D\r\n'))
    text = reply.text('alice@contoso.example')
    assert 'SUMMARY:Top secret\r\n' in text and 'LOCATION:Vault 7\r\n' in text and 'X-SUMMARY="Top secret"' in text
    assert 'VEVENT' not in reply.text('bob@contoso.example')


# ---- cost ----

def people(n):
    return ['user%02d@contoso.example' % (i % 50 + 1) if i < 50 else 'nobody%d@contoso.example' % i for i in range(n)]


def test_a_hundred_are_one_call(fresh, calendars, lab):
    alice = Client(fresh.url, 'alice')
    assert ask(alice, []).status == 403  # warms the gateway up: the version is known now
    Reply(ask(alice, ['erin@contoso.example']))
    lab.reset_calls()
    assert len(Reply(ask(alice, people(100))).rows) == 100
    assert lab.calls()['total'] == 1 == calls(lab)
    Reply(ask(alice, people(100)))
    assert lab.calls()['total'] == 1, 'a repeat within the cache time costs nothing'


def test_more_go_side_by_side(fresh, calendars, lab):
    alice = Client(fresh.url, 'alice')
    Reply(ask(alice, ['erin@contoso.example']))
    lab.reset_calls()
    lab.settings(latency_ms=700)
    try:
        began = time.time()
        assert len(Reply(ask(alice, people(250))).rows) == 250
        took = time.time() - began
    finally:
        lab.settings(latency_ms=0)
    assert calls(lab) == 3
    assert took < 1.7, 'three calls side by side take as long as one: %.1f s' % took


def test_only_what_is_missing_is_asked(fresh, calendars, lab):
    alice = Client(fresh.url, 'alice')
    Reply(ask(alice, people(10)))
    lab.reset_calls()
    Reply(ask(alice, people(5)))
    assert calls(lab) == 0
    Reply(ask(alice, people(12)))
    assert calls(lab) == 1
    # a part of a day that is known
    Reply(ask(alice, people(12), window='DTSTART:20270302T080000Z\r\nDTEND:20270302T180000Z\r\n'))
    assert calls(lab) == 1


def test_the_window_is_split(fresh, calendars, lab):
    bob = calendars('bob')
    for month, day in ((3, 1), (4, 12), (5, 25), (6, 30)):
        bob.create('m%d' % month, '2027-%02d-%02dT10:00:00Z' % (month, day), '2027-%02d-%02dT11:00:00Z' % (month, day))
    # over the border of two windows: told once
    bob.create('border', '2027-04-10T20:00:00Z', '2027-04-13T04:00:00Z')
    alice = Client(fresh.url, 'alice')
    reply = Reply(ask(alice, ['bob@contoso.example'], window='DTSTART:20270301T000000Z\r\nDTEND:20270701T000000Z\r\n'))
    assert [p for _, p in reply.busy('bob@contoso.example')] == [
        '20270301T100000Z/20270301T110000Z', '20270410T200000Z/20270413T040000Z', '20270525T100000Z/20270525T110000Z',
        '20270630T100000Z/20270630T110000Z']
    assert calls(lab) == 3  # 122 days, 42 at a time
    Reply(ask(alice, ['bob@contoso.example'], window='DTSTART:20270405T000000Z\r\nDTEND:20270415T000000Z\r\n'))
    assert calls(lab) == 3
    # the border event is known on each of its days
    reply = Reply(ask(alice, ['bob@contoso.example'], window='DTSTART:20270412T000000Z\r\nDTEND:20270412T040000Z\r\n'))
    assert [p for _, p in reply.busy('bob@contoso.example')] == ['20270412T000000Z/20270412T040000Z'] and calls(lab) == 3


def test_without_cache(make_gateway, calendars, lab):
    alice = Client(make_gateway(location='ExchangeFreeBusyCache 0').url, 'alice')
    for n in (1, 2, 3):
        Reply(ask(alice, ['bob@contoso.example']))
        assert calls(lab) == n


def test_equal_questions_at_once_are_one(fresh, calendars, lab):
    Reply(ask(Client(fresh.url, 'alice'), ['erin@contoso.example']))
    lab.reset_calls()
    lab.settings(latency_ms=400)
    answers = []
    try:
        threads = [threading.Thread(target=lambda: answers.append(ask(Client(fresh.url, 'alice'), people(20)))) for _ in range(6)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    finally:
        lab.settings(latency_ms=0)
    assert [Reply(a).status('user01@contoso.example') for a in answers] == ['2.0;Success'] * 6
    assert calls(lab) == 1


# ---- what is kept, and for whom ----

def test_a_write_through_the_gateway_is_seen_at_once(fresh, calendars, lab):
    alice, bob = Client(fresh.url, 'alice'), Client(fresh.url, 'bob')
    assert Reply(ask(alice, ['bob@contoso.example'])).busy('bob@contoso.example') == []
    uid = uuid.uuid4().hex
    assert bob.put(bob.calendar + uid + '.ics', event(uid)).status == 201
    assert len(Reply(ask(alice, ['bob@contoso.example'])).busy('bob@contoso.example')) == 1
    assert bob.delete(bob.calendar + uid + '.ics').status == 204
    assert Reply(ask(alice, ['bob@contoso.example'])).busy('bob@contoso.example') == []


def test_a_change_in_outlook_is_seen_when_the_gateway_sees_it(fresh, calendars, lab):
    alice, bob = Client(fresh.url, 'alice'), Client(fresh.url, 'bob')
    bob.sync(bob.calendar)
    assert Reply(ask(alice, ['bob@contoso.example'])).busy('bob@contoso.example') == []
    calendars('bob').create('x')
    assert Reply(ask(alice, ['bob@contoso.example'])).busy('bob@contoso.example') == [], 'within the cache time nothing is asked'
    bob.sync(bob.calendar)  # one of bob's own clients brings it to light
    assert len(Reply(ask(alice, ['bob@contoso.example'])).busy('bob@contoso.example')) == 1
    # a sync without changes drops nothing
    lab.reset_calls()
    bob.sync(bob.calendar)
    Reply(ask(alice, ['bob@contoso.example']))
    assert calls(lab) == 0


def test_an_invitation_is_seen_in_its_attendees_times(fresh, calendars, lab):
    """Whoever is invited through the gateway is asked for anew: Exchange has booked the time already."""
    alice = Client(fresh.url, 'alice')
    assert Reply(ask(alice, ['bob@contoso.example'])).busy('bob@contoso.example') == []
    uid = uuid.uuid4().hex
    path = alice.calendar + uid + '.ics'
    meeting = lambda start, end: event(uid, 'Together', start, end, 'ORGANIZER:mailto:alice@contoso.example\nATTENDEE;RSVP=TRUE:mailto:bob@contoso.example')
    assert alice.put(path, meeting('20270302T100000Z', '20270302T110000Z')).status == 201
    assert [p for _, p in Reply(ask(alice, ['bob@contoso.example'])).busy('bob@contoso.example')] == ['20270302T100000Z/20270302T110000Z']
    assert alice.put(path, meeting('20270302T150000Z', '20270302T160000Z')).status == 204
    assert [p for _, p in Reply(ask(alice, ['bob@contoso.example'])).busy('bob@contoso.example')] == ['20270302T150000Z/20270302T160000Z']
    assert alice.delete(path).status == 204
    n = calls(lab)
    Reply(ask(alice, ['bob@contoso.example']))
    assert calls(lab) == n + 1


def test_details_stay_with_the_account_that_may_see_them(fresh, calendars, lab):
    calendars('bob').create('Confidential merger', inner='<t:Location>Zurich</t:Location>')
    alice, bob = Client(fresh.url, 'alice'), Client(fresh.url, 'bob')
    own = Reply(ask(bob, ['bob@contoso.example']))
    assert own.busy('bob@contoso.example') == [('FBTYPE=BUSY;X-SUMMARY="Confidential merger";X-LOCATION="Zurich"', '20270302T100000Z/20270302T110000Z')]
    lab.reset_calls()
    seen = Reply(ask(alice, ['bob@contoso.example'], extra='X-CALENDARSERVER-EXTENDED-FREEBUSY:T\r\n'))
    assert calls(lab) == 1, "bob's kept answer is not alice's"
    assert seen.busy('bob@contoso.example') == [('FBTYPE=BUSY', '20270302T100000Z/20270302T110000Z')]
    assert 'merger' not in seen.text('bob@contoso.example') and 'Zurich' not in seen.text('bob@contoso.example')
    # nor in a later answer from the cache, whoever asked last
    Reply(ask(bob, ['bob@contoso.example']))
    assert 'merger' not in Reply(ask(alice, ['bob@contoso.example'])).text('bob@contoso.example')


@pytest.mark.parametrize('level,status,shown', [
    ('None', '3.8;No authority', []), ('FreeBusyTimeOnly', '2.0;Success', ['FBTYPE=BUSY']),
    ('FreeBusyTimeAndSubjectAndLocation', '2.0;Success', ['FBTYPE=BUSY;X-SUMMARY="Dentist";X-LOCATION="Main street"']),
    ('Reviewer', '2.0;Success', ['FBTYPE=BUSY;X-SUMMARY="Dentist";X-LOCATION="Main street"'])])
def test_what_exchange_grants(fresh, calendars, lab, level, status, shown):
    calendars('bob').create('Dentist', inner='<t:Location>Main street</t:Location>')
    lab.share('bob', 'alice', level)
    reply = Reply(ask(Client(fresh.url, 'alice'), ['bob@contoso.example', 'erin@contoso.example']))
    assert reply.status('bob@contoso.example') == status and reply.status('erin@contoso.example') == '2.0;Success'
    assert [k for k, _ in reply.busy('bob@contoso.example')] == shown


def test_private_events_are_times_for_others(fresh, calendars, lab):
    calendars('bob').create('Secret', before_start='', inner='<t:Location>Vault</t:Location>')
    item = calendars('bob').find('Secret')
    calendars('bob').set(item[0], ('item:Sensitivity', '<t:Sensitivity>Private</t:Sensitivity>'))
    lab.share('bob', 'alice', 'Reviewer')
    reply = Reply(ask(Client(fresh.url, 'alice'), ['bob@contoso.example']))
    assert reply.busy('bob@contoso.example') == [('FBTYPE=BUSY', '20270302T100000Z/20270302T110000Z')]
    assert 'X-SUMMARY="Secret"' in Reply(ask(Client(fresh.url, 'bob'), ['bob@contoso.example'])).text('bob@contoso.example')


def test_a_distribution_list(fresh, calendars, lab):
    """The time of its members, merged: digits alone, in which working elsewhere is told from no data."""
    calendars('alice').create('a', '2027-03-02T08:00:00Z', '2027-03-02T09:00:00Z')
    calendars('bob').create('b', '2027-03-02T12:00:00Z', '2027-03-02T13:00:00Z', '<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>')
    calendars('bob').create('c', '2027-03-02T15:00:00Z', '2027-03-02T16:00:00Z', '<t:LegacyFreeBusyStatus>WorkingElsewhere</t:LegacyFreeBusyStatus>')
    reply = Reply(ask(Client(fresh.url, 'dave'), ['team@contoso.example']))
    assert sorted(reply.busy('team@contoso.example')) == [
        ('FBTYPE=BUSY', '20270302T080000Z/20270302T090000Z'), ('FBTYPE=BUSY-UNAVAILABLE', '20270302T120000Z/20270302T130000Z'),
        ('FBTYPE=FREE;X-MICROSOFT-CDO-BUSYSTATUS=WORKINGELSEWHERE', '20270302T150000Z/20270302T160000Z')]


# ---- refusals ----

def test_preconditions(fresh, calendars, lab):
    alice = Client(fresh.url, 'alice')
    outbox = alice.home + 'outbox/'
    for body, condition in (
            (message('bob@contoso.example', ['bob@contoso.example']), 'c:organizer-allowed'),
            (message('alice@contoso.example', []), 'c:valid-scheduling-message'),
            (message('alice@contoso.example', ['bob@contoso.example'], method='REPLY'), 'c:valid-scheduling-message'),
            (message('alice@contoso.example', ['bob@contoso.example'], window='DTSTART:20270302T000000Z\r\n'), 'c:valid-scheduling-message'),
            (message('alice@contoso.example', ['bob@contoso.example'], window='DTSTART:20200302T000000Z\r\nDTEND:20270302T000000Z\r\n'), 'c:valid-scheduling-message'),
            ('BEGIN:VCALENDAR\r\nEND:VCALENDAR', 'c:valid-scheduling-message'), ('BEGIN:nonsense', 'c:valid-calendar-data'),
            (message('alice@contoso.example', ['u%d@contoso.example' % i for i in range(501)]), 'c:max-attendees-per-instance')):
        r = alice.request('POST', outbox, body)
        assert (r.status, r.condition) == (403, condition), (body, r)
    assert alice.request('POST', outbox, '<x/>').condition == 'c:supported-calendar-data'
    assert calls(lab) == 0
    assert alice.request('POST', '/dav/calendars/bob@contoso.example/outbox/', message('alice@contoso.example', ['bob@contoso.example'])).status in (403, 404)


def test_exchange_is_away(make_gateway, calendars, lab):
    alice = Client(make_gateway().url, 'alice')
    Reply(ask(alice, ['erin@contoso.example']))
    lab.faults(dict(operation='GetUserAvailabilityRequest', kind='busy', times=1000))
    try:
        r = ask(alice, ['bob@contoso.example'])
        assert r.status == 503 and int(r.header('Retry-After')) > 0
    finally:
        lab.settings(faults=[])


@pytest.mark.parametrize('version', ['2007_SP1', '2010_SP2', '2013_SP1', '2019'])
def test_every_generation(make_gateway, calendars, lab, version):
    lab.settings(version=version)
    Outlook(lab, 'bob', 'Exchange2007_SP1').create('x')
    reply = Reply(ask(Client(make_gateway().url, 'alice'), ['bob@contoso.example', 'nobody@contoso.example']))
    assert reply.busy('bob@contoso.example') == [('FBTYPE=BUSY', '20270302T100000Z/20270302T110000Z')]
    assert reply.status('nobody@contoso.example') == '3.7;Invalid calendar user'


# ---- free-busy-query ----

QUERY = '<c:free-busy-query %s><c:time-range start="20270302T000000Z" end="20270303T000000Z"/></c:free-busy-query>' % DECL


def test_free_busy_query_of_others(fresh, calendars, lab):
    calendars('bob').create('Hidden words', inner='<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>')
    alice = Client(fresh.url, 'alice')
    for path, depth in (('/dav/calendars/bob@contoso.example/', 'infinity'), ('/dav/calendars/bob@contoso.example/calendar/', 1)):
        r = alice.report(path, QUERY, depth)
        assert r.status == 200, r
        text = unfold(r.body.decode())
        assert 'FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270302T100000Z/20270302T110000Z\r\n' in text
        assert 'BEGIN:VFREEBUSY' in text and 'VEVENT' not in text and 'Hidden' not in text
    assert alice.report('/dav/calendars/nobody@contoso.example/', QUERY, 'infinity').status == 404
    assert alice.report('/dav/calendars/bob@contoso.example/other/', QUERY, 1).status == 404


def test_free_busy_query_of_ones_own(fresh, calendars):
    mine = calendars('alice')
    mine.create('a', inner='<t:LegacyFreeBusyStatus>WorkingElsewhere</t:LegacyFreeBusyStatus>')
    mine.create('b', '2027-03-02T12:00:00Z', '2027-03-02T13:00:00Z')
    alice = Client(fresh.url, 'alice')
    text = unfold(alice.report(alice.calendar, QUERY, 1).body.decode())
    assert 'FREEBUSY;FBTYPE=BUSY:20270302T120000Z/20270302T130000Z\r\n' in text
    assert 'FREEBUSY;FBTYPE=FREE;X-MICROSOFT-CDO-BUSYSTATUS=WORKINGELSEWHERE:20270302T100000Z/20270302T110000Z\r\n' in text


# ---- working hours ----

def test_working_hours(fresh, calendars, lab):
    alice = Client(fresh.url, 'alice')
    cs = 'cs:calendar-availability'
    for path in (alice.home + 'inbox/', alice.principal, '/dav/principals/bob@contoso.example/'):
        r = alice.propfind(path, [cs])
        text = unfold(r.entries[0].text(cs))
        assert text.count('BEGIN:VAVAILABILITY') == 1 == text.count('BEGIN:AVAILABLE') and 'BEGIN:VTIMEZONE' in text
        assert 'RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR\r\n' in text
        assert re.search(r'DTSTART;TZID=[^:]+:20000103T080000\r\n', text) and re.search(r'DTEND;TZID=[^:]+:20000103T170000\r\n', text)
    assert alice.propfind(alice.home + 'inbox/', ['c:calendar-availability']).entries[0].text('c:calendar-availability')
    n = calls(lab)
    alice.propfind(alice.principal, [cs])
    assert calls(lab) == n, 'working hours are kept'
    lab.settings(work_hours={'carol': {'zone': 'Tokyo Standard Time', 'days': ['Saturday', 'Sunday'], 'start': 600, 'end': 990}})
    text = unfold(alice.propfind('/dav/principals/carol@contoso.example/', [cs]).entries[0].text(cs))
    assert 'BYDAY=SU,SA' in text and '20000102T100000' in text and '20000102T163000' in text and 'TZOFFSETTO:+0900' in text
