# SPDX-License-Identifier: Apache-2.0
"""Managed attachments (RFC 8607) point by point, and requests that are nobody's good."""
import glob
import os
import re

import pytest
from attached import attach_in_outlook, attached, fetch, in_exchange, inline
from dav import Client, event
from ical import unfold
from outlook import Outlook


@pytest.fixture
def outlook(lab):
    return Outlook(lab)


def act(user, path, action, data=None, name='a.txt', type='text/plain', **headers):
    more = {'Content-Type': type, 'Content-Disposition': 'attachment; filename="%s"' % name if name else None}
    return user.request('POST', path + '?action=attachment-' + action, data, dict(more, **{k.replace('_', '-'): v for k, v in headers.items()}))


@pytest.fixture
def path(alice, uid):
    path = alice.calendar + uid + '.ics'
    assert alice.put(path, event(uid, 'Managed ' + uid)).status == 201
    return path


@pytest.mark.parametrize('method', ['PUT', 'DELETE', 'PROPPATCH', 'COPY', 'MOVE'])
def test_a_files_url_is_read_only(alice, path, uid, method):
    """RFC 8607 3.8, 3.9: whoever deletes the file by its URL does not delete the event."""
    key = act(alice, path, 'add', b'x').header('Cal-Managed-ID')
    r = alice.request(method, path + '?attachment=' + key, b'other' if method == 'PUT' else None,
                      {'Content-Type': 'text/plain' if method == 'PUT' else None, 'Destination': alice.calendar + 'b' + uid + '.ics'})
    assert r.status in (403, 405), r
    r = alice.request('PUT', path + '?attachment=' + key, event(uid, 'Overwritten'))
    assert r.status in (403, 405), r
    [(_, url)] = attached(alice.get(path).text)
    assert fetch(alice, url).body == b'x' and alice.get(alice.calendar + 'b' + uid + '.ics').status == 404


def test_an_update_keeps_what_it_does_not_say(alice, outlook, uid):
    path = alice.calendar + uid + '.ics'
    assert alice.put(path, event(uid, 'Update ' + uid, extra=inline(b'one', 'plan.md', 'text/markdown', ';X-COLOR=red;LABEL="a,b"'))).status == 201
    [(before, _)] = attached(alice.get(path).text)
    r = act(alice, path, 'update&managed-id=' + before['MANAGED-ID'], b'second', name=None, type=None)
    assert r.status in (200, 204), r
    [(after, url)] = attached(alice.get(path).text)
    assert after['X-COLOR'] == 'red' and after['LABEL'] == '"a,b"' and after['FILENAME'] == 'plan.md' and after['FMTTYPE'] == 'text/markdown'
    assert after['SIZE'] == '6' and after['MANAGED-ID'] == r.header('Cal-Managed-ID') != before['MANAGED-ID']
    assert fetch(alice, url).body == b'second' and in_exchange(outlook, 'Update ' + uid) == {'plan.md': b'second'}
    assert r.header('Location') is None or r.header('Location') == url


def test_an_update_of_a_file_of_outlooks_keeps_its_name(alice, outlook, uid, path):
    attach_in_outlook(outlook, outlook.find('Managed ' + uid)[0], 'Plan B.docx', b'1', 'application/x-doc')
    [(before, _)] = attached(alice.get(path).text)
    r = act(alice, path, 'update&managed-id=' + before['MANAGED-ID'], b'22', name=None, type=None)
    assert r.status in (200, 204), r
    assert in_exchange(outlook, 'Managed ' + uid) == {'Plan B.docx': b'22'}


def test_one_occurrence_named_twice_becomes_one(alice, uid):
    path = alice.calendar + uid + '.ics'
    assert alice.put(path, event(uid, 'S ' + uid, '20270301T100000', '20270301T110000', 'RRULE:FREQ=DAILY;COUNT=5', zone='Europe/Berlin')).status == 201
    r = act(alice, path, 'add&rid=20270302T090000Z,20270302T090000Z,20270302T100000', b'x')
    assert r.status == 201, r
    assert alice.get(path).text.count('RECURRENCE-ID') == 1


def test_removed_from_one_occurrence_of_many(alice, uid):
    path = alice.calendar + uid + '.ics'
    assert alice.put(path, event(uid, 'S ' + uid, '20270301T100000', '20270301T110000', 'RRULE:FREQ=DAILY;COUNT=5\n' + inline(b'x'), zone='Europe/Berlin')).status == 201
    [(params, _)] = attached(alice.get(path).text)
    assert act(alice, path, 'remove&managed-id=%s&rid=20270302T090000Z' % params['MANAGED-ID']).status == 204
    text = alice.get(path).text
    assert text.count('RECURRENCE-ID') == 1 and len(attached(text)) == 1
    # the master's leaves: the other occurrences lose it
    assert act(alice, path, 'remove&managed-id=%s&rid=M' % params['MANAGED-ID']).status == 204
    assert attached(alice.get(path).text) == []


def test_answers(alice, path):
    r = act(alice, path, 'add', b'x')
    assert r.status == 201 and r.body == b'' and r.etag == alice.get(path).etag
    [(p, url)] = attached(alice.get(path).text)
    assert r.header('Location') == url and r.header('Cal-Managed-ID') == p['MANAGED-ID']
    r = act(alice, path, 'update&managed-id=' + p['MANAGED-ID'], b'yy', Prefer='return=representation')
    assert r.status == 200 and r.header('Content-Type').startswith('text/calendar') and r.etag == alice.get(path).etag
    assert r.header('Content-Location') and r.text == alice.get(path).text
    r = act(alice, path, 'remove&managed-id=' + r.header('Cal-Managed-ID'), Prefer='return=representation')
    assert r.status == 200 and r.header('Cal-Managed-ID') is None and attached(r.text) == [] and r.text.startswith('BEGIN:VCALENDAR')
    # RFC 8144 3.2: what is there now comes with the refusal
    r = act(alice, path, 'add', b'x', If_Match='"old"', Prefer='return=representation')
    assert r.status == 412 and r.text.startswith('BEGIN:VCALENDAR')
    for prop in ('c:max-attachment-size', 'c:max-attachments-per-resource'):
        r = alice.proppatch(alice.calendar, '<%s>1</%s>' % (prop, prop))
        assert r.status == 403 or list(r.entries[0].props.values())[0].status == 403
    assert b'max-attachment' not in alice.request('PROPFIND', alice.calendar, '<d:propfind xmlns:d="DAV:"><d:allprop/></d:propfind>', {'Depth': '0'}).body


@pytest.mark.parametrize('header, name', [
    (b'attachment; filename=\xe4.txt', None), (b"attachment; filename*=UTF-8''%FF%FE.txt", None), (b"attachment; filename*=UTF-8''a%00b.txt", None),
    (b"attachment; filename*=UTF-8''%0D%0AX-Evil:1", None), (b'attachment; filename="a\\"b;c:d,e.txt"', 'ab;c:d,e.txt'), (b'attachment; filename="../../x"', 'x'),
    (b"attachment; filename*=UTF-8''%EF%BF%BF.txt", None), (b'attachment; filename="^n^\'^^"', "^n^'^^"), ('attachment; filename="ä€😀.txt"'.encode(), 'ä€😀.txt'),
    (b'attachment; filename=""', None), (b"attachment; filename=' '", None), (b'inline', None), (b'attachment; filename="' + 3000 * b'x' + b'"', None)])
def test_names_from_anywhere(alice, outlook, path, uid, header, name):
    r = alice.request('POST', path + '?action=attachment-add', b'x', {'Content-Type': 'text/plain', 'Content-Disposition': header})
    assert r.status == 201, r
    text = alice.get(path).text
    [(params, url)] = attached(text)
    assert fetch(alice, url).body == b'x'
    [there] = in_exchange(outlook, 'Managed ' + uid)
    assert 0 < len(there) <= 255 and not re.search('[\0-\x1f/\\\\]', there)
    if name:
        assert there == name
    assert not re.search(r'^X-Evil', unfold(text), re.M)
    # what was read can be written
    assert alice.put(path, text.replace('Managed ' + uid, 'Again ' + uid)).status == 204
    assert list(in_exchange(outlook, 'Again ' + uid)) == [there]
    assert alice.query(alice.calendar).status == 207


@pytest.mark.parametrize('type', ['text/plain; charset=&quot;a:b&quot;', 'a:b;c=d', 'text/html&#13;&#10;X-EVIL:1', 'x', '"', 'text/plain, text/html', 'a/b/c'])
def test_types_from_outlook(alice, outlook, path, uid, type):
    attach_in_outlook(outlook, outlook.find('Managed ' + uid)[0], 'a.txt', b'x', type)
    text = alice.get(path).text
    [(params, url)] = attached(text)
    assert '\nX-EVIL' not in text
    r = fetch(alice, url)
    assert r.body == b'x' and r.header('X-EVIL') is None
    assert alice.put(path, text.replace('Managed ' + uid, 'Again ' + uid)).status == 204
    assert in_exchange(outlook, 'Again ' + uid) == {'a.txt': b'x'}


def test_an_empty_file(alice, outlook, path, uid):
    assert act(alice, path, 'add', b'', 'none.txt').status == 201
    [(params, url)] = attached(alice.get(path).text)
    assert params['SIZE'] == '0' and fetch(alice, url).body == b''
    other = alice.calendar + 'b' + uid + '.ics'
    assert alice.put(other, event('b' + uid, 'Empty ' + uid, extra=inline(b''))).status == 201
    [(params, url)] = attached(alice.get(other).text)
    assert fetch(alice, url).body == b'' and in_exchange(outlook, 'Empty ' + uid) == {'plan.txt': b''}


@pytest.mark.parametrize('line', ['attach;fmttype=text/plain;encoding=base64;value=binary:eA==', 'Attach;Value=Binary;Encoding=Base64;Fmttype=text/plain:eA==',
                                  'ATT\r\n ACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=text/plain:e\r\n A=\r\n =', 'ATTACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=text/plain: eA =\r\n  ='])
def test_inline_in_all_spellings(alice, uid, line):
    path = alice.calendar + uid + '.ics'
    text = event(uid, 'Spelling').replace('END:VEVENT', line + '\r\nEND:VEVENT')
    assert alice.put(path, text).status == 201
    got = alice.get(path).text
    assert 'x-excal' not in got
    [url] = re.findall(r'http://[^\r]*', unfold(got))
    assert fetch(alice, url).body == b'x'


def test_a_large_file(alice, outlook, path, uid):
    data = bytes(range(256)) * 40000
    r = act(alice, path, 'add', data, 'big.bin')
    assert r.status == 201, r
    [(_, url)] = attached(alice.get(path).text)
    assert fetch(alice, url).body == data


def test_another_hosts_url_stays_as_it_is(alice, path, uid):
    url = 'https://cal.example.org%s?attachment=%s' % (path, 32 * 'a')
    assert alice.put(path, event(uid, 'Managed ' + uid, extra='ATTACH:' + url)).status == 204
    assert [u for _, u in attached(alice.get(path).text)] == [url]


def test_one_file_named_often_is_fetched_once(alice, lab, path, uid):
    act(alice, path, 'add', b'x')
    [(_, url)] = attached(alice.get(path).text)
    other = alice.calendar + 'b' + uid + '.ics'
    lab.control('POST', 'calls/reset')
    gone = url[:-32] + 32 * '0'
    assert alice.put(other, event('b' + uid, 'Often', extra='\n'.join(['ATTACH:' + url] * 30 + ['ATTACH:' + gone] * 30))).status == 201
    calls = lab.control('GET', 'calls')['by_operation']
    assert calls.get('GetAttachment', 0) <= 1 and calls.get('GetItem', 0) <= 4, calls


@pytest.mark.parametrize('version', ['2007_SP1', '2010_SP2', '2013_SP1', '2016', '2019'])
def test_every_generation(lab, make_gateway, uid, version):
    lab.settings(version=version)
    try:
        alice = Client(make_gateway().url, 'alice')
        path = alice.calendar + uid + '.ics'
        assert alice.put(path, event(uid, 'Gen ' + uid, '20270301T100000', '20270301T110000', 'RRULE:FREQ=DAILY;COUNT=4\n' + inline(b'one'), zone='Europe/Berlin')).status == 201
        assert act(alice, path, 'add&rid=20270302T090000Z', b'two', 'b.txt').status == 201
        files = {p['FILENAME']: fetch(alice, u).body for p, u in attached(alice.get(path).text)}
        assert files == {'plan.txt': b'one', 'b.txt': b'two'}
        key = [p['MANAGED-ID'] for p, u in attached(alice.get(path).text) if p['FILENAME'] == 'b.txt'][0]
        assert act(alice, path, 'remove&managed-id=' + key).status == 204
        assert {p['FILENAME'] for p, u in attached(alice.get(path).text)} == {'plan.txt'}
    finally:
        lab.settings(version='2019')


def test_views_show_urls_that_work(alice, cal, uid):
    path = cal + uid + '.ics'
    assert alice.put(path, event(uid, 'Views', '20270301T100000', '20270301T110000', 'RRULE:FREQ=DAILY;COUNT=4\n' + inline(b'one'), zone='Europe/Berlin')).status == 201
    [(_, url)] = attached(alice.get(path).text)
    for data in ('<c:calendar-data/>', '<c:calendar-data><c:expand start="20270301T000000Z" end="20270303T000000Z"/></c:calendar-data>',
                 '<c:calendar-data><c:comp name="VCALENDAR"><c:comp name="VEVENT"><c:prop name="ATTACH"/></c:comp></c:comp></c:calendar-data>'):
        for r in (alice.query(cal, data=data), alice.multiget(cal, [path], data=data)):
            [e] = r.entries
            found = attached(e.text('c:calendar-data'))
            assert found and {u for _, u in found} == {url}, data
    assert {u for _, u in attached(alice.get(cal + '?export').text)} == {url}
    [e] = [e for e in alice.sync(cal, props=('d:getetag', 'c:calendar-data')).entries if e.href == path]
    assert {u for _, u in attached(e.text('c:calendar-data'))} == {url}
    # a head says how long it is, a condition is heard, a wrong one too
    local = url[len(alice.base):]
    r = alice.request('HEAD', local)
    assert r.status == 200 and r.header('Content-Length') == '3'
    assert alice.get(local, If_None_Match=alice.get(local).etag).status == 304


def test_several_occurrences_and_the_master(alice, outlook, uid):
    path, title = alice.calendar + uid + '.ics', 'S ' + uid
    assert alice.put(path, event(uid, title, '20270301T100000', '20270301T110000', 'RRULE:FREQ=DAILY;COUNT=5', zone='Europe/Berlin')).status == 201
    r = act(alice, path, 'add&rid=20270302T090000Z,20270303T090000Z', b'x')
    assert r.status == 201
    key = r.header('Cal-Managed-ID')
    assert in_exchange(outlook, title) == {} and in_exchange(outlook, title, 2) == in_exchange(outlook, title, 3) == {'a.txt': b'x'}
    # taken from one of them, it stays with the other
    assert act(alice, path, 'remove&managed-id=%s&rid=20270302T090000Z' % key).status == 204
    assert in_exchange(outlook, title, 2) == {} and in_exchange(outlook, title, 3) == {'a.txt': b'x'}
    [(_, url)] = attached(alice.get(path).text)
    assert fetch(alice, url).body == b'x'
    # and an update reaches every place where it is
    assert act(alice, path, 'add&rid=M', b'x').status == 201
    assert act(alice, path, 'update&managed-id=' + key, b'yy').status in (200, 204)
    assert in_exchange(outlook, title) == {'a.txt': b'yy'} and in_exchange(outlook, title, 3) == {'a.txt': b'yy'}


def test_two_names_of_one_host(alice, gateway, path, uid):
    """What is stored knows no host; a URL with the other name of this host is understood."""
    assert act(alice, path, 'add', b'h').status == 201
    r = alice.request('GET', path, None, {'Host': 'calendar.other.example'})
    [(_, url)] = attached(r.text)
    assert url.startswith('http://calendar.other.example/')
    assert alice.put(path, r.text.replace('Managed ', 'Renamed ')).status == 204
    text = alice.get(path).text
    [(_, url)] = attached(text)
    assert fetch(alice, url).body == b'h'
    assert alice.request('PUT', path, text.replace('Renamed ', 'Again '), {'Host': 'calendar.other.example'}).status == 204
    [(_, url)] = attached(alice.get(path).text)
    assert fetch(alice, url).body == b'h'
    assert (uid + '.ics?attachment=').encode() not in b''.join(open(f, 'rb').read() for f in glob.glob(gateway.dir + '/cache/*') if os.path.isfile(f))


def test_pictures_and_items(alice, outlook, path, uid):
    """A picture of an HTML body is none of the event's files; an attached mail is, as a message."""
    item = outlook.find('Managed ' + uid)[0]
    attach_in_outlook(outlook, item, 'image001.png', b'png', 'image/png', '<t:ContentId>image001.png@01</t:ContentId><t:IsInline>true</t:IsInline>')
    outlook.call('<m:CreateAttachment><m:ParentItemId Id="%s"/><m:Attachments><t:ItemAttachment><t:Name>A mail: hello/you</t:Name><t:Message>'
                 '<t:Subject>hello</t:Subject></t:Message></t:ItemAttachment></m:Attachments></m:CreateAttachment>' % item)
    got = alice.get(path)
    [(params, url)] = attached(got.text)
    assert params['FILENAME'] == 'you.eml' and params['FMTTYPE'] == 'message/rfc822'
    r = fetch(alice, url)
    assert r.header('Content-Type') == 'message/rfc822' and b'hello' in r.body
    # neither is lost by a change here, and the mail travels with a copy
    assert alice.put(path, got.text.replace('Managed ' + uid, 'Again ' + uid)).status == 204
    item = outlook.get(outlook.find('Again ' + uid)[0], fields=('item:Attachments',))
    assert len(item.findall('{*}Attachments/*')) == 2
    other = alice.calendar + 'b' + uid + '.ics'
    assert alice.put(other, unfold(alice.get(path).text).replace('UID:' + uid, 'UID:b' + uid).replace('Again', 'Copied')).status == 201
    assert list(in_exchange(outlook, 'Copied ' + uid)) == ['you.eml']
