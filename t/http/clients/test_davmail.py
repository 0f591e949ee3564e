# SPDX-License-Identifier: Apache-2.0
"""DavMail, another gateway, on the same Exchange: what it takes of meetings for granted holds in the simulator, and both
gateways' users meet."""
import os
import sys

import pytest
from dav import Client, event
from desk import answered
from ical import unfold, value
from meetings import mailed, partstat, people
from outlook import Outlook

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.append(os.path.join(TOP, 't/bench'))

import davmail  # noqa: E402

pytestmark = pytest.mark.skipif(davmail.missing() is not None, reason=str(davmail.missing()) + ' (make deps)')


@pytest.fixture(scope='module')
def other(lab):
    d = davmail.DavMail(lab.ews_url, 'davmail.caldavAutoSchedule=true\ndavmail.caldavAlarmSound=\n').start()
    yield d
    d.stop()


@pytest.fixture
def bob(other):
    """bob uses DavMail."""
    c = Client(other.url, 'bob@contoso.example')
    c.home = '/users/bob@contoso.example/'
    c.calendar = c.home + 'calendar/'
    return c


def of_uid(client, uid, folder='calendar/'):
    """(href, text) of the objects of a meeting."""
    path = client.home + folder
    hrefs = [e.href for e in client.propfind(path, ['d:getetag'], 1).entries if e.href.rstrip('/') != path.rstrip('/')]
    found = [(e.href, e.ok('c:calendar-data').text.replace('\r', '').replace('\n', '\r\n')) for e in client.multiget(path, hrefs).entries if e.ok('c:calendar-data')] if hrefs else []
    return [(h, t) for h, t in found if 'UID:' + uid in unfold(t)]


@pytest.mark.parametrize('status', ['ACCEPTED', 'TENTATIVE', 'DECLINED'])
def test_invited_here_answered_there(alice, bob, lab, uid, status):
    path = '%s%s.ics' % (alice.calendar, uid)
    with mailed(lab, uid) as mails:
        assert alice.put(path, event(uid, 'Plan ' + uid, extra=people('bob'))).status == 201
    assert mails == ['REQUEST bob']
    [(href, text)] = of_uid(bob, uid)
    assert partstat(text, 'bob') == 'NEEDS-ACTION' and value(text, 'SUMMARY') == 'Plan ' + uid
    with mailed(lab, uid, 'bob') as mails:
        r = bob.put(href, answered(text, status))
    assert r.status in (200, 201, 204) and mails == ['REPLY alice'], (r, mails)
    assert partstat(alice.get(path).text, 'bob') == status
    with mailed(lab, uid) as mails:
        assert alice.delete(path).status == 204
    assert mails == ['CANCEL bob']


def test_invited_there_answered_here(alice, bob, lab, uid):
    path = '%s%s.ics' % (bob.calendar, uid)
    with mailed(lab, uid, 'bob') as mails:
        r = bob.put(path, event(uid, 'Theirs ' + uid, extra=people('alice', organizer='bob')), If_None_Match='*')
    assert r.status == 201 and mails == ['REQUEST alice'], (r, mails)
    [(href, text)] = of_uid(alice, uid)
    assert partstat(text, 'alice') == 'NEEDS-ACTION'
    with mailed(lab, uid) as mails:
        assert alice.put(href, answered(text, 'ACCEPTED', 'alice')).status == 204
    assert mails == ['REPLY bob']
    [(path, text)] = of_uid(bob, uid)
    assert partstat(text, 'alice') == 'ACCEPTED'
    with mailed(lab, uid, 'bob') as mails:
        assert bob.delete(path).status in (200, 204)
    assert mails == ['CANCEL alice']
    assert Outlook(lab, 'bob').find('Theirs ' + uid) is None
