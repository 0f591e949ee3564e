# SPDX-License-Identifier: Apache-2.0
"""litmus, the WebDAV protocol compliance suite. A calendar gateway stores calendar objects and
calendars only; what follows from that is listed below with its reason, and the list is exact: a test that
starts to pass must leave it."""
import re
import shutil
import subprocess

import pytest

LITMUS = shutil.which('litmus', path='/usr/bin:/bin')
pytestmark = pytest.mark.skipif(not LITMUS, reason='litmus is not installed (make deps)')

NO_FILES = 'stores a file that is no calendar object (text/plain or no UID): refused with supported-calendar-data'
NEEDS_FILE = 'works on a file that an earlier step could not store'
NEEDS_COLLECTION = 'works on a collection that an earlier step could not make'
NO_NESTING = 'makes a collection inside a calendar: RFC 4791 4.2 forbids it'
KNOWN = {
    'basic': {
        'put_get': NO_FILES, 'put_get_utf8_segment': NO_FILES, 'mkcol_over_plain': NEEDS_FILE, 'delete': NEEDS_FILE,
        'delete_fragment': NO_NESTING, 'mkcol': NO_NESTING, 'mkcol_again': NEEDS_COLLECTION, 'delete_coll': NEEDS_COLLECTION,
    },
    'copymove': {
        'copy_init': NO_FILES, 'copy_simple': NEEDS_FILE, 'copy_overwrite': NEEDS_FILE, 'copy_nodestcoll': NEEDS_FILE,
        'copy_coll': NO_NESTING, 'copy_shallow': NO_NESTING, 'move': NO_FILES, 'move_coll': NO_NESTING,
    },
    'props': {
        'propinit': NO_FILES, 'propset': NEEDS_FILE, 'propget': NEEDS_FILE, 'propmove': NEEDS_FILE, 'propdeletes': NEEDS_FILE,
        'propreplace': NEEDS_FILE, 'propnullns': NEEDS_FILE, 'prophighunicode': NEEDS_FILE, 'propremoveset': NEEDS_FILE,
        'propsetremove': NEEDS_FILE, 'propvalnspace': NEEDS_FILE, 'propmanyns': NEEDS_FILE,
    },
}


def run(suite, url, tmp_path):
    r = subprocess.run([LITMUS, '-k', url, 'carol', 'excal'], env={'TESTS': suite, 'PATH': '/usr/bin:/bin', 'HOME': str(tmp_path)},
                       cwd=str(tmp_path), capture_output=True, text=True, errors='replace', timeout=120)
    rows = re.findall(r'^ ?\d+\. (\w+)\.+ (pass|FAIL|SKIPPED|WARNING)(?: \((.*)\))?', r.stdout, re.M)
    assert rows, r.stdout + r.stderr
    return {name: (verdict, why) for name, verdict, why in rows}


@pytest.mark.parametrize('suite', ['basic', 'copymove', 'props', 'http'])
def test_litmus(suite, gateway, tmp_path):
    results = run(suite, gateway.url + '/dav/calendars/carol@contoso.example/', tmp_path)
    known = KNOWN.get(suite, {})
    unexpected = {n: v for n, v in results.items() if v[0] in ('FAIL', 'SKIPPED') and n not in known}
    assert not unexpected, unexpected
    mended = [n for n in known if n in results and results[n][0] == 'pass']
    assert not mended, 'these pass now, take them off the list: %s' % mended
