# SPDX-License-Identifier: Apache-2.0
"""What an organizer's client writes, from CalDAV through Exchange into the attendees' mailboxes and back: who is mailed what,
how often, at what cost, and what is left of it when something fails."""
import pytest
from dav import Client, event, q
from ical import events, exdates, props, value
from meetings import attendee_line, calls_of, mailed, param, partstat, people, person, series
from outlook import Outlook

# A meeting of alice's with bob, and a weekly one.
WHO = people('bob')
MON, TUE2, TUE3, TUE4 = '20270302T100000', '20270309T100000', '20270316T100000', '20270323T100000'


@pytest.fixture
def path(alice, uid):
    path = '%s%s.ics' % (alice.calendar, uid)
    yield path
    alice.delete(path)


@pytest.fixture
def store(alice, path):
    """Write as alice's client does, and say that it went well."""
    def store(text, **headers):
        r = alice.put(path, text, **headers)
        assert r.status in (201, 204), r
        return r
    return store


def meeting(uid, *who, summary=None, **kw):
    extra = people(*who) if who else WHO
    return event(uid, summary or 'Meet ' + uid, extra=extra + '\n' + kw.pop('extra', ''), **kw)


def theirs(gateway, name, uid):
    """The meeting in an attendee's own calendar, by CalDAV; None when it is not there."""
    c = Client(gateway.url, name)
    found = [e for e in c.query(c.calendar, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:prop-filter name="UID">'
                                '<c:text-match collation="i;octet">%s</c:text-match></c:prop-filter></c:comp-filter></c:comp-filter>' % uid).entries]
    assert len(found) < 2
    return found[0].text('c:calendar-data') if found else None


def respond(lab, name, uid, how='AcceptItem', subject=None):
    """What somebody does in Outlook: answer the meeting in his calendar."""
    o = Outlook(lab, name)
    item, key = o.find(subject or 'Meet ' + uid)
    o.call('<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:%s><t:ReferenceItemId Id="%s" ChangeKey="%s"/></t:%s></m:Items></m:CreateItem>'
           % (how, item, key, how))


# ---- one meeting ----

def test_a_new_meeting_invites(alice, gateway, lab, path, store, uid):
    text = meeting(uid)
    alice.get(path)
    with mailed(lab, uid) as mails:
        r = alice.put(path, text)
    assert r.status == 201 and mails == ['REQUEST bob']
    assert r.etag is None and r.header('Schedule-Tag'), 'what the server adds is not what was sent'
    # at bob's: tentatively in his calendar, to be answered, and in his Inbox
    seen = theirs(gateway, 'bob', uid)
    assert value(seen, 'SUMMARY') == 'Meet ' + uid and value(seen, 'ORGANIZER') == 'mailto:alice@contoso.example'
    assert partstat(seen, 'bob') == 'NEEDS-ACTION'
    inbox = Outlook(lab, 'bob')
    assert inbox.find('Meet ' + uid) is not None
    # at alice's: her own lines, and what became of the invitation
    now = alice.get(path).text
    assert param(attendee_line(now, 'bob'), 'SCHEDULE-STATUS') == '1.1' and partstat(now, 'bob') == 'NEEDS-ACTION'
    assert param(attendee_line(now, 'alice'), 'ROLE') == 'CHAIR' and param(attendee_line(now, 'alice'), 'SCHEDULE-STATUS') is None
    assert [x for x in now.split('\r\n') if 'ATTENDEE' not in x and not x.startswith(' ')] == \
        [x for x in text.split('\r\n') if 'ATTENDEE' not in x and not x.startswith(' ')]


def test_what_it_costs(alice, lab, path, uid):
    alice.get(path)
    text = meeting(uid)
    assert calls_of(lab, lambda: alice.put(path, text)) == {'SyncFolderItems': 1, 'CreateItem': 1}
    alice.get(path)
    assert calls_of(lab, lambda: alice.put(path, text.replace('T100000Z', 'T093000Z'))) == {'SyncFolderItems': 1, 'UpdateItem': 1}
    alice.get(path)
    assert calls_of(lab, lambda: alice.put(path, alice.get(path).text)) == {'SyncFolderItems': 2}
    alice.get(path)
    assert calls_of(lab, lambda: alice.delete(path)) == {'SyncFolderItems': 1, 'DeleteItem': 1}


def test_what_a_series_costs(alice, lab, path, uid):
    alice.get(path)
    moved = (TUE2, '20270309T140000', 'SUMMARY:Later\n' + WHO)
    assert calls_of(lab, lambda: alice.put(path, series(uid, 'S', WHO))) == {'SyncFolderItems': 1, 'CreateItem': 1}
    alice.get(path)
    assert calls_of(lab, lambda: alice.put(path, series(uid, 'S', WHO, moved))) == {'SyncFolderItems': 1, 'UpdateItem': 2}
    alice.get(path)
    # the deletion, and the change key that its answer does not tell
    assert calls_of(lab, lambda: alice.put(path, series(uid, 'S', WHO, moved, out=[TUE4]))) == \
        {'SyncFolderItems': 1, 'UpdateItem': 1, 'DeleteItem': 1, 'GetItem': 1}
    alice.delete(path)
    # all of it new: the series, what is deleted, what is changed, and one call that tells
    assert calls_of(lab, lambda: alice.put(path, series(uid, 'S', WHO, moved, out=[TUE4]))) == \
        {'SyncFolderItems': 1, 'CreateItem': 1, 'DeleteItem': 1, 'UpdateItem': 2}


@pytest.mark.parametrize('change, expected', [
    (lambda t: t.replace('DTSTART:20270302T100000Z', 'DTSTART:20270302T093000Z'), ['REQUEST bob']),
    (lambda t: t.replace('SUMMARY:', 'LOCATION:Room 7\r\nSUMMARY:'), ['REQUEST bob']),
    (lambda t: t.replace('SUMMARY:', 'DESCRIPTION:Bring cake\r\nSUMMARY:'), ['REQUEST bob']),
    (lambda t: t.replace('SUMMARY:', 'SUMMARY:New '), ['REQUEST bob']),
    (lambda t: t.replace('SUMMARY:', 'RRULE:FREQ=DAILY;COUNT=3\r\nSUMMARY:'), ['REQUEST bob']),
    (lambda t: t.replace('END:VEVENT', person('carol') + '\r\nEND:VEVENT'), ['REQUEST carol']),
    (lambda t: t.replace('END:VEVENT', 'BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT7M\r\nEND:VALARM\r\nEND:VEVENT'), []),
    (lambda t: t.replace('SUMMARY:', 'TRANSP:TRANSPARENT\r\nSUMMARY:'), []),
    (lambda t: t.replace('SUMMARY:', 'CATEGORIES:Red\r\nCLASS:PRIVATE\r\nSUMMARY:'), []),
    (lambda t: t.replace('SUMMARY:', 'X-MOZ-LASTACK:20270301T000000Z\r\nX-MOZ-SNOOZE-TIME:20270302T000000Z\r\nX-PRIVATE:1\r\nSUMMARY:'), []),
    (lambda t: t.replace('SUMMARY:', 'SEQUENCE:4\r\nLAST-MODIFIED:20270201T000000Z\r\nSUMMARY:'), []),
    (lambda t: t.replace('PARTSTAT=NEEDS-ACTION', 'PARTSTAT=DECLINED;CN=Bob'), []),
    (lambda t: t, []),
], ids=['time', 'place', 'words', 'title', 'rule', 'added', 'alarm', 'transparency', 'categories', 'private', 'stamps', 'answers', 'nothing'])
def test_who_hears_of_a_change(lab, store, uid, change, expected):
    text = meeting(uid)
    store(text)
    with mailed(lab, uid) as mails:
        store(change(text))
    assert mails == expected


def test_alarms_of_either_side_mail_nobody(alice, gateway, lab, path, store, uid):
    """Dismissing and snoozing, at the organizer's and at the attendee's, stays where it is."""
    text = meeting(uid, extra='BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT15M\nEND:VALARM')
    store(text)
    bob = Client(gateway.url, 'bob')
    href = next(e.href for e in bob.query(bob.calendar).entries if 'UID:' + uid in e.text('c:calendar-data'))
    with mailed(lab, uid) as of_alice, mailed(lab, uid, 'bob') as of_bob:
        store(text.replace('SUMMARY:', 'X-MOZ-LASTACK:20270302T093000Z\r\nSUMMARY:').replace('TRIGGER:-PT15M', 'TRIGGER:-PT15M\r\nACKNOWLEDGED:20270302T093000Z'))
        own = bob.get(href).text
        r = bob.put(href, own.replace('SUMMARY:', 'X-MOZ-LASTACK:20270302T093000Z\r\nX-MOZ-SNOOZE-TIME:20270302T094500Z\r\nSUMMARY:'))
        assert r.status == 204, r
    assert of_alice == [] and of_bob == []
    assert 'X-MOZ-LASTACK:20270302T093000Z' in alice.get(path).text and 'X-MOZ-SNOOZE-TIME:20270302T094500Z' in bob.get(href).text


def test_attendees_come_and_go(alice, gateway, lab, path, store, uid):
    with mailed(lab, uid) as mails:
        store(meeting(uid, 'bob', 'carol'))
    assert mails == ['REQUEST bob carol']
    with mailed(lab, uid) as mails:
        store(meeting(uid, 'bob', 'carol', 'dave'))
    assert mails == ['REQUEST dave']
    with mailed(lab, uid) as mails:
        store(meeting(uid, 'bob', 'dave'))
    assert mails == ['CANCEL carol']
    assert 'STATUS:CANCELLED' in (theirs(gateway, 'carol', uid) or 'STATUS:CANCELLED')
    with mailed(lab, uid) as mails:
        store(meeting(uid, 'bob', 'erin', start='20270302T090000Z'))
    assert sorted(mails) == ['CANCEL dave', 'REQUEST bob', 'REQUEST erin']
    # everybody goes: an appointment again, and then a meeting again
    with mailed(lab, uid) as mails:
        store(event(uid, 'Meet ' + uid, start='20270302T090000Z'))
    assert sorted(' '.join(mails).replace('CANCEL', '').split()) == ['bob', 'erin'] and all(m.startswith('CANCEL') for m in mails)
    assert 'ATTENDEE' not in alice.get(path).text
    with mailed(lab, uid) as mails:
        store(meeting(uid, 'bob', start='20270302T090000Z'))
    assert mails == ['REQUEST bob']


def test_delete_cancels(alice, gateway, lab, path, store, uid):
    store(meeting(uid, 'bob', 'ext@partner.example'))
    with mailed(lab, uid) as mails:
        assert alice.delete(path).status == 204
    assert mails == ['CANCEL bob ext@partner.example']
    assert alice.get(path).status == 404
    seen = theirs(gateway, 'bob', uid)
    assert seen is None or 'STATUS:CANCELLED' in seen
    # an appointment goes without a word
    store(event(uid, 'Alone'))
    with mailed(lab, uid) as mails:
        assert alice.delete(path).status == 204
    assert mails == []


def test_a_cancelled_meeting_is_cancelled(alice, lab, path, store, uid):
    """STATUS:CANCELLED takes the invitations back; the text stays, and so does the way back."""
    text = meeting(uid, 'bob', 'carol')
    store(text)
    with mailed(lab, uid) as mails:
        store(text.replace('SUMMARY:', 'STATUS:CANCELLED\r\nSUMMARY:'))
    assert sorted(' '.join(mails).replace('CANCEL', '').split()) == ['bob', 'carol'], mails
    now = alice.get(path).text
    assert 'STATUS:CANCELLED' in now and len(props(now, 'ATTENDEE')) == 3
    with mailed(lab, uid) as mails:
        store(text.replace('SUMMARY:', 'STATUS:CONFIRMED\r\nSUMMARY:'))
    assert mails == ['REQUEST bob carol']


def test_roles(alice, gateway, lab, path, store, uid):
    """Required also without a ROLE, optional, rooms and resources, a list, and addresses that no mail can reach."""
    text = event(uid, 'Meet ' + uid, extra='ORGANIZER:mailto:alice@contoso.example\n' + '\n'.join([
        person('alice', ROLE='CHAIR', PARTSTAT='ACCEPTED'), person('bob'), person('carol', ROLE='REQ-PARTICIPANT', CUTYPE='INDIVIDUAL'), person('dave', ROLE='OPT-PARTICIPANT'),
        person('erin', ROLE='CHAIR'), person('room1', CUTYPE='ROOM'), person('beamer@partner.example', CUTYPE='RESOURCE', ROLE='NON-PARTICIPANT'),
        person('team@partner.example', CUTYPE='GROUP'), 'ATTENDEE;CN=Phone:tel:+49-30-1234', 'ATTENDEE:mailto:no address']))
    with mailed(lab, uid) as mails:
        store(text)
    assert mails == ['REQUEST beamer@partner.example bob carol dave erin room1 team@partner.example']
    item = Outlook(lab, 'alice').get(Outlook(lab, 'alice').find('Meet ' + uid)[0])
    who = lambda n: sorted(e.text.split('@')[0] for e in item.findall('{*}%s//{*}EmailAddress' % n) if not e.text.startswith('alice'))
    assert who('RequiredAttendees') == ['bob', 'carol', 'erin', 'team'] and who('OptionalAttendees') == ['dave'] and who('Resources') == ['beamer', 'room1']
    now = alice.get(path).text
    assert 'ATTENDEE;SCHEDULE-STATUS=3.7;CN=Phone:tel:+49-30-1234' in now and 'ATTENDEE;SCHEDULE-STATUS=3.7:mailto:no address' in now
    # the room has answered by itself, and its line is still the client's
    line = attendee_line(now, 'room1')
    assert param(line, 'PARTSTAT') == 'ACCEPTED' and param(line, 'CUTYPE') == 'ROOM' and param(line, 'SCHEDULE-STATUS') == '1.2'
    assert param(attendee_line(now, 'erin'), 'ROLE') == 'CHAIR'
    room = Outlook(lab, 'room1')
    with mailed(lab, uid) as mails:
        alice.delete(path)
    assert len(mails) == 1 and mails[0].startswith('CANCEL') and room.count('calendar') >= 0


def test_a_room_that_is_taken_declines(alice, lab, path, store, uid):
    store(event(uid, 'First ' + uid, start='20270504T100000Z', end='20270504T110000Z', extra=people(person('room2', CUTYPE='ROOM'))))
    assert partstat(alice.get(path).text, 'room2') == 'ACCEPTED'
    other = path.replace('.ics', '-2.ics')
    text = event(uid + '-2', 'Second ' + uid, start='20270504T103000Z', end='20270504T113000Z', extra=people(person('room2', CUTYPE='ROOM')))
    assert alice.put(other, text).status == 201
    assert partstat(alice.get(other).text, 'room2') == 'DECLINED'
    assert alice.put(other, text.replace('T103000Z', 'T120000Z').replace('T113000Z', 'T130000Z')).status == 204
    assert partstat(alice.get(other).text, 'room2') == 'ACCEPTED'
    alice.delete(other)


# ---- answers ----

def test_answers_show_at_the_organizers(alice, lab, path, store, uid):
    text = meeting(uid, 'bob', 'carol').replace('SUMMARY:', 'X-KEPT:1\r\nSUMMARY:')
    store(text)
    first = alice.get(path)
    token = alice.sync(alice.calendar).sync_token
    respond(lab, 'bob', uid)
    respond(lab, 'carol', uid, 'DeclineItem')
    now = alice.get(path)
    assert partstat(now.text, 'bob') == 'ACCEPTED' and partstat(now.text, 'carol') == 'DECLINED'
    assert param(attendee_line(now.text, 'bob'), 'SCHEDULE-STATUS') == '1.2' and param(attendee_line(now.text, 'bob'), 'X-MS-OLK-RESPTIME')
    assert 'X-KEPT:1' in now.text and param(attendee_line(now.text, 'bob'), 'RSVP') == 'TRUE'
    assert [e.href for e in alice.sync(alice.calendar, token).entries if e.status is None] == [path]
    assert now.etag != first.etag and now.header('Schedule-Tag') == first.header('Schedule-Tag')
    # the client's older copy, with an alarm of its own, mails nobody and forgets no answer
    with mailed(lab, uid) as mails:
        store(text.replace('SUMMARY:', 'CATEGORIES:Red\r\nSUMMARY:'), **{'If-Schedule-Tag-Match': first.header('Schedule-Tag')})
    assert mails == []
    now = alice.get(path).text
    assert partstat(now, 'bob') == 'ACCEPTED' and partstat(now, 'carol') == 'DECLINED' and 'CATEGORIES:Red' in now
    # another time: Exchange asks again
    store(text.replace('DTSTART:20270302T100000Z', 'DTSTART:20270302T093000Z').replace('RSVP=TRUE', 'PARTSTAT=ACCEPTED', 1))
    assert partstat(alice.get(path).text, 'bob') == 'NEEDS-ACTION'


def test_answers_from_outside(alice, lab, path, store, uid):
    store(meeting(uid, 'ext@partner.example'))
    lab.deliver('alice@contoso.example', 'ext@partner.example',
                event(uid, 'Meet ' + uid, extra='ORGANIZER:mailto:alice@contoso.example\nATTENDEE;PARTSTAT=TENTATIVE:mailto:ext@partner.example'), 'REPLY')
    assert partstat(alice.get(path).text, 'ext@partner.example') == 'TENTATIVE'


def test_answers_of_one_occurrence(alice, lab, path, store, uid, gateway):
    store(series(uid, 'Meet ' + uid, WHO, (TUE2, '20270309T140000', 'SUMMARY:Meet %s later\n%s' % (uid, WHO))))
    respond(lab, 'bob', uid)
    o = Outlook(lab, 'bob')
    master, key = o.find('Meet ' + uid)
    o.call('<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:DeclineItem><t:ReferenceItemId Id="%s"/></t:DeclineItem></m:Items></m:CreateItem>'
           % occurrence(o, master, 2))
    now = alice.get(path).text
    assert partstat(now, 'bob') == 'ACCEPTED' and partstat(now, 'bob', TUE2) == 'DECLINED'


def occurrence(outlook, master, index):
    root = outlook.call('<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ItemIds>'
                        '<t:OccurrenceItemId RecurringMasterId="%s" InstanceIndex="%d"/></m:ItemIds></m:GetItem>' % (master, index))
    e = next(root.iter('{*}ItemId'))
    return '%s" ChangeKey="%s' % (e.get('Id'), e.get('ChangeKey'))


# ---- series ----

def test_a_series_is_one_message(alice, gateway, lab, path, uid, store):
    with mailed(lab, uid) as mails:
        store(series(uid, 'Weekly ' + uid, people('bob', 'carol'), (TUE2, '20270309T140000', 'SUMMARY:Moved %s\n%s' % (uid, people('bob', 'carol'))),
                     (TUE3, TUE3, 'SUMMARY:Other %s\n%s' % (uid, people('bob', 'carol'))), out=[TUE4]))
    assert mails == ['REQUEST bob carol']
    for name in ('bob', 'carol'):
        seen = theirs(gateway, name, uid)
        [rule] = props(events(seen)[None], 'RRULE')
        assert 'FREQ=WEEKLY' in rule
        assert sorted(value(e, 'SUMMARY').split()[0] for k, e in events(seen).items() if k) == ['Moved', 'Other']
        assert len(exdates(seen)) == 1


def test_one_occurrence_moved(gateway, lab, store, uid):
    text = series(uid, 'Weekly ' + uid, WHO)
    store(text)
    with mailed(lab, uid) as mails:
        store(series(uid, 'Weekly ' + uid, WHO, (TUE2, '20270309T140000', 'SUMMARY:Weekly %s\n%s' % (uid, WHO))))
    assert mails == ['REQUEST@2027-03-09 bob']
    seen = events(theirs(gateway, 'bob', uid))
    assert sorted(k is None for k in seen) == [False, True]
    [moved] = [e for k, e in seen.items() if k]
    assert '140000' in value(moved, 'DTSTART') or '130000Z' in value(moved, 'DTSTART')
    # its alarm alone: nobody
    with mailed(lab, uid) as mails:
        store(series(uid, 'Weekly ' + uid, WHO, (TUE2, '20270309T140000', 'SUMMARY:Weekly %s\n%s\nCATEGORIES:Red' % (uid, WHO))))
    assert mails == []


def test_one_occurrence_cancelled(gateway, lab, store, uid):
    store(series(uid, 'Weekly ' + uid, WHO))
    with mailed(lab, uid) as mails:
        store(series(uid, 'Weekly ' + uid, WHO, out=[TUE3]))
    assert mails == ['CANCEL@2027-03-16 bob']
    # by STATUS:CANCELLED in an override, as some clients say it
    with mailed(lab, uid) as mails:
        store(series(uid, 'Weekly ' + uid, WHO, (TUE4, TUE4, 'SUMMARY:Weekly\nSTATUS:CANCELLED\n' + WHO), out=[TUE3]))
    assert mails == ['CANCEL@2027-03-23 bob']


def test_several_occurrences_are_one_message(gateway, lab, store, uid):
    store(series(uid, 'Weekly ' + uid, WHO))
    with mailed(lab, uid) as mails:
        store(series(uid, 'Weekly ' + uid, WHO, (TUE2, '20270309T140000', 'SUMMARY:Weekly %s\n%s' % (uid, WHO)), out=[TUE3, TUE4]))
    assert mails == ['REQUEST bob']
    seen = theirs(gateway, 'bob', uid)
    assert len(exdates(seen)) == 2 and len(events(seen)) == 2
    # and back again: the rule is written anew, once more one message
    with mailed(lab, uid) as mails:
        store(series(uid, 'Weekly ' + uid, WHO, out=[TUE4]))
    assert mails == ['REQUEST bob']
    seen = theirs(gateway, 'bob', uid)
    assert len(exdates(seen)) == 1 and len(events(seen)) == 1


def test_an_occurrence_with_people_of_its_own(alice, gateway, lab, path, store, uid):
    both = people('bob', 'carol')
    store(series(uid, 'Weekly ' + uid, WHO))
    with mailed(lab, uid) as mails:
        store(series(uid, 'Weekly ' + uid, WHO, (TUE2, TUE2, 'SUMMARY:Weekly %s\n%s' % (uid, both))))
    assert mails == ['REQUEST@2027-03-09 carol']
    [only] = events(theirs(gateway, 'carol', uid)).values()
    assert '20270309' in value(only, 'DTSTART')
    now = alice.get(path).text
    assert partstat(now, 'carol', TUE2) == 'NEEDS-ACTION' and len(props(events(now)[None], 'ATTENDEE')) == 2
    with mailed(lab, uid) as mails:
        store(series(uid, 'Weekly ' + uid, WHO, (TUE2, TUE2, 'SUMMARY:Weekly %s\n%s' % (uid, WHO))))
    assert mails == ['CANCEL@2027-03-09 carol']


def test_a_new_series_with_a_guest(gateway, lab, store, uid):
    with mailed(lab, uid) as mails:
        store(series(uid, 'Weekly ' + uid, WHO, (TUE2, '20270309T140000', 'SUMMARY:Weekly %s\n%s' % (uid, people('bob', 'carol'))), out=[TUE4]))
    assert mails == ['REQUEST bob', 'REQUEST@2027-03-09 carol']
    # the series tells bob when that one is, though its people are others
    assert [value(e, 'DTSTART')[-7:] for k, e in events(theirs(gateway, 'bob', uid)).items() if k] == ['T140000']


def test_joining_a_series_with_changed_occurrences(gateway, lab, store, uid):
    other = lambda who: (TUE2, '20270309T140000', 'SUMMARY:Weekly %s\n%s' % (uid, who))
    store(series(uid, 'Weekly ' + uid, WHO, other(WHO)))
    both = people('bob', 'carol')
    with mailed(lab, uid) as mails:
        store(series(uid, 'Weekly ' + uid, both, other(both)))
    assert mails == ['REQUEST carol']
    seen = theirs(gateway, 'carol', uid)
    assert len(events(seen)) == 2
    # not to that one: she hears that it is without her
    with mailed(lab, uid) as mails:
        store(series(uid, 'Weekly ' + uid, both, other(WHO)))
    assert mails == ['CANCEL@2027-03-09 carol']


# ---- what is sent otherwise, or not at all ----

def test_schedule_agent(alice, gateway, lab, path, store, uid):
    """Attendees whom the client tells itself are none of Exchange's, and their lines stay."""
    extra = 'ORGANIZER:mailto:alice@contoso.example\n%s\n%s\n%s' % (person('bob'), person('carol', SCHEDULE_AGENT='CLIENT', PARTSTAT='ACCEPTED'), person('dave', SCHEDULE_AGENT='NONE'))
    with mailed(lab, uid) as mails:
        store(event(uid, 'Meet ' + uid, extra=extra))
    assert mails == ['REQUEST bob'] and theirs(gateway, 'carol', uid) is None
    now = alice.get(path).text
    assert attendee_line(now, 'carol') == person('carol', SCHEDULE_AGENT='CLIENT', PARTSTAT='ACCEPTED') and attendee_line(now, 'dave') == person('dave', SCHEDULE_AGENT='NONE')
    with mailed(lab, uid) as mails:
        store(event(uid, 'Meet ' + uid, start='20270302T090000Z', extra=extra.replace('ORGANIZER:', 'ORGANIZER;SCHEDULE-AGENT=CLIENT:')))
        alice.delete(path)
    assert mails == []


def test_force_send(alice, lab, path, store, uid):
    text = meeting(uid)
    store(text)
    forced = text.replace('RSVP=TRUE:mailto:bob', 'RSVP=TRUE;SCHEDULE-FORCE-SEND=REQUEST:mailto:bob')
    assert forced != text
    with mailed(lab, uid) as mails:
        store(forced)
    assert mails == ['REQUEST bob']
    assert 'SCHEDULE-FORCE-SEND' not in alice.get(path).text


def test_nothing_is_sent_when_off(make_gateway, lab, uid):
    g = make_gateway(location='ExchangeScheduling Off')
    alice = Client(g.url, 'alice')
    path, text = '%s%s.ics' % (alice.calendar, uid), meeting(uid)
    with mailed(lab, uid) as mails:
        r = alice.put(path, text)
        assert r.status == 201 and r.etag and r.header('Schedule-Tag') is None
        assert alice.get(path).text == text and alice.get(path).header('Schedule-Tag') is None
        assert alice.put(path, text.replace('T100000Z', 'T090000Z')).status == 204
        assert alice.put(path, series(uid, 'Weekly', people('bob', 'carol'), (TUE2, '20270309T140000', 'SUMMARY:x\n' + people('bob', 'dave')), out=[TUE3])).status == 204
        assert alice.propfind(path, ['c:schedule-tag']).entries[0].props[q('c:schedule-tag')].status == 404
        assert alice.delete(path).status == 204
    assert mails == [] and 'calendar-auto-schedule' not in alice.request('OPTIONS', alice.calendar).header('DAV')
    assert Outlook(lab, 'bob').find('Meet ' + uid) is None


def test_what_was_silent_is_told_when_it_matters(alice, make_gateway, lab, path, store, uid):
    """Written while nothing was sent: an alarm mails nobody still, a new attendee means that all are invited."""
    text = meeting(uid)
    assert Client(make_gateway(location='ExchangeScheduling Off').url, 'alice').put(path, text).status == 201
    with mailed(lab, uid) as mails:
        store(text.replace('SUMMARY:', 'CATEGORIES:Red\r\nSUMMARY:'))
    assert mails == [] and 'SCHEDULE-STATUS' not in alice.get(path).text
    with mailed(lab, uid) as mails:
        store(meeting(uid, 'bob', 'carol'))
    assert mails == ['REQUEST bob carol']


def test_a_meeting_that_nobody_heard_of_is_not_cancelled(alice, make_gateway, lab, path, uid):
    assert Client(make_gateway(location='ExchangeScheduling Off').url, 'alice').put(path, meeting(uid)).status == 201
    with mailed(lab, uid) as mails:
        assert alice.delete(path).status == 204
    assert mails == []


# ---- moving and copying ----

def test_moving_a_meeting_sends_nothing(alice, lab, path, store, cal, uid):
    store(meeting(uid))
    to = cal + uid + '.ics'
    tag = alice.get(path).header('Schedule-Tag')
    with mailed(lab, uid) as mails:
        r = alice.request('MOVE', path, None, {'Destination': to, 'If-Schedule-Tag-Match': '"other"'})
        assert r.status == 412, r
        r = alice.request('MOVE', path, None, {'Destination': to, 'If-Schedule-Tag-Match': tag})
        assert r.status == 201 and r.header('Schedule-Tag') == tag, r
    assert mails == []
    with mailed(lab, uid) as mails:
        assert alice.put(to, meeting(uid, start='20270302T090000Z')).status == 204
        assert alice.delete(to).status == 204
    assert mails == ['REQUEST bob', 'CANCEL bob']


def test_what_a_move_replaces_is_cancelled(alice, lab, path, store, cal, uid):
    store(meeting(uid))
    assert alice.put(cal + 'plain.ics', event(uid + 'p', 'Plain')).status == 201
    with mailed(lab, uid) as mails:
        assert alice.request('MOVE', cal + 'plain.ics', None, {'Destination': path}).status == 204
    assert mails == ['CANCEL bob'] and 'SUMMARY:Plain' in alice.get(path).text


def test_a_meeting_has_one_place(alice, lab, path, store, cal, uid):
    store(meeting(uid))
    with mailed(lab, uid) as mails:
        for r in (alice.request('COPY', path, None, {'Destination': cal + uid + '.ics'}), alice.put(cal + 'again.ics', meeting(uid))):
            assert r.status == 403 and r.condition == 'c:unique-scheduling-object-resource', r
            assert r.xml.findtext('.//{DAV:}href') == path
    assert mails == []
    # what is no meeting may be copied; and a meeting that has moved is no longer where it was
    other = path.replace('.ics', '-x.ics')
    assert alice.put(other, event(uid + 'x')).status == 201
    assert alice.request('COPY', other, None, {'Destination': cal + 'x.ics'}).status == 201
    alice.delete(other)
    outlook = Outlook(lab, 'alice')
    outlook.move(outlook.find('Meet ' + uid)[0], 'deleteditems')
    r = alice.put(cal + 'again.ics', meeting(uid))
    assert r.status == 201, r
    alice.delete(cal + 'again.ics')


# ---- what is refused ----

def test_one_organizer(alice, lab, path, uid):
    with mailed(lab, uid) as mails:
        r = alice.put(path, series(uid, 'Weekly', WHO, (TUE2, TUE2, 'SUMMARY:x\n' + people('bob', organizer='dave'))))
        assert r.status == 403 and r.condition == 'c:same-organizer-in-all-components', r
        assert alice.put(path, meeting(uid)).status == 201
        r = alice.put(path, event(uid, 'Meet ' + uid, extra=people('bob', organizer='dave')))
        assert r.status == 403 and r.condition == 'c:allowed-organizer-scheduling-object-change', r
        r = alice.put(path, meeting(uid + '-other'))
        assert r.status == 403 and r.condition == 'c:no-uid-conflict', r
    assert mails == ['REQUEST bob']


def test_overrides_have_the_organizer_of_the_series(alice, lab, path, store, uid):
    store(series(uid, 'Weekly', WHO, (TUE2, '20270309T140000', 'SUMMARY:x\n' + person('bob')), (TUE3, '20270316T140000', 'SUMMARY:y')))
    respond(lab, 'bob', uid, subject='Weekly')
    now = alice.get(path).text
    assert {value(e, 'ORGANIZER') for e in events(now).values()} <= {'mailto:alice@contoso.example', None}
    Outlook(lab, 'alice').forget_kept(Outlook(lab, 'alice').find('Weekly')[0])
    now = alice.get(path).text
    assert [value(e, 'ORGANIZER') for e in events(now).values()] == ['mailto:alice@contoso.example'] * 3


def test_addresses_that_exchange_refuses(alice, lab, path, uid):
    """An address that looks like one and that Exchange does not take: nothing is stored, nobody is mailed, and it is named."""
    lab.faults(dict(operation='CreateItem', kind='ErrorInvalidRecipients', times=1))
    with mailed(lab, uid) as mails:
        r = alice.put(path, meeting(uid, 'bob', 'odd@partner.example'))
    lab.faults()
    assert r.status == 403 and r.condition == 'c:valid-calendar-data' and 'odd@partner.example' in r.text, r
    assert mails == [] and alice.get(path).status == 404 and Outlook(lab, 'alice').find('Meet ' + uid) is None


def test_nobody_there(alice, lab, path, store, uid):
    """An address of the own domain that nobody has: Exchange tells alice by mail, the meeting stands."""
    store(meeting(uid, 'bob', 'nobody@contoso.example'))
    assert partstat(alice.get(path).text, 'nobody@contoso.example') == 'NEEDS-ACTION'


# ---- conditions ----

def test_schedule_tag(alice, lab, path, store, uid):
    text = meeting(uid)
    r = store(text)
    tag = alice.get(path).header('Schedule-Tag')
    assert r.header('Schedule-Tag') == tag and alice.request('HEAD', path).header('Schedule-Tag') == tag
    assert alice.propfind(path, ['c:schedule-tag']).entries[0].text('c:schedule-tag') == tag
    respond(lab, 'bob', uid)
    assert alice.get(path).header('Schedule-Tag') == tag
    stale = {'If-Schedule-Tag-Match': '"%s"' % ('0' * 32)}
    with mailed(lab, uid) as mails:
        assert alice.put(path, text.replace('T100000Z', 'T090000Z'), **stale).status == 412
        assert alice.delete(path, **stale).status == 412
        assert alice.put(path.replace('.ics', '-n.ics'), event(uid + 'n', extra=WHO), **stale).status == 412
    assert mails == []
    r = store(text.replace('T100000Z', 'T090000Z'), **{'If-Schedule-Tag-Match': tag})
    assert r.header('Schedule-Tag') not in (None, tag) and alice.get(path).header('Schedule-Tag') == r.header('Schedule-Tag')
    assert alice.put(path, text, **{'If-Schedule-Tag-Match': tag}).status == 412
    assert alice.delete(path, **{'If-Schedule-Tag-Match': r.header('Schedule-Tag')}).status == 204
    # no meeting has none
    store(event(uid))
    assert alice.get(path).header('Schedule-Tag') is None
    assert alice.propfind(path, ['c:schedule-tag']).entries[0].props[q('c:schedule-tag')].status == 404


# ---- failures ----

@pytest.fixture
def fragile(make_gateway, uid):
    """alice at a gateway of its own: what fails there keeps no other test from Exchange."""
    alice = Client(make_gateway().url, 'alice')
    yield alice
    alice.delete('%s%s.ics' % (alice.calendar, uid))



@pytest.mark.parametrize('fault', [('DeleteItem', 'ErrorMailboxStoreUnavailable'), ('UpdateItem', 'ErrorMailboxStoreUnavailable'), ('UpdateItem', 'ErrorQuotaExceeded'), ('DeleteItem', 'ErrorAccessDenied')])
def test_what_fails_midway_leaves_nothing_and_mails_nobody(fragile, lab, path, uid, fault):
    alice = fragile
    text = series(uid, 'Weekly ' + uid, WHO, (TUE2, '20270309T140000', 'SUMMARY:x\n' + WHO), out=[TUE3])
    lab.faults(dict(operation=fault[0], kind=fault[1], times=1, value=1))
    with mailed(lab, uid) as mails:
        r = alice.put(path, text)
    lab.faults()
    assert r.status in (403, 503, 507) and mails == [], (r, mails)
    assert Outlook(lab, 'alice').find('Weekly ' + uid) is None
    with mailed(lab, uid) as mails:
        r = alice.put(path, text)
    assert r.status in (201, 204) and mails == ['REQUEST bob'], (r, mails)


def test_an_update_that_fails_midway_is_taken_back_silently(fragile, gateway, lab, path, uid):
    alice, text = fragile, series(uid, 'Weekly ' + uid, WHO)
    assert alice.put(path, text).status == 201
    before = theirs(gateway, 'bob', uid)
    lab.faults(dict(operation='DeleteItem', kind='ErrorMailboxStoreUnavailable', times=1))
    with mailed(lab, uid) as mails:
        r = alice.put(path, series(uid, 'Other ' + uid, WHO, out=[TUE3]))
    lab.faults()
    assert r.status == 503 and mails == []
    now = alice.get(path).text
    assert value(now, 'SUMMARY') == 'Weekly ' + uid and exdates(now) == []
    assert theirs(gateway, 'bob', uid) == before


@pytest.mark.parametrize('operation', ['CreateItem', 'UpdateItem', 'DeleteItem'])
def test_a_lost_answer_mails_nobody_twice(fragile, lab, path, uid, operation):
    alice = fragile
    text = meeting(uid)
    with mailed(lab, uid) as mails:
        if operation != 'CreateItem':
            assert alice.put(path, text).status == 201
        lab.faults(dict(operation=operation, kind='truncate', times=1))
        if operation == 'DeleteItem':
            r = alice.delete(path)
        else:
            r = alice.put(path, text if operation == 'CreateItem' else text.replace('T100000Z', 'T090000Z'))
        lab.faults()
        if operation != 'DeleteItem':
            assert r.status in (201, 204), r
            # what a client does that is not sure
            assert alice.put(path, text if operation == 'CreateItem' else text.replace('T100000Z', 'T090000Z')).status == 204
        else:
            assert alice.delete(path).status in (204, 404)
    assert mails == {'CreateItem': ['REQUEST bob'], 'UpdateItem': ['REQUEST bob', 'REQUEST bob'], 'DeleteItem': ['REQUEST bob', 'CANCEL bob']}[operation]


@pytest.mark.parametrize('operation', ['UpdateItem', 'DeleteItem'])
def test_a_lost_answer_about_one_occurrence(fragile, lab, path, uid, operation):
    alice = fragile
    assert alice.put(path, series(uid, 'Weekly ' + uid, WHO)).status == 201
    skip = dict(operation='UpdateItem', kind='slow', times=1, value=1)
    change = ((TUE2, '20270309T140000', 'SUMMARY:Weekly %s\n%s' % (uid, WHO)),) if operation == 'UpdateItem' else ()
    text = series(uid, 'Weekly ' + uid, WHO, *change, out=() if change else (TUE2,))
    lab.faults(*([skip] if change else []), dict(operation=operation, kind='truncate', times=1))
    with mailed(lab, uid) as mails:
        r = alice.put(path, text)
        lab.faults()
        assert r.status == 204, r
        assert alice.put(path, text).status == 204
    assert mails == ['REQUEST@2027-03-09 bob' if change else 'CANCEL@2027-03-09 bob']


# ---- what is over ----

def test_nobody_hears_of_meetings_that_are_over(alice, lab, path, uid):
    """Importing, tidying up and deleting old meetings mails nobody; bringing one back does."""
    then = dict(start='20200302T100000Z', end='20200302T110000Z')
    with mailed(lab, uid) as mails:
        assert alice.put(path, meeting(uid, **then)).status == 201
        assert alice.put(path, meeting(uid, summary='Minutes of ' + uid, **then)).status == 204
        assert alice.delete(path).status == 204
    assert mails == []
    with mailed(lab, uid) as mails:
        assert alice.put(path, meeting(uid, **then).replace('ATTENDEE;', 'ATTENDEE;SCHEDULE-FORCE-SEND=REQUEST;').replace('ATTENDEE:', 'ATTENDEE;SCHEDULE-FORCE-SEND=REQUEST:')).status == 201
    assert mails == ['REQUEST bob'], 'who says so is obeyed'
    assert alice.delete(path).status == 204
    with mailed(lab, uid) as mails:
        assert alice.put(path, meeting(uid, **then)).status == 201
        assert alice.put(path, meeting(uid)).status == 204
        assert alice.put(path, meeting(uid, **then)).status == 204
    assert mails == ['REQUEST bob', 'REQUEST bob']


# ---- every generation of Exchange ----

@pytest.mark.parametrize('version', ['2007_SP1', '2010_SP2', '2013_SP1'])
def test_generations(make_gateway, lab, uid, version):
    lab.settings(version=version)
    try:
        g = make_gateway()
        alice = Client(g.url, 'alice')
        path = '%s%s.ics' % (alice.calendar, uid)
        with mailed(lab, uid) as mails:
            assert alice.put(path, series(uid, 'Weekly ' + uid, people('bob', person('room1', CUTYPE='ROOM')), (TUE2, '20270309T140000', 'SUMMARY:Weekly %s\n%s' % (uid, WHO)), out=[TUE4])).status == 201
            now = alice.get(path).text
            assert partstat(now, 'room1') in ('ACCEPTED', 'DECLINED') and param(attendee_line(now, 'bob'), 'SCHEDULE-STATUS') == '1.1'
            assert alice.put(path, now.replace('SUMMARY:Weekly', 'LOCATION:R1\r\nSUMMARY:Weekly')).status == 204
            assert alice.delete(path).status == 204
        # room1 is not invited to the moved one
        assert [m.split()[0].split('@')[0] for m in mails] == ['REQUEST', 'CANCEL', 'REQUEST', 'CANCEL'], mails
    finally:
        lab.settings(version='2019')
