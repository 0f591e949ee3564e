# SPDX-License-Identifier: Apache-2.0
"""Who may do what in one's calendar: seen in DAV:acl, changed by the ACL method, true in Exchange."""
import pytest
from dav import DECL, Client, event, q
from outlook import NS, Outlook

PERMISSIONS = ('<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:FieldURI FieldURI="folder:PermissionSet"/>'
               '</t:AdditionalProperties></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder>')
READ, WRITE = '<d:read/>', '<d:read/> <d:write/>'

# of the fixtures `exchange` and `people`
GENERATIONS = ['2019', '2007_SP1']


def levels(lab, who='alice'):
    """What Exchange holds: {name: level}."""
    root = Outlook(lab, who, 'Exchange2007_SP1').call(PERMISSIONS)
    return {(p.findtext('t:UserId/t:DistinguishedUser', None, NS) or p.findtext('t:UserId/t:PrimarySmtpAddress', None, NS).split('@')[0]):
            p.findtext('t:CalendarPermissionLevel', None, NS) for p in root.iter('{%s}CalendarPermission' % NS['t'])}


def href(who):
    return '<d:href>/dav/principals/%s@contoso.example/</d:href>' % who


def ace(who, *privileges, kind='grant', extra=''):
    return '<d:ace><d:principal>%s</d:principal><d:%s>%s</d:%s>%s</d:ace>' % (
        who, kind, ''.join('<d:privilege>%s</d:privilege>' % p for p in privileges), kind, extra)


def acl(client, *aces, path=None):
    return client.request('ACL', path or client.calendar, '<d:acl %s>%s</d:acl>' % (DECL, ''.join(aces)))


def shown(client, path=None):
    """[(principal, privileges, protected)] of DAV:acl."""
    element = client.propfind(path or client.calendar, ['d:acl']).entries[0].ok('d:acl').element
    out = []
    for a in element:
        who = a.find(q('d:principal'))[0]
        out.append((who.text.split('/')[3].split('@')[0] if who.text else who.tag.split('}')[1],
                    {p[0].tag.split('}')[1] for p in a.find(q('d:grant'))}, a.find(q('d:protected')) is not None))
    return out


def test_what_a_new_calendar_shows(people):
    owner, everybody = shown(people['alice'])
    assert owner[0] == 'alice' and 'all' in owner[1] and owner[2]
    assert everybody == ('authenticated', {'read-free-busy', 'read-current-user-privilege-set'}, False)


@pytest.mark.parametrize('privileges,level', [
    (['<d:read/>'], 'Reviewer'), (['<c:read-free-busy/>'], 'FreeBusyTimeOnly'), (['<d:read/>', '<d:write/>'], 'Editor'),
    (['<d:read/>', '<d:bind/>', '<d:unbind/>', '<d:write-content/>'], 'Editor'), (['<d:all/>'], 'Owner'), (['<d:bind/>'], 'Contributor'),
    (['<d:read/>', '<d:bind/>'], 'Custom'), (['<d:read/>', '<d:write-content/>'], 'Custom')])
def test_a_grant_is_a_level(people, exchange, privileges, level):
    alice, bob = people['alice'], people['bob']
    assert acl(alice, ace(href('bob'), *privileges), ace('<d:authenticated/>', '<c:read-free-busy/>')).status == 200
    assert levels(exchange) == {'Default': 'FreeBusyTimeOnly', 'Anonymous': 'None', 'bob': level}
    # and it comes back as it was given
    bobs = next(a for a in shown(alice) if a[0] == 'bob')
    assert {p.strip('<>/')[2:] for p in privileges} <= bobs[1] and not bobs[2]
    alice.put(alice.calendar + 'a.ics', event('a', 'Hers'))
    assert bob.get(alice.calendar + 'a.ics').status == (200 if {'<d:read/>', '<d:all/>'} & set(privileges) else 403)
    can_bind = {'<d:write/>', '<d:bind/>', '<d:all/>'} & set(privileges) and level != 'Contributor'
    if level != 'Contributor':
        assert bob.put(alice.calendar + 'b.ics', event('b', 'His')).status == (201 if can_bind else 403)


def test_the_list_is_replaced_and_what_cannot_be_said_stays(people, exchange):
    alice = people['alice']
    for who, level in (('bob', 'Author'), ('carol', 'Editor'), ('dave', 'FreeBusyTimeAndSubjectAndLocation'), ('default', 'Reviewer')):
        exchange.share('alice', who, level)
    rows = {a[0]: a for a in shown(alice)}
    assert rows['bob'][1] == {'read', 'read-free-busy', 'read-current-user-privilege-set', 'bind'} and 'write' in rows['carol'][1]
    # everything as it was shown but carol: Author and free/busy with subjects have no name in DAV, and stay
    give = [ace(href(who), *['<%s:%s/>' % ('c' if p == 'read-free-busy' else 'd', p) for p in rows[who][1]]) for who in ('bob', 'dave')]
    assert acl(alice, *give, ace('<d:unauthenticated/>', '<c:read-free-busy/>')).status == 200
    assert levels(exchange) == {'Default': 'None', 'Anonymous': 'FreeBusyTimeOnly', 'bob': 'Author', 'dave': 'FreeBusyTimeAndSubjectAndLocation'}
    assert acl(alice).status == 200
    assert levels(exchange) == {'Default': 'None', 'Anonymous': 'None'}
    # the same again is no change: Exchange is only asked
    exchange.reset_calls()
    assert acl(alice).status == 200 and 'UpdateFolder' not in exchange.calls()['by_operation']


@pytest.mark.parametrize('condition,aces', [
    ('d:grant-only', [ace(href('bob'), READ, kind='deny')]),
    ('d:no-invert', ['<d:ace><d:invert><d:principal>%s</d:principal></d:invert><d:grant><d:privilege><d:read/></d:privilege></d:grant></d:ace>' % href('bob')]),
    ('d:recognized-principal', [ace('<d:href>/dav/calendars/bob@contoso.example/</d:href>', READ)]),
    ('d:recognized-principal', [ace('<d:href>/elsewhere/bob</d:href>', READ)]),
    ('d:recognized-principal', [ace('<d:href>/dav/principals/nobody@contoso.example/</d:href>', READ)]),
    ('d:allowed-principal', [ace('<d:self/>', READ)]),
    ('d:not-supported-privilege', [ace(href('bob'), '<d:unlock/>')]),
    ('d:not-supported-privilege', [ace(href('bob'), '<c:schedule-send/>')]),
    ('d:not-supported-privilege', [ace(href('bob'), '<d:read/>', '<d:write-acl/>')]),
    ('d:not-supported-privilege', [ace(href('bob'), '<d:read/>', '<d:write-properties/>')]),
    ('d:not-supported-privilege', [ace('<d:authenticated/>', '<d:all/>')]),
    ('d:no-protected-ace-conflict', [ace(href('alice'), READ)]),
    ('d:no-protected-ace-conflict', [ace('<d:property><d:owner/></d:property>', READ)]),
    ('d:limited-number-of-aces', [ace(href('bob'), READ)] * 501),
])
def test_what_exchange_cannot_express_changes_nothing(people, exchange, condition, aces):
    exchange.share('alice', 'carol', 'Reviewer')
    before = levels(exchange)
    r = acl(people['alice'], ace(href('bob'), READ), *aces)
    assert r.status == 403 and r.condition == condition, r
    assert levels(exchange) == before


def test_only_who_may(people, exchange):
    alice, bob = people['alice'], people['bob']
    assert acl(bob, ace(href('bob'), '<d:all/>'), path=alice.calendar).condition == 'd:need-privileges'
    exchange.share('alice', 'bob', 'Editor')
    assert bob.propfind(alice.calendar, ['d:acl']).entries[0].props[q('d:acl')].status == 403
    assert acl(bob, ace(href('bob'), '<d:all/>'), path=alice.calendar).condition == 'd:need-privileges'
    assert levels(exchange)['bob'] == 'Editor'
    assert acl(alice, path=alice.home).status == 405
    assert alice.request('ACL', alice.calendar, '<d:propfind %s/>' % DECL).status == 400
    assert alice.request('ACL', alice.calendar).status == 400


def test_a_read_only_gateway_changes_no_list(people, exchange, make_gateway):
    g = make_gateway(exchange=exchange.ews_url, location='ExcalReadOnly On')
    r = acl(Client(g.url, 'alice'), ace(href('bob'), '<d:all/>'))
    assert r.condition == 'd:need-privileges' and 'bob' not in levels(exchange)


def test_the_people_of_a_list(people, exchange):
    alice = people['alice']
    exchange.share('alice', 'bob', 'Reviewer')
    r = alice.report(alice.calendar, '<d:acl-principal-prop-set %s><d:prop><d:displayname/></d:prop></d:acl-principal-prop-set>' % DECL, 0)
    assert {h: e.text('d:displayname') for h, e in r.by_href.items()} == {alice.principal: 'Alice Adams', people['bob'].principal: 'Bob Brown'}
