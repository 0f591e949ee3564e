# SPDX-License-Identifier: Apache-2.0
"""What peers are known to get wrong with meetings, at the organizer's: a test each, passing here. Numbers are those of their public lists."""
import pytest
from dav import Client, event
from ical import props, value
from meetings import attendee_line, mailed, param, partstat, people, person, series
from outlook import Outlook


@pytest.fixture
def path(alice, uid):
    path = '%s%s.ics' % (alice.calendar, uid)
    yield path
    alice.delete(path)


def lists(outlook, uid):
    item = outlook.get(outlook.find('Peer ' + uid)[0])
    return {n: sorted(e.text.split('@')[0] for e in item.findall('{*}%s//{*}EmailAddress' % n) if not e.text.startswith('alice@'))
            for n in ('RequiredAttendees', 'OptionalAttendees', 'Resources')}


def test_an_attendee_without_role_became_optional(alice, lab, path, uid):
    """Without a ROLE one is required (RFC 5545 3.2.16); a room is a resource, not an optional attendee, whatever its ROLE."""
    r = alice.put(path, event(uid, 'Peer ' + uid, extra=people(person('bob'), person('carol', ROLE='OPT-PARTICIPANT'), person('room1', CUTYPE='ROOM', ROLE='REQ-PARTICIPANT'),
                                                               person('room2', CUTYPE='ROOM'))))
    assert r.status == 201
    assert lists(Outlook(lab, 'alice'), uid) == {'RequiredAttendees': ['bob'], 'OptionalAttendees': ['carol'], 'Resources': ['room1', 'room2']}
    # and so they come back to a client that never saw the text
    Outlook(lab, 'alice').forget_kept(Outlook(lab, 'alice').find('Peer ' + uid)[0])
    now = alice.get(path).text
    assert param(attendee_line(now, 'bob'), 'ROLE') in (None, 'REQ-PARTICIPANT') and param(attendee_line(now, 'carol'), 'ROLE') == 'OPT-PARTICIPANT'
    assert param(attendee_line(now, 'room1'), 'CUTYPE') in ('ROOM', 'RESOURCE')


def test_107_dismissing_a_reminder_mailed_people(alice, gateway, lab, path, uid):
    alarm = 'BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT15M\n%sEND:VALARM'
    text = event(uid, 'Peer ' + uid, extra=people('bob') + '\n' + alarm % '')
    assert alice.put(path, text).status == 201
    bob = Client(gateway.url, 'bob')
    [(href, own)] = [(e.href, e.text('c:calendar-data')) for e in bob.query(bob.calendar).entries if 'UID:' + uid in e.text('c:calendar-data')]
    with mailed(lab, uid) as hers, mailed(lab, uid, 'bob') as his:
        dismissed = text.replace('TRIGGER:-PT15M', 'TRIGGER:-PT15M\r\nACKNOWLEDGED:20270302T094500Z').replace('SUMMARY:', 'X-MOZ-LASTACK:20270302T094500Z\r\nSUMMARY:')
        assert alice.put(path, dismissed).status == 204
        assert bob.put(href, own.replace('SUMMARY:', 'X-MOZ-LASTACK:20270302T094500Z\r\nSUMMARY:')).status == 204
    assert hers == [] and his == []
    # and it does not come back
    assert 'ACKNOWLEDGED:20270302T094500Z' in alice.get(path).text and value(bob.get(href).text, 'X-MOZ-LASTACK') == '20270302T094500Z'


@pytest.mark.parametrize('how', ['ExcalReadOnly On', 'ExcalReadOnlyFor alice@contoso.example', 'ExcalReadOnlyFor @contoso.example'])
def test_146_wanted_read_only(alice, make_gateway, lab, path, uid, how):
    text = event(uid, 'Peer ' + uid, extra=people('bob'))
    assert alice.put(path, text).status == 201
    reader = Client(make_gateway(location=how).url, 'alice')
    with mailed(lab, uid) as mails:
        assert reader.get(path).status == 200
        for r in (reader.put(path, text.replace('T100000Z', 'T090000Z')), reader.delete(path), reader.request('MOVE', path, None, {'Destination': path + '2.ics'})):
            assert r.status == 403 and r.condition == 'd:need-privileges', r
    assert mails == []


def test_146_wanted_never_to_mail_colleagues(make_gateway, lab, path, uid):
    writer = Client(make_gateway(location='ExchangeScheduling Off').url, 'alice')
    with mailed(lab, uid) as mails:
        assert writer.put(path, event(uid, 'Peer ' + uid, extra=people('bob', 'carol'))).status == 201
        assert writer.put(path, event(uid, 'Peer ' + uid, start='20270302T090000Z', extra=people('bob', 'dave'))).status == 204
        assert writer.delete(path).status == 204
    assert mails == [] and Outlook(lab, 'bob').find('Peer ' + uid) is None


def test_493_wrong_organizer_on_overrides(alice, lab, path, uid):
    """Whatever the override says or leaves out: the organizer is the one of the series, with and without what was kept."""
    who = people('bob')
    text = series(uid, 'Peer ' + uid, who, ('20270309T100000', '20270309T140000', 'SUMMARY:a\n' + who), ('20270316T100000', '20270316T140000', 'SUMMARY:b'),
                  ('20270323T100000', '20270323T140000', 'SUMMARY:c\n' + person('bob')))
    assert alice.put(path, text).status == 201
    for _ in range(2):
        assert set(props(alice.get(path).text, 'ORGANIZER')) <= {'ORGANIZER;CN=The Organizer:mailto:alice@contoso.example', 'ORGANIZER;CN=Alice Adams:mailto:alice@contoso.example'}
        Outlook(lab, 'alice').forget_kept(Outlook(lab, 'alice').find('Peer ' + uid)[0])


def test_3906_partstat_lost_on_update(alice, lab, path, uid):
    """Cyrus: the organizer's update forgot what others had answered. The client's copy is older than the answers."""
    text = event(uid, 'Peer ' + uid, extra=people('bob', 'carol'))
    assert alice.put(path, text).status == 201
    bob = Outlook(lab, 'bob')
    item, key = bob.find('Peer ' + uid)
    bob.call('<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:AcceptItem><t:ReferenceItemId Id="%s" ChangeKey="%s"/></t:AcceptItem></m:Items></m:CreateItem>' % (item, key))
    for change in (('SUMMARY:', 'LOCATION:Room 7\r\nSUMMARY:'), ('SUMMARY:', 'CATEGORIES:Red\r\nSUMMARY:'), ('END:VEVENT', person('dave') + '\r\nEND:VEVENT')):
        text = text.replace(*change, 1)
        assert alice.put(path, text).status == 204
        now = alice.get(path).text
        assert partstat(now, 'bob') == 'ACCEPTED' and partstat(now, 'carol') == 'NEEDS-ACTION', now


def test_an_attendee_named_twice(alice, lab, path, uid):
    """evolution-ews: duplicate attendees. In two spellings and two roles it is one person, mailed once; both lines stay the client's."""
    with mailed(lab, uid) as mails:
        assert alice.put(path, event(uid, 'Peer ' + uid, extra=people(person('bob'), 'ATTENDEE;ROLE=OPT-PARTICIPANT:MAILTO:Bob@Contoso.example'))).status == 201
    assert mails == ['REQUEST bob']
    assert lists(Outlook(lab, 'alice'), uid)['RequiredAttendees'] == ['bob']


def test_an_editor_who_may_not_invite(alice, make_gateway, lab, uid):
    """Wrong identity on shared calendars (419, 495): who may write but not mail in the owner's name is told so, and nothing is left."""
    lab.share('alice', 'erin', 'Editor')
    try:
        erin = Client(make_gateway().url, 'erin')
        path = alice.calendar + uid + '.ics'
        with mailed(lab, uid) as mails, mailed(lab, uid, 'erin') as of_erin:
            r = erin.put(path, event(uid, 'Peer ' + uid, extra=people('bob')))
            assert r.status == 403 and r.condition == 'd:need-privileges' and 'delegate' in r.text, r
        assert mails == [] and of_erin == [] and alice.get(path).status == 404
        assert erin.put(path, event(uid, 'Peer ' + uid)).status == 201
        assert alice.delete(path).status == 204
    finally:
        lab.share('alice', 'erin', 'None')


def test_a_tzid_twice_in_a_meeting(alice, gateway, lab, path, uid):
    """Cyrus 6423: a time zone that is defined twice crashed it, here in what is mailed on."""
    zone = 'BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n'
    text = series(uid, 'Peer ' + uid, people('bob')).replace('BEGIN:VEVENT', zone + zone + 'BEGIN:VEVENT')
    with mailed(lab, uid) as mails:
        r = alice.put(path, text)
    assert (r.status, mails) in ((201, ['REQUEST bob']), (403, [])), r
    assert alice.propfind(alice.calendar, ['d:displayname']).status == 207
