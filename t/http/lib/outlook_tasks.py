# SPDX-License-Identifier: Apache-2.0
"""What somebody does with tasks in Outlook, said in EWS to the simulated Exchange."""
from outlook import NAMED, T, Outlook


class TaskOutlook(Outlook):
    def tasks(self, folder='tasks'):
        """{subject: [element]} of a folder, all properties."""
        root = self.call('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ParentFolderIds>'
                         '%s</m:ParentFolderIds></m:FindItem>' % self.folder(folder))
        found = {}
        for e in root.iter('{%s}ItemId' % T):
            task = self.task(e.get('Id'))
            found.setdefault(task.findtext('{*}Subject'), []).append(task)
        return found

    def task(self, item_id):
        root = self.call('<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape><t:BodyType>Text</t:BodyType><t:AdditionalProperties>'
                         + NAMED % 'X-EXCAL-HREF' + NAMED % 'X-EXCAL-UID' + '</t:AdditionalProperties></m:ItemShape><m:ItemIds><t:ItemId Id="%s"/>'
                         '</m:ItemIds></m:GetItem>' % item_id)
        return next(root.iter('{%s}Task' % T))

    def make(self, inner, folder='tasks'):
        root = self.call('<m:CreateItem><m:SavedItemFolderId>%s</m:SavedItemFolderId><m:Items><t:Task>%s</t:Task></m:Items></m:CreateItem>'
                         % (self.folder(folder), inner))
        return next(root.iter('{%s}ItemId' % T)).get('Id')

    def change(self, item_id, *fields):
        """('task:Status', '<t:Status>…</t:Status>'), None deletes; the id that the answer names."""
        updates = ''.join('<t:SetItemField><t:FieldURI FieldURI="%s"/><t:Task>%s</t:Task></t:SetItemField>' % (uri, xml) if xml else
                          '<t:DeleteItemField><t:FieldURI FieldURI="%s"/></t:DeleteItemField>' % uri for uri, xml in fields)
        root = self.call('<m:UpdateItem ConflictResolution="AlwaysOverwrite"><m:ItemChanges><t:ItemChange><t:ItemId Id="%s"/><t:Updates>%s'
                         '</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>' % (item_id, updates))
        return next(root.iter('{%s}ItemId' % T)).get('Id')

    def remove(self, *item_ids):
        ids = ''.join('<t:ItemId Id="%s"/>' % i for i in item_ids)
        self.call('<m:DeleteItem DeleteType="HardDelete" AffectedTaskOccurrences="AllOccurrences"><m:ItemIds>%s</m:ItemIds></m:DeleteItem>' % ids)

    def make_folder(self, name):
        root = self.call('<m:CreateFolder><m:ParentFolderId><t:DistinguishedFolderId Id="tasks"/></m:ParentFolderId><m:Folders><t:TasksFolder>'
                         '<t:DisplayName>%s</t:DisplayName></t:TasksFolder></m:Folders></m:CreateFolder>' % name)
        return next(root.iter('{%s}FolderId' % T)).get('Id')


def day(name, value):
    return 'task:' + name, '<t:%s>%sT00:00:00Z</t:%s>' % (name, value, name)


def status(value):
    return 'task:Status', '<t:Status>%s</t:Status>' % value


def todo(uid, *lines):
    """One VTODO in a VCALENDAR as a client sends it."""
    return '\r\n'.join(['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', 'BEGIN:VTODO', 'UID:' + uid, 'DTSTAMP:20270101T000000Z', *lines,
                        'END:VTODO', 'END:VCALENDAR', ''])
