# SPDX-License-Identifier: Apache-2.0
"""Attachments: files, items inside of items, whose they are, and how much is too much."""
import base64

import pytest
import requests

from ewsclient import NS, Ews, EwsError, Fault, appointment, folder_xml, id_xml, item_id, named, series, text


def code_of(function, *args, **kw):
    with pytest.raises((EwsError, Fault)) as e:
        function(*args, **kw)
    return e.value.code


def add(ews, item, inner):
    m = ews.call('<m:CreateAttachment><m:ParentItemId %s/><m:Attachments>%s</m:Attachments></m:CreateAttachment>'
                 % (id_xml(item)[len('<t:ItemId '):-2], inner))
    return m.find('.//t:AttachmentId', NS).get('Id')


def file_xml(name='plan.txt', content=b'Hello', more=''):
    return ('<t:FileAttachment><t:Name>%s</t:Name><t:ContentType>text/plain</t:ContentType>%s<t:Content>%s</t:Content></t:FileAttachment>'
            % (name, more, base64.b64encode(content).decode()))


def item_xml(inner, name='inside'):
    return '<t:ItemAttachment><t:Name>%s</t:Name>%s</t:ItemAttachment>' % (name, inner)


def fetch(ews, attachment, shape=''):
    m = ews.call('<m:GetAttachment><m:AttachmentShape>%s</m:AttachmentShape><m:AttachmentIds><t:AttachmentId Id="%s"/></m:AttachmentIds>'
                 '</m:GetAttachment>' % (shape, attachment))
    return m.find('m:Attachments', NS)[0]


def remove(ews, attachment):
    ews.call('<m:DeleteAttachment><m:AttachmentIds><t:AttachmentId Id="%s"/></m:AttachmentIds></m:DeleteAttachment>' % attachment)


def shown(ews, item):
    got = ews.get(item)
    return [(text(a, 'Name'), a.find('t:AttachmentId', NS).get('Id')) for a in got.findall('t:Attachments/*', NS)], text(got, 'HasAttachments')


def names(ews, item):
    return [name for name, _ in shown(ews, item)[0]]


@pytest.fixture(params=['2007_SP1', '2010_SP2', '2019'])
def any_alice(request):
    if request.param == '2007_SP1':
        return Ews(request.getfixturevalue('lab_2007'), version='Exchange2007_SP1')
    lab = request.getfixturevalue('lab')
    lab.settings(version=request.param)
    return Ews(lab)


def test_what_an_item_says_of_a_file(any_alice):
    item = any_alice.create(appointment())
    add(any_alice, item, file_xml(more='<t:ContentId>c1@x</t:ContentId><t:ContentLocation>plan</t:ContentLocation>'))
    got = any_alice.get((item[0], None)).find('t:Attachments/t:FileAttachment', NS)
    tags = [e.tag.split('}')[1] for e in got]
    assert tags[:5] == ['AttachmentId', 'Name', 'ContentType', 'ContentId', 'ContentLocation']
    assert tags[5:] == ([] if any_alice.lab.version.startswith('2007') else ['Size', 'LastModifiedTime', 'IsInline', 'IsContactPhoto'])


def test_inline_files_do_not_make_an_item_one_with_attachments(alice):
    item = alice.create(appointment())
    add(alice, item, file_xml('pic.png', more='<t:ContentId>c1@x</t:ContentId><t:IsInline>true</t:IsInline>'))
    assert (names(alice, (item[0], None)), shown(alice, (item[0], None))[1]) == (['pic.png'], 'false')
    add(alice, (item[0], None), file_xml())
    assert shown(alice, (item[0], None))[1] == 'true'


def test_a_message_inside(any_alice):
    item = any_alice.create(appointment())
    a = add(any_alice, item, item_xml(
        '<t:Message><t:Subject>Agenda</t:Subject><t:Body BodyType="Text">one\r\ntwo</t:Body><t:ToRecipients><t:Mailbox><t:EmailAddress>'
        'bob@contoso.example</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message>'))
    assert any_alice.get((item[0], None)).find('t:Attachments/t:ItemAttachment', NS) is not None
    got = fetch(any_alice, a, '<t:BodyType>Text</t:BodyType>')
    assert got.tag.endswith('}ItemAttachment') and text(got, 'Name') == 'inside'
    mail = got.find('t:Message', NS)
    assert (text(mail, 'Subject'), text(mail, 'Body').split()) == ('Agenda', ['one', 'two'])
    assert mail.findtext('t:ToRecipients/t:Mailbox/t:EmailAddress', None, NS) == 'bob@contoso.example'
    assert mail.find('t:ItemId', NS) is None


def test_an_appointment_and_a_task_inside(alice):
    item = alice.create_task('<t:Subject>Prepare</t:Subject>')
    a = add(alice, item, item_xml('<t:CalendarItem>' + series() + '</t:CalendarItem>'))
    b = add(alice, (item[0], None), item_xml('<t:Task><t:Subject>Part</t:Subject><t:PercentComplete>50</t:PercentComplete></t:Task>', 'part'))
    event = fetch(alice, a).find('t:CalendarItem', NS)
    assert (text(event, 'Subject'), text(event, 'CalendarItemType'), text(event, 'Start')) == ('Staff', 'RecurringMaster', '2024-05-06T07:00:00Z')
    assert fetch(alice, b).findtext('t:Task/t:Status', None, NS) == 'InProgress'
    assert names(alice, (item[0], None)) == ['inside', 'part']
    # an item inside is in no folder
    assert alice.sync()[1] == []


def test_what_cannot_be_inside(alice):
    item = alice.create(appointment())
    assert code_of(add, alice, item, item_xml('')) == 'ErrorMissingItemForCreateItemAttachment'
    assert code_of(add, alice, item, item_xml('<t:MeetingRequest><t:Subject>x</t:Subject></t:MeetingRequest>')) == \
        'ErrorInvalidItemForOperationCreateItemAttachment'
    assert code_of(add, alice, item, item_xml('<t:CalendarItem>%s</t:CalendarItem>' % appointment(end='2020-01-01T00:00:00Z'))) == \
        'ErrorCalendarEndDateIsEarlierThanStartDate'
    assert code_of(add, alice, item, '<t:FileAttachment><t:Name>x</t:Name><t:Content>*</t:Content></t:FileAttachment>') in \
        ('ErrorInvalidRequest', 'ErrorSchemaValidation')


def occurrence(ews, master, index):
    return ews.get((master[0], index), element='OccurrenceItemId').find('t:ItemId', NS).get('Id'), None


def test_an_occurrence_shows_its_masters_until_it_has_its_own(alice):
    master = alice.create(series())
    add(alice, master, file_xml('all.txt'))
    second = occurrence(alice, master, 2)
    assert names(alice, second) == ['all.txt']
    add(alice, second, file_xml('second.txt'))
    assert names(alice, second) == ['all.txt', 'second.txt'] and names(alice, (master[0], None)) == ['all.txt']
    # what it has taken over is its own
    remove(alice, dict(shown(alice, second)[0])['all.txt'])
    assert names(alice, second) == ['second.txt'] and names(alice, (master[0], None)) == ['all.txt']
    # taking one of the master's away makes an exception too
    third = occurrence(alice, master, 3)
    remove(alice, dict(shown(alice, third)[0])['all.txt'])
    assert names(alice, third) == [] and names(alice, (master[0], None)) == ['all.txt'] and text(alice.get(third), 'CalendarItemType') == 'Exception'
    assert names(alice, occurrence(alice, master, 4)) == ['all.txt']
    # a new time leaves them
    fourth = occurrence(alice, master, 4)
    alice.update((fourth[0], None), ('calendar:Start', '<t:Start>2024-05-27T08:00:00Z</t:Start>'),
                 ('calendar:End', '<t:End>2024-05-27T09:00:00Z</t:End>'), resolution='AlwaysOverwrite')
    assert names(alice, fourth) == ['all.txt']
    alice.update((second[0], None), ('item:Subject', '<t:Subject>other</t:Subject>'), resolution='AlwaysOverwrite')
    assert names(alice, second) == ['second.txt']


def test_copies_take_them_along(any_alice):
    a = any_alice
    item = a.create(appointment())
    add(a, item, file_xml())
    add(a, (item[0], None), item_xml('<t:Message><t:Subject>in</t:Subject></t:Message>'))
    m = a.call('<m:CopyItem><m:ToFolderId>%s</m:ToFolderId><m:ItemIds><t:ItemId Id="%s"/></m:ItemIds></m:CopyItem>' % (folder_xml('calendar'), item[0]))
    copy = item_id(m)
    assert names(a, copy) == ['plan.txt', 'inside']
    m = a.call('<m:MoveItem><m:ToFolderId>%s</m:ToFolderId><m:ItemIds><t:ItemId Id="%s"/></m:ItemIds></m:MoveItem>'
               % (folder_xml('deleteditems'), item[0]))
    moved = item_id(m)
    (_, first), (_, second) = shown(a, moved)[0]
    assert base64.b64decode(fetch(a, first).findtext('t:Content', None, NS)) == b'Hello'
    assert fetch(a, second).findtext('t:Message/t:Subject', None, NS) == 'in'
    a.delete(moved)
    assert code_of(fetch, a, first) == 'ErrorItemNotFound'
    assert names(a, copy) == ['plan.txt', 'inside']


def test_a_completed_occurrence_of_a_task_takes_them_along(alice):
    item = alice.create_task('<t:Subject>x</t:Subject><t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>'
                             '<t:NoEndRecurrence><t:StartDate>2024-05-06</t:StartDate></t:NoEndRecurrence></t:Recurrence>')
    add(alice, item, file_xml())
    done = alice.update((item[0], None), ('task:Status', '<t:Status>Completed</t:Status>'), kind='Task', send=None, resolution='AlwaysOverwrite')
    assert done[0] != item[0] and names(alice, done) == names(alice, (item[0], None)) == ['plan.txt']


def test_too_large(lab, alice):
    lab.settings(max_attachment_bytes=1000, max_message_bytes=1500)
    item = alice.create(appointment())
    assert code_of(add, alice, item, file_xml(content=b'x' * 1001)) == 'ErrorAttachmentSizeLimitExceeded'
    add(alice, item, file_xml(content=b'x' * 1000))
    assert code_of(add, alice, (item[0], None), file_xml(content=b'x' * 501)) == 'ErrorMessageSizeExceeded'
    add(alice, (item[0], None), file_xml(content=b'x' * 500))
    assert lab.control('GET', 'settings')['max_attachment_bytes'] == 1000


@pytest.mark.parametrize('version, chunked', [('2010_SP2', 400), ('2013_SP1', 413), ('2019', 413)])
def test_a_request_too_large(lab, version, chunked):
    lab.settings(max_request_bytes=20000, version=version)
    assert requests.post(lab.ews_url, data=b'x' * 20001).status_code == 404, 'before anybody has signed in'
    parts = iter([b'x' * 10000] * 3)
    assert requests.post(lab.ews_url, data=parts, auth=('alice', 'excal')).status_code == chunked
    assert Ews(lab).folder() is not None


def test_a_subject_has_255_characters(any_alice):
    exact, longer = 'ä' * 255, '\U0001f600' * 128
    assert text(any_alice.get(any_alice.create(appointment(exact))), 'Subject') == exact
    assert text(any_alice.get(any_alice.create(appointment(longer))), 'Subject') == '\U0001f600' * 126 + '...'


def test_lists_show_the_beginning_of_long_texts(any_alice):
    long, prop = 'ö' * 40000, named('X-LONG')
    item = any_alice.create('<t:Subject>x</t:Subject><t:ExtendedProperty>%s<t:Value>%s</t:Value></t:ExtendedProperty>'
                            '<t:Start>2024-05-02T08:00:00Z</t:Start><t:End>2024-05-02T09:00:00Z</t:End>' % (prop, long))
    value = './/t:ExtendedProperty/t:Value'
    assert any_alice.get(item, extra=prop).findtext(value, None, NS) == long
    assert any_alice.sync(extra=prop)[1][0][2].findtext(value, None, NS) == 'ö' * 255
    found, = any_alice.view('2024-05-01T00:00:00Z', '2024-05-03T00:00:00Z', extra=prop)
    assert found.findtext(value, None, NS) == 'ö' * 255
