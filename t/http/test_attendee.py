# SPDX-License-Identifier: Apache-2.0
"""Invitations answered through the gateway, as Outlook at the other end sees it: who is mailed, how often, and what
becomes of both calendars (RFC 6638 3.2.2)."""
import pytest
from desk import GENERATIONS, WEEKLY, Desk, answered, exdate, listed, occurrence, only, own, partstats, with_line
from ical import alarms, exdates, unfold, value

ANSWERS = {'ACCEPTED': 'Accept', 'TENTATIVE': 'Tentative', 'DECLINED': 'Decline'}


@pytest.fixture(scope='module', params=sorted(GENERATIONS))
def module_desk(request, lab):
    with Desk(lab, request.param) as desk:
        yield desk


@pytest.fixture
def desk(module_desk):
    module_desk.clear('alice', 'bob', 'carol')
    yield module_desk


@pytest.fixture
def bob(desk):
    return desk.client('bob')


# ---- the whole meeting ----

@pytest.mark.parametrize('answer', sorted(ANSWERS))
def test_answer(desk, bob, answer):
    meeting = desk.invite('Plan')
    assert desk.mails() == [('alice', ['bob'], 'REQUEST', None)]
    href, text = only(bob)
    assert partstats(text) == ['NEEDS-ACTION'] and 'RSVP=TRUE' in own(text)[0] and value(unfold(text), 'STATUS') == 'TENTATIVE'
    etag = bob.get(href).etag
    tag = bob.get(href).header('Schedule-Tag')
    assert bob.put(href, answered(text, answer), **{'If-Schedule-Tag-Match': '"other"'}).status == 412 and desk.mails() == []
    r = bob.put(href, answered(text, answer), **{'If-Match': etag, 'If-Schedule-Tag-Match': tag})
    assert r.status == 204, r
    if answer != 'DECLINED':
        assert r.header('Schedule-Tag') == bob.get(href).header('Schedule-Tag') != tag
    assert desk.mails() == [('bob', ['alice'], 'REPLY', ANSWERS[answer])]
    assert desk.tracked(meeting) == ANSWERS[answer]
    if answer == 'DECLINED':
        assert bob.get(href).status == 404 and not listed(bob)
        assert desk.outlook('bob').count('deleteditems') > 0
        return
    href, text = only(bob)
    assert partstats(text) == [answer]
    assert value(unfold(text), 'STATUS') == ('TENTATIVE' if answer == 'TENTATIVE' else 'CONFIRMED')
    assert bob.get(href).etag != etag
    # the same again is no answer
    assert bob.put(href, text).status == 204 and desk.mails() == []


def test_what_goes_along_with_an_answer(desk, bob):
    """Alarms, transparency, categories and X- properties are stored at the same time; the comment goes to the organizer."""
    meeting = desk.invite('Plan')
    href, text = only(bob)
    desk.mails()
    mine = answered(text, 'ACCEPTED', params=';X-P=1')
    mine = mine.replace('TRANSP:OPAQUE', 'TRANSP:TRANSPARENT').replace('X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\r\n', '')
    mine = with_line(mine, 'COMMENT:I will come\\, with cake.', 'CATEGORIES:Work,Cake', 'X-MINE:kept', 'BEGIN:VALARM', 'ACTION:DISPLAY', 'DESCRIPTION:x',
                     'TRIGGER:-PT25M', 'END:VALARM', 'BEGIN:VALARM', 'ACTION:DISPLAY', 'DESCRIPTION:y', 'TRIGGER:-PT5M', 'END:VALARM')
    mine = mine.replace('X-MINE:kept\r\nBEGIN:VALARM', 'X-MINE:kept\r\nBEGIN:VALARM')
    assert bob.put(href, mine).status == 204
    assert desk.mails() == [('bob', ['alice'], 'REPLY', 'Accept')]
    assert desk.last[0]['body'].strip() == 'I will come, with cake.'
    now = only(bob)[1]
    assert partstats(now) == ['ACCEPTED'] and value(unfold(now), 'TRANSP') == 'TRANSPARENT' and value(unfold(now), 'X-MINE') == 'kept'
    assert 'Cake' in value(unfold(now), 'CATEGORIES') and '-PT25M' in now and '-PT5M' in now
    [item] = [desk.outlook('bob').get(desk.outlook('bob').find('Plan')[0])]
    assert item.findtext('{*}LegacyFreeBusyStatus') == 'Free' and item.findtext('{*}MyResponseType') == 'Accept'
    assert desk.tracked(meeting) == 'Accept'


def test_only_the_own_view(desk, bob):
    """Alarms and the like are nobody else's business."""
    desk.invite('Plan')
    href, text = only(bob)
    assert bob.put(href, answered(text, 'ACCEPTED')).status == 204
    desk.mails()
    href, text = only(bob)
    mine = text.replace('END:VEVENT', 'BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT7M\r\nEND:VALARM\r\nX-MOZ-LASTACK:20270301T000000Z\r\nEND:VEVENT')
    assert bob.put(href, mine).status == 204
    now = only(bob)[1]
    assert '-PT7M' in now and 'X-MOZ-LASTACK' in now and partstats(now) == ['ACCEPTED']
    r = bob.put(href, now)
    assert r.status == 204 and (not r.etag or r.etag == bob.get(href).etag), r
    assert desk.mails() == []


@pytest.mark.parametrize('wanted, why', [
    (('SUMMARY:Plan', 'SUMMARY:Mine'), 'SUMMARY'), (('LOCATION:Room 1', 'LOCATION:Bar'), 'LOCATION'), (('DESCRIPTION:Bring', 'DESCRIPTION:Forget'), 'DESCRIPTION'),
    (('T110000', 'T113000'), 'DTSTART'), (('T120000', 'T123000'), 'DTEND'), (('mailto:alice@', 'mailto:carol@'), 'ORGANIZER'),
    (('STATUS:TENTATIVE', 'STATUS:CANCELLED'), 'STATUS')], ids=lambda v: v if isinstance(v, str) else '')
def test_what_is_the_organizers(desk, bob, wanted, why):
    desk.invite('Plan')
    href, text = only(bob)
    desk.mails()
    changed = unfold(text).replace(*wanted)
    assert changed != unfold(text)
    r = bob.put(href, answered(changed, 'ACCEPTED'))
    assert r.status == 403 and r.condition == 'c:allowed-attendee-scheduling-object-change' and why in r.text, r
    assert only(bob)[1] == text and desk.mails() == []


def test_other_attendees_are_the_organizers(desk, bob):
    desk.invite('Plan', to=('bob', 'carol'))
    href, text = only(bob)
    desk.mails()
    r = bob.put(href, with_line(text, 'ATTENDEE:mailto:erin@contoso.example'))
    assert r.status == 403 and 'attendees' in r.text, r
    without = '\r\n'.join(l for l in unfold(text).split('\r\n') if 'carol@' not in l)
    assert bob.put(href, without).status == 403
    assert desk.mails() == []


def test_an_answer_is_not_taken_back(desk, bob):
    desk.invite('Plan')
    href, text = only(bob)
    bob.put(href, answered(text, 'ACCEPTED'))
    desk.mails()
    href, text = only(bob)
    for what in ('NEEDS-ACTION', 'DELEGATED'):
        r = bob.put(href, answered(text, what))
        assert r.status == 403 and r.condition == 'c:allowed-attendee-scheduling-object-change', r
    # but changed it is, and sent again when the client wants it
    assert bob.put(href, answered(text, 'TENTATIVE')).status == 204
    assert desk.mails() == [('bob', ['alice'], 'REPLY', 'Tentative')]
    href, text = only(bob)
    assert bob.put(href, answered(text, 'TENTATIVE', params=';SCHEDULE-FORCE-SEND=REPLY')).status == 204
    assert desk.mails() == [('bob', ['alice'], 'REPLY', 'Tentative')]


def test_nobody_is_mailed(desk, bob):
    """SCHEDULE-AGENT=CLIENT: the client says it itself."""
    meeting = desk.invite('Plan')
    href, text = only(bob)
    desk.mails()
    silent = unfold(answered(text, 'ACCEPTED')).replace('ORGANIZER;', 'ORGANIZER;SCHEDULE-AGENT=CLIENT;').replace('ORGANIZER:', 'ORGANIZER;SCHEDULE-AGENT=CLIENT:')
    assert bob.put(href, silent).status == 204
    assert partstats(only(bob)[1]) == ['ACCEPTED'] and desk.mails() == [] and desk.tracked(meeting) != 'Accept'


def test_no_answer_is_asked_for(desk, bob):
    meeting = desk.invite('For your information', more='<t:IsResponseRequested>false</t:IsResponseRequested>')
    href, text = only(bob)
    desk.mails()
    assert 'RSVP=TRUE' not in own(text)[0]
    assert bob.put(href, answered(text, 'ACCEPTED')).status == 204
    assert partstats(only(bob)[1]) == ['ACCEPTED'] and desk.mails() == []


# ---- taking out ----

def test_delete_declines(desk, bob):
    meeting = desk.invite('Plan')
    href, text = only(bob)
    desk.mails()
    assert bob.delete(href).status == 204
    assert desk.mails() == [('bob', ['alice'], 'REPLY', 'Decline')] and desk.tracked(meeting) == 'Decline'
    assert not listed(bob) and bob.delete(href).status == 404


def test_delete_without_a_word(desk, bob):
    meeting = desk.invite('Plan')
    href, text = only(bob)
    desk.mails()
    etag = bob.get(href).etag
    assert bob.delete(href, **{'Schedule-Reply': 'F', 'If-Match': '"other"'}).status == 412
    assert bob.delete(href, **{'Schedule-Reply': 'F', 'If-Match': etag}).status == 204
    assert desk.mails() == [] and desk.tracked(meeting) != 'Decline' and not listed(bob)


def test_cancelled(desk, bob):
    meeting = desk.invite('Plan')
    href, text = only(bob)
    bob.put(href, answered(text, 'ACCEPTED'))
    desk.cancel(meeting)
    desk.mails()
    href, text = only(bob)
    assert value(unfold(text), 'STATUS') == 'CANCELLED'
    r = bob.put(href, answered(text, 'TENTATIVE'))
    assert 400 <= r.status < 500 and desk.mails() == [], r
    assert bob.delete(href).status == 204
    assert desk.mails() == [] and not listed(bob)


# ---- series ----

def test_a_series(desk, bob):
    meeting = desk.invite('Weekly', inner=WEEKLY)
    href, text = only(bob)
    desk.mails()
    assert 'RRULE' in text
    assert bob.put(href, answered(text, 'ACCEPTED')).status == 204
    assert desk.mails() == [('bob', ['alice'], 'REPLY', 'Accept')] and desk.last[0]['recurrence_id'] is None
    assert desk.tracked(meeting) == 'Accept' and partstats(only(bob)[1]) == ['ACCEPTED']


@pytest.mark.parametrize('answer', sorted(ANSWERS))
def test_one_occurrence(desk, bob, answer):
    """evolution-ews cannot decline a single one."""
    meeting = desk.invite('Weekly', inner=WEEKLY)
    href, text = only(bob)
    assert bob.put(href, answered(text, 'TENTATIVE' if answer == 'ACCEPTED' else 'ACCEPTED')).status == 204
    desk.mails()
    href, text = only(bob)
    assert bob.put(href, occurrence(text, '20270316', answer)).status == 204
    assert desk.mails() == [('bob', ['alice'], 'REPLY', ANSWERS[answer])]
    assert desk.last[0]['recurrence_id'] == '2027-03-16T10:00:00Z'
    assert desk.tracked(meeting, index=3) == ANSWERS[answer] and desk.tracked(meeting, index=2) != ANSWERS[answer]
    now = only(bob)[1]
    if answer == 'DECLINED':
        assert [e[:8] for e in exdates(now)] == ['20270316'] and len(own(now)) == 1
    else:
        assert sorted(partstats(now)) == sorted([answer, 'TENTATIVE' if answer == 'ACCEPTED' else 'ACCEPTED'])
    # nothing more to say
    assert bob.put(href, now).status == 204 and desk.mails() == []


def test_an_occurrence_taken_out(desk, bob):
    meeting = desk.invite('Weekly', inner=WEEKLY)
    href, text = only(bob)
    desk.mails()
    assert bob.put(href, exdate(text, '20270309')).status == 204
    assert desk.mails() == [('bob', ['alice'], 'REPLY', 'Decline')] and desk.last[0]['recurrence_id'] == '2027-03-09T10:00:00Z'
    now = only(bob)[1]
    assert [e[:8] for e in exdates(now)] == ['20270309'] and partstats(now) == ['NEEDS-ACTION']
    # back it comes by an invitation only
    r = bob.put(href, text)
    assert r.status == 403 and 'EXDATE' in r.text, r


def test_series_and_occurrences_in_one_put(desk, bob):
    meeting = desk.invite('Weekly', inner=WEEKLY)
    href, text = only(bob)
    desk.mails()
    both = exdate(occurrence(answered(text, 'ACCEPTED'), '20270323', 'TENTATIVE', lines=('COMMENT:late',)), '20270309')
    assert bob.put(href, both).status == 204
    assert desk.mails() == [('bob', ['alice'], 'REPLY', r) for r in ('Accept', 'Tentative', 'Decline')]
    assert [r['recurrence_id'] for r in desk.last] == [None, '2027-03-23T10:00:00Z', '2027-03-09T10:00:00Z']
    assert desk.last[1]['body'].strip() == 'late'
    now = only(bob)[1]
    assert sorted(partstats(now)) == ['ACCEPTED', 'TENTATIVE'] and [e[:8] for e in exdates(now)] == ['20270309']


def test_an_alarm_of_one_occurrence(desk, bob):
    desk.invite('Weekly', inner=WEEKLY)
    href, text = only(bob)
    desk.mails()
    alarm = ('BEGIN:VALARM', 'ACTION:DISPLAY', 'DESCRIPTION:x', 'TRIGGER:-PT3M', 'END:VALARM')
    mine = occurrence(text, '20270316').replace('END:VEVENT\r\nEND:VCALENDAR', '\r\n'.join(alarm) + '\r\nEND:VEVENT\r\nEND:VCALENDAR')
    assert bob.put(href, mine).status == 204
    assert desk.mails() == [] and '-PT3M' in only(bob)[1]


# ---- other times ----

def counter(text, start, end, partstat='TENTATIVE'):
    lines = unfold(answered(text, partstat)).replace('VERSION:2.0', 'VERSION:2.0\r\nMETHOD:COUNTER')
    return lines.replace('T110000', start).replace('T120000', end).replace('END:VEVENT', 'COMMENT:Two hours later?\r\nEND:VEVENT', 1)


def test_another_time(desk, bob):
    meeting = desk.invite('Plan')
    href, text = only(bob)
    desk.mails()
    r = bob.request('POST', bob.home + 'outbox/', counter(text, 'T130000', 'T140000'), {'Content-Type': 'text/calendar; method=COUNTER'})
    if desk.generation in ('2007_SP1', '2010_SP2'):
        assert r.status == 403 and r.condition == 'c:allowed-attendee-scheduling-object-change' and 'generation' in r.text, r
        assert desk.mails() == [] and partstats(only(bob)[1]) == ['NEEDS-ACTION']
        return
    assert r.status == 200 and b'alice@contoso.example' in r.body, r
    assert desk.mails() == [('bob', ['alice'], 'COUNTER', 'Tentative')]
    assert desk.last[0]['proposed_start'] == '2027-03-02T12:00:00Z' and desk.last[0]['proposed_end'] == '2027-03-02T13:00:00Z'
    assert desk.last[0]['body'].strip() == 'Two hours later?'
    assert partstats(only(bob)[1]) == ['TENTATIVE']


def test_another_time_for_nothing(desk, bob):
    desk.invite('Plan')
    _, text = only(bob)
    desk.mails()
    uid = value(unfold(text), 'UID')
    r = bob.request('POST', bob.home + 'outbox/', counter(unfold(text).replace(uid, 'unknown-uid'), 'T130000', 'T140000'), {'Content-Type': 'text/calendar'})
    assert r.status == 403 and r.condition == 'c:valid-scheduling-message', r
    r = bob.put(bob.home + 'calendar/c.ics', counter(text, 'T130000', 'T140000'))
    assert r.status == 403 and r.condition == 'c:valid-calendar-object-resource' and desk.mails() == [], r
