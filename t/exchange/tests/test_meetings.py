# SPDX-License-Identifier: Apache-2.0
"""Invitations from mailbox to mailbox: requests, answers, updates, cancellations."""
import base64
import email

import pytest

from ewsclient import NS, Ews, EwsError, Fault, appointment, id_xml, text
from meeting import DOMAIN, answers, attendees, find, ident, kind, one, respond, states
from test_services import attach

VERSIONS = {'2007_SP1': 'Exchange2007_SP1', '2010_SP2': 'Exchange2010_SP2', '2013_SP1': 'Exchange2013_SP1', '2019': 'Exchange2016'}


def code_of(function, *args, **kw):
    with pytest.raises((EwsError, Fault)) as e:
        function(*args, **kw)
    return e.value.code


@pytest.fixture(params=sorted(VERSIONS))
def place(request, lab):
    """The simulator as one product, and a way to sign in to it."""
    lab.settings(version=request.param)
    generation = 'ews-2007sp1' if request.param == '2007_SP1' else 'ews-2019'

    class Place:
        server = lab
        product = request.param

        def __call__(self, user):
            return Ews(lab, user, version=VERSIONS[request.param], generation=generation)
    return Place()


def invite(ews, *names, send='SendToAllAndSaveCopy', subject='Lunch', before='', more='', **kw):
    return ews.create(appointment(subject, before=before, after=more + attendees(*names), **kw), send=send)


def mails(lab, *keys):
    return [tuple(m[k] for k in keys) for m in lab.outbox()]


# --- delivery, in every product -----------------------------------------------------------------

def test_an_invitation_arrives_and_is_booked_tentatively(place):
    alice, bob = place('alice'), place('bob')
    item = invite(alice, 'bob', more='<t:Location>Room 7</t:Location>', before='<t:Body BodyType="Text">Bring cake</t:Body>')
    assert states(alice.get(item), 'MeetingRequestWasSent', 'AppointmentState', 'MyResponseType') == ('true', '1', 'Organizer')
    assert answers(alice.get(item)) == {'bob' + DOMAIN: 'Unknown'}
    request, booked = one(bob, 'inbox'), one(bob)
    assert kind(request) == 'MeetingRequest'
    assert states(request, 'ItemClass', 'Subject', 'MeetingRequestType', 'IsOutOfDate', 'HasBeenProcessed', 'IsDelegated', 'IsRead',
                  'IntendedFreeBusyStatus', 'Location', 'Start', 'End', 'Body') == \
        ('IPM.Schedule.Meeting.Request', 'Lunch', 'NewMeetingRequest', 'false', 'true', 'false', 'false', 'Busy', 'Room 7',
         '2024-05-02T08:00:00Z', '2024-05-02T08:30:00Z', 'Bring cake')
    assert request.findtext('t:From//t:EmailAddress', None, NS) == 'alice' + DOMAIN
    assert request.findtext('t:ToRecipients//t:EmailAddress', None, NS) == 'bob' + DOMAIN
    assert states(booked, 'AppointmentState', 'MyResponseType', 'LegacyFreeBusyStatus', 'UID', 'Body', 'ReminderMinutesBeforeStart') == \
        ('3', 'NoResponseReceived', 'Tentative', text(alice.get(item), 'UID'), 'Bring cake', '15')
    assert booked.findtext('t:Organizer//t:EmailAddress', None, NS) == 'alice' + DOMAIN
    assert request.find('t:AssociatedCalendarItemId', NS).get('Id') == ident(booked)[0]
    assert [kind(i) for i in find(alice, 'sentitems')] == ['MeetingRequest']
    assert mails(place.server, 'from', 'to', 'delivered', 'method', 'type') == \
        [('alice' + DOMAIN, ['bob' + DOMAIN], ['bob' + DOMAIN], 'REQUEST', 'NewMeetingRequest')]


@pytest.mark.parametrize('element, response, busy, cls, prefix', [
    ('AcceptItem', 'Accept', 'Busy', 'Pos', 'Accepted: '),
    ('TentativelyAcceptItem', 'Tentative', 'Tentative', 'Tent', 'Tentative: '),
    ('DeclineItem', 'Decline', None, 'Neg', 'Declined: ')])
def test_an_answer_is_booked_and_tallied(place, element, response, busy, cls, prefix):
    alice, bob = place('alice'), place('bob')
    item = invite(alice, 'bob', 'carol')
    state, _, _ = alice.sync()
    respond(bob, element, one(bob, 'inbox'), '<t:Body BodyType="Text">As you say</t:Body>')
    assert find(bob, 'inbox') == []
    trash = [kind(i) for i in find(bob, 'deleteditems')]
    if busy:
        mine = one(bob)
        assert states(mine, 'MyResponseType', 'LegacyFreeBusyStatus', 'AppointmentState') == (response, busy, '3')
        assert text(mine, 'AppointmentReplyTime') and trash == ['MeetingRequest']
    else:
        assert find(bob) == [] and sorted(trash) == ['CalendarItem', 'MeetingRequest']
    got = one(alice)
    assert answers(got) == {'bob' + DOMAIN: response, 'carol' + DOMAIN: 'Unknown'}
    assert got.find('.//t:LastResponseTime', NS) is not None
    assert ident(got)[0] == item[0] and ident(got)[1] != item[1]
    assert [c[0] for c in alice.sync(state)[1]] == ['Update']
    reply = one(alice, 'inbox')
    assert kind(reply) == 'MeetingResponse'
    assert states(reply, 'ItemClass', 'Subject', 'ResponseType', 'Body', 'HasBeenProcessed') == \
        ('IPM.Schedule.Meeting.Resp.' + cls, prefix + 'Lunch', response, 'As you say', 'true')
    assert reply.find('t:AssociatedCalendarItemId', NS).get('Id') == item[0]
    assert [kind(i) for i in find(bob, 'sentitems')] == ['MeetingResponse']
    assert mails(place.server, 'from', 'method', 'response')[1:] == [('bob' + DOMAIN, 'REPLY', response)]


def test_a_cancellation_marks_the_copy_until_it_is_removed(place):
    alice, bob = place('alice'), place('bob')
    item = invite(alice, 'bob')
    (_, code), = alice.delete(item, kind='MoveToDeletedItems', cancel='SendToAllAndSaveCopy')
    assert code == 'NoError' and find(alice) == []
    assert states(one(alice, 'deleteditems'), 'AppointmentState', 'Subject') == ('5', 'Canceled: Lunch')
    assert states(one(bob), 'AppointmentState', 'IsCancelled', 'Subject', 'LegacyFreeBusyStatus') == ('7', 'true', 'Canceled: Lunch', 'Free')
    _, notice = find(bob, 'inbox')
    assert kind(notice) == 'MeetingCancellation'
    assert states(notice, 'ItemClass', 'Subject', 'HasBeenProcessed') == ('IPM.Schedule.Meeting.Canceled', 'Canceled: Lunch', 'true')
    respond(bob, 'RemoveItem', notice, disposition='SaveOnly')
    assert find(bob) == [] and [kind(i) for i in find(bob, 'inbox')] == ['MeetingRequest']
    assert [kind(i) for i in find(alice, 'sentitems')] == ['MeetingRequest', 'MeetingCancellation']
    assert mails(place.server, 'method') == [('REQUEST',), ('CANCEL',)]


def test_an_update_of_the_time_asks_again_another_does_not(place):
    alice, bob = place('alice'), place('bob')
    item = invite(alice, 'bob')
    mine = one(bob)
    bob.update(ident(mine), ('item:Categories', '<t:Categories><t:String>Food</t:String></t:Categories>'),
               ('item:ReminderMinutesBeforeStart', '<t:ReminderMinutesBeforeStart>45</t:ReminderMinutesBeforeStart>'))
    respond(bob, 'AcceptItem', one(bob, 'inbox'))
    alice.update(ident(one(alice)), ('item:Subject', '<t:Subject>Dinner</t:Subject>'), send='SendToAllAndSaveCopy')
    assert states(one(bob), 'Subject', 'MyResponseType', 'LegacyFreeBusyStatus', 'AppointmentSequenceNumber') == ('Dinner', 'Accept', 'Busy', '0')
    assert text(one(bob, 'inbox'), 'MeetingRequestType') == 'InformationalUpdate'
    assert answers(one(alice)) == {'bob' + DOMAIN: 'Accept'}
    alice.update(ident(one(alice)), ('calendar:Start', '<t:Start>2024-05-03T08:00:00Z</t:Start>'),
                 ('calendar:End', '<t:End>2024-05-03T09:00:00Z</t:End>'), send='SendToAllAndSaveCopy')
    mine = one(bob)
    assert states(mine, 'Start', 'MyResponseType', 'LegacyFreeBusyStatus', 'AppointmentSequenceNumber', 'ReminderMinutesBeforeStart') == \
        ('2024-05-03T08:00:00Z', 'NoResponseReceived', 'Tentative', '1', '45')
    assert [c.text for c in mine.find('t:Categories', NS)] == ['Food']
    assert [text(r, 'MeetingRequestType') for r in find(bob, 'inbox')] == ['InformationalUpdate', 'FullUpdate']
    assert [text(r, 'IsOutOfDate') for r in find(bob, 'inbox')] == ['true', 'false']
    assert answers(one(alice)) == {'bob' + DOMAIN: 'Unknown'} and item[0] == ident(one(alice))[0]


# --- who is told ------------------------------------------------------------------------------------

def test_send_to_none_sends_nothing_and_the_first_sending_asks_everybody(lab, alice, bob):
    item = invite(alice, 'bob', send='SendToNone')
    assert lab.outbox() == [] and find(bob) == [] and text(alice.get(item), 'MeetingRequestWasSent') == 'false'
    item = alice.update(item, ('item:Subject', '<t:Subject>Dinner</t:Subject>'), send='SendOnlyToAll')
    assert mails(lab, 'to', 'type', 'sequence') == [(['bob' + DOMAIN], 'NewMeetingRequest', 0)]
    assert text(alice.get(item), 'MeetingRequestWasSent') == 'true' and find(alice, 'sentitems') == []
    assert text(one(bob), 'Subject') == 'Dinner'


def test_only_who_came_and_went_is_told(lab, alice, bob):
    item = invite(alice, 'bob', 'carol')
    respond(bob, 'AcceptItem', one(bob, 'inbox'))
    lab.empty_outbox()
    alice.update(ident(one(alice)), ('calendar:RequiredAttendees', attendees('bob', 'dave')), send='SendToChangedAndSaveCopy')
    assert mails(lab, 'to', 'method') == [(['dave' + DOMAIN], 'REQUEST'), (['carol' + DOMAIN], 'CANCEL')]
    assert answers(one(alice)) == {'bob' + DOMAIN: 'Accept', 'dave' + DOMAIN: 'Unknown'}
    assert text(one(Ews(lab, 'carol')), 'IsCancelled') == 'true' and text(one(Ews(lab, 'dave')), 'IsCancelled') == 'false'
    assert [kind(i) for i in find(alice, 'sentitems')] == ['MeetingRequest', 'MeetingRequest', 'MeetingCancellation']
    lab.empty_outbox()
    alice.update(ident(one(alice)), ('item:Subject', '<t:Subject>x</t:Subject>'), send='SendOnlyToChanged')
    assert lab.outbox() == [] and text(one(bob), 'Subject') == 'Lunch'
    alice.update(ident(one(alice)), ('calendar:RequiredAttendees', attendees('bob')), send='SendOnlyToAll')
    assert mails(lab, 'to', 'method') == [(['bob' + DOMAIN], 'REQUEST'), (['dave' + DOMAIN], 'CANCEL')]
    assert item[0] == ident(one(alice))[0]


def test_new_times_told_to_a_newcomer_alone_still_wait_for_the_others(lab, alice, bob):
    item = invite(alice, 'bob')
    item = alice.update(item, ('calendar:Start', '<t:Start>2024-05-03T08:00:00Z</t:Start>'), ('calendar:End', '<t:End>2024-05-03T09:00:00Z</t:End>'),
                        ('calendar:RequiredAttendees', attendees('bob', 'carol')), send='SendOnlyToChanged')
    assert mails(lab, 'to', 'type', 'start', 'sequence')[1:] == [(['carol' + DOMAIN], 'NewMeetingRequest', '2024-05-03T08:00:00Z', 0)]
    assert text(one(bob), 'Start') == '2024-05-02T08:00:00Z'
    alice.update(item, ('item:Subject', '<t:Subject>x</t:Subject>'), send='SendOnlyToAll')
    assert mails(lab, 'to', 'type', 'sequence')[2:] == [(['bob' + DOMAIN, 'carol' + DOMAIN], 'FullUpdate', 1)]
    assert states(one(bob), 'Start', 'MyResponseType') == ('2024-05-03T08:00:00Z', 'NoResponseReceived')


def test_the_same_times_again_are_no_news(lab, alice, bob):
    item = invite(alice, 'bob')
    respond(bob, 'AcceptItem', one(bob, 'inbox'))
    alice.update((item[0], None), ('calendar:Start', '<t:Start>2024-05-02T10:00:00+02:00</t:Start>'),
                 ('calendar:End', '<t:End>2024-05-02T08:30:00Z</t:End>'), send='SendOnlyToAll', resolution='AlwaysOverwrite')
    assert mails(lab, 'type', 'sequence')[-1] == ('InformationalUpdate', 0) and answers(one(alice)) == {'bob' + DOMAIN: 'Accept'}


def test_times_changed_in_silence_are_told_with_the_next_update(lab, alice, bob):
    item = invite(alice, 'bob')
    item = alice.update(item, ('calendar:Start', '<t:Start>2024-05-02T08:15:00Z</t:Start>'))
    assert len(lab.outbox()) == 1 and text(one(bob), 'Start') == '2024-05-02T08:00:00Z'
    alice.update(item, ('calendar:Location', '<t:Location>Roof</t:Location>'), send='SendOnlyToAll')
    assert mails(lab, 'type', 'sequence', 'start')[-1] == ('FullUpdate', 1, '2024-05-02T08:15:00Z')


def test_what_an_update_changed(lab):
    alice, bob = (Ews(lab, who, version='Exchange2013_SP1') for who in ('alice', 'bob'))
    item = invite(alice, 'bob', more='<t:Location>Hall</t:Location>')
    assert one(bob, 'inbox').find('t:ChangeHighlights', NS) is None
    alice.update(item, ('calendar:Location', '<t:Location>Roof</t:Location>'), ('calendar:Start', '<t:Start>2024-05-02T07:00:00Z</t:Start>'),
                 send='SendOnlyToAll')
    changes = find(bob, 'inbox')[1].find('t:ChangeHighlights', NS)
    assert states(changes, 'HasLocationChanged', 'Location', 'HasStartTimeChanged', 'Start', 'HasEndTimeChanged') == \
        ('true', 'Hall', 'true', '2024-05-02T08:00:00Z', None)


def test_a_free_meeting_stays_free(lab, alice, bob):
    invite(alice, 'bob', more='<t:LegacyFreeBusyStatus>Free</t:LegacyFreeBusyStatus>')
    assert states(one(bob), 'LegacyFreeBusyStatus') == ('Free',) and text(one(bob, 'inbox'), 'IntendedFreeBusyStatus') == 'Free'
    respond(bob, 'AcceptItem', one(bob, 'inbox'))
    assert text(one(bob), 'LegacyFreeBusyStatus') == 'Free'


def test_files_go_along(lab, alice, bob):
    item = invite(alice, 'bob', send='SendToNone')
    attach(alice, item, 'plan.txt', b'Hello')
    alice.update(ident(one(alice)), ('item:Subject', '<t:Subject>Dinner</t:Subject>'), send='SendToAllAndSaveCopy')
    for got in (one(bob, 'inbox'), one(bob), one(alice, 'sentitems')):
        assert [a.findtext('t:Name', None, NS) for a in got.find('t:Attachments', NS)] == ['plan.txt']
    alice.update(ident(one(alice)), ('item:Subject', '<t:Subject>Lunch</t:Subject>'), send='SendToAllAndSaveCopy')
    assert len(one(bob).find('t:Attachments', NS)) == 1


def test_a_distribution_list_is_its_members(lab, alice, bob):
    dave, carol = Ews(lab, 'dave'), Ews(lab, 'carol')
    invite(dave, 'team', 'bob')
    assert mails(lab, 'to') == [(['team' + DOMAIN, 'bob' + DOMAIN],)] and sorted(lab.outbox()[0]['delivered']) == [n + DOMAIN for n in ('alice', 'bob', 'carol')]
    assert find(dave, 'inbox') == [] and [len(find(who, 'inbox')) for who in (alice, bob, carol)] == [1, 1, 1]
    assert one(dave).findtext('.//t:Attendee//t:MailboxType', None, NS) == 'PublicDL'
    respond(alice, 'AcceptItem', one(alice, 'inbox'))
    assert answers(one(dave), 'OptionalAttendees') == {'alice' + DOMAIN: 'Accept'}


def test_emptying_the_list_cancels_for_all(lab, alice, bob):
    item = invite(alice, 'bob')
    alice.update(item, ('calendar:RequiredAttendees', None), send='SendToAllAndSaveCopy')
    assert text(one(bob), 'IsCancelled') == 'true' and mails(lab, 'method') == [('REQUEST',), ('CANCEL',)]


def test_the_organizer_is_not_invited(lab, alice):
    item = invite(alice, 'alice', 'bob')
    assert answers(alice.get(item)) == {'bob' + DOMAIN: 'Unknown'}
    assert mails(lab, 'to') == [(['bob' + DOMAIN],)] and find(alice, 'inbox') == []


def test_required_optional_and_resources(lab, alice, bob):
    alice.create(appointment('Lunch', after=attendees('bob') + attendees('carol', role='OptionalAttendees') +
                             attendees('dave', role='Resources')), send='SendToAllAndSaveCopy')
    request = one(bob, 'inbox')
    assert [e.text for e in request.iterfind('t:CcRecipients//t:EmailAddress', NS)] == ['carol' + DOMAIN]
    assert request.find('t:BccRecipients', NS) is None
    assert [e.text for e in one(alice, 'sentitems').iterfind('t:BccRecipients//t:EmailAddress', NS)] == ['dave' + DOMAIN]
    for role in ('RequiredAttendees', 'OptionalAttendees', 'Resources'):
        assert len(answers(one(bob), role)) == 1
    respond(Ews(lab, 'dave'), 'AcceptItem', one(Ews(lab, 'dave'), 'inbox'))
    assert answers(one(alice), 'Resources') == {'dave' + DOMAIN: 'Accept'}


def test_mail_leaves_the_organisation(lab, alice):
    invite(alice, 'guest@partner.example', more='<t:Location>Here</t:Location>', before='<t:Body BodyType="HTML">&lt;b&gt;Hi&lt;/b&gt;</t:Body>')
    assert mails(lab, 'to', 'delivered', 'class', 'subject', 'start', 'end', 'location', 'body', 'recurrence_id') == \
        [(['guest@partner.example'], [], 'IPM.Schedule.Meeting.Request', 'Lunch', '2024-05-02T08:00:00Z', '2024-05-02T08:30:00Z', 'Here', 'Hi', None)]
    assert find(alice, 'inbox') == []


def test_an_unknown_address_of_ours_comes_back(lab, alice):
    invite(alice, 'nobody')
    report = one(alice, 'inbox')
    assert kind(report) == 'Message'
    assert states(report, 'ItemClass', 'Subject') == ('REPORT.IPM.Note.NDR', 'Undeliverable: Lunch')
    assert 'nobody' + DOMAIN in text(report, 'Body')
    assert mails(lab, 'class', 'to', 'delivered') == [('IPM.Schedule.Meeting.Request', ['nobody' + DOMAIN], []),
                                                      ('REPORT.IPM.Note.NDR', ['alice' + DOMAIN], ['alice' + DOMAIN])]


@pytest.mark.parametrize('wrong', ['bobby tables', 'bob@', '@x.example', 'a b@x.example'])
def test_what_is_no_address_fails_but_the_item_is_there(lab, alice, bob, wrong):
    people = '<t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>bob@contoso.example</t:EmailAddress></t:Mailbox></t:Attendee>' \
        '<t:Attendee><t:Mailbox><t:EmailAddress>%s</t:EmailAddress></t:Mailbox></t:Attendee></t:RequiredAttendees>' % wrong
    assert code_of(alice.create, appointment('Lunch', after=people), send='SendToAllAndSaveCopy') == 'ErrorInvalidRecipients'
    assert text(one(alice), 'Subject') == 'Lunch' and lab.outbox() == [] and find(bob) == []


# --- answers --------------------------------------------------------------------------------------------

def test_answers_to_the_calendar_item(lab, alice, bob):
    invite(alice, 'bob', more='<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>')
    respond(bob, 'TentativelyAcceptItem', one(bob), disposition='SendOnly')
    assert text(one(bob), 'MyResponseType') == 'Tentative' and find(bob, 'sentitems') == []
    respond(bob, 'AcceptItem', one(bob))
    assert states(one(bob), 'MyResponseType', 'LegacyFreeBusyStatus') == ('Accept', 'OOF')
    assert answers(one(alice)) == {'bob' + DOMAIN: 'Accept'}
    respond(bob, 'DeclineItem', one(bob))
    assert find(bob) == [] and answers(one(alice)) == {'bob' + DOMAIN: 'Decline'}
    # the request is still there, and brings the meeting back
    respond(bob, 'AcceptItem', one(bob, 'inbox'))
    assert text(one(bob), 'MyResponseType') == 'Accept' and answers(one(alice)) == {'bob' + DOMAIN: 'Accept'}


def test_a_silent_answer_stays_a_draft(lab, alice, bob):
    invite(alice, 'bob')
    respond(bob, 'AcceptItem', one(bob, 'inbox'), disposition='SaveOnly')
    assert text(one(bob), 'MyResponseType') == 'Accept' and answers(one(alice)) == {'bob' + DOMAIN: 'Unknown'}
    assert states(one(bob, 'drafts'), 'ItemClass', 'IsDraft') == ('IPM.Schedule.Meeting.Resp.Pos', 'true')
    respond(bob, 'TentativelyAcceptItem', one(bob), disposition='SaveOnly', folder='deleteditems')
    assert [kind(i) for i in find(bob, 'deleteditems')] == ['MeetingRequest', 'MeetingResponse']
    assert mails(lab, 'method') == [('REQUEST',)]


def test_a_new_time_is_proposed(lab):
    alice, bob = Ews(lab, version='Exchange2013_SP1'), Ews(lab, 'bob', version='Exchange2013_SP1')
    invite(alice, 'bob')
    proposal = '<t:ProposedStart>2024-05-02T10:00:00Z</t:ProposedStart><t:ProposedEnd>2024-05-02T11:00:00Z</t:ProposedEnd>'
    respond(bob, 'TentativelyAcceptItem', one(bob, 'inbox'), after=proposal)
    reply = one(alice, 'inbox')
    assert states(reply, 'Subject', 'ResponseType', 'ProposedStart', 'ProposedEnd', 'Start') == \
        ('New Time Proposed: Lunch', 'Tentative', '2024-05-02T10:00:00Z', '2024-05-02T11:00:00Z', '2024-05-02T08:00:00Z')
    who = one(alice).find('.//t:Attendee', NS)
    assert states(who, 'ResponseType', 'ProposedStart', 'ProposedEnd') == ('Tentative', '2024-05-02T10:00:00Z', '2024-05-02T11:00:00Z')
    assert text(one(alice), 'Start') == '2024-05-02T08:00:00Z'
    assert mails(lab, 'method', 'proposed_start')[-1] == ('COUNTER', '2024-05-02T10:00:00Z')
    backwards = '<t:ProposedStart>2024-05-02T10:00:00Z</t:ProposedStart><t:ProposedEnd>2024-05-02T09:00:00Z</t:ProposedEnd>'
    assert code_of(respond, bob, 'DeclineItem', one(bob), after=backwards) == 'ErrorCalendarEndDateIsEarlierThanStartDate'


def test_before_2013_sp1_no_time_can_be_proposed(lab):
    lab.settings(version='2010_SP2')
    alice, bob = Ews(lab), Ews(lab, 'bob')
    invite(alice, 'bob')
    proposal = '<t:ProposedStart>2024-05-02T10:00:00Z</t:ProposedStart><t:ProposedEnd>2024-05-02T11:00:00Z</t:ProposedEnd>'
    assert code_of(respond, bob, 'TentativelyAcceptItem', one(bob, 'inbox'), after=proposal) == 'ErrorSchemaValidation'
    assert mails(lab, 'method') == [('REQUEST',)]


def test_errors_of_answers(lab, alice, bob):
    item = invite(alice, 'bob')
    for element, end in (('AcceptItem', 'Accept'), ('TentativelyAcceptItem', 'Tentative'), ('DeclineItem', 'Decline'), ('RemoveItem', 'Remove')):
        assert code_of(respond, alice, element, item) == 'ErrorCalendarIsOrganizerFor' + end
    request = one(bob, 'inbox')
    assert code_of(respond, bob, 'AcceptItem', request, disposition=None) == 'ErrorMessageDispositionRequired'
    assert code_of(respond, bob, 'CancelCalendarItem', one(bob)) == 'ErrorCalendarIsNotOrganizer'
    assert code_of(respond, bob, 'RemoveItem', one(bob)) == 'ErrorInvalidItemForOperationRemoveItem'
    assert code_of(respond, bob, 'AcceptItem', (ident(request)[0], ident(one(bob))[1])) == 'ErrorStaleObject'
    sent = one(alice, 'sentitems')
    assert kind(sent) == 'MeetingRequest'
    bob.delete(ident(request))
    assert code_of(respond, bob, 'AcceptItem', request) == 'ErrorItemNotFound'
    alice.delete(item, kind='MoveToDeletedItems', cancel='SendOnlyToAll')
    for element, end in (('AcceptItem', 'Accept'), ('TentativelyAcceptItem', 'Tentative'), ('DeclineItem', 'Decline')):
        assert code_of(respond, bob, element, one(bob)) == 'ErrorCalendarIsCancelledFor' + end
    assert code_of(respond, bob, 'AcceptItem', find(bob, 'inbox')[0]) == 'ErrorInvalidItemForOperationAcceptItem'


def test_an_old_request_cannot_be_answered(lab, alice, bob):
    item = invite(alice, 'bob')
    alice.update(item, ('calendar:Start', '<t:Start>2024-05-03T08:00:00Z</t:Start>'),
                 ('calendar:End', '<t:End>2024-05-03T09:00:00Z</t:End>'), send='SendToAllAndSaveCopy')
    old, new = find(bob, 'inbox')
    assert code_of(respond, bob, 'AcceptItem', old) == 'ErrorCalendarMeetingRequestIsOutOfDate'
    respond(bob, 'AcceptItem', new)
    assert answers(one(alice)) == {'bob' + DOMAIN: 'Accept'}


def test_2007_wants_a_key_for_answers(lab_2007):
    alice, bob = (Ews(lab_2007, who, version='Exchange2007_SP1') for who in ('alice', 'bob'))
    invite(alice, 'bob')
    assert code_of(respond, bob, 'AcceptItem', one(bob, 'inbox'), key=False) == 'ErrorChangeKeyRequired'
    respond(bob, 'AcceptItem', one(bob, 'inbox'))


def offered(item):
    return [kind(o) for o in item.find('t:ResponseObjects', NS)]


def test_what_may_be_answered(lab):
    alice, bob = Ews(lab, version='Exchange2013_SP1'), Ews(lab, 'bob', version='Exchange2013_SP1')
    assert offered(alice.get(alice.create(appointment()))) == ['ForwardItem']
    unsent = invite(alice, 'bob', send='SendToNone')
    assert offered(alice.get(unsent)) == ['ForwardItem']
    item = invite(alice, 'bob')
    assert offered(alice.get(item)) == ['CancelCalendarItem', 'ForwardItem']
    answer = ['AcceptItem', 'TentativelyAcceptItem', 'DeclineItem', 'ReplyToItem', 'ReplyAllToItem', 'ForwardItem', 'ProposeNewTime']
    assert offered(one(bob)) == answer and offered(one(bob, 'inbox')) == answer
    assert offered(one(Ews(lab, 'bob'))) == answer[:-1]
    assert offered(one(alice, 'sentitems')) == ['ReplyToItem', 'ReplyAllToItem', 'ForwardItem']
    respond(alice, 'CancelCalendarItem', item, after='<t:NewBodyContent BodyType="Text">Sorry</t:NewBodyContent>')
    assert offered(one(bob)) == ['RemoveItem', 'ReplyToItem', 'ReplyAllToItem', 'ForwardItem']
    notice = find(bob, 'inbox')[1]
    assert offered(notice)[0] == 'RemoveItem' and text(notice, 'Body') == 'Sorry'


def test_cancelling(lab, alice, bob):
    item = invite(alice, 'bob')
    respond(alice, 'CancelCalendarItem', item, after='<t:NewBodyContent BodyType="Text">Cancelled, sorry.</t:NewBodyContent>')
    assert find(alice) == [] and states(one(alice, 'deleteditems'), 'AppointmentState', 'IsCancelled') == ('5', 'true')
    assert mails(lab, 'method', 'body', 'sequence')[1:] == [('CANCEL', 'Cancelled, sorry.', 1)]
    respond(bob, 'RemoveItem', one(bob), disposition='SaveOnly')
    assert find(bob) == [] and [kind(i) for i in find(bob, 'deleteditems')] == ['CalendarItem']
    unsent = invite(alice, 'bob', send='SendToNone')
    assert code_of(respond, alice, 'CancelCalendarItem', unsent) == 'ErrorInvalidItemForOperationCancelItem'


# --- attendees' own doings --------------------------------------------------------------------------

def test_an_attendees_own_changes_are_overwritten(lab, alice, bob):
    invite(alice, 'bob')
    bob.update(ident(one(bob)), ('item:Subject', '<t:Subject>Mine</t:Subject>'), ('calendar:Start', '<t:Start>2024-05-02T07:00:00Z</t:Start>'),
               send='SendToAllAndSaveCopy')
    assert states(one(bob), 'Subject', 'Start', 'MyResponseType') == ('Mine', '2024-05-02T07:00:00Z', 'NoResponseReceived')
    assert len(lab.outbox()) == 1 and text(one(alice), 'Subject') == 'Lunch'
    alice.update(ident(one(alice)), ('calendar:Location', '<t:Location>Roof</t:Location>'), send='SendOnlyToAll')
    assert states(one(bob), 'Subject', 'Start', 'Location') == ('Lunch', '2024-05-02T08:00:00Z', 'Roof')


def test_an_attendee_who_deletes_tells_nobody(lab, alice, bob):
    invite(alice, 'bob')
    (_, code), = bob.delete(ident(one(bob)), cancel='SendToAllAndSaveCopy')
    assert code == 'NoError' and len(lab.outbox()) == 1 and answers(one(alice)) == {'bob' + DOMAIN: 'Unknown'}


# --- around it ------------------------------------------------------------------------------------------

def test_without_the_attendant_requests_wait(lab, alice, bob):
    lab.settings(calendar_attendant=False)
    item = invite(alice, 'bob')
    request = one(bob, 'inbox')
    assert text(request, 'HasBeenProcessed') == 'false' and request.find('t:AssociatedCalendarItemId', NS) is None
    assert find(bob) == []
    respond(bob, 'AcceptItem', request)
    assert states(one(bob), 'MyResponseType', 'LegacyFreeBusyStatus') == ('Accept', 'Busy')
    with pytest.raises(RuntimeError):
        lab.settings(calendar_attendant='yes')
    assert lab.settings()['calendar_attendant'] is False
    assert text(one(alice, 'inbox'), 'HasBeenProcessed') == 'false' and answers(alice.get(item)) == {'bob' + DOMAIN: 'Unknown'}


def test_messages_in_lists_and_changes(lab, alice, bob):
    state, _, _ = bob.sync(folder='inbox')
    invite(alice, 'bob')
    state, changes, _ = bob.sync(state, folder='inbox', shape='AllProperties')
    assert [(c[0], kind(c[2])) for c in changes] == [('Create', 'MeetingRequest')]
    assert text(changes[0][2], 'HasBeenProcessed') == 'true'
    request = one(bob, 'inbox')
    assert text(bob.folder('inbox'), 'UnreadCount') == '1' and text(alice.folder('sentitems'), 'UnreadCount') == '0'
    assert code_of(bob.call, '<m:UpdateItem ConflictResolution="AlwaysOverwrite"><m:ItemChanges><t:ItemChange>%s<t:Updates><t:SetItemField>'
                   '<t:FieldURI FieldURI="message:IsRead"/><t:Message><t:IsRead>true</t:IsRead></t:Message></t:SetItemField></t:Updates></t:ItemChange>'
                   '</m:ItemChanges></m:UpdateItem>' % id_xml(ident(request))) == 'ErrorMessageDispositionRequired'
    bob.update(ident(request), ('message:IsRead', '<t:IsRead>true</t:IsRead>'), kind='Message', send=None)
    assert text(bob.folder('inbox'), 'UnreadCount') == '0'
    state, changes, _ = bob.sync(state, folder='inbox', shape='AllProperties')
    assert [(c[0], c[2].getparent().findtext('t:IsRead', None, NS)) for c in changes] == [('ReadFlagChange', 'true')]
    bob.update(ident(one(bob, 'inbox')), ('item:Categories', '<t:Categories><t:String>x</t:String></t:Categories>'), kind='Message', send=None)
    bob.update(ident(one(bob, 'inbox')), ('message:IsRead', '<t:IsRead>false</t:IsRead>'), kind='Message', send=None)
    state, changes, _ = bob.sync(state, folder='inbox', shape='AllProperties')
    assert [(c[0], text(c[2], 'IsRead')) for c in changes] == [('Update', 'false')]
    bob.update(ident(one(bob, 'inbox')), ('message:IsRead', '<t:IsRead>true</t:IsRead>'), kind='Message', send=None)
    assert code_of(bob.update, ident(one(bob, 'inbox')), ('calendar:Start', '<t:Start>2024-05-03T08:00:00Z</t:Start>'),
                   kind='MeetingRequest', send=None) == 'ErrorInvalidPropertySet'
    respond(bob, 'AcceptItem', one(bob, 'inbox'))
    state, changes, _ = bob.sync(state, folder='inbox')
    assert [c[0] for c in changes] == ['Delete']


def test_the_mail_of_a_message(lab, alice, bob):
    invite(alice, 'bob', before='<t:Body BodyType="Text">Bring cake</t:Body>')

    def parts(ews, folder):
        item = one(ews, folder)
        m = ews.call('<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:IncludeMimeContent>true</t:IncludeMimeContent>'
                     '</m:ItemShape><m:ItemIds>%s</m:ItemIds></m:GetItem>' % id_xml(ident(item)))
        mail = email.message_from_bytes(base64.b64decode(m.findtext('.//t:MimeContent', None, NS)))
        body, calendar = mail.get_payload()
        return mail, body.get_payload(decode=True).decode(), calendar, calendar.get_payload(decode=True).decode()
    mail, body, calendar, ics = parts(bob, 'inbox')
    assert (mail['From'], mail['To'], mail['Subject']) == ('Alice Adams <alice@contoso.example>', 'Bob Brown <bob@contoso.example>', 'Lunch')
    assert body == 'Bring cake' and calendar.get_param('method') == 'REQUEST' and calendar.get_content_type() == 'text/calendar'
    assert 'METHOD:REQUEST' in ics and 'MAILTO:bob@contoso.example' in ics.replace('\r\n ', '')
    respond(bob, 'DeclineItem', one(bob, 'inbox'))
    _, _, calendar, ics = parts(alice, 'inbox')
    assert calendar.get_param('method') == 'REPLY' and 'PARTSTAT=DECLINED' in ics.replace('\r\n ', '')
