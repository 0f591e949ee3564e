# SPDX-License-Identifier: Apache-2.0
"""What DavMail takes for granted of Exchange."""
import pytest
from ewsclient import NS, EwsError, appointment, folder_xml


def test_an_id_tells_the_mailbox(alice):
    # DavMail learns the address of the account with a made-up one
    f = alice.folder('msgfolderroot').find('t:FolderId', NS).get('Id')
    m = alice.call('<m:ConvertId DestinationFormat="EwsId"><m:SourceIds><t:AlternateId Format="EwsId" Id="%s" Mailbox="blah@blah.com"/>'
                   '</m:SourceIds></m:ConvertId>' % f)
    answer = m.find('m:AlternateId', NS)
    assert answer.get('Id') == f and answer.get('Mailbox') == 'alice@contoso.example'


def test_items_have_growing_numbers(lab, alice):
    # DavMail pages through a folder by them, and takes an item without one for none
    lab.seed('alice', 5)
    path = '<t:ExtendedFieldURI PropertyTag="0xe23" PropertyType="Integer"/>'
    m = alice.call('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>%s'
                   '</t:AdditionalProperties></m:ItemShape><m:SortOrder><t:FieldOrder Order="Ascending">%s</t:FieldOrder></m:SortOrder>'
                   '<m:ParentFolderIds>%s</m:ParentFolderIds></m:FindItem>' % (path, path, folder_xml('calendar')))
    numbers = [int(e.text) for e in m.iterfind('.//t:ExtendedProperty/t:Value', NS)]
    assert len(numbers) == 5 and numbers[0] > 0 and numbers == sorted(set(numbers))


def options(ews, name='OWA.UserOptions', folder='root'):
    return ews.call('<m:GetUserConfiguration><m:UserConfigurationName Name="%s">%s</m:UserConfigurationName>'
                    '<m:UserConfigurationProperties>All</m:UserConfigurationProperties></m:GetUserConfiguration>' % (name, folder_xml(folder)))


def test_the_users_zone_is_among_the_options(alice):
    m = options(alice)
    assert [e.findtext('t:Value', None, NS) for e in m.iterfind('.//t:DictionaryKey', NS)] == ['timezone']
    assert m.findtext('.//t:DictionaryValue/t:Value', None, NS).endswith('Standard Time')
    for name, folder in (('CategoryList', 'calendar'), ('OWA.UserOptions', 'calendar')):
        with pytest.raises(EwsError) as e:
            options(alice, name, folder)
        assert e.value.code == 'ErrorItemNotFound'


def test_the_state_of_an_appointment_can_be_set(alice):
    # DavMail creates with an explicit PidLidAppointmentStateFlags
    state = '<t:ExtendedFieldURI DistinguishedPropertySetId="Appointment" PropertyId="33303" PropertyType="Integer"/>'
    recurring = '<t:ExtendedFieldURI DistinguishedPropertySetId="Appointment" PropertyId="33315" PropertyType="Boolean"/>'

    def create(path, value):
        return alice.create(appointment(before='<t:ExtendedProperty>%s<t:Value>%s</t:Value></t:ExtendedProperty>' % (path, value)))
    item = alice.get(create(state, '0')[0], extra=state)
    assert item.findtext('t:ExtendedProperty/t:Value', None, NS) == '0' and item.findtext('t:IsMeeting', None, NS) == 'false'
    with pytest.raises(EwsError) as e:
        create(recurring, 'true')
    assert e.value.code == 'ErrorInvalidPropertySet'
