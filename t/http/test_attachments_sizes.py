# SPDX-License-Identifier: Apache-2.0
"""Files of all sizes and numbers, and what Exchange says of them."""
import pytest
from attached import add, attach_in_outlook, attached, fetch, in_exchange, inline
from dav import Client, event
from ical import unfold
from outlook import Outlook


@pytest.fixture
def outlook(lab):
    yield Outlook(lab)
    lab.faults()


@pytest.fixture
def limits(lab):
    """limits(max_…=bytes): Exchange's own, for one test."""
    names = ('max_attachment_bytes', 'max_message_bytes', 'max_request_bytes')
    before = {k: v for k, v in lab.settings().items() if k in names}
    assert len(before) == len(names)
    yield lab.settings
    lab.settings(**before)


def test_the_largest_that_may_be_set(make_gateway, limits, uid):
    limits(max_attachment_bytes=0, max_message_bytes=0, max_request_bytes=100 << 20)
    alice = Client(make_gateway(location='ExcalMaxAttachmentSize 40M').url, 'alice')
    path = alice.calendar + uid + '.ics'
    assert alice.put(path, event(uid, 'Large ' + uid)).status == 201
    data = bytes(range(256)) * 4096 * 36
    r = add(alice, path, data, 'large.bin')
    assert r.status == 201, r
    [(params, url)] = attached(alice.get(path).text)
    assert params['SIZE'] == str(len(data)) and fetch(alice, url).body == data
    assert alice.delete(path).status == 204


@pytest.mark.parametrize('setting, value', [('max_attachment_bytes', 1000), ('max_message_bytes', 1000), ('max_request_bytes', 20000)])
def test_limits_of_exchange(alice, limits, outlook, uid, setting, value):
    path = alice.calendar + uid + '.ics'
    other = alice.calendar + 'b' + uid + '.ics'
    assert alice.put(path, event(uid, 'Limit ' + uid)).status == 201
    before = alice.get(path)
    limits(**{setting: value})
    r = add(alice, path, 30000 * b'x', 'x.bin')
    made = alice.put(other, event('b' + uid, 'Limit too ' + uid, extra=inline(30000 * b'x')))
    for answer in (r, made):
        assert answer.status == 403 and answer.condition in ('c:max-attachment-size', 'c:max-resource-size'), answer
    assert alice.get(path).text == before.text and alice.get(other).status == 404
    assert in_exchange(outlook, 'Limit ' + uid) == {} and outlook.find('Limit too ' + uid) is None


def test_more_than_may_be_added_stay(make_gateway, lab, outlook, uid):
    """The limit is one of adding: what Outlook attached does not keep a client from changing the event."""
    alice = Client(make_gateway(location='ExcalMaxAttachments 2').url, 'alice')
    path, title = alice.calendar + uid + '.ics', 'Many ' + uid
    assert alice.put(path, event(uid, title)).status == 201
    for i in range(4):
        attach_in_outlook(outlook, outlook.find(title)[0], '%d.txt' % i, b'%d' % i)
    text = unfold(alice.get(path).text)
    assert len(attached(text)) == 4
    assert alice.put(path, text.replace(title, 'Renamed ' + uid)).status == 204
    lines = [line for line in text.split('\r\n') if '0.txt' not in line]
    assert alice.put(path, '\r\n'.join(lines)).status == 204
    assert sorted(in_exchange(outlook, title)) == ['1.txt', '2.txt', '3.txt']
    r = add(alice, path, b'x', 'x.txt')
    assert r.status == 403 and 'max-attachments-per-resource' in r.text


@pytest.mark.parametrize('kind', ['ErrorQuotaExceeded', 'truncate'])
def test_a_meeting_that_cannot_be_sent_keeps_its_files(alice, lab, outlook, uid, kind):
    path, title = alice.calendar + uid + '.ics', 'Meeting ' + uid
    people = 'ORGANIZER:mailto:alice@contoso.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:alice@contoso.example\nATTENDEE;RSVP=TRUE:mailto:carol@contoso.example\n'
    assert alice.put(path, event(uid, title, extra=people + inline(b'old', 'old.txt'))).status == 201
    text = unfold(alice.get(path).text)
    lines = [line for line in text.split('\r\n') if 'old.txt' not in line]
    changed = '\r\n'.join(lines).replace('END:VEVENT', inline(b'new', 'new.txt') + '\r\nEND:VEVENT')
    lab.faults(dict(operation='UpdateItem', kind=kind, times=1, skip=1))
    r = alice.put(path, changed)
    lab.faults()
    files = in_exchange(outlook, title)
    assert files == ({'new.txt': b'new'} if r.status == 204 else {'old.txt': b'old'}), r
    assert {p['FILENAME']: fetch(alice, u).body for p, u in attached(alice.get(path).text)} == files
    alice.delete(path)
