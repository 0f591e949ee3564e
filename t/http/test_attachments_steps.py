# SPDX-License-Identifier: Apache-2.0
"""Files, and calls to Exchange that fail or whose answers are lost: completed or undone, never half."""
import pytest
from attached import add, attached, daily, fetch, in_exchange, inline
from dav import event
from ical import unfold
from outlook import Outlook


@pytest.fixture
def outlook(lab):
    yield Outlook(lab)
    lab.faults()


@pytest.mark.parametrize('operation, skip', [('UpdateItem', 0), ('UpdateItem', 1), ('CreateAttachment', 0), ('CreateAttachment', 1), ('DeleteAttachment', 0)])
@pytest.mark.parametrize('kind', ['ErrorQuotaExceeded', 'truncate'])
def test_a_failure_at_any_step_loses_no_file(alice, lab, outlook, uid, operation, skip, kind):
    """The series gets another start (its exceptions are made anew), a file more, a file less."""
    path, title = alice.calendar + uid + '.ics', 'Steps ' + uid
    text = daily(uid, title, extra='X-MOOD:calm\n' + inline(b'all', 'all.txt') + '\n' + inline(b'old', 'old.txt'), own='LOCATION:there\n' + inline(b'one', 'one.txt'))
    assert alice.put(path, text).status == 201
    got = unfold(alice.get(path).text)
    master, rest = got.split('END:VEVENT', 1)
    master = '\r\n'.join(line for line in master.split('\r\n') if 'old.txt' not in line) + inline(b'new', 'new.txt') + '\r\n'
    wanted = (master + 'END:VEVENT' + rest).replace('T100000', 'T103000')
    lab.faults(dict(operation=operation, kind=kind, times=1, skip=skip))
    r = alice.put(path, wanted)
    left = lab.settings()['faults']
    lab.faults()
    assert not left or left[0].get('times') == 0, 'the fault never struck: %s' % left
    got = alice.get(path).text
    files = {p['FILENAME']: fetch(alice, u).body for p, u in attached(got)}
    if r.status == 204:
        assert files == {'all.txt': b'all', 'one.txt': b'one', 'new.txt': b'new'} and 'T103000' in got
    else:
        assert files == {'all.txt': b'all', 'one.txt': b'one', 'old.txt': b'old'}, r
        assert 'T103000' not in got and 'X-MOOD:calm' in got
    assert in_exchange(outlook, title, 3)['one.txt'] == b'one'
    in_exchange(outlook, title)


def test_a_lost_answer_makes_no_second_file(alice, lab, outlook, uid):
    path, title = alice.calendar + uid + '.ics', 'Lost ' + uid
    assert alice.put(path, event(uid, title)).status == 201
    lab.faults(dict(operation='CreateAttachment', kind='truncate', times=1))
    r = add(alice, path, b'x', 'x.txt')
    lab.faults()
    assert r.status == 201, r
    assert in_exchange(outlook, title) == {'x.txt': b'x'} and len(attached(alice.get(path).text)) == 1
    # a new object likewise
    other, title = alice.calendar + 'b' + uid + '.ics', 'Lost too ' + uid
    lab.faults(dict(operation='CreateAttachment', kind='truncate', times=1))
    r = alice.put(other, event('b' + uid, title, extra=inline(b'y', 'y.txt')))
    lab.faults()
    assert r.status == 201, r
    assert in_exchange(outlook, title) == {'y.txt': b'y'}
