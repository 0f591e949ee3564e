# SPDX-License-Identifier: Apache-2.0
"""Zones, names, rooms and forms of ids: what clients ask of the server itself."""
import base64

import pytest

from ewsclient import NS, Ews, EwsError, Fault, appointment, text


def code_of(function, *args, **kw):
    with pytest.raises((EwsError, Fault)) as e:
        function(*args, **kw)
    return e.value.code


# --- GetServerTimeZones --------------------------------------------------------------------------

def zones(ews, full, *ids):
    wanted = '<m:Ids>%s</m:Ids>' % ''.join('<t:Id>%s</t:Id>' % i for i in ids) if ids else ''
    m = ews.call('<m:GetServerTimeZones ReturnFullTimeZoneData="%s">%s</m:GetServerTimeZones>' % (full, wanted))
    return list(m.find('m:TimeZoneDefinitions', NS))


def test_all_zones_with_names_only(alice):
    got = zones(alice, 'false')
    assert len(got) >= 139 and not any(len(z) for z in got)
    names = {z.get('Id'): z.get('Name') for z in got}
    assert names['W. Europe Standard Time'] == '(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna'
    assert names['UTC'] == '(UTC) Coordinated Universal Time'


def test_full_data_is_as_the_registry_has_it(alice):
    berlin, = zones(alice, 'true', 'w. europe standard time')
    assert berlin.get('Id') == 'W. Europe Standard Time'
    assert [(p.get('Bias'), p.get('Name'), p.get('Id')) for p in berlin.find('t:Periods', NS)] == [
        ('-PT60M', 'Standard', 'trule:Microsoft/Registry/W. Europe Standard Time/1-Standard'),
        ('-PT120M', 'Daylight', 'trule:Microsoft/Registry/W. Europe Standard Time/1-Daylight')]
    changes = berlin.findall('.//t:RecurringDayTransition', NS)
    assert [[text(c, n) for n in ('TimeOffset', 'Month', 'DayOfWeek', 'Occurrence')] for c in changes] == [
        ['PT2H', '3', 'Sunday', '-1'], ['PT3H', '10', 'Sunday', '-1']]
    assert all(len(z.find('t:Transitions', NS)) for z in zones(alice, 'true'))


def test_unknown_zones_are_left_out(alice):
    assert [z.get('Id') for z in zones(alice, 'false', 'Europe/Berlin', 'UTC')] == ['UTC']


# --- names ---------------------------------------------------------------------------------------

def resolve(ews, entry, full='false', scope=''):
    attr = ' SearchScope="%s"' % scope if scope else ''
    return ews.call('<m:ResolveNames ReturnFullContactData="%s"%s><m:UnresolvedEntry>%s</m:UnresolvedEntry></m:ResolveNames>'
                    % (full, attr, entry))


def addresses(message):
    return [a.text for a in message.iterfind('.//t:Mailbox/t:EmailAddress', NS)]


@pytest.mark.parametrize('entry', ['alice', 'Ali', 'adams', 'alice@contoso.example', 'smtp:alice@contoso.example',
                                   '/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=alice'])
def test_one_match(alice, entry):
    m = resolve(alice, entry, 'true', 'ActiveDirectory')
    assert m.get('ResponseClass') == 'Success' and addresses(m) == ['alice@contoso.example']
    assert m.findtext('.//t:Contact/t:Surname', None, NS) == 'Adams'


def test_several_matches_are_a_warning(alice):
    m = resolve(alice, 'room')
    assert (m.get('ResponseClass'), m.findtext('m:ResponseCode', None, NS)) == ('Warning', 'ErrorNameResolutionMultipleResults')
    assert addresses(m) == ['room1@contoso.example', 'room2@contoso.example']
    assert m.find('.//t:Contact', NS) is None
    assert len(addresses(resolve(alice, 'user'))) == 50


def test_no_match(alice):
    assert code_of(resolve, alice, 'nobody') == 'ErrorNameResolutionNoResults'
    assert code_of(resolve, alice, 'alice', 'false', 'Contacts') == 'ErrorNameResolutionNoResults'


def test_rooms(alice):
    lists = alice.raw('<m:GetRoomLists/>')
    assert [a.text for a in lists.iter('{%s}EmailAddress' % NS['t'])] == ['rooms@contoso.example', 'annex@contoso.example']
    ask = '<m:GetRooms><m:RoomList><t:EmailAddress>%s</t:EmailAddress></m:RoomList></m:GetRooms>'
    rooms = alice.raw(ask % 'rooms@contoso.example')
    assert [a.text for a in rooms.iter('{%s}EmailAddress' % NS['t'])] == ['room1@contoso.example', 'room2@contoso.example']
    rooms = alice.raw(ask % 'annex@contoso.example')
    assert [a.text for a in rooms.iter('{%s}EmailAddress' % NS['t'])] == ['room2@contoso.example']
    for no_rooms in ('alice@contoso.example', 'team@contoso.example'):
        assert alice.raw(ask % no_rooms).get('ResponseClass') == 'Error'


def test_distribution_lists(alice):
    expand = '<m:ExpandDL><m:Mailbox><t:EmailAddress>%s</t:EmailAddress></m:Mailbox></m:ExpandDL>'
    assert addresses(alice.call(expand % 'rooms@contoso.example')) == ['room1@contoso.example', 'room2@contoso.example']
    assert addresses(alice.call(expand % 'Team@contoso.example')) == ['%s@contoso.example' % m for m in ('alice', 'bob', 'carol')]
    assert code_of(alice.call, expand % 'alice@contoso.example') == 'ErrorNameResolutionNoResults'
    for entry in ('team', 'Team Con', 'team@contoso.example', 'smtp:TEAM@contoso.example'):
        m = resolve(alice, entry, 'true')
        assert addresses(m) == ['team@contoso.example'] and m.findtext('.//t:MailboxType', None, NS) == 'PublicDL'
    # room lists are no recipients for people: only who knows the address finds them
    assert addresses(resolve(alice, 'rooms@contoso.example')) == ['rooms@contoso.example']
    assert addresses(resolve(alice, 'room')) == ['room1@contoso.example', 'room2@contoso.example']


def test_contact_data(alice):
    m = resolve(alice, 'room1', 'true')
    assert m.findtext('.//t:Mailbox/t:MailboxType', None, NS) == 'Mailbox'
    assert m.findtext('.//t:Contact/t:DisplayName', None, NS) == 'Room 1 (Aurora)'
    m = resolve(alice, 'a', 'true')
    assert m.findtext('m:ResponseCode', None, NS) == 'ErrorNameResolutionMultipleResults'
    assert 'alice@contoso.example' in addresses(m) and len(m.findall('.//t:Contact', NS)) == len(addresses(m))


# --- ids -------------------------------------------------------------------------------------------

def convert(ews, source, to, number, mailbox='alice@contoso.example'):
    m = ews.call('<m:ConvertId DestinationFormat="%s"><m:SourceIds><t:AlternateId Format="%s" Id="%s" Mailbox="%s"/>'
                 '</m:SourceIds></m:ConvertId>' % (to, source, number, mailbox))
    got = m.find('m:AlternateId', NS)
    assert got.get('Format') == to
    return got.get('Id')


@pytest.mark.parametrize('form', ['EntryId', 'HexEntryId', 'OwaId', 'StoreId', 'EwsLegacyId'])
def test_ids_survive_every_form(alice, form):
    item = alice.create(appointment())[0]
    other = convert(alice, 'EwsId', form, item)
    assert convert(alice, form, 'EwsId', other) == item
    folder = alice.folder().find('t:FolderId', NS).get('Id')
    assert convert(alice, form, 'EwsId', convert(alice, 'EwsId', form, folder)) == folder


def test_the_entry_id_is_the_same_in_both_writings(alice):
    item = alice.create(appointment())[0]
    assert base64.b64decode(convert(alice, 'EwsId', 'EntryId', item)).hex().upper() == convert(alice, 'EwsId', 'HexEntryId', item)


@pytest.mark.parametrize('source, number', [('EwsId', 'AAMk'), ('EwsId', ''), ('HexEntryId', '00zz'), ('HexEntryId', 'AB' * 1000),
                                            ('EntryId', '!!!'), ('OwaId', '%ff%zz')])
def test_what_is_no_id_is_refused(alice, source, number):
    assert code_of(convert, alice, source, 'EwsId', number) == 'ErrorInvalidIdMalformed'


def test_an_ews_id_knows_its_mailbox_itself(alice):
    # DavMail learns the address of the account that way
    item = alice.create(appointment())[0]
    m = alice.call('<m:ConvertId DestinationFormat="EwsId"><m:SourceIds><t:AlternateId Format="EwsId" Id="%s" '
                   'Mailbox="blah@blah.example"/></m:SourceIds></m:ConvertId>' % item)
    assert m.find('m:AlternateId', NS).get('Mailbox') == 'alice@contoso.example'


def test_an_entry_id_needs_its_mailbox(alice):
    entry = convert(alice, 'EwsId', 'HexEntryId', alice.create(appointment())[0])
    assert code_of(convert, alice, 'HexEntryId', 'EwsId', entry, 'nobody@contoso.example') == 'ErrorNonExistentMailbox'


# --- what clients that write everything back send --------------------------------------------------

def test_the_same_uid_may_be_written_again(alice):
    item = alice.create(appointment(before='<t:UID>u1@client.example</t:UID>'))
    item = alice.update(item, ('calendar:UID', '<t:UID>u1@client.example</t:UID>'))
    assert code_of(alice.update, item, ('calendar:UID', '<t:UID>u2@client.example</t:UID>')) == 'ErrorInvalidPropertySet'
    assert text(alice.get(item), 'UID') == 'u1@client.example'


def test_when_is_a_text(lab):
    alice = Ews(lab)
    item = alice.create(appointment())
    item = alice.update(item, ('calendar:When', '<t:When>on Monday</t:When>'))
    assert text(alice.get(item), 'When') == 'on Monday'
    item = alice.update(item, ('calendar:When', None))
    assert text(alice.get(item), 'When') is None
