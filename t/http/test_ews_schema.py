# SPDX-License-Identifier: Apache-2.0
"""Every kind of request that the gateway makes of Exchange, held against Microsoft's schemas: the
one of 2007 SP1 for what is said to be of that version, the newest for the others."""
import glob
import os
import subprocess

import pytest
from lxml import etree

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.environ.get('EXCAL_SHARED', os.path.join(os.path.dirname(TOP), 'shared'))
SCHEMAS = os.path.join(SHARED, 'exchange', 'schema')
SOAP = '{http://schemas.xmlsoap.org/soap/envelope/}'
TYPES = '{http://schemas.microsoft.com/exchange/services/2006/types}'
MESSAGES = '{http://schemas.microsoft.com/exchange/services/2006/messages}'

OPERATIONS = {'GetFolder', 'CreateFolder', 'UpdateFolder', 'DeleteFolder', 'SyncFolderHierarchy', 'SyncFolderItems', 'GetItem',
              'FindItem', 'FindFolder', 'CreateItem', 'UpdateItem', 'DeleteItem', 'MoveItem', 'CopyItem', 'ResolveNames'}


def sent_by(name, out):
    """{file name: envelope} of all that a unit test's program sends."""
    build = os.environ.get('EXCAL_BUILD') or os.path.join(TOP, os.environ.get('BUILD', 'build'))
    program = os.path.join(build, 'unit', name)
    if not os.path.exists(program):
        pytest.fail('%s has not been built' % program)
    # what the program itself finds is its own business; here only what it sent counts
    subprocess.run([program], env=dict(os.environ, EXCAL_EWS_REQUESTS=str(out), CK_VERBOSITY='silent', CK_FORK='no'), cwd=TOP, check=False)
    return {os.path.basename(p): etree.parse(p).getroot() for p in sorted(glob.glob(str(out / '*.xml')))}


@pytest.fixture(scope='module')
def requests(tmp_path_factory):
    return sent_by('test_ews_requests', tmp_path_factory.mktemp('requests'))


@pytest.fixture(scope='module')
def people_requests(tmp_path_factory):
    return sent_by('test_ews_people', tmp_path_factory.mktemp('people'))


@pytest.fixture(scope='module')
def telling_requests(tmp_path_factory):
    return sent_by('test_ews_telling', tmp_path_factory.mktemp('telling'))


@pytest.fixture(scope='module')
def meetings_requests(tmp_path_factory):
    return sent_by('test_ews_meetings', tmp_path_factory.mktemp('meetings'))


def schema(name):
    path = os.path.join(SCHEMAS, name, 'ews.xsd')
    if not os.path.exists(path):
        pytest.skip('the schemas of Exchange are not at hand (EXCAL_SHARED)')
    return etree.XMLSchema(etree.parse(path))


def parts(envelope):
    """The operation, and the headers that the schemas describe."""
    yield from envelope.find(SOAP + 'Body')
    yield from envelope.find(SOAP + 'Header')


def test_every_operation_under_every_generation(requests):
    for version in ('Exchange2007_SP1', 'Exchange2010', 'Exchange2010_SP2', 'Exchange2013_SP1'):
        seen = {e.find(SOAP + 'Body')[0].tag.replace(MESSAGES, '') for n, e in requests.items() if '-%s-' % version in n}
        assert seen == OPERATIONS, version


@pytest.mark.parametrize('generation', ['ews-2007sp1', 'ews-2019'])
def test_answers_and_messages_validate(meetings_requests, generation):
    of_generation = {n: e for n, e in meetings_requests.items() if generation != 'ews-2007sp1' or 'Exchange2007_SP1' in n}
    assert {e.find(SOAP + 'Body')[0].tag.replace(MESSAGES, '') for e in of_generation.values()} == {'CreateItem', 'GetItem', 'FindItem', 'DeleteItem'}
    check(of_generation, generation, 4)


@pytest.mark.parametrize('generation,asked', [('ews-2007sp1', {'GetUserAvailabilityRequest'}), (
    'ews-2019', {'GetUserAvailabilityRequest', 'ResolveNames', 'ExpandDL', 'GetRoomLists', 'GetRooms'})])
def test_questions_about_people_validate(people_requests, generation, asked):
    of_generation = {n: e for n, e in people_requests.items() if generation != 'ews-2007sp1' or 'Exchange2007_SP1' in n}
    assert {e.find(SOAP + 'Body')[0].tag.replace(MESSAGES, '') for e in of_generation.values()} == asked
    check(of_generation, generation, len(asked))


@pytest.mark.parametrize('generation', ['ews-2007sp1', 'ews-2019'])
def test_requests_validate(requests, generation):
    check(requests, generation, 20)


@pytest.mark.parametrize('generation', ['ews-2007sp1', 'ews-2019'])
def test_what_tells_attendees_validates(telling_requests, generation):
    check(telling_requests, generation, 80)


def check(requests, generation, at_least):
    against = schema(generation)
    wrong, checked = [], 0
    for name, envelope in requests.items():
        if generation == 'ews-2007sp1' and 'Exchange2007_SP1' not in name:
            continue
        for part in parts(envelope):
            checked += 1
            if not against.validate(etree.fromstring(etree.tostring(part))):
                wrong.append('%s: %s' % (name, against.error_log.last_error))
    assert checked > at_least
    assert not wrong, '\n'.join(wrong[:20])


def test_nothing_is_sent_that_was_not_to_be(requests):
    """Every write says whom it mails; those of this program are all to mail nobody."""
    for name, envelope in requests.items():
        operation = envelope.find(SOAP + 'Body')[0]
        for attribute in ('SendMeetingInvitations', 'SendMeetingInvitationsOrCancellations', 'SendMeetingCancellations'):
            assert operation.get(attribute, 'SendToNone') == 'SendToNone', name
        needed = {'CreateItem': 'SendMeetingInvitations', 'UpdateItem': 'SendMeetingInvitationsOrCancellations',
                  'DeleteItem': 'SendMeetingCancellations'}.get(operation.tag.replace(MESSAGES, ''))
        assert not needed or operation.get(needed) == 'SendToNone', name
