# SPDX-License-Identifier: Apache-2.0
"""Folders: shapes, search, changes, hierarchy."""
import pytest

from ewsclient import NS, Ews, EwsError, appointment, folder_xml, named, series, text


def code_of(function, *args, **kw):
    with pytest.raises(EwsError) as e:
        function(*args, **kw)
    return e.value.code


def create(ews, name, parent='calendar', kind='CalendarFolder', more=''):
    m = ews.call('<m:CreateFolder><m:ParentFolderId>%s</m:ParentFolderId><m:Folders><t:%s><t:DisplayName>%s</t:DisplayName>%s</t:%s>'
                 '</m:Folders></m:CreateFolder>' % (folder_xml(parent), kind, name, more, kind))
    e = m.find('.//t:FolderId', NS)
    return e.get('Id'), e.get('ChangeKey')


def get(ews, folder_id, extra=''):
    m = ews.call('<m:GetFolder><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape>%s</m:FolderShape><m:FolderIds>%s</m:FolderIds>'
                 '</m:GetFolder>' % ('<t:AdditionalProperties>%s</t:AdditionalProperties>' % extra if extra else '', folder_xml(folder_id)))
    return m.find('m:Folders', NS)[0]


def update(ews, folder, path, value, kind='CalendarFolder'):
    uri = path if path.startswith('<') else '<t:FieldURI FieldURI="%s"/>' % path
    key = ' ChangeKey="%s"' % folder[1] if folder[1] else ''
    m = ews.call('<m:UpdateFolder><m:FolderChanges><t:FolderChange><t:FolderId Id="%s"%s/><t:Updates><t:SetFolderField>%s<t:%s>%s</t:%s>'
                 '</t:SetFolderField></t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>' % (folder[0], key, uri, kind, value, kind))
    e = m.find('.//t:FolderId', NS)
    return e.get('Id'), e.get('ChangeKey')


def delete(ews, folder_id, kind='HardDelete'):
    return ews.call('<m:DeleteFolder DeleteType="%s"><m:FolderIds>%s</m:FolderIds></m:DeleteFolder>' % (kind, folder_xml(folder_id)))


def find(ews, rule='', traversal='Deep', parent='msgfolderroot', view=''):
    m = ews.call('<m:FindFolder Traversal="%s"><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>%s%s<m:ParentFolderIds>%s'
                 '</m:ParentFolderIds></m:FindFolder>' % (traversal, view, '<m:Restriction>%s</m:Restriction>' % rule if rule else '',
                                                          folder_xml(parent)))
    return [text(f, 'DisplayName') for f in m.find('.//t:Folders', NS)]


def hierarchy(ews, state=None):
    m = ews.call('<m:SyncFolderHierarchy><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape>%s</m:SyncFolderHierarchy>'
                 % ('<m:SyncState>%s</m:SyncState>' % state if state else ''))
    changes = [(c.tag.split('}')[1], c.findtext('.//t:DisplayName', None, NS)) for c in m.find('m:Changes', NS)]
    return m.findtext('m:SyncState', None, NS), changes


def test_the_calendar(alice):
    f = alice.folder()
    assert f.tag.endswith('}CalendarFolder')
    assert (text(f, 'FolderClass'), text(f, 'DisplayName'), text(f, 'TotalCount'), text(f, 'ChildFolderCount')) == \
        ('IPF.Appointment', 'Calendar', '0', '0')
    assert alice.folder('tasks').tag.endswith('}TasksFolder') and alice.folder('inbox').tag.endswith('}Folder')
    assert alice.folder('contacts').tag.endswith('}ContactsFolder')


def test_own_mailbox_by_address(lab):
    f = Ews(lab, 'CONTOSO\\alice').folder(mailbox='alice@contoso.example')
    assert f.find('t:FolderId', NS).get('Id') == Ews(lab).folder().find('t:FolderId', NS).get('Id')


def test_the_key_changes_with_own_properties_alone(alice):
    key = alice.folder().find('t:FolderId', NS).get('ChangeKey')
    commit = '<t:ExtendedFieldURI PropertyTag="0x670A" PropertyType="SystemTime"/>'
    before = alice.folder(extra='<t:AdditionalProperties>%s</t:AdditionalProperties>' % commit)
    alice.create(appointment())
    after = alice.folder(extra='<t:AdditionalProperties>%s</t:AdditionalProperties>' % commit)
    assert after.find('t:FolderId', NS).get('ChangeKey') == key
    assert text(after, 'TotalCount') == '1'
    assert before.findtext('t:ExtendedProperty/t:Value', None, NS) != after.findtext('t:ExtendedProperty/t:Value', None, NS)


def test_create_rename_delete(alice):
    color = named('X-COLOR')
    f = create(alice, 'Project X', more='<t:ExtendedProperty>%s<t:Value>red</t:Value></t:ExtendedProperty>' % color)
    assert code_of(create, alice, 'project x') == 'ErrorFolderExists'
    g = update(alice, f, 'folder:DisplayName', '<t:DisplayName>Project Y</t:DisplayName>')
    assert g[0] == f[0] and g[1] != f[1]
    assert code_of(update, alice, f, 'folder:DisplayName', '<t:DisplayName>Z</t:DisplayName>') == 'ErrorIrresolvableConflict'
    update(alice, (f[0], None), color, '<t:ExtendedProperty>%s<t:Value>blue</t:Value></t:ExtendedProperty>' % color)
    got = get(alice, f[0], color)
    assert text(got, 'DisplayName') == 'Project Y' and got.findtext('t:ExtendedProperty/t:Value', None, NS) == 'blue'
    item = alice.create(appointment(), folder=f[0])
    delete(alice, f[0])
    assert code_of(get, alice, f[0]) == 'ErrorFolderNotFound'
    assert code_of(alice.get, item) == 'ErrorItemNotFound'
    assert code_of(delete, alice, 'calendar') == 'ErrorDeleteDistinguishedFolder'


def test_delete_to_trash(alice):
    f = create(alice, 'Old')
    delete(alice, f[0], 'MoveToDeletedItems')
    assert find(alice, parent='deleteditems') == ['Old']
    create(alice, 'Old')


def test_find(alice):
    create(alice, 'Sub')
    create(alice, 'Birthdays', kind='Folder', more='')
    assert 'Sub' in find(alice) and 'Sub' not in find(alice, traversal='Shallow')
    equal = '<t:IsEqualTo><t:FieldURI FieldURI="folder:FolderClass"/><t:FieldURIOrConstant><t:Constant Value="IPF.Appointment"/>' \
            '</t:FieldURIOrConstant></t:IsEqualTo>'
    assert sorted(find(alice, equal)) == ['Calendar', 'Sub']
    prefix = '<t:Contains ContainmentMode="Prefixed" ContainmentComparison="IgnoreCase"><t:FieldURI FieldURI="folder:FolderClass"/>' \
             '<t:Constant Value="ipf.app"/></t:Contains>'
    assert sorted(find(alice, prefix)) == ['Calendar', 'Sub']
    assert len(find(alice, view='<m:IndexedPageFolderView MaxEntriesReturned="3" Offset="2" BasePoint="Beginning"/>')) == 3


def test_hierarchy(alice):
    state, changes = hierarchy(alice)
    assert ('Create', 'Calendar') in changes and len(changes) == 11
    assert hierarchy(alice, state)[1] == []
    f = create(alice, 'A')
    alice.create(series(), folder=f[0])
    state2, changes = hierarchy(alice, state)
    assert changes == [('Create', 'A')]
    update(alice, f, 'folder:DisplayName', '<t:DisplayName>B</t:DisplayName>')
    state3, changes = hierarchy(alice, state2)
    assert changes == [('Update', 'B')]
    delete(alice, f[0])
    assert hierarchy(alice, state3)[1] == [('Delete', None)]
    assert hierarchy(alice, state)[1] == []
    with pytest.raises(EwsError):
        hierarchy(alice, 'nonsense')


def test_a_missing_folder(alice):
    assert code_of(alice.folder, 'voicemail') == 'ErrorFolderNotFound'
    assert code_of(get, alice, alice.create(appointment())[0]) == 'ErrorInvalidFolderId'


def test_permissions_can_be_reset(alice):
    f = create(alice, 'A')
    alice.call('<m:UpdateFolder><m:FolderChanges><t:FolderChange><t:FolderId Id="%s"/><t:Updates><t:DeleteFolderField>'
               '<t:FieldURI FieldURI="folder:PermissionSet"/></t:DeleteFolderField></t:Updates></t:FolderChange></m:FolderChanges>'
               '</m:UpdateFolder>' % f[0])
