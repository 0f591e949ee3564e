# SPDX-License-Identifier: Apache-2.0
"""python3-caldav at both ends of a meeting: its scheduling inbox, its way to answer and to invite; calendars of others."""
import uuid

import pytest
from dav import event
from desk import Desk, listed, partstats
from ical import unfold

caldav = pytest.importorskip('caldav', reason='python3-caldav is not installed (make deps)')


@pytest.fixture
def desk(lab):
    with Desk(lab, '2019') as desk:
        desk.clear('alice', 'bob')
        yield desk


@pytest.mark.parametrize('how, partstat, response', [('accept_invite', 'ACCEPTED', 'Accept'), ('tentatively_accept_invite', 'TENTATIVE', 'Tentative'),
                                                     ('decline_invite', 'DECLINED', 'Decline')])
def test_answers_from_the_inbox(desk, how, partstat, response):
    client = caldav.DAVClient(desk.gateway.url + '/dav/', username='bob', password='excal')
    assert client.check_scheduling_support()
    principal = client.principal()
    assert str(principal.get_vcal_address()).lower() == 'mailto:bob@contoso.example'
    inbox = principal.schedule_inbox()
    assert str(inbox.url).endswith('/inbox/') and str(principal.schedule_outbox().url).endswith('/outbox/')
    assert not list(inbox.get_items())
    meeting = desk.invite('Plan')
    desk.mails()
    [invitation] = principal.schedule_inbox().get_items()
    assert invitation.is_invite_request()
    calendar = [c for c in principal.calendars() if str(c.url).endswith('/calendar/')][0]
    getattr(invitation, how)(calendar)
    assert desk.mails() == [('bob', ['alice'], 'REPLY', response)] and desk.tracked(meeting) == response
    shown = list(listed(desk.client('bob')).values())
    assert [partstats(t) for t in shown] == ([] if partstat == 'DECLINED' else [[partstat]])
    [reply] = caldav.DAVClient(desk.gateway.url + '/dav/', username='alice', password='excal').principal().schedule_inbox().get_items()
    assert 'METHOD:REPLY' in reply.data and 'PARTSTAT=' + partstat in reply.data and not reply.is_invite_request()


def test_inviting(desk):
    """save_with_invites: the library names the organizer by the principal's own address and the attendees by theirs."""
    client = lambda user: caldav.DAVClient(desk.gateway.url + '/dav/', username=user, password='excal')
    alice, bob = client('alice').principal(), client('bob').principal()
    calendar = next(c for c in alice.calendars() if str(c.url).endswith('/calendar/'))
    uid = uuid.uuid4().hex
    calendar.save_with_invites(event(uid, 'By library'), [alice, bob, 'carol@contoso.example'])
    assert desk.mails() == [('alice', ['bob', 'carol'], 'REQUEST', None)]
    stored = calendar.event_by_uid(uid)
    assert 'PARTSTAT=NEEDS-ACTION' in unfold(stored.data)
    stored.delete()
    assert desk.mails() == [('alice', ['bob', 'carol'], 'CANCEL', None)]


def test_a_calendar_of_somebody_else(desk):
    """Named by its URL: read and written as Exchange grants it."""
    desk.lab.share('carol', 'alice', 'Editor')
    try:
        theirs = caldav.DAVClient(desk.gateway.url + '/dav/', username='alice', password='excal').calendar(
            url=desk.gateway.url + '/dav/calendars/carol@contoso.example/calendar/')
        uid = uuid.uuid4().hex
        theirs.save_event(event(uid, 'For carol'))
        assert desk.outlook('carol').find('For carol')
        theirs.event_by_uid(uid).delete()
        assert not desk.outlook('carol').find('For carol')
    finally:
        desk.lab.share('carol', 'alice', 'None')
