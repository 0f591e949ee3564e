# SPDX-License-Identifier: Apache-2.0
"""A small EWS client for tests of the simulator. Where Microsoft's schemas are at hand it holds
every answer against the one of the simulated generation."""
import functools
import os
import re

import requests
from lxml import etree

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
SCHEMAS = os.path.join(os.environ.get('EXCAL_SHARED', os.path.join(TOP, '../shared')), 'exchange/schema')
T = 'http://schemas.microsoft.com/exchange/services/2006/types'
M = 'http://schemas.microsoft.com/exchange/services/2006/messages'
E = 'http://schemas.microsoft.com/exchange/services/2006/errors'
S = 'http://schemas.xmlsoap.org/soap/envelope/'
NS = {'t': T, 'm': M, 'e': E, 's': S}
PUBLIC_STRINGS = '00020329-0000-0000-c000-000000000046'

checked = {'answers': 0}


def have_schemas():
    return os.path.isdir(SCHEMAS)


@functools.lru_cache(None)
def schema(generation):
    return etree.XMLSchema(etree.parse(os.path.join(SCHEMAS, generation, 'ews.xsd')))


class Fault(Exception):
    def __init__(self, code, text, root):
        super().__init__('%s: %s' % (code, text))
        self.code, self.text, self.root = code, text, root


class EwsError(Exception):
    def __init__(self, code, text):
        super().__init__('%s: %s' % (code, text))
        self.code, self.text = code, text


class Ews:
    def __init__(self, lab, user='alice', version='Exchange2010_SP2', generation=None, password='excal', zone=None):
        self.lab, self.version, self.zone = lab, version, zone
        self.generation = generation or ('ews-2007sp1' if lab.version.startswith('2007') else 'ews-2019')
        self.session = requests.Session()
        self.session.auth = (user, password)

    def envelope(self, body, header=''):
        head = '<t:RequestServerVersion Version="%s"/>' % self.version if self.version else ''
        if self.zone:
            head += '<t:TimeZoneContext><t:TimeZoneDefinition Id="%s"/></t:TimeZoneContext>' % self.zone
        return ('<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="%s" xmlns:t="%s" xmlns:m="%s">'
                '<soap:Header>%s%s</soap:Header><soap:Body>%s</soap:Body></soap:Envelope>' % (S, T, M, head, header, body))

    def post(self, text, **kw):
        return self.session.post(self.lab.ews_url, data=text.encode(), headers={'Content-Type': 'text/xml; charset=utf-8'},
                                 timeout=60, **kw)

    def raw(self, body, header=''):
        """The child of soap:Body; a Fault is raised."""
        r = self.post(self.envelope(body, header))
        assert r.headers['Content-Type'] == 'text/xml; charset=utf-8', (r.status_code, r.text[:300])
        root = etree.fromstring(r.content)
        child = root.find('s:Body', NS)[0]
        if child.tag == '{%s}Fault' % S:
            assert r.status_code == 500
            raise Fault(child.findtext('.//e:ResponseCode', None, NS), child.findtext('faultstring'), child)
        assert r.status_code == 200
        self.validate(child)
        for header in root.find('s:Header', NS):
            self.validate(header)
        return child

    def validate(self, element):
        if not have_schemas():
            return
        alone = etree.fromstring(etree.tostring(element))
        s = schema(self.generation)
        checked['answers'] += 1
        assert s.validate(alone), '%s\n%s' % (s.error_log, etree.tostring(alone, pretty_print=True).decode()[:6000])

    def messages(self, body, header=''):
        return list(self.raw(body, header).find('m:ResponseMessages', NS))

    def all(self, body, header=''):
        """[(message, code)]"""
        return [(m, m.findtext('m:ResponseCode', None, NS)) for m in self.messages(body, header)]

    def call(self, body, header=''):
        """The only response message; an error is raised."""
        (m, code), = self.all(body, header)
        if m.get('ResponseClass') == 'Error':
            raise EwsError(code, m.findtext('m:MessageText', None, NS))
        return m

    # --- short ways ----------------------------------------------------------------------------

    def folder(self, name='calendar', shape='AllProperties', extra='', mailbox=None):
        box = '<t:Mailbox><t:EmailAddress>%s</t:EmailAddress></t:Mailbox>' % mailbox if mailbox else ''
        m = self.call('<m:GetFolder><m:FolderShape><t:BaseShape>%s</t:BaseShape>%s</m:FolderShape><m:FolderIds>'
                      '<t:DistinguishedFolderId Id="%s">%s</t:DistinguishedFolderId></m:FolderIds></m:GetFolder>'
                      % (shape, extra, name, box))
        return m.find('m:Folders', NS)[0]

    def create(self, inner, send='SendToNone', folder='calendar'):
        """Creates a calendar item; its (Id, ChangeKey)."""
        attr = ' SendMeetingInvitations="%s"' % send if send else ''
        where = folder_xml(folder)
        m = self.call('<m:CreateItem%s><m:SavedItemFolderId>%s</m:SavedItemFolderId><m:Items><t:CalendarItem>%s</t:CalendarItem>'
                      '</m:Items></m:CreateItem>' % (attr, where, inner))
        return item_id(m)

    def create_task(self, inner, folder='tasks'):
        m = self.call('<m:CreateItem><m:SavedItemFolderId>%s</m:SavedItemFolderId><m:Items><t:Task>%s</t:Task></m:Items>'
                      '</m:CreateItem>' % (folder_xml(folder), inner))
        return item_id(m)

    def get(self, item, shape='AllProperties', extra='', body_type='Text', element='ItemId'):
        more = '<t:AdditionalProperties>%s</t:AdditionalProperties>' % extra if extra else ''
        m = self.call('<m:GetItem><m:ItemShape><t:BaseShape>%s</t:BaseShape><t:BodyType>%s</t:BodyType>%s</m:ItemShape><m:ItemIds>'
                      '%s</m:ItemIds></m:GetItem>' % (shape, body_type, more, id_xml(item, element)))
        return m.find('m:Items', NS)[0]

    def update(self, item, *changes, resolution='NeverOverwrite', send='SendToNone', element='ItemId', kind='CalendarItem'):
        """changes: ('item:Subject', '<t:Subject>x</t:Subject>') sets, ('item:Subject', None) deletes."""
        attr = ' SendMeetingInvitationsOrCancellations="%s"' % send if send else ''
        parts = []
        for path, value in changes:
            uri = path if path.startswith('<') else '<t:FieldURI FieldURI="%s"/>' % path
            if value is None:
                parts.append('<t:DeleteItemField>%s</t:DeleteItemField>' % uri)
            else:
                parts.append('<t:SetItemField>%s<t:%s>%s</t:%s></t:SetItemField>' % (uri, kind, value, kind))
        m = self.call('<m:UpdateItem MessageDisposition="SaveOnly" ConflictResolution="%s"%s><m:ItemChanges><t:ItemChange>%s'
                      '<t:Updates>%s</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>'
                      % (resolution, attr, id_xml(item, element), ''.join(parts)))
        return item_id(m)

    def delete(self, *items, kind='HardDelete', cancel='SendToNone', element='ItemId', tasks=None):
        attr = ' SendMeetingCancellations="%s"' % cancel if cancel else ''
        attr += ' AffectedTaskOccurrences="%s"' % tasks if tasks else ''
        return self.all('<m:DeleteItem DeleteType="%s"%s><m:ItemIds>%s</m:ItemIds></m:DeleteItem>'
                        % (kind, attr, ''.join(id_xml(i, element) for i in items)))

    def sync(self, state=None, most=512, folder='calendar', shape='IdOnly', extra=''):
        more = '<t:AdditionalProperties>%s</t:AdditionalProperties>' % extra if extra else ''
        given = '<m:SyncState>%s</m:SyncState>' % state if state else ''
        m = self.call('<m:SyncFolderItems><m:ItemShape><t:BaseShape>%s</t:BaseShape>%s</m:ItemShape><m:SyncFolderId>%s'
                      '</m:SyncFolderId>%s<m:MaxChangesReturned>%d</m:MaxChangesReturned></m:SyncFolderItems>'
                      % (shape, more, folder_xml(folder), given, most))
        changes = []
        for c in m.find('m:Changes', NS):
            changes.append((etree.QName(c).localname, c.find('.//t:ItemId', NS).get('Id'), c[0]))
        return m.findtext('m:SyncState', None, NS), changes, m.findtext('m:IncludesLastItemInRange', None, NS) == 'true'

    def view(self, start, end, extra='', folder='calendar', shape='IdOnly', most=None):
        more = '<t:AdditionalProperties>%s</t:AdditionalProperties>' % extra if extra else ''
        limit = ' MaxEntriesReturned="%d"' % most if most else ''
        m = self.call('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>%s</t:BaseShape>%s</m:ItemShape>'
                      '<m:CalendarView%s StartDate="%s" EndDate="%s"/><m:ParentFolderIds>%s</m:ParentFolderIds></m:FindItem>'
                      % (shape, more, limit, start, end, folder_xml(folder)))
        return list(m.find('.//t:Items', NS))


def folder_xml(folder):
    """'calendar', an Id, or 'calendar@bob' for a folder of somebody else."""
    name, _, owner = folder.partition('@')
    if owner:
        return ('<t:DistinguishedFolderId Id="%s"><t:Mailbox><t:EmailAddress>%s@contoso.example</t:EmailAddress></t:Mailbox>'
                '</t:DistinguishedFolderId>' % (name, owner))
    return '<t:DistinguishedFolderId Id="%s"/>' % folder if re.fullmatch('[a-z]+', folder) else '<t:FolderId Id="%s"/>' % folder


def id_xml(item, element='ItemId'):
    name, key = item if isinstance(item, tuple) else (item, None)
    attribute = {'ItemId': 'Id', 'RecurringMasterItemId': 'OccurrenceId'}.get(element)
    if element == 'OccurrenceItemId':
        return '<t:OccurrenceItemId RecurringMasterId="%s" InstanceIndex="%s"/>' % (name, key)
    return '<t:%s %s="%s"%s/>' % (element, attribute, name, ' ChangeKey="%s"' % key if key else '')


def item_id(message):
    e = message.find('.//t:ItemId', NS)
    return e.get('Id'), e.get('ChangeKey')


def text(element, name):
    return element.findtext('t:' + name, None, NS)


def fields(*names):
    return ''.join('<t:FieldURI FieldURI="%s"/>' % n for n in names)


def named(name, kind='String', guid=PUBLIC_STRINGS):
    return '<t:ExtendedFieldURI PropertySetId="%s" PropertyName="%s" PropertyType="%s"/>' % (guid, name, kind)


def appointment(subject='Dentist', start='2024-05-02T08:00:00Z', end='2024-05-02T08:30:00Z', before='', after=''):
    """The inside of t:CalendarItem in the order of the schema."""
    return '<t:Subject>%s</t:Subject>%s<t:Start>%s</t:Start><t:End>%s</t:End>%s' % (subject, before, start, end, after)


WEEKLY = ('<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>'
          '<t:NumberedRecurrence><t:StartDate>2024-05-06</t:StartDate><t:NumberOfOccurrences>10</t:NumberOfOccurrences>'
          '</t:NumberedRecurrence></t:Recurrence>')
BERLIN = '<t:StartTimeZone Id="W. Europe Standard Time"/><t:EndTimeZone Id="W. Europe Standard Time"/>'


def series(subject='Staff', start='2024-05-06T09:00:00', end='2024-05-06T10:00:00', recurrence=WEEKLY, zones=BERLIN, before=''):
    return appointment(subject, start, end, before, recurrence + zones)
