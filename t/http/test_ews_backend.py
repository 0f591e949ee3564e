# SPDX-License-Identifier: Apache-2.0
"""The EWS back end alone (t/unit/ews_probe) against the Exchange simulator, generation by
generation: what a client writes comes back, byte for byte, from every state into every other."""
import json
import os
import subprocess

import pytest
from labserver import Lab

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VERSIONS = ['2007_SP1', '2010_SP2', '2013_SP1', '2019']
CALENDAR = 1  # xc_folder_kind_e

BERLIN = '''BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
'''


def times(start='20270504T090000', end='20270504T100000'):
    return ['DTSTART;TZID=Europe/Berlin:' + start, 'DTEND;TZID=Europe/Berlin:' + end]


def event(*lines, overrides=(), uid='UID'):
    blocks = [['UID:' + uid, 'DTSTAMP:20270101T000000Z'] + list(b) for b in (lines,) + tuple(overrides)]
    for b in blocks:
        if not any(x.startswith('SUMMARY') for x in b):
            b.append('SUMMARY:Test')
    text = 'BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n'
    if any('TZID=Europe/Berlin' in x for b in blocks for x in b):
        text += BERLIN
    for b in blocks:
        text += 'BEGIN:VEVENT\n' + '\n'.join(b) + '\nEND:VEVENT\n'
    return (text + 'END:VCALENDAR\n').replace('\n', '\r\n')


ALARM = ['BEGIN:VALARM', 'ACTION:DISPLAY', 'DESCRIPTION:x', 'TRIGGER:-PT15M', 'END:VALARM']
EVENTS = {
    'zoned': event(*times()),
    'utc': event('DTSTART:20270504T090000Z', 'DTEND:20270504T100000Z'),
    'floating': event('DTSTART:20270504T090000', 'DTEND:20270504T100000'),
    'days': event('DTSTART;VALUE=DATE:20270504', 'DTEND;VALUE=DATE:20270506'),
    'zero': event('DTSTART:20270504T090000Z'),
    'flight': event('DTSTART;TZID=Europe/Berlin:20270504T090000', 'DTEND;TZID=America/New_York:20270504T120000'),
    'text': event(*times(), 'DESCRIPTION:One\\nTwo\\, three\\; four\\\\', 'LOCATION:Room \u00fc', 'CATEGORIES:A,B\\,C', 'CLASS:PRIVATE', 'PRIORITY:1'),
    'html': event(*times(), 'DESCRIPTION:Hello bold', 'X-ALT-DESC;FMTTYPE=text/html:<html><body><p>Hello <b>bold</b></p></body></html>'),
    'alarms': event(*times(), *ALARM, *[x.replace('15M', '1H30M') for x in ALARM]),
    'free': event(*times(), 'TRANSP:TRANSPARENT'),
    'oof': event(*times(), 'X-MICROSOFT-CDO-BUSYSTATUS:OOF'),
    'private': event(*times(), 'X-FOO;X-P=1:bar', 'URL:http://x.example/', 'GEO:1.0;2.0'),
    'meeting': event(*times(), 'ORGANIZER;CN=Alice:mailto:alice@contoso.example', 'ATTENDEE;CN=Bob;RSVP=TRUE:mailto:bob@contoso.example',
                     'ATTENDEE;ROLE=OPT-PARTICIPANT:mailto:ext@partner.example', 'ATTENDEE;CUTYPE=ROOM:mailto:room1@contoso.example'),
    'foreign': event(*times(), 'ORGANIZER;CN=Dora:mailto:dora@partner.example', 'ATTENDEE;PARTSTAT=ACCEPTED:mailto:alice@contoso.example',
                     'ATTENDEE:mailto:bob@contoso.example'),
    'daily': event(*times(), 'RRULE:FREQ=DAILY;COUNT=5'),
    'weekly': event(*times(), 'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=MO;UNTIL=20270801T070000Z'),
    'last-day': event(*times('20270531T090000', '20270531T100000'), 'RRULE:FREQ=MONTHLY;BYMONTHDAY=-1'),
    'first-tuesday': event(*times(), 'RRULE:FREQ=MONTHLY;BYDAY=1TU;COUNT=4'),
    'yearly': event(*times(), 'RRULE:FREQ=YEARLY'),
    'day-series': event('DTSTART;VALUE=DATE:20270504', 'DTEND;VALUE=DATE:20270505', 'RRULE:FREQ=WEEKLY;COUNT=8', 'EXDATE;VALUE=DATE:20270511',
                        overrides=[['RECURRENCE-ID;VALUE=DATE:20270518', 'DTSTART;VALUE=DATE:20270519', 'DTEND;VALUE=DATE:20270520',
                                    'SUMMARY:Moved']]),
    'utc-series': event('DTSTART:20270504T090000Z', 'DTEND:20270504T100000Z', 'RRULE:FREQ=DAILY;COUNT=200'),
    # across the change of the clock, and with an override that only its X- property tells from the series
    'exceptions': event(*times(), 'RRULE:FREQ=WEEKLY;COUNT=30', 'EXDATE;TZID=Europe/Berlin:20270511T090000',
                        'EXDATE;TZID=Europe/Berlin:20271102T090000',
                        overrides=[['RECURRENCE-ID;TZID=Europe/Berlin:20270518T090000', *times('20270519T110000', '20270519T120000'),
                                    'SUMMARY:Moved', 'LOCATION:There'],
                                   ['RECURRENCE-ID;TZID=Europe/Berlin:20271109T090000', *times('20271109T090000', '20271109T100000'),
                                    'X-MOZ-LASTACK:20271109T000000Z']]),
    'other-exceptions': event(*times(), 'RRULE:FREQ=WEEKLY;COUNT=30', 'EXDATE:20270525T070000Z',
                              overrides=[['RECURRENCE-ID;TZID=Europe/Berlin:20270511T090000', *times('20270511T090000', '20270511T093000')],
                                         ['RECURRENCE-ID;TZID=Europe/Berlin:20270518T090000', *times('20270518T090000', '20270518T100000'),
                                          'SUMMARY:Renamed', *ALARM]]),
}
# what was OOF stays so until a client says otherwise: RFC 5545 has no word for it
SAYS_NOTHING_OF_OOF = [n for n in EVENTS if n not in ('oof', 'free')]


class Probe:
    def __init__(self, lab, user='alice', zone='Europe/Berlin'):
        build = os.environ.get('EXCAL_BUILD') or os.path.join(TOP, os.environ.get('BUILD', 'build'))
        self.process = subprocess.Popen([os.path.join(build, 'unit', 'ews_probe'), lab.ews_url, user, 'excal', '-', zone], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, op, **args):
        self.process.stdin.write(json.dumps(dict(args, op=op)) + '\n')
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, 'the probe died'
        return json.loads(line)

    def good(self, op, **args):
        answer = self(op, **args)
        assert 'error' not in answer, answer
        return answer

    def calendar(self):
        folders = self.good('folders', mailbox='alice@contoso.example')['folders']
        return next(f['id'] for f in folders if f['default'] and f['kind'] == CALENDAR)

    def one(self, item_id):
        return self.good('fetch', ids=[item_id])['items'][0]

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(30) == 0


@pytest.fixture(scope='module', params=VERSIONS)
def exchange(request):
    lab = Lab(version=request.param).start()
    yield lab
    lab.stop()


@pytest.fixture
def alice(exchange):
    exchange.default_settings()
    exchange.reset()
    probe = Probe(exchange)
    yield probe
    probe.close()


def test_signing_in(exchange, alice):
    assert alice.good('sign_in')['address'] == 'alice@contoso.example'
    stranger = Probe(exchange, user='nobody')
    assert stranger('sign_in')['error']['status'] == 401
    stranger.close()


def test_what_is_written_comes_back(alice):
    calendar = alice.calendar()
    for name, text in EVENTS.items():
        text = text.replace('UID:UID', 'UID:' + name)
        made = alice.good('create', folder=calendar, href=name + '.ics', text=text)
        got = alice.one(made['id'])
        assert got['text'] == text, name
        assert got['key'] == made['key'], name
        assert made['calls'] == (3 if 'exceptions' in name or name == 'day-series' else 1), name
    items = alice.good('sync', folder=calendar)['items']
    assert {(i['uid'], i['href']) for i in items} == {(n, n + '.ics') for n in EVENTS}


def test_from_every_state_into_every_other(alice):
    calendar, n = alice.calendar(), 0
    for old in EVENTS:
        for new in EVENTS:
            if old == new or (old == 'oof' and new in SAYS_NOTHING_OF_OOF):
                continue
            n += 1
            before, after = (EVENTS[x].replace('UID:UID', 'UID:%d' % n) for x in (old, new))
            made = alice.good('create', folder=calendar, href='%d.ics' % n, text=before)
            done = alice.good('update', id=made['id'], key=made['key'], before=before, text=after)
            got = alice.one(made['id'])
            assert got['text'] == after, '%s -> %s' % (old, new)
            assert got['key'] == done['key'], '%s -> %s' % (old, new)


def test_oof_stays_where_nothing_is_said_of_it(alice):
    calendar = alice.calendar()
    made = alice.good('create', folder=calendar, href='a.ics', text=EVENTS['oof'])
    alice.good('update', id=made['id'], key=made['key'], before=EVENTS['oof'], text=EVENTS['text'])
    assert 'X-MICROSOFT-CDO-BUSYSTATUS:OOF' in alice.one(made['id'])['plain']


def test_conflicts(alice):
    calendar = alice.calendar()
    first, second = EVENTS['zoned'], EVENTS['text']
    made = alice.good('create', folder=calendar, href='a.ics', text=first)
    done = alice.good('update', id=made['id'], key=made['key'], before=first, text=second)
    assert done['key'] != made['key']
    assert alice('update', id=made['id'], key=made['key'], before=first, text=EVENTS['days'])['error']['status'] == 412
    assert alice('delete', id=made['id'], key=made['key'])['error']['status'] == 412
    assert alice('props', id=made['id'], key=made['key'], props='{}')['error']['status'] == 412
    assert alice.one(made['id'])['text'] == second
    alice.good('delete', id=made['id'], key=done['key'])
    assert alice('delete', id=made['id'])['error']['status'] == 404
    assert alice.one(made['id'])['status'] == 404


def test_a_series_that_exchange_refuses_leaves_nothing(alice):
    calendar = alice.calendar()
    crossing = event(*times(), 'RRULE:FREQ=WEEKLY;COUNT=30',
                     overrides=[['RECURRENCE-ID;TZID=Europe/Berlin:20270511T090000', *times('20270525T090000', '20270525T100000')]])
    error = alice('create', folder=calendar, href='a.ics', text=crossing)['error']
    assert (error['status'], error['cond']) == (403, 'recurrence-exchange-can-express')
    assert not alice.good('sync', folder=calendar)['items']
    # and a change that is refused midway is taken back
    for name in ('exceptions', 'zoned', 'daily', 'day-series'):
        before = EVENTS[name].replace('UID:UID', 'UID:' + name)
        made = alice.good('create', folder=calendar, href=name, text=before)
        error = alice('update', id=made['id'], key=made['key'], before=before, text=crossing.replace('UID:UID', 'UID:' + name))['error']
        assert error['status'] == 403
        assert alice.one(made['id'])['text'] == before, name


def test_moving_and_copying(alice):
    calendar = alice.calendar()
    other = alice.good('folder_create', name='Other', href='other', mailbox='alice@contoso.example')['id']
    text = EVENTS['exceptions']
    made = alice.good('create', folder=calendar, href='a.ics', text=text)
    moved = alice.good('move', id=made['id'], key=made['key'], old_href='a.ics', folder=other, href='b.ics')
    assert not alice.good('sync', folder=calendar)['items']
    item, = alice.good('sync', folder=other)['items']
    assert (item['id'], item['key'], item['href']) == (moved['id'], moved['key'], 'b.ics')
    assert alice.one(moved['id'])['text'] == text
    copy = alice.good('copy', id=moved['id'], key=moved['key'], folder=calendar, href='c.ics')
    item, = alice.good('sync', folder=calendar)['items']
    assert (item['id'], item['key'], item['href'], item['uid']) == (copy['id'], copy['key'], 'c.ics', 'UID')
    assert alice.one(copy['id'])['text'] == text
    renamed = alice.good('move', id=copy['id'], key=copy['key'], href='d.ics')
    assert renamed['id'] == copy['id']
    assert alice.good('sync', folder=calendar)['items'][0]['href'] == 'd.ics'
    assert alice('move', id=made['id'], key=made['key'], folder=other, href='x')['error']['status'] in (404, 412)


def test_properties(alice):
    calendar = alice.calendar()
    made = alice.good('create', folder=calendar, href='a.ics', text=EVENTS['zoned'])
    done = alice.good('props', id=made['id'], key=made['key'], props='{"a":"<b/>"}')
    got = alice.one(made['id'])
    assert (got['props'], got['key'], got['text']) == ('{"a":"<b/>"}', done['key'], EVENTS['zoned'])
    alice.good('props', id=made['id'], key=done['key'], props='')
    assert 'props' not in alice.one(made['id'])


def test_folders(alice):
    first = alice.good('folders', mailbox='alice@contoso.example')
    made = alice.good('folder_create', name='Gr\u00fcn & <Co>', href='green', props='{}', mailbox='alice@contoso.example')['id']
    assert alice('folder_create', name='Gr\u00fcn & <Co>', href='again', mailbox='alice@contoso.example')['error']['status'] == 405
    later = alice.good('folders', mailbox='alice@contoso.example', state=first['state'])
    assert later['calls'] == 1
    folder = next(f for f in later['folders'] if f['id'] == made)
    assert (folder['name'], folder['href'], folder['props'], folder['kind']) == ('Gr\u00fcn & <Co>', 'green', '{}', CALENDAR)
    alice.good('folder_update', id=made, name='Blue', props='')
    folder = next(f for f in alice.good('folders', mailbox='alice@contoso.example', state=later['state'])['folders'] if f['id'] == made)
    assert (folder['name'], folder['href'], folder.get('props')) == ('Blue', 'green', None)
    alice.good('folder_delete', id=made)
    assert made in alice.good('folders', mailbox='alice@contoso.example', state=later['state'])['deleted']
    assert made not in [f['id'] for f in alice.good('folders', mailbox='alice@contoso.example')['folders']]
    assert alice('folder_delete', id=alice.calendar())['error']['cond'] == 'default-calendar-needed'


def test_a_large_calendar(exchange, alice):
    calendar = alice.calendar()
    exchange.seed('alice', 1000)
    state, ids, calls = None, [], 0
    while True:
        page = alice.good('sync', folder=calendar, **({'state': state} if state else {}))
        ids += [i['id'] for i in page['items']]
        state, calls = page['state'], calls + 1
        if not page['more']:
            break
    assert calls == 2
    got = alice.good('fetch', ids=ids)
    assert len(got['items']) == 1000
    assert all('text' in i for i in got['items']), [i for i in got['items'] if 'text' not in i][:3]
    assert got['calls'] <= 14
    page = alice.good('sync', folder=calendar, state=state)
    assert not page['items'] and not page['deleted'] and page['calls'] == 1


def test_a_state_of_another_time(alice):
    calendar = alice.calendar()
    alice.good('create', folder=calendar, href='a.ics', text=EVENTS['zoned'])
    page = alice.good('sync', folder=calendar, state='H4sIAAAAAAAEAGNgYGcAAA==')
    assert page['reset'] and len(page['items']) == 1


FAULTS = ['503', 'busy', 'reset', 'truncate', 'garbage', 'ErrorInternalServerTransientError', 'ErrorQuotaExceeded']


@pytest.mark.parametrize('kind', FAULTS)
def test_a_fault_in_the_middle_of_a_create(exchange, alice, kind):
    """Whatever fails: the event is there whole and said to be, or it is not there."""
    calendar = alice.calendar()
    for operation in ('CreateItem', 'DeleteItem', 'UpdateItem'):
        exchange.faults(dict(operation=operation, kind=kind, times=1))
        answer = alice('create', folder=calendar, href='a.ics', text=EVENTS['exceptions'])
        exchange.faults()
        items = alice.good('sync', folder=calendar)['items']
        if 'error' in answer:
            assert answer['error']['status'] in (502, 503, 507), answer
            assert not items, '%s %s' % (operation, answer)
        else:
            assert [i['id'] for i in items] == [answer['id']]
            assert alice.one(answer['id'])['text'] == EVENTS['exceptions']
            assert items[0]['key'] == answer['key']
            alice.good('delete', id=answer['id'])


@pytest.mark.parametrize('kind', FAULTS)
def test_a_fault_in_the_middle_of_an_update(exchange, alice, kind):
    """Either all of the new or all of the old, and an error for the old only."""
    calendar, n = alice.calendar(), 0
    for operation in ('UpdateItem', 'DeleteItem'):
        for skip in (0, 1):
            n += 1
            old, new = (EVENTS[x].replace('UID:UID', 'UID:%d' % n) for x in ('exceptions', 'other-exceptions'))
            made = alice.good('create', folder=calendar, href='%d.ics' % n, text=old)
            exchange.faults(dict(operation=operation, kind=kind, times=1, skip=skip))
            answer = alice('update', id=made['id'], key=made['key'], before=old, text=new)
            exchange.faults()
            got = alice.one(made['id'])
            if 'error' in answer:
                assert answer['error']['status'] in (502, 503, 507), answer
                assert got['text'] in (old, new), '%s %d %s' % (operation, skip, answer)
            else:
                assert (got['text'], got['key']) == (new, answer['key']), '%s %d' % (operation, skip)


@pytest.mark.parametrize('kind', ['reset', 'truncate', 'busy'])
def test_a_move_that_fails_leaves_the_name(exchange, alice, kind):
    calendar = alice.calendar()
    other = alice.good('folder_create', name='Other', href='other', mailbox='alice@contoso.example')['id']
    made = alice.good('create', folder=calendar, href='a.ics', text=EVENTS['exceptions'])
    for operation in ('UpdateItem', 'MoveItem'):
        exchange.faults(dict(operation=operation, kind=kind, times=1))
        answer = alice('move', id=made['id'], key=made['key'], old_href='a.ics', folder=other, href='b.ics')
        exchange.faults()
        here, there = (alice.good('sync', folder=f)['items'] for f in (calendar, other))
        assert 'error' in answer and len(here) + len(there) == 1
        if here:
            assert here[0]['href'] == 'a.ics', operation
            made['key'] = here[0]['key']
        else:  # the answer to the move itself was lost: the item lies where it was to go, under its new name
            assert operation == 'MoveItem' and there[0]['href'] == 'b.ics'
