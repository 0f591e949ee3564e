# SPDX-License-Identifier: Apache-2.0
"""Meetings of those who have delegates: copies of what they get, and mail on their behalf."""
import pytest

from ewsclient import NS, Ews, EwsError, appointment, text
from meeting import DOMAIN, answers, attendees, find, ident, kind, one, respond, states
from test_delegates import change, user
from test_rights import known, permission, set_permissions, smtp

ALICES = ('<m:SavedItemFolderId><t:DistinguishedFolderId Id="calendar"><t:Mailbox><t:EmailAddress>alice@contoso.example</t:EmailAddress>'
          '</t:Mailbox></t:DistinguishedFolderId></m:SavedItemFolderId>')


def code_of(function, *args, **kw):
    with pytest.raises(EwsError) as e:
        function(*args, **kw)
    return e.value.code


@pytest.fixture
def carol(lab):
    return Ews(lab, 'carol')


@pytest.fixture
def dave(lab):
    return Ews(lab, 'dave')


def test_a_delegate_gets_copies_and_cannot_answer_them(lab, alice, bob, carol):
    assert change(alice, 'AddDelegate', user('carol', copies='true', Calendar='Editor')) == ['NoError']
    bob.create(appointment('Lunch', after=attendees('alice')), send='SendOnlyToAll')
    mine, copy = one(alice, 'inbox'), one(carol, 'inbox')
    assert states(mine, 'IsDelegated', 'MeetingRequestType') == ('false', 'NewMeetingRequest')
    assert states(copy, 'IsDelegated', 'HasBeenProcessed', 'Subject') == ('true', 'true', 'Lunch')
    assert copy.findtext('t:ReceivedRepresenting//t:EmailAddress', None, NS) == 'alice' + DOMAIN
    assert copy.findtext('t:ReceivedBy//t:EmailAddress', None, NS) == 'carol' + DOMAIN
    booked = copy.find('t:AssociatedCalendarItemId', NS).get('Id')
    assert booked == ident(one(alice))[0] and find(carol) == []
    for element, end in (('AcceptItem', 'Accept'), ('TentativelyAcceptItem', 'Tentative'), ('DeclineItem', 'Decline')):
        assert code_of(respond, carol, element, copy) == 'ErrorCalendarIsDelegatedFor' + end
    assert 'AcceptItem' not in [kind(o) for o in copy.find('t:ResponseObjects', NS)]
    # she answers in alice's calendar, on her behalf
    respond(carol, 'AcceptItem', one(alice))
    assert answers(one(bob)) == {'alice' + DOMAIN: 'Accept'}
    mail = lab.outbox()[-1]
    assert (mail['from'], mail['sender'], mail['response']) == ('alice' + DOMAIN, 'carol' + DOMAIN, 'Accept')


@pytest.mark.parametrize('deliver, owner', [('DelegatesOnly', []), ('DelegatesAndMe', ['NewMeetingRequest']),
                                            ('DelegatesAndSendInformationToMe', ['PrincipalWantsCopy'])])
def test_to_whom_requests_go(lab, alice, bob, carol, deliver, owner):
    change(alice, 'AddDelegate', user('carol', copies='true', Calendar='Editor'), deliver=deliver)
    bob.create(appointment('Lunch', after=attendees('alice')), send='SendOnlyToAll')
    assert [text(i, 'MeetingRequestType') for i in find(alice, 'inbox')] == owner
    assert text(one(carol, 'inbox'), 'MeetingRequestType') == 'NewMeetingRequest'
    assert text(one(alice), 'MyResponseType') == 'NoResponseReceived'


def test_a_delegate_invites_on_behalf(lab, alice, bob, carol, dave):
    change(alice, 'AddDelegate', user('carol', Calendar='Editor'))
    made = carol.call('<m:CreateItem SendMeetingInvitations="SendToAllAndSaveCopy">%s<m:Items><t:CalendarItem>%s</t:CalendarItem></m:Items></m:CreateItem>'
                      % (ALICES, appointment('Lunch', after=attendees('bob'))))
    item = ident(made)
    request = one(bob, 'inbox')
    assert request.findtext('t:From//t:EmailAddress', None, NS) == 'alice' + DOMAIN
    assert request.findtext('t:Sender//t:EmailAddress', None, NS) == 'carol' + DOMAIN
    assert one(bob).findtext('t:Organizer//t:EmailAddress', None, NS) == 'alice' + DOMAIN
    assert [kind(i) for i in find(carol, 'sentitems')] == ['MeetingRequest'] and find(alice, 'sentitems') == []
    # dave may write, but not mail
    set_permissions(alice, permission(known('Default'), 'None'), permission(known('Anonymous'), 'None'),
                    permission(smtp('dave'), 'Editor'), permission(smtp('carol'), 'Editor'))
    (_, code), = dave.delete(item, cancel='SendToAllAndSaveCopy')
    assert code == 'ErrorSendAsDenied' and len(lab.outbox()) == 1
    assert code_of(respond, dave, 'CancelCalendarItem', item) == 'ErrorSendAsDenied'
    assert kind(one(alice)) == 'CalendarItem' and text(one(bob), 'IsCancelled') == 'false'
    respond(carol, 'CancelCalendarItem', item)
    assert text(one(bob), 'IsCancelled') == 'true'
