# SPDX-License-Identifier: Apache-2.0
"""Thunderbird itself, headless: account discovery from the host name alone, list, create, edit, a
series with an exception, delete, free/busy times of others, invitations in both directions and one from outside. The driver is not part of this project."""
import os
import re
import subprocess
import sys
import uuid

import pytest
from outlook import Outlook

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DRIVER = os.path.join(os.environ.get('EXCAL_SHARED', os.path.join(os.path.dirname(TOP), 'shared')), 'clients/thunderbird_driver.py')
THUNDERBIRD = '/usr/lib/thunderbird/thunderbird'


@pytest.mark.skipif(not os.path.exists(DRIVER), reason='the Thunderbird driver is not at hand (EXCAL_SHARED/clients)')
@pytest.mark.skipif(not os.path.exists(THUNDERBIRD), reason='Thunderbird is not installed (make deps)')
def test_thunderbird(gateway, lab, tmp_path):
    lab.seed('erin', 40)
    bob = Outlook(lab, 'bob')
    meeting = bob.create('At work', '2027-03-02T10:00:00Z', '2027-03-02T11:00:00Z', '<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>')
    base = gateway.url + '/'
    calendar = gateway.url + '/dav/calendars/erin@contoso.example/calendar/'
    env = dict(os.environ, TRANSCRIPTS=str(tmp_path))
    r = subprocess.run(['/usr/bin/python3', DRIVER, base, 'erin', 'excal', calendar, '--ics', calendar + '?export',
                        '--fb', 'bob@contoso.example', '--fb', 'room1@contoso.example', '--attendee', 'bob@contoso.example', '--peer', 'alice', 'excal', '--self-invite',
                        '--name', 'check-' + uuid.uuid4().hex[:6]], env=env, text=True, capture_output=True, timeout=600)
    sys.stdout.write(r.stdout)
    failed = [line for line in r.stdout.split('\n') if line.startswith('FAIL')]
    assert r.returncode == 0 and not failed, '\n'.join(failed) or r.stdout[-2000:] + r.stderr[-2000:]
    bob.delete(meeting[0])
    shown = re.search(r'PASS free/busy of bob@contoso.example - (.*)', r.stdout)
    assert shown and '20270302T100000Z' in shown.group(1), shown
    for step in ('accept is stored in the own copy', 'organizer sees the answer', 'cancellation by the organizer arrives'):
        assert 'PASS ' + step in r.stdout, step
    passed = re.search(r'(\d+) passed, 0 failed', r.stdout)
    assert passed and int(passed.group(1)) >= 45, r.stdout[-400:]
