# SPDX-License-Identifier: Apache-2.0
"""Tasks: their properties, what they do to each other, and what recurring ones become."""
import datetime

import pytest

from ewsclient import NS, Ews, EwsError, Fault, fields, folder_xml, item_id, named, text

DAILY = ('<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence>'
         '<t:StartDate>2016-01-01</t:StartDate><t:NumberOfOccurrences>4</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>')
REGENERATING = DAILY.replace('DailyRecurrence', 'DailyRegeneration')
MONDAYS = ('<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>'
           '<t:NoEndRecurrence><t:StartDate>2024-05-06</t:StartDate></t:NoEndRecurrence></t:Recurrence>')


def code_of(function, *args, **kw):
    with pytest.raises((EwsError, Fault)) as e:
        function(*args, **kw)
    return e.value.code


def today(days=0):
    return (datetime.datetime.utcnow().date() + datetime.timedelta(days)).isoformat()


def midnight(day):
    return day + 'T00:00:00Z'


def state(task):
    return text(task, 'Status'), text(task, 'PercentComplete'), text(task, 'CompleteDate'), text(task, 'IsComplete')


def change(ews, item, *changes, **kw):
    return ews.update(item, *changes, kind='Task', send=None, **kw)


def status(value):
    return 'task:Status', '<t:Status>%s</t:Status>' % value


@pytest.fixture(params=['2007_SP1', '2010_SP2', '2019'])
def any_alice(request):
    if request.param == '2007_SP1':
        lab = request.getfixturevalue('lab_2007')
        return Ews(lab, version='Exchange2007_SP1')
    lab = request.getfixturevalue('lab')
    lab.settings(version=request.param)
    return Ews(lab)


def test_create_and_get(any_alice):
    item = any_alice.create_task(
        '<t:Subject>Tax</t:Subject><t:Sensitivity>Private</t:Sensitivity><t:Body BodyType="Text">all of it</t:Body>'
        '<t:Categories><t:String>Home</t:String></t:Categories><t:Importance>High</t:Importance>'
        '<t:ReminderDueBy>2024-05-30T07:30:00Z</t:ReminderDueBy><t:ReminderIsSet>true</t:ReminderIsSet>'
        '<t:ExtendedProperty>' + named('X-OWN') + '<t:Value>mine</t:Value></t:ExtendedProperty>'
        '<t:ActualWork>90</t:ActualWork><t:BillingInformation>4711</t:BillingInformation><t:Companies><t:String>Contoso</t:String>'
        '</t:Companies><t:Contacts><t:String>Bob</t:String><t:String>Öl &amp; Co</t:String></t:Contacts><t:DueDate>2024-05-31T21:32:52Z'
        '</t:DueDate><t:Mileage>12 km</t:Mileage><t:PercentComplete>25</t:PercentComplete><t:StartDate>2024-05-20T00:00:00Z'
        '</t:StartDate><t:Status>WaitingOnOthers</t:Status><t:TotalWork>480</t:TotalWork>')
    got = any_alice.get(item, extra=named('X-OWN'))
    assert got.tag.endswith('}Task') and text(got, 'ItemClass') == 'IPM.Task'
    for name, value in {'Subject': 'Tax', 'Sensitivity': 'Private', 'Body': 'all of it', 'Importance': 'High', 'ReminderIsSet': 'true',
                        'ReminderDueBy': '2024-05-30T07:30:00Z', 'ActualWork': '90', 'BillingInformation': '4711', 'Mileage': '12 km',
                        'TotalWork': '480', 'ChangeCount': '1', 'Owner': 'Alice Adams', 'DelegationState': 'NoMatch', 'IsTeamTask': 'false',
                        'IsRecurring': 'false', 'StatusDescription': 'Waiting on someone else',
                        'DueDate': '2024-05-31T00:00:00Z', 'StartDate': '2024-05-20T00:00:00Z'}.items():
        assert text(got, name) == value, name
    assert state(got) == ('WaitingOnOthers', '25', None, 'false')
    assert [c.text for c in got.find('t:Companies', NS)] == ['Contoso']
    assert [c.text for c in got.find('t:Contacts', NS)] == ['Bob', 'Öl & Co']
    assert got.find('t:ExtendedProperty/t:Value', NS).text == 'mine'


def test_an_empty_task(any_alice):
    got = any_alice.get(any_alice.create_task('<t:Subject>Nothing more</t:Subject>'))
    assert state(got) == ('NotStarted', '0', None, 'false')
    assert [text(got, n) for n in ('DueDate', 'StartDate', 'Recurrence', 'ReminderDueBy')] == [None] * 4
    assert text(got, 'ReminderIsSet') == 'false'


def test_days_are_those_of_the_requests_zone(lab):
    berlin, utc = Ews(lab, zone='W. Europe Standard Time'), Ews(lab)
    item = berlin.create_task('<t:Subject>x</t:Subject><t:DueDate>2024-05-31T23:30:00</t:DueDate>')
    assert text(berlin.get(item), 'DueDate') == '2024-05-31T00:00:00+02:00'
    assert text(utc.get(item), 'DueDate') == '2024-05-31T00:00:00Z'
    # the same instant is another day elsewhere
    item = utc.create_task('<t:Subject>x</t:Subject><t:DueDate>2024-05-31T23:30:00+02:00</t:DueDate>')
    assert text(utc.get(item), 'DueDate') == '2024-05-31T00:00:00Z'
    item = berlin.create_task('<t:Subject>x</t:Subject><t:DueDate>2024-05-31T23:30:00Z</t:DueDate>')
    assert text(utc.get(item), 'DueDate') == '2024-06-01T00:00:00Z'


def test_the_date_that_comes_last_pulls_the_other_along(alice):
    def dates(inner):
        got = alice.get(alice.create_task('<t:Subject>x</t:Subject>' + inner))
        return text(got, 'StartDate'), text(got, 'DueDate')
    day = '<t:{0}>2024-05-{1}T00:00:00Z</t:{0}>'.format
    assert dates(day('DueDate', '10') + day('StartDate', '20')) == (midnight('2024-05-20'), midnight('2024-05-20'))
    assert dates(day('StartDate', '20')) == (midnight('2024-05-20'), midnight('2024-05-20'))
    assert dates(day('DueDate', '10')) == (None, midnight('2024-05-10'))
    item = alice.create_task('<t:Subject>x</t:Subject>' + day('DueDate', '20') + day('StartDate', '10'))
    change(alice, item, ('task:DueDate', day('DueDate', '05')))
    got = alice.get(item)
    assert (text(got, 'StartDate'), text(got, 'DueDate')) == (midnight('2024-05-05'), midnight('2024-05-05'))


def test_status_percentage_and_date_of_completion_are_one_thing(any_alice):
    item = any_alice.create_task('<t:Subject>x</t:Subject><t:PercentComplete>50</t:PercentComplete>')
    assert state(any_alice.get(item)) == ('InProgress', '50', None, 'false')
    item = change(any_alice, item, status('Completed'))
    assert state(any_alice.get(item)) == ('Completed', '100', midnight(today()), 'true')
    item = change(any_alice, item, status('InProgress'))
    assert state(any_alice.get(item)) == ('InProgress', '0', None, 'false')
    item = change(any_alice, item, ('task:PercentComplete', '<t:PercentComplete>100</t:PercentComplete>'))
    assert state(any_alice.get(item)) == ('Completed', '100', midnight(today()), 'true')
    item = change(any_alice, item, ('task:CompleteDate', '<t:CompleteDate>2024-05-01T10:00:00Z</t:CompleteDate>'), status('Completed'))
    assert state(any_alice.get(item)) == ('Completed', '100', '2024-05-01T00:00:00Z', 'true')
    item = change(any_alice, item, ('task:CompleteDate', None))
    assert state(any_alice.get(item)) == ('NotStarted', '0', None, 'false')


def test_the_last_of_them_counts(alice):
    # the example of Microsoft's reference
    item = alice.create_task('<t:Subject>x</t:Subject><t:CompleteDate>2007-01-01T00:00:00Z</t:CompleteDate>'
                             '<t:PercentComplete>100</t:PercentComplete><t:Status>NotStarted</t:Status>')
    assert state(alice.get(item)) == ('NotStarted', '0', None, 'false')
    item = alice.create_task('<t:Subject>x</t:Subject><t:CompleteDate>2007-01-01T00:00:00Z</t:CompleteDate>'
                             '<t:PercentComplete>100</t:PercentComplete><t:Status>Completed</t:Status>')
    assert state(alice.get(item)) == ('Completed', '100', '2007-01-01T00:00:00Z', 'true')
    item = alice.create_task('<t:Subject>x</t:Subject><t:PercentComplete>40</t:PercentComplete><t:Status>Deferred</t:Status>')
    assert state(alice.get(item)) == ('Deferred', '40', None, 'false')


def test_what_is_refused(any_alice):
    def create(inner, folder='tasks'):
        return code_of(any_alice.create_task, '<t:Subject>x</t:Subject>' + inner, folder=folder)
    assert create('<t:PercentComplete>101</t:PercentComplete>') == 'ErrorInvalidPercentCompleteValue'
    assert create('<t:PercentComplete>NaN</t:PercentComplete>') == 'ErrorInvalidPercentCompleteValue'
    assert create('<t:CompleteDate>%sT12:00:00Z</t:CompleteDate>' % today(2)) == 'ErrorInvalidCompleteDate'
    assert create('', folder='calendar') == 'ErrorCannotCreateTaskInNonTaskFolder'
    for read_only in ('<t:IsComplete>true</t:IsComplete>', '<t:IsRecurring>true</t:IsRecurring>', '<t:Owner>Bob</t:Owner>',
                      '<t:ChangeCount>5</t:ChangeCount>', '<t:StatusDescription>y</t:StatusDescription>',
                      '<t:DelegationState>Owned</t:DelegationState>', '<t:Delegator>Bob</t:Delegator>'):
        assert create(read_only) == 'ErrorInvalidPropertySet', read_only
    assert create(DAILY.replace('<t:Interval>1<', '<t:Interval>0<')) == 'ErrorCalendarInvalidRecurrence'
    assert create(REGENERATING.replace('<t:Interval>1<', '<t:Interval>0<')) == 'ErrorCalendarInvalidRecurrence'
    assert create('<t:Status>Done</t:Status>') == 'ErrorSchemaValidation'
    assert code_of(any_alice.create, '<t:Subject>x</t:Subject>', folder='tasks') == 'ErrorCannotCreateCalendarItemInNonCalendarFolder'


def test_deleting_needs_to_know_which_occurrences(any_alice):
    item = any_alice.create_task('<t:Subject>x</t:Subject>')
    assert [c for _, c in any_alice.delete(item)] == ['ErrorAffectedTaskOccurrencesRequired']
    assert [c for _, c in any_alice.delete(item, tasks='SpecifiedOccurrenceOnly')] == ['ErrorCannotDeleteTaskOccurrence']
    assert [c for _, c in any_alice.delete(item, tasks='AllOccurrences')] == ['NoError']
    assert code_of(any_alice.get, item) == 'ErrorItemNotFound'


def test_change_keys_conflict(alice):
    old = alice.create_task('<t:Subject>x</t:Subject>')
    change(alice, old, ('item:Subject', '<t:Subject>y</t:Subject>'))
    assert code_of(change, alice, old, ('item:Subject', '<t:Subject>z</t:Subject>')) == 'ErrorIrresolvableConflict'


def test_sync_move_copy_find(any_alice):
    a = any_alice
    m = a.call('<m:CreateFolder><m:ParentFolderId>%s</m:ParentFolderId><m:Folders><t:TasksFolder><t:DisplayName>Garden</t:DisplayName>'
               '</t:TasksFolder></m:Folders></m:CreateFolder>' % folder_xml('tasks'))
    garden = m.find('.//t:FolderId', NS).get('Id')
    sync_state, changes, _ = a.sync(folder='tasks', shape='AllProperties')
    assert changes == []
    one, two = (a.create_task('<t:Subject>%s</t:Subject><t:DueDate>2024-05-0%dT00:00:00Z</t:DueDate>' % (s, i))
                for i, s in ((2, 'one'), (1, 'two')))
    sync_state, changes, _ = a.sync(sync_state, folder='tasks', shape='AllProperties')
    assert {(kind, text(t, 'Subject')) for kind, _, t in changes} == {('Create', 'one'), ('Create', 'two')}
    assert all(t.tag.endswith('}Task') for _, _, t in changes)
    m = a.call('<m:MoveItem><m:ToFolderId>%s</m:ToFolderId><m:ItemIds><t:ItemId Id="%s"/></m:ItemIds></m:MoveItem>'
               % (folder_xml(garden), one[0]))
    assert m.find('.//t:Task', NS) is not None and item_id(m)[0] != one[0]
    sync_state, changes, _ = a.sync(sync_state, folder='tasks')
    assert [(kind, i) for kind, i, _ in changes] == [('Delete', one[0])]
    a.call('<m:CopyItem><m:ToFolderId>%s</m:ToFolderId><m:ItemIds><t:ItemId Id="%s"/></m:ItemIds></m:CopyItem>'
           % (folder_xml(garden), two[0]))
    m = a.call('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:SortOrder>'
               '<t:FieldOrder Order="Ascending"><t:FieldURI FieldURI="task:DueDate"/></t:FieldOrder></m:SortOrder><m:ParentFolderIds>%s'
               '</m:ParentFolderIds></m:FindItem>' % folder_xml(garden))
    assert [text(t, 'Subject') for t in m.find('.//t:Items', NS)] == ['two', 'one']
    assert text(m.find('.//t:Task', NS), 'DueDate') == midnight('2024-05-01')


# --- recurring tasks ---------------------------------------------------------------------------------

def all_tasks(ews):
    _, changes, _ = ews.sync(folder='tasks', shape='AllProperties')
    return [ews.get((i, None)) for _, i, _ in changes]


def test_a_recurring_task_is_due_on_its_first_day(any_alice):
    got = any_alice.get(any_alice.create_task('<t:Subject>x</t:Subject>' + MONDAYS.replace('2024-05-06', '2024-05-04')))
    assert text(got, 'IsRecurring') == 'true' and text(got, 'DueDate') == midnight('2024-05-06') and text(got, 'StartDate') is None
    assert got.findtext('t:Recurrence/t:NoEndRecurrence/t:StartDate', None, NS).startswith('2024-05-06')


def test_completing_an_occurrence_leaves_it_behind(any_alice):
    item = any_alice.create_task(
        '<t:Subject>Rubbish</t:Subject><t:ReminderDueBy>2024-05-05T18:00:00Z</t:ReminderDueBy><t:ReminderIsSet>true</t:ReminderIsSet>'
        '<t:DueDate>2024-05-07T00:00:00Z</t:DueDate>' + MONDAYS + '<t:StartDate>2024-05-06T00:00:00Z</t:StartDate>')
    done = change(any_alice, item, status('Completed'))
    assert done[0] != item[0]
    was = any_alice.get(done)
    assert (text(was, 'Subject'), text(was, 'IsRecurring'), text(was, 'Recurrence')) == ('Rubbish', 'false', None)
    assert state(was) == ('Completed', '100', midnight(today()), 'true')
    assert (text(was, 'StartDate'), text(was, 'DueDate')) == (midnight('2024-05-06'), midnight('2024-05-07'))
    assert text(was, 'ReminderIsSet') == 'false'
    now = any_alice.get((item[0], None))
    assert state(now) == ('NotStarted', '0', None, 'false') and text(now, 'IsRecurring') == 'true'
    assert (text(now, 'StartDate'), text(now, 'DueDate')) == (midnight('2024-05-13'), midnight('2024-05-14'))
    # its distance in days stays; it has passed, so it is not on
    assert (text(now, 'ReminderDueBy'), text(now, 'ReminderIsSet')) == ('2024-05-12T18:00:00Z', 'false')
    assert text(now, 'ChangeCount') == '2'
    assert len(all_tasks(any_alice)) == 2


def test_what_a_stranger_saw_of_recurring_tasks(alice):
    # the numbers are those that the tests of a widely used client library expect of Exchange itself
    item = alice.create_task('<t:Subject>x</t:Subject>' + DAILY)
    one_off = change(alice, item, ('task:Recurrence', DAILY.replace('2016-01-01', '2016-02-01')))
    assert text(alice.get(one_off), 'IsRecurring') == 'false' and len(all_tasks(alice)) == 2
    master = alice.get((item[0], None))
    number = 't:Recurrence/t:NumberedRecurrence/t:NumberOfOccurrences'
    assert (text(master, 'ChangeCount'), text(master, 'DueDate'), master.findtext(number, None, NS)) == ('2', midnight('2016-01-02'), '3')
    change(alice, item_id(master.getparent()), status('Completed'))
    master = alice.get((item[0], None))
    assert (text(master, 'ChangeCount'), text(master, 'DueDate'), master.findtext(number, None, NS)) == ('3', midnight('2016-02-01'), '2')
    assert len(all_tasks(alice)) == 3


def test_regenerating_tasks_count_from_completion(alice):
    item = alice.create_task('<t:Subject>x</t:Subject>' + REGENERATING)
    assert text(alice.get(item), 'DueDate') == midnight('2016-01-01')
    same = change(alice, item, ('task:Recurrence', REGENERATING.replace('2016-01-01', '2016-01-02')))
    assert same[0] == item[0] and len(all_tasks(alice)) == 1
    done = change(alice, same, status('Completed'))
    assert done[0] != item[0] and len(all_tasks(alice)) == 2
    master = alice.get((item[0], None))
    assert (text(master, 'ChangeCount'), text(master, 'DueDate')) == ('2', midnight(today(1)))
    assert master.findtext('t:Recurrence/t:NumberedRecurrence/t:NumberOfOccurrences', None, NS) == '3'
    assert master.find('t:Recurrence/t:DailyRegeneration', NS) is not None


@pytest.mark.parametrize('unit, completed, next_due', [
    ('DailyRegeneration', '2024-01-30', '2024-02-01'), ('WeeklyRegeneration', '2024-01-30', '2024-02-13'),
    ('MonthlyRegeneration', '2023-12-31', '2024-02-29'), ('YearlyRegeneration', '2024-02-29', '2026-02-28')])
def test_units_of_regeneration(alice, unit, completed, next_due):
    item = alice.create_task('<t:Subject>x</t:Subject>' + DAILY.replace('DailyRecurrence', unit).replace('<t:Interval>1', '<t:Interval>2'))
    change(alice, item, ('task:CompleteDate', '<t:CompleteDate>%sT00:00:00Z</t:CompleteDate>' % completed))
    assert text(alice.get((item[0], None)), 'DueDate') == midnight(next_due)


def test_the_last_occurrence_is_completed_itself(alice):
    item = alice.create_task('<t:Subject>x</t:Subject>' + DAILY.replace('>4<', '>1<'))
    done = change(alice, item, status('Completed'))
    assert done[0] == item[0] and state(alice.get(done))[0] == 'Completed' and len(all_tasks(alice)) == 1
    until = DAILY.replace('NumberedRecurrence', 'EndDateRecurrence').replace(
        '<t:NumberOfOccurrences>4</t:NumberOfOccurrences>', '<t:EndDate>2016-01-02</t:EndDate>')
    item = alice.create_task('<t:Subject>y</t:Subject>' + until)
    assert change(alice, item, status('Completed'))[0] != item[0]
    assert change(alice, (item[0], None), status('Completed'), resolution='AlwaysOverwrite')[0] == item[0]


def test_a_moved_occurrence_is_a_task_of_its_own(alice):
    item = alice.create_task('<t:Subject>x</t:Subject><t:DueDate>2024-05-06T00:00:00Z</t:DueDate>' + MONDAYS)
    moved = change(alice, item, ('task:DueDate', '<t:DueDate>2024-05-08T00:00:00Z</t:DueDate>'))
    assert moved[0] != item[0] and text(alice.get(moved), 'DueDate') == midnight('2024-05-08')
    assert text(alice.get((item[0], None)), 'DueDate') == midnight('2024-05-13')
    assert state(alice.get(moved))[0] == 'NotStarted'
    # a task that stops recurring and gets another day stays one task
    plain = change(alice, (item[0], None), ('task:Recurrence', None), ('task:DueDate', '<t:DueDate>2024-06-01T00:00:00Z</t:DueDate>'),
                   resolution='AlwaysOverwrite')
    assert plain[0] == item[0] and text(alice.get(plain), 'IsRecurring') == 'false' and len(all_tasks(alice)) == 2


def test_other_changes_touch_no_occurrence(alice):
    item = alice.create_task('<t:Subject>x</t:Subject>' + DAILY)
    again = change(alice, item, ('item:Subject', '<t:Subject>y</t:Subject>'), ('task:Recurrence', DAILY), status('InProgress'),
                   ('task:DueDate', '<t:DueDate>2016-01-01T00:00:00Z</t:DueDate>'))
    assert again[0] == item[0] and len(all_tasks(alice)) == 1 and text(alice.get(again), 'ChangeCount') == '1'


def test_deleting_one_occurrence(any_alice):
    item = any_alice.create_task('<t:Subject>x</t:Subject>' + DAILY.replace('>4<', '>2<'))
    assert [c for _, c in any_alice.delete(item, tasks='SpecifiedOccurrenceOnly')] == ['NoError']
    assert text(any_alice.get((item[0], None)), 'DueDate') == midnight('2016-01-02') and len(all_tasks(any_alice)) == 1
    assert [c for _, c in any_alice.delete((item[0], None), tasks='SpecifiedOccurrenceOnly')] == ['ErrorCannotDeleteTaskOccurrence']
    assert [c for _, c in any_alice.delete((item[0], None), tasks='AllOccurrences')] == ['NoError']
    assert all_tasks(any_alice) == []


def test_a_reminder_without_time_is_on_the_morning_of_the_day(alice):
    item = alice.create_task('<t:Subject>x</t:Subject><t:ReminderIsSet>true</t:ReminderIsSet><t:DueDate>2024-05-06T00:00:00Z</t:DueDate>')
    assert text(alice.get(item), 'ReminderDueBy') == '2024-05-06T08:00:00Z'


def test_shapes(alice):
    item = alice.create_task('<t:Subject>x</t:Subject>' + DAILY)
    names = [e.tag.split('}')[1] for e in alice.get(item, shape='Default')]
    assert {'Subject', 'DueDate', 'PercentComplete', 'Status'} <= set(names) and 'Owner' not in names
    got = alice.get(item, shape='IdOnly', extra=fields('task:Recurrence', 'task:IsRecurring'))
    assert [e.tag.split('}')[1] for e in got] == ['ItemId', 'IsRecurring', 'Recurrence']
