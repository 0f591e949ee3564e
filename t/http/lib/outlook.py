# SPDX-License-Identifier: Apache-2.0
"""The other side: what somebody does in Outlook, said in EWS to the simulated Exchange."""
import base64
import datetime
import urllib.error
import urllib.request
from xml.sax.saxutils import escape

from lxml import etree

T, M = 'http://schemas.microsoft.com/exchange/services/2006/types', 'http://schemas.microsoft.com/exchange/services/2006/messages'
NS = {'t': T, 'm': M}
ENVELOPE = '''<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="%s" xmlns:m="%s">
<s:Header><t:RequestServerVersion Version="%%s"/></s:Header><s:Body>%%s</s:Body></s:Envelope>''' % (T, M)
NAMED = '<t:ExtendedFieldURI PropertySetId="00020329-0000-0000-c000-000000000046" PropertyName="%s" PropertyType="String"/>'


class EwsError(Exception):
    pass


class Outlook:
    def __init__(self, lab, user='alice', version='Exchange2013_SP1'):
        self.url, self.user, self.version = lab.url + '/EWS/Exchange.asmx', user, version

    def call(self, body):
        auth = base64.b64encode((self.user + ':excal').encode()).decode()
        request = urllib.request.Request(self.url, (ENVELOPE % (self.version, body)).encode(),
                                         {'Content-Type': 'text/xml; charset=utf-8', 'Authorization': 'Basic ' + auth})
        try:
            answer = urllib.request.urlopen(request, timeout=60).read()
        except urllib.error.HTTPError as e:
            answer = e.read()
        root = etree.fromstring(answer)
        bad = [e.text for e in root.iter('{%s}ResponseCode' % M) if e.text != 'NoError'] + [e.text for e in root.iter('faultstring')]
        if bad:
            raise EwsError(bad[0])
        return root

    def find(self, subject, folder='calendar'):
        """(ItemId, ChangeKey) of the item of that subject; None when there is none."""
        root = self.call('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:ParentFolderIds>'
                         '%s</m:ParentFolderIds></m:FindItem>' % self.folder(folder))
        for item in root.iter('{%s}CalendarItem' % T):
            if item.findtext('t:Subject', namespaces=NS) == subject:
                e = item.find('t:ItemId', NS)
                return e.get('Id'), e.get('ChangeKey')
        return None

    @staticmethod
    def folder(folder):
        return '<t:DistinguishedFolderId Id="%s"/>' % folder if len(folder) < 30 else '<t:FolderId Id="%s"/>' % folder

    def get(self, item_id, fields=()):
        """The item as an element with all its properties."""
        more = ''.join('<t:FieldURI FieldURI="%s"/>' % f for f in fields)
        root = self.call('<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape><t:BodyType>Text</t:BodyType><t:AdditionalProperties>'
                         + more + NAMED % 'X-EXCAL-HREF' + NAMED % 'X-EXCAL-KEPT' +
                         '</t:AdditionalProperties></m:ItemShape><m:ItemIds><t:ItemId Id="%s"/></m:ItemIds></m:GetItem>' % item_id)
        return next(root.iter('{%s}CalendarItem' % T))

    def occurrence(self, master, index):
        """An occurrence of a series by its number."""
        root = self.call('<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ItemIds><t:OccurrenceItemId RecurringMasterId="%s" '
                         'InstanceIndex="%d"/></m:ItemIds></m:GetItem>' % (master, index))
        return next(root.iter('{%s}CalendarItem' % T))

    def create(self, subject, start='2027-03-02T10:00:00Z', end='2027-03-02T11:00:00Z', inner='', zone='W. Europe Standard Time', folder='calendar',
               before_start='', extended=''):
        zones = '<t:StartTimeZone Id="%s"/><t:EndTimeZone Id="%s"/>' % (zone, zone) if self.version != 'Exchange2007_SP1' else ''
        root = self.call('<m:CreateItem SendMeetingInvitations="SendToNone"><m:SavedItemFolderId>%s</m:SavedItemFolderId><m:Items><t:CalendarItem>'
                         '<t:Subject>%s</t:Subject>%s<t:ReminderIsSet>false</t:ReminderIsSet>%s<t:Start>%s</t:Start><t:End>%s</t:End>%s%s'
                         '</t:CalendarItem></m:Items></m:CreateItem>' % (self.folder(folder), subject, before_start, extended, start, end, inner, zones))
        e = next(root.iter('{%s}ItemId' % T))
        return e.get('Id'), e.get('ChangeKey')

    def set(self, target, *fields):
        """Change fields: ('item:Subject', '<t:Subject>x</t:Subject>'); target an ItemId or (master id, index)."""
        which = ('<t:OccurrenceItemId RecurringMasterId="%s" InstanceIndex="%d"/>' % target if isinstance(target, tuple)
                 else '<t:ItemId Id="%s"/>' % target)
        updates = ''.join('<t:SetItemField><t:FieldURI FieldURI="%s"/><t:CalendarItem>%s</t:CalendarItem></t:SetItemField>' % f for f in fields)
        self.call('<m:UpdateItem MessageDisposition="SaveOnly" ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToNone">'
                  '<m:ItemChanges><t:ItemChange>%s<t:Updates>%s</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>' % (which, updates))

    def clear(self, item_id, *fields):
        """Empty fields: 'item:Body', …"""
        updates = ''.join('<t:DeleteItemField><t:FieldURI FieldURI="%s"/></t:DeleteItemField>' % f for f in fields)
        self.call('<m:UpdateItem MessageDisposition="SaveOnly" ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToNone">'
                  '<m:ItemChanges><t:ItemChange><t:ItemId Id="%s"/><t:Updates>%s</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>' % (item_id, updates))

    def forget_kept(self, item_id):
        """Take away what the gateway keeps beside the item: from now on it sees what any other program would see."""
        self.call('<m:UpdateItem MessageDisposition="SaveOnly" ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToNone">'
                  '<m:ItemChanges><t:ItemChange><t:ItemId Id="%s"/><t:Updates><t:DeleteItemField>%s</t:DeleteItemField></t:Updates></t:ItemChange>'
                  '</m:ItemChanges></m:UpdateItem>' % (item_id, NAMED % 'X-EXCAL-KEPT'))

    def view(self, first, last, folder='calendar'):
        """What Exchange's calendar shows between two datetimes (UTC): [(start, end, subject, ItemId)] in order."""
        zulu = '%Y-%m-%dT%H:%M:%SZ'
        root = self.call('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:CalendarView StartDate="%s" '
                         'EndDate="%s"/><m:ParentFolderIds>%s</m:ParentFolderIds></m:FindItem>' % (first.strftime(zulu), last.strftime(zulu), self.folder(folder)))
        return sorted((datetime.datetime.strptime(e.findtext('{*}Start'), zulu), datetime.datetime.strptime(e.findtext('{*}End'), zulu),
                       e.findtext('{*}Subject') or '', e.find('{*}ItemId').get('Id')) for e in root.iter('{%s}CalendarItem' % T))

    def count(self, folder):
        """How many items a folder has."""
        root = self.call('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ParentFolderIds>'
                         '%s</m:ParentFolderIds></m:FindItem>' % self.folder(folder))
        return len(list(root.iter('{%s}ItemId' % T)))

    def move(self, item_id, folder):
        """The new ItemId."""
        root = self.call('<m:MoveItem><m:ToFolderId>%s</m:ToFolderId><m:ItemIds><t:ItemId Id="%s"/></m:ItemIds></m:MoveItem>' % (self.folder(folder), item_id))
        return next(root.iter('{%s}ItemId' % T)).get('Id')

    def set_named(self, item_id, name, value):
        """Change a named property of an item."""
        self.call('<m:UpdateItem MessageDisposition="SaveOnly" ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToNone">'
                  '<m:ItemChanges><t:ItemChange><t:ItemId Id="%s"/><t:Updates><t:SetItemField>%s<t:CalendarItem><t:ExtendedProperty>%s<t:Value>%s</t:Value>'
                  '</t:ExtendedProperty></t:CalendarItem></t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>'
                  % (item_id, NAMED % name, NAMED % name, escape(value)))

    def delete(self, target, how='MoveToDeletedItems'):
        which = ('<t:OccurrenceItemId RecurringMasterId="%s" InstanceIndex="%d"/>' % target if isinstance(target, tuple)
                 else '<t:ItemId Id="%s"/>' % target)
        self.call('<m:DeleteItem DeleteType="%s" SendMeetingCancellations="SendToNone"><m:ItemIds>%s</m:ItemIds></m:DeleteItem>' % (how, which))

    def empty(self, folder):
        root = self.call('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ParentFolderIds>'
                         '%s</m:ParentFolderIds></m:FindItem>' % self.folder(folder))
        for item in root.iter('{%s}ItemId' % T):
            self.delete(item.get('Id'), 'HardDelete')

    def make_calendar(self, name):
        root = self.call('<m:CreateFolder><m:ParentFolderId><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderId><m:Folders><t:CalendarFolder>'
                         '<t:DisplayName>%s</t:DisplayName></t:CalendarFolder></m:Folders></m:CreateFolder>' % name)
        return next(root.iter('{%s}FolderId' % T)).get('Id')
