# SPDX-License-Identifier: Apache-2.0
"""Meetings with people outside: their invitations, cancellations and answers arrive as iMIP."""
from random import Random

import pytest

from ewsclient import NS, Ews, appointment, series, text
from meeting import DOMAIN, answers, attendees, find, ident, kind, one, respond, states

EVE = 'eve@partner.example'
TIMES = 'DTSTART:20240502T080000Z\nDTEND:20240502T090000Z'


def calendar(method, *events):
    lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//y//EN', 'METHOD:' + method]
    for e in events:
        lines += ['BEGIN:VEVENT', 'DTSTAMP:20240501T080000Z', *e.split('\n'), 'END:VEVENT']
    return '\r\n'.join(lines + ['END:VCALENDAR', ''])


def invitation(*more, uid='u1@partner.example', times=TIMES, summary='Talks', sequence=0):
    return '\n'.join(['UID:' + uid, 'SUMMARY:' + summary, 'SEQUENCE:%d' % sequence, times, 'ORGANIZER;CN=Eve Outside:mailto:' + EVE,
                      'ATTENDEE;CN=Alice;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:alice@contoso.example',
                      'ATTENDEE;PARTSTAT=ACCEPTED:mailto:' + EVE, *more])


def test_an_invitation_from_outside(lab, alice):
    lab.deliver('alice', EVE, calendar('REQUEST', invitation('LOCATION:Their place', 'DESCRIPTION:Bring\\nbooks')))
    request, booked = one(alice, 'inbox'), one(alice)
    assert kind(request) == 'MeetingRequest'
    assert states(request, 'Subject', 'MeetingRequestType', 'HasBeenProcessed', 'Location', 'UID') == \
        ('Talks', 'NewMeetingRequest', 'true', 'Their place', 'u1@partner.example')
    assert request.findtext('t:From//t:Name', None, NS) == 'Eve Outside'
    assert states(booked, 'MyResponseType', 'AppointmentState', 'LegacyFreeBusyStatus', 'Start', 'Body') == \
        ('NoResponseReceived', '3', 'Tentative', '2024-05-02T08:00:00Z', 'Bring\r\nbooks')
    assert booked.findtext('t:Organizer//t:EmailAddress', None, NS) == EVE
    assert 'alice' + DOMAIN in answers(booked) and lab.outbox() == []
    respond(alice, 'AcceptItem', request, '<t:Body BodyType="Text">Fine</t:Body>')
    (mail,) = lab.outbox()
    assert (mail['from'], mail['to'], mail['method'], mail['response'], mail['uid'], mail['body'], mail['delivered']) == \
        ('alice' + DOMAIN, [EVE], 'REPLY', 'Accept', 'u1@partner.example', 'Fine', [])


def test_updates_and_a_cancellation_from_outside(lab, alice):
    lab.deliver('alice', EVE, calendar('REQUEST', invitation()))
    respond(alice, 'AcceptItem', one(alice, 'inbox'))
    lab.deliver('alice', EVE, calendar('REQUEST', invitation(summary='More talks', sequence=1)))
    assert states(one(alice), 'Subject', 'MyResponseType', 'AppointmentSequenceNumber') == ('More talks', 'Accept', '1')
    lab.deliver('alice', EVE, calendar('REQUEST', invitation(times='DTSTART:20240503T080000Z\nDTEND:20240503T090000Z', sequence=2)))
    assert states(one(alice), 'Start', 'MyResponseType') == ('2024-05-03T08:00:00Z', 'NoResponseReceived')
    # one that was overtaken
    lab.deliver('alice', EVE, calendar('REQUEST', invitation(summary='Old', sequence=1)))
    assert states(one(alice), 'Subject', 'AppointmentSequenceNumber') == ('Talks', '2')
    late = find(alice, 'inbox')[-1]
    assert states(late, 'MeetingRequestType', 'IsOutOfDate') == ('Outdated', 'true')
    lab.deliver('alice', EVE, calendar('CANCEL', 'UID:u1@partner.example\nSEQUENCE:3\nSTATUS:CANCELLED\nORGANIZER:mailto:' + EVE))
    assert states(one(alice), 'IsCancelled', 'Subject') == ('true', 'Canceled: Talks')
    notice = find(alice, 'inbox')[-1]
    assert (kind(notice), text(notice, 'Subject')) == ('MeetingCancellation', 'Canceled: Talks')


def test_a_series_from_outside(lab, alice):
    times = 'DTSTART;TZID=Europe/Berlin:20240506T090000\nDTEND;TZID=Europe/Berlin:20240506T100000'
    lab.deliver('alice', EVE, calendar(
        'REQUEST', invitation('RRULE:FREQ=WEEKLY;COUNT=4', 'EXDATE;TZID=Europe/Berlin:20240520T090000', times=times),
        invitation('RECURRENCE-ID;TZID=Europe/Berlin:20240513T090000', summary='Moved',
                   times='DTSTART;TZID=Europe/Berlin:20240514T090000\nDTEND;TZID=Europe/Berlin:20240514T100000')))
    booked = one(alice)
    assert [d.findtext('t:Start', None, NS) for d in booked.find('t:DeletedOccurrences', NS)] == ['2024-05-20T07:00:00Z']
    assert [d.findtext('t:Start', None, NS) for d in booked.find('t:ModifiedOccurrences', NS)] == ['2024-05-14T07:00:00Z']
    changed = alice.get((ident(booked)[0], 2), element='OccurrenceItemId')
    assert text(changed, 'Subject') == 'Moved'
    # one more is moved, another called off
    lab.deliver('alice', EVE, calendar('REQUEST', invitation('RECURRENCE-ID:20240527T070000Z', sequence=1,
                                                             times='DTSTART:20240527T100000Z\nDTEND:20240527T110000Z')))
    last = alice.get((ident(one(alice))[0], 4), element='OccurrenceItemId')
    assert text(last, 'Start') == '2024-05-27T10:00:00Z'
    lab.deliver('alice', EVE, calendar('CANCEL', invitation('RECURRENCE-ID:20240506T070000Z', sequence=1, times='DTSTART:20240506T070000Z')))
    first = alice.get((ident(one(alice))[0], 1), element='OccurrenceItemId')
    assert states(first, 'IsCancelled', 'Subject') == ('true', 'Canceled: Talks') and text(one(alice), 'IsCancelled') == 'false'
    respond(alice, 'DeclineItem', alice.get((ident(one(alice))[0], 4), element='OccurrenceItemId'))
    assert [(m['method'], m['recurrence_id'], m['response']) for m in lab.outbox()] == [('REPLY', '2024-05-27T07:00:00Z', 'Decline')]


def test_one_occurrence_from_outside(lab, alice):
    lab.deliver('alice', EVE, calendar('REQUEST', invitation('RECURRENCE-ID:20240502T080000Z')))
    assert states(one(alice), 'CalendarItemType', 'RecurrenceId') == ('Single', '2024-05-02T08:00:00Z')


def reply(uid, partstat, *more):
    return '\n'.join(['UID:' + uid, 'ORGANIZER:mailto:alice@contoso.example', 'ATTENDEE;PARTSTAT=%s:mailto:%s' % (partstat, EVE), *more])


def test_answers_from_outside(lab, alice):
    item = alice.create(appointment('Lunch', after=attendees(EVE, 'bob')), send='SendOnlyToAll')
    uid = text(alice.get(item), 'UID')
    lab.deliver('alice', EVE, calendar('REPLY', reply(uid, 'TENTATIVE', 'COMMENT:Perhaps')))
    assert answers(one(alice)) == {EVE: 'Tentative', 'bob' + DOMAIN: 'Unknown'}
    message = one(alice, 'inbox')
    assert (kind(message),) + states(message, 'ResponseType', 'Subject', 'Body', 'HasBeenProcessed') == \
        ('MeetingResponse', 'Tentative', 'Tentative: Lunch', 'Perhaps', 'true')
    lab.deliver('alice', EVE, calendar('REPLY', reply(uid, 'ACCEPTED')), method='REPLY')
    assert answers(one(alice))[EVE] == 'Accept'
    lab.deliver('alice', 'mallory@partner.example', calendar('REPLY', reply(uid, 'DECLINED').replace(EVE, 'mallory@partner.example')))
    assert answers(one(alice), 'OptionalAttendees') == {'mallory@partner.example': 'Decline'} and answers(one(alice))[EVE] == 'Accept'


def test_an_answer_from_outside_to_one_occurrence(lab, alice):
    recurrence = series().partition('</t:End>')[2]
    item = alice.create(appointment('Staff', '2024-05-06T09:00:00', '2024-05-06T10:00:00', after=attendees(EVE) + recurrence), send='SendOnlyToAll')
    uid = text(alice.get(item), 'UID')
    lab.deliver('alice', EVE, calendar('REPLY', reply(uid, 'DECLINED', 'RECURRENCE-ID;TZID=Europe/Berlin:20240513T090000')))
    assert answers(alice.get((item[0], 2), element='OccurrenceItemId')) == {EVE: 'Decline'}
    assert answers(one(alice)) == {EVE: 'Unknown'}


def test_a_counter_proposal_from_outside(lab):
    alice = Ews(lab, version='Exchange2013_SP1')
    item = alice.create(appointment('Lunch', after=attendees(EVE)), send='SendOnlyToAll')
    uid = text(alice.get(item), 'UID')
    lab.deliver('alice', EVE, calendar('COUNTER', reply(uid, 'TENTATIVE', 'DTSTART:20240502T100000Z', 'DTEND:20240502T110000Z')))
    assert states(one(alice).find('.//t:Attendee', NS), 'ResponseType', 'ProposedStart') == ('Tentative', '2024-05-02T10:00:00Z')
    assert states(one(alice, 'inbox'), 'Subject', 'ProposedEnd') == ('New Time Proposed: Lunch', '2024-05-02T11:00:00Z')
    assert text(one(alice), 'Start') == '2024-05-02T08:00:00Z'


def test_what_cannot_be_delivered(lab, alice):
    good = calendar('REQUEST', invitation())
    for to, sender, ics, method in (('nobody', EVE, good, None), ('alice', 'eve', good, None), ('alice', EVE, 'hello', None),
                                    ('alice', EVE, good, 'PUBLISH'), ('alice', EVE, good, 'REPLY'),
                                    ('alice', EVE, calendar('REQUEST', 'SUMMARY:x'), None),
                                    ('alice', EVE, calendar('REQUEST', 'UID:u'), None),
                                    ('alice', EVE, 'BEGIN:VEVENT\r\nUID:u\r\n', 'REQUEST'),
                                    ('alice', EVE, calendar('REQUEST', invitation('RRULE:FREQ=SECONDLY')), None)):
        if (to, sender, method) == ('alice', EVE, 'REPLY'):
            ics = ics.replace(EVE, 'other@partner.example')
        with pytest.raises(RuntimeError):
            lab.deliver(to, sender, ics, method=method)
    with pytest.raises(RuntimeError):
        lab.control('POST', 'deliver', {'to': 'alice'})
    assert find(alice, 'inbox') == [] and find(alice) == []


def test_what_goes_out_can_come_in(lab, alice, bob):
    """The calendar of a mail to the outside, delivered to somebody else's mailbox here, makes the same meeting."""
    recurrence = series().partition('</t:End>')[2]
    item = alice.create(appointment('Staff; all, now', '2024-05-06T09:00:00', '2024-05-06T10:00:00', before='<t:Body BodyType="Text">One\ntwo</t:Body>',
                                    after='<t:Location>Hall</t:Location>' + attendees(EVE) + recurrence))
    alice.update((item[0], 2), ('calendar:Start', '<t:Start>2024-05-14T07:00:00Z</t:Start>'), ('calendar:End', '<t:End>2024-05-14T08:00:00Z</t:End>'),
                 element='OccurrenceItemId', resolution='AlwaysOverwrite')
    alice.delete((item[0], 3), element='OccurrenceItemId')
    alice.update(ident(one(alice)), ('calendar:Location', '<t:Location>Roof</t:Location>'), send='SendOnlyToAll')
    lab.deliver('bob', 'alice' + DOMAIN, lab.outbox()[0]['ics'])
    mine, his = one(alice), one(bob)
    same = ('UID', 'Subject', 'Body', 'Location', 'Start', 'End', 'CalendarItemType', 'TimeZone')
    assert states(mine, *same) == states(his, *same)
    for name in ('ModifiedOccurrences', 'DeletedOccurrences'):
        assert [t.text for t in mine.find('t:' + name, NS).iter('{%s}Start' % NS['t'])] == [t.text for t in his.find('t:' + name, NS).iter('{%s}Start' % NS['t'])]


def test_broken_mail_does_no_harm(lab, alice):
    good = calendar('REQUEST', invitation('RRULE:FREQ=WEEKLY;COUNT=4', 'EXDATE:20240516T080000Z'),
                    invitation('RECURRENCE-ID:20240509T080000Z'))
    random = Random(7)
    for _ in range(300):
        at, most = random.randrange(len(good)), random.choice((1, 3, 40))
        ics = good[:at] + random.choice(('', '\r\n', ':', ';', '99999999999', '\\', '"', 'Ω')) + good[at + random.randrange(most + 1):]
        for method in (None, 'CANCEL', 'REPLY', 'COUNTER'):
            try:
                lab.deliver('alice', EVE, ics, method=method)
            except RuntimeError as e:
                assert ': 400 ' in str(e), e
    for folder in ('inbox', 'calendar'):
        find(alice, folder)


def test_a_room_answers_outside(lab):
    lab.deliver('room1', EVE, calendar('REQUEST', invitation()))
    assert [(m['from'], m['to'], m['response']) for m in lab.outbox()] == [('room1' + DOMAIN, [EVE], 'Accept')]
    assert text(one(Ews(lab, 'room1')), 'Subject') == 'Eve Outside'
