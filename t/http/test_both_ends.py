# SPDX-License-Identifier: Apache-2.0
"""What Outlook does to calendars and items while clients synchronise them; two gateways before one mailbox."""
import pytest
from dav import Client, event
from ical import value
from outlook import T, Outlook


@pytest.fixture
def outlook(lab):
    return Outlook(lab)


@pytest.fixture
def attentive(make_gateway):
    """Alice at a gateway that asks for the list of calendars each time."""
    return Client(make_gateway(location='ExchangeHomeFreshness 0').url, 'alice')


def folder_id(outlook, name):
    root = outlook.call('<m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:ParentFolderIds>'
                        '<t:DistinguishedFolderId Id="msgfolderroot"/></m:ParentFolderIds></m:FindFolder>')
    [found] = [f.find('{*}FolderId').get('Id') for f in root.iter('{%s}CalendarFolder' % T) if f.findtext('{*}DisplayName') == name]
    return found


def make_calendar(outlook, name, parent='<t:DistinguishedFolderId Id="calendar"/>'):
    root = outlook.call('<m:CreateFolder><m:ParentFolderId>%s</m:ParentFolderId><m:Folders><t:CalendarFolder><t:DisplayName>%s</t:DisplayName>'
                        '</t:CalendarFolder></m:Folders></m:CreateFolder>' % (parent, name))
    return next(root.iter('{%s}FolderId' % T)).get('Id')


def rename(outlook, folder, name):
    outlook.call('<m:UpdateFolder><m:FolderChanges><t:FolderChange><t:FolderId Id="%s"/><t:Updates><t:SetFolderField><t:FieldURI FieldURI="folder:DisplayName"/>'
                 '<t:CalendarFolder><t:DisplayName>%s</t:DisplayName></t:CalendarFolder></t:SetFolderField></t:Updates></t:FolderChange></m:FolderChanges>'
                 '</m:UpdateFolder>' % (folder, name))


def remove_folder(outlook, folder):
    outlook.call('<m:DeleteFolder DeleteType="HardDelete"><m:FolderIds><t:FolderId Id="%s"/></m:FolderIds></m:DeleteFolder>' % folder)


def home(client):
    return {e.href: e.text('d:displayname') for e in client.propfind(client.home, ['d:displayname', 'd:resourcetype'], depth=1).entries
            if e.ok('d:resourcetype') and any('calendar' in c for c in e.ok('d:resourcetype').children)}


def test_two_items_with_one_uid(alice, outlook, lab, uid):
    """Outlook can make a copy of an item that has its UID and, copied as a whole, even its name."""
    path = alice.calendar + uid + '.ics'
    assert alice.put(path, event(uid, 'Original ' + uid)).status == 201
    token = alice.sync(alice.calendar).sync_token
    item = outlook.find('Original ' + uid)[0]
    root = outlook.call('<m:CopyItem><m:ToFolderId><t:DistinguishedFolderId Id="calendar"/></m:ToFolderId><m:ItemIds><t:ItemId Id="%s"/></m:ItemIds></m:CopyItem>' % item)
    copy = next(root.iter('{%s}ItemId' % T)).get('Id')
    outlook.set(copy, ('item:Subject', '<t:Subject>Copy %s</t:Subject>' % uid))
    changed = [e.href for e in alice.sync(alice.calendar, token).entries if e.status != 404]
    assert len(changed) == 1 and changed[0] != path, changed
    assert value(alice.get(path).text, 'SUMMARY') == 'Original ' + uid
    assert value(alice.get(changed[0]).text, 'SUMMARY') == 'Copy ' + uid
    # each lives by itself
    got = alice.get(path)
    assert alice.put(path, event(uid, 'Changed ' + uid), If_Match=got.etag).status in (200, 204)
    assert outlook.get(copy).findtext('{*}Subject') == 'Copy ' + uid and outlook.get(item).findtext('{*}Subject') == 'Changed ' + uid
    assert alice.delete(path).status == 204
    assert value(alice.get(changed[0]).text, 'SUMMARY') == 'Copy ' + uid
    assert alice.delete(changed[0]).status == 204


def test_moved_by_outlook_and_back(alice, outlook, uid, cal):
    there = folder_id(outlook, cal.rstrip('/').split('/')[-1])
    path = alice.calendar + uid + '.ics'
    text = event(uid, uid, extra='X-KEEP:me')
    assert alice.put(path, text).status == 201
    first, second = alice.sync(alice.calendar).sync_token, alice.sync(cal).sync_token
    item = outlook.move(outlook.find(uid)[0], there)
    r = alice.sync(alice.calendar, first)
    assert [(e.href, e.status) for e in r.entries] == [(path, 404)]
    r2 = alice.sync(cal, second)
    assert [(e.href, e.status) for e in r2.entries] == [(cal + uid + '.ics', None)]
    assert alice.get(path).status == 404 and alice.get(cal + uid + '.ics').text == text
    item = outlook.move(item, 'calendar')
    assert [(e.href, e.status) for e in alice.sync(alice.calendar, r.sync_token).entries] == [(path, None)]
    assert [(e.href, e.status) for e in alice.sync(cal, r2.sync_token).entries] == [(cal + uid + '.ics', 404)]
    # both moves lie between two looks of a third client
    assert [e.href for e in alice.sync(alice.calendar, first).entries if e.status != 404] == [path]
    got = alice.get(path)
    assert got.text == text and alice.put(path, text.replace('me', 'you'), If_Match=got.etag).status in (200, 204)
    assert alice.delete(path).status == 204


def test_a_calendar_deleted_in_outlook(alice, attentive, outlook, uid):
    name = 'Gone ' + uid[:6]
    folder = make_calendar(outlook, name)
    path = alice.home + name.replace(' ', '%20') + '/'
    assert alice.put(path + 'a.ics', event(uid)).status == 201
    token = alice.sync(path).sync_token
    remove_folder(outlook, folder)
    r = alice.sync(path, token)
    assert r.status in (404, 410), r
    for answer in (alice.propfind(path, ['cs:getctag']), alice.get(path + 'a.ics'), alice.request('REPORT', path, '<c:calendar-query xmlns:c="urn:ietf:params:xml:ns:caldav" '
                   'xmlns:d="DAV:"><d:prop><d:getetag/></d:prop><c:filter><c:comp-filter name="VCALENDAR"/></c:filter></c:calendar-query>', {'Depth': '1'}),
                   alice.delete(path + 'a.ics')):
        assert answer.status == 404, answer
    assert alice.put(path + 'b.ics', event(uid + 'b')).status == 409
    assert path not in home(alice) and path not in home(attentive)
    # a new one of that name is another calendar: old tokens do not hold
    make_calendar(outlook, name)
    assert path in home(attentive)
    r = alice.sync(path, token)
    assert r.status == 403 and r.condition == 'd:valid-sync-token', r
    assert [e.href for e in alice.sync(path).entries] == []
    assert alice.delete(path).status == 204


def test_a_calendar_in_the_bin(attentive, outlook, uid):
    """As Outlook deletes: the folder lives on in the bin, but it is no calendar any more, nor is one inside it."""
    folder = make_calendar(outlook, 'Bin ' + uid[:6])
    inner = make_calendar(outlook, 'Inner ' + uid[:6], '<t:FolderId Id="%s"/>' % folder)
    path, nested = attentive.home + 'Bin%20' + uid[:6] + '/', attentive.home + 'Inner%20' + uid[:6] + '/'
    assert attentive.put(path + 'a.ics', event(uid)).status == 201 and attentive.put(nested + 'a.ics', event(uid)).status == 201
    outlook.call('<m:DeleteFolder DeleteType="MoveToDeletedItems"><m:FolderIds><t:FolderId Id="%s"/></m:FolderIds></m:DeleteFolder>' % folder)
    found = home(attentive)
    assert path not in found and nested not in found
    assert attentive.sync(path).status == 404 and attentive.get(nested + 'a.ics').status == 404
    assert attentive.put(path + 'b.ics', event(uid + 'b')).status == 409
    assert inner != folder


def test_renamed_and_nested(attentive, outlook, uid):
    """A calendar that a client made keeps its URL when Outlook renames it; one of Outlook's goes by its name; one inside another is like others."""
    made = attentive.home + 'made-' + uid[:6] + '/'
    assert attentive.request('MKCALENDAR', made).status == 201
    assert attentive.put(made + 'a.ics', event(uid)).status == 201
    token = attentive.sync(made).sync_token
    folder = folder_id(outlook, 'made-' + uid[:6])
    inner = make_calendar(outlook, 'In ' + uid[:6], '<t:FolderId Id="%s"/>' % folder)
    nested = attentive.home + 'In%20' + uid[:6] + '/'
    assert nested in home(attentive)
    assert attentive.put(nested + 'n.ics', event(uid + 'n')).status == 201
    rename(outlook, folder, 'Neu ' + uid[:6])
    assert home(attentive)[made] == 'Neu ' + uid[:6]
    r = attentive.sync(made, token)
    assert r.status == 207 and r.entries == [], r
    assert attentive.get(made + 'a.ics').status == 200 and attentive.get(nested + 'n.ics').status == 200
    rename(outlook, inner, 'Out ' + uid[:6])
    after = home(attentive)
    assert nested not in after and after[nested.replace('In%20', 'Out%20')] == 'Out ' + uid[:6]
    assert attentive.sync(nested).status == 404 and attentive.get(nested.replace('In%20', 'Out%20') + 'n.ics').status == 200
    remove_folder(outlook, inner)
    remove_folder(outlook, folder)


def test_same_name_twice(attentive, outlook, uid):
    """Two calendars of one name in different places: two URLs, each its own items."""
    name = 'Twin ' + uid[:6]
    one = make_calendar(outlook, name)
    two = make_calendar(outlook, name, '<t:FolderId Id="%s"/>' % one)
    twins = [h for h, v in home(attentive).items() if v == name]
    assert len(set(twins)) == 2
    for i, h in enumerate(twins):
        assert attentive.put(h + 'x.ics', event('%s-%d' % (uid, i), 'T%d' % i)).status == 201
    assert [value(attentive.get(h + 'x.ics').text, 'SUMMARY') for h in twins] == ['T0', 'T1']
    assert sorted(h for h, v in home(attentive).items() if v == name) == sorted(twins)
    remove_folder(outlook, two)
    remove_folder(outlook, one)


def test_many_changes_between_two_looks(make_gateway, lab, uid):
    """More changes than Exchange tells at once: none missed, none twice, for limited and unlimited clients."""
    client, outlook = Client(make_gateway().url, 'user24'), Outlook(lab, 'user24')
    lab.seed('user24', 300)
    before = {e.href: e.text('d:getetag') for e in client.sync(client.calendar).entries}
    token = client.sync(client.calendar).sync_token
    assert len(before) == 300
    made = []
    for i in range(0, 1200, 100):
        items = ''.join('<t:CalendarItem><t:Subject>%s-%d</t:Subject><t:ReminderIsSet>false</t:ReminderIsSet><t:Start>2027-03-02T10:00:00Z</t:Start>'
                        '<t:End>2027-03-02T11:00:00Z</t:End></t:CalendarItem>' % (uid, k) for k in range(i, i + 100))
        root = outlook.call('<m:CreateItem SendMeetingInvitations="SendToNone"><m:SavedItemFolderId><t:DistinguishedFolderId Id="calendar"/></m:SavedItemFolderId>'
                            '<m:Items>%s</m:Items></m:CreateItem>' % items)
        made += [e.get('Id') for e in root.iter('{%s}ItemId' % T)]
    for i in made[:50]:
        outlook.delete(i)
    r = client.sync(client.calendar, token)
    hrefs = [e.href for e in r.entries]
    assert len(hrefs) == len(set(hrefs)) and len([e for e in r.entries if e.status is None]) == 1150
    assert not set(hrefs) & set(before)
    # the same in pages
    pages, at = [], token
    for _ in range(20):
        page = client.sync(client.calendar, at, limit=100)
        pages += [e.href for e in page.entries if e.status != 507]
        at = page.sync_token
        if not any(e.status == 507 for e in page.entries):
            break
    assert sorted(pages) == sorted(hrefs)
    assert client.sync(client.calendar, at).entries == []


def test_two_gateways_agree(make_gateway, lab, uid):
    """Names, tags, texts and dead properties live in Exchange: a second gateway with a cache of its own tells the same."""
    a, b = [Client(make_gateway(location='ExchangeHomeFreshness 0').url, 'user25') for _ in range(2)]
    outlook = Outlook(lab, 'user25')
    path = a.home + 'shared-' + uid[:8] + '/'
    assert a.request('MKCALENDAR', path).status == 201
    assert a.proppatch(path, '<d:displayname>Ünser</d:displayname><a:calendar-color>#aabbcc</a:calendar-color><x:mine>42</x:mine>').status == 207
    for i in range(3):
        assert a.put('%sname%%20%d.ics' % (path, i), event('%s-%d' % (uid, i), 'E%d' % i, extra='X-A:%d' % i)).status == 201
    assert a.proppatch(path + 'name%200.ics', '<x:note>of an object</x:note>').status == 207
    folder = folder_id(outlook, 'Ünser')
    outlook.create('Born there', folder=folder)
    outlook.set(outlook.find('E1', folder)[0], ('item:Subject', '<t:Subject>E1 changed</t:Subject>'))

    def seen(c):
        got = {e.href: (e.text('d:getetag'), e.text('c:calendar-data')) for e in c.query(path).entries}
        props = c.propfind(path, ['d:displayname', 'a:calendar-color', 'x:mine']).entries[0]
        return got, [props.text(n) for n in ('d:displayname', 'a:calendar-color', 'x:mine')], c.propfind(path + 'name%200.ics', ['x:note']).entries[0].text('x:note')
    first, second = seen(a), seen(b)
    assert first == second and len(first[0]) == 4 and first[1] == ['Ünser', '#aabbcc', '42'] and first[2] == 'of an object'
    # one writes, the other sees and holds the tag against it
    old = b.get(path + 'name%202.ics').etag
    r = a.put(path + 'name%202.ics', event(uid + '-2', 'E2 by a'), If_Match=old)
    assert r.status in (200, 204)
    assert b.put(path + 'name%202.ics', event(uid + '-2', 'E2 by b'), If_Match=old).status == 412
    assert b.delete(path + 'name%202.ics', If_Match=old).status == 412
    got = b.get(path + 'name%202.ics')
    assert got.etag == r.etag and value(got.text, 'SUMMARY') == 'E2 by a'
    # the token of one is none of the other's, and that is said
    token = a.sync(path).sync_token
    r = b.sync(path, token)
    assert r.status == 403 and r.condition == 'd:valid-sync-token'
    # two creates of one UID at two gateways: the second finds the first
    assert b.put(path + 'other.ics', event(uid + '-2', 'again')).status == 403
    assert a.delete(path).status == 204
    assert b.sync(path).status == 404


def test_a_name_survives_what_outlook_does(alice, outlook, uid):
    path = alice.calendar + 'my%20name%20' + uid + '.ics'
    assert alice.put(path, event(uid, uid)).status == 201
    item = outlook.find(uid)[0]
    token = alice.sync(alice.calendar).sync_token
    outlook.set(item, ('item:Subject', '<t:Subject>New</t:Subject>'))
    assert [e.href for e in alice.sync(alice.calendar, token).entries] == [path]
    # to the bin and back
    root = outlook.call('<m:MoveItem><m:ToFolderId><t:DistinguishedFolderId Id="deleteditems"/></m:ToFolderId><m:ItemIds><t:ItemId Id="%s"/></m:ItemIds></m:MoveItem>' % item)
    binned = next(root.iter('{%s}ItemId' % T)).get('Id')
    assert alice.get(path).status == 404
    outlook.move(binned, 'calendar')
    assert value(alice.get(path).text, 'SUMMARY') == 'New'
    assert alice.delete(path).status == 204
