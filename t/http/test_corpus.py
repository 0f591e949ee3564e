# SPDX-License-Identifier: Apache-2.0
"""Calendar objects as programs write them: those of t/corpus each with what becomes of it, and a larger collection where it
is at hand. An object comes back out of Exchange with the same meaning, or is refused with a reason; never a failure of the server."""
import glob
import os
import re

import pytest
from fidelity import World, assert_shown
from fidelity_tasks import Tasks
from meaning import Broken, differences, parse

HERE = os.path.dirname(os.path.abspath(__file__))
OWN = os.path.join(os.path.dirname(HERE), 'corpus')
SHARED = os.path.join(os.environ.get('EXCAL_SHARED') or os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(HERE))), 'shared'), 'corpus')


@pytest.fixture(scope='module')
def world(lab):
    w = World(lab)
    yield w
    w.close()


@pytest.fixture(scope='module')
def tasks(lab):
    w = Tasks(lab)
    w.clean()
    yield w
    w.close()


def objects(text):
    """The objects of a file of many events, as a program that imports it makes them: one a UID, each with the zones that it uses."""
    lines = re.sub(r'\r?\n[ \t]', '', text).replace('\r\n', '\n').split('\n')
    head, zones, events, block, depth = [], [], {}, None, 0
    for line in lines:
        key = line.strip().upper()
        if key.startswith('BEGIN:') and key != 'BEGIN:VCALENDAR':
            depth += 1
            if depth == 1:
                block = []
        if block is not None:
            block.append(line)
        elif line.strip() and not key.startswith(('BEGIN:', 'END:', 'METHOD')):
            head.append(line)
        if key.startswith('END:') and key != 'END:VCALENDAR':
            depth -= 1
            if depth == 0 and block:
                uid = next((x.split(':', 1)[1] for x in block if re.match('UID[;:].*', x, re.I) and ':' in x), None)
                if key == 'END:VTIMEZONE':
                    zones.append(block)
                elif key == 'END:VEVENT':
                    events.setdefault(uid, []).append(block)
                block = None
    for group in events.values():
        used = '\n'.join(x for b in group for x in b)
        mine = [z for z in zones if any(x.upper().startswith('TZID') and x.partition(':')[2] in used for x in z)]
        yield '\r\n'.join(['BEGIN:VCALENDAR'] + head + [x for b in mine + group for x in b] + ['END:VCALENDAR', ''])


def put_and_compare(world, text):
    """The answer's status; what is stored is compared and removed."""
    _, path = world.path()
    r = world.client.put(path, text, Content_Type='text/calendar')
    assert r.status < 500, r
    if r.status >= 400:
        assert r.condition and len(''.join(r.xml.itertext()).strip()) > 15, r
        assert world.client.get(path).status == 404
        return r
    got = world.cold.get(path)
    try:
        assert got.status == 200, got
        try:
            parse(text.decode() if isinstance(text, bytes) else text)
        except (Broken, UnicodeDecodeError):
            assert got.body == (text if isinstance(text, bytes) else text.encode())  # too odd for us; not a byte of it is lost
        else:
            said = differences(text.decode() if isinstance(text, bytes) else text, got.text)
            assert not said, '\n'.join(said)
    finally:
        assert world.client.delete(path).status == 204
    return r


SHARED_FILES = sorted(glob.glob(os.path.join(SHARED, '*.ics')))


@pytest.mark.skipif(not SHARED_FILES, reason='the larger collection of calendar files (shared/corpus) is not at hand')
def test_the_larger_collection(world):
    stored = refused = 0
    for file in SHARED_FILES:
        raw = open(file, 'rb').read()
        texts = [raw]
        try:
            texts += list(objects(raw.decode()))
        except UnicodeDecodeError:
            pass
        for text in texts:
            try:
                r = put_and_compare(world, text)
            except AssertionError as e:
                e.add_note('%s:\n%s' % (os.path.basename(file), text if isinstance(text, str) else text.decode('utf-8', 'replace')))
                raise
            stored += r.status < 300
            refused += r.status >= 400
    assert stored > 300 and refused > 60, (stored, refused)


# ---- our own ----

SAME = None
EXPECTED = {  # file: SAME, or the precondition that refuses it and a word of its reason
    'added-dates': ('x:recurrence-exchange-can-express', 'RDATE'),
    'apple-birthday-of-no-count': SAME,
    'apple-ios-snoozed': SAME,
    'apple-macos-travel-and-place': SAME,
    'davx5-colour-and-private-lines': SAME,
    'evolution-libical-zone': SAME,
    'exchange-exported-custom-zone': ('c:valid-calendar-object-resource', 'METHOD'),
    'exchange-exported-tzone': SAME,
    'google-moved-occurrence': SAME,
    'google-two-weekdays-of-the-month': ('x:recurrence-exchange-can-express', 'BYDAY'),
    'nextcloud-rich': SAME,
    'outlook-all-day-out-of-office': SAME,
    'outlook-weekly': SAME,
    'rfc9073-places-and-people': SAME,
    'this-and-future': ('x:recurrence-exchange-can-express', 'THISANDFUTURE'),
    'thunderbird-floating': SAME,
    'thunderbird-snoozed-series': SAME,
    'zone-missing': ('c:valid-calendar-data', 'Middle/Nowhere'),
    'zone-of-nobody': SAME,
}


TASKS = {  # file: Status, PercentComplete, StartDate, DueDate and ReminderDueBy as Exchange then has them
    'apple-reminders': ('NotStarted', '0', '2027-02-02', '2027-02-02', '2027-02-02T17:00:00Z'),
    'apple-reminders-at-a-place': ('Completed', '100', None, None, None),
    'evolution-task': ('NotStarted', '0', '2027-03-10', '2027-03-10', '2027-03-10T06:00:00Z'),
    'nextcloud-tasks': ('InProgress', '45', '2027-01-10', '2027-01-17', '2027-01-17T19:30:00Z'),
    'tasks-org-subtask': ('NotStarted', '0', None, '2027-02-12', '2027-02-12T09:00:00Z'),
    'thunderbird-task': ('InProgress', '30', '2027-03-08', '2027-03-12', '2027-03-08T07:45:00Z'),
}


def test_every_file_has_a_row():
    assert sorted(os.path.basename(f)[:-4] for f in glob.glob(os.path.join(OWN, '*.ics'))) == sorted([*EXPECTED, *TASKS])


@pytest.mark.parametrize('name', sorted(EXPECTED))
def test_a_program(world, name):
    text = open(os.path.join(OWN, name + '.ics'), encoding='utf-8', newline='').read()
    r = put_and_compare(world, text)
    if EXPECTED[name]:
        condition, word = EXPECTED[name]
        assert r.status == 403 and r.condition == condition and word in r.text, r
        return
    assert r.status == 201, r
    # once more, with what Exchange's calendar shows, and after Outlook has been at it
    _, path = world.path()
    assert world.client.put(path, text).status == 201
    try:
        assert_shown(world.outlook, text)
        world.outlook.set(world.the_item(), ('item:Sensitivity', '<t:Sensitivity>Private</t:Sensitivity>'), ('item:Subject', '<t:Subject>Von Outlook</t:Subject>'))
        said = differences(text, world.cold.get(path).text, leave={'SUMMARY', 'CLASS', 'DTSTAMP', 'LAST-MODIFIED', 'SEQUENCE'})
        assert not said, '\n'.join(said)
        assert 'SUMMARY:Von Outlook' in world.cold.get(path).text
    finally:
        assert world.client.delete(path).status == 204


@pytest.mark.parametrize('name', sorted(TASKS))
def test_a_programs_task(tasks, name):
    text = open(os.path.join(OWN, name + '.ics'), encoding='utf-8', newline='').read()
    assert put_and_compare(tasks, text).status == 201
    _, path = tasks.path()
    assert tasks.client.put(path, text).status == 201
    try:
        item = tasks.the_item()
        task = tasks.outlook.task(item)
        said = [task.findtext('{*}' + n) for n in ('Status', 'PercentComplete', 'StartDate', 'DueDate', 'ReminderDueBy')]
        assert said == [x and x + 'T00:00:00Z' if i in (2, 3) else x for i, x in enumerate(TASKS[name])]
        tasks.outlook.change(item, ('item:Sensitivity', '<t:Sensitivity>Private</t:Sensitivity>'), ('item:Subject', '<t:Subject>Von Outlook</t:Subject>'))
        now = tasks.cold.get(path).text
        said = differences(text, now, leave={'SUMMARY', 'CLASS', 'DTSTAMP', 'LAST-MODIFIED'})
        assert not said and 'SUMMARY:Von Outlook' in now and 'CLASS:PRIVATE' in now, '\n'.join(said)
    finally:
        assert tasks.client.delete(path).status == 204
