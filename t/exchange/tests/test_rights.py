# SPDX-License-Identifier: Apache-2.0
"""Permissions of folders, and what they let others do in a mailbox."""
import pytest

from ewsclient import NS, Ews, EwsError, appointment, fields, folder_xml, series, text

LEVELS = {
    # level: create, subfolders, owner, visible, edit, delete, read
    'None': ('false', 'false', 'false', 'false', 'None', 'None', 'None'),
    'Owner': ('true', 'true', 'true', 'true', 'All', 'All', 'FullDetails'),
    'PublishingEditor': ('true', 'true', 'false', 'true', 'All', 'All', 'FullDetails'),
    'Editor': ('true', 'false', 'false', 'true', 'All', 'All', 'FullDetails'),
    'PublishingAuthor': ('true', 'true', 'false', 'true', 'Owned', 'Owned', 'FullDetails'),
    'Author': ('true', 'false', 'false', 'true', 'Owned', 'Owned', 'FullDetails'),
    'NoneditingAuthor': ('true', 'false', 'false', 'true', 'None', 'Owned', 'FullDetails'),
    'Reviewer': ('false', 'false', 'false', 'true', 'None', 'None', 'FullDetails'),
    'Contributor': ('true', 'false', 'false', 'true', 'None', 'None', 'None'),
    'FreeBusyTimeOnly': ('false', 'false', 'false', 'false', 'None', 'None', 'TimeOnly'),
    'FreeBusyTimeAndSubjectAndLocation': ('false', 'false', 'false', 'false', 'None', 'None', 'TimeAndSubjectAndLocation'),
}
FLAGS = ('CanCreateItems', 'CanCreateSubFolders', 'IsFolderOwner', 'IsFolderVisible', 'EditItems', 'DeleteItems', 'ReadItems')
PRIVATE = '<t:Sensitivity>Private</t:Sensitivity>'
ATTENDEE = ('<t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>carol@contoso.example</t:EmailAddress></t:Mailbox></t:Attendee>'
            '</t:RequiredAttendees>')


def code_of(function, *args, **kw):
    with pytest.raises(EwsError) as e:
        function(*args, **kw)
    return e.value.code


def smtp(who):
    return '<t:PrimarySmtpAddress>%s@contoso.example</t:PrimarySmtpAddress>' % who


def known(who):
    return '<t:DistinguishedUser>%s</t:DistinguishedUser>' % who


def permission(user, level='Reviewer', flags='', kind='Calendar'):
    read = flags.find('<t:ReadItems')
    head, tail = (flags, '') if read < 0 else (flags[:read], flags[read:])
    return '<t:%sPermission><t:UserId>%s</t:UserId>%s%s<t:%sPermissionLevel>%s</t:%sPermissionLevel></t:%sPermission>' \
        % (kind, user, head, tail, kind, level, kind, kind)


def set_permissions(ews, *rows, folder='calendar', kind='Calendar', element='CalendarFolder', more=''):
    ews.call('<m:UpdateFolder><m:FolderChanges><t:FolderChange>%s<t:Updates><t:SetFolderField><t:FieldURI FieldURI="folder:PermissionSet"/>'
             '<t:%s><t:PermissionSet><t:%sPermissions>%s</t:%sPermissions>%s</t:PermissionSet></t:%s></t:SetFolderField></t:Updates>'
             '</t:FolderChange></m:FolderChanges></m:UpdateFolder>'
             % (folder_xml(folder), element, kind, ''.join(rows), kind, more, element))


def get_folder(ews, folder, extra='folder:PermissionSet', shape='IdOnly'):
    m = ews.call('<m:GetFolder><m:FolderShape><t:BaseShape>%s</t:BaseShape><t:AdditionalProperties>%s</t:AdditionalProperties></m:FolderShape>'
                 '<m:FolderIds>%s</m:FolderIds></m:GetFolder>' % (shape, fields(extra), folder_xml(folder)))
    return m.find('m:Folders', NS)[0]


def permissions(ews, folder='calendar', kind='Calendar'):
    """{who: level}"""
    found = get_folder(ews, folder).findall('.//t:%sPermission' % kind, NS)
    return {p.findtext('.//t:DistinguishedUser', None, NS) or p.findtext('.//t:PrimarySmtpAddress', None, NS).split('@')[0]:
            text(p, kind + 'PermissionLevel') for p in found}


def rights(element):
    return {r.tag.split('}')[1]: r.text == 'true' for r in element.find('t:EffectiveRights', NS)}


def create_folder(ews, name, parent='calendar', element='CalendarFolder', more=''):
    m = ews.call('<m:CreateFolder><m:ParentFolderId>%s</m:ParentFolderId><m:Folders><t:%s><t:DisplayName>%s</t:DisplayName>%s</t:%s>'
                 '</m:Folders></m:CreateFolder>' % (folder_xml(parent), element, name, more, element))
    return m.find('.//t:FolderId', NS).get('Id')


def find_folders(ews, parent):
    m = ews.call('<m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:ParentFolderIds>%s'
                 '</m:ParentFolderIds></m:FindFolder>' % folder_xml(parent))
    return [text(f, 'DisplayName') for f in m.find('.//t:Folders', NS)]


def find_items(ews, folder, subject=None):
    rule = '<m:Restriction><t:IsEqualTo><t:FieldURI FieldURI="item:Subject"/><t:FieldURIOrConstant><t:Constant Value="%s"/>' \
           '</t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>' % subject if subject else ''
    m = ews.call('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>%s<m:ParentFolderIds>%s'
                 '</m:ParentFolderIds></m:FindItem>' % (rule, folder_xml(folder)))
    return [text(i, 'Subject') for i in m.find('.//t:Items', NS)]


# --- access lists ----------------------------------------------------------------------------------

def test_what_a_new_mailbox_grants(alice):
    assert permissions(alice) == {'Default': 'FreeBusyTimeOnly', 'Anonymous': 'None'}
    assert permissions(alice, 'inbox', '') == {'Default': 'None', 'Anonymous': 'None'}
    assert permissions(alice, 'tasks', '') == {'Default': 'None', 'Anonymous': 'None'}
    assert all(rights(get_folder(alice, 'calendar', 'folder:EffectiveRights')).values())


@pytest.mark.parametrize('level', LEVELS)
def test_a_level_and_its_flags(alice, level):
    set_permissions(alice, permission(smtp('bob'), level))
    bob, = [p for p in get_folder(alice, 'calendar').iterfind('.//t:CalendarPermission', NS) if p.find('t:UserId/t:SID', NS) is not None]
    assert text(bob, 'CalendarPermissionLevel') == level
    assert tuple(text(bob, f) for f in FLAGS) == LEVELS[level]
    assert text(bob.find('t:UserId', NS), 'DisplayName') == 'Bob Brown'
    # the same in single flags is that level again
    create, sub, owner, visible, edit, delete, read = LEVELS[level]
    flags = '<t:CanCreateItems>%s</t:CanCreateItems><t:CanCreateSubFolders>%s</t:CanCreateSubFolders><t:IsFolderOwner>%s</t:IsFolderOwner>' \
            '<t:IsFolderVisible>%s</t:IsFolderVisible><t:EditItems>%s</t:EditItems><t:DeleteItems>%s</t:DeleteItems><t:ReadItems>%s</t:ReadItems>' \
            % (create, sub, owner, visible, edit, delete, read)
    set_permissions(alice, permission(smtp('carol'), 'Custom', flags), permission(smtp('bob'), level, flags))
    assert permissions(alice) == {'Default': 'None', 'Anonymous': 'None', 'carol': level, 'bob': level}


def test_custom(alice):
    set_permissions(alice, permission(smtp('bob'), 'Custom', '<t:IsFolderVisible>true</t:IsFolderVisible><t:EditItems>All</t:EditItems>'))
    bob = get_folder(alice, 'calendar').findall('.//t:CalendarPermission', NS)[2]
    assert (text(bob, 'CalendarPermissionLevel'), text(bob, 'EditItems'), text(bob, 'DeleteItems'), text(bob, 'ReadItems')) == \
        ('Custom', 'All', 'None', 'None')


def test_forms_of_user_ids(alice):
    sid = get_folder_sid(alice)
    for form in ('<t:SID>%s</t:SID>' % sid, smtp('bob'), '<t:DisplayName>Bob Brown</t:DisplayName>', '<t:SID>%s</t:SID>' % sid + smtp('bob')):
        set_permissions(alice, permission(form, 'Author'))
        assert permissions(alice)['bob'] == 'Author'
    set_permissions(alice, permission(known('Default'), 'Reviewer'), permission(known('Anonymous'), 'FreeBusyTimeOnly'))
    assert permissions(alice) == {'Default': 'Reviewer', 'Anonymous': 'FreeBusyTimeOnly'}


def get_folder_sid(alice):
    set_permissions(alice, permission(smtp('bob')))
    return get_folder(alice, 'calendar').findtext('.//t:SID', None, NS)


@pytest.mark.parametrize('code, rows', [
    ('ErrorInvalidUserInfo', [permission(smtp('nobody'))]),
    ('ErrorInvalidUserInfo', [permission(smtp('bob') + known('Default'))]),
    ('ErrorInvalidUserInfo', [permission('<t:DisplayName>Nobody</t:DisplayName>')]),
    ('ErrorInvalidUserSid', [permission('<t:SID>S-1-5-21-1</t:SID>')]),
    ('ErrorMissingUserIdInformation', [permission('')]),
    ('ErrorDuplicateUserIdsSpecified', [permission(smtp('bob')), permission('<t:DisplayName>Bob Brown</t:DisplayName>', 'Author')]),
    ('ErrorDuplicateUserIdsSpecified', [permission(known('Default')), permission(known('Default'), 'None')]),
    ('ErrorInvalidPermissionSettings', [permission(smtp('bob'), 'Reviewer', '<t:CanCreateItems>true</t:CanCreateItems>')]),
    ('ErrorInvalidPermissionSettings', [permission(smtp('bob'), 'Editor', '<t:ReadItems>TimeOnly</t:ReadItems>')]),
])
def test_wrong_lists_change_nothing(alice, code, rows):
    set_permissions(alice, permission(smtp('dave'), 'Author'))
    assert code_of(set_permissions, alice, *rows) == code
    assert permissions(alice) == {'Default': 'None', 'Anonymous': 'None', 'dave': 'Author'}


def test_lists_of_other_kinds_of_folder(alice):
    set_permissions(alice, permission(smtp('bob'), 'Reviewer', kind=''), folder='tasks', kind='', element='TasksFolder')
    assert permissions(alice, 'tasks', '')['bob'] == 'Reviewer'
    got = get_folder(alice, 'tasks').findall('.//t:Permission', NS)[2]
    assert text(got, 'ReadItems') == 'FullDetails'
    assert code_of(set_permissions, alice, permission(smtp('bob'), kind=''), kind='', element='Folder') == \
        'ErrorCannotSetNonCalendarPermissionOnCalendarFolder'
    assert code_of(set_permissions, alice, permission(smtp('bob')), folder='inbox') == 'ErrorCannotSetCalendarPermissionOnNonCalendarFolder'
    assert code_of(set_permissions, alice, more='<t:UnknownEntries><t:UnknownEntry>x</t:UnknownEntry></t:UnknownEntries>') == \
        'ErrorCannotSetPermissionUnknownEntries'


def test_a_folder_is_made_with_the_list_of_its_parent_or_its_own(alice):
    set_permissions(alice, permission(smtp('bob'), 'Author'))
    a = create_folder(alice, 'A')
    assert permissions(alice, a)['bob'] == 'Author'
    own = '<t:PermissionSet><t:CalendarPermissions>%s</t:CalendarPermissions></t:PermissionSet>' % permission(smtp('carol'), 'Editor')
    b = create_folder(alice, 'B', more=own)
    assert permissions(alice, b) == {'Default': 'None', 'Anonymous': 'None', 'carol': 'Editor'}
    wrong = own.replace('carol', 'nobody')
    assert code_of(create_folder, alice, 'C', more=wrong) == 'ErrorInvalidUserInfo'
    assert sorted(find_folders(alice, 'calendar')) == ['A', 'B']


def test_the_key_changes_with_the_list(alice):
    before = alice.folder().find('t:FolderId', NS).get('ChangeKey')
    set_permissions(alice, permission(smtp('bob')))
    assert alice.folder().find('t:FolderId', NS).get('ChangeKey') != before


def test_lists_are_for_owners(lab, alice, bob):
    lab.share('alice', 'bob', 'Editor')
    assert permissions(bob, 'calendar@alice') == {}, 'not there, even when asked for'
    assert code_of(set_permissions, bob, permission(smtp('bob'), 'Owner'), folder='calendar@alice') == 'ErrorAccessDenied'
    assert bob.folder(mailbox='alice@contoso.example').find('t:PermissionSet', NS) is None
    lab.share('alice', 'bob', 'Owner')
    assert permissions(bob, 'calendar@alice')['bob'] == 'Owner'
    set_permissions(bob, permission(smtp('bob'), 'Owner'), permission(smtp('carol'), 'Reviewer'), folder='calendar@alice')
    assert permissions(alice)['carol'] == 'Reviewer'


# --- what they allow -------------------------------------------------------------------------------

def attempt(function, *args, **kw):
    try:
        function(*args, **kw)
        return None
    except EwsError as e:
        return e.code


DENIED, GONE, MISSING = 'ErrorAccessDenied', 'ErrorItemNotFound', 'ErrorFolderNotFound'
NOT_HERE, KEPT = 'ErrorCreateItemAccessDenied', 'ErrorCannotDeleteObject'


@pytest.mark.parametrize('level, read, get, create, edit, edit_own, delete, delete_own', [
    ('None', MISSING, GONE, MISSING, GONE, GONE, GONE, GONE),
    ('FreeBusyTimeOnly', MISSING, GONE, MISSING, GONE, GONE, GONE, GONE),
    ('FreeBusyTimeAndSubjectAndLocation', MISSING, GONE, MISSING, GONE, GONE, GONE, GONE),
    ('Reviewer', None, None, NOT_HERE, DENIED, DENIED, KEPT, KEPT),
    ('Contributor', DENIED, DENIED, None, DENIED, DENIED, KEPT, KEPT),
    ('NoneditingAuthor', None, None, None, DENIED, DENIED, KEPT, None),
    ('Author', None, None, None, DENIED, None, KEPT, None),
    ('PublishingAuthor', None, None, None, DENIED, None, KEPT, None),
    ('Editor', None, None, None, None, None, None, None),
    ('PublishingEditor', None, None, None, None, None, None, None),
    ('Owner', None, None, None, None, None, None, None),
])
def test_what_a_level_lets_do(lab, alice, bob, level, read, get, create, edit, edit_own, delete, delete_own):
    theirs = alice.create(appointment('theirs'))
    lab.share('alice', 'bob', 'Author')
    own = bob.create(appointment('own'), folder='calendar@alice')
    lab.share('alice', 'bob', level)
    assert attempt(bob.sync, folder='calendar@alice') == ('ErrorSyncFolderNotFound' if read == MISSING else read)
    assert attempt(find_items, bob, 'calendar@alice') == read
    assert attempt(bob.get, theirs) == get
    assert attempt(bob.create, appointment('new'), folder='calendar@alice') == create
    subject = ('item:Subject', '<t:Subject>changed</t:Subject>')
    assert attempt(bob.update, theirs, subject, resolution='AlwaysOverwrite') == edit
    assert attempt(bob.update, own, subject, resolution='AlwaysOverwrite') == edit_own
    assert (bob.delete(theirs)[0][1], bob.delete(own)[0][1]) == (delete or 'NoError', delete_own or 'NoError')


@pytest.mark.parametrize('level, may', [('Editor', 'ErrorCreateSubfolderAccessDenied'), ('PublishingEditor', None), ('Owner', None)])
def test_folders_in_anothers_calendar(lab, alice, bob, level, may):
    lab.share('alice', 'bob', level)
    assert attempt(create_folder, bob, 'Sub', 'calendar@alice') == may
    assert (text(alice.folder(), 'ChildFolderCount') == '1') == (may is None)


def test_effective_rights(lab, alice, bob):
    item = alice.create(appointment())
    lab.share('alice', 'bob', 'Author')
    folder = get_folder(bob, 'calendar@alice', 'folder:EffectiveRights')
    assert rights(folder) == dict(CreateAssociated=False, CreateContents=True, CreateHierarchy=False, Delete=False, Modify=False, Read=True,
                                  ViewPrivateItems=False)
    assert rights(bob.get(item)) == dict(CreateAssociated=False, CreateContents=False, CreateHierarchy=False, Delete=False, Modify=False,
                                         Read=True, ViewPrivateItems=False)
    own = bob.create(appointment(), folder='calendar@alice')
    assert (rights(bob.get(own))['Modify'], rights(bob.get(own))['Delete']) == (True, True)
    assert all(v for k, v in rights(alice.get(item)).items() if not k.startswith('Create'))


def test_default_is_for_everybody_not_named(lab, alice, bob):
    lab.share('alice', 'default', 'Reviewer')
    assert attempt(find_items, bob, 'calendar@alice') is None
    lab.share('alice', 'bob', 'None')
    assert attempt(find_items, bob, 'calendar@alice') == MISSING
    assert attempt(find_items, Ews(lab, 'carol'), 'calendar@alice') is None


def test_full_access_is_like_ones_own(lab, alice, bob):
    item = alice.create(appointment(before=PRIVATE))
    assert attempt(bob.get, item) == GONE
    lab.full_access('alice', 'bob')
    assert text(bob.get(item), 'Subject') == 'Dentist'
    set_permissions(bob, permission(smtp('carol'), 'Editor'), folder='calendar@alice')
    assert 'Inbox' in find_folders(bob, 'msgfolderroot@alice')
    lab.full_access('alice', 'bob', on=0)
    assert attempt(bob.get, item) == GONE


def test_impersonation_is_the_owner(lab, alice):
    item = alice.create(appointment(before=PRIVATE))
    svc = Ews(lab, 'svc')
    assert attempt(svc.get, item) == GONE
    header = '<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>alice@contoso.example</t:PrimarySmtpAddress></t:ConnectingSID>' \
             '</t:ExchangeImpersonation>'
    m = svc.call('<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ItemIds><t:ItemId Id="%s"/></m:ItemIds>'
                 '</m:GetItem>' % item[0], header)
    assert text(m.find('m:Items', NS)[0], 'Subject') == 'Dentist'


def test_what_a_delegate_makes_is_the_owners(lab, alice, bob):
    lab.share('alice', 'bob', 'Editor')
    item = bob.create(appointment(), folder='calendar@alice')
    got = alice.get(item)
    assert got.findtext('t:Organizer/t:Mailbox/t:EmailAddress', None, NS) == 'alice@contoso.example'
    assert text(got, 'LastModifiedName') == 'Bob Brown'
    assert find_items(alice, 'calendar') == ['Dentist'] and find_items(bob, 'calendar') == []


def test_inviting_takes_more_than_a_permission(lab, alice, bob):
    lab.share('alice', 'bob', 'Editor')
    meeting = appointment(after=ATTENDEE)
    assert code_of(bob.create, meeting, send='SendToAllAndSaveCopy', folder='calendar@alice') == 'ErrorSendAsDenied'
    assert attempt(bob.create, meeting, folder='calendar@alice') is None
    lab.full_access('alice', 'bob')
    assert attempt(bob.create, meeting, send='SendToAllAndSaveCopy', folder='calendar@alice') is None


def test_moving_between_mailboxes(lab, alice, bob):
    def move(ews, item, to, what='MoveItem'):
        return ews.call('<m:%s><m:ToFolderId>%s</m:ToFolderId><m:ItemIds><t:ItemId Id="%s"/></m:ItemIds></m:%s>'
                        % (what, folder_xml(to), item[0], what))
    mine = bob.create(appointment('mine'))
    theirs = alice.create(appointment('theirs'))
    lab.share('alice', 'bob', 'Reviewer')
    assert code_of(move, bob, mine, 'calendar@alice') == NOT_HERE
    assert code_of(move, bob, theirs, 'calendar') == KEPT
    assert move(bob, theirs, 'calendar', 'CopyItem').find('m:Items', NS) is not None
    assert sorted(find_items(bob, 'calendar')) == ['mine', 'theirs']
    lab.share('alice', 'bob', 'Author')
    m = move(bob, mine, 'calendar@alice')
    assert len(m.find('m:Items', NS)) == 0, 'the new id is not told across mailboxes'
    assert sorted(find_items(alice, 'calendar')) == ['mine', 'theirs']


@pytest.mark.parametrize('version, code', [('2010_SP2', KEPT), ('2013_SP1', 'NoError')])
def test_the_trash_is_the_owners(lab, alice, bob, version, code):
    lab.share('alice', 'bob', 'Editor')
    lab.settings(version=version)
    item = alice.create(appointment())
    assert bob.delete(item, kind='MoveToDeletedItems')[0][1] == code
    assert find_items(alice, 'deleteditems') == ([] if code == KEPT else ['Dentist'])


@pytest.mark.parametrize('version, code', [('2010_SP2', 'ErrorSubscriptionDelegateAccessNotSupported'), ('2013_SP1', None)])
def test_watching_anothers_folder(lab, bob, version, code):
    def subscribe():
        bob.call('<m:Subscribe><m:PullSubscriptionRequest><t:FolderIds>%s</t:FolderIds><t:EventTypes><t:EventType>CreatedEvent</t:EventType>'
                 '</t:EventTypes><t:Timeout>5</t:Timeout></m:PullSubscriptionRequest></m:Subscribe>' % folder_xml('calendar@alice'))
    assert attempt(subscribe) == MISSING
    lab.share('alice', 'bob', 'Reviewer')
    lab.settings(version=version)
    assert attempt(subscribe) == code


# --- finding folders -------------------------------------------------------------------------------

def hierarchy(ews, root, state=None):
    m = ews.call('<m:SyncFolderHierarchy><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:SyncFolderId>%s</m:SyncFolderId>'
                 '%s</m:SyncFolderHierarchy>' % (folder_xml(root), '<m:SyncState>%s</m:SyncState>' % state if state else ''))
    return m.findtext('m:SyncState', None, NS), [(c.tag.split('}')[1], c.findtext('.//t:DisplayName', None, NS)) for c in m.find('m:Changes', NS)]


def test_only_visible_folders_are_found(lab, alice, bob):
    create_folder(alice, 'Open')
    create_folder(alice, 'Closed')
    lab.share('alice', 'bob', 'Reviewer', folder='Open')
    assert attempt(find_folders, bob, 'msgfolderroot@alice') == MISSING, 'the root itself is not visible'
    lab.share('alice', 'bob', 'Reviewer', folder='msgfolderroot')
    lab.share('alice', 'bob', 'Reviewer')
    assert find_folders(bob, 'msgfolderroot@alice') == ['Calendar', 'Open']
    assert text(bob.folder(mailbox='alice@contoso.example'), 'ChildFolderCount') == '1'
    state, changes = hierarchy(bob, 'msgfolderroot@alice')
    assert sorted(changes) == [('Create', 'Calendar'), ('Create', 'Open')]
    lab.share('alice', 'bob', 'None', folder='Open')
    lab.share('alice', 'bob', 'Reviewer', folder='Closed')
    state, changes = hierarchy(bob, 'msgfolderroot@alice', state)
    assert ('Delete', None) in changes and ('Update', 'Closed') in changes
    lab.share('alice', 'bob', 'Reviewer', folder='calendar')


def test_a_shared_folder_is_opened_by_its_id(lab, alice, bob):
    sub = create_folder(alice, 'Sub')
    item = alice.create(appointment(), folder=sub)
    assert code_of(get_folder, bob, sub, 'folder:DisplayName') == MISSING
    lab.share('alice', 'bob', 'Reviewer', folder='Sub')
    assert text(get_folder(bob, sub, 'folder:DisplayName'), 'DisplayName') == 'Sub'
    assert bob.sync(folder=sub)[1][0][1] == item[0]


# --- private items ---------------------------------------------------------------------------------

def test_private_items_show_their_time_alone(lab, alice, bob):
    item = alice.create(appointment('Divorce lawyer', before=PRIVATE + '<t:Body BodyType="Text">secret</t:Body><t:Categories><t:String>secret'
                                    '</t:String></t:Categories>', after='<t:Location>secret</t:Location>' + ATTENDEE))
    attach(alice, item)
    lab.share('alice', 'bob', 'Editor')
    for got in (bob.get(item, extra=fields('item:Body', 'item:MimeContent', 'item:Attachments')),
                bob.view('2024-05-01T00:00:00Z', '2024-05-03T00:00:00Z', folder='calendar@alice', shape='AllProperties')[0],
                bob.sync(folder='calendar@alice', shape='AllProperties')[1][0][2]):
        raw = etree_text(got)
        assert 'secret' not in raw and 'lawyer' not in raw and 'carol' not in raw
        assert (text(got, 'Subject'), text(got, 'Sensitivity')) == ('Private Appointment', 'Private')
        assert (text(got, 'Start'), text(got, 'End')) == ('2024-05-02T08:00:00Z', '2024-05-02T08:30:00Z')
        assert text(got, 'HasAttachments') == 'false'
    assert find_items(bob, 'calendar@alice') == ['Private Appointment']
    assert find_items(bob, 'calendar@alice', 'Divorce lawyer') == []
    assert code_of(bob.update, item, ('item:Subject', '<t:Subject>x</t:Subject>'), resolution='AlwaysOverwrite') == DENIED
    assert bob.delete(item)[0][1] == KEPT
    assert code_of(bob.call, '<m:CopyItem><m:ToFolderId>%s</m:ToFolderId><m:ItemIds><t:ItemId Id="%s"/></m:ItemIds></m:CopyItem>'
                   % (folder_xml('calendar'), item[0])) == DENIED
    assert text(alice.get(item), 'Subject') == 'Divorce lawyer'


def test_private_exceptions(lab, alice, bob):
    master = alice.create(series())
    alice.update((master[0], 2), ('item:Subject', '<t:Subject>secret</t:Subject>'), ('item:Sensitivity', PRIVATE),
                 element='OccurrenceItemId', resolution='AlwaysOverwrite')
    lab.share('alice', 'bob', 'Reviewer')
    one, two = (bob.get((master[0], n), element='OccurrenceItemId') for n in (1, 2))
    assert (text(one, 'Subject'), text(two, 'Subject')) == ('Staff', 'Private Appointment')
    whole = bob.get((master[0], None), extra=fields('item:MimeContent'))
    assert text(whole, 'Subject') == 'Staff' and 'secret' not in etree_text(whole)
    alice.update((master[0], None), ('item:Sensitivity', PRIVATE), resolution='AlwaysOverwrite')
    whole = bob.get((master[0], None), extra=fields('item:MimeContent'))
    assert text(whole, 'Subject') == 'Private Appointment' and whole.find('t:Recurrence', NS) is not None
    assert 'Staff' not in etree_text(whole)


def test_personal_and_confidential_items_are_shown(lab, alice, bob):
    lab.share('alice', 'bob', 'Reviewer')
    for word in ('Personal', 'Confidential'):
        item = alice.create(appointment(word, before='<t:Sensitivity>%s</t:Sensitivity>' % word))
        assert text(bob.get(item), 'Subject') == word


def attach(ews, item):
    ews.call('<m:CreateAttachment><m:ParentItemId Id="%s"/><m:Attachments><t:FileAttachment><t:Name>secret.txt</t:Name><t:Content>eA==</t:Content>'
             '</t:FileAttachment></m:Attachments></m:CreateAttachment>' % item[0])


def etree_text(element):
    """All text, what is in base64 decoded."""
    import base64
    from lxml import etree
    raw = etree.tostring(element).decode()
    for mime in element.iter('{%s}MimeContent' % NS['t']):
        raw += base64.b64decode(mime.text).decode()
    return raw


# --- 2007 ------------------------------------------------------------------------------------------

def test_sharing_in_2007(lab_2007):
    alice, bob = (Ews(lab_2007, who, 'Exchange2007_SP1') for who in ('alice', 'bob'))
    set_permissions(alice, permission(smtp('bob'), 'Editor'))
    assert permissions(alice) == {'Default': 'None', 'Anonymous': 'None', 'bob': 'Editor'}
    item = bob.create(appointment(before=PRIVATE), folder='calendar@alice')
    got = bob.get(item)
    assert 'ViewPrivateItems' not in rights(got) and text(got, 'Subject') == 'Private Appointment'


# --- controls --------------------------------------------------------------------------------------

@pytest.mark.parametrize('query, what', [(dict(owner='nobody', user='bob'), 'owner'), (dict(owner='alice', user='nobody'), 'user'),
                                         (dict(owner='alice', user='bob', level='King'), 'level'),
                                         (dict(owner='alice', user='bob', folder='Nowhere'), 'folder')])
def test_wrong_controls(lab, query, what):
    with pytest.raises(RuntimeError, match=what):
        lab.share(**query)


def test_a_reset_takes_all_rights_back(lab, alice, bob):
    lab.share('alice', 'bob', 'Owner')
    lab.full_access('carol', 'bob')
    lab.reset()
    assert attempt(find_items, bob, 'calendar@alice') == MISSING
    assert attempt(find_items, bob, 'calendar@carol') == MISSING
    assert permissions(alice) == {'Default': 'FreeBusyTimeOnly', 'Anonymous': 'None'}
