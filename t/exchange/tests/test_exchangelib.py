# SPDX-License-Identifier: Apache-2.0
"""A client that was written against the real thing: Debian's python3-exchangelib."""
import datetime
import logging
from decimal import Decimal

import pytest

from labserver import Lab

exchangelib = pytest.importorskip('exchangelib', reason='python3-exchangelib is not installed')
from exchangelib import (BASIC, DELEGATE, Account, CalendarItem, Configuration, Credentials,  # noqa: E402
                         EWSDate, EWSDateTime, EWSTimeZone, FileAttachment, ItemAttachment, Message, Q, Task)
from exchangelib.errors import ErrorFolderNotFound, ErrorNoFreeBusyAccess  # noqa: E402
from exchangelib.folders import Calendar, FolderCollection, SingleFolderQuerySet  # noqa: E402
from exchangelib.items import ASSOCIATED, SEND_TO_NONE  # noqa: E402
from exchangelib.properties import DistinguishedFolderId, Mailbox  # noqa: E402
from exchangelib.recurrence import DailyPattern, Recurrence, TaskRecurrence, WeeklyPattern  # noqa: E402

BERLIN = EWSTimeZone('Europe/Berlin')


@pytest.fixture(autouse=True)
def quiet():
    logging.getLogger('exchangelib').setLevel(logging.ERROR)


@pytest.fixture(scope='module', params=['2010_SP2', '2013_SP1', '2016', '2019'])
def server(request):
    lab = Lab(version=request.param).start()
    yield lab
    lab.stop()


@pytest.fixture
def account(server):
    server.reset()
    config = Configuration(service_endpoint=server.ews_url, credentials=Credentials('alice', 'excal'), auth_type=BASIC)
    return Account('alice@contoso.example', config=config, autodiscover=False, access_type=DELEGATE, default_timezone=BERLIN)


def at(day, hour, month=5):
    return EWSDateTime(2024, month, day, hour, 0, tzinfo=BERLIN)


def make(account, subject='Lunch', **more):
    fields = dict(start=at(6, 12), end=at(6, 13), body='With Zoë', categories=['Work'], location='Café',
                  sensitivity='Private', reminder_is_set=False)
    fields.update(more)
    return CalendarItem(account=account, folder=account.calendar, subject=subject, **fields).save(send_meeting_invitations=SEND_TO_NONE)


def test_create_list_change_delete(account):
    made = make(account)
    got, = account.calendar.all()
    assert (got.subject, got.location, got.categories, got.sensitivity) == ('Lunch', 'Café', ['Work'], 'Private')
    assert (got.start, got.end) == (at(6, 12), at(6, 13)) and 'With Zoë' in str(got.body)
    assert got.id == made.id
    got.subject = 'Dinner'
    got.start, got.end = at(6, 19), at(6, 20)
    got.save(send_meeting_invitations=SEND_TO_NONE)
    again = account.calendar.get(subject='Dinner')
    assert again.start == at(6, 19) and again.changekey != made.changekey
    again.delete(send_meeting_cancellations=SEND_TO_NONE)
    assert account.calendar.all().count() == 0


def test_find_and_view(account):
    for hour in (8, 10, 12):
        make(account, subject='at %d' % hour, start=at(7, hour), end=at(7, hour + 1))
    assert [i.subject for i in account.calendar.view(start=at(7, 9), end=at(7, 11))] == ['at 10']
    assert [i.subject for i in account.calendar.filter(start__gt=at(7, 9)).order_by('-start')] == ['at 12', 'at 10']
    assert account.calendar.filter(subject__startswith='at 1').count() == 2


def test_series(account):
    make(account, subject='Staff', recurrence=Recurrence(pattern=WeeklyPattern(interval=1, weekdays=['Monday']),
                                                         start=datetime.date(2024, 5, 6), number=5))
    shown = list(account.calendar.view(start=at(1, 0), end=at(1, 0, 7)))
    assert [i.start for i in shown] == [at(6, 12), at(13, 12), at(20, 12), at(27, 12), at(3, 12, 6)]
    master = account.calendar.get(subject='Staff')
    third = master.occurrence(index=3)
    third.refresh()
    third.start, third.end = at(21, 9), at(21, 10)
    third.save(update_fields=['start', 'end'], send_meeting_invitations=SEND_TO_NONE)
    master.occurrence(index=2).delete(send_meeting_cancellations=SEND_TO_NONE)
    master.refresh()
    assert [(o.start, o.original_start) for o in master.modified_occurrences] == [(at(21, 9), at(20, 12))]
    assert [d.start for d in master.deleted_occurrences] == [at(13, 12)]
    assert (master.first_occurrence.start, master.last_occurrence.start) == (at(6, 12), at(3, 12, 6))
    assert master.recurrence.boundary.number == 5


def test_sync(account):
    first = make(account)
    calendar = account.calendar
    assert [(kind, i.id) for kind, i in calendar.sync_items()] == [('create', first.id)]
    second = make(account, subject='second')
    first.refresh()
    first.subject = 'changed'
    first.save(update_fields=['subject'], send_meeting_invitations=SEND_TO_NONE)
    changes = {(kind, i.id) for kind, i in calendar.sync_items()}
    assert changes == {('create', second.id), ('update', first.id)}
    there = second.id
    second.delete(send_meeting_cancellations=SEND_TO_NONE)
    (kind, gone), = calendar.sync_items()
    assert kind == 'delete' and gone.id == there
    assert list(calendar.sync_items()) == []


def test_directory_and_zones(account):
    assert [m.email_address for m in account.protocol.resolve_names(['bob'])] == ['bob@contoso.example']
    zones = {z.id: z for z in account.protocol.get_timezones(return_full_timezone_data=True)}
    assert len(zones) >= 139
    standard, daylight, period = zones['W. Europe Standard Time'].get_std_and_dst(2024)
    assert (standard.iso_month, daylight.iso_month, period.bias) == (10, 3, datetime.timedelta(hours=-1))
    for zone in zones.values():
        zone.get_std_and_dst(2024)


def test_seeded_calendar(account, server):
    server.seed('alice', 200)
    everything = list(account.calendar.all())
    assert len(everything) == 200
    masters = [i for i in everything if i.type == 'RecurringMaster']
    assert masters and all(m.recurrence for m in masters)
    assert any(i.required_attendees for i in everything)


# --- tasks ------------------------------------------------------------------------------------------

def test_tasks(account):
    """The life of a task as this library's own tests know it from Exchange."""
    task = Task(account=account, folder=account.tasks, subject='Tax', due_date=EWSDate(2024, 5, 31), start_date=EWSDate(2024, 5, 20),
                status='InProgress', percent_complete=Decimal(25), categories=['Home'], companies=['Contoso']).save()
    got, = account.tasks.all()
    assert (got.subject, got.due_date, got.start_date) == ('Tax', EWSDate(2024, 5, 31), EWSDate(2024, 5, 20))
    assert (got.status, got.percent_complete, got.is_complete, got.companies) == ('InProgress', 25, False, ['Contoso'])
    got.subject = 'Tax return'
    got.save()
    got.complete()
    got.refresh()
    assert (got.status, got.percent_complete, got.is_complete) == ('Completed', 100, True) and got.complete_date
    assert got.id == task.id and got.subject == 'Tax return'
    got.delete()
    assert account.tasks.all().count() == 0


def test_recurring_tasks(account):
    start = EWSDate(2016, 1, 1)
    master = Task(account=account, folder=account.tasks, subject='Rubbish',
                  recurrence=TaskRecurrence(pattern=DailyPattern(interval=1), start=start, number=4)).save()
    master.refresh()
    assert master.is_recurring is True and master.change_count == 1
    name = master.id  # saving makes the object the occurrence that was left behind
    master.recurrence.boundary.start = EWSDate(2016, 2, 1)
    done = master.save()
    assert account.tasks.all().count() == 2
    master = account.tasks.get(id=name)
    assert (master.change_count, master.due_date, master.recurrence.boundary.number) == (2, EWSDate(2016, 1, 2), 3)
    master.status = 'Completed'
    master.save()
    master = account.tasks.get(id=name)
    assert (master.change_count, master.due_date, master.recurrence.boundary.number) == (3, EWSDate(2016, 2, 1), 2)
    assert done.id != name and account.tasks.filter(is_recurring=False).count() == 2


def test_file_attachments_of_a_task(account):
    task = Task(account=account, folder=account.tasks, subject='Tax').save()
    task.attach(FileAttachment(name='sum.txt', content=b'1 + 1'))
    got = account.tasks.get(subject='Tax')
    assert [(a.name, a.content) for a in got.attachments] == [('sum.txt', b'1 + 1')]
    got.detach(got.attachments[0])
    assert account.tasks.get(subject='Tax').attachments == []


def test_an_item_attachment(account):
    event = make(account, subject='Lunch')
    inner = Message(account=account, folder=account.drafts, subject='Agenda', body='one')
    event.attach(ItemAttachment(name='agenda', item=inner))
    got = account.calendar.get(subject='Lunch')
    attachment, = got.attachments
    assert attachment.item.subject == 'Agenda' and 'one' in str(attachment.item.body)


# --- other people ----------------------------------------------------------------------------------

def as_user(server, user, mailbox):
    config = Configuration(service_endpoint=server.ews_url, credentials=Credentials(user, 'excal'), auth_type=BASIC)
    return Account('%s@contoso.example' % mailbox, config=config, autodiscover=False, access_type=DELEGATE, default_timezone=BERLIN)


def shared_calendar(account, owner='alice'):
    """The way for who has no more than the calendar: the mailbox's root is closed to him."""
    where = DistinguishedFolderId(id=Calendar.DISTINGUISHED_FOLDER_ID, mailbox=Mailbox(email_address=owner + '@contoso.example'))
    found = SingleFolderQuerySet(account=account, folder=where).resolve()
    if isinstance(found, Exception):
        raise found
    found.is_distinguished = False  # else it takes the account's own for it
    return found


def test_a_calendar_of_somebody_else(server, account):
    make(account)
    make(account, 'Standup', sensitivity='Normal')
    with pytest.raises(ErrorFolderNotFound):
        shared_calendar(as_user(server, 'bob', 'bob'))
    server.share('alice', 'bob', 'Editor')
    bob = as_user(server, 'bob', 'bob')
    calendar = shared_calendar(bob)
    assert isinstance(calendar, Calendar) and calendar.effective_rights.create_contents and not calendar.effective_rights.modify
    assert sorted(i.subject for i in calendar.all()) == ['Private Appointment', 'Standup']
    CalendarItem(account=bob, folder=calendar, subject='By Bob', start=at(7, 9), end=at(7, 10)).save(send_meeting_invitations=SEND_TO_NONE)
    made = account.calendar.get(subject='By Bob')
    assert made.organizer.email_address == 'alice@contoso.example'
    with pytest.raises(ErrorFolderNotFound):
        as_user(server, 'bob', 'alice').calendar.refresh()
    server.full_access('alice', 'bob')
    assert sorted(i.subject for i in as_user(server, 'bob', 'alice').calendar.all()) == ['By Bob', 'Lunch', 'Standup']


def test_permission_sets(server, account):
    found = account.calendar.permission_set.calendar_permissions
    assert [(p.user_id.distinguished_user, p.calendar_permission_level) for p in found] == [('Default', 'FreeBusyTimeOnly'), ('Anonymous', 'None')]
    # this client reads access lists; what it writes of them is against the schema
    server.share('alice', 'bob', 'Author')
    account.calendar.refresh()
    last = account.calendar.permission_set.calendar_permissions[-1]
    assert (last.user_id.display_name, last.calendar_permission_level, last.edit_items, last.read_items) == \
        ('Bob Brown', 'Author', 'Owned', 'FullDetails')


def test_free_and_busy(server, account):
    make(account)
    bob = as_user(server, 'bob', 'bob')

    def info(view='DetailedMerged'):
        answer, = bob.protocol.get_free_busy_info(accounts=[('alice@contoso.example', 'Required', False)], start=at(6, 0), end=at(7, 0),
                                                  merged_free_busy_interval=60, requested_view=view)
        return answer
    got = info()
    assert (got.view_type, got.merged) == ('FreeBusyMerged', '0' * 12 + '2' + '0' * 11)
    # times of the answer are on the clock of the request's zone, without offset
    assert [(str(e.start), e.busy_type, e.details) for e in got.calendar_events] == [('2024-05-06 12:00:00', 'Busy', None)]
    assert got.working_hours[0].weekdays == [1, 2, 3, 4, 5]
    server.share('alice', 'bob', 'FreeBusyTimeAndSubjectAndLocation')
    details = info().calendar_events[0].details
    assert details.is_private and not details.subject
    server.share('alice', 'bob', 'None')
    with pytest.raises(ErrorNoFreeBusyAccess):
        info()


def test_rooms_and_lists(account):
    lists = list(account.protocol.get_roomlists())
    assert [r.email_address for r in lists] == ['rooms@contoso.example', 'annex@contoso.example']
    assert [r.email_address for r in account.protocol.get_rooms('annex@contoso.example')] == ['room2@contoso.example']
    assert [m.email_address for m in account.protocol.expand_dl('team@contoso.example')] == \
        ['alice@contoso.example', 'bob@contoso.example', 'carol@contoso.example']


def test_public_folders(account):
    root = account.public_folders_root
    holidays = root / 'All Staff' / 'Holidays'
    assert isinstance(holidays, Calendar) or holidays.folder_class == 'IPF.Appointment'
    CalendarItem(account=account, folder=holidays, subject='New year', start=at(1, 0, 1), end=at(2, 0, 1)).save(send_meeting_invitations=SEND_TO_NONE)
    assert [i.subject for i in holidays.all()] == ['New year']
    assert sorted(f.name for f in root.children) == ['All Staff', 'Projects']


def test_shortcuts_of_outlook(server, account):
    server.share('bob', 'alice', link=1)
    views = account.root / 'Common Views'
    found = FolderCollection(account=account, folders=[views]).find_items(q=Q(), shape='Default', depth=ASSOCIATED)
    assert sorted(i.subject for i in found) == ['Bob Brown', 'Calendar', 'My Calendars', "People's Calendars"]
