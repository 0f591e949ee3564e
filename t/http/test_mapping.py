# SPDX-License-Identifier: Apache-2.0
"""What an event has beside its times, both ways: bodies, reminders, busy status, privacy, categories, people, odd characters, sizes."""
import random
import re

import pytest
from dav import Client, event
from gateway import Gateway
from ical import alarms, props, unfold, value
from outlook import Outlook

OUTLOOK = {'2007_SP1': 'Exchange2007_SP1', '2010_SP2': 'Exchange2010_SP2', '2013_SP1': 'Exchange2013_SP1', '2019': 'Exchange2013_SP1'}


@pytest.fixture(scope='module', params=sorted(OUTLOOK))
def ends(request, lab):
    lab.settings(version=request.param)
    g = Gateway(lab.url + '/EWS/Exchange.asmx').start()
    c, o = Client(g.url, 'user23'), Outlook(lab, 'user23', OUTLOOK[request.param])
    c.generation = request.param
    yield c, o
    g.stop()
    crashes = g.crashes()
    g.remove()
    lab.settings(version='2019')
    assert not crashes


def field(name, value, part='item'):
    return '%s:%s' % (part, name), '<t:%s>%s</t:%s>' % (name, value, name)


# ---- reminders ----

def alarm(trigger, action='DISPLAY'):
    return 'BEGIN:VALARM\nACTION:%s\nDESCRIPTION:x\nTRIGGER%s\nEND:VALARM\n' % (action, trigger)


REMINDERS = [  # VALARMs, minutes in Exchange (None: off)
    ('', None), (alarm(':PT0S'), '0'), (alarm(':-PT15M'), '15'), (alarm(':-PT1H30M'), '90'), (alarm(':-P1D'), '1440'), (alarm(':-P1DT2H'), '1560'),
    (alarm(':-P1W'), '10080'), (alarm(';VALUE=DATE-TIME:20270302T080000Z'), '120'), (alarm(';RELATED=END:-PT1H30M'), '30'),
    (alarm(';RELATED=END:-PT10M'), '0'), (alarm(':PT10M'), '0'), (alarm(':-PT20M', 'AUDIO'), '20'), (alarm(':-PT30M', 'EMAIL'), None),
    (alarm(':-PT30M', 'EMAIL') + alarm(':-PT5M'), '5'), (alarm(':-PT10M') + alarm(':-P1D'), '10'),
]


def test_reminders(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    for valarms, minutes in REMINDERS:
        text = event(uid, uid, '20270302T100000Z', '20270302T110000Z', valarms)
        assert client.put(path, text).status in (201, 204), valarms
        assert client.get(path).text == text
        master = outlook.find(uid)[0]
        item = outlook.get(master)
        assert item.findtext('{*}ReminderIsSet') == ('true' if minutes else 'false'), valarms
        if minutes:
            assert item.findtext('{*}ReminderMinutesBeforeStart') == minutes, valarms
        # all of them are there after Outlook has changed something else
        outlook.set(master, field('Subject', 'New'))
        assert alarms(client.get(path).text) == alarms(text), valarms
        outlook.forget_kept(master)
        assert alarms(client.get(path).text) == ([] if not minutes else ['TRIGGER;RELATED=START:-PT%sM' % minutes if minutes != '0' else 'TRIGGER;RELATED=START:PT0S'
                                                                         ]) or len(alarms(client.get(path).text)) == (1 if minutes else 0)
        client.delete(path)


def test_reminder_changed_in_outlook(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    text = event(uid, uid, extra=alarm(':-PT10M') + alarm(':-P1D'))
    assert client.put(path, text).status == 201
    master = outlook.find(uid)[0]
    outlook.set(master, field('ReminderMinutesBeforeStart', '45'))
    now = client.get(path)
    assert len(alarms(now.text)) == 2 and any('PT45M' in x for x in alarms(now.text)) and any('P1D' in x for x in alarms(now.text)), now.text
    outlook.set(master, field('ReminderIsSet', 'false'))
    now = client.get(path)
    assert not any('PT45M' in x or 'PT10M' in x for x in alarms(now.text)), 'dismissed for good'
    assert client.put(path, now.text, If_Match=now.etag).status in (200, 204)
    client.delete(path)


# ---- busy status ----

BUSY = [('TRANSP:OPAQUE', 'Busy'), ('TRANSP:TRANSPARENT', 'Free'), ('', 'Busy'), ('STATUS:TENTATIVE\nTRANSP:OPAQUE', 'Tentative'), ('STATUS:TENTATIVE', 'Tentative'),
        ('X-MICROSOFT-CDO-BUSYSTATUS:OOF\nTRANSP:OPAQUE', 'OOF'), ('X-MICROSOFT-CDO-BUSYSTATUS:FREE\nTRANSP:TRANSPARENT', 'Free'),
        ('X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE', 'Tentative'), ('X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE\nTRANSP:TRANSPARENT', 'WorkingElsewhere')]


def test_busy_status(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    for lines, status in BUSY:
        if status == 'WorkingElsewhere' and client.generation < '2013':
            status = 'Free'
        text = event(uid, uid, extra=lines)
        assert client.put(path, text).status == 201, lines
        master = outlook.find(uid)[0]
        assert outlook.get(master).findtext('{*}LegacyFreeBusyStatus') == status, lines
        assert client.get(path).text == text
        outlook.set(master, field('Subject', 'New'))
        now = client.get(path).text
        assert all(line in now for line in lines.split('\n')), (lines, now)
        outlook.forget_kept(master)
        now = client.get(path).text
        assert (value(now, 'TRANSP') == 'TRANSPARENT') == (status in ('Free', 'WorkingElsewhere')), lines
        assert value(now, 'X-MICROSOFT-CDO-BUSYSTATUS') in (status.upper(), None)
        client.delete(path)


def test_out_of_office_stays_when_the_client_does_not_know_it(ends, uid, make_gateway):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    plain = event(uid, uid, extra='TRANSP:OPAQUE')
    assert client.put(path, plain).status == 201
    master = outlook.find(uid)[0]
    outlook.set(master, field('LegacyFreeBusyStatus', 'OOF', 'calendar'))
    assert value(client.get(path).text, 'TRANSP') == 'OPAQUE'
    r = client.put(path, plain.replace('SUMMARY:', 'SUMMARY:New '))
    assert r.status in (200, 204)
    assert outlook.get(master).findtext('{*}LegacyFreeBusyStatus') == 'OOF'
    assert r.etag is None, 'the stored object says more than the client did'
    got = client.get(path)
    assert value(got.text, 'X-MICROSOFT-CDO-BUSYSTATUS') == 'OOF'
    other = make_gateway()
    there = Client(other.url, client.user).get(path)
    assert there.text == got.text and there.etag == got.etag
    assert client.put(path, plain.replace('OPAQUE', 'TRANSPARENT')).status in (200, 204)
    assert outlook.get(master).findtext('{*}LegacyFreeBusyStatus') == 'Free'
    client.delete(path)


# ---- tables ----

def test_class_and_importance(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    for line, name, there, back in (('CLASS:PUBLIC', 'Sensitivity', 'Normal', (None, 'PUBLIC')), ('CLASS:PRIVATE', 'Sensitivity', 'Private', ('PRIVATE',)),
                                    ('CLASS:CONFIDENTIAL', 'Sensitivity', 'Confidential', ('CONFIDENTIAL',)),
                                    ('CLASS:X-SECRET', 'Sensitivity', 'Private', ('PRIVATE',)),
                                    ('PRIORITY:1', 'Importance', 'High', ('1',)), ('PRIORITY:4', 'Importance', 'High', ('1',)),
                                    ('PRIORITY:5', 'Importance', 'Normal', (None, '5')), ('PRIORITY:0', 'Importance', 'Normal', (None, '5')),
                                    ('PRIORITY:6', 'Importance', 'Low', ('9',)), ('PRIORITY:9', 'Importance', 'Low', ('9',))):
        text = event(uid, uid, extra=line)
        assert client.put(path, text).status == 201
        master = outlook.find(uid)[0]
        assert outlook.get(master).findtext('{*}' + name) == there, line
        assert client.get(path).text == text
        outlook.forget_kept(master)
        assert value(client.get(path).text, line.split(':')[0]) in back, line
        client.delete(path)
    # Outlook's "personal" is private to clients, and stays personal
    master, _ = outlook.create(uid, before_start='<t:Sensitivity>Personal</t:Sensitivity>')
    [href] = [e.href for e in client.sync(client.calendar).entries if uid in client.get(e.href).text]
    got = client.get(href)
    assert value(got.text, 'CLASS') in ('PRIVATE', 'X-PERSONAL')
    assert client.put(href, got.text.replace('SUMMARY:', 'SUMMARY:New '), If_Match=got.etag).status in (200, 204)
    assert outlook.get(master).findtext('{*}Sensitivity') == 'Personal'
    outlook.delete(master)


def test_categories(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    text = event(uid, uid, extra='CATEGORIES:Büro\\, außen,Größe\nCATEGORIES:Δ;semi')
    text = text.replace('Δ;semi', 'Δ\\;semi')
    assert client.put(path, text).status == 201
    master = outlook.find(uid)[0]
    there = lambda: [e.text for e in outlook.get(master).find('{*}Categories')]
    assert there() == ['Büro, außen', 'Größe', 'Δ;semi']
    assert client.get(path).text == text
    outlook.set(master, ('item:Categories', '<t:Categories><t:String>Eins, zwei</t:String><t:String>Größe</t:String></t:Categories>'))
    now = unfold(client.get(path).text)
    got = [v for line in props(now, 'CATEGORIES') for v in re.split(r'(?<!\\),', line.split(':', 1)[1])]
    assert got == ['Eins\\, zwei', 'Größe']
    assert client.put(path, event(uid, uid)).status in (200, 204)
    assert outlook.get(master).find('{*}Categories') is None
    client.delete(path)


# ---- bodies ----

def body_of(outlook, item, kind):
    root = outlook.call('<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:BodyType>%s</t:BodyType><t:AdditionalProperties>'
                        '<t:FieldURI FieldURI="item:Body"/></t:AdditionalProperties></m:ItemShape><m:ItemIds><t:ItemId Id="%s"/></m:ItemIds></m:GetItem>'
                        % (kind, item))
    e = next(root.iter('{http://schemas.microsoft.com/exchange/services/2006/types}Body'))
    return e.get('BodyType'), e.text or ''


def test_html_of_outlook(ends, uid):
    """A client that only knows DESCRIPTION: changing the title keeps the HTML, changing the text replaces it."""
    client, outlook = ends
    token = client.sync(client.calendar).sync_token
    master, _ = outlook.create(uid, before_start='<t:Body BodyType="HTML">&lt;html&gt;&lt;body&gt;&lt;p&gt;One &lt;b&gt;bold&lt;/b&gt; Wörd&lt;/p&gt;&lt;/body&gt;&lt;/html&gt;</t:Body>')
    [entry] = client.sync(client.calendar, token).entries
    got = client.get(entry.href)
    text = unfold(got.text)
    assert 'One bold Wörd' in value(text, 'DESCRIPTION')
    assert any('FMTTYPE=text/html' in line and '<b>bold</b>' in line for line in props(text, 'X-ALT-DESC')), text
    # a client that drops what it does not know, and changes another field
    plain = '\r\n'.join(x for x in text.split('\r\n') if not x.startswith('X-ALT-DESC'))
    assert client.put(entry.href, plain.replace('SUMMARY:', 'SUMMARY:New '), If_Match=got.etag).status in (200, 204)
    kind, html = body_of(outlook, master, 'Best')
    assert kind == 'HTML' and '<b>bold</b>' in html, 'the formatting is lost though the client did not touch the text'
    got = client.get(entry.href)
    text = unfold(got.text)
    assert any('<b>bold</b>' in line for line in props(text, 'X-ALT-DESC')), text
    # now the text itself, with an old X-ALT-DESC carried along and without
    changed = re.sub(r'DESCRIPTION:[^\r]*', 'DESCRIPTION:One and a half', text, 1)
    assert client.put(entry.href, changed, If_Match=got.etag).status in (200, 204)
    assert body_of(outlook, master, 'Text')[1].strip() == 'One and a half'
    now = unfold(client.get(entry.href).text)
    assert value(now, 'DESCRIPTION') == 'One and a half' and 'bold' not in now, 'the old text is shown to clients that prefer HTML'
    changed = '\r\n'.join(x for x in changed.replace('One and a half', 'Two').split('\r\n') if not x.startswith('X-ALT-DESC'))
    assert client.put(entry.href, changed).status in (200, 204)
    assert body_of(outlook, master, 'Text')[1].strip() == 'Two'
    now = unfold(client.get(entry.href).text)
    assert value(now, 'DESCRIPTION') == 'Two' and 'bold' not in now
    # and no text at all
    got = client.get(entry.href)
    bare = '\r\n'.join(x for x in unfold(got.text).split('\r\n') if not x.startswith(('DESCRIPTION', 'X-ALT-DESC')))
    assert client.put(entry.href, bare, If_Match=got.etag).status in (200, 204)
    assert body_of(outlook, master, 'Text')[1].strip() == ''
    outlook.delete(master)


def test_html_of_a_client(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    text = event(uid, uid, extra='DESCRIPTION:One bold\nX-ALT-DESC;FMTTYPE=text/html:<html><body>One <b>bold</b></body></html>')
    r = client.put(path, text)
    assert r.status == 201
    master = outlook.find(uid)[0]
    assert body_of(outlook, master, 'Best')[0] == 'HTML' and '<b>bold</b>' in body_of(outlook, master, 'Best')[1]
    assert client.get(path).text == text
    # Outlook writes plain text over it
    outlook.set(master, ('item:Body', '<t:Body BodyType="Text">Plain&#13;\nlines</t:Body>'))
    now = unfold(client.get(path).text)
    assert value(now, 'DESCRIPTION') == 'Plain\\nlines' and 'bold' not in now
    client.delete(path)


def test_text_and_odd_characters(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    text = event(uid, '😀 ' + uid, extra='DESCRIPTION:a\\nb\\\\c\\;d\\,e\\n\\n<b>&amp; "q" 👩‍👩‍👧\\n\nLOCATION:Zürich\\, Straße 1')
    assert client.put(path, text).status == 201
    assert client.get(path).text == text
    master = outlook.find('😀 ' + uid)[0]
    item = outlook.get(master)
    assert item.findtext('{*}Body').replace('\r', '').rstrip('\n') == 'a\nb\\c;d,e\n\n<b>&amp; "q" 👩‍👩‍👧' and item.findtext('{*}Location') == 'Zürich, Straße 1'
    outlook.forget_kept(master)
    now = unfold(client.get(path).text)
    assert value(now, 'DESCRIPTION').startswith('a\\nb\\\\c\\;d\\,e\\n\\n<b>&amp\\; "q" 👩‍👩‍👧') and value(now, 'SUMMARY') == '😀 ' + uid
    for line in client.get(path).body.split(b'\r\n'):
        assert len(line) <= 75
        line.decode()
    client.delete(path)


def test_control_characters_from_outlook(ends, uid):
    client, outlook = ends
    token = client.sync(client.calendar).sync_token
    master, _ = outlook.create('tab&#9;and&#13;\nline ' + uid, before_start='<t:Body BodyType="Text">a&#9;b&#13;\nBEGIN:VEVENT&#10;c</t:Body>')
    [entry] = client.sync(client.calendar, token).entries
    got = client.get(entry.href)
    assert got.status == 200 and got.text.count('\r\nBEGIN:VEVENT\r\n') == 1
    assert 'a\tb\\nBEGIN:VEVENT\\nc' in value(unfold(got.text), 'DESCRIPTION')
    assert client.multiget(client.calendar, [entry.href]).by_href[entry.href].text('c:calendar-data').replace('\n', '\r\n').replace('\r\r', '\r') == got.text
    assert client.put(entry.href, got.text, If_Match=got.etag).status in (200, 204)
    outlook.delete(master)


def test_long_subjects_and_bodies(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    long = uid + 'ü' * 300
    body = 'Zeile mit Umlauten äöü und ein bißchen Text\\n' * 1400
    text = event(uid, long, extra='LOCATION:%s\nDESCRIPTION:%s' % ('o' * 300, body))
    r = client.put(path, text)
    assert r.status == 201, r
    got = client.get(path)
    assert got.text == text and (not r.etag or r.etag == got.etag)
    [master] = [outlook.find(long[:255])[0]]
    item = outlook.get(master)
    assert len(item.findtext('{*}Subject')) == 255 and len(item.findtext('{*}Location')) == 255
    assert len(item.findtext('{*}Body')) > 60000
    outlook.set(master, field('Importance', 'High'))
    now = unfold(client.get(path).text)
    assert value(now, 'PRIORITY') == '1' and len(value(now, 'DESCRIPTION')) > 60000
    client.delete(path)


def test_more_than_can_be_kept_is_refused(ends, uid):
    """What cannot be squeezed beside the item is refused before anything is written."""
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    rng = random.Random(1)
    noise = ''.join(rng.choice('abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOP') for _ in range(90000))
    before = outlook.count('calendar')
    r = client.put(path, event(uid, uid, extra='X-NOISE:' + noise))
    assert r.status == 403 and r.condition == 'c:max-resource-size', r
    assert client.get(path).status == 404 and outlook.count('calendar') == before
    small = event(uid, uid, extra='X-NOISE:small')
    assert client.put(path, small).status == 201
    assert client.put(path, event(uid, uid, extra='X-NOISE:' + noise)).status == 403
    assert client.get(path).text == small
    # in DESCRIPTION it is Exchange's, not ours
    big = event(uid, uid, extra='X-NOISE:small\nDESCRIPTION:' + noise)
    r = client.put(path, big)
    assert r.status in (200, 204), r
    now = unfold(client.get(path).text)
    assert value(now, 'DESCRIPTION') == noise and value(now, 'X-NOISE') == 'small'
    client.delete(path)


# ---- people ----

def test_people_are_data(ends, uid, lab, make_gateway):
    """Where nothing is scheduled: the same roles in Exchange, and nobody is mailed."""
    client, outlook = ends
    client = Client(make_gateway(location='ExchangeScheduling Off').url, 'user23')
    path = client.calendar + uid + '.ics'
    others = {n: Outlook(lab, n, outlook.version) for n in ('bob', 'carol')}
    counts = lambda: [(n, f, o.count(f)) for n, o in others.items() for f in ('inbox', 'calendar')] + [('me', outlook.count('sentitems'))]
    before = counts()
    text = event(uid, uid, extra='ORGANIZER;CN=Me:mailto:user23@contoso.example\nATTENDEE:mailto:bob@contoso.example\n'
                 'ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED;X-P=1:mailto:carol@contoso.example\nATTENDEE;CUTYPE=ROOM:mailto:room1@contoso.example\n'
                 'ATTENDEE;CUTYPE=RESOURCE:mailto:beamer@example.com\nATTENDEE;ROLE=CHAIR:mailto:user23@contoso.example')
    assert client.put(path, text).status == 201
    master = outlook.find(uid)[0]
    who = lambda n: sorted(e.text for e in outlook.get(master).findall('{*}%s//{*}EmailAddress' % n))
    assert who('RequiredAttendees') in (['bob@contoso.example'], ['bob@contoso.example', 'user23@contoso.example'])
    assert who('OptionalAttendees') == ['carol@contoso.example'] and who('Resources') == ['beamer@example.com', 'room1@contoso.example']
    assert client.get(path).text == text
    # a title changed by Outlook (mailing nobody) and by the client, an attendee more, one less, then all gone
    outlook.set(master, field('Subject', 'New'))
    now = client.get(path)
    assert len(props(now.text, 'ATTENDEE')) == 5 and any('X-P=1' in x for x in props(now.text, 'ATTENDEE')), now.text
    assert client.put(path, text.replace('ATTENDEE:mailto:bob', 'ATTENDEE:mailto:dave')).status in (200, 204)
    assert 'dave@contoso.example' in who('RequiredAttendees') and 'bob@contoso.example' not in who('RequiredAttendees')
    assert client.put(path, event(uid, uid)).status in (200, 204)
    assert who('RequiredAttendees') + who('OptionalAttendees') + who('Resources') == []
    assert client.delete(path).status == 204
    assert counts() == before


def test_somebody_elses_invitation(ends, uid):
    """An invitation that came by mail and was put into the calendar by the client: an appointment of one's own, people kept beside it."""
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    text = event(uid, uid, extra='ORGANIZER;CN=Boss:mailto:boss@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:user23@contoso.example\nATTENDEE:mailto:bob@contoso.example')
    assert client.put(path, text).status == 201
    assert client.get(path).text == text
    master = outlook.find(uid)[0]
    outlook.set(master, field('Subject', 'New'))
    now = client.get(path).text
    assert value(now, 'ORGANIZER') == 'mailto:boss@example.com' and len(props(now, 'ATTENDEE')) == 2 and value(now, 'SUMMARY') == 'New'
    client.delete(path)


# ---- nothing is dropped ----

def test_nothing_is_dropped_when_outlook_changes_something(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    extra = ('URL:https://example.com/?a=b\nATTACH:https://example.com/a.pdf\nX-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC\nGEO:48.2;16.4\nCOLOR:red\n'
             'CONTACT:Jim\\, 555\nRELATED-TO:abc\nCOMMENT:hm\nX-MOZ-LASTACK:20270101T000000Z\nRESOURCES:Beamer\nCONFERENCE;VALUE=URI:https://example.com/c\n'
             'SEQUENCE:3\nCREATED:20260101T000000Z')
    text = event(uid, uid, extra=extra)
    assert client.put(path, text).status == 201
    assert client.get(path).text == text
    master = outlook.find(uid)[0]
    outlook.set(master, field('Importance', 'High'))
    now = client.get(path).text
    for line in extra.split('\n'):
        name = re.match('[A-Z-]+', line).group(0)
        if name not in ('SEQUENCE', 'CREATED'):
            assert props(now, name) == [line], (name, now)
    assert value(now, 'PRIORITY') == '1'
    # and when the client changes it after that
    assert client.put(path, now.replace('PRIORITY:1', 'PRIORITY:9')).status in (200, 204)
    assert outlook.get(master).findtext('{*}Importance') == 'Low' and 'X-MOZ-LASTACK' in client.get(path).text
    # a new place is not where the old one was
    outlook.set(master, field('Location', 'There', 'calendar'))
    now = client.get(path).text
    assert value(now, 'LOCATION') == 'There' and not props(now, 'GEO') and props(now, 'URL') == ['URL:https://example.com/?a=b']
    client.delete(path)


def test_fields_emptied_on_either_side(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    full = event(uid, uid, extra='LOCATION:L\nDESCRIPTION:D\nCATEGORIES:C\nPRIORITY:1\nCLASS:PRIVATE\n' + alarm(':-PT5M'))
    assert client.put(path, full).status == 201
    master = outlook.find(uid)[0]
    assert client.put(path, event(uid, uid)).status in (200, 204)
    item = outlook.get(master)
    assert (item.findtext('{*}Location') or '', (item.findtext('{*}Body') or '').strip(), item.find('{*}Categories')) == ('', '', None)
    assert (item.findtext('{*}Importance'), item.findtext('{*}Sensitivity'), item.findtext('{*}ReminderIsSet')) == ('Normal', 'Normal', 'false')
    assert client.put(path, full).status in (200, 204)
    outlook.call('<m:UpdateItem MessageDisposition="SaveOnly" ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges>'
                 '<t:ItemChange><t:ItemId Id="%s"/><t:Updates>%s</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>'
                 % (master, ''.join('<t:DeleteItemField><t:FieldURI FieldURI="%s"/></t:DeleteItemField>' % f
                                    for f in ('calendar:Location', 'item:Body', 'item:Categories'))))
    now = client.get(path).text
    assert not props(now, 'LOCATION') and not props(now, 'DESCRIPTION') and not props(now, 'CATEGORIES') and value(now, 'CLASS') == 'PRIVATE'
    client.delete(path)


def test_zero_minutes_and_no_end(ends, uid):
    client, outlook = ends
    path = client.calendar + uid + '.ics'
    for extra, start, end in (('', '20270302T100000Z', '2027-03-02T10:00:00Z'), ('DURATION:PT1H30M', '20270302T100000Z', '2027-03-02T11:30:00Z'),
                              ('DURATION:P1DT1H', '20270302T100000Z', '2027-03-03T11:00:00Z')):
        text = re.sub(r'DTEND[^\r]*\r\n', '', event(uid, uid, start, extra=extra))
        assert client.put(path, text).status == 201
        assert client.get(path).text == text
        assert outlook.get(outlook.find(uid)[0]).findtext('{*}End') == end
        client.delete(path)
    text = re.sub(r'DTEND[^\r]*\r\n', '', event(uid, uid, '20270302', '20270303'))
    assert client.put(path, text).status == 201
    master = outlook.find(uid)[0]
    outlook.forget_kept(master)
    now = client.get(path).text
    assert value(now, 'DTSTART') == '20270302' and value(now, 'DTEND') in ('20270303', None)
    client.delete(path)
    # a day from midnight to midnight is not an all-day event
    assert client.put(path, event(uid, uid, '20270302T000000', '20270303T000000', zone='Europe/Berlin')).status == 201
    master = outlook.find(uid)[0]
    assert outlook.get(master).findtext('{*}IsAllDayEvent') == 'false'
    outlook.forget_kept(master)
    assert value(client.get(path).text, 'DTSTART') == '20270302T000000'
    client.delete(path)
