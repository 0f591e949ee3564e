# SPDX-License-Identifier: Apache-2.0
"""What cannot be read, or not now: one calendar of a home, Exchange at sign-in."""
import pytest
from dav import DECL, Client, event, q
from labserver import Lab

EVENTS = '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"/></c:comp-filter>'
RANGED = ('<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="20270301T000000Z" end="20270401T000000Z"/>'
          '</c:comp-filter></c:comp-filter>')
BUSY = '<c:free-busy-query %s><c:time-range start="20270301T000000Z" end="20270401T000000Z"/></c:free-busy-query>' % DECL


@pytest.fixture
def home(gateway, make_gateway, lab):
    """erin's home through a gateway to which one calendar is fresh, and another one unknown: (client, fresh, unknown)."""
    lab.settings(faults=[])
    first = Client(gateway.url, 'erin')
    good, bad = first.home + 'readable/', first.home + 'unreadable/'
    for path in (good, bad):
        assert first.request('MKCALENDAR', path).status == 201
        assert first.put(path + 'x.ics', event('uid-of-' + path, 'x')).status == 201
    g = make_gateway(location='ExchangeFreshness 1h')
    c = Client(g.url, 'erin')
    c.gateway = g
    for path in (good, c.calendar):
        assert c.propfind(path, ['cs:getctag']).entries[0].text('cs:getctag')
    yield c, good, bad
    lab.settings(faults=[])
    for path in (good, bad):
        first.delete(path)


def query_home(c, filter, data):
    return c.report(c.home, '<c:calendar-query %s><d:prop><d:getetag/>%s</d:prop><c:filter>%s</c:filter></c:calendar-query>' % (DECL, data, filter), 'infinity')


@pytest.mark.parametrize('filter,data', [(EVENTS, ''), (RANGED, '<c:calendar-data/>')])
@pytest.mark.parametrize('kind,status', [('ErrorAccessDenied', 403), ('ErrorInternalServerError', 502)])
def test_a_query_of_the_home_goes_on_without_it(home, lab, kind, status, filter, data):
    c, good, bad = home
    lab.faults(dict(operation='SyncFolderItems', kind=kind, times=1000))
    entries = query_home(c, filter, data).by_href
    assert entries[good + 'x.ics'].text('d:getetag')
    assert entries[bad].status == status and bad + 'x.ics' not in entries
    lines = [line for line in c.gateway.error_log().splitlines() if 'unreadable' in line and kind in line]
    assert len(lines) == 1 and 'erin@contoso.example' in lines[0], lines
    lab.faults()
    assert bad + 'x.ics' in query_home(c, filter, data).by_href


def test_free_busy_of_the_home_goes_on_without_it(home, lab):
    c, good, bad = home
    lab.faults(dict(operation='SyncFolderItems', kind='ErrorAccessDenied', times=1000))
    r = c.report(c.home, BUSY, 'infinity')
    assert r.status == 200 and 'FREEBUSY;FBTYPE=BUSY:20270302T100000Z/20270302T110000Z' in r.text, r
    assert [line for line in c.gateway.error_log().splitlines() if 'unreadable' in line and 'ErrorAccessDenied' in line]
    # alone it is refused
    assert c.report(bad, BUSY).status == 403


def test_the_listing_of_the_home_shows_all(home, lab):
    """One bare status among the calendars makes Thunderbird's detection fail."""
    c, good, bad = home
    lab.faults(dict(operation='SyncFolderItems', kind='ErrorAccessDenied', times=1000))
    entries = c.propfind(c.home, ['d:resourcetype', 'd:displayname', 'cs:getctag', 'd:sync-token'], depth=1).by_href
    assert all(e.status is None for e in entries.values())
    assert entries[good].text('cs:getctag') and entries[bad].text('d:displayname') == 'unreadable'
    assert entries[bad].props[q('cs:getctag')].status == 403


def test_nothing_is_left_out_when_exchange_is_only_busy(home, lab):
    c, _, _ = home
    lab.faults(dict(operation='SyncFolderItems', kind='busy', times=1000))
    r = query_home(c, EVENTS, '')
    assert r.status == 503 and int(r.header('Retry-After')) > 0, r


def test_exchange_away_at_sign_in(make_gateway):
    """A 503 to a sync puts the calendar of a client into an error state; a 429 is skipped."""
    c = Client(make_gateway(exchange='http://127.0.0.1:1/EWS/Exchange.asmx').url, 'erin')
    r = c.sync(c.calendar)
    assert r.status == 429 and int(r.header('Retry-After')) > 0, r
    for r in (c.propfind(c.calendar), c.get(c.calendar), c.put(c.calendar + 'x.ics', event('x'))):
        assert r.status == 503 and int(r.header('Retry-After')) > 0, r


def test_exchange_changes_how_it_is_signed_in_to(make_gateway):
    """Basic is switched off, or on again: nobody is told that his password were wrong."""
    lab = Lab(auth='basic').start()
    try:
        g = make_gateway(exchange=lab.ews_url, processes=1)
        for user, auth in (('user01', ['basic']), ('user02', ['ntlm']), ('user03', ['basic']), ('user04', ['basic', 'ntlm'])):
            lab.settings(auth=auth)
            c = Client(g.url, user)
            assert c.propfind(c.calendar, ['cs:getctag']).status == 207, auth
            assert Client(g.url, user, 'wrong').propfind(c.calendar).status == 401
        lab.settings(auth=['ntlm'])
        assert c.sync(c.calendar).status == 207
    finally:
        lab.stop()
