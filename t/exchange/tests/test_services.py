# SPDX-License-Identifier: Apache-2.0
"""Directory, time zones, ids, attachments, notifications, availability, autodiscover."""
import base64
import glob
import os
import re

import pytest
import requests
from lxml import etree

from ewsclient import SCHEMAS, BERLIN, NS, Ews, EwsError, Fault, appointment, have_schemas, id_xml, series, text

EXCHANGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def code_of(function, *args, **kw):
    with pytest.raises((EwsError, Fault)) as e:
        function(*args, **kw)
    return e.value.code


@pytest.mark.skipif(not have_schemas(), reason="Microsoft's schemas are not at hand")
def test_all_response_codes_are_microsofts():
    root = etree.parse(os.path.join(SCHEMAS, 'ews-2019/messages.xsd'))
    known = set(root.xpath('//xs:simpleType[@name="ResponseCodeType"]//xs:enumeration/@value',
                           namespaces={'xs': 'http://www.w3.org/2001/XMLSchema'}))
    used = set()
    for path in glob.glob(EXCHANGE + '/*/*.c'):
        used |= set(re.findall(r'"(Error[A-Za-z]+)"', open(path).read()))
    assert len(used) > 60 and used - known - {'ErrorMessage', 'ErrorCode', 'Error'} == set()


def test_error_texts_are_sorted():
    codes = re.findall(r'^    \{"(Error[A-Za-z]+)"', open(EXCHANGE + '/ews/errors.c').read(), re.M)
    assert len(codes) > 60 and codes == sorted(set(codes))


# --- directory -------------------------------------------------------------------------------------

def resolve(ews, what, full=False):
    m, = ews.messages('<m:ResolveNames ReturnFullContactData="%s"><m:UnresolvedEntry>%s</m:UnresolvedEntry></m:ResolveNames>'
                      % (str(full).lower(), what))
    return m.get('ResponseClass'), m.findtext('m:ResponseCode', None, NS), [e.text for e in m.iterfind('.//t:EmailAddress', NS)], m


def test_resolve_names(alice):
    assert resolve(alice, 'bob')[:3] == ('Success', 'NoError', ['bob@contoso.example'])
    assert resolve(alice, 'smtp:carol@contoso.example')[:3] == ('Success', 'NoError', ['carol@contoso.example'])
    kind, code, found, _ = resolve(alice, 'user')
    assert (kind, code, len(found)) == ('Warning', 'ErrorNameResolutionMultipleResults', 50)
    assert resolve(alice, 'nobody')[:3] == ('Error', 'ErrorNameResolutionNoResults', [])
    contact = resolve(alice, 'bob', True)[3].find('.//t:Contact', NS)
    assert text(contact, 'DisplayName') == 'Bob Brown' and text(contact, 'Surname') == 'Brown'


def test_resolve_names_2007(lab_2007):
    assert resolve(Ews(lab_2007, version='Exchange2007_SP1'), 'bob', True)[0] == 'Success'


def zones(ews, ids='', full=True):
    m = ews.call('<m:GetServerTimeZones ReturnFullTimeZoneData="%s">%s</m:GetServerTimeZones>' % (str(full).lower(), ids))
    return m.findall('.//t:TimeZoneDefinition', NS)


def test_time_zones(alice):
    everything = zones(alice, full=False)
    assert len(everything) > 130 and len(everything[0]) == 0
    assert len(zones(alice)) == len(everything)
    one, = zones(alice, '<m:Ids><t:Id>w. europe standard time</t:Id></m:Ids>')
    assert one.get('Id') == 'W. Europe Standard Time'
    assert {p.get('Bias') for p in one.iterfind('t:Periods/t:Period', NS)} == {'-PT60M', '-PT120M'} or \
        {p.get('Bias') for p in one.iterfind('t:Periods/t:Period', NS)} == {'-PT1H', '-PT2H'}


def test_custom_zones_stay(alice):
    zone = ('Zone Id="Custom-1" Name="Custom"><t:Periods><t:Period Bias="PT300M" Name="Standard" Id="std"/><t:Period Bias="PT240M" '
            'Name="Daylight" Id="dst"/></t:Periods><t:TransitionsGroups><t:TransitionsGroup Id="0"><t:RecurringDayTransition><t:To '
            'Kind="Period">dst</t:To><t:TimeOffset>PT2H</t:TimeOffset><t:Month>4</t:Month><t:DayOfWeek>Monday</t:DayOfWeek><t:Occurrence>2'
            '</t:Occurrence></t:RecurringDayTransition><t:RecurringDayTransition><t:To Kind="Period">std</t:To><t:TimeOffset>PT2H</t:TimeOffset>'
            '<t:Month>11</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek><t:Occurrence>1</t:Occurrence></t:RecurringDayTransition>'
            '</t:TransitionsGroup></t:TransitionsGroups><t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition></t:Transitions>')
    both = '<t:StartTime%s</t:StartTimeZone><t:EndTime%s</t:EndTimeZone>' % (zone, zone)
    got = alice.get(alice.create(series(zones=both)))
    assert text(got, 'Start') == '2024-05-06T13:00:00Z'
    assert got.find('t:StartTimeZone', NS).get('Id') == 'Custom-1' and len(got.find('t:StartTimeZone/t:Periods', NS)) == 2


def test_convert_id(alice):
    item = alice.create(appointment())[0]
    for to in ('EntryId', 'HexEntryId', 'OwaId', 'EwsLegacyId'):
        def convert(value, source, target):
            m = alice.call('<m:ConvertId DestinationFormat="%s"><m:SourceIds><t:AlternateId Format="%s" Id="%s" Mailbox="alice@contoso.example"/>'
                           '</m:SourceIds></m:ConvertId>' % (target, source, value))
            return m.find('m:AlternateId', NS).get('Id')
        other = convert(item, 'EwsId', to)
        assert convert(other, to, 'EwsId') == item
        if to == 'EntryId':
            assert len(base64.b64decode(other)) == 70


# --- attachments -----------------------------------------------------------------------------------

def attach(ews, item, name='plan.txt', content=b'Hello'):
    m = ews.call('<m:CreateAttachment><m:ParentItemId %s/><m:Attachments><t:FileAttachment><t:Name>%s</t:Name><t:ContentType>text/plain'
                 '</t:ContentType><t:Content>%s</t:Content></t:FileAttachment></m:Attachments></m:CreateAttachment>'
                 % (id_xml(item)[len('<t:ItemId '):-2], name, base64.b64encode(content).decode()))
    return m.find('.//t:AttachmentId', NS)


def fetch(ews, attachment):
    m = ews.call('<m:GetAttachment><m:AttachmentShape/><m:AttachmentIds><t:AttachmentId Id="%s"/></m:AttachmentIds></m:GetAttachment>' % attachment)
    return base64.b64decode(m.findtext('.//t:Content', None, NS))


@pytest.mark.parametrize('content', [b'Hello', b'', bytes(range(256)) * 1000])
def test_attachments(alice, content):
    item = alice.create(appointment())
    a = attach(alice, item, content=content)
    assert a.get('RootItemId') == item[0] and a.get('RootItemChangeKey') != item[1]
    got = alice.get(item)
    assert text(got, 'HasAttachments') == 'true' and got.find('t:ItemId', NS).get('ChangeKey') == a.get('RootItemChangeKey')
    shown = got.find('t:Attachments/t:FileAttachment', NS)
    assert (text(shown, 'Name'), text(shown, 'Size')) == ('plan.txt', str(len(content)))
    assert fetch(alice, shown.find('t:AttachmentId', NS).get('Id')) == content
    m = alice.call('<m:DeleteAttachment><m:AttachmentIds><t:AttachmentId Id="%s"/></m:AttachmentIds></m:DeleteAttachment>' % a.get('Id'))
    assert m.find('m:RootItemId', NS).get('RootItemChangeKey') != a.get('RootItemChangeKey')
    assert code_of(fetch, alice, a.get('Id')) == 'ErrorItemNotFound'
    assert text(alice.get(item), 'HasAttachments') == 'false'


def test_attachments_of_an_exception(alice):
    master = alice.create(series())
    second = alice.get((master[0], 2), element='OccurrenceItemId').find('t:ItemId', NS).get('Id')
    attach(alice, (second, None))
    got = alice.get((second, None))
    assert (text(got, 'HasAttachments'), text(got, 'CalendarItemType')) == ('true', 'Exception')
    assert text(alice.get((master[0], None)), 'HasAttachments') == 'false'


def test_attachments_of_others(alice, bob):
    a = attach(alice, alice.create(appointment()))
    assert code_of(fetch, bob, a.get('Id')) == 'ErrorItemNotFound'
    assert code_of(fetch, alice, 'AAAA') in ('ErrorInvalidAttachmentId', 'ErrorInvalidIdMalformed')


# --- notifications ---------------------------------------------------------------------------------

def subscribe(ews, folders='<t:DistinguishedFolderId Id="calendar"/>', timeout=30, everything=False):
    types = ''.join('<t:EventType>%s</t:EventType>' % t for t in ('CopiedEvent', 'CreatedEvent', 'DeletedEvent', 'ModifiedEvent', 'MovedEvent'))
    m = ews.call('<m:Subscribe><m:PullSubscriptionRequest%s>%s<t:EventTypes>%s</t:EventTypes><t:Timeout>%d</t:Timeout>'
                 '</m:PullSubscriptionRequest></m:Subscribe>' % (' SubscribeToAllFolders="true"' if everything else '',
                                                                 '<t:FolderIds>%s</t:FolderIds>' % folders if folders else '', types, timeout))
    return m.findtext('m:SubscriptionId', None, NS), m.findtext('m:Watermark', None, NS)


def events(ews, subscription, watermark):
    m = ews.call('<m:GetEvents><m:SubscriptionId>%s</m:SubscriptionId><m:Watermark>%s</m:Watermark></m:GetEvents>' % (subscription, watermark))
    found = m.find('m:Notification', NS)[3:]
    return [etree.QName(e).localname for e in found], found[-1].findtext('t:Watermark', None, NS), found


def test_events(alice):
    sub, mark = subscribe(alice)
    assert events(alice, sub, mark)[0] == ['StatusEvent']
    a, b = alice.create(appointment()), alice.create(appointment())
    a = alice.update(a, ('item:Subject', '<t:Subject>x</t:Subject>'))
    kinds, after, found = events(alice, sub, mark)
    assert kinds == ['CreatedEvent', 'CreatedEvent', 'ModifiedEvent']
    assert found[2].find('t:ItemId', NS).get('Id') == a[0] and found[2].find('t:ItemId', NS).get('ChangeKey') == a[1]
    assert events(alice, sub, mark)[0] == kinds, 'what was not confirmed comes again'
    alice.delete(a)
    alice.delete(b, kind='MoveToDeletedItems')
    kinds, end, found = events(alice, sub, after)
    assert kinds == ['DeletedEvent', 'MovedEvent'] and found[1].find('t:OldItemId', NS).get('Id') == b[0]
    assert events(alice, sub, end)[0] == ['StatusEvent']
    assert code_of(events, alice, sub, mark) == 'ErrorInvalidWatermark'


def test_events_elsewhere_are_not_told(alice):
    sub, mark = subscribe(alice, '<t:DistinguishedFolderId Id="tasks"/>')
    whole, first = subscribe(alice, '', everything=True)
    alice.create(appointment())
    assert events(alice, sub, mark)[0] == ['StatusEvent']
    assert events(alice, whole, first)[0] == ['CreatedEvent']


def test_failures_are_no_events(alice):
    sub, mark = subscribe(alice)
    assert code_of(alice.create, appointment(end='2020-01-01T00:00:00Z')) == 'ErrorCalendarEndDateIsEarlierThanStartDate'
    assert events(alice, sub, mark)[0] == ['StatusEvent']


def test_many_events_come_in_pages(alice):
    sub, mark = subscribe(alice)
    for _ in range(60):
        alice.create(appointment())
    kinds, mark, _ = events(alice, sub, mark)
    assert len(kinds) == 50
    assert len(events(alice, sub, mark)[0]) == 10


def test_subscriptions_end(alice, bob):
    sub, mark = subscribe(alice)
    assert code_of(events, bob, sub, mark) == 'ErrorSubscriptionAccessDenied'
    assert code_of(events, alice, sub, 'AAAA') == 'ErrorInvalidWatermark'
    alice.call('<m:Unsubscribe><m:SubscriptionId>%s</m:SubscriptionId></m:Unsubscribe>' % sub)
    assert code_of(events, alice, sub, mark) == 'ErrorSubscriptionNotFound'
    assert code_of(alice.call, '<m:Unsubscribe><m:SubscriptionId>%s</m:SubscriptionId></m:Unsubscribe>' % sub) == 'ErrorSubscriptionNotFound'
    assert code_of(subscribe, bob, '<t:DistinguishedFolderId Id="calendar"><t:Mailbox><t:EmailAddress>alice@contoso.example</t:EmailAddress>'
                                   '</t:Mailbox></t:DistinguishedFolderId>') == 'ErrorFolderNotFound'


# --- autodiscover ----------------------------------------------------------------------------------

POX = ('<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request><EMailAddress>%s</EMailAddress>'
       '<AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema>'
       '</Request></Autodiscover>')
AUTO = 'http://schemas.microsoft.com/exchange/2010/Autodiscover'


def test_pox(lab):
    url = lab.url + '/autodiscover/autodiscover.xml'
    r = requests.post(url, data=POX % 'alice@contoso.example', auth=('alice', 'excal'))
    assert etree.fromstring(r.content).findtext('.//{*}EwsUrl') == lab.ews_url
    r = requests.post(lab.url + '/Autodiscover/Autodiscover.xml', data=POX % 'nobody@contoso.example', auth=('alice', 'excal'))
    assert etree.fromstring(r.content).findtext('.//{*}ErrorCode') == '500'
    assert etree.fromstring(requests.get(url, auth=('alice', 'excal')).content).findtext('.//{*}ErrorCode') == '600'
    assert requests.post(url, data='x').status_code == 401


def soap_discover(lab, address, settings=('ExternalEwsUrl', 'UserDisplayName', 'GroupingInformation')):
    body = ('<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:a="%s" xmlns:w="http://www.w3.org/2005/08/addressing"><s:Header>'
            '<a:RequestedServerVersion>Exchange2010</a:RequestedServerVersion><w:Action>%s/Autodiscover/GetUserSettings</w:Action></s:Header><s:Body>'
            '<a:GetUserSettingsRequestMessage><a:Request><a:Users><a:User><a:Mailbox>%s</a:Mailbox></a:User></a:Users><a:RequestedSettings>%s'
            '</a:RequestedSettings></a:Request></a:GetUserSettingsRequestMessage></s:Body></s:Envelope>'
            % (AUTO, AUTO, address, ''.join('<a:Setting>%s</a:Setting>' % s for s in settings)))
    r = requests.post(lab.url + '/autodiscover/autodiscover.svc', data=body, auth=('alice', 'excal'))
    assert r.status_code == 200
    return etree.fromstring(r.content)


def test_soap(lab):
    root = soap_discover(lab, 'alice@contoso.example')
    found = {s.findtext('{*}Name'): s.findtext('{*}Value') for s in root.iter('{%s}UserSetting' % AUTO)}
    assert found['ExternalEwsUrl'] == lab.ews_url and found['UserDisplayName'] == 'Alice Adams'
    assert root.findtext('.//{%s}MajorVersion' % AUTO) == '15'
    root = soap_discover(lab, 'nobody@contoso.example', ('ExternalEwsUrl', 'Nonsense'))
    assert root.findtext('.//{%s}UserResponse/{%s}ErrorCode' % (AUTO, AUTO)) == 'InvalidUser'
    root = soap_discover(lab, 'alice@contoso.example', ('ExternalEwsUrl', 'Nonsense'))
    assert root.findtext('.//{%s}UserSettingError/{%s}ErrorCode' % (AUTO, AUTO)) == 'InvalidSetting'


def test_json(lab):
    r = requests.get(lab.url + '/autodiscover/autodiscover.json?Email=alice@contoso.example&Protocol=EWS')
    assert r.json() == {'Protocol': 'EWS', 'Url': lab.ews_url}
    assert requests.get(lab.url + '/autodiscover/autodiscover.json?Email=a&Protocol=POP').status_code == 400
    lab.settings(version='2013_SP1')
    assert requests.get(lab.url + '/autodiscover/autodiscover.json?Email=a&Protocol=EWS').status_code == 404
