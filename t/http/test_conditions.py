# SPDX-License-Identifier: Apache-2.0
"""Conditions where RFC 9110 and RFC 4918 have them and clients rarely look: dates, entity tags on reading
methods, the href of a conflict at the destination."""
import pytest
from dav import DECL, event, q

SYNC = '<d:sync-collection %s><d:sync-token/><d:prop/></d:sync-collection>' % DECL
QUERY = '<c:calendar-query %s><d:prop/><c:filter><c:comp-filter name="VCALENDAR"/></c:filter></c:calendar-query>' % DECL


@pytest.mark.parametrize('extra', ['', 'LAST-MODIFIED:20200101T000000Z'])
def test_a_date_never_hides_a_change(alice, put, uid, extra):
    """An event has no date of change that could be trusted to the second: LAST-MODIFIED is what a client wrote."""
    later = 'Fri, 01 Jan 2038 00:00:00 GMT'
    path = put(uid, extra=extra)
    assert alice.get(path, If_Modified_Since=later).status == 200
    put(uid, 'Changed', extra=extra)
    r = alice.get(path, If_Modified_Since=later)
    assert r.status == 200 and 'Changed' in r.text
    assert alice.request('HEAD', path, headers={'If-Modified-Since': later}).status == 200
    # the tag decides, whatever the date says
    assert alice.get(path, If_None_Match=r.etag, If_Modified_Since='Fri, 01 Jan 2010 00:00:00 GMT').status == 304
    assert alice.get(path, If_None_Match='"x"', If_Modified_Since=later).status == 200


@pytest.mark.parametrize('method,body', [('PROPFIND', None), ('REPORT', QUERY)])
def test_reading_methods_obey_tags(alice, put, uid, method, body):
    path = put(uid)
    tag = alice.get(path).etag
    ask = lambda **h: alice.request(method, path, body, dict({'Depth': '0'}, **{k.replace('_', '-'): v for k, v in h.items()})).status
    assert ask(If_Match='"stale"') == 412
    assert ask(If_None_Match=tag) == 412 and ask(If_None_Match='*') == 412
    assert ask(If_Match=tag) == 207 and ask(If_Match='*') == 207 and ask(If_None_Match='"stale"') == 207


def test_collections_have_no_tag_that_could_match(alice, cal, uid):
    for method, path, body in (('PROPFIND', cal, None), ('REPORT', cal, SYNC), ('POST', cal + '?add-member', event(uid)), ('PROPFIND', alice.home, None)):
        assert alice.request(method, path, body, {'If-Match': '"stale"'}).status == 412, method
    assert alice.sync(cal).entries == []
    assert alice.request('POST', cal + '?add-member', event(uid), {'If-Match': '*'}).status == 201


@pytest.mark.parametrize('method', ['COPY', 'MOVE'])
def test_a_conflict_names_the_object_at_the_destination(alice, put, cal, uid, method):
    path, other = put(uid), cal.rstrip('/') + '-2/'
    assert alice.request('MKCALENDAR', other).status == 201
    assert alice.put(other + 'has it.ics'.replace(' ', '%20'), event(uid)).status == 201
    r = alice.request(method, path, headers={'Destination': other + 'new.ics'})
    assert r.status == 403 and r.condition == 'c:no-uid-conflict', r
    assert [e.text for e in r.xml.iter(q('d:href'))] == [other + 'has%20it.ics']
    assert alice.get(path).status == 200 and alice.get(other + 'new.ics').status == 404
    alice.delete(other)


def test_minimal_says_that_it_was_applied(alice):
    path = alice.home + 'minimal-made/'
    body = '<c:mkcalendar %s><d:set><d:prop><d:displayname>Short</d:displayname></d:prop></d:set></c:mkcalendar>' % DECL
    for header, value in (('Prefer', 'return=minimal'), ('Brief', 't')):
        r = alice.request('MKCALENDAR', path, body, {header: value})
        assert r.status == 201 and r.body == b'' and r.header('Preference-Applied') == 'return=minimal', r
        assert 'Prefer' in r.header('Vary') and 'Brief' in r.header('Vary')
        assert alice.propfind(path, ['d:displayname']).entries[0].text('d:displayname') == 'Short'
        assert alice.delete(path).status == 204


def test_depth_without_the_root(alice, cal, put, uid):
    """RFC 8144 4: the members alone."""
    path = put(uid)
    r = alice.propfind(cal, ['d:getetag'], depth=1, Prefer='depth-noroot')
    assert [e.href for e in r.entries] == [path] and r.header('Preference-Applied') == 'depth-noroot'
    r = alice.propfind(alice.home, ['d:displayname'], depth=1, Prefer='depth-noroot, return=minimal')
    assert cal in r.by_href and alice.home not in r.by_href
    assert {p.strip() for p in r.header('Preference-Applied').split(',')} == {'depth-noroot', 'return=minimal'}
    # of a resource by itself the root is all there is
    r = alice.propfind(cal, ['d:displayname'], depth=0, Prefer='depth-noroot')
    assert [e.href for e in r.entries] == [cal] and r.header('Preference-Applied') is None


@pytest.mark.parametrize('method', ['MKCALENDAR', 'MKCOL', 'POST', 'DELETE', 'PROPPATCH', 'PROPFIND', 'REPORT', 'GET'])
@pytest.mark.parametrize('condition', ['(["stale"])', '(<DAV:no-lock>)', '<{cal}> (["stale"])', '<{cal}> (<data:,elsewhere-1>)', '<http://elsewhere.example/> (["x"])'])
def test_the_if_header_on_collections(alice, cal, uid, method, condition):
    path = {'MKCALENDAR': cal.rstrip('/') + '-new/', 'MKCOL': cal.rstrip('/') + '-new/', 'POST': cal + '?add-member'}.get(method, cal)
    body = {'POST': event(uid), 'REPORT': SYNC, 'PROPPATCH': '<d:propertyupdate %s><d:set><d:prop><x:a>1</x:a></d:prop></d:set></d:propertyupdate>' % DECL}.get(method)
    assert alice.request(method, path, body, {'If': condition.format(cal=cal)}).status == 412
    assert alice.propfind(cal.rstrip('/') + '-new/').status == 404 and alice.sync(cal).entries == []
    assert alice.propfind(cal, ['x:a']).entries[0].ok('x:a') is None


def test_the_if_header_about_a_destination(alice, put, cal, uid):
    path, other = put(uid), cal.rstrip('/') + '-2/'
    assert alice.request('MKCALENDAR', other).status == 201
    assert alice.put(other + 'there.ics', event(uid, 'Old')).status == 201
    tag = alice.get(other + 'there.ics').etag
    move = lambda condition: alice.request('MOVE', path, headers={'Destination': other + 'there.ics', 'If': condition}).status
    assert move('<%sthere.ics> (["stale"])' % other) == 412 and 'Old' in alice.get(other + 'there.ics').text
    assert move('<%sthere.ics> ([%s])' % (other, tag)) == 204 and 'Lunch' in alice.get(other + 'there.ics').text
    alice.delete(other)
