# SPDX-License-Identifier: Apache-2.0
"""Whatever the schema allows gets an answer that the schema allows, and the simulator survives it."""
import random

import pytest
from lxml import etree

import schema_random
from ewsclient import BERLIN, M, SCHEMAS, T, Ews, Fault, appointment, have_schemas, series

OPERATIONS = """GetFolder FindFolder CreateFolder UpdateFolder DeleteFolder SyncFolderHierarchy SyncFolderItems FindItem GetItem
    CreateItem UpdateItem DeleteItem MoveItem CopyItem GetServerTimeZones ResolveNames ExpandDL GetRoomLists GetRooms ConvertId
    CreateAttachment GetAttachment DeleteAttachment GetUserAvailabilityRequest Subscribe GetEvents Unsubscribe
    GetUserConfiguration GetDelegate AddDelegate UpdateDelegate RemoveDelegate""".split()

LATER = ('GetServerTimeZones', 'GetRoomLists', 'GetRooms', 'GetUserConfiguration')  # than 2007


def known_ids(ews):
    """Ids that exist, so that not every request ends at the first look-up."""
    zone = '<t:MeetingTimeZone TimeZoneName="W. Europe Standard Time"/>' if ews.version == 'Exchange2007_SP1' else BERLIN
    single, master = ews.create(appointment()), ews.create(series(zones=zone))
    private = ews.create(appointment(before='<t:Sensitivity>Private</t:Sensitivity>'))
    occurrence = ews.get((master[0], 2), element='OccurrenceItemId')
    return [single, master, private, (occurrence.find('.//{%s}ItemId' % T).get('Id'), master[1])], ews.folder().find('{%s}FolderId' % T).get('Id')


SENSE = {'StartTime': '2024-05-06T00:00:00', 'EndTime': '2024-05-08T00:00:00', 'MergedFreeBusyIntervalInMinutes': '30', 'Bias': '-60',
         'Time': '03:00:00', 'DayOrder': '1', 'Month': '5', 'Year': '2024', 'Address': 'bob@contoso.example'}


def put_ids(root, items, folder, rng):
    """Some ids that exist and values that make sense."""
    for e in list(root.iter(etree.Element)):
        name = etree.QName(e).localname
        if name in SENSE and len(e) == 0 and root.tag.endswith('AvailabilityRequest'):
            e.text = SENSE[name]
        if name in ('EmailAddress', 'PrimarySmtpAddress') and root.tag.endswith('Delegate') and rng.random() < 0.8:
            e.text = 'alice@contoso.example' if name == 'EmailAddress' else 'bob@contoso.example'
        if name in ('SID', 'DisplayName', 'DistinguishedUser') and root.tag.endswith('Delegate') and rng.random() < 0.7:
            e.getparent().remove(e)
            continue
        if name == 'FolderId' and e.get('Id') and rng.random() < 0.7:
            e.set('Id', folder)
            e.attrib.pop('ChangeKey', None)
        elif name == 'DistinguishedFolderId' and e.get('Id') and rng.random() < 0.8:
            e.set('Id', rng.choice(['calendar', 'inbox', 'msgfolderroot', 'deleteditems', 'drafts', 'publicfoldersroot']))
            for child in list(e):
                e.remove(child)
        elif name in ('ItemId', 'ReferenceItemId', 'ParentItemId', 'OccurrenceItemId', 'RecurringMasterItemId') and rng.random() < 0.9:
            attribute = {'OccurrenceItemId': 'RecurringMasterId', 'RecurringMasterItemId': 'OccurrenceId'}.get(name, 'Id')
            number, key = rng.choice(items)
            e.set(attribute, number)
            if 'ChangeKey' in e.attrib:
                e.set('ChangeKey', key)


@pytest.mark.skipif(not have_schemas(), reason="Microsoft's schemas are not at hand")
@pytest.mark.parametrize('generation, operation', [('ews-2019', o) for o in OPERATIONS] +
                         [('ews-2007sp1', o) for o in OPERATIONS if o not in LATER])
def test_random_requests(request, generation, operation):
    old = generation == 'ews-2007sp1'
    lab = request.getfixturevalue('lab_2007' if old else 'lab')
    schema = schema_random.Schema('%s/%s/%s' % (SCHEMAS, generation, f) for f in ('types.xsd', 'messages.xsd'))
    rng = random.Random(operation + generation)
    writer = schema_random.Writer(schema, rng)
    ews = Ews(lab, version='Exchange2007_SP1' if old else rng.choice(['Exchange2007_SP1', 'Exchange2010_SP2', 'Exchange2016']))
    items, folder = known_ids(ews)
    # one with a permission on the calendar asks the same of it
    lab.share('alice', 'bob', 'Author')
    guest = Ews(lab, 'bob', version=ews.version)
    answered = 0
    for _ in range(20):
        root = writer.document('{%s}%s' % (M, operation))
        put_ids(root, items, folder, rng)
        try:
            rng.choice((ews, ews, guest)).raw(etree.tostring(root).decode())
            answered += 1
        except Fault as fault:
            assert fault.code not in ('ErrorSchemaValidation', 'ErrorInternalServerError'), (fault, etree.tostring(root))
    assert answered
    ews.folder()
