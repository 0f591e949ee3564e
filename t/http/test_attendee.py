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
    r = bob.put(href, answered(text, answer), **{'If-Match': etag})
    assert r.status == 204, r
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
