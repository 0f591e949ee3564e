# SPDX-License-Identifier: Apache-2.0
"""Files of an event are Exchange attachments, both ways; managed attachments (RFC 8607)."""
import re

import pytest
from attached import attach_in_outlook, attached, fetch, in_exchange, inline
from dav import Client, event
from ical import unfold
from outlook import Outlook


@pytest.fixture
def outlook(lab):
    return Outlook(lab)


def test_inline_becomes_an_attachment_of_exchange(alice, outlook, uid):
    path, title, data = alice.calendar + uid + '.ics', 'Inline ' + uid, bytes(range(256)) * 40
    assert alice.put(path, event(uid, title, extra=inline(data, 'a plan.bin', 'application/x-thing', ';X-COLOR=red'))).status == 201
    assert in_exchange(outlook, title) == {'a plan.bin': data}
    got = alice.get(path)
    [(params, url)] = attached(got.text)
    assert params['FMTTYPE'] == 'application/x-thing' and params['FILENAME'].strip('"') == 'a plan.bin' and params['SIZE'] == str(len(data))
    assert params['X-COLOR'] == 'red' and params['MANAGED-ID'] and 'ENCODING' not in params and 'VALUE' not in params
    r = fetch(alice, url)
    assert r.body == data and r.header('Content-Type') == 'application/x-thing'
    assert r.header('Content-Disposition') == "attachment; filename*=UTF-8''a%20plan.bin" and r.header('X-Content-Type-Options') == 'nosniff'
    # the same in a listing, and an unchanged PUT of what was read costs nothing and changes nothing
    [entry] = alice.multiget(alice.calendar, [path]).entries
    assert attached(entry.text('c:calendar-data')) == [(params, url)]
    assert alice.put(path, got.text).status == 204
    assert alice.get(path).etag == got.etag


def test_attached_in_outlook_shows_and_goes_here(alice, outlook, uid):
    path, title = alice.calendar + uid + '.ics', 'There ' + uid
    first = event(uid, title, extra='X-MOOD:calm')
    assert alice.put(path, first).status == 201
    tag = alice.get(path).etag
    attach_in_outlook(outlook, outlook.find(title)[0], 'minutes.txt', b'one')
    attach_in_outlook(outlook, outlook.find(title)[0], 'Ärger "x".pdf'.replace('"', ''), b'%PDF', 'application/pdf')
    got = alice.get(path)
    assert got.etag != tag and 'X-MOOD:calm' in got.text
    files = {p['FILENAME'].strip('"'): fetch(alice, url).body for p, url in attached(got.text)}
    assert files == {'minutes.txt': b'one', 'Ärger x.pdf': b'%PDF'}
    # one leaves the text: it leaves Exchange, the other stays
    lines = [line for line in unfold(got.text).split('\r\n') if 'minutes.txt' not in line]
    assert alice.put(path, '\r\n'.join(lines)).status == 204
    assert list(in_exchange(outlook, title)) == ['Ärger x.pdf']
    # and what Outlook removes leaves the text
    item = outlook.get(outlook.find(title)[0], fields=('item:Attachments',))
    outlook.call('<m:DeleteAttachment><m:AttachmentIds><t:AttachmentId Id="%s"/></m:AttachmentIds></m:DeleteAttachment>' % item.find('.//{*}AttachmentId').get('Id'))
    assert attached(alice.get(path).text) == []


def test_managed_attachments(alice, outlook, uid):
    path, title = alice.calendar + uid + '.ics', 'Managed ' + uid
    assert alice.put(path, event(uid, title)).status == 201
    r = alice.request('POST', path + '?action=attachment-add', b'first', {'Content-Type': 'text/plain; charset=utf-8', 'Prefer': 'return=representation',
                                                                           'Content-Disposition': 'attachment; filename="agenda.txt"'})
    assert r.status == 201, r
    first = r.header('Cal-Managed-ID')
    [(params, url)] = attached(r.text)
    assert first and params['MANAGED-ID'] == first and params['FILENAME'] == 'agenda.txt' and params['FMTTYPE'] == 'text/plain'
    assert r.etag == alice.get(path).etag and fetch(alice, url).body == b'first'
    assert in_exchange(outlook, title) == {'agenda.txt': b'first'}
    r = alice.request('POST', path + '?action=attachment-update&managed-id=' + first, b'second',
                      {'Content-Type': 'text/plain', 'Content-Disposition': "attachment; filename*=UTF-8''%C3%A4genda.txt"})
    assert r.status == 204, r
    second = r.header('Cal-Managed-ID')
    assert second and second != first
    assert in_exchange(outlook, title) == {'ägenda.txt': b'second'}
    r = alice.request('POST', path + '?action=attachment-remove&managed-id=' + second)
    assert r.status == 204 and in_exchange(outlook, title) == {} and attached(alice.get(path).text) == []


def test_managed_attachment_of_one_occurrence(alice, outlook, uid):
    path, title = alice.calendar + uid + '.ics', 'Series ' + uid
    text = event(uid, title, '20270301T100000', '20270301T110000', 'RRULE:FREQ=WEEKLY;COUNT=5\nX-MOOD:calm', zone='Europe/Berlin')
    assert alice.put(path, text).status == 201
    assert alice.request('POST', path + '?action=attachment-add&rid=M', b'all', {'Content-Disposition': 'attachment; filename=all.txt'}).status == 201
    r = alice.request('POST', path + '?action=attachment-add&rid=20270308T090000Z', b'one', {'Content-Disposition': 'attachment; filename=one.txt'})
    assert r.status == 201, r
    got = alice.get(path).text
    assert len(re.findall('BEGIN:VEVENT', got)) == 2 and 'RECURRENCE-ID;TZID=Europe/Berlin:20270308T100000' in unfold(got)
    assert sorted(p['FILENAME'] for p, _ in attached(got)) == ['all.txt', 'all.txt', 'one.txt']
    assert got.count('X-MOOD:calm') == 2
    assert set(in_exchange(outlook, title)) == {'all.txt'}
    assert 'one.txt' in in_exchange(outlook, title, 2)
    [url] = [u for p, u in attached(got) if p['FILENAME'] == 'one.txt']
    assert fetch(alice, url).body == b'one'
    r = alice.request('POST', path + '?action=attachment-add&rid=20270309T090000Z', b'no', {})
    assert r.status == 403 and 'valid-rid' in r.text


@pytest.mark.parametrize('query, condition', [
    ('action=attachment-eat', 'valid-action'), ('', 'valid-action'), ('action=attachment-update', 'valid-managed-id'),
    ('action=attachment-remove&managed-id=../../etc/passwd', 'valid-managed-id'), ('action=attachment-remove&managed-id=' + 32 * '0', 'valid-managed-id'),
    ('action=attachment-add&managed-id=' + 32 * '0', 'valid-managed-id'), ('action=attachment-add&rid=', 'valid-rid'),
    ('action=attachment-add&rid=20270101T990000Z', 'valid-rid'), ('action=attachment-update&rid=M&managed-id=' + 32 * '0', 'valid-rid')])
def test_a_wrong_action_says_what_is_wrong(alice, uid, query, condition):
    path = alice.calendar + uid + '.ics'
    assert alice.put(path, event(uid)).status == 201
    tag = alice.get(path).etag
    r = alice.request('POST', path + '?' + query, b'data', {'Content-Type': 'text/plain'})
    assert r.status == 403 and condition in r.text, r
    assert alice.get(path).etag == tag


def test_conditions_and_absence(alice, uid):
    path = alice.calendar + uid + '.ics'
    assert alice.request('POST', path + '?action=attachment-add', b'x').status == 404
    assert alice.put(path, event(uid)).status == 201
    assert alice.request('POST', path + '?action=attachment-add', b'x', {'If-Match': '"old"'}).status == 412
    assert attached(alice.get(path).text) == []
    for key in (32 * 'a', 'x', '', '../..'):
        assert alice.get(path + '?attachment=' + key).status == 404
    bad = event(uid, extra='ATTACH;ENCODING=BASE64;VALUE=BINARY:!!!!')
    r = alice.put(path, bad)
    assert r.status == 403 and 'valid-calendar-data' in r.text


def test_limits(make_gateway, uid):
    g = make_gateway(location='ExcalMaxAttachmentSize 2K\nExcalMaxAttachments 2')
    alice = Client(g.url, 'alice')
    path = alice.calendar + uid + '.ics'
    r = alice.propfind(alice.calendar, ['c:max-attachment-size', 'c:max-attachments-per-resource'])
    assert r.entries[0].text('c:max-attachment-size') == '2048' and r.entries[0].text('c:max-attachments-per-resource') == '2'
    assert 'calendar-managed-attachments' in alice.request('OPTIONS', alice.calendar).header('DAV')
    r = alice.put(path, event(uid, extra=inline(b'x' * 2049)))
    assert r.status == 403 and 'max-attachment-size' in r.text and alice.get(path).status == 404
    assert alice.put(path, event(uid, extra=inline(b'x' * 2048))).status == 201
    r = alice.request('POST', path + '?action=attachment-add', b'y' * 2049)
    assert r.status == 403 and 'max-attachment-size' in r.text
    assert alice.request('POST', path + '?action=attachment-add', b'y').status == 201
    r = alice.request('POST', path + '?action=attachment-add', b'z')
    assert r.status == 403 and 'max-attachments-per-resource' in r.text
    assert len(attached(alice.get(path).text)) == 2


def test_nobody_reads_anothers_file(alice, bob, uid):
    path = alice.calendar + uid + '.ics'
    assert alice.put(path, event(uid, extra=inline(b'secret'))).status == 201
    [(params, url)] = attached(alice.get(path).text)
    local = url[len(alice.base):]
    assert bob.get(local).status == 403
    # nor by naming it in an event of one's own
    mine = bob.calendar + uid + '.ics'
    assert bob.put(mine, event(uid, extra='ATTACH;MANAGED-ID=%s:x-excal-file:%s' % (params['MANAGED-ID'], params['MANAGED-ID']))).status == 403
    assert bob.put(mine, event(uid, extra='ATTACH:' + url)).status == 201
    assert b'secret' not in bob.get(mine).body
    assert bob.get(mine + '?attachment=' + params['MANAGED-ID']).status == 404


def test_a_copy_brings_its_files_along(alice, outlook, uid):
    path, title = alice.calendar + uid + '.ics', 'Original ' + uid
    assert alice.put(path, event(uid, title, extra=inline(b'travels'))).status == 201
    text = re.sub(r'^UID:.*$', 'UID:copy-' + uid + '\r', unfold(alice.get(path).text).replace(title, 'Copy ' + uid), flags=re.M).replace('\r\r', '\r')
    other = alice.calendar + 'copy-' + uid + '.ics'
    assert alice.put(other, text).status == 201
    assert alice.delete(path).status == 204
    [(_, url)] = attached(alice.get(other).text)
    assert 'copy-' in url and fetch(alice, url).body == b'travels'
    assert in_exchange(outlook, 'Copy ' + uid) == {'plan.txt': b'travels'}


def test_a_sound_in_an_alarm_stays_there(alice, outlook, uid):
    path, title = alice.calendar + uid + '.ics', 'Sound ' + uid
    text = event(uid, title, extra='BEGIN:VALARM\nACTION:AUDIO\nTRIGGER:-PT5M\nATTACH;FMTTYPE=audio/basic;ENCODING=BASE64;VALUE=BINARY:c291bmQ=\nEND:VALARM')
    assert alice.put(path, text).status == 201
    assert alice.get(path).text == text and in_exchange(outlook, title) == {}


def test_a_failure_midway_leaves_nothing(alice, lab, outlook, uid):
    path, title = alice.calendar + uid + '.ics', 'Midway ' + uid
    lab.settings(faults=[{'operation': 'CreateAttachment', 'kind': 'ErrorQuotaExceeded', 'times': 1}])
    r = alice.put(path, event(uid, title, extra=inline(b'x')))
    assert r.status == 507, r
    assert outlook.find(title) is None and alice.get(path).status == 404
    assert alice.put(path, event(uid, title, extra=inline(b'kept'))).status == 201
    got = alice.get(path)
    lab.settings(faults=[{'operation': 'CreateAttachment', 'kind': 'ErrorQuotaExceeded', 'times': 1}])
    changed = got.text.replace(title, 'Changed ' + uid).replace('END:VEVENT', inline(b'more', 'more.txt') + '\r\nEND:VEVENT')
    assert alice.put(path, changed).status == 507
    assert in_exchange(outlook, title) == {'plan.txt': b'kept'}
    assert attached(alice.get(path).text) == attached(got.text) and title in unfold(alice.get(path).text)


def meeting(uid, title, *more):
    return event(uid, title, extra='\n'.join(('ORGANIZER:mailto:alice@contoso.example', 'ATTENDEE;PARTSTAT=ACCEPTED:mailto:alice@contoso.example',
                                              'ATTENDEE;RSVP=TRUE:mailto:bob@contoso.example') + more))


def test_an_invitation_carries_its_files(alice, bob, lab, outlook, uid):
    path, title = alice.calendar + uid + '.ics', 'Invited ' + uid
    lab.empty_outbox()
    assert alice.put(path, meeting(uid, title, inline(b'agenda'))).status == 201
    assert [m['to'] for m in lab.outbox() if m['uid'] == uid] == [['bob@contoso.example']], 'mailed once, when the file was there'
    assert in_exchange(Outlook(lab, 'bob'), title) == {'plan.txt': b'agenda'}
    [theirs] = [e.href for e in bob.query(bob.calendar, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:prop-filter name="UID">'
                                          '<c:text-match>%s</c:text-match></c:prop-filter></c:comp-filter></c:comp-filter>' % uid).entries]
    [(_, url)] = attached(bob.get(theirs).text)
    assert fetch(bob, url).body == b'agenda'
    # the organizer's files are not an attendee's to change
    assert bob.request('POST', theirs + '?action=attachment-add', b'x').status == 403
    # one more file is news for everybody, once
    lab.empty_outbox()
    r = alice.request('POST', path + '?action=attachment-add', b'more', {'Content-Disposition': 'attachment; filename=more.txt'})
    assert r.status == 201, r
    assert [m['to'] for m in lab.outbox() if m['uid'] == uid] == [['bob@contoso.example']]
    assert set(in_exchange(Outlook(lab, 'bob'), title)) == {'plan.txt', 'more.txt'}
    alice.delete(path)
