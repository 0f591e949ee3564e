# SPDX-License-Identifier: Apache-2.0
"""Everything that is to be seen of one meeting: in Exchange and over CalDAV, for each of those who have to do with it, and in the
post. Two pictures are equal when nobody could tell the difference: ids, stamps and sequence numbers are left out."""
import re

from ical import unfold
from outlook import T, NS, Outlook

FIELDS = ('Subject', 'Start', 'End', 'Location', 'MyResponseType', 'IsCancelled', 'HasAttachments', 'ReminderIsSet', 'ReminderMinutesBeforeStart',
          'LegacyFreeBusyStatus', 'CalendarItemType', 'Status', 'DueDate')
STAMPS = re.compile(r'^(DTSTAMP|LAST-MODIFIED|CREATED|SEQUENCE|X-MS-OLK-[A-Z-]+|X-MICROSOFT-[A-Z-]*(?:SEQUENCE|CRITICAL-CHANGE)[A-Z-]*)[:;].*\r\n', re.M)
FIND = ('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:FieldURI FieldURI="item:Subject"/>'
        '</t:AdditionalProperties></m:ItemShape><m:ParentFolderIds>%s</m:ParentFolderIds></m:FindItem>')
GET = '<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ItemIds>%s</m:ItemIds></m:GetItem>'


def address(attendee):
    return attendee.findtext('t:Mailbox/t:EmailAddress', namespaces=NS)


def item_of(outlook, item_id, uid):
    """One item, with its exceptions, as a dictionary."""
    item = next(e for e in outlook.call(GET % '<t:ItemId Id="%s"/>' % item_id).iter() if e.find('{%s}ItemId' % T) is not None)
    out = {f: (item.findtext('{*}' + f) or '').replace(uid, 'UID') for f in FIELDS}
    out['body'] = (item.findtext('{*}Body') or '').strip()[:80]
    out['people'] = sorted((address(a), a.findtext('{*}ResponseType')) for a in item.iter('{%s}Attendee' % T))
    out['categories'] = sorted(e.text for e in item.findall('{*}Categories/{*}String'))
    out['files'] = sorted(a.findtext('{*}Name') for a in item.iter('{%s}FileAttachment' % T))
    out['deleted'] = sorted(e.findtext('{*}Start') for e in item.iter('{%s}DeletedOccurrence' % T))
    out['moved'] = sorted(((e.findtext('{*}OriginalStart'), item_of(outlook, e.find('{*}ItemId').get('Id'), uid))
                           for e in item.iter('{%s}Occurrence' % T)), key=lambda row: row[0])
    return out


def in_exchange(lab, user, uid, folders):
    outlook = Outlook(lab, user)
    found = []
    for folder in folders:
        for e in outlook.call(FIND % outlook.folder(folder)).iter('{%s}ItemId' % T):
            if uid in (e.getparent().findtext('{*}Subject') or ''):
                found.append((folder, item_of(outlook, e.get('Id'), uid)))
    return sorted(found, key=repr)


def over_caldav(client, uid, calendars):
    found = []
    for path in calendars:
        listing = client.propfind(path, ['d:getetag'], 1)
        assert listing.status == 207, listing
        hrefs = [e.href for e in listing.entries if e.text('d:getetag')]
        for e in client.multiget(path, hrefs).entries if hrefs else ():
            text = e.text('c:calendar-data')
            assert text is not None, (e.href, e.status)
            if uid in text:
                text = '\r\n'.join(line if 'ATTENDEE' not in line and 'ATTACH' not in line else ';'.join(
                    p for p in line.split(';') if not p.startswith(('X-MS-OLK', 'SIZE', 'MANAGED-ID'))) for line in unfold(text).split('\r\n'))
                text = re.sub(r'^(ATTACH[^\r]*?)https?://[^\r]*', r'\1URL', text, flags=re.M)
                found.append(re.sub('UID:task-[0-9a-f]+', 'UID:task', STAMPS.sub('', text).replace(uid, 'UID')))
    return sorted(found)


def posted(lab, uid):
    """Every mail about it, in the order of sending: 'alice REQUEST bob carol'."""
    rows = []
    for m in lab.outbox():
        if uid in (m['subject'] or '') or m['uid'] == uid:
            at = '@' + m['recurrence_id'][:10] if m['recurrence_id'] else ''
            rows.append('%s %s%s %s %s' % (m['from'].split('@')[0], m['method'] or m['class'], at, m['response'] or '',
                                           ' '.join(sorted(a.split('@')[0] for a in m['to']))))
    return rows


def empty(lab, user, *folders):
    """Everything in these folders goes, and nobody hears of it."""
    outlook = Outlook(lab, user)
    for folder in folders:
        ids = ''.join('<t:ItemId Id="%s"/>' % e.get('Id') for e in outlook.call(FIND % outlook.folder(folder)).iter('{%s}ItemId' % T))
        if ids:
            outlook.call('<m:DeleteItem DeleteType="HardDelete" SendMeetingCancellations="SendToNone" AffectedTaskOccurrences="AllOccurrences"><m:ItemIds>%s'
                         '</m:ItemIds></m:DeleteItem>' % ids)
