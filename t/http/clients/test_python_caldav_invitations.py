# SPDX-License-Identifier: Apache-2.0
"""python3-caldav at the attendee's end: its scheduling inbox and its way to answer an invitation."""
import pytest
from desk import Desk, listed, partstats

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
