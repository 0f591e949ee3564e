# SPDX-License-Identifier: Apache-2.0
"""Files, and calls to Exchange that fail or whose answers are lost: completed or undone, never half."""
import pytest
from attached import add, attach_in_outlook, attached, daily, fetch, in_exchange, inline
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


def test_an_occurrence_of_outlooks_with_a_file(alice, outlook, uid):
    path, title = alice.calendar + uid + '.ics', 'Theirs ' + uid
    assert alice.put(path, daily(uid, title, extra='X-MOOD:calm')).status == 201
    occurrence = outlook.occurrence(outlook.find(title)[0], 2).find('{*}ItemId').get('Id')
    attach_in_outlook(outlook, occurrence, 'two.txt', b'two')
    got = alice.get(path).text
    assert [fetch(alice, u).body for p, u in attached(got)] == [b'two']
    assert 'RECURRENCE-ID;TZID=Europe/Berlin:20270302T100000' in unfold(got)
    # gone and back again by the client's hand: deleting an occurrence deletes its file, a stale text cannot bring it back
    assert alice.put(path, unfold(got).replace('SUMMARY:' + title, 'SUMMARY:Renamed ' + uid)).status == 204
    assert in_exchange(outlook, 'Renamed ' + uid, 2) == {'two.txt': b'two'}


def test_a_series_of_outlooks_multiplies_no_files(alice, outlook, uid):
    """Its files show in its exceptions too, under ids of their own: they are the same files."""
    title = 'Outlook ' + uid
    master = outlook.create(title, '2027-03-01T09:00:00Z', '2027-03-01T10:00:00Z',
                            '<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence><t:StartDate>2027-03-01</t:StartDate>'
                            '<t:NumberOfOccurrences>5</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>')[0]
    attach_in_outlook(outlook, master, 'all.txt', b'all')
    outlook.set((master, 2), ('calendar:Location', '<t:Location>there</t:Location>'))
    outlook.set((master, 3), ('calendar:Location', '<t:Location>elsewhere</t:Location>'))
    attach_in_outlook(outlook, outlook.occurrence(master, 3).find('{*}ItemId').get('Id'), 'three.txt', b'three')
    [path] = [e.href for e in alice.query(alice.calendar).entries if title in unfold(e.text('c:calendar-data'))]
    text = alice.get(path).text
    keys = {p['MANAGED-ID'] for p, _ in attached(text) if p['FILENAME'] == 'all.txt'}
    assert len(keys) == 1 and len(attached(text)) == 4
    for i in (1, 2):
        changed = unfold(alice.get(path).text).replace('T1%d0000' % (i - 1), 'T1%d0000' % i) if i == 2 else unfold(text).replace(title, 'Changed ' + uid)
        assert alice.put(path, changed).status == 204
        title = 'Changed ' + uid
        assert in_exchange(outlook, title) == {'all.txt': b'all'}
        assert in_exchange(outlook, title, 3) == {'all.txt': b'all', 'three.txt': b'three'}
        assert in_exchange(outlook, title, 2) in ({}, {'all.txt': b'all'})
        assert sorted(p['FILENAME'] for p, _ in attached(alice.get(path).text)) == ['all.txt', 'all.txt', 'all.txt', 'three.txt']
