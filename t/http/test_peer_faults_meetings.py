# SPDX-License-Identifier: Apache-2.0
"""What others get wrong with invitations (the public bug reports of DavMail, Cyrus, Evolution), a test each, in each generation."""
import pytest
from dav import event
from desk import GENERATIONS, WEEKLY, Desk, answered, exdate, listed, occurrence, only, own, partstats, with_line
from ical import exdates, unfold, value
from outlook import M, T


@pytest.fixture(scope='module', params=sorted(GENERATIONS))
def module_desk(request, lab):
    with Desk(lab, request.param) as desk:
        yield desk


@pytest.fixture
def desk(module_desk):
    module_desk.clear('alice', 'bob')
    yield module_desk


@pytest.fixture
def bob(desk):
    return desk.client('bob')


def test_155_a_stale_invitation_was_503(desk, bob):
    """The organizer has moved the meeting since: the client is told to look again, and nobody is told anything."""
    meeting = desk.invite('Plan')
    href, text = only(bob)
    etag = bob.get(href).etag
    desk.change(meeting, ('calendar:Start', '<t:Start>2027-03-03T10:00:00Z</t:Start>'), ('calendar:End', '<t:End>2027-03-03T11:00:00Z</t:End>'))
    desk.mails()
    assert bob.put(href, answered(text, 'ACCEPTED'), **{'If-Match': etag}).status == 412
    # a client without conditions answers what is no more
    r = bob.put(href, answered(text, 'ACCEPTED'))
    assert r.status == 403 and r.condition == 'c:allowed-attendee-scheduling-object-change' and 'DTSTART' in r.text, r
    assert desk.mails() == [] and desk.tracked(meeting) != 'Accept'
    href, text = only(bob)
    assert bob.put(href, answered(text, 'ACCEPTED')).status == 204
    assert desk.mails() == [('bob', ['alice'], 'REPLY', 'Accept')]


def test_155_between_look_and_answer(desk, bob):
    """Exchange itself says that the invitation is out of date, or has changed."""
    desk.invite('Plan')
    href, text = only(bob)
    desk.mails()
    for code in ('ErrorCalendarMeetingRequestIsOutOfDate', 'ErrorStaleObject'):
        desk.settings(faults=[{'operation': 'CreateItem', 'kind': code, 'times': 1}])
        assert bob.put(href, answered(text, 'ACCEPTED')).status == 412
    for code in ('ErrorCalendarIsCancelledForAccept', 'ErrorCalendarIsDelegatedForAccept', 'ErrorInvalidItemForOperationAcceptItem'):
        desk.settings(faults=[{'operation': 'CreateItem', 'kind': code, 'times': 1}])
        r = bob.put(href, answered(text, 'ACCEPTED'))
        assert r.status == 403 and r.condition == 'c:allowed-attendee-scheduling-object-change', r
    desk.settings(faults=[])
    assert desk.mails() == [] and partstats(only(bob)[1]) == ['NEEDS-ACTION']
    assert bob.put(href, answered(text, 'ACCEPTED')).status == 204


def test_an_invitation_not_yet_in_the_calendar_was_503(desk, bob):
    text = event('foreign-' + desk.generation, 'Theirs', extra='ORGANIZER:mailto:eve@partner.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@contoso.example\n'
                 'ATTENDEE;PARTSTAT=TENTATIVE;X-A=1:mailto:mallory@partner.example')
    path = bob.home + 'calendar/theirs.ics'
    assert bob.put(path, text).status == 201
    assert unfold(bob.get(path).text) == unfold(text) and desk.mails() == []
    assert bob.delete(path).status == 204 and desk.mails() == []


def test_287_126_a_reply_in_the_folder_made_events_vanish(desk, bob):
    """A message of another kind lies among the events."""
    desk.invite('Plan')
    href, text = only(bob)
    bob.put(href, answered(text, 'ACCEPTED'))
    alice, outlook = desk.client('alice'), desk.outlook('alice')
    before = sorted(listed(alice))
    root = outlook.call('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ParentFolderIds>%s</m:ParentFolderIds>'
                        '</m:FindItem>' % outlook.folder('inbox'))
    [reply] = [e.get('Id') for e in root.iter('{%s}ItemId' % T)]
    outlook.move(reply, 'calendar')
    token = alice.sync(alice.home + 'calendar/')
    assert sorted(listed(alice)) == before and sorted(e.href for e in token.entries) == before
    assert not listed(alice, 'inbox')


def test_declining_one_instance_evolution_ews(desk, bob):
    meeting = desk.invite('Weekly', inner=WEEKLY)
    href, text = only(bob)
    bob.put(href, answered(text, 'ACCEPTED'))
    desk.mails()
    href, text = only(bob)
    assert bob.put(href, occurrence(text, '20270309', 'DECLINED')).status == 204
    assert desk.mails() == [('bob', ['alice'], 'REPLY', 'Decline')]
    assert desk.tracked(meeting) == 'Accept' and desk.tracked(meeting, index=2) == 'Decline'
    now = only(bob)[1]
    assert [e[:8] for e in exdates(now)] == ['20270309'] and set(partstats(now)) == {'ACCEPTED'}


def test_no_reply_for_an_exdate_on_create_cyrus_4936(desk, bob):
    """A series that waits in the Inbox is accepted without one of its occurrences."""
    desk.settings(calendar_attendant=False)
    desk.invite('Weekly', inner=WEEKLY)
    _, message = only(bob, 'inbox')
    desk.mails()
    text = exdate(unfold(answered(message, 'ACCEPTED')).replace('METHOD:REQUEST\r\n', ''), '20270316')
    assert bob.put(bob.home + 'calendar/series.ics', text).status == 201
    assert desk.mails() == [('bob', ['alice'], 'REPLY', 'Accept'), ('bob', ['alice'], 'REPLY', 'Decline')]
    assert desk.last[1]['recurrence_id'] == '2027-03-16T10:00:00Z'
    href, now = only(bob)
    assert href.endswith('/series.ics') and [e[:8] for e in exdates(now)] == ['20270316'] and partstats(now) == ['ACCEPTED']


def test_partstat_lost_on_update_cyrus_3906(desk, bob):
    """The organizer changes the words: the answer stays. The time: it is asked for again."""
    meeting = desk.invite('Plan')
    href, text = only(bob)
    bob.put(href, answered(text, 'ACCEPTED').replace('END:VEVENT', 'X-MINE:1\r\nEND:VEVENT', 1))
    desk.change(meeting, ('calendar:Location', '<t:Location>Room 2</t:Location>'))
    now = only(bob)[1]
    assert value(unfold(now), 'LOCATION') == 'Room 2' and partstats(now) == ['ACCEPTED'] and value(unfold(now), 'X-MINE') == '1'
    desk.change(meeting, ('calendar:Start', '<t:Start>2027-03-04T10:00:00Z</t:Start>'), ('calendar:End', '<t:End>2027-03-04T11:00:00Z</t:End>'))
    now = only(bob)[1]
    assert partstats(now) == ['NEEDS-ACTION'] and '20270304' in now and value(unfold(now), 'X-MINE') == '1'
    # and an alarm of one's own answers nothing
    desk.mails()
    href, now = only(bob)
    mine = unfold(now).replace('END:VEVENT', 'BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT9M\r\nEND:VALARM\r\nEND:VEVENT', 1)
    assert bob.put(href, mine).status == 204 and desk.mails() == []


def test_invited_by_another_address(desk, bob):
    """The only invited one is the owner; of several the one who answers."""
    desk.deliver('bob', 'eve@partner.example', '''BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Partner//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:alias-%s@partner.example
DTSTAMP:20270201T080000Z
DTSTART:20270302T100000Z
DTEND:20270302T110000Z
SUMMARY:By an alias
ORGANIZER:mailto:eve@partner.example
ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:mailto:b.brown@elsewhere.example
ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:mallory@partner.example
END:VEVENT
END:VCALENDAR
''' % desk.generation, 'REQUEST')
    href, text = only(bob)
    desk.mails()
    assert bob.put(href, answered(text, 'ACCEPTED', 'b.brown@elsewhere.example')).status == 204
    assert desk.mails() == [('bob', ['eve@partner.example'], 'REPLY', 'Accept')]


def test_mailing_colleagues_can_be_forbidden_146(lab, desk):
    """ExchangeScheduling Off: answers are kept, nobody hears of them."""
    with Desk(lab, desk.generation, location='ExchangeScheduling Off') as quiet:
        bob = quiet.client('bob')
        assert 'calendar-auto-schedule' not in bob.request('OPTIONS', bob.home).header('DAV')
        meeting = quiet.invite('Plan')
        quiet.mails()
        href, text = only(bob)
        assert bob.put(href, answered(text, 'ACCEPTED')).status == 204
        assert partstats(only(bob)[1]) == ['ACCEPTED'] and quiet.mails() == []
        assert bob.delete(href).status == 204 and quiet.mails() == [] and quiet.tracked(meeting) != 'Accept'
