# SPDX-License-Identifier: Apache-2.0
"""Two ends of a meeting: one of them in Outlook, the other behind a gateway of this generation, and the post between them."""
import json
import re
import urllib.request

from dav import Client
from gateway import Gateway
from ical import unfold
from outlook import M, NS, T, EwsError, Outlook

GENERATIONS = {'2007_SP1': 'Exchange2007_SP1', '2010_SP2': 'Exchange2010_SP2', '2013_SP1': 'Exchange2013_SP1', '2019': 'Exchange2013_SP1'}
WEEKLY = ('<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Tuesday</t:DaysOfWeek></t:WeeklyRecurrence>'
          '<t:NumberedRecurrence><t:StartDate>2027-03-02</t:StartDate><t:NumberOfOccurrences>5</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>')
FOLDERS = ('calendar', 'inbox', 'sentitems', 'drafts', 'deleteditems')


def address(user):
    return user if '@' in user else user + '@contoso.example'


class Desk:
    """Use as fixture: `with Desk(lab, '2019') as desk`; clear() between tests."""

    def __init__(self, lab, generation, **settings):
        self.lab, self.generation, self.version = lab, generation, GENERATIONS[generation]
        self.ask('POST', '/lab/settings', {'version': generation})
        self.gateway = Gateway(lab.url + '/EWS/Exchange.asmx', **settings)
        self.last = []

    def __enter__(self):
        self.gateway.start()
        return self

    def __exit__(self, *failed):
        self.gateway.stop()
        crashes = self.gateway.crashes()
        self.gateway.remove()
        self.ask('DELETE', '/lab/settings')
        assert not crashes, crashes

    def ask(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else b'' if method == 'POST' else None
        answer = urllib.request.urlopen(urllib.request.Request(self.lab.url + path, data, method=method), timeout=60).read()
        return json.loads(answer) if answer.strip() else None

    def settings(self, **values):
        self.ask('POST', '/lab/settings', values)

    def clear(self, *users):
        """Empty mailboxes, no mail, no fault, nothing counted."""
        self.settings(version=self.generation, faults=[], calendar_attendant=True)
        for user in users:
            for folder in FOLDERS:
                self.empty(user, folder)
        self.mails()
        self.calls()

    def empty(self, user, folder):
        outlook = self.outlook(user)
        root = outlook.call('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ParentFolderIds>%s'
                            '</m:ParentFolderIds></m:FindItem>' % outlook.folder(folder))
        ids = ''.join('<t:ItemId Id="%s"/>' % e.get('Id') for e in root.iter('{%s}ItemId' % T))
        if ids:
            outlook.call('<m:DeleteItem DeleteType="HardDelete" SendMeetingCancellations="SendToNone" AffectedTaskOccurrences="AllOccurrences"><m:ItemIds>%s'
                         '</m:ItemIds></m:DeleteItem>' % ids)

    # ---- who ----

    def client(self, user):
        return Client(self.gateway.url, user)

    def outlook(self, user):
        return Outlook(self.lab, user, self.version)

    # ---- what was seen ----

    def mails(self):
        """Every mail since the last question: [(from, [to], method, response)]; the rows stay in `last`."""
        self.last = self.ask('GET', '/lab/outbox')
        self.ask('DELETE', '/lab/outbox')
        short = lambda a: a.split('@')[0] if a.endswith('@contoso.example') else a
        return [(short(r['from']), sorted(short(t) for t in r['to']), r['method'], r['response']) for r in self.last]

    def calls(self):
        """Calls to Exchange since the last question: {operation: n}."""
        rows = self.ask('GET', '/lab/calls')['by_operation']
        self.ask('POST', '/lab/calls/reset')
        return {k: n for k, n in rows.items() if n}

    # ---- Outlook's part ----

    def invite(self, subject, to=('bob',), user='alice', start='2027-03-02T10:00:00Z', end='2027-03-02T11:00:00Z', inner='', more=''):
        """An invitation sent from Outlook; the ItemId of the organizer's meeting."""
        people = ''.join('<t:Attendee><t:Mailbox><t:EmailAddress>%s</t:EmailAddress></t:Mailbox></t:Attendee>' % address(p) for p in to)
        zone = ('<t:MeetingTimeZone TimeZoneName="W. Europe Standard Time"/>' if self.version == 'Exchange2007_SP1' else
                '<t:StartTimeZone Id="W. Europe Standard Time"/><t:EndTimeZone Id="W. Europe Standard Time"/>')
        root = self.outlook(user).call(
            '<m:CreateItem SendMeetingInvitations="SendToAllAndSaveCopy"><m:Items><t:CalendarItem><t:Subject>%s</t:Subject>'
            '<t:Body BodyType="Text">Bring the numbers</t:Body><t:Start>%s</t:Start><t:End>%s</t:End><t:LegacyFreeBusyStatus>Busy</t:LegacyFreeBusyStatus>'
            '<t:Location>Room 1</t:Location>%s<t:RequiredAttendees>%s</t:RequiredAttendees>%s%s</t:CalendarItem></m:Items></m:CreateItem>'
            % (subject, start, end, more, people, inner, zone))
        return next(root.iter('{%s}ItemId' % T)).get('Id')

    def change(self, target, *fields, user='alice', send='SendToAllAndSaveCopy'):
        """The organizer changes fields of a meeting, or of (master id, index), and tells everybody."""
        which = ('<t:OccurrenceItemId RecurringMasterId="%s" InstanceIndex="%d"/>' % target if isinstance(target, tuple)
                 else '<t:ItemId Id="%s"/>' % target)
        updates = ''.join('<t:SetItemField><t:FieldURI FieldURI="%s"/><t:CalendarItem>%s</t:CalendarItem></t:SetItemField>' % f for f in fields)
        self.outlook(user).call('<m:UpdateItem MessageDisposition="SaveOnly" ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="%s">'
                                '<m:ItemChanges><t:ItemChange>%s<t:Updates>%s</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>' % (send, which, updates))

    def cancel(self, target, user='alice'):
        """The organizer calls the meeting, or (master id, index), off."""
        which = ('<t:OccurrenceItemId RecurringMasterId="%s" InstanceIndex="%d"/>' % target if isinstance(target, tuple)
                 else '<t:ItemId Id="%s"/>' % target)
        self.outlook(user).call('<m:DeleteItem DeleteType="MoveToDeletedItems" SendMeetingCancellations="SendToAllAndSaveCopy"><m:ItemIds>%s'
                                '</m:ItemIds></m:DeleteItem>' % which)

    def tracked(self, item_id, who='bob', user='alice', index=None):
        """What the organizer's Outlook shows of somebody's answer, to an occurrence if it is one; None when he is not invited."""
        item = self.outlook(user).occurrence(item_id, index) if index else self.outlook(user).get(item_id)
        for a in item.iter('{%s}Attendee' % T):
            if a.findtext('t:Mailbox/t:EmailAddress', namespaces=NS) == address(who):
                return a.findtext('t:ResponseType', namespaces=NS)
        return None

    def deliver(self, to, sender, ics, method=None):
        """A message from outside arrives."""
        self.ask('POST', '/lab/deliver', {'to': to, 'from': sender, 'ics': ics.replace('\n', '\r\n'), **({'method': method} if method else {})})


# ---- the client's part ----

def listed(client, calendar='calendar'):
    """href -> text of a calendar, or of the inbox."""
    path = '%s%s/' % (client.home, calendar)
    hrefs = [e.href for e in client.propfind(path, ['d:getetag'], 1).entries if e.href != path]
    found = client.multiget(path, hrefs).entries if hrefs else []
    return {e.href: e.ok('c:calendar-data').text for e in found if e.status != 404}


def only(client, calendar='calendar'):
    found = listed(client, calendar)
    assert len(found) == 1, found
    return next(iter(found.items()))


def own(text, user='bob'):
    """The ATTENDEE lines of somebody's, one for each component."""
    return [l for l in unfold(text).split('\r\n') if l.startswith('ATTENDEE') and l.lower().endswith('mailto:' + address(user))]


def partstats(text, user='bob'):
    return [re.search(r'PARTSTAT=([A-Z-]+)', l).group(1) if 'PARTSTAT' in l else 'NEEDS-ACTION' for l in own(text, user)]


def answered(text, answer, user='bob', params=''):
    """The text with another PARTSTAT of somebody's in all components, as clients write it."""
    lines = []
    for line in unfold(text).split('\r\n'):
        if line.startswith('ATTENDEE') and line.lower().endswith('mailto:' + address(user)):
            line = re.sub(r';PARTSTAT=[A-Z-]+', '', line).replace(';RSVP=TRUE', '').replace('ATTENDEE', 'ATTENDEE;PARTSTAT=' + answer + params, 1)
        lines.append(line)
    return '\r\n'.join(lines)


def with_line(text, *lines, component=0):
    """The text with more lines in its first (or n-th) event."""
    parts = text.split('BEGIN:VEVENT\r\n')
    parts[component + 1] = '\r\n'.join(lines) + '\r\n' + parts[component + 1]
    return 'BEGIN:VEVENT\r\n'.join(parts)


def occurrence(text, day, answer=None, user='bob', lines=()):
    """The series' text with an override for the occurrence of a day (`20270309`), which says what the series says but for the answer."""
    text = unfold(text)
    master = text[text.index('BEGIN:VEVENT'):text.index('END:VEVENT') + len('END:VEVENT\r\n')]
    start, end = re.search(r'\r\nDTSTART([^:]*):(\d{8})(T?\w*)', master), re.search(r'\r\nDTEND([^:]*):(\d{8})(T?\w*)', master)
    override = re.sub(r'\r\nRRULE:[^\r]*|\r\nEXDATE[^\r]*', '', master)
    override = override.replace(start.group(0), '\r\nRECURRENCE-ID%s:%s%s\r\nDTSTART%s:%s%s' % (start.group(1), day, start.group(3), start.group(1), day, start.group(3)))
    override = override.replace(end.group(0), '\r\nDTEND%s:%s%s' % (end.group(1), day, end.group(3)))
    if answer:
        override = answered(override, answer, user)
    for line in lines:
        override = override.replace('BEGIN:VEVENT\r\n', 'BEGIN:VEVENT\r\n%s\r\n' % line, 1)
    return text.replace('END:VCALENDAR', override + 'END:VCALENDAR')


def exdate(text, day):
    text = unfold(text)
    start = re.search(r'\r\nDTSTART([^:]*):(\d{8})(T?\w*)', text[text.index('BEGIN:VEVENT'):])
    return with_line(text, 'EXDATE%s:%s%s' % (start.group(1), day, start.group(3)))
