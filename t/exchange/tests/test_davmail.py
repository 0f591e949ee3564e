# SPDX-License-Identifier: Apache-2.0
"""What DavMail takes for granted of Exchange."""
from ewsclient import NS, folder_xml


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
