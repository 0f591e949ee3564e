# SPDX-License-Identifier: Apache-2.0
"""Meetings, tasks, alarms and other people's calendars in Thunderbird itself. Two people sit at one Thunderbird (it knows them by
the name of the host: one is at 127.0.0.1, the other at localhost); a third has Outlook."""
import os
import re

import pytest
from gateway import Gateway
from ical import alarms, events, unfold, value
from labserver import Lab
from meetings import mailed, partstat
from outlook import Outlook
from thunderbird import PROGRAM, Thunderbird

pytestmark = pytest.mark.skipif(not os.path.exists(PROGRAM), reason='Thunderbird is not installed (make deps)')


class Office:
    """An Exchange, a gateway, a Thunderbird with the calendars of alice and bob."""

    def __init__(self):
        self.lab = Lab().start()
        self.gateway = Gateway(self.lab.ews_url).start()
        self.program = Thunderbird().start()
        self.found = {}
        self.alice, self.bob = self.account('alice', '127.0.0.1'), self.account('bob', 'localhost')

    def account(self, user, host):
        origin = self.gateway.url.replace('127.0.0.1', host)
        self.found[user] = self.program.detect(user, 'excal', origin + '/')
        return self.program.subscribe('%s/dav/calendars/%s@contoso.example/calendar/' % (origin, user), user)

    def outlook(self, user):
        return Outlook(self.lab, user)

    def close(self):
        self.program.stop()
        self.gateway.stop()
        crashes = self.gateway.crashes()
        self.gateway.remove()
        self.lab.stop()
        assert not crashes, crashes


@pytest.fixture(scope='module')
def office():
    office = Office()
    yield office
    office.close()


def vevent(uid, *lines, summary='Plan', start='20270302T100000', end='20270302T110000'):
    return '\r\n'.join(['BEGIN:VEVENT', 'UID:' + uid, 'DTSTAMP:20270101T000000Z', 'SUMMARY:' + summary, 'DTSTART;TZID=Europe/Berlin:' + start,
                        'DTEND;TZID=Europe/Berlin:' + end, *lines, 'END:VEVENT'])


def there(text):
    return text is not None


def gone(text):
    return text is None


HOUR = '{ const to = item.startDate.clone(), end = item.endDate.clone(); to.hour = %d; end.hour = %d; item.startDate = to; item.endDate = end; }'


def test_set_up_with_scheduling(office):
    for user, calendar in (('alice', office.alice), ('bob', office.bob)):
        assert any(c['uri'] == calendar.url and not c['readOnly'] for c in office.found[user]), office.found[user]
        about = calendar.about()
        assert about['autoScheduling'] and about['freeBusy'] and not about['readOnly'] and not about['disabled'], about
        assert about['organizer'] == 'mailto:%s@contoso.example' % user


@pytest.mark.parametrize('answer', ['ACCEPTED', 'TENTATIVE', 'DECLINED'])
def test_invited_answered_moved_cancelled(office, uid, answer):
    lab, alice, bob = office.lab, office.alice, office.bob
    with mailed(lab, uid) as mails:
        alice.add(vevent(uid, 'LOCATION:Room 1'), ['bob@contoso.example', 'carol@contoso.example'])
    assert mails == ['REQUEST bob carol']
    seen = bob.wait(uid, there)
    assert partstat(seen, 'bob') == 'NEEDS-ACTION' and value(seen, 'LOCATION') == 'Room 1'
    assert office.outlook('carol').find('Plan')
    with mailed(lab, uid, 'bob') as mails:
        bob.answer(uid, answer)
    assert mails == ['REPLY alice']
    assert partstat(alice.wait(uid, lambda t: partstat(t, 'bob') == answer), 'carol') == 'NEEDS-ACTION'
    if answer == 'DECLINED':
        bob.wait(uid, gone)
    # another time: everybody is asked again
    with mailed(lab, uid) as mails:
        alice.change(uid, HOUR % (14, 15))
    assert mails == ['REQUEST bob carol']
    assert partstat(alice.text(uid), 'bob') == 'NEEDS-ACTION'
    seen = bob.wait(uid, lambda t: t and value(t, 'DTSTART') == '20270302T140000')
    assert partstat(seen, 'bob') == 'NEEDS-ACTION'
    with mailed(lab, uid) as mails:
        alice.remove(uid)
    assert mails == ['CANCEL bob carol']
    alice.wait(uid, gone)
    bob.wait(uid, lambda t: t is None or value(t, 'STATUS') == 'CANCELLED')
    if bob.text(uid):
        with mailed(lab, uid, 'bob') as mails:
            bob.remove(uid)
        assert mails == []
    office.outlook('carol').delete(office.outlook('carol').find('Canceled: Plan')[0])


def test_deleting_an_invitation_declines_it(office, uid):
    office.alice.add(vevent(uid), ['bob@contoso.example'])
    office.bob.wait(uid, there)
    with mailed(office.lab, uid, 'bob') as mails:
        office.bob.remove(uid)
    assert mails == ['REPLY alice']
    office.alice.wait(uid, lambda t: partstat(t, 'bob') == 'DECLINED')
    office.alice.remove(uid)


def test_a_series_and_one_occurrence(office, uid):
    lab, alice, bob = office.lab, office.alice, office.bob
    alice.add(vevent(uid, 'RRULE:FREQ=WEEKLY;COUNT=5'), ['bob@contoso.example'])
    bob.wait(uid, there)
    bob.answer(uid, 'ACCEPTED')
    alice.wait(uid, lambda t: partstat(t, 'bob') == 'ACCEPTED')
    # the organizer moves the second, calls the third off
    with mailed(lab, uid) as mails:
        alice.change(uid, HOUR % (16, 17), occurrence='20270309T090000Z')
    assert mails == ['REQUEST@2027-03-09 bob']
    with mailed(lab, uid) as mails:
        alice.remove(uid, occurrence='20270316T090000Z')
    assert mails == ['CANCEL@2027-03-16 bob']
    moved = lambda t: t and any(value(e, 'DTSTART') == '20270309T160000' for e in events(t).values())
    # what is called off stays at the attendee's, marked, until it is taken away: so does Exchange
    bob.wait(uid, lambda t: moved(t) and value(events(t).get('20270316T100000', ''), 'STATUS') == 'CANCELLED')
    # the attendee declines the fourth alone
    with mailed(lab, uid, 'bob') as mails:
        bob.answer(uid, 'DECLINED', occurrence='20270323T090000Z')
    assert mails == ['REPLY@2027-03-23 alice']
    seen = alice.wait(uid, lambda t: '20270323T100000' in events(t))
    assert partstat(seen, 'bob', '20270323T100000') == 'DECLINED' and partstat(seen, 'bob') == 'ACCEPTED'
    with mailed(lab, uid) as mails:
        alice.remove(uid)
    assert mails == ['CANCEL bob']


def test_attendees_come_and_go(office, uid):
    lab, alice = office.lab, office.alice
    alice.add(vevent(uid), ['bob@contoso.example'])
    with mailed(lab, uid) as mails:
        alice.change(uid, 'item.addAttendee(person("dave@contoso.example", "NEEDS-ACTION", "OPT-PARTICIPANT")); item.addAttendee(person("room2@contoso.example", "NEEDS-ACTION", "REQ-PARTICIPANT"));')
    assert 'REQUEST dave room2' in mails or mails == ['REQUEST bob dave room2'], mails
    alice.wait(uid, lambda t: partstat(t, 'room2') == 'ACCEPTED')
    with mailed(lab, uid) as mails:
        alice.change(uid, 'item.removeAttendee(item.getAttendeeById("mailto:bob@contoso.example"));')
    assert mails[0] == 'CANCEL bob', mails
    office.bob.wait(uid, lambda t: t is None or value(t, 'STATUS') == 'CANCELLED')
    alice.remove(uid)


def test_invited_from_outlook(office, uid):
    subject = 'From Outlook ' + uid
    carol = office.outlook('carol')
    carol.call('<m:CreateItem SendMeetingInvitations="SendToAllAndSaveCopy"><m:Items><t:CalendarItem><t:Subject>%s</t:Subject><t:UID>%s</t:UID>'
               '<t:Start>2027-03-04T10:00:00Z</t:Start><t:End>2027-03-04T11:00:00Z</t:End><t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>'
               'bob@contoso.example</t:EmailAddress></t:Mailbox></t:Attendee></t:RequiredAttendees></t:CalendarItem></m:Items></m:CreateItem>' % (subject, uid))
    office.bob.wait(uid, there)
    with mailed(office.lab, uid, 'bob') as mails:
        office.bob.answer(uid, 'TENTATIVE')
    assert mails == ['REPLY carol']
    item = carol.get(carol.find(subject)[0])
    assert [e.text for e in item.iter('{*}ResponseType')][-1] == 'Tentative'


def test_free_and_busy_for_the_grid(office):
    bob = office.outlook('bob')
    items = [bob.create('At work', '2027-06-01T10:00:00Z', '2027-06-01T11:00:00Z'),
             bob.create('Away', '2027-06-01T13:00:00Z', '2027-06-01T14:00:00Z', '<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>'),
             bob.create('Perhaps', '2027-06-01T15:00:00Z', '2027-06-01T16:00:00Z', '<t:LegacyFreeBusyStatus>Tentative</t:LegacyFreeBusyStatus>')]
    window = ('20270601T000000Z', '20270602T000000Z')
    try:
        shown = [i for i in office.alice.free_busy('bob@contoso.example', *window) if i[0] not in ('FREE', 'UNKNOWN')]
        assert sorted(shown) == sorted([['BUSY', '20270601T100000Z', '20270601T110000Z'], ['UNAVAILABLE', '20270601T130000Z', '20270601T140000Z'],
                                        ['TENTATIVE', '20270601T150000Z', '20270601T160000Z']])
        nobody = office.alice.free_busy('nobody@contoso.example', *window)
        assert not [i for i in nobody if i[0] not in ('UNKNOWN',)], nobody
    finally:
        for item in items:
            bob.delete(item[0])


def test_alarms_are_ones_own(office, uid):
    """Snoozed and dismissed by the alarm service: kept, nobody is mailed, and the other one's alarm stays."""
    lab, alice, bob = office.lab, office.alice, office.bob
    alarm = ('BEGIN:VALARM', 'ACTION:DISPLAY', 'DESCRIPTION:x', 'TRIGGER:-PT15M', 'END:VALARM')
    alice.add(vevent(uid, *alarm), ['bob@contoso.example'])
    bob.wait(uid, there)
    bob.answer(uid, 'ACCEPTED')
    service = 'const service = Cc["@mozilla.org/calendar/alarm-service;1"].getService(Ci.calIAlarmService), item = await byUid(id, args[0]); '
    with mailed(lab, uid) as mails, mailed(lab, uid, 'bob') as replies:
        alice.wait(uid, lambda t: partstat(t, 'bob') == 'ACCEPTED')
        alice.run(service + 'const d = cal.createDuration(); d.minutes = 10; await service.snoozeAlarm(item, item.getAlarms()[0], d); await settle(id);', uid)
        assert 'X-MOZ-SNOOZE-TIME' in alice.wait(uid, there)
        alice.run(service + 'await service.dismissAlarm(item, item.getAlarms()[0]); await settle(id);', uid)
        seen = alice.wait(uid, there)
        assert 'X-MOZ-LASTACK' in seen and 'X-MOZ-SNOOZE-TIME' not in seen and partstat(seen, 'bob') == 'ACCEPTED'
        bob.change(uid, 'item.clearAlarms(); const { CalAlarm } = ChromeUtils.importESModule("resource:///modules/CalAlarm.sys.mjs"); const a = new CalAlarm(); '
                   'a.action = "DISPLAY"; a.related = Ci.calIAlarm.ALARM_RELATED_START; a.offset = cal.createDuration("-PT5M"); item.addAlarm(a);')
        assert alarms(bob.wait(uid, there)) == ['TRIGGER:-PT5M'] and partstat(bob.text(uid), 'bob') == 'ACCEPTED'
        assert alarms(alice.wait(uid, there)) == ['TRIGGER:-PT15M']
    assert mails == [] and replies == []
    alice.remove(uid)


def test_tasks(office, uid):
    tasks = office.program.subscribe(office.alice.url.replace('/calendar/', '/tasks/'), 'alice')
    try:
        assert tasks.about()['types'] == ['VTODO'] and not tasks.about()['readOnly']
        assert any(c['uri'] == tasks.url for c in office.found['alice'])
        line = lambda *lines: '\r\n'.join(['BEGIN:VTODO', 'UID:' + uid, 'DTSTAMP:20270101T000000Z', 'SUMMARY:Buy milk', *lines, 'END:VTODO'])
        tasks.add(line('DUE;TZID=Europe/Berlin:20270310T170000', 'PRIORITY:1'))
        assert 'SUMMARY:Buy milk' in tasks.wait(uid, there)
        tasks.change(uid, 'item.percentComplete = 50; item.status = "IN-PROCESS";')
        assert 'PERCENT-COMPLETE:50' in tasks.wait(uid, there)
        tasks.change(uid, 'item.isCompleted = true;')
        text = unfold(tasks.wait(uid, there))
        assert 'STATUS:COMPLETED' in text and re.search(r'^COMPLETED:\d{8}T\d{6}Z', text, re.M) and 'PERCENT-COMPLETE:100' in text
        tasks.change(uid, 'item.isCompleted = false;')
        assert 'STATUS:COMPLETED' not in tasks.wait(uid, there)
        tasks.remove(uid)
        tasks.wait(uid, gone)
        tasks.add(line('DTSTART;TZID=Europe/Berlin:20270310T090000', 'DUE;TZID=Europe/Berlin:20270310T170000', 'RRULE:FREQ=WEEKLY;COUNT=4'))
        assert 'RRULE' in tasks.wait(uid, there)
        tasks.remove(uid)
        tasks.wait(uid, gone)
    finally:
        tasks.unsubscribe()


@pytest.mark.parametrize('owner, level, writes', [('carol', 'Reviewer', False), ('dave', 'Editor', True)])
def test_a_calendar_of_somebody_else(office, uid, owner, level, writes):
    lab = office.lab
    lab.share(owner, 'alice', level)
    item = office.outlook(owner).create('Shared ' + uid)
    url = office.alice.url.replace('/alice@', '/%s@' % owner)
    shared = office.program.subscribe(url, 'alice')
    try:
        about = shared.about()
        assert about['readOnly'] == (not writes) and not about['disabled'], about
        shared.refresh()
        titles = shared.run('return (await calendar(id).getItemsAsArray(Ci.calICalendar.ITEM_FILTER_ALL_ITEMS, 0, null, null)).map(i => i.title)')
        assert 'Shared ' + uid in titles
        if writes:
            shared.add(vevent(uid, summary='By alice ' + uid))
            assert office.outlook(owner).find('By alice ' + uid)
            shared.change(uid, 'item.title = "Again %s";' % uid)
            assert office.outlook(owner).find('Again ' + uid)
            shared.remove(uid)
            assert not office.outlook(owner).find('Again ' + uid)
    finally:
        shared.unsubscribe()
        office.outlook(owner).delete(item[0])
        lab.share(owner, 'alice', 'None')
