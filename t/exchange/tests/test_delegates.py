# SPDX-License-Identifier: Apache-2.0
"""Delegates: who they are, and what comes with it."""
import pytest

from ewsclient import NS, Ews, EwsError, appointment, fields, text
from test_rights import ATTENDEE, PRIVATE, attempt, find_items, known, permission, permissions, rights, set_permissions, smtp

ALL = ('Calendar', 'Tasks', 'Inbox', 'Contacts', 'Notes', 'Journal')


def box(who):
    return '<m:Mailbox><t:EmailAddress>%s@contoso.example</t:EmailAddress></m:Mailbox>' % who


def user(who, copies=None, private=None, **levels):
    folders = ''.join('<t:%sFolderPermissionLevel>%s</t:%sFolderPermissionLevel>' % (n, levels[n], n) for n in ALL if n in levels)
    more = '<t:DelegatePermissions>%s</t:DelegatePermissions>' % folders if folders else ''
    for name, value in (('ReceiveCopiesOfMeetingMessages', copies), ('ViewPrivateItems', private)):
        more += '' if value is None else '<t:%s>%s</t:%s>' % (name, value, name)
    return '<t:DelegateUser><t:UserId>%s</t:UserId>%s</t:DelegateUser>' % (who if who.startswith('<') else smtp(who), more)


def outcome(answer):
    """The codes, one for each user."""
    if answer.get('ResponseClass') == 'Error':
        raise EwsError(answer.findtext('m:ResponseCode', None, NS), answer.findtext('m:MessageText', None, NS))
    assert answer.findtext('m:ResponseCode', None, NS) == 'NoError'
    return [c.text for c in answer.iterfind('m:ResponseMessages/m:DelegateUserResponseMessageType/m:ResponseCode', NS)]


def change(ews, what, *users, owner='alice', deliver=None):
    more = '<m:DeliverMeetingRequests>%s</m:DeliverMeetingRequests>' % deliver if deliver else ''
    named = '<m:DelegateUsers>%s</m:DelegateUsers>' % ''.join(users) if users else ''
    return outcome(ews.raw('<m:%s>%s%s%s</m:%s>' % (what, box(owner), named, more, what)))


def remove(ews, *ids, owner='alice'):
    return outcome(ews.raw('<m:RemoveDelegate>%s<m:UserIds>%s</m:UserIds></m:RemoveDelegate>'
                           % (box(owner), ''.join('<t:UserId>%s</t:UserId>' % i for i in ids))))


def get(ews, *ids, owner='alice', include='true'):
    """({who: (levels, copies, private)}, how meeting requests go, codes)"""
    named = '<m:UserIds>%s</m:UserIds>' % ''.join('<t:UserId>%s</t:UserId>' % i for i in ids) if ids else ''
    answer = ews.raw('<m:GetDelegate IncludePermissions="%s">%s%s</m:GetDelegate>' % (include, box(owner), named))
    codes = outcome(answer)
    found = {}
    for u in answer.iter('{%s}DelegateUser' % NS['m']):
        levels = u.find('t:DelegatePermissions', NS)
        found[u.findtext('t:UserId/t:PrimarySmtpAddress', None, NS).split('@')[0]] = (
            None if levels is None else tuple(text(levels, n + 'FolderPermissionLevel') for n in ALL),
            text(u, 'ReceiveCopiesOfMeetingMessages'), text(u, 'ViewPrivateItems'))
    return found, answer.findtext('m:DeliverMeetingRequests', None, NS), codes


def test_nobody_is_a_delegate_at_first(alice):
    answer = alice.raw('<m:GetDelegate IncludePermissions="true">%s</m:GetDelegate>' % box('alice'))
    assert answer.get('ResponseClass') == 'Success' and answer.find('m:ResponseMessages', NS) is None
    assert get(alice) == ({}, 'DelegatesAndMe', [])


def test_adding_changing_removing(alice):
    assert change(alice, 'AddDelegate', user('bob', 'true', 'false', Calendar='Editor', Tasks='Author'), user('carol', private='true'),
                  deliver='DelegatesOnly') == ['NoError', 'NoError']
    none = 'None'
    assert get(alice) == ({'bob': (('Editor', 'Author', none, none, none, none), 'true', 'false'), 'carol': ((none,) * 6, 'false', 'true')},
                          'DelegatesOnly', ['NoError'] * 2)
    assert permissions(alice)['bob'] == 'Editor' and permissions(alice, 'tasks', '')['bob'] == 'Author'
    assert get(alice, include='false')[0]['bob'] == (None, 'true', 'false')
    assert change(alice, 'UpdateDelegate', user('bob', private='true', Calendar='Reviewer'), deliver='DelegatesAndSendInformationToMe') == ['NoError']
    assert get(alice, smtp('bob')) == ({'bob': (('Reviewer', 'Author', none, none, none, none), 'true', 'true')},
                                       'DelegatesAndSendInformationToMe', ['NoError'])
    assert change(alice, 'UpdateDelegate', deliver='DelegatesAndMe') == []
    assert remove(alice, smtp('bob')) == ['NoError']
    assert list(get(alice)[0]) == ['carol'] and 'bob' not in permissions(alice) and 'bob' not in permissions(alice, 'tasks', '')


def test_a_level_of_its_own_is_custom(alice):
    change(alice, 'AddDelegate', user('bob', Calendar='Editor'))
    set_permissions(alice, permission(smtp('bob'), 'PublishingEditor'))
    assert get(alice)[0]['bob'][0][0] == 'Custom'


@pytest.mark.parametrize('what, who, code', [
    ('AddDelegate', 'alice', 'ErrorDelegateCannotAddOwner'),
    ('AddDelegate', 'bob', 'ErrorDelegateAlreadyExists'),
    ('AddDelegate', 'nobody', 'ErrorDelegateNoUser'),
    ('AddDelegate', known('Default'), 'ErrorDistinguishedUserNotSupported'),
    ('AddDelegate', '<t:SID>S-1-1</t:SID>', 'ErrorInvalidUserSid'),
    ('UpdateDelegate', 'carol', 'ErrorNotDelegate'),
    ('UpdateDelegate', 'nobody', 'ErrorDelegateNoUser'),
])
def test_wrong_delegates(alice, what, who, code):
    change(alice, 'AddDelegate', user('bob', Calendar='Author'))
    assert change(alice, what, user(who, Calendar='Editor'), user('dave') if what == 'AddDelegate' else user('bob', private='true')) == \
        [code, 'NoError'], 'the others are done'
    assert get(alice)[0]['bob'][0][0] == 'Author'


def test_wrong_questions(alice):
    assert change(alice, 'AddDelegate', user('bob', Calendar='Custom')) == ['ErrorInvalidDelegatePermission']
    assert get(alice)[0] == {}
    assert get(alice, smtp('bob'), smtp('nobody'))[2] == ['ErrorNotDelegate', 'ErrorDelegateNoUser']
    assert remove(alice, smtp('bob')) == ['ErrorNotDelegate']
    assert attempt(get, alice, owner='nobody') == 'ErrorNonExistentMailbox'


def test_delegates_are_the_owners_affair(lab, alice, bob):
    change(alice, 'AddDelegate', user('bob', Calendar='Editor'))
    assert attempt(get, bob) == attempt(remove, bob, smtp('bob')) == attempt(change, bob, 'AddDelegate', user('carol')) == 'ErrorAccessDenied'
    lab.full_access('alice', 'bob')
    assert list(get(bob)[0]) == ['bob']


def test_what_a_delegate_may(alice, bob):
    item = alice.create(appointment('secret', before=PRIVATE))
    change(alice, 'AddDelegate', user('bob', Calendar='Editor'))
    assert find_items(bob, 'calendar@alice') == ['Private Appointment']
    meeting = bob.create(appointment(after=ATTENDEE), send='SendToAllAndSaveCopy', folder='calendar@alice')
    assert alice.get(meeting).findtext('t:Organizer/t:Mailbox/t:EmailAddress', None, NS) == 'alice@contoso.example'
    change(alice, 'UpdateDelegate', user('bob', private='true'))
    got = bob.get(item)
    assert text(got, 'Subject') == 'secret' and rights(got)['ViewPrivateItems'] and rights(got)['Modify']
    folder = bob.folder(mailbox='alice@contoso.example', extra='<t:AdditionalProperties>%s</t:AdditionalProperties>' % fields('folder:EffectiveRights'))
    assert rights(folder)['ViewPrivateItems'] and not rights(folder)['Modify']


def test_delegates_in_2007(lab_2007):
    alice = Ews(lab_2007, version='Exchange2007_SP1')
    assert change(alice, 'AddDelegate', user('bob', 'false', 'true', Calendar='Editor')) == ['NoError']
    assert get(alice)[0]['bob'][1:] == ('false', 'true')


@pytest.mark.parametrize('operation, body', [('GetDelegate', '<m:GetDelegate IncludePermissions="true">%s</m:GetDelegate>' % box('alice')),
                                             ('GetRoomLists', '<m:GetRoomLists/>')])
def test_a_fault_takes_the_form_of_the_answer(lab, alice, operation, body):
    lab.faults(dict(operation=operation, kind='ErrorMailboxMoveInProgress', times=1))
    answer = alice.raw(body)
    assert (answer.get('ResponseClass'), answer.findtext('m:ResponseCode', None, NS)) == ('Error', 'ErrorMailboxMoveInProgress')
