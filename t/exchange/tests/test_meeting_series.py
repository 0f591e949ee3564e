# SPDX-License-Identifier: Apache-2.0
"""Series of meetings: their exceptions, single occurrences, and rooms."""
from ewsclient import NS, Ews, appointment, series, text
from meeting import DOMAIN, answers, attendees, find, ident, kind, one, respond, states
from test_availability import availability


def staff(ews, *names, send='SendToAllAndSaveCopy', role='RequiredAttendees', more=''):
    recurrence = series().partition('</t:End>')[2]
    return ews.create(appointment('Staff', '2024-05-06T09:00:00', '2024-05-06T10:00:00',
                                  after=more + attendees(*names, role=role) + recurrence), send=send)


def nth(ews, master, index):
    return ews.get((master[0], index), element='OccurrenceItemId')


def move(ews, master, index, start, end, send='SendToAllAndSaveCopy'):
    return ews.update((master[0], index), ('calendar:Start', '<t:Start>%s</t:Start>' % start),
                      ('calendar:End', '<t:End>%s</t:End>' % end), element='OccurrenceItemId', resolution='AlwaysOverwrite', send=send)


def lists(item, name):
    return [o.findtext('t:Start', None, NS) for o in item.findall('t:%s/*' % name, NS)]


def mails(lab, *keys):
    return [tuple(m[k] for k in keys) for m in lab.outbox()]


def test_a_series_arrives_as_one(lab, alice, bob):
    item = staff(alice, 'bob')
    request, booked = one(bob, 'inbox'), one(bob)
    assert states(request, 'CalendarItemType', 'IsRecurring', 'MeetingRequestType') == ('RecurringMaster', 'false', 'NewMeetingRequest')
    assert request.find('t:Recurrence/t:WeeklyRecurrence', NS) is not None
    assert text(booked, 'CalendarItemType') == 'RecurringMaster' and text(booked, 'UID') == text(alice.get(item), 'UID')
    assert [text(i, 'LegacyFreeBusyStatus') for i in bob.view('2024-05-06T00:00:00Z', '2024-05-21T00:00:00Z', shape='AllProperties')] == \
        ['Tentative'] * 3
    respond(bob, 'AcceptItem', request)
    assert [text(i, 'MyResponseType') for i in bob.view('2024-05-06T00:00:00Z', '2024-05-21T00:00:00Z', shape='AllProperties')] == ['Accept'] * 3
    assert answers(one(alice)) == {'bob' + DOMAIN: 'Accept'} and mails(lab, 'recurring') == [(True,), (True,)]


def test_a_series_arrives_with_its_exceptions(lab, alice, bob):
    item = staff(alice, 'bob', send='SendToNone')
    move(alice, item, 2, '2024-05-14T07:00:00Z', '2024-05-14T08:00:00Z', send='SendToNone')
    alice.delete((item[0], 3), element='OccurrenceItemId')
    alice.update(ident(one(alice)), ('item:Subject', '<t:Subject>All staff</t:Subject>'), send='SendToAllAndSaveCopy')
    for got in (one(bob), one(bob, 'inbox')):
        assert lists(got, 'ModifiedOccurrences') == ['2024-05-14T07:00:00Z'] and lists(got, 'DeletedOccurrences') == ['2024-05-20T07:00:00Z']
    ics = lab.outbox()[0]['ics']
    assert 'METHOD:REQUEST' in ics and 'EXDATE;TZID=W. Europe Standard Time:20240520T090000' in ics
    assert 'RECURRENCE-ID;TZID=W. Europe Standard Time:20240513T090000' in ics and ics.count('BEGIN:VEVENT') == 2


def test_one_occurrence_is_moved(lab, alice, bob):
    item = staff(alice, 'bob', 'carol')
    respond(bob, 'AcceptItem', one(bob, 'inbox'))
    lab.empty_outbox()
    move(alice, item, 2, '2024-05-14T07:00:00Z', '2024-05-14T08:00:00Z')
    assert mails(lab, 'type', 'recurrence_id', 'start', 'sequence', 'recurring') == \
        [('FullUpdate', '2024-05-13T07:00:00Z', '2024-05-14T07:00:00Z', 1, False)]
    request = one(bob, 'inbox')
    assert states(request, 'RecurrenceId', 'Start', 'CalendarItemType', 'IsRecurring') == \
        ('2024-05-13T07:00:00Z', '2024-05-14T07:00:00Z', 'Exception', 'true')
    mine = nth(bob, ident(one(bob)), 2)
    assert states(mine, 'Start', 'MyResponseType', 'LegacyFreeBusyStatus') == ('2024-05-14T07:00:00Z', 'NoResponseReceived', 'Tentative')
    assert request.find('t:AssociatedCalendarItemId', NS).get('Id') == ident(mine)[0]
    assert states(one(bob), 'MyResponseType', 'AppointmentSequenceNumber') == ('Accept', '0')
    respond(bob, 'AcceptItem', request)
    assert text(nth(bob, ident(one(bob)), 2), 'MyResponseType') == 'Accept' and find(bob, 'inbox') == []
    assert answers(nth(alice, item, 2)) == {'bob' + DOMAIN: 'Accept', 'carol' + DOMAIN: 'Unknown'}
    assert answers(nth(alice, item, 3)) == answers(one(alice)) == {'bob' + DOMAIN: 'Accept', 'carol' + DOMAIN: 'Unknown'}


def test_one_occurrence_is_declined(lab, alice, bob):
    item = staff(alice, 'bob')
    respond(bob, 'AcceptItem', one(bob, 'inbox'))
    respond(bob, 'DeclineItem', nth(bob, ident(one(bob)), 3))
    assert lists(one(bob), 'DeletedOccurrences') == ['2024-05-20T07:00:00Z']
    assert answers(nth(alice, item, 3)) == {'bob' + DOMAIN: 'Decline'}
    assert answers(nth(alice, item, 4)) == answers(one(alice)) == {'bob' + DOMAIN: 'Accept'}
    assert states(find(alice, 'inbox')[1], 'RecurrenceId', 'ResponseType') == ('2024-05-20T07:00:00Z', 'Decline')
    assert mails(lab, 'recurrence_id', 'response')[-1] == ('2024-05-20T07:00:00Z', 'Decline')
    # a note to all leaves it declined, a new time brings it back
    alice.update(ident(one(alice)), ('item:Subject', '<t:Subject>All</t:Subject>'), send='SendToAllAndSaveCopy')
    assert states(one(bob), 'Subject', 'MyResponseType') == ('All', 'Accept') and lists(one(bob), 'DeletedOccurrences') == ['2024-05-20T07:00:00Z']
    move(alice, item, 3, '2024-05-21T07:00:00Z', '2024-05-21T08:00:00Z')
    assert lists(one(bob), 'ModifiedOccurrences') == ['2024-05-21T07:00:00Z'] and lists(one(bob), 'DeletedOccurrences') == []


def test_one_occurrence_is_deleted(lab, alice, bob):
    item = staff(alice, 'bob')
    lab.empty_outbox()
    (_, code), = alice.delete((item[0], 2), element='OccurrenceItemId', cancel='SendToAllAndSaveCopy')
    assert code == 'NoError' and mails(lab, 'method', 'recurrence_id', 'subject') == [('CANCEL', '2024-05-13T07:00:00Z', 'Canceled: Staff')]
    mine = nth(bob, ident(one(bob)), 2)
    assert states(mine, 'IsCancelled', 'Subject', 'AppointmentState') == ('true', 'Canceled: Staff', '7')
    assert text(one(bob), 'IsCancelled') == 'false' and text(nth(bob, ident(one(bob)), 3), 'IsCancelled') == 'false'
    respond(bob, 'RemoveItem', find(bob, 'inbox')[1])
    assert lists(one(bob), 'DeletedOccurrences') == ['2024-05-13T07:00:00Z']
    third = nth(alice, item, 3)
    respond(alice, 'CancelCalendarItem', third)
    assert lists(one(alice), 'DeletedOccurrences') == ['2024-05-13T07:00:00Z', '2024-05-20T07:00:00Z']
    assert text(nth(bob, ident(one(bob)), 3), 'IsCancelled') == 'true'


def test_a_guest_of_one_occurrence(lab, alice, bob):
    item = staff(alice, 'bob')
    carol = Ews(lab, 'carol')
    lab.empty_outbox()
    alice.update((item[0], 2), ('calendar:RequiredAttendees', attendees('bob', 'carol')), element='OccurrenceItemId',
                 resolution='AlwaysOverwrite', send='SendToChangedAndSaveCopy')
    assert mails(lab, 'to', 'type', 'recurrence_id') == [(['carol' + DOMAIN], 'NewMeetingRequest', '2024-05-13T07:00:00Z')]
    guest = one(carol)
    assert states(guest, 'CalendarItemType', 'RecurrenceId', 'Start', 'UID') == \
        ('Single', '2024-05-13T07:00:00Z', '2024-05-13T07:00:00Z', text(alice.get(item), 'UID'))
    respond(carol, 'AcceptItem', one(carol, 'inbox'))
    assert answers(nth(alice, item, 2)) == {'bob' + DOMAIN: 'Unknown', 'carol' + DOMAIN: 'Accept'}
    assert answers(one(alice)) == {'bob' + DOMAIN: 'Unknown'}
    # the whole series is cancelled: the guest hears of his occurrence
    alice.delete(ident(one(alice)), kind='MoveToDeletedItems', cancel='SendToAllAndSaveCopy')
    assert states(one(carol), 'IsCancelled', 'Subject') == ('true', 'Canceled: Staff')
    assert mails(lab, 'to', 'method', 'recurrence_id')[-2:] == [(['bob' + DOMAIN], 'CANCEL', None), (['carol' + DOMAIN], 'CANCEL', '2024-05-13T07:00:00Z')]


def test_a_guest_becomes_a_member(lab, alice):
    item = staff(alice, 'bob')
    carol = Ews(lab, 'carol')
    alice.update((item[0], 2), ('calendar:RequiredAttendees', attendees('bob', 'carol')), element='OccurrenceItemId',
                 resolution='AlwaysOverwrite', send='SendToChangedAndSaveCopy')
    alice.update(ident(one(alice)), ('calendar:RequiredAttendees', attendees('bob', 'carol')), send='SendToChangedAndSaveCopy')
    assert text(one(carol), 'CalendarItemType') == 'RecurringMaster'


def test_who_is_not_invited_to_an_exception_has_a_gap(lab, alice, bob):
    item = staff(alice, 'bob', send='SendToNone')
    alice.update((item[0], 2), ('calendar:RequiredAttendees', attendees('carol')), element='OccurrenceItemId', resolution='AlwaysOverwrite')
    alice.update(ident(one(alice)), ('item:Subject', '<t:Subject>All</t:Subject>'), send='SendOnlyToAll')
    assert lists(one(bob), 'DeletedOccurrences') == ['2024-05-13T07:00:00Z']


def test_a_new_pattern_asks_anew(lab, alice, bob):
    staff(alice, 'bob')
    respond(bob, 'AcceptItem', one(bob, 'inbox'))
    alice.update(ident(one(alice)), ('calendar:Recurrence', '<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>'
                                     '<t:NumberedRecurrence><t:StartDate>2024-05-06</t:StartDate><t:NumberOfOccurrences>3</t:NumberOfOccurrences>'
                                     '</t:NumberedRecurrence></t:Recurrence>'), send='SendToAllAndSaveCopy')
    assert text(one(bob), 'MyResponseType') == 'NoResponseReceived' and one(bob).find('t:Recurrence/t:DailyRecurrence', NS) is not None
    assert answers(one(alice)) == {'bob' + DOMAIN: 'Unknown'} and mails(lab, 'type', 'sequence')[-1] == ('FullUpdate', 1)


def test_the_last_occurrence_is_not_cancelled_in_vain(lab, alice, bob):
    item = alice.create(appointment('Once', after=attendees('bob') + '<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>'
                                    '<t:NumberedRecurrence><t:StartDate>2024-05-02</t:StartDate><t:NumberOfOccurrences>1</t:NumberOfOccurrences>'
                                    '</t:NumberedRecurrence></t:Recurrence>'), send='SendOnlyToAll')
    (_, code), = alice.delete((item[0], 1), element='OccurrenceItemId', cancel='SendToAllAndSaveCopy')
    assert code == 'ErrorRecurrenceHasNoOccurrence' and len(lab.outbox()) == 1 and len(find(bob, 'inbox')) == 1


# --- rooms ------------------------------------------------------------------------------------------

def book(ews, start, end, room='room1'):
    return ews.create(appointment('Secret', start, end, after=attendees(room, role='Resources')), send='SendToAllAndSaveCopy')


def status(ews, item):
    return list(answers(ews.get((item[0], None)), 'Resources').values())[0]


def test_a_room_takes_the_first_who_comes(lab, alice, bob):
    room = Ews(lab, 'room1')
    first = book(alice, '2024-05-02T08:00:00Z', '2024-05-02T09:00:00Z')
    assert status(alice, first) == 'Accept'
    assert states(one(room), 'Subject', 'MyResponseType', 'LegacyFreeBusyStatus') == ('Alice Adams', 'Accept', 'Busy')
    assert find(room, 'inbox') == []
    second = book(bob, '2024-05-02T08:30:00Z', '2024-05-02T09:30:00Z')
    assert status(bob, second) == 'Decline' and len(find(room)) == 1
    assert states(one(bob, 'inbox'), 'Subject', 'ItemClass') == ('Declined: Secret', 'IPM.Schedule.Meeting.Resp.Neg')
    assert status(bob, book(bob, '2024-05-02T09:00:00Z', '2024-05-02T10:00:00Z')) == 'Accept'
    # who moves to a taken time loses the room
    third = book(alice, '2024-05-02T11:00:00Z', '2024-05-02T12:00:00Z')
    alice.update((third[0], None), ('calendar:Start', '<t:Start>2024-05-02T09:30:00Z</t:Start>'), ('calendar:End', '<t:End>2024-05-02T10:30:00Z</t:End>'),
                 send='SendToAllAndSaveCopy', resolution='AlwaysOverwrite')
    assert status(alice, third) == 'Decline' and len(find(room)) == 2
    alice.delete((first[0], None), cancel='SendToAllAndSaveCopy')
    assert len(find(room)) == 1 and status(bob, book(bob, '2024-05-02T08:00:00Z', '2024-05-02T09:00:00Z')) == 'Accept'


def test_a_room_declines_a_series_with_one_conflict(lab, alice, bob):
    room = Ews(lab, 'room1')
    book(bob, '2024-05-20T07:30:00Z', '2024-05-20T08:30:00Z')
    item = staff(alice, 'room1', role='Resources')
    assert status(alice, item) == 'Decline' and len(find(room)) == 1
    item = staff(alice, 'room2', role='Resources')
    assert status(alice, item) == 'Accept'
    # one occurrence of it
    other = Ews(lab, 'room2')
    alice.delete((item[0], 2), element='OccurrenceItemId', cancel='SendToAllAndSaveCopy')
    assert lists(one(other), 'DeletedOccurrences') == ['2024-05-13T07:00:00Z']
    move(alice, item, 4, '2024-05-28T07:00:00Z', '2024-05-28T08:00:00Z')
    assert lists(one(other), 'ModifiedOccurrences') == ['2024-05-28T07:00:00Z']
    assert answers(nth(alice, item, 4), 'Resources') == {'room2' + DOMAIN: 'Accept'}


def merged(ews, who, start, end):
    answer, = availability(ews, who + DOMAIN, view='MergedOnly', start=start, end=end)
    return answer.findtext('.//t:MergedFreeBusy', None, NS)


def test_free_busy_shows_it(lab, alice, bob):
    day = ('2024-05-02T09:00:00', '2024-05-02T12:00:00')  # on Berlin's clock
    item = alice.create(appointment('Lunch', '2024-05-02T08:00:00Z', '2024-05-02T09:00:00Z',
                                    after=attendees('bob') + attendees('room1', role='Resources')), send='SendOnlyToAll')
    assert (merged(alice, 'bob', *day), merged(alice, 'room1', *day)) == ('010', '020')
    respond(bob, 'AcceptItem', one(bob, 'inbox'))
    assert merged(alice, 'bob', *day) == '020'
    alice.delete((item[0], None), cancel='SendOnlyToAll')
    assert (merged(alice, 'bob', *day), merged(alice, 'room1', *day)) == ('000', '000')


def test_subscriptions_hear_of_what_arrives(lab, alice, bob):
    m = bob.call('<m:Subscribe><m:PullSubscriptionRequest><t:FolderIds><t:DistinguishedFolderId Id="inbox"/><t:DistinguishedFolderId Id="calendar"/>'
                 '</t:FolderIds><t:EventTypes><t:EventType>NewMailEvent</t:EventType><t:EventType>CreatedEvent</t:EventType><t:EventType>ModifiedEvent'
                 '</t:EventType></t:EventTypes><t:Timeout>10</t:Timeout></m:PullSubscriptionRequest></m:Subscribe>')
    subscription, mark = m.findtext('m:SubscriptionId', None, NS), m.findtext('m:Watermark', None, NS)

    def events():
        nonlocal mark
        got = bob.call('<m:GetEvents><m:SubscriptionId>%s</m:SubscriptionId><m:Watermark>%s</m:Watermark></m:GetEvents>' % (subscription, mark))
        note = got.find('.//m:Notification', NS)
        mark = [w.text for w in note.iter('{%s}Watermark' % NS['t'])][-1]
        return [(kind(e), e.find('t:ItemId', NS).get('Id')) for e in note if e.find('t:ItemId', NS) is not None]
    item = alice.create(appointment('Lunch', after=attendees('bob')), send='SendOnlyToAll')
    request, mine = ident(one(bob, 'inbox'))[0], ident(one(bob))[0]
    assert events() == [('CreatedEvent', mine), ('CreatedEvent', request), ('NewMailEvent', request)]
    alice.update(item, ('item:Subject', '<t:Subject>Dinner</t:Subject>'), send='SendOnlyToAll')
    assert [e for e in events() if e[1] == mine] == [('ModifiedEvent', mine)]
