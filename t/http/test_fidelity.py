# SPDX-License-Identifier: Apache-2.0
"""Whatever valid object a client stores comes back with the same meaning out of Exchange alone, or is refused by name. Random
objects (lib/invent.py) through one gateway, read by another that has nothing cached, compared by meaning (lib/meaning.py) and
by what Exchange's own calendar shows."""
import pytest
from fidelity import World, assert_held, assert_shown, refused
from hunt import hunt
from invent import any_rule, expressible
from meaning import differences


@pytest.fixture(scope='module', params=['2007_SP1', '2010_SP2', '2019'])
def world(lab, request):
    w = World(lab, request.param)
    yield w
    w.close()


# ---- what Exchange can hold ----

@hunt(share=0.4, found=expressible())
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
        assert_shown(world.outlook, text)
        world.outlook.forget_kept(world.the_item())
        now = world.cold.get(path)
        assert now.status == 200, now
        assert_held(text, now.text)
    finally:
        assert world.client.delete(path).status == 204


def found_before(times, *override, zone=()):
    lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x'] + list(zone) + ['BEGIN:VEVENT', 'UID:%UID%', 'DTSTAMP:20270101T000000Z'] + list(times) + ['END:VEVENT']
    if override:
        lines += ['BEGIN:VEVENT', 'UID:%UID%', 'DTSTAMP:20270101T000000Z'] + list(override) + ['END:VEVENT']
    return lines + ['END:VCALENDAR']


FOUND = {  # what a hunt has found once
    'a backslash ends a parameter': found_before(['DTSTART;VALUE=DATE:20280229', 'SUMMARY:x', 'GEO;X-P=\\:0;0', 'X-A;X-P="\\";X-Q=1:v']),
    'names in lower case': found_before(['dtstart:20270104T090000Z', 'dtend:20270104T100000Z', 'rrule:FREQ=DAILY;COUNT=5', 'summary:x', 'x-microsoft-cdo-busystatus:OOF',
                                         'x-alt-desc;fmttype=text/html:<b>bold</b>']),
    'an occurrence without a title': found_before(['DTSTART:20270104T090000Z', 'DTEND:20270104T100000Z', 'RRULE:FREQ=DAILY;COUNT=5', 'SUMMARY:x'],
                                                  'RECURRENCE-ID:20270106T090000Z', 'DTSTART:20270106T090000Z', 'DTEND:20270106T100000Z', 'SUMMARY:'),
    'an occurrence that is plainly busy in a series out of office': found_before(
        ['DTSTART:20270104T090000Z', 'DTEND:20270104T100000Z', 'RRULE:FREQ=DAILY;COUNT=5', 'SUMMARY:x', 'X-MICROSOFT-CDO-BUSYSTATUS:OOF'],
        'RECURRENCE-ID:20270106T090000Z', 'DTSTART:20270106T090000Z', 'DTEND:20270106T100000Z', 'SUMMARY:x'),
    'an occurrence without a text in a series with HTML': found_before(
        ['DTSTART:20270104T090000Z', 'DTEND:20270104T100000Z', 'RRULE:FREQ=DAILY;COUNT=5', 'SUMMARY:x', 'X-ALT-DESC;FMTTYPE=text/html:<html><b>bold</b></html>'],
        'RECURRENCE-ID:20270106T090000Z', 'DTSTART:20270106T090000Z', 'DTEND:20270106T100000Z', 'SUMMARY:x'),
    'a first occurrence on the day of a change': found_before(
        ['DTSTART;TZID=Europe/Berlin:20270327T230000', 'DURATION:PT8H', 'RRULE:FREQ=DAILY;COUNT=5', 'SUMMARY:x']),
    'an end in UTC, the first on the day of a change': found_before(
        ['DTSTART;TZID=Europe/Berlin:20270327T230000', 'DTEND:20270328T050000Z', 'RRULE:FREQ=DAILY;COUNT=5', 'SUMMARY:x']),
}


@pytest.mark.parametrize('name', sorted(FOUND))
def test_found_before(world, name):
    text, path, r = world.store(FOUND[name])
    assert r.status == 201, r
    got = world.cold.get(path)
    assert got.status == 200 and got.text == text
    assert_shown(world.outlook, text)
    world.outlook.forget_kept(world.the_item())
    assert_held(text, world.cold.get(path).text)
    if name == 'names in lower case':
        assert 'X-MICROSOFT-CDO-BUSYSTATUS:OOF' in world.cold.get(path).text and '<b>bold</b>' in world.cold.get(path).text
    assert world.client.delete(path).status == 204


def test_a_first_occurrence_in_the_hour_that_is_skipped(world):
    for times in (['DTSTART;TZID=Europe/Berlin:20270328T000000', 'DTEND;TZID=Europe/Berlin:20270328T020000'], ['DTSTART;TZID=Europe/Berlin:20270328T023000', 'DURATION:PT2H']):
        _, path, r = world.store(found_before(times + ['RRULE:FREQ=DAILY;COUNT=5', 'SUMMARY:x']))
        assert 'the clock skips' in refused(r)
        assert world.client.get(path).status == 404 and world.outlook.count('calendar') == 0


# ---- rules that it may have no pattern for ----

@hunt(share=0.4, found=any_rule())
def test_any_rule_is_kept_or_refused_by_name(world, found):
    text, path, r = world.store(found)
    if r.status != 201:
        refused(r)
        assert world.client.get(path).status == 404
        assert world.outlook.count('calendar') == 0, text
        return
    try:
        got = world.cold.get(path)
        assert got.status == 200 and not differences(text, got.text), (got, text)
        assert_shown(world.outlook, text)
    finally:
        assert world.client.delete(path).status == 204
