# SPDX-License-Identifier: Apache-2.0
"""What somebody else may have written into a mailbox: nothing of it reaches a client as more than text."""
import base64
import re
import zlib
from xml.sax.saxutils import escape

import pytest
from dav import event
from lxml import etree
from outlook import NAMED, T, Outlook


def named(name, value):
    return '<t:ExtendedProperty>%s<t:Value>%s</t:Value></t:ExtendedProperty>' % (NAMED % name, escape(value))


@pytest.fixture
def outlook(lab):
    return Outlook(lab)


@pytest.fixture
def planted(alice, outlook):
    """planted(subject, name=value, …): an item with these named properties; its href as the client gets it."""
    made = []

    def plant(subject, **props):
        token = alice.sync(alice.calendar).sync_token
        item, _ = outlook.create(escape(subject), extended=''.join(named('X-EXCAL-' + k, v) for k, v in props.items()))
        made.append(item)
        entries = [e for e in alice.sync(alice.calendar, token).entries]
        assert len(entries) == 1, entries
        return entries[0].href
    yield plant
    for item in made:
        outlook.delete(item)


@pytest.mark.parametrize('xml', ['</d:prop></d:propstat></d:response>', '<x:a xmlns:x="urn:x"/><x:b xmlns:x="urn:x"/>', '<?xml version="1.0"?><x:a xmlns:x="urn:x"/>',
                                 '<x:a/>', '<d:owner xmlns:d="DAV:"/>', '<!DOCTYPE a><x:a xmlns:x="urn:x"/>', '', 'text', '<x:a xmlns:x="urn:x">&#1;</x:a>'])
def test_forged_dead_properties(alice, planted, uid, xml):
    import json
    href = planted('props ' + uid, PROPS=json.dumps({'{urn:x}a': xml, '{urn:x}good': '<g:good xmlns:g="urn:x">1</g:good>'}))
    r = alice.request('PROPFIND', href, '<d:propfind xmlns:d="DAV:"><d:prop><a xmlns="urn:x"/><good xmlns="urn:x"/></d:prop></d:propfind>',
                      {'Depth': '0', 'Content-Type': 'application/xml'})
    root = etree.fromstring(r.body)
    assert [e.text for e in root.iter('{urn:x}good')] == ['1']
    assert 'owner' not in r.text and len(root) == 1
    assert alice.request('PROPFIND', href, headers={'Depth': '0'}).status == 207


@pytest.mark.parametrize('name', ['../../x.ics', 'a/b.ics', '.', '..', 'x' * 300 + '.ics', 'a\nb.ics', 'a\x7fb', 'x' * 5000])
def test_forged_names(alice, planted, uid, name):
    href = planted('name ' + uid, HREF=name)
    assert href.startswith(alice.calendar) and '/' not in href[len(alice.calendar):] and len(href) < 800
    r = alice.get(href)
    assert r.status == 200 and 'name ' + uid in r.text, r
    assert [e.status for e in alice.multiget(alice.calendar, [href]).entries] == [None] or alice.multiget(alice.calendar, [href]).entries[0].ok('c:calendar-data')


@pytest.mark.parametrize('long', [0, 219])
def test_two_items_of_one_name(alice, planted, uid, long):
    name = uid + 'x' * long + '.ics'
    one, two = planted('one ' + uid, HREF=name), planted('two ' + uid, HREF=name)
    assert one != two
    assert 'one ' in alice.get(one).text and 'two ' in alice.get(two).text


@pytest.mark.parametrize('name', ['\u65e5' * 255, 'x' * 255, 'a/b', '..', '.', 'a%2fb', '%', '?q#f', ' ', 'calendar', 'tasks', 'a\\b', '\U0001f389', "a'b\"<&>"])
def test_folders_of_any_name_can_be_reached(alice, outlook, name):
    before = set(alice.propfind(alice.home, ['d:resourcetype'], depth=1).by_href)
    folder = outlook.make_calendar(escape(name))
    try:
        entries = [e for e in make_fresh(alice) if e.href not in before]
        assert len(entries) == 1, [e.href for e in entries]
        assert entries[0].text('d:displayname') == name
        r = alice.propfind(entries[0].href, ['d:displayname'])
        assert r.status == 207 and r.entries[0].href == entries[0].href and r.entries[0].text('d:displayname') == name
        assert alice.put(entries[0].href + 'x.ics', event('x')).status == 201
    finally:
        outlook.call('<m:DeleteFolder DeleteType="HardDelete"><m:FolderIds><t:FolderId Id="%s"/></m:FolderIds></m:DeleteFolder>' % folder)
        make_fresh(alice)


def make_fresh(client):
    """The home as Exchange has it now: a name that nobody knows makes the gateway look."""
    client.propfind(client.home + 'nobody-knows-this/', ['d:displayname'])
    return client.propfind(client.home, ['d:displayname'], depth=1).entries


def repack(kept, text):
    """The kept property with another text, but the fingerprints of the true one."""
    words = kept.split(' ')
    raw = text if isinstance(text, bytes) else text.encode()
    return ' '.join(words[:-2] + [str(len(raw)), base64.b64encode(zlib.compress(raw)).decode()])


@pytest.mark.parametrize('forge', [
    lambda t, uid: t.replace('UID:' + uid, 'UID:another-' + uid),
    lambda t, uid: t.replace('VERSION:2.0', 'VERSION:2.0\r\nMETHOD:REQUEST'),
    lambda t, uid: t + t,
    lambda t, uid: t.replace('VEVENT', 'VTODO'),
    lambda t, uid: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n',
    lambda t, uid: 'nonsense',
    lambda t, uid: t.replace('SUMMARY:', 'X-A:\x01\x02\r\nSUMMARY:'),
    lambda t, uid: t.encode().replace(b'SUMMARY:', b'X-A:\xff\xfe\r\nSUMMARY:'),
    lambda t, uid: t.replace('SUMMARY:', 'X-A:' + 'A' * 7000000 + '\r\nSUMMARY:'),
    lambda t, uid: t.replace('SUMMARY:', 'X-A:]]></C:calendar-data>\r\nSUMMARY:'),
    lambda t, uid: t.replace('SUMMARY:Lunch', 'SUMMARY:Forged'),
    lambda t, uid: t.replace('DTSTART:2027', 'DTSTART:2031'),
], ids=['uid', 'method', 'twice', 'todo', 'empty', 'nonsense', 'control', 'bytes', 'large', 'markup', 'summary', 'start'])
def test_forged_kept_text(alice, cal, outlook, uid, make_gateway, lab, forge):
    title = 'Lunch ' + uid
    true = event(uid, title, extra='X-FOO:bar\r\n')
    path = alice.calendar + uid + '.ics'
    assert alice.put(path, true).status == 201
    item_id, _ = outlook.find(title)
    kept = next(p.findtext('{*}Value') for p in outlook.get(item_id).iter('{*}ExtendedProperty')
                if p.find('{*}ExtendedFieldURI').get('PropertyName').upper() == 'X-EXCAL-KEPT')
    outlook.set_named(item_id, 'X-EXCAL-KEPT', repack(kept, forge(true, uid)))
    r = alice.get(path)
    assert r.status == 200, r
    text = r.body.decode()
    assert re.findall('^(UID:.*|SUMMARY:.*|METHOD.*|DTSTART.*|BEGIN:.*)\r$', text, re.M) == [
        'BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:' + uid, 'DTSTART:20270302T100000Z', 'SUMMARY:' + title] or sorted(
        re.findall('^(UID:.*|SUMMARY:.*|METHOD.*|DTSTART.*|BEGIN:.*)\r$', text, re.M)) == sorted(
        ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:' + uid, 'DTSTART:20270302T100000Z', 'SUMMARY:' + title])
    assert not re.search('[\x00-\x08\x0b\x0c\x0e-\x1f]', text)
    assert alice.multiget(alice.calendar, [path]).entries[0].ok('c:calendar-data')
    assert alice.query(alice.calendar, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"/></c:comp-filter>').status == 207
    assert alice.delete(path).status == 204


BREAKS = ['\r\n', '\n', '\r', '\u2028', '\x85', '\\n', '"', ';X=1:', ',']


@pytest.mark.parametrize('mark', BREAKS, ids=[repr(b) for b in BREAKS])
def test_text_of_outlook_stays_text(alice, outlook, uid, mark):
    """Line breaks and quotes in what Outlook holds begin no property, parameter, header or element."""
    def evil(what):
        text = '%s%sX-EVIL:1%sEND:VEVENT%sBEGIN:VEVENT' % (what, mark, mark, mark)
        return escape(text).replace('\r', '&#13;').replace('\n', '&#10;').replace('"', '&quot;')
    token = alice.sync(alice.calendar).sync_token
    item = make_evil(outlook, uid, evil)
    [entry] = alice.sync(alice.calendar, token).entries
    text = alice.get(entry.href).body.decode()
    assert text.count('\n') == text.count('\r\n') == text.count('\r'), text
    lines = text.replace('\r\n ', '').split('\r\n')
    assert lines.count('BEGIN:VEVENT') == lines.count('END:VEVENT') == 1 and not [x for x in lines if x.startswith('X-EVIL')], text
    assert all(re.match('[A-Z-]+[:;]', x) for x in lines if x), text
    if mark in ('"', ';X=1:', ',', '\r\n'):
        [attendee] = [x for x in lines if x.startswith('ATTENDEE') and 'bob@' in x]
        assert re.fullmatch(r'ATTENDEE(;[A-Z-]+=("[^"]*"|[^";:,]*))*:mailto:bob@contoso\.example', attendee), attendee
    [got] = alice.multiget(alice.calendar, [entry.href]).entries
    assert 's' + uid in got.text('c:calendar-data')
    outlook.delete(item)


def make_evil(outlook, uid, evil):
    """A meeting with all of it; the schema's order of elements."""
    root = outlook.call('<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem><t:Subject>%s</t:Subject>'
                        '<t:Body BodyType="Text">%s</t:Body><t:Categories><t:String>%s</t:String></t:Categories><t:ReminderIsSet>false</t:ReminderIsSet>'
                        '<t:Start>2027-03-02T10:00:00Z</t:Start><t:End>2027-03-02T11:00:00Z</t:End><t:Location>%s</t:Location><t:RequiredAttendees>'
                        '<t:Attendee><t:Mailbox><t:Name>%s</t:Name><t:EmailAddress>bob@contoso.example</t:EmailAddress></t:Mailbox></t:Attendee>'
                        '</t:RequiredAttendees></t:CalendarItem></m:Items></m:CreateItem>'
                        % (evil('s' + uid), evil('b'), evil('c'), evil('l'), evil('n')))
    return next(root.iter('{%s}ItemId' % T)).get('Id')
