# SPDX-License-Identifier: Apache-2.0
"""Random objects of clients, changed at random in Outlook: Outlook's values win for what Exchange knows, all the rest stays."""
import datetime as dt
from xml.sax.saxutils import escape

import pytest
from fidelity import World, assert_shown, title
from hunt import hunt
from hypothesis import strategies as st
from invent import expressible
from meaning import Zones, comp_meaning, missing, parse
from outlook import EwsError

STAMPS = {'DTSTAMP', 'LAST-MODIFIED', 'SEQUENCE', 'CREATED'}


@pytest.fixture(scope='module', params=['2007_SP1', '2019'])
def world(lab, request):
    w = World(lab, request.param)
    yield w
    w.close()


def item(name, value, part='item'):
    return '%s:%s' % (part, name), '<t:%s>%s</t:%s>' % (name, escape(value), name)


BUSY = {'TRANSP', 'STATUS', 'X-MICROSOFT-CDO-BUSYSTATUS', 'X-MICROSOFT-CDO-INTENDEDSTATUS'}
EDITS = [  # what Outlook sets, which properties may change by it, what the text must then say
    (item('Subject', 'From Outlook'), {'SUMMARY'}, ('SUMMARY', 'From Outlook')),
    (item('Location', 'Raum <1>', 'calendar'), {'LOCATION', 'GEO', 'X-APPLE-STRUCTURED-LOCATION'}, ('LOCATION', 'Raum <1>')),
    (('item:Body', '<t:Body BodyType="Text">New &lt;body&gt;</t:Body>'), {'DESCRIPTION', 'X-ALT-DESC', 'STYLED-DESCRIPTION'}, ('DESCRIPTION', 'New <body>')),
    (('item:Categories', '<t:Categories><t:String>Outlook, red</t:String></t:Categories>'), {'CATEGORIES'}, ('CATEGORIES', 'Outlook, red')),
    (item('Sensitivity', 'Confidential'), {'CLASS'}, ('CLASS', 'CONFIDENTIAL')),
    (item('Importance', 'High'), {'PRIORITY', 'X-MICROSOFT-CDO-IMPORTANCE'}, None),
    (item('LegacyFreeBusyStatus', 'OOF', 'calendar'), BUSY, ('X-MICROSOFT-CDO-BUSYSTATUS', 'OOF')),
    (item('LegacyFreeBusyStatus', 'Free', 'calendar'), BUSY, None),
    (item('ReminderMinutesBeforeStart', '33'), set(), None),
]


def main_event(text):
    return next(e for e in parse(text).comps('VEVENT') if e.one('RECURRENCE-ID') is None)


def without_reminders(comp):
    """An event's meaning but for the alarms that Exchange's reminder may be."""
    name, props, subs = comp
    return name, props, tuple(s for s in subs if s[0] != 'VALARM' or not any(p[0] == 'ACTION' and p[2] in ('DISPLAY', 'AUDIO') for p in s[1]))


@hunt(share=0.6, found=expressible(), edits=st.lists(st.sampled_from(EDITS), min_size=1, max_size=3, unique_by=lambda e: e[0][0]))
def test_outlook_wins_and_the_rest_stays(world, found, edits):
    stored = world.store_well(found)
    if not stored:
        return
    text, path, _ = stored
    try:
        outlook, target = world.outlook, world.the_item()
        outlook.set(target, *[e[0] for e in edits])
        got = world.cold.get(path)
        assert got.status == 200, got
        leave = STAMPS.union(*(e[1] for e in edits))
        before, after = (without_reminders(comp_meaning(main_event(t), leave)) for t in (text, got.text))
        assert not missing(before[1], after[1]) and not missing(after[1], before[1]), (missing(before[1], after[1]), missing(after[1], before[1]), text, got.text)
        assert sorted(before[2], key=repr) == sorted(after[2], key=repr), (text, got.text)
        for _, _, said in edits:
            if said:
                assert main_event(got.text).text(said[0]) == said[1] or said[1] in [p[2].replace('\\', '') for p in main_event(got.text).all(said[0])], (said, got.text)
        assert_shown(outlook, got.text)
        assert overrides(got.text) == overrides(text), (text, got.text)
        # who writes back what he was given changes nothing
        shown = snapshot(outlook, target)
        assert world.client.put(path, got.text, If_Match=got.etag, Content_Type='text/calendar').status in (200, 204)
        assert snapshot(outlook, target) == shown
        assert world.cold.get(path).text == got.text
    finally:
        assert world.client.delete(path).status == 204


@hunt(share=0.3, found=expressible(), minutes=st.sampled_from([-1500, -60, 45, 1440, 4000]), longer=st.sampled_from([0, 30]))
def test_times_changed_in_outlook(world, found, minutes, longer):
    """A single event moved and made longer by Outlook: the new instants in the client's own way of writing them, all else as it was."""
    if any(x.startswith('RRULE') for x in found):
        return
    stored = world.store_well(found)
    if not stored:
        return
    text, path, _ = stored
    try:
        outlook, target = world.outlook, world.the_item()
        e = outlook.get(target)
        days = e.findtext('{*}IsAllDayEvent') == 'true'
        begin, end = (dt.datetime.strptime(e.findtext('{*}' + n), '%Y-%m-%dT%H:%M:%SZ') for n in ('Start', 'End'))
        by = dt.timedelta(days=minutes // 1440 or 1) if days else dt.timedelta(minutes=minutes)
        begin, end = begin + by, end + by + (dt.timedelta(0) if days else dt.timedelta(minutes=longer))
        outlook.set(target, *[item(n, t.strftime('%Y-%m-%dT%H:%M:%SZ'), 'calendar') for n, t in (('Start', begin), ('End', end))])
        got = world.cold.get(path)
        assert got.status == 200, got
        leave = STAMPS | {'DTSTART', 'DTEND', 'DURATION'}
        before, after = (without_reminders(comp_meaning(main_event(t), leave)) for t in (text, got.text))
        assert before == after, (text, got.text)
        assert_shown(outlook, got.text)
        # in the zone, or without one, as the client has it
        was, now = (main_event(t).one('DTSTART') for t in (text, got.text))
        assert was[1].get('TZID') == now[1].get('TZID') and was[2].endswith('Z') == now[2].endswith('Z') and len(was[2]) == len(now[2]), (text, got.text)
        shown = snapshot(outlook, target)
        assert shown[0][7:9] == [t.strftime('%Y-%m-%dT%H:%M:%SZ') for t in (begin, end)]
        assert world.client.put(path, got.text, If_Match=got.etag, Content_Type='text/calendar').status in (200, 204)
        assert snapshot(outlook, target) == shown
    finally:
        assert world.client.delete(path).status == 204


CLEARED = [('item:Body', {'DESCRIPTION', 'X-ALT-DESC', 'STYLED-DESCRIPTION'}), ('calendar:Location', {'LOCATION', 'GEO', 'X-APPLE-STRUCTURED-LOCATION'}),
           ('item:Categories', {'CATEGORIES'}), ('item:Subject', {'SUMMARY'})]


@hunt(share=0.2, found=expressible(), fields=st.lists(st.sampled_from(CLEARED), min_size=1, max_size=2, unique_by=lambda f: f[0]))
def test_fields_emptied_in_outlook(world, found, fields):
    stored = world.store_well(found)
    if not stored:
        return
    text, path, _ = stored
    try:
        world.outlook.clear(world.the_item(), *[f[0] for f in fields])
        got = world.cold.get(path)
        assert got.status == 200, got
        leave = STAMPS.union(*(f[1] for f in fields))
        before, after = (comp_meaning(main_event(t), leave) for t in (text, got.text))
        assert before == after, (text, got.text)
        for _, names in fields:
            assert not any((main_event(got.text).text(n) or '').strip() for n in names - {'STYLED-DESCRIPTION', 'GEO', 'X-APPLE-STRUCTURED-LOCATION'}), got.text
        assert_shown(world.outlook, got.text)
    finally:
        assert world.client.delete(path).status == 204


def overrides(text):
    cal = parse(text)
    zones = Zones(cal)
    return sorted((zones.to_utc(e.one('RECURRENCE-ID')), e.one('X-ALIEN') is not None, len(e.all('COMMENT')))
                  for e in cal.comps('VEVENT') if e.one('RECURRENCE-ID') is not None and e.text('STATUS') != 'CANCELLED')


KNOWN = ['Subject', 'Location', 'Sensitivity', 'Importance', 'LegacyFreeBusyStatus', 'ReminderIsSet', 'ReminderMinutesBeforeStart', 'Start', 'End', 'IsAllDayEvent']


def snapshot(outlook, target):
    """What Exchange holds of a whole object, in its own words."""
    e = outlook.get(target)
    what = [[e.findtext('{*}' + n) for n in KNOWN], [c.text for c in e.findall('{*}Categories/{*}String')], [x.text for x in e.findall('{*}Recurrence//*')],
            [x.text for x in e.findall('{*}DeletedOccurrences/{*}DeletedOccurrence/{*}Start')]]
    for o in e.findall('{*}ModifiedOccurrences/{*}Occurrence'):
        changed = outlook.get(o.find('{*}ItemId').get('Id'))
        what.append([o.findtext('{*}OriginalStart')] + [changed.findtext('{*}' + n) for n in KNOWN])
    return what


OF_OCCURRENCES = ['delete', 'rename', 'move']


@hunt(share=0.3, found=expressible(), edits=st.lists(st.tuples(st.integers(0, 6), st.sampled_from(OF_OCCURRENCES)), min_size=1, max_size=3, unique_by=lambda e: e[0]))
def test_occurrences_changed_in_outlook(world, found, edits):
    """Whatever Outlook does to single occurrences, the client's text means what Outlook's calendar shows."""
    stored = world.store_well(found)
    if not stored:
        return
    text, path, _ = stored
    try:
        outlook, target = world.outlook, world.the_item()
        moved = dt.timedelta(minutes=7)
        for index, what in edits:
            try:
                if what == 'delete':
                    outlook.delete((target, index + 1))
                elif what == 'rename':
                    outlook.set((target, index + 1), item('Subject', 'Other %d' % index))
                else:
                    one = outlook.occurrence(target, index + 1)
                    start, end = (dt.datetime.strptime(one.findtext('{*}' + n), '%Y-%m-%dT%H:%M:%SZ') + moved for n in ('Start', 'End'))
                    if one.findtext('{*}IsAllDayEvent') != 'true':
                        outlook.set((target, index + 1), item('Start', start.strftime('%Y-%m-%dT%H:%M:%SZ'), 'calendar'), item('End', end.strftime('%Y-%m-%dT%H:%M:%SZ'), 'calendar'))
            except EwsError:
                continue  # no series, no such occurrence, or one that Exchange does not change so
        got = world.cold.get(path)
        assert got.status == 200, got
        assert_shown(outlook, got.text)
        leave = STAMPS | {'EXDATE'}
        before, after = (comp_meaning(main_event(t), leave) for t in (text, got.text))
        assert before == after, (text, got.text)
        shown = snapshot(outlook, target)
        assert world.client.put(path, got.text, If_Match=got.etag, Content_Type='text/calendar').status in (200, 204)
        assert snapshot(outlook, target) == shown
        outlook.forget_kept(target)
        assert_shown(outlook, world.cold.get(path).text)
    finally:
        assert world.client.delete(path).status == 204
