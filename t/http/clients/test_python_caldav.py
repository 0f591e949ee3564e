# SPDX-License-Identifier: Apache-2.0
"""python3-caldav, a client library that many scripts are written with."""
import uuid
from datetime import datetime, timezone

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
