# SPDX-License-Identifier: Apache-2.0
"""evolution-data-server, the calendar of GNOME: its CalDAV backend without a screen, on a session bus of its own."""
import calendar
import json
import os
import re
import select
import shutil
import signal
import subprocess
import tempfile

import pytest
from dav import Client
from ical import unfold
from meetings import mailed, partstat
from outlook import Outlook

HERE = os.path.dirname(os.path.abspath(__file__))
BUS = shutil.which('dbus-run-session', path='/usr/bin:/bin')
LIBRARY = subprocess.run(['/usr/bin/python3', '-c', "import gi; gi.require_version('ECal', '2.0'); gi.require_version('EDataServer', '1.2')"],
                         capture_output=True, check=False).returncode == 0
pytestmark = pytest.mark.skipif(not BUS or not LIBRARY, reason='evolution-data-server with gir1.2-ecal-2.0 is not installed (make deps)')

SOURCE = '''[Data Source]
DisplayName={name}
Enabled=true
Parent=caldav-stub

[Authentication]
Host=127.0.0.1
Method=plain/password
Port={port}
RememberPassword=false
User={user}

[{kind}]
BackendName=caldav

[Security]
Method=none

[WebDAV Backend]
CalendarAutoSchedule=true
EmailAddress={user}@contoso.example
ResourcePath=/dav/calendars/{user}@contoso.example/{name}/
'''


class Evolution:
    def __init__(self, gateway, user):
        self.dir = tempfile.mkdtemp(prefix='evolution-')
        sources = os.path.join(self.dir, 'config/evolution/sources')
        os.makedirs(sources)
        for name, kind in (('calendar', 'Calendar'), ('tasks', 'Task List')):
            with open(os.path.join(sources, name + '.source'), 'w') as f:
                f.write(SOURCE.format(name=name, kind=kind, port=gateway.port, user=user))
        env = dict(os.environ, HOME=self.dir, XDG_CONFIG_HOME=self.dir + '/config', XDG_DATA_HOME=self.dir + '/data', XDG_CACHE_HOME=self.dir + '/cache',
                   XDG_RUNTIME_DIR=self.dir, GSETTINGS_BACKEND='memory', GIO_USE_VFS='local', TZ='Europe/Berlin')
        for name in ('DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS'):
            env.pop(name, None)
        self.log = open(os.path.join(self.dir, 'log'), 'w')
        self.proc = subprocess.Popen([BUS, '--', '/usr/bin/python3', os.path.join(HERE, 'evolution_client.py'), user, 'excal'], env=env, cwd=self.dir,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, start_new_session=True)

    def __call__(self, source, op, *args):
        self.proc.stdin.write(json.dumps([source, op, *args]).encode() + b'\n')
        self.proc.stdin.flush()
        ready = select.select([self.proc.stdout], [], [], 90)[0]
        line = self.proc.stdout.readline() if ready else b''
        assert line, 'no answer to %s: %s' % (op, open(os.path.join(self.dir, 'log')).read()[-1500:])
        result = json.loads(line)
        assert len(result) == 1, result[1]
        return result[0]

    def find(self, source, uid):
        """The component of that UID as it lists it; None when it does not."""
        found = [t for t in self(source, 'list') if 'UID:%s\r\n' % uid in unfold(t)]
        assert len(found) < 2
        return found[0] if found else None

    def stop(self):
        self.proc.stdin.close()
        try:
            self.proc.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.proc.pid, signal.SIGKILL)
            self.proc.wait()
        self.log.close()
        shutil.rmtree(self.dir, ignore_errors=True)


@pytest.fixture(scope='module')
def evolution(gateway):
    e = Evolution(gateway, 'dave')
    yield e
    e.stop()


@pytest.fixture
def dave(gateway):
    return Client(gateway.url, 'dave')


def vevent(uid, *lines, summary='Plan'):
    return '\r\n'.join(['BEGIN:VEVENT', 'UID:' + uid, 'DTSTAMP:20270101T000000Z', 'SUMMARY:' + summary, 'DTSTART:20270302T100000Z', 'DTEND:20270302T110000Z',
                        *lines, 'END:VEVENT', ''])


def whole(text):
    """A component as an object that the helpers of the tests read."""
    return 'BEGIN:VCALENDAR\r\n%sEND:VCALENDAR\r\n' % text


def test_events(evolution, lab, uid):
    assert evolution('calendar', 'readonly') is False
    assert evolution('calendar', 'create', vevent(uid, 'LOCATION:Here')) == uid
    outlook = Outlook(lab, 'dave')
    item = outlook.find('Plan')
    assert item
    assert evolution('calendar', 'modify', evolution.find('calendar', uid).replace('SUMMARY:Plan', 'SUMMARY:Plan B'))
    assert outlook.find('Plan B')[0] == item[0]
    outlook.set(item[0], ('item:Subject', '<t:Subject>Plan C</t:Subject>'))
    assert 'SUMMARY:Plan C' in evolution.find('calendar', uid)
    assert evolution('calendar', 'remove', uid)
    assert outlook.find('Plan C') is None and evolution.find('calendar', uid) is None


def test_meetings(evolution, alice, lab, uid):
    """Invites, and is invited: the server mails, nobody is mailed twice."""
    people = 'ORGANIZER:mailto:dave@contoso.example', 'ATTENDEE;PARTSTAT=ACCEPTED;ROLE=CHAIR:mailto:dave@contoso.example', \
             'ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:alice@contoso.example'
    with mailed(lab, uid, 'dave') as mails:
        assert evolution('calendar', 'create', vevent(uid, *people)) == uid
    assert mails == ['REQUEST alice']
    o = Outlook(lab, 'alice')
    item, key = o.find('Plan')
    o.call('<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:AcceptItem><t:ReferenceItemId Id="%s" ChangeKey="%s"/></t:AcceptItem></m:Items></m:CreateItem>'
           % (item, key))
    assert partstat(whole(evolution.find('calendar', uid)), 'alice') == 'ACCEPTED'
    with mailed(lab, uid, 'dave') as mails:
        assert evolution('calendar', 'remove', uid)
    assert mails == ['CANCEL alice']


@pytest.mark.parametrize('status', ['ACCEPTED', 'DECLINED'])
def test_an_invitation_is_answered(evolution, alice, lab, uid, status):
    path = '%s%s.ics' % (alice.calendar, uid)
    text = whole(vevent(uid, 'ORGANIZER:mailto:alice@contoso.example', 'ATTENDEE;PARTSTAT=ACCEPTED:mailto:alice@contoso.example',
                        'ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:dave@contoso.example')).replace('BEGIN:VEVENT', 'VERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT')
    assert alice.put(path, text).status == 201
    seen = unfold(evolution.find('calendar', uid))
    [mine] = re.findall(r'^ATTENDEE[^\r\n]*mailto:dave@contoso.example', seen, re.M)
    with mailed(lab, uid, 'dave') as mails:
        evolution('calendar', 'modify', seen.replace(mine, mine.replace('PARTSTAT=NEEDS-ACTION', 'PARTSTAT=' + status)))
    assert mails == ['REPLY alice'] and partstat(alice.get(path).text, 'dave') == status
    assert (evolution.find('calendar', uid) is None) == (status == 'DECLINED')
    assert alice.delete(path).status == 204


def test_free_and_busy(evolution, lab):
    bob = Outlook(lab, 'bob')
    item = bob.create('At work', '2027-06-08T10:00:00Z', '2027-06-08T11:00:00Z')
    start = calendar.timegm((2027, 6, 8, 0, 0, 0))
    try:
        [text] = evolution('calendar', 'busy', start, start + 86400, 'bob@contoso.example')
        assert re.search(r'^FREEBUSY[^\r\n]*:20270608T100000Z/(20270608T110000Z|PT1H)', unfold(text), re.M), text
    finally:
        bob.delete(item[0])


def test_tasks(evolution, dave, uid):
    task = '\r\n'.join(['BEGIN:VTODO', 'UID:' + uid, 'DTSTAMP:20270101T000000Z', 'SUMMARY:Buy milk', 'DUE;VALUE=DATE:20270310', 'END:VTODO', ''])
    assert evolution('tasks', 'create', task) == uid
    seen = evolution.find('tasks', uid)
    assert evolution('tasks', 'modify', seen.replace('END:VTODO', 'STATUS:COMPLETED\r\nPERCENT-COMPLETE:100\r\nCOMPLETED:20270309T120000Z\r\nEND:VTODO')
                     .replace('STATUS:NEEDS-ACTION\r\n', '').replace('PERCENT-COMPLETE:0\r\n', ''))
    assert 'STATUS:COMPLETED' in evolution.find('tasks', uid)
    assert evolution('tasks', 'remove', uid) and evolution.find('tasks', uid) is None
