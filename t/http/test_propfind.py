# SPDX-License-Identifier: Apache-2.0
"""PROPFIND and PROPPATCH: how clients find their calendars, and what they keep there."""
import pytest
from dav import C, D, DECL, event, q


# ---- finding calendars ----

def test_from_the_root_to_the_calendars(alice):
    root = alice.propfind('/', ['d:current-user-principal'])
    if root.status != 207:  # the document root may not be the gateway's
        root = alice.propfind('/dav/', ['d:current-user-principal'])
    principal = root.entries[0].ok('d:current-user-principal').hrefs[0]
    assert principal == alice.principal
    e = alice.propfind(principal, ['c:calendar-home-set', 'd:displayname', 'c:calendar-user-address-set', 'd:principal-URL', 'd:resourcetype']).entries[0]
    assert e.ok('c:calendar-home-set').hrefs == [alice.home]
    assert 'mailto:alice@contoso.example' in e.ok('c:calendar-user-address-set').hrefs
    assert e.ok('d:principal-URL').hrefs == [alice.principal]
    assert q('d:principal') in e.ok('d:resourcetype').children
    home = alice.propfind(alice.home, ['d:resourcetype', 'd:displayname', 'c:supported-calendar-component-set', 'cs:getctag', 'd:sync-token',
                                       'd:current-user-privilege-set', 'd:supported-report-set', 'd:owner'], depth=1)
    calendar = home.by_href[alice.calendar]
    assert {q('d:collection'), q('c:calendar')} <= set(calendar.ok('d:resourcetype').children)
    assert calendar.text('d:displayname')
    assert [c.get('name') for c in calendar.ok('c:supported-calendar-component-set').element] == ['VEVENT']
    assert calendar.text('cs:getctag') and calendar.text('d:sync-token')
    assert calendar.ok('d:owner').hrefs == [alice.principal]
    privileges = {p.tag for p in calendar.ok('d:current-user-privilege-set').element.iter()}
    assert {q('d:read'), q('d:write'), q('d:write-content'), q('d:bind'), q('d:unbind')} <= privileges
    reports = {r.tag for r in calendar.ok('d:supported-report-set').element.iter()}
    assert {q('c:calendar-query'), q('c:calendar-multiget'), q('c:free-busy-query'), q('d:sync-collection'), q('d:expand-property')} <= reports
    assert q('c:calendar') not in home.by_href[alice.home].ok('d:resourcetype').children


def test_every_calendar_has_its_limits(alice, cal):
    e = alice.propfind(cal, ['c:supported-calendar-data', 'c:supported-collation-set', 'c:max-resource-size', 'c:max-instances']).entries[0]
    assert e.ok('c:supported-calendar-data').element[0].get('content-type') == 'text/calendar'
    assert [c.text for c in e.ok('c:supported-collation-set').element] == ['i;ascii-casemap', 'i;octet', 'i;unicode-casemap']
    assert int(e.text('c:max-resource-size')) > 10000
    assert int(e.text('c:max-instances')) > 100


# ---- forms of the request ----

def propfind(client, path, body, depth='0', **headers):
    return client.request('PROPFIND', path, body, dict({'Depth': depth}, **headers))


@pytest.mark.parametrize('body', [None, '', '<d:propfind xmlns:d="DAV:"><d:allprop/></d:propfind>'])
def test_allprop_has_what_rfc_4918_defines_and_no_more(alice, put, uid, body):
    e = propfind(alice, put(uid), body).entries[0]
    for name in ('d:resourcetype', 'd:getetag', 'd:getcontenttype', 'd:getcontentlength'):
        assert e.ok(name), name
    assert q('c:calendar-data') not in e.props and q('d:acl') not in e.props and q('d:current-user-privilege-set') not in e.props
    assert all(p.status == 200 for p in e.props.values())


def test_allprop_with_include(alice, cal):
    e = propfind(alice, cal, '<d:propfind %s><d:allprop/><d:include><cs:getctag/><d:owner/></d:include></d:propfind>' % DECL).entries[0]
    assert e.ok('cs:getctag') and e.ok('d:owner') and e.ok('d:resourcetype')


def test_propname_gives_names_alone(alice, cal):
    e = propfind(alice, cal, '<d:propfind xmlns:d="DAV:"><d:propname/></d:propfind>').entries[0]
    assert q('d:resourcetype') in e.props and q('cs:getctag') in e.props
    assert all(len(p.element) == 0 and not p.text for p in e.props.values())


def test_what_is_not_there_is_404(alice, cal):
    e = alice.propfind(cal, ['d:displayname', 'd:getetag', 'x:nothing', 'a:calendar-color']).entries[0]
    assert e.ok('d:displayname')
    for name in ('d:getetag', 'x:nothing', 'a:calendar-color'):
        assert e.props[q(name)].status == 404


def test_depth_one_lists_objects(alice, cal, put, uid):
    paths = {put(uid + str(i)) for i in range(3)}
    r = alice.propfind(cal, ['d:getetag', 'd:resourcetype', 'd:getcontenttype'], depth=1)
    assert set(r.by_href) == paths | {cal}
    for path in paths:
        e = r.by_href[path]
        assert e.text('d:getetag') == alice.get(path).etag
        assert e.ok('d:resourcetype').children == []
        assert e.text('d:getcontenttype').startswith('text/calendar')
    assert {e.href for e in alice.propfind(cal, ['d:getetag'], depth=0).entries} == {cal}


@pytest.mark.parametrize('depth', ['infinity', 'Infinity'])
def test_infinite_depth_is_refused(alice, depth):
    for path in ('/dav/', alice.home, alice.calendar):
        r = propfind(alice, path, '<d:propfind xmlns:d="DAV:"><d:prop><d:getetag/></d:prop></d:propfind>', depth)
        assert r.status == 403 and r.condition == 'd:propfind-finite-depth', r


def test_without_depth_it_is_the_resource_itself(alice, put, uid, cal):
    put(uid)
    r = alice.request('PROPFIND', cal, '<d:propfind xmlns:d="DAV:"><d:prop><d:resourcetype/></d:prop></d:propfind>')
    assert [e.href for e in r.entries] == [cal]


def test_infinite_depth_of_an_object_is_the_object(alice, put, uid):
    assert propfind(alice, put(uid), None, 'infinity').status == 207


@pytest.mark.parametrize('depth', ['2', '-1', 'one', ''])
def test_broken_depth(alice, depth):
    assert propfind(alice, alice.calendar, None, depth).status == 400


def test_minimal_leaves_out_what_is_missing(alice, cal):
    r = alice.propfind(cal, ['d:displayname', 'x:nothing'], Prefer='return=minimal')
    assert r.header('Preference-Applied') == 'return=minimal'
    assert set(r.entries[0].props) == {q('d:displayname')}
    r = alice.propfind(cal, ['x:nothing'], Prefer='return=minimal')  # nothing is left: still one propstat
    assert r.entries[0].href == cal


def test_missing_resources(alice):
    for path in (alice.calendar + 'not-there.ics', alice.home + 'not-there/', alice.home + 'not-there/x.ics'):
        assert alice.propfind(path, ['d:getetag']).status == 404


# ---- the change tags ----

def test_tags_change_with_the_content_and_only_then(alice, cal, put, uid):
    def tags():
        e = alice.propfind(cal, ['cs:getctag', 'd:sync-token']).entries[0]
        return e.text('cs:getctag'), e.text('d:sync-token')
    empty = tags()
    assert tags() == empty
    path = put(uid)
    one = tags()
    assert one[0] != empty[0] and one[1] != empty[1] and tags() == one
    alice.delete(path)
    assert tags()[0] not in (empty[0], one[0])


# ---- PROPPATCH ----

def test_dead_properties_are_kept(alice, cal):
    color = '<a:calendar-color symbolic-color="custom">#FF2968FF</a:calendar-color>'
    odd = '<x:odd xml:lang="de"><x:inner a="1">Grüße &amp; mehr</x:inner> tail</x:odd>'
    r = alice.proppatch(cal, color + odd + '<a:calendar-order>7</a:calendar-order><c:calendar-description>Mine</c:calendar-description>')
    assert all(p.status == 200 for p in r.entries[0].props.values()) and len(r.entries[0].props) == 4
    e = alice.propfind(cal, ['a:calendar-color', 'x:odd', 'a:calendar-order', 'c:calendar-description']).entries[0]
    assert e.text('a:calendar-color') == '#FF2968FF'
    assert e.ok('a:calendar-color').element.get('symbolic-color') == 'custom'
    inner = e.ok('x:odd').element[0]
    assert inner.text == 'Grüße & mehr' and inner.get('a') == '1' and inner.tail == ' tail'
    assert e.text('a:calendar-order') == '7' and e.text('c:calendar-description') == 'Mine'
    assert alice.proppatch(cal, remove='<a:calendar-order/><x:never/>').entries[0].ok('a:calendar-order') is not None
    e = alice.propfind(cal, ['a:calendar-color', 'a:calendar-order']).entries[0]
    assert e.ok('a:calendar-color') and e.props[q('a:calendar-order')].status == 404


def test_dead_properties_outlive_the_cache(alice, cal, make_gateway):
    from dav import Client
    alice.proppatch(cal, '<a:calendar-color>#00FF00FF</a:calendar-color>')
    other = Client(make_gateway().url, 'alice')  # knows nothing but Exchange
    assert other.propfind(cal, ['a:calendar-color']).entries[0].text('a:calendar-color') == '#00FF00FF'


def test_displayname_is_the_folders(alice, cal):
    r = alice.proppatch(cal, '<d:displayname>Work &lt;&amp;&gt; Größe</d:displayname>')
    assert r.entries[0].ok('d:displayname') is not None
    assert alice.propfind(cal, ['d:displayname']).entries[0].text('d:displayname') == 'Work <&> Größe'


def test_protected_properties_stop_the_whole(alice, cal):
    r = alice.proppatch(cal, '<d:getetag>"x"</d:getetag><a:calendar-order>3</a:calendar-order>')
    e = r.entries[0]
    assert e.props[q('d:getetag')].status == 403
    assert e.props[q('a:calendar-order')].status == 424
    assert 'cannot-modify-protected-property' in r.text
    assert alice.propfind(cal, ['a:calendar-order']).entries[0].props[q('a:calendar-order')].status == 404


@pytest.mark.parametrize('value', ['nonsense', 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n'])
def test_a_bad_timezone_is_refused(alice, cal, value):
    r = alice.proppatch(cal, '<c:calendar-timezone>%s</c:calendar-timezone>' % value)
    assert r.entries[0].props[q('c:calendar-timezone')].status == 403, r
    assert 'valid-calendar-data' in r.text or 'valid-timezone' in r.text


def test_properties_of_a_missing_calendar(alice):
    assert alice.proppatch(alice.home + 'not-there/', '<a:calendar-color>#fff</a:calendar-color>').status == 404


# ---- making calendars ----

def test_mkcalendar_with_properties(alice, cal):
    path = cal.rstrip('/') + '-b/'
    body = '<c:mkcalendar %s><d:set><d:prop><d:displayname>Sport %s</d:displayname><a:calendar-color>#123456FF</a:calendar-color></d:prop></d:set></c:mkcalendar>' % (DECL, cal[-5:-1])
    r = alice.request('MKCALENDAR', path, body)
    assert r.status == 201, r
    try:
        e = alice.propfind(path, ['d:displayname', 'a:calendar-color', 'd:resourcetype']).entries[0]
        assert e.text('d:displayname').startswith('Sport') and e.text('a:calendar-color') == '#123456FF' and q('c:calendar') in e.ok('d:resourcetype').children
        assert alice.request('MKCALENDAR', path).condition == 'd:resource-must-be-null'
        assert alice.request('MKCALENDAR', path + 'x/').status in (403, 405, 409)
    finally:
        assert alice.delete(path).status == 204
    assert alice.propfind(path, ['d:displayname']).status == 404


def test_extended_mkcol(alice, cal):
    path = cal.rstrip('/') + '-c/'
    kind = '<d:mkcol %s><d:set><d:prop><d:resourcetype><d:collection/>%s</d:resourcetype></d:prop></d:set></d:mkcol>'
    r = alice.request('MKCOL', path, kind % (DECL, '<x:addressbook/>'))
    assert r.status in (403, 424), r
    assert 'valid-resourcetype' in r.text
    assert alice.propfind(path, ['d:resourcetype']).status == 404
    assert alice.request('MKCOL', path, kind % (DECL, '<c:calendar/>')).status == 201
    assert alice.delete(path).status == 204


def test_the_default_calendar_stays(alice):
    r = alice.delete(alice.calendar)
    assert r.status == 403, r
    assert alice.propfind(alice.calendar, ['d:resourcetype']).status == 207


def test_a_deleted_calendar_takes_its_objects_along(alice, cal, put, uid):
    path = put(uid)
    assert alice.delete(cal).status == 204
    assert alice.get(path).status == 404
    assert alice.put(path, event(uid)).status == 409
    assert cal not in alice.propfind(alice.home, ['d:resourcetype'], depth=1).by_href
