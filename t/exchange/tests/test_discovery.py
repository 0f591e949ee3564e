# SPDX-License-Identifier: Apache-2.0
"""How a client learns of other people's calendars: shortcuts of Outlook, Autodiscover."""
import base64

import pytest
import requests
from lxml import etree

from ewsclient import NS, Ews, EwsError, Fault, appointment, folder_xml, text
from test_rights import attempt, create_folder
from test_services import AUTO, POX, soap_discover

TAGS = {'group_header': ('0x6842', 'Binary'), 'type': ('0x6849', 'Integer'), 'flags': ('0x684A', 'Integer'), 'entry': ('0x684C', 'Binary'),
        'record': ('0x684D', 'Binary'), 'store': ('0x684E', 'Binary'), 'folder_type': ('0x684F', 'Binary'), 'clsid': ('0x6850', 'Binary'),
        'group': ('0x6851', 'String'), 'section': ('0x6852', 'Integer'), 'who': ('0x6854', 'Binary'), 'my_store': ('0x6891', 'Binary'),
        'ro': ('0x6892', 'Integer')}
DN = b'/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn='


def uri(tag, kind):
    return '<t:ExtendedFieldURI PropertyTag="%s" PropertyType="%s"/>' % (tag, kind)


def common_views(ews):
    m = ews.call('<m:FindFolder Traversal="Shallow"><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:Restriction>'
                 '<t:IsEqualTo><t:FieldURI FieldURI="folder:DisplayName"/><t:FieldURIOrConstant><t:Constant Value="Common Views"/>'
                 '</t:FieldURIOrConstant></t:IsEqualTo></m:Restriction><m:ParentFolderIds>%s</m:ParentFolderIds></m:FindFolder>'
                 % folder_xml('root'))
    f, = m.find('.//t:Folders', NS)
    return f


def find(ews, traversal='Associated', rule=''):
    where = '<m:Restriction>%s</m:Restriction>' % rule if rule else ''
    m = ews.call('<m:FindItem Traversal="%s"><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape><t:AdditionalProperties>%s'
                 '</t:AdditionalProperties></m:ItemShape>%s<m:ParentFolderIds>%s</m:ParentFolderIds></m:FindItem>'
                 % (traversal, ''.join(uri(*t) for t in TAGS.values()), where,
                    folder_xml(common_views(ews).find('t:FolderId', NS).get('Id'))))
    return list(m.find('.//t:Items', NS))


def properties(item):
    numbers = {t: name for name, (t, _) in TAGS.items()}
    return {numbers[p.find('t:ExtendedFieldURI', NS).get('PropertyTag')]: text(p, 'Value') for p in item.iterfind('t:ExtendedProperty', NS)}


def links(ews):
    """[(subject, properties)] of the calendars of others"""
    found = [(text(i, 'Subject'), properties(i)) for i in find(ews)]
    return sorted((s, p) for s, p in found if p['type'] == '2')


def convert(ews, entry, mailbox):
    m = ews.call('<m:ConvertId DestinationFormat="EwsId"><m:SourceIds><t:AlternateId Format="HexEntryId" Id="%s" Mailbox="%s"/></m:SourceIds>'
                 '</m:ConvertId>' % (base64.b64decode(entry).hex().upper(), mailbox))
    return m.find('m:AlternateId', NS).get('Id')


def owner_of(ews, entry):
    """The way from the shortcut to the address: the DN at the end of the entry id, and ResolveNames."""
    raw = base64.b64decode(entry)
    assert raw[4:20].hex() == 'dca740c8c042101ab4b908002b2fe182' and raw[:4] == bytes(4) and raw[20:28] == b'\1' + bytes(7)
    assert raw[28:].startswith(DN) and raw.endswith(b'\0')
    m = ews.call('<m:ResolveNames ReturnFullContactData="false"><m:UnresolvedEntry>%s</m:UnresolvedEntry></m:ResolveNames>' % raw[28:-1].decode())
    return m.findtext('.//t:EmailAddress', None, NS)


def test_nothing_is_opened_at_first(alice):
    assert text(common_views(alice), 'TotalCount') == '0' and find(alice) == []


def test_an_opened_calendar(lab, alice, bob):
    lab.share('bob', 'alice', 'Author', link=1)
    (subject, p), = links(alice)
    assert subject == 'Bob Brown' and (p['group'], p['section'], p['flags']) == ("People's Calendars", '3', str(0x400))
    owner = owner_of(alice, p['who'])
    assert owner == 'bob@contoso.example'
    folder = convert(alice, p['entry'], owner)
    assert folder == bob.folder().find('t:FolderId', NS).get('Id') and p['record'] == p['entry']
    assert alice.create(appointment(), folder=folder)
    store = base64.b64decode(p['store'])
    assert store[4:20].hex() == '38a1bb1005e5101aa1bb08002b2a56c2' and store[22:32] == b'EMSMDB.DLL'
    assert store[40:56].hex() == '1b55fa20aa6611cd9bc800aa002fc45a' and store.endswith(DN + b'bob\0')
    assert base64.b64decode(p['my_store']).endswith(DN + b'alice\0')
    assert base64.b64decode(p['folder_type']).hex() == '0006780200000000c000000000000046'
    assert find(bob) == []


def test_links_stand_beside_headers_and_own_folders(lab, alice):
    lab.share('bob', 'alice', link=1)
    found = {text(i, 'Subject'): (properties(i), i) for i in find(alice)}
    assert {s: p['type'] for s, (p, _) in found.items()} == \
        {'My Calendars': '4', 'Calendar': '0', "People's Calendars": '4', 'Bob Brown': '2'}
    assert found['Bob Brown'][0]['clsid'] == found["People's Calendars"][0]['group_header']
    assert found['Calendar'][0]['clsid'] == found['My Calendars'][0]['group_header'] and 'entry' not in found['My Calendars'][0]
    for _, item in found.values():
        assert (text(item, 'ItemClass'), text(item, 'IsAssociated')) == ('IPM.Microsoft.WunderBar.Link', 'true')
    rule = '<t:IsEqualTo>%s<t:FieldURIOrConstant><t:Constant Value="2"/></t:FieldURIOrConstant></t:IsEqualTo>' % uri(*TAGS['type'])
    assert [text(i, 'Subject') for i in find(alice, rule=rule)] == ['Bob Brown']


def test_associated_items_are_beside_the_others(lab, alice):
    lab.share('bob', 'alice', link=1)
    assert find(alice, 'Shallow') == []
    views = common_views(alice)
    assert text(views, 'TotalCount') == '0'
    assert alice.sync(folder=views.find('t:FolderId', NS).get('Id'))[1] == []
    item = find(alice)[0].find('t:ItemId', NS).get('Id')
    assert text(alice.get((item, None)), 'IsAssociated') == 'true'
    assert alice.delete((item, None), kind='MoveToDeletedItems', cancel=None)[0][1] == 'ErrorInvalidOperation'
    with pytest.raises(EwsError, match='ErrorInvalidOperation'):
        alice.call('<m:MoveItem><m:ToFolderId>%s</m:ToFolderId><m:ItemIds><t:ItemId Id="%s"/></m:ItemIds></m:MoveItem>' % (folder_xml('inbox'), item))
    assert alice.delete((item, None), cancel=None)[0][1] == 'NoError' and len(find(alice)) == 3


def test_opening_twice_is_opening_once(lab, alice):
    for level in ('Reviewer', 'Editor'):
        lab.share('bob', 'alice', level, link=1)
    lab.share('carol', 'alice', link=1)
    assert [s for s, _ in links(alice)] == ['Bob Brown', 'Carol Clark'] and len(find(alice)) == 5


def test_a_second_calendar(lab, alice, bob):
    sub = create_folder(bob, 'Rosters')
    lab.share('bob', 'alice', 'Reviewer', folder='Rosters', link=1)
    (subject, p), = links(alice)
    assert subject == 'Rosters' and p['flags'] == str(0x200)
    assert convert(alice, p['entry'], owner_of(alice, p['who'])) == sub
    assert attempt(alice.sync, folder=sub) is None


def test_a_shortcut_outlives_the_permission(lab, alice, bob):
    lab.share('bob', 'alice', link=1)
    lab.share('bob', 'alice', 'None')
    (_, p), = links(alice)
    assert attempt(alice.sync, folder=convert(alice, p['entry'], 'bob@contoso.example')) == 'ErrorSyncFolderNotFound'


def test_a_legacy_dn_with_its_routing_type(alice):
    m = alice.call('<m:ResolveNames ReturnFullContactData="false"><m:UnresolvedEntry>EX:%s</m:UnresolvedEntry></m:ResolveNames>'
                   % (DN + b'BOB').decode())
    assert m.findtext('.//t:EmailAddress', None, NS) == 'bob@contoso.example'


# --- Autodiscover ----------------------------------------------------------------------------------

def pox(lab, who='alice'):
    r = requests.post(lab.url + '/autodiscover/autodiscover.xml', data=POX % (who + '@contoso.example'), auth=(who, 'excal'))
    return [{e.tag.split('}')[1]: e.text for e in m} for m in etree.fromstring(r.content).iter('{*}AlternativeMailbox')]


def soap(lab):
    root = soap_discover(lab, 'alice@contoso.example', ('AlternateMailboxes', 'UserDisplayName'))
    assert root.findtext('.//{%s}UserSetting[{%s}Name="UserDisplayName"]/{%s}Value' % (AUTO, AUTO, AUTO)) == 'Alice Adams'
    setting = root.find('.//{%s}UserSetting[{%s}Name="AlternateMailboxes"]' % (AUTO, AUTO))
    if setting is None:
        return root.findtext('.//{%s}UserSettingError/{%s}ErrorCode' % (AUTO, AUTO))
    assert setting.get('{http://www.w3.org/2001/XMLSchema-instance}type') == 'AlternateMailboxCollectionSetting'
    return [{e.tag.split('}')[1]: e.text for e in m} for m in setting.iter('{%s}AlternateMailbox' % AUTO)]


def test_autodiscover_tells_mailboxes_with_full_access(lab):
    assert pox(lab) == [] and soap(lab) == 'SettingIsNotAvailable'
    lab.share('dave', 'alice', 'Owner')
    assert pox(lab) == [], 'a permission is no full access'
    lab.full_access('bob', 'alice')
    lab.full_access('room1', 'alice')
    mailbox = {'Type': 'Delegate', 'DisplayName': 'Bob Brown', 'SmtpAddress': 'bob@contoso.example', 'OwnerSmtpAddress': 'bob@contoso.example'}
    assert pox(lab)[0] == soap(lab)[0] == mailbox and len(pox(lab)) == len(soap(lab)) == 2
    assert pox(lab, 'bob') == []
    lab.settings(version='2010_SP2')
    older = {'Type': 'Delegate', 'DisplayName': 'Bob Brown', 'LegacyDN': (DN + b'bob').decode(), 'Server': 'exchange.contoso.example'}
    assert pox(lab)[0] == soap(lab)[0] == older
    lab.settings(version='2007_SP1')
    assert pox(lab) == []


@pytest.mark.parametrize('version, address', [('2010_SP2', None), ('2013_SP1', 'publicfolders@contoso.example')])
def test_where_public_folders_are_routed_to(lab, version, address):
    lab.settings(version=version)
    r = requests.post(lab.url + '/autodiscover/autodiscover.xml', data=POX % 'alice@contoso.example', auth=('alice', 'excal'))
    assert etree.fromstring(r.content).findtext('.//{*}PublicFolderInformation/{*}SmtpAddress') == address
    root = soap_discover(lab, 'alice@contoso.example', ('PublicFolderInformation',))
    assert root.findtext('.//{%s}UserSetting/{%s}Value' % (AUTO, AUTO)) == address


def test_2007_has_no_way_to_associated_items(lab_2007):
    lab_2007.share('bob', 'alice', link=1)
    with pytest.raises(Fault, match='ErrorSchemaValidation'):
        links(Ews(lab_2007, version='Exchange2007_SP1'))
