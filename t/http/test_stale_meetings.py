# SPDX-License-Identifier: Apache-2.0
"""Requests that are overtaken: by Outlook, by the other end of the meeting, by another client of the same user, by themselves."""
import concurrent.futures
import datetime

import pytest
from dav import event
from desk import WEEKLY, Desk, answered, listed, occurrence, only, partstats
from ical import unfold, value
from meetings import people


@pytest.fixture(scope='module')
def module_desk(lab):
    with Desk(lab, '2019') as desk:
        yield desk


@pytest.fixture
def desk(module_desk):
    module_desk.clear('alice', 'bob', 'carol')
    yield module_desk


@pytest.fixture
def alice(desk):
    return desk.client('alice')


@pytest.fixture
def bob(desk):
    return desk.client('bob')


LATER = [('calendar:Start', '<t:Start>2027-03-02T14:00:00Z</t:Start>'), ('calendar:End', '<t:End>2027-03-02T15:00:00Z</t:End>')]


@pytest.mark.parametrize('header', ['ETag', 'Schedule-Tag'])
@pytest.mark.parametrize('how', ['put', 'delete'])
def test_the_organizer_was_faster(desk, bob, header, how):
    meeting = desk.invite('Plan')
    href, text = only(bob)
    old = bob.get(href).header(header)
    desk.change(meeting, *LATER)
    desk.mails()
    condition = {'If-Match' if header == 'ETag' else 'If-Schedule-Tag-Match': old}
    r = bob.put(href, answered(text, 'ACCEPTED'), **condition) if how == 'put' else bob.delete(href, **condition)
    assert r.status == 412 and desk.mails() == [], r
    href, text = only(bob)
    assert partstats(text) == ['NEEDS-ACTION'] and '150000' in text
    assert bob.put(href, answered(text, 'ACCEPTED'), **{'If-Match': bob.get(href).etag}).status == 204
    assert desk.mails() == [('bob', ['alice'], 'REPLY', 'Accept')] and desk.tracked(meeting) == 'Accept'


def test_an_answer_to_what_is_no_longer_planned(desk, bob):
    """Without a condition: the old time is not accepted in the place of the new one."""
    meeting = desk.invite('Plan')
    href, text = only(bob)
    desk.change(meeting, *LATER)
    desk.mails()
    r = bob.put(href, answered(text, 'ACCEPTED'))
    assert r.status in (403, 412) and desk.mails() == [], r
    assert partstats(only(bob)[1]) == ['NEEDS-ACTION'] and desk.tracked(meeting) != 'Accept'


def test_an_answer_to_what_is_cancelled(desk, bob):
    meeting = desk.invite('Plan')
    href, text = only(bob)
    desk.cancel(meeting)
    desk.mails()
    r = bob.put(href, answered(text, 'ACCEPTED'))
    assert r.status in (403, 404, 409, 412) and desk.mails() == [], r
    assert value(unfold(only(bob)[1]), 'STATUS') == 'CANCELLED'


def test_an_answer_to_an_occurrence_that_went(desk, bob):
    meeting = desk.invite('Weekly', inner=WEEKLY)
    href, text = only(bob)
    desk.cancel((meeting, 3))
    bob.get(href)
    # gone from the attendee's calendar as well, by Outlook
    desk.mails()
    r = bob.put(href, occurrence(text, '20270316', 'ACCEPTED'))
    assert r.status in (204, 403, 404, 409, 412), r
    assert [m for m in desk.mails() if m[3] == 'Accept'] == [], r
    r = bob.put(href, occurrence(text, '20270317', 'ACCEPTED'))
    assert r.status in (403, 404, 409, 412) and desk.mails() == [], r


@pytest.mark.parametrize('how', ['put', 'delete', 'counter'])
def test_the_event_went_in_outlook(desk, bob, how):
    desk.invite('Plan')
    href, text = only(bob)
    desk.outlook('bob').delete(desk.outlook('bob').find('Plan')[0])
    desk.mails()
    if how == 'put':
        r = bob.put(href, answered(text, 'ACCEPTED'), **{'If-Match': '*'})
        assert r.status == 412, r
    elif how == 'delete':
        r = bob.delete(href)
        assert r.status == 404, r
    else:
        body = answered(text, 'TENTATIVE').replace('VERSION:2.0', 'VERSION:2.0\r\nMETHOD:COUNTER')
        r = bob.request('POST', bob.home + 'outbox/', body, {'Content-Type': 'text/calendar'})
        assert r.status == 403 and r.condition == 'c:valid-scheduling-message', r
    assert desk.mails() == [] and not listed(bob)


def test_moved_to_another_calendar_in_outlook(desk, alice, uid):
    path = alice.calendar + uid + '.ics'
    text = event(uid, 'Plan', extra=people('bob'))
    assert alice.put(path, text).status == 201
    outlook = desk.outlook('alice')
    other = outlook.make_calendar('Other ' + uid)
    outlook.move(outlook.find('Plan')[0], other)
    desk.mails()
    etag = alice.get(path).etag
    assert etag is None
    r = alice.put(path, text.replace('T100000Z', 'T090000Z'), **{'If-Match': '*'})
    assert r.status == 412 and desk.mails() == [], r
    assert alice.delete(path).status == 404 and desk.mails() == []
    assert 'Plan' in [row[2] for row in outlook.view(datetime.datetime(2027, 3, 1), datetime.datetime(2027, 3, 4), folder=other)]


def test_the_message_went_in_outlook(desk, bob):
    desk.invite('Plan')
    message, _ = only(bob, 'inbox')
    desk.empty('bob', 'inbox')
    desk.mails()
    assert bob.delete(message).status == 404 and not listed(bob, 'inbox')
    href, text = only(bob)
    assert bob.put(href, answered(text, 'ACCEPTED')).status == 204
    assert desk.mails() == [('bob', ['alice'], 'REPLY', 'Accept')]


def together(*requests):
    with concurrent.futures.ThreadPoolExecutor(len(requests)) as pool:
        return [f.result() for f in [pool.submit(r) for r in requests]]


UNDERSTOOD = {201, 204, 403, 404, 409, 412, 503}


def test_ten_at_once_create_one_meeting(desk, alice, uid):
    path, text = alice.calendar + uid + '.ics', event(uid, 'Plan', extra=people('bob', 'carol'))
    answers = together(*[lambda: alice.put(path, text) for _ in range(10)])
    assert {r.status for r in answers} <= UNDERSTOOD and any(r.status == 201 for r in answers), answers
    assert desk.mails() == [('alice', ['bob', 'carol'], 'REQUEST', None)]
    assert len(listed(alice)) == 1 and desk.outlook('alice').count('calendar') == 1
    only(desk.client('bob'))


def test_ten_at_once_under_other_names(desk, alice, uid):
    text = event(uid, 'Plan', extra=people('bob'))
    answers = together(*[lambda n=n: alice.put('%s%s-%d.ics' % (alice.calendar, uid, n), text) for n in range(10)])
    assert {r.status for r in answers} <= UNDERSTOOD and sum(r.status == 201 for r in answers) == 1, answers
    assert desk.mails() == [('alice', ['bob'], 'REQUEST', None)]
    assert desk.outlook('alice').count('calendar') == 1


def test_ten_at_once_change_one_meeting(desk, alice, uid):
    path, text = alice.calendar + uid + '.ics', event(uid, 'Plan', extra=people('bob'))
    assert alice.put(path, text).status == 201
    etag = alice.get(path).etag
    desk.mails()
    answers = together(*[lambda n=n: alice.put(path, text.replace('T100000Z', 'T09%02d00Z' % n), **{'If-Match': etag}) for n in range(10)])
    assert sorted(r.status for r in answers) == [204] + [412] * 9, answers
    assert desk.mails() == [('alice', ['bob'], 'REQUEST', None)]
    _, seen = only(desk.client('bob'))
    assert value(unfold(alice.get(path).text), 'DTSTART')[9:13] == value(unfold(seen), 'DTSTART')[9:13]


def test_ten_answers_at_once(desk, bob):
    meeting = desk.invite('Plan')
    href, text = only(bob)
    desk.mails()
    answers = together(*[lambda: bob.put(href, answered(text, 'ACCEPTED')) for _ in range(10)])
    assert {r.status for r in answers} <= UNDERSTOOD and any(r.status == 204 for r in answers), answers
    assert desk.mails() == [('bob', ['alice'], 'REPLY', 'Accept')] and desk.tracked(meeting) == 'Accept'
    assert partstats(only(bob)[1]) == ['ACCEPTED']


def test_two_clients_answer_differently(desk, bob):
    meeting = desk.invite('Plan')
    href, text = only(bob)
    desk.mails()
    answers = together(lambda: bob.put(href, answered(text, 'ACCEPTED')), lambda: bob.put(href, answered(text, 'TENTATIVE')))
    assert {r.status for r in answers} <= UNDERSTOOD and any(r.status == 204 for r in answers), answers
    mails = desk.mails()
    assert 1 <= len(mails) <= 2
    assert desk.tracked(meeting) == mails[-1][3] == {'ACCEPTED': 'Accept', 'TENTATIVE': 'Tentative'}[partstats(only(bob)[1])[0]]


def test_ten_deletions_at_once(desk, alice, bob, uid):
    path, text = alice.calendar + uid + '.ics', event(uid, 'Plan', extra=people('bob'))
    assert alice.put(path, text).status == 201
    desk.mails()
    answers = together(*[lambda: alice.delete(path) for _ in range(10)])
    assert {r.status for r in answers} <= {204, 404, 412, 503}, answers
    assert desk.mails() == [('alice', ['bob'], 'CANCEL', None)]
    assert not listed(alice)


def test_organizer_and_attendee_at_once(desk, alice, bob, uid):
    path, text = alice.calendar + uid + '.ics', event(uid, 'Plan', extra=people('bob'))
    assert alice.put(path, text).status == 201
    alice.get(path)
    href, seen = only(bob)
    desk.mails()
    answers = together(lambda: alice.put(path, text.replace('T100000Z', 'T090000Z')), lambda: bob.put(href, answered(seen, 'ACCEPTED')))
    assert {r.status for r in answers} <= UNDERSTOOD, answers
    # whoever lost says it again, with what is there now
    assert alice.put(path, text.replace('T100000Z', 'T090000Z')).status == 204
    href, seen = only(bob)
    assert bob.put(href, answered(seen, 'ACCEPTED')).status == 204
    assert partstats(alice.get(path).text) == ['ACCEPTED'] and partstats(only(bob)[1]) == ['ACCEPTED']
