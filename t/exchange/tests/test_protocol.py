# SPDX-License-Identifier: Apache-2.0
"""Envelopes, versions, sign-in, impersonation, faults and the controls."""
import gzip
import http.client
import json
import socket
import threading
import time

import pytest
import requests
from lxml import etree

from ewsclient import M, NS, S, T, Ews, EwsError, Fault, appointment, fields, series, text

GET_FOLDER = '<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>' \
             '<t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder>'


def fault(function, *args, **kw):
    with pytest.raises(Fault) as e:
        function(*args, **kw)
    return e.value


def code_of(function, *args, **kw):
    with pytest.raises(EwsError) as e:
        function(*args, **kw)
    return e.value.code


# --- envelopes and the schema ---------------------------------------------------------------------

def test_any_prefix_and_no_prefix(alice):
    body = ('<x:Envelope xmlns:x="%s"><x:Body><GetFolder xmlns="%s" xmlns:q="%s"><FolderShape><q:BaseShape>IdOnly</q:BaseShape></FolderShape>'
            '<FolderIds><q:DistinguishedFolderId Id="inbox"/></FolderIds></GetFolder></x:Body></x:Envelope>' % (S, M, T))
    r = alice.post(body)
    assert r.status_code == 200 and b'NoError' in r.content


def test_schema_violations(alice):
    f = fault(alice.raw, GET_FOLDER.replace('<t:BaseShape>IdOnly</t:BaseShape>', ''))
    assert f.code == 'ErrorSchemaValidation' and f.text.startswith('The request failed schema validation: ')
    xml = f.root.find('.//t:MessageXml', NS)
    assert text(xml, 'Violation') and int(text(xml, 'LineNumber')) == 1 and int(text(xml, 'LinePosition')) > 0
    wrong_order = '<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem><t:Location>x</t:Location>' \
                  '<t:Start>2024-01-01T00:00:00Z</t:Start></t:CalendarItem></m:Items></m:CreateItem>'
    assert fault(alice.raw, wrong_order).code == 'ErrorSchemaValidation'
    assert fault(alice.raw, GET_FOLDER.replace('"calendar"', '"Kalender"')).code == 'ErrorSchemaValidation'
    assert fault(alice.raw, GET_FOLDER.replace('GetFolder', 'GetNothing')).code == 'ErrorSchemaValidation'
    assert fault(alice.raw, '<m:GetFolder Extra="1"/>').code == 'ErrorSchemaValidation'


def test_an_operation_that_is_not_simulated(alice):
    assert fault(alice.raw, '<m:GetPasswordExpirationDate/>').code == 'ErrorSchemaValidation'


@pytest.mark.parametrize('body', [
    b'', b'<', b'<a/>', b'not xml', b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b'\x00\x01', b'<a>' * 100000,
    ('<e:Envelope xmlns:e="%s"><e:Body/></e:Envelope>' % S).encode(), ('<e:Envelope xmlns:e="%s"/>' % S).encode(),
    b'<?xml version="1.0" encoding="utf-16"?><a/>'])
def test_hostile_bodies(lab, body):
    r = requests.post(lab.ews_url, data=body, auth=('alice', 'excal'))
    assert r.status_code == 500
    assert etree.fromstring(r.content).find('.//s:Fault', NS) is not None
    assert Ews(lab).folder() is not None


def test_hostile_ids_and_values(alice):
    for bad in ('A' * 5000, '&#233;', 'AAMk====', '=' * 8, '../..', "' OR 1=1 --"):
        assert code_of(alice.get, (bad, None)) in ('ErrorInvalidIdMalformed', 'ErrorInvalidId')
    assert code_of(alice.get, ('', None)) == 'ErrorInvalidIdEmpty'
    item = alice.create(appointment('"\'; DROP TABLE items; -- &#x1F600; &lt;b&gt;'))
    assert text(alice.get(item), 'Subject') == '"\'; DROP TABLE items; -- \U0001F600 <b>'


# --- versions --------------------------------------------------------------------------------------

@pytest.mark.parametrize('product,good,bad', [
    ('2007_SP1', ['Exchange2007', 'Exchange2007_SP1'], ['Exchange2010', 'Exchange2013']),
    ('2010_SP2', ['Exchange2007_SP1', 'Exchange2010_SP2'], ['Exchange2013']),
    ('2013_SP1', ['Exchange2010_SP2', 'Exchange2013_SP1'], ['Exchange2016']),
    ('2016', ['Exchange2013_SP1', 'Exchange2016'], []),
    ('2019', ['Exchange2016', 'V2017_07_11'], ['Exchange1999'])])
def test_request_versions(lab, product, good, bad):
    lab.settings(version=product)
    generation = 'ews-2007sp1' if product.startswith('2007') else 'ews-2019'
    for version in good:
        assert Ews(lab, version=version, generation=generation).folder() is not None
    for version in bad:
        assert fault(Ews(lab, version=version).folder).code in ('ErrorInvalidServerVersion', 'ErrorSchemaValidation')
    root = etree.fromstring(Ews(lab, version=None).post(Ews(lab, version=None).envelope(GET_FOLDER)).content)
    info = root.find('s:Header', NS)[0]
    major = {'2007_SP1': '8', '2010_SP2': '14'}.get(product, '15')
    assert info.get('MajorVersion') == major and info.get('Version')


def test_no_ews_in_2003(lab):
    lab.settings(version='2003')
    assert Ews(lab).post('x').status_code == 404


def test_what_old_generations_lack(lab_2007):
    old = Ews(lab_2007, version='Exchange2007_SP1')
    master = old.create(series(zones='<t:MeetingTimeZone TimeZoneName="W. Europe Standard Time"/>'))
    got = old.get(master)
    assert got.find('t:StartTimeZone', NS) is None
    assert got.find('t:MeetingTimeZone', NS).get('TimeZoneName') == 'W. Europe Standard Time'
    assert text(got, 'Start') == '2024-05-06T07:00:00Z'
    assert fault(old.create, series()).code == 'ErrorSchemaValidation'
    assert fault(old.raw, '<m:GetServerTimeZones/>').code == 'ErrorSchemaValidation'


def test_the_request_version_decides_what_is_shown(lab):
    master = Ews(lab).create(series())
    old, new = Ews(lab, version='Exchange2007_SP1'), Ews(lab, version='Exchange2013_SP1')
    assert old.get(master).find('t:StartTimeZone', NS) is None and old.get(master).find('t:MeetingTimeZone', NS) is not None
    got = new.get(master)
    assert text(got, 'IsOrganizer') == 'true' and text(got, 'StartTimeZoneId') == 'W. Europe Standard Time'
    assert got.find('t:MeetingTimeZone', NS) is None
    assert code_of(old.get, master, extra=fields('calendar:StartTimeZone')) == 'ErrorInvalidPropertyRequest'


# --- signing in ------------------------------------------------------------------------------------

@pytest.mark.parametrize('login', ['alice', 'ALICE', 'alice@contoso.example', 'CONTOSO\\alice'])
def test_logins(lab, login):
    assert Ews(lab, login).folder() is not None


def test_wrong_passwords(lab):
    for user, password in (('alice', 'wrong'), ('alice', ''), ('nobody', 'excal'), ('', '')):
        r = requests.post(lab.ews_url, data='x', auth=(user, password))
        assert r.status_code == 401 and 'Basic realm=' in r.headers['WWW-Authenticate'] and 'NTLM' in r.headers['WWW-Authenticate']
    assert requests.post(lab.ews_url, data='x').status_code == 401
    assert lab.calls()['unauthenticated'] == 5


def test_schemes_can_be_switched(lab):
    lab.settings(auth=['ntlm'])
    r = requests.post(lab.ews_url, data='x', auth=('alice', 'excal'))
    assert r.status_code == 401 and r.headers['WWW-Authenticate'] == 'NTLM'
    lab.settings(auth=['bearer'], tokens={'secret-token': 'bob'})
    ews = Ews(lab)
    ews.session.auth = None
    assert 'Bearer ' in ews.post('x').headers['WWW-Authenticate']
    ews.session.headers['Authorization'] = 'Bearer secret-token'
    assert 'Mailbox' not in ews.folder().tag
    ews.session.headers['Authorization'] = 'Bearer other'
    assert ews.post('x').status_code == 401


def curl(*args):
    import subprocess
    return subprocess.run(['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', *args], stdout=subprocess.PIPE, text=True).stdout


@pytest.mark.parametrize('user,status', [('CONTOSO\\alice:excal', '200'), ('alice@contoso.example:excal', '200'), ('alice:excal', '200'),
                                         ('alice:Excal', '401'), ('nobody:excal', '401')])
def test_ntlm(lab, user, status):
    body = Ews(lab).envelope(GET_FOLDER)
    assert curl('--ntlm', '-u', user, '-d', body, lab.ews_url) == status


def test_a_fault_leaves_the_connection_open(lab):
    good, bad = Ews(lab).envelope(GET_FOLDER), Ews(lab).envelope('<m:GetFolder/>')
    connection = http.client.HTTPConnection('127.0.0.1', lab.port)
    for body, status in ((bad, 500), (good, 200), (bad, 500), (bad, 500), (good, 200)):
        connection.request('POST', '/EWS/Exchange.asmx', body, {'Authorization': 'Basic YWxpY2U6ZXhjYWw='})
        r = connection.getresponse()
        assert r.status == status and r.read().endswith(b'</s:Envelope>')
        assert connection.sock is not None
    assert lab.calls()['connections'] == 1
    connection.request('POST', '/EWS/Exchange.asmx', bad, {'Authorization': 'Basic YWxpY2U6ZXhjYWw=', 'Connection': 'close'})
    assert connection.getresponse().getheader('Connection') == 'close'


def test_ntlm_belongs_to_its_connection(lab):
    body = Ews(lab).envelope(GET_FOLDER)
    codes = curl('--ntlm', '-u', 'alice:excal', '-d', body, lab.ews_url, '-o', '/dev/null', lab.ews_url)
    assert codes == '200200'
    assert curl('-d', body, lab.ews_url) == '401'
    assert lab.calls()['by_operation'] == {'GetFolder': 2}


@pytest.mark.parametrize('value', ['NTLM ', 'NTLM AAAA', 'NTLM TlRMTVNTUAADAAAA', 'Basic ', 'Basic !!!!', 'Basic YWxpY2U=', 'Bearer ', 'Nothing x',
                                   'NTLM ' + 'A' * 9000])
def test_hostile_credentials(lab, value):
    r = requests.post(lab.ews_url, data='x', headers={'Authorization': value})
    assert r.status_code == 401 or (r.status_code == 400 and len(value) > 8000)


IMPERSONATE = '<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>%s</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>'


def test_impersonation(lab):
    alice, svc = Ews(lab), Ews(lab, 'svc')
    item = alice.create(appointment())
    m, = svc.messages('<m:GetItem><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:ItemIds><t:ItemId Id="%s"/></m:ItemIds>'
                      '</m:GetItem>' % item[0], IMPERSONATE % 'alice@contoso.example')
    assert m.findtext('.//t:Subject', None, NS) == 'Dentist'
    assert fault(svc.raw, GET_FOLDER, IMPERSONATE % 'nobody@contoso.example').code == 'ErrorNonExistentMailbox'
    assert fault(alice.raw, GET_FOLDER, IMPERSONATE % 'bob@contoso.example').code == 'ErrorImpersonateUserDenied'


# --- controls and faults ---------------------------------------------------------------------------

def test_calls(lab, alice):
    alice.folder()
    alice.create(appointment())
    alice.folder()
    calls = lab.calls()
    assert calls['total'] == 3 and calls['by_operation'] == {'GetFolder': 2, 'CreateItem': 1} and calls['connections'] == 1
    assert lab.reset_calls()['total'] == 0


def test_settings_are_checked(lab):
    for bad in ({'version': '1999'}, {'auth': 'basic'}, {'auth': ['magic']}, {'latency_ms': -1}, {'faults': [{'kind': 'odd'}]},
                {'faults': [{'kind': '503', 'times': 'x'}]}, {'unknown': 1}):
        with pytest.raises(RuntimeError):
            lab.settings(**bad)
    assert lab.settings()['version'] == '2019'


def test_record(lab, alice):
    lab.settings(record=2)
    for _ in range(3):
        alice.folder()
    kept = lab.requests()
    assert [k['operation'] for k in kept] == ['GetFolder'] * 2 and kept[0]['body'].startswith('<?xml')


def test_latency(lab, alice):
    lab.settings(latency_ms=300)
    start = time.monotonic()
    alice.folder()
    assert 0.3 <= time.monotonic() - start < 5


def test_seed_is_repeatable(lab, alice):
    wanted = fields('item:Subject', 'calendar:Start', 'calendar:UID', 'calendar:CalendarItemType')

    def content():
        lab.reset()
        assert lab.seed('alice', 300)['events'] == 300
        _, changes, complete = alice.sync(extra=wanted)
        assert complete
        return sorted((text(c, 'UID'), text(c, 'Subject'), text(c, 'Start'), text(c, 'CalendarItemType')) for _, _, c in changes)
    first = content()
    assert len(first) == 300 and content() == first
    assert {c[3] for c in first} == {'Single', 'RecurringMaster'}


def test_seeded_items_are_whole(lab, alice):
    lab.seed('alice', 200)
    _, changes, _ = alice.sync()
    ids = ''.join('<t:ItemId Id="%s"/>' % i for _, i, _ in changes)
    messages = alice.all('<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ItemIds>%s</m:ItemIds></m:GetItem>' % ids)
    assert len(messages) == 200 and {c for _, c in messages} == {'NoError'}
    changed = [i.get('Id') for m, _ in messages for i in m.iterfind('.//t:ModifiedOccurrences/t:Occurrence/t:ItemId', NS)]
    assert changed
    ids = ''.join('<t:ItemId Id="%s"/>' % i for i in changed)
    for m, code in alice.all('<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ItemIds>%s</m:ItemIds></m:GetItem>' % ids):
        assert code == 'NoError' and m.findtext('.//t:CalendarItemType', None, NS) == 'Exception'


@pytest.mark.parametrize('kind,status', [('503', 503), ('401', 401), ('440', 440)])
def test_status_faults(lab, alice, kind, status):
    lab.faults({'operation': 'GetFolder', 'kind': kind, 'times': 1})
    assert alice.post(alice.envelope(GET_FOLDER)).status_code == status
    assert alice.folder() is not None


def test_503_can_say_when_to_come_back(lab, alice):
    lab.faults({'kind': '503', 'times': 1, 'value': 1500}, {'kind': '503', 'times': 1})
    assert alice.post(alice.envelope(GET_FOLDER)).headers['Retry-After'] == '2'
    assert 'Retry-After' not in alice.post(alice.envelope(GET_FOLDER)).headers


def test_busy(lab, alice):
    lab.faults({'operation': '*', 'kind': 'busy', 'times': 1, 'value': 1234})
    f = fault(alice.folder)
    assert f.code == 'ErrorServerBusy'
    assert f.root.find('.//t:Value[@Name="BackOffMilliseconds"]', NS).text == '1234'


def test_broken_connections(lab, alice):
    lab.faults({'operation': 'GetFolder', 'kind': 'reset', 'times': 1})
    with pytest.raises(requests.exceptions.ConnectionError):
        alice.post(alice.envelope(GET_FOLDER))
    lab.faults({'operation': 'GetFolder', 'kind': 'truncate', 'times': 1})
    raw = http.client.HTTPConnection('127.0.0.1', lab.port)
    raw.request('POST', '/EWS/Exchange.asmx', alice.envelope(GET_FOLDER), {'Authorization': 'Basic YWxpY2U6ZXhjYWw='})
    with pytest.raises(http.client.IncompleteRead) as e:
        raw.getresponse().read()
    assert e.value.partial.startswith(b'<?xml') and e.value.expected > 0
    assert alice.folder() is not None
    lab.faults({'operation': 'GetFolder', 'kind': 'garbage', 'times': 1})
    r = alice.post(alice.envelope(GET_FOLDER))
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(r.content)


def test_hang_and_slow(lab, alice):
    lab.faults({'operation': 'GetFolder', 'kind': 'hang', 'times': 1})
    with pytest.raises(requests.exceptions.Timeout):
        alice.session.post(lab.ews_url, data=alice.envelope(GET_FOLDER), timeout=0.5)
    lab.faults({'operation': 'GetFolder', 'kind': 'slow', 'times': 1, 'value': 400})
    start = time.monotonic()
    assert alice.folder() is not None
    assert time.monotonic() - start >= 0.4


def test_error_codes_as_faults(lab, alice):
    lab.faults({'operation': 'GetFolder', 'kind': 'ErrorMailboxMoveInProgress', 'times': 1})
    assert code_of(alice.folder) == 'ErrorMailboxMoveInProgress'
    assert alice.folder() is not None


def test_faults_strike_their_operation_alone(lab, alice):
    lab.faults({'operation': 'GetItem', 'kind': '503'}, {'operation': 'GetFolder', 'kind': '503', 'probability': 0.5})
    alice.create(appointment())
    codes = {alice.post(alice.envelope(GET_FOLDER)).status_code for _ in range(60)}
    assert codes == {200, 503}


def test_answers_can_be_compressed(lab, alice):
    lab.seed('alice', 100)
    body = alice.envelope('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:ParentFolderIds>'
                          '<t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>')
    r = requests.post(lab.ews_url, data=body, auth=('alice', 'excal'), headers={'Accept-Encoding': 'gzip'}, stream=True)
    raw = r.raw.read(decode_content=False)
    assert r.headers['Content-Encoding'] == 'gzip' and b'FindItemResponse' in gzip.decompress(raw)
    assert len(raw) < len(gzip.decompress(raw)) / 4


def test_writers_at_the_same_time(lab):
    errors = []

    def work(number):
        try:
            ews = Ews(lab, 'user%02d' % (number % 3 + 1))
            for i in range(15):
                item = ews.create(appointment('%d-%d' % (number, i)))
                ews.update(item, ('item:Subject', '<t:Subject>changed</t:Subject>'))
                ews.sync()
        except Exception as e:  # noqa: BLE001 - shown by the assertion below
            errors.append(e)
    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not errors
    assert text(Ews(lab, 'user01').folder(), 'TotalCount') == '30'


def test_unknown_addresses(lab):
    for path in ('/', '/owa', '/EWS/Services.wsdl', '/lab/nothing', '/EWS/Exchange.asmx/../../etc/passwd'):
        assert requests.get(lab.url + path, auth=('alice', 'excal')).status_code == 404
    assert requests.get(lab.ews_url, auth=('alice', 'excal')).status_code == 405
    with socket.create_connection(('127.0.0.1', lab.port)) as s:
        s.sendall(b'POST /lab/settings HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{"a":')
        assert b' 400 ' in s.recv(1000)
    assert json.loads(requests.post(lab.url + '/lab/seed?mailbox=nobody').text)['error']
