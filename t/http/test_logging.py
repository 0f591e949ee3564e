# SPDX-License-Identifier: Apache-2.0
"""What an administrator finds in the log: a line for each request that failed, with who, what and Exchange's
code, and nothing in vain."""
import re

import pytest
from dav import Client, event

LINE = re.compile(r'\[excal:(\w+)\].*?\[client [^\]]+\] (.*)$')


def told(gateway):
    """(level, text) of the module's lines about requests; which version Exchange speaks is said once and is none."""
    found = [m.groups() for m in map(LINE.search, gateway.error_log().splitlines()) if m]
    return [f for f in found if ' speaks Exchange' not in f[1]]


@pytest.fixture
def quiet(make_gateway, own_lab):
    return make_gateway(exchange=own_lab.ews_url, server='LogLevel excal:info')


@pytest.fixture
def own_lab():
    from labserver import Lab
    lab = Lab().start()
    yield lab
    lab.stop()


def test_requests_that_succeed_say_nothing(quiet):
    c = Client(quiet.url, 'alice')
    for _ in range(3):
        assert c.sync(c.calendar).status == 207
        assert c.put(c.calendar + 'a.ics', event('a', 'x')).status in (201, 204)
        assert c.get(c.calendar + 'a.ics').status == 200
    assert told(quiet) == []


@pytest.mark.parametrize('ask,status,says', [
    (lambda c: c.sync(c.calendar), 429, ['REPORT sync-collection ', 'ErrorServerBusy']),
    (lambda c: c.propfind(c.calendar, ['cs:getctag']), 503, ['PROPFIND /dav/calendars/', 'ErrorServerBusy']),
    (lambda c: c.put(c.calendar + 'x.ics', event('x')), 503, ['PUT /dav/calendars/', 'ErrorServerBusy']),
    (lambda c: c.delete(c.calendar + 'x.ics'), 503, ['DELETE /dav/calendars/', 'ErrorServerBusy']),
])
def test_one_line_each_while_exchange_is_busy(quiet, own_lab, ask, status, says):
    c = Client(quiet.url, 'alice')
    assert c.propfind(c.calendar).status == 207
    own_lab.faults(dict(operation='SyncFolderItems', kind='busy', times=1, value=60000))
    for n in range(20):
        r = ask(c)
        assert r.status == status and int(r.header('Retry-After')) > 0, r
    failed = [(level, text) for level, text in told(quiet) if ' for alice: %d' % status in text]
    assert len(failed) == 20
    assert all(s in failed[0][1] for s in says), failed[0]
    assert len(told(quiet)) <= 21, 'besides them, that Exchange asks for quiet is said once'


def test_a_client_in_vain_is_no_alarm(quiet):
    """404, 412 and refused data are daily life: visible at info, silent at Debian's default of warn."""
    c = Client(quiet.url, 'alice')
    c.get(c.calendar + 'none.ics')
    c.put(c.calendar + 'x.ics', 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n')
    c.put(c.calendar + 'x.ics', event('x'), If_Match='"x"')
    lines = told(quiet)
    assert len(lines) == 3 and {level for level, _ in lines} == {'info'}
    assert 'GET ' in lines[0][1] and ' for alice: 404' in lines[0][1]
    assert ' 403 valid-calendar' in lines[1][1] and ' 412' in lines[2][1]


def test_no_line_can_be_forged(quiet):
    c = Client(quiet.url, 'alice')
    c.get(c.calendar + 'a%0a[excal:error]%20forged')
    c.report(c.calendar, '<x xmlns="urn:a&#10;[excal:error] forged"/>')
    assert not [line for line in quiet.error_log().splitlines() if line.startswith('[excal:error] forged')]
