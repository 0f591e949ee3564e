# SPDX-License-Identifier: Apache-2.0
"""What tests of meetings share: inviting, answering, and looking into folders."""
from ewsclient import NS, item_id, text
from lxml import etree

DOMAIN = '@contoso.example'


def attendees(*names, role='RequiredAttendees'):
    return '<t:%s>%s</t:%s>' % (role, ''.join(
        '<t:Attendee><t:Mailbox><t:EmailAddress>%s</t:EmailAddress></t:Mailbox></t:Attendee>' % address(n) for n in names), role)


def address(name):
    return name if '@' in name else name + DOMAIN


def find(ews, folder='calendar', shape='AllProperties'):
    """All items of a folder, oldest first, as GetItem shows them."""
    m = ews.call('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ParentFolderIds>'
                 '<t:DistinguishedFolderId Id="%s"/></m:ParentFolderIds></m:FindItem>' % folder)
    return [ews.get(item_id(i), shape=shape) for i in reversed(m.find('.//t:Items', NS))]


def one(ews, folder='calendar'):
    item, = find(ews, folder)
    return item


def kind(item):
    return etree.QName(item).localname


def ident(item):
    return item_id(item)


def respond(ews, element, item, inner='', disposition='SendAndSaveCopy', folder=None, after='', key=True):
    name, change = item if isinstance(item, tuple) else item_id(item)
    attr = ' MessageDisposition="%s"' % disposition if disposition else ''
    where = '<m:SavedItemFolderId><t:DistinguishedFolderId Id="%s"/></m:SavedItemFolderId>' % folder if folder else ''
    return ews.call('<m:CreateItem%s>%s<m:Items><t:%s>%s<t:ReferenceItemId Id="%s"%s/>%s</t:%s></m:Items></m:CreateItem>'
                    % (attr, where, element, inner, name, ' ChangeKey="%s"' % change if key and change else '', after, element))


def answers(item, role='RequiredAttendees'):
    """{address: ResponseType} of an item's attendees."""
    return {a.findtext('.//t:EmailAddress', None, NS): a.findtext('t:ResponseType', None, NS)
            for a in item.findall('t:%s/t:Attendee' % role, NS)}


def states(item, *names):
    return tuple(text(item, n) for n in names)
