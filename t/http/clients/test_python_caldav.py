# SPDX-License-Identifier: Apache-2.0
"""python3-caldav, a client library that many scripts are written with."""
import uuid
from datetime import date, datetime, timezone

import pytest
from dav import event

caldav = pytest.importorskip('caldav', reason='python3-caldav is not installed (make deps)')


@pytest.fixture
def calendar(gateway):
    client = caldav.DAVClient(gateway.url + '/dav/', username='alice', password='excal')
    calendar = client.principal().make_calendar(name='Lab ' + uuid.uuid4().hex[:8])
    yield calendar
    calendar.delete()


def test_discovery(gateway):
    client = caldav.DAVClient(gateway.url + '/', username='alice', password='excal')
    principal = client.principal()
    names = [str(c.url) for c in principal.calendars()]
    assert any('/dav/calendars/alice' in n and n.endswith('/calendar/') for n in names), names


def test_events(calendar):
    uids = [uuid.uuid4().hex for _ in range(3)]
    for i, u in enumerate(uids):
        calendar.save_event(event(u, 'Event %d' % i, '2027030%dT100000Z' % (i + 1), '2027030%dT110000Z' % (i + 1)))
    assert len(calendar.events()) == 3
    found = calendar.event_by_uid(uids[1])
    assert 'Event 1' in found.data
    hits = calendar.date_search(start=datetime(2027, 3, 2, tzinfo=timezone.utc), end=datetime(2027, 3, 3, tzinfo=timezone.utc), expand=False)
    assert [uids[1] in h.data for h in hits] == [True]
    found.data = found.data.replace('Event 1', 'Event one')
    found.save()
    assert 'Event one' in calendar.event_by_uid(uids[1]).data
    found.delete()
    assert len(calendar.events()) == 2
    with pytest.raises(caldav.error.NotFoundError):
        calendar.event_by_uid(uids[1])


def test_expanded_series(calendar):
    u = uuid.uuid4().hex
    calendar.save_event(event(u, 'Weekly', '20270301T090000', '20270301T100000', 'RRULE:FREQ=WEEKLY;COUNT=6', zone='Europe/Berlin'))
    hits = calendar.date_search(start=datetime(2027, 3, 7, tzinfo=timezone.utc), end=datetime(2027, 3, 23, tzinfo=timezone.utc), expand=True)
    data = ''.join(h.data for h in hits)
    assert data.count('BEGIN:VEVENT') == 3 and 'RRULE' not in data


def test_sync_token(calendar):
    for i in range(3):
        calendar.save_event(event(uuid.uuid4().hex, 'S%d' % i))
    objects = calendar.objects(load_objects=True)
    assert len(list(objects)) == 3
    calendar.save_event(event(uuid.uuid4().hex, 'S3'))
    list(objects)[0].delete()
    updated, deleted = objects.sync()
    assert len(list(updated)) == 1 and len(list(deleted)) == 1
    with pytest.raises(caldav.error.DAVError):
        calendar.objects_by_sync_token(sync_token='http://nonsense/1')


def test_freebusy(calendar):
    calendar.save_event(event(uuid.uuid4().hex, 'Busy', '20270302T100000Z', '20270302T110000Z'))
    fb = calendar.freebusy_request(datetime(2027, 3, 2, tzinfo=timezone.utc), datetime(2027, 3, 3, tzinfo=timezone.utc))
    assert '20270302T100000Z/' in fb.data.replace('PT1H', '') or '20270302T100000Z/20270302T110000Z' in fb.data


def test_freebusy_of_others(gateway, monkeypatch):
    """The question in the outbox as this library asks it, with ORGANIZER and ATTENDEEs of its own making. It has no reader for the
    answer of RFC 6638 10.2 (it looks for a multistatus): that is read here."""
    bob = caldav.DAVClient(gateway.url + '/dav/', username='bob', password='excal').principal()
    theirs = next(c for c in bob.calendars() if str(c.url).endswith('/calendar/'))
    uid = uuid.uuid4().hex
    theirs.save_event(event(uid, 'Busy', '20270419T100000Z', '20270419T110000Z'))
    answers = []
    post = caldav.DAVClient.post

    def keep(*args, **kw):
        answers.append(post(*args, **kw))
        return answers[-1]
    monkeypatch.setattr(caldav.DAVClient, 'post', keep)
    try:
        alice = caldav.DAVClient(gateway.url + '/dav/', username='alice', password='excal').principal()
        alice.freebusy_request(datetime(2027, 4, 19, tzinfo=timezone.utc), datetime(2027, 4, 20, tzinfo=timezone.utc),
                               ['mailto:bob@contoso.example', 'mailto:nobody@contoso.example'])
        assert answers[0].status == 200
        rows = {r.findtext('.//{DAV:}href'): r for r in answers[0].tree.iter('{urn:ietf:params:xml:ns:caldav}response')}
        status, data = '{urn:ietf:params:xml:ns:caldav}request-status', '{urn:ietf:params:xml:ns:caldav}calendar-data'
        assert '20270419T100000Z/20270419T110000Z' in rows['mailto:bob@contoso.example'].findtext(data)
        assert rows['mailto:bob@contoso.example'].findtext(status).startswith('2.0')
        assert rows['mailto:nobody@contoso.example'].findtext(status).startswith('3.7')
    finally:
        theirs.event_by_uid(uid).delete()


@pytest.fixture
def tasks(gateway):
    client = caldav.DAVClient(gateway.url + '/dav/', username='alice', password='excal')
    tasks = client.principal().make_calendar(name='Tasks ' + uuid.uuid4().hex[:8], supported_calendar_component_set=['VTODO'])
    yield tasks
    tasks.delete()


def test_todos(tasks):
    tasks.save_todo(summary='Tax', due=date(2027, 5, 31), priority=1)
    tasks.save_todo(summary='Garden', dtstart=datetime(2027, 5, 1, tzinfo=timezone.utc), due=datetime(2027, 5, 2, tzinfo=timezone.utc))
    assert sorted(t.icalendar_component['SUMMARY'] for t in tasks.todos()) == ['Garden', 'Tax']
    tax = [t for t in tasks.todos() if t.icalendar_component['SUMMARY'] == 'Tax'][0]
    tax.complete()
    assert [t.icalendar_component['SUMMARY'] for t in tasks.todos()] == ['Garden']
    everything = {t.icalendar_component['SUMMARY']: t for t in tasks.todos(include_completed=True)}
    assert sorted(everything) == ['Garden', 'Tax'] and 'STATUS:COMPLETED' in everything['Tax'].data
    tax.uncomplete()
    assert len(tasks.todos()) == 2
    found = tasks.search(todo=True, start=datetime(2027, 5, 30, tzinfo=timezone.utc), end=datetime(2027, 6, 2, tzinfo=timezone.utc))
    assert [t.icalendar_component['SUMMARY'] for t in found] == ['Tax']
    tax.delete()
    assert len(tasks.todos(include_completed=True)) == 1


def test_recurring_todo(tasks):
    """The library makes the completed occurrence and the next one itself."""
    todo = tasks.save_todo(summary='Rubbish', dtstart=date(2026, 5, 4), due=date(2026, 5, 5), rrule={'FREQ': 'WEEKLY', 'COUNT': 3})
    todo.complete(handle_rrule=True, rrule_mode='safe')
    open_ones = tasks.todos()
    assert [t.icalendar_component['SUMMARY'] for t in open_ones] == ['Rubbish'] and 'DUE;VALUE=DATE:20260505' not in open_ones[0].data
    assert len(tasks.todos(include_completed=True)) == 2


def test_the_task_list_of_a_mailbox(gateway):
    client = caldav.DAVClient(gateway.url + '/dav/', username='alice', password='excal')
    [tasks] = [c for c in client.principal().calendars() if str(c.url).endswith('/tasks/')]
    assert tasks.get_supported_components() == ['VTODO']
