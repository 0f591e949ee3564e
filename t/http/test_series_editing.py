# SPDX-License-Identifier: Apache-2.0
"""What clients do to a series over its life, each step with what Exchange then holds and how many calls it took."""
import datetime as dt

import pytest
from fidelity import World, assert_held, assert_shown
from ical import events, exdates, value
from meaning import differences

ZONE = ';TZID=Europe/Berlin:'
HEAD = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x']


@pytest.fixture(scope='module', params=['2007_SP1', '2019'])
def world(lab, request):
    w = World(lab, request.param)
    yield w
    w.close()


def master(uid, rule='FREQ=DAILY;COUNT=10', start='20270322T220000', end='20270322T230000', *more):
    return ['BEGIN:VEVENT', 'UID:' + uid, 'DTSTAMP:20270101T000000Z', 'DTSTART' + ZONE + start, 'DTEND' + ZONE + end, 'SUMMARY:Series'] + (
        ['RRULE:' + rule] if rule else []) + list(more) + ['END:VEVENT']


def override(uid, original, start, end, *more):
    return ['BEGIN:VEVENT', 'UID:' + uid, 'DTSTAMP:20270101T000000Z', 'RECURRENCE-ID' + ZONE + original, 'DTSTART' + ZONE + start, 'DTEND' + ZONE + end] + list(more) + ['END:VEVENT']


def whole(*groups):
    return '\r\n'.join(HEAD + [x for g in groups for x in g] + ['END:VCALENDAR', ''])


class Object:
    """An object under test: each store() is checked from both sides."""

    def __init__(self, world):
        self.world = world
        self.uid, self.path = world.path()

    def store(self, text, status=(201, 204)):
        self.world.lab.reset_calls()
        r = self.world.client.put(self.path, text)
        self.calls = {k: v for k, v in self.world.lab.calls()['by_operation'].items() if k.endswith('Item')}  # the first one signs in, too
        assert r.status in status, r
        if r.status < 300:
            got = self.world.cold.get(self.path)
            assert not differences(text, got.text), differences(text, got.text)
            assert_shown(self.world.outlook, text)
        return r

    def item(self):
        return self.world.outlook.get(self.world.the_item())

    def changed(self):
        return sorted(e.findtext('{*}OriginalStart')[:10] for e in self.item().findall('{*}ModifiedOccurrences/{*}Occurrence'))

    def deleted(self):
        return sorted(e.findtext('{*}Start')[:10] for e in self.item().findall('{*}DeletedOccurrences/{*}DeletedOccurrence'))


@pytest.fixture
def obj(world):
    o = Object(world)
    yield o
    world.client.delete(o.path)
    assert world.outlook.count('calendar') == 0


def test_exceptions_take_as_few_calls_as_there_are_kinds(obj):
    """Twelve changed and twelve deleted occurrences: one call each, whatever their number; nothing is searched."""
    uid = obj.uid
    day = lambda i: (dt.date(2027, 3, 1) + dt.timedelta(days=i)).strftime('%Y%m%d')
    gone = ['EXDATE%s%sT220000' % (ZONE, day(i)) for i in range(30, 54, 2)]
    changed = [override(uid, day(i) + 'T220000', day(i) + 'T210000', day(i) + 'T213000', 'SUMMARY:One %d' % i) for i in range(1, 24, 2)]
    text = whole(master(uid, 'FREQ=DAILY;COUNT=60', '20270301T220000', '20270301T230000', *gone), *changed)
    obj.store(text)
    assert len(obj.changed()) == 12 and len(obj.deleted()) == 12
    assert obj.calls == {'CreateItem': 1, 'DeleteItem': 1, 'UpdateItem': 1}, obj.calls
    # all of them changed once more, and two deleted in addition
    text = text.replace('SUMMARY:One', 'SUMMARY:Two').replace('SUMMARY:Series', 'SUMMARY:Series\r\nEXDATE%s%sT220000\r\nEXDATE%s%sT220000' % (ZONE, day(40 + 15), ZONE, day(40 + 17)))
    obj.store(text)
    assert len(obj.changed()) == 12 and len(obj.deleted()) == 14
    assert obj.calls.pop('GetItem', 0) <= 2 and obj.calls == {'DeleteItem': 1, 'UpdateItem': 2}, obj.calls
    # one of them alone
    obj.store(text.replace('SUMMARY:Two 5\r\n', 'SUMMARY:Three 5\r\n'))
    assert 'DeleteItem' not in obj.calls and obj.calls['UpdateItem'] == 2, obj.calls


def test_deleted_and_restored(obj):
    uid = obj.uid
    changed = override(uid, '20270324T220000', '20270324T200000', '20270324T203000', 'SUMMARY:Other', 'X-OWN:1')
    plain = whole(master(uid), changed)
    obj.store(plain)
    assert obj.deleted() == [] and obj.changed() == ['2027-03-24']
    obj.store(whole(master(uid, 'FREQ=DAILY;COUNT=10', '20270322T220000', '20270322T230000', 'EXDATE%s20270326T220000' % ZONE, 'EXDATE%s20270328T220000' % ZONE), changed))
    assert obj.deleted() == ['2027-03-26', '2027-03-28'] and obj.changed() == ['2027-03-24']
    # one comes back: the pattern is written anew, and all else with it
    obj.store(whole(master(uid, 'FREQ=DAILY;COUNT=10', '20270322T220000', '20270322T230000', 'EXDATE%s20270328T220000' % ZONE), changed))
    assert obj.deleted() == ['2027-03-28'] and obj.changed() == ['2027-03-24']
    assert obj.calls['UpdateItem'] == 2 and obj.calls['DeleteItem'] == 1, obj.calls
    obj.store(plain)
    assert obj.deleted() == [] and obj.changed() == ['2027-03-24']


def test_an_override_taken_back(obj):
    uid = obj.uid
    one, two = (override(uid, d + 'T220000', d + 'T200000', d + 'T203000', 'SUMMARY:Other') for d in ('20270324', '20270330'))
    obj.store(whole(master(uid), one, two))
    assert obj.changed() == ['2027-03-24', '2027-03-30']
    obj.store(whole(master(uid), two))
    assert obj.changed() == ['2027-03-30']
    obj.store(whole(master(uid)))
    assert obj.changed() == []
    # deleted instead of changed, and changed instead of deleted
    obj.store(whole(master(uid), one))
    obj.store(whole(master(uid, 'FREQ=DAILY;COUNT=10', '20270322T220000', '20270322T230000', 'EXDATE%s20270324T220000' % ZONE)))
    assert obj.deleted() == ['2027-03-24'] and obj.changed() == []
    obj.store(whole(master(uid), one))
    assert obj.deleted() == [] and obj.changed() == ['2027-03-24']


def test_moved_over_a_day_boundary_both_ways(obj):
    uid = obj.uid
    rule = 'FREQ=DAILY;INTERVAL=3;COUNT=5'
    later = override(uid, '20270325T220000', '20270326T003000', '20270326T013000', 'SUMMARY:After midnight')
    earlier = override(uid, '20270331T220000', '20270330T090000', '20270330T100000', 'SUMMARY:The day before')
    obj.store(whole(master(uid, rule), later, earlier))
    text = obj.world.cold.get(obj.path).text
    assert sorted(events(text), key=str) == ['20270325T220000', '20270331T220000', None]
    obj.world.outlook.forget_kept(obj.world.the_item())
    assert_held(whole(master(uid, rule), later, earlier), obj.world.cold.get(obj.path).text)


def test_a_changed_rule_keeps_the_exceptions_that_still_exist(obj):
    uid = obj.uid
    one, two = (override(uid, d + 'T220000', d + 'T200000', d + 'T203000', 'SUMMARY:Other ' + d) for d in ('20270324', '20270329'))
    gone = ['EXDATE%s20270323T220000' % ZONE, 'EXDATE%s20270330T220000' % ZONE]
    start = ('20270322T220000', '20270322T230000')
    obj.store(whole(master(uid, 'FREQ=DAILY;COUNT=10', *start, *gone), one, two))
    assert (obj.changed(), obj.deleted()) == (['2027-03-24', '2027-03-29'], ['2027-03-23', '2027-03-30'])
    # a longer series
    obj.store(whole(master(uid, 'FREQ=DAILY;COUNT=14', *start, *gone), one, two))
    assert (obj.changed(), obj.deleted()) == (['2027-03-24', '2027-03-29'], ['2027-03-23', '2027-03-30'])
    # a shorter one: a client drops what lies behind its end
    obj.store(whole(master(uid, 'FREQ=DAILY;COUNT=5', *start, gone[0]), one))
    assert (obj.changed(), obj.deleted()) == (['2027-03-24'], ['2027-03-23'])
    # every second day: Monday, Wednesday; the EXDATE of Tuesday says nothing any more and stays the client's
    obj.store(whole(master(uid, 'FREQ=DAILY;INTERVAL=2;COUNT=5', *start, gone[0]), one))
    assert (obj.changed(), obj.deleted()) == (['2027-03-24'], [])
    # an override of what the rule does not make is refused by name, and nothing changes
    r = obj.store(whole(master(uid, 'FREQ=DAILY;INTERVAL=3;COUNT=5', *start), one), status=(403,))
    assert r.condition == 'x:recurrence-exchange-can-express' and '20270324' in r.text
    assert (obj.changed(), obj.deleted()) == (['2027-03-24'], [])


def test_a_rule_taken_away_makes_a_single_event(obj):
    uid = obj.uid
    one = override(uid, '20270324T220000', '20270324T200000', '20270324T203000', 'SUMMARY:Other')
    obj.store(whole(master(uid, 'FREQ=DAILY;COUNT=10', '20270322T220000', '20270322T230000', 'EXDATE%s20270326T220000' % ZONE), one))
    assert obj.item().findtext('{*}CalendarItemType') == 'RecurringMaster'
    before = obj.world.the_item()
    obj.store(whole(master(uid, None)))
    item = obj.item()
    assert obj.world.the_item() == before and item.findtext('{*}CalendarItemType') == 'Single' and item.find('{*}Recurrence') is None
    assert item.findtext('{*}IsRecurring') in ('false', None)
    # and a series again
    obj.store(whole(master(uid, 'FREQ=WEEKLY;COUNT=3')))
    assert obj.item().findtext('{*}CalendarItemType') == 'RecurringMaster' and obj.changed() == [] and obj.deleted() == []


def test_this_and_future_is_refused_and_the_split_works(obj, world):
    uid = obj.uid
    whole_series = whole(master(uid))
    obj.store(whole_series)
    future = override(uid, '20270326T220000', '20270326T190000', '20270326T200000', 'SUMMARY:Earlier from now on')
    future[3] = future[3].replace('RECURRENCE-ID', 'RECURRENCE-ID;RANGE=THISANDFUTURE')
    r = obj.store(whole(master(uid), future), status=(403,))
    assert r.condition == 'x:recurrence-exchange-can-express' and 'THISANDFUTURE' in r.text and 'split' in r.text
    assert world.client.get(obj.path).text == whole_series
    # what clients do instead: the first part ends, a second series begins
    second = Object(world)
    obj.store(whole(master(uid, 'FREQ=DAILY;UNTIL=20270325T210000Z')))
    first_view = world.outlook.view(dt.datetime(2027, 3, 20), dt.datetime(2027, 4, 20))
    assert len(first_view) == 4
    r = world.client.put(second.path, whole(master(second.uid, 'FREQ=DAILY;COUNT=6', '20270326T190000', '20270326T200000', 'RELATED-TO:' + uid)))
    assert r.status == 201
    shown = world.outlook.view(dt.datetime(2027, 3, 20), dt.datetime(2027, 4, 20))
    assert [s.strftime('%d %H') for s, _, _, _ in shown] == ['22 21', '23 21', '24 21', '25 21', '26 18', '27 18', '28 17', '29 17', '30 17', '31 17']
    assert value(world.cold.get(second.path).text, 'RELATED-TO') == uid
    assert world.client.delete(second.path).status == 204


def test_every_property_of_an_override(obj):
    """Each field that an exception can have of its own in Exchange, set and taken back."""
    uid = obj.uid
    d = '20270324'
    base = [d + 'T220000', d + 'T220000', d + 'T230000']
    plain = ['SUMMARY:Series']
    for own, element, there in ((['SUMMARY:Own'], 'Subject', 'Own'), (plain + ['LOCATION:Own room'], 'Location', 'Own room'), (plain + ['TRANSP:TRANSPARENT'], 'LegacyFreeBusyStatus', 'Free'),
                                (plain + ['DESCRIPTION:Own text'], 'Body', 'Own text'), (plain + ['PRIORITY:1'], 'Importance', 'High'),
                                (plain + ['CATEGORIES:Own'], 'Categories', None), (plain + ['BEGIN:VALARM', 'ACTION:DISPLAY', 'DESCRIPTION:x', 'TRIGGER:-PT25M', 'END:VALARM'],
                                                                                  'ReminderMinutesBeforeStart', '25')):
        obj.store(whole(master(uid), override(uid, *base, *own)))
        [e] = obj.item().findall('{*}ModifiedOccurrences/{*}Occurrence')
        occurrence = obj.world.outlook.get(e.find('{*}ItemId').get('Id'))
        if there:
            assert (occurrence.findtext('{*}' + element) or '').strip() == there, own
        else:
            assert [c.text for c in occurrence.findall('{*}Categories/{*}String')] == ['Own']
        obj.world.outlook.set(obj.world.the_item(), ('item:Sensitivity', '<t:Sensitivity>Private</t:Sensitivity>'))
        now = events(obj.world.cold.get(obj.path).text)
        assert value(now[None], 'CLASS') == 'PRIVATE' and all(x in now[d + 'T220000'] for x in own), now
    obj.store(whole(master(uid)))
    assert obj.changed() == [] and exdates(obj.world.cold.get(obj.path).text) == []
