# SPDX-License-Identifier: Apache-2.0
"""Creating, reading, changing and deleting calendar items."""
import base64

import pytest

from ewsclient import (BERLIN, NS, WEEKLY, Ews, EwsError, Fault, appointment, fields, id_xml, named, series, text)


def code_of(function, *args, **kw):
    with pytest.raises((EwsError, Fault)) as e:
        function(*args, **kw)
    return e.value.code


def test_create_and_get(alice):
    item = alice.create(appointment(
        before='<t:Sensitivity>Private</t:Sensitivity><t:Body BodyType="Text">Bring the card\nand money</t:Body>'
               '<t:Categories><t:String>Health</t:String><t:String>Öl &amp; Gas</t:String></t:Categories>'
               '<t:Importance>High</t:Importance><t:ReminderIsSet>true</t:ReminderIsSet>'
               '<t:ReminderMinutesBeforeStart>30</t:ReminderMinutesBeforeStart><t:UID>u1@client.example</t:UID>',
        after='<t:IsAllDayEvent>false</t:IsAllDayEvent><t:LegacyFreeBusyStatus>Tentative</t:LegacyFreeBusyStatus>'
              '<t:Location>Main street 1</t:Location>' + BERLIN))
    got = alice.get(item)
    assert len(item[0]) in range(120, 161) and base64.b64decode(item[0])
    assert text(got, 'Subject') == 'Dentist'
    assert text(got, 'Sensitivity') == 'Private'
    assert text(got, 'Body') == 'Bring the card\r\nand money'
    assert [c.text for c in got.find('t:Categories', NS)] == ['Health', 'Öl & Gas']
    assert (text(got, 'Importance'), text(got, 'ReminderMinutesBeforeStart')) == ('High', '30')
    assert (text(got, 'UID'), text(got, 'Location')) == ('u1@client.example', 'Main street 1')
    assert (text(got, 'Start'), text(got, 'End')) == ('2024-05-02T08:00:00Z', '2024-05-02T08:30:00Z')
    assert text(got, 'LegacyFreeBusyStatus') == 'Tentative'
    assert text(got, 'CalendarItemType') == 'Single' and text(got, 'MyResponseType') == 'Organizer'
    assert got.find('t:StartTimeZone', NS).get('Id') == 'W. Europe Standard Time'
    assert text(got, 'Duration') == 'PT30M'


def test_a_reminder_is_on_unless_it_is_said_otherwise(alice):
    got = alice.get(alice.create(appointment()))
    assert (text(got, 'ReminderIsSet'), text(got, 'ReminderMinutesBeforeStart')) == ('true', '15')
    got = alice.get(alice.create(appointment(before='<t:ReminderIsSet>false</t:ReminderIsSet>')))
    assert text(got, 'ReminderIsSet') == 'false'


def test_a_uid_is_made_in_exchanges_form(alice):
    uid = text(alice.get(alice.create(appointment())), 'UID')
    assert uid.startswith('040000008200E00074C5B7101A82E008') and len(uid) == 112


def test_ids_are_case_sensitive_and_checked(alice):
    item = alice.create(appointment())
    i = next(i for i, c in enumerate(item[0]) if i > 60 and c.isalpha() and c not in 'A=')
    other = item[0][:i] + item[0][i].swapcase() + item[0][i + 1:]
    assert code_of(alice.get, (other, None)) in ('ErrorInvalidIdMalformed', 'ErrorItemNotFound')
    assert code_of(alice.get, ('AAMk', None)) == 'ErrorInvalidIdMalformed'
    assert code_of(alice.get, (item[0][:-4], None)) == 'ErrorInvalidIdMalformed'


def test_body_types(alice):
    html = alice.create(appointment(before='<t:Body BodyType="HTML">&lt;html&gt;&lt;body&gt;&lt;p&gt;one&lt;br&gt;two &amp;amp; three&lt;/p&gt;'
                                           '&lt;/body&gt;&lt;/html&gt;</t:Body>'))
    assert text(alice.get(html), 'Body') == 'one\r\ntwo & three'
    assert text(alice.get(html, body_type='HTML'), 'Body').startswith('<html>')
    assert alice.get(html, body_type='Best').find('t:Body', NS).get('BodyType') == 'HTML'
    plain = alice.create(appointment(before='<t:Body BodyType="Text">a &lt; b</t:Body>'))
    assert 'a &lt; b' in text(alice.get(plain, body_type='HTML'), 'Body')
    assert alice.get(plain, body_type='Best').find('t:Body', NS).get('BodyType') == 'Text'


def test_send_meeting_invitations_is_required(alice):
    assert code_of(alice.create, appointment(), send=None) == 'ErrorSendMeetingInvitationsRequired'
    item = alice.create(appointment())
    assert code_of(alice.update, item, ('item:Subject', '<t:Subject>x</t:Subject>'), send=None) == \
        'ErrorSendMeetingInvitationsOrCancellationsRequired'
    (_, code), = alice.delete(item, cancel=None)
    assert code == 'ErrorSendMeetingCancellationsRequired'


def test_calendar_items_need_a_calendar(alice):
    assert code_of(alice.create, appointment(), folder='inbox') == 'ErrorCannotCreateCalendarItemInNonCalendarFolder'


def test_end_before_start(alice):
    assert code_of(alice.create, appointment(end='2024-05-02T07:00:00Z')) == 'ErrorCalendarEndDateIsEarlierThanStartDate'
    assert code_of(alice.create, appointment(end='2030-05-02T07:00:00Z')) == 'ErrorCalendarDurationIsTooLong'
    item = alice.create(appointment())
    assert code_of(alice.update, item, ('calendar:End', '<t:End>2024-05-02T07:00:00Z</t:End>')) == \
        'ErrorCalendarEndDateIsEarlierThanStartDate'
    assert text(alice.get(item), 'End') == '2024-05-02T08:30:00Z'


def test_zero_minutes_are_allowed(alice):
    item = alice.create(appointment(end='2024-05-02T08:00:00Z'))
    assert len(alice.view('2024-05-02T00:00:00Z', '2024-05-03T00:00:00Z')) == 1
    assert text(alice.get(item), 'Duration') == 'PT0S'


def test_update_and_conflicts(alice):
    first = alice.create(appointment())
    second = alice.update(first, ('item:Subject', '<t:Subject>new</t:Subject>'))
    assert second[0] == first[0] and second[1] != first[1]
    assert code_of(alice.update, first, ('item:Subject', '<t:Subject>late</t:Subject>')) == 'ErrorIrresolvableConflict'
    assert code_of(alice.update, (first[0], None), ('item:Subject', '<t:Subject>x</t:Subject>')) == 'ErrorChangeKeyRequired'
    alice.update((first[0], None), ('item:Subject', '<t:Subject>forced</t:Subject>'), resolution='AlwaysOverwrite')
    assert text(alice.get(first), 'Subject') == 'forced'
    assert alice.get(first).find('t:ItemId', NS).get('ChangeKey') != second[1]
    alice.update(first, ('item:Subject', '<t:Subject>auto</t:Subject>'), resolution='AutoResolve')
    assert code_of(alice.update, (first[0], 'nonsense'), ('item:Subject', '<t:Subject>x</t:Subject>')) == 'ErrorInvalidChangeKey'


def test_an_update_that_fails_changes_nothing(alice):
    item = alice.create(appointment())
    assert code_of(alice.update, item, ('item:Subject', '<t:Subject>new</t:Subject>'),
                   ('calendar:End', '<t:End>2020-01-01T00:00:00Z</t:End>')) == 'ErrorCalendarEndDateIsEarlierThanStartDate'
    got = alice.get(item)
    assert text(got, 'Subject') == 'Dentist' and got.find('t:ItemId', NS).get('ChangeKey') == item[1]


def test_one_property_per_update(alice):
    item = alice.create(appointment())
    assert code_of(alice.update, item, ('item:Subject', '<t:Importance>Low</t:Importance>')) == 'ErrorUpdatePropertyMismatch'
    assert code_of(alice.update, item, ('item:Subject', '<t:Subject>a</t:Subject><t:Importance>Low</t:Importance>')) == \
        'ErrorIncorrectUpdatePropertyCount'
    assert code_of(alice.update, item, ('calendar:UID', '<t:UID>a</t:UID>')) == 'ErrorInvalidPropertySet'
    assert code_of(alice.update, item, ('calendar:Start', None)) == 'ErrorInvalidPropertyDelete'


def test_properties_can_be_deleted(alice):
    item = alice.create(appointment(after='<t:Location>here</t:Location>'))
    item = alice.update(item, ('calendar:Location', None))
    assert text(alice.get(item), 'Location') is None


def test_extended_properties(alice):
    href = named('X-EXCAL-HREF')
    many = named('X-MANY', 'StringArray')
    item = alice.create(appointment(before='<t:ExtendedProperty>%s<t:Value>a.ics</t:Value></t:ExtendedProperty><t:ExtendedProperty>%s'
                                           '<t:Values><t:Value>1</t:Value><t:Value>2</t:Value></t:Values></t:ExtendedProperty>'
                                           % (href, many)))
    got = alice.get(item, 'IdOnly', href + many + named('X-NONE'))
    values = [[v.text for v in p.iter('{%s}Value' % NS['t'])] for p in got.findall('t:ExtendedProperty', NS)]
    assert values == [['a.ics'], ['1', '2']]
    item = alice.update(item, (href, '<t:ExtendedProperty>%s<t:Value>b.ics</t:Value></t:ExtendedProperty>' % href), (many, None))
    got = alice.get(item, 'IdOnly', href + many)
    assert [v.text for v in got.iter('{%s}Value' % NS['t'])] == ['b.ics']
    assert code_of(alice.update, item, (href, '<t:ExtendedProperty>%s<t:Value>b</t:Value></t:ExtendedProperty>' % many)) in (
        'ErrorUpdatePropertyMismatch', 'ErrorInvalidExtendedPropertyValue')
    number = named('X-N', 'Integer')
    assert code_of(alice.update, item, (number, '<t:ExtendedProperty>%s<t:Value>x</t:Value></t:ExtendedProperty>' % number)) == \
        'ErrorInvalidExtendedPropertyValue'


def test_properties_that_the_server_computes(alice):
    item = alice.create(appointment(before='<t:UID>5f0e1c9a@client.example</t:UID>'))
    clean = '<t:ExtendedFieldURI DistinguishedPropertySetId="Meeting" PropertyId="35" PropertyType="Binary"/>'
    busy = '<t:ExtendedFieldURI DistinguishedPropertySetId="Appointment" PropertyId="33285" PropertyType="Integer"/>'
    changed = '<t:ExtendedFieldURI PropertyTag="0x3008" PropertyType="SystemTime"/>'
    got = alice.get(item, 'IdOnly', clean + busy + changed + fields('item:LastModifiedTime'))
    goid, number, when = [v.text for v in got.iter('{%s}Value' % NS['t'])]
    assert goid == ('BAAAAIIA4AB0xbcQGoLgCAAAAAAAAAAAAAAAAAAAAAAAAAAAJAAAAHZDYWwtVWlkAQAAADVm'
                    'MGUxYzlhQGNsaWVudC5leGFtcGxlAA==')
    assert (number, when) == ('2', text(got, 'LastModifiedTime'))


def test_delete(alice):
    a, b = alice.create(appointment()), alice.create(appointment('Other'))
    assert [c for _, c in alice.delete(a, ('AAAA', None), b)] == ['NoError', 'ErrorInvalidIdMalformed', 'NoError']
    assert code_of(alice.get, a) == 'ErrorItemNotFound'
    assert text(alice.folder('deleteditems'), 'TotalCount') == '0'


def test_delete_to_trash_moves(alice):
    item = alice.create(appointment())
    alice.delete(item, kind='MoveToDeletedItems')
    assert code_of(alice.get, item) == 'ErrorItemNotFound'
    assert text(alice.folder('deleteditems'), 'TotalCount') == '1'
    assert text(alice.folder('calendar'), 'TotalCount') == '0'


def move(ews, item, to, op='MoveItem', more=''):
    return ews.call('<m:%s><m:ToFolderId><t:DistinguishedFolderId Id="%s"/></m:ToFolderId><m:ItemIds>%s</m:ItemIds>%s</m:%s>'
                    % (op, to, id_xml(item), more, op)).find('.//t:ItemId', NS)


def test_move_and_copy(alice):
    item = alice.create(series())
    alice.delete((item[0], 3), element='OccurrenceItemId')
    copy = move(alice, item, 'drafts', 'CopyItem')
    assert copy.get('Id') != item[0]
    moved = move(alice, item, 'deleteditems')
    assert code_of(alice.get, item) == 'ErrorItemNotFound'
    got = alice.get((moved.get('Id'), None))
    assert text(got, 'Subject') == 'Staff' and len(got.find('t:DeletedOccurrences', NS)) == 1
    assert move(alice, (moved.get('Id'), None), 'calendar', more='<m:ReturnNewItemIds>false</m:ReturnNewItemIds>') is None
    occurrence = alice.get((copy.get('Id'), None)).find('t:FirstOccurrence/t:ItemId', NS).get('Id')
    assert code_of(move, alice, (occurrence, None), 'calendar') == 'ErrorCalendarCannotMoveOrCopyOccurrence'


def test_attendees_make_a_meeting(alice):
    who = '<t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>bob@contoso.example</t:EmailAddress></t:Mailbox></t:Attendee>' \
          '</t:RequiredAttendees><t:Resources><t:Attendee><t:Mailbox><t:EmailAddress>x@partner.example</t:EmailAddress></t:Mailbox>' \
          '</t:Attendee></t:Resources>'
    item = alice.create(appointment(after=who))
    got = alice.get(item)
    assert (text(got, 'IsMeeting'), text(got, 'MeetingRequestWasSent'), text(got, 'AppointmentState')) == ('true', 'false', '1')
    assert got.findtext('t:RequiredAttendees/t:Attendee/t:Mailbox/t:Name', None, NS) == 'Bob Brown'
    assert got.findtext('t:Organizer/t:Mailbox/t:EmailAddress', None, NS) == 'alice@contoso.example'
    item = alice.update(item, ('calendar:Resources', None), ('calendar:RequiredAttendees', None))
    got = alice.get(item)
    assert (text(got, 'IsMeeting'), text(got, 'AppointmentState')) == ('false', '0')


def test_several_items_in_one_call(alice):
    inner = ''.join('<t:CalendarItem>%s</t:CalendarItem>' % appointment('n%d' % i, end='20%d-05-02T08:30:00Z' % (24 if i != 1 else 20))
                    for i in range(3))
    answers = alice.all('<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items>%s</m:Items></m:CreateItem>' % inner)
    assert [c for _, c in answers] == ['NoError', 'ErrorCalendarEndDateIsEarlierThanStartDate', 'NoError']
    assert text(alice.folder(), 'TotalCount') == '2'


def test_messages_in_drafts(alice):
    m = alice.call('<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:Message><t:Subject>hi</t:Subject><t:Body BodyType="Text">b</t:Body>'
                   '<t:ToRecipients><t:Mailbox><t:EmailAddress>bob@contoso.example</t:EmailAddress></t:Mailbox></t:ToRecipients>'
                   '</t:Message></m:Items></m:CreateItem>')
    e = m.find('.//t:ItemId', NS)
    got = alice.get((e.get('Id'), None))
    assert got.tag.endswith('}Message') and text(got, 'Subject') == 'hi' and text(got, 'IsDraft') == 'true'
    assert got.findtext('t:ToRecipients/t:Mailbox/t:EmailAddress', None, NS) == 'bob@contoso.example'
    assert text(alice.folder('drafts'), 'TotalCount') == '1'


def test_others_have_no_access(alice, bob):
    item = alice.create(appointment())
    assert code_of(bob.get, item) == 'ErrorItemNotFound'
    assert code_of(bob.folder, mailbox='alice@contoso.example') == 'ErrorFolderNotFound'
    assert code_of(bob.folder, mailbox='nobody@contoso.example') == 'ErrorNonExistentMailbox'


def test_state_survives_a_restart(lab):
    alice = Ews(lab)
    item = alice.create(series())
    lab.restart()
    assert text(Ews(lab).get(item), 'Subject') == 'Staff'


def test_all_day_is_cut_to_midnight_of_the_zone(lab):
    for zone, start in (('W. Europe Standard Time', '2024-05-01T22:00:00Z'), ('Pacific Standard Time', '2024-05-02T07:00:00Z')):
        ews = Ews(lab)
        zones = '<t:StartTimeZone Id="%s"/><t:EndTimeZone Id="%s"/>' % (zone, zone)
        got = ews.get(ews.create(appointment('day', '2024-05-02T10:15:00', '2024-05-03T11:00:00',
                                             after='<t:IsAllDayEvent>true</t:IsAllDayEvent>' + zones)))
        assert text(got, 'Start') == start and text(got, 'Duration') == 'P1D'
    ews = Ews(lab)
    got = ews.get(ews.create(appointment('one', '2024-05-02T00:00:00', '2024-05-02T00:00:00',
                                         after='<t:IsAllDayEvent>true</t:IsAllDayEvent>' + BERLIN)))
    assert text(got, 'Duration') == 'P1D'


def test_times_without_offset(lab):
    no_zone = appointment(start='2024-05-02T10:00:00', end='2024-05-02T11:00:00')
    with_zone = appointment(start='2024-05-02T10:00:00', end='2024-05-02T11:00:00', after=BERLIN)
    meeting_zone = appointment(start='2024-05-02T10:00:00', end='2024-05-02T11:00:00',
                               after='<t:MeetingTimeZone TimeZoneName="W. Europe Standard Time"/>')
    utc, context, old = Ews(lab), Ews(lab, zone='Eastern Standard Time'), Ews(lab, version='Exchange2007_SP1')

    def start(ews, inner):
        return text(Ews(lab).get(ews.create(inner)), 'Start')
    assert start(utc, no_zone) == '2024-05-02T10:00:00Z'
    assert start(utc, with_zone) == '2024-05-02T08:00:00Z'
    assert start(context, no_zone) == '2024-05-02T14:00:00Z'
    assert start(context, with_zone) == '2024-05-02T08:00:00Z'
    assert start(old, no_zone) == '2024-05-02T10:00:00Z'
    assert start(old, meeting_zone) == '2024-05-02T08:00:00Z'
    got = context.get(context.create(no_zone))
    assert text(got, 'Start') == '2024-05-02T10:00:00-04:00'
    assert got.find('t:StartTimeZone', NS).get('Id') == 'Eastern Standard Time'


def test_moving_keeps_what_is_not_named(alice):
    item = alice.create(appointment(after='<t:Location>here</t:Location>' + BERLIN))
    item = alice.update(item, ('calendar:Start', '<t:Start>2024-06-03T10:00:00</t:Start>'),
                        ('calendar:End', '<t:End>2024-06-03T11:00:00</t:End>'),
                        ('calendar:StartTimeZone', '<t:StartTimeZone Id="Tokyo Standard Time"/>'),
                        ('calendar:EndTimeZone', '<t:EndTimeZone Id="Tokyo Standard Time"/>'))
    got = alice.get(item)
    assert (text(got, 'Start'), text(got, 'End'), text(got, 'Location')) == ('2024-06-03T01:00:00Z', '2024-06-03T02:00:00Z', 'here')


def test_a_single_becomes_recurring_and_back(alice):
    item = alice.create(appointment(start='2024-05-06T09:00:00', end='2024-05-06T10:00:00', after=BERLIN))
    item = alice.update(item, ('calendar:Recurrence', WEEKLY))
    assert text(alice.get(item), 'CalendarItemType') == 'RecurringMaster'
    assert len(alice.view('2024-05-01T00:00:00Z', '2024-08-01T00:00:00Z')) == 10
    item = alice.update(item, ('calendar:Recurrence', None))
    assert text(alice.get(item), 'CalendarItemType') == 'Single'
    assert len(alice.view('2024-05-01T00:00:00Z', '2024-08-01T00:00:00Z')) == 1


def test_items_in_the_trash_are_not_updated(alice):
    item = alice.create(appointment())
    moved = move(alice, item, 'deleteditems')
    assert code_of(alice.update, (moved.get('Id'), moved.get('ChangeKey')), ('item:Subject', '<t:Subject>x</t:Subject>')) == \
        'ErrorCalendarCannotUpdateDeletedItem'
