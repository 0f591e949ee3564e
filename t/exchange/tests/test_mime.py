# SPDX-License-Identifier: Apache-2.0
"""MimeContent: iCalendar out and in."""
import base64

import pytest

from ewsclient import BERLIN, NS, EwsError, appointment, named, series, text


def mime(ews, item):
    m = ews.call('<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:IncludeMimeContent>true</t:IncludeMimeContent></m:ItemShape>'
                 '<m:ItemIds><t:ItemId Id="%s"/></m:ItemIds></m:GetItem>' % item[0])
    content = m.find('.//t:MimeContent', NS)
    assert content.get('CharacterSet') == 'UTF-8'
    raw = base64.b64decode(content.text).decode()
    assert all(len(line.encode()) <= 75 for line in raw.split('\r\n'))
    return raw.replace('\r\n ', '').split('\r\n')


def create(ews, *lines, more=''):
    ics = '\r\n'.join(('BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', 'BEGIN:VEVENT') + lines + ('END:VEVENT', 'END:VCALENDAR', ''))
    return ews.create('<t:MimeContent CharacterSet="UTF-8">%s</t:MimeContent>%s' % (base64.b64encode(ics.encode()).decode(), more))


def test_single(alice):
    lines = mime(alice, alice.create(appointment('Caf\u00e9; a, b ' + '\u20ac' * 60, before='<t:Body BodyType="Text">one\ntwo</t:Body><t:Categories>'
                                                 '<t:String>A</t:String><t:String>B</t:String></t:Categories><t:UID>u@x</t:UID>',
                                                 after='<t:Location>Room 1</t:Location>' + BERLIN)))
    assert lines[:4] == ['BEGIN:VCALENDAR', 'METHOD:PUBLISH', 'PRODID:Microsoft Exchange Server 2010', 'VERSION:2.0']
    for expected in ('UID:u@x', 'SUMMARY;LANGUAGE=en-US:Caf\u00e9\\; a\\, b ' + '\u20ac' * 60, 'DESCRIPTION;LANGUAGE=en-US:one\\ntwo',
                     'DTSTART;TZID=W. Europe Standard Time:20240502T100000', 'CATEGORIES:A,B', 'LOCATION;LANGUAGE=en-US:Room 1',
                     'TRIGGER;RELATED=START:-PT15M', 'TZID:W. Europe Standard Time', 'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3'):
        assert expected in lines, expected


def test_series(alice):
    master = alice.create(series())
    alice.update((master[0], 2), ('item:Subject', '<t:Subject>other</t:Subject>'), element='OccurrenceItemId', resolution='AlwaysOverwrite')
    alice.delete((master[0], 3), element='OccurrenceItemId')
    lines = mime(alice, master)
    assert 'RRULE:FREQ=WEEKLY;COUNT=10;INTERVAL=1;BYDAY=MO;WKST=SU' in lines
    assert 'EXDATE;TZID=W. Europe Standard Time:20240520T090000' in lines
    assert 'RECURRENCE-ID;TZID=W. Europe Standard Time:20240513T090000' in lines
    assert lines.count('BEGIN:VEVENT') == 2 and 'SUMMARY;LANGUAGE=en-US:other' in lines


def test_all_day(alice):
    lines = mime(alice, alice.create(appointment('d', '2024-05-02T00:00:00', '2024-05-04T00:00:00',
                                                 after='<t:IsAllDayEvent>true</t:IsAllDayEvent>' + BERLIN)))
    assert 'DTSTART;VALUE=DATE:20240502' in lines and 'DTEND;VALUE=DATE:20240504' in lines


def test_create(alice):
    href = named('X-H')
    item = create(alice, 'UID:u@x', 'SUMMARY:a\\, b', 'DTSTART;TZID=Europe/Berlin:20240502T100000', 'DTEND;TZID=Europe/Berlin:20240502T110000',
                  'LOCATION:here', 'DESCRIPTION:one\\ntwo long long long long long long long long', '  long', 'CLASS:PRIVATE',
                  'BEGIN:VALARM', 'ACTION:DISPLAY', 'TRIGGER:-PT1H30M', 'END:VALARM',
                  more='<t:ExtendedProperty>%s<t:Value>h</t:Value></t:ExtendedProperty>' % href)
    got = alice.get(item, extra=href)
    assert (text(got, 'Subject'), text(got, 'Start'), text(got, 'End')) == ('a, b', '2024-05-02T08:00:00Z', '2024-05-02T09:00:00Z')
    assert (text(got, 'UID'), text(got, 'Sensitivity'), text(got, 'ReminderMinutesBeforeStart')) == ('u@x', 'Private', '90')
    assert text(got, 'Body').endswith('long long') and got.find('t:StartTimeZone', NS).get('Id') == 'W. Europe Standard Time'
    assert got.findtext('t:ExtendedProperty/t:Value', None, NS) == 'h'


def test_create_all_day_and_series(alice):
    got = alice.get(create(alice, 'SUMMARY:d', 'DTSTART;VALUE=DATE:20240502', 'DTEND;VALUE=DATE:20240503'))
    assert (text(got, 'IsAllDayEvent'), text(got, 'Duration'), text(got, 'ReminderIsSet')) == ('true', 'P1D', 'false')
    for rule, first, last in (('FREQ=WEEKLY;BYDAY=MO;COUNT=3', '06', '20'), ('FREQ=DAILY;UNTIL=20240510T070000Z', '06', '10'),
                              ('FREQ=MONTHLY;BYDAY=2TU;COUNT=1', '14', '14'), ('FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=1', '31', '31')):
        got = alice.get(create(alice, 'SUMMARY:s', 'RRULE:' + rule, 'DTSTART;TZID=Europe/Berlin:20240506T090000',
                               'DTEND;TZID=Europe/Berlin:20240506T100000'))
        assert got.findtext('t:FirstOccurrence/t:Start', None, NS) == '2024-05-%sT07:00:00Z' % first, rule
        assert got.findtext('t:LastOccurrence/t:Start', None, NS) == '2024-05-%sT07:00:00Z' % last, rule


@pytest.mark.parametrize('content,code', [
    ('!!!!', 'ErrorMimeContentInvalidBase64String'), (base64.b64encode(b'hello').decode(), 'ErrorMimeContentInvalid'),
    (base64.b64encode(b'BEGIN:VEVENT\nDTSTART:xyz\nEND:VEVENT\n').decode(), 'ErrorMimeContentInvalid'),
    (base64.b64encode(b'BEGIN:VEVENT\nDTSTART:20240230T100000Z\nEND:VEVENT\n').decode(), 'ErrorInvalidValueForProperty'),
    (base64.b64encode(b'BEGIN:VEVENT\nDTSTART:20240203T100000Z\nRRULE:FREQ=HOURLY\nEND:VEVENT\n').decode(), 'ErrorCalendarInvalidRecurrence'),
    (base64.b64encode(b'a\x00b').decode(), 'ErrorMimeContentInvalidBase64String')])
def test_bad_content(alice, content, code):
    try:
        alice.create('<t:MimeContent CharacterSet="UTF-8">%s</t:MimeContent>' % content)
    except Exception as e:
        assert getattr(e, 'code', None) in (code, 'ErrorSchemaValidation'), e
    else:
        pytest.fail('no error')


def test_messages(alice):
    m = alice.call('<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:Message><t:Subject>gr\u00fc\u00df</t:Subject><t:Body BodyType="Text">b'
                   '</t:Body><t:ToRecipients><t:Mailbox><t:EmailAddress>bob@contoso.example</t:EmailAddress></t:Mailbox></t:ToRecipients>'
                   '</t:Message></m:Items></m:CreateItem>')
    lines = mime(alice, (m.find('.//t:ItemId', NS).get('Id'), None))
    assert 'From: Alice Adams <alice@contoso.example>' in lines and 'Subject: =?utf-8?B?Z3LDvMOf?=' in lines


def test_updates_are_refused(alice):
    item = alice.create(appointment())
    with pytest.raises(EwsError) as e:
        alice.update(item, ('item:MimeContent', '<t:MimeContent>QUJD</t:MimeContent>'))
    assert e.value.code == 'ErrorInvalidPropertySet'


def test_a_meeting_is_published_without_its_attendees(alice):
    """RFC 5546 3.2.1; DavMail adds them from the properties, and would show everybody twice."""
    people = '<t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>bob@contoso.example</t:EmailAddress></t:Mailbox></t:Attendee></t:RequiredAttendees>'
    lines = mime(alice, alice.create(appointment('Plan', after=people + BERLIN), send='SendToAllAndSaveCopy'))
    assert 'METHOD:PUBLISH' in lines and [x for x in lines if x.startswith('ORGANIZER')] and not [x for x in lines if x.startswith('ATTENDEE')]
