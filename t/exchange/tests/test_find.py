# SPDX-License-Identifier: Apache-2.0
"""FindItem: calendar views, pages, restrictions, order."""
import pytest

from ewsclient import NS, EwsError, appointment, fields, folder_xml, named, series, text

MAY = ('2024-05-01T00:00:00Z', '2024-06-01T00:00:00Z')


def code_of(function, *args, **kw):
    with pytest.raises(EwsError) as e:
        function(*args, **kw)
    return e.value.code


def find(ews, rule='', order='', view='', extra=fields('item:Subject'), folder='calendar'):
    m = ews.call('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>%s'
                 '</t:AdditionalProperties></m:ItemShape>%s%s%s<m:ParentFolderIds>%s</m:ParentFolderIds></m:FindItem>'
                 % (extra, view, '<m:Restriction>%s</m:Restriction>' % rule if rule else '',
                    '<m:SortOrder>%s</m:SortOrder>' % order if order else '', folder_xml(folder)))
    return m.find('m:RootFolder', NS)


def subjects(root):
    return [text(i, 'Subject') for i in root.find('t:Items', NS)]


def compare(op, path, value):
    return '<t:%s>%s<t:FieldURIOrConstant><t:Constant Value="%s"/></t:FieldURIOrConstant></t:%s>' % (op, path, value, op)


def test_edges_of_a_view(alice):
    alice.create(appointment('into', '2024-04-30T23:00:00Z', '2024-05-01T01:00:00Z'))
    alice.create(appointment('to the edge', '2024-04-30T23:00:00Z', '2024-05-01T00:00:00Z'))
    alice.create(appointment('at the end', '2024-06-01T00:00:00Z', '2024-06-01T01:00:00Z'))
    alice.create(appointment('inside', '2024-05-31T23:00:00Z', '2024-06-01T01:00:00Z'))
    alice.create(appointment('around', '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z'))
    assert [text(i, 'Subject') for i in alice.view(*MAY, extra=fields('item:Subject'))] == ['around', 'into', 'inside']


def test_limits_of_a_view(alice):
    assert code_of(alice.view, MAY[1], MAY[0]) == 'ErrorCalendarEndDateIsEarlierThanStartDate'
    assert code_of(alice.view, '2024-01-01T00:00:00Z', '2026-02-01T00:00:00Z') == 'ErrorCalendarViewRangeTooBig'
    assert code_of(alice.view, *MAY, folder='inbox') == 'ErrorCalendarFolderIsInvalidForCalendarView'
    rule = compare('IsEqualTo', '<t:FieldURI FieldURI="item:Subject"/>', 'x')
    assert code_of(find, alice, rule, view='<m:CalendarView StartDate="%s" EndDate="%s"/>' % MAY) == 'ErrorInvalidRequest'
    alice.create(series())
    assert len(alice.view('2024-05-01T00:00:00Z', '2024-08-01T00:00:00Z', most=3)) == 3


def test_views_show_no_bodies_or_attendees(alice):
    alice.create(appointment(before='<t:Body BodyType="Text">b</t:Body>', after='<t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>'
                             'bob@contoso.example</t:EmailAddress></t:Mailbox></t:Attendee></t:RequiredAttendees>'))
    item, = alice.view(*MAY, shape='AllProperties')
    assert text(item, 'Subject') == 'Dentist'
    for hidden in ('Body', 'RequiredAttendees', 'Recurrence', 'ResponseObjects'):
        assert item.find('t:' + hidden, NS) is None, hidden


def test_pages(alice):
    for i in range(5):
        alice.create(appointment('n%d' % i))
    order = '<t:FieldOrder Order="Ascending"><t:FieldURI FieldURI="item:Subject"/></t:FieldOrder>'
    root = find(alice, order=order, view='<m:IndexedPageItemView MaxEntriesReturned="2" Offset="0" BasePoint="Beginning"/>')
    assert (subjects(root), root.get('IndexedPagingOffset'), root.get('TotalItemsInView'), root.get('IncludesLastItemInRange')) == \
        (['n0', 'n1'], '2', '5', 'false')
    root = find(alice, order=order, view='<m:IndexedPageItemView MaxEntriesReturned="9" Offset="2" BasePoint="Beginning"/>')
    assert (subjects(root), root.get('IncludesLastItemInRange')) == (['n2', 'n3', 'n4'], 'true')
    root = find(alice, order=order.replace('Asc', 'Desc'))
    assert subjects(root) == ['n4', 'n3', 'n2', 'n1', 'n0']


def test_stored_items_only(alice):
    alice.create(series())
    root = find(alice, extra=fields('item:Subject', 'calendar:CalendarItemType'))
    assert [text(i, 'CalendarItemType') for i in root.find('t:Items', NS)] == ['RecurringMaster']


def test_restrictions(alice):
    href = named('X-HREF')
    alice.create(appointment('Red &amp; green', '2024-05-02T08:00:00Z', '2024-05-02T09:00:00Z',
                             before='<t:Importance>High</t:Importance><t:ExtendedProperty>%s<t:Value>a.ics</t:Value></t:ExtendedProperty>' % href))
    alice.create(appointment('Blue', '2024-05-03T08:00:00Z', '2024-05-03T09:00:00Z', before='<t:UID>x@y</t:UID>'))
    subject = '<t:FieldURI FieldURI="item:Subject"/>'
    start = '<t:FieldURI FieldURI="calendar:Start"/>'

    def hits(rule):
        return sorted(subjects(find(alice, rule)))
    assert hits(compare('IsEqualTo', subject, 'blue')) == ['Blue']
    assert hits(compare('IsNotEqualTo', subject, 'blue')) == ['Red & green']
    assert hits(compare('IsEqualTo', subject, 'Red &amp; green')) == ['Red & green']
    assert hits(compare('IsGreaterThan', start, '2024-05-02T10:00:00+02:00')) == ['Blue']
    assert hits(compare('IsGreaterThanOrEqualTo', start, '2024-05-02T10:00:00+02:00')) == ['Blue', 'Red & green']
    assert hits(compare('IsEqualTo', href, 'a.ics')) == ['Red & green']
    assert hits('<t:Exists>%s</t:Exists>' % href) == ['Red & green']
    assert hits('<t:Not><t:Exists>%s</t:Exists></t:Not>' % href) == ['Blue']
    assert hits('<t:And>%s%s</t:And>' % (compare('IsEqualTo', subject, 'blue'), '<t:Exists>%s</t:Exists>' % href)) == []
    assert hits('<t:Or>%s%s</t:Or>' % (compare('IsEqualTo', subject, 'blue'), '<t:Exists>%s</t:Exists>' % href)) == ['Blue', 'Red & green']
    assert hits('<t:Contains ContainmentMode="Substring" ContainmentComparison="IgnoreCase">%s<t:Constant Value="GREEN"/></t:Contains>'
                % subject) == ['Red & green']
    goid = '<t:ExtendedFieldURI DistinguishedPropertySetId="Meeting" PropertyId="35" PropertyType="Binary"/>'
    value = alice.get(alice.create(appointment('Third', before='<t:UID>z@y</t:UID>')), 'IdOnly', goid).findtext('.//t:Value', None, NS)
    assert hits(compare('IsEqualTo', goid, value)) == ['Third']
    assert code_of(find, alice, compare('IsEqualTo', '<t:FieldURI FieldURI="calendar:UID"/>', 'x@y')) == 'ErrorUnsupportedPathForQuery'
