# SPDX-License-Identifier: Apache-2.0
"""Directives as an administrator meets them: their help, and settings that differ from place to place."""
import os
import re

import pytest
from dav import Client, event
from gateway import MODULES, TOP

ROWS = open(os.path.join(TOP, 'src/httpd/directive_rows.h'), encoding='utf-8').read()
NAMES = re.findall(r'(?:row|account)\((\w+), ', ROWS)


@pytest.mark.skipif(not os.path.exists(MODULES + '/mod_info.so'), reason='this httpd has no mod_info')
def test_every_directive_has_help_in_the_running_server(make_gateway):
    g = make_gateway(server='LoadModule info_module %s/mod_info.so\n<Location "/server-info">\nSetHandler server-info\nExchangeGateway Off\n</Location>' % MODULES)
    assert len(NAMES) > 30
    text = Client(g.url, 'alice').get('/server-info?mod_excal.c').text
    for name in NAMES:
        assert re.search(r'<dd><tt>%s.*? - <i>[^<]{15,}</i></tt></dd>' % name, text), name


def test_each_place_has_its_own_settings(make_gateway):
    """A section inside another changes what it names and nothing else."""
    inner = ('ExcalMaxResourceSize 5K\nExcalMaxAttendees 7\n</Location>\n<Location "/dav/calendars/erin@contoso.example/inner">\nExcalReadOnly On\n'
             'ExcalMaxResourceSize 2K')
    c = Client(make_gateway(location=inner).url, 'erin')
    free, fixed = c.home + 'outer/', c.home + 'inner/'
    limits = lambda path: [c.propfind(path, ['c:max-resource-size', 'c:max-attendees-per-instance']).entries[0].text(p)
                           for p in ('c:max-resource-size', 'c:max-attendees-per-instance')]
    assert c.request('MKCALENDAR', free).status == 201
    assert c.request('MKCALENDAR', fixed).status == 403  # read-only there
    try:
        assert limits(free) == ['5120', '7'] and limits(c.home) == ['5120', '7']
        r = c.put(free + 'x.ics', event('x', extra='COMMENT:' + 'x' * 3000))
        assert r.status == 201, r
        r = c.put(fixed + 'x.ics', event('x'))
        assert r.status == 403 and r.condition == 'd:need-privileges', r
    finally:
        c.delete(free)
