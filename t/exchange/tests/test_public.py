# SPDX-License-Identifier: Apache-2.0
"""Public folders: their tree, what is refused there, and by whose rights they are used."""
import pytest

from ewsclient import NS, Ews, EwsError, appointment, folder_xml, series, text
from test_discovery import find as find_links, properties
from test_rights import PRIVATE, attempt, create_folder, find_items, hierarchy, permission, permissions, rights, set_permissions, smtp

ROOT = 'publicfoldersroot'


def below(ews, parent=ROOT, traversal='Shallow'):
    """{name: (id, class)}"""
    m = ews.call('<m:FindFolder Traversal="%s"><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape><m:ParentFolderIds>%s'
                 '</m:ParentFolderIds></m:FindFolder>' % (traversal, folder_xml(parent)))
    return {text(f, 'DisplayName'): (f.find('t:FolderId', NS).get('Id'), text(f, 'FolderClass')) for f in m.find('.//t:Folders', NS)}


def get_folder(ews, folder):
    m = ews.call('<m:GetFolder><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape><m:FolderIds>%s</m:FolderIds></m:GetFolder>'
                 % folder_xml(folder))
    return m.find('m:Folders', NS)[0]


@pytest.fixture
def staff(alice):
    return below(alice)['All Staff'][0]


def test_the_tree_level_by_level(alice, staff):
    assert {n: c for n, (_, c) in below(alice).items()} == {'All Staff': 'IPF.Appointment', 'Projects': 'IPF.Note'}
    assert {n: c for n, (_, c) in below(alice, staff).items()} == {'Holidays': 'IPF.Appointment'}
    assert list(below(alice, below(alice)['Projects'][0])) == ['Releases']
    root = get_folder(alice, ROOT)
    assert (text(root, 'DisplayName'), text(root, 'ChildFolderCount')) == ('IPM_SUBTREE', '2')


def test_it_is_the_same_for_everybody(lab, bob, staff):
    assert below(bob)['All Staff'][0] == staff
    header = '<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>carol@contoso.example</t:PrimarySmtpAddress></t:ConnectingSID>' \
             '</t:ExchangeImpersonation>'
    m = Ews(lab, 'svc').call('<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>%s</m:FolderIds>'
                             '</m:GetFolder>' % folder_xml(staff), header)
    assert m.find('.//t:FolderId', NS).get('Id') == staff


def test_what_public_folders_refuse(alice, staff):
    assert attempt(below, alice, ROOT, 'Deep') == attempt(below, alice, staff, 'Deep') == 'ErrorInvalidOperation'
    assert attempt(hierarchy, alice, ROOT) == attempt(hierarchy, alice, staff) == 'ErrorInvalidOperation'
    item = alice.create(appointment(), folder=staff)
    assert alice.delete(item, kind='MoveToDeletedItems')[0][1] == 'ErrorCannotDeleteObject'
    assert alice.delete(item, kind='SoftDelete')[0][1] == 'NoError'


def test_folders_without_rights_are_not_there(lab, alice, bob):
    erin = Ews(lab, 'erin')
    board = below(erin)['Board'][0]
    assert 'Board' not in below(alice) and attempt(get_folder, alice, board) == 'ErrorFolderNotFound'
    item = erin.create(appointment('Merger'), folder=board)
    assert attempt(alice.get, item) == 'ErrorItemNotFound'
    lab.share('public', 'alice', 'Reviewer', folder='Board')
    assert 'Board' in below(alice) and find_items(alice, board) == ['Merger'] and 'Board' not in below(bob)


def test_items(alice, bob, staff):
    mine = alice.create(series(), folder=staff)
    his = bob.create(appointment('Lunch', '2024-05-06T10:00:00Z', '2024-05-06T11:00:00Z'), folder=staff)
    assert [text(i, 'Subject') for i in bob.view('2024-05-06T00:00:00Z', '2024-05-07T00:00:00Z', folder=staff, shape='Default')] == ['Staff', 'Lunch']
    state, changes, done = bob.sync(folder=staff)
    assert {c[1] for c in changes} == {mine[0], his[0]} and done
    his = bob.update(his, ('item:Subject', '<t:Subject>Dinner</t:Subject>'))
    assert [(c[0], c[1]) for c in alice.sync(state, folder=staff)[1]] == [('Update', his[0])]
    assert attempt(bob.update, mine, ('item:Subject', '<t:Subject>x</t:Subject>'), resolution='AlwaysOverwrite') == 'ErrorAccessDenied'
    assert bob.delete(mine)[0][1] == 'ErrorCannotDeleteObject' and bob.delete(his)[0][1] == 'NoError'
    assert get_folder(alice, staff).findtext('t:TotalCount', None, NS) == '1'


def test_the_organizer_is_who_made_it(alice, bob, staff):
    item = bob.create(appointment(before=PRIVATE), folder=staff)
    got = alice.get(item)
    assert got.findtext('t:Organizer/t:Mailbox/t:EmailAddress', None, NS) == 'bob@contoso.example'
    assert text(got, 'Subject') == 'Dentist', 'nothing is private there'


def test_read_only(lab, alice, bob, staff):
    holidays = below(bob, staff)['Holidays'][0]
    assert attempt(bob.create, appointment(), folder=holidays) == 'ErrorCreateItemAccessDenied'
    item = alice.create(appointment('New year'), folder=holidays)
    assert text(bob.get(item), 'Subject') == 'New year'
    assert rights(get_folder(bob, holidays)) == dict(CreateAssociated=False, CreateContents=False, CreateHierarchy=False, Delete=False,
                                                     Modify=False, Read=True, ViewPrivateItems=True)
    assert attempt(bob.create, appointment(), folder=below(bob, below(bob)['Projects'][0])['Releases'][0]) is None


def test_who_makes_a_folder_owns_it(lab, alice, bob, staff):
    assert attempt(create_folder, bob, 'Mine', staff) == 'ErrorCreateSubfolderAccessDenied'
    assert attempt(create_folder, bob, 'Mine', ROOT) == 'ErrorCreateSubfolderAccessDenied'
    lab.share('public', 'bob', 'PublishingAuthor', folder='All Staff')
    mine = create_folder(bob, 'Mine', staff)
    assert permissions(bob, mine) == {'Default': 'Author', 'Anonymous': 'None', 'alice': 'Owner', 'bob': 'Owner'}
    set_permissions(bob, permission(smtp('bob'), 'Owner'), folder=mine)
    assert 'Mine' in below(bob, staff) and 'Mine' not in below(alice, staff)
    bob.call('<m:DeleteFolder DeleteType="SoftDelete"><m:FolderIds>%s</m:FolderIds></m:DeleteFolder>' % folder_xml(mine))
    assert 'Mine' not in below(bob, staff)


def test_watching_public_folders(alice, staff):
    def subscribe(*folders):
        return alice.call('<m:Subscribe><m:PullSubscriptionRequest><t:FolderIds>%s</t:FolderIds><t:EventTypes><t:EventType>CreatedEvent'
                          '</t:EventType></t:EventTypes><t:Timeout>5</t:Timeout></m:PullSubscriptionRequest></m:Subscribe>'
                          % ''.join(folder_xml(f) for f in folders))
    assert attempt(subscribe, staff) is None
    assert attempt(subscribe, staff, 'calendar') == attempt(subscribe, 'calendar', staff) == 'ErrorInvalidSubscriptionRequest'


def test_a_favourite(lab, alice, staff):
    lab.share('public', 'alice', 'Author', folder='All Staff', link=1)
    link, = [properties(i) for i in find_links(alice) if text(i, 'Subject') == 'All Staff']
    assert (link['type'], link['flags']) == ('0', '1') and 'who' not in link


def test_nobody_is_the_public_folders(lab, alice):
    with pytest.raises(AssertionError):  # a 401 has no answer in XML
        Ews(lab, 'publicfolders').folder()
    with pytest.raises(EwsError, match='ErrorNonExistentMailbox'):
        alice.folder(mailbox='publicfolders@contoso.example')
    with pytest.raises(EwsError, match='ErrorNameResolutionNoResults'):
        alice.call('<m:ResolveNames ReturnFullContactData="false"><m:UnresolvedEntry>public</m:UnresolvedEntry></m:ResolveNames>')


def test_public_folders_in_2007(lab_2007):
    alice = Ews(lab_2007, version='Exchange2007_SP1')
    staff = below(alice)['All Staff'][0]
    item = alice.create(appointment(), folder=staff)
    assert text(alice.get(item), 'Subject') == 'Dentist' and attempt(below, alice, ROOT, 'Deep') == 'ErrorInvalidOperation'
