# SPDX-License-Identifier: Apache-2.0
"""Names that mean something elsewhere: in URLs, in XML, in HTML, in iCalendar."""
import re
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

import pytest
from dav import DECL, event

NAMES = ['a b', '100%', '%41', 'x%40y', 'x@y', 'a+b', 'A&B', 'a<b>', '"q"', "it's", 'a;b,c', 'a?b', 'a#b', '[x]', 'x:y', '~t', 'Größe', '日本語', 'e\u0301', '\U0001f4c5', 'ü' * 60]


@pytest.mark.parametrize('name', NAMES)
def test_a_calendar_of_this_name(alice, uid, name):
    path = alice.home + quote(name, safe='') + '/'
    body = '<c:mkcalendar %s><d:set><d:prop><d:displayname>%s</d:displayname></d:prop></d:set></c:mkcalendar>' % (DECL, escape(name))
    assert alice.request('MKCALENDAR', path, body).status == 201
    try:
        listed = [e for e in alice.propfind(alice.home, ['d:displayname'], depth=1).entries if unquote(e.href) == alice.home + name + '/']
        assert len(listed) == 1 and listed[0].text('d:displayname') == name
        cal = listed[0].href
        member = cal + quote(name, safe='') + '.ics'
        assert alice.put(member, event(uid, 'x')).status == 201
        assert alice.put(path + quote(name, safe='') + '.ics', event(uid, 'y')).status == 204
        for answer in (alice.sync(cal), alice.query(path), alice.multiget(cal, [member]), alice.propfind(path, ['d:getetag'], depth=1)):
            found = [e.href for e in answer.entries if e.text('d:getetag')]
            assert [unquote(h) for h in found] == [alice.home + name + '/' + name + '.ics'], found
            assert alice.get(found[0]).status == 200
        # escaped for each of the three languages in which the name is told
        page = alice.get(cal)
        assert page.status == 200 and '<h1>%s</h1>' % escape(name) in re.sub('&(quot|#34);', '"', page.text).replace('&#39;', "'"), page.text
        assert '<' not in re.search('<h1>(.*)</h1>', page.text).group(1)
        export = alice.get(cal + '?export').text.replace('\r\n ', '')
        assert 'X-WR-CALNAME:' + re.sub(r'([\\;,])', r'\\\1', name) + '\r\n' in export
        renamed = member.replace('.ics', '-2.ics')
        r = alice.request('MOVE', member, headers={'Destination': renamed})
        assert r.status == 201 and unquote(r.header('Location')).endswith(unquote(renamed)), r
        assert alice.delete(renamed).status == 204
    finally:
        assert alice.delete(path).status == 204


@pytest.mark.parametrize('raw', ['%zz', '%', '%4', 'a%00b', 'a%2Fb', '%2e%2e', '%ff%fe', 'a%0d%0ab'])
def test_paths_that_are_none(alice, raw):
    for r in (alice.get(alice.home + raw + '/x.ics'), alice.put(alice.calendar + raw, event('x')), alice.request('MKCALENDAR', alice.home + raw)):
        assert r.status in (400, 404), r


def test_a_display_name_with_everything(alice, cal):
    name = '<b>&amp; "quoted" \'single\' ]]> \\n; a,b \U0001f600'
    assert alice.proppatch(cal, '<d:displayname>%s</d:displayname>' % escape(name)).entries[0].ok('d:displayname') is not None
    assert alice.propfind(cal, ['d:displayname']).entries[0].text('d:displayname') == name
    assert alice.propfind(alice.home, ['d:displayname'], depth=1).by_href[cal].text('d:displayname') == name
    page = alice.get(cal).text
    assert '<b>' not in page and '&lt;b&gt;&amp;amp;' in page
    home = alice.get(alice.home).text
    assert '<b>' not in home and '&lt;b&gt;&amp;amp;' in home
    export = alice.get(cal + '?export').text
    assert '\r\nBEGIN:' not in export[20:] and r'\\n\; a\, b'.replace(', ', ',') in export.replace('\r\n ', '')
