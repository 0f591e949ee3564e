# SPDX-License-Identifier: Apache-2.0
"""Alarms: set, snoozed and dismissed by each client in its own way, and by Outlook. They stay with the user, nobody is mailed, and
what one side does never makes the other's wrong."""
import pytest
from fidelity import World
from meaning import differences, parse

STAMPS = {'DTSTAMP', 'LAST-MODIFIED', 'SEQUENCE'}


@pytest.fixture(scope='module')
def world(lab):
    w = World(lab)
    yield w
    w.close()


def text_of(uid, *lines, start='20270302T100000Z', end='20270302T110000Z', more=()):
    return '\r\n'.join(['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', 'BEGIN:VEVENT', 'UID:' + uid, 'DTSTAMP:20270101T000000Z', 'SUMMARY:Alarmed', 'DTSTART:' + start,
                        'DTEND:' + end] + list(lines) + ['END:VEVENT'] + list(more) + ['END:VCALENDAR', ''])


def alarm(*lines, action='DISPLAY', trigger='TRIGGER:-PT15M'):
    return ['BEGIN:VALARM', 'ACTION:' + action, 'DESCRIPTION:Alarmed', trigger] + list(lines) + ['END:VALARM']


@pytest.fixture
def stored(world):
    """store(lines…) gives (text, path)"""
    paths = []

    def store(*lines, path=None, **kw):
        uid = path.rsplit('/', 1)[1][:-4] if path else None
        if not path:
            uid, path = world.path()
            paths.append(path)
        text = text_of(uid, *lines, **kw)
        r = world.client.put(path, text)
        assert r.status in (201, 204), r
        assert world.cold.get(path).text == text
        return text, path
    yield store
    for path in paths:
        world.client.delete(path)
    assert world.lab.outbox() == [], 'somebody was mailed'


def reminder(world):
    item = world.outlook.get(world.the_item())
    return item.findtext('{*}ReminderMinutesBeforeStart') if item.findtext('{*}ReminderIsSet') == 'true' else None


def set_in_outlook(world, *fields):
    world.outlook.set(world.the_item(), *fields)


RENAMED = ('item:Subject', '<t:Subject>By Outlook</t:Subject>')
MINUTES = [  # the alarms, Exchange's minutes
    (alarm(), '15'), (alarm(trigger='TRIGGER:-PT1H30M'), '90'), (alarm(trigger='TRIGGER:-P1DT2H'), '1560'), (alarm(trigger='TRIGGER:-P1W'), '10080'),
    (alarm(trigger='TRIGGER;RELATED=END:-PT1H30M'), '30'), (alarm(trigger='TRIGGER;RELATED=END:PT0S'), '0'),
    (alarm(trigger='TRIGGER;VALUE=DATE-TIME:20270302T080000Z'), '120'), (alarm(trigger='TRIGGER;VALUE=DATE-TIME:20270301T100000Z'), '1440'),
    (alarm(action='AUDIO'), '15'), (alarm('SUMMARY:x', 'ATTENDEE:mailto:bob@contoso.example', action='EMAIL'), None),
    (alarm('SUMMARY:x', 'ATTENDEE:mailto:bob@contoso.example', action='EMAIL') + alarm(trigger='TRIGGER:-PT5M'), '5'),
    (alarm(trigger='TRIGGER:-PT10M') + alarm(trigger='TRIGGER:-P1D'), '10'), (alarm(trigger='TRIGGER;VALUE=DATE-TIME:20270302T080000Z') + alarm(trigger='TRIGGER:-PT7M'), '7'),
    (alarm(trigger='TRIGGER;VALUE=DATE-TIME:19760401T005545Z', action='NONE'), None),
]


@pytest.mark.parametrize('lines,minutes', MINUTES)
def test_exchanges_reminder(world, stored, lines, minutes):
    """The first that is shown or sounds, relative before absolute; an EMAIL alarm is nobody's."""
    text, path = stored(*lines)
    assert reminder(world) == minutes
    set_in_outlook(world, RENAMED)
    assert not differences(text, world.cold.get(path).text, STAMPS | {'SUMMARY'})


CLIENTS = {  # alarm as it is set, dismissed, snoozed by a client
    'thunderbird': (alarm(), alarm() + [], ['X-MOZ-LASTACK:20270302T094512Z'], ['X-MOZ-LASTACK:20270302T094512Z', 'X-MOZ-SNOOZE-TIME:20270302T095512Z', 'X-MOZ-GENERATION:1']),
    'apple': (alarm('X-WR-ALARMUID:A-1', 'UID:A-1'), alarm('X-WR-ALARMUID:A-1', 'UID:A-1', 'ACKNOWLEDGED:20270302T094500Z'), [],
              alarm('X-WR-ALARMUID:A-2', 'UID:A-2', 'RELATED-TO;RELTYPE=SNOOZE:A-1', trigger='TRIGGER;VALUE=DATE-TIME:20270302T095500Z')),
    'rfc 9074': (alarm('UID:A-1'), alarm('UID:A-1', 'ACKNOWLEDGED:20270302T094500Z', 'RELATED-TO:other'), [],
                 alarm('UID:A-2', 'RELATED-TO;RELTYPE=SNOOZE:A-1', 'PROXIMITY:ARRIVE', trigger='TRIGGER:-PT5M')),
}


@pytest.mark.parametrize('client', sorted(CLIENTS))
def test_snoozed_and_dismissed_by_a_client(world, stored, client):
    fresh, acknowledged, dismissed, snoozed = CLIENTS[client]
    _, path = stored(*fresh)
    assert reminder(world) == '15'
    for lines in (acknowledged + dismissed, acknowledged + snoozed):
        lines = [x for x in lines if x.startswith('X-MOZ')] + [x for x in lines if not x.startswith('X-MOZ')]
        text, _ = stored(*lines, path=path)
        assert reminder(world) == '15', 'the reminder of the event is what it was'
        # Outlook changes something else
        set_in_outlook(world, RENAMED, ('calendar:Location', '<t:Location>There</t:Location>'))
        now = world.cold.get(path)
        assert not differences(text, now.text, STAMPS | {'SUMMARY', 'LOCATION'})
        # and the client goes on from there
        assert world.client.put(path, now.text, If_Match=now.etag).status == 204
        assert not differences(text, world.cold.get(path).text, STAMPS | {'SUMMARY', 'LOCATION'})


def test_an_occurrence_snoozed_by_thunderbird(world, stored):
    """The master keeps what is snoozed, by the occurrence's instant."""
    rule = ['RRULE:FREQ=DAILY;COUNT=5']
    _, path = stored(*rule + alarm())
    text, _ = stored(*rule + ['X-MOZ-LASTACK:20270302T094500Z', 'X-MOZ-SNOOZE-TIME-1804068000000000:20270303T095000Z'] + alarm(), path=path)
    item = world.outlook.get(world.the_item())
    assert item.find('{*}ModifiedOccurrences') is None, 'a snooze makes no exception'
    world.outlook.delete((world.the_item(), 4))
    now = world.cold.get(path).text
    assert not differences(text, now, STAMPS | {'EXDATE'}) and 'EXDATE:20270305T100000Z' in now


def test_dismissed_in_outlook(world, stored):
    """Outlook dismisses by switching the reminder off (a single event) or by moving the next signal time on (a series)."""
    two = alarm() + alarm(trigger='TRIGGER:-P1D') + alarm('SUMMARY:x', 'ATTENDEE:mailto:bob@contoso.example', action='EMAIL', trigger='TRIGGER:-PT2H')
    text, path = stored('X-KEEP:1', *two)
    set_in_outlook(world, ('item:ReminderIsSet', '<t:ReminderIsSet>false</t:ReminderIsSet>'))
    now = world.cold.get(path)
    left = parse(now.text).comps('VEVENT')[0].comps('VALARM')
    assert [a.text('ACTION') for a in left] == ['EMAIL'], 'nothing rings that Outlook has silenced; what rings nowhere stays'
    assert 'X-KEEP:1' in now.text and reminder(world) is None
    # the client writes what it has been given: still silent
    assert world.client.put(path, now.text, If_Match=now.etag).status == 204 and reminder(world) is None
    # it sets an alarm again
    again = text.replace('SUMMARY:Alarmed', 'SUMMARY:Again', 1)
    assert world.client.put(path, again).status == 204 and reminder(world) == '15'
    assert world.cold.get(path).text == again


def test_snoozed_in_outlook(world, stored):
    """A snooze moves the time of the next signal alone: the client's text is what it was, byte for byte."""
    text, path = stored(*alarm())
    signal = '<t:ExtendedFieldURI DistinguishedPropertySetId="Common" PropertyId="34144" PropertyType="SystemTime"/>'
    world.outlook.call('<m:UpdateItem MessageDisposition="SaveOnly" ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges>'
                       '<t:ItemChange><t:ItemId Id="%s"/><t:Updates><t:SetItemField>%s<t:CalendarItem><t:ExtendedProperty>%s<t:Value>2027-03-02T09:50:00Z</t:Value>'
                       '</t:ExtendedProperty></t:CalendarItem></t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>' % (world.the_item(), signal, signal))
    assert world.cold.get(path).text == text and reminder(world) == '15'


@pytest.mark.parametrize('trigger', ['TRIGGER;VALUE=DATE-TIME:20270302T080000Z', 'TRIGGER;RELATED=END:-PT90M', 'TRIGGER:-PT20M'])
def test_moved_in_outlook_the_reminder_goes_along(world, stored, trigger):
    """Exchange's reminder goes with the event that Outlook moves and makes longer; the alarm, however it was written, says so."""
    other = alarm(trigger='TRIGGER:-P1D')
    text, path = stored(*alarm('X-A:1', trigger=trigger) + other)
    minutes = reminder(world)
    set_in_outlook(world, ('calendar:Start', '<t:Start>2027-03-03T10:00:00Z</t:Start>'), ('calendar:End', '<t:End>2027-03-03T12:30:00Z</t:End>'))
    assert reminder(world) == minutes
    now = world.cold.get(path)
    assert len(parse(now.text).comps('VEVENT')[0].comps('VALARM')) == 2 and 'X-A:1' in now.text
    assert world.client.put(path, now.text.replace('SUMMARY:Alarmed', 'SUMMARY:Again'), If_Match=now.etag).status == 204
    assert reminder(world) == minutes, now.text


def test_an_alarm_at_a_fixed_time_goes_along(world, stored):
    text, path = stored(*alarm('X-A:1', trigger='TRIGGER;VALUE=DATE-TIME:20270302T080000Z'))
    assert reminder(world) == '120'
    set_in_outlook(world, ('calendar:Start', '<t:Start>2027-03-03T10:00:00Z</t:Start>'), ('calendar:End', '<t:End>2027-03-03T11:00:00Z</t:End>'))
    now = world.cold.get(path)
    [left] = parse(now.text).comps('VEVENT')[0].comps('VALARM')
    assert left.one('TRIGGER')[2] in ('-PT120M', '-PT2H') and left.text('X-A') == '1', now.text
