# SPDX-License-Identifier: Apache-2.0
"""Files of events: as a client writes and reads them, and as they lie in Exchange."""
import base64
import re

from dav import event
from ical import unfold


def inline(data, name='plan.txt', type='text/plain', extra=''):
    return 'ATTACH;FMTTYPE=%s;FILENAME=%s%s;ENCODING=BASE64;VALUE=BINARY:%s' % (type, name, extra, base64.b64encode(data).decode())


def attached(text):
    """[(parameters, URL)] of the ATTACH lines outside alarms."""
    text = re.sub(r'BEGIN:VALARM.*?END:VALARM\r\n', '', unfold(text), flags=re.S)
    out = []
    for line in re.findall(r'^ATTACH[;:].*$', text, re.M):
        head, url = re.match(r'ATTACH((?:;[^:"]*(?:"[^"]*")?)*):(.*)', line.rstrip('\r')).groups()
        out.append((dict(re.findall(r';([^=]*)=((?:"[^"]*"|[^;"])*)', head)), url))
    return out


def fetch(user, url):
    assert url.startswith(user.base), url
    r = user.get(url[len(user.base):])
    assert r.status == 200, r
    return r


def in_exchange(outlook, title, index=None, folder='calendar'):
    """{name: content} of the item's attachments, read through EWS."""
    item_id = outlook.find(title, folder)[0]
    if index:
        m = outlook.call('<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ItemIds>'
                         '<t:OccurrenceItemId RecurringMasterId="%s" InstanceIndex="%d"/></m:ItemIds></m:GetItem>' % (item_id, index))
        item_id = m.find('.//{*}ItemId').get('Id')
    item = outlook.get(item_id, fields=('item:Attachments',))
    out = {}
    for a in item.findall('{*}Attachments/{*}FileAttachment'):
        got = outlook.call('<m:GetAttachment><m:AttachmentShape/><m:AttachmentIds><t:AttachmentId Id="%s"/></m:AttachmentIds></m:GetAttachment>'
                           % a.find('{*}AttachmentId').get('Id'))
        name = a.findtext('{*}Name')
        assert name not in out, 'attached twice: ' + name
        out[name] = base64.b64decode(got.findtext('.//{*}Content') or '')
    return out


def attach_in_outlook(outlook, item_id, name, data, type='text/plain', more=''):
    outlook.call('<m:CreateAttachment><m:ParentItemId Id="%s"/><m:Attachments><t:FileAttachment><t:Name>%s</t:Name><t:ContentType>%s</t:ContentType>%s'
                 '<t:Content>%s</t:Content></t:FileAttachment></m:Attachments></m:CreateAttachment>'
                 % (item_id, name, type, more, base64.b64encode(data).decode()))


def daily(uid, title, rule='RRULE:FREQ=DAILY;COUNT=6', extra='', own='', start='20270301T100000', end='20270301T110000', rid='20270303T100000', exdate=''):
    """A daily series whose third occurrence has lines of its own."""
    text = event(uid, title, start, end, rule + '\n' + extra + ('\nEXDATE;TZID=Europe/Berlin:' + exdate if exdate else ''), zone='Europe/Berlin')
    if own:
        one = event(uid, title, rid, rid[:9] + end[9:], 'RECURRENCE-ID;TZID=Europe/Berlin:%s\n%s' % (rid, own), zone='Europe/Berlin')
        text = text.replace('END:VCALENDAR', re.search(r'BEGIN:VEVENT.*END:VEVENT\r\n', one, re.S).group(0) + 'END:VCALENDAR')
    return text


def add(user, path, data, name, query='', **headers):
    return user.request('POST', path + '?action=attachment-add' + query, data,
                        dict({'Content-Type': 'text/plain', 'Content-Disposition': 'attachment; filename="%s"' % name}, **headers))
