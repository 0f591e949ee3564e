# SPDX-License-Identifier: Apache-2.0
"""Random tasks of clients through PUT, Exchange and GET: they come back with the same meaning out of Exchange alone, or are
refused by name. Changed at random in Outlook, its values win for what Exchange knows, and all the rest stays."""
import datetime as dt
from xml.sax.saxutils import escape

import pytest
from fidelity import refused, title
from fidelity_tasks import Tasks
from hunt import hunt
from hypothesis import strategies as st
from invent_tasks import of_any_rule, recurring, single, storable
from meaning import Series, Zones, comp_meaning, differences, duration, missing, parse, wall
from outlook_tasks import day, status

STAMPS = {'DTSTAMP', 'LAST-MODIFIED', 'SEQUENCE', 'CREATED'}
STATE = {'STATUS', 'PERCENT-COMPLETE', 'COMPLETED'}
TIMES = {'DTSTART', 'DUE', 'DURATION'}


@pytest.fixture(scope='module', params=['2007_SP1', '2010_SP2', '2019'])
def world(lab, request):
    w = Tasks(lab, request.param)
    w.clean()
    yield w
    w.close()


def the_todo(text):
    [t] = parse(text).comps('VTODO')
    return t


# ---- what Exchange is told ----

def days_of(todo):
    """(first day, day it is due) as a user in UTC sees them; None where nothing says one."""
    start, due, length = (todo.one(n) for n in ('DTSTART', 'DUE', 'DURATION'))
    first = wall(start[2]) if start is not None else None
    last = wall(due[2]) if due is not None else None
    if last is None and first is not None:
        days, seconds = duration(length[2]) if length is not None else (0, 0)
        last = first + dt.timedelta(days=days, seconds=seconds)
    return [d and d.strftime('%Y-%m-%dT00:00:00Z') for d in (first, last)]


def state_of(todo):
    """(Status, PercentComplete) that the client's words mean to Exchange."""
    said, percent = todo.text('STATUS'), int(todo.text('PERCENT-COMPLETE') or 0)
    if said == 'COMPLETED' or (said is None and (percent == 100 or todo.one('COMPLETED') is not None)):
        return 'Completed', '100'
    percent = min(percent, 99)
    return {'IN-PROCESS': 'InProgress', 'CANCELLED': 'Deferred'}.get(said, 'InProgress' if percent else 'NotStarted'), str(percent)


OPEN_AS = {'NotStarted': {'NotStarted'}, 'InProgress': {'InProgress'}, 'Completed': {'Completed'}}


def assert_same_state(task, text):
    """The text says what Exchange does, as far as iCalendar has a word for it."""
    theirs, percent = task.findtext('{*}Status'), task.findtext('{*}PercentComplete')
    ours = state_of(the_todo(text))
    assert ours[0] in OPEN_AS.get(theirs, {'NotStarted', 'InProgress', 'Deferred'}) and ours[1] == percent, (theirs, percent, text)


def assert_told(task, text):
    todo = the_todo(text)
    said = [task.findtext('{*}' + n) for n in ('StartDate', 'DueDate')]
    meant = days_of(todo)
    if todo.one('DTSTART') is None and todo.one('RRULE') is not None:
        said[0] = None  # a series begins, whether its start is said or not
    # seconds of a DURATION over a change of the clock may end on another side of midnight
    assert said == meant or todo.one('DURATION') is not None and said[0] == meant[0], (said, meant, text)
    assert (task.findtext('{*}Status'), task.findtext('{*}PercentComplete')) == state_of(todo), text
    assert title(task.findtext('{*}Subject')) == title(todo.text('SUMMARY')), text
    assert (task.findtext('{*}IsRecurring') == 'true') == (todo.one('RRULE') is not None), text


@hunt(share=0.12, found=storable())
def test_what_was_stored_comes_back(world, found):
    stored = world.store_well(found)
    if not stored:
        return
    text, path, r = stored
    try:
        got = world.cold.get(path)
        assert got.status == 200, (got, text)
        assert not differences(text, got.text), '\n'.join(differences(text, got.text) + [text])
        assert not r.etag or r.etag == got.etag
        [item] = world.ids()
        assert_told(world.outlook.task(item), text)
        # what any other program would see says the same
        world.outlook.forget_kept(item)
        now = world.cold.get(path)
        assert now.status == 200, now
        assert days_of(the_todo(now.text))[1] == days_of(the_todo(text))[1] or the_todo(text).one('DURATION') is not None, (text, now.text)
        assert state_of(the_todo(now.text))[1] == state_of(the_todo(text))[1] and title(the_todo(now.text).text('SUMMARY')) == title(the_todo(text).text('SUMMARY'))
    finally:
        assert world.client.delete(path).status == 204


@hunt(share=0.06, found=of_any_rule())
def test_any_rule_is_kept_or_refused_by_name(world, found):
    text, path, r = world.store(found)
    if r.status != 201:
        refused(r)
        assert world.client.get(path).status == 404
        assert world.outlook.count('tasks') == 0, text
        return
    try:
        got = world.cold.get(path)
        assert got.status == 200 and not differences(text, got.text), (got, text)
    finally:
        assert world.client.delete(path).status == 204


# ---- changed by Outlook ----

def field(name, value, part='item'):
    return '%s:%s' % (part, name), '<t:%s>%s</t:%s>' % (name, escape(value), name)


EDITS = [  # what Outlook sets, which properties may change by it, what the text must then say
    (field('Subject', 'From Outlook'), {'SUMMARY'}, ('SUMMARY', 'From Outlook')),
    (('item:Body', '<t:Body BodyType="Text">New &lt;body&gt;</t:Body>'), {'DESCRIPTION', 'X-ALT-DESC', 'STYLED-DESCRIPTION'}, ('DESCRIPTION', 'New <body>')),
    (('item:Categories', '<t:Categories><t:String>Outlook, red</t:String></t:Categories>'), {'CATEGORIES'}, ('CATEGORIES', 'Outlook, red')),
    (field('Sensitivity', 'Confidential'), {'CLASS'}, ('CLASS', 'CONFIDENTIAL')),
    (field('Importance', 'High'), {'PRIORITY', 'X-MICROSOFT-CDO-IMPORTANCE'}, None),
    (status('InProgress'), STATE, None),
    (status('WaitingOnOthers'), STATE, None),
    (status('Deferred'), STATE, None),
    (field('PercentComplete', '40', 'task'), STATE, ('PERCENT-COMPLETE', '40')),
    (field('PercentComplete', '73', 'task'), STATE, ('PERCENT-COMPLETE', '73')),
    (field('ReminderIsSet', 'false'), set(), None),
    (field('ReminderDueBy', '2027-05-29T06:00:00Z'), set(), None),
]
OF_ONE = EDITS + [  # of a series these go on to the next occurrence
    (status('Completed'), STATE, None),
    (day('DueDate', '2031-06-10'), TIMES, ('DUE', '20310610')),
    (day('StartDate', '2023-03-03'), TIMES, ('DTSTART', '20230303')),
]


def without_reminders(comp):
    """A task's meaning but for the alarms that Exchange's reminder may be."""
    name, props, subs = comp
    return name, props, tuple(s for s in subs if s[0] != 'VALARM' or not any(p[0] == 'ACTION' and p[2] in ('DISPLAY', 'AUDIO') for p in s[1]))


KNOWN = ['Subject', 'Sensitivity', 'Importance', 'ReminderIsSet', 'ReminderDueBy', 'StartDate', 'DueDate', 'Status', 'PercentComplete', 'CompleteDate', 'IsRecurring']


def snapshot(world, item):
    """What Exchange holds of a task, in its own words."""
    e = world.outlook.task(item)
    return ([e.findtext('{*}' + n) for n in KNOWN], [c.text for c in e.findall('{*}Categories/{*}String')], [x.text for x in e.findall('{*}Recurrence//*')],
            (e.findtext('{*}Body') or '').split())


def assert_kept(text, now, leave):
    before, after = (without_reminders(comp_meaning(the_todo(t), STAMPS | leave)) for t in (text, now))
    assert not missing(before[1], after[1]) and not missing(after[1], before[1]), (missing(before[1], after[1]), missing(after[1], before[1]), text, now)
    assert sorted(before[2], key=repr) == sorted(after[2], key=repr), (text, now)


def change_and_compare(world, text, path, edits):
    [item] = world.ids()
    for e in edits:
        world.outlook.change(item, e[0])
    got = world.cold.get(path)
    assert got.status == 200, got
    assert_kept(text, got.text, set().union(*(e[1] for e in edits)))
    for _, _, said in edits:
        if said:
            values = [p[2].replace('\\', '') for p in the_todo(got.text).all(said[0])]
            assert any(v == said[1] or said[0] in TIMES and v.startswith(said[1]) for v in values), (said, text, got.text)
    assert_same_state(world.outlook.task(item), got.text)
    # who writes back what he was given changes nothing
    shown = snapshot(world, item)
    assert world.client.put(path, got.text, If_Match=got.etag, Content_Type='text/calendar').status in (200, 204)
    assert snapshot(world, item) == shown, (text, got.text)
    assert world.cold.get(path).text == got.text


def owners_differ(e):
    return '%s' % sorted(e[1]) if e[1] else e[0][0]


@hunt(share=0.12, found=single(), edits=st.lists(st.sampled_from(OF_ONE), min_size=1, max_size=3, unique_by=owners_differ))
def test_outlook_wins_and_the_rest_stays(world, found, edits):
    stored = world.store_well(found)
    if not stored:
        return
    text, path, _ = stored
    try:
        change_and_compare(world, text, path, edits)
    finally:
        assert world.client.delete(path).status == 204


@hunt(share=0.06, found=recurring(), edits=st.lists(st.sampled_from(EDITS), min_size=1, max_size=3, unique_by=owners_differ))
def test_a_series_changed_in_outlook(world, found, edits):
    stored = world.store_well(found)
    if not stored:
        return
    text, path, _ = stored
    try:
        change_and_compare(world, text, path, edits)
    finally:
        world.clean()


def days_ahead(text, n):
    """The days on which a recurring task stands, one after the other."""
    cal = parse(text)
    [todo] = cal.comps('VTODO')
    if todo.one('DTSTART') is None:
        todo.props = [('DTSTART',) + p[1:] if p[0] == 'DUE' else p for p in todo.props]
    return [w for w in Series(todo, Zones(cal)).walls(n)]


@hunt(share=0.06, found=recurring(), times=st.integers(1, 3))
def test_a_series_completed_in_outlook(world, found, times):
    """The task goes on to its next date; what was done stays behind as a task of its own."""
    stored = world.store_well(found)
    if not stored:
        return
    text, path, _ = stored
    try:
        [item] = world.ids()
        dates = days_ahead(text, 12)
        times = min(times, len(dates))
        for _ in range(times):
            world.outlook.change(item, status('Completed'))
        got = world.cold.get(path)
        assert got.status == 200, got
        assert_kept(text, got.text, STATE | TIMES | {'RRULE'})
        if times == len(dates):
            assert the_todo(got.text).text('STATUS') == 'COMPLETED', (text, got.text)
        else:
            assert days_ahead(got.text, 12 - times) == dates[times:], (text, got.text)
            assert the_todo(got.text).text('STATUS') in (None, 'NEEDS-ACTION'), (text, got.text)
        folder = path.rsplit('/', 1)[0] + '/'
        names = [e.href for e in world.cold.propfind(folder, ['d:getetag'], depth=1).entries if e.text('d:getetag')]
        assert len(names) == len(world.ids()) and path in names
        for other in set(names) - {path}:
            left = the_todo(world.cold.get(other).text)
            assert left.text('STATUS') == 'COMPLETED' and left.text('UID') != the_todo(text).text('UID') and left.one('RRULE') is None
        shown = snapshot(world, item)
        assert world.client.put(path, got.text, If_Match=got.etag, Content_Type='text/calendar').status in (200, 204)
        assert snapshot(world, item) == shown, (text, got.text)
    finally:
        world.clean()
