# SPDX-License-Identifier: Apache-2.0
"""Meetings between two accounts of a client that was written for the real thing: Debian's python3-exchangelib."""
import datetime
import logging

import pytest

from labserver import Lab

exchangelib = pytest.importorskip('exchangelib', reason='python3-exchangelib is not installed')
from exchangelib import (BASIC, DELEGATE, Account, CalendarItem, Configuration, Credentials,  # noqa: E402
                         EWSDateTime, EWSTimeZone)
from exchangelib.items import (SEND_ONLY_TO_ALL, SEND_TO_ALL_AND_SAVE_COPY, MeetingCancellation,  # noqa: E402
                               MeetingRequest, MeetingResponse)
from exchangelib.recurrence import Recurrence, WeeklyPattern  # noqa: E402

BERLIN = EWSTimeZone('Europe/Berlin')


@pytest.fixture(autouse=True)
def quiet():
    logging.getLogger('exchangelib').setLevel(logging.ERROR)


@pytest.fixture(scope='module', params=['2010_SP2', '2013_SP1', '2019'])
def server(request):
    lab = Lab(version=request.param).start()
    yield lab
    lab.stop()


def account(server, who):
    config = Configuration(service_endpoint=server.ews_url, credentials=Credentials(who, 'excal'), auth_type=BASIC)
    return Account(who + '@contoso.example', config=config, autodiscover=False, access_type=DELEGATE, default_timezone=BERLIN)


@pytest.fixture
def alice(server):
    server.reset()
    return account(server, 'alice')


@pytest.fixture
def bob(server):
    return account(server, 'bob')


def at(day, hour):
    return EWSDateTime(2024, 5, day, hour, 0, tzinfo=BERLIN)


def invite(alice, **more):
    return CalendarItem(account=alice, folder=alice.calendar, subject='Lunch', start=at(6, 12), end=at(6, 13), body='With cake',
                        required_attendees=['bob@contoso.example'], **more).save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)


@pytest.mark.parametrize('how, response', [('accept', 'Accept'), ('tentatively_accept', 'Tentative'), ('decline', 'Decline')])
def test_invite_and_answer(alice, bob, how, response):
    made = invite(alice)
    request, = bob.inbox.all()
    assert isinstance(request, MeetingRequest) and request.meeting_request_type == 'NewMeetingRequest'
    assert (request.start, request.organizer.email_address, request.is_out_of_date) == (at(6, 12), 'alice@contoso.example', False)
    copy, = bob.calendar.all()
    assert copy.my_response_type == 'NoResponseReceived' and request.associated_calendar_item_id.id == copy.id
    getattr(request, how)(body='As you say')
    assert bob.inbox.all().count() == 0
    mine = list(bob.calendar.all())
    assert [i.my_response_type for i in mine] == ([] if how == 'decline' else [response])
    answer, = alice.inbox.all()
    assert isinstance(answer, MeetingResponse) and answer.response_type == response and str(answer.body).strip() == 'As you say'
    made.refresh()
    attendee, = made.required_attendees
    assert attendee.response_type == response and attendee.last_response_time


def test_cancel(alice, bob):
    made = invite(alice)
    made.cancel(new_body='Sorry')
    assert alice.calendar.all().count() == 0
    copy, = bob.calendar.all()
    assert copy.is_cancelled and copy.subject == 'Canceled: Lunch' and copy.appointment_state == ('Meeting', 'Received', 'Canceled')
    notice, = [m for m in bob.inbox.all() if isinstance(m, MeetingCancellation)]
    assert 'Sorry' in str(notice.body)


def test_update_and_delete(alice, bob):
    made = invite(alice)
    made.start, made.end = at(7, 12), at(7, 13)
    made.save(update_fields=['start', 'end'], send_meeting_invitations=SEND_ONLY_TO_ALL)
    copy, = bob.calendar.all()
    assert copy.start == at(7, 12) and copy.appointment_sequence_number == 1
    made.refresh()
    made.delete(send_meeting_cancellations=SEND_ONLY_TO_ALL)
    copy.refresh()
    assert copy.is_cancelled


def test_a_series(alice, bob):
    made = invite(alice, recurrence=Recurrence(pattern=WeeklyPattern(interval=1, weekdays=['Monday']), start=datetime.date(2024, 5, 6), number=3))
    request, = bob.inbox.all()
    request.accept()
    second = made.occurrence(index=2)
    second.refresh()
    second.start, second.end = at(14, 9), at(14, 10)
    second.save(update_fields=['start', 'end'], send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
    assert [(i.start, i.my_response_type) for i in bob.calendar.view(start=at(1, 0), end=at(31, 0))] == \
        [(at(6, 12), 'Accept'), (at(14, 9), 'NoResponseReceived'), (at(20, 12), 'Accept')]
